// `tend route test`: which way a message would go now, who would read it, and why.
#include "services/tend/figures.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <string.h>

static const char *or_else(const char *text, const char *other)
{
    return text[0] != '\0' ? text : other;
}

static void print_way(const struct figures *figures, const json_t *way)
{
    char until[FIGURES_BYTES];
    const char *name = verb_text(way, "readerName"), *address = verb_text(way, "address");
    const char *trouble = verb_text(way, "trouble");
    figures_moment(figures, verb_text(way, "heldUntil"), until);
    printf("route    %s\n", or_else(verb_text(way, "route"), "the plain way: no route of notifier.routes fits"));
    printf("reader   %s%s%s%s: %s\n", verb_text(way, "reader"), name[0] != '\0' ? " (" : "", name,
           name[0] != '\0' ? ")" : "", verb_text(way, "why"));
    printf("channel  %s%s%s%s\n", or_else(verb_text(way, "channel"), "none"),
           verb_text(way, "type")[0] != '\0' ? ", " : "", verb_text(way, "type"),
           address[0] == '\0' ? ", no address of the reader's" : "");
    if (address[0] != '\0')
        printf("address  %s\n", address);
    printf("language %s\n", verb_text(way, "language"));
    if (until[0] != '\0')
        printf("when     held until %s: %s\n", until, verb_text(way, "hold"));
    else
        printf("when     %s\n", trouble[0] == '\0' ? "at once" : "when it can");
    if (trouble[0] != '\0')
        printf("trouble  %s\n", trouble);
}

int verb_route(struct verb_call *call)
{
    if (strcmp(call->arguments[0], "test") != 0 || verb_value(call, "rep") == NULL) {
        fprintf(stderr, "tend route: say `tend route test --rep ID`\n");
        return VERB_USAGE;
    }
    char target[VERB_TARGET_BYTES] = "GET /v1/route";
    static const char *const options[] = {"kind", "class", "region", "urgency", "rep"};
    verb_add_options(call, options, sizeof options / sizeof *options, target);
    json_t *way = NULL;
    int code = verb_ask(call, "notifier", target, &way);
    return verb_show(call, code, way, print_way);
}
