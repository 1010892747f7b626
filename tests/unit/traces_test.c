// People in the bodies of feeds: who may ask by a feed that somebody is forgotten, that each request counts, and that
// no rejected body mentions who was forgotten, however its sender writes.
#include "services/ingest/ingest_parts.h"
#include "services/ingest/traces.h"
#include "unit/feed_gate.h"

// As the shop tells that a customer wishes to be forgotten. `at` is the header with the moment, NULL without it.
static int redact(struct gate *gate, const char *customer, const char *at)
{
    static char body[TEXT_BYTES];
    snprintf(body, sizeof body,
             "{\"shop_id\":1,\"shop_domain\":\"tea.example\",\"customer\":%s,\"orders_to_redact\":[]}", customer);
    gate->extra = (struct pair){"x-shopify-triggered-at", at};
    int status = post_signed(gate, "shop", secret, body);
    gate->extra = (struct pair){NULL, NULL};
    return status;
}

static int order(struct gate *gate, long id, const char *total)
{
    char body[TEXT_BYTES];
    return post_signed(gate, "shop", secret, an_order(body, id, total));
}

static int64_t rejected(struct gate *gate)
{
    json_t *list = look(gate, "GET", "/v1/rejected", "", 200);
    int64_t kept = (int64_t)json_array_size(json_object_get(list, "rejected"));
    json_decref(list);
    return kept;
}

// How many erasures were asked for.
static size_t erasures(struct gate *gate)
{
    json_t *list = look(gate, "GET", "/v1/erasures", "", 200);
    size_t count = json_array_size(json_object_get(list, "erasures"));
    json_decref(list);
    return count;
}

static void each_request_of_the_shop_counts(void **state)
{
    struct gate *gate = *state;
    static const char who[] = "{\"id\":7001,\"email\":null,\"phone\":null}";
    assert_int_equal(order(gate, 1, "\"10.00\""), 200);
    assert_int_equal(redact(gate, who, "2026-05-17T09:00:00Z"), 200);
    assert_int_equal(erasures(gate), 1);
    json_t *log = look(gate, "GET", "/v1/audit-log", "", 200);
    const json_t *entry = json_array_get(json_object_get(log, "entries"), 0);
    assert_string_equal(json_string_value(json_object_get(entry, "path")), "customer_erased");
    assert_string_equal(json_string_value(json_object_get(entry, "by")), "feed shop");
    json_decref(log);
    // The same delivery again.
    assert_int_equal(redact(gate, who, "2026-05-17T09:00:00Z"), 200);
    assert_int_equal(erasures(gate), 1);
    // The customer comes back and asks once more.
    pass(gate, 1000);
    assert_int_equal(redact(gate, who, "2026-05-17T11:00:00Z"), 200);
    assert_int_equal(erasures(gate), 2);
    // Where nobody says when, each receipt is a request.
    pass(gate, 1000);
    assert_int_equal(redact(gate, who, NULL), 200);
    pass(gate, 1000);
    assert_int_equal(redact(gate, who, NULL), 200);
    assert_int_equal(erasures(gate), 4);
    assert_int_equal(rejected(gate), 0);
}

static void a_guest_is_forgotten_too(void **state)
{
    struct gate *gate = *state;
    assert_int_equal(redact(gate, "{\"id\":null,\"email\":\"mina@example.com\"}", "2026-05-17T09:00:00Z"), 200);
    assert_int_equal(rejected(gate), 0);
    json_decref(look(gate, "GET", "/v1/erasures/mina@example.com", "", 200));
    // One with an account may have been a guest before.
    assert_int_equal(redact(gate, "{\"id\":7002,\"email\":\"li@example.com\",\"phone\":\"+15550100\"}", NULL), 200);
    json_decref(look(gate, "GET", "/v1/erasures/7002", "", 200));
    json_decref(look(gate, "GET", "/v1/erasures/li@example.com", "", 200));
    json_decref(look(gate, "GET", "/v1/erasures/+15550100", "", 200));
    static const char left[] = "{\"shop_id\":1,\"shop_domain\":\"tea.example\"}";
    assert_int_equal(post_signed(gate, "shop", secret, left), 200);
    json_t *list = look(gate, "GET", "/v1/rejected", "", 200);
    const json_t *row = json_array_get(json_object_get(list, "rejected"), 0);
    assert_non_null(strstr(json_string_value(json_object_get(row, "reason")), "shop/redact"));
    json_decref(list);
}

