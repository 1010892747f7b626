#include "services/notifier/answers.h"

#include "common/utf8.h"
#include "services/notifier/alarm.h"
#include "services/notifier/answering.h"
#include "services/notifier/audit.h"
#include "services/notifier/callbacks.h"
#include "services/notifier/delivery.h"
#include "services/notifier/envelope.h"
#include "services/notifier/news.h"
#include "services/notifier/outbox.h"
#include "services/notifier/reader.h"
#include "services/notifier/trial.h"
#include "services/notifier/wayout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LIMIT_FALLBACK = 50,
    LIMIT_MAX = 500,
    SCAN_MAX = 20000, // deliveries looked through for one answer: a tenth of a second
    PATH_BYTES = 300,
};

static const char messages_path[] = "/v1/messages/";
static const char channels_path[] = "/v1/channels/";

// How the delivery looks from outside: one whose channel is shut is held, whatever it waits for by itself.
static void view_of(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                    struct news_view *ret_view)
{
    struct channel_row row;
    *ret_view = (struct news_view){.delivery = *delivery, .state = delivery->state, .reason = delivery->detail};
    box_channel_get(turn, delivery->channel, &row);
    bool waits = delivery->state == DELIVERY_READY || delivery->state == DELIVERY_HELD;
    const char *held = waits ? box_hold_get(turn) : "";
    if (held[0] != '\0') {
        ret_view->state = DELIVERY_HELD;
        ret_view->reason = arena_format(turn->arena, "everything is held: %s", held);
    } else if (delivery->state == DELIVERY_READY && row.blocked_ms > turn->now_ms) {
        ret_view->state = DELIVERY_HELD;
        ret_view->reason = arena_format(turn->arena, "%s: %s", reader_pause_words(&row), row.reason);
    } else if (waits && delivery->hold != HOLD_NONE) {
        const char *between = delivery->detail[0] != '\0' ? ": " : "";
        ret_view->reason =
            arena_format(turn->arena, "%s%s%s", delivery_hold_words(delivery->hold), between, delivery->detail);
    }
    ret_view->reminder_count = envelope_reminders(turn, delivery, false, &ret_view->reminder_ids);
    if (waits && delivery->due_ms == 0 && held[0] == '\0') // in its channel's line
        ret_view->delivery.due_ms = row.wake_ms;
    if (waits) {
        struct recipient reader;
        reader_find(room, turn, delivery, &reader);
        ret_view->reader = reader.rep;
    }
}

// --- messages
// ----------------------------------------------------------------------------------------------------------

// What a query for messages filters by.
struct filter {
    const char *rep; // NULL: all
    bool by_state;
    enum delivery_state state;
    size_t limit;
};

static const char *read_filter(const struct request *request, struct filter *ret_filter)
{
    const char *state = request->param(request, "state");
    const char *limit = request->param(request, "limit");
    *ret_filter = (struct filter){.rep = request->param(request, "rep"), .limit = LIMIT_FALLBACK};
    if (ret_filter->rep != NULL && ret_filter->rep[0] == '\0')
        ret_filter->rep = NULL;
    if (state != NULL && state[0] != '\0') {
        ret_filter->by_state = true;
        if (!news_state(state, &ret_filter->state))
            return "state";
    }
    if (limit != NULL && limit[0] != '\0') {
        char *end;
        unsigned long number = strtoul(limit, &end, 10);
        if (*end != '\0' || limit[0] < '0' || limit[0] > '9' || number < 1 || number > LIMIT_MAX)
            return "limit";
        ret_filter->limit = number;
    }
    return NULL;
}

