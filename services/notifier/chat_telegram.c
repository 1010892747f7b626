// Telegram's bot: plain text without a parse mode, so nothing in it can be markup; the mention is an entity beside the
// text. It writes into the group of `to`, or to each rep. What every message needs is that the group is there, and
// where: a group that grows gets another id, which is asked for before the first message and after a refusal.
#include "services/notifier/driver.h"

#include "services/notifier/disarm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_UNITS = 4096, // of UTF-16, which the chat counts by
    NAME_CHARACTERS = 32,
    NAME_BYTES = 200,
    HEAD_UNITS = 240, // the name's line: no more units than bytes, and a gap for every other character
    UNITS_MOST = TEXT_UNITS - HEAD_UNITS,
    ID_DIGITS = 16, // ids have at most 52 bits
    NAME_LEAST = 4, // of an @name
    NAME_MOST = 32,
    TOKEN_LEAST = 10,
    TOKEN_MOST = 200,
    ROW_BUTTONS = 2, // side by side on a phone
    BUTTONS_MOST = 16,
    ANSWER_CHARACTERS = 200, // of what a presser is told
    CODE_BYTES = 24,
    SECOND_MS = 1000,
    ASKED_MS = 3600 * 1000, // a group that is gone meanwhile says so at the next message, too
};

#define STILL_THERE "-" // granted: the group of `to` can be written to

