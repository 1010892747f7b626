#include "services/notifier/figure.h"

#include "common/zone.h"
#include "services/notifier/words.h"

#include <stdio.h>
#include <string.h>

enum {
    ALIASES = 3,
    SECOND_MS = 1000,
    MINUTE = 60,
    LEFT_MS = 4 * 3600 * SECOND_MS, // what is left is said when it is no more than this
    DAY_MILLI = 1000,
    DAY_SECONDS = 86400,
    PERCENT_PPM = 10000,
    MILLI = 1000,
};

// How a figure is said: by its unit; as a number of days; as the days that have passed since it; as seen from today; as
// a day that is still to come, or as one that is over; as a day without its weekday; as a moment; as a moment whose
// hour was said; as what is left of the last hours until it; as people look back at it; as whole percents; as a stretch
// of minutes; as days that may be hours; as "the 2nd"; as a count that is not told when it is none; as a day of the
// week; as a stage of the funnel, and why it brings a call.
enum manner {
    BY_UNIT,
    AS_DAYS,
    AS_AGE,
    AS_WHEN,
    AS_AHEAD,
    AS_OVER,
    AS_YEARLY,
    AS_MOMENT,
    AS_HOUR,
    AS_LEFT,
    AS_BACK,
    AS_PERCENT,
    AS_SPAN,
    AS_LEAD,
    AS_NTH,
    AS_SOME,
    AS_WEEKDAY,
    AS_STAGE,
    AS_STAGE_CALL,
};

// The places that figures fill, and the names that the figures may have.
static const struct {
    const char *place;
    enum manner manner;
    const char *figures[ALIASES];
} figures[] = {
    {"net", BY_UNIT, {"net_sales"}},
    {"window", AS_DAYS, {"window", "window_days"}},
    {"since", AS_AGE, {"last_order", "days_since_order", "silent_days"}},
    {"gap", AS_DAYS, {"mean_gap"}},
    {"usual", AS_DAYS, {"usual_gap"}},
    {"expected", AS_AHEAD, {"expected_order", "expected_day"}},
    {"unmet", AS_OVER, {"expected_order", "expected_day"}},
    {"silence", AS_AGE, {"last_contact"}},
    {"due", AS_WHEN, {"promise_due", "appointment"}},
    {"due_at", AS_HOUR, {"promise_due", "deadline"}},
    {"time_left", AS_LEFT, {"promise_due", "deadline"}},
    {"missed", AS_OVER, {"appointment"}},
    {"passed", AS_AGE, {"appointment"}},
    {"stage", AS_STAGE_CALL, {"stage"}},
    {"stage_name", AS_STAGE, {"stage"}},
    {"days_left", BY_UNIT, {"working_days_left"}},
    {"days", AS_DAYS, {"days"}},
    {"told", AS_BACK, {"told"}},
    {"last_amount", BY_UNIT, {"last_order_amount"}},
    {"filled", AS_PERCENT, {"complete", "file"}},
    {"target", AS_PERCENT, {"target"}},
    {"key_share", AS_PERCENT, {"key_share"}},
    {"rate", AS_PERCENT, {"rate"}},
    {"nth", AS_NTH, {"times"}},
    {"received", AS_MOMENT, {"received"}},
    {"deadline", AS_MOMENT, {"deadline"}},
    {"was_due", AS_MOMENT, {"was_due"}},
    {"was", AS_YEARLY, {"was"}},
    {"as_of", AS_YEARLY, {"as_of"}},
    {"lead", AS_LEAD, {"lead"}},
    {"usual_lead", AS_LEAD, {"usual_lead"}},
    {"broken_promises", AS_SOME, {"broken_promises"}},
    {"late_by", AS_SPAN, {"late_minutes"}},
    {"minutes", AS_SPAN, {"minutes"}},
    {"lost_since", AS_AGE, {"lost"}},
    {"sign", AS_OVER, {"newest_sign"}},
    {"ordered", AS_YEARLY, {"last_order"}},
    {"ends", AS_YEARLY, {"contract_end"}},
    {"weekday", AS_WEEKDAY, {"weekday"}},
};

static const struct letter_figure *find(const struct letter_item *item, const char *name)
{
    for (size_t i = 0; i < item->figure_count; i++) {
        if (strcmp(item->figures[i].name, name) == 0)
            return &item->figures[i];
    }
    return NULL;
}

// The moment of a figure of time or date by the rep's clock; a date is the day's first second.
static struct local_time local_of(const struct facts *facts, const struct letter_figure *figure)
{
    struct local_time local = {0, 0};
    int64_t day = figure->value;
    if (figure->unit == LETTER_TIME) {
        int64_t instant = figure->value / SECOND_MS - (figure->value % SECOND_MS < 0);
        if (facts->letter->zone != NULL)
            return zone_local(facts->letter->zone, instant);
        day = instant / DAY_SECONDS - (instant % DAY_SECONDS < 0);
        local.second = (int32_t)(instant - day * DAY_SECONDS);
    }
    local.day = day < DAY_MIN ? DAY_MIN : day > DAY_MAX ? DAY_MAX : (int32_t)day;
    return local;
}

