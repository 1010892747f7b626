#include "services/scheduler/holdings.h"

#include "common/hash.h"
#include "common/must.h"
#include "services/scheduler/rows.h"

#include <string.h>

enum {
    ROW_BYTES = 16 * 1024, // of the largest struct that a row is read into, and more
    PREFIX_BYTES = 8,
    NAME_BYTES = 80,
};

// How a table's rows about a customer are found.
enum found_by {
    BY_ID,     // the key is the customer's id
    BY_PREFIX, // the key begins with the id's hash
    BY_TEXT,   // one of the row's texts is the id, or it stands in a list of ids
};

struct holding {
    unsigned table;
    const char *name;
    enum found_by by;
    const struct pack_field *fields;
};

static const struct holding holdings[] = {
    {TABLE_CUSTOMER, "customer", BY_ID, rows_customer},
    {TABLE_PROMISE, "promise", BY_PREFIX, rows_promise},
    {TABLE_REMINDER, "reminder", BY_PREFIX, rows_reminder},
    {TABLE_MATTER, "matter", BY_PREFIX, rows_matter},
    {TABLE_OWNERS, "owner", BY_PREFIX, rows_owner},
    {TABLE_POLICY, "exception from policy", BY_TEXT, rows_policy},
    {TABLE_VISIT, "trip", BY_TEXT, rows_visit},
    {TABLE_NEWS, "announcement", BY_TEXT, rows_news},
};

// Whether the id stands among ids, with a NUL or a line's end between them.
static bool lists(const uint8_t *bytes, size_t length, const char *id)
{
    size_t wanted = strlen(id);
    for (size_t from = 0, to; from < length; from = to + 1) {
        for (to = from; to < length && bytes[to] != '\0' && bytes[to] != '\n'; to++)
            continue;
        if (to - from == wanted && memcmp(bytes + from, id, wanted) == 0)
            return true;
    }
    return false;
}

static struct pack_slice bytes_of(const struct pack_field *field, const uint8_t *member)
{
    struct pack_slice slice = {(const uint8_t *)"", 0};
    const char *text;
    if (field->type == PACK_SLICE) {
        memcpy(&slice, member, sizeof slice);
    } else {
        memcpy(&text, member, sizeof text);
        slice = (struct pack_slice){(const uint8_t *)text, text != NULL ? strlen(text) : 0};
    }
    return slice;
}

static bool says(const struct pack_field *fields, const uint8_t *row, const char *id)
{
    for (; fields->type != PACK_END; fields++) {
        if (fields->type < PACK_TEXT)
            continue;
        struct pack_slice slice = bytes_of(fields, row + fields->offset);
        if (lists(slice.bytes, slice.length, id))
            return true;
    }
    return false;
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length > tail && strcmp(name + length - tail, end) == 0;
}

// A number by what its name ends in: a moment, a day, or a number. What orders events of the same moment is nothing to
// people.
static void put_number(struct export_page *page, const char *name, int64_t number)
{
    char said[NAME_BYTES];
    size_t length = strlen(name);
    if (ends_with(name, ".tie") || length >= sizeof said)
        return;
    memcpy(said, name, length + 1);
    if (ends_with(name, "_ms")) {
        said[length - 3] = '\0';
        export_time(page, said, number);
    } else if (ends_with(name, "_day")) {
        export_day(page, said, (int32_t)number);
    } else {
        export_number(page, said, number);
    }
}

static int64_t number_of(const struct pack_field *field, const uint8_t *member)
{
    int32_t small;
    int64_t large;
    if (field->type == PACK_8)
        return *member;
    if (field->type == PACK_32) {
        memcpy(&small, member, sizeof small);
        return small;
    }
    memcpy(&large, member, sizeof large);
    return large;
}

static void put_field(struct turn *turn, struct export_page *page, const struct pack_field *field, const uint8_t *row)
{
    static const size_t sizes[] = {[PACK_8] = 1, [PACK_32] = 4, [PACK_64] = 8};
    const uint8_t *member = row + field->offset;
    if (field->type >= PACK_TEXT) {
        struct pack_slice slice = bytes_of(field, member);
        if (field->type == PACK_TEXT)
            export_text(page, field->name, (const char *)slice.bytes, slice.length);
        else
            export_texts(page, field->name, (struct slice){slice.bytes, slice.length});
        return;
    }
    for (unsigned i = 0; i < field->count; i++) {
        const char *name = field->count == 1 ? field->name : arena_format(turn->arena, "%u of %s", i + 1, field->name);
        put_number(page, name, number_of(field, member + i * sizes[field->type]));
    }
}

static void put_row(struct turn *turn, struct export_page *page, const struct holding *holding, struct slice value,
                    const char *id)
{
    uint8_t *row = arena_zero(turn->arena, 1, ROW_BYTES);
    rows_read(turn, holding->fields, value, row);
    if ((holding->by == BY_TEXT && !says(holding->fields, row, id)) || !export_begin(page, holding->name))
        return;
    for (const struct pack_field *field = holding->fields; field->type != PACK_END; field++) {
        // A trip and an announcement are about others too.
        bool others = holding->by == BY_TEXT && strcmp(field->name, "customers") == 0;
        if (!others)
            put_field(turn, page, field, row);
    }
    export_end(page);
}

static void put_table(struct turn *turn, struct export_page *page, const struct holding *holding, const char *id)
{
    uint8_t prefix[PREFIX_BYTES];
    struct slice key, value;
    size_t length = holding->by == BY_PREFIX ? PREFIX_BYTES : 0;
    store_put_u64(prefix, hash_short(id, strlen(id)));
    if (holding->by == BY_ID) {
        if (tx_get(turn->tx, holding->table, id, strlen(id), &value))
            put_row(turn, page, holding, value, id);
        return;
    }
    struct cursor *cursor = cursor_open(turn->tx, holding->table);
    bool more = cursor_seek(cursor, prefix, length, &key, &value);
    for (; more && (length == 0 || rows_starts(key, prefix, length)); more = cursor_next(cursor, &key, &value))
        // The bytes of the id are looked for before a row of many others' is read.
        if (length > 0 || memmem(value.bytes, value.length, id, strlen(id)) != NULL)
            put_row(turn, page, holding, value, id);
    cursor_close(&cursor);
}

void scheduler_holdings(void *self, struct turn *turn, const char *customer_id, struct export_page *page)
{
    (void)self;
    for (size_t i = 0; i < sizeof holdings / sizeof *holdings; i++)
        put_table(turn, page, &holdings[i], customer_id);
}
