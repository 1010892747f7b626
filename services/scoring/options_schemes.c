#include "services/scoring/options_schemes.h"

#include "services/scoring/terms.h"

#include <stddef.h>

#define SCHEME(member) offsetof(struct scheme_options, member)
#define TIER(member) offsetof(struct tier_options, member)
#define CONCENTRATION(member) offsetof(struct concentration_options, member)

static const struct config_choice measures[] = {
    {"net", TERMS_NET}, {"quantity", TERMS_QUANTITY}, {"margin", TERMS_MARGIN}, {NULL, 0}};

const struct config_key schemes_keys[] = {
    {.name = "name",
     .type = CONFIG_NAME,
     .offset = SCHEME(name),
     .min = 1,
     .max = 32,
     .example = "margin",
     .help = "The dimension is value.abc.NAME."},
    {.name = "measure",
     .type = CONFIG_CHOICE,
     .offset = SCHEME(measure),
     .fallback = "net",
     .choices = measures,
     .help = "What is added up: net sales, the quantity of pieces, or the margin (totals less the cost of the lines)."},
    {.name = "cut_a",
     .type = CONFIG_PERCENT,
     .offset = SCHEME(cut_a_ppm),
     .fallback = "65%",
     .min = 1,
     .max = 999999,
     .help = "Class A ends with the customer that carries the sum past this share of all."},
    {.name = "cut_b",
     .type = CONFIG_PERCENT,
     .offset = SCHEME(cut_b_ppm),
     .fallback = "85%",
     .min = 1,
     .max = 999999,
     .help = "Class B ends with the customer that carries the sum past this share. Above cut_a."},
    {.name = "margin",
     .type = CONFIG_PERCENT,
     .offset = SCHEME(margin_ppm),
     .fallback = "1%",
     .max = 200000,
     .help = "A change is announced when it would also hold with the cut this many points away."},
    {.name = "window_days",
     .type = CONFIG_INTEGER,
     .offset = SCHEME(window_days),
     .fallback = "365",
     .min = 1,
     .max = 3660,
     .help = "How many days count, today included."},
    {0},
};

const struct config_key tier_keys[] = {
    {.name = "important",
     .type = CONFIG_PERCENT,
     .offset = TIER(important_ppm),
     .fallback = "1%",
     .min = 1,
     .max = 999999,
     .help = "The top of the pyramid: this part of the customers with an order in the window, the largest first."},
    {.name = "secondary",
     .type = CONFIG_PERCENT,
     .offset = TIER(secondary_ppm),
     .fallback = "20%",
     .min = 1,
     .max = 999999,
     .help = "The second tier ends here, the first included. These two are the key customers; who comes in is rising."},
    {.name = "ordinary",
     .type = CONFIG_PERCENT,
     .offset = TIER(ordinary_ppm),
     .fallback = "50%",
     .min = 1,
     .max = 999999,
     .help = "The third tier ends here; all others are small."},
    {.name = "margin",
     .type = CONFIG_PERCENT,
     .offset = TIER(margin_ppm),
     .fallback = "5%",
     .max = 500000,
     .help = "A change of tier is announced when it would also hold with the tier this part of itself smaller or "
             "larger: 5% "
             "of a tier that ends at 20% is one point."},
    {0},
};

const struct config_key concentration_keys[] = {
    {.name = "share",
     .type = CONFIG_PERCENT,
     .offset = CONCENTRATION(share_ppm),
     .fallback = "10%",
     .min = 1,
     .max = 1000000,
     .help = "A customer with more than this share of all sales is a risk: the firm depends on it."},
    {.name = "margin",
     .type = CONFIG_PERCENT,
     .offset = CONCENTRATION(margin_ppm),
     .fallback = "1%",
     .max = 999999,
     .help = "Once announced, it is over when the share is this many points below. Below share."},
    {.name = "min_customers",
     .type = CONFIG_INTEGER,
     .offset = CONCENTRATION(crowd),
     .fallback = "20",
     .max = 1000000,
     .help = "With fewer customers in the window nobody is said to be a risk: of a handful somebody always is."},
    {0},
};

const char *scheme_options_trouble(const struct scheme_options *scheme, const char **ret_key)
{
    if (scheme->cut_a_ppm >= scheme->cut_b_ppm) {
        *ret_key = "cut_a";
        return "must be below cut_b";
    }
    if (scheme->margin_ppm >= scheme->cut_a_ppm || scheme->cut_b_ppm + scheme->margin_ppm >= RANK_PPM) {
        *ret_key = "margin";
        return "must be below cut_a and, added to cut_b, below 100 %";
    }
    return NULL;
}

const char *tier_options_trouble(const struct tier_options *tier, const char **ret_key)
{
    if (tier->important_ppm >= tier->secondary_ppm) {
        *ret_key = "important";
        return "must be below secondary";
    }
    if (tier->secondary_ppm >= tier->ordinary_ppm) {
        *ret_key = "secondary";
        return "must be below ordinary";
    }
    return NULL;
}

const char *concentration_options_trouble(const struct concentration_options *concentration, const char **ret_key)
{
    if (concentration->margin_ppm < concentration->share_ppm)
        return NULL;
    *ret_key = "margin";
    return "must be below share";
}

void schemes_options_fill(const struct schemes_options *schemes, struct ledger_options *ledger)
{
    for (size_t i = 0; i < schemes->count && i < LIMITS_SCHEMES; i++) {
        const struct scheme_options *scheme = &schemes->items[i];
        ledger->schemes[i] = (struct scheme_rule){.window_days = (uint32_t)scheme->window_days,
                                                  .measure = (uint8_t)scheme->measure,
                                                  .rules = {.cut_a_ppm = (uint32_t)scheme->cut_a_ppm,
                                                            .cut_b_ppm = (uint32_t)scheme->cut_b_ppm,
                                                            .margin_ppm = (uint32_t)scheme->margin_ppm}};
    }
}

void tier_options_fill(const struct tier_options *tier, struct ledger_options *ledger)
{
    ledger->tier_ppm[0] = (uint32_t)tier->important_ppm;
    ledger->tier_ppm[1] = (uint32_t)tier->secondary_ppm;
    ledger->tier_ppm[2] = (uint32_t)tier->ordinary_ppm;
    ledger->tier_margin_ppm = (uint32_t)tier->margin_ppm;
}

void concentration_options_fill(const struct concentration_options *concentration, struct ledger_options *ledger)
{
    ledger->concentration_ppm = (uint32_t)concentration->share_ppm;
    ledger->concentration_margin_ppm = (uint32_t)concentration->margin_ppm;
    ledger->concentration_crowd = (uint32_t)concentration->crowd;
}
