// The tries of a record: sees to it that one at which the process died again and again does not kill it for ever.
// Before a record is touched that was in hand at a crash, a counter in the store is raised; at the third try it becomes
// a dead letter.
#ifndef TEND_COMMON_TRIES_H
#define TEND_COMMON_TRIES_H

#include "common/journal.h"

struct tries {
    unsigned which;   // of the journals that are followed, from 0: each has its counter
    bool crashed;     // the last process died of its own doing, perhaps of the record that comes first now
    uint64_t careful; // records still to be taken one a turn
};

// What of a batch a turn may touch.
struct piece {
    size_t count;
    bool dead; // the first record was there at three crashes: not to be touched at all
};

// Whether a batch is taken as it comes, with nothing to count.
bool tries_idle(const struct tries *tries);

// Counts a try of the first of `count` records (at least one) and says what may be touched. `batch_records` is how many
// a batch may hold: so many are taken one by one after a second crash. The transaction must be committed before the
// record is touched.
struct piece tries_count(struct tries *tries, struct tx *tx, const struct record *first, size_t count,
                         uint64_t batch_records);

// One turn was taken.
void tries_passed(struct tries *tries);

// Puts the record among the dead letters.
void tries_bury(const struct tries *tries, struct tx *tx, const struct record *record);

#endif
