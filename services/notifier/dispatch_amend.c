// Changes of messages that were sent. What is to be changed stands in a line of its channel beside the messages. One
// that is on its way stands there at a later moment and counts as tried, so that after a crash it is tried once more;
// one that was wanted meanwhile has no tries yet, and is looked at when the other has landed.
#include "services/notifier/dispatch.h"

#include "services/notifier/backoff.h"
#include "services/notifier/delivery.h"
#include "services/notifier/envelope.h"
#include "services/notifier/reader.h"

#include <string.h>

// Puts a change into the courier's hands. False when the line must wait.
static bool serve(struct mailroom *room, struct turn *turn, const struct channel *channel, struct channel_row *row,
                  const char *id, int64_t now_ms, int64_t *ret_wake_ms)
{
    struct delivery delivery;
    struct recipient recipient;
    struct parcel parcel;
    struct post post;
    int64_t next_ms = pace_next(&channel->pace, row->tat_ms, turn->now_ms);
    if (next_ms > turn->now_ms || courier_full(room->courier)) {
        *ret_wake_ms = next_ms > turn->now_ms ? next_ms : now_ms + DISPATCH_FULL_MS;
        return false;
    }
    if (!box_delivery_get(turn, id, &delivery))
        return true;
    mailroom_recipient(room, turn, reader_told(&delivery), &recipient);
    recipient.address = mailroom_address(room, turn, recipient.rep, channel->options->name);
    envelope_write(room, turn, &delivery, &recipient, channel, &parcel);
    parcel.receipt = delivery.receipt;
    if (channel->driver->amend(turn->arena, &parcel, &channel->destination, &post) != NULL)
        return true;
    post.id = parcel.id;
    box_text_put(turn, delivery.id, parcel.text, strlen(parcel.text));
    courier_arm(room->courier, channel, PURPOSE_AMEND, &post, row->throttled);
    row->tat_ms = pace_take(&channel->pace, row->tat_ms, turn->now_ms);
    return true;
}

void dispatch_amends(struct mailroom *room, struct turn *turn, const struct channel *channel, struct channel_row *row,
                     int64_t now_ms, int64_t *ret_wake_ms)
{
    const char *name = channel->options->name;
    char id[BOX_ID_BYTES] = "";
    int64_t time_ms = 0;
    unsigned tries;
    for (int i = 0; box_amend_next(turn, name, &time_ms, id, &tries); i++) {
        if (time_ms > now_ms || i == DISPATCH_LOOK) {
            int64_t then_ms = time_ms > now_ms ? time_ms : now_ms + 1;
            *ret_wake_ms = *ret_wake_ms == 0 || then_ms < *ret_wake_ms ? then_ms : *ret_wake_ms;
            return;
        }
        if (courier_has(room->courier, PURPOSE_AMEND, id))
            continue; // its landing wakes the line
        if (tries < DISPATCH_AMENDS && !serve(room, turn, channel, row, id, now_ms, ret_wake_ms))
            return;
        box_amend_delete(turn, name, time_ms, id);
        if (courier_has(room->courier, PURPOSE_AMEND, id))
            box_amend_put(turn, name, now_ms + DISPATCH_AMEND_MS, id, tries + 1);
    }
}

// The place of a change in its line, not before `from_ms`: of the one that is on its way, or of any.
static bool find(struct turn *turn, const char *name, const char *id, int64_t from_ms, bool flying,
                 int64_t *ret_time_ms, unsigned *ret_tries)
{
    char at[BOX_ID_BYTES] = "";
    int64_t time_ms = from_ms;
    for (int i = 0; i < DISPATCH_AMEND_LOOK && box_amend_next(turn, name, &time_ms, at, ret_tries); i++) {
        *ret_time_ms = time_ms;
        if (strcmp(at, id) == 0 && (!flying || *ret_tries > 0))
            return true;
    }
    return false;
}

// What a change tells about its channel.
static void note(struct mailroom *room, struct turn *turn, const char *name, const struct verdict *verdict,
                 int64_t sent_ms)
{
    struct channel *channel = mailroom_channel(room, name);
    if (verdict->outcome == OUTCOME_STALE && channel != NULL)
        (void)channel_stale(channel, sent_ms, turn->now_ms); // a message will tell whether the next one is good
    if (verdict->outcome != OUTCOME_THROTTLE)
        return;
    struct channel_row row;
    box_channel_get(turn, name, &row);
    int64_t until_ms = turn->now_ms + backoff_asked(verdict->after_ms, hash_short(name, strlen(name)));
    row.throttled++;
    row.reason = verdict->detail;
    row.blocked_ms = until_ms > row.blocked_ms ? until_ms : row.blocked_ms;
    box_channel_put(turn, name, &row);
}

void dispatch_land_amend(struct mailroom *room, struct turn *turn, const char *name, const char *id,
                         const struct verdict *verdict, int64_t now_ms)
{
    int64_t time_ms = now_ms + DISPATCH_AMEND_MS;
    unsigned tries;
    bool again = verdict->outcome == OUTCOME_RETRY || verdict->outcome == OUTCOME_THROTTLE ||
                 verdict->outcome == OUTCOME_UNKNOWN || verdict->outcome == OUTCOME_STALE;
    room->amended[verdict->outcome]++;
    bool found = find(turn, name, id, now_ms, true, &time_ms, &tries) || // behind those that wait, unless time leapt
                 find(turn, name, id, 0, true, &time_ms, &tries);        // none: it is wanted anew
    note(room, turn, name, verdict, time_ms - DISPATCH_AMEND_MS);
    if (found)
        box_amend_delete(turn, name, time_ms, id);
    if (found && again && tries < DISPATCH_AMENDS) {
        uint64_t chance = hash_short(id, strlen(id));
        int64_t wait_ms = backoff_delay(tries + 1, chance), asked_ms = backoff_asked(verdict->after_ms, chance);
        box_amend_put(turn, name, turn->now_ms + (asked_ms > wait_ms ? asked_ms : wait_ms), id, tries);
    }
    delivery_wake(turn, name, now_ms + 1); // the courier has it until this turn is committed
}

bool dispatch_amend(struct mailroom *room, struct turn *turn, const struct delivery *delivery, int64_t now_ms)
{
    const struct channel *channel = mailroom_channel(room, delivery->channel);
    int64_t time_ms;
    unsigned tries;
    if (delivery->state != DELIVERY_SENT || delivery->receipt[0] == '\0' || channel == NULL ||
        channel->driver->amend == NULL)
        return false;
    if (find(turn, delivery->channel, delivery->id, 0, false, &time_ms, &tries))
        box_amend_delete(turn, delivery->channel, time_ms, delivery->id);
    box_amend_put(turn, delivery->channel, now_ms + DISPATCH_SETTLE_MS, delivery->id, 0);
    delivery_wake(turn, delivery->channel, now_ms + DISPATCH_SETTLE_MS);
    return true;
}
