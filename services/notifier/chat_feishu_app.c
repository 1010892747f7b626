// Feishu's and Lark's app: a card of version 2.0 whose letter is plain_text, so nothing in it can be markup, with real
// buttons below. It goes to the rep, or to the group of `to` with a mention of the rep. The message's id is the chat's
// own key against repeats within an hour.
//
// The app's encrypt key (verify_file) must be set in the chat's console too: only then does the chat sign what it tells
// us, and it locks it as well. A button says by which of their ids the rep was addressed, so that the callback can be
// held against the same one; a callback does not tell mail addresses, so reps with one get buttons that open the page.
#include "services/notifier/driver.h"

#include "services/notifier/sign.h"

#include <stdio.h>
#include <string.h>

enum {
    LETTER_ROOM = 18 * 1024, // of the 30 KB that a card may have; buttons with long URLs need the most of the rest
    BUTTONS_MOST = 13,       // four for each of three reminders, and the page
    LABEL_CHARACTERS = 100,
    SUMMARY_CHARACTERS = 85,
    ID_CHARACTERS = 100,
    CODE_BYTES = 24,
    WINDOW_S = 600,        // an older callback may be somebody's recording
    UNSIGNED_BYTES = 4096, // of a callback that need not be signed; unlocking costs time
    CHALLENGE_CHARACTERS = 256,
    LASTS_LEAST_S = 60,
    LASTS_MOST_S = 24 * 3600, // of a token; the chat says two hours
    SECOND_MS = 1000,
};

static const char home[] = "https://open.feishu.cn";
static const char content_type[] = "application/json; charset=utf-8";

