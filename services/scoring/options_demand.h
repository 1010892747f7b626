// The keys of the groups declining, demand, forecast, kind and face of the section `scoring`. Offsets count from the
// struct of the group.
#ifndef TEND_SCORING_OPTIONS_DEMAND_H
#define TEND_SCORING_OPTIONS_DEMAND_H

#include "common/config.h"
#include "services/scoring/declining.h"
#include "services/scoring/demand.h"
#include "services/scoring/face.h"
#include "services/scoring/forecast.h"
#include "services/scoring/kind.h"

extern const struct config_key declining_keys[]; // struct declining_options
extern const struct config_key demand_keys[];    // struct demand_options
extern const struct config_key forecast_keys[];  // struct forecast_options
extern const struct config_key kind_keys[];      // struct kind_options
extern const struct config_key face_keys[];      // struct face_options

// What is wrong between the keys of a group: the name of one ("recover") and what it must be; NULL when all is well.
// The judges take only options without trouble.
const char *declining_trouble(const struct declining_options *options, const char **ret_key);
const char *face_trouble(const struct face_options *options, const char **ret_key);

#endif
