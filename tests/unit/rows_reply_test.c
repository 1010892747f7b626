// Replies and notices to customers, and orders with errors: rows 61, 63, 67 and 68.
#include "unit/care_story.h"

// The notifier may have a way of its own for a region.
static void test_a_reminder_names_the_region(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(
        &f, "2026-06-01 08:00",
        "{\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Acme\",\"ownerRepId\":\"wang\",\"region\":\"East\"}}");
    happens(&f, "2026-06-01 09:30",
            "{\"customerId\":\"C1\",\"messageReceived\":{\"messageId\":\"m1\",\"channel\":\"email\"}}");
    until(&f, "2026-06-01 18:00");
    bool found = false;
    for (Tend__V1__Reminder *reminder; (reminder = next_reminder(&f)) != NULL; drop_reminder(reminder))
        found = found || strcmp(reminder->region, "East") == 0;
    assert_true(found);
    finish(&f);
}

static void test_row_61_same_day_reply(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    // Replied in time after the warning.
    happens(&f, "2026-06-03 10:00", WROTE("m1"));
    until(&f, "2026-06-03 15:59");
    quiet(&f);
    until(&f, "2026-06-03 16:30");
    uint64_t from = f.read;
    Tend__V1__Reminder *warning = said(&f, "2026-06-03 16:00", "wang", "reply_due");
    const char *id = text("%s", warning->reminder_id);
    assert_string_equal(warning->text, "price of m1");
    assert_int_equal(figure_of(warning, "received"), moment(&f, "2026-06-03 10:00"));
    assert_string_equal(warning->event_ids[0], text("test/r%llu", (unsigned long long)f.event_id));
    drop_reminder(warning);
    happens(&f, "2026-06-03 17:00", REPLIED("m1"));
    assert_true(taken_back(&f, from, id));
    until(&f, "2026-06-04 09:30");
    quiet(&f);
    // Nobody replies: a program's confirmation is no reply, and the manager hears of it on the next morning.
    happens(&f, "2026-06-04 10:00", WROTE("m2"));
    happens(
        &f, "2026-06-04 10:01",
        "{\"customerId\":\"C1\",\"messageReplied\":{\"messageId\":\"m2\",\"channel\":\"email\",\"automatic\":true}}");
    happens(&f, "2026-06-04 11:00", WROTE("m3"));
    until(&f, "2026-06-04 18:00");
    warning = said(&f, "2026-06-04 16:00", "wang", "reply_due");
    assert_int_equal(figure_of(warning, "waiting"), 2);
    assert_int_equal(figure_of(warning, "received"), moment(&f, "2026-06-04 10:00"));
    drop_reminder(warning);
    quiet(&f);
    from = f.read;
    until(&f, "2026-06-05 09:00");
    assert_int_equal(told(&f, from, "2026-06-05 08:30", "wang", "reply_due"), 1);
    assert_int_equal(told(&f, from, "2026-06-05 08:30", "zhao", "reply_due"), 1);
    assert_int_equal(told_at_all(&f, from, "reply_due"), 2);
    catch_up(&f);
    happens(&f, "2026-06-05 10:00",
            "{\"customerId\":\"C1\",\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"phone\","
            "\"direction\":\"out\",\"outcome\":\"reached\",\"nextAt\":\"2026-06-30T02:00:00Z\"}}");
    until(&f, "2026-06-05 17:00");
    quiet(&f);
    finish(&f);
}

static void test_row_61_late_arrivals(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    // After the cut-off hour of a Friday: by the end of Monday. A newsletter wants no reply.
    happens(&f, "2026-06-05 17:30", WROTE("m1"));
    happens(&f, "2026-06-05 17:40",
            "{\"customerId\":\"C1\",\"messageReceived\":{\"messageId\":\"m2\",\"needsNoReply\":true}}");
    until(&f, "2026-06-08 17:00");
    Tend__V1__Reminder *warning = said(&f, "2026-06-08 16:00", "wang", "reply_due");
    assert_int_equal(figure_of(warning, "waiting"), -1);
    drop_reminder(warning);
    // The reply was heard of late: it came after the first message and before the second, which waits on.
    happens(&f, "2026-06-09 11:00", WROTE("m3"));
    uint64_t from = f.read;
    learns(&f, "2026-06-08 16:20", REPLIED("m1"));
    assert_int_equal(told_at_all(&f, from, "reply_due"), 2); // the breach of the morning
    catch_up(&f);
    until(&f, "2026-06-09 16:00");
    warning = said(&f, "2026-06-09 16:00", "wang", "reply_due");
    assert_string_equal(warning->text, "price of m3");
    drop_reminder(warning);
    // What is history tells nobody, in whatever order it comes.
    happens(&f, "2026-06-09 17:00", REPLIED("m3"));
    learns(
        &f, "2026-05-20 10:00",
        "{\"customerId\":\"C1\",\"historical\":true,\"messageReceived\":{\"messageId\":\"m0\",\"subject\":\"old\"}}");
    until(&f, "2026-06-11 12:00");
    quiet(&f);
    finish(&f);
}

