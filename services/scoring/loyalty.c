#include "services/scoring/loyalty.h"

#include "common/money.h"

#include <stddef.h>

#define PPM INT64_C(1000000)

enum { TENTH_PPM = 1000 }; // a tenth of a percent, to which people are told a share everywhere

const char *const loyalty_names[] = {"", "1", "2", "3", "4", "5"};
_Static_assert(sizeof loyalty_names / sizeof *loyalty_names == LOYALTY_VALUES, "a name for each");

static int64_t held(int64_t ppm)
{
    return ppm < 0 ? 0 : ppm > PPM ? PPM : ppm;
}

static int64_t of_mark(uint8_t mark)
{
    return (mark - 1) * PPM / (CARE_SCORE_MAX - 1);
}

static void find_parts(const struct loyalty_options *options, const struct loyalty_facts *facts, int64_t *ret_parts)
{
    const struct care_facts *care = facts->care;
    for (unsigned i = 0; i < LOYALTY_PARTS; i++)
        ret_parts[i] = -1;
    if (facts->frequency >= 1 && facts->frequency <= CARE_SCORE_MAX)
        ret_parts[LOYALTY_FREQUENCY] = of_mark(facts->frequency);
    if (facts->tenure_days >= 0)
        ret_parts[LOYALTY_TENURE] = facts->tenure_days >= options->full_tenure_days
                                        ? PPM
                                        : facts->tenure_days * PPM / options->full_tenure_days;
    if (facts->buys_ppm >= 0)
        ret_parts[LOYALTY_BUYING] = held(facts->buys_ppm);
    if (facts->refunded_ppm >= 0)
        ret_parts[LOYALTY_KEEPING] = held(PPM - held(facts->refunded_ppm));
    if (care->loyalty > 0 && care_within(care->loyalty_ms, facts->today_ms, options->rating_days))
        ret_parts[LOYALTY_RATING] = of_mark(care->loyalty);
}

void loyalty_judge(const struct loyalty_options *options, const struct loyalty_facts *facts,
                   struct loyalty *ret_loyalty)
{
    const int64_t weights[LOYALTY_PARTS] = {
        [LOYALTY_FREQUENCY] = options->frequency_weight, [LOYALTY_TENURE] = options->tenure_weight,
        [LOYALTY_BUYING] = options->buying_weight,       [LOYALTY_KEEPING] = options->keeping_weight,
        [LOYALTY_RATING] = options->rating_weight,
    };
    struct loyalty loyalty = {.value = LOYALTY_UNKNOWN, .ppm = -1};
    find_parts(options, facts, loyalty.part_ppm);
    int64_t sum = 0, mass = 0;
    for (unsigned i = 0; i < LOYALTY_PARTS; i++) {
        if (loyalty.part_ppm[i] < 0)
            continue;
        sum += weights[i] * loyalty.part_ppm[i];
        mass += weights[i];
    }
    bool met = facts->tenure_days >= 0 || loyalty.part_ppm[LOYALTY_RATING] >= 0;
    if (met && mass > 0) {
        loyalty.ppm = sum / mass;
        int64_t level = 1 + loyalty.ppm * LOYALTY_LEVELS / PPM;
        loyalty.value = (uint8_t)(level > LOYALTY_LEVELS ? LOYALTY_LEVELS : level);
    }
    *ret_loyalty = loyalty;
}

uint8_t loyalty_announce(const struct loyalty_options *options, const struct loyalty *loyalty, uint8_t before)
{
    if (loyalty->value == LOYALTY_UNKNOWN || before == LOYALTY_UNKNOWN || before >= LOYALTY_VALUES)
        return loyalty->value;
    if (loyalty->value == before + 1 && loyalty->ppm < before * PPM / LOYALTY_LEVELS + options->margin_ppm)
        return before;
    if (loyalty->value + 1 == before && loyalty->ppm >= loyalty->value * PPM / LOYALTY_LEVELS - options->margin_ppm)
        return before;
    return loyalty->value;
}

void loyalty_explain(const struct loyalty_options *options, const struct loyalty_facts *facts,
                     const struct loyalty *loyalty, struct reason *ret_reason)
{
    static const char *const parts[LOYALTY_PARTS] = {
        [LOYALTY_FREQUENCY] = "frequency_part", [LOYALTY_TENURE] = "tenure_part", [LOYALTY_BUYING] = "buys_in_90_days",
        [LOYALTY_KEEPING] = "kept_of_sales",    [LOYALTY_RATING] = "rating_part",
    };
    char percent[REASON_NUMBER_BYTES];
    int64_t tenths_ppm = (loyalty->ppm + TENTH_PPM / 2) / TENTH_PPM * TENTH_PPM;
    if (loyalty->value == LOYALTY_UNKNOWN) {
        reason_start(ret_reason, "unknown: neither bought nor rated");
        return;
    }
    reason_start(ret_reason, "level %s of 5: %s %%, the mean of what is known of its orders and of its rating",
                 loyalty_names[loyalty->value], reason_percent(tenths_ppm, percent));
    reason_add(ret_reason, "loyalty", REASON_PPM, loyalty->ppm);
    for (unsigned i = 0; i < LOYALTY_PARTS; i++)
        if (loyalty->part_ppm[i] >= 0)
            reason_add(ret_reason, parts[i], REASON_PPM, loyalty->part_ppm[i]);
    if (facts->frequency > 0)
        reason_add(ret_reason, "frequency_quintile", REASON_COUNT, facts->frequency);
    if (facts->tenure_days >= 0)
        reason_add(ret_reason, "tenure", REASON_DAYS, facts->tenure_days * 1000);
    if (loyalty->part_ppm[LOYALTY_RATING] >= 0) {
        reason_add(ret_reason, "rated", REASON_COUNT, facts->care->loyalty);
        reason_add(ret_reason, "rated_at", REASON_TIME, facts->care->loyalty_ms);
    }
    if (options->rating_weight > 0 && loyalty->part_ppm[LOYALTY_RATING] < 0)
        reason_note(ret_reason, "missing: a rating of cooperation within %lld days", (long long)options->rating_days);
}
