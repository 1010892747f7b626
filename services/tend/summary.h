// The summary on a terminal.
#ifndef TEND_TEND_SUMMARY_H
#define TEND_TEND_SUMMARY_H

#include "services/tend/overview.h"
#include "services/tend/screen.h"

#include <stdio.h>

// Draws the whole book for the screen: classes, Pareto curve, RFM grid, quadrants, movement, customers at risk. No line
// is wider than the screen.
void summary_print(FILE *out, const struct overview *overview, const struct screen *screen);

#endif
