// Scoring as a whole: what it says after events and after time, to whom, why, and what it answers.
#include "common/must.h"
#include "harness/defaults.h"
#include "services/scoring/core.h"
#include "services/scoring/scoring.h"
#include "unit/scoring_events.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#define START_MS INT64_C(1767261600000) // 2026-01-01T10:00:00Z

struct fixture {
    struct scoring_options options;
    struct scoring *scoring;
    struct turns *turns;
    int64_t now_ms;
    uint64_t heard; // in its journal
};

static struct scoring_options usual_options(void)
{
    struct scoring_options options = defaults_of_scoring();
    options.drop.sample = 3;
    return options;
}

static void begin(struct fixture *fixture, const struct scoring_options *options)
{
    *fixture = (struct fixture){.options = *options, .now_ms = START_MS};
    fixture->scoring = scoring_open(&fixture->options);
    fixture->turns = turns_open(&scoring_service, fixture->scoring, START_MS);
    say_settings(fixture->turns, "Asia/Shanghai", "EUR", "USD", 500000);
    turns_run(fixture->turns, START_MS);
    fixture->heard = turns_last(fixture->turns);
}

static void end(struct fixture *fixture)
{
    turns_close(&fixture->turns);
    scoring_close(&fixture->scoring);
}

static void wait_days(struct fixture *fixture, int64_t days)
{
    fixture->now_ms += days * DAY_MS;
    turns_run(fixture->turns, fixture->now_ms);
}

static void take_in(struct fixture *fixture)
{
    turns_run(fixture->turns, fixture->now_ms);
}

// The next record of a type that was not heard yet; NULL when there is none.
static const struct record *hear(struct fixture *fixture, uint16_t type)
{
    while (fixture->heard < turns_last(fixture->turns)) {
        const struct record *record = turns_read(fixture->turns, ++fixture->heard);
        if (record->type == type)
            return record;
    }
    return NULL;
}

// The next change of a dimension whose name begins so.
static Tend__V1__ValueChanged *hear_change_of(struct fixture *fixture, const char *dimension)
{
    const struct record *record;
    while ((record = hear(fixture, TEND__V1__RECORD_TYPE__RECORD_TYPE_VALUE_CHANGED)) != NULL) {
        Tend__V1__ValueChanged *change = tend__v1__value_changed__unpack(NULL, record->length, record->payload);
        if (strncmp(change->dimension, dimension, strlen(dimension)) == 0)
            return change;
        tend__v1__value_changed__free_unpacked(change, NULL);
    }
    return NULL;
}

// The next change of a class or a silence.
static Tend__V1__ValueChanged *hear_change(struct fixture *fixture)
{
    static const char *const dimensions[] = {"value.abc", "risk.overdue", "risk.drop"};
    uint64_t from = fixture->heard, nearest = UINT64_MAX;
    Tend__V1__ValueChanged *first = NULL;
    for (size_t i = 0; i < sizeof dimensions / sizeof dimensions[0]; i++) {
        fixture->heard = from;
        Tend__V1__ValueChanged *change = hear_change_of(fixture, dimensions[i]);
        Tend__V1__ValueChanged *later = change;
        if (change != NULL && fixture->heard < nearest) {
            later = first;
            first = change;
            nearest = fixture->heard;
        }
        if (later != NULL)
            tend__v1__value_changed__free_unpacked(later, NULL);
    }
    fixture->heard = nearest == UINT64_MAX ? turns_last(fixture->turns) : nearest;
    return first;
}

static Tend__V1__CustomerValue *hear_value(struct fixture *fixture)
{
    const struct record *record = hear(fixture, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE);
    return record == NULL ? NULL : tend__v1__customer_value__unpack(NULL, record->length, record->payload);
}

static int64_t figure(const Tend__V1__ValueChanged *change, const char *name)
{
    for (size_t i = 0; i < change->n_figures; i++)
        if (strcmp(change->figures[i]->name, name) == 0)
            return change->figures[i]->value;
    fail_msg("no figure %s", name);
    return 0;
}

