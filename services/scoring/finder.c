#include "services/scoring/finder.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROOM_FIRST = 1024,
    WAITING = 16, // while so many rows are read, memory answers
};

// Twelve bytes: there is one for each order ever.
struct entry {
    uint32_t low, high;       // of the hash
    uint32_t number_plus_one; // 0: free
};

struct waiting {
    uint64_t hash, other; // the same: it may be under no other
    uint32_t number;
};

struct finder {
    struct entry *entries;
    uint32_t room; // a power of two
    uint32_t used;
    struct waiting waiting[WAITING]; // the newest of those brought, at their number modulo WAITING
    uint32_t brought;
};

static struct entry make_entry(uint64_t hash, uint32_t number)
{
    return (struct entry){.low = (uint32_t)hash, .high = (uint32_t)(hash >> 32), .number_plus_one = number + 1};
}

static struct entry *make_room(uint32_t room)
{
    struct entry *entries = calloc(room, sizeof *entries);
    must(entries != NULL);
    return entries;
}

struct finder *finder_open(void)
{
    struct finder *finder = calloc(1, sizeof *finder);
    must(finder != NULL);
    finder->room = ROOM_FIRST;
    finder->entries = make_room(finder->room);
    return finder;
}

void finder_close(struct finder **finder)
{
    if (*finder == NULL)
        return;
    free((*finder)->entries);
    free(*finder);
    *finder = NULL;
}

void finder_clear(struct finder *finder)
{
    memset(finder->entries, 0, finder->room * sizeof *finder->entries);
    finder->used = finder->brought = 0;
}

static void put(struct entry *entries, uint32_t room, struct entry entry)
{
    uint32_t at = entry.low & (room - 1);
    while (entries[at].number_plus_one != 0)
        at = (at + 1) & (room - 1);
    entries[at] = entry;
}

static void grow(struct finder *finder)
{
    must(finder->room <= UINT32_MAX / 4);
    uint32_t room = finder->room * 2;
    struct entry *entries = make_room(room);
    uint32_t gap = 0; // from it on, so that those that went round the end stay behind those before them
    while (finder->entries[gap].number_plus_one != 0)
        gap++;
    for (uint32_t i = 1; i < finder->room; i++) {
        struct entry entry = finder->entries[(gap + i) & (finder->room - 1)];
        if (entry.number_plus_one != 0)
            put(entries, room, entry);
    }
    free(finder->entries);
    finder->entries = entries;
    finder->room = room;
}

// Whether so many are under a hash that the next one goes elsewhere.
static bool crowded(const struct finder *finder, uint64_t hash)
{
    struct finder_walk walk = finder_look(finder, hash);
    uint32_t number, count = 0;
    while (count < FINDER_FEW && finder_next(finder, &walk, &number))
        count++;
    return count == FINDER_FEW;
}

static void add(struct finder *finder, const struct waiting *one)
{
    bool elsewhere = one->other != one->hash && crowded(finder, one->hash);
    if (finder->used >= finder->room / 4 * 3)
        grow(finder);
    put(finder->entries, finder->room, make_entry(elsewhere ? one->other : one->hash, one->number));
    finder->used++;
}

void finder_add_few(struct finder *finder, uint64_t hash, uint64_t other, uint32_t number)
{
    must(number < UINT32_MAX && finder->brought == 0);
    add(finder, &(struct waiting){hash, other, number});
}

void finder_add(struct finder *finder, uint64_t hash, uint32_t number)
{
    finder_add_few(finder, hash, hash, number);
}

void finder_bring_few(struct finder *finder, uint64_t hash, uint64_t other, uint32_t number)
{
    must(number < UINT32_MAX);
    struct waiting *waiting = &finder->waiting[finder->brought % WAITING];
    if (finder->brought >= WAITING)
        add(finder, waiting);
    __builtin_prefetch(&finder->entries[(uint32_t)hash & (finder->room - 1)], 1);
    *waiting = (struct waiting){hash, other, number};
    finder->brought++;
}

void finder_settle(struct finder *finder)
{
    uint32_t from = finder->brought > WAITING ? finder->brought - WAITING : 0;
    for (uint32_t i = from; i < finder->brought; i++)
        add(finder, &finder->waiting[i % WAITING]);
    finder->brought = 0;
}

struct finder_walk finder_look(const struct finder *finder, uint64_t hash)
{
    return (struct finder_walk){.hash = hash, .at = (uint32_t)hash & (finder->room - 1)};
}

bool finder_next(const struct finder *finder, struct finder_walk *walk, uint32_t *ret_number)
{
    for (;;) {
        const struct entry *entry = &finder->entries[walk->at];
        if (entry->number_plus_one == 0)
            return false;
        walk->at = (walk->at + 1) & (finder->room - 1);
        if (entry->low == (uint32_t)walk->hash && entry->high == (uint32_t)(walk->hash >> 32)) {
            *ret_number = entry->number_plus_one - 1;
            return true;
        }
    }
}

size_t finder_bytes(const struct finder *finder)
{
    return sizeof *finder + finder->room * sizeof *finder->entries;
}
