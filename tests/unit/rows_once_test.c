// What is told once, with its own words, and only when it says something: rows 10, 48, 61, 65, 66 and answers to them.
#include "unit/care_story.h"

static void becomes(struct fixture *f, const char *dimension, const char *before, const char *after)
{
    changed(f, "C1", dimension, before, after, false);
    turns_run(f->turns, turns_now_ms(f->turns));
}

static void make_promise(struct fixture *f, const char *when, const char *id, const char *due)
{
    char json[300];
    snprintf(json, sizeof json,
             "{\"customerId\":\"C1\",\"repId\":\"wang\",\"promiseMade\":{\"promiseId\":\"%s\",\"what\":\"price of %s\","
             "\"due\":\"%s\"}}",
             id, id, due);
    happens(f, when, json);
}

static void keep_promise(struct fixture *f, const char *when, const char *id)
{
    happens(f, when, text("{\"customerId\":\"C1\",\"repId\":\"wang\",\"promiseKept\":{\"promiseId\":\"%s\"}}", id));
}

// "May be lost" and "is lost" are one thing, whichever is heard first.
static void test_row_48_lost_or_maybe_lost(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct fixture f;
        begin_team(&f, "{}");
        until(&f, "2026-06-02 06:00");
        uint64_t from = f.read;
        for (int i = 0; i < 2; i++)
            if (i == order)
                changed(&f, "C1", "risk.drop", "no", "yes", false);
            else
                changed(&f, "C1", "care.status", "ordinary", "lost", false);
        changed(&f, "C1", "risk.overdue", "no", "yes", false);
        until(&f, "2026-06-04 18:00");
        assert_int_equal(told_at_all(&f, from, "win_back"), 1);
        assert_int_equal(told_at_all(&f, from, "drop"), 0);
        assert_int_equal(told_at_all(&f, from, "overdue"), 0);
        finish(&f);
    }
    // The one was told when the other comes: it is taken back.
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-02 10:00");
    becomes(&f, "risk.drop", "no", "yes");
    const char *id = hears(&f, "2026-06-02 10:00", "wang", "drop", "C1");
    until(&f, "2026-06-02 11:00");
    becomes(&f, "care.status", "ordinary", "lost");
    assert_true(taken_back(&f, 0, id));
    until(&f, "2026-06-02 11:30");
    (void)hears(&f, "2026-06-02 11:00", "wang", "win_back", "C1");
    finish(&f);
}

// Three promises that end at one moment are the first, the second and the third, and each is told of once.
static void test_row_65_broken_at_one_moment(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    make_promise(&f, "2026-06-01 09:00", "p1", "2026-06-03T03:00:00Z");
    make_promise(&f, "2026-06-01 09:01", "p2", "2026-06-03T03:00:00Z");
    make_promise(&f, "2026-06-01 09:02", "p3", "2026-06-03T03:00:00Z");
    until(&f, "2026-06-03 11:04");
    uint64_t from = f.read;
    until(&f, "2026-06-03 12:00");
    unsigned places[4] = {0};
    for (uint64_t seq = from + 1; seq <= turns_last(f.turns); seq++) {
        const struct record *record = turns_read(f.turns, seq);
        assert_int_not_equal(record->type, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_CANCELLED);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER)
            continue;
        Tend__V1__Reminder *told = tend__v1__reminder__unpack(NULL, record->length, record->payload);
        bool review = told->kind == TEND__V1__REMINDER_KIND__REMINDER_KIND_SELF_REVIEW;
        if ((review || told->kind == TEND__V1__REMINDER_KIND__REMINDER_KIND_PROMISE_BROKEN) &&
            strcmp(told->rep_id, "wang") == 0) {
            int64_t place = figure_of(told, "times");
            assert_true(place >= 1 && place <= 3);
            assert_int_equal(review, place == 1);
            places[place]++;
        }
        drop_reminder(told);
    }
    for (int place = 1; place <= 3; place++)
        assert_int_equal(places[place], 1);
    finish(&f);
}

// A promise that is noted when its moment has passed is late: told once, as that, and nothing of too little time.
static void test_row_66_made_after_it_was_due(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{rules: {promises: {usual_least: 3}}}");
    for (int i = 0; i < 3; i++)
        make_promise(&f, text("2026-06-01 09:0%d", i), text("w%d", i), "2026-06-30T03:00:00Z");
    for (int i = 0; i < 3; i++)
        keep_promise(&f, text("2026-06-08 09:0%d", i), text("w%d", i));
    uint64_t from = f.read;
    make_promise(&f, "2026-06-08 10:02", "p1", "2026-06-08T02:00:00Z"); // due two minutes ago
    make_promise(&f, "2026-06-08 10:03", "p2", "2026-06-05T02:00:00Z"); // due on Friday
    until(&f, "2026-06-08 12:00");
    assert_int_equal(told_at_all(&f, from, "promise_short"), 0);
    assert_int_equal(told_at_all(&f, from, "promise"), 0);
    assert_int_equal(told(&f, from, "2026-06-08 10:03", "wang", "self_review") +
                         told(&f, from, "2026-06-08 10:03", "wang", "promise_broken") +
                         told(&f, from, "2026-06-08 10:05", "wang", "promise_broken") +
                         told(&f, from, "2026-06-08 10:05", "wang", "self_review"),
                     2);
    const char *json = turns_ask(f.turns, "/v1/reminders?customer=C1&limit=1000", NULL);
    assert_null(strstr(json, "the promise has more time"));
    finish(&f);
}

