// The scheduler as a whole. Lists: one each working day, with the right people on it, for the right reasons.
#include "unit/scheduler_story.h"

// --- lists
// ------------------------------------------------------------------------------------------------------------

static void test_a_list_each_working_day(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "Asia/Shanghai", "2026-06-01", "{}");
    rep(&f, "wang", "Asia/Shanghai", 2);
    for (int i = 0; i < 5; i++) {
        customer(&f, text("C%d", i), "wang");
    }
    absent(&f, "wang", "2026-06-04", "2026-06-04");
    turns_run(f.turns, at(&f, "2026-06-09", "00:00"));
    static const char *const DAYS[] = {"2026-06-01", "2026-06-02", "2026-06-03", "2026-06-05", "2026-06-08"};
    for (size_t i = 0; i < sizeof DAYS / sizeof DAYS[0]; i++) {
        Tend__V1__CallList *list = next_list(&f);
        assert_non_null(list);
        assert_string_equal(list->rep_id, "wang");
        assert_string_equal(list->local_date, DAYS[i]);
        assert_int_equal(list->due->seconds * 1000, at(&f, DAYS[i], "08:30"));
        assert_false(list->late);
        assert_int_equal(list->first_of_month, i == 0);
        assert_int_equal(list->coverage->customers, 5);
        assert_int_equal(list->coverage->contacted, 0);
        assert_int_equal(list->coverage->capacity, 2);
        assert_true(list->n_lines >= 1 && list->n_lines <= 2);
        assert_string_equal(list->lines[0]->contact_name, "Ms Li");
        assert_int_equal(strlen(list->lines[0]->reminder_id), 32);
        drop_list(list);
    }
    assert_null(next_list(&f));
    assert_int_equal(total(&f, 0, "lists"), 5);
    finish(&f);
}

// What the notifier must know is passed on.
static void test_forwards(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "Asia/Shanghai", "2026-06-01", "{}");
    rep(&f, "wang", "Asia/Shanghai", 60);
    customer(&f, "C1", "wang");
    absent(&f, "wang", "2026-06-04", "2026-06-04");
    erased(&f, "C1");
    turns_run(f.turns, turns_now_ms(f.turns));
    static const Tend__V1__Event__BodyCase BODIES[] = {
        TEND__V1__EVENT__BODY_REP_UPSERTED, TEND__V1__EVENT__BODY_REP_ABSENT, TEND__V1__EVENT__BODY_CUSTOMER_ERASED};
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        Tend__V1__Event *e =
            (Tend__V1__Event *)next(&f, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, &tend__v1__event__descriptor);
        assert_non_null(e);
        assert_int_equal(e->body_case, BODIES[i]);
        tend__v1__event__free_unpacked(e, NULL);
    }
    assert_null(next(&f, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, &tend__v1__event__descriptor));
    finish(&f);
}

