#include "services/notifier/envelope.h"

#include "common/must.h"
#include "common/zone.h"
#include "services/notifier/item.h"
#include "services/notifier/news.h"
#include "services/notifier/offer.h"
#include "services/notifier/settled.h"
#include "services/notifier/templates.h"

#include <string.h>

enum {
    SECOND_MS = 1000,
    DAY_SECONDS = 86400,
    VISIBLE_LENGTH = 6,
    LATE_MS = 3600 * 1000, // held by us for longer, it is late
    ITEMS_READ = 8,        // reminders that somebody reads on a phone: some three lines each
};

// One that was answered needs no telling any more than one that was cancelled.
static bool cancelled(struct turn *turn, const char *id, bool list)
{
    struct box_item item;
    return box_item_get(turn, id, list, &item) && (item.cancelled || item.answers > 0);
}

// True when the record as a whole is not to be told any more: it was cancelled, or it is too late for it.
static bool over(struct turn *turn, const struct news *news)
{
    bool expired = news->expires_ms != 0 && news->expires_ms <= turn->now_ms;
    bool whole = news->kind == NEWS_REMINDER || news->whole;
    return whole && (expired || cancelled(turn, news->id, news->kind != NEWS_REMINDER));
}

// The delivery's records, NONE where one is not there: decoded once, however many look at a delivery that was taken out
// of the box.
static const struct news *read_parts(struct turn *turn, const struct delivery *delivery)
{
    struct contents *contents = delivery->contents;
    if (contents != NULL && contents->news != NULL && contents->parts == delivery->parts)
        return contents->news;
    struct news *news = arena_zero(turn->arena, delivery->parts + 1, sizeof *news);
    for (unsigned i = 0; i < delivery->parts; i++) {
        struct part part;
        if (box_part_get(turn, delivery->id, i, &part))
            news_read(turn->arena, part.type, part.payload.bytes, part.payload.length, &news[i]);
    }
    if (contents != NULL)
        *contents = (struct contents){news, delivery->parts};
    return news;
}

bool envelope_find(struct turn *turn, const struct delivery *delivery, const char *id, bool list, unsigned *ret_part)
{
    const struct news *news = read_parts(turn, delivery);
    for (unsigned i = 0; i < delivery->parts; i++) {
        bool whole = list ? news[i].whole : news[i].kind == NEWS_REMINDER;
        if (!whole || strcmp(news[i].id, id) != 0)
            continue;
        *ret_part = i;
        return true;
    }
    return false;
}

const char *envelope_customer(struct turn *turn, const struct delivery *delivery, const char *reminder_id)
{
    const struct news *news = read_parts(turn, delivery);
    for (unsigned i = 0; i < delivery->parts; i++) {
        if (news[i].kind == NEWS_REMINDER && strcmp(news[i].id, reminder_id) == 0)
            return news[i].customer_id;
        for (size_t j = 0; news[i].kind == NEWS_LIST && j < news[i].list.count; j++)
            if (strcmp(news[i].list.calls[j].reminder_id, reminder_id) == 0)
                return news[i].list.calls[j].customer_id;
    }
    return "";
}

size_t envelope_reminders(struct turn *turn, const struct delivery *delivery, bool wanted, const char *const **ret_ids)
{
    size_t count = 0, room = 0;
    const struct news *news = read_parts(turn, delivery);
    for (unsigned i = 0; i < delivery->parts; i++)
        room += news[i].kind == NEWS_LIST ? news[i].list.count + 1 : 1;
    const char **ids = arena_zero(turn->arena, room + 1, sizeof *ids);
    for (unsigned i = 0; i < delivery->parts; i++) {
        bool whole = news[i].kind == NEWS_REMINDER || news[i].whole;
        if (whole && !(wanted && over(turn, &news[i])))
            ids[count++] = news[i].id;
        for (size_t j = 0; !whole && news[i].kind == NEWS_LIST && j < news[i].list.count; j++) {
            const char *id = news[i].list.calls[j].reminder_id;
            if (!(wanted && cancelled(turn, id, false)))
                ids[count++] = id;
        }
    }
    *ret_ids = ids;
    return count;
}

unsigned envelope_expire(struct turn *turn, const struct delivery *delivery)
{
    unsigned expired = 0;
    const struct news *parts = read_parts(turn, delivery);
    for (unsigned i = 0; i < delivery->parts; i++) {
        const struct news *news = &parts[i];
        struct box_item item;
        bool list = news->kind != NEWS_REMINDER;
        if (news->expires_ms == 0 || news->expires_ms > turn->now_ms || !box_item_get(turn, news->id, list, &item) ||
            item.cancelled)
            continue;
        item.cancelled = true;
        box_item_put(turn, news->id, list, &item);
        expired++;
    }
    return expired;
}

