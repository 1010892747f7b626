// Hints: which articles to offer to a customer. The card shows those of one customer; the scheduler is told those of
// all who count, once a day, in pieces, after the round has judged everybody, and only where they are others than told
// before. After a start everybody's are told once.
#ifndef TEND_SCORING_HINTS_H
#define TEND_SCORING_HINTS_H

#include "services/scoring/core.h"

enum { HINTS_GOODS_MAX = 2000 }; // articles of one customer that are looked at, the newest

// The goods that a customer bought, the newest first, from its newest orders. Returns how many, at most
// HINTS_GOODS_MAX; texts live until the next order or write.
size_t hints_bought(const struct scoring *scoring, struct turn *turn, uint32_t slot,
                    struct goods_bought ret_bought[HINTS_GOODS_MAX]);

// What an article is called, by the newest order that holds it; "" when it has no name. It lives until the turn ends.
const char *hints_name(struct turn *turn, const struct goods_end *end);

// Begins to go through all customers, or goes on where it was interrupted. False: there is nothing to be done today.
bool hints_begin(struct scoring *scoring);

// Does a piece of it. True when there is more.
bool hints_piece(struct scoring *scoring, struct turn *turn);

// Forgets how far it came.
void hints_forget(struct scoring *scoring);

#endif
