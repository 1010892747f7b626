// Posts that are not believed: one stray among good ones is nothing, a row of them is a wrong secret, and is told with
// what to compare.
#include "services/ingest/refusals.h"
#include "unit/feed_gate.h"

static const char wrong[] = "shpss_of-another-shop";

static int64_t number(const json_t *json, const char *member)
{
    const char *text = json_string_value(json_object_get(json, member));
    return text != NULL ? strtoll(text, NULL, 10) : 0;
}

// How many posts in a row are told of; `why` must hold the words then.
static int64_t refused(struct gate *gate, const char *words)
{
    json_t *list = look(gate, "GET", "/v1/feeds", "", 200);
    const json_t *feed = json_array_get(json_object_get(list, "feeds"), 0);
    int64_t count = number(feed, "refused");
    const char *why = json_string_value(json_object_get(feed, "refusedWhy"));
    assert_int_equal(count > 0, why != NULL);
    assert_int_equal(count > 0, json_object_get(feed, "refusedSince") != NULL);
    assert_int_equal(number(feed, "unauthenticated") > 0, json_object_get(feed, "unauthenticatedLast") != NULL);
    if (count > 0 && strstr(why, words) == NULL)
        fail_msg("'%s' is not in '%s'", words, why);
    json_decref(list);
    return count;
}

static void post(struct gate *gate, const char *key, int times, int status)
{
    char body[TEXT_BYTES];
    an_order(body, 900, "\"1.00\"");
    for (int i = 0; i < times; i++)
        assert_int_equal(post_signed(gate, "shop", key, body), status);
}

static void test_a_wrong_secret_from_the_beginning(void **state)
{
    struct gate *gate = *state;
    assert_int_equal(refused(gate, ""), 0);
    post(gate, wrong, 1, 401);
    assert_int_equal(refused(gate, "not signed with its secret: compare "), 1);
    assert_int_equal(refused(gate, "/feeds.d/shop.secret with the other end's"), 1);
    post(gate, wrong, 7, 401);
    assert_int_equal(refused(gate, "shop.secret"), 8);
    // The secret is mended: what was refused before says nothing any more.
    write_feed(gate, "shop.secret", "shpss_of-another-shop\r\n");
    pass(gate, 3000);
    assert_int_equal(refused(gate, ""), 0);
    post(gate, wrong, 1, 200);
    assert_int_equal(refused(gate, ""), 0);
}

static void test_strangers_beside_good_ones(void **state)
{
    struct gate *gate = *state;
    post(gate, secret, 1, 200);
    for (int i = 0; i < 3; i++) {
        post(gate, wrong, 2, 401);
        assert_int_equal(refused(gate, ""), 0);
        post(gate, secret, 1, 200);
    }
    post(gate, wrong, 3, 401);
    assert_int_equal(refused(gate, "shop.secret"), 3);
    post(gate, secret, 1, 200);
    assert_int_equal(refused(gate, ""), 0);
    // After a restart it is still a feed by which something came.
    stop(gate);
    start(gate, NULL, 0);
    post(gate, wrong, 2, 401);
    assert_int_equal(refused(gate, ""), 0);
    post(gate, wrong, 1, 401);
    assert_int_equal(refused(gate, "shop.secret"), 3);
}

static void test_what_the_log_hears(void **state)
{
    (void)state;
    // Minutes; 'w' a wrong post, 'r' a right one, 'f' the file is changed, and 'W' a wrong one that is told.
    static const struct {
        const char *posts;
        bool known;
    } rows[] = {
        {"Wwwwwwww", false}, {"wwWwwwww", true},        {"rwwWww", false},    {"wwrwwrwwrw", true},
        {"wwWrwww", true},   {"wwWrrrrrrrrrwwW", true}, {"wwWwfwwWww", true}, {"WfWrwwww", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct refusals refusals = {.row = 0};
        int64_t now_ms = NOW;
        for (const char *at = rows[i].posts; *at != '\0'; at++, now_ms += 60000) {
            if (*at == 'r')
                refusals_end(&refusals);
            else if (*at == 'f')
                refusals_forget(&refusals);
            else if (refusals_note(&refusals, rows[i].known, now_ms) != (*at == 'W'))
                fail_msg("%s at %d", rows[i].posts, (int)(at - rows[i].posts));
        }
    }
}

static void test_what_is_to_be_compared(void **state)
{
    (void)state;
    static const struct {
        struct auth auth;
        const char *why;
    } rows[] = {
        {{.kind = AUTH_HMAC_SHA256, .secret_count = 1},
         "not signed with its secret: compare a.secret with the other end's"},
        {{.kind = AUTH_MD5, .secret_count = 2}, "compare a.secret and the others of secrets with"},
        {{.kind = AUTH_STANDARD_WEBHOOKS, .secret_count = 1}, "secret, or by a clock that is wrong: compare a.secret"},
        {{.kind = AUTH_HMAC_SHA1, .time = "x-time", .secret_count = 1}, "or by a clock that is wrong"},
        {{.kind = AUTH_BEARER, .secret_count = 1}, "sent without its secret: compare a.secret with what"},
        {{.kind = AUTH_URL, .secret_count = 1}, "sent without its secret"},
        {{.kind = AUTH_NONE}, "not sent from this machine"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char why[REFUSALS_WHY_BYTES];
        refusals_why(&rows[i].auth, "a.secret", why);
        if (strstr(why, rows[i].why) == NULL)
            fail_msg("row %zu: '%s'", i, why);
    }
}

// A feed that has gone leaves its rejected bodies, and they are counted.
static void test_bodies_of_a_feed_that_is_gone(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES], path[FOLDER_BYTES + 40];
    assert_int_equal(post_signed(gate, "shop", secret, an_order(body, 901, "\"ten\"")), 200);
    snprintf(path, sizeof path, "%s/shop.yaml", gate->feeds);
    unlink(path);
    pass(gate, 4000);
    json_t *list = look(gate, "GET", "/v1/feeds", "", 200);
    assert_null(json_object_get(list, "feeds"));
    assert_int_equal(number(list, "rejected"), 1);
    json_decref(list);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_gate, close_gate)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_wrong_secret_from_the_beginning), TEST(test_strangers_beside_good_ones),
        cmocka_unit_test(test_what_the_log_hears),    cmocka_unit_test(test_what_is_to_be_compared),
        TEST(test_bodies_of_a_feed_that_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
