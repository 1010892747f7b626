// The scheduler as a whole. Crashes, restarts, facts in any order, erasing, looking things up, records that cannot be
// read.
#include "common/bounds.h"
#include "services/scheduler/diary.h"
#include "unit/scheduler_story.h"

// --- any order, any crash
// ---------------------------------------------------------------------------------------------

// A scenario of many facts; `crash` throws each day's turn away once before it is allowed to happen.
static void scenario(struct fixture *f, bool crash, bool restart)
{
    begin(f, "Asia/Shanghai", "2026-06-01", "{default_rep: r0}");
    uint64_t seed = 7;
    for (int i = 0; i < 30; i++) {
        if (i < 3) {
            rep(f, text("r%d", i), "Asia/Shanghai", 5);
        }
        customer_with(f, text("C%02d", i), i % 7 == 0 ? "" : text("r%d", i % 3), text("--06-%02d", 1 + i), "", "");
        value(f, text("C%02d", i), (Tend__V1__AbcClass)(1 + i % 3), i % 5 == 0, at(f, "2026-05-01", "10:00"));
    }
    for (int32_t i = day("2026-06-01"); i < day("2026-07-10"); i++) {
        for (int j = 0; j < 12; j++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const char *id = text("C%02u", (unsigned)(seed >> 40) % 30);
            int64_t now = turns_now_ms(f->turns);
            switch ((unsigned)(seed >> 33) % 8) {
            case 0:
                reached(f, id, now - HOUR_MS);
                break;
            case 1:
                contact(f, id, now, TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_NO_ANSWER, 0);
                break;
            case 2:
                promise_made(f, id, "p", now + 300 * (int64_t)HOUR_MS);
                break;
            case 3:
                promise_kept(f, id, "p");
                break;
            case 4:
                changed(f, id, "risk.overdue", "no", "yes", false);
                break;
            case 5:
                changed(f, id, "value.abc", "A", "B", false);
                break;
            case 6:
                changed(f, id, "value.abc", "B", "A", false);
                break;
            default:
                changed(f, id, "risk.drop", "no", "yes", false);
                break;
            }
        }
        if (crash) {
            turns_crash(f->turns);
        }
        turns_run(f->turns, at(f, date_of(i), "15:00"));
        if (restart) {
            turns_restart(f->turns);
        }
        f->read = turns_last(f->turns) > 40 ? turns_last(f->turns) - 40 : 0;
        Tend__V1__Reminder *reminder;
        for (int j = 0; (reminder = next_reminder(f)) != NULL; j++) {
            static const Tend__V1__ReminderOutcome OUTCOMES[] = {
                TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_DONE, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_SNOOZED,
                TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_NO_ANSWER};
            answer(f, reminder->reminder_id, OUTCOMES[j % 3], 0);
            drop_reminder(reminder);
        }
    }
    turns_run(f->turns, turns_now_ms(f->turns));
}

static uint64_t journal_hash(struct fixture *f)
{
    uint64_t hash = 0;
    for (uint64_t seq = 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        uint64_t parts[3] = {hash, record->type, hash_short(record->payload, record->length)};
        hash = hash_short(parts, sizeof parts);
    }
    return hash;
}

static void test_crashes_and_restarts_change_nothing(void **state)
{
    (void)state;
    uint64_t states[3], journals[3];
    for (int i = 0; i < 3; i++) {
        struct fixture f;
        scenario(&f, i == 1, i == 2);
        states[i] = turns_state(f.turns);
        journals[i] = journal_hash(&f);
        assert_true(total(&f, 1, "told") > 100);
        assert_true(total(&f, 9, "opened") > 3);
        assert_true(total(&f, 8, "cancelled") > 3);
        finish(&f);
    }
    assert_int_equal(states[1], states[0]);
    assert_int_equal(states[2], states[0]);
    assert_int_equal(journals[1], journals[0]);
    assert_int_equal(journals[2], journals[0]);
}

