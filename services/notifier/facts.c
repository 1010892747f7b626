#include "services/notifier/facts.h"

#include "common/must.h"
#include "common/zone.h"

#include <stdio.h>
#include <string.h>

enum {
    ALIASES = 3,
    PLACE_BYTES = 24, // the longest name of a place
    SECOND_MS = 1000,
    DAY_MILLI = 1000,
    DAY_SECONDS = 86400,
    SHORT_MOST = 24, // characters of a phone number or a class
};

// How a figure is said: by its unit; as a number of days; as the days that have passed since it; as seen from today; as
// a day that is still to come, or as one that is over.
enum manner { BY_UNIT, AS_DAYS, AS_AGE, AS_WHEN, AS_AHEAD, AS_OVER, AS_STAGE };

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
    {"expected", AS_AHEAD, {"expected_order"}},
    {"unmet", AS_OVER, {"expected_order"}},
    {"silence", AS_AGE, {"last_contact"}},
    {"due", AS_WHEN, {"promise_due", "appointment"}},
    {"missed", AS_OVER, {"appointment"}},
    {"passed", AS_AGE, {"appointment"}},
    {"stage", AS_STAGE, {"stage"}},
    {"years", BY_UNIT, {"years"}},
    {"capacity", BY_UNIT, {"capacity"}},
    {"days_left", BY_UNIT, {"working_days_left"}},
    {"missing", BY_UNIT, {"missing"}},
    {"customers", BY_UNIT, {"customers"}},
    {"contacted", BY_UNIT, {"contacted"}},
};

static const struct letter_figure *find(const struct letter_item *item, const char *name)
{
    for (size_t i = 0; i < item->figure_count; i++) {
        if (strcmp(item->figures[i].name, name) == 0)
            return &item->figures[i];
    }
    return NULL;
}

// The day that a figure of time or date names, by the rep's clock.
static int32_t day_of(const struct facts *facts, const struct letter_figure *figure)
{
    int64_t day = figure->value;
    if (figure->unit == LETTER_TIME) {
        int64_t instant = figure->value / SECOND_MS - (figure->value % SECOND_MS < 0);
        if (facts->letter->zone != NULL)
            return zone_local(facts->letter->zone, instant).day;
        day = instant / DAY_SECONDS - (instant % DAY_SECONDS < 0);
    }
    return day < DAY_MIN ? DAY_MIN : day > DAY_MAX ? DAY_MAX : (int32_t)day;
}

static size_t say_stage(enum language language, int64_t stage, char *buffer)
{
    // By the number that people know the stage by, 0 to 7; only those that bring a customer on a list have words.
    static const struct {
        int64_t stage;
        const char *text[LANGUAGES];
    } words[] = {
        {4, {"有意向，趁热跟进", "interested in us, keep it warm"}},
        {5, {"合同已发出", "contract sent"}},
        {7, {"合同到期", "contract ran out"}},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].stage == stage)
            return (size_t)snprintf(buffer, SAY_BYTES, "%s", words[i].text[language]);
    }
    return 0;
}

static size_t say_figure(const struct facts *facts, const struct letter_figure *figure, enum manner manner,
                         char *buffer)
{
    enum language language = facts->letter->language;
    bool dated = figure->unit == LETTER_TIME || figure->unit == LETTER_DATE;
    if (manner == AS_STAGE)
        return say_stage(language, figure->value, buffer);
    if (manner == AS_WHEN)
        return dated ? say_when(language, facts->letter->today, day_of(facts, figure), buffer) : 0;
    if (manner == AS_AGE && dated) {
        // What was today needs no "ago": the phrase that does without it is taken.
        int64_t age = (int64_t)facts->letter->today - day_of(facts, figure);
        return age < 1 ? 0 : say_days(language, age, buffer);
    }
    if (manner == AS_AGE && figure->unit == LETTER_DAYS && figure->value < DAY_MILLI)
        return 0;
    if (dated) {
        int32_t day = day_of(facts, figure);
        bool over = day < facts->letter->today;
        if (manner == AS_OVER)
            return over ? say_yearly(language, day_date(day), buffer) : 0;
        return manner == AS_AHEAD && over ? 0 : say_day(language, day, buffer);
    }
    if (manner == AS_AHEAD || manner == AS_OVER)
        return 0;
    if (figure->unit == LETTER_DAYS)
        return say_days(language, (figure->value + DAY_MILLI / 2) / DAY_MILLI, buffer);
    if (manner != BY_UNIT)
        return say_days(language, figure->value, buffer);
    if (figure->unit == LETTER_MONEY)
        return say_money(figure->value, figure->currency, false, buffer);
    if (figure->unit == LETTER_PPM)
        return (size_t)snprintf(buffer, SAY_BYTES, "%.1f%%", (double)figure->value / 10000);
    return say_count(figure->value, buffer);
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

static bool fill_figure(const struct facts *facts, const char *place, char *buffer)
{
    const struct letter_item *item = facts->item;
    if (strcmp(place, "threshold") == 0) {
        const struct letter_figure *figure = threshold(item);
        return say_exactly(figure, find(item, "net_sales"), buffer) ||
               (figure != NULL && say_figure(facts, figure, BY_UNIT, buffer) > 0);
    }
    if (strcmp(place, "net") == 0 && say_exactly(find(item, "net_sales"), threshold(item), buffer))
        return true;
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        if (strcmp(figures[i].place, place) != 0)
            continue;
        for (size_t j = 0; j < ALIASES && figures[i].figures[j] != NULL; j++) {
            const struct letter_figure *figure = find(item, figures[i].figures[j]);
            if (figure != NULL)
                return say_figure(facts, figure, figures[i].manner, buffer) > 0;
        }
    }
    return false;
}

