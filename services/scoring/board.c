#include "services/scoring/board.h"

#include "common/must.h"

void board_open(struct board *board, const struct limits_rules *rules)
{
    struct rank_rule cuts[LIMITS_CUTS];
    *board = (struct board){.net = rank_open(RANK_MONEY)};
    limits_cuts(rules, cuts);
    for (unsigned i = 0; i < LIMITS_CUTS; i++)
        if (cuts[i].way != RANK_NO_WAY)
            board->asked[board->asked_count++] =
                (struct board_cut){.cut = (uint8_t)i, .number = (uint8_t)rank_cut(board->net, cuts[i])};
    if (!rules->parts)
        return;
    board->frequency = tally_open();
    for (uint32_t part = 1; part < LIMITS_PARTS; part++)
        must(tally_cut(board->frequency, part, LIMITS_PARTS) == part - 1);
}

void board_close(struct board *board)
{
    rank_close(&board->net);
    if (board->frequency != NULL)
        tally_close(&board->frequency);
}

void board_clear(struct board *board)
{
    rank_clear(board->net);
    if (board->frequency != NULL)
        tally_clear(board->frequency);
}

int64_t board_value(int128 net)
{
    if (net >= RANK_NONE)
        return RANK_NONE - 1;
    return net < -RANK_NONE ? -RANK_NONE : (int64_t)net;
}

void board_put(struct board *board, uint32_t slot, uint32_t orders, int128 net, uint32_t *tallied)
{
    must(orders <= INT32_MAX);
    if (orders > 0)
        rank_put(board->net, slot, board_value(net));
    else
        rank_drop(board->net, slot);
    if (board->frequency != NULL)
        tally_move(board->frequency, *tallied, orders);
    *tallied = orders;
}

void board_settle(struct board *board, struct limits_board *ret_limits)
{
    uint64_t population = rank_count(board->net);
    rank_settle(board->net, population);
    ret_limits->population = population;
    ret_limits->positive = rank_positive(board->net);
    for (unsigned i = 0; i < board->asked_count; i++)
        ret_limits->cuts[board->asked[i].cut] = rank_cut_stand(board->net, board->asked[i].number);
    if (board->frequency == NULL)
        return;
    tally_settle(board->frequency);
    for (unsigned part = 0; part < LIMITS_PARTS - 1; part++)
        ret_limits->f[part] = (struct limits_orders){.value = tally_cut_value(board->frequency, part),
                                                     .above = tally_cut_above(board->frequency, part)};
}

size_t board_bytes(const struct board *board)
{
    return rank_bytes(board->net) + (board->frequency != NULL ? tally_bytes(board->frequency) : 0);
}
