// The body of a foreign webhook as a tree: strict JSON that keeps its numbers' own digits, and the steps that some
// bodies need before they can be read.
#ifndef TEND_INGEST_FOREIGN_H
#define TEND_INGEST_FOREIGN_H

#include "services/ingest/pointer.h"

#include "common/verify.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    FOREIGN_DEPTH = 32, // brackets within brackets
    FOREIGN_STEPS_MAX = 4,
};

enum foreign_step {
    FOREIGN_URL,    // %41 and + as in a URL
    FOREIGN_BASE64, // either alphabet, with or without padding
    FOREIGN_JSON,
    FOREIGN_FORM, // a=1&b=2 becomes an object of texts
    FOREIGN_STEP_COUNT,
};

// The names of the steps: "url", "base64" ...
extern const char *const foreign_steps[FOREIGN_STEP_COUNT];

// One row of `decode`: what stands there is replaced by what the steps make of it, in their order.
struct foreign_decoding {
    struct pointer pointer; // "" is the body as a whole, before it is read at all
    enum foreign_step steps[FOREIGN_STEPS_MAX];
    size_t count;
};

// Reads one object or list. Integers of up to 18 digits are integers; every other number becomes a string of exactly
// its digits, for a double would change them. Refused are keys that come twice, what is no UTF-8, \u0000, depth beyond
// FOREIGN_DEPTH and anything behind the value. A byte order mark is passed over. The caller gives the tree back with
// json_decref; NULL with a reason of VERIFY_TEXT_BYTES that goes on after the name of what was read.
json_t *foreign_parse(const char *bytes, size_t length, char *ret_reason);

// The same after the decodings, in their order; those whose place is empty do nothing. NULL with a reason, and the
// place in `*ret_pointer` ("" for the body).
json_t *foreign_read(const char *bytes, size_t length, const struct foreign_decoding *decodings, size_t count,
                     const char **ret_pointer, char *ret_reason);

#endif
