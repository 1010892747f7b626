// The notifier among bad luck: a chat that answers at random, commits that do not happen, processes that die, reminders
// that come twice or are taken back. When all is well again everything has got somewhere, and nothing was said twice
// without need.
#include "harness/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { REMINDERS = 40, STEPS = 150, REPS = 5, SCRIPT = 55 };

#define WECOM_OK "{\"errcode\":0,\"errmsg\":\"ok\"}"

static const struct chat_line lines[] = {
    {.status = 200, .body = WECOM_OK},
    {.status = 200, .body = WECOM_OK},
    {.status = 200, .body = "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}"},
    {.status = 200, .body = "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}"},
    {.status = 200, .body = "<html>hello</html>"},
    {.status = 429, .body = "", .header = "Retry-After", .value = "30"},
    {.status = 500, .body = ""},
    {.manner = CHAT_RESET, .body = ""},
};

static char names[REMINDERS][16]; // of reminders and of their customers
static bool cancelled[REMINDERS];
static int said;

static void say_new(void)
{
    static const char *const reps[REPS] = {"wang", "li", "zhao", "chen", "smith"};
    if (said == REMINDERS)
        return;
    snprintf(names[said], sizeof names[said], "cust%02dx", said);
    cancelled[said] = false;
    desk_remind(names[said], reps[rand() % REPS], names[said], 0);
    said++;
}

static void die(void)
{
    struct notifier *old = desk.notifier;
    desk_reopen();
    notifier_close(&old);
    turns_restart(desk.turns);
}

// Whatever happened, everything that waits has a next moment.
static void assert_nothing_stuck(void)
{
    json_t *audit = desk_ask("/v1/audit");
    const char *stuck = json_string_value(json_object_get(audit, "stuck"));
    if (stuck != NULL && strcmp(stuck, "0") != 0)
        fail_msg("%s messages are stuck", stuck);
    json_decref(audit);
}

static void step(int64_t *now_ms)
{
    int i = said > 0 ? rand() % said : 0;
    switch (rand() % 11) {
    case 10:
        desk_post(rand() % 3 == 0 ? "/v1/hold" : "/v1/release");
        break;
    case 0:
        if (said > 0)
            desk_remind(names[i], "wang", names[i], 0); // again
        break;
    case 1:
        if (said > 0) {
            desk_cancel(names[i]);
            cancelled[i] = true;
        }
        break;
    case 2:
        turns_crash(desk.turns);
        break;
    case 3: // whatever is on its way is lost to us
        turns_run(desk.turns, *now_ms);
        notifier_service.port->after(desk.notifier, desk_boot_ms());
        notifier_service.port->work(desk.notifier, desk_boot_ms());
        die();
        break;
    case 4:
    case 5:
        *now_ms += rand() % (int)(2 * HOUR);
        desk_play(*now_ms);
        break;
    default:
        say_new();
        *now_ms += rand() % (5 * SECOND);
        desk_play(*now_ms);
        break;
    }
}

// The message that a reminder went with; NULL: none.
static const json_t *message_of(const json_t *messages, const char *id)
{
    size_t i, j;
    const json_t *message, *member;
    json_array_foreach (messages, i, message) {
        json_array_foreach (json_object_get(message, "reminderIds"), j, member) {
            if (strcmp(json_string_value(member), id) == 0)
                return message;
        }
    }
    return NULL;
}

// How many posts with this name the chat took, or may have taken.
static unsigned taken(const char *name)
{
    unsigned count = 0;
    for (size_t i = 0; i < chat_count(desk.chat); i++) {
        struct chat_request request = chat_request(desk.chat, i);
        bool may = request.answer.manner != CHAT_ANSWER || strcmp(request.answer.body, WECOM_OK) == 0 ||
                   request.answer.body[0] == '<';
        count += may && strstr(request.body, name) != NULL;
    }
    return count;
}

static void judge(void)
{
    json_t *value = desk_ask("/v1/messages?limit=500");
    const json_t *messages = json_object_get(value, "messages");
    for (int i = 0; i < said; i++) {
        const json_t *message = message_of(messages, names[i]);
        if (message == NULL)
            fail_msg("%s is nowhere", names[i]);
        const char *state = json_string_value(json_object_get(message, "state"));
        unsigned unknowns = (unsigned)json_integer_value(json_object_get(message, "unknowns"));
        unsigned count = taken(names[i]);
        bool sent = strcmp(state, "DELIVERY_STATE_SENT") == 0, unknown = strcmp(state, "DELIVERY_STATE_UNKNOWN") == 0;
        bool dead = strcmp(state, "DELIVERY_STATE_DEAD") == 0;
        if (!sent && !unknown && !dead)
            fail_msg("%s is still %s", names[i], state);
        if (count > 1 + unknowns)
            fail_msg("%s was said %u times with %u unknowns", names[i], count, unknowns);
        if (sent && !cancelled[i] && count == 0)
            fail_msg("%s was never said", names[i]);
    }
    json_decref(value);
}

static void test_bad_luck(void **state)
{
    (void)state;
    unsigned seed = getenv("SEED") != NULL ? (unsigned)atoi(getenv("SEED")) : (unsigned)time(NULL);
    print_message("SEED=%u\n", seed);
    srand(seed);
    said = 0;
    desk.options.default_channel = "wecom";
    if (rand() % 2 == 0) {
        desk.options.quiet_from = 20 * 60;
        desk.options.quiet_to = 6 * 60;
        desk.options.rep_rate = "20/1h";
        die();
    }
    for (int i = 0; i < SCRIPT; i++)
        chat_say(desk.chat, &lines[(size_t)rand() % (sizeof lines / sizeof lines[0])]);
    desk_chat_says(CHAT_ANSWER, 200, WECOM_OK);
    int64_t now_ms = DESK_START;
    for (int i = 0; i < STEPS; i++) {
        step(&now_ms);
        assert_nothing_stuck();
    }
    // All is well again.
    desk_post("/v1/release");
    desk_play(now_ms += HOUR);
    for (int i = 0; i < 60; i++) {
        desk_post("/v1/channels/wecom/probe");
        desk_play(now_ms += HOUR);
    }
    judge();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_bad_luck, desk_set_up, desk_tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
