#include "services/scoring/intake.h"

#include "common/must.h"
#include "services/scoring/announce.h"
#include "services/scoring/intake_parts.h"
#include "services/scoring/lately.h"
#include "services/scoring/options.h"

#include <stdlib.h>
#include <string.h>

enum {
    TOUCHES_FIRST = 256,
};

#define INTAKE_NO_PURCHASE INT64_MIN

// --- customers

uint32_t intake_slot(struct scoring *scoring, struct turn *turn, const char *id)
{
    uint8_t key[LEDGER_KEY_BYTES];
    uint32_t slot;
    intake_key(id, strlen(id), key);
    if (ledger_find(scoring->ledger, key, &slot))
        return slot;
    slot = ledger_add(scoring->ledger, key);
    archive_add_customer(turn->tx, slot, id, turn->now_ms);
    return slot;
}

void intake_touch(struct scoring *scoring, uint32_t slot, const char *customer_id, const struct wire_event *event)
{
    uint32_t mark = ledger_customer(scoring->ledger, slot)->mark;
    if (mark == 0) {
        if (scoring->touch_count == scoring->touch_room) {
            scoring->touch_room = scoring->touch_room == 0 ? TOUCHES_FIRST : scoring->touch_room * 2;
            scoring->touches = realloc(scoring->touches, scoring->touch_room * sizeof *scoring->touches);
            must(scoring->touches != NULL);
        }
        scoring->touches[scoring->touch_count++] = (struct touch){.slot = slot, .customer_id = customer_id};
        mark = scoring->touch_count;
        ledger_mark(scoring->ledger, slot, mark);
    }
    struct touch *touch = &scoring->touches[mark - 1];
    bool named = touch->event_count > 0 && touch->events[touch->event_count - 1] == event->name;
    if (!named && touch->event_count == CORE_EVENTS_MAX) {
        memmove(touch->events, touch->events + 1, (CORE_EVENTS_MAX - 1) * sizeof touch->events[0]);
        touch->event_count--;
    }
    if (!named)
        touch->events[touch->event_count++] = event->name;
    touch->live |= !event->historical;
    touch->ordered |= event->kind != WIRE_NOTED;
    if (event->kind != WIRE_NOTED)
        scoring->last_event = event->name;
    scoring->live |= !event->historical;
}

// --- purchases

static struct purchase purchase_of(const struct order_effect *effect, uint32_t number)
{
    return (struct purchase){
        .time_ms = effect->time_ms,
        .kept_micros = effect->kept_micros,
        .total_micros = effect->amount_micros,
        .cost_micros = effect->cost_known ? effect->cost_micros : TRAIL_NO_COST,
        .day = effect->day,
        .order = number & INT32_MAX,
        .discounted = effect->discounted,
    };
}

// Tells the ledger of the customer's newest purchase up to today and what it amounted to; of several at the same
// instant the largest counts, whichever came first.
static void refresh_last(struct scoring *scoring, struct turn *turn, uint32_t slot)
{
    int64_t tomorrow_ms = terms_day_start(&scoring->terms, ledger_day(scoring->ledger) + 1);
    size_t count;
    const struct purchase *purchases = trail_of(scoring->trail, slot, &count);
    size_t at = trail_before(scoring->trail, slot, tomorrow_ms);
    if (at == 0) {
        ledger_last(scoring->ledger, slot, LEDGER_NEVER, 0);
        return;
    }
    int64_t last_ms = purchases[at - 1].time_ms, most = 0;
    struct order order;
    struct order_effect effect;
    for (; at > 0 && purchases[at - 1].time_ms == last_ms; at--) {
        if (!archive_get_order(scoring->archive, turn->tx, purchases[at - 1].order, &order))
            continue; // the transaction has failed
        order_effect(&order, &scoring->terms, &effect);
        most = effect.amount_micros > most ? effect.amount_micros : most;
    }
    ledger_last(scoring->ledger, slot, last_ms, most);
}

