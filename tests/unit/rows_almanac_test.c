// What the calendar brings to the day of a rep, row by row: contracts, stages, files, feasts, birthdays, opinions.
#include "unit/rows_plan.h"

static Tend__V1__CustomerValue file_of(const char *id, const char *by, uint32_t ppm)
{
    static char *missing[] = {"key_person", "phone", "credit"};
    Tend__V1__CustomerValue value = worth_of(id, TEND__V1__ABC_CLASS__ABC_CLASS_A);
    value.file_ppm = ppm;
    value.file_target_ppm = 900000;
    value.file_by = text("%s", by);
    value.file_missing = missing;
    value.n_file_missing = 3;
    return value;
}

// Files of A customers are to be complete by Friday the 26th: one reminder for all of them 14, 7 and 1 days before, and
// one to the manager after it.
static void test_row_45_files_by_a_day(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    add_customer(&f, "C2", "wang");
    Tend__V1__CustomerValue one = file_of("C1", "2026-06-26", 400000), two = file_of("C2", "2026-06-26", 950000);
    say_worth(&f, &one);
    say_worth(&f, &two);
    uint64_t from = turns_last(f.turns);
    static const char *const TOLD[] = {"2026-06-12 08:30", "2026-06-19 08:30", "2026-06-25 08:30"};
    for (size_t i = 0; i < 3; i++) {
        Tend__V1__Reminder *reminder = NULL;
        until(&f, TOLD[i]);
        assert_int_equal(count_heard(&f, from, "wang", "file_deadline", &reminder), i + 1);
        assert_true(told_at(&f, reminder, TOLD[i]));
        assert_string_equal(reminder->event_date, "2026-06-26");
        assert_int_equal(reminder->n_about, 1); // the other one's is complete
        assert_string_equal(reminder->about[0]->customer_id, "C1");
        assert_string_equal(reminder->about[0]->customer_name, "Blue Lake");
        assert_true(has_point(reminder->about[0], "ask.key_person", ""));
        assert_int_equal(reminder->about[0]->n_points, 2);
        drop_reminder(reminder);
    }
    until(&f, "2026-06-30 23:00");
    Tend__V1__Reminder *late = NULL;
    assert_int_equal(count_heard(&f, from, "wang", "file_deadline", NULL), 3);
    assert_int_equal(count_heard(&f, from, "zhao", "file_deadline", &late), 1);
    assert_true(told_at(&f, late, "2026-06-29 08:30"));
    assert_string_equal(late->for_rep_id, "wang");
    assert_string_equal(late->for_rep_name, "Wang");
    drop_reminder(late);
    finish(&f);
}

// Somebody erased since is in no list any more.
static void test_row_45_erased_meanwhile(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    add_customer(&f, "C2", "wang");
    Tend__V1__CustomerValue one = file_of("C1", "2026-06-26", 400000), two = file_of("C2", "2026-06-26", 400000);
    say_worth(&f, &one);
    say_worth(&f, &two);
    until(&f, "2026-06-12 09:00");
    erased(&f, "C1");
    until(&f, "2026-06-12 10:00");
    const char *json = turns_ask(f.turns, "/v1/reminders?rep=wang&kind=file_deadline", NULL);
    assert_non_null(strstr(json, "\"C2\""));
    assert_null(strstr(json, "Blue Lake"));
    finish(&f);
}

// The Dragon Boat Festival is on Friday the 19th: two working days before it one reminder says whom to greet.
static void test_row_49_greetings_of_the_season(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 01:00",
            "{\"customerId\":\"CN\",\"customerUpserted\":{\"name\":\"Red "
            "Hill\",\"ownerRepId\":\"wang\",\"country\":\"CN\"}}");
    happens(&f, "2026-06-01 01:01",
            "{\"customerId\":\"CS\",\"customerUpserted\":{\"name\":\"Small "
            "One\",\"ownerRepId\":\"wang\",\"country\":\"CN\"}}");
    happens(&f, "2026-06-01 01:02",
            "{\"customerId\":\"US\",\"customerUpserted\":{\"name\":\"Big "
            "Sky\",\"ownerRepId\":\"wang\",\"country\":\"US\"}}");
    value(&f, "CN", TEND__V1__ABC_CLASS__ABC_CLASS_A, false, 0);
    value(&f, "CS", TEND__V1__ABC_CLASS__ABC_CLASS_C, false, 0);
    value(&f, "US", TEND__V1__ABC_CLASS__ABC_CLASS_B, false, 0);
    until(&f, "2026-06-17 08:29");
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-18 23:00");
    Tend__V1__Reminder *greeting = NULL;
    assert_int_equal(count_heard(&f, from, "wang", "greeting", &greeting), 1);
    assert_true(told_at(&f, greeting, "2026-06-17 08:30"));
    assert_string_equal(greeting->event_date, "2026-06-19");
    assert_string_equal(greeting->text, "端午节");
    assert_int_equal(greeting->n_about, 1);
    assert_string_equal(greeting->about[0]->customer_name, "Red Hill");
    drop_reminder(greeting);
    finish(&f);
}

