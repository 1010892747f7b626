#include "services/notifier/hush.h"

#include "common/zone.h"

enum { SECOND_MS = 1000, MINUTE_SECONDS = 60, DAY_SECONDS = 86400, STEPS_MOST = 200 * (HUSH_GOLDEN + 2) };

bool hush_away(const struct hush *hush, int32_t day)
{
    for (size_t i = 0; i < hush->absence_count; i++)
        if (hush->absences[i].from_day <= day && day <= hush->absences[i].to_day)
            return true;
    return false;
}

static int64_t instant_s(const struct hush *hush, int32_t day, int32_t minute)
{
    return hush->zone != NULL ? zone_instant(hush->zone, day, (uint32_t)minute)
                              : (int64_t)day * DAY_SECONDS + minute * MINUTE_SECONDS;
}

static bool quiet(const struct hush *hush, int32_t minute)
{
    if (hush->quiet_from <= hush->quiet_to)
        return minute >= hush->quiet_from && minute < hush->quiet_to;
    return minute >= hush->quiet_from || minute < hush->quiet_to;
}

// When what reigns at that local moment ends; the same second when nothing does.
static int64_t ends_s(const struct hush *hush, int64_t now_s, bool golden)
{
    int64_t days = now_s / DAY_SECONDS - (now_s % DAY_SECONDS < 0);
    struct local_time now = {.day = (int32_t)days, .second = (int32_t)(now_s - days * DAY_SECONDS)};
    if (hush->zone != NULL)
        now = zone_local(hush->zone, now_s);
    int32_t minute = now.second / MINUTE_SECONDS;
    if ((hush->days != NULL && !workday_is(hush->days, now.day)) || hush_away(hush, now.day))
        return instant_s(hush, now.day + 1, 0);
    if (quiet(hush, minute))
        return instant_s(hush, minute < hush->quiet_to ? now.day : now.day + 1, hush->quiet_to);
    for (size_t i = 0; golden && i < hush->golden_count; i++)
        if (minute >= (int32_t)hush->golden[i].from_minute && minute < (int32_t)hush->golden[i].to_minute)
            return instant_s(hush, now.day, (int32_t)hush->golden[i].to_minute);
    return now_s;
}

int64_t hush_end(const struct hush *hush, int64_t now_ms, bool golden)
{
    int64_t at_s = now_ms / SECOND_MS;
    for (int i = 0; i < STEPS_MOST; i++) {
        int64_t end_s = ends_s(hush, at_s, golden);
        if (end_s <= at_s)
            return i == 0 ? now_ms : at_s * SECOND_MS;
        at_s = end_s;
    }
    return now_ms;
}
