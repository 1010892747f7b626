#include "services/notifier/say.h"

#include "common/money.h"
#include "common/must.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    EXACT_BELOW = 1000, // units; from there on a fraction only makes the number longer
    HOUR_MINUTES = 60,
    YEAR_SAID = 300, // days: further away than that, the same day of another year may be nearer
};

static size_t done(int length)
{
    must(length >= 0 && length < SAY_BYTES);
    return (size_t)length;
}

bool language_parse(const char *tag, enum language *ret_language)
{
    static const char *const tags[LANGUAGES] = {[LANGUAGE_ZH] = "zh", [LANGUAGE_EN] = "en"};
    for (size_t i = 0; i < LANGUAGES; i++) {
        size_t length = strlen(tags[i]);
        if (strncasecmp(tag, tags[i], length) == 0 && strchr("-_", tag[length]) != NULL) {
            *ret_language = (enum language)i;
            return true;
        }
    }
    return false;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

static size_t group(uint64_t number, char *buffer)
{
    char digits[24];
    size_t length = done(snprintf(digits, sizeof digits, "%" PRIu64, number));
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buffer[used++] = ',';
        buffer[used++] = digits[i];
    }
    buffer[used] = '\0';
    return used;
}

size_t say_count(int64_t count, char *buffer)
{
    char number[SAY_BYTES];
    group(magnitude(count), number);
    return done(snprintf(buffer, SAY_BYTES, "%s%s", count < 0 ? "-" : "", number));
}

// How a currency stands before a number.
static const char *symbol(const char *currency, char *buffer)
{
    static const struct {
        const char *code, *symbol;
    } table[] = {{"CNY", "¥"}, {"USD", "$"}, {"EUR", "€"}, {"GBP", "£"}};
    if (currency == NULL || !money_code_valid(currency))
        return "";
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(table[i].code, currency) == 0)
            return table[i].symbol;
    }
    snprintf(buffer, MONEY_CODE_BYTES + 1, "%.3s ", currency);
    return buffer;
}

size_t say_money(int64_t micros, const char *currency, bool exact, char *buffer)
{
    char code[MONEY_CODE_BYTES + 1], number[SAY_BYTES];
    const char *sign = micros < 0 ? "-" : "";
    const char *unit = symbol(currency, code);
    uint64_t cents = (magnitude(micros) + MONEY_MICROS / 200) / (MONEY_MICROS / 100);
    if (cents % 100 == 0 || (!exact && cents >= EXACT_BELOW * 100)) {
        group((magnitude(micros) + MONEY_MICROS / 2) / MONEY_MICROS, number);
        return done(snprintf(buffer, SAY_BYTES, "%s%s%s", sign, unit, number));
    }
    group(cents / 100, number);
    return done(snprintf(buffer, SAY_BYTES, "%s%s%s.%02u", sign, unit, number, (unsigned)(cents % 100)));
}

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

size_t say_date(enum language language, int32_t today, int32_t day, char *buffer)
{
    struct date date = day_date(day);
    int64_t away = (int64_t)day - today;
    bool chinese = language == LANGUAGE_ZH;
    char year[SAY_BYTES / 4] = "";
    must(date.month >= 1 && date.month <= 12);
    if (away > YEAR_SAID || away < -YEAR_SAID)
        snprintf(year, sizeof year, chinese ? "%d年" : " %d", (int)date.year);
    if (chinese)
        return done(snprintf(buffer, SAY_BYTES, "%s%d月%d日", year, (int)date.month, (int)date.day));
    return done(snprintf(buffer, SAY_BYTES, "%d %s%s", (int)date.day, months[date.month - 1], year));
}

