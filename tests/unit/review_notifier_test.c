// What a review of the notifier's certainty found: loops without end between channels that fail, lines that nobody
// looks at again, changes that get lost or are repeated for ever, and what was called something that it is not.
#include "harness/desk.h"
#include "services/notifier/channel.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

enum {
    PATH_BYTES = 64,
    MANY = 250,
};

static char url_path[PATH_BYTES], token_path[PATH_BYTES];
static const char *const of_wecom[] = {"wecom"};
static const char *const of_wecom_out[] = {"wecom", "out"};
static const char *const of_east[] = {"east"};
static const char *const elsewhere[] = {"out=U99999999"};

static char *borrow(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void put(char *path, const char *text)
{
    snprintf(path, PATH_BYTES, "/tmp/tend-review-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
}

static void begin_anew(void)
{
    struct notifier *old = desk.notifier;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
}

// Makes a channel one of a type that has a token or, for an app, a secret.
static void become(size_t channel, int type)
{
    char url[PATH_BYTES];
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", chat_port(desk.chat),
             type == CHANNEL_TYPE_SLACK ? "/api/chat.postMessage" : "");
    if (url_path[0] == '\0') {
        put(url_path, url);
        put(token_path, "xoxb-1");
    }
    struct channel_options *options = &desk.channels[channel];
    bool app = type == CHANNEL_TYPE_WECOM_APP;
    options->type = type;
    options->file = "";
    options->url_file = url_path;
    options->token_file = app ? "" : token_path;
    options->secret_file = app ? token_path : "";
    options->app = app ? "ww1234" : "";
    options->agent = app ? "1000002" : "";
    options->allow_loopback = true;
}

static int take_down(void **state)
{
    if (url_path[0] != '\0') {
        unlink(url_path);
        unlink(token_path);
    }
    url_path[0] = '\0';
    return desk_tear_down(state);
}

static struct route_options *one_route(const char *const *channels, size_t count)
{
    static struct route_options route;
    route = (struct route_options){.name = "all",
                                   .urgency = ROUTE_ANY,
                                   .rep = "",
                                   .channels = channels,
                                   .channel_count = count,
                                   .group_wait_ms = CONFIG_UNSET,
                                   .digest_at = CONFIG_UNSET_32,
                                   .expires_ms = CONFIG_UNSET};
    desk.options.routes = &route;
    desk.options.route_count = 1;
    return &route;
}

static void remind_as(const char *id, const char *rep, const char *region, unsigned priority)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = borrow(id);
    reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_OVERDUE;
    reminder.rep_id = borrow(rep);
    reminder.customer_id = reminder.customer_name = borrow(id);
    reminder.region = borrow(region);
    reminder.local_date = borrow("2026-05-17");
    reminder.priority = priority;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
}

static void remind_many(unsigned from, unsigned to, const char *region)
{
    for (unsigned i = from; i < to; i++) {
        char id[16], rep[16];
        snprintf(id, sizeof id, "r%u", i);
        snprintf(rep, sizeof rep, "rep%u", i);
        remind_as(id, rep, region, 1);
    }
}

static void away(const char *rep, const char *from, const char *to)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepAbsent body = TEND__V1__REP_ABSENT__INIT;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = turns_now_ms(desk.turns) / SECOND;
    body.from = borrow(from);
    body.to = borrow(to);
    event.id = event.source = borrow("away");
    event.rep_id = borrow(rep);
    event.time = &time;
    event.body_case = TEND__V1__EVENT__BODY_REP_ABSENT;
    event.rep_absent = &body;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event.base);
}

static void assert_nothing_stuck(void)
{
    json_t *audit = desk_ask("/v1/audit");
    const char *stuck = json_string_value(json_object_get(audit, "stuck"));
    assert_int_equal(stuck != NULL ? atoi(stuck) : 0, 0);
    json_decref(audit);
}

static size_t count_path(const char *path)
{
    size_t found = 0;
    for (size_t i = 0; i < chat_count(desk.chat); i++)
        found += strstr(chat_request(desk.chat, i).path, path) != NULL;
    return found;
}

#define SLACK_OK "{\"ok\":true,\"channel\":\"D12345678\",\"ts\":\"1.1\"}"
#define WECOM_OK "{\"errcode\":0,\"errmsg\":\"ok\"}"
#define WECOM_SHUT "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}"

