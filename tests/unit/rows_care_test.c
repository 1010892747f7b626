// First orders, complaints, scores, surveys and service goals: rows 33, 69, 70, 71, 73 and 75.
#include "unit/care_story.h"

static void test_row_33_first_order_visit(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        struct fixture f;
        begin_team(&f, "{call_list_at: 08:30}");
        until(&f, "2026-06-02 10:00");
        if (late == 1)
            learns(&f, "2026-06-04 15:00", DELIVERED("o-1")); // heard before the worth that tells of the order
        ordered(&f, 1, "2026-06-02", "2026-06-02 10:00");
        if (late == 0) {
            until(&f, "2026-06-05 09:59");
            happens(&f, "2026-06-05 09:59", DELIVERED("o-1"));
            until(&f, "2026-06-05 15:00");
        }
        // Three working days after the delivery and not after the order; the second delivery changes nothing.
        happens(&f, "2026-06-08 10:00", DELIVERED("o-2"));
        ordered(&f, 2, "2026-06-02", "2026-06-08 10:00");
        until(&f, late == 1 ? "2026-06-09 14:59" : "2026-06-10 09:58");
        quiet(&f);
        until(&f, "2026-06-10 11:00");
        uint64_t from = f.read;
        const char *id = says(&f, late == 1 ? "2026-06-09 15:00" : "2026-06-10 09:59", "wang", "first_order_visit");
        happens(&f, "2026-06-10 14:00",
                "{\"customerId\":\"C1\",\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"visit\","
                "\"outcome\":\"reached\",\"nextAt\":\"2026-07-30T02:00:00Z\"}}");
        assert_true(taken_back(&f, from, id));
        finish(&f);
    }
}

static void test_row_33_without_a_delivery(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-04 10:00");
    ordered(&f, 1, "2026-06-04", "2026-06-04 10:00");
    until(&f, "2026-06-09 12:00");
    (void)says(&f, "2026-06-09 10:00", "wang", "first_order_visit"); // a weekend lies between
    until(&f, "2026-06-16 12:00");
    (void)says(&f, "2026-06-16 10:00", "zhao", "first_order_visit");
    // Somebody who has long bought, of whom we hear first now.
    finish(&f);
    begin_team(&f, "{}");
    ordered(&f, 40, "2024-06-04", "2026-05-31 10:00");
    until(&f, "2026-06-12 12:00");
    quiet(&f);
    finish(&f);
}

// So many orders: the first of 600, each that followed of 20; the newest at that moment.
static void orders_said(struct fixture *f, uint32_t orders, const char *last)
{
    enum { MOST = 3 };
    Tend__V1__LastOrder said[MOST], *told[MOST];
    Tend__V1__CustomerValue value = TEND__V1__CUSTOMER_VALUE__INIT;
    value.customer_id = text("C1");
    value.abc = TEND__V1__ABC_CLASS__ABC_CLASS_A;
    value.currency = text("CNY");
    value.last_order_micros = orders == 0 ? 0 : orders == 1 ? 600000000 : 20000000;
    value.first_order_day = text("%s", orders == 0 ? "" : "2026-06-02");
    value.last_order = orders == 0 ? NULL : stamp(moment(f, last));
    value.orders_ever = orders;
    for (uint32_t i = 0; i < orders && i < MOST; i++) {
        tend__v1__last_order__init(&said[i]);
        said[i].order_id = text("o-%u", orders - i);
        said[i].day = text("%.10s", i + 1 == orders ? "2026-06-02" : last);
        said[i].micros = i + 1 == orders ? 600000000 : 20000000;
        told[i] = &said[i];
        value.n_last_orders++;
    }
    value.last_orders = told;
    turns_say(f->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &value.base);
    turns_run(f->turns, turns_now_ms(f->turns));
}

