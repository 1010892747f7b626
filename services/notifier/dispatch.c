#include "services/notifier/dispatch.h"

#include "common/must.h"
#include "services/notifier/alarm.h"
#include "services/notifier/backoff.h"
#include "services/notifier/delivery.h"
#include "services/notifier/envelope.h"
#include "services/notifier/reader.h"

#include <stdio.h>
#include <string.h>

// The chance that jitter wants: different for each message and try, the same whenever the turn is played again.
static uint64_t chance(const struct delivery *delivery)
{
    char text[BOX_ID_BYTES + 24];
    int length = snprintf(text, sizeof text, "%s/%u/%u", delivery->id, delivery->attempts, delivery->unknowns);
    return hash_short(text, (size_t)length);
}

static void free_rep(struct turn *turn, const struct delivery *delivery)
{
    struct rep_row rep;
    box_rep_get(turn, reader_told(delivery), &rep);
    if (strcmp(rep.flying, delivery->id) != 0)
        return;
    memset(rep.flying, 0, sizeof rep.flying);
    box_rep_put(turn, reader_told(delivery), &rep);
}

// --- leaving
// -----------------------------------------------------------------------------------------------------------

// Puts the message into the courier's hands, to leave after the commit. False when there is nothing to send or no way
// to address it.
static bool launch(struct mailroom *room, struct turn *turn, const struct channel *channel,
                   const struct recipient *recipient, const struct channel_row *row, struct delivery *delivery)
{
    if (!delivery_recount(room, turn, delivery))
        return false;
    struct parcel parcel;
    struct post post;
    bool same = envelope_same(channel, delivery, recipient, turn->now_ms);
    envelope_write(room, turn, delivery, recipient, channel, &parcel);
    const char *trouble = channel->driver->compose(turn->arena, &parcel, &channel->destination, &post);
    if (trouble != NULL && delivery->only[0] != '\0') {
        delivery->detail = trouble;
        delivery_move(room, turn, delivery, DELIVERY_DEAD, HOLD_NONE, 0);
        return false;
    }
    if (trouble != NULL) {
        delivery->channel = "";
        delivery->detail = trouble;
        delivery_move(room, turn, delivery, DELIVERY_HELD, HOLD_ROUTE, 0);
        delivery_wake(turn, "", turn->now_ms + DISPATCH_PROBE_MS);
        return false;
    }
    post.id = parcel.id;
    post.again = delivery->unknowns > 0;
    struct rep_row rep = *recipient->row; // nobody else wrote it since the look that found the rep free
    char filling[BOX_ID_BYTES];
    if (box_filling_get(turn, delivery->rep, delivery->route, delivery->group, filling) &&
        strcmp(filling, delivery->id) == 0)
        box_filling_put(turn, delivery->rep, delivery->route, delivery->group, "");
    memcpy(rep.flying, delivery->id, sizeof rep.flying);
    box_rep_put(turn, recipient->rep, &rep);
    delivery->reader = recipient->rep;
    box_text_put(turn, delivery->id, parcel.text, strlen(parcel.text));
    if (channel->driver->once_ms > 0 && !same) {
        delivery->told_ms = turn->now_ms;
        delivery->told = delivery->live;
    }
    delivery->attempts++;
    delivery->detail = "";
    delivery->retold = false;
    delivery_move(room, turn, delivery, DELIVERY_SENDING, HOLD_NONE, 0);
    courier_arm(room->courier, channel, PURPOSE_MESSAGE, &post, row->throttled);
    return true;
}

// The channel cannot be used because of what its files hold; they are read again after a while.
static void shut(const struct turn *turn, const struct channel *channel, struct channel_row *row)
{
    row->reason = channel->problem;
    row->open = true;
    row->blocked_ms = turn->now_ms + DISPATCH_PROBE_MS;
}

