// The scheduler's keys for the call list, the evening before it, and what the daily round looks up beside it.
#ifndef TEND_SERVICES_SCHEDULER_OPTIONS_PLAN_H
#define TEND_SERVICES_SCHEDULER_OPTIONS_PLAN_H

#include "common/config.h"

struct plan_options {
    int32_t evening_at; // minute of the local day
    int64_t expired_days;
    int64_t hot_intention; // 1 to 5
    const char *feasts;    // a file's name, "" for none
};

// Offsets count from a struct plan_options.
extern const struct config_key plan_keys[];

#endif
