// What the notifier makes of the scheduler's records: who gets what, in one message, and what can be asked about it.
#include "harness/desk.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_one_message_per_rep_and_moment(void **state)
{
    (void)state;
    desk_rep("wang", "王芳", "zh-CN", "", DESK_START - DAY);
    desk_rep("smith", "Ann Smith", "en", "", DESK_START - DAY);
    desk_remind("r1", "wang", "宁波远航", 0);
    desk_remind("r2", "smith", "ACME", 0);
    turns_run(desk.turns, DESK_START);
    desk_remind("r3", "wang", "义乌百利", 0);
    desk_list("l1", "wang", 3);
    turns_run(desk.turns, DESK_START + SECOND);
    assert_string_equal(desk_out(), "");
    desk_play(DESK_START + 3 * SECOND);
    const char *out = desk_out();
    assert_int_equal(desk_occurrences(out, "--- end "), 2);
    assert_non_null(strstr(out, "【客户提醒】王芳，2 位客户该下单了，还没有动静：\n  1. 宁波远航（A类）。"));
    assert_non_null(strstr(out, "2. 义乌百利（A类）。"));
    assert_non_null(strstr(out, "【今日电话】5月17日（周日）请联系 3 位客户："));
    assert_non_null(strstr(out, "本月已联系 320/1,000，还剩 15 个工作日。"));
    assert_non_null(strstr(out, "Hello Ann Smith, 1 customer reminder for you:"));
    desk_assert_states(2, 0, 0, 0);
}

static void test_the_same_reminder_twice_is_one(void **state)
{
    (void)state;
    desk_remind("r1", "wang", "C1", 0);
    desk_remind("r1", "wang", "C1", 0);
    desk_list("l1", "wang", 2);
    desk_list("l1", "wang", 2);
    desk_play(DESK_START + MINUTE);
    desk_remind("r1", "wang", "C1", 0);
    desk_play(DESK_START + HOUR);
    assert_int_equal(desk_messages(""), 1);
    assert_int_equal(desk_occurrences(desk_out(), "C1"), 1);
    assert_int_equal(desk_occurrences(desk_out(), "l1-0"), 1);
}

static void test_historical_alerts_nobody(void **state)
{
    (void)state;
    desk_remind("r1", "wang", "C1", RECORD_HISTORICAL);
    desk_play(DESK_START + MINUTE);
    assert_int_equal(desk_messages(""), 0);
}

static void test_bad_records_are_passed_over(void **state)
{
    (void)state;
    desk_remind("", "wang", "C1", 0);
    desk_remind("r1", "", "C1", 0);
    Tend__V1__CallList list = TEND__V1__CALL_LIST__INIT;
    list.list_id = "l";
    list.rep_id = "\xff\xfe";
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST, 0, &list.base);
    desk_remind("r2", "wang", "C2", 0);
    desk_play(DESK_START + MINUTE);
    desk_assert_states(1, 0, 0, 0);
}

static void test_cancelled_before_it_left(void **state)
{
    (void)state;
    desk_remind("r1", "wang", "C-one", 0);
    desk_remind("r2", "wang", "C-two", 0);
    desk_list("l1", "wang", 3);
    desk_remind("r4", "li", "C-four", 0);
    turns_run(desk.turns, DESK_START);
    desk_cancel("r1");
    desk_cancel("l1-1");
    desk_cancel("r4");
    desk_cancel("never-heard-of");
    desk_play(DESK_START + MINUTE);
    const char *out = desk_out();
    assert_null(strstr(out, "C-one"));
    assert_non_null(strstr(out, "C-two"));
    assert_non_null(strstr(out, "请联系 2 位客户"));
    assert_null(strstr(out, "l1-1"));
    assert_null(strstr(out, "C-four"));
    assert_int_equal(desk_messages("sent"), 1);
    assert_int_equal(desk_messages("dead"), 1); // dropped, and says so
    desk_cancel("r2");                          // too late
    desk_play(DESK_START + 2 * MINUTE);
    assert_int_equal(desk_messages("sent"), 1);
}

static void test_a_crash_before_the_commit_changes_nothing(void **state)
{
    (void)state;
    desk_remind("r1", "wang", "C1", 0);
    turns_crash(desk.turns);
    turns_run(desk.turns, DESK_START);
    turns_sleep(desk.turns, DESK_START + 3 * SECOND);
    // The turn that would send it does not happen.
    turns_crash(desk.turns);
    desk_pump(false);
    assert_string_equal(desk_out(), "");
    desk_play(DESK_START + 4 * SECOND);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1);
    desk_assert_states(1, 0, 0, 0);
}

