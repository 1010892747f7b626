#include "services/tend/outline.h"

#include "services/tend/verb.h"

#include <string.h>

enum {
    DECIDING = 5, // figures that are looked for; not every customer has each
    SHOWN = 3,    // of those that are there
    MARGIN = 2,
    NAME_MOST = 24, // longer names and values are cut
    VALUE_MOST = 20,
    DAY_COLUMNS = 10,
};

// What decides a dimension, the weightiest first, and how it is said in a line: the value takes the place of "#".
struct deciding {
    const char *dimension;
    struct {
        const char *figure, *saying;
    } figures[DECIDING];
    bool note; // its note says what is to be done, so it is always shown
};

static const struct deciding decidings[] = {
    {.dimension = "value.abc",
     .figures = {{"net_sales", "net #"},
                 {"quantity", "# pieces"},
                 {"margin", "margin #"},
                 {"threshold_a", "A from #"},
                 {"threshold_b", "B from #"}}},
    {.dimension = "value.tier",
     .figures = {{"net_sales", "net #"},
                 {"quantity", "# pieces"},
                 {"margin", "margin #"},
                 {"threshold_important", "important from #"},
                 {"threshold_secondary", "secondary from #"}}},
    {.dimension = "value.rfm",
     .figures = {{"days_since_order", "no order for #"}, {"orders", "orders #"}, {"net_sales", "net #"}}},
    {.dimension = "value.clv",
     .figures = {{"window", "brought #"}, {"next_12_months", "to come #"}, {"cost_to_serve", "costs #"}}},
    {.dimension = "value.kind",
     .figures = {{"discounted_share", "# discounted"}, {"margin_share", "margin #"}, {"growth", "growth #"}}},
    {.dimension = "value.face",
     .figures = {{"margin_share", "margin #"}, {"margin_an_order", "# an order"}, {"gap_variation", "gaps vary #"}}},
    {.dimension = "demand.state",
     .figures = {{"silent", "no order for #"},
                 {"mean_gap", "usually #"},
                 {"year_share", "# of last year"},
                 {"rates_share", "# of before"},
                 {"returned_share", "# returned"}}},
    {.dimension = "demand.next_order",
     .figures = {{"next_order", "on #"}, {"amount", "about #"}, {"median_gap", "usually every #"}}},
    {.dimension = "demand.lifecycle",
     .figures = {{"purchase_days", "purchase days #"}, {"days_since_order", "no order for #"}}},
    {.dimension = "risk.overdue",
     .figures = {{"days_since_order", "no order for #"},
                 {"mean_gap", "usually #"},
                 {"overdue_after", "overdue after #"}}},
    {.dimension = "risk.drop", .figures = {{"days_since_order", "no order for #"}, {"usual_gap", "most return in #"}}},
    {.dimension = "risk.declining",
     .figures = {{"window_share", "# of before"}, {"rates_share", "# of the long run"}, {"at_risk", "# at stake"}}},
    {.dimension = "risk.rival", .figures = {{"newest_sign", "seen #"}, {"at_risk", "# at stake"}}},
    {.dimension = "risk.concentration", .figures = {{"share", "# of all sales"}, {"limit", "limit #"}}},
    {.dimension = "lead.stage",
     .figures = {{"contract_until", "contract to #"}, {"days_in_stage", "for #"}, {"limit", "may last #"}}},
    {.dimension = "lead.intention", .figures = {{"level", "# of 5"}, {"since", "said on #"}}},
    {.dimension = "lead.temperature", .figures = {{"last_touch", "last touch #"}, {"days", "for #"}}},
    {.dimension = "lead.horizon",
     .figures = {{"expected", "order on #"}, {"pieces", "# pieces"}, {"days_ahead", "in #"}}},
    {.dimension = "lead.qualified", .figures = {{"yes", "# of 4 yes"}}, .note = true},
    {.dimension = "care.satisfaction",
     .figures = {{"answer", "answered #"}, {"answered_at", "on #"}, {"open_complaints", "open complaints #"}}},
    {.dimension = "care.status",
     .figures = {{"open_complaints", "open complaints #"},
                 {"silence", "not heard of for #"},
                 {"loyalty", "loyalty #"}}},
    {.dimension = "care.advocacy", .figures = {{"referrals", "referrals #"}, {"praises", "praises #"}}},
    {.dimension = "care.loyalty",
     .figures = {{"loyalty", "# loyal"}, {"frequency_part", "frequency #"}, {"tenure_part", "tenure #"}}},
    {.dimension = "file.completeness", .figures = {{"complete", "# complete"}, {"target", "target #"}}, .note = true},
};

