// Which columns of a table nobody reads. Most often nobody needs them; sometimes their name is a slip, and what they
// say would be lost without a word.
#ifndef TEND_TEND_UNREAD_H
#define TEND_TEND_UNREAD_H

#include "services/tend/binding.h"

#include <stdbool.h>
#include <stdio.h>

// Says in one line which columns are not read, those first that have almost the name of one that the kind knows and the
// table lacks; as one JSON object a line when `json`. Says nothing when every column is read. Of a shop's own export it
// is only told how many there are. Of JSON lines the members of the first rows are looked at.
void unread_tell(const struct binding *binding, const struct table *table, bool json, FILE *out);

#endif
