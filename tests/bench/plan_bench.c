// A morning of the planner: every rep's round, which walks the rep's customers, plans the list, writes its lines as
// reminders and says it. The whole service on a real, synced store, without sockets.
//
//     plan_bench [--quick]
#include "bench/crew.h"
#include "bench/table.h"
#include "common/calendar.h"
#include "common/must.h"
#include "services/scheduler/scheduler.h"
#include "tend/v1/journal.pb-c.h"

#include <stdio.h>
#include <string.h>

enum {
    REPS = 50,
    CUSTOMERS = 1000, // of each rep
    MORNINGS = 11,
    MORNINGS_QUICK = 5,
    ID_BYTES = 16,
    HOUR_MS = 3600000,
    LIST_MINUTE_MS = (8 * 60 + 30) * 60000, // options: call_list_at
    GOAL_MS = 1000,
};

#define DAY_MS INT64_C(86400000)

// A number that looks like chance, the same in each run.
static uint32_t chance(uint32_t seed, uint32_t below)
{
    uint64_t mixed = (seed + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
    return (uint32_t)((mixed ^ mixed >> 32) % below);
}

static void say_settings(struct crew *crew)
{
    static char zone[] = "UTC", currency[] = "CNY";
    static uint32_t weekend[] = {6, 7};
    Tend__V1__Settings settings = TEND__V1__SETTINGS__INIT;
    settings.time_zone = zone;
    settings.currency = currency;
    settings.weekend = weekend;
    settings.n_weekend = 2;
    crew_say(crew, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, &settings.base);
}

static void say_rep(struct crew *crew, const char *rep)
{
    Tend__V1__Event event = crew_event(crew, "", rep);
    Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
    body.name = (char *)(uintptr_t)rep;
    event.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event.rep_upserted = &body;
    crew_tell(crew, &event);
}

static void say_customer(struct crew *crew, const char *id, const char *rep, uint32_t number)
{
    static char name[] = "Shenzhen Lighthouse Trading Co., Ltd", contact[] = "Ms Li", phone[] = "138 0000 0000";
    static char region[] = "Guangdong";
    char birthday[DAY_TEXT_BYTES];
    Tend__V1__Event event = crew_event(crew, id, rep);
    Tend__V1__CustomerUpserted body = TEND__V1__CUSTOMER_UPSERTED__INIT;
    Tend__V1__ContactPerson person = TEND__V1__CONTACT_PERSON__INIT, *people[] = {&person};
    day_print((int32_t)(crew_now_ms(crew) / DAY_MS) - 12000 + (int32_t)chance(number, 365), birthday);
    body.name = name;
    body.owner_rep_id = (char *)(uintptr_t)rep;
    body.region = region;
    person.name = contact;
    person.phone = phone;
    person.birthday = birthday;
    body.contacts = people;
    body.n_contacts = 1;
    event.body_case = TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED;
    event.customer_upserted = &body;
    crew_tell(crew, &event);
}

static void say_value(struct crew *crew, const char *id, uint32_t number)
{
    static char currency[] = "CNY", first_day[] = "2024-02-01", goods[] = "Desk lamp, white, 12 W", order[] = "o-1";
    static char tier[] = "value.tier", important[] = "important", secondary[] = "secondary";
    Tend__V1__CustomerValue value = TEND__V1__CUSTOMER_VALUE__INIT;
    Google__Protobuf__Timestamp last = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__Standing standing = TEND__V1__STANDING__INIT, *standings[] = {&standing};
    Tend__V1__LastOrder bought = TEND__V1__LAST_ORDER__INIT, *orders[] = {&bought};
    char last_day[DAY_TEXT_BYTES];
    int64_t last_ms = crew_now_ms(crew) - (1 + chance(number * 3, 200)) * DAY_MS;
    uint32_t part = chance(number * 7, 10);
    day_print((int32_t)(last_ms / DAY_MS), last_day);
    last.seconds = last_ms / 1000;
    value.customer_id = (char *)(uintptr_t)id;
    value.abc = part < 2 ? 1 : part < 5 ? 2 : 3;
    value.net_micros = INT64_C(182000000000) + number;
    value.currency = currency;
    value.orders = 1 + chance(number, 30);
    value.orders_ever = value.orders + 2;
    value.last_order = &last;
    value.last_order_micros = INT64_C(5200000000);
    value.first_order_day = first_day;
    value.mean_gap_milli = 20000 + chance(number, 60000);
    value.overdue = chance(number * 11, 8) == 0;
    value.share_ppm = 31;
    standing.dimension = tier;
    standing.value = part < 5 ? important : secondary;
    value.standings = standings;
    value.n_standings = 1;
    bought.order_id = order;
    bought.day = last_day;
    bought.micros = value.last_order_micros;
    bought.what = goods;
    value.last_orders = orders;
    value.n_last_orders = 1;
    crew_say(crew, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, &value.base);
}

// Most were spoken to within the last two months, and every tenth has an appointment.
static void say_contact(struct crew *crew, const char *id, const char *rep, uint32_t number)
{
    static char agreed[] = "samples of the new series";
    Tend__V1__Event event = crew_event(crew, id, rep);
    Tend__V1__ContactLogged body = TEND__V1__CONTACT_LOGGED__INIT;
    Google__Protobuf__Timestamp next = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    event.time->seconds -= (1 + chance(number * 5, 60)) * 86400;
    next.seconds = crew_now_ms(crew) / 1000 + (1 + chance(number * 13, 30)) * 86400;
    body.outcome = TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED;
    body.key_point = agreed;
    body.next_at = chance(number, 10) == 0 ? &next : NULL;
    event.body_case = TEND__V1__EVENT__BODY_CONTACT_LOGGED;
    event.contact_logged = &body;
    crew_tell(crew, &event);
}

static void fill(struct crew *crew)
{
    say_settings(crew);
    for (uint32_t rep = 0; rep < REPS; rep++) {
        char rep_id[ID_BYTES], id[ID_BYTES];
        snprintf(rep_id, sizeof rep_id, "rep-%03u", rep);
        say_rep(crew, rep_id);
        for (uint32_t i = 0; i < CUSTOMERS; i++) {
            uint32_t number = rep * CUSTOMERS + i;
            snprintf(id, sizeof id, "c-%07u", number);
            say_customer(crew, id, rep_id, number);
            say_value(crew, id, number);
            if (chance(number * 17, 5) != 0)
                say_contact(crew, id, rep_id, number);
        }
    }
    (void)crew_take(crew);
}

struct figures {
    struct series ms, lists, customers, said, turn_ms;
};

// Everything that is due before it is done first, so that the morning is measured by itself.
static void morning(struct crew *crew, int32_t day, struct figures *figures)
{
    struct delays delays = {0};
    int64_t at_ms = day * DAY_MS + LIST_MINUTE_MS;
    (void)crew_rest(crew, at_ms - 60000, NULL);
    uint64_t before = crew_said(crew);
    int64_t us = crew_rest(crew, at_ms, &delays);
    uint64_t said = crew_said(crew) - before;
    must(said >= REPS); // each has a list
    series_add(&figures->ms, (double)us / 1e3);
    series_add(&figures->lists, REPS / ((double)us / 1e6));
    series_add(&figures->customers, REPS * CUSTOMERS / ((double)us / 1e6));
    series_add(&figures->said, (double)said);
    series_add(&figures->turn_ms, delays_at(&delays, 99) / 1000);
    delays_free(&delays);
}

static void print(const char *what, const char *unit, const struct series *ours, enum table_goal goal, double bound)
{
    table_print(&(struct table_line){what, unit, ours, NULL, NULL, goal, bound});
}

int main(int argc, char **argv)
{
    int mornings = argc > 1 && strcmp(argv[1], "--quick") == 0 ? MORNINGS_QUICK : MORNINGS;
    static struct figures figures;
    int32_t day;
    must(day_parse("2026-06-01", strlen("2026-06-01"), &day)); // a Monday
    struct crew *crew = crew_open(&scheduler_service, (day - 1) * DAY_MS + 12 * HOUR_MS);
    fill(crew);
    for (int done = 0; done < mornings; day++) {
        if (day_weekday(day) >= 6)
            continue;
        morning(crew, day, &figures);
        done++;
    }
    table_head("planning, 50 reps of 1,000 customers each, a synced commit each turn");
    print("a morning of all reps", "ms", &figures.ms, TABLE_AT_MOST, GOAL_MS);
    print("  call lists", "/s", &figures.lists, TABLE_NO_GOAL, 0);
    print("  customers looked at and planned", "/s", &figures.customers, TABLE_NO_GOAL, 0);
    print("  records said", "", &figures.said, TABLE_NO_GOAL, 0);
    print("  a turn, p99", "ms", &figures.turn_ms, TABLE_NO_GOAL, 0);
    crew_close(&crew);
    table_end();
    return 0;
}
