#include "services/scheduler/options_owners.h"

#include <stddef.h>

const struct config_key owner_keys[] = {
    {.name = "dispute_days",
     .type = CONFIG_INTEGER,
     .offset = offsetof(struct owner_options, dispute_days),
     .fallback = "14",
     .min = 1,
     .max = 365,
     .help = "Two sources that name different owners within so many days, or two reps who both speak to a customer "
             "within them, are a dispute: both and their manager are told."},
    {.name = NULL},
};
