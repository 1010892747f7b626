#include "common/feasts.h"

#include "common/calendar.h"
#include "common/feastrows.h"
#include "common/lunar.h"
#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum form {
    FORM_SOLAR,   // month, day
    FORM_ONCE,    // day: that one, counted from 1970
    FORM_LUNAR,   // month, day
    FORM_EVE,     // nothing more
    FORM_WEEKDAY, // month, weekday 1..7, nth 1..5 or 0: the last
    FORM_EASTER,  // day: so many after it
    FORM_PASCHA,
    FORM_TERM // nth: enum lunar_term
};

enum { ENTRIES_MAX = FEASTROWS_COUNTRIES_MAX + FEASTS_OWN_MAX, LAST = 0, NTH_MOST = 5, EASTER_AWAY_MOST = 99 };

struct rule {
    enum form form;
    int32_t month, day, weekday, nth;
};

struct entry {
    char country[FEASTS_COUNTRY_BYTES];
    struct rule rule;
    char zh[CSVPART_NAME_BYTES], en[CSVPART_NAME_BYTES]; // both empty: there is no such feast
};

struct feasts {
    size_t count, built_in;
    struct entry entries[ENTRIES_MAX];
};

// --- easter

// The rule of Butcher, as in Meeus, Astronomical Algorithms, chapter 8.
int32_t easter_day(int32_t year)
{
    int32_t golden = year % 19, century = year / 100, rest = year % 100;
    int32_t leaps = (century - (century + 8) / 25 + 1) / 3;
    int32_t moon = (19 * golden + century - century / 4 - leaps + 15) % 30;
    int32_t to_sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
    int32_t back = (golden + 11 * moon + 22 * to_sunday) / 451;
    int32_t sum = moon + to_sunday - 7 * back + 114;
    return day_from_date((struct date){year, sum / 31, sum % 31 + 1});
}

// The same source. Its date is Julian, which has a leap day in each hundredth year.
int32_t pascha_day(int32_t year)
{
    int32_t moon = (19 * (year % 19) + 15) % 30;
    int32_t to_sunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7;
    int32_t sum = moon + to_sunday + 114, behind = year / 100 - year / 400 - 2;
    return day_from_date((struct date){year, sum / 31, sum % 31 + 1}) + behind;
}

// --- the day of a rule

static int32_t weekday_in(const struct rule *rule, int32_t year)
{
    int32_t first = day_from_date((struct date){year, rule->month, 1});
    int32_t length = month_days(year, rule->month);
    if (rule->nth == LAST) {
        int32_t last = first + length - 1;
        return last - (day_weekday(last) - rule->weekday + WEEK_DAYS) % WEEK_DAYS;
    }
    return first + (rule->weekday - day_weekday(first) + WEEK_DAYS) % WEEK_DAYS + (rule->nth - 1) * WEEK_DAYS;
}

// The day of an entry in a year (of the moon for lunar rules). False when there is none.
static bool day_in(const struct entry *entry, int32_t year, int32_t *ret_day)
{
    const struct rule *rule = &entry->rule;
    switch (rule->form) {
    case FORM_SOLAR:
        *ret_day = yearly_in((struct date){0, rule->month, rule->day}, year);
        return true;
    case FORM_ONCE:
        *ret_day = rule->day;
        return day_date(rule->day).year == year;
    case FORM_LUNAR:
        return lunar_in(lunar_place_of(entry->country), (struct lunar){.month = rule->month, .day = rule->day}, year,
                        ret_day);
    case FORM_EVE:
        return lunar_eve(lunar_place_of(entry->country), year, ret_day);
    case FORM_WEEKDAY:
        *ret_day = weekday_in(rule, year);
        return day_date(*ret_day).month == rule->month; // not each month has a fifth
    case FORM_EASTER:
        *ret_day = easter_day(year) + rule->day;
        return true;
    case FORM_PASCHA:
        *ret_day = pascha_day(year) + rule->day;
        return true;
    case FORM_TERM:
        return lunar_term_day((enum lunar_term)rule->nth, year, ret_day);
    }
    return false;
}

// --- reading a rule

static bool number_of(struct csvpart part, int32_t low, int32_t high, int32_t *ret_number)
{
    int32_t number = 0;
    if (part.length == 0 || part.length > 2)
        return false;
    for (size_t i = 0; i < part.length; i++) {
        if (part.at[i] < '0' || part.at[i] > '9')
            return false;
        number = number * 10 + (part.at[i] - '0');
    }
    *ret_number = number;
    return number >= low && number <= high;
}

// "MM-DD"
static bool month_day(struct csvpart part, int32_t *ret_month, int32_t *ret_day)
{
    return part.length == 5 && part.at[2] == '-' && number_of((struct csvpart){part.at, 2}, 1, 12, ret_month) &&
           number_of((struct csvpart){part.at + 3, 2}, 1, 31, ret_day);
}

