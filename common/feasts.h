// Days on which customers are greeted, by country and by rule: Spring Festival, Thanksgiving, Easter Monday. These are
// no working days or days off (holidays.h); they say when a word to a customer is in place. Pure.
//
// What is built in has names in Chinese and English. Users add rows of their own, one a line:
//     # country,rule,name_zh,name_en
//     VN,09-02,越南国庆,National Day
//     ,lunar 01-15,元宵节,Lantern Festival
//     AE,2027-03-10,开斋节,Eid al-Fitr
// The country is two capitals (ISO 3166) or empty: everywhere. Of two empty names the row takes the feast of that rule
// out, of one the other stands in for it. The rule is one of
//     MM-DD            that day of each year; 29 February is kept on the 28th in common years
//     YYYY-MM-DD       that day alone
//     lunar MM-DD      of the Chinese lunar calendar, by the midnight of the country (VN, KR; else China)
//     lunar eve        its New Year's eve, 29 or 30 of the last month
//     MM thu 4         the fourth Thursday of a month; mon to sun, 1 to 5, or last
//     easter+1         so many days from Easter Sunday; also easter and easter-2
//     pascha+1         the same of the Easter of the eastern churches
//     qingming, winter_solstice   that point of the sun, in China
// Feasts by the moon of Arabia (Eid) and by the calendars of India (Diwali) are not built in: the day is proclaimed by
// those who see the moon, or by almanacs, and no rule here would always be right. They are added with dates.
#ifndef TEND_COMMON_FEASTS_H
#define TEND_COMMON_FEASTS_H

#include "common/csvpart.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FEASTS_OWN_MAX = 512,        // rows that users add; the whole world's public holidays of a year are fewer
    FEASTS_FILE_BYTES = 1 << 17, // far more than FEASTS_OWN_MAX lines of usual length
    FEASTS_ERROR_BYTES = 512,
    FEASTS_DAYS_MAX = 400, // as far as one look goes: a year and a month
    FEASTS_COUNTRY_BYTES = 3,
};

struct feasts;

// A feast on its day. The names live as long as the set.
struct feast {
    int32_t day;
    char country[FEASTS_COUNTRY_BYTES]; // "" when it is one of everywhere
    const char *zh;
    const char *en;
    bool solemn; // a day of the dead, such as Qingming: it is kept, but nobody is wished a happy one
};

// The built-in feasts; the caller closes it.
struct feasts *feasts_open(void);

// Takes NULL.
void feasts_close(struct feasts **feasts);

// Adds the lines of a text; `path` is only named in errors. On the first wrong line it adds nothing, writes
// "path:line: what is wrong" to `ret_error` (FEASTS_ERROR_BYTES) and returns false. A row with the country and rule of
// a former one, built in or not, takes its place.
bool feasts_add(struct feasts *feasts, const char *path, const char *text, size_t length, char *ret_error);

// The feasts of a country (two capitals; "": only those of everywhere) from a day on, `days` of them (at most
// FEASTS_DAYS_MAX), in their order. Of a rule that the country has itself, that of everywhere does not count. Writes at
// most `most` to `ret_feasts`, and returns how many. Looks through all rows: whoever asks for many customers asks once
// for each country and day.
size_t feasts_next(const struct feasts *feasts, const char *country, int32_t from, int32_t days,
                   struct feast *ret_feasts, size_t most);

// Easter Sunday of a year from 1583 on, as the western churches count (Gregorian) and as the eastern ones do (Julian
// reckoning, given as a Gregorian day).
int32_t easter_day(int32_t year);
int32_t pascha_day(int32_t year);

#endif
