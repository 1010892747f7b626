// ntfy: a push message to a topic, as JSON to the server's root. Whoever knows a topic can read it, so there is no
// server but the one that url_file names.
#include "services/notifier/driver.h"

#include <stdio.h>
#include <string.h>

enum {
    LETTER_BYTES_MOST = 4000, // a message of more than 4096 becomes an attachment
    TITLE_CHARACTERS = 80,
    TOPIC_BYTES = 64,
    ACTIONS_MOST = 3,
    PRIORITY = 3, // the usual one: what is urgent is not known here
    CODE_BYTES = 24,
    GROUP_DIGITS = 3,
};

// The server's code for itself, else what its first three digits say: 42901 is the first kind of a 429.
static const struct rule rules[] = {
    {"42908", NULL, 0, OUTCOME_THROTTLE, 3600, 0}, // the day's messages are used up
    {"429", NULL, 0, OUTCOME_THROTTLE, 60, 300},
    {"401", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"403", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"404", NULL, 0, OUTCOME_CONFIG, 0, 0},
    {"400", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"413", NULL, 0, OUTCOME_REJECT, 0, 0},
    {"500", NULL, 0, OUTCOME_RETRY, 0, 0},
    {"507", NULL, 0, OUTCOME_RETRY, 0, 0},
    {NULL, NULL, 0, OUTCOME_OK, 0, 0},
};

static json_t *actions(const struct parcel *parcel)
{
    json_t *list = json_array();
    for (size_t i = 0; i < parcel->button_count && i < ACTIONS_MOST; i++)
        json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "action", "view", "label", parcel->buttons[i].label,
                                              "url", parcel->buttons[i].url));
    return list;
}

// JSON is taken at the server's root; at a topic's address it would be the message itself.
static const char *url_wrong(const char *url)
{
    const char *host = strstr(url, "://");
    size_t length = host != NULL ? strcspn(host + strlen("://"), "/?#") : 0;
    const char *path = host != NULL ? host + strlen("://") + length : "?";
    return path[0] == '\0' || strcmp(path, "/") == 0
               ? NULL
               : "must hold the server's address alone, such as https://ntfy.example.com; the topic goes into `to`, or "
                 "is the rep's address";
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    const char *topic = destination->to[0] != '\0' ? destination->to : parcel->address;
    if (!driver_plain(topic, 1, TOPIC_BYTES, "-_"))
        return "the rep's address is no ntfy topic, and the channel names none in `to`";
    if (url_wrong(destination->url) != NULL)
        return "url_file must hold the server's address alone, such as https://ntfy.example.com";
    // The first line is the title, and stands in the message only when it does not fit there.
    const char *title = driver_title(arena, parcel->text, TITLE_CHARACTERS), *message = parcel->text;
    if (message[strlen(title)] == '\n' && message[strlen(title) + 1] != '\0')
        message += strlen(title) + 1;
    json_t *value =
        json_pack("{s:s,s:s,s:s,s:i}", "topic", topic, "title", title, "message", message, "priority", PRIORITY);
    if (parcel->link[0] != '\0')
        json_object_set_new(value, "click", json_string(parcel->link));
    if (parcel->button_count > 0)
        json_object_set_new(value, "actions", actions(parcel));
    *ret_post = (struct post){.url = destination->url};
    driver_header(arena, ret_post, "Content-Type", "application/json");
    if (destination->token[0] != '\0')
        driver_header(arena, ret_post, "Authorization", arena_format(arena, "Bearer %s", destination->token));
    ret_post->body = driver_json(arena, value, &ret_post->length);
    return NULL;
}

static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    json_t *object = driver_object(answer);
    char code[CODE_BYTES];
    if (answer->status == 200 && strcmp(driver_words(object, "event"), "message") == 0 &&
        driver_words(object, "id")[0] != '\0') {
        verdict_set(ret_verdict, OUTCOME_OK, "ok");
    } else if (object != NULL && driver_code(object, "code", code, sizeof code)) {
        bool known = false;
        for (const struct rule *rule = rules; rule->code != NULL; rule++)
            known = known || strcmp(rule->code, code) == 0;
        if (!known && strlen(code) > GROUP_DIGITS)
            code[GROUP_DIGITS] = '\0';
        verdict_by_rules(rules, code, driver_words(object, "error"), answer, ret_verdict);
    } else {
        verdict_by_status(answer, ret_verdict);
    }
    json_decref(object);
}

const struct driver driver_ntfy = {
    .name = "ntfy",
    .url_wrong = url_wrong,
    .needs = DRIVER_URL,
    .takes = DRIVER_URL | DRIVER_TOKEN | DRIVER_TO,
    .style = DISARM_CHAT,
    .limit = LETTER_BYTES_MOST,
    .cost = cost_json, // of which the bytes alone are never more
    .pace = {.interval_ms = 5000, .burst = 30},
    .buttons = ACTIONS_MOST,
    .compose = compose,
    .classify = classify,
};
