#include "common/stamp.h"

#include "common/calendar.h"
#include "common/must.h"

#include <stdio.h>

enum {
    DAY_SECONDS = 86400,
    FRACTION_DIGITS = 9,
};

bool stamp_valid(int64_t seconds, int32_t nanos)
{
    return seconds >= 0 && seconds <= STAMP_SECONDS_MAX && nanos >= 0 && nanos < STAMP_NANOS;
}

// Exactly `count` digits.
static bool digits(const char *text, size_t count, int *ret_number)
{
    int number = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        number = number * 10 + (text[i] - '0');
    }
    *ret_number = number;
    return true;
}

// "09:30:00" as seconds of the day. Leap seconds have no place in a count of seconds since 1970.
static bool clock_time(const char *text, int *ret_seconds)
{
    int hour, minute, second;
    if (!digits(text, 2, &hour) || !digits(text + 3, 2, &minute) || !digits(text + 6, 2, &second))
        return false;
    if (text[2] != ':' || text[5] != ':' || hour > 23 || minute > 59 || second > 59)
        return false;
    *ret_seconds = hour * 3600 + minute * 60 + second;
    return true;
}

// ".25" at `at`, if there is one: the nanoseconds, and how far it goes.
static bool fraction(const char *text, size_t length, size_t at, size_t *ret_end, int32_t *ret_nanos)
{
    int32_t nanos = 0;
    if (at < length && text[at] == '.') {
        size_t first = ++at;
        int32_t unit = STAMP_NANOS / 10;
        for (; at < length && text[at] >= '0' && text[at] <= '9'; at++, unit /= 10) {
            if (at - first == FRACTION_DIGITS)
                return false;
            nanos += unit * (text[at] - '0');
        }
        if (at == first)
            return false;
    }
    *ret_end = at;
    *ret_nanos = nanos;
    return true;
}

// "Z" or "+08:00", all of `length` bytes, as the seconds to take away.
static bool offset(const char *text, size_t length, int *ret_seconds)
{
    int hours, minutes;
    if (length == 1 && (text[0] == 'Z' || text[0] == 'z')) {
        *ret_seconds = 0;
        return true;
    }
    if (length != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
        return false;
    if (!digits(text + 1, 2, &hours) || !digits(text + 4, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *ret_seconds = (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

bool stamp_parse(const char *text, size_t length, int64_t *ret_seconds, int32_t *ret_nanos)
{
    enum { DATE_BYTES = 10, TIME_AT = 11, FRACTION_AT = 19 };
    int32_t day, nanos;
    int within, away;
    size_t end;
    if (length <= FRACTION_AT || (text[DATE_BYTES] != 'T' && text[DATE_BYTES] != 't') ||
        !day_parse(text, DATE_BYTES, &day))
        return false;
    if (!clock_time(text + TIME_AT, &within) || !fraction(text, length, FRACTION_AT, &end, &nanos))
        return false;
    if (!offset(text + end, length - end, &away))
        return false;
    int64_t seconds = (int64_t)day * DAY_SECONDS + within - away;
    if (!stamp_valid(seconds, nanos))
        return false;
    *ret_seconds = seconds;
    *ret_nanos = nanos;
    return true;
}

size_t stamp_print(int64_t seconds, int32_t nanos, char *buffer)
{
    must(stamp_valid(seconds, nanos));
    int within = (int)(seconds % DAY_SECONDS);
    int length = (int)day_print((int32_t)(seconds / DAY_SECONDS), buffer);
    length += snprintf(buffer + length, (size_t)(STAMP_TEXT_BYTES - length), "T%02d:%02d:%02d", within / 3600,
                       within / 60 % 60, within % 60);
    if (nanos != 0) {
        int32_t places = nanos % 1000000 == 0 ? 3 : nanos % 1000 == 0 ? 6 : 9;
        int32_t shown = places == 3 ? nanos / 1000000 : places == 6 ? nanos / 1000 : nanos;
        length += snprintf(buffer + length, (size_t)(STAMP_TEXT_BYTES - length), ".%0*d", places, shown);
    }
    must(length > 0 && length < STAMP_TEXT_BYTES - 1);
    buffer[length++] = 'Z';
    buffer[length] = '\0';
    return (size_t)length;
}
