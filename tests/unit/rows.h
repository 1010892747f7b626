// Short stories, one for each row of what Tend is to do: events as people write them go in at local times, and what
// reps hear is looked at with its time. The number of the row stands in the test's name: test_row_61_same_day_reply.
#ifndef TEND_TESTS_UNIT_ROWS_H
#define TEND_TESTS_UNIT_ROWS_H

#include "common/codec.h"
#include "unit/scheduler_story.h"

// "2026-06-03 10:00" in the story's zone.
static inline int64_t moment(const struct fixture *f, const char *when)
{
    char date[11];
    assert_true(strlen(when) == 16);
    memcpy(date, when, 10);
    date[10] = '\0';
    return at(f, date, when + 11);
}

// Time goes on; whatever is due on the way happens at its own moment.
static inline void until(struct fixture *f, const char *when)
{
    turns_run(f->turns, moment(f, when));
}

// An event that happened at that moment is heard of now: JSON without id, source and time.
static inline void learns(struct fixture *f, const char *when, const char *json)
{
    struct verify_error error;
    Tend__V1__Event *event =
        (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, json, strlen(json), NULL, &error);
    if (event == NULL)
        fail_msg("%s: %s", error.field, error.reason);
    Tend__V1__Event whole = *event;
    whole.id = text("r%llu", (unsigned long long)++f->event_id);
    whole.source = text("test");
    whole.time = stamp(moment(f, when));
    say(f, &whole);
    turns_run(f->turns, turns_now_ms(f->turns));
    protobuf_c_message_free_unpacked(&event->base, NULL);
}

// Time goes on to that moment, and then the event happens.
static inline void happens(struct fixture *f, const char *when, const char *json)
{
    until(f, when);
    learns(f, when, json);
}

// The next reminder that somebody heard: when, who, of what kind ("reply_due"), about whom ("" for nobody). Lists do
// not count. The caller drops it.
static inline Tend__V1__Reminder *heard(struct fixture *f, const char *when, const char *rep_id, const char *kind,
                                        const char *customer_id)
{
    while (f->read < turns_last(f->turns)) {
        const struct record *record = turns_read(f->turns, ++f->read);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER)
            continue;
        Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
        assert_non_null(reminder);
        if (reminder->retold) {
            drop_reminder(reminder);
            continue;
        }
        assert_string_equal(kinds_row((enum kind_id)reminder->kind)->name, kind);
        assert_string_equal(reminder->rep_id, rep_id);
        assert_string_equal(reminder->customer_id, customer_id);
        if (record->time_ms / MINUTE_MS != moment(f, when) / MINUTE_MS) {
            struct local_time local = zone_local(f->zone, record->time_ms / 1000);
            fail_msg("%s is told on %s at %02d:%02d, not at %s", kind, date_of(local.day), local.second / 3600,
                     local.second / 60 % 60, when);
        }
        return reminder;
    }
    fail_msg("nobody is told of %s", kind);
    return NULL;
}

// The same where nothing more of it matters. Returns its id, which lives for the next sixty texts or so.
static inline const char *hears(struct fixture *f, const char *when, const char *rep_id, const char *kind,
                                const char *customer_id)
{
    Tend__V1__Reminder *reminder = heard(f, when, rep_id, kind, customer_id);
    const char *id = text("%s", reminder->reminder_id);
    drop_reminder(reminder);
    return id;
}

// What was told before `from` in the journal does not count; the reminder of that id was taken back since.
static inline bool taken_back(struct fixture *f, uint64_t from, const char *id)
{
    for (uint64_t seq = from + 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_CANCELLED)
            continue;
        Tend__V1__ReminderCancelled *over = tend__v1__reminder_cancelled__unpack(NULL, record->length, record->payload);
        assert_non_null(over);
        bool same = strcmp(over->reminder_id, id) == 0;
        tend__v1__reminder_cancelled__free_unpacked(over, NULL);
        if (same)
            return true;
    }
    return false;
}

