#include "services/scheduler/wire.h"

#include "common/utf8.h"
#include "services/scheduler/notice.h"
#include "services/scheduler/wire_parts.h"
#include "tend/v1/journal.pb-c.h"
#include "tend/v1/scoring.pb-c.h"

#include <stdlib.h>
#include <string.h>

enum { HOLIDAYS_KEPT = 4096, DAYS_OFF_KEPT = 4 * HOLIDAYS_KEPT, WEEKDAYS_ALL = 0x7f };

// --- what the readers share

const char *wire_cut(struct arena *arena, const char *text, size_t most)
{
    size_t length = strlen(text);
    return length <= most ? text : arena_text(arena, text, utf8_cut(text, length, most));
}

bool wire_id_fits(const char *id)
{
    return strlen(id) <= ID_TEXT_MAX;
}

bool wire_id_good(const char *id)
{
    return id[0] != '\0' && wire_id_fits(id);
}

int64_t wire_instant(const Google__Protobuf__Timestamp *time)
{
    return time != NULL && time->seconds > 0 ? time->seconds * 1000 + time->nanos / 1000000 : 0;
}

int32_t wire_day(const char *text)
{
    int32_t parsed;
    return day_parse(text, strlen(text), &parsed) ? parsed : DAY_NONE;
}

int64_t wire_money(const Tend__V1__Money *money, const char **ret_currency)
{
    *ret_currency = money != NULL ? money->currency : "";
    return money != NULL ? money->micros : 0;
}

uint32_t wire_week(const uint32_t *days, size_t count)
{
    uint32_t week = 0;
    for (size_t i = 0; i < count; i++)
        week |= days[i] >= 1 && days[i] <= WEEK_DAYS ? 1U << (days[i] - 1) : 0;
    return week;
}

bool wire_is_written(Tend__V1__Channel channel)
{
    return channel == TEND__V1__CHANNEL__CHANNEL_EMAIL || channel == TEND__V1__CHANNEL__CHANNEL_CHAT ||
           channel == TEND__V1__CHANNEL__CHANNEL_SMS || channel == TEND__V1__CHANNEL__CHANNEL_LETTER ||
           channel == TEND__V1__CHANNEL__CHANNEL_WEB;
}

// --- events

static bool read_body(const struct wire_body *bodies, const Tend__V1__Event *event, struct arena *arena,
                      struct fact *fact)
{
    for (; bodies->read != NULL; bodies++) {
        if (bodies->body != event->body_case)
            continue;
        bodies->read(event, arena, fact);
        return true;
    }
    return false;
}

// What need not name a customer: reps, their answers and trips, what is asked or told of the firm.
static bool about_others(enum fact_kind kind)
{
    return kind == FACT_REP || kind == FACT_ABSENCE || kind == FACT_ANSWER || kind == FACT_VISIT ||
           kind == FACT_POLICY || kind == FACT_NEWS;
}

static void read_event(const struct record *record, struct arena *arena, struct fact *fact)
{
    Tend__V1__Event *event = tend__v1__event__unpack(arena_allocator(arena), record->length, record->payload);
    if (event == NULL || !wire_id_fits(event->customer_id) || !wire_id_fits(event->rep_id)) {
        fact->kind = FACT_BAD;
        return;
    }
    fact->customer_id = event->customer_id;
    fact->rep_id = event->rep_id;
    fact->event = arena_format(arena, "%s/%s", event->source, event->id);
    fact->historical = event->historical || (record->flags & RECORD_HISTORICAL) != 0;
    fact->version.time_ms = wire_instant(event->time);
    uint8_t identity[HASH_BYTES];
    hash_pair(event->source, strlen(event->source), event->id, strlen(event->id), identity);
    fact->version.tie = store_get_u64(identity);
    (void)(read_body(wire_people, event, arena, fact) || read_body(wire_dealings, event, arena, fact) ||
           read_body(wire_trips, event, arena, fact));
    if (fact->kind != FACT_NONE && !about_others(fact->kind) && fact->customer_id[0] == '\0')
        fact->kind = FACT_BAD;
}

