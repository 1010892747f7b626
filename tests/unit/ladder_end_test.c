// The top of a ladder: nothing that is open stays there without a next moment. And the look that proves it once an
// hour, and gives what has none a moment.
#include "unit/rows.h"

#include "common/metrics.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/proof.h"

static uint64_t audit(struct fixture *f, const char *name)
{
    const char *found = strstr(turns_ask(f->turns, "/v1/audit", NULL), text("\"%s\":\"", name));
    return found != NULL ? strtoull(strchr(found, ':') + 2, NULL, 10) : 0;
}

// Each day at noon whatever is open has a next moment.
static void proven_until(struct fixture *f, const char *date)
{
    int32_t last = day(date);
    for (int32_t at_day = zone_local(f->zone, turns_now_ms(f->turns) / 1000).day; at_day <= last; at_day++) {
        if (at(f, date_of(at_day), "12:00") < turns_now_ms(f->turns))
            continue;
        turns_run(f->turns, at(f, date_of(at_day), "12:00"));
        if (audit(f, "stuck") != 0)
            fail_msg("%s: stuck", date_of(at_day));
        assert_int_equal(audit(f, "open"), audit(f, "waiting") + audit(f, "atEnd") + audit(f, "ownerless"));
    }
}

// A message that nobody answers: the owner and the manager hear of it when it is late, again a week later, then two
// weeks later, then each month; and no more once it is answered.
static void test_what_is_owed_is_told_again(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-04 10:00",
            "{\"customerId\":\"C1\",\"messageReceived\":{\"messageId\":\"m1\",\"channel\":\"email\"}}");
    proven_until(&f, "2026-06-05");
    assert_int_equal(told_since(&f, from, "reply_due"), 3);
    assert_int_equal(audit(&f, "atEnd"), 1);
    proven_until(&f, "2026-06-10");
    assert_int_equal(told_since(&f, from, "reply_due"), 3);
    proven_until(&f, "2026-06-12");
    assert_int_equal(told_since(&f, from, "reply_due"), 5);
    drop_reminder(among(&f, from, "2026-06-12 08:30", "zhao", "reply_due", "C1"));
    proven_until(&f, "2026-06-25");
    assert_int_equal(told_since(&f, from, "reply_due"), 5);
    proven_until(&f, "2026-06-29");
    assert_int_equal(told_since(&f, from, "reply_due"), 7);
    proven_until(&f, "2026-07-28");
    assert_int_equal(told_since(&f, from, "reply_due"), 9);
    happens(&f, "2026-07-29 10:00",
            "{\"customerId\":\"C1\",\"messageReplied\":{\"messageId\":\"m1\",\"channel\":\"email\"}}");
    proven_until(&f, "2026-09-30");
    assert_int_equal(told_since(&f, from, "reply_due"), 9);
    finish(&f);
}

// Putting it off holds it: it is told again so long after that, and not in the same breath as what was put off.
static void test_putting_off_holds_the_top(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-04 10:00",
            "{\"customerId\":\"C1\",\"messageReceived\":{\"messageId\":\"m1\",\"channel\":\"email\"}}");
    until(&f, "2026-06-05 09:00");
    Tend__V1__Reminder *late = among(&f, from, "2026-06-05 08:30", "wang", "reply_due", "C1");
    happens(&f, "2026-06-05 10:00",
            text("{\"repId\":\"wang\",\"reminderAnswered\":{\"reminderId\":\"%s\",\"outcome\":\"snoozed\",\"nextAt\":"
                 "\"2026-06-22T02:00:00Z\"}}",
                 late->reminder_id));
    drop_reminder(late);
    proven_until(&f, "2026-06-26");
    assert_int_equal(told_since(&f, from, "snoozed"), 1);
    assert_int_equal(told_since(&f, from, "reply_due"), 3);
    proven_until(&f, "2026-06-30");
    assert_int_equal(told_since(&f, from, "reply_due"), 5);
    finish(&f);
}

