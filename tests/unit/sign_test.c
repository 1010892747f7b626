// The signatures against vectors from outside, and what a chat locks.
#include "services/notifier/cipher.h"
#include "services/notifier/sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_dingtalk(void **state)
{
    (void)state;
    char sign[SIGN_URL_BYTES];
    sign_dingtalk("SEC0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 1700000000000, sign);
    assert_string_equal(sign, "bTgY2yDbep%2BwesS7jKiNj%2BsrsHoADES4%2BC4f8LCHFtU%3D");
    // The chat signs its own calls to us by the same recipe.
    sign_dingtalk("testAppSecret123", 1700000000000, sign);
    assert_string_equal(sign, "oUvnJAV%2BSePSdqHb1KCEBBCvuY7xqI7JqwexuW15D%2FA%3D");
    sign_dingtalk_call("testAppSecret123", 1700000000000, sign);
    assert_string_equal(sign, "oUvnJAV+SePSdqHb1KCEBBCvuY7xqI7JqwexuW15D/A=");
    sign_dingtalk_card("Action", 1700000000000, sign);
    assert_string_equal(sign, "cpwbXt+idjqJwRLC36L+GUbU5Ry4rdIOIdXrqnkLg+o=");
}

static void test_feishu(void **state)
{
    (void)state;
    char sign[SIGN_BASE64_BYTES];
    sign_feishu("Gb3kQ2mZ8xT1vN7cR5pLsA", 1700000000, sign);
    assert_string_equal(sign, "7YWVyKYJonwN8byVGyK7gOETUGfe8RH+M1ruH7nnud0=");
}

static void test_lark(void **state)
{
    (void)state;
    static const char body[] = "{\"schema\":\"2.0\",\"header\":{\"event_type\":\"card.action.trigger\"}}";
    char sign[SIGN_HEX_BYTES];
    sign_lark("ek_test_key", "1700000000", "n0nce", body, sizeof body - 1, sign);
    assert_string_equal(sign, "9700530a54662e962d8df126d5efd29a30da288f3b25345fa77de9a26dafcc30");
}

// The first is the chat's own example; the others were locked by another program.
static void test_what_lark_locks(void **state)
{
    (void)state;
    static const struct {
        const char *key, *sealed, *plain;
    } rows[] = {
        {"test key", "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=", "hello world"},
        {"ek_test_key", "AAECAwQFBgcICQoLDA0OD23yU5nhoegiq275HV7qHqQ=", ""},
        {"ek_test_key", "AAECAwQFBgcICQoLDA0OD2z3E7OMe0647sk//H2LeyY=", "0123456789abcde"},
        {"ek_test_key", "AAECAwQFBgcICQoLDA0OD/V56QnZwDzQhYL9lVhJN6OXYIF20d+8BfIsqOTYxtIL", "0123456789abcdef"},
        {"ek_test_key", "AAECAwQFBgcICQoLDA0OD/V56QnZwDzQhYL9lVhJN6O7/YCXGI26uJ3RQPB2lv6f", "0123456789abcdefg"},
        {"ek_test_key", "AAECAwQFBgcICQoLDA0OD9yeW6ba7p7DBogjogx1+vvpnGG4PcgkiysrSpOWcmQP", "好好好好好好好"},
    };
    char text[200];
    size_t length;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(sign_lark_open(rows[i].key, rows[i].sealed, text, strlen(rows[i].sealed) + 1, &length));
        assert_string_equal(text, rows[i].plain);
        assert_int_equal(length, strlen(rows[i].plain));
    }
    static const char *const bad[] = {"",
                                      "AAAA",
                                      "AAECAwQFBgcICQoLDA0ODw==",
                                      "not base64!",
                                      "AAECAwQFBgcICQoLDA0OD23yU5nhoegiq275HV7qHqQ", // without its padding
                                      "AAECAwQFBgcICQoLDA0OD23yU5nhoegiq275HV7qHqU=",
                                      "AAECAwQFBgcICQoLDA0OD23yU5nhoegiq275HV7qHqQ= "};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(sign_lark_open("ek_test_key", bad[i], text, sizeof text, &length));
    assert_false(sign_lark_open("another key", rows[1].sealed, text, sizeof text, &length));
}

