#include "services/notifier/alarm.h"

#include "common/must.h"
#include "services/notifier/alarm_say.h"
#include "services/notifier/bulletin.h"
#include "services/notifier/channel.h"
#include "services/notifier/delivery.h"
#include "services/notifier/reader.h"
#include "services/notifier/remarks.h"

#include <stdlib.h>
#include <string.h>

enum {
    NAMED_MOST = 3,  // of a cause that are named one by one on a phone
    FIRST_PLACE = 1, // in the line of a channel: before all others, however long they wait
    VISIBLE_LENGTH = 6,
};

_Static_assert(2 * (NAMED_MOST + 1) + 1 <= BULLETIN_LINES, "channels, messages and the hold fit into one");

static const char nobody[] = "(alarm)"; // whom one is for that has no rep; nothing is known about it

struct alarm {
    struct alarm_row row;
    struct alarm_channel channels[NOTIFIER_CHANNELS];
    bool lost; // there is one to tell and no way, which the log has said
};

struct alarm *alarm_open(void)
{
    struct alarm *alarm = calloc(1, sizeof *alarm);
    must(alarm != NULL);
    return alarm;
}

void alarm_close(struct alarm **alarm)
{
    free(*alarm);
    *alarm = NULL;
}

static bool wanted(const struct mailroom *room)
{
    return room->options->alarm.channel != NULL && room->options->alarm.channel[0] != '\0';
}

const char *alarm_options_wrong(const struct notifier_options *options, const char **ret_key)
{
    const struct alarm_options *alarm = &options->alarm;
    bool to_rep = alarm->rep != NULL && alarm->rep[0] != '\0', to_channel = false, known = false, personal = false;
    for (size_t i = 0; alarm->channel != NULL && i < options->channel_count; i++)
        if (strcmp(options->channels[i].name, alarm->channel) == 0) {
            to_channel = true;
            personal = channel_driver(&options->channels[i])->personal && options->channels[i].to[0] == '\0';
        }
    for (size_t i = 0; to_rep && i < options->person_count; i++)
        known = known || strcmp(options->people[i].rep, alarm->rep) == 0;
    *ret_key = "alarm.channel";
    if (alarm->channel == NULL || alarm->channel[0] == '\0')
        return to_rep ? "is needed: a rep alone does not say which way" : NULL;
    if (!to_channel)
        return "names no channel of notifier.channels";
    *ret_key = "alarm.rep";
    if (to_rep && !known)
        return "names nobody of notifier.people, where the addresses for alarms are";
    if (!to_rep && personal)
        return "is needed: this channel writes to each rep alone";
    return NULL;
}

void alarm_load(struct mailroom *room, struct turn *turn)
{
    struct alarm *alarm = room->alarm;
    remarks_forget(room->remarks);
    alarm->lost = false;
    box_alarm_get(turn, &alarm->row);
    for (size_t i = 0; i < room->channel_count; i++)
        box_alarm_channel_get(turn, room->channels[i].options->name, &alarm->channels[i]);
}

// --- what happens
// ------------------------------------------------------------------------------------------------------

static void remark_ended(struct mailroom *room, struct turn *turn, const struct delivery *delivery)
{
    bool again = delivery->state == DELIVERY_UNKNOWN && !delivery_final(delivery);
    if (again && delivery->unknowns - delivery->forgiven > 1) // it was said at the first one
        return;
    struct remark remark = {
        .kind = delivery->state == DELIVERY_DEAD ? REMARK_DEAD
                : again                          ? REMARK_UNKNOWN
                                                 : REMARK_LEFT,
        .id = arena_text(turn->arena, delivery->id, VISIBLE_LENGTH),
        .channel = delivery->channel,
        .rep = reader_told(delivery),
        .reason = delivery_plain(delivery),
    };
    remarks_add(room->remarks, &remark, turn->now_ms);
}

void alarm_ended(struct mailroom *room, struct turn *turn, const struct delivery *delivery)
{
    struct alarm_row *row = &room->alarm->row;
    remark_ended(room, turn, delivery);
    if (!wanted(room) || !delivery_final(delivery) || delivery->urgency > 0 || delivery->alarm ||
        delivery->only[0] != '\0')
        return;
    for (size_t i = 0; i < row->failed_count; i++)
        if (strcmp(row->failed[i], delivery->id) == 0)
            return;
    if (row->failed_count < ALARM_FAILED_MOST)
        memcpy(row->failed[row->failed_count++], delivery->id, BOX_ID_BYTES);
    else
        row->failed_more++;
    box_alarm_put(turn, row);
}

void alarm_doubt(struct mailroom *room, struct turn *turn)
{
    struct alarm_row *row = &room->alarm->row;
    row->doubt_ms = turn->now_ms;
    row->doubt = true;
    row->told_ms = row->due_ms = 0; // as that other store has them
    box_alarm_put(turn, row);
}

