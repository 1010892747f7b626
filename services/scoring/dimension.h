// The dimensions: the names under which a customer is judged, and the words of their values. A value is a small number,
// 0 meaning that nothing is known; a dimension's words stand in its own header. Pure.
#ifndef TEND_SCORING_DIMENSION_H
#define TEND_SCORING_DIMENSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// In the order in which they are shown and announced. The numbers are on disk: new ones go to the end.
enum dimension {
    DIMENSION_ABC,
    DIMENSION_OVERDUE,
    DIMENSION_DROP,
    DIMENSION_TIER,
    DIMENSION_RFM,
    DIMENSION_CLV,
    DIMENSION_KIND,
    DIMENSION_FACE,
    DIMENSION_POLICY,
    DIMENSION_DEMAND,
    DIMENSION_NEXT_ORDER,
    DIMENSION_LIFECYCLE,
    DIMENSION_DECLINING,
    DIMENSION_RIVAL,
    DIMENSION_CONCENTRATION,
    DIMENSION_STAGE,
    DIMENSION_INTENTION,
    DIMENSION_TEMPERATURE,
    DIMENSION_HORIZON,
    DIMENSION_QUALIFIED,
    DIMENSION_SATISFACTION,
    DIMENSION_STATUS,
    DIMENSION_ADVOCACY,
    DIMENSION_LOYALTY,
    DIMENSION_COMPLETENESS,
    DIMENSION_SCHEME, // and the schemes after it, in the order of their names
    DIMENSION_SCHEME_END = DIMENSION_SCHEME + 4,
    DIMENSIONS = DIMENSION_SCHEME_END
};

enum { DIMENSION_ROOM = 32, DIMENSION_NAME_BYTES = 80, DIMENSION_WORD_BYTES = 64 };
_Static_assert((int)DIMENSIONS <= (int)DIMENSION_ROOM, "rows have room for so many");

// Names for figures about ourselves; the schemes go by number.
extern const char *const dimension_labels[DIMENSIONS];

// What is known of the configured names: those of the schemes, and the classes of the policy.
struct dimension_names {
    const char *const *schemes; // of value.abc.NAME
    size_t scheme_count;        // at most 4
    const char *const *classes; // of value.policy, from value 1 on
    size_t class_count;
};

// "value.abc", "value.abc.NAME", in the caller's buffer of DIMENSION_NAME_BYTES, which is returned.
const char *dimension_name(const struct dimension_names *names, enum dimension dimension, char *buffer);

// The dimension of a name. False when there is none.
bool dimension_of(const struct dimension_names *names, const char *name, enum dimension *ret_dimension);

// How many dimensions there are: up to the last scheme.
size_t dimension_count(const struct dimension_names *names);

// The word of a value ("A", "vip", "555"), in the caller's buffer of DIMENSION_WORD_BYTES where it is made; "" for 0.
const char *dimension_word(const struct dimension_names *names, enum dimension dimension, uint8_t value, char *buffer);

// The value of a word. False when the dimension has no such word.
bool dimension_value(const struct dimension_names *names, enum dimension dimension, const char *word,
                     uint8_t *ret_value);

// True when a change of it is announced to the other services; the others can be asked for.
bool dimension_told(enum dimension dimension);

// What a dimension of which nothing was said counts as having said: "no" where the answer is yes or no, else 0.
uint8_t dimension_begins(enum dimension dimension);

// True when the value is news although nothing was said before: an alarm, a lead that came in. What every customer has
// from its first order on is not.
bool dimension_is_news(enum dimension dimension, uint8_t value);

#endif
