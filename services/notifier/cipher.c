#include "services/notifier/cipher.h"

#include <string.h>

enum {
    ROUNDS = 14,
    WORD = 4,
    KEY_WORDS = CIPHER_KEY_BYTES / WORD,
    SCHEDULE_BYTES = CIPHER_BLOCK_BYTES * (ROUNDS + 1),
};

// Eight bytes are worked on at once; this has a one in each.
static const uint64_t ones = 0x0101010101010101;

// Twice each byte in the field of 256 elements.
static uint64_t twice(uint64_t bytes)
{
    uint64_t high = bytes >> 7 & ones;
    return (bytes & ~(ones << 7)) << 1 ^ high * 0x1b;
}

// The eight products of the field.
static uint64_t times(uint64_t a, uint64_t b)
{
    uint64_t product = 0;
    for (int bit = 0; bit < 8; bit++) {
        product ^= a & (b >> bit & ones) * 0xff;
        a = twice(a);
    }
    return product;
}

// One over each byte, which is its power of 254; nothing over nothing.
static uint64_t inverse(uint64_t bytes)
{
    uint64_t two = times(bytes, bytes), three = times(two, bytes), six = times(three, three), twelve = times(six, six);
    uint64_t power = times(twelve, three); // 15
    for (int i = 0; i < 4; i++)
        power = times(power, power);
    return times(times(power, twelve), two); // 240 + 12 + 2
}

// Each byte turned left by `count` bits.
static uint64_t turned(uint64_t bytes, int count)
{
    uint64_t low = ones * ((1U << count) - 1);
    return (bytes << count & ~low) | (bytes >> (8 - count) & low);
}

static uint64_t substituted(uint64_t bytes)
{
    uint64_t over = inverse(bytes);
    return over ^ turned(over, 1) ^ turned(over, 2) ^ turned(over, 3) ^ turned(over, 4) ^ ones * 0x63;
}

static uint64_t substituted_back(uint64_t bytes)
{
    return inverse(turned(bytes, 1) ^ turned(bytes, 3) ^ turned(bytes, 6) ^ ones * 0x05);
}

static void expand(const uint8_t key[CIPHER_KEY_BYTES], uint8_t schedule[SCHEDULE_BYTES])
{
    uint8_t constant = 1; // up to 64 for this length of key, which needs no reduction
    memcpy(schedule, key, CIPHER_KEY_BYTES);
    for (size_t i = KEY_WORDS; i < SCHEDULE_BYTES / WORD; i++) {
        uint8_t *to = schedule + i * WORD;
        const uint8_t *from = to - CIPHER_KEY_BYTES;
        uint64_t word = 0;
        memcpy(&word, to - WORD, WORD);
        if (i % KEY_WORDS == 0 || i % KEY_WORDS == KEY_WORDS / 2)
            word = substituted(word);
        uint8_t last[sizeof word];
        memcpy(last, &word, sizeof last);
        bool first = i % KEY_WORDS == 0;
        for (size_t j = 0; j < WORD; j++)
            to[j] = from[j] ^ last[first ? (j + 1) % WORD : j];
        if (first) {
            to[0] ^= constant;
            constant = (uint8_t)(constant << 1);
        }
    }
}

static void add(uint8_t *block, const uint8_t *other)
{
    for (size_t i = 0; i < CIPHER_BLOCK_BYTES; i++)
        block[i] ^= other[i];
}

// The rows turned back, then each byte substituted back.
static void unmix_bytes(uint8_t *block)
{
    uint8_t old[CIPHER_BLOCK_BYTES];
    memcpy(old, block, sizeof old);
    for (size_t i = 0; i < CIPHER_BLOCK_BYTES; i++)
        block[i] = old[(i + (size_t)(WORD - 1) * WORD * (i % WORD)) % CIPHER_BLOCK_BYTES];
    uint64_t halves[2];
    memcpy(halves, block, sizeof halves);
    halves[0] = substituted_back(halves[0]);
    halves[1] = substituted_back(halves[1]);
    memcpy(block, halves, sizeof halves);
}

// Each column multiplied by 14, 11, 13 and 9, one row further each time.
static void unmix_columns(uint8_t *block)
{
    uint64_t one[2], two[2], four[2], eight[2];
    memcpy(one, block, sizeof one);
    for (size_t i = 0; i < 2; i++) {
        two[i] = twice(one[i]);
        four[i] = twice(two[i]);
        eight[i] = twice(four[i]);
    }
    uint64_t nine[2], eleven[2], thirteen[2], fourteen[2];
    for (size_t i = 0; i < 2; i++) {
        nine[i] = eight[i] ^ one[i];
        eleven[i] = nine[i] ^ two[i];
        thirteen[i] = nine[i] ^ four[i];
        fourteen[i] = eight[i] ^ four[i] ^ two[i];
    }
    uint8_t by[4][CIPHER_BLOCK_BYTES];
    memcpy(by[0], fourteen, sizeof fourteen);
    memcpy(by[1], eleven, sizeof eleven);
    memcpy(by[2], thirteen, sizeof thirteen);
    memcpy(by[3], nine, sizeof nine);
    for (size_t i = 0; i < CIPHER_BLOCK_BYTES; i++) {
        size_t column = i - i % WORD;
        block[i] = 0;
        for (size_t j = 0; j < WORD; j++)
            block[i] ^= by[j][column + (i + j) % WORD];
    }
}

static void unlock_block(const uint8_t schedule[SCHEDULE_BYTES], uint8_t *block)
{
    add(block, schedule + (size_t)ROUNDS * CIPHER_BLOCK_BYTES);
    for (size_t round = ROUNDS - 1; round > 0; round--) {
        unmix_bytes(block);
        add(block, schedule + round * CIPHER_BLOCK_BYTES);
        unmix_columns(block);
    }
    unmix_bytes(block);
    add(block, schedule);
}

bool cipher_unlock(const uint8_t key[CIPHER_KEY_BYTES], size_t padding, uint8_t *bytes, size_t length,
                   size_t *ret_length)
{
    if (length < (size_t)2 * CIPHER_BLOCK_BYTES || length % CIPHER_BLOCK_BYTES != 0)
        return false;
    uint8_t schedule[SCHEDULE_BYTES], before[CIPHER_BLOCK_BYTES], locked[CIPHER_BLOCK_BYTES];
    expand(key, schedule);
    memcpy(before, bytes, sizeof before);
    for (size_t at = CIPHER_BLOCK_BYTES; at < length; at += CIPHER_BLOCK_BYTES) {
        memcpy(locked, bytes + at, sizeof locked);
        unlock_block(schedule, bytes + at);
        add(bytes + at, before);
        memcpy(before, locked, sizeof before);
    }
    size_t padded = bytes[length - 1];
    if (padded < 1 || padded > padding || padded > length - CIPHER_BLOCK_BYTES)
        return false;
    for (size_t i = length - padded; i < length; i++)
        if (bytes[i] != padded)
            return false;
    *ret_length = length - CIPHER_BLOCK_BYTES - padded;
    memmove(bytes, bytes + CIPHER_BLOCK_BYTES, *ret_length);
    return true;
}
