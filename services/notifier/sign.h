// Signatures of the chats, ours below what leaves and theirs below what comes: recipes that look alike and are not. The
// caller passes the time, and compares with driver_same.
#ifndef TEND_SERVICES_NOTIFIER_SIGN_H
#define TEND_SERVICES_NOTIFIER_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIGN_BASE64_BYTES = 45,  // 32 bytes as base64, and the end
    SIGN_URL_BYTES = 133,    // the same when every character must be escaped
    SIGN_KEY_MIN_BYTES = 24, // of a Standard Webhooks secret
    SIGN_KEY_MAX_BYTES = 64,
    SIGN_SECRET_BYTES = 256, // the longest secret we take
    SIGN_HEX_BYTES = 65,     // 32 bytes in hexadecimal, and the end
    SIGN_SHA1_BYTES = 41,    // the same of 20 bytes
};

// DingTalk: key is the secret, the message "{milliseconds}\n{secret}"; base64, then escaped once for a URL. `ret_sign`
// holds SIGN_URL_BYTES.
void sign_dingtalk(const char *secret, int64_t time_ms, char *ret_sign);

// The same as it stands in a header of DingTalk's callbacks, not escaped. `ret_sign` holds SIGN_BASE64_BYTES.
void sign_dingtalk_call(const char *secret, int64_t time_ms, char *ret_sign);

// DingTalk's callbacks of cards: key is the secret that the callback was registered with, the message the milliseconds
// alone; base64. `ret_sign` holds SIGN_BASE64_BYTES.
void sign_dingtalk_card(const char *secret, int64_t time_ms, char *ret_sign);

// Feishu and Lark: the key is "{seconds}\n{secret}" and the message is empty; base64. `ret_sign` holds
// SIGN_BASE64_BYTES.
void sign_feishu(const char *secret, int64_t time_s, char *ret_sign);

// Callbacks of Feishu's and Lark's apps: SHA-256 over time, nonce, encrypt key and body one behind the other, in
// hexadecimal. `time` is the header's text. `ret_sign` holds SIGN_HEX_BYTES.
void sign_lark(const char *key, const char *time, const char *nonce, const void *body, size_t length, char *ret_sign);

// Unlocks what a Feishu app with an encrypt key sends instead of its JSON: base64 over AES-256-CBC, the key being the
// SHA-256 of the encrypt key. `buffer` has room for the sealed text; the plain one is ended by a NUL there. False when
// it is not of that form. True is no proof that the chat sent it.
bool sign_lark_open(const char *key, const char *sealed, char *buffer, size_t room, size_t *ret_length);

// Callbacks of WeCom's apps: SHA-1 over the token, the time, the nonce and what is sealed, sorted by their bytes and
// one behind the other, in hexadecimal. `time` is the parameter's text. `ret_sign` holds SIGN_SHA1_BYTES.
void sign_wecom(const char *token, const char *time, const char *nonce, const char *sealed, char *ret_sign);

// True for an EncodingAESKey of WeCom: 43 characters of base64.
bool sign_wecom_key_valid(const char *key);

// What WeCom seals grows by its vector and shrinks as base64 does; a buffer of so many bytes more than the sealed text
// has room for both.
enum { SIGN_WECOM_MORE_BYTES = 17 };

// Unlocks what a WeCom app is sent: base64 over AES-256-CBC, the vector being the first half of the key; 16 bytes of
// chance, the length of the message in four bytes, the message, and the id of whom it is for. `buffer` has room for the
// sealed text and SIGN_WECOM_MORE_BYTES; the message is ended by a NUL there. False when it is not of that form, or for
// somebody else than `corp`. True is no proof that the chat sent it.
bool sign_wecom_open(const char *key, const char *corp, const char *sealed, char *buffer, size_t room,
                     size_t *ret_length);

// The time of a header: digits only, at most 15. False otherwise, and for NULL.
bool sign_time(const char *text, int64_t *ret_time);

// Standard Webhooks: over "{id}.{seconds}.{body}" under the key that follows "whsec_" in base64. `ret_sign` holds
// SIGN_BASE64_BYTES. False when the secret is not of that form.
bool sign_webhook(const char *secret, const char *id, int64_t time_s, const char *body, size_t length, char *ret_sign);

// True for a secret that sign_webhook takes.
bool sign_webhook_secret_valid(const char *secret);

// The SHA-256 of a text as base64, with which a page names its own style sheet; no key. `ret_digest` holds
// SIGN_BASE64_BYTES.
void sign_digest(const char *text, char *ret_digest);

#endif