static void tells_a_value_once_a_turn(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct scoring_options options = usual_options();
    begin(&fixture, &options);
    say_placed(fixture.turns, "C1", "o1", START_MS - 3 * DAY_MS, 100, false);
    say_placed(fixture.turns, "C1", "o2", START_MS - DAY_MS, 50, false);
    take_in(&fixture);
    Tend__V1__CustomerValue *value = hear_value(&fixture);
    assert_non_null(value);
    assert_string_equal(value->customer_id, "C1");
    assert_int_equal(value->abc, TEND__V1__ABC_CLASS__ABC_CLASS_A);
    assert_int_equal(value->net_micros, 150000000);
    assert_string_equal(value->currency, "EUR");
    assert_int_equal(value->orders, 2);
    assert_int_equal(value->last_order_micros, 50000000);
    assert_int_equal(value->last_order->seconds, (START_MS - DAY_MS) / 1000);
    assert_string_equal(value->first_order_day, "2025-12-29");
    assert_int_equal(value->mean_gap_milli, 2000);
    assert_int_equal(value->expected_order->seconds, (START_MS + DAY_MS) / 1000);
    assert_int_equal(value->share_ppm, 1000000);
    tend__v1__customer_value__free_unpacked(value, NULL);
    assert_null(hear_value(&fixture)); // and no ValueChanged: a first class is no change
    fixture.heard = 0;
    assert_null(hear_change(&fixture));
    end(&fixture);
}

static void the_same_event_again_says_nothing(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct scoring_options options = usual_options();
    begin(&fixture, &options);
    struct say refund = {"r1", "C1", "o1", START_MS, 30, "EUR", false};
    say_placed(fixture.turns, "C1", "o1", START_MS - DAY_MS, 100, false);
    say_order(fixture.turns, TEND__V1__EVENT__BODY_ORDER_REFUNDED, &refund);
    take_in(&fixture);
    uint64_t last = turns_last(fixture.turns), state = turns_state(fixture.turns);
    say_placed(fixture.turns, "C1", "o1", START_MS - DAY_MS, 100, false);
    say_order(fixture.turns, TEND__V1__EVENT__BODY_ORDER_REFUNDED, &refund);
    take_in(&fixture);
    assert_int_equal(turns_last(fixture.turns), last);
    assert_true(turns_state(fixture.turns) == state);
    assert_true(ledger_customer(scoring_ledger(fixture.scoring), 0)->net == 70000000);
    end(&fixture);
}

// A customer that falls because others rise is told of with the rule, the figures and the events.
static void a_fall_is_explained(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct scoring_options options = usual_options();
    begin(&fixture, &options);
    say_placed(fixture.turns, "C1", "o1", START_MS - 9 * DAY_MS, 1000, true);
    say_placed(fixture.turns, "C2", "o2", START_MS - 8 * DAY_MS, 900, true);
    take_in(&fixture);
    fixture.heard = turns_last(fixture.turns);
    say_placed(fixture.turns, "C2", "o3", START_MS, 9000, false);
    take_in(&fixture);
    Tend__V1__ValueChanged *change = hear_change(&fixture);
    assert_non_null(change);
    assert_string_equal(change->customer_id, "C1");
    assert_string_equal(change->dimension, "value.abc");
    assert_string_equal(change->before, "A");
    assert_string_equal(change->after, "C");
    assert_string_equal(change->rule, "abc 65/85, net sales of 365 days");
    assert_int_equal(figure(change, "net_sales"), 1000000000);
    assert_int_equal(figure(change, "threshold_a"), 9900000000);
    assert_int_equal(figure(change, "total"), 10900000000);
    assert_int_equal(change->n_event_ids, 2);
    assert_string_equal(change->event_ids[0], "shop/placed-o1");
    assert_string_equal(change->event_ids[1], "shop/placed-o3");
    assert_false(change->historical);
    tend__v1__value_changed__free_unpacked(change, NULL);

    int status;
    const char *why = turns_ask(fixture.turns, "/v1/customers/C1/why?dimension=value.abc", &status);
    assert_int_equal(status, 200);
    assert_non_null(strstr(why, "\"before\":\"A\",\"after\":\"C\""));
    assert_non_null(strstr(why, "shop/placed-o3"));
    end(&fixture);
}

