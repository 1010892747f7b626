// Who is the same person: customers of whom an event said that one goes on as part of another. Ingest needs it when one
// of them is to be forgotten. The only file that knows its rows.
#ifndef TEND_INGEST_SAME_H
#define TEND_INGEST_SAME_H

#include "common/service.h"

#include <stdbool.h>

// A word about two customers. Of words of one moment that with the greater identity counts.
struct same_word {
    int64_t time_ms;
    bool merged; // else split
    const uint8_t *key;
};

// Notes that `other` was merged into `customer`, or was split from it. In whichever order words come, what follows is
// the same.
void same_note(struct turn *turn, const char *customer, const char *other, const struct same_word *said);

// The customer and all who are merged with it, directly or by way of others, however many: the customer first, in the
// arena. Of each the newest word counts, of all of them: that it is part of another one, or stands alone. It is the
// rule by which scoring and the scheduler count customers as one.
size_t same_as(struct turn *turn, const char *customer, const char *const **ret_ids);

// As part of whom the customer goes on, at the end of the chain; itself when it was merged into nobody. Of a ring it is
// who was merged first. In the arena.
const char *same_main(struct turn *turn, const char *customer);

// Whether the newest word about these two is that one was split from the other, whichever.
bool same_split(struct turn *turn, const char *one, const char *other);

// The moment of the newest word that `other` was merged into `customer` or split from it. False: there is none.
bool same_time(struct turn *turn, const char *customer, const char *other, int64_t *ret_time_ms);

// Forgets what is known of the customer. Returns the number of rows.
uint64_t same_erase(struct turn *turn, const char *customer);

#endif
