#include "common/grapheme.h"

enum { FIRST_ALONE = 0x20, LAST_ALONE = 0x7e, SYLLABLES = 0xac00, SYLLABLES_END = 0xd7a4, TAILS = 28 };

enum grapheme_kind grapheme_kind(uint32_t character)
{
    if (character >= FIRST_ALONE && character <= LAST_ALONE)
        return GRAPHEME_OTHER;
    if (character >= SYLLABLES && character < SYLLABLES_END)
        return (character - SYLLABLES) % TAILS == 0 ? GRAPHEME_OPEN : GRAPHEME_CLOSED;
    size_t from = 0, to = grapheme_row_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const struct grapheme_row *row = &grapheme_rows[middle];
        if (character >= row->first && character <= row->last)
            return (enum grapheme_kind)row->kind;
        if (character < row->first)
            to = middle;
        else
            from = middle + 1;
    }
    return GRAPHEME_OTHER;
}

static bool in_syllable(enum grapheme_kind before, enum grapheme_kind kind)
{
    switch (before) {
    case GRAPHEME_LEAD:
        return kind == GRAPHEME_LEAD || kind == GRAPHEME_VOWEL || kind == GRAPHEME_OPEN || kind == GRAPHEME_CLOSED;
    case GRAPHEME_OPEN:
    case GRAPHEME_VOWEL:
        return kind == GRAPHEME_VOWEL || kind == GRAPHEME_TAIL;
    case GRAPHEME_CLOSED:
    case GRAPHEME_TAIL:
        return kind == GRAPHEME_TAIL;
    default:
        return false;
    }
}

// True for what belongs to any character before it.
static bool extends(enum grapheme_kind kind)
{
    return kind == GRAPHEME_EXTEND || kind == GRAPHEME_LINKER || kind == GRAPHEME_SPACING || kind == GRAPHEME_JOINER ||
           kind == GRAPHEME_NONJOINER;
}

static bool joins(const struct grapheme *grapheme, uint32_t character, enum grapheme_kind kind)
{
    if (grapheme->last == '\r' && character == '\n')
        return true;
    if (grapheme->last == 0 || grapheme->before == GRAPHEME_CONTROL || kind == GRAPHEME_CONTROL)
        return false;
    return extends(kind) || grapheme->before == GRAPHEME_PREPEND || in_syllable(grapheme->before, kind) ||
           (kind == GRAPHEME_PICTURE && grapheme->picture == 2) ||
           (kind == GRAPHEME_CONSONANT && grapheme->letters == 2) || (kind == GRAPHEME_FLAG && grapheme->half_flag);
}

static unsigned next_picture(unsigned picture, enum grapheme_kind kind)
{
    if (kind == GRAPHEME_PICTURE)
        return 1;
    if (picture != 1)
        return 0;
    if (kind == GRAPHEME_JOINER)
        return 2;
    return kind == GRAPHEME_EXTEND || kind == GRAPHEME_LINKER || kind == GRAPHEME_NONJOINER ? 1 : 0;
}

static unsigned next_letters(unsigned letters, enum grapheme_kind kind)
{
    if (kind == GRAPHEME_CONSONANT)
        return 1;
    if (kind == GRAPHEME_LINKER)
        return letters > 0 ? 2 : 0;
    return kind == GRAPHEME_EXTEND || kind == GRAPHEME_JOINER ? letters : 0;
}

bool grapheme_joins(struct grapheme *grapheme, uint32_t character)
{
    enum grapheme_kind kind = grapheme_kind(character);
    bool joined = joins(grapheme, character, kind);
    grapheme->half_flag = kind == GRAPHEME_FLAG && !(joined && grapheme->half_flag);
    grapheme->picture = next_picture(grapheme->picture, kind);
    grapheme->letters = next_letters(grapheme->letters, kind);
    grapheme->before = kind;
    grapheme->last = character;
    return joined;
}
