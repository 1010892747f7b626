#include "services/notifier/callbacks.h"

#include "services/notifier/answer_words.h"
#include "services/notifier/answering.h"
#include "services/notifier/channel.h"
#include "services/notifier/envelope.h"
#include "services/notifier/offer.h"
#include "services/notifier/press.h"
#include "services/notifier/reader.h"

#include <ctype.h>
#include <string.h>

enum {
    SECOND_MS = 1000,
    MOBILE_DIGITS = 11,
    REPS_MOST = 5000, // looked through for who pressed; nobody's team is larger
    GUEST_MOST = 60,  // characters of a name
};

static const char path_start[] = "/v1/callbacks/";

bool callbacks_path(const char *path)
{
    return strncmp(path, path_start, strlen(path_start)) == 0;
}

// The channel that the path names, heard; false with the answer given.
static bool hear(struct mailroom *room, struct turn *turn, const struct request *request, struct channel **ret_channel,
                 struct press *ret_press, struct reply *ret_reply)
{
    struct channel *channel = mailroom_channel(room, request->path + strlen(path_start));
    const char *trouble = NULL;
    if (channel == NULL)
        trouble = "the configuration has no such channel";
    else if (channel->driver->hear == NULL)
        trouble = "chats of this type do not call back";
    else if (channel->destination.verify[0] == '\0')
        trouble = "the channel has no verify_file, so nothing that calls back can be believed";
    if (trouble != NULL) {
        reply_error(turn, 404, "channel", trouble, ret_reply);
        return false;
    }
    const char *refusal = channel->driver->hear(turn->arena, request, &channel->destination, turn->now_ms, ret_press);
    if (refusal != NULL) {
        room->answered[ANSWER_BY_BUTTON][ANSWER_REFUSED]++;
        reply_error(turn, 401, "", refusal, ret_reply);
        return false;
    }
    *ret_channel = channel;
    return true;
}

static void reply_hello(const struct press *press, struct reply *ret_reply)
{
    bool json = press->words[0] == '{';
    *ret_reply = (struct reply){.status = 200,
                                .content_type = json ? "application/json; charset=utf-8" : "text/plain; charset=utf-8",
                                .body = press->words,
                                .length = strlen(press->words)};
}

static void reply_nothing(struct reply *ret_reply)
{
    *ret_reply = (struct reply){.status = 200, .content_type = "text/plain; charset=utf-8", .body = ""};
}

void callbacks_hello(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    struct channel *channel;
    struct press press;
    if (!hear(room, turn, request, &channel, &press, ret_reply))
        return;
    if (press.kind == PRESS_HELLO)
        reply_hello(&press, ret_reply);
    else
        reply_nothing(ret_reply);
}

// --- who pressed
// -------------------------------------------------------------------------------------------------------

// How chats and directories name people: by a phone number, a mail address, or an id of the chat's own, of which there
// are several kinds ("ou_" and "on_" of one chat, "@" and "!" of another, a group's number below zero).
static bool looks_like_phone(const char *name)
{
    size_t digits = strspn(name, "0123456789");
    if (name[0] == '+')
        return true;
    return digits == MOBILE_DIGITS && name[digits] == '\0' && name[0] == '1' && name[1] >= '3';
}

static bool looks_like_mail(const char *name)
{
    const char *at = strchr(name, '@');
    return at != NULL && at != name && strchr(at, '.') != NULL;
}

static size_t prefix(const char *name)
{
    size_t letters = strspn(name, "abcdefghijklmnopqrstuvwxyz");
    return letters > 0 && name[letters] == '_' ? letters + 1 : 0;
}

static bool same_form(const char *one, const char *other)
{
    if (looks_like_phone(one) != looks_like_phone(other) || looks_like_mail(one) != looks_like_mail(other))
        return false;
    size_t length = prefix(one);
    if (length != prefix(other) || memcmp(one, other, length) != 0)
        return false;
    bool marked = !isalnum((unsigned char)one[0]) || !isalnum((unsigned char)other[0]);
    return !marked || one[0] == other[0];
}

// True when it is not known to be somebody else. Many reps are known by a phone number, by which the chat mentions
// them, while its callbacks tell its own ids: those cannot be compared, and who presses at least sees the rep's
// message.
static bool may_press(const char *address, const char *user)
{
    return address[0] == '\0' || user[0] == '\0' || !same_form(address, user) || strcmp(address, user) == 0;
}

