#include "services/ingest/bookmark.h"

#include <stdio.h>
#include <string.h>

enum { HEAD_BYTES = 24, NUMBER_BYTES = 8 };

uint64_t bookmark_next(const struct bookmark *mark)
{
    return mark->content == BOOKMARK_BEGINS ? mark->last : mark->last + 1;
}

enum bookmark_answer bookmark_check(const struct bookmark *mark, const struct bookmark_stream *stream, char *ret_why,
                                    size_t why_bytes)
{
    if (strcmp(mark->stream, stream->name) != 0) {
        snprintf(ret_why, why_bytes, "%.200s was read until now, and the file names %.200s", mark->stream,
                 stream->name);
        return BOOKMARK_STRANGE;
    }
    if (mark->epoch != 0 && mark->epoch != stream->epoch) {
        snprintf(ret_why, why_bytes, "%.200s was made anew since message %llu was read of it", mark->stream,
                 (unsigned long long)mark->last);
        return BOOKMARK_STRANGE;
    }
    uint64_t next = bookmark_next(mark);
    if (stream->end < next) {
        snprintf(ret_why, why_bytes,
                 "%.200s (partition %u) ends before message %llu, which was read of it: it is shorter"
                 " than it was",
                 mark->stream, mark->partition, (unsigned long long)mark->last);
        return BOOKMARK_STRANGE;
    }
    // Number 0 is "from the oldest": nobody counts from there.
    if (stream->first > next && next > 0) {
        snprintf(ret_why, why_bytes,
                 "messages %llu to %llu of %.200s (partition %u) were removed before they were read",
                 (unsigned long long)next, (unsigned long long)stream->first - 1, mark->stream, mark->partition);
        return BOOKMARK_MISSED;
    }
    return BOOKMARK_GOOD;
}

bool bookmark_same(const struct bookmark *mark, uint64_t content, char *ret_why, size_t why_bytes)
{
    if (mark->content == 0 || mark->content == content)
        return true;
    snprintf(ret_why, why_bytes, "message %llu of %.200s (partition %u) is not the one that was read: it was made anew",
             (unsigned long long)mark->last, mark->stream, mark->partition);
    return false;
}

static void put(uint8_t *at, uint64_t number)
{
    for (int i = NUMBER_BYTES - 1; i >= 0; i--, number >>= 8)
        at[i] = (uint8_t)number;
}

static uint64_t get(const uint8_t *at)
{
    uint64_t number = 0;
    for (int i = 0; i < NUMBER_BYTES; i++)
        number = number << 8 | at[i];
    return number;
}

size_t bookmark_pack(const struct bookmark *mark, uint8_t *row)
{
    size_t length = strnlen(mark->stream, BOOKMARK_NAME_BYTES - 1);
    put(row, mark->epoch);
    put(row + NUMBER_BYTES, mark->last);
    put(row + 2 * (size_t)NUMBER_BYTES, mark->content);
    memcpy(row + HEAD_BYTES, mark->stream, length);
    return HEAD_BYTES + length;
}

bool bookmark_unpack(const uint8_t *row, size_t length, struct bookmark *ret_mark)
{
    if (length <= HEAD_BYTES || length - HEAD_BYTES >= BOOKMARK_NAME_BYTES)
        return false;
    *ret_mark = (struct bookmark){
        .epoch = get(row), .last = get(row + NUMBER_BYTES), .content = get(row + 2 * (size_t)NUMBER_BYTES)};
    memcpy(ret_mark->stream, row + HEAD_BYTES, length - HEAD_BYTES);
    return true;
}
