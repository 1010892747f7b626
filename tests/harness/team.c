#include "harness/team.h"

#include "common/must.h"
#include "google/protobuf/timestamp.pb-c.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    HOLIDAYS_A_YEAR = 10,
    SHORTEST_DAYS = 62, // of a team: at least one whole month
    LARGE_EVERY = 50,   // so many teams have one that is as large as may be
};

// --- chance

static uint64_t bits(struct team *team)
{
    team->dice ^= team->dice >> 12;
    team->dice ^= team->dice << 25;
    team->dice ^= team->dice >> 27;
    return (team->dice * UINT64_C(2685821657736338717)) >> 11;
}

uint32_t team_chance(struct team *team, uint32_t most)
{
    return (uint32_t)(bits(team) % most);
}

// From 1 to `most`, small numbers as often as large ones.
static uint32_t any_size(struct team *team, uint32_t least, uint32_t most)
{
    double part = (double)team_chance(team, 1000001) / 1e6;
    return (uint32_t)lround((double)least * pow((double)most / (double)least, part));
}

// --- days

struct local_time team_local(const struct team_member *member, int64_t time_ms)
{
    return zone_local(member->zone, time_ms / 1000);
}

bool team_is_away(const struct team_member *member, int32_t day)
{
    for (uint32_t i = 0; i < member->absence_count; i++)
        if (member->absences[i].from <= day && day <= member->absences[i].to)
            return true;
    return false;
}

bool team_is_working(const struct team *team, const struct team_member *member, int32_t day)
{
    for (size_t i = 0; i < team->holiday_count; i++)
        if (team->holiday_days[i] == day)
            return false;
    return day_weekday(day) <= 5 && !team_is_away(member, day);
}

int32_t team_month(int32_t day)
{
    struct date date = day_date(day);
    date.day = 1;
    return day_from_date(date);
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
    struct team_client *client = &team->clients[which];
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
    value.abc = (Tend__V1__AbcClass)(1 + team_chance(team, 3));
    value.net_micros = (int64_t)team_chance(team, 1000000) * 1000000;
    value.currency = plain("CNY");
    value.overdue = team_chance(team, 20) == 0;
    turns_say(team->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &value.base);
}

void team_say_contact(struct team *team, uint32_t which, const char *rep, Tend__V1__ContactOutcome outcome)
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
        struct team_client *client = &team->clients[which];
        const struct team_member *owner = &team->members[client->owner];
        int32_t day = team_local(owner, turns_now_ms(team->turns)).day;
        if (team_month(day) > client->contact_day)
            client->before_day = client->contact_day;
        client->contact_day = day;
    }
}

static struct team_pledge *add_pledge(struct team *team, uint32_t which)
{
    if (team->pledge_count == team->pledge_room) {
        team->pledge_room = team->pledge_room == 0 ? 256 : team->pledge_room * 2;
        team->pledges = realloc(team->pledges, team->pledge_room * sizeof *team->pledges);
        must(team->pledges != NULL);
    }
    struct team_pledge *pledge = &team->pledges[team->pledge_count++];
    *pledge = (struct team_pledge){
        .client = which, .owner = team->clients[which].owner, .made_ms = turns_now_ms(team->turns)};
    snprintf(pledge->what, sizeof pledge->what, "word %zu", team->pledge_count);
    return pledge;
}

static void say_promise(struct team *team, uint32_t which, int64_t due_ms)
{
    struct team_pledge *pledge = add_pledge(team, which);
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

void team_say_kept(struct team *team, struct team_pledge *pledge)
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
    struct team_pledge *pledge = add_pledge(team, which);
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

// Somebody saw to it, sooner or later.
void team_say_resolved(struct team *team, const struct team_pledge *pledge)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__ComplaintResolved body = TEND__V1__COMPLAINT_RESOLVED__INIT;
    Tend__V1__Money money = TEND__V1__MONEY__INIT;
    money.micros = 1000000;
    money.currency = plain("CNY");
    body.complaint_id = plain(pledge->what);
    body.cause = plain("the parcel was wet");
    body.compensation = &money;
    event.body_case = TEND__V1__EVENT__BODY_COMPLAINT_RESOLVED;
    event.complaint_resolved = &body;
    say(team, &event, team->clients[pledge->client].id, team->members[pledge->owner].id);
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

static void say_absent(struct team *team, struct team_member *member, int32_t from, int32_t to)
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
    member->absences[member->absence_count++] = (struct team_absence){from, to};
}

void team_disturb(struct team *team, struct team_member *member)
{
    member->disturbed = true;
    member->disturbed_day = team_local(member, turns_now_ms(team->turns)).day;
}