static void test_no_channel_holds_with_a_reason(void **state)
{
    (void)state;
    desk.options.default_channel = "";
    desk_remind("r1", "wang", "C1", 0);
    desk_play(DESK_START + MINUTE);
    desk_assert_states(0, 1, 0, 0);
    assert_non_null(strstr(desk_newest("reason"), "has no channel"));
    desk_rep("wang", "王芳", "zh-CN", "slack-of-old", DESK_START);
    desk_play(DESK_START + 2 * MINUTE);
    desk_assert_states(0, 1, 0, 0);
    assert_non_null(strstr(desk_newest("reason"), "no channel \"slack-of-old\""));
    desk_rep("wang", "王芳", "zh-CN", "out", DESK_START + MINUTE);
    desk_play(DESK_START + 3 * MINUTE);
    desk_assert_states(1, 0, 0, 0);
    desk_rep("wang", "老名字", "zh-CN", "gone", DESK_START - DAY); // older than what is known
    desk_remind("r2", "wang", "C2", 0);
    desk_play(DESK_START + 4 * MINUTE);
    desk_assert_states(2, 0, 0, 0);
    assert_non_null(strstr(desk_out(), "王芳"));
    assert_null(strstr(desk_out(), "老名字"));
}

static void test_the_configuration_goes_before_the_events(void **state)
{
    (void)state;
    desk.people[0] =
        (struct person_options){.rep = "wang", .name = "Fang", .channel = "out", .address = "", .language = "en"};
    desk_rep("wang", "王芳", "zh-CN", "wecom", DESK_START - DAY);
    desk_remind("r1", "wang", "C1", 0);
    desk_play(DESK_START + MINUTE);
    assert_non_null(strstr(desk_out(), "Hello Fang, 1 customer reminder"));
}

static void test_backlog_is_folded_into_one_message(void **state)
{
    (void)state;
    desk.options.default_channel = "";
    for (int i = 0; i < 10; i++) {
        static char ids[10][16];
        snprintf(ids[i], sizeof ids[i], "r%d", i);
        desk_remind(ids[i], "wang", ids[i], 0);
        desk_play(DESK_START + (i + 1) * HOUR);
    }
    desk_assert_states(0, 1, 0, 0);
    desk_rep("wang", "王芳", "zh-CN", "out", DESK_START);
    desk_play(DESK_START + 12 * HOUR);
    desk_assert_states(1, 0, 0, 0);
    assert_non_null(strstr(desk_out(), "【客户提醒·补发】王芳，有 10 件事"));
}

static void test_erased_customers_vanish(void **state)
{
    (void)state;
    desk_remind("r1", "wang", "Secretive Ltd", 0);
    desk_play(DESK_START + MINUTE);
    desk.options.default_channel = "";
    desk_remind("r2", "wang", "Secretive Ltd", 0);
    desk_remind("r3", "wang", "Other Ltd", 0);
    desk_play(DESK_START + 2 * MINUTE);
    desk_erase("Secretive Ltd");
    desk_play(DESK_START + 3 * MINUTE);
    assert_null(strstr(turns_ask(desk.turns, "/v1/messages", NULL), "Secretive"));
    assert_int_equal(desk_messages("held"), 1);
    desk.options.default_channel = "out";
    desk_play(DESK_START + 3 * HOUR);
    assert_null(strstr(desk_text(), "Secretive"));
    assert_non_null(strstr(desk_text(), "Other"));
}

// A chat may repeat in its refusal what it was sent: the journal, which nobody is erased from, never holds that.
static void test_erased_customers_vanish_from_what_chats_said(void **state)
{
    (void)state;
    desk.options.default_channel = "wecom";
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":40008,\"errmsg\":\"no such thing as Secretive Ltd\"}");
    desk_remind("r1", "wang", "Secretive Ltd", 0);
    desk_play(DESK_START + MINUTE);
    desk_assert_states(0, 0, 1, 0);
    assert_non_null(strstr(desk_newest("reason"), "Secretive"));
    for (uint64_t seq = 1; seq <= turns_last(desk.turns); seq++) {
        const struct record *record = turns_read(desk.turns, seq);
        assert_null(memmem(record->payload, record->length, "Secretive", strlen("Secretive")));
    }
    desk_erase("Secretive Ltd");
    desk_play(DESK_START + 2 * MINUTE);
    assert_null(strstr(turns_ask(desk.turns, "/v1/messages", NULL), "Secretive"));
}