static void test_wecom(void **state)
{
    (void)state;
    static const struct {
        const char *token, *time, *nonce, *sealed, *sign;
    } rows[] = {
        {"mytoken", "1700000000", "nonce1", "ENCRYPTEDBASE64", "2600cea06c3686215a6df9d8979f6f66d1801a0a"},
        {"ENCRYPTEDBASE64", "mytoken", "1700000000", "nonce1", "2600cea06c3686215a6df9d8979f6f66d1801a0a"},
        {"QDG6eK", "1700000000", "1372623149",
         "Q3stYC6hdFzMh9T8HCvyDK5C6w3W5DGadSs/im3eFbE=", "62ed4b5b6544c06ce4806d2a720bddf48e409000"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char sign[SIGN_SHA1_BYTES];
        sign_wecom(rows[i].token, rows[i].time, rows[i].nonce, rows[i].sealed, sign);
        assert_string_equal(sign, rows[i].sign);
    }
}

#define WECOM_KEY "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2B"
#define WECOM_OTHER "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

// All were locked by another program. The last character of both keys has bits that a key has no room for.
static void test_what_wecom_locks(void **state)
{
    (void)state;
    static const struct {
        const char *key, *corp, *sealed, *plain; // NULL: it is refused
    } rows[] = {
        {WECOM_KEY, "wx5823bf96d3bd56c7",
         "sKqRbbiSUnDhFHOvPjtUMWzf2R8PrpMiTTPaicBgqZlYW/WsF6SiFd2z9CriX2YpWYzF1yrNNQ0SomM3ovdnfA==",
         "1616140317555161061"},
        {WECOM_OTHER, "corp1", "Q3stYC6hdFzMh9T8HCvyDA5rhhY9HsVvPSS4RgE+V0k=", ""},
        {WECOM_OTHER, "corp1", "Q3stYC6hdFzMh9T8HCvyDK5C6w3W5DGadSs/im3eFbE=", "1"},
        {WECOM_KEY, "corp11", "sKqRbbiSUnDhFHOvPjtUMe4dDDwq3SnVwuK7FlMPvts=", "12345"}, // one byte of padding
        {WECOM_KEY, "corp11",                                                           // and 32
         "sKqRbbiSUnDhFHOvPjtUMQ7exkd9B2on6xx9l+/dsCy4UW7j59Xfi5z8dFMZ1Zsj8DAXGIbU9DKELS+6etJsJA==", "123456"},
        {WECOM_KEY, "wx5823bf96d3bd56c7",
         "sKqRbbiSUnDhFHOvPjtUMTDxgkRJQYvEGR8MKuWnem1l1i0t0E9PjgoZPNQhmYDH6xSElLu6jisL9n93s7U6koaKRm0VRcj49qbxn3JZM7k"
         "4kuDkFTWEPw3o/E584/YJ",
         "<xml><Content><![CDATA[明天去]]></Content></xml>"},
        {WECOM_OTHER, "corp2", "Q3stYC6hdFzMh9T8HCvyDK5C6w3W5DGadSs/im3eFbE=", NULL}, // of another company
        {WECOM_OTHER, "corp", "Q3stYC6hdFzMh9T8HCvyDK5C6w3W5DGadSs/im3eFbE=", NULL},
        {WECOM_OTHER, "corp12", "Q3stYC6hdFzMh9T8HCvyDK5C6w3W5DGadSs/im3eFbE=", NULL},
        {WECOM_OTHER, "", "Q3stYC6hdFzMh9T8HCvyDK5C6w3W5DGadSs/im3eFbE=", NULL},
        {WECOM_KEY, "corp1", "Q3stYC6hdFzMh9T8HCvyDK5C6w3W5DGadSs/im3eFbE=", NULL},
        {WECOM_OTHER, "corp1", "Q3stYC6hdFzMh9T8HCvyDMjsEb+1CczDEQXFsSiXT1Q=", NULL}, // more behind the id
        {WECOM_OTHER, "corp1",
         "Q3stYC6hdFzMh9T8HCvyDPDoc1a4diMsXTsE6QwpPRU=", NULL}, // says that it is longer than it is
        {WECOM_OTHER, "corp1", "Q3stYC6hdFzMh9T8HCvyDFWpUMy3arkWx6ZVSLm0nnc=", NULL}, // by four thousand million bytes
        {WECOM_OTHER, "corp1", "Q3stYC6hdFzMh9T8HCvyDB9ZGCGq5DR8N2ke0/I/xmY=", NULL}, // has no room for its length
        {WECOM_OTHER, "corp1", "Q3stYC6hdFzMh9T8HCvyDK5C6w3W5DGadSs/im3eFbE", NULL},
        {WECOM_OTHER, "corp1", "Q3stYC6hdFzMh9T8HCvyDK5C6w3W5DGadSs/im3eFbE= ", NULL},
        {WECOM_OTHER, "corp1", "Q3stYC6hdFzMh9T8HCvyDA==", NULL},
        {WECOM_OTHER, "corp1", "AAAA", NULL},
        {WECOM_OTHER, "corp1", "", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[200];
        size_t length = 0, room = strlen(rows[i].sealed) + SIGN_WECOM_MORE_BYTES;
        bool open = sign_wecom_open(rows[i].key, rows[i].corp, rows[i].sealed, text, room, &length);
        if (open != (rows[i].plain != NULL))
            fail_msg("row %zu", i);
        if (open) {
            assert_string_equal(text, rows[i].plain);
            assert_int_equal(length, strlen(rows[i].plain));
        }
    }
    static const struct {
        const char *key;
        bool valid;
    } keys[] = {{WECOM_KEY, true},
                {WECOM_OTHER, true},
                {WECOM_OTHER "=", false},
                {"abcdefghijklmnopqrstuvwxyz0123456789ABCDEF", false},
                {"abcdefghijklmnopqrstuvwxyz0123456789ABCDEF-", false},
                {"-bcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", false},
                {"", false}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_int_equal(sign_wecom_key_valid(keys[i].key), keys[i].valid);
}

// FIPS 197, C.3: the vector is chosen so that only the right block leaves sixteen bytes of padding.
static void test_cipher(void **state)
{
    (void)state;
    uint8_t key[CIPHER_KEY_BYTES], bytes[2 * CIPHER_BLOCK_BYTES] = {0};
    static const uint8_t block[CIPHER_BLOCK_BYTES] = {0x8e, 0xa2, 0xb7, 0xca, 0x51, 0x67, 0x45, 0xbf,
                                                      0xea, 0xfc, 0x49, 0x90, 0x4b, 0x49, 0x60, 0x89};
    size_t length = 1;
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    for (size_t i = 0; i < CIPHER_BLOCK_BYTES; i++)
        bytes[i] = (uint8_t)(0x11 * i ^ CIPHER_BLOCK_BYTES);
    memcpy(bytes + CIPHER_BLOCK_BYTES, block, sizeof block);
    assert_true(cipher_unlock(key, CIPHER_BLOCK_BYTES, bytes, sizeof bytes, &length));
    assert_int_equal(length, 0);
    assert_false(cipher_unlock(key, CIPHER_BLOCK_BYTES, bytes, sizeof bytes - 1, &length));
    assert_false(cipher_unlock(key, CIPHER_BLOCK_BYTES, bytes, CIPHER_BLOCK_BYTES, &length));
    // The same, chosen to leave 32 bytes of it, which is more padding than there is text.
    for (size_t i = 0; i < CIPHER_BLOCK_BYTES; i++)
        bytes[i] = (uint8_t)(0x11 * i ^ 2 * CIPHER_BLOCK_BYTES);
    memcpy(bytes + CIPHER_BLOCK_BYTES, block, sizeof block);
    assert_false(cipher_unlock(key, 2 * CIPHER_BLOCK_BYTES, bytes, sizeof bytes, &length));
}

static void test_times(void **state)
{
    (void)state;
    static const char *const bad[] = {NULL, "", "-1", "1.5", " 1", "1 ", "0x10", "1234567890123456"};
    int64_t time = 7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(sign_time(bad[i], &time));
    assert_int_equal(time, 7);
    assert_true(sign_time("1700000000000", &time));
    assert_int_equal(time, 1700000000000);
}

static void test_webhook(void **state)
{
    (void)state;
    static const char body[] =
        "{\"type\":\"contact.created\",\"timestamp\":\"2022-11-03T20:26:10.344522Z\",\"data\":{\"id\":"
        "\"1f81eb52-5198-4599-803e-771906343485\"}}";
    char sign[SIGN_BASE64_BYTES];
    assert_true(sign_webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", 1674087231,
                             body, sizeof body - 1, sign));
    assert_string_equal(sign, "ARw42xaAApl/nxRo+iPGYwSaMQaOwMo2eyH5JBRA+bQ=");
    assert_true(sign_webhook("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", 1674087231, body,
                             sizeof body - 1, sign)); // the prefix may be missing
    assert_string_equal(sign, "ARw42xaAApl/nxRo+iPGYwSaMQaOwMo2eyH5JBRA+bQ=");
}

static void test_bad_webhook_secrets(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64 at all!!!!!!!!!!!!!!!",
                                      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw MfKQ"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(sign_webhook_secret_valid(bad[i]));
    assert_true(sign_webhook_secret_valid("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dingtalk), cmocka_unit_test(test_feishu),
        cmocka_unit_test(test_lark),     cmocka_unit_test(test_what_lark_locks),
        cmocka_unit_test(test_wecom),    cmocka_unit_test(test_what_wecom_locks),
        cmocka_unit_test(test_cipher),   cmocka_unit_test(test_times),
        cmocka_unit_test(test_webhook),  cmocka_unit_test(test_bad_webhook_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
