// Who reads a message while people are away, by which channel while chats pause, and when nights end.
#include "harness/desk.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WECOM_OK "{\"errcode\":0,\"errmsg\":\"ok\"}"

static const char *const wecom_out[] = {"wecom", "out"};

static char *borrow(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void say_event(Tend__V1__Event *event, const char *id, const char *rep)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = (DESK_START - DAY) / SECOND;
    event->id = borrow(id);
    event->source = borrow("test");
    event->time = &time;
    event->rep_id = borrow(rep);
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event->base);
}

static void know(const char *rep, const char *manager, const char *deputy)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
    body.name = borrow(rep);
    body.manager_rep_id = borrow(manager);
    body.deputy_rep_id = borrow(deputy);
    body.time_zone = borrow("Asia/Shanghai");
    event.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event.rep_upserted = &body;
    say_event(&event, rep, rep);
}

static void away(const char *rep)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepAbsent body = TEND__V1__REP_ABSENT__INIT;
    body.from = borrow("2026-05-16");
    body.to = borrow("2026-05-18");
    event.body_case = TEND__V1__EVENT__BODY_REP_ABSENT;
    event.rep_absent = &body;
    say_event(&event, "away", rep);
}

static void remind(const char *id, const char *rep, unsigned priority)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = borrow(id);
    reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_OVERDUE;
    reminder.rep_id = borrow(rep);
    reminder.customer_id = reminder.customer_name = borrow(id);
    reminder.local_date = borrow("2026-05-17");
    reminder.priority = priority;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
}

static void begin_anew(void)
{
    struct notifier *old = desk.notifier;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
}

// --- who

enum { PEOPLE = 5 };

struct person {
    const char *rep, *manager, *deputy;
    bool away;
};

static const struct whose {
    const char *label;
    int to;
    const char *named;
    struct person people[PEOPLE];
    const char *urgency, *reader, *why; // reader "": nobody is told yet
} readers[] = {
    {"the manager's deputy",
     ROUTE_MANAGER,
     "",
     {{"wk", "boss", "", false}, {"boss", "", "vice", true}},
     "now",
     "vice",
     "the route tells the owner's manager, who is away today, and this is the deputy"},
    {"also what can wait",
     ROUTE_MANAGER,
     "",
     {{"wk", "boss", "", false}, {"boss", "", "vice", true}},
     "today",
     "vice",
     "the route tells the owner's manager, who is away today, and this is the deputy"},
    {"the manager who is there",
     ROUTE_MANAGER,
     "",
     {{"wk", "boss", "", false}, {"boss", "", "vice", false}},
     "now",
     "boss",
     "the route tells the owner's manager"},
    {"a manager nobody stands in for",
     ROUTE_MANAGER,
     "",
     {{"wk", "boss", "", false}, {"boss", "", "", true}},
     "now",
     "boss",
     "the route tells the owner's manager, who is away today, and nobody is known as the deputy"},
    {"the deputy's deputy",
     ROUTE_DEPUTY,
     "",
     {{"wk", "", "li", false}, {"li", "", "mei", true}},
     "today",
     "mei",
     "the route tells the owner's deputy, who is away today, and this is the deputy"},
    {"the rep of the route",
     ROUTE_REP,
     "duty",
     {{"wk", "", "", false}, {"duty", "", "mei", true}},
     "today",
     "mei",
     "the route names a rep, who is away today, and this is the deputy"},
    {"an owner without a deputy",
     ROUTE_OWNER,
     "",
     {{"wk", "boss", "", true}, {"boss", "", "", false}},
     "now",
     "boss",
     "the owner is away today without a deputy who is there, and this is the manager"},
    {"an owner whose deputy is away",
     ROUTE_OWNER,
     "",
     {{"wk", "boss", "li", true}, {"boss", "", "", false}, {"li", "", "", true}},
     "now",
     "boss",
     "the owner is away today without a deputy who is there, and this is the manager"},
    {"the manager is away as well",
     ROUTE_OWNER,
     "",
     {{"wk", "boss", "", true}, {"boss", "", "vice", true}},
     "now",
     "vice",
     "the owner is away today, and so are the deputy and the manager"},
    {"what can wait waits for the owner",
     ROUTE_OWNER,
     "",
     {{"wk", "boss", "", true}, {"boss", "", "", false}},
     "today",
     "wk",
     "the owner is away today, and nobody is known as the deputy"},
};

static void assert_way(const struct whose *row)
{
    char target[80];
    snprintf(target, sizeof target, "/v1/route?rep=wk&urgency=%s", row->urgency);
    json_t *way = desk_ask(target);
    const char *reader = json_string_value(json_object_get(way, "reader"));
    const char *why = json_string_value(json_object_get(way, "why"));
    if (reader == NULL || strcmp(reader, row->reader) != 0 || why == NULL || strcmp(why, row->why) != 0)
        fail_msg("%s: %s, %s", row->label, reader, why);
    json_decref(way);
}

