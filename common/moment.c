#include "common/moment.h"

#include "common/calendar.h"
#include "common/stamp.h"
#include "common/zone.h"

#include <ctype.h>
#include <string.h>

enum { NOON_MINUTE = 720, CENTURY_TURN = 70 };

#define DAY_SECONDS INT64_C(86400)

// What one letter of a format reads.
struct part {
    char letter;
    int digits_max;
};

static const struct part parts[] = {{'Y', 4}, {'M', 2}, {'D', 2}, {'H', 2}, {'m', 2}, {'s', 2}, {'A', 0}, {'Z', 0}};

enum { PARTS = sizeof parts / sizeof *parts, YEAR = 0, MONTH, DAY, HOUR, MINUTE, SECOND, HALF, OFFSET };

// The numbers read so far; -1 for none. HALF is 0 for AM and 1 for PM, OFFSET what the clocks are ahead of UTC, whole
// minutes in seconds.
struct reading {
    int value[PARTS];
};

static int part_of(char letter)
{
    for (int i = 0; i < PARTS; i++)
        if (parts[i].letter == letter)
            return i;
    return -1;
}

static size_t run_of(const char *format)
{
    size_t run = 1;
    while (format[run] == format[0])
        run++;
    return run;
}

bool moment_format_valid(const char *format)
{
    int seen[PARTS] = {0};
    for (size_t run; *format != '\0'; format += run) {
        int part = part_of(*format);
        run = part < 0 ? 1 : run_of(format);
        if (part < 0)
            continue;
        bool year = part == YEAR, single = part == HALF || part == OFFSET;
        if (seen[part]++ > 0 || (year ? run != 2 && run != 4 : run > (single ? 1 : 2)))
            return false;
    }
    return seen[YEAR] && seen[MONTH] && seen[DAY] && (!seen[MINUTE] || seen[HOUR]) && (!seen[SECOND] || seen[MINUTE]) &&
           (!seen[HALF] || seen[HOUR]) && (!seen[OFFSET] || seen[HOUR]);
}

static size_t digits_of(const char *text, size_t length)
{
    size_t digits = 0;
    while (digits < length && text[digits] >= '0' && text[digits] <= '9')
        digits++;
    return digits;
}

static bool read_half(const char **at, const char *end, int *ret_half)
{
    if (end - *at < 2 || tolower((unsigned char)(*at)[1]) != 'm')
        return false;
    int letter = tolower((unsigned char)**at);
    *ret_half = letter == 'p';
    *at += 2;
    return letter == 'a' || letter == 'p';
}

static bool read_number(const char **at, const char *end, int digits_min, int digits_max, int *ret_number)
{
    int number = 0, digits = 0;
    for (; digits < digits_max && *at < end && **at >= '0' && **at <= '9'; digits++)
        number = number * 10 + (*(*at)++ - '0');
    *ret_number = number;
    return digits >= digits_min;
}

// "Z", "+08:00", "+0800" or "+08", with a blank before it or without.
static bool read_offset(const char **at, const char *end, int *ret_seconds)
{
    const char *next = *at;
    int hours = 0, minutes = 0;
    while (next < end && *next == ' ')
        next++;
    char sign = next < end ? *next++ : '\0';
    if (sign != 'Z' && sign != 'z') {
        if ((sign != '+' && sign != '-') || !read_number(&next, end, 2, 2, &hours))
            return false;
        bool colon = next < end && *next == ':';
        next += colon;
        if ((colon || next < end) && !read_number(&next, end, 2, 2, &minutes))
            return false;
    }
    if (hours > 23 || minutes > 59)
        return false;
    *ret_seconds = (sign == '-' ? -1 : 1) * (hours * 60 + minutes) * 60;
    *at = next;
    return true;
}

static bool read_part(int part, size_t run, const char **at, const char *end, struct reading *reading)
{
    int *value = &reading->value[part];
    if (part == HALF)
        return read_half(at, end, value);
    if (part == OFFSET)
        return read_offset(at, end, value);
    if (part != YEAR)
        return read_number(at, end, 1, parts[part].digits_max, value);
    if (!read_number(at, end, (int)run, (int)run, value))
        return false;
    if (run == 2)
        *value += *value < CENTURY_TURN ? 2000 : 1900;
    return true;
}

// Reads by the format as far as it goes; `at` moves on.
static bool read_by(const char *format, const char **at, const char *end, struct reading *reading)
{
    for (size_t run; *format != '\0'; format += run) {
        int part = part_of(*format);
        run = part < 0 ? 1 : run_of(format);
        bool loose = format[0] == ' ' && format[1] == parts[OFFSET].letter; // the offset passes over blanks itself
        if (loose)
            continue;
        if (part >= 0 ? !read_part(part, run, at, end, reading) : *at == end || *(*at)++ != *format)
            return false;
    }
    return true;
}

