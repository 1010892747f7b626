// The book: what the scheduler keeps of reps, customers and their promises.
//
// Whatever is read is a copy in the turn's arena and lives until the turn ends; what is put is written whole. A row
// that is not there is read as a fresh one, with every number at its "not known".
#ifndef TEND_SERVICES_SCHEDULER_BOOK_H
#define TEND_SERVICES_SCHEDULER_BOOK_H

#include "common/service.h"
#include "services/scheduler/calllist.h"
#include "services/scheduler/fact.h"
#include "services/scheduler/kinds.h"

enum {
    TRIES_KEPT = 8,          // calls without an answer that are remembered, several of one day among them
    ABSENCES_MAX = 64,       // of one rep; the oldest go first
    OCCASIONS = 16,          // kinds whose last occasion is kept in the customer's row: the oldest ones
    CONTRACTS_MAX = 4,       // of one customer; the one that ended first goes first
    QUOTES_MAX = 4,          // lost ones that are nursed
    PROMISES_MAX = 256,      // of one customer that are looked at; the closed ones go first
    PROMISE_KEEP_DAYS = 400, // a closed promise is remembered, so that a late word about it opens nothing
};

_Static_assert((int)KIND_COOPERATION < (int)OCCASIONS, "dates that come back have their place in a customer's row");

struct contract {
    uint64_t hash; // of its id
    struct version set;
    int32_t to_day; // the last day, DAY_NONE: open
};

struct lost_quote {
    uint64_t hash;
    struct version lost;
    int32_t lost_day, follow_day; // DAY_NONE: not said
};

struct customer {
    const char *id, *name, *owner;
    const char *contact_name, *contact_phone;
    const char *merged_into;         // the main customer, "" it is that itself
    const char *kin_into, *kin_next; // kin.h: of whom it was said last to be part; the next who is one with it
    struct version upserted, joined, erased;
    struct date birthday, contact_birthday, founding;
    int32_t cooperation_day, first_order_day;
    int64_t known_ms; // the earliest that was ever said about it

    uint32_t abc, orders, mean_gap_milli, share_ppm;
    int64_t net_micros, last_order_micros, last_order_ms, expected_ms;
    const char *currency;
    uint8_t overdue, dropped;

    int64_t contact_ms;           // the last real contact, 0: none
    int64_t tries_ms[TRIES_KEPT]; // calls without an answer since then, the latest first, 0: none
    int64_t next_ms;              // the appointment, 0: none
    const char *next_text;
    struct version next_set;
    int64_t later_ms; // a call that the rep put off until then
    struct version later_set;
    struct version muted; // not interested since then

    uint32_t stage, intention;
    struct version stage_set, intention_set, expected_set, contract_set;
    int32_t expected_day, contract_day;

    int64_t promise_ms; // due, of the first open promise; 0: none
    uint64_t promise;   // its hash

    int32_t put_off_day;
    int32_t occasions[OCCASIONS]; // by kind: the day of the last reminder of that kind
    int32_t contact_occasion;     // of the contact's birthday

    const char *region, *country, *customer_zone;
    uint32_t type;                // Tend__V1__CustomerType
    uint8_t lunar, contact_lunar; // the birthdays are of the Chinese calendar
    int64_t signals_ms[SIGNALS];  // when somebody last acted so, 0: never
    const char *standings;        // what holds, "value.tier=important\n..."; book_standing
    int32_t expected_value_day, stage_limit_day, file_by_day, face_until_day; // as scoring says; DAY_NONE
    int64_t expected_micros, future_micros, next_survey_ms;
    uint32_t file_ppm, file_target_ppm, orders_ever;
    const char *file_missing;        // names of fields, "," between them
    struct slice last_orders, hints; // packed by notice.h
    struct contract contracts[CONTRACTS_MAX];
    struct lost_quote quotes[QUOTES_MAX];
    struct slice contacts;    // recent ones, by caps.h
    struct slice replies;     // when the customer answers, by rhythm.h
    struct slice gifts;       // of this year, by gift.h
    struct slice complaints;  // recent ones, by recur.h
    struct slice waiting;     // messages without an answer, by waiting.h
    int64_t first_ordered_ms; // the first order, when it came while we looked on; 0: not known
    int64_t first_micros;     // of the first order, in `currency`; 0: not known
    int64_t delivered_ms;     // the first delivery of all, 0: none is known
    int32_t owned_since;      // day of the last change of owner, DAY_NONE
    const char *owned_from;   // whose it was before, "" nobody's
    struct slice hands;       // which reps spoke to it when, by hands.h
    int64_t expected_milli;   // how much is expected, in thousandths of a piece; 0: not said
    struct version expected_milli_set;
    const char *brought_by; // which customer brought it, "" nobody
    struct version brought_set;
    uint64_t brought_which;        // by which id it was brought, hashed
    int64_t paid_ms;               // when it first paid for an order, as far as we heard; 0: never
    uint32_t breaks;               // promises to it that one rep broke in a row of them, see promise.h
    int64_t breaks_ms;             // when the last of them was
    uint8_t answers[LEAD_ANSWERS]; // need, power, decision, credit: Tend__V1__Answer
    struct version answers_set[LEAD_ANSWERS];
    int32_t class_day;                 // of the last change of its class, DAY_NONE
    uint8_t class_before, class_after; // letters: the class at the beginning of that week, and since then; 0: none
    int64_t survey_sent_ms;            // when a survey last went out, 0: never
    int32_t survey_point_day;          // of the last list that spoke of surveys, DAY_NONE
    struct slice sources;              // the newest events that it was told by, by cause.h
    struct version owner_set;          // who told last whose it is: who names nobody leaves that as it is
    struct slice words;                // what is said of parts of its file since `upserted`, by filing.h
    struct slice packed_contracts, packed_quotes; // by deals.h

