#include "services/scoring/options.h"

#include "services/scoring/options_care.h"
#include "services/scoring/options_clv.h"
#include "services/scoring/options_completeness.h"
#include "services/scoring/options_demand.h"
#include "services/scoring/options_fit.h"
#include "services/scoring/options_goods.h"
#include "services/scoring/options_lead.h"
#include "services/scoring/options_policy.h"
#include "services/scoring/options_worth.h"

#include <stddef.h>
#include <stdio.h>

#define AT(member) offsetof(struct scoring_options, member)
#define IN(group, member) offsetof(struct scoring_options, group.member) - offsetof(struct scoring_options, group)

static const struct config_choice measures[] = {
    {"net", TERMS_NET}, {"quantity", TERMS_QUANTITY}, {"margin", TERMS_MARGIN}, {NULL, 0}};
static const struct config_choice refunds[] = {{"refund_day", 0}, {"order_day", 1}, {NULL, 0}};

static const struct config_key abc_keys[] = {
    {.name = "cut_a",
     .type = CONFIG_PERCENT,
     .offset = IN(abc, cut_a_ppm),
     .fallback = "65%",
     .min = 1,
     .max = 999999,
     .help = "Class A ends with the customer whose sales carry the sum past this share of all sales."},
    {.name = "cut_b",
     .type = CONFIG_PERCENT,
     .offset = IN(abc, cut_b_ppm),
     .fallback = "85%",
     .min = 1,
     .max = 999999,
     .help = "Class B ends with the customer whose sales carry the sum past this share. Above cut_a."},
    {.name = "margin",
     .type = CONFIG_PERCENT,
     .offset = IN(abc, margin_ppm),
     .fallback = "1%",
     .max = 200000,
     .help = "A change of class is announced when it would also hold with the cut this many points away, so that a "
             "customer at "
             "the edge is not announced every day. The class itself is always exact."},
    {.name = "window_days",
     .type = CONFIG_INTEGER,
     .offset = IN(abc, window_days),
     .fallback = "365",
     .min = 1,
     .max = 3660,
     .help = "How many days of sales count, today included; for RFM too."},
    {.name = "measure",
     .type = CONFIG_CHOICE,
     .offset = IN(abc, measure),
     .fallback = "net",
     .choices = measures,
     .help = "What is added up: net sales, the quantity of pieces, or the margin (totals less the cost of the lines)."},
    {.name = "refunds",
     .type = CONFIG_CHOICE,
     .offset = IN(abc, refunds),
     .fallback = "refund_day",
     .choices = refunds,
     .help = "Whether a refund is taken off on its own day or on the day of the order."},
    {0},
};

static const struct config_key overdue_keys[] = {
    {.name = "factor",
     .type = CONFIG_PERCENT,
     .offset = IN(overdue, factor_ppm),
     .fallback = "200%",
     .min = 1000000,
     .max = 100000000,
     .help = "A customer is overdue when it has been silent for longer than this part of its own mean gap between "
             "purchases."},
    {.name = "min_repeats",
     .type = CONFIG_INTEGER,
     .offset = IN(overdue, repeats),
     .fallback = "2",
     .min = 1,
     .max = 1000,
     .help = "How many purchase days after the first it takes to know a customer's rhythm."},
    {0},
};

static const struct config_key drop_keys[] = {
    {.name = "percentile",
     .type = CONFIG_PERCENT,
     .offset = IN(drop, quantile_ppm),
     .fallback = "95%",
     .min = 500000,
     .max = 1000000,
     .help =
         "A customer has dropped out when it has been silent for longer than this part of all gaps of all customers."},
    {.name = "min_gaps",
     .type = CONFIG_INTEGER,
     .offset = IN(drop, sample),
     .fallback = "20",
     .min = 1,
     .max = 1000000,
     .help = "With fewer gaps in the whole population nobody is said to have dropped out."},
    {.name = "min_repeats",
     .type = CONFIG_INTEGER,
     .offset = IN(drop, repeats),
     .fallback = "1",
     .max = 1000,
     .help = "How many purchase days after the first a customer needs; 0 takes those who bought once, too."},
    {0},
};

#define GROUP(key, member, rows, sentence)                                                                      \
    {                                                                                                           \
        .name = key, .type = CONFIG_GROUP, .offset = AT(member), .fallback = "", .keys = rows, .help = sentence \
    }

