// Customers on their way from scoring to a file, any number of them in little memory: what each process answered waits
// in a file without a name below /tmp, a card a line, and is read in the order of all.
#ifndef TEND_TEND_CARDLIST_H
#define TEND_TEND_CARDLIST_H

#include "common/lane.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct cardlist;

// No cards yet, never NULL; the caller closes it.
struct cardlist *cardlist_open(void);

// Takes NULL.
void cardlist_close(struct cardlist **list);

// The cards of an array as a list, for what has them in memory anyway.
struct cardlist *cardlist_of(const json_t *cards);

// Adds what a process (below LANES_MAX) answered next, an array of cards in order. False when /tmp has no room.
bool cardlist_add(struct cardlist *list, unsigned process, const json_t *cards);

// How cards are ordered: below zero when `one` comes first.
typedef int cardlist_order(const json_t *one, const json_t *other);

// Begins at the first card of all, of which there are at most `limit`; `order` NULL: one process after the other.
void cardlist_rewind(struct cardlist *list, cardlist_order *order, size_t limit);

// The same again.
void cardlist_again(struct cardlist *list);

// The next card; it lives until the next call. NULL: no more.
const json_t *cardlist_next(struct cardlist *list);

// How many cards there are, of the limit.
size_t cardlist_count(const struct cardlist *list);

// True when something could not be written or read: what was handed out is not all.
bool cardlist_broken(const struct cardlist *list);

#endif