static void history_alerts_nobody(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct scoring_options options = usual_options();
    begin(&fixture, &options);
    say_placed(fixture.turns, "C1", "o1", START_MS - 90 * DAY_MS, 1000, true);
    say_placed(fixture.turns, "C1", "o2", START_MS - 80 * DAY_MS, 10, true);
    take_in(&fixture);
    say_placed(fixture.turns, "C2", "o3", START_MS - 80 * DAY_MS, 90000, true);
    take_in(&fixture);
    say_placed(fixture.turns, "C1", "o4", START_MS - 70 * DAY_MS, 10,
               true); // now its rhythm is known, and long overdue
    take_in(&fixture);
    unsigned changes = 0;
    Tend__V1__ValueChanged *change;
    while ((change = hear_change(&fixture)) != NULL) {
        assert_true(change->historical);
        changes++;
        tend__v1__value_changed__free_unpacked(change, NULL);
    }
    assert_int_equal(changes, 2); // C1 fell, C1 became overdue
    end(&fixture);
}

// Twice the mean gap of ten days after the last order, to the minute, and over with the next order.
static void overdue_comes_by_the_clock_and_goes_by_an_order(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct scoring_options options = usual_options();
    options.drop.sample = 1000;
    begin(&fixture, &options);
    for (int i = 0; i < 3; i++) {
        char order[16];
        snprintf(order, sizeof order, "o%d", i);
        say_placed(fixture.turns, "C1", order, START_MS - (20 - 10 * i) * DAY_MS, 100, false);
    }
    take_in(&fixture);
    fixture.now_ms = START_MS + 20 * DAY_MS;
    turns_run(fixture.turns, fixture.now_ms);
    assert_null(hear_change(&fixture));
    fixture.now_ms += 60000;
    turns_run(fixture.turns, fixture.now_ms);
    Tend__V1__ValueChanged *change = hear_change(&fixture);
    assert_non_null(change);
    assert_string_equal(change->dimension, "risk.overdue");
    assert_string_equal(change->before, "no");
    assert_string_equal(change->after, "yes");
    assert_false(change->historical);
    assert_int_equal(figure(change, "mean_gap"), 10000);
    assert_int_equal(figure(change, "factor"), 2000000);
    assert_int_equal(figure(change, "overdue_after"), START_MS + 20 * DAY_MS);
    assert_string_equal(change->event_ids[0], "shop/placed-o2");
    tend__v1__value_changed__free_unpacked(change, NULL);
    turns_restart(fixture.turns);
    wait_days(&fixture, 1);
    assert_null(hear_change(&fixture)); // said once
    say_placed(fixture.turns, "C1", "o9", fixture.now_ms, 100, false);
    take_in(&fixture);
    change = hear_change(&fixture);
    assert_string_equal(change->after, "no");
    assert_string_equal(change->event_ids[0], "shop/placed-o9");
    tend__v1__value_changed__free_unpacked(change, NULL);
    end(&fixture);
}

static void drop_comes_when_silence_is_longer_than_usual(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct scoring_options options = usual_options();
    options.overdue.repeats = 1000;
    begin(&fixture, &options);
    for (int i = 0; i < 4; i++) { // three gaps of five days in the population
        char order[16];
        snprintf(order, sizeof order, "o%d", i);
        say_placed(fixture.turns, "C1", order, START_MS - (15 - 5 * i) * DAY_MS, 100, false);
    }
    say_placed(fixture.turns, "C2", "once", START_MS, 100, false);
    take_in(&fixture);
    assert_int_equal(ledger_usual_gap(scoring_ledger(fixture.scoring)), 5);
    wait_days(&fixture, 5);
    assert_null(hear_change(&fixture));
    fixture.now_ms += 60000;
    take_in(&fixture);
    Tend__V1__ValueChanged *change = hear_change(&fixture);
    assert_non_null(change);
    assert_string_equal(change->customer_id, "C1"); // and not C2, which never showed a rhythm
    assert_string_equal(change->dimension, "risk.drop");
    assert_string_equal(change->after, "yes");
    assert_int_equal(figure(change, "usual_gap"), 5000);
    tend__v1__value_changed__free_unpacked(change, NULL);
    assert_null(hear_change(&fixture));
    end(&fixture);
}