const struct config_key scoring_keys[] = {
    {.name = "listen",
     .type = CONFIG_ADDRESS,
     .offset = AT(listen),
     .fallback = "127.0.0.1:7411",
     .help = "Where programs ask for customers, reasons and the summary."},
    {.name = "abc",
     .type = CONFIG_GROUP,
     .offset = AT(abc),
     .fallback = "",
     .keys = abc_keys,
     .help = "Classes by the running sum of sales."},
    {.name = "overdue",
     .type = CONFIG_GROUP,
     .offset = AT(overdue),
     .fallback = "",
     .keys = overdue_keys,
     .help = "Silence measured by the customer's own rhythm."},
    {.name = "drop",
     .type = CONFIG_GROUP,
     .offset = AT(drop),
     .fallback = "",
     .keys = drop_keys,
     .help = "Silence measured by what is usual for all."},
    GROUP("tiers", tiers, tier_keys, "The pyramid: customers by their number instead of their sales."),
    GROUP("concentration", concentration, concentration_keys, "How much may depend on one customer."),
    GROUP("rfm", rfm, rfm_keys, "Recency, frequency and value, each scored 1 to 5."),
    {.name = "schemes",
     .type = CONFIG_NAMED,
     .offset = offsetof(struct scoring_options, schemes.items),
     .count_offset = offsetof(struct scoring_options, schemes.count),
     .item_bytes = sizeof(struct scheme_options),
     .fallback = "",
     .keys = schemes_keys,
     .max = LIMITS_SCHEMES,
     .example = "quarter",
     .help = "Further classes beside the main ones, as value.abc.NAME."},
    GROUP("model", model, fit_keys, "The model of repeat buying, for what is to be expected of each customer."),
    GROUP("clv", judging.clv, clv_keys, "Lifetime value."),
    GROUP("kind", judging.kind, kind_keys, "Customers of the relation and of the single bargain."),
    GROUP("face", judging.face, face_keys, "The faces of key customers."),
    GROUP("policy", judging.policy, policy_keys, "Classes by rules of your own."),
    GROUP("policies", judging.policies, policies_keys, "What customers of each class are due."),
    GROUP("demand", judging.demand, demand_keys, "The states of demand."),
    GROUP("forecast", judging.forecast, forecast_keys, "The next order."),
    GROUP("lifecycle", judging.lifecycle, lifecycle_keys, "The stages of a customer's life with you."),
    GROUP("declining", judging.declining, declining_keys, "Customers that bring less than they did."),
    GROUP("rival", judging.rival, rival_keys, "Signs of a competitor."),
    GROUP("lead", judging.lead, lead_keys, "Leads: stages, temperature, horizon."),
    GROUP("satisfaction", judging.satisfaction, satisfaction_keys, "Satisfaction by surveys."),
    GROUP("aftersales", judging.aftersales, aftersales_keys, "Loyal, ordinary, complaining, lost."),
    GROUP("advocacy", judging.advocacy, advocacy_keys, "Friends who buy again, refer and praise."),
    GROUP("loyalty", judging.loyalty, loyalty_keys, "How firmly a customer is yours."),
    GROUP("completeness", judging.completeness, completeness_keys, "What a customer's file must hold."),
    GROUP("goods", goods, goods_keys, "What is bought together, for hints."),
    GROUP("worth", judging.worth, worth_keys, "Costs of winning, keeping and serving; effort."),
    {0},
};

// The first trouble between the keys of the groups, with the group's name in front of the key's.
#define ASK(group, call)                                       \
    do {                                                       \
        const char *trouble = call;                            \
        if (trouble != NULL) {                                 \
            snprintf(ret_key, key_bytes, "%s.%s", group, key); \
            return trouble;                                    \
        }                                                      \
    } while (0)

static const char *own_trouble(const struct scoring_options *options, const char **ret_key)
{
    if (options->abc.cut_a_ppm >= options->abc.cut_b_ppm) {
        *ret_key = "abc.cut_a";
        return "must be below cut_b";
    }
    if (options->abc.margin_ppm >= options->abc.cut_a_ppm ||
        options->abc.cut_b_ppm + options->abc.margin_ppm >= RANK_PPM) {
        *ret_key = "abc.margin";
        return "must be below cut_a and, added to cut_b, below 100 %";
    }
    return NULL;
}

static const char *policy_key(const struct policy_options *options, const char **ret_key)
{
    size_t row;
    return policy_trouble(options, &row, ret_key);
}

const char *options_trouble(const struct scoring_options *options, char *ret_key, size_t key_bytes)
{
    const struct judging *judging = &options->judging;
    const char *key = "", *reason = own_trouble(options, &key);
    if (reason != NULL) {
        snprintf(ret_key, key_bytes, "%s", key);
        return reason;
    }
    ASK("tiers", tier_options_trouble(&options->tiers, &key));
    ASK("concentration", concentration_options_trouble(&options->concentration, &key));
    ASK("rfm", rfm_options_trouble(&options->rfm, &key));
    for (size_t i = 0; i < options->schemes.count; i++)
        ASK("schemes", scheme_options_trouble(&options->schemes.items[i], &key));
    ASK("policy", policy_key(&judging->policy, &key));
    ASK("policies", policies_trouble(&judging->policies, &key));
    ASK("declining", declining_trouble(&judging->declining, &key));
    ASK("face", face_trouble(&judging->face, &key));
    ASK("lead", lead_trouble(&judging->lead, &key));
    ASK("loyalty", loyalty_trouble(&judging->loyalty, &key));
    return NULL;
}

int options_measure(const struct scoring_options *options, unsigned scheme)
{
    if (scheme < LIMITS_SCHEMES)
        return scheme < options->schemes.count ? options->schemes.items[scheme].measure : OPTIONS_NO_SCHEME;
    struct rfm_rule rule = rfm_options_rule(&options->rfm, options->abc.measure, (uint32_t)options->abc.window_days);
    return rule.window_days > 0 ? rule.measure : OPTIONS_NO_SCHEME;
}

struct ledger_options options_ledger(const struct scoring_options *options)
{
    struct ledger_options ledger = {
        .cut_a_ppm = (uint32_t)options->abc.cut_a_ppm,
        .cut_b_ppm = (uint32_t)options->abc.cut_b_ppm,
        .margin_ppm = (uint32_t)options->abc.margin_ppm,
        .window_days = (uint32_t)options->abc.window_days,
        .overdue_factor_ppm = (uint32_t)options->overdue.factor_ppm,
        .overdue_repeats = (uint32_t)options->overdue.repeats,
        .drop_quantile_ppm = (uint32_t)options->drop.quantile_ppm,
        .drop_sample = (uint32_t)options->drop.sample,
        .drop_repeats = (uint32_t)options->drop.repeats,
    };
    tier_options_fill(&options->tiers, &ledger);
    concentration_options_fill(&options->concentration, &ledger);
    schemes_options_fill(&options->schemes, &ledger);
    ledger.rfm = rfm_options_rule(&options->rfm, options->abc.measure, (uint32_t)options->abc.window_days);
    return ledger;
}
