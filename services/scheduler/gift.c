#include "services/scheduler/gift.h"

#include "common/must.h"

enum { CLASS_C = 3 };

_Static_assert(sizeof(struct gifts) == GIFT_YEARS * (4 + 8), "stored as its bytes");

static int64_t add(int64_t left, int64_t right)
{
    int64_t sum;
    if (!__builtin_add_overflow(left, right, &sum))
        return sum;
    return right > 0 ? INT64_MAX : INT64_MIN;
}

void gift_add(struct gifts *gifts, int32_t year, int64_t micros)
{
    must(year > 0);
    int at = 0;
    while (at < GIFT_YEARS && gifts->years[at] > year)
        at++;
    if (at == GIFT_YEARS)
        return;
    if (gifts->years[at] != year) {
        for (int i = GIFT_YEARS - 1; i > at; i--) {
            gifts->years[i] = gifts->years[i - 1];
            gifts->spent_micros[i] = gifts->spent_micros[i - 1];
        }
        gifts->years[at] = year;
        gifts->spent_micros[at] = 0;
    }
    gifts->spent_micros[at] = add(gifts->spent_micros[at], micros);
}

int64_t gift_spent(const struct gifts *gifts, int32_t year)
{
    for (int i = 0; i < GIFT_YEARS; i++)
        if (gifts->years[i] == year)
            return gifts->spent_micros[i];
    return 0;
}

int64_t gift_left(const struct gift_options *options, uint32_t abc, const struct gifts *gifts, int32_t year)
{
    uint32_t class = abc > 0 && abc < GIFT_CLASSES ? abc : CLASS_C;
    int64_t spent = gift_spent(gifts, year);
    return add(options->budget_micros[class], spent == INT64_MIN ? INT64_MAX : -spent);
}