static void a_feed_may_not_erase_unless_its_file_says_so(void **state)
{
    struct gate *gate = *state;
    static const char file[] = "auth: {kind: hmac-sha256, header: X-Shopify-Hmac-Sha256, encoding: base64}\n"
                               "secrets: [shop.secret]\nevents: [{as_it_is: \"\"}]\n";
    static const char *const bodies[] = {
        "{\"id\":\"1\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":\"C1\",\"customerErased\":{}}",
        "{\"id\":\"2\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":\"C1\",\"valueOverridden\":{\"dimension\":"
        "\"DIMENSION_VALUE_ABC\",\"value\":\"A\",\"by\":\"eve\",\"reason\":\"because\"}}"};
    char allowed[sizeof file + 20];
    write_feed(gate, "erp.yaml", file);
    pass(gate, 4000);
    uint64_t before = last(gate);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(post_signed(gate, "erp", secret, bodies[i]), 200);
    assert_int_equal(last(gate), before);
    assert_int_equal(rejected(gate), 2);
    assert_int_equal(erasures(gate), 0);
    json_t *list = look(gate, "GET", "/v1/rejected", "", 200);
    const json_t *row = json_array_get(json_object_get(list, "rejected"), 1);
    assert_string_equal(json_string_value(json_object_get(row, "field")), "customer_erased");
    assert_non_null(strstr(json_string_value(json_object_get(row, "reason")), "erase: true"));
    json_decref(list);
    snprintf(allowed, sizeof allowed, "erase: true\n%s", file);
    write_feed(gate, "erp.yaml", allowed);
    pass(gate, 4000);
    assert_int_equal(post_signed(gate, "erp", secret, bodies[0]), 200);
    assert_int_equal(erasures(gate), 1);
}

static const char tea[] = "preset: shopify\nsecrets: [shop.secret]\ncustomer_prefix: tea-\nsource: tea\n";

// An order of the shop "tea" by somebody without an account.
static void order_of_guest(struct gate *gate, int id, const char *who)
{
    char body[TEXT_BYTES];
    snprintf(body, sizeof body,
             "{\"id\":%d,\"created_at\":\"2026-05-17T08:00:00+00:00\",\"updated_at\":\"2026-05-17T08:00:00+00:00\",%s,"
             "\"currency\":\"USD\",\"total_price\":\"5.00\",\"current_total_price\":\"5.00\",\"financial_status\":"
             "\"pending\",\"test\":false,\"line_items\":[{\"id\":1,\"sku\":\"T\",\"title\":\"Tea\",\"quantity\":1,"
             "\"price\":\"5.00\"}]}",
             id, who);
    assert_int_equal(post_signed(gate, "tea", secret, body), 200);
}

static void account(struct gate *gate, int id, const char *contact)
{
    char body[TEXT_BYTES];
    snprintf(body, sizeof body,
             "{\"id\":%d,\"updated_at\":\"2026-05-17T08:30:00+00:00\",\"addresses\":[],\"first_name\":\"Mina\","
             "\"last_name\":\"Park\",%s}",
             id, contact);
    assert_int_equal(post_signed(gate, "tea", secret, body), 200);
}

static size_t together(struct gate *gate, const char *path, const char *id)
{
    json_t *scope = look(gate, "GET", path, "", 200), *one;
    const json_t *ids = json_object_get(scope, "customerIds");
    size_t i, count = json_array_size(ids);
    bool found = false;
    json_array_foreach (ids, i, one)
        found |= strcmp(json_string_value(one), id) == 0;
    json_decref(scope);
    return found ? count : 0;
}

