// `tend feed`: the webhooks of other programs.
#include "services/tend/feed.h"

#include "common/nearest.h"
#include "services/tend/feed_remote.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *arguments;
    int least, most; // arguments behind the action
    int (*run)(struct verb_call *call);
} actions[] = {
    {"try", "NAME|FILE.yaml BODY.json", 2, 2, feed_try},
    {"add", "NAME --preset PRESET", 1, 1, feed_add},
    {"list", "", 0, 0, feed_list},
    {"tail", "NAME", 1, 1, feed_tail},
    {"replay", "NAME", 1, 1, feed_again},
    {"reset", "NAME", 1, 1, feed_reset},
    {"reconcile", "NAME --day DAY (--count N | FILE.csv)", 1, 2, feed_reconcile},
};

enum { ACTIONS = sizeof actions / sizeof *actions };

int verb_feed(struct verb_call *call)
{
    const char *names[ACTIONS];
    for (size_t i = 0; i < ACTIONS; i++) {
        names[i] = actions[i].name;
        int given = call->argument_count - 1;
        if (strcmp(actions[i].name, call->arguments[0]) != 0)
            continue;
        if (given >= actions[i].least && given <= actions[i].most)
            return actions[i].run(call);
        fprintf(stderr, "it is: tend feed %s %s\n", actions[i].name, actions[i].arguments);
        return VERB_USAGE;
    }
    const char *near = nearest_name(call->arguments[0], names, ACTIONS);
    fprintf(stderr, "tend feed has no \"%s\"", call->arguments[0]);
    if (near != NULL)
        fprintf(stderr, "; did you mean \"%s\"?\n", near);
    else
        fprintf(stderr, "; see tend feed --help\n");
    return VERB_USAGE;
}
