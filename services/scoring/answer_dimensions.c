#include "services/scoring/answer.h"

#include "tend/v1/scoring.pb-c.h"

#include <string.h>

static char *text(const char *constant)
{
    return (char *)(uintptr_t)constant;
}

// Whether the value can occur: scores of an order are 1 to 5 each.
static bool occurs(enum dimension dimension, const char *word)
{
    return word[0] != '\0' && (dimension != DIMENSION_RFM || strspn(word, "12345") == strlen(word));
}

static Tend__V1__DimensionWords *make_words(const struct scoring *scoring, struct turn *turn, enum dimension dimension)
{
    char buffer[DIMENSION_WORD_BYTES];
    Tend__V1__DimensionWords *words = arena_take(turn->arena, sizeof *words);
    tend__v1__dimension_words__init(words);
    words->name = text(dimension_name(&scoring->names, dimension, arena_take(turn->arena, DIMENSION_NAME_BYTES)));
    words->announced = dimension_told(dimension);
    words->words = arena_take(turn->arena, UINT8_MAX * sizeof *words->words);
    for (unsigned value = 1; value <= UINT8_MAX; value++) {
        const char *word = dimension_word(&scoring->names, dimension, (uint8_t)value, buffer);
        if (occurs(dimension, word))
            words->words[words->n_words++] = text(arena_text(turn->arena, word, strlen(word)));
    }
    return words;
}

void answer_dimensions(const struct scoring *scoring, struct turn *turn, struct reply *ret_reply)
{
    Tend__V1__Dimensions answer = TEND__V1__DIMENSIONS__INIT;
    size_t count = dimension_count(&scoring->names);
    answer.dimensions = arena_take(turn->arena, count * sizeof *answer.dimensions);
    for (size_t i = 0; i < count; i++)
        answer.dimensions[answer.n_dimensions++] = make_words(scoring, turn, (enum dimension)i);
    reply_message(turn, &answer.base, ret_reply);
}
