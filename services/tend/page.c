#include "services/tend/page.h"

#include "services/tend/digits.h"
#include "services/tend/markup.h"
#include "services/tend/paper.h"

#include <stdlib.h>
#include <string.h>

enum { MOVES_SHOWN = 12, EFFORTS_SHOWN = 12, PPM = 1000000, CELLS_MAX = 8, MODEL_PARAMETERS = 16 };

// What is being written, and how.
struct page {
    struct paper paper;
    const struct overview *overview;
};

static void put_money(struct listing *table, const Tend__V1__Money *money)
{
    char text[DIGITS_BYTES];
    paper_cell(table, money == NULL ? "" : digits_money(money->micros, text));
}

static void put_head(const struct page *page)
{
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    const char *currency = summary->total != NULL ? summary->total->currency : "";
    char text[DIGITS_BYTES], total[DIGITS_BYTES * 2], whole[DIGITS_BYTES * 2], rule[OVERVIEW_RULE_BYTES];
    paper_put(&page->paper, "<h1>", paper_say(&page->paper, "All customers at a glance"), "</h1>\n<p class=\"dim\">");
    markup_print(page->paper.out, paper_say(&page->paper, "As of %s; %s"), page->overview->as_of,
                 overview_rule(page->paper.language, summary->rule, rule));
    paper_raw(&page->paper, "</p>\n<dl class=\"tiles\">\n");
    paper_tile(&page->paper, paper_say(&page->paper, "customers"), digits_count(summary->customers, text), NULL);
    paper_tile(&page->paper, paper_say(&page->paper, "with orders in the window"),
               digits_count(summary->customers_in_window, text), NULL);
    snprintf(whole, sizeof whole, "%s %s", digits_money(overview_micros(summary->total), text), currency);
    snprintf(total, sizeof total, "%s %s", digits_short(overview_micros(summary->total), page->paper.language, text),
             currency);
    paper_tile(&page->paper, paper_say(&page->paper, "net sales"), total, whole);
    paper_tile(&page->paper, paper_say(&page->paper, "order overdue"), digits_count(summary->overdue, text), NULL);
    paper_tile(&page->paper, paper_say(&page->paper, "dropped out"), digits_count(summary->dropped, text), NULL);
    paper_raw(&page->paper, "</dl>\n");
}

static void put_classes(const struct page *page)
{
    static const struct heading headings[] = {
        {"class", false}, {"customers", true}, {"net sales", true}, {"share", true}};
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    int64_t customers = 0;
    struct listing table =
        paper_table(&page->paper, " class=\"tight\"", NULL, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < summary->n_classes; i++) {
        const Tend__V1__ClassSummary *row = summary->classes[i];
        paper_cell(&table, overview_class(row->abc));
        paper_count(&table, row->customers);
        put_money(&table, row->net);
        paper_share(&table, row->share_ppm);
        customers += row->customers;
    }
    paper_cell(&table, paper_say(&page->paper, "all"));
    paper_count(&table, customers);
    put_money(&table, summary->total);
    paper_share(&table, overview_micros(summary->total) > 0 ? PPM : 0);
    paper_table_end(&page->paper);
}

// Below the table, which has no room for another column on a phone.
static void put_borders(const struct page *page)
{
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    char number[DIGITS_BYTES];
    paper_raw(&page->paper, "<p class=\"dim\">");
    for (size_t i = 0; i < summary->n_classes; i++) {
        const Tend__V1__ClassSummary *row = summary->classes[i];
        if (row->least == NULL)
            continue;
        markup_print(page->paper.out, paper_say(&page->paper, "%s from %s"), overview_class(row->abc),
                     digits_short(row->least->micros, page->paper.language, number));
        paper_raw(&page->paper, paper_say(&page->paper, "; "));
    }
    paper_put(&page->paper, "",
              paper_say(&page->paper, "by the figures alone; All dimensions below counts what people decided."),
              "</p>\n");
}

