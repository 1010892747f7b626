// What people ask for by hand: how the channels are, which way a message would go, and a message that only says
// something.
#include "services/notifier/news.h"

#include "common/instant.h"
#include "tend/v1/journal.pb-c.h"
#include "tend/v1/notifier.pb-c.h"

// protobuf-c's structs hold char * for what they only read.
static char *borrow(const char *text)
{
    return (char *)(uintptr_t)text;
}

void news_reply_channels(struct turn *turn, const struct news_channel *channels, size_t count, struct reply *ret_reply)
{
    Tend__V1__ChannelHealths healths = TEND__V1__CHANNEL_HEALTHS__INIT;
    Tend__V1__ChannelHealth *rows = arena_zero(turn->arena, count + 1, sizeof *rows);
    healths.channels = arena_zero(turn->arena, count + 1, sizeof *healths.channels);
    for (size_t i = 0; i < count; i++) {
        tend__v1__channel_health__init(&rows[i]);
        rows[i].name = borrow(channels[i].name);
        rows[i].type = borrow(channels[i].type);
        rows[i].open = channels[i].open;
        rows[i].reason = borrow(channels[i].reason);
        rows[i].blocked_until = instant_make(turn->arena, channels[i].blocked_ms);
        rows[i].fails = channels[i].fails;
        rows[i].waiting = channels[i].waiting;
        rows[i].shut_since = instant_make(turn->arena, channels[i].shut_ms);
        rows[i].took = instant_make(turn->arena, channels[i].took_ms);
        rows[i].down_since = instant_make(turn->arena, channels[i].down_ms);
        healths.channels[i] = &rows[i];
    }
    healths.n_channels = count;
    reply_message(turn, &healths.base, ret_reply);
}

void news_reply_way(struct turn *turn, const struct news_way *way, struct reply *ret_reply)
{
    Tend__V1__WayOut message = TEND__V1__WAY_OUT__INIT;
    message.route = borrow(way->route);
    message.rep_id = borrow(way->rep);
    message.reader = borrow(way->reader);
    message.reader_name = borrow(way->reader_name);
    message.why = borrow(way->why);
    message.channel = borrow(way->channel);
    message.type = borrow(way->type);
    message.address = borrow(way->address);
    message.language = borrow(way->language);
    message.trouble = borrow(way->trouble);
    message.held_until = instant_make(turn->arena, way->held_ms);
    message.hold = borrow(way->hold);
    reply_message(turn, &message.base, ret_reply);
}

enum { PRIORITY_LATER = 2 };

struct part news_write_plain(struct arena *arena, const struct news_plain *plain)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = borrow(plain->id);
    reminder.rep_id = borrow(plain->rep);
    reminder.text = borrow(plain->text);
    reminder.priority = plain->good ? PRIORITY_LATER : 0;
    reminder.customer_id = borrow(plain->customer_id);
    reminder.customer_name = borrow(plain->customer);
    Tend__V1__Point *points = arena_zero(arena, plain->point_count + 1, sizeof *points);
    reminder.points = arena_zero(arena, plain->point_count + 1, sizeof *reminder.points);
    reminder.n_points = plain->point_count;
    for (size_t i = 0; i < plain->point_count; i++) {
        tend__v1__point__init(&points[i]);
        points[i].text = borrow(plain->points[i]);
        reminder.points[i] = &points[i];
    }
    reminder.due = instant_make(arena, plain->now_ms);
    reminder.expires = instant_make(arena, plain->expires_ms);
    uint8_t *bytes = arena_take(arena, tend__v1__reminder__get_packed_size(&reminder) + 1);
    return (struct part){TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER,
                         {bytes, tend__v1__reminder__pack(&reminder, bytes)}};
}
