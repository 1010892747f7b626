// The mapping engine: bodies, the identity of what is made of them, limits, and the files themselves.
#include "unit/mapping_rows.h"

#include "services/ingest/preset.h"

#include "common/must.h"

static void decoding(void **state)
{
    (void)state;
    static const char msg[] = "decode: [{at: /msg, as: [url, json]}]\n" WHAT("/msg/a");
    static const char whole[] = "decode: [{at: \"\", as: [base64, json]}]\n" WHAT("/a");
    static const struct row rows[] = {
        {msg, "{\"msg\":\"%7B%22a%22%3A%22x+y%E4%BD%A0%22%7D\"}", SAYS("x y你")},
        {msg, "{\"msg\":\"%7B%22a%22%3A1.10%7D\"}", SAYS("1.10")},
        {msg, "{\"msg\":\"\"}", IS("")},
        {msg, "{}", IS("")},
        {msg, "{\"msg\":\"%7B\"}", "error: /msg is no JSON: line 1: string or '}' expected near end of file"},
        {"decode: [{at: /m, as: base64}]\n" WHAT("/m"), "{\"m\":\"eHk=\"}", SAYS("xy")},
        {"decode: [{at: /m, as: base64}]\n" WHAT("/m"), "{\"m\":\"eHk\"}", SAYS("xy")},
        {"decode: [{at: /m, as: base64}]\n" WHAT("/m"), "{\"m\":\"e!\"}", "error: /m is no base64"},
        {"decode: [{at: /m, as: base64}]\n" WHAT("/m"), "{\"m\":\"/w==\"}", "error: /m is no text in UTF-8"},
        {"decode: [{at: /l/1, as: [json]}]\n" WHAT("/l/1/a"), "{\"l\":[0,\"{\\\"a\\\":\\\"x\\\"}\"]}", SAYS("x")},
        {whole, "eyJhIjoieCJ9", SAYS("x")},
        {"decode: [{at: \"\", as: form}]\n" WHAT("/a"), "a=x%20y&b=2", SAYS("x y")},
        {"decode: [{at: \"\", as: form}]\n" WHAT("/a"), "a=x&a=y",
         "error: the body is no form: a=1&b=2 in UTF-8, no name twice"},
    };
    CHECK(rows);
}

static void bodies_are_strict(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {WHAT("/a"), "", "error: the body is empty"},
        {WHAT("/a"), "7", "error: the body is no JSON: line 1: '[' or '{' expected near '7'"},
        {WHAT("/a"), "{\"a\":1,\"a\":2}", "error: the body is no JSON: line 1: duplicate object key near '\"a\"'"},
        {WHAT("/a"), "{} x", "error: the body is no JSON: line 1: end of file expected near 'x'"},
        {WHAT("/a"), "{\"a\":1.}", "error: the body is no JSON: line 1: invalid token near '1.'"},
        {WHAT("/a"), "{\"a\":\"\\u0000\"}",
         "error: the body is no JSON: line 1: \\u0000 is not allowed without JSON_ALLOW_NUL near '\"\\u0000\"'"},
        {WHAT("/a"), "\xEF\xBB\xBF{\"a\":\"x\"}", SAYS("x")},
        {WHAT("/a"), "{\"a\":\"1.5 \\\" 2.5\",\"b\":[1.5,-2.5e3]}", SAYS("1.5 \\\" 2.5")},
    };
    CHECK(rows);
    char deep[128];
    memset(deep, '[', sizeof deep);
    struct mapping *mapping = open_good(WHAT("/a"));
    assert_string_equal(apply(mapping, deep, sizeof deep), "error: the body nests more than 32 deep");
    mapping_close(&mapping);
    arena_reset(arena);
}

