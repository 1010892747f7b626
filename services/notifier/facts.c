#include "services/notifier/facts.h"

#include "common/must.h"
#include "services/notifier/figure.h"
#include "services/notifier/words.h"

#include <stdio.h>
#include <string.h>

enum {
    PLACE_BYTES = 24, // the longest name of a place
    SHORT_MOST = 24,  // characters of a phone number or a class
};

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

static bool returns_yearly(enum letter_kind kind)
{
    return kind == LETTER_BIRTHDAY || kind == LETTER_FOUNDING_DAY || kind == LETTER_COOPERATION_ANNIVERSARY;
}

static bool fill_date(const struct facts *facts, const char *place, char *buffer)
{
    const struct letter_item *item = facts->item;
    enum language language = facts->letter->language;
    int32_t today = facts->letter->today, day;
    if (!returns_yearly(item->kind)) {
        if (!day_parse(item->event_date, strlen(item->event_date), &day))
            return false;
        if (strcmp(place, "on") == 0)
            return say_date(language, today, day, buffer) > 0;
        return (strcmp(place, "date") == 0 ? say_day(language, today, day, buffer)
                                           : say_when(language, today, day, buffer)) > 0;
    }
    struct date yearly;
    if (!yearly_parse(item->event_date, strlen(item->event_date), &yearly))
        return false;
    day = closest(yearly, today);
    if (strcmp(place, "date") == 0)
        return say_date(language, today, day, buffer) > 0;
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
           say_day(facts->letter->language, facts->letter->today, day, buffer) > 0;
}

// --- texts
// ------------------------------------------------------------------------------------------------------------

// Whether the full stop at the end belongs to an abbreviation, as in "A.S." and "S.r.l.".
static bool abbreviates(const char *text, size_t length)
{
    return length >= 4 && text[length - 1] == '.' && text[length - 2] != '.' && text[length - 3] == '.' &&
           text[length - 4] != '.';
}

// The length without the full stops at the end: the phrase brings its own.
static size_t unstopped(const char *text, size_t length)
{
    static const char *const stops[] = {"。", ".", "！", "!", "；", ";", " "};
    for (size_t i = 0; i < sizeof stops / sizeof stops[0];) {
        size_t bytes = strlen(stops[i]);
        bool ends =
            length >= bytes && memcmp(text + length - bytes, stops[i], bytes) == 0 && !abbreviates(text, length);
        length -= ends ? bytes : 0;
        i = ends ? 0 : i + 1;
    }
    return length;
}

static bool fill_text(const struct facts *facts, const char *text, size_t most, char *buffer)
{
    return disarm(text, unstopped(text, strlen(text)), facts->style, most, buffer, FACT_BYTES) > 0;
}

bool facts_name(const struct facts *facts, char *buffer)
{
    const struct letter_item *item = facts->item;
    const char *name = item->customer[0] != '\0' ? item->customer : item->customer_id;
    return disarm(name, strlen(name), facts->style, FACT_NAME_MOST, buffer, FACT_BYTES) > 0;
}

static bool fill_customer(const struct facts *facts, char *buffer)
{
    if (facts->one_name)
        return facts_name(facts, buffer);
    struct facts plain = *facts;
    plain.one_name = true;
    char text[PHRASE_BYTES];
    if (!facts_say(&plain, &phrase_titles, LINE_CUSTOMER, text))
        return false;
    must(strlen(text) < FACT_BYTES + SAY_BYTES);
    memcpy(buffer, text, strlen(text) + 1);
    return true;
}

// The name of the first of several customers, without the class.
static bool fill_other(const struct facts *facts, char *buffer)
{
    struct facts other = *facts;
    if (facts->item->about_count == 0)
        return false;
    other.item = facts->item->about;
    return facts_name(&other, buffer);
}

// A code in words; one without a word is said as it stands.
static bool fill_word(const struct facts *facts, const char *code, char *buffer)
{
    const char *word = words_of(facts->letter->language, code);
    return word == NULL ? fill_text(facts, code, FACT_SHORT_MOST, buffer)
                        : snprintf(buffer, FACT_BYTES, "%s", word) > 0;
}

