// What alarms have told, in the box.
#include "services/notifier/box.h"

#include "common/must.h"
#include "services/notifier/box_row.h"

#include <string.h>

static const char alarm_key[] = "alarm";

void box_alarm_get(struct turn *turn, struct alarm_row *ret_row)
{
    struct slice value = {NULL, 0};
    (void)tx_get(turn->tx, row_place(FACTS), alarm_key, sizeof alarm_key - 1, &value);
    struct row pen = row_reading(turn, &value);
    *ret_row = (struct alarm_row){.told_ms = (int64_t)row_take_number(&pen)};
    ret_row->due_ms = (int64_t)row_take_number(&pen);
    ret_row->doubt_ms = (int64_t)row_take_number(&pen);
    ret_row->doubt = row_take_number(&pen) != 0;
    ret_row->failed_more = row_take_number(&pen);
    const char *ids = row_take_text(&pen);
    for (size_t left = strlen(ids); left >= BOX_ID_LENGTH && ret_row->failed_count < ALARM_FAILED_MOST;
         left -= BOX_ID_LENGTH, ids += BOX_ID_LENGTH)
        memcpy(ret_row->failed[ret_row->failed_count++], ids, BOX_ID_LENGTH);
}

void box_alarm_put(struct turn *turn, const struct alarm_row *row)
{
    _Static_assert(ALARM_FAILED_MOST * BOX_ID_LENGTH < ROW_TEXT_MAX, "the ids are one text");
    uint8_t bytes[ROW_BYTES];
    char ids[ALARM_FAILED_MOST * BOX_ID_LENGTH + 1] = "";
    struct row pen = row_writing(bytes);
    row_put_number(&pen, (uint64_t)row->told_ms);
    row_put_number(&pen, (uint64_t)row->due_ms);
    row_put_number(&pen, (uint64_t)row->doubt_ms);
    row_put_number(&pen, row->doubt);
    row_put_number(&pen, row->failed_more);
    for (size_t i = 0; i < row->failed_count; i++)
        memcpy(ids + i * BOX_ID_LENGTH, row->failed[i], BOX_ID_LENGTH);
    row_put_text(&pen, ids);
    tx_put(turn->tx, row_place(FACTS), alarm_key, sizeof alarm_key - 1, bytes, pen.used);
}

// Behind the alarm's own key and a sign that no other key has.
static size_t channel_key(const char *channel, char *ret_key)
{
    size_t prefix = sizeof alarm_key - 1, length = strlen(channel);
    must(length <= BOX_NAME_MAX);
    memcpy(ret_key, alarm_key, prefix);
    ret_key[prefix] = '=';
    memcpy(ret_key + prefix + 1, channel, length);
    return prefix + 1 + length;
}

static enum alarm_health health_of(uint8_t byte)
{
    return byte < ALARM_HEALTHS ? (enum alarm_health)byte : ALARM_WORKS;
}

void box_alarm_channel_get(struct turn *turn, const char *channel, struct alarm_channel *ret_channel)
{
    char key[sizeof alarm_key + BOX_NAME_MAX];
    struct slice value = {NULL, 0};
    bool found = tx_get(turn->tx, row_place(FACTS), key, channel_key(channel, key), &value) && value.length == 2;
    *ret_channel = (struct alarm_channel){ALARM_WORKS, ALARM_WORKS};
    if (found)
        *ret_channel = (struct alarm_channel){health_of(value.bytes[0]), health_of(value.bytes[1])};
}

void box_alarm_channel_put(struct turn *turn, const char *channel, const struct alarm_channel *value)
{
    char key[sizeof alarm_key + BOX_NAME_MAX];
    uint8_t bytes[2] = {(uint8_t)value->now, (uint8_t)value->told};
    size_t length = channel_key(channel, key);
    if (value->now != ALARM_WORKS || value->told != ALARM_WORKS)
        tx_put(turn->tx, row_place(FACTS), key, length, bytes, sizeof bytes);
    else
        tx_delete(turn->tx, row_place(FACTS), key, length);
}