// The same content is the same event; other content, and the same at another place, is another.
static void ids_follow_content(void **state)
{
    (void)state;
    static const char feed[] = "events: [{event: order_paid, time: /t, fields: {order_id: /id, amount: /a}}]";
    struct mapping *mapping = open_good(feed);
    struct mapping_result result[3];
    struct mapping_error error;
    static const char *const bodies[] = {"{\"id\":1,\"t\":\"2026-05-17T00:00:00Z\",\"a\":\"5.00\",\"noise\":1}",
                                         "{\"noise\":2,\"a\":5,\"t\":\"2026-05-17T08:00:00+08:00\",\"id\":\"1\"}",
                                         "{\"id\":1,\"t\":\"2026-05-17T00:00:00Z\",\"a\":\"5.01\"}"};
    for (size_t i = 0; i < 3; i++) {
        struct mapping_body body = {.bytes = bodies[i], .length = strlen(bodies[i]), .received_ms = (int64_t)i};
        assert_true(mapping_apply(mapping, &body, arena, NULL, &result[i], &error));
        assert_int_equal(result[i].count, 1);
    }
    const char *id = result[0].events[0].event->id;
    assert_int_equal(strlen(id), strlen("order_paid:") + 32);
    assert_memory_equal(id, "order_paid:", strlen("order_paid:"));
    assert_string_equal(id, result[1].events[0].event->id);
    assert_string_not_equal(id, result[2].events[0].event->id);
    mapping_close(&mapping);
    arena_reset(arena);
}

// Without a time of its own an event is the same whenever it is received.
static void undated_events_keep_their_id(void **state)
{
    (void)state;
    struct mapping *mapping = open_good("events: [{event: order_paid, customer_id: /c}]");
    char ids[2][128];
    for (int i = 0; i < 2; i++) {
        struct mapping_body body = {.bytes = "{\"c\":5}", .length = 7, .received_ms = RECEIVED_MS + i};
        struct mapping_result result;
        struct mapping_error error;
        assert_true(mapping_apply(mapping, &body, arena, NULL, &result, &error));
        assert_true(result.events[0].undated);
        snprintf(ids[i], sizeof ids[i], "%s", result.events[0].event->id);
    }
    assert_string_equal(ids[0], ids[1]);
    mapping_close(&mapping);
    arena_reset(arena);
}

// A second request to forget somebody is another one, with or without a time of its own; the same delivery is the same.
static void each_erasure_is_asked_for_anew(void **state)
{
    static const struct {
        const char *body;
        int64_t received_ms;
    } rows[] = {{"{\"c\":5}", 0},
                {"{\"c\":5}", 0},
                {"{\"c\":5}", 1},
                {"{\"c\":5,\"t\":\"2026-05-17\"}", 0},
                {"{\"c\":5,\"t\":\"2026-05-17\"}", 1},
                {"{\"c\":5,\"t\":\"2026-05-18\"}", 1}};
    static const bool same[] = {true, false, false, true, false};
    (void)state;
    struct mapping *mapping = open_good("events: [{event: customer_erased, time: /t, customer_id: /c}]");
    char last[128] = "";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mapping_body body = {
            .bytes = rows[i].body, .length = strlen(rows[i].body), .received_ms = RECEIVED_MS + rows[i].received_ms};
        struct mapping_result result;
        struct mapping_error error;
        assert_true(mapping_apply(mapping, &body, arena, NULL, &result, &error));
        assert_false(result.events[0].undated);
        if (i > 0)
            assert_int_equal(strcmp(last, result.events[0].event->id) == 0, same[i - 1]);
        snprintf(last, sizeof last, "%s", result.events[0].event->id);
    }
    mapping_close(&mapping);
    arena_reset(arena);
}

static void long_names_are_cut(void **state)
{
    (void)state;
    char body[2048] = "{\"t\":\"2026-05-17\",\"n\":\"";
    for (int i = 0; i < 300; i++)
        strcat(body, "你");
    strcat(body, "\"}");
    struct mapping *mapping = open_good(
        "events: [{event: customer_upserted, id: {value: i}, time: /t, fields: {name: /n, owner_rep_id: /n}}]");
    struct mapping_body given = {.bytes = body, .length = strlen(body)};
    struct mapping_result result;
    struct mapping_error error;
    assert_true(mapping_apply(mapping, &given, arena, NULL, &result, &error));
    const char *name = result.events[0].event->customer_upserted->name;
    assert_true(strlen(name) <= 200 && strlen(name) > 190);
    assert_string_equal(name + strlen(name) - 3, "…");
    // An id is never cut: two would become one.
    assert_int_equal(strlen(result.events[0].event->customer_upserted->owner_rep_id), 900);
    mapping_close(&mapping);
    arena_reset(arena);
}

