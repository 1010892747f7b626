// Delivered value: what a customer gets from us less what it costs him, by his own marks: product, service, staff and
// image on one side, money, time, effort and energy on the other (Kotler's customer delivered value). Pure.
//
// Marks go from 1 to 5, little to much, on both sides: a 5 for "time" says that we cost the customer much time. A side
// is its four marks added up, 4 to 20; where only some were given, their mean stands for the others.
#ifndef TEND_SCORING_DELIVERED_H
#define TEND_SCORING_DELIVERED_H

#include "services/scoring/care.h"

// In the order of note_part_names (note.h).
enum delivered_part {
    DELIVERED_PRODUCT,
    DELIVERED_SERVICE,
    DELIVERED_STAFF,
    DELIVERED_IMAGE,
    DELIVERED_MONEY, // from here on it is a cost
    DELIVERED_TIME,
    DELIVERED_EFFORT,
    DELIVERED_ENERGY,
    DELIVERED_PARTS
};
_Static_assert((int)DELIVERED_PARTS == (int)CARE_PARTS, "the facts have room for so many");

struct delivered {
    bool known;            // at least one mark on either side
    uint8_t values, costs; // marks given
    int64_t value_micros;  // 4 to 20
    int64_t cost_micros;   // 4 to 20
    int64_t net_micros;    // value less cost, -16 to 16
};

// Adds the marks up; 0 is a mark that was not given. All but the counts is 0 where nothing is known.
void delivered_judge(const uint8_t parts[CARE_PARTS], struct delivered *ret_delivered);

#endif
