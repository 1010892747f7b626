// What went wrong at night: reminders lost or told in a heap, rows that never go, names that outlive an erasure.
#include "unit/rows.h"

#include "services/scheduler/rows.h"

enum { JSON_BYTES = 600 };

static char json_bytes[4][JSON_BYTES];

__attribute__((format(printf, 1, 2))) static char *json(const char *format, ...)
{
    static unsigned count;
    char *buffer = json_bytes[count++ % 4];
    va_list arguments;
    va_start(arguments, format);
    assert_true(vsnprintf(buffer, JSON_BYTES, format, arguments) < JSON_BYTES);
    va_end(arguments);
    return buffer;
}

// How many rows of the table, or of all where it is 0, hold the text.
static unsigned rows_with(struct fixture *f, unsigned table, const char *words)
{
    unsigned count = 0;
    struct tx *tx = store_begin_read(engine_store(turns_engine(f->turns)));
    for (unsigned at = STORE_TABLE_SERVICE; at < TABLES_END; at++) {
        struct slice key, value;
        struct cursor *cursor = cursor_open(tx, at);
        bool found = (table == 0 || at == table) && cursor_seek(cursor, "", 1, &key, &value);
        for (; found; found = cursor_next(cursor, &key, &value))
            count += memmem(value.bytes, value.length, words, strlen(words)) != NULL;
        cursor_close(&cursor);
    }
    tx_abort(&tx);
    return count;
}

static unsigned told_to(struct fixture *f, uint64_t from, const char *rep_id, const char *kind)
{
    unsigned count = 0;
    for (uint64_t seq = from + 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER)
            continue;
        Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
        assert_non_null(reminder);
        count +=
            strcmp(kinds_row((enum kind_id)reminder->kind)->name, kind) == 0 && strcmp(reminder->rep_id, rep_id) == 0;
        drop_reminder(reminder);
    }
    return count;
}

static const char COMPLAINT[] =
    "{\"customerId\":\"C1\",\"complaintOpened\":{\"complaintId\":\"k1\",\"what\":\"wet boxes\"}}";
static const char LI[] = "{\"repId\":\"li\",\"repUpserted\":{\"name\":\"Li\",\"timeZone\":\"Asia/Shanghai\","
                         "\"managerRepId\":\"zhao\"}}";
static const char TO_LI[] =
    "{\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Blue Lake\",\"ownerRepId\":\"li\"}}";

// The manager was told that the rep had not acted, and gave the customer to another rep: who does not act either.
static void test_manager_is_told_again_of_the_next_owner(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:05", LI);
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-02 09:00", COMPLAINT);
    until(&f, "2026-06-02 17:00");
    assert_int_equal(told_to(&f, from, "zhao", "complaint_acknowledge"), 1);
    from = turns_last(f.turns);
    happens(&f, "2026-06-02 17:05", TO_LI);
    until(&f, "2026-06-03 17:00");
    assert_int_equal(told_to(&f, from, "li", "complaint_acknowledge"), 1);
    assert_int_equal(told_to(&f, from, "zhao", "complaint_acknowledge"), 1);
    finish(&f);
}

// Down from Tuesday to Friday: the manager hears at once what is overdue, the director not in the same breath.
static void test_steps_keep_apart_after_an_outage(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-02 09:00", COMPLAINT);
    uint64_t from = turns_last(f.turns);
    turns_sleep(f.turns, moment(&f, "2026-06-05 10:00"));
    until(&f, "2026-06-05 10:05");
    assert_int_equal(told_to(&f, from, "zhao", "complaint_acknowledge"), 1);
    assert_int_equal(told_to(&f, from, "qian", "complaint_acknowledge"), 0);
    until(&f, "2026-06-09 18:00");
    assert_int_equal(told_to(&f, from, "zhao", "complaint_acknowledge"), 1);
    assert_int_equal(told_to(&f, from, "qian", "complaint_acknowledge"), 1);
    finish(&f);
}

// Up again after all hours of a Friday: everybody hears on Monday morning, the rep who had no time before the manager.
static void test_rep_is_told_before_the_manager_after_an_outage(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-02 20:00", COMPLAINT); // told on Wednesday morning
    uint64_t from = turns_last(f.turns);
    turns_sleep(f.turns, moment(&f, "2026-06-05 22:00"));
    until(&f, "2026-06-08 10:00");
    assert_int_equal(told_to(&f, from, "wang", "complaint_acknowledge"), 1);
    assert_int_equal(told_to(&f, from, "zhao", "complaint_acknowledge"), 0);
    until(&f, "2026-06-08 18:00");
    assert_int_equal(told_to(&f, from, "zhao", "complaint_acknowledge"), 1);
    finish(&f);
}