// Put off a second time, also from a reminder that was withdrawn meanwhile, it still says what it is about.
static void test_put_off_twice(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-02 10:00");
    becomes(&f, "risk.overdue", "no", "yes");
    const char *first = hears(&f, "2026-06-02 10:00", "wang", "overdue", "C1");
    happens(&f, "2026-06-02 10:30",
            text("{\"repId\":\"wang\",\"reminderAnswered\":{\"reminderId\":\"%s\",\"outcome\":\"snoozed\","
                 "\"nextAt\":\"2026-06-02T03:00:00Z\",\"note\":\"ask Li\"}}",
                 first));
    until(&f, "2026-06-02 11:00");
    Tend__V1__Reminder *again = heard(&f, "2026-06-02 11:00", "wang", "snoozed", "C1");
    assert_string_equal(again->text, "ask Li");
    const char *second = text("%s", again->reminder_id);
    drop_reminder(again);
    // The first one is answered anew, which takes the second one back; that one is put off all the same.
    happens(&f, "2026-06-02 11:10",
            text("{\"repId\":\"wang\",\"reminderAnswered\":{\"reminderId\":\"%s\",\"outcome\":\"no_answer\"}}", first));
    assert_true(taken_back(&f, 0, second));
    const char *json = turns_ask(f.turns, text("/v1/reminders/%s", second), NULL);
    assert_non_null(strstr(json, "ask Li"));
    assert_non_null(strstr(json, "answered anew"));
    happens(&f, "2026-06-02 11:20",
            text("{\"repId\":\"wang\",\"reminderAnswered\":{\"reminderId\":\"%s\",\"outcome\":\"snoozed\","
                 "\"nextAt\":\"2026-06-02T06:00:00Z\"}}",
                 second));
    until(&f, "2026-06-02 14:00");
    again = heard(&f, "2026-06-02 14:00", "wang", "snoozed", "C1");
    assert_string_equal(again->text, "ask Li");
    drop_reminder(again);
    finish(&f);
}

// A fall over a window that the history hardly covers says nothing of the customer.
static void fall(struct fixture *f, const char *first_day, const char *after)
{
    Tend__V1__CustomerValue value = TEND__V1__CUSTOMER_VALUE__INIT;
    value.customer_id = text("C1");
    value.abc = TEND__V1__ABC_CLASS__ABC_CLASS_A;
    value.currency = text("CNY");
    value.net_micros = value.last_order_micros = 5000000000;
    value.first_order_day = text("%s", first_day);
    value.last_order = stamp(turns_now_ms(f->turns));
    value.orders_ever = 3;
    turns_say(f->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &value.base);
    Tend__V1__Figure window = TEND__V1__FIGURE__INIT, *figures[] = {&window};
    window.name = text("window");
    window.value = 365000;
    window.unit = TEND__V1__FIGURE_UNIT__FIGURE_UNIT_DAYS;
    Tend__V1__ValueChanged change = TEND__V1__VALUE_CHANGED__INIT;
    change.customer_id = text("C1");
    change.dimension = text("value.abc");
    change.before = text("A");
    change.after = text("%s", after);
    change.figures = figures;
    change.n_figures = 1;
    change.time = stamp(turns_now_ms(f->turns));
    turns_say(f->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_VALUE_CHANGED, 0, &change.base);
    turns_run(f->turns, turns_now_ms(f->turns));
}

static void test_row_10_a_fall_at_the_start(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *first_day;
        unsigned told;
    } rows[] = {{"{}", "2026-06-01", 0},
                {"{}", "2026-03-04", 0}, // 90 days of 365
                {"{}", "2026-03-01", 1},
                {"{fall_history: 1%}", "2026-05-10", 0}, // 30 days at the least
                {"{fall_history: 1%, fall_history_days: 2}", "2026-05-10", 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture f;
        begin_team(&f, rows[i].yaml);
        until(&f, "2026-06-02 10:00");
        uint64_t from = f.read;
        fall(&f, rows[i].first_day, "C");
        until(&f, "2026-06-03 18:00");
        assert_int_equal(told_at_all(&f, from, "class_fall"), rows[i].told);
        assert_int_equal(total(&f, KIND_CLASS_FALL, "rested"), !rows[i].told);
        finish(&f);
    }
}

// To call off a reply is no word with the customer: nobody spoke to it.
static void test_row_61_called_off(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-03 10:00", WROTE("m1"));
    until(&f, "2026-06-03 16:00");
    const char *id = says(&f, "2026-06-03 16:00", "wang", "reply_due");
    answers(&f, "2026-06-03 16:10", "wang", id, "not_interested");
    const char *json = turns_ask(f.turns, text("/v1/reminders/%s", id), NULL);
    assert_non_null(strstr(json, "REMINDER_STATE_CANCELLED"));
    uint64_t from = f.read;
    until(&f, "2026-06-04 08:45");
    assert_int_equal(told_at_all(&f, from, "reply_due"), 0);
    Tend__V1__CallList *list = next_list(&f);
    assert_non_null(list);
    assert_int_equal(list->coverage->contacted, 0);
    drop_list(list);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_48_lost_or_maybe_lost),    cmocka_unit_test(test_row_65_broken_at_one_moment),
        cmocka_unit_test(test_row_66_made_after_it_was_due), cmocka_unit_test(test_put_off_twice),
        cmocka_unit_test(test_row_10_a_fall_at_the_start),   cmocka_unit_test(test_row_61_called_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
