// A day's orders compared with the shop's own count: the day is the shop's, wherever our own clock hangs.
#include "services/ingest/sources.h"
#include "services/ingest/state.h"
#include "unit/feed_gate.h"

static int64_t ours(struct gate *gate, const char *day, const char *zone, const char *said)
{
    char question[300];
    snprintf(question, sizeof question, "{\"source\":\"shop\",\"day\":\"%s\",\"zone\":\"%s\"}", day, zone);
    json_t *answer = look(gate, "POST", "/v1/reconcile", question, 200);
    assert_string_equal(json_string_value(json_object_get(answer, "zone")), said);
    const char *count = json_string_value(json_object_get(answer, "ours"));
    int64_t orders = count != NULL ? strtoll(count, NULL, 10) : 0;
    json_decref(answer);
    return orders;
}

static void set_zone(struct gate *gate, const char *line)
{
    char text[300];
    snprintf(text, sizeof text, "%s%s", shop, line);
    write_feed(gate, "shop.yaml", text);
    pass(gate, 3000);
}

// The orders are of 08:00 UTC on the 17th.
static void test_whose_day_it_is(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES];
    for (long i = 1; i <= 3; i++)
        assert_int_equal(post_signed(gate, "shop", secret, an_order(body, 800 + i, "\"2.50\"")), 200);
    assert_int_equal(ours(gate, "2026-05-17", "", "UTC"), 3);
    assert_int_equal(ours(gate, "2026-05-16", "", "UTC"), 0);
    assert_int_equal(ours(gate, "2026-05-16", "Pacific/Honolulu", "Pacific/Honolulu"), 3);
    assert_int_equal(ours(gate, "2026-05-17", "Pacific/Honolulu", "Pacific/Honolulu"), 0);
    // What a file says counts for what came before it, too; an order of 11:00 UTC is tomorrow's on Kiritimati.
    set_zone(gate, "zone: Pacific/Honolulu\n");
    assert_int_equal(ours(gate, "2026-05-16", "", "Pacific/Honolulu"), 3);
    assert_int_equal(ours(gate, "2026-05-17", "UTC", "UTC"), 3);
    static const char late[] =
        "{\"id\":\"e1\",\"source\":\"shop\",\"time\":\"2026-05-17T11:00:00Z\",\"customer_id\":\"C1\","
        "\"order_placed\":{\"order_id\":\"o1\",\"total\":\"5 USD\"}}";
    json_decref(look(gate, "POST", "/v1/events", late, 200));
    assert_int_equal(ours(gate, "2026-05-18", "Pacific/Kiritimati", "Pacific/Kiritimati"), 1);
    assert_int_equal(ours(gate, "2026-05-17", "Pacific/Kiritimati", "Pacific/Kiritimati"), 3);
    // UTC is how programs write their times, and no shop's own zone.
    set_zone(gate, "zone: UTC\n");
    assert_int_equal(ours(gate, "2026-05-17", "", "UTC"), 4);
    json_decref(look(gate, "POST", "/v1/reconcile",
                     "{\"source\":\"shop\",\"day\":\"2026-05-17\",\"zone\":\"Mars/North\"}", 400));
}

// A webhook that was lost is made good by an import, days later.
static void test_what_was_missing_is_imported(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES];
    assert_int_equal(post_signed(gate, "shop", secret, an_order(body, 801, "\"2.50\"")), 200);
    static const char lost[] = "[{\"id\":\"order:802\",\"source\":\"shop\",\"time\":\"2026-05-17T08:00:00Z\","
                               "\"customer_id\":\"C1\",\"historical\":true,"
                               "\"order_placed\":{\"order_id\":\"802\",\"total\":\"5 USD\"}},"
                               "{\"id\":\"order:801\",\"source\":\"shop\",\"time\":\"2026-05-17T08:00:00Z\","
                               "\"customer_id\":\"C1\",\"historical\":true,"
                               "\"order_placed\":{\"order_id\":\"801\",\"total\":\"2.50 USD\"}}]";
    json_decref(look(gate, "POST", "/v1/events", lost, 200));
    assert_int_equal(ours(gate, "2026-05-17", "", "UTC"), 2);
}

static void count(void *self, const struct source_order *order)
{
    assert_string_equal(order->id, "77");
    assert_int_equal(order->total_micros, 5000000);
    assert_string_equal(order->currency, "EUR");
    ++*(int *)self;
}

// Rows of 'o' hold no moment: their day is that of their key, in whatever zone it was.
static void test_rows_of_an_earlier_form(void **state)
{
    (void)state;
    char folder[FOLDER_BYTES];
    uint8_t key[25] = {'o'}, row[14] = {0};
    folder_make(folder);
    struct store_options options = {
        .folder = folder, .tables = state_tables, .table_count = STATE_TABLES, .map_bytes = MAP};
    struct store_error error;
    struct store *store = NULL;
    assert_true(store_open(&options, &error, &store));
    struct tx *tx = store_begin(store);
    store_put_u32(key + 1, 20000);
    store_put_u64(key + 5, hash_short("shop", 4));
    store_put_u64(row, 5000000);
    memcpy(row + 8, "EUR\00277", 6);
    tx_put(tx, STATE_TABLE_SOURCES, key, sizeof key, row, sizeof row);
    struct turn turn = {.tx = tx, .now_ms = INT64_C(20030) * 86400000};
    for (int32_t day = 19999; day <= 20001; day++) {
        int orders = 0;
        sources_orders(&turn, "shop", NULL, day, count, &orders);
        assert_int_equal(orders, day == 20000);
    }
    assert_false(sources_tidy(&turn));
    int orders = 0;
    sources_orders(&turn, "shop", NULL, 20000, count, &orders);
    assert_int_equal(orders, 1);
    turn.now_ms = (int64_t)(20000 + SOURCES_DAYS + 2) * 86400000;
    assert_false(sources_tidy(&turn));
    sources_orders(&turn, "shop", NULL, 20000, count, &orders);
    assert_int_equal(orders, 1);
    tx_abort(&tx);
    store_close(&store);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whose_day_it_is, open_gate, close_gate),
        cmocka_unit_test_setup_teardown(test_what_was_missing_is_imported, open_gate, close_gate),
        cmocka_unit_test(test_rows_of_an_earlier_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