static bool solar_rule(struct csvpart part, struct rule *ret_rule)
{
    if (day_parse(part.at, part.length, &ret_rule->day)) {
        ret_rule->form = FORM_ONCE;
        return true;
    }
    ret_rule->form = FORM_SOLAR;
    return month_day(part, &ret_rule->month, &ret_rule->day) &&
           date_valid((struct date){0, ret_rule->month, ret_rule->day});
}

static bool lunar_rule(struct csvpart part, struct rule *ret_rule)
{
    struct csvpart word = csvpart_cut(&part, ' ');
    part = csvpart_trim(part);
    ret_rule->form = FORM_LUNAR;
    if (csvpart_is(part, "eve"))
        ret_rule->form = FORM_EVE;
    return csvpart_is(word, "lunar") &&
           (ret_rule->form == FORM_EVE || (month_day(part, &ret_rule->month, &ret_rule->day) && ret_rule->day <= 30));
}

static bool weekday_rule(struct csvpart part, struct rule *ret_rule)
{
    static const char *const names[WEEK_DAYS] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    struct csvpart month = csvpart_cut(&part, ' '), name = csvpart_cut(&part, ' ');
    part = csvpart_trim(part);
    ret_rule->form = FORM_WEEKDAY;
    for (int32_t i = 0; i < WEEK_DAYS; i++)
        if (csvpart_is(name, names[i]))
            ret_rule->weekday = i + 1;
    ret_rule->nth = LAST;
    return number_of(month, 1, 12, &ret_rule->month) && ret_rule->weekday > 0 &&
           (csvpart_is(part, "last") || number_of(part, 1, NTH_MOST, &ret_rule->nth));
}

static bool easter_rule(struct csvpart part, struct rule *ret_rule)
{
    static const size_t length = 6; // of both words
    if (part.length < length)
        return false;
    struct csvpart word = {part.at, length}, away = {part.at + length, part.length - length};
    if (!csvpart_is(word, "easter") && !csvpart_is(word, "pascha"))
        return false;
    ret_rule->form = csvpart_is(word, "easter") ? FORM_EASTER : FORM_PASCHA;
    if (away.length == 0)
        return true;
    char sign = away.at[0];
    if ((sign != '+' && sign != '-') ||
        !number_of((struct csvpart){away.at + 1, away.length - 1}, 0, EASTER_AWAY_MOST, &ret_rule->day))
        return false;
    ret_rule->day = sign == '-' ? -ret_rule->day : ret_rule->day;
    return true;
}

static bool term_rule(struct csvpart part, struct rule *ret_rule)
{
    ret_rule->form = FORM_TERM;
    ret_rule->nth = csvpart_is(part, "qingming") ? LUNAR_QINGMING : LUNAR_WINTER_SOLSTICE;
    return csvpart_is(part, "qingming") || csvpart_is(part, "winter_solstice");
}

static bool read_rule(struct csvpart part, struct rule *ret_rule)
{
    static bool (*const readers[])(struct csvpart, struct rule *) = {solar_rule, lunar_rule, weekday_rule, easter_rule,
                                                                     term_rule};
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        struct rule rule = {0};
        if (!readers[i](part, &rule))
            continue;
        *ret_rule = rule;
        return true;
    }
    return false;
}

// --- rows

static bool read_country(struct csvpart part, char ret_country[FEASTS_COUNTRY_BYTES])
{
    bool code = part.length == 2 && part.at[0] >= 'A' && part.at[0] <= 'Z' && part.at[1] >= 'A' && part.at[1] <= 'Z';
    if (!code && part.length > 0)
        return false;
    if (code)
        memcpy(ret_country, part.at, 2);
    ret_country[code ? 2 : 0] = '\0';
    return true;
}

// What is wrong with the line, NULL when nothing is and the entry is filled.
static const char *read_line(struct csvpart line, struct entry *ret_entry)
{
    if (!read_country(csvpart_cut(&line, ','), ret_entry->country))
        return "the line does not start with a country of two capitals, such as VN, or with a comma: everywhere";
    if (!read_rule(csvpart_cut(&line, ','), &ret_entry->rule))
        return "the rule is none of 09-02, 2027-03-10, lunar 08-15, lunar eve, 11 thu 4, easter+1, pascha, qingming "
               "and winter_solstice";
    const char *error = csvpart_name(csvpart_cut(&line, ','), ret_entry->zh);
    if (error == NULL)
        error = csvpart_name(csvpart_trim(line), ret_entry->en);
    if (error == NULL && ret_entry->zh[0] == '\0')
        memcpy(ret_entry->zh, ret_entry->en, sizeof ret_entry->zh);
    else if (error == NULL && ret_entry->en[0] == '\0')
        memcpy(ret_entry->en, ret_entry->zh, sizeof ret_entry->en);
    return error;
}

static bool same_rule(const struct rule *a, const struct rule *b)
{
    return a->form == b->form && a->month == b->month && a->day == b->day && a->weekday == b->weekday &&
           a->nth == b->nth;
}