// --- dates
// ------------------------------------------------------------------------------------------------------------

// The return of a yearly date that is closest to today.
static int32_t closest(struct date yearly, int32_t today)
{
    int32_t year = day_date(today).year;
    int32_t best = yearly_in(yearly, year);
    for (int32_t other = year - 1; other <= year + 1; other += 2) {
        int32_t day = yearly_in(yearly, other);
        int32_t distance = day > today ? day - today : today - day;
        if (distance < (best > today ? best - today : today - best))
            best = day;
    }
    return best;
}

static bool fill_date(const struct facts *facts, const char *place, char *buffer)
{
    const struct letter_item *item = facts->item;
    enum language language = facts->letter->language;
    int32_t today = facts->letter->today, day;
    if (item->kind == LETTER_PROMISE) {
        if (!day_parse(item->event_date, strlen(item->event_date), &day))
            return false;
        return (strcmp(place, "date") == 0 ? say_day(language, day, buffer) : say_when(language, today, day, buffer)) >
               0;
    }
    struct date yearly;
    if (!yearly_parse(item->event_date, strlen(item->event_date), &yearly))
        return false;
    day = closest(yearly, today);
    if (strcmp(place, "date") == 0)
        return say_yearly(language, day_date(day), buffer) > 0;
    if (strcmp(place, "when") == 0)
        return say_when(language, today, day, buffer) > 0;
    int32_t years = day_date(day).year - yearly.year;
    return yearly.year > 0 && years > 0 && say_count(years, buffer) > 0;
}

// When a late item was meant to be told.
static bool fill_meant(const struct facts *facts, char *buffer)
{
    int32_t day;
    return day_parse(facts->item->local_date, strlen(facts->item->local_date), &day) && day != facts->letter->today &&
           say_day(facts->letter->language, day, buffer) > 0;
}

// --- texts
// ------------------------------------------------------------------------------------------------------------

// The length without the full stops at the end: the phrase brings its own.
static size_t unstopped(const char *text, size_t length)
{
    static const char *const stops[] = {"。", ".", "！", "!", "；", ";", " "};
    for (size_t i = 0; i < sizeof stops / sizeof stops[0];) {
        size_t bytes = strlen(stops[i]);
        bool ends = length >= bytes && memcmp(text + length - bytes, stops[i], bytes) == 0;
        length -= ends ? bytes : 0;
        i = ends ? 0 : i + 1;
    }
    return length;
}

static bool fill_text(const struct facts *facts, const char *text, size_t most, char *buffer)
{
    return disarm(text, unstopped(text, strlen(text)), facts->style, most, buffer, FACT_BYTES) > 0;
}

static bool fill_name(const struct facts *facts, char *buffer)
{
    const struct letter_item *item = facts->item;
    const char *name = item->customer[0] != '\0' ? item->customer : item->customer_id;
    return disarm(name, strlen(name), facts->style, FACT_NAME_MOST, buffer, FACT_BYTES) > 0;
}

static bool fill_customer(const struct facts *facts, char *buffer)
{
    if (facts->one_name)
        return fill_name(facts, buffer);
    struct facts plain = *facts;
    plain.one_name = true;
    char text[PHRASE_BYTES];
    if (!facts_say(&plain, &phrase_titles, LINE_CUSTOMER, text))
        return false;
    must(strlen(text) < FACT_BYTES + SAY_BYTES);
    memcpy(buffer, text, strlen(text) + 1);
    return true;
}

static bool fill_item(const struct facts *facts, const char *place, char *buffer)
{
    const struct letter_item *item = facts->item;
    const struct {
        const char *place, *text;
        size_t most;
    } texts[] = {
        {"before", item->before, SHORT_MOST}, {"after", item->after, SHORT_MOST},
        {"text", item->text, FACT_TEXT_MOST}, {"contact", item->contact, FACT_NAME_MOST},
        {"phone", item->phone, SHORT_MOST},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (strcmp(texts[i].place, place) == 0)
            return fill_text(facts, texts[i].text, texts[i].most, buffer);
    }
    if (strcmp(place, "name") == 0)
        return fill_name(facts, buffer);
    if (strcmp(place, "customer") == 0)
        return fill_customer(facts, buffer);
    if (strcmp(place, "abc") == 0) {
        snprintf(buffer, FACT_BYTES, "%c", item->abc);
        return item->abc != 0;
    }
    if (strcmp(place, "when") == 0 || strcmp(place, "date") == 0)
        return fill_date(facts, place, buffer);
    if (fill_figure(facts, place, buffer))
        return true;
    return strcmp(place, "years") == 0 && fill_date(facts, place, buffer);
}