// --- between channels

// Its route knows no other channel: it waits there, and is looked at once an hour.
static void test_a_chat_that_is_gone_and_no_other(void **state)
{
    (void)state;
    one_route(of_wecom, 1);
    desk_remind("r1", "wang", "Acme", 0);
    desk_chat_says(CHAT_ANSWER, 410, "gone");
    desk_play(DESK_START + 10 * MINUTE);
    assert_int_equal(chat_count(desk.chat), 1);
    desk_assert_states(0, 1, 0, 0);
    assert_nothing_stuck();
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_play(DESK_START + 2 * HOUR);
    assert_int_equal(chat_count(desk.chat), 2);
    desk_assert_states(1, 0, 0, 0);
}

// A rep who left: neither chat knows them any more.
static void test_a_rep_whom_no_chat_knows(void **state)
{
    (void)state;
    become(0, CHANNEL_TYPE_SLACK);
    become(1, CHANNEL_TYPE_SLACK);
    desk.people[0].channel = "wecom";
    desk.people[0].address = "U12345678";
    desk.people[0].addresses = elsewhere;
    desk.people[0].address_count = 1;
    begin_anew();
    desk_remind("r1", "wang", "Acme", 0);
    desk_chat_says(CHAT_ANSWER, 200, "{\"ok\":false,\"error\":\"channel_not_found\"}");
    desk_play(DESK_START + 30 * MINUTE);
    assert_int_equal(chat_count(desk.chat), 2);
    desk_assert_states(0, 1, 0, 0);
    assert_nothing_stuck();
}

// The first channel of a route was mended: it is used again, without anybody's hand.
static void test_a_shut_channel_is_tried_again(void **state)
{
    (void)state;
    one_route(of_wecom_out, 2);
    desk_remind("r1", "wang", "Acme", 0);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_SHUT);
    desk_play(DESK_START + MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_SHUT);
    desk_play(DESK_START + 2 * HOUR);
    desk_remind("r2", "wang", "Bolt", 0);
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 2); // it was asked, and is shut still
    assert_int_equal(chat_count(desk.chat), 2);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_play(DESK_START + 4 * HOUR);
    desk_remind("r3", "wang", "Coil", 0);
    desk_remind("r4", "li", "Dyer", 0);
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 2);
    assert_int_equal(chat_count(desk.chat), 4);
    desk_assert_states(4, 0, 0, 0);
}

// A file that could not be read at the start is read again when there is something to say.
static void test_a_channel_whose_file_came_late(void **state)
{
    (void)state;
    char url[PATH_BYTES];
    one_route(of_wecom_out, 2);
    desk.channels[1].url_file = "/tmp/tend-review-no-such-file";
    begin_anew();
    desk_remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", chat_port(desk.chat));
    put(url_path, url);
    desk.channels[1].url_file = url_path;
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    desk_play(DESK_START + 2 * HOUR);
    desk_remind("r2", "wang", "Bolt", 0);
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    assert_int_equal(chat_count(desk.chat), 1);
    desk_assert_states(2, 0, 0, 0);
}

// --- lines

static void test_many_without_a_channel(void **state)
{
    (void)state;
    desk.options.default_channel = "";
    remind_many(0, MANY, "");
    desk_play(DESK_START + MINUTE);
    assert_nothing_stuck();
    desk_rep("li", "Li", "en", "", DESK_START); // somebody looks at those without a channel
    desk_play(DESK_START + 30 * MINUTE);
    desk_assert_states(0, MANY, 0, 0);
    desk.options.default_channel = "out";
    desk_play(DESK_START + 3 * HOUR);
    desk_assert_states(MANY, 0, 0, 0);
}

// More of a line than one look goes through is too late: those behind do not wait for an accident.
static void test_a_line_goes_on_behind_those_that_left_it(void **state)
{
    (void)state;
    struct route_options *route = one_route(NULL, 0);
    route->regions = of_east;
    route->region_count = 1;
    route->expires_ms = 600 * SECOND;
    assert_int_equal(desk_post("/v1/hold"), 200);
    remind_many(0, MANY, "east");
    desk_play(DESK_START + MINUTE);
    remind_many(MANY, MANY + 20, "west");
    desk_play(DESK_START + 20 * MINUTE);
    assert_int_equal(desk_post("/v1/release"), 200);
    desk_play(DESK_START + 22 * MINUTE);
    assert_int_equal(desk_messages("sent"), 20);
    assert_nothing_stuck();
}

