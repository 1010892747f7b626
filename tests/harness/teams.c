#include "harness/teams.h"

#include "common/calendar.h"
#include "common/config.h"
#include "common/hash.h"
#include "common/must.h"
#include "common/zone.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "harness/turns.h"
#include "services/scheduler/scheduler.h"
#include "tend/v1/journal.pb-c.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    HOUR_MS = 3600000,
    STEP_HOURS = 2,
    ID_BYTES = 16,
    TEXT_BYTES = 48,
    ABSENCES = 40,
    HOLIDAYS_A_YEAR = 10,
    HOLIDAYS_MOST = 64,
    FINDINGS_SHOWN = 20,
    REST_DAYS = 3,           // as configured: after a contact there is no call for coverage
    SETTLED_DAYS = 20,       // by then it was told or written down: no absence is longer, with what surrounds it
    LIST_FROM = 8 * 60 + 30, // minutes of the day: the first list, the last word
    DAY_TO = 18 * 60,
    LIST_TO = 17 * 60,
    SHORTEST_DAYS = 62, // of a team: at least one whole month
    LARGE_EVERY = 50,   // so many teams have one that is as large as may be
};

struct absence {
    int32_t from, to;
};

struct member {
    char id[ID_BYTES];
    struct zone *zone;
    const char *zone_name;
    uint32_t capacity;
    bool diligent; // calls everybody on the list, on that day
    bool deputy;   // somebody calls for this one while away
    struct absence absences[ABSENCES];
    uint32_t absence_count;
    uint32_t *calls; // customers of today's list that are still to be called
    bool *promised;  // the same: for a promise
    uint32_t call_count;
    int32_t list_day;               // of the last list
    int32_t month;                  // first day of the month that is being watched
    int32_t first_list, warned_day; // in it
    bool disturbed;                 // something in it that nobody could know: an outage, an absence, a handover
    int32_t disturbed_day;          // the last of these
};

struct client {
    char id[ID_BYTES];
    uint32_t owner;
    int32_t owned_day; // since when, in the days of the owner
    int32_t contact_day;
    int32_t before_day; // the contact before this month
    struct date birthday;
    int32_t told_day; // when the birthday was told last
};

struct pledge {
    char what[TEXT_BYTES];
    uint32_t client, owner;
    int64_t made_ms, due_ms, kept_ms;
    bool told, complaint, closed;
};

struct set {
    uint64_t *slots;
    size_t count, room;
};

struct team {
    struct turns *turns;
    struct scheduler *scheduler;
    struct config *config;
    struct scheduler_options options;
    FILE *out;
    uint64_t seed, dice, events;
    bool calm; // no outage, no handover, and whoever goes away says so a month before: nothing that nobody could know
    struct teams_outcome *outcome;
    struct member *members;
    struct client *clients;
    uint32_t member_count, client_count;
    struct pledge *pledges;
    size_t pledge_count, pledge_room, pledge_first; // those before are settled
    struct set seen;
    char holidays[HOLIDAYS_MOST][DAY_TEXT_BYTES];
    int32_t holiday_days[HOLIDAYS_MOST];
    size_t holiday_count;
    uint64_t read;
    int64_t start_ms, end_ms;
    int64_t down_from_ms, down_to_ms; // the last outage
};

// --- chance

static uint64_t bits(struct team *team)
{
    team->dice ^= team->dice >> 12;
    team->dice ^= team->dice << 25;
    team->dice ^= team->dice >> 27;
    return (team->dice * UINT64_C(2685821657736338717)) >> 11;
}

static uint32_t below(struct team *team, uint32_t most)
{
    return (uint32_t)(bits(team) % most);
}

