#include "harness/teams.h"

#include "common/hash.h"
#include "common/must.h"
#include "harness/team.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    FINDINGS_SHOWN = 20,
    REST_DAYS = 3,           // as configured: after a contact there is no call for coverage
    SETTLED_DAYS = 20,       // by then it was told or written down: no absence is longer, with what surrounds it
    LIST_FROM = 8 * 60 + 30, // minutes of the day: the first list, the last word
    DAY_TO = 18 * 60,
    LIST_TO = 17 * 60,
};

// --- what is found

__attribute__((format(printf, 2, 3))) static void find(struct team *team, const char *format, ...)
{
    if (++team->outcome->findings > FINDINGS_SHOWN)
        return;
    va_list arguments;
    va_start(arguments, format);
    fprintf(team->out, "seed %llu: ", (unsigned long long)team->seed);
    vfprintf(team->out, format, arguments);
    fputc('\n', team->out);
    va_end(arguments);
}

static const char *date_text(int32_t day)
{
    static char texts[4][DAY_TEXT_BYTES];
    static unsigned count;
    char *text = texts[count++ % 4];
    (void)day_print(day, text);
    return text;
}

// Adds to the set; false when it is there already.
static bool put_into(struct team_set *set, uint64_t hash)
{
    if (set->count * 2 >= set->room) {
        struct team_set larger = {.room = set->room == 0 ? 1024 : set->room * 2};
        larger.slots = calloc(larger.room, sizeof *larger.slots);
        must(larger.slots != NULL);
        for (size_t i = 0; i < set->room; i++)
            if (set->slots[i] != 0)
                (void)put_into(&larger, set->slots[i]);
        free(set->slots);
        *set = larger;
    }
    hash |= hash == 0;
    size_t at = (size_t)(hash & (set->room - 1));
    for (; set->slots[at] != 0; at = (at + 1) & (set->room - 1))
        if (set->slots[at] == hash)
            return false;
    set->slots[at] = hash;
    set->count++;
    return true;
}

// --- what is said

static struct team_member *member_of(struct team *team, const char *id)
{
    uint32_t which = (uint32_t)strtoul(id + 1, NULL, 10);
    must(id[0] == 'r' && which < team->member_count);
    return &team->members[which];
}

static struct team_client *client_of(struct team *team, const char *id)
{
    uint32_t which = (uint32_t)strtoul(id + 1, NULL, 10);
    must(id[0] == 'c' && which < team->client_count);
    return &team->clients[which];
}

static void check_hour(struct team *team, const struct team_member *member, const struct record *record,
                       const char *what, int32_t from, int32_t to)
{
    struct local_time at = team_local(member, record->time_ms);
    if (!team_is_working(team, member, at.day))
        find(team, "%s is told %s on %s, a day off", member->id, what, date_text(at.day));
    else if (at.second < from * 60 || at.second > to * 60 + 59)
        find(team, "%s is told %s on %s at %02d:%02d", member->id, what, date_text(at.day), at.second / 3600,
             at.second % 3600 / 60);
}

static void warn(struct team_member *member, int32_t day)
{
    if (member->warned_day == INT32_MIN)
        member->warned_day = day;
}

static void read_list(struct team *team, const struct record *record)
{
    Tend__V1__CallList *list = tend__v1__call_list__unpack(NULL, record->length, record->payload);
    must(list != NULL);
    struct team_member *member = member_of(team, list->rep_id);
    int32_t day = team_local(member, record->time_ms).day;
    if (list->preview) {
        check_hour(team, member, record, "tomorrow's calls", LIST_FROM, DAY_TO);
        tend__v1__call_list__free_unpacked(list, NULL);
        return;
    }
    check_hour(team, member, record, "the calls", LIST_FROM, LIST_TO);
    if (list->n_lines > member->capacity)
        find(team, "%s has %zu calls on %s, can make %u", member->id, list->n_lines, date_text(day), member->capacity);
    if (member->list_day == day)
        find(team, "%s has two lists on %s", member->id, date_text(day));
    member->list_day = day;
    if (member->first_list == INT32_MIN)
        member->first_list = day;
    if (list->coverage != NULL && list->coverage->missing > 0)
        warn(member, day);
    member->call_count = 0;
    for (size_t i = 0; i < list->n_lines && i < member->capacity; i++) {
        uint32_t which = (uint32_t)(client_of(team, list->lines[i]->customer_id) - team->clients);
        for (uint32_t j = 0; j < member->call_count; j++)
            if (member->calls[j] == which)
                find(team, "%s is to call c%u twice on %s", member->id, which, date_text(day));
        member->promised[member->call_count] = list->lines[i]->reason == TEND__V1__CALL_REASON__CALL_REASON_PROMISE_DUE;
        member->calls[member->call_count++] = which;
    }
    team->outcome->lists++;
    team->outcome->calls += list->n_lines;
    tend__v1__call_list__free_unpacked(list, NULL);
}

