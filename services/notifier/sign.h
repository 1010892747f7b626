// Signatures of the chats: HMAC-SHA256 in three recipes that look alike and are not. The caller passes the time.
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
};

// DingTalk: key is the secret, the message "{milliseconds}\n{secret}"; base64, then escaped once for a URL. `ret_sign`
// holds SIGN_URL_BYTES.
void sign_dingtalk(const char *secret, int64_t time_ms, char *ret_sign);

// Feishu and Lark: the key is "{seconds}\n{secret}" and the message is empty; base64. `ret_sign` holds
// SIGN_BASE64_BYTES.
void sign_feishu(const char *secret, int64_t time_s, char *ret_sign);

// Standard Webhooks: over "{id}.{seconds}.{body}" under the key that follows "whsec_" in base64. `ret_sign` holds
// SIGN_BASE64_BYTES. False when the secret is not of that form.
bool sign_webhook(const char *secret, const char *id, int64_t time_s, const char *body, size_t length, char *ret_sign);

// True for a secret that sign_webhook takes.
bool sign_webhook_secret_valid(const char *secret);

#endif