// A customer with very many orders is told of all of them at once: no manager hears that one was not told.
static void test_one_word_ends_however_many(void **state)
{
    enum { ORDERS = 700 };
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-02 10:00");
    uint64_t from = turns_last(f.turns);
    for (unsigned i = 0; i < ORDERS; i++)
        learns(&f, "2026-06-02 10:00",
               json("{\"customerId\":\"C1\",\"deliveryScheduled\":{\"orderId\":\"o%u\",\"date\":\"2026-06-09\"}}", i));
    assert_int_equal(told_to(&f, from, "wang", "tell_delivery"), ORDERS);
    happens(&f, "2026-06-02 10:20",
            "{\"customerId\":\"C1\",\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"email\",\"outcome\":"
            "\"reached\"}}");
    until(&f, "2026-06-02 18:00");
    assert_int_equal(told_to(&f, from, "zhao", "tell_delivery"), 0);
    assert_int_equal(total(&f, KIND_TELL_DELIVERY, "withdrawn"), ORDERS);
    finish(&f);
}

// What history left open is nobody's news when the customer changes hands or goes on as part of another.
static void test_history_is_silent_when_handed_over(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:05", LI);
    learns(
        &f, "2025-03-03 10:00",
        "{\"customerId\":\"C1\",\"historical\":true,\"objectionRaised\":{\"objectionId\":\"x1\",\"what\":\"dear\"}}");
    learns(&f, "2025-03-03 10:00",
           "{\"customerId\":\"C1\",\"historical\":true,\"referralMade\":{\"otherCustomerId\":\"N1\"}}");
    learns(&f, "2025-03-04 10:00", "{\"customerId\":\"N1\",\"historical\":true,\"orderPaid\":{\"orderId\":\"o1\"}}");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-02 10:00", TO_LI);
    happens(&f, "2026-06-03 10:00", "{\"customerId\":\"C2\",\"customerUpserted\":{\"ownerRepId\":\"li\"}}");
    happens(&f, "2026-06-04 10:00", "{\"customerId\":\"C2\",\"customerMerged\":{\"otherCustomerId\":\"C1\"}}");
    until(&f, "2026-06-22 10:00");
    assert_int_equal(told_since(&f, from, "objection"), 0);
    assert_int_equal(told_since(&f, from, "commission_due"), 0);
    finish(&f);
}

static void merge(struct fixture *f, const char *when, const char *into, const char *other)
{
    learns(f, when, json("{\"customerId\":\"%s\",\"customerMerged\":{\"otherCustomerId\":\"%s\"}}", into, other));
}

// Two merges that contradict each other leave one customer to be called, in whatever order they are heard.
static void test_a_ring_of_merges_leaves_one(void **state)
{
    (void)state;
    uint64_t states[2];
    for (int turned = 0; turned < 2; turned++) {
        struct fixture f;
        begin_team(&f, "{}");
        happens(&f, "2026-06-01 00:06", "{\"customerId\":\"C2\",\"customerUpserted\":{\"ownerRepId\":\"wang\"}}");
        until(&f, "2026-06-01 00:30");
        f.event_id = turned ? 201 : 200;
        merge(&f, turned ? "2026-06-01 00:20" : "2026-06-01 00:10", turned ? "C2" : "C1", turned ? "C1" : "C2");
        f.event_id = turned ? 200 : 201;
        merge(&f, turned ? "2026-06-01 00:10" : "2026-06-01 00:20", turned ? "C1" : "C2", turned ? "C2" : "C1");
        catch_up(&f);
        states[turned] = turns_state(f.turns);
        until(&f, "2026-06-01 10:00");
        assert_true(reason_on_next_list(&f, "C2", NULL) > 0);
        finish(&f);
    }
    assert_int_equal(states[0], states[1]);
}

