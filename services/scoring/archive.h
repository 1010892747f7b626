// What scoring keeps on disk, and the only file that knows its tables.
//
// An event writes at the end of a table, not at a place that its customer's id decides: orders are numbered as they
// come and found by an index in memory, what is announced of 256 customers lies in one row, reasons are numbered too.
// So a turn dirties few pages however many customers it is about. Changes of an order (amended, cancelled, refunded) go
// to its own row.
//
// Tables: "customer" slot -> when it became known, id; "id" id -> slot; "order" number -> slot, the customer's order
// before it, facts; "said" block of slots -> what is announced; "reason" number -> slot, the one before it, a packed
// message; "settings" the common rules in force, and how far the clock had come.
#ifndef TEND_SCORING_ARCHIVE_H
#define TEND_SCORING_ARCHIVE_H

#include "common/arena.h"
#include "common/hash.h"
#include "common/store.h"
#include "services/scoring/layout.h"

enum {
    ARCHIVE_TABLES = 6,
    ARCHIVE_CHANGES_MAX = 100, // reasons that are told of one customer and dimension, the newest
};

// Reasons that are kept, of all customers together; older ones go. Three hundred megabytes of them.
#define ARCHIVE_REASONS_MAX 1000000

extern const char *const archive_tables[ARCHIVE_TABLES];

// The indexes in memory. Everything in them is in the tables.
struct archive;

// An empty archive; archive_load fills it.
struct archive *archive_open(void);
void archive_close(struct archive **archive);

// Tells of everything, customers in the order of their slots, then orders in the order in which they became known, and
// builds the indexes. Texts live during the call.
struct archive_visitor {
    void (*customer)(void *context, uint32_t slot, const char *id, struct ledger_verdict announced);
    void (*order)(void *context, uint32_t slot, uint32_t number, const struct order *order);
};
void archive_load(struct archive *archive, struct tx *tx, const struct archive_visitor *visitor, void *context);

// --- customers

// A new customer, of the next slot.
void archive_add_customer(struct tx *tx, uint32_t slot, const char *id, int64_t known_ms);

// Its id, copied to the arena, and since when it is known. False when there is no such slot.
bool archive_get_customer(struct tx *tx, struct arena *arena, uint32_t slot, const char **ret_id,
                          int64_t *ret_known_ms);

// The customers in the order of their ids; false ends it.
typedef bool archive_visit_id(void *context, uint32_t slot);
void archive_walk_ids(struct tx *tx, archive_visit_id *visit, void *context);

// Notes that what is announced of a customer changed in the ledger; archive_write_said writes all that was noted.
void archive_note_said(struct archive *archive, uint32_t slot);
void archive_write_said(struct archive *archive, struct tx *tx, const struct ledger *ledger);

// --- orders

#define ARCHIVE_NO_ORDER UINT32_MAX

// The facts of an order and its number; empty facts and ARCHIVE_NO_ORDER when nothing is known of it. Texts in it live
// until the next write.
void archive_find_order(const struct archive *archive, struct tx *tx, uint32_t slot, const char *order_id,
                        struct order *ret_order, uint32_t *ret_number);

// Writes the facts; an order without a number gets the next one. Returns its number.
uint32_t archive_put_order(struct archive *archive, struct tx *tx, struct arena *arena, uint32_t slot,
                           const char *order_id, uint32_t number, const struct order *order);

// The facts by the number. False when there is none.
bool archive_get_order(struct tx *tx, uint32_t number, struct order *ret_order);

// The orders of one customer, the newest known first; false ends it.
typedef bool archive_visit_order(void *context, const struct order *order);
void archive_walk_orders(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_order *visit,
                         void *context);

// --- reasons

// Keeps the reason of a change, a packed message, as the newest of its customer and dimension.
void archive_add_reason(struct archive *archive, struct tx *tx, struct arena *arena, uint32_t slot,
                        enum ledger_dimension dimension, const struct slice *packed);

// Visits the reasons from the newest, at most ARCHIVE_CHANGES_MAX; false ends it.
typedef bool archive_visit_reason(void *context, const uint8_t *bytes, size_t length);
void archive_walk_reasons(const struct archive *archive, struct tx *tx, uint32_t slot, enum ledger_dimension dimension,
                          archive_visit_reason *visit, void *context);

// --- settings and the clock

// How far the service had come.
struct archive_clock {
    int64_t as_of_ms;
    uint32_t sweep;            // the next slot to be looked at because the rules changed; UINT32_MAX: none
    uint8_t rules[HASH_BYTES]; // of the configuration that the announcements were made by
};

// False in a new store.
bool archive_get_clock(struct tx *tx, struct archive_clock *ret_clock);
void archive_put_clock(struct tx *tx, const struct archive_clock *clock);

// The common rules, as they came.
bool archive_get_settings(struct tx *tx, struct slice *ret_settings);
void archive_put_settings(struct tx *tx, const uint8_t *bytes, size_t length);

#endif
