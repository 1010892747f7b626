#include "services/notifier/outbox_parts.h"

#include "common/must.h"
#include "services/notifier/alarm.h"
#include "services/notifier/audit.h"
#include "services/notifier/delivery.h"
#include "services/notifier/dispatch.h"
#include "services/notifier/envelope.h"
#include "services/notifier/news.h"
#include "services/notifier/route.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

// --- records in
// --------------------------------------------------------------------------------------------------------

enum { URGENCY_LATER = 2 };

// The id of a new message: from who it is for and what it begins with, so that a replay gives the same.
static void make_id(struct turn *turn, const char *rep, const char *first, char *ret_id)
{
    struct delivery known;
    for (unsigned n = 0;; n++) {
        char text[HASH_BYTES * 2 + 1];
        uint8_t hash[HASH_BYTES];
        const char *seed = n == 0 ? first : arena_format(turn->arena, "%s/%u", first, n);
        hash_pair(rep, strlen(rep), seed, strlen(seed), hash);
        hash_hex(hash, HASH_BYTES, text);
        memcpy(ret_id, text, BOX_ID_LENGTH);
        ret_id[BOX_ID_LENGTH] = '\0';
        if (!box_delivery_get(turn, ret_id, &known))
            return;
    }
}

// True when more can go into it: it has not left yet, so the letter is not written.
static bool fillable(const struct delivery *delivery)
{
    return (delivery->state == DELIVERY_HELD || delivery->state == DELIVERY_READY) && delivery->attempts == 0 &&
           delivery->unknowns == 0 && delivery->parts < ENVELOPE_PARTS;
}

// What the route looks at.
static struct route_facts facts_of(const struct news *news)
{
    if (news->kind == NEWS_LIST)
        return (struct route_facts){news->list.preview ? "preview" : "call_list", '\0', "", 1};
    if (news->kind == NEWS_DIGEST)
        return (struct route_facts){"digest", '\0', "", 1};
    return (struct route_facts){route_kind_name(news->item.kind), news->item.abc, news->item.region,
                                news->item.priority};
}

// The delivery that the rep's reminders of this moment, route and group go into; a new one waits for others.
static void open_delivery(const struct taken *taken, const struct route_options *route, const char *group,
                          struct delivery *ret_delivery)
{
    struct turn *turn = taken->turn;
    const char *rep = taken->news->rep_id, *name = route != NULL ? route->name : "";
    char id[BOX_ID_BYTES];
    if (box_filling_get(turn, rep, name, group, id) && box_delivery_get(turn, id, ret_delivery) &&
        fillable(ret_delivery))
        return;
    // Read once more after the store was put back, it is as old as it was, and may have left then.
    int64_t told_ms = taken->record->time_ms;
    *ret_delivery = (struct delivery){.created_ms = told_ms <= taken->room->doubted_ms ? told_ms : turn->now_ms,
                                      .queued_ms = turn->now_ms,
                                      .rep = rep,
                                      .channel = "",
                                      .detail = "",
                                      .receipt = "",
                                      .route = name,
                                      .group = group,
                                      .reader = "",
                                      .only = "",
                                      .urgency = URGENCY_LATER};
    make_id(turn, rep, taken->news->id, ret_delivery->id);
    box_filling_put(turn, rep, name, group, ret_delivery->id);
}