static size_t say_word(const char *word, char *buffer)
{
    return word == NULL ? 0 : (size_t)snprintf(buffer, SAY_BYTES, "%s", word);
}

static size_t say_stage_call(enum language language, int64_t stage, char *buffer)
{
    static const char *const intends[LANGUAGES] = {"有意向，趁热跟进", "interested in us, keep it warm"};
    // Only those that bring a customer on a list.
    if (stage == 4)
        return say_word(intends[language], buffer);
    return stage == 5 || stage == 7 ? say_word(words_of_stage(language, stage), buffer) : 0;
}

static size_t say_percent(const struct letter_figure *figure, char *buffer)
{
    if (figure->unit != LETTER_PPM || figure->value < 0 || figure->value > INT32_MAX)
        return 0;
    int64_t percent = (figure->value + PERCENT_PPM / 2) / PERCENT_PPM;
    return (size_t)snprintf(buffer, SAY_BYTES, "%d%%", (int)percent);
}

// A promise for a day has no hour: whoever wrote it down left the day's first or last minute there.
static bool has_hour(const struct letter_figure *figure, int32_t second)
{
    return figure->unit == LETTER_TIME && second >= MINUTE && second < DAY_SECONDS - MINUTE;
}

static size_t say_left(const struct letter *letter, const struct letter_figure *figure, char *buffer)
{
    int64_t left_ms = letter->now_ms > 0 ? figure->value - letter->now_ms : 0;
    bool last = left_ms >= MINUTE * SECOND_MS && left_ms < LEFT_MS;
    return last ? say_span(letter->language, left_ms / (MINUTE * SECOND_MS), buffer) : 0;
}

static size_t say_dated(const struct facts *facts, const struct letter_figure *figure, enum manner manner, char *buffer)
{
    enum language language = facts->letter->language;
    int32_t today = facts->letter->today;
    struct local_time local = local_of(facts, figure);
    int64_t age = (int64_t)today - local.day;
    switch (manner) {
    case AS_WHEN: // a list is read on another day than its own: what is further ahead than tomorrow has its date
        return age < -1 ? say_day(language, today, local.day, buffer) : say_when(language, today, local.day, buffer);
    case AS_AGE: // what was today needs no "ago": the phrase that does without it is taken
        return age < 1 ? 0 : say_days(language, age, buffer);
    case AS_OVER:
        return age > 0 ? say_date(language, today, local.day, buffer) : 0;
    case AS_AHEAD:
        return age > 0 ? 0 : say_day(language, today, local.day, buffer);
    case AS_YEARLY:
        return say_date(language, today, local.day, buffer);
    case AS_BACK:
        return say_back(language, today, local.day, buffer);
    case AS_HOUR:
        return has_hour(figure, local.second) ? say_moment(language, today, local.day, local.second, buffer) : 0;
    case AS_LEFT:
        return has_hour(figure, local.second) ? say_left(facts->letter, figure, buffer) : 0;
    case AS_MOMENT:
        return figure->unit == LETTER_TIME ? say_moment(language, today, local.day, local.second, buffer)
                                           : say_day(language, today, local.day, buffer);
    default:
        return say_day(language, today, local.day, buffer);
    }
}

static size_t say_by_unit(enum language language, const struct letter_figure *figure, char *buffer)
{
    if (figure->unit == LETTER_DAYS)
        return say_days(language, figure->value / DAY_MILLI + (figure->value % DAY_MILLI >= DAY_MILLI / 2), buffer);
    if (figure->unit == LETTER_MONEY)
        return say_money(figure->value, figure->currency, false, buffer);
    if (figure->unit == LETTER_PPM)
        return (size_t)snprintf(buffer, SAY_BYTES, "%.1f%%", (double)figure->value / PERCENT_PPM);
    if (figure->unit == LETTER_MILLI && figure->value % MILLI == 0)
        return say_count(figure->value / MILLI, buffer);
    if (figure->unit == LETTER_MILLI)
        return (size_t)snprintf(buffer, SAY_BYTES, "%.1f", (double)figure->value / MILLI);
    return say_count(figure->value, buffer);
}

// Thousandths of a day: the nearest days, below one the nearest hours.
static size_t say_lead(enum language language, const struct letter_figure *figure, char *buffer)
{
    enum { HOUR_MINUTES = 60 };
    if (figure->unit != LETTER_DAYS || figure->value < 0 || figure->value > INT32_MAX)
        return 0;
    int64_t minutes = figure->value * DAY_MINUTES / DAY_MILLI;
    int64_t unit = minutes >= DAY_MINUTES ? DAY_MINUTES : minutes >= HOUR_MINUTES ? HOUR_MINUTES : 1;
    return say_span(language, (minutes + unit / 2) / unit * unit, buffer);
}

