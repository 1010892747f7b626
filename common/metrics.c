#include "common/metrics.h"

#include "common/must.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_BYTES = 40 };

const double METRIC_SECONDS[METRIC_SECONDS_COUNT] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                     0.5,   1,      2.5,   5,    10,    30,   60};

// `counts` holds one number a cell, or for a histogram one a bucket with the infinite one at the end. `values` holds a
// gauge's value or the sum of a histogram's observations.
struct metric {
    struct metric_def def;
    char **texts[METRIC_LABELS];
    size_t cells, width;
    uint64_t *counts;
    double *values;
};

struct metrics {
    struct metric *all[METRICS_DECLARED];
    size_t count;
};

struct metrics *metrics_open(void)
{
    return calloc(1, sizeof(struct metrics));
}

static void discard(struct metric *metric)
{
    for (size_t label = 0; label < METRIC_LABELS; label++) {
        for (size_t i = 0; metric->texts[label] != NULL && i < metric->def.labels[label].count; i++)
            free(metric->texts[label][i]);
        free(metric->texts[label]);
    }
    free(metric->counts);
    free(metric->values);
    free(metric);
}

void metrics_close(struct metrics **metrics)
{
    if (*metrics == NULL)
        return;
    for (size_t i = 0; i < (*metrics)->count; i++)
        discard((*metrics)->all[i]);
    free(*metrics);
    *metrics = NULL;
}

static bool snake(const char *name)
{
    if (name[0] < 'a' || name[0] > 'z')
        return false;
    for (const char *c = name; *c != '\0'; c++)
        if ((*c < 'a' || *c > 'z') && (*c < '0' || *c > '9') && *c != '_')
            return false;
    return true;
}

static bool ends(const char *name, const char *suffix)
{
    size_t whole = strlen(name), part = strlen(suffix);
    return whole >= part && strcmp(name + whole - part, suffix) == 0;
}

// True when `word` stands in the name between underscores: what promtool calls an abbreviated or non-base unit, or a
// type.
static bool says(const char *name, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = name; (at = strstr(at, word)) != NULL; at++)
        if ((at == name || at[-1] == '_') && (at[length] == '\0' || at[length] == '_'))
            return true;
    return false;
}

static bool named_well(const struct metric_def *def)
{
    static const char *const words[] = {
        "s",       "ms",        "us",           "ns",           "sec",       "b",
        "kb",      "mb",        "gb",           "tb",           "pb",        "m",
        "h",       "d",         "minutes",      "hours",        "days",      "weeks",
        "percent", "kilobytes", "milliseconds", "microseconds", "megabytes", "nanoseconds",
        "counter", "gauge",     "metric",       "histogram",    "summary",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (says(def->name, words[i]))
            return false;
    static const char *const suffixes[] = {"_bucket", "_count", "_sum"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (ends(def->name, suffixes[i]))
            return false;
    return snake(def->name) && def->help != NULL && def->help[0] != '\0' &&
           ends(def->name, "_total") == (def->kind == METRIC_COUNTER);
}

// Copies the values, since a feed or a channel is named by a config that a reload replaces.
static void label_take(struct metric *metric, size_t label)
{
    const struct metric_label *from = &metric->def.labels[label];
    must(snake(from->name) && strcmp(from->name, "le") != 0);
    must(from->count > 0 && from->count <= METRIC_CELLS);
    metric->texts[label] = calloc(from->count, sizeof(char *));
    must(metric->texts[label] != NULL);
    for (size_t i = 0; i < from->count; i++) {
        metric->texts[label][i] = strdup(from->values[i]);
        must(metric->texts[label][i] != NULL);
        for (size_t other = 0; other < i; other++)
            must(from->values[i][0] == '\0' || strcmp(metric->texts[label][i], metric->texts[label][other]) != 0);
    }
    metric->cells *= from->count;
}

static struct metric *make(const struct metric_def *def)
{
    struct metric *metric = calloc(1, sizeof *metric);
    must(metric != NULL);
    must(named_well(def));
    metric->def = *def;
    metric->cells = 1;
    for (size_t label = 0; label < METRIC_LABELS; label++) {
        if (def->labels[label].name != NULL)
            label_take(metric, label);
        else
            metric->def.labels[label].count = 0;
        must(label == 0 || def->labels[label].name == NULL || def->labels[label - 1].name != NULL);
        must(metric->cells <= METRIC_CELLS);
    }
    if (def->kind == METRIC_HISTOGRAM && def->bounds == NULL) {
        metric->def.bounds = METRIC_SECONDS;
        metric->def.bound_count = METRIC_SECONDS_COUNT;
    }
    must(metric->def.bound_count <= METRIC_BOUNDS);
    for (size_t i = 1; i < metric->def.bound_count; i++)
        must(metric->def.bounds[i - 1] < metric->def.bounds[i]);
    metric->width = metric->def.bound_count + 1;
    metric->counts = calloc(metric->cells * metric->width, sizeof *metric->counts);
    metric->values = calloc(metric->cells, sizeof *metric->values);
    must(metric->counts != NULL && metric->values != NULL);
    for (size_t cell = 0; def->kind == METRIC_GAUGE && cell < metric->cells; cell++)
        metric->values[cell] = (double)NAN;
    return metric;
}

void metrics_declare(struct metrics *metrics, const struct metric_def *defs, size_t count, struct metric **ret_metrics)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t other = 0; other < metrics->count; other++)
            must(strcmp(metrics->all[other]->def.name, defs[i].name) != 0);
        must(metrics->count < METRICS_DECLARED);
        must(defs[i].kind == METRIC_HISTOGRAM || defs[i].bound_count == 0);
        ret_metrics[i] = make(&defs[i]);
        metrics->all[metrics->count++] = ret_metrics[i];
    }
}

