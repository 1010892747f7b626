// Prints what Tend's calendars say of every day, for judge.js to compare: the day, the Chinese lunar date, the point of
// the sun that it is, and whether it is worked in China by the files that are named.
//
//     calendar_days FROM TO [HOLIDAYS...]      FROM and TO as 2026-10-01; TO is not printed
#include "common/holidays.h"
#include "common/lunar.h"

#include <stdio.h>
#include <string.h>

enum { MONDAY_TO_FRIDAY = 0x1f };

static bool add_files(struct holidays *holidays, int count, char **paths)
{
    char error[HOLIDAYS_ERROR_BYTES];
    for (int i = 0; i < count; i++) {
        if (holidays_add_file(holidays, paths[i], error))
            continue;
        fprintf(stderr, "%s\n", error);
        return false;
    }
    return true;
}

static const char *term_of(int32_t day)
{
    int32_t year = day_date(day).year, point;
    if (lunar_term_day(LUNAR_QINGMING, year, &point) && point == day)
        return "qingming";
    return lunar_term_day(LUNAR_WINTER_SOLSTICE, year, &point) && point == day ? "solstice" : "-";
}

static void print_day(int32_t day, const struct workdays *worked)
{
    char text[DAY_TEXT_BYTES];
    struct lunar lunar;
    day_print(day, text);
    printf("%s ", text);
    if (lunar_of_day(LUNAR_CHINA, day, &lunar))
        printf("%d/%s%d/%d", lunar.year, lunar.leap ? "leap" : "", lunar.month, lunar.day);
    else
        printf("none");
    printf(" %s %s\n", term_of(day), workday_is(worked, day) ? "worked" : "free");
}

int main(int count, char **words)
{
    int32_t from, to;
    if (count < 3 || !day_parse(words[1], strlen(words[1]), &from) || !day_parse(words[2], strlen(words[2]), &to)) {
        fprintf(stderr, "usage: calendar_days FROM TO [HOLIDAYS...]\n");
        return 2;
    }
    struct holidays *holidays = holidays_open();
    bool good = add_files(holidays, count - 3, words + 3);
    struct workdays worked = holidays_workdays(holidays, MONDAY_TO_FRIDAY);
    for (int32_t day = from; good && day < to; day++)
        print_day(day, &worked);
    holidays_close(&holidays);
    return good ? 0 : 1;
}
