// A driver: how one kind of chat wants its messages, what it answers, and how many it takes. One row each, so that a
// new chat is a new file and a new row.
#ifndef TEND_SERVICES_NOTIFIER_DRIVER_H
#define TEND_SERVICES_NOTIFIER_DRIVER_H

#include "common/arena.h"
#include "services/notifier/letter.h"
#include "services/notifier/pace.h"
#include "services/notifier/verdict.h"

#include <jansson.h>

enum { POST_HEADERS = 10 };

// The message.
struct parcel {
    const char *id;   // the same at every attempt
    const char *text; // the letter
    const char *rep_id;
    const char *rep_name;
    const char *address;  // the rep in that chat, as an app told it: not to be trusted; empty: not known
    const char *language; // "zh-CN"
    const char *const *reminder_ids;
    size_t reminder_count;
    int64_t now_ms;
    unsigned attempt; // from 1
};

// Where the channel leads, read from its files. No text is NULL.
struct destination {
    const char *url, *secret, *token;
    const char *to;   // a fixed recipient, such as a Slack channel
    const char *file; // a path; one that ends in "/" is a folder with a file for each rep
    bool unsynced;    // of a rehearsal, whose files can be made again
};

// What leaves.
struct post {
    const char *id;
    const char *url;                   // or the path of a file
    const char *headers[POST_HEADERS]; // "name: value"
    size_t header_count;
    const char *body;
    size_t length;
    bool again; // an earlier attempt may have been delivered
    bool unsynced;
};

// Which of the channel's keys a driver needs and which it can use.
enum { DRIVER_URL = 1, DRIVER_SECRET = 2, DRIVER_TOKEN = 4, DRIVER_FILE = 8, DRIVER_TO = 16 };

struct driver {
    const char *name;
    unsigned needs, takes;
    enum disarm_style style;
    size_t limit; // of the letter, in the unit of `cost`, the envelope already taken off
    size_t (*cost)(const char *text, size_t length);
    struct pace pace;

    // Makes the request; everything in the arena. NULL when there is nothing wrong, else one sentence.
    const char *(*compose)(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post);

    // Judges an HTTP answer; NULL for a driver that delivers on this machine.
    void (*classify)(const struct answer *answer, struct verdict *ret_verdict);

    // Delivers on this machine.
    void (*deliver)(const struct post *post, struct verdict *ret_verdict);
};

// The rows, in the order of the configuration's choices; a channel of type slack with a token uses slack_api.
extern const struct driver driver_console, driver_file, driver_webhook, driver_slack, driver_slack_api, driver_dingtalk,
    driver_wecom, driver_feishu;

// What chats count by.
size_t cost_bytes(const char *text, size_t length);
size_t cost_characters(const char *text, size_t length); // Unicode scalar values
size_t cost_json(const char *text, size_t length);       // bytes inside a JSON string

// The value as compact JSON with raw UTF-8 in the arena; takes over the reference.
const char *driver_json(struct arena *arena, json_t *value, size_t *ret_length);

// Adds "name: value" to the post.
void driver_header(struct arena *arena, struct post *post, const char *name, const char *value);

// True when `text` is from `least` to `most` characters that are ASCII letters, digits or of `others`.
bool driver_plain(const char *text, size_t least, size_t most, const char *others);

// Up to `room` - 1 bytes of a code that a chat may write as a number or as a string. False: neither is there.
bool driver_code(const json_t *object, const char *key, char *buffer, size_t room);

// A text member, "" when there is none.
const char *driver_words(const json_t *object, const char *key);

// Parses a JSON object; NULL when it is anything else. The caller gives it back with json_decref.
json_t *driver_object(const struct answer *answer);

#endif