// A text of 4,000 bytes, a number, and a list of so many entries.
static void write_long(char *body, size_t bytes, int entries)
{
    size_t used = (size_t)snprintf(body, bytes, "{\"t\":\"2026-05-17\",\"p\":123456.789,\"n\":\"%04000d\",\"l\":[0", 0);
    for (int i = 1; i < entries; i++)
        used += (size_t)snprintf(body + used, bytes - used, ",1");
    must((size_t)snprintf(body + used, bytes - used, "]}") < bytes - used);
}

// A body may not make more of itself than we can hold. The arena has just the room that is promised, and going over it
// would end the process.
static void amplification_is_bounded(void **state)
{
    (void)state;
    static const char line[] =
        "fields: {sku: \"\", quantity: [^/x, ^/p], price: ^/p, cost: ^/p, discount: [^/x, {value: 5%}]}";
    char prices[512], orders[1024];
    snprintf(prices, sizeof prices, "events: [{event: order_placed, fields: {lines: {each: /l, %s}}}]", line);
    snprintf(orders, sizeof orders,
             "events: [{event: order_placed, fields: {lines: {each: /l, %s}}}, {event: order_amended, fields: {lines: "
             "{each: /l, %s}}}]",
             line, line);
    const struct {
        int entries;
        const char *feed, *expected; // in what is said
    } rows[] = {
        {20001, "events: [{event: need_lost, each: /l, fields: {what: ^/n}}]", "more than 20000 entries"},
        {1001, "events: [{event: need_lost, each: /l, fields: {what: ^/p}}]", "more than 1000 events"},
        {20001, "events: [{event: order_placed, fields: {lines: {each: /l, fields: {name: ^/n}}}}]",
         "more than 20000 entries"},
        {3000, "events: [{event: visit_planned, fields: {customer_ids: {each: /l, of: ^/n}}}]", "bytes of one body"},
        {9000, "events: [{event: visit_planned, fields: {customer_ids: {each: /l, of: {text: \"{^/n}{^/n}\"}}}}]",
         "longer than a text may be"},
        {9500, prices, "bytes of one body"},
        {9500, "events: [{event: order_placed, currency: ^/n, fields: {lines: {each: /l, fields: {price: ^/p}}}}]",
         "\"order_placed\""},
        {19000,
         "events: [{event: order_placed, fields: {lines: {each: /l, where: [{at: \"\", is: [2]}, {has: ^/n}], fields: "
         "{price: ^/p}}}}]",
         "\"order_placed\""},
        // The longest order that ingest takes, in two events, is well within.
        {1000, orders, "\"order_amended\""},
    };
    static char body[200000];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_long(body, sizeof body, rows[i].entries);
        struct mapping *mapping = open_good(rows[i].feed);
        const char *got = apply(mapping, body, strlen(body));
        if (strstr(got, rows[i].expected) == NULL)
            fail_msg("row %zu: %.300s", i, got);
        mapping_close(&mapping);
        arena_reset(arena);
    }
}

static void own_events_pass(void **state)
{
    (void)state;
    static const char event[] = "{\"id\":\"e1\",\"time\":\"2026-05-17T00:00:00Z\",\"orderPaid\":{\"orderId\":\"1\","
                                "\"amount\":\"5.00 CNY\"}}";
    static const char taken[] = "{\"id\":\"e1\",\"source\":\"shop\",\"time\":\"2026-05-17T00:00:00Z\",\"order_paid\":{"
                                "\"order_id\":\"1\",\"amount\":\"5.00 CNY\"}}";
    const char *list = "[{\"id\":\"e1\",\"time\":\"2026-05-17T00:00:00Z\",\"orderPaid\":{\"orderId\":\"1\"}}]";
    struct row rows[] = {
        {"preset: generic", event, taken},
        {"preset: generic", list,
         "{\"id\":\"e1\",\"source\":\"shop\",\"time\":\"2026-05-17T00:00:00Z\",\"order_paid\":{\"order_id\":\"1\"}}"},
        {"preset: generic", "{\"source\":\"other\"}",
         "error: rule 1 (as_it_is), source must be \"shop\", that of the feed, or left out"},
        {"preset: generic", "[{\"orderPaid\":{\"orderid\":1}}]",
         "error: rule 1 (as_it_is), order_paid.orderid: /0 unknown field; did you mean \"orderId\"?"},
        {"events: [{as_it_is: /data}]", "{}", "error: the body fits no rule: rule 1 (as_it_is): /data is not there"},
    };
    CHECK(rows);
}

