// WeCom's app: plain text to one member, with the link to the page in it. The chat drops a message with the same words
// to the same member within four hours, so an attempt that is made again as it was does not show twice; the letter's id
// keeps two letters apart. So one of which nobody knows whether it arrived leaves with the very words of the first
// time, and only after those hours, or when something in it was withdrawn meanwhile, it says that it is sent again.
// Messages of this kind cannot be changed.
//
// An app's trusted addresses (企业可信IP), without which nothing is taken from us, can be set only once its callback
// URL has answered a check. So with verify_file (the Token) and unlock_file (the EncodingAESKey) that check is
// answered. What members write to the app comes to the same URL; it is checked likewise and then passed over, for
// answers come by the link.
#include "services/notifier/driver.h"
#include "services/notifier/sign.h"

#include <string.h>

enum {
    CONTENT_BYTES = 2048,
    CODE_BYTES = 24,
    ID_CHARACTERS = 64, // of a member, a corporation, an app
    SECRET_CHARACTERS = 256,
    SAME_S = 4 * 3600, // the longest that the chat remembers what it was told
    SAME_LESS_S = 300, // our clocks may differ, and a message travels for a while
    LASTS_LEAST_S = 60,
    LASTS_MOST_S = 24 * 3600, // of a token; the chat says two hours
    SECOND_MS = 1000,
    WINDOW_S = 600,        // an older callback may be somebody's recording
    BODY_BYTES = 64 << 10, // the chat's largest message is a tenth of that, sealed
    ECHO_CHARACTERS = 128,
};

static const char home[] = "https://qyapi.weixin.qq.com";

