// The common settings as the record that travels.
#ifndef TEND_INGEST_SETTINGS_H
#define TEND_INGEST_SETTINGS_H

#include "common/arena.h"
#include "common/settings.h"
#include "common/store.h"

// Packs time zone, currency, rates, holidays, weekend and shards into the arena. False with a sentence when a holiday
// file cannot be read or the time zone does not exist.
bool settings_pack(const struct settings *settings, struct arena *arena, struct slice *ret_bytes, char *ret_error,
                   size_t error_bytes);

#endif
