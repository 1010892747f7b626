#include "common/holidays.h"

#include "common/must.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    int32_t day;
    bool worked;
    char name[HOLIDAYS_NAME_BYTES];
};

struct holidays {
    size_t count;
    struct entry entries[HOLIDAYS_MAX]; // ascending by day, save while a file is being added
    size_t holiday_count, makeup_count;
    int32_t holidays[HOLIDAYS_MAX];
    int32_t makeups[HOLIDAYS_MAX];
};

struct span {
    const char *at;
    size_t length;
};

struct holidays *holidays_open(void)
{
    struct holidays *holidays = calloc(1, sizeof *holidays);
    must(holidays != NULL);
    return holidays;
}

void holidays_close(struct holidays **holidays)
{
    free(*holidays);
    *holidays = NULL;
}

static struct span trim(struct span span)
{
    while (span.length > 0 && memchr(" \t\r", span.at[span.length - 1], 3) != NULL)
        span.length--;
    while (span.length > 0 && memchr(" \t", span.at[0], 2) != NULL) {
        span.at++;
        span.length--;
    }
    return span;
}

// Cuts off what comes before the next `mark`, or all there is.
static struct span cut(struct span *rest, char mark)
{
    const char *end = rest->length > 0 ? memchr(rest->at, mark, rest->length) : NULL;
    struct span part = {rest->at, end != NULL ? (size_t)(end - rest->at) : rest->length};
    size_t used = part.length + (end != NULL);
    rest->at += used;
    rest->length -= used;
    return part;
}

static bool is(struct span span, const char *word)
{
    return span.length == strlen(word) && memcmp(span.at, word, span.length) == 0;
}

// Bytes of the UTF-8 character at `at` (RFC 3629), 0 when it is none or a control character.
static size_t character(const uint8_t *at, size_t left)
{
    if (at[0] < 0x80)
        return at[0] >= 0x20 && at[0] != 0x7f;
    size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc2 || at[0] > 0xf4 || length > left)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    // The second byte tells the overlong forms, the surrogates and what lies past U+10FFFF.
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) || (at[0] == 0xf0 && at[1] < 0x90) ||
        (at[0] == 0xf4 && at[1] > 0x8f))
        return 0;
    return at[0] == 0xc2 && at[1] < 0xa0 ? 0 : length;
}

static bool printable(struct span span)
{
    for (size_t i = 0, step; i < span.length; i += step) {
        step = character((const uint8_t *)span.at + i, span.length - i);
        if (step == 0)
            return false;
    }
    return true;
}

// What is wrong with the line, NULL when nothing is and the entry is filled.
static const char *read_line(struct span line, struct entry *ret_entry)
{
    struct span day = trim(cut(&line, ','));
    struct span kind = trim(cut(&line, ','));
    struct span name = trim(line);
    if (!day_parse(day.at, day.length, &ret_entry->day))
        return "the line does not start with a day like 2026-10-01";
    ret_entry->worked = is(kind, "workday");
    if (!ret_entry->worked && !is(kind, "holiday"))
        return "the second part must be holiday or workday";
    if (name.length >= HOLIDAYS_NAME_BYTES)
        return "the name is longer than 63 bytes";
    if (!printable(name))
        return "the name is not UTF-8 without control characters";
    if (name.length > 0)
        memcpy(ret_entry->name, name.at, name.length);
    ret_entry->name[name.length] = '\0';
    return NULL;
}

static bool has(const struct holidays *holidays, int32_t day)
{
    for (size_t i = 0; i < holidays->count; i++)
        if (holidays->entries[i].day == day)
            return true;
    return false;
}

static const char *add_line(struct holidays *holidays, struct span line)
{
    if (holidays->count == HOLIDAYS_MAX)
        return "there are more than 4096 days";
    struct entry *entry = &holidays->entries[holidays->count];
    const char *error = read_line(line, entry);
    if (error == NULL && has(holidays, entry->day))
        error = "the day is listed already";
    holidays->count += error == NULL;
    return error;
}

static int by_day(const void *a, const void *b)
{
    int32_t left = ((const struct entry *)a)->day, right = ((const struct entry *)b)->day;
    return (left > right) - (left < right);
}

static void rebuild(struct holidays *holidays)
{
    qsort(holidays->entries, holidays->count, sizeof holidays->entries[0], by_day);
    holidays->holiday_count = holidays->makeup_count = 0;
    for (size_t i = 0; i < holidays->count; i++) {
        if (holidays->entries[i].worked)
            holidays->makeups[holidays->makeup_count++] = holidays->entries[i].day;
        else
            holidays->holidays[holidays->holiday_count++] = holidays->entries[i].day;
    }
}

bool holidays_add(struct holidays *holidays, const char *path, const char *text, size_t length, char *ret_error)
{
    // Spreadsheets put a byte order mark before the first line.
    size_t mark = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    struct span rest = {text + mark, length - mark};
    size_t before = holidays->count;
    for (unsigned number = 1; rest.length > 0; number++) {
        struct span line = trim(cut(&rest, '\n'));
        if (line.length == 0 || line.at[0] == '#')
            continue;
        const char *error = add_line(holidays, line);
        if (error == NULL)
            continue;
        holidays->count = before;
        snprintf(ret_error, HOLIDAYS_ERROR_BYTES, "%s:%u: %s", path, number, error);
        return false;
    }
    rebuild(holidays);
    return true;
}

bool holidays_add_file(struct holidays *holidays, const char *path, char *ret_error)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        snprintf(ret_error, HOLIDAYS_ERROR_BYTES, "%s: %s", path, strerror(errno));
        return false;
    }
    char *text = malloc(HOLIDAYS_FILE_BYTES + 1);
    must(text != NULL);
    size_t length = fread(text, 1, HOLIDAYS_FILE_BYTES + 1, file);
    bool ok = false;
    if (ferror(file))
        snprintf(ret_error, HOLIDAYS_ERROR_BYTES, "%s: cannot be read", path);
    else if (length > HOLIDAYS_FILE_BYTES)
        snprintf(ret_error, HOLIDAYS_ERROR_BYTES, "%s: longer than 256 KiB", path);
    else
        ok = holidays_add(holidays, path, text, length, ret_error);
    free(text);
    fclose(file);
    return ok;
}

struct workdays holidays_workdays(const struct holidays *holidays, uint32_t week)
{
    return (struct workdays){.week = week,
                             .holidays = holidays->holidays,
                             .holiday_count = holidays->holiday_count,
                             .makeups = holidays->makeups,
                             .makeup_count = holidays->makeup_count};
}

const char *holidays_name(const struct holidays *holidays, int32_t day, bool *ret_worked)
{
    struct entry key = {.day = day};
    const struct entry *found = bsearch(&key, holidays->entries, holidays->count, sizeof holidays->entries[0], by_day);
    if (found == NULL)
        return NULL;
    *ret_worked = found->worked;
    return found->name;
}

bool holidays_cover(const struct holidays *holidays, int32_t year)
{
    for (size_t i = 0; i < holidays->count; i++)
        if (day_date(holidays->entries[i].day).year == year)
            return true;
    return false;
}