bool alarm_passes(const struct mailroom *room, const struct delivery *delivery)
{
    return delivery->alarm && delivery->created_ms >= room->alarm->row.doubt_ms;
}

bool alarm_waits(const struct mailroom *room, struct turn *turn, const char *channel)
{
    char id[BOX_ID_BYTES] = "";
    int64_t queued_ms = 0;
    for (struct delivery delivery;
         box_queue_next(turn, channel, &queued_ms, id) && box_delivery_get(turn, id, &delivery) && delivery.alarm;)
        if (alarm_passes(room, &delivery))
            return true;
    return false;
}

// --- telling
// -----------------------------------------------------------------------------------------------------------

// How the channel is: shut, or down for long enough to wake somebody. *ret_next_ms is moved forward to when that is.
static enum alarm_health look_at(struct turn *turn, const struct channel *channel, const char **ret_reason,
                                 int64_t *ret_next_ms)
{
    struct channel_row row;
    box_channel_get(turn, channel->options->name, &row);
    *ret_reason = channel->problem[0] != '\0' ? channel->problem : row.reason;
    if (row.open || channel->problem[0] != '\0')
        return ALARM_IS_SHUT;
    int64_t since_ms = reader_failing(&row);
    if (since_ms > 0 && turn->now_ms - since_ms >= ALARM_DOWN_MS)
        return ALARM_IS_DOWN;
    if (since_ms > 0 && since_ms + ALARM_DOWN_MS < *ret_next_ms)
        *ret_next_ms = since_ms + ALARM_DOWN_MS;
    return ALARM_WORKS;
}

// What the log says of channels, once each; returns when one is to be looked at again, INT64_MAX for never.
static int64_t look(struct mailroom *room, struct turn *turn)
{
    static const enum remark_kind kinds[ALARM_HEALTHS] = {REMARK_OPEN, REMARK_SHUT, REMARK_DOWN};
    int64_t next_ms = INT64_MAX;
    for (size_t i = 0; i < room->channel_count; i++) {
        const char *name = room->channels[i].options->name, *reason;
        struct alarm_channel *known = &room->alarm->channels[i];
        enum alarm_health now = look_at(turn, &room->channels[i], &reason, &next_ms);
        if (now == known->now)
            continue;
        known->now = now;
        box_alarm_channel_put(turn, name, known);
        struct remark remark = {
            .kind = kinds[now], .id = "", .channel = name, .rep = "", .reason = now != ALARM_WORKS ? reason : ""};
        remarks_add(room->remarks, &remark, turn->now_ms);
    }
    return next_ms;
}

static bool pending(const struct mailroom *room)
{
    const struct alarm *alarm = room->alarm;
    bool any = alarm->row.doubt || alarm->row.failed_count > 0;
    for (size_t i = 0; i < room->channel_count; i++)
        any = any || alarm->channels[i].now != alarm->channels[i].told;
    return any;
}

// Whom it would reach now. False: nobody, since each way is shut. One that is to be tried again is tried with it.
static bool find_way(struct mailroom *room, struct turn *turn, struct recipient *ret_reader)
{
    const char *rep = room->options->alarm.rep;
    struct delivery delivery = {.created_ms = turn->now_ms,
                                .queued_ms = turn->now_ms,
                                .rep = rep != NULL && rep[0] != '\0' ? rep : nobody,
                                .channel = "",
                                .detail = "",
                                .receipt = "",
                                .route = "",
                                .reader = "",
                                .group = "",
                                .only = "",
                                .alarm = true};
    reader_find(room, turn, &delivery, ret_reader);
    return ret_reader->channel != NULL && !reader_shut(turn, ret_reader->channel);
}

// The lines of one alarm.
struct telling {
    struct alarm_reader reader;
    struct bulletin_line lines[BULLETIN_LINES];
    size_t count;
    bool own; // there is one about the very channel it goes by, which it leaves out
};

static struct bulletin_line say_channel(const struct alarm_reader *reader, const struct channel *channel,
                                        enum alarm_health health)
{
    return health == ALARM_IS_SHUT   ? alarm_say_shut(reader, channel)
           : health == ALARM_IS_DOWN ? alarm_say_down(reader, channel)
                                     : alarm_say_open(reader, channel);
}

static void tell_channels(struct telling *telling)
{
    static const enum alarm_cause causes[ALARM_HEALTHS] = {ALARM_OPEN, ALARM_SHUT, ALARM_DOWN};
    struct mailroom *room = telling->reader.room;
    unsigned named = 0, more = 0;
    for (size_t i = 0; i < room->channel_count; i++) {
        struct alarm_channel *known = &room->alarm->channels[i];
        const struct channel *channel = &room->channels[i];
        if (known->now == known->told)
            continue;
        if (known->now != ALARM_WORKS && channel == telling->reader.reader->channel) { // when it arrives, that is over
            telling->own = true;
            continue;
        }
        known->told = known->now;
        box_alarm_channel_put(telling->reader.turn, channel->options->name, known);
        room->alarmed[causes[known->now]]++;
        if (named == NAMED_MOST) {
            more++;
            continue;
        }
        named++;
        telling->lines[telling->count++] = say_channel(&telling->reader, channel, known->now);
    }
    if (more > 0)
        telling->lines[telling->count++] = alarm_say_more(&telling->reader, ALARM_SHUT, more);
}

