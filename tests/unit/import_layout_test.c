// Tables that a shop exported itself are read without a map, or with one for a single column; the data are invented.
#include "unit/import_files.h"

#include "services/tend/addresses.h"
#include "services/tend/guess.h"
#include "services/tend/reader.h"
#include "services/tend/timeline.h"

#include "common/codec.h"
#include "google/protobuf/timestamp.pb-c.h"

#define ORDERS                                                                                                    \
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,"    \
    "Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,"            \
    "Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,"             \
    "Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Company,Billing Zip,Billing Province,"     \
    "Billing Country,Billing Phone,Shipping Name,Notes,Cancelled at,Refunded Amount,Vendor,Id,Tags,Source,Phone," \
    "Billing Province Name\n"
#define FIRST                                                                                                     \
    "#1001,Ann@Harbour.example,paid,2026-03-02 13:41:00 -0500,fulfilled,2026-03-04 09:00:00 -0500,no,USD,120.00," \
    "10.00,0.00,130.00,,0.00,Standard,2026-03-02 13:40:23 -0500,2,Zip No. 5,45.00,,Z-5,true,true,fulfilled,"      \
    "Ann Lee,Harbour Trims,'04101,ME,US,'+1 207 555 0100,Ann Lee,,,5.00,Mill,'6600112233,,web,,Maine\n"
#define LATER                                                                                                     \
    "#1001,Ann@Harbour.example,,,,,,,,,,,,,,,1,\"Puller, brass\",30.00,,P-1,true,true,fulfilled,,,,,,,,,,,Mill,," \
    ",,,\n"
#define GUEST                                                                                                      \
    "#1002,,paid,,unfulfilled,,no,USD,9.00,0.00,0.00,9.00,,0.00,,2026-03-05 08:00:00 +0100,1,Tape,9.00,,T-1,true," \
    "true,,Ben Roe,,,,FR,,Ben Roe,,2026-03-06 08:00:00 +0100,0.00,Mill,6600112234,,web,'+33600000001,\n"
#define TILL                                                                                                          \
    "#1003,,paid,,fulfilled,,no,USD,4.00,0.00,0.00,4.00,,0.00,,2026-03-05 09:00:00 +0100,1,Tape,4.00,,T-1,true,true," \
    ",,,,,,,,,,0.00,Mill,6600112235,,pos,,\n"

#define CUSTOMERS                                                                                               \
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"                   \
    "Default Address Address1,Default Address City,Default Address Province Code,Default Address Country Code," \
    "Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tags\n"

static struct import *open_file(enum import_kind kind, const char *text, struct map *map)
{
    struct import_options options = options_for(kind, file("export.csv", text));
    options.map = map;
    char error[IMPORT_ERROR_BYTES];
    struct import *import = NULL;
    if (!import_open(&options, error, &import))
        fail_msg("%s", error);
    return import;
}

static void expect_json(struct import *import, const char *json)
{
    struct import_item item;
    enum import_step step = import_next(import, &item);
    if (step != IMPORT_EVENT)
        fail_msg("no event but line %llu, %s: %s", (unsigned long long)item.line, item.column, item.reason);
    size_t length;
    char *text = codec_to_text(&item.event->base, CODEC_SNAKE, NULL, &length);
    char *body = strstr(text, "\"source\"");
    assert_string_equal(body, json);
    free(text);
}

static void expect_step(struct import *import, enum import_step step, uint64_t line, uint64_t rows, const char *part)
{
    struct import_item item;
    assert_int_equal(import_next(import, &item), step);
    if (item.line != line || item.rows != rows || strstr(item.reason, part) == NULL)
        fail_msg("line %llu, %llu rows: %s", (unsigned long long)item.line, (unsigned long long)item.rows, item.reason);
}

static void expect_end(struct import *import)
{
    struct import_item item;
    assert_int_equal(import_next(import, &item), IMPORT_END);
    import_close(&import);
}

