// Goods: what is bought together. Of each order that counts as a purchase its basket is held in memory, and of each
// article the list of its baskets, so that everything said of two articles is counted when it is asked for, exactly.
// (Counts for each pair of articles would take ten times the memory and know nothing of an order that is amended.)
//
// Rules are those of market basket analysis: of N orders n_a hold a, n_b hold b and n_ab both; a leads to b by
//     support n_ab / N, confidence n_ab / n_a, lift n_ab N / (n_a n_b)
// when n_ab >= max(min_count, support N), the confidence reaches its least, and the lift is above 1. They are ordered
// by lift, then n_ab, then the skus, and decided on integers.
// Source: R. Agrawal, T. Imielinski, A. Swami, "Mining association rules between sets of items in large databases",
// SIGMOD 1993 (support, confidence); S. Brin, R. Motwani, J. Ullman, S. Tsur, "Dynamic itemset counting and
// implication rules for market basket data", SIGMOD 1997 (lift, there called interest).
//
// What is held follows from the baskets alone, not from the order in which they came. Memory is bounded by a sample:
// when the baskets need more, only every second, fourth, eighth order counts, chosen by a hash of the order's identity,
// so what is common is still found, from fewer orders, and what is rare may be missed. Room that is left later brings
// no order back; that takes goods_clear and all orders put anew. Of an article in very many orders (GOODS_WALK) such a
// part is counted at a question, and n_ab is reckoned from it. Pure.
#ifndef TEND_SCORING_GOODS_H
#define TEND_SCORING_GOODS_H

#include "services/scoring/basket.h"

enum {
    GOODS_WALK = 2048,     // orders of one article that a question walks: a part of them, off by two hundredths or so
    GOODS_LEVEL_MAX = 31,  // of the sample: every 2^31st order
    GOODS_HINTS_MAX = 20,  // more than a person reads on a call
    GOODS_CAUSES_MAX = 30, // articles of a customer that lead to hints, the newest: bounds a question
    GOODS_BOUGHT_MAX = 10000, // articles of a customer that are looked at
};

#define GOODS_BYTES_MIN (1 << 10)
#define GOODS_BYTES_MAX ((int64_t)4 << 30)

struct goods_options {
    int64_t memory_bytes;   // GOODS_BYTES_MIN to GOODS_BYTES_MAX
    int64_t min_count;      // orders, at least 1
    int64_t support_ppm;    // 0 to 1,000,000
    int64_t confidence_ppm; // 0 to 1,000,000
    int64_t recent_days;    // what was bought within so many days is no hint; 0: everything may be one
    int64_t hints;          // how many are shown at most, 1 to GOODS_HINTS_MAX; for the caller
};

struct goods;

// Without an order. `memory_bytes` as in the options.
struct goods *goods_open(int64_t memory_bytes);
void goods_close(struct goods **goods);

// Forgets all orders; the next ones are counted in full again.
void goods_clear(struct goods *goods);

// The hash that orders are sampled by: of the customer's and the order's id.
uint64_t goods_hash(const char *customer_id, const char *order_id);

// The basket of an order that counts as a purchase, in place of the one it had; an empty one is none. The order has a
// number of the caller's and a hash that stays the same; `time_ms` is when the version that counts was made. Texts are
// copied.
void goods_put(struct goods *goods, uint32_t order, uint64_t hash, int64_t time_ms, const struct basket *basket);

// The order counts no longer; one that is not held is no harm.
void goods_drop(struct goods *goods, uint32_t order);

// How much is held.
struct goods_size {
    uint32_t orders, items; // items: different articles in them
    uint64_t lines;         // articles of all orders
    uint64_t bytes;         // of memory
    uint32_t level;         // above 0: only every 2^level-th order counts
};
void goods_size(const struct goods *goods, struct goods_size *ret_size);

// How many orders are held; *ret_all: these are all, not a sample.
uint32_t goods_orders(const struct goods *goods, bool *ret_all);

// One end of a rule.
struct goods_end {
    const char *sku; // without a NUL behind it
    size_t sku_length;
    uint32_t order; // the newest that holds it (by time, then hash): its row has the article's name
};

// "Often bought with": who bought `cause` also bought `effect`. Texts live until the next change of the goods.
struct goods_hint {
    struct goods_end cause, effect;
    uint32_t together, from; // `together` of `from` orders with the cause hold the effect too, as counted
    uint32_t causes;         // orders that hold the cause; more than `from` when only a part of them was counted
    uint32_t effects;        // orders that hold the effect
    uint32_t orders;         // all
    int64_t confidence_ppm;  // rounded down
    int64_t lift_ppm;        // the same; 1,000,000: as often as by chance
};

// What goes with an article: the first `most` rules (at most GOODS_HINTS_MAX) that it is the cause of. Returns how
// many.
size_t goods_with(struct goods *goods, const struct goods_options *options, const char *sku, size_t sku_length,
                  struct goods_hint *ret_hints, size_t most);

// An article that a customer bought, and the day of its purchase (days since 1970).
struct goods_bought {
    const char *sku;
    size_t sku_length;
    int32_t day;
};

// The articles of an order that is held, as bought on the day; texts live until the next change of the goods. Returns
// how many, at most `most`; 0 when it is not held.
size_t goods_of(const struct goods *goods, uint32_t order, int32_t day, struct goods_bought *ret_bought, size_t most);

// What customers with the same goods bought, and this one did not in the last `recent_days` before `today`, today
// included. `bought` is what it ever bought, the newest first; an article may come several times; after
// GOODS_BOUGHT_MAX nothing is looked at, and the first GOODS_CAUSES_MAX different articles lead to hints. Each effect
// comes once, by its first rule. Returns how many, at most `most` (at most GOODS_HINTS_MAX).
size_t goods_hints(struct goods *goods, const struct goods_options *options, const struct goods_bought *bought,
                   size_t count, int32_t today, struct goods_hint *ret_hints, size_t most);

#endif