// A feast has its name in both languages, perhaps.
static bool fill_feast(const struct facts *facts, char *buffer)
{
    const struct letter_item *item = facts->item;
    bool english = facts->letter->language == LANGUAGE_EN;
    const char *first = english ? item->after : item->text, *second = english ? item->text : item->after;
    return fill_text(facts, first[0] != '\0' ? first : second, FACT_SHORT_MOST, buffer);
}

static bool fill_about(const struct facts *facts, char *buffer)
{
    size_t count = figure_customers(facts->item);
    return count > 0 && say_count((int64_t)count, buffer) > 0;
}

static bool fill_abc(const struct facts *facts, char *buffer)
{
    snprintf(buffer, FACT_BYTES, "%c", facts->item->abc);
    return facts->item->abc != 0;
}

static bool fill_before_word(const struct facts *facts, char *buffer)
{
    return fill_word(facts, facts->item->before, buffer);
}

static bool fill_after_word(const struct facts *facts, char *buffer)
{
    return fill_word(facts, facts->item->after, buffer);
}

static bool fill_text_word(const struct facts *facts, char *buffer)
{
    return fill_word(facts, facts->item->text, buffer);
}

// What an objection is about: one of our kinds in words, else as somebody wrote it.
static bool fill_objection(const struct facts *facts, char *buffer)
{
    const char *text = facts->item->text, *word = words_of_objection(facts->letter->language, text);
    return fill_text(facts, word != NULL ? word : text, facts->brief ? FACT_SHORT_MOST : FACT_TEXT_MOST, buffer);
}

// A decision, where there is one.
static bool fill_granted(const struct facts *facts, char *buffer)
{
    return strcmp(facts->item->after, "approved") == 0 && fill_after_word(facts, buffer);
}

static bool fill_denied(const struct facts *facts, char *buffer)
{
    return strcmp(facts->item->after, "refused") == 0 && fill_after_word(facts, buffer);
}

// That a delivery comes late.
static bool fill_delayed(const struct facts *facts, char *buffer)
{
    return strcmp(facts->item->before, "delayed") == 0 && fill_before_word(facts, buffer);
}

// Holds no word: what stands behind it is said to those who are content.
static bool fill_happy(const struct facts *facts, char *buffer)
{
    const char *after = facts->item->after;
    buffer[0] = '\0';
    return strcmp(after, "content") == 0 || strcmp(after, "delighted") == 0;
}

static bool fill_item(const struct facts *facts, const char *place, char *buffer)
{
    static const struct {
        const char *place;
        bool (*fill)(const struct facts *facts, char *buffer);
    } fills[] = {
        {"name", facts_name},
        {"customer", fill_customer},
        {"other", fill_other},
        {"about", fill_about},
        {"abc", fill_abc},
        {"before_word", fill_before_word},
        {"after_word", fill_after_word},
        {"text_word", fill_text_word},
        {"objection", fill_objection},
        {"feast", fill_feast},
        {"granted", fill_granted},
        {"denied", fill_denied},
        {"delayed", fill_delayed},
        {"happy", fill_happy},
    };
    const struct letter_item *item = facts->item;
    const struct {
        const char *place, *text;
        size_t most;
    } texts[] = {
        {"before", item->before, FACT_NAME_MOST},
        {"after", item->after, FACT_NAME_MOST},
        {"purpose", item->after, FACT_TEXT_MOST},
        {"text", item->text, facts->brief ? FACT_SHORT_MOST : FACT_TEXT_MOST},
        {"contact", item->contact, FACT_NAME_MOST},
        {"phone", item->phone, SHORT_MOST},
        {"for_rep", item->for_rep, FACT_NAME_MOST},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(texts[i].place, place) == 0)
            return fill_text(facts, texts[i].text, texts[i].most, buffer);
    for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i++)
        if (strcmp(fills[i].place, place) == 0)
            return fills[i].fill(facts, buffer);
    if (strcmp(place, "when") == 0 || strcmp(place, "date") == 0 || strcmp(place, "on") == 0)
        return fill_date(facts, place, buffer);
    if (figure_fill(facts, place, buffer))
        return true;
    return strcmp(place, "years") == 0 && returns_yearly(item->kind) && fill_date(facts, place, buffer);
}

