// A board: the customers with an order in a window by their value, the tally of their orders, and the cuts that the
// limits ask for. For ledger.c and scheme.c; what the customers' figures are is theirs to know. Pure.
#ifndef TEND_SCORING_BOARD_H
#define TEND_SCORING_BOARD_H

#include "services/scoring/limits.h"
#include "services/scoring/tally.h"

// A cut of the limits and its number in the rank.
struct board_cut {
    uint8_t cut, number;
};

struct board {
    struct rank *net;
    struct tally *frequency; // NULL when nothing is scored by parts
    struct board_cut asked[LIMITS_CUTS];
    unsigned asked_count;
};

// An empty board in `board`, which the caller keeps.
void board_open(struct board *board, const struct limits_rules *rules);
void board_close(struct board *board);

// Takes all customers out.
void board_clear(struct board *board);

// A value as boards hold it: below RANK_NONE. Nine million million units of money are the same to everybody.
int64_t board_value(int128 net);

// Puts a customer where its figures belong; no orders, no place. `tallied`: its orders when this was last called, 0 at
// first; it is brought up to date.
void board_put(struct board *board, uint32_t slot, uint32_t orders, int128 net, uint32_t *tallied);

// Moves the cuts to where they belong and tells the limits; those that are not asked for are left as they are.
void board_settle(struct board *board, struct limits_board *ret_limits);

// Bytes of memory it holds.
size_t board_bytes(const struct board *board);

#endif
