// Channels, reps and facts of the box.
#include "services/notifier/box.h"

#include "common/must.h"
#include "services/notifier/box_row.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    (void)tx_get(turn->tx, row_place(CHANNEL), key, length, &value);
    struct row pen = row_reading(turn, &value);
    ret_row->tat_ms = (int64_t)row_take_number(&pen);
    ret_row->blocked_ms = (int64_t)row_take_number(&pen);
    ret_row->wake_ms = (int64_t)row_take_number(&pen);
    ret_row->open = row_take_number(&pen) != 0;
    ret_row->gone = row_take_number(&pen) != 0;
    ret_row->fails = (unsigned)row_take_number(&pen);
    ret_row->throttled = (unsigned)row_take_number(&pen);
    ret_row->reason = row_take_text(&pen);
    ret_row->shut_ms = (int64_t)row_take_number(&pen);
    ret_row->took_ms = (int64_t)row_take_number(&pen);
    ret_row->failing_ms = (int64_t)row_take_number(&pen);
}

void box_channel_put(struct turn *turn, const char *name, const struct channel_row *row)
{
    uint8_t bytes[ROW_BYTES];
    struct row pen = row_writing(bytes);
    row_put_number(&pen, (uint64_t)row->tat_ms);
    row_put_number(&pen, (uint64_t)row->blocked_ms);
    row_put_number(&pen, (uint64_t)row->wake_ms);
    row_put_number(&pen, row->open);
    row_put_number(&pen, row->gone);
    row_put_number(&pen, row->fails);
    row_put_number(&pen, row->throttled);
    row_put_text(&pen, row->reason);
    int64_t shut_ms = row->shut_ms > 0 ? row->shut_ms : turn->now_ms;
    row_put_number(&pen, row->open ? (uint64_t)shut_ms : 0);
    row_put_number(&pen, (uint64_t)row->took_ms);
    int64_t failing_ms = row->failing_ms > 0 ? row->failing_ms : turn->now_ms;
    row_put_number(&pen, row->fails > 0 ? (uint64_t)failing_ms : 0);
    uint8_t key[BOX_NAME_MAX + 1];
    size_t length = channel_key(name, key);
    tx_put(turn->tx, row_place(CHANNEL), key, length, bytes, pen.used);
}

bool box_channel_next(struct turn *turn, const char **name)
{
    uint8_t start[BOX_NAME_MAX + 1];
    size_t length = *name != NULL ? channel_key(*name, start) : 1;
    start[0] = '=';
    struct cursor *cursor = cursor_open(turn->tx, row_place(CHANNEL));
    struct slice key, value;
    bool found = cursor_seek(cursor, start, length, &key, &value);
    if (found && *name != NULL && key.length == length && memcmp(key.bytes, start, length) == 0)
        found = cursor_next(cursor, &key, &value);
    if (found)
        *name = arena_text(turn->arena, (const char *)key.bytes + 1, key.length - 1);
    cursor_close(&cursor);
    return found;
}

// Lists of pairs as texts, "540-690 780-800": short, and a person who looks into the store can read them.
static void put_pairs(struct row *pen, const int64_t *pairs, size_t count)
{
    char text[ROW_TEXT_MAX] = "";
    size_t used = 0;
    for (size_t i = 0; i < count && used + 40 < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%" PRId64 "-%" PRId64, i > 0 ? " " : "",
                                 pairs[2 * i], pairs[2 * i + 1]);
    row_put_text(pen, text);
}

static size_t take_pairs(struct row *pen, int64_t *ret_pairs, size_t most)
{
    const char *at = row_take_text(pen);
    size_t count = 0;
    int used;
    while (*at != '\0' && count < most &&
           sscanf(at, "%" SCNd64 "-%" SCNd64 "%n", &ret_pairs[2 * count], &ret_pairs[2 * count + 1], &used) == 2) {
        at += used;
        count++;
    }
    return count;
}

enum { PAIRS_MOST = 2 * HUSH_ABSENCES };

static void take_calendar(struct row *pen, struct rep_row *row)
{
    int64_t pairs[PAIRS_MOST];
    row->golden_count = take_pairs(pen, pairs, HUSH_GOLDEN);
    for (size_t i = 0; i < row->golden_count; i++)
        row->golden[i] = (struct hours){(uint32_t)pairs[2 * i], (uint32_t)pairs[2 * i + 1]};
    row->absence_count = take_pairs(pen, pairs, HUSH_ABSENCES);
    for (size_t i = 0; i < row->absence_count; i++)
        row->absences[i] = (struct hush_absence){(int32_t)pairs[2 * i], (int32_t)pairs[2 * i + 1]};
}