// True when the channel has what its messages must carry; asks for it otherwise, and its landing wakes the channel.
static bool granted(struct mailroom *room, struct turn *turn, struct channel *channel, struct channel_row *row,
                    int64_t now_ms, int64_t *ret_wake_ms)
{
    const struct driver *driver = channel->driver;
    int64_t early_ms = (channel->granted_until_ms - channel->granted_ms) / 2; // of one that lasts for a minute
    early_ms = early_ms < DISPATCH_GRANT_MS ? early_ms : DISPATCH_GRANT_MS;
    if (driver->ask == NULL || (channel->granted[0] != '\0' && turn->now_ms + early_ms < channel->granted_until_ms))
        return true;
    *ret_wake_ms = now_ms + DISPATCH_BUSY_MS;
    if (courier_has(room->courier, PURPOSE_GRANT, channel->options->name))
        return false;
    if (courier_full(room->courier)) {
        *ret_wake_ms = now_ms + DISPATCH_FULL_MS;
        return false;
    }
    struct post post;
    const char *trouble = driver->ask(turn->arena, &channel->destination, turn->now_ms, &post);
    if (trouble != NULL) {
        snprintf(channel->problem, sizeof channel->problem, "%s", trouble);
        shut(turn, channel, row);
        *ret_wake_ms = now_ms + 1; // who has another channel leaves
        return false;
    }
    post.id = "";
    courier_arm(room->courier, channel, PURPOSE_GRANT, &post, row->throttled);
    return false;
}

// Looks at one delivery in line. False when the line must wait; *ret_wake_ms says when to look again at the latest.
static bool serve(struct mailroom *room, struct turn *turn, const struct channel *channel, struct channel_row *row,
                  struct delivery *delivery, int64_t now_ms, int64_t *ret_wake_ms)
{
    struct recipient recipient;
    enum delivery_hold hold;
    reader_find(room, turn, delivery, &recipient);
    if (delivery_outdated(room, turn, delivery, now_ms))
        return true;
    if (recipient.channel != channel || // it got another one while it waited, or the night came
        reader_soonest(room, delivery, &recipient, now_ms, &hold) > now_ms) {
        delivery_release(room, turn, delivery, now_ms);
        return true;
    }
    if (recipient.row->flying[0] != '\0') {
        *ret_wake_ms = now_ms + DISPATCH_BUSY_MS;
        return true;
    }
    int64_t next_ms = pace_next(&channel->pace, row->tat_ms, turn->now_ms);
    if (next_ms > turn->now_ms || courier_full(room->courier)) {
        *ret_wake_ms = next_ms > turn->now_ms ? next_ms : now_ms + DISPATCH_FULL_MS;
        return false;
    }
    if (!launch(room, turn, channel, &recipient, row, delivery))
        return true;
    row->tat_ms = pace_take(&channel->pace, row->tat_ms, turn->now_ms);
    if (!row->open)
        return true;
    row->blocked_ms = turn->now_ms + DISPATCH_PROBE_MS; // the probe alone; its landing opens the way
    *ret_wake_ms = row->blocked_ms;
    return false;
}

// Those in the line of a channel that is no more, or that never had one: each gets another where there is. Those
// without one stay where they are, and another look begins with them, so that it must be a long one.
static void reroute(struct mailroom *room, struct turn *turn, const char *name, int64_t now_ms)
{
    char id[BOX_ID_BYTES] = "";
    int64_t queued_ms = 0;
    bool held = false, moved = false;
    for (int i = 0; box_queue_next(turn, name, &queued_ms, id); i++) {
        struct delivery delivery;
        if (i == DISPATCH_LEAVE) {
            delivery_wake(turn, name, moved ? now_ms + 1 : now_ms + DISPATCH_PROBE_MS);
            break;
        }
        if (!box_delivery_get(turn, id, &delivery))
            continue;
        if (delivery.only[0] != '\0') { // a test has no other way
            delivery.detail = "the chat is no more, or the configuration has no such channel";
            delivery_move(room, turn, &delivery, DELIVERY_DEAD, HOLD_NONE, 0);
            continue;
        }
        delivery_release(room, turn, &delivery, now_ms);
        bool stays = delivery.state == DELIVERY_HELD;
        held = held || stays;
        moved = moved || !stays;
    }
    if (held)
        delivery_wake(turn, "", now_ms + DISPATCH_PROBE_MS);
}