// The purchase days around a purchase that is in the trail; *ret_alone: no other purchase is on its day. Days to come
// do not count yet.
static void find_days_around(const struct scoring *scoring, uint32_t slot, const struct purchase *purchase, int32_t day,
                             int32_t *ret_before, int32_t *ret_after, bool *ret_alone)
{
    size_t count;
    const struct purchase *purchases = trail_of(scoring->trail, slot, &count);
    size_t at = trail_before(scoring->trail, slot, purchase->time_ms);
    while (at < count && purchases[at].order != purchase->order)
        at++;
    must(at < count); // what was added is there as it was
    *ret_before = at > 0 ? purchases[at - 1].day : LEDGER_NO_DAY;
    *ret_after = at + 1 < count ? purchases[at + 1].day : LEDGER_NO_DAY;
    if (*ret_after > ledger_day(scoring->ledger))
        *ret_after = LEDGER_NO_DAY;
    *ret_alone = *ret_before != day && *ret_after != day;
}

static void add_purchase(struct scoring *scoring, struct turn *turn, uint32_t slot, uint32_t number,
                         const struct order_effect *effect)
{
    const struct purchase purchase = purchase_of(effect, number);
    trail_add(scoring->trail, slot, purchase);
    if (effect->day > ledger_day(scoring->ledger))
        return; // intake_next_day tells the ledger when the day has come
    const struct ledger_customer *customer = ledger_customer(scoring->ledger, slot);
    if (customer->days == 0 || effect->time_ms > customer->last_ms) {
        // The usual case: newer than all before it, so there is nothing to look for.
        int32_t before = customer->days == 0 ? LEDGER_NO_DAY : customer->last_day;
        if (before != effect->day)
            ledger_day_came(scoring->ledger, slot, before, effect->day, LEDGER_NO_DAY);
        ledger_last(scoring->ledger, slot, effect->time_ms, effect->amount_micros);
        return;
    }
    int32_t before, after;
    bool alone;
    find_days_around(scoring, slot, &purchase, effect->day, &before, &after, &alone);
    if (alone)
        ledger_day_came(scoring->ledger, slot, before, effect->day, after);
    if (effect->time_ms == customer->last_ms)
        refresh_last(scoring, turn, slot);
}

static void remove_purchase(struct scoring *scoring, struct turn *turn, uint32_t slot, uint32_t number,
                            const struct order_effect *effect)
{
    const struct purchase purchase = purchase_of(effect, number);
    int32_t before, after;
    bool alone;
    find_days_around(scoring, slot, &purchase, effect->day, &before, &after, &alone);
    trail_remove(scoring->trail, slot, purchase);
    if (effect->day > ledger_day(scoring->ledger))
        return;
    if (alone)
        ledger_day_went(scoring->ledger, slot, before, effect->day, after);
    if (effect->time_ms == ledger_customer(scoring->ledger, slot)->last_ms)
        refresh_last(scoring, turn, slot);
}

// --- orders

static void count_odd(struct oddities *odd, const struct order_effect *effect, int sign)
{
    odd->no_rate += (uint64_t)(effect->no_rate * sign);
    odd->no_cost += (uint64_t)(effect->no_cost * sign);
    odd->excess += (uint64_t)((effect->excess_micros > 0) * sign);
}

static bool same_line(const struct order_line *left, const struct order_line *right)
{
    return left->day == right->day && left->value == right->value && left->orders == right->orders;
}

// What an order adds to the schemes beside the ledger's own window, and to the window of RFM; `main` is its effect by
// the main measure.
static void change_schemes(struct scoring *scoring, uint32_t slot, const struct order *order,
                           const struct order_effect *main, int sign)
{
    struct order_effect other;
    for (unsigned scheme = 0; scheme <= LIMITS_SCHEMES; scheme++) {
        const struct order_effect *effect = main;
        if (scoring->measures[scheme] == OPTIONS_NO_SCHEME)
            continue;
        if (scoring->measures[scheme] != (int)scoring->terms.measure) {
            struct terms terms = scoring->terms;
            terms.measure = (enum terms_measure)scoring->measures[scheme];
            order_effect(order, &terms, &other);
            effect = &other;
        }
        for (uint32_t i = 0; i < effect->line_count; i++)
            ledger_change_scheme(scoring->ledger, scheme, slot, effect->lines[i].day, sign * effect->lines[i].value,
                                 sign * effect->lines[i].orders);
    }
}

// The sums that an order is part of, beside the ledger's.
static void change_sums(struct scoring *scoring, uint32_t slot, const struct order_effect *effect, int sign)
{
    life_change(column_at(&scoring->lives, slot), effect, sign);
    if (!effect->cancelled)
        return;
    sums_add(scoring->returned, slot, effect->day, sign * effect->amount_micros);
    sums_add(scoring->cancelled, slot, effect->day, sign);
}