// --- what scoring says

static const char *read_standings(struct arena *arena, const Tend__V1__CustomerValue *value)
{
    const char *text = "";
    for (size_t i = 0; i < value->n_standings; i++)
        text = arena_format(arena, "%s%s=%s\n", text, value->standings[i]->dimension, value->standings[i]->value);
    return text;
}

static const char *read_missing(struct arena *arena, const Tend__V1__CustomerValue *value)
{
    const char *text = "";
    for (size_t i = 0; i < value->n_file_missing; i++)
        text = arena_format(arena, "%s%s%s", text, i > 0 ? "," : "", value->file_missing[i]);
    return wire_cut(arena, text, WORDS_TEXT_MAX);
}

static void read_value(const struct record *record, struct arena *arena, struct fact *fact)
{
    const Tend__V1__CustomerValue *value =
        tend__v1__customer_value__unpack(arena_allocator(arena), record->length, record->payload);
    if (value == NULL || !wire_id_good(value->customer_id)) {
        fact->kind = FACT_BAD;
        return;
    }
    fact->kind = FACT_VALUE;
    fact->customer_id = value->customer_id;
    fact->version.time_ms = record->time_ms;
    fact->value = (struct value_fact){.abc = (uint32_t)value->abc,
                                      .orders = value->orders,
                                      .mean_gap_milli = value->mean_gap_milli,
                                      .share_ppm = value->share_ppm,
                                      .net_micros = value->net_micros,
                                      .last_order_micros = value->last_order_micros,
                                      .currency = value->currency,
                                      .last_order_ms = wire_instant(value->last_order),
                                      .expected_ms = wire_instant(value->expected_order),
                                      .first_order_day = wire_day(value->first_order_day),
                                      .overdue = value->overdue,
                                      .dropped = value->dropped,
                                      .standings = read_standings(arena, value),
                                      .expected_day = wire_day(value->expected_day),
                                      .stage_limit_day = wire_day(value->stage_limit_day),
                                      .file_by_day = wire_day(value->file_by),
                                      .face_until_day = wire_day(value->face_until),
                                      .expected_micros = value->expected_micros,
                                      .future_micros = value->future_micros,
                                      .next_survey_ms = wire_instant(value->next_survey),
                                      .file_ppm = value->file_ppm,
                                      .file_target_ppm = value->file_target_ppm,
                                      .orders_ever = value->orders_ever,
                                      .file_missing = read_missing(arena, value),
                                      .last_orders = notice_last_orders(arena, value),
                                      .historical = (record->flags & RECORD_HISTORICAL) != 0};
    fact->historical = fact->value.historical;
}

// The window that the figures say, in thousandths of a day.
static int64_t window_of(const Tend__V1__ValueChanged *change)
{
    for (size_t i = 0; i < change->n_figures; i++)
        if (change->figures[i]->unit == TEND__V1__FIGURE_UNIT__FIGURE_UNIT_DAYS &&
            strcmp(change->figures[i]->name, "window") == 0)
            return change->figures[i]->value;
    return 0;
}

static void read_change(const struct record *record, struct arena *arena, struct fact *fact)
{
    const Tend__V1__ValueChanged *change =
        tend__v1__value_changed__unpack(arena_allocator(arena), record->length, record->payload);
    if (change == NULL || !wire_id_good(change->customer_id)) {
        fact->kind = FACT_BAD;
        return;
    }
    fact->kind = FACT_CHANGE;
    fact->customer_id = change->customer_id;
    fact->version.time_ms = record->time_ms;
    // What a person decided is known to people; a reminder that speaks of the figures would be wrong.
    fact->historical = change->historical || (record->flags & RECORD_HISTORICAL) != 0 || change->decided_by[0] != '\0';
    fact->change = (struct change_fact){.dimension = change->dimension,
                                        .before = change->before,
                                        .after = change->after,
                                        .window_milli = window_of(change),
                                        .why = notice_why_change(arena, change)};
    if (change->n_event_ids > 0)
        fact->event = change->event_ids[0];
}