// What the visit is told of is the first order, however many came since, and whether they were heard one by one.
static void test_row_33_names_the_first_order(void **state)
{
    (void)state;
    for (int at_once = 0; at_once < 2; at_once++) {
        struct fixture f;
        begin_team(&f, "{}");
        until(&f, "2026-06-02 10:00");
        if (!at_once)
            orders_said(&f, 1, "2026-06-02 09:00");
        orders_said(&f, 2, "2026-06-02 10:00");
        until(&f, "2026-06-03 10:00");
        orders_said(&f, 3, "2026-06-03 10:00");
        until(&f, "2026-06-03 11:00");
        orders_said(&f, 4, "2026-06-03 11:00");
        until(&f, "2026-06-05 12:00");
        const char *when = at_once ? "2026-06-05 10:00" : "2026-06-05 09:00";
        Tend__V1__Reminder *visit = said(&f, when, "wang", "first_order_visit");
        assert_int_equal(figure_of(visit, "last_order"), day("2026-06-02"));
        assert_int_equal(figure_of(visit, "last_order_amount"), 600000000);
        drop_reminder(visit);
        finish(&f);
    }
}

static uint64_t open_now(struct fixture *f)
{
    const char *found = strstr(turns_ask(f->turns, "/v1/audit", NULL), "\"open\":\"");
    return found != NULL ? strtoull(found + strlen("\"open\":\""), NULL, 10) : 0;
}

// Nobody asks how an order went that was cancelled. Where it counts again, or another one comes, it is asked.
static void test_row_33_every_order_is_cancelled(void **state)
{
    static const struct {
        const char *again, *told;
    } CASES[] = {{NULL, NULL}, {"2026-06-02 10:00", "2026-06-08 11:00"}, {"2026-06-03 11:30", "2026-06-08 11:30"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fixture f;
        begin_team(&f, "{}");
        until(&f, "2026-06-02 10:00");
        orders_said(&f, 1, "2026-06-02 10:00");
        until(&f, "2026-06-03 10:00");
        assert_int_equal(open_now(&f), 1);
        orders_said(&f, 0, "");
        assert_int_equal(open_now(&f), 0);
        happens(&f, "2026-06-03 11:00", DELIVERED("o-1"));
        assert_int_equal(open_now(&f), 0);
        until(&f, "2026-06-03 12:00");
        if (CASES[i].again != NULL)
            orders_said(&f, 1, CASES[i].again);
        until(&f, "2026-06-09 12:00");
        if (CASES[i].again != NULL)
            (void)says(&f, CASES[i].told, "wang", "first_order_visit");
        quiet(&f);
        finish(&f);
    }
}

static void test_row_69_complaint_in_time(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-02 10:00", COMPLAINT("Opened", "c-1", ",\"what\":\"lamps broken\",\"category\":\"quality\""));
    uint64_t from = f.read;
    until(&f, "2026-06-02 14:00");
    Tend__V1__Reminder *hear = said(&f, "2026-06-02 10:00", "wang", "complaint_acknowledge");
    assert_string_equal(hear->text, "lamps broken");
    const char *own = text("%s", hear->reminder_id);
    drop_reminder(hear);
    const char *above = says(&f, "2026-06-02 12:00", "zhao", "complaint_acknowledge");
    happens(&f, "2026-06-02 14:30", COMPLAINT("Acknowledged", "c-1", ""));
    assert_true(taken_back(&f, from, own) && taken_back(&f, from, above));
    // To be acted on by 10:00 of the next day, four hours of work before that it is told.
    until(&f, "2026-06-02 16:00");
    own = says(&f, "2026-06-02 15:00", "wang", "complaint_act");
    until(&f, "2026-06-03 10:30");
    above = says(&f, "2026-06-03 10:00", "zhao", "complaint_act");
    until(&f, "2026-06-05 10:30");
    (void)says(&f, "2026-06-05 10:00", "qian", "complaint_act");
    happens(&f, "2026-06-05 11:00", COMPLAINT("Acted", "c-1", ",\"what\":\"new lamps sent\""));
    assert_true(taken_back(&f, from, own) && taken_back(&f, from, above));
    // Resolved without a word on the cause: over a weekend the manager hears.
    happens(&f, "2026-06-05 15:00", COMPLAINT("Resolved", "c-1", ",\"compensation\":\"0 CNY\",\"what\":\"replaced\""));
    until(&f, "2026-06-10 16:00");
    hear = said(&f, "2026-06-05 15:00", "wang", "complaint_cause");
    assert_true(has_point(hear, "cause_missing") && has_point(hear, "compensation_missing"));
    own = text("%s", hear->reminder_id);
    drop_reminder(hear);
    above = says(&f, "2026-06-10 15:00", "zhao", "complaint_cause");
    answers(&f, "2026-06-10 16:10", "wang", own, "done");
    assert_true(taken_back(&f, from, above));
    until(&f, "2026-06-12 12:00");
    quiet(&f);
    finish(&f);
}

