#include "services/tend/page.h"

#include "services/tend/digits.h"
#include "services/tend/markup.h"

#include <stdlib.h>
#include <string.h>

enum { MOVES_SHOWN = 12, EFFORTS_SHOWN = 12, PPM = 1000000, CELLS_MAX = 8, MODEL_PARAMETERS = 16 };

// What is being written, and how.
struct page {
    FILE *out;
    const struct overview *overview;
    enum wording_language language;
};

static const char *say(const struct page *page, const char *english) __attribute__((format_arg(2)));

static const char *say(const struct page *page, const char *english)
{
    return wording(page->language, english);
}

static void raw(const struct page *page, const char *markup)
{
    fputs(markup, page->out);
}

// "<tag>text</tag>".
static void put(const struct page *page, const char *open, const char *text, const char *close)
{
    raw(page, open);
    markup_text(page->out, text);
    raw(page, close);
}

static void begin_section(const struct page *page, const char *classes, const char *title)
{
    fprintf(page->out, "<section%s>\n", classes);
    put(page, "<h2>", title, "</h2>\n");
}

// A column of a table: what it is called, and whether it holds figures.
struct heading {
    const char *name; // English
    bool figures;
};

struct listing {
    const struct page *page;
    const struct heading *headings;
    size_t count, at;
};

static struct listing begin_table(const struct page *page, const char *classes, const char *caption,
                                  const struct heading *headings, size_t count)
{
    fprintf(page->out, "<table%s>", classes);
    if (caption != NULL)
        put(page, "<caption>", caption, "</caption>");
    raw(page, "<thead><tr>");
    for (size_t i = 0; i < count; i++) {
        fprintf(page->out, "<th scope=\"col\"%s>", headings[i].figures ? " class=\"n\"" : "");
        put(page, "", say(page, headings[i].name), "</th>");
    }
    raw(page, "</tr></thead>\n<tbody>\n");
    return (struct listing){page, headings, count, 0};
}

// The next cell; rows begin and end by themselves. The first cell heads its row.
static void put_cell(struct listing *table, const char *text)
{
    const struct page *page = table->page;
    const struct heading *heading = &table->headings[table->at];
    if (table->at == 0) {
        put(page, "<tr><th scope=\"row\">", text, "</th>");
    } else {
        fprintf(page->out, "<td%s data-name=\"", heading->figures ? " class=\"n\"" : "");
        put(page, "", say(page, heading->name), "\">");
        put(page, "", text, "</td>");
    }
    if (++table->at == table->count) {
        table->at = 0;
        raw(page, "</tr>\n");
    }
}

static void put_count(struct listing *table, int64_t number)
{
    char text[DIGITS_BYTES];
    put_cell(table, digits_count(number, text));
}

static void put_money(struct listing *table, const Tend__V1__Money *money)
{
    char text[DIGITS_BYTES];
    put_cell(table, money == NULL ? "" : digits_money(money->micros, text));
}

static void put_share(struct listing *table, int64_t ppm)
{
    char text[DIGITS_BYTES];
    put_cell(table, digits_share(ppm, text));
}

static void end_table(const struct page *page)
{
    raw(page, "</tbody></table>\n");
}

// `whole` says the figure without rounding; NULL where it is not rounded.
static void put_tile(const struct page *page, const char *name, const char *figure, const char *whole)
{
    put(page, "<div><dt>", name, "</dt>");
    raw(page, "<dd");
    if (whole != NULL)
        put(page, " title=\"", whole, "\"");
    put(page, ">", figure, "</dd></div>\n");
}