// The codes from 999 on are from memory of the chat's general table, the others stand beside the calls themselves.
static const struct rule rules[] = {
    {"99991661", NULL, 0, OUTCOME_STALE, 0, 0},
    {"99991663", NULL, 0, OUTCOME_STALE, 0, 0},
    {"99991664", NULL, 0, OUTCOME_STALE, 0, 0},
    {"99991668", NULL, 0, OUTCOME_STALE, 0, 0},
    {"99991671", NULL, 0, OUTCOME_STALE, 0, 0},
    {"99991400", NULL, 0, OUTCOME_THROTTLE, 10, 60},
    {"230020", NULL, 0, OUTCOME_THROTTLE, 5, 60},
    {"11232", NULL, 0, OUTCOME_THROTTLE, 10, 60},
    {"230049", NULL, 0, OUTCOME_RETRY, 5, 0}, // the same uuid is under way: it goes out once
    {"230099", "card action is lock", 0, OUTCOME_RETRY, 5, 0},
    {"11310", "card action is lock", 0, OUTCOME_RETRY, 5, 0},
    {"10003", NULL, 0, OUTCOME_CONFIG, 0, 0}, // of the token: the app's id
    {"10014", NULL, 0, OUTCOME_CONFIG, 0, 0}, // of the token: the secret
    {"99991401", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"99991662", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"99991672", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"230002", NULL, 0, OUTCOME_CONFIG, 0, 0}, // the bot is not in the group
    {"230006", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"230018", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"230027", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"230036", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"232009", NULL, 0, OUTCOME_GONE, 0, 0},   // the group was dissolved
    {"230013", NULL, 0, OUTCOME_REJECT, 0, 0}, // this rep; the others can be reached
    {"230029", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"230034", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"230035", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"230038", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"230053", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"230054", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"230075", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"230001", NULL, 0, OUTCOME_REJECT, 0, 0}, // this message
    {"230011", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"230017", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"230022", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"230025", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"230028", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"230031", NULL, 0, OUTCOME_REJECT, 0, 0}, // of a change: 14 days are over
    {"230099", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"230110", NULL, 0, OUTCOME_REJECT, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

// The card is JSON inside a string of JSON: what the first escapes, the second escapes again.
static size_t cost_card(const char *text, size_t length)
{
    size_t count = length;
    for (size_t i = 0; i < length; i++)
        count += text[i] == '\n' ? 2 : text[i] == '"' || text[i] == '\\' ? 3 : 0;
    return count;
}

static const char *base(struct arena *arena, const struct destination *destination)
{
    size_t length = strlen(destination->url);
    while (length > 0 && destination->url[length - 1] == '/')
        length--;
    return length > 0 ? arena_text(arena, destination->url, length) : home;
}

// --- the token
// -------------------------------------------------------------------------------------------------------------

static const char *ask(struct arena *arena, const struct destination *destination, int64_t now_ms,
                       struct post *ret_post)
{
    (void)now_ms;
    if (!driver_plain(destination->app, 1, ID_CHARACTERS, "_-"))
        return "app must be the id of Feishu's app, cli_...";
    *ret_post = (struct post){
        .url = arena_format(arena, "%s/open-apis/auth/v3/tenant_access_token/internal", base(arena, destination))};
    driver_header(arena, ret_post, "Content-Type", content_type);
    json_t *body = json_pack("{s:s,s:s}", "app_id", destination->app, "app_secret", destination->secret);
    ret_post->body = driver_json(arena, body, &ret_post->length);
    return NULL;
}

static void granted(const struct answer *answer, struct verdict *ret_verdict, struct grant *ret_grant)
{
    json_t *object = driver_object(answer);
    char code[CODE_BYTES];
    const char *token = driver_words(object, "tenant_access_token");
    json_int_t lasts_s = json_integer_value(json_object_get(object, "expire"));
    if (object == NULL || !driver_code(object, "code", code, sizeof code)) {
        verdict_by_status(answer, ret_verdict);
    } else if (answer->status != 200 || strcmp(code, "0") != 0) {
        verdict_by_rules(rules, code, driver_words(object, "msg"), answer, ret_verdict);
    } else if (!driver_plain(token, 1, GRANT_BYTES - 1, "_-.=+/~") || lasts_s < LASTS_LEAST_S ||
               lasts_s > LASTS_MOST_S) {
        verdict_set(ret_verdict, OUTCOME_UNKNOWN, "the chat granted nothing that can be used");
    } else {
        memcpy(ret_grant->token, token, strlen(token) + 1);
        ret_grant->lasts_ms = (int64_t)lasts_s * SECOND_MS;
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
    }
    json_decref(object);
}

// --- the card
// ----------------------------------------------------------------------------------------------------------------

// What kind of id the address is, as the chat calls it; NULL: none that is a rep's.
static const char *id_type(const char *address)
{
    if (!driver_plain(address, 1, ID_CHARACTERS, "_-.@+"))
        return NULL;
    if (strchr(address, '@') != NULL)
        return address[0] != '@' ? "email" : NULL;
    if (!driver_plain(address, 1, ID_CHARACTERS, "_-") || strcasecmp(address, "all") == 0 ||
        strncmp(address, "oc_", 3) == 0)
        return NULL;
    return strncmp(address, "ou_", 3) == 0 ? "open_id" : strncmp(address, "on_", 3) == 0 ? "union_id" : "user_id";
}

// A button that calls back, or one that opens a page: what is not about a reminder is the page itself.
static json_t *button(struct arena *arena, const struct button *button, const char *presses, bool first)
{
    const char *label = driver_title(arena, button->label, LABEL_CHARACTERS);
    json_t *behavior =
        presses != NULL && button->item != 0
            ? json_pack("{s:s,s:{s:s,s:s}}", "type", "callback", "value", "ticket", button->token, "as", presses)
            : json_pack("{s:s,s:s}", "type", "open_url", "default_url", button->url);
    return json_pack("{s:s,s:s,s:{s:s,s:s},s:[o]}", "tag", "button", "type",
                     first && button->item != 0 ? "primary" : "default", "text", "tag", "plain_text", "content", label,
                     "behaviors", behavior);
}

// A row for each reminder, so that they stay apart on a phone.
static void append_buttons(struct arena *arena, const struct parcel *parcel, const char *presses, json_t *elements)
{
    json_t *row = NULL;
    for (size_t i = 0; i < parcel->button_count && i < BUTTONS_MOST; i++) {
        bool first = row == NULL || parcel->buttons[i].item != parcel->buttons[i - 1].item;
        if (first) {
            row = json_array();
            json_array_append_new(elements,
                                  json_pack("{s:s,s:s,s:o}", "tag", "column_set", "flex_mode", "flow", "columns", row));
        }
        json_array_append_new(row, json_pack("{s:s,s:s,s:[o]}", "tag", "column", "width", "auto", "elements",
                                             button(arena, &parcel->buttons[i], presses, first)));
    }
}

static json_t *card(struct arena *arena, const struct parcel *parcel, json_t *elements)
{
    json_array_insert_new(
        elements, 0,
        json_pack("{s:s,s:{s:s,s:s}}", "tag", "div", "text", "tag", "plain_text", "content", parcel->text));
    return json_pack("{s:s,s:{s:b,s:{s:s}},s:{s:o}}", "schema", "2.0", "config", "update_multi", 1, "summary",
                     "content", driver_subject(arena, parcel, SUMMARY_CHARACTERS), "body", "elements", elements);
}

// The whole card.
static json_t *whole_card(struct arena *arena, const struct parcel *parcel, const struct destination *destination)
{
    const char *type = id_type(parcel->address);
    bool known = type != NULL && strcmp(type, "email") != 0;
    json_t *elements = json_array();
    if (known && destination->to[0] != '\0')
        json_array_append_new(elements, json_pack("{s:s,s:s}", "tag", "markdown", "content",
                                                  arena_format(arena, "<at id=%s></at>", parcel->address)));
    append_buttons(arena, parcel, known && destination->verify[0] != '\0' ? type : NULL, elements);
    return card(arena, parcel, elements);
}

static const char *content(struct arena *arena, const struct parcel *parcel, const struct destination *destination)
{
    size_t length;
    return driver_json(arena, whole_card(arena, parcel, destination), &length);
}

static void address_post(struct arena *arena, const struct destination *destination, struct post *post)
{
    driver_header(arena, post, "Content-Type", content_type);
    driver_header(arena, post, "Authorization", arena_format(arena, "Bearer %s", destination->granted));
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    bool group = destination->to[0] != '\0';
    const char *type = group ? "chat_id" : id_type(parcel->address);
    if (group && (strncmp(destination->to, "oc_", 3) != 0 || !driver_plain(destination->to, 4, ID_CHARACTERS, "_-")))
        return "`to` must be the chat id of a Feishu group, oc_...";
    if (type == NULL)
        return "the rep has no Feishu id, and the channel names no group in `to`";
    *ret_post = (struct post){
        .url = arena_format(arena, "%s/open-apis/im/v1/messages?receive_id_type=%s", base(arena, destination), type)};
    address_post(arena, destination, ret_post);
    json_t *body = json_pack("{s:s,s:s,s:s,s:s}", "receive_id", group ? destination->to : parcel->address, "msg_type",
                             "interactive", "content", content(arena, parcel, destination), "uuid", parcel->id);
    ret_post->body = driver_json(arena, body, &ret_post->length);
    return NULL;
}

static const char *amend(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                         struct post *ret_post)
{
    if (!driver_plain(parcel->receipt, 1, ID_CHARACTERS, "_-"))
        return "the message has no name in the chat";
    *ret_post = (struct post){
        .method = "PATCH",
        .url = arena_format(arena, "%s/open-apis/im/v1/messages/%s", base(arena, destination), parcel->receipt)};
    address_post(arena, destination, ret_post);
    json_t *body = json_pack("{s:s}", "content", content(arena, parcel, destination));
    ret_post->body = driver_json(arena, body, &ret_post->length);
    return NULL;
}

// A message that was sent is named in the answer, one that was changed is not.
static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    json_t *object = driver_object(answer);
    char code[CODE_BYTES];
    const json_t *data = json_object_get(object, "data");
    if (object == NULL || !driver_code(object, "code", code, sizeof code)) {
        verdict_by_status(answer, ret_verdict);
    } else if (answer->status != 200 || strcmp(code, "0") != 0) {
        verdict_by_rules(rules, code, driver_words(object, "msg"), answer, ret_verdict);
    } else if (!json_is_object(data)) {
        verdict_by_status(answer, ret_verdict);
    } else {
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
        verdict_receipt(ret_verdict, "%s", driver_words(data, "message_id"));
    }
    json_decref(object);
}

// --- callbacks
// ---------------------------------------------------------------------------------------------------------------

static bool genuine(const struct request *request, const char *key, int64_t now_ms)
{
    const char *time = request->header(request, "x-lark-request-timestamp");
    const char *nonce = request->header(request, "x-lark-request-nonce");
    const char *theirs = request->header(request, "x-lark-signature");
    int64_t time_s;
    char ours[SIGN_HEX_BYTES];
    if (nonce == NULL || theirs == NULL || !sign_time(time, &time_s))
        return false;
    int64_t apart_s = now_ms / SECOND_MS - time_s;
    if (apart_s > WINDOW_S || apart_s < -WINDOW_S)
        return false;
    sign_lark(key, time, nonce, request->body, request->length, ours);
    return driver_same(ours, theirs);
}

// The callback's JSON, unlocked where it is locked; NULL when it is none.
static json_t *unlock(struct arena *arena, const struct request *request, const char *key)
{
    json_t *outer = json_loadb((const char *)request->body, request->length, JSON_REJECT_DUPLICATES, NULL);
    const char *sealed = json_string_value(json_object_get(outer, "encrypt"));
    if (sealed == NULL)
        return outer;
    size_t room = strlen(sealed) + 1, length;
    char *buffer = arena_take(arena, room);
    json_t *inner = NULL;
    if (sign_lark_open(key, sealed, buffer, room, &length))
        inner = json_loadb(buffer, length, JSON_REJECT_DUPLICATES, NULL);
    json_decref(outer);
    return inner;
}

static const char *keep(struct arena *arena, const json_t *object, const char *key)
{
    const char *text = driver_words(object, key);
    return arena_text(arena, text, strlen(text));
}

static void read_press(struct arena *arena, const json_t *callback, struct press *press)
{
    static const char *const types[] = {"open_id", "union_id", "user_id"};
    const json_t *event = json_object_get(callback, "event");
    const json_t *value = json_object_get(json_object_get(event, "action"), "value");
    const char *ticket = driver_words(value, "ticket"), *as = driver_words(value, "as");
    if (strcmp(driver_words(json_object_get(callback, "header"), "event_type"), "card.action.trigger") != 0 ||
        ticket[0] == '\0')
        return;
    press->kind = PRESS_BUTTON;
    press->token = keep(arena, value, "ticket");
    const json_t *who = json_object_get(event, "operator");
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(as, types[i]) == 0)
            press->user = keep(arena, who, types[i]);
    if (press->user[0] == '\0') // the app may not be allowed to see the others
        press->user = keep(arena, who, types[0]);
}

