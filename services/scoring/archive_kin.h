// The part of the archive that says who is part of whom: its table "kin".
#ifndef TEND_SCORING_ARCHIVE_KIN_H
#define TEND_SCORING_ARCHIVE_KIN_H

#include "common/store.h"
#include "services/scoring/kinship.h"

// Keeps a word that the kinship has taken.
void archive_put_word(struct tx *tx, const struct kin_word *word);

// Builds the kinship from the rows.
void archive_load_words(struct kinship *kinship, struct tx *tx);

// Deletes the word about a slot, and those that make others a part of it.
void archive_drop_words(struct tx *tx, uint32_t slot);

#endif
