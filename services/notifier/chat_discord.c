// Discord: a webhook, which may only show a link, or an application's bot, whose messages have buttons. Everything is
// Markdown there, so the letter is escaped; and only the rep whom we name can be mentioned, whatever the text says.
#include "services/notifier/driver.h"

#include "services/notifier/markdown.h"

#include <inttypes.h>
#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONTENT_CHARACTERS = 2000,
    AROUND_CHARACTERS = 300, // the mention, and the link with our own URL of 200
    ID_LEAST = 15,           // digits; ids hold their time, so there are no shorter ones
    ID_MOST = 20,
    LABEL_CHARACTERS = 80,
    BUTTONS_MOST = 16,
    ROW_BUTTONS = 5, // and five such rows
    CODE_BYTES = 24,
    SECOND_MS = 1000,
    CALLBACK_S = 300, // an older one is somebody's repeat
    CALLBACK_ID_BYTES = 24,
    SIGN_DIGITS = 2 * crypto_sign_BYTES,
    KEY_DIGITS = 2 * crypto_sign_PUBLICKEYBYTES,
    ANSWER_CHARACTERS = 900, // of what a presser is told; escaped it is never too long
};

// Of the API.
enum {
    FLAG_NO_PREVIEWS = 4,
    FLAG_ONLY_THEY = 64, // only who pressed sees the answer
    COMPONENT_ROW = 1,
    COMPONENT_BUTTON = 2,
    STYLE_PRIMARY = 1,
    STYLE_SECONDARY = 2,
    STYLE_LINK = 5,
    CALLBACK_PING = 1,
    CALLBACK_COMPONENT = 3,
    REPLY_MESSAGE = 4,
    DAY_S = 86400,
    REPLY_UPDATE = 7,
};

