// The forgotten: by what somebody who was erased is known when a body names them once more: hashes of the mail
// addresses and telephone numbers, salted with the journal's own random id, beside that of the id (proof.h). No names:
// others have the same. The only file that knows its rows, which lie in the table of the proofs, for ever.
#ifndef TEND_INGEST_FORGOTTEN_H
#define TEND_INGEST_FORGOTTEN_H

#include "common/service.h"
#include "services/ingest/clue.h"
#include "services/ingest/unwrap.h"

struct ingest;

// Keeps the mail addresses and telephone numbers that stand in a text about an erased customer; an id is such a text,
// too. Those of a name are not kept.
void forgotten_note(struct ingest *ingest, struct turn *turn, const char *customer_id, const struct unwrap_text *text);

// Whether that is said of somebody who was erased and of whom nothing was heard that happened since. An id counts as
// it stands.
bool forgotten_is(struct ingest *ingest, struct turn *turn, enum clue_kind kind, const char *text);

// The same of what happened at that moment: the mail address or telephone number is of somebody, or of some, who were
// erased since. `ret_erasure` is one of those erasures.
bool forgotten_by(struct ingest *ingest, struct turn *turn, const struct unwrap_text *text, int64_t time_ms,
                  uint8_t *ret_erasure);

// The mail addresses and the number of such a text were told of somebody as of after an erasure: whoever has them is a
// customer like others.
void forgotten_return(struct ingest *ingest, struct turn *turn, const struct unwrap_text *text, int64_t time_ms);

#endif
