#include "services/tend/look.h"

#include "common/hash.h"
#include "common/must.h"
#include "services/tend/reader.h"
#include "services/tend/together.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 4096, ARENA_BLOCK = 1 << 16, ARENA_LIMIT = 16 << 20 };

struct look {
    struct table *table;
    const struct binding *binding;
    struct together *together;
    struct arena *arena; // of a row
    struct reader reader;
    uint8_t key[TOGETHER_KEY_BYTES]; // of the order that the last row belongs to
    bool keyed;
};

struct look *look_open(struct table *table, const struct binding *binding)
{
    struct look *look = calloc(1, sizeof *look);
    must(look != NULL);
    look->table = table;
    look->binding = binding;
    look->together = together_open(0);
    look->arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    return look;
}

void look_close(struct look **look)
{
    if (*look == NULL)
        return;
    together_close(&(*look)->together);
    arena_close(&(*look)->arena);
    free(*look);
    *look = NULL;
}

static const char *number_of(struct look *look, const struct row *row)
{
    arena_reset(look->arena);
    reader_start(&look->reader, look->binding, row, look->arena);
    return reader_order(&look->reader);
}

static void take(struct look *look, const struct row *row)
{
    const char *id = number_of(look, row);
    uint8_t key[TOGETHER_KEY_BYTES];
    if (id[0] == '\0')
        return;
    hash_table_key(id, strlen(id), key);
    if (look->keyed && memcmp(key, look->key, sizeof key) == 0)
        return;
    look->keyed = true;
    memcpy(look->key, key, sizeof key);
    together_add(look->together, key, (struct together_place){row->line, row->offset});
}

static enum look_step end(struct look *look, uint64_t *ret_line, const char **ret_reason)
{
    struct together_place first, again;
    struct row row;
    enum together_verdict verdict = together_settle(look->together, &first, &again);
    if (verdict == TOGETHER_UNKNOWN) {
        *ret_reason = "is too large: /tmp has no room to see whether the lines of each order stand together";
        return LOOK_REFUSED;
    }
    if (verdict == TOGETHER_YES) {
        table_rewind(look->table);
        return LOOK_GOOD;
    }
    table_seek(look->table, again.offset, again.line);
    const char *id = table_next(look->table, &row) == TABLE_ROW ? number_of(look, &row) : "";
    *ret_line = again.line;
    *ret_reason =
        arena_format(look->arena,
                     "order %.80s is in line %llu and again in line %llu; sort the file by order: one of this "
                     "size is not gathered in memory. Nothing was imported",
                     id, (unsigned long long)first.line, (unsigned long long)again.line);
    return LOOK_REFUSED;
}

enum look_step look_on(struct look *look, uint64_t *ret_line, const char **ret_reason)
{
    struct row row;
    for (int i = 0; i < ROWS; i++) {
        enum table_step step = table_next(look->table, &row);
        if (step == TABLE_ROW)
            take(look, &row);
        if (step == TABLE_END)
            return end(look, ret_line, ret_reason);
        if (step == TABLE_FAILED) {
            *ret_line = row.line;
            *ret_reason = row.reason;
            return LOOK_REFUSED;
        }
    }
    return LOOK_GOING;
}
