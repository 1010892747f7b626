// Matrix: a message to a room, as the account that the token belongs to. The message's id is the transaction's, so the
// homeserver itself passes over a repeat. m.text without HTML: nothing in it can be markup, and with m.mentions there
// only who is named in it is mentioned, whatever the text says.
#include "services/notifier/driver.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    EVENT_BYTES = 65536,   // the whole event, with what the homeserver adds
    ENVELOPE_BYTES = 5536, // of it; a change holds its text twice
    ID_BYTES = 255,        // of rooms and people
    CODE_BYTES = 48,
};

static const struct rule rules[] = {
    {"M_LIMIT_EXCEEDED", NULL, 0, OUTCOME_THROTTLE, 10, 60},
    {"M_UNKNOWN_TOKEN", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"M_MISSING_TOKEN", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"M_USER_DEACTIVATED", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"M_USER_LOCKED", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"M_USER_SUSPENDED", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"M_CONSENT_NOT_GIVEN", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"M_RESOURCE_LIMIT_EXCEEDED", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"M_UNRECOGNIZED", NULL, 0, OUTCOME_CONFIG, 0, 0}, // no homeserver, or one of long ago
    {"M_FORBIDDEN", NULL, 0, OUTCOME_GONE, 0, 0},      // the account is not in the room, or may not speak there
    {"M_NOT_FOUND", NULL, 0, OUTCOME_GONE, 0, 0},
    {"M_TOO_LARGE", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"M_BAD_JSON", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"M_NOT_JSON", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"M_INVALID_PARAM", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"M_MISSING_PARAM", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"M_BAD_STATE", NULL, 0, OUTCOME_REJECT, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

static bool room_plain(const char *text)
{
    return text[0] == '!' && driver_plain(text, 2, ID_BYTES, "!:._=-/+~$[]");
}

static bool person_plain(const char *text)
{
    const char *colon = strchr(text, ':');
    return text[0] == '@' && colon != NULL && colon > text + 1 && colon[1] != '\0' &&
           driver_plain(text, 4, ID_BYTES, "@:._=-/+[]");
}

// As one part of a path.
static const char *escape(struct arena *arena, const char *text)
{
    static const char hexadecimal[] = "0123456789ABCDEF";
    char *kept = arena_take(arena, 3 * strlen(text) + 1), *to = kept;
    for (const char *at = text; *at != '\0'; at++) {
        if (driver_plain((const char[]){*at, '\0'}, 1, 1, "-._~")) {
            *to++ = *at;
            continue;
        }
        *to++ = '%';
        *to++ = hexadecimal[(unsigned char)*at >> 4];
        *to++ = hexadecimal[(unsigned char)*at & 15];
    }
    *to = '\0';
    return kept;
}

static const char *url_wrong(const char *url)
{
    return strpbrk(url, "?#") == NULL && strstr(url, "/_matrix/") == NULL
               ? NULL
               : "must hold the homeserver's address alone, such as https://matrix.example.com";
}

// A PUT of the content under the transaction's id.
static const char *put(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                       const char *transaction, json_t *content, struct post *ret_post)
{
    const char *room = destination->to[0] != '\0' ? destination->to : parcel->address;
    const char *trouble = NULL;
    if (!room_plain(room))
        trouble = "the rep's address is no Matrix room (!...), and the channel names none in `to`";
    else if (url_wrong(destination->url) != NULL)
        trouble = "url_file must hold the homeserver's address alone, such as https://matrix.example.com";
    if (trouble != NULL) {
        json_decref(content);
        return trouble;
    }
    size_t base = strlen(destination->url);
    while (base > 0 && destination->url[base - 1] == '/')
        base--;
    *ret_post = (struct post){.method = "PUT"};
    ret_post->url = arena_format(arena, "%.*s/_matrix/client/v3/rooms/%s/send/m.room.message/%s", (int)base,
                                 destination->url, escape(arena, room), escape(arena, transaction));
    driver_header(arena, ret_post, "Content-Type", "application/json");
    driver_header(arena, ret_post, "Authorization", arena_format(arena, "Bearer %s", destination->token));
    ret_post->body = driver_json(arena, content, &ret_post->length);
    return NULL;
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    json_t *mentions = json_object();
    if (person_plain(parcel->address))
        json_object_set_new(mentions, "user_ids", json_pack("[s]", parcel->address));
    json_t *content = json_pack("{s:s,s:s,s:o}", "msgtype", "m.text", "body", parcel->text, "m.mentions", mentions);
    return put(arena, parcel, destination, parcel->id, content, ret_post);
}

// A change is a message of its own that stands in the place of the first; clients that know no changes show it as it
// is. Every try has a transaction of its own: a change that arrives twice changes nothing the second time.
static const char *amend(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                         struct post *ret_post)
{
    json_t *content =
        json_pack("{s:s,s:s,s:{},s:{s:s,s:s,s:{}},s:{s:s,s:s}}", "msgtype", "m.text", "body",
                  arena_format(arena, "* %s", parcel->text), "m.mentions", "m.new_content", "msgtype", "m.text", "body",
                  parcel->text, "m.mentions", "m.relates_to", "rel_type", "m.replace", "event_id", parcel->receipt);
    const char *transaction = arena_format(arena, "%s-%" PRId64, parcel->id, parcel->now_ms);
    return put(arena, parcel, destination, transaction, content, ret_post);
}

static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    json_t *object = driver_object(answer);
    const char *event = driver_words(object, "event_id"), *code = driver_words(object, "errcode");
    struct answer known = *answer;
    const json_t *after = json_object_get(object, "retry_after_ms");
    if (known.retry_after_ms < 0 && json_is_integer(after) && json_integer_value(after) >= 0)
        known.retry_after_ms = json_integer_value(after); // older homeservers say it here alone
    if (answer->status == 200 && event[0] == '$') {
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
        verdict_receipt(ret_verdict, "%s", event);
    } else if (code[0] != '\0') {
        verdict_by_rules(rules, code, driver_words(object, "error"), &known, ret_verdict);
    } else {
        verdict_by_status(answer, ret_verdict);
    }
    json_decref(object);
}

const struct driver driver_matrix = {
    .name = "matrix",
    .url_wrong = url_wrong,
    .needs = DRIVER_URL | DRIVER_TOKEN,
    .takes = DRIVER_URL | DRIVER_TOKEN | DRIVER_TO,
    .personal = true,
    .domain = ':',
    .style = DISARM_CHAT,
    .limit = (EVENT_BYTES - ENVELOPE_BYTES) / 2,
    .cost = cost_json,
    .pace = {.interval_ms = 5000, .burst = 10}, // what homeservers allow unless told otherwise
    .keyed = true,
    .compose = compose,
    .classify = classify,
    .amend = amend,
};