static void note_told(struct team *team, const Tend__V1__Reminder *reminder, int32_t day)
{
    bool complaint = reminder->kind == TEND__V1__REMINDER_KIND__REMINDER_KIND_COMPLAINT_ACKNOWLEDGE;
    if (reminder->kind == TEND__V1__REMINDER_KIND__REMINDER_KIND_BIRTHDAY) {
        client_of(team, reminder->customer_id)->told_day = day;
    } else if (complaint || reminder->kind == TEND__V1__REMINDER_KIND__REMINDER_KIND_PROMISE ||
               reminder->kind == TEND__V1__REMINDER_KIND__REMINDER_KIND_SELF_REVIEW ||
               reminder->kind == TEND__V1__REMINDER_KIND__REMINDER_KIND_PROMISE_BROKEN) {
        // One that came due before the rep's next working hour is told as a broken one.
        for (size_t i = team->pledge_first; i < team->pledge_count; i++)
            if (team->pledges[i].complaint == complaint && strcmp(team->pledges[i].what, reminder->text) == 0)
                team->pledges[i].told = true;
    }
}

// What was taken back may be said again in other words to others.
static bool was_taken_back(const struct team *team, uint64_t said)
{
    for (size_t i = 0; i < TOLD_KEPT; i++)
        if (team->told[i].key == said && !team->told[i].over)
            return false;
    return true;
}

static void read_cancelled(struct team *team, const struct record *record)
{
    Tend__V1__ReminderCancelled *over = tend__v1__reminder_cancelled__unpack(NULL, record->length, record->payload);
    must(over != NULL);
    uint64_t id = hash_short(over->reminder_id, strlen(over->reminder_id));
    for (size_t i = 0; i < TOLD_KEPT; i++)
        team->told[i].over = team->told[i].over || team->told[i].id == id;
    tend__v1__reminder_cancelled__free_unpacked(over, NULL);
}

static void read_reminder(struct team *team, const struct record *record)
{
    Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
    must(reminder != NULL);
    const struct team_member *member = member_of(team, reminder->rep_id);
    const struct kind *kind = kinds_row((enum kind_id)reminder->kind);
    if (reminder->retold) { // puts a message right, at any hour
        if (put_into(&team->seen, hash_short(reminder->reminder_id, strlen(reminder->reminder_id))))
            find(team, "%s is told %s %s anew, which was never told", member->id, kind->name, reminder->reminder_id);
        tend__v1__reminder__free_unpacked(reminder, NULL);
        return;
    }
    struct local_time at = team_local(member, record->time_ms);
    char key[4000];
    check_hour(team, member, record, kind->name, LIST_FROM, DAY_TO);
    if (!put_into(&team->seen, hash_short(reminder->reminder_id, strlen(reminder->reminder_id))))
        find(team, "%s is told %s %s twice", member->id, kind->name, reminder->reminder_id);
    int length = snprintf(key, sizeof key, "%s/%d/%d/%s/%s/%s/%s/%s/%u/%d/%s", member->id, at.day, (int)reminder->kind,
                          reminder->customer_id, reminder->text, reminder->event_date, reminder->before,
                          reminder->after, reminder->step, (int)reminder->role, reminder->for_rep_id);
    for (size_t i = 0; i < reminder->n_about; i++)
        length += snprintf(key + length, sizeof key - (size_t)length, "/%.20s", reminder->about[i]->customer_id);
    for (size_t i = 0; i < reminder->n_event_ids; i++)
        length += snprintf(key + length, sizeof key - (size_t)length, "/%.40s", reminder->event_ids[i]);
    uint64_t said = hash_short(key, (size_t)length);
    if (!put_into(&team->seen, said) && !was_taken_back(team, said))
        find(team, "%s is told %s about %s twice on %s: %s", member->id, kind->name, reminder->customer_id,
             date_text(at.day), reminder->text);
    team->told[team->told_count++ % TOLD_KEPT] =
        (struct team_told){hash_short(reminder->reminder_id, strlen(reminder->reminder_id)), said, false};
    if (reminder->kind == TEND__V1__REMINDER_KIND__REMINDER_KIND_COVERAGE_WARNING) {
        const char *of = reminder->for_rep_id[0] != '\0' ? reminder->for_rep_id : reminder->rep_id;
        warn(member_of(team, of), at.day);
    }
    note_told(team, reminder, at.day);
    team->outcome->reminders++;
    tend__v1__reminder__free_unpacked(reminder, NULL);
}

