#include "services/notifier/delivery.h"

#include "common/must.h"
#include "services/notifier/alarm.h"
#include "services/notifier/dispatch.h"
#include "services/notifier/envelope.h"
#include "services/notifier/news.h"
#include "services/notifier/reader.h"

#include <string.h>

// Which count of the law holds the reminders of a delivery in this state; TALLY_COUNTS: none.
static enum tally_count count_of(enum delivery_state state)
{
    static const enum tally_count counts[DELIVERY_STATES] = {
        [DELIVERY_NONE] = TALLY_COUNTS,     [DELIVERY_HELD] = TALLY_PENDING,   [DELIVERY_READY] = TALLY_PENDING,
        [DELIVERY_SENDING] = TALLY_PENDING, [DELIVERY_SENT] = TALLY_SENT,      [DELIVERY_DEAD] = TALLY_DEAD,
        [DELIVERY_UNKNOWN] = TALLY_UNKNOWN, [DELIVERY_DROPPED] = TALLY_COUNTS,
    };
    return counts[state];
}

static void count(struct mailroom *room, enum delivery_state state, unsigned added, unsigned taken)
{
    enum tally_count place = count_of(state);
    if (place != TALLY_COUNTS)
        room->tally.counts[place] += (uint64_t)added - taken;
}

const char *delivery_hold_words(enum delivery_hold hold)
{
    static const char *const words[HOLD_COUNT] = {
        [HOLD_NONE] = "",
        [HOLD_GROUP] = "waits for others of the same moment",
        [HOLD_ROUTE] = "has no channel",
        [HOLD_BACKOFF] = "waits before the next attempt",
        [HOLD_RATE] = "the channel takes no more for now",
        [HOLD_CIRCUIT] = "the channel must be mended",
        [HOLD_QUIET] = "waits for the end of quiet hours, golden hours or days off",
        [HOLD_CAP] = "the rep was told often enough for now",
        [HOLD_DIGEST] = "waits for the hour of its route",
    };
    return words[hold];
}

const char *delivery_plain(const struct delivery *delivery)
{
    const char *plain = delivery->plain;
    return plain != NULL && strncmp(delivery->detail, plain, strlen(plain)) == 0 ? plain : delivery->detail;
}

bool delivery_final(const struct delivery *delivery)
{
    switch (delivery->state) {
    case DELIVERY_SENT:
    case DELIVERY_DEAD:
    case DELIVERY_DROPPED:
        return true;
    case DELIVERY_UNKNOWN:
        return delivery->hold == HOLD_NONE;
    default:
        return false;
    }
}

// True when it stands in the line of its channel.
static bool queued(const struct delivery *delivery)
{
    return delivery->state == DELIVERY_READY ||
           (delivery->state == DELIVERY_HELD &&
            (delivery->hold == HOLD_ROUTE || delivery->hold == HOLD_RATE || delivery->hold == HOLD_CIRCUIT));
}

int64_t delivery_place(const struct delivery *delivery)
{
    return delivery->queued_ms + (int64_t)delivery->urgency * DELIVERY_AHEAD_MS;
}

static struct due timer(const struct delivery *delivery)
{
    return (struct due){delivery->due_ms, delivery_final(delivery) ? DUE_EXPIRE : DUE_DELIVERY, delivery->id};
}

// Takes the delivery as the store has it out of every index.
static void leave(struct turn *turn, const struct delivery *before)
{
    if (queued(before))
        box_queue_delete(turn, before->channel, delivery_place(before), before->id);
    if (before->state == DELIVERY_SENDING)
        box_flight_delete(turn, before->id);
    if (before->due_ms > 0) {
        struct due due = timer(before);
        box_due_delete(turn, &due);
    }
}

static void enter(struct turn *turn, const struct delivery *after)
{
    if (queued(after))
        box_queue_put(turn, after->channel, delivery_place(after), after->id);
    if (after->state == DELIVERY_SENDING)
        box_flight_put(turn, after->id);
    if (after->due_ms > 0) {
        struct due due = timer(after);
        box_due_put(turn, &due);
    }
}

