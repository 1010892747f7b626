// DingTalk's custom robot: plain text, the mention by phone number or user id, an answer of HTTP 200 whatever happened.
#include "services/notifier/driver.h"

#include "services/notifier/sign.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    BODY_BYTES = 20000,   // the whole JSON text
    ENVELOPE_BYTES = 600, // what stands around the text, the mention with it
    CODE_BYTES = 24,
};

static const char content_type[] = "application/json; charset=utf-8"; // error 43004 for anything else

static const struct rule rules[] = {
    {"-1", NULL, 0, OUTCOME_RETRY, 30, 0},
    {"130101", NULL, 0, OUTCOME_THROTTLE, 60, 600}, // after a second hit the robot is shut for ten minutes
    {"410100", NULL, 0, OUTCOME_THROTTLE, 60, 600},
    {"660026", NULL, 0, OUTCOME_THROTTLE, 60, 600},
    {"310000", NULL, 0, OUTCOME_CONFIG, 0, 0}, // keyword, time, signature or address: its words say which
    {"300005", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"400101", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"300001", "title or text", 0, OUTCOME_REJECT, 0, 0},
    {"300001", "token", 0, OUTCOME_CONFIG, 0, 0},
    {"300001", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"400102", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"400106", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"400013", NULL, 0, OUTCOME_GONE, 0, 0},
    {"40035", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"43002", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"43004", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"400105", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"460101", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"101002", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"430101", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"430102", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"430103", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"430104", NULL, 0, OUTCOME_REJECT, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

// A mention needs both its entry in the list and "@" with the same text in the message.
static const char *mention(const char *address)
{
    bool phone = driver_plain(address, 5, 20, "+-") && strspn(address, "+-0123456789") == strlen(address);
    if (phone)
        return "atMobiles";
    return driver_plain(address, 1, 64, "_-.") && strcasecmp(address, "all") != 0 ? "atUserIds" : NULL;
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    const char *list = mention(parcel->address);
    const char *text = parcel->text;
    json_t *at = json_pack("{s:b}", "isAtAll", 0);
    if (list != NULL) {
        text = arena_format(arena, "%s\n@%s", text, parcel->address);
        json_object_set_new(at, list, json_pack("[s]", parcel->address));
    }
    json_t *body =
        json_pack("{s:s,s:{s:s},s:o,s:s}", "msgtype", "text", "text", "content", text, "at", at, "msgUuid", parcel->id);
    *ret_post = (struct post){.url = destination->url};
    if (destination->secret[0] != '\0') {
        char sign[SIGN_URL_BYTES];
        sign_dingtalk(destination->secret, parcel->now_ms, sign);
        ret_post->url = arena_format(arena, "%s%ctimestamp=%" PRId64 "&sign=%s", destination->url,
                                     strchr(destination->url, '?') != NULL ? '&' : '?', parcel->now_ms, sign);
    }
    driver_header(arena, ret_post, "Content-Type", content_type);
    ret_post->body = driver_json(arena, body, &ret_post->length);
    return NULL;
}

static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    json_t *object = driver_object(answer);
    char code[CODE_BYTES];
    if (object != NULL && driver_code(object, "errcode", code, sizeof code)) {
        if (answer->status == 200 && strcmp(code, "0") == 0)
            verdict_set(ret_verdict, OUTCOME_OK, "ok");
        else
            verdict_by_rules(rules, code, driver_words(object, "errmsg"), answer, ret_verdict);
    } else if (object != NULL && driver_code(object, "status", code, sizeof code) && strcmp(code, "1111") == 0) {
        static const struct rule wall[] = {{"1111", NULL, 0, OUTCOME_THROTTLE, 600, 0},
                                           {NULL, NULL, 0, OUTCOME_OK, 0, 0}};
        verdict_by_rules(wall, code, "shut out by the chat's firewall", answer, ret_verdict);
    } else {
        verdict_by_status(answer, ret_verdict);
    }
    json_decref(object);
}

const struct driver driver_dingtalk = {
    .name = "dingtalk",
    .hosts = "oapi.dingtalk.com/robot/",
    .needs = DRIVER_URL,
    .takes = DRIVER_URL | DRIVER_SECRET,
    .style = DISARM_CHAT,
    .limit = BODY_BYTES - ENVELOPE_BYTES,
    .cost = cost_json,
    .pace = {.interval_ms = 4000, .burst = 5}, // 20 a minute
    .keyed = true,
    .compose = compose,
    .classify = classify,
};
