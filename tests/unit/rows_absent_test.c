// What is owed to customers while their rep is away: told whoever acts for the rep, and by that one's hours (rows 39,
// 61, 62, 69).
#include "unit/care_story.h"

// Wang is away from Wednesday 3 to Friday 12 June; `rest` of what is said of wang may name a deputy. Li is another rep
// of zhao's.
static void begin_absence(struct fixture *f, const char *rest)
{
    char json[300];
    begin_team(f, "{}");
    happens(f, "2026-06-01 00:10",
            "{\"repId\":\"li\",\"repUpserted\":{\"name\":\"Li\",\"timeZone\":\"Asia/Shanghai\","
            "\"managerRepId\":\"zhao\"}}");
    snprintf(json, sizeof json,
             "{\"repId\":\"wang\",\"repUpserted\":{\"name\":\"Wang\",\"timeZone\":\"Asia/Shanghai\","
             "\"managerRepId\":\"zhao\"%s}}",
             rest);
    happens(f, "2026-06-01 00:11", json);
    happens(f, "2026-06-01 00:12",
            "{\"repId\":\"wang\",\"repAbsent\":{\"from\":\"2026-06-03\",\"to\":\"2026-06-12\"}}");
    catch_up(f);
}

#define DEPUTY_LI ",\"deputyRepId\":\"li\""

static void test_row_61_the_deputy_replies(void **state)
{
    (void)state;
    struct fixture f;
    begin_absence(&f, DEPUTY_LI);
    happens(&f, "2026-06-03 10:00", WROTE("m1"));
    until(&f, "2026-06-03 16:30");
    Tend__V1__Reminder *warning = said(&f, "2026-06-03 16:00", "li", "reply_due");
    assert_int_equal(warning->role, TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_DEPUTY);
    assert_string_equal(warning->for_rep_id, "wang");
    assert_int_equal(figure_of(warning, "deadline"), moment(&f, "2026-06-03 18:00"));
    drop_reminder(warning);
    uint64_t from = f.read;
    until(&f, "2026-06-04 08:45");
    assert_int_equal(told(&f, from, "2026-06-04 08:30", "li", "reply_due"), 1);
    assert_int_equal(told(&f, from, "2026-06-04 08:30", "zhao", "reply_due"), 1);
    // What nobody answered counts for the day on which it was found, not for the day of coming back.
    until(&f, "2026-06-04 18:00");
    assert_int_equal(day_of_wang(&f, "2026-06-04").breaches, 1);
    // Back at the desk: wang's again.
    happens(&f, "2026-06-04 18:30", REPLIED("m1"));
    catch_up(&f);
    happens(&f, "2026-06-15 10:00", WROTE("m2"));
    until(&f, "2026-06-15 16:30");
    (void)says(&f, "2026-06-15 16:00", "wang", "reply_due");
    finish(&f);
}

// It comes on the evening before the absence, and is due on its first day.
static void test_row_61_before_the_absence(void **state)
{
    (void)state;
    struct fixture f;
    begin_absence(&f, DEPUTY_LI);
    happens(&f, "2026-06-02 18:30", WROTE("m1"));
    until(&f, "2026-06-03 16:30");
    Tend__V1__Reminder *warning = said(&f, "2026-06-03 16:00", "li", "reply_due");
    assert_int_equal(figure_of(warning, "deadline"), moment(&f, "2026-06-03 18:00"));
    drop_reminder(warning);
    finish(&f);
}

// The deputy lives on the other side of the world: by the deputy's hours.
static void test_row_61_a_deputy_elsewhere(void **state)
{
    (void)state;
    struct fixture f;
    begin_absence(&f, DEPUTY_LI);
    happens(&f, "2026-06-01 09:00",
            "{\"repId\":\"li\",\"repUpserted\":{\"name\":\"Li\",\"timeZone\":\"Europe/London\"}}");
    happens(&f, "2026-06-03 10:00", WROTE("m1")); // three in the morning in London
    until(&f, "2026-06-04 00:30");
    Tend__V1__Reminder *warning = said(&f, "2026-06-03 23:00", "li", "reply_due");
    assert_int_equal(figure_of(warning, "deadline"), moment(&f, "2026-06-04 01:00"));
    drop_reminder(warning);
    finish(&f);
}

