// Traces of people in the rejected bodies, which are kept as they came: who is mentioned there, in whichever way the
// sender writes it, and whom the mapping of the feed would make of it.
#ifndef TEND_INGEST_TRACES_H
#define TEND_INGEST_TRACES_H

#include "common/service.h"
#include "services/ingest/unwrap.h"
#include "tend/v1/ingest.pb-c.h"

struct ingest;

// Texts that are sought in many bodies; those of UNWRAP_ID are ids of customers. It lives in the arena, and the texts
// must live as long.
struct traces;
struct traces *traces_seek(struct ingest *ingest, const struct unwrap_text *texts, size_t count, struct arena *arena);

// Whether the body mentions one of them: it stands there, an id with or without the prefix of its feed, or the feed's
// mapping reads it. `scratch` is an arena of its own that is reset.
bool traces_mention(struct traces *traces, const Tend__V1__Rejected *body, struct arena *scratch);

// Whether the body names somebody who was erased and has not come back, as far as anybody still knows: by the id, a
// mail address or a telephone number (forgotten.h).
bool traces_forgotten(struct ingest *ingest, struct turn *turn, const Tend__V1__Rejected *body);

// Deletes every rejected body that mentions one of the texts, from the id
// `*at` on, as many as a turn has the time for. `ret_rows` gets how many went for each. True: all were looked at; else
// `*at` is where to go on.
bool traces_erase(struct ingest *ingest, struct turn *turn, const struct unwrap_text *texts, size_t count, uint64_t *at,
                  uint64_t *ret_rows);

// The arena that traces_mention needs.
struct arena *traces_scratch(void);

#endif
