// The section `scoring` of the configuration.
#ifndef TEND_SCORING_OPTIONS_H
#define TEND_SCORING_OPTIONS_H

#include "common/config.h"
#include "services/scoring/assess.h"
#include "services/scoring/fit.h"
#include "services/scoring/goods.h"
#include "services/scoring/ledger.h"
#include "services/scoring/options_rfm.h"
#include "services/scoring/options_schemes.h"
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
    struct tier_options tiers;
    struct concentration_options concentration;
    struct rfm_options rfm;
    struct schemes_options schemes;
    struct fit_options model;
    struct goods_options goods;
    struct judging judging;
};

extern const struct config_key scoring_keys[];

// What is wrong between the keys: the name of one ("abc.cut_a"), in the caller's buffer, and what it must be; NULL when
// all is well.
enum { OPTIONS_KEY_BYTES = 80 };
const char *options_trouble(const struct scoring_options *options, char *ret_key, size_t key_bytes);

// The measure (enum terms_measure) of a scheme, or of RFM's own window, numbered as in ledger_change_scheme;
// OPTIONS_NO_SCHEME when there is no such.
enum { OPTIONS_NO_SCHEME = -1 };
int options_measure(const struct scoring_options *options, unsigned scheme);

// The ledger's part of it. The options have no trouble.
struct ledger_options options_ledger(const struct scoring_options *options);

#endif
