// Somebody is woken: what alarms tell, when, by which way, and that nothing is told twice; what the log says; and that
// what must be known now goes round a channel that is shut.
#include "harness/desk.h"
#include "services/notifier/alarm.h"
#include "services/notifier/remarks.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#define WECOM_OK "{\"errcode\":0,\"errmsg\":\"ok\"}"
#define WECOM_SHUT "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}"
#define WECOM_REFUSES "{\"errcode\":40058,\"errmsg\":\"bad words: Acme\"}"

static const char *const at_out[] = {"out=wang-at-home"};

static char *borrow(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void start_again(void)
{
    notifier_close(&desk.notifier);
    desk_reopen();
    turns_restart(desk.turns);
}

// Messages go by the chat, alarms by the file.
static void wake_by(const char *channel, const char *rep)
{
    desk.options.default_channel = "wecom";
    desk.options.alarm = (struct alarm_options){channel, rep};
    start_again();
}

static void remind(const char *id, const char *rep, const char *customer, unsigned priority)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = borrow(id);
    reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_OVERDUE;
    reminder.rep_id = borrow(rep);
    reminder.customer_id = reminder.customer_name = borrow(customer);
    reminder.local_date = borrow("2026-05-17");
    reminder.priority = priority;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
}

// How many messages of a state are for that rep.
static size_t messages(const char *rep, const char *state)
{
    char target[160];
    snprintf(target, sizeof target, "/v1/messages?limit=500&rep=%s%s%s", rep, state[0] != '\0' ? "&state=" : "", state);
    json_t *value = desk_ask(target);
    size_t count = json_array_size(json_object_get(value, "messages"));
    json_decref(value);
    return count;
}

#define ALARM "【Tend 告警】"
static unsigned alarms(void)
{
    return desk_occurrences(desk_out(), ALARM);
}

static void assert_says(const char *words)
{
    if (strstr(desk_out(), words) == NULL)
        fail_msg("\"%s\" is not in\n%s", words, desk_out());
}

// --- a channel

static void test_a_channel_that_shuts_and_opens(void **state)
{
    (void)state;
    wake_by("out", "");
    desk_chat_says(CHAT_ANSWER, 200, WECOM_SHUT);
    remind("r1", "wang", "Acme", 1);
    remind("r2", "li", "Bolt", 0);
    desk_play(DESK_START + MINUTE);
    assert_int_equal(alarms(), 1);
    assert_says("渠道 wecom 从今天 00:50起发不出消息，2 条在等，其中紧急 1 条");
    assert_says("聊天工具不接受我们");
    assert_says("93000: invalid webhook url");
    assert_says("tend channel mend wecom");
    assert_null(strstr(desk_out(), "Acme"));
    desk_play(DESK_START + 3 * HOUR); // each hour's probe fails
    start_again();
    desk_play(DESK_START + 5 * HOUR);
    assert_int_equal(alarms(), 1);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_play(DESK_START + 7 * HOUR);
    assert_int_equal(alarms(), 1); // nobody need do anything
    assert_says("【Tend 通知】");
    assert_says("渠道 wecom 恢复了");
    start_again();
    desk_play(DESK_START + 9 * HOUR);
    assert_int_equal(desk_occurrences(desk_out(), "渠道 wecom"), 2);
    assert_int_equal(messages("wang", "sent"), 1);
}

static void test_what_is_over_before_it_is_told(void **state)
{
    (void)state;
    wake_by("out", "");
    desk.options.group_wait_ms = 10 * SECOND;
    desk_chat_says(CHAT_ANSWER, 200, WECOM_SHUT);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    remind("r1", "li", "Bolt", 0);
    desk_play(DESK_START + 2 * SECOND);
    assert_int_equal(desk_post("/v1/channels/wecom/probe"), 200);
    desk_play(DESK_START + HOUR);
    assert_int_equal(alarms(), 0);
    assert_int_equal(messages("li", "sent"), 1);
}

// --- urgent messages