static void test_old_messages_are_forgotten(void **state)
{
    (void)state;
    desk_remind("r1", "wang", "C1", 0);
    desk_list("l1", "wang", 20);
    desk_play(DESK_START + MINUTE);
    assert_int_equal(desk_messages(""), 1);
    desk_play(DESK_START + 89 * DAY);
    assert_int_equal(desk_messages(""), 1);
    desk_play(DESK_START + 91 * DAY);
    assert_int_equal(desk_messages(""), 0);
    desk_remind("r1", "wang", "C1", 0); // so long after, it is new again
    desk_play(DESK_START + 92 * DAY);
    assert_int_equal(desk_messages(""), 1);
}

static void test_queries(void **state)
{
    (void)state;
    int status;
    desk_remind("r1", "wang", "C1", 0);
    desk_remind("r2", "li", "C2", 0);
    turns_run(desk.turns, DESK_START);
    assert_int_equal(desk_messages("HELD"), 2);
    assert_non_null(strstr(desk_text(), "#")); // as it would be sent
    desk_play(DESK_START + MINUTE);
    json_t *value = desk_ask("/v1/messages?rep=li");
    assert_int_equal(json_array_size(json_object_get(value, "messages")), 1);
    json_decref(value);
    value = desk_ask("/v1/messages?limit=1");
    assert_true(json_is_true(json_object_get(value, "more")));
    json_decref(value);
    turns_ask(desk.turns, "/v1/messages?state=lost", &status);
    assert_int_equal(status, 400);
    turns_ask(desk.turns, "/v1/messages?limit=0", &status);
    assert_int_equal(status, 400);
    turns_ask(desk.turns, "/v1/messages/ffffffffffff", &status);
    assert_int_equal(status, 404);
    turns_ask(desk.turns, "/v1/elsewhere", &status);
    assert_int_equal(status, 404);
    value = desk_ask("/v1/channels");
    assert_int_equal(json_array_size(json_object_get(value, "channels")), 2);
    json_decref(value);
    assert_null(strstr(turns_ask(desk.turns, "/v1/channels", NULL), "hush"));
}

static void test_the_journal_tells_each_change(void **state)
{
    (void)state;
    desk_remind("r1", "wang", "C1", 0);
    desk_play(DESK_START + MINUTE);
    static const int states[] = {
        TEND__V1__DELIVERY_STATE__DELIVERY_STATE_HELD, TEND__V1__DELIVERY_STATE__DELIVERY_STATE_READY,
        TEND__V1__DELIVERY_STATE__DELIVERY_STATE_SENDING, TEND__V1__DELIVERY_STATE__DELIVERY_STATE_SENT};
    assert_int_equal(turns_last(desk.turns), 4);
    for (uint64_t seq = 1; seq <= 4; seq++) {
        const struct record *record = turns_read(desk.turns, seq);
        assert_int_equal(record->type, TEND__V1__RECORD_TYPE__RECORD_TYPE_DELIVERY_CHANGED);
        Tend__V1__DeliveryChanged *changed = tend__v1__delivery_changed__unpack(NULL, record->length, record->payload);
        assert_non_null(changed);
        assert_int_equal(changed->state, states[seq - 1]);
        assert_string_equal(changed->rep_id, "wang");
        assert_int_equal(changed->n_reminder_ids, 1);
        assert_string_equal(changed->reminder_ids[0], "r1");
        tend__v1__delivery_changed__free_unpacked(changed, NULL);
    }
}

// --- what must be told in time

static Google__Protobuf__Timestamp moment(int64_t time_ms)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = time_ms / SECOND;
    return time;
}

// A reminder about the customer, whose name is its id; `expires_ms` 0: never.
static void remind(const char *id, const char *customer, uint32_t priority, int64_t expires_ms)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    Google__Protobuf__Timestamp expires = moment(expires_ms);
    reminder.reminder_id = (char *)(uintptr_t)id;
    reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_REPLY_DUE;
    reminder.rep_id = "wang";
    reminder.customer_id = reminder.customer_name = (char *)(uintptr_t)customer;
    reminder.priority = priority;
    reminder.expires = expires_ms != 0 ? &expires : NULL;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
}