static void test_who_stands_in(void **state)
{
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        struct route_options *route = desk_route("all");
        route->to = readers[i].to;
        route->rep = readers[i].named;
        for (size_t j = 0; j < PEOPLE && readers[i].people[j].rep != NULL; j++) {
            const struct person *person = &readers[i].people[j];
            know(person->rep, person->manager, person->deputy);
            if (person->away)
                away(person->rep);
        }
        turns_run(desk.turns, DESK_START);
        assert_way(&readers[i]);
        assert_int_equal(desk_tear_down(state), 0);
        assert_int_equal(desk_set_up(state), 0);
    }
}

// The manager is away for days; what the route sends the manager is read by the deputy at once.
static void test_a_route_to_a_manager_who_is_away_does_not_wait(void **state)
{
    (void)state;
    desk_route("urgent")->to = ROUTE_MANAGER;
    know("wk", "boss", "");
    know("boss", "", "vice");
    know("vice", "", "");
    away("boss");
    remind("r1", "wk", 0);
    desk_play(DESK_START + MINUTE);
    desk_assert_states(1, 0, 0, 0);
    assert_string_equal(desk_newest("reader"), "vice");
}

// --- by which channel

static void throttle(const char *seconds)
{
    struct route_options *route = desk_route("all");
    route->channels = wecom_out;
    route->channel_count = 2;
    chat_say(desk.chat, &(struct chat_line){.status = 429, .body = "", .header = "Retry-After", .value = seconds});
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
}

static const struct pausing {
    const char *label, *seconds;
    unsigned priority;
    int64_t minutes;
    unsigned out, wecom; // messages by then
} pauses[] = {
    {"urgent, ten minutes", "600", 0, 1, 1, 1},     {"urgent, half a minute", "30", 0, 1, 0, 2},
    {"of today, ten minutes", "600", 1, 5, 0, 1},   {"of today, later", "600", 1, 20, 0, 2},
    {"of today, half an hour", "1800", 1, 1, 1, 1}, {"later than today, half an hour", "1800", 2, 1, 1, 1},
};

static void test_a_long_pause_sends_by_the_next_channel(void **state)
{
    for (size_t i = 0; i < sizeof pauses / sizeof pauses[0]; i++) {
        throttle(pauses[i].seconds);
        remind("r1", "wang", pauses[i].priority);
        desk_play(DESK_START + pauses[i].minutes * MINUTE);
        unsigned out = desk_occurrences(desk_out(), "--- end ");
        if (out != pauses[i].out || chat_count(desk.chat) != pauses[i].wecom)
            fail_msg("%s: %u by the file, %zu to the chat", pauses[i].label, out, (size_t)chat_count(desk.chat));
        assert_int_equal(desk_tear_down(state), 0);
        assert_int_equal(desk_set_up(state), 0);
    }
}

// It may stand in the first chat already: a pause of that chat is no reason to say it in another one.
static void test_what_may_have_arrived_waits_out_the_pause(void **state)
{
    (void)state;
    desk_chat_says(CHAT_RESET, 0, "");
    throttle("1800");
    remind("r1", "wang", 0);
    desk_play(DESK_START + 20 * MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 0);
    assert_int_equal(chat_count(desk.chat), 2);
    desk_play(DESK_START + HOUR);
    assert_int_equal(chat_count(desk.chat), 3);
    desk_assert_states(1, 0, 0, 0);
}

// --- when

enum { REPS = 40, SPREAD_MS = 5 * MINUTE };

// Nobody's morning begins in the same second as everybody's.
static void test_nights_end_one_after_another(void **state)
{
    static char ids[REPS][16], reps[REPS][16];
    (void)state;
    desk.options.quiet_from = 8 * 60;
    desk.options.quiet_to = 9 * 60 + 30;
    begin_anew();
    for (int i = 0; i < REPS; i++) {
        snprintf(ids[i], sizeof ids[i], "r%d", i);
        snprintf(reps[i], sizeof reps[i], "rep%d", i);
        know(reps[i], "", "");
        remind(ids[i], reps[i], 1);
    }
    remind("now", "rep1", 0); // in a message of its own
    desk_play(DESK_START + 40 * MINUTE - SECOND);
    assert_int_equal(desk_messages("sent"), 0);
    size_t before = 0, leaps = 0;
    for (int64_t at_ms = 0; at_ms <= SPREAD_MS; at_ms += 15 * SECOND) {
        desk_play(DESK_START + 40 * MINUTE + at_ms);
        size_t sent = desk_messages("sent");
        assert_true(sent - before <= REPS / 4);
        leaps += sent > before;
        before = sent;
    }
    assert_true(leaps >= 10);
    assert_int_equal(desk_messages("held"), 0);
}

static void test_what_must_be_known_leaves_when_the_night_ends(void **state)
{
    (void)state;
    desk.options.quiet_from = 8 * 60;
    desk.options.quiet_to = 9 * 60 + 30;
    begin_anew();
    know("wang", "", "");
    remind("r1", "wang", 0);
    desk_play(DESK_START + 40 * MINUTE - SECOND);
    desk_assert_states(0, 1, 0, 0);
    desk_play(DESK_START + 40 * MINUTE);
    desk_assert_states(1, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_who_stands_in, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_a_route_to_a_manager_who_is_away_does_not_wait, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(test_a_long_pause_sends_by_the_next_channel, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_what_may_have_arrived_waits_out_the_pause, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_nights_end_one_after_another, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_what_must_be_known_leaves_when_the_night_ends, desk_set_up,
                                        desk_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