static void read_digest(struct team *team, const struct record *record)
{
    Tend__V1__Digest *digest = tend__v1__digest__unpack(NULL, record->length, record->payload);
    must(digest != NULL);
    check_hour(team, member_of(team, digest->rep_id), record, "a digest", LIST_FROM, DAY_TO);
    tend__v1__digest__free_unpacked(digest, NULL);
}

static void read_news(struct team *team)
{
    while (team->read < turns_last(team->turns)) {
        const struct record *record = turns_read(team->turns, ++team->read);
        if (record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST)
            read_list(team, record);
        else if (record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER)
            read_reminder(team, record);
        else if (record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_CANCELLED)
            read_cancelled(team, record);
        else if (record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST)
            read_digest(team, record);
    }
}

// --- what reps do

static void keep_promises(struct team *team, uint32_t which)
{
    for (size_t i = team->pledge_first; i < team->pledge_count; i++)
        if (!team->pledges[i].complaint && team->pledges[i].client == which && team->pledges[i].kept_ms == 0)
            team_say_kept(team, &team->pledges[i]);
}

static void act(struct team *team, struct team_member *member)
{
    int32_t hour = team_local(member, turns_now_ms(team->turns)).second / 3600;
    // The day's calls are spread; whatever is left is made before the day ends.
    uint32_t count = hour >= 15 ? member->call_count : (member->call_count + 2) / 3;
    for (; count > 0; count--) {
        uint32_t which = member->calls[--member->call_count];
        if (member->diligent || team_chance(team, 3) == 0) {
            team_say_contact(team, which, member->id, TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED);
            if (member->promised[member->call_count])
                keep_promises(team, which);
        } else if (team_chance(team, 3) == 0) {
            team_say_contact(team, which, member->id, TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_NO_ANSWER);
        }
    }
}

// --- each month

static int32_t month_after(int32_t first)
{
    return team_month(first + 31);
}

// The day in the month from `first` to before `end` on which a promise takes a call, at the latest; `end` when it takes
// none in it. What falls due on a day off is to be done on the working day before it, so a promise for the first
// weekend of a month belongs to the last days of the month before, unless it was made after them.
static int32_t pledge_day(const struct team *team, const struct team_pledge *pledge, int32_t first, int32_t end)
{
    const struct team_member *member = &team->members[pledge->owner];
    int32_t due = team_local(member, pledge->due_ms).day, made = team_local(member, pledge->made_ms).day, by = due;
    while (by >= first && !team_is_working(team, member, by))
        by--;
    by = by < made ? made : by;
    if (by >= first)
        return by < end ? by : end;
    bool kept = pledge->kept_ms != 0 && team_local(member, pledge->kept_ms).day < first;
    return due >= first && !kept ? first : end;
}

