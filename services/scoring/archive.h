// What scoring keeps on disk, and the only file that knows its tables.
//
// Table "customer" holds everything of one customer side by side, so that an event dirties a page or two whatever the
// number of customers: its row, its purchases by time, its orders, the reasons for what was announced. Table "id" leads
// from a customer's id to its slot. Table "settings" holds the common rules in force and how far the clock had come.
#ifndef TEND_SCORING_ARCHIVE_H
#define TEND_SCORING_ARCHIVE_H

#include "common/arena.h"
#include "common/hash.h"
#include "common/store.h"
#include "services/scoring/layout.h"

enum { ARCHIVE_TABLES = 3, ARCHIVE_REASONS_MAX = 100 }; // reasons: of one customer and dimension, the newest

extern const char *const archive_tables[ARCHIVE_TABLES];

// The row of a customer; the id is copied to the arena. False when there is no such slot.
bool archive_get_customer(struct tx *tx, struct arena *arena, uint32_t slot, struct layout_customer *ret_customer);
void archive_put_customer(struct tx *tx, uint32_t slot, const struct layout_customer *customer);

// A new customer: its row, and the way from its id to its slot.
void archive_add_customer(struct tx *tx, uint32_t slot, const struct layout_customer *customer);

// The customers in the order of their ids, from the first that is not below `id`.
typedef bool archive_visit_id(void *context, const char *id, size_t length, uint32_t slot);
void archive_walk_ids(struct tx *tx, const char *id, archive_visit_id *visit, void *context);

// The facts of an order and the key of its row; an order that nothing is known of has empty facts and the key that its
// row will get. Texts in it live until the next write.
void archive_get_order(struct tx *tx, uint32_t slot, const char *order_id, struct order *ret_order, uint64_t *ret_key);
void archive_put_order(struct tx *tx, struct arena *arena, uint32_t slot, uint64_t key, const char *order_id,
                       const struct order *order);

// The same by the key. False when there is none.
bool archive_find_order(struct tx *tx, uint32_t slot, uint64_t key, struct order *ret_order);

// When an order was bought, and the key of its row.
struct archive_purchase {
    int64_t time_ms;
    uint64_t key;
};

// One more purchase of a customer; one that was there no longer is.
void archive_put_purchase(struct tx *tx, uint32_t slot, const struct archive_purchase *purchase);
void archive_delete_purchase(struct tx *tx, uint32_t slot, const struct archive_purchase *purchase);

// The customer's next purchase strictly before or after a place in time, which need not be a purchase's. False: none.
bool archive_purchase_before(struct tx *tx, uint32_t slot, const struct archive_purchase *place,
                             struct archive_purchase *ret_purchase);
bool archive_purchase_after(struct tx *tx, uint32_t slot, const struct archive_purchase *place,
                            struct archive_purchase *ret_purchase);

// Keeps the reason of a change, a packed message, as the newest of its dimension.
void archive_add_reason(struct tx *tx, uint32_t slot, enum ledger_dimension dimension, const uint8_t *bytes,
                        size_t length);

// Visits the reasons from the newest; false ends it.
typedef bool archive_visit_reason(void *context, const uint8_t *bytes, size_t length);
void archive_walk_reasons(struct tx *tx, uint32_t slot, enum ledger_dimension dimension, archive_visit_reason *visit,
                          void *context);

// Everything, customer by customer: its row, then its purchases by time, then its orders. Texts live during the call.
struct archive_visitor {
    void (*customer)(void *context, uint32_t slot, const struct layout_customer *customer);
    void (*purchase)(void *context, uint32_t slot, const struct archive_purchase *purchase);
    void (*order)(void *context, uint32_t slot, uint64_t key, const struct order *order);
};
void archive_walk(struct tx *tx, const struct archive_visitor *visitor, void *context);

// The orders of one customer; false ends it.
typedef bool archive_visit_order(void *context, const struct order *order);
void archive_walk_orders(struct tx *tx, uint32_t slot, archive_visit_order *visit, void *context);

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
