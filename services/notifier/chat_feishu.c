// Feishu's and Lark's custom bot: plain text, in which only the mention that we write is a tag; time and signature
// stand in the body, and the signature's recipe is not DingTalk's.
#include "services/notifier/driver.h"

#include "services/notifier/sign.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    BODY_BYTES = 20 * 1024, // the whole request body
    ENVELOPE_BYTES = 600,
    CODE_BYTES = 24,
    SECOND_MS = 1000,
};

static const struct rule rules[] = {
    {"11232", NULL, 0, OUTCOME_THROTTLE, 10, 60},
    {"19021", NULL, 0, OUTCOME_CONFIG, 0, 0}, // time or signature
    {"19022", NULL, 0, OUTCOME_CONFIG, 0, 0}, // address not allowed
    {"19024", NULL, 0, OUTCOME_CONFIG, 0, 0}, // keyword
    {"19001", NULL, 0, OUTCOME_CONFIG, 0, 0}, // token
    {"9499", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"19002", NULL, 0, OUTCOME_REJECT, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    const char *text = parcel->text;
    bool user = driver_plain(parcel->address, 1, 64, "_-") && strcasecmp(parcel->address, "all") != 0;
    if (user)
        text = arena_format(arena, "%s\n<at user_id=\"%s\"></at>", text, parcel->address);
    json_t *body = json_object();
    if (destination->secret[0] != '\0') {
        char sign[SIGN_BASE64_BYTES];
        int64_t now_s = parcel->now_ms / SECOND_MS;
        sign_feishu(destination->secret, now_s, sign);
        json_object_set_new(body, "timestamp", json_sprintf("%" PRId64, now_s));
        json_object_set_new(body, "sign", json_string(sign));
    }
    json_object_set_new(body, "msg_type", json_string("text"));
    json_object_set_new(body, "content", json_pack("{s:s}", "text", text));
    *ret_post = (struct post){.url = destination->url};
    driver_header(arena, ret_post, "Content-Type", "application/json; charset=utf-8");
    ret_post->body = driver_json(arena, body, &ret_post->length);
    return NULL;
}

static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    json_t *object = driver_object(answer);
    char code[CODE_BYTES];
    const char *words = driver_words(object, "msg");
    bool found = object != NULL && driver_code(object, "code", code, sizeof code);
    if (object != NULL && !found) { // the older form
        found = driver_code(object, "StatusCode", code, sizeof code);
        words = driver_words(object, "StatusMessage");
    }
    if (!found)
        verdict_by_status(answer, ret_verdict);
    else if (answer->status == 200 && strcmp(code, "0") == 0)
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
    else
        verdict_by_rules(rules, code, words, answer, ret_verdict);
    json_decref(object);
}

const struct driver driver_feishu = {
    .name = "feishu",
    .hosts = "open.feishu.cn/open-apis/bot/v2/hook/ open.larksuite.com/open-apis/bot/v2/hook/",
    .needs = DRIVER_URL,
    .takes = DRIVER_URL | DRIVER_SECRET,
    .style = DISARM_CHAT,
    .limit = BODY_BYTES - ENVELOPE_BYTES,
    .cost = cost_json,
    .pace = {.interval_ms = 750, .burst = 4}, // 5 a second and 100 a minute
    .compose = compose,
    .classify = classify,
};
