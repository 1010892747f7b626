// By which values customers may be recognised as the same one, as ingest keeps it: of each customer and source what the
// newest file shows, and, where there are rules, the other way round. Of the values only hashes are kept, salted with
// the journal's own random id. The only file that knows its rows.
#ifndef TEND_INGEST_JOINROWS_H
#define TEND_INGEST_JOINROWS_H

#include "common/service.h"

enum {
    JOIN_VALUES_MAX = 32, // of one file: sixteen contact persons with a mail address and a telephone number
    JOIN_SOURCES_MAX = 8, // of one customer that are looked at; a firm has a shop, an ERP and perhaps a CRM
};

struct join_value {
    uint8_t kind; // enum likeness
    uint8_t hash[HASH_BYTES];
};

// What a source last said of a customer.
struct join_row {
    const char *source; // in the arena
    int64_t time_ms;    // of the file
    uint64_t first;     // the sequence number of the first file of this source that was heard
    struct join_value values[JOIN_VALUES_MAX];
    size_t count;
};

// The hash of a value that is written in the one way.
void joinrows_value(const struct turn *turn, unsigned kind, const char *value, struct join_value *ret_value);

// Keeps a row in place of the one before it, whose `first` it gets; with `both` the customer is found by its values,
// too. False: a newer file is known, and nothing changes.
bool joinrows_put(struct turn *turn, const char *customer, struct join_row *row, bool both);

// The rows of a customer, at most JOIN_SOURCES_MAX.
size_t joinrows_get(struct turn *turn, const char *customer, struct join_row ret_rows[JOIN_SOURCES_MAX]);

// The customers that have a value, at most `most`, in the arena.
size_t joinrows_having(struct turn *turn, const struct join_value *value, const char **ret_customers, size_t most);

// The next value behind one; NULL: the first. False: there is none.
bool joinrows_next(struct turn *turn, const struct join_value *after, struct join_value *ret_value);

// Deletes what is kept of a customer. Returns the number of rows.
uint64_t joinrows_erase(struct turn *turn, const char *customer);

// Up to which record of the journal the files have been taken in, also (`both`) so that they are found by values.
uint64_t joinrows_through(struct turn *turn, bool both);
void joinrows_set_through(struct turn *turn, bool both, uint64_t seq);

// That a rule, not a person, made `other` a part of the customer, as of a moment. Whether that was so.
void joinrows_note(struct turn *turn, const char *customer, const char *other, int64_t time_ms);
bool joinrows_noted(struct turn *turn, const char *customer, const char *other, int64_t *ret_time_ms);

#endif