// From 1 to `most`, small numbers as often as large ones.
static uint32_t any_size(struct team *team, uint32_t least, uint32_t most)
{
    double part = (double)below(team, 1000001) / 1e6;
    return (uint32_t)lround((double)least * pow((double)most / (double)least, part));
}

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
static bool put_into(struct set *set, uint64_t hash)
{
    if (set->count * 2 >= set->room) {
        struct set larger = {.room = set->room == 0 ? 1024 : set->room * 2};
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

// --- days

static struct local_time local(const struct member *member, int64_t time_ms)
{
    return zone_local(member->zone, time_ms / 1000);
}

static bool is_away(const struct member *member, int32_t day)
{
    for (uint32_t i = 0; i < member->absence_count; i++)
        if (member->absences[i].from <= day && day <= member->absences[i].to)
            return true;
    return false;
}

static bool is_working(const struct team *team, const struct member *member, int32_t day)
{
    for (size_t i = 0; i < team->holiday_count; i++)
        if (team->holiday_days[i] == day)
            return false;
    return day_weekday(day) <= 5 && !is_away(member, day);
}

static int32_t month_of(int32_t day)
{
    struct date date = day_date(day);
    date.day = 1;
    return day_from_date(date);
}

static int32_t month_after(int32_t first)
{
    return month_of(first + 31);
}

// --- what happens

static Google__Protobuf__Timestamp *stamp(int64_t time_ms)
{
    static Google__Protobuf__Timestamp stamps[8];
    static unsigned count;
    Google__Protobuf__Timestamp *stamp = &stamps[count++ % 8];
    google__protobuf__timestamp__init(stamp);
    stamp->seconds = time_ms / 1000;
    return stamp;
}

static char *plain(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void say(struct team *team, Tend__V1__Event *event, const char *customer, const char *rep)
{
    char id[32];
    snprintf(id, sizeof id, "e%llu", (unsigned long long)++team->events);
    event->id = id;
    event->source = plain("team");
    event->customer_id = plain(customer);
    event->rep_id = plain(rep);
    event->time = stamp(turns_now_ms(team->turns));
    turns_say(team->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event->base);
}

static void say_customer(struct team *team, uint32_t which)
{
    struct client *client = &team->clients[which];
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__CustomerUpserted body = TEND__V1__CUSTOMER_UPSERTED__INIT;
    char name[TEXT_BYTES], birthday[DAY_TEXT_BYTES];
    snprintf(name, sizeof name, "Customer %u", which);
    snprintf(birthday, sizeof birthday, "1980-%02d-%02d", client->birthday.month, client->birthday.day);
    body.name = name;
    body.birthday = birthday;
    body.owner_rep_id = team->members[client->owner].id;
    event.body_case = TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED;
    event.customer_upserted = &body;
    say(team, &event, client->id, "");
}

static void say_value(struct team *team, uint32_t which)
{
    Tend__V1__CustomerValue value = TEND__V1__CUSTOMER_VALUE__INIT;
    value.customer_id = team->clients[which].id;
    value.abc = (Tend__V1__AbcClass)(1 + below(team, 3));
    value.net_micros = (int64_t)below(team, 1000000) * 1000000;
    value.currency = plain("CNY");
    value.overdue = below(team, 20) == 0;
    turns_say(team->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &value.base);
}

static void say_contact(struct team *team, uint32_t which, const char *rep, Tend__V1__ContactOutcome outcome)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__ContactLogged body = TEND__V1__CONTACT_LOGGED__INIT;
    body.outcome = outcome;
    body.channel = TEND__V1__CHANNEL__CHANNEL_PHONE;
    body.direction = TEND__V1__DIRECTION__DIRECTION_OUT;
    event.body_case = TEND__V1__EVENT__BODY_CONTACT_LOGGED;
    event.contact_logged = &body;
    say(team, &event, team->clients[which].id, rep);
    if (outcome == TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED) {
        struct client *client = &team->clients[which];
        const struct member *owner = &team->members[client->owner];
        int32_t day = local(owner, turns_now_ms(team->turns)).day;
        if (month_of(day) > client->contact_day)
            client->before_day = client->contact_day;
        client->contact_day = day;
    }
}

static struct pledge *add_pledge(struct team *team, uint32_t which)
{
    if (team->pledge_count == team->pledge_room) {
        team->pledge_room = team->pledge_room == 0 ? 256 : team->pledge_room * 2;
        team->pledges = realloc(team->pledges, team->pledge_room * sizeof *team->pledges);
        must(team->pledges != NULL);
    }
    struct pledge *pledge = &team->pledges[team->pledge_count++];
    *pledge =
        (struct pledge){.client = which, .owner = team->clients[which].owner, .made_ms = turns_now_ms(team->turns)};
    snprintf(pledge->what, sizeof pledge->what, "word %zu", team->pledge_count);
    return pledge;
}

static void say_promise(struct team *team, uint32_t which, int64_t due_ms)
{
    struct pledge *pledge = add_pledge(team, which);
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__PromiseMade body = TEND__V1__PROMISE_MADE__INIT;
    pledge->due_ms = due_ms;
    body.promise_id = pledge->what;
    body.what = pledge->what;
    body.due = stamp(due_ms);
    event.body_case = TEND__V1__EVENT__BODY_PROMISE_MADE;
    event.promise_made = &body;
    say(team, &event, team->clients[which].id, team->members[pledge->owner].id);
    team->outcome->promises++;
}

static void say_kept(struct team *team, struct pledge *pledge)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__PromiseKept body = TEND__V1__PROMISE_KEPT__INIT;
    body.promise_id = pledge->what;
    event.body_case = TEND__V1__EVENT__BODY_PROMISE_KEPT;
    event.promise_kept = &body;
    pledge->kept_ms = turns_now_ms(team->turns);
    say(team, &event, team->clients[pledge->client].id, team->members[pledge->owner].id);
}

static void say_complaint(struct team *team, uint32_t which)
{
    struct pledge *pledge = add_pledge(team, which);
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__ComplaintOpened body = TEND__V1__COMPLAINT_OPENED__INIT;
    pledge->complaint = true;
    pledge->due_ms = pledge->made_ms;
    body.complaint_id = pledge->what;
    body.what = pledge->what;
    event.body_case = TEND__V1__EVENT__BODY_COMPLAINT_OPENED;
    event.complaint_opened = &body;
    say(team, &event, team->clients[which].id, "");
    team->outcome->complaints++;
}

static void say_lead(struct team *team, uint32_t which)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__LeadUpdated body = TEND__V1__LEAD_UPDATED__INIT;
    body.stage = TEND__V1__LEAD_STAGE__LEAD_STAGE_INTENDS;
    event.body_case = TEND__V1__EVENT__BODY_LEAD_UPDATED;
    event.lead_updated = &body;
    say(team, &event, team->clients[which].id, "");
}

