// What scoring keeps on disk, and the only file that knows its tables.
//
// An event writes at the end of a table, not at a place that its customer's id decides: orders are numbered as they
// come and found by an index in memory, what is announced goes to a log (said.h), reasons are numbered too.
// So a turn dirties few pages however many customers it is about. Changes of an order (amended, cancelled, refunded) go
// to its own row.
//
// Tables: "customer" slot -> when it became known, id; "id" id -> slot; "order" number -> slot, the customer's claim
// before it, what one source says of an order under that customer (claim.h); "said" what is announced (said.h);
// "reason" number -> slot, the one before it, a packed message; "settings" the common rules in force, how far the clock
// had come, the book, the limits; "note" number -> slot, the note before it, facts; "basket" number of an order ->
// hash, its goods; "kin" slot -> the newest word about whom it is part of.
//
// Customers who were merged are one (kinship.h): what is asked of the main one is answered for all of them, and a part
// has nothing of its own, unless just that is asked for. On disk everything stays with whom it was said of.
#ifndef TEND_SCORING_ARCHIVE_H
#define TEND_SCORING_ARCHIVE_H

#include "common/arena.h"
#include "common/hash.h"
#include "common/store.h"
#include "services/scoring/column.h"
#include "services/scoring/kinship.h"
#include "services/scoring/layout.h"
#include "services/scoring/standing.h"

enum {
    ARCHIVE_TABLES = 9,
    ARCHIVE_REASON_STEPS = 4000, // reasons of one customer that are gone through
};

// Reasons that are kept, of all customers together; older ones go. Three hundred megabytes of them.
#define ARCHIVE_REASONS_MAX 1000000

extern const char *const archive_tables[ARCHIVE_TABLES];

// The indexes in memory. Everything in them is in the tables.
struct archive;

// An empty archive; archive_load fills it and the kinship, which is the caller's.
struct archive *archive_open(struct kinship *kinship);
void archive_close(struct archive **archive);

// An announced change: what is known of it without reading its message.
struct archive_reason {
    uint8_t dimension, before, after; // enum dimension and its values
    bool historical;
    int64_t time_ms;
    struct slice packed; // the message
};