static void put_curve(const struct page *page)
{
    const struct overview *overview = page->overview;
    paper_section(&page->paper, "", paper_say(&page->paper, "Who brings the sales"));
    if (overview->point_count > 1) {
        paper_raw(&page->paper, "<figure>\n");
        chart_pareto(page->paper.out, page->paper.language, overview->points, overview->point_count, overview->marks,
                     overview->mark_count);
        paper_put(&page->paper, "<figcaption>", paper_say(&page->paper, "The straight line: if all bought alike."),
                  "</figcaption></figure>\n");
    } else {
        paper_put(&page->paper, "<p class=\"dim\">", paper_say(&page->paper, "No orders in the window yet."), "</p>\n");
    }
    put_classes(page);
    put_borders(page);
    paper_raw(&page->paper, "</section>\n");
}

static void put_concentration(const struct page *page)
{
    const Tend__V1__Concentration *share = page->overview->summary->concentration;
    paper_section(&page->paper, "", paper_say(&page->paper, "Concentration"));
    if (share == NULL) {
        paper_put(&page->paper, "<p class=\"dim\">", paper_say(&page->paper, "No orders in the window yet."),
                  "</p>\n</section>\n");
        return;
    }
    struct chart_bar bars[] = {
        {paper_say(&page->paper, "top 10 %"), share->top_10_ppm, CHART_LEVEL},
        {paper_say(&page->paper, "top 20 %"), share->top_20_ppm, CHART_LEVEL},
        {paper_say(&page->paper, "the largest"), share->largest_ppm, CHART_LEVEL},
    };
    struct chart_bars chart = {.id = "concentration",
                               .title = paper_say(&page->paper, "Concentration"),
                               .description =
                                   paper_say(&page->paper, "The part of all sales that the largest customers bring."),
                               .bars = bars,
                               .count = sizeof bars / sizeof *bars,
                               .most = PPM,
                               .ppm = true};
    paper_raw(&page->paper, "<figure>\n");
    chart_bars(page->paper.out, &chart);
    paper_raw(&page->paper, "<figcaption>");
    char text[DIGITS_BYTES];
    markup_print(page->paper.out, paper_say(&page->paper, "The largest customer is %s with %s of all sales."),
                 overview_largest(share), digits_share(share->largest_ppm, text));
    paper_raw(&page->paper, "</figcaption></figure>\n</section>\n");
}

static void put_grid(const struct page *page)
{
    static const struct heading headings[] = {{"R", false}, {"F", false}, {"customers", true}, {"net sales", true}};
    const struct overview *overview = page->overview;
    char text[DIGITS_BYTES];
    paper_section(&page->paper, "", paper_say(&page->paper, "Recency and frequency"));
    paper_raw(&page->paper, "<figure>\n");
    chart_grid(page->paper.out, page->paper.language, overview->grid);
    paper_put(&page->paper, "<figcaption>", paper_say(&page->paper, "In each cell: customers, and their net sales."),
              "</figcaption></figure>\n");
    paper_put(&page->paper, "<details><summary>", paper_say(&page->paper, "As a table"), "</summary>\n");
    struct listing table = paper_table(&page->paper, "", NULL, headings, sizeof headings / sizeof *headings);
    for (unsigned r = CHART_SCORES; r >= 1; r--) {
        for (unsigned f = 1; f <= CHART_SCORES; f++) {
            const struct chart_cell *cell = &overview->grid[r - 1][f - 1];
            snprintf(text, sizeof text, "R%u", r);
            paper_cell(&table, text);
            snprintf(text, sizeof text, "F%u", f);
            paper_cell(&table, text);
            paper_count(&table, cell->customers);
            paper_cell(&table, digits_money(cell->net_micros, text));
        }
    }
    paper_table_end(&page->paper);
    paper_raw(&page->paper, "</details></section>\n");
}

static void put_quadrants(const struct page *page)
{
    paper_section(&page->paper, "", paper_say(&page->paper, "Value now and value to come"));
    if (page->overview->judged) {
        paper_raw(&page->paper, "<figure>\n");
        chart_quadrants(page->paper.out, page->paper.language, page->overview->quadrants);
        paper_put(
            &page->paper, "<figcaption>",
            paper_say(
                &page->paper,
                "VIP: keep close. Improve: win more of. Maintain: keep at little cost. Abandon: low now and low to "
                "come: keep the cost down, or let go."),
            "</figcaption></figure>\n");
    } else {
        paper_put(&page->paper, "<p class=\"dim\">", paper_say(&page->paper, "Not known yet: too little history."),
                  "</p>\n");
    }
    paper_raw(&page->paper, "</section>\n");
}