static void say_absent(struct team *team, struct member *member, int32_t from, int32_t to)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepAbsent body = TEND__V1__REP_ABSENT__INIT;
    char first[DAY_TEXT_BYTES], last[DAY_TEXT_BYTES];
    if (member->absence_count == ABSENCES)
        return;
    (void)day_print(from, first);
    (void)day_print(to, last);
    body.from = first;
    body.to = last;
    event.body_case = TEND__V1__EVENT__BODY_REP_ABSENT;
    event.rep_absent = &body;
    say(team, &event, "", member->id);
    member->absences[member->absence_count++] = (struct absence){from, to};
}

static void disturb(struct team *team, struct member *member)
{
    member->disturbed = true;
    member->disturbed_day = local(member, turns_now_ms(team->turns)).day;
}

// What may happen within some hours.
static void live(struct team *team)
{
    int64_t now_ms = turns_now_ms(team->turns);
    uint32_t rarely = 12 * 24 / STEP_HOURS;
    if (below(team, rarely / 4) == 0) // a burst of promises of one rep, all for one day
        for (uint32_t left = 1 + below(team, 30), owner = below(team, team->member_count), days = 1 + below(team, 25);
             left > 0; left--) {
            uint32_t which = below(team, team->client_count);
            if (team->clients[which].owner == owner || below(team, 8) == 0)
                say_promise(team, which, now_ms + (int64_t)days * 24 * HOUR_MS + below(team, 8) * HOUR_MS);
        }
    if (below(team, rarely / 6) == 0)
        say_complaint(team, below(team, team->client_count));
    for (uint32_t left = below(team, rarely) == 0 ? below(team, 40) : 0; left > 0; left--)
        say_lead(team, below(team, team->client_count));
    if (below(team, rarely * 2) == 0) {
        struct member *member = &team->members[below(team, team->member_count)];
        int32_t from = local(member, now_ms).day + (int32_t)below(team, 30) + (team->calm ? 32 : 0);
        say_absent(team, member, from, from + (int32_t)below(team, 12));
        if (!team->calm)
            disturb(team, member);
    }
    if (!team->calm && team->member_count > 1 && below(team, rarely) == 0)
        for (uint32_t left = 1 + below(team, 5); left > 0; left--) {
            struct client *client = &team->clients[below(team, team->client_count)];
            disturb(team, &team->members[client->owner]);
            client->owner = below(team, team->member_count);
            disturb(team, &team->members[client->owner]);
            client->owned_day = local(&team->members[client->owner], now_ms).day;
            say_customer(team, (uint32_t)(client - team->clients));
        }
}

