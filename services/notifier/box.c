#include "services/notifier/box.h"

#include "common/must.h"
#include "services/notifier/box_row.h"

#include <string.h>

static void recent_key(const struct delivery *delivery, uint8_t *ret_key)
{
    store_put_u64(ret_key, (uint64_t)delivery->created_ms);
    row_key_id(delivery->id, ret_key + ROW_TIME_BYTES);
}

static void read_delivery(struct turn *turn, const char *id, const struct slice *value, struct delivery *ret_delivery)
{
    struct row pen = row_reading(turn, value);
    struct delivery delivery = {.state = (enum delivery_state)row_take_number(&pen)};
    memcpy(delivery.id, id, BOX_ID_LENGTH);
    delivery.hold = (enum delivery_hold)row_take_number(&pen);
    delivery.attempts = (unsigned)row_take_number(&pen);
    delivery.unknowns = (unsigned)row_take_number(&pen);
    delivery.parts = (unsigned)row_take_number(&pen);
    delivery.live = (unsigned)row_take_number(&pen);
    delivery.created_ms = (int64_t)row_take_number(&pen);
    delivery.queued_ms = (int64_t)row_take_number(&pen);
    delivery.changed_ms = (int64_t)row_take_number(&pen);
    delivery.due_ms = (int64_t)row_take_number(&pen);
    delivery.rep = row_take_text(&pen);
    delivery.channel = row_take_text(&pen);
    delivery.detail = row_take_text(&pen);
    delivery.receipt = row_take_text(&pen);
    delivery.route = row_take_text(&pen);
    delivery.reader = row_take_text(&pen);
    delivery.urgency = (unsigned)row_take_number(&pen);
    delivery.list = row_take_number(&pen) != 0;
    delivery.only = row_take_text(&pen);
    delivery.forgiven = (unsigned)row_take_number(&pen);
    delivery.alarm = row_take_number(&pen) != 0;
    delivery.told_ms = (int64_t)row_take_number(&pen);
    delivery.told = (unsigned)row_take_number(&pen);
    delivery.group = row_take_text(&pen);
    delivery.retold = row_take_number(&pen) != 0;
    delivery.contents = arena_zero(turn->arena, 1, sizeof *delivery.contents);
    must(delivery.state < DELIVERY_STATES && delivery.hold < HOLD_COUNT);
    *ret_delivery = delivery;
}

bool box_delivery_get(struct turn *turn, const char *id, struct delivery *ret_delivery)
{
    struct slice value;
    if (strlen(id) != BOX_ID_LENGTH || !tx_get(turn->tx, row_place(DELIVERY), id, BOX_ID_LENGTH, &value))
        return false;
    read_delivery(turn, id, &value, ret_delivery);
    return true;
}

void box_delivery_put(struct turn *turn, const struct delivery *delivery)
{
    uint8_t row[ROW_BYTES], key[BOX_ID_LENGTH];
    struct row pen = row_writing(row);
    row_put_number(&pen, delivery->state);
    row_put_number(&pen, delivery->hold);
    row_put_number(&pen, delivery->attempts);
    row_put_number(&pen, delivery->unknowns);
    row_put_number(&pen, delivery->parts);
    row_put_number(&pen, delivery->live);
    row_put_number(&pen, (uint64_t)delivery->created_ms);
    row_put_number(&pen, (uint64_t)delivery->queued_ms);
    row_put_number(&pen, (uint64_t)delivery->changed_ms);
    row_put_number(&pen, (uint64_t)delivery->due_ms);
    row_put_text(&pen, delivery->rep);
    row_put_text(&pen, delivery->channel);
    row_put_text(&pen, delivery->detail);
    row_put_text(&pen, delivery->receipt);
    row_put_text(&pen, delivery->route);
    row_put_text(&pen, delivery->reader);
    row_put_number(&pen, delivery->urgency);
    row_put_number(&pen, delivery->list);
    row_put_text(&pen, delivery->only);
    row_put_number(&pen, delivery->forgiven);
    row_put_number(&pen, delivery->alarm);
    row_put_number(&pen, (uint64_t)delivery->told_ms);
    row_put_number(&pen, delivery->told);
    row_put_text(&pen, delivery->group);
    row_put_number(&pen, delivery->retold);
    row_key_id(delivery->id, key);
    tx_put(turn->tx, row_place(DELIVERY), key, sizeof key, row, pen.used);
}

void box_recent_put(struct turn *turn, const struct delivery *delivery)
{
    uint8_t recent[ROW_TIME_BYTES + BOX_ID_LENGTH];
    recent_key(delivery, recent);
    tx_put(turn->tx, row_place(RECENT), recent, sizeof recent, "", 0);
}

void box_delivery_delete(struct turn *turn, const struct delivery *delivery)
{
    uint8_t key[BOX_ID_LENGTH + 2], recent[ROW_TIME_BYTES + BOX_ID_LENGTH];
    row_key_id(delivery->id, key);
    for (unsigned part = 0; part < delivery->parts; part++) {
        store_put_u16(key + BOX_ID_LENGTH, (uint16_t)part);
        tx_delete(turn->tx, row_place(PART), key, sizeof key);
    }
    recent_key(delivery, recent);
    tx_delete(turn->tx, row_place(RECENT), recent, sizeof recent);
    tx_delete(turn->tx, row_place(TEXT), key, BOX_ID_LENGTH);
    tx_delete(turn->tx, row_place(DELIVERY), key, BOX_ID_LENGTH);
}

