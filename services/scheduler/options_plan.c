#include "services/scheduler/options_plan.h"

#include <stddef.h>

#define AT(member) offsetof(struct plan_options, member)

const struct config_key plan_keys[] = {
    {.name = "evening_at",
     .type = CONFIG_MINUTE,
     .offset = AT(evening_at),
     .fallback = "17:30",
     .help = "When a rep gets a look at the next day's list, with what today's calls still lack, on each working day."},
    {.name = "expired_days",
     .type = CONFIG_INTEGER,
     .offset = AT(expired_days),
     .fallback = "30",
     .min = 1,
     .max = 3650,
     .help = "A customer whose contract ran out longer ago than stage_days comes back to the list so often, in days."},
    {.name = "hot_intention",
     .type = CONFIG_INTEGER,
     .offset = AT(hot_intention),
     .fallback = "4",
     .min = 1,
     .max = 5,
     .help = "A lead of this intention or more is hot, as one of that temperature: 4 is good, 5 very likely."},
    {.name = "feasts",
     .type = CONFIG_FILE,
     .offset = AT(feasts),
     .fallback = "",
     .example = "feasts.csv",
     .help = "A file with feasts of your own on which customers are greeted, or without those that are built in. Each "
             "line says country, rule, name_zh, name_en: \"VN,09-02,越南国庆,National Day\"."},
    {.name = NULL},
};