// The letter's own lines.
static bool fill_count(const struct facts *facts, const char *place, char *buffer)
{
    static const char *const places[] = {"items", "calls", "more", "count", "number"};
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
                 {"about", "customer", "customers"},
                 {"count", "customer", "customers"},
                 {"calls", "call", "calls"},
                 {"capacity", "call", "calls"},
                 {"days_left", "working day", "working days"},
                 {"missing", "customer", "customers"},
                 {"years", "year", "years"},
                 {"broken_promises", "broken promise", "broken promises"}};
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++) {
        if (strcmp(nouns[i].place, place) != 0)
            continue;
        size_t length = strlen(buffer);
        const char *noun = strcmp(buffer, "1") == 0 ? nouns[i].one : nouns[i].many;
        snprintf(buffer + length, FACT_BYTES - length, " %s", noun);
    }
}

// {day} is a day by its date; {next} one that is to come: "明天", "on Mon 18 May".
static bool fill_day(const struct facts *facts, const char *text, const char *place, char *buffer)
{
    enum language language = facts->letter->language;
    int32_t day;
    if ((strcmp(place, "day") != 0 && strcmp(place, "next") != 0) || !day_parse(text, strlen(text), &day))
        return false;
    if (strcmp(place, "next") != 0)
        return say_day(language, facts->letter->today, day, buffer) > 0;
    if (day == facts->letter->today || day == facts->letter->today + 1)
        return say_when(language, facts->letter->today, day, buffer) > 0;
    const char *on = language == LANGUAGE_EN ? "on " : "";
    memcpy(buffer, on, strlen(on));
    return say_day(language, facts->letter->today, day, buffer + strlen(on)) > 0;
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
    if (strcmp(place, "done") == 0)
        return list->done > 0 && say_count((int64_t)list->done, buffer) > 0;
    return fill_day(facts, list->local_date, place, buffer);
}

// The days of a daily digest that tells of more than one, as after a weekend.
static bool fill_days(const struct facts *facts, char *buffer)
{
    const struct letter_digest *digest = facts->digest;
    enum language language = facts->letter->language;
    int32_t first, last;
    char start[SAY_BYTES], end[SAY_BYTES];
    if (!day_parse(digest->from_date, strlen(digest->from_date), &first) ||
        !day_parse(digest->local_date, strlen(digest->local_date), &last) || first >= last)
        return false;
    say_date(language, facts->letter->today, first, start);
    say_date(language, facts->letter->today, last, end);
    return snprintf(buffer, FACT_BYTES, "%s–%s", start, end) > 0;
}

// A digest's day or days, or the days of its week.
static bool fill_digest(const struct facts *facts, const char *place, char *buffer)
{
    const struct letter_digest *digest = facts->digest;
    enum language language = facts->letter->language;
    const char *told = digest->from_date[0] != '\0' ? digest->from_date : digest->local_date;
    int32_t first, last;
    if (strcmp(place, "days") == 0)
        return fill_days(facts, buffer);
    if (strcmp(place, "week") != 0)
        return fill_day(facts, told, place, buffer);
    if (!day_parse(digest->from_date, strlen(digest->from_date), &first))
        return false;
    last = first + WEEK_DAYS - 1;
    char start[SAY_BYTES], end[SAY_BYTES];
    say_date(language, facts->letter->today, first, start);
    say_date(language, facts->letter->today, last, end);
    return snprintf(buffer, FACT_BYTES, "%s–%s", start, end) > 0;
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
    if (facts->digest != NULL && fill_digest(facts, place, buffer))
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
    static const char *const days[] = {"when", "due", "due_at", "ordered", "lost_since", "trip"};
    static const char *const closed[] = {"）", "（", "”", "，", "：", "。", "】", " "};
    bool day = strcmp(place, "text") == 0 && (unsigned char)fact[0] < 0x80; // "30 mm" as well
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
        day = day || strcmp(place, days[i]) == 0;
    if (used == 0 || !day)
        return false;
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        size_t bytes = strlen(closed[i]);
        if (used >= bytes && memcmp(text + used - bytes, closed[i], bytes) == 0)
            return false;
    }
    bool digit = fact[0] >= '0' && fact[0] <= '9';
    return digit || (unsigned char)text[used - 1] < 0x80 || strcmp(before, "customer") == 0;
}

