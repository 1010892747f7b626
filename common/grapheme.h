// Graphemes: where a character ends as people see it, whatever number of code points it is made of: letters with marks,
// Hangul syllables in parts, conjuncts of Indic scripts, flags and emoji sequences. The extended grapheme clusters of
// UAX #29. Pure.
#ifndef TEND_COMMON_GRAPHEME_H
#define TEND_COMMON_GRAPHEME_H

#include <stdbool.h>
#include <stdint.h>

#include "common/graphemerows.h"

// Where a walk over a text stands; all zero at its start.
struct grapheme {
    enum grapheme_kind before;
    uint32_t last;    // the code point before; 0: there is none
    bool half_flag;   // the last one is the first half of a flag
    unsigned picture; // 1: there is a picture, perhaps with marks; 2: and a joiner behind it
    unsigned letters; // 1: there is a consonant, perhaps with marks; 2: and a linker
};

// The kind of a code point.
enum grapheme_kind grapheme_kind(uint32_t character);

// Takes the next code point of the text. True when it belongs to the character of those before it.
bool grapheme_joins(struct grapheme *grapheme, uint32_t character);

#endif
