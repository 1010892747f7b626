#include "services/notifier/offer.h"

#include "services/notifier/envelope.h"

#include <string.h>

enum { SECOND_MS = 1000 };

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

bool offer_decides(const struct letter_item *item)
{
    return item->role == LETTER_APPROVER || item->kind == LETTER_VISIT_APPROVAL;
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
        return decides || (customer && (unsigned)item->kind < LETTER_KINDS && sells[item->kind]);
    return true;
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
    enum language language;
    struct button *buttons;
    size_t count, most;
};

static void offer(struct offering *offering, unsigned item, unsigned shown, const struct word *word)
{
    if (offering->count == offering->most)
        return;
    struct turn *turn = offering->turn;
    const char *label = word->text[offering->language];
    offering->buttons[offering->count++] = (struct button){
        .item = item,
        .action = word->action,
        .label = shown > 0 ? arena_format(turn->arena, "%u %s", shown, label) : label,
        .token = token(offering->room, turn, offering->delivery, item, word->action),
        .url = url_of(offering->room, turn, offering->delivery, item, word->action),
    };
}

// The words for the reminder.
static size_t words_for(const struct letter_item *item, const struct word *ret_words[ACTS])
{
    bool decides = offer_decides(item);
    size_t count = 0;
    for (size_t i = 0; i < (decides ? DECISIONS : ACTS); i++) {
        const struct word *word = decides ? &decisions[i] : &acts[i];
        if (offer_takes(item, word->action))
            ret_words[count++] = word;
    }
    return count;
}

size_t offer_words(const struct letter_item *item, enum language language, struct offer_word words[OFFER_MOST])
{
    const struct word *own[ACTS];
    size_t count = item != NULL ? words_for(item, own) : 0;
    for (size_t i = 0; i < count; i++)
        words[i] = (struct offer_word){own[i]->action, own[i]->text[language]};
    words[count] = (struct offer_word){open_page.action, open_page.text[language]};
    return count + 1;
}

static void offer_item(struct offering *offering, const struct letter_item *item, unsigned shown)
{
    const struct word *words[ACTS];
    size_t count = words_for(item, words);
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
                                .language = letter->language,
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
