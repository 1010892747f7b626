// Who is told, when and by which channel: routes, absences, quiet hours, the rep's pace, channels that fall over, what
// is too old; and that everything can be held, and that nothing is ever stuck.
#include "harness/desk.h"
#include "services/notifier/audit.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

// A route keeps pointers, and the desk is taken down after the test.
static const char *const of_drop[] = {"drop"};
static const char *const of_east[] = {"east"};
static const char *const of_overdue[] = {"overdue"};
static const char *const of_wecom_out[] = {"wecom", "out"};

static char *borrow(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void say_event(Tend__V1__Event *event, const char *id, const char *rep)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = turns_now_ms(desk.turns) / 1000;
    event->id = borrow(id);
    event->source = borrow("test");
    event->rep_id = borrow(rep);
    event->time = &time;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event->base);
}

static void know_rep(const char *id, const char *manager, const char *deputy, uint32_t golden_from, uint32_t golden_to)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
    Tend__V1__Hours golden = TEND__V1__HOURS__INIT, *all[] = {&golden};
    static char *languages[] = {(char *)(uintptr_t) "en"};
    golden.from_minute = golden_from;
    golden.to_minute = golden_to;
    body.name = borrow(id);
    body.time_zone = borrow("Asia/Shanghai");
    body.languages = languages;
    body.n_languages = 1;
    body.manager_rep_id = borrow(manager);
    body.deputy_rep_id = borrow(deputy);
    body.golden_hours = all;
    body.n_golden_hours = golden_to > golden_from;
    event.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event.rep_upserted = &body;
    say_event(&event, id, id);
}

static void away(const char *id, const char *from, const char *to)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepAbsent body = TEND__V1__REP_ABSENT__INIT;
    body.from = borrow(from);
    body.to = borrow(to);
    event.body_case = TEND__V1__EVENT__BODY_REP_ABSENT;
    event.rep_absent = &body;
    say_event(&event, from, id);
}

static void settle(const char *holiday)
{
    static uint32_t weekend[] = {6};
    Tend__V1__Settings settings = TEND__V1__SETTINGS__INIT;
    Tend__V1__DayOff off = TEND__V1__DAY_OFF__INIT, *all[] = {&off};
    off.day = borrow(holiday);
    settings.time_zone = borrow("Asia/Shanghai");
    settings.weekend = weekend;
    settings.n_weekend = 1;
    settings.days_off = all;
    settings.n_days_off = 1;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, 0, &settings.base);
}

static void remind(const char *id, const char *rep, Tend__V1__ReminderKind kind, unsigned priority, const char *region)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = borrow(id);
    reminder.kind = kind;
    reminder.rep_id = borrow(rep);
    reminder.customer_id = reminder.customer_name = borrow(id);
    reminder.region = borrow(region);
    reminder.local_date = borrow("2026-05-17");
    reminder.priority = priority;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
}

#define OVERDUE TEND__V1__REMINDER_KIND__REMINDER_KIND_OVERDUE
#define DROP TEND__V1__REMINDER_KIND__REMINDER_KIND_DROP

static void assert_stuck(int stuck, int waiting)
{
    json_t *audit = desk_ask("/v1/audit");
    const char *found = json_string_value(json_object_get(audit, "stuck"));
    const char *looked = json_string_value(json_object_get(audit, "waiting"));
    assert_int_equal(found != NULL ? atoi(found) : 0, stuck);
    assert_int_equal(looked != NULL ? atoi(looked) : 0, waiting);
    json_decref(audit);
}

// --- who

static void test_a_route_to_the_manager(void **state)
{
    (void)state;
    struct route_options *route = desk_route("lost");
    route->kinds = of_drop;
    route->kind_count = 1;
    route->to = ROUTE_MANAGER;
    know_rep("wang", "zhao", "", 0, 0);
    know_rep("zhao", "", "", 0, 0);
    remind("r1", "wang", DROP, 1, "");
    remind("r2", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + MINUTE);
    const char *out = desk_out();
    assert_int_equal(desk_occurrences(out, "--- end "), 2);
    assert_non_null(strstr(out, "Hello zhao, 1 customer reminder for you:"));
    assert_non_null(strstr(out, "Hello wang, 1 customer reminder for you:"));
}

