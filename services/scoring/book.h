// The book of all customers, in memory: what each is worth in the window, when it bought, and where that puts it among the
// others, always as of one instant. Pure, and a cache: state.h can build it anew at any time.
//
// Definitions (scoring.md, 1.2, 1.3, 1.6). v is a customer's net value in the window, T the sum of all positive v, S>(v) the
// sum of those above v. A: v > 0 and S>(v) < cut_a of T; B: the same with cut_b; else C. R, F and M each score 1 to 5:
// 1 + floor(5 * less / n), less being how many of the n customers with an order in the window are worse. Overdue: silent for
// longer than `overdue_factor` times the customer's mean gap. Dropped: silent for longer than the population's quantile gap.
//
// What is announced lags behind the class by a margin: it rises only when the class would also hold with the cut
// `margin_ppm` lower, and falls only when it would not hold with the cut that much higher. The class itself never lags.
#ifndef TEND_SCORING_BOOK_H
#define TEND_SCORING_BOOK_H

#include "services/scoring/gaps.h"
#include "services/scoring/rank.h"

enum { BOOK_PARTS = 5, BOOK_KEY_BYTES = 16 };

#define BOOK_NEVER INT64_MIN // no purchase

enum book_class { BOOK_UNKNOWN, BOOK_A, BOOK_B, BOOK_C };

struct book_options {
    uint32_t cut_a_ppm, cut_b_ppm; // 0 < cut_a < cut_b < 1,000,000
    uint32_t margin_ppm;           // below cut_a, and cut_b + margin below 1,000,000
    uint32_t window_days;          // 1 or more
    uint32_t overdue_factor_ppm;   // 2,000,000: twice
    uint32_t overdue_repeats;      // purchase days after the first that it takes to know a rhythm; 1 or more
    uint32_t drop_quantile_ppm;
    uint32_t drop_sample;          // with fewer gaps in the whole population nobody is said to have dropped out
    uint32_t drop_repeats;         // purchase days after the first that a customer needs
};

// What is, or is to be, announced of a customer.
struct book_verdict {
    uint8_t abc; // enum book_class
    bool overdue;
    bool dropped;
};

struct book_customer {
    int128 net;          // in the window, of the measure
    int64_t last_ms;     // the newest purchase up to today; BOOK_NEVER
    int64_t last_micros; // and its amount
    uint32_t orders;     // purchases in the window
    uint32_t days;       // different purchase days, ever
    int32_t first_day;   // when days > 0
    int32_t last_day;
    uint32_t mark;       // the caller's, 0 at first
    struct book_verdict announced;
    bool dirty, queued;  // the book's
};

struct book_rfm {
    uint8_t r, f, m; // 1 to 5; 0 without an order in the window
};

struct book;

struct book *book_open(const struct book_options *options);
void book_close(struct book **book);

// Forgets all customers. The window ends with `day`, the local day of `as_of_ms`.
void book_clear(struct book *book, int64_t as_of_ms, int32_t day);

const struct book_options *book_options(const struct book *book);
int64_t book_as_of(const struct book *book);
int32_t book_day(const struct book *book);

// Slots are dense and start at 0. False when no customer has the key, 16 bytes of a keyed hash of its id.
bool book_find(const struct book *book, const uint8_t *key, uint32_t *ret_slot);
uint32_t book_add(struct book *book, const uint8_t *key);
uint32_t book_count(const struct book *book);

// Lives until a customer is added.
const struct book_customer *book_customer(const struct book *book, uint32_t slot);
void book_mark(struct book *book, uint32_t slot, uint32_t mark);

// Adds a value and a number of orders to a customer's day. A future day counts when it comes, one before the window not.
void book_change(struct book *book, uint32_t slot, int32_t day, int64_t value, int32_t orders);

// A purchase day that the customer did not have, or had and lost its last purchase, no later than today. `before` and
// `after` are the purchase days on either side, BOOK_NO_DAY when there are none.
#define BOOK_NO_DAY INT32_MIN
void book_day_came(struct book *book, uint32_t slot, int32_t before, int32_t day, int32_t after);
void book_day_went(struct book *book, uint32_t slot, int32_t before, int32_t day, int32_t after);

// The newest purchase up to today; BOOK_NEVER and 0 when there is none left.
void book_last(struct book *book, uint32_t slot, int64_t last_ms, int64_t last_micros);

// Goes on to the next local day, whose first instant is `start_ms`. Gives the slots (one may come twice) for which that day
// brought something dated ahead; the caller then tells their purchase days. The list lives until the next call.
size_t book_next_day(struct book *book, int64_t start_ms, const uint32_t **ret_slots);

// Time goes on within the day.
void book_advance(struct book *book, int64_t as_of_ms);

// Brings everything up to date with the changes since the last time, all at once. Gives the slots whose verdict differs from
// what is announced; the list lives until the next call.
size_t book_settle(struct book *book, const uint32_t **ret_slots);

// What should be announced now; after book_settle. A customer of which nothing was announced gets its class without margin.
struct book_verdict book_verdict(const struct book *book, uint32_t slot);
void book_announce(struct book *book, uint32_t slot, struct book_verdict verdict);

// The exact state; after book_settle.
enum book_class book_class(const struct book *book, uint32_t slot);
struct book_rfm book_rfm(const struct book *book, uint32_t slot);

// When the silence becomes overdue (the first instant is the one after it); RANK_NONE: it never does.
int64_t book_overdue_at(const struct book *book, uint32_t slot);

// Thousandths of a day between purchase days on average, 0 with fewer than two, at most UINT32_MAX.
uint32_t book_mean_gap_milli(const struct book_customer *customer);

// The population's quantile gap in days; 0: too few gaps to say.
uint32_t book_usual_gap(const struct book *book);

// The next instant at which somebody becomes overdue or drops out; RANK_NONE: never.
int64_t book_due(const struct book *book);

// The smallest value of class A, or of A and B; RANK_NONE when nobody is.
int64_t book_threshold(const struct book *book, enum book_class abc);

// How many customers with an order in the window are in the class or a better one, and their sum.
struct rank_mass book_upper(const struct book *book, enum book_class abc);

// How many score more than `score` (1 to 4) in R, F, M (0, 1, 2), and the value they exceed.
uint64_t book_better(const struct book *book, unsigned dimension, unsigned score, int64_t *ret_value);

// The orders of members, for lists: by net value (customers with an order in the window) and by last purchase.
struct rank *book_by_net(struct book *book);
struct rank *book_by_last(struct book *book);

size_t book_bytes(const struct book *book);

#endif
