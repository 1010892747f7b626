// What the files of the outbox share.
#ifndef TEND_SERVICES_NOTIFIER_OUTBOX_PARTS_H
#define TEND_SERVICES_NOTIFIER_OUTBOX_PARTS_H

#include "services/notifier/news.h"
#include "services/notifier/outbox.h"

// A record that was read, with its bytes to keep.
struct taken {
    struct mailroom *room;
    struct turn *turn;
    const struct record *record;
    const struct news *news;
};

// Marks a reminder as no longer wanted; false when that changes nothing, or comes too late and can only be said in the
// message that was sent.
bool outbox_cancel(struct mailroom *room, struct turn *turn, const char *id, struct delivery *ret_delivery);

// Something of that urgency is in it now: it is looked at by `due_ms`, unless what holds it concerns that too. The
// caller keeps the delivery.
void outbox_hasten(struct delivery *delivery, unsigned urgency, int64_t due_ms);

// A reminder, or what is told as one, that is known and is told once more: what it says now takes the place of what it
// said. A message that has not left says that, one that was sent is changed where its chat allows it, and nothing is
// sent a second time. False, and nothing is done, when it says nothing new, is older than what is known, or was
// answered, cancelled or dropped.
bool outbox_retell(const struct taken *taken, bool list, const struct box_item *known);

// A reminder that was answered: on the message, which is known by then unless the store is an older one, or elsewhere.
// The newest answer counts, and is what the page and the message say from then on. What has not left does not any more.
void outbox_take_settled(const struct taken *taken);

// What is known of a rep, unless something newer is; what waits for the rep looks for its way anew.
void outbox_take_rep(const struct taken *taken);

// Days off, which are a set: a full one loses the one that ended first.
void outbox_take_absent(const struct taken *taken);

// A customer's data must go: from what waits, from what was sent, and from the letters. Walks everything that is kept;
// an erasure is rare.
void outbox_take_erased(const struct taken *taken);

#endif
