#include "services/tend/rehearse_report.h"

#include "services/tend/digits.h"
#include "services/tend/rehearse_words.h"
#include "services/tend/screen.h"

#include <stdarg.h>

enum { COLUMNS_MAX = 12, PPM = 1000000 };

struct text {
    FILE *out;
    const struct rehearse_report *report;
    struct screen screen; // as wide as anybody's, without colours: the text is the same everywhere
};

static const char *say(const struct text *text, const char *english) __attribute__((format_arg(2)));

static const char *say(const struct text *text, const char *english)
{
    return wording(text->report->language, english);
}

static void put_head(const struct text *text, const char *title)
{
    fprintf(text->out, "\n%s\n", title);
    for (int i = screen_columns(title); i > 0; i--)
        fputc('-', text->out);
    fputc('\n', text->out);
}

__attribute__((format(printf, 2, 3))) static void put_line(const struct text *text, const char *format, ...)
{
    char line[SCREEN_TEXT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    screen_wrap(text->out, &text->screen, line, 0, 0);
}

// A column: what it is called, and how wide it is; below 0 to the left.
struct column {
    const char *name;
    int width;
};

static void put_field(const struct text *text, struct column column, const char *value)
{
    char fits[SCREEN_TEXT_BYTES];
    int width = column.width < 0 ? -column.width : column.width;
    // One column stays free between two fields.
    if (column.width > 0)
        fputc(' ', text->out);
    fputs(screen_fit(value, width - 1, column.width > 0, fits), text->out);
    if (column.width < 0)
        fputc(' ', text->out);
}

static void put_heads(const struct text *text, const struct column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_field(text, columns[i], say(text, columns[i].name));
    fputc('\n', text->out);
}

static void put_numbers(const struct text *text, const struct column *columns, const uint64_t *numbers, size_t count)
{
    char number[DIGITS_BYTES];
    for (size_t i = 0; i < count; i++)
        put_field(text, columns[i], numbers[i] > 0 ? digits_count((int64_t)numbers[i], number) : "-");
}

static void put_top(const struct text *text)
{
    const struct rehearse_report *report = text->report;
    char from[REPORT_BYTES], to[REPORT_BYTES], first[DIGITS_BYTES], second[DIGITS_BYTES];
    put_line(text, say(text, "Rehearsal of %s to %s"), report_day(report->from_day, from),
             report_day(report->to_day, to));
    put_line(text, say(text, "%s events replayed, %s refused"), digits_count((int64_t)report->events, first),
             digits_count((int64_t)report->refused, second));
    if (report->without_rate > 0)
        put_line(text, "%s %s", digits_count((int64_t)report->without_rate, first),
                 say(text, report->without_rate == 1 ? "order without an exchange rate for its day counts as 0"
                                                     : "orders without an exchange rate for their day count as 0"));
}

static void put_messages(const struct text *text)
{
    const struct recount *recount = text->report->recount;
    char messages[DIGITS_BYTES], reminders[DIGITS_BYTES], mean[REPORT_BYTES], band[REPORT_BYTES], number[DIGITS_BYTES];
    char waited[DIGITS_BYTES];
    put_head(text, say(text, "Messages"));
    put_line(text, say(text, "%s messages with %s reminders and calls; on a day with messages a rep got %s of them"),
             digits_count((int64_t)recount->messages, messages), digits_count((int64_t)recount->reminders, reminders),
             report_mean(recount->messages, recount->day_count, mean));
    put_line(text, say(text, "%s of them waited more than half an hour for a better moment"),
             digits_count((int64_t)recount->waited, waited));
    put_line(text, say(text, "%s lists, %s of them late; %s days without a list that was due"),
             digits_count((int64_t)recount->lists, messages), digits_count((int64_t)recount->lists_late, reminders),
             digits_count((int64_t)recount->lists_folded, number));
    fprintf(text->out, "\n%s\n", say(text, "Days of reps by the number of messages"));
    for (size_t i = 0; i < RECOUNT_BANDS; i++) {
        put_field(text, (struct column){"", -16}, report_band(text->report->language, i, band));
        put_field(text, (struct column){"", 10}, digits_count((int64_t)recount->bands[i], number));
        put_field(text, (struct column){"", 9},
                  digits_share(digits_ppm((int64_t)recount->bands[i], (int64_t)recount->day_count), number));
        fputc('\n', text->out);
    }
}

static void put_reps(const struct text *text)
{
    static const struct column columns[] = {{"rep", -20},   {"messages", 10},   {"days", 8},  {"a day", 8},
                                            {"most", 7},    {"on", 12},         {"lists", 8}, {"calls", 10},
                                            {"others", 10}, {"as superior", 14}};
    const struct recount *recount = text->report->recount;
    put_head(text, say(text, "Rep by rep"));
    put_heads(text, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < recount->rep_count; i++) {
        const struct recount_rep *rep = &recount->reps[i];
        char buffer[REPORT_BYTES];
        put_field(text, columns[0], recount_name(rep));
        put_numbers(text, columns + 1, (const uint64_t[]){rep->messages, rep->days}, 2);
        put_field(text, columns[3], rep->days > 0 ? report_mean(rep->messages, rep->days, buffer) : "-");
        put_numbers(text, columns + 4, (const uint64_t[]){rep->most}, 1);
        put_field(text, columns[5], rep->days > 0 ? report_day((int32_t)rep->most_day, buffer) : "-");
        put_numbers(text, columns + 6, (const uint64_t[]){rep->lists, rep->calls, rep->reminders, rep->above}, 4);
        fputc('\n', text->out);
    }
}

static void put_month(const struct text *text, int32_t first)
{
    static const struct column columns[] = {{"month", -10},       {"customers", 11},  {"reached", 10},    {"share", 10},
                                            {"calls listed", 14}, {"reps short", 12}, {"reps warned", 13}};
    uint32_t missed, warned;
    char buffer[REPORT_BYTES], number[DIGITS_BYTES];
    struct recount_month all = report_month_of_all(text->report->recount, first, &missed, &warned);
    if (text->report->recount->months[0].first == first)
        put_heads(text, columns, sizeof columns / sizeof *columns);
    put_field(text, columns[0], report_month(first, buffer));
    put_numbers(text, columns + 1, (const uint64_t[]){all.customers, all.contacted}, 2);
    put_field(text, columns[3], all.ended ? digits_share(report_reached(&all), number) : "");
    put_numbers(text, columns + 4, (const uint64_t[]){all.calls, missed, warned}, 3);
    fprintf(text->out, "%s\n", all.ended && !all.whole ? say(text, "  (in part)") : "");
}

static void put_coverage(const struct text *text)
{
    const struct recount *recount = text->report->recount;
    if (recount->month_count == 0)
        return;
    put_head(text, say(text, "Coverage by month"));
    if (report_unreached(recount)) {
        put_line(text, "%s", say(text, REPORT_UNREACHED));
        return;
    }
    put_line(text, "%s",
             say(text, "Reached as the history has it: the lists of a rehearsal are read by nobody. Warned: told in "
                       "that month that not everybody can be reached."));
    for (size_t i = 0; i < recount->month_count; i++)
        if (i == 0 || recount->months[i].first != recount->months[i - 1].first)
            put_month(text, recount->months[i].first);
}

static void put_kinds(const struct text *text)
{
    static const struct column columns[] = {{"about", -30},     {"told", 9},          {"to superiors", 14},
                                            {"late", 7},        {"folded", 9},        {"held back", 11},
                                            {"taken back", 12}, {"came too late", 15}};
    const struct recount *recount = text->report->recount;
    enum kind_id kinds[KIND_COUNT];
    size_t count = report_kinds(recount, kinds);
    put_head(text, say(text, "What they were about"));
    put_heads(text, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < count; i++) {
        const struct recount_kind *kind = &recount->kinds[kinds[i]];
        put_field(text, columns[0], rehearse_kind(text->report->language, kinds[i]));
        put_numbers(text, columns + 1,
                    (const uint64_t[]){kind->told, kind->above, kind->late, kind->folded, kind->suppressed,
                                       kind->cancelled + kind->withdrawn, kind->expired},
                    7);
        fputc('\n', text->out);
    }
    put_line(text, "%s",
             say(text, "Folded: went into another one. Held back: the customer was contacted often enough. Taken back: "
                       "the reason was gone, before or after it was told."));
}

static void put_promises(const struct text *text)
{
    const struct recount_promises *promises = &text->report->recount->promises;
    char numbers[5][DIGITS_BYTES];
    if (promises->made == 0)
        return;
    put_head(text, say(text, "Promises"));
    put_line(text, say(text, "%s made: %s kept in time, %s late, %s broken, %s still open"),
             digits_count((int64_t)promises->made, numbers[0]), digits_count((int64_t)promises->kept, numbers[1]),
             digits_count((int64_t)promises->late, numbers[2]), digits_count((int64_t)promises->broken, numbers[3]),
             digits_count((int64_t)promises->open, numbers[4]));
}

void rehearse_text(FILE *out, const struct rehearse_report *report)
{
    struct text text = {.out = out,
                        .report = report,
                        .screen = {.width = SCREEN_USUAL + 20, .blocks = true, .language = report->language}};
    put_top(&text);
    put_messages(&text);
    put_reps(&text);
    put_coverage(&text);
    put_kinds(&text);
    put_promises(&text);
}