// Who has an account and bought without it before: the ids of feeds have a prefix.
static void guests_of_a_feed_go_too(void **state)
{
    struct gate *gate = *state;
    write_feed(gate, "tea.yaml", tea);
    pass(gate, 4000);
    order_of_guest(gate, 1, "\"email\":\"mina@example.com\"");
    order_of_guest(gate, 2, "\"phone\":\"+82 10 1234 5678\"");
    order_of_guest(gate, 3, "\"email\":\"other@example.com\"");
    account(gate, 7001, "\"email\":\"mina@example.com\",\"phone\":\"+821012345678\"");
    account(gate, 7002, "\"email\":\"boss@example.com\",\"phone\":\"+821012345678\"");
    assert_int_equal(rejected(gate), 0);
    assert_int_equal(together(gate, "/v1/erasures/tea-7001/with", "tea-mina@example.com"), 3);
    assert_int_equal(together(gate, "/v1/erasures/tea-7001/with", "tea-+82 10 1234 5678"), 3);
    // A body that is rejected mentions the guest as the shop writes.
    static const char bad[] = "{\"line_items\":1,\"financial_status\":\"pending\",\"email\":\"mina@example.com\"}";
    assert_int_equal(post_signed(gate, "tea", secret, bad), 200);
    assert_int_equal(rejected(gate), 1);
    static const char erase[] = "{\"id\":\"e\",\"source\":\"s\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":"
                                "\"tea-mina@example.com\",\"customerErased\":{}}";
    json_decref(look(gate, "POST", "/v1/events", erase, 200));
    pass(gate, 5000);
    assert_int_equal(rejected(gate), 0);
    assert_int_equal(erasures(gate), 1);
    assert_int_equal(together(gate, "/v1/erasures/tea-7001/with", "tea-7001"), 2);
}

// Of whoever is forgotten the words are known until no body mentions them, whenever the process ends in between.
static void words_outlive_the_process(void **state)
{
    struct gate *gate = *state;
    static const char upsert[] = "{\"id\":\"u\",\"source\":\"s\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":"
                                 "\"C-90125\",\"customerUpserted\":{\"name\":\"海纳贸易\"}}";
    static const char child[] = "{\"id\":\"k\",\"source\":\"s\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":"
                                "\"C-90126\",\"customerUpserted\":{\"name\":\"Haina Nord\",\"parentCustomerId\":"
                                "\"C-90125\"}}";
    static const char erase[] = "{\"id\":\"e\",\"source\":\"s\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":"
                                "\"C-90125\",\"customerErased\":{}}";
    json_decref(look(gate, "POST", "/v1/events", upsert, 200));
    json_decref(look(gate, "POST", "/v1/events", child, 200));
    assert_int_equal(post_signed(gate, "shop", secret, "{\"name\":\"海纳贸易\"}"), 200);
    assert_int_equal(post_signed(gate, "shop", secret, "{\"name\":\"Haina Nord\"}"), 200); // a part of the firm
    assert_int_equal(rejected(gate), 2);
    json_decref(look(gate, "POST", "/v1/events", erase, 200));
    for (int i = 0; i < 6; i++) {
        stop(gate);
        start(gate, NULL, 0);
    }
    assert_int_equal(rejected(gate), 1);
}

static bool is_odd(void *self, const Tend__V1__Rejected *body, struct arena *scratch)
{
    (void)scratch;
    ++*(unsigned *)self;
    return body->id % 2 == 1;
}

// Whatever a turn has the time for, each body is looked at once.
static void bodies_are_gone_through_in_pieces(void **state)
{
    enum { BODIES = 7 };
    struct gate *gate = *state;
    struct arena *scratch = traces_scratch();
    unsigned looked = 0;
    uint64_t at = 0;
    char body[TEXT_BYTES];
    for (int i = 0; i < BODIES; i++) {
        snprintf(body, sizeof body, "{\"who\":\"nobody %d\"}", i);
        assert_int_equal(post_signed(gate, "shop", secret, body), 200);
    }
    struct turn turn = {.tx = store_begin(engine_store(gate->engine)), .arena = engine_arena(gate->engine)};
    unsigned pieces = 1;
    while (!misfits_erase(gate->ingest->misfits, &turn, &at, 1, is_odd, &looked, scratch) && pieces <= BODIES)
        pieces++;
    assert_int_equal(tx_commit(&turn.tx), 0);
    assert_int_equal(looked, BODIES);
    assert_int_equal(pieces, BODIES);
    assert_int_equal(rejected(gate), BODIES / 2);
    assert_int_equal(misfits_count(gate->ingest->misfits), BODIES / 2);
    // What is gone is kept anew when it comes again, and once.
    for (int i = 0; i < 2; i++)
        assert_int_equal(post_signed(gate, "shop", secret, "{\"who\":\"nobody 0\"}"), 200);
    assert_int_equal(rejected(gate), BODIES / 2 + 1);
    arena_close(&scratch);
}