// Kept as it came: whoever writes it on a card reads it with notice.h.
static void read_hints(const struct record *record, struct arena *arena, struct fact *fact)
{
    const Tend__V1__CustomerHints *hints =
        tend__v1__customer_hints__unpack(arena_allocator(arena), record->length, record->payload);
    if (hints == NULL || !wire_id_good(hints->customer_id)) {
        fact->kind = FACT_BAD;
        return;
    }
    fact->kind = FACT_HINTS;
    fact->customer_id = hints->customer_id;
    fact->version.time_ms = record->time_ms;
    fact->historical = (record->flags & RECORD_HISTORICAL) != 0;
    fact->hints = (struct slice){(const uint8_t *)arena_text(arena, (const char *)record->payload, record->length),
                                 record->length};
}

static void read_policy(const struct record *record, struct arena *arena, struct fact *fact)
{
    const Tend__V1__ClassPolicy *policy =
        tend__v1__class_policy__unpack(arena_allocator(arena), record->length, record->payload);
    bool letter = policy != NULL && policy->class_[0] >= 'A' && policy->class_[0] <= 'C' && policy->class_[1] == '\0';
    if (policy == NULL || !wire_id_good(policy->customer_id)) {
        fact->kind = FACT_BAD;
        return;
    }
    if (!letter)
        return;
    fact->kind = FACT_SILENCE;
    fact->customer_id = policy->customer_id;
    fact->version.time_ms = record->time_ms;
    fact->silence = (struct silence_fact){.abc = (uint32_t)(policy->class_[0] - 'A' + 1),
                                          .shortest_days = policy->shortest_silence_days,
                                          .longest_days = policy->longest_silence_days};
}

// --- settings

static int compare_days(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    return a < b ? -1 : a > b;
}

// Days in order, each once; what is no day is left out.
static const int32_t *read_days(struct arena *arena, char *const *texts, size_t count, size_t *ret_count)
{
    int32_t *days = arena_take(arena, (count + 1) * sizeof *days);
    size_t read = 0, kept = 0;
    for (size_t i = 0; i < count && i < HOLIDAYS_KEPT; i++) {
        days[read] = wire_day(texts[i]);
        read += days[read] != DAY_NONE;
    }
    qsort(days, read, sizeof *days, compare_days);
    for (size_t i = 0; i < read; i++) {
        if (kept == 0 || days[kept - 1] != days[i]) {
            days[kept++] = days[i];
        }
    }
    *ret_count = kept;
    return days;
}