static void test_an_urgent_message_that_is_refused(void **state)
{
    (void)state;
    wake_by("out", "");
    desk_rep("wang", "王芳", "zh-CN", "", DESK_START - DAY);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_REFUSES);
    remind("r1", "wang", "Acme", 0);
    remind("r2", "li", "Bolt", 1); // may wait: nobody is woken
    desk_play(DESK_START + 30 * MINUTE);
    assert_int_equal(messages("wang", "dead") + messages("li", "dead"), 2);
    assert_int_equal(alarms(), 1);
    assert_says("Acme：给王芳的紧急消息 #");
    assert_says("没有送达");
    assert_says("tend retry ");
    assert_null(strstr(desk_out(), "Bolt"));
    // Whom it named can be erased.
    desk_erase("Acme");
    desk_play(DESK_START + 31 * MINUTE);
    json_t *value = desk_ask("/v1/messages?limit=1&rep=(alarm)");
    const json_t *message = json_array_get(json_object_get(value, "messages"), 0);
    char target[64];
    snprintf(target, sizeof target, "/v1/messages/%s", json_string_value(json_object_get(message, "messageId")));
    json_decref(value);
    value = desk_ask(target);
    assert_string_equal(json_string_value(json_object_get(value, "text")), "(erased)");
    json_decref(value);
}

static void test_an_urgent_message_that_nobody_knows_of(void **state)
{
    (void)state;
    desk.options.language = "en";
    wake_by("out", "");
    desk_chat_says(CHAT_RESET, 0, "");
    remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + 2 * SECOND);
    assert_string_equal(desk_out(), ""); // it is repeated first
    desk_play(DESK_START + HOUR);
    assert_int_equal(desk_occurrences(desk_out(), "nobody knows whether"), 1);
    assert_says("Acme: nobody knows whether the urgent message #");
    assert_says("to wang arrived");
}

// Sent after all, by hand, before it could be told: there is nothing to tell.
static void test_what_came_to_something_after_all(void **state)
{
    (void)state;
    wake_by("out", "");
    desk.options.group_wait_ms = 30 * SECOND;
    desk_chat_says(CHAT_ANSWER, 200, WECOM_REFUSES);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + SECOND);
    char path[100];
    snprintf(path, sizeof path, "/v1/messages/%s/retry", desk_newest("visibleId"));
    assert_int_equal(desk_post(path), 200);
    desk_play(DESK_START + HOUR);
    assert_int_equal(alarms(), 0);
    assert_int_equal(messages("wang", "sent"), 1);
}

static void test_many_are_one_alarm(void **state)
{
    (void)state;
    desk.channels[1].rate = "6000/1m";
    wake_by("out", "");
    desk_chat_says(CHAT_ANSWER, 200, WECOM_REFUSES);
    for (unsigned i = 0; i < 60; i++) {
        char id[16];
        snprintf(id, sizeof id, "r%u", i);
        remind(id, id, "Acme", 0);
        if (i == 29)
            desk_play(DESK_START + MINUTE);
    }
    desk_play(DESK_START + 2 * MINUTE);
    assert_int_equal(alarms(), 1);
    assert_says("另有 27 条紧急消息没有送达");
    desk_play(DESK_START + HOUR);
    assert_int_equal(alarms(), 2);
    assert_int_equal(desk_occurrences(desk_out(), "另有 27 条紧急消息没有送达"), 2);
    assert_int_equal(desk_messages("dead"), 60);
    desk_play(DESK_START + 3 * HOUR);
    assert_int_equal(alarms(), 2);
}

// --- its own way

static void test_no_alarm_about_its_own_channel(void **state)
{
    (void)state;
    wake_by("wecom", "");
    desk_chat_says(CHAT_ANSWER, 200, WECOM_SHUT);
    remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + 2 * HOUR);
    assert_int_equal(messages("(alarm)", ""), 0);
    size_t asked = chat_count(desk.chat);
    assert_in_range(asked, 1, 4); // the probes alone
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_play(DESK_START + 4 * HOUR);
    assert_int_equal(messages("(alarm)", ""), 0);
    assert_int_equal(messages("wang", "sent"), 1);
}

