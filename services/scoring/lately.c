#include "services/scoring/lately.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

// One more than is told: while a new order takes its place, the others stay.
enum { KEPT_MAX = BRIEF_ORDERS + 1 };

// Behind it the texts, each with a NUL: an order's id, its words, the next order's id ...
struct lately {
    uint32_t count;
    uint32_t orders[KEPT_MAX]; // numbers
    uint16_t ids[KEPT_MAX];    // bytes of each id, and of its words, without the NULs
    uint8_t words[KEPT_MAX];
    char texts[];
};
_Static_assert((int)BASKET_WORDS_BYTES <= UINT8_MAX, "words have a byte for their length");

// The texts of one order.
struct entry {
    uint32_t order;
    const char *id, *words;
};

void lately_clear(struct column *all)
{
    for (uint32_t slot = 0; slot < all->room; slot++)
        free(*(struct lately **)column_at(all, slot));
    column_clear(all);
}

// Everything that is kept; returns how many.
static size_t list(const struct lately *kept, struct entry entries[KEPT_MAX])
{
    if (kept == NULL)
        return 0;
    const char *text = kept->texts;
    for (uint32_t i = 0; i < kept->count; i++) {
        entries[i] = (struct entry){kept->orders[i], text, text + kept->ids[i] + 1};
        text += kept->ids[i] + kept->words[i] + 2;
    }
    return kept->count;
}

static char *append(char *at, const char *text, size_t length)
{
    memcpy(at, text, length + 1);
    return at + length + 1;
}

// Keeps the entries in place of what was kept; texts of theirs may lie there.
static void keep(struct lately **kept, const struct entry *entries, size_t count)
{
    size_t bytes = sizeof(struct lately);
    for (size_t i = 0; i < count; i++)
        bytes += strlen(entries[i].id) + strlen(entries[i].words) + 2;
    struct lately *next = malloc(bytes);
    must(next != NULL && count <= KEPT_MAX);
    next->count = (uint32_t)count;
    char *at = next->texts;
    for (size_t i = 0; i < count; i++) {
        size_t id = strlen(entries[i].id), words = strlen(entries[i].words);
        must(id <= LAYOUT_ID_MAX && words < BASKET_WORDS_BYTES);
        next->orders[i] = entries[i].order;
        next->ids[i] = (uint16_t)id;
        next->words[i] = (uint8_t)words;
        at = append(append(at, entries[i].id, id), entries[i].words, words);
    }
    free(*kept);
    *kept = next;
}

static struct entry read_one(struct turn *turn, uint32_t order)
{
    uint64_t hash;
    struct slice goods;
    char *words = arena_take(turn->arena, BASKET_WORDS_BYTES);
    words[0] = '\0';
    if (archive_get_basket(turn->tx, order, &hash, &goods))
        basket_words(goods.bytes, goods.length, words);
    return (struct entry){order, archive_order_id(turn->tx, turn->arena, order), words};
}

static const struct entry *find(const struct entry *entries, size_t count, uint32_t order)
{
    size_t i = 0;
    while (i < count && entries[i].order != order)
        i++;
    return i < count ? &entries[i] : NULL;
}

void lately_read(struct column *all, struct turn *turn, uint32_t slot, const struct purchase *const *purchases,
                 size_t count, struct wire_order *ret_orders)
{
    struct lately **kept = column_at(all, slot);
    struct entry entries[KEPT_MAX], wanted[KEPT_MAX];
    size_t known = list(*kept, entries);
    bool whole = true;
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = find(entries, known, purchases[i]->order);
        whole &= entry != NULL;
        wanted[i] = entry != NULL ? *entry : read_one(turn, purchases[i]->order);
    }
    if (!whole) {
        keep(kept, wanted, count);
        (void)list(*kept, wanted);
    }
    for (size_t i = 0; i < count; i++)
        ret_orders[i] = (struct wire_order){.id = wanted[i].id,
                                            .what = wanted[i].words,
                                            .day = purchases[i]->day,
                                            .micros = purchases[i]->total_micros};
}

void lately_put(struct column *all, uint32_t slot, uint32_t order, const char *id, const struct slice *goods)
{
    struct lately **kept = column_at(all, slot);
    struct entry entries[KEPT_MAX], next[KEPT_MAX];
    size_t known = list(*kept, entries), count = 0;
    char words[BASKET_WORDS_BYTES];
    basket_words(goods->bytes, goods->length, words);
    next[count++] = (struct entry){order, id, words};
    for (size_t i = 0; i < known && count < KEPT_MAX; i++)
        if (entries[i].order != order)
            next[count++] = entries[i];
    keep(kept, next, count);
}

bool lately_kept(const struct column *all, uint32_t slot)
{
    struct lately *const *kept = column_get(all, slot);
    return kept != NULL && *kept != NULL;
}

void lately_expect(const struct column *all, uint32_t slot)
{
    __builtin_prefetch(column_get(all, slot));
}

void lately_approach(const struct column *all, uint32_t slot)
{
    enum { LINE = 64, LINES = 3 };
    struct lately *const *kept = column_get(all, slot);
    for (size_t at = 0; kept != NULL && *kept != NULL && at < (size_t)LINE * LINES; at += LINE)
        __builtin_prefetch((const uint8_t *)*kept + at);
}
