// A tally: how many members have each small number, and the numbers that cut them into equal parts. Pure.
//
// It is to a rank what a list of counts is to a list of names: nobody asks who has how many orders, so no member is
// known here, and a change costs two additions.
#ifndef TEND_SCORING_TALLY_H
#define TEND_SCORING_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TALLY_CUTS_MAX = 8,
    TALLY_MOST = 1 << 22, // of a member: eleven thousand orders a day for a year; more count as so many
};

struct tally;

// An empty tally.
struct tally *tally_open(void);
void tally_close(struct tally **tally);
// Takes all members out; the cuts stay and stand nowhere.
void tally_clear(struct tally *tally);

// Adds a cut before the first member comes, and returns its number. It stands on the order statistic ceil(numerator * n
// / parts) - 1, counted from 0 upwards, of all n members.
unsigned tally_cut(struct tally *tally, uint32_t numerator, uint32_t parts);

// A member's number went from one to another; 0 is no member.
void tally_move(struct tally *tally, uint32_t from, uint32_t to);

// So many members come, each with the number (1 to TALLY_MOST).
void tally_add(struct tally *tally, uint32_t number, uint64_t members);

// Moves every cut to where it belongs.
void tally_settle(struct tally *tally);

// Where the cut stands since the last tally_settle; INT64_MAX without members. And how many members are above it.
int64_t tally_cut_value(const struct tally *tally, unsigned cut);
uint64_t tally_cut_above(const struct tally *tally, unsigned cut);

// The first number from `from` up (1 or more) that members have, and how many; false when there is none. And how many
// members there are.
bool tally_next(const struct tally *tally, uint32_t from, uint32_t *ret_number, uint64_t *ret_count);
uint64_t tally_members(const struct tally *tally);

// Bytes of memory it holds.
size_t tally_bytes(const struct tally *tally);

#endif
