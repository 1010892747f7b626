#include "services/notifier/offer.h"

#include "common/zone.h"
#include "services/notifier/answer_form.h"
#include "services/notifier/envelope.h"
#include "services/notifier/press.h"

#include <string.h>

enum { SECOND_MS = 1000, MINUTE_SECONDS = 60, DAY_SECONDS = 86400 };

struct word {
    enum ticket_action action;
    const char *text[LANGUAGES];
};

// What a rep does about a reminder, the likeliest first; and what somebody does who was asked for a decision.
static const struct word acts[] = {
    {TICKET_DONE, {"完成", "Done"}},
    {TICKET_SNOOZED, {"明天再说", "Tomorrow"}},
    {TICKET_NO_ANSWER, {"没接通", "No answer"}},
    {TICKET_NOT_INTERESTED, {"没兴趣", "Not interested"}},
};
static const struct word decisions[] = {
    {TICKET_DONE, {"同意", "Approve"}},
    {TICKET_NOT_INTERESTED, {"不同意", "Refuse"}},
    {TICKET_SNOOZED, {"明天再说", "Tomorrow"}},
};
static const struct word rests_for_hours = {TICKET_SNOOZED, {"2 小时后", "In 2 hours"}}; // in the place of a day
static const struct word open_page = {TICKET_OPEN, {"打开", "Open"}};

enum { ACTS = sizeof acts / sizeof *acts, DECISIONS = sizeof decisions / sizeof *decisions };

// The ticket of a message is the same whenever it is written: a message that is sent again has the same links.
static const char *token(const struct mailroom *room, struct turn *turn, const struct delivery *delivery, unsigned item,
                         enum ticket_action action)
{
    struct ticket ticket = {.item = (uint16_t)item,
                            .action = action,
                            .expires_s = (delivery->created_ms + room->options->link_ms) / SECOND_MS};
    memcpy(ticket.message, delivery->id, sizeof ticket.message);
    char *text = arena_take(turn->arena, TICKET_TEXT_BYTES);
    ticket_write(&room->keys, &ticket, text);
    return text;
}

// What it is about: of one that was put off, what that was.
static enum letter_kind matter(const struct letter_item *item)
{
    bool again = item->kind == LETTER_SNOOZED && item->put_off != LETTER_KIND_NONE;
    enum letter_kind kind = again ? item->put_off : item->kind;
    return (unsigned)kind < LETTER_KINDS ? kind : LETTER_KIND_NONE;
}

bool offer_decides(const struct letter_item *item)
{
    return item->role == LETTER_APPROVER || matter(item) == LETTER_VISIT_APPROVAL;
}

// What is about selling, which a customer may decline. The rest is owed or has to be done, whatever they say: one press
// must not end a complaint or a promise.
static const bool sells[LETTER_KINDS] = {
    [LETTER_CALL] = true,           [LETTER_CLASS_FALL] = true,
    [LETTER_OVERDUE] = true,        [LETTER_DROP] = true,
    [LETTER_SNOOZED] = true,        [LETTER_DECLINING] = true,
    [LETTER_RIVAL] = true,          [LETTER_RISING] = true,
    [LETTER_WIN_BACK] = true,       [LETTER_TEMPERATURE_COOLED] = true,
    [LETTER_LEAD_FOLLOW_UP] = true, [LETTER_ORDER_MISSED] = true,
    [LETTER_STAGE_STUCK] = true,    [LETTER_FIRST_ORDER_VISIT] = true,
    [LETTER_OBJECTION] = true,      [LETTER_QUOTE_NURSE] = true,
    [LETTER_SMALL_NURSE] = true,    [LETTER_ANNOUNCEMENT] = true,
    [LETTER_COMPANY_EVENT] = true,  [LETTER_EXPECTED_NEED] = true,
    [LETTER_NO_FOLLOW_UP] = true,
};

bool offer_takes(const struct letter_item *item, enum ticket_action action)
{
    bool decides = offer_decides(item), customer = item->customer_id[0] != '\0';
    if (action == TICKET_NO_ANSWER)
        return customer && !decides;
    if (action == TICKET_NOT_INTERESTED)
        return decides || (customer && sells[matter(item)]);
    return true;
}

static int32_t day_of(const struct zone *zone, int64_t time_ms)
{
    int64_t time_s = time_ms / SECOND_MS;
    return zone != NULL ? zone_local(zone, time_s).day : (int32_t)(time_s / DAY_SECONDS);
}

// A minute of the day in the letter's zone.
static int64_t instant(const struct letter *letter, int32_t day, int32_t minute)
{
    return letter->zone != NULL ? zone_instant(letter->zone, day, (uint32_t)minute) * SECOND_MS
                                : ((int64_t)day * DAY_SECONDS + minute * MINUTE_SECONDS) * SECOND_MS;
}

// The day by which it must be done, and the moment, where it is known; else the end of the day. False when it has no
// deadline.
static bool due_by(const struct letter *letter, const struct letter_item *item, int32_t *ret_day, int64_t *ret_ms)
{
    bool promised = matter(item) == LETTER_PROMISE, dated = false;
    for (size_t i = 0; i < item->figure_count && !dated; i++) {
        const struct letter_figure *figure = &item->figures[i];
        bool deadline = strcmp(figure->name, "deadline") == 0 || (promised && strcmp(figure->name, "promise_due") == 0);
        if (!deadline || (figure->unit != LETTER_TIME && figure->unit != LETTER_DATE))
            continue;
        *ret_day = figure->unit == LETTER_TIME ? day_of(letter->zone, figure->value) : (int32_t)figure->value;
        *ret_ms = figure->value;
        if (figure->unit == LETTER_TIME)
            return true;
        dated = true;
    }
    if (!dated && (!promised || !day_parse(item->event_date, strlen(item->event_date), ret_day)))
        return false;
    *ret_ms = instant(letter, *ret_day + 1, 0);
    return true;
}