static void list_messages(struct mailroom *room, struct turn *turn, const struct request *request,
                          struct reply *ret_reply)
{
    struct filter filter;
    const char *wrong = read_filter(request, &filter);
    if (wrong != NULL) {
        reply_error(turn, 400, wrong,
                    wrong[0] == 's' ? "must be held, ready, sending, sent, dead or unknown"
                                    : "must be a number from 1 to 500",
                    ret_reply);
        return;
    }
    struct news_view *views = arena_zero(turn->arena, filter.limit, sizeof *views);
    int64_t created_ms = INT64_MAX;
    char id[BOX_ID_BYTES] = "";
    size_t count = 0;
    bool more = false;
    for (int i = 0; !more && box_recent_next(turn, &created_ms, id); i++) {
        struct delivery delivery;
        struct news_view view;
        if (!box_delivery_get(turn, id, &delivery) || (filter.rep != NULL && strcmp(filter.rep, delivery.rep) != 0))
            continue;
        view_of(room, turn, &delivery, &view);
        enum delivery_state seen = view.state == DELIVERY_DROPPED ? DELIVERY_DEAD : view.state;
        if (filter.by_state && seen != filter.state)
            continue;
        more = count == filter.limit || i >= SCAN_MAX;
        if (!more)
            views[count++] = view;
    }
    news_reply_many(turn, views, count, more, ret_reply);
}

// Finds the delivery that the path names; false with the answer given.
static bool find(struct turn *turn, const char *id, struct delivery *ret_delivery, struct reply *ret_reply)
{
    bool more;
    if (!box_delivery_find(turn, id, ret_delivery, &more)) {
        reply_error(turn, 404, "message_id", "there is no such message", ret_reply);
        return false;
    }
    if (more) {
        reply_error(turn, 409, "message_id", "several messages begin so: give the whole id", ret_reply);
        return false;
    }
    return true;
}

// The text as it was sent, or as it would be now.
static const char *text_of(struct mailroom *room, struct turn *turn, const struct delivery *delivery)
{
    struct slice text;
    if (box_text_get(turn, delivery->id, &text))
        return arena_text(turn->arena, (const char *)text.bytes, text.length);
    struct recipient recipient;
    struct parcel parcel;
    mailroom_recipient(room, turn, delivery->rep, &recipient);
    const struct channel *channel = mailroom_channel(room, delivery->channel);
    if (channel == NULL)
        channel = recipient.channel;
    if (channel == NULL || delivery->state == DELIVERY_DROPPED)
        return "";
    envelope_write(room, turn, delivery, &recipient, channel, &parcel);
    return parcel.text;
}

static void add_settled(struct mailroom *room, struct turn *turn, const struct letter_item *about,
                        struct news_settled *settled, size_t *count)
{
    struct recipient who;
    struct news_settled *row = &settled[*count];
    if (!box_item_get(turn, about->reminder_id, false, &row->item) || (!row->item.cancelled && row->item.answers == 0))
        return;
    mailroom_recipient(room, turn, row->item.by, &who);
    row->reminder_id = about->reminder_id;
    row->customer = about->customer[0] != '\0' ? about->customer : about->customer_id;
    row->by_name = row->item.by[0] != '\0' ? who.name : row->item.guest;
    ++*count;
}

// What became of its reminders, as far as they are no longer open.
static void settle_view(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                        struct news_view *view)
{
    struct letter letter;
    struct recipient recipient;
    mailroom_recipient(room, turn, reader_told(delivery), &recipient);
    envelope_letter(room, turn, delivery, &recipient, &letter);
    size_t most = letter.item_count;
    for (size_t i = 0; i < letter.list_count; i++)
        most += letter.lists[i].count;
    struct news_settled *settled = arena_zero(turn->arena, most + 1, sizeof *settled);
    for (size_t i = 0; i < letter.item_count; i++)
        add_settled(room, turn, &letter.items[i], settled, &view->settled_count);
    for (size_t i = 0; i < letter.list_count; i++)
        for (size_t j = 0; !letter.lists[i].preview && j < letter.lists[i].count; j++)
            add_settled(room, turn, &letter.lists[i].calls[j], settled, &view->settled_count);
    view->settled = settled;
}

static void show_message(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                         struct reply *ret_reply)
{
    struct news_view view;
    view_of(room, turn, delivery, &view);
    settle_view(room, turn, delivery, &view);
    view.text = text_of(room, turn, delivery);
    news_reply_one(turn, &view, ret_reply);
}

