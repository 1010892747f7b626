// Facts: what the journal to the left says, in plain structs, so that only wire.c, notice.c and page.c know protobuf.
// Texts live in the turn's arena, are never NULL, and are cut to the lengths below.
#ifndef TEND_SERVICES_SCHEDULER_FACT_H
#define TEND_SERVICES_SCHEDULER_FACT_H

#include "common/calendar.h"
#include "common/hash.h"
#include "common/store.h"
#include "common/countries.h"

enum {
    ID_TEXT_MAX = 128,     // an id of a customer, a rep, a promise
    NAME_TEXT_MAX = 200,   // of people and companies
    WORDS_TEXT_MAX = 1000, // a promise, a note
    ZONE_TEXT_MAX = 63,
    HOURS_MAX = 8,    // parts of a working day
    LEAD_ANSWERS = 4, // need, power, decision, credit
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
    FACT_ORDER,
    FACT_MESSAGE,
    FACT_COMPLAINT,
    FACT_SURVEY,
    FACT_VISIT,
    FACT_POLICY,
    FACT_QUOTE,
    FACT_OBJECTION,
    FACT_GIFT,
    FACT_REFERRAL,
    FACT_NEWS,
    FACT_HINTS,
    FACT_SILENCE,
    FACT_COUNT,
};

#define DAY_NONE INT32_MIN

// The newest counts, by time, then by the hash of its id: the same in whatever order they come.
struct version {
    int64_t time_ms;
    uint64_t tie;
};

struct customer_fact {
    uint32_t said; // the portions, as in portion.h; 0: the whole customer
    const char *name, *owner, *contact_name, *contact_phone;
    struct date birthday, contact_birthday, founding; // month 0: not known
    int32_t cooperation_day;                          // DAY_NONE: not known
    const char *region, *country, *zone, *parent;     // parent: a customer id
    uint32_t type;                                    // Tend__V1__CustomerType
    bool lunar, contact_lunar;
};

enum contact_result { CONTACT_OTHER, CONTACT_REAL, CONTACT_TRY };
struct contact_fact {
    enum contact_result result;
    int64_t next_ms;       // 0: none was set
    const char *text;      // what was agreed, else the note
    const char *key_point; // what was agreed by word of mouth, "" otherwise
    uint32_t channel;      // Tend__V1__Channel
    bool outgoing;         // we reached out, or did not say who did
    bool written;          // the channel leaves something to read
    bool automatic;        // a program did
    uint32_t minutes;
};

// A delivery's day or an order's error; what is ordered comes as values.
enum order_step {
    ORDER_PAID,
    ORDER_SHIPPED,
    ORDER_DELIVERED,
    ORDER_CANCELLED,
    ORDER_DELIVERY_SET,
    ORDER_DELIVERY_LATE,
    ORDER_WRONG
};
struct order_fact {
    enum order_step step;
    const char *id, *text; // why, what was wrong
    int32_t day;           // of the delivery, DAY_NONE
};

struct message_fact {
    bool received; // else it is our reply
    const char *id, *subject;
    uint32_t channel;
    bool no_reply;  // received: none is wanted
    bool automatic; // a reply: a program's
};

enum complaint_step { COMPLAINT_OPENED, COMPLAINT_ACKNOWLEDGED, COMPLAINT_ACTED, COMPLAINT_RESOLVED };
struct complaint_fact {
    enum complaint_step step;
    const char *id, *what, *cause, *category, *sku, *order_id;
    bool compensated;
    int64_t micros; // of the compensation
    const char *currency;
};

struct survey_fact {
    bool sent; // else it was answered
    uint32_t score, channel;
    const char *occasion; // "delivery", "complaint", "regular"
};

enum visit_step {
    VISIT_PLANNED,
    VISIT_APPROVED,
    VISIT_REFUSED,
    VISIT_CANCELLED,
    VISIT_ARRIVED,
    VISIT_CHECKED_IN,
    VISIT_REPORTED
};
struct visit_fact {
    enum visit_step step;
    const char *id, *region, *purpose, *hotel, *phone, *by, *text;
    int32_t from_day, to_day; // DAY_NONE
    char *const *customers;
    size_t customer_count;
};

enum policy_step { POLICY_ASKED, POLICY_APPROVED, POLICY_REFUSED };
struct policy_fact {
    enum policy_step step;
    const char *id, *kind, *what, *promise_id, *by;
    int64_t micros;
    const char *currency;
};

