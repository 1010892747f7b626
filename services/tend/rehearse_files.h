// What each rep would have received, to be read: a file for each, with a section for each of the rep's own days.
#ifndef TEND_TEND_REHEARSE_FILES_H
#define TEND_TEND_REHEARSE_FILES_H

#include "services/tend/rehearse_recount.h"

// Arranges the files that the notifier wrote into the folder `raw` ("" when it wrote none) as files of the same names
// in `out`. Each begins with whose it is; then comes for each day a line "== 2026-06-01 Monday: 3 messages" and each
// message behind the time at which it came, indented by two spaces. False with a sentence in `ret_error` (`bytes`).
bool rehearse_files_write(const char *raw, const char *out, struct recount *recount, char *ret_error, size_t bytes);

#endif
