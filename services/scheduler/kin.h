// Kin: which customers go on as part of which other one, since somebody said that they were merged.
//
// Of each customer the newest word counts (time, then tie): that it is part of another one, or stands alone again. A
// chain of such words is followed to its end, the main customer; of a ring the one that was merged first is the main
// one. So who is whose does not depend on the order in which the words were heard, and it is the rule by which scoring
// counts customers as one. The rows keep the words (joined, kin_into) and what follows from them: merged_into is the
// main customer, and kin_next leads round all who are one.
#ifndef TEND_SERVICES_SCHEDULER_KIN_H
#define TEND_SERVICES_SCHEDULER_KIN_H

#include "services/scheduler/book.h"

// A customer whose main one is another now; itself, when it stands alone. Also the rows of these two as they were until
// now. All of it lives until the turn ends.
struct kin_move {
    const char *id, *from, *to;
    const struct customer *from_row, *to_row;
};

// The customer is part of `into` from now on, "" alone, as its row's `joined` says, which is the newest word. Puts the
// rows of all whom that concerns, those of the main ones with the words of all who are one with them (own.h). Returns
// the moves in the arena, `ret_count` of them; a row that the caller holds is old then.
const struct kin_move *kin_hear(struct turn *turn, struct customer *customer, const char *into, size_t *ret_count);

// Takes the customer, which is to be erased, out of the round of those who are one with it, and its words out of the
// main one's row. Puts their rows; the caller puts the customer's.
void kin_erase(struct turn *turn, const struct customer *customer);

#endif
