// Care: what a customer said of us and what we did to it, as far as events tell: surveys, complaints, praise,
// referrals, ratings, promises that were broken. The facts that satisfaction, aftersales, advocacy and loyalty are
// judged by. Pure.
//
// Events are heard sorted by (time, key), so that the facts do not depend on when they arrived; each costs a step,
// whatever came before. What counts less as it grows old halves every CARE_HALF_LIFE_MS, in whole numbers, so that
// every machine gets the same. The half-life is no option: facts then do not depend on the configuration.
#ifndef TEND_SCORING_CARE_H
#define TEND_SCORING_CARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CARE_COMPLAINTS = 4,  // known by their ids; who has more open at once is beside himself as it is
    CARE_REFERRALS = 4,   // the newest customers brought, by their hashes
    CARE_BROKEN = 3,      // the newest broken promises: the third is the last straw
    CARE_PARTS = 8,       // of the delivered value (delivered.h)
    CARE_HASH_BYTES = 16, // of a customer id
    CARE_SCORE_MAX = 5,   // scores go from 1
};

#define CARE_DAY_MS INT64_C(86400000)
#define CARE_HALF_LIFE_MS (180 * CARE_DAY_MS) // scoring.md 1.9: w = 2^(-age / 180 days)
#define CARE_ONE (UINT64_C(1) << 32)          // the weight of something new

// What happened. Times are milliseconds since 1970.
struct care_survey {
    int64_t time_ms;
    uint8_t score;             // 1 to 5
    uint8_t expected;          // 1 to 5; 0: not asked
    uint8_t parts[CARE_PARTS]; // 1 to 5, in the order of note_part_names (note.h); 0: not asked
};

enum care_step { CARE_OPENED, CARE_ACKNOWLEDGED, CARE_RESOLVED };

struct care_complaint {
    int64_t time_ms;
    enum care_step step;
    uint64_t id; // a hash of the complaint's id
};

struct care_praise {
    int64_t time_ms;
};

struct care_referral {
    int64_t time_ms;
    uint8_t other[CARE_HASH_BYTES]; // a hash of the id of the customer that was brought
};

struct care_cooperation {
    int64_t time_ms;
    uint8_t score;   // 1 to 5
    uint8_t loyalty; // 1 to 5; 0: not rated
};

struct care_promise_broken {
    int64_t time_ms;
};

enum care_state { CARE_FREE, CARE_OPEN, CARE_HANDLED, CARE_CLOSED };

// What is known. All bytes zero: nothing. A time counts only when its counter is not 0. Sums are in units of CARE_ONE.
struct care_facts {
    // Surveys: the newest, and all of them, faded to the newest's time.
    int64_t survey_ms;
    uint64_t survey_mass; // the sum of the weights
    uint64_t survey_sum;  // the sum of the weighted scores
    uint32_t surveys;
    uint8_t score, score_before, expected; // of the newest, of the one before (0: none), of the newest
    uint8_t parts[CARE_PARTS];             // of the newest survey that asked for any
    int64_t parts_ms;                      // when that was; 0: never

    // Complaints: the newest by id, those resolved faded to trouble_ms.
    uint64_t complaint_id[CARE_COMPLAINTS];
    int64_t complaint_ms[CARE_COMPLAINTS]; // when it came to its state, but for CARE_HANDLED: when it was opened
    uint8_t complaint_state[CARE_COMPLAINTS];
    uint32_t complaints, resolved; // ever
    uint32_t forgotten;            // open ones that more than CARE_COMPLAINTS newer ones pushed out
    int64_t opened_ms, resolved_ms;
    uint64_t trouble_mass;
    int64_t trouble_ms;

    uint32_t praises, referrals, cooperations, broken;
    int64_t praise_ms, referral_ms;
    uint8_t referred[CARE_REFERRALS][CARE_HASH_BYTES]; // different ones, the newest first; zeros: free
    int64_t cooperation_ms, loyalty_ms;
    uint8_t cooperation, loyalty;   // the newest of each; 0: never rated
    int64_t broken_ms[CARE_BROKEN]; // the newest first
    uint64_t broken_mass;           // all of them, faded to broken_ms[0]
};

// Nothing is known.
void care_start(struct care_facts *facts);

// Takes in what happened, in order of (time, key). A score outside 1 to 5 is passed over; an expectation, a part or a
// loyalty outside counts as not asked. A complaint may be acknowledged or resolved though its opening was never heard,
// is open once however often it is opened, and opens anew after it was resolved (at a later instant). A customer who is
// brought again counts once while he is among the newest.
void care_hear_survey(struct care_facts *facts, const struct care_survey *survey);
void care_hear_complaint(struct care_facts *facts, const struct care_complaint *complaint);
void care_hear_praise(struct care_facts *facts, const struct care_praise *praise);
void care_hear_referral(struct care_facts *facts, const struct care_referral *referral);
void care_hear_cooperation(struct care_facts *facts, const struct care_cooperation *cooperation);
void care_hear_promise_broken(struct care_facts *facts, const struct care_promise_broken *broken);

// How many complaints are open.
uint32_t care_open(const struct care_facts *facts);

// When the oldest of the open complaints that are known by id was opened. False when none is open.
bool care_open_since(const struct care_facts *facts, int64_t *ret_ms);

// The same of the newest of them.
bool care_open_newest(const struct care_facts *facts, int64_t *ret_ms);

// A weight after `age_ms` more: weight * 2^(-age / CARE_HALF_LIFE_MS), rounded down. An age below 0 is 0.
uint64_t care_fade(uint64_t weight, int64_t age_ms);

// True when `time_ms` is less than `days` before `today_ms`, or later; `days` up to a million.
bool care_within(int64_t time_ms, int64_t today_ms, int64_t days);

// The instant `days` later (up to a million), held within int64.
int64_t care_later(int64_t time_ms, int64_t days);

// A score of micros as people write it, "4.25", rounded half up, in the buffer of CARE_TEXT_BYTES, which is returned.
enum { CARE_TEXT_BYTES = 24 };
const char *care_points(int64_t micros, char *buffer);

#endif
