// Overrides: what a person decided a dimension of a customer to be, beside what is computed: both are kept, the
// person's counts while it lasts. Pure.
//
// The newest word per dimension counts, in capitals or not; an empty value takes it back. What needs an approver and a
// day of review (a "black" face: influence without profit) is refused without them, and so is a word that the dimension
// does not have; a refusal is remembered and changes nothing else.
//
// No other dimension goes by it: a class that a person set in value.abc does not change what the customer's file must
// hold (file.completeness), which follows the class by the figures.
#ifndef TEND_SCORING_OVERRIDE_H
#define TEND_SCORING_OVERRIDE_H

#include "services/scoring/dimension.h"
#include "services/scoring/note.h"
#include "services/scoring/reason.h"

enum {
    // Of one customer at a time: with more, nobody knows the customer. One that has run out keeps its place until its
    // dimension gets another word; of too many the oldest gives way.
    OVERRIDE_MAX = 8,
};

enum override_refusal {
    OVERRIDE_ACCEPTED,
    OVERRIDE_NO_DIMENSION, // no dimension has this name
    OVERRIDE_NO_VALUE,     // the dimension has no such value
    OVERRIDE_NO_APPROVER,  // needs `by`
    OVERRIDE_NO_REVIEW,    // needs `until`
    OVERRIDE_REFUSALS
};

// The key is that of the note, which has the texts: by whom and why.
struct override {
    int64_t time_ms;
    uint8_t key[NOTE_KEY_BYTES];
    int32_t until_day; // the last; INT32_MAX: until taken back
    uint8_t dimension; // enum dimension
    uint8_t value;     // of dimension_value
};

// The newest refusal, until something newer of the same dimension is accepted.
struct override_refused {
    int64_t time_ms;
    uint8_t key[NOTE_KEY_BYTES];
    uint8_t why;       // enum override_refusal; OVERRIDE_ACCEPTED: there is none
    uint8_t dimension; // DIMENSIONS: no such
};

struct override_story {
    struct override entries[OVERRIDE_MAX]; // the oldest first
    struct override_refused refused;
    uint8_t count;
};

// Knows nothing.
void override_start(struct override_story *story);

// Takes a note of NOTE_OVERRIDE in; notes come sorted by note_order.
enum override_refusal override_hear(struct override_story *story, const struct dimension_names *names,
                                    const struct note *note);

// What a person decided about a dimension, if that holds today; else NULL. It lives in the story.
const struct override *override_find(const struct override_story *story, enum dimension dimension, int32_t today);

// What counts: the person's value while it lasts, else the computed one.
uint8_t override_value(const struct override_story *story, enum dimension dimension, int32_t today, uint8_t computed);

// Why: who decided it, until when, and what would have been computed; `by` and `reason` are those of its note.
void override_explain(const struct dimension_names *names, const struct override *entry, const char *by,
                      const char *reason, uint8_t computed, struct reason *ret_reason);

// Why the newest word was refused; there is a refusal. `value` is that of its note.
void override_explain_refusal(const struct dimension_names *names, const struct override_refused *refused,
                              const char *value, struct reason *ret_reason);

#endif