// What must be known at once does not wait, but for the fourth of a kind in a minute: a phone that rings once for each
// of a storm is put away, so they come together once a minute. `open` is the message that it comes into.
static int64_t urgent_wait_ms(const struct taken *taken, const struct delivery *open)
{
    static const struct pace storm = {.interval_ms = 60 * 1000, .burst = 3};
    struct turn *turn = taken->turn;
    const char *rep = taken->news->rep_id, *kind = route_kind_name(taken->news->item.kind);
    if (open->state == DELIVERY_HELD && open->hold == HOLD_GROUP && open->due_ms <= turn->now_ms)
        return 0; // it leaves now
    int64_t tat_ms = box_storm_get(turn, rep, kind), at_ms = pace_next(&storm, tat_ms, turn->now_ms);
    int64_t next_ms = pace_take(&storm, tat_ms, turn->now_ms), most_ms = turn->now_ms + storm.burst * storm.interval_ms;
    if (open->state == DELIVERY_NONE || open->urgency > 0 || at_ms == turn->now_ms) // the others come with that one
        box_storm_put(turn, rep, kind, next_ms < most_ms ? next_ms : most_ms);      // nobody waits for longer than that
    return at_ms - turn->now_ms;
}

// How long a message waits for others.
static int64_t wait_ms(const struct taken *taken, const struct route_options *route, const struct delivery *open)
{
    bool urgent = taken->news->kind == NEWS_REMINDER && taken->news->item.priority == 0;
    if (route != NULL && route->group_wait_ms != CONFIG_UNSET)
        return route->group_wait_ms;
    return urgent ? urgent_wait_ms(taken, open) : taken->room->options->group_wait_ms;
}

// Remembers where the reminders of a list are, so that they can be cancelled one by one.
static void add_calls(const struct taken *taken, const struct box_item *item)
{
    const struct letter_list *list = &taken->news->list;
    for (size_t i = 0; !taken->news->whole && i < list->count; i++) {
        struct box_item known;
        if (!box_item_get(taken->turn, list->calls[i].reminder_id, false, &known))
            box_item_put(taken->turn, list->calls[i].reminder_id, false, item);
    }
}

void outbox_hasten(struct delivery *delivery, unsigned urgency, int64_t due_ms)
{
    bool sooner = delivery->hold == HOLD_GROUP || (urgency == 0 && delivery->hold != HOLD_BACKOFF);
    if (delivery->state == DELIVERY_HELD && delivery->due_ms > due_ms && sooner)
        delivery->due_ms = due_ms; // an urgent one: what held the others is looked at anew
}

static void add_part(const struct taken *taken, bool list, unsigned reminders)
{
    struct turn *turn = taken->turn;
    struct delivery delivery;
    struct route_facts about = facts_of(taken->news);
    const struct route_options *route = route_find(taken->room->options, &about);
    open_delivery(taken, route, route_group(taken->room->options, route, &about), &delivery);
    int64_t due_ms = turn->now_ms + wait_ms(taken, route, &delivery);
    delivery.urgency = about.urgency < delivery.urgency ? about.urgency : delivery.urgency;
    delivery.list = delivery.list || taken->news->kind != NEWS_REMINDER;
    struct box_item item = {.cancelled = false};
    memcpy(item.delivery, delivery.id, sizeof item.delivery);
    box_item_put(turn, taken->news->id, list, &item);
    if (list)
        add_calls(taken, &item);
    struct part part = {taken->record->type, {taken->record->payload, taken->record->length}};
    box_part_put(turn, delivery.id, delivery.parts, &part);
    bool fresh = delivery.state == DELIVERY_NONE;
    struct contents contents = {taken->news, 1}; // of a new one: just read, and need not be again
    delivery_grow(taken->room, &delivery, reminders);
    if (fresh) {
        delivery.contents = &contents;
        delivery_move(taken->room, turn, &delivery, DELIVERY_HELD, HOLD_GROUP, due_ms);
        return;
    }
    outbox_hasten(&delivery, about.urgency, due_ms);
    delivery_keep(turn, &delivery);
}

static void take_new(const struct taken *taken, bool list, unsigned reminders)
{
    struct tally *tally = &taken->room->tally;
    struct box_item known;
    if ((taken->record->flags & RECORD_HISTORICAL) != 0)
        tally->counts[TALLY_HISTORICAL] += reminders;
    else if (box_item_get(taken->turn, taken->news->id, list, &known))
        tally->counts[TALLY_REPEATED] += outbox_retell(taken, list, &known) ? 0 : reminders;
    else if (taken->news->retold) // what it corrects is forgotten, and was no news of today
        tally->counts[TALLY_REPEATED] += reminders;
    else if (reminders > 0) // a list without calls is no message
        add_part(taken, list, reminders);
}

