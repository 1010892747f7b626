#include "services/scoring/intake.h"

enum { STOCK_PIECE = 2000 }; // orders a turn: a few milliseconds

struct stocking {
    struct scoring *scoring;
    struct turn *turn;
};

static void stock_one(void *context, uint32_t number, uint64_t hash, const struct slice *goods)
{
    const struct stocking *stocking = context;
    struct order order;
    struct order_effect effect;
    struct basket basket;
    if (!archive_get_order(stocking->scoring->archive, stocking->turn->tx, number, &order) ||
        !basket_read(goods->bytes, goods->length, &basket))
        return;
    order_effect(&order, &stocking->scoring->terms, &effect);
    if (effect.purchase)
        goods_put(stocking->scoring->goods, number, hash, order.newest_ms, &basket);
}

bool intake_stock(struct scoring *scoring, struct turn *turn)
{
    struct stocking stocking = {.scoring = scoring, .turn = turn};
    if (scoring->goods_next != ARCHIVE_NO_ORDER)
        scoring->goods_next = archive_walk_baskets(turn->tx, scoring->goods_next, STOCK_PIECE, stock_one, &stocking);
    return scoring->goods_next != ARCHIVE_NO_ORDER;
}
