// Stories of promises and of exceptions from policy: rows 54, 62, 64, 65, 66 and 70.
#include "unit/rows.h"

enum { JSON_BYTES = 600, TOGETHER_MOST = 4 };

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

static char *iso(const struct fixture *f, const char *when)
{
    int64_t minutes = moment(f, when) / MINUTE_MS;
    return text("%sT%02d:%02d:00Z", date_of((int32_t)(minutes / 1440)), (int)(minutes % 1440 / 60),
                (int)(minutes % 60));
}

// An event that is heard later than it happened.
static void heard_late(struct fixture *f, const char *heard_at, const char *happened_at, const char *body)
{
    struct verify_error error;
    until(f, heard_at);
    Tend__V1__Event *event =
        (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, body, strlen(body), NULL, &error);
    if (event == NULL)
        fail_msg("%s: %s", error.field, error.reason);
    Tend__V1__Event whole = *event;
    whole.id = text("l%s", happened_at);
    whole.source = text("late%llu", (unsigned long long)++f->event_id);
    whole.time = stamp(moment(f, happened_at));
    say(f, &whole);
    turns_run(f->turns, turns_now_ms(f->turns));
    protobuf_c_message_free_unpacked(&event->base, NULL);
}

static const char *made(const struct fixture *f, const char *customer, const char *id, const char *due)
{
    return json("{\"customerId\":\"%s\",\"repId\":\"wang\",\"promiseMade\":{\"promiseId\":\"%s\",\"what\":\"price of "
                "%s\",\"due\":\"%s\"}}",
                customer, id, id, iso(f, due));
}

static const char *extended(const struct fixture *f, const char *id, const char *due)
{
    return json("{\"customerId\":\"C1\",\"repId\":\"wang\",\"promiseExtended\":{\"promiseId\":\"%s\",\"due\":\"%s\"}}",
                id, iso(f, due));
}

static const char *kept(const char *id)
{
    return json("{\"customerId\":\"C1\",\"repId\":\"wang\",\"promiseKept\":{\"promiseId\":\"%s\"}}", id);
}

static bool says_point(const Tend__V1__Reminder *reminder, const char *code)
{
    for (size_t i = 0; i < reminder->n_points; i++)
        if (strcmp(reminder->points[i]->code, code) == 0)
            return true;
    return false;
}

static int64_t figure(const Tend__V1__Reminder *reminder, const char *name)
{
    for (size_t i = 0; i < reminder->n_figures; i++)
        if (strcmp(reminder->figures[i]->name, name) == 0)
            return reminder->figures[i]->value;
    return -1;
}

// The same is told several people at one moment, in whatever order; `ret_ids` in the order of `reps`.
static void together(struct fixture *f, const char *when, const char *kind, const char *customer,
                     const char *const *reps, size_t count, const char **ret_ids)
{
    bool told[TOGETHER_MOST] = {false};
    for (size_t i = 0; i < count; i++) {
        Tend__V1__Reminder *reminder = next_reminder(f);
        if (reminder == NULL)
            fail_msg("only %zu of %zu are told of %s", i, count, kind);
        const struct record *record = turns_read(f->turns, f->read);
        assert_string_equal(kinds_row((enum kind_id)reminder->kind)->name, kind);
        assert_string_equal(reminder->customer_id, customer);
        assert_int_equal(record->time_ms / MINUTE_MS, moment(f, when) / MINUTE_MS);
        size_t who = 0;
        while (who < count && (told[who] || strcmp(reps[who], reminder->rep_id) != 0))
            who++;
        if (who == count)
            fail_msg("%s is told of %s", reminder->rep_id, kind);
        told[who] = true;
        if (ret_ids != NULL)
            ret_ids[who] = text("%s", reminder->reminder_id);
        drop_reminder(reminder);
    }
}

// The rep speaks to the customer, so that nobody asks for that.
static void spoken(struct fixture *f, const char *when, const char *customer)
{
    happens(f, when,
            json("{\"customerId\":\"%s\",\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"phone\","
                 "\"outcome\":\"reached\"}}",
                 customer));
}

// --- row 62

