// Putting off from the page: to which days, for how long at most, and that a message tells what became of it.
#include "harness/visitor.h"
#include "services/notifier/answer_words.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PAGE_BYTES = 80 };

// 2026-05-17 is a Sunday; 09:00 in Shanghai is 01:00 UTC.
#define MORNING(DAYS) (INT64_C(1778979600) + (DAYS)*INT64_C(86400))

static char page[PAGE_BYTES];

// Runs until the message is out and keeps the path of its page.
static void deliver(void)
{
    desk.options.public_url = "https://tend.test/t";
    desk_play(turns_now_ms(desk.turns) + 5 * SECOND);
    snprintf(page, sizeof page, "%s", visitor_page(desk_text(), 0));
}

static int post(const char *body)
{
    return visitor_post(page, &visitor_plain, body).status;
}

// Settings with holidays beside the weekends.
static void settle_days(const char *const *holidays, size_t count)
{
    Tend__V1__Settings settings = TEND__V1__SETTINGS__INIT;
    Tend__V1__DayOff days[8], *list[8];
    uint32_t weekend[] = {6, 7};
    settings.time_zone = "Asia/Shanghai";
    settings.weekend = weekend;
    settings.n_weekend = 2;
    for (size_t i = 0; i < count; i++) {
        tend__v1__day_off__init(&days[i]);
        days[i].day = (char *)(uintptr_t)holidays[i];
        list[i] = &days[i];
    }
    settings.days_off = list;
    settings.n_days_off = count;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, 0, &settings.base);
}

// What is put off comes back on a day that the rep works: 2026-05-18 is a Monday.
static void test_buttons_lead_to_working_days(void **state)
{
    (void)state;
    static const char *const holidays[] = {"2026-05-19", "2026-05-25"};
    settle_days(holidays, 2);
    desk_play(DESK_START + DAY);
    desk.options.public_url = "https://tend.test/t";
    desk_rep("wang", "Wang", "en", "", DESK_START);
    desk_remind("r1", "wang", "Acme", 0);
    deliver();
    const char *shown = visitor_get(page, &visitor_plain).body;
    visitor_says(shown, "Next working day <small>Wed 20 May</small>");
    visitor_says(shown, "In 3 days <small>Thu 21 May</small>");
    visitor_says(shown, "Next week <small>Tue 26 May</small>");
    visitor_says(visitor_post(page, &visitor_plain, "item=1&answer=date&date=2026-05-16").body,
                 "choose a date from tomorrow on");
    assert_non_null(strstr(answer_word(LANGUAGE_ZH, ANSWER_BAD_DATE), "明天或以后")); // tomorrow may be chosen
    assert_int_equal(post("item=1&answer=next_week"), 303);
    assert_int_equal(visitor_answers(), 1);
    assert_int_equal(visitor_said.next_s, MORNING(9));
    assert_int_equal(post("item=1&answer=tomorrow"), 303);
    assert_int_equal(visitor_answers(), 2);
    assert_int_equal(visitor_said.next_s, MORNING(3));
    assert_int_equal(post("item=1&answer=date&date=2026-05-24"), 303); // who names a Sunday means it
    assert_int_equal(visitor_answers(), 3);
    assert_int_equal(visitor_said.next_s, MORNING(7));
}

// One that is due tomorrow.
static void remind_promise(void)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = "r1";
    reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_PROMISE;
    reminder.rep_id = "wang";
    reminder.customer_id = "C1";
    reminder.customer_name = "Acme";
    reminder.local_date = "2026-05-17";
    reminder.event_date = "2026-05-18";
    reminder.text = "samples";
    desk.options.public_url = "https://tend.test/t";
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
    deliver();
}

// Hours, or the next morning.
static void test_what_is_urgent_is_not_put_off_for_days(void **state)
{
    (void)state;
    desk_rep("wang", "Wang", "en", "", DESK_START);
    remind_promise();
    static const char *const bodies[] = {"item=1&answer=in_3_days", "item=1&answer=next_week",
                                         "item=1&answer=date&date=2026-05-19"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct visit_answer answer = visitor_post(page, &visitor_plain, bodies[i]);
        assert_int_equal(answer.status, 400);
        visitor_says(answer.body, "Not recorded: this cannot wait that long");
    }
    assert_int_equal(visitor_answers(), 0);
    int64_t now_s = turns_now_ms(desk.turns) / SECOND;
    assert_int_equal(post("item=1&answer=in_2_hours"), 303);
    assert_int_equal(visitor_answers(), 1);
    assert_int_equal(visitor_said.outcome, 3);
    assert_int_equal(visitor_said.next_s, now_s + 7200);
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    assert_int_equal(post("item=1&answer=in_2_hours"), 303); // pressed twice
    assert_int_equal(visitor_answers(), 1);
    desk_play(turns_now_ms(desk.turns) + HOUR);
    assert_int_equal(post("item=1&answer=in_2_hours"), 303); // put off again
    assert_int_equal(visitor_answers(), 2);
    assert_int_equal(post("item=1&answer=tomorrow"), 303);
    assert_int_equal(visitor_answers(), 3);
    assert_int_equal(visitor_said.next_s, MORNING(1));
}

// Who answered what, when and which way, for programs and people who look.
static void test_a_message_tells_what_became_of_it(void **state)
{
    (void)state;
    desk_rep("wang", "Wang", "en", "", DESK_START);
    desk_list("list1", "wang", 3);
    deliver();
    char target[PAGE_BYTES];
    snprintf(target, sizeof target, "/v1/messages/%s", desk_newest("messageId"));
    json_t *message = desk_ask(target);
    assert_int_equal(json_array_size(json_object_get(message, "settled")), 0);
    json_decref(message);
    assert_int_equal(post("item=2&answer=tomorrow"), 303);
    desk_cancel("list1-2");
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    message = desk_ask(target);
    const json_t *rows = json_object_get(message, "settled"), *answered = json_array_get(rows, 0);
    assert_int_equal(json_array_size(rows), 2);
    static const char *const members[][2] = {
        {"reminderId", "list1-1"}, {"outcome", "REMINDER_OUTCOME_SNOOZED"}, {"by", "wang"},
        {"byName", "Wang"},        {"next", "2026-05-18T01:00:00Z"},        {"way", "ANSWER_WAY_PAGE"}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *value = json_string_value(json_object_get(answered, members[i][0]));
        assert_string_equal(value != NULL ? value : "", members[i][1]);
    }
    assert_non_null(json_object_get(answered, "at"));
    assert_true(json_is_true(json_object_get(json_array_get(rows, 1), "withdrawn")));
    json_decref(message);
}

#define DESK_TEST(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_buttons_lead_to_working_days),
        DESK_TEST(test_what_is_urgent_is_not_put_off_for_days),
        DESK_TEST(test_a_message_tells_what_became_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
