// The dimension demand.next_order: when the customer will order next, and how much. Pure. The first source that there
// is:
//   told      the expected date that a lead or an open quote gave after the last order; of both the one told later, the
//             quote where they were told at once. The quote's amount, or the lead's quantity, comes with it. Of several
//             open quotes the one with the earliest day; one that names no day says nothing here.
//   rhythm    the day of the last purchase and the median of the newest gaps between purchase days, where there are
//             min_gaps of them; moved into the season of a seasonal customer. The quartiles of the gaps say how sure.
//   contract  the day that the earliest contract not yet ended begins or, running, ends: by then what it is worth must
//             have been ordered. The amount is what is left of it.
// A day of which forget_days have passed is no forecast any more, and the next source is asked. The amount, where the
// source has none of its own, is the median of the newest purchases.
#ifndef TEND_SCORING_FORECAST_H
#define TEND_SCORING_FORECAST_H

#include "services/scoring/reason.h"
#include "services/scoring/series.h"

enum forecast_value { FORECAST_UNKNOWN, FORECAST_LATER, FORECAST_SOON, FORECAST_LATE, FORECAST_VALUES };

extern const char *const forecast_names[FORECAST_VALUES]; // "", "later", "soon", "late"

enum forecast_source {
    FORECAST_FROM_NOTHING,
    FORECAST_FROM_LEAD,
    FORECAST_FROM_QUOTE,
    FORECAST_FROM_RHYTHM,
    FORECAST_FROM_SEASON, // the rhythm, moved
    FORECAST_FROM_CONTRACT,
    FORECAST_SOURCES
};

struct forecast_options {
    int64_t soon_days;   // today and so many days after it are soon
    int64_t min_gaps;    // 1 or more
    int64_t newest;      // gaps and amounts of which the median is taken, 1 to SERIES_NEWEST_MAX
    int64_t forget_days; // a forecast passed by more is none
};

// Days are SERIES_NO_DAY and instants SERIES_NEVER where there are none; amounts and quantities 0.
struct forecast_facts {
    struct series series;
    struct series_gaps gaps; // of the series, its median and quartiles those of the newest (options)
    int64_t lead_ms;         // when the lead's expected date was told
    int32_t lead_day;
    int64_t lead_quantity_milli;
    int64_t quote_ms; // when the open quote that names the earliest day was sent
    int32_t quote_day;
    int64_t quote_micros;
    int32_t contract_from, contract_to; // the earliest contract that has not ended
    int64_t contract_micros;            // what it is worth in all
};

struct forecast {
    uint8_t value;
    uint8_t source;           // enum forecast_source
    int32_t day;              // SERIES_NO_DAY when unknown
    int32_t earliest, latest; // where half of the orders would fall; `day` where it was told
    int64_t amount_micros;    // 0: not known
    int64_t quantity_milli;   // told by the lead; 0: not known
    int64_t median_gap_milli; // 0 where the rhythm is not known
    uint32_t gap_count;
};

// The first source that there is, as above.
void forecast_judge(const struct forecast_options *options, const struct forecast_facts *facts, struct forecast *ret);

// Why: the source, the day, how sure, and the amount.
void forecast_explain(const struct forecast_options *options, const struct forecast_facts *facts,
                      const struct forecast *forecast, struct reason *ret_reason);

#endif
