// The section `scoring.rfm` of the configuration, and what kinds of trade usually ask for. Pure.
#ifndef TEND_SCORING_OPTIONS_RFM_H
#define TEND_SCORING_OPTIONS_RFM_H

#include "common/config.h"
#include "services/scoring/rfm.h"

enum { RFM_MEASURE_OF_ABC = 31 }; // no enum terms_measure

struct rfm_options {
    int preset;                                  // which row of our table; 0: none
    int measure;                                 // RFM_MEASURE_OF_ABC or enum terms_measure
    int64_t window_days;                         // CONFIG_UNSET: the preset's, else that of the classes
    const int64_t *r_days, *f_orders, *m_amount; // rising, RFM_BOUNDS of them or none; amounts in micros
    size_t r_count, f_count, m_count;
};

// Offsets count from a struct rfm_options.
extern const struct config_key rfm_keys[];

// What is wrong between the keys: the name of one ("r_days") and what it must be; NULL when all is well.
const char *rfm_options_trouble(const struct rfm_options *options, const char **ret_key);

// The rule, beside classes by `abc_measure` (enum terms_measure) in a window of `abc_window_days`: when RFM's are the
// same it has no window of its own, which costs nothing. The options have no trouble.
struct rfm_rule rfm_options_rule(const struct rfm_options *options, int abc_measure, uint32_t abc_window_days);

#endif