// --- what is said

static struct member *member_of(struct team *team, const char *id)
{
    uint32_t which = (uint32_t)strtoul(id + 1, NULL, 10);
    must(id[0] == 'r' && which < team->member_count);
    return &team->members[which];
}

static struct client *client_of(struct team *team, const char *id)
{
    uint32_t which = (uint32_t)strtoul(id + 1, NULL, 10);
    must(id[0] == 'c' && which < team->client_count);
    return &team->clients[which];
}

static void check_hour(struct team *team, const struct member *member, const struct record *record, const char *what,
                       int32_t from, int32_t to)
{
    struct local_time at = local(member, record->time_ms);
    if (!is_working(team, member, at.day))
        find(team, "%s is told %s on %s, a day off", member->id, what, date_text(at.day));
    else if (at.second < from * 60 || at.second > to * 60 + 59)
        find(team, "%s is told %s on %s at %02d:%02d", member->id, what, date_text(at.day), at.second / 3600,
             at.second % 3600 / 60);
}

static void warn(struct member *member, int32_t day)
{
    if (member->warned_day == INT32_MIN)
        member->warned_day = day;
}

static void read_list(struct team *team, const struct record *record)
{
    Tend__V1__CallList *list = tend__v1__call_list__unpack(NULL, record->length, record->payload);
    must(list != NULL);
    struct member *member = member_of(team, list->rep_id);
    int32_t day = local(member, record->time_ms).day;
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

static void read_reminder(struct team *team, const struct record *record)
{
    Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
    must(reminder != NULL);
    const struct member *member = member_of(team, reminder->rep_id);
    const struct kind *kind = kinds_row((enum kind_id)reminder->kind);
    struct local_time at = local(member, record->time_ms);
    char key[4000];
    check_hour(team, member, record, kind->name, LIST_FROM, DAY_TO);
    if (!put_into(&team->seen, hash_short(reminder->reminder_id, strlen(reminder->reminder_id))))
        find(team, "%s is told %s %s twice", member->id, kind->name, reminder->reminder_id);
    int length = snprintf(key, sizeof key, "%s/%d/%d/%s/%s/%s/%s/%s/%u/%d/%s", member->id, at.day, (int)reminder->kind,
                          reminder->customer_id, reminder->text, reminder->event_date, reminder->before,
                          reminder->after, reminder->step, (int)reminder->role, reminder->for_rep_id);
    for (size_t i = 0; i < reminder->n_about; i++)
        length += snprintf(key + length, sizeof key - (size_t)length, "/%.20s", reminder->about[i]->customer_id);
    if (!put_into(&team->seen, hash_short(key, (size_t)length)))
        find(team, "%s is told %s about %s twice on %s: %s", member->id, kind->name, reminder->customer_id,
             date_text(at.day), reminder->text);
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
        else if (record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST)
            read_digest(team, record);
    }
}

