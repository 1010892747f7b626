// `tend why`: what a dimension is decided by, now, on an earlier day, and each time it changed.
#include "services/tend/figures.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <string.h>

enum { DIMENSIONS_MAX = 64, LABEL = 24, NAME_COLUMNS = 19, VALUE_COLUMNS = 18 };

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

// One state or change, with everything that is known of it.
static void put_change(const struct figures *figures, const char *head, const json_t *change)
{
    const char *before = verb_text(change, "before"), *after = verb_text(change, "after");
    char time[FIGURES_BYTES];
    size_t i;
    const json_t *id, *events = json_object_get(change, "eventIds");
    printf("%s%s %s: %s%s%s%s  %s\n", screen_colour(&figures->screen, "bold"), head, verb_text(change, "dimension"),
           before, before[0] != '\0' ? " -> " : "", after[0] != '\0' ? after : "not known",
           screen_colour(&figures->screen, ""), figures_minute(figures, verb_text(change, "time"), time));
    put_wrapped(figures, "rule", verb_text(change, "rule"));
    put_figures(figures, json_object_get(change, "figures"));
    put_wrapped(figures, "note", verb_text(change, "note"));
    if (verb_number(change, "rulesVersion") > 0)
        printf("  by version %lld of the rules\n", (long long)verb_number(change, "rulesVersion"));
    json_array_foreach (events, i, id)
        printf("  %s%s\n", i == 0 ? "events: " : "        ", json_string_value(id));
}

static int ask_why(struct verb_call *call, const char *dimension, json_t **ret_answer)
{
    char target[VERB_TARGET_BYTES];
    verb_write_target(target, "GET /v1/customers/", call->arguments[0], "/why");
    verb_add_parameter(target, "dimension", dimension);
    verb_add_parameter(target, "at", verb_value(call, "at"));
    return verb_ask_customer(call, "scoring", call->arguments[0], target, ret_answer);
}

static int show_one(struct verb_call *call, const struct figures *figures, const char *dimension)
{
    json_t *answer = NULL;
    int code = ask_why(call, dimension, &answer);
    if (code == VERB_DONE && call->json) {
        verb_print_json(answer);
    } else if (code == VERB_DONE) {
        size_t i;
        const json_t *change, *then = json_object_get(answer, "then");
        char head[80];
        snprintf(head, sizeof head, "on %.60s", verb_text(answer, "at"));
        if (then != NULL)
            put_change(figures, head, then);
        else if (verb_text(answer, "at")[0] != '\0')
            printf("%s: nothing is kept of that day\n", head);
        put_change(figures, "now", json_object_get(answer, "now"));
        json_array_foreach (json_object_get(answer, "changes"), i, change)
            put_change(figures, "change", change);
    }
    json_decref(answer);
    return code;
}

// A dimension in two lines: its value, and the figures it follows from.
static void put_short(const struct figures *figures, const char *name, const json_t *state, const char *value)
{
    char day[FIGURES_BYTES], line[FIGURES_LINE_BYTES], fits[SCREEN_TEXT_BYTES];
    const char *since = verb_text(state, "since")[0] != '\0' ? verb_text(state, "since") : verb_text(state, "time");
    const char *rule = verb_text(state, "rule");
    figures_day(figures, since, day);
    printf("%s ", screen_fit(name, NAME_COLUMNS, false, fits));
    printf("%s%s%s %s%s%s\n", screen_colour(&figures->screen, "bold"),
           screen_fit(value[0] != '\0' ? value : "not known", VALUE_COLUMNS, false, fits),
           screen_colour(&figures->screen, ""), json_object_get(state, "overridden") != NULL ? "set " : "",
           day[0] != '\0' ? "since " : "", day);
    figures_line(figures, json_object_get(state, "figures"), line);
    if (rule[0] != '\0') {
        fputs("    ", stdout);
        screen_wrap(stdout, &figures->screen, rule, 4, 4);
    }
    if (line[0] != '\0') {
        fputs("    ", stdout);
        screen_wrap(stdout, &figures->screen, line, 4, 4);
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
            put_short(figures, name, then, verb_text(then, "after"));
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
        json_array_foreach (dimensions, i, dimension)
            put_short(figures, verb_text(dimension, "name"), dimension, verb_text(dimension, "value"));
    if (code == VERB_DONE && json_array_size(dimensions) == 0)
        fprintf(stderr, "tend why: no dimension of %s is known yet\n", call->arguments[0]);
    else if (code == VERB_DONE && !call->json)
        printf("more about one of them: tend why %s %s\n", call->arguments[0],
               verb_text(json_array_get(dimensions, 0), "name"));
    json_decref(card);
    return code;
}

int verb_why(struct verb_call *call)
{
    struct figures figures;
    figures_open(call->settings.time_zone, &figures);
    int code = call->argument_count == 2 ? show_one(call, &figures, call->arguments[1]) : show_all(call, &figures);
    figures_close(&figures);
    return code;
}