static size_t say_figure(const struct facts *facts, const struct letter_figure *figure, enum manner manner,
                         char *buffer)
{
    enum language language = facts->letter->language;
    if (manner == AS_STAGE_CALL)
        return say_stage_call(language, figure->value, buffer);
    if (manner == AS_STAGE)
        return say_word(words_of_stage(language, figure->value), buffer);
    if (manner == AS_WEEKDAY)
        return say_weekday(language, figure->value, buffer);
    if (manner == AS_PERCENT)
        return say_percent(figure, buffer);
    if (figure->unit == LETTER_TIME || figure->unit == LETTER_DATE)
        return say_dated(facts, figure, manner, buffer);
    if (manner == AS_AGE && figure->unit == LETTER_DAYS && figure->value < DAY_MILLI)
        return 0;
    if (manner == AS_SPAN)
        return say_span(language, figure->value, buffer);
    if (manner == AS_LEAD)
        return say_lead(language, figure, buffer);
    if (manner == AS_NTH)
        return say_nth(language, figure->value, buffer);
    if (manner == AS_SOME)
        return figure->value > 0 ? say_count(figure->value, buffer) : 0;
    if (manner != BY_UNIT && manner != AS_DAYS && manner != AS_AGE)
        return 0; // only a day can be said so
    if (manner != BY_UNIT && figure->unit != LETTER_DAYS)
        return say_days(language, figure->value, buffer);
    return say_by_unit(language, figure, buffer);
}

// The fraction is shown when both sides of a comparison would read the same without it.
static bool say_exactly(const struct letter_figure *figure, const struct letter_figure *other, char *buffer)
{
    char without[SAY_BYTES];
    if (figure == NULL || other == NULL || figure->unit != LETTER_MONEY || figure->value == other->value)
        return false;
    say_money(other->value, other->currency, false, without);
    say_money(figure->value, figure->currency, false, buffer);
    if (strcmp(buffer, without) != 0)
        return false;
    say_money(figure->value, figure->currency, true, buffer);
    return true;
}

// What the customer had to reach to stay in the class.
static const struct letter_figure *threshold(const struct letter_item *item)
{
    static const char *const names[][2] = {{"A", "threshold_a"}, {"B", "threshold_b"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(item->before, names[i][0]) == 0 && find(item, names[i][1]) != NULL)
            return find(item, names[i][1]);
    }
    return find(item, "threshold");
}

// The days of a trip: "5月20日（周三）", "5月20日–5月22日".
static bool fill_trip(const struct facts *facts, char *buffer)
{
    const struct letter_figure *from = find(facts->item, "from"), *to = find(facts->item, "to");
    bool dated = from != NULL && (from->unit == LETTER_TIME || from->unit == LETTER_DATE);
    bool several = to != NULL && (to->unit == LETTER_TIME || to->unit == LETTER_DATE);
    enum language language = facts->letter->language;
    if (!dated)
        return false;
    int32_t first = local_of(facts, from).day, last = several ? local_of(facts, to).day : first;
    if (last <= first)
        return say_day(language, facts->letter->today, first, buffer) > 0;
    char start[SAY_BYTES], end[SAY_BYTES];
    say_date(language, facts->letter->today, first, start);
    say_date(language, facts->letter->today, last, end);
    return snprintf(buffer, SAY_BYTES, "%.28s–%.28s", start, end) > 0;
}

size_t figure_customers(const struct letter_item *item)
{
    const struct letter_figure *figure = item->about_count > 0 ? find(item, "customers") : NULL;
    bool counted = figure != NULL && figure->unit == LETTER_COUNT && figure->value > (int64_t)item->about_count;
    return counted ? (size_t)figure->value : item->about_count;
}

bool figure_say(const struct facts *facts, const struct letter_figure *figure, char *buffer)
{
    bool dated = figure->unit == LETTER_TIME || figure->unit == LETTER_DATE;
    return say_figure(facts, figure, dated ? AS_MOMENT : BY_UNIT, buffer) > 0;
}

bool figure_fill(const struct facts *facts, const char *place, char *buffer)
{
    const struct letter_item *item = facts->item;
    const struct letter_figure *figure;
    if (strcmp(place, "threshold") == 0) {
        figure = threshold(item);
        return say_exactly(figure, find(item, "net_sales"), buffer) ||
               (figure != NULL && say_figure(facts, figure, BY_UNIT, buffer) > 0);
    }
    if (strcmp(place, "net") == 0 && say_exactly(find(item, "net_sales"), threshold(item), buffer))
        return true;
    if (strcmp(place, "trip") == 0)
        return fill_trip(facts, buffer);
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        if (strcmp(figures[i].place, place) != 0)
            continue;
        for (size_t j = 0; j < ALIASES && figures[i].figures[j] != NULL; j++) {
            figure = find(item, figures[i].figures[j]);
            if (figure != NULL)
                return say_figure(facts, figure, figures[i].manner, buffer) > 0;
        }
        return false;
    }
    figure = find(item, place);
    return figure != NULL && say_figure(facts, figure, BY_UNIT, buffer) > 0;
}
