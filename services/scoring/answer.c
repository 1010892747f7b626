#include "services/scoring/answer.h"

#include "common/calendar.h"
#include "common/must.h"
#include "common/zone.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "services/scoring/announce.h"
#include "tend/v1/scoring.pb-c.h"

#include <string.h>

enum { MILLIS = 1000, NANOS_OF_MILLI = 1000000, DIMENSIONS = 3 };

static char *text(const char *constant)
{
    return (char *)(uintptr_t)constant;
}

static uint32_t held_count(uint64_t count)
{
    return count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}

static uint32_t share_ppm(int128 part, int128 whole)
{
    return whole > 0 && part > 0 ? (uint32_t)(part * RANK_PPM / whole) : 0;
}

// NULL for a time that is none.
static Google__Protobuf__Timestamp *make_instant(struct turn *turn, int64_t time_ms)
{
    if (time_ms <= 0 || time_ms == INT64_MAX)
        return NULL;
    Google__Protobuf__Timestamp *instant = arena_take(turn->arena, sizeof *instant);
    google__protobuf__timestamp__init(instant);
    instant->seconds = time_ms / MILLIS;
    instant->nanos = (int32_t)(time_ms % MILLIS * NANOS_OF_MILLI);
    return instant;
}

static Tend__V1__Money *make_money(struct turn *turn, int128 micros, const char *currency)
{
    Tend__V1__Money *money = arena_take(turn->arena, sizeof *money);
    tend__v1__money__init(money);
    money->micros = micros > INT64_MAX ? INT64_MAX : micros < INT64_MIN ? INT64_MIN : (int64_t)micros;
    money->currency = text(currency);
    return money;
}

// What the measure is counted in.
static const char *measure_currency(const struct scoring *scoring)
{
    return scoring->terms.measure == TERMS_QUANTITY ? "" : scoring->terms.currency;
}

static char *make_day(struct turn *turn, int32_t day)
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

struct newest {
    struct turn *turn;
    int64_t *time_ms;
};

// Takes the time of the newest change.
static bool newest_time(void *context, const uint8_t *bytes, size_t length)
{
    const struct newest *newest = context;
    const Tend__V1__ValueChanged *change =
        tend__v1__value_changed__unpack(arena_allocator(newest->turn->arena), length, bytes);
    if (change != NULL && change->time != NULL)
        *newest->time_ms = change->time->seconds * MILLIS + change->time->nanos / NANOS_OF_MILLI;
    return false;
}

static Tend__V1__CustomerCard *make_card(struct scoring *scoring, struct turn *turn, uint32_t slot)
{
    const struct ledger *ledger = scoring->ledger;
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    struct ledger_verdict now = ledger_verdict(ledger, slot);
    int64_t since_ms;
    const char *id = name_customer(turn, slot, &since_ms);
    Tend__V1__CustomerCard *card = arena_take(turn->arena, sizeof *card);
    tend__v1__customer_card__init(card);
    card->customer_id = text(id);
    card->abc = (Tend__V1__AbcClass)ledger_class(ledger, slot);
    card->announced = (Tend__V1__AbcClass)customer->announced.abc;
    archive_walk_reasons(scoring->archive, turn->tx, slot, LEDGER_ABC, newest_time, &(struct newest){turn, &since_ms});
    card->announced_since = make_instant(turn, since_ms);
    card->net = make_money(turn, customer->net, measure_currency(scoring));
    card->share_ppm = share_ppm(customer->net, ledger_upper(ledger, LEDGER_C).sum);
    card->orders = customer->orders;
    struct ledger_rfm rfm = ledger_rfm(ledger, slot);
    card->rfm = arena_take(turn->arena, sizeof *card->rfm);
    tend__v1__rfm_score__init(card->rfm);
    card->rfm->r = rfm.r;
    card->rfm->f = rfm.f;
    card->rfm->m = rfm.m;
    card->purchase_days = customer->days;
    card->overdue = now.overdue;
    card->dropped = now.dropped;
    if (customer->days == 0)
        return card;
    card->last_order = make_instant(turn, customer->last_ms);
    card->last_order_amount = make_money(turn, customer->last_micros, scoring->terms.currency);
    card->first_order_day = make_day(turn, customer->first_day);
    card->last_order_day = make_day(turn, customer->last_day);
    card->mean_gap_milli = ledger_mean_gap_milli(customer);
    card->overdue_since = make_instant(turn, ledger_overdue_at(ledger, slot));
    return card;
}

