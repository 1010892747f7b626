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
    OCCASIONS = 16,          // room for kinds of reminders
    PROMISES_MAX = 256,      // of one customer that are looked at; the closed ones go first
    PROMISE_KEEP_DAYS = 400, // a closed promise is remembered, so that a late word about it opens nothing
};

_Static_assert((int)KIND_COUNT <= (int)OCCASIONS, "each kind has its place in a customer's row");

struct customer {
    const char *id, *name, *owner;
    const char *contact_name, *contact_phone;
    const char *merged_into; // "" stands alone
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
    struct absence absences[ABSENCES_MAX];
    uint32_t absence_count;
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
    int64_t closed_ms; // 0: open
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

// Forgets all of them: the customer was erased.
void book_forget_promises(struct turn *turn, const char *customer_id);

// --- single rows

enum book_single { BOOK_SETTINGS, BOOK_COUNTS };
// Bytes that there is one of; false when they were never put.
bool book_single(struct turn *turn, enum book_single which, struct slice *ret_bytes);
void book_put_single(struct turn *turn, enum book_single which, const uint8_t *bytes, size_t length);

#endif
