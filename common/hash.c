#include "common/hash.h"

#include "common/must.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

enum { PAIR_BYTES = 512 }; // two ids of the longest kind and more

// The reflected polynomial of CRC-32C (Castagnoli).
#define CRC_POLYNOMIAL UINT32_C(0x82f63b78)

static uint32_t crc_table[256];
static unsigned char table_key[crypto_shorthash_siphashx24_KEYBYTES];
static bool ready;

static void get_ready(void)
{
    must(sodium_init() >= 0);
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++)
            value = (value & 1) != 0 ? value >> 1 ^ CRC_POLYNOMIAL : value >> 1;
        crc_table[i] = value;
    }
    randombytes_buf(table_key, sizeof table_key);
    ready = true;
}

static uint32_t crc_by_table(uint32_t crc, const uint8_t *at, size_t length)
{
    for (; length > 0; at++, length--)
        crc = crc >> 8 ^ crc_table[(crc ^ *at) & 0xff];
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc_by_machine(uint32_t crc, const uint8_t *at, size_t length)
{
    uint64_t wide = crc;
    for (; length >= 8; at += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    crc = (uint32_t)wide;
    for (; length > 0; at++, length--)
        crc = __builtin_ia32_crc32qi(crc, *at);
    return crc;
}
#endif

uint32_t hash_crc(uint32_t seed, const void *bytes, size_t length)
{
    if (!ready)
        get_ready();
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return ~crc_by_machine(~seed, bytes, length);
#endif
    return ~crc_by_table(~seed, bytes, length);
}

void hash_content(const void *bytes, size_t length, uint8_t *ret_hash)
{
    must(crypto_generichash(ret_hash, HASH_BYTES, bytes, length, NULL, 0) == 0);
}

void hash_pair(const void *left, size_t left_length, const void *right, size_t right_length, uint8_t *ret_hash)
{
    uint8_t input[PAIR_BYTES];
    for (int i = 0; i < 8; i++)
        input[i] = (uint8_t)((uint64_t)left_length >> 8 * i);
    // Ids are short, and one call over one piece costs half of four calls.
    if (left_length + right_length <= sizeof input - 8) {
        memcpy(input + 8, left, left_length);
        memcpy(input + 8 + left_length, right, right_length);
        hash_content(input, 8 + left_length + right_length, ret_hash);
        return;
    }
    crypto_generichash_state state;
    must(crypto_generichash_init(&state, NULL, 0, HASH_BYTES) == 0);
    crypto_generichash_update(&state, input, 8);
    crypto_generichash_update(&state, left, left_length);
    crypto_generichash_update(&state, right, right_length);
    must(crypto_generichash_final(&state, ret_hash, HASH_BYTES) == 0);
}

uint64_t hash_short(const void *bytes, size_t length)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES] = "tend shard key 1";
    uint8_t hash[crypto_shorthash_BYTES];
    must(crypto_shorthash(hash, bytes, length, key) == 0);
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | hash[i];
    return value;
}

void hash_table_key(const void *bytes, size_t length, uint8_t *ret_hash)
{
    if (!ready)
        get_ready();
    must(crypto_shorthash_siphashx24(ret_hash, bytes, length, table_key) == 0);
}

void hash_hex(const uint8_t *bytes, size_t length, char *ret_text)
{
    for (size_t i = 0; i < length; i++) {
        ret_text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        ret_text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    ret_text[2 * length] = '\0';
}