// Nobody stands in, or the deputy is away as well: what cannot wait is the manager's, by the manager's hours.
static void test_row_61_nobody_stands_in(void **state)
{
    (void)state;
    for (int away = 0; away < 2; away++) {
        struct fixture f;
        begin_absence(&f, away ? DEPUTY_LI : "");
        if (away)
            happens(&f, "2026-06-02 09:00",
                    "{\"repId\":\"li\",\"repAbsent\":{\"from\":\"2026-06-03\",\"to\":\"2026-06-05\"}}");
        happens(&f, "2026-06-03 10:00", WROTE("m1"));
        until(&f, "2026-06-03 16:30");
        Tend__V1__Reminder *warning = said(&f, "2026-06-03 16:00", "zhao", "reply_due");
        assert_string_equal(warning->for_rep_id, "wang");
        assert_int_equal(figure_of(warning, "deadline"), moment(&f, "2026-06-03 18:00"));
        drop_reminder(warning);
        finish(&f);
    }
}

static void test_row_69_complaints(void **state)
{
    (void)state;
    struct fixture f;
    begin_absence(&f, DEPUTY_LI);
    happens(&f, "2026-06-03 10:00", COMPLAINT("Opened", "k1", ",\"what\":\"broken\""));
    Tend__V1__Reminder *call = said(&f, "2026-06-03 10:00", "li", "complaint_acknowledge");
    assert_int_equal(figure_of(call, "deadline"), moment(&f, "2026-06-03 12:00"));
    drop_reminder(call);
    happens(&f, "2026-06-03 11:00", COMPLAINT("Acknowledged", "k1", ""));
    until(&f, "2026-06-04 11:00");
    Tend__V1__Reminder *act = said(&f, "2026-06-03 15:00", "li", "complaint_act");
    assert_int_equal(figure_of(act, "deadline"), moment(&f, "2026-06-04 10:00")); // a working day, for class A
    drop_reminder(act);
    (void)says(&f, "2026-06-04 10:00", "zhao", "complaint_act");
    finish(&f);
}

// A promise of somebody who is away is kept by whoever acts; one that was made long before as well.
static void test_row_62_promises(void **state)
{
    (void)state;
    struct fixture f;
    begin_absence(&f, DEPUTY_LI);
    happens(&f, "2026-06-02 09:00",
            "{\"customerId\":\"C1\",\"repId\":\"wang\",\"promiseMade\":{\"promiseId\":\"p1\",\"what\":\"price\","
            "\"due\":\"2026-06-04T08:00:00Z\"}}");
    uint64_t from = f.read;
    happens(&f, "2026-06-03 10:00",
            "{\"customerId\":\"C1\",\"repId\":\"wang\",\"promiseMade\":{\"promiseId\":\"p2\",\"what\":\"list\","
            "\"due\":\"2026-06-03T03:00:00Z\"}}");
    until(&f, "2026-06-04 15:00");
    Tend__V1__Reminder *promise = among(&f, from, "2026-06-03 10:00", "li", "promise", "C1");
    assert_string_equal(promise->for_rep_id, "wang");
    drop_reminder(promise);
    drop_reminder(among(&f, from, "2026-06-04 14:00", "li", "promise", "C1"));
    assert_int_equal(told_at_all(&f, from, "promise"), 2);
    finish(&f);
}