    uint8_t indexed; // book_put_customer's own
    const char *indexed_owner;
};

struct absence {
    int32_t from_day, to_day;
};

struct rep {
    const char *id, *name, *zone;
    struct version upserted; // time 0: only ever referred to
    struct hours hours[HOURS_MAX];
    uint32_t hour_count, capacity, week;
    struct hours golden[HOURS_MAX]; // in which only what cannot wait is told
    uint32_t golden_count;
    const char *manager, *deputy, *role, *country;
    const char *language; // the first one
    int64_t evening_ms;   // when the evening list is due, 0: not yet known
    int64_t digest_ms;    // when the manager's digest is due, 0: nobody's manager
    int32_t digest_day;   // of the last one
    int32_t digest_week;  // the Monday of the last week that was told of, DAY_NONE: none yet
    uint8_t manages;      // somebody calls this one the manager
    struct slice breaks;  // promises broken, by breach.h
    struct slice leads;   // how long promises take, by usual.h
    struct absence absences[ABSENCES_MAX];
    uint32_t absence_count;
    int32_t effort_day;           // on which the rep was last told of too little time for key customers, DAY_NONE
    int32_t effort_ppm;           // how much it was then
    const char *event;            // that told of it last; NULL or "": none did
    const char *stands_in;        // ids of those who name it as their deputy, '\n' between them
    int64_t list_ms;              // when the next list is due, 0: not yet known
    int32_t list_day;             // of the last list, DAY_NONE: none yet
    int32_t month_day;            // first day of the month whose list was the last to say so
    int32_t warned_day;           // first day of the month that was warned about
    struct slice packed_absences; // book_put_rep's own
};

struct promise {
    uint64_t hash;
    const char *customer_id, *id, *what;
    int64_t due_ms; // 0: not known
    struct version due_set;
    int64_t closed_ms;       // it is not called for any more, 0: it is
    struct slice said;       // every word about it, a struct breach
    const char *rep_id;      // who promised; "": the customer's owner
    const char *event;       // in which it was made
    const char *exception;   // from policy that it waits for, ""
    struct version made_set; // of who, what and event
    int64_t timer_ms;        // when the clock looks at it next, 0: never
    int64_t clock_ms;        // when it last did
    int64_t past_ms;         // what happened until then was history when we heard of it
    int64_t broken_ms;       // 0: it is not
    int64_t took_ms;         // how long it took, as counted among what is usual for `by`; 0: not counted
    int64_t usual_ms;        // what was usual when it was made, where it left less time; 0: it did not
    const char *by;          // in whose name it is counted, "" until it is
    uint32_t abc;            // the customer's class when it was broken, as it is counted
    const char *of;          // to whom it was made, where that one goes on as part of the customer; "" to itself
};

// --- reps

// False, and a fresh one of that id, when there is none.
bool book_rep(struct turn *turn, const char *id, struct rep *ret_rep);
void book_put_rep(struct turn *turn, struct rep *rep);

// Each rep in the order of ids; `step` may write. Returns how many there are.
size_t book_each_rep(struct turn *turn, void (*step)(void *self, struct turn *turn, struct rep *rep), void *self);

// --- customers

// False, and a fresh one of that id, when there is none.
bool book_customer(struct turn *turn, const char *id, struct customer *ret_customer);

// Also keeps the index of owners: by `owner`, unless it is merged into another or was erased.
void book_put_customer(struct turn *turn, struct customer *customer);

// What holds in a dimension, "" when it is not known; and says that another value does.
const char *book_standing(struct turn *turn, const struct customer *customer, const char *dimension);
void book_set_standing(struct turn *turn, struct customer *customer, const char *dimension, const char *value);

// The customer whose name hashes to this; false when there is none. So an answer finds its customer.
bool book_subject(struct turn *turn, uint64_t hash, const char **ret_id);

// Whoever the rep owns, in the order of ids; "" are those without an owner. `step` must not write; the customer it sees
// lives until it returns.
void book_each_owned(struct turn *turn, const char *owner, void (*step)(void *self, const struct customer *customer),
                     void *self);

// --- promises

// False, and a fresh one, when there is none. A promise is known by the hash of its id.
bool book_promise(struct turn *turn, const char *customer_id, uint64_t hash, struct promise *ret_promise);
void book_put_promise(struct turn *turn, const struct promise *promise);

// The open promise that is due first, at most PROMISES_MAX are looked at; forgets those closed long before now_ms.
bool book_first_promise(struct turn *turn, const char *customer_id, struct promise *ret_promise);

// All of them, PROMISES_MAX at most; in the arena.
struct promise *book_promises(struct turn *turn, const char *customer_id, size_t *ret_count);
void book_delete_promise(struct turn *turn, const struct promise *promise);

// Forgets all of them: the customer was erased.
void book_forget_promises(struct turn *turn, const char *customer_id);

// --- single rows

enum book_single { BOOK_SETTINGS, BOOK_COUNTS, BOOK_SILENCES };
// Bytes that there is one of; false when they were never put.
bool book_single(struct turn *turn, enum book_single which, struct slice *ret_bytes);
void book_put_single(struct turn *turn, enum book_single which, const uint8_t *bytes, size_t length);

#endif
