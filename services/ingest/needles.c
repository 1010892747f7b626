#include "services/ingest/needles.h"

#include "common/arena.h"

#include <stdint.h>
#include <string.h>

enum {
    FEW = 8,   // are sought one by one: that is quicker
    HEADS = 8, // needles are found by their first eight bytes; shorter ones by all of theirs
    ROWS_LEAST = 16,
    SHIFT_FIRST = 60, // of so many rows, and the least shift
    SHIFT_LEAST = 40,
};

// The needles whose first bytes are so many, by a hash of these. A row holds one more than the number of a needle,
// which leads to the next of the row.
struct group {
    uint32_t *rows; // NULL: there is none
    unsigned shift;
};

struct needles {
    const struct needle *list;
    size_t count;
    uint32_t *next;
    struct group groups[HEADS];
};

static uint32_t row_of(const struct group *group, const char *at, size_t head)
{
    uint64_t number = 0;
    memcpy(&number, at, head);
    return (uint32_t)((number * UINT64_C(0x9e3779b97f4a7c15)) >> group->shift);
}

static void open_group(struct arena *arena, size_t count, struct group *group)
{
    size_t rows = ROWS_LEAST;
    group->shift = SHIFT_FIRST;
    while (rows < 4 * count && group->shift > SHIFT_LEAST) {
        rows *= 2;
        group->shift--;
    }
    group->rows = arena_zero(arena, rows, sizeof *group->rows);
}

const struct needles *needles_make(struct arena *arena, const struct needle *list, size_t count)
{
    struct needles *needles = arena_zero(arena, 1, sizeof *needles);
    size_t counts[HEADS] = {0};
    needles->list = list;
    needles->count = count;
    if (count <= FEW)
        return needles;
    needles->next = arena_zero(arena, count, sizeof *needles->next);
    for (size_t i = 0; i < count; i++)
        if (list[i].length > 0)
            counts[(list[i].length < HEADS ? list[i].length : HEADS) - 1]++;
    for (size_t i = 0; i < HEADS; i++)
        if (counts[i] > 0)
            open_group(arena, counts[i], &needles->groups[i]);
    for (size_t i = count; i-- > 0;) { // so that the first of a row is the least
        if (list[i].length == 0)
            continue;
        size_t head = list[i].length < HEADS ? list[i].length : HEADS;
        const struct group *group = &needles->groups[head - 1];
        uint32_t *row = &group->rows[row_of(group, list[i].bytes, head)];
        needles->next[i] = *row;
        *row = (uint32_t)i + 1;
    }
    return needles;
}

static bool stands_in(const struct needle *needle, const char *bytes, size_t length, needles_suits *suits,
                      void *context)
{
    const char *end = bytes + length, *at = bytes;
    if (needle->length == 0)
        return false;
    for (; at < end && (at = memmem(at, (size_t)(end - at), needle->bytes, needle->length)) != NULL; at++)
        if (suits == NULL || suits(context, needle, at))
            return true;
    return false;
}

// The least of those in a row that stands at the place, below `found`; else `found`.
static size_t find_at(const struct needles *needles, uint32_t row, const char *at, size_t left, size_t found,
                      needles_suits *suits, void *context)
{
    for (; row != 0 && row - 1 < found; row = needles->next[row - 1]) {
        const struct needle *needle = &needles->list[row - 1];
        if (needle->length <= left && memcmp(needle->bytes, at, needle->length) == 0 &&
            (suits == NULL || suits(context, needle, at)))
            return row - 1;
    }
    return found;
}

size_t needles_find(const struct needles *needles, const char *bytes, size_t length, needles_suits *suits,
                    void *context)
{
    size_t found = needles->count;
    if (needles->next == NULL) {
        for (size_t i = 0; i < found; i++)
            if (stands_in(&needles->list[i], bytes, length, suits, context))
                return i;
        return found;
    }
    for (size_t head = 1; head <= HEADS; head++) {
        const struct group *group = &needles->groups[head - 1];
        for (size_t at = 0; group->rows != NULL && at + head <= length; at++) {
            uint32_t row = group->rows[row_of(group, bytes + at, head)];
            if (row != 0)
                found = find_at(needles, row, bytes + at, length - at, found, suits, context);
        }
    }
    return found;
}