// Files that do not compile, and where they say it.
static void files_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"", "shop.yaml: a feed file begins with \"preset:\" or \"events:\""},
        {"source: x", "shop.yaml: says neither \"preset:\" nor \"events:\", so it would make nothing of any body"},
        {"preset: shopfy", "shop.yaml:1:9: there is no preset \"shopfy\"; did you mean \"shopify\"?"},
        {"events:\n  - event: order_payd",
         "shop.yaml:2:12: \"order_payd\" is no event of ours; did you mean \"order_paid\"?"},
        {"events:\n  - event: order_paid\n    fields: {order_ld: /x}",
         "shop.yaml:3:14: OrderPaid has no field \"order_ld\"; did you mean \"order_id\"?"},
        {"events:\n  - event: order_placed\n    fields:\n      lines: {each: /l, fields: {quantty: /x}}",
         "shop.yaml:4:34: OrderLine has no field \"quantty\"; did you mean \"quantity\"?"},
        {"events:\n  - event: order_paid\n    whn: []",
         "shop.yaml:3:5: \"whn\" is not known here; did you mean \"when\"?"},
        {"events:\n  - when: []", "shop.yaml:2:5: a rule says which event it makes: {event: order_placed, ...}"},
        {"events: 7", "shop.yaml:1:9: a list of rules belongs here: - event: order_placed"},
        {"events:\n  - event: order_paid\n    time: created",
         "shop.yaml:3:11: a pointer begins with / (or with ^/ from the root of the body); a constant is {value: ...}"},
        {"events:\n  - event: order_paid\n    time: {at: /x, zone: Mars/Base}",
         "shop.yaml:3:26: \"Mars/Base\" is no time zone such as Asia/Shanghai"},
        {"zone: Mars/Base\nevents: []", "shop.yaml:1:7: \"Mars/Base\" is no time zone such as Asia/Shanghai"},
        {"events:\n  - event: order_paid\n    time: {at: /x, time: soon}",
         "shop.yaml:3:26: \"soon\" is no format of a time: it is made of YYYY, M, D and perhaps H, m, s, A, or it is "
         "unix, unix_ms, unix_us or unix_days"},
        {"events:\n  - event: order_paid\n    time: {zone: UTC}",
         "shop.yaml:3:11: says none of at, header, query, value, text and sum"},
        {"events:\n  - event: order_paid\n    time: {at: /x, value: y}",
         "shop.yaml:3:11: says more than one of at, header, query, value, text and sum"},
        {"preset: shopify\npreset_drops: perhaps", "shop.yaml:2:15: true or false belongs here"},
        {"events:\n  - as_it_is: /data\n    once: true", "shop.yaml:2:5: once is about an event that a rule makes"},
        {"events:\n  - event: order_paid\n    time: {sum: [{each: /x}]}",
         "shop.yaml:3:18: of a sum, says each and at, and perhaps where"},
        {"events:\n  - event: order_paid\n    time: {at: /x, minor: 9}",
         "shop.yaml:3:27: minor is how many decimals the integer holds, 0 to 6: 2 for cents"},
        {"events:\n  - event: order_paid\n    when: [{at: /x}]",
         "shop.yaml:3:12: a condition is {has: ...}, {lacks: ...}, {at: ..., is: [...]}, {at: ..., not: [...]}, "
         "{at: ..., begins: [...]} or {at: ..., same: ...}"},
        {"events:\n  - event: order_paid\n    partial: true", "shop.yaml:2:5: partial is about customer_upserted"},
        {"events:\n  - {drop: /x, event: order_paid}",
         "shop.yaml:2:5: drop says why nothing is made of a body, besides it only when"},
        {"events:\n  - {keep: /x, customer_id: /c, id: /i}",
         "shop.yaml:2:5: keep says why nothing is made of a body, besides it only when and customer_id"},
        {"events:\n  - event: order_paid\n    customer_id: customer_id",
         "shop.yaml: customer_id in the place of a pointer is what the file's own customer_id comes to: it has none"},
        {"customer_id: [/a, customer_id]\nevents: []", "shop.yaml:1:19: customer_id cannot be made of itself"},
        {"events:\n  - event: order_paid\n    time: {at: /x, exchange: {of: /c}}",
         "shop.yaml:3:30: exchange says of and into (currencies), from and to (amounts with their currency)"},
        {"preset: shopify\nwithout: [order_payd]",
         "shop.yaml:2:11: \"order_payd\" is no event of ours; did you mean \"order_paid\"?"},
        {"preset: shopify\nwithout: order_paid", "shop.yaml:2:10: a list of events belongs here"},
        {"events:\n  - event: order_paid\n    id: {text: \"a{/x\"}",
         "shop.yaml:3:16: a \"{\" without its \"}\"; a brace that is meant is written twice"},
        {"decode: [{at: /x, as: [zip]}]\nevents: []",
         "shop.yaml:1:24: at most 4 of url, base64, json and form belong here"},
        {"events:\n  - event: order_paid\n    fields: {order_id: /a, orderId: /b}",
         "shop.yaml:3:28: \"orderId\" is filled twice"},
        {"events: [{event: order_paid}", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char error[MAPPING_ERROR_BYTES] = "";
        struct mapping *mapping = NULL;
        if (mapping_open("shop.yaml", rows[i].text, strlen(rows[i].text), &defaults, error, sizeof error, &mapping))
            fail_msg("row %zu compiles: %s", i, rows[i].text);
        if (rows[i].error != NULL && strncmp(error, rows[i].error, strlen(rows[i].error)) != 0)
            fail_msg("row %zu: %s\nis  %s\nnot %s", i, rows[i].text, error, rows[i].error);
    }
}

