#include "services/scoring/answer.h"

#include "common/calendar.h"
#include "common/instant.h"
#include "common/must.h"
#include "common/zone.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "services/scoring/announce.h"
#include "services/scoring/curve.h"
#include "services/scoring/evidence.h"
#include "services/scoring/hints.h"
#include "services/scoring/judge.h"
#include "services/scoring/meet.h"
#include "tend/v1/scoring.pb-c.h"

#include <string.h>

enum {
    CHANGES_MAX = 100,
    MONTHS_MAX = 36,
    PARTS_MAX = 64, // whoever merged more sees them in the journal
};

static char *text(const char *constant)
{
    return (char *)(uintptr_t)constant;
}

static uint32_t share_ppm(int128 part, int128 whole)
{
    return whole > 0 && part > 0 ? (uint32_t)(part * RANK_PPM / whole) : 0;
}

Tend__V1__Money *answer_make_money(struct turn *turn, int128 micros, const char *currency)
{
    Tend__V1__Money *money = arena_take(turn->arena, sizeof *money);
    tend__v1__money__init(money);
    money->micros = micros > INT64_MAX ? INT64_MAX : micros < INT64_MIN ? INT64_MIN : (int64_t)micros;
    money->currency = text(currency);
    return money;
}

// What the measure is counted in.
const char *answer_measure_currency(const struct scoring *scoring)
{
    return scoring->terms.measure == TERMS_QUANTITY ? "" : scoring->terms.currency;
}

char *answer_make_day(struct turn *turn, int32_t day)
{
    char *buffer = arena_take(turn->arena, DAY_TEXT_BYTES);
    (void)day_print(day, buffer);
    return buffer;
}

// Its id, and since when it is known.
static const char *name_customer(struct turn *turn, uint32_t slot, int64_t *ret_known_ms)
{
    const char *id = "";
    *ret_known_ms = 0;
    (void)archive_get_customer(turn->tx, turn->arena, slot, &id, ret_known_ms);
    return id;
}

// --- the file

struct filing {
    struct turn *turn;
    const struct profile *profile;
    const char *name, *owner;
};

static bool find_file(void *context, const struct slice *row)
{
    struct filing *filing = context;
    struct note note;
    if (!note_read(row->bytes, row->length, &note) || note.kind != NOTE_UPSERTED)
        return true;
    const struct profile *profile = filing->profile;
    if (memcmp(note.key, profile->name_key, NOTE_KEY_BYTES) == 0)
        filing->name = arena_text(filing->turn->arena, note.customer.name, strlen(note.customer.name));
    if (profile->owner != 0 && memcmp(note.key, profile->owner_key, NOTE_KEY_BYTES) == 0)
        filing->owner = arena_text(filing->turn->arena, note.customer.owner, strlen(note.customer.owner));
    return filing->name == NULL || (filing->owner == NULL && profile->owner != 0);
}

static struct filing read_file(const struct scoring *scoring, struct turn *turn, uint32_t slot)
{
    const struct profile *profile = &core_story(scoring, slot)->profile;
    struct filing filing = {.turn = turn, .profile = profile};
    if (profile->filed)
        archive_walk_notes(scoring->archive, turn->tx, slot, find_file, &filing);
    filing.name = filing.name != NULL ? filing.name : "";
    filing.owner = filing.owner != NULL ? filing.owner : "";
    return filing;
}

const char *answer_owner(struct scoring *scoring, struct turn *turn, uint32_t slot)
{
    return read_file(scoring, turn, slot).owner;
}

// --- dimensions

// When each dimension changed last.
struct changing {
    int64_t since_ms[DIMENSIONS]; // 0: not as far as is kept
};

static bool note_change(void *context, const struct archive_reason *reason)
{
    struct changing *changing = context;
    if (reason->dimension < DIMENSIONS && changing->since_ms[reason->dimension] == 0)
        changing->since_ms[reason->dimension] = reason->time_ms;
    return true;
}

static Tend__V1__Dimension *start_dimension(const struct scoring *scoring, struct turn *turn, enum dimension dimension,
                                            uint8_t value)
{
    Tend__V1__Dimension *message = arena_take(turn->arena, sizeof *message);
    tend__v1__dimension__init(message);
    message->name =
        (char *)(uintptr_t)dimension_name(&scoring->names, dimension, arena_take(turn->arena, DIMENSION_NAME_BYTES));
    message->value = (char *)(uintptr_t)dimension_word(&scoring->names, dimension, value,
                                                       arena_take(turn->arena, DIMENSION_WORD_BYTES));
    return message;
}