static void test_its_rep_has_another_address(void **state)
{
    (void)state;
    desk.people[0].addresses = at_out;
    desk.people[0].address_count = 1;
    wake_by("wecom", "wang");
    desk_chat_says(CHAT_ANSWER, 200, WECOM_SHUT);
    remind("r1", "li", "Acme", 0);
    desk_play(DESK_START + MINUTE);
    assert_int_equal(alarms(), 1);
    assert_says("渠道 wecom ");
    assert_int_equal(messages("wang", "sent"), 1);
    assert_int_equal(messages("li", "held"), 1);
    // One that dies is no reason for another one, and what waits for its channel leaves by the other address.
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_play(DESK_START + 2 * HOUR);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_REFUSES);
    remind("r2", "li", "Bolt", 0);
    desk_play(DESK_START + 5 * HOUR);
    assert_int_equal(messages("li", "dead"), 1);
    assert_int_equal(messages("wang", "dead"), 1);
    assert_int_equal(messages("wang", ""), 3); // shut, open, and the one that died
}

static void test_it_passes_the_night_and_the_rate(void **state)
{
    (void)state;
    desk.options.quiet_from = 8 * 60;
    desk.options.quiet_to = 7 * 60;
    desk.options.rep_rate = "1/24h";
    desk.people[0].address = "13800000000";
    wake_by("out", "wang");
    desk_chat_says(CHAT_ANSWER, 200, WECOM_SHUT);
    static const struct route_options routes[] = {{.name = "now",
                                                   .urgency = ROUTE_ANY,
                                                   .quiet = ROUTE_SEND,
                                                   .rep = "",
                                                   .group_wait_ms = 0,
                                                   .digest_at = CONFIG_UNSET_32,
                                                   .expires_ms = CONFIG_UNSET}};
    desk.options.routes = routes;
    desk.options.route_count = 1;
    start_again();
    desk_rep("wang", "王芳", "zh-CN", "", DESK_START - DAY);
    remind("r1", "li", "Acme", 0);
    desk_play(DESK_START + 30 * MINUTE);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_play(DESK_START + 2 * HOUR);
    assert_int_equal(messages("wang", "sent"), 2);
    desk.options.routes = NULL;
    desk.options.route_count = 0;
}

// What it told counts for nobody's pace: the rep's own messages leave as if it had not been.
static void test_it_takes_nobodys_place(void **state)
{
    (void)state;
    desk.options.rep_rate = "1/1h";
    wake_by("out", "wang");
    desk.people[0].channel = "out";
    start_again();
    desk_chat_says(CHAT_ANSWER, 200, WECOM_SHUT);
    remind("r1", "li", "Acme", 0);
    desk_play(DESK_START + MINUTE);
    assert_int_equal(alarms(), 1);
    remind("r2", "wang", "Bolt", 1);
    desk_play(DESK_START + 2 * MINUTE);
    assert_int_equal(messages("wang", "sent"), 2);
}

// --- a hold

static void put_back(const char *path)
{
    FILE *file = fopen(path, "w");
    fputs("100000\n", file);
    fclose(file);
    desk.options.watermark = path;
    start_again();
}

static void test_a_store_that_was_put_back_says_so(void **state)
{
    (void)state;
    char path[] = "/tmp/tend-alarm-XXXXXX";
    close(mkstemp(path));
    wake_by("out", "");
    // An alarm that waits in the store, since the file cannot be written.
    desk.channels[0].file = "/proc/nowhere/out.txt";
    start_again();
    desk_chat_says(CHAT_ANSWER, 200, WECOM_REFUSES);
    remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + MINUTE);
    assert_int_equal(messages("(alarm)", ""), 1);
    assert_int_equal(messages("(alarm)", "held"), 1);
    char out[200];
    snprintf(out, sizeof out, "%s.out", path);
    desk.channels[0].file = out;
    put_back(path);
    remind("r2", "wang", "Bolt", 0);
    desk_play(DESK_START + HOUR);
    FILE *file = fopen(out, "r");
    static char text[8000];
    size_t length = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
    text[length] = '\0';
    assert_int_equal(desk_occurrences(text, ALARM), 1); // the new one alone
    assert_non_null(strstr(text, "全部消息已停发"));
    assert_non_null(strstr(text, "backup"));
    assert_non_null(strstr(text, "tend release"));
    assert_null(strstr(text, "Acme"));
    assert_int_equal(messages("wang", "held"), 1);
    start_again();
    desk_play(DESK_START + 3 * HOUR);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    assert_int_equal(desk_occurrences(text, ALARM), 1);
    fclose(file);
    desk.options.watermark = NULL;
    start_again();
    unlink(path);
    unlink(out);
}

