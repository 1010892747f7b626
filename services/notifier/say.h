// Numbers, money and dates as people say them, in the languages that Tend writes. Pure.
#ifndef TEND_SERVICES_NOTIFIER_SAY_H
#define TEND_SERVICES_NOTIFIER_SAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/calendar.h"

enum language { LANGUAGE_ZH, LANGUAGE_EN, LANGUAGES };

enum { SAY_BYTES = 64 }; // room for anything below

// The language of a tag such as "zh-CN", "zh", "en-GB". False for one that we do not write.
bool language_parse(const char *tag, enum language *ret_language);

// "82,300": thousands with commas. All of these return the length.
size_t say_count(int64_t count, char *buffer);

// "¥82,300", "$1,280.50", "AED 940": from a thousand units on without the fraction, unless `exact`. The currency is an
// ISO code; anything else is left out.
size_t say_money(int64_t micros, const char *currency, bool exact, char *buffer);

// A day seen from `today`: "5月17日（周日）", "Sun 17 May"; with its year when it is so far away, before or after, that
// it would be taken for the same day of another year: "2025年5月17日（周六）", "Sat 17 May 2025".
size_t say_day(enum language language, int32_t today, int32_t day, char *buffer);

// The same without the weekday: "5月17日", "17 May", "2025年5月17日", "17 May 2025".
size_t say_date(enum language language, int32_t today, int32_t day, char *buffer);

// "63 天", "63 days", "1 day", "不到 1 天", "less than a day".
size_t say_days(enum language language, int64_t days, char *buffer);

// A day seen from `today`: "今天", "明天", "3 天后", "昨天", "2 天前"; "today", "tomorrow", "in 3 days", "2 days ago".
size_t say_when(enum language language, int32_t today, int32_t day, char *buffer);

// A day that is over, as people look back: "今天", "昨天", "周一", "5月3日"; "today", "yesterday", "Monday", "3 May";
// with the year as above.
size_t say_back(enum language language, int32_t today, int32_t day, char *buffer);

// A moment seen from `today`; `second` is of the day, 0 to 86,399: "今天 18:00", "5月21日（周四） 12:00"; "18:00
// today", "12:00 on Thu 21 May".
size_t say_moment(enum language language, int32_t today, int32_t day, int32_t second, char *buffer);

// "12 分钟", "3 小时", "2 天"; "12 minutes", "1 hour", "2 days".
size_t say_span(enum language language, int64_t minutes, char *buffer);

// "周二", "Tuesday": 1 Monday to 7 Sunday; nothing for any other.
size_t say_weekday(enum language language, int64_t weekday, char *buffer);

// "2", "2nd": the Chinese phrase has the ordinal's word itself.
size_t say_nth(enum language language, int64_t count, char *buffer);

#endif