// Whoever asks for the challenge gets it back, and nothing else: the chat does not promise to sign that.
static const char *hear(struct arena *arena, const struct request *request, const struct destination *destination,
                        int64_t now_ms, struct press *ret_press)
{
    static const char refused[] = "the callback is not from the chat, or too old";
    *ret_press = (struct press){PRESS_NONE, "", "", "", "", ""};
    if (destination->verify[0] == '\0' || request->header == NULL)
        return refused;
    bool is_genuine = genuine(request, destination->verify, now_ms);
    if (!is_genuine && request->length > UNSIGNED_BYTES)
        return refused;
    json_t *callback = unlock(arena, request, destination->verify);
    const char *challenge = driver_words(callback, "challenge");
    bool hello = strcmp(driver_words(callback, "type"), "url_verification") == 0 &&
                 driver_plain(challenge, 1, CHALLENGE_CHARACTERS, "_-.=+/");
    if (hello) {
        ret_press->kind = PRESS_HELLO;
        ret_press->words = arena_format(arena, "{\"challenge\":\"%s\"}", challenge);
    } else if (is_genuine) {
        read_press(arena, callback, ret_press);
    }
    bool read = callback != NULL;
    json_decref(callback);
    if (!hello && !is_genuine)
        return refused;
    return read ? NULL : "the callback cannot be read: is the encrypt key the one of the chat's console?";
}

