#include "services/scoring/lately.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

// Behind it the texts, each with a NUL: an order's id, its words, the next order's id ...
struct lately {
    uint32_t count;
    uint32_t orders[BRIEF_ORDERS]; // numbers; ARCHIVE_NO_ORDER: its words are not right any more
    uint16_t ids[BRIEF_ORDERS];    // bytes of each id, and of its words, without the NULs
    uint8_t words[BRIEF_ORDERS];
    char texts[];
};
_Static_assert((int)BASKET_WORDS_BYTES <= UINT8_MAX, "words have a byte for their length");

void lately_clear(struct column *all)
{
    for (uint32_t slot = 0; slot < all->room; slot++)
        free(*(struct lately **)column_at(all, slot));
    column_clear(all);
}

// Finds the texts of an order; false when they are not kept.
static bool find(const struct lately *kept, uint32_t order, struct wire_order *ret)
{
    const char *text = kept != NULL ? kept->texts : NULL;
    for (uint32_t i = 0; kept != NULL && i < kept->count; i++) {
        if (kept->orders[i] == order) {
            ret->id = text;
            ret->what = text + kept->ids[i] + 1;
            return true;
        }
        text += kept->ids[i] + kept->words[i] + 2;
    }
    return false;
}

static void read_one(struct turn *turn, uint32_t order, struct wire_order *ret)
{
    uint64_t hash;
    struct slice goods;
    char *words = arena_take(turn->arena, BASKET_WORDS_BYTES);
    words[0] = '\0';
    if (archive_get_basket(turn->tx, order, &hash, &goods))
        basket_words(goods.bytes, goods.length, words);
    ret->what = words;
    ret->id = archive_order_id(turn->tx, turn->arena, order);
}

static char *append(char *at, const char *text, size_t length)
{
    memcpy(at, text, length + 1);
    return at + length + 1;
}

// Keeps the texts, and has them point there.
static struct lately *keep(const struct purchase *const *purchases, size_t count, struct wire_order *orders)
{
    size_t bytes = sizeof(struct lately);
    for (size_t i = 0; i < count; i++)
        bytes += strlen(orders[i].id) + strlen(orders[i].what) + 2;
    struct lately *kept = malloc(bytes);
    must(kept != NULL);
    kept->count = (uint32_t)count;
    char *at = kept->texts;
    for (size_t i = 0; i < count; i++) {
        size_t id = strlen(orders[i].id), words = strlen(orders[i].what);
        must(id <= LAYOUT_ID_MAX && words < BASKET_WORDS_BYTES);
        kept->orders[i] = purchases[i]->order;
        kept->ids[i] = (uint16_t)id;
        kept->words[i] = (uint8_t)words;
        char *what = append(at, orders[i].id, id);
        orders[i].id = at;
        at = append(what, orders[i].what, words);
        orders[i].what = what;
    }
    return kept;
}

void lately_read(struct column *all, struct turn *turn, uint32_t slot, const struct purchase *const *purchases,
                 size_t count, struct wire_order *ret_orders)
{
    struct lately **kept = column_at(all, slot);
    bool whole = true;
    for (size_t i = 0; i < count; i++) {
        ret_orders[i] = (struct wire_order){.day = purchases[i]->day, .micros = purchases[i]->total_micros};
        if (find(*kept, purchases[i]->order, &ret_orders[i]))
            continue;
        read_one(turn, purchases[i]->order, &ret_orders[i]);
        whole = false;
    }
    if (whole)
        return;
    struct lately *next = keep(purchases, count, ret_orders);
    free(*kept);
    *kept = next;
}

bool lately_kept(const struct column *all, uint32_t slot)
{
    struct lately *const *kept = column_get(all, slot);
    return kept != NULL && *kept != NULL;
}

void lately_forget(struct column *all, uint32_t slot, uint32_t order)
{
    struct lately *const *kept = column_get(all, slot);
    for (uint32_t i = 0; kept != NULL && *kept != NULL && i < (*kept)->count; i++)
        if ((*kept)->orders[i] == order)
            (*kept)->orders[i] = ARCHIVE_NO_ORDER;
}

void lately_expect(const struct column *all, uint32_t slot)
{
    __builtin_prefetch(column_get(all, slot));
}

void lately_approach(const struct column *all, uint32_t slot)
{
    enum { LINE = 64, LINES = 3 };
    struct lately *const *kept = column_get(all, slot);
    for (size_t at = 0; kept != NULL && *kept != NULL && at < LINE * LINES; at += LINE)
        __builtin_prefetch((const uint8_t *)*kept + at);
}
