// What the files of the eraser share: the rows of the erasures under way, and the walk through the journal.
#ifndef TEND_COMMON_ERASER_STATE_H
#define TEND_COMMON_ERASER_STATE_H

#include "common/eraser.h"

// Numbers are stored.
enum erasure_step {
    STEP_LANES = 0, // not every process of the service to the left has said it
    STEP_ROWS = 1,  // the service's rows are still there
    STEP_WAIT = 2,  // a follower has not read everything
    STEP_SCAN = 3,  // the journal is gone through
    STEP_READY = 4, // the person's id is gone; only the file is left
};

struct erasure {
    uint8_t key[HASH_BYTES]; // the event's identity
    enum erasure_step step;
    uint64_t through, next; // of our journal
    uint64_t rows, tombstones;
    int64_t heard_ms;
    char id[ERASER_ID_MAX + 1];
};

// Visits all until it returns false. It may put and delete nothing meanwhile.
void erasure_each(struct tx *tx, bool (*visit)(void *context, const struct erasure *erasure), void *context);

// False: there is none of the identity.
bool erasure_get(struct tx *tx, const uint8_t *key, struct erasure *ret_erasure);
void erasure_put(struct tx *tx, const struct erasure *erasure);
void erasure_delete(struct tx *tx, const struct erasure *erasure);

// Which processes of the service to the left have said the erasure, one bit for each. It is kept, since one of them may
// say it again after years.
uint64_t erasure_said(struct tx *tx, const uint8_t *key);
void erasure_note_said(struct tx *tx, const uint8_t *key, uint64_t said);

// Takes the persons of those erasures out of the next piece of the journal, and moves `next`. All of them stand at the
// same place and none is through. Returns how many records were looked at.
size_t erasure_scan(struct turn *turn, const struct eraser_means *means, struct erasure *const *list, size_t count);

// Whether the id says where the person can be reached; such a one is gone with the person.
bool erasure_is_personal(const char *id);

#endif
