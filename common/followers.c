#include "common/followers.h"

#include "common/must.h"

#include <stdio.h>
#include <string.h>

enum { ROW_BYTES = 24, KEY_MAX = 64 };

static const char prefix[] = "follower:";
enum { PREFIX_BYTES = sizeof prefix - 1 };
_Static_assert(PREFIX_BYTES + FOLLOWER_NAME_MAX <= KEY_MAX, "a key holds the longest name");

bool follower_name_good(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.");
    return length > 0 && length < FOLLOWER_NAME_MAX && name[length] == '\0';
}

static size_t key_of(const char *name, char *key)
{
    must(strlen(name) < FOLLOWER_NAME_MAX);
    return (size_t)snprintf(key, KEY_MAX, "%s%s", prefix, name);
}

void followers_load(struct tx *tx, struct followers *ret_followers)
{
    memset(ret_followers, 0, sizeof *ret_followers);
    struct cursor *cursor = cursor_open(tx, STORE_TABLE_META);
    struct slice key, row;
    bool more = cursor_seek(cursor, prefix, PREFIX_BYTES, &key, &row);
    for (; more && key.length > PREFIX_BYTES && memcmp(key.bytes, prefix, PREFIX_BYTES) == 0;
         more = cursor_next(cursor, &key, &row)) {
        size_t length = key.length - PREFIX_BYTES;
        must(ret_followers->count < FOLLOWERS_MAX && length < FOLLOWER_NAME_MAX && row.length == ROW_BYTES);
        struct follower *follower = &ret_followers->list[ret_followers->count++];
        follower->generation = store_get_u64(row.bytes);
        follower->instance = store_get_u64(row.bytes + 8);
        follower->confirmed = store_get_u64(row.bytes + 16);
        memcpy(follower->name, key.bytes + PREFIX_BYTES, length);
    }
    cursor_close(&cursor);
}

void follower_save(struct tx *tx, const struct follower *follower)
{
    char key[KEY_MAX];
    size_t length = key_of(follower->name, key);
    uint8_t row[ROW_BYTES];
    store_put_u64(row, follower->generation);
    store_put_u64(row + 8, follower->instance);
    store_put_u64(row + 16, follower->confirmed);
    tx_put(tx, STORE_TABLE_META, key, length, row, sizeof row);
}

void follower_delete(struct tx *tx, const char *name)
{
    char key[KEY_MAX];
    size_t length = key_of(name, key);
    tx_delete(tx, STORE_TABLE_META, key, length);
}

struct follower *followers_find(struct followers *followers, const char *name)
{
    for (size_t i = 0; i < followers->count; i++)
        if (strcmp(followers->list[i].name, name) == 0)
            return &followers->list[i];
    return NULL;
}