// A currency that nobody knows would have every order rejected; what people write for one is taken.
static void currencies_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"currency: dollars\nevents: []", "shop.yaml:1:11: \"dollars\" is no currency: three capitals such as USD"},
        {"currency: XYZ\nevents: []", "shop.yaml:1:11: \"XYZ\" is no currency"},
        {"events:\n  - event: order_placed\n    currency: dollars", "shop.yaml:3:15: \"dollars\" is no currency"},
        {"events:\n  - event: order_placed\n    fields: {total: {at: /a, currency: euros}}",
         "shop.yaml:3:40: \"euros\" is no currency"},
        {"currency: rmb\npreset: shopify", NULL},
        {"currency: eur\npreset: shopify", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char error[MAPPING_ERROR_BYTES] = "";
        struct mapping *mapping = NULL;
        bool good =
            mapping_open("shop.yaml", rows[i].text, strlen(rows[i].text), &defaults, error, sizeof error, &mapping);
        mapping_close(&mapping);
        if (good != (rows[i].error == NULL))
            fail_msg("row %zu: %s", i, error);
        if (!good && strncmp(error, rows[i].error, strlen(rows[i].error)) != 0)
            fail_msg("row %zu: %s", i, error);
    }
}

static void presets_merge(void **state)
{
    (void)state;
    // What the file says replaces what the preset says, part by part; extra rules come behind.
    static const char order[] =
        "{\"id\":820982911946154508,\"created_at\":\"2026-05-17T09:30:00+08:00\","
        "\"total_price\":\"10.00\",\"order_number\":1042,\"currency\":\"EUR\",\"line_items\":[]}";
    struct row rows[] = {
        {"preset: shopify\ndrop_if: [{has: /id}]", order, "nothing: dropped, as the mapping says: /id is there"},
        {"preset: shopify\ndrop_if: [{has: /draft}]", "{\"id\":1,\"test\":true,\"line_items\":[]}",
         "nothing: dropped, as the mapping says: a test order"},
        {"preset: shopify\npreset_drops: false\ndrop_if: [{has: /test, why: mine}]", "{\"id\":1,\"test\":true}",
         "nothing: dropped, as the mapping says: mine"},
        {"preset: shopify\npreset_drops: false\nevents: [{as_it_is: /data}]", "{\"id\":1,\"test\":true}",
         "error: the body fits no rule: rule 1 (as_it_is): /data is not there"},
        {"preset: shopify\ncustomer_id: {value: mine}\nevents: [{event: need_lost, id: {value: i}, time: /created_at}]",
         order,
         "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T01:30:00Z\",\"customer_id\":\"mine\",\"need_lost\":{}"
         "}"},
        {"preset: shopify\nwithout: [order_placed, order_amended]", order,
         "nothing: the lists that would hold events are empty"}, // of parcels and refunds
        {"preset: shopify\nwithout: [customer_upserted]", "{\"id\":7,\"updated_at\":\"2026-05-17\",\"addresses\":[]}",
         "nothing: dropped, as the mapping says: the feed's file does without customer_upserted"},
    };
    CHECK(rows);
    struct mapping *mapping =
        open_good("preset: shopify\nextra_events: [{event: need_lost, id: {value: i}, time: /created_at}]");
    const char *got = apply(mapping, order, strlen(order));
    assert_non_null(strstr(got, "\"order_placed\":{\"order_id\":\"820982911946154508\",\"total\":\"10.00 EUR\"}"));
    assert_non_null(strstr(got, "\"need_lost\":{}"));
    assert_string_equal(mapping_preset(mapping), "shopify");
    assert_string_equal(mapping_source(mapping), "shop");
    mapping_close(&mapping);
    arena_reset(arena);
}

