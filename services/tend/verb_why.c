// `tend why`: what a dimension is decided by, now, on an earlier day, and each time it changed.
#include "services/tend/figures.h"
#include "services/tend/glossary.h"
#include "services/tend/outline.h"
#include "services/tend/verb.h"

#include "common/calendar.h"
#include "common/clock.h"
#include "common/zone.h"

#include <stdio.h>
#include <string.h>

enum {
    DIMENSIONS_MAX = 64,
    LABEL = 24,
    NAME_COLUMNS = 19,
    VALUE_COLUMNS = 18,
    CHANGES_SHOWN = 10,
    TEXT_BYTES = 1000,
    BESIDE_FROM = 76,
    MILLIS = 1000,
    DAY_SECONDS = 86400
};

static void put_figures(const struct figures *figures, const json_t *list)
{
    size_t i;
    const json_t *figure;
    char name[FIGURES_BYTES], value[FIGURES_BYTES], fits[SCREEN_TEXT_BYTES];
    json_array_foreach (list, i, figure) {
        figures_name(figure, name);
        int columns = screen_columns(name);
        printf("    %s %s\n", screen_fit(name, columns > LABEL ? columns : LABEL, false, fits),
               figures_value(figures, figure, value));
    }
}

static void put_wrapped(const struct figures *figures, const char *label, const char *text)
{
    if (text[0] == '\0')
        return;
    printf("  %s: ", label);
    screen_wrap(stdout, &figures->screen, text, 4, (int)strlen(label) + 4);
}

// "C -> A", or "A" where nothing was before.
static void print_values(const json_t *change, char *text)
{
    const char *before = verb_text(change, "before"), *after = verb_text(change, "after");
    snprintf(text, TEXT_BYTES, "%s%s%s", before, before[0] != '\0' ? " -> " : "",
             after[0] != '\0' ? after : "not known");
}

// One state or change, with everything that is known of it.
static void put_change(const struct figures *figures, const char *head, const json_t *change)
{
    char time[FIGURES_BYTES], values[TEXT_BYTES];
    size_t i;
    const json_t *id, *events = json_object_get(change, "eventIds");
    print_values(change, values);
    printf("%s%s %s: %s%s  %s%s\n", screen_colour(&figures->screen, "bold"), head, verb_text(change, "dimension"),
           values, screen_colour(&figures->screen, ""), figures_minute(figures, verb_text(change, "time"), time),
           json_is_true(json_object_get(change, "historical")) ? "  (historical: nobody was told)" : "");
    put_wrapped(figures, "rule", verb_text(change, "rule"));
    put_figures(figures, json_object_get(change, "figures"));
    put_wrapped(figures, "note", verb_text(change, "note"));
    if (verb_number(change, "rulesVersion") > 0)
        printf("  by version %lld of the rules\n", (long long)verb_number(change, "rulesVersion"));
    json_array_foreach (events, i, id)
        printf("  %s%s\n", i == 0 ? "events: " : "        ", json_string_value(id));
}

// A change in one line: when, from what to what, and the event that it followed.
static void put_step(const struct figures *figures, const json_t *change)
{
    char time[FIGURES_BYTES], values[TEXT_BYTES], text[TEXT_BYTES * 2];
    const json_t *events = json_object_get(change, "eventIds");
    const char *event = json_string_value(json_array_get(events, 0));
    size_t more = json_array_size(events);
    print_values(change, values);
    int used = snprintf(text, sizeof text, "%s  %s%s", figures_minute(figures, verb_text(change, "time"), time), values,
                        json_is_true(json_object_get(change, "historical")) ? "  (historical)" : "");
    if (event != NULL && used > 0 && (size_t)used < sizeof text)
        used += snprintf(text + used, sizeof text - (size_t)used, "  %s", event);
    if (more > 1 && used > 0 && (size_t)used < sizeof text)
        snprintf(text + used, sizeof text - (size_t)used, " and %zu more", more - 1);
    fputs("  ", stdout);
    screen_wrap(stdout, &figures->screen, text, 4, 2);
}

