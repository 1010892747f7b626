// What gifts to a customer may cost in a year, by class (row 50). Pure. Money is in micros of the reporting currency.
#ifndef TEND_SERVICES_SCHEDULER_GIFT_H
#define TEND_SERVICES_SCHEDULER_GIFT_H

#include "common/money.h"

#include <stdbool.h>
#include <stdint.h>

enum { GIFT_CLASSES = 4, GIFT_YEARS = 2 };

struct gift_options {
    int64_t budget_micros[GIFT_CLASSES]; // as enum AbcClass numbers them; [0], not known, is taken as C
};

// What was spent in the two newest years in which there was a gift, so that one that is heard of in January still
// counts for December. Zeros: none. No pointers and no padding; may be stored as its bytes.
struct gifts {
    int32_t years[GIFT_YEARS]; // the newest first, 0: none
    int64_t spent_micros[GIFT_YEARS];
};

// Adds a gift of a local year after 0. Sums are held at the ends of int64.
void gift_add(struct gifts *gifts, int32_t year, int64_t micros);

// What was spent in that year; 0 for years that are not remembered.
int64_t gift_spent(const struct gifts *gifts, int32_t year);

// What is left of a class's budget for that year, below zero when more was spent.
int64_t gift_left(const struct gift_options *options, uint32_t abc, const struct gifts *gifts, int32_t year);

#endif
