#include "services/notifier/answer_device.h"

#include "common/must.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    VERSION = 1,
    HEAD_BYTES = 5, // version and expiry
    MAC_BYTES = 16,
    BYTES_LEAST = HEAD_BYTES + 1 + MAC_BYTES,
    BYTES_MOST = HEAD_BYTES + DEVICE_REP_MOST + MAC_BYTES,
    TEXT_BYTES = sodium_base64_ENCODED_LEN(BYTES_MOST, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
    COOKIES_MOST = 64, // looked through; a browser keeps about as many for a site
    LASTS_S = DEVICE_DAYS * 86400,
};

static const char cookie_name[] = "tend_rep";

_Static_assert(TEXT_BYTES + 100 <= DEVICE_COOKIE_BYTES, "room for the name and what a browser is told");

// `purpose` is longer than what a ticket is sealed over, so no ticket's seal is ever this key.
static void seal(const uint8_t *key, const uint8_t *bytes, size_t length, uint8_t *ret_mac)
{
    static const uint8_t purpose[] = "tend: which rep answers from this device, 1";
    uint8_t own[crypto_auth_hmacsha256_KEYBYTES], whole[crypto_auth_hmacsha256_BYTES];
    _Static_assert(sizeof own == sizeof whole && (int)sizeof own == TICKET_KEY_BYTES, "a seal is as long as a key");
    crypto_auth_hmacsha256(own, purpose, sizeof purpose, key);
    crypto_auth_hmacsha256(whole, bytes, length, own);
    memcpy(ret_mac, whole, MAC_BYTES);
    sodium_memzero(own, sizeof own);
}

bool device_write(const struct ticket_keys *keys, const char *rep, int64_t now_s, bool secure, char *ret_cookie)
{
    uint8_t bytes[BYTES_MOST] = {VERSION};
    char text[TEXT_BYTES];
    size_t length = strlen(rep);
    int64_t expires_s = now_s + LASTS_S;
    must(keys->has_current && expires_s >= 0 && expires_s <= UINT32_MAX);
    if (length == 0 || length > DEVICE_REP_MOST)
        return false;
    for (size_t i = 0; i < 4; i++)
        bytes[1 + i] = (uint8_t)(expires_s >> (8 * (3 - i)));
    memcpy(bytes + HEAD_BYTES, rep, length);
    seal(keys->current, bytes, HEAD_BYTES + length, bytes + HEAD_BYTES + length);
    sodium_bin2base64(text, sizeof text, bytes, HEAD_BYTES + length + MAC_BYTES,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    snprintf(ret_cookie, DEVICE_COOKIE_BYTES, "%s=%s; Max-Age=%d; HttpOnly; SameSite=Lax%s", cookie_name, text, LASTS_S,
             secure ? "; Secure" : "");
    return true;
}

static bool sealed_with(const uint8_t *key, const uint8_t *bytes, size_t length)
{
    uint8_t mac[MAC_BYTES];
    seal(key, bytes, length - MAC_BYTES, mac);
    return sodium_memcmp(mac, bytes + length - MAC_BYTES, MAC_BYTES) == 0;
}

static bool open_text(const struct ticket_keys *keys, const char *text, size_t length, int64_t now_s, char *ret_rep)
{
    uint8_t bytes[BYTES_MOST];
    size_t used;
    if (length >= TEXT_BYTES || sodium_base642bin(bytes, sizeof bytes, text, length, NULL, &used, NULL,
                                                  sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    if (used < BYTES_LEAST || bytes[0] != VERSION)
        return false;
    bool ours = (keys->has_current && sealed_with(keys->current, bytes, used)) ||
                (keys->has_previous && sealed_with(keys->previous, bytes, used));
    int64_t expires_s = 0;
    for (size_t i = 0; i < 4; i++)
        expires_s = expires_s << 8 | bytes[1 + i];
    if (!ours || expires_s <= now_s)
        return false;
    size_t id = used - HEAD_BYTES - MAC_BYTES;
    memcpy(ret_rep, bytes + HEAD_BYTES, id);
    ret_rep[id] = '\0';
    return true;
}

// A browser may send several of one name, of folders within one another; that of the innermost comes first.
bool device_read(const struct ticket_keys *keys, const char *cookies, int64_t now_s, char *ret_rep)
{
    size_t name = strlen(cookie_name);
    const char *at = cookies != NULL ? cookies : "";
    for (int i = 0; *at != '\0' && i < COOKIES_MOST; i++) {
        at += strspn(at, " \t");
        size_t length = strcspn(at, ";");
        size_t end = length;
        while (end > 0 && (at[end - 1] == ' ' || at[end - 1] == '\t'))
            end--;
        if (end > name && strncmp(at, cookie_name, name) == 0 && at[name] == '=' &&
            open_text(keys, at + name + 1, end - name - 1, now_s, ret_rep))
            return true;
        at += length + (at[length] == ';');
    }
    return false;
}