static void test_what_is_urgent_waits_for_nothing(void **state)
{
    (void)state;
    remind("r1", "C-one", 1, 0);
    turns_run(desk.turns, DESK_START);
    desk_pump(true);
    assert_string_equal(desk_out(), "");
    remind("r2", "C-two", 2, 0);
    remind("r3", "C-three", 0, 0);
    desk_play(DESK_START + 1);
    const char *out = desk_out(); // one message, what is urgent first
    assert_int_equal(desk_occurrences(out, "--- end "), 1);
    assert_non_null(strstr(out, "1. C-three"));
    assert_non_null(strstr(out, "2. C-one"));
    assert_non_null(strstr(out, "3. C-two"));
}

static void test_what_is_too_late_is_not_told(void **state)
{
    (void)state;
    desk.options.default_channel = "";
    remind("r1", "C-soon", 1, DESK_START + HOUR);
    remind("r2", "C-later", 1, DESK_START + 3 * HOUR);
    desk_play(DESK_START + 2 * HOUR);
    desk_assert_states(0, 1, 0, 0);
    desk.options.default_channel = "out";
    desk_rep("wang", "王芳", "zh-CN", "", DESK_START);
    desk_play(DESK_START + 2 * HOUR + MINUTE);
    desk_assert_states(1, 0, 0, 0);
    assert_null(strstr(desk_out(), "C-soon"));
    assert_non_null(strstr(desk_out(), "C-later"));
    remind("r3", "C-gone", 1, DESK_START); // it came too late
    desk_play(DESK_START + 3 * HOUR);
    desk_assert_states(1, 0, 1, 0);
    assert_null(strstr(desk_out(), "C-gone"));
    assert_non_null(strstr(desk_newest("reason"), "too late"));
    desk_cancel("r3"); // which changes nothing any more
    desk_play(DESK_START + 4 * HOUR);
    desk_assert_states(1, 0, 1, 0);
}

static Tend__V1__CallLine line(const char *customer)
{
    Tend__V1__CallLine line = TEND__V1__CALL_LINE__INIT;
    line.customer_id = line.customer_name = (char *)(uintptr_t)customer;
    return line;
}

// Tomorrow's calls before they are reminders, and one customer of today.
static void preview(const char *id, const char *customer, const char *missing, int64_t due_ms)
{
    Tend__V1__CallList list = TEND__V1__CALL_LIST__INIT;
    Tend__V1__CallLine call = line(customer), open = line(missing);
    Tend__V1__CallLine *calls[] = {&call}, *opens[] = {&open};
    Google__Protobuf__Timestamp due = moment(due_ms);
    list.list_id = (char *)(uintptr_t)id;
    list.rep_id = "wang";
    list.local_date = "2026-05-18";
    list.preview = true;
    list.lines = calls;
    list.unrecorded = opens;
    list.n_lines = list.n_unrecorded = 1;
    list.due = &due;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST, 0, &list.base);
}

static void test_a_preview_is_one_thing(void **state)
{
    (void)state;
    preview("p1", "C-tomorrow", "C-today", DESK_START);
    preview("p1", "C-tomorrow", "C-today", DESK_START);
    desk_play(DESK_START + MINUTE);
    const char *out = desk_out();
    assert_int_equal(desk_occurrences(out, "--- end "), 1);
    assert_non_null(strstr(out, "名单上有 1 位还没有记录：C-today"));
    assert_non_null(strstr(out, "【预告】明天要联系 1 位客户：\n"));
    assert_non_null(strstr(out, "1. C-tomorrow"));
    json_t *value = desk_ask("/v1/messages");
    const json_t *message = json_array_get(json_object_get(value, "messages"), 0);
    const json_t *ids = json_object_get(message, "reminderIds");
    assert_int_equal(json_array_size(ids), 1);
    assert_string_equal(json_string_value(json_array_get(ids, 0)), "p1");
    json_decref(value);
    // In the morning the list itself comes: the preview is told no more.
    desk.options.default_channel = "";
    preview("p2", "C-next", "C-today", DESK_START + HOUR);
    desk_play(DESK_START + 12 * HOUR);
    desk.options.default_channel = "out";
    desk_rep("wang", "王芳", "zh-CN", "", DESK_START);
    desk_play(DESK_START + 13 * HOUR);
    desk_assert_states(1, 0, 1, 0);
    assert_null(strstr(desk_out(), "C-next"));
}

