#include "services/notifier/block.h"

#include "common/stamp.h"

#include <stdio.h>
#include <string.h>

enum { SECOND_MS = 1000, MARK_BYTES = 100, REP_MOST = 60, REP_BYTES = REP_MOST * DISARM_GROWTH };

static void stamp(const struct parcel *parcel, char *buffer)
{
    stamp_print(parcel->now_ms / SECOND_MS, 0, buffer);
}

const char *block_text(struct arena *arena, const struct parcel *parcel, size_t *ret_length)
{
    char time[STAMP_TEXT_BYTES], rep[REP_BYTES];
    stamp(parcel, time);
    disarm(parcel->rep_id, strlen(parcel->rep_id), DISARM_PLAIN, REP_MOST, rep, sizeof rep);
    size_t lines = 1;
    for (const char *at = parcel->text; *at != '\0'; at++)
        lines += *at == '\n';
    size_t room = strlen(parcel->text) + 2 * lines + sizeof time + sizeof rep + 2 * MARK_BYTES;
    char *text = arena_take(arena, room);
    size_t used = (size_t)snprintf(text, room, "--- %s message %.40s to %s\n", time, parcel->id, rep);
    for (const char *at = parcel->text; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        if (length > 0)
            used += (size_t)snprintf(text + used, room - used, "  %.*s", (int)length, at);
        text[used++] = '\n';
        at += length + (at[length] == '\n');
    }
    used += (size_t)snprintf(text + used, room - used, "--- end %.40s\n", parcel->id);
    *ret_length = used;
    return text;
}

const char *block_json(struct arena *arena, const struct parcel *parcel, size_t *ret_length)
{
    char time[STAMP_TEXT_BYTES];
    stamp(parcel, time);
    json_t *value = json_pack("{s:s,s:s,s:s,s:s,s:s}", "message_id", parcel->id, "time", time, "rep_id", parcel->rep_id,
                              "language", parcel->language, "text", parcel->text);
    const char *line = driver_json(arena, value, ret_length);
    char *text = arena_take(arena, *ret_length + 2);
    memcpy(text, line, *ret_length);
    text[(*ret_length)++] = '\n';
    text[*ret_length] = '\0';
    return text;
}

bool block_holds(const char *text, size_t length, const char *id)
{
    char end[MARK_BYTES], start[MARK_BYTES];
    int end_length = snprintf(end, sizeof end, "\n--- end %.40s\n", id);
    int start_length = snprintf(start, sizeof start, "{\"message_id\":\"%.40s\"", id);
    if (memmem(text, length, end, (size_t)end_length) != NULL)
        return true;
    // A line that a crash cut off may be followed by another attempt's.
    const char *at = text, *last = text + length;
    while ((at = memmem(at, (size_t)(last - at), start, (size_t)start_length)) != NULL) {
        const char *stop = memchr(at, '\n', (size_t)(last - at));
        if (stop != NULL && stop[-1] == '}')
            return true;
        at += start_length;
    }
    return false;
}