static void take_reminder(const struct taken *taken)
{
    take_new(taken, false, 1);
}

static void take_list(const struct taken *taken)
{
    const struct letter_list *list = &taken->news->list;
    bool any = list->count + list->unrecorded_count + list->undated_count > 0;
    take_new(taken, true, taken->news->whole ? any : (unsigned)list->count);
}

static void take_digest(const struct taken *taken)
{
    take_new(taken, true, 1);
}

bool outbox_cancel(struct mailroom *room, struct turn *turn, const char *id, struct delivery *ret_delivery)
{
    struct box_item item;
    if (!box_item_get(turn, id, false, &item) || item.cancelled ||
        !box_delivery_get(turn, item.delivery, ret_delivery) || ret_delivery->state == DELIVERY_DROPPED)
        return false;
    item.cancelled = true;
    box_item_put(turn, id, false, &item);
    if (ret_delivery->state != DELIVERY_SENT)
        return true;
    room->tally.counts[TALLY_TOO_LATE] += item.answers == 0;
    (void)dispatch_amend(room, turn, ret_delivery, turn->now_ms);
    return false;
}

static void take_cancelled(const struct taken *taken)
{
    struct delivery delivery;
    if (outbox_cancel(taken->room, taken->turn, taken->news->id, &delivery))
        delivery_settle(taken->room, taken->turn, &delivery);
}

static void take_settings(const struct taken *taken)
{
    struct slice payload = {taken->record->payload, taken->record->length};
    struct news_settings settings;
    must(news_read_settings(taken->turn->arena, &payload, &settings));
    box_settings_put(taken->turn, &payload);
    mailroom_settle_in(taken->room, &settings);
}

void outbox_take(struct mailroom *room, struct turn *turn, const struct record *record)
{
    static void (*const takes[])(const struct taken *taken) = {
        [NEWS_NONE] = NULL,
        [NEWS_BAD] = NULL,
        [NEWS_REMINDER] = take_reminder,
        [NEWS_LIST] = take_list,
        [NEWS_DIGEST] = take_digest,
        [NEWS_CANCELLED] = take_cancelled,
        [NEWS_SETTLED] = outbox_take_settled,
        [NEWS_REP] = outbox_take_rep,
        [NEWS_ERASED] = outbox_take_erased,
        [NEWS_ABSENT] = outbox_take_absent,
        [NEWS_SETTINGS] = take_settings,
    };
    struct news news;
    news_read(turn->arena, record->type, record->payload, record->length, &news);
    room->tally.counts[TALLY_BAD] += news.kind == NEWS_BAD;
    if (takes[news.kind] != NULL)
        takes[news.kind](&(struct taken){room, turn, record, &news});
}

// --- time
// --------------------------------------------------------------------------------------------------------------

static void collect(struct mailroom *room, struct turn *turn, int64_t now_ms)
{
    struct landing landing;
    while (courier_take(room->courier, &landing)) {
        const struct channel *channel = mailroom_channel(room, landing.channel);
        if (channel != NULL)
            channel_redact(channel, landing.verdict.detail, sizeof landing.verdict.detail);
        if (landing.purpose == PURPOSE_WHISPER)
            continue;
        if (landing.purpose == PURPOSE_GRANT)
            dispatch_land_grant(room, turn, landing.channel, landing.grant, &landing.verdict, now_ms);
        else if (landing.purpose == PURPOSE_AMEND)
            dispatch_land_amend(room, turn, landing.channel, landing.id, &landing.verdict, now_ms);
        else
            dispatch_land(room, turn, landing.id, &landing.verdict, now_ms);
    }
    room->collected = true;
}

