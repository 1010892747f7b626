#include "services/notifier/box_row.h"

#include "common/must.h"
#include "common/utf8.h"

#include <string.h>

enum { ROW_VERSION = 1 };

_Static_assert((int)TABLES == (int)BOX_TABLES, "the header counts them");

const char *const box_tables[BOX_TABLES] = {
    [DELIVERY] = "delivery", [ITEM] = "item",   [PART] = "part",     [TEXT] = "text",
    [DUE] = "due",           [QUEUE] = "queue", [FLIGHT] = "flight", [RECENT] = "recent",
    [CHANNEL] = "channel",   [REP] = "rep",     [FACTS] = "facts",   [AMEND] = "amend"};

unsigned row_place(enum table table)
{
    return STORE_TABLE_SERVICE + (unsigned)table;
}

void row_put_number(struct row *row, uint64_t number)
{
    must(row->used + ROW_TIME_BYTES <= row->length);
    store_put_u64(row->bytes + row->used, number);
    row->used += ROW_TIME_BYTES;
}

void row_put_text(struct row *row, const char *text)
{
    size_t length = utf8_cut(text, strlen(text), ROW_TEXT_MAX);
    must(row->used + 2 + length <= row->length);
    store_put_u16(row->bytes + row->used, (uint16_t)length);
    memcpy(row->bytes + row->used + 2, text, length);
    row->used += 2 + length;
}

uint64_t row_take_number(struct row *row)
{
    if (row->length - row->used < ROW_TIME_BYTES)
        return 0;
    row->used += ROW_TIME_BYTES;
    return store_get_u64(row->from + row->used - ROW_TIME_BYTES);
}

const char *row_take_text(struct row *row)
{
    if (row->length - row->used < 2)
        return "";
    size_t length = store_get_u16(row->from + row->used);
    if (row->length - row->used - 2 < length)
        return "";
    row->used += 2 + length;
    return length == 0 ? "" : arena_text(row->arena, (const char *)row->from + row->used - length, length);
}

struct row row_writing(uint8_t *bytes)
{
    struct row row = {.bytes = bytes, .length = ROW_BYTES};
    row_put_number(&row, ROW_VERSION);
    return row;
}

struct row row_reading(struct turn *turn, const struct slice *value)
{
    struct row row = {.from = value->bytes, .length = value->length, .arena = turn->arena};
    (void)row_take_number(&row);
    return row;
}

void row_take_id(struct row *row, char *ret_id)
{
    const char *text = row_take_text(row);
    memset(ret_id, 0, BOX_ID_BYTES);
    memcpy(ret_id, text, strlen(text) < BOX_ID_BYTES ? strlen(text) : BOX_ID_LENGTH);
}

void row_key_id(const char *id, uint8_t *ret_key)
{
    must(strlen(id) == BOX_ID_LENGTH);
    memcpy(ret_key, id, BOX_ID_LENGTH);
}
