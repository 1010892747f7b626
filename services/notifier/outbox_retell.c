// A reminder that is told once more under its id, since what it says has changed.
#include "services/notifier/outbox_parts.h"

#include "services/notifier/delivery.h"
#include "services/notifier/dispatch.h"
#include "services/notifier/envelope.h"

#include <string.h>

static bool same(const struct part *part, const struct record *record)
{
    return part->type == record->type && part->payload.length == record->length &&
           memcmp(part->payload.bytes, record->payload, record->length) == 0;
}

// What is still to leave says the newer facts, sooner where they are more urgent.
static void freshen(const struct taken *taken, struct delivery *delivery)
{
    unsigned urgency = taken->news->kind == NEWS_REMINDER ? taken->news->item.priority : delivery->urgency;
    delivery->retold = true;
    if (urgency < delivery->urgency) {
        delivery->urgency = urgency;
        outbox_hasten(delivery, urgency, taken->turn->now_ms);
    }
    delivery_keep(taken->turn, delivery);
}

bool outbox_retell(const struct taken *taken, bool list, const struct box_item *known)
{
    struct turn *turn = taken->turn;
    struct tally *tally = &taken->room->tally;
    struct delivery delivery;
    struct part part;
    unsigned place;
    if (known->cancelled || known->answers > 0 || taken->record->time_ms < known->told_ms ||
        !box_delivery_get(turn, known->delivery, &delivery) || delivery.state == DELIVERY_DROPPED ||
        strcmp(delivery.rep, taken->news->rep_id) != 0 ||
        !envelope_find(turn, &delivery, taken->news->id, list, &place) ||
        !box_part_get(turn, delivery.id, place, &part) || same(&part, taken->record))
        return false;
    struct box_item item = *known;
    item.told_ms = taken->record->time_ms;
    box_item_put(turn, taken->news->id, list, &item);
    part = (struct part){taken->record->type, {taken->record->payload, taken->record->length}};
    box_part_put(turn, delivery.id, place, &part);
    delivery.contents->news = NULL; // what was decoded of it is what it said before
    tally->counts[TALLY_RETOLD]++;
    if (delivery.state != DELIVERY_SENT)
        freshen(taken, &delivery);
    else if (!dispatch_amend(taken->room, turn, &delivery, turn->now_ms))
        tally->counts[TALLY_UNSHOWN]++;
    return true;
}