// --- what was pressed
// --------------------------------------------------------------------------------------------------

// A press on its way.
struct event {
    struct mailroom *room;
    struct turn *turn;
    const struct channel *channel;
    const struct press *press;
    struct ticket ticket;
    struct delivery delivery;
    struct recipient recipient;
    const struct channel *sent; // by which the message went
    const char *address;        // of the reader in that chat
    enum language language;
};

static const char *word(const struct event *event, enum answer_word which)
{
    return answer_word(event->language, which);
}

// True for the channel itself, and for another one of the same app, whose callbacks come to one URL for all of them.
static bool same_app(const struct mailroom *room, const struct channel *channel, const char *name)
{
    const struct channel *sent = mailroom_channel(room, name);
    return sent == channel || (sent != NULL && sent->driver == channel->driver &&
                               driver_same(sent->destination.verify, channel->destination.verify));
}

// The rep in the chat of the channel, as that chat writes it; empty when it is not known.
static const char *address_in(const struct mailroom *room, struct turn *turn, const char *rep,
                              const struct channel *channel)
{
    return driver_address(channel->driver, mailroom_address(room, turn, rep, channel->options->name));
}

// Why the press cannot be taken; NULL when it can.
static const char *refuse(struct event *event)
{
    struct turn *turn = event->turn;
    enum ticket_reading reading =
        ticket_read(&event->room->keys, event->press->token, turn->now_ms / SECOND_MS, &event->ticket);
    if (!language_parse(event->channel->options->language, &event->language))
        (void)language_parse(event->room->options->language, &event->language);
    if (reading == TICKET_FORGED)
        return word(event, ANSWER_FORGED);
    bool there = box_delivery_get(turn, event->ticket.message, &event->delivery);
    if (there) {
        mailroom_recipient(event->room, turn, reader_told(&event->delivery), &event->recipient);
        (void)language_parse(event->recipient.language, &event->language);
    }
    if (reading == TICKET_EXPIRED)
        return word(event, ANSWER_EXPIRED);
    if (!there)
        return word(event, ANSWER_GONE);
    if (!same_app(event->room, event->channel, event->delivery.channel))
        return word(event, ANSWER_ELSEWHERE);
    event->sent = mailroom_channel(event->room, event->delivery.channel);
    event->address = address_in(event->room, turn, reader_told(&event->delivery), event->sent);
    return may_press(event->address, event->press->user) ? NULL : word(event, ANSWER_STRANGER);
}

// The rep whom the channel's chat knows as that user; NULL when we do not know any.
static const char *find_rep(struct mailroom *room, struct turn *turn, const struct channel *channel, const char *user)
{
    const char *rep = NULL;
    for (size_t i = 0; i < room->options->person_count; i++)
        if (strcmp(address_in(room, turn, room->options->people[i].rep, channel), user) == 0)
            return room->options->people[i].rep;
    for (int i = 0; i < REPS_MOST && box_rep_next(turn, &rep); i++)
        if (strcmp(address_in(room, turn, rep, channel), user) == 0)
            return rep;
    return NULL;
}

// True when nobody but its reader sees the message, whatever the chat calls that one.
static bool is_private(const struct event *event)
{
    const struct channel *sent = event->sent;
    bool person = looks_like_phone(event->address) || looks_like_mail(event->address);
    return sent->driver->personal && sent->options->to[0] == '\0' && person;
}

// Who pressed: the reader, another rep of the same chat, or somebody whom only the chat knows.
static void name_presser(struct event *event, struct press_answer *answer)
{
    const struct press *press = event->press;
    const char *reader = reader_told(&event->delivery), *rep = reader;
    if (press->user[0] != '\0' && strcmp(press->user, event->address) != 0 && !is_private(event))
        rep = find_rep(event->room, event->turn, event->sent, press->user);
    answer->by = rep != NULL ? rep : "";
    if (rep != NULL)
        return;
    const char *name = press->name != NULL && press->name[0] != '\0' ? press->name : press->user;
    char *guest = arena_take(event->turn->arena, GUEST_MOST * DISARM_GROWTH);
    disarm(name, strlen(name), DISARM_PLAIN, GUEST_MOST, guest, GUEST_MOST * DISARM_GROWTH);
    answer->guest = guest;
}