static void add_override(struct scoring *scoring, struct turn *turn, uint32_t slot, enum dimension dimension,
                         const struct judgement *judgement, Tend__V1__Dimension *message)
{
    const struct override *entry = judge_override(scoring, slot, dimension);
    if (entry == NULL)
        return;
    struct evidence_decision decided = evidence_decision(scoring, turn, slot, dimension);
    Tend__V1__ValueOverride *decision = arena_take(turn->arena, sizeof *decision);
    tend__v1__value_override__init(decision);
    decision->value = message->value;
    decision->by = text(decided.by);
    decision->reason = text(decided.why);
    if (entry->until_day != INT32_MAX)
        decision->until = answer_make_day(turn, entry->until_day);
    decision->since = instant_make(turn->arena, entry->time_ms);
    message->overridden = decision;
    message->machine = (char *)(uintptr_t)dimension_word(&scoring->names, dimension, judgement->machine[dimension],
                                                         arena_take(turn->arena, DIMENSION_WORD_BYTES));
}

struct network {
    struct scoring *scoring;
    int128 net;
    int128 commission; // due for their first orders
    int64_t customers;
};

static bool add_referred(void *context, const struct slice *row)
{
    struct network *network = context;
    struct note note;
    uint8_t key[LEDGER_KEY_BYTES];
    uint32_t slot;
    if (!note_read(row->bytes, row->length, &note) || note.kind != NOTE_REFERRAL || note.word.who[0] == '\0')
        return true;
    hash_table_key(note.word.who, strlen(note.word.who), key);
    if (!ledger_find(network->scoring->ledger, key, &slot))
        return true;
    slot = kinship_main(network->scoring->kinship, slot);
    int128 net = ledger_customer(network->scoring->ledger, slot)->net;
    network->customers++;
    network->net += net > 0 ? net : 0;
    size_t count;
    const struct purchase *purchases = trail_of(network->scoring->trail, slot, &count);
    if (count > 0)
        network->commission += worth_commission(&network->scoring->options.judging.worth, purchases[0].kept_micros);
    return true;
}

// What those brought whom the customer brought; several processes know only of those they share.
static void add_network(struct scoring *scoring, struct turn *turn, uint32_t slot, struct reason *reason)
{
    struct network network = {.scoring = scoring};
    if (core_story(scoring, slot)->care.referrals == 0 || scoring->terms.measure == TERMS_QUANTITY ||
        reason->figure_count + 4 > REASON_FIGURES_MAX)
        return;
    archive_walk_notes(scoring->archive, turn->tx, slot, add_referred, &network);
    int64_t brought = worth_held(network.net);
    reason_add(reason, "referred_customers", REASON_COUNT, network.customers);
    reason_add(reason, "referred_net_sales", REASON_MONEY, brought);
    if (network.commission > 0)
        reason_add(reason, "commission_due", REASON_MONEY, worth_held(network.commission));
    reason_add(reason, "network_value", REASON_MONEY, worth_network(&scoring->options.judging.worth, brought));
}

// A dimension with everything that can be said about it.
static Tend__V1__Dimension *make_dimension(struct scoring *scoring, struct turn *turn, uint32_t slot,
                                           const struct judgement *judgement, enum dimension dimension,
                                           int64_t since_ms)
{
    struct reason *reason = arena_take(turn->arena, sizeof *reason);
    Tend__V1__Dimension *message = start_dimension(scoring, turn, dimension, judgement->now[dimension]);
    judge_explain(scoring, slot, judgement, dimension, reason);
    if (dimension == DIMENSION_ADVOCACY)
        add_network(scoring, turn, slot, reason);
    message->since = instant_make(turn->arena, since_ms);
    message->rule = reason->rule;
    message->note = reason->note;
    message->figures = wire_make_figures(turn, reason, scoring->terms.currency);
    message->n_figures = reason->figure_count;
    add_override(scoring, turn, slot, dimension, judgement, message);
    return message;
}

static void add_dimensions(struct scoring *scoring, struct turn *turn, uint32_t slot, const struct judgement *judgement,
                           int64_t known_ms, Tend__V1__CustomerCard *card)
{
    struct changing changing = {{0}};
    size_t count = dimension_count(&scoring->names);
    archive_walk_reasons(scoring->archive, turn->tx, slot, note_change, &changing);
    card->dimensions = arena_take(turn->arena, count * sizeof *card->dimensions);
    for (size_t i = 0; i < count; i++) {
        int64_t since_ms = changing.since_ms[i] != 0 ? changing.since_ms[i] : known_ms;
        card->dimensions[card->n_dimensions++] =
            make_dimension(scoring, turn, slot, judgement, (enum dimension)i, since_ms);
    }
}

