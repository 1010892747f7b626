#include "services/scoring/options_fit.h"

#include "services/scoring/fit.h"

#include <stddef.h>

static const struct config_choice kinds[] = {
    {"mbg", BUYING_MBG}, {"bg", BUYING_BG}, {"pareto", BUYING_PARETO}, {"nbd", BUYING_NBD}, {NULL, 0}};

const struct config_key fit_keys[] = {
    {.name = "kind",
     .type = CONFIG_CHOICE,
     .offset = offsetof(struct fit_options, model),
     .fallback = "mbg",
     .choices = kinds,
     .help = "How customers are thought to buy: mbg, they may leave for good after any order; bg, not after the first; "
             "pareto, they may leave at any moment; nbd, they never leave."},
    {.name = "customers",
     .type = CONFIG_INTEGER,
     .offset = offsetof(struct fit_options, least_customers),
     .fallback = "1000",
     .min = 1,
     .max = 100000000,
     .help = "With fewer customers the model is not fitted, since its parameters would be chance."},
    {.name = "repeaters",
     .type = CONFIG_INTEGER,
     .offset = offsetof(struct fit_options, least_repeaters),
     .fallback = "200",
     .min = 1,
     .max = 100000000,
     .help = "With fewer customers that came back it is not fitted either, nor is what an order brings."},
    {.name = "window",
     .type = CONFIG_PERCENT,
     .offset = offsetof(struct fit_options, window_gaps_ppm),
     .fallback = "200%",
     .max = 100000000,
     .help = "The longest history is at least this many times the usual gap between two orders, else it is not fitted: "
             "200% is two gaps."},
    {0},
};
