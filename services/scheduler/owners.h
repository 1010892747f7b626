// Who has owned a customer since when (row 59): the claims that events made, in stretches of one owner each. The same
// claims in any order leave the same stretches, as long as none falls between two claims of one owner that were heard
// before it: then the stretch is cut at its ends.
//
// As in book.h, what is read lives until the turn ends.
#ifndef TEND_SERVICES_SCHEDULER_OWNERS_H
#define TEND_SERVICES_SCHEDULER_OWNERS_H

#include "services/scheduler/office.h"

enum { OWNERS_MAX = 64 }; // stretches of one customer that are remembered; the oldest goes first

// From the first claim of the owner to the last one before somebody else's.
struct ownership {
    const char *owner; // "": nobody
    struct version first, last;
    const char *first_source, *last_source; // who claimed it, as senders call themselves
    uint8_t decided;                        // a manager did
    int64_t real_ms;                        // the first claim that is no placeholder (bounds.h), 0: none
};

// Whose it was said to be at that moment, by that source.
struct claim {
    const char *owner, *source;
    struct version at;
    bool decided;
};

// All of a customer's, the oldest first; `ret_owners` has room for OWNERS_MAX. Returns how many.
size_t owners_all(struct turn *turn, const char *customer_id, struct ownership *ret_owners);

// Notes a claim; the same one again changes nothing.
void owners_claim(struct turn *turn, const char *customer_id, const struct claim *claim);

// Who owned the customer at that moment; before the first claim its owner. "" when nothing was ever claimed.
const char *owners_at(struct turn *turn, const char *customer_id, int64_t at_ms);

// Whether the moment of a claim says nothing: an import of orders derived it.
bool owners_placeholder(const struct version *at);

// Forgets all of them: the customer was erased.
void owners_forget(struct turn *turn, const char *customer_id);

#endif
