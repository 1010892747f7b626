// The files of feeds: what they may say, what is wrong with them and where, and that no error shows a secret.
#include "services/ingest/feeds.h"

#include "harness/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

static char folder[FOLDER_BYTES];

static int set_up(void **state)
{
    (void)state;
    folder_make(folder);
    folder_write(folder, "a.secret", "first-secret-of-all\n", 20);
    folder_write(folder, "b.secret", "second-secret-of-all", 20);
    folder_write(folder, "tiny.secret", "abc\n", 4);
    folder_write(folder, "two.secret", "first-secret-of-all\nsecond-secret-of-all\n", 41);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static bool read_feed(const char *name, const char *text, char *error, struct feed **ret_feed)
{
    char file[FEED_NAME_BYTES + 8];
    struct feed_files files;
    snprintf(file, sizeof file, "%s.yaml", name);
    folder_write(folder, file, text, strlen(text));
    const struct feed_place place = {folder, name, "EUR", "UTC"};
    return feed_read(&place, &files, error, FEED_ERROR_BYTES, ret_feed);
}

#define RULE "events: [{event: order_paid, time: /t, customer_id: /c, fields: {order_id: /o}}]\n"

static void test_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"", "bad.yaml: holds no mapping"},
        {"[1, 2]\n", "bad.yaml: holds no mapping"},
        {"presett: shopify\n", "bad.yaml:1:1: \"presett\" is not known here; did you mean \"preset\"?"},
        {"preset: shopify\n", "auth needs a secret"},
        {"preset: shopify\nsecrets: [missing.secret]\n",
         "bad.yaml:2:11: the file of the secret cannot be used: No such file or directory"},
        {"preset: shopify\nsecrets: [tiny.secret]\n", "bad.yaml:2:11: a secret has 8 to 512 bytes, not 3"},
        {"preset: shopify\nsecrets: a.secret\nsource: tend:join\n", "bad.yaml:3:9: is a name of Tend's own"},
        {"preset: shopify\nsecrets: [two.secret]\n", "bad.yaml:2:11: the secret has several lines"},
        {"preset: shopify\nsecrets: [credential:shop]\n", "bad.yaml:2:11: names no file, and no credential"},
        {"preset: shopify\nsecrets: {a: b}\n", "bad.yaml:2:10: a list of file names belongs here"},
        {"preset: shopify\nsecrets: a.secret\nrate: often\n", "bad.yaml:3:7: must be a number of bodies and a time"},
        {"preset: shopify\nsecrets: a.secret\nsilent_after: 1y\n", "bad.yaml:3:15: must be a duration"},
        {"preset: shopify\nsecrets: a.secret\nsilent_after: 1s\n", "bad.yaml:3:15: must be"},
        {RULE "auth: {kind: hmac}\n", "bad.yaml:2:14: \"hmac\" is no kind"},
        {RULE "auth: {header: X}\nsecrets: a.secret\n", "bad.yaml:2:7: auth says no kind"},
        {RULE "auth: {kind: bearer, heder: X}\nsecrets: a.secret\n", "did you mean \"header\"?"},
        {RULE "auth: {kind: hmac-sha256, header: X, encoding: b64}\nsecrets: a.secret\n",
         "bad.yaml:2:48: must be hex or base64"},
        {RULE "auth: {kind: hmac-sha256}\nsecrets: a.secret\n", "auth must say either header or at"},
        {RULE "auth: {kind: hmac-sha256, header: X, text: \"{bdy}\"}\nsecrets: a.secret\n",
         "bad.yaml:2:44: text is made of"},
        {RULE "auth: {kind: md5, header: X, text: \"{body}\"}\nsecrets: a.secret\n", "auth text must hold {secret}"},
        {RULE "auth: {kind: md5, at: sign, text: \"{secret}\"}\nsecrets: a.secret\n",
         "bad.yaml:2:23: must be a pointer"},
        {RULE "auth: {kind: hmac-sha256, header: X, tolerance: 2d}\nsecrets: a.secret\n", "bad.yaml:2:49: must be"},
        {RULE "auth: bearer\nsecrets: a.secret\n", "bad.yaml:2:7: a mapping belongs here"},
        {RULE "auth: {kind: none}\nhandshake: {form: a}\n", "bad.yaml:3:12: a list belongs here"},
        {RULE "auth: {kind: none}\nhandshake: [{fom: a}]\n", "did you mean \"form\"?"},
        {RULE "auth: {kind: none}\nhandshake: [{at: /a}]\n", "bad.yaml:3:13: a handshake is"},
        {RULE "auth: {kind: none}\nhandshake: [{echo: a}]\n", "must be a pointer into the body"},
        {RULE "auth: {kind: none}\nreply: {status: 404}\n", "bad.yaml:3:17: must be from 200 to 299"},
        {RULE "auth: {kind: none}\nreply: 200\n", "bad.yaml:3:8: a mapping belongs here"},
        {"auth: {kind: none}\nevents: [{event: order_payed}]\n", "order_payed"},
        {"preset: shopifi\n", "bad.yaml:1:9: there is no preset \"shopifi\"; did you mean \"shopify\"?"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char error[FEED_ERROR_BYTES] = "";
        struct feed *feed = NULL;
        if (read_feed("bad", rows[i].text, error, &feed))
            fail_msg("row %zu is taken: %s", i, rows[i].text);
        if (strstr(error, rows[i].error) == NULL)
            fail_msg("row %zu: '%s' is not in '%s'", i, rows[i].error, error);
    }
}

