// Figures for whoever watches the service: counters, gauges and histograms in the Prometheus text format.
//
// All of them are declared at start-up in tables, with every value that a label can take, so the number of series is
// known and no customer, message or stranger can make a new one; names that come later have their places held free.
// Changing a figure is one addition: no search, no allocation. One thread only. The names get the prefix "tend_".
#ifndef TEND_COMMON_METRICS_H
#define TEND_COMMON_METRICS_H

#include <stddef.h>
#include <stdint.h>

enum {
    METRIC_LABELS = 3,   // a figure with more is two figures
    METRIC_CELLS = 4096, // combinations of label values of one figure; each is a line to be scraped for ever
    METRIC_BOUNDS = 32,  // of a histogram
    METRICS_DECLARED = 256,
};

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metrics;
struct metric;

// A label and all the values that it can take; "" is a place that is held free, and is not printed before it has its
// name. No label: name NULL.
struct metric_label {
    const char *name;
    const char *const *values;
    size_t count;
};

// A figure. The name is in snake case and in base units (seconds, bytes, ratio); a counter, and nothing else, ends in
// "_total". `bounds` are the upper bounds of a histogram's buckets, ascending, without the infinite one; NULL means
// METRIC_SECONDS. Name and help are kept as pointers; label values are copied.
struct metric_def {
    const char *name;
    const char *help;
    enum metric_kind kind;
    struct metric_label labels[METRIC_LABELS];
    const double *bounds;
    size_t bound_count;
};

// From 1 ms to 60 s: short enough for a commit, long enough for a chat that does not answer.
enum { METRIC_SECONDS_COUNT = 15 };
extern const double METRIC_SECONDS[METRIC_SECONDS_COUNT];

// An empty registry; NULL only when memory is out.
struct metrics *metrics_open(void);

void metrics_close(struct metrics **metrics);

// Adds `count` figures; ret_metrics[i] is the handle of defs[i] and lives as long as the registry. A name that breaks
// the rules above or comes twice is a mistake of ours and ends the process, at the start, where a test sees it.
void metrics_declare(struct metrics *metrics, const struct metric_def *defs, size_t count, struct metric **ret_metrics);

// The cell of a combination of label values, by their places in the table; 0 for a label that is not there.
size_t metric_cell(const struct metric *metric, size_t first, size_t second, size_t third);

// Names a place of a label that was held free; one that has that name already stays so.
void metric_name(struct metric *metric, size_t label, size_t place, const char *name);

// Counters only.
void metric_add(struct metric *metric, size_t cell, uint64_t amount);

// Gauges only. A gauge is not printed before it is set: "never" must not read as the year 1970.
void metric_set(struct metric *metric, size_t cell, double value);

// Histograms only. `value` is in the unit of the name; what is not a number is not counted.
void metric_observe(struct metric *metric, size_t cell, double value);

// A counter's count, a gauge's value (NaN: never set), a histogram's number of observations.
double metric_read(const struct metric *metric, size_t cell);

// Writes all figures in the text format 0.0.4, as much as `bytes` hold with a NUL behind it. Returns the length of the
// whole text, as snprintf does, so a result that is not below `bytes` asks for a larger buffer.
size_t metrics_print(const struct metrics *metrics, char *buffer, size_t bytes);

#endif
