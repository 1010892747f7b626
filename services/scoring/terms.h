// The rules that turn an order into figures: whose day it is, in what currency, by which measure. Pure.
#ifndef TEND_SCORING_TERMS_H
#define TEND_SCORING_TERMS_H

#include "common/money.h"

struct zone;

// What a customer's value is counted in.
enum terms_measure {
    TERMS_NET,      // net sales: totals less refunds
    TERMS_QUANTITY, // pieces
    TERMS_MARGIN,   // totals less what the lines cost; an order whose cost is not known adds nothing
};

// What one unit of a currency costs in the reporting currency, in micros, from a day on until the currency's next rate.
struct terms_rate {
    char currency[MONEY_CODE_BYTES];
    int32_t from_day;
    int64_t rate_micros; // above 0
};

struct terms {
    const struct zone *zone;         // NULL: UTC
    char currency[MONEY_CODE_BYTES]; // to report in; empty: not known yet, then no amount counts
    const struct terms_rate *rates;  // as terms_sort leaves them
    size_t rate_count;
    enum terms_measure measure;
    bool refund_on_order_day; // else a refund is subtracted on its own day
};

// Sorts rates by currency and day.
void terms_sort(struct terms_rate *rates, size_t count);

// The local day of an instant (milliseconds since 1970): a later instant never has an earlier day.
int32_t terms_day(const struct terms *terms, int64_t time_ms);

// The first instant of a local day.
int64_t terms_day_start(const struct terms *terms, int32_t day);

// The rate in force on a day; an empty currency is the reporting one, whose rate is one. False when none is known.
bool terms_rate(const struct terms *terms, const char *currency, int32_t day, int64_t *ret_rate_micros);

#endif