// The absence is heard of when the promise waits to be told already.
static void test_row_62_absent_since_then(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:10",
            "{\"repId\":\"wang\",\"repUpserted\":{\"name\":\"Wang\",\"timeZone\":\"Asia/Shanghai\","
            "\"managerRepId\":\"zhao\",\"deputyRepId\":\"qian\"}}");
    uint64_t from = f.read;
    happens(&f, "2026-06-02 09:00",
            "{\"customerId\":\"C1\",\"repId\":\"wang\",\"promiseMade\":{\"promiseId\":\"p1\",\"what\":\"price\","
            "\"due\":\"2026-06-04T08:00:00Z\"}}");
    happens(&f, "2026-06-03 09:00",
            "{\"repId\":\"wang\",\"repAbsent\":{\"from\":\"2026-06-04\",\"to\":\"2026-06-12\"}}");
    until(&f, "2026-06-04 15:00");
    Tend__V1__Reminder *promise = among(&f, from, "2026-06-04 14:00", "qian", "promise", "C1");
    assert_string_equal(promise->for_rep_id, "wang");
    assert_int_equal(promise->role, TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_DEPUTY);
    drop_reminder(promise);
    finish(&f);
}

// What history says tells nobody, whoever is away.
static void test_row_61_history(void **state)
{
    (void)state;
    struct fixture f;
    begin_absence(&f, DEPUTY_LI);
    until(&f, "2026-06-05 10:00");
    catch_up(&f);
    learns(
        &f, "2026-06-03 10:00",
        "{\"customerId\":\"C1\",\"historical\":true,\"messageReceived\":{\"messageId\":\"m0\",\"subject\":\"old\"}}");
    until(&f, "2026-06-15 18:00");
    quiet(&f);
    finish(&f);
}

// Wang asks at three in the afternoon in New York, which is night where zhao decides: by zhao's hours, and within them.
static void test_row_70_an_approver_elsewhere(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:10",
            "{\"repId\":\"wang\",\"repUpserted\":{\"name\":\"Wang\",\"timeZone\":\"America/New_York\","
            "\"managerRepId\":\"zhao\"}}");
    uint64_t from = f.read;
    happens(&f, "2026-06-03 03:00",
            "{\"customerId\":\"C1\",\"repId\":\"wang\",\"policyExceptionAsked\":{\"exceptionId\":\"x1\",\"what\":\"20% "
            "off\"}}");
    until(&f, "2026-06-03 13:30");
    Tend__V1__Reminder *asked = among(&f, from, "2026-06-03 08:30", "zhao", "policy_exception", "C1");
    assert_int_equal(figure_of(asked, "deadline"), moment(&f, "2026-06-04 09:00"));
    assert_int_equal(figure_of(asked, "was_due"), -1);
    drop_reminder(asked);
    drop_reminder(among(&f, from, "2026-06-03 13:00", "zhao", "policy_exception", "C1"));
    drop_reminder(among(&f, from, "2026-06-03 13:00", "qian", "policy_exception", "C1"));
    finish(&f);
}

// What is told only when its moment has passed says that it was due.
static void test_row_70_told_too_late(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    uint64_t from = f.read;
    until(&f, "2026-06-04 12:00");
    learns(&f, "2026-06-03 10:00",
           "{\"customerId\":\"C1\",\"repId\":\"wang\",\"policyExceptionAsked\":{\"exceptionId\":\"x1\",\"what\":\"20% "
           "off\"}}");
    Tend__V1__Reminder *asked = among(&f, from, "2026-06-04 12:00", "zhao", "policy_exception", "C1");
    assert_int_equal(figure_of(asked, "was_due"), moment(&f, "2026-06-04 10:00"));
    drop_reminder(asked);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_61_the_deputy_replies),
        cmocka_unit_test(test_row_61_before_the_absence),
        cmocka_unit_test(test_row_61_a_deputy_elsewhere),
        cmocka_unit_test(test_row_61_nobody_stands_in),
        cmocka_unit_test(test_row_69_complaints),
        cmocka_unit_test(test_row_62_promises),
        cmocka_unit_test(test_row_62_absent_since_then),
        cmocka_unit_test(test_row_61_history),
        cmocka_unit_test(test_row_70_an_approver_elsewhere),
        cmocka_unit_test(test_row_70_told_too_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
