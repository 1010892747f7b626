#include "services/scoring/demand.h"

#include "common/calendar.h"

const char *const demand_names[DEMAND_VALUES] = {"",          "negative", "none",      "latent", "falling",
                                                 "irregular", "full",     "excessive", "harmful"};

enum {
    NOT_KNOWN = -1,
    MILLI = 1000,
    PPM = 1000000,
    HALF_LIFE_LEAST = 45, // days: the half-life of risk.declining, for those who buy often
    HALF_LIFE_GAPS = 2,
    LASTING_TIMES = 4, // the proportion of 45 and 180 days
    GONE_GAPS = 3,     // a silence of three usual gaps is no late order any more
};

// What several rules look at.
struct view {
    const struct demand_options *options;
    const struct demand_facts *facts;
    int64_t last_ms;
    int64_t interest_ms; // of the newest sign of interest that holds
    bool few, gone;
};

static const char *const CAUSES[DEMAND_CAUSES] = {
    [DEMAND_BY_NOTHING] = "nothing is known",
    [DEMAND_BY_RETURNS] = "so much of what was ordered was cancelled or refunded",
    [DEMAND_BY_LOSS] = "the orders bring a loss",
    [DEMAND_BY_DENIAL] = "denied us since the last order",
    [DEMAND_BY_NEED_LOST] = "the need was lost after the last order",
    [DEMAND_BY_INTEREST] = "interest, but too few orders, or none for long",
    [DEMAND_BY_NO_ORDERS] = "never ordered, no sign of interest",
    [DEMAND_BY_SILENCE] = "silent for long, no sign of interest",
    [DEMAND_BY_FEW_ORDERS] = "bought on too few days to judge",
    [DEMAND_BY_RIVAL] = "a competitor was seen after the last order",
    [DEMAND_BY_RATES] = "the recent rate of sales against the lasting one",
    [DEMAND_BY_YEARS] = "sales of the year against the year before",
    [DEMAND_BY_MISSED_SEASON] = "the last season passed without a purchase",
    [DEMAND_BY_SEASON] = "buys in a season",
    [DEMAND_BY_GAPS] = "the time between purchases varies",
    [DEMAND_BY_STEADINESS] = "buys steadily",
};

static void decide(struct demand *demand, enum demand_value value, enum demand_cause cause)
{
    demand->value = (uint8_t)value;
    demand->cause = (uint8_t)cause;
}

static int64_t newest_interest(const struct demand_options *options, const struct demand_facts *facts)
{
    bool told = facts->expected_day != SERIES_NO_DAY && facts->expected_day >= facts->series.today;
    bool intends = facts->intention > 0 && facts->intention >= options->intention;
    int64_t newest_ms = facts->quote_ms;
    if (told && facts->expected_ms > newest_ms)
        newest_ms = facts->expected_ms;
    if (intends && facts->intention_ms > newest_ms)
        newest_ms = facts->intention_ms;
    return newest_ms;
}

static bool is_gone(const struct demand_options *options, const struct demand *demand)
{
    return demand->silent_days > options->gone_days && demand->silent_days * MILLI > GONE_GAPS * demand->mean_gap_milli;
}

// What the customer's orders and words say for themselves. False: look at the orders' course.
static bool judge_words(const struct view *view, struct demand *demand)
{
    const struct demand_options *options = view->options;
    const struct demand_facts *facts = view->facts;
    bool enough = facts->placed >= options->harm_orders;
    if (enough && facts->ordered_micros > 0 && demand->returned_ppm >= options->harm_ppm)
        decide(demand, DEMAND_HARMFUL, DEMAND_BY_RETURNS);
    else if (enough && facts->margin_known && facts->margin_micros < 0)
        decide(demand, DEMAND_HARMFUL, DEMAND_BY_LOSS);
    else if (facts->denial_ms > view->last_ms)
        decide(demand, DEMAND_NEGATIVE, DEMAND_BY_DENIAL);
    else if (facts->need_lost_ms > view->last_ms && facts->need_lost_ms >= view->interest_ms)
        decide(demand, DEMAND_NONE, DEMAND_BY_NEED_LOST);
    else if (!view->few && !view->gone)
        return false;
    else if (demand->interest)
        decide(demand, DEMAND_LATENT, DEMAND_BY_INTEREST);
    else if (demand->silent_days == NOT_KNOWN)
        decide(demand, DEMAND_NONE, DEMAND_BY_NO_ORDERS);
    else if (view->gone)
        decide(demand, DEMAND_NONE, DEMAND_BY_SILENCE);
    else
        decide(demand, DEMAND_UNKNOWN, DEMAND_BY_FEW_ORDERS);
    return true;
}

// Only out of season: within it the year before may be ahead by a few days, and with them by a whole season.
static int64_t compare_years(const struct series_season *season, const struct series *series)
{
    struct series_growth growths[SERIES_GROWTHS];
    series_growth(series, growths);
    if (!growths[0].known || season->in[day_date(series->today).month - 1])
        return NOT_KNOWN;
    return growths[0].ppm > -PPM ? PPM + growths[0].ppm : 0;
}

