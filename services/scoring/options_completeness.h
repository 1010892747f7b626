// The keys of `scoring.completeness`; offsets count from struct completeness_options.
#ifndef TEND_SCORING_OPTIONS_COMPLETENESS_H
#define TEND_SCORING_OPTIONS_COMPLETENESS_H

#include "common/config.h"
#include "services/scoring/completeness.h"

extern const struct config_key completeness_keys[];

#endif