// By hand it is known to who did it, and what else is wrong is told through it.
static void test_held_by_hand(void **state)
{
    (void)state;
    wake_by("out", "");
    assert_int_equal(desk_post("/v1/hold"), 200);
    desk_play(DESK_START + MINUTE);
    assert_int_equal(alarms(), 0);
    assert_int_equal(desk_post("/v1/release"), 200);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_REFUSES);
    remind("r1", "wang", "Acme", 0);
    desk_play(turns_now_ms(desk.turns) + SECOND);
    assert_int_equal(desk_post("/v1/hold"), 200);
    desk_play(DESK_START + 2 * MINUTE);
    assert_int_equal(alarms(), 1);
}

// --- round a channel that is shut

static void test_urgent_ones_go_round(void **state)
{
    (void)state;
    desk.people[0].channel = "wecom";
    desk.people[0].addresses = at_out;
    desk.people[0].address_count = 1;
    start_again();
    desk_chat_says(CHAT_ANSWER, 200, WECOM_SHUT);
    remind("r1", "wang", "Acme", 1); // finds the channel shut, and waits
    desk_play(DESK_START + MINUTE);
    remind("r2", "wang", "Bolt", 0);
    desk_play(DESK_START + 2 * MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1);
    assert_says("Bolt");
    assert_string_equal(desk_newest("channel"), "out");
    assert_string_equal(desk_newest("state"), "DELIVERY_STATE_SENT");
    assert_int_equal(messages("wang", "held"), 1);
    assert_int_equal(chat_count(desk.chat), 1);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_play(DESK_START + 2 * HOUR);
    assert_int_equal(messages("wang", "sent"), 2);
    assert_int_equal(chat_count(desk.chat), 2); // each once
}

// The one that found out that the channel is shut goes round as well: the chat said that it did not take it.
static void test_the_one_that_found_out(void **state)
{
    (void)state;
    desk.people[0].channel = "wecom";
    desk.people[0].addresses = at_out;
    desk.people[0].address_count = 1;
    start_again();
    desk_chat_says(CHAT_ANSWER, 200, WECOM_SHUT);
    remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + MINUTE);
    assert_int_equal(messages("wang", "sent"), 1);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1);
}

static void test_never_round_when_it_may_have_been_told(void **state)
{
    (void)state;
    desk.people[0].channel = "wecom";
    desk.people[0].addresses = at_out;
    desk.people[0].address_count = 1;
    start_again();
    desk_chat_says(CHAT_RESET, 0, "");
    desk_chat_says(CHAT_ANSWER, 200, WECOM_SHUT);
    remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + 30 * MINUTE);
    assert_string_equal(desk_out(), "");
    assert_int_equal(messages("wang", "held"), 1);
}

static void test_busy_is_not_shut(void **state)
{
    (void)state;
    desk.people[0].channel = "wecom";
    desk.people[0].addresses = at_out;
    desk.people[0].address_count = 1;
    start_again();
    chat_say(desk.chat, &(struct chat_line){.status = 429, .body = "", .header = "Retry-After", .value = "50"});
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + MINUTE);
    remind("r2", "wang", "Bolt", 0);
    desk_play(DESK_START + HOUR);
    assert_string_equal(desk_out(), "");
    assert_int_equal(messages("wang", "sent"), 2);
}

static void test_busy_for_long_is_not_waited_for(void **state)
{
    (void)state;
    desk.people[0].channel = "wecom";
    desk.people[0].addresses = at_out;
    desk.people[0].address_count = 1;
    start_again();
    chat_say(desk.chat, &(struct chat_line){.status = 429, .body = "", .header = "Retry-After", .value = "300"});
    remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1);
}

// --- the configuration

