// Webhooks of others come in by POST /v1/feeds/NAME: believed when signed, mapped, stored once, and kept among the
// rejected when nothing valid can be made of them.
#include "unit/feed_gate.h"

static void test_an_order_is_stored_once(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES];
    uint64_t before = last(gate);
    assert_int_equal(post_signed(gate, "shop", secret, an_order(body, 501, "\"10.00\"")), 200);
    uint64_t after = last(gate);
    assert_true(after > before);
    assert_int_equal(post_signed(gate, "shop", secret, body), 200);
    assert_int_equal(last(gate), after);
    json_t *tail = look(gate, "GET", "/v1/feeds/shop/tail", "", 200);
    const json_t *events = json_object_get(tail, "events");
    assert_int_equal(json_array_size(events), after - before);
    const json_t *event = json_object_get(json_array_get(events, 0), "event");
    assert_string_equal(json_string_value(json_object_get(event, "source")), "shop");
    assert_string_equal(json_string_value(json_object_get(json_object_get(event, "orderPlaced"), "orderId")), "501");
    json_decref(tail);
}

// Nobody learns which feeds there are, nor why they are not believed.
static void test_whom_nobody_believes(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES];
    an_order(body, 502, "\"10.00\"");
    uint64_t before = last(gate);
    assert_int_equal(post_signed(gate, "shop", "another secret!", body), 401);
    assert_int_equal(gate->inbound.reply.length, 0);
    assert_int_equal(post_signed(gate, "nobody", secret, body), 401);
    assert_int_equal(gate->inbound.reply.length, 0);
    assert_int_equal(post_signed(gate, "../shop", secret, body), 401);
    memset(gate->headers, 0, sizeof gate->headers);
    assert_int_equal(ask(gate, "POST", "/v1/feeds/shop", body), 401);
    assert_int_equal(last(gate), before);
    json_t *list = look(gate, "GET", "/v1/feeds", "", 200);
    const json_t *feed = json_array_get(json_object_get(list, "feeds"), 0);
    assert_string_equal(json_string_value(json_object_get(feed, "unauthenticated")), "2");
    assert_string_equal(json_string_value(json_object_get(list, "unknown")), "2");
    json_decref(list);
    list = look(gate, "GET", "/v1/rejected", "", 200);
    assert_null(json_object_get(list, "rejected")); // nothing of it is kept
    json_decref(list);
}

// A start does not wait for a bad file: the others are in force, and the sender of that one is told to come again.
static void test_a_start_with_a_bad_file(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES];
    stop(gate);
    write_feed(gate, "bad.secret", "");
    write_feed(gate, "bad.yaml", "preset: shopify\nsecrets: [bad.secret]\n");
    start(gate, NULL, 0);
    uint64_t before = last(gate);
    assert_int_equal(post_signed(gate, "bad", secret, an_order(body, 504, "\"10.00\"")), 503);
    assert_int_equal(gate->inbound.reply.retry_after_s, 60);
    assert_non_null(strstr((const char *)gate->inbound.reply.body, "the feed's file has an error"));
    assert_int_equal(last(gate), before);
    json_t *list = look(gate, "GET", "/v1/feeds", "", 200);
    const json_t *feed = json_array_get(json_object_get(list, "feeds"), 0);
    assert_string_equal(json_string_value(json_object_get(feed, "name")), "bad");
    assert_non_null(strstr(json_string_value(json_object_get(feed, "error")), "bad.yaml:2:11: "));
    assert_null(json_object_get(list, "unknown"));
    json_decref(list);
    assert_int_equal(post_signed(gate, "shop", secret, body), 200);
    assert_true(last(gate) > before);
    before = last(gate);
    write_feed(gate, "bad.secret", "another-secret-of-theirs\n");
    pass(gate, 2000);
    assert_int_equal(post_signed(gate, "bad", "another-secret-of-theirs", an_order(body, 505, "\"10.00\"")), 200);
    assert_true(last(gate) > before);
}

