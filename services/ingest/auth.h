// Whether a webhook's body comes from who it says: the kinds of proof that senders use, over the raw bytes of the body.
// All comparing takes the same time whatever is compared. Several secrets hold at once, so that one can be changed
// while messages signed with the old one are on their way.
//
//     auth: {kind: hmac-sha256, header: X-Shopify-Hmac-Sha256, encoding: base64}
//     auth: {kind: hmac-sha256, header: X-Hub-Signature-256, encoding: hex, prefix: "sha256="}
//     auth: {kind: hmac-sha256, header: X-Sign, text: "{time}.{body}", time: X-Time, tolerance: 5m}
//     auth: {kind: standard-webhooks}
//     auth: {kind: md5, at: /sign, text: "{/client_id}{/msg}{secret}"}
//     auth: {kind: sha1, header: X-Douyin-Signature, text: "{secret}{body}"}
//     auth: {kind: bearer}                    # Authorization: Bearer SECRET
//     auth: {kind: bearer, header: X-Token}   # the secret alone in a header of its own
//     auth: {kind: url, parameter: key}       # POST /v1/feeds/NAME?key=SECRET
//     auth: {kind: none}                      # from this machine only
//
// `text` is what is signed: {body}, {secret}, {time} (the header that `time` names), {header:NAME}, {/pointer} (a text
// or whole number of a JSON body). An HMAC's text is "{body}" unless it says something else.
#ifndef TEND_INGEST_AUTH_H
#define TEND_INGEST_AUTH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    AUTH_SECRETS_MAX = 8,
    AUTH_SECRET_LEAST = 8,   // bytes; shorter ones are guessed. Vendors give out some of 16
    AUTH_SECRET_BYTES = 512, // the longest
    AUTH_PARTS_MAX = 12,     // of `text`
    AUTH_NAME_BYTES = 64,
};

enum auth_kind {
    AUTH_UNSET,
    AUTH_HMAC_SHA256,
    AUTH_HMAC_SHA1,
    AUTH_STANDARD_WEBHOOKS,
    AUTH_MD5,
    AUTH_SHA1,
    AUTH_BEARER,
    AUTH_URL,
    AUTH_NONE,
    AUTH_KINDS,
};

enum auth_encoding { AUTH_HEX, AUTH_BASE64 };

struct auth_secret {
    uint8_t bytes[AUTH_SECRET_BYTES];
    size_t length;
};

enum auth_what {
    AUTH_PART_TEXT,
    AUTH_PART_BODY,
    AUTH_PART_SECRET,
    AUTH_PART_TIME,
    AUTH_PART_HEADER,
    AUTH_PART_POINTER,
};

// A piece of what is signed.
struct auth_part {
    enum auth_what what;
    char text[AUTH_NAME_BYTES];
};

// All zero but the kind is a good beginning; the texts may be empty.
struct auth {
    enum auth_kind kind;
    enum auth_encoding encoding;
    char header[AUTH_NAME_BYTES];    // where the signature stands, in lower case
    char at[AUTH_NAME_BYTES];        // or: a pointer into the body
    char prefix[AUTH_NAME_BYTES];    // before the signature: "sha256="
    char time[AUTH_NAME_BYTES];      // a header with seconds or milliseconds since 1970, in lower case
    char parameter[AUTH_NAME_BYTES]; // of `url`
    int64_t tolerance_ms;
    struct auth_part parts[AUTH_PARTS_MAX];
    size_t part_count;
    struct auth_secret secrets[AUTH_SECRETS_MAX];
    size_t secret_count;
};

// What is to be proved. The functions answer NULL for what is not there.
struct auth_message {
    const char *body;
    size_t length;
    const json_t *json; // the body parsed; NULL: it is no JSON
    const char *(*header)(const void *owner, const char *name);
    const char *(*query)(const void *owner, const char *name);
    const void *owner;
    bool local; // from this machine itself
    int64_t now_ms;
    bool doubts_clock; // ours may be wrong
};

enum auth_answer {
    AUTH_GOOD,
    AUTH_BAD,
    AUTH_CLOCK, // rightly signed, but too old or too new by a clock of ours that is in doubt
};

// The kind of a name such as "hmac-sha256"; AUTH_UNSET when there is none. And the names in order, from AUTH_UNSET + 1.
enum auth_kind auth_kind_find(const char *name);
extern const char *const auth_kind_names[AUTH_KINDS];

// Takes `text` apart. False with a sentence when a brace is not closed or names nothing.
bool auth_text_parse(struct auth *auth, const char *text, char *ret_error, size_t error_bytes);

// Adds a secret, the newest first; blanks and line ends around it are not part of it, nor is a byte order mark. False
// with a sentence when it is too short or long, has several lines, or is not of the form that the kind needs.
bool auth_secret_add(struct auth *auth, const char *bytes, size_t length, char *ret_error, size_t error_bytes);

// Whether the settings fit together, but for the secrets. False with a sentence.
bool auth_check_form(const struct auth *auth, char *ret_error, size_t error_bytes);

// Whether the settings fit together, and there is a secret where one is needed. False with a sentence.
bool auth_check_settings(const struct auth *auth, char *ret_error, size_t error_bytes);

// Whether the body must be parsed to be checked.
bool auth_needs_json(const struct auth *auth);

// Whether the message is from who has one of the secrets. Settings that do not fit together believe nobody.
enum auth_answer auth_check(const struct auth *auth, const struct auth_message *message);

// Overwrites the secrets.
void auth_forget(struct auth *auth);

#endif
