#include "services/tend/monthsheet.h"

#include "common/must.h"

#include <string.h>

enum { CELL = 6, LABEL = 3, TEXT_BYTES = 200, INDENT = 10 };

struct phrase {
    const char *english, *chinese;
};

// What the sheet says, and the days off that governments proclaim under these names.
static const struct phrase phrases[] = {
    {"%d-%02d", "%d年%d月"},
    {"working days", "工作日"},
    {", %lld from today", "，从今天起 %lld"},
    {"off", "休"},
    {"worked", "班"},
    {": ", "："},
    {"; ", "；"},
    {"+", "班"},
    {"-", "休"},
    {"~", "假"},
    {"- off, by proclamation", "休 放假"},
    {"+ worked, to make up", "班 调休上班"},
    {"~ absent", "假 请假"},
    {"# calls dealt with / on the list", "# 已处理／当日名单的电话"},
    {"absent", "请假"},
    {"; deputy: ", "；代理人："},
    {"No holiday file holds this year: which days are worked is a guess by the week.",
     "没有这一年的放假文件：工作日仅按星期推算。"},
    {"no happy wishes: a day of the dead", "祭扫之日，不宜道贺"},
    {"New Year's Day", "元旦"},
    {"Spring Festival", "春节"},
    {"Qingming Festival", "清明节"},
    {"Labour Day", "劳动节"},
    {"Dragon Boat Festival", "端午节"},
    {"Mid-Autumn Festival", "中秋节"},
    {"National Day", "国庆节"},
    {"National Day and Mid-Autumn Festival", "国庆节、中秋节"},
    {"make-up for New Year's Day", "元旦调休"},
    {"make-up for Spring Festival", "春节调休"},
    {"make-up for Qingming Festival", "清明节调休"},
    {"make-up for Labour Day", "劳动节调休"},
    {"make-up for Dragon Boat Festival", "端午节调休"},
    {"make-up for Mid-Autumn Festival", "中秋节调休"},
    {"make-up for National Day", "国庆节调休"},
    {"make-up for National Day and Mid-Autumn Festival", "国庆节、中秋节调休"},
};

__attribute__((format_arg(2))) static const char *said(const struct screen *screen, const char *english)
{
    for (size_t i = 0; screen->language == WORDING_ZH && i < sizeof phrases / sizeof *phrases; i++)
        if (strcmp(phrases[i].english, english) == 0)
            return phrases[i].chinese;
    return english;
}