static const struct rule rules[] = {
    {"400", "message is not modified", 0, OUTCOME_OK, 0, 0},
    {"400", "upgraded to a supergroup", 0, OUTCOME_STALE, 0, 0},
    {"400", "chat not found", 0, OUTCOME_GONE, 0, 0}, // the rep's: the group of `to` was asked for before
    {"400", "rights", 0, OUTCOME_CONFIG, 0, 0},
    {"400", "CHAT_WRITE_FORBIDDEN", 0, OUTCOME_CONFIG, 0, 0},
    {"400", "TOPIC_CLOSED", 0, OUTCOME_CONFIG, 0, 0},
    {"400", "button URL", 0, OUTCOME_CONFIG, 0, 0}, // of public_url: it takes no address of this machine
    {"400", "BUTTON_URL_INVALID", 0, OUTCOME_CONFIG, 0, 0},
    {"400", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"401", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"403", NULL, 0, OUTCOME_GONE, 0, 0},
    {"404", NULL, 0, OUTCOME_CONFIG, 0, 0}, // the token is none
    {"413", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"420", NULL, 0, OUTCOME_THROTTLE, 0, 0},
    {"429", NULL, 0, OUTCOME_THROTTLE, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

// Of the group, when it is asked for.
static const struct rule group_rules[] = {
    {"400", NULL, 0, OUTCOME_CONFIG, 0, 0},   {"401", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"403", NULL, 0, OUTCOME_GONE, 0, 0},     {"404", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"420", NULL, 0, OUTCOME_THROTTLE, 0, 0}, {"429", NULL, 0, OUTCOME_THROTTLE, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

// --- the request
// -----------------------------------------------------------------------------------------------------

static size_t units(const char *text, size_t length)
{
    size_t count = cost_characters(text, length);
    for (size_t i = 0; i < length; i++)
        count += (unsigned char)text[i] >= 0xf0;
    return count;
}

// With room for what keeps "/word" from being a command.
static size_t cost(const char *text, size_t length)
{
    size_t count = units(text, length);
    for (size_t i = 0; i < length; i++)
        count += text[i] == '/';
    return count;
}

static bool letter(char character)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

// A word after a slash could be pressed, and would be sent to the bot as its presser's words.
static const char *without_commands(struct arena *arena, const char *text)
{
    static const char gap[] = "\xe2\x80\x8b"; // U+200B
    size_t length = strlen(text);
    char *plain = arena_take(arena, length * sizeof gap + 1), *to = plain;
    for (size_t i = 0; i < length; i++) {
        *to++ = text[i];
        if (text[i] == '/' && letter(text[i + 1])) {
            memcpy(to, gap, sizeof gap - 1);
            to += sizeof gap - 1;
        }
    }
    *to = '\0';
    return plain;
}

static bool number(const char *text)
{
    return driver_plain(text, 1, ID_DIGITS, "") && strspn(text, "0123456789") == strlen(text);
}

static bool public_name(const char *text)
{
    return text[0] == '@' && driver_plain(text + 1, NAME_LEAST, NAME_MOST, "_");
}

// A chat as the API wants it; NULL when the text is none.
static json_t *chat_of(const char *text)
{
    if (number(text[0] == '-' ? text + 1 : text))
        return json_integer(strtoll(text, NULL, 10));
    return public_name(text) ? json_string(text) : NULL;
}

static const char *call(struct arena *arena, const struct destination *destination, const char *method, json_t *body,
                        struct post *ret_post)
{
    const char *host = destination->url[0] != '\0' ? destination->url : "https://api.telegram.org";
    size_t length = strlen(host);
    length -= length > 0 && host[length - 1] == '/';
    *ret_post =
        (struct post){.url = arena_format(arena, "%.*s/bot%s/%s", (int)length, host, destination->token, method)};
    driver_header(arena, ret_post, "Content-Type", "application/json; charset=utf-8");
    ret_post->body = driver_json(arena, body, &ret_post->length);
    return NULL;
}

static const char *token_wrong(const struct destination *destination)
{
    return driver_plain(destination->token, TOKEN_LEAST, TOKEN_MOST, ":_-")
               ? NULL
               : "token_file must hold the bot's token, such as 123456:ABC-DEF";
}

// In a group the rep's name goes before the text, as a mention.
static const char *mention(struct arena *arena, const struct parcel *parcel, json_t *entities)
{
    if (public_name(parcel->address))
        return arena_format(arena, "%s\n", parcel->address);
    if (!number(parcel->address))
        return "";
    char told[NAME_BYTES];
    disarm(parcel->rep_name, strlen(parcel->rep_name), DISARM_CHAT, NAME_CHARACTERS, told, sizeof told);
    const char *name = told[0] != '\0' ? without_commands(arena, told) : parcel->address;
    json_array_append_new(entities, json_pack("{s:s,s:i,s:I,s:{s:I}}", "type", "text_mention", "offset", 0, "length",
                                              (json_int_t)units(name, strlen(name)), "user", "id",
                                              (json_int_t)strtoll(parcel->address, NULL, 10)));
    return arena_format(arena, "%s\n", name);
}

static json_t *keyboard(const struct parcel *parcel, bool native)
{
    json_t *rows = json_array(), *row = NULL;
    for (size_t i = 0; i < parcel->button_count; i++) {
        const struct button *button = &parcel->buttons[i];
        if (row == NULL || json_array_size(row) == ROW_BUTTONS || button->item != parcel->buttons[i - 1].item) {
            row = json_array();
            json_array_append_new(rows, row);
        }
        bool data = native && button->item != 0;
        json_array_append_new(row, json_pack("{s:s,s:s}", "text", button->label, data ? "callback_data" : "url",
                                             data ? button->token : button->url));
    }
    return rows;
}

static json_t *message(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                       json_t *chat)
{
    json_t *entities = json_array();
    const char *head = destination->to[0] != '\0' ? mention(arena, parcel, entities) : "";
    const char *text = arena_format(arena, "%s%s", head, without_commands(arena, parcel->text));
    return json_pack("{s:o,s:s,s:o,s:{s:b},s:{s:o}}", "chat_id", chat, "text", text, "entities", entities,
                     "link_preview_options", "is_disabled", 1, "reply_markup", "inline_keyboard",
                     keyboard(parcel, destination->verify != NULL && destination->verify[0] != '\0'));
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    const char *granted = destination->granted != NULL ? destination->granted : "";
    bool moved = granted[0] != '\0' && strcmp(granted, STILL_THERE) != 0;
    const char *to = moved ? granted : destination->to[0] != '\0' ? destination->to : parcel->address;
    json_t *chat = to == parcel->address && !number(to) ? NULL : chat_of(to);
    const char *wrong = token_wrong(destination);
    if (wrong == NULL && chat == NULL)
        wrong = destination->to[0] != '\0' ? "`to` must be a group's id, such as -1001234567890, or its @name"
                                           : "the rep has no Telegram id, and the channel names no group in `to`";
    if (wrong != NULL) {
        json_decref(chat);
        return wrong;
    }
    return call(arena, destination, "sendMessage", message(arena, parcel, destination, chat), ret_post);
}

static const char *amend(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                         struct post *ret_post)
{
    size_t length = strcspn(parcel->receipt, "/");
    const char *chat = arena_text(arena, parcel->receipt, length);
    const char *id = parcel->receipt[length] == '/' ? parcel->receipt + length + 1 : "";
    json_t *where = number(id) ? chat_of(chat) : NULL;
    if (where == NULL || token_wrong(destination) != NULL) {
        json_decref(where);
        return "the chat did not name the message in a way that we know";
    }
    json_t *value = message(arena, parcel, destination, where);
    json_object_set_new(value, "message_id", json_integer(strtoll(id, NULL, 10)));
    return call(arena, destination, "editMessageText", value, ret_post);
}

// To be typing in a group takes what writing there takes; of a bot that writes to people only the token can be tried.
static const char *ask(struct arena *arena, const struct destination *destination, int64_t now_ms,
                       struct post *ret_post)
{
    (void)now_ms;
    const char *wrong = token_wrong(destination);
    if (wrong != NULL)
        return wrong;
    if (destination->to[0] == '\0')
        return call(arena, destination, "getMe", json_object(), ret_post);
    json_t *chat = chat_of(destination->to);
    if (chat == NULL)
        return "`to` must be a group's id, such as -1001234567890, or its @name";
    return call(arena, destination, "sendChatAction", json_pack("{s:o,s:s}", "chat_id", chat, "action", "typing"),
                ret_post);
}

// --- the answer
// ------------------------------------------------------------------------------------------------------

static void judge(const struct rule *table, const json_t *object, const struct answer *answer,
                  struct verdict *ret_verdict)
{
    struct answer known = *answer;
    char code[CODE_BYTES];
    const json_t *after = json_object_get(json_object_get(object, "parameters"), "retry_after");
    if (known.retry_after_ms < 0 && json_is_integer(after) && json_integer_value(after) >= 0 &&
        json_integer_value(after) < 1000000)
        known.retry_after_ms = json_integer_value(after) * SECOND_MS;
    if (json_is_false(json_object_get(object, "ok")) && driver_code(object, "error_code", code, sizeof code))
        verdict_by_rules(table, code, driver_words(object, "description"), &known, ret_verdict);
    else
        verdict_by_status(&known, ret_verdict);
}

static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    json_t *object = driver_object(answer);
    const json_t *result = json_object_get(object, "result");
    json_int_t id = json_integer_value(json_object_get(result, "message_id"));
    json_int_t chat = json_integer_value(json_object_get(json_object_get(result, "chat"), "id"));
    if (answer->status == 200 && json_is_true(json_object_get(object, "ok")) && id > 0) {
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
        if (chat != 0)
            verdict_receipt(ret_verdict, "%" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT, chat, id);
    } else {
        judge(rules, object, answer, ret_verdict);
    }
    json_decref(object);
}

static void granted(const struct answer *answer, struct verdict *ret_verdict, struct grant *ret_grant)
{
    json_t *object = driver_object(answer);
    json_int_t moved = json_integer_value(json_object_get(json_object_get(object, "parameters"), "migrate_to_chat_id"));
    bool good = answer->status == 200 && json_is_true(json_object_get(object, "ok"));
    if (good || moved != 0) {
        verdict_set(ret_verdict, OUTCOME_OK, "%s", moved != 0 ? "the group has another id by now" : "ok");
        ret_grant->lasts_ms = ASKED_MS;
        if (moved != 0)
            snprintf(ret_grant->token, sizeof ret_grant->token, "%" JSON_INTEGER_FORMAT, moved);
        else
            snprintf(ret_grant->token, sizeof ret_grant->token, STILL_THERE);
    } else {
        judge(group_rules, object, answer, ret_verdict);
    }
    json_decref(object);
}

// --- callbacks
// -------------------------------------------------------------------------------------------------------

static const char *keep(struct arena *arena, const char *text)
{
    return arena_text(arena, text, strlen(text));
}

static const char *hear(struct arena *arena, const struct request *request, const struct destination *destination,
                        int64_t now_ms, struct press *ret_press)
{
    (void)now_ms; // the chat says no time; a ticket ends by itself
    const char *secret = request->header(request, "x-telegram-bot-api-secret-token");
    if (secret == NULL || destination->verify[0] == '\0' || !driver_same(secret, destination->verify))
        return "its secret token is not the one of verify_file";
    json_t *object = json_loadb((const char *)request->body, request->length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(object)) {
        json_decref(object);
        return "it is no update of Telegram's";
    }
    const json_t *query = json_object_get(object, "callback_query");
    const json_t *from = json_object_get(query, "from"), *user = json_object_get(from, "id");
    struct press press = {.kind = PRESS_NONE, .token = "", .user = "", .words = "", .handle = ""};
    if (json_is_integer(user) && driver_words(query, "data")[0] != '\0' && driver_words(query, "id")[0] != '\0') {
        press.kind = PRESS_BUTTON;
        press.token = keep(arena, driver_words(query, "data"));
        press.user = arena_format(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(user));
        press.name =
            keep(arena, driver_words(from, driver_words(from, "username")[0] != '\0' ? "username" : "first_name"));
        press.handle = keep(arena, driver_words(query, "id"));
    }
    json_decref(object);
    *ret_press = press;
    return NULL;
}

// The answer to the callback is a call of its own; the message itself is changed by an amendment.
static void respond(struct turn *turn, const struct press *press, const struct pressed *pressed,
                    struct reply *ret_reply)
{
    *ret_reply = (struct reply){.status = 200, .content_type = "application/json; charset=utf-8"};
    ret_reply->body = driver_json(
        turn->arena,
        json_pack("{s:s,s:s,s:s,s:b}", "method", "answerCallbackQuery", "callback_query_id", press->handle, "text",
                  driver_title(turn->arena, pressed->words, ANSWER_CHARACTERS), "show_alert", !pressed->done),
        &ret_reply->length);
}

const struct driver driver_telegram = {
    .name = "telegram",
    .hosts = "api.telegram.org",
    .needs = DRIVER_TOKEN,
    .takes = DRIVER_TOKEN | DRIVER_URL | DRIVER_TO | DRIVER_VERIFY,
    .style = DISARM_CHAT,
    .limit = UNITS_MOST,
    .cost = cost,
    .pace = {.interval_ms = 4000, .burst = 4}, // 20 a minute into a group
    .buttons = BUTTONS_MOST,
    .presses = true,
    .personal = true,
    .compose = compose,
    .classify = classify,
    .amend = amend,
    .ask = ask,
    .granted = granted,
    .hear = hear,
    .respond = respond,
};
