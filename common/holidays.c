#include "common/holidays.h"

#include "common/csvpart.h"
#include "common/must.h"
#include "common/textfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DECEMBER = 12 };

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

// What is wrong with the line, NULL when nothing is and the entry is filled.
static const char *read_line(struct csvpart line, struct entry *ret_entry)
{
    struct csvpart day = csvpart_cut(&line, ',');
    struct csvpart kind = csvpart_cut(&line, ',');
    if (!day_parse(day.at, day.length, &ret_entry->day))
        return "the line does not start with a day like 2026-10-01";
    ret_entry->worked = csvpart_is(kind, "workday");
    if (!ret_entry->worked && !csvpart_is(kind, "holiday"))
        return "the second part must be holiday or workday";
    return csvpart_name(csvpart_trim(line), ret_entry->name);
}

static bool has(const struct holidays *holidays, int32_t day)
{
    for (size_t i = 0; i < holidays->count; i++)
        if (holidays->entries[i].day == day)
            return true;
    return false;
}

static const char *add_line(struct holidays *holidays, struct csvpart line)
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
    struct csvpart rest = csvpart_whole(text, length);
    size_t before = holidays->count;
    for (unsigned number = 1; rest.length > 0; number++) {
        struct csvpart line = csvpart_cut(&rest, '\n');
        if (csvpart_silent(line))
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
    char *text;
    size_t length;
    if (!textfile_read(path, HOLIDAYS_FILE_BYTES, ret_error, HOLIDAYS_ERROR_BYTES, &text, &length))
        return false;
    bool ok = holidays_add(holidays, path, text, length, ret_error);
    free(text);
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
    for (size_t i = 0; i < holidays->count; i++) {
        struct date date = day_date(holidays->entries[i].day);
        if (date.year == year && date.month < DECEMBER)
            return true;
    }
    return false;
}

bool holidays_missing(const struct holidays *holidays, int32_t today, int32_t *ret_year)
{
    struct date date = day_date(today);
    if (holidays->count == 0)
        return false;
    if (!holidays_cover(holidays, date.year))
        *ret_year = date.year;
    else if (date.month == DECEMBER && !holidays_cover(holidays, date.year + 1))
        *ret_year = date.year + 1;
    else
        return false;
    return true;
}