static const struct rule rules[] = {
    {"10003", NULL, 0, OUTCOME_CONFIG, 0, 0},     // unknown channel
    {"10008", NULL, 0, OUTCOME_REJECT, 0, 0},     // unknown message, of a change
    {"10015", NULL, 0, OUTCOME_CONFIG, DAY_S, 0}, // unknown webhook, never to be used again: it shuts out who tries
    {"20016", NULL, 0, OUTCOME_THROTTLE, 0, 0},
    {"20028", NULL, 0, OUTCOME_THROTTLE, 0, 0},
    {"20029", NULL, 0, OUTCOME_THROTTLE, 0, 0},
    {"30046", NULL, 0, OUTCOME_THROTTLE, 0, 0},
    {"40001", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"40002", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"50001", NULL, 0, OUTCOME_CONFIG, 0, 0}, // no access to the channel
    {"50008", NULL, 0, OUTCOME_CONFIG, 0, 0}, // no channel for texts
    {"50013", NULL, 0, OUTCOME_CONFIG, 0, 0}, // no permission
    {"50027", NULL, 0, OUTCOME_CONFIG, 0, 0}, // the webhook's token
    {"50083", NULL, 0, OUTCOME_CONFIG, 0, 0}, // the thread is archived
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

// Of the wall before the chat, which answers without JSON and shuts out the whole address for an hour or so.
static const struct rule wall[] = {{"1015", NULL, 0, OUTCOME_THROTTLE, 600, 3600}, {NULL, NULL, 0, OUTCOME_OK, 0, 0}};

// --- the request
// -----------------------------------------------------------------------------------------------------

static bool id_plain(const char *text)
{
    return driver_plain(text, ID_LEAST, ID_MOST, "") && strspn(text, "0123456789") == strlen(text);
}

static json_t *button_of(const struct button *button, bool native, bool first)
{
    if (!native || button->item == 0)
        return json_pack("{s:i,s:i,s:s,s:s}", "type", COMPONENT_BUTTON, "style", STYLE_LINK, "label", button->label,
                         "url", button->url);
    return json_pack("{s:i,s:i,s:s,s:s}", "type", COMPONENT_BUTTON, "style", first ? STYLE_PRIMARY : STYLE_SECONDARY,
                     "label", button->label, "custom_id", button->token);
}

// A row for each reminder; what opens the page goes with the last.
static json_t *components(const struct parcel *parcel, bool native)
{
    json_t *rows = json_array(), *row = NULL;
    for (size_t i = 0; i < parcel->button_count; i++) {
        const struct button *button = &parcel->buttons[i];
        bool first = i == 0 || button->item != parcel->buttons[i - 1].item;
        if (row == NULL || json_array_size(row) == ROW_BUTTONS || (first && button->item != 0)) {
            json_t *value = json_pack("{s:i,s:[]}", "type", COMPONENT_ROW, "components");
            row = json_object_get(value, "components");
            json_array_append_new(rows, value);
        }
        json_array_append_new(row, button_of(button, native, first));
    }
    return rows;
}

static json_t *message(struct arena *arena, const struct parcel *parcel, bool link)
{
    bool user = id_plain(parcel->address);
    const struct button *page = link ? markdown_page(parcel) : NULL;
    const char *head = user ? arena_format(arena, "<@%s>\n", parcel->address) : "";
    const char *tail = page != NULL ? arena_format(arena, "\n%s", markdown_link(arena, page)) : "";
    const char *text = arena_format(arena, "%s%s%s", head, markdown_plain(arena, parcel->text), tail);
    json_t *mentions = json_pack("{s:[]}", "parse");
    if (user)
        json_object_set_new(mentions, "users", json_pack("[s]", parcel->address));
    return json_pack("{s:s,s:o,s:i}", "content", text, "allowed_mentions", mentions, "flags", FLAG_NO_PREVIEWS);
}

static const char *send(struct arena *arena, json_t *value, struct post *post)
{
    driver_header(arena, post, "Content-Type", "application/json; charset=utf-8");
    driver_header(arena, post, "User-Agent", "DiscordBot (tend, 1)"); // other forms may be shut out, say their rules
    post->body = driver_json(arena, value, &post->length);
    return NULL;
}

// The webhook's URL with a path behind it; it may have a query, such as a thread's id.
static const char *hook(struct arena *arena, const char *url, const char *path, const char *query)
{
    size_t length = strcspn(url, "?");
    const char *asked = url[length] == '?' ? url + length + 1 : "";
    const char *both = asked[0] != '\0' && query[0] != '\0' ? "&" : "";
    const char *mark = asked[0] != '\0' || query[0] != '\0' ? "?" : "";
    length -= length > 0 && url[length - 1] == '/';
    return arena_format(arena, "%.*s%s%s%s%s%s", (int)length, url, path, mark, asked, both, query);
}

// Without `wait` a message that was not stored would be no error.
static const char *compose_hook(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                                struct post *ret_post)
{
    *ret_post = (struct post){.url = hook(arena, destination->url, "", "wait=true")};
    return send(arena, message(arena, parcel, true), ret_post);
}

// "channel/message"; false when the receipt is no such thing.
static bool receipt_read(struct arena *arena, const char *receipt, const char **ret_channel, const char **ret_message)
{
    size_t length = strcspn(receipt, "/");
    *ret_channel = arena_text(arena, receipt, length);
    *ret_message = receipt[length] == '/' ? receipt + length + 1 : "";
    return id_plain(*ret_channel) && id_plain(*ret_message);
}

static const char unknown_receipt[] = "the chat did not name the message in a way that we know";

static const char *amend_hook(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                              struct post *ret_post)
{
    const char *channel, *id;
    if (!receipt_read(arena, parcel->receipt, &channel, &id))
        return unknown_receipt;
    *ret_post = (struct post){.method = "PATCH",
                              .url = hook(arena, destination->url, arena_format(arena, "/messages/%s", id), "")};
    return send(arena, message(arena, parcel, true), ret_post);
}

static const char *api(struct arena *arena, const struct destination *destination, const char *channel, const char *id,
                       struct post *post)
{
    const char *base = destination->url[0] != '\0' ? destination->url : "https://discord.com/api/v10";
    post->url = arena_format(arena, "%s/channels/%s/messages%s%s", base, channel, id[0] != '\0' ? "/" : "", id);
    driver_header(arena, post, "Authorization", arena_format(arena, "Bot %s", destination->token));
    return NULL;
}

static json_t *bot_message(struct arena *arena, const struct parcel *parcel, const struct destination *destination)
{
    json_t *value = message(arena, parcel, false);
    bool native = destination->verify != NULL && destination->verify[0] != '\0';
    json_object_set_new(value, "components", components(parcel, native));
    return value;
}

static const char *compose_bot(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                               struct post *ret_post)
{
    if (!id_plain(destination->to))
        return "`to` must be the id of a channel, which is 15 to 20 digits";
    json_t *value = bot_message(arena, parcel, destination);
    json_object_set_new(value, "nonce", json_string(parcel->id));
    json_object_set_new(value, "enforce_nonce", json_true());
    *ret_post = (struct post){0};
    api(arena, destination, destination->to, "", ret_post);
    return send(arena, value, ret_post);
}

static const char *amend_bot(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                             struct post *ret_post)
{
    const char *channel, *id;
    if (!receipt_read(arena, parcel->receipt, &channel, &id))
        return unknown_receipt;
    *ret_post = (struct post){.method = "PATCH"};
    api(arena, destination, channel, id, ret_post);
    return send(arena, bot_message(arena, parcel, destination), ret_post);
}

// --- the answer
// ------------------------------------------------------------------------------------------------------

static void judge(const json_t *object, const struct answer *answer, struct verdict *ret_verdict)
{
    static const char banned[] = "error code: 1015";
    struct answer known = *answer;
    char code[CODE_BYTES];
    const json_t *after = json_object_get(object, "retry_after");
    double after_s = json_number_value(after);
    if (known.retry_after_ms < 0 && json_is_number(after) && after_s >= 0 && after_s < 1e6)
        known.retry_after_ms = (int64_t)ceil(after_s * SECOND_MS);
    bool coded = driver_code(object, "code", code, sizeof code);
    if (answer->length >= strlen(banned) && memcmp(answer->body, banned, strlen(banned)) == 0)
        verdict_by_rules(wall, "1015", "shut out by the chat's firewall", &known, ret_verdict);
    else if (coded && answer->status >= 400)
        verdict_by_rules(rules, code, driver_words(object, "message"), &known, ret_verdict);
    else
        verdict_by_status(&known, ret_verdict);
}

static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    json_t *object = driver_object(answer);
    const char *id = driver_words(object, "id"), *channel = driver_words(object, "channel_id");
    if (answer->status == 200 && id_plain(id)) {
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
        if (id_plain(channel))
            verdict_receipt(ret_verdict, "%s/%s", channel, id);
    } else if (answer->status == 204 && answer->length == 0) {
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
    } else {
        judge(object, answer, ret_verdict);
    }
    json_decref(object);
}