static void put_calendar(struct row *pen, const struct rep_row *row)
{
    int64_t pairs[PAIRS_MOST];
    for (size_t i = 0; i < row->golden_count; i++) {
        pairs[2 * i] = row->golden[i].from_minute;
        pairs[2 * i + 1] = row->golden[i].to_minute;
    }
    put_pairs(pen, pairs, row->golden_count);
    for (size_t i = 0; i < row->absence_count; i++) {
        pairs[2 * i] = row->absences[i].from_day;
        pairs[2 * i + 1] = row->absences[i].to_day;
    }
    put_pairs(pen, pairs, row->absence_count);
}

void box_rep_get(struct turn *turn, const char *rep, struct rep_row *ret_row)
{
    struct slice value = {NULL, 0};
    (void)tx_get(turn->tx, row_place(REP), rep, strlen(rep), &value);
    struct row pen = row_reading(turn, &value);
    ret_row->name = row_take_text(&pen);
    ret_row->language = row_take_text(&pen);
    ret_row->channel = row_take_text(&pen);
    ret_row->address = row_take_text(&pen);
    ret_row->zone = row_take_text(&pen);
    (void)row_take_text(&pen); // what was being filled, before there were routes
    row_take_id(&pen, ret_row->flying);
    ret_row->version_ms = (int64_t)row_take_number(&pen);
    ret_row->version_tie = row_take_number(&pen);
    ret_row->manager = row_take_text(&pen);
    ret_row->deputy = row_take_text(&pen);
    ret_row->country = row_take_text(&pen);
    ret_row->week = (uint32_t)row_take_number(&pen);
    ret_row->tat_ms = (int64_t)row_take_number(&pen);
    take_calendar(&pen, ret_row);
    ret_row->unreachable = row_take_text(&pen);
    ret_row->unreachable_ms = (int64_t)row_take_number(&pen);
}

void box_rep_put(struct turn *turn, const char *rep, const struct rep_row *row)
{
    uint8_t bytes[ROW_BYTES];
    struct row pen = row_writing(bytes);
    row_put_text(&pen, row->name);
    row_put_text(&pen, row->language);
    row_put_text(&pen, row->channel);
    row_put_text(&pen, row->address);
    row_put_text(&pen, row->zone);
    row_put_text(&pen, "");
    row_put_text(&pen, row->flying);
    row_put_number(&pen, (uint64_t)row->version_ms);
    row_put_number(&pen, row->version_tie);
    row_put_text(&pen, row->manager);
    row_put_text(&pen, row->deputy);
    row_put_text(&pen, row->country);
    row_put_number(&pen, row->week);
    row_put_number(&pen, (uint64_t)row->tat_ms);
    put_calendar(&pen, row);
    row_put_text(&pen, row->unreachable);
    row_put_number(&pen, (uint64_t)row->unreachable_ms);
    tx_put(turn->tx, row_place(REP), rep, strlen(rep), bytes, pen.used);
}

bool box_rep_next(struct turn *turn, const char **rep)
{
    struct cursor *cursor = cursor_open(turn->tx, row_place(REP));
    struct slice key, value;
    size_t length = *rep != NULL ? strlen(*rep) : 0;
    bool found = *rep != NULL ? cursor_seek(cursor, *rep, length, &key, &value) : cursor_next(cursor, &key, &value);
    // Past the row itself, and past what stands beside a row.
    while (found && ((*rep != NULL && key.length == length && memcmp(key.bytes, *rep, length) == 0) ||
                     memchr(key.bytes, '\n', key.length) != NULL))
        found = cursor_next(cursor, &key, &value);
    if (found)
        *rep = arena_text(turn->arena, (const char *)key.bytes, key.length);
    cursor_close(&cursor);
    return found;
}

// Beside the rep's row: no id has a line break in it. Most have no group, and then its line is left out.
static size_t filling_key(const char *rep, const char *route, const char *group, char *ret_key)
{
    int length = snprintf(ret_key, 2 * BOX_NAME_MAX, group[0] != '\0' ? "%s\n%s\n%s" : "%s\n%s", rep, route, group);
    must(length > 0 && length < 2 * BOX_NAME_MAX);
    return (size_t)length;
}

bool box_filling_get(struct turn *turn, const char *rep, const char *route, const char *group, char *ret_id)
{
    char key[2 * BOX_NAME_MAX];
    struct slice value;
    if (!tx_get(turn->tx, row_place(REP), key, filling_key(rep, route, group, key), &value) ||
        value.length != BOX_ID_LENGTH)
        return false;
    memcpy(ret_id, value.bytes, BOX_ID_LENGTH);
    ret_id[BOX_ID_LENGTH] = '\0';
    return true;
}

void box_filling_put(struct turn *turn, const char *rep, const char *route, const char *group, const char *id)
{
    char key[2 * BOX_NAME_MAX];
    size_t length = filling_key(rep, route, group, key);
    if (id[0] == '\0')
        tx_delete(turn->tx, row_place(REP), key, length);
    else
        tx_put(turn->tx, row_place(REP), key, length, id, BOX_ID_LENGTH);
}

