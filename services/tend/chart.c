#include "services/tend/chart.h"

#include "common/config_text.h"
#include "services/tend/digits.h"
#include "services/tend/markup.h"

#include <string.h>

enum {
    PPM = 1000000,
    WIDTH = 340,
    // The curve's plot.
    PLOT_LEFT = 42,
    PLOT_TOP = 10,
    PLOT_WIDTH = 286,
    PLOT_HEIGHT = 200,
    CURVE_HEIGHT = 252,
    // The grid of scores.
    CELL_LEFT = 34,
    CELL_TOP = 6,
    CELL_WIDTH = 61,
    CELL_HEIGHT = 44,
    GRID_HEIGHT = 264,
    // The quadrants.
    BOX_LEFT = 22,
    BOX_WIDTH = 155,
    BOX_HEIGHT = 104,
    BOX_GAP = 6,
    BOX_TOP = 6,
    QUADRANTS_HEIGHT = 246,
    BOX_BAR = 132,
    // Bars.
    BAR_LEFT = 124,
    BAR_WIDTH = 150,
    BAR_STEP = 26,
    BAR_THICK = 14,
    LABEL_COLUMNS = 15, // of BAR_LEFT units at the size of letters
    // Bars with their labels above.
    ABOVE_LEFT = 2,
    ABOVE_WIDTH = 270,
    ABOVE_STEP = 40,
    ABOVE_COLUMNS = 48, // of WIDTH units
};

static void begin(FILE *out, const char *id, int height, const char *title, const char *description)
{
    fprintf(out,
            "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 %d %d\" aria-labelledby=\"%s-title %s-desc\">\n"
            "<title id=\"%s-title\">",
            WIDTH, height, id, id, id);
    markup_text(out, title);
    fprintf(out, "</title>\n<desc id=\"%s-desc\">", id);
    markup_text(out, description);
    fprintf(out, "</desc>\n");
}

static void end(FILE *out)
{
    fprintf(out, "</svg>\n");
}

static void put_text(FILE *out, double x, double y, const char *classes, const char *text)
{
    fprintf(out, "<text x=\"%.2f\" y=\"%.2f\" class=\"%s\">", x, y, classes);
    markup_text(out, text);
    fprintf(out, "</text>\n");
}

static double plot_x(uint32_t ppm)
{
    return PLOT_LEFT + (double)PLOT_WIDTH * (ppm > PPM ? PPM : ppm) / PPM;
}

static double plot_y(uint32_t ppm)
{
    return PLOT_TOP + PLOT_HEIGHT - (double)PLOT_HEIGHT * (ppm > PPM ? PPM : ppm) / PPM;
}

static void draw_axes(FILE *out, enum wording_language language)
{
    char text[DIGITS_BYTES];
    fprintf(out, "<g class=\"axis\">\n");
    for (uint32_t ppm = 0; ppm <= PPM; ppm += PPM / 4) {
        fprintf(out, "<path d=\"M%d %.2fH%d\"/>\n", PLOT_LEFT, plot_y(ppm), PLOT_LEFT + PLOT_WIDTH);
        snprintf(text, sizeof text, "%u %%", ppm / (PPM / 100));
        put_text(out, PLOT_LEFT - 5, plot_y(ppm) + 4, "small end", text);
        put_text(out, plot_x(ppm), PLOT_TOP + PLOT_HEIGHT + 16, ppm == PPM ? "small end" : "small middle", text);
    }
    put_text(out, PLOT_LEFT + PLOT_WIDTH / 2, CURVE_HEIGHT - 8, "small middle",
             wording(language, "share of customers, the largest first"));
    fprintf(out, "</g>\n");
}

