// Taking events in: judged, recognised, written into the journal.
#ifndef TEND_INGEST_TAKE_H
#define TEND_INGEST_TAKE_H

#include "services/ingest/access.h"
#include "services/ingest/intake.h"

struct ingest;

// Judges all items, then stores those that are good. `token` NULL: any source may be spoken for. `results` has one
// entry for each item.
void take_items(struct ingest *ingest, struct turn *turn, const struct token *token, struct intake_item *items,
                size_t count, Tend__V1__EventResult *results);

// Whether an event would be taken, without storing it; the error says why not.
bool take_check(const struct turn *turn, struct intake_item *item);

#endif
