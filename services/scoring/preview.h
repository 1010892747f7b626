// The preview: who would move if the customers were judged by other rules than those that what is announced was made
// by. Nothing is written.
//
// The customers are those of a store as it stands, as of the turn's time when that is still the day that the store's
// service had come to, else as of the moment that it had come to. The models of buying stay as they were fitted (a
// start with other rules fits them anew, to the same customers); everybody's future, and the cut between high and low
// ones, is found anew.
#ifndef TEND_SCORING_PREVIEW_H
#define TEND_SCORING_PREVIEW_H

#include "common/service.h"
#include "services/scoring/dimension.h"

struct scoring;
struct wire_change;

// How many customers something happens to in a dimension that is not announced, or has no name any more.
struct preview_count {
    char dimension[DIMENSION_NAME_BYTES];
    uint32_t customers;
};

// What the preview is of.
struct preview_frame {
    uint32_t customers;     // in the store
    uint32_t rules_version; // in force there
    bool same;              // the rules in force are the very ones that are looked at
    int64_t as_of_ms;
    const char *currency, *time_zone; // in force there; they live as long as the scoring
    uint32_t silent_customers;        // get another value in a dimension that is never announced:
    struct preview_count silent[DIMENSION_ROOM];
    size_t silent_count;
    struct preview_count lost[DIMENSION_ROOM]; // a class or scheme that was announced and is not listed any more
    size_t lost_count;
    bool no_classes; // no class of value.policy is left
};

// One customer in one dimension that is announced.
struct preview_move {
    const char *customer_id;
    int64_t net_micros;               // in the window, of the measure of the rules looked at
    const char *currency;             // of it; empty when pieces are counted
    bool told;                        // it would be announced, as history; a first value mostly is not
    const struct wire_change *change; // without events: it is the rules that move it
};

// What the move points to lives during the call.
typedef void preview_visit(void *context, const struct preview_move *move);

// Tells of every move, customer by customer, the ones with the highest net value first. `scoring` was opened with the
// rules to be looked at and has just reloaded from the turn's store, which may be read only. Leaves it unfit for
// turns: close it. Bytes of the arena are given back customer by customer.
void preview_run(struct scoring *scoring, struct turn *turn, preview_visit *visit, void *context,
                 struct preview_frame *ret_frame);

#endif