static void draw_mark(FILE *out, const struct chart_mark *mark)
{
    char text[DIGITS_BYTES * 2], share[DIGITS_BYTES];
    fprintf(out, "<path class=\"cut\" data-cut-ppm=\"%u\" d=\"M%d %.2fH%d\"/>\n", mark->cut_ppm, PLOT_LEFT,
            plot_y(mark->cut_ppm), PLOT_LEFT + PLOT_WIDTH);
    snprintf(text, sizeof text, "%s \xe2\x89\xa4 %s", mark->label, digits_share(mark->cut_ppm, share));
    put_text(out, PLOT_LEFT + PLOT_WIDTH - 4, plot_y(mark->cut_ppm) + 13, "small end cutname", text);
    fprintf(out,
            "<circle class=\"mark\" r=\"4\" cx=\"%.2f\" cy=\"%.2f\" data-customers-ppm=\"%u\" data-share-ppm=\"%u\">"
            "<title>",
            plot_x(mark->end.customers_ppm), plot_y(mark->end.share_ppm), mark->end.customers_ppm, mark->end.share_ppm);
    char customers[DIGITS_BYTES];
    markup_print(out, "%s: %s, %s", mark->label, digits_share(mark->end.customers_ppm, customers),
                 digits_share(mark->end.share_ppm, share));
    fprintf(out, "</title></circle>\n");
}

void chart_pareto(FILE *out, enum wording_language language, const struct chart_point *points, size_t count,
                  const struct chart_mark *marks, size_t mark_count)
{
    begin(out, "pareto", CURVE_HEIGHT, wording(language, "Pareto curve"),
          wording(language,
                  "How much of all sales the largest customers bring together; the dots are where the classes "
                  "end."));
    draw_axes(out, language);
    fprintf(out, "<path class=\"even\" d=\"M%.2f %.2fL%.2f %.2f\"/>\n", plot_x(0), plot_y(0), plot_x(PPM), plot_y(PPM));
    fprintf(out, "<polyline class=\"curve\" data-points=\"%zu\" points=\"", count);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s%.3f,%.3f", i > 0 ? " " : "", plot_x(points[i].customers_ppm), plot_y(points[i].share_ppm));
    fprintf(out, "\"/>\n");
    for (size_t i = 0; i < mark_count; i++)
        draw_mark(out, &marks[i]);
    end(out);
}

unsigned chart_step(uint32_t customers, uint32_t most)
{
    if (customers == 0 || most == 0)
        return 0;
    // Step s is from ((s - 1) / 5)^2 of the fullest cell on, so that the many small cells differ too.
    for (unsigned step = CHART_STEPS; step > 1; step--)
        if ((uint64_t)customers * CHART_STEPS * CHART_STEPS > (uint64_t)most * (step - 1) * (step - 1))
            return step;
    return 1;
}

static void draw_cell(FILE *out, enum wording_language language, unsigned r, unsigned f, const struct chart_cell *cell,
                      uint32_t most)
{
    char text[DIGITS_BYTES];
    int x = CELL_LEFT + (int)(f - 1) * CELL_WIDTH, y = CELL_TOP + (int)(CHART_SCORES - r) * CELL_HEIGHT;
    unsigned step = chart_step(cell->customers, most);
    fprintf(out,
            "<g class=\"cell s%u\" data-r=\"%u\" data-f=\"%u\" data-customers=\"%u\" data-net-micros=\"%lld\">"
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
            step, r, f, cell->customers, (long long)cell->net_micros, x, y, CELL_WIDTH - 2, CELL_HEIGHT - 2);
    if (cell->customers > 0) {
        put_text(out, x + CELL_WIDTH / 2.0 - 1, y + 19, "middle strong", digits_count(cell->customers, text));
        put_text(out, x + CELL_WIDTH / 2.0 - 1, y + 34, "middle small", digits_short(cell->net_micros, language, text));
    }
    fprintf(out, "</g>\n");
}

