// The keys of what is judged of a customer's content: offsets count from struct satisfaction_options and its like.
#ifndef TEND_SCORING_OPTIONS_CARE_H
#define TEND_SCORING_OPTIONS_CARE_H

#include "common/config.h"
#include "services/scoring/advocacy.h"
#include "services/scoring/aftersales.h"
#include "services/scoring/lifecycle.h"
#include "services/scoring/loyalty.h"
#include "services/scoring/satisfaction.h"

extern const struct config_key satisfaction_keys[];
extern const struct config_key aftersales_keys[];
extern const struct config_key advocacy_keys[];
extern const struct config_key loyalty_keys[];
extern const struct config_key lifecycle_keys[];

// What is wrong between the keys of loyalty, with the name of one in `ret_key`; NULL when all is well.
const char *loyalty_trouble(const struct loyalty_options *options, const char **ret_key);

#endif
