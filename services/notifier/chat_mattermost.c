// Mattermost: an incoming webhook, into the channel of `to`, or to each rep as a direct message. Everything is Markdown
// there, so the letter is escaped. Without `to` a rep of no known name is told in the webhook's own channel. With
// verify_file its buttons call back: the server keeps what a button carries to itself and signs nothing, so the secret
// travels with it. `app` may say at which URL the server reaches /v1/callbacks of this channel: inside a company that
// is often another one than reps use.
#include "services/notifier/driver.h"

#include "services/notifier/markdown.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    POST_CHARACTERS = 16383,
    LINK_CHARACTERS = 300, // a label, and a URL whose own part has 200
    BUTTONS_MOST = 13,     // four for each of three reminders, and the page
    LETTER_CHARACTERS = POST_CHARACTERS - (BUTTONS_MOST + 1) * LINK_CHARACTERS,
    USERNAME_MOST = 64,
    TO_MOST = 64,
    CODE_BYTES = 100,
};

static const struct rule rules[] = {
    {"web.incoming_webhook.invalid.app_error", NULL, 0, OUTCOME_CONFIG, 0, 0}, // there is no such webhook
    {"web.incoming_webhook.disabled.app_error", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"web.incoming_webhook.channel_locked.app_error", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"web.incoming_webhook.permissions.app_error", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"web.incoming_webhook.user.app_error", NULL, 403, OUTCOME_CONFIG, 0, 0}, // who made the webhook is no more
    {"web.incoming_webhook.user.app_error", NULL, 0, OUTCOME_GONE, 0, 0},
    {"web.incoming_webhook.channel.app_error", NULL, 500, OUTCOME_RETRY, 0, 0},
    {"web.incoming_webhook.channel.app_error", NULL, 0, OUTCOME_GONE, 0, 0},
    {"app.channel.get.existing.app_error", NULL, 0, OUTCOME_GONE, 0, 0},
    {"web.incoming_webhook.parse.app_error", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"web.incoming_webhook.decode.app_error", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"web.incoming_webhook.text.app_error", NULL, 0, OUTCOME_REJECT, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

// --- the request
// -----------------------------------------------------------------------------------------------------

// The names that stand for many people are none of a rep's.
static bool username(const char *text)
{
    static const char *const many[] = {"all", "here", "channel"};
    for (size_t i = 0; i < sizeof many / sizeof many[0]; i++) {
        if (strcasecmp(text, many[i]) == 0)
            return false;
    }
    return driver_plain(text, 1, USERNAME_MOST, "._-");
}

// The rep's user name; people write it with an "@", the chat without.
static const char *name_of(const struct parcel *parcel)
{
    return driver_address(&driver_mattermost, parcel->address);
}

// Where the server reaches us.
static const char *callback_url(const struct destination *destination)
{
    bool given = strncmp(destination->app, "http", strlen("http")) == 0;
    return given ? destination->app : destination->callback;
}

static bool native(const struct destination *destination)
{
    return destination->verify != NULL && destination->verify[0] != '\0' && callback_url(destination)[0] != '\0';
}

static const char *page_line(struct arena *arena, const struct parcel *parcel)
{
    const struct button *page = markdown_page(parcel);
    return page != NULL ? arena_format(arena, "\n%s", markdown_link(arena, page)) : "";
}

static json_t *actions(struct arena *arena, const struct parcel *parcel, const struct destination *destination)
{
    json_t *list = json_array();
    for (size_t i = 0; i < parcel->button_count; i++) {
        const struct button *button = &parcel->buttons[i];
        if (button->item == 0)
            continue;
        json_t *context = json_pack("{s:s,s:s}", "t", button->token, "s", destination->verify);
        json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:{s:s,s:o}}", "id", arena_format(arena, "a%zu", i + 1),
                                              "type", "button", "name", button->label, "integration", "url",
                                              callback_url(destination), "context", context));
    }
    return list;
}

// What opens a page, a line for each reminder.
static const char *links(struct arena *arena, const struct parcel *parcel)
{
    const char *text = "";
    for (size_t i = 0; i < parcel->button_count; i++) {
        const struct button *button = &parcel->buttons[i];
        bool line = i == 0 || button->item != parcel->buttons[i - 1].item;
        text = arena_format(arena, "%s%s%s", text, line ? "\n" : " · ", markdown_link(arena, button));
    }
    return text;
}

// The letter behind the rep's name where it goes to a channel, and what opens the page.
static const char *text_of(struct arena *arena, const struct parcel *parcel, const struct destination *destination)
{
    bool mention = destination->to[0] != '\0' && username(name_of(parcel));
    return arena_format(arena, "%s%s%s%s%s", mention ? "@" : "", mention ? name_of(parcel) : "", mention ? "\n" : "",
                        markdown_plain(arena, parcel->text),
                        native(destination) ? page_line(arena, parcel) : links(arena, parcel));
}

