// `tend join`: which customers of several sources are one by the rules of ingest.join, or would be.
#include "services/tend/verb.h"

#include <stdio.h>

enum { PAGES_MAX = 100000 };

static void print_page(const json_t *page)
{
    size_t i;
    const json_t *join;
    json_array_foreach (json_object_get(page, "joins"), i, join)
        printf("%-20s would go on as part of %-20s  %s\n", verb_text(join, "otherCustomerId"),
               verb_text(join, "customerId"), verb_text(join, "reason"));
}

static void print_end(const json_t *page, size_t joins, long long crowded)
{
    bool on = json_is_true(json_object_get(page, "on"));
    printf("%zu customer%s would be joined", joins, joins == 1 ? "" : "s");
    if (crowded > 0)
        printf("; %lld value%s more customers share than are joined", crowded, crowded == 1 ? "" : "s");
    printf("\n%s\n", on ? "ingest.join is on: each is joined at the next customer_upserted of one of the two"
                        : "nobody is joined: ingest.join.by is not set, or ingest.join.dry_run is true");
}

int verb_join(struct verb_call *call)
{
    if (verb_value(call, "dry-run") == NULL) {
        fprintf(stderr, "tend join: ingest joins by itself once ingest.join.by is set; --dry-run shows who would be, "
                        "and two by hand are joined by the event customer_merged\n");
        return VERB_USAGE;
    }
    json_t *all = json_array(), *page = NULL;
    long long crowded = 0;
    char after[VERB_FIELD_BYTES] = "";
    int code = VERB_DONE;
    for (int pages = 0; pages < PAGES_MAX; pages++) {
        char target[VERB_TARGET_BYTES] = "GET /v1/joins";
        json_decref(page);
        page = NULL;
        if (after[0] != '\0')
            verb_add_parameter(target, "after", after);
        code = verb_ask(call, "ingest", target, &page);
        if (code != VERB_DONE)
            break;
        json_array_extend(all, json_object_get(page, "joins"));
        crowded += (long long)verb_number(page, "crowded");
        if (!call->json)
            print_page(page);
        snprintf(after, sizeof after, "%s", verb_text(page, "next"));
        if (after[0] == '\0')
            break;
    }
    if (code == VERB_DONE && call->json) {
        json_object_set(page, "joins", all);
        json_object_set_new(page, "crowded", json_integer(crowded));
        verb_print_json(page);
    } else if (code == VERB_DONE) {
        print_end(page, json_array_size(all), crowded);
    }
    json_decref(page);
    json_decref(all);
    return code;
}
