#include "services/tend/lost.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

struct waiting {
    struct stretch row;
    uint64_t hash;
    bool taken;
};

struct lost {
    struct waiting *rows;
    size_t count, room;
    bool sorted;    // by hash: all rows are known
    bool by_line;   // sorted once more, for what is left
    size_t dropped; // of the front
};

struct lost *lost_open(void)
{
    struct lost *lost = calloc(1, sizeof *lost);
    must(lost != NULL);
    return lost;
}

static void free_rows(struct lost *lost, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free((void *)(uintptr_t)lost->rows[i].row.reason);
}

void lost_close(struct lost **lost)
{
    if (*lost == NULL)
        return;
    free_rows(*lost, (*lost)->count);
    free((*lost)->rows);
    free(*lost);
    *lost = NULL;
}

// Gives back what went its way at the front.
static void compact(struct lost *lost)
{
    size_t gone = lost->dropped;
    while (gone < lost->count && lost->rows[gone].taken)
        gone++;
    if (gone == 0)
        return;
    free_rows(lost, gone);
    memmove(lost->rows, lost->rows + gone, (lost->count - gone) * sizeof *lost->rows);
    lost->count -= gone;
    lost->dropped = 0;
}

void lost_add(struct lost *lost, const struct stretch *row, uint64_t hash)
{
    must(!lost->sorted);
    if (lost->count == lost->room) {
        compact(lost);
        lost->room = lost->count * 2 + 16;
        lost->rows = realloc(lost->rows, lost->room * sizeof *lost->rows);
        must(lost->rows != NULL);
    }
    struct waiting *waiting = &lost->rows[lost->count++];
    *waiting = (struct waiting){.row = *row, .hash = hash};
    waiting->row.reason = strdup(row->reason);
    must(waiting->row.reason != NULL);
}

static int compare_hashes(const void *a, const void *b)
{
    const struct waiting *one = a, *other = b;
    if (one->hash != other->hash)
        return one->hash < other->hash ? -1 : 1;
    return (one->row.line > other->row.line) - (one->row.line < other->row.line);
}

static int compare_lines(const void *a, const void *b)
{
    const struct waiting *one = a, *other = b;
    return (one->row.line > other->row.line) - (one->row.line < other->row.line);
}

void lost_sort(struct lost *lost)
{
    compact(lost);
    if (lost->count > 1)
        qsort(lost->rows, lost->count, sizeof *lost->rows, compare_hashes);
    lost->sorted = true;
}

// The first one that may have the hash.
static size_t first_of(const struct lost *lost, uint64_t hash)
{
    size_t low = 0, high = lost->sorted ? lost->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lost->rows[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct stretch *lost_take(struct lost *lost, uint64_t hash)
{
    size_t to = lost->count;
    if (!lost->sorted && to - lost->dropped > LOST_OPEN_MAX)
        to = lost->dropped + LOST_OPEN_MAX;
    for (size_t i = lost->sorted ? first_of(lost, hash) : lost->dropped; i < to; i++) {
        struct waiting *waiting = &lost->rows[i];
        if (lost->sorted && waiting->hash != hash)
            return NULL;
        if (waiting->hash != hash || waiting->taken)
            continue;
        waiting->taken = true;
        return &waiting->row;
    }
    return NULL;
}

const struct stretch *lost_drop(struct lost *lost, uint64_t line)
{
    if (lost->sorted && !lost->by_line && lost->count > 1)
        qsort(lost->rows, lost->count, sizeof *lost->rows, compare_lines);
    lost->by_line = lost->sorted;
    for (; lost->dropped < lost->count; lost->dropped++) {
        struct waiting *waiting = &lost->rows[lost->dropped];
        bool late = waiting->row.line > line && lost->count - lost->dropped <= LOST_OPEN_MAX;
        if (!waiting->taken && late)
            return NULL;
        if (!waiting->taken) {
            lost->dropped++;
            waiting->taken = true;
            return &waiting->row;
        }
    }
    return NULL;
}
