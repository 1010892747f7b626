#include "services/scoring/announce.h"

#include "common/must.h"
#include "services/scoring/daily.h"
#include "services/scoring/evidence.h"
#include "services/scoring/intake.h"
#include "services/scoring/judge.h"
#include "services/scoring/meet.h"
#include "services/scoring/telling.h"

#include <string.h>

enum { EXPECT_AHEAD = 6, APPROACH_AHEAD = 3 }; // customers whose memory is fetched before their turn

// Why a customer is looked at.
struct occasion {
    const struct touch *touch; // NULL: no event of its own
    const char *customer_id;   // once it is needed
    bool historical;
    bool value; // its value is told in any case
};

// The names that what is announced is numbered by; with other names, everything is written by the new numbers at once.
static void keep_names(struct scoring *scoring, struct turn *turn)
{
    if (scoring->names_kept)
        return;
    char *text = arena_take(turn->arena, RENAMING_TEXT_BYTES);
    archive_put_names(turn->tx, text, renaming_text(&scoring->names, text));
    for (uint32_t slot = 0; scoring->renaming.needed && slot < ledger_count(scoring->ledger); slot++)
        archive_note_said(scoring->archive, slot);
    scoring->names_kept = true;
    scoring->renaming.needed = false;
}

// Writes what is announced, and how far we have come.
void announce_keep(struct scoring *scoring, struct turn *turn)
{
    struct archive_clock clock = {
        .as_of_ms = ledger_as_of(scoring->ledger),
        .round = daily_owed(scoring),
        .rules_version = scoring->rules_version,
    };
    memcpy(clock.rules, scoring->rules, HASH_BYTES);
    archive_put_clock(turn->tx, &clock);
    keep_names(scoring, turn);
    archive_write_said(scoring->archive, turn->tx, &scoring->standings);
}

// The events that explain a change: the customer's own of this turn, else the one that it rests on and what moved a
// limit.
static size_t find_events(const struct scoring *scoring, struct turn *turn, uint32_t slot,
                          const struct occasion *occasion, enum dimension dimension,
                          const char *events[CORE_EVENTS_MAX])
{
    if (occasion->touch != NULL) {
        memcpy(events, occasion->touch->events, occasion->touch->event_count * sizeof *events);
        return occasion->touch->event_count;
    }
    events[0] = evidence_event(scoring, turn, slot, dimension);
    size_t count = events[0] != NULL;
    if (scoring->last_event != NULL)
        events[count++] = scoring->last_event;
    return count;
}

// Says one change and keeps its reason.
static void say_change(struct scoring *scoring, struct turn *turn, uint32_t slot, const struct occasion *occasion,
                       const struct judgement *judgement, enum dimension dimension, uint8_t before, uint8_t after)
{
    char name[DIMENSION_NAME_BYTES], old[DIMENSION_WORD_BYTES], new[DIMENSION_WORD_BYTES];
    const char *events[CORE_EVENTS_MAX];
    struct reason reason;
    judge_explain(scoring, slot, judgement, dimension, &reason);
    evidence_tell(scoring, turn, slot, dimension, &reason);
    struct evidence_decision decision = evidence_decision(scoring, turn, slot, dimension);
    struct wire_change change = {
        .customer_id = occasion->customer_id,
        .dimension = dimension_name(&scoring->names, dimension, name),
        .before = dimension_word(&scoring->names, dimension, before, old),
        .after = dimension_word(&scoring->names, dimension, after, new),
        .reason = &reason,
        .currency = scoring->terms.currency,
        .events = events,
        .event_count = find_events(scoring, turn, slot, occasion, dimension, events),
        .time_ms = turn->now_ms,
        .historical = occasion->historical,
        .rules_version = scoring->rules_version,
        .decided_by = decision.entry != NULL ? decision.by : NULL,
    };
    struct archive_reason kept = {
        .dimension = (uint8_t)dimension,
        .before = before,
        .after = after,
        .historical = occasion->historical,
        .time_ms = turn->now_ms,
        .packed = wire_say_change(turn, &change),
    };
    archive_add_reason(scoring->archive, turn->tx, turn->arena, slot, &kept);
    if (!occasion->historical)
        movement_count(&scoring->movement, terms_day(&scoring->terms, turn->now_ms), dimension, before, after);
    core_count(scoring, FIGURE_CHANGES, dimension);
}

