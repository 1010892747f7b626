// Slack: an incoming webhook, or the bot's chat.postMessage when the channel has a token. The letter is plain_text
// blocks, so nothing in it can be markup; the mention is a block of its own.
#include "services/notifier/driver.h"

#include "common/utf8.h"

#include <stdio.h>
#include <string.h>

enum {
    SECTION_CHARACTERS = 3000, // of one block; counted in bytes below 3 * that is never more
    LETTER_CHARACTERS = 12000, // all blocks together; near 13,200 the answer is msg_blocks_too_long
    FALLBACK_BYTES = 300,      // what a phone shows before it is unlocked
    CODE_BYTES = 64,
    SECOND_MS = 1000,
};

static const struct rule rules[] = {
    {"rate_limited", NULL, 0, OUTCOME_THROTTLE, 0, 0},
    {"ratelimited", NULL, 0, OUTCOME_THROTTLE, 0, 0},
    {"invalid_payload", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"user_not_found", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"no_text", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"too_many_attachments", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"msg_too_long", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"invalid_blocks", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"msg_blocks_too_long", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"action_prohibited", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"invalid_token", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"posting_to_general_channel_denied", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"no_service", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"no_active_hooks", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"invalid_auth", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"not_authed", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"token_revoked", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"account_inactive", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"missing_scope", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"not_in_channel", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"channel_not_found", NULL, 404, OUTCOME_CONFIG, 0, 0}, // of a webhook: it was set up for that channel
    {"channel_not_found", NULL, 0, OUTCOME_GONE, 0, 0},
    {"channel_is_archived", NULL, 0, OUTCOME_GONE, 0, 0},
    {"is_archived", NULL, 0, OUTCOME_GONE, 0, 0},
    {"rollup_error", NULL, 0, OUTCOME_RETRY, 0, 0},
    {"service_unavailable", NULL, 0, OUTCOME_RETRY, 0, 0},
    {"internal_error", NULL, 0, OUTCOME_UNKNOWN, 0, 0}, // some of it may have happened, says their own text
    {"fatal_error", NULL, 0, OUTCOME_UNKNOWN, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

// How much of the text goes into the next block: whole lines where there are any, never a part of a character or
// entity.
static size_t section(const char *text, size_t length)
{
    size_t end = 0, characters = 0, line = 0, safe = 0;
    while (end < length && characters < SECTION_CHARACTERS) {
        size_t bytes = utf8_length(text + end, length - end);
        if (text[end] == '&')
            safe = end;
        end += bytes > 0 ? bytes : 1;
        characters++;
        if (text[end - 1] == '\n')
            line = end;
    }
    if (end == length)
        return end;
    if (line > 0)
        return line;
    return end - safe < strlen("&quot;") && safe > 0 ? safe : end;
}

static json_t *blocks(struct arena *arena, const struct parcel *parcel, bool mention)
{
    json_t *list = json_array();
    if (mention)
        json_array_append_new(list, json_pack("{s:s,s:{s:s,s:s}}", "type", "section", "text", "type", "mrkdwn", "text",
                                              arena_format(arena, "<@%s>", parcel->address)));
    size_t length = strlen(parcel->text);
    for (size_t at = 0; at < length;) {
        size_t bytes = section(parcel->text + at, length - at);
        size_t shown = bytes;
        while (shown > 1 && parcel->text[at + shown - 1] == '\n')
            shown--;
        json_array_append_new(list, json_pack("{s:s,s:{s:s,s:s%,s:b}}", "type", "section", "text", "type", "plain_text",
                                              "text", parcel->text + at, shown, "emoji", 0));
        at += bytes;
    }
    return list;
}

static json_t *body(struct arena *arena, const struct parcel *parcel)
{
    bool user = driver_plain(parcel->address, 3, 24, "") && (parcel->address[0] == 'U' || parcel->address[0] == 'W');
    size_t fallback = utf8_cut(parcel->text, strlen(parcel->text), FALLBACK_BYTES);
    const char *line = memchr(parcel->text, '\n', fallback);
    if (line != NULL)
        fallback = (size_t)(line - parcel->text);
    return json_pack("{s:s%,s:b,s:o}", "text", parcel->text, fallback, "mrkdwn", 0, "blocks",
                     blocks(arena, parcel, user));
}

static const char *compose_hook(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                                struct post *ret_post)
{
    *ret_post = (struct post){.url = destination->url};
    driver_header(arena, ret_post, "Content-Type", "application/json; charset=utf-8");
    ret_post->body = driver_json(arena, body(arena, parcel), &ret_post->length);
    return NULL;
}

static const char *compose_api(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                               struct post *ret_post)
{
    const char *to = destination->to[0] != '\0' ? destination->to : parcel->address;
    if (!driver_plain(to, 3, 24, ""))
        return "the rep has no Slack id, and the channel names no one in `to`";
    json_t *value = body(arena, parcel);
    json_object_set_new(value, "channel", json_string(to));
    *ret_post =
        (struct post){.url = destination->url[0] != '\0' ? destination->url : "https://slack.com/api/chat.postMessage"};
    driver_header(arena, ret_post, "Content-Type", "application/json; charset=utf-8");
    driver_header(arena, ret_post, "Authorization", arena_format(arena, "Bearer %s", destination->token));
    ret_post->body = driver_json(arena, value, &ret_post->length);
    return NULL;
}

// A failure: JSON with `error`, or the bare word.
static void classify_failure(const struct answer *answer, const json_t *object, struct verdict *ret_verdict)
{
    struct answer known = *answer;
    const char *error = driver_words(object, "error");
    const json_t *after = json_object_get(object, "retry_after");
    if (known.retry_after_ms < 0 && json_is_number(after))
        known.retry_after_ms = (int64_t)(json_number_value(after) * SECOND_MS);
    char word[CODE_BYTES];
    snprintf(word, sizeof word, "%.*s", (int)(answer->length < CODE_BYTES ? answer->length : CODE_BYTES - 1),
             answer->body);
    word[strcspn(word, "\r\n")] = '\0';
    const char *code = error[0] != '\0' ? error : word;
    bool known_code = false;
    for (const struct rule *rule = rules; rule->code != NULL; rule++)
        known_code = known_code || strcmp(rule->code, code) == 0;
    if (known_code || error[0] != '\0')
        verdict_by_rules(rules, code, "", &known, ret_verdict);
    else
        verdict_by_status(&known, ret_verdict);
}

static void classify_hook(const struct answer *answer, struct verdict *ret_verdict)
{
    if (answer->status == 200 && answer->length == 2 && memcmp(answer->body, "ok", 2) == 0) {
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
        return;
    }
    json_t *object = driver_object(answer);
    classify_failure(answer, object, ret_verdict);
    json_decref(object);
}

static void classify_api(const struct answer *answer, struct verdict *ret_verdict)
{
    json_t *object = driver_object(answer);
    if (answer->status == 200 && json_is_true(json_object_get(object, "ok")) && driver_words(object, "ts")[0] != '\0')
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
    else
        classify_failure(answer, object, ret_verdict);
    json_decref(object);
}

const struct driver driver_slack = {
    .name = "slack",
    .needs = DRIVER_URL,
    .takes = DRIVER_URL | DRIVER_TOKEN | DRIVER_TO,
    .style = DISARM_SLACK,
    .limit = LETTER_CHARACTERS,
    .cost = cost_characters,
    .pace = {.interval_ms = 1000, .burst = 3}, // one a second and channel, short bursts
    .compose = compose_hook,
    .classify = classify_hook,
};

const struct driver driver_slack_api = {
    .name = "slack",
    .needs = DRIVER_TOKEN,
    .takes = DRIVER_URL | DRIVER_TOKEN | DRIVER_TO,
    .style = DISARM_SLACK,
    .limit = LETTER_CHARACTERS,
    .cost = cost_characters,
    .pace = {.interval_ms = 1000, .burst = 3},
    .compose = compose_api,
    .classify = classify_api,
};
