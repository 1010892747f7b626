// The hashes: known values, since what is on disks depends on them, and what keeps one thing from looking like another.
#include "common/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Bit by bit, as the polynomial says.
static uint32_t slow_crc(const uint8_t *bytes, size_t length)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? UINT32_C(0x82f63b78) : 0);
    }
    return ~crc;
}

static void test_crc(void **state)
{
    (void)state;
    uint8_t bytes[300] = {0};
    assert_int_equal(hash_crc(0, "123456789", 9), UINT32_C(0xe3069283)); // the check value of CRC-32C
    assert_int_equal(hash_crc(0, bytes, 32), UINT32_C(0x8a9136aa));      // RFC 3720, B.4
    assert_int_equal(hash_crc(0, bytes, 0), 0);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 151 + 7);
    for (size_t from = 0; from < 9; from++)
        for (size_t length = 0; from + length < sizeof bytes; length++) {
            uint32_t whole = slow_crc(bytes + from, length);
            assert_int_equal(hash_crc(0, bytes + from, length), whole);
            uint32_t part = hash_crc(0, bytes + from, length / 3);
            assert_int_equal(hash_crc(part, bytes + from + length / 3, length - length / 3), whole);
        }
}

static void expect_hex(const uint8_t *hash, const char *hex)
{
    char text[2 * HASH_BYTES + 1];
    hash_hex(hash, HASH_BYTES, text);
    assert_string_equal(text, hex);
}

// Chains, identities and shards on disks were made with these.
static void test_values_stay(void **state)
{
    (void)state;
    uint8_t hash[HASH_BYTES];
    hash_content("", 0, hash);
    expect_hex(hash, "cae66941d9efbd404e4d88758ea67670"); // BLAKE2b-128 of nothing
    hash_content("abc", 3, hash);
    expect_hex(hash, "cf4ab791c62b8d2b2109c90275287816");
    hash_pair("shop", 4, "e1", 2, hash);
    expect_hex(hash, "9e215c802d2d1f77140ab48c870ed795");
    assert_true(hash_short("C-1001", 6) == UINT64_C(0x84cb44f772c9ccc3));
    assert_true(hash_short("", 0) == UINT64_C(0x5de928ebb7368bde));
}

static void test_pairs(void **state)
{
    (void)state;
    uint8_t one[HASH_BYTES], other[HASH_BYTES];
    hash_pair("a", 1, "bc", 2, one);
    hash_pair("ab", 2, "c", 1, other);
    assert_memory_not_equal(one, other, HASH_BYTES);
    hash_pair("", 0, "abc", 3, other);
    assert_memory_not_equal(one, other, HASH_BYTES);
    hash_pair("a", 1, "bc", 2, other);
    assert_memory_equal(one, other, HASH_BYTES);
    hash_table_key("a", 1, one);
    hash_table_key("b", 1, other);
    assert_memory_not_equal(one, other, HASH_BYTES);
    hash_table_key("a", 1, other);
    assert_memory_equal(one, other, HASH_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crc),
        cmocka_unit_test(test_values_stay),
        cmocka_unit_test(test_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