static void expect_first_order(struct import *import)
{
    expect_json(import, "\"source\":\"import:orders\",\"time\":\"1990-01-21T12:21:16Z\",\"customer_id\":"
                        "\"ann@harbour.example\",\"historical\":true,\"customer_upserted\":{\"name\":\"Harbour Trims\","
                        "\"region\":\"Maine\",\"contacts\":[{\"phone\":\"+1 207 555 0100\",\"email\":"
                        "\"Ann@Harbour.example\",\"key_person\":true}]}}");
    expect_json(import, "\"source\":\"import:orders\",\"time\":\"2026-03-02T18:40:23Z\",\"customer_id\":"
                        "\"ann@harbour.example\",\"historical\":true,\"order_placed\":{\"order_id\":\"6600112233\","
                        "\"lines\":[{\"sku\":\"Z-5\",\"name\":\"Zip No. 5\",\"quantity_milli\":\"2000\",\"price\":"
                        "\"45.00\"},{\"sku\":\"P-1\",\"name\":\"Puller, brass\",\"quantity_milli\":\"1000\",\"price\":"
                        "\"30.00\"}],\"total\":\"130.00\",\"currency\":\"USD\"}}");
    expect_json(import, "\"source\":\"import:orders\",\"time\":\"2026-03-02T18:41:00Z\",\"customer_id\":"
                        "\"ann@harbour.example\",\"historical\":true,\"order_paid\":{\"order_id\":\"6600112233\"}}");
    expect_json(import, "\"source\":\"import:orders\",\"time\":\"2026-03-04T14:00:00Z\",\"customer_id\":"
                        "\"ann@harbour.example\",\"historical\":true,\"order_shipped\":{\"order_id\":\"6600112233\"}}");
    expect_json(import, "\"source\":\"import:orders\",\"time\":\"2026-03-02T18:40:23Z\",\"customer_id\":"
                        "\"ann@harbour.example\",\"historical\":true,\"order_refunded\":{\"order_id\":\"6600112233\","
                        "\"amount\":\"5.00 USD\"}}");
}

static void a_shops_orders(void **state)
{
    (void)state;
    struct import *import = open_file(KIND_ORDERS, ORDERS FIRST LATER GUEST TILL, NULL);
    expect_first_order(import);
    expect_json(import, "\"source\":\"import:orders\",\"time\":\"1990-01-21T12:24:54Z\",\"customer_id\":"
                        "\"+33600000001\",\"historical\":true,\"customer_upserted\":{\"name\":\"Ben Roe\",\"contacts\":"
                        "[{\"phone\":\"+33600000001\",\"key_person\":true}]}}");
    expect_json(import, "\"source\":\"import:orders\",\"time\":\"2026-03-05T07:00:00Z\",\"customer_id\":"
                        "\"+33600000001\",\"historical\":true,\"order_placed\":{\"order_id\":\"6600112234\",\"lines\":"
                        "[{\"sku\":\"T-1\",\"name\":\"Tape\",\"quantity_milli\":\"1000\",\"price\":\"9.00\"}],"
                        "\"total\":\"9.00\",\"currency\":\"USD\"}}");
    expect_json(import, "\"source\":\"import:orders\",\"time\":\"2026-03-06T07:00:00Z\",\"customer_id\":"
                        "\"+33600000001\",\"historical\":true,\"order_cancelled\":{\"order_id\":\"6600112234\"}}");
    expect_step(import, IMPORT_NOTED, 2, 2, "apostrophe");
    expect_step(import, IMPORT_PASSED, 5, 1, "name no customer");
    expect_end(import);
}

// Sorted by something else, and streamed: the lines of an order find each other by its name.
static void lines_that_stand_apart(void **state)
{
    (void)state;
    struct import *import = open_file(KIND_ORDERS, ORDERS FIRST TILL LATER, NULL);
    expect_first_order(import);
    import_close(&import);
    struct import_options options = options_for(KIND_ORDERS, file("export.csv", ORDERS FIRST LATER TILL));
    options.gather_bytes = 1;
    char error[IMPORT_ERROR_BYTES];
    struct import_item item;
    assert_true(import_open(&options, error, &import));
    assert_int_equal(import_next(import, &item), IMPORT_LOOKING);
    expect_first_order(import);
    import_close(&import);
}