// An order leaves the window with its day, and that moves the class without any event.
static void a_day_that_leaves_the_window_is_taken_back(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct scoring_options options = usual_options();
    options.abc.window_days = 30;
    begin(&fixture, &options);
    say_placed(fixture.turns, "C1", "o1", START_MS - 20 * DAY_MS, 1000, false);
    say_placed(fixture.turns, "C2", "o2", START_MS, 10, false);
    take_in(&fixture);
    const struct ledger *ledger = scoring_ledger(fixture.scoring);
    assert_int_equal(ledger_class(ledger, 1), LEDGER_C);
    wait_days(&fixture, 9);
    assert_int_equal(ledger_class(ledger, 0), LEDGER_A);
    wait_days(&fixture, 1);
    assert_int_equal(ledger_class(ledger, 0), LEDGER_C);
    assert_int_equal(ledger_class(ledger, 1), LEDGER_A);
    unsigned changes = 0;
    Tend__V1__ValueChanged *change;
    while ((change = hear_change(&fixture)) != NULL) {
        assert_false(change->historical);
        changes++;
        tend__v1__value_changed__free_unpacked(change, NULL);
    }
    assert_int_equal(changes, 2);
    end(&fixture);
}

// The margin holds back what is announced, never the class.
static void the_margin_holds_back_announcements_only(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct scoring_options options = usual_options();
    options.abc.margin_ppm = 50000;
    begin(&fixture, &options);
    say_placed(fixture.turns, "C1", "o1", START_MS - DAY_MS, 640, false);
    say_placed(fixture.turns, "C2", "o2", START_MS - DAY_MS, 360, false); // 64 % lie above it: A
    take_in(&fixture);
    const struct ledger *ledger = scoring_ledger(fixture.scoring);
    assert_int_equal(ledger_class(ledger, 1), LEDGER_A);
    fixture.heard = turns_last(fixture.turns);
    say_placed(fixture.turns, "C1", "o3", START_MS, 60, false); // 66 %: B, but not by 5 points
    take_in(&fixture);
    assert_int_equal(ledger_class(ledger, 1), LEDGER_B);
    assert_int_equal(ledger_customer(ledger, 1)->announced.abc, LEDGER_A);
    assert_null(hear_change(&fixture));
    say_placed(fixture.turns, "C1", "o4", START_MS, 300, false); // 73.5 %
    take_in(&fixture);
    Tend__V1__ValueChanged *change = hear_change(&fixture);
    assert_non_null(change);
    assert_string_equal(change->after, "B");
    tend__v1__value_changed__free_unpacked(change, NULL);
    end(&fixture);
}

static void other_events_are_carried_on(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct scoring_options options = usual_options();
    begin(&fixture, &options);
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__DeliveryDelayed delayed = TEND__V1__DELIVERY_DELAYED__INIT;
    Tend__V1__OrderPaid paid = TEND__V1__ORDER_PAID__INIT;
    event.id = changeable("e1");
    event.source = changeable("erp");
    event.customer_id = changeable("C1");
    event.body_case = TEND__V1__EVENT__BODY_DELIVERY_DELAYED;
    event.delivery_delayed = &delayed;
    turns_say(fixture.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, RECORD_HISTORICAL, &event.base);
    event.body_case = TEND__V1__EVENT__BODY_ORDER_PAID;
    event.order_paid = &paid;
    turns_say(fixture.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event.base);
    take_in(&fixture);
    const struct record *record = hear(&fixture, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT);
    assert_non_null(record);
    assert_int_equal(record->flags, RECORD_HISTORICAL);
    Tend__V1__Event *carried = tend__v1__event__unpack(NULL, record->length, record->payload);
    assert_int_equal(carried->body_case, TEND__V1__EVENT__BODY_DELIVERY_DELAYED);
    tend__v1__event__free_unpacked(carried, NULL);
    record = hear(&fixture, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT);
    assert_non_null(record);
    assert_int_equal(record->flags, 0);
    carried = tend__v1__event__unpack(NULL, record->length, record->payload);
    assert_int_equal(carried->body_case, TEND__V1__EVENT__BODY_ORDER_PAID);
    tend__v1__event__free_unpacked(carried, NULL);
    assert_null(hear(&fixture, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT));
    end(&fixture);
}

