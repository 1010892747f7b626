// Silence: a source that sends nothing for longer than its feed allows has probably been cut off (a webhook that its
// shop gave up, a changed address), which nobody else would notice.
#ifndef TEND_INGEST_SILENCE_H
#define TEND_INGEST_SILENCE_H

#include "services/ingest/ingest_parts.h"

// Looks at every feed that says how long it may be silent; says in the log when one falls silent and when it is heard
// again, once each.
void silence_look(struct ingest *ingest, const struct turn *turn);

#endif
