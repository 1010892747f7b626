#include "services/scoring/announce.h"

#include "common/must.h"

#include <string.h>

enum { SWEEP_PIECE = 1000 }; // customers a turn: a few milliseconds, so that events hardly wait

// Why a customer is looked at.
struct occasion {
    const struct touch *touch; // NULL: no event of its own
    bool historical;
};

// Writes what is announced, and how far we have come.
static void keep(struct scoring *scoring, struct turn *turn)
{
    struct archive_clock clock = {.as_of_ms = ledger_as_of(scoring->ledger), .sweep = scoring->sweep};
    memcpy(clock.rules, scoring->rules, HASH_BYTES);
    archive_put_clock(turn->tx, &clock);
    archive_write_said(scoring->archive, turn->tx, scoring->ledger);
}

// The event of the customer's newest purchase, for a change that no event of this turn at the customer explains. NULL:
// none.
const char *announce_last_event(const struct scoring *scoring, struct turn *turn, uint32_t slot)
{
    size_t count;
    const struct purchase *purchases = trail_of(scoring->trail, slot, &count);
    struct order order;
    if (count == 0 || !archive_get_order(turn->tx, purchases[count - 1].order, &order))
        return NULL;
    return arena_text(turn->arena, order.newest, order.newest_length);
}

// Says one change, for which only the customer and the difference are given, and keeps its reason.
static void say_change(struct scoring *scoring, struct turn *turn, uint32_t slot, const struct occasion *occasion,
                       const struct wire_change *difference)
{
    struct wire_change change = *difference;
    struct reason reason;
    const char *events[2];
    reason_make(scoring->ledger, &scoring->terms, slot, change.dimension, &reason);
    change.reason = &reason;
    change.currency = scoring->terms.currency;
    change.time_ms = turn->now_ms;
    change.historical = occasion->historical;
    if (occasion->touch != NULL) {
        change.events = occasion->touch->events;
        change.event_count = occasion->touch->event_count;
    } else {
        change.events = events;
        events[0] = announce_last_event(scoring, turn, slot);
        change.event_count = events[0] != NULL;
        if (scoring->last_event != NULL) // it moved the threshold
            events[change.event_count++] = scoring->last_event;
    }
    struct slice packed = wire_say_change(turn, &change);
    archive_add_reason(scoring->archive, turn->tx, turn->arena, slot, change.dimension, &packed);
    core_count(scoring, FIGURE_CHANGES, change.dimension);
}

// Says the customer's value and whatever changed. A first class is no change: nobody fell or rose.
static void say_customer(struct scoring *scoring, struct turn *turn, uint32_t slot, const struct occasion *occasion)
{
    struct ledger_verdict before = ledger_customer(scoring->ledger, slot)->announced;
    struct ledger_verdict now = ledger_verdict(scoring->ledger, slot);
    const char *id = occasion->touch != NULL ? occasion->touch->customer_id : NULL;
    int64_t known_ms;
    if (id == NULL && !archive_get_customer(turn->tx, turn->arena, slot, &id, &known_ms))
        return; // the transaction has failed
    ledger_announce(scoring->ledger, slot, now);
    archive_note_said(scoring->archive, slot);
    wire_say_value(turn, scoring->ledger, scoring->terms.currency, slot, id, now, occasion->historical);
    for (unsigned i = 0; i < LEDGER_DIMENSIONS; i++) {
        struct wire_change change = {
            .customer_id = id,
            .dimension = i,
            .before = reason_says(before, i),
            .after = reason_says(now, i),
        };
        if (strcmp(change.before, change.after) != 0 && change.before[0] != '\0')
            say_change(scoring, turn, slot, occasion, &change);
    }
}

static const struct touch *touch_of(const struct scoring *scoring, uint32_t slot)
{
    uint32_t mark = ledger_customer(scoring->ledger, slot)->mark;
    return mark == 0 ? NULL : &scoring->touches[mark - 1];
}

static void settle(struct scoring *scoring, struct turn *turn, bool historical)
{
    const uint32_t *moved;
    size_t count = ledger_settle(scoring->ledger, &moved);
    for (size_t i = 0; i < count; i++) {
        struct occasion occasion = {.touch = touch_of(scoring, moved[i]), .historical = historical};
        if (occasion.touch != NULL)
            occasion.historical = !occasion.touch->live;
        say_customer(scoring, turn, moved[i], &occasion);
        ledger_mark(scoring->ledger, moved[i], 0);
    }
    for (uint32_t i = 0; i < scoring->touch_count; i++) {
        const struct touch *touch = &scoring->touches[i];
        const struct ledger_customer *customer = ledger_customer(scoring->ledger, touch->slot);
        if (customer->mark == 0)
            continue; // said above
        wire_say_value(turn, scoring->ledger, scoring->terms.currency, touch->slot, touch->customer_id,
                       customer->announced, !touch->live);
        ledger_mark(scoring->ledger, touch->slot, 0);
    }
    if (count > 0 || scoring->touch_count > 0)
        keep(scoring, turn);
    scoring->touch_count = 0;
    scoring->last_event = NULL;
    scoring->live = false;
}

void announce_events(struct scoring *scoring, struct turn *turn)
{
    if (scoring->touch_count > 0)
        settle(scoring, turn, !scoring->live);
}

void announce_clock(struct scoring *scoring, struct turn *turn)
{
    must(scoring->touch_count == 0);
    settle(scoring, turn, false);
}

void announce_later(struct scoring *scoring, struct turn *turn)
{
    scoring->sweep = 0;
    keep(scoring, turn);
}

void announce_sweep(struct scoring *scoring, struct turn *turn)
{
    const struct occasion occasion = {.historical = true};
    uint32_t count = ledger_count(scoring->ledger);
    for (uint32_t i = 0; i < SWEEP_PIECE && scoring->sweep < count; i++)
        say_customer(scoring, turn, scoring->sweep++, &occasion);
    if (scoring->sweep >= count)
        scoring->sweep = CORE_SWEEP_NONE;
    keep(scoring, turn);
}
