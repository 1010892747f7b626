// The scheduler's keys for service goals. Offsets count from a struct service_options.
#ifndef TEND_SERVICES_SCHEDULER_OPTIONS_SERVICE_H
#define TEND_SERVICES_SCHEDULER_OPTIONS_SERVICE_H

#include "common/config.h"
#include "services/scheduler/service.h"

extern const struct config_key service_keys[];

#endif
