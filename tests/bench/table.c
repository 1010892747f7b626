#include "bench/table.h"

#include "common/clock.h"
#include "common/must.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_BYTES = 80 };

static unsigned met, short_of;

// --- figures ---

void series_add(struct series *series, double value)
{
    must(series->count < SERIES_MAX);
    series->values[series->count++] = value;
}

static int compare_values(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

// The value at `part` of the way from the least to the most.
static double value_at(const struct series *series, double part)
{
    if (series->count == 0)
        return 0;
    struct series sorted = *series;
    qsort(sorted.values, sorted.count, sizeof *sorted.values, compare_values);
    return sorted.values[(size_t)(part * (double)(sorted.count - 1) + 0.5)];
}

double series_median(const struct series *series)
{
    return value_at(series, 0.5);
}

// --- the table ---

static void print_value(double value, const char *unit, char *cell)
{
    if (strcmp(unit, "/s") == 0 && value >= 1e6)
        snprintf(cell, CELL_BYTES, "%.2fM/s", value / 1e6);
    else if (strcmp(unit, "/s") == 0 && value >= 1e3)
        snprintf(cell, CELL_BYTES, "%.*fk/s", value < 1e4, value / 1e3);
    else
        snprintf(cell, CELL_BYTES, "%.*f%s%s", value < 10 ? 2 : value < 100, value, unit[0] == '/' ? "" : " ", unit);
}

// The median, and the least and the most of several rounds behind it.
static void print_series(const struct series *series, const char *unit, char *cell)
{
    char median[CELL_BYTES], least[CELL_BYTES], most[CELL_BYTES];
    print_value(series_median(series), unit, median);
    print_value(value_at(series, 0), "", least);
    print_value(value_at(series, 1), "", most);
    if (strcmp(unit, "/s") == 0) {
        print_value(value_at(series, 0), unit, least);
        print_value(value_at(series, 1), unit, most);
        least[strcspn(least, "/")] = most[strcspn(most, "/")] = '\0';
    }
    least[strcspn(least, " ")] = most[strcspn(most, " ")] = '\0';
    if (series->count > 1)
        snprintf(cell, 2 * CELL_BYTES, "%.30s [%.20s %.20s]", median, least, most);
    else
        snprintf(cell, 2 * CELL_BYTES, "%s", median);
}

void table_head(const char *title)
{
    printf("\n%-47s %-24s %-38s %6s  %s\n", title, "ours", "limit of the same run", "ratio", "goal");
    fflush(stdout);
}

void table_print(const struct table_line *line)
{
    char ours[2 * CELL_BYTES], limit[2 * CELL_BYTES] = "", beside[3 * CELL_BYTES] = "", ratio[32] = "", goal[32] = "";
    print_series(line->ours, line->unit, ours);
    double figure = series_median(line->ours);
    if (line->limit != NULL) {
        print_series(line->limit, line->unit, limit);
        snprintf(beside, sizeof beside, "%s %s", limit, line->limit_name);
        figure /= series_median(line->limit);
        snprintf(ratio, sizeof ratio, "%.2f", figure);
    }
    if (line->goal != TABLE_NO_GOAL) {
        bool good = line->goal == TABLE_AT_LEAST ? figure >= line->bound : figure <= line->bound;
        *(good ? &met : &short_of) += 1;
        snprintf(goal, sizeof goal, "%s %g  %s", line->goal == TABLE_AT_LEAST ? ">=" : "<=", line->bound,
                 good ? "ok" : "SHORT");
    }
    printf("%-47s %-24s %-38s %6s  %s\n", line->what, ours, beside, ratio, goal);
    fflush(stdout);
}

void table_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("  ");
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
    fflush(stdout);
}

void table_end(void)
{
    if (met + short_of > 0)
        printf("%u goals met, %u short\n", met, short_of);
    fflush(stdout);
}

int64_t table_now_us(void)
{
    static struct clock *clock;
    if (clock == NULL)
        clock = clock_open();
    return clock_boot_us(clock);
}
