// DingTalk's app: an interactive card for each message, to the rep alone or to the group of `to`, where the rep is
// mentioned. The message's id is the card's own id, so a repeat makes no second card.
//
// The card's template (agent) has the variables of the chat's ready-made Markdown card: title, markdown, tips, and in
// sys_full_json_obj the list msgButtons. The chat takes 1 KB for each variable, so a longer letter ends with how much
// more there is, and a button opens the page that has all of it. What Markdown would act on becomes full-width.
//
// With verify_file the buttons call back over HTTP. The callback must have been registered with the chat once
// (card/callbacks/register): the app's key as callbackRouteKey, and what verify_file holds as apiSecret. The signature
// covers the time alone, so it is TLS that keeps the body, and our ticket in it that nobody else can make.
#include "services/notifier/driver.h"

#include "services/notifier/sign.h"

#include <stdio.h>
#include <string.h>

enum {
    VALUE_BYTES = 1000, // of a variable
    TITLE_CHARACTERS = 60,
    NAME_CHARACTERS = 40,
    NAME_BYTES = NAME_CHARACTERS * 24,
    ID_CHARACTERS = 64, // of a user, a card or a conversation
    APP_CHARACTERS = 128,
    BUTTONS_MOST = 13, // four for each of three reminders, and the page
    LABEL_CHARACTERS = 20,
    WIDE_BYTES = 3, // of a full-width character
    CODE_BYTES = 80,
    WINDOW_MS = 3600 * 1000, // the chat's own for its signatures
    LASTS_LEAST_S = 60,
    LASTS_MOST_S = 24 * 3600, // of a token; the chat says two hours
    SECOND_MS = 1000,
};

static const char home[] = "https://api.dingtalk.com";
static const char content_type[] = "application/json; charset=utf-8";
static const char specials[] = "\\`*_#~[]|<>&"; // what Markdown acts on anywhere in a line

