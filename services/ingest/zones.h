// Which time zones there are: a name that only looks like one would leave a rep or a customer in the wrong hours.
#ifndef TEND_INGEST_ZONES_H
#define TEND_INGEST_ZONES_H

#include <stdbool.h>

// Whether this machine has a zone of that name. The names that were found are remembered, so a file with many customers
// reads each zone once.
bool zones_have(const char *name);

#endif
