#include "services/notifier/box.h"

#include "common/must.h"
#include "common/utf8.h"

#include <string.h>

enum table { DELIVERY, ITEM, PART, TEXT, DUE, QUEUE, FLIGHT, RECENT, CHANNEL, REP, FACTS, AMEND, TABLES };

_Static_assert((int)TABLES == (int)BOX_TABLES, "the header counts them");

const char *const box_tables[BOX_TABLES] = {
    [DELIVERY] = "delivery", [ITEM] = "item",   [PART] = "part",     [TEXT] = "text",
    [DUE] = "due",           [QUEUE] = "queue", [FLIGHT] = "flight", [RECENT] = "recent",
    [CHANNEL] = "channel",   [REP] = "rep",     [FACTS] = "facts",   [AMEND] = "amend"};

enum {
    ROW_BYTES = 2400, // the longest row: its texts are held below
    TEXT_MAX = 400,
    ROW_VERSION = 1,
    TIME_BYTES = 8,
};

static unsigned place(enum table table)
{
    return STORE_TABLE_SERVICE + (unsigned)table;
}

// --- rows as bytes
// -----------------------------------------------------------------------------------------------------

// Writes or reads a row from front to back; what a damaged row does not have reads as zeros.
struct pen {
    uint8_t *bytes;
    const uint8_t *from;
    size_t used, length;
    struct arena *arena;
};

static void put_number(struct pen *pen, uint64_t number)
{
    must(pen->used + TIME_BYTES <= pen->length);
    store_put_u64(pen->bytes + pen->used, number);
    pen->used += TIME_BYTES;
}

static void put_text(struct pen *pen, const char *text)
{
    size_t length = utf8_cut(text, strlen(text), TEXT_MAX);
    must(pen->used + 2 + length <= pen->length);
    store_put_u16(pen->bytes + pen->used, (uint16_t)length);
    memcpy(pen->bytes + pen->used + 2, text, length);
    pen->used += 2 + length;
}

static uint64_t take_number(struct pen *pen)
{
    if (pen->length - pen->used < TIME_BYTES)
        return 0;
    pen->used += TIME_BYTES;
    return store_get_u64(pen->from + pen->used - TIME_BYTES);
}

static const char *take_text(struct pen *pen)
{
    if (pen->length - pen->used < 2)
        return "";
    size_t length = store_get_u16(pen->from + pen->used);
    if (pen->length - pen->used - 2 < length)
        return "";
    pen->used += 2 + length;
    return arena_text(pen->arena, (const char *)pen->from + pen->used - length, length);
}

static struct pen writing(uint8_t *bytes)
{
    struct pen pen = {.bytes = bytes, .length = ROW_BYTES};
    put_number(&pen, ROW_VERSION);
    return pen;
}

static struct pen reading(struct turn *turn, const struct slice *value)
{
    struct pen pen = {.from = value->bytes, .length = value->length, .arena = turn->arena};
    (void)take_number(&pen);
    return pen;
}

static void take_id(struct pen *pen, char *ret_id)
{
    const char *text = take_text(pen);
    memset(ret_id, 0, BOX_ID_BYTES);
    memcpy(ret_id, text, strlen(text) < BOX_ID_BYTES ? strlen(text) : BOX_ID_LENGTH);
}

static void key_id(const char *id, uint8_t *ret_key)
{
    must(strlen(id) == BOX_ID_LENGTH);
    memcpy(ret_key, id, BOX_ID_LENGTH);
}

// --- deliveries
// --------------------------------------------------------------------------------------------------------

static void recent_key(const struct delivery *delivery, uint8_t *ret_key)
{
    store_put_u64(ret_key, (uint64_t)delivery->created_ms);
    key_id(delivery->id, ret_key + TIME_BYTES);
}

