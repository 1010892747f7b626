#include "services/scoring/sums.h"

#include "common/must.h"
#include "services/scoring/column.h"
#include "services/scoring/window.h"

#include <stdlib.h>

struct sums {
    struct window *window;
    struct column values; // int128
};

struct sums *sums_open(uint32_t days)
{
    struct sums *sums = calloc(1, sizeof *sums);
    must(sums != NULL);
    sums->window = window_open(days, 0);
    column_start(&sums->values, sizeof(int128));
    return sums;
}

void sums_close(struct sums **sums)
{
    if (*sums == NULL)
        return;
    window_close(&(*sums)->window);
    column_clear(&(*sums)->values);
    free(*sums);
    *sums = NULL;
}

void sums_clear(struct sums *sums, int32_t day)
{
    window_clear(sums->window, day);
    column_clear(&sums->values);
}

static void count(struct sums *sums, const struct window_entry *entry, int sign)
{
    int128 *value = column_at(&sums->values, entry->slot);
    *value += (int128)entry->value * sign;
}

void sums_add(struct sums *sums, uint32_t slot, int32_t day, int64_t value)
{
    struct window_entry entry = {.slot = slot, .value = value};
    if (value != 0 && window_add(sums->window, day, &entry))
        count(sums, &entry, 1);
}

static void leaves(void *context, const struct window_entry *entry)
{
    count(context, entry, -1);
}

static void comes(void *context, const struct window_entry *entry)
{
    count(context, entry, 1);
}

void sums_next_day(struct sums *sums)
{
    window_advance(sums->window, leaves, comes, sums);
}

int128 sums_of(const struct sums *sums, uint32_t slot)
{
    const int128 *value = column_get(&sums->values, slot);
    return value == NULL ? 0 : *value;
}

void sums_expect(const struct sums *sums, uint32_t slot)
{
    __builtin_prefetch(column_get(&sums->values, slot));
}