static void a_map_for_one_column(void **state)
{
    (void)state;
    char error[MAP_ERROR_BYTES];
    struct map *map = NULL;
    if (!map_open(file("map.yaml", "orders:\n  owner: {value: emma}\n  order_id: Name\n"), error, &map))
        fail_msg("%s", error);
    struct import *import = open_file(KIND_ORDERS, ORDERS FIRST LATER, map);
    struct import_item item;
    for (int i = 0; i < 3; i++)
        assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->rep_id, "emma");
    assert_string_equal(item.event->order_placed->order_id, "#1001");
    assert_int_equal(item.event->order_placed->n_lines, 2);
    import_close(&import);
    map_close(&map);
    assert_false(map_open(file("map.yaml", "orders:\n  rep: A\n  owner: B\n"), error, &map));
    assert_non_null(strstr(error, "\"owner\" is the column rep, which is named before"));
}

static void a_first_row_that_is_bad(void **state)
{
    (void)state;
    struct import *import =
        open_file(KIND_ORDERS,
                  "order_id,time,customer_id,quantity,price,currency\nA,2026-01-01,C,x,1,USD\nA,,,1,2,\n"
                  "A,,,1,2,\nB,2026-01-01,C,1,1,USD\nB,,,2,3,\nC,,,1,1,\n",
                  NULL);
    struct import_item item;
    expect_step(import, IMPORT_BAD, 2, 0, "\"x\" is no number");
    expect_step(import, IMPORT_BAD, 7, 0, "is empty");
    expect_step(import, IMPORT_BAD, 2, 0, "order A is left out: its row in line 2 is bad");
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->order_placed->currency, "USD");
    assert_int_equal(item.event->order_placed->n_lines, 2);
    assert_int_equal(item.event->order_placed->total->micros, 7000000);
    expect_end(import);
}

static void guests_of_any_shop(void **state)
{
    (void)state;
    struct import *import = open_file(KIND_ORDERS,
                                      "order_id,time,customer_id,email,total\nA,2026-01-01,0,X@y.example,1\n"
                                      "B,2026-01-01,7,X@y.example,1\nC,2026-01-01,,,1\n",
                                      NULL);
    struct import_item item;
    expect_step(import, IMPORT_BAD, 4, 0, "is empty");
    for (int i = 0; i < 2; i++)
        assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->customer_id, "x@y.example");
    for (int i = 0; i < 2; i++)
        assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->customer_id, "7");
    import_close(&import);
    // What is no address is no reason to leave a customer out.
    import =
        open_file(KIND_ORDERS, "order_id,time,customer_id,region,email,total\nA,2026-01-01,7,north,none,1\n", NULL);
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_int_equal(item.event->customer_upserted->n_contacts, 0);
    import_close(&import);
}

static void orders_of_another_shop(void **state)
{
    (void)state;
    struct import *import =
        open_file(KIND_ORDERS,
                  "order_id,order_number,order_date,paid_date,status,order_total,refunded_total,order_currency,"
                  "customer_id,billing_first_name,billing_last_name,billing_company,billing_email,billing_phone,"
                  "item_product_id,item_name,item_sku,item_quantity,item_total,total\n"
                  "501,501,2026-03-02 13:40:23,2026-03-02 13:41:00,completed,130.00,,EUR,12,Ann,Lee,Harbour Trims,"
                  "ann@harbour.example,,31,Zip,Z-5,2,90.00,x\n"
                  "501,501,2026-03-02 13:40:23,2026-03-02 13:41:00,completed,130.00,,EUR,12,Ann,Lee,Harbour Trims,"
                  "ann@harbour.example,,32,Puller,,1,40.00,x\n"
                  "502,502,2026-03-03 09:00:00,,processing,9.00,,EUR,0,Ben,Roe,,Ben@roe.example,,33,Tape,T-1,1,9.00,x\n"
                  "503,503,2026-03-03 09:00:00,,wc-failed,7.00,,EUR,0,Ben,Roe,,Ben@roe.example,,33,Tape,T-1,1,7.00,x\n",
                  NULL);
    struct import_item item;
    for (int i = 0; i < 2; i++)
        assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->customer_id, "12");
    assert_int_equal(item.event->order_placed->total->micros, 130000000);
    assert_string_equal(item.event->order_placed->lines[1]->sku, "32");
    for (int i = 0; i < 3; i++)
        assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->customer_id, "ben@roe.example");
    expect_step(import, IMPORT_PASSED, 5, 1, "cancelled, failed");
    expect_end(import);
    import = open_file(KIND_CUSTOMERS,
                       "customer_id,first_name,last_name,email,billing_company,billing_phone,billing_email\n"
                       "12,Ann,Lee,ann@harbour.example,,+1 207 555 0100,x@y.example\n",
                       NULL);
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->customer_upserted->name, "Ann Lee");
    assert_string_equal(item.event->customer_upserted->contacts[0]->email, "ann@harbour.example");
    assert_string_equal(item.event->customer_upserted->contacts[0]->phone, "+1 207 555 0100");
    import_close(&import);
}