// What may happen within some hours.
void team_live(struct team *team)
{
    int64_t now_ms = turns_now_ms(team->turns);
    uint32_t rarely = 12 * 24 / STEP_HOURS;
    if (team_chance(team, rarely / 4) == 0) // a burst of promises of one rep, all for one day
        for (uint32_t left = 1 + team_chance(team, 30), owner = team_chance(team, team->member_count),
                      days = 1 + team_chance(team, 25);
             left > 0; left--) {
            uint32_t which = team_chance(team, team->client_count);
            if (team->clients[which].owner == owner || team_chance(team, 8) == 0)
                say_promise(team, which, now_ms + (int64_t)days * 24 * HOUR_MS + team_chance(team, 8) * HOUR_MS);
        }
    if (team_chance(team, rarely / 6) == 0)
        say_complaint(team, team_chance(team, team->client_count));
    for (uint32_t left = team_chance(team, rarely) == 0 ? team_chance(team, 40) : 0; left > 0; left--)
        say_lead(team, team_chance(team, team->client_count));
    if (team_chance(team, rarely * 2) == 0) {
        struct team_member *member = &team->members[team_chance(team, team->member_count)];
        int32_t from = team_local(member, now_ms).day + (int32_t)team_chance(team, 30) + (team->calm ? 32 : 0);
        say_absent(team, member, from, from + (int32_t)team_chance(team, 12));
        if (!team->calm)
            team_disturb(team, member);
    }
    if (!team->calm && team->member_count > 1 && team_chance(team, rarely) == 0)
        for (uint32_t left = 1 + team_chance(team, 5); left > 0; left--) {
            struct team_client *client = &team->clients[team_chance(team, team->client_count)];
            // Of two owners said at one moment neither is the later one.
            if (client->owned_ms == now_ms)
                continue;
            client->owned_ms = now_ms;
            team_disturb(team, &team->members[client->owner]);
            client->owner = team_chance(team, team->member_count);
            team_disturb(team, &team->members[client->owner]);
            client->owned_day = team_local(&team->members[client->owner], now_ms).day;
            say_customer(team, (uint32_t)(client - team->clients));
        }
}

static void say_rep(struct team *team, struct team_member *member)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
    body.name = plain(member->id);
    body.time_zone = plain(member->zone_name);
    body.daily_capacity = member->capacity;
    body.manager_rep_id = member == team->members ? plain("") : team->members[0].id;
    member->deputy = team->member_count > 1 && team_chance(team, 3) == 0;
    body.deputy_rep_id = member->deputy ? team->members[team_chance(team, team->member_count)].id : plain("");
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
        team->holiday_days[i] = from_day + (int32_t)team_chance(team, days);
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
        struct team_member *member = &team->members[i];
        snprintf(member->id, sizeof member->id, "r%u", i);
        member->zone_name = zones[team_chance(team, 4)];
        must(zone_open(ZONE_DIRECTORIES, member->zone_name, &member->zone));
        // Around what a month needs: some can do it easily, some cannot.
        member->capacity = 1 + each / 22 + team_chance(team, each / 16 + 3);
        member->calls = calloc(member->capacity, sizeof *member->calls);
        member->promised = calloc(member->capacity, sizeof *member->promised);
        must(member->calls != NULL && member->promised != NULL);
        member->diligent = team_chance(team, 3) > 0;
        member->list_day = member->first_list = member->warned_day = member->disturbed_day = INT32_MIN;
        member->month = team_month(team_local(member, team->start_ms).day);
        member->disturbed = true; // the first month is not whole
        for (uint32_t j = 0; j < each; j++) {
            struct team_client *client = &team->clients[team->client_count];
            snprintf(client->id, sizeof client->id, "c%u", team->client_count++);
            client->owner = i;
            client->owned_ms = team->start_ms;
            client->owned_day = client->contact_day = client->before_day = client->told_day = INT32_MIN;
            client->birthday = (struct date){0, 1 + (int32_t)team_chance(team, 12), 1 + (int32_t)team_chance(team, 28)};
        }
    }
    outcome->customers = team->client_count;
}

void team_open(struct team *team, const struct teams_size *size)
{
    static const char config[] = "{scheduler: {}}";
    struct config_section section = {"scheduler", scheduler_keys, &team->options, ""};
    char error[400];
    int32_t from_day = 19723 + (int32_t)team_chance(team, 700); // 2024-01-01 and later
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

void team_close(struct team *team)
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
void team_go_down(struct team *team)
{
    int64_t now_ms = turns_now_ms(team->turns);
    team->down_from_ms = now_ms;
    team->down_to_ms = now_ms + (int64_t)(6 + team_chance(team, 24 * 6)) * HOUR_MS;
    turns_sleep(team->turns, team->down_to_ms);
    turns_restart(team->turns);
    for (uint32_t i = 0; i < team->member_count; i++) {
        team->members[i].call_count = 0;
        team_disturb(team, &team->members[i]);
    }
    team->outcome->outages++;
}
