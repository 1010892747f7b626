#include "services/scoring/options_lead.h"

#include <stddef.h>

enum { DAYS_MOST = 3650 }; // ten years: nobody waits for longer

#define DWELL(stage) offsetof(struct lead_options, dwell_days[stage])
#define AT(member) offsetof(struct lead_options, member)

static const struct config_key dwell_keys[] = {
    {.name = "not_reached",
     .type = CONFIG_INTEGER,
     .offset = DWELL(LEAD_NOT_REACHED) - AT(dwell_days),
     .fallback = "14",
     .max = DAYS_MOST,
     .help = "Stage 0: nobody there has been reached yet. After so many days the lead is stuck."},
    {.name = "added",
     .type = CONFIG_INTEGER,
     .offset = DWELL(LEAD_ADDED) - AT(dwell_days),
     .fallback = "30",
     .max = DAYS_MOST,
     .help = "Stage 1: newly added."},
    {.name = "key_person",
     .type = CONFIG_INTEGER,
     .offset = DWELL(LEAD_KEY_PERSON) - AT(dwell_days),
     .fallback = "30",
     .max = DAYS_MOST,
     .help = "Stage 2: in contact with the person who decides."},
    {.name = "plans",
     .type = CONFIG_INTEGER,
     .offset = DWELL(LEAD_PLANS) - AT(dwell_days),
     .fallback = "30",
     .max = DAYS_MOST,
     .help = "Stage 3: they plan to buy, from whomever."},
    {.name = "intends",
     .type = CONFIG_INTEGER,
     .offset = DWELL(LEAD_INTENDS) - AT(dwell_days),
     .fallback = "14",
     .max = DAYS_MOST,
     .help = "Stage 4: they intend to choose us."},
    {.name = "contract_sent",
     .type = CONFIG_INTEGER,
     .offset = DWELL(LEAD_CONTRACT_SENT) - AT(dwell_days),
     .fallback = "14",
     .max = DAYS_MOST,
     .help = "Stage 5: the contract is with them."},
    {.name = "in_contract",
     .type = CONFIG_INTEGER,
     .offset = DWELL(LEAD_IN_CONTRACT) - AT(dwell_days),
     .fallback = "0",
     .max = DAYS_MOST,
     .help = "Stage 6: a contract holds."},
    {.name = "expired",
     .type = CONFIG_INTEGER,
     .offset = DWELL(LEAD_EXPIRED) - AT(dwell_days),
     .fallback = "30",
     .max = DAYS_MOST,
     .help = "Stage 7: the contract has run out and there is no other."},
    {0},
};

const struct config_key lead_keys[] = {
    {.name = "dwell_days",
     .type = CONFIG_GROUP,
     .offset = AT(dwell_days),
     .fallback = "",
     .keys = dwell_keys,
     .help = "How many days a lead may stay in each stage of the funnel until it counts as stuck; 0: as long as it "
             "likes."},
    {.name = "hot_days",
     .type = CONFIG_INTEGER,
     .offset = AT(hot_days),
     .fallback = "14",
     .min = 1,
     .max = DAYS_MOST,
     .help = "A hot lead becomes warm after so many days without a contact that reached somebody, a quote, or an "
             "update of the lead."},
    {.name = "warm_days",
     .type = CONFIG_INTEGER,
     .offset = AT(warm_days),
     .fallback = "30",
     .min = 1,
     .max = DAYS_MOST,
     .help = "A warm lead becomes cold after so many days more."},
    {.name = "h_days",
     .type = CONFIG_INTEGER,
     .offset = AT(h_days),
     .fallback = "7",
     .max = DAYS_MOST,
     .help = "Horizon H: the order is expected within so many days."},
    {.name = "a_days",
     .type = CONFIG_INTEGER,
     .offset = AT(a_days),
     .fallback = "15",
     .min = 1,
     .max = DAYS_MOST,
     .help = "Horizon A. Above h_days."},
    {.name = "b_days",
     .type = CONFIG_INTEGER,
     .offset = AT(b_days),
     .fallback = "30",
     .min = 1,
     .max = DAYS_MOST,
     .help = "Horizon B. Above a_days. What is expected later, or on no day that anybody has said, is C."},
    {.name = "missed_days",
     .type = CONFIG_INTEGER,
     .offset = AT(missed_days),
     .fallback = "30",
     .max = DAYS_MOST,
     .help = "An expected order that did not come stays H for so many days, then it is C."},
    {0},
};

const struct config_key rival_keys[] = {
    {.name = "days",
     .type = CONFIG_INTEGER,
     .offset = offsetof(struct rival_options, days),
     .fallback = "90",
     .max = DAYS_MOST,
     .help = "A competitor who was seen, or a need that was lost, is a risk until the customer orders again, and in "
             "any case for so many days."},
    {0},
};

const char *lead_trouble(const struct lead_options *options, const char **ret_key)
{
    if (options->a_days <= options->h_days) {
        *ret_key = "a_days";
        return "must be above h_days";
    }
    if (options->b_days <= options->a_days) {
        *ret_key = "b_days";
        return "must be above a_days";
    }
    return NULL;
}