// --- too old

static void test_by_hand_nothing_is_too_old(void **state)
{
    (void)state;
    char path[80];
    desk.options.default_channel = "";
    desk.options.too_old_ms = 2 * DAY;
    desk_remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + 3 * DAY);
    desk_assert_states(0, 0, 1, 0);
    desk.options.default_channel = "out";
    snprintf(path, sizeof path, "/v1/messages/%s/retry", desk_newest("messageId"));
    assert_int_equal(desk_post(path), 200);
    desk_play(DESK_START + 3 * DAY + MINUTE);
    desk_assert_states(1, 0, 0, 0);
}

static void test_days_off_make_nothing_too_old(void **state)
{
    (void)state;
    desk.options.too_old_ms = 7 * DAY;
    away("wang", "2026-05-17", "2026-05-30");
    desk_remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + 12 * DAY);
    desk_assert_states(0, 1, 0, 0);
    desk_play(DESK_START + 15 * DAY);
    desk_assert_states(1, 0, 0, 0);
}

// Who stands in is named when the owner is away already: what waits goes there at once.
static void test_a_deputy_who_is_named_later(void **state)
{
    (void)state;
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    away("wang", "2026-05-17", "2026-05-30");
    desk_remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + DAY);
    desk_assert_states(0, 1, 0, 0);
    time.seconds = turns_now_ms(desk.turns) / SECOND;
    body.name = borrow("Wang");
    body.deputy_rep_id = borrow("li");
    event.id = event.source = borrow("deputy");
    event.rep_id = borrow("wang");
    event.time = &time;
    event.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event.rep_upserted = &body;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event.base);
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    desk_assert_states(1, 0, 0, 0);
    assert_string_equal(desk_newest("reader"), "li");
}

// A chat that took nothing once, and was shut for days: that message is too old like all others.
static void test_an_attempt_that_failed_does_not_keep_young(void **state)
{
    (void)state;
    desk.options.too_old_ms = 2 * DAY;
    one_route(of_wecom, 1);
    desk_remind("r1", "wang", "Acme", 0);
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":-1,\"errmsg\":\"system busy\"}");
    desk_chat_says(CHAT_ANSWER, 200, WECOM_SHUT);
    desk_play(DESK_START + 3 * DAY);
    desk_assert_states(0, 0, 1, 0);
    assert_non_null(strstr(desk_newest("reason"), "too old"));
}

// What must be known now does not wait for the rep's pace, and does not keep the rest away for long.
static void test_many_urgent_ones_do_not_hold_the_rest(void **state)
{
    (void)state;
    desk.options.rep_rate = "4/1h"; // two at once, and then one every half hour
    begin_anew();
    for (int i = 0; i < 20; i++) {
        char id[16];
        snprintf(id, sizeof id, "urgent%d", i);
        remind_as(id, "wang", "", 0);
        desk_play(turns_now_ms(desk.turns) + 61 * SECOND); // apart: more of a kind in a minute are one message
    }
    desk_remind("r1", "wang", "Acme", 0);
    desk_play(turns_now_ms(desk.turns) + 20 * MINUTE);
    desk_assert_states(20, 1, 0, 0);
    desk_play(turns_now_ms(desk.turns) + 11 * MINUTE);
    desk_assert_states(21, 0, 0, 0);
}

// --- what the chat said

static void test_a_refusal_does_not_end_a_pause(void **state)
{
    (void)state;
    one_route(of_wecom, 1);
    desk_remind("r1", "wang", "Acme", 0);
    desk_remind("r2", "li", "Bolt", 0);
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}");
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":40008,\"errmsg\":\"invalid message type\"}");
    desk_play(DESK_START + 30 * SECOND);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    assert_int_equal(chat_count(desk.chat), 2);
    desk_play(DESK_START + 3 * MINUTE);
    desk_assert_states(1, 0, 1, 0);
}