static void test_row_69_any_order(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-02 14:00");
    learns(&f, "2026-06-02 13:00", COMPLAINT("Resolved", "c-1", ",\"cause\":\"truck\",\"compensation\":\"1 CNY\""));
    learns(&f, "2026-06-02 12:00", COMPLAINT("Resolved", "c-1", ""));
    learns(&f, "2026-06-02 11:00", COMPLAINT("Acknowledged", "c-1", ""));
    learns(&f, "2026-06-02 10:00", COMPLAINT("Opened", "c-1", ",\"what\":\"late\""));
    learns(
        &f, "2026-03-02 10:00",
        "{\"customerId\":\"C1\",\"historical\":true,\"complaintOpened\":{\"complaintId\":\"c-0\",\"what\":\"old\"}}");
    uint64_t from = f.read;
    until(&f, "2026-06-08 12:00");
    assert_int_equal(told_at_all(&f, from, "complaint_acknowledge") + told_at_all(&f, from, "complaint_act") +
                         told_at_all(&f, from, "complaint_cause"),
                     0);
    finish(&f);
}

static void test_row_69_no_recurrence(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct fixture f;
        static const char earlier[] = COMPLAINT("Opened", "c-1", ",\"what\":\"late\",\"cause\":\"no truck\"");
        static const char found[] =
            COMPLAINT("Resolved", "c-1", ",\"cause\":\"wrong address\",\"compensation\":\"1 CNY\"");
        begin_team(&f, "{rules: {complaints: {again_days: 60}}}");
        until(&f, "2026-06-01 12:00");
        if (order == 0) {
            learns(&f, "2026-06-01 10:00", earlier);
            learns(&f, "2026-06-01 11:00", found);
        } else {
            learns(&f, "2026-06-01 11:00", found);
            learns(&f, "2026-06-01 10:00", earlier);
        }
        uint64_t from = turns_last(f.turns);
        happens(&f, "2026-06-20 10:00", COMPLAINT("Opened", "c-2", ",\"what\":\"other\",\"cause\":\"No truck!\""));
        happens(&f, "2026-06-22 10:00", COMPLAINT("Opened", "c-3", ",\"what\":\"lost\",\"cause\":\"Wrong  address.\""));
        until(&f, "2026-06-22 11:00");
        assert_int_equal(told(&f, from, "2026-06-22 10:00", "wang", "complaint_again"), 1);
        assert_int_equal(told(&f, from, "2026-06-22 10:00", "zhao", "complaint_again"), 1);
        assert_int_equal(told_at_all(&f, from, "complaint_again"), 2);
        // Sixty-two days later it is no recurrence of the first one, though of the third.
        happens(&f, "2026-08-03 10:00", COMPLAINT("Opened", "c-4", ",\"cause\":\"wrong address\""));
        until(&f, "2026-08-03 11:00");
        assert_int_equal(told(&f, from, "2026-08-03 10:00", "wang", "complaint_again"), 1);
        happens(&f, "2026-12-03 10:00", COMPLAINT("Opened", "c-5", ",\"cause\":\"wrong address\""));
        until(&f, "2026-12-03 11:00");
        assert_int_equal(told(&f, from, "2026-12-03 10:00", "wang", "complaint_again"), 0);
        finish(&f);
    }
}

static int64_t money_of(const Tend__V1__Reminder *reminder, const char *name)
{
    for (size_t i = 0; i < reminder->n_figures; i++)
        if (strcmp(reminder->figures[i]->name, name) == 0)
            return reminder->figures[i]->value;
    return -1;
}

static const char *point_of(const Tend__V1__Reminder *reminder, const char *code)
{
    for (size_t i = 0; i < reminder->n_points; i++)
        if (strcmp(reminder->points[i]->code, code) == 0)
            return reminder->points[i]->text;
    return "(none)";
}