// The counts are those of the rows.
static void test_counts_are_those_of_the_rows(void **state)
{
    (void)state;
    struct fixture f;
    scenario(&f, false, false);
    static const char *const STATES[] = {"pending", "cancelled", "expired"};
    for (size_t i = 0; i < sizeof STATES / sizeof STATES[0]; i++) {
        const char *json = turns_ask(f.turns, text("/v1/reminders?state=%s&limit=1000", STATES[i]), NULL);
        uint64_t rows = 0, counted = 0;
        for (; (json = strstr(json, "\"reminderId\"")) != NULL; json++) {
            rows++;
        }
        for (int kind = 1; kind < KIND_COUNT; kind++) {
            counted += total(&f, kind, STATES[i]) + (i == 1 ? total(&f, kind, "withdrawn") : 0);
        }
        if (i == 1) {
            assert_true(rows <= counted); // one that was answered before it was told is done, and was never told
        } else {
            assert_int_equal(rows, counted);
        }
    }
    finish(&f);
}

// The same facts about a customer in every order lead to the same list.
static void test_order_of_arrival(void **state)
{
    (void)state;
    static const unsigned ORDERS[][6] = {
        {0, 1, 2, 3, 4, 5}, {5, 4, 3, 2, 1, 0}, {2, 0, 4, 1, 5, 3}, {3, 5, 0, 2, 1, 4}, {1, 3, 5, 4, 0, 2}};
    char *answers[sizeof ORDERS / sizeof ORDERS[0]];
    for (size_t i = 0; i < sizeof ORDERS / sizeof ORDERS[0]; i++) {
        struct fixture f;
        begin(&f, "Asia/Shanghai", "2026-06-01", "{}");
        rep(&f, "wang", "Asia/Shanghai", 60);
        for (size_t j = 0; j < 6; j++) {
            int64_t may = at(&f, "2026-05-20", "10:00");
            f.event_id = 100 + ORDERS[i][j]; // each event keeps its id
            switch (ORDERS[i][j]) {
            case 0:
                customer(&f, "C1", "wang");
                break;
            case 1:
                reached(&f, "C1", may);
                break;
            case 2:
                contact(&f, "C1", may - HOUR_MS, TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_NO_ANSWER, 0);
                break;
            case 3:
                contact(&f, "C1", may + HOUR_MS, TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_NO_ANSWER, 0);
                break;
            case 4:
                promise_made(&f, "C1", "p1", at(&f, "2026-06-01", "16:00"));
                break;
            default:
                lead(&f, "C1", TEND__V1__LEAD_STAGE__LEAD_STAGE_INTENDS, "2026-06-03");
                break;
            }
        }
        turns_run(f.turns, at(&f, "2026-06-01", "01:00"));
        answers[i] = strdup(turns_ask(f.turns, "/v1/calls?rep=wang&date=2026-06-01", NULL));
        assert_non_null(strstr(answers[i], "PROMISE_DUE"));
        assert_string_equal(answers[i], answers[0]);
        finish(&f);
    }
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        free(answers[i]);
    }
}

// --- erasing, looking
// -------------------------------------------------------------------------------------------------

static void test_erased(void **state)
{
    (void)state;
    struct fixture f;
    begin_june(&f);
    promise_made(&f, "C1", "p1", at(&f, "2026-06-05", "16:00"));
    turns_run(f.turns, at(&f, "2026-06-01", "10:00"));
    erased(&f, "C1");
    turns_run(f.turns, turns_now_ms(f.turns));
    assert_int_equal(total(&f, 8, "cancelled"), 1);
    const char *json = turns_ask(f.turns, "/v1/reminders?customer=C1", NULL);
    assert_null(strstr(json, "reminderId"));
    json = turns_ask(f.turns, "/v1/calls?rep=wang&date=2026-06-01", NULL);
    assert_null(strstr(json, "Customer C1"));
    // A late word about it does not bring it back.
    contact(&f, "C1", at(&f, "2026-06-01", "09:00"), TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED, 0);
    value(&f, "C1", TEND__V1__ABC_CLASS__ABC_CLASS_A, true, at(&f, "2026-05-01", "09:00"));
    catch_up(&f);
    turns_run(f.turns, at(&f, "2026-06-10", "10:00"));
    assert_null(next_list(&f));
    expect_silence(&f);
    finish(&f);
}