// To be tried, a file needs nobody's belief; whatever else is wrong with it is wrong.
static void test_a_trial(void **state)
{
    (void)state;
    static const struct {
        const char *text, *warning, *error; // NULL: none
    } rows[] = {
        {"preset: shopify\nsecrets: a.secret\n", NULL, NULL},
        {"preset: shopify\n", "try me.YAML: auth needs a secret", NULL},
        {"preset: shopify\nsecrets: [missing.secret]\n", "try me.YAML:2:11: the file of the secret", NULL},
        {"preset: shopify\nsecrets: [tiny.secret]\n", "try me.YAML:2:11: a secret has 8 to 512 bytes", NULL},
        {RULE, "auth says no kind", NULL},
        {RULE "auth: {kind: hmac-sha256}\n", NULL, "auth must say either header or at"},
        {"preset: shopify\nownr: {value: emma}\n", "auth needs", "try me.YAML:2:1: \"ownr\" is not known"},
        {"preset: shopify\nrate: fast\n", "auth needs", "try me.YAML:2:7: must be a number of bodies"},
        {"preset: shopify\nsecrets: a.secret\nevents: [{event: order_payed}]\n", NULL, "order_payed"},
    };
    char path[FOLDER_BYTES + 16];
    snprintf(path, sizeof path, "%s/try me.YAML", folder);
    const struct feed_place place = {folder, "try me", "EUR", "UTC"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char warning[FEED_ERROR_BYTES], error[FEED_ERROR_BYTES] = "";
        struct feed *feed = NULL;
        folder_write(folder, "try me.YAML", rows[i].text, strlen(rows[i].text));
        bool good = feed_read_trial(path, &place, warning, error, &feed);
        if (good != (rows[i].error == NULL) || (!good && strstr(error, rows[i].error) == NULL))
            fail_msg("row %zu: '%s'", i, error);
        // What is wrong with the file may keep its secrets from being looked at.
        if (good && ((warning[0] == '\0') != (rows[i].warning == NULL) ||
                     (rows[i].warning != NULL && strstr(warning, rows[i].warning) == NULL)))
            fail_msg("row %zu warns: '%s'", i, warning);
        feed_close(&feed);
    }
}

// Somebody writes the secret where the name of its file belongs.
static void test_no_error_shows_a_secret(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "preset: shopify\nsecrets: [shpss_0123456789abcdef]\n",
        "preset: shopify\nsecrets: shpss_0123456789abcdef\n",
        "preset: shopify\nsecrets: [credential:shpss_0123456789abcdef]\n",
        "preset: shopify\nsecrets:\n  - shpss_0123456789abcdef\n  - shpss_0123456789abcdef\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char error[FEED_ERROR_BYTES] = "";
        struct feed *feed = NULL;
        assert_false(read_feed("bad", texts[i], error, &feed));
        if (strstr(error, "shpss_") != NULL)
            fail_msg("row %zu: %s", i, error);
    }
}