// The message as it reads by now, with the buttons of what is still open; NULL when it is gone.
static const struct parcel *read_again(struct event *event)
{
    struct parcel *parcel = arena_take(event->turn->arena, sizeof *parcel);
    struct delivery fresh;
    if (!box_delivery_get(event->turn, event->ticket.message, &fresh))
        return NULL;
    event->recipient.address = event->address;
    envelope_write(event->room, event->turn, &fresh, &event->recipient, event->sent, parcel);
    return parcel;
}

// Takes the press and says what became of it.
static struct pressed take(struct event *event)
{
    static const enum answer_word words[PRESS_FATES] = {
        [PRESS_TAKEN] = ANSWER_TAKEN,         [PRESS_SAME] = ANSWER_SAME,       [PRESS_OTHERWISE] = ANSWER_OTHERWISE,
        [PRESS_WITHDRAWN] = ANSWER_WITHDRAWN, [PRESS_NOTHING] = ANSWER_NOTHING,
    };
    struct turn *turn = event->turn;
    struct box_item item;
    enum answer_word why;
    unsigned number = event->ticket.item;
    struct press_answer answer = {.action = event->ticket.action, .note = "", .way = ANSWER_BY_BUTTON};
    name_presser(event, &answer);
    if (!answering_fits(event->room, turn, &event->delivery, &event->recipient, number, &answer, &why)) {
        event->room->answered[ANSWER_BY_BUTTON][ANSWER_REFUSED]++;
        return (struct pressed){.words = word(event, why), .now = read_again(event)};
    }
    enum press_fate fate = press_take(event->room, turn, &event->delivery, number, &answer, &item);
    event->room->answered[ANSWER_BY_BUTTON][fate]++;
    const char *standing =
        answering_standing(event->room, turn, &event->delivery, &event->recipient, event->language, number);
    const char *thanks = fate == PRESS_TAKEN ? word(event, ANSWER_THANKS) : "";
    return (struct pressed){.done = fate == PRESS_TAKEN || fate == PRESS_SAME,
                            .words = arena_format(turn->arena, "%s %s%s%s", word(event, words[fate]), standing,
                                                  thanks[0] != '\0' && standing[0] != '\0' ? " " : "", thanks),
                            .now = fate != PRESS_NOTHING ? read_again(event) : NULL};
}

// Where the answer to the callback says nothing, who pressed and was refused hears why by a post of its own.
static void whisper(const struct event *event, const char *words)
{
    const struct channel *channel = event->channel;
    struct turn *turn = event->turn;
    struct courier *courier = event->room->courier;
    struct channel_row row;
    struct post post;
    if (channel->driver->whisper == NULL || words[0] == '\0' || courier_full(courier))
        return;
    box_channel_get(turn, channel->options->name, &row);
    if (row.blocked_ms > turn->now_ms ||
        channel->driver->whisper(turn->arena, event->press, words, &channel->destination, &post) != NULL)
        return;
    post.id = "";
    courier_arm(courier, channel, PURPOSE_WHISPER, &post, row.throttled);
}

static void press_button(struct event *event, struct reply *ret_reply)
{
    struct pressed pressed = {.words = refuse(event)};
    if (pressed.words != NULL)
        event->room->answered[ANSWER_BY_BUTTON][ANSWER_REFUSED]++;
    else if (event->ticket.action == TICKET_OPEN)
        pressed.words = arena_format(event->turn->arena, "%s%s", word(event, ANSWER_OPEN_PAGE),
                                     offer_link(event->room, event->turn, &event->delivery));
    else
        pressed = take(event);
    if (pressed.now != NULL)
        pressed.destination = &event->sent->destination;
    if (!pressed.done)
        whisper(event, pressed.words);
    if (event->channel->driver->respond != NULL)
        event->channel->driver->respond(event->turn, event->press, &pressed, ret_reply);
    else
        reply_nothing(ret_reply);
}

// What the chat tells beside presses, such as what somebody wrote to the app.
static void pass_over(struct mailroom *room, struct reply *ret_reply)
{
    room->answered[ANSWER_BY_BUTTON][PRESS_NOTHING]++;
    reply_nothing(ret_reply);
}

void callbacks_take(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    struct channel *channel;
    struct press press;
    if (!hear(room, turn, request, &channel, &press, ret_reply))
        return;
    if (press.kind == PRESS_HELLO)
        reply_hello(&press, ret_reply);
    else if (press.kind == PRESS_BUTTON)
        press_button(
            &(struct event){.room = room, .turn = turn, .channel = channel, .press = &press, .language = LANGUAGE_EN},
            ret_reply);
    else
        pass_over(room, ret_reply);
}