// --- callbacks
// -------------------------------------------------------------------------------------------------------

// Ed25519 over the time and the raw body.
static const char *refuse(struct arena *arena, const struct request *request, const struct destination *destination,
                          int64_t now_ms)
{
    const char *sign = request->header(request, "x-signature-ed25519");
    const char *stamp = request->header(request, "x-signature-timestamp");
    uint8_t key[crypto_sign_PUBLICKEYBYTES], bytes[crypto_sign_BYTES];
    if (strlen(destination->verify) != KEY_DIGITS ||
        sodium_hex2bin(key, sizeof key, destination->verify, KEY_DIGITS, NULL, NULL, NULL) != 0)
        return "verify_file must hold the application's public key, 64 hexadecimal digits";
    if (sign == NULL || stamp == NULL || strlen(sign) != SIGN_DIGITS ||
        sodium_hex2bin(bytes, sizeof bytes, sign, SIGN_DIGITS, NULL, NULL, NULL) != 0 || strlen(stamp) > ID_LEAST ||
        stamp[0] == '\0' || strspn(stamp, "0123456789") != strlen(stamp))
        return "it carries no signature";
    size_t length = strlen(stamp) + request->length;
    uint8_t *text = arena_try(arena, length + 1);
    if (text == NULL)
        return "it is too long";
    memcpy(text, stamp, strlen(stamp));
    if (request->length > 0)
        memcpy(text + strlen(stamp), request->body, request->length);
    if (crypto_sign_verify_detached(bytes, text, length, key) != 0)
        return "its signature is wrong";
    int64_t age_s = now_ms / SECOND_MS - strtoll(stamp, NULL, 10);
    return age_s > CALLBACK_S || age_s < -CALLBACK_S ? "it is too old, or one of the clocks is wrong" : NULL;
}

