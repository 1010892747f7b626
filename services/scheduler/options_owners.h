// The scheduler's keys about who owns a customer. Offsets count from a struct owner_options.
#ifndef TEND_SERVICES_SCHEDULER_OPTIONS_OWNERS_H
#define TEND_SERVICES_SCHEDULER_OPTIONS_OWNERS_H

#include "common/config.h"

struct owner_options {
    int64_t dispute_days;
};

extern const struct config_key owner_keys[];

#endif
