#include "services/notifier/trial.h"

#include "services/notifier/delivery.h"
#include "services/notifier/news.h"
#include "services/notifier/outbox.h"

#include <stdio.h>
#include <string.h>

enum { BY_MOST = 60, LINE_MS = 60 * 1000, ID_BYTES = 2 * HASH_BYTES + 8 };

static const char nobody[] = "(test)"; // of a message that goes to no rep; nothing is known about it

// Says what it is, so that a group does not take it for a task, and who is to be asked about it.
static const char *say(struct mailroom *room, struct turn *turn, const struct trial *trial, const char *rep)
{
    struct recipient reader;
    enum language language = LANGUAGE_EN;
    char by[BY_MOST * DISARM_GROWTH];
    mailroom_recipient(room, turn, rep, &reader);
    const char *own = mailroom_channel(room, trial->channel)->options->language;
    (void)language_parse(rep == nobody && own[0] != '\0' ? own : reader.language, &language);
    disarm(trial->by, strlen(trial->by), DISARM_PLAIN, BY_MOST, by, sizeof by);
    if (language == LANGUAGE_ZH)
        return arena_format(turn->arena, "这是一条测试消息，经由 %s%s%s，无需处理", trial->channel,
                            by[0] != '\0' ? "，测试人 " : "", by);
    return arena_format(turn->arena, "This is a test of the channel %s%s%s; there is nothing to do", trial->channel,
                        by[0] != '\0' ? ", by " : "", by);
}

// An id that no other test has: its moment, and a number where two were asked for at once.
static const char *make_id(struct turn *turn, const char *channel)
{
    struct box_item known;
    struct delivery other;
    for (unsigned n = 0;; n++) {
        char text[2 * HASH_BYTES + 1];
        uint8_t hash[HASH_BYTES];
        const char *seed = arena_format(turn->arena, "test/%lld/%u", (long long)turn->now_ms, n);
        hash_pair(channel, strlen(channel), seed, strlen(seed), hash);
        hash_hex(hash, HASH_BYTES, text);
        const char *id = arena_format(turn->arena, TRIAL_PREFIX "%.24s", text);
        if (!box_item_get(turn, id, false, &known) &&
            !box_delivery_get(turn, arena_text(turn->arena, text, BOX_ID_LENGTH), &other))
            return id;
    }
}

bool trial_begin(struct mailroom *room, struct turn *turn, const struct trial *trial, struct delivery *ret_delivery)
{
    struct channel_row row;
    struct channel *channel = mailroom_channel(room, trial->channel);
    if (channel == NULL)
        return false;
    box_channel_get(turn, trial->channel, &row);
    if (row.open || channel->problem[0] != '\0')
        outbox_probe(room, turn, trial->channel);
    const char *rep = trial->rep[0] != '\0' ? trial->rep : nobody, *id = make_id(turn, trial->channel);
    struct news_plain plain = {.id = id,
                               .rep = rep,
                               .text = say(room, turn, trial, rep),
                               .now_ms = turn->now_ms,
                               .expires_ms = turn->now_ms + TRIAL_LASTS_MS};
    struct part part = news_write_plain(turn->arena, &plain);
    struct delivery delivery = {.created_ms = turn->now_ms,
                                .queued_ms = turn->now_ms - room->options->too_old_ms + LINE_MS, // the first in line
                                .rep = rep,
                                .channel = "",
                                .detail = "",
                                .receipt = "",
                                .route = "",
                                .reader = "",
                                .only = trial->channel};
    memcpy(delivery.id, id + strlen(TRIAL_PREFIX), BOX_ID_LENGTH);
    struct box_item item = {.by = ""};
    memcpy(item.delivery, delivery.id, sizeof item.delivery);
    box_item_put(turn, id, false, &item);
    box_part_put(turn, delivery.id, 0, &part);
    delivery_grow(room, &delivery, 1);
    delivery_release(room, turn, &delivery, turn->now_ms);
    *ret_delivery = delivery;
    return true;
}
