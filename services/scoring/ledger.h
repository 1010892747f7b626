// The ledger of all customers, in memory: what each is worth in the window, when it bought, and where that puts it
// among the others, always as of one instant. Pure, and a cache: archive.h can build it anew at any time.
//
// Definitions (scoring.md, 1.2, 1.3, 1.6). v is a customer's net value in the window, T the sum of all positive v,
// S>(v) the sum of those above v. A: v > 0 and S>(v) < cut_a of T; B: the same with cut_b; else C. Tiers: the same by
// the number of customers (limits.h). Concentrated: v alone is more than `concentration_ppm` of T. R, F and M each
// score 1 to 5 (rfm.h). Overdue: silent for longer than `overdue_factor` times the customer's mean gap. Dropped: silent
// for longer than the population's quantile gap.
//
// What is announced lags behind the class by a margin: it rises only when the class would also hold with the cut
// `margin_ppm` lower, and falls only when it would not hold with the cut that much higher. The class itself never lags.
//
// Whatever depends on all customers is in the limits. A ledger that holds only some of the customers is given the
// limits of all (ledger_impose); the material for them is in its lists (merge.h).
#ifndef TEND_SCORING_LEDGER_H
#define TEND_SCORING_LEDGER_H

#include "services/scoring/gaps.h"
#include "services/scoring/rfm.h"
#include "services/scoring/scheme.h"

enum { LEDGER_PARTS = LIMITS_PARTS, LEDGER_KEY_BYTES = 16 };

#define LEDGER_NEVER INT64_MIN // no purchase

enum ledger_class { LEDGER_UNKNOWN, LEDGER_A, LEDGER_B, LEDGER_C };

// The dimensions of a verdict.
enum ledger_dimension {
    LEDGER_ABC,
    LEDGER_OVERDUE,
    LEDGER_DROP,
    LEDGER_TIER,
    LEDGER_CONCENTRATION,
    LEDGER_SCHEME, // and the other schemes after it
};

struct ledger_options {
    uint32_t cut_a_ppm, cut_b_ppm; // 0 < cut_a < cut_b < 1,000,000
    uint32_t margin_ppm;           // below cut_a, and cut_b + margin below 1,000,000
    uint32_t window_days;          // 1 or more
    uint32_t overdue_factor_ppm;   // 2,000,000: twice
    uint32_t overdue_repeats;      // purchase days after the first that it takes to know a rhythm; 1 or more
    uint32_t drop_quantile_ppm;
    uint32_t drop_sample;              // with fewer gaps in the whole population nobody is said to have dropped out
    uint32_t drop_repeats;             // purchase days after the first that a customer needs
    uint32_t tier_ppm[LIMITS_TIERS];   // as in limits.h; first 0: no tiers
    uint32_t tier_margin_ppm;          // the same
    uint32_t concentration_ppm;        // of T, for one customer; 0: nobody is looked at
    uint32_t concentration_crowd;      // with fewer customers in the window nobody is looked at
    uint32_t concentration_margin_ppm; // once announced, it ends at so much less; below concentration_ppm
    struct scheme_rule schemes[LIMITS_SCHEMES]; // window_days 0: there is none
    struct rfm_rule rfm;                        // all 0: by parts, in the same window and measure as the classes
};

// What is, or is to be, announced of a customer.
struct ledger_verdict {
    uint8_t abc;  // enum ledger_class
    uint8_t tier; // enum limits_tier; LIMITS_NO_TIER when there are no tiers
    bool overdue : 1, dropped : 1, concentrated : 1;
    uint8_t schemes[LIMITS_SCHEMES]; // enum ledger_class; LEDGER_UNKNOWN where there is no scheme
};

struct ledger_customer {
    int128 net;          // in the window, of the measure
    int64_t last_ms;     // the newest purchase up to today; LEDGER_NEVER
    int64_t last_micros; // and its amount
    uint32_t orders;     // purchases in the window
    uint32_t days;       // different purchase days, ever
    int32_t first_day;   // when days > 0
    int32_t last_day;
    uint32_t mark;    // the caller's, 0 at first
    uint32_t tallied; // the ledger's, as the rest: orders when it was last settled
    struct ledger_verdict announced;
    bool dirty : 1, restless : 1, queued : 1;
};

struct ledger;

// An empty ledger of no time; ledger_clear gives it one. The options are copied and obey their limits.
struct ledger *ledger_open(const struct ledger_options *options);
void ledger_close(struct ledger **ledger);

// What the options ask of a board (enum limits_list); false when it is not kept.
bool ledger_rules(const struct ledger_options *options, unsigned board, struct limits_rules *ret_rules);

// Asks, once and before the first customer, that the limits have these tops of the main board, too: shares of the
// customers in ppm, rising, each above 0 and below 1,000,000, at most LIMITS_TOPS.
void ledger_tops(struct ledger *ledger, const uint32_t *ppm, size_t count);

// Forgets all customers; imposed limits stay. The window ends with `day`, the local day of `as_of_ms`.
void ledger_clear(struct ledger *ledger, int64_t as_of_ms, int32_t day);

// What it was opened with; the instant it stands at; the local day of that.
const struct ledger_options *ledger_options(const struct ledger *ledger);
int64_t ledger_as_of(const struct ledger *ledger);
int32_t ledger_day(const struct ledger *ledger);

// Slots are dense and start at 0. False when no customer has the key, 16 bytes of a keyed hash of its id.
bool ledger_find(const struct ledger *ledger, const uint8_t *key, uint32_t *ret_slot);
uint32_t ledger_add(struct ledger *ledger, const uint8_t *key);
uint32_t ledger_count(const struct ledger *ledger);

