// Classes by rules of the firm's own (`value.policy`), and what customers of a class are due. Pure.
//
// The rules are a list of classes with conditions; a customer belongs to the first class all of whose conditions hold.
// A condition about something that is not known does not hold. "A: agents and franchisees in the top 20 % of sales. B:
// sales grew by 10 % in each of two years, with high cooperation and loyalty. C: the rest" is
//     policy:
//       classes:
//         - {class: A, types: [agent, franchisee], top: 20%}
//         - {class: B, growth: 10%, growth_years: 2, cooperation: 4, loyalty: 4}
//         - {class: C}
// A class may stand in the list more than once: one of its rows suffices. There is one such scheme.
#ifndef TEND_SCORING_POLICY_H
#define TEND_SCORING_POLICY_H

#include "services/scoring/reason.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    POLICY_ROWS_MAX = 16,                  // more rules than this nobody can foresee
    POLICY_TOPS_MAX = 3 * POLICY_ROWS_MAX, // each rule's top has a slack on either side
    POLICY_YEARS_MAX = 2,                  // of growth
    POLICY_CLASS_BYTES = 32,               // of a name
    POLICY_UNKNOWN = 0,                    // no class
};

// A condition that is not set.
#define POLICY_UNSET INT64_MIN

// One row. Conditions are POLICY_UNSET, or 0 for a set, when they are not asked for.
struct policy_row {
    const char *name;     // of the class
    uint32_t types;       // bit n for customer type n
    uint32_t abc;         // bit n for class n of value.abc, 1 for A
    uint32_t tier;        // bit n for value n of value.tier
    uint32_t clv;         // bit n for value n of value.clv
    int64_t top_ppm;      // among the highest of those with an order in the window
    int64_t growth_ppm;   // of yearly sales, at least, in each of the last growth_years
    int64_t growth_years; // 1 or 2
    int64_t cooperation;  // 1 to 5, at least
    int64_t loyalty;      // the same
    int64_t satisfaction; // the same
    int64_t tenure_days;  // since the first purchase, at least
    int64_t orders;       // in the window, at least
    int64_t margin_ppm;   // of sales in the window, at least
};

struct policy_options {
    const struct policy_row *rows;
    size_t row_count;  // at most POLICY_ROWS_MAX
    int64_t slack_ppm; // by how much a top, growth or margin must be passed until a change is announced
};

struct policy_facts {
    int type;                             // customer type, 0 not known
    int abc;                              // 1 A, 2 B, 3 C, 0 not known
    int tier;                             // value of value.tier
    int clv;                              // value of value.clv
    bool ranked;                          // has an order in the window and is worth more than 0
    int64_t above_ppm;                    // share of the customers with an order in the window that are worth more
    bool growth_known[POLICY_YEARS_MAX];  // the last year, the year before
    int64_t growth_ppm[POLICY_YEARS_MAX]; // each against the year before it
    int64_t cooperation, loyalty, satisfaction; // 1 to 5, 0 not known
    int64_t tenure_days;
    int64_t orders;
    int64_t margin_ppm; // POLICY_UNSET: not known
};

struct policy {
    uint8_t value; // POLICY_UNKNOWN, or 1 and up in the order in which the classes' names stand in the list
    uint8_t row;   // that held; row_count when none did
};

// The names of the classes in the order of their values from 1 on. Returns how many there are.
size_t policy_classes(const struct policy_options *options, const char *ret_names[POLICY_ROWS_MAX]);

// The shares of the customers, in ppm and rising, at which a rule's `top` decides or its change is announced; of those
// from 0 to 1,000,000 without the ends, where no customer stands. Returns how many, at most POLICY_TOPS_MAX.
size_t policy_tops(const struct policy_options *options, uint32_t ret_ppm[POLICY_TOPS_MAX]);

// What is wrong between the keys of a row: what it must be, the row and its key; NULL when all is well.
const char *policy_trouble(const struct policy_options *options, size_t *ret_row, const char **ret_key);

// The class.
void policy_judge(const struct policy_options *options, const struct policy_facts *facts, struct policy *ret_policy);

// What to announce, given what was: a change is told when it also holds with every top, growth and margin that is asked
// for moved by the slack in favour of what was announced.
uint8_t policy_announce(const struct policy_options *options, const struct policy_facts *facts,
                        const struct policy *policy, uint8_t previous);

// Why: the conditions that hold, the figures they were decided by, and what is missing for the next better class.
void policy_explain(const struct policy_options *options, const struct policy_facts *facts, const struct policy *policy,
                    struct reason *ret_reason);

// What customers of a class of value.abc are due.
struct policy_due {
    int64_t discount_ppm; // they may have
    int64_t credit_days;
    int64_t shortest_days, longest_days; // of silence towards them
    const char *service;                 // in words
};

struct policies {
    struct policy_due a, b, c;
};

// What the class is due: 1 A, 2 B, 3 C; NULL for any other. It lives as long as `policies`.
const struct policy_due *policies_due(const struct policies *policies, int abc);

// What is wrong between the keys: what it must be, and the key ("b.shortest_silence_days"); NULL when all is well.
const char *policies_trouble(const struct policies *policies, const char **ret_key);

#endif