// Replaces what an order added to its customer.
static void move_effect(struct scoring *scoring, struct turn *turn, uint32_t slot, uint32_t number,
                        const struct order_effect *before, const struct order_effect *after)
{
    uint32_t lines = before->line_count > after->line_count ? before->line_count : after->line_count;
    for (uint32_t i = 0; i < lines; i++) {
        const struct order_line *old = i < before->line_count ? &before->lines[i] : NULL;
        const struct order_line *new = i < after->line_count ? &after->lines[i] : NULL;
        if (old != NULL && new != NULL && same_line(old, new))
            continue;
        if (old != NULL)
            ledger_change(scoring->ledger, slot, old->day, -old->value, -old->orders);
        if (new != NULL)
            ledger_change(scoring->ledger, slot, new->day, new->value, new->orders);
    }
    bool stays = before->purchase && after->purchase && before->time_ms == after->time_ms;
    if (before->purchase && !stays)
        remove_purchase(scoring, turn, slot, number, before);
    if (after->purchase && !stays)
        add_purchase(scoring, turn, slot, number, after);
    if (stays)
        trail_correct(scoring->trail, slot, purchase_of(after, number));
    if (stays && after->time_ms == ledger_customer(scoring->ledger, slot)->last_ms)
        refresh_last(scoring, turn, slot);
    change_sums(scoring, slot, before, -1);
    change_sums(scoring, slot, after, 1);
    count_odd(&scoring->odd, before, -1);
    count_odd(&scoring->odd, after, 1);
}

// Adds what the event says to the facts. False when it is nothing new.
static bool fold(const struct wire_event *event, struct claim *claim, bool *ret_full)
{
    struct order *order = &claim->order;
    bool news = false, newest = claim_word(claim, event->time_ms, event->tie);
    *ret_full = false;
    if (event->kind == WIRE_CANCELLED)
        news = order_cancel(order);
    else if (event->kind == WIRE_REFUNDED)
        news = order_refund(order, &event->refund, ret_full);
    else
        news = order_version(order, event->kind == WIRE_AMENDED, event->time_ms, event->name, strlen(event->name),
                             &event->amount);
    return news || newest;
}

// --- goods

static void keep_basket(struct scoring *scoring, struct turn *turn, uint32_t slot, uint32_t number, bool fresh,
                        const struct wire_event *event)
{
    uint64_t hash;
    struct slice goods;
    size_t length = basket_bytes(event->basket);
    uint8_t *row = arena_take(turn->arena, length);
    basket_write(event->basket, row);
    lately_put(&scoring->lately, slot, number, event->order_id, &(struct slice){.bytes = row, .length = length});
    if (event->basket->count == 0 && (fresh || !archive_get_basket(turn->tx, number, &hash, &goods)))
        return; // nothing is there to be replaced
    archive_put_basket(turn->tx, turn->arena, number, fresh, goods_hash(event->customer_id, event->order_id),
                       &(struct slice){.bytes = row, .length = length});
}

// The goods of an order count from now on, or no longer.
static void stock(struct scoring *scoring, struct turn *turn, uint32_t number, int64_t newest_ms)
{
    uint64_t hash;
    struct slice goods;
    struct basket basket;
    if (newest_ms == INTAKE_NO_PURCHASE)
        goods_drop(scoring->goods, number);
    else if (archive_get_basket(turn->tx, number, &hash, &goods) && basket_read(goods.bytes, goods.length, &basket))
        goods_put(scoring->goods, number, hash, newest_ms, &basket);
}

// Asks what is known of the event's order. Returns the place of the claim that the event adds to: behind the others,
// but not counted among them, when it is the first of its customer and source.
static size_t find_claims(struct scoring *scoring, struct turn *turn, uint32_t own, const struct wire_event *event)
{
    struct claims *claims = scoring->claims;
    size_t last = 0, count = 0;
    archive_find_claims(scoring->archive, turn->tx, own, event->order_id, claims);
    for (size_t i = 0; i < claims->count; i++) {
        if (claims->items[i].slot != own)
            continue;
        if (claims->items[i].source == event->source)
            return i;
        last = i;
        count++;
    }
    if (count >= CLAIMS_OF_ONE)
        return last;
    claim_start(&claims->items[claims->count], own, event->source);
    claims->items[claims->count].party = kinship_main(scoring->kinship, own);
    claims->of[claims->count] = (uint8_t)claims->count;
    return claims->count;
}

