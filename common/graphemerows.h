// The characters that do not stand alone: Unicode 15.0's Grapheme_Cluster_Break and Extended_Pictographic, and for the
// conjuncts of Indic scripts the consonants and linkers as Unicode 15.1 defines them. Pure.
#ifndef TEND_COMMON_GRAPHEMEROWS_H
#define TEND_COMMON_GRAPHEMEROWS_H

#include <stddef.h>
#include <stdint.h>

enum grapheme_kind {
    GRAPHEME_OTHER,
    GRAPHEME_CONTROL,
    GRAPHEME_EXTEND,
    GRAPHEME_SPACING, // a mark with a width of its own
    GRAPHEME_PREPEND,
    GRAPHEME_JOINER,    // U+200D
    GRAPHEME_NONJOINER, // U+200C, which extends but ends a conjunct
    GRAPHEME_FLAG,      // a regional indicator: two make a flag
    GRAPHEME_LEAD,      // the parts of Hangul syllables
    GRAPHEME_VOWEL,
    GRAPHEME_TAIL,
    GRAPHEME_OPEN, // a syllable without a tail, and one with it; these two are computed
    GRAPHEME_CLOSED,
    GRAPHEME_PICTURE,
    GRAPHEME_CONSONANT, // of a script that has conjuncts
    GRAPHEME_LINKER,    // an extending one that makes a conjunct of two consonants
};

// Characters of one kind, both ends included. In order, none twice.
struct grapheme_row {
    uint32_t first, last;
    uint8_t kind; // an enum grapheme_kind
};
extern const struct grapheme_row grapheme_rows[];
extern const size_t grapheme_row_count;

#endif
