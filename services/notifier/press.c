#include "services/notifier/press.h"

#include "common/zone.h"
#include "services/notifier/delivery.h"
#include "services/notifier/dispatch.h"
#include "services/notifier/envelope.h"
#include "services/notifier/news.h"

#include <string.h>

enum { MORNING_MINUTE = 9 * 60, DAY_SECONDS = 86400, SECOND_MS = 1000 };

static bool final(unsigned answer)
{
    return answer == TICKET_DONE || answer == TICKET_NOT_INTERESTED;
}

int64_t press_morning(struct mailroom *room, struct turn *turn, const char *rep)
{
    struct recipient recipient;
    mailroom_recipient(room, turn, rep, &recipient);
    int64_t now_s = turn->now_ms / SECOND_MS;
    if (recipient.zone == NULL)
        return ((now_s / DAY_SECONDS + 1) * DAY_SECONDS + MORNING_MINUTE * 60) * SECOND_MS;
    return zone_instant(recipient.zone, zone_local(recipient.zone, now_s).day + 1, MORNING_MINUTE) * SECOND_MS;
}

static enum press_fate take_one(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                                const char *id, const struct press_answer *answer, struct box_item *ret_item)
{
    struct box_item item;
    if (!box_item_get(turn, id, false, &item))
        return PRESS_NOTHING;
    *ret_item = item;
    bool puts_off = answer->action == TICKET_SNOOZED || answer->action == TICKET_RESCHEDULED;
    int64_t next_ms = !puts_off ? 0 : answer->next_ms > 0 ? answer->next_ms : press_morning(room, turn, delivery->rep);
    if (item.answers > 0 && item.answer == (unsigned)answer->action && item.next_ms == next_ms)
        return PRESS_SAME;
    if (item.answers > 0 && final(item.answer))
        return PRESS_OTHERWISE;
    if (item.cancelled && item.answers == 0)
        return PRESS_WITHDRAWN;
    item.answer = (unsigned)answer->action;
    item.answers++;
    item.answered_ms = turn->now_ms;
    item.next_ms = next_ms;
    item.by = answer->by;
    box_item_put(turn, id, false, &item);
    news_emit_answer(turn, &(struct news_answer){.reminder_id = id,
                                                 .number = item.answers,
                                                 .outcome = item.answer,
                                                 .next_ms = next_ms,
                                                 .note = answer->note,
                                                 .rep_id = answer->by});
    *ret_item = item;
    return PRESS_TAKEN;
}

enum press_fate press_take(struct mailroom *room, struct turn *turn, const struct delivery *delivery, unsigned number,
                           const struct press_answer *answer, struct box_item *ret_item)
{
    const char *const *ids;
    size_t count = envelope_reminders(turn, delivery, false, &ids);
    enum press_fate fate = PRESS_NOTHING;
    bool changed = false;
    for (size_t i = 0; i < count; i++) {
        if (number != 0 && i + 1 != number)
            continue;
        struct box_item item;
        enum press_fate one = take_one(room, turn, delivery, ids[i], answer, &item);
        if (one == PRESS_NOTHING)
            continue;
        *ret_item = item;
        changed = changed || one == PRESS_TAKEN;
        fate = changed ? PRESS_TAKEN : one;
    }
    if (!changed)
        return fate;
    struct delivery fresh = *delivery;
    delivery_settle(room, turn, &fresh);
    dispatch_amend(room, turn, &fresh, turn->now_ms);
    return fate;
}