size_t metric_cell(const struct metric *metric, size_t first, size_t second, size_t third)
{
    const size_t places[METRIC_LABELS] = {first, second, third};
    size_t cell = 0;
    for (size_t label = 0; label < METRIC_LABELS; label++) {
        size_t count = metric->def.labels[label].count;
        must(count > 0 ? places[label] < count : places[label] == 0);
        cell = count > 0 ? cell * count + places[label] : cell;
    }
    return cell;
}

void metric_name(struct metric *metric, size_t label, size_t place, const char *name)
{
    must(label < METRIC_LABELS && place < metric->def.labels[label].count && name[0] != '\0');
    char **text = &metric->texts[label][place];
    if (strcmp(*text, name) == 0)
        return;
    must((*text)[0] == '\0');
    for (size_t other = 0; other < metric->def.labels[label].count; other++)
        must(strcmp(metric->texts[label][other], name) != 0);
    free(*text);
    *text = strdup(name);
    must(*text != NULL);
}

void metric_add(struct metric *metric, size_t cell, uint64_t amount)
{
    must(metric->def.kind == METRIC_COUNTER && cell < metric->cells);
    metric->counts[cell] += amount;
}

void metric_set(struct metric *metric, size_t cell, double value)
{
    must(metric->def.kind == METRIC_GAUGE && cell < metric->cells);
    metric->values[cell] = value;
}

void metric_observe(struct metric *metric, size_t cell, double value)
{
    must(metric->def.kind == METRIC_HISTOGRAM && cell < metric->cells);
    if (isnan(value))
        return;
    size_t bucket = 0;
    while (bucket < metric->def.bound_count && value > metric->def.bounds[bucket])
        bucket++;
    metric->counts[cell * metric->width + bucket]++;
    metric->values[cell] += value;
}

double metric_read(const struct metric *metric, size_t cell)
{
    must(cell < metric->cells);
    if (metric->def.kind == METRIC_GAUGE)
        return metric->values[cell];
    uint64_t sum = 0;
    for (size_t bucket = 0; bucket < metric->width; bucket++)
        sum += metric->counts[cell * metric->width + bucket];
    return (double)sum;
}

// Where the text goes: `length` runs on past the end, so that the caller learns what it would have needed.
struct page {
    char *buffer;
    size_t bytes, length;
};

__attribute__((format(printf, 2, 3))) static void print(struct page *page, const char *form, ...)
{
    size_t room = page->length < page->bytes ? page->bytes - page->length : 0;
    va_list values;
    va_start(values, form);
    int wanted = vsnprintf(room > 0 ? page->buffer + page->length : NULL, room, form, values);
    va_end(values);
    must(wanted >= 0);
    page->length += (size_t)wanted;
}