static void test_the_deputy_reads_while_the_owner_is_away(void **state)
{
    (void)state;
    know_rep("wang", "", "li", 0, 0);
    know_rep("li", "", "", 0, 0);
    away("wang", "2026-05-17", "2026-05-18");
    remind("r1", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + MINUTE);
    assert_non_null(strstr(desk_out(), "Hello li, 1 customer reminder for you:"));
    assert_non_null(strstr(desk_out(), "wang"));
    desk_play(DESK_START + 2 * DAY);
    remind("r2", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + 2 * DAY + MINUTE);
    assert_non_null(strstr(desk_out(), "Hello wang, 1 customer reminder for you:"));
}

static void test_the_team_has_a_chat_of_its_own(void **state)
{
    (void)state;
    struct route_options *route = desk_route("east");
    route->regions = of_east;
    route->region_count = 1;
    route->to = ROUTE_TEAM;
    static const struct team_options teams[] = {{"east", "zhao", "wecom"}};
    desk.options.teams = teams;
    desk.options.team_count = 1;
    know_rep("wang", "zhao", "", 0, 0);
    remind("r1", "wang", OVERDUE, 1, "east");
    remind("r2", "wang", OVERDUE, 1, "west");
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}");
    desk_play(DESK_START + MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1);
    assert_int_equal(desk_messages("sent"), 2);
}

// --- by which channel

static void test_a_channel_that_is_shut_lets_another_one_speak(void **state)
{
    (void)state;
    struct route_options *route = desk_route("all");
    route->channels = of_wecom_out;
    route->channel_count = 2;
    know_rep("wang", "", "", 0, 0);
    remind("r1", "wang", OVERDUE, 1, "");
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}");
    desk_play(DESK_START + MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1);
    remind("r2", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + 2 * MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 2);
    desk_assert_states(2, 0, 0, 0);
}

// One that fails again and again lets another one speak as well, until it is to be tried again.
static void test_a_channel_that_fails_lets_another_one_speak(void **state)
{
    (void)state;
    struct route_options *route = desk_route("all");
    route->channels = of_wecom_out;
    route->channel_count = 2;
    know_rep("wang", "", "", 0, 0);
    know_rep("li", "", "", 0, 0);
    know_rep("zhao", "", "", 0, 0);
    remind("r1", "wang", OVERDUE, 1, "");
    remind("r2", "li", OVERDUE, 1, "");
    remind("r3", "zhao", OVERDUE, 1, "");
    desk_chat_says(CHAT_ANSWER, 500, "");
    desk_play(DESK_START + 2 * HOUR);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 3);
    desk_assert_states(3, 0, 0, 0);
}

// A chat that does not know one rep goes on for the others; that rep hears by the default channel.
static void test_a_rep_whom_the_chat_does_not_know(void **state)
{
    (void)state;
    char path[] = "/tmp/tend-token-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, "xoxb-1\n", 7), 7);
    close(file);
    notifier_close(&desk.notifier);
    desk.channels[1].type = CHANNEL_TYPE_SLACK;
    desk.channels[1].token_file = path;
    desk.people[0].channel = "wecom";
    desk.people[0].address = "U12345678";
    desk_reopen();
    turns_restart(desk.turns);
    unlink(path);
    know_rep("wang", "", "", 0, 0);
    remind("r1", "wang", OVERDUE, 1, "");
    desk_chat_says(CHAT_ANSWER, 200, "{\"ok\":false,\"error\":\"channel_not_found\"}");
    desk_play(DESK_START + MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1);
    desk_assert_states(1, 0, 0, 0);
    // The address is put right: the chat is asked again at once.
    desk.people[0].address = "U87654321";
    desk_chat_says(CHAT_ANSWER, 200, "{\"ok\":true,\"channel\":\"D1\",\"ts\":\"1.2\"}");
    remind("r2", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + 10 * MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 1);
    desk_assert_states(2, 0, 0, 0);
    json_t *channels = desk_ask("/v1/channels");
    assert_false(json_is_true(json_object_get(json_array_get(json_object_get(channels, "channels"), 1), "open")));
    json_decref(channels);
}

// --- when

