// The first look at a file of orders that is too large to be gathered: whether the rows of each order stand together.
// See together.h for the memory.
#ifndef TEND_TEND_LOOK_H
#define TEND_TEND_LOOK_H

#include "services/tend/binding.h"
#include "services/tend/table.h"

#include <stdint.h>

struct look;

// A look at the table from its first row on; both live longer. Never NULL; the caller closes it.
struct look *look_open(struct table *table, const struct binding *binding);

// Takes NULL.
void look_close(struct look **look);

enum look_step { LOOK_GOING, LOOK_GOOD, LOOK_REFUSED };

// Looks at some thousand rows more. LOOK_GOOD: all is well, and the table is back at its first row. LOOK_REFUSED:
// `ret_reason` says in a sentence why, about `ret_line`; it lives as long as the look.
enum look_step look_on(struct look *look, uint64_t *ret_line, const char **ret_reason);

#endif