static void put_head(const struct page *page)
{
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    const char *currency = summary->total != NULL ? summary->total->currency : "";
    char text[DIGITS_BYTES], total[DIGITS_BYTES * 2], whole[DIGITS_BYTES * 2], rule[OVERVIEW_RULE_BYTES];
    put(page, "<h1>", say(page, "All customers at a glance"), "</h1>\n<p class=\"dim\">");
    markup_print(page->out, say(page, "As of %s; %s"), page->overview->as_of,
                 overview_rule(page->language, summary->rule, rule));
    raw(page, "</p>\n<dl class=\"tiles\">\n");
    put_tile(page, say(page, "customers"), digits_count(summary->customers, text), NULL);
    put_tile(page, say(page, "with orders in the window"), digits_count(summary->customers_in_window, text), NULL);
    snprintf(whole, sizeof whole, "%s %s", digits_money(overview_micros(summary->total), text), currency);
    snprintf(total, sizeof total, "%s %s", digits_short(overview_micros(summary->total), page->language, text),
             currency);
    put_tile(page, say(page, "net sales"), total, whole);
    put_tile(page, say(page, "order overdue"), digits_count(summary->overdue, text), NULL);
    put_tile(page, say(page, "dropped out"), digits_count(summary->dropped, text), NULL);
    raw(page, "</dl>\n");
}

static void put_classes(const struct page *page)
{
    static const struct heading headings[] = {
        {"class", false}, {"customers", true}, {"net sales", true}, {"share", true}};
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    int64_t customers = 0;
    struct listing table = begin_table(page, " class=\"tight\"", NULL, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < summary->n_classes; i++) {
        const Tend__V1__ClassSummary *row = summary->classes[i];
        put_cell(&table, overview_class(row->abc));
        put_count(&table, row->customers);
        put_money(&table, row->net);
        put_share(&table, row->share_ppm);
        customers += row->customers;
    }
    put_cell(&table, say(page, "all"));
    put_count(&table, customers);
    put_money(&table, summary->total);
    put_share(&table, overview_micros(summary->total) > 0 ? PPM : 0);
    end_table(page);
}

// Below the table, which has no room for another column on a phone.
static void put_borders(const struct page *page)
{
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    char number[DIGITS_BYTES];
    raw(page, "<p class=\"dim\">");
    for (size_t i = 0; i < summary->n_classes; i++) {
        const Tend__V1__ClassSummary *row = summary->classes[i];
        if (row->least == NULL)
            continue;
        markup_print(page->out, say(page, "%s from %s"), overview_class(row->abc),
                     digits_short(row->least->micros, page->language, number));
        raw(page, say(page, "; "));
    }
    put(page, "", say(page, "by the figures alone; All dimensions below counts what people decided."), "</p>\n");
}

static void put_curve(const struct page *page)
{
    const struct overview *overview = page->overview;
    begin_section(page, "", say(page, "Who brings the sales"));
    if (overview->point_count > 1) {
        raw(page, "<figure>\n");
        chart_pareto(page->out, page->language, overview->points, overview->point_count, overview->marks,
                     overview->mark_count);
        put(page, "<figcaption>", say(page, "The straight line: if all bought alike."), "</figcaption></figure>\n");
    } else {
        put(page, "<p class=\"dim\">", say(page, "No orders in the window yet."), "</p>\n");
    }
    put_classes(page);
    put_borders(page);
    raw(page, "</section>\n");
}

static void put_concentration(const struct page *page)
{
    const Tend__V1__Concentration *share = page->overview->summary->concentration;
    begin_section(page, "", say(page, "Concentration"));
    if (share == NULL) {
        put(page, "<p class=\"dim\">", say(page, "No orders in the window yet."), "</p>\n</section>\n");
        return;
    }
    struct chart_bar bars[] = {
        {say(page, "top 10 %"), share->top_10_ppm, CHART_LEVEL},
        {say(page, "top 20 %"), share->top_20_ppm, CHART_LEVEL},
        {say(page, "the largest"), share->largest_ppm, CHART_LEVEL},
    };
    struct chart_bars chart = {.id = "concentration",
                               .title = say(page, "Concentration"),
                               .description = say(page, "The part of all sales that the largest customers bring."),
                               .bars = bars,
                               .count = sizeof bars / sizeof *bars,
                               .most = PPM,
                               .ppm = true};
    raw(page, "<figure>\n");
    chart_bars(page->out, &chart);
    raw(page, "<figcaption>");
    char text[DIGITS_BYTES];
    markup_print(page->out, say(page, "The largest customer is %s with %s of all sales."), overview_largest(share),
                 digits_share(share->largest_ppm, text));
    raw(page, "</figcaption></figure>\n</section>\n");
}

