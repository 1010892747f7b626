#include "services/tend/summary.h"

#include "services/tend/digits.h"

#include <string.h>

enum {
    CURVE_ROWS = 10,
    EIGHTHS = 8,
    PPM = 1000000,
    MOVES_SHOWN = 12,
    RISKS_SHOWN = 10,
    EFFORTS_SHOWN = 12,
    NAME_COLUMNS = 26,
    BOX_ROWS = 3
};

struct print {
    FILE *out;
    const struct overview *overview;
    const struct screen *screen;
    enum wording_language language;
};

static const char *say(const struct print *print, const char *english) __attribute__((format_arg(2)));

static const char *say(const struct print *print, const char *english)
{
    return wording(print->language, english);
}

static void put_head(const struct print *print, const char *title)
{
    fprintf(print->out, "\n%s%s%s\n", screen_colour(print->screen, "bold"), title, screen_colour(print->screen, ""));
}

static void put_top(const struct print *print)
{
    const Tend__V1__ScoringSummary *summary = print->overview->summary;
    char text[DIGITS_BYTES * 2 + OVERVIEW_TIME_BYTES + OVERVIEW_RULE_BYTES], rule[OVERVIEW_RULE_BYTES];
    char net[DIGITS_BYTES], all[DIGITS_BYTES], bought[DIGITS_BYTES];
    put_head(print, say(print, "All customers at a glance"));
    snprintf(text, sizeof text, say(print, "As of %s; %s"), print->overview->as_of,
             overview_rule(print->language, summary->rule, rule));
    screen_wrap(print->out, print->screen, text, 0, 0);
    snprintf(text, sizeof text, say(print, "%s customers, %s of them with orders in the window; net sales %s %s"),
             digits_count(summary->customers, all), digits_count(summary->customers_in_window, bought),
             digits_money(overview_micros(summary->total), net),
             summary->total != NULL ? summary->total->currency : "");
    screen_wrap(print->out, print->screen, text, 0, 0);
    snprintf(text, sizeof text, say(print, "%s with an order overdue, %s dropped out"),
             digits_count(summary->overdue, all), digits_count(summary->dropped, bought));
    screen_wrap(print->out, print->screen, text, 0, 0);
}

static void put_classes(const struct print *print)
{
    const Tend__V1__ScoringSummary *summary = print->overview->summary;
    char fits[SCREEN_TEXT_BYTES], number[DIGITS_BYTES];
    const char *const heads[] = {"class", "customers", "of all", "net sales", "share", "from"};
    const int columns[] = {6, 10, 8, 19, 8, 9};
    int64_t all = 0;
    for (size_t i = 0; i < summary->n_classes; i++)
        all += summary->classes[i]->customers;
    put_head(print, say(print, "Classes"));
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        fputs(screen_fit(say(print, heads[i]), columns[i], i > 0, fits), print->out);
    fputc('\n', print->out);
    for (size_t i = 0; i < summary->n_classes; i++) {
        const Tend__V1__ClassSummary *row = summary->classes[i];
        fputs(screen_fit(overview_class(row->abc), columns[0], false, fits), print->out);
        fputs(screen_fit(digits_count(row->customers, number), columns[1], true, fits), print->out);
        fputs(screen_fit(digits_share(digits_ppm(row->customers, all), number), columns[2], true, fits), print->out);
        fputs(screen_fit(digits_money(overview_micros(row->net), number), columns[3], true, fits), print->out);
        fputs(screen_fit(digits_share(row->share_ppm, number), columns[4], true, fits), print->out);
        if (row->least != NULL)
            fputs(screen_fit(digits_short(row->least->micros, print->language, number), columns[5], true, fits),
                  print->out);
        fputc('\n', print->out);
    }
}

// The share of sales that the first so many customers have, between the points that are told.
static uint32_t share_at(const struct overview *overview, uint32_t customers_ppm)
{
    for (size_t i = 1; i < overview->point_count; i++) {
        struct chart_point from = overview->points[i - 1], to = overview->points[i];
        if (to.customers_ppm < customers_ppm || to.customers_ppm <= from.customers_ppm)
            continue;
        double part = ((double)customers_ppm - from.customers_ppm) / (double)(to.customers_ppm - from.customers_ppm);
        return (uint32_t)(from.share_ppm + part * ((double)to.share_ppm - from.share_ppm) + 0.5);
    }
    return overview->point_count > 0 ? PPM : 0;
}

