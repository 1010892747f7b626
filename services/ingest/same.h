// Who is the same person: customers of whom an event said that one goes on as part of another. Ingest needs it when one
// of them is to be forgotten. The only file that knows its rows.
#ifndef TEND_INGEST_SAME_H
#define TEND_INGEST_SAME_H

#include "common/service.h"

#include <stdbool.h>

enum { SAME_MAX = 256 }; // customers of one person that are found; far more than anybody merges

// Notes that `other` was merged into `customer` (or was split from it) at that moment. Of two words about the same two
// the later moment counts, in whichever order they come.
void same_note(struct turn *turn, const char *customer, const char *other, int64_t time_ms, bool merged);

// The customer and all who are merged with it, directly or by way of others: at most SAME_MAX, the customer first, in
// the arena.
size_t same_as(struct turn *turn, const char *customer, const char **ret_ids);

// Forgets what is known of the customer. Returns the number of rows.
uint64_t same_erase(struct turn *turn, const char *customer);

#endif