void chart_grid(FILE *out, enum wording_language language, const struct chart_cell cells[CHART_SCORES][CHART_SCORES])
{
    char text[DIGITS_BYTES];
    uint32_t most = 0;
    for (unsigned r = 0; r < CHART_SCORES; r++)
        for (unsigned f = 0; f < CHART_SCORES; f++)
            most = cells[r][f].customers > most ? cells[r][f].customers : most;
    begin(out, "grid", GRID_HEIGHT, wording(language, "Recency and frequency"),
          wording(language,
                  "Each cell: how many customers have the two scores, and their net sales; the more customers, "
                  "the stronger its colour."));
    for (unsigned score = 1; score <= CHART_SCORES; score++) {
        snprintf(text, sizeof text, "R%u", score);
        put_text(out, CELL_LEFT - 6, CELL_TOP + (CHART_SCORES - score) * CELL_HEIGHT + CELL_HEIGHT / 2.0 + 3, "end",
                 text);
        snprintf(text, sizeof text, "F%u", score);
        put_text(out, CELL_LEFT + (score - 0.5) * CELL_WIDTH - 1, CELL_TOP + CHART_SCORES * CELL_HEIGHT + 14, "middle",
                 text);
    }
    put_text(out, CELL_LEFT + CHART_SCORES * CELL_WIDTH / 2.0, GRID_HEIGHT - 8, "small middle",
             wording(language, "F5 buys most often, R5 bought most recently"));
    for (unsigned r = CHART_SCORES; r >= 1; r--)
        for (unsigned f = 1; f <= CHART_SCORES; f++)
            draw_cell(out, language, r, f, &cells[r - 1][f - 1], most);
    end(out);
}

static void draw_share(FILE *out, int x, int y, const char *classes, uint32_t ppm)
{
    fprintf(out, "<rect class=\"track\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"5\"/>", x, y, BOX_BAR);
    fprintf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.2f\" height=\"5\" data-share-ppm=\"%u\"/>\n", classes,
            x, y, (double)BOX_BAR * ppm / PPM, ppm);
}

struct box {
    const char *value;
    int column, row;
};

static void draw_box(FILE *out, enum wording_language language, const struct box *box, const struct chart_cell *cell,
                     const struct chart_cell *all)
{
    char number[DIGITS_BYTES], share[DIGITS_BYTES], text[DIGITS_BYTES * 4];
    int x = BOX_LEFT + box->column * (BOX_WIDTH + BOX_GAP), y = BOX_TOP + box->row * (BOX_HEIGHT + BOX_GAP);
    uint32_t customers_ppm = digits_ppm(cell->customers, all->customers);
    uint32_t net_ppm = digits_ppm(cell->net_micros, all->net_micros);
    fprintf(out,
            "<g class=\"box q-%s\" data-value=\"%s\" data-customers=\"%u\" data-net-micros=\"%lld\">"
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>\n",
            box->value, box->value, cell->customers, (long long)cell->net_micros, x, y, BOX_WIDTH, BOX_HEIGHT);
    put_text(out, x + 12, y + 21, "strong", wording(language, box->value));
    snprintf(text, sizeof text, wording(language, "%s customers, %s"), digits_count(cell->customers, number),
             digits_share(customers_ppm, share));
    put_text(out, x + 12, y + 42, "small", text);
    draw_share(out, x + 12, y + 48, "bar-level", customers_ppm);
    snprintf(text, sizeof text, wording(language, "net sales %s, %s"), digits_short(cell->net_micros, language, number),
             digits_share(net_ppm, share));
    put_text(out, x + 12, y + 74, "small", text);
    draw_share(out, x + 12, y + 80, "bar-up", net_ppm);
    fprintf(out, "</g>\n");
}

