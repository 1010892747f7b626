// The kinship: which customers go on as part of which other one, since somebody said that they were merged. Pure.
//
// Of each customer the newest word counts (time, then key): that it is part of another one, or stands alone again. So
// the state is the same in whatever order the words were heard. A chain is followed to its end, the main customer; of a
// ring the one that was merged first is the main one.
#ifndef TEND_SCORING_KINSHIP_H
#define TEND_SCORING_KINSHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KINSHIP_KEY_BYTES = 16 };

#define KINSHIP_ALONE UINT32_MAX

// A word about the customer of a slot.
struct kin_word {
    uint32_t slot;
    uint32_t into; // the slot of the customer that it is part of; KINSHIP_ALONE: it stands alone
    int64_t time_ms;
    uint8_t key[KINSHIP_KEY_BYTES]; // of the event
};

// A customer whose main one is another now.
struct kin_move {
    uint32_t slot, from, to;
};

struct kinship;

// Nobody is part of anybody yet.
struct kinship *kinship_open(void);
void kinship_close(struct kinship **kinship);

// Forgets everything.
void kinship_clear(struct kinship *kinship);

// Takes a word. False: a newer one is known, and nothing changes. The moves live until the next call.
bool kinship_hear(struct kinship *kinship, const struct kin_word *word, const struct kin_move **ret_moves,
                  size_t *ret_count);

// The main customer: itself, unless it is part of another one.
uint32_t kinship_main(const struct kinship *kinship, uint32_t slot);

// The next of the customers that are one with this one; after the last comes the first again, so who has no kin is
// followed by itself.
uint32_t kinship_next(const struct kinship *kinship, uint32_t slot);

// How many customers are part of another one.
uint32_t kinship_parts(const struct kinship *kinship);

#endif
