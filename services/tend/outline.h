// The dimensions of a customer in outline: in groups, a line for each with its value, since when, and the two or three
// figures that decide it.
#ifndef TEND_TEND_OUTLINE_H
#define TEND_TEND_OUTLINE_H

#include "services/tend/figures.h"

#include <stddef.h>

// Prints the groups of the dimensions that scoring answers with a customer. What a person decided is marked, with what
// the figures say; what is not known stands in one line at the end of its group. `all`: every figure and note below
// each line.
void outline_print(const struct figures *figures, const json_t *dimensions, bool all);

// The figures that decide a dimension, at most three, the weightiest first, as many as fit into so many columns: "net
// 2.36M, A from 332K". `buffer` holds FIGURES_LINE_BYTES and is returned.
const char *outline_figures(const struct figures *figures, const json_t *dimension, int columns, char *buffer);

// "set by li on 2026-05-01: wants to grow; until 2026-12-31; the figures say C"; "" when nobody decided. `buffer` holds
// FIGURES_LINE_BYTES and is returned.
const char *outline_decision(const struct figures *figures, const json_t *dimension, char *buffer);

#endif
