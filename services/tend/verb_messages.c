// `tend messages` and `tend retry`: how the messages to reps fared.
#include "services/tend/verb.h"

#include <stdio.h>
#include <string.h>

static const char *state_of(const json_t *message)
{
    const char *state = verb_text(message, "state"), *last = strrchr(state, '_');
    if (json_is_true(json_object_get(message, "dropped")))
        return "DROPPED";
    return last != NULL ? last + 1 : state;
}

static void print_line(const json_t *message)
{
    printf("%-34s #%-7s %-10s %-12s %-8s %-20s %s\n", verb_text(message, "messageId"), verb_text(message, "visibleId"),
           verb_text(message, "repId"), verb_text(message, "channel"), state_of(message), verb_text(message, "changed"),
           verb_text(message, "reason"));
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
        print_line(message);
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
    json_t *answer = NULL;
    int code = verb_ask(call, "notifier", target, &answer);
    if (code == VERB_DONE && call->json) {
        verb_print_json(answer);
    } else if (code == VERB_DONE) {
        size_t i;
        const json_t *message;
        json_array_foreach (json_object_get(answer, "messages"), i, message)
            print_line(message);
        if (i == 0)
            printf("no messages\n");
        if (json_is_true(json_object_get(answer, "more")))
            printf("there are older ones: --limit\n");
    }
    json_decref(answer);
    return code;
}

int verb_retry(struct verb_call *call)
{
    char target[VERB_TARGET_BYTES];
    json_t *answer = NULL;
    verb_write_target(target, "POST /v1/messages/", call->arguments[0], "/retry");
    int code = verb_post(call, "notifier", target, "{}", &answer);
    if (code == VERB_DONE && call->json)
        verb_print_json(answer);
    else if (code == VERB_DONE)
        printf("%s will be sent again\n", call->arguments[0]);
    json_decref(answer);
    return code;
}