static const struct {
    const char *prefix, *title;
} groups[] = {{"value.", "Value"}, {"demand.", "Demand"}, {"risk.", "Risk"}, {"lead.", "Lead"},
              {"care.", "Care"},   {"file.", "File"},     {"", "More"}};

// The group that a dimension stands in: the first whose prefix it has.
static size_t group_of(const char *name)
{
    size_t group = 0;
    while (strncmp(name, groups[group].prefix, strlen(groups[group].prefix)) != 0)
        group++;
    return group;
}

// A scheme's dimension is decided as the one that it is a part of: value.abc.west as value.abc.
static const struct deciding *deciding_of(const char *name)
{
    for (size_t i = 0; i < sizeof decidings / sizeof *decidings; i++) {
        size_t length = strlen(decidings[i].dimension);
        if (strncmp(name, decidings[i].dimension, length) == 0 && (name[length] == '\0' || name[length] == '.'))
            return &decidings[i];
    }
    return NULL;
}

// Appends the figure when it fits: in its saying, or behind its name where there is none.
static bool append(const struct figures *figures, const char *saying, const json_t *figure, int columns, char *buffer)
{
    char value[FIGURES_BYTES], name[FIGURES_BYTES], text[FIGURES_BYTES * 3];
    size_t used = strlen(buffer);
    figures_short(figures, figure, value);
    if (saying == NULL) {
        snprintf(text, sizeof text, "%s%s %s", used > 0 ? ", " : "", figures_name(figure, name), value);
    } else {
        int before = (int)strcspn(saying, "#");
        snprintf(text, sizeof text, "%s%.*s%s%s", used > 0 ? ", " : "", before, saying, value,
                 saying[before] == '#' ? saying + before + 1 : "");
    }
    if (screen_columns(buffer) + screen_columns(text) > columns || used + strlen(text) >= FIGURES_LINE_BYTES)
        return false;
    snprintf(buffer + used, FIGURES_LINE_BYTES - used, "%s", text);
    return true;
}

const char *outline_figures(const struct figures *figures, const json_t *dimension, int columns, char *buffer)
{
    const struct deciding *deciding = deciding_of(verb_text(dimension, "name"));
    const json_t *list = json_object_get(dimension, "figures");
    size_t shown = 0;
    buffer[0] = '\0';
    for (size_t i = 0; deciding != NULL && i < DECIDING && shown < SHOWN; i++) {
        const char *name = deciding->figures[i].figure;
        const json_t *figure = name != NULL ? figures_find(list, name) : NULL;
        if (figure == NULL)
            continue;
        if (!append(figures, deciding->figures[i].saying, figure, columns, buffer))
            break;
        shown++;
    }
    for (size_t i = 0; deciding == NULL && i < json_array_size(list) && i < SHOWN; i++)
        if (!append(figures, NULL, json_array_get(list, i), columns, buffer))
            break;
    return buffer;
}

const char *outline_decision(const struct figures *figures, const json_t *dimension, char *buffer)
{
    const json_t *overridden = json_object_get(dimension, "overridden");
    char since[FIGURES_BYTES];
    buffer[0] = '\0';
    if (overridden == NULL)
        return buffer;
    const char *reason = verb_text(overridden, "reason"), *until = verb_text(overridden, "until");
    const char *machine = verb_text(dimension, "machine"), *by = verb_text(overridden, "by");
    figures_day(figures, verb_text(overridden, "since"), since);
    snprintf(buffer, FIGURES_LINE_BYTES, "set by %s%s%s%s%s; %s%s; the figures say %s", by[0] != '\0' ? by : "somebody",
             since[0] != '\0' ? " on " : "", since, reason[0] != '\0' ? ": " : "", reason,
             until[0] != '\0' ? "until " : "until it is taken back", until,
             machine[0] != '\0' ? machine : "nothing yet");
    return buffer;
}

// How wide the columns of all groups are, so that they stand below each other.
struct layout {
    const struct figures *figures;
    int name, value;
    bool all;
};