static void delivery_due(struct mailroom *room, struct turn *turn, struct delivery *delivery, int64_t now_ms)
{
    const char *const *ids;
    if (delivery->state == DELIVERY_UNKNOWN && envelope_reminders(turn, delivery, true, &ids) == 0) {
        // no reason to say it again, and nobody knows about the first time
        delivery_move(room, turn, delivery, DELIVERY_UNKNOWN, HOLD_NONE, 0);
        return;
    }
    bool waits = delivery->state == DELIVERY_UNKNOWN || delivery->state == DELIVERY_HELD;
    if (waits && delivery_recount(room, turn, delivery))
        delivery_release(room, turn, delivery, now_ms);
}

static void handle(struct mailroom *room, struct turn *turn, const struct due *due, int64_t now_ms)
{
    struct delivery delivery;
    box_due_delete(turn, due);
    if (due->kind == DUE_CHANNEL) {
        struct channel_row row;
        box_channel_get(turn, due->name, &row);
        row.wake_ms = 0;
        box_channel_put(turn, due->name, &row);
        dispatch_channel(room, turn, due->name, now_ms);
        return;
    }
    if (!box_delivery_get(turn, due->name, &delivery) || delivery.due_ms != due->time_ms)
        return;
    if (due->kind == DUE_EXPIRE && delivery_final(&delivery))
        delivery_expire(room, turn, &delivery);
    else if (due->kind == DUE_DELIVERY)
        delivery_due(room, turn, &delivery, now_ms);
}

// Links need a key; it is made once, and a backup has it, so that the links in reps' chats go on to work.
static void make_key(struct mailroom *room, struct turn *turn)
{
    if (room->keys.has_current || room->options->public_url[0] == '\0')
        return;
    randombytes_buf(room->keys.current, sizeof room->keys.current);
    room->keys.has_current = true;
    box_keys_put(turn, &room->keys);
}

static const char put_back[] =
    "the store was put back from a backup, or moved: what waits in it may have been sent before";

// True when the store's file is another one than it was when it was last at work; from now on it is known as it is.
static bool moved(struct mailroom *room, struct turn *turn)
{
    char home[WATERMARK_HOME_BYTES];
    if (!watermark_home(room->options->store, home))
        return false;
    const char *before = box_home_get(turn);
    bool other = before[0] != '\0' && strcmp(before, home) != 0;
    if (strcmp(before, home) != 0)
        box_home_put(turn, home);
    return other;
}

// A store that knows less than its watermark is an older one, and so may be one that is another file; people decide
// what of it is still to be said.
static void check_watermark(struct mailroom *room, struct turn *turn)
{
    uint64_t seq;
    if (room->watermark_checked) {
        (void)moved(room, turn); // under our hands only an erasure makes it anew, and that is no reason to doubt
        return;
    }
    room->watermark_checked = true;
    bool older = watermark_read(room->watermark, &seq) && room->said < seq;
    bool other = moved(room, turn);
    if (older || other)
        outbox_doubt(room, turn, put_back); // its commit lets the watermark go down to where the store is
}

// Every hour everything that waits is looked through; nothing should ever be found.
static void audit(struct mailroom *room, struct turn *turn, int64_t now_ms)
{
    struct audit audit;
    if (now_ms < room->audit_ms)
        return;
    room->audit_ms = now_ms + AUDIT_EVERY_MS;
    audit_run(room, turn, &audit);
    audit_mend(room, turn, &audit);
    room->stuck += audit.stuck;
}

