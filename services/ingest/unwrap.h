// Unwrap: whether a text stands in bytes from outside, in whichever way it is written there: as it is, with JSON's
// escapes, percent-encoded, in base64, and these within one another. It errs on the side of finding. Pure.
#ifndef TEND_INGEST_UNWRAP_H
#define TEND_INGEST_UNWRAP_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct unwrap_sought;

// How a text is looked for.
enum unwrap_kind {
    UNWRAP_ID,    // exactly, and not as a part of a longer word or number; a short one where it is a customer's
    UNWRAP_WORDS, // a name or an address: in any case, whatever spaces and dots are between
    UNWRAP_PHONE, // by its last digits, since it is written with and without its country
};

struct unwrap_text {
    const char *text;
    enum unwrap_kind kind;
};

enum {
    UNWRAP_LEAST = 5,        // bytes of words: shorter ones stand in bodies about anybody; shorter ids are short ones
    UNWRAP_LEAST_DIGITS = 7, // of a telephone number
};

// Makes the texts ready to be sought in many bytes, all in one pass. They must live as long as the arena.
const struct unwrap_sought *unwrap_prepare(struct arena *arena, const struct unwrap_text *texts, size_t count);

// The index of the first of the texts that stands in the bytes, their number when none does; see unwrap_find.
size_t unwrap_look(struct arena *arena, const struct unwrap_sought *sought, const char *bytes, size_t length);

// Calls `visit` for the bytes and for all that is wrapped in them, until it returns true. Returns whether it did. The
// arena as in unwrap_find.
typedef bool unwrap_visit(void *self, const char *bytes, size_t length);
bool unwrap_each(struct arena *arena, const char *bytes, size_t length, unwrap_visit *visit, void *self);

// The index of the first of the texts that stands in the bytes, `count` when none does. Too short words and numbers are
// passed over.
// The arena gets what is unwrapped, some times the length of the bytes; where it has no more room, no more is looked
// at.
size_t unwrap_find(struct arena *arena, const char *bytes, size_t length, const struct unwrap_text *texts,
                   size_t count);

#endif