// What may have been delivered is never "cancelled before it left".
static void test_what_may_have_been_told_stays_unknown(void **state)
{
    (void)state;
    one_route(of_wecom, 1);
    desk_remind("r1", "wang", "Acme", 0);
    desk_chat_says(CHAT_RESET, 0, "");
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":-1,\"errmsg\":\"system busy\"}");
    for (int i = 0; i < 300 && chat_count(desk.chat) < 2; i++)
        desk_play(turns_now_ms(desk.turns) + 100);
    assert_int_equal(chat_count(desk.chat), 2);
    desk_cancel("r1");
    desk_play(turns_now_ms(desk.turns) + HOUR);
    assert_int_equal(chat_count(desk.chat), 2);
    desk_assert_states(0, 0, 0, 1);
}

// A grant that lasts for less than we would like is used all the same.
static void test_a_short_grant_is_used(void **state)
{
    (void)state;
    become(1, CHANNEL_TYPE_WECOM_APP);
    desk.options.default_channel = "wecom";
    desk.people[0].address = "wangfang";
    begin_anew();
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"T1\",\"expires_in\":60}");
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":\"1\"}");
    desk_remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + 10 * SECOND);
    for (int64_t end_ms = desk_boot_ms() + 3 * SECOND; desk_messages("sent") == 0 && desk_boot_ms() < end_ms;) {
        desk_pump(false);
        desk_play(turns_now_ms(desk.turns) + 1);
    }
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    desk_assert_states(1, 0, 0, 0);
    assert_int_equal(count_path("gettoken"), 1);
}

// Of posts that left together with a grant that ended, only the first is a reason to ask for another one.
static void test_a_grant_is_refused_for_its_own_posts(void **state)
{
    (void)state;
    struct channel channel;
    struct grant grant = {.token = "T1", .lasts_ms = 7200 * SECOND};
    channel_open(&desk.channels[0], &channel);
    channel_grant(&channel, &grant, DESK_START);
    int64_t later_ms = DESK_START + HOUR;
    assert_true(channel_stale(&channel, later_ms, later_ms + 100));
    assert_string_equal(channel.granted, "");
    assert_true(channel_stale(&channel, later_ms, later_ms + 150));
    channel_grant(&channel, &grant, later_ms + 200);
    assert_true(channel_stale(&channel, later_ms, later_ms + 300)); // left before it was granted
    assert_string_equal(channel.granted, "T1");
    assert_false(channel_stale(&channel, later_ms + 250, later_ms + 400)); // never good
    channel_close(&channel);
}

// --- what the journal and the store can take

static void test_more_calls_than_one_record_names(void **state)
{
    (void)state;
    away("wang", "2026-05-17", "2026-05-18");
    for (int i = 0; i < 40; i++) {
        char id[16];
        snprintf(id, sizeof id, "list-%04d", i);
        desk_list(id, "wang", 200);
        desk_play(turns_now_ms(desk.turns) + 1);
    }
    desk_assert_states(0, 1, 0, 0);
    desk_play(DESK_START + 3 * DAY);
    desk_assert_states(1, 0, 0, 0);
}

// The store was put back, and the turn that saw it could not be committed.
static void test_an_alarm_that_was_not_committed(void **state)
{
    (void)state;
    char path[PATH_BYTES];
    put(path, "100000\n");
    desk.options.watermark = path;
    begin_anew();
    desk_remind("r1", "wang", "Acme", 0);
    turns_crash(desk.turns);
    desk_play(DESK_START + HOUR);
    desk_assert_states(0, 1, 0, 0);
    assert_non_null(strstr(desk_newest("reason"), "backup"));
    desk.options.watermark = NULL;
    begin_anew();
    unlink(path);
}

// --- changes of messages

static void on_slack(void)
{
    become(1, CHANNEL_TYPE_SLACK);
    desk.channels[1].to = "C12345678";
    desk.channels[1].rate = "1000/1s";
    desk.options.default_channel = "wecom";
    begin_anew();
    desk_chat_says(CHAT_ANSWER, 200, SLACK_OK);
}

// Lets the clock run; what leaves stays where it is.
static void run(int64_t ms)
{
    turns_run(desk.turns, turns_now_ms(desk.turns) + ms);
}

