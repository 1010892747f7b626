// XMPP through ejabberd's HTTP API: url_file is its .../api/send_message, `app` the account that speaks. Messages are
// plain text; XMPP has no markup in those.
//
// The API says 0 to all that it could parse. What an account that is not in a room says to it is dropped without a
// word, so for a room the account is made a subscriber first, which ejabberd lets speak; a room that does not want it
// is told here and not lost there. Of a rep whose account does not exist ejabberd tells nothing: what is sent there is
// lost, so addresses should be those of the configuration.
#include "services/notifier/driver.h"

#include <stdio.h>
#include <string.h>

enum {
    LETTER_BYTES_MOST = 20000, // ejabberd lets clients of other servers take 64 KiB of XML, escapes and all
    JID_PART_MOST = 128,
    DOMAIN_MOST = 190,
    // Longer than DISPATCH_GRANT_MS, which comes off: a minute of messages trusts one look.
    GRANT_LASTS_MS = 180 * 1000,
    CODE_BYTES = 16,
};

#define SEND "/send_message"
#define REFUSED "the room refuses us"

static const struct rule rules[] = {
    {REFUSED, "does not exist", 0, OUTCOME_GONE, 0, 0},
    {REFUSED, "not found", 0, OUTCOME_GONE, 0, 0},
    {REFUSED, NULL, 400, OUTCOME_CONFIG, 0, 0},
    {"400", "attribute 'from'", 0, OUTCOME_CONFIG, 0, 0},
    {"400", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"401", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"403", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"404", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

// A bare "name@host.example" of plain ASCII, without what XMPP forbids there.
static bool jid_valid(const char *text)
{
    const char *at = strchr(text, '@');
    char local[JID_PART_MOST + 1];
    if (at == NULL || at - text > JID_PART_MOST)
        return false;
    snprintf(local, sizeof local, "%.*s", (int)(at - text), text);
    return driver_plain(local, 1, JID_PART_MOST, "._+-=%~!$*\\") && driver_plain(at + 1, 1, DOMAIN_MOST, ".-") &&
           at[1] != '.' && strstr(at, "..") == NULL;
}

static const char *url_wrong(const char *url)
{
    size_t length = strlen(url);
    bool ends = length > strlen(SEND) && strcmp(url + length - strlen(SEND), SEND) == 0;
    return ends ? NULL : "must hold a URL that ends in " SEND;
}

static const char *start_post(struct arena *arena, const struct destination *destination, const char *command,
                              struct post *ret_post)
{
    size_t length = strlen(destination->url);
    if (url_wrong(destination->url) != NULL)
        return "url_file must hold a URL that ends in " SEND;
    if (!jid_valid(destination->app))
        return "app must be the account that sends, such as tend@example.com";
    if (destination->to[0] != '\0' && !jid_valid(destination->to))
        return "to must be a room, such as sales@conference.example.com";
    *ret_post =
        (struct post){.url = arena_format(arena, "%.*s/%s", (int)(length - strlen(SEND)), destination->url, command)};
    driver_header(arena, ret_post, "Content-Type", "application/json; charset=utf-8");
    if (destination->token[0] != '\0')
        driver_header(arena, ret_post, "Authorization", arena_format(arena, "Bearer %s", destination->token));
    return NULL;
}

static const char *compose_to(struct arena *arena, const char *type, const char *to, const struct parcel *parcel,
                              const struct destination *destination, struct post *ret_post)
{
    const char *trouble = start_post(arena, destination, "send_message", ret_post);
    if (trouble != NULL)
        return trouble;
    json_t *body = json_pack("{s:s,s:s,s:s,s:s,s:s}", "type", type, "from", destination->app, "to", to, "subject", "",
                             "body", parcel->text);
    ret_post->body = driver_json(arena, body, &ret_post->length);
    return NULL;
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    if (!jid_valid(parcel->address))
        return "the rep has no XMPP address that can be used, and the channel names no room in `to`";
    return compose_to(arena, "chat", parcel->address, parcel, destination, ret_post);
}

static const char *compose_room(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                                struct post *ret_post)
{
    return compose_to(arena, "groupchat", destination->to, parcel, destination, ret_post);
}

// What went wrong, in ejabberd's words: a JSON string, or an object with a message.
static void classify_failure(const struct answer *answer, bool room, struct verdict *ret_verdict)
{
    char code[CODE_BYTES];
    snprintf(code, sizeof code, "%d", answer->status);
    json_t *value = json_loadb(answer->body, answer->length, JSON_DECODE_ANY, NULL);
    const char *words = json_is_string(value) ? json_string_value(value) : driver_words(value, "message");
    if (answer->status >= 400 && answer->status <= 499 && words[0] != '\0')
        verdict_by_rules(rules, room && answer->status == 400 ? REFUSED : code, words, answer, ret_verdict);
    else
        verdict_by_status(answer, ret_verdict);
    json_decref(value);
}

static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    if (answer->status == 200 && answer->length == 1 && answer->body[0] == '0')
        verdict_set(ret_verdict, OUTCOME_OK, "0");
    else
        classify_failure(answer, false, ret_verdict);
}

// It is told of nothing that others say: the list of what it wants to hear is empty.
static const char *ask(struct arena *arena, const struct destination *destination, int64_t now_ms,
                       struct post *ret_post)
{
    (void)now_ms;
    const char *trouble = start_post(arena, destination, "subscribe_room", ret_post);
    if (trouble != NULL)
        return trouble;
    json_t *body = json_pack("{s:s,s:s,s:s,s:s}", "user", arena_format(arena, "%s/tend", destination->app), "nick",
                             arena_text(arena, destination->app, strcspn(destination->app, "@")), "room",
                             destination->to, "nodes", "");
    ret_post->body = driver_json(arena, body, &ret_post->length);
    return NULL;
}

static void granted(const struct answer *answer, struct verdict *ret_verdict, struct grant *ret_grant)
{
    json_t *nodes = json_loadb(answer->body, answer->length, 0, NULL);
    if (answer->status == 200 && json_is_array(nodes)) {
        verdict_set(ret_verdict, OUTCOME_OK, "in the room");
        snprintf(ret_grant->token, sizeof ret_grant->token, "in");
        ret_grant->lasts_ms = GRANT_LASTS_MS;
    } else {
        classify_failure(answer, true, ret_verdict);
    }
    json_decref(nodes);
}

const struct driver driver_xmpp = {
    .name = "xmpp",
    .other = &driver_xmpp_room,
    .other_key = DRIVER_TO,
    .url_wrong = url_wrong,
    .needs = DRIVER_URL | DRIVER_APP,
    .takes = DRIVER_URL | DRIVER_APP | DRIVER_TOKEN | DRIVER_TO,
    .style = DISARM_CHAT,
    .limit = LETTER_BYTES_MOST,
    .cost = cost_json,
    .pace = {.interval_ms = 200, .burst = 20}, // below ejabberd's shaper for its own users
    .personal = true,
    .domain = '@',
    .compose = compose,
    .classify = classify,
};

const struct driver driver_xmpp_room = {
    .name = "xmpp",
    .url_wrong = url_wrong,
    .needs = DRIVER_URL | DRIVER_APP | DRIVER_TO,
    .takes = DRIVER_URL | DRIVER_APP | DRIVER_TOKEN | DRIVER_TO,
    .style = DISARM_CHAT,
    .limit = LETTER_BYTES_MOST,
    .cost = cost_json,
    .pace = {.interval_ms = 200, .burst = 20},
    .compose = compose_room,
    .classify = classify,
    .ask = ask,
    .granted = granted,
};
