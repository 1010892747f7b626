// Answers as the scheduler tells them.
#include "services/notifier/outbox_parts.h"

#include "services/notifier/press.h"

void outbox_take_settled(const struct taken *taken)
{
    const struct news *news = taken->news;
    struct turn *turn = taken->turn;
    struct delivery delivery;
    struct box_item item;
    if (!box_item_get(turn, news->id, false, &item) || (item.answers > 0 && news->at_ms <= item.answered_ms))
        return;
    item.answer = news->outcome;
    item.answers++; // so that the next one given here has a number of its own
    item.answered_ms = news->at_ms;
    item.next_ms = news->next_ms;
    item.by = news->rep_id;
    item.guest = "";
    item.note = 0;
    item.way = news->pressed ? 0 : ANSWER_UNPRESSED + 1;
    box_item_put(turn, news->id, false, &item);
    if (box_delivery_get(turn, item.delivery, &delivery))
        press_settle(taken->room, turn, &delivery, news->pressed);
}