// A currency without a rate counts nothing, visibly, until a settings record brings one; then all is read anew.
static void settings_are_a_new_reading(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct scoring_options options = usual_options();
    begin(&fixture, &options);
    struct say order = {"e1", "C1", "o1", START_MS, 100, "JPY", false};
    say_order(fixture.turns, TEND__V1__EVENT__BODY_ORDER_PLACED, &order);
    take_in(&fixture);
    const struct ledger *ledger = scoring_ledger(fixture.scoring);
    assert_true(ledger_customer(ledger, 0)->net == 0);
    assert_int_equal(ledger_customer(ledger, 0)->orders, 1);
    assert_non_null(strstr(turns_ask(fixture.turns, "/v1/summary", NULL), "\"ordersWithoutRate\":1"));
    assert_non_null(strstr(turns_ask(fixture.turns, "/v1/customers/C1", NULL), "\"ordersWithoutRate\":1"));
    fixture.heard = turns_last(fixture.turns);
    say_settings(fixture.turns, "Asia/Shanghai", "EUR", "JPY", 6000);
    take_in(&fixture);
    assert_true(ledger_customer(ledger, 0)->net == 600000);
    assert_null(strstr(turns_ask(fixture.turns, "/v1/summary", NULL), "ordersWithoutRate"));
    Tend__V1__CustomerValue *value = hear_value(&fixture);
    assert_non_null(value); // everybody's value is said anew
    assert_int_equal(value->net_micros, 600000);
    assert_int_equal(value->abc, TEND__V1__ABC_CLASS__ABC_CLASS_A);
    tend__v1__customer_value__free_unpacked(value, NULL);
    end(&fixture);
}

// Other cuts after a restart: everybody is looked at anew, and nobody is alerted because of it.
static void other_options_are_looked_through(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct scoring_options options = usual_options();
    begin(&fixture, &options);
    say_placed(fixture.turns, "C1", "o1", START_MS, 600, false);
    say_placed(fixture.turns, "C2", "o2", START_MS, 400, false);
    take_in(&fixture);
    fixture.heard = turns_last(fixture.turns);
    struct scoring_options other = options;
    other.abc.cut_a_ppm = 500000;
    struct scoring *second = scoring_open(&other), first = *fixture.scoring;
    *fixture.scoring = *second; // as if the process had been started with them
    *second = first;
    turns_restart(fixture.turns);
    scoring_close(&second);
    take_in(&fixture);
    Tend__V1__ValueChanged *change = hear_change(&fixture);
    assert_non_null(change);
    assert_string_equal(change->customer_id, "C2");
    assert_string_equal(change->after, "B");
    assert_string_equal(change->rule, "abc 50/85, net sales of 365 days");
    assert_true(change->historical);
    tend__v1__value_changed__free_unpacked(change, NULL);
    end(&fixture);
}