static void test_row_61_holiday_and_merge(void **state)
{
    (void)state;
    struct fixture f;
    char *holidays[] = {(char *)(uintptr_t) "2026-06-12"};
    begin_team(&f, "{}");
    settings(&f, "Asia/Shanghai", holidays, 1);
    happens(&f, "2026-06-11 09:00",
            "{\"customerId\":\"C2\",\"customerUpserted\":{\"name\":\"Green Lake\",\"ownerRepId\":\"wang\"}}");
    happens(&f, "2026-06-12 10:00", WROTE("m1"));
    happens(&f, "2026-06-15 11:00", "{\"customerId\":\"C2\",\"customerMerged\":{\"otherCustomerId\":\"C1\"}}");
    until(&f, "2026-06-15 16:30");
    Tend__V1__Reminder *warning = next_care(&f);
    assert_non_null(warning);
    assert_int_equal(warning->kind, TEND__V1__REMINDER_KIND__REMINDER_KIND_REPLY_DUE);
    assert_string_equal(warning->customer_id, "C2");
    assert_int_equal(turns_read(f.turns, f.read)->time_ms, moment(&f, "2026-06-15 16:00"));
    uint64_t from = f.read;
    happens(&f, "2026-06-15 17:00", REPLIED("m1")); // under the old name
    assert_true(taken_back(&f, from, warning->reminder_id));
    drop_reminder(warning);
    until(&f, "2026-06-17 12:00");
    quiet(&f);
    finish(&f);
}

static void test_row_61_any_order(void **state)
{
    (void)state;
    for (int order = 0; order < 3; order++) {
        struct fixture f;
        begin_team(&f, "{}");
        until(&f, "2026-06-03 14:00");
        for (int i = 0; i < 3; i++) {
            int which = (i + order) % 3;
            if (which == 0)
                learns(&f, "2026-06-03 10:00", WROTE("m1"));
            else if (which == 1)
                learns(&f, "2026-06-03 11:00", REPLIED("m1"));
            else
                learns(&f, "2026-06-03 12:00", WROTE("m2"));
        }
        until(&f, "2026-06-03 18:00");
        Tend__V1__Reminder *warning = said(&f, "2026-06-03 16:00", "wang", "reply_due");
        assert_string_equal(warning->text, "price of m2");
        assert_int_equal(figure_of(warning, "received"), moment(&f, "2026-06-03 12:00"));
        assert_int_equal(figure_of(warning, "waiting"), -1);
        drop_reminder(warning);
        quiet(&f);
        finish(&f);
    }
}

static void test_row_63_delivery_at_once(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-02 10:00", DELIVERY("deliveryScheduled", "o-1", "2026-06-20"));
    until(&f, "2026-06-02 10:30");
    uint64_t from = f.read;
    Tend__V1__Reminder *news = said(&f, "2026-06-02 10:00", "wang", "tell_delivery");
    const char *first = text("%s", news->reminder_id);
    assert_string_equal(news->text, "o-1");
    assert_string_equal(news->event_date, "2026-06-20");
    assert_string_equal(news->before, "");
    assert_int_equal(figure_of(news, "was"), -1);
    drop_reminder(news);
    until(&f, "2026-06-02 12:00");
    const char *second = says(&f, "2026-06-02 11:00", "zhao", "tell_delivery");
    // A newer date replaces the older one; a mail to the customer ends it.
    happens(&f, "2026-06-02 14:00", DELIVERY("deliveryDelayed", "o-1", "2026-06-24"));
    assert_true(taken_back(&f, from, first) && taken_back(&f, from, second));
    news = said(&f, "2026-06-02 14:00", "wang", "tell_delivery");
    assert_string_equal(news->event_date, "2026-06-24");
    assert_string_equal(news->before, "delayed");
    assert_int_equal(figure_of(news, "was"), day("2026-06-20"));
    first = text("%s", news->reminder_id);
    drop_reminder(news);
    learns(&f, "2026-06-01 09:00", DELIVERY("deliveryScheduled", "o-1", "2026-06-18")); // older news is none
    happens(&f, "2026-06-02 14:30", MAILED);
    assert_true(taken_back(&f, from, first));
    // On a Saturday: told on Monday, and an hour later the manager hears that the customer does not know yet.
    happens(&f, "2026-06-06 10:00", DELIVERY("deliveryScheduled", "o-2", "2026-06-30"));
    until(&f, "2026-06-08 08:40");
    first = says(&f, "2026-06-08 08:30", "wang", "tell_delivery");
    happens(&f, "2026-06-08 08:50", "{\"customerId\":\"C1\",\"orderCancelled\":{\"orderId\":\"o-2\"}}");
    assert_true(taken_back(&f, from, first));
    // Delivered before anybody told; known before it was heard; long ago.
    happens(&f, "2026-06-09 10:00", "{\"customerId\":\"C1\",\"orderDelivered\":{\"orderId\":\"o-3\"}}");
    learns(&f, "2026-06-09 09:00", DELIVERY("deliveryScheduled", "o-3", "2026-06-10"));
    happens(&f, "2026-06-09 11:00", MAILED);
    learns(&f, "2026-06-09 10:50", DELIVERY("deliveryScheduled", "o-4", "2026-06-20"));
    learns(&f, "2026-05-09 10:50",
           "{\"customerId\":\"C1\",\"historical\":true,\"deliveryScheduled\":{\"orderId\":\"o-5\",\"date\":\"2026-05-"
           "20\"}}");
    until(&f, "2026-06-10 12:00");
    quiet(&f);
    finish(&f);
}