// The reasons are listed once each, the newest first.
static void test_why_nothing_is_made(void **state)
{
    struct gate *gate = *state;
    static const char *const bodies[] = {"{\"refund_line_items\":[1]}", "{\"test\":true}", "{\"tracking_numbers\":[1]}",
                                         "{\"invoice_url\":\"x\"}", "{\"test\":true}"},
                             *const reasons[] = {"a test order; before: ", "a draft order", "fulfillments/*",
                                                 "refunds/"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        assert_int_equal(post_signed(gate, "shop", secret, bodies[i]), 200);
    json_t *tail = look(gate, "GET", "/v1/feeds/shop/tail", "", 200);
    assert_string_equal(json_string_value(json_object_get(tail, "dropped")), "5");
    const char *at = json_string_value(json_object_get(tail, "droppedWhy"));
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        at = strstr(at, reasons[i]);
        assert_non_null(at);
    }
    assert_null(strstr(at, "test"));
    json_decref(tail);
    // Of more than are remembered, the oldest goes.
    assert_int_equal(post_signed(gate, "shop", secret, "{\"source_name\":\"pos\"}"), 200);
    tail = look(gate, "GET", "/v1/feeds/shop/tail", "", 200);
    at = json_string_value(json_object_get(tail, "droppedWhy"));
    assert_non_null(strstr(at, "no customer is named (a sale at the till, POS); "));
    assert_null(strstr(at, "refunds/"));
    json_decref(tail);
    json_t *list = look(gate, "GET", "/v1/rejected", "", 200);
    assert_null(json_object_get(list, "rejected"));
    json_decref(list);
}

static void test_corrected_and_replayed(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES], path[100];
    uint64_t before = last(gate);
    assert_int_equal(post_signed(gate, "shop", secret, an_order(body, 503, "\"ten\"")), 200);
    assert_int_equal(last(gate), before);
    json_t *list = look(gate, "GET", "/v1/rejected", "", 200);
    const json_t *row = json_array_get(json_object_get(list, "rejected"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "feed")), "shop");
    assert_string_equal(json_string_value(json_object_get(row, "event")), "order_placed");
    assert_non_null(strstr(json_string_value(json_object_get(row, "pointer")), "total_price"));
    assert_null(json_object_get(row, "text")); // a list shows no bodies
    snprintf(path, sizeof path, "/v1/rejected/%s", json_string_value(json_object_get(row, "id")));
    json_decref(list);
    json_t *one = look(gate, "GET", path, "", 200);
    assert_string_equal(json_string_value(json_object_get(one, "text")), body);
    json_decref(one);

    // As it is, it is no better; a wrong correction is told and changes nothing.
    char replay[120];
    snprintf(replay, sizeof replay, "%s/replay", path);
    json_t *answer = look(gate, "POST", replay, "", 200);
    assert_int_equal(json_integer_value(json_object_get(answer, "failed")), 1);
    json_decref(answer);
    char wrong[TEXT_BYTES];
    answer = look(gate, "POST", path, an_order(wrong, 503, "\"twelve\""), 400);
    json_decref(answer);
    one = look(gate, "GET", path, "", 200);
    assert_int_equal(json_integer_value(json_object_get(one, "tries")), 2);
    assert_string_equal(json_string_value(json_object_get(one, "text")), body);
    json_decref(one);
    assert_int_equal(last(gate), before);

    answer = look(gate, "POST", path, an_order(wrong, 503, "\"10.00\""), 200);
    assert_true(json_integer_value(json_object_get(answer, "stored")) >= 1);
    json_decref(answer);
    assert_true(last(gate) > before);
    json_decref(look(gate, "GET", path, "", 404));
}