static void test_nights_and_days_off_hold(void **state)
{
    (void)state;
    desk.options.quiet_from = 21 * 60 + 30;
    desk.options.quiet_to = 7 * 60 + 30;
    settle("2026-05-18");
    know_rep("wang", "", "", 0, 0);
    desk_play(DESK_START + 14 * HOUR); // 22:50
    remind("r1", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + 14 * HOUR + MINUTE);
    desk_assert_states(0, 1, 0, 0);
    assert_non_null(strstr(desk_newest("reason"), "quiet hours"));
    assert_stuck(0, 1);
    desk_play(DESK_START + 40 * HOUR); // all of the holiday
    desk_assert_states(0, 1, 0, 0);
    remind("r2", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + 46 * HOUR + 39 * MINUTE); // 07:29 of the day after it
    desk_assert_states(0, 1, 0, 0);
    desk_play(DESK_START + 46 * HOUR + 46 * MINUTE); // all are told within five minutes
    desk_assert_states(1, 0, 0, 0);
    assert_non_null(strstr(desk_out(), "2 customer reminders"));
}

static void test_golden_hours_hold_what_can_wait(void **state)
{
    (void)state;
    know_rep("wang", "", "", 9 * 60, 11 * 60);
    desk_play(DESK_START + 20 * MINUTE); // 09:10
    remind("r1", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + 30 * MINUTE);
    desk_assert_states(0, 1, 0, 0);
    desk_list("l1", "wang", 2);
    remind("r2", "wang", DROP, 0, "");
    desk_play(DESK_START + 31 * MINUTE);
    desk_assert_states(1, 0, 0, 0); // what cannot wait takes the others along
    remind("r3", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + 2 * HOUR + 9 * MINUTE);
    desk_assert_states(1, 1, 0, 0);
    desk_play(DESK_START + 2 * HOUR + 16 * MINUTE);
    desk_assert_states(2, 0, 0, 0);
}

static void test_a_rep_hears_no_more_than_the_pace(void **state)
{
    (void)state;
    desk.options.rep_rate = "4/1h"; // two at once, and then one every half hour
    notifier_close(&desk.notifier);
    desk_reopen();
    turns_restart(desk.turns);
    know_rep("wang", "", "", 0, 0);
    for (int i = 0; i < 10; i++) {
        char id[8];
        snprintf(id, sizeof id, "r%d", i);
        remind(id, "wang", OVERDUE, 1, "");
        desk_play(DESK_START + (i + 1) * MINUTE);
    }
    desk_assert_states(2, 1, 0, 0);
    assert_non_null(strstr(desk_newest("reason"), "often enough"));
    remind("urgent", "wang", DROP, 0, "");
    desk_play(DESK_START + 12 * MINUTE);
    desk_assert_states(3, 0, 0, 0);
    assert_non_null(strstr(desk_out(), "9 customer reminders"));
}

static void test_a_route_gathers_until_its_hour(void **state)
{
    (void)state;
    struct route_options *route = desk_route("daily");
    route->kinds = of_overdue;
    route->kind_count = 1;
    route->digest_at = 17 * 60;
    route->spread_ms = 300 * SECOND;
    know_rep("wang", "", "", 0, 0);
    remind("r1", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + HOUR);
    remind("r2", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + 8 * HOUR + 9 * MINUTE); // 16:59
    desk_assert_states(0, 1, 0, 0);
    assert_stuck(0, 1);
    desk_play(DESK_START + 8 * HOUR + 16 * MINUTE);
    desk_assert_states(1, 0, 0, 0);
    assert_non_null(strstr(desk_out(), "2 customer reminders"));
    remind("r3", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + 20 * HOUR);
    desk_assert_states(1, 1, 0, 0);
}

static void test_too_old_to_send(void **state)
{
    (void)state;
    desk.options.default_channel = "";
    desk.options.too_old_ms = 2 * DAY;
    know_rep("wang", "", "", 0, 0);
    remind("r1", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + HOUR);
    desk_assert_states(0, 1, 0, 0);
    desk_play(DESK_START + 2 * DAY + 2 * HOUR); // those without a channel are looked at every hour
    desk.options.default_channel = "out";
    desk_play(DESK_START + 3 * DAY);
    desk_assert_states(0, 0, 1, 0);
    assert_non_null(strstr(desk_newest("reason"), "too old"));
}

