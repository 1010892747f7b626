#include "services/scheduler/page_calendar.h"

#include "common/instant.h"
#include "services/scheduler/deputy.h"
#include "services/scheduler/digest.h"
#include "services/scheduler/evening.h"
#include "services/scheduler/log.h"
#include "services/scheduler/sheet.h"
#include "services/scheduler/wire.h"
#include "tend/v1/scheduler.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MONTH_LETTERS = 7, // of "2026-10"
    FIRST_YEAR = 1970, // of instants
    LAST_YEAR = 2100,
    DECEMBER = 12,
};

// A rep's month while it is written down.
struct month {
    struct scheduler *self;
    struct turn *turn;
    struct desk desk;
    struct workdays days; // absences aside
    struct rep deputy;
    struct settings_fact settings;
    int32_t first, end, today; // without `end`
    int32_t told_week;         // the Monday of the last week whose digest has its day
    Tend__V1__RepCalendar *message;
};

static char *plain(const char *text)
{
    return (char *)(uintptr_t)text;
}

static const char *param(const struct request *request, const char *name)
{
    const char *value = request->param != NULL ? request->param(request, name) : NULL;
    return value != NULL ? value : "";
}

static char *date_text(struct turn *turn, int32_t day)
{
    char *text = arena_take(turn->arena, DAY_TEXT_BYTES);
    day_print(day, text);
    return text;
}

// The first day of "2026-10". False when that is no month of these years.
static bool read_month(const char *text, int32_t *ret_first)
{
    char date[DAY_TEXT_BYTES];
    int32_t first;
    if (strlen(text) != MONTH_LETTERS)
        return false;
    int length = snprintf(date, sizeof date, "%s-01", text);
    if (!day_parse(date, (size_t)length, &first))
        return false;
    int32_t year = day_date(first).year;
    if (year < FIRST_YEAR || year > LAST_YEAR)
        return false;
    *ret_first = first;
    return true;
}

// --- days off

static void read_settings(struct month *month)
{
    struct slice payload;
    struct fact fact = {0};
    month->settings.home = "";
    if (book_single(month->turn, BOOK_SETTINGS, &payload) && fact_read_settings(payload, month->turn->arena, &fact))
        month->settings = fact.settings;
}

// Whose days off hold for the rep.
static const char *country_of(const struct month *month)
{
    struct workdays days;
    const char *own = month->desk.rep.country;
    return countries_workdays(month->self->countries, own, &days) ? own : month->settings.home;
}

static const char *name_of(const struct month *month, const char *country, int32_t day)
{
    const char *const whose[] = {country, ""};
    for (size_t i = 0; i < sizeof whose / sizeof whose[0]; i++) {
        struct country_day wanted = {.day = day};
        snprintf(wanted.country, sizeof wanted.country, "%s", whose[i]);
        const struct settings_fact *settings = &month->settings;
        const struct country_day *found = NULL;
        if (settings->country_day_count > 0)
            found = bsearch(&wanted, settings->country_days, settings->country_day_count, sizeof wanted,
                            country_day_compare);
        if (found != NULL)
            return found->name;
    }
    return "";
}

static int compare_days(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    return (a > b) - (a < b);
}

static bool is_among(int32_t day, const int32_t *days, size_t count)
{
    return count > 0 && bsearch(&day, days, count, sizeof day, compare_days) != NULL;
}

// Days off are known, but none of that year: what a notice about the next one says of December aside.
static bool lacks_year(const struct workdays *days, int32_t year)
{
    if (days->holiday_count + days->makeup_count == 0)
        return false;
    int32_t from = day_from_date((struct date){year, 1, 1}), to = day_from_date((struct date){year, DECEMBER, 1});
    for (size_t i = 0; i < days->holiday_count; i++)
        if (from <= days->holidays[i] && days->holidays[i] < to)
            return false;
    for (size_t i = 0; i < days->makeup_count; i++)
        if (from <= days->makeups[i] && days->makeups[i] < to)
            return false;
    return true;
}

// --- a day

static void add_digests(struct month *month, int32_t day, Tend__V1__CalendarDay *message)
{
    struct rep reader;
    int64_t at_ms;
    const struct rep *rep = &month->desk.rep;
    int32_t monday = day - (day_weekday(day) - 1);
    if (rep->manages == 0)
        return;
    if (month->told_week != monday && digest_moment(month->self, month->turn, rep, day, true, &reader, &at_ms)) {
        month->told_week = monday;
        message->weekly_digest = instant_make(month->turn->arena, at_ms);
    }
    if (digest_moment(month->self, month->turn, rep, day, false, &reader, &at_ms)) {
        message->digest = instant_make(month->turn->arena, at_ms);
        if (strcmp(reader.id, rep->id) != 0)
            message->digest_reader_rep_id = plain(reader.id);
    }
}

// What was on the day's list. That goes back further than the lists themselves are kept.
static void add_calls(const struct month *month, int32_t day, Tend__V1__CalendarDay *message)
{
    struct list list;
    if (day > month->today)
        return;
    struct log log = log_sum(month->turn, month->desk.rep.id, day, day);
    message->calls = log.counts[LOG_CALLS];
    message->answered = log.counts[LOG_LOGGED];
    if (diary_list(month->turn, month->desk.rep.id, day, &list))
        message->told = instant_make(month->turn->arena, list.told_ms);
}