// C1 went into C2, which had gone into C3: what is open with C1 is closed by what happens with C3.
static void test_merges_in_a_chain(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:06", "{\"customerId\":\"C2\",\"customerUpserted\":{\"ownerRepId\":\"wang\"}}");
    happens(&f, "2026-06-01 00:07", "{\"customerId\":\"C3\",\"customerUpserted\":{\"ownerRepId\":\"wang\"}}");
    happens(&f, "2026-06-02 09:00", COMPLAINT);
    happens(&f, "2026-06-02 09:10", "{\"customerId\":\"C3\",\"customerMerged\":{\"otherCustomerId\":\"C2\"}}");
    happens(&f, "2026-06-02 09:20", "{\"customerId\":\"C2\",\"customerMerged\":{\"otherCustomerId\":\"C1\"}}");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-02 10:00", "{\"customerId\":\"C1\",\"complaintAcknowledged\":{\"complaintId\":\"k1\"}}");
    until(&f, "2026-06-03 18:00");
    assert_int_equal(told_since(&f, from, "complaint_acknowledge"), 0);
    finish(&f);
}

static void about(struct fixture *f, const char *customer_id)
{
    static const char *const BODIES[] = {
        "\"complaintOpened\":{\"complaintId\":\"k9\",\"what\":\"Zanzibar\"}",
        "\"objectionRaised\":{\"objectionId\":\"x9\",\"what\":\"Zanzibar\"}",
        "\"policyExceptionAsked\":{\"exceptionId\":\"e9\",\"what\":\"Zanzibar\"}",
        "\"policyExceptionRefused\":{\"exceptionId\":\"e9\",\"by\":\"zhao\",\"reason\":\"Zanzibar\"}",
        "\"promiseMade\":{\"promiseId\":\"p9\",\"what\":\"Zanzibar\",\"due\":\"2026-06-05T01:00:00Z\"}",
        "\"messageReceived\":{\"channel\":\"email\",\"subject\":\"Zanzibar\"}",
        "\"contactLogged\":{\"channel\":\"phone\",\"outcome\":\"reached\",\"keyPoint\":\"Zanzibar\"}",
        "\"orderError\":{\"orderId\":\"o9\",\"what\":\"Zanzibar\"}",
        "\"orderPaid\":{\"orderId\":\"o9\"}",
        "\"giftGiven\":{\"what\":\"Zanzibar\"}",
    };
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++)
        learns(f, "2026-06-02 10:00", json("{\"customerId\":\"%s\",\"repId\":\"wang\",%s}", customer_id, BODIES[i]));
}

// Of whoever was erased no name, no phone and no word is left, wherever it stood; what is heard later stays away.
static void test_nothing_is_left_of_whoever_was_erased(void **state)
{
    static const char UPSERTED[] =
        "{\"customerId\":\"N1\",\"customerUpserted\":{\"name\":\"Zanzibar\",\"ownerRepId\":\"wang\",\"region\":"
        "\"Xiamen\",\"contacts\":[{\"name\":\"Zanzibar\",\"phone\":\"Zanzibar\"}]}}";
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:05", LI);
    happens(&f, "2026-06-01 00:06", UPSERTED);
    happens(&f, "2026-06-02 09:00", "{\"customerId\":\"C1\",\"referralMade\":{\"otherCustomerId\":\"N1\"}}");
    until(&f, "2026-06-02 10:00");
    about(&f, "N1");
    happens(&f, "2026-06-03 10:00",
            "{\"repId\":\"wang\",\"visitPlanned\":{\"visitId\":\"v1\",\"region\":\"Xiamen\",\"from\":\"2026-06-10\","
            "\"to\":\"2026-06-11\",\"customerIds\":[\"N1\"]}}");
    happens(&f, "2026-06-03 10:01", "{\"repId\":\"wang\",\"visitApproved\":{\"visitId\":\"v1\",\"by\":\"zhao\"}}");
    until(&f, "2026-06-10 12:00");
    assert_int_not_equal(rows_with(&f, 0, "Zanzibar"), 0);
    happens(&f, "2026-06-10 13:00", "{\"customerId\":\"N1\",\"customerErased\":{}}");
    about(&f, "N1");
    until(&f, "2026-06-20 13:00");
    for (unsigned table = STORE_TABLE_SERVICE; table < TABLES_END; table++)
        if (rows_with(&f, table, "Zanzibar") > 0)
            fail_msg("the name is left in %s", rows_tables[table - STORE_TABLE_SERVICE]);
    finish(&f);
}

