// The group of keys behind struct worth_options.
#ifndef TEND_SCORING_OPTIONS_WORTH_H
#define TEND_SCORING_OPTIONS_WORTH_H

#include "common/config.h"

// Offsets count from a struct worth_options.
extern const struct config_key worth_keys[];

#endif
