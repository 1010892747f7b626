// The group of keys behind struct clv_options.
#ifndef TEND_SCORING_OPTIONS_CLV_H
#define TEND_SCORING_OPTIONS_CLV_H

#include "common/config.h"

// Offsets count from a struct clv_options.
extern const struct config_key clv_keys[];

#endif
