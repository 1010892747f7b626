// A backup: a folder with the stores of all processes as of one moment, each written anew row by row, and a manifest.
// It is made beside its place, flushed, read back, and only then given its name; the services may run meanwhile.
#ifndef TEND_TEND_BACKUP_H
#define TEND_TEND_BACKUP_H

#include "services/tend/manifest.h"
#include "services/tend/progress.h"

// What a backup took, and what was found in one.
struct backup_report {
    int64_t made_ms;
    unsigned stores;
    uint64_t rows, records, bytes;
    uint64_t grown_bytes; // by how much the files of the stores grew while they were read
    unsigned looks;       // until all stores agreed
};

// Makes a backup of the configured data_dir in `folder`, which must not be there or be empty, and notes it in the list
// of backups (backups.h). VERB_DONE, or the exit code with one sentence.
int backup_make(const struct settings *settings, const char *folder, struct clock *clock, FILE *progress,
                struct backup_report *ret_report, char *ret_error, size_t error_bytes);

// Reads a whole backup: each file against its hash, each row, each journal, and the positions against the journals.
// With the settings of another number of processes it says so. VERB_DONE, or the exit code with one sentence.
int backup_check(const struct settings *settings, const char *folder, struct backup_report *ret_report, char *ret_error,
                 size_t error_bytes);

// The same for the stores of the configured data_dir, whether the services run or not.
int backup_check_live(const struct settings *settings, struct backup_report *ret_report, char *ret_error,
                      size_t error_bytes);

#endif
