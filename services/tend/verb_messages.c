// `tend messages` and `tend retry`: how the messages to reps fared, and the dead ones once more.
#include "common/clock.h"
#include "common/stamp.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS_MOST = 200, // of 500 messages each
    SECOND_MS = 1000,
    MINUTE_SHOWN = 16, // characters of "2026-05-17T08:50"
    TIME_LENGTH = 19,  // to the second; what is behind it does not matter
};

static const char *state_of(const json_t *message)
{
    const char *state = verb_text(message, "state"), *last = strrchr(state, '_');
    if (json_is_true(json_object_get(message, "dropped")))
        return "DROPPED";
    return last != NULL ? last + 1 : state;
}

// "2026-05-17 08:50" of a moment, in UTC as everything in JSON is.
static const char *minute(const char *stamp, char *buffer)
{
    snprintf(buffer, MINUTE_SHOWN + 1, "%.16s", stamp);
    char *middle = strchr(buffer, 'T');
    if (middle != NULL)
        *middle = ' ';
    return buffer;
}

// A line of what it is, and one below of what is to be said about it.
static void print_message(const json_t *message)
{
    char changed[MINUTE_SHOWN + 1], next[MINUTE_SHOWN + 1];
    const char *reader = verb_text(message, "reader"), *rep = verb_text(message, "repId");
    const char *reason = verb_text(message, "reason"), *route = verb_text(message, "route");
    const char *between = "        ";
    bool other = reader[0] != '\0' && strcmp(reader, rep) != 0;
    printf("%s #%s  %-8s %s  %s%s%s  %s\n", verb_text(message, "messageId"), verb_text(message, "visibleId"),
           state_of(message), minute(verb_text(message, "changed"), changed), rep, other ? ", read by " : "",
           other ? reader : "", verb_text(message, "channel")[0] != '\0' ? verb_text(message, "channel") : "-");
    bool more = false;
    const struct {
        const char *label, *text;
    } facts[] = {{"", reason}, {"next ", minute(verb_text(message, "next"), next)}, {"route ", route}};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (facts[i].text[0] != '\0') {
            printf("%s%s%s", more ? "; " : between, facts[i].label, facts[i].text);
            more = true;
        }
    if (more)
        putchar('\n');
}

static int show_one(struct verb_call *call, const char *id)
{
    char target[VERB_TARGET_BYTES];
    json_t *message = NULL;
    verb_write_target(target, "GET /v1/messages/", id, "");
    int code = verb_ask(call, "notifier", target, &message);
    if (code == VERB_DONE && call->json)
        verb_print_json(message);
    else if (code == VERB_DONE) {
        print_message(message);
        printf("\n%s\n", verb_text(message, "text"));
    }
    json_decref(message);
    return code;
}

int verb_messages(struct verb_call *call)
{
    if (call->argument_count == 1)
        return show_one(call, call->arguments[0]);
    char target[VERB_TARGET_BYTES] = "GET /v1/messages";
    static const char *const filters[] = {"rep", "state", "limit"};
    verb_add_options(call, filters, sizeof filters / sizeof *filters, target);
    if (verb_value(call, "dead") != NULL && verb_value(call, "state") == NULL)
        verb_add_parameter(target, "state", "dead");
    json_t *answer = NULL;
    int code = verb_ask(call, "notifier", target, &answer);
    if (code == VERB_DONE && call->json) {
        verb_print_json(answer);
    } else if (code == VERB_DONE) {
        size_t i;
        const json_t *message;
        json_array_foreach (json_object_get(answer, "messages"), i, message)
            print_message(message);
        if (i == 0)
            printf("no messages\n");
        if (json_is_true(json_object_get(answer, "more")))
            printf("there are older ones: --limit\n");
    }
    json_decref(answer);
    return code;
}

// --- retry
// ------------------------------------------------------------------------------------------------------------

// What of the dead ones is sent again.
struct retrying {
    struct verb_call *call;
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
        printf("%s will be sent again\n", id);
    json_decref(answer);
    return code;
}

// "2h" as the moment that long ago, as text. False when it is no time.
static bool read_since(const char *text, char *ret_since)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    char *end;
    long long number = strtoll(text, &end, 10);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (number < 1 || number > 100000 || end == text || end[0] != units[i].unit || end[1] != '\0')
            continue;
        struct clock *clock = clock_open();
        stamp_print(clock_wall_ms(clock) / SECOND_MS - number * units[i].seconds, 0, ret_since);
        clock_close(&clock);
        return true;
    }
    return false;
}

// Whether the dead message is one of those that were asked for.
static bool wanted(const struct retrying *retrying, const json_t *message)
{
    if (json_is_true(json_object_get(message, "dropped")))
        return false;
    if (retrying->channel != NULL && strcmp(retrying->channel, verb_text(message, "channel")) != 0)
        return false;
    return strncmp(verb_text(message, "changed"), retrying->since, TIME_LENGTH) >= 0;
}

// The newest dead ones; *ret_more when there may be others behind them and one of these went.
static int retry_round(struct retrying *retrying, bool *ret_more)
{
    json_t *answer = NULL;
    size_t i;
    const json_t *message;
    unsigned before = retrying->sent;
    int code = verb_ask(retrying->call, "notifier", "GET /v1/messages?state=dead&limit=500", &answer);
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
        retrying->refused = 0; // those that stay dead are met in each round
        code = retry_round(retrying, &more);
    }
    if (code != VERB_DONE)
        return code;
    if (!retrying->call->json)
        printf("%u sent again%s\n", retrying->sent, retrying->refused > 0 ? "; some cannot be, as said above" : "");
    return retrying->refused > 0 ? VERB_PROBLEM : VERB_DONE;
}

int verb_retry(struct verb_call *call)
{
    struct retrying retrying = {.call = call, .channel = verb_value(call, "channel"), .since = ""};
    const char *since = verb_value(call, "since");
    bool all = verb_value(call, "all-dead") != NULL;
    if (all == (call->argument_count > 0) || (!all && (since != NULL || retrying.channel != NULL))) {
        fprintf(stderr, "tend retry: name messages, or say --all-dead, which --channel and --since narrow down\n");
        return VERB_USAGE;
    }
    if (since != NULL && !read_since(since, retrying.since)) {
        fprintf(stderr, "tend retry: --since wants a time such as 30m, 2h or 3d, not \"%s\"\n", since);
        return VERB_USAGE;
    }
    if (all)
        return retry_all(&retrying);
    int code = VERB_DONE;
    for (int i = 0; i < call->argument_count && code != VERB_UNREACHABLE; i++) {
        int one = retry_one(&retrying, call->arguments[i]);
        code = one != VERB_DONE ? one : code;
    }
    return code;
}