// The birthday is the 5th of the 5th lunar month, in 2026 the 19th of June; next year another day.
static void test_row_50_a_lunar_birthday(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(
        &f, "2026-06-01 01:00",
        "{\"customerId\":\"B1\",\"customerUpserted\":{\"name\":\"Old Friend\",\"ownerRepId\":\"wang\",\"contacts\":["
        "{\"name\":\"Ms Lin\",\"birthday\":\"1970-05-05\",\"lunarBirthday\":true}]}}");
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-30 09:00");
    Tend__V1__Reminder *birthday = NULL;
    assert_int_equal(count_heard(&f, from, "wang", "birthday", &birthday), 1);
    assert_true(told_at(&f, birthday, "2026-06-16 08:30"));
    assert_string_equal(birthday->event_date, "2026-06-19");
    drop_reminder(birthday);
    until(&f, "2027-06-30 09:00");
    assert_int_equal(count_heard(&f, from, "wang", "birthday", &birthday), 2);
    assert_string_equal(birthday->event_date, "2027-06-09");
    drop_reminder(birthday);
    assert_int_equal(total(&f, 0, "datesMissed"), 0);
    finish(&f);
}

// What is not known of a customer is asked in a call, two questions at a time.
static void test_row_57_58_fields_of_the_file(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    Tend__V1__CustomerValue value = file_of("C1", "", 400000);
    say_worth(&f, &value);
    Tend__V1__CallList *list = list_by(&f, "2026-06-01 09:00");
    const Tend__V1__CallLine *line = line_about(list, "C1");
    assert_true(has_point(line, "ask.key_person", ""));
    assert_true(has_point(line, "ask.phone", ""));
    assert_false(has_point(line, "ask.credit", ""));
    drop_list(list);
    value = file_of("C1", "", 900000); // enough is known
    say_worth(&f, &value);
    list = list_by(&f, "2026-06-02 09:00");
    assert_false(has_point(line_about(list, "C1"), "ask.key_person", ""));
    drop_list(list);
    finish(&f);
}

// An opinion is due: a call when the day has room, and then no reminder beside it; a reminder when it has none.
static void test_row_73_opinions_are_asked_for(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{rest_days: 0, rules: {rhythm: {a: {shortest_days: 0}}}}");
    reached(&f, "C1", moment(&f, "2026-06-01 00:30"));
    Tend__V1__CustomerValue value = worth_of("C1", TEND__V1__ABC_CLASS__ABC_CLASS_A);
    value.next_survey = stamp(moment(&f, "2026-06-04 00:00"));
    say_worth(&f, &value);
    uint64_t from = turns_last(f.turns);
    Tend__V1__CallList *list = list_by(&f, "2026-06-03 09:00");
    assert_null(line_about(list, "C1"));
    drop_list(list);
    list = list_by(&f, "2026-06-04 09:00");
    assert_int_equal(line_about(list, "C1")->reason, CALL_SURVEY);
    answer_line(&f, "2026-06-04 10:00", line_about(list, "C1"), "done");
    drop_list(list);
    list = list_by(&f, "2026-06-05 09:00");
    assert_null(line_about(list, "C1")); // it was asked
    drop_list(list);
    until(&f, "2026-06-12 09:00");
    assert_int_equal(count_heard(&f, from, "wang", "survey_due", NULL), 0);
    finish(&f);

    begin_team(&f, "{capacity: 1, rest_days: 0, rules: {rhythm: {a: {shortest_days: 0}}}}");
    add_customer(&f, "C2", "wang");
    reached(&f, "C1", moment(&f, "2026-06-01 00:30"));
    value = worth_of("C1", TEND__V1__ABC_CLASS__ABC_CLASS_A);
    value.next_survey = stamp(moment(&f, "2026-06-04 00:00"));
    say_worth(&f, &value);
    promise_made(&f, "C2", "p", moment(&f, "2026-06-04 16:00"));
    from = turns_last(f.turns);
    until(&f, "2026-06-04 12:00");
    Tend__V1__Reminder *reminder = NULL;
    assert_int_equal(count_heard(&f, from, "wang", "survey_due", &reminder), 1);
    assert_true(told_at(&f, reminder, "2026-06-04 08:30"));
    char id[33];
    strcpy(id, reminder->reminder_id);
    drop_reminder(reminder);
    value.next_survey = stamp(moment(&f, "2026-09-04 00:00"));
    say_worth(&f, &value);
    assert_true(taken_back(&f, from, id));
    finish(&f);
}

