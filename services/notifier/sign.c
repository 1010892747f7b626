#include "services/notifier/sign.h"

#include "common/digest.h"
#include "common/must.h"
#include "services/notifier/cipher.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    ESCAPE_BYTES = 4, // "%2B" and the end
    TIME_DIGITS = 15,
    WECOM_KEY_CHARACTERS = 43,
    WECOM_PADDING = 32, // that chat pads to twice the cipher's block
    WECOM_CHANCE = 16,
    WECOM_HEAD = WECOM_CHANCE + 4, // and the length of the message
};

// One text in pieces under one key, as base64.
struct piece {
    const void *bytes;
    size_t length;
};

static void hmac(struct piece key, const struct piece *pieces, size_t count, char *ret_base64)
{
    crypto_auth_hmacsha256_state state;
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_init(&state, key.bytes, key.length);
    for (size_t i = 0; i < count; i++)
        crypto_auth_hmacsha256_update(&state, pieces[i].bytes, pieces[i].length);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(ret_base64, SIGN_BASE64_BYTES, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
    sodium_memzero(&state, sizeof state);
}

// "{number}\n{secret}", which two chats use for different things.
static size_t stamp(int64_t number, const char *secret, char *buffer, size_t room)
{
    must(strlen(secret) <= SIGN_SECRET_BYTES);
    int length = snprintf(buffer, room, "%" PRId64 "\n%s", number, secret);
    must(length > 0 && (size_t)length < room);
    return (size_t)length;
}

void sign_dingtalk_call(const char *secret, int64_t time_ms, char *ret_sign)
{
    char text[SIGN_SECRET_BYTES + 32];
    size_t length = stamp(time_ms, secret, text, sizeof text);
    hmac((struct piece){secret, strlen(secret)}, &(struct piece){text, length}, 1, ret_sign);
    sodium_memzero(text, sizeof text);
}

void sign_dingtalk_card(const char *secret, int64_t time_ms, char *ret_sign)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%" PRId64, time_ms);
    hmac((struct piece){secret, strlen(secret)}, &(struct piece){text, (size_t)length}, 1, ret_sign);
}

void sign_dingtalk(const char *secret, int64_t time_ms, char *ret_sign)
{
    char base64[SIGN_BASE64_BYTES];
    sign_dingtalk_call(secret, time_ms, base64);
    char *at = ret_sign;
    for (const char *from = base64; *from != '\0'; from++) {
        // Letters and digits stand for themselves; base64's three others are escaped.
        if (strchr("+/=", *from) != NULL)
            at += snprintf(at, ESCAPE_BYTES, "%%%02X", (unsigned char)*from);
        else
            *at++ = *from;
    }
    *at = '\0';
}

void sign_feishu(const char *secret, int64_t time_s, char *ret_sign)
{
    char text[SIGN_SECRET_BYTES + 32];
    size_t length = stamp(time_s, secret, text, sizeof text);
    hmac((struct piece){text, length}, NULL, 0, ret_sign);
    sodium_memzero(text, sizeof text);
}

void sign_lark(const char *key, const char *time, const char *nonce, const void *body, size_t length, char *ret_sign)
{
    crypto_hash_sha256_state state;
    uint8_t hash[crypto_hash_sha256_BYTES];
    const struct piece pieces[] = {{time, strlen(time)}, {nonce, strlen(nonce)}, {key, strlen(key)}, {body, length}};
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        crypto_hash_sha256_update(&state, pieces[i].bytes, pieces[i].length);
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(ret_sign, SIGN_HEX_BYTES, hash, sizeof hash);
    sodium_memzero(&state, sizeof state);
}

