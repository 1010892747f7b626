// What the tests of the scheduler share: what scoring would say, what the scheduler says, and the service on a real
// store with a clock that only the test moves.
#ifndef TEND_TESTS_UNIT_SCHEDULER_STORY_H
#define TEND_TESTS_UNIT_SCHEDULER_STORY_H

#include "services/scheduler/scheduler.h"

#include "common/calendar.h"
#include "common/zone.h"
#include "harness/turns.h"
#include "tend/v1/journal.pb-c.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MINUTE_MS = 60000, HOUR_MS = 3600000, TEXTS = 64, TEXT_BYTES = 160 };

struct fixture {
    struct scheduler *scheduler;
    struct turns *turns;
    struct zone *zone;
    struct config *config;
    uint64_t event_id;
    uint64_t read; // how far the service's journal was looked at
};

static char texts[TEXTS][TEXT_BYTES];
static unsigned text_count;

// A text that lives for the next sixty or so.
__attribute__((format(printf, 1, 2))) static char *text(const char *format, ...)
{
    char *buffer = texts[text_count++ % TEXTS];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(buffer, TEXT_BYTES, format, arguments);
    va_end(arguments);
    return buffer;
}

static inline int32_t day(const char *date)
{
    int32_t parsed;
    assert_true(day_parse(date, strlen(date), &parsed));
    return parsed;
}

static inline char *date_of(int32_t at)
{
    char buffer[DAY_TEXT_BYTES];
    day_print(at, buffer);
    return text("%s", buffer);
}

// The instant of a local time such as ("2026-06-01", "08:30").
static inline int64_t at(const struct fixture *f, const char *date, const char *time)
{
    unsigned hour, minute;
    assert_int_equal(sscanf(time, "%u:%u", &hour, &minute), 2);
    return zone_instant(f->zone, day(date), hour * 60 + minute) * 1000;
}

static inline Google__Protobuf__Timestamp *stamp(int64_t at_ms)
{
    static Google__Protobuf__Timestamp stamps[TEXTS];
    static unsigned count;
    Google__Protobuf__Timestamp *one = &stamps[count++ % TEXTS];
    google__protobuf__timestamp__init(one);
    one->seconds = at_ms / 1000;
    one->nanos = (int32_t)(at_ms % 1000) * 1000000;
    return one;
}

// --- what scoring says
// ------------------------------------------------------------------------------------------------

static inline Tend__V1__Event event(struct fixture *f, const char *customer, int64_t at_ms)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    event.id = text("e%llu", (unsigned long long)++f->event_id);
    event.source = text("test");
    event.customer_id = text("%s", customer);
    event.time = stamp(at_ms);
    return event;
}

static inline void say(struct fixture *f, const Tend__V1__Event *event)
{
    turns_say(f->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, event->historical ? RECORD_HISTORICAL : 0,
              &event->base);
}

static inline void settings(struct fixture *f, const char *zone, char **holidays, size_t count)
{
    static uint32_t weekend[] = {6, 7};
    Tend__V1__Settings settings = TEND__V1__SETTINGS__INIT;
    settings.time_zone = text("%s", zone);
    settings.currency = text("CNY");
    settings.weekend = weekend;
    settings.n_weekend = 2;
    settings.holidays = holidays;
    settings.n_holidays = count;
    Tend__V1__Rate rate = TEND__V1__RATE__INIT, *rates[] = {&rate};
    rate.currency = text("USD");
    rate.from = text("2020-01-01");
    rate.rate_micros = 7200000;
    settings.rates = rates;
    settings.n_rates = 1;
    turns_say(f->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, 0, &settings.base);
}

static inline void rep(struct fixture *f, const char *id, const char *zone, uint32_t capacity)
{
    Tend__V1__Event e = event(f, "", turns_now_ms(f->turns));
    Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
    e.rep_id = text("%s", id);
    body.name = text("Rep %s", id);
    body.time_zone = text("%s", zone);
    body.daily_capacity = capacity;
    e.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    e.rep_upserted = &body;
    say(f, &e);
}

static inline void absent(struct fixture *f, const char *id, const char *from, const char *to)
{
    Tend__V1__Event e = event(f, "", turns_now_ms(f->turns));
    Tend__V1__RepAbsent body = TEND__V1__REP_ABSENT__INIT;
    e.rep_id = text("%s", id);
    body.from = text("%s", from);
    body.to = text("%s", to);
    e.body_case = TEND__V1__EVENT__BODY_REP_ABSENT;
    e.rep_absent = &body;
    say(f, &e);
}