static void read_delivery(struct turn *turn, const char *id, const struct slice *value, struct delivery *ret_delivery)
{
    struct pen pen = reading(turn, value);
    struct delivery delivery = {.state = (enum delivery_state)take_number(&pen)};
    memcpy(delivery.id, id, BOX_ID_LENGTH);
    delivery.hold = (enum delivery_hold)take_number(&pen);
    delivery.attempts = (unsigned)take_number(&pen);
    delivery.unknowns = (unsigned)take_number(&pen);
    delivery.parts = (unsigned)take_number(&pen);
    delivery.live = (unsigned)take_number(&pen);
    delivery.created_ms = (int64_t)take_number(&pen);
    delivery.queued_ms = (int64_t)take_number(&pen);
    delivery.changed_ms = (int64_t)take_number(&pen);
    delivery.due_ms = (int64_t)take_number(&pen);
    delivery.rep = take_text(&pen);
    delivery.channel = take_text(&pen);
    delivery.detail = take_text(&pen);
    delivery.receipt = take_text(&pen);
    must(delivery.state < DELIVERY_STATES && delivery.hold < HOLD_COUNT);
    *ret_delivery = delivery;
}

bool box_delivery_get(struct turn *turn, const char *id, struct delivery *ret_delivery)
{
    struct slice value;
    if (strlen(id) != BOX_ID_LENGTH || !tx_get(turn->tx, place(DELIVERY), id, BOX_ID_LENGTH, &value))
        return false;
    read_delivery(turn, id, &value, ret_delivery);
    return true;
}

void box_delivery_put(struct turn *turn, const struct delivery *delivery)
{
    uint8_t row[ROW_BYTES], key[BOX_ID_LENGTH], recent[TIME_BYTES + BOX_ID_LENGTH];
    struct pen pen = writing(row);
    put_number(&pen, delivery->state);
    put_number(&pen, delivery->hold);
    put_number(&pen, delivery->attempts);
    put_number(&pen, delivery->unknowns);
    put_number(&pen, delivery->parts);
    put_number(&pen, delivery->live);
    put_number(&pen, (uint64_t)delivery->created_ms);
    put_number(&pen, (uint64_t)delivery->queued_ms);
    put_number(&pen, (uint64_t)delivery->changed_ms);
    put_number(&pen, (uint64_t)delivery->due_ms);
    put_text(&pen, delivery->rep);
    put_text(&pen, delivery->channel);
    put_text(&pen, delivery->detail);
    put_text(&pen, delivery->receipt != NULL ? delivery->receipt : "");
    key_id(delivery->id, key);
    tx_put(turn->tx, place(DELIVERY), key, sizeof key, row, pen.used);
    recent_key(delivery, recent);
    struct slice known;
    if (!tx_get(turn->tx, place(RECENT), recent, sizeof recent, &known))
        tx_put(turn->tx, place(RECENT), recent, sizeof recent, "", 0);
}

void box_delivery_delete(struct turn *turn, const struct delivery *delivery)
{
    uint8_t key[BOX_ID_LENGTH + 2], recent[TIME_BYTES + BOX_ID_LENGTH];
    key_id(delivery->id, key);
    for (unsigned part = 0; part < delivery->parts; part++) {
        store_put_u16(key + BOX_ID_LENGTH, (uint16_t)part);
        tx_delete(turn->tx, place(PART), key, sizeof key);
    }
    recent_key(delivery, recent);
    tx_delete(turn->tx, place(RECENT), recent, sizeof recent);
    tx_delete(turn->tx, place(TEXT), key, BOX_ID_LENGTH);
    tx_delete(turn->tx, place(DELIVERY), key, BOX_ID_LENGTH);
}