static void list_dimensions(const struct scoring *scoring, struct turn *turn, uint32_t slot, const uint8_t *now,
                            Tend__V1__CustomerCard *card)
{
    size_t count = dimension_count(&scoring->names);
    card->dimensions = arena_take(turn->arena, count * sizeof *card->dimensions);
    for (size_t i = 0; i < count; i++) {
        if (now[i] == 0)
            continue;
        Tend__V1__Dimension *message = start_dimension(scoring, turn, (enum dimension)i, now[i]);
        if (judge_override(scoring, slot, (enum dimension)i) != NULL) {
            message->overridden = arena_take(turn->arena, sizeof *message->overridden);
            tend__v1__value_override__init(message->overridden);
            message->overridden->value = message->value;
        }
        card->dimensions[card->n_dimensions++] = message;
    }
}

// --- cards

static bool first_change(void *context, const struct archive_reason *reason)
{
    int64_t *since_ms = context;
    if (reason->dimension != DIMENSION_ABC)
        return true;
    *since_ms = reason->time_ms;
    return false;
}

static void add_purchases(const struct scoring *scoring, struct turn *turn, uint32_t slot,
                          const struct ledger_customer *customer, Tend__V1__CustomerCard *card)
{
    if (customer->days == 0)
        return;
    card->last_order = instant_make(turn->arena, customer->last_ms);
    card->last_order_amount = answer_make_money(turn, customer->last_micros, scoring->terms.currency);
    card->first_order_day = answer_make_day(turn, customer->first_day);
    card->last_order_day = answer_make_day(turn, customer->last_day);
    card->mean_gap_milli = ledger_mean_gap_milli(customer);
    card->overdue_since = instant_make(turn->arena, ledger_overdue_at(scoring->ledger, slot));
}

static Tend__V1__CustomerCard *make_card(struct scoring *scoring, struct turn *turn, uint32_t slot,
                                         const struct judgement *judgement, int64_t *ret_known_ms)
{
    const struct ledger *ledger = scoring->ledger;
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    const struct standing *standing = column_at(&scoring->standings, slot);
    Tend__V1__CustomerCard *card = arena_take(turn->arena, sizeof *card);
    tend__v1__customer_card__init(card);
    card->customer_id = text(name_customer(turn, slot, ret_known_ms));
    card->abc = (Tend__V1__AbcClass)judgement->now[DIMENSION_ABC];
    card->announced = (Tend__V1__AbcClass)standing->said[DIMENSION_ABC];
    int64_t since_ms = *ret_known_ms;
    archive_walk_reasons(scoring->archive, turn->tx, slot, first_change, &since_ms);
    card->announced_since = instant_make(turn->arena, since_ms);
    card->net = answer_make_money(turn, customer->net, answer_measure_currency(scoring));
    card->share_ppm = share_ppm(customer->net, ledger_upper(ledger, LEDGER_C).sum);
    card->orders = customer->orders;
    card->rfm = arena_take(turn->arena, sizeof *card->rfm);
    tend__v1__rfm_score__init(card->rfm);
    card->rfm->r = judgement->view.rfm.r;
    card->rfm->f = judgement->view.rfm.f;
    card->rfm->m = judgement->view.rfm.m;
    card->purchase_days = customer->days;
    card->overdue = judgement->now[DIMENSION_OVERDUE] == DECLINING_YES;
    card->dropped = judgement->now[DIMENSION_DROP] == DECLINING_YES;
    struct filing filing = read_file(scoring, turn, slot);
    card->name = text(filing.name);
    card->owner_rep_id = text(filing.owner);
    const struct assessment *all = &judgement->assessment;
    if (all->clv_facts.source != CLV_NO_SOURCE)
        card->clv = answer_make_money(turn, all->clv.future_micros, scoring->terms.currency);
    if (all->window.money.costed_micros != 0)
        card->margin = answer_make_money(turn, all->window.money.margin_micros, scoring->terms.currency);
    if (judgement->view.served_micros > 0)
        card->cost_to_serve = answer_make_money(turn, judgement->view.served_micros, scoring->terms.currency);
    add_purchases(scoring, turn, slot, customer, card);
    return card;
}