static const struct rule rules[] = {
    {"-1", NULL, 0, OUTCOME_RETRY, 30, 0},
    {"45009", NULL, 0, OUTCOME_THROTTLE, 60, 300}, // too many in a while
    {"45033", NULL, 0, OUTCOME_THROTTLE, 10, 60},  // too many at once
    {"40014", NULL, 0, OUTCOME_STALE, 0, 0},
    {"41001", NULL, 0, OUTCOME_STALE, 0, 0},
    {"42001", NULL, 0, OUTCOME_STALE, 0, 0},
    {"40001", NULL, 0, OUTCOME_CONFIG, 0, 0}, // the secret
    {"40013", NULL, 0, OUTCOME_CONFIG, 0, 0}, // the corporation
    {"40056", NULL, 0, OUTCOME_CONFIG, 0, 0}, // the agent
    {"41002", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"41004", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"48002", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"60020", NULL, 0, OUTCOME_CONFIG, 0, 0}, // our address is not among the app's trusted ones
    {"301002", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"40003", NULL, 0, OUTCOME_REJECT, 0, 0}, // this member; the others can be reached
    {"60011", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"60111", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"81013", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"82001", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"40008", NULL, 0, OUTCOME_REJECT, 0, 0}, // this text
    {"40033", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"40035", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"40058", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"44004", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"45002", NULL, 0, OUTCOME_REJECT, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

static const char *base(struct arena *arena, const struct destination *destination)
{
    size_t length = strlen(destination->url);
    while (length > 0 && destination->url[length - 1] == '/')
        length--;
    return length > 0 ? arena_text(arena, destination->url, length) : home;
}

static const char *ask(struct arena *arena, const struct destination *destination, int64_t now_ms,
                       struct post *ret_post)
{
    (void)now_ms;
    if (!driver_plain(destination->app, 1, ID_CHARACTERS, "_-"))
        return "app must be WeCom's corp id";
    if (!driver_plain(destination->secret, 1, SECRET_CHARACTERS, "_-"))
        return "secret_file must hold the secret of WeCom's app";
    *ret_post = (struct post){.method = "GET",
                              .url = arena_format(arena, "%s/cgi-bin/gettoken?corpid=%s&corpsecret=%s",
                                                  base(arena, destination), destination->app, destination->secret),
                              .body = ""};
    return NULL;
}

static void granted(const struct answer *answer, struct verdict *ret_verdict, struct grant *ret_grant)
{
    json_t *object = driver_object(answer);
    char code[CODE_BYTES];
    const char *token = driver_words(object, "access_token");
    json_int_t lasts_s = json_integer_value(json_object_get(object, "expires_in"));
    if (object == NULL || !driver_code(object, "errcode", code, sizeof code)) {
        verdict_by_status(answer, ret_verdict);
    } else if (answer->status != 200 || strcmp(code, "0") != 0) {
        verdict_by_rules(rules, code, driver_words(object, "errmsg"), answer, ret_verdict);
    } else if (!driver_plain(token, 1, GRANT_BYTES - 1, "_-") || lasts_s < LASTS_LEAST_S || lasts_s > LASTS_MOST_S) {
        verdict_set(ret_verdict, OUTCOME_UNKNOWN, "the chat granted nothing that can be used");
    } else {
        memcpy(ret_grant->token, token, strlen(token) + 1);
        ret_grant->lasts_ms = (int64_t)lasts_s * SECOND_MS;
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
    }
    json_decref(object);
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    // "@all" is everybody, and "|" stands between two members.
    if (!driver_plain(parcel->address, 1, ID_CHARACTERS, "_-.@") || parcel->address[0] == '@')
        return "the rep has no WeCom user id";
    if (!driver_plain(destination->agent, 1, 12, "") ||
        strspn(destination->agent, "0123456789") != strlen(destination->agent))
        return "agent must be the number of WeCom's app";
    json_int_t agent = 0;
    for (const char *at = destination->agent; *at != '\0'; at++)
        agent = agent * 10 + (*at - '0');
    json_t *body =
        json_pack("{s:s,s:s,s:I,s:{s:s},s:i,s:i}", "touser", parcel->address, "msgtype", "text", "agentid", agent,
                  "text", "content", parcel->text, "enable_duplicate_check", 1, "duplicate_check_interval", SAME_S);
    *ret_post = (struct post){.url = arena_format(arena, "%s/cgi-bin/message/send?access_token=%s",
                                                  base(arena, destination), destination->granted)};
    driver_header(arena, ret_post, "Content-Type", "application/json; charset=utf-8");
    ret_post->body = driver_json(arena, body, &ret_post->length);
    return NULL;
}

// Code 0 and the member among those it did not go to: it went to nobody.
static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    json_t *object = driver_object(answer);
    char code[CODE_BYTES];
    if (object == NULL || !driver_code(object, "errcode", code, sizeof code))
        verdict_by_status(answer, ret_verdict);
    else if (answer->status != 200 || strcmp(code, "0") != 0)
        verdict_by_rules(rules, code, driver_words(object, "errmsg"), answer, ret_verdict);
    else if (driver_words(object, "invaliduser")[0] != '\0')
        verdict_set(ret_verdict, OUTCOME_REJECT, "0: the member cannot be reached by this app (invaliduser)");
    else if (driver_words(object, "unlicenseduser")[0] != '\0')
        verdict_set(ret_verdict, OUTCOME_REJECT, "0: the member has no licence for this app (unlicenseduser)");
    else
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
    json_decref(object);
}

static const char *unlock_wrong(const char *unlock)
{
    return sign_wecom_key_valid(unlock) ? NULL
                                        : "must hold the EncodingAESKey of WeCom's app, 43 letters, digits, \"+\" or "
                                          "\"/\"";
}

// What stands in the body's only <Encrypt>, with or without CDATA around it; NULL when it is not base64. The body is
// XML, of which nothing else is looked at.
static const char *sealed_in(struct arena *arena, const struct request *request)
{
    static const char opens[] = "<Encrypt>", closes[] = "</Encrypt>", data[] = "<![CDATA[", data_ends[] = "]]>";
    if (request->length > BODY_BYTES)
        return NULL;
    const char *body = arena_text(arena, (const char *)request->body, request->length);
    const char *start = strstr(body, opens), *end = start != NULL ? strstr(start, closes) : NULL;
    if (end == NULL || strstr(start + 1, opens) != NULL)
        return NULL;
    start += strlen(opens);
    size_t length = (size_t)(end - start), ends = strlen(data_ends);
    if (strncmp(start, data, strlen(data)) == 0 && length >= strlen(data) + ends &&
        memcmp(end - ends, data_ends, ends) == 0) {
        start += strlen(data);
        length = (size_t)(end - start) - ends;
    }
    const char *sealed = arena_text(arena, start, length);
    return driver_plain(sealed, 1, BODY_BYTES, "+/=") ? sealed : NULL;
}

static bool genuine(const struct request *request, const char *token, const char *sealed, int64_t now_ms)
{
    const char *time = request->param(request, "timestamp"), *nonce = request->param(request, "nonce");
    const char *theirs = request->param(request, "msg_signature");
    int64_t time_s;
    char ours[SIGN_SHA1_BYTES];
    if (sealed == NULL || nonce == NULL || theirs == NULL || !sign_time(time, &time_s))
        return false;
    int64_t apart_s = now_ms / SECOND_MS - time_s;
    if (apart_s > WINDOW_S || apart_s < -WINDOW_S)
        return false;
    sign_wecom(token, time, nonce, sealed, ours);
    return driver_same(ours, theirs);
}

// The check of the URL is a GET, and its answer the word that was sealed in it. Only a plain word is told: the same
// signature goes below what a member wrote, which is XML and must not be opened for whoever has recorded it.
static const char *hear(struct arena *arena, const struct request *request, const struct destination *destination,
                        int64_t now_ms, struct press *ret_press)
{
    *ret_press = (struct press){PRESS_NONE, "", "", "", "", ""};
    bool asks = strcmp(request->method, "GET") == 0;
    if (destination->verify[0] == '\0' || destination->unlock[0] == '\0' || request->param == NULL)
        return "the channel has no verify_file and unlock_file with the Token and EncodingAESKey of WeCom's app";
    const char *sealed = asks ? request->param(request, "echostr") : sealed_in(arena, request);
    if (!genuine(request, destination->verify, sealed, now_ms))
        return "the callback is not from the chat, or too old";
    size_t room = strlen(sealed) + SIGN_WECOM_MORE_BYTES, length;
    char *message = arena_take(arena, room);
    if (!sign_wecom_open(destination->unlock, destination->app, sealed, message, room, &length))
        return "the callback cannot be read: is unlock_file the EncodingAESKey of the chat's console, and `app` the "
               "corp id?";
    if (!asks)
        return NULL;
    if (!driver_plain(message, 1, ECHO_CHARACTERS, "_-.=+/") || strlen(message) != length)
        return "what the chat wants to hear again is not a plain word";
    ret_press->kind = PRESS_HELLO;
    ret_press->words = message;
    return NULL;
}

const struct driver driver_wecom_app = {
    .name = "wecom_app",
    .hosts = "qyapi.weixin.qq.com",
    .needs = DRIVER_SECRET | DRIVER_APP | DRIVER_AGENT,
    .takes = DRIVER_URL | DRIVER_SECRET | DRIVER_APP | DRIVER_AGENT | DRIVER_VERIFY | DRIVER_UNLOCK,
    .personal = true,
    .style = DISARM_CHAT,
    .limit = CONTENT_BYTES,
    .cost = cost_bytes,
    .once_ms = (int64_t)(SAME_S - SAME_LESS_S) * SECOND_MS,
    .pace = {.interval_ms = 500, .burst = 10}, // a member gets at most 30 a minute, and one member is one rep
    .keyed = true,
    .compose = compose,
    .classify = classify,
    .ask = ask,
    .granted = granted,
    .unlock_wrong = unlock_wrong,
    .hear = hear,
};
