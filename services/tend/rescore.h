// A look at other rules for scoring: who would move, and why, before a changed configuration takes effect. The store is
// read only, also while its service runs: one read transaction, no lock, nothing written.
#ifndef TEND_TEND_RESCORE_H
#define TEND_TEND_RESCORE_H

#include "services/scoring/preview.h"
#include "services/tend/figures.h"

#include <jansson.h>
#include <stdio.h>

enum { RESCORE_ERROR_BYTES = 600 };

// What was found.
struct rescore;

// Judges every customer of the store in `folder` as of now by the rules that `scoring` was opened with; of those that
// move the largest `limit` are kept, of the others only numbers. False with a sentence in ret_error when there is no
// store to read. The scoring stays the caller's and is of no further use but to be closed.
bool rescore_open(const char *folder, struct scoring *scoring, int64_t now_ms, size_t limit, char *ret_error,
                  struct rescore **ret_rescore);
void rescore_close(struct rescore **rescore);

// What it was a look at; lives until rescore_close.
const struct preview_frame *rescore_frame(const struct rescore *rescore);

// How many customers move.
uint64_t rescore_moved(const struct rescore *rescore);

// For people: how many go where in each dimension, then the customers with rule and figures.
void rescore_print(FILE *out, const struct rescore *rescore, const struct figures *figures);

// The same for programs; the caller gives it back.
json_t *rescore_json(const struct rescore *rescore);

#endif