// Tells of everything: customers in the order of their slots, then orders and notes in the order in which they became
// known, then the reasons; and builds the indexes. What it points to lives during the call.
struct archive_visitor {
    void (*customer)(void *context, uint32_t slot, const char *id, const struct standing *said);
    void (*order)(void *context, uint32_t slot, uint32_t number, const struct order *order);
    void (*note)(void *context, uint32_t slot, const struct slice *note);
    void (*reason)(void *context, const struct archive_reason *reason);
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

// Deletes the customer's orders with their goods, its notes and reasons, and its id; the slot stays, with an empty id.
// What is announced of it is the caller's. The indexes are to be built anew (archive_load). Returns the number of rows.
uint64_t archive_erase(struct archive *archive, struct tx *tx, struct arena *arena, uint32_t slot, const char *id);

// Notes that what is announced or told of a customer changed; archive_write_said writes all that was noted. `standings`
// holds a struct standing for each slot.
void archive_note_said(struct archive *archive, uint32_t slot);
void archive_write_said(struct archive *archive, struct tx *tx, const struct column *standings);

// --- orders

#define ARCHIVE_NO_ORDER UINT32_MAX

// What is known of an order's number, sorted (claim.h): all that a customer's order of that number may consist of.
// Texts in it live until the next write.
void archive_find_claims(const struct archive *archive, struct tx *tx, uint32_t slot, const char *order_id,
                         struct claims *ret_claims);

// Writes one of the claims, sorted, if it stands among them; one without a number gets the next. The others that are
// about one order are told so.
void archive_put_claim(struct archive *archive, struct tx *tx, struct arena *arena, const char *order_id,
                       struct claims *claims, size_t mine);

// So many orders more, or fewer, are the customer's.
void archive_own(struct archive *archive, uint32_t slot, int more);

// An order by its number, as all claims tell it. False when none goes by it.
bool archive_get_order(const struct archive *archive, struct tx *tx, uint32_t number, struct order *ret_order);

// The order's id, copied to the arena; "" when there is no such order.
const char *archive_order_id(struct tx *tx, struct arena *arena, uint32_t number);

// True when an order is the customer's, or that of one that is part of it.
bool archive_has_orders(const struct archive *archive, uint32_t slot);

// Keeps the goods of an order, as bytes, under a hash of its identity; `fresh`: no order has a higher number.
void archive_put_basket(struct tx *tx, struct arena *arena, uint32_t number, bool fresh, uint64_t hash,
                        const struct slice *goods);

// The goods of an order; they live until the next write. False when none are known.
bool archive_get_basket(struct tx *tx, uint32_t number, uint64_t *ret_hash, struct slice *ret_goods);

// Visits the goods of at most `most` orders from a number on. Returns the number to go on with; ARCHIVE_NO_ORDER when
// there are no more.
typedef void archive_visit_basket(void *context, uint32_t number, uint64_t hash, const struct slice *goods);
uint32_t archive_walk_baskets(struct tx *tx, uint32_t from, uint32_t most, archive_visit_basket *visit, void *context);

// The orders of one customer, the newest known first, then of each that is part of it; false ends it. The second:
// not orders but the claims under this customer alone, each as it is kept.
typedef bool archive_visit_order(void *context, uint32_t number, const struct order *order);
void archive_walk_orders(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_order *visit,
                         void *context);
void archive_walk_claims(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_order *visit,
                         void *context);

// --- notes

// Keeps a note, as bytes, of a customer; it becomes the newest known.
void archive_add_note(struct archive *archive, struct tx *tx, struct arena *arena, uint32_t slot,
                      const struct slice *note);

// The notes of one customer, the newest known first, then of each that is part of it; false ends it. The last one: of
// this customer alone. What is visited lives until the next write.
typedef bool archive_visit_note(void *context, const struct slice *note);
void archive_walk_notes(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_note *visit,
                        void *context);
void archive_walk_own_notes(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_note *visit,
                            void *context);

// Rewrites notes of whichever customers: `rewrite` gives the new bytes, in the arena, or says false. Returns how many.
typedef bool archive_rewrite_note(void *context, struct arena *arena, const struct slice *note, struct slice *ret_note);
uint64_t archive_rewrite_notes(struct tx *tx, struct arena *arena, archive_rewrite_note *rewrite, void *context);

// --- reasons

// Keeps the reason of a change as the newest of its customer.
void archive_add_reason(struct archive *archive, struct tx *tx, struct arena *arena, uint32_t slot,
                        const struct archive_reason *reason);

// Visits the reasons of a customer in all dimensions from the newest, at most ARCHIVE_REASON_STEPS; false ends it.
typedef bool archive_visit_reason(void *context, const struct archive_reason *reason);
void archive_walk_reasons(const struct archive *archive, struct tx *tx, uint32_t slot, archive_visit_reason *visit,
                          void *context);

// --- settings and the clock

// What round through all customers is owed (daily.h): it begins anew after a restart, and is as much or as little news.
enum archive_round { ARCHIVE_AT_REST, ARCHIVE_ROUND, ARCHIVE_ROUND_OF_RULES, ARCHIVE_ROUND_OF_GROWTH };

// How far the service had come.
struct archive_clock {
    int64_t as_of_ms;
    enum archive_round round;
    uint8_t rules[HASH_BYTES]; // of the configuration that the announcements were made by
    uint32_t rules_version;    // counted from 1, each time that changed
};

// False in a new store.
bool archive_get_clock(struct tx *tx, struct archive_clock *ret_clock);
void archive_put_clock(struct tx *tx, const struct archive_clock *clock);

// The book, packed (book.h). False in a store that has none yet.
bool archive_get_book(struct tx *tx, struct slice *ret_book);
void archive_put_book(struct tx *tx, const struct slice *book);

// The limits of all processes, packed (meet_wire.h). False: none have come yet.
bool archive_get_limits(struct tx *tx, struct slice *ret_limits);
void archive_put_limits(struct tx *tx, const struct slice *limits);

// The configured names, as text (renaming.h), by which what is announced was numbered. False when none were kept.
bool archive_get_names(struct tx *tx, struct slice *ret_names);
void archive_put_names(struct tx *tx, const char *names, size_t length);

// The common rules, as they came.
bool archive_get_settings(struct tx *tx, struct slice *ret_settings);
void archive_put_settings(struct tx *tx, const uint8_t *bytes, size_t length);

#endif