// One row of the curve: what of each column reaches into it, and the borders of the classes where nothing does.
static void put_curve_row(const struct print *print, int row, int columns)
{
    static const char *const parts[] = {" ",
                                        "\xe2\x96\x81",
                                        "\xe2\x96\x82",
                                        "\xe2\x96\x83",
                                        "\xe2\x96\x84",
                                        "\xe2\x96\x85",
                                        "\xe2\x96\x86",
                                        "\xe2\x96\x87",
                                        "\xe2\x96\x88"};
    const struct overview *overview = print->overview;
    bool cut = false;
    for (size_t i = 0; i < overview->mark_count; i++)
        cut = cut || (int)((uint64_t)overview->marks[i].cut_ppm * CURVE_ROWS / PPM) == row;
    for (int column = 0; column < columns; column++) {
        uint32_t share = share_at(overview, (uint32_t)((uint64_t)PPM * (uint64_t)(column + 1) / (uint64_t)columns));
        int eighths = (int)((uint64_t)share * CURVE_ROWS * EIGHTHS / PPM) - row * EIGHTHS;
        int shown = eighths < 0 ? 0 : eighths > EIGHTHS ? EIGHTHS : eighths;
        const char *part = print->screen->blocks ? parts[shown] : shown >= EIGHTHS / 2 ? "#" : " ";
        fputs(shown == 0 && cut ? "-" : part, print->out);
    }
}

static void put_curve(const struct print *print)
{
    const struct overview *overview = print->overview;
    char customers[DIGITS_BYTES], share[DIGITS_BYTES], text[OVERVIEW_WORD_BYTES];
    int columns = print->screen->width - 8 < 100 ? print->screen->width - 8 : 100;
    if (overview->point_count < 2)
        return;
    put_head(print, say(print, "Pareto curve"));
    for (int row = CURVE_ROWS - 1; row >= 0; row--) {
        snprintf(text, sizeof text, "%3d %% ", (row + 1) * 100 / CURVE_ROWS);
        fputs(row % 2 == 1 ? text : "      ", print->out);
        fputs(screen_colour(print->screen, "blue"), print->out);
        put_curve_row(print, row, columns);
        fprintf(print->out, "%s\n", screen_colour(print->screen, ""));
    }
    fprintf(print->out, "      %s\n", say(print, "share of customers, the largest first"));
    for (size_t i = 0; i < overview->mark_count; i++) {
        const struct chart_mark *mark = &overview->marks[i];
        snprintf(text, sizeof text,
                 say(print, "Down to the end of class %s: %s of the customers bring %s of the sales"), mark->label,
                 digits_share(mark->end.customers_ppm, customers), digits_share(mark->end.share_ppm, share));
        fputs("      ", print->out);
        screen_wrap(print->out, print->screen, text, 6, 6);
    }
}

static void put_concentration(const struct print *print)
{
    const Tend__V1__Concentration *share = print->overview->summary->concentration;
    char ten[DIGITS_BYTES], twenty[DIGITS_BYTES], largest[DIGITS_BYTES], text[SCREEN_TEXT_BYTES];
    if (share == NULL)
        return;
    put_head(print, say(print, "Concentration"));
    snprintf(text, sizeof text,
             say(print, "The top 10 %% have %s of the sales, the top 20 %% have %s, the largest customer (%s) has %s"),
             digits_share(share->top_10_ppm, ten), digits_share(share->top_20_ppm, twenty), overview_largest(share),
             digits_share(share->largest_ppm, largest));
    screen_wrap(print->out, print->screen, text, 0, 0);
}

// Two lines for each recency: customers, and their net sales.
static void put_grid(const struct print *print)
{
    static const char *const tints[CHART_STEPS + 1] = {"dim", "", "", "blue", "blue", "bold"};
    const struct overview *overview = print->overview;
    char fits[SCREEN_TEXT_BYTES], number[DIGITS_BYTES], label[8];
    uint32_t most = 0;
    for (unsigned i = 0; i < CHART_SCORES * CHART_SCORES; i++) {
        uint32_t customers = overview->grid[i / CHART_SCORES][i % CHART_SCORES].customers;
        most = customers > most ? customers : most;
    }
    put_head(print, say(print, "Recency and frequency: customers, and their net sales"));
    for (unsigned r = CHART_SCORES; r >= 1; r--) {
        for (int line = 0; line < 2; line++) {
            snprintf(label, sizeof label, "R%u", r);
            fputs(screen_fit(line == 0 ? label : "", 4, false, fits), print->out);
            for (unsigned f = 1; f <= CHART_SCORES; f++) {
                const struct chart_cell *cell = &overview->grid[r - 1][f - 1];
                const char *text = line == 0 ? digits_count(cell->customers, number)
                                             : digits_short(cell->net_micros, print->language, number);
                fputs(screen_colour(print->screen, tints[chart_step(cell->customers, most)]), print->out);
                fputs(screen_fit(cell->customers > 0 ? text : line == 0 ? "." : "", 10, true, fits), print->out);
                fputs(screen_colour(print->screen, ""), print->out);
            }
            fputc('\n', print->out);
        }
    }
    fputs("    ", print->out);
    for (unsigned f = 1; f <= CHART_SCORES; f++)
        fprintf(print->out, "%9s%u", "F", f);
    fputc('\n', print->out);
}

