// The three signatures against vectors from outside.
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
}

static void test_feishu(void **state)
{
    (void)state;
    char sign[SIGN_BASE64_BYTES];
    sign_feishu("Gb3kQ2mZ8xT1vN7cR5pLsA", 1700000000, sign);
    assert_string_equal(sign, "7YWVyKYJonwN8byVGyK7gOETUGfe8RH+M1ruH7nnud0=");
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
        cmocka_unit_test(test_dingtalk),
        cmocka_unit_test(test_feishu),
        cmocka_unit_test(test_webhook),
        cmocka_unit_test(test_bad_webhook_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