static void test_row_67_confirmed_in_writing(void **state)
{
    (void)state;
    struct fixture f;
    static const char agreed[] =
        "{\"customerId\":\"C1\",\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"phone\","
        "\"outcome\":\"reached\",\"keyPoint\":\"600 pieces at 12\",\"nextAt\":\"2026-06-30T02:00:00Z\"}}";
    begin_team(&f, "{}");
    happens(&f, "2026-06-03 11:00", agreed);
    until(&f, "2026-06-03 17:10");
    uint64_t from = f.read;
    Tend__V1__Reminder *due = said(&f, "2026-06-03 17:00", "wang", "confirm_in_writing");
    const char *id = text("%s", due->reminder_id);
    assert_string_equal(due->text, "600 pieces at 12");
    drop_reminder(due);
    happens(
        &f, "2026-06-03 17:15",
        "{\"customerId\":\"C1\",\"contactLogged\":{\"channel\":\"email\",\"direction\":\"out\",\"automatic\":true}}");
    assert_false(taken_back(&f, from, id));
    happens(&f, "2026-06-03 17:20", MAILED);
    assert_true(taken_back(&f, from, id));
    // Written before it was warned of; agreed on a Friday evening; heard of after it was written; history.
    happens(&f, "2026-06-04 11:00", agreed);
    happens(&f, "2026-06-04 15:00", REPLIED("m"));
    happens(&f, "2026-06-05 17:30", agreed);
    until(&f, "2026-06-08 16:59");
    quiet(&f);
    until(&f, "2026-06-08 17:30");
    id = says(&f, "2026-06-08 17:00", "wang", "confirm_in_writing");
    happens(&f, "2026-06-08 17:40", MAILED);
    assert_true(taken_back(&f, from, id));
    learns(&f, "2026-06-08 17:35", agreed);
    learns(
        &f, "2026-05-08 10:00",
        "{\"customerId\":\"C1\",\"historical\":true,\"contactLogged\":{\"channel\":\"visit\",\"outcome\":\"reached\","
        "\"keyPoint\":\"old\"}}");
    until(&f, "2026-06-10 12:00");
    quiet(&f);
    finish(&f);
}

static void test_row_68_order_error(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-06 10:00",
            "{\"customerId\":\"C1\",\"orderError\":{\"orderId\":\"o-1\",\"what\":\"one lamp short\"}}");
    uint64_t from = f.read;
    until(&f, "2026-06-08 09:10");
    assert_int_equal(told(&f, from, "2026-06-08 08:30", "wang", "order_error"), 1);
    assert_int_equal(told(&f, from, "2026-06-08 08:30", "zhao", "order_error"), 1);
    Tend__V1__Reminder *error = next_care(&f);
    assert_string_equal(error->text, "one lamp short");
    assert_string_equal(error->before, "o-1");
    drop_reminder(error);
    catch_up(&f);
    // Another one of the same order is another one; what is history is none.
    from = f.read;
    happens(&f, "2026-06-08 10:00",
            "{\"customerId\":\"C1\",\"orderError\":{\"orderId\":\"o-1\",\"what\":\"wrong colour\"}}");
    learns(&f, "2026-04-08 10:00",
           "{\"customerId\":\"C1\",\"historical\":true,\"orderError\":{\"orderId\":\"o-0\",\"what\":\"old\"}}");
    until(&f, "2026-06-08 11:00");
    assert_int_equal(told_at_all(&f, from, "order_error"), 2);
    // 99 of 100 is not enough: the manager is told the errors and orders since Friday evening.
    ordered(&f, 3, "2026-06-08", "2026-06-08 10:30");
    ordered(&f, 5, "2026-06-08", "2026-06-08 10:40");
    until(&f, "2026-06-08 18:00");
    assert_int_equal(day_of_wang(&f, "2026-06-08").errors, 2);
    assert_int_equal(day_of_wang(&f, "2026-06-08").orders, 5);
    finish(&f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_reminder_names_the_region),
        cmocka_unit_test(test_row_61_same_day_reply),
        cmocka_unit_test(test_row_61_late_arrivals),
        cmocka_unit_test(test_row_61_holiday_and_merge),
        cmocka_unit_test(test_row_61_any_order),
        cmocka_unit_test(test_row_63_delivery_at_once),
        cmocka_unit_test(test_row_67_confirmed_in_writing),
        cmocka_unit_test(test_row_68_order_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