// Lives until a customer is added.
const struct ledger_customer *ledger_customer(const struct ledger *ledger, uint32_t slot);
void ledger_mark(struct ledger *ledger, uint32_t slot, uint32_t mark);

// Adds a value and a number of orders to a customer's day. A future day counts when it comes, one before the window
// not.
void ledger_change(struct ledger *ledger, uint32_t slot, int32_t day, int64_t value, int32_t orders);

// The same in a scheme (0 to 3) or, number LIMITS_SCHEMES, in RFM's own window; nothing happens when there is no such.
// `value` is of that scheme's measure.
void ledger_change_scheme(struct ledger *ledger, unsigned scheme, uint32_t slot, int32_t day, int64_t value,
                          int32_t orders);

// A purchase day that the customer did not have, or had and lost its last purchase, no later than today. `before` and
// `after` are the purchase days on either side, LEDGER_NO_DAY when there are none.
#define LEDGER_NO_DAY INT32_MIN
void ledger_day_came(struct ledger *ledger, uint32_t slot, int32_t before, int32_t day, int32_t after);
void ledger_day_went(struct ledger *ledger, uint32_t slot, int32_t before, int32_t day, int32_t after);

// The newest purchase up to today; LEDGER_NEVER and 0 when there is none left.
void ledger_last(struct ledger *ledger, uint32_t slot, int64_t last_ms, int64_t last_micros);

// Goes on to the next local day, whose first instant is `start_ms`. Gives the slots (one may come twice) for which that
// day brought something dated ahead; the caller then tells their purchase days. The list lives until the next call.
size_t ledger_next_day(struct ledger *ledger, int64_t start_ms, const uint32_t **ret_slots);

// Time goes on within the day.
void ledger_advance(struct ledger *ledger, int64_t as_of_ms);

// Brings everything up to date with the changes since the last time, all at once. Gives the slots whose verdict differs
// from what is announced; the list lives until the next call.
size_t ledger_settle(struct ledger *ledger, const uint32_t **ret_slots);

// Counts up with each customer that a settling brought up to date; never goes back, not with ledger_clear either.
uint64_t ledger_moves(const struct ledger *ledger);

// The limits of all customers, of whom this ledger has a part: from the next ledger_settle on they count instead of its
// own, until others come. They are copied. NULL: its own again.
void ledger_impose(struct ledger *ledger, const struct limits *limits);

// The limits since the last ledger_settle; they live until the next.
const struct limits *ledger_limits(const struct ledger *ledger);

// What should be announced now; after ledger_settle. A customer of which nothing was announced gets its class without
// margin.
struct ledger_verdict ledger_verdict(const struct ledger *ledger, uint32_t slot);
void ledger_announce(struct ledger *ledger, uint32_t slot, struct ledger_verdict verdict);

// True when they say the same in every dimension.
bool ledger_verdict_equal(struct ledger_verdict one, struct ledger_verdict other);

// True when the second verdict is that of a customer who came into the upper two tiers (the key customers) from below.
bool ledger_rising(struct ledger_verdict before, struct ledger_verdict now);

// The exact state; after ledger_settle. What lags in a verdict does not lag here.
enum ledger_class ledger_class(const struct ledger *ledger, uint32_t slot);
struct ledger_verdict ledger_exact(const struct ledger *ledger, uint32_t slot);
struct ledger_rfm ledger_rfm(const struct ledger *ledger, uint32_t slot);

// A customer's figures in a scheme, numbered as in ledger_change_scheme; all 0 when there is no such.
struct scheme_figures ledger_scheme_figures(const struct ledger *ledger, unsigned scheme, uint32_t slot);

// When the silence becomes overdue (the first instant is the one after it); RANK_NONE: it never does.
int64_t ledger_overdue_at(const struct ledger *ledger, uint32_t slot);

// Thousandths of a day between purchase days on average, 0 with fewer than two, at most UINT32_MAX.
uint32_t ledger_mean_gap_milli(const struct ledger_customer *customer);

// The population's quantile gap in days; 0: too few gaps to say.
uint32_t ledger_usual_gap(const struct ledger *ledger);

// The next instant at which somebody becomes overdue or drops out; RANK_NONE: never.
int64_t ledger_due(const struct ledger *ledger);

// The smallest value of class A, or of A and B; RANK_NONE when nobody is.
int64_t ledger_threshold(const struct ledger *ledger, enum ledger_class abc);

// How many customers with an order in the window are in the class or a better one, and their sum.
struct rank_mass ledger_upper(const struct ledger *ledger, enum ledger_class abc);

// How many score more than `score` (1 to 4) in R, F, M (0, 1, 2), and the value they exceed. For R by bounds that is an
// instant of which only the day counts. By bounds, only this ledger's customers are counted, one by one.
uint64_t ledger_better(const struct ledger *ledger, unsigned dimension, unsigned score, int64_t *ret_value);

// The orders of members, for lists: by net value (customers with an order in the window) and by last purchase.
struct rank *ledger_by_net(struct ledger *ledger);
struct rank *ledger_by_last(struct ledger *ledger);

// For the merge, after ledger_settle: the order of a list (enum limits_list) and the tally of a board, NULL when they
// are not kept; and the gaps.
struct rank *ledger_list(struct ledger *ledger, unsigned list);
const struct tally *ledger_tally(struct ledger *ledger, unsigned board);
const struct gaps *ledger_gaps(const struct ledger *ledger);

// Bytes of memory it holds.
size_t ledger_bytes(const struct ledger *ledger);

#endif