static void test_row_70_compensation(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    uint64_t from = f.read;
    happens(&f, "2026-06-02 10:00", COMPLAINT("Opened", "c-1", ",\"what\":\"broken\""));
    happens(
        &f, "2026-06-02 11:00",
        "{\"customerId\":\"C1\",\"repId\":\"wang\",\"complaintResolved\":{\"complaintId\":\"c-1\",\"cause\":\"rain\","
        "\"compensation\":\"800 CNY\"}}");
    until(&f, "2026-06-02 12:00");
    assert_int_equal(told(&f, from, "2026-06-02 11:00", "zhao", "policy_exception"), 1);
    Tend__V1__Reminder *request = among(&f, from, "2026-06-02 11:00", "zhao", "policy_exception", "C1");
    assert_string_equal(request->text, "broken"); // who, what, how much, for which complaint
    assert_string_equal(request->for_rep_id, "wang");
    assert_string_equal(request->customer_name, "Blue Lake");
    assert_int_equal(money_of(request, "amount"), INT64_C(800000000));
    assert_string_equal(point_of(request, "compensation"), "");
    drop_reminder(request);
    // Heard before the complaint itself, with words of its own; asked again it says what it is about.
    from = turns_last(f.turns);
    happens(
        &f, "2026-06-03 11:00",
        "{\"customerId\":\"C1\",\"repId\":\"wang\",\"complaintResolved\":{\"complaintId\":\"c-2\",\"cause\":\"rain\","
        "\"what\":\"a new lamp\",\"compensation\":\"900 CNY\"}}");
    until(&f, "2026-06-03 11:10");
    request = among(&f, from, "2026-06-03 11:00", "zhao", "policy_exception", "C1");
    assert_string_equal(request->text, "a new lamp");
    assert_string_equal(point_of(request, "compensation"), "c-2");
    drop_reminder(request);
    from = turns_last(f.turns);
    learns(&f, "2026-06-03 10:00", COMPLAINT("Opened", "c-2", ",\"what\":\"lamp wet\""));
    until(&f, "2026-06-04 12:00");
    request = among(&f, from, "", "zhao", "policy_exception", "C1");
    assert_string_equal(point_of(request, "compensation"), "lamp wet");
    const char *id = text("%s", request->reminder_id);
    drop_reminder(request);
    // The decision says it too.
    from = turns_last(f.turns);
    answers(&f, "2026-06-04 14:00", "zhao", id, "done");
    Tend__V1__Reminder *decision = among(&f, from, "2026-06-04 14:00", "wang", "policy_exception", "C1");
    assert_string_equal(decision->after, "approved");
    assert_string_equal(decision->text, "a new lamp");
    assert_string_equal(point_of(decision, "compensation"), "lamp wet");
    assert_int_equal(money_of(decision, "amount"), INT64_C(900000000));
    drop_reminder(decision);
    finish(&f);
}

static void test_row_71_scores(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    // A four of an A customer is not fine; a one is dealt with the same day, and above on the next.
    until(&f, "2026-06-02 10:00");
    changed(&f, "C1", "care.satisfaction", "delighted", "content", false);
    until(&f, "2026-06-02 10:30");
    (void)says(&f, "2026-06-02 10:00", "wang", "satisfaction_follow_up");
    until(&f, "2026-06-03 10:00");
    changed(&f, "C1", "care.satisfaction", "content", "alarm", false);
    uint64_t from = f.read;
    until(&f, "2026-06-04 17:00");
    assert_int_equal(told(&f, from, "2026-06-03 10:00", "wang", "satisfaction_alarm"), 1);
    assert_int_equal(told(&f, from, "2026-06-03 10:00", "zhao", "satisfaction_alarm"), 1);
    until(&f, "2026-06-05 12:00");
    assert_int_equal(told(&f, from, "2026-06-05 08:30", "qian", "satisfaction_alarm"), 1);
    // A four of a B customer is.
    value(&f, "C1", TEND__V1__ABC_CLASS__ABC_CLASS_B, false, 0);
    from = turns_last(f.turns);
    changed(&f, "C1", "care.satisfaction", "delighted", "content", false);
    until(&f, "2026-06-05 13:00");
    assert_int_equal(told_at_all(&f, from, "satisfaction_follow_up"), 0);
    finish(&f);
}

// The reason for which C1 is on the list of that day, 0 when it is not there.
static int reason_on(struct fixture *f, const char *when)
{
    until(f, when);
    catch_up(f);
    turns_run(f->turns, turns_now_ms(f->turns) + MINUTE_MS);
    return reason_on_next_list(f, "C1", NULL);
}

