// The way out: which way a message would go if it came now, for people who try their routes. Looks only.
#ifndef TEND_SERVICES_NOTIFIER_WAYOUT_H
#define TEND_SERVICES_NOTIFIER_WAYOUT_H

#include "services/notifier/mailroom.h"

// GET /v1/route?rep=ID and, as wanted, kind, class, region, urgency: a WayOut (notifier.proto), or 404
// for a rep whom no event, no message and nothing in the configuration named.
void wayout_show(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply);

#endif
