// What the lines of a call list say of surveys: row 73.
#include "services/scheduler/hints.h"
#include "unit/rows_plan.h"

// --- when

static void test_row_73_when_it_is_worth_a_word(void **state)
{
    (void)state;
    enum { TODAY = 20600, NO = DAY_NONE };
    static const struct {
        struct hint_opinion opinion;
        enum hint_survey said;
    } rows[] = {
        {{NO, NO, NO, false}, HINT_SURVEY_NOTHING},
        {{TODAY + 1, NO, NO, false}, HINT_SURVEY_NOTHING},
        {{TODAY, NO, NO, false}, HINT_SURVEY_DUE},
        {{TODAY - 400, NO, NO, false}, HINT_SURVEY_DUE},
        {{TODAY, NO, TODAY - 90, false}, HINT_SURVEY_NOTHING}, // said within the quarter
        {{TODAY, NO, TODAY - 91, false}, HINT_SURVEY_DUE},
        {{TODAY, NO, TODAY, false}, HINT_SURVEY_DUE}, // the same list, looked at again
        {{NO, TODAY - 2, NO, false}, HINT_SURVEY_NOTHING},
        {{NO, TODAY - 3, NO, false}, HINT_SURVEY_UNANSWERED},
        {{NO, TODAY - 30, NO, false}, HINT_SURVEY_UNANSWERED},
        {{NO, TODAY - 31, NO, false}, HINT_SURVEY_NOTHING},
        {{NO, TODAY - 3, TODAY - 10, false}, HINT_SURVEY_NOTHING},
        {{NO, NO, NO, true}, HINT_SURVEY_LOW},
        {{TODAY, TODAY - 3, NO, true}, HINT_SURVEY_LOW},
        {{TODAY, NO, TODAY - 5, true}, HINT_SURVEY_NOTHING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (hints_survey(&rows[i].opinion, TODAY) != rows[i].said)
            fail_msg("row %zu", i);
}

// --- stories

// C1 is on every list: a promise is due long after.
static void begin_calls(struct fixture *f)
{
    begin_team(f, "{rest_days: 0, repeat_days: 0, need_lead_days: 0}");
    promise_made(f, "C1", "p", moment(f, "2026-06-01 16:00"));
}

static const Tend__V1__CallLine *line_on(struct fixture *f, const char *when, Tend__V1__CallList **ret_list)
{
    *ret_list = list_by(f, when);
    const Tend__V1__CallLine *line = line_about(*ret_list, "C1");
    if (line == NULL)
        fail_msg("C1 is not on the list of %s", when);
    return line;
}

static bool says_survey(struct fixture *f, const char *when, const char *code)
{
    Tend__V1__CallList *list;
    const Tend__V1__CallLine *line = line_on(f, when, &list);
    bool said = has_point(line, code, "");
    drop_list(list);
    return said;
}

// No survey is known and none is due: nothing of it stands on the line. Due, it stands there once.
static void test_row_73_once_when_it_is_due(void **state)
{
    (void)state;
    struct fixture f;
    begin_calls(&f);
    assert_false(says_survey(&f, "2026-06-02 09:00", "survey"));
    Tend__V1__CustomerValue value = worth_of("C1", TEND__V1__ABC_CLASS__ABC_CLASS_A);
    value.next_survey = stamp(moment(&f, "2026-06-03 00:00"));
    say_worth(&f, &value);
    assert_true(says_survey(&f, "2026-06-03 09:00", "survey"));
    assert_non_null(strstr(turns_ask(f.turns, "/v1/calls?rep=wang", NULL), "\"survey\"")); // as it stood this morning
    assert_false(says_survey(&f, "2026-06-04 09:00", "survey"));
    assert_false(says_survey(&f, "2026-06-05 09:00", "survey"));
    finish(&f);
}

// Sent and silent: a word about it, after some days. Answered: none.
static void test_row_73_sent_and_not_answered(void **state)
{
    (void)state;
    for (int answered = 0; answered < 2; answered++) {
        struct fixture f;
        begin_calls(&f);
        happens(&f, "2026-06-01 10:00", "{\"customerId\":\"C1\",\"surveySent\":{\"channel\":\"email\"}}");
        if (answered)
            happens(&f, "2026-06-02 11:00", "{\"customerId\":\"C1\",\"surveyAnswered\":{\"score\":5}}");
        assert_false(says_survey(&f, "2026-06-03 09:00", "survey_unanswered"));
        assert_int_equal(says_survey(&f, "2026-06-04 09:00", "survey_unanswered"), !answered);
        assert_false(says_survey(&f, "2026-06-05 09:00", "survey_unanswered"));
        finish(&f);
    }
}

// A low mark is spoken of, once.
static void test_row_73_low_mark(void **state)
{
    (void)state;
    struct fixture f;
    begin_calls(&f);
    say_standing(&f, "C1", TEND__V1__ABC_CLASS__ABC_CLASS_A, "care.satisfaction", "leaving");
    assert_true(says_survey(&f, "2026-06-02 09:00", "survey_low"));
    assert_false(says_survey(&f, "2026-06-03 09:00", "survey_low"));
    finish(&f);
}

// One that was due brings a call, until somebody spoke to the customer: then it was time to ask.
static void test_row_73_a_word_since_then(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{rest_days: 0, rules: {rhythm: {a: {shortest_days: 0}}}}");
    happens(&f, "2026-06-01 00:30",
            "{\"customerId\":\"C1\",\"contactLogged\":{\"channel\":\"phone\",\"outcome\":\"reached\"}}");
    Tend__V1__CustomerValue value = worth_of("C1", TEND__V1__ABC_CLASS__ABC_CLASS_A);
    value.next_survey = stamp(moment(&f, "2026-06-04 00:00"));
    say_worth(&f, &value);
    Tend__V1__CallList *list;
    until(&f, "2026-06-03 12:00");
    assert_int_equal(line_on(&f, "2026-06-04 09:00", &list)->reason, CALL_SURVEY);
    drop_list(list);
    happens(&f, "2026-06-04 11:00",
            "{\"customerId\":\"C1\",\"contactLogged\":{\"channel\":\"phone\",\"outcome\":\"reached\"}}");
    until(&f, "2026-06-07 12:00");
    list = list_by(&f, "2026-06-08 09:00");
    assert_null(line_about(list, "C1"));
    drop_list(list);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_73_when_it_is_worth_a_word), cmocka_unit_test(test_row_73_once_when_it_is_due),
        cmocka_unit_test(test_row_73_sent_and_not_answered),   cmocka_unit_test(test_row_73_low_mark),
        cmocka_unit_test(test_row_73_a_word_since_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