static void answers_questions(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct scoring_options options = usual_options();
    begin(&fixture, &options);
    char customer[16], order[16];
    for (int i = 0; i < 9; i++) {
        snprintf(customer, sizeof customer, "C%d", 8 - i);
        snprintf(order, sizeof order, "o%d", i);
        say_placed(fixture.turns, customer, order, START_MS - i * DAY_MS, 1 << i, false);
    }
    say_placed(fixture.turns, "old", "old", START_MS - 500 * DAY_MS, 100, false);
    take_in(&fixture);
    static const struct {
        const char *target;
        int status;
        const char *has, *has_not;
    } rows[] = {
        {"/v1/customers", 200, "{\"customers\":[{\"customerId\":\"C0\"", "nextOffset"},
        {"/v1/customers?sort=net&limit=2", 200, "\"nextOffset\":2", "C3"},
        {"/v1/customers?sort=net&limit=2&offset=2", 200, "{\"customers\":[{\"customerId\":\"C2\"", "C1"},
        {"/v1/customers?sort=last&limit=1", 200, "{\"customers\":[{\"customerId\":\"C8\"", "C7"},
        {"/v1/customers?sort=id&limit=1", 200, "{\"customers\":[{\"customerId\":\"C0\"", "C1"},
        {"/v1/customers?abc=A", 200, "C1", "C2"}, // 256 of 511, then 384
        {"/v1/customers?abc=B", 200, "C2", "C1"},
        {"/v1/customers?abc=C", 200, "old", "C2"},
        {"/v1/customers?abc=D", 400, "abc", "C1"},
        {"/v1/customers?limit=0", 400, "limit", "C1"},
        {"/v1/customers?limit=1001", 400, "limit", "C1"},
        {"/v1/customers?offset=-1", 400, "offset", "C1"},
        {"/v1/customers?sort=name", 400, "sort", "C1"},
        {"/v1/customers?overdue=1", 200, "{", "C1"},
        {"/v1/customers/C1", 200, "\"position\":2", NULL},
        {"/v1/customers/C1", 200, "\"net\":\"128.00 EUR\"", NULL},
        {"/v1/customers/C9", 404, "customer_id", NULL},
        {"/v1/customers/C1/why", 200, "\"after\":\"A\"", NULL},
        {"/v1/customers/C1/why?dimension=risk.drop", 200, "usual_gap", NULL},
        {"/v1/customers/C1/why?dimension=risk", 400, "dimension", NULL},
        {"/v1/summary", 200, "\"customersInWindow\":9", NULL},
        {"/v1/summary", 200, "\"rule\":\"abc 65/85, net sales of 365 days\",\"timeZone\":\"Asia/Shanghai\"", NULL},
        {"/v1/nothing", 404, "path", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int status;
        const char *answer = turns_ask(fixture.turns, rows[i].target, &status);
        if (status != rows[i].status || strstr(answer, rows[i].has) == NULL ||
            (rows[i].has_not != NULL && strstr(answer, rows[i].has_not) != NULL))
            fail_msg("%s: %d %s", rows[i].target, status, answer);
    }
    end(&fixture);
}

// Bytes that are no event, and events that lack what they need, are passed over.
static void bad_events_are_counted_and_passed_over(void **unused)
{
    (void)unused;
    struct fixture fixture;
    struct scoring_options options = usual_options();
    begin(&fixture, &options);
    struct say nobody = {"e1", "", "o1", START_MS, 100, "EUR", false};
    struct say nothing = {"e2", "C1", "", START_MS, 100, "EUR", false};
    say_order(fixture.turns, TEND__V1__EVENT__BODY_ORDER_PLACED, &nobody);
    say_order(fixture.turns, TEND__V1__EVENT__BODY_ORDER_PLACED, &nothing);
    Tend__V1__Rate rate = TEND__V1__RATE__INIT; // some other message
    rate.currency = changeable("\x08\x01\xff");
    turns_say(fixture.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &rate.base);
    take_in(&fixture);
    assert_int_equal(ledger_count(scoring_ledger(fixture.scoring)), 0);
    end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_value_once_a_turn),
        cmocka_unit_test(the_same_event_again_says_nothing),
        cmocka_unit_test(a_fall_is_explained),
        cmocka_unit_test(history_alerts_nobody),
        cmocka_unit_test(overdue_comes_by_the_clock_and_goes_by_an_order),
        cmocka_unit_test(drop_comes_when_silence_is_longer_than_usual),
        cmocka_unit_test(a_day_that_leaves_the_window_is_taken_back),
        cmocka_unit_test(the_margin_holds_back_announcements_only),
        cmocka_unit_test(other_events_are_carried_on),
        cmocka_unit_test(settings_are_a_new_reading),
        cmocka_unit_test(other_options_are_looked_through),
        cmocka_unit_test(answers_questions),
        cmocka_unit_test(bad_events_are_counted_and_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