static const char *short_name(const char *name)
{
    const char *dot = strchr(name, '.');
    return dot != NULL ? dot + 1 : name;
}

static int widest(int so_far, const char *text, int most)
{
    int columns = screen_columns(text);
    columns = columns < most ? columns : most;
    return columns > so_far ? columns : so_far;
}

static void put_below(const struct layout *layout, const char *colour, const char *text)
{
    const struct screen *screen = &layout->figures->screen;
    if (text[0] == '\0')
        return;
    printf("%*s%s", MARGIN * 2, "", screen_colour(screen, colour));
    screen_wrap(stdout, screen, text, MARGIN * 2, MARGIN * 2);
    fputs(screen_colour(screen, ""), stdout);
}

static void put_row(const struct layout *layout, const json_t *dimension)
{
    const struct figures *figures = layout->figures;
    const struct deciding *deciding = deciding_of(verb_text(dimension, "name"));
    char fits[SCREEN_TEXT_BYTES], since[FIGURES_BYTES], line[FIGURES_LINE_BYTES];
    const char *value = verb_text(dimension, "value"), *note = verb_text(dimension, "note");
    bool set = json_object_get(dimension, "overridden") != NULL;
    figures_day(figures, verb_text(dimension, "since"), since);
    printf("%*s%s  ", MARGIN, "", screen_fit(short_name(verb_text(dimension, "name")), layout->name, false, fits));
    bool alarm = strcmp(value, "yes") == 0 && strncmp(verb_text(dimension, "name"), "risk.", 5) == 0;
    printf("%s%s%s%c ", screen_colour(&figures->screen, alarm ? "red" : "bold"),
           screen_fit(value[0] != '\0' ? value : "-", layout->value, false, fits), screen_colour(&figures->screen, ""),
           set ? '*' : ' ');
    fputs(screen_fit(since, DAY_COLUMNS, false, fits), stdout);
    int used = MARGIN + layout->name + layout->value + DAY_COLUMNS + 6;
    bool told = deciding != NULL && deciding->note && note[0] != '\0';
    outline_figures(figures, dimension, figures->screen.width - used, line);
    if (line[0] == '\0') {
        fputc('\n', stdout);
    } else {
        fputs("  ", stdout);
        screen_wrap(stdout, &figures->screen, line, used, used);
    }
    put_below(layout, "yellow", outline_decision(figures, dimension, line));
    if (layout->all)
        put_below(layout, "", figures_line(figures, json_object_get(dimension, "figures"), line));
    put_below(layout, "", layout->all || told ? note : "");
}

static void put_group(const struct layout *layout, const json_t *dimensions, size_t group)
{
    const struct screen *screen = &layout->figures->screen;
    char unknown[FIGURES_LINE_BYTES] = "not known: ";
    size_t i, rows = 0, used = strlen(unknown), lacking = 0;
    const json_t *dimension;
    json_array_foreach (dimensions, i, dimension) {
        const char *name = verb_text(dimension, "name");
        if (group_of(name) != group)
            continue;
        if (rows++ == 0)
            printf("\n%s%s%s\n", screen_colour(screen, "bold"), groups[group].title, screen_colour(screen, ""));
        bool known = verb_text(dimension, "value")[0] != '\0' || json_object_get(dimension, "overridden") != NULL;
        if (known) {
            put_row(layout, dimension);
        } else if (used + strlen(name) + 2 < sizeof unknown) {
            snprintf(unknown + used, sizeof unknown - used, "%s%s", lacking++ > 0 ? ", " : "", short_name(name));
            used = strlen(unknown);
        }
    }
    if (lacking == 0)
        return;
    printf("%*s", MARGIN, "");
    screen_wrap(stdout, screen, unknown, MARGIN * 2, MARGIN);
}

void outline_print(const struct figures *figures, const json_t *dimensions, bool all)
{
    struct layout layout = {.figures = figures, .all = all};
    size_t i;
    const json_t *dimension;
    json_array_foreach (dimensions, i, dimension) {
        layout.name = widest(layout.name, short_name(verb_text(dimension, "name")), NAME_MOST);
        layout.value = widest(layout.value, verb_text(dimension, "value"), VALUE_MOST);
    }
    for (i = 0; i < sizeof groups / sizeof *groups; i++)
        put_group(&layout, dimensions, i);
}
