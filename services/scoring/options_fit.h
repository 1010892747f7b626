// The keys of the section `scoring: model`.
#ifndef TEND_SCORING_OPTIONS_FIT_H
#define TEND_SCORING_OPTIONS_FIT_H

#include "common/config.h"

// Offsets are those in struct fit_options.
extern const struct config_key fit_keys[];

#endif