Tend__V1__CustomerCard *answer_make_card(struct scoring *scoring, struct turn *turn, uint32_t slot)
{
    struct judgement judgement;
    int64_t known_ms;
    judge(scoring, slot, &judgement);
    Tend__V1__CustomerCard *card = make_card(scoring, turn, slot, &judgement, &known_ms);
    list_dimensions(scoring, turn, slot, judgement.now, card);
    return card;
}

// --- what only the archive knows of one customer

struct detailing {
    const struct terms *terms;
    Tend__V1__CustomerDetail *detail;
};

static bool add_detail(void *context, uint32_t number, const struct order *order)
{
    struct detailing *detailing = context;
    (void)number;
    struct order_effect effect;
    order_effect(order, detailing->terms, &effect);
    detailing->detail->orders_known += order->placed || order->amended;
    detailing->detail->orders_cancelled += order->cancelled;
    detailing->detail->orders_without_rate += effect.no_rate;
    detailing->detail->orders_without_cost += effect.no_cost;
    detailing->detail->orders_refunded_beyond += effect.excess_micros > 0;
    return true;
}

static int32_t month_of(int32_t day)
{
    struct date date = day_date(day);
    return date.year * 12 + date.month - 1;
}

static void add_profit(int64_t *sum, int64_t profit)
{
    *sum = worth_held((int128)*sum + profit);
}

// The profits of the whole months since the first purchase, the newest MONTHS_MAX, and a curve through them.
static void add_months(struct scoring *scoring, struct turn *turn, const struct judgement *judgement,
                       Tend__V1__CustomerDetail *detail)
{
    const struct view *view = &judgement->view;
    int64_t profits[MONTHS_MAX] = {0};
    int32_t end = month_of(view->today); // this month is not whole
    if (view->customer->days == 0 || month_of(view->customer->first_day) >= end)
        return;
    int32_t from = month_of(view->customer->first_day);
    from = end - from > MONTHS_MAX ? end - MONTHS_MAX : from;
    for (size_t i = view->purchase_count; i > 0 && month_of(view->purchases[i - 1].day) >= from; i--) {
        const struct purchase *purchase = &view->purchases[i - 1];
        struct clv_money money = {.kept_micros = purchase->kept_micros};
        if (purchase->cost_micros != TRAIL_NO_COST) {
            money.costed_micros = purchase->kept_micros;
            money.margin_micros = purchase->kept_micros - purchase->cost_micros;
        }
        if (month_of(purchase->day) < end)
            add_profit(&profits[month_of(purchase->day) - from], clv_profit(&scoring->options.judging.clv, &money));
    }
    detail->months = arena_take(turn->arena, MONTHS_MAX * sizeof *detail->months);
    for (int32_t month = from; month < end; month++) {
        Tend__V1__MonthlyProfit *row = arena_take(turn->arena, sizeof *row);
        tend__v1__monthly_profit__init(row);
        row->month = (char *)(uintptr_t)arena_format(turn->arena, "%04d-%02d", month / 12, month % 12 + 1);
        row->profit = answer_make_money(turn, profits[month - from], scoring->terms.currency);
        detail->months[detail->n_months++] = row;
    }
    struct curve fitted;
    curve_fit(profits, (size_t)(end - from), &fitted);
    Tend__V1__ProfitCurve *curve = arena_take(turn->arena, sizeof *curve);
    tend__v1__profit_curve__init(curve);
    curve->kind = text(curve_names[fitted.kind]);
    curve->months = fitted.months;
    if (fitted.kind != CURVE_UNKNOWN) {
        curve->next_12_months = answer_make_money(turn, curve_forecast(&fitted, 12), scoring->terms.currency);
        curve->n_parameters = fitted.parameter_count;
        curve->parameters = arena_take(turn->arena, CURVE_PARAMETERS_MAX * sizeof *curve->parameters);
        memcpy(curve->parameters, fitted.parameters, fitted.parameter_count * sizeof *curve->parameters);
    }
    detail->curve = curve;
}

