// What the parts of scoring share: the ledger and the rules in memory, and what a turn has touched so far.
#ifndef TEND_SCORING_CORE_H
#define TEND_SCORING_CORE_H

#include "services/scoring/archive.h"
#include "services/scoring/assess.h"
#include "services/scoring/column.h"
#include "services/scoring/fitting.h"
#include "services/scoring/goods.h"
#include "services/scoring/ledger.h"
#include "services/scoring/movement.h"
#include "services/scoring/offers.h"
#include "services/scoring/order.h"
#include "services/scoring/renaming.h"
#include "services/scoring/scoring.h"
#include "services/scoring/standing.h"
#include "services/scoring/sums.h"
#include "services/scoring/terms.h"
#include "services/scoring/trail.h"
#include "services/scoring/wire.h"

struct meet;
struct zone;

enum {
    CORE_EVENTS_MAX = 8,   // event ids that an explanation names; the newest of the turn
    CORE_EFFORT_DAYS = 28, // four weeks of contacts say how a rep's time is spent
};

// A customer that events of this turn were about. Texts live until the turn ends.
struct touch {
    uint32_t slot;
    const char *customer_id; // NULL: the events named another one, who is part of this one
    const char *events[CORE_EVENTS_MAX];
    size_t event_count;
    bool live;    // one of them was not historical
    bool ordered; // one of them was about an order
};

// Orders that count otherwise than their sender may think.
struct oddities {
    uint64_t no_rate;
    uint64_t no_cost;
    uint64_t excess;
};

// The steps of a round through all customers (daily.h).
enum core_step {
    CORE_REST,    // no round is under way
    CORE_STOCK,   // after a start: the goods of all orders are taken up
    CORE_COUNT,   // customers are counted for the fit
    CORE_CENSUS,  // and those of other processes
    CORE_FIT,     // the fit is under way
    CORE_PREDICT, // each customer's future anew
    CORE_MEET,    // the other processes are waited for
    CORE_JUDGE,   // each customer judged anew, by the new book
    CORE_HINT,    // what to offer to each; nobody waits for it
};

struct core_round {
    enum core_step step;
    uint32_t slot;         // the next one of the step
    bool historical;       // what moves now is no news
    bool retold;           // because the rules changed: each value is said anew
    bool fitted;           // the models are new
    bool ordered;          // process 0 has this process predict
    bool again;            // another round is wanted after this one,
    bool again_historical; // and that is of the kind,
    bool again_retold;
    int64_t grown_ms;       // since when so much is new that one is wanted soon; 0: it is not
    uint64_t purchase_days; // of all customers when this round, or the last one, began
    uint64_t seen_days;     // the same, as last seen to change,
    int64_t seen_ms;        // and when
    struct dwyer_counts silent;
};

// How far the day's hints have come (hints.h).
struct core_hints {
    struct offers *offers;
    int32_t day;         // on which they were begun
    uint32_t next, left; // the next slot, and how many customers are still to be looked at
};

enum core_figure {
    FIGURE_ORDER_EVENTS,
    FIGURE_NOTES,
    FIGURE_REFUNDS_FULL,
    FIGURE_CHANGES,
    FIGURE_CUSTOMERS,
    FIGURE_ODD_ORDERS,
    FIGURE_FITS,
    FIGURE_MERGES,
    FIGURES
};
enum core_merge { MERGE_PUBLISHED, MERGE_UNCHANGED, MERGE_PUT_OFF, MERGE_OUTCOMES };
enum core_outcome { OUTCOME_CHANGED, OUTCOME_REPEATED, OUTCOME_BAD, OUTCOMES };

struct scoring {
    struct scoring_options options;
    uint8_t rules[HASH_BYTES];  // of all options
    uint8_t common[HASH_BYTES]; // of the common rules
    uint32_t rules_version;
    int measures[LIMITS_SCHEMES + 1]; // options_measure of each scheme, asked once
    struct meet *meet;                // NULL: this is the only process
    struct ledger *ledger;
    struct trail *trail;
    struct kinship *kinship;
    struct archive *archive;
    struct claims *claims, *claims_then; // of one event, as they are and as they will be
    struct terms terms;
    struct zone *zone;        // in `terms`
    struct terms_rate *rates; // in `terms`
    struct oddities odd;
    struct dimension_names names;
    const char *class_names[POLICY_ROWS_MAX];
    const char *scheme_names[LIMITS_SCHEMES];
    struct renaming renaming; // of what was announced under other names
    bool names_kept;          // the names in force are on disk

    struct column standings; // struct standing
    uint32_t erased;         // customers of whom only the slot is left
    struct column lives;     // struct life
    struct column stories;   // struct story *, NULL: no note is known
    struct column hinted;    // uint64_t: a hash of the articles that the scheduler was told; 0: none since the start
    struct column lately;    // struct lately *
    struct sums *minutes;    // of contacts, CORE_EFFORT_DAYS
    struct sums *returned;   // totals of cancelled orders, in the window
    struct sums *cancelled;  // and their number
    struct foresights foresights;
    struct rank *futures; // by what the next 12 months are expected to bring
    unsigned future_cut;
    struct satisfaction_pool pool;
    struct movement movement;
    struct book book;
    struct fitting *fitting;
    struct goods *goods; // of the orders that count, as far as goods_next
    uint32_t goods_next; // the next order to be taken up after a start; ARCHIVE_NO_ORDER: all are
    struct core_round round;
    struct core_hints hints;

    struct touch *touches;
    uint32_t touch_count, touch_room;
    struct note *notes; // of one customer, to fold its story anew
    size_t note_room;
    const char *last_event; // of the turn's order events; NULL: there was none
    bool live;              // one of them was not historical

    struct metric *figures[FIGURES];
    bool figured; // they are declared
};

// The customer's story; an empty one when no note is known. It lives until a note is added.
const struct story *core_story(const struct scoring *scoring, uint32_t slot);

// Whether the customer of the slot was erased.
static inline bool core_erased(const struct scoring *scoring, uint32_t slot)
{
    const struct standing *standing = column_get(&scoring->standings, slot);
    return standing != NULL && standing->told == STANDING_ERASED;
}

// Whether nobody stands behind the slot: the customer was erased, or is part of another one.
static inline bool core_absent(const struct scoring *scoring, uint32_t slot)
{
    return core_erased(scoring, slot) || kinship_main(scoring->kinship, slot) != slot;
}

// How many customers there are.
static inline uint32_t core_customers(const struct scoring *scoring)
{
    return ledger_count(scoring->ledger) - scoring->erased - kinship_parts(scoring->kinship);
}

static inline void core_count(struct scoring *scoring, enum core_figure figure, size_t cell)
{
    if (scoring->figured)
        metric_add(scoring->figures[figure], cell, 1);
}

#endif
