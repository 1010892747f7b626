#include "services/scheduler/span.h"

#include "common/must.h"

enum {
    MINUTE_MS = 60000,
    AMOUNT_MOST = 5300000, // ten years of minutes: no plan of ours reaches further
};

static int64_t seconds(int64_t at_ms)
{
    return at_ms >= 0 ? at_ms / 1000 : -((-at_ms + 999) / 1000);
}

// The instant on another local day at which the clock shows what it shows at `from_ms`.
static int64_t same_minute(const struct shift *shift, int32_t day, int64_t from_ms)
{
    int64_t from_s = seconds(from_ms);
    int32_t second = zone_local(shift->time.zone, from_s).second;
    int64_t minute_s = zone_instant(shift->time.zone, day, (uint32_t)(second / 60));
    return (minute_s + second % 60) * 1000 + from_ms - from_s * 1000;
}

static int64_t moment(const struct shift *shift, int32_t day, uint32_t minute)
{
    return zone_instant(shift->time.zone, day, minute) * 1000;
}

static int32_t local_day(const struct shift *shift, int64_t at_ms)
{
    return zone_local(shift->time.zone, seconds(at_ms)).day;
}

// The k-th working day before `day`; for k = 0 `day` itself or the last one before it.
static bool workday_back(const struct shift *shift, int32_t day, int32_t k, int32_t *ret_day)
{
    *ret_day = day;
    if (k == 0 && workday_is(shift->time.days, day))
        return true;
    return workday_add(shift->time.days, day, k == 0 ? -1 : -k, ret_day);
}

// Goes through the parts of working days from `from_ms` on until `left_ms` of them are used up.
static int64_t work_on(const struct shift *shift, int64_t left_ms, int64_t from_ms)
{
    int32_t first = local_day(shift, from_ms), day = first;
    while ((int64_t)day - first <= WORKDAY_REACH_DAYS && workday_next(shift->time.days, day, &day)) {
        for (size_t i = 0; i < shift->time.hour_count; i++) {
            int64_t start_ms = moment(shift, day, shift->time.hours[i].from_minute);
            int64_t end_ms = moment(shift, day, shift->time.hours[i].to_minute);
            start_ms = start_ms > from_ms ? start_ms : from_ms;
            if (start_ms >= end_ms)
                continue;
            if (left_ms <= end_ms - start_ms)
                return start_ms + left_ms;
            left_ms -= end_ms - start_ms;
        }
        day++;
    }
    return SHIFT_NEVER;
}

// The same the other way.
static int64_t work_back(const struct shift *shift, int64_t left_ms, int64_t from_ms)
{
    int32_t first = local_day(shift, from_ms), day = first;
    while ((int64_t)first - day <= WORKDAY_REACH_DAYS && workday_back(shift, day, 0, &day)) {
        for (size_t i = shift->time.hour_count; i-- > 0;) {
            int64_t start_ms = moment(shift, day, shift->time.hours[i].from_minute);
            int64_t end_ms = moment(shift, day, shift->time.hours[i].to_minute);
            if (start_ms >= end_ms || start_ms > from_ms)
                continue;
            end_ms = end_ms < from_ms ? end_ms : from_ms;
            if (left_ms <= end_ms - start_ms)
                return end_ms - left_ms;
            left_ms -= end_ms - start_ms;
        }
        day--;
    }
    return SHIFT_NEVER;
}

static int64_t day_end(const struct shift *shift, int32_t day)
{
    return moment(shift, day, shift->time.hours[shift->time.hour_count - 1].to_minute);
}

static int64_t end_after(const struct shift *shift, struct span span, int64_t from_ms)
{
    const struct workdays *days = shift->time.days;
    int32_t day = local_day(shift, from_ms);
    if (shift->time.hour_count == 0)
        return SHIFT_NEVER;
    bool late =
        from_ms >= day_end(shift, day) || (span.cut_minute > 0 && from_ms > moment(shift, day, span.cut_minute));
    if (late || !workday_is(days, day))
        if (!workday_add(days, day, 1, &day))
            return SHIFT_NEVER;
    if (span.amount > 0 && !workday_add(days, day, span.amount, &day))
        return SHIFT_NEVER;
    return day_end(shift, day);
}

static int64_t end_before(const struct shift *shift, int32_t amount, int64_t from_ms)
{
    int32_t day = local_day(shift, from_ms);
    if (shift->time.hour_count == 0)
        return SHIFT_NEVER;
    if (!workday_is(shift->time.days, day) || day_end(shift, day) > from_ms)
        if (!workday_back(shift, day, 1, &day))
            return SHIFT_NEVER;
    return workday_back(shift, day, amount, &day) ? day_end(shift, day) : SHIFT_NEVER;
}

static int64_t later(const struct shift *shift, struct span span, int64_t from_ms)
{
    int32_t day = local_day(shift, from_ms);
    switch (span.unit) {
    case SPAN_MINUTES:
        return from_ms + (int64_t)span.amount * MINUTE_MS;
    case SPAN_WORK_MINUTES:
        return work_on(shift, (int64_t)span.amount * MINUTE_MS, from_ms);
    case SPAN_WORK_DAYS:
        return workday_add(shift->time.days, day, span.amount, &day) ? same_minute(shift, day, from_ms) : SHIFT_NEVER;
    case SPAN_DAYS:
        return same_minute(shift, day + span.amount, from_ms);
    case SPAN_END_OF_DAY:
        return end_after(shift, span, from_ms);
    case SPAN_INSTANT:
        break;
    }
    return from_ms;
}

static int64_t earlier(const struct shift *shift, struct span span, int64_t from_ms)
{
    int32_t day = local_day(shift, from_ms);
    switch (span.unit) {
    case SPAN_MINUTES:
        return from_ms - (int64_t)span.amount * MINUTE_MS;
    case SPAN_WORK_MINUTES:
        return work_back(shift, (int64_t)span.amount * MINUTE_MS, from_ms);
    case SPAN_WORK_DAYS:
        return workday_back(shift, day, span.amount, &day) ? same_minute(shift, day, from_ms) : SHIFT_NEVER;
    case SPAN_DAYS:
        return same_minute(shift, day - span.amount, from_ms);
    case SPAN_END_OF_DAY:
        return end_before(shift, span.amount, from_ms);
    case SPAN_INSTANT:
        break;
    }
    return from_ms;
}

int64_t span_after(const struct shift *shift, struct span span, int64_t from_ms)
{
    must(span.amount > -AMOUNT_MOST && span.amount < AMOUNT_MOST);
    must(span.cut_minute <= DAY_MINUTES);
    if (from_ms == SHIFT_NEVER)
        return SHIFT_NEVER;
    if (span.amount >= 0)
        return later(shift, span, from_ms);
    span.amount = -span.amount;
    return earlier(shift, span, from_ms);
}