static void add_policy(struct scoring *scoring, struct turn *turn, const Tend__V1__CustomerCard *card,
                       const struct judgement *judgement, Tend__V1__CustomerDetail *detail)
{
    const struct policy_due *due = policies_due(&scoring->options.judging.policies, judgement->now[DIMENSION_ABC]);
    char word[DIMENSION_WORD_BYTES];
    if (due == NULL)
        return;
    struct wire_policy policy = {
        .customer_id = card->customer_id,
        .before = "",
        .class = dimension_word(&scoring->names, DIMENSION_ABC, judgement->now[DIMENSION_ABC], word),
        .due = due,
        .time_ms = judgement->view.now_ms,
    };
    detail->policy = wire_make_policy(turn, &policy);
}

// --- hints

static void add_hints(struct scoring *scoring, struct turn *turn, uint32_t slot, Tend__V1__CustomerDetail *detail)
{
    struct goods_hint hints[GOODS_HINTS_MAX];
    struct goods_bought *bought = arena_take(turn->arena, HINTS_GOODS_MAX * sizeof *bought);
    size_t known = hints_bought(scoring, turn, slot, bought);
    size_t count = goods_hints(scoring->goods, &scoring->options.goods, bought, known, ledger_day(scoring->ledger),
                               hints, (size_t)scoring->options.goods.hints);
    detail->hints = arena_take(turn->arena, (count + 1) * sizeof *detail->hints);
    for (size_t i = 0; i < count; i++) {
        const struct goods_hint *hint = &hints[i];
        Tend__V1__ProductHint *row = arena_take(turn->arena, sizeof *row);
        tend__v1__product_hint__init(row);
        row->sku = text(arena_text(turn->arena, hint->effect.sku, hint->effect.sku_length));
        row->name = text(hints_name(turn, &hint->effect));
        row->with_sku = text(arena_text(turn->arena, hint->cause.sku, hint->cause.sku_length));
        row->with_name = text(hints_name(turn, &hint->cause));
        row->together = hint->together;
        row->baskets = hint->effects;
        row->with_baskets = hint->from;
        row->all_baskets = hint->orders;
        row->confidence_ppm = (uint32_t)hint->confidence_ppm;
        row->lift_ppm = hint->lift_ppm > UINT32_MAX ? UINT32_MAX : (uint32_t)hint->lift_ppm;
        detail->hints[detail->n_hints++] = row;
    }
}

// Those who go on as part of the customer.
static void add_parts(struct scoring *scoring, struct turn *turn, uint32_t slot, Tend__V1__CustomerDetail *detail)
{
    int64_t known_ms;
    uint32_t at = kinship_next(scoring->kinship, slot);
    detail->parts = arena_take(turn->arena, PARTS_MAX * sizeof *detail->parts);
    for (; at != slot && detail->n_parts < PARTS_MAX; at = kinship_next(scoring->kinship, at))
        detail->parts[detail->n_parts++] = text(name_customer(turn, at, &known_ms));
}

void answer_customer(struct scoring *scoring, struct turn *turn, uint32_t slot, struct reply *ret_reply)
{
    struct judgement judgement;
    int64_t known_ms, value;
    judge(scoring, slot, &judgement);
    Tend__V1__CustomerCard *card = make_card(scoring, turn, slot, &judgement, &known_ms);
    add_dimensions(scoring, turn, slot, &judgement, known_ms, card);
    Tend__V1__CustomerDetail detail = TEND__V1__CUSTOMER_DETAIL__INIT;
    struct detailing detailing = {.terms = &scoring->terms, .detail = &detail};
    archive_walk_orders(scoring->archive, turn->tx, slot, add_detail, &detailing);
    struct rank *by_net = ledger_by_net(scoring->ledger);
    if (meet_processes(scoring) == 1 && rank_value(by_net, slot, &value)) { // of several, none knows its place
        struct rank_mass above = rank_above(by_net, value);
        detail.position = above.count >= UINT32_MAX ? UINT32_MAX : (uint32_t)above.count + 1;
        detail.above_ppm = share_ppm(above.sum, rank_positive(by_net).sum);
    }
    add_policy(scoring, turn, card, &judgement, &detail);
    add_months(scoring, turn, &judgement, &detail);
    add_hints(scoring, turn, slot, &detail);
    add_parts(scoring, turn, slot, &detail);
    card->detail = &detail;
    reply_message(turn, &card->base, ret_reply);
}

void answer_customers(struct scoring *scoring, struct turn *turn, const uint32_t *slots, size_t count,
                      uint32_t next_offset, struct reply *ret_reply)
{
    Tend__V1__CustomerCards cards = TEND__V1__CUSTOMER_CARDS__INIT;
    cards.customers = arena_take(turn->arena, (count + 1) * sizeof *cards.customers);
    cards.n_customers = count;
    for (size_t i = 0; i < count; i++)
        cards.customers[i] = answer_make_card(scoring, turn, slots[i]);
    cards.next_offset = next_offset;
    reply_message(turn, &cards.base, ret_reply);
}

