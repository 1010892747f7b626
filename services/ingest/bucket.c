#include "services/ingest/bucket.h"

#include "common/must.h"

#include <string.h>

enum { COUNT_MAX = 1000000, PERIOD_MAX_S = 86400, DIGITS_MAX = 7 };

static int64_t read_number(const char **text)
{
    int64_t number = 0;
    for (int i = 0; i < DIGITS_MAX && **text >= '0' && **text <= '9'; i++)
        number = number * 10 + (*(*text)++ - '0');
    return number;
}

bool bucket_parse(const char *text, struct bucket_rate *ret_rate)
{
    static const char units[] = "smh";
    static const int64_t seconds[] = {1, 60, 3600};
    int64_t count = read_number(&text);
    if (count < 1 || count > COUNT_MAX || *text++ != '/')
        return false;
    int64_t period_s = *text >= '0' && *text <= '9' ? read_number(&text) : 1;
    const char *unit = *text != '\0' ? strchr(units, *text) : NULL;
    if (unit == NULL || text[1] != '\0')
        return false;
    period_s *= seconds[unit - units];
    if (period_s < 1 || period_s > PERIOD_MAX_S)
        return false;
    *ret_rate = (struct bucket_rate){.burst = count, .period_ms = period_s * 1000};
    return true;
}

bool bucket_take(struct bucket *bucket, const struct bucket_rate *rate, int64_t pieces, int64_t now_ms,
                 int64_t *ret_wait_ms)
{
    must(rate->burst >= 1 && rate->period_ms >= 1 && pieces >= 0);
    int64_t passed_ms = now_ms > bucket->seen_ms ? now_ms - bucket->seen_ms : 0;
    // In one period all of it comes back, and longer absences would only overflow.
    int64_t back = passed_ms >= rate->period_ms ? INT64_MAX : passed_ms * rate->burst;
    int64_t level = back >= bucket->level ? 0 : bucket->level - back;
    int64_t room = rate->burst * rate->period_ms, asked = pieces < rate->burst ? pieces * rate->period_ms : room;
    if (level + asked > room) {
        *ret_wait_ms = (level + asked - room + rate->burst - 1) / rate->burst;
        return false;
    }
    *bucket = (struct bucket){.level = level + asked, .seen_ms = now_ms > bucket->seen_ms ? now_ms : bucket->seen_ms};
    return true;
}