// A fact that is told again with every change keeps its id, which hangs on all but its time.
static void what_is_once_keeps_its_id(void **state)
{
    (void)state;
    struct mapping *mapping = open_good("events: [{event: order_paid, once: true, time: /t, customer_id: /c}]");
    static const char *const bodies[] = {"{\"c\":5,\"t\":\"2026-05-17\"}", "{\"c\":5,\"t\":\"2026-05-18\"}",
                                         "{\"c\":6,\"t\":\"2026-05-18\"}"};
    struct mapping_event events[3];
    for (size_t i = 0; i < 3; i++) {
        struct mapping_body body = {.bytes = bodies[i], .length = strlen(bodies[i]), .received_ms = RECEIVED_MS};
        struct mapping_result result;
        struct mapping_error error;
        assert_true(mapping_apply(mapping, &body, arena, NULL, &result, &error));
        events[i] = result.events[0];
        assert_true(events[i].once && !events[i].undated);
    }
    assert_string_equal(events[0].event->id, events[1].event->id);
    assert_true(events[0].event->time->seconds != events[1].event->time->seconds);
    assert_string_not_equal(events[1].event->id, events[2].event->id);
    mapping_close(&mapping);
    arena_reset(arena);
}

// Who a shop's customers belong to is said once for all its rules: a constant, or by what the body says.
static void customers_get_an_owner(void **state)
{
    (void)state;
#define PEOPLE                                                                                                   \
    "events: [{event: customer_upserted, id: {value: i}, time: {value: 2026-05-17T00:00:00Z}, customer_id: /c, " \
    "fields: {name: /n, owner_rep_id: /rep}}]"
#define PERSON(fields)                                                                           \
    "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T00:00:00Z\",\"customer_id\":\"7\"," \
    "\"customer_upserted\":" fields "}"
    static const struct row rows[] = {
        {PEOPLE, "{\"c\":7}", PERSON("{}")},
        {"owner: {value: emma}\n" PEOPLE, "{\"c\":7}", PERSON("{\"owner_rep_id\":\"emma\"}")},
        {"owner: {value: emma}\n" PEOPLE, "{\"c\":7,\"rep\":\"li\"}", PERSON("{\"owner_rep_id\":\"li\"}")},
        {"owner: {at: /land, values: {CN: li}, other: emma}\n" PEOPLE, "{\"c\":7,\"land\":\"CN\"}",
         PERSON("{\"owner_rep_id\":\"li\"}")},
        {"owner: {at: /land, values: {CN: li}}\n" PEOPLE, "{\"c\":7,\"land\":\"FR\"}",
         "error: rule 1 (customer_upserted), owner_rep_id: /land is \"FR\", which `values` does not know"},
        {"owner: {at: /land, values: {CN: li}}\n" PEOPLE, "{\"c\":7}", PERSON("{}")},
        {"owner: {at: /land, values: {CN: li}, other: emma}\n" PEOPLE, "{\"c\":7}",
         PERSON("{\"owner_rep_id\":\"emma\"}")},
    };
    CHECK(rows);
}