static int64_t compare_rates(const struct demand_options *options, const struct series *series, int64_t mean_gap_milli)
{
    struct series_flow flow;
    struct series_rates rates;
    int64_t half = (HALF_LIFE_GAPS * mean_gap_milli + MILLI - 1) / MILLI;
    if (half < HALF_LIFE_LEAST)
        half = HALF_LIFE_LEAST;
    if (half > SERIES_HALF_LIFE_MAX / LASTING_TIMES)
        half = SERIES_HALF_LIFE_MAX / LASTING_TIMES;
    if ((int64_t)series->today - series->first_day < options->age_days)
        return NOT_KNOWN;
    series_flow(series, half, half * LASTING_TIMES, &flow);
    return series_rates(&flow, series->today, &rates) ? rates.ratio_ppm : NOT_KNOWN;
}

// The course of the orders of a customer that has enough of them.
static void judge_course(const struct view *view, struct demand *demand)
{
    const struct demand_options *options = view->options;
    const struct series *series = &view->facts->series;
    struct series_season season;
    series_season(series, &season);
    demand->seasonal = season.seasonal;
    demand->ratio_ppm =
        season.seasonal ? compare_years(&season, series) : compare_rates(options, series, demand->mean_gap_milli);
    enum demand_cause compared = season.seasonal ? DEMAND_BY_YEARS : DEMAND_BY_RATES;
    if (view->facts->rival_ms > view->last_ms)
        decide(demand, DEMAND_FALLING, DEMAND_BY_RIVAL);
    else if (demand->ratio_ppm != NOT_KNOWN && demand->ratio_ppm < options->fall_ppm)
        decide(demand, DEMAND_FALLING, compared);
    else if (season.seasonal && series_season_missed(&season, series))
        decide(demand, DEMAND_FALLING, DEMAND_BY_MISSED_SEASON);
    else if (demand->ratio_ppm != NOT_KNOWN && demand->ratio_ppm >= options->rise_ppm)
        decide(demand, DEMAND_EXCESSIVE, compared);
    else if (season.seasonal)
        decide(demand, DEMAND_IRREGULAR, DEMAND_BY_SEASON);
    else if (demand->cv_ppm >= options->irregular_ppm)
        decide(demand, DEMAND_IRREGULAR, DEMAND_BY_GAPS);
    else
        decide(demand, DEMAND_FULL, DEMAND_BY_STEADINESS);
}

void demand_judge(const struct demand_options *options, const struct demand_facts *facts, struct demand *ret)
{
    bool bought = facts->series.count > 0;
    *ret = (struct demand){.gap_count = facts->gaps.count,
                           .mean_gap_milli = facts->gaps.mean_milli,
                           .cv_ppm = facts->gaps.cv_ppm,
                           .ratio_ppm = NOT_KNOWN,
                           .silent_days = NOT_KNOWN};
    if (bought)
        ret->silent_days = (int64_t)facts->series.today - series_last_day(&facts->series);
    if (facts->ordered_micros > 0)
        ret->returned_ppm = series_ppm(facts->returned_micros, facts->ordered_micros);
    struct view view = {.options = options,
                        .facts = facts,
                        .last_ms = series_last_ms(&facts->series),
                        .interest_ms = newest_interest(options, facts),
                        .few = !bought || facts->gaps.count + 1 < options->min_days,
                        .gone = bought && is_gone(options, ret)};
    ret->interest = view.interest_ms != SERIES_NEVER;
    if (!judge_words(&view, ret))
        judge_course(&view, ret);
}

void demand_explain(const struct demand_options *options, const struct demand_facts *facts, const struct demand *demand,
                    struct reason *ret_reason)
{
    const char *name = demand->value == DEMAND_UNKNOWN ? "not known" : demand_names[demand->value];
    reason_start(ret_reason, "demand %s: %s", name, CAUSES[demand->cause]);
    if (demand->silent_days != NOT_KNOWN)
        reason_add(ret_reason, "silent", REASON_DAYS, demand->silent_days * MILLI);
    if (demand->gap_count > 0)
        reason_add(ret_reason, "mean_gap", REASON_DAYS, demand->mean_gap_milli);
    if (demand->gap_count > 1)
        reason_add(ret_reason, "gap_variation", REASON_PPM, demand->cv_ppm);
    if (demand->ratio_ppm != NOT_KNOWN) {
        reason_add(ret_reason, demand->seasonal ? "year_share" : "rates_share", REASON_PPM, demand->ratio_ppm);
        reason_add(ret_reason, "falling_below", REASON_PPM, options->fall_ppm);
        reason_add(ret_reason, "excessive_from", REASON_PPM, options->rise_ppm);
    }
    if (facts->ordered_micros > 0)
        reason_add(ret_reason, "returned_share", REASON_PPM, demand->returned_ppm);
    if (facts->margin_known)
        reason_add(ret_reason, "margin", REASON_MONEY, facts->margin_micros);
    if (facts->intention > 0)
        reason_add(ret_reason, "intention", REASON_COUNT, facts->intention);
    if (facts->expected_day != SERIES_NO_DAY)
        reason_add(ret_reason, "expected_order", REASON_DATE, facts->expected_day);
}
