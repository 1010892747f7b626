// The options that scoring has when the configuration says nothing.
#ifndef TEND_HARNESS_DEFAULTS_H
#define TEND_HARNESS_DEFAULTS_H

#include "services/scoring/options.h"

// The defaults; what they point to lives as long as the process.
struct scoring_options defaults_of_scoring(void);

#endif