// An objection that nobody answers goes to the manager, and ends a month after that; it is counted.
static void test_the_rest_ends_unanswered(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    uint64_t from = turns_last(f.turns);
    happens(
        &f, "2026-06-04 10:00",
        "{\"customerId\":\"C1\",\"objectionRaised\":{\"objectionId\":\"x1\",\"kind\":\"price\",\"what\":\"dear\"}}");
    proven_until(&f, "2026-06-10");
    assert_int_equal(told_since(&f, from, "objection"), 2);
    assert_true(audit(&f, "open") > 0);
    assert_int_equal(audit(&f, "unanswered"), 0);
    proven_until(&f, "2026-09-30");
    assert_int_equal(told_since(&f, from, "objection"), 2);
    assert_int_equal(audit(&f, "open"), 0);
    assert_true(audit(&f, "unanswered") > 0);
    finish(&f);
}

// Nobody hears of what history left open; of long ago it is over.
static void test_history_stays_silent(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    uint64_t from = turns_last(f.turns);
    learns(
        &f, "2025-03-04 10:00",
        "{\"customerId\":\"C1\",\"historical\":true,\"complaintOpened\":{\"complaintId\":\"k1\",\"what\":\"torn\"}}");
    assert_int_equal(audit(&f, "open"), 0);
    proven_until(&f, "2026-08-01");
    assert_int_equal(told_since(&f, from, "complaint_act"), 0);
    assert_int_equal(told_since(&f, from, "complaint_acknowledge"), 0);
    assert_int_equal(audit(&f, "unanswered"), 0);
    finish(&f);
}

// --- the hourly look

static bool steals;

static bool steal(void *context, struct turn *turn, struct matter *matter)
{
    (void)context;
    struct due due = {.at_ms = matter->next_ms, .what = DUE_MATTER, .subject = ""};
    memcpy(due.id, matter->id, HASH_BYTES);
    diary_delete_due(turn, &due);
    return true;
}

static int64_t tick(void *self, struct turn *turn, int64_t now_ms)
{
    if (steals)
        matter_each_open(turn, "C1", steal, NULL);
    steals = false;
    return scheduler_service.tick(self, turn, now_ms);
}

static void test_what_is_stuck_is_found_and_mended(void **state)
{
    (void)state;
    struct fixture f = {0};
    struct service service = scheduler_service;
    struct metrics *metrics = metrics_open();
    service.tick = tick;
    assert_true(zone_open(ZONE_DIRECTORIES, "Asia/Shanghai", &f.zone));
    f.scheduler = open_scheduler(&f, "{}");
    scheduler_service.declare(f.scheduler, metrics);
    f.turns = turns_open(&service, f.scheduler, at(&f, "2026-06-01", "00:00"));
    settings(&f, "Asia/Shanghai", NULL, 0);
    rep(&f, "wang", "Asia/Shanghai", 60);
    customer(&f, "C1", "wang");
    turns_run(f.turns, turns_now_ms(f.turns) + MINUTE_MS);
    happens(&f, "2026-06-04 10:00",
            "{\"customerId\":\"C1\",\"messageReceived\":{\"messageId\":\"m1\",\"channel\":\"email\"}}");
    until(&f, "2026-06-04 11:30");
    assert_int_equal(audit(&f, "stuck"), 0);
    assert_true(metric_read(f.scheduler->stuck_figure, 0) < 0.5);
    steals = true;
    happens(&f, "2026-06-04 11:31",
            "{\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"B\",\"ownerRepId\":\"wang\"}}");
    assert_true(audit(&f, "stuck") > 0);
    until(&f, "2026-06-04 12:45");
    assert_int_equal(audit(&f, "stuck"), 0);
    assert_true(metric_read(f.scheduler->stuck_figure, 0) > 0.5);
    until(&f, "2026-06-05 09:00");
    assert_int_equal(told_since(&f, 0, "reply_due"), 2);
    finish(&f);
    metrics_close(&metrics);
}

