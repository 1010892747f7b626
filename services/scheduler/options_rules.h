// The scheduler's keys for its rules: caps, rhythm, promises, complaints, dates, gifts and authority. Offsets count
// from a struct rules_options.
#ifndef TEND_SERVICES_SCHEDULER_OPTIONS_RULES_H
#define TEND_SERVICES_SCHEDULER_OPTIONS_RULES_H

#include "common/config.h"
#include "services/scheduler/authority.h"
#include "services/scheduler/breach.h"
#include "services/scheduler/caps.h"
#include "services/scheduler/dues.h"
#include "services/scheduler/gift.h"
#include "services/scheduler/recur.h"
#include "services/scheduler/rhythm.h"
#include "services/scheduler/usual.h"

// Filled by rules_keys, but for the birthday_days, founding_days and cooperation_days of `dues`: their keys are the
// scheduler's birthday_lead_days and so on, which the caller copies.
struct rules_options {
    struct caps_options caps;
    struct rhythm_options rhythm;
    struct breach_options breach;
    struct usual_options usual;
    struct recur_options recur;
    struct dues_options dues;
    struct gift_options gift;
    struct authority_options authority;
};

// Groups `caps`, `rhythm`, `promises`, `complaints`, `dates`, `gifts` and `authority`.
extern const struct config_key rules_keys[];

// What is wrong between the keys: the name of one ("rhythm.a") in `ret_key` and what it must be; NULL when all is well.
const char *rules_trouble(const struct rules_options *options, const char **ret_key);

#endif