static void put_grid(const struct page *page)
{
    static const struct heading headings[] = {{"R", false}, {"F", false}, {"customers", true}, {"net sales", true}};
    const struct overview *overview = page->overview;
    char text[DIGITS_BYTES];
    begin_section(page, "", say(page, "Recency and frequency"));
    raw(page, "<figure>\n");
    chart_grid(page->out, page->language, overview->grid);
    put(page, "<figcaption>", say(page, "In each cell: customers, and their net sales."), "</figcaption></figure>\n");
    put(page, "<details><summary>", say(page, "As a table"), "</summary>\n");
    struct listing table = begin_table(page, "", NULL, headings, sizeof headings / sizeof *headings);
    for (unsigned r = CHART_SCORES; r >= 1; r--) {
        for (unsigned f = 1; f <= CHART_SCORES; f++) {
            const struct chart_cell *cell = &overview->grid[r - 1][f - 1];
            snprintf(text, sizeof text, "R%u", r);
            put_cell(&table, text);
            snprintf(text, sizeof text, "F%u", f);
            put_cell(&table, text);
            put_count(&table, cell->customers);
            put_cell(&table, digits_money(cell->net_micros, text));
        }
    }
    end_table(page);
    raw(page, "</details></section>\n");
}

static void put_quadrants(const struct page *page)
{
    begin_section(page, "", say(page, "Value now and value to come"));
    if (page->overview->judged) {
        raw(page, "<figure>\n");
        chart_quadrants(page->out, page->language, page->overview->quadrants);
        put(page, "<figcaption>",
            say(page,
                "VIP: keep close. Improve: win more of. Maintain: keep at little cost. Abandon: low now and low to "
                "come: keep the cost down, or let go."),
            "</figcaption></figure>\n");
    } else {
        put(page, "<p class=\"dim\">", say(page, "Not known yet: too little history."), "</p>\n");
    }
    raw(page, "</section>\n");
}

static const char *move_value(const struct page *page, const char *value)
{
    return value[0] != '\0' ? wording_value(page->language, value) : say(page, "new");
}

static void draw_moves(const struct page *page)
{
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    struct chart_bar bars[MOVES_SHOWN];
    char labels[MOVES_SHOWN][OVERVIEW_WORD_BYTES];
    size_t count = 0;
    for (size_t i = 0; i < summary->n_movements && count < MOVES_SHOWN; i++) {
        const Tend__V1__Movement *move = summary->movements[i];
        snprintf(labels[count], sizeof labels[count], say(page, "%s: %s \xe2\x86\x92 %s"),
                 overview_dimension(page->language, move->dimension), move_value(page, move->before),
                 move_value(page, move->after));
        bars[count] = (struct chart_bar){labels[count], move->customers,
                                         overview_way(move->dimension, move->before, move->after)};
        count++;
    }
    struct chart_bars chart = {.id = "movement",
                               .title = say(page, "Movement this month"),
                               .description = say(page, "How many customers went from one value to another."),
                               .bars = bars,
                               .count = count,
                               .above = true};
    raw(page, "<figure>\n");
    chart_bars(page->out, &chart);
    put(page, "<figcaption>", chart.description, "</figcaption></figure>\n");
}

static void put_movement(const struct page *page)
{
    static const struct heading headings[] = {
        {"dimension", false}, {"before", false}, {"after", false}, {"customers", true}};
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    begin_section(page, "", say(page, "Movement this month"));
    if (summary->n_movements == 0) {
        put(page, "<p class=\"dim\">",
            say(page, "No changes since the first of the month; what an import moves is not counted."),
            "</p>\n</section>\n");
        return;
    }
    draw_moves(page);
    put(page, "<details><summary>", say(page, "As a table"), "</summary>\n");
    struct listing table = begin_table(page, " class=\"stack\"", NULL, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < summary->n_movements; i++) {
        const Tend__V1__Movement *move = summary->movements[i];
        put_cell(&table, overview_dimension(page->language, move->dimension));
        put_cell(&table, move_value(page, move->before));
        put_cell(&table, move_value(page, move->after));
        put_count(&table, move->customers);
    }
    end_table(page);
    raw(page, "</details></section>\n");
}