#define LOST "event: need_lost, id: {value: i}, time: {value: 2026-05-17T00:00:00Z}"
#define LOST_BY(customer)                                                                                   \
    "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T00:00:00Z\",\"customer_id\":\"" customer "\"," \
    "\"need_lost\":{}}"

// Whom a body is about is said once for all rules that do not say it themselves, and seen from the root.
static void customers_are_named_once(void **state)
{
    (void)state;
    static const char once[] = "customer_id: [/c, {value: walk-in}]\nevents: [{" LOST "}]";
    static const char asked[] = "customer_id: /c\ndrop_if: [{at: [customer_id, /by], is: [till], why: nobody}]\n"
                                "events: [{" LOST "}]";
    static const struct row rows[] = {
        {once, "{\"c\":7}", LOST_BY("7")},
        {once, "{}", LOST_BY("walk-in")},
        {"customer_prefix: a-\ncustomer_id: /c\nevents: [{" LOST "}]", "{\"c\":7}", LOST_BY("a-7")},
        {"customer_id: /c\nevents: [{" LOST ", customer_id: /d}]", "{\"c\":7,\"d\":8}", LOST_BY("8")},
        {"customer_id: /c\nevents: [{" LOST ", each: /l}]", "{\"c\":7,\"l\":[{\"c\":8}]}", LOST_BY("7")},
        {"customer_id: /c\nevents: [{event: rep_upserted, id: {value: i}, time: {value: 2026-05-17T00:00:00Z}}]",
         "{\"c\":7}", "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T00:00:00Z\",\"rep_upserted\":{}}"},
        {asked, "{\"by\":\"till\"}", "nothing: dropped, as the mapping says: nobody"},
        {asked, "{\"by\":\"till\",\"c\":7}", LOST_BY("7")},
    };
    CHECK(rows);
}

// An order says of its buyer what it finds, and nothing of the rest.
static void customers_are_told_in_part(void **state)
{
    (void)state;
#define PART                                                                                                          \
    "events: [{event: customer_upserted, partial: true, id: {value: i}, time: {value: 2026-05-17T00:00:00Z}, "        \
    "customer_id: /c, fields: {name: /n, type: /t, credit_limit: /m, credit_days: /d, contacts: [{phone: /p, email: " \
    "/e}]}}]"
    static const struct row rows[] = {
        {PART, "{\"c\":7,\"n\":\"Ada\",\"e\":\"a@b.example\"}",
         PERSON(
             "{\"name\":\"Ada\",\"contacts\":[{\"email\":\"a@b.example\"}],\"said\":[\"name\",\"contacts.email\"]}")},
        {PART, "{\"c\":7,\"p\":\"+1 555\"}",
         PERSON("{\"contacts\":[{\"phone\":\"+1 555\"}],\"said\":[\"contacts.phone\"]}")},
        {PART, "{\"c\":7,\"t\":\"trading\",\"m\":5,\"d\":30}",
         PERSON("{\"type\":\"CUSTOMER_TYPE_TRADING\",\"credit_limit\":\"5.00 CNY\",\"credit_days\":30,"
                "\"said\":[\"type\",\"credit_limit\",\"credit_days\"]}")},
        {PART, "{\"c\":7}", PERSON("{\"said\":[\"name\"]}")}, // which stays as it was
        {"owner: {at: /land, values: {CN: li}, other: emma}\n" PART, "{\"c\":7,\"p\":\"+1 555\"}",
         PERSON("{\"contacts\":[{\"phone\":\"+1 555\"}],\"said\":[\"contacts.phone\"]}")},
        {"owner: {at: /land, values: {CN: li}, other: emma}\n" PART, "{\"c\":7,\"land\":\"FR\"}",
         PERSON("{\"owner_rep_id\":\"emma\",\"said\":[\"owner_rep_id\"]}")},
        {"owner: {value: emma}\n" PART, "{\"c\":7}", PERSON("{\"owner_rep_id\":\"emma\",\"said\":[\"owner_rep_id\"]}")},
    };
    CHECK(rows);
}