// The rep answers: "done", "no_answer", "snoozed", "rescheduled", "not_interested".
static inline void answers(struct fixture *f, const char *when, const char *rep_id, const char *id, const char *outcome)
{
    happens(f, when,
            text("{\"repId\":\"%s\",\"reminderAnswered\":{\"reminderId\":\"%s\",\"outcome\":\"%s\"}}", rep_id, id,
                 outcome));
}

// Monday 1 June 2026 in Shanghai: rep wang (manager zhao, whose manager is qian) with customer C1, class A.
static inline void begin_team(struct fixture *f, const char *yaml)
{
    begin(f, "Asia/Shanghai", "2026-06-01", yaml);
    happens(f, "2026-06-01 00:01",
            "{\"repId\":\"qian\",\"repUpserted\":{\"name\":\"Qian\",\"timeZone\":\"Asia/Shanghai\"}}");
    happens(f, "2026-06-01 00:02",
            "{\"repId\":\"zhao\",\"repUpserted\":{\"name\":\"Zhao\",\"timeZone\":\"Asia/"
            "Shanghai\",\"managerRepId\":\"qian\"}}");
    happens(f, "2026-06-01 00:03",
            "{\"repId\":\"wang\",\"repUpserted\":{\"name\":\"Wang\",\"timeZone\":\"Asia/"
            "Shanghai\",\"managerRepId\":\"zhao\"}}");
    happens(f, "2026-06-01 00:04",
            "{\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Blue "
            "Lake\",\"ownerRepId\":\"wang\",\"region\":\"Xiamen\"}}");
    value(f, "C1", TEND__V1__ABC_CLASS__ABC_CLASS_A, false, 0);
    turns_run(f->turns, turns_now_ms(f->turns));
    catch_up(f);
}

// Of what was said after `from` the reminder of that kind to that rep, whatever else was told at the same moment; ""
// for any time. The caller drops it.
static inline Tend__V1__Reminder *among(struct fixture *f, uint64_t from, const char *when, const char *rep_id,
                                        const char *kind, const char *customer_id)
{
    for (uint64_t seq = from + 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER)
            continue;
        int64_t told_ms = record->time_ms;
        Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
        assert_non_null(reminder);
        if (strcmp(kinds_row((enum kind_id)reminder->kind)->name, kind) == 0 && strcmp(reminder->rep_id, rep_id) == 0 &&
            strcmp(reminder->customer_id, customer_id) == 0 &&
            (when[0] == '\0' || told_ms / MINUTE_MS == moment(f, when) / MINUTE_MS))
            return reminder;
        drop_reminder(reminder);
    }
    fail_msg("nobody is told %s at %s", kind, when);
    return NULL;
}

// How many of that kind were told after `from`.
static inline unsigned told_since(struct fixture *f, uint64_t from, const char *kind)
{
    unsigned count = 0;
    for (uint64_t seq = from + 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER)
            continue;
        Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
        count += strcmp(kinds_row((enum kind_id)reminder->kind)->name, kind) == 0 && !reminder->retold;
        drop_reminder(reminder);
    }
    return count;
}

// How often the reminder of that id was told anew after `from`; the last of them in *ret_last, NULL when it was not,
// which the caller drops.
static inline unsigned retold(struct fixture *f, uint64_t from, const char *id, Tend__V1__Reminder **ret_last)
{
    unsigned count = 0;
    *ret_last = NULL;
    for (uint64_t seq = from + 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER)
            continue;
        Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
        assert_non_null(reminder);
        bool found = reminder->retold && strcmp(reminder->reminder_id, id) == 0;
        Tend__V1__Reminder *other = found ? *ret_last : reminder;
        *ret_last = found ? reminder : *ret_last;
        count += found;
        if (other != NULL)
            drop_reminder(other);
    }
    return count;
}

#endif