static void test_answers_change_tomorrow(void **state)
{
    (void)state;
    struct fixture f;
    char id[33];
    begin_june(&f);
    turns_run(f.turns, at(&f, "2026-06-01", "10:00"));
    assert_int_equal(reason_on_next_list(&f, "C1", id), TEND__V1__CALL_REASON__CALL_REASON_COVERAGE);
    answer(&f, id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_NO_ANSWER, 0);
    turns_run(f.turns, at(&f, "2026-06-02", "10:00"));
    assert_int_equal(reason_on_next_list(&f, "C1", id), TEND__V1__CALL_REASON__CALL_REASON_COVERAGE);
    answer(&f, id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_NO_ANSWER, 0);
    contact(&f, "C1", turns_now_ms(f.turns), TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_NO_ANSWER, 0); // the same call
    turns_run(f.turns, at(&f, "2026-06-03", "10:00"));
    assert_int_equal(reason_on_next_list(&f, "C1", id), TEND__V1__CALL_REASON__CALL_REASON_COVERAGE);
    answer(&f, id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_NO_ANSWER, 0);
    // Three in a row: Thursday, Friday and Monday are free of it.
    turns_run(f.turns, at(&f, "2026-06-09", "10:00"));
    assert_int_equal(reason_on_next_list(&f, "C1", NULL), 0);
    assert_int_equal(reason_on_next_list(&f, "C1", NULL), 0);
    assert_int_equal(reason_on_next_list(&f, "C1", NULL), 0);
    assert_int_equal(reason_on_next_list(&f, "C1", id), TEND__V1__CALL_REASON__CALL_REASON_COVERAGE);
    answer(&f, id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_DONE, 0);
    turns_run(f.turns, at(&f, "2026-06-30", "10:00"));
    for (int i = 0; i < 15; i++) {
        assert_int_equal(reason_on_next_list(&f, "C1", NULL), 0); // covered for this month
    }
    turns_run(f.turns, at(&f, "2026-07-01", "10:00"));
    Tend__V1__CallList *list = next_list(&f);
    assert_int_equal(list->n_lines, 1);
    assert_true(list->first_of_month);
    answer(&f, list->lines[0]->reminder_id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_NOT_INTERESTED, 0);
    answer(&f, "00000000000000000000000000000000", TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_DONE, 0);
    answer(&f, "nonsense", TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_DONE, 0);
    drop_list(list);
    turns_run(f.turns, at(&f, "2026-09-28", "10:00"));
    while ((list = next_list(&f)) != NULL) {
        assert_int_equal(list->n_lines, 0);
        drop_list(list);
    }
    turns_run(f.turns, at(&f, "2026-09-29", "10:00")); // ninety days later
    assert_int_equal(reason_on_next_list(&f, "C1", NULL), TEND__V1__CALL_REASON__CALL_REASON_COVERAGE);
    assert_int_equal(total(&f, 0, "answersUnknown"), 2);
    assert_int_equal(total(&f, 1, "answered"), 5);
    finish(&f);
}

static void test_reasons_from_facts(void **state)
{
    (void)state;
    struct fixture f;
    begin_june(&f);
    static const char *const IDS[] = {"C1", "C2", "C3", "C4", "C5"};
    for (size_t i = 0; i < 5; i++) {
        customer(&f, IDS[i], "wang");
        reached(&f, IDS[i], turns_now_ms(f.turns)); // this month, so that coverage asks for nobody
    }
    value(&f, "C1", TEND__V1__ABC_CLASS__ABC_CLASS_A, true, at(&f, "2026-05-01", "10:00"));
    lead(&f, "C2", TEND__V1__LEAD_STAGE__LEAD_STAGE_CONTRACT_SENT, "");
    lead(&f, "C3", TEND__V1__LEAD_STAGE__LEAD_STAGE_PLANS, "2026-06-17");
    contact(&f, "C4", turns_now_ms(f.turns), TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED,
            at(&f, "2026-06-10", "15:00"));
    promise_made(&f, "C5", "p1", at(&f, "2026-06-10", "18:00"));
    turns_run(f.turns, at(&f, "2026-06-10", "08:00"));
    catch_up(&f);
    turns_run(f.turns, at(&f, "2026-06-10", "12:00"));
    Tend__V1__CallList *list = next_list(&f);
    static const struct {
        const char *id;
        Tend__V1__CallReason reason;
        const char *text;
    } LINES[] = {
        {"C5", TEND__V1__CALL_REASON__CALL_REASON_PROMISE_DUE, "send the price of p1"},
        {"C4", TEND__V1__CALL_REASON__CALL_REASON_APPOINTMENT, "samples"},
        {"C2", TEND__V1__CALL_REASON__CALL_REASON_STAGE, ""},
        {"C3", TEND__V1__CALL_REASON__CALL_REASON_EXPECTED_NEED, ""},
        {"C1", TEND__V1__CALL_REASON__CALL_REASON_OVERDUE_A, ""},
    };
    assert_int_equal(list->n_lines, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(list->lines[i]->customer_id, LINES[i].id);
        assert_int_equal(list->lines[i]->reason, LINES[i].reason);
        assert_string_equal(list->lines[i]->text, LINES[i].text);
    }
    assert_string_equal(list->lines[4]->figures[0]->name, "last_order");
    assert_string_equal(list->lines[4]->customer_name, "Customer C1");
    assert_int_equal(list->lines[2]->figures[0]->value, 5);
    drop_list(list);
    // The order that was expected came: nothing is expected of C3 any more.
    value(&f, "C3", TEND__V1__ABC_CLASS__ABC_CLASS_B, false, turns_now_ms(f.turns));
    turns_run(f.turns, at(&f, "2026-06-11", "12:00"));
    assert_int_equal(reason_on_next_list(&f, "C3", NULL), 0);
    finish(&f);
}

