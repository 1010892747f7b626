// `tend channel`: how the chats are that messages go to, a test message to one, and another try of one that is shut.
#include "common/clock.h"
#include "services/tend/figures.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TEST_MS = 30 * 1000, // how long a chat may take to say something
    LOOK_MS = 100,
    MS_NANOS = 1000000,
};

static void print_channel(const struct figures *figures, const json_t *channel)
{
    char begun[FIGURES_BYTES], again[FIGURES_BYTES];
    const char *until = figures_moment(figures, verb_text(channel, "blockedUntil"), again);
    const char *took = verb_text(channel, "took");
    long long waiting = verb_number(channel, "waiting"), fails = verb_number(channel, "fails");
    const char *down = verb_text(channel, "downSince");
    const char *since = figures_moment(figures, down[0] != '\0' ? down : verb_text(channel, "shutSince"), begun);
    const char *how = json_is_true(json_object_get(channel, "open")) ? "SHUT"
                      : down[0] != '\0'                              ? "DOWN"
                      : until[0] != '\0'                             ? "pauses"
                      : fails > 0                                    ? "in trouble"
                      : took[0] != '\0'                              ? "works"
                                                                     : "not tried yet";
    printf("%-20s %-14s %s", verb_text(channel, "name"), verb_text(channel, "type"), how);
    if (since[0] != '\0')
        printf(" since %s", since);
    if (until[0] != '\0')
        printf(", tried again at %s", until);
    else if (json_is_true(json_object_get(channel, "open")))
        printf(", tried again with its next message");
    if (fails > 0)
        printf(", %lld failure%s in a row", fails, fails == 1 ? "" : "s");
    if (waiting > 0)
        printf(", %lld message%s waiting", waiting, waiting == 1 ? "" : "s");
    putchar('\n');
    if (verb_text(channel, "reason")[0] != '\0')
        printf("    %s\n", verb_text(channel, "reason"));
}

static int print_channels(struct verb_call *call, int code, const json_t *answer, const char *only)
{
    size_t i;
    const json_t *channel, *channels = json_object_get(answer, "channels");
    if (code == VERB_DONE && call->json)
        verb_print_json(answer);
    if (code != VERB_DONE || call->json)
        return code;
    struct figures figures;
    figures_open(call->settings.time_zone, &figures);
    json_array_foreach (channels, i, channel)
        if (only == NULL || strcmp(only, verb_text(channel, "name")) == 0)
            print_channel(&figures, channel);
    figures_close(&figures);
    if (i == 0)
        printf("notifier.channels names no channel\n");
    return code;
}

static int list(struct verb_call *call, const char *unused)
{
    (void)unused;
    json_t *answer = NULL;
    int code = verb_ask(call, "notifier", "GET /v1/channels", &answer);
    code = print_channels(call, code, answer, NULL);
    json_decref(answer);
    return code;
}

static long long waiting_for(const json_t *answer, const char *name)
{
    size_t i;
    const json_t *channel;
    json_array_foreach (json_object_get(answer, "channels"), i, channel)
        if (strcmp(name, verb_text(channel, "name")) == 0)
            return verb_number(channel, "waiting");
    return 0;
}

static int mend(struct verb_call *call, const char *name)
{
    char target[VERB_TARGET_BYTES];
    json_t *answer = NULL;
    verb_write_target(target, "POST /v1/channels/", name, "/probe");
    int code = verb_post(call, "notifier", target, "{}", &answer);
    code = print_channels(call, code, answer, name);
    if (code == VERB_DONE && !call->json && waiting_for(answer, name) > 0)
        printf("its files were read anew, and its next message is tried now\n");
    else if (code == VERB_DONE && !call->json)
        printf("its files were read anew; nothing waits for it, so `tend channel test %s` shows whether it works\n",
               name);
    json_decref(answer);
    return code;
}

// --- a test
// -----------------------------------------------------------------------------------------------------------

static const char *state_of(const json_t *message)
{
    const char *state = verb_text(message, "state"), *last = strrchr(state, '_');
    return json_is_true(json_object_get(message, "dropped")) ? "DROPPED" : last != NULL ? last + 1 : state;
}

// Waits until the chat has said something, or something holds the message.
static int wait_for(struct verb_call *call, const char *id, json_t **message)
{
    char target[VERB_TARGET_BYTES];
    struct clock *clock = clock_open();
    int64_t until_ms = clock_boot_ms(clock) + TEST_MS;
    int code = VERB_DONE;
    verb_write_target(target, "GET /v1/messages/", id, "");
    while (code == VERB_DONE && clock_boot_ms(clock) < until_ms &&
           (strcmp(state_of(*message), "READY") == 0 || strcmp(state_of(*message), "SENDING") == 0)) {
        json_t *now = NULL;
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * MS_NANOS}, NULL);
        code = verb_ask(call, "notifier", target, &now);
        if (code == VERB_DONE) {
            json_decref(*message);
            *message = now;
        }
    }
    clock_close(&clock);
    return code;
}

// What became of it, in words.
static int print_verdict(const char *name, const json_t *message)
{
    static const struct {
        const char *state, *words;
        int code;
    } verdicts[] = {
        {"SENT", "the chat took it", VERB_DONE},
        {"DEAD", "the chat did not take it", VERB_PROBLEM},
        {"UNKNOWN", "nobody knows whether it arrived: look into the chat", VERB_PROBLEM},
        {"HELD", "it has not left; it is dropped when it cannot leave within two minutes", VERB_PROBLEM},
        {"READY", "it still waits for its turn in the channel's line", VERB_PROBLEM},
        {"SENDING", "the chat has not answered yet", VERB_PROBLEM},
        {"DROPPED", "it could not leave in time", VERB_PROBLEM},
    };
    const char *state = state_of(message), *reason = verb_text(message, "reason");
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        if (strcmp(verdicts[i].state, state) == 0) {
            printf("%s: %s%s%s (message #%s)\n", name, verdicts[i].words, reason[0] != '\0' ? ": " : "", reason,
                   verb_text(message, "visibleId"));
            return verdicts[i].code;
        }
    printf("%s: %s\n", name, state);
    return VERB_PROBLEM;
}

static int test(struct verb_call *call, const char *name)
{
    char target[VERB_TARGET_BYTES];
    json_t *message = NULL;
    const char *user = getenv("USER");
    verb_write_target(target, "POST /v1/channels/", name, "/test");
    verb_add_parameter(target, "rep", verb_value(call, "rep"));
    verb_add_parameter(target, "by", user);
    int code = verb_post(call, "notifier", target, "{}", &message);
    if (code != VERB_DONE)
        return code;
    char id[64];
    snprintf(id, sizeof id, "%s", verb_text(message, "messageId"));
    code = wait_for(call, id, &message);
    if (code == VERB_DONE && call->json) {
        verb_print_json(message);
        code = strcmp(state_of(message), "SENT") == 0 ? VERB_DONE : VERB_PROBLEM;
    } else if (code == VERB_DONE) {
        code = print_verdict(name, message);
    }
    json_decref(message);
    return code;
}

int verb_channel(struct verb_call *call)
{
    static const struct {
        const char *name;
        int arguments;
        int (*run)(struct verb_call *call, const char *channel);
    } acts[] = {{"list", 1, list}, {"test", 2, test}, {"mend", 2, mend}};
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (strcmp(acts[i].name, call->arguments[0]) == 0 && acts[i].arguments == call->argument_count)
            return acts[i].run(call, call->arguments[call->argument_count - 1]);
    fprintf(stderr, "tend channel: say `tend channel list`, `tend channel test NAME` or `tend channel mend NAME`\n");
    return VERB_USAGE;
}