// What ended long ago goes: matters, trips, exceptions, and what was counted of old days.
static void test_old_rows_go(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{keep_days: 35}");
    happens(&f, "2026-06-02 09:00", COMPLAINT);
    happens(&f, "2026-06-02 10:00", "{\"customerId\":\"C1\",\"complaintAcknowledged\":{\"complaintId\":\"k1\"}}");
    happens(&f, "2026-06-02 10:01",
            "{\"customerId\":\"C1\",\"repId\":\"wang\",\"policyExceptionAsked\":{\"exceptionId\":\"e1\",\"what\":"
            "\"wet boxes\"}}");
    happens(&f, "2026-06-02 10:02",
            "{\"customerId\":\"C1\",\"repId\":\"wang\",\"policyExceptionApproved\":{\"exceptionId\":\"e1\",\"by\":"
            "\"zhao\"}}");
    happens(&f, "2026-06-02 10:03",
            "{\"repId\":\"wang\",\"visitPlanned\":{\"visitId\":\"v1\",\"region\":\"Xiamen\",\"purpose\":\"wet boxes\","
            "\"from\":\"2026-06-10\",\"to\":\"2026-06-11\"}}");
    happens(&f, "2026-06-02 10:04", "{\"repId\":\"wang\",\"visitApproved\":{\"visitId\":\"v1\",\"by\":\"zhao\"}}");
    until(&f, "2026-07-02 09:00");
    assert_int_not_equal(rows_with(&f, TABLE_MATTER, "wet boxes"), 0);
    assert_int_equal(rows_with(&f, TABLE_POLICY, "wet boxes"), 1);
    assert_int_equal(rows_with(&f, TABLE_VISIT, "wet boxes"), 1);
    unsigned logged = rows_with(&f, TABLE_LOG, "");
    // What is owed is told again as long as nobody has done it.
    happens(&f, "2026-07-02 10:00",
            "{\"customerId\":\"C1\",\"complaintResolved\":{\"complaintId\":\"k1\",\"cause\":\"rain\","
            "\"compensation\":\"0 CNY\"}}");
    happens(&f, "2026-07-02 10:01", "{\"repId\":\"wang\",\"visitReported\":{\"visitId\":\"v1\",\"report\":\"dry\"}}");
    until(&f, "2027-12-01 09:00");
    for (unsigned table = STORE_TABLE_SERVICE; table < TABLES_END; table++)
        if (table != TABLE_CUSTOMER && rows_with(&f, table, "wet boxes") > 0)
            fail_msg("it is still in %s", rows_tables[table - STORE_TABLE_SERVICE]);
    assert_true(logged > 0 && rows_with(&f, TABLE_LOG, "") < 3 * 400);
    finish(&f);
}

// Two who are each other's manager, a rep who is his own deputy and away: nobody hears of his own duty as a director.
static void test_managers_in_a_ring(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:05",
            "{\"repId\":\"zhao\",\"repUpserted\":{\"name\":\"Zhao\",\"managerRepId\":\"wang\"}}");
    happens(&f, "2026-06-01 00:06",
            "{\"repId\":\"wang\",\"repUpserted\":{\"name\":\"Wang\",\"managerRepId\":\"zhao\",\"deputyRepId\":"
            "\"wang\"}}");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-02 09:00", COMPLAINT);
    until(&f, "2026-06-12 18:00");
    assert_int_equal(told_to(&f, from, "wang", "complaint_acknowledge"), 1);
    assert_int_equal(told_to(&f, from, "zhao", "complaint_acknowledge"), 1);
    happens(&f, "2026-06-12 18:01",
            "{\"repId\":\"wang\",\"repAbsent\":{\"from\":\"2026-06-15\",\"to\":\"2026-07-15\"}}");
    happens(&f, "2026-06-16 09:00",
            "{\"customerId\":\"C1\",\"complaintOpened\":{\"complaintId\":\"k2\",\"what\":\"torn\"}}");
    until(&f, "2026-07-20 18:00");
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_manager_is_told_again_of_the_next_owner),
        cmocka_unit_test(test_steps_keep_apart_after_an_outage),
        cmocka_unit_test(test_rep_is_told_before_the_manager_after_an_outage),
        cmocka_unit_test(test_one_word_ends_however_many),
        cmocka_unit_test(test_history_is_silent_when_handed_over),
        cmocka_unit_test(test_a_ring_of_merges_leaves_one),
        cmocka_unit_test(test_merges_in_a_chain),
        cmocka_unit_test(test_nothing_is_left_of_whoever_was_erased),
        cmocka_unit_test(test_old_rows_go),
        cmocka_unit_test(test_managers_in_a_ring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