bool sign_lark_open(const char *key, const char *sealed, char *buffer, size_t room, size_t *ret_length)
{
    uint8_t *bytes = (uint8_t *)buffer, hash[CIPHER_KEY_BYTES];
    const char *end = NULL;
    size_t length;
    if (sodium_base642bin(bytes, room - 1, sealed, strlen(sealed), NULL, &length, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        *end != '\0')
        return false;
    crypto_hash_sha256(hash, (const uint8_t *)key, strlen(key));
    bool open = cipher_unlock(hash, CIPHER_BLOCK_BYTES, bytes, length, ret_length);
    sodium_memzero(hash, sizeof hash);
    if (open)
        buffer[*ret_length] = '\0';
    return open;
}

void sign_wecom(const char *token, const char *time, const char *nonce, const char *sealed, char *ret_sign)
{
    enum { PARTS = 4 };
    const char *parts[PARTS] = {token, time, nonce, sealed};
    struct digest_piece pieces[PARTS];
    uint8_t hash[DIGEST_SHA1_BYTES];
    for (size_t i = 1; i < PARTS; i++) {
        const char *part = parts[i];
        size_t at = i;
        for (; at > 0 && strcmp(parts[at - 1], part) > 0; at--)
            parts[at] = parts[at - 1];
        parts[at] = part;
    }
    for (size_t i = 0; i < PARTS; i++)
        pieces[i] = (struct digest_piece){parts[i], strlen(parts[i])};
    digest_sha1(pieces, PARTS, hash);
    sodium_bin2hex(ret_sign, SIGN_SHA1_BYTES, hash, sizeof hash);
}

// The key is 43 characters of chance, which are two bits more than it has; a strict reader of base64 would refuse three
// keys of four for those.
static bool wecom_key(const char *text, uint8_t ret_key[CIPHER_KEY_BYTES])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char even[WECOM_KEY_CHARACTERS + 1];
    size_t length;
    if (strlen(text) != WECOM_KEY_CHARACTERS)
        return false;
    const char *last = strchr(letters, text[WECOM_KEY_CHARACTERS - 1]);
    if (last == NULL)
        return false;
    memcpy(even, text, sizeof even);
    even[WECOM_KEY_CHARACTERS - 1] = letters[(last - letters) / 4 * 4];
    bool read = sodium_base642bin(ret_key, CIPHER_KEY_BYTES, even, WECOM_KEY_CHARACTERS, NULL, &length, NULL,
                                  sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0;
    sodium_memzero(even, sizeof even);
    return read && length == CIPHER_KEY_BYTES;
}

bool sign_wecom_key_valid(const char *key)
{
    uint8_t bytes[CIPHER_KEY_BYTES];
    bool valid = wecom_key(key, bytes);
    sodium_memzero(bytes, sizeof bytes);
    return valid;
}

// The message between what stands around it, moved to the front.
static bool wecom_message(const char *corp, uint8_t *bytes, size_t length, size_t *ret_length)
{
    if (length < WECOM_HEAD)
        return false;
    const uint8_t *count = bytes + WECOM_CHANCE;
    size_t message = (size_t)count[0] << 24 | (size_t)count[1] << 16 | (size_t)count[2] << 8 | count[3];
    size_t left = length - WECOM_HEAD;
    if (message > left || left - message != strlen(corp) ||
        memcmp(bytes + WECOM_HEAD + message, corp, strlen(corp)) != 0)
        return false;
    memmove(bytes, bytes + WECOM_HEAD, message);
    bytes[message] = '\0';
    *ret_length = message;
    return true;
}

bool sign_wecom_open(const char *key, const char *corp, const char *sealed, char *buffer, size_t room,
                     size_t *ret_length)
{
    uint8_t *bytes = (uint8_t *)buffer, bare[CIPHER_KEY_BYTES];
    size_t length;
    if (room <= CIPHER_BLOCK_BYTES || !wecom_key(key, bare))
        return false;
    memcpy(bytes, bare, CIPHER_BLOCK_BYTES);
    bool open = sodium_base642bin(bytes + CIPHER_BLOCK_BYTES, room - CIPHER_BLOCK_BYTES, sealed, strlen(sealed), NULL,
                                  &length, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
                cipher_unlock(bare, WECOM_PADDING, bytes, CIPHER_BLOCK_BYTES + length, &length) &&
                wecom_message(corp, bytes, length, ret_length);
    sodium_memzero(bare, sizeof bare);
    return open;
}

bool sign_time(const char *text, int64_t *ret_time)
{
    int64_t time = 0;
    size_t length = text != NULL ? strlen(text) : 0;
    if (length < 1 || length > TIME_DIGITS || strspn(text, "0123456789") != length)
        return false;
    for (size_t i = 0; i < length; i++)
        time = time * 10 + (text[i] - '0');
    *ret_time = time;
    return true;
}

static bool webhook_key(const char *secret, uint8_t *ret_key, size_t *ret_length)
{
    static const char prefix[] = "whsec_";
    size_t skipped = strncmp(secret, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
    const char *base64 = secret + skipped;
    const char *end = NULL;
    int variant = strchr(base64, '=') != NULL || strlen(base64) % 4 == 0 ? sodium_base64_VARIANT_ORIGINAL
                                                                         : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    if (sodium_base642bin(ret_key, SIGN_KEY_MAX_BYTES, base64, strlen(base64), NULL, ret_length, &end, variant) != 0)
        return false;
    return *end == '\0' && *ret_length >= SIGN_KEY_MIN_BYTES;
}

bool sign_webhook_secret_valid(const char *secret)
{
    uint8_t key[SIGN_KEY_MAX_BYTES];
    size_t length;
    bool valid = webhook_key(secret, key, &length);
    sodium_memzero(key, sizeof key);
    return valid;
}

bool sign_webhook(const char *secret, const char *id, int64_t time_s, const char *body, size_t length, char *ret_sign)
{
    uint8_t key[SIGN_KEY_MAX_BYTES];
    size_t key_length;
    if (!webhook_key(secret, key, &key_length))
        return false;
    char stamp_text[32];
    int stamp_length = snprintf(stamp_text, sizeof stamp_text, ".%" PRId64 ".", time_s);
    const struct piece pieces[] = {{id, strlen(id)}, {stamp_text, (size_t)stamp_length}, {body, length}};
    hmac((struct piece){key, key_length}, pieces, sizeof pieces / sizeof pieces[0], ret_sign);
    sodium_memzero(key, sizeof key);
    return true;
}

void sign_digest(const char *text, char *ret_digest)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const uint8_t *)text, strlen(text));
    sodium_bin2base64(ret_digest, SIGN_BASE64_BYTES, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
}
