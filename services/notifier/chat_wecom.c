// WeCom's group robot: plain text of at most 2,048 bytes, mentions in lists of their own, the key in the URL is the
// secret.
#include "services/notifier/driver.h"

#include <string.h>

enum { CONTENT_BYTES = 2048, CODE_BYTES = 24 };

static const struct rule rules[] = {
    {"45009", NULL, 0, OUTCOME_THROTTLE, 60, 0},
    {"-1", NULL, 0, OUTCOME_RETRY, 0, 0},
    {"93000", "exceed max length", 0, OUTCOME_REJECT, 0, 0},
    {"93000", "webhook", 0, OUTCOME_CONFIG, 0, 0},
    {"93000", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"40008", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"40058", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"40033", NULL, 0, OUTCOME_REJECT, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    json_t *text = json_pack("{s:s}", "content", parcel->text);
    bool phone = driver_plain(parcel->address, 5, 20, "+-") &&
                 strspn(parcel->address, "+-0123456789") == strlen(parcel->address);
    bool user = driver_plain(parcel->address, 1, 64, "_-.") && strcasecmp(parcel->address, "all") != 0;
    if (phone || user)
        json_object_set_new(text, phone ? "mentioned_mobile_list" : "mentioned_list",
                            json_pack("[s]", parcel->address));
    json_t *body = json_pack("{s:s,s:o}", "msgtype", "text", "text", text);
    *ret_post = (struct post){.url = destination->url};
    driver_header(arena, ret_post, "Content-Type", "application/json; charset=utf-8");
    ret_post->body = driver_json(arena, body, &ret_post->length);
    return NULL;
}

static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    json_t *object = driver_object(answer);
    char code[CODE_BYTES];
    if (object == NULL || !driver_code(object, "errcode", code, sizeof code))
        verdict_by_status(answer, ret_verdict);
    else if (answer->status == 200 && strcmp(code, "0") == 0)
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
    else
        verdict_by_rules(rules, code, driver_words(object, "errmsg"), answer, ret_verdict);
    json_decref(object);
}

const struct driver driver_wecom = {
    .name = "wecom",
    .hosts = "qyapi.weixin.qq.com/cgi-bin/webhook/",
    .needs = DRIVER_URL,
    .takes = DRIVER_URL,
    .style = DISARM_CHAT,
    .limit = CONTENT_BYTES,
    .cost = cost_bytes,
    .pace = {.interval_ms = 4000, .burst = 5}, // 20 a minute
    .compose = compose,
    .classify = classify,
};
