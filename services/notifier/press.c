#include "services/notifier/press.h"

#include "common/hash.h"
#include "common/zone.h"
#include "services/notifier/delivery.h"
#include "services/notifier/dispatch.h"
#include "services/notifier/envelope.h"
#include "services/notifier/news.h"
#include "services/notifier/bulletin.h"
#include "services/notifier/reader.h"

#include <string.h>

enum {
    DAY_SECONDS = 86400,
    SECOND_MS = 1000,
    TWICE_MS = 10 * 60 * 1000, // within it the same press again is a finger that slipped, or a chat that repeats itself
    WORKDAY_LOOK = 60,         // days; nobody's holidays last longer
};

_Static_assert((int)PRESS_FATES == (int)ANSWER_REFUSED, "the mailroom counts every fate");

static bool final(unsigned answer)
{
    return answer == TICKET_DONE || answer == TICKET_NOT_INTERESTED;
}

int32_t press_today(struct mailroom *room, struct turn *turn, const char *rep)
{
    struct recipient recipient;
    mailroom_recipient(room, turn, rep, &recipient);
    int64_t now_s = turn->now_ms / SECOND_MS;
    return recipient.zone != NULL ? zone_local(recipient.zone, now_s).day : (int32_t)(now_s / DAY_SECONDS);
}

int32_t press_workday(struct mailroom *room, struct turn *turn, const char *rep, int32_t day)
{
    struct hush hush;
    struct workdays days;
    mailroom_hush(room, turn, rep, &days, &hush);
    for (int32_t worked = day; worked < day + WORKDAY_LOOK; worked++)
        if ((hush.days == NULL || workday_is(hush.days, worked)) && !hush_away(&hush, worked))
            return worked;
    return day;
}

static int64_t morning(struct mailroom *room, struct turn *turn, const char *rep, int32_t day)
{
    struct recipient recipient;
    mailroom_recipient(room, turn, rep, &recipient);
    if (recipient.zone == NULL)
        return ((int64_t)day * DAY_SECONDS + PRESS_MORNING * 60) * SECOND_MS;
    return zone_instant(recipient.zone, day, PRESS_MORNING) * SECOND_MS;
}

// When it is to come back; 0: it is not put off. What is put off for a while twice in a row comes back as it was said
// first.
static int64_t next_of(struct mailroom *room, struct turn *turn, const struct box_item *item, const char *rep,
                       const struct press_answer *answer)
{
    if (answer->action != TICKET_SNOOZED && answer->action != TICKET_RESCHEDULED)
        return 0;
    if (answer->until != 0)
        return morning(room, turn, rep, answer->until);
    if (answer->after_ms == 0) {
        int32_t tomorrow = press_today(room, turn, rep) + 1;
        return morning(room, turn, rep, press_workday(room, turn, rep, tomorrow));
    }
    bool twice = item->answers > 0 && item->answer == (unsigned)answer->action &&
                 item->next_ms - item->answered_ms == answer->after_ms && turn->now_ms - item->answered_ms < TWICE_MS;
    return twice ? item->next_ms : turn->now_ms + answer->after_ms;
}

// A note tells two answers of one kind apart; what comes without one says nothing new.
static bool same_note(const struct box_item *item, const char *note)
{
    return note[0] == '\0' || final(item->answer) || item->note == hash_short(note, strlen(note));
}

// `rep` is whose the reminder is, and by whose days it comes back.
static enum press_fate take_one(struct mailroom *room, struct turn *turn, const char *id, const char *rep,
                                const char *customer_id, const struct press_answer *answer, struct box_item *ret_item)
{
    struct box_item item;
    if (!box_item_get(turn, id, false, &item))
        return PRESS_NOTHING;
    *ret_item = item;
    int64_t next_ms = next_of(room, turn, &item, rep, answer);
    if (item.answers > 0 && item.answer == (unsigned)answer->action && item.next_ms == next_ms &&
        same_note(&item, answer->note))
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
    item.guest = answer->guest != NULL ? answer->guest : "";
    item.way = (unsigned)answer->way + 1;
    item.note = answer->note[0] != '\0' ? hash_short(answer->note, strlen(answer->note)) : 0;
    box_item_put(turn, id, false, &item);
    if (!bulletin_owns(id)) // which asks nobody for anything
        news_emit_answer(turn, &(struct news_answer){.reminder_id = id,
                                                     .number = item.answers,
                                                     .outcome = item.answer,
                                                     .next_ms = next_ms,
                                                     .note = answer->note,
                                                     .rep_id = answer->by,
                                                     .customer_id = customer_id,
                                                     .owner = rep});
    *ret_item = item;
    return PRESS_TAKEN;
}

// True when it would be said again, or nobody knows whether it arrived.
static bool waits(const struct delivery *delivery)
{
    return delivery->state == DELIVERY_UNKNOWN || delivery->state == DELIVERY_READY || delivery->state == DELIVERY_HELD;
}

void press_settle(struct mailroom *room, struct turn *turn, const struct delivery *delivery, bool pressed)
{
    struct delivery fresh = *delivery;
    if (pressed && fresh.unknowns > 0 && waits(&fresh)) { // whoever answers it has it
        fresh.detail = "it was answered, so it arrived";
        delivery_move(room, turn, &fresh, DELIVERY_SENT, HOLD_NONE, 0);
    }
    delivery_settle(room, turn, &fresh);
    (void)dispatch_amend(room, turn, &fresh, turn->now_ms);
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
        enum press_fate one = take_one(room, turn, ids[i], reader_told(delivery),
                                       envelope_customer(turn, delivery, ids[i]), answer, &item);
        if (one == PRESS_NOTHING)
            continue;
        *ret_item = item;
        changed = changed || one == PRESS_TAKEN;
        fate = changed ? PRESS_TAKEN : one;
    }
    if (changed)
        press_settle(room, turn, delivery, true);
    return fate;
}
