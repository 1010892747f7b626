// Rows in tables: what book.c and diary.c share.
#ifndef TEND_SERVICES_SCHEDULER_ROWS_H
#define TEND_SERVICES_SCHEDULER_ROWS_H

#include "common/service.h"
#include "services/scheduler/pack.h"

// The scheduler's tables. Their order never changes; the names are rows_tables, by number less STORE_TABLE_SERVICE.
enum {
    TABLE_SINGLE = STORE_TABLE_SERVICE, // a number -> settings, counts
    TABLE_REP,                          // rep id -> rep
    TABLE_CUSTOMER,                     // customer id -> customer
    TABLE_OWNED,                        // owner's hash, customer id -> nothing
    TABLE_DUE,                          // moment, what, id -> subject
    TABLE_REMINDER,                     // reminder id -> reminder
    TABLE_DATED,                        // rep's hash, day, reminder id -> nothing
    TABLE_PROMISE,                      // customer's hash, promise's hash -> promise
    TABLE_LIST,                         // rep's hash, day -> list
    TABLE_MATTER,                       // matter's id -> matter
    TABLE_SUBJECT,                      // customer's hash -> its id
    TABLE_VISIT,                        // visit id -> trip
    TABLE_NEWS,                         // announcement id -> announcement
    TABLE_OWNERS,                       // customer's hash, moment -> who has owned it since
    TABLE_LOG,                          // rep's hash, day -> what was counted of the rep that day
    TABLE_POLICY,                       // exception id -> exception from policy
    TABLE_OWN,                          // customer id -> what was said of itself, by own.h
    TABLES_END
};

enum { ROWS_TABLES = TABLES_END - STORE_TABLE_SERVICE };

extern const char *const rows_tables[ROWS_TABLES];

// The fields of the rows of a table, for whoever shows all that they hold; each stands where its rows are put.
extern const struct pack_field rows_customer[], rows_promise[], rows_reminder[], rows_matter[], rows_owner[],
    rows_policy[], rows_visit[], rows_news[], rows_own[];

// Writes the row.
void rows_put(struct turn *turn, unsigned table, const void *key, size_t key_length, const struct pack_field *fields,
              const void *row);

// Fills the row; false when there is none, and then the row stays as it was. Texts live until the turn ends.
bool rows_get(struct turn *turn, unsigned table, const void *key, size_t key_length, const struct pack_field *fields,
              void *ret_row);

// The same for a value that is at hand.
void rows_read(struct turn *turn, const struct pack_field *fields, struct slice value, void *ret_row);

// Deletes the row, if there is one.
void rows_delete(struct turn *turn, unsigned table, const void *key, size_t key_length);

// Deletes the rows from one key on up to another one, whose row stays. Both have that length.
void rows_delete_range(struct turn *turn, unsigned table, const void *from, const void *to, size_t key_length);

// Deletes the rows of which the test is true. It sees them in place, so `value` must not be kept.
typedef bool rows_test(const void *self, struct slice value);
void rows_delete_if(struct turn *turn, unsigned table, rows_test *test, const void *self);

// True when the key begins with the prefix.
bool rows_starts(struct slice key, const uint8_t *prefix, size_t length);

#endif