// After the feed's file was mended, all that it rejected is taken at once.
static void test_a_feed_is_mended(void **state)
{
    struct gate *gate = *state;
    static const char unknown_state[] =
        "{\"nr\":%d,\"when\":\"2026-05-17T08:00:00Z\",\"who\":\"C1\",\"sum\":\"5 USD\"}";
    char body[TEXT_BYTES];
    write_feed(gate, "own.yaml",
               "auth: {kind: none}\nevents:\n  - event: order_placed\n    time: /when\n    customer_id: /whom\n"
               "    fields: {order_id: /nr, total: /sum}\n");
    pass(gate, 3000);
    memset(gate->headers, 0, sizeof gate->headers);
    uint64_t before = last(gate);
    gate->peer = "127.0.0.1";
    for (int i = 1; i <= 3; i++) {
        snprintf(body, sizeof body, unknown_state, i);
        assert_int_equal(ask(gate, "POST", "/v1/feeds/own", body), 200);
    }
    assert_int_equal(last(gate), before);
    json_t *answer = look(gate, "POST", "/v1/feeds/own/replay", "", 200);
    assert_int_equal(json_integer_value(json_object_get(answer, "failed")), 3);
    json_decref(answer);
    write_feed(gate, "own.yaml",
               "auth: {kind: none}\nevents:\n  - event: order_placed\n    time: /when\n    customer_id: /who\n"
               "    fields: {order_id: /nr, total: /sum}\n");
    pass(gate, 3000);
    answer = look(gate, "POST", "/v1/feeds/own/replay", "", 200);
    assert_int_equal(json_integer_value(json_object_get(answer, "replayed")), 3);
    assert_int_equal(json_integer_value(json_object_get(answer, "stored")), 3);
    json_decref(answer);
    assert_int_equal(last(gate), before + 3);
}

static void test_only_so_many_are_kept(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES];
    for (long i = 0; i < 14; i++)
        assert_int_equal(post_signed(gate, "shop", secret, an_order(body, 600 + i, "\"ten\"")), 200);
    json_t *list = look(gate, "GET", "/v1/rejected", "", 200);
    assert_string_equal(json_string_value(json_object_get(list, "kept")), "10");
    assert_string_equal(json_string_value(json_object_get(list, "lost")), "4");
    assert_int_equal(json_array_size(json_object_get(list, "rejected")), 10);
    // The newest stands first.
    char path[100];
    const json_t *first = json_array_get(json_object_get(list, "rejected"), 0);
    snprintf(path, sizeof path, "/v1/rejected/%s", json_string_value(json_object_get(first, "id")));
    json_t *one = look(gate, "GET", path, "", 200);
    assert_non_null(strstr(json_string_value(json_object_get(one, "text")), "\"id\":613"));
    json_decref(one);
    json_decref(list);
    char drop[120];
    snprintf(drop, sizeof drop, "%s/drop", path);
    json_decref(look(gate, "POST", drop, "", 200));
    json_decref(look(gate, "GET", path, "", 404));
    json_decref(look(gate, "POST", drop, "", 404));
    // They are there after a restart, too.
    stop(gate);
    start(gate, NULL, 0);
    list = look(gate, "GET", "/v1/rejected", "", 200);
    assert_string_equal(json_string_value(json_object_get(list, "kept")), "9");
    json_decref(list);
}