// Plays until the chat was asked for so many changes, and a while longer. A change lands before time goes on.
static void play_until_changes(size_t count)
{
    int64_t end_ms = desk_boot_ms() + 8 * SECOND;
    for (int rest = 10; rest > 0 && desk_boot_ms() < end_ms; rest -= count_path("chat.update") >= count) {
        desk_play(turns_now_ms(desk.turns) + SECOND);
        for (int i = 0; i < 20; i++) {
            desk_pump(false);
            usleep(500);
        }
    }
    desk_play(turns_now_ms(desk.turns) + 10 * MINUTE);
}

static void test_a_change_while_another_is_on_its_way(void **state)
{
    (void)state;
    on_slack();
    desk_remind("r1", "wang", "Acme", 0);
    desk_remind("r2", "wang", "Bolt", 0);
    desk_play(DESK_START + MINUTE);
    desk_assert_states(1, 0, 0, 0);
    desk_cancel("r1");
    run(3 * SECOND);
    desk_cancel("r2");
    run(3 * SECOND);
    play_until_changes(2);
    assert_int_equal(count_path("chat.update"), 2);
    struct chat_request last = chat_request(desk.chat, chat_count(desk.chat) - 1);
    assert_int_equal(desk_occurrences(last.body, "已撤回") >= 2, 1);
}

static void test_what_is_cancelled_on_the_way_is_said_later(void **state)
{
    (void)state;
    on_slack();
    desk_remind("r1", "wang", "Acme", 0);
    run(5 * SECOND);
    assert_int_equal(desk_messages("sending"), 1);
    desk_cancel("r1");
    run(SECOND);
    play_until_changes(1);
    desk_assert_states(1, 0, 0, 0);
    assert_int_equal(count_path("chat.update"), 1);
}

static void test_many_changes_end(void **state)
{
    (void)state;
    on_slack();
    remind_many(0, MANY, "");
    desk_play(DESK_START + 10 * MINUTE);
    assert_int_equal(desk_messages("sent"), MANY);
    for (unsigned i = 0; i < MANY; i++) {
        char id[16];
        snprintf(id, sizeof id, "r%u", i);
        desk_cancel(id);
    }
    play_until_changes(MANY);
    assert_int_equal(count_path("chat.update"), MANY);
}

static void test_a_change_that_is_to_wait_for_ever(void **state)
{
    (void)state;
    on_slack();
    desk_remind("r1", "wang", "Acme", 0);
    desk_play(DESK_START + MINUTE);
    chat_say(desk.chat, &(struct chat_line){.status = 429,
                                            .body = "{\"ok\":false,\"error\":\"ratelimited\"}",
                                            .header = "Retry-After",
                                            .value = "9223372036854775"});
    desk_cancel("r1");
    play_until_changes(1);
    desk_chat_says(CHAT_ANSWER, 200, SLACK_OK);
    desk_play(turns_now_ms(desk.turns) + 3 * HOUR);
    play_until_changes(2);
    assert_int_equal(count_path("chat.update"), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, take_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_chat_that_is_gone_and_no_other),
        TEST(test_a_rep_whom_no_chat_knows),
        TEST(test_a_shut_channel_is_tried_again),
        TEST(test_a_channel_whose_file_came_late),
        TEST(test_many_without_a_channel),
        TEST(test_a_line_goes_on_behind_those_that_left_it),
        TEST(test_by_hand_nothing_is_too_old),
        TEST(test_days_off_make_nothing_too_old),
        TEST(test_a_deputy_who_is_named_later),
        TEST(test_an_attempt_that_failed_does_not_keep_young),
        TEST(test_many_urgent_ones_do_not_hold_the_rest),
        TEST(test_a_refusal_does_not_end_a_pause),
        TEST(test_what_may_have_been_told_stays_unknown),
        TEST(test_a_short_grant_is_used),
        TEST(test_a_grant_is_refused_for_its_own_posts),
        TEST(test_more_calls_than_one_record_names),
        TEST(test_an_alarm_that_was_not_committed),
        TEST(test_a_change_while_another_is_on_its_way),
        TEST(test_what_is_cancelled_on_the_way_is_said_later),
        TEST(test_many_changes_end),
        TEST(test_a_change_that_is_to_wait_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
