// The pictures of a summary, as SVG. Pure.
//
// Each function writes one <svg> that can stand in an HTML page: 340 units wide, so that its letters stay readable on a
// phone, without scripts, colours or sizes of its own: those come from the classes of the page's style sheet (page.c).
// It has a title and a description for who cannot see it. Every figure that is drawn also stands in a data- attribute
// of its shape, in the unit that the parameter had, so that a picture can be checked against its source.
#ifndef TEND_TEND_CHART_H
#define TEND_TEND_CHART_H

#include "services/tend/wording.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { CHART_SCORES = 5, CHART_QUADRANTS = 4, CHART_STEPS = 5 };

// Of the customers, the largest first, the first `customers_ppm` have `share_ppm` of the sales.
struct chart_point {
    uint32_t customers_ppm, share_ppm;
};

// Where a class ends: `cut_ppm` is the border, `end` what the classes up to it really hold.
struct chart_mark {
    const char *label; // "A"
    uint32_t cut_ppm;
    struct chart_point end;
};

// A class starts at most at the border, so a mark's end lies on the curve at or below its line.
void chart_pareto(FILE *out, enum wording_language language, const struct chart_point *points, size_t count,
                  const struct chart_mark *marks, size_t mark_count);

struct chart_cell {
    uint32_t customers;
    int64_t net_micros;
};

// How dark a cell is drawn: 0 for nobody, else 1 to CHART_STEPS, by the root of its part of the fullest cell.
unsigned chart_step(uint32_t customers, uint32_t most);

// Recency from top (5) to bottom, frequency from left (1) to right; `cells[r - 1][f - 1]`.
void chart_grid(FILE *out, enum wording_language language, const struct chart_cell cells[CHART_SCORES][CHART_SCORES]);

// In the order vip, improve, maintain, abandon. Across: what a customer is worth now; upwards: what it will be.
void chart_quadrants(FILE *out, enum wording_language language, const struct chart_cell cells[CHART_QUADRANTS]);

enum chart_way { CHART_LEVEL, CHART_UP, CHART_DOWN };

struct chart_bar {
    const char *label;
    int64_t value; // of ppm or a count; not below 0
    enum chart_way way;
};

// Bars below each other, the longest as long as `most` (0: as the largest value); `goal` above 0 is marked in each.
// Values in ppm are written as shares. The id is unique in the page; labels are shortened to what fits: beside their
// bars little, `above` them, each on a line of its own, more.
struct chart_bars {
    const char *id, *title, *description;
    const struct chart_bar *bars;
    size_t count;
    int64_t most, goal;
    bool ppm, above;
};
void chart_bars(FILE *out, const struct chart_bars *bars);

#endif
