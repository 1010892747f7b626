// `tend retry`: messages that are dead, or of which nobody knows whether they arrived, once more.
#include "common/clock.h"
#include "common/stamp.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS_MOST = 200, // of 500 messages each
    SECOND_MS = 1000,
    TIME_LENGTH = 19, // to the second; what is behind it does not matter
};

// What is sent again.
struct retrying {
    struct verb_call *call;
    const char *state;   // "dead" or "unknown"
    const char *channel; // NULL: any
    char since[STAMP_TEXT_BYTES];
    unsigned sent, refused;
};

static int retry_one(struct retrying *retrying, const char *id)
{
    char target[VERB_TARGET_BYTES];
    json_t *answer = NULL;
    verb_write_target(target, "POST /v1/messages/", id, "/retry");
    int code = verb_post(retrying->call, "notifier", target, "{}", &answer);
    retrying->sent += code == VERB_DONE;
    retrying->refused += code == VERB_PROBLEM;
    if (code == VERB_DONE && retrying->call->json)
        verb_print_json(answer);
    else if (code == VERB_DONE)
        printf("%s #%s  %s  will be sent again\n", verb_text(answer, "messageId"), verb_text(answer, "visibleId"),
               verb_text(answer, "repId"));
    json_decref(answer);
    return code;
}

// "2h" as the moment that long ago, as text. False when it is no time.
static bool read_since(const char *text, char *ret_since)
{
    int64_t ago_ms;
    if (!verb_span(text, &ago_ms))
        return false;
    struct clock *clock = clock_open();
    stamp_print((clock_wall_ms(clock) - ago_ms) / SECOND_MS, 0, ret_since);
    clock_close(&clock);
    return true;
}

// Whether the message is one of those that were asked for. Nobody waits for an old test of a channel; and an unknown
// one that is still repeated by itself has a next moment.
static bool wanted(const struct retrying *retrying, const json_t *message)
{
    if (json_is_true(json_object_get(message, "dropped")) || json_is_true(json_object_get(message, "test")) ||
        verb_text(message, "next")[0] != '\0')
        return false;
    if (retrying->channel != NULL && strcmp(retrying->channel, verb_text(message, "channel")) != 0)
        return false;
    return strncmp(verb_text(message, "changed"), retrying->since, TIME_LENGTH) >= 0;
}

// The newest ones; *ret_more when there may be others behind them and one of these went.
static int retry_round(struct retrying *retrying, bool *ret_more)
{
    char target[VERB_TARGET_BYTES] = "GET /v1/messages";
    json_t *answer = NULL;
    size_t i;
    const json_t *message;
    unsigned before = retrying->sent;
    verb_add_parameter(target, "state", retrying->state);
    verb_add_parameter(target, "limit", "500");
    int code = verb_ask(retrying->call, "notifier", target, &answer);
    json_array_foreach (json_object_get(answer, "messages"), i, message)
        if (code != VERB_UNREACHABLE && wanted(retrying, message)) {
            int one = retry_one(retrying, verb_text(message, "messageId"));
            code = one == VERB_UNREACHABLE ? one : code;
        }
    *ret_more = json_is_true(json_object_get(answer, "more")) && retrying->sent > before;
    json_decref(answer);
    return code;
}

static int retry_all(struct retrying *retrying)
{
    bool more = true;
    int code = VERB_DONE;
    for (int i = 0; i < ROUNDS_MOST && more && code == VERB_DONE; i++) {
        retrying->refused = 0; // those that stay as they are are met in each round
        code = retry_round(retrying, &more);
    }
    return code;
}

// Both states, where both were asked for.
static int retry_states(struct retrying *retrying)
{
    static const struct {
        const char *option, *state;
    } states[] = {{"all-dead", "dead"}, {"all-unknown", "unknown"}};
    unsigned refused = 0;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (verb_value(retrying->call, states[i].option) == NULL)
            continue;
        retrying->state = states[i].state;
        int code = retry_all(retrying);
        if (code != VERB_DONE)
            return code;
        refused += retrying->refused;
    }
    if (!retrying->call->json)
        printf("%u sent again%s\n", retrying->sent, refused > 0 ? "; some cannot be, as said above" : "");
    // Messages of a channel that was taken out can be sent again: only where there are none it may be a slip.
    if (retrying->sent + refused == 0 && retrying->channel != NULL && verb_channel_named(retrying->channel) == NULL)
        fprintf(stderr, "tend retry: the configuration has no channel \"%s\"\n", retrying->channel);
    return refused > 0 ? VERB_PROBLEM : VERB_DONE;
}

int verb_retry(struct verb_call *call)
{
    struct retrying retrying = {.call = call, .channel = verb_value(call, "channel"), .since = ""};
    const char *since = verb_value(call, "since");
    bool all = verb_value(call, "all-dead") != NULL || verb_value(call, "all-unknown") != NULL;
    if (all == (call->argument_count > 0) || (!all && (since != NULL || retrying.channel != NULL))) {
        fprintf(stderr,
                "tend retry: name messages, or say --all-dead or --all-unknown, which --channel and --since narrow "
                "down\n");
        return VERB_USAGE;
    }
    if (since != NULL && !read_since(since, retrying.since)) {
        fprintf(stderr, "tend retry: --since wants a time such as 30m, 2h or 3d, not \"%s\"\n", since);
        return VERB_USAGE;
    }
    if (all)
        return retry_states(&retrying);
    int code = VERB_DONE;
    for (int i = 0; i < call->argument_count && code != VERB_UNREACHABLE; i++) {
        int one = retry_one(&retrying, verb_visible(call->arguments[i]));
        code = one != VERB_DONE ? one : code;
    }
    return code;
}
