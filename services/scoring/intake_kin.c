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
    const struct wire_event *event;
    const struct kin_move *moves;
    size_t count;
    uint32_t slot;
};

// For whom a claim counted until now; KINSHIP_ALONE when it is the same one still.
static uint32_t moved_from(const struct moving *moving, const struct claim *claim)
{
    for (size_t i = 0; i < moving->count; i++)
        if (moving->moves[i].slot == claim->slot)
            return moving->moves[i].from;
    return KINSHIP_ALONE;
}

// Several claims of those who move may be about one order; it is looked at with the first.
static bool is_first(const struct moving *moving, const struct claims *claims, uint32_t number)
{
    size_t at = 0;
    while (at < claims->count && moved_from(moving, &claims->items[at]) == KINSHIP_ALONE)
        at++;
    return at < claims->count && claims->items[at].number == number;
}

// An order that two told, who are one now, counts once from now on, or twice again; also when it is another's by then.
static bool move_order(void *context, uint32_t number, const struct order *order)
{
    (void)order;
    const struct moving *moving = context;
    struct scoring *scoring = moving->scoring;
    struct turn *turn = moving->turn;
    struct claims *was = scoring->claims, *is = scoring->claims_then;
    bool all[CLAIMS_MAX];
    const char *order_id = archive_order_id(turn->tx, turn->arena, number);
    archive_find_claims(scoring->archive, turn->tx, moving->slot, order_id, is);
    if (!is_first(moving, is, number))
        return true;
    for (size_t i = 0; i < is->count; i++)
        if (moved_from(moving, &is->items[i]) == KINSHIP_ALONE)
            announce_first(scoring, turn, is->items[i].party);
    archive_find_claims(scoring->archive, turn->tx, moving->slot, order_id, is); // what was said moved the rows
    *was = *is;
    for (size_t i = 0; i < was->count; i++) {
        uint32_t from = moved_from(moving, &was->items[i]);
        was->items[i].party = from != KINSHIP_ALONE ? from : was->items[i].party;
    }
    claims_sort(was);
    memset(all, true, sizeof all);
    intake_change_wholes(scoring, turn, was, all, -1, moving->event);
    intake_change_wholes(scoring, turn, is, all, 1, moving->event);
    return true;
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
    struct moving moving = {scoring, turn, event, moves, count, 0};
    for (size_t i = 0; i < count; i++) {
        moving.slot = moves[i].slot;
        archive_walk_claims(scoring->archive, turn->tx, moving.slot, move_order, &moving);
        intake_move_notes(scoring, turn, &moves[i]);
        if (moves[i].to != moves[i].slot)
            rank_drop(scoring->futures, moves[i].slot);
        const uint32_t concerned[] = {moves[i].slot, moves[i].from, moves[i].to};
        for (size_t j = 0; j < sizeof concerned / sizeof *concerned; j++) {
            intake_refold(scoring, concerned[j]);
            intake_touch(scoring, concerned[j], NULL, event);
        }
    }
}