static const char *hear(struct arena *arena, const struct request *request, const struct destination *destination,
                        int64_t now_ms, struct press *ret_press)
{
    const char *refused = refuse(arena, request, destination, now_ms);
    if (refused != NULL)
        return refused;
    json_t *object = json_loadb((const char *)request->body, request->length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(object)) {
        json_decref(object);
        return "it is no interaction of Discord's";
    }
    json_int_t type = json_integer_value(json_object_get(object, "type"));
    const char *token = driver_words(json_object_get(object, "data"), "custom_id");
    const json_t *member = json_object_get(json_object_get(object, "member"), "user");
    const json_t *who = member != NULL ? member : json_object_get(object, "user");
    const char *user = driver_words(who, "id"), *name = driver_words(who, "username");
    struct press press = {.kind = PRESS_NONE, .token = "", .user = "", .words = "", .handle = ""};
    if (type == CALLBACK_PING) {
        press.kind = PRESS_HELLO;
        press.words = "{\"type\":1}";
    } else if (type == CALLBACK_COMPONENT && token[0] != '\0' && id_plain(user)) {
        press.kind = PRESS_BUTTON;
        press.token = arena_text(arena, token, strlen(token));
        press.user = arena_text(arena, user, strlen(user));
        press.name = arena_text(arena, name, strlen(name));
    }
    json_decref(object);
    *ret_press = press;
    return NULL;
}

// The message as it reads now, with the buttons of what is open. Without one, a sentence that only they see.
static void respond(struct turn *turn, const struct press *press, const struct pressed *pressed,
                    struct reply *ret_reply)
{
    struct arena *arena = turn->arena;
    json_t *value;
    (void)press;
    if (pressed->done && pressed->now != NULL) {
        value = json_pack("{s:i,s:o}", "type", REPLY_UPDATE, "data",
                          bot_message(arena, pressed->now, pressed->destination));
    } else {
        const char *text = markdown_plain(arena, driver_title(arena, pressed->words, ANSWER_CHARACTERS));
        value = json_pack("{s:i,s:{s:s,s:i,s:{s:[]}}}", "type", REPLY_MESSAGE, "data", "content", text, "flags",
                          FLAG_ONLY_THEY, "allowed_mentions", "parse");
    }
    *ret_reply = (struct reply){.status = 200, .content_type = "application/json; charset=utf-8"};
    ret_reply->body = driver_json(arena, value, &ret_reply->length);
}

const struct driver driver_discord = {
    .name = "discord",
    .hosts = "discord.com/api/ discordapp.com/api/ ptb.discord.com/api/ canary.discord.com/api/",
    .needs = DRIVER_URL,
    .takes = DRIVER_URL,
    .style = DISARM_CHAT,
    .limit = CONTENT_CHARACTERS - AROUND_CHARACTERS,
    .cost = markdown_cost,
    .pace = {.interval_ms = 2000, .burst = 5}, // 30 a minute, five at once
    .buttons = 1,                              // the page, as a link in the text
    .label_most = LABEL_CHARACTERS,
    .compose = compose_hook,
    .classify = classify,
    .amend = amend_hook,
};

const struct driver driver_discord_bot = {
    .name = "discord_bot",
    .hosts = "discord.com/api/v",
    .needs = DRIVER_TOKEN | DRIVER_TO,
    .takes = DRIVER_TOKEN | DRIVER_TO | DRIVER_URL | DRIVER_VERIFY,
    .style = DISARM_CHAT,
    .limit = CONTENT_CHARACTERS - AROUND_CHARACTERS,
    .cost = markdown_cost,
    .pace = {.interval_ms = 1000, .burst = 5},
    .buttons = BUTTONS_MOST,
    .label_most = LABEL_CHARACTERS,
    .presses = true,
    .keyed = true,
    .compose = compose_bot,
    .classify = classify,
    .amend = amend_bot,
    .hear = hear,
    .respond = respond,
};
