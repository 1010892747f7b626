#include "services/scoring/delivered.h"

enum { MARK_MICROS = 1000000 };

// A side's sum as if all its marks were given, rounded half up; its marks are from `from` up to but without `to`.
static int64_t side(const uint8_t *parts, unsigned from, unsigned to, uint8_t *ret_marks)
{
    int64_t sum = 0, marks = 0;
    for (unsigned i = from; i < to; i++) {
        if (parts[i] < 1 || parts[i] > CARE_SCORE_MAX)
            continue;
        sum += parts[i];
        marks++;
    }
    *ret_marks = (uint8_t)marks;
    int64_t all = (int64_t)(to - from) * sum * MARK_MICROS;
    return marks == 0 ? 0 : (all + marks / 2) / marks;
}

void delivered_judge(const uint8_t parts[CARE_PARTS], struct delivered *ret_delivered)
{
    struct delivered delivered = {0};
    int64_t value = side(parts, DELIVERED_PRODUCT, DELIVERED_MONEY, &delivered.values);
    int64_t cost = side(parts, DELIVERED_MONEY, DELIVERED_PARTS, &delivered.costs);
    delivered.known = delivered.values > 0 && delivered.costs > 0;
    if (delivered.known) {
        delivered.value_micros = value;
        delivered.cost_micros = cost;
        delivered.net_micros = value - cost;
    }
    *ret_delivered = delivered;
}
