// Traces of people in the rejected bodies, which are kept as they came: who is mentioned there, in whichever way the
// sender writes it, and whom the mapping of the feed would make of it.
#ifndef TEND_INGEST_TRACES_H
#define TEND_INGEST_TRACES_H

#include "common/service.h"
#include "services/ingest/unwrap.h"
#include "tend/v1/ingest.pb-c.h"

struct ingest;

// Whether the body mentions the customer: the id stands in it, with or without the prefix of its feed, or the feed's
// mapping reads it there. `scratch` is an arena of its own that may be reset.
bool traces_mention(struct ingest *ingest, const Tend__V1__Rejected *body, const char *customer_id,
                    struct arena *scratch);

// Deletes every rejected body that mentions one of the texts (those of UNWRAP_ID are ids of customers), from the id
// `*at` on, as many as a turn has the time for. `ret_rows` gets how many went for each. True: all were looked at; else
// `*at` is where to go on.
bool traces_erase(struct ingest *ingest, struct turn *turn, const struct unwrap_text *texts, size_t count, uint64_t *at,
                  uint64_t *ret_rows);

// The arena that traces_mention needs.
struct arena *traces_scratch(void);

#endif
