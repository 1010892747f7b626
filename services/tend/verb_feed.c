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
    const char *does;
} actions[] = {
    {"try", "NAME|FILE.yaml BODY.json", 2, 2, feed_try, "shows what a body becomes, and stores nothing"},
    {"add", "NAME --preset PRESET", 1, 1, feed_add, "writes the file of a new feed"},
    {"list", "", 0, 0, feed_list, "shows the feeds and what came by each"},
    {"tail", "NAME [--limit N]", 1, 1, feed_tail, "shows the newest events of a feed"},
    {"replay", "NAME", 1, 1, feed_again, "takes once more what the feed rejected"},
    {"reset", "NAME", 1, 1, feed_reset, "reads the feed's topic from its beginning"},
    {"reconcile", "NAME --day DAY (--count N | FILE.csv)", 1, 2, feed_reconcile,
     "compares a day's orders with those of the other end"},
};

enum { ACTIONS = sizeof actions / sizeof *actions };

static void print_action(size_t i)
{
    bool bare = actions[i].arguments[0] == '\0';
    fprintf(stderr, "  tend feed %s%s%s: %s\n", actions[i].name, bare ? "" : " ", actions[i].arguments,
            actions[i].does);
}

int verb_feed(struct verb_call *call)
{
    const char *names[ACTIONS];
    int given = call->argument_count - 1;
    for (size_t i = 0; i < ACTIONS; i++) {
        names[i] = actions[i].name;
        if (given < 0 || strcmp(actions[i].name, call->arguments[0]) != 0)
            continue;
        if (given >= actions[i].least && given <= actions[i].most)
            return actions[i].run(call);
        fprintf(stderr, "tend feed %s: %s; it is\n", actions[i].name,
                given < actions[i].least ? "something is missing" : "that is too much");
        print_action(i);
        return VERB_USAGE;
    }
    const char *near = given >= 0 ? nearest_name(call->arguments[0], names, ACTIONS) : NULL;
    if (near != NULL) {
        fprintf(stderr, "tend feed has no \"%s\"; did you mean \"%s\"?\n", call->arguments[0], near);
        return VERB_USAGE;
    }
    if (given >= 0)
        fprintf(stderr, "tend feed has no \"%s\"; it has\n", call->arguments[0]);
    else
        fprintf(stderr, "tend feed: say what; there is\n");
    for (size_t i = 0; i < ACTIONS; i++)
        print_action(i);
    return VERB_USAGE;
}