// The country's own entry of that rule, the place behind the last when it has none.
static size_t find(const struct feasts *feasts, const char *country, const struct rule *rule)
{
    for (size_t i = 0; i < feasts->count; i++)
        if (strcmp(feasts->entries[i].country, country) == 0 && same_rule(&feasts->entries[i].rule, rule))
            return i;
    return feasts->count;
}

static void keep(struct feasts *feasts, const struct entry *entry)
{
    size_t at = find(feasts, entry->country, &entry->rule);
    must(at < ENTRIES_MAX);
    feasts->entries[at] = *entry;
    feasts->count += at == feasts->count;
}

// Goes over the lines: looks whether all are right, or keeps them.
static const char *go_over(struct feasts *feasts, struct csvpart rest, bool keeps, unsigned *ret_line)
{
    size_t left = FEASTS_OWN_MAX - (feasts->count - feasts->built_in);
    for (*ret_line = 1; rest.length > 0; ++*ret_line) {
        struct csvpart line = csvpart_cut(&rest, '\n');
        if (csvpart_silent(line))
            continue;
        struct entry entry = {0};
        const char *error = read_line(line, &entry);
        if (error != NULL)
            return error;
        if (keeps)
            keep(feasts, &entry);
        else if (find(feasts, entry.country, &entry.rule) == feasts->count && left-- == 0)
            return "there are more than 512 rows";
    }
    return NULL;
}

bool feasts_add(struct feasts *feasts, const char *path, const char *text, size_t length, char *ret_error)
{
    unsigned line;
    struct csvpart whole = csvpart_whole(text, length);
    const char *error = go_over(feasts, whole, false, &line);
    if (error != NULL) {
        snprintf(ret_error, FEASTS_ERROR_BYTES, "%s:%u: %s", path, line, error);
        return false;
    }
    go_over(feasts, whole, true, &line);
    return true;
}

static void add_row(struct feasts *feasts, const struct feastrow *row)
{
    struct csvpart countries = {row->countries, strlen(row->countries)};
    do {
        struct csvpart country = csvpart_cut(&countries, ' ');
        struct entry entry = {0};
        must(read_country(country, entry.country));
        must(read_rule((struct csvpart){row->rule, strlen(row->rule)}, &entry.rule));
        must(snprintf(entry.zh, sizeof entry.zh, "%s", row->zh) < (int)sizeof entry.zh);
        must(snprintf(entry.en, sizeof entry.en, "%s", row->en) < (int)sizeof entry.en);
        must(find(feasts, entry.country, &entry.rule) == feasts->count);
        keep(feasts, &entry);
    } while (countries.length > 0);
}

struct feasts *feasts_open(void)
{
    struct feasts *feasts = calloc(1, sizeof *feasts);
    must(feasts != NULL);
    for (size_t i = 0; i < feastrow_count; i++)
        add_row(feasts, &feastrows[i]);
    must(feasts->count <= FEASTROWS_COUNTRIES_MAX);
    feasts->built_in = feasts->count;
    return feasts;
}

void feasts_close(struct feasts **feasts)
{
    free(*feasts);
    *feasts = NULL;
}

// --- looking

static bool is_kept(const struct feasts *feasts, const struct entry *entry, const char *country)
{
    if (entry->en[0] == '\0')
        return false;
    if (strcmp(entry->country, country) == 0)
        return true;
    return entry->country[0] == '\0' && find(feasts, country, &entry->rule) == feasts->count;
}

// Keeps the row in the order of days; equal days in the order in which they came. What is too much is left out.
static size_t insert(struct feast *feasts, size_t count, size_t most, struct feast feast)
{
    size_t at = count;
    while (at > 0 && feasts[at - 1].day > feast.day)
        at--;
    if (at == most)
        return count;
    size_t moved = (count < most ? count : most - 1) - at;
    memmove(feasts + at + 1, feasts + at, moved * sizeof *feasts);
    feasts[at] = feast;
    return count < most ? count + 1 : most;
}

size_t feasts_next(const struct feasts *feasts, const char *country, int32_t from, int32_t days,
                   struct feast *ret_feasts, size_t most)
{
    must(days >= 0 && days <= FEASTS_DAYS_MAX);
    size_t count = 0;
    // A lunar year reaches into the next Gregorian one.
    int32_t first = day_date(from).year - 1, last = day_date(from + days).year;
    for (size_t i = 0; i < feasts->count; i++) {
        const struct entry *entry = &feasts->entries[i];
        if (!is_kept(feasts, entry, country))
            continue;
        for (int32_t year = first; year <= last; year++) {
            int32_t day;
            if (!day_in(entry, year, &day) || day < from || day - from >= days)
                continue;
            struct feast feast = {.day = day, .zh = entry->zh, .en = entry->en};
            memcpy(feast.country, entry->country, sizeof feast.country);
            feast.solemn = entry->rule.form == FORM_TERM && entry->rule.nth == LUNAR_QINGMING;
            count = insert(ret_feasts, count, most, feast);
        }
    }
    return count;
}
