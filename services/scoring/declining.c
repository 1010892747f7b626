#include "services/scoring/declining.h"

#include "common/must.h"

const char *const declining_names[DECLINING_VALUES] = {"", "no", "yes"};

enum { NOT_KNOWN = -1, DAY_MILLI = 1000 };

static void compare_windows(const struct declining_options *options, const struct declining_facts *facts,
                            struct declining *ret)
{
    const struct series *series = &facts->series;
    int64_t end = series->today, middle = end - options->window_days, begin = middle - options->window_days;
    ret->last_micros = series_between(series, middle + 1, end).kept_micros;
    ret->previous_micros = series_between(series, begin + 1, middle).kept_micros;
    bool whole = series->since == series->first_day || series->since <= begin + 1;
    if (!facts->key || !whole || ret->previous_micros <= 0)
        return;
    int64_t ratio = series_ppm(ret->last_micros, ret->previous_micros);
    ret->window_ppm = ratio > 0 ? ratio : 0;
    ret->by_window = ret->window_ppm < options->drop_ppm;
}

// The first day from `from` on that the rates are low. The ratio only falls, so a half decides; where even the lasting
// sum has faded to nothing it is low, too.
static int32_t find_crossing(const struct series_flow *flow, int64_t from, int64_t below_ppm)
{
    struct series_rates rates;
    int64_t high = from + SERIES_HALF_LIFE_MAX;
    if (!series_rates(flow, from, &rates) || (series_rates(flow, high, &rates) && rates.ratio_ppm >= below_ppm))
        return SERIES_NO_DAY;
    while (from < high) {
        int64_t middle = from + (high - from) / 2;
        if (series_rates(flow, middle, &rates) && rates.ratio_ppm >= below_ppm)
            from = middle + 1;
        else
            high = middle;
    }
    return series_rates(flow, high, &rates) ? (int32_t)high : SERIES_NO_DAY;
}

static void compare_rates(const struct declining_options *options, const struct series *series, struct declining *ret)
{
    struct series_flow flow;
    struct series_rates rates;
    series_flow(series, options->recent_half_days, options->lasting_half_days, &flow);
    if (!series_rates(&flow, series->today, &rates))
        rates = (struct series_rates){.ratio_ppm = NOT_KNOWN};
    ret->recent_micros = rates.recent_micros;
    ret->lasting_micros = rates.lasting_micros;
    if (ret->age_days >= options->age_days) {
        ret->rates_ppm = rates.ratio_ppm;
        ret->by_rates = rates.ratio_ppm != NOT_KNOWN && rates.ratio_ppm < options->drop_ppm;
    }
}

int32_t declining_crosses(const struct declining_options *options, const struct declining_facts *facts,
                          const struct declining *declining)
{
    const struct series *series = &facts->series;
    struct series_flow flow;
    if (series->count == 0 || declining->by_rates)
        return SERIES_NO_DAY;
    series_flow(series, options->recent_half_days, options->lasting_half_days, &flow);
    int64_t ripe = series->first_day + (options->age_days > 0 ? options->age_days : 1);
    return find_crossing(&flow, ripe > series->today ? ripe : series->today, options->drop_ppm);
}

void declining_judge(const struct declining_options *options, const struct declining_facts *facts,
                     struct declining *ret)
{
    *ret = (struct declining){.window_ppm = NOT_KNOWN, .rates_ppm = NOT_KNOWN};
    if (facts->series.count == 0)
        return;
    ret->age_days = (int64_t)facts->series.today - facts->series.first_day;
    compare_windows(options, facts, ret);
    compare_rates(options, &facts->series, ret);
    if (ret->by_window || ret->by_rates)
        ret->value = DECLINING_YES;
    else if (ret->window_ppm != NOT_KNOWN || ret->rates_ppm != NOT_KNOWN)
        ret->value = DECLINING_NO;
}

enum declining_value declining_announce(const struct declining_options *options, const struct declining *declining,
                                        enum declining_value previous)
{
    if (declining->value != DECLINING_NO || previous != DECLINING_YES)
        return (enum declining_value)declining->value;
    bool low = (declining->window_ppm != NOT_KNOWN && declining->window_ppm < options->recover_ppm) ||
               (declining->rates_ppm != NOT_KNOWN && declining->rates_ppm < options->recover_ppm);
    return low ? DECLINING_YES : DECLINING_NO;
}

static void start(const struct declining_options *options, const struct declining *declining, struct reason *reason)
{
    char share[REASON_NUMBER_BYTES];
    reason_percent(options->drop_ppm, share);
    if (declining->by_window)
        reason_start(reason, "declining: the last %lld days under %s %% of the %lld days before",
                     (long long)options->window_days, share, (long long)options->window_days);
    else if (declining->by_rates)
        reason_start(reason, "declining: sales a day over about %lld days under %s %% of those over about %lld days",
                     (long long)options->recent_half_days, share, (long long)options->lasting_half_days);
    else if (declining->value == DECLINING_NO)
        reason_start(reason, "not declining: no test under %s %%", share);
    else
        reason_start(reason, "declining is not known: too young, or no purchases that could be compared");
}

void declining_explain(const struct declining_options *options, const struct declining_facts *facts,
                       const struct declining *declining, struct reason *ret_reason)
{
    start(options, declining, ret_reason);
    if (declining->window_ppm != NOT_KNOWN) {
        reason_add(ret_reason, "last_window", REASON_MONEY, declining->last_micros);
        reason_add(ret_reason, "window_before", REASON_MONEY, declining->previous_micros);
        reason_add(ret_reason, "window_share", REASON_PPM, declining->window_ppm);
        reason_add(ret_reason, "window", REASON_DAYS, (int64_t)options->window_days * DAY_MILLI);
    }
    if (declining->rates_ppm != NOT_KNOWN) {
        reason_add(ret_reason, "recent_a_day", REASON_MONEY, declining->recent_micros);
        reason_add(ret_reason, "lasting_a_day", REASON_MONEY, declining->lasting_micros);
        reason_add(ret_reason, "rates_share", REASON_PPM, declining->rates_ppm);
    }
    if (facts->series.count > 0)
        reason_add(ret_reason, "last_purchase", REASON_DATE, series_last_day(&facts->series));
    int32_t crosses = declining_crosses(options, facts, declining);
    if (crosses != SERIES_NO_DAY)
        reason_add(ret_reason, "declining_if_silent_until", REASON_DATE, crosses);
}
