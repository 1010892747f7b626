// The scheduler's keys for trips to customers.
#ifndef TEND_SERVICES_SCHEDULER_OPTIONS_TRIPS_H
#define TEND_SERVICES_SCHEDULER_OPTIONS_TRIPS_H

#include "common/config.h"
#include "services/scheduler/trip.h"

// Offsets count from a struct trip_options.
extern const struct config_key trip_keys[];

#endif