// The shop's own list says whose an address is; one that two share is nobody's.
static void orders_by_a_list_of_customers(void **state)
{
    (void)state;
    struct import *list =
        open_file(KIND_CUSTOMERS,
                  "customer_id,name,email,phone\n77,Ann,ANN@harbour.example,\n78,Ben,,+33 600 000 001\n"
                  "79,One,x@y.example,5550001\n80,Two,x@y.example,5550001\n81,,,\n",
                  NULL);
    char error[IMPORT_ERROR_BYTES];
    struct addresses *addresses = NULL;
    assert_true(addresses_open(list, error, &addresses));
    import_close(&list);
    assert_string_equal(addresses_find(addresses, "ann@harbour.example"), "77");
    assert_string_equal(addresses_find(addresses, "+33600000001"), "78");
    static const char *const nobody[] = {"x@y.example", "555 00 01", "", "-", "ben@harbour.example"};
    for (size_t i = 0; i < COUNT(nobody); i++)
        assert_null(addresses_find(addresses, nobody[i]));
    struct import_options options = options_for(KIND_ORDERS, file("export.csv", ORDERS FIRST LATER GUEST));
    options.addresses = addresses;
    struct import *import = NULL;
    struct import_item item;
    assert_true(import_open(&options, error, &import));
    while (import_next(import, &item) == IMPORT_EVENT)
        assert_string_equal(
            item.event->customer_id,
            strstr(item.event->id, "12234") != NULL || strncmp(item.event->id, "customer:78", 11) == 0 ? "78" : "77");
    import_close(&import);
    addresses_close(&addresses);
}

static void problem(void *self, const char *path, const struct import_item *item)
{
    (void)self;
    fail_msg("%s: %s", path, item->reason);
}

// A rehearsal has both lists.
static void both_lists_as_one_history(void **state)
{
    (void)state;
    struct import_options files[] = {
        options_for(KIND_ORDERS, file("orders_export.csv", ORDERS FIRST LATER)),
        options_for(KIND_CUSTOMERS,
                    file("customers_export.csv", CUSTOMERS "'77,Ann,Lee,ann@harbour.example,,,,,,,,,,,,,,\n")),
    };
    files[0].now_ms = files[1].now_ms = 0; // is not used
    struct timeline_listener listener = {problem, NULL};
    char error[IMPORT_ERROR_BYTES];
    struct timeline *timeline = NULL;
    const Tend__V1__Event *event;
    ProtobufCBinaryData packed;
    assert_true(timeline_open(files, COUNT(files), &listener, error, &timeline));
    assert_int_equal(timeline_count(timeline), 6);
    while (timeline_next(timeline, &event, &packed))
        assert_string_equal(event->customer_id, "77");
    timeline_close(&timeline);
}

static const Tend__V1__Event *next_customer(struct import *import)
{
    struct import_item item;
    if (import_next(import, &item) != IMPORT_EVENT)
        fail_msg("line %llu, %s: %s", (unsigned long long)item.line, item.column, item.reason);
    return item.event;
}