static void test_late_and_folded_lists(void **state)
{
    (void)state;
    struct fixture f;
    begin_june(&f);
    turns_run(f.turns, at(&f, "2026-06-01", "09:00"));
    catch_up(&f);
    // Down from Monday to Wednesday ten o'clock: Tuesday's list is folded into Wednesday's, which is late.
    turns_sleep(f.turns, at(&f, "2026-06-03", "10:00"));
    turns_run(f.turns, at(&f, "2026-06-03", "10:00"));
    Tend__V1__CallList *list = next_list(&f);
    assert_string_equal(list->local_date, "2026-06-03");
    assert_true(list->late);
    drop_list(list);
    assert_null(next_list(&f));
    assert_int_equal(total(&f, 0, "listsFolded"), 1);
    assert_int_equal(total(&f, 0, "listsLate"), 1);
    // Down over Thursday until after five: that list makes no sense any more.
    turns_sleep(f.turns, at(&f, "2026-06-04", "17:00"));
    turns_run(f.turns, at(&f, "2026-06-05", "08:00"));
    assert_null(next_list(&f));
    assert_int_equal(total(&f, 0, "listsFolded"), 2);
    turns_run(f.turns, at(&f, "2026-06-05", "09:00"));
    list = next_list(&f);
    assert_string_equal(list->local_date, "2026-06-05");
    assert_false(list->late);
    drop_list(list);
    finish(&f);
}

// A rep in Berlin through both changes of the clocks, and one in Shanghai beside: one list each working day at half
// past eight by their own clocks, and none twice when the clock runs through the same hour again.
static void test_days_when_clocks_change(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "Europe/Berlin", "2026-03-20", "{call_list_at: '02:30'}");
    rep(&f, "bert", "Europe/Berlin", 60);
    rep(&f, "wang", "Asia/Shanghai", 60);
    customer(&f, "C1", "bert");
    customer(&f, "C2", "wang");
    int32_t expected = 0;
    for (int32_t i = day("2026-03-20"); i < day("2026-11-10"); i++) {
        expected += day_weekday(i) <= 5;
    }
    // The change is on a Sunday, which must be worked to be seen.
    static uint32_t none[] = {1};
    Tend__V1__Settings all = TEND__V1__SETTINGS__INIT;
    all.time_zone = text("Europe/Berlin");
    all.weekend = none;
    all.n_weekend = 0;
    turns_say(f.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, 0, &all.base);
    expected = day("2026-11-10") - day("2026-03-20");
    turns_run(f.turns, at(&f, "2026-11-10", "00:00"));
    int32_t of_bert = 0, of_wang = 0;
    Tend__V1__CallList *list;
    char last[2][16] = {"", ""};
    while ((list = next_list(&f)) != NULL) {
        bool bert = strcmp(list->rep_id, "bert") == 0;
        assert_true(strcmp(list->local_date, last[bert]) > 0);
        strcpy(last[bert], list->local_date);
        if (bert) {
            struct local_time local = zone_local(f.zone, list->due->seconds);
            bool spring = strcmp(list->local_date, "2026-03-29") == 0;
            assert_int_equal(local.second / 60, spring ? 180 : 150);
        }
        of_bert += bert;
        of_wang += !bert;
        assert_false(list->late);
        drop_list(list);
    }
    assert_int_equal(of_bert, expected);
    assert_true(of_wang >= expected - 1 && of_wang <= expected + 1);
    finish(&f);
}