void delivery_keep(struct turn *turn, const struct delivery *delivery)
{
    struct delivery before;
    if (box_delivery_get(turn, delivery->id, &before))
        leave(turn, &before);
    else
        box_recent_put(turn, delivery);
    enter(turn, delivery);
    box_delivery_put(turn, delivery);
}

void delivery_move(struct mailroom *room, struct turn *turn, struct delivery *delivery, enum delivery_state state,
                   enum delivery_hold hold, int64_t due_ms)
{
    enum delivery_state before = delivery->state;
    bool news = before != state || delivery->hold != hold;
    count(room, before, 0, delivery->live);
    count(room, state, delivery->live, 0);
    if (before != DELIVERY_NONE)
        room->tally.states[before]--;
    room->tally.states[state]++;
    delivery->state = state;
    delivery->hold = hold;
    delivery->changed_ms = turn->now_ms;
    delivery->due_ms = delivery_final(delivery) ? turn->now_ms + room->options->keep_ms : due_ms;
    delivery_keep(turn, delivery);
    if (!news)
        return;
    if (state == DELIVERY_DEAD || state == DELIVERY_UNKNOWN)
        alarm_ended(room, turn, delivery);
    const char *const *ids;
    size_t reminders = envelope_reminders(turn, delivery, false, &ids);
    news_emit(turn, delivery, ids, reminders);
}

// `expired` of what is cancelled came too late.
static bool recount(struct mailroom *room, struct turn *turn, struct delivery *delivery, unsigned expired)
{
    const char *const *ids;
    unsigned wanted = (unsigned)envelope_reminders(turn, delivery, true, &ids);
    if (wanted > delivery->live) // what was cancelled stays cancelled, also when its row is gone
        wanted = delivery->live;
    if (wanted == 0 && delivery->unknowns > 0) { // it may have been told: nobody can say that it was not
        delivery->detail = "it may have been delivered, and nothing in it is wanted any more";
        delivery_move(room, turn, delivery, DELIVERY_UNKNOWN, HOLD_NONE, 0);
        return false;
    }
    unsigned gone = delivery->live - wanted;
    if (gone == 0 && wanted > 0)
        return true;
    count(room, delivery->state, 0, gone);
    room->tally.counts[TALLY_CANCELLED] += gone;
    room->tally.counts[TALLY_EXPIRED] += expired < gone ? expired : gone;
    delivery->live = wanted;
    if (wanted > 0) {
        delivery_keep(turn, delivery);
        return true;
    }
    delivery->detail = expired > 0 ? "it could not leave before it was too late for what is in it"
                                   : "everything in it was cancelled before it left";
    delivery_move(room, turn, delivery, DELIVERY_DROPPED, HOLD_NONE, 0);
    return false;
}

bool delivery_recount(struct mailroom *room, struct turn *turn, struct delivery *delivery)
{
    return recount(room, turn, delivery, envelope_expire(turn, delivery));
}

void delivery_settle(struct mailroom *room, struct turn *turn, struct delivery *delivery)
{
    if (delivery->state == DELIVERY_HELD || delivery->state == DELIVERY_READY || delivery->state == DELIVERY_DEAD)
        (void)delivery_recount(room, turn, delivery);
}

void delivery_grow(struct mailroom *room, struct delivery *delivery, unsigned reminders)
{
    delivery->parts++;
    delivery->live += reminders;
    room->tally.counts[TALLY_IN] += reminders;
    count(room, delivery->state, reminders, 0);
}

void delivery_wake(struct turn *turn, const char *channel, int64_t time_ms)
{
    struct channel_row row;
    box_channel_get(turn, channel, &row);
    if (row.wake_ms != 0 && row.wake_ms <= time_ms)
        return;
    if (row.wake_ms != 0)
        box_due_delete(turn, &(struct due){row.wake_ms, DUE_CHANNEL, channel});
    row.wake_ms = time_ms;
    box_channel_put(turn, channel, &row);
    box_due_put(turn, &(struct due){time_ms, DUE_CHANNEL, channel});
}