// Each feed's own are listed, counted and found, whatever else is kept.
static void test_lists_of_one_feed(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES];
    write_feed(gate, "shop-2.yaml", "preset: shopify\nsecrets: [shop.secret]\n");
    pass(gate, 3000);
    for (long i = 0; i < 6; i++)
        assert_int_equal(post_signed(gate, i % 3 == 0 ? "shop-2" : "shop", secret, an_order(body, i, "\"ten\"")), 200);
    json_t *list = look(gate, "GET", "/v1/feeds", "", 200);
    const json_t *feeds = json_object_get(list, "feeds");
    assert_string_equal(json_string_value(json_object_get(json_array_get(feeds, 0), "rejected")), "4");
    assert_string_equal(json_string_value(json_object_get(json_array_get(feeds, 1), "rejected")), "2");
    json_decref(list);
    static const struct {
        struct pair feed, limit, before;
        const char *ids[4];
        bool more;
    } rows[] = {
        {{"feed", "shop"}, {NULL, NULL}, {NULL, NULL}, {"6", "5", "3", "2"}, false},
        {{"feed", "shop-2"}, {NULL, NULL}, {NULL, NULL}, {"4", "1"}, false},
        {{"feed", "shop"}, {"limit", "2"}, {NULL, NULL}, {"6", "5"}, true},
        {{"feed", "shop"}, {"limit", "2"}, {"before", "5"}, {"3", "2"}, false},
        {{"feed", "sho"}, {NULL, NULL}, {NULL, NULL}, {NULL}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        gate->parameters[0] = rows[i].feed;
        gate->parameters[1] = rows[i].limit;
        gate->parameters[2] = rows[i].before;
        list = look(gate, "GET", "/v1/rejected", "", 200);
        const json_t *rejected = json_object_get(list, "rejected");
        for (size_t j = 0; j < 4 && rows[i].ids[j] != NULL; j++)
            assert_string_equal(json_string_value(json_object_get(json_array_get(rejected, j), "id")), rows[i].ids[j]);
        assert_int_equal(json_is_true(json_object_get(list, "more")), rows[i].more);
        json_decref(list);
    }
    gate->parameters[0] = (struct pair){"limit", "many"};
    json_decref(look(gate, "GET", "/v1/rejected", "", 400));
}

// The new secret holds beside the old one, and no honest message is refused meanwhile.
static void test_a_secret_is_changed(void **state)
{
    struct gate *gate = *state;
    static const char newer[] = "shpss_fedcba9876543210";
    char body[TEXT_BYTES];
    assert_int_equal(post_signed(gate, "shop", newer, an_order(body, 700, "\"1.00\"")), 401);
    write_feed(gate, "shop.new", newer);
    write_feed(gate, "shop.yaml", "preset: shopify\nsecrets: [shop.new, shop.secret]\n");
    for (long i = 1; i < 5; i++) {
        pass(gate, 1000);
        assert_int_equal(post_signed(gate, "shop", secret, an_order(body, 700 + i, "\"1.00\"")), 200);
    }
    assert_int_equal(post_signed(gate, "shop", newer, an_order(body, 710, "\"1.00\"")), 200);
    write_feed(gate, "shop.yaml", "preset: shopify\nsecrets: shop.new\n");
    pass(gate, 3000);
    assert_int_equal(post_signed(gate, "shop", secret, body), 401);
    // The file of a secret is looked at as well.
    write_feed(gate, "shop.new", "shpss_aaaaaaaaaaaaaaaaaaaaaa");
    pass(gate, 3000);
    assert_int_equal(post_signed(gate, "shop", newer, body), 401);
    assert_int_equal(post_signed(gate, "shop", "shpss_aaaaaaaaaaaaaaaaaaaaaa", body), 200);
}

static void test_a_bad_file_changes_nothing(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES];
    write_feed(gate, "shop.yaml", "preset: shopify\nsecretz: [shop.secret]\n");
    write_feed(gate, "other.yaml", "preset: shopifi\n");
    pass(gate, 3000);
    assert_int_equal(post_signed(gate, "shop", secret, an_order(body, 720, "\"1.00\"")), 200);
    assert_int_equal(post_signed(gate, "other", secret, body), 503);
    json_t *list = look(gate, "GET", "/v1/feeds", "", 200);
    const json_t *feeds = json_object_get(list, "feeds");
    assert_int_equal(json_array_size(feeds), 2);
    const char *error = json_string_value(json_object_get(json_array_get(feeds, 1), "error"));
    assert_non_null(strstr(error, "shop.yaml:2:1: \"secretz\" is not known here; did you mean \"secrets\"?"));
    json_decref(list);
    // It is mended; and a feed goes with its file.
    write_feed(gate, "shop.yaml", "preset: shopify\nsecrets: [shop.secret]\nsource: web\n");
    char path[FOLDER_BYTES + 40];
    snprintf(path, sizeof path, "%s/other.yaml", gate->feeds);
    unlink(path);
    pass(gate, 4000);
    list = look(gate, "GET", "/v1/feeds", "", 200);
    feeds = json_object_get(list, "feeds");
    assert_int_equal(json_array_size(feeds), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(feeds, 0), "source")), "web");
    assert_null(json_object_get(json_array_get(feeds, 0), "error"));
    json_decref(list);
}

