// Customers who are one, since somebody said that they were merged: what is kept of each stays with it, and counts for
// the main one.
#include "services/scoring/intake.h"

#include "services/scoring/announce.h"
#include "services/scoring/archive_kin.h"
#include "services/scoring/intake_parts.h"

#include <string.h>

struct moving {
    struct scoring *scoring;
    struct turn *turn;
    const struct kin_move *move;
};

static bool move_order(void *context, uint32_t number, const struct order *order)
{
    const struct moving *moving = context;
    intake_move_order(moving->scoring, moving->turn, number, order, moving->move);
    return true;
}

static void move_all(struct scoring *scoring, struct turn *turn, const struct kin_move *move)
{
    struct moving moving = {scoring, turn, move};
    archive_walk_own_orders(scoring->archive, turn->tx, move->slot, move_order, &moving);
    intake_move_notes(scoring, turn, move);
    if (move->to != move->slot)
        rank_drop(scoring->futures, move->slot);
}

void intake_kin(struct scoring *scoring, struct turn *turn, const struct wire_event *event)
{
    uint32_t customer = intake_slot(scoring, turn, event->customer_id);
    uint32_t other = intake_slot(scoring, turn, event->other_id);
    struct kin_word word = {.slot = other, .into = event->merged ? customer : KINSHIP_ALONE, .time_ms = event->time_ms};
    const struct kin_move *moves;
    size_t count;
    memcpy(word.key, event->key, KINSHIP_KEY_BYTES);
    // By the rules before them, while they are still whom they were.
    announce_first(scoring, turn, kinship_main(scoring->kinship, customer));
    announce_first(scoring, turn, kinship_main(scoring->kinship, other));
    if (!kinship_hear(scoring->kinship, &word, &moves, &count))
        return;
    archive_put_word(turn->tx, &word);
    for (size_t i = 0; i < count; i++) {
        move_all(scoring, turn, &moves[i]);
        const uint32_t concerned[] = {moves[i].slot, moves[i].from, moves[i].to};
        for (size_t j = 0; j < sizeof concerned / sizeof *concerned; j++) {
            intake_refold(scoring, concerned[j]);
            intake_touch(scoring, concerned[j], NULL, event);
        }
    }
}