// --- channels
// ----------------------------------------------------------------------------------------------------------

static void list_channels(struct mailroom *room, struct turn *turn, struct reply *ret_reply)
{
    struct news_channel *channels = arena_zero(turn->arena, room->channel_count + 1, sizeof *channels);
    for (size_t i = 0; i < room->channel_count; i++) {
        const struct channel *channel = &room->channels[i];
        struct channel_row row;
        struct audit_line line;
        box_channel_get(turn, channel->options->name, &row);
        audit_line(turn, channel->options->name, &line);
        channels[i] = (struct news_channel){
            .name = channel->options->name,
            .type = channel->driver->name,
            .reason = channel->problem[0] != '\0' ? channel->problem : row.reason,
            .open = row.open || channel->problem[0] != '\0',
            .blocked_ms = row.blocked_ms > turn->now_ms ? row.blocked_ms : 0,
            .fails = row.fails,
            .waiting = line.all,
            .shut_ms = row.open ? row.shut_ms : 0,
            .took_ms = row.took_ms,
            .down_ms = reader_down_since(turn, &row),
        };
    }
    news_reply_channels(turn, channels, room->channel_count, ret_reply);
}

// --- audit

// Reps whom their channel does not write to, a sentence each: their messages wait.
static size_t find_foreign(struct mailroom *room, struct turn *turn, const char **ret_words, size_t most)
{
    const char *rep = NULL;
    size_t count = 0;
    while (count < most && box_rep_next(turn, &rep)) {
        for (size_t i = 0; i < room->channel_count && count < most; i++) {
            const char *words = mailroom_foreign(room, turn, rep, &room->channels[i]);
            if (words != NULL)
                ret_words[count++] = words;
        }
    }
    return count;
}

static void show_audit(struct mailroom *room, struct turn *turn, struct reply *ret_reply)
{
    struct audit audit;
    audit_run(room, turn, &audit);
    const char *ids[AUDIT_NAMED], *foreign[AUDIT_NAMED];
    size_t count = audit.stuck < AUDIT_NAMED ? (size_t)audit.stuck : AUDIT_NAMED;
    for (size_t i = 0; i < count; i++)
        ids[i] = audit.ids[i];
    news_reply_audit(turn,
                     &(struct news_audit){.waiting = audit.looked,
                                          .stuck = audit.stuck,
                                          .ids = ids,
                                          .id_count = count,
                                          .held = box_hold_get(turn),
                                          .dead = room->tally.states[DELIVERY_DEAD] - audit.tests_dead,
                                          .unknown = room->tally.states[DELIVERY_UNKNOWN] - audit.tests_unknown,
                                          .foreign = foreign,
                                          .foreign_count = find_foreign(room, turn, foreign, AUDIT_NAMED),
                                          .alarm = alarm_trouble(room, turn)},
                     ret_reply);
}

// --- requests
// ----------------------------------------------------------------------------------------------------------

void answers_query(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    struct delivery delivery;
    size_t prefix = strlen(messages_path);
    if (strcmp(request->path, "/v1/messages") == 0) {
        list_messages(room, turn, request, ret_reply);
    } else if (strcmp(request->path, "/v1/channels") == 0) {
        list_channels(room, turn, ret_reply);
    } else if (strcmp(request->path, "/v1/route") == 0) {
        wayout_show(room, turn, request, ret_reply);
    } else if (strcmp(request->path, "/v1/audit") == 0) {
        show_audit(room, turn, ret_reply);
    } else if (answering_path(request->path)) {
        answering_show(room, turn, request, ret_reply);
    } else if (callbacks_path(request->path)) {
        callbacks_hello(room, turn, request, ret_reply);
    } else if (strncmp(request->path, messages_path, prefix) == 0) {
        if (find(turn, request->path + prefix, &delivery, ret_reply))
            show_message(room, turn, &delivery, ret_reply);
    } else {
        reply_error(turn, 404, "", "there is nothing here: look at /v1/messages or /v1/channels", ret_reply);
    }
}

