#include "services/ingest/bookmarks.h"

#include "common/must.h"
#include "services/ingest/feed.h"
#include "services/ingest/state.h"

#include <stdlib.h>
#include <string.h>

enum { PARTITION_BYTES = 4, KEY_BYTES = FEED_NAME_BYTES + PARTITION_BYTES, FIRST_ROOM = 16 };

struct row {
    char feed[FEED_NAME_BYTES];
    struct bookmark mark;
    bool changed;
};

struct bookmarks {
    struct row *rows;
    size_t count, room;
    size_t newest; // found last: messages of one partition come together
};

struct bookmarks *bookmarks_open(void)
{
    struct bookmarks *bookmarks = calloc(1, sizeof *bookmarks);
    must(bookmarks != NULL);
    return bookmarks;
}

void bookmarks_close(struct bookmarks **bookmarks)
{
    if (*bookmarks == NULL)
        return;
    free((*bookmarks)->rows);
    free(*bookmarks);
    *bookmarks = NULL;
}

static struct row *add(struct bookmarks *bookmarks, const char *feed, size_t length)
{
    if (bookmarks->count == bookmarks->room) {
        bookmarks->room = bookmarks->room > 0 ? 2 * bookmarks->room : FIRST_ROOM;
        bookmarks->rows = realloc(bookmarks->rows, bookmarks->room * sizeof *bookmarks->rows);
        must(bookmarks->rows != NULL);
    }
    must(length < FEED_NAME_BYTES);
    struct row *row = &bookmarks->rows[bookmarks->count++];
    *row = (struct row){.changed = false};
    memcpy(row->feed, feed, length);
    return row;
}

// The feed's name, a NUL, the partition.
static size_t key_of(const struct row *row, uint8_t *key)
{
    size_t length = strlen(row->feed) + 1;
    memcpy(key, row->feed, length);
    store_put_u32(key + length, row->mark.partition);
    return length + PARTITION_BYTES;
}

void bookmarks_load(struct bookmarks *bookmarks, const struct turn *turn)
{
    struct slice key, value;
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_BROKERS);
    bookmarks->count = bookmarks->newest = 0;
    for (bool more = cursor_seek(cursor, "", 0, &key, &value); more; more = cursor_next(cursor, &key, &value)) {
        struct bookmark mark;
        if (key.length <= PARTITION_BYTES + 1 || key.length > KEY_BYTES ||
            !bookmark_unpack(value.bytes, value.length, &mark))
            continue;
        size_t length = key.length - PARTITION_BYTES;
        mark.partition = store_get_u32(key.bytes + length);
        add(bookmarks, (const char *)key.bytes, length - 1)->mark = mark;
    }
    cursor_close(&cursor);
}

static bool is_read(const struct from *from, uint32_t partition)
{
    bool named = from == NULL || from->partition_count == 0;
    for (size_t i = 0; !named && i < from->partition_count; i++)
        named = from->partitions[i] == partition;
    return named;
}

size_t bookmarks_of(const struct bookmarks *bookmarks, const char *feed, const struct from *from,
                    struct bookmark ret_marks[BOOKMARKS_OF_FEED])
{
    size_t count = 0;
    for (size_t i = 0; i < bookmarks->count && count < BOOKMARKS_OF_FEED; i++)
        if (strcmp(bookmarks->rows[i].feed, feed) == 0 && is_read(from, bookmarks->rows[i].mark.partition))
            ret_marks[count++] = bookmarks->rows[i].mark;
    return count;
}

static bool fits(const struct row *row, const char *feed, uint32_t partition)
{
    return row->mark.partition == partition && strcmp(row->feed, feed) == 0;
}

void bookmarks_move(struct bookmarks *bookmarks, const char *feed, const struct bookmark *mark)
{
    size_t at = bookmarks->newest;
    if (at >= bookmarks->count || !fits(&bookmarks->rows[at], feed, mark->partition))
        for (at = 0; at < bookmarks->count && !fits(&bookmarks->rows[at], feed, mark->partition);)
            at++;
    struct row *row = at < bookmarks->count ? &bookmarks->rows[at] : add(bookmarks, feed, strlen(feed));
    row->mark = *mark;
    row->changed = true;
    bookmarks->newest = at;
}

void bookmarks_settle(struct bookmarks *bookmarks, const struct turn *turn)
{
    for (size_t i = 0; i < bookmarks->count; i++) {
        struct row *row = &bookmarks->rows[i];
        uint8_t key[KEY_BYTES], value[BOOKMARK_ROW_BYTES];
        if (!row->changed)
            continue;
        size_t length = key_of(row, key);
        tx_put(turn->tx, STATE_TABLE_BROKERS, key, length, value, bookmark_pack(&row->mark, value));
        row->changed = false;
    }
}

bool bookmarks_forget(struct bookmarks *bookmarks, const struct turn *turn, const char *feed)
{
    size_t kept = 0, before = bookmarks->count;
    for (size_t i = 0; i < before; i++) {
        uint8_t key[KEY_BYTES];
        if (strcmp(bookmarks->rows[i].feed, feed) == 0)
            tx_delete(turn->tx, STATE_TABLE_BROKERS, key, key_of(&bookmarks->rows[i], key));
        else
            bookmarks->rows[kept++] = bookmarks->rows[i];
    }
    bookmarks->count = kept;
    return kept < before;
}