static bool is_kept(struct gate *gate, const char *text)
{
    struct tx *tx = store_begin_read(engine_store(gate->engine));
    struct cursor *cursor = cursor_open(tx, STATE_TABLE_SOURCES);
    struct slice key, row;
    bool found = false;
    while (cursor_next(cursor, &key, &row))
        found |= memmem(key.bytes, key.length, text, strlen(text)) != NULL ||
                 memmem(row.bytes, row.length, text, strlen(text)) != NULL;
    cursor_close(&cursor);
    tx_abort(&tx);
    return found;
}

static bool counts_alike(struct gate *gate, const char *ids)
{
    char question[300];
    snprintf(question, sizeof question, "{\"source\":\"shop\",\"day\":\"2026-05-17\",\"orderIds\":[%s]}", ids);
    json_t *answer = look(gate, "POST", "/v1/reconcile", question, 200);
    bool same = json_is_true(json_object_get(answer, "same"));
    json_decref(answer);
    return same;
}

// The orders of who was forgotten are counted as before, and nobody can tell which they were.
static void orders_are_counted_without_their_ids(void **state)
{
    struct gate *gate = *state;
    static const char of_guest[] =
        "{\"id\":90012345,\"created_at\":\"2026-05-17T08:00:00+00:00\",\"updated_at\":\"2026-05-17T08:00:00+00:00\","
        "\"email\":\"jo@example.com\",\"currency\":\"USD\",\"total_price\":\"5.00\",\"current_total_price\":\"5.00\","
        "\"financial_status\":\"pending\",\"test\":false,\"line_items\":[{\"id\":1,\"sku\":\"T\",\"title\":\"Tea\","
        "\"quantity\":1,\"price\":\"5.00\"}]}";
    for (int i = 1; i <= 3; i++)
        assert_int_equal(order(gate, 90017000 + i, "\"10.00\""), 200);
    assert_int_equal(post_signed(gate, "shop", secret, of_guest), 200);
    assert_true(is_kept(gate, "90017003") && is_kept(gate, "90012345"));
    assert_int_equal(redact(gate, "{\"id\":7001,\"email\":null,\"phone\":null}", "2026-05-17T09:00:00Z"), 200);
    pass(gate, 3000);
    assert_false(is_kept(gate, "9001700"));
    assert_true(is_kept(gate, "90012345"));
    assert_true(counts_alike(gate, "\"90017001\",\"90017003\",\"90012345\",\"90017002\""));
    assert_false(counts_alike(gate, "\"90017001\",\"90017003\",\"90012345\",\"90017004\""));
    // One that comes late is counted, too.
    assert_int_equal(order(gate, 90017004, "\"10.00\""), 200);
    assert_false(is_kept(gate, "9001700"));
    assert_true(counts_alike(gate, "\"90017001\",\"90017003\",\"90012345\",\"90017002\",\"90017004\""));
}

