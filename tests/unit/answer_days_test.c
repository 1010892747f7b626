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
#include <unistd.h>

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

// A promise whose hour is near leaves no time to put it off; one of the afternoon may rest for hours, and not until
// tomorrow. What somebody posts all the same is refused.
static void test_nothing_is_put_off_past_its_hour(void **state)
{
    (void)state;
    static const struct {
        int64_t due_ms; // after the start, which is 08:50
        const char *says;
        const char *refused[3];
        bool rests;
    } rows[] = {
        {35 * MINUTE, "due at 09:25 today, 34 minutes left: samples", {"in_2_hours", "tomorrow", "next_week"}, false},
        {HOUR + 58 * MINUTE, "due at 10:48 today, 1 hour left: samples", {"in_2_hours", "tomorrow"}, false},
        {7 * HOUR + 19 * MINUTE, "due at 16:09 today: samples", {"tomorrow", "date&date=2026-05-18"}, true},
        {DAY + HOUR, "due at 09:50 tomorrow: samples", {"in_3_days", "date&date=2026-05-19"}, true},
        {-HOUR, "due at 07:50 today: samples", {"in_3_days"}, true},             // which is past: no limit any more
        {15 * HOUR + 10 * MINUTE, "due tomorrow: samples", {"in_3_days"}, true}, // midnight is no hour
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        desk_tear_down(NULL);
        desk_set_up(NULL);
        desk.options.public_url = "https://tend.test/t";
        desk_rep("wang", "Wang", "en", "", DESK_START);
        settle_days(NULL, 0);
        desk_play(DESK_START);
        Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
        Tend__V1__Figure due = TEND__V1__FIGURE__INIT, *figures[] = {&due};
        due.name = "promise_due";
        due.unit = TEND__V1__FIGURE_UNIT__FIGURE_UNIT_TIME;
        due.value = DESK_START + rows[i].due_ms;
        reminder.reminder_id = "r1";
        reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_PROMISE;
        reminder.rep_id = "wang";
        reminder.customer_id = reminder.customer_name = "Acme";
        reminder.event_date = rows[i].due_ms > 12 * HOUR ? "2026-05-18" : "2026-05-17";
        reminder.text = "samples";
        reminder.figures = figures;
        reminder.n_figures = 1;
        turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
        deliver();
        if (strstr(desk_text(), rows[i].says) == NULL)
            fail_msg("row %zu: no \"%s\" in %s", i, rows[i].says, desk_text());
        for (size_t j = 0; j < 3 && rows[i].refused[j] != NULL; j++) {
            char body[PAGE_BYTES];
            snprintf(body, sizeof body, "item=1&answer=%s", rows[i].refused[j]);
            if (post(body) != 400)
                fail_msg("row %zu takes %s", i, body);
        }
        const char *shown = visitor_get(page, &visitor_plain).body;
        bool offered = strstr(shown, "value=\"in_2_hours\"") != NULL;
        if (offered != rows[i].rests || (strstr(shown, "<fieldset>") != NULL) != rows[i].rests)
            fail_msg("row %zu offers %d", i, offered);
        assert_int_equal(visitor_answers(), 0);
        assert_int_equal(post("item=1&answer=in_2_hours"), rows[i].rests ? 303 : 400);
        assert_int_equal(post("item=1&answer=done"), 303);
    }
}

// The scheduler tells of an answer.
static void settle(const char *id, Tend__V1__ReminderOutcome outcome, const char *rep, int64_t at_ms, int64_t next_ms,
                   bool pressed)
{
    Tend__V1__ReminderSettled settled = TEND__V1__REMINDER_SETTLED__INIT;
    Google__Protobuf__Timestamp at = GOOGLE__PROTOBUF__TIMESTAMP__INIT, next = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    at.seconds = at_ms / SECOND;
    at.nanos = (int32_t)(at_ms % SECOND) * 1000000;
    next.seconds = next_ms / SECOND;
    settled.reminder_id = (char *)(uintptr_t)id;
    settled.outcome = outcome;
    settled.rep_id = (char *)(uintptr_t)rep;
    settled.time = &at;
    settled.next = next_ms > 0 ? &next : NULL;
    settled.pressed = pressed;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_SETTLED, 0, &settled.base);
    desk_play(turns_now_ms(desk.turns) + SECOND);
}

// The way of the first answer that the newest message tells; free it.
static char *way_told(void)
{
    char target[PAGE_BYTES];
    snprintf(target, sizeof target, "/v1/messages/%s", desk_newest("messageId"));
    json_t *message = desk_ask(target);
    const json_t *row = json_array_get(json_object_get(message, "settled"), 0);
    const char *told = json_string_value(json_object_get(row, "way"));
    char *way = strdup(told != NULL ? told : "");
    json_decref(message);
    return way;
}

static void way_is(const char *way)
{
    char *told = way_told();
    assert_string_equal(told, way);
    free(told);
}

#define OUTCOME(NAME) TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_##NAME

