// What a meeting is made of. For meet.c, which keeps what is agreed, meet_gather.c, which asks and merges,
// meet_round.c, which leads the daily round, and meet_serve.c, which answers the others.
#ifndef TEND_SCORING_MEET_STATE_H
#define TEND_SCORING_MEET_STATE_H

#include "common/lane.h"
#include "services/scoring/meet.h"

enum {
    MEET_PAUSE_MS = 200,       // between two merges, and between two words that something moved
    MEET_RETRY_MS = 5000,      // before a process that did not answer is asked again
    MEET_SOON_MS = 1000,       // before one that was not ready yet is
    MEET_PATIENCE_MS = 120000, // a round waits so long for the others; they may have a million customers to predict
    MEET_TRIES = 4,            // while cuts move to other buckets faster than they are asked for
    MEET_LIMITS_BYTES = 16384, // five or six hundred numbers, mostly short
};

// A part of a list: what one process answered.
struct meet_part {
    uint64_t question; // 0: not asked
    bool here;
    uint8_t *bytes;
    struct parcel parcel;
    struct meet_heading heading;
    struct meet_census census; // of the futures
};

// Another process, as process 0 sees it.
struct meet_side {
    bool limits_due, book_due, order_due; // to be told
    uint64_t limits_question, book_question, order_question;
    int64_t retry_ms; // tells it nothing before this
    uint64_t live;    // as of the last merge
    uint64_t count_question;
    uint32_t count_from; // the next slot to be counted
    bool counted, count_failed;
};

enum meet_job { MEET_NO_JOB, MEET_LIMITS_JOB, MEET_FUTURES_JOB };

struct meet {
    struct peers *peers;
    unsigned index, count;
    uint8_t rules[MEET_RULES_BYTES]; // that this process goes by
    bool known;
    struct meet_limits limits;
    uint8_t packed[MEET_LIMITS_BYTES];
    size_t packed_length;

    uint64_t moves; // of the ledger, as last seen,
    int32_t day;    // and its day
    uint64_t live;
    uint32_t predicted;  // the edition for which all futures are told
    uint32_t target;     // the edition that is being made
    int64_t patience_ms; // until when a round waits; 0: it does not
    struct column held;  // a byte for each slot: enum meet_held
    uint32_t held_end, held_next;

    // A follower's word to process 0.
    uint64_t news, told, telling;
    uint64_t telling_question;
    int64_t tell_ms;

    // Process 0.
    struct meet_side sides[LANES_MAX];
    bool wanted; // a merge
    bool poked;  // somebody said something moved since the futures were asked for
    int64_t merge_ms;
    int32_t merged_day; // at which all stood at the last merge
    uint64_t customers, purchase_days;
    struct gaps gaps; // of that merge
    struct rank_mass curve[MEET_CURVE_POINTS];
    size_t curve_count;
    uint64_t own_live;
    enum meet_job job;
    bool failed;
    unsigned tries;
    struct merge *merge;
    struct meet_part parts[LANES_MAX][MERGE_LISTS];
    struct merge_want wants[MERGE_WANTS_MAX];
    size_t want_count;
    int64_t futures_ms;                // when they are asked for again; 0: at once
    bool book_historical, book_retold; // how the last edition is to be judged by
};

enum meet_held { MEET_HELD = 1, MEET_HELD_LIVE = 2, MEET_HELD_ORDERED = 4 };

// The hash of the rules this process goes by; and what goes before its lists.
void meet_own_rules(const struct scoring *scoring, uint8_t *ret_rules);
struct meet_heading meet_own_heading(const struct scoring *scoring);

// A list of this process; the rank is NULL when it is not kept.
struct meet_list meet_own_list(struct scoring *scoring, unsigned number);
struct meet_census meet_own_census(const struct scoring *scoring);

// Takes limits into force: keeps them, and says what follows from them.
void meet_take_limits(struct scoring *scoring, struct turn *turn, const struct meet_limits *limits);

// Begins to ask for the lists of a job; goes on with it; takes an answer, false: it is none of these; forgets it.
void meet_gather_start(struct scoring *scoring, enum meet_job job);
void meet_gather_ask(struct scoring *scoring);
bool meet_gather_take(struct scoring *scoring, const struct peers_answer *answer);
void meet_gather_stop(struct meet *meet);

// What has come of it; MEET_DONE once, with the limits, of which a futures job leaves only the gaps and the cut in the
// merge.
enum meet_outcome meet_gather_end(struct scoring *scoring, struct limits *ret_limits);

// Takes an answer to what process 0 asked or told in a round; false: it is none of these.
bool meet_round_take(struct scoring *scoring, const struct turn *turn, const struct peers_answer *answer);

// Tells the others what they do not know yet. Returns when there is something to be told again.
int64_t meet_tell(struct scoring *scoring, struct turn *turn);

#endif