static void test_row_62_five_minutes(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 10:00", made(&f, "C1", "p1", "2026-06-03 16:00"));
    until(&f, "2026-06-03 16:04");
    const char *warning = hears(&f, "2026-06-03 14:00", "wang", "promise", "C1");
    happens(&f, "2026-06-03 16:04", kept("p1")); // within the grace
    assert_true(taken_back(&f, 0, warning));
    happens(&f, "2026-06-03 16:10", made(&f, "C1", "p2", "2026-06-04 16:00"));
    until(&f, "2026-06-04 16:20");
    hears(&f, "2026-06-04 14:00", "wang", "promise", "C1");
    Tend__V1__Reminder *review = heard(&f, "2026-06-04 16:05", "wang", "self_review", "C1");
    assert_string_equal(review->text, "price of p2");
    assert_int_equal(review->role, TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_REP);
    assert_int_equal(review->n_event_ids, 1);
    const char *id = text("%s", review->reminder_id);
    drop_reminder(review);
    happens(&f, "2026-06-04 16:20", kept("p2")); // late: the review stands
    until(&f, "2026-06-09 20:00");
    assert_false(taken_back(&f, 0, id));
    expect_silence(&f);
    finish(&f);
}

static void test_row_62_kept_but_heard_late(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 10:00", made(&f, "C1", "p1", "2026-06-03 16:00"));
    until(&f, "2026-06-03 17:00");
    hears(&f, "2026-06-03 14:00", "wang", "promise", "C1");
    const char *review = hears(&f, "2026-06-03 16:05", "wang", "self_review", "C1");
    heard_late(&f, "2026-06-03 17:00", "2026-06-03 15:58", kept("p1"));
    assert_true(taken_back(&f, 0, review));
    expect_silence(&f);
    finish(&f);
}

// Answering the warning with "done" keeps the promise; what was history before we came is told to nobody.
static void test_row_62_answered_and_history(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 10:00", made(&f, "C1", "p1", "2026-06-03 16:00"));
    until(&f, "2026-06-03 14:30");
    const char *warning = hears(&f, "2026-06-03 14:00", "wang", "promise", "C1");
    answers(&f, "2026-06-03 15:00", "wang", warning, "done");
    heard_late(&f, "2026-06-03 15:10", "2026-05-04 10:00",
               json("{\"customerId\":\"C1\",\"historical\":true,\"promiseMade\":{\"promiseId\":\"old\",\"what\":\"a\","
                    "\"due\":\"%s\"}}",
                    iso(&f, "2026-06-02 16:00")));
    heard_late(&f, "2026-06-03 15:11", "2026-05-04 10:00",
               json("{\"customerId\":\"C1\",\"historical\":true,\"promiseMade\":{\"promiseId\":\"new\",\"what\":\"a\","
                    "\"due\":\"%s\"}}",
                    iso(&f, "2026-06-05 16:00")));
    until(&f, "2026-06-05 16:04");
    hears(&f, "2026-06-05 14:00", "wang", "promise", "C1"); // still to come
    expect_silence(&f);
    finish(&f);
}

// --- row 64

static void test_row_64_extended_before_due(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 10:00", made(&f, "C1", "p1", "2026-06-03 16:00"));
    until(&f, "2026-06-03 15:00");
    const char *warning = hears(&f, "2026-06-03 14:00", "wang", "promise", "C1");
    happens(&f, "2026-06-03 15:00", extended(&f, "p1", "2026-06-08 08:00")); // Monday before work begins
    assert_true(taken_back(&f, 0, warning));
    until(&f, "2026-06-05 20:00");
    hears(&f, "2026-06-05 08:30", "wang", "promise", "C1"); // before the weekend
    until(&f, "2026-06-08 08:10");
    expect_silence(&f);
    happens(&f, "2026-06-08 08:10", extended(&f, "p1", "2026-06-12 16:00")); // too late
    spoken(&f, "2026-06-09 10:00", "C1");
    until(&f, "2026-06-11 20:00");
    Tend__V1__Reminder *review = heard(&f, "2026-06-08 08:30", "wang", "self_review", "C1");
    const char *id = text("%s", review->reminder_id);
    drop_reminder(review);
    expect_silence(&f);
    // It had been put off on Sunday already, so that on Monday it could be put off again.
    heard_late(&f, "2026-06-12 09:00", "2026-06-07 12:00", extended(&f, "p1", "2026-06-09 16:00"));
    assert_true(taken_back(&f, 0, id));
    until(&f, "2026-06-12 15:00");
    hears(&f, "2026-06-12 14:00", "wang", "promise", "C1");
    expect_silence(&f);
    finish(&f);
}