// The last day of the contract is Sunday 30 August: told 90, 60, 30 and 7 days before, each in place of the one before;
// the last also to the manager. A new contract takes it back.
static void test_row_32_contracts_that_end(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-01 07:00",
            "{\"customerId\":\"C1\",\"contractSigned\":{\"contractId\":\"k1\",\"from\":\"2025-09-01\",\"to\":\"2026-08-"
            "30\"}}");
    static const char *const TOLD[] = {"2026-06-01 08:30", "2026-07-01 08:30", "2026-07-31 08:30", "2026-08-21 08:30"};
    char id[33] = "";
    for (size_t i = 0; i < 4; i++) {
        Tend__V1__Reminder *reminder = NULL;
        until(&f, TOLD[i]);
        assert_int_equal(count_heard(&f, from, "wang", "contract_end", &reminder), i + 1);
        assert_true(told_at(&f, reminder, TOLD[i]));
        assert_string_equal(reminder->event_date, "2026-08-30");
        assert_true(i == 0 || taken_back(&f, from, id));
        strcpy(id, reminder->reminder_id);
        drop_reminder(reminder);
        assert_int_equal(count_heard(&f, from, "zhao", "contract_end", NULL), i == 3);
    }
    assert_false(taken_back(&f, from, id));
    happens(&f, "2026-08-24 10:00",
            "{\"customerId\":\"C1\",\"contractSigned\":{\"contractId\":\"k2\",\"from\":\"2026-08-31\",\"to\":\"2027-08-"
            "30\"}}");
    assert_true(taken_back(&f, from, id));
    finish(&f);
}

// A lead stands in its stage for too long; the manager hears of it five working days later, unless it moves on.
static void test_row_31_a_stage_that_lasts(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 07:00", "{\"customerId\":\"C1\",\"leadUpdated\":{\"stage\":\"LEAD_STAGE_PLANS\"}}");
    Tend__V1__CustomerValue value = worth_of("C1", TEND__V1__ABC_CLASS__ABC_CLASS_A);
    value.stage_limit_day = text("2026-06-13"); // a Saturday
    say_worth(&f, &value);
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-15 12:00");
    Tend__V1__Reminder *reminder = NULL;
    assert_int_equal(count_heard(&f, from, "wang", "stage_stuck", &reminder), 1);
    assert_true(told_at(&f, reminder, "2026-06-15 08:30"));
    char id[33];
    strcpy(id, reminder->reminder_id);
    drop_reminder(reminder);
    until(&f, "2026-06-22 12:00");
    assert_int_equal(count_heard(&f, from, "zhao", "stage_stuck", NULL), 1);
    value.stage_limit_day = text("2026-08-13");
    say_worth(&f, &value);
    assert_true(taken_back(&f, from, id));
    finish(&f);
}

// What stood long before we looked for the first time is not told.
static void test_row_31_nothing_of_the_past(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    Tend__V1__CustomerValue value = worth_of("C1", TEND__V1__ABC_CLASS__ABC_CLASS_A);
    value.stage_limit_day = text("2026-05-20");
    value.next_survey = stamp(moment(&f, "2026-05-20 00:00"));
    say_worth(&f, &value);
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-10 12:00");
    assert_int_equal(count_heard(&f, from, "wang", "stage_stuck", NULL), 0);
    assert_int_equal(count_heard(&f, from, "wang", "survey_due", NULL), 0);
    finish(&f);
}

// A decision is looked at again 14 days and one day before it ends, with who decided.
static void test_row_17_decisions_looked_at_again(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    Tend__V1__CustomerValue value = worth_of("C1", TEND__V1__ABC_CLASS__ABC_CLASS_A);
    value.face_until = text("2026-06-26");
    say_worth(&f, &value);
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-12 12:00");
    assert_int_equal(count_heard(&f, from, "wang", "black_review", NULL), 1);
    assert_int_equal(count_heard(&f, from, "zhao", "black_review", NULL), 1);
    until(&f, "2026-06-25 12:00");
    Tend__V1__Reminder *reminder = NULL;
    assert_int_equal(count_heard(&f, from, "wang", "black_review", &reminder), 2);
    assert_true(told_at(&f, reminder, "2026-06-25 08:30"));
    char id[33];
    strcpy(id, reminder->reminder_id);
    drop_reminder(reminder);
    value.face_until = text("2026-12-31");
    say_worth(&f, &value);
    assert_true(taken_back(&f, from, id));
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_45_files_by_a_day),          cmocka_unit_test(test_row_45_erased_meanwhile),
        cmocka_unit_test(test_row_49_greetings_of_the_season), cmocka_unit_test(test_row_50_a_lunar_birthday),
        cmocka_unit_test(test_row_57_58_fields_of_the_file),   cmocka_unit_test(test_row_73_opinions_are_asked_for),
        cmocka_unit_test(test_row_32_contracts_that_end),      cmocka_unit_test(test_row_31_a_stage_that_lasts),
        cmocka_unit_test(test_row_31_nothing_of_the_past),     cmocka_unit_test(test_row_17_decisions_looked_at_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