static inline void customer_with(struct fixture *f, const char *id, const char *owner, const char *birthday,
                                 const char *founding, const char *since)
{
    Tend__V1__Event e = event(f, id, turns_now_ms(f->turns) - 1000);
    Tend__V1__CustomerUpserted body = TEND__V1__CUSTOMER_UPSERTED__INIT;
    Tend__V1__ContactPerson person = TEND__V1__CONTACT_PERSON__INIT, *people[] = {&person};
    body.name = text("Customer %s", id);
    body.owner_rep_id = text("%s", owner);
    body.founding_day = text("%s", founding);
    body.cooperation_since = text("%s", since);
    person.name = text("Ms Li");
    person.phone = text("138 0000 0000");
    person.birthday = text("%s", birthday);
    body.contacts = people;
    body.n_contacts = 1;
    e.body_case = TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED;
    e.customer_upserted = &body;
    say(f, &e);
}

static inline void customer(struct fixture *f, const char *id, const char *owner)
{
    customer_with(f, id, owner, "", "", "");
}

static inline void contact(struct fixture *f, const char *id, int64_t at_ms, Tend__V1__ContactOutcome outcome,
                           int64_t next_ms)
{
    Tend__V1__Event e = event(f, id, at_ms);
    Tend__V1__ContactLogged body = TEND__V1__CONTACT_LOGGED__INIT;
    body.outcome = outcome;
    body.next_at = next_ms != 0 ? stamp(next_ms) : NULL;
    body.key_point = text("samples");
    e.body_case = TEND__V1__EVENT__BODY_CONTACT_LOGGED;
    e.contact_logged = &body;
    say(f, &e);
}

static inline void reached(struct fixture *f, const char *id, int64_t at_ms)
{
    contact(f, id, at_ms, TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED, 0);
}

static inline void promise_made(struct fixture *f, const char *id, const char *promise, int64_t due_ms)
{
    Tend__V1__Event e = event(f, id, turns_now_ms(f->turns));
    Tend__V1__PromiseMade body = TEND__V1__PROMISE_MADE__INIT;
    body.promise_id = text("%s", promise);
    body.what = text("send the price of %s", promise);
    body.due = stamp(due_ms);
    e.body_case = TEND__V1__EVENT__BODY_PROMISE_MADE;
    e.promise_made = &body;
    say(f, &e);
}

static inline void promise_extended(struct fixture *f, const char *id, const char *promise, int64_t due_ms)
{
    Tend__V1__Event e = event(f, id, turns_now_ms(f->turns));
    Tend__V1__PromiseExtended body = TEND__V1__PROMISE_EXTENDED__INIT;
    body.promise_id = text("%s", promise);
    body.due = stamp(due_ms);
    e.body_case = TEND__V1__EVENT__BODY_PROMISE_EXTENDED;
    e.promise_extended = &body;
    say(f, &e);
}

static inline void promise_kept(struct fixture *f, const char *id, const char *promise)
{
    Tend__V1__Event e = event(f, id, turns_now_ms(f->turns));
    Tend__V1__PromiseKept body = TEND__V1__PROMISE_KEPT__INIT;
    body.promise_id = text("%s", promise);
    e.body_case = TEND__V1__EVENT__BODY_PROMISE_KEPT;
    e.promise_kept = &body;
    say(f, &e);
}

static inline void answer(struct fixture *f, const char *reminder_id, Tend__V1__ReminderOutcome outcome,
                          int64_t next_ms)
{
    Tend__V1__Event e = event(f, "", turns_now_ms(f->turns));
    Tend__V1__ReminderAnswered body = TEND__V1__REMINDER_ANSWERED__INIT;
    e.rep_id = text("wang");
    body.reminder_id = text("%s", reminder_id);
    body.outcome = outcome;
    body.next_at = next_ms != 0 ? stamp(next_ms) : NULL;
    e.body_case = TEND__V1__EVENT__BODY_REMINDER_ANSWERED;
    e.reminder_answered = &body;
    say(f, &e);
}

static inline void erased(struct fixture *f, const char *id)
{
    Tend__V1__Event e = event(f, id, turns_now_ms(f->turns));
    Tend__V1__CustomerErased body = TEND__V1__CUSTOMER_ERASED__INIT;
    e.body_case = TEND__V1__EVENT__BODY_CUSTOMER_ERASED;
    e.customer_erased = &body;
    say(f, &e);
}

static inline void lead(struct fixture *f, const char *id, Tend__V1__LeadStage stage, const char *expected)
{
    Tend__V1__Event e = event(f, id, turns_now_ms(f->turns));
    Tend__V1__LeadUpdated body = TEND__V1__LEAD_UPDATED__INIT;
    body.stage = stage;
    body.expected_order_date = text("%s", expected);
    e.body_case = TEND__V1__EVENT__BODY_LEAD_UPDATED;
    e.lead_updated = &body;
    say(f, &e);
}