void chart_quadrants(FILE *out, enum wording_language language, const struct chart_cell cells[CHART_QUADRANTS])
{
    static const struct box boxes[CHART_QUADRANTS] = {
        {"vip", 1, 0}, {"improve", 0, 0}, {"maintain", 1, 1}, {"abandon", 0, 1}};
    struct chart_cell all = {0};
    for (size_t i = 0; i < CHART_QUADRANTS; i++) {
        all.customers += cells[i].customers;
        all.net_micros += cells[i].net_micros > 0 ? cells[i].net_micros : 0;
    }
    begin(out, "quadrants", QUADRANTS_HEIGHT, wording(language, "Value now and value to come"),
          wording(language, "Customers by what they are worth now, to the right, and what they will be worth, upwards; "
                            "shares of customers and of net sales."));
    for (size_t i = 0; i < CHART_QUADRANTS; i++)
        draw_box(out, language, &boxes[i], &cells[i], &all);
    put_text(out, BOX_LEFT + BOX_WIDTH + BOX_GAP / 2.0, QUADRANTS_HEIGHT - 10, "small middle",
             wording(language, "worth more now \xe2\x86\x92"));
    fprintf(out, "<text class=\"small middle\" transform=\"translate(14 %d) rotate(-90)\">",
            BOX_TOP + BOX_HEIGHT + BOX_GAP / 2);
    markup_text(out, wording(language, "worth more later \xe2\x86\x92"));
    fprintf(out, "</text>\n");
    end(out);
}

// As much of the label as has room, with an ellipsis where something is cut off.
static void shorten(const char *label, int most, char *buffer, size_t bytes)
{
    size_t length = strlen(label), at = 0, fits = 0;
    int columns = 0;
    while (at < length) {
        uint32_t point;
        size_t step = config_text_next(label + at, length - at, &point);
        columns += config_text_columns(step == 0 ? ' ' : point);
        at += step == 0 ? 1 : step;
        if (columns <= most - 1 && at + 4 < bytes)
            fits = at;
    }
    bool whole = columns <= most && length + 1 < bytes;
    snprintf(buffer, bytes, "%.*s%s", (int)(whole ? length : fits), label, whole ? "" : "\xe2\x80\xa6");
}

static int left_of(const struct chart_bars *bars)
{
    return bars->above ? ABOVE_LEFT : BAR_LEFT;
}

static int width_of(const struct chart_bars *bars)
{
    return bars->above ? ABOVE_WIDTH : BAR_WIDTH;
}

static double part_of(int64_t value, int64_t most)
{
    return most > 0 ? (double)(value < most ? value : most) / (double)most : 0;
}

static void draw_bar(FILE *out, const struct chart_bars *bars, const struct chart_bar *bar, int64_t most, int y)
{
    static const char *const classes[] = {"bar-level", "bar-up", "bar-down"};
    char text[DIGITS_BYTES], label[ABOVE_COLUMNS * 4 + 8];
    int left = left_of(bars);
    double width = (double)width_of(bars) * part_of(bar->value, most);
    shorten(bar->label, bars->above ? ABOVE_COLUMNS : LABEL_COLUMNS, label, sizeof label);
    if (bars->above) {
        put_text(out, left, y + BAR_THICK - 3, "start", label);
        y += BAR_THICK + 3;
    } else {
        put_text(out, left - 6, y + BAR_THICK - 2, "end", label);
    }
    fprintf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.2f\" height=\"%d\" data-value=\"%lld\" data-label=\"",
            classes[bar->way], left, y, width, BAR_THICK, (long long)bar->value);
    markup_text(out, bar->label);
    fprintf(out, "\"/>\n");
    put_text(out, left + width + 5, y + BAR_THICK - 2, "strong",
             bars->ppm ? digits_share(bar->value, text) : digits_count(bar->value, text));
}

void chart_bars(FILE *out, const struct chart_bars *bars)
{
    int64_t most = bars->most;
    for (size_t i = 0; i < bars->count && bars->most == 0; i++)
        most = bars->bars[i].value > most ? bars->bars[i].value : most;
    int step = bars->above ? ABOVE_STEP : BAR_STEP, height = (int)bars->count * step + 8;
    begin(out, bars->id, height, bars->title, bars->description);
    for (size_t i = 0; i < bars->count; i++)
        draw_bar(out, bars, &bars->bars[i], most, 6 + (int)i * step);
    if (bars->goal > 0 && most > 0)
        fprintf(out, "<path class=\"cut\" data-goal=\"%lld\" d=\"M%.2f 2V%d\"/>\n", (long long)bars->goal,
                left_of(bars) + width_of(bars) * part_of(bars->goal, most), height - 4);
    end(out);
}
