// The daily round: what time alone changes is found by going through all customers, once a day, after a new fit, and
// when the rules changed; a bounded piece a turn, so that events hardly wait.
//
// A round counts customers for the fit when one is due, fits, predicts each customer's future, makes a new edition of
// the book of what was found, and judges each customer by it. Between rounds the book stands still.
#ifndef TEND_SCORING_DAILY_H
#define TEND_SCORING_DAILY_H

#include "services/scoring/core.h"

// Why a round is wanted.
enum daily_cause {
    DAILY_DAY,    // a day began, or the service did: what moves is news
    DAILY_GROWTH, // much became known: what moves is historical
    DAILY_RULES,  // the rules changed: likewise, and each customer's value is said anew
};

// Wants a round.
void daily_want(struct scoring *scoring, enum daily_cause cause);

// Wants a round when much was bought since the last one and no more comes. Returns when to ask again, INT64_MAX: after
// the next event.
int64_t daily_notice(struct scoring *scoring, int64_t now_ms);

// Does a piece of the round. True when there is more to do at once.
bool daily_piece(struct scoring *scoring, struct turn *turn);

// Reads the book, and wants a round: what a round leaves behind in memory is made by it.
void daily_reload(struct scoring *scoring, struct turn *turn);

#endif