// --- why

struct collecting {
    struct turn *turn;
    enum dimension dimension;
    int64_t end_ms; // of the day that was asked for
    Tend__V1__Reasons *reasons;
};

static bool collect_change(void *context, const struct archive_reason *reason)
{
    struct collecting *collecting = context;
    Tend__V1__Reasons *reasons = collecting->reasons;
    if (reason->dimension != (uint8_t)collecting->dimension)
        return true;
    Tend__V1__ValueChanged *change = tend__v1__value_changed__unpack(arena_allocator(collecting->turn->arena),
                                                                     reason->packed.length, reason->packed.bytes);
    if (change == NULL) {
        tx_fail(collecting->turn->tx, STORE_DAMAGED); // we wrote it
        return false;
    }
    reasons->changes[reasons->n_changes++] = change;
    if (reasons->then == NULL && reason->time_ms < collecting->end_ms)
        reasons->then = change;
    return reasons->n_changes < CHANGES_MAX;
}

// Before the oldest change that is kept, what it changed from held; of that no figures are kept. What is never
// announced is not kept at all.
static void find_then(struct collecting *collecting, int64_t known_ms, int64_t now_ms)
{
    Tend__V1__Reasons *reasons = collecting->reasons;
    bool kept = dimension_told(collecting->dimension) || now_ms < collecting->end_ms;
    if (reasons->then != NULL || known_ms >= collecting->end_ms || !kept)
        return;
    Tend__V1__ValueChanged *then = arena_take(collecting->turn->arena, sizeof *then);
    tend__v1__value_changed__init(then);
    then->customer_id = reasons->customer_id;
    then->dimension = reasons->dimension;
    then->after = reasons->n_changes > 0 ? reasons->changes[reasons->n_changes - 1]->before : reasons->now->after;
    then->time = instant_make(collecting->turn->arena, known_ms);
    then->note = text(reasons->n_changes > 0 ? "its figures are not kept: this is what the next change began from"
                                             : "no change was announced since; the figures are those of now");
    reasons->then = then;
}

void answer_why(struct scoring *scoring, struct turn *turn, uint32_t slot, enum dimension dimension, int32_t at_day,
                struct reply *ret_reply)
{
    struct judgement judgement;
    struct reason reason;
    int64_t known_ms;
    char name[DIMENSION_NAME_BYTES], word[DIMENSION_WORD_BYTES];
    judge(scoring, slot, &judgement);
    judge_explain(scoring, slot, &judgement, dimension, &reason);
    evidence_tell(scoring, turn, slot, dimension, &reason);
    struct evidence_decision decision = evidence_decision(scoring, turn, slot, dimension);
    const char *event = evidence_event(scoring, turn, slot, dimension);
    struct wire_change change = {
        .customer_id = name_customer(turn, slot, &known_ms),
        .dimension = dimension_name(&scoring->names, dimension, name),
        .before = "",
        .after = dimension_word(&scoring->names, dimension, judgement.now[dimension], word),
        .reason = &reason,
        .currency = scoring->terms.currency,
        .events = &event,
        .event_count = event != NULL,
        .time_ms = ledger_as_of(scoring->ledger),
        .rules_version = scoring->rules_version,
        .decided_by = decision.entry != NULL ? decision.by : NULL,
    };
    Tend__V1__Reasons reasons = TEND__V1__REASONS__INIT;
    reasons.now = wire_make_change(turn, &change);
    reasons.customer_id = reasons.now->customer_id;
    reasons.dimension = reasons.now->dimension;
    reasons.changes = arena_take(turn->arena, CHANGES_MAX * sizeof *reasons.changes);
    struct collecting collecting = {.turn = turn, .dimension = dimension, .end_ms = INT64_MIN, .reasons = &reasons};
    if (at_day != ANSWER_NOW) {
        reasons.at = answer_make_day(turn, at_day);
        collecting.end_ms = terms_day_start(&scoring->terms, at_day + 1);
    }
    archive_walk_reasons(scoring->archive, turn->tx, slot, collect_change, &collecting);
    if (at_day != ANSWER_NOW)
        find_then(&collecting, known_ms, ledger_as_of(scoring->ledger));
    reply_message(turn, &reasons.base, ret_reply);
}
