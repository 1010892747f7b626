// The scheduler's section of the configuration.
#ifndef TEND_SERVICES_SCHEDULER_OPTIONS_H
#define TEND_SERVICES_SCHEDULER_OPTIONS_H

#include "common/config.h"
#include "services/scheduler/options_kinds.h"
#include "services/scheduler/options_plan.h"
#include "services/scheduler/options_owners.h"
#include "services/scheduler/options_rules.h"
#include "services/scheduler/options_service.h"
#include "services/scheduler/options_trips.h"

// Values as the rows of `scheduler_keys` read them: minutes of the local day, counts of days, milliseconds.
struct scheduler_options {
    struct config_address listen;
    int32_t call_list_at;
    int32_t call_list_until;
    int32_t hours_from;
    int32_t hours_to;
    int64_t capacity;
    int64_t need_lead_days;
    int64_t rest_days;
    int64_t repeat_days;
    int64_t stage_days;
    int64_t stale_days;
    int64_t tries;
    int64_t pause_days;
    int64_t not_interested_days;
    int64_t alert_rest_days;
    int64_t fall_history; // ppm of the window
    int64_t fall_history_days;
    int64_t alert_late_days;
    int64_t birthday_lead_days;
    int64_t founding_lead_days;
    int64_t cooperation_lead_days;
    int64_t promise_lead;
    int64_t late_after;
    int64_t keep_days;
    const char *default_rep;
    const char *director;
    int32_t digest_at;
    int64_t effort_target;
    struct kinds_options kinds;
    struct plan_options plan;
    struct rules_options rules;
    struct owner_options owners;
    struct trip_options trips;
    struct service_options service;
};

// The rows of the section `scheduler`; their target is a struct scheduler_options.
extern const struct config_key scheduler_keys[];

#endif