// The event's goods, when it is the version of its claim that counts.
static bool take_goods(struct scoring *scoring, struct turn *turn, uint32_t slot, const struct claim *claim, bool fresh,
                       const struct wire_event *event)
{
    bool listed = event->basket != NULL && claim->order.newest == event->name;
    if (listed)
        keep_basket(scoring, turn, slot, claim->number, fresh, event);
    return listed;
}

// The usual case: nobody else speaks of that order. False: the event is nothing new.
static bool take_alone(struct scoring *scoring, struct turn *turn, uint32_t own, size_t mine,
                       const struct wire_event *event, bool *ret_full)
{
    struct order_effect before, after;
    struct claims *claims = scoring->claims;
    struct claim *claim = &claims->items[mine];
    uint32_t slot = kinship_main(scoring->kinship, own);
    order_effect(&claim->order, &scoring->terms, &before);
    struct order known = claim->order;
    if (!fold(event, claim, ret_full))
        return false;
    order_effect(&claim->order, &scoring->terms, &after);
    change_schemes(scoring, slot, &known, &before, -1);
    change_schemes(scoring, slot, &claim->order, &after, 1);
    bool fresh = claim->number == ARCHIVE_NO_ORDER;
    archive_put_claim(scoring->archive, turn->tx, turn->arena, event->order_id, claims, mine);
    if (fresh)
        archive_own(scoring->archive, own, 1);
    move_effect(scoring, turn, slot, claim->number, &before, &after);
    bool listed = take_goods(scoring, turn, slot, claim, fresh, event);
    if (listed || before.purchase != after.purchase || known.newest_ms != claim->order.newest_ms)
        stock(scoring, turn, claim->number, after.purchase ? claim->order.newest_ms : INTAKE_NO_PURCHASE);
    intake_touch(scoring, slot, own == slot ? event->customer_id : NULL, event);
    return true;
}

// The claims as they will be, and which of them are about an order that the event is about, or was cut from.
static bool plan(struct scoring *scoring, size_t mine, const struct wire_event *event, bool concerned[CLAIMS_MAX],
                 bool *ret_full)
{
    const struct claims *now = scoring->claims;
    struct claims *then = scoring->claims_then;
    then->count = mine < now->count ? now->count : now->count + 1;
    then->crowd = now->crowd || then->count == CLAIMS_MAX;
    for (size_t i = 0; i < then->count; i++)
        then->items[i] = now->items[i];
    if (!fold(event, &then->items[mine], ret_full))
        return false;
    claims_sort(then);
    memset(concerned, 0, CLAIMS_MAX * sizeof *concerned);
    concerned[mine] = true;
    for (size_t steps = 0; steps < then->count; steps++) // each step reaches another one, or all are reached
        for (size_t i = 0; i < then->count; i++)
            for (size_t j = 0; j < then->count; j++) {
                bool was = i < now->count && j < now->count && now->of[i] == now->of[j];
                bool is = then->of[i] == then->of[j], parted = i < now->count && j < now->count && was != is;
                concerned[i] |= parted || ((was || is) && concerned[j]);
            }
    return true;
}

void intake_change_wholes(struct scoring *scoring, struct turn *turn, const struct claims *claims,
                          const bool concerned[CLAIMS_MAX], int sign, const struct wire_event *event)
{
    struct order nothing;
    struct order_effect none, effect;
    struct whole whole;
    order_start(&nothing);
    order_effect(&nothing, &scoring->terms, &none);
    for (size_t i = 0; i < claims->count; i++) {
        if (claims->of[i] != i || !concerned[i])
            continue;
        claims_whole(claims, i, &whole);
        order_effect(&whole.order, &scoring->terms, &effect);
        change_schemes(scoring, whole.party, &whole.order, &effect, sign);
        move_effect(scoring, turn, whole.party, whole.number, sign > 0 ? &none : &effect, sign > 0 ? &effect : &none);
        archive_own(scoring->archive, whole.slot, sign);
        stock(scoring, turn, whole.number, sign > 0 && effect.purchase ? whole.order.newest_ms : INTAKE_NO_PURCHASE);
        intake_touch(scoring, whole.party, NULL, event);
    }
}