// The chat lists the codes in param. and system. beside the call; those in Forbidden. are the gateway's.
static const struct rule rules[] = {
    {"InvalidAuthentication", NULL, 0, OUTCOME_STALE, 0, 0},
    {"QpsLimit", NULL, 0, OUTCOME_THROTTLE, 10, 60},
    {"system.busy", NULL, 0, OUTCOME_RETRY, 30, 0},
    {"ServiceUnavailable", NULL, 0, OUTCOME_RETRY, 30, 0},
    // The card was made by an earlier attempt; whether that put it into the chat, nobody says.
    {"param.cardAlreadyExist", NULL, 0, OUTCOME_UNKNOWN, 0, 0},
    {"Forbidden.AccessDenied.AccessTokenPermissionDenied", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"Forbidden.AccessDenied.IpNotInWhiteList", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"invalidClientIdOrSecret", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"param.templateNotExist", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"param.templateUnpublished", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"param.cardTemplateIdEmpty", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"param.userIdNotExist", NULL, 0, OUTCOME_REJECT, 0, 0}, // this rep; the others can be reached
    {"param.userIdEmpty", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"param.contentUnsafe", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"param.cardNotExist", NULL, 0, OUTCOME_REJECT, 0, 0}, // of a change
    {"param.cardPublicDataEmpty", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"param.empty", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"param.invalid", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"param.outTrackIdEmpty", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"param.openSpaceIdEmpty", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"param.openSpaceIdInvalid", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"param.openSpaceModelInvalid", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"param.openDeliverModelEmpty", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"param.openDeliverModelError", NULL, 0, OUTCOME_REJECT, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

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
    if (!driver_plain(destination->app, 1, APP_CHARACTERS, "_-"))
        return "app must be the key of DingTalk's app";
    *ret_post = (struct post){.url = arena_format(arena, "%s/v1.0/oauth2/accessToken", base(arena, destination))};
    driver_header(arena, ret_post, "Content-Type", content_type);
    json_t *body = json_pack("{s:s,s:s}", "appKey", destination->app, "appSecret", destination->secret);
    ret_post->body = driver_json(arena, body, &ret_post->length);
    return NULL;
}

// By the gateway's code, or by the status where there is none.
static void judge(const json_t *object, const struct answer *answer, struct verdict *verdict)
{
    char code[CODE_BYTES];
    if (object == NULL || !driver_code(object, "code", code, sizeof code)) {
        verdict_by_status(answer, verdict);
        return;
    }
    if (strstr(code, "QpsLimit") != NULL) // for the api, for the app and the api, for all
        snprintf(code, sizeof code, "QpsLimit");
    verdict_by_rules(rules, code, driver_words(object, "message"), answer, verdict);
}

static void granted(const struct answer *answer, struct verdict *ret_verdict, struct grant *ret_grant)
{
    json_t *object = driver_object(answer);
    const char *token = driver_words(object, "accessToken");
    json_int_t lasts_s = json_integer_value(json_object_get(object, "expireIn"));
    if (answer->status == 200 && driver_plain(token, 1, GRANT_BYTES - 1, "_-.=+/~") && lasts_s >= LASTS_LEAST_S &&
        lasts_s <= LASTS_MOST_S) {
        memcpy(ret_grant->token, token, strlen(token) + 1);
        ret_grant->lasts_ms = (int64_t)lasts_s * SECOND_MS;
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
    } else {
        judge(object, answer, ret_verdict);
    }
    json_decref(object);
}

// --- the card
// ----------------------------------------------------------------------------------------------------------------

static size_t cost_markdown(const char *text, size_t length)
{
    size_t count = length;
    for (size_t i = 0; i < length; i++)
        count += text[i] == '\n' ? 1 : text[i] != '\0' && strchr(specials, text[i]) != NULL ? WIDE_BYTES - 1 : 0;
    return count;
}

// A paragraph for each line: a single line break is a space there, and spaces in front make a line program text.
static const char *markdown(struct arena *arena, const char *text)
{
    char *plain = arena_take(arena, cost_markdown(text, strlen(text)) + 1), *to = plain;
    bool line = true; // at its start
    for (const char *at = text; *at != '\0'; at++) {
        if (line && *at == ' ')
            continue;
        line = *at == '\n';
        if (line) {
            *to++ = '\n';
            *to++ = '\n';
        } else if (strchr(specials, *at) != NULL) { // its full-width form is U+FF01 and so on, as "!" is U+0021
            unsigned wide = 0xff00U + (unsigned)*at - 0x20U;
            *to++ = (char)0xef;
            *to++ = (char)(0x80U | (wide >> 6 & 0x3fU));
            *to++ = (char)(0x80U | (wide & 0x3fU));
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
    return plain;
}

// A button that calls back, or one that opens a page: what is not about a reminder is the page itself.
static json_t *button(struct arena *arena, const struct button *button, bool presses)
{
    const char *label = driver_title(arena, button->label, LABEL_CHARACTERS);
    if (presses && button->item != 0)
        return json_pack("{s:s,s:s,s:s,s:b}", "text", label, "color", "blue", "id", button->token, "request", 1);
    return json_pack("{s:s,s:s,s:s}", "text", label, "color", "gray", "url", button->url);
}

// As many as the variable has room for, the last one, which opens the page, before all others.
static const char *buttons(struct arena *arena, const struct parcel *parcel, bool presses)
{
    json_t *list = json_array();
    size_t used = strlen("{\"msgButtons\":[]}"), length, last = 0;
    size_t count = parcel->button_count < BUTTONS_MOST ? parcel->button_count : BUTTONS_MOST;
    for (size_t i = 0; i < count; i++) {
        const struct button *which = &parcel->buttons[i == 0 ? parcel->button_count - 1 : i - 1];
        json_t *one = button(arena, which, presses);
        driver_json(arena, json_incref(one), &length);
        if (used + length + 1 > VALUE_BYTES) {
            json_decref(one);
            continue;
        }
        used += length + 1;
        if (i == 0)
            last = 1;
        json_array_insert_new(list, json_array_size(list) - (i == 0 ? 0 : last), one);
    }
    return driver_json(arena, json_pack("{s:o}", "msgButtons", list), &length);
}

// The letter as variables: its first line is the title when it is short and there is more.
static json_t *variables(struct arena *arena, const char *text)
{
    const char *title = driver_title(arena, text, TITLE_CHARACTERS), *rest = text;
    if (strcspn(text, "\n") == strlen(title) && text[strlen(title)] == '\n')
        rest = text + strlen(title) + 1;
    return json_pack("{s:s,s:s,s:s}", "title", markdown(arena, title), "markdown", markdown(arena, rest), "tips", "");
}

static json_t *card_data(struct arena *arena, const struct parcel *parcel, const struct destination *destination)
{
    json_t *map = variables(arena, parcel->text);
    json_object_set_new(map, "sys_full_json_obj", json_string(buttons(arena, parcel, destination->verify[0] != '\0')));
    return json_pack("{s:o}", "cardParamMap", map);
}

static bool user_plain(const char *address)
{
    return driver_plain(address, 1, ID_CHARACTERS, "_-.");
}

// What the list of chats and the notification say of the card.
static json_t *space(struct arena *arena, const char *text)
{
    const char *title = driver_title(arena, text, TITLE_CHARACTERS);
    return json_pack("{s:b,s:{s:s,s:s},s:{s:s}}", "supportForward", 0, "lastMessageI18n", "ZH_CN", title, "EN_US",
                     title, "notification", "alertContent", title);
}

static void address_group(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                          json_t *body)
{
    json_t *deliver = json_pack("{s:s}", "robotCode", destination->app);
    if (user_plain(parcel->address)) {
        char name[NAME_BYTES];
        disarm(parcel->rep_name, strlen(parcel->rep_name), DISARM_CHAT, NAME_CHARACTERS, name, sizeof name);
        json_object_set_new(deliver, "atUserIds",
                            json_pack("{s:s}", parcel->address, name[0] != '\0' ? name : parcel->address));
    }
    json_object_set_new(body, "openSpaceId",
                        json_string(arena_format(arena, "dtv1.card//IM_GROUP.%s", destination->to)));
    json_object_set_new(body, "imGroupOpenSpaceModel", space(arena, parcel->text));
    json_object_set_new(body, "imGroupOpenDeliverModel", deliver);
}

static void address_rep(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                        json_t *body)
{
    json_object_set_new(body, "openSpaceId",
                        json_string(arena_format(arena, "dtv1.card//IM_ROBOT.%s", parcel->address)));
    json_object_set_new(body, "imRobotOpenSpaceModel", space(arena, parcel->text));
    json_object_set_new(body, "imRobotOpenDeliverModel",
                        json_pack("{s:s,s:s}", "spaceType", "IM_ROBOT", "robotCode", destination->app));
}

static void finish_post(struct arena *arena, const struct destination *destination, json_t *body, struct post *post)
{
    driver_header(arena, post, "Content-Type", content_type);
    driver_header(arena, post, "x-acs-dingtalk-access-token", destination->granted);
    post->body = driver_json(arena, body, &post->length);
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    bool group = destination->to[0] != '\0';
    if (group && !driver_plain(destination->to, 1, ID_CHARACTERS, "+/=_-"))
        return "`to` must be the open conversation id of a DingTalk group";
    if (!group && !user_plain(parcel->address))
        return "the rep has no DingTalk user id, and the channel names no group in `to`";
    if (!driver_plain(destination->agent, 1, APP_CHARACTERS, "_-."))
        return "agent must be the id of DingTalk's card template";
    json_t *body = json_pack("{s:s,s:s,s:i,s:o}", "cardTemplateId", destination->agent, "outTrackId", parcel->id,
                             "userIdType", 1, "cardData", card_data(arena, parcel, destination));
    if (destination->verify[0] != '\0') {
        json_object_set_new(body, "callbackType", json_string("HTTP"));
        json_object_set_new(body, "callbackRouteKey", json_string(destination->app));
    }
    if (group)
        address_group(arena, parcel, destination, body);
    else
        address_rep(arena, parcel, destination, body);
    *ret_post =
        (struct post){.url = arena_format(arena, "%s/v1.0/card/instances/createAndDeliver", base(arena, destination))};
    finish_post(arena, destination, body, ret_post);
    return NULL;
}

static const char *amend(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                         struct post *ret_post)
{
    json_t *body = json_pack("{s:s,s:o,s:{s:b}}", "outTrackId", parcel->receipt, "cardData",
                             card_data(arena, parcel, destination), "cardUpdateOptions", "updateCardDataByKey", 1);
    *ret_post =
        (struct post){.method = "PUT", .url = arena_format(arena, "%s/v1.0/card/instances", base(arena, destination))};
    finish_post(arena, destination, body, ret_post);
    return NULL;
}

// Success at the top is that of the card; that it reached the chat stands with each place it went to.
static void judge_delivery(const json_t *result, struct verdict *verdict)
{
    const json_t *places = json_object_get(result, "deliverResults"), *place;
    size_t index;
    verdict_set(verdict, OUTCOME_OK, "ok");
    json_array_foreach (places, index, place) {
        if (json_is_true(json_object_get(place, "success")))
            continue;
        const char *words = driver_words(place, "errorMsg");
        char clean[DETAIL_BYTES / 2];
        disarm(words, strlen(words), DISARM_PLAIN, DETAIL_BYTES / 4, clean, sizeof clean);
        bool passing = strcasestr(words, "SYSTEM_ERROR") != NULL || strcasestr(words, "busy") != NULL;
        verdict_set(verdict, passing ? OUTCOME_RETRY : OUTCOME_REJECT, "the card was not delivered: %s", clean);
        verdict->ours = strcspn(verdict->detail, ":");
        return;
    }
    verdict_receipt(verdict, "%s", driver_words(result, "outTrackId"));
}

static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    json_t *object = driver_object(answer);
    const json_t *result = json_object_get(object, "result");
    bool success = answer->status == 200 && json_is_true(json_object_get(object, "success"));
    bool delivery = answer->status == 200 && json_array_size(json_object_get(result, "deliverResults")) > 0;
    if (delivery)
        judge_delivery(result, ret_verdict);
    else if (success && json_is_true(result)) // of a change
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
    else
        judge(object, answer, ret_verdict);
    json_decref(object);
}

// --- callbacks
// ---------------------------------------------------------------------------------------------------------------

// Cards have headers of their own; the others are those of the chat's robots, which some gateways use for cards too.
static bool genuine(const struct request *request, const char *secret, int64_t now_ms)
{
    static const struct {
        const char *time, *sign;
        void (*recipe)(const char *secret, int64_t time_ms, char *ret_sign);
    } ways[] = {{"x-ddpaas-signature-timestamp", "x-ddpaas-signature", sign_dingtalk_card},
                {"timestamp", "sign", sign_dingtalk_call}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const char *theirs = request->header(request, ways[i].sign);
        char ours[SIGN_BASE64_BYTES];
        int64_t time_ms;
        if (theirs == NULL || !sign_time(request->header(request, ways[i].time), &time_ms))
            continue;
        ways[i].recipe(secret, time_ms, ours);
        return now_ms - time_ms <= WINDOW_MS && time_ms - now_ms <= WINDOW_MS && driver_same(ours, theirs);
    }
    return false;
}

// What the button carried: under params.id as the ready-made card tells it, else under actionIds.
static const char *ticket_of(const json_t *content)
{
    const json_t *data = json_object_get(content, "cardPrivateData");
    const char *id = driver_words(json_object_get(data, "params"), "id");
    if (id[0] != '\0')
        return id;
    id = json_string_value(json_array_get(json_object_get(data, "actionIds"), 0));
    return id != NULL ? id : "";
}

static const char *hear(struct arena *arena, const struct request *request, const struct destination *destination,
                        int64_t now_ms, struct press *ret_press)
{
    *ret_press = (struct press){PRESS_NONE, "", "", "", "", ""};
    if (destination->verify[0] == '\0' || request->header == NULL || !genuine(request, destination->verify, now_ms))
        return "the callback is not from the chat, or too old";
    json_t *callback = json_loadb((const char *)request->body, request->length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(callback)) {
        json_decref(callback);
        return "the callback is not a JSON object";
    }
    const char *inner = driver_words(callback, "content"), *user = driver_words(callback, "userId");
    json_t *content = json_loads(inner, JSON_REJECT_DUPLICATES, NULL);
    const char *ticket = ticket_of(content);
    if (ticket[0] != '\0') {
        ret_press->kind = PRESS_BUTTON;
        ret_press->token = arena_text(arena, ticket, strlen(ticket));
        ret_press->user = arena_text(arena, user, strlen(user));
    }
    json_decref(content);
    json_decref(callback);
    return NULL;
}

// The chat waits two seconds. What became of it stands below the buttons: for all when it is done, else for who
// pressed alone. The buttons go with the change that follows.
static void respond(struct turn *turn, const struct press *press, const struct pressed *pressed,
                    struct reply *ret_reply)
{
    json_t *body = json_object();
    if (press->kind == PRESS_BUTTON) {
        bool changes = pressed->done && pressed->now != NULL;
        json_t *map = changes ? variables(turn->arena, pressed->now->text) : json_object();
        json_object_set_new(map, "tips", json_string(markdown(turn->arena, pressed->words)));
        json_object_set_new(body, "cardUpdateOptions",
                            json_pack("{s:b,s:b}", "updateCardDataByKey", 1, "updatePrivateDataByKey", 1));
        json_object_set_new(body, pressed->done ? "cardData" : "userPrivateData",
                            json_pack("{s:o}", "cardParamMap", map));
    }
    *ret_reply = (struct reply){.status = 200, .content_type = content_type};
    ret_reply->body = driver_json(turn->arena, body, &ret_reply->length);
}

const struct driver driver_dingtalk_app = {
    .name = "dingtalk_app",
    .hosts = "api.dingtalk.com",
    .needs = DRIVER_SECRET | DRIVER_APP | DRIVER_AGENT,
    .takes = DRIVER_URL | DRIVER_SECRET | DRIVER_APP | DRIVER_AGENT | DRIVER_TO | DRIVER_VERIFY,
    .personal = true,
    .style = DISARM_CHAT,
    .limit = VALUE_BYTES,
    .cost = cost_markdown,
    .pace = {.interval_ms = 200, .burst = 5}, // the chat takes 20 a second for an app
    .buttons = BUTTONS_MOST,
    .label_most = LABEL_CHARACTERS,
    .presses = true,
    .keyed = true,
    .compose = compose,
    .classify = classify,
    .amend = amend,
    .ask = ask,
    .granted = granted,
    .hear = hear,
    .respond = respond,
};
