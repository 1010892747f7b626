#include "services/scoring/rules.h"

#include "common/zone.h"

#include <stdlib.h>
#include <string.h>

enum { DAY_MS = 86400000, SECOND_MS = 1000 };

static int64_t floor_by(int64_t value, int64_t unit)
{
    return value / unit - (value % unit < 0);
}

static int by_currency_and_day(const void *left, const void *right)
{
    const struct rules_rate *one = left, *other = right;
    int order = memcmp(one->currency, other->currency, MONEY_CODE_BYTES);
    return order != 0 ? order : (one->from_day > other->from_day) - (one->from_day < other->from_day);
}

void rules_sort(struct rules_rate *rates, size_t count)
{
    if (count > 1)
        qsort(rates, count, sizeof *rates, by_currency_and_day);
}

int32_t rules_day(const struct rules *rules, int64_t time_ms)
{
    if (rules->zone == NULL)
        return (int32_t)floor_by(time_ms, DAY_MS);
    return zone_local(rules->zone, floor_by(time_ms, SECOND_MS)).day;
}

int64_t rules_day_start(const struct rules *rules, int32_t day)
{
    if (rules->zone == NULL)
        return (int64_t)day * DAY_MS;
    return zone_instant(rules->zone, day, 0) * SECOND_MS;
}

bool rules_rate(const struct rules *rules, const char *currency, int32_t day, int64_t *ret_rate_micros)
{
    if (rules->currency[0] == '\0')
        return false;
    if (currency[0] == '\0' || memcmp(currency, rules->currency, MONEY_CODE_BYTES) == 0) {
        *ret_rate_micros = MONEY_MICROS;
        return true;
    }
    struct rules_rate wanted = {.from_day = day};
    memcpy(wanted.currency, currency, MONEY_CODE_BYTES);
    size_t low = 0, high = rules->rate_count; // the first rate that is later than the day, or of a later currency
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_currency_and_day(&rules->rates[middle], &wanted) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || memcmp(rules->rates[low - 1].currency, currency, MONEY_CODE_BYTES) != 0)
        return false;
    *ret_rate_micros = rules->rates[low - 1].rate_micros;
    return true;
}
