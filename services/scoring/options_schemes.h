// The sections `scoring.schemes`, further classes, each with a name, beside the main ones; `scoring.tier`, the pyramid
// of customers; and `scoring.concentration`. Pure.
#ifndef TEND_SCORING_OPTIONS_SCHEMES_H
#define TEND_SCORING_OPTIONS_SCHEMES_H

#include "common/config.h"
#include "services/scoring/ledger.h"

struct scheme_options {
    const char *name; // of value.abc.NAME
    int measure;      // enum terms_measure
    int64_t cut_a_ppm, cut_b_ppm, margin_ppm, window_days;
};

// What the member of the section's struct is; its row is a CONFIG_NAMED at `items` with `count`, at most
// LIMITS_SCHEMES items of `schemes_keys`.
struct schemes_options {
    const struct scheme_options *items;
    size_t count;
};

struct tier_options {
    int64_t important_ppm, secondary_ppm, ordinary_ppm, margin_ppm;
};

struct concentration_options {
    int64_t share_ppm, margin_ppm;
    int64_t crowd; // with fewer customers in the window nobody is said to be a risk
};

extern const struct config_key schemes_keys[];       // of a struct scheme_options
extern const struct config_key tier_keys[];          // of a struct tier_options
extern const struct config_key concentration_keys[]; // of a struct concentration_options

// What is wrong between the keys: the name of one ("cut_a") and what it must be; NULL when all is well.
const char *scheme_options_trouble(const struct scheme_options *scheme, const char **ret_key);
const char *tier_options_trouble(const struct tier_options *tier, const char **ret_key);
const char *concentration_options_trouble(const struct concentration_options *concentration, const char **ret_key);

// Fills the ledger's part of it in. The options have no trouble; schemes beyond LIMITS_SCHEMES are left out.
void schemes_options_fill(const struct schemes_options *schemes, struct ledger_options *ledger);
void tier_options_fill(const struct tier_options *tier, struct ledger_options *ledger);
void concentration_options_fill(const struct concentration_options *concentration, struct ledger_options *ledger);

#endif