// Who tells of a customer knows the fields that the rule has, and says of them that they are empty; of the others it
// says nothing.
static void customers_are_told_by_their_fields(void **state)
{
    (void)state;
#define FIELDS                                                                                                   \
    "events: [{event: customer_upserted, id: {value: i}, time: {value: 2026-05-17T00:00:00Z}, customer_id: /c, " \
    "fields: {name: /n, region: /r, contacts: [{phone: /p}, {email: /e}]}}]"
#define FIELDS_SAID "\"said\":[\"name\",\"region\",\"contacts.phone\",\"contacts.email\"]"
    static const struct row rows[] = {
        {FIELDS, "{\"c\":7,\"n\":\"Ada\",\"r\":\"Jura\",\"p\":\"1\"}",
         PERSON("{\"name\":\"Ada\",\"region\":\"Jura\",\"contacts\":[{\"phone\":\"1\"}]," FIELDS_SAID "}")},
        {FIELDS, "{\"c\":7,\"n\":\"Ada\"}", PERSON("{\"name\":\"Ada\"," FIELDS_SAID "}")},
        {FIELDS, "{\"c\":7,\"r\":\"Jura\"}", PERSON("{\"region\":\"Jura\"}")}, // which is refused: it has no name
        {"owner: {value: emma}\n" FIELDS, "{\"c\":7,\"n\":\"Ada\"}",
         PERSON("{\"name\":\"Ada\",\"owner_rep_id\":\"emma\",\"said\":[\"name\",\"owner_rep_id\",\"region\","
                "\"contacts.phone\",\"contacts.email\"]}")},
        {"events: [{as_it_is: \"\"}]",
         "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T00:00:00Z\",\"customer_id\":\"7\","
         "\"customer_upserted\":{\"name\":\"Ada\"}}",
         PERSON("{\"name\":\"Ada\"}")}, // in our own words a whole customer is one
    };
    CHECK(rows);
}

// Why a body fits none of many rules is told of all of them.
static void long_reasons_stay_whole(void **state)
{
    (void)state;
    struct mapping *mapping = open_good("preset: shopify");
    const char *said = apply(mapping, "{\"hello\":\"you\"}", 15);
    assert_non_null(
        strstr(said, "fits no rule: rules 1 to 12: /line_items is not there; rule 13 (customer_upserted): "));
    assert_non_null(strstr(said, " (keep): /admin_graphql_api_id is not there; rule 20 (keep): /id is not there"));
    assert_null(strstr(said, "..."));
    mapping_close(&mapping);
    arena_reset(arena);
}

// A broken preset would break every feed that rests on it.
static void every_preset_compiles(void **state)
{
    (void)state;
    assert_true(preset_count >= 2);
    for (size_t i = 0; i < preset_count; i++) {
        char text[128];
        snprintf(text, sizeof text, "preset: %s\n", presets[i].name);
        struct mapping *mapping = open_good(text);
        mapping_close(&mapping);
        assert_ptr_equal(preset_find(presets[i].name), &presets[i]);
    }
    assert_null(preset_find("nobody"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoding),
        cmocka_unit_test(bodies_are_strict),
        cmocka_unit_test(ids_follow_content),
        cmocka_unit_test(undated_events_keep_their_id),
        cmocka_unit_test(each_erasure_is_asked_for_anew),
        cmocka_unit_test(what_is_once_keeps_its_id),
        cmocka_unit_test(long_reasons_stay_whole),
        cmocka_unit_test(customers_get_an_owner),
        cmocka_unit_test(customers_are_named_once),
        cmocka_unit_test(customers_are_told_in_part),
        cmocka_unit_test(customers_are_told_by_their_fields),
        cmocka_unit_test(long_names_are_cut),
        cmocka_unit_test(amplification_is_bounded),
        cmocka_unit_test(own_events_pass),
        cmocka_unit_test(files_are_checked),
        cmocka_unit_test(currencies_are_checked),
        cmocka_unit_test(presets_merge),
        cmocka_unit_test(every_preset_compiles),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