// The same words in every order lead to the same reminders.
static void test_row_64_any_order(void **state)
{
    (void)state;
    enum { WORDS = 4, ORDERS = 24 };
    static const char *const SAID[WORDS] = {"2026-06-01 09:00", "2026-06-01 10:00", "2026-06-01 11:00",
                                            "2026-06-01 12:00"};
    for (unsigned order = 0; order < ORDERS; order++) {
        struct fixture f;
        unsigned left[WORDS] = {0, 1, 2, 3}, rest = order;
        begin_team(&f, "{}");
        until(&f, "2026-06-01 13:00");
        for (unsigned count = WORDS; count > 0; count--) {
            unsigned pick = rest % count, word = left[pick];
            rest /= count;
            memmove(&left[pick], &left[pick + 1], (WORDS - 1 - pick) * sizeof left[0]);
            const char *body = word == 0   ? made(&f, "C1", "p1", "2026-06-02 16:00")
                               : word == 1 ? extended(&f, "p1", "2026-06-03 16:00")
                               : word == 2 ? made(&f, "C1", "p2", "2026-06-01 11:30")
                                           : kept("p2"); // half an hour late
            heard_late(&f, "2026-06-01 13:00", SAID[word], body);
        }
        until(&f, "2026-06-03 17:00");
        hears(&f, "2026-06-01 13:00", "wang", "self_review", "C1");
        hears(&f, "2026-06-03 14:00", "wang", "promise", "C1");
        Tend__V1__Reminder *second = heard(&f, "2026-06-03 16:05", "wang", "promise_broken", "C1");
        assert_int_equal(figure(second, "times"), 2);
        drop_reminder(second);
        hears(&f, "2026-06-03 16:05", "zhao", "promise_broken", "C1");
        expect_silence(&f);
        finish(&f);
    }
}

// --- row 65

static void test_row_65_second_and_third_break(void **state)
{
    (void)state;
    static const char *const ALL[] = {"wang", "zhao", "qian"};
    struct fixture f;
    const char *second[2], *third[3];
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 09:00",
            "{\"customerId\":\"C2\",\"customerUpserted\":{\"name\":\"Red Hill\",\"ownerRepId\":\"wang\"}}");
    happens(&f, "2026-06-01 10:00", made(&f, "C1", "p1", "2026-06-01 11:00"));
    happens(&f, "2026-06-01 10:10", made(&f, "C2", "q1", "2026-06-01 11:30"));
    until(&f, "2026-06-01 12:00");
    hears(&f, "2026-06-01 10:00", "wang", "promise", "C1"); // at once: it is due within the lead
    hears(&f, "2026-06-01 10:10", "wang", "promise", "C2");
    hears(&f, "2026-06-01 11:05", "wang", "self_review", "C1");
    hears(&f, "2026-06-01 11:35", "wang", "self_review", "C2"); // another customer: the first one again
    happens(&f, "2026-06-01 13:00", made(&f, "C1", "p2", "2026-06-05 18:30"));
    spoken(&f, "2026-06-05 10:00", "C1");
    spoken(&f, "2026-06-05 10:01", "C2");
    until(&f, "2026-06-08 09:00"); // over the weekend
    hears(&f, "2026-06-05 16:30", "wang", "promise", "C1");
    together(&f, "2026-06-08 08:30", "promise_broken", "C1", ALL, 2, second);
    happens(&f, "2026-06-08 10:00", made(&f, "C1", "p3", "2026-06-08 11:00"));
    until(&f, "2026-06-08 11:06");
    hears(&f, "2026-06-08 10:00", "wang", "promise", "C1");
    uint64_t seen = f.read;
    together(&f, "2026-06-08 11:05", "promise_broken", "C1", ALL, 3, third);
    f.read = seen;
    for (size_t i = 0; i < 3; i++) {
        Tend__V1__Reminder *reminder = next_reminder(&f);
        assert_int_equal(figure(reminder, "times"), 3);
        assert_true(says_point(reminder, "at_risk"));
        drop_reminder(reminder);
    }
    // The second had been kept in time, as we hear now: the third was only the second.
    heard_late(&f, "2026-06-08 14:00", "2026-06-05 18:00", kept("p2"));
    for (size_t i = 0; i < 3; i++)
        assert_true(taken_back(&f, 0, third[i]));
    assert_true(taken_back(&f, 0, second[0]) && taken_back(&f, 0, second[1]));
    together(&f, "2026-06-08 14:00", "promise_broken", "C1", ALL, 2, NULL);
    until(&f, "2026-06-10 20:00");
    expect_silence(&f);
    finish(&f);
}

