#include "services/scoring/options.h"

#include <stddef.h>

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
    {0},
};

const char *options_trouble(const struct scoring_options *options, const char **ret_key)
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

struct ledger_options options_ledger(const struct scoring_options *options)
{
    return (struct ledger_options){
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
}
