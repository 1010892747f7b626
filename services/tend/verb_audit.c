// `tend audit`: who read what about customers, and who changed something by hand, as the services wrote it down.
#include "common/clock.h"
#include "common/must.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_BYTES = 24, PAGES_MAX = 10000, TIME_SHOWN = 19, WHO_BYTES = 300 };

static const char *const services[] = {"ingest", "scoring", "scheduler", "notifier"};

// "2h" as milliseconds since 1970. False when it is no time.
static bool read_since(const char *text, char *ret_since)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'m', 60000}, {'h', 3600000}, {'d', 86400000}};
    char *end;
    long long number = strtoll(text, &end, 10);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (number < 1 || number > 100000 || end == text || end[0] != units[i].unit || end[1] != '\0')
            continue;
        struct clock *clock = clock_open();
        snprintf(ret_since, NUMBER_BYTES, "%lld", (long long)(clock_wall_ms(clock) - number * units[i].ms));
        clock_close(&clock);
        return true;
    }
    return false;
}

// All entries of one process, each with its name.
static int collect(struct verb_call *call, const char *service, unsigned which, const char *since, json_t *list)
{
    char after[NUMBER_BYTES] = "0", name[LANE_NAME_BYTES];
    int code = VERB_DONE;
    lane_name(service, (struct lane){which, settings_processes(&call->settings, service)}, name);
    for (int i = 0; i < PAGES_MAX && code == VERB_DONE && after[0] != '\0'; i++) {
        char target[VERB_TARGET_BYTES] = "GET /v1/audit-log";
        json_t *page = NULL, *entry;
        size_t k;
        verb_add_parameter(target, "customer", verb_value(call, "customer"));
        verb_add_parameter(target, "since", since);
        verb_add_parameter(target, "after", after);
        code = verb_ask_process(call, service, which, target, &page);
        json_array_foreach (json_object_get(page, "entries"), k, entry) {
            json_object_set_new(entry, "process", json_string(name));
            json_array_append(list, entry);
        }
        snprintf(after, sizeof after, "%s", verb_text(page, "next"));
        json_decref(page);
    }
    return code;
}

static int by_time(const void *left, const void *right)
{
    return strcmp(verb_text(*(json_t *const *)left, "time"), verb_text(*(json_t *const *)right, "time"));
}

static void say_who(const json_t *entry, char *who)
{
    const char *by = verb_text(entry, "by"), *peer = verb_text(entry, "peer");
    snprintf(who, WHO_BYTES, "%s%s%s%s", by[0] != '\0' ? by : "somebody",
             json_is_true(json_object_get(entry, "told")) ? " (as told)" : "", peer[0] != '\0' ? " from " : "", peer);
}

static void print_entries(struct verb_call *call, const json_t *list)
{
    size_t count = json_array_size(list);
    const json_t **sorted = calloc(count + 1, sizeof *sorted);
    must(sorted != NULL);
    for (size_t i = 0; i < count; i++)
        sorted[i] = json_array_get(list, i);
    qsort(sorted, count, sizeof *sorted, by_time);
    for (size_t i = 0; i < count; i++) {
        char who[WHO_BYTES];
        say_who(sorted[i], who);
        if (call->json)
            verb_print_json(sorted[i]);
        else
            printf("%.*s  %-10s %-7s %s  by %s", TIME_SHOWN, verb_text(sorted[i], "time"),
                   verb_text(sorted[i], "process"), verb_text(sorted[i], "what"), verb_text(sorted[i], "path"), who);
        if (!call->json && verb_number(sorted[i], "count") > 0)
            printf(", refused with %lld, %lld times within a minute", (long long)verb_number(sorted[i], "status"),
                   (long long)verb_number(sorted[i], "count"));
        if (!call->json)
            printf("\n");
    }
    free(sorted);
}

int verb_audit(struct verb_call *call)
{
    const char *told = verb_value(call, "since");
    char since[NUMBER_BYTES] = "0";
    if (told != NULL && !read_since(told, since)) {
        fprintf(stderr, "tend audit: --since wants a time such as 30m, 2h or 7d, not \"%s\"\n", told);
        return VERB_USAGE;
    }
    json_t *list = json_array();
    int code = VERB_DONE;
    for (size_t i = 0; i < sizeof services / sizeof *services && code == VERB_DONE; i++)
        for (unsigned which = 0; which < settings_processes(&call->settings, services[i]) && code == VERB_DONE; which++)
            code = collect(call, services[i], which, since, list);
    if (code == VERB_DONE)
        print_entries(call, list);
    json_decref(list);
    return code;
}