static void a_shops_customers(void **state)
{
    (void)state;
    struct import *import =
        open_file(KIND_CUSTOMERS,
                  CUSTOMERS "'7700112233999,Ann,Lee,ann@harbour.example,no,Harbour Trims,1 Quay,Portland,ME,US,'04101,"
                            "'+12075550100,,no,130.00,1,,vip\n"
                            "'7700112234000,Ben,,ben@roe.example,no,,,,,FR,,,'+33600000001,no,9.00,1,,\n"
                            "7700112234001,,,x@y.example,no,,,,,,,,,no,0.00,0,,\n",
                  NULL);
    const Tend__V1__Event *event = next_customer(import);
    const Tend__V1__CustomerUpserted *customer = event->customer_upserted;
    assert_string_equal(event->customer_id, "7700112233999");
    assert_string_equal(customer->name, "Harbour Trims");
    assert_string_equal(customer->country, "US");
    assert_string_equal(customer->region, "ME");
    assert_string_equal(customer->contacts[0]->name, "Ann Lee");
    assert_string_equal(customer->contacts[0]->phone, "+12075550100");
    assert_string_equal(customer->contacts[0]->email, "ann@harbour.example");
    static const char *const said[] = {"name",           "region",         "contacts.name",
                                       "contacts.phone", "contacts.email", "country"};
    assert_int_equal(customer->n_said, COUNT(said));
    for (size_t i = 0; i < COUNT(said); i++)
        assert_string_equal(customer->said[i], said[i]);
    event = next_customer(import);
    assert_string_equal(event->customer_upserted->name, "Ben");
    assert_string_equal(event->customer_upserted->contacts[0]->phone, "+33600000001");
    assert_string_equal(next_customer(import)->customer_upserted->name, "x@y.example");
    expect_step(import, IMPORT_NOTED, 2, 2, "apostrophe");
    expect_end(import);
}

static void apostrophes_of_spreadsheets(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"'7700112233999", "7700112233999"},
        {"'+44 (20) 1234-567", "+44 (20) 1234-567"},
        {"'O Brien", "'O Brien"},
        {"'", "'"},
        {"'12A", "'12A"},
        {"7'", "7'"},
        {"''7", "''7"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(reader_unmarked(cases[i][0]), cases[i][1]);
    struct import *import =
        open_file(KIND_CUSTOMERS, "customer_id,name,phone,owner\nC1,'47,'020 7946 0000,'12\n", NULL);
    next_customer(import); // the owner
    const Tend__V1__CustomerUpserted *customer = next_customer(import)->customer_upserted;
    assert_string_equal(customer->name, "'47");
    assert_string_equal(customer->contacts[0]->phone, "020 7946 0000");
    assert_string_equal(customer->owner_rep_id, "12");
    expect_step(import, IMPORT_NOTED, 2, 1, "apostrophe");
    expect_end(import);
}

static void layouts_are_guessed_and_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum import_kind kind;
    } cases[] = {{ORDERS, KIND_ORDERS}, {CUSTOMERS, KIND_CUSTOMERS}};
    char error[MAP_ERROR_BYTES];
    enum import_kind kind;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(guess_kind(file("guess.csv", cases[i].text), NULL, error, &kind));
        assert_int_equal(kind, cases[i].kind);
    }
    struct import *import = NULL;
    struct import_options options = options_for(KIND_CUSTOMERS, file("export.csv", ORDERS FIRST));
    assert_false(import_open(&options, error, &import));
    assert_non_null(strstr(error, "is an export of Shopify's orders: import it as orders"));
    import = open_file(KIND_ORDERS, ORDERS FIRST, NULL);
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    import_describe(import, out);
    fclose(out);
    if (strstr(text, "columns as in an export of Shopify's orders") == NULL ||
        strstr(text, "phone                column \"Phone\", else \"Billing Phone\"") == NULL ||
        strstr(text, "order_total          column \"Total\"") == NULL || strstr(text, "  total ") != NULL)
        fail_msg("%s", text);
    free(text);
    import_close(&import);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shops_orders),
        cmocka_unit_test(lines_that_stand_apart),
        cmocka_unit_test(a_map_for_one_column),
        cmocka_unit_test(a_first_row_that_is_bad),
        cmocka_unit_test(guests_of_any_shop),
        cmocka_unit_test(orders_of_another_shop),
        cmocka_unit_test(orders_by_a_list_of_customers),
        cmocka_unit_test(both_lists_as_one_history),
        cmocka_unit_test(a_shops_customers),
        cmocka_unit_test(apostrophes_of_spreadsheets),
        cmocka_unit_test(layouts_are_guessed_and_told),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