// What stands between the prefix and "/verb"; false when the path is not of that form.
static bool subject(const char *path, const char *prefix, const char *verb, char *ret_subject)
{
    size_t start = strlen(prefix), length = strlen(path), end = strlen(verb);
    if (strncmp(path, prefix, start) != 0 || length <= start + end || length - start - end >= PATH_BYTES ||
        strcmp(path + length - end, verb) != 0)
        return false;
    memcpy(ret_subject, path + start, length - start - end);
    ret_subject[length - start - end] = '\0';
    return true;
}

static void retry(struct mailroom *room, struct turn *turn, const char *id, struct reply *ret_reply)
{
    struct delivery delivery;
    if (!find(turn, id, &delivery, ret_reply))
        return;
    const char *trouble = outbox_retry(room, turn, &delivery);
    if (trouble != NULL)
        reply_error(turn, 409, "message_id", trouble, ret_reply);
    else
        show_message(room, turn, &delivery, ret_reply);
}

// True for sound UTF-8 without line breaks and the like.
static bool is_name(const char *text)
{
    size_t left = strlen(text);
    for (size_t bytes; left > 0; text += bytes, left -= bytes) {
        bytes = utf8_length(text, left);
        if (bytes == 0 || (unsigned char)*text < ' ')
            return false;
    }
    return true;
}

// Sends one test message; its Delivery says later what became of it.
static void try_channel(struct mailroom *room, struct turn *turn, const struct request *request, const char *name,
                        struct reply *ret_reply)
{
    struct delivery delivery;
    const char *rep = request->param(request, "rep"), *by = request->param(request, "by");
    struct trial trial = {name, rep != NULL ? rep : "", by != NULL ? by : ""};
    if (strlen(trial.rep) > BOX_NAME_MAX || !is_name(trial.rep) || !is_name(trial.by))
        reply_error(turn, 400, "rep", "must be the id of a rep", ret_reply);
    else if (!trial_begin(room, turn, &trial, &delivery))
        reply_error(turn, 404, "channel", "the configuration has no such channel", ret_reply);
    else
        show_message(room, turn, &delivery, ret_reply);
}

// True for a page of some site that a person on this machine looks at: what follows is for programs.
static bool from_a_page(const struct request *request)
{
    const char *site = request->http ? request->header(request, "sec-fetch-site") : NULL;
    return (request->http && request->header(request, "origin") != NULL) || (site != NULL && strcmp(site, "none") != 0);
}

void answers_command(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    char text[PATH_BYTES];
    if (answering_path(request->path)) {
        answering_take(room, turn, request, ret_reply);
    } else if (callbacks_path(request->path)) {
        callbacks_take(room, turn, request, ret_reply);
    } else if (from_a_page(request)) {
        reply_error(turn, 403, "origin", "this is for programs, not for a page in a browser", ret_reply);
    } else if (subject(request->path, messages_path, "/retry", text)) {
        retry(room, turn, text, ret_reply);
    } else if (subject(request->path, channels_path, "/probe", text)) {
        if (mailroom_channel(room, text) == NULL) {
            reply_error(turn, 404, "channel", "the configuration has no such channel", ret_reply);
            return;
        }
        outbox_probe(room, turn, text);
        list_channels(room, turn, ret_reply);
    } else if (subject(request->path, channels_path, "/test", text)) {
        try_channel(room, turn, request, text, ret_reply);
    } else if (strcmp(request->path, "/v1/hold") == 0) {
        const char *reason = request->param(request, "reason");
        outbox_hold(room, turn, reason != NULL && reason[0] != '\0' ? reason : "held by hand");
        show_audit(room, turn, ret_reply);
    } else if (strcmp(request->path, "/v1/release") == 0) {
        outbox_release(room, turn);
        show_audit(room, turn, ret_reply);
    } else {
        reply_error(turn, 404, "", "there is nothing to post here", ret_reply);
    }
}