static const struct policy_due *due_of(const struct scoring *scoring, uint8_t abc)
{
    return policies_due(&scoring->options.judging.policies, abc);
}

// What a customer of the new class is due, for the ERP.
static void say_policy(struct scoring *scoring, struct turn *turn, const struct occasion *occasion, uint8_t before,
                       uint8_t after)
{
    char old[DIMENSION_WORD_BYTES], new[DIMENSION_WORD_BYTES];
    struct wire_policy policy = {
        .customer_id = occasion->customer_id,
        .before = dimension_word(&scoring->names, DIMENSION_ABC, before, old),
        .class = dimension_word(&scoring->names, DIMENSION_ABC, after, new),
        .due = due_of(scoring, after),
        .time_ms = turn->now_ms,
        .historical = occasion->historical,
    };
    if (policy.due != NULL)
        wire_say_policy(turn, &policy);
}

uint8_t announce_before(uint8_t said, enum dimension dimension)
{
    if (said != 0)
        return said;
    return dimension_begins(dimension);
}

bool announce_tells(uint8_t said, uint8_t value, enum dimension dimension)
{
    uint8_t before = announce_before(said, dimension);
    if (before == value || said == value || !dimension_told(dimension))
        return false;
    return before != 0 || dimension_is_news(dimension, value);
}

// Says the customer's value and whatever changed.
static void say_customer(struct scoring *scoring, struct turn *turn, uint32_t slot, struct occasion *occasion)
{
    struct judgement judgement;
    struct standing *standing = column_at(&scoring->standings, slot);
    int64_t known_ms;
    if (core_absent(scoring, slot)) {
        ledger_announce(scoring->ledger, slot, ledger_verdict(scoring->ledger, slot)); // nothing is ever due
        return;
    }
    judge(scoring, slot, &judgement);
    memcpy(standing->now, judgement.now, DIMENSION_ROOM);
    if (judgement.view.customer->days > 0)
        rank_put(scoring->futures, slot, judgement.assessment.clv.future_micros);
    else
        rank_drop(scoring->futures, slot);
    bool differs = memcmp(standing->said, judgement.announce, DIMENSION_ROOM) != 0;
    ledger_announce(scoring->ledger, slot, judgement.view.announced);
    struct telling telling;
    telling_find(scoring, turn, slot, &judgement, occasion->value, &telling);
    if (!differs && !telling.due)
        return;
    if (occasion->touch != NULL && occasion->touch->customer_id != NULL)
        occasion->customer_id = occasion->touch->customer_id;
    else if (!archive_get_customer(turn->tx, turn->arena, slot, &occasion->customer_id, &known_ms))
        return; // the transaction has failed
    uint8_t before[DIMENSION_ROOM];
    memcpy(before, standing->said, DIMENSION_ROOM);
    memcpy(standing->said, judgement.announce, DIMENSION_ROOM);
    archive_note_said(scoring->archive, slot);
    if (telling.due) {
        standing->told = telling.hash;
        telling_say(scoring, turn, occasion->customer_id, &telling, occasion->historical);
    }
    for (size_t i = 0; differs && i < dimension_count(&scoring->names); i++) {
        enum dimension dimension = (enum dimension)i;
        uint8_t from = announce_before(before[i], dimension), to = standing->said[i];
        // A first value that a person decided is news, whatever the dimension.
        bool decided = before[i] == 0 && from != to && dimension_told(dimension) &&
                       judge_override(scoring, slot, dimension) != NULL;
        if (decided || announce_tells(before[i], to, dimension))
            say_change(scoring, turn, slot, occasion, &judgement, dimension, from, to);
    }
    if (before[DIMENSION_ABC] != standing->said[DIMENSION_ABC])
        say_policy(scoring, turn, occasion, before[DIMENSION_ABC], standing->said[DIMENSION_ABC]);
}

