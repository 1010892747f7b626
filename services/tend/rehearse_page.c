#include "services/tend/rehearse_report.h"

#include "services/tend/chart.h"
#include "services/tend/digits.h"
#include "services/tend/markup.h"
#include "services/tend/paper.h"
#include "services/tend/rehearse_words.h"

enum { REPS_DRAWN = 50, KINDS_DRAWN = 12, MONTHS_DRAWN = 60, PPM = 1000000, LABEL_BYTES = 24 };

struct page {
    struct paper paper;
    const struct rehearse_report *report;
};

static const char *say(const struct page *page, const char *english) __attribute__((format_arg(2)));

static const char *say(const struct page *page, const char *english)
{
    return wording(page->report->language, english);
}

static void draw(const struct page *page, const struct chart_bars *chart, const char *caption)
{
    paper_raw(&page->paper, "<figure>\n");
    chart_bars(page->paper.out, chart);
    paper_put(&page->paper, "<figcaption>", caption, "</figcaption></figure>\n");
}

static void begin_details(const struct page *page)
{
    paper_put(&page->paper, "<details><summary>", say(page, "As a table"), "</summary>\n");
}

static void end_details(const struct page *page)
{
    paper_raw(&page->paper, "</details></section>\n");
}

static void put_tile(const struct page *page, const char *name, uint64_t number)
{
    char text[DIGITS_BYTES];
    paper_tile(&page->paper, say(page, name), digits_count((int64_t)number, text), NULL);
}

// All months that were rehearsed whole, as one.
static struct recount_month all_months(const struct recount *recount)
{
    struct recount_month all = {.warned_day = INT32_MIN};
    for (size_t i = 0; i < recount->month_count; i++) {
        if (!recount->months[i].whole)
            continue;
        all.customers += recount->months[i].customers;
        all.contacted += recount->months[i].contacted;
    }
    return all;
}

static void put_head(const struct page *page)
{
    const struct rehearse_report *report = page->report;
    const struct recount *recount = report->recount;
    struct recount_month months = all_months(recount);
    char from[REPORT_BYTES], to[REPORT_BYTES], first[DIGITS_BYTES], second[DIGITS_BYTES];
    uint64_t above = 0, most = 0;
    for (size_t i = 0; i < recount->rep_count; i++) {
        above += recount->reps[i].above;
        most = recount->reps[i].most > most ? recount->reps[i].most : most;
    }
    paper_put(&page->paper, "<h1>", say(page, "What would have been sent"), "</h1>\n<p class=\"dim\">");
    markup_print(page->paper.out, say(page, "Rehearsal of %s to %s"), report_day(report->from_day, from),
                 report_day(report->to_day, to));
    paper_put(&page->paper, "", say(page, "; "), "");
    markup_print(page->paper.out, say(page, "%s events replayed, %s refused"),
                 digits_count((int64_t)report->events, first), digits_count((int64_t)report->refused, second));
    paper_raw(&page->paper, "</p>\n<dl class=\"tiles\">\n");
    put_tile(page, "messages", recount->messages);
    paper_tile(&page->paper, say(page, "a rep and day with messages"),
               report_mean(recount->messages, recount->day_count, from), NULL);
    put_tile(page, "most on one day", most);
    put_tile(page, "calls listed", recount->calls);
    if (months.customers > 0)
        paper_tile(&page->paper, say(page, "reached each month"), digits_share(report_reached(&months), first), NULL);
    put_tile(page, "told to superiors", above);
    paper_raw(&page->paper, "</dl>\n");
}

static void put_bands(const struct page *page)
{
    const struct recount *recount = page->report->recount;
    struct chart_bar bars[RECOUNT_BANDS];
    char labels[RECOUNT_BANDS][REPORT_BYTES];
    for (size_t i = 0; i < RECOUNT_BANDS; i++)
        bars[i] = (struct chart_bar){report_band(page->report->language, i, labels[i]), (int64_t)recount->bands[i],
                                     CHART_LEVEL};
    struct chart_bars chart = {.id = "bands",
                               .title = say(page, "Messages a day"),
                               .description = say(page, "Days of reps by the number of messages"),
                               .bars = bars,
                               .count = RECOUNT_BANDS};
    paper_section(&page->paper, "", chart.title);
    draw(page, &chart, chart.description);
    char number[DIGITS_BYTES];
    paper_raw(&page->paper, "<p class=\"dim\">");
    markup_print(page->paper.out, say(page, "%s of them waited more than half an hour for a better moment"),
                 digits_count((int64_t)recount->waited, number));
    paper_raw(&page->paper, "</p></section>\n");
}

