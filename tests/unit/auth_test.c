// Whether a webhook is from who it says: vectors made by other programs, and each thing that must not be believed.
#include "services/ingest/auth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

// 2026-05-17, 09:30 UTC.
#define NOW INT64_C(1779010200000)

static const char order[] = "{\"id\":820982911946154508,\"total_price\":\"19.90\"}";

struct field {
    const char *name, *value;
};

struct sent {
    const char *body;
    struct field headers[4], query;
    bool local, doubts_clock;
    int64_t late_ms;
};

static const char *header(const void *owner, const char *name)
{
    const struct sent *sent = owner;
    for (size_t i = 0; i < 4; i++)
        if (sent->headers[i].name != NULL && strcmp(sent->headers[i].name, name) == 0)
            return sent->headers[i].value;
    return NULL;
}

static const char *query(const void *owner, const char *name)
{
    const struct sent *sent = owner;
    return sent->query.name != NULL && strcmp(sent->query.name, name) == 0 ? sent->query.value : NULL;
}

static enum auth_answer check(const struct auth *auth, const struct sent *sent)
{
    json_t *json = json_loads(sent->body, 0, NULL);
    const struct auth_message message = {.body = sent->body,
                                         .length = strlen(sent->body),
                                         .json = json,
                                         .header = header,
                                         .query = query,
                                         .owner = sent,
                                         .local = sent->local,
                                         .now_ms = NOW + sent->late_ms,
                                         .doubts_clock = sent->doubts_clock};
    enum auth_answer answer = auth_check(auth, &message);
    json_decref(json);
    return answer;
}

static struct auth make(enum auth_kind kind, const char *secret)
{
    struct auth auth = {.kind = kind, .tolerance_ms = 300000};
    char error[300];
    if (!auth_secret_add(&auth, secret, strlen(secret), error, sizeof error))
        fail_msg("%s", error);
    return auth;
}

static void set_text(struct auth *auth, const char *text)
{
    char error[300];
    if (!auth_text_parse(auth, text, error, sizeof error))
        fail_msg("%s", error);
}

static void test_as_shopify_signs(void **state)
{
    (void)state;
    struct auth auth = make(AUTH_HMAC_SHA256, "shpss_0123456789abcdef\n"); // a file ends with a line end
    auth.encoding = AUTH_BASE64;
    strcpy(auth.header, "x-shopify-hmac-sha256");
    const char *right = "BoTUt86W+L0+E1sABk3xes8xqTPNb3fJGnc3ngE2+uA=";
    struct sent sent = {.body = order, .headers = {{"x-shopify-hmac-sha256", right}}};
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    static const char *const wrong[] = {
        "BoTUt86W+L0+E1sABk3xes8xqTPNb3fJGnc3ngE2+uB=",
        "BoTUt86W+L0+E1sABk3xes8xqTPNb3fJGnc3ngE2+u",
        "CoTUt86W+L0+E1sABk3xes8xqTPNb3fJGnc3ngE2+uA=",
        "",
        "BoTUt86W+L0+E1sABk3xes8xqTPNb3fJGnc3ngE2+uA=x",
        "AA==",
        "BoTUt86W+L0+E1sABk3xes8xqTPNb3fJGnc3ngE2+uA=BoTUt86W+L0+E1sABk3xes8xqTPNb3fJGnc3ngE2+uA=",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        sent.headers[0].value = wrong[i];
        assert_int_equal(check(&auth, &sent), AUTH_BAD);
    }
    sent.headers[0] = (struct field){"x-other", right};
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
    // One byte of the body more: a blank at its end changes nothing for JSON, and everything here.
    sent = (struct sent){.body = "{\"id\":820982911946154508,\"total_price\":\"19.90\"} ",
                         .headers = {{"x-shopify-hmac-sha256", right}}};
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
}