// Said outright to be broken, it is broken at once; done later, it is still late.
static void test_row_65_said_to_be_broken(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 10:00", made(&f, "C1", "p1", "2026-06-03 16:00"));
    happens(&f, "2026-06-02 11:00",
            "{\"customerId\":\"C1\",\"promiseBroken\":{\"promiseId\":\"p1\",\"reason\":\"no goods\"}}");
    hears(&f, "2026-06-02 11:00", "wang", "self_review", "C1");
    until(&f, "2026-06-04 20:00");
    expect_silence(&f);
    finish(&f);
}

// What was promised under the old name counts under the new one.
static void test_row_65_merged(void **state)
{
    (void)state;
    static const char *const TWO[] = {"wang", "zhao"};
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 09:00",
            "{\"customerId\":\"C2\",\"customerUpserted\":{\"name\":\"Blue Lake Ltd\",\"ownerRepId\":\"wang\"}}");
    happens(&f, "2026-06-01 10:00", made(&f, "C2", "p1", "2026-06-01 11:00"));
    happens(&f, "2026-06-01 10:10", made(&f, "C2", "p2", "2026-06-03 16:00"));
    until(&f, "2026-06-01 12:00");
    hears(&f, "2026-06-01 10:00", "wang", "promise", "C2");
    hears(&f, "2026-06-01 11:05", "wang", "self_review", "C2");
    happens(&f, "2026-06-01 12:00", "{\"customerId\":\"C1\",\"customerMerged\":{\"otherCustomerId\":\"C2\"}}");
    catch_up(&f);
    until(&f, "2026-06-03 17:00");
    hears(&f, "2026-06-03 14:00", "wang", "promise", "C1");
    together(&f, "2026-06-03 16:05", "promise_broken", "C1", TWO, 2, NULL);
    expect_silence(&f);
    finish(&f);
}

// --- row 66

static void test_row_66_too_little_time(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{rules: {promises: {usual_least: 3}}}");
    happens(&f, "2026-06-01 09:00", made(&f, "C1", "p1", "2026-06-11 17:00"));
    happens(&f, "2026-06-01 09:01", made(&f, "C1", "p2", "2026-06-11 17:00"));
    happens(&f, "2026-06-01 09:02", made(&f, "C1", "p3", "2026-06-11 17:00"));
    happens(&f, "2026-06-01 09:03", made(&f, "C1", "p4", "2026-06-02 17:00")); // nothing is usual yet
    happens(&f, "2026-06-02 09:00", kept("p4"));
    happens(&f, "2026-06-04 09:00", kept("p1"));
    happens(&f, "2026-06-04 09:01", kept("p2"));
    happens(&f, "2026-06-04 09:02", kept("p3"));
    expect_silence(&f);
    happens(&f, "2026-06-04 10:00", made(&f, "C1", "p5", "2026-06-12 17:00")); // time enough
    expect_silence(&f);
    happens(&f, "2026-06-04 11:00", made(&f, "C1", "p6", "2026-06-05 17:00"));
    Tend__V1__Reminder *brief = heard(&f, "2026-06-04 11:00", "wang", "promise_short", "C1");
    assert_int_equal(figure(brief, "lead"), 1250); // a day and six hours
    assert_true(figure(brief, "usual_lead") > 2000 && figure(brief, "usual_lead") <= 3001);
    const char *id = text("%s", brief->reminder_id);
    drop_reminder(brief);
    happens(&f, "2026-06-04 11:30", extended(&f, "p6", "2026-06-05 18:00")); // still too little, but it was told
    assert_false(taken_back(&f, 0, id));
    expect_silence(&f);
    happens(&f, "2026-06-04 12:00", extended(&f, "p6", "2026-06-12 17:00"));
    assert_true(taken_back(&f, 0, id));
    expect_silence(&f);
    // Two days of about three are less, but not clearly; of old ones nobody is told.
    happens(&f, "2026-06-08 09:00", made(&f, "C1", "p7", "2026-06-10 17:00"));
    heard_late(&f, "2026-06-08 10:00", "2026-06-08 09:30",
               json("{\"customerId\":\"C1\",\"repId\":\"wang\",\"historical\":true,\"promiseMade\":{\"promiseId\":"
                    "\"p8\",\"what\":\"a\",\"due\":\"%s\"}}",
                    iso(&f, "2026-06-08 17:00")));
    until(&f, "2026-06-08 12:00");
    assert_int_equal(told_since(&f, f.read, "promise_short"), 0);
    finish(&f);
}