static void test_handshakes(void **state)
{
    struct gate *gate = *state;
    write_feed(gate, "woo.yaml", "preset: woocommerce\nsecrets: [shop.secret]\nreply: {status: 202}\n");
    write_feed(gate, "chat.yaml",
               "preset: generic\nsecrets: [shop.secret]\nhandshake: [{echo: /challenge}, {at: /test, is: [\"true\"]}]\n"
               "reply: {body: '{\"code\":0}'}\n");
    pass(gate, 3000);
    uint64_t before = last(gate);
    memset(gate->headers, 0, sizeof gate->headers);
    assert_int_equal(ask(gate, "POST", "/v1/feeds/woo", "webhook_id=17"), 200);
    assert_int_equal(ask(gate, "POST", "/v1/feeds/woo", "webhook_id=17&more=1"), 401);
    assert_int_equal(ask(gate, "POST", "/v1/feeds/woo", "webhook=17"), 401);
    assert_int_equal(ask(gate, "POST", "/v1/feeds/chat", "{\"challenge\":\"a\\\"b\",\"x\":1}"), 200);
    assert_int_equal(gate->inbound.reply.length, strlen("{\"challenge\":\"a\\\"b\"}"));
    assert_memory_equal(gate->inbound.reply.body, "{\"challenge\":\"a\\\"b\"}", gate->inbound.reply.length);
    assert_int_equal(ask(gate, "POST", "/v1/feeds/chat", "{\"challenge\":[1]}"), 401);
    assert_int_equal(ask(gate, "POST", "/v1/feeds/chat", "{\"test\":true}"), 200);
    assert_memory_equal(gate->inbound.reply.body, "{\"code\":0}", gate->inbound.reply.length);
    assert_int_equal(ask(gate, "POST", "/v1/feeds/chat", "{\"test\":false}"), 401);
    assert_int_equal(last(gate), before);
}

static void test_more_than_its_rate(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES];
    write_feed(gate, "shop.yaml", "preset: shopify\nsecrets: [shop.secret]\nrate: 3/10s\n");
    pass(gate, 3000);
    for (int i = 0; i < 3; i++)
        assert_int_equal(post_signed(gate, "shop", secret, an_order(body, 730, "\"1.00\"")), 200);
    assert_int_equal(post_signed(gate, "shop", secret, body), 429);
    assert_in_range(gate->inbound.reply.retry_after_s, 1, 5);
    // Who is not believed costs the honest nothing.
    pass(gate, 4000);
    for (int i = 0; i < 10; i++)
        assert_int_equal(post_signed(gate, "shop", "another secret!", body), 401);
    assert_int_equal(post_signed(gate, "shop", secret, body), 200);
}

static void test_nobody_in_particular_only_from_here(void **state)
{
    struct gate *gate = *state;
    write_feed(gate, "open.yaml", "preset: generic\nauth: {kind: none}\n");
    pass(gate, 3000);
    static const char event[] = "{\"id\":\"e1\",\"time\":\"2026-05-17T08:00:00Z\",\"customer_id\":\"C1\","
                                "\"order_placed\":{\"order_id\":\"o1\",\"total\":\"5 USD\"}}";
    static const struct {
        const char *peer;
        struct pair header;
        int status;
    } rows[] = {
        {"127.0.0.1", {NULL, NULL}, 200},
        {"::1", {NULL, NULL}, 200},
        {"127.0.0.1", {"x-forwarded-for", "203.0.113.9"}, 401},
        {"127.0.0.1", {"forwarded", "for=203.0.113.9"}, 401},
        {"203.0.113.9", {NULL, NULL}, 401},
        {"10.0.0.1", {NULL, NULL}, 401},
        {"1270.0.0.1", {NULL, NULL}, 401},
        {NULL, {NULL, NULL}, 401},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        gate->peer = rows[i].peer;
        memset(gate->headers, 0, sizeof gate->headers);
        gate->headers[0] = rows[i].header;
        assert_int_equal(ask(gate, "POST", "/v1/feeds/open", event), rows[i].status);
    }
}

