#include "common/lunar.h"

#include "common/calendar.h"
#include "common/moons.h"
#include "common/must.h"

#include <string.h>

enum { MONTHS = 12, LONG_DAYS = 30, SHORT_DAYS = 29, TERM_FIRST_YEAR = 1900 };

struct table {
    int32_t first;
    const uint32_t *years;
};

static struct table table_of(enum lunar_place place)
{
    static const struct table tables[] = {
        {LUNAR_CHINA_FIRST, moons_china}, {LUNAR_OTHERS_FIRST, moons_vietnam}, {LUNAR_OTHERS_FIRST, moons_korea}};
    must((size_t)place < sizeof tables / sizeof *tables);
    return tables[place];
}

// The table's number of a year, 0 when it does not hold it: no year has that number, for none has 13 short months.
static uint32_t number_of(enum lunar_place place, int32_t year)
{
    struct table table = table_of(place);
    return year < table.first || year > LUNAR_LAST ? 0 : table.years[year - table.first];
}

static int32_t leap_month(uint32_t number)
{
    return (int32_t)(number >> MOONS_LEAP_SHIFT & MOONS_LEAP_MASK);
}

static int32_t month_count(uint32_t number)
{
    return MONTHS + (leap_month(number) > 0);
}

// Of the index-th month of the year, from 0, the leap month among them.
static int32_t length_of(uint32_t number, int32_t index)
{
    return (number >> index & 1) != 0 ? LONG_DAYS : SHORT_DAYS;
}

// The first day of a lunar year.
static int32_t start_of(uint32_t number, int32_t year)
{
    return day_from_date((struct date){year, 1, 1}) + (int32_t)(number >> MOONS_START_SHIFT & MOONS_START_MASK);
}

// Which month of the year it is, from 0; a leap month that the year does not have is the common one.
static int32_t index_of(uint32_t number, int32_t month, bool leap)
{
    int32_t twice = leap_month(number);
    return month - 1 + ((twice > 0 && month > twice) || (leap && month == twice));
}

static int32_t days_before(uint32_t number, int32_t index)
{
    int32_t days = 0;
    for (int32_t i = 0; i < index; i++)
        days += length_of(number, i);
    return days;
}

enum lunar_place lunar_place_of(const char *country)
{
    if (strcmp(country, "VN") == 0)
        return LUNAR_VIETNAM;
    return strcmp(country, "KR") == 0 ? LUNAR_KOREA : LUNAR_CHINA;
}

bool lunar_of_day(enum lunar_place place, int32_t day, struct lunar *ret_lunar)
{
    int32_t year = day_date(day).year;
    uint32_t number = number_of(place, year);
    if (number == 0 || day < start_of(number, year))
        number = number_of(place, --year);
    if (number == 0)
        return false;
    int32_t rest = day - start_of(number, year), index = 0;
    while (index < month_count(number) && rest >= length_of(number, index))
        rest -= length_of(number, index++);
    if (index == month_count(number))
        return false;
    int32_t twice = leap_month(number);
    bool behind = twice > 0 && index >= twice;
    *ret_lunar = (struct lunar){year, index + 1 - behind, rest + 1, twice > 0 && index == twice};
    return true;
}

int32_t lunar_leap_month(enum lunar_place place, int32_t year)
{
    return leap_month(number_of(place, year));
}

int32_t lunar_month_days(enum lunar_place place, int32_t year, int32_t month, bool leap)
{
    uint32_t number = number_of(place, year);
    if (number == 0 || month < 1 || month > MONTHS || (leap && month != leap_month(number)))
        return 0;
    return length_of(number, index_of(number, month, leap));
}

bool lunar_valid(struct lunar lunar)
{
    return lunar.month >= 1 && lunar.month <= MONTHS && lunar.day >= 1 && lunar.day <= LONG_DAYS;
}

bool lunar_in(enum lunar_place place, struct lunar lunar, int32_t year, int32_t *ret_day)
{
    must(lunar_valid(lunar));
    uint32_t number = number_of(place, year);
    if (number == 0)
        return false;
    int32_t index = index_of(number, lunar.month, lunar.leap), length = length_of(number, index);
    int32_t in_month = lunar.day < length ? lunar.day : length;
    *ret_day = start_of(number, year) + days_before(number, index) + in_month - 1;
    return true;
}

bool lunar_next(enum lunar_place place, struct lunar lunar, int32_t on_or_after, int32_t *ret_day)
{
    int32_t first = table_of(place).first;
    // A lunar year ends within the second month of the next Gregorian one, so the year before may still hold the day.
    int32_t year = day_date(on_or_after).year - 1;
    for (year = year < first ? first : year; year <= LUNAR_LAST; year++) {
        int32_t day;
        if (!lunar_in(place, lunar, year, &day) || day < on_or_after)
            continue;
        *ret_day = day;
        return true;
    }
    return false;
}

bool lunar_eve(enum lunar_place place, int32_t year, int32_t *ret_day)
{
    uint32_t number = number_of(place, year);
    if (number == 0)
        return false;
    *ret_day = start_of(number, year) + days_before(number, month_count(number)) - 1;
    return true;
}

bool lunar_term_day(enum lunar_term term, int32_t year, int32_t *ret_day)
{
    uint32_t number = number_of(LUNAR_CHINA, year);
    if (number == 0 || year < TERM_FIRST_YEAR)
        return false;
    struct date date = {year, 4, MOONS_QINGMING_FIRST + (int32_t)(number >> MOONS_QINGMING_SHIFT & MOONS_TERM_MASK)};
    if (term == LUNAR_WINTER_SOLSTICE)
        date =
            (struct date){year, 12, MOONS_SOLSTICE_FIRST + (int32_t)(number >> MOONS_SOLSTICE_SHIFT & MOONS_TERM_MASK)};
    *ret_day = day_from_date(date);
    return true;
}

static bool digits(const char *text, size_t count, int32_t *ret_value)
{
    int32_t value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    *ret_value = value;
    return true;
}

bool lunar_parse(const char *text, size_t length, struct lunar *ret_lunar)
{
    struct lunar lunar = {0};
    bool known = length == 10;
    if (known ? !digits(text, 4, &lunar.year) || lunar.year == 0 : length != 7 || text[0] != '-')
        return false;
    const char *rest = known ? text + 4 : text + 1; // "-MM-DD"
    if (rest[0] != '-' || rest[3] != '-' || !digits(rest + 1, 2, &lunar.month) || !digits(rest + 4, 2, &lunar.day) ||
        !lunar_valid(lunar))
        return false;
    *ret_lunar = lunar;
    return true;
}

const char *lunar_day_zh(int32_t day)
{
    static const char *const names[LONG_DAYS] = {
        "初一", "初二", "初三", "初四", "初五", "初六", "初七", "初八", "初九", "初十",
        "十一", "十二", "十三", "十四", "十五", "十六", "十七", "十八", "十九", "二十",
        "廿一", "廿二", "廿三", "廿四", "廿五", "廿六", "廿七", "廿八", "廿九", "三十",
    };
    must(day >= 1 && day <= LONG_DAYS);
    return names[day - 1];
}

const char *lunar_month_zh(int32_t month, bool leap)
{
    static const char *const names[2][MONTHS] = {
        {"正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "冬月", "腊月"},
        {"闰正月", "闰二月", "闰三月", "闰四月", "闰五月", "闰六月", "闰七月", "闰八月", "闰九月", "闰十月", "闰冬月",
         "闰腊月"}};
    must(month >= 1 && month <= MONTHS);
    return names[leap][month - 1];
}