// Whether what is written ends a sentence by itself, as a question does: then the phrase's full stop is one too many.
static bool ends_itself(const char *text, size_t used)
{
    static const char *const ends[] = {"?", "？", "…"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t bytes = strlen(ends[i]);
        if (used >= bytes && memcmp(text + used - bytes, ends[i], bytes) == 0)
            return true;
    }
    return false;
}

static size_t full_stop(const char *text)
{
    static const char chinese[] = "。";
    return text[0] == '.' ? 1 : strncmp(text, chinese, sizeof chinese - 1) == 0 ? sizeof chinese - 1 : 0;
}

// Puts what stands between the places of somebody's own words, disarmed, with the spaces at its ends.
static size_t put_own(const struct facts *facts, const char *text, size_t length, char *buffer)
{
    size_t used = 0;
    if (text[0] == ' ')
        buffer[used++] = ' ';
    used += disarm(text, length, facts->style, 0, buffer + used, PHRASE_BYTES / 2);
    if (length > 1 && text[length - 1] == ' ' && used > 0)
        buffer[used++] = ' ';
    return used;
}

// Somebody's own words with their places filled; false when one stays empty, or it becomes too long.
static bool expand_own(const struct facts *facts, const char *text, char *buffer)
{
    size_t used = 0;
    while (*text != '\0') {
        char place[PLACE_BYTES], fact[FACT_BYTES + SAY_BYTES], piece[PHRASE_BYTES];
        size_t length = strcspn(text, "{");
        size_t bytes = length > 0 ? put_own(facts, text, length, piece) : 0;
        text += length;
        if (used + bytes >= PHRASE_BYTES)
            return false;
        memcpy(buffer + used, piece, bytes);
        used += bytes;
        if (*text == '\0')
            break;
        length = strcspn(text + 1, "}");
        must(length < sizeof place && text[length + 1] == '}');
        memcpy(place, text + 1, length);
        place[length] = '\0';
        text += length + 2;
        if (!fill(facts, place, fact) || used + strlen(fact) >= PHRASE_BYTES)
            return false;
        memcpy(buffer + used, fact, strlen(fact));
        used += strlen(fact);
    }
    buffer[used] = '\0';
    return true;
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
        if (ends_itself(buffer, used) || (at[0] == '.' && used > 0 && buffer[used - 1] == '.'))
            at += full_stop(at);
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

bool facts_say_own(const struct facts *facts, const struct phrases *table, unsigned use, char *buffer)
{
    for (size_t i = 0; i < table->count; i++) {
        const char *text = table->rows[i].text[facts->letter->language];
        if (table->rows[i].use == use && text != NULL && expand_own(facts, text, buffer))
            return true;
    }
    buffer[0] = '\0';
    return false;
}

const char *facts_field(enum language language, const char *code)
{
    static const char ask[] = "ask.";
    if (strncmp(code, ask, sizeof ask - 1) != 0)
        return NULL;
    return words_of_field(language, code + sizeof ask - 1);
}

bool facts_say_point(const struct facts *facts, const struct letter_point *point, char *buffer)
{
    struct letter_item item = facts->item != NULL ? *facts->item : facts_nothing();
    struct facts said = *facts;
    item.text = point->text;
    item.figures = point->figures;
    item.figure_count = point->figure_count;
    said.item = &item;
    for (const struct point_phrase *row = phrase_points; row->code != NULL; row++)
        if (strcmp(row->code, point->code) == 0 && expand(&said, &row->phrase, buffer))
            return true;
    enum language language = facts->letter->language;
    const char *field = facts_field(language, point->code);
    if (field != NULL)
        return snprintf(buffer, PHRASE_BYTES, language == LANGUAGE_ZH ? "问清%s" : "ask for the %s", field) > 0;
    return fill_text(facts, point->text, facts->brief ? FACT_SHORT_MOST : FACT_TEXT_MOST, buffer);
}

struct letter_item facts_nothing(void)
{
    return (struct letter_item){.reminder_id = "",
                                .customer_id = "",
                                .customer = "",
                                .region = "",
                                .before = "",
                                .after = "",
                                .text = "",
                                .contact = "",
                                .phone = "",
                                .event_date = "",
                                .local_date = "",
                                .for_rep = "",
                                .settled = "",
                                .rule = ""};
}
