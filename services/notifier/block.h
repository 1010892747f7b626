// A message as a block of a file or a terminal: a line that says when, which and to whom, the letter indented, and a
// line that ends it. A letter's own lines are indented, so no name can look like the end of a block.
#ifndef TEND_SERVICES_NOTIFIER_BLOCK_H
#define TEND_SERVICES_NOTIFIER_BLOCK_H

#include "services/notifier/driver.h"

// The block, in the arena.
const char *block_text(struct arena *arena, const struct parcel *parcel, size_t *ret_length);

// The same as one line of JSON.
const char *block_json(struct arena *arena, const struct parcel *parcel, size_t *ret_length);

// True when `text` holds the whole block of the message, in either form.
bool block_holds(const char *text, size_t length, const char *id);

#endif