// Whether everybody could be reached, by counting: from any of its days on there must be as many calls left as there
// are customers who can only be called from then on, and promises that are due from then on. `customers` and `missed`:
// whose month it is, and who was not reached.
static bool was_possible(const struct team *team, uint32_t which, uint32_t *ret_customers, uint32_t *ret_missed)
{
    const struct team_member *member = &team->members[which];
    int32_t first = member->month, end = month_after(first);
    uint32_t wanted[32] = {0};
    *ret_customers = *ret_missed = 0;
    for (uint32_t i = 0; i < team->client_count; i++) {
        const struct team_client *client = &team->clients[i];
        if (client->owner != which)
            continue;
        int32_t last = client->contact_day >= first ? client->before_day : client->contact_day;
        int32_t from = client->owned_day >= first ? client->owned_day + 1 : first;
        from = last != INT32_MIN && last + REST_DAYS >= from ? last + REST_DAYS + 1 : from;
        ++*ret_customers;
        *ret_missed += client->contact_day < first;
        if (from < end)
            wanted[from - first]++;
    }
    for (size_t i = 0; i < team->pledge_count; i++) {
        const struct team_pledge *pledge = &team->pledges[i];
        if (pledge->complaint || pledge->owner != which)
            continue;
        int32_t by = pledge_day(team, pledge, first, end);
        // One that was made within the month was not known when the days before were planned.
        bool sudden = team_local(member, pledge->made_ms).day >= first;
        if (by < end)
            wanted[by - first] += sudden ? 2 : 1;
    }
    int64_t calls = 0, needed = 0;
    bool possible = true;
    for (int32_t day = end - 1; day >= first; day--) {
        calls += team_is_working(team, member, day) ? member->capacity : 0;
        needed += wanted[day - first];
        possible = possible && needed <= calls;
    }
    return possible;
}

static void end_month(struct team *team, uint32_t which)
{
    struct team_member *member = &team->members[which];
    uint32_t customers, missed;
    bool possible = was_possible(team, which, &customers, &missed);
    if (member->diligent && customers > 0) {
        team->outcome->months++;
        team->outcome->reachable += possible;
        team->outcome->reached += missed == 0;
        team->outcome->warned += member->warned_day != INT32_MIN;
        if (missed > 0 && possible && !member->disturbed)
            find(team, "%s reaches %u of %u customers in the month of %s, which was possible", member->id,
                 customers - missed, customers, date_text(member->month));
        if (missed > 0 && member->warned_day == INT32_MIN && member->first_list != INT32_MIN && !member->disturbed)
            find(team, "%s is not warned that %u of %u customers cannot be reached in the month of %s", member->id,
                 missed, customers, date_text(member->month));
    }
    member->first_list = member->warned_day = INT32_MIN;
    // An outage that began in the month before took the first days of this one too.
    member->disturbed = member->disturbed_day >= month_after(member->month);
}

// With the month's first list it is known whether the customers alone are more than all its days can hold.
static void check_first_day(struct team *team, uint32_t which)
{
    struct team_member *member = &team->members[which];
    int32_t day = team_local(member, turns_now_ms(team->turns)).day, end = month_after(member->month);
    if (member->first_list != day || member->warned_day != INT32_MIN || day < team_month(day))
        return;
    uint64_t calls = 0, customers = 0;
    for (int32_t at = day; at < end; at++)
        calls += team_is_working(team, member, at) ? member->capacity : 0;
    for (uint32_t i = 0; i < team->client_count; i++)
        customers += team->clients[i].owner == which && team->clients[i].contact_day < member->month &&
                     team->clients[i].owned_day < day;
    if (customers > calls && member->disturbed_day < day && !member->deputy)
        find(team, "%s is not warned on %s: %llu customers, %llu calls", member->id, date_text(day),
             (unsigned long long)customers, (unsigned long long)calls);
}

// --- nothing lost

// Whatever names it: a promise that was heard after it was due is told of as one that is late.
static bool has_record(struct team *team, const struct team_pledge *pledge)
{
    char target[200];
    snprintf(target, sizeof target, "/v1/reminders?customer=%s%s&limit=1000", team->clients[pledge->client].id,
             pledge->complaint ? "&kind=complaint_acknowledge" : "");
    return strstr(turns_ask(team->turns, target, NULL), pledge->what) != NULL;
}

// Promises and complaints whose moment is over: told, kept before, or there is a record.
static void settle_pledges(struct team *team)
{
    int64_t now_ms = turns_now_ms(team->turns);
    bool first = true;
    for (size_t i = team->pledge_first; i < team->pledge_count; i++) {
        struct team_pledge *pledge = &team->pledges[i];
        int64_t wait_ms = (int64_t)SETTLED_DAYS * 24 * HOUR_MS;
        if (!pledge->closed && now_ms > pledge->due_ms + wait_ms && now_ms > team->down_to_ms + wait_ms) {
            pledge->closed = true;
            if (pledge->complaint)
                team_say_resolved(team, pledge);
            bool kept = pledge->kept_ms != 0 && pledge->kept_ms <= pledge->due_ms;
            if (!pledge->told && !kept && !has_record(team, pledge))
                find(team, "%s about c%u, due %s, is lost", pledge->what, pledge->client,
                     date_text((int32_t)(pledge->due_ms / (24 * (int64_t)HOUR_MS))));
        }
        first = first && pledge->closed;
        team->pledge_first += first;
    }
}

