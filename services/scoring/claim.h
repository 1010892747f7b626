// Claims: what each source says, under each customer, of an order's number; and which of them are about one order.
// Pure.
//
// A shop may give an order to another customer: a guest who makes an account, two records that it merges. And one order
// may be told by several sources: an imported history and the shop itself, the ERP that cancels what the shop placed.
//   - Claims of one source about one number are one order, whoever's they are.
//   - Claims of several sources are one order when a customer is in both (or two who are one), unless both sources
//     placed it more than CLAIM_APART_MS apart: these are two shops that number alike. A source that placed nothing
//     speaks of the order that was placed last before its newest word, else of the first.
//   - A number that CLAIMS_MAX claims have is no order's own: its source numbers the orders of each customer anew. Then
//     claims of one customer alone are put together.
// An order belongs to the customer that its newest version names (placed or amended: time, then event), and its facts
// are those of all its claims. Who is refunded, or pays, may be another one: an invoice goes to the parent company.
// Such words say whose it is only as long as no version is known. So whose it is, and what it adds, follow from the
// claims alone, in whatever order they came; and when a customer's claims are erased, from those that are left.
//
// All this is of the claims that one process has. Of several processes each hears of its own customers alone, so an
// order that goes to a customer of another process counts in both: there under the new customer, here under the old one
// as before, until the sender cancels it under that one, too. With one process, the default, it cannot happen.
#ifndef TEND_SCORING_CLAIM_H
#define TEND_SCORING_CLAIM_H

#include "services/scoring/order.h"

enum {
    CLAIMS_MAX = 16,   // of one number: shops that number alike, times the few hands an order goes through
    CLAIMS_OF_ONE = 8, // of one customer: sources that tell of one order; what comes from more counts as of the last
};

// A week: an ERP may enter an order some days after the shop took it, and an import know but the day.
#define CLAIM_APART_MS (INT64_C(7) * 86400000)

struct claim {
    uint32_t number, slot; // its own number; the customer
    uint32_t party;        // the main one of the customers who are one with it
    uint32_t before;       // the number of the customer's claim before it
    bool shared;           // others may be about the same order
    uint64_t source;       // a hash; 0: not known
    int64_t said_ms;       // the newest word
    uint64_t said_tie;
    struct order order; // by these words alone
};

struct claims {
    size_t count;
    bool crowd; // the number has CLAIMS_MAX or more; these are one customer's
    struct claim items[CLAIMS_MAX];
    uint8_t of[CLAIMS_MAX]; // by claims_sort: the index of the first claim about the same order
};

// A claim that says nothing yet, of a customer who stands alone.
void claim_start(struct claim *claim, uint32_t slot, uint64_t source);

// Notes that a word was said. False: a newer one is known.
bool claim_word(struct claim *claim, int64_t time_ms, uint64_t tie);

// Finds out which claims are about one order.
void claims_sort(struct claims *claims);

// An order as all its claims tell it.
struct whole {
    uint32_t slot;   // whose it is
    uint32_t party;  // for whom it counts
    uint32_t number; // by which it is known: of the claim that says so
    struct order order;
};

// The order of claim `first`, of which `of` is itself.
void claims_whole(const struct claims *claims, size_t first, struct whole *ret_whole);

#endif