static void say_digest(const char *id, const char *customer)
{
    Tend__V1__Digest digest = TEND__V1__DIGEST__INIT;
    Tend__V1__DigestRow all = TEND__V1__DIGEST_ROW__INIT, li = TEND__V1__DIGEST_ROW__INIT;
    Tend__V1__DigestRow *rows[] = {&li, &all};
    Tend__V1__CallLine risk = line(customer);
    Tend__V1__CallLine *risks[] = {&risk};
    all.customers = li.customers = 10;
    li.rep_id = "li";
    li.missing = 3;
    digest.digest_id = (char *)(uintptr_t)id;
    digest.rep_id = "wang";
    digest.local_date = "2026-05-17";
    digest.rows = rows;
    digest.n_rows = 2;
    digest.at_risk = risks;
    digest.n_at_risk = 1;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST, 0, &digest.base);
}

static void test_a_digest_for_the_manager(void **state)
{
    (void)state;
    say_digest("d1", "C-risky");
    say_digest("d1", "C-risky");
    remind("r1", "C-one", 1, 0);
    desk_play(DESK_START + MINUTE);
    const char *out = desk_out();
    assert_int_equal(desk_occurrences(out, "--- end "), 1);
    assert_int_equal(desk_occurrences(out, "【团队日报】"), 1);
    assert_non_null(strstr(out, "- li：3 位来不及"));
    assert_non_null(strstr(out, "- C-risky"));
    assert_non_null(strstr(out, "C-one"));
    desk_play(DESK_START + 91 * DAY);
    assert_int_equal(desk_messages(""), 0);
}

// A greeting to several customers.
static void greet(const char *id, const char *first, const char *second)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    Tend__V1__CallLine lines[] = {line(first), line(second)};
    Tend__V1__CallLine *about[] = {&lines[0], &lines[1]};
    reminder.reminder_id = (char *)(uintptr_t)id;
    reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_GREETING;
    reminder.rep_id = "wang";
    reminder.priority = 2;
    reminder.about = about;
    reminder.n_about = second != NULL ? 2 : 1;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
}

static void test_erased_customers_vanish_from_among_others(void **state)
{
    (void)state;
    desk.options.default_channel = "";
    greet("g1", "Secretive Ltd", "Other Ltd");
    greet("g2", "Secretive Ltd", NULL);
    preview("p1", "Secretive Ltd", "Secretive Ltd", DESK_START);
    say_digest("d1", "Secretive Ltd");
    desk_play(DESK_START + MINUTE);
    desk_erase("Secretive Ltd");
    desk_play(DESK_START + 2 * MINUTE);
    desk.options.default_channel = "out";
    desk_rep("wang", "王芳", "zh-CN", "", DESK_START);
    desk_play(DESK_START + HOUR);
    desk_assert_states(1, 0, 0, 0);
    assert_null(strstr(desk_out(), "Secretive"));
    assert_non_null(strstr(desk_out(), "有 1 件事")); // the greeting to nobody else was cancelled
    assert_non_null(strstr(desk_out(), "- Other Ltd"));
    assert_non_null(strstr(desk_out(), "【团队日报】"));
    assert_null(strstr(desk_out(), "【预告】"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_one_message_per_rep_and_moment),
        TEST(test_the_same_reminder_twice_is_one),
        TEST(test_historical_alerts_nobody),
        TEST(test_bad_records_are_passed_over),
        TEST(test_cancelled_before_it_left),
        TEST(test_a_crash_before_the_commit_changes_nothing),
        TEST(test_no_channel_holds_with_a_reason),
        TEST(test_the_configuration_goes_before_the_events),
        TEST(test_backlog_is_folded_into_one_message),
        TEST(test_erased_customers_vanish),
        TEST(test_erased_customers_vanish_from_what_chats_said),
        TEST(test_old_messages_are_forgotten),
        TEST(test_queries),
        TEST(test_the_journal_tells_each_change),
        TEST(test_what_is_urgent_waits_for_nothing),
        TEST(test_what_is_too_late_is_not_told),
        TEST(test_a_preview_is_one_thing),
        TEST(test_a_digest_for_the_manager),
        TEST(test_erased_customers_vanish_from_among_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
