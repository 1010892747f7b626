// Of what kinds a rep was told at once lately, in the box.
#include "services/notifier/box.h"

#include "common/must.h"
#include "services/notifier/box_row.h"

#include <string.h>

static const char prefix[] = "storm=";
enum { KIND_MOST = 60, KEY_BYTES = sizeof prefix + KIND_MOST + BOX_NAME_MAX + 1 };

// No kind has the sign that stands behind it.
static size_t storm_key(const char *rep, const char *kind, char *ret_key)
{
    size_t start = sizeof prefix - 1, kind_length = strlen(kind), rep_length = strlen(rep);
    must(kind_length <= KIND_MOST && rep_length <= BOX_NAME_MAX);
    memcpy(ret_key, prefix, start);
    memcpy(ret_key + start, kind, kind_length);
    ret_key[start + kind_length] = '=';
    memcpy(ret_key + start + kind_length + 1, rep, rep_length);
    return start + kind_length + 1 + rep_length;
}

int64_t box_storm_get(struct turn *turn, const char *rep, const char *kind)
{
    char key[KEY_BYTES];
    struct slice value;
    bool found = tx_get(turn->tx, row_place(FACTS), key, storm_key(rep, kind, key), &value);
    return found && value.length == ROW_TIME_BYTES ? (int64_t)store_get_u64(value.bytes) : 0;
}

void box_storm_put(struct turn *turn, const char *rep, const char *kind, int64_t tat_ms)
{
    char key[KEY_BYTES];
    uint8_t bytes[ROW_TIME_BYTES];
    store_put_u64(bytes, (uint64_t)tat_ms);
    tx_put(turn->tx, row_place(FACTS), key, storm_key(rep, kind, key), bytes, sizeof bytes);
}