struct quote_fact {
    bool lost; // else it was sent
    const char *id, *what;
    int32_t follow_day, expected_day; // DAY_NONE
};

struct objection_fact {
    const char *id, *kind, *what;
    uint32_t sincere; // Tend__V1__Answer
    bool overcome;
};

struct gift_fact {
    const char *what, *occasion, *currency;
    int64_t micros;
};

struct referral_fact {
    const char *other, *what;
    bool paid; // the commission was
};

enum { NEWS_POINTS_MAX = 8 };
struct news_fact {
    const char *id, *title, *text, *region, *kind;
    uint32_t type, classes; // 0: all; bits 1 << ABC_A
    int32_t until_day, date_day;
    int64_t cost_micros; // 0: not said
    const char *currency;
    char *const *customers;
    size_t customer_count;
    const char *points[NEWS_POINTS_MAX];
    size_t point_count;
};

enum promise_step { PROMISE_MADE, PROMISE_EXTENDED, PROMISE_KEPT, PROMISE_BROKEN };
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
    int64_t expected_quantity_milli;
    uint8_t answers[LEAD_ANSWERS]; // Tend__V1__Answer
};

struct contract_fact {
    const char *id;
    bool ended;
    int32_t to_day; // the last day, DAY_NONE: open. An ended contract: the day it ended
};

struct rep_fact {
    const char *name, *zone;
    struct hours hours[HOURS_MAX];
    size_t hour_count;
    uint32_t capacity;
    uint32_t week; // as in struct workdays, 0: the common one
    struct hours golden[HOURS_MAX];
    size_t golden_count;
    const char *manager, *deputy, *role, *country, *language;
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
    const char *standings;                                              // "value.tier=important\n..."
    int32_t expected_day, stage_limit_day, file_by_day, face_until_day; // DAY_NONE
    int64_t expected_micros, future_micros, next_survey_ms;             // 0: not known
    uint32_t file_ppm, file_target_ppm, orders_ever;
    const char *file_missing; // "," between the names
    struct slice last_orders; // packed by notice.h
    bool historical;
};

struct change_fact {
    const char *dimension, *before, *after;
    struct slice why;     // the change as the message about it will explain it, for notice.h
    int64_t window_milli; // thousandths of a day of the window that its figures compare; 0: they compare none
};

// What the policy of a class says, heard of one of its customers.
struct silence_fact {
    uint32_t abc;
    uint32_t shortest_days, longest_days; // 0: not said
};

struct settings_fact {
    const char *zone;
    uint32_t week;
    const int32_t *holidays, *makeups; // ascending, each once
    size_t holiday_count, makeup_count;
    const char *const *holiday_names;       // of `holidays`, "" where it has none
    const struct country_day *country_days; // with their names: everybody's and those of single countries, in order
    size_t country_day_count;
    const char *home;     // whose days the bare ones are, with everybody's; "" nobody's
    const char *currency; // that amounts are compared in, "" before it is known
    // What one unit costs in it from that day on; the newest of a currency counts.
    const struct exchange {
        char currency[4];
        int32_t from_day;
        int64_t rate_micros;
    } * rates;
    size_t rate_count;
};

struct fact {
    enum fact_kind kind;
    const char *customer_id, *rep_id;
    const char *event; // "source/id" of the event, "" of what is none
    struct version version;
    bool historical; // state only: nobody is told
    bool touches;    // the customer was reached by it, or would have been: `touch` says how
    struct contact_fact touch;
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
        struct order_fact order;
        struct message_fact message;
        struct complaint_fact complaint;
        struct survey_fact survey;
        struct visit_fact visit;
        struct policy_fact policy;
        struct quote_fact quote;
        struct objection_fact objection;
        struct gift_fact gift;
        struct referral_fact referral;
        struct news_fact news;
        struct slice hints; // packed
        struct silence_fact silence;
    };
};

// A number behind a line or a reminder; `unit` is a Tend__V1__FigureUnit.
enum figure_unit {
    UNIT_COUNT = 1,
    UNIT_MONEY = 2,
    UNIT_DAYS = 3,
    UNIT_PPM = 4,
    UNIT_TIME = 5,
    UNIT_DATE = 6,
    UNIT_MILLI = 7
};
struct figure {
    const char *name;
    int64_t value;
    enum figure_unit unit;
    const char *currency; // "" when it is no money
};

#endif
