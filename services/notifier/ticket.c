#include "services/notifier/ticket.h"

#include "common/must.h"

#include <sodium.h>
#include <string.h>

enum { VERSION = 1, BODY_BYTES = 14, MAC_BYTES = 12, BYTES = BODY_BYTES + MAC_BYTES };

_Static_assert(TICKET_TEXT_BYTES == sodium_base64_ENCODED_LEN(BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
               "room for the text");

static void put(uint8_t *bytes, uint64_t number, size_t length)
{
    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)(number >> (8 * (length - 1 - i)));
}

static uint64_t take(const uint8_t *bytes, size_t length)
{
    uint64_t number = 0;
    for (size_t i = 0; i < length; i++)
        number = number << 8 | bytes[i];
    return number;
}

static void seal(const uint8_t *key, const uint8_t *body, uint8_t *ret_mac)
{
    uint8_t whole[crypto_auth_hmacsha256_BYTES];
    _Static_assert(TICKET_KEY_BYTES == crypto_auth_hmacsha256_KEYBYTES, "the key's length");
    crypto_auth_hmacsha256(whole, body, BODY_BYTES, key);
    memcpy(ret_mac, whole, MAC_BYTES);
}

void ticket_write(const struct ticket_keys *keys, const struct ticket *ticket, char *ret_text)
{
    uint8_t bytes[BYTES] = {VERSION};
    size_t id_bytes;
    must(keys->has_current && ticket->action < TICKET_ACTIONS);
    must(ticket->expires_s >= 0 && ticket->expires_s <= UINT32_MAX);
    must(sodium_hex2bin(bytes + 1, 6, ticket->message, TICKET_ID_LENGTH, NULL, &id_bytes, NULL) == 0 && id_bytes == 6);
    put(bytes + 7, ticket->item, 2);
    put(bytes + 9, ticket->action, 1);
    put(bytes + 10, (uint64_t)ticket->expires_s, 4);
    seal(keys->current, bytes, bytes + BODY_BYTES);
    sodium_bin2base64(ret_text, TICKET_TEXT_BYTES, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool sealed_with(const uint8_t *key, const uint8_t *bytes)
{
    uint8_t mac[MAC_BYTES];
    seal(key, bytes, mac);
    return sodium_memcmp(mac, bytes + BODY_BYTES, MAC_BYTES) == 0;
}

enum ticket_reading ticket_read(const struct ticket_keys *keys, const char *text, int64_t now_s,
                                struct ticket *ret_ticket)
{
    uint8_t bytes[BYTES];
    size_t length;
    bool whole = strlen(text) == TICKET_TEXT_BYTES - 1 &&
                 sodium_base642bin(bytes, sizeof bytes, text, TICKET_TEXT_BYTES - 1, NULL, &length, NULL,
                                   sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
                 length == BYTES;
    if (!whole || bytes[0] != VERSION || bytes[9] >= TICKET_ACTIONS)
        return TICKET_FORGED;
    bool ours = (keys->has_current && sealed_with(keys->current, bytes)) ||
                (keys->has_previous && sealed_with(keys->previous, bytes));
    if (!ours)
        return TICKET_FORGED;
    *ret_ticket = (struct ticket){.item = (uint16_t)take(bytes + 7, 2),
                                  .action = (enum ticket_action)bytes[9],
                                  .expires_s = (int64_t)take(bytes + 10, 4)};
    sodium_bin2hex(ret_ticket->message, sizeof ret_ticket->message, bytes + 1, 6);
    return ret_ticket->expires_s > now_s ? TICKET_GOOD : TICKET_EXPIRED;
}
