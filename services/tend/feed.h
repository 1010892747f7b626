// What `tend feed` can do. Each takes the call, whose first argument is the action's name, prints its answer and
// returns a verb_exit.
#ifndef TEND_TEND_FEED_H
#define TEND_TEND_FEED_H

#include "services/tend/verb.h"

// What a body becomes: no service is needed, and nothing is stored.
int feed_try(struct verb_call *call);

// Writes the file of a new feed and says what to enter at the other end.
int feed_add(struct verb_call *call);

#endif
