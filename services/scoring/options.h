// The section `scoring` of the configuration.
#ifndef TEND_SCORING_OPTIONS_H
#define TEND_SCORING_OPTIONS_H

#include "common/config.h"
#include "services/scoring/ledger.h"
#include "services/scoring/terms.h"

struct scoring_options {
    struct config_address listen;
    struct {
        int64_t cut_a_ppm, cut_b_ppm, margin_ppm, window_days;
        int measure; // enum terms_measure
        int refunds; // 1: on the order's day
    } abc;
    struct {
        int64_t factor_ppm, repeats;
    } overdue;
    struct {
        int64_t quantile_ppm, sample, repeats;
    } drop;
};

extern const struct config_key scoring_keys[];

// What is wrong between the keys: the name of one ("abc.cut_a") and what it must be; NULL when all is well.
const char *options_trouble(const struct scoring_options *options, const char **ret_key);

// The ledger's part of it. The options have no trouble.
struct ledger_options options_ledger(const struct scoring_options *options);

#endif