static bool waiting(struct turn *turn, const char *name)
{
    char id[BOX_ID_BYTES] = "", amended[BOX_ID_BYTES] = "";
    int64_t queued_ms = 0, time_ms = 0;
    unsigned tries;
    return box_queue_next(turn, name, &queued_ms, id) || box_amend_next(turn, name, &time_ms, amended, &tries);
}

static void serve_line(struct mailroom *room, struct turn *turn, struct channel *channel, struct channel_row *row,
                       int64_t now_ms)
{
    const char *name = channel->options->name;
    char id[BOX_ID_BYTES] = "";
    int64_t queued_ms = 0, wake_ms = 0;
    bool goes_on = granted(room, turn, channel, row, now_ms, &wake_ms);
    for (int i = 0; goes_on && box_queue_next(turn, name, &queued_ms, id); i++) {
        struct delivery delivery;
        if (i == DISPATCH_LOOK) { // they wait for a landing, which wakes the channel, or went out of the line
            wake_ms = wake_ms == 0 ? now_ms + 1 : wake_ms;
            break;
        }
        if (!box_delivery_get(turn, id, &delivery))
            continue;
        if (room->held && !delivery.alarm)
            break; // alarms stand in front
        goes_on = (room->held && !alarm_passes(room, &delivery)) ||
                  serve(room, turn, channel, row, &delivery, now_ms, &wake_ms);
    }
    if (goes_on && !room->held)
        dispatch_amends(room, turn, channel, row, now_ms, &wake_ms);
    struct channel_row now;
    box_channel_get(turn, name, &now);
    row->wake_ms = now.wake_ms; // a release may have set the timer meanwhile
    box_channel_put(turn, name, row);
    if (wake_ms > 0)
        delivery_wake(turn, name, wake_ms);
}

// True when a route has this channel among several, or people have addresses beside their own.
static bool has_others(const struct mailroom *room, const char *name)
{
    for (size_t i = 0; i < room->options->route_count; i++) {
        const struct route_options *route = &room->options->routes[i];
        for (size_t j = 0; j < route->channel_count; j++)
            if (route->channel_count > 1 && strcmp(route->channels[j], name) == 0)
                return true;
    }
    for (size_t i = 0; i < room->options->person_count; i++)
        if (room->options->people[i].address_count > 0)
            return true;
    return false;
}

// The channel is shut: those in its line go where their route has another one, or their rep another address. Without a
// route only what must be known now does the latter, unless the chat is `gone`.
static void leave_for_others(struct mailroom *room, struct turn *turn, const struct channel *channel, bool gone,
                             int64_t now_ms)
{
    char id[BOX_ID_BYTES] = "";
    int64_t queued_ms = 0;
    for (int i = 0; i < DISPATCH_LEAVE && box_queue_next(turn, channel->options->name, &queued_ms, id); i++) {
        struct delivery delivery;
        struct recipient reader;
        if (!box_delivery_get(turn, id, &delivery))
            continue;
        if (!gone && delivery.route[0] == '\0' && delivery.urgency > 0)
            continue;
        reader_find(room, turn, &delivery, &reader);
        if (reader.channel != channel)
            delivery_release(room, turn, &delivery, now_ms);
    }
}