static bool settle(const struct reading *reading, struct moment *ret_moment)
{
    const int *value = reading->value;
    struct date date = {value[YEAR], value[MONTH], value[DAY]};
    if (date.year < 1 || !date_valid(date))
        return false;
    int hour = value[HOUR];
    if (value[HALF] >= 0 && (hour < 1 || hour > 12))
        return false;
    if (value[HALF] >= 0)
        hour = hour % 12 + 12 * value[HALF];
    int minute = value[MINUTE] < 0 ? 0 : value[MINUTE], second = value[SECOND] < 0 ? 0 : value[SECOND];
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    struct moment moment = {.day = day_from_date(date), .second = hour < 0 ? -1 : hour * 3600 + minute * 60 + second};
    if (value[OFFSET] != -1) {
        int64_t instant_s = moment.day * DAY_SECONDS + moment.second - value[OFFSET];
        moment = (struct moment){.absolute = true, .instant_s = instant_s, .second = -1};
        if (!stamp_valid(instant_s, 0))
            return false;
    }
    *ret_moment = moment;
    return true;
}

// What may stand behind a time: a fraction of the second, which nothing here needs, and an offset.
static bool read_rest(const char **at, const char *end, struct reading *reading)
{
    if (reading->value[SECOND] >= 0 && end - *at > 1 && **at == '.') {
        size_t digits = digits_of(*at + 1, (size_t)(end - *at) - 1);
        *at += digits == 0 ? 0 : digits + 1;
    }
    if (*at < end && reading->value[HOUR] >= 0 && reading->value[OFFSET] == -1)
        read_offset(at, end, &reading->value[OFFSET]);
    return *at == end;
}

static bool parse_by(const char *format, const char *text, size_t length, struct moment *ret_moment)
{
    static const char *const times[] = {" H:m", " H:m:s", "TH:m", "TH:m:s", " H:m A", " H:m:s A", NULL};
    struct reading reading;
    memset(&reading, -1, sizeof reading);
    const char *at = text, *end = text + length;
    if (!read_by(format, &at, end, &reading))
        return false;
    if (read_rest(&at, end, &reading))
        return settle(&reading, ret_moment);
    for (size_t i = 0; times[i] != NULL && reading.value[HOUR] < 0; i++) {
        struct reading longer = reading;
        const char *behind = at;
        if (read_by(times[i], &behind, end, &longer) && read_rest(&behind, end, &longer))
            return settle(&longer, ret_moment);
    }
    return false;
}

// RFC 3339, also with a space where the T belongs, as databases write it.
static bool parse_stamp(const char *text, size_t length, struct moment *ret_moment)
{
    char stamp[STAMP_TEXT_BYTES + 8];
    if (length < 20 || length >= sizeof stamp)
        return false;
    memcpy(stamp, text, length);
    if (stamp[10] == ' ')
        stamp[10] = 'T';
    int64_t seconds;
    int32_t nanos;
    if (!stamp_parse(stamp, length, &seconds, &nanos))
        return false;
    *ret_moment = (struct moment){.absolute = true, .instant_s = seconds, .second = -1};
    return true;
}

bool moment_parse(const char *format, const char *text, size_t length, struct moment *ret_moment)
{
    static const char *const clear[] = {"YYYY-M-D", "YYYY/M/D", "YYYY.M.D", "YYYY年M月D日", NULL};
    if (format != NULL)
        return parse_by(format, text, length, ret_moment);
    if (parse_stamp(text, length, ret_moment))
        return true;
    if (length == 8 && digits_of(text, length) == length) {
        char dashed[] = "YYYY-MM-DD";
        memcpy(dashed, text, 4);
        memcpy(dashed + 5, text + 4, 2);
        memcpy(dashed + 8, text + 6, 2);
        return parse_by(clear[0], dashed, sizeof dashed - 1, ret_moment);
    }
    for (size_t i = 0; clear[i] != NULL; i++)
        if (parse_by(clear[i], text, length, ret_moment))
            return true;
    return false;
}

int64_t moment_instant_s(const struct moment *moment, const struct zone *zone)
{
    if (moment->absolute)
        return moment->instant_s;
    if (moment->second < 0)
        return zone_instant(zone, moment->day, NOON_MINUTE);
    return zone_instant(zone, moment->day, (uint32_t)moment->second / 60) + moment->second % 60;
}

int32_t moment_day(const struct moment *moment, const struct zone *zone)
{
    return moment->absolute ? zone_local(zone, moment->instant_s).day : moment->day;
}
