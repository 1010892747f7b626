#include "services/scoring/terms.h"

#include "common/zone.h"

#include <stdlib.h>
#include <string.h>

enum {
    DAY_MS = 86400000,
    SECOND_MS = 1000,
    LATE_SECOND = 20 * 3600, // no clock is set back by more than the four hours that are left of the day
};

static int64_t floor_by(int64_t value, int64_t unit)
{
    return value / unit - (value % unit < 0);
}

static int by_currency_and_day(const void *left, const void *right)
{
    const struct terms_rate *one = left, *other = right;
    int order = memcmp(one->currency, other->currency, MONEY_CODE_BYTES);
    return order != 0 ? order : (one->from_day > other->from_day) - (one->from_day < other->from_day);
}

void terms_sort(struct terms_rate *rates, size_t count)
{
    if (count > 1)
        qsort(rates, count, sizeof *rates, by_currency_and_day);
}

int64_t terms_day_start(const struct terms *terms, int32_t day)
{
    if (terms->zone == NULL)
        return (int64_t)day * DAY_MS;
    return zone_instant(terms->zone, day, 0) * SECOND_MS;
}

// Days never go back as instants go on: where clocks are set back over midnight, the new day stays once it has begun.
int32_t terms_day(const struct terms *terms, int64_t time_ms)
{
    if (terms->zone == NULL)
        return (int32_t)floor_by(time_ms, DAY_MS);
    struct local_time local = zone_local(terms->zone, floor_by(time_ms, SECOND_MS));
    bool late = local.second >= LATE_SECOND;
    return local.day + (late && time_ms >= terms_day_start(terms, local.day + 1));
}

bool terms_rate(const struct terms *terms, const char *currency, int32_t day, int64_t *ret_rate_micros)
{
    if (terms->currency[0] == '\0')
        return false;
    if (currency[0] == '\0' || memcmp(currency, terms->currency, MONEY_CODE_BYTES) == 0) {
        *ret_rate_micros = MONEY_MICROS;
        return true;
    }
    struct terms_rate wanted = {.from_day = day};
    memcpy(wanted.currency, currency, MONEY_CODE_BYTES);
    size_t low = 0, high = terms->rate_count; // the first rate that is later than the day, or of a later currency
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_currency_and_day(&terms->rates[middle], &wanted) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || memcmp(terms->rates[low - 1].currency, currency, MONEY_CODE_BYTES) != 0)
        return false;
    *ret_rate_micros = terms->rates[low - 1].rate_micros;
    return true;
}