void dispatch_channel(struct mailroom *room, struct turn *turn, const char *name, int64_t now_ms)
{
    struct channel *channel = mailroom_channel(room, name);
    if (room->held && !alarm_waits(room, turn, name))
        return; // a release wakes all of them
    if (channel == NULL) {
        reroute(room, turn, name, now_ms);
        return;
    }
    if (!waiting(turn, name))
        return;
    struct channel_row row;
    box_channel_get(turn, name, &row);
    if (row.blocked_ms <= now_ms && channel->problem[0] != '\0' && !channel_refresh(channel)) {
        shut(turn, channel, &row);
        box_channel_put(turn, name, &row);
    }
    bool bad = row.open || row.fails >= DISPATCH_FAILS || reader_waits(turn, &row);
    if (bad && (row.gone || has_others(room, name)))
        leave_for_others(room, turn, channel, row.gone, now_ms);
    if (row.blocked_ms > now_ms) {
        int64_t down_ms = row.failing_ms + READER_DOWN_MS; // then what must be known now leaves
        bool sooner = row.fails > 0 && down_ms > now_ms && down_ms < row.blocked_ms && has_others(room, name);
        delivery_wake(turn, name, sooner ? down_ms : row.blocked_ms);
        return;
    }
    serve_line(room, turn, channel, &row, now_ms);
}

// --- landing
// -----------------------------------------------------------------------------------------------------------

// One landing and the rows it touches.
struct landed {
    struct mailroom *room;
    struct turn *turn;
    struct delivery *delivery;
    struct channel_row *row;
    const struct verdict *verdict;
    int64_t now_ms; // by the clock: what pauses does so from now
};

// What left before the chat asked for a pause does not end the pause.
static void open_way(const struct landed *landed)
{
    struct channel_row *row = landed->row;
    if (row->throttled > 0 && row->blocked_ms > landed->now_ms && !row->open)
        return;
    row->blocked_ms = 0;
    row->open = row->gone = false;
    row->fails = row->throttled = 0;
    row->reason = "";
}

// A chat that fails again and again is left alone for a while by all of its messages. Those that left together before
// the pause, or were on their way when we died, fail together and count as one.
static void count_failure(const struct landed *landed)
{
    struct channel_row *row = landed->row;
    if (row->blocked_ms > landed->now_ms && !row->open)
        return;
    row->fails++;
    row->reason = landed->verdict->detail;
    if (row->fails < DISPATCH_FAILS && !row->open)
        return;
    int64_t pause_ms = backoff_delay(row->fails - (row->open ? 0 : DISPATCH_FAILS - 1), chance(landed->delivery));
    row->blocked_ms = landed->now_ms + pause_ms;
}

static void land_ok(const struct landed *landed)
{
    const char *const *ids;
    struct delivery *delivery = landed->delivery;
    bool retold = delivery->retold;
    open_way(landed);
    delivery->receipt = landed->verdict->receipt;
    delivery->retold = false;
    delivery_move(landed->room, landed->turn, delivery, DELIVERY_SENT, HOLD_NONE, 0);
    // What was answered, cancelled or told anew while it was on its way is not in what the chat shows.
    bool stale = retold || (delivery->receipt[0] != '\0' &&
                            envelope_reminders(landed->turn, delivery, true, &ids) < delivery->live);
    bool shown = !stale || dispatch_amend(landed->room, landed->turn, delivery, landed->now_ms);
    landed->room->tally.counts[TALLY_UNSHOWN] += retold && !shown;
}

static void land_dead(const struct landed *landed)
{
    open_way(landed); // it refused this message: it works
    delivery_move(landed->room, landed->turn, landed->delivery, DELIVERY_DEAD, HOLD_NONE, 0);
}

// What must be known now is looked at again when its channel counts as down, if there may be another way by then.
static int64_t look_sooner(const struct landed *landed, int64_t wait_ms)
{
    const struct delivery *delivery = landed->delivery;
    const char *const *names;
    int64_t since_ms = landed->row->failing_ms > 0 ? landed->row->failing_ms : landed->now_ms;
    int64_t left_ms = since_ms + READER_DOWN_MS - landed->now_ms;
    bool other = delivery->alarm || mailroom_others(landed->room, landed->turn, reader_told(delivery), &names) > 0;
    bool sooner = delivery->urgency == 0 && delivery->unknowns == 0 && other && left_ms > 0 && left_ms < wait_ms;
    return sooner ? left_ms : wait_ms;
}

