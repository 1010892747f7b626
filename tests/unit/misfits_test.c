// Bodies that are kept among the rejected: the same one again is one.
#include "unit/feed_gate.h"

// The same body again is counted where it is kept already, also after a restart; other words are another body, and so
// is what another feed sends.
static void test_a_repeated_body_is_kept_once(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES], other[TEXT_BYTES];
    write_feed(gate, "tea.yaml", "preset: shopify\nsecrets: [shop.secret]\nsource: tea\n");
    pass(gate, 3000);
    an_order(body, 505, "\"ten\"");
    an_order(other, 506, "\"ten\"");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(post_signed(gate, "shop", secret, body), 200);
        pass(gate, 1000);
        if (i != 1)
            continue;
        stop(gate);
        start(gate, NULL, 0);
    }
    assert_int_equal(post_signed(gate, "shop", secret, other), 200);
    assert_int_equal(post_signed(gate, "tea", secret, body), 200);
    json_t *list = look(gate, "GET", "/v1/rejected", "", 200);
    const json_t *rows = json_object_get(list, "rejected"), *first = json_array_get(rows, 2);
    assert_string_equal(json_string_value(json_object_get(list, "kept")), "3");
    assert_string_equal(json_string_value(json_object_get(first, "id")), "1");
    assert_int_equal(json_integer_value(json_object_get(first, "times")), 3);
    assert_true(strcmp(json_string_value(json_object_get(first, "time")),
                       json_string_value(json_object_get(first, "last"))) < 0);
    assert_null(json_object_get(first, "same"));
    assert_null(json_object_get(json_array_get(rows, 0), "times"));
    assert_null(json_object_get(json_array_get(rows, 1), "times"));
    json_decref(list);
    // Who was replayed in vain is still known, and who was dropped comes anew.
    json_decref(look(gate, "POST", "/v1/rejected/1/replay", "", 200));
    assert_int_equal(post_signed(gate, "shop", secret, body), 200);
    json_t *one = look(gate, "GET", "/v1/rejected/1", "", 200);
    assert_int_equal(json_integer_value(json_object_get(one, "times")), 4);
    assert_int_equal(json_integer_value(json_object_get(one, "tries")), 1);
    assert_null(json_object_get(one, "same"));
    assert_string_equal(json_string_value(json_object_get(one, "text")), body);
    json_decref(one);
    json_decref(look(gate, "POST", "/v1/rejected/1/drop", "", 200));
    assert_int_equal(post_signed(gate, "shop", secret, body), 200);
    one = look(gate, "GET", "/v1/rejected/4", "", 200);
    assert_null(json_object_get(one, "times"));
    json_decref(one);
}

// What the shop passes on of a customer's wish to see what is known is told by the audit log, once for each request.
static void test_who_asks_is_audited(void **state)
{
    struct gate *gate = *state;
    static const char asks[] = "{\"shop_id\":1,\"shop_domain\":\"tea.example\",\"orders_requested\":[],"
                               "\"customer\":{\"id\":7001,\"email\":\"a@example.com\"},\"data_request\":{\"id\":%d}}";
    static const int requests[] = {9, 9, 10};
    char body[TEXT_BYTES];
    write_feed(gate, "tea.yaml", "preset: shopify\nsecrets: [shop.secret]\nsource: tea\ncustomer_prefix: tea-\n");
    pass(gate, 3000);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        snprintf(body, sizeof body, asks, requests[i]);
        assert_int_equal(post_signed(gate, "tea", secret, body), 200);
    }
    gate->parameters[0] = (struct pair){"customer", "tea-7001"};
    json_t *log = look(gate, "GET", "/v1/audit-log", "", 200);
    const json_t *entries = json_object_get(log, "entries"), *entry = json_array_get(entries, 0);
    assert_int_equal(json_array_size(entries), 2);
    assert_string_equal(json_string_value(json_object_get(entry, "path")), "asked_about");
    assert_string_equal(json_string_value(json_object_get(entry, "by")), "feed tea");
    json_decref(log);
    json_t *list = look(gate, "GET", "/v1/rejected", "", 200);
    const json_t *row = json_array_get(json_object_get(list, "rejected"), 0);
    assert_string_equal(json_string_value(json_object_get(list, "kept")), "2");
    assert_non_null(strstr(json_string_value(json_object_get(row, "reason")), "asks what is known of customer 7001"));
    assert_true(json_is_true(json_object_get(row, "forPerson")));
    json_decref(list);
}

// Who asks after having been erased is still to be answered: that somebody asked is told, and not who.
static void test_who_asks_though_erased_is_audited_without_a_name(void **state)
{
    struct gate *gate = *state;
    static const char erased[] = "{\"id\":\"e\",\"source\":\"s\",\"time\":\"2026-05-17T09:00:00Z\","
                                 "\"customerId\":\"tea-7001\",\"customerErased\":{}}";
    static const char asks[] = "{\"shop_id\":1,\"shop_domain\":\"tea.example\",\"orders_requested\":[],"
                               "\"customer\":{\"id\":7001,\"email\":\"a@example.com\"},\"data_request\":{\"id\":9}}";
    write_feed(gate, "tea.yaml", "preset: shopify\nsecrets: [shop.secret]\nsource: tea\ncustomer_prefix: tea-\n");
    pass(gate, 3000);
    json_decref(look(gate, "POST", "/v1/events", erased, 200));
    pass(gate, 5000);
    assert_int_equal(post_signed(gate, "tea", secret, asks), 200);
    json_t *list = look(gate, "GET", "/v1/rejected", "", 200);
    const json_t *row = json_array_get(json_object_get(list, "rejected"), 0);
    const char *reason = json_string_value(json_object_get(row, "reason"));
    assert_true(json_is_true(json_object_get(row, "withoutContent")));
    assert_non_null(strstr(reason, "asks what is known of a person"));
    assert_null(strstr(reason, "7001"));
    assert_null(json_object_get(row, "event"));
    json_decref(list);
    json_t *log = look(gate, "GET", "/v1/audit-log", "", 200);
    const json_t *entry = json_array_get(json_object_get(log, "entries"), 1);
    assert_string_equal(json_string_value(json_object_get(entry, "path")), "asked_about");
    assert_string_equal(json_string_value(json_object_get(entry, "by")), "feed tea, somebody who was erased");
    assert_null(json_object_get(entry, "customerId"));
    json_decref(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_repeated_body_is_kept_once, open_gate, close_gate),
        cmocka_unit_test_setup_teardown(test_who_asks_is_audited, open_gate, close_gate),
        cmocka_unit_test_setup_teardown(test_who_asks_though_erased_is_audited_without_a_name, open_gate, close_gate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