static void test_row_73_ask_regularly(void **state)
{
    (void)state;
    static const char *const ENDS[] = {"{\"customerId\":\"C1\",\"surveySent\":{\"channel\":\"email\"}}",
                                       "{\"customerId\":\"C1\",\"surveyAnswered\":{\"score\":5}}"};
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        struct fixture f;
        begin_team(&f, "{}");
        happens(&f, "2026-06-02 10:00",
                "{\"customerId\":\"C1\",\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"phone\","
                "\"outcome\":\"reached\"}}");
        Tend__V1__CustomerValue value = TEND__V1__CUSTOMER_VALUE__INIT;
        value.customer_id = text("C1");
        value.abc = TEND__V1__ABC_CLASS__ABC_CLASS_A;
        value.next_survey = stamp(moment(&f, "2026-06-09 10:00"));
        turns_say(f.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &value.base);
        assert_int_equal(reason_on(&f, "2026-06-08 08:29"), 0);
        assert_int_equal(reason_on(&f, "2026-06-09 08:29"), TEND__V1__CALL_REASON__CALL_REASON_SURVEY);
        happens(&f, "2026-06-09 14:00", ENDS[i]);
        assert_int_equal(reason_on(&f, "2026-06-10 08:29"), 0);
        finish(&f);
    }
}

static void test_row_75_goals_by_class(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{service: {reply_cutoff: 16:00, a: {reply: 1h, act_work_days: 2}, b: {acknowledge: 3h}}}");
    uint64_t from = f.read;
    happens(&f, "2026-06-02 10:00", WROTE("m1"));
    until(&f, "2026-06-02 11:30");
    (void)says(&f, "2026-06-02 10:00", "wang", "reply_due"); // it is late for a warning two hours before
    assert_int_equal(told(&f, from, "2026-06-02 11:00", "zhao", "reply_due"), 1);
    happens(&f, "2026-06-02 12:00", REPLIED("m1"));
    happens(&f, "2026-06-02 12:30", COMPLAINT("Opened", "c-1", ",\"what\":\"late\""));
    happens(&f, "2026-06-02 12:40", COMPLAINT("Acknowledged", "c-1", ""));
    until(&f, "2026-06-04 13:00");
    assert_int_equal(told(&f, from, "2026-06-04 12:30", "zhao", "complaint_act"), 1);
    value(&f, "C1", TEND__V1__ABC_CLASS__ABC_CLASS_B, false, 0);
    happens(&f, "2026-06-05 10:00", COMPLAINT("Opened", "c-2", ",\"what\":\"dirty\""));
    happens(&f, "2026-06-05 16:10", WROTE("m2")); // after the cut-off hour
    until(&f, "2026-06-08 17:00");
    assert_int_equal(told(&f, from, "2026-06-05 13:00", "zhao", "complaint_acknowledge"), 1);
    assert_int_equal(told(&f, from, "2026-06-08 16:00", "wang", "reply_due"), 1);
    // The manager sees the sum of each day; what was done in time, as we hear later, does not count.
    happens(&f, "2026-06-08 17:10", COMPLAINT("Acted", "c-2", ""));
    until(&f, "2026-06-09 12:00");
    learns(&f, "2026-06-08 17:30", REPLIED("m2"));
    until(&f, "2026-06-09 18:00");
    assert_int_equal(day_of_wang(&f, "2026-06-02").breaches, 1);
    assert_int_equal(day_of_wang(&f, "2026-06-03").breaches, 0);
    assert_int_equal(day_of_wang(&f, "2026-06-04").breaches, 1);
    assert_int_equal(day_of_wang(&f, "2026-06-05").breaches, 1);
    assert_int_equal(day_of_wang(&f, "2026-06-09").breaches, 0);
    finish(&f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_33_first_order_visit),
        cmocka_unit_test(test_row_33_without_a_delivery),
        cmocka_unit_test(test_row_33_names_the_first_order),
        cmocka_unit_test(test_row_33_every_order_is_cancelled),
        cmocka_unit_test(test_row_69_complaint_in_time),
        cmocka_unit_test(test_row_69_any_order),
        cmocka_unit_test(test_row_69_no_recurrence),
        cmocka_unit_test(test_row_70_compensation),
        cmocka_unit_test(test_row_71_scores),
        cmocka_unit_test(test_row_73_ask_regularly),
        cmocka_unit_test(test_row_75_goals_by_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