static void test_what_is_read(void **state)
{
    (void)state;
    char error[FEED_ERROR_BYTES] = "";
    struct feed *feed = NULL;
    if (!read_feed("shop",
                   "preset: shopify\nsecrets: [a.secret, b.secret]\nsource: web\nrate: 5/1m\nsilent_after: 24h\n",
                   error, &feed))
        fail_msg("%s", error);
    assert_string_equal(feed->source, "web");
    assert_int_equal(feed->auth.kind, AUTH_HMAC_SHA256);
    assert_string_equal(feed->auth.header, "x-shopify-hmac-sha256"); // of the preset
    assert_int_equal(feed->auth.secret_count, 2);
    assert_memory_equal(feed->auth.secrets[0].bytes, "first-secret-of-all", 19);
    assert_int_equal(feed->auth.secrets[0].length, 19);
    assert_int_equal(feed->rate.burst, 5);
    assert_int_equal(feed->silent_after_ms, 86400000);
    assert_int_equal(feed->reply_status, 200);
    assert_false(feed->fetched);
    feed_close(&feed);
    assert_null(feed);
    // A part of the preset's auth is changed, or all of it with another kind.
    assert_true(read_feed("shop", "preset: shopify\nsecrets: a.secret\nauth: {header: X-Proxy-Sign}\n", error, &feed));
    assert_string_equal(feed->auth.header, "x-proxy-sign");
    assert_int_equal(feed->auth.encoding, AUTH_BASE64);
    assert_string_equal(feed->source, "shop");
    feed_close(&feed);
    assert_true(read_feed("shop", "preset: shopify\nsecrets: a.secret\nauth: {kind: bearer}\n", error, &feed));
    assert_string_equal(feed->auth.header, "");
    feed_close(&feed);
    // What is fetched proves nothing by a signature.
    assert_true(read_feed("shop", "preset: generic\nfrom: {nats: {url: \"nats://127.0.0.1:4222\", stream: ORDERS}}\n",
                          error, &feed));
    assert_true(feed->fetched);
    feed_close(&feed);
}

static void test_credentials_of_systemd(void **state)
{
    (void)state;
    char error[FEED_ERROR_BYTES] = "";
    struct feed *feed = NULL;
    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    assert_true(read_feed("shop", "preset: shopify\nsecrets: [credential:b.secret]\n", error, &feed));
    assert_memory_equal(feed->auth.secrets[0].bytes, "second-secret-of-all", 20);
    feed_close(&feed);
    assert_false(read_feed("shop", "preset: shopify\nsecrets: [\"credential:../b.secret\"]\n", error, &feed));
    unsetenv("CREDENTIALS_DIRECTORY");
}