// The chat waits three seconds, and shows the card that is given here in the place of the one that was pressed.
static void respond(struct turn *turn, const struct press *press, const struct pressed *pressed,
                    struct reply *ret_reply)
{
    json_t *body = json_object();
    if (press->kind == PRESS_BUTTON && pressed->words[0] != '\0')
        json_object_set_new(
            body, "toast",
            json_pack("{s:s,s:s}", "type", pressed->done ? "success" : "warning", "content", pressed->words));
    if (press->kind == PRESS_BUTTON && pressed->now != NULL)
        json_object_set_new(
            body, "card",
            json_pack("{s:s,s:o}", "type", "raw", "data", whole_card(turn->arena, pressed->now, pressed->destination)));
    *ret_reply = (struct reply){.status = 200, .content_type = content_type};
    ret_reply->body = driver_json(turn->arena, body, &ret_reply->length);
    if (press->kind == PRESS_HELLO) {
        ret_reply->body = press->words;
        ret_reply->length = strlen(press->words);
    }
}

const struct driver driver_feishu_app = {
    .name = "feishu_app",
    .hosts = "open.feishu.cn open.larksuite.com",
    .needs = DRIVER_SECRET | DRIVER_APP,
    .takes = DRIVER_URL | DRIVER_SECRET | DRIVER_APP | DRIVER_TO | DRIVER_VERIFY,
    .personal = true,
    .style = DISARM_CHAT,
    .limit = LETTER_ROOM,
    .cost = cost_card,
    .pace = {.interval_ms = 200, .burst = 5}, // 5 a second for one rep or group
    .buttons = BUTTONS_MOST,
    .label_most = LABEL_CHARACTERS,
    .presses = true,
    .titled = true,
    .keyed = true,
    .compose = compose,
    .classify = classify,
    .amend = amend,
    .ask = ask,
    .granted = granted,
    .hear = hear,
    .respond = respond,
};