// The letter's own lines.
static bool fill_count(const struct facts *facts, const char *place, char *buffer)
{
    static const char *const places[] = {"items", "calls", "more"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (strcmp(places[i], place) == 0)
            return say_count((int64_t)facts->count, buffer) > 0;
    }
    return false;
}

// An English count brings its noun, in the number that fits; Chinese has it in the phrase.
static void add_noun(const char *place, char *buffer)
{
    static const struct {
        const char *place, *one, *many;
    } nouns[] = {{"items", "customer reminder", "customer reminders"},
                 {"calls", "call", "calls"},
                 {"capacity", "call", "calls"},
                 {"days_left", "working day", "working days"},
                 {"missing", "customer", "customers"},
                 {"years", "year", "years"}};
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++) {
        if (strcmp(nouns[i].place, place) != 0)
            continue;
        size_t length = strlen(buffer);
        const char *noun = strcmp(buffer, "1") == 0 ? nouns[i].one : nouns[i].many;
        snprintf(buffer + length, FACT_BYTES - length, " %s", noun);
    }
}

static bool fill_list(const struct facts *facts, const char *place, char *buffer)
{
    const struct letter_list *list = facts->list;
    const struct {
        const char *place;
        uint32_t count;
    } counts[] = {{"customers", list->customers},
                  {"contacted", list->contacted},
                  {"capacity", list->capacity},
                  {"days_left", list->working_days_left},
                  {"missing", list->missing}};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        if (strcmp(counts[i].place, place) == 0)
            return say_count(counts[i].count, buffer) > 0;
    }
    int32_t day;
    return strcmp(place, "day") == 0 && day_parse(list->local_date, strlen(list->local_date), &day) &&
           say_day(facts->letter->language, day, buffer) > 0;
}

// The fact alone, without the noun that it may bring.
static bool fill_bare(const struct facts *facts, const char *place, char *buffer)
{
    buffer[0] = '\0';
    if (strcmp(place, "rep") == 0)
        return fill_text(facts, facts->letter->rep, FACT_NAME_MOST, buffer);
    if (facts->meant && strcmp(place, "date") == 0)
        return fill_meant(facts, buffer);
    if (facts->item != NULL)
        return fill_item(facts, place, buffer);
    if (facts->list != NULL && fill_list(facts, place, buffer))
        return true;
    return fill_count(facts, place, buffer);
}

static bool fill(const struct facts *facts, const char *place, char *buffer)
{
    if (!fill_bare(facts, place, buffer))
        return false;
    if (facts->letter->language == LANGUAGE_EN)
        add_noun(place, buffer);
    return true;
}

// Whether Chinese wants a space between what is written and a day such as "3 天后", "今天": a name would run into it.
static bool wants_space(const char *place, const char *before, const char *text, size_t used, const char *fact)
{
    static const char *const closed[] = {"）", "，", "：", "。", "】", " "};
    if (used == 0 || (strcmp(place, "when") != 0 && strcmp(place, "due") != 0))
        return false;
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        size_t bytes = strlen(closed[i]);
        if (used >= bytes && memcmp(text + used - bytes, closed[i], bytes) == 0)
            return false;
    }
    bool digit = fact[0] >= '0' && fact[0] <= '9';
    return digit || (unsigned char)text[used - 1] < 0x80 || strcmp(before, "customer") == 0;
}

// One phrase with its places filled; false when one stays empty. What is filled in is never looked at for places again.
static bool expand(const struct facts *facts, const struct phrase *phrase, char *buffer)
{
    bool chinese = facts->letter->language == LANGUAGE_ZH;
    size_t used = 0;
    char before[PLACE_BYTES] = ""; // the place that was filled right before this one
    for (const char *at = phrase->text[facts->letter->language]; *at != '\0';) {
        if (*at != '{') {
            must(used + 1 < PHRASE_BYTES);
            buffer[used++] = *at++;
            before[0] = '\0';
            continue;
        }
        char place[PLACE_BYTES], fact[FACT_BYTES + SAY_BYTES];
        size_t length = strcspn(at + 1, "}");
        must(length < sizeof place);
        memcpy(place, at + 1, length);
        place[length] = '\0';
        at += length + 2;
        if (!fill(facts, place, fact))
            return false;
        size_t bytes = strlen(fact);
        must(used + 1 + bytes < PHRASE_BYTES);
        if (chinese && wants_space(place, before, buffer, used, fact))
            buffer[used++] = ' ';
        memcpy(before, place, length + 1);
        memcpy(buffer + used, fact, bytes);
        used += bytes;
    }
    buffer[used] = '\0';
    return true;
}

bool facts_say(const struct facts *facts, const struct phrases *table, unsigned use, char *buffer)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->rows[i].use == use && expand(facts, &table->rows[i], buffer))
            return true;
    }
    buffer[0] = '\0';
    return false;
}