static void test_options(void **state)
{
    (void)state;
    struct channel_options channels[] = {desk.channels[0], desk.channels[1]};
    channels[1].name = "tg";
    channels[1].type = CHANNEL_TYPE_TELEGRAM;
    static const struct {
        const char *channel, *rep, *key, *wrong;
    } rows[] = {
        {"", "", "alarm.channel", NULL},
        {NULL, NULL, "alarm.channel", NULL},
        {"out", "", "alarm.rep", NULL},
        {"out", "wang", "alarm.rep", NULL},
        {"tg", "wang", "alarm.rep", NULL},
        {"", "wang", "alarm.channel", "is needed: a rep alone does not say which way"},
        {"nowhere", "", "alarm.channel", "names no channel of notifier.channels"},
        {"out", "nobody", "alarm.rep", "names nobody of notifier.people, where the addresses for alarms are"},
        {"tg", "", "alarm.rep", "is needed: this channel writes to each rep alone"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct notifier_options options = desk.options;
        const char *key;
        options.channels = channels;
        options.alarm = (struct alarm_options){rows[i].channel, rows[i].rep};
        const char *wrong = alarm_options_wrong(&options, &key);
        assert_true((wrong == NULL) == (rows[i].wrong == NULL));
        if (wrong == NULL)
            continue;
        assert_string_equal(wrong, rows[i].wrong);
        assert_string_equal(key, rows[i].key);
    }
}

// --- the log

static int64_t noon(void *clock)
{
    (void)clock;
    return DESK_START;
}

static unsigned lines_of(FILE *file, const char *words)
{
    static char text[60000];
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    return desk_occurrences(text, words);
}

static void test_remarks(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    struct log_options options = {.service = "notifier", .fd = fileno(file), .form = LOG_LOGFMT, .now_ms = noon};
    struct log *log = log_open(&options);
    struct remarks *remarks = remarks_open();
    struct remark dead = {.kind = REMARK_DEAD, .id = "a1b2c3", .channel = "wecom", .rep = "wang", .reason = "HTTP 500"};
    remarks_add(remarks, &dead, 1000);
    remarks_forget(remarks); // the turn did not happen
    remarks_tell(remarks, log);
    assert_int_equal(lines_of(file, "\n"), 0);
    char id[16];
    for (int i = 0; i < 10000; i++) { // in 100 turns
        snprintf(id, sizeof id, "m%d", i);
        dead.id = id;
        remarks_add(remarks, &dead, 1000 + i);
        if (i % 100 == 99)
            remarks_tell(remarks, log);
    }
    assert_in_range(lines_of(file, "\n"), REMARKS_MOST - 1, REMARKS_MOST);
    assert_int_equal(remarks_due(remarks), 1000 + REMARKS_EVERY_MS);
    remarks_tick(remarks, 1000 + REMARKS_EVERY_MS);
    remarks_tell(remarks, log);
    assert_int_equal(lines_of(file, "more messages are dead"), 1);
    assert_int_equal(remarks_due(remarks), INT64_MAX);
    struct remark shut = {.kind = REMARK_SHUT, .id = "", .channel = "wecom", .rep = "", .reason = "HTTP 401"};
    remarks_add(remarks, &shut, 200000);
    remarks_tell(remarks, log);
    assert_int_equal(lines_of(file, "a channel is shut"), 1);
    assert_int_equal(lines_of(file, "level=warn"), lines_of(file, "\n"));
    remarks_close(&remarks);
    log_close(&log);
    fclose(file);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_channel_that_shuts_and_opens),
        TEST(test_what_is_over_before_it_is_told),
        TEST(test_an_urgent_message_that_is_refused),
        TEST(test_an_urgent_message_that_nobody_knows_of),
        TEST(test_what_came_to_something_after_all),
        TEST(test_many_are_one_alarm),
        TEST(test_no_alarm_about_its_own_channel),
        TEST(test_its_rep_has_another_address),
        TEST(test_it_passes_the_night_and_the_rate),
        TEST(test_it_takes_nobodys_place),
        TEST(test_a_store_that_was_put_back_says_so),
        TEST(test_held_by_hand),
        TEST(test_urgent_ones_go_round),
        TEST(test_the_one_that_found_out),
        TEST(test_never_round_when_it_may_have_been_told),
        TEST(test_busy_is_not_shut),
        TEST(test_busy_for_long_is_not_waited_for),
        TEST(test_options),
        cmocka_unit_test(test_remarks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