// It is seen from the beginning of its day, where the letter says no moment.
static int64_t now_of(const struct letter *letter)
{
    return letter->now_ms != 0 ? letter->now_ms : instant(letter, letter->today, 0);
}

struct offer_rest offer_rest(const struct letter *letter, const struct letter_item *item)
{
    int32_t today = letter->today, day = today;
    int64_t due_ms = 0;
    bool due = due_by(letter, item, &day, &due_ms);
    bool urgent = item->priority == 0 && item->kind != LETTER_CALL; // the line of a list has no urgency of its own
    if (!due && !urgent)
        return (struct offer_rest){.latest = today + FORM_DAYS_MOST};
    struct offer_rest rest = {.soon = day <= today + 1, .latest = day, .strict = due && due_ms > now_of(letter)};
    if (rest.strict) {
        rest.before_ms = due_ms;
        rest.latest -= instant(letter, day, PRESS_MORNING) >= due_ms;
    }
    return rest;
}

bool offer_waits(const struct letter *letter, const struct offer_rest *rest, int64_t after_ms)
{
    return !rest->strict || now_of(letter) + after_ms < rest->before_ms;
}

static bool possible(const struct mailroom *room)
{
    return room->options->public_url[0] != '\0' && room->keys.has_current;
}

// One of its answers: the page, with that answer at hand.
static const char *url_of(const struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                          unsigned item, enum ticket_action action)
{
    return possible(room) ? arena_format(turn->arena, "%s/a/%s", room->options->public_url,
                                         token(room, turn, delivery, item, action))
                          : "";
}

const char *offer_link(const struct mailroom *room, struct turn *turn, const struct delivery *delivery)
{
    return url_of(room, turn, delivery, 0, TICKET_OPEN);
}

// Which of the delivery's reminders it is, from 1.
static unsigned number_of(struct turn *turn, const struct delivery *delivery, const char *id)
{
    const char *const *ids;
    size_t count = envelope_reminders(turn, delivery, false, &ids);
    for (size_t i = 0; i < count; i++)
        if (strcmp(ids[i], id) == 0)
            return (unsigned)i + 1;
    return 0;
}

struct offering {
    const struct mailroom *room;
    struct turn *turn;
    const struct delivery *delivery;
    const struct letter *letter;
    struct button *buttons;
    size_t count, most;
};

static void offer(struct offering *offering, unsigned item, unsigned shown, const struct word *word)
{
    if (offering->count == offering->most)
        return;
    struct turn *turn = offering->turn;
    const char *label = word->text[offering->letter->language];
    offering->buttons[offering->count++] = (struct button){
        .item = item,
        .action = word->action,
        .label = shown > 0 ? arena_format(turn->arena, "%u %s", shown, label) : label,
        .token = token(offering->room, turn, offering->delivery, item, word->action),
        .url = url_of(offering->room, turn, offering->delivery, item, word->action),
    };
}

// The words for the reminder.
static size_t words_for(const struct letter *letter, const struct letter_item *item, const struct word *ret_words[ACTS])
{
    bool decides = offer_decides(item);
    struct offer_rest rest = offer_rest(letter, item);
    bool waits = !rest.soon || offer_waits(letter, &rest, PRESS_SOON_MS);
    size_t count = 0;
    for (size_t i = 0; i < (decides ? DECISIONS : ACTS); i++) {
        const struct word *word = decides ? &decisions[i] : &acts[i];
        bool later = word->action == TICKET_SNOOZED;
        if (offer_takes(item, word->action) && (waits || !later))
            ret_words[count++] = rest.soon && later ? &rests_for_hours : word;
    }
    return count;
}

size_t offer_words(const struct letter *letter, const struct letter_item *item, struct offer_word words[OFFER_MOST])
{
    const struct word *own[ACTS];
    enum language language = letter->language;
    size_t count = item != NULL ? words_for(letter, item, own) : 0;
    for (size_t i = 0; i < count; i++)
        words[i] = (struct offer_word){own[i]->action, own[i]->text[language]};
    words[count] = (struct offer_word){open_page.action, open_page.text[language]};
    return count + 1;
}

static void offer_item(struct offering *offering, const struct letter_item *item, unsigned shown)
{
    const struct word *words[ACTS];
    size_t count = words_for(offering->letter, item, words);
    unsigned number = number_of(offering->turn, offering->delivery, item->reminder_id);
    for (size_t i = 0; number != 0 && i < count; i++)
        offer(offering, number, shown, words[i]);
}

void offer_buttons(const struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                   const struct letter *letter, const struct channel *channel, struct parcel *parcel)
{
    if (!possible(room))
        return;
    unsigned most = channel->driver->buttons < OFFER_MOST ? channel->driver->buttons : OFFER_MOST;
    struct offering offering = {.room = room,
                                .turn = turn,
                                .delivery = delivery,
                                .letter = letter,
                                .buttons = arena_zero(turn->arena, most, sizeof(struct button)),
                                .most = most - 1};
    bool few = letter->item_count <= OFFER_ITEMS && letter->list_count == 0 && letter->digest_count == 0;
    for (size_t i = 0; few && i < letter->item_count; i++)
        if (letter->items[i].settled[0] == '\0')
            offer_item(&offering, &letter->items[i], letter->item_count > 1 ? (unsigned)i + 1 : 0);
    offering.most = most;
    offer(&offering, 0, 0, &open_page);
    parcel->buttons = offering.buttons;
    parcel->button_count = offering.count;
}
