// Facts: what the journal to the left says, in plain structs, so that only wire.c, notice.c and page.c know protobuf.
// Texts live in the turn's arena, are never NULL, and are cut to the lengths below.
#ifndef TEND_SERVICES_SCHEDULER_FACT_H
#define TEND_SERVICES_SCHEDULER_FACT_H

#include "common/calendar.h"
#include "common/hash.h"
#include "common/store.h"

enum {
    ID_TEXT_MAX = 128,     // an id of a customer, a rep, a promise
    NAME_TEXT_MAX = 200,   // of people and companies
    WORDS_TEXT_MAX = 1000, // a promise, a note
    ZONE_TEXT_MAX = 63,
    HOURS_MAX = 8, // parts of a working day
};

enum fact_kind {
    FACT_NONE, // nothing that concerns the scheduler
    FACT_BAD,  // cannot be read
    FACT_CUSTOMER,
    FACT_MERGED,
    FACT_SPLIT,
    FACT_ERASED,
    FACT_CONTACT,
    FACT_PROMISE,
    FACT_LEAD,
    FACT_CONTRACT,
    FACT_REP,
    FACT_ABSENCE,
    FACT_ANSWER,
    FACT_VALUE,
    FACT_CHANGE,
    FACT_SETTINGS,
    FACT_COUNT,
};

#define DAY_NONE INT32_MIN

// The newest counts, by time, then by the hash of its id: the same in whatever order they come.
struct version {
    int64_t time_ms;
    uint64_t tie;
};

struct customer_fact {
    const char *name, *owner, *contact_name, *contact_phone;
    struct date birthday, contact_birthday, founding; // month 0: not known
    int32_t cooperation_day;                          // DAY_NONE: not known
};

enum contact_result { CONTACT_OTHER, CONTACT_REAL, CONTACT_TRY };
struct contact_fact {
    enum contact_result result;
    int64_t next_ms;  // 0: none was set
    const char *text; // what was agreed
};

enum promise_step { PROMISE_MADE, PROMISE_EXTENDED, PROMISE_CLOSED };
struct promise_fact {
    enum promise_step step;
    const char *id, *what;
    int64_t due_ms; // 0: without a time
};

// What is 0 (DAY_NONE in the day) is not said and stays as it is.
struct lead_fact {
    uint32_t stage; // Tend__V1__LeadStage
    uint32_t intention;
    int32_t expected_day;
};

struct contract_fact {
    int32_t to_day; // the last day, DAY_NONE: open. An ended contract: the day it ended
};

struct rep_fact {
    const char *name, *zone;
    struct hours hours[HOURS_MAX];
    size_t hour_count;
    uint32_t capacity;
    uint32_t week; // as in struct workdays, 0: the common one
};

struct absence_fact {
    int32_t from_day, to_day;
};

// Tend__V1__ReminderOutcome.
enum answer_outcome {
    ANSWER_NONE,
    ANSWER_DONE,
    ANSWER_NO_ANSWER,
    ANSWER_SNOOZED,
    ANSWER_RESCHEDULED,
    ANSWER_NOT_INTERESTED,
};
struct answer_fact {
    const char *reminder_id;
    enum answer_outcome outcome;
    int64_t next_ms;
    const char *note;
};

struct value_fact {
    uint32_t abc, orders, mean_gap_milli, share_ppm;
    int64_t net_micros, last_order_micros;
    const char *currency;
    int64_t last_order_ms, expected_ms; // 0: none
    int32_t first_order_day;            // DAY_NONE: none
    bool overdue, dropped;
};

struct change_fact {
    const char *dimension, *before, *after;
    struct slice why; // the change as the message about it will explain it, for notice.h
};

struct settings_fact {
    const char *zone;
    uint32_t week;
    const int32_t *holidays, *makeups; // ascending, each once
    size_t holiday_count, makeup_count;
};

struct fact {
    enum fact_kind kind;
    const char *customer_id, *rep_id;
    struct version version;
    bool historical; // state only: nobody is told
    union {
        struct customer_fact customer;
        const char *other_customer_id; // merged, split
        struct contact_fact contact;
        struct promise_fact promise;
        struct lead_fact lead;
        struct contract_fact contract;
        struct rep_fact rep;
        struct absence_fact absence;
        struct answer_fact answer;
        struct value_fact value;
        struct change_fact change;
        struct settings_fact settings;
    };
};

// A number behind a line or a reminder; `unit` is a Tend__V1__FigureUnit.
enum figure_unit { UNIT_COUNT = 1, UNIT_MONEY = 2, UNIT_DAYS = 3, UNIT_PPM = 4, UNIT_TIME = 5, UNIT_DATE = 6 };
struct figure {
    const char *name;
    int64_t value;
    enum figure_unit unit;
    const char *currency; // "" when it is no money
};

#endif