// Bodies that are rejected, in the ways in which senders write, and of whom.
static void no_rejected_body_mentions_who_was_forgotten(void **state)
{
    struct gate *gate = *state;
    static const char form[] = "auth: {kind: hmac-sha256, header: X-Shopify-Hmac-Sha256, encoding: base64}\n"
                               "secrets: [shop.secret]\n"
                               "events: [{event: order_paid, time: /t, customer_id: /who, fields: {order_id: /o}}]\n";
    static const struct {
        const char *feed, *body;
        bool goes;
    } rows[] = {
        {"shop", "{\"name\":\"\\u6d77\\u7eb3\\u8d38\\u6613\"}", true}, // 海纳贸易, escaped
        {"shop", "{\"mail\":\"Li.Hua@Haina.Example\"}", true},         // in another case
        {"shop", "{\"tel\":\"0086-138 0013-8000\"}", true},            // a number, as another writes it
        {"shop", "{\"x\":\"C-90125\"}", true},                         // the id
        {"shop", "{\"x\":\"C-901255\"}", false},                       // that of somebody else
        {"shop", "{\"who\":\"ANN@oolong.example\"}", true},            // an id that is an address
        {"shop", "{\"who\":\"5550102277\"}", true},                    // or a number
        {"form", "msg=%7B%22note%22%3A%22%E6%B5%B7%E7%BA%B3%E8%B4%B8%E6%98%93%22%7D", true},
        {"tea", "{\"line_items\":1,\"financial_status\":\"pending\",\"customer\":{\"id\":5},\"created_at\":\"?\"}",
         true},
        {"tea", "{\"line_items\":1,\"financial_status\":\"pending\",\"customer\":{\"id\":6},\"created_at\":\"?\"}",
         false},
    };
    write_feed(gate, "tea.yaml", tea);
    write_feed(gate, "form.yaml", form);
    pass(gate, 4000);
    static const char upsert[] = "{\"id\":\"u\",\"source\":\"s\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":"
                                 "\"C-90125\",\"customerUpserted\":{\"name\":\"海纳贸易\",\"contacts\":[{\"phone\":"
                                 "\"+86 138 0013 8000\",\"email\":\"li.hua@haina.example\"}]}}";
    json_decref(look(gate, "POST", "/v1/events", upsert, 200));
    int64_t stay = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(post_signed(gate, rows[i].feed, secret, rows[i].body), 200);
        stay += !rows[i].goes;
    }
    assert_int_equal(rejected(gate), sizeof rows / sizeof *rows);
    // What the rejected bodies say of somebody is part of what is known of that customer.
    json_t *known = look(gate, "GET", "/v1/export/tea-5", "", 200);
    assert_int_equal(json_array_size(json_object_get(known, "rows")), 1);
    json_decref(known);
    // Number 6 of another shop is not number 6 of this one.
    static const char *const asked[] = {"C-90125", "tea-5", "6", "Ann@Oolong.Example", "+1 (555) 010-2277"};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        char body[500];
        snprintf(body, sizeof body,
                 "{\"id\":\"e%zu\",\"source\":\"s\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":\"%s\","
                 "\"customerErased\":{}}",
                 i, asked[i]);
        json_decref(look(gate, "POST", "/v1/events", body, 200));
    }
    pass(gate, 5000);
    assert_int_equal(rejected(gate), stay);
}

// What is kept of the newest rejected body.
static json_t *newest(struct gate *gate)
{
    char path[60];
    json_t *list = look(gate, "GET", "/v1/rejected", "", 200);
    const json_t *row = json_array_get(json_object_get(list, "rejected"), 0);
    snprintf(path, sizeof path, "/v1/rejected/%s", json_string_value(json_object_get(row, "id")));
    json_decref(list);
    return look(gate, "GET", path, "", 200);
}

static bool has_content(struct gate *gate)
{
    json_t *row = newest(gate);
    bool content = json_object_get(row, "text") != NULL || json_object_get(row, "body") != NULL;
    assert_int_equal(content, !json_is_true(json_object_get(row, "withoutContent")));
    assert_int_equal(content, strstr(json_string_value(json_object_get(row, "reason")), "was erased") == NULL);
    json_decref(row);
    return content;
}

static void tell(struct gate *gate, const char *id, const char *time, const char *rest)
{
    char body[1000];
    snprintf(body, sizeof body, "{\"id\":\"%s\",\"source\":\"s\",\"time\":\"%s\",%s}", id, time, rest);
    json_decref(look(gate, "POST", "/v1/events", body, 200));
}

#define EARLY "2026-05-17T09:00:00Z"
#define LATE "2026-05-17T09:33:00Z"