static inline void value(struct fixture *f, const char *id, Tend__V1__AbcClass abc, bool overdue, int64_t last_order_ms)
{
    Tend__V1__CustomerValue value = TEND__V1__CUSTOMER_VALUE__INIT;
    value.customer_id = text("%s", id);
    value.abc = abc;
    value.net_micros = INT64_C(182000000000);
    value.currency = text("CNY");
    value.last_order = stamp(last_order_ms);
    value.mean_gap_milli = 12000;
    value.overdue = overdue;
    value.share_ppm = 31000;
    turns_say(f->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &value.base);
}

static inline void changed_by(struct fixture *f, const char *id, const char *dimension, const char *before,
                              const char *after, bool historical, const char *decided_by)
{
    Tend__V1__ValueChanged change = TEND__V1__VALUE_CHANGED__INIT;
    Tend__V1__Figure figure = TEND__V1__FIGURE__INIT, *figures[] = {&figure};
    char *ids[] = {text("shop/o-1")};
    change.customer_id = text("%s", id);
    change.dimension = text("%s", dimension);
    change.before = text("%s", before);
    change.after = text("%s", after);
    change.rule = text("abc 65/85");
    figure.name = text("threshold_a");
    figure.value = INT64_C(200000000000);
    figure.unit = TEND__V1__FIGURE_UNIT__FIGURE_UNIT_MONEY;
    figure.currency = text("CNY");
    change.figures = figures;
    change.n_figures = 1;
    change.event_ids = ids;
    change.n_event_ids = 1;
    change.time = stamp(turns_now_ms(f->turns));
    change.historical = historical;
    change.decided_by = text("%s", decided_by);
    turns_say(f->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_VALUE_CHANGED, 0, &change.base);
}

static inline void changed(struct fixture *f, const char *id, const char *dimension, const char *before,
                           const char *after, bool historical)
{
    changed_by(f, id, dimension, before, after, historical, "");
}

// --- what the scheduler says
// ------------------------------------------------------------------------------------------

// The next record of that type after those that were looked at, NULL when there is none. It is freed by the caller.
static inline ProtobufCMessage *next(struct fixture *f, uint16_t type, const ProtobufCMessageDescriptor *descriptor)
{
    while (f->read < turns_last(f->turns)) {
        const struct record *record = turns_read(f->turns, ++f->read);
        if (record->type == type) {
            ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, NULL, record->length, record->payload);
            assert_non_null(message);
            return message;
        }
    }
    return NULL;
}

static inline Tend__V1__CallList *next_list_or_evening(struct fixture *f, bool evening)
{
    Tend__V1__CallList *list;
    do {
        list = (Tend__V1__CallList *)next(f, TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST,
                                          &tend__v1__call_list__descriptor);
        bool other = list != NULL && (list->preview != 0) != evening;
        if (!other)
            return list;
        tend__v1__call_list__free_unpacked(list, NULL);
    } while (true);
}

static inline Tend__V1__CallList *next_list(struct fixture *f)
{
    return next_list_or_evening(f, false);
}

// The look at the next list that the evening before gives.
static inline Tend__V1__CallList *next_evening(struct fixture *f)
{
    return next_list_or_evening(f, true);
}

// What is told anew under its id is passed over: retold() of rows.h finds it.
static inline Tend__V1__Reminder *next_reminder(struct fixture *f)
{
    Tend__V1__Reminder *told;
    while ((told = (Tend__V1__Reminder *)next(f, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER,
                                              &tend__v1__reminder__descriptor)) != NULL &&
           told->retold)
        tend__v1__reminder__free_unpacked(told, NULL);
    return told;
}

static inline void drop_list(Tend__V1__CallList *list)
{
    tend__v1__call_list__free_unpacked(list, NULL);
}

static inline void drop_reminder(Tend__V1__Reminder *reminder)
{
    tend__v1__reminder__free_unpacked(reminder, NULL);
}

// Skips what was said so far.
static inline void catch_up(struct fixture *f)
{
    f->read = turns_last(f->turns);
}

// The next list's line about the customer: its reason, 0 when it is not there, -1 without a list. `ret_id` (33 bytes)
// may be NULL.
static inline int reason_on_next_list(struct fixture *f, const char *id, char *ret_id)
{
    Tend__V1__CallList *list = next_list(f);
    int reason = list != NULL ? 0 : -1;
    for (size_t i = 0; list != NULL && i < list->n_lines; i++) {
        if (strcmp(list->lines[i]->customer_id, id) == 0) {
            reason = (int)list->lines[i]->reason;
            if (ret_id != NULL) {
                strcpy(ret_id, list->lines[i]->reminder_id);
            }
        }
    }
    if (list != NULL) {
        drop_list(list);
    }
    return reason;
}

