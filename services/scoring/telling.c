#include "services/scoring/telling.h"

#include "services/scoring/lately.h"

void telling_find(struct scoring *scoring, struct turn *turn, uint32_t slot, const struct judgement *judgement,
                  bool always, struct telling *ret_telling)
{
    const struct standing *standing = column_at(&scoring->standings, slot);
    brief_make(&scoring->options.judging, &judgement->view, &judgement->assessment, judgement->announce,
               &ret_telling->brief);
    ret_telling->hash = brief_hash(&ret_telling->brief);
    ret_telling->due = always || ret_telling->hash != standing->told;
    // The first round after a start reads the orders for later, when events wait.
    if (!ret_telling->due && lately_kept(&scoring->lately, slot))
        return;
    const struct purchase *purchases[BRIEF_ORDERS];
    ret_telling->order_count = brief_orders(&judgement->assessment, purchases);
    lately_read(&scoring->lately, turn, slot, purchases, ret_telling->order_count, ret_telling->orders);
}

// What part the customer is of all customers' value in the window.
static uint32_t share_ppm(const struct scoring *scoring, int64_t net_micros)
{
    int128 sum = ledger_upper(scoring->ledger, LEDGER_C).sum;
    return sum > 0 && net_micros > 0 ? (uint32_t)((int128)net_micros * RANK_PPM / sum) : 0;
}

void telling_say(const struct scoring *scoring, struct turn *turn, const char *customer_id,
                 const struct telling *telling, bool historical)
{
    const struct brief *brief = &telling->brief;
    struct wire_value value = {
        .customer_id = customer_id,
        .currency = scoring->terms.currency,
        .brief = brief,
        .names = &scoring->names,
        .file = completeness_class_of(&scoring->options.judging.completeness, brief->file_class),
        .share_ppm = share_ppm(scoring, brief->net_micros),
        .orders = telling->orders,
        .order_count = telling->order_count,
    };
    wire_say_value(turn, &value, historical);
}