// What was announced, the newest first.
static void put_changes(const struct figures *figures, const json_t *changes, bool all)
{
    size_t i, count = json_array_size(changes);
    const json_t *change;
    if (count > 0)
        printf("\n%sChanges, the newest first%s\n", screen_colour(&figures->screen, "bold"),
               screen_colour(&figures->screen, ""));
    json_array_foreach (changes, i, change) {
        if (all)
            put_change(figures, "change", change);
        else if (i < CHANGES_SHOWN)
            put_step(figures, change);
    }
    if (!all && count > 0)
        printf("  %s%s\n", count > CHANGES_SHOWN ? "older ones, and " : "", "the figures of each: --all");
}

static int ask_why(struct verb_call *call, const char *dimension, json_t **ret_answer)
{
    char target[VERB_TARGET_BYTES];
    verb_write_target(target, "GET /v1/customers/", call->arguments[0], "/why");
    verb_add_parameter(target, "dimension", dimension);
    verb_add_parameter(target, "at", verb_value(call, "at"));
    return verb_ask_customer(call, "scoring", call->arguments[0], target, ret_answer);
}

static int show_one(struct verb_call *call, const struct figures *figures, const char *name)
{
    json_t *answer = NULL, *glossary = NULL;
    int code = glossary_ask(call, &glossary);
    const char *dimension = code == VERB_DONE ? glossary_name(call, glossary, name) : NULL;
    if (code == VERB_DONE)
        code = dimension != NULL ? ask_why(call, dimension, &answer) : VERB_USAGE;
    if (code == VERB_DONE && call->json) {
        verb_print_json(answer);
    } else if (code == VERB_DONE) {
        const json_t *then = json_object_get(answer, "then");
        char head[80];
        snprintf(head, sizeof head, "on %.60s", verb_text(answer, "at"));
        if (then != NULL)
            put_change(figures, head, then);
        else if (verb_text(answer, "at")[0] != '\0')
            printf("%s: nothing is kept of that day\n", head);
        put_change(figures, "now", json_object_get(answer, "now"));
        put_changes(figures, json_object_get(answer, "changes"), verb_value(call, "all") != NULL);
    }
    json_decref(answer);
    json_decref(glossary);
    return code;
}

static bool same_words(const char *text, size_t length, const char *word)
{
    for (size_t i = 0; i < length; i++)
        if (word[i] == '\0' || (text[i] != word[i] && !(text[i] == ' ' && word[i] == '_')))
            return false;
    return word[length] == '\0' || word[length] == ':';
}

// The rule without its first word where that only says the dimension or its value once more.
static const char *plain_rule(const char *rule, const char *name, const char *value)
{
    const char *colon = strstr(rule, ": "), *dot = strchr(name, '.');
    if (colon == NULL)
        return rule;
    size_t length = (size_t)(colon - rule);
    return same_words(rule, length, value) || same_words(rule, length, dot != NULL ? dot + 1 : name) ? colon + 2 : rule;
}

// A dimension with its value and the rule that it follows from, beside them where there is room.
static void put_short(const struct figures *figures, const char *name, const json_t *state, const char *value, bool all)
{
    char line[FIGURES_LINE_BYTES], fits[SCREEN_TEXT_BYTES];
    int indent = NAME_COLUMNS + VALUE_COLUMNS + 2, columns;
    bool beside = figures->screen.width >= BESIDE_FROM;
    printf("%s ", screen_fit(name, NAME_COLUMNS, false, fits));
    outline_decision(figures, state, line);
    if (line[0] == '\0')
        snprintf(line, sizeof line, "%s", plain_rule(verb_text(state, "rule"), name, value));
    value = value[0] != '\0' ? value : "not known";
    columns = beside && line[0] != '\0' ? VALUE_COLUMNS : screen_columns(value);
    printf("%s%s%s", screen_colour(&figures->screen, "bold"), screen_fit(value, columns, false, fits),
           screen_colour(&figures->screen, ""));
    if (line[0] == '\0') {
        fputc('\n', stdout);
    } else {
        fputs(beside ? " " : "\n    ", stdout);
        screen_wrap(stdout, &figures->screen, line, beside ? indent : 4, beside ? indent : 4);
    }
    figures_line(figures, json_object_get(state, "figures"), line);
    if (all && line[0] != '\0') {
        fputs("    ", stdout);
        screen_wrap(stdout, &figures->screen, line, 4, 4);
    }
}