// What its route lets expire was not told in time.
static bool expired(struct mailroom *room, struct turn *turn, struct delivery *delivery, int64_t now_ms)
{
    const struct route_options *route = route_named(room->options, delivery->route);
    const char *const *ids;
    if (route == NULL || route->expires_ms == CONFIG_UNSET || delivery->attempts > 0 ||
        now_ms - delivery->created_ms < route->expires_ms)
        return false;
    size_t count = envelope_reminders(turn, delivery, true, &ids);
    for (size_t i = 0; i < count; i++) {
        struct box_item item;
        bool list = !box_item_get(turn, ids[i], false, &item);
        if (list && !box_item_get(turn, ids[i], true, &item))
            continue;
        item.cancelled = true;
        box_item_put(turn, ids[i], list, &item);
    }
    return !recount(room, turn, delivery, (unsigned)count);
}

// What waited for too long would surprise more than it helps; people see it among the dead ones.
static bool too_old(struct mailroom *room, struct turn *turn, struct delivery *delivery, int64_t now_ms)
{
    // What was held by hand waited because somebody wanted it so.
    int64_t queued_ms = delivery->alarm ? delivery->created_ms : delivery->queued_ms; // which goes before all others
    int64_t since_ms = queued_ms > room->released_ms ? queued_ms : room->released_ms;
    if (delivery->unknowns > 0 || now_ms - since_ms <= room->options->too_old_ms)
        return false;
    if (!delivery_recount(room, turn, delivery))
        return true;
    delivery->detail = "too old to send: it could not leave for too long";
    delivery_move(room, turn, delivery, DELIVERY_DEAD, HOLD_NONE, 0);
    return true;
}

// Quiet hours, days off, a route's hour or the rep's pace held it as they should: that alone does not make it too old.
static void forgive(const struct mailroom *room, struct delivery *delivery, int64_t now_ms)
{
    bool meant = delivery->state == DELIVERY_HELD &&
                 (delivery->hold == HOLD_QUIET || delivery->hold == HOLD_DIGEST || delivery->hold == HOLD_CAP);
    if (meant && now_ms - delivery->queued_ms > room->options->too_old_ms)
        delivery->queued_ms = delivery->due_ms;
}

bool delivery_outdated(struct mailroom *room, struct turn *turn, struct delivery *delivery, int64_t now_ms)
{
    return expired(room, turn, delivery, now_ms) || too_old(room, turn, delivery, now_ms);
}

void delivery_release(struct mailroom *room, struct turn *turn, struct delivery *delivery, int64_t now_ms)
{
    struct recipient reader;
    enum delivery_hold hold;
    forgive(room, delivery, now_ms);
    if (delivery_outdated(room, turn, delivery, now_ms))
        return;
    reader_find(room, turn, delivery, &reader);
    if (reader.channel == NULL) {
        delivery->channel = "";
        delivery->detail = reader.trouble;
        delivery_move(room, turn, delivery, DELIVERY_HELD, HOLD_ROUTE, 0);
        delivery_wake(turn, "", now_ms + DISPATCH_PROBE_MS);
        return;
    }
    int64_t at_ms = reader_soonest(room, delivery, &reader, now_ms, &hold);
    delivery->detail = "";
    if (at_ms > now_ms) {
        delivery_move(room, turn, delivery, DELIVERY_HELD, hold, at_ms);
        return;
    }
    delivery->channel = reader.channel->options->name;
    delivery_move(room, turn, delivery, DELIVERY_READY, HOLD_NONE, 0);
    delivery_wake(turn, delivery->channel, now_ms);
}

void delivery_expire(struct mailroom *room, struct turn *turn, const struct delivery *delivery)
{
    must(delivery_final(delivery));
    for (unsigned i = 0; i < delivery->parts; i++) {
        struct part part;
        struct news news = {.kind = NEWS_NONE};
        if (box_part_get(turn, delivery->id, i, &part))
            news_read(turn->arena, part.type, part.payload.bytes, part.payload.length, &news);
        if (news.kind == NEWS_REMINDER || news.kind == NEWS_LIST || news.kind == NEWS_DIGEST)
            box_item_delete(turn, news.id, news.kind != NEWS_REMINDER);
        for (size_t j = 0; !news.whole && news.kind == NEWS_LIST && j < news.list.count; j++)
            box_item_delete(turn, news.list.calls[j].reminder_id, false);
    }
    room->tally.states[delivery->state]--;
    leave(turn, delivery);
    box_delivery_delete(turn, delivery);
}
