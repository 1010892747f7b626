// The rules that turn an order into figures: whose day it is, in what currency, by which measure. Pure.
#ifndef TEND_SCORING_RULES_H
#define TEND_SCORING_RULES_H

#include "common/money.h"

struct zone;

// What a customer's value is counted in.
enum rules_measure {
    RULES_NET,      // net sales: totals less refunds
    RULES_QUANTITY, // pieces
    RULES_MARGIN,   // totals less what the lines cost; an order whose cost is not known adds nothing
};

// What one unit of a currency costs in the reporting currency, in micros, from a day on until the currency's next rate.
struct rules_rate {
    char currency[MONEY_CODE_BYTES];
    int32_t from_day;
    int64_t rate_micros; // above 0
};

struct rules {
    const struct zone *zone; // NULL: UTC
    char currency[MONEY_CODE_BYTES];  // to report in; empty: not known yet, then no amount counts
    const struct rules_rate *rates;   // as rules_sort leaves them
    size_t rate_count;
    enum rules_measure measure;
    bool refund_on_order_day; // else a refund is subtracted on its own day
};

// Sorts rates by currency and day.
void rules_sort(struct rules_rate *rates, size_t count);

// The local day of an instant (milliseconds since 1970).
int32_t rules_day(const struct rules *rules, int64_t time_ms);

// The first instant of a local day.
int64_t rules_day_start(const struct rules *rules, int32_t day);

// The rate in force on a day; an empty currency is the reporting one, whose rate is one. False when none is known.
bool rules_rate(const struct rules *rules, const char *currency, int32_t day, int64_t *ret_rate_micros);

#endif
