// A scheme: customers by another measure or window than the ledger's own: more classes of the same kind (D3: by
// quantity, by margin, by this quarter), or RFM by figures of its own. It has its own window and net value for each
// customer, whose slots are the ledger's. Pure; for the ledger, which says when (ledger.h).
#ifndef TEND_SCORING_SCHEME_H
#define TEND_SCORING_SCHEME_H

#include "services/scoring/board.h"

struct scheme_rule {
    uint32_t window_days; // 1 or more; 0: no such scheme
    uint8_t measure;      // enum terms_measure, for whoever fills it
    struct limits_rules rules;
};

// A customer's figures in the window.
struct scheme_figures {
    int128 net;
    uint32_t orders;
    uint32_t tallied; // the scheme's
};

struct scheme;

// Called for each customer whose figures change because a day came.
typedef void scheme_visit(void *context, uint32_t slot);

// An empty scheme; its window ends with day 0 until scheme_clear gives it another.
struct scheme *scheme_open(const struct scheme_rule *rule);
void scheme_close(struct scheme **scheme);
void scheme_clear(struct scheme *scheme, int32_t day);

// Adds a value and a number of orders to a customer's day, as ledger_change. True when they count now.
bool scheme_change(struct scheme *scheme, uint32_t slot, int32_t day, int64_t value, int32_t orders);

// Goes on to the next day.
void scheme_next_day(struct scheme *scheme, scheme_visit *visit, void *context);

// The figures; all 0 for a customer that had none.
struct scheme_figures scheme_figures(const struct scheme *scheme, uint32_t slot);

// Says that the customer's figures will be needed soon, so that the processor can fetch them. Changes nothing.
void scheme_expect(const struct scheme *scheme, uint32_t slot);

// Puts a customer where its figures belong, after they changed. The board settles.
void scheme_put(struct scheme *scheme, uint32_t slot);
struct board *scheme_board(struct scheme *scheme);

// Bytes of memory it holds.
size_t scheme_bytes(const struct scheme *scheme);

#endif
