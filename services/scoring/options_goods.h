// The keys of the group goods of the section `scoring`. Offsets count from the struct of the group.
#ifndef TEND_SCORING_OPTIONS_GOODS_H
#define TEND_SCORING_OPTIONS_GOODS_H

#include "common/config.h"
#include "services/scoring/goods.h"

extern const struct config_key goods_keys[]; // struct goods_options

#endif
