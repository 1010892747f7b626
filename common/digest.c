#include "common/digest.h"

#include "common/must.h"

#include <stdbool.h>
#include <string.h>

enum { BLOCK_BYTES = 64, PIECES_MAX = 16 };

// What both have in common: blocks of 64 bytes, and the number of bits at the end.
struct hashing {
    uint32_t state[5];
    uint8_t block[BLOCK_BYTES];
    size_t filled;
    uint64_t bytes;
    void (*mix)(uint32_t *state, const uint8_t *block);
};

static uint32_t turn_left(uint32_t word, unsigned bits)
{
    return word << bits | word >> (32 - bits);
}

// RFC 1321, 3.4: the constants are floor(2^32 * |sin(i + 1)|).
static const uint32_t md5_sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static void mix_md5(uint32_t *state, const uint8_t *block)
{
    static const uint8_t shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t words[16], a = state[0], b = state[1], c = state[2], d = state[3];
    for (size_t i = 0; i < 16; i++)
        words[i] = (uint32_t)block[4 * i] | (uint32_t)block[4 * i + 1] << 8 | (uint32_t)block[4 * i + 2] << 16 |
                   (uint32_t)block[4 * i + 3] << 24;
    for (unsigned i = 0; i < 64; i++) {
        unsigned round = i / 16;
        const uint32_t choices[4] = {(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)};
        const unsigned places[4] = {i, 5 * i + 1, 3 * i + 5, 7 * i};
        uint32_t sum = a + choices[round] + words[places[round] % 16] + md5_sines[i];
        a = d;
        d = c;
        c = b;
        b += turn_left(sum, shifts[round][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

static void mix_sha1(uint32_t *state, const uint8_t *block)
{
    static const uint32_t constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    uint32_t words[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (size_t i = 0; i < 16; i++)
        words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
                   (uint32_t)block[4 * i + 3];
    for (size_t i = 16; i < 80; i++)
        words[i] = turn_left(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    for (unsigned i = 0; i < 80; i++) {
        unsigned round = i / 20;
        const uint32_t choices[4] = {(b & c) | (~b & d), b ^ c ^ d, (b & c) | (b & d) | (c & d), b ^ c ^ d};
        uint32_t sum = turn_left(a, 5) + choices[round] + e + words[i] + constants[round];
        e = d;
        d = c;
        c = turn_left(b, 30);
        b = a;
        a = sum;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

static void begin(struct hashing *hashing, void (*mix)(uint32_t *, const uint8_t *))
{
    *hashing = (struct hashing){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}, .mix = mix};
}

static void add(struct hashing *hashing, const void *from, size_t length)
{
    const uint8_t *bytes = from;
    hashing->bytes += length;
    while (length > 0) {
        size_t room = BLOCK_BYTES - hashing->filled, part = length < room ? length : room;
        memcpy(hashing->block + hashing->filled, bytes, part);
        hashing->filled += part;
        bytes += part;
        length -= part;
        if (hashing->filled == BLOCK_BYTES) {
            hashing->mix(hashing->state, hashing->block);
            hashing->filled = 0;
        }
    }
}

// `low_first`: MD5 writes its numbers with the lowest byte first, SHA-1 with the highest.
static void finish(struct hashing *hashing, bool low_first, uint8_t *digest, size_t length)
{
    static const uint8_t padding[BLOCK_BYTES] = {0x80};
    uint64_t bits = hashing->bytes * 8;
    uint8_t tail[8];
    size_t gap =
        hashing->filled < BLOCK_BYTES - 8 ? BLOCK_BYTES - 8 - hashing->filled : 2 * BLOCK_BYTES - 8 - hashing->filled;
    for (unsigned i = 0; i < 8; i++)
        tail[i] = (uint8_t)(bits >> (low_first ? 8 * i : 56 - 8 * i));
    add(hashing, padding, gap);
    add(hashing, tail, sizeof tail);
    must(hashing->filled == 0);
    for (unsigned i = 0; i < length; i++)
        digest[i] = (uint8_t)(hashing->state[i / 4] >> (low_first ? 8 * (i % 4) : 24 - 8 * (i % 4)));
}

void digest_md5(const struct digest_piece *pieces, size_t count, uint8_t ret_digest[DIGEST_MD5_BYTES])
{
    struct hashing hashing;
    begin(&hashing, mix_md5);
    for (size_t i = 0; i < count; i++)
        add(&hashing, pieces[i].bytes, pieces[i].length);
    finish(&hashing, true, ret_digest, DIGEST_MD5_BYTES);
}

void digest_sha1(const struct digest_piece *pieces, size_t count, uint8_t ret_digest[DIGEST_SHA1_BYTES])
{
    struct hashing hashing;
    begin(&hashing, mix_sha1);
    for (size_t i = 0; i < count; i++)
        add(&hashing, pieces[i].bytes, pieces[i].length);
    finish(&hashing, false, ret_digest, DIGEST_SHA1_BYTES);
}

void digest_hmac_sha1(const void *key, size_t key_length, const struct digest_piece *pieces, size_t count,
                      uint8_t ret_digest[DIGEST_SHA1_BYTES])
{
    uint8_t inner[BLOCK_BYTES] = {0}, outer[BLOCK_BYTES];
    struct digest_piece all[PIECES_MAX + 1];
    must(count <= PIECES_MAX);
    if (key_length > BLOCK_BYTES)
        digest_sha1(&(struct digest_piece){key, key_length}, 1, inner);
    else if (key_length > 0)
        memcpy(inner, key, key_length);
    for (size_t i = 0; i < BLOCK_BYTES; i++) {
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    all[0] = (struct digest_piece){inner, sizeof inner};
    for (size_t i = 0; i < count; i++)
        all[i + 1] = pieces[i];
    digest_sha1(all, count + 1, ret_digest);
    const struct digest_piece twice[] = {{outer, sizeof outer}, {ret_digest, DIGEST_SHA1_BYTES}};
    uint8_t digest[DIGEST_SHA1_BYTES];
    digest_sha1(twice, 2, digest);
    memcpy(ret_digest, digest, sizeof digest);
}
