#include "services/scheduler/waiting.h"

#include "services/scheduler/pack.h"

#include <string.h>

#define W(type, member) PACK_FIELD(struct waiting_message, type, member)
static const struct pack_field MESSAGE_FIELDS[] = {
    W(PACK_64, time_ms), W(PACK_64, tie), W(PACK_TEXT, event), W(PACK_TEXT, subject), PACK_LAST,
};

void waiting_read(const uint8_t *bytes, size_t length, struct waiting *ret_waiting)
{
    ret_waiting->count = 0;
    while (ret_waiting->count < WAITING_MAX && length > 0) {
        struct waiting_message *next = &ret_waiting->messages[ret_waiting->count];
        if (!pack_read(MESSAGE_FIELDS, bytes, length, next))
            return;
        size_t size = pack_size(MESSAGE_FIELDS, next);
        bytes += size;
        length -= size;
        ret_waiting->count++;
    }
}

size_t waiting_size(const struct waiting *waiting)
{
    size_t size = 0;
    for (size_t i = 0; i < waiting->count; i++)
        size += pack_size(MESSAGE_FIELDS, &waiting->messages[i]);
    return size;
}

void waiting_write(const struct waiting *waiting, uint8_t *ret_bytes)
{
    for (size_t i = 0; i < waiting->count; i++) {
        pack_write(MESSAGE_FIELDS, &waiting->messages[i], ret_bytes);
        ret_bytes += pack_size(MESSAGE_FIELDS, &waiting->messages[i]);
    }
}

static bool is_before(const struct waiting_message *left, const struct waiting_message *right)
{
    return left->time_ms < right->time_ms || (left->time_ms == right->time_ms && left->tie < right->tie);
}

static void take_out(struct waiting *waiting, size_t at)
{
    struct waiting_message *from = &waiting->messages[at];
    memmove(from, from + 1, (waiting->count - at - 1) * sizeof *from);
    waiting->count--;
}

void waiting_add(struct waiting *waiting, const struct waiting_message *message)
{
    const struct waiting_message *newest = &waiting->messages[WAITING_MAX - 1];
    size_t at = 0;
    while (at < waiting->count && is_before(&waiting->messages[at], message))
        at++;
    if (at < waiting->count && !is_before(message, &waiting->messages[at]))
        return;
    if (waiting->count == WAITING_MAX) {
        bool between = at == WAITING_MAX - 1 && is_before(message, newest);
        if (between)
            return;
        // One that is newer than all takes the newest one's place; one that is older pushes out the one before it.
        size_t out = at == WAITING_MAX ? WAITING_MAX - 1 : WAITING_MAX - 2;
        take_out(waiting, out);
        at = at > out ? out : at;
    }
    struct waiting_message *to = &waiting->messages[at];
    memmove(to + 1, to, (waiting->count - at) * sizeof *to);
    *to = *message;
    waiting->count++;
}

void waiting_drop(struct waiting *waiting, int64_t before_ms)
{
    while (waiting->count > 0 && waiting->messages[0].time_ms < before_ms)
        take_out(waiting, 0);
}