void box_filling_each(struct turn *turn, const char *rep, void (*look)(void *self, struct turn *turn, const char *id),
                      void *self)
{
    char start[2 * BOX_NAME_MAX], id[BOX_ID_BYTES] = "";
    size_t length = filling_key(rep, "", "", start);
    struct cursor *cursor = cursor_open(turn->tx, row_place(REP));
    struct slice key, value;
    bool found = cursor_seek(cursor, start, length, &key, &value);
    for (; found && key.length >= length && memcmp(key.bytes, start, length) == 0;
         found = cursor_next(cursor, &key, &value)) {
        if (value.length != BOX_ID_LENGTH)
            continue;
        memcpy(id, value.bytes, BOX_ID_LENGTH);
        look(self, turn, id);
    }
    cursor_close(&cursor);
}

static const char tally_key[] = "tally";
static const char settings_key[] = "settings";

// What the row began with; counts that came later stand behind the states.
enum { TALLY_FIRST = TALLY_EXPIRED };

void box_tally_get(struct turn *turn, struct tally *ret_tally)
{
    struct slice value = {NULL, 0};
    (void)tx_get(turn->tx, row_place(FACTS), tally_key, sizeof tally_key - 1, &value);
    struct row pen = row_reading(turn, &value);
    for (size_t i = 0; i < TALLY_FIRST; i++)
        ret_tally->counts[i] = row_take_number(&pen);
    for (size_t i = 0; i < DELIVERY_STATES; i++)
        ret_tally->states[i] = row_take_number(&pen);
    for (size_t i = TALLY_FIRST; i < TALLY_COUNTS; i++)
        ret_tally->counts[i] = row_take_number(&pen);
}

void box_tally_put(struct turn *turn, const struct tally *tally)
{
    uint8_t bytes[ROW_BYTES];
    struct row pen = row_writing(bytes);
    for (size_t i = 0; i < TALLY_FIRST; i++)
        row_put_number(&pen, tally->counts[i]);
    for (size_t i = 0; i < DELIVERY_STATES; i++)
        row_put_number(&pen, tally->states[i]);
    for (size_t i = TALLY_FIRST; i < TALLY_COUNTS; i++)
        row_put_number(&pen, tally->counts[i]);
    tx_put(turn->tx, row_place(FACTS), tally_key, sizeof tally_key - 1, bytes, pen.used);
}

bool box_settings_get(struct turn *turn, struct slice *ret_payload)
{
    return tx_get(turn->tx, row_place(FACTS), settings_key, sizeof settings_key - 1, ret_payload);
}

void box_settings_put(struct turn *turn, const struct slice *payload)
{
    tx_put(turn->tx, row_place(FACTS), settings_key, sizeof settings_key - 1, payload->bytes, payload->length);
}

static const char *get_fact(struct turn *turn, const char *name)
{
    struct slice value;
    if (!tx_get(turn->tx, row_place(FACTS), name, strlen(name), &value))
        return "";
    return arena_text(turn->arena, (const char *)value.bytes, value.length);
}

const char *box_home_get(struct turn *turn)
{
    return get_fact(turn, "home");
}

void box_home_put(struct turn *turn, const char *home)
{
    tx_put(turn->tx, row_place(FACTS), "home", strlen("home"), home, strlen(home));
}

static int64_t get_moment(struct turn *turn, const char *name)
{
    return strtoll(get_fact(turn, name), NULL, 10);
}

static void put_moment(struct turn *turn, const char *name, int64_t time_ms)
{
    const char *text = arena_format(turn->arena, "%" PRId64, time_ms);
    tx_put(turn->tx, row_place(FACTS), name, strlen(name), text, strlen(text));
}

int64_t box_released_get(struct turn *turn)
{
    return get_moment(turn, "released");
}

void box_released_put(struct turn *turn, int64_t time_ms)
{
    put_moment(turn, "released", time_ms);
}

int64_t box_doubted_get(struct turn *turn)
{
    return get_moment(turn, "doubted");
}

void box_doubted_put(struct turn *turn, int64_t time_ms)
{
    put_moment(turn, "doubted", time_ms);
}

const char *box_hold_get(struct turn *turn)
{
    return get_fact(turn, "hold");
}

void box_hold_put(struct turn *turn, const char *reason)
{
    if (reason[0] == '\0')
        tx_delete(turn->tx, row_place(FACTS), "hold", strlen("hold"));
    else
        tx_put(turn->tx, row_place(FACTS), "hold", strlen("hold"), reason, strlen(reason));
}

static const char keys_key[] = "ticket_keys";

void box_keys_get(struct turn *turn, struct ticket_keys *ret_keys)
{
    struct slice value = {NULL, 0};
    (void)tx_get(turn->tx, row_place(FACTS), keys_key, sizeof keys_key - 1, &value);
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
    tx_put(turn->tx, row_place(FACTS), keys_key, sizeof keys_key - 1, bytes,
           keys->has_previous ? sizeof bytes : TICKET_KEY_BYTES);
}
