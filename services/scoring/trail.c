#include "services/scoring/trail.h"

#include "common/must.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLOTS_FIRST = 1024,
    ROOM_FIRST = 2,
    CACHE_LINE = 64,
    LINES_MOST = 24, // the processor fetches no more at a time; the newest purchases are looked at first
};

struct steps {
    struct purchase *items;
    uint32_t used, room;
};

struct trail {
    struct steps *customers;
    uint32_t slots;
};

struct trail *trail_open(void)
{
    struct trail *trail = calloc(1, sizeof *trail);
    must(trail != NULL);
    return trail;
}

void trail_clear(struct trail *trail)
{
    for (uint32_t i = 0; i < trail->slots; i++)
        free(trail->customers[i].items);
    free(trail->customers);
    *trail = (struct trail){0};
}

void trail_close(struct trail **trail)
{
    if (*trail == NULL)
        return;
    trail_clear(*trail);
    free(*trail);
    *trail = NULL;
}

static struct steps *steps_of(struct trail *trail, uint32_t slot)
{
    if (slot >= trail->slots) {
        uint32_t slots = trail->slots == 0 ? SLOTS_FIRST : trail->slots;
        while (slots <= slot)
            slots += slots / 2;
        trail->customers = realloc(trail->customers, slots * sizeof *trail->customers);
        must(trail->customers != NULL);
        memset(trail->customers + trail->slots, 0, (slots - trail->slots) * sizeof *trail->customers);
        trail->slots = slots;
    }
    return &trail->customers[slot];
}

static bool earlier(struct purchase left, struct purchase right)
{
    return left.time_ms != right.time_ms ? left.time_ms < right.time_ms : left.order < right.order;
}

// The first place whose purchase is not earlier.
static uint32_t find(const struct steps *steps, struct purchase purchase)
{
    uint32_t low = 0, high = steps->used;
    if (high > 0 && earlier(steps->items[high - 1], purchase))
        return high; // the usual case
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (earlier(steps->items[middle], purchase))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void trail_add(struct trail *trail, uint32_t slot, struct purchase purchase)
{
    struct steps *steps = steps_of(trail, slot);
    if (steps->used == steps->room) {
        uint32_t room = steps->room == 0 ? ROOM_FIRST : steps->room * 2;
        steps->items = realloc(steps->items, room * sizeof *steps->items);
        must(steps->items != NULL);
        steps->room = room;
    }
    uint32_t at = find(steps, purchase);
    memmove(&steps->items[at + 1], &steps->items[at], (steps->used - at) * sizeof purchase);
    steps->items[at] = purchase;
    steps->used++;
}

void trail_remove(struct trail *trail, uint32_t slot, struct purchase purchase)
{
    struct steps *steps = steps_of(trail, slot);
    uint32_t at = find(steps, purchase);
    must(at < steps->used && !earlier(purchase, steps->items[at]));
    steps->used--;
    memmove(&steps->items[at], &steps->items[at + 1], (steps->used - at) * sizeof purchase);
}

void trail_correct(struct trail *trail, uint32_t slot, struct purchase purchase)
{
    struct steps *steps = steps_of(trail, slot);
    uint32_t at = find(steps, purchase);
    must(at < steps->used && !earlier(purchase, steps->items[at]));
    steps->items[at] = purchase;
}

const struct purchase *trail_of(const struct trail *trail, uint32_t slot, size_t *ret_count)
{
    *ret_count = slot < trail->slots ? trail->customers[slot].used : 0;
    return slot < trail->slots ? trail->customers[slot].items : NULL;
}

size_t trail_before(const struct trail *trail, uint32_t slot, int64_t time_ms)
{
    return slot < trail->slots ? find(&trail->customers[slot], (struct purchase){.time_ms = time_ms}) : 0;
}

void trail_expect(const struct trail *trail, uint32_t slot)
{
    if (slot < trail->slots)
        __builtin_prefetch(&trail->customers[slot]);
}

void trail_approach(const struct trail *trail, uint32_t slot)
{
    if (slot >= trail->slots || trail->customers[slot].used == 0)
        return;
    const uint8_t *first = (const uint8_t *)trail->customers[slot].items;
    size_t end = trail->customers[slot].used * sizeof(struct purchase);
    for (size_t line = 0; line < LINES_MOST && line * CACHE_LINE < end; line++)
        __builtin_prefetch(first + end - 1 - line * CACHE_LINE);
}