static void test_looking(void **state)
{
    (void)state;
    struct fixture f;
    begin_june(&f);
    turns_run(f.turns, at(&f, "2026-06-01", "10:00"));
    static const struct {
        const char *target;
        int status;
        const char *holds;
    } rows[] = {
        {"/v1/calls?rep=wang", 200, "\"told\":"},
        {"/v1/calls?rep=wang&date=2026-06-02", 200, "\"preview\":true"},
        {"/v1/calls", 200, "\"customerId\":\"C1\""},
        {"/v1/calls?rep=wang&date=2026-06-06", 404, "the next list is that of 2026-06-08"}, // a Saturday
        {"/v1/calls?rep=wang&date=2026-05-04", 404, "nothing is kept of that day"},
        {"/v1/calls?rep=wang&date=2026-07-03", 404, "planned for 31 days, up to 2026-07-02"},
        {"/v1/calls?rep=nobody", 404, "rep"},
        {"/v1/calls?date=tomorrow", 400, "date"},
        {"/v1/reminders?rep=wang", 200, "REMINDER_KIND_CALL"},
        {"/v1/reminders?customer=C1&kind=call&state=told&limit=1", 200, "\"callReason\":\"CALL_REASON_COVERAGE\""},
        {"/v1/reminders?kind=call&state=pending", 200, "{}"},
        {"/v1/reminders?kind=Call&state=TOLD", 200, "REMINDER_KIND_CALL"},
        {"/v1/reminders?kind=calls", 400, "must be call, class_fall, overdue,"},
        {"/v1/reminders?kind=calls", 400, "reassigned or effort"},
        {"/v1/reminders?kind=nonsense", 400, "kind"},
        {"/v1/reminders?state=nonsense", 400, "state"},
        {"/v1/reminders?limit=0", 400, "limit"},
        {"/v1/reminders/0123", 404, "reminder_id"},
        {"/v1/reminders/012", 404, "the first 4 or more"},
        {"/v1/reminders/what", 404, "the first 4 or more"},
        {"/v1/coverage", 200, "\"repName\":\"Rep wang\""},
        {"/v1/totals", 200, "\"lists\":\"1\""},
        {"/v1/nonsense", 404, "path"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int status;
        const char *json = turns_ask(f.turns, rows[i].target, &status);
        if (status != rows[i].status || strstr(json, rows[i].holds) == NULL) {
            fail_msg("%s: %d %s", rows[i].target, status, json);
        }
    }
    finish(&f);
}

// The first digits of an id will do where one reminder has them, or one that waits for an answer. A customer's ids have
// their first half in common.
static void test_first_digits(void **state)
{
    (void)state;
    struct fixture f;
    begin_june(&f);
    turns_run(f.turns, at(&f, "2026-06-01", "10:00"));
    uint8_t id[HASH_BYTES];
    char digits[2 * HASH_BYTES + 1];
    diary_reminder_id("C1", KIND_CALL, (uint64_t)day("2026-06-01"), id);
    hash_hex(id, HASH_BYTES, digits);
    int status;
    const char *json = turns_ask(f.turns, text("/v1/reminders/%.6s", digits), &status);
    assert_int_equal(status, 200);
    assert_non_null(strstr(json, digits));
    // One that is planned does not wait for an answer yet.
    promise_made(&f, "C1", "p1", at(&f, "2026-06-02", "16:00"));
    turns_run(f.turns, turns_now_ms(f.turns));
    json = turns_ask(f.turns, text("/v1/reminders/%.6s", digits), &status);
    assert_int_equal(status, 200);
    assert_non_null(strstr(json, digits));
    turns_run(f.turns, at(&f, "2026-06-02", "15:59"));
    (void)turns_ask(f.turns, text("/v1/reminders/%.6s", digits), &status);
    assert_int_equal(status, 409);
    (void)turns_ask(f.turns, text("/v1/reminders/%.31s", digits), &status);
    assert_int_equal(status, 200);
    finish(&f);
}

// Whose owner nobody introduced, and who has none.
static void test_customers_nobody_calls(void **state)
{
    (void)state;
    struct fixture f;
    begin_june(&f);
    assert_null(strstr(turns_ask(f.turns, "/v1/totals", NULL), "strangers"));
    customer(&f, "C90", "wnag");
    customer(&f, "C91", "");
    turns_run(f.turns, turns_now_ms(f.turns));
    const char *json = turns_ask(f.turns, "/v1/totals", NULL);
    assert_non_null(strstr(json, "\"strangers\":[{\"repId\":\"wnag\",\"customers\":\"1\"}]"));
    assert_non_null(strstr(json, "\"customersOwnerless\":\"1\",\"ownerlessIds\":[\"C91\"]"));
    // What an import derived from the owner's name introduces nobody; a list of reps does.
    Tend__V1__Event derived = event(&f, "", BOUNDS_PLACEHOLDER_FROM_MS + 1000);
    Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
    derived.rep_id = body.name = text("wnag");
    derived.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    derived.rep_upserted = &body;
    say(&f, &derived);
    turns_run(f.turns, turns_now_ms(f.turns));
    json = turns_ask(f.turns, "/v1/totals", NULL);
    assert_non_null(strstr(json, "\"strangers\":[{\"repId\":\"wnag\",\"customers\":\"1\"}]"));
    rep(&f, "wnag", "Asia/Shanghai", 8);
    turns_run(f.turns, turns_now_ms(f.turns));
    assert_null(strstr(turns_ask(f.turns, "/v1/totals", NULL), "strangers"));
    finish(&f);
}

// Texts of any length, records that cannot be read: counted, nothing more.
static void test_bad_records(void **state)
{
    (void)state;
    struct fixture f;
    begin_june(&f);
    Tend__V1__Event e = event(&f, "C1", turns_now_ms(f.turns));
    Tend__V1__CustomerUpserted body = TEND__V1__CUSTOMER_UPSERTED__INIT;
    static char long_name[4000], long_id[300];
    memset(long_name, 'n', sizeof long_name - 1);
    memset(long_id, 'i', sizeof long_id - 1);
    body.name = long_name;
    body.owner_rep_id = text("wang");
    e.body_case = TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED;
    e.customer_upserted = &body;
    say(&f, &e);
    e.customer_id = long_id;
    say(&f, &e);
    e.customer_id = text("%s", "");
    say(&f, &e);
    Tend__V1__ReminderCancelled junk = TEND__V1__REMINDER_CANCELLED__INIT;
    junk.reminder_id = long_name;
    turns_say(f.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &junk.base);
    turns_say(f.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_CANCELLED, 0, &junk.base);
    turns_run(f.turns, at(&f, "2026-06-01", "10:00"));
    Tend__V1__CallList *list = next_list(&f);
    assert_int_equal(list->n_lines, 1);
    assert_true(strlen(list->lines[0]->customer_name) <= 200);
    drop_list(list);
    assert_int_equal(total(&f, 0, "recordsBad"), 3);
    assert_int_equal(total(&f, 0, "recordsPassed"), 1);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crashes_and_restarts_change_nothing),
        cmocka_unit_test(test_counts_are_those_of_the_rows),
        cmocka_unit_test(test_order_of_arrival),
        cmocka_unit_test(test_erased),
        cmocka_unit_test(test_looking),
        cmocka_unit_test(test_first_digits),
        cmocka_unit_test(test_customers_nobody_calls),
        cmocka_unit_test(test_bad_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
