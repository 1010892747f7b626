// Slack: an incoming webhook, or the bot's chat.postMessage when the channel has a token. The letter is plain_text
// blocks, so nothing in it can be markup; the mention is a block of its own.
//
// The bot's buttons call back, and what was pressed shows when the message is changed; Slack shows nothing of the
// answer to the callback itself. A webhook cannot change its messages, so its buttons open the page. Slack tells the
// app of those as well, and marks the button with a warning unless somebody says 200: that is what a webhook has
// verify_file for.
#include "services/notifier/driver.h"

#include "common/utf8.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SECTION_CHARACTERS = 3000, // of one block; counted in bytes below 3 * that is never more
    LETTER_CHARACTERS = 9000,  // near 13,200 in all blocks together the answer is msg_blocks_too_long
    BUTTONS_MOST = 13,         // four for each of three reminders, and the page
    LABEL_CHARACTERS = 75,
    FALLBACK_CHARACTERS = 150, // what a phone shows before it is unlocked
    CODE_BYTES = 64,
    ID_CHARACTERS = 24, // of a user or channel
    SECOND_MS = 1000,
    WINDOW_S = 300, // an older callback may be somebody's recording
    DIGITS_MOST = 12,
};

static const char post_message[] = "chat.postMessage", update[] = "chat.update", ephemeral[] = "chat.postEphemeral";
static const char our_actions[] = "tend."; // an app may have buttons of other programs' too

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
    {"token_expired", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"channel_is_archived", NULL, 0, OUTCOME_GONE, 0, 0},
    {"is_archived", NULL, 0, OUTCOME_GONE, 0, 0},
    {"message_not_found", NULL, 0, OUTCOME_REJECT, 0, 0}, // of a change: somebody deleted it
    {"cant_update_message", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"edit_window_closed", NULL, 0, OUTCOME_REJECT, 0, 0},
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

static bool id_plain(const char *text)
{
    return driver_plain(text, 3, ID_CHARACTERS, "");
}

// A button that calls back, or one that opens a page: what is not about a reminder is the page itself.
static json_t *button(struct arena *arena, const struct button *button, size_t number, bool first, bool presses)
{
    json_t *value = json_pack("{s:s,s:s,s:{s:s,s:s,s:b}}", "type", "button", "action_id",
                              arena_format(arena, "%s%zu", our_actions, number), "text", "type", "plain_text", "text",
                              driver_title(arena, button->label, LABEL_CHARACTERS), "emoji", 0);
    bool calls_back = presses && button->item != 0;
    json_object_set_new(value, calls_back ? "value" : "url", json_string(calls_back ? button->token : button->url));
    if (first && button->item != 0)
        json_object_set_new(value, "style", json_string("primary"));
    return value;
}

// A row for each reminder, so that they stay apart on a phone.
static void append_buttons(struct arena *arena, const struct parcel *parcel, bool presses, json_t *list)
{
    json_t *row = NULL;
    for (size_t i = 0; i < parcel->button_count && i < BUTTONS_MOST; i++) {
        bool first = row == NULL || parcel->buttons[i].item != parcel->buttons[i - 1].item;
        if (first) {
            row = json_array();
            json_array_append_new(list, json_pack("{s:s,s:o}", "type", "actions", "elements", row));
        }
        json_array_append_new(row, button(arena, &parcel->buttons[i], i + 1, first, presses));
    }
}

static json_t *blocks(struct arena *arena, const struct parcel *parcel, bool mention, bool presses)
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
    append_buttons(arena, parcel, presses, list);
    return list;
}

static json_t *body(struct arena *arena, const struct parcel *parcel, bool presses)
{
    bool user = id_plain(parcel->address) && (parcel->address[0] == 'U' || parcel->address[0] == 'W');
    const char *title = driver_subject(arena, parcel, FALLBACK_CHARACTERS);
    return json_pack("{s:s,s:b,s:o}", "text", title, "mrkdwn", 0, "blocks", blocks(arena, parcel, user, presses));
}

static const char *compose_hook(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                                struct post *ret_post)
{
    *ret_post = (struct post){.url = destination->url};
    driver_header(arena, ret_post, "Content-Type", "application/json; charset=utf-8");
    ret_post->body = driver_json(arena, body(arena, parcel, false), &ret_post->length);
    return NULL;
}

static void call_api(struct arena *arena, const struct destination *destination, const char *url, json_t *value,
                     struct post *ret_post)
{
    *ret_post = (struct post){.url = url};
    driver_header(arena, ret_post, "Content-Type", "application/json; charset=utf-8");
    driver_header(arena, ret_post, "Authorization", arena_format(arena, "Bearer %s", destination->token));
    ret_post->body = driver_json(arena, value, &ret_post->length);
}

static const char *api_url(const struct destination *destination)
{
    return destination->url[0] != '\0' ? destination->url : "https://slack.com/api/chat.postMessage";
}

static const char *compose_api(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                               struct post *ret_post)
{
    const char *to = destination->to[0] != '\0' ? destination->to : parcel->address;
    if (!id_plain(to))
        return "the rep has no Slack id, and the channel names no one in `to`";
    json_t *value = body(arena, parcel, destination->verify[0] != '\0');
    json_object_set_new(value, "channel", json_string(to));
    call_api(arena, destination, api_url(destination), value, ret_post);
    return NULL;
}