// What scoring says of a customer whose first order came just then.
static void ordered(struct fixture *f, const char *id, uint32_t ever, const char *day, const char *when)
{
    Tend__V1__CustomerValue value = TEND__V1__CUSTOMER_VALUE__INIT;
    value.customer_id = text("%s", id);
    value.abc = TEND__V1__ABC_CLASS__ABC_CLASS_C;
    value.currency = text("CNY");
    value.last_order_micros = 600000000;
    value.first_order_day = text("%s", day);
    value.last_order = stamp(moment(f, when));
    value.orders_ever = ever;
    turns_say(f->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &value.base);
    turns_run(f->turns, turns_now_ms(f->turns));
}

static void first_ordered(struct fixture *f, const char *id, const char *day, const char *when)
{
    ordered(f, id, 1, day, when);
}

// A shop's order is heard before any word of its customer, so nobody is there by whose days the visit could be due.
// Whoever is named then hears of it three working days after the order, also where that word is older than the order,
// and also where a shop that knows of no owner told of the customer in between.
static void test_an_owner_comes_after_the_order(void **state)
{
    (void)state;
    static const struct {
        const char *card, *said, *told;
        bool shop;
    } CASES[] = {
        {"2026-05-20 09:00", "2026-06-02 10:30", "2026-06-05 10:00", false},
        {"2026-06-02 10:20", "2026-06-02 10:30", "2026-06-05 10:20", false},
        {"2026-05-20 09:00", "2026-06-03 15:00", "2026-06-05 10:00", true},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fixture f;
        begin_team(&f, "{}");
        until(&f, "2026-06-02 10:00");
        first_ordered(&f, "C2", "2026-06-02", "2026-06-02 10:00");
        assert_int_equal(audit(&f, "ownerless"), 1);
        if (CASES[i].shop)
            learns(&f, "2026-05-19 09:00", "{\"customerId\":\"C2\",\"customerUpserted\":{\"name\":\"Red Hill\"}}");
        until(&f, CASES[i].said);
        uint64_t from = turns_last(f.turns);
        learns(&f, CASES[i].card,
               "{\"customerId\":\"C2\",\"customerUpserted\":{\"name\":\"Red Hill\",\"ownerRepId\":\"wang\"}}");
        assert_int_equal(audit(&f, "stuck"), 0);
        assert_int_equal(audit(&f, "ownerless"), 0);
        proven_until(&f, "2026-06-08");
        drop_reminder(among(&f, from, CASES[i].told, "wang", "first_order_visit", "C2"));
        assert_int_equal(told_since(&f, from, "first_order_visit"), 1);
        finish(&f);
    }
}

// Of two who were taken for one and are two again, each has the visit after its own first order, whoever's is older.
static void test_two_who_were_one_are_both_visited(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        struct fixture f;
        const char *first = way == 0 ? "C2" : "C3", *second = way == 0 ? "C3" : "C2";
        begin_team(&f, "{}");
        until(&f, "2026-06-02 10:00");
        learns(&f, "2026-05-20 09:00", "{\"customerId\":\"C2\",\"customerUpserted\":{\"ownerRepId\":\"wang\"}}");
        learns(&f, "2026-05-20 09:00", "{\"customerId\":\"C3\",\"customerUpserted\":{\"ownerRepId\":\"wang\"}}");
        first_ordered(&f, first, "2026-06-02", "2026-06-02 10:00");
        until(&f, "2026-06-02 11:00");
        first_ordered(&f, second, "2026-06-02", "2026-06-02 11:00");
        learns(&f, "2026-06-02 12:00", "{\"customerId\":\"C2\",\"customerMerged\":{\"otherCustomerId\":\"C3\"}}");
        until(&f, "2026-06-02 13:00");
        uint64_t from = turns_last(f.turns);
        learns(&f, "2026-06-02 13:00", "{\"customerId\":\"C2\",\"customerSplit\":{\"otherCustomerId\":\"C3\"}}");
        proven_until(&f, "2026-06-08");
        drop_reminder(among(&f, from, "2026-06-05 10:00", "wang", "first_order_visit", first));
        drop_reminder(among(&f, from, "2026-06-05 11:00", "wang", "first_order_visit", second));
        assert_int_equal(told_since(&f, from, "first_order_visit"), 2);
        finish(&f);
    }
}