static void tell_failed(struct telling *telling)
{
    struct alarm_row *row = &telling->reader.room->alarm->row;
    uint64_t more = row->failed_more;
    unsigned named = 0;
    for (size_t i = 0; i < row->failed_count; i++) {
        struct bulletin_line line;
        if (!alarm_say_failed(&telling->reader, row->failed[i], &line))
            continue;
        if (named == NAMED_MOST) {
            more++;
            continue;
        }
        named++;
        telling->lines[telling->count++] = line;
    }
    if (more > 0)
        telling->lines[telling->count++] = alarm_say_more(&telling->reader, ALARM_FAILED, more);
    telling->reader.room->alarmed[ALARM_FAILED] += named + more;
    row->failed_count = 0;
    row->failed_more = 0;
    memset(row->failed, 0, sizeof row->failed);
}

static void begin(struct mailroom *room, struct turn *turn, const struct telling *telling)
{
    const struct recipient *reader = telling->reader.reader;
    struct delivery delivery;
    struct bulletin bulletin = {.prefix = BULLETIN_ALARM,
                                .channel = reader->channel->options->name,
                                .rep = reader->rep,
                                .only = "",
                                .alarm = true,
                                .queued_ms = FIRST_PLACE,
                                .expires_ms = turn->now_ms + ALARM_LASTS_MS,
                                .lines = telling->lines,
                                .count = telling->count};
    bulletin_begin(room, turn, &bulletin, &delivery);
}

static void note_lost(struct mailroom *room, const struct turn *turn)
{
    if (room->alarm->lost)
        return;
    room->alarm->lost = true;
    struct remark remark = {
        .kind = REMARK_LOST, .id = "", .channel = room->options->alarm.channel, .rep = "", .reason = ""};
    remarks_add(room->remarks, &remark, turn->now_ms);
}

// False when there was nothing that it could say.
static bool tell(struct mailroom *room, struct turn *turn, const struct recipient *reader)
{
    struct alarm_row *row = &room->alarm->row;
    struct telling telling = {.reader = {room, turn, reader}};
    bool known = row->doubt || row->failed_count > 0;
    if (row->doubt) {
        telling.lines[telling.count++] = alarm_say_held(&telling.reader);
        room->alarmed[ALARM_HELD]++;
    }
    row->doubt = false;
    tell_channels(&telling);
    tell_failed(&telling);
    if (telling.count > 0) {
        row->told_ms = turn->now_ms;
        row->due_ms = 0;
        begin(room, turn, &telling);
    }
    if (telling.count > 0 || known)
        box_alarm_put(turn, row);
    if (telling.count == 0 && telling.own)
        note_lost(room, turn);
    else
        room->alarm->lost = false;
    return telling.count > 0;
}

// When the next one may be: others of the same moment come into it, and it keeps its distance to the last one.
static int64_t plan(struct mailroom *room, struct turn *turn)
{
    struct alarm_row *row = &room->alarm->row;
    row->doubt = row->doubt && room->held; // a person has decided
    bool any = pending(room);
    if (any != (row->due_ms > 0)) {
        row->due_ms = any ? turn->now_ms + room->options->group_wait_ms : 0;
        box_alarm_put(turn, row);
    }
    int64_t next_ms = row->told_ms > 0 ? row->told_ms + ALARM_EVERY_MS : 0;
    return !any ? INT64_MAX : row->due_ms > next_ms ? row->due_ms : next_ms;
}

const char *alarm_trouble(struct mailroom *room, struct turn *turn)
{
    struct recipient reader;
    if (!wanted(room) || find_way(room, turn, &reader))
        return "";
    if (reader.channel == NULL)
        return reader.trouble;
    return arena_format(turn->arena, "channel \"%.60s\", which they go by, is shut, and there is no other way",
                        reader.channel->options->name);
}

int64_t alarm_tick(struct mailroom *room, struct turn *turn, int64_t now_ms)
{
    struct recipient reader;
    int64_t look_ms = look(room, turn);
    remarks_tick(room->remarks, turn->now_ms);
    int64_t more_ms = remarks_due(room->remarks);
    more_ms = look_ms < more_ms ? look_ms : more_ms;
    if (!wanted(room))
        return more_ms;
    int64_t due_ms = plan(room, turn);
    if (due_ms > now_ms)
        return due_ms < more_ms ? due_ms : more_ms;
    if (!find_way(room, turn, &reader)) { // a way that opens comes with a turn
        note_lost(room, turn);
        return more_ms;
    }
    return tell(room, turn, &reader) ? now_ms : more_ms; // it is in line now
}