// RFC 4231, cases 1 and 6.
static void test_hmac_sha256(void **state)
{
    (void)state;
    char key[132] = {0};
    memset(key, 0x0b, 20);
    struct auth auth = make(AUTH_HMAC_SHA256, key);
    strcpy(auth.header, "x-sign");
    struct sent sent = {.body = "Hi There",
                        .headers = {{"x-sign", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"}}};
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    memset(key, 0xaa, 131);
    auth = make(AUTH_HMAC_SHA256, key);
    strcpy(auth.header, "x-sign");
    sent = (struct sent){.body = "Test Using Larger Than Block-Size Key - Hash Key First",
                         .headers = {{"x-sign", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"}}};
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
}

static void test_several_secrets(void **state)
{
    (void)state;
    struct auth auth = make(AUTH_HMAC_SHA256, "the newest secret");
    char error[300];
    auth.encoding = AUTH_BASE64;
    strcpy(auth.header, "x-sign");
    const struct sent sent = {.body = order, .headers = {{"x-sign", "BoTUt86W+L0+E1sABk3xes8xqTPNb3fJGnc3ngE2+uA="}}};
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
    assert_true(auth_secret_add(&auth, "shpss_0123456789abcdef", 22, error, sizeof error));
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    auth_forget(&auth);
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
}

static void test_prefix_hex_and_sha1(void **state)
{
    (void)state;
    struct auth auth = make(AUTH_HMAC_SHA256, "whsec of github");
    strcpy(auth.header, "x-hub-signature-256");
    strcpy(auth.prefix, "sha256=");
    struct sent sent = {.body = order,
                        .headers = {{"x-hub-signature-256",
                                     "sha256=7109a32232ab2e9d44702ec31b1969252e6b735e09ab88cc9dcb928a18b70713"}}};
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    sent.headers[0].value = "sha256=7109A32232AB2E9D44702EC31B1969252E6B735E09AB88CC9DCB928A18B70713";
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    sent.headers[0].value = "7109a32232ab2e9d44702ec31b1969252e6b735e09ab88cc9dcb928a18b70713";
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
    auth = make(AUTH_HMAC_SHA1, "sha1-secret-000");
    strcpy(auth.header, "x-sign");
    sent = (struct sent){.body = order, .headers = {{"x-sign", "280667ddd3d3712d689a38be2f09c697ca4ca9cf"}}};
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    sent.headers[0].value = "280667ddd3d3712d689a38be2f09c697ca4ca9c0";
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
}

static void test_a_signed_time(void **state)
{
    (void)state;
    struct auth auth = make(AUTH_HMAC_SHA256, "timed-secret-0001");
    strcpy(auth.header, "x-sign");
    strcpy(auth.time, "x-time");
    set_text(&auth, "{time}.{body}");
    static const struct {
        int64_t late_ms;
        bool doubts_clock;
        enum auth_answer answer;
    } rows[] = {
        {0, false, AUTH_GOOD},         {299999, false, AUTH_GOOD}, {300001, false, AUTH_BAD},
        {-300001, false, AUTH_BAD},    {-1000, false, AUTH_GOOD},  {300001, true, AUTH_CLOCK},
        {-86400000, true, AUTH_CLOCK}, {0, true, AUTH_GOOD},
    };
    struct sent sent = {.body = order,
                        .headers = {{"x-sign", "1e871cd039b1a40dc5754633a0d7a0b896dfa69dfd003aead1ae42f9f19de275"},
                                    {"x-time", "1779010200"}}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sent.late_ms = rows[i].late_ms;
        sent.doubts_clock = rows[i].doubts_clock;
        assert_int_equal(check(&auth, &sent), rows[i].answer);
    }
    // A clock in doubt is no excuse for a wrong signature; and a time that is not the signed one is wrong.
    sent.late_ms = 0;
    sent.headers[1].value = "1779010201";
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
    sent.headers[1].name = NULL;
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
}

// The vector of the Standard Webhooks specification.
static void test_standard_webhooks(void **state)
{
    (void)state;
    struct auth auth = make(AUTH_STANDARD_WEBHOOKS, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    const int64_t then_ms = INT64_C(1674087231000) - NOW;
    struct sent sent = {.body = "{\"type\":\"contact.created\",\"timestamp\":\"2022-11-03T20:26:10.344522Z\",\"data\":{"
                                "\"id\":\"1f81eb52-5198-4599-803e-771906343485\"}}",
                        .headers = {{"webhook-id", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"},
                                    {"webhook-timestamp", "1674087231"},
                                    {"webhook-signature", "v1,ARw42xaAApl/nxRo+iPGYwSaMQaOwMo2eyH5JBRA+bQ="}},
                        .late_ms = then_ms};
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    sent.headers[2].value = "v1a,AAAA v1,dGhpcyBpcyBub3QgdGhlIHNpZ25hdHVyZSBhdCBhbGw= "
                            "v1,ARw42xaAApl/nxRo+iPGYwSaMQaOwMo2eyH5JBRA+bQ=";
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    sent.late_ms = then_ms + 300001;
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
    sent.late_ms = then_ms;
    sent.headers[0].value = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4X";
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
    sent.headers[0].value = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
    sent.headers[2].value = "v2,ARw42xaAApl/nxRo+iPGYwSaMQaOwMo2eyH5JBRA+bQ=";
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
}

static void test_values_of_the_body(void **state)
{
    (void)state;
    struct auth auth = make(AUTH_MD5, "clientsecret1");
    strcpy(auth.at, "/sign");
    set_text(&auth, "{/client_id}{/msg}{secret}");
    assert_true(auth_needs_json(&auth));
    struct sent sent = {.body = "{\"client_id\":\"clientid1\",\"msg\":\"%7B%22tid%22%3A%22E1%22%7D\",\"sign\":"
                                "\"daca0c3c482913c19c5ed04553ac5d29\"}"};
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    sent.body = "{\"client_id\":\"clientid1\",\"msg\":\"%7B%22tid%22%3A%22E2%22%7D\",\"sign\":"
                "\"daca0c3c482913c19c5ed04553ac5d29\"}";
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
    sent.body = "{\"msg\":\"x\",\"sign\":\"daca0c3c482913c19c5ed04553ac5d29\"}";
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
    sent.body = "no JSON";
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
    auth = make(AUTH_SHA1, "douyin-secret");
    strcpy(auth.header, "x-douyin-signature");
    set_text(&auth, "{secret}{body}");
    sent =
        (struct sent){.body = order, .headers = {{"x-douyin-signature", "8778922bf55b1cb65a8b58a7d25b0ad9962a2612"}}};
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    sent.body = "{}";
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
}

static void test_secrets_that_are_sent(void **state)
{
    (void)state;
    struct auth auth = make(AUTH_BEARER, "sesame-sesame");
    struct sent sent = {.body = order, .headers = {{"authorization", "Bearer sesame-sesame"}}};
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    sent.headers[0].value = "Bearer sesame-sesam";
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
    sent.headers[0].value = "sesame-sesame";
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
    strcpy(auth.header, "x-token");
    sent.headers[0] = (struct field){"x-token", "sesame-sesame"};
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    auth = make(AUTH_URL, "sesame-sesame");
    sent = (struct sent){.body = order, .query = {"key", "sesame-sesame"}};
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    sent.query.value = "";
    assert_int_equal(check(&auth, &sent), AUTH_BAD);
    strcpy(auth.parameter, "token");
    sent.query = (struct field){"token", "sesame-sesame"};
    assert_int_equal(check(&auth, &sent), AUTH_GOOD);
    struct auth none = {.kind = AUTH_NONE};
    assert_int_equal(check(&none, &sent), AUTH_BAD);
    sent.local = true;
    assert_int_equal(check(&none, &sent), AUTH_GOOD);
    none.kind = AUTH_UNSET;
    assert_int_equal(check(&none, &sent), AUTH_BAD);
}

static void test_settings_that_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        struct auth auth;
        const char *text, *problem; // NULL: good
    } rows[] = {
        {{.kind = AUTH_UNSET}, "", "kind"},
        {{.kind = AUTH_HMAC_SHA256}, "", "where the signature stands"},
        {{.kind = AUTH_HMAC_SHA256, .header = "x", .at = "/y"}, "", "where the signature stands"},
        {{.kind = AUTH_HMAC_SHA256, .header = "x"}, "", NULL},
        {{.kind = AUTH_HMAC_SHA256, .header = "x"}, "{time}", "{body}"},
        {{.kind = AUTH_HMAC_SHA256, .header = "x"}, "{time}.{body}", "a time must be signed"},
        {{.kind = AUTH_HMAC_SHA256, .header = "x", .time = "t"}, "", "a time must be signed"},
        {{.kind = AUTH_HMAC_SHA256, .header = "x", .time = "t"}, "{time}.{body}", NULL},
        {{.kind = AUTH_MD5, .header = "x"}, "", "{secret}"},
        {{.kind = AUTH_MD5, .header = "x"}, "{body}", "{secret}"},
        {{.kind = AUTH_SHA1, .header = "x"}, "{secret}{body}", NULL},
        {{.kind = AUTH_MD5, .at = "/sign"}, "{/a}{secret}", NULL},
        {{.kind = AUTH_BEARER}, "{body}", "only"},
        {{.kind = AUTH_BEARER}, "", NULL},
        {{.kind = AUTH_NONE}, "", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct auth auth = rows[i].auth;
        char error[300] = "";
        if (auth.kind != AUTH_NONE) {
            auth.secret_count = 1;
            auth.secrets[0].length = 16;
        }
        set_text(&auth, rows[i].text);
        bool good = auth_check_settings(&auth, error, sizeof error);
        if (good != (rows[i].problem == NULL) || (!good && strstr(error, rows[i].problem) == NULL))
            fail_msg("row %zu: '%s'", i, error);
        auth.secret_count = 0;
        assert_int_equal(auth_check_settings(&auth, error, sizeof error), auth.kind == AUTH_NONE);
    }
}

static void test_bad_texts_and_secrets(void **state)
{
    (void)state;
    static const char *const texts[] = {"{bodi}", "{body", "{}", "{header:}", "a{b}c", "{body}}{"};
    char error[300];
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct auth auth = {.kind = AUTH_HMAC_SHA256};
        if (auth_text_parse(&auth, texts[i], error, sizeof error))
            fail_msg("'%s' is taken", texts[i]);
    }
    struct auth auth = {.kind = AUTH_HMAC_SHA256};
    assert_false(auth_secret_add(&auth, "short\n", 6, error, sizeof error));
    assert_null(strstr(error, "short\n"));
    char text[AUTH_SECRET_BYTES + 1];
    memset(text, 'x', sizeof text);
    assert_false(auth_secret_add(&auth, text, sizeof text, error, sizeof error));
    for (int i = 0; i < AUTH_SECRETS_MAX; i++)
        assert_true(auth_secret_add(&auth, text, AUTH_SECRET_BYTES, error, sizeof error));
    assert_false(auth_secret_add(&auth, text, AUTH_SECRET_BYTES, error, sizeof error));
    static const struct {
        const char *bytes, *problem; // NULL: it is taken, as "sesame-sesame"
        size_t length;
    } files[] = {
        {"sesame-sesame\r\n", NULL, 15},
        {" \tsesame-sesame \n\n", NULL, 18},
        {"\xef\xbb\xbfsesame-sesame\n", NULL, 17},
        {"sesame-sesame\nsesame-two\n", "several lines", 25},
        {"# the shop's\rsesame-sesame", "several lines", 26},
        {"s\0e\0s\0a\0m\0e\0-\0s\0", "UTF-16", 16},
        {"\xff\xfes\0e\0s\0a\0m\0e\0-\0s\0\n\0", "UTF-16", 20},
        {" \n  \n          ", "not 0", 15},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct auth one = {.kind = AUTH_HMAC_SHA256};
        bool good = auth_secret_add(&one, files[i].bytes, files[i].length, error, sizeof error);
        if (good != (files[i].problem == NULL) || (!good && strstr(error, files[i].problem) == NULL))
            fail_msg("file %zu: '%s'", i, error);
        if (good && (one.secrets[0].length != 13 || memcmp(one.secrets[0].bytes, "sesame-sesame", 13) != 0))
            fail_msg("file %zu is taken as it is", i);
    }
    struct auth standard = {.kind = AUTH_STANDARD_WEBHOOKS};
    assert_false(auth_secret_add(&standard, "whsec_not base64!", 17, error, sizeof error));
    assert_false(auth_secret_add(&standard, "whsec_c2hvcnQ=", 14, error, sizeof error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hmac_sha256),
        cmocka_unit_test(test_as_shopify_signs),
        cmocka_unit_test(test_several_secrets),
        cmocka_unit_test(test_prefix_hex_and_sha1),
        cmocka_unit_test(test_a_signed_time),
        cmocka_unit_test(test_standard_webhooks),
        cmocka_unit_test(test_values_of_the_body),
        cmocka_unit_test(test_secrets_that_are_sent),
        cmocka_unit_test(test_settings_that_do_not_fit),
        cmocka_unit_test(test_bad_texts_and_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
