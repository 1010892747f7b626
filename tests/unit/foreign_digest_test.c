// MD5 and SHA-1 against the vectors of their RFCs, in one piece and in every way in two.
#include "common/digest.h"
#include "common/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_vectors(void **state)
{
    (void)state;
    // RFC 1321 A.5 and RFC 3174 7.3.
    static const struct {
        const char *text, *md5, *sha1;
    } rows[] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
        {"a", "0cc175b9c0f1b6a831c399e269772661", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0", "c12252ceda8be8994d5fa0290a47231c1d16aae3"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "8215ef0796a20bcaaae116d3876c664a",
         "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a", "50abf5706a150990a08b2c5ea40fa0e585554732"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].text);
        for (size_t cut = 0; cut <= length; cut++) {
            const struct digest_piece pieces[] = {{rows[i].text, cut}, {rows[i].text + cut, length - cut}};
            uint8_t md5[DIGEST_MD5_BYTES], sha1[DIGEST_SHA1_BYTES];
            char hex[2 * DIGEST_SHA1_BYTES + 1];
            digest_md5(pieces, 2, md5);
            hash_hex(md5, sizeof md5, hex);
            assert_string_equal(hex, rows[i].md5);
            digest_sha1(pieces, 2, sha1);
            hash_hex(sha1, sizeof sha1, hex);
            assert_string_equal(hex, rows[i].sha1);
        }
    }
}

// A million letters, in pieces that do not fit the blocks.
static void test_a_long_text(void **state)
{
    (void)state;
    static char text[1000000];
    memset(text, 'a', sizeof text);
    uint8_t sha1[DIGEST_SHA1_BYTES];
    char hex[2 * DIGEST_SHA1_BYTES + 1];
    const struct digest_piece pieces[] = {{text, 1}, {text, 62}, {text, 65}, {text, sizeof text - 128}};
    digest_sha1(pieces, 4, sha1);
    hash_hex(sha1, sizeof sha1, hex);
    assert_string_equal(hex, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

// RFC 2202, section 3.
static void test_hmac_sha1(void **state)
{
    (void)state;
    uint8_t key[80], sha1[DIGEST_SHA1_BYTES];
    char hex[2 * DIGEST_SHA1_BYTES + 1];
    memset(key, 0x0b, 20);
    digest_hmac_sha1(key, 20, &(struct digest_piece){"Hi There", 8}, 1, sha1);
    hash_hex(sha1, sizeof sha1, hex);
    assert_string_equal(hex, "b617318655057264e28bc0b6fb378c8ef146be00");
    digest_hmac_sha1("Jefe", 4, &(struct digest_piece){"what do ya want for nothing?", 28}, 1, sha1);
    hash_hex(sha1, sizeof sha1, hex);
    assert_string_equal(hex, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    memset(key, 0xaa, sizeof key);
    const char *text = "Test Using Larger Than Block-Size Key - Hash Key First";
    digest_hmac_sha1(key, sizeof key, &(struct digest_piece){text, strlen(text)}, 1, sha1);
    hash_hex(sha1, sizeof sha1, hex);
    assert_string_equal(hex, "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_a_long_text),
        cmocka_unit_test(test_hmac_sha1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
