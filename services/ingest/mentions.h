// Mentions: by which words a person who is to be forgotten is looked for in the rejected bodies. They are noted while
// the journal loses the events that told them, and forgotten once the bodies have been gone through. The only file that
// knows its rows, which lie in the table of the proofs meanwhile.
#ifndef TEND_INGEST_MENTIONS_H
#define TEND_INGEST_MENTIONS_H

#include "common/service.h"
#include "services/ingest/unwrap.h"

enum { MENTIONS_MAX = 256 }; // of one customer: names and addresses that were ever told of it, and one text more

// Notes a text that says who the customer is; an empty one, or one that is too long to be such, is nothing.
void mentions_note(struct turn *turn, const char *customer_id, const char *text, enum unwrap_kind kind);

// Gives the texts of the customer, MENTIONS_MAX - 1 at most, each once, in the arena.
size_t mentions_of(struct turn *turn, const char *customer_id, struct unwrap_text ret_texts[MENTIONS_MAX]);

// Forgets them.
void mentions_drop(struct turn *turn, const char *customer_id);

#endif
