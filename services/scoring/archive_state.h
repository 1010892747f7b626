// What an archive is made of. For archive.c, and for archive_orders.c, which knows the orders.
#ifndef TEND_SCORING_ARCHIVE_STATE_H
#define TEND_SCORING_ARCHIVE_STATE_H

#include "services/scoring/archive.h"
#include "services/scoring/finder.h"
#include "services/scoring/said.h"

enum {
    TABLE_CUSTOMER = STORE_TABLE_SERVICE,
    TABLE_ID,
    TABLE_ORDER,
    TABLE_SAID,
    TABLE_REASON,
    TABLE_NOTE = TABLE_REASON + 2, // archive_settings.c has the one between, and archive_kin.c the last
    TABLE_BASKET,

    ARCHIVE_NUMBER_KEY = 4,
};

// No row of that number: there is no order, or no reason, before it.
#define ARCHIVE_NO_ROW UINT32_MAX

// The newest rows of a customer, and how many orders are its.
struct heads {
    uint32_t order, note, reason;
    uint32_t owned;
};

struct archive {
    struct kinship *kinship; // the caller's
    struct finder *orders;   // by order id; of a crowd, by customer and order id
    struct claims *claims;   // of one question
    struct heads *heads;     // by slot
    uint32_t slots;
    uint32_t next_order, next_note;
    uint32_t first_reason, next_reason;
    struct said said;
};

// A customer's, whichever slot it is; they live until the next call.
struct heads *archive_heads(struct archive *archive, uint32_t slot);

// The key of a numbered row. Returns its length.
static inline size_t archive_number_key(uint32_t number, uint8_t *key)
{
    store_put_u32(key, number);
    return ARCHIVE_NUMBER_KEY;
}

// A row by its number; false when there is none.
bool archive_get_row(struct tx *tx, unsigned table, uint32_t number, struct slice *ret_row);

// Before the claims of a customer go: those that are left may be about one order without them.
void archive_leave_claims(const struct archive *archive, struct tx *tx, struct arena *arena, uint32_t slot);

// Tells of all orders and builds their index.
void archive_load_orders(struct archive *archive, struct tx *tx, const struct archive_visitor *visitor, void *context);

#endif