int64_t outbox_tick(struct mailroom *room, struct turn *turn, int64_t now_ms)
{
    make_key(room, turn);
    check_watermark(room, turn);
    audit(room, turn, now_ms);
    if (room->recover) {
        dispatch_recover(room, turn, turn->now_ms); // nothing leaves before the upstream was heard
        room->recover = false;
    }
    collect(room, turn, now_ms);
    struct due due;
    for (int i = 0; box_due_first(turn, &due); i++) {
        if (due.time_ms > now_ms)
            return due.time_ms;
        if (i == OUTBOX_TICK_MOST)
            return now_ms;
        handle(room, turn, &due, now_ms);
    }
    return INT64_MAX;
}

void outbox_settle(struct mailroom *room, struct turn *turn)
{
    room->said = turn->journal->last;
    if (!room->collected)
        collect(room, turn, turn->now_ms);
    room->collected = false;
    if (memcmp(&room->tally, &room->stored, sizeof room->tally) == 0)
        return;
    box_tally_put(turn, &room->tally);
    room->stored = room->tally;
}

void outbox_load(struct mailroom *room, struct turn *turn)
{
    courier_revert(room->courier);
    box_keys_get(turn, &room->keys);
    room->said = turn->journal->last;
    room->held = box_hold_get(turn)[0] != '\0';
    room->released_ms = box_released_get(turn);
    room->doubted_ms = box_doubted_get(turn);
    room->watermark_checked = false; // what the check held may be among what was not committed
    struct slice payload;
    struct news_settings settings;
    if (box_settings_get(turn, &payload) && news_read_settings(turn->arena, &payload, &settings))
        mailroom_settle_in(room, &settings);
    box_tally_get(turn, &room->tally);
    room->stored = room->tally;
    alarm_load(room, turn);
    room->collected = false;
    room->recover = true;
}

// --- by hand
// -----------------------------------------------------------------------------------------------------------

const char *outbox_retry(struct mailroom *room, struct turn *turn, struct delivery *delivery)
{
    if (delivery->state != DELIVERY_DEAD && delivery->state != DELIVERY_UNKNOWN)
        return "only a message that is dead or unknown can be sent again";
    const char *const *ids;
    if (envelope_reminders(turn, delivery, true, &ids) == 0)
        return "everything in it was cancelled meanwhile, or it is too late for it";
    if (!delivery_recount(room, turn, delivery))
        return "everything in it was cancelled meanwhile, or it is too late for it";
    delivery->attempts = 0;
    delivery->forgiven = delivery->unknowns;
    delivery->queued_ms = turn->now_ms; // as if it came now: a person decided that it is not too old
    delivery_release(room, turn, delivery, turn->now_ms);
    return delivery->state == DELIVERY_DROPPED ? "it is too late for what is in it" : NULL;
}

void outbox_hold(struct mailroom *room, struct turn *turn, const char *reason)
{
    if (!room->held) // the first reason stays
        box_hold_put(turn, reason);
    room->held = true;
}

void outbox_doubt(struct mailroom *room, struct turn *turn, const char *reason)
{
    outbox_hold(room, turn, reason);
    room->doubted_ms = turn->now_ms;
    box_doubted_put(turn, turn->now_ms);
    alarm_doubt(room, turn);
}

void outbox_release(struct mailroom *room, struct turn *turn)
{
    const char *name = NULL;
    box_hold_put(turn, "");
    room->held = false;
    room->released_ms = turn->now_ms;
    box_released_put(turn, turn->now_ms);
    while (box_channel_next(turn, &name))
        delivery_wake(turn, name, turn->now_ms);
    for (size_t i = 0; i < room->channel_count; i++)
        delivery_wake(turn, room->channels[i].options->name, turn->now_ms);
}

void outbox_probe(struct mailroom *room, struct turn *turn, const char *channel)
{
    struct channel_row row;
    box_channel_get(turn, channel, &row);
    row.blocked_ms = 0;
    row.gone = false;
    box_channel_put(turn, channel, &row);
    delivery_wake(turn, channel, turn->now_ms);
    struct channel *known = mailroom_channel(room, channel);
    if (known != NULL)
        (void)channel_refresh(known);
}
