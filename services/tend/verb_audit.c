// `tend audit`: who read what about customers, and who changed something by hand, as the services wrote it down.
#include "common/clock.h"
#include "common/must.h"
#include "services/tend/figures.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_BYTES = 24, PAGES_MAX = 10000, WHO_BYTES = 300 };

static const char *const services[] = {"ingest", "scoring", "scheduler", "notifier"};

// "2h" as milliseconds since 1970. False when it is no time.
static bool read_since(const char *text, char *ret_since)
{
    int64_t ago_ms;
    if (!verb_span(text, &ago_ms))
        return false;
    struct clock *clock = clock_open();
    snprintf(ret_since, NUMBER_BYTES, "%lld", (long long)(clock_wall_ms(clock) - ago_ms));
    clock_close(&clock);
    return true;
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

static void print_entry(const struct figures *figures, const json_t *entry)
{
    char who[WHO_BYTES], minute[FIGURES_BYTES];
    const char *time = verb_text(entry, "time"), *path = verb_text(entry, "path");
    const char *customer = verb_text(entry, "customerId");
    bool said = strstr(path, customer) != NULL; // also when there is none
    say_who(entry, who);
    // The seconds are the same in every zone.
    printf("%s%.3s  %-10s %-7s %s%s%s  by %s", figures_minute(figures, time, minute),
           strlen(time) >= 19 ? time + 16 : "", verb_text(entry, "process"), verb_text(entry, "what"), path,
           said ? "" : " ", said ? "" : customer, who);
    if (verb_number(entry, "count") > 0)
        printf(", refused with %lld, %lld times within a minute", (long long)verb_number(entry, "status"),
               (long long)verb_number(entry, "count"));
    printf("\n");
}

static void print_entries(struct verb_call *call, const json_t *list)
{
    size_t count = json_array_size(list);
    struct figures figures;
    const json_t **sorted = calloc(count + 1, sizeof *sorted);
    must(sorted != NULL);
    for (size_t i = 0; i < count; i++)
        sorted[i] = json_array_get(list, i);
    qsort(sorted, count, sizeof *sorted, by_time);
    figures_open(call->settings.time_zone, &figures);
    for (size_t i = 0; i < count; i++)
        if (call->json)
            verb_print_json(sorted[i]);
        else
            print_entry(&figures, sorted[i]);
    figures_close(&figures);
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
