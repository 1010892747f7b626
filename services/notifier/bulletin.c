#include "services/notifier/bulletin.h"

#include "common/must.h"
#include "services/notifier/delivery.h"
#include "services/notifier/news.h"

#include <stdio.h>
#include <string.h>

// An id that no other one has: its moment, and a number where two were asked for at once.
static const char *make_id(struct turn *turn, const struct bulletin *bulletin)
{
    struct box_item known;
    struct delivery other;
    for (unsigned n = 0;; n++) {
        char text[2 * HASH_BYTES + 1];
        uint8_t hash[HASH_BYTES];
        const char *seed = arena_format(turn->arena, "%s/%lld/%u", bulletin->prefix, (long long)turn->now_ms, n);
        hash_pair(bulletin->channel, strlen(bulletin->channel), seed, strlen(seed), hash);
        hash_hex(hash, HASH_BYTES, text);
        const char *id = arena_format(turn->arena, "%s%.24s", bulletin->prefix, text);
        if (!box_item_get(turn, id, false, &known) &&
            !box_delivery_get(turn, arena_text(turn->arena, text, BOX_ID_LENGTH), &other))
            return id;
    }
}

static void add_line(struct turn *turn, const struct bulletin *bulletin, const char *id,
                     const struct bulletin_line *line, const struct delivery *delivery)
{
    struct news_plain plain = {.id =
                                   delivery->parts == 0 ? id : arena_format(turn->arena, "%s-%u", id, delivery->parts),
                               .rep = bulletin->rep,
                               .text = line->text,
                               .customer_id = line->customer_id,
                               .customer = line->customer,
                               .points = line->points,
                               .good = line->good,
                               .now_ms = turn->now_ms,
                               .expires_ms = bulletin->expires_ms};
    while (plain.point_count < sizeof line->points / sizeof *line->points && line->points[plain.point_count][0] != '\0')
        plain.point_count++;
    struct part part = news_write_plain(turn->arena, &plain);
    struct box_item item = {.by = "", .guest = ""};
    memcpy(item.delivery, delivery->id, sizeof item.delivery);
    box_item_put(turn, plain.id, false, &item);
    box_part_put(turn, delivery->id, delivery->parts, &part);
}

void bulletin_begin(struct mailroom *room, struct turn *turn, const struct bulletin *bulletin,
                    struct delivery *ret_delivery)
{
    must(bulletin->count > 0 && bulletin->count <= BULLETIN_LINES);
    const char *id = make_id(turn, bulletin);
    struct delivery delivery = {.created_ms = turn->now_ms,
                                .queued_ms = bulletin->queued_ms,
                                .rep = bulletin->rep,
                                .channel = "",
                                .detail = "",
                                .receipt = "",
                                .route = "",
                                .reader = "",
                                .group = "",
                                .only = bulletin->only,
                                .alarm = bulletin->alarm};
    memcpy(delivery.id, id + strlen(bulletin->prefix), BOX_ID_LENGTH);
    for (size_t i = 0; i < bulletin->count; i++) {
        add_line(turn, bulletin, id, &bulletin->lines[i], &delivery);
        delivery_grow(room, &delivery, 1);
    }
    delivery_release(room, turn, &delivery, turn->now_ms);
    *ret_delivery = delivery;
}

bool bulletin_owns(const char *reminder_id)
{
    return strncmp(reminder_id, BULLETIN_TEST, strlen(BULLETIN_TEST)) == 0 ||
           strncmp(reminder_id, BULLETIN_ALARM, strlen(BULLETIN_ALARM)) == 0;
}