// Who keeps promises at the stroke of their due moment needs as long as there is: a short one is as good as a long one.
static void test_row_66_kept_when_due(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{rules: {promises: {usual_least: 3}}}");
    uint64_t from = f.read;
    for (int i = 0; i < 6; i++) {
        const char *id = text("q%d", i);
        happens(&f, text("2026-06-01 09:%02d", i), made(&f, "C1", id, text("2026-06-%02d 16:00", 3 + i)));
    }
    for (int i = 0; i < 6; i++)
        happens(&f, text("2026-06-%02d 15:58", 3 + i), kept(text("q%d", i)));
    happens(&f, "2026-06-09 09:00", made(&f, "C1", "p1", "2026-06-09 17:00"));
    happens(&f, "2026-06-09 09:10", made(&f, "C1", "p2", "2026-06-10 17:00"));
    until(&f, "2026-06-09 12:00");
    assert_int_equal(told_since(&f, from, "promise_short"), 0);
    // Three that took a week are what is usual.
    for (int i = 0; i < 3; i++)
        happens(&f, text("2026-06-10 09:%02d", i), made(&f, "C1", text("w%d", i), "2026-06-30 17:00"));
    for (int i = 0; i < 3; i++)
        happens(&f, text("2026-06-17 09:%02d", i), kept(text("w%d", i)));
    happens(&f, "2026-06-17 10:00", made(&f, "C1", "p3", "2026-06-18 17:00"));
    until(&f, "2026-06-17 12:00");
    assert_int_equal(told_since(&f, from, "promise_short"), 1);
    finish(&f);
}

// --- rows 54 and 70

static const char *asked(const char *id, const char *amount)
{
    return json("{\"customerId\":\"C1\",\"repId\":\"wang\",\"policyExceptionAsked\":{\"exceptionId\":\"%s\",\"kind\":"
                "\"discount\",\"what\":\"8 %% off\",\"amount\":\"%s CNY\","
                "\"promiseId\":\"p1\"}}",
                id, amount);
}

static void test_row_70_authority(void **state)
{
    (void)state;
    static const char *const BOTH[] = {"zhao", "qian"};
    struct fixture f;
    const char *again[2];
    begin_team(&f, "{}");
    happens(&f, "2026-06-05 16:00", asked("x1", "3000"));
    Tend__V1__Reminder *request = heard(&f, "2026-06-05 16:00", "zhao", "policy_exception", "C1");
    assert_string_equal(request->text, "8 % off");
    assert_string_equal(request->for_rep_id, "wang");
    assert_int_equal(request->role, TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_APPROVER);
    assert_int_equal(figure(request, "amount"), INT64_C(3000000000));
    const char *first = text("%s", request->reminder_id);
    drop_reminder(request);
    // Four working hours later, over the weekend: again, and higher.
    until(&f, "2026-06-08 11:10");
    together(&f, "2026-06-08 11:00", "policy_exception", "C1", BOTH, 2, again);
    happens(&f, "2026-06-08 11:30",
            "{\"customerId\":\"C1\",\"repId\":\"wang\",\"policyExceptionApproved\":{\"exceptionId\":\"x1\",\"by\":"
            "\"zhao\"}}");
    assert_true(taken_back(&f, 0, first) && taken_back(&f, 0, again[0]) && taken_back(&f, 0, again[1]));
    Tend__V1__Reminder *decision = heard(&f, "2026-06-08 11:30", "wang", "policy_exception", "C1");
    assert_string_equal(decision->after, "approved");
    assert_int_equal(decision->role, TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_REP);
    drop_reminder(decision);
    happens(&f, "2026-06-08 12:00", asked("x2", "8000")); // more than a manager may grant
    first = hears(&f, "2026-06-08 12:00", "qian", "policy_exception", "C1");
    answers(&f, "2026-06-08 13:00", "qian", first, "not_interested"); // in the chat, that is no
    decision = heard(&f, "2026-06-08 13:00", "wang", "policy_exception", "C1");
    assert_string_equal(decision->after, "refused");
    drop_reminder(decision);
    until(&f, "2026-06-10 20:00");
    expect_silence(&f);
    finish(&f);
}

