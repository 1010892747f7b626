#include "services/scoring/tally.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 64 };

struct division {
    uint32_t numerator, parts;
    uint32_t at;    // 0: nowhere
    uint64_t above; // members with more than `at`
};

struct tally {
    uint64_t *counts; // of the members that have each number
    uint32_t room;
    uint64_t members;
    struct division cuts[TALLY_CUTS_MAX];
    unsigned cut_count;
};

struct tally *tally_open(void)
{
    struct tally *tally = calloc(1, sizeof *tally);
    must(tally != NULL);
    tally->counts = calloc(ROOM_FIRST, sizeof *tally->counts);
    must(tally->counts != NULL);
    tally->room = ROOM_FIRST;
    return tally;
}

void tally_close(struct tally **tally)
{
    if (*tally == NULL)
        return;
    free((*tally)->counts);
    free(*tally);
    *tally = NULL;
}

void tally_clear(struct tally *tally)
{
    memset(tally->counts, 0, tally->room * sizeof *tally->counts);
    tally->members = 0;
    for (unsigned i = 0; i < tally->cut_count; i++)
        tally->cuts[i].at = 0;
}

unsigned tally_cut(struct tally *tally, uint32_t numerator, uint32_t parts)
{
    must(tally->cut_count < TALLY_CUTS_MAX && tally->members == 0 && numerator > 0 && numerator < parts);
    tally->cuts[tally->cut_count] = (struct division){.numerator = numerator, .parts = parts};
    return tally->cut_count++;
}

static void reserve(struct tally *tally, uint32_t number)
{
    if (number < tally->room)
        return;
    uint32_t room = tally->room;
    while (room <= number)
        room *= 2;
    tally->counts = realloc(tally->counts, room * sizeof *tally->counts);
    must(tally->counts != NULL);
    memset(tally->counts + tally->room, 0, (room - tally->room) * sizeof *tally->counts);
    tally->room = room;
}

static void add(struct tally *tally, uint32_t number, uint64_t one)
{
    if (number == 0)
        return;
    tally->counts[number] += one;
    tally->members += one;
    for (unsigned i = 0; i < tally->cut_count; i++)
        if (number > tally->cuts[i].at)
            tally->cuts[i].above += one;
}

void tally_move(struct tally *tally, uint32_t from, uint32_t to)
{
    from = from > TALLY_MOST ? TALLY_MOST : from;
    to = to > TALLY_MOST ? TALLY_MOST : to;
    if (from == to)
        return;
    reserve(tally, to);
    must(from < tally->room && (from == 0 || tally->counts[from] > 0));
    add(tally, from, UINT64_MAX); // takes one away
    add(tally, to, 1);
}

void tally_add(struct tally *tally, uint32_t number, uint64_t members)
{
    must(number > 0 && number <= TALLY_MOST);
    reserve(tally, number);
    add(tally, number, members);
}

static void settle(const struct tally *tally, struct division *cut)
{
    if (tally->members == 0) {
        cut->at = 0;
        cut->above = 0;
        return;
    }
    uint64_t target = (cut->numerator * tally->members + cut->parts - 1) / cut->parts - 1;
    // At 0 nobody is above or below: the cut goes up from there.
    if (cut->at == 0)
        cut->above = tally->members;
    while (tally->members - cut->above <= target) {
        must(cut->at + 1 < tally->room);
        cut->above -= tally->counts[++cut->at];
    }
    while (tally->members - cut->above - tally->counts[cut->at] > target) {
        must(cut->at > 1);
        cut->above += tally->counts[cut->at--];
    }
}

void tally_settle(struct tally *tally)
{
    for (unsigned i = 0; i < tally->cut_count; i++)
        settle(tally, &tally->cuts[i]);
}

int64_t tally_cut_value(const struct tally *tally, unsigned cut)
{
    must(cut < tally->cut_count);
    return tally->cuts[cut].at == 0 ? INT64_MAX : tally->cuts[cut].at;
}

uint64_t tally_cut_above(const struct tally *tally, unsigned cut)
{
    must(cut < tally->cut_count);
    return tally->cuts[cut].above;
}

bool tally_next(const struct tally *tally, uint32_t from, uint32_t *ret_number, uint64_t *ret_count)
{
    for (uint32_t number = from < 1 ? 1 : from; number < tally->room; number++) {
        if (tally->counts[number] > 0) {
            *ret_number = number;
            *ret_count = tally->counts[number];
            return true;
        }
    }
    return false;
}

uint64_t tally_members(const struct tally *tally)
{
    return tally->members;
}

size_t tally_bytes(const struct tally *tally)
{
    return sizeof *tally + tally->room * sizeof *tally->counts;
}
