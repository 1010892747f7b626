// The hashes that Tend uses, one for each purpose.
#ifndef TEND_COMMON_HASH_H
#define TEND_COMMON_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_BYTES = 16 };

// CRC-32C of `length` bytes, going on from `seed` (0 to begin): notices rot, not malice.
uint32_t hash_crc(uint32_t seed, const void *bytes, size_t length);

// BLAKE2b-128: identity of content.
void hash_content(const void *bytes, size_t length, uint8_t *ret_hash);

// BLAKE2b-128 of two pieces, the length of the first in front, so that ("a", "bc") differs from ("ab", "c").
void hash_pair(const void *left, size_t left_length, const void *right, size_t right_length, uint8_t *ret_hash);

// SipHash-2-4 under a fixed public key: the shard of a customer and short keys inside one customer. Never changes.
uint64_t hash_short(const void *bytes, size_t length);

// 128 bits of SipHash under a key drawn at the process's start: for tables in memory that strangers fill.
void hash_table_key(const void *bytes, size_t length, uint8_t *ret_hash);

// Lower-case hexadecimal of `length` bytes and a NUL into `ret_text` (2 * length + 1).
void hash_hex(const uint8_t *bytes, size_t length, char *ret_text);

#endif