static void test_row_70_decided_before_it_was_heard(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    heard_late(&f, "2026-06-02 10:00", "2026-06-02 09:30",
               "{\"customerId\":\"C1\",\"repId\":\"zhao\",\"policyExceptionRefused\":{\"exceptionId\":\"x1\",\"by\":"
               "\"zhao\",\"reason\":\"too much\"}}");
    expect_silence(&f);
    heard_late(&f, "2026-06-02 10:05", "2026-06-02 09:00", asked("x1", "300"));
    Tend__V1__Reminder *decision = heard(&f, "2026-06-02 10:05", "wang", "policy_exception", "C1");
    assert_string_equal(decision->after, "refused");
    assert_true(says_point(decision, "reason"));
    drop_reminder(decision);
    until(&f, "2026-06-04 20:00");
    expect_silence(&f);
    heard_late(&f, "2026-06-05 09:00", "2026-05-04 10:00",
               "{\"customerId\":\"C1\",\"repId\":\"wang\",\"historical\":true,\"policyExceptionAsked\":{"
               "\"exceptionId\":\"old\",\"kind\":\"discount\",\"what\":\"5 %\"}}");
    until(&f, "2026-06-09 20:00");
    expect_silence(&f);
    finish(&f);
}

static void test_row_54_no_promise_outside_policy(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 10:00", made(&f, "C1", "p1", "2026-06-03 16:00"));
    happens(&f, "2026-06-03 11:00", asked("x1", "300"));
    Tend__V1__Reminder *request = heard(&f, "2026-06-03 11:00", "zhao", "policy_exception", "C1");
    assert_true(says_point(request, "already_promised"));
    drop_reminder(request);
    until(&f, "2026-06-03 14:10");
    Tend__V1__Reminder *warning = heard(&f, "2026-06-03 14:00", "wang", "promise", "C1");
    assert_true(says_point(warning, "needs_approval"));
    drop_reminder(warning);
    happens(&f, "2026-06-03 14:30",
            "{\"customerId\":\"C1\",\"repId\":\"wang\",\"policyExceptionRefused\":{\"exceptionId\":\"x1\",\"by\":"
            "\"zhao\"}}");
    Tend__V1__Reminder *decision = heard(&f, "2026-06-03 14:30", "wang", "policy_exception", "C1");
    assert_string_equal(decision->after, "refused");
    assert_true(says_point(decision, "already_promised"));
    drop_reminder(decision);
    happens(&f, "2026-06-03 15:00", extended(&f, "p1", "2026-06-04 16:00"));
    until(&f, "2026-06-04 14:10");
    warning = heard(&f, "2026-06-04 14:00", "wang", "promise", "C1");
    assert_true(says_point(warning, "exception_refused"));
    drop_reminder(warning);
    expect_silence(&f);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_54_no_promise_outside_policy),
        cmocka_unit_test(test_row_62_five_minutes),
        cmocka_unit_test(test_row_62_kept_but_heard_late),
        cmocka_unit_test(test_row_62_answered_and_history),
        cmocka_unit_test(test_row_64_extended_before_due),
        cmocka_unit_test(test_row_64_any_order),
        cmocka_unit_test(test_row_65_second_and_third_break),
        cmocka_unit_test(test_row_65_said_to_be_broken),
        cmocka_unit_test(test_row_65_merged),
        cmocka_unit_test(test_row_66_too_little_time),
        cmocka_unit_test(test_row_66_kept_when_due),
        cmocka_unit_test(test_row_70_authority),
        cmocka_unit_test(test_row_70_decided_before_it_was_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