static void put_reps(const struct page *page)
{
    static const struct heading headings[] = {{"rep", false},   {"messages", true},   {"days", true},  {"a day", true},
                                              {"most", true},   {"on", true},         {"lists", true}, {"calls", true},
                                              {"others", true}, {"as superior", true}};
    const struct recount *recount = page->report->recount;
    char buffer[REPORT_BYTES];
    paper_section(&page->paper, " class=\"wide\"", say(page, "Rep by rep"));
    struct listing table =
        paper_table(&page->paper, " class=\"stack\"",
                    say(page, "Calls stand on lists; others are reminders. As superior: what a rep was told as "
                              "somebody's manager, director or approver."),
                    headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < recount->rep_count; i++) {
        const struct recount_rep *rep = &recount->reps[i];
        paper_cell(&table, recount_name(rep));
        paper_count(&table, (int64_t)rep->messages);
        paper_count(&table, rep->days);
        paper_cell(&table, report_mean(rep->messages, rep->days, buffer));
        paper_count(&table, rep->most);
        paper_cell(&table, rep->days > 0 ? report_day((int32_t)rep->most_day, buffer) : "");
        paper_count(&table, (int64_t)rep->lists);
        paper_count(&table, (int64_t)rep->calls);
        paper_count(&table, (int64_t)rep->reminders);
        paper_count(&table, (int64_t)rep->above);
    }
    paper_table_end(&page->paper);
    paper_raw(&page->paper, "</section>\n");
}

static void draw_months(const struct page *page)
{
    const struct recount *recount = page->report->recount;
    struct chart_bar bars[MONTHS_DRAWN];
    char labels[MONTHS_DRAWN][REPORT_BYTES];
    size_t count = 0;
    for (size_t i = 0; i < recount->month_count && count < MONTHS_DRAWN; i++) {
        uint32_t missed, warned;
        if (i > 0 && recount->months[i].first == recount->months[i - 1].first)
            continue;
        struct recount_month all = report_month_of_all(recount, recount->months[i].first, &missed, &warned);
        if (all.ended)
            bars[count] = (struct chart_bar){report_month(all.first, labels[count]), report_reached(&all), CHART_LEVEL};
        count += all.ended;
    }
    struct chart_bars chart = {.id = "coverage",
                               .title = say(page, "Coverage by month"),
                               .description = say(page, "The part of all customers that was contacted in the month."),
                               .bars = bars,
                               .count = count,
                               .most = PPM,
                               .ppm = true};
    draw(page, &chart, chart.description);
}

static void put_coverage(const struct page *page)
{
    if (page->report->recount->month_count == 0)
        return;
    paper_section(&page->paper, "", say(page, "Coverage by month"));
    if (report_unreached(page->report->recount)) {
        paper_put(&page->paper, "<p class=\"dim\">", say(page, REPORT_UNREACHED), "</p></section>\n");
        return;
    }
    draw_months(page);
    paper_put(&page->paper, "<p class=\"dim\">",
              say(page, "Reached as the history has it: the lists of a rehearsal are read by nobody. Warned: told in "
                        "that month that not everybody can be reached."),
              "</p></section>\n");
}

static void put_months(const struct page *page)
{
    static const struct heading headings[] = {{"month", false},   {"rep", false},  {"customers", true},
                                              {"reached", true},  {"share", true}, {"calls listed", true},
                                              {"warned on", true}};
    const struct recount *recount = page->report->recount;
    char buffer[REPORT_BYTES];
    if (recount->month_count == 0 || report_unreached(recount))
        return;
    paper_section(&page->paper, " class=\"wide\"", say(page, "Coverage, rep by rep"));
    begin_details(page);
    struct listing table =
        paper_table(&page->paper, " class=\"stack\"", NULL, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < recount->month_count; i++) {
        const struct recount_month *month = &recount->months[i];
        paper_cell(&table, report_month(month->first, buffer));
        paper_cell(&table, recount_name(&recount->reps[month->rep]));
        paper_count(&table, month->customers);
        paper_count(&table, month->contacted);
        if (month->ended)
            paper_share(&table, report_reached(month));
        else
            paper_cell(&table, "");
        paper_count(&table, month->calls);
        paper_cell(&table, report_day(month->warned_day, buffer));
    }
    paper_table_end(&page->paper);
    end_details(page);
}