static void test_an_answer_from_elsewhere_reaches_the_page(void **state)
{
    (void)state;
    desk_rep("wang", "Wang", "en", "", DESK_START);
    desk_rep("nina", "Nina", "en", "", DESK_START);
    desk_list("list1", "wang", 4);
    deliver();
    int64_t now_ms = turns_now_ms(desk.turns);
    settle("list1-0", OUTCOME(DONE), "nina", now_ms, 0, false);
    settle("list1-1", OUTCOME(SNOOZED), "", now_ms, now_ms + 2 * HOUR, false);
    settle("nothing", OUTCOME(DONE), "nina", now_ms, 0, false);
    const char *shown = visitor_get(page, &visitor_plain).body;
    visitor_says(shown, "Nina: done (08:50 today, elsewhere)");
    visitor_says(shown, "✓ put off until 10:50 today (08:50 today, elsewhere)"); // nobody said who
    way_is("ANSWER_WAY_ELSEWHERE");
    struct visit_answer answer = visitor_post(page, &visitor_plain, "item=1&answer=no_answer");
    assert_int_equal(answer.status, 409);
    visitor_says(answer.body, "it was answered otherwise before, and that stands");
    visitor_says(answer.body, "Nina: done");
    assert_int_equal(visitor_answers(), 0);
    assert_int_equal(post("item=2&answer=done"), 303); // what rests may be answered
    assert_int_equal(visitor_answers(), 1);
    assert_string_equal(visitor_said.id, "list1-1/2");
}

// What was pressed comes back with the same moment, and says nothing new; a later word elsewhere is the newer one.
static void test_the_newest_answer_counts(void **state)
{
    (void)state;
    desk_rep("wang", "Wang", "en", "", DESK_START);
    desk_remind("r1", "wang", "Acme", 0);
    deliver();
    assert_int_equal(post("item=1&answer=done"), 303);
    int64_t at_ms = turns_now_ms(desk.turns);
    settle("r1", OUTCOME(DONE), "wang", at_ms, 0, true);
    way_is("ANSWER_WAY_PAGE");
    settle("r1", OUTCOME(NO_ANSWER), "nina", at_ms - MINUTE, 0, false);
    way_is("ANSWER_WAY_PAGE");
    settle("r1", OUTCOME(NOT_INTERESTED), "nina", at_ms + SECOND, 0, false);
    way_is("ANSWER_WAY_ELSEWHERE");
    visitor_says(visitor_get(page, &visitor_plain).body, "nina: not interested (");
    assert_int_equal(visitor_answers(), 1);
}

// A store that was put back waits with what was sent and answered meanwhile: once the scheduler has told that, nothing
// of it goes out.
static void test_what_was_answered_does_not_leave(void **state)
{
    (void)state;
    desk.options.public_url = "https://tend.test/t";
    desk_rep("wang", "Wang", "en", "", DESK_START);
    assert_int_equal(desk_post("/v1/hold"), 200);
    desk_remind("r1", "wang", "Acme", 0);
    desk_remind("r2", "wang", "Brown", 0);
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    settle("r1", OUTCOME(DONE), "wang", turns_now_ms(desk.turns), 0, true);
    assert_int_equal(desk_post("/v1/release"), 200);
    desk_play(turns_now_ms(desk.turns) + 5 * MINUTE);
    visitor_silent(desk_text(), "Acme");
    visitor_says(desk_text(), "Brown");
    desk_assert_states(1, 0, 0, 0);
    assert_int_equal(desk_figure("reminders{outcome=\"cancelled\"}"), 1);
}

// What the store put back has of old, or reads once more, says that it may have been sent before; what is new does not.
static void test_what_may_have_left_says_so(void **state)
{
    (void)state;
    char path[] = "/tmp/watermark_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, "100000\n", 7) == 7 && close(file) == 0);
    struct notifier *old = desk.notifier;
    desk.options.watermark = path;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
    desk_rep("wang", "Wang", "en", "", DESK_START);
    desk_remind("r1", "wang", "Acme", 0);
    turns_date(desk.turns, DESK_START - MINUTE); // when a store that knew more read it
    desk_play(DESK_START + MINUTE);
    desk_assert_states(0, 1, 0, 0);
    assert_int_equal(desk_post("/v1/release"), 200);
    desk_play(DESK_START + 2 * MINUTE);
    visitor_says(desk_text(), "(Perhaps for the second time: Tend was put back from a backup.");
    visitor_says(desk_text(), "Acme");
    desk_remind("r2", "wang", "Brown", 0);
    desk_play(DESK_START + HOUR);
    visitor_says(desk_text(), "Brown");
    visitor_silent(desk_text(), "second time");
    old = desk.notifier;
    desk.options.watermark = NULL;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
    unlink(path);
}

#define DESK_TEST(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_buttons_lead_to_working_days),
        DESK_TEST(test_what_is_urgent_is_not_put_off_for_days),
        DESK_TEST(test_a_message_tells_what_became_of_it),
        DESK_TEST(test_nothing_is_put_off_past_its_hour),
        DESK_TEST(test_an_answer_from_elsewhere_reaches_the_page),
        DESK_TEST(test_the_newest_answer_counts),
        DESK_TEST(test_what_was_answered_does_not_leave),
        DESK_TEST(test_what_may_have_left_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