// One with all that a customer may be known by, and two who have no more than an id.
static void forget_some(struct gate *gate)
{
    write_feed(gate, "tea.yaml", tea);
    pass(gate, 4000);
    tell(gate, "u1", EARLY,
         "\"customerId\":\"C-90125\",\"customerUpserted\":{\"name\":\"海纳贸易\",\"contacts\":[{\"phone\":"
         "\"+86 138 0013 8000\",\"email\":\"Li.Hua@haina.example\"}]}");
    tell(gate, "u2", EARLY, "\"customerId\":\"tea-5\",\"customerUpserted\":{\"name\":\"Five\"}");
    tell(gate, "u3", EARLY,
         "\"customerId\":\"tea-Mina@example.com\",\"orderPlaced\":{\"orderId\":\"1\",\"total\":\"5 USD\"}");
    tell(gate, "e1", EARLY, "\"customerId\":\"C-90125\",\"customerErased\":{}");
    tell(gate, "e2", EARLY, "\"customerId\":\"tea-5\",\"customerErased\":{}");
    tell(gate, "e3", EARLY, "\"customerId\":\"tea-Mina@example.com\",\"customerErased\":{}");
    pass(gate, 5000);
}

// What was signed before and comes once more after the erasure, and makes no event.
static void the_forgotten_do_not_come_back_by_a_body(void **state)
{
    struct gate *gate = *state;
    static const struct {
        const char *feed, *body;
        bool kept;
    } rows[] = {
        {"shop", "{\"mail\":\"LI.Hua@Haina.Example\",\"note\":\"Zephyrina\"}", false},
        {"shop", "{\"to\":\"Li <li.hua@haina.example>.\"}", false},
        {"shop", "{\"mail\":\"wang.li.hua@haina.example\"}", true}, // another one's
        {"shop", "{\"mail\":\"li.hua@haina.example.org\"}", true},
        {"shop", "{\"tel\":\"0086-138 0013-8000\"}", false},
        {"shop", "{\"tel\":13800138000}", false},
        {"shop", "{\"tel\":\"13800138001\"}", true},
        {"shop", "{\"x\":\"C-90125\"}", false},
        {"shop", "{\"x\":\"as C-90125, said\"}", false},
        {"shop", "{\"x\":\"C-901255\"}", true},
        {"shop", "{\"name\":\"海纳贸易\"}", true}, // a name is anybody's
        {"shop", "note=mail%3Dli.hua%40haina.example", false},
        {"shop", "{\"m\":\"bGkuaHVhQGhhaW5hLmV4YW1wbGUgd2FzIGhlcmU=\"}", false}, // in base64
        {"tea", "{\"line_items\":1,\"financial_status\":\"x\",\"customer\":{\"id\":5},\"created_at\":\"?\"}", false},
        {"tea", "{\"line_items\":5,\"financial_status\":\"x\",\"customer\":{\"id\":6},\"created_at\":\"?\"}", true},
        {"shop", "{\"line_items\":1,\"financial_status\":\"x\",\"customer\":{\"id\":5},\"created_at\":\"?\"}", true},
        {"tea", "{\"email\":\"MINA@example.com\"}", false},
    };
    forget_some(gate);
    for (int start_again = 0; start_again < 2; start_again++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            assert_int_equal(post_signed(gate, rows[i].feed, secret, rows[i].body), 200);
            if (has_content(gate) != rows[i].kept)
                fail_msg("row %zu: %s", i, rows[i].body);
        }
        stop(gate);
        start(gate, NULL, 0);
    }
}