// A route's messages that could not leave in time are not told any more.
static void test_a_route_lets_things_expire(void **state)
{
    (void)state;
    struct route_options *route = desk_route("fresh");
    route->group_wait_ms = 3600 * SECOND;
    route->expires_ms = 600 * SECOND;
    know_rep("wang", "", "", 0, 0);
    remind("r1", "wang", OVERDUE, 1, "");
    desk_play(DESK_START + 2 * HOUR);
    assert_string_equal(desk_out(), "");
    assert_int_equal(desk_messages(""), 1);
    assert_non_null(strstr(desk_newest("reason"), "too late"));
}

// --- by hand

static void test_everything_is_held_until_a_person_says_so(void **state)
{
    (void)state;
    know_rep("wang", "", "", 0, 0);
    assert_int_equal(desk_post("/v1/hold"), 200);
    remind("r1", "wang", OVERDUE, 0, "");
    desk_play(DESK_START + DAY);
    desk_assert_states(0, 1, 0, 0);
    assert_non_null(strstr(desk_newest("reason"), "held by hand"));
    assert_stuck(0, 1);
    notifier_close(&desk.notifier);
    desk_reopen();
    turns_restart(desk.turns);
    desk_play(DESK_START + DAY + HOUR);
    desk_assert_states(0, 1, 0, 0);
    desk_play(DESK_START + 60 * DAY); // longer than what else is too old
    desk_assert_states(0, 1, 0, 0);
    assert_int_equal(desk_post("/v1/release"), 200);
    desk_play(DESK_START + 60 * DAY + 2 * HOUR);
    desk_assert_states(1, 0, 0, 0);
}

// The file beside the store knows more than the store: it was put back from a backup.
static void test_a_store_that_was_put_back_is_held(void **state)
{
    (void)state;
    char path[] = "/tmp/tend-watermark-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, "100000\n", 7), 7);
    close(file);
    desk.options.watermark = path;
    notifier_close(&desk.notifier);
    desk_reopen();
    turns_restart(desk.turns);
    know_rep("wang", "", "", 0, 0);
    remind("r1", "wang", OVERDUE, 0, "");
    desk_play(DESK_START + HOUR);
    desk_assert_states(0, 1, 0, 0);
    assert_non_null(strstr(desk_newest("reason"), "backup"));
    assert_int_equal(desk_post("/v1/release"), 200);
    desk_play(DESK_START + 2 * HOUR);
    desk_assert_states(1, 0, 0, 0);
    // From then on it goes with the store, and another start finds nothing wrong.
    notifier_close(&desk.notifier);
    desk_reopen();
    turns_restart(desk.turns);
    remind("r2", "wang", OVERDUE, 0, "");
    desk_play(DESK_START + 3 * HOUR);
    desk_assert_states(2, 0, 0, 0);
    notifier_close(&desk.notifier);
    desk.options.watermark = NULL;
    desk_reopen();
    turns_restart(desk.turns);
    unlink(path);
}

static void start_again(void)
{
    notifier_close(&desk.notifier);
    desk_reopen();
    turns_restart(desk.turns);
}

static void new_file(char *path)
{
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
}

// The whole folder was put back, its watermark with it: the store is another file than it was.
static void test_a_store_that_is_another_file_is_held(void **state)
{
    (void)state;
    char one[] = "/tmp/tend-home-XXXXXX", other[] = "/tmp/tend-home-XXXXXX";
    new_file(one);
    new_file(other);
    desk.options.store = one;
    start_again();
    know_rep("wang", "", "", 0, 0);
    remind("r1", "wang", OVERDUE, 0, "");
    desk_play(DESK_START + HOUR);
    start_again();
    remind("r2", "wang", OVERDUE, 0, "");
    desk_play(DESK_START + 2 * HOUR);
    desk_assert_states(2, 0, 0, 0); // the same file: nothing is wrong
    desk.options.store = other;
    start_again();
    remind("r3", "wang", OVERDUE, 0, "");
    desk_play(DESK_START + 3 * HOUR);
    desk_assert_states(2, 1, 0, 0);
    assert_int_equal(desk_post("/v1/hold"), 200); // by hand as well: the first reason stays
    assert_non_null(strstr(desk_newest("reason"), "backup"));
    assert_int_equal(desk_post("/v1/release"), 200);
    start_again();
    desk_play(DESK_START + 4 * HOUR);
    desk_assert_states(3, 0, 0, 0);
    unlink(one);
    unlink(other);
    desk.options.store = NULL;
}

