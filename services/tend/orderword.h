// An order as its events tell it: the newest whole word about it in ingest's journal.
#ifndef TEND_TEND_ORDERWORD_H
#define TEND_TEND_ORDERWORD_H

#include "common/store.h"
#include "tend/v1/event.pb-c.h"

#include <stdbool.h>

// Begin with zeroes; give what it holds back with orderword_free.
struct orderword {
    Tend__V1__Event *placed;  // the newest order_placed; NULL: none
    Tend__V1__Event *amended; // the order_amended that counts; NULL: none
    bool several;             // sources have orders of this id
};

// Looks through a journal for the order, of one source or of any (NULL); a walk over all records, half a second for a
// million. What is found is put to what the last journal gave. False when the journal is damaged.
bool orderword_read(struct orderword *word, struct store *store, const char *order_id, const char *source);

// The order as it stands: the event that placed it with what its last amendment says, unless it was placed later still;
// that amendment itself where this source did not place it. NULL when there is no such order. Lives as long as the
// word.
const Tend__V1__Event *orderword_event(struct orderword *word);

// Gives back what it holds; it is empty then.
void orderword_free(struct orderword *word);

#endif