// Birthdays of three days ago. What was down or away in the two weeks before may have missed it; it is counted then.
static void settle_birthdays(struct team *team)
{
    int64_t now_ms = turns_now_ms(team->turns);
    for (uint32_t i = 0; i < team->client_count; i++) {
        const struct team_client *client = &team->clients[i];
        const struct team_member *owner = &team->members[client->owner];
        int32_t day = team_local(owner, now_ms).day - 3;
        struct date date = day_date(day);
        if (date.month != client->birthday.month || date.day != client->birthday.day)
            continue;
        bool excused = client->owned_day > day - 21 || day - 14 < team_local(owner, team->start_ms).day ||
                       team->down_to_ms > now_ms - INT64_C(24) * 24 * HOUR_MS;
        for (int32_t at = day - 14; at <= day && !excused; at++)
            excused = team_is_away(owner, at);
        team->outcome->birthdays++;
        if (!excused && client->told_day < day - 14)
            find(team, "the birthday of c%u on %s is lost to %s", i, date_text(day), owner->id);
    }
}

static void check_totals(struct team *team)
{
    json_t *totals = json_loads(turns_ask(team->turns, "/v1/totals", NULL), 0, NULL);
    const json_t *kind;
    size_t i;
    must(totals != NULL);
    json_array_foreach (json_object_get(totals, "kinds"), i, kind) {
        static const char *const names[] = {"opened", "told", "pending", "cancelled", "expired", "suppressed"};
        int64_t numbers[6];
        for (size_t j = 0; j < 6; j++) {
            const char *text = json_string_value(json_object_get(kind, names[j]));
            numbers[j] = text != NULL ? strtoll(text, NULL, 10) : 0;
        }
        if (numbers[0] != numbers[1] + numbers[2] + numbers[3] + numbers[4] + numbers[5])
            find(team, "%s: %lld opened are not %lld told, %lld pending, %lld cancelled, %lld expired, %lld suppressed",
                 json_string_value(json_object_get(kind, "kind")), (long long)numbers[0], (long long)numbers[1],
                 (long long)numbers[2], (long long)numbers[3], (long long)numbers[4], (long long)numbers[5]);
    }
    json_decref(totals);
}

static void watch_months(struct team *team)
{
    for (uint32_t i = 0; i < team->member_count; i++) {
        struct team_member *member = &team->members[i];
        int32_t month = team_month(team_local(member, turns_now_ms(team->turns)).day);
        if (month == member->month)
            continue;
        end_month(team, i);
        member->month = month;
    }
}

void teams_play(uint64_t seed, const struct teams_size *size, FILE *out, struct teams_outcome *ret_outcome)
{
    struct team team = {.out = out, .seed = seed, .dice = seed * 2 + 1, .calm = seed % 2 == 0, .outcome = ret_outcome};
    *ret_outcome = (struct teams_outcome){0};
    for (int i = 0; i < 20; i++)
        (void)team_chance(&team, 2);
    team_open(&team, size);
    for (int64_t step = 0; turns_now_ms(team.turns) < team.end_ms; step++) {
        team_live(&team);
        if (!team.calm && team_chance(&team, 100 * 24 / STEP_HOURS) == 0)
            team_go_down(&team);
        int64_t now_ms = turns_now_ms(team.turns) + STEP_HOURS * HOUR_MS;
        watch_months(&team);
        turns_run(team.turns, now_ms);
        watch_months(&team);
        read_news(&team);
        for (uint32_t i = 0; i < team.member_count; i++) {
            check_first_day(&team, i);
            act(&team, &team.members[i]);
        }
        if (step % (24 / STEP_HOURS) == 0) {
            settle_pledges(&team);
            settle_birthdays(&team);
        }
    }
    check_totals(&team);
    team_close(&team);
}
