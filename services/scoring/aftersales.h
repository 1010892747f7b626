// After-sales status (`care.status`): whether a customer is loyal, ordinary, complaining or lost, which says what to do
// next: thank, keep, make good, win back. Pure. The first that holds:
//
//     complaining  a complaint is open, and the customer is not lost or opened it within the recovery days
//     lost         it has dropped out; or its need is gone; or it was last in the alarm zone and has been silent since
//     complaining  its newest resolution of a complaint lies within the recovery days, and its newest answer to a
//                  survey is older than that, or says that it is not content: only the newest answer counts
//     loyal        it bought often enough, is not overdue, and is delighted, or loyal by figure and not discontented
//     ordinary     it bought, or something of it was heard: a contact that reached it, a survey, a complaint, praise or
//                  a referral
//
// The four are the source document's; what they mean in figures is ours. Who complains is not lost yet.
#ifndef TEND_SCORING_AFTERSALES_H
#define TEND_SCORING_AFTERSALES_H

#include "services/scoring/care.h"
#include "services/scoring/reason.h"

enum aftersales_value {
    AFTERSALES_UNKNOWN,
    AFTERSALES_LOYAL,
    AFTERSALES_ORDINARY,
    AFTERSALES_COMPLAINING,
    AFTERSALES_LOST,
    AFTERSALES_VALUES
};

extern const char *const aftersales_names[];

struct aftersales_options {
    int64_t recovery_days; // how long a complaint is felt
    int64_t content;       // the least mark that says a complaint was settled well
    int64_t silent_days;   // after which an alarmed customer is lost
    int64_t loyal_buys;    // purchase days
    int64_t loyal_ppm;     // of loyalty
    int64_t margin_ppm;    // below loyal_ppm, before loyal is taken back in what is announced
    int64_t broken_count;  // broken promises that put a customer at risk, 1 to CARE_BROKEN
    int64_t broken_days;   // and within how many days
};

struct aftersales_facts {
    const struct care_facts *care;
    int64_t today_ms;     // the instant at which the local day began
    int64_t buys;         // purchase days, ever
    int64_t silent_days;  // since its last purchase or real contact; -1: there was none
    int64_t loyalty_ppm;  // of struct loyalty; -1: unknown
    uint8_t satisfaction; // enum satisfaction_value
    bool overdue, dropped, need_lost;
};

enum aftersales_cause {
    AFTERSALES_NOTHING,
    AFTERSALES_OPEN,     // complaint
    AFTERSALES_RESOLVED, // complaint, lately
    AFTERSALES_DROPPED,
    AFTERSALES_NEED,
    AFTERSALES_ALARMED,
    AFTERSALES_DELIGHTED,
    AFTERSALES_FIGURE, // of loyalty
    AFTERSALES_CAUSES
};

struct aftersales {
    uint8_t value;        // enum aftersales_value
    uint8_t cause;        // enum aftersales_cause
    bool at_risk;         // too many promises were broken to it
    bool nearly_loyal;    // loyal, were the figure higher by the margin
    uint32_t open;        // complaints
    int64_t recovered_ms; // when a resolved complaint is over; INT64_MIN when that is not the cause
};

// The first of the rules above that holds.
void aftersales_judge(const struct aftersales_options *options, const struct aftersales_facts *facts,
                      struct aftersales *ret_aftersales);

// What to announce, given what was announced before: a loyal customer stays so while it nearly is.
uint8_t aftersales_announce(const struct aftersales_options *options, const struct aftersales *aftersales,
                            uint8_t before);

// The rule and the figures of a result of the same options and facts.
void aftersales_explain(const struct aftersales_options *options, const struct aftersales_facts *facts,
                        const struct aftersales *aftersales, struct reason *ret_reason);

#endif
