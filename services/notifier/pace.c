#include "services/notifier/pace.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT_MAX = 100000, PERIOD_MAX_S = 86400, CHAT_SHARE = 4, PEOPLE_SHARE = 2, SECOND_MS = 1000 };

int64_t pace_next(const struct pace *pace, int64_t tat_ms, int64_t now_ms)
{
    must(pace->interval_ms >= 1 && pace->burst >= 1);
    int64_t earliest = tat_ms - (pace->burst - 1) * pace->interval_ms;
    return earliest > now_ms ? earliest : now_ms;
}

int64_t pace_take(const struct pace *pace, int64_t tat_ms, int64_t now_ms)
{
    return (tat_ms > now_ms ? tat_ms : now_ms) + pace->interval_ms;
}

// A number of at most six digits at *text, which moves behind it; 0 when there is none.
static int64_t number(const char **text)
{
    int64_t value = 0;
    for (int digits = 0; **text >= '0' && **text <= '9' && digits < 6; digits++)
        value = value * 10 + (*(*text)++ - '0');
    return value;
}

// One of `share` may go at once.
static bool parse(const char *text, int64_t share, struct pace *ret_pace)
{
    static const char units[] = "smh";
    static const int64_t seconds[] = {1, 60, 3600};
    int64_t count = number(&text);
    if (count < 1 || count > COUNT_MAX || *text++ != '/')
        return false;
    int64_t period = *text >= '0' && *text <= '9' ? number(&text) : 1;
    const char *unit = *text != '\0' ? strchr(units, *text) : NULL;
    if (unit == NULL || text[1] != '\0')
        return false;
    period *= seconds[unit - units];
    if (period < 1 || period > PERIOD_MAX_S)
        return false;
    int64_t burst = count >= share ? count / share : 1;
    int64_t steady = count > burst ? count - burst : 1;
    int64_t interval = (period * SECOND_MS + steady - 1) / steady;
    *ret_pace = (struct pace){.interval_ms = interval, .burst = burst};
    return true;
}

bool pace_parse(const char *text, struct pace *ret_pace)
{
    return parse(text, CHAT_SHARE, ret_pace);
}

bool pace_parse_eager(const char *text, struct pace *ret_pace)
{
    return parse(text, PEOPLE_SHARE, ret_pace);
}
