// A trial: one real message to a channel, to see what its chat says. It is an ordinary message in everything that is
// counted and kept, but it goes by that channel alone, at once, before the others in its line, and is tried once.
#ifndef TEND_SERVICES_NOTIFIER_TRIAL_H
#define TEND_SERVICES_NOTIFIER_TRIAL_H

#include "services/notifier/mailroom.h"

enum { TRIAL_LASTS_MS = 120 * 1000 }; // one that could not leave by then is dropped: nobody waits for it any more

struct trial {
    const char *channel; // a name of the configuration's
    const char *rep;     // whose address it goes to; empty: nobody's, for a channel that has a room of its own
    const char *by;      // who tests, said in the message; may be empty
};

// Begins one: a shut channel is tried again, with its files read anew. False: the configuration has no such channel.
bool trial_begin(struct mailroom *room, struct turn *turn, const struct trial *trial, struct delivery *ret_delivery);

#endif
