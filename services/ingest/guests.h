// Guests: customers who have no account, so that their id is their mail address or their telephone number, with or
// without the prefix of a feed. Whoever is to be forgotten goes with the guests of the same address or number. The only
// file that knows its rows, which lie in the table of the joins: hashes, salted with the journal's own random id.
#ifndef TEND_INGEST_GUESTS_H
#define TEND_INGEST_GUESTS_H

#include "common/service.h"

struct ingest;

enum { GUESTS_MAX = 256 }; // that go with one person

// Notes whom an event is about when that is a guest. An id that is a telephone number is a guest's only in a feed's
// events: an app of one's own may number its customers so. `country` (NULL or "": that of the options) is where such a
// number is dialled.
void guests_note(struct ingest *ingest, struct turn *turn, const char *source, const char *customer_id,
                 const char *country);

// The guests of the mail addresses and telephone numbers of those customers: which their own files show, or which are
// their ids. Not who was merged into a customer that is neither among them nor a guest of them. In the arena,
// GUESTS_MAX at most. Returns how many; none is among the customers.
size_t guests_of(struct turn *turn, const char *const *customer_ids, size_t count, const char **ret_guests);

// Deletes what is kept of a guest. Returns the number of rows.
uint64_t guests_erase(struct turn *turn, const char *customer_id);

#endif
