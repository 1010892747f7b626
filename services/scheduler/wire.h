// What the journal to the left says, as facts. One of the three files that know protobuf; the others are notice.h and
// page.h.
#ifndef TEND_SERVICES_SCHEDULER_WIRE_H
#define TEND_SERVICES_SCHEDULER_WIRE_H

#include "common/arena.h"
#include "common/journal.h"
#include "services/scheduler/fact.h"

// Reads a record. FACT_NONE for what does not concern the scheduler, FACT_BAD for what cannot be read or has ids longer
// than ID_TEXT_MAX. Everything lives in the arena.
void fact_read(const struct record *record, struct arena *arena, struct fact *ret_fact);

// The settings from the payload that was kept; false when it cannot be read.
bool fact_read_settings(struct slice payload, struct arena *arena, struct fact *ret_fact);

#endif