static void test_coverage_warning(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "Asia/Shanghai", "2026-06-01", "{}");
    // June 2026 has 22 working days; six holidays leave sixteen.
    char *holidays[] = {"2026-06-22", "2026-06-23", "2026-06-24", "2026-06-25", "2026-06-26", "2026-06-29"};
    settings(&f, "Asia/Shanghai", holidays, 6);
    rep(&f, "wang", "Asia/Shanghai", 60);
    for (int i = 0; i < 1000; i++) {
        customer(&f, text("C%04d", i), "wang");
    }
    turns_run(f.turns, at(&f, "2026-06-01", "09:00"));
    Tend__V1__CallList *list = next_list(&f);
    assert_true(list->first_of_month);
    assert_int_equal(list->n_lines, 60);
    assert_int_equal(list->coverage->customers, 1000);
    assert_int_equal(list->coverage->working_days_left, 16);
    assert_int_equal(list->coverage->missing, 40);
    drop_list(list);
    int status;
    const char *json = turns_ask(f.turns, "/v1/coverage?rep=wang", &status);
    assert_int_equal(status, 200);
    assert_non_null(strstr(json, "\"missing\":40"));
    assert_null(strstr(json, "\"feasible\":true"));
    expect_silence(&f); // the list says it itself, once
    finish(&f);
}

// The month could be covered when it began; then the rep falls ill.
static void test_coverage_warning_in_the_middle(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "Asia/Shanghai", "2026-06-01", "{}");
    rep(&f, "wang", "Asia/Shanghai", 10);
    for (int i = 0; i < 200; i++) {
        customer(&f, text("C%03d", i), "wang");
    }
    turns_run(f.turns, at(&f, "2026-06-01", "09:00"));
    absent(&f, "wang", "2026-06-02", "2026-06-10");
    expect_silence(&f);
    turns_run(f.turns, at(&f, "2026-06-12", "12:00"));
    Tend__V1__Reminder *warning = next_reminder(&f);
    assert_non_null(warning);
    assert_int_equal(warning->kind, TEND__V1__REMINDER_KIND__REMINDER_KIND_COVERAGE_WARNING);
    assert_string_equal(warning->rep_id, "wang");
    assert_string_equal(warning->local_date, "2026-06-11");
    assert_string_equal(warning->figures[0]->name, "missing");
    assert_int_equal(warning->figures[0]->value, 200 - 10 * 14);
    drop_reminder(warning);
    expect_silence(&f);
    finish(&f);
}

// Two months, four reps with 250 customers each, everybody does what the list says: all are reached, each month.
static void test_full_coverage(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "Asia/Shanghai", "2026-06-01", "{}");
    for (int i = 0; i < 1000; i++) {
        if (i < 4) {
            rep(&f, text("r%d", i), "Asia/Shanghai", 20);
        }
        customer(&f, text("C%04d", i), text("r%d", i % 4));
        value(&f, text("C%04d", i), i % 10 == 0 ? TEND__V1__ABC_CLASS__ABC_CLASS_A : TEND__V1__ABC_CLASS__ABC_CLASS_C,
              false, turns_now_ms(f.turns));
    }
    for (int32_t i = day("2026-06-01"); i < day("2026-08-01"); i++) {
        turns_run(f.turns, at(&f, date_of(i), "09:00"));
        Tend__V1__CallList *list;
        while ((list = next_list(&f)) != NULL) {
            assert_int_equal(list->coverage->missing, 0);
            for (size_t j = 0; j < list->n_lines; j++) {
                answer(&f, list->lines[j]->reminder_id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_DONE, 0);
            }
            drop_list(list);
        }
        bool last = strcmp(date_of(i), "2026-06-30") == 0 || strcmp(date_of(i), "2026-07-31") == 0;
        if (last) {
            turns_run(f.turns, at(&f, date_of(i), "20:00"));
            const char *json = turns_ask(f.turns, "/v1/coverage", NULL);
            for (int j = 0; j < 4; j++) {
                json = strstr(json, "\"contacted\":250");
                assert_non_null(json);
                json++;
            }
        }
    }
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_list_each_working_day), cmocka_unit_test(test_forwards),
        cmocka_unit_test(test_answers_change_tomorrow), cmocka_unit_test(test_reasons_from_facts),
        cmocka_unit_test(test_late_and_folded_lists),   cmocka_unit_test(test_days_when_clocks_change),
        cmocka_unit_test(test_coverage_warning),        cmocka_unit_test(test_coverage_warning_in_the_middle),
        cmocka_unit_test(test_full_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