static Tend__V1__CalendarDay *day_message(struct month *month, int32_t day, const char *country)
{
    const struct workdays *days = &month->days;
    const struct rep *rep = &month->desk.rep;
    Tend__V1__CalendarDay *message = arena_take(month->turn->arena, sizeof *message);
    tend__v1__calendar_day__init(message);
    message->local_date = date_text(month->turn, day);
    message->working_day = workday_is(days, day);
    message->absent = sheet_away(rep, day);
    message->holiday = is_among(day, days->holidays, days->holiday_count);
    message->make_up = !message->holiday && is_among(day, days->makeups, days->makeup_count);
    if (message->holiday || message->make_up)
        message->name = plain(name_of(month, country, day));
    if (shift_works(&month->desk.shift, day)) {
        message->list = instant_make(month->turn->arena, shift_list(&month->desk.shift, day));
        message->evening = instant_make(month->turn->arena, evening_moment(month->self, &month->desk, day));
    }
    struct deputy_rep absent = {rep->id, rep->deputy, message->absent};
    struct deputy_rep deputy = {month->deputy.id, month->deputy.deputy, sheet_away(&month->deputy, day)};
    if (deputy_stands_in(&deputy, &absent))
        message->deputy_rep_id = plain(rep->deputy);
    add_digests(month, day, message);
    add_calls(month, day, message);
    return message;
}

// --- the month

// This month's as it stands and that of a month to come as it would begin; of one that is over, what its last list
// said.
static void add_coverage(const struct month *month)
{
    struct turn *turn = month->turn;
    struct coverage facts;
    struct list list = {0};
    int32_t day = month->first > month->today ? month->first : month->today;
    bool over = month->end <= month->today, known = !over;
    if (!over) {
        sheet_cover(month->self, turn, &month->desk, day, &facts);
    } else {
        for (day = month->end; !known && day > month->first;)
            known = diary_list(turn, month->desk.rep.id, --day, &list);
        facts = (struct coverage){.customers = list.customers,
                                  .contacted = list.contacted,
                                  .working_days_left = list.working_days_left,
                                  .capacity = list.capacity,
                                  .missing = list.missing};
    }
    if (!known)
        return;
    Tend__V1__Coverage *coverage = arena_take(turn->arena, sizeof *coverage);
    tend__v1__coverage__init(coverage);
    coverage->customers = facts.customers;
    coverage->contacted = facts.contacted;
    coverage->working_days_left = facts.working_days_left;
    coverage->capacity = facts.capacity;
    coverage->missing = facts.missing;
    month->message->coverage = coverage;
    month->message->coverage_date = date_text(turn, day);
}

static void add_weekend(const struct month *month)
{
    Tend__V1__RepCalendar *message = month->message;
    message->weekend = arena_take(month->turn->arena, WEEK_DAYS * sizeof *message->weekend);
    for (uint32_t weekday = 1; weekday <= WEEK_DAYS; weekday++)
        if ((month->days.week & 1U << (weekday - 1)) == 0)
            message->weekend[message->n_weekend++] = weekday;
}

static void add_days(struct month *month, const char *country)
{
    Tend__V1__RepCalendar *message = month->message;
    struct rep reader;
    int64_t at_ms;
    int32_t monday = month->first - (day_weekday(month->first) - 1);
    month->told_week = DAY_NONE;
    for (int32_t day = monday; day < month->first && month->desk.rep.manages != 0; day++)
        if (digest_moment(month->self, month->turn, &month->desk.rep, day, true, &reader, &at_ms))
            month->told_week = monday;
    message->days = arena_take(month->turn->arena, (size_t)(month->end - month->first) * sizeof *message->days);
    for (int32_t day = month->first; day < month->end; day++)
        message->days[message->n_days++] = day_message(month, day, country);
}

static void fill(struct month *month)
{
    Tend__V1__RepCalendar *message = month->message;
    const struct rep *rep = &month->desk.rep;
    const char *country = country_of(month);
    int32_t from = month->today < month->first ? month->first : month->today;
    message->rep_id = plain(rep->id);
    message->rep_name = plain(rep->name);
    message->time_zone = plain(zone_name(month->desk.shift.time.zone));
    message->country = plain(rep->country);
    message->days_off_country = plain(country);
    message->days_off_missing = lacks_year(&month->days, day_date(month->first).year);
    message->month = date_text(month->turn, month->first);
    message->month[MONTH_LETTERS] = '\0';
    message->local_date = date_text(month->turn, month->today);
    message->working_days = (uint32_t)workday_count(&month->desk.days, month->first, month->end);
    message->working_days_left = (uint32_t)workday_count(&month->desk.days, from, month->end);
    message->deputy_rep_id = plain(rep->deputy);
    message->deputy_name = plain(rep->deputy[0] != '\0' ? month->deputy.name : "");
    add_weekend(month);
    add_days(month, country);
    add_coverage(month);
}

void page_calendar(struct scheduler *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    const char *id = param(request, "rep"), *text = param(request, "month");
    Tend__V1__RepCalendar message = TEND__V1__REP_CALENDAR__INIT;
    struct month month = {.self = self, .turn = turn, .message = &message};
    struct rep rep;
    if (id[0] == '\0') {
        reply_error(turn, 400, "rep", "must name a rep", ret_reply);
        return;
    }
    if (strlen(id) > ID_TEXT_MAX || !book_rep(turn, id, &rep)) {
        reply_error(turn, 404, "rep", "there is no such rep", ret_reply);
        return;
    }
    office_desk(self, turn, &rep, &month.desk);
    month.days = office_workdays(self, &rep);
    month.today = shift_day(&month.desk.shift, turn->now_ms);
    month.first = day_month_start(month.today);
    if (text[0] != '\0' && !read_month(text, &month.first)) {
        reply_error(turn, 400, "month", "must be a month from 1970 to 2100 such as 2026-05", ret_reply);
        return;
    }
    month.end = day_add_months(month.first, 1);
    (void)book_rep(turn, rep.deputy, &month.deputy);
    read_settings(&month);
    fill(&month);
    reply_message(turn, &message.base, ret_reply);
}