static void put_kinds(const struct page *page)
{
    const struct recount *recount = page->report->recount;
    enum kind_id kinds[KIND_COUNT];
    size_t count = report_kinds(recount, kinds), drawn = 0;
    struct chart_bar bars[KINDS_DRAWN];
    for (size_t i = 0; i < count && drawn < KINDS_DRAWN; i++)
        if (kinds[i] != KIND_CALL && recount->kinds[kinds[i]].told > 0)
            bars[drawn++] = (struct chart_bar){rehearse_kind(page->report->language, kinds[i]),
                                               (int64_t)recount->kinds[kinds[i]].told, CHART_LEVEL};
    struct chart_bars chart = {.id = "kinds",
                               .title = say(page, "What they were about"),
                               .description = say(page, "Reminders beside the calls on the lists."),
                               .bars = bars,
                               .count = drawn,
                               .above = true};
    if (drawn == 0)
        return;
    paper_section(&page->paper, "", chart.title);
    draw(page, &chart, chart.description);
    paper_raw(&page->paper, "</section>\n");
}

static void put_fates(const struct page *page)
{
    static const struct heading headings[] = {{"about", false},     {"told", true},         {"to superiors", true},
                                              {"late", true},       {"folded", true},       {"held back", true},
                                              {"taken back", true}, {"came too late", true}};
    const struct recount *recount = page->report->recount;
    enum kind_id kinds[KIND_COUNT];
    size_t count = report_kinds(recount, kinds);
    paper_section(&page->paper, " class=\"wide\"", say(page, "What became of them"));
    begin_details(page);
    struct listing table = paper_table(
        &page->paper, " class=\"stack\"",
        say(page, "Folded: went into another one. Held back: the customer was contacted often enough. Taken back: "
                  "the reason was gone, before or after it was told."),
        headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < count; i++) {
        const struct recount_kind *kind = &recount->kinds[kinds[i]];
        paper_cell(&table, rehearse_kind(page->report->language, kinds[i]));
        paper_count(&table, (int64_t)kind->told);
        paper_count(&table, (int64_t)kind->above);
        paper_count(&table, (int64_t)kind->late);
        paper_count(&table, (int64_t)kind->folded);
        paper_count(&table, (int64_t)kind->suppressed);
        paper_count(&table, (int64_t)(kind->cancelled + kind->withdrawn));
        paper_count(&table, (int64_t)kind->expired);
    }
    paper_table_end(&page->paper);
    end_details(page);
}

static void put_promises(const struct page *page)
{
    const struct recount_promises *promises = &page->report->recount->promises;
    if (promises->made == 0)
        return;
    const struct chart_bar bars[] = {
        {say(page, "kept in time"), digits_ppm((int64_t)promises->kept, (int64_t)promises->made), CHART_UP},
        {say(page, "kept too late"), digits_ppm((int64_t)promises->late, (int64_t)promises->made), CHART_DOWN},
        {say(page, "broken"), digits_ppm((int64_t)promises->broken, (int64_t)promises->made), CHART_DOWN},
        {say(page, "still open"), digits_ppm((int64_t)promises->open, (int64_t)promises->made), CHART_LEVEL},
    };
    char caption[REPORT_BYTES], numbers[5][DIGITS_BYTES];
    snprintf(caption, sizeof caption, say(page, "%s made: %s kept in time, %s late, %s broken, %s still open"),
             digits_count((int64_t)promises->made, numbers[0]), digits_count((int64_t)promises->kept, numbers[1]),
             digits_count((int64_t)promises->late, numbers[2]), digits_count((int64_t)promises->broken, numbers[3]),
             digits_count((int64_t)promises->open, numbers[4]));
    struct chart_bars chart = {.id = "promises",
                               .title = say(page, "Promises"),
                               .description = caption,
                               .bars = bars,
                               .count = sizeof bars / sizeof *bars,
                               .most = PPM,
                               .ppm = true};
    paper_section(&page->paper, "", chart.title);
    draw(page, &chart, caption);
    paper_raw(&page->paper, "</section>\n");
}

void rehearse_page(FILE *out, const struct rehearse_report *report)
{
    static void (*const parts[])(const struct page *) = {put_bands, put_coverage, put_kinds, put_promises,
                                                         put_reps,  put_fates,    put_months};
    struct page page = {{out, report->language}, report};
    paper_begin(&page.paper, say(&page, "What would have been sent"));
    put_head(&page);
    paper_raw(&page.paper, "<div class=\"parts\">\n");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        parts[i](&page);
    paper_put(&page.paper, "</div>\n<footer><p>",
              say(&page, "The messages themselves, day by day: a file for each rep beside this page."),
              "</p></footer>\n");
    paper_end(&page.paper);
}
