// Own words: what was said of a customer itself, apart from what was said of others who are one with it.
//
// The row of whoever stands alone, or goes on as part of another one, holds its own words and nobody else's. The row of
// a main customer is what all who are one with it were told together, made anew with each word and with each change of
// who is one with whom; its own words lie in a second row beside it. So after a split everybody has the own words
// again, in whatever order all of it was heard, and whoever stands alone has one row and is written once.
//
// Words are the talks, dates, messages, deals, gifts and the owner; of what else a row holds (the file, what scoring
// says, what was told when) there is one, with the row. In a store from before there were second rows, what a main
// customer's row holds, others' words among it, is taken for its own, and stays with it.
#ifndef TEND_SERVICES_SCHEDULER_OWN_H
#define TEND_SERVICES_SCHEDULER_OWN_H

#include "services/scheduler/book.h"

// The customer's row with its own words alone. False, and a fresh one of that id, when there is none.
bool own_get(struct turn *turn, const char *id, struct customer *ret_own);

// Keeps what own_get gave and a word has changed. `ret_row` is the row of the same customer, which the caller puts: for
// whoever stands alone the very same.
void own_row(struct turn *turn, const struct customer *own, struct customer *ret_row);

// The same, and `ret_main` is the row of the customer that it goes on as part of, or its own one; the caller puts it.
// False when that one was erased.
bool own_put(struct turn *turn, const struct customer *own, struct customer *ret_main);

// Who is one with whom has changed in what own_get gave before: keeps the words where they belong now, and puts the
// row, with the own words alone until own_unite.
void own_settle(struct turn *turn, struct customer *own);

// Makes the row of a main customer anew, and puts it.
void own_unite(struct turn *turn, const char *id);

// The messages that waited for an answer until that moment were answered, to whomever of those who are one with the
// main customer of that id they were said. Keeps the others' own words; of the customer itself the caller sees to it.
void own_answered(struct turn *turn, const char *id, int64_t before_ms);

// Forgets the own words of a customer who was erased.
void own_erase(struct turn *turn, const char *id);

#endif
