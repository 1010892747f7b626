// A backup put back into a data_dir whose services are stopped.
#ifndef TEND_TEND_RESTORE_H
#define TEND_TEND_RESTORE_H

#include "services/tend/backup.h"

// Whether one of the stores of the configured data_dir is there already, and whether a process has one: its name and
// number are then filled.
bool restore_finds_stores(const struct settings *settings);
bool restore_finds_owner(const struct settings *settings, char *ret_name, long *ret_process);

// Reads the backup through, copies its files beside the stores, and moves them in, all locks in hand. With `replace`
// over stores that are there. The positions of imports (`imports/` in the data_dir) are forgotten: what they tell as
// stored may be no more. VERB_DONE, or the exit code with one sentence; broken off half-way it is to be done again, and
// until then no service starts (store.h).
int restore_run(const struct settings *settings, const char *folder, bool replace, struct backup_report *ret_report,
                char *ret_error, size_t error_bytes);

#endif
