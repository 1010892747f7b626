// The groups of keys behind struct policy_options and struct policies.
#ifndef TEND_SCORING_OPTIONS_POLICY_H
#define TEND_SCORING_OPTIONS_POLICY_H

#include "common/config.h"

// Offsets count from a struct policy_options: `policy`.
extern const struct config_key policy_keys[];

// Offsets count from a struct policies: `policies`.
extern const struct config_key policies_keys[];

#endif