// --- what reps do

static void keep_promises(struct team *team, uint32_t which)
{
    for (size_t i = team->pledge_first; i < team->pledge_count; i++)
        if (!team->pledges[i].complaint && team->pledges[i].client == which && team->pledges[i].kept_ms == 0 &&
            team->pledges[i].due_ms < turns_now_ms(team->turns) + 24 * HOUR_MS)
            say_kept(team, &team->pledges[i]);
}

static void act(struct team *team, struct member *member)
{
    int32_t hour = local(member, turns_now_ms(team->turns)).second / 3600;
    // The day's calls are spread; whatever is left is made before the day ends.
    uint32_t count = hour >= 15 ? member->call_count : (member->call_count + 2) / 3;
    for (; count > 0; count--) {
        uint32_t which = member->calls[--member->call_count];
        if (member->diligent || below(team, 3) == 0) {
            say_contact(team, which, member->id, TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED);
            if (member->promised[member->call_count])
                keep_promises(team, which);
        } else if (below(team, 3) == 0) {
            say_contact(team, which, member->id, TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_NO_ANSWER);
        }
    }
}

// --- each month

// Whether everybody could be reached, by counting: from any of its days on there must be as many calls left as there
// are customers who can only be called from then on, and promises that are due from then on. `customers` and `missed`:
// whose month it is, and who was not reached.
static bool was_possible(const struct team *team, uint32_t which, uint32_t *ret_customers, uint32_t *ret_missed)
{
    const struct member *member = &team->members[which];
    int32_t first = member->month, end = month_after(first);
    uint32_t wanted[32] = {0};
    *ret_customers = *ret_missed = 0;
    for (uint32_t i = 0; i < team->client_count; i++) {
        const struct client *client = &team->clients[i];
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
        int32_t due = local(member, team->pledges[i].due_ms).day;
        // One that was made within the month was not known when the days before were planned.
        bool sudden = local(member, team->pledges[i].made_ms).day >= first;
        if (!team->pledges[i].complaint && team->pledges[i].owner == which && due >= first && due < end)
            wanted[due - first] += sudden ? 2 : 1;
    }
    int64_t calls = 0, needed = 0;
    bool possible = true;
    for (int32_t day = end - 1; day >= first; day--) {
        calls += is_working(team, member, day) ? member->capacity : 0;
        needed += wanted[day - first];
        possible = possible && needed <= calls;
    }
    return possible;
}

static void end_month(struct team *team, uint32_t which)
{
    struct member *member = &team->members[which];
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
    member->disturbed = false;
}

// With the month's first list it is known whether the customers alone are more than all its days can hold.
static void check_first_day(struct team *team, uint32_t which)
{
    struct member *member = &team->members[which];
    int32_t day = local(member, turns_now_ms(team->turns)).day, end = month_after(member->month);
    if (member->first_list != day || member->warned_day != INT32_MIN || day < month_of(day))
        return;
    uint64_t calls = 0, customers = 0;
    for (int32_t at = day; at < end; at++)
        calls += is_working(team, member, at) ? member->capacity : 0;
    for (uint32_t i = 0; i < team->client_count; i++)
        customers += team->clients[i].owner == which && team->clients[i].contact_day < member->month &&
                     team->clients[i].owned_day < day;
    if (customers > calls && member->disturbed_day < day && !member->deputy)
        find(team, "%s is not warned on %s: %llu customers, %llu calls", member->id, date_text(day),
             (unsigned long long)customers, (unsigned long long)calls);
}

// --- nothing lost

static bool has_record(struct team *team, const struct pledge *pledge)
{
    char target[200];
    snprintf(target, sizeof target, "/v1/reminders?customer=%s&kind=%s&limit=1000", team->clients[pledge->client].id,
             pledge->complaint ? "complaint_acknowledge" : "promise");
    return strstr(turns_ask(team->turns, target, NULL), pledge->what) != NULL;
}