// The rows of a box: its name, its customers, its net sales.
static void print_box(const struct print *print, const char *value, const struct chart_cell *cell, int row,
                      char *buffer)
{
    char number[DIGITS_BYTES];
    if (row == 0)
        snprintf(buffer, OVERVIEW_WORD_BYTES, "%s", wording(print->language, value));
    else if (row == 1)
        snprintf(buffer, OVERVIEW_WORD_BYTES, say(print, "%s customers"), digits_count(cell->customers, number));
    else
        snprintf(buffer, OVERVIEW_WORD_BYTES, say(print, "net sales %s"), digits_money(cell->net_micros, number));
}

static void put_quadrants(const struct print *print)
{
    // As on paper: now to the right, later upwards.
    static const struct {
        const char *left, *right;
        size_t left_cell, right_cell;
    } lines[] = {{"improve", "vip", 1, 0}, {"abandon", "maintain", 3, 2}};
    char text[OVERVIEW_WORD_BYTES], fits[SCREEN_TEXT_BYTES];
    if (!print->overview->judged)
        return;
    put_head(print, say(print, "Value now (to the right) and to come (upwards)"));
    for (size_t line = 0; line < sizeof lines / sizeof *lines; line++) {
        for (int row = 0; row < BOX_ROWS; row++) {
            const struct chart_cell *left = &print->overview->quadrants[lines[line].left_cell];
            const struct chart_cell *right = &print->overview->quadrants[lines[line].right_cell];
            print_box(print, lines[line].left, left, row, text);
            fprintf(print->out, "  %s| ", screen_fit(text, 26, false, fits));
            print_box(print, lines[line].right, right, row, text);
            fprintf(print->out, "%s\n",
                    screen_fit(text, screen_columns(text) < 28 ? screen_columns(text) : 28, false, fits));
        }
        if (line == 0)
            fputs("  --------------------------+---------------------------\n", print->out);
    }
}

static void print_move(const struct print *print, const Tend__V1__Movement *move, char *buffer)
{
    const char *before = move->before[0] != '\0' ? wording_value(print->language, move->before) : say(print, "new");
    snprintf(buffer, OVERVIEW_WORD_BYTES, "%s > %s", before, wording_value(print->language, move->after));
}

static void put_movement(const struct print *print)
{
    const Tend__V1__ScoringSummary *summary = print->overview->summary;
    char text[OVERVIEW_WORD_BYTES], fits[SCREEN_TEXT_BYTES], number[DIGITS_BYTES];
    static const char *const tints[] = {"", "green", "red"};
    put_head(print, say(print, "Movement this month"));
    if (summary->n_movements == 0)
        screen_wrap(print->out, print->screen,
                    say(print, "No changes since the first of the month; what an import moves is not counted."), 0, 0);
    int name = 0, values = 0;
    for (size_t i = 0; i < summary->n_movements && i < MOVES_SHOWN; i++) {
        print_move(print, summary->movements[i], text);
        values = screen_columns(text) > values ? screen_columns(text) : values;
        int columns = screen_columns(overview_dimension(print->language, summary->movements[i]->dimension));
        name = columns > name ? columns : name;
    }
    values = values < print->screen->width - name - 11 ? values : print->screen->width - name - 11;
    int room = print->screen->width - name - values - 12;
    for (size_t i = 0; i < summary->n_movements && i < MOVES_SHOWN; i++) {
        const Tend__V1__Movement *move = summary->movements[i];
        fputs(screen_fit(overview_dimension(print->language, move->dimension), name, false, fits), print->out);
        print_move(print, move, text);
        fprintf(print->out, "  %s", screen_fit(text, values, false, fits));
        fprintf(print->out, "%s ", screen_fit(digits_count(move->customers, number), 8, true, fits));
        int length = room > 0 ? (int)((uint64_t)room * move->customers / summary->movements[0]->customers) : 0;
        fputs(screen_colour(print->screen, tints[overview_way(move->dimension, move->before, move->after)]),
              print->out);
        for (int j = 0; j < length; j++)
            fputs(print->screen->blocks ? "\xe2\x96\xa0" : "#", print->out);
        fprintf(print->out, "%s\n", screen_colour(print->screen, ""));
    }
}