// Somebody new who is one with an old customer needs no visit after a first order that was none, neither when it was to
// come nor when it was told already; on its own again it has it.
static void test_who_has_long_bought_is_not_asked_after_a_first_order(void **state)
{
    (void)state;
    for (int way = 0; way < 4; way++) {
        struct fixture f;
        bool told = way >= 2;
        const char *main = way % 2 == 0 ? "C2" : "C3", *other = way % 2 == 0 ? "C3" : "C2";
        begin_team(&f, "{}");
        until(&f, "2026-06-02 10:00");
        learns(&f, "2026-05-20 09:00", "{\"customerId\":\"C2\",\"customerUpserted\":{\"ownerRepId\":\"wang\"}}");
        learns(&f, "2026-05-20 09:00", "{\"customerId\":\"C3\",\"customerUpserted\":{\"ownerRepId\":\"wang\"}}");
        ordered(&f, "C2", 2, "2025-03-09", "2025-09-09 10:00");
        first_ordered(&f, "C3", "2026-06-02", "2026-06-02 10:00");
        until(&f, told ? "2026-06-05 11:00" : "2026-06-02 12:00");
        uint64_t from = turns_last(f.turns);
        learns(&f, told ? "2026-06-05 11:00" : "2026-06-02 12:00",
               text("{\"customerId\":\"%s\",\"customerMerged\":{\"otherCustomerId\":\"%s\"}}", main, other));
        ordered(&f, main, 3, "2025-03-09", "2026-06-02 10:00");
        until(&f, told ? "2026-06-15 12:00" : "2026-06-03 12:00");
        assert_int_equal(told_since(&f, from, "first_order_visit"), 0);
        learns(&f, told ? "2026-06-15 12:00" : "2026-06-03 12:00",
               text("{\"customerId\":\"%s\",\"customerSplit\":{\"otherCustomerId\":\"%s\"}}", main, other));
        ordered(&f, "C2", 2, "2025-03-09", "2025-09-09 10:00");
        first_ordered(&f, "C3", "2026-06-02", "2026-06-02 10:00");
        proven_until(&f, told ? "2026-06-19" : "2026-06-08");
        assert_int_equal(told_since(&f, from, "first_order_visit"), 1);
        finish(&f);
    }
}

// Whoever looks after customers of whom nothing is known hears of the visit; once somebody else is named, that one.
static void test_an_owner_comes_after_the_default_one(void **state)
{
    (void)state;
    for (int same = 0; same < 2; same++) {
        struct fixture f;
        begin_team(&f, "{default_rep: zhao}");
        until(&f, "2026-06-02 10:00");
        first_ordered(&f, "C2", "2026-06-02", "2026-06-02 10:00");
        uint64_t from = turns_last(f.turns);
        learns(&f, "2026-05-20 09:00",
               text("{\"customerId\":\"C2\",\"customerUpserted\":{\"ownerRepId\":\"%s\"}}", same ? "zhao" : "wang"));
        proven_until(&f, "2026-06-08");
        drop_reminder(among(&f, from, "2026-06-05 10:00", same ? "zhao" : "wang", "first_order_visit", "C2"));
        assert_int_equal(told_since(&f, from, "first_order_visit"), 1);
        finish(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_owed_is_told_again),
                                       cmocka_unit_test(test_putting_off_holds_the_top),
                                       cmocka_unit_test(test_the_rest_ends_unanswered),
                                       cmocka_unit_test(test_history_stays_silent),
                                       cmocka_unit_test(test_what_is_stuck_is_found_and_mended),
                                       cmocka_unit_test(test_an_owner_comes_after_the_order),
                                       cmocka_unit_test(test_an_owner_comes_after_the_default_one),
                                       cmocka_unit_test(test_two_who_were_one_are_both_visited),
                                       cmocka_unit_test(test_who_has_long_bought_is_not_asked_after_a_first_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
