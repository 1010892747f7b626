// What the outbox hears about people: reps, their days off, and customers who are erased.
#include "services/notifier/outbox_parts.h"

#include "services/notifier/delivery.h"

#include <string.h>

// What is held for the rep's hours or days off may have somebody else to read it now, or other hours.
static void look_at(void *self, struct turn *turn, const char *id)
{
    struct delivery delivery;
    (void)self;
    if (!box_delivery_get(turn, id, &delivery) || delivery.state != DELIVERY_HELD || delivery.hold != HOLD_QUIET ||
        delivery.due_ms <= turn->now_ms)
        return;
    delivery.due_ms = turn->now_ms;
    delivery_keep(turn, &delivery);
}

static void look_anew(const struct taken *taken)
{
    box_filling_each(taken->turn, taken->news->rep_id, look_at, NULL);
}

void outbox_take_rep(const struct taken *taken)
{
    const struct news *news = taken->news;
    struct rep_row rep;
    struct recipient before;
    mailroom_recipient(taken->room, taken->turn, news->rep_id, &before);
    box_rep_get(taken->turn, news->rep_id, &rep);
    if (news->version_ms < rep.version_ms ||
        (news->version_ms == rep.version_ms && news->version_tie < rep.version_tie))
        return;
    rep.name = news->name;
    rep.language = news->language;
    rep.channel = news->channel;
    rep.address = news->address;
    rep.zone = news->zone;
    rep.manager = news->manager;
    rep.deputy = news->deputy;
    rep.country = news->country;
    rep.unreachable = "";
    rep.week = news->week;
    rep.golden_count = news->golden_count;
    memcpy(rep.golden, news->golden, sizeof rep.golden);
    rep.version_ms = news->version_ms;
    rep.version_tie = news->version_tie;
    box_rep_put(taken->turn, news->rep_id, &rep);
    look_anew(taken);
    delivery_wake(taken->turn, "", taken->turn->now_ms);
    if (before.channel != NULL)
        delivery_wake(taken->turn, before.channel->options->name, taken->turn->now_ms);
}

// True when the reminder is about nobody but the customer.
static bool only_about(const struct news *news, const char *customer_id)
{
    size_t others = 0;
    for (size_t i = 0; i < news->item.about_count; i++)
        others += strcmp(news->item.about[i].customer_id, customer_id) != 0;
    return strcmp(news->customer_id, customer_id) == 0 ||
           (news->customer_id[0] == '\0' && news->item.about_count > 0 && others == 0);
}

// One delivery without anything about a customer. True when there was something.
static bool erase_in(const struct taken *taken, struct delivery *delivery)
{
    struct turn *turn = taken->turn;
    bool found = false;
    for (unsigned i = 0; i < delivery->parts; i++) {
        struct part part;
        struct slice blank;
        struct news news;
        if (!box_part_get(turn, delivery->id, i, &part) ||
            !news_erase(turn->arena, part.type, &part.payload, taken->news->customer_id, &blank))
            continue;
        found = true;
        news_read(turn->arena, part.type, part.payload.bytes, part.payload.length, &news);
        part.payload = blank;
        box_part_put(turn, delivery->id, i, &part);
        delivery->contents->news = NULL; // what was decoded of it holds what must go
        struct delivery same;
        if (delivery_final(delivery))
            continue;
        if (news.kind == NEWS_REMINDER && only_about(&news, taken->news->customer_id))
            (void)outbox_cancel(taken->room, turn, news.id, &same);
        for (size_t j = 0; !news.whole && news.kind == NEWS_LIST && j < news.list.count; j++) {
            if (strcmp(news.list.calls[j].customer_id, taken->news->customer_id) == 0)
                (void)outbox_cancel(taken->room, turn, news.list.calls[j].reminder_id, &same);
        }
    }
    return found;
}

void outbox_take_erased(const struct taken *taken)
{
    static const char erased[] = "(erased)", unsaid[] = "what the chat said of it went with a customer who was erased";
    int64_t created_ms = INT64_MAX;
    char id[BOX_ID_BYTES] = "";
    while (box_recent_next(taken->turn, &created_ms, id)) {
        struct delivery delivery;
        if (!box_delivery_get(taken->turn, id, &delivery) || !erase_in(taken, &delivery))
            continue;
        struct slice text;
        if (box_text_get(taken->turn, id, &text))
            box_text_put(taken->turn, id, erased, sizeof erased - 1);
        if (delivery.attempts > 0 && delivery.detail[0] != '\0') { // the chat may have repeated what it was sent
            delivery.detail = unsaid;
            delivery_keep(taken->turn, &delivery);
        }
        delivery_settle(taken->room, taken->turn, &delivery);
        taken->room->tally.counts[TALLY_ERASED]++;
        taken->room->blanked++;
    }
}

void outbox_take_absent(const struct taken *taken)
{
    struct rep_row rep;
    const struct hush_absence *said = &taken->news->absence;
    box_rep_get(taken->turn, taken->news->rep_id, &rep);
    size_t place = 0;
    for (size_t i = 0; i < rep.absence_count; i++) {
        if (memcmp(&rep.absences[i], said, sizeof *said) == 0)
            return;
        place = rep.absences[i].to_day < rep.absences[place].to_day ? i : place;
    }
    if (rep.absence_count < HUSH_ABSENCES)
        place = rep.absence_count++;
    else if (rep.absences[place].to_day >= said->to_day)
        return;
    rep.absences[place] = *said;
    box_rep_put(taken->turn, taken->news->rep_id, &rep);
    look_anew(taken);
}
