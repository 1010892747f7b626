#include "services/scoring/options_worth.h"

#include "services/scoring/worth.h"

#define AT(member) offsetof(struct worth_options, member)

const struct config_key worth_keys[] = {
    {.name = "network_share",
     .type = CONFIG_PERCENT,
     .offset = AT(network_ppm),
     .fallback = "20%",
     .help = "The part of what referred customers bring that is credited, as a figure of its own, to the customer who "
             "referred them."},
    {.name = "commission",
     .type = CONFIG_PERCENT,
     .offset = AT(commission_ppm),
     .fallback = "0%",
     .help = "The part of a referred customer's first order that is due to the customer who referred it; 0 % when no "
             "commission is paid."},
    {.name = "keep_share",
     .type = CONFIG_PERCENT,
     .offset = AT(keep_ppm),
     .fallback = "20%",
     .min = 10000,
     .max = 1000000,
     .help =
         "What keeping a customer costs, as a part of what winning one costs. Alerts about a loss tell what another "
         "customer in its place would cost."},
    {.name = "win_factor",
     .type = CONFIG_PERCENT,
     .offset = AT(win_factor_ppm),
     .fallback = "800%",
     .min = 1000000,
     .max = 100000000,
     .help = "How many times as much winning a customer costs as keeping one: a second rule of thumb, so that the cost "
             "is told as a range."},
    {.name = "win_cost",
     .type = CONFIG_DECIMAL,
     .offset = AT(win_micros),
     .fallback = "0",
     .max = MONEY_MAX,
     .help = "What winning a customer costs, in the reporting currency. Where it is known it goes before both rules; 0 "
             "when it is not."},
    {.name = "drag_share",
     .type = CONFIG_PERCENT,
     .offset = AT(drag_ppm),
     .fallback = "5%",
     .help = "The part of class C, the lowest by margin less cost to serve, that is listed for a manager to look at. "
             "Nobody is dropped by it."},
    {.name = "effort_share",
     .type = CONFIG_PERCENT,
     .offset = AT(effort_ppm),
     .fallback = "80%",
     .help = "The part of a rep's contact time that is meant for the top 20 % of the customers."},
    {.name = "effort_minutes",
     .type = CONFIG_INTEGER,
     .offset = AT(effort_minutes),
     .fallback = "60",
     .max = 40320,
     .help = "With less contact time than this within four weeks nothing is said about how it is spent."},
    {0},
};