// The names of the common holidays, in their order; what is not among the days has none.
static const char *const *read_names(struct arena *arena, const Tend__V1__Settings *settings, const int32_t *days,
                                     size_t count)
{
    const char **names = arena_take(arena, (count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = "";
    for (size_t i = 0; i < settings->n_days_off && i < DAYS_OFF_KEPT; i++) {
        const Tend__V1__DayOff *off = settings->days_off[i];
        int32_t day = wire_day(off->day);
        const int32_t *found = bsearch(&day, days, count, sizeof day, compare_days);
        if (off->country[0] == '\0' && !off->worked && found != NULL)
            names[found - days] = wire_cut(arena, off->name, NAME_TEXT_MAX);
    }
    return names;
}

// Everybody's days and those of single countries; of a day that is named twice one counts. The home's come before those
// of other countries.
static void read_countries(struct arena *arena, const Tend__V1__Settings *settings, struct settings_fact *read)
{
    size_t most = settings->n_days_off < DAYS_OFF_KEPT ? settings->n_days_off : DAYS_OFF_KEPT;
    struct country_day *days = arena_zero(arena, most + 1, sizeof *days);
    size_t found = 0, kept = 0;
    read->home = "";
    for (size_t i = 0; i < most; i++) {
        const Tend__V1__DayOff *off = settings->days_off[i];
        struct country_day *next = &days[found];
        size_t length = strlen(off->country);
        if ((length != 0 && length != COUNTRY_TEXT_MAX) || wire_day(off->day) == DAY_NONE)
            continue;
        *next = (struct country_day){
            .day = wire_day(off->day), .worked = off->worked, .name = wire_cut(arena, off->name, NAME_TEXT_MAX)};
        memcpy(next->country, off->country, length);
        if (read->home[0] == '\0')
            read->home = off->country;
        found++;
    }
    qsort(days, found, sizeof *days, country_day_compare);
    for (size_t i = 0; i < found; i++)
        if (kept == 0 || country_day_compare(&days[kept - 1], &days[i]) != 0)
            days[kept++] = days[i];
    read->country_days = days;
    read->country_day_count = kept;
}

static void read_rates(struct arena *arena, const Tend__V1__Settings *settings, struct settings_fact *read)
{
    struct exchange *rates = arena_zero(arena, settings->n_rates + 1, sizeof *rates);
    read->currency = wire_cut(arena, settings->currency, sizeof rates->currency - 1);
    for (size_t i = 0; i < settings->n_rates; i++) {
        const Tend__V1__Rate *rate = settings->rates[i];
        struct exchange *next = &rates[read->rate_count];
        *next = (struct exchange){.from_day = wire_day(rate->from), .rate_micros = rate->rate_micros};
        if (strlen(rate->currency) != sizeof next->currency - 1 || next->from_day == DAY_NONE || next->rate_micros <= 0)
            continue;
        memcpy(next->currency, rate->currency, sizeof next->currency);
        read->rate_count++;
    }
    read->rates = rates;
}

bool fact_read_settings(struct slice payload, struct arena *arena, struct fact *ret_fact)
{
    const Tend__V1__Settings *settings =
        tend__v1__settings__unpack(arena_allocator(arena), payload.length, payload.bytes);
    if (settings == NULL)
        return false;
    struct settings_fact *read = &ret_fact->settings;
    *ret_fact = (struct fact){.kind = FACT_SETTINGS, .customer_id = "", .rep_id = "", .event = ""};
    read->zone = strlen(settings->time_zone) <= ZONE_TEXT_MAX ? settings->time_zone : "";
    read->week = WEEKDAYS_ALL & ~wire_week(settings->weekend, settings->n_weekend);
    read->holidays = read_days(arena, settings->holidays, settings->n_holidays, &read->holiday_count);
    read->makeups = read_days(arena, settings->workdays, settings->n_workdays, &read->makeup_count);
    read->holiday_names = read_names(arena, settings, read->holidays, read->holiday_count);
    read_countries(arena, settings, read);
    read_rates(arena, settings, read);
    return true;
}

void fact_read(const struct record *record, struct arena *arena, struct fact *ret_fact)
{
    *ret_fact = (struct fact){.kind = FACT_NONE, .customer_id = "", .rep_id = "", .event = ""};
    struct slice payload = {record->payload, record->length};
    if ((record->flags & RECORD_ERASED) != 0)
        return;
    switch (record->type) {
    case TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT:
        read_event(record, arena, ret_fact);
        return;
    case TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE:
        read_value(record, arena, ret_fact);
        return;
    case TEND__V1__RECORD_TYPE__RECORD_TYPE_VALUE_CHANGED:
        read_change(record, arena, ret_fact);
        return;
    case TEND__V1__RECORD_TYPE__RECORD_TYPE_CLASS_POLICY:
        read_policy(record, arena, ret_fact);
        return;
    case TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_HINTS:
        read_hints(record, arena, ret_fact);
        return;
    case TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS:
        ret_fact->kind = fact_read_settings(payload, arena, ret_fact) ? FACT_SETTINGS : FACT_BAD;
        return;
    default:
        return;
    }
}
