#include "services/scoring/forecast.h"

#include "common/calendar.h"

const char *const forecast_names[FORECAST_VALUES] = {"", "later", "soon", "late"};

enum { MILLI = 1000 };

// A forecast that a source gives. False: it has none, or one that is forgotten.
typedef bool source(const struct forecast_options *options, const struct forecast_facts *facts, struct forecast *ret);

static bool hold(const struct forecast_options *options, const struct forecast_facts *facts, int64_t day)
{
    return day != SERIES_NO_DAY && day >= (int64_t)facts->series.today - options->forget_days;
}

static bool ask_told(const struct forecast_options *options, const struct forecast_facts *facts, struct forecast *ret)
{
    int64_t last_ms = series_last_ms(&facts->series);
    bool lead = facts->lead_ms > last_ms && hold(options, facts, facts->lead_day);
    bool quote = facts->quote_ms > last_ms && hold(options, facts, facts->quote_day);
    if (quote && (!lead || facts->quote_ms >= facts->lead_ms)) {
        ret->source = FORECAST_FROM_QUOTE;
        ret->day = ret->earliest = ret->latest = facts->quote_day;
        ret->amount_micros = facts->quote_micros;
        return true;
    }
    if (lead) {
        ret->source = FORECAST_FROM_LEAD;
        ret->day = ret->earliest = ret->latest = facts->lead_day;
        ret->quantity_milli = facts->lead_quantity_milli;
    }
    return lead;
}

// Where the rhythm points out of season, the next month that is in it is meant, and the order can fall anywhere there.
static void move_into_season(const struct series *series, struct forecast *forecast)
{
    struct series_season season;
    series_season(series, &season);
    if (!season.seasonal)
        return;
    int32_t moved = series_season_move(&season, forecast->day);
    if (moved == forecast->day)
        return;
    struct date date = day_date(moved);
    forecast->source = FORECAST_FROM_SEASON;
    forecast->day = moved;
    forecast->earliest = day_month_start(moved);
    forecast->latest = forecast->earliest + month_days(date.year, date.month) - 1;
}

static bool ask_rhythm(const struct forecast_options *options, const struct forecast_facts *facts, struct forecast *ret)
{
    const struct series_gaps *gaps = &facts->gaps;
    ret->gap_count = gaps->count;
    if (gaps->count < options->min_gaps)
        return false;
    int32_t last = series_last_day(&facts->series);
    struct forecast found = *ret;
    found.source = FORECAST_FROM_RHYTHM;
    found.median_gap_milli = gaps->median_milli;
    found.earliest = last + (int32_t)(gaps->low_milli / MILLI);
    found.day = last + (int32_t)((gaps->median_milli + MILLI / 2) / MILLI);
    found.latest = last + (int32_t)((gaps->high_milli + MILLI - 1) / MILLI);
    move_into_season(&facts->series, &found);
    if (!hold(options, facts, found.day))
        return false;
    *ret = found;
    return true;
}

static bool ask_contract(const struct forecast_options *options, const struct forecast_facts *facts,
                         struct forecast *ret)
{
    int32_t today = facts->series.today;
    if (facts->contract_from == SERIES_NO_DAY)
        return false;
    bool runs = facts->contract_from <= today;
    int32_t day = runs ? facts->contract_to : facts->contract_from;
    if (!hold(options, facts, day))
        return false;
    int64_t bought = runs ? series_between(&facts->series, facts->contract_from, today).kept_micros : 0;
    int64_t left = facts->contract_micros - (bought > 0 ? bought : 0);
    if (runs && facts->contract_micros > 0 && left <= 0)
        return false;
    ret->source = FORECAST_FROM_CONTRACT;
    ret->day = ret->earliest = ret->latest = day;
    if (runs)
        ret->earliest = today;
    ret->amount_micros = left > 0 ? left : 0;
    return true;
}

static enum forecast_value value_of(const struct forecast_options *options, int64_t today, int64_t day)
{
    return day < today ? FORECAST_LATE : day <= today + options->soon_days ? FORECAST_SOON : FORECAST_LATER;
}

void forecast_judge(const struct forecast_options *options, const struct forecast_facts *facts, struct forecast *ret)
{
    static source *const SOURCES[] = {ask_told, ask_rhythm, ask_contract};
    *ret = (struct forecast){.day = SERIES_NO_DAY, .earliest = SERIES_NO_DAY, .latest = SERIES_NO_DAY};
    bool found = false;
    for (size_t i = 0; i < sizeof SOURCES / sizeof SOURCES[0] && !found; i++)
        found = SOURCES[i](options, facts, ret);
    if (!found)
        return;
    if (ret->earliest > ret->day)
        ret->earliest = ret->day;
    if (ret->latest < ret->day)
        ret->latest = ret->day;
    if (ret->amount_micros <= 0)
        ret->amount_micros = series_amount(&facts->series, (size_t)options->newest);
    ret->value = (uint8_t)value_of(options, facts->series.today, ret->day);
}

static const char *const SOURCE_TEXTS[FORECAST_SOURCES] = {
    [FORECAST_FROM_NOTHING] = "not known: no date was told, and there are too few purchases",
    [FORECAST_FROM_LEAD] = "the date that the lead gave",
    [FORECAST_FROM_QUOTE] = "the date that the open quote gave",
    [FORECAST_FROM_RHYTHM] = "the last purchase and the median of the newest gaps",
    [FORECAST_FROM_SEASON] = "the last purchase and the median of the newest gaps, moved into the season",
    [FORECAST_FROM_CONTRACT] = "the contract's day",
};

void forecast_explain(const struct forecast_options *options, const struct forecast_facts *facts,
                      const struct forecast *forecast, struct reason *ret_reason)
{
    reason_start(ret_reason, "next order: %s", SOURCE_TEXTS[forecast->source]);
    if (facts->series.count > 0)
        reason_add(ret_reason, "last_purchase", REASON_DATE, series_last_day(&facts->series));
    if (forecast->gap_count > 0 || forecast->source == FORECAST_FROM_NOTHING)
        reason_add(ret_reason, "gaps", REASON_COUNT, forecast->gap_count);
    if (forecast->median_gap_milli > 0)
        reason_add(ret_reason, "median_gap", REASON_DAYS, forecast->median_gap_milli);
    if (forecast->source == FORECAST_FROM_NOTHING)
        return;
    reason_add(ret_reason, "next_order", REASON_DATE, forecast->day);
    reason_add(ret_reason, "earliest", REASON_DATE, forecast->earliest);
    reason_add(ret_reason, "latest", REASON_DATE, forecast->latest);
    reason_add(ret_reason, "soon_within", REASON_DAYS, options->soon_days * MILLI);
    if (forecast->amount_micros > 0)
        reason_add(ret_reason, "amount", REASON_MONEY, forecast->amount_micros);
    if (forecast->quantity_milli > 0)
        reason_note(ret_reason, "quantity told: %lld.%03lld", (long long)(forecast->quantity_milli / MILLI),
                    (long long)(forecast->quantity_milli % MILLI));
}