static void test_every_preset_with_a_secret(void **state)
{
    (void)state;
    static const char *const presets[] = {"shopify", "woocommerce", "odoo", "erpnext", "youzan", "debezium", "generic"};
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        char error[FEED_ERROR_BYTES] = "", text[200];
        struct feed *feed = NULL;
        snprintf(text, sizeof text, "preset: %s\nsecrets: [a.secret]\n", presets[i]);
        if (!read_feed("one", text, error, &feed))
            fail_msg("%s: %s", presets[i], error);
        feed_close(&feed);
    }
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool valid;
    } rows[] = {{"shop", true},  {"shop-2", true}, {"2shop", true}, {"", false},      {"-shop", false},
                {"Shop", false}, {"sh op", false}, {"a/b", false},  {"..", false},    {"a.b", false},
                {"a_b", false},  {"店", false},    {"a%2f", false}, {"shop\n", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (feed_name_valid(rows[i].name) != rows[i].valid)
            fail_msg("'%s'", rows[i].name);
}

// Files that are no feeds are passed over; a folder that there is not holds none.
static void test_a_folder(void **state)
{
    (void)state;
    char error[FEED_ERROR_BYTES] = "", other[FOLDER_BYTES];
    folder_make(other);
    folder_write(other, "a.secret", "first-secret-of-all\n", 20);
    folder_write(other, "README.md", "hello", 5);
    folder_write(other, "Shop.yaml", "x", 1);
    folder_write(other, ".shop.yaml.swp", "x", 1);
    static const char good[] = "preset: shopify\nsecrets: [a.secret]\n";
    folder_write(other, "b.yaml", good, strlen(good));
    folder_write(other, "a.yaml", good, strlen(good));
    struct feeds *feeds = feeds_open(other, "EUR", "UTC");
    assert_true(feeds_read(feeds, error, sizeof error));
    assert_int_equal(feeds_count(feeds), 2);
    assert_string_equal(feeds_at(feeds, 0)->name, "a");
    assert_non_null(feeds_find(feeds, "b"));
    assert_null(feeds_find(feeds, "c"));
    assert_int_not_equal(feeds_at(feeds, 0)->place, feeds_at(feeds, 1)->place);
    uint64_t version = feeds_version(feeds);
    // A file that is being written is read when it has come to rest.
    feeds_look(feeds, 1000, NULL);
    folder_write(other, "c.yaml", "preset: sho", 11);
    feeds_look(feeds, 2000, NULL);
    folder_write(other, "c.yaml", good, strlen(good));
    feeds_look(feeds, 3000, NULL);
    feeds_look(feeds, 4000, NULL);
    feeds_look(feeds, 5000, NULL);
    assert_non_null(feeds_find(feeds, "c"));
    assert_true(feeds_version(feeds) > version);
    // A name has its place in the figures for itself, also when it goes and comes again.
    assert_int_equal(feeds_at(feeds, 2)->place, 2);
    char path[FOLDER_BYTES + 16];
    snprintf(path, sizeof path, "%s/c.yaml", other);
    unlink(path);
    feeds_look(feeds, 6000, NULL);
    feeds_look(feeds, 7000, NULL);
    assert_int_equal(feeds_count(feeds), 2);
    folder_write(other, "d.yaml", good, strlen(good));
    feeds_look(feeds, 8000, NULL);
    folder_write(other, "c.yaml", good, strlen(good));
    feeds_look(feeds, 9000, NULL);
    assert_int_equal(feeds_at(feeds, 2)->place, 2);
    assert_int_equal(feeds_at(feeds, 3)->place, 3);
    feeds_close(&feeds);

    feeds = feeds_open("/nowhere/at/all", "EUR", "UTC");
    assert_true(feeds_read(feeds, error, sizeof error));
    assert_int_equal(feeds_count(feeds), 0);
    feeds_close(&feeds);
    feeds = feeds_open(NULL, NULL, NULL);
    assert_true(feeds_read(feeds, error, sizeof error));
    assert_true(feeds_due(feeds) == INT64_MAX);
    feeds_close(&feeds);
    folder_remove(other);
}

// A bad file is not in force until it is mended, and keeps no other from being read.
static void test_a_bad_file_at_a_start(void **state)
{
    (void)state;
    static const char good[] = "preset: shopify\nsecrets: [a.secret]\n", bad[] = "preset: shopify\n",
                      empty[] = "preset: shopify\nsecrets: [d.secret]\n";
    char error[FEED_ERROR_BYTES] = "", other[FOLDER_BYTES];
    folder_make(other);
    folder_write(other, "a.secret", "first-secret-of-all\n", 20);
    folder_write(other, "a.yaml", good, strlen(good));
    folder_write(other, "b.yaml", bad, strlen(bad));
    folder_write(other, "d.secret", "", 0); // as `tend feed add` leaves it where they make the secret
    folder_write(other, "d.yaml", empty, strlen(empty));
    struct feeds *feeds = feeds_open(other, "EUR", "UTC");
    assert_true(feeds_read(feeds, error, sizeof error));
    assert_int_equal(feeds_count(feeds), 3);
    assert_non_null(feeds_find(feeds, "a"));
    assert_null(feeds_error(feeds, "a"));
    assert_null(feeds_error(feeds, "nobody"));
    assert_null(feeds_find(feeds, "b"));
    assert_non_null(strstr(feeds_error(feeds, "b"), "b.yaml: auth "));
    assert_null(feeds_find(feeds, "d"));
    assert_non_null(strstr(feeds_error(feeds, "d"), "d.yaml:2:11: "));
    assert_false(feeds_check(other, "EUR", "UTC", error, sizeof error));
    assert_non_null(strstr(error, "d.yaml:2:11: "));
    feeds_look(feeds, 1000, NULL);
    folder_write(other, "b.yaml", good, strlen(good));
    folder_write(other, "d.secret", "first-secret-of-all\n", 20);
    feeds_look(feeds, 2000, NULL);
    feeds_look(feeds, 3000, NULL);
    assert_non_null(feeds_find(feeds, "b"));
    assert_non_null(feeds_find(feeds, "d"));
    assert_null(feeds_error(feeds, "d"));
    // Once in force, a bad file leaves it as it was.
    folder_write(other, "b.yaml", bad, strlen(bad));
    feeds_look(feeds, 4000, NULL);
    feeds_look(feeds, 5000, NULL);
    assert_non_null(feeds_find(feeds, "b"));
    assert_null(feeds_error(feeds, "b"));
    assert_string_not_equal(feeds_at(feeds, 1)->error, "");
    feeds_close(&feeds);
    folder_remove(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_wrong),
        cmocka_unit_test(test_a_trial),
        cmocka_unit_test(test_no_error_shows_a_secret),
        cmocka_unit_test(test_what_is_read),
        cmocka_unit_test(test_credentials_of_systemd),
        cmocka_unit_test(test_every_preset_with_a_secret),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_a_folder),
        cmocka_unit_test(test_a_bad_file_at_a_start),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