// Several speak of the number, be it about orders of their own. False: the event is nothing new.
static bool take_among(struct scoring *scoring, struct turn *turn, uint32_t own, size_t mine,
                       const struct wire_event *event, bool *ret_full)
{
    bool concerned[CLAIMS_MAX];
    const struct claims *now = scoring->claims;
    struct claims *then = scoring->claims_then;
    if (!plan(scoring, mine, event, concerned, ret_full))
        return false;
    bool apart = then->crowd == now->crowd;
    for (size_t i = 0; i < then->count; i++)
        apart &= i == mine || !concerned[i];
    if (apart)
        return take_alone(scoring, turn, own, mine, event, ret_full);
    for (size_t i = 0; i < now->count; i++)
        if (concerned[i])
            announce_first(scoring, turn, now->items[i].party);
    mine = find_claims(scoring, turn, own, event); // what was said moved the rows
    (void)plan(scoring, mine, event, concerned, ret_full);
    intake_change_wholes(scoring, turn, now, concerned, -1, event);
    for (size_t i = 0; i < then->count; i++) {
        struct order *order = &then->items[i].order;
        if (order->newest != event->name && order->newest_length > 0) // it is read again after the write
            order->newest = arena_text(turn->arena, order->newest, order->newest_length);
    }
    bool fresh = then->items[mine].number == ARCHIVE_NO_ORDER;
    archive_put_claim(scoring->archive, turn->tx, turn->arena, event->order_id, then, mine);
    struct whole whole;
    claims_whole(then, then->of[mine], &whole);
    (void)take_goods(scoring, turn, whole.party, &then->items[mine], fresh, event);
    intake_change_wholes(scoring, turn, then, concerned, 1, event);
    return true;
}

void intake_order(struct scoring *scoring, struct turn *turn, const struct wire_event *event)
{
    uint32_t own = intake_slot(scoring, turn, event->customer_id);
    announce_first(scoring, turn, kinship_main(scoring->kinship, own));
    size_t mine = find_claims(scoring, turn, own, event);
    const struct claims *claims = scoring->claims;
    bool alone = !claims->crowd && claims->count == (mine < claims->count ? 1 : 0);
    bool full, news = alone ? take_alone(scoring, turn, own, mine, event, &full)
                            : take_among(scoring, turn, own, mine, event, &full);
    if (full)
        core_count(scoring, FIGURE_REFUNDS_FULL, 0);
    core_count(scoring, FIGURE_ORDER_EVENTS, news ? OUTCOME_CHANGED : OUTCOME_REPEATED);
}

// --- the clock

void intake_next_day(struct scoring *scoring, struct turn *turn)
{
    int32_t day = ledger_day(scoring->ledger) + 1;
    const uint32_t *slots;
    sums_next_day(scoring->minutes);
    sums_next_day(scoring->returned);
    sums_next_day(scoring->cancelled);
    size_t count = ledger_next_day(scoring->ledger, terms_day_start(&scoring->terms, day), &slots);
    for (size_t i = 0; i < count; i++) {
        refresh_last(scoring, turn, slots[i]);
        const struct ledger_customer *customer = ledger_customer(scoring->ledger, slots[i]);
        bool bought = customer->last_ms != LEDGER_NEVER && terms_day(&scoring->terms, customer->last_ms) == day;
        if (!bought || (customer->days > 0 && customer->last_day == day))
            continue;
        int32_t before = customer->days == 0 ? LEDGER_NO_DAY : customer->last_day;
        ledger_day_came(scoring->ledger, slots[i], before, day, LEDGER_NO_DAY);
    }
}

// --- everything anew

// What the ledger announced; where a person's decision was said, that stands in for it until the next change.
static struct ledger_verdict verdict_said(const uint8_t *said)
{
    struct ledger_verdict verdict = {
        .abc = said[DIMENSION_ABC],
        .tier = said[DIMENSION_TIER],
        .overdue = said[DIMENSION_OVERDUE] == DECLINING_YES,
        .dropped = said[DIMENSION_DROP] == DECLINING_YES,
        .concentrated = said[DIMENSION_CONCENTRATION] == DECLINING_YES,
    };
    memcpy(verdict.schemes, said + DIMENSION_SCHEME, LIMITS_SCHEMES);
    return verdict;
}

