// What people ask for by hand: which way a message would go, and a message that only says something.
#include "services/notifier/news.h"

#include "tend/v1/journal.pb-c.h"
#include "tend/v1/notifier.pb-c.h"

enum { SECOND_MS = 1000, MILLI_NANOS = 1000000 };

// protobuf-c's structs hold char * for what they only read.
static char *borrow(const char *text)
{
    return (char *)(uintptr_t)text;
}

static Google__Protobuf__Timestamp stamp(int64_t time_ms)
{
    Google__Protobuf__Timestamp stamp = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    stamp.seconds = time_ms / SECOND_MS;
    stamp.nanos = (int32_t)(time_ms % SECOND_MS) * MILLI_NANOS;
    return stamp;
}

void news_reply_way(struct turn *turn, const struct news_way *way, struct reply *ret_reply)
{
    Tend__V1__WayOut message = TEND__V1__WAY_OUT__INIT;
    Google__Protobuf__Timestamp until = stamp(way->held_ms);
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
    message.held_until = way->held_ms > 0 ? &until : NULL;
    message.hold = borrow(way->hold);
    reply_message(turn, &message.base, ret_reply);
}

struct part news_write_plain(struct arena *arena, const struct news_plain *plain)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    Google__Protobuf__Timestamp due = stamp(plain->now_ms), expires = stamp(plain->expires_ms);
    reminder.reminder_id = borrow(plain->id);
    reminder.rep_id = borrow(plain->rep);
    reminder.text = borrow(plain->text);
    reminder.due = &due;
    reminder.expires = &expires;
    uint8_t *bytes = arena_take(arena, tend__v1__reminder__get_packed_size(&reminder) + 1);
    return (struct part){TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER,
                         {bytes, tend__v1__reminder__pack(&reminder, bytes)}};
}