static void test_silence(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES];
    write_feed(gate, "shop.yaml", "preset: shopify\nsecrets: [shop.secret]\nsilent_after: 1m\n");
    pass(gate, 3000);
    assert_int_equal(post_signed(gate, "shop", secret, an_order(body, 740, "\"1.00\"")), 200);
    static const struct {
        int64_t wait_ms;
        bool silent;
    } rows[] = {{50000, false}, {15000, true}, {60000, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pass(gate, rows[i].wait_ms);
        json_t *list = look(gate, "GET", "/v1/feeds", "", 200);
        const json_t *feed = json_array_get(json_object_get(list, "feeds"), 0);
        assert_int_equal(json_is_true(json_object_get(feed, "silent")), rows[i].silent);
        json_decref(list);
    }
    assert_int_equal(post_signed(gate, "shop", secret, body), 200); // known, but it is there
    pass(gate, 2000);
    json_t *list = look(gate, "GET", "/v1/feeds", "", 200);
    assert_false(json_is_true(json_object_get(json_array_get(json_object_get(list, "feeds"), 0), "silent")));
    json_decref(list);
}

static void test_a_day_is_compared(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES];
    for (long i = 1; i <= 3; i++)
        assert_int_equal(post_signed(gate, "shop", secret, an_order(body, 800 + i, "\"2.50\"")), 200);
    assert_int_equal(post_signed(gate, "shop", secret, body), 200);
    json_t *answer =
        look(gate, "POST", "/v1/reconcile", "{\"source\":\"shop\",\"day\":\"2026-05-17\",\"orders\":3}", 200);
    assert_true(json_is_true(json_object_get(answer, "same")));
    const json_t *total = json_array_get(json_object_get(answer, "totals"), 0);
    assert_string_equal(json_string_value(json_object_get(total, "totalMicros")), "7500000");
    json_decref(answer);
    answer = look(gate, "POST", "/v1/reconcile",
                  "{\"source\":\"shop\",\"day\":\"2026-05-17\",\"orderIds\":[\"801\",\"999\",\"803\",\"801\"]}", 200);
    assert_false(json_is_true(json_object_get(answer, "same")));
    assert_int_equal(json_array_size(json_object_get(answer, "missing")), 1);
    assert_string_equal(json_string_value(json_array_get(json_object_get(answer, "missing"), 0)), "999");
    assert_string_equal(json_string_value(json_array_get(json_object_get(answer, "extra"), 0)), "802");
    assert_string_equal(json_string_value(json_object_get(answer, "theirs")), "3");
    json_decref(answer);
    answer = look(gate, "POST", "/v1/reconcile", "{\"source\":\"shop\",\"day\":\"2026-05-16\"}", 200);
    assert_true(json_is_true(json_object_get(answer, "same")));
    json_decref(answer);
    json_decref(look(gate, "POST", "/v1/reconcile", "{\"source\":\"shop\",\"day\":\"soon\"}", 400));
    json_decref(look(gate, "POST", "/v1/reconcile", "{\"day\":\"2026-05-16\"}", 400));
    // An order that came once more in other words counts once, with what was said last.
    assert_int_equal(post_signed(gate, "shop", secret, an_order(body, 803, "\"4.50\"")), 200);
    answer = look(gate, "POST", "/v1/reconcile", "{\"source\":\"shop\",\"day\":\"2026-05-17\",\"orders\":3}", 200);
    assert_true(json_is_true(json_object_get(answer, "same")));
    total = json_array_get(json_object_get(answer, "totals"), 0);
    assert_string_equal(json_string_value(json_object_get(total, "totalMicros")), "9500000");
    json_decref(answer);
    // After two months nobody compares any more.
    pass(gate, 5000);
    clock_move(gate->clock, NOW + INT64_C(70) * 86400000);
    pass(gate, 5000);
    answer = look(gate, "POST", "/v1/reconcile", "{\"source\":\"shop\",\"day\":\"2026-05-17\",\"orders\":3}", 200);
    assert_null(json_object_get(answer, "ours"));
    assert_non_null(json_object_get(answer, "note"));
    json_decref(answer);
}

