// `tend calls` and `tend reminders`: what the scheduler plans and has told.
#include "services/tend/verb.h"

#include <stdio.h>
#include <string.h>

static const char *short_name(const char *name, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(name, prefix, length) == 0 ? name + length : name;
}

static void print_figures(const json_t *figures)
{
    size_t i;
    const json_t *figure;
    json_array_foreach (figures, i, figure) {
        const char *unit = verb_text(figure, "unit");
        double value = (double)verb_number(figure, "value");
        if (strcmp(unit, "FIGURE_UNIT_MONEY") == 0)
            printf("  %s %.2f %s", verb_text(figure, "name"), value / 1e6, verb_text(figure, "currency"));
        else if (strcmp(unit, "FIGURE_UNIT_DAYS") == 0)
            printf("  %s %.1f d", verb_text(figure, "name"), value / 1000);
        else if (strcmp(unit, "FIGURE_UNIT_PPM") == 0)
            printf("  %s %.1f %%", verb_text(figure, "name"), value / 10000);
        else if (strcmp(unit, "FIGURE_UNIT_COUNT") == 0)
            printf("  %s %.0f", verb_text(figure, "name"), value);
    }
}

// What to talk about or to do, a line below the line: "ask.need" as "ask need".
static void print_points(const json_t *points)
{
    size_t i;
    const json_t *point;
    json_array_foreach (points, i, point) {
        fputs(i == 0 ? "     - " : "; ", stdout);
        for (const char *at = verb_text(point, "code"); *at != '\0'; at++)
            putchar(*at == '.' || *at == '_' ? ' ' : *at);
        if (verb_text(point, "text")[0] != '\0')
            printf(": %s", verb_text(point, "text"));
        print_figures(json_object_get(point, "figures"));
    }
    if (i > 0)
        putchar('\n');
}

// Of the people beside whose duty it is: why they are told, and whose it is.
static void print_role(const json_t *reminder)
{
    const char *role = short_name(verb_text(reminder, "role"), "RECIPIENT_ROLE_"),
               *of = verb_text(reminder, "forRepId");
    bool own = role[0] == '\0' || strcmp(role, "OWNER") == 0 || strcmp(role, "REP") == 0;
    if (!own)
        printf("  as %s", role);
    if (of[0] != '\0')
        printf("%s for %s", own ? " " : "", of);
}

static void print_calls(const json_t *calls)
{
    const json_t *list = json_object_get(calls, "list"), *coverage = json_object_get(list, "coverage"), *line;
    size_t i;
    printf("%s  %s%s  calls: %zu; this month %lld of %lld contacted, working days left: %lld, at most %lld a day",
           verb_text(list, "repId"), verb_text(list, "localDate"),
           json_is_true(json_object_get(calls, "preview")) ? " (preview)" : "",
           json_array_size(json_object_get(list, "lines")), (long long)verb_number(coverage, "contacted"),
           (long long)verb_number(coverage, "customers"), (long long)verb_number(coverage, "workingDaysLeft"),
           (long long)verb_number(coverage, "capacity"));
    if (verb_number(coverage, "missing") > 0)
        printf("; %lld CANNOT BE REACHED", (long long)verb_number(coverage, "missing"));
    printf("\n");
    json_array_foreach (json_object_get(list, "lines"), i, line) {
        printf("%3zu  %-34s %-12s %-24s %-2s %-14s %s", i + 1, verb_text(line, "reminderId"),
               verb_text(line, "customerId"), verb_text(line, "customerName"),
               short_name(verb_text(line, "abc"), "ABC_CLASS_"), short_name(verb_text(line, "reason"), "CALL_REASON_"),
               verb_text(line, "text"));
        print_figures(json_object_get(line, "figures"));
        printf("\n");
        print_points(json_object_get(line, "points"));
    }
}

int verb_calls(struct verb_call *call)
{
    static const char *const filters[] = {"rep", "date"};
    char target[VERB_TARGET_BYTES] = "GET /v1/calls";
    verb_add_options(call, filters, sizeof filters / sizeof *filters, target);
    json_t *answer = NULL;
    int code = verb_ask_owner(call, "scheduler", verb_value(call, "rep"), target, &answer);
    if (code == VERB_DONE && call->json) {
        verb_print_json(answer);
    } else if (code == VERB_DONE) {
        size_t i;
        const json_t *calls;
        json_array_foreach (json_object_get(answer, "calls"), i, calls)
            print_calls(calls);
        if (i == 0)
            printf("nobody has calls on that day: it is no working day, or no rep is known yet\n");
        if (json_is_true(json_object_get(answer, "more")))
            printf("there are more reps: --rep\n");
    }
    json_decref(answer);
    return code;
}

int verb_reminders(struct verb_call *call)
{
    static const char *const filters[] = {"rep", "customer", "kind", "state", "limit"};
    char target[VERB_TARGET_BYTES] = "GET /v1/reminders";
    verb_add_options(call, filters, sizeof filters / sizeof *filters, target);
    json_t *answer = NULL;
    int code = verb_ask_owner(call, "scheduler", verb_value(call, "rep"), target, &answer);
    if (code == VERB_DONE && call->json) {
        verb_print_json(answer);
    } else if (code == VERB_DONE) {
        size_t i;
        const json_t *status;
        json_array_foreach (json_object_get(answer, "reminders"), i, status) {
            const json_t *reminder = json_object_get(status, "reminder");
            printf("%-34s %-22s P%lld %-10s %-10s %-10s %-12s %s %s", verb_text(reminder, "reminderId"),
                   short_name(verb_text(reminder, "kind"), "REMINDER_KIND_"),
                   (long long)verb_number(reminder, "priority"),
                   short_name(verb_text(status, "state"), "REMINDER_STATE_"), verb_text(reminder, "localDate"),
                   verb_text(reminder, "repId"), verb_text(reminder, "customerId"), verb_text(reminder, "customerName"),
                   verb_text(reminder, "text"));
            print_role(reminder);
            if (verb_text(status, "note")[0] != '\0')
                printf("  (%s)", verb_text(status, "note"));
            printf("\n");
            print_points(json_object_get(reminder, "points"));
        }
        if (i == 0)
            printf("no reminders\n");
        if (json_is_true(json_object_get(answer, "more")))
            printf("there are more: --limit\n");
    }
    json_decref(answer);
    return code;
}
