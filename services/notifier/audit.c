#include "services/notifier/audit.h"

#include "services/notifier/delivery.h"

#include <string.h>

enum { NEXT_TRY_MS = 2 * 3600 * 1000 }; // whoever waits before the next attempt waits for less

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
        if (!box_delivery_get(turn, id, &delivery))
            continue;
        ret_audit->tests_dead += delivery.only[0] != '\0' && delivery.state == DELIVERY_DEAD;
        ret_audit->tests_unknown += delivery.only[0] != '\0' && delivery.state == DELIVERY_UNKNOWN;
        if (delivery_final(&delivery))
            continue;
        ret_audit->looked += !delivery.alarm;
        if (good(room, turn, &delivery))
            continue;
        if (ret_audit->stuck < AUDIT_NAMED)
            memcpy(ret_audit->ids[ret_audit->stuck], id, sizeof id);
        ret_audit->stuck++;
    }
}

static void count(struct audit_line *line, const struct delivery *delivery)
{
    bool counts = !delivery->alarm && delivery->only[0] == '\0';
    line->all += counts;
    line->urgent += counts && delivery->urgency == 0;
}

void audit_line(struct turn *turn, const char *channel, struct audit_line *ret_line)
{
    struct delivery delivery;
    struct due due = {.time_ms = 0, .kind = DUE_DELIVERY, .name = ""};
    char id[BOX_ID_BYTES] = "";
    int64_t queued_ms = 0;
    *ret_line = (struct audit_line){0, 0};
    while (ret_line->all < AUDIT_LINE_MOST && box_queue_next(turn, channel, &queued_ms, id))
        if (box_delivery_get(turn, id, &delivery))
            count(ret_line, &delivery);
    while (ret_line->all < AUDIT_LINE_MOST && box_due_next(turn, &due) && due.time_ms <= turn->now_ms + NEXT_TRY_MS)
        if (due.kind == DUE_DELIVERY && box_delivery_get(turn, due.name, &delivery) && delivery.hold == HOLD_BACKOFF &&
            strcmp(delivery.channel, channel) == 0)
            count(ret_line, &delivery);
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