static void land_retry(const struct landed *landed)
{
    struct delivery *delivery = landed->delivery;
    count_failure(landed);
    if (delivery->attempts >= (unsigned)landed->room->options->attempts) {
        delivery->detail = arena_format(landed->turn->arena, "given up after %u attempts: %s", delivery->attempts,
                                        landed->verdict->detail);
        delivery->plain =
            arena_format(landed->turn->arena, "given up after %u attempts: %s", delivery->attempts, delivery->plain);
        delivery_move(landed->room, landed->turn, delivery, DELIVERY_DEAD, HOLD_NONE, 0);
        return;
    }
    int64_t wait_ms = backoff_delay(delivery->attempts, chance(delivery));
    if (landed->verdict->after_ms > 0)
        wait_ms = backoff_asked(landed->verdict->after_ms, chance(delivery));
    if (delivery_recount(landed->room, landed->turn, delivery))
        delivery_move(landed->room, landed->turn, delivery, DELIVERY_HELD, HOLD_BACKOFF,
                      landed->now_ms + look_sooner(landed, wait_ms));
}

// Back into the line: the chat did not take it, which is not the message's fault. A longer pause stays as it is.
static void put_back(const struct landed *landed, enum delivery_hold hold, int64_t until_ms)
{
    if (landed->row->open || until_ms > landed->row->blocked_ms)
        landed->row->blocked_ms = until_ms;
    landed->row->reason = landed->verdict->detail;
    if (landed->delivery->attempts > 0)
        landed->delivery->attempts--;
    if (delivery_recount(landed->room, landed->turn, landed->delivery))
        delivery_move(landed->room, landed->turn, landed->delivery, DELIVERY_HELD, hold, 0);
}

static void land_throttle(const struct landed *landed)
{
    landed->row->throttled++;
    int64_t after_ms = landed->verdict->after_ms;
    put_back(landed, HOLD_RATE, landed->now_ms + backoff_asked(after_ms, chance(landed->delivery)));
}

static void land_config(const struct landed *landed)
{
    int64_t after_ms = landed->verdict->after_ms;
    landed->row->open = true;
    put_back(landed, HOLD_CIRCUIT, landed->now_ms + (after_ms > DISPATCH_PROBE_MS ? after_ms : DISPATCH_PROBE_MS));
}

// A grant that is refused as soon as we have it is a matter of the configuration.
static void land_stale(const struct landed *landed)
{
    struct channel *channel = mailroom_channel(landed->room, landed->delivery->channel);
    if (channel != NULL && channel_stale(channel, landed->delivery->changed_ms, landed->now_ms))
        put_back(landed, HOLD_RATE, 0);
    else
        land_config(landed);
}

// One rep whom the chat does not know: the message goes another way, and the channel goes on.
static void land_stranger(const struct landed *landed)
{
    struct delivery *delivery = landed->delivery;
    open_way(landed);
    reader_estrange(landed->room, landed->turn, reader_told(delivery), delivery->channel);
    if (delivery->attempts > 0)
        delivery->attempts--;
    if (delivery_recount(landed->room, landed->turn, delivery))
        delivery_release(landed->room, landed->turn, delivery, landed->now_ms);
}

static void land_gone(const struct landed *landed)
{
    const struct channel *channel = mailroom_channel(landed->room, landed->delivery->channel);
    if (channel != NULL && channel->driver->personal && channel->options->to[0] == '\0') {
        land_stranger(landed);
        return;
    }
    landed->row->open = landed->row->gone = true;
    put_back(landed, HOLD_CIRCUIT, landed->now_ms + DISPATCH_PROBE_MS);
}