// Leaves out the calls that were cancelled, and counts them.
static void keep_calls(struct turn *turn, struct letter_list *list)
{
    struct letter_item *calls = arena_zero(turn->arena, list->count + 1, sizeof *calls);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct box_item item;
        const char *id = list->calls[i].reminder_id;
        if (!cancelled(turn, id, false))
            calls[kept++] = list->calls[i];
        else if (box_item_get(turn, id, false, &item) && item.answers > 0)
            list->done += item.answer == TICKET_DONE;
    }
    list->calls = calls;
    list->settled = list->count - kept;
    list->count = kept;
}

static int32_t today(const struct zone *zone, int64_t now_ms)
{
    int64_t now_s = now_ms / SECOND_MS;
    return zone != NULL ? zone_local(zone, now_s).day : (int32_t)(now_s / DAY_SECONDS);
}

// What became of a reminder, for a message that was sent and is to say so now; "" while it is open.
static const char *settled(struct mailroom *room, struct turn *turn, const struct letter *letter,
                           const struct letter_item *about)
{
    struct box_item item;
    struct recipient who;
    if (!box_item_get(turn, about->reminder_id, false, &item) || (!item.cancelled && item.answers == 0))
        return "";
    mailroom_recipient(room, turn, item.by, &who);
    const struct zone *zone = item.by[0] != '\0' ? who.zone : letter->zone; // nobody's hours but the reader's
    return settled_say(turn->arena, letter->language,
                       &(struct settled){.answer = item.answer,
                                         .decision = offer_decides(about),
                                         .owed = !offer_takes(about, TICKET_NOT_INTERESTED),
                                         .elsewhere = item.way == ANSWER_UNPRESSED + 1,
                                         .by = who.name[0] != '\0'  ? who.name
                                               : item.by[0] != '\0' ? item.by
                                                                    : item.guest,
                                         .at_ms = item.answered_ms,
                                         .next_ms = item.next_ms,
                                         .today = today(zone, turn->now_ms),
                                         .zone = zone});
}

// Puts a reminder among the others: what cannot wait first, in the order in which they came.
static void add_item(struct letter_item *items, size_t count, const struct letter_item *item)
{
    size_t place = count;
    while (place > 0 && items[place - 1].priority > item->priority)
        place--;
    memmove(&items[place + 1], &items[place], (count - place) * sizeof *items);
    items[place] = *item;
}

// Brings together what the letter heads once: the first of each group stays in front, and draws the rest of it there.
static void group_items(struct arena *arena, struct letter_item *items, size_t count)
{
    struct letter_item *before = arena_take(arena, (count + 1) * sizeof *before);
    size_t done = 0;
    memcpy(before, items, count * sizeof *before);
    for (size_t left = count; left > 0;) {
        size_t kept = 0;
        struct letter_item first = before[0];
        for (size_t i = 0; i < left; i++) {
            if (item_together(&first, &before[i]))
                items[done++] = before[i];
            else
                before[kept++] = before[i];
        }
        left = kept;
    }
}

// A route or an absence brought it to somebody else: the letter says whose it is.
static void read_by_another(struct letter_item *item, const struct recipient *reader, const struct recipient *owner)
{
    if (strcmp(reader->rep, owner->rep) == 0 || item->for_rep[0] != '\0')
        return;
    item->for_rep = owner->name[0] != '\0' ? owner->name : owner->rep;
    item->role = LETTER_DEPUTY;
}

// The calls with what became of each.
static void settle_calls(struct mailroom *room, struct turn *turn, const struct letter *letter,
                         struct letter_list *list)
{
    struct letter_item *calls = arena_zero(turn->arena, list->count + 1, sizeof *calls);
    for (size_t i = 0; i < list->count; i++) {
        calls[i] = list->calls[i];
        calls[i].settled = settled(room, turn, letter, &calls[i]);
    }
    list->calls = calls;
}

// True when it left late, or would now. What was sent in time is not late when it is changed or read hours later.
static bool was_held(const struct turn *turn, const struct delivery *delivery)
{
    int64_t left_ms = delivery->state == DELIVERY_SENT ? delivery->changed_ms : turn->now_ms;
    return left_ms - delivery->created_ms > LATE_MS;
}

