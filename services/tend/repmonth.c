#include "services/tend/repmonth.h"

#include "common/stamp.h"
#include "common/zone.h"
#include "services/tend/monthsheet.h"
#include "services/tend/verb.h"

#include <string.h>

enum { TEXT_BYTES = 400, HOUR_MINUTES = 60, HOUR_SECONDS = 3600 };

struct phrase {
    const char *english, *chinese;
};

static const struct phrase phrases[] = {
    {"call list", "电话名单"},
    {"evening", "晚间预告"},
    {"digest", "日报"},
    {"week's digest", "周报"},
    {", ", "，"},
    {"deputy", "代理人"},
    {": ", "："},
    {"digest goes to ", "日报转给"},
    {"days off of ", "放假安排："},
    {"%lld of %lld customers contacted", "%lld／%lld 个客户已联系"},
    {", %lld cannot be reached any more", "，%lld 个已无法联系到"},
    {", as of ", "，截至"},
    {"calls dealt with: %lld of %lld", "电话已处理：%lld／%lld"},
};

__attribute__((format_arg(2))) static const char *said(const struct screen *screen, const char *english)
{
    for (size_t i = 0; screen->language == WORDING_ZH && i < sizeof phrases / sizeof *phrases; i++)
        if (strcmp(phrases[i].english, english) == 0)
            return phrases[i].chinese;
    return english;
}

static bool is_true(const json_t *json, const char *member)
{
    return json_is_true(json_object_get(json, member));
}

// --- the month

static void fill_day(const json_t *from, struct month_day *day)
{
    const char *deputy = verb_text(from, "deputyRepId");
    day->worked = is_true(from, "workingDay");
    day->absent = is_true(from, "absent");
    day->name = is_true(from, "holiday") || is_true(from, "makeUp") ? verb_text(from, "name") : NULL;
    day->deputy = deputy[0] != '\0' ? deputy : NULL;
    day->calls = verb_number(from, "calls");
    day->answered = verb_number(from, "answered");
}

bool repmonth_fill(const json_t *answer, const struct feasts *feasts, struct month *ret_month)
{
    const json_t *days = json_object_get(answer, "days");
    const char *country = verb_text(answer, "country"), *today_text = verb_text(answer, "localDate");
    int32_t first, today;
    if (!month_parse(verb_text(answer, "month"), &first) || !day_parse(today_text, strlen(today_text), &today))
        return false;
    struct month month;
    month_begin(feasts, country[0] != '\0' ? country : verb_text(answer, "daysOffCountry"), first, today, &month);
    if (json_array_size(days) != (size_t)month.count)
        return false;
    month.covered = !is_true(answer, "daysOffMissing");
    month.worked = verb_number(answer, "workingDays");
    month.left = verb_number(answer, "workingDaysLeft");
    for (int32_t i = 0; i < month.count; i++)
        fill_day(json_array_get(days, (size_t)i), &month.days[i]);
    *ret_month = month;
    return true;
}

// --- moments

static const struct {
    const char *member, *phrase;
} moments[] = {{"list", "call list"}, {"evening", "evening"}, {"digest", "digest"}, {"weeklyDigest", "week's digest"}};

enum { MOMENTS = sizeof moments / sizeof *moments, MOMENTS_A_LINE = 2, NO_MINUTE = -1 };

// The minute of the rep's day, NO_MINUTE when nothing of that kind is told.
static int minute_of(const json_t *day, const char *member, const struct zone *zone)
{
    const char *text = verb_text(day, member);
    int64_t seconds;
    int32_t nanos;
    return stamp_parse(text, strlen(text), &seconds, &nanos)
               ? zone_local(zone, seconds).second / (HOUR_SECONDS / HOUR_MINUTES)
               : NO_MINUTE;
}

static void find_usual(const json_t *days, const struct zone *zone, int ret_usual[MOMENTS])
{
    for (size_t m = 0; m < MOMENTS; m++) {
        size_t i;
        const json_t *day;
        ret_usual[m] = NO_MINUTE;
        json_array_foreach (days, i, day)
            if (ret_usual[m] == NO_MINUTE)
                ret_usual[m] = minute_of(day, moments[m].member, zone);
    }
}

static void print_line(FILE *out, const char *text, int indent)
{
    struct screen narrow = {.width = MONTHSHEET_COLUMNS};
    screen_wrap(out, &narrow, text, indent, indent);
}

