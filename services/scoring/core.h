// What the parts of scoring share: the ledger and the rules in memory, and what a turn has touched so far.
#ifndef TEND_SCORING_CORE_H
#define TEND_SCORING_CORE_H

#include "services/scoring/archive.h"
#include "services/scoring/ledger.h"
#include "services/scoring/order.h"
#include "services/scoring/scoring.h"
#include "services/scoring/terms.h"
#include "services/scoring/trail.h"
#include "services/scoring/wire.h"

struct zone;

enum { CORE_EVENTS_MAX = 8 }; // event ids that an explanation names; the newest of the turn

// No customer is waiting to be looked at anew.
#define CORE_SWEEP_NONE UINT32_MAX

// A customer that events of this turn were about. Texts live until the turn ends.
struct touch {
    uint32_t slot;
    const char *customer_id;
    const char *events[CORE_EVENTS_MAX];
    size_t event_count;
    bool live; // one of them was not historical
};

// Orders that count otherwise than their sender may think.
struct oddities {
    uint64_t no_rate;
    uint64_t no_cost;
    uint64_t excess;
};

enum core_figure {
    FIGURE_ORDER_EVENTS,
    FIGURE_REFUNDS_FULL,
    FIGURE_CHANGES,
    FIGURE_CUSTOMERS,
    FIGURE_ODD_ORDERS,
    FIGURES
};
enum core_outcome { OUTCOME_CHANGED, OUTCOME_REPEATED, OUTCOME_BAD, OUTCOMES };

struct scoring {
    struct scoring_options options;
    uint8_t rules[HASH_BYTES]; // of the options that decide what is announced
    struct ledger *ledger;
    struct trail *trail;
    struct archive *archive;
    struct terms terms;
    struct zone *zone;        // in `terms`
    struct terms_rate *rates; // in `terms`
    struct oddities odd;

    struct touch *touches;
    uint32_t touch_count, touch_room;
    const char *last_event; // of the turn's order events; NULL: there was none
    bool live;              // one of them was not historical
    uint32_t sweep;         // the next slot whose announcements may be out of date because the rules changed

    struct metric *figures[FIGURES];
    bool figured; // they are declared
};

static inline void core_count(struct scoring *scoring, enum core_figure figure, size_t cell)
{
    if (scoring->figured)
        metric_add(scoring->figures[figure], cell, 1);
}

#endif