struct detailing {
    const struct terms *terms;
    Tend__V1__CustomerDetail *detail;
};

static bool add_detail(void *context, const struct order *order)
{
    struct detailing *detailing = context;
    struct order_effect effect;
    order_effect(order, detailing->terms, &effect);
    detailing->detail->orders_known += order->placed || order->amended;
    detailing->detail->orders_cancelled += order->cancelled;
    detailing->detail->orders_without_rate += effect.no_rate;
    detailing->detail->orders_without_cost += effect.no_cost;
    detailing->detail->orders_refunded_beyond += effect.excess_micros > 0;
    return true;
}

void answer_customer(struct scoring *scoring, struct turn *turn, uint32_t slot, struct reply *ret_reply)
{
    Tend__V1__CustomerCard *card = make_card(scoring, turn, slot);
    Tend__V1__CustomerDetail detail = TEND__V1__CUSTOMER_DETAIL__INIT;
    struct detailing detailing = {.terms = &scoring->terms, .detail = &detail};
    archive_walk_orders(scoring->archive, turn->tx, slot, add_detail, &detailing);
    struct rank *by_net = ledger_by_net(scoring->ledger);
    int64_t value;
    if (rank_value(by_net, slot, &value)) {
        struct rank_mass above = rank_above(by_net, value);
        detail.position = held_count(above.count + 1);
        detail.above_ppm = share_ppm(above.sum, rank_positive(by_net).sum);
    }
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
        cards.customers[i] = make_card(scoring, turn, slots[i]);
    cards.next_offset = next_offset;
    reply_message(turn, &cards.base, ret_reply);
}

struct collecting {
    struct turn *turn;
    Tend__V1__Reasons *reasons;
};

static bool collect_change(void *context, const uint8_t *bytes, size_t length)
{
    struct collecting *collecting = context;
    Tend__V1__ValueChanged *change =
        tend__v1__value_changed__unpack(arena_allocator(collecting->turn->arena), length, bytes);
    if (change == NULL) {
        tx_fail(collecting->turn->tx, STORE_DAMAGED); // we wrote it
        return false;
    }
    collecting->reasons->changes[collecting->reasons->n_changes++] = change;
    return true;
}

void answer_why(struct scoring *scoring, struct turn *turn, uint32_t slot, enum ledger_dimension dimension,
                struct reply *ret_reply)
{
    int64_t known_ms;
    const char *id = name_customer(turn, slot, &known_ms);
    struct reason reason;
    reason_make(scoring->ledger, &scoring->terms, slot, dimension, &reason);
    struct ledger_verdict now = ledger_verdict(scoring->ledger, slot);
    now.abc = (uint8_t)ledger_class(scoring->ledger, slot); // the class itself, not what is announced of it
    const char *event = announce_last_event(scoring, turn, slot);
    struct wire_change change = {
        .customer_id = id,
        .dimension = dimension,
        .before = "",
        .after = reason_says(now, dimension),
        .reason = &reason,
        .currency = scoring->terms.currency,
        .events = &event,
        .event_count = event != NULL,
        .time_ms = ledger_as_of(scoring->ledger),
    };
    Tend__V1__Reasons reasons = TEND__V1__REASONS__INIT;
    reasons.customer_id = text(id);
    reasons.dimension = text(reason_dimension(dimension));
    reasons.now = wire_make_change(turn, &change);
    reasons.changes = arena_take(turn->arena, ARCHIVE_CHANGES_MAX * sizeof *reasons.changes);
    struct collecting collecting = {.turn = turn, .reasons = &reasons};
    archive_walk_reasons(scoring->archive, turn->tx, slot, dimension, collect_change, &collecting);
    reply_message(turn, &reasons.base, ret_reply);
}

// --- the whole book