// A chat that is in trouble for a minute must not use up all repeats: each waits five times as long as the one before.
static int64_t repeat_delay(const struct mailroom *room, unsigned tries)
{
    enum { LONGER = 5, STEPS_MOST = 5 };
    int64_t wait_ms = room->options->repeat_after_ms;
    for (unsigned i = 1; i < tries && i < STEPS_MOST; i++)
        wait_ms *= LONGER;
    return wait_ms;
}

// Somebody who reads the same thing twice is bothered; a chat that drops the second one by its key bothers nobody.
static unsigned repeats_most(const struct landed *landed)
{
    enum { UNKEYED = 1, KEYED = 3 };
    int64_t told = landed->room->options->repeats;
    if (told != CONFIG_UNSET)
        return (unsigned)told;
    const struct channel *channel = mailroom_channel(landed->room, landed->delivery->channel);
    return channel != NULL && channel->driver->keyed ? KEYED : UNKEYED;
}

static void land_unknown(const struct landed *landed)
{
    struct delivery *delivery = landed->delivery;
    count_failure(landed);
    delivery->unknowns++;
    unsigned tries = delivery->unknowns - delivery->forgiven;
    if (tries > repeats_most(landed)) {
        delivery_move(landed->room, landed->turn, delivery, DELIVERY_UNKNOWN, HOLD_NONE, 0);
        return;
    }
    int64_t wait_ms = repeat_delay(landed->room, tries), least_ms = backoff_delay(tries + 1, chance(delivery));
    int64_t due_ms = landed->now_ms + (wait_ms > least_ms ? wait_ms : least_ms);
    delivery_move(landed->room, landed->turn, delivery, DELIVERY_UNKNOWN, HOLD_BACKOFF, due_ms);
}

// A test is tried once: whoever asked for it wants to know what the chat said.
static void end_test(struct mailroom *room, struct turn *turn, struct delivery *delivery)
{
    bool unknown = delivery->state == DELIVERY_UNKNOWN;
    if (delivery->only[0] != '\0' && !delivery_final(delivery))
        delivery_move(room, turn, delivery, unknown ? DELIVERY_UNKNOWN : DELIVERY_DEAD, HOLD_NONE, 0);
}

// Counts towards the rep's pace what the chat took, or may have taken, once: of the rest the rep saw nothing. What does
// not wait for it uses up no more than one that does could: many of those do not keep the rest away for a day.
static void take_turn(struct mailroom *room, struct turn *turn, const struct delivery *delivery, enum outcome outcome)
{
    const struct pace *pace = &room->rep_pace;
    const char *reader = reader_told(delivery);
    struct rep_row rep;
    bool seen = outcome == OUTCOME_OK || outcome == OUTCOME_UNKNOWN;
    if (pace->burst == 0 || !seen || delivery->unknowns > 0 || delivery->alarm)
        return;
    int64_t most_ms = turn->now_ms + pace->burst * pace->interval_ms;
    box_rep_get(turn, reader, &rep);
    rep.tat_ms = pace_take(pace, rep.tat_ms, turn->now_ms);
    rep.tat_ms = rep.tat_ms < most_ms ? rep.tat_ms : most_ms;
    box_rep_put(turn, reader, &rep);
}