// Another method of the API; NULL when the channel's URL does not say where the methods are.
static const char *other_url(struct arena *arena, const struct destination *destination, const char *method)
{
    const char *url = api_url(destination);
    size_t base = strlen(url) - (strlen(url) < strlen(post_message) ? 0 : strlen(post_message));
    return strcmp(url + base, post_message) == 0 ? arena_format(arena, "%.*s%s", (int)base, url, method) : NULL;
}

// The receipt is "CHANNEL TS". A message to a person has a channel of its own, which only the receipt knows.
static const char *amend(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                         struct post *ret_post)
{
    const char *space = strchr(parcel->receipt, ' ');
    const char *url = other_url(arena, destination, update);
    if (space == NULL)
        return "the message's receipt is not one of Slack's";
    if (url == NULL)
        return "url_file does not end in chat.postMessage, so how to change a message is not known";
    json_t *value = body(arena, parcel, destination->verify[0] != '\0');
    json_object_set_new(value, "channel", json_stringn(parcel->receipt, (size_t)(space - parcel->receipt)));
    json_object_set_new(value, "ts", json_string(space + 1));
    json_object_set_new(value, "parse", json_string("none")); // here, unlike there, names become mentions without it
    call_api(arena, destination, url, value, ret_post);
    return NULL;
}

// A failure: JSON with `error`, or the bare word.
static void classify_failure(const struct answer *answer, const json_t *object, struct verdict *ret_verdict)
{
    struct answer known = *answer;
    const char *error = driver_words(object, "error");
    const json_t *after = json_object_get(object, "retry_after");
    if (known.retry_after_ms < 0 && json_is_number(after) && json_number_value(after) >= 0 &&
        json_number_value(after) < 1e6)
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
    const char *channel = driver_words(object, "channel"), *ts = driver_words(object, "ts");
    if (answer->status == 200 && json_is_true(json_object_get(object, "ok")) && ts[0] != '\0') {
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
        if (id_plain(channel) && driver_plain(ts, 1, ID_CHARACTERS, "."))
            verdict_receipt(ret_verdict, "%s %s", channel, ts);
    } else {
        classify_failure(answer, object, ret_verdict);
    }
    json_decref(object);
}

// Seconds since 1970; -1 for anything but plain digits.
static int64_t read_seconds(const char *text)
{
    if (strlen(text) > DIGITS_MOST || text[0] == '\0' || strspn(text, "0123456789") != strlen(text))
        return -1;
    return strtoll(text, NULL, 10);
}

// "v0=" and the HMAC-SHA256 of "v0:{seconds}:{body}" in hexadecimal, over the bytes as they came.
static void sign(const char *secret, const char *seconds, const struct request *request, char *ret_sign)
{
    crypto_auth_hmacsha256_state state;
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)"v0:", strlen("v0:"));
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)seconds, strlen(seconds));
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)":", 1);
    crypto_auth_hmacsha256_update(&state, request->body, request->length);
    crypto_auth_hmacsha256_final(&state, mac);
    memcpy(ret_sign, "v0=", strlen("v0="));
    sodium_bin2hex(ret_sign + strlen("v0="), 2 * sizeof mac + 1, mac, sizeof mac);
    sodium_memzero(&state, sizeof state);
}

static const char *refuse(const struct request *request, const char *secret, int64_t now_ms)
{
    const char *seconds = request->header(request, "x-slack-request-timestamp");
    const char *signature = request->header(request, "x-slack-signature");
    char expected[sizeof "v0=" + 2 * crypto_auth_hmacsha256_BYTES];
    if (secret[0] == '\0')
        return "the channel has no verify_file with Slack's signing secret";
    if (seconds == NULL || signature == NULL || read_seconds(seconds) < 0)
        return "it does not carry Slack's signature";
    sign(secret, seconds, request, expected);
    if (!driver_same(expected, signature))
        return "Slack's signature is not that of the channel's signing secret";
    int64_t age_s = now_ms / SECOND_MS - read_seconds(seconds);
    return age_s > WINDOW_S || age_s < -WINDOW_S ? "it was signed more than five minutes from now" : NULL;
}

static int digit(char character)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = character != '\0' ? strchr(digits, character) : NULL;
    return at != NULL ? (int)((at - digits) % 16) : -1;
}

// A value of a form, decoded; NULL when it is not well-formed or holds a NUL.
static const char *decode(struct arena *arena, const char *text, size_t length)
{
    char *value = arena_take(arena, length + 1), *to = value;
    for (size_t i = 0; i < length; i++) {
        int byte = text[i] == '+' ? ' ' : (unsigned char)text[i];
        if (text[i] == '%') {
            int high = i + 2 < length ? digit(text[i + 1]) : -1, low = high >= 0 ? digit(text[i + 2]) : -1;
            byte = low >= 0 ? high * 16 + low : 0;
            i += 2;
        }
        if (byte == 0)
            return NULL;
        *to++ = (char)byte;
    }
    *to = '\0';
    return value;
}