static void print_head(FILE *out, const struct month *month, const struct screen *screen)
{
    static const char *const weekdays[][WEEK_DAYS] = {{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"},
                                                      {"一", "二", "三", "四", "五", "六", "日"}};
    struct date date = day_date(month->first);
    char text[SCREEN_TEXT_BYTES];
    fprintf(out, "%s", screen_colour(screen, "bold"));
    fprintf(out, said(screen, "%d-%02d"), date.year, date.month);
    fprintf(out, "%s%s%s  %s: %lld", screen_colour(screen, ""), month->country[0] != '\0' ? "  " : "", month->country,
            said(screen, "working days"), (long long)month->worked);
    if (month->today > month->first && month->today < month->first + month->count)
        fprintf(out, said(screen, ", %lld from today"), (long long)month->left);
    fprintf(out, "\n%s%*s", screen_colour(screen, "dim"), LABEL, "");
    for (int32_t i = 0; i < WEEK_DAYS; i++)
        fprintf(out, "%s", screen_fit(weekdays[screen->language == WORDING_ZH][i], CELL, true, text));
    fprintf(out, "%s\n", screen_colour(screen, ""));
}

static bool has_feast(const struct month *month, int32_t day)
{
    for (size_t i = 0; i < month->feast_count; i++)
        if (month->feasts[i].day == day)
            return true;
    return false;
}

// A day off by proclamation is one for those who are absent, too.
static const char *mark_of(const struct month_day *day)
{
    bool off = day->name != NULL && !day->worked;
    return off ? "-" : day->absent ? "~" : day->name != NULL ? "+" : "";
}

// ">14-*": today, the day, off or worked by proclamation or absent, something to say about it below.
static void print_day(FILE *out, const struct month *month, const struct month_day *day, const struct screen *screen)
{
    char text[TEXT_BYTES], shown[SCREEN_TEXT_BYTES];
    const char *mark = mark_of(day);
    snprintf(text, sizeof text, "%s%d%s%s", day->day == month->today ? ">" : "", day->day - month->first + 1,
             mark[0] != '\0' ? said(screen, mark) : "", has_feast(month, day->day) ? "*" : "");
    const char *colour = mark[0] == '+' ? "yellow" : mark[0] == '-' ? "red" : mark[0] == '~' ? "blue" : "dim";
    bool plain = day->worked && mark[0] == '\0';
    fprintf(out, "%s%s%s", screen_colour(screen, plain ? "" : colour), screen_fit(text, CELL, true, shown),
            screen_colour(screen, ""));
}

// The day of the lunar month, and on its first the month.
static void print_lunar(FILE *out, const struct month *month, const struct month_day *day, const struct screen *screen)
{
    (void)month;
    char text[TEXT_BYTES], shown[SCREEN_TEXT_BYTES];
    const struct lunar *lunar = &day->lunar;
    // Of a leap month's name two letters, or it would touch the day before.
    if (screen->language == WORDING_ZH && lunar->day == 1)
        snprintf(text, sizeof text, "%.6s", lunar_month_zh(lunar->month, lunar->leap));
    else if (screen->language == WORDING_ZH)
        snprintf(text, sizeof text, "%s", lunar_day_zh(lunar->day));
    else
        snprintf(text, sizeof text, "%s%d/%d", lunar->leap ? "+" : "", lunar->month, lunar->day);
    fprintf(out, "%s", screen_fit(text, CELL, true, shown));
}

// "3/5": of five calls on the list three were dealt with. Where that is too long, only how many there were.
static void print_calls(FILE *out, const struct month *month, const struct month_day *day, const struct screen *screen)
{
    (void)month, (void)screen;
    char text[TEXT_BYTES] = "", shown[SCREEN_TEXT_BYTES];
    int length = 0;
    if (day->calls > 0)
        length = snprintf(text, sizeof text, "%lld/%lld", (long long)day->answered, (long long)day->calls);
    if (length >= CELL)
        snprintf(text, sizeof text, "%lld", (long long)day->calls);
    fprintf(out, "%s", screen_fit(text, CELL, true, shown));
}

typedef void row_cell(FILE *out, const struct month *month, const struct month_day *day, const struct screen *screen);

static void print_row(FILE *out, const struct month *month, int32_t monday, row_cell *print,
                      const struct screen *screen)
{
    for (int32_t day = monday; day < monday + WEEK_DAYS && day < month->first + month->count; day++) {
        if (day < month->first)
            fprintf(out, "%*s", CELL, "");
        else
            print(out, month, &month->days[day - month->first], screen);
    }
}

static bool has_calls(const struct month *month)
{
    for (int32_t i = 0; i < month->count; i++)
        if (month->days[i].calls > 0)
            return true;
    return false;
}

static void print_week(FILE *out, const struct month *month, int32_t monday, const struct screen *screen)
{
    const char *dim = screen_colour(screen, "dim"), *normal = screen_colour(screen, "");
    fprintf(out, "%s%2d%s ", dim, month_week(monday), normal);
    print_row(out, month, monday, print_day, screen);
    fprintf(out, "\n");
    if (month->days[0].has_lunar) {
        fprintf(out, "%s%*s", dim, LABEL, "");
        print_row(out, month, monday, print_lunar, screen);
        fprintf(out, "%s\n", normal);
    }
    if (has_calls(month)) {
        fprintf(out, "%s #%s ", dim, normal);
        print_row(out, month, monday, print_calls, screen);
        fprintf(out, "\n");
    }
}

// "1 - 7", then what these days are. Wrapped into the width of the sheet.
static void print_note(FILE *out, int32_t from, int32_t to, const char *text)
{
    char days[TEXT_BYTES];
    struct screen narrow = {.width = MONTHSHEET_COLUMNS};
    if (from == to)
        snprintf(days, sizeof days, "%3d", from);
    else
        snprintf(days, sizeof days, "%3d - %d", from, to);
    fprintf(out, "%-*s", INDENT, days);
    screen_wrap(out, &narrow, text, INDENT, INDENT);
}

static bool together(const struct month_day *a, const struct month_day *b)
{
    return b->name != NULL && a->worked == b->worked && strcmp(a->name, b->name) == 0;
}

// Days off and made up, those of one name together.
static void print_days_off(FILE *out, const struct month *month, const struct screen *screen)
{
    for (int32_t i = 0; i < month->count;) {
        const struct month_day *day = &month->days[i];
        int32_t from = i++;
        if (day->name == NULL)
            continue;
        while (i < month->count && together(day, &month->days[i]))
            i++;
        char text[TEXT_BYTES];
        snprintf(text, sizeof text, "%s%s%s", said(screen, day->worked ? "worked" : "off"),
                 day->name[0] != '\0' ? said(screen, ": ") : "", said(screen, day->name));
        print_note(out, from + 1, i, text);
    }
}

static bool same_deputy(const struct month_day *a, const struct month_day *b)
{
    return a->deputy == NULL || b->deputy == NULL ? a->deputy == b->deputy : strcmp(a->deputy, b->deputy) == 0;
}

static void print_absences(FILE *out, const struct month *month, const struct screen *screen)
{
    for (int32_t i = 0; i < month->count;) {
        const struct month_day *day = &month->days[i];
        int32_t from = i++;
        if (!day->absent)
            continue;
        while (i < month->count && month->days[i].absent && same_deputy(day, &month->days[i]))
            i++;
        char text[TEXT_BYTES];
        snprintf(text, sizeof text, "%s%s%s", said(screen, "absent"),
                 day->deputy != NULL ? said(screen, "; deputy: ") : "", day->deputy != NULL ? day->deputy : "");
        print_note(out, from + 1, i, text);
    }
}

static void print_feasts(FILE *out, const struct month *month, const struct screen *screen)
{
    for (size_t i = 0; i < month->feast_count; i++) {
        const struct feast *feast = &month->feasts[i];
        char text[TEXT_BYTES];
        snprintf(text, sizeof text, "* %s%s%s", screen->language == WORDING_ZH ? feast->zh : feast->en,
                 feast->solemn ? said(screen, "; ") : "",
                 feast->solemn ? said(screen, "no happy wishes: a day of the dead") : "");
        print_note(out, feast->day - month->first + 1, feast->day - month->first + 1, text);
    }
}

static void print_legend(FILE *out, const struct month *month, const struct screen *screen)
{
    bool off = false, absent = false;
    for (int32_t i = 0; i < month->count; i++) {
        off = off || month->days[i].name != NULL;
        absent = absent || month->days[i].absent;
    }
    const struct {
        const char *text;
        bool shown;
    } legend[] = {{"- off, by proclamation", off},
                  {"+ worked, to make up", off},
                  {"~ absent", absent},
                  {"# calls dealt with / on the list", has_calls(month)}};
    for (size_t i = 0; i < sizeof legend / sizeof *legend; i++)
        if (legend[i].shown)
            fprintf(out, "%s%s%s\n", screen_colour(screen, "dim"), said(screen, legend[i].text),
                    screen_colour(screen, ""));
}

void monthsheet_print(FILE *out, const struct month *month, const struct screen *screen)
{
    struct screen narrow = {.width = MONTHSHEET_COLUMNS};
    print_head(out, month, screen);
    int32_t monday = month->first - (day_weekday(month->first) - 1);
    for (; monday < month->first + month->count; monday += WEEK_DAYS)
        print_week(out, month, monday, screen);
    fprintf(out, "\n");
    print_days_off(out, month, screen);
    print_absences(out, month, screen);
    print_feasts(out, month, screen);
    if (!month->covered)
        screen_wrap(out, &narrow,
                    said(screen, "No holiday file holds this year: which days are worked is a guess by the week."), 0,
                    0);
    print_legend(out, month, screen);
}

// --- for programs

static json_t *lunar_json(const struct lunar *lunar)
{
    return json_pack("{s:i, s:i, s:i, s:b}", "year", lunar->year, "month", lunar->month, "day", lunar->day, "leap",
                     lunar->leap);
}

static json_t *feasts_json(const struct month *month, int32_t day)
{
    json_t *feasts = json_array();
    for (size_t i = 0; i < month->feast_count; i++) {
        const struct feast *feast = &month->feasts[i];
        if (feast->day == day)
            json_array_append_new(feasts, json_pack("{s:s, s:s, s:s, s:b}", "country", feast->country, "en", feast->en,
                                                    "zh", feast->zh, "solemn", feast->solemn));
    }
    return feasts;
}

json_t *monthsheet_json(const struct month *month)
{
    json_t *days = json_array();
    for (int32_t i = 0; i < month->count; i++) {
        const struct month_day *day = &month->days[i];
        char text[DAY_TEXT_BYTES];
        day_print(day->day, text);
        json_t *one = json_pack("{s:s, s:i, s:b, s:o}", "day", text, "weekday", day_weekday(day->day), "worked",
                                day->worked, "feasts", feasts_json(month, day->day));
        if (day->name != NULL)
            json_object_set_new(one, day->worked ? "makeUp" : "holiday", json_string(day->name));
        if (day->has_lunar)
            json_object_set_new(one, "lunar", lunar_json(&day->lunar));
        json_array_append_new(days, one);
    }
    char text[DAY_TEXT_BYTES];
    day_print(month->first, text);
    text[7] = '\0';
    return json_pack("{s:s, s:s, s:I, s:b, s:o}", "month", text, "country", month->country, "workingDays",
                     (json_int_t)month->worked, "covered", month->covered, "days", days);
}
