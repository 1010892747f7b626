// The dimension value.face: the three faces of key customers. Pure.
//   red    high profit per deal, bought at random: margin of red_margin (30 %) of sales or more, at least red_deal of
//          margin per order, and gaps that vary by `irregular` (70 %) of their mean or more
//   white  great volume, very low margin, stable: among the largest by sales, a margin of white_margin (10 %) or less
//          (also below zero), and gaps that vary by `regular` (50 %) or less
//   black  no clear profit but influence: never computed; people set it, with an approver and a day to look again
//   none   a key customer that is none of these, or no key customer
// A customer with both traits is impossible while red_margin is above white_margin.
#ifndef TEND_SCORING_FACE_H
#define TEND_SCORING_FACE_H

#include "services/scoring/reason.h"

#include <stdbool.h>

enum face_value { FACE_UNKNOWN, FACE_NONE, FACE_RED, FACE_WHITE, FACE_BLACK, FACE_VALUES };

extern const char *const face_names[FACE_VALUES]; // "", "none", "red", "white", "black"

struct face_options {
    int64_t red_margin_ppm;
    int64_t red_deal_micros;
    int64_t irregular_ppm;
    int64_t white_margin_ppm;
    int64_t regular_ppm;
    int64_t min_gaps; // 2 or more
};

struct face_facts {
    bool key;        // among the top 20 %, however the population is ranked
    bool big;        // among the top by sales; such a customer is key too
    uint32_t orders; // in the window
    int64_t net_micros, margin_micros;
    bool margin_known;
    uint32_t gap_count; // from series_gaps
    int64_t cv_ppm;
};

struct face {
    uint8_t value;
    bool rate_known;     // there are orders, costs are known, sales are above zero
    int64_t margin_ppm;  // margin / sales; 0 where it is not known
    int64_t deal_micros; // margin per order; 0 where it is not known
};

// Unknown for a key customer whose costs, sales or rhythm (min_gaps) are not known.
void face_judge(const struct face_options *options, const struct face_facts *facts, struct face *ret);

// Why, with the limits of each face.
void face_explain(const struct face_options *options, const struct face_facts *facts, const struct face *face,
                  struct reason *ret_reason);

#endif