static inline void expect_reminder(struct fixture *f, Tend__V1__ReminderKind kind, const char *customer_id,
                                   char *ret_id)
{
    Tend__V1__Reminder *reminder = next_reminder(f);
    assert_non_null(reminder);
    assert_int_equal(reminder->kind, kind);
    assert_string_equal(reminder->customer_id, customer_id);
    if (ret_id != NULL) {
        strcpy(ret_id, reminder->reminder_id);
    }
    drop_reminder(reminder);
}

static inline void expect_silence(struct fixture *f)
{
    Tend__V1__Reminder *reminder = next_reminder(f);
    if (reminder != NULL) {
        fail_msg("a reminder of kind %d about %s", (int)reminder->kind, reminder->customer_id);
    }
}

// A number of the totals: of one kind, or a general one (kind 0).
static inline uint64_t total(struct fixture *f, int kind, const char *name)
{
    const char *json = turns_ask(f->turns, "/v1/totals", NULL);
    const char *end = json + strlen(json);
    if (kind != 0) {
        char *place = text("REMINDER_KIND_%s\"", kinds_row((enum kind_id)kind)->name);
        for (char *at = place; *at != '\0'; at++)
            *at = (char)toupper((unsigned char)*at);
        json = strstr(json, place);
        assert_non_null(json);
        end = strchr(json, '}');
    } else {
        json = strstr(json, "}]"); // behind the kinds
        assert_non_null(json);
    }
    const char *found = strstr(json, text("\"%s\":\"", name));
    return found != NULL && found < end ? strtoull(strchr(found, ':') + 2, NULL, 10) : 0;
}

static inline void expect_conserved(struct fixture *f)
{
    for (int kind = 1; kind < KIND_COUNT; kind++) {
        assert_int_equal(total(f, kind, "opened"), total(f, kind, "told") + total(f, kind, "pending") +
                                                       total(f, kind, "cancelled") + total(f, kind, "expired") +
                                                       total(f, kind, "suppressed"));
    }
}

// --- fixtures
// ---------------------------------------------------------------------------------------------------------

static inline struct scheduler *open_scheduler(struct fixture *f, const char *yaml)
{
    static struct scheduler_options options;
    struct config_section section = {"scheduler", scheduler_keys, &options, ""};
    char error[200];
    char whole[4096];
    int length = snprintf(whole, sizeof whole, "{scheduler: %s}", yaml);
    assert_in_range(length, 0, (int)sizeof whole - 1);
    f->config = config_read_text("test", whole, strlen(whole), &section, 1);
    if (!config_good(f->config)) {
        config_errors_print(f->config, stderr);
        fail();
    }
    struct scheduler *scheduler = scheduler_open(&options, error, sizeof error);
    assert_non_null(scheduler);
    return scheduler;
}

// The service at midnight of that day in that zone, with its settings.
static inline void begin(struct fixture *f, const char *zone, const char *date, const char *yaml)
{
    memset(f, 0, sizeof *f);
    assert_true(zone_open(ZONE_DIRECTORIES, zone, &f->zone));
    f->scheduler = open_scheduler(f, yaml);
    f->turns = turns_open(&scheduler_service, f->scheduler, at(f, date, "00:00"));
    settings(f, zone, NULL, 0);
    turns_run(f->turns, turns_now_ms(f->turns));
    catch_up(f);
}

// Whatever was told says by which rule, with which figures and by which events.
static inline void expect_explained(struct fixture *f)
{
    for (uint64_t seq = 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER)
            continue;
        Tend__V1__Reminder *told = tend__v1__reminder__unpack(NULL, record->length, record->payload);
        assert_non_null(told);
        if (told->rule[0] == '\0' || told->n_figures == 0 || told->n_event_ids == 0)
            fail_msg("%s about \"%s\" is told with the rule \"%s\", %zu figures and %zu events",
                     kinds_row((enum kind_id)told->kind)->name, told->customer_id, told->rule, told->n_figures,
                     told->n_event_ids);
        tend__v1__reminder__free_unpacked(told, NULL);
    }
}

static inline void finish(struct fixture *f)
{
    expect_conserved(f);
    expect_explained(f);
    turns_close(&f->turns);
    scheduler_close(&f->scheduler);
    config_close(&f->config);
    zone_close(&f->zone);
}

// 1 June 2026 is a Monday.
static inline void begin_june(struct fixture *f)
{
    begin(f, "Asia/Shanghai", "2026-06-01", "{}");
    rep(f, "wang", "Asia/Shanghai", 60);
    customer(f, "C1", "wang");
    turns_run(f->turns, turns_now_ms(f->turns) + MINUTE_MS);
    catch_up(f);
}

#endif
