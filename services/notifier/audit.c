#include "services/notifier/audit.h"

#include "services/notifier/delivery.h"

#include <string.h>

// True when the line will be looked at: by its timer, or because something lands.
static bool line_moves(struct turn *turn, const char *channel)
{
    struct channel_row row;
    char id[BOX_ID_BYTES] = "";
    box_channel_get(turn, channel, &row);
    if (row.wake_ms > 0 && box_due_has(turn, &(struct due){row.wake_ms, DUE_CHANNEL, channel}))
        return true;
    return box_flight_next(turn, id);
}

// True when the delivery has a next moment, or is at its end.
static bool good(const struct mailroom *room, struct turn *turn, const struct delivery *delivery)
{
    if (delivery_final(delivery))
        return true;
    if (delivery->state == DELIVERY_SENDING)
        return box_flight_has(turn, delivery->id);
    if (delivery->due_ms > 0)
        return box_due_has(turn, &(struct due){delivery->due_ms, DUE_DELIVERY, delivery->id});
    bool in_line = box_queue_has(turn, delivery->channel, delivery_place(delivery), delivery->id);
    return in_line && (room->held || line_moves(turn, delivery->channel));
}

void audit_run(struct mailroom *room, struct turn *turn, struct audit *ret_audit)
{
    int64_t created_ms = INT64_MAX;
    char id[BOX_ID_BYTES] = "";
    *ret_audit = (struct audit){0};
    while (box_recent_next(turn, &created_ms, id)) {
        struct delivery delivery;
        if (!box_delivery_get(turn, id, &delivery) || delivery_final(&delivery))
            continue;
        ret_audit->looked++;
        if (good(room, turn, &delivery))
            continue;
        if (ret_audit->stuck < AUDIT_NAMED)
            memcpy(ret_audit->ids[ret_audit->stuck], id, sizeof id);
        ret_audit->stuck++;
    }
}

void audit_mend(struct mailroom *room, struct turn *turn, const struct audit *audit)
{
    for (size_t i = 0; i < audit->stuck && i < AUDIT_NAMED; i++) {
        struct delivery delivery;
        if (box_delivery_get(turn, audit->ids[i], &delivery) && delivery.state != DELIVERY_SENDING)
            delivery_release(room, turn, &delivery, turn->now_ms);
    }
    room->recover = room->recover || audit->stuck > 0; // also looks for flights that are nobody's
}