static void put_more_risks(const struct page *page)
{
    if (overview_more_risks(page->overview))
        put(page, "<p class=\"dim\">", say(page, "Others are at risk too: tend customers --at-risk"), "</p>\n");
}

static void put_risks(const struct page *page)
{
    static const struct heading headings[] = {{"customer", false},     {"owner", false},     {"class", false},
                                              {"net sales", true},     {"last order", true}, {"usual gap, days", true},
                                              {"what is wrong", false}};
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    char text[OVERVIEW_WORD_BYTES];
    begin_section(page, " class=\"wide\"", say(page, "Customers at risk"));
    if (summary->n_at_risk == 0) {
        put(page, "<p class=\"dim\">", say(page, "None of those with an order in the window."), "</p>\n");
        put_more_risks(page);
        raw(page, "</section>\n");
        return;
    }
    struct listing table =
        begin_table(page, " class=\"stack\"", say(page, "The largest first, of those with an order in the window."),
                    headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < summary->n_at_risk; i++) {
        const Tend__V1__CustomerCard *card = summary->at_risk[i];
        put_cell(&table, overview_name(card));
        put_cell(&table, card->owner_rep_id);
        put_cell(&table, overview_class(card->abc));
        put_money(&table, card->net);
        put_cell(&table, card->last_order_day);
        snprintf(text, sizeof text, "%.1f", card->mean_gap_milli / 1000.0);
        put_cell(&table, card->mean_gap_milli > 0 ? text : "");
        put_cell(&table, overview_risks(page->language, card, text));
    }
    end_table(page);
    put_more_risks(page);
    raw(page, "</section>\n");
}

static void put_efforts(const struct page *page)
{
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    struct chart_bar bars[EFFORTS_SHOWN];
    size_t count = 0;
    for (size_t i = 0; i < summary->n_efforts && count < EFFORTS_SHOWN; i++) {
        const Tend__V1__RepEffort *effort = summary->efforts[i];
        if (effort->minutes > 0)
            bars[count++] = (struct chart_bar){effort->rep_id[0] != '\0' ? effort->rep_id : say(page, "all"),
                                               digits_ppm(effort->minutes_top, effort->minutes), CHART_LEVEL};
    }
    if (count == 0)
        return;
    struct chart_bars chart = {.id = "efforts",
                               .title = say(page, "Time for the top 20 %"),
                               .description = say(page, "The part of the contact minutes of the last 28 days that each "
                                                        "rep gave to the top 20 % of the customers."),
                               .bars = bars,
                               .count = count,
                               .most = PPM,
                               .ppm = true};
    begin_section(page, "", chart.title);
    raw(page, "<figure>\n");
    chart_bars(page->out, &chart);
    put(page, "<figcaption>", chart.description, "</figcaption></figure>\n</section>\n");
}

static void put_values(const struct page *page)
{
    static const struct heading headings[] = {{"value", false}, {"customers", true}, {"net sales", true}};
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    if (summary->n_values == 0)
        return;
    begin_section(page, " class=\"wide\"", say(page, "All dimensions"));
    struct listing table = {.count = 0};
    const char *dimension = "";
    raw(page, "<div class=\"parts\">\n");
    for (size_t i = 0; i < summary->n_values; i++) {
        const Tend__V1__ValueCount *count = summary->values[i];
        if (strcmp(count->dimension, dimension) != 0) {
            if (dimension[0] != '\0')
                raw(page, "</tbody></table></div>\n");
            dimension = count->dimension;
            raw(page, "<div>");
            table = begin_table(page, "", overview_dimension(page->language, dimension), headings,
                                sizeof headings / sizeof *headings);
        }
        put_cell(&table,
                 count->value[0] != '\0' ? wording_value(page->language, count->value) : say(page, "not known"));
        put_count(&table, count->customers);
        put_money(&table, count->net);
    }
    raw(page, "</tbody></table></div>\n</div></section>\n");
}

