// WeCom's app: plain text to one member, with the link to the page in it. The chat drops a message with the same words
// to the same member within four hours, so an attempt that is made again as it was does not show twice; the letter's id
// keeps two letters apart. So one of which nobody knows whether it arrived leaves with the very words of the first
// time, and only after those hours, or when something in it was withdrawn meanwhile, it says that it is sent again.
// Messages of this kind cannot be changed.
#include "services/notifier/driver.h"

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

const struct driver driver_wecom_app = {
    .name = "wecom_app",
    .hosts = "qyapi.weixin.qq.com",
    .needs = DRIVER_SECRET | DRIVER_APP | DRIVER_AGENT,
    .takes = DRIVER_URL | DRIVER_SECRET | DRIVER_APP | DRIVER_AGENT,
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
};