static void put_risks(const struct print *print)
{
    const Tend__V1__ScoringSummary *summary = print->overview->summary;
    char text[OVERVIEW_WORD_BYTES], fits[SCREEN_TEXT_BYTES], number[DIGITS_BYTES];
    put_head(print, say(print, "Customers at risk, the largest first"));
    if (summary->n_at_risk == 0)
        screen_wrap(print->out, print->screen, say(print, "None of those with an order in the window."), 0, 0);
    for (size_t i = 0; i < summary->n_at_risk && i < RISKS_SHOWN; i++) {
        const Tend__V1__CustomerCard *card = summary->at_risk[i];
        fprintf(print->out, "%s ", screen_fit(overview_name(card), NAME_COLUMNS, false, fits));
        fprintf(print->out, "%s ", screen_fit(overview_class(card->abc), 1, false, fits));
        fputs(screen_fit(digits_short(overview_micros(card->net), print->language, number), 8, true, fits), print->out);
        fprintf(print->out, " %s ", screen_fit(card->last_order_day, 10, false, fits));
        overview_risks(print->language, card, text);
        int room = print->screen->width - NAME_COLUMNS - 24, columns = screen_columns(text);
        fprintf(print->out, "%s\n", screen_fit(text, columns < room ? columns : room, false, fits));
    }
    if (summary->n_at_risk > RISKS_SHOWN)
        fprintf(print->out, "%s\n", say(print, "... all of them: tend customers --at-risk"));
    else if (overview_more_risks(print->overview))
        screen_wrap(print->out, print->screen, say(print, "Others are at risk too: tend customers --at-risk"), 0, 0);
}

static void put_efforts(const struct print *print)
{
    const Tend__V1__ScoringSummary *summary = print->overview->summary;
    char number[DIGITS_BYTES], fits[SCREEN_TEXT_BYTES];
    bool begun = false;
    for (size_t i = 0; i < summary->n_efforts && i < EFFORTS_SHOWN; i++) {
        const Tend__V1__RepEffort *effort = summary->efforts[i];
        if (effort->minutes == 0)
            continue;
        if (!begun)
            put_head(print, say(print, "Time for the top 20 %"));
        begun = true;
        const char *rep = effort->rep_id[0] != '\0' ? effort->rep_id : say(print, "all");
        fprintf(print->out, "%s %s\n", screen_fit(rep, NAME_COLUMNS, false, fits),
                digits_share(digits_ppm(effort->minutes_top, effort->minutes), number));
    }
}

static void put_drag(const struct print *print)
{
    const Tend__V1__ScoringSummary *summary = print->overview->summary;
    char number[DIGITS_BYTES], fits[SCREEN_TEXT_BYTES];
    if (summary->n_drag == 0)
        return;
    put_head(print, say(print, "For a manager's review"));
    screen_wrap(print->out, print->screen, say(print, "The lowest of class C by margin less cost to serve."), 0, 0);
    for (size_t i = 0; i < summary->n_drag && i < RISKS_SHOWN; i++) {
        const Tend__V1__CustomerCard *card = summary->drag[i];
        fprintf(print->out, "%s ", screen_fit(overview_name(card), NAME_COLUMNS, false, fits));
        fprintf(print->out, "%s\n",
                screen_fit(digits_short(overview_micros(card->net), print->language, number), 8, true, fits));
    }
}

static void put_model(const struct print *print)
{
    const Tend__V1__PurchaseModel *model = print->overview->summary->model;
    char text[SCREEN_TEXT_BYTES];
    if (model == NULL || model->kind[0] == '\0')
        return;
    put_head(print, say(print, "Purchase model"));
    screen_wrap(print->out, print->screen,
                say(print, "From the orders of all it tells how often each customer will order; what a customer will "
                           "be worth rests on it."),
                0, 0);
    snprintf(text, sizeof text, "%s: %s%s%s (%s, %u %s)", overview_model(model->kind),
             overview_status(print->language, model->status), model->note[0] != '\0' ? ". " : "",
             wording(print->language, model->note), model->day, model->customers, say(print, "customers"));
    screen_wrap(print->out, print->screen, text, 0, 0);
}

static void put_attention(const struct print *print)
{
    struct overview_oddity rows[OVERVIEW_ODDITIES];
    overview_oddities(print->overview, print->language, rows);
    for (size_t i = 0; i < OVERVIEW_ODDITIES; i++)
        if (rows[i].orders > 0)
            fprintf(print->out, "\n%s%u %s%s\n", screen_colour(print->screen, "yellow"), rows[i].orders, rows[i].what,
                    screen_colour(print->screen, ""));
}

void summary_print(FILE *out, const struct overview *overview, const struct screen *screen)
{
    static void (*const parts[])(const struct print *) = {
        put_top,      put_classes, put_curve,   put_concentration, put_grid,  put_quadrants,
        put_movement, put_risks,   put_efforts, put_drag,          put_model, put_attention,
    };
    struct print print = {out, overview, screen, screen->language};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        parts[i](&print);
}