void dispatch_land(struct mailroom *room, struct turn *turn, const char *id, const struct verdict *verdict,
                   int64_t now_ms)
{
    static void (*const lands[OUTCOMES])(const struct landed *landed) = {
        [OUTCOME_OK] = land_ok,           [OUTCOME_RETRY] = land_retry,   [OUTCOME_THROTTLE] = land_throttle,
        [OUTCOME_REJECT] = land_dead,     [OUTCOME_CONFIG] = land_config, [OUTCOME_GONE] = land_gone,
        [OUTCOME_UNKNOWN] = land_unknown, [OUTCOME_STALE] = land_stale,
    };
    struct delivery delivery;
    if (!box_delivery_get(turn, id, &delivery) || delivery.state != DELIVERY_SENDING)
        return;
    struct channel_row row;
    const char *channel = delivery.channel;
    free_rep(turn, &delivery);
    take_turn(room, turn, &delivery, verdict->outcome);
    box_channel_get(turn, channel, &row);
    delivery.detail = verdict->outcome == OUTCOME_OK ? "" : arena_format(turn->arena, "%s", verdict->detail);
    delivery.plain = arena_format(turn->arena, "%.*s", (int)verdict->ours, verdict->detail);
    lands[verdict->outcome](&(struct landed){room, turn, &delivery, &row, verdict, turn->now_ms});
    end_test(room, turn, &delivery);
    struct channel_row now;
    box_channel_get(turn, channel, &now);
    row.wake_ms = now.wake_ms; // a release or a change may have set the timer meanwhile
    row.took_ms = verdict->outcome == OUTCOME_OK ? turn->now_ms : row.took_ms;
    box_channel_put(turn, channel, &row);
    room->landed[verdict->outcome]++;
    // The rep's next message may wait in another channel's line by now.
    delivery_wake(turn, channel, now_ms);
    struct recipient recipient;
    reader_find(room, turn, &delivery, &recipient);
    if (recipient.channel == NULL || strcmp(recipient.channel->options->name, channel) == 0)
        return;
    bool waits = delivery.state == DELIVERY_HELD && delivery.hold == HOLD_BACKOFF;
    if (waits && delivery.urgency == 0 && delivery.unknowns == 0) // the chat did not take it, and there is another way
        delivery_release(room, turn, &delivery, now_ms);
    delivery_wake(turn, recipient.channel->options->name, now_ms);
}

void dispatch_land_grant(struct mailroom *room, struct turn *turn, const char *name, const struct grant *grant,
                         const struct verdict *verdict, int64_t now_ms)
{
    struct channel *channel = mailroom_channel(room, name);
    struct channel_row row;
    if (channel == NULL)
        return;
    box_channel_get(turn, name, &row);
    if (verdict->outcome == OUTCOME_OK) {
        channel_grant(channel, grant, turn->now_ms);
    } else {
        uint64_t chance = hash_short(name, strlen(name)) ^ (uint64_t)now_ms;
        row.open = row.open || (verdict->outcome != OUTCOME_RETRY && verdict->outcome != OUTCOME_THROTTLE &&
                                verdict->outcome != OUTCOME_UNKNOWN); // asking twice does no harm
        row.fails++;
        row.reason = verdict->detail;
        row.blocked_ms = turn->now_ms + (row.open                ? DISPATCH_PROBE_MS
                                         : verdict->after_ms > 0 ? backoff_asked(verdict->after_ms, chance)
                                                                 : backoff_delay(row.fails, chance));
        box_channel_put(turn, name, &row);
    }
    delivery_wake(turn, name, row.blocked_ms > now_ms ? row.blocked_ms : now_ms);
}

void dispatch_recover(struct mailroom *room, struct turn *turn, int64_t now_ms)
{
    struct verdict verdict;
    verdict_set(&verdict, OUTCOME_UNKNOWN, "the service ended while it was on its way");
    char id[BOX_ID_BYTES] = "";
    while (box_flight_next(turn, id)) {
        if (!courier_has(room->courier, PURPOSE_MESSAGE, id))
            dispatch_land(room, turn, id, &verdict, now_ms);
    }
    const char *name = NULL;
    while (box_channel_next(turn, &name)) {
        struct channel_row row;
        box_channel_get(turn, name, &row);
        if (row.open) {
            row.blocked_ms = 0;
            row.gone = false;
            box_channel_put(turn, name, &row);
        }
        delivery_wake(turn, name, now_ms);
    }
    delivery_wake(turn, "", now_ms);
    for (size_t i = 0; i < room->channel_count; i++)
        delivery_wake(turn, room->channels[i].options->name, now_ms);
}
