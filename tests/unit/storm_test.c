// How often a rep's phone rings: a storm of one kind folds, the first of it at once; a message holds what reads on a
// phone; and the pace counts what the rep got to see.
#include "harness/desk.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OVERDUE TEND__V1__REMINDER_KIND__REMINDER_KIND_OVERDUE
#define RIVAL TEND__V1__REMINDER_KIND__REMINDER_KIND_RIVAL
#define COMPLAINT TEND__V1__REMINDER_KIND__REMINDER_KIND_COMPLAINT_ACT

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

static void remind_of(const char *id, const char *rep, Tend__V1__ReminderKind kind, unsigned priority)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = borrow(id);
    reminder.kind = kind;
    reminder.rep_id = borrow(rep);
    reminder.customer_id = reminder.customer_name = borrow(id);
    reminder.local_date = borrow("2026-05-17");
    reminder.priority = priority;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
}

static void remind(const char *id, Tend__V1__ReminderKind kind, unsigned priority)
{
    remind_of(id, "wang", kind, priority);
}

static unsigned told(void)
{
    return desk_occurrences(desk_out(), "--- end ");
}

// --- storms

// Fifteen in 45 seconds, as a fair brings them.
static void play_storm(void)
{
    for (int i = 0; i < 15; i++) {
        char id[16];
        snprintf(id, sizeof id, "rival-%02d", i);
        remind(id, RIVAL, 0);
        desk_play(DESK_START + (i + 1) * 3 * SECOND);
    }
}

static void test_a_storm_folds(void **state)
{
    (void)state;
    desk.options.language = "en";
    start_again();
    remind("rival-first", RIVAL, 0);
    desk_play(DESK_START + SECOND);
    assert_int_equal(told(), 1); // at once
    play_storm();
    assert_int_equal(told(), 3);
    desk_play(DESK_START + 2 * MINUTE);
    assert_int_equal(told(), 4);
    desk_assert_states(4, 0, 0, 0);
    assert_non_null(strstr(desk_out(), "rival-14"));
    remind("rival-later", RIVAL, 0);
    desk_play(DESK_START + 10 * MINUTE);
    remind("rival-again", RIVAL, 0); // the storm is over
    desk_play(DESK_START + 10 * MINUTE + SECOND);
    desk_assert_states(6, 0, 0, 0);
}

// Something else that cannot wait comes at once, and takes along what waits.
static void test_a_storm_holds_nothing_else(void **state)
{
    (void)state;
    play_storm();
    unsigned before = told();
    remind("complaint", COMPLAINT, 0);
    remind_of("rival-li", "li", RIVAL, 0); // another rep
    desk_play(turns_now_ms(desk.turns) + SECOND);
    assert_non_null(strstr(desk_out(), "complaint"));
    assert_non_null(strstr(desk_out(), "rival-li"));
    assert_non_null(strstr(desk_out(), "rival-14"));
    assert_int_equal(told(), before + 2);
}

// However long it lasts, and whatever takes along what waits: nothing waits for longer than a minute.
static void test_nothing_waits_for_longer_than_a_minute(void **state)
{
    (void)state;
    for (int i = 0; i < 40; i++) {
        char id[16];
        snprintf(id, sizeof id, "mixed-%02d", i);
        remind(id, i % 2 == 0 ? RIVAL : COMPLAINT, 0);
        desk_play(turns_now_ms(desk.turns) + SECOND);
    }
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    assert_int_equal(desk_messages("held"), 0);
    assert_true(told() <= 8);
}

// The first three are told one by one, and a restart in between forgets nothing of it.
static void test_a_storm_survives_a_restart(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        char id[16];
        snprintf(id, sizeof id, "rival-%02d", i);
        remind(id, RIVAL, 0);
        desk_play(DESK_START + (i + 1) * 2 * SECOND);
        start_again();
    }
    assert_int_equal(told(), 3);
    desk_assert_states(3, 1, 0, 0);
    desk_play(DESK_START + 2 * MINUTE);
    desk_assert_states(4, 0, 0, 0);
}

// --- what reads on a phone

static void assert_items(bool page)
{
    for (int i = 0; i < 16; i++) {
        char id[16];
        snprintf(id, sizeof id, "item-%02d", i);
        remind(id, OVERDUE, 1);
    }
    desk_play(DESK_START + MINUTE);
    desk_assert_states(1, 0, 0, 0);
    assert_true((strstr(desk_out(), "item-07") != NULL) && (strstr(desk_out(), "item-08") == NULL) == page);
    assert_true((strstr(desk_out(), "8 more on the page to answer on") != NULL) == page);
}

static void test_a_message_holds_what_reads_on_a_phone(void **state)
{
    (void)state;
    desk.options.language = "en";
    desk.options.public_url = "https://tend.example.com";
    start_again();
    assert_items(true);
}

// Where there is no page to see the rest on, all of it is told.
static void test_without_a_page_all_is_told(void **state)
{
    (void)state;
    desk.options.language = "en";
    start_again();
    assert_items(false);
}

// --- the pace

// Twelve an hour are six that come one by one, ten minutes apart at worst; and what the chat never took is nothing that
// the rep was told.
static void test_what_the_chat_never_took_does_not_count(void **state)
{
    (void)state;
    desk.options.rep_rate = "12/1h";
    desk.options.default_channel = "wecom";
    notifier_close(&desk.notifier);
    desk_reopen();
    turns_restart(desk.turns);
    desk_rep("wang", "Wang", "en", "", DESK_START - DAY);
    for (int i = 0; i < 9; i++) // each is refused
        desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":40058,\"errmsg\":\"invalid\"}");
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}");
    for (int i = 0; i < 15; i++) {
        char id[8];
        snprintf(id, sizeof id, "r%d", i);
        remind(id, OVERDUE, 1);
        desk_play(DESK_START + (i + 1) * 30 * SECOND);
    }
    desk_assert_states(6, 0, 9, 0);
    remind("more", OVERDUE, 1);
    desk_play(DESK_START + 8 * MINUTE);
    assert_non_null(strstr(desk_newest("reason"), "often enough"));
    desk_play(DESK_START + 16 * MINUTE);
    desk_assert_states(7, 0, 9, 0);
}

// The hour of a route may be one at which nobody is to be disturbed: what holds it then is said from the start.
static void test_an_hour_in_the_quiet_hours(void **state)
{
    (void)state;
    struct route_options *route = desk_route("daily");
    route->digest_at = 9 * 60;
    desk.options.quiet_from = 8 * 60;
    desk.options.quiet_to = 10 * 60;
    desk_rep("wang", "Wang", "en", "", DESK_START - DAY);
    remind("r1", OVERDUE, 1);
    desk_play(DESK_START + MINUTE);
    json_t *way = desk_ask("/v1/route?rep=wang&kind=overdue&urgency=today");
    const char *until = json_string_value(json_object_get(way, "heldUntil"));
    const char *hold = json_string_value(json_object_get(way, "hold"));
    assert_true(until != NULL && strcmp(until, "2026-05-17T02:00:00Z") >= 0);
    assert_non_null(strstr(hold, "quiet hours"));
    json_decref(way);
    assert_true(strcmp(desk_newest("next"), "2026-05-17T02:00:00Z") >= 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_storm_folds),
        TEST(test_a_storm_holds_nothing_else),
        TEST(test_nothing_waits_for_longer_than_a_minute),
        TEST(test_a_storm_survives_a_restart),
        TEST(test_a_message_holds_what_reads_on_a_phone),
        TEST(test_without_a_page_all_is_told),
        TEST(test_what_the_chat_never_took_does_not_count),
        TEST(test_an_hour_in_the_quiet_hours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