// Whoever looks at it hears why it is empty, and may give the content anew.
static void what_is_kept_of_such_a_body(void **state)
{
    struct gate *gate = *state;
    char body[TEXT_BYTES], path[60];
    forget_some(gate);
    snprintf(body, sizeof body,
             "{\"id\":77,\"created_at\":\"on \\\"Zephyrina\\\" day\",\"updated_at\":\"2026-05-17T08:00:00+00:00\","
             "\"email\":\"li.hua@haina.example\",\"customer\":{\"id\":7001},\"currency\":\"USD\",\"total_price\":"
             "\"5.00\",\"current_total_price\":\"5.00\",\"financial_status\":\"pending\",\"test\":false,"
             "\"line_items\":[]}");
    gate->extra = (struct pair){"kafka-key", "Zephyrina"};
    assert_int_equal(post_signed(gate, "shop", secret, body), 200);
    gate->extra = (struct pair){NULL, NULL};
    json_t *row = newest(gate);
    char *text = json_dumps(row, 0);
    assert_null(strstr(text, "Zephyrina"));
    assert_null(strstr(text, "haina"));
    assert_non_null(strstr(text, "is no time: \\\"...\\\"; it names a person who was erased"));
    assert_non_null(strstr(text, "orders/create")); // which message it was
    assert_string_equal(json_string_value(json_object_get(row, "feed")), "shop");
    assert_non_null(json_object_get(row, "time"));
    free(text);
    snprintf(path, sizeof path, "/v1/rejected/%s/replay", json_string_value(json_object_get(row, "id")));
    json_decref(row);
    json_t *answer = look(gate, "POST", path, "", 200);
    assert_non_null(strstr(json_string_value(json_object_get(answer, "reason")), "was not kept"));
    json_decref(answer);
    assert_false(has_content(gate));
    *strrchr(path, '/') = '\0';
    json_decref(look(gate, "POST", path, an_order(body, 77, "\"5.00\""), 200));
    assert_int_equal(rejected(gate), 0);
}

// An event that is newer than the erasure makes somebody a customer like others again.
static void who_comes_back_is_a_customer_like_others(void **state)
{
    struct gate *gate = *state;
    static const char by_mail[] = "{\"mail\":\"li.hua@haina.example\"}", by_phone[] = "{\"tel\":\"138 0013 8000\"}";
    static const char file[] = "\"customerId\":\"%s\",\"customerUpserted\":{\"name\":\"Li\",\"contacts\":[{\"email\":"
                               "\"LI.hua@haina.example\"}]}";
    char said[300];
    forget_some(gate);
    // An old file of another customer says nothing of afterwards.
    snprintf(said, sizeof said, file, "C-2");
    tell(gate, "old", EARLY, said);
    post_signed(gate, "shop", secret, by_mail);
    assert_false(has_content(gate));
    // The address is somebody's, under another id.
    tell(gate, "new", LATE, said);
    post_signed(gate, "shop", secret, by_mail);
    assert_true(has_content(gate));
    post_signed(gate, "shop", secret, by_phone);
    assert_false(has_content(gate));
    // And the one of before is there again, with the same id.
    tell(gate, "back", LATE, "\"customerId\":\"C-90125\",\"orderPlaced\":{\"orderId\":\"9\",\"total\":\"5 USD\"}");
    post_signed(gate, "shop", secret, by_phone);
    assert_true(has_content(gate));
    post_signed(gate, "shop", secret, "{\"x\":\"C-90125\"}");
    assert_true(has_content(gate));
    // Until that one is forgotten, too, also by what the second erasure hears nothing of.
    pass(gate, 200000);
    tell(gate, "e9", LATE, "\"customerId\":\"C-90125\",\"customerErased\":{}");
    pass(gate, 5000);
    post_signed(gate, "shop", secret, by_phone);
    assert_false(has_content(gate));
}

// The link from the id to the address is gone with the first erasure; there is nothing for a second one to find.
static void a_second_erasure_has_nothing_to_find(void **state)
{
    struct gate *gate = *state;
    forget_some(gate);
    post_signed(gate, "shop", secret, "{\"mail\":\"li.hua@haina.example\"}");
    // An address that only a late file tells is noted, too.
    tell(gate, "u9", EARLY,
         "\"customerId\":\"C-90125\",\"customerUpserted\":{\"name\":\"x\",\"contacts\":[{\"email\":\"hua@old.example\"}"
         "]}");
    post_signed(gate, "shop", secret, "{\"mail\":\"hua@old.example\"}");
    tell(gate, "e9", EARLY, "\"customerId\":\"C-90125\",\"customerErased\":{}");
    pass(gate, 5000);
    json_t *list = look(gate, "GET", "/v1/rejected", "", 200);
    const json_t *rows = json_object_get(list, "rejected"), *row;
    size_t i;
    assert_int_equal(json_array_size(rows), 2);
    json_array_foreach (rows, i, row)
        assert_true(json_is_true(json_object_get(row, "withoutContent")));
    json_decref(list);
    // Nor does that somebody else is to be forgotten make the address anybody's.
    tell(gate, "e10", LATE, "\"customerId\":\"Li.Hua@haina.example\",\"customerErased\":{}");
    post_signed(gate, "shop", secret, "{\"mail\":\"LI.HUA@haina.example\"}");
    assert_false(has_content(gate));
}

