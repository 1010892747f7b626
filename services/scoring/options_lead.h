// The keys of `scoring.lead` and `scoring.rival`; offsets count from struct lead_options and struct rival_options.
#ifndef TEND_SCORING_OPTIONS_LEAD_H
#define TEND_SCORING_OPTIONS_LEAD_H

#include "common/config.h"
#include "services/scoring/lead.h"
#include "services/scoring/rival.h"

extern const struct config_key lead_keys[];
extern const struct config_key rival_keys[];

// What is wrong between the keys: the name of one ("a_days") and what it must be; NULL when all is well.
const char *lead_trouble(const struct lead_options *options, const char **ret_key);

#endif