static void put_drag(const struct page *page)
{
    static const struct heading headings[] = {
        {"customer", false}, {"owner", false}, {"net sales", true}, {"margin", true}, {"cost to serve", true}};
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    if (summary->n_drag == 0)
        return;
    begin_section(page, " class=\"wide\"", say(page, "For a manager's review"));
    struct listing table =
        begin_table(page, " class=\"stack\"", say(page, "The lowest of class C by margin less cost to serve."),
                    headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < summary->n_drag; i++) {
        const Tend__V1__CustomerCard *card = summary->drag[i];
        put_cell(&table, overview_name(card));
        put_cell(&table, card->owner_rep_id);
        put_money(&table, card->net);
        put_money(&table, card->margin);
        put_money(&table, card->cost_to_serve);
    }
    end_table(page);
    raw(page, "</section>\n");
}

static void put_pair(const struct page *page, const char *name, const char *figure)
{
    if (figure[0] == '\0')
        return;
    put(page, "<tr><th scope=\"row\">", name, "</th>");
    put(page, "<td>", figure, "</td></tr>\n");
}

static void put_model(const struct page *page)
{
    const Tend__V1__PurchaseModel *model = page->overview->summary->model;
    char text[DIGITS_BYTES], figures[OVERVIEW_WORD_BYTES] = "";
    if (model == NULL || model->kind[0] == '\0')
        return;
    begin_section(page, "", say(page, "Purchase model"));
    put(page, "<p>",
        say(page, "From the orders of all it tells how often each customer will order; what a customer will be worth "
                  "rests on it."),
        "</p>\n");
    raw(page, "<table><tbody>\n");
    put_pair(page, say(page, "status"), overview_status(page->language, model->status));
    put_pair(page, say(page, "instead"), wording(page->language, model->note));
    raw(page, "</tbody></table>\n");
    put(page, "<details><summary>", say(page, "Its figures"), "</summary>\n");
    raw(page, "<table><tbody>\n");
    put_pair(page, say(page, "model"), overview_model(model->kind));
    put_pair(page, say(page, "fitted from what was known on"), model->day);
    put_pair(page, say(page, "customers"), digits_count(model->customers, text));
    for (size_t i = 0; i < model->n_parameters && i < MODEL_PARAMETERS; i++) {
        size_t used = strlen(figures);
        snprintf(figures + used, sizeof figures - used, "%s%.4g", i > 0 ? ", " : "", model->parameters[i]);
    }
    put_pair(page, say(page, "parameters, in days"), figures);
    put_pair(page, say(page, "amounts"),
             model->money_status[0] != '\0' ? overview_status(page->language, model->money_status) : "");
    if (model->retention_ppm > 0)
        put_pair(page, say(page, "buys again in the next period"), digits_share(model->retention_ppm, text));
    raw(page, "</tbody></table>\n</details></section>\n");
}

static void put_attention(const struct page *page)
{
    struct overview_oddity rows[OVERVIEW_ODDITIES];
    overview_oddities(page->overview, page->language, rows);
    for (size_t i = 0; i < OVERVIEW_ODDITIES; i++) {
        char text[DIGITS_BYTES];
        if (rows[i].orders > 0) {
            raw(page, "<p class=\"dim\">");
            markup_print(page->out, "%s %s", digits_count(rows[i].orders, text), rows[i].what);
            raw(page, "</p>\n");
        }
    }
}

void page_write(FILE *out, const struct overview *overview, enum wording_language language)
{
    static void (*const parts[])(const struct page *) = {put_curve,         put_quadrants, put_grid,  put_movement,
                                                         put_concentration, put_efforts,   put_risks, put_values,
                                                         put_drag,          put_model};
    struct page page = {out, overview, language};
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
            "<meta name=\"color-scheme\" content=\"light dark\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">\n",
            wording_tag(language));
    put(&page, "<title>", say(&page, "All customers at a glance"), "");
    markup_print(out, " \xc2\xb7 %s", overview->summary->day);
    raw(&page, "</title>\n<style>\n");
    for (size_t i = 0; page_style[i] != NULL; i++)
        raw(&page, page_style[i]);
    raw(&page, "</style>\n</head>\n<body>\n<main>\n");
    put_head(&page);
    raw(&page, "<div class=\"parts\">\n");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        parts[i](&page);
    raw(&page, "</div>\n<footer>");
    put_attention(&page);
    put(&page, "<p>", say(&page, "Why a customer stands where it does: tend why ID"), "</p>");
    raw(&page, "</footer>\n</main>\n</body>\n</html>\n");
}