// What the last ten seconds told is written down at an orderly end.
static void test_the_watermark_at_the_end(void **state)
{
    (void)state;
    char path[] = "/tmp/tend-watermark-XXXXXX";
    uint64_t seq = 0;
    new_file(path);
    struct watermark *watermark = watermark_open(path);
    watermark_rise(watermark, 5, 1000);
    watermark_rise(watermark, 9, 1500);
    assert_true(watermark_read(watermark, &seq));
    assert_int_equal(seq, 5);
    watermark_close(&watermark);
    watermark = watermark_open(path);
    assert_true(watermark_read(watermark, &seq));
    assert_int_equal(seq, 9);
    watermark_close(&watermark);
    unlink(path);
}

// --- again

// A chat in trouble for some minutes does not use up the repeats, and whoever retries by hand begins anew.
static void test_repeats_are_spread(void **state)
{
    (void)state;
    desk.options.default_channel = "wecom";
    desk.options.repeats = 2;
    desk.options.repeat_after_ms = MINUTE;
    know_rep("wang", "", "", 0, 0);
    for (int i = 0; i < 4; i++)
        desk_chat_says(CHAT_RESET, 0, "");
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}");
    remind("r1", "wang", OVERDUE, 0, "");
    desk_play(DESK_START + 50 * SECOND);
    assert_int_equal(chat_count(desk.chat), 1);
    desk_play(DESK_START + 2 * MINUTE);
    assert_int_equal(chat_count(desk.chat), 2);
    desk_play(DESK_START + 5 * MINUTE);
    assert_int_equal(chat_count(desk.chat), 2);
    desk_play(DESK_START + 8 * MINUTE);
    assert_int_equal(chat_count(desk.chat), 3);
    desk_play(DESK_START + DAY);
    assert_int_equal(chat_count(desk.chat), 3);
    desk_assert_states(0, 0, 0, 1);
    char path[80];
    snprintf(path, sizeof path, "/v1/messages/%s/retry", desk_newest("messageId"));
    assert_int_equal(desk_post(path), 200);
    desk_play(DESK_START + 2 * DAY);
    assert_int_equal(chat_count(desk.chat), 5);
    desk_assert_states(1, 0, 0, 0);
}

// Left to itself, a message that may have been delivered is repeated once; three times where the chat drops a repeat.
static void test_repeats_are_as_the_chat_allows(void **state)
{
    (void)state;
    static const struct {
        int type;
        size_t times;
    } rows[] = {{CHANNEL_TYPE_WECOM, 2}, {CHANNEL_TYPE_WEBHOOK, 4}};
    size_t before = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        desk.options.default_channel = "wecom";
        desk.options.repeats = CONFIG_UNSET;
        desk.options.repeat_after_ms = MINUTE;
        desk.channels[1].type = rows[i].type;
        notifier_close(&desk.notifier);
        desk_reopen();
        turns_restart(desk.turns);
        know_rep("wang", "", "", 0, 0);
        for (size_t j = 0; j < rows[i].times; j++)
            desk_chat_says(CHAT_RESET, 0, "");
        char id[8];
        snprintf(id, sizeof id, "r%zu", i);
        remind(id, "wang", OVERDUE, 0, "");
        desk_play(DESK_START + (int64_t)(i + 1) * DAY);
        assert_int_equal(chat_count(desk.chat) - before, rows[i].times);
        before = chat_count(desk.chat);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_route_to_the_manager),
        TEST(test_the_deputy_reads_while_the_owner_is_away),
        TEST(test_the_team_has_a_chat_of_its_own),
        TEST(test_a_channel_that_is_shut_lets_another_one_speak),
        TEST(test_a_channel_that_fails_lets_another_one_speak),
        TEST(test_a_rep_whom_the_chat_does_not_know),
        TEST(test_nights_and_days_off_hold),
        TEST(test_golden_hours_hold_what_can_wait),
        TEST(test_a_rep_hears_no_more_than_the_pace),
        TEST(test_a_route_gathers_until_its_hour),
        TEST(test_too_old_to_send),
        TEST(test_a_route_lets_things_expire),
        TEST(test_everything_is_held_until_a_person_says_so),
        TEST(test_a_store_that_is_another_file_is_held),
        TEST(test_repeats_are_spread),
        TEST(test_repeats_are_as_the_chat_allows),
        cmocka_unit_test(test_the_watermark_at_the_end),
        TEST(test_a_store_that_was_put_back_is_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