static void add_classes(struct scoring *scoring, struct turn *turn, Tend__V1__ScoringSummary *summary)
{
    const char *currency = measure_currency(scoring);
    int128 total = ledger_upper(scoring->ledger, LEDGER_C).sum;
    struct rank_mass better = {0};
    Tend__V1__ClassSummary *classes = arena_take(turn->arena, LEDGER_C * sizeof *classes);
    summary->classes = arena_take(turn->arena, LEDGER_C * sizeof *summary->classes);
    summary->n_classes = LEDGER_C;
    for (enum ledger_class abc = LEDGER_A; abc <= LEDGER_C; abc++) {
        struct rank_mass upper = ledger_upper(scoring->ledger, abc);
        if (abc == LEDGER_C)
            upper.count = ledger_count(scoring->ledger);
        Tend__V1__ClassSummary *row = &classes[abc - 1];
        tend__v1__class_summary__init(row);
        row->abc = (Tend__V1__AbcClass)abc;
        row->customers = held_count(upper.count - better.count);
        row->net = make_money(turn, upper.sum - better.sum, currency);
        row->share_ppm = share_ppm(upper.sum - better.sum, total);
        if (abc != LEDGER_C && ledger_threshold(scoring->ledger, abc) != RANK_NONE)
            row->least = make_money(turn, ledger_threshold(scoring->ledger, abc), currency);
        better = upper;
        summary->classes[abc - 1] = row;
    }
}

static void add_scores(struct scoring *scoring, struct turn *turn, Tend__V1__ScoringSummary *summary)
{
    static const char *const names[DIMENSIONS] = {"r", "f", "m"};
    Tend__V1__ScoreSummary *scores = arena_take(turn->arena, DIMENSIONS * LEDGER_PARTS * sizeof *scores);
    summary->scores = arena_take(turn->arena, DIMENSIONS * LEDGER_PARTS * sizeof *summary->scores);
    for (unsigned dimension = 0; dimension < DIMENSIONS; dimension++) {
        uint64_t better = 0;
        for (unsigned score = LEDGER_PARTS; score >= 1; score--) {
            Tend__V1__ScoreSummary *row = &scores[summary->n_scores];
            tend__v1__score_summary__init(row);
            row->dimension = text(names[dimension]);
            row->score = score;
            uint64_t upper = rank_count(ledger_by_net(scoring->ledger));
            int64_t above = RANK_NONE;
            if (score > 1)
                upper = ledger_better(scoring->ledger, dimension, score - 1, &above);
            row->above = above == RANK_NONE ? 0 : above;
            row->customers = held_count(upper - better);
            better = upper;
            summary->scores[summary->n_scores++] = row;
        }
    }
}

void answer_summary(struct scoring *scoring, struct turn *turn, struct reply *ret_reply)
{
    const struct ledger *ledger = scoring->ledger;
    Tend__V1__ScoringSummary summary = TEND__V1__SCORING_SUMMARY__INIT;
    struct reason reason = {.rule = ""};
    if (ledger_count(ledger) > 0)
        reason_make(ledger, &scoring->terms, 0, LEDGER_ABC, &reason);
    summary.as_of = make_instant(turn, ledger_as_of(ledger));
    summary.day = make_day(turn, ledger_day(ledger));
    summary.rule = reason.rule;
    summary.time_zone = text(scoring->zone != NULL ? zone_name(scoring->zone) : "UTC");
    summary.currency = scoring->terms.currency;
    summary.customers = ledger_count(ledger);
    struct rank_mass all = ledger_upper(ledger, LEDGER_C);
    summary.customers_in_window = held_count(all.count);
    summary.total = make_money(turn, all.sum, measure_currency(scoring));
    add_classes(scoring, turn, &summary);
    add_scores(scoring, turn, &summary);
    summary.usual_gap_days = ledger_usual_gap(ledger);
    for (uint32_t slot = 0; slot < ledger_count(ledger); slot++) {
        struct ledger_verdict said = ledger_customer(ledger, slot)->announced;
        summary.overdue += said.overdue;
        summary.dropped += said.dropped;
    }
    summary.orders_without_rate = held_count(scoring->odd.no_rate);
    summary.orders_without_cost = held_count(scoring->odd.no_cost);
    summary.orders_refunded_beyond = held_count(scoring->odd.excess);
    reply_message(turn, &summary.base, ret_reply);
}