// Known ones each for itself, the others in one line at the end.
static void put_all(const struct figures *figures, const json_t *dimensions, bool all)
{
    char unknown[FIGURES_LINE_BYTES] = "";
    size_t i, used = 0;
    const json_t *dimension;
    json_array_foreach (dimensions, i, dimension) {
        const char *name = verb_text(dimension, "name"), *value = verb_text(dimension, "value");
        if (all || value[0] != '\0' || json_object_get(dimension, "overridden") != NULL) {
            put_short(figures, name, dimension, value, all);
        } else if (used + strlen(name) + 2 < sizeof unknown) {
            snprintf(unknown + used, sizeof unknown - used, "%s%s", used > 0 ? ", " : "", name);
            used = strlen(unknown);
        }
    }
    if (used > 0) {
        fputs("not known: ", stdout);
        screen_wrap(stdout, &figures->screen, unknown, 4, 11);
    }
}

// All dimensions on an earlier day: each has to be asked for.
static int show_all_at(struct verb_call *call, const struct figures *figures, const json_t *dimensions)
{
    size_t i;
    const json_t *dimension;
    char fits[SCREEN_TEXT_BYTES];
    json_array_foreach (dimensions, i, dimension) {
        const char *name = verb_text(dimension, "name");
        json_t *answer = NULL;
        int code = i < DIMENSIONS_MAX ? ask_why(call, name, &answer) : VERB_DONE;
        if (code != VERB_DONE)
            return code;
        const json_t *then = json_object_get(answer, "then");
        if (call->json && answer != NULL)
            verb_print_json(answer);
        else if (then != NULL)
            put_short(figures, name, then, verb_text(then, "after"), false);
        else
            printf("%s nothing is kept of that day\n", screen_fit(name, NAME_COLUMNS, false, fits));
        json_decref(answer);
    }
    return VERB_DONE;
}

static int show_all(struct verb_call *call, const struct figures *figures)
{
    char target[VERB_TARGET_BYTES];
    json_t *card = NULL;
    size_t i;
    const json_t *dimension;
    verb_write_target(target, "GET /v1/customers/", call->arguments[0], "");
    int code = verb_ask_customer(call, "scoring", call->arguments[0], target, &card);
    const json_t *dimensions = json_object_get(card, "dimensions");
    if (code == VERB_DONE && verb_value(call, "at") != NULL)
        code = show_all_at(call, figures, dimensions);
    else if (code == VERB_DONE && call->json)
        json_array_foreach (dimensions, i, dimension)
            verb_print_json(dimension);
    else if (code == VERB_DONE)
        put_all(figures, dimensions, verb_value(call, "all") != NULL);
    if (code == VERB_DONE && json_array_size(dimensions) == 0)
        fprintf(stderr, "tend why: no dimension of %s is known yet\n", call->arguments[0]);
    else if (code == VERB_DONE && !call->json)
        printf("\nMore about one of them: tend why %s %s\n", call->arguments[0],
               verb_text(json_array_get(dimensions, 0), "name"));
    json_decref(card);
    return code;
}

// Whether the day that was asked for lies ahead; what is no day is refused by scoring.
static bool is_ahead(const char *at, const struct zone *zone)
{
    int32_t day;
    if (at == NULL || !day_parse(at, strlen(at), &day))
        return false;
    struct clock *clock = clock_open();
    int64_t now_s = clock_wall_ms(clock) / MILLIS;
    clock_close(&clock);
    return day > (zone != NULL ? zone_local(zone, now_s).day : (int32_t)(now_s / DAY_SECONDS));
}

int verb_why(struct verb_call *call)
{
    struct figures figures;
    figures_open(call->settings.time_zone, &figures);
    if (is_ahead(verb_value(call, "at"), figures.zone)) {
        fprintf(stderr, "tend why: %s: that day has not come\n", verb_value(call, "at"));
        figures_close(&figures);
        return VERB_USAGE;
    }
    int code = call->argument_count == 2 ? show_one(call, &figures, call->arguments[1]) : show_all(call, &figures);
    figures_close(&figures);
    return code;
}
