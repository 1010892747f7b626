#include "services/tend/sample.h"

#include "common/calendar.h"
#include "services/tend/sample_talk.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

// From here on the day's own time zone rules and the rules for events hold: 1990 is the first year of any event.
enum { DAY_LEAST = 20 * 365 + 366 };

static bool check(const struct sample_options *options, char *ret_error)
{
    if (options->customers < SAMPLE_CUSTOMERS_LEAST || options->customers > SAMPLE_CUSTOMERS_MOST)
        snprintf(ret_error, SAMPLE_ERROR_BYTES, "customers must be from %d to %d", SAMPLE_CUSTOMERS_LEAST,
                 SAMPLE_CUSTOMERS_MOST);
    else if (options->reps < 1 || options->reps > SAMPLE_REPS_MOST)
        snprintf(ret_error, SAMPLE_ERROR_BYTES, "reps must be from 1 to %d", SAMPLE_REPS_MOST);
    else if (options->years < 1 || options->years > SAMPLE_YEARS_MOST)
        snprintf(ret_error, SAMPLE_ERROR_BYTES, "years must be from 1 to %d", SAMPLE_YEARS_MOST);
    else if (options->until_day - (int32_t)options->years * 365 < DAY_LEAST || options->until_day > DAY_MAX / 2)
        snprintf(ret_error, SAMPLE_ERROR_BYTES, "the history must begin after 1990");
    else
        return true;
    return false;
}

struct book {
    const struct sample_cast *cast;
    const struct sample_trade *trade;
    const struct sample_talk *talk;
};

static void write_reps(const struct book *book, FILE *file)
{
    sample_write_reps(book->cast, file);
}

static void write_customers(const struct book *book, FILE *file)
{
    sample_write_customers(book->cast, file);
}

static void write_orders(const struct book *book, FILE *file)
{
    sample_write_orders(book->trade, book->cast, file);
}

static void write_events(const struct book *book, FILE *file)
{
    sample_write_events(book->talk, file);
}

static bool write_file(const char *folder, const char *name, void (*write)(const struct book *, FILE *),
                       const struct book *book, char *ret_error)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = length > 0 && (size_t)length < sizeof path ? fopen(path, "wbe") : NULL;
    if (file != NULL)
        write(book, file);
    bool failed = file == NULL || ferror(file) != 0;
    if (file != NULL && fclose(file) != 0)
        failed = true;
    if (failed)
        snprintf(ret_error, SAMPLE_ERROR_BYTES, "%.200s/%s cannot be written: %s", folder, name, strerror(errno));
    return !failed;
}

static bool write_all(const struct sample_options *options, const struct book *book, char *ret_error)
{
    static const struct {
        const char *name;
        void (*write)(const struct book *, FILE *);
    } files[] = {{"reps.csv", write_reps},
                 {"customers.csv", write_customers},
                 {"orders.csv", write_orders},
                 {"events.jsonl", write_events}};
    if (mkdir(options->folder, 0777) != 0 && errno != EEXIST) {
        snprintf(ret_error, SAMPLE_ERROR_BYTES, "%.200s cannot be made: %s", options->folder, strerror(errno));
        return false;
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (!write_file(options->folder, files[i].name, files[i].write, book, ret_error))
            return false;
    return true;
}

bool sample_write(const struct sample_options *options, char *ret_error, struct sample_counts *ret_counts)
{
    struct sample_cast *cast = NULL;
    if (!check(options, ret_error) || !sample_cast_open(options, ret_error, &cast))
        return false;
    struct sample_trade *trade = sample_trade_open(cast, options->seed);
    struct sample_talk *talk = sample_talk_open(cast, trade, options->seed);
    struct book book = {cast, trade, talk};
    bool good = write_all(options, &book, ret_error);
    if (good)
        *ret_counts = (struct sample_counts){cast->rep_count, cast->customer_count, trade->count, trade->line_count,
                                             sample_talk_count(talk)};
    sample_talk_close(&talk);
    sample_trade_close(&trade);
    sample_cast_close(&cast);
    return good;
}