static const char *const weekdays_zh[] = {"周一", "周二", "周三", "周四", "周五", "周六", "周日"};
static const char *const weekdays[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

size_t say_day(enum language language, int32_t today, int32_t day, char *buffer)
{
    char text[SAY_BYTES / 2];
    must(say_date(language, today, day, buffer) < sizeof text);
    memcpy(text, buffer, sizeof text);
    int32_t weekday = day_weekday(day) - 1;
    if (language == LANGUAGE_ZH)
        return done(snprintf(buffer, SAY_BYTES, "%s（%s）", text, weekdays_zh[weekday]));
    return done(snprintf(buffer, SAY_BYTES, "%.3s %s", weekdays[weekday], text));
}

size_t say_days(enum language language, int64_t days, char *buffer)
{
    if (days < 1)
        return done(snprintf(buffer, SAY_BYTES, "%s", language == LANGUAGE_ZH ? "不到 1 天" : "less than a day"));
    char number[SAY_BYTES / 2];
    say_count(days, number);
    if (language == LANGUAGE_ZH)
        return done(snprintf(buffer, SAY_BYTES, "%s 天", number));
    return done(snprintf(buffer, SAY_BYTES, "%s day%s", number, days == 1 ? "" : "s"));
}

size_t say_when(enum language language, int32_t today, int32_t day, char *buffer)
{
    static const struct {
        int32_t offset;
        const char *text[LANGUAGES];
    } near[] = {
        {-1, {"昨天", "yesterday"}}, {0, {"今天", "today"}}, {1, {"明天", "tomorrow"}}, {2, {"后天", "in 2 days"}}};
    int64_t offset = (int64_t)day - today;
    for (size_t i = 0; i < sizeof near / sizeof near[0]; i++) {
        if (near[i].offset == offset)
            return done(snprintf(buffer, SAY_BYTES, "%s", near[i].text[language]));
    }
    char days[SAY_BYTES];
    say_days(language, offset < 0 ? -offset : offset, days);
    if (language == LANGUAGE_ZH)
        return done(snprintf(buffer, SAY_BYTES, "%.40s%s", days, offset < 0 ? "前" : "后"));
    return done(snprintf(buffer, SAY_BYTES, offset < 0 ? "%.40s ago" : "in %.40s", days));
}

size_t say_weekday(enum language language, int64_t weekday, char *buffer)
{
    const char *const *names = language == LANGUAGE_ZH ? weekdays_zh : weekdays;
    if (weekday < 1 || weekday > WEEK_DAYS)
        return 0;
    return done(snprintf(buffer, SAY_BYTES, "%s", names[weekday - 1]));
}

size_t say_back(enum language language, int32_t today, int32_t day, char *buffer)
{
    int64_t age = (int64_t)today - day;
    if (age == 0 || age == 1)
        return say_when(language, today, day, buffer);
    if (age < 0 || age >= WEEK_DAYS)
        return say_date(language, today, day, buffer);
    return say_weekday(language, day_weekday(day), buffer);
}

size_t say_moment(enum language language, int32_t today, int32_t day, int32_t second, char *buffer)
{
    char text[SAY_BYTES];
    bool near = day >= today - 1 && day <= today + 1;
    int hour = second / (HOUR_MINUTES * 60), minute = second / 60 % HOUR_MINUTES;
    if (near)
        say_when(language, today, day, text);
    else
        say_day(language, today, day, text);
    if (language == LANGUAGE_ZH)
        return done(snprintf(buffer, SAY_BYTES, "%.40s %02d:%02d", text, hour, minute));
    return done(snprintf(buffer, SAY_BYTES, "%02d:%02d %s%.40s", hour, minute, near ? "" : "on ", text));
}

size_t say_span(enum language language, int64_t minutes, char *buffer)
{
    static const char *const units[2][LANGUAGES] = {{"分钟", "minute"}, {"小时", "hour"}};
    if (minutes >= DAY_MINUTES)
        return say_days(language, minutes / DAY_MINUTES, buffer);
    bool hours = minutes >= HOUR_MINUTES;
    int64_t count = hours ? minutes / HOUR_MINUTES : minutes > 0 ? minutes : 0;
    const char *unit = units[hours][language];
    const char *plural = language == LANGUAGE_EN && count != 1 ? "s" : "";
    return done(snprintf(buffer, SAY_BYTES, "%" PRId64 " %s%s", count, unit, plural));
}

size_t say_nth(enum language language, int64_t count, char *buffer)
{
    static const char *const ends[] = {"th", "st", "nd", "rd"};
    int64_t last = count % 10, teen = count % 100;
    bool plain = last < 1 || last > 3 || (teen >= 11 && teen <= 13);
    const char *end = language == LANGUAGE_ZH ? "" : ends[plain ? 0 : last];
    return done(snprintf(buffer, SAY_BYTES, "%" PRId64 "%s", count, end));
}