// Sets what holds the buttons that call back, where there are any.
static void set_buttons(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                        json_t *value)
{
    json_t *list = native(destination) ? actions(arena, parcel, destination) : json_array();
    if (json_array_size(list) > 0)
        json_object_set_new(value, "attachments", json_pack("[{s:O}]", "actions", list));
    json_decref(list);
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    const char *to = destination->to[0] != '\0' ? destination->to : "";
    if (to[0] == '\0' && parcel->address[0] != '\0') {
        if (!username(name_of(parcel)))
            return "the rep's address is no user name of Mattermost's, and the channel has no `to`";
        to = arena_format(arena, "@%s", name_of(parcel));
    }
    if (strlen(to) > TO_MOST + 1)
        return "`to` must be a channel's name, or @ and a user's";
    json_t *body = json_pack("{s:s}", "text", text_of(arena, parcel, destination));
    if (to[0] != '\0')
        json_object_set_new(body, "channel", json_string(to));
    set_buttons(arena, parcel, destination, body);
    *ret_post = (struct post){.url = destination->url};
    driver_header(arena, ret_post, "Content-Type", "application/json; charset=utf-8");
    ret_post->body = driver_json(arena, body, &ret_post->length);
    return NULL;
}

// --- the answer
// ------------------------------------------------------------------------------------------------------

static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    if (answer->status == 200 && answer->length == 2 && memcmp(answer->body, "ok", 2) == 0) {
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
        return;
    }
    json_t *object = driver_object(answer);
    char code[CODE_BYTES];
    if (answer->status >= 400 && driver_code(object, "id", code, sizeof code))
        verdict_by_rules(rules, code, driver_words(object, "message"), answer, ret_verdict);
    else
        verdict_by_status(answer, ret_verdict);
    json_decref(object);
}

// --- callbacks
// -------------------------------------------------------------------------------------------------------

static const char *hear(struct arena *arena, const struct request *request, const struct destination *destination,
                        int64_t now_ms, struct press *ret_press)
{
    (void)now_ms; // the server says no time; a ticket ends by itself
    json_t *object = json_loadb((const char *)request->body, request->length, JSON_REJECT_DUPLICATES, NULL);
    const json_t *context = json_object_get(object, "context");
    bool ours = destination->verify[0] != '\0' && driver_same(driver_words(context, "s"), destination->verify);
    const char *token = driver_words(context, "t"), *user = driver_words(object, "user_name");
    struct press press = {.kind = PRESS_NONE, .token = "", .user = "", .words = "", .handle = ""};
    if (ours && token[0] != '\0' && username(user)) {
        press.kind = PRESS_BUTTON;
        press.token = arena_text(arena, token, strlen(token));
        press.user = press.name = arena_text(arena, user, strlen(user));
    }
    json_decref(object);
    if (!ours)
        return "it does not carry the secret of verify_file";
    *ret_press = press;
    return NULL;
}

// The post as it reads now. An update without `props` would leave the buttons of what is settled where they are.
static void respond(struct turn *turn, const struct press *press, const struct pressed *pressed,
                    struct reply *ret_reply)
{
    struct arena *arena = turn->arena;
    json_t *value = json_object();
    (void)press;
    if (pressed->now != NULL) {
        json_t *props = json_object();
        set_buttons(arena, pressed->now, pressed->destination, props);
        json_object_set_new(
            value, "update",
            json_pack("{s:s,s:o}", "message", text_of(arena, pressed->now, pressed->destination), "props", props));
    }
    json_object_set_new(value, "ephemeral_text", json_string(markdown_plain(arena, pressed->words)));
    *ret_reply = (struct reply){.status = 200, .content_type = "application/json; charset=utf-8"};
    ret_reply->body = driver_json(arena, value, &ret_reply->length);
}

const struct driver driver_mattermost = {
    .name = "mattermost",
    .needs = DRIVER_URL,
    .takes = DRIVER_URL | DRIVER_TO | DRIVER_VERIFY | DRIVER_APP,
    .style = DISARM_CHAT,
    .limit = LETTER_CHARACTERS,
    .cost = markdown_cost,
    .pace = {.interval_ms = 200, .burst = 10}, // the server's own limit is ten a second
    .buttons = BUTTONS_MOST,
    .presses = true,
    .personal = true,
    .sigil = '@',
    .compose = compose,
    .classify = classify,
    .hear = hear,
    .respond = respond,
};