bool box_delivery_find(struct turn *turn, const char *start, struct delivery *ret_delivery, bool *ret_more)
{
    size_t length = strlen(start);
    struct cursor *cursor = cursor_open(turn->tx, row_place(DELIVERY));
    struct slice key, value;
    bool found = length > 0 && length <= BOX_ID_LENGTH && cursor_seek(cursor, start, length, &key, &value) &&
                 key.length == BOX_ID_LENGTH && memcmp(key.bytes, start, length) == 0;
    *ret_more = false;
    if (found) {
        read_delivery(turn, (const char *)key.bytes, &value, ret_delivery);
        *ret_more = cursor_next(cursor, &key, &value) && memcmp(key.bytes, start, length) == 0;
    }
    cursor_close(&cursor);
    return found;
}

bool box_recent_next(struct turn *turn, int64_t *created_ms, char *id)
{
    uint8_t start[ROW_TIME_BYTES + BOX_ID_LENGTH] = {0};
    store_put_u64(start, (uint64_t)*created_ms);
    memcpy(start + ROW_TIME_BYTES, id, strlen(id));
    struct cursor *cursor = cursor_open(turn->tx, row_place(RECENT));
    struct slice key, value;
    bool found = cursor_seek(cursor, start, sizeof start, &key, &value) ? cursor_previous(cursor, &key, &value)
                                                                        : cursor_last(cursor, &key, &value);
    if (found) {
        *created_ms = (int64_t)store_get_u64(key.bytes);
        memcpy(id, key.bytes + ROW_TIME_BYTES, BOX_ID_LENGTH);
        id[BOX_ID_LENGTH] = '\0';
    }
    cursor_close(&cursor);
    return found;
}

// --- parts, items, texts
// -----------------------------------------------------------------------------------------------

static void part_key(const char *id, unsigned part, uint8_t *ret_key)
{
    must(part <= UINT16_MAX);
    row_key_id(id, ret_key);
    store_put_u16(ret_key + BOX_ID_LENGTH, (uint16_t)part);
}

void box_part_put(struct turn *turn, const char *id, unsigned part, const struct part *value)
{
    uint8_t key[BOX_ID_LENGTH + 2];
    part_key(id, part, key);
    uint8_t *row = tx_reserve(turn->tx, row_place(PART), key, sizeof key, value->payload.length + 2);
    if (row == NULL)
        return;
    store_put_u16(row, value->type);
    memcpy(row + 2, value->payload.bytes, value->payload.length);
}

bool box_part_get(struct turn *turn, const char *id, unsigned part, struct part *ret_value)
{
    uint8_t key[BOX_ID_LENGTH + 2];
    struct slice value;
    part_key(id, part, key);
    if (!tx_get(turn->tx, row_place(PART), key, sizeof key, &value) || value.length < 2)
        return false;
    *ret_value = (struct part){.type = store_get_u16(value.bytes), .payload = {value.bytes + 2, value.length - 2}};
    return true;
}

static void item_key(const char *id, bool list, uint8_t *ret_key)
{
    const char *kind = list ? "list" : "reminder";
    hash_pair(kind, strlen(kind), id, strlen(id), ret_key);
}

bool box_item_get(struct turn *turn, const char *id, bool list, struct box_item *ret_item)
{
    uint8_t key[HASH_BYTES];
    struct slice value;
    item_key(id, list, key);
    if (!tx_get(turn->tx, row_place(ITEM), key, sizeof key, &value) || value.length < BOX_ID_LENGTH + 1)
        return false;
    struct box_item item = {.cancelled = value.bytes[BOX_ID_LENGTH] != 0};
    memcpy(item.delivery, value.bytes, BOX_ID_LENGTH);
    struct row pen = {.from = value.bytes, .used = BOX_ID_LENGTH + 1, .length = value.length, .arena = turn->arena};
    item.answer = (unsigned)row_take_number(&pen);
    item.answers = (unsigned)row_take_number(&pen);
    item.answered_ms = (int64_t)row_take_number(&pen);
    item.next_ms = (int64_t)row_take_number(&pen);
    item.by = row_take_text(&pen);
    item.note = row_take_number(&pen);
    item.way = (unsigned)row_take_number(&pen);
    item.guest = row_take_text(&pen);
    item.told_ms = (int64_t)row_take_number(&pen);
    *ret_item = item;
    return true;
}

// One that nobody answered and that was told once, which most of them stay, is the short row.
void box_item_put(struct turn *turn, const char *id, bool list, const struct box_item *item)
{
    uint8_t key[HASH_BYTES], row[ROW_BYTES];
    struct row pen = {.bytes = row, .used = BOX_ID_LENGTH + 1, .length = sizeof row};
    item_key(id, list, key);
    row_key_id(item->delivery, row);
    row[BOX_ID_LENGTH] = item->cancelled;
    if (item->answers > 0 || item->told_ms > 0) {
        row_put_number(&pen, item->answer);
        row_put_number(&pen, item->answers);
        row_put_number(&pen, (uint64_t)item->answered_ms);
        row_put_number(&pen, (uint64_t)item->next_ms);
        row_put_text(&pen, item->by);
        row_put_number(&pen, item->note);
        row_put_number(&pen, item->way);
        row_put_text(&pen, item->guest);
        row_put_number(&pen, (uint64_t)item->told_ms);
    }
    tx_put(turn->tx, row_place(ITEM), key, sizeof key, row, pen.used);
}

void box_item_delete(struct turn *turn, const char *id, bool list)
{
    uint8_t key[HASH_BYTES];
    item_key(id, list, key);
    tx_delete(turn->tx, row_place(ITEM), key, sizeof key);
}

bool box_text_get(struct turn *turn, const char *id, struct slice *ret_text)
{
    return tx_get(turn->tx, row_place(TEXT), id, BOX_ID_LENGTH, ret_text);
}

void box_text_put(struct turn *turn, const char *id, const char *text, size_t length)
{
    tx_put(turn->tx, row_place(TEXT), id, BOX_ID_LENGTH, text, length);
}
