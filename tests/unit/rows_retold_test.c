// What is told of a matter is put right when a figure that it says changes: the same reminder once more under its id,
// which counts nowhere as another one.
#include "unit/care_story.h"

static void expect_retold(struct fixture *f, uint64_t from, const char *id, unsigned times,
                          Tend__V1__Reminder **ret_last)
{
    assert_int_equal(retold(f, from, id, ret_last), times);
    assert_false(taken_back(f, from, id));
    quiet(f);
}

static void test_row_61_another_message_waits(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-03 10:00", WROTE("m1"));
    until(&f, "2026-06-03 16:10");
    uint64_t from = f.read;
    Tend__V1__Reminder *first = said(&f, "2026-06-03 16:00", "wang", "reply_due"), *last;
    const char *id = text("%s", first->reminder_id);
    assert_false(first->retold);
    drop_reminder(first);
    uint64_t told = total(&f, KIND_REPLY_DUE, "told"), opened = total(&f, KIND_REPLY_DUE, "opened");
    happens(&f, "2026-06-03 16:30", WROTE("m2"));
    expect_retold(&f, from, id, 1, &last);
    assert_int_equal(figure_of(last, "waiting"), 2);
    assert_string_equal(last->text, "price of m1");
    assert_int_equal(figure_of(last, "received"), moment(&f, "2026-06-03 10:00"));
    assert_int_equal(last->n_event_ids, 2);
    drop_reminder(last);
    // One that wants no reply, and other news of the customer, say nothing new.
    happens(&f, "2026-06-03 16:40",
            "{\"customerId\":\"C1\",\"messageReceived\":{\"messageId\":\"m3\",\"needsNoReply\":true}}");
    happens(&f, "2026-06-03 16:41", "{\"customerId\":\"C1\",\"customerUpserted\":{\"region\":\"East\"}}");
    expect_retold(&f, from, id, 1, &last);
    drop_reminder(last);
    happens(&f, "2026-06-03 16:50", WROTE("m4"));
    expect_retold(&f, from, id, 2, &last);
    assert_int_equal(figure_of(last, "waiting"), 3);
    drop_reminder(last);
    assert_int_equal(total(&f, KIND_REPLY_DUE, "told"), told);
    assert_int_equal(total(&f, KIND_REPLY_DUE, "opened"), opened);
    happens(&f, "2026-06-03 17:00", REPLIED("m4"));
    assert_true(taken_back(&f, from, id));
    until(&f, "2026-06-05 09:00");
    assert_int_equal(told_at_all(&f, from, "reply_due"), 1);
    finish(&f);
}

// Put off or answered, it is not told anew: what comes back says the newest by itself.
static void test_row_61_answered_is_left_alone(void **state)
{
    (void)state;
    struct fixture f;
    Tend__V1__Reminder *last;
    begin_team(&f, "{}");
    happens(&f, "2026-06-03 10:00", WROTE("m1"));
    until(&f, "2026-06-03 16:10");
    uint64_t from = f.read;
    Tend__V1__Reminder *first = said(&f, "2026-06-03 16:00", "wang", "reply_due");
    const char *id = text("%s", first->reminder_id);
    drop_reminder(first);
    answers(&f, "2026-06-03 16:20", "wang", id, "snoozed");
    happens(&f, "2026-06-03 16:30", WROTE("m2"));
    assert_int_equal(retold(&f, from, id, &last), 0);
    finish(&f);
}

static const char *promise(const struct fixture *f, const char *body, const char *what, const char *due)
{
    int64_t due_ms = moment(f, due);
    struct local_time utc = {(int32_t)(due_ms / 86400000), (int32_t)(due_ms / 1000 % 86400)};
    return text("{\"customerId\":\"C1\",\"repId\":\"wang\",\"%s\":{\"promiseId\":\"p1\",\"what\":\"%s\",\"due\":"
                "\"%sT%02d:%02d:00Z\"}}",
                body, what, date_of(utc.day), utc.second / 3600, utc.second / 60 % 60);
}

static void test_row_64_a_promise_that_moves(void **state)
{
    (void)state;
    struct fixture f;
    Tend__V1__Reminder *last;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 10:00", promise(&f, "promiseMade", "the price", "2026-06-03 16:00"));
    until(&f, "2026-06-03 14:10");
    uint64_t from = f.read;
    const char *id = hears(&f, "2026-06-03 14:00", "wang", "promise", "C1");
    happens(&f, "2026-06-03 14:20", promise(&f, "promiseMade", "the price and a sample", "2026-06-03 16:00"));
    expect_retold(&f, from, id, 1, &last);
    assert_string_equal(last->text, "the price and a sample");
    drop_reminder(last);
    // Later on the same day, which is as near: the message that is there says so.
    happens(&f, "2026-06-03 14:40",
            text("{\"customerId\":\"C1\",\"repId\":\"wang\",\"promiseExtended\":{\"promiseId\":\"p1\",\"due\":"
                 "\"2026-06-03T08:30:00Z\"}}"));
    expect_retold(&f, from, id, 2, &last);
    assert_int_equal(figure_of(last, "promise_due"), moment(&f, "2026-06-03 16:30"));
    assert_int_equal(figure_of(last, "deadline"), moment(&f, "2026-06-03 16:30"));
    drop_reminder(last);
    // To another day: nothing is to be done today, and that day tells of it.
    happens(&f, "2026-06-03 15:00",
            text("{\"customerId\":\"C1\",\"repId\":\"wang\",\"promiseExtended\":{\"promiseId\":\"p1\",\"due\":"
                 "\"2026-06-05T08:00:00Z\"}}"));
    assert_true(taken_back(&f, from, id));
    until(&f, "2026-06-05 13:59");
    expect_silence(&f);
    until(&f, "2026-06-05 15:00");
    const char *other = hears(&f, "2026-06-05 14:00", "wang", "promise", "C1");
    assert_string_not_equal(other, id);
    happens(&f, "2026-06-05 15:30",
            "{\"customerId\":\"C1\",\"repId\":\"wang\",\"promiseKept\":{\"promiseId\":\"p1\"}}");
    until(&f, "2026-06-08 12:00");
    expect_silence(&f);
    finish(&f);
}

static const char *complaint(const char *what)
{
    return text("{\"customerId\":\"C1\",\"complaintOpened\":{\"complaintId\":\"k1\",\"what\":\"%s\"}}", what);
}

static void test_row_60_a_complaint_put_right(void **state)
{
    (void)state;
    struct fixture f;
    Tend__V1__Reminder *last;
    begin_team(&f, "{}");
    happens(&f, "2026-06-03 10:00", complaint("wet boxes"));
    until(&f, "2026-06-03 10:10");
    uint64_t from = f.read;
    const char *id = hears(&f, "2026-06-03 10:00", "wang", "complaint_acknowledge", "C1");
    happens(&f, "2026-06-03 10:30", complaint("forty wet boxes"));
    expect_retold(&f, from, id, 1, &last);
    assert_string_equal(last->text, "forty wet boxes");
    drop_reminder(last);
    until(&f, "2026-06-03 18:00");
    Tend__V1__Reminder *manager = among(&f, from, "", "zhao", "complaint_acknowledge", "C1");
    assert_string_equal(manager->text, "forty wet boxes");
    drop_reminder(manager);
    assert_int_equal(told_since(&f, from, "complaint_acknowledge"), 2);
    finish(&f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_61_another_message_waits),
        cmocka_unit_test(test_row_61_answered_is_left_alone),
        cmocka_unit_test(test_row_64_a_promise_that_moves),
        cmocka_unit_test(test_row_60_a_complaint_put_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
