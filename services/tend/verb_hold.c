// `tend hold` and `tend release`: nothing more leaves to reps, until it may again.
#include "services/tend/verb.h"

#include <stdio.h>
#include <string.h>

static void print_audit(const json_t *audit)
{
    const char *held = verb_text(audit, "held");
    long long waiting = (long long)verb_number(audit, "waiting");
    if (held[0] != '\0')
        printf("everything is held: %s\n%lld message%s wait%s; tend release lets them go\n", held, waiting,
               waiting == 1 ? "" : "s", waiting == 1 ? "s" : "");
    else
        printf("nothing is held; %lld message%s on the way\n", waiting, waiting == 1 ? "" : "s");
}

// `reason` is what was given for a hold; NULL: none was.
static int post(struct verb_call *call, const char *target, const char *reason)
{
    json_t *audit = NULL;
    int code = verb_post(call, "notifier", target, "{}", &audit);
    if (code == VERB_DONE && call->json)
        verb_print_json(audit);
    else if (code == VERB_DONE)
        print_audit(audit);
    if (code == VERB_DONE && !call->json && reason != NULL && strcmp(reason, verb_text(audit, "held")) != 0)
        printf("it was held before: that reason stays, and \"%s\" was not noted\n", reason);
    json_decref(audit);
    return code;
}

int verb_hold(struct verb_call *call)
{
    char target[VERB_TARGET_BYTES] = "POST /v1/hold";
    if (call->argument_count == 1)
        verb_add_parameter(target, "reason", call->arguments[0]);
    return post(call, target, call->argument_count == 1 ? call->arguments[0] : NULL);
}

int verb_release(struct verb_call *call)
{
    return post(call, "POST /v1/release", NULL);
}