bool box_delivery_find(struct turn *turn, const char *start, struct delivery *ret_delivery, bool *ret_more)
{
    size_t length = strlen(start);
    struct cursor *cursor = cursor_open(turn->tx, place(DELIVERY));
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
    uint8_t start[TIME_BYTES + BOX_ID_LENGTH] = {0};
    store_put_u64(start, (uint64_t)*created_ms);
    memcpy(start + TIME_BYTES, id, strlen(id));
    struct cursor *cursor = cursor_open(turn->tx, place(RECENT));
    struct slice key, value;
    bool found = cursor_seek(cursor, start, sizeof start, &key, &value) ? cursor_previous(cursor, &key, &value)
                                                                        : cursor_last(cursor, &key, &value);
    if (found) {
        *created_ms = (int64_t)store_get_u64(key.bytes);
        memcpy(id, key.bytes + TIME_BYTES, BOX_ID_LENGTH);
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
    key_id(id, ret_key);
    store_put_u16(ret_key + BOX_ID_LENGTH, (uint16_t)part);
}

void box_part_put(struct turn *turn, const char *id, unsigned part, const struct part *value)
{
    uint8_t key[BOX_ID_LENGTH + 2];
    part_key(id, part, key);
    uint8_t *row = tx_reserve(turn->tx, place(PART), key, sizeof key, value->payload.length + 2);
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
    if (!tx_get(turn->tx, place(PART), key, sizeof key, &value) || value.length < 2)
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
    if (!tx_get(turn->tx, place(ITEM), key, sizeof key, &value) || value.length < BOX_ID_LENGTH + 1)
        return false;
    struct box_item item = {.cancelled = value.bytes[BOX_ID_LENGTH] != 0};
    memcpy(item.delivery, value.bytes, BOX_ID_LENGTH);
    struct pen pen = {.from = value.bytes, .used = BOX_ID_LENGTH + 1, .length = value.length, .arena = turn->arena};
    item.answer = (unsigned)take_number(&pen);
    item.answers = (unsigned)take_number(&pen);
    item.answered_ms = (int64_t)take_number(&pen);
    item.next_ms = (int64_t)take_number(&pen);
    item.by = take_text(&pen);
    *ret_item = item;
    return true;
}

// One that nobody answered, which most of them stay, is the short row.
void box_item_put(struct turn *turn, const char *id, bool list, const struct box_item *item)
{
    uint8_t key[HASH_BYTES], row[ROW_BYTES];
    struct pen pen = {.bytes = row, .used = BOX_ID_LENGTH + 1, .length = sizeof row};
    item_key(id, list, key);
    key_id(item->delivery, row);
    row[BOX_ID_LENGTH] = item->cancelled;
    if (item->answers > 0) {
        put_number(&pen, item->answer);
        put_number(&pen, item->answers);
        put_number(&pen, (uint64_t)item->answered_ms);
        put_number(&pen, (uint64_t)item->next_ms);
        put_text(&pen, item->by);
    }
    tx_put(turn->tx, place(ITEM), key, sizeof key, row, pen.used);
}

void box_item_delete(struct turn *turn, const char *id, bool list)
{
    uint8_t key[HASH_BYTES];
    item_key(id, list, key);
    tx_delete(turn->tx, place(ITEM), key, sizeof key);
}

bool box_text_get(struct turn *turn, const char *id, struct slice *ret_text)
{
    return tx_get(turn->tx, place(TEXT), id, BOX_ID_LENGTH, ret_text);
}

void box_text_put(struct turn *turn, const char *id, const char *text, size_t length)
{
    tx_put(turn->tx, place(TEXT), id, BOX_ID_LENGTH, text, length);
}

// --- timers, queues, flights
// -------------------------------------------------------------------------------------------

static size_t due_key(const struct due *due, uint8_t *ret_key)
{
    size_t length = strlen(due->name);
    must(length <= BOX_NAME_MAX && due->time_ms >= 0);
    store_put_u64(ret_key, (uint64_t)due->time_ms);
    ret_key[TIME_BYTES] = (uint8_t)due->kind;
    memcpy(ret_key + TIME_BYTES + 1, due->name, length);
    return TIME_BYTES + 1 + length;
}

void box_due_put(struct turn *turn, const struct due *due)
{
    uint8_t key[TIME_BYTES + 1 + BOX_NAME_MAX];
    size_t length = due_key(due, key);
    tx_put(turn->tx, place(DUE), key, length, "", 0);
}

void box_due_delete(struct turn *turn, const struct due *due)
{
    uint8_t key[TIME_BYTES + 1 + BOX_NAME_MAX];
    size_t length = due_key(due, key);
    tx_delete(turn->tx, place(DUE), key, length);
}

bool box_due_first(struct turn *turn, struct due *ret_due)
{
    struct cursor *cursor = cursor_open(turn->tx, place(DUE));
    struct slice key, value;
    bool found = cursor_seek(cursor, "\0", 1, &key, &value) && key.length > TIME_BYTES;
    if (found) {
        ret_due->time_ms = (int64_t)store_get_u64(key.bytes);
        ret_due->kind = (enum due_kind)key.bytes[TIME_BYTES];
        ret_due->name = arena_text(turn->arena, (const char *)key.bytes + TIME_BYTES + 1, key.length - TIME_BYTES - 1);
    }
    cursor_close(&cursor);
    return found;
}

enum { QUEUE_KEY_BYTES = 2 * TIME_BYTES + BOX_ID_LENGTH };

static void queue_key(const char *channel, int64_t queued_ms, const char *id, uint8_t *ret_key)
{
    memset(ret_key, 0, QUEUE_KEY_BYTES);
    store_put_u64(ret_key, channel[0] == '\0' ? 0 : hash_short(channel, strlen(channel)));
    store_put_u64(ret_key + TIME_BYTES, (uint64_t)queued_ms);
    memcpy(ret_key + 2 * TIME_BYTES, id, strlen(id));
}

void box_queue_put(struct turn *turn, const char *channel, int64_t queued_ms, const char *id)
{
    uint8_t key[QUEUE_KEY_BYTES];
    queue_key(channel, queued_ms, id, key);
    tx_put(turn->tx, place(QUEUE), key, sizeof key, "", 0);
}

void box_queue_delete(struct turn *turn, const char *channel, int64_t queued_ms, const char *id)
{
    uint8_t key[QUEUE_KEY_BYTES];
    queue_key(channel, queued_ms, id, key);
    tx_delete(turn->tx, place(QUEUE), key, sizeof key);
}

// The next one of the channel in such a table, behind (time_ms, id), which is moved to it.
static bool next_in_line(struct turn *turn, enum table table, const char *channel, int64_t *time_ms, char *id,
                         struct slice *ret_value)
{
    uint8_t start[QUEUE_KEY_BYTES];
    queue_key(channel, *time_ms, id, start);
    struct cursor *cursor = cursor_open(turn->tx, place(table));
    struct slice key;
    bool found = cursor_seek(cursor, start, sizeof start, &key, ret_value);
    if (found && key.length == sizeof start && memcmp(key.bytes, start, sizeof start) == 0)
        found = cursor_next(cursor, &key, ret_value);
    found = found && key.length == sizeof start && memcmp(key.bytes, start, TIME_BYTES) == 0;
    if (found) {
        *time_ms = (int64_t)store_get_u64(key.bytes + TIME_BYTES);
        memcpy(id, key.bytes + 2 * TIME_BYTES, BOX_ID_LENGTH);
        id[BOX_ID_LENGTH] = '\0';
    }
    cursor_close(&cursor);
    return found;
}

bool box_queue_next(struct turn *turn, const char *channel, int64_t *queued_ms, char *id)
{
    struct slice value;
    return next_in_line(turn, QUEUE, channel, queued_ms, id, &value);
}

void box_amend_put(struct turn *turn, const char *channel, int64_t time_ms, const char *id, unsigned tries)
{
    uint8_t key[QUEUE_KEY_BYTES], row[2];
    queue_key(channel, time_ms, id, key);
    store_put_u16(row, (uint16_t)tries);
    tx_put(turn->tx, place(AMEND), key, sizeof key, row, sizeof row);
}

void box_amend_delete(struct turn *turn, const char *channel, int64_t time_ms, const char *id)
{
    uint8_t key[QUEUE_KEY_BYTES];
    queue_key(channel, time_ms, id, key);
    tx_delete(turn->tx, place(AMEND), key, sizeof key);
}

bool box_amend_next(struct turn *turn, const char *channel, int64_t *time_ms, char *id, unsigned *ret_tries)
{
    struct slice value;
    if (!next_in_line(turn, AMEND, channel, time_ms, id, &value))
        return false;
    *ret_tries = value.length == 2 ? store_get_u16(value.bytes) : 0;
    return true;
}

void box_flight_put(struct turn *turn, const char *id)
{
    tx_put(turn->tx, place(FLIGHT), id, BOX_ID_LENGTH, "", 0);
}

void box_flight_delete(struct turn *turn, const char *id)
{
    tx_delete(turn->tx, place(FLIGHT), id, BOX_ID_LENGTH);
}

bool box_flight_next(struct turn *turn, char *id)
{
    size_t length = strlen(id);
    struct cursor *cursor = cursor_open(turn->tx, place(FLIGHT));
    struct slice key, value;
    bool found = cursor_seek(cursor, id, length > 0 ? length : 1, &key, &value); // an empty text still has its NUL
    if (found && length > 0 && key.length == length && memcmp(key.bytes, id, length) == 0)
        found = cursor_next(cursor, &key, &value);
    found = found && key.length == BOX_ID_LENGTH;
    if (found) {
        memcpy(id, key.bytes, BOX_ID_LENGTH);
        id[BOX_ID_LENGTH] = '\0';
    }
    cursor_close(&cursor);
    return found;
}

// --- channels, reps, facts
// ---------------------------------------------------------------------------------------------

// The name behind a byte of ours, since a key cannot be empty and the name of "no channel" is.
static size_t channel_key(const char *name, uint8_t *ret_key)
{
    size_t length = strlen(name);
    must(length <= BOX_NAME_MAX);
    ret_key[0] = '=';
    memcpy(ret_key + 1, name, length);
    return length + 1;
}

void box_channel_get(struct turn *turn, const char *name, struct channel_row *ret_row)
{
    struct slice value = {NULL, 0};
    uint8_t key[BOX_NAME_MAX + 1];
    size_t length = channel_key(name, key);
    (void)tx_get(turn->tx, place(CHANNEL), key, length, &value);
    struct pen pen = reading(turn, &value);
    ret_row->tat_ms = (int64_t)take_number(&pen);
    ret_row->blocked_ms = (int64_t)take_number(&pen);
    ret_row->wake_ms = (int64_t)take_number(&pen);
    ret_row->open = take_number(&pen) != 0;
    ret_row->gone = take_number(&pen) != 0;
    ret_row->fails = (unsigned)take_number(&pen);
    ret_row->throttled = (unsigned)take_number(&pen);
    ret_row->reason = take_text(&pen);
}

void box_channel_put(struct turn *turn, const char *name, const struct channel_row *row)
{
    uint8_t bytes[ROW_BYTES];
    struct pen pen = writing(bytes);
    put_number(&pen, (uint64_t)row->tat_ms);
    put_number(&pen, (uint64_t)row->blocked_ms);
    put_number(&pen, (uint64_t)row->wake_ms);
    put_number(&pen, row->open);
    put_number(&pen, row->gone);
    put_number(&pen, row->fails);
    put_number(&pen, row->throttled);
    put_text(&pen, row->reason);
    uint8_t key[BOX_NAME_MAX + 1];
    size_t length = channel_key(name, key);
    tx_put(turn->tx, place(CHANNEL), key, length, bytes, pen.used);
}

bool box_channel_next(struct turn *turn, const char **name)
{
    uint8_t start[BOX_NAME_MAX + 1];
    size_t length = *name != NULL ? channel_key(*name, start) : 1;
    start[0] = '=';
    struct cursor *cursor = cursor_open(turn->tx, place(CHANNEL));
    struct slice key, value;
    bool found = cursor_seek(cursor, start, length, &key, &value);
    if (found && *name != NULL && key.length == length && memcmp(key.bytes, start, length) == 0)
        found = cursor_next(cursor, &key, &value);
    if (found)
        *name = arena_text(turn->arena, (const char *)key.bytes + 1, key.length - 1);
    cursor_close(&cursor);
    return found;
}

void box_rep_get(struct turn *turn, const char *rep, struct rep_row *ret_row)
{
    struct slice value = {NULL, 0};
    (void)tx_get(turn->tx, place(REP), rep, strlen(rep), &value);
    struct pen pen = reading(turn, &value);
    ret_row->name = take_text(&pen);
    ret_row->language = take_text(&pen);
    ret_row->channel = take_text(&pen);
    ret_row->address = take_text(&pen);
    ret_row->zone = take_text(&pen);
    take_id(&pen, ret_row->filling);
    take_id(&pen, ret_row->flying);
    ret_row->version_ms = (int64_t)take_number(&pen);
    ret_row->version_tie = take_number(&pen);
}

void box_rep_put(struct turn *turn, const char *rep, const struct rep_row *row)
{
    uint8_t bytes[ROW_BYTES];
    struct pen pen = writing(bytes);
    put_text(&pen, row->name);
    put_text(&pen, row->language);
    put_text(&pen, row->channel);
    put_text(&pen, row->address);
    put_text(&pen, row->zone);
    put_text(&pen, row->filling);
    put_text(&pen, row->flying);
    put_number(&pen, (uint64_t)row->version_ms);
    put_number(&pen, row->version_tie);
    tx_put(turn->tx, place(REP), rep, strlen(rep), bytes, pen.used);
}

static const char tally_key[] = "tally";
static const char zone_key[] = "zone";

// What the row began with; counts that came later stand behind the states.
enum { TALLY_FIRST = TALLY_EXPIRED };

void box_tally_get(struct turn *turn, struct tally *ret_tally)
{
    struct slice value = {NULL, 0};
    (void)tx_get(turn->tx, place(FACTS), tally_key, sizeof tally_key - 1, &value);
    struct pen pen = reading(turn, &value);
    for (size_t i = 0; i < TALLY_FIRST; i++)
        ret_tally->counts[i] = take_number(&pen);
    for (size_t i = 0; i < DELIVERY_STATES; i++)
        ret_tally->states[i] = take_number(&pen);
    for (size_t i = TALLY_FIRST; i < TALLY_COUNTS; i++)
        ret_tally->counts[i] = take_number(&pen);
}

void box_tally_put(struct turn *turn, const struct tally *tally)
{
    uint8_t bytes[ROW_BYTES];
    struct pen pen = writing(bytes);
    for (size_t i = 0; i < TALLY_FIRST; i++)
        put_number(&pen, tally->counts[i]);
    for (size_t i = 0; i < DELIVERY_STATES; i++)
        put_number(&pen, tally->states[i]);
    for (size_t i = TALLY_FIRST; i < TALLY_COUNTS; i++)
        put_number(&pen, tally->counts[i]);
    tx_put(turn->tx, place(FACTS), tally_key, sizeof tally_key - 1, bytes, pen.used);
}

const char *box_zone_get(struct turn *turn)
{
    struct slice value;
    if (!tx_get(turn->tx, place(FACTS), zone_key, sizeof zone_key - 1, &value))
        return "";
    return arena_text(turn->arena, (const char *)value.bytes, value.length);
}

void box_zone_put(struct turn *turn, const char *zone)
{
    tx_put(turn->tx, place(FACTS), zone_key, sizeof zone_key - 1, zone, strlen(zone));
}

static const char keys_key[] = "ticket_keys";

void box_keys_get(struct turn *turn, struct ticket_keys *ret_keys)
{
    struct slice value = {NULL, 0};
    (void)tx_get(turn->tx, place(FACTS), keys_key, sizeof keys_key - 1, &value);
    *ret_keys = (struct ticket_keys){.has_current = value.length >= TICKET_KEY_BYTES,
                                     .has_previous = value.length >= 2 * TICKET_KEY_BYTES};
    if (ret_keys->has_current)
        memcpy(ret_keys->current, value.bytes, TICKET_KEY_BYTES);
    if (ret_keys->has_previous)
        memcpy(ret_keys->previous, value.bytes + TICKET_KEY_BYTES, TICKET_KEY_BYTES);
}

void box_keys_put(struct turn *turn, const struct ticket_keys *keys)
{
    uint8_t bytes[2 * TICKET_KEY_BYTES];
    memcpy(bytes, keys->current, TICKET_KEY_BYTES);
    memcpy(bytes + TICKET_KEY_BYTES, keys->previous, TICKET_KEY_BYTES);
    tx_put(turn->tx, place(FACTS), keys_key, sizeof keys_key - 1, bytes,
           keys->has_previous ? sizeof bytes : TICKET_KEY_BYTES);
}
