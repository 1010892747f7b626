// `tend import KIND FILE`: from the words of the command line to the exit code.
#ifndef TEND_TEND_IMPORT_COMMAND_H
#define TEND_TEND_IMPORT_COMMAND_H

#include "common/clock.h"
#include "services/tend/sender.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

// The words as the user typed them; NULL and false where nothing was.
struct import_words {
    const char *kind, *file;
    const char *map;       // --map FILE: what the file calls our columns
    const char *as_of;     // --as-of DATE: when rows about customers and reps were known that name no time
    const char *zone;      // --zone NAME: of times that name none
    const char *currency;  // --currency CODE: of amounts that name none
    const char *decimal;   // --decimal point|comma
    const char *encoding;  // --encoding utf-8|gb18030|windows-1252
    const char *delimiter; // --delimiter SIGN: one character, or tab
    const char *source;    // --source NAME: of the events, else import:KIND
    const char *customers; // --customers FILE: a list of customers, by whose addresses orders are theirs
    const char *rejected;  // --rejected FILE: where the rows go that are left out, else FILE.rejected.csv
    const char *dates;     // --dates day-first|month-first: how 03/04/2026 is meant
    bool dry_run;          // --dry-run: shows the first events and every bad row, sends nothing
    bool live;             // --live: reps are alerted also about what is older than a day
    bool amend;            // --amend: orders that are known are sent as amendments too, which takes corrections back
    bool json;             // --json: bad rows and the summary as JSON lines
};

// What the command needs of the program around it.
struct import_world {
    const char *zone;     // of the configuration
    const char *currency; // of the configuration
    const char *data_dir; // where positions are kept; NULL: nowhere
    struct clock *clock;

    // Reaches ingest; called once the file has been opened, and not for a dry run. False with a sentence in `ret_error`
    // (`bytes`).
    bool (*connect)(void *self, struct sender *ret_sender, char *ret_error, size_t bytes);
    void *self;
    FILE *out, *err;
};

// Returns 0 done, 1 rows were left out, 2 wrong usage or a file that cannot be read as such, 3 ingest cannot be
// reached.
int import_command(const struct import_words *words, const struct import_world *world);

#endif