// "call list 08:30, evening 17:30", as on most days; then the days on which the clock says something else.
static void print_moments(FILE *out, const json_t *days, const struct zone *zone, const struct screen *screen)
{
    int usual[MOMENTS];
    size_t i;
    const json_t *day;
    find_usual(days, zone, usual);
    for (size_t from = 0; from < MOMENTS; from += MOMENTS_A_LINE) {
        char text[TEXT_BYTES] = "";
        size_t used = 0;
        for (size_t m = from; m < MOMENTS && m < from + MOMENTS_A_LINE; m++)
            if (usual[m] != NO_MINUTE)
                used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %02d:%02d",
                                         used > 0 ? said(screen, ", ") : "", said(screen, moments[m].phrase),
                                         usual[m] / HOUR_MINUTES, usual[m] % HOUR_MINUTES);
        if (used > 0)
            print_line(out, text, 0);
    }
    json_array_foreach (days, i, day)
        for (size_t m = 0; m < MOMENTS; m++) {
            int minute = minute_of(day, moments[m].member, zone);
            if (minute == NO_MINUTE || minute == usual[m])
                continue;
            fprintf(out, "%3zu       %s %02d:%02d\n", i + 1, said(screen, moments[m].phrase), minute / HOUR_MINUTES,
                    minute % HOUR_MINUTES);
        }
}

// While the manager is away somebody else reads the digest: from when to when.
static void print_readers(FILE *out, const json_t *days, const struct screen *screen)
{
    const char *reader = "";
    size_t from = 0, to = 0, count = json_array_size(days);
    for (size_t i = 0; i <= count; i++) {
        const json_t *day = json_array_get(days, i);
        if (i < count && json_object_get(day, "digest") == NULL)
            continue;
        const char *next = verb_text(day, "digestReaderRepId");
        if (strcmp(next, reader) != 0) {
            if (reader[0] != '\0') {
                char text[TEXT_BYTES];
                snprintf(text, sizeof text, "%3zu - %-2zu  %s%s", from, to, said(screen, "digest goes to "), reader);
                print_line(out, text, 0);
            }
            reader = next;
            from = i + 1;
        }
        to = i + 1;
    }
}

// --- figures

static void print_coverage(FILE *out, const json_t *answer, const struct screen *screen)
{
    const json_t *coverage = json_object_get(answer, "coverage");
    const char *date = verb_text(answer, "coverageDate");
    char text[TEXT_BYTES];
    if (coverage == NULL)
        return;
    size_t used =
        (size_t)snprintf(text, sizeof text, said(screen, "%lld of %lld customers contacted"),
                         (long long)verb_number(coverage, "contacted"), (long long)verb_number(coverage, "customers"));
    long long missing = verb_number(coverage, "missing");
    if (missing > 0)
        used += (size_t)snprintf(text + used, sizeof text - used, said(screen, ", %lld cannot be reached any more"),
                                 missing);
    if (strcmp(date, verb_text(answer, "localDate")) != 0)
        snprintf(text + used, sizeof text - used, "%s%s", said(screen, ", as of "), date);
    print_line(out, text, 0);
}

static void print_calls(FILE *out, const struct month *month, const struct screen *screen)
{
    long long calls = 0, answered = 0;
    for (int32_t i = 0; i < month->count; i++) {
        calls += month->days[i].calls;
        answered += month->days[i].answered;
    }
    if (calls == 0)
        return;
    fprintf(out, said(screen, "calls dealt with: %lld of %lld"), answered, calls);
    fprintf(out, "\n");
}

// "Li (li)", or only the id of whom nobody told us more about.
static void print_person(FILE *out, const char *head, const char *name, const char *id, const char *tail)
{
    char text[TEXT_BYTES * 2];
    bool named = name[0] != '\0' && strcmp(name, id) != 0;
    snprintf(text, sizeof text, "%s%s%s%s%s%s", head, named ? name : id, named ? " (" : "", named ? id : "",
             named ? ")" : "", tail);
    print_line(out, text, 0);
}

void repmonth_print(FILE *out, const json_t *answer, const struct month *month, const struct screen *screen)
{
    const char *zone_text = verb_text(answer, "timeZone"), *deputy = verb_text(answer, "deputyRepId");
    const char *country = verb_text(answer, "country"), *off = verb_text(answer, "daysOffCountry");
    struct zone *zone = NULL;
    char text[TEXT_BYTES];
    snprintf(text, sizeof text, "  %.64s", zone_text);
    print_person(out, "", verb_text(answer, "repName"), verb_text(answer, "repId"), text);
    monthsheet_print(out, month, screen);
    fprintf(out, "\n");
    if (country[0] != '\0' && off[0] != '\0' && strcmp(country, off) != 0)
        fprintf(out, "%s%.2s\n", said(screen, "days off of "), off);
    // A machine without time zones shows no clock rather than a wrong one.
    if (zone_open(ZONE_DIRECTORIES, zone_text, &zone))
        print_moments(out, json_object_get(answer, "days"), zone, screen);
    zone_close(&zone);
    print_readers(out, json_object_get(answer, "days"), screen);
    if (deputy[0] != '\0') {
        snprintf(text, sizeof text, "%s%s", said(screen, "deputy"), said(screen, ": "));
        print_person(out, text, verb_text(answer, "deputyName"), deputy, "");
    }
    print_coverage(out, answer, screen);
    print_calls(out, month, screen);
}
