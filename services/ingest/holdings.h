// What ingest's tables hold about one customer, row by row, for an export; events are in its journal.
#ifndef TEND_INGEST_HOLDINGS_H
#define TEND_INGEST_HOLDINGS_H

#include "services/ingest/door.h"

// The door of GET /v1/export/ID. Its rows are the rejected bodies in which the id stands as a word, or with
// ?words=TEXTS, one a line, those that mention a name, a mail address or a telephone number, as an erasure finds them.
void holdings_door(struct ingest *ingest, struct call *call);

// The door of GET /v1/audit-log.
void holdings_audit(struct ingest *ingest, struct call *call);

#endif
