// The meeting: several scoring processes, each with some of the customers, agree on what depends on all of them: the
// limits (limits.h) and the book (book.h). One process has nobody to meet; then nothing here does anything.
//
// Process 0 merges and publishes, the others follow. Whoever's figures moved says so; process 0 then asks everybody for
// its lists, at most five times a second, merges them (merge.h) and tells everybody the limits, which are kept in the
// store. What cannot be merged now, because a process is away, stands at another day or goes by other rules, is asked
// for again later; until then everybody goes on with the limits there are. Without any, or with those of other rules,
// nothing is announced: it is held until they come.
//
// A daily round (daily.h) is led by process 0: it has everybody count for the fit, predict with its model, collects the
// futures and makes the book, by which everybody then judges. A process that waits for the book in vain goes on with
// the old one; one that was away is told what it missed when it says that it is there.
//
// The shard of an event is that of its customer_id. An event that names a second customer (customer_merged,
// referral_made, a parent) goes to the process of the first only, and what it says of the second is known to the
// second's process only when they share it. Product hints are learned from the baskets of one process. The fit of a
// book beyond FITTING_CUSTOMERS_MAX customers is that of a sample, which depends on how customers are shared out.
#ifndef TEND_SCORING_MEET_H
#define TEND_SCORING_MEET_H

#include "services/scoring/core.h"
#include "services/scoring/meet_wire.h"

enum { MEET_CURVE_POINTS = 100 };

// How something that the others have a part in ended.
enum meet_outcome { MEET_WAITING, MEET_DONE, MEET_FAILED };

// Gives it the other processes; they outlive it.
void meet_begin(struct scoring *scoring, struct peers *peers);
void meet_close(struct meet **meet);

// Forgets what was under way and reads the limits in force; before the ledger is built anew. And again whenever the
// common rules changed.
void meet_reload(struct scoring *scoring, struct turn *turn);
void meet_new_rules(struct scoring *scoring);

// True in the first of several processes; in another one of several.
bool meet_leads(const struct scoring *scoring);
bool meet_follows(const struct scoring *scoring);

// The limits of all in force; NULL: there are none, or there is one process.
const struct meet_limits *meet_limits(const struct scoring *scoring);

// The number of this process and how many there are: 0 and 1 when it is alone.
unsigned meet_index(const struct scoring *scoring);
unsigned meet_processes(const struct scoring *scoring);

// The curve of Pareto of all, as of the last merge (merge_curve); only process 0 has one.
size_t meet_curve(const struct scoring *scoring, const struct rank_mass **ret_points);

// True while nothing may be announced. What would have been is held, with whether its events were live and about an
// order.
bool meet_waits(const struct scoring *scoring);
void meet_hold(struct scoring *scoring, uint32_t slot, bool live, bool ordered);

// Figures moved that were not historical.
void meet_moved_live(struct scoring *scoring);

// Takes answers, and does what is due. Returns when it wants to be called again; a time not after the turn's: at once.
int64_t meet_tick(struct scoring *scoring, struct turn *turn);

// What the others ask and tell under /v1/shard/. False: it is none of these.
bool meet_serve(struct scoring *scoring, struct turn *turn, const struct request *request, struct reply *ret_reply);

// --- for the daily round

// Customers, purchase days and gaps of all processes, as of the last merge; this one's when it is alone or follows.
uint64_t meet_customers(const struct scoring *scoring);
uint64_t meet_purchase_days(const struct scoring *scoring);
const struct gaps *meet_gaps(const struct scoring *scoring);

// Whether a round may begin: process 0 waits until all stand at its day, or for some minutes.
bool meet_may_start(struct scoring *scoring, const struct turn *turn);

// Process 0 has its own customers counted: collects the others' into the fitting.
enum meet_outcome meet_count(struct scoring *scoring, const struct turn *turn);

// Process 0 has everybody predict with the models of its book, for the edition after this one.
void meet_order(struct scoring *scoring, struct turn *turn);

// The customers of this process are predicted: for its process 0.
void meet_predicted(struct scoring *scoring);

// Process 0 collects the futures of all. MEET_DONE: where their cut stands, what is counted, and their gaps.
struct meet_findings {
    int64_t future_cut_micros;
    struct meet_census census;
    const struct gaps *gaps;
};
enum meet_outcome meet_futures(struct scoring *scoring, const struct turn *turn, struct meet_findings *ret_findings);

// Process 0 has a new edition of the book: everybody is to judge by it.
void meet_book(struct scoring *scoring);

// Whether a follower has waited long enough for the next edition.
bool meet_waited(const struct scoring *scoring, const struct turn *turn);

#endif