static const char *move_value(const struct page *page, const char *value)
{
    return value[0] != '\0' ? wording_value(page->paper.language, value) : paper_say(&page->paper, "new");
}

static void draw_moves(const struct page *page)
{
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    struct chart_bar bars[MOVES_SHOWN];
    char labels[MOVES_SHOWN][OVERVIEW_WORD_BYTES];
    size_t count = 0;
    for (size_t i = 0; i < summary->n_movements && count < MOVES_SHOWN; i++) {
        const Tend__V1__Movement *move = summary->movements[i];
        snprintf(labels[count], sizeof labels[count], paper_say(&page->paper, "%s: %s \xe2\x86\x92 %s"),
                 overview_dimension(page->paper.language, move->dimension), move_value(page, move->before),
                 move_value(page, move->after));
        bars[count] = (struct chart_bar){labels[count], move->customers,
                                         overview_way(move->dimension, move->before, move->after)};
        count++;
    }
    struct chart_bars chart = {.id = "movement",
                               .title = paper_say(&page->paper, "Movement this month"),
                               .description =
                                   paper_say(&page->paper, "How many customers went from one value to another."),
                               .bars = bars,
                               .count = count,
                               .above = true};
    paper_raw(&page->paper, "<figure>\n");
    chart_bars(page->paper.out, &chart);
    paper_put(&page->paper, "<figcaption>", chart.description, "</figcaption></figure>\n");
}

static void put_movement(const struct page *page)
{
    static const struct heading headings[] = {
        {"dimension", false}, {"before", false}, {"after", false}, {"customers", true}};
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    paper_section(&page->paper, "", paper_say(&page->paper, "Movement this month"));
    if (summary->n_movements == 0) {
        paper_put(
            &page->paper, "<p class=\"dim\">",
            paper_say(&page->paper, "No changes since the first of the month; what an import moves is not counted."),
            "</p>\n</section>\n");
        return;
    }
    draw_moves(page);
    paper_put(&page->paper, "<details><summary>", paper_say(&page->paper, "As a table"), "</summary>\n");
    struct listing table =
        paper_table(&page->paper, " class=\"stack\"", NULL, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < summary->n_movements; i++) {
        const Tend__V1__Movement *move = summary->movements[i];
        paper_cell(&table, overview_dimension(page->paper.language, move->dimension));
        paper_cell(&table, move_value(page, move->before));
        paper_cell(&table, move_value(page, move->after));
        paper_count(&table, move->customers);
    }
    paper_table_end(&page->paper);
    paper_raw(&page->paper, "</details></section>\n");
}

static void put_more_risks(const struct page *page)
{
    if (overview_more_risks(page->overview))
        paper_put(&page->paper, "<p class=\"dim\">",
                  paper_say(&page->paper, "Others are at risk too: tend customers --at-risk"), "</p>\n");
}

static void put_risks(const struct page *page)
{
    static const struct heading headings[] = {{"customer", false},     {"owner", false},     {"class", false},
                                              {"net sales", true},     {"last order", true}, {"usual gap, days", true},
                                              {"what is wrong", false}};
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    char text[OVERVIEW_WORD_BYTES];
    paper_section(&page->paper, " class=\"wide\"", paper_say(&page->paper, "Customers at risk"));
    if (summary->n_at_risk == 0) {
        paper_put(&page->paper, "<p class=\"dim\">",
                  paper_say(&page->paper, "None of those with an order in the window."), "</p>\n");
        put_more_risks(page);
        paper_raw(&page->paper, "</section>\n");
        return;
    }
    struct listing table =
        paper_table(&page->paper, " class=\"stack\"",
                    paper_say(&page->paper, "The largest first, of those with an order in the window."), headings,
                    sizeof headings / sizeof *headings);
    for (size_t i = 0; i < summary->n_at_risk; i++) {
        const Tend__V1__CustomerCard *card = summary->at_risk[i];
        paper_cell(&table, overview_name(card));
        paper_cell(&table, card->owner_rep_id);
        paper_cell(&table, overview_class(card->abc));
        put_money(&table, card->net);
        paper_cell(&table, card->last_order_day);
        snprintf(text, sizeof text, "%.1f", card->mean_gap_milli / 1000.0);
        paper_cell(&table, card->mean_gap_milli > 0 ? text : "");
        paper_cell(&table, overview_risks(page->paper.language, card, text));
    }
    paper_table_end(&page->paper);
    put_more_risks(page);
    paper_raw(&page->paper, "</section>\n");
}

