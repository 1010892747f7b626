#include "services/scoring/hints.h"

#include "common/hash.h"

enum {
    ORDERS_MAX = 200,  // of one customer
    RECENT_DAYS = 180, // whoever ordered within so many days is worth a hint, and every A and B
    PIECE = 200,       // customers a turn, while
    PIECE_ASKED = 40,  // so many articles' rules are found: a few milliseconds
};
#define NO_DAY INT32_MIN
#define TOLD_NOTHING 1 // the hash of no hints at all

// Of a sample not every order is held; nor is it while they are taken up after a start.
static size_t read_basket(struct turn *turn, const struct purchase *purchase, struct goods_bought *ret, size_t most)
{
    struct basket basket;
    struct slice goods;
    uint64_t hash;
    if (!archive_get_basket(turn->tx, purchase->order, &hash, &goods) ||
        !basket_read(goods.bytes, goods.length, &basket))
        return 0;
    size_t count = basket.count < most ? basket.count : most;
    for (size_t i = 0; i < count; i++)
        ret[i] = (struct goods_bought){basket.items[i].sku, basket.items[i].sku_length, purchase->day};
    return count;
}

size_t hints_bought(const struct scoring *scoring, struct turn *turn, uint32_t slot,
                    struct goods_bought ret_bought[HINTS_GOODS_MAX])
{
    size_t orders, count = 0;
    bool all;
    const struct purchase *purchases = trail_of(scoring->trail, slot, &orders);
    (void)goods_orders(scoring->goods, &all);
    all &= scoring->goods_next == ARCHIVE_NO_ORDER;
    for (size_t i = 0; i < orders && i < ORDERS_MAX && count < HINTS_GOODS_MAX; i++) {
        const struct purchase *purchase = &purchases[orders - 1 - i];
        size_t most = HINTS_GOODS_MAX - count;
        size_t held = goods_of(scoring->goods, purchase->order, purchase->day, ret_bought + count, most);
        count += held > 0 || all ? held : read_basket(turn, purchase, ret_bought + count, most);
    }
    return count;
}

const char *hints_name(struct turn *turn, const struct goods_end *end)
{
    struct basket basket;
    struct slice goods;
    uint64_t hash;
    const struct basket_item *item;
    if (!archive_get_basket(turn->tx, end->order, &hash, &goods) || !basket_read(goods.bytes, goods.length, &basket) ||
        (item = basket_find(&basket, end->sku, end->sku_length)) == NULL)
        return "";
    return arena_text(turn->arena, item->name, item->name_length);
}

// --- what the scheduler is told

// The same for the same articles in any order: which of two is the likelier changes from day to day.
static uint64_t hash_hints(const struct goods_hint *hints, size_t count)
{
    uint64_t hash = TOLD_NOTHING;
    for (size_t i = 0; i < count; i++)
        hash += hash_short(hints[i].effect.sku, hints[i].effect.sku_length);
    return hash != 0 ? hash : TOLD_NOTHING + 1;
}

static uint32_t lift_milli(int64_t lift_ppm)
{
    return lift_ppm / 1000 > UINT32_MAX ? UINT32_MAX : (uint32_t)(lift_ppm / 1000);
}

static void say(struct turn *turn, uint32_t slot, const struct goods_hint *hints, size_t count)
{
    struct wire_offer offers[WIRE_OFFERS_MAX];
    const char *customer_id;
    int64_t known_ms;
    if (!archive_get_customer(turn->tx, turn->arena, slot, &customer_id, &known_ms))
        return; // the transaction has failed
    if (customer_id[0] == '\0')
        return; // erased
    for (size_t i = 0; i < count; i++) {
        const struct goods_hint *hint = &hints[i];
        const char *because = hints_name(turn, &hint->cause);
        offers[i] = (struct wire_offer){
            .sku = arena_text(turn->arena, hint->effect.sku, hint->effect.sku_length),
            .name = hints_name(turn, &hint->effect),
            .because = because[0] != '\0' ? because : arena_text(turn->arena, hint->cause.sku, hint->cause.sku_length),
            .confidence_ppm = (uint32_t)hint->confidence_ppm,
            .lift_milli = lift_milli(hint->lift_ppm),
        };
    }
    wire_say_offers(turn, customer_id, offers, count);
}

static bool counts(const struct scoring *scoring, uint32_t slot)
{
    const struct standing *standing = column_get(&scoring->standings, slot);
    const struct ledger_customer *customer = ledger_customer(scoring->ledger, slot);
    if (customer->days == 0)
        return false;
    uint8_t class = standing != NULL ? standing->said[DIMENSION_ABC] : 0;
    return class == LEDGER_A || class == LEDGER_B || customer->last_day >= ledger_day(scoring->ledger) - RECENT_DAYS;
}

// Returns how many articles' rules had to be found.
static size_t look_at(struct scoring *scoring, struct turn *turn, uint32_t slot, struct goods_bought *bought)
{
    struct goods_hint hints[WIRE_OFFERS_MAX];
    uint64_t *told = column_at(&scoring->hinted, slot);
    size_t asked, known = hints_bought(scoring, turn, slot, bought);
    if (known == 0 && *told == 0)
        return 0;
    size_t count = offers_find(scoring->hints.offers, scoring->goods, &scoring->options.goods, bought, known,
                               ledger_day(scoring->ledger), hints, WIRE_OFFERS_MAX, &asked);
    uint64_t hash = hash_hints(hints, count);
    if (hash != *told)
        say(turn, slot, hints, count);
    *told = hash;
    return asked;
}

bool hints_begin(struct scoring *scoring)
{
    struct core_hints *hints = &scoring->hints;
    bool all;
    if (hints->left > 0)
        return true;
    if (hints->day == ledger_day(scoring->ledger) || goods_orders(scoring->goods, &all) == 0)
        return false;
    hints->day = ledger_day(scoring->ledger);
    hints->left = ledger_count(scoring->ledger);
    return hints->left > 0;
}

bool hints_piece(struct scoring *scoring, struct turn *turn)
{
    struct core_hints *hints = &scoring->hints;
    struct goods_bought *bought = arena_take(turn->arena, HINTS_GOODS_MAX * sizeof *bought);
    size_t asked = 0;
    for (uint32_t i = 0; i < PIECE && asked < PIECE_ASKED && hints->left > 0; i++, hints->left--) {
        uint32_t slot = hints->next < ledger_count(scoring->ledger) ? hints->next : 0;
        hints->next = slot + 1;
        if (counts(scoring, slot))
            asked += look_at(scoring, turn, slot, bought);
    }
    if (hints->left == 0)
        offers_start(hints->offers);
    return hints->left > 0;
}

void hints_forget(struct scoring *scoring)
{
    scoring->hints.day = NO_DAY;
    scoring->hints.left = scoring->hints.next = 0;
    offers_start(scoring->hints.offers);
}