// The one field `payload` of the form; NULL when there is none, or more than one.
static const char *payload(struct arena *arena, const struct request *request)
{
    static const char name[] = "payload=";
    const char *text = (const char *)request->body, *found = NULL;
    for (size_t at = 0, bytes; at < request->length; at += bytes + 1) {
        const char *end = memchr(text + at, '&', request->length - at);
        bytes = end != NULL ? (size_t)(end - (text + at)) : request->length - at;
        if (bytes < strlen(name) || memcmp(text + at, name, strlen(name)) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = decode(arena, text + at + strlen(name), bytes - strlen(name));
        if (found == NULL)
            return NULL;
    }
    return found;
}

static const char *keep(struct arena *arena, const char *text)
{
    return arena_text(arena, text, strlen(text));
}

// A button without a value opened a page, which is answered there.
static void read_press(struct arena *arena, const json_t *object, struct press *press)
{
    const char *user = driver_words(json_object_get(object, "user"), "id");
    const json_t *action;
    size_t index;
    if (strcmp(driver_words(object, "type"), "block_actions") != 0 || !id_plain(user))
        return;
    json_array_foreach (json_object_get(object, "actions"), index, action) {
        const char *value = driver_words(action, "value");
        if (value[0] == '\0' || strncmp(driver_words(action, "action_id"), our_actions, strlen(our_actions)) != 0)
            continue;
        press->kind = PRESS_BUTTON;
        press->token = keep(arena, value);
        press->user = keep(arena, user);
        press->handle = keep(arena, driver_words(json_object_get(object, "container"), "channel_id"));
        press->name = keep(arena, driver_words(json_object_get(object, "user"), "username"));
        return;
    }
}

static const char *hear(struct arena *arena, const struct request *request, const struct destination *destination,
                        int64_t now_ms, struct press *ret_press)
{
    const char *refused = refuse(request, destination->verify, now_ms);
    if (refused != NULL)
        return refused;
    const char *text = payload(arena, request);
    json_t *object = text != NULL ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    struct press press = {.kind = PRESS_NONE, .token = "", .user = "", .words = "", .handle = ""};
    bool good = json_is_object(object);
    if (good)
        read_press(arena, object, &press);
    json_decref(object);
    if (!good)
        return "it holds no payload of Slack's";
    *ret_press = press;
    return NULL;
}

// Slack shows nothing of what answers a button, and the URL that a callback names for an answer is none that we were
// told by people: so a message that only they see, where they pressed.
static const char *whisper(struct arena *arena, const struct press *press, const char *words,
                           const struct destination *destination, struct post *ret_post)
{
    const char *url = other_url(arena, destination, ephemeral);
    if (url == NULL || !id_plain(press->handle) || !id_plain(press->user))
        return "where to say it is not known";
    size_t room = strlen(words) * DISARM_GROWTH + DISARM_GROWTH;
    char *text = arena_take(arena, room);
    disarm(words, strlen(words), DISARM_SLACK, 0, text, room);
    json_t *value =
        json_pack("{s:s,s:s,s:s,s:s}", "channel", press->handle, "user", press->user, "text", text, "parse", "none");
    call_api(arena, destination, url, value, ret_post);
    return NULL;
}

static void respond(struct turn *turn, const struct press *press, const struct pressed *pressed,
                    struct reply *ret_reply)
{
    (void)turn;
    (void)press;
    (void)pressed;
    *ret_reply = (struct reply){.status = 200, .content_type = "text/plain; charset=utf-8", .body = ""};
}

const struct driver driver_slack = {
    .name = "slack",
    .other = &driver_slack_api,
    .other_key = DRIVER_TOKEN,
    .hosts = "hooks.slack.com/services/ hooks.slack-gov.com/services/",
    .needs = DRIVER_URL,
    .takes = DRIVER_URL | DRIVER_TOKEN | DRIVER_TO | DRIVER_VERIFY,
    .style = DISARM_SLACK,
    .limit = LETTER_CHARACTERS,
    .cost = cost_characters,
    .titled = true,
    .pace = {.interval_ms = 1000, .burst = 3}, // one a second and channel, short bursts
    .buttons = BUTTONS_MOST,
    .label_most = LABEL_CHARACTERS,
    .compose = compose_hook,
    .classify = classify_hook,
    .hear = hear,
    .respond = respond,
};

const struct driver driver_slack_api = {
    .name = "slack",
    .hosts = "slack.com/api/ slack-gov.com/api/",
    .needs = DRIVER_TOKEN,
    .takes = DRIVER_URL | DRIVER_TOKEN | DRIVER_TO | DRIVER_VERIFY,
    .personal = true,
    .style = DISARM_SLACK,
    .limit = LETTER_CHARACTERS,
    .cost = cost_characters,
    .titled = true,
    .pace = {.interval_ms = 1000, .burst = 3},
    .buttons = BUTTONS_MOST,
    .label_most = LABEL_CHARACTERS,
    .presses = true,
    .compose = compose_api,
    .classify = classify_api,
    .amend = amend,
    .hear = hear,
    .respond = respond,
    .whisper = whisper,
};
