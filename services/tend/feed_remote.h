// What `tend feed` asks of a running ingest. Each takes the call, whose first argument is the action's name, prints its
// answer and returns a verb_exit.
#ifndef TEND_TEND_FEED_REMOTE_H
#define TEND_TEND_FEED_REMOTE_H

#include "services/tend/verb.h"

// The feeds with what came by each, and what is wrong with their files.
int feed_list(struct verb_call *call);

// The newest events of a feed's source.
int feed_tail(struct verb_call *call);

// What a feed rejected, once more.
int feed_again(struct verb_call *call);

// Forgets how far a feed was read from its broker.
int feed_reset(struct verb_call *call);

// A day's orders as the source counts them beside those that came.
int feed_reconcile(struct verb_call *call);

// One line for each feed that is silent or whose file is bad, and for rejected bodies; nothing when all is well or
// ingest cannot be reached. For `tend status`; the answer is added to `all`.
void feed_troubles(struct verb_call *call, json_t *all);

#endif