static long kept_out(struct gate *gate)
{
    json_t *proof = look(gate, "GET", "/v1/erasures/C-90125", "", 200);
    const json_t *count = json_object_get(proof, "keptOut");
    long number = count == NULL ? 0 : atol(json_string_value(count));
    json_decref(proof);
    return number;
}

// What somebody bought as a guest before the erasure, and we hear of afterwards.
static void late_orders_of_guests_stay_out(void **state)
{
    struct gate *gate = *state;
    static const char *const guests[] = {"LI.Hua@haina.example", "tea-li.hua@haina.example", "+86 138-0013-8000"};
    char said[300];
    forget_some(gate);
    long before = kept_out(gate);
    for (int i = 0; i < 3; i++) {
        snprintf(said, sizeof said, "\"customerId\":\"%s\",\"orderPlaced\":{\"orderId\":\"%d\",\"total\":\"5 USD\"}",
                 guests[i], 50 + i);
        tell(gate, guests[i], EARLY, said);
        assert_int_equal(kept_out(gate), before + i + 1);
    }
    // Others' do not, nor what they buy since.
    tell(gate, "o60", EARLY,
         "\"customerId\":\"hua@haina.example\",\"orderPlaced\":{\"orderId\":\"60\",\"total\":\"5 USD\"}");
    tell(gate, "o61", LATE,
         "\"customerId\":\"li.hua@haina.example\",\"orderPlaced\":{\"orderId\":\"61\",\"total\":\"5 USD\"}");
    assert_int_equal(kept_out(gate), before + 3);
}

// Who was one went with the other; that they are two again brings nobody back.
static void a_split_brings_nobody_back(void **state)
{
    struct gate *gate = *state;
    write_feed(gate, "tea.yaml", tea);
    pass(gate, 4000);
    tell(gate, "u1", EARLY, "\"customerId\":\"C-70013\",\"customerUpserted\":{\"name\":\"Thirteen\"}");
    tell(gate, "u2", EARLY,
         "\"customerId\":\"C-70014\",\"customerUpserted\":{\"name\":\"x\",\"contacts\":[{\"email\":\"t14@x.example\"}]"
         "}");
    tell(gate, "m", EARLY, "\"customerId\":\"C-70013\",\"customerMerged\":{\"otherCustomerId\":\"C-70014\"}");
    tell(gate, "e", EARLY, "\"customerId\":\"C-70013\",\"customerErased\":{}");
    pass(gate, 5000);
    tell(gate, "s", LATE, "\"customerId\":\"C-70013\",\"customerSplit\":{\"otherCustomerId\":\"C-70014\"}");
    pass(gate, 1000);
    for (int i = 0; i < 2; i++) {
        post_signed(gate, "shop", secret, i == 0 ? "{\"x\":\"C-70014\"}" : "{\"x\":\"t14@x.example\"}");
        assert_false(has_content(gate));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_gate, close_gate)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_request_of_the_shop_counts),
        TEST(a_guest_is_forgotten_too),
        TEST(a_feed_may_not_erase_unless_its_file_says_so),
        TEST(guests_of_a_feed_go_too),
        TEST(words_outlive_the_process),
        TEST(bodies_are_gone_through_in_pieces),
        TEST(orders_are_counted_without_their_ids),
        TEST(no_rejected_body_mentions_who_was_forgotten),
        TEST(the_forgotten_do_not_come_back_by_a_body),
        TEST(what_is_kept_of_such_a_body),
        TEST(who_comes_back_is_a_customer_like_others),
        TEST(a_second_erasure_has_nothing_to_find),
        TEST(late_orders_of_guests_stay_out),
        TEST(a_split_brings_nobody_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