static const struct touch *touch_of(const struct scoring *scoring, uint32_t slot)
{
    uint32_t mark = ledger_customer(scoring->ledger, slot)->mark;
    return mark == 0 ? NULL : &scoring->touches[mark - 1];
}

// What was touched is said once the limits are known.
static void hold(struct scoring *scoring)
{
    for (uint32_t i = 0; i < scoring->touch_count; i++) {
        const struct touch *touch = &scoring->touches[i];
        meet_hold(scoring, touch->slot, touch->live, touch->ordered);
        ledger_mark(scoring->ledger, touch->slot, 0);
    }
    scoring->touch_count = 0;
}

// Changed rules have not been applied to the customer yet: the round will, and says what they move as history.
static bool awaits_rules(const struct scoring *scoring, uint32_t slot)
{
    const struct core_round *round = &scoring->round;
    bool reached = round->step == CORE_JUDGE && slot < round->slot;
    return round->again_retold || (round->step != CORE_REST && round->retold && !reached);
}

static void settle(struct scoring *scoring, struct turn *turn, bool historical)
{
    const uint32_t *moved;
    uint64_t moves = ledger_moves(scoring->ledger);
    intake_fold(scoring, turn);
    size_t count = ledger_settle(scoring->ledger, &moved);
    if (!historical && ledger_moves(scoring->ledger) != moves)
        meet_moved_live(scoring);
    bool touched = scoring->touch_count > 0;
    if (meet_waits(scoring)) {
        hold(scoring);
        count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        struct occasion occasion = {.touch = touch_of(scoring, moved[i]), .historical = historical};
        if (occasion.touch == NULL && awaits_rules(scoring, moved[i]))
            continue;
        if (occasion.touch != NULL) {
            occasion.historical = !occasion.touch->live;
            occasion.value = occasion.touch->ordered;
        }
        say_customer(scoring, turn, moved[i], &occasion);
        ledger_mark(scoring->ledger, moved[i], 0);
    }
    for (uint32_t i = 0; i < scoring->touch_count; i++) {
        const struct touch *touch = &scoring->touches[i];
        if (i + EXPECT_AHEAD < scoring->touch_count)
            judge_expect(scoring, touch[EXPECT_AHEAD].slot);
        if (i + APPROACH_AHEAD < scoring->touch_count)
            judge_approach(scoring, touch[APPROACH_AHEAD].slot);
        if (ledger_customer(scoring->ledger, touch->slot)->mark == 0)
            continue; // said above
        struct occasion occasion = {.touch = touch, .historical = !touch->live, .value = touch->ordered};
        say_customer(scoring, turn, touch->slot, &occasion);
        ledger_mark(scoring->ledger, touch->slot, 0);
    }
    if (count > 0 || touched)
        announce_keep(scoring, turn);
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

void announce_limits(struct scoring *scoring, struct turn *turn, bool historical)
{
    must(scoring->touch_count == 0);
    settle(scoring, turn, historical);
}

void announce_anew(struct scoring *scoring, struct turn *turn, uint32_t slot, bool historical, bool value)
{
    struct occasion occasion = {.historical = historical, .value = value};
    judge_approach(scoring, slot + APPROACH_AHEAD); // mostly they come in this order
    say_customer(scoring, turn, slot, &occasion);
}

void announce_first(struct scoring *scoring, struct turn *turn, uint32_t slot)
{
    const struct standing *standing = column_get(&scoring->standings, slot);
    bool judged = standing != NULL && standing->said[DIMENSION_LIFECYCLE] != LIFECYCLE_UNKNOWN; // nobody is without
    if (judged && awaits_rules(scoring, slot) && ledger_customer(scoring->ledger, slot)->mark == 0) {
        announce_anew(scoring, turn, slot, true, false);
        announce_keep(scoring, turn);
    }
}
