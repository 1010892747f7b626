// A manager's digest in a letter: the totals, then the reps that need attention, the A customers at risk, and what is
// missing. Pure.
#ifndef TEND_SERVICES_NOTIFIER_DIGEST_H
#define TEND_SERVICES_NOTIFIER_DIGEST_H

#include "services/notifier/pen.h"

// Puts a digest, as much of it as fits.
void digest_put(struct pen *pen, const struct letter_digest *digest);

// What it needs for its title and its totals.
size_t digest_cost(const struct pen *pen, const struct letter_digest *digest);

// How much a rep needs the manager's attention, 0: not at all. Each promise broken, reply late and order with an error
// counts ten; each customer that cannot be reached one; calls that were not made one each, once more than a quarter of
// the list is left; contacts without a next date one each, once they are more than a quarter of the calls made.
uint64_t digest_concern(const struct letter_row *row);

#endif