static void put_efforts(const struct page *page)
{
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    struct chart_bar bars[EFFORTS_SHOWN];
    size_t count = 0;
    for (size_t i = 0; i < summary->n_efforts && count < EFFORTS_SHOWN; i++) {
        const Tend__V1__RepEffort *effort = summary->efforts[i];
        if (effort->minutes > 0)
            bars[count++] =
                (struct chart_bar){effort->rep_id[0] != '\0' ? effort->rep_id : paper_say(&page->paper, "all"),
                                   digits_ppm(effort->minutes_top, effort->minutes), CHART_LEVEL};
    }
    if (count == 0)
        return;
    struct chart_bars chart = {.id = "efforts",
                               .title = paper_say(&page->paper, "Time for the top 20 %"),
                               .description = paper_say(&page->paper,
                                                        "The part of the contact minutes of the last 28 days that each "
                                                        "rep gave to the top 20 % of the customers."),
                               .bars = bars,
                               .count = count,
                               .most = PPM,
                               .ppm = true};
    paper_section(&page->paper, "", chart.title);
    paper_raw(&page->paper, "<figure>\n");
    chart_bars(page->paper.out, &chart);
    paper_put(&page->paper, "<figcaption>", chart.description, "</figcaption></figure>\n</section>\n");
}

static void put_values(const struct page *page)
{
    static const struct heading headings[] = {{"value", false}, {"customers", true}, {"net sales", true}};
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    if (summary->n_values == 0)
        return;
    paper_section(&page->paper, " class=\"wide\"", paper_say(&page->paper, "All dimensions"));
    struct listing table = {.count = 0};
    const char *dimension = "";
    paper_raw(&page->paper, "<div class=\"parts\">\n");
    for (size_t i = 0; i < summary->n_values; i++) {
        const Tend__V1__ValueCount *count = summary->values[i];
        if (strcmp(count->dimension, dimension) != 0) {
            if (dimension[0] != '\0')
                paper_raw(&page->paper, "</tbody></table></div>\n");
            dimension = count->dimension;
            paper_raw(&page->paper, "<div>");
            table = paper_table(&page->paper, "", overview_dimension(page->paper.language, dimension), headings,
                                sizeof headings / sizeof *headings);
        }
        paper_cell(&table, count->value[0] != '\0' ? wording_value(page->paper.language, count->value)
                                                   : paper_say(&page->paper, "not known"));
        paper_count(&table, count->customers);
        put_money(&table, count->net);
    }
    paper_raw(&page->paper, "</tbody></table></div>\n</div></section>\n");
}

static void put_drag(const struct page *page)
{
    static const struct heading headings[] = {
        {"customer", false}, {"owner", false}, {"net sales", true}, {"margin", true}, {"cost to serve", true}};
    const Tend__V1__ScoringSummary *summary = page->overview->summary;
    if (summary->n_drag == 0)
        return;
    paper_section(&page->paper, " class=\"wide\"", paper_say(&page->paper, "For a manager's review"));
    struct listing table = paper_table(&page->paper, " class=\"stack\"",
                                       paper_say(&page->paper, "The lowest of class C by margin less cost to serve."),
                                       headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < summary->n_drag; i++) {
        const Tend__V1__CustomerCard *card = summary->drag[i];
        paper_cell(&table, overview_name(card));
        paper_cell(&table, card->owner_rep_id);
        put_money(&table, card->net);
        put_money(&table, card->margin);
        put_money(&table, card->cost_to_serve);
    }
    paper_table_end(&page->paper);
    paper_raw(&page->paper, "</section>\n");
}