// The delivery's records as the letter wants them, or, with `all`, as the page does.
static void read_letter(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                        const struct recipient *reader, bool all, struct letter *letter)
{
    struct recipient owner = *reader;
    const struct news *parts = read_parts(turn, delivery);
    if (strcmp(delivery->rep, reader->rep) != 0)
        mailroom_recipient(room, turn, delivery->rep, &owner);
    letter->own_heads = templates_heads(room->templates);
    letter->own_actions = templates_actions(room->templates);
    bool sent = all || delivery->state == DELIVERY_SENT;
    struct letter_item *items = arena_zero(turn->arena, delivery->parts + 1, sizeof *items);
    struct letter_list *lists = arena_zero(turn->arena, delivery->parts + 1, sizeof *lists);
    struct letter_digest *digests = arena_zero(turn->arena, delivery->parts + 1, sizeof *digests);
    bool held = was_held(turn, delivery);
    for (unsigned i = 0; i < delivery->parts; i++) {
        struct news news = parts[i];
        if (over(turn, &news) && !(sent && news.kind == NEWS_REMINDER))
            continue;
        if (news.kind == NEWS_REMINDER) {
            news.item.settled = sent ? settled(room, turn, letter, &news.item) : "";
            news.item.late |= held;
            read_by_another(&news.item, reader, &owner);
            add_item(items, letter->item_count++, &news.item);
        } else if (news.kind == NEWS_LIST) {
            if (all && !news.whole)
                settle_calls(room, turn, letter, &news.list);
            if (!all && !news.whole)
                keep_calls(turn, &news.list);
            news.list.late |= held;
            // A message that is there already says that nothing of the list is left.
            size_t left = sent ? news.list.settled : 0;
            if (news.list.count + news.list.unrecorded_count + news.list.undated_count + left > 0)
                lists[letter->list_count++] = news.list;
        } else if (news.kind == NEWS_DIGEST) {
            news.digest.late |= held;
            digests[letter->digest_count++] = news.digest;
        }
    }
    group_items(turn->arena, items, letter->item_count);
    letter->items = items;
    letter->lists = lists;
    letter->digests = digests;
}

static void begin_letter(const struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                         const struct recipient *recipient, struct letter *ret_letter)
{
    *ret_letter = (struct letter){
        .language = LANGUAGE_EN,
        .rep = recipient->name,
        .id = arena_text(turn->arena, delivery->id, VISIBLE_LENGTH),
        .today = today(recipient->zone, turn->now_ms),
        .now_ms = turn->now_ms,
        .zone = recipient->zone,
        .link = "",
        .alarm = delivery->alarm,
        .again = delivery->unknowns > 0 && delivery->state != DELIVERY_SENT,
        .doubted = delivery->created_ms <= room->doubted_ms && delivery->state != DELIVERY_SENT,
    };
    (void)language_parse(recipient->language, &ret_letter->language);
}

void envelope_letter(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                     const struct recipient *recipient, struct letter *ret_letter)
{
    begin_letter(room, turn, delivery, recipient, ret_letter);
    read_letter(room, turn, delivery, recipient, true, ret_letter);
}

bool envelope_asks(const struct letter *letter)
{
    bool calls = false;
    for (size_t i = 0; i < letter->list_count; i++)
        calls = calls || (!letter->lists[i].preview && letter->lists[i].count > 0);
    return letter->item_count > 0 || calls;
}

bool envelope_same(const struct channel *channel, const struct delivery *delivery, const struct recipient *recipient,
                   int64_t now_ms)
{
    return delivery->told_ms > 0 && delivery->unknowns > 0 && delivery->told == delivery->live && !delivery->retold &&
           delivery->state != DELIVERY_SENT && now_ms - delivery->told_ms < channel->driver->once_ms &&
           strcmp(delivery->reader, recipient->rep) == 0;
}

void envelope_write(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                    const struct recipient *recipient, const struct channel *channel, struct parcel *ret_parcel)
{
    struct letter letter;
    begin_letter(room, turn, delivery, recipient, &letter);
    read_letter(room, turn, delivery, recipient, false, &letter);
    struct parcel parcel = {.link = delivery->alarm ? "" : offer_link(room, turn, delivery),
                            .receipt = delivery->receipt};
    if (channel->driver->buttons > 0 && !delivery->alarm)
        offer_buttons(room, turn, delivery, &letter, channel, &parcel);
    else
        letter.link = envelope_asks(&letter) ? parcel.link : "";
    struct letter_fit fit = {
        .style = channel->driver->style,
        .limit = channel->driver->limit,
        .cost = channel->driver->cost,
        .prefix = channel->options->keyword,
        .calls = (size_t)room->options->calls,
        .items = parcel.link[0] != '\0' ? ITEMS_READ : 0,
    };
    char sheet[LETTER_BYTES]; // of the stack: a hundred of them in one turn would be fresh memory each
    const char *text = arena_text(turn->arena, sheet, letter_compose(&letter, &fit, sheet));
    if (channel->driver->titled) {
        char *title = arena_take(turn->arena, LETTER_BYTES);
        letter_title(&letter, fit.style, title);
        parcel.title = title;
    }
    struct slice said;
    if (envelope_same(channel, delivery, recipient, turn->now_ms) && box_text_get(turn, delivery->id, &said))
        parcel.text = text = arena_text(turn->arena, (const char *)said.bytes, said.length);
    parcel.id = arena_text(turn->arena, delivery->id, BOX_ID_LENGTH);
    parcel.text = text;
    parcel.rep_id = delivery->rep;
    parcel.rep_name = recipient->name;
    parcel.address = recipient->address;
    parcel.language = recipient->language;
    parcel.now_ms = turn->now_ms;
    parcel.attempt = delivery->attempts + 1;
    parcel.reminder_count = envelope_reminders(turn, delivery, true, &parcel.reminder_ids);
    *ret_parcel = parcel;
}