// The shortest of two forms that reads back as the same number.
static const char *number(double value, char *text)
{
    if (isnan(value))
        return "NaN";
    if (isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    snprintf(text, NUMBER_BYTES, "%.15g", value);
    if (strtod(text, NULL) < value || strtod(text, NULL) > value)
        snprintf(text, NUMBER_BYTES, "%.17g", value);
    return text;
}

static void print_escaped(struct page *page, const char *text, const char *specials)
{
    while (*text != '\0') {
        size_t plain = strcspn(text, specials);
        print(page, "%.*s", (int)plain, text);
        text += plain;
        if (*text != '\0')
            print(page, "\\%c", *text == '\n' ? 'n' : *text);
        text += *text != '\0';
    }
}

// Whether every label of the cell has its name.
static bool named(const struct metric *metric, size_t cell)
{
    bool all = true;
    for (size_t label = METRIC_LABELS; label-- > 0;) {
        size_t count = metric->def.labels[label].count;
        all = all && (count == 0 || metric->texts[label][cell % count][0] != '\0');
        cell = count > 0 ? cell / count : cell;
    }
    return all;
}

// The cell's labels and, for a bucket, its bound: {feed="shop",le="0.5"}; nothing when there are none.
static void print_labels(struct page *page, const struct metric *metric, size_t cell, const char *bound)
{
    const char *separator = "{";
    size_t below = metric->cells, rest = cell;
    for (size_t label = 0; label < METRIC_LABELS && metric->def.labels[label].count > 0; label++) {
        below /= metric->def.labels[label].count;
        print(page, "%s%s=\"", separator, metric->def.labels[label].name);
        print_escaped(page, metric->texts[label][rest / below], "\\\"\n");
        print(page, "\"");
        rest %= below;
        separator = ",";
    }
    if (bound != NULL)
        print(page, "%sle=\"%s\"", separator, bound);
    if (bound != NULL || separator[0] == ',')
        print(page, "}");
}

static void print_histogram(struct page *page, const struct metric *metric, size_t cell)
{
    char text[NUMBER_BYTES];
    uint64_t sum = 0;
    for (size_t bucket = 0; bucket < metric->width; bucket++) {
        sum += metric->counts[cell * metric->width + bucket];
        bool last = bucket == metric->def.bound_count;
        print(page, "tend_%s_bucket", metric->def.name);
        print_labels(page, metric, cell, last ? "+Inf" : number(metric->def.bounds[bucket], text));
        print(page, " %" PRIu64 "\n", sum);
    }
    print(page, "tend_%s_sum", metric->def.name);
    print_labels(page, metric, cell, NULL);
    print(page, " %s\ntend_%s_count", number(metric->values[cell], text), metric->def.name);
    print_labels(page, metric, cell, NULL);
    print(page, " %" PRIu64 "\n", sum);
}

static void print_plain(struct page *page, const struct metric *metric, size_t cell)
{
    char text[NUMBER_BYTES];
    bool counter = metric->def.kind == METRIC_COUNTER;
    if (!counter && isnan(metric->values[cell]))
        return;
    print(page, "tend_%s", metric->def.name);
    print_labels(page, metric, cell, NULL);
    if (counter)
        print(page, " %" PRIu64 "\n", metric->counts[cell]);
    else
        print(page, " %s\n", number(metric->values[cell], text));
}

size_t metrics_print(const struct metrics *metrics, char *buffer, size_t bytes)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram"};
    struct page page = {buffer, bytes, 0};
    for (size_t i = 0; i < metrics->count; i++) {
        const struct metric *metric = metrics->all[i];
        print(&page, "# HELP tend_%s ", metric->def.name);
        print_escaped(&page, metric->def.help, "\\\n");
        print(&page, "\n# TYPE tend_%s %s\n", metric->def.name, kinds[metric->def.kind]);
        for (size_t cell = 0; cell < metric->cells; cell++) {
            if (!named(metric, cell))
                continue;
            if (metric->def.kind == METRIC_HISTOGRAM)
                print_histogram(&page, metric, cell);
            else
                print_plain(&page, metric, cell);
        }
    }
    return page.length;
}
