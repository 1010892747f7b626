// The daily round: what time alone changes is found by going through all customers, once a day, after a new fit, and
// when the rules changed; a bounded piece a turn, so that events hardly wait.
//
// A round counts customers for the fit when one is due, fits, predicts each customer's future, makes a new edition of
// the book of what was found, judges each customer by it, and once a day finds what to offer to each (hints.h). Between
// rounds the book stands still.
#ifndef TEND_SCORING_DAILY_H
#define TEND_SCORING_DAILY_H

#include "services/scoring/core.h"

// Why a round is wanted.
enum daily_cause {
    DAILY_DAY,    // a day began, or the service did: what moves is news
    DAILY_GROWTH, // much became known: what moves is historical
    DAILY_RULES,  // the rules changed: likewise, and each customer's value is said anew
};

// Wants a round. What one that is under way still finds is no news either, once another is wanted by other rules.
void daily_want(struct scoring *scoring, enum daily_cause cause);

// Wants a round when much was bought since the last one and no more comes. Returns when to ask again, INT64_MAX: after
// the next event.
int64_t daily_notice(struct scoring *scoring, int64_t now_ms);

// What round is under way or wanted, to be known after a restart.
enum archive_round daily_owed(const struct scoring *scoring);

// Does a piece of the round. True when there is more to do at once.
bool daily_piece(struct scoring *scoring, struct turn *turn);

// Predicts every customer's future at once and renews the book in memory, with the models as they are; writes nothing.
// For a look at other rules (preview.h), when no round is under way.
void daily_foresee(struct scoring *scoring);

// For a follower (meet.h). Whether it can begin to predict; it does, as process 0 ordered; it judges everybody by the
// book that it was told, as history if process 0, or a change of rules here, has it so.
bool daily_ready(const struct scoring *scoring);
void daily_predict(struct scoring *scoring);
void daily_judge(struct scoring *scoring, bool historical, bool retold);

// Reads the book, and wants a round: what a round leaves behind in memory is made by it.
void daily_reload(struct scoring *scoring, struct turn *turn);

#endif