// Tokens that are for some things only; what shows personal data needs one when there are any.
static void test_tokens_with_scopes(void **state)
{
    struct gate *gate = *state;
    char token[FOLDER_BYTES + 40], admin[FOLDER_BYTES + 40];
    stop(gate);
    write_feed(gate, "a.token", "0123456789abcdef-shop\n");
    write_feed(gate, "b.token", "0123456789abcdef-desk\n");
    snprintf(token, sizeof token, "%s/a.token", gate->feeds);
    snprintf(admin, sizeof admin, "%s/b.token", gate->feeds);
    static const char *const sources[] = {"web", "app"};
    const struct access_options access[] = {
        {.file = token, .scopes = 1u << SCOPE_EVENTS, .sources = sources, .source_count = 2, .rate = "2/1m"},
        {.file = admin, .scopes = 1u << SCOPE_REJECTED | 1u << SCOPE_FEEDS, .rate = ""},
    };
    start(gate, access, 2);
    static const struct {
        const char *method, *path, *bearer;
        int status;
    } rows[] = {
        {"GET", "/v1/rejected", NULL, 401},
        {"GET", "/v1/rejected", "Bearer 0123456789abcdef-shop", 403},
        {"GET", "/v1/rejected", "Bearer 0123456789abcdef-desk", 200},
        {"GET", "/v1/feeds", "Bearer 0123456789abcdef-desk", 200},
        {"GET", "/v1/feeds/shop/tail", NULL, 401},
        {"GET", "/v1/nothing", NULL, 401},
        {"POST", "/v1/events", "Bearer 0123456789abcdef-desk", 403},
        {"POST", "/v1/events", "Bearer 0123456789abcdef-nobody", 401},
        {"POST", "/v1/feeds/shop/replay", "Bearer 0123456789abcdef-shop", 403},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        memset(gate->headers, 0, sizeof gate->headers);
        gate->headers[0] = (struct pair){"authorization", rows[i].bearer};
        if (rows[i].bearer == NULL)
            gate->headers[0].name = NULL;
        int status = ask(gate, rows[i].method, rows[i].path, "{}");
        if (status != rows[i].status)
            fail_msg("row %zu: %d", i, status);
    }
    char body[TEXT_BYTES];
    gate->headers[0] = (struct pair){"authorization", "Bearer 0123456789abcdef-shop"};
    static const char event[] =
        "{\"id\":\"%d\",\"source\":\"%s\",\"time\":\"2026-05-17T08:00:00Z\",\"customerId\":\"C1\","
        "\"orderPlaced\":{\"orderId\":\"o1\",\"total\":\"5 USD\"}}";
    snprintf(body, sizeof body, event, 1, "web");
    assert_int_equal(ask(gate, "POST", "/v1/events", body), 200);
    snprintf(body, sizeof body, event, 2, "erp");
    assert_int_equal(ask(gate, "POST", "/v1/events", body), 400);
    assert_non_null(memmem(gate->inbound.reply.body, gate->inbound.reply.length, "\"source\"", 8));
    snprintf(body, sizeof body, event, 3, "app");
    assert_int_equal(ask(gate, "POST", "/v1/events", body), 429);
    assert_in_range(gate->inbound.reply.retry_after_s, 1, 31);
}

