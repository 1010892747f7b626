#include "services/scheduler/rhythm.h"

#include "common/calendar.h"

#include <string.h>

enum { MARK_BITS = 12, DAY_HOURS = 24, DAY_LAST = 43464, CLASS_C = 3, WHOLE_PPM = 1000000 };

_Static_assert((DAY_LAST + 1) * DAY_HOURS <= 1 << (32 - MARK_BITS), "a local hour has twenty bits");
_Static_assert(sizeof(struct rhythm) == 4 + 4 * RHYTHM_REPLIES, "stored as its bytes");

bool rhythm_read(const void *bytes, size_t length, struct rhythm *ret_rhythm)
{
    memset(ret_rhythm, 0, sizeof *ret_rhythm);
    if (length < RHYTHM_BYTES(0) || length > sizeof *ret_rhythm)
        return false;
    memcpy(ret_rhythm, bytes, length);
    if (ret_rhythm->count <= RHYTHM_REPLIES && length == RHYTHM_BYTES(ret_rhythm->count))
        return true;
    memset(ret_rhythm, 0, sizeof *ret_rhythm);
    return false;
}

static bool add(struct rhythm *rhythm, uint32_t packed)
{
    uint32_t at = rhythm->count;
    while (at > 0 && rhythm->replies[at - 1] > packed)
        at--;
    if (at > 0 && rhythm->replies[at - 1] == packed)
        return false;
    if (rhythm->count == RHYTHM_REPLIES) {
        if (at == 0)
            return false;
        memmove(&rhythm->replies[0], &rhythm->replies[1], (at - 1) * sizeof rhythm->replies[0]);
        rhythm->replies[at - 1] = packed;
        return true;
    }
    memmove(&rhythm->replies[at + 1], &rhythm->replies[at], (rhythm->count - at) * sizeof rhythm->replies[0]);
    rhythm->replies[at] = packed;
    rhythm->count++;
    return true;
}

bool rhythm_reply(struct rhythm *rhythm, int32_t day, uint32_t hour, uint64_t mark)
{
    if (day < 0 || day > DAY_LAST || hour >= DAY_HOURS)
        return false;
    uint32_t short_mark = (uint32_t)((mark ^ mark >> 29 ^ mark >> 52) & ((1U << MARK_BITS) - 1));
    return add(rhythm, ((uint32_t)day * DAY_HOURS + hour) << MARK_BITS | short_mark);
}

void rhythm_join(struct rhythm *rhythm, const struct rhythm *others)
{
    for (uint32_t i = others->count; i > 0; i--)
        (void)add(rhythm, others->replies[i - 1]);
}

static bool clear_share(const struct rhythm_options *options, uint32_t part, uint32_t all, uint32_t parts)
{
    return (int64_t)(part + 1) * WHOLE_PPM >= options->clear_ppm * (int64_t)(all + parts);
}

// The replies of an hour and its two neighbours, around midnight too.
static uint32_t around(const uint32_t *hours, uint32_t hour)
{
    return hours[(hour + DAY_HOURS - 1) % DAY_HOURS] + hours[hour] + hours[(hour + 1) % DAY_HOURS];
}

static int32_t best_hour(const struct rhythm_options *options, const uint32_t *hours, uint32_t all)
{
    enum { PARTS = 8, APART = 3 };
    uint32_t best = 0, next = 0;
    for (uint32_t hour = 1; hour < DAY_HOURS; hour++) {
        uint32_t here = around(hours, hour), there = around(hours, best);
        if (here > there || (here == there && hours[hour] > hours[best]))
            best = hour;
    }
    for (uint32_t i = APART; i <= DAY_HOURS - APART; i++) {
        uint32_t other = around(hours, (best + i) % DAY_HOURS);
        next = other > next ? other : next;
    }
    uint32_t most = around(hours, best);
    return most > next && clear_share(options, most, all, PARTS) ? (int32_t)best : -1;
}

static int32_t best_weekday(const struct rhythm_options *options, const uint32_t *weekdays, uint32_t all)
{
    uint32_t best = 1, next = 0;
    for (uint32_t weekday = 2; weekday <= WEEK_DAYS; weekday++)
        if (weekdays[weekday] > weekdays[best])
            best = weekday;
    for (uint32_t weekday = 1; weekday <= WEEK_DAYS; weekday++)
        if (weekday != best && weekdays[weekday] > next)
            next = weekdays[weekday];
    return weekdays[best] > next && clear_share(options, weekdays[best], all, WEEK_DAYS) ? (int32_t)best : 0;
}

struct rhythm_best rhythm_best(const struct rhythm_options *options, const struct rhythm *rhythm)
{
    struct rhythm_best best = {.hour = -1, .replies = rhythm->count};
    if (rhythm->count == 0 || rhythm->count < options->replies_least)
        return best;
    uint32_t hours[DAY_HOURS] = {0}, weekdays[WEEK_DAYS + 1] = {0};
    for (uint32_t i = 0; i < rhythm->count; i++) {
        uint32_t hour = rhythm->replies[i] >> MARK_BITS;
        hours[hour % DAY_HOURS]++;
        weekdays[day_weekday((int32_t)(hour / DAY_HOURS))]++;
    }
    best.hour = best_hour(options, hours, rhythm->count);
    best.weekday = best_weekday(options, weekdays, rhythm->count);
    return best;
}
