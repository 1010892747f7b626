#include "services/scheduler/hands.h"

#include <stdbool.h>
#include <string.h>

enum { TIME_BYTES = 8 };

static int64_t read_time(const uint8_t *bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < TIME_BYTES; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

size_t hands_read(const uint8_t *bytes, size_t length, struct hand *ret_hands)
{
    size_t count = 0;
    for (size_t at = 0; count < HANDS_MAX && length - at > TIME_BYTES;) {
        const uint8_t *end = memchr(bytes + at + TIME_BYTES, '\0', length - at - TIME_BYTES);
        if (end == NULL)
            return 0;
        ret_hands[count++] = (struct hand){(const char *)bytes + at + TIME_BYTES, read_time(bytes + at)};
        at = (size_t)(end - bytes) + 1;
    }
    return count;
}

// Of two at the same moment the one with the smaller id, so that the order of hearing does not count.
static bool is_before(const struct hand *left, const struct hand *right)
{
    return left->at_ms != right->at_ms ? left->at_ms > right->at_ms : strcmp(left->rep_id, right->rep_id) < 0;
}

size_t hands_touch(struct hand *hands, size_t count, struct hand touch)
{
    size_t old = 0, at = 0;
    while (old < count && strcmp(hands[old].rep_id, touch.rep_id) != 0)
        old++;
    if (old < count && hands[old].at_ms >= touch.at_ms)
        return count;
    if (old < count) {
        memmove(&hands[old], &hands[old + 1], (count - old - 1) * sizeof *hands);
        count--;
    }
    while (at < count && is_before(&hands[at], &touch))
        at++;
    if (at == HANDS_MAX)
        return count;
    count -= count == HANDS_MAX;
    memmove(&hands[at + 1], &hands[at], (count - at) * sizeof *hands);
    hands[at] = touch;
    return count + 1;
}

size_t hands_size(const struct hand *hands, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += TIME_BYTES + strlen(hands[i].rep_id) + 1;
    return size;
}

void hands_write(const struct hand *hands, size_t count, uint8_t *ret_bytes)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t byte = 0; byte < TIME_BYTES; byte++)
            *ret_bytes++ = (uint8_t)((uint64_t)hands[i].at_ms >> (8 * (TIME_BYTES - 1 - byte)));
        size_t length = strlen(hands[i].rep_id) + 1;
        memcpy(ret_bytes, hands[i].rep_id, length);
        ret_bytes += length;
    }
}