// Promises and complaints whose moment is over: told, kept before, or there is a record.
static void settle_pledges(struct team *team)
{
    int64_t now_ms = turns_now_ms(team->turns);
    bool first = true;
    for (size_t i = team->pledge_first; i < team->pledge_count; i++) {
        struct pledge *pledge = &team->pledges[i];
        int64_t wait_ms = (int64_t)SETTLED_DAYS * 24 * HOUR_MS;
        if (!pledge->closed && now_ms > pledge->due_ms + wait_ms && now_ms > team->down_to_ms + wait_ms) {
            pledge->closed = true;
            bool kept = pledge->kept_ms != 0 && pledge->kept_ms < pledge->due_ms;
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
        const struct client *client = &team->clients[i];
        const struct member *owner = &team->members[client->owner];
        int32_t day = local(owner, now_ms).day - 3;
        struct date date = day_date(day);
        if (date.month != client->birthday.month || date.day != client->birthday.day)
            continue;
        bool excused = client->owned_day > day - 21 || day - 14 < local(owner, team->start_ms).day ||
                       team->down_to_ms > now_ms - INT64_C(24) * 24 * HOUR_MS;
        for (int32_t at = day - 14; at <= day && !excused; at++)
            excused = is_away(owner, at);
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

// --- all together

static void say_rep(struct team *team, struct member *member)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
    body.name = plain(member->id);
    body.time_zone = plain(member->zone_name);
    body.daily_capacity = member->capacity;
    body.manager_rep_id = member == team->members ? plain("") : team->members[0].id;
    member->deputy = team->member_count > 1 && below(team, 3) == 0;
    body.deputy_rep_id = member->deputy ? team->members[below(team, team->member_count)].id : plain("");
    event.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event.rep_upserted = &body;
    say(team, &event, "", member->id);
}

static void say_settings(struct team *team, int32_t from_day, uint32_t days)
{
    static uint32_t weekend[] = {6, 7};
    char *holidays[HOLIDAYS_MOST];
    Tend__V1__Settings settings = TEND__V1__SETTINGS__INIT;
    uint32_t count = days * HOLIDAYS_A_YEAR / 365;
    for (uint32_t i = 0; i < count && i < HOLIDAYS_MOST; i++) {
        team->holiday_days[i] = from_day + (int32_t)below(team, days);
        (void)day_print(team->holiday_days[i], team->holidays[i]);
        holidays[team->holiday_count++] = team->holidays[i];
    }
    settings.time_zone = plain("Asia/Shanghai");
    settings.currency = plain("CNY");
    settings.weekend = weekend;
    settings.n_weekend = 2;
    settings.holidays = holidays;
    settings.n_holidays = team->holiday_count;
    turns_say(team->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, 0, &settings.base);
}

static void draw_team(struct team *team, const struct teams_size *size)
{
    static const char *const zones[] = {"Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata"};
    struct teams_outcome *outcome = team->outcome;
    outcome->reps = any_size(team, 1, size->reps_most);
    uint64_t fair = size->work / outcome->reps / SHORTEST_DAYS;
    uint32_t most =
        team->seed % LARGE_EVERY != 0 && fair < size->customers_most ? (uint32_t)fair : size->customers_most;
    uint32_t each = any_size(team, 10, most < 11 ? 11 : most);
    uint64_t days = size->work / ((uint64_t)outcome->reps * each);
    outcome->days = days > size->days_most ? size->days_most : days < SHORTEST_DAYS ? SHORTEST_DAYS : (uint32_t)days;
    team->member_count = outcome->reps;
    team->members = calloc(team->member_count, sizeof *team->members);
    team->clients = calloc((size_t)team->member_count * each, sizeof *team->clients);
    must(team->members != NULL && team->clients != NULL);
    for (uint32_t i = 0; i < team->member_count; i++) {
        struct member *member = &team->members[i];
        snprintf(member->id, sizeof member->id, "r%u", i);
        member->zone_name = zones[below(team, 4)];
        must(zone_open(ZONE_DIRECTORIES, member->zone_name, &member->zone));
        // Around what a month needs: some can do it easily, some cannot.
        member->capacity = 1 + each / 22 + below(team, each / 16 + 3);
        member->calls = calloc(member->capacity, sizeof *member->calls);
        member->promised = calloc(member->capacity, sizeof *member->promised);
        must(member->calls != NULL && member->promised != NULL);
        member->diligent = below(team, 3) > 0;
        member->list_day = member->first_list = member->warned_day = member->disturbed_day = INT32_MIN;
        member->month = month_of(local(member, team->start_ms).day);
        member->disturbed = true; // the first month is not whole
        for (uint32_t j = 0; j < each; j++) {
            struct client *client = &team->clients[team->client_count];
            snprintf(client->id, sizeof client->id, "c%u", team->client_count++);
            client->owner = i;
            client->owned_day = client->contact_day = client->before_day = client->told_day = INT32_MIN;
            client->birthday = (struct date){0, 1 + (int32_t)below(team, 12), 1 + (int32_t)below(team, 28)};
        }
    }
    outcome->customers = team->client_count;
}

static void open_team(struct team *team, const struct teams_size *size)
{
    static const char config[] = "{scheduler: {}}";
    struct config_section section = {"scheduler", scheduler_keys, &team->options, ""};
    char error[400];
    int32_t from_day = 19723 + (int32_t)below(team, 700); // 2024-01-01 and later
    team->start_ms = (int64_t)from_day * 24 * HOUR_MS;
    team->config = config_read_text("team", config, sizeof config - 1, &section, 1);
    must(config_good(team->config));
    team->scheduler = scheduler_open(&team->options, error, sizeof error);
    must(team->scheduler != NULL);
    team->turns = turns_open(&scheduler_service, team->scheduler, team->start_ms);
    draw_team(team, size);
    team->end_ms = team->start_ms + (int64_t)team->outcome->days * 24 * HOUR_MS;
    say_settings(team, from_day, team->outcome->days);
    for (uint32_t i = 0; i < team->member_count; i++)
        say_rep(team, &team->members[i]);
    for (uint32_t i = 0; i < team->client_count; i++) {
        say_customer(team, i);
        say_value(team, i);
    }
    turns_run(team->turns, team->start_ms);
}

static void close_team(struct team *team)
{
    turns_close(&team->turns);
    scheduler_close(&team->scheduler);
    config_close(&team->config);
    for (uint32_t i = 0; i < team->member_count; i++) {
        zone_close(&team->members[i].zone);
        free(team->members[i].calls);
        free(team->members[i].promised);
    }
    free(team->members);
    free(team->clients);
    free(team->pledges);
    free(team->seen.slots);
}

// Down for some days; afterwards it starts anew.
static void go_down(struct team *team)
{
    int64_t now_ms = turns_now_ms(team->turns);
    team->down_from_ms = now_ms;
    team->down_to_ms = now_ms + (int64_t)(6 + below(team, 24 * 6)) * HOUR_MS;
    turns_sleep(team->turns, team->down_to_ms);
    turns_restart(team->turns);
    for (uint32_t i = 0; i < team->member_count; i++) {
        team->members[i].call_count = 0;
        disturb(team, &team->members[i]);
    }
    team->outcome->outages++;
}

static void watch_months(struct team *team)
{
    for (uint32_t i = 0; i < team->member_count; i++) {
        struct member *member = &team->members[i];
        int32_t month = month_of(local(member, turns_now_ms(team->turns)).day);
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
        (void)bits(&team);
    open_team(&team, size);
    for (int64_t step = 0; turns_now_ms(team.turns) < team.end_ms; step++) {
        live(&team);
        if (!team.calm && below(&team, 100 * 24 / STEP_HOURS) == 0)
            go_down(&team);
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
    close_team(&team);
}
