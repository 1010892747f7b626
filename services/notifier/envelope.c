#include "services/notifier/envelope.h"

#include "common/must.h"
#include "common/zone.h"
#include "services/notifier/news.h"

#include <string.h>

enum {
    SECOND_MS = 1000,
    DAY_SECONDS = 86400,
    VISIBLE_LENGTH = 6,
    LATE_MS = 3600 * 1000, // held by us for longer, it is late
};

static bool cancelled(struct turn *turn, const char *id)
{
    struct box_item item;
    return box_item_get(turn, id, false, &item) && item.cancelled;
}

// One record of the delivery, decoded; NONE when it is not there.
static struct news read_part(struct turn *turn, const struct delivery *delivery, unsigned number)
{
    struct part part;
    struct news news = {.kind = NEWS_NONE};
    if (box_part_get(turn, delivery->id, number, &part))
        news_read(turn->arena, part.type, part.payload.bytes, part.payload.length, &news);
    return news;
}

size_t envelope_reminders(struct turn *turn, const struct delivery *delivery, bool wanted, const char *const **ret_ids)
{
    size_t count = 0, room = 0;
    struct news *news = arena_zero(turn->arena, delivery->parts + 1, sizeof *news);
    for (unsigned i = 0; i < delivery->parts; i++) {
        news[i] = read_part(turn, delivery, i);
        room += news[i].kind == NEWS_LIST ? news[i].list.count : 1;
    }
    const char **ids = arena_zero(turn->arena, room + 1, sizeof *ids);
    for (unsigned i = 0; i < delivery->parts; i++) {
        if (news[i].kind == NEWS_REMINDER)
            ids[count++] = news[i].id;
        for (size_t j = 0; news[i].kind == NEWS_LIST && j < news[i].list.count; j++)
            ids[count++] = news[i].list.calls[j].reminder_id;
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!wanted || !cancelled(turn, ids[i]))
            ids[kept++] = ids[i];
    }
    *ret_ids = ids;
    return kept;
}

// The list without the calls that were cancelled.
static size_t keep_calls(struct turn *turn, const struct letter_list *list)
{
    struct letter_item *calls = (struct letter_item *)(uintptr_t)list->calls; // ours, just decoded
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (!cancelled(turn, calls[i].reminder_id))
            calls[kept++] = calls[i];
    }
    return kept;
}

// The delivery's records as the letter wants them.
static void read_letter(struct turn *turn, const struct delivery *delivery, struct letter *letter)
{
    struct letter_item *items = arena_zero(turn->arena, delivery->parts + 1, sizeof *items);
    struct letter_list *lists = arena_zero(turn->arena, delivery->parts + 1, sizeof *lists);
    bool held = turn->now_ms - delivery->created_ms > LATE_MS;
    for (unsigned i = 0; i < delivery->parts; i++) {
        struct news news = read_part(turn, delivery, i);
        if (news.kind == NEWS_REMINDER && !cancelled(turn, news.id)) {
            items[letter->item_count] = news.item;
            items[letter->item_count++].late |= held;
        } else if (news.kind == NEWS_LIST) {
            news.list.count = keep_calls(turn, &news.list);
            news.list.late |= held;
            if (news.list.count > 0)
                lists[letter->list_count++] = news.list;
        }
    }
    letter->items = items;
    letter->lists = lists;
}

static int32_t today(const struct zone *zone, int64_t now_ms)
{
    int64_t now_s = now_ms / SECOND_MS;
    return zone != NULL ? zone_local(zone, now_s).day : (int32_t)(now_s / DAY_SECONDS);
}

void envelope_write(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                    const struct recipient *recipient, const struct channel *channel, struct parcel *ret_parcel)
{
    struct letter letter = {
        .language = LANGUAGE_EN,
        .rep = recipient->name,
        .id = arena_text(turn->arena, delivery->id, VISIBLE_LENGTH),
        .today = today(recipient->zone, turn->now_ms),
        .zone = recipient->zone,
        .again = delivery->unknowns > 0,
    };
    (void)language_parse(recipient->language, &letter.language);
    read_letter(turn, delivery, &letter);
    struct letter_fit fit = {
        .style = channel->driver->style,
        .limit = channel->driver->limit,
        .cost = channel->driver->cost,
        .prefix = channel->options->keyword,
        .calls = (size_t)room->options->calls,
    };
    char *text = arena_take(turn->arena, LETTER_BYTES);
    letter_compose(&letter, &fit, text);
    *ret_parcel = (struct parcel){
        .id = arena_text(turn->arena, delivery->id, BOX_ID_LENGTH),
        .text = text,
        .rep_id = delivery->rep,
        .rep_name = recipient->name,
        .address = recipient->address,
        .language = recipient->language,
        .now_ms = turn->now_ms,
        .attempt = delivery->attempts + 1,
    };
    ret_parcel->reminder_count = envelope_reminders(turn, delivery, true, &ret_parcel->reminder_ids);
}