static void rebuild_customer(void *context, uint32_t slot, const char *id, const struct standing *said)
{
    struct scoring *scoring = context;
    struct standing *standing = column_at(&scoring->standings, slot);
    uint8_t key[LEDGER_KEY_BYTES];
    // Of somebody who was erased the slot is left: its number stands for the id, behind a byte that no id begins with.
    const uint8_t nobody[] = {0, (uint8_t)(slot >> 24), (uint8_t)(slot >> 16), (uint8_t)(slot >> 8), (uint8_t)slot};
    size_t length = strlen(id);
    intake_key(length > 0 ? id : (const char *)nobody, length > 0 ? length : sizeof nobody, key);
    must(ledger_add(scoring->ledger, key) == slot);
    scoring->erased += length == 0;
    *standing = *said;
    renaming_apply(&scoring->renaming, standing->said);
    memcpy(standing->now, standing->said, DIMENSION_ROOM); // until it is judged again
    ledger_announce(scoring->ledger, slot, verdict_said(standing->said));
}

static void rebuild_reason(void *context, const struct archive_reason *reason)
{
    struct scoring *scoring = context;
    if (!reason->historical && reason->dimension < DIMENSIONS)
        movement_count(&scoring->movement, terms_day(&scoring->terms, reason->time_ms),
                       (enum dimension)reason->dimension, reason->before, reason->after);
}

static void rebuild_order(void *context, uint32_t own, uint32_t number, const struct order *order)
{
    struct scoring *scoring = context;
    uint32_t slot = kinship_main(scoring->kinship, own);
    struct order_effect effect;
    order_effect(order, &scoring->terms, &effect);
    count_odd(&scoring->odd, &effect, 1);
    change_sums(scoring, slot, &effect, 1);
    change_schemes(scoring, slot, order, &effect, 1);
    for (uint32_t i = 0; i < effect.line_count; i++)
        ledger_change(scoring->ledger, slot, effect.lines[i].day, effect.lines[i].value, effect.lines[i].orders);
    if (!effect.purchase)
        return;
    trail_add(scoring->trail, slot, purchase_of(&effect, number));
    const struct ledger_customer *customer = ledger_customer(scoring->ledger, slot);
    bool newer = effect.time_ms > customer->last_ms ||
                 (effect.time_ms == customer->last_ms && effect.amount_micros > customer->last_micros);
    if (effect.day <= ledger_day(scoring->ledger) && newer)
        ledger_last(scoring->ledger, slot, effect.time_ms, effect.amount_micros);
}

// The purchase days, now that all purchases are known and in order.
static void rebuild_days(struct scoring *scoring, uint32_t slot)
{
    size_t count;
    const struct purchase *purchases = trail_of(scoring->trail, slot, &count);
    int32_t before = LEDGER_NO_DAY;
    for (size_t i = 0; i < count; i++) {
        int32_t day = purchases[i].day;
        if (day > ledger_day(scoring->ledger))
            break;
        if (day != before)
            ledger_day_came(scoring->ledger, slot, before, day, LEDGER_NO_DAY);
        before = day;
    }
}

void intake_rebuild(struct scoring *scoring, struct turn *turn, int64_t as_of_ms)
{
    static const struct archive_visitor visitor = {rebuild_customer, rebuild_order, intake_rebuild_note,
                                                   rebuild_reason};
    const uint32_t *slots;
    int32_t today = terms_day(&scoring->terms, as_of_ms);
    ledger_clear(scoring->ledger, as_of_ms, today);
    trail_clear(scoring->trail);
    goods_clear(scoring->goods);
    scoring->goods_next = 0;
    column_clear(&scoring->standings);
    column_clear(&scoring->lives);
    column_clear(&scoring->hinted);
    lately_clear(&scoring->lately);
    intake_forget_stories(scoring);
    sums_clear(scoring->minutes, today);
    sums_clear(scoring->returned, today);
    sums_clear(scoring->cancelled, today);
    movement_start(&scoring->movement, today);
    scoring->pool = (struct satisfaction_pool){0};
    scoring->odd = (struct oddities){0};
    scoring->erased = 0;
    scoring->touch_count = 0;
    scoring->last_event = NULL;
    scoring->live = false;
    archive_load(scoring->archive, turn->tx, &visitor, scoring);
    for (uint32_t slot = 0; slot < ledger_count(scoring->ledger); slot++)
        rebuild_days(scoring, slot);
    intake_rebuild_stories(scoring, turn);
    (void)ledger_settle(scoring->ledger,
                        &slots); // what the announcements lag behind by other rules, the sweep says
}