// Without tokens, personal data is for who may use the socket's folder: what a proxy passes on looks like this machine.
static void test_without_tokens(void **state)
{
    static const struct pair marks[] = {
        {"x-forwarded-for", "203.0.113.9"}, {"origin", "https://elsewhere.example"}, {"host", "127.0.0.1:7410"}};
    static const char *const paths[] = {"/v1/rejected", "/v1/feeds",     "/v1/erasures",
                                        "/v1/export/1", "/v1/audit-log", "/v1/erasures/1/with"};
    static const char erased[] = "{\"id\":\"e1\",\"source\":\"shop\",\"time\":\"2026-05-17T08:00:00Z\","
                                 "\"customer_id\":\"C1\",\"customer_erased\":{}}";
    static const char order[] = "{\"id\":\"o1\",\"source\":\"shop\",\"time\":\"2026-05-17T08:00:00Z\","
                                "\"customer_id\":\"C1\",\"order_paid\":{\"order_id\":\"1\"}}";
    struct gate *gate = *state;
    gate->peer = "127.0.0.1";
    for (size_t i = 0; i <= sizeof marks / sizeof *marks; i++) {
        memset(gate->headers, 0, sizeof gate->headers);
        if (i > 0)
            gate->headers[0] = marks[i - 1];
        for (size_t j = 0; j < sizeof paths / sizeof *paths; j++)
            assert_int_equal(ask(gate, "GET", paths[j], ""), 401);
        assert_int_equal(ask(gate, "POST", "/v1/rejected/1/drop", ""), 401);
        assert_int_equal(ask(gate, "POST", "/v1/feeds/shop/reset", ""), 401);
        assert_int_equal(ask(gate, "POST", "/v1/events", erased), 400);
        assert_int_equal(ask(gate, "POST", "/v1/events", order), 200);
    }
    json_decref(look(gate, "GET", "/v1/rejected", "", 200));
    json_decref(look(gate, "POST", "/v1/events", erased, 200));
}

// What a mapping looks at beside the body is kept with it, so that a replay sees the same.
static void test_what_was_given_beside_a_body(void **state)
{
    static const char file[] = "auth: {kind: hmac-sha256, header: X-Shopify-Hmac-Sha256, encoding: base64}\n"
                               "secrets: [shop.secret]\nzone: UTC\n"
                               "events: [{event: order_paid, time: /t, customer_id: {query: who}, fields: "
                               "{order_id: {header: X-Order-Number}}}]\n";
    struct gate *gate = *state;
    write_feed(gate, "erp.yaml", file);
    pass(gate, 4000);
    gate->parameters[0] = (struct pair){"who", "C77"};
    gate->parameters[1] = (struct pair){"other", "not looked at"};
    gate->extra = (struct pair){"x-order-number", "SO-9"};
    assert_int_equal(post_signed(gate, "erp", secret, "{\"t\":\"soon\"}"), 200);
    memset(gate->parameters, 0, sizeof gate->parameters);
    gate->extra = (struct pair){NULL, NULL};
    uint64_t before = last(gate);
    json_t *row = look(gate, "GET", "/v1/rejected/1", "", 200);
    const json_t *headers = json_object_get(row, "headers");
    assert_int_equal(json_array_size(headers), 3); // the topic, too
    json_decref(row);
    json_decref(look(gate, "POST", "/v1/rejected/1", "{\"t\":\"2026-05-17T08:00:00Z\"}", 200));
    assert_int_equal(last(gate), before + 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_gate, close_gate)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_order_is_stored_once),
        TEST(test_whom_nobody_believes),
        TEST(test_a_start_with_a_bad_file),
        TEST(test_why_nothing_is_made),
        TEST(test_corrected_and_replayed),
        TEST(test_a_feed_is_mended),
        TEST(test_only_so_many_are_kept),
        TEST(test_lists_of_one_feed),
        TEST(test_a_secret_is_changed),
        TEST(test_a_bad_file_changes_nothing),
        TEST(test_handshakes),
        TEST(test_more_than_its_rate),
        TEST(test_nobody_in_particular_only_from_here),
        TEST(test_silence),
        TEST(test_a_day_is_compared),
        TEST(test_tokens_with_scopes),
        TEST(test_without_tokens),
        TEST(test_what_was_given_beside_a_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