static void put_pair(const struct page *page, const char *name, const char *figure)
{
    if (figure[0] == '\0')
        return;
    paper_put(&page->paper, "<tr><th scope=\"row\">", name, "</th>");
    paper_put(&page->paper, "<td>", figure, "</td></tr>\n");
}

static void put_model(const struct page *page)
{
    const Tend__V1__PurchaseModel *model = page->overview->summary->model;
    char text[DIGITS_BYTES], figures[OVERVIEW_WORD_BYTES] = "";
    if (model == NULL || model->kind[0] == '\0')
        return;
    paper_section(&page->paper, "", paper_say(&page->paper, "Purchase model"));
    paper_put(
        &page->paper, "<p>",
        paper_say(&page->paper,
                  "From the orders of all it tells how often each customer will order; what a customer will be worth "
                  "rests on it."),
        "</p>\n");
    paper_raw(&page->paper, "<table><tbody>\n");
    put_pair(page, paper_say(&page->paper, "status"), overview_status(page->paper.language, model->status));
    put_pair(page, paper_say(&page->paper, "instead"), wording(page->paper.language, model->note));
    paper_raw(&page->paper, "</tbody></table>\n");
    paper_put(&page->paper, "<details><summary>", paper_say(&page->paper, "Its figures"), "</summary>\n");
    paper_raw(&page->paper, "<table><tbody>\n");
    put_pair(page, paper_say(&page->paper, "model"), overview_model(model->kind));
    put_pair(page, paper_say(&page->paper, "fitted from what was known on"), model->day);
    put_pair(page, paper_say(&page->paper, "customers"), digits_count(model->customers, text));
    for (size_t i = 0; i < model->n_parameters && i < MODEL_PARAMETERS; i++) {
        size_t used = strlen(figures);
        snprintf(figures + used, sizeof figures - used, "%s%.4g", i > 0 ? ", " : "", model->parameters[i]);
    }
    put_pair(page, paper_say(&page->paper, "parameters, in days"), figures);
    put_pair(page, paper_say(&page->paper, "amounts"),
             model->money_status[0] != '\0' ? overview_status(page->paper.language, model->money_status) : "");
    if (model->retention_ppm > 0)
        put_pair(page, paper_say(&page->paper, "buys again in the next period"),
                 digits_share(model->retention_ppm, text));
    paper_raw(&page->paper, "</tbody></table>\n</details></section>\n");
}

static void put_attention(const struct page *page)
{
    struct overview_oddity rows[OVERVIEW_ODDITIES];
    overview_oddities(page->overview, page->paper.language, rows);
    for (size_t i = 0; i < OVERVIEW_ODDITIES; i++) {
        char text[DIGITS_BYTES];
        if (rows[i].orders > 0) {
            paper_raw(&page->paper, "<p class=\"dim\">");
            markup_print(page->paper.out, "%s %s", digits_count(rows[i].orders, text), rows[i].what);
            paper_raw(&page->paper, "</p>\n");
        }
    }
}

void page_write(FILE *out, const struct overview *overview, enum wording_language language)
{
    static void (*const parts[])(const struct page *) = {put_curve,         put_quadrants, put_grid,  put_movement,
                                                         put_concentration, put_efforts,   put_risks, put_values,
                                                         put_drag,          put_model};
    struct page page = {{out, language}, overview};
    const char *title = wording(language, "All customers at a glance");
    char whole[OVERVIEW_WORD_BYTES];
    snprintf(whole, sizeof whole, "%s \xc2\xb7 %s", title, overview->summary->day);
    paper_begin(&page.paper, whole);
    put_head(&page);
    paper_raw(&page.paper, "<div class=\"parts\">\n");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        parts[i](&page);
    paper_raw(&page.paper, "</div>\n<footer>");
    put_attention(&page);
    paper_put(&page.paper, "<p>", wording(language, "Why a customer stands where it does: tend why ID"), "</p>");
    paper_raw(&page.paper, "</footer>\n");
    paper_end(&page.paper);
}
