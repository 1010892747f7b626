// Files as events: what comes out of them, what is told about bad rows, and several files as one history.
#include "unit/import_files.h"

#include "services/tend/guess.h"
#include "services/tend/timeline.h"

#include "common/codec.h"
#include "google/protobuf/timestamp.pb-c.h"

static struct import *open_options(const struct import_options *options)
{
    char error[IMPORT_ERROR_BYTES];
    struct import *import = NULL;
    if (!import_open(options, error, &import))
        fail_msg("%s", error);
    return import;
}

static struct import *open_kind(enum import_kind kind, const char *text)
{
    struct import_options options = options_for(kind, file("table.csv", text));
    return open_options(&options);
}

static void expect_json(struct import *import, const char *json)
{
    struct import_item item;
    enum import_step step = import_next(import, &item);
    if (step != IMPORT_EVENT)
        fail_msg("no event but line %llu, %s: %s", (unsigned long long)item.line, item.column, item.reason);
    size_t length;
    char *text = codec_to_text(&item.event->base, CODEC_SNAKE, NULL, &length);
    assert_string_equal(text, json);
    free(text);
}

static void expect_bad(struct import *import, uint64_t line, const char *column, const char *part)
{
    struct import_item item;
    assert_int_equal(import_next(import, &item), IMPORT_BAD);
    if (item.line != line || (column != NULL && (item.column == NULL || strcmp(item.column, column) != 0)) ||
        strstr(item.reason, part) == NULL)
        fail_msg("line %llu, %s: %s; expected line %llu, %s: %s", (unsigned long long)item.line,
                 item.column == NULL ? "" : item.column, item.reason, (unsigned long long)line,
                 column == NULL ? "" : column, part);
}

static void expect_end(struct import *import)
{
    struct import_item item;
    assert_int_equal(import_next(import, &item), IMPORT_END);
    assert_int_equal(import_next(import, &item), IMPORT_END);
    import_close(&import);
}

// --- orders

static void a_foreign_shop(void **state)
{
    (void)state;
    struct map *map = NULL;
    char error[MAP_ERROR_BYTES];
    const char *path =
        file("map.yaml", "orders:\n  zone: America/New_York\n  order_id: Order ID\n"
                         "  time: {column: Order Date, format: M/D/YYYY}\n  customer_id: Customer ID\n"
                         "  customer_name: Customer Name\n  total: Sales\n  quantity: Quantity\n"
                         "  discount: Discount\n  profit: Profit\n  sku: Product ID\n  name: Product Name\n"
                         "  rep: {column: Region, values: {South: wang}}\n  currency: {value: USD}\n");
    if (!map_open(path, error, &map))
        fail_msg("%s", error);
    struct import_options options = options_for(
        KIND_ORDERS,
        file("shop.csv",
             "\xef\xbb\xbfRow ID,Order ID,Order Date,Customer ID,Customer Name,Region,Product ID,Product Name,"
             "Sales,Quantity,Discount,Profit\r\n"
             "1,CA-1,11/8/2018,CG-12,Clara Good,South,FUR-1,\"Shelf, tall\",261.96,2,0,41.9136\r\n"
             "2,CA-2,6/12/2018,DV-13,Dan Vale,West,OFF-9,Labels,14.62,2,0.2,6.8714\r\n"
             "3,CA-1,11/8/2018,CG-12,Clara Good,South,FUR-2,Chair,731.94,3,0,219.582\r\n"));
    options.map = map;
    enum import_kind kind;
    assert_true(guess_kind(options.path, map, error, &kind));
    assert_int_equal(kind, KIND_ORDERS);
    struct import *import = open_options(&options);
    struct import_item item;
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_true(item.derived);
    assert_string_equal(item.event->rep_id, "wang");
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_true(item.derived);
    assert_string_equal(item.event->customer_upserted->name, "Clara Good");
    assert_string_equal(item.event->customer_upserted->owner_rep_id, "wang");
    assert_true(item.event->historical);
    expect_json(
        import,
        "{\"id\":\"order:CA-1\",\"source\":\"import:orders\",\"time\":\"2018-11-08T17:00:00Z\","
        "\"customer_id\":\"CG-12\",\"rep_id\":\"wang\",\"historical\":true,\"order_placed\":{\"order_id\":\"CA-1\","
        "\"lines\":[{\"sku\":\"FUR-1\",\"name\":\"Shelf, tall\",\"quantity_milli\":\"2000\",\"price\":\"130.98\","
        "\"cost\":\"220.0464\"},{\"sku\":\"FUR-2\",\"name\":\"Chair\",\"quantity_milli\":\"3000\","
        "\"price\":\"243.98\",\"cost\":\"512.358\"}],\"total\":\"993.90\",\"currency\":\"USD\"}}");
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->rep_id, "West");
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_int_equal(item.event->order_placed->lines[0]->discount_ppm, 200000);
    assert_int_equal(item.event->order_placed->lines[0]->price->micros, 9137500);
    expect_end(import);
    map_close(&map);
}

static void our_own_header(void **state)
{
    (void)state;
    struct import *import =
        open_kind(KIND_ORDERS,
                  "order_id,time,customer_id,sku,quantity,price,discount,order_total,currency,paid,cancelled,refund\n"
                  "A1,2026-11-21 09:30,C1,Z5,1000,0.12,5 %,,EUR,2026-11-22,,\n"
                  "A2,2026-11-20T01:00:00Z,C2,Z5,2,10.00,,25.00,USD,,2026-11-21 12:00,5\n");
    expect_json(import,
                "{\"id\":\"order:A1\",\"source\":\"import:orders\",\"time\":\"2026-11-21T01:30:00Z\","
                "\"customer_id\":\"C1\",\"order_placed\":{\"order_id\":\"A1\",\"lines\":[{\"sku\":\"Z5\","
                "\"quantity_milli\":\"1000000\",\"price\":\"0.12\",\"discount_ppm\":50000}],\"total\":\"114.00\","
                "\"currency\":\"EUR\"}}");
    expect_json(import, "{\"id\":\"order:A1:paid\",\"source\":\"import:orders\",\"time\":\"2026-11-22T04:00:00Z\","
                        "\"customer_id\":\"C1\",\"order_paid\":{\"order_id\":\"A1\"}}");
    expect_json(import, "{\"id\":\"order:A2\",\"source\":\"import:orders\",\"time\":\"2026-11-20T01:00:00Z\","
                        "\"customer_id\":\"C2\",\"historical\":true,\"order_placed\":{\"order_id\":\"A2\",\"lines\":[{"
                        "\"sku\":\"Z5\",\"quantity_milli\":\"2000\",\"price\":\"10.00\"}],\"total\":\"25.00\","
                        "\"currency\":\"USD\"}}");
    expect_json(import, "{\"id\":\"order:A2:cancelled\",\"source\":\"import:orders\",\"time\":\"2026-11-21T04:00:00Z\","
                        "\"customer_id\":\"C2\",\"historical\":true,\"order_cancelled\":{\"order_id\":\"A2\"}}");
    expect_json(import, "{\"id\":\"order:A2:refunded\",\"source\":\"import:orders\",\"time\":\"2026-11-20T01:00:00Z\","
                        "\"customer_id\":\"C2\",\"historical\":true,\"order_refunded\":{\"order_id\":\"A2\","
                        "\"amount\":\"5.00 USD\"}}");
    expect_end(import);
}

static void chinese_header_and_dates(void **state)
{
    (void)state;
    struct import *import = open_kind(KIND_ORDERS, "订单号;下单时间;客户编号;客户名称;业务员;产品编号;数量;金额\n"
                                                   "D1;2025年5月1日;K1;宁波拉链商行;li;5#;1.000,5;\"1.280,50\"\n");
    struct import_item item;
    for (int i = 0; i < 2; i++)
        assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->customer_upserted->name, "宁波拉链商行");
    expect_json(import,
                "{\"id\":\"order:D1\",\"source\":\"import:orders\",\"time\":\"2025-05-01T04:00:00Z\","
                "\"customer_id\":\"K1\",\"rep_id\":\"li\",\"historical\":true,\"order_placed\":{\"order_id\":\"D1\","
                "\"lines\":[{\"sku\":\"5#\",\"quantity_milli\":\"1000500\",\"price\":\"1.27986\"}],"
                "\"total\":\"1280.50\",\"currency\":\"CNY\"}}");
    expect_end(import);
}

static void live_is_not_historical(void **state)
{
    (void)state;
    struct import_options options =
        options_for(KIND_ORDERS, file("live.csv", "order_id,time,customer_id,total\nA,2025-01-01,C,1\n"));
    options.live = true;
    struct import *import = open_options(&options);
    struct import_item item;
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_false(item.event->historical);
    expect_end(import);
}

static void an_order_with_a_bad_row_is_left_out(void **state)
{
    (void)state;
    struct import *import =
        open_kind(KIND_ORDERS, "order_id,time,customer_id,total,currency\nA,2025-01-01,C,1,USD\n"
                               "B,2025-01-01,D,2,USD\nA,2025-01-01,C,many,USD\n"
                               "E,2025-01-01,C,x,USD\nB,2025-01-01,D,3.5,USD\n"
                               "F,2025-01-01,D,3,USD\nF,2025-01-01,G,3,USD\nF,2025-01-01,D,3,EUR\n");
    expect_bad(import, 4, "total", "\"many\" is no number");
    expect_bad(import, 5, "total", "\"x\" is no number");
    expect_bad(import, 8, "customer_id", "D in an earlier row");
    expect_bad(import, 9, "currency", "USD in an earlier row");
    expect_bad(import, 2, NULL, "order A is left out: its row in line 4 is bad");
    struct import_item item;
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->id, "order:B");
    assert_int_equal(item.event->order_placed->total->micros, 5500000);
    expect_bad(import, 7, NULL, "order F is left out: its row in line 8 is bad");
    expect_end(import);
}

static const struct {
    enum import_kind kind;
    const char *header, *row, *column, *reason;
} bad_rows[] = {
    {KIND_ORDERS, "order_id,time,customer_id,total", ",2025-01-01,C,1", "order_id", "is empty"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,,C,1", "time", "is empty"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2025-01-01,,1", "customer_id", "is empty"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2025-01-01,C,", "total", "is empty"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,01/02/25,C,1", "time", "no date"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2025-02-29,C,1", "time", "no date"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2025-01-01,C,1..2", "total", "no number"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2025-01-01,C,9000000001", "total", "nine billion"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2025-01-01,C,-5", "order_placed.total", "negative"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2025-01-01,C,$5", "total", "--currency"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2025-01-01,C,5 %", "total", "no amount"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2025-01-01,C,5 USD", "total", "the order in CNY"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,1989-01-01,C,1", "time", "before 1990"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2026-12-24,C,1", "time", ""},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A\x07,2025-01-01,C,1", "order_id", "control"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A\xc2\x9b,2025-01-01,C,1", "order_id", "control"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2025-01-01,C", NULL, "has 3 columns"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2025-01-01,C,1,2", NULL, "has 5 columns"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2025-01-01,C,\"1", NULL, "never closed"},
    {KIND_ORDERS, "order_id,time,customer_id,total", "A,2025-01-01,C\xff,1", NULL, "no text"},
    {KIND_ORDERS, "order_id,time,customer_id,total,currency", "A,2025-01-01,C,1,dollars", "currency", "three capitals"},
    {KIND_ORDERS, "order_id,time,customer_id,total,quantity", "A,2025-01-01,C,1,0", "quantity", "more than 0"},
    {KIND_ORDERS, "order_id,time,customer_id,total,quantity", "A,2025-01-01,C,1,-3", "quantity", "more than 0"},
    {KIND_ORDERS, "order_id,time,customer_id,total,discount", "A,2025-01-01,C,1,15", "discount", "no share"},
    {KIND_ORDERS, "order_id,time,customer_id,total,discount", "A,2025-01-01,C,1,-0.1", "discount", "no share"},
    {KIND_ORDERS, "order_id,time,customer_id,total,profit", "A,2025-01-01,C,1,2", "profit", "more than"},
    {KIND_ORDERS, "order_id,time,customer_id,price,quantity", "A,2025-01-01,C,9000000000,2", "price", "nine billion"},
    {KIND_ORDERS, "order_id,time,customer_id,total,paid", "A,2025-01-01,C,1,yes", "paid", "no date"},
    {KIND_ORDERS, "order_id,time,customer_id,total,refund", "A,2025-01-01,C,1,-2", "order_refunded.amount",
     "more than 0"},
    {KIND_CUSTOMERS, "customer_id,name", ",X", "customer_id", "is empty"},
    {KIND_CUSTOMERS, "customer_id,name,birthday", "C,X,31.2.1980", "birthday", "no date"},
    {KIND_CUSTOMERS, "customer_id,name,type", "C,X,importr", "type", "did you mean \"importer\""},
    {KIND_CUSTOMERS, "customer_id,name,credit_days", "C,X,1.5", "credit_days", "whole number"},
    {KIND_CUSTOMERS, "customer_id,name,contact_email", "C,X,nobody", "customer_upserted.contacts[0].email", "email"},
    {KIND_CUSTOMERS, "customer_id,name,parent", "C,X,C", "customer_upserted.parent_customer_id", "itself"},
    {KIND_REPS, "rep_id,name,working_hours", "w,Wang,9-17", "working_hours", "no hours"},
    {KIND_REPS, "rep_id,name,working_days", "w,Wang,1-9", "working_days", "no days"},
    {KIND_REPS, "rep_id,name,time_zone", "w,Wang,Peking time", "rep_upserted.time_zone", "no"},
    {KIND_CONTACTS, "time,customer_id,outcome", "2025-01-01,C,talked", "outcome", "is not known"},
    {KIND_CONTACTS, "time,customer_id,outcome,minutes", "2025-01-01,C,reached,2000", "minutes", "0 to 1440"},
    {KIND_LEADS, "time,customer_id,stage", "2025-01-01,C,8", "stage", "is not known"},
    {KIND_LEADS, "time,customer_id,stage,need", "2025-01-01,C,4,perhaps", "need", "is not known"},
    {KIND_CONTRACTS, "contract_id,customer_id,from,to", "K,C,2025-02-01,2025-01-01", "contract_signed.to", "before"},
    {KIND_EVENTS, NULL, "{\"id\":\"1\"", "", ""},
    {KIND_EVENTS, NULL, "{\"id\":\"1\",\"time\":\"2025-01-01T00:00:00Z\",\"colour\":1}", "colour", ""},
    {KIND_EVENTS, NULL, "{\"id\":\"1\",\"time\":\"2025-01-01T00:00:00Z\"}", NULL, ""},
    {KIND_EVENTS, NULL, "{\"time\":\"2025-01-01T00:00:00Z\",\"customer_id\":\"C\",\"order_paid\":{\"order_id\":\"A\"}}",
     "id", "required"},
};

static void forty_bad_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_rows); i++) {
        char text[400];
        const char *header = bad_rows[i].header;
        snprintf(text, sizeof text, "%s%s%s\n", header == NULL ? "" : header, header == NULL ? "" : "\n",
                 bad_rows[i].row);
        struct import *import = open_kind(bad_rows[i].kind, text);
        struct import_item item;
        enum import_step step;
        while ((step = import_next(import, &item)) == IMPORT_EVENT)
            continue;
        if (step != IMPORT_BAD || item.line != (header == NULL ? 1 : 2) ||
            strstr(item.reason, bad_rows[i].reason) == NULL)
            fail_msg("%s: step %d, line %llu, %s", bad_rows[i].row, (int)step, (unsigned long long)item.line,
                     item.reason);
        if (bad_rows[i].column != NULL && bad_rows[i].column[0] != '\0' &&
            (item.column == NULL || strcmp(item.column, bad_rows[i].column) != 0))
            fail_msg("%s: column %s, %s", bad_rows[i].row, item.column == NULL ? "none" : item.column, item.reason);
        while (import_next(import, &item) == IMPORT_EVENT)
            continue;
        import_close(&import);
    }
    assert_true(COUNT(bad_rows) >= 40);
}

// --- what the file as a whole cannot be

static void refused_files(void **state)
{
    (void)state;
    static const struct {
        const char *map, *text, *says;
    } cases[] = {
        {NULL, "order_id,time,total\nA,2025-01-01,1\n", "no column customer_id"},
        {NULL, "order_id,time,customer_id,total\nA,2025-01-01,C,\"1,280\"\n", "--decimal"},
        {NULL, "order_id;time;customer_id;total\nA;2025-01-01;C;1,5\nB;2025-01-01;C;1.5\n",
         "line 3 writes decimals with a point, line 2 with a comma"},
        {NULL, "order_id,date,order date,customer_id,total\nA,2025-01-01,2025-01-01,C,1\n", "could both be time"},
        {"orders:\n  order_id: Order Id\n", "Order ID,time,customer_id,total\n",
         "2:13: the file has no column \"Order Id\"; did"},
        {"orders:\n  order_id: Order ID\n  time: {column: time, zone: Mars/Olympus}\n",
         "Order ID,time,customer_id,total\n", "Mars"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char error[IMPORT_ERROR_BYTES];
        struct import_options options = options_for(KIND_ORDERS, file("bad.csv", cases[i].text));
        if (cases[i].map != NULL && !map_open(file("bad.yaml", cases[i].map), error, &options.map))
            fail_msg("%s", error);
        struct import *import = NULL;
        assert_false(import_open(&options, error, &import));
        if (strstr(error, cases[i].says) == NULL)
            fail_msg("case %zu: %s", i, error);
        map_close(&options.map);
    }
    struct import_options told =
        options_for(KIND_ORDERS, file("told.csv", "order_id,time,customer_id,total\nA,2025-01-01,C,\"1,280\"\n"));
    told.decimal = DECIMAL_COMMA;
    struct import *import = open_options(&told);
    struct import_item item;
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_int_equal(item.event->order_placed->total->micros, 1280000);
    expect_end(import);
}

static void refused_maps(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "names no kind"},
        {"order:\n  order_id: X\n", "1:1: \"order\" is no kind"},
        {"orders:\n  oder_id: X\n", "did you mean \"order_id\""},
        {"orders:\n  time: {column: X, format: M/D}\n", "no format of a date"},
        {"orders:\n  time: {colum: X}\n", "did you mean \"column\""},
        {"orders:\n  time: {format: M/D/YYYY}\n", "neither column nor value"},
        {"orders:\n  time: {column: X, value: Y}\n", "both column and value"},
        {"orders:\n  rep: {column: X, values: [a]}\n", "values is a mapping"},
        {"orders:\n  time: [a, b]\n", "a text belongs here"},
        {"orders:\n  file.x: y\n", "no column \"file.x\""},
        {"orders: {\n", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char error[MAP_ERROR_BYTES];
        struct map *map = NULL;
        assert_false(map_open(file("refused.yaml", cases[i].text), error, &map));
        if (strstr(error, cases[i].says) == NULL)
            fail_msg("%s says %s", cases[i].text, error);
    }
}

// --- the other kinds

static void customers_and_reps(void **state)
{
    (void)state;
    struct import *import = open_kind(
        KIND_CUSTOMERS, "customer_id,name,rep,type,birthday,founding_day,since,contact,phone,credit_limit,currency,"
                        "file.website,time\n"
                        "C1,\"Harbour\nTrims\",li,Importer,--05-17,1999/3/1,2020-02-03,Ann Lee,+44 20 1234567,"
                        "5000,GBP,harbour.example,2024-01-01\n");
    struct import_item item;
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_true(item.derived);
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_false(item.undated);
    assert_memory_equal(item.event->id, "customer:C1@", 12);
    const Tend__V1__CustomerUpserted *customer = item.event->customer_upserted;
    assert_string_equal(customer->name, "Harbour Trims");
    assert_int_equal(customer->type, TEND__V1__CUSTOMER_TYPE__CUSTOMER_TYPE_IMPORTER);
    assert_string_equal(customer->birthday, "--05-17");
    assert_string_equal(customer->founding_day, "1999-03-01");
    assert_string_equal(customer->cooperation_since, "2020-02-03");
    assert_int_equal(customer->n_contacts, 1);
    assert_true(customer->contacts[0]->key_person);
    assert_string_equal(customer->credit_limit->currency, "GBP");
    assert_string_equal(customer->file_fields[0]->name, "website");
    expect_end(import);
    import = open_kind(KIND_REPS, "rep_id,name,time_zone,languages,working_hours,working_days,daily_capacity\n"
                                  "li,李敏,Asia/Shanghai,zh-CN;en,09:00-12:00;13:30-18:00,1-5,60\n");
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_true(item.undated);
    const Tend__V1__RepUpserted *rep = item.event->rep_upserted;
    assert_int_equal(rep->n_languages, 2);
    assert_string_equal(rep->languages[1], "en");
    assert_int_equal(rep->n_working_hours, 2);
    assert_int_equal(rep->working_hours[1]->from_minute, 810);
    assert_int_equal(rep->n_working_days, 5);
    expect_end(import);
}

static const Tend__V1__Event *next_own(struct import *import)
{
    struct import_item item;
    do {
        enum import_step step = import_next(import, &item);
        if (step != IMPORT_EVENT)
            fail_msg("line %llu, %s: %s", (unsigned long long)item.line, item.column, item.reason);
    } while (item.derived);
    return item.event;
}

static void birthdays_of_both_calendars(void **state)
{
    (void)state;
    struct import *import =
        open_kind(KIND_CUSTOMERS, "customer_id,name,birthday,lunar birthday,contact,contact birthday,contact lunar "
                                  "birthday,contact2 name,contact2_birthday,contact2_lunar_birthday\n"
                                  "C1,One,1980/2/30,yes,Li,--05-31,,Wu,8/15,是\n"
                                  "C2,Two,1980-02-29,no,,,,,,\n"
                                  "C3,Three,1980-01-31,Y,,,,,,\n"
                                  "C4,Four,12-30,1,Li,,n,Wu,--13-01,y\n"
                                  "C5,Five,1980-02-30,,,,,,,\n"
                                  "C6,Six,soon,1,,,,,,\n");
    const Tend__V1__CustomerUpserted *customer = next_own(import)->customer_upserted;
    assert_string_equal(customer->birthday, "1980-02-30");
    assert_true(customer->lunar_birthday);
    assert_string_equal(customer->contacts[0]->birthday, "--05-31");
    assert_false(customer->contacts[0]->lunar_birthday);
    assert_string_equal(customer->contacts[1]->birthday, "--08-15");
    assert_true(customer->contacts[1]->lunar_birthday);
    customer = next_own(import)->customer_upserted;
    assert_string_equal(customer->birthday, "1980-02-29");
    assert_false(customer->lunar_birthday);
    assert_int_equal(customer->n_contacts, 0);
    expect_bad(import, 4, "birthday", "\"1980-01-31\" is no day of the Chinese calendar");
    expect_bad(import, 5, "contact2_birthday", "\"--13-01\" is no day of the Chinese calendar");
    expect_bad(import, 6, "birthday", "is no date");
    expect_bad(import, 7, "birthday", "\"soon\" is no day of the Chinese calendar");
    expect_end(import);
}

static void countries_and_roles(void **state)
{
    (void)state;
    struct import *import = open_kind(KIND_CUSTOMERS, "customer_id,name,country,time_zone\n"
                                                      "C1,One,United Kingdom,Europe/London\nC2,Two,Narnia,\n");
    const Tend__V1__CustomerUpserted *customer = next_own(import)->customer_upserted;
    assert_string_equal(customer->country, "GB");
    assert_string_equal(customer->region, "United Kingdom"); // as there is no column of its own
    assert_string_equal(customer->time_zone, "Europe/London");
    customer = next_own(import)->customer_upserted;
    assert_string_equal(customer->country, "");
    assert_string_equal(customer->region, "Narnia");
    expect_end(import);
    import = open_kind(KIND_CUSTOMERS, "客户编号,客户名称,地区,国家\nC1,One,华南,中国\n");
    customer = next_own(import)->customer_upserted;
    assert_string_equal(customer->region, "华南");
    assert_string_equal(customer->country, "CN");
    expect_end(import);
    import = open_kind(KIND_REPS, "rep_id,name,role,country,deputy,golden_hours\n"
                                  "li,Li,Manager,China,wu,10:00-11:30\nwu,Wu,Key Account,de,,\n"
                                  "ma,Ma,总监,,,\nno,No,,Narnia,,\n");
    const Tend__V1__RepUpserted *rep = next_own(import)->rep_upserted;
    assert_string_equal(rep->role, "manager");
    assert_string_equal(rep->country, "CN");
    assert_string_equal(rep->deputy_rep_id, "wu");
    assert_int_equal(rep->golden_hours[0]->from_minute, 600);
    rep = next_own(import)->rep_upserted;
    assert_string_equal(rep->role, "key_account");
    assert_string_equal(rep->country, "DE");
    assert_string_equal(next_own(import)->rep_upserted->role, "director");
    expect_bad(import, 5, "country", "is no country that is known by its name");
    expect_end(import);
}

static void automatic_contacts(void **state)
{
    (void)state;
    struct import *import = open_kind(KIND_CONTACTS, "time,customer_id,outcome,automatic\n2026-05-17,C1,reached,yes\n"
                                                     "2026-05-17,C2,reached,\n2026-05-17,C3,reached,perhaps\n");
    assert_true(next_own(import)->contact_logged->automatic);
    assert_false(next_own(import)->contact_logged->automatic);
    expect_bad(import, 4, "automatic", "is not known");
    expect_end(import);
}

static void contacts_leads_contracts_events(void **state)
{
    (void)state;
    struct import_item item;
    struct import *import = open_kind(KIND_CONTACTS, "time,customer_id,rep,channel,direction,outcome,minutes,next_at\n"
                                                     "2026-05-17 10:00,C1,li,phone,out,No answer,,2026-05-18\n");
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_int_equal(item.event->contact_logged->outcome, TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_NO_ANSWER);
    assert_int_equal(item.event->contact_logged->next_at->seconds, 1779076800);
    expect_end(import);
    import =
        open_kind(KIND_LEADS, "time,customer_id,stage,intention,need,expected_quantity\n2026-05-17,C1,4,5,Y,2500\n");
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_int_equal(item.event->lead_updated->stage, TEND__V1__LEAD_STAGE__LEAD_STAGE_INTENDS);
    assert_int_equal(item.event->lead_updated->need, TEND__V1__ANSWER__ANSWER_YES);
    assert_int_equal(item.event->lead_updated->expected_quantity_milli, 2500000);
    expect_end(import);
    import = open_kind(KIND_CONTRACTS,
                       "contract_id,customer_id,from,to,value,ended\nK,C1,2025-01-01,2025-12-31,9,2025-06-30\n");
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->id, "contract:K");
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->id, "contract:K:ended");
    expect_end(import);
    static const char line[] =
        "{\"id\":\"1\",\"source\":\"crm\",\"time\":\"2025-01-01T00:00:00Z\",\"customer_id\":\"C\","
        "\"order_paid\":{\"order_id\":\"A\"}}";
    char text[300];
    snprintf(text, sizeof text, "\n%s\n", line);
    enum import_kind kind;
    char error[MAP_ERROR_BYTES];
    assert_true(guess_kind(file("events.jsonl", text), NULL, error, &kind));
    assert_int_equal(kind, KIND_EVENTS);
    import = open_kind(KIND_EVENTS, text);
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->source, "crm");
    assert_true(item.event->historical);
    expect_end(import);
}

static void guesses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum import_kind kind;
    } cases[] = {
        {"order_id,time,customer_id,total\n", KIND_ORDERS},
        {"Order ID,Order Date,Customer ID,Customer Name,Sales\n", KIND_ORDERS},
        {"customer_id,name,rep,region\n", KIND_CUSTOMERS},
        {"rep_id,name,time_zone\n", KIND_REPS},
        {"time,customer_id,outcome,channel\n", KIND_CONTACTS},
        {"time,customer_id,stage\n", KIND_LEADS},
        {"contract_id,customer_id,from,to\n", KIND_CONTRACTS},
        {"{\"order_id\":\"1\",\"time\":\"2025-01-01\",\"customer_id\":\"C\",\"total\":1}\n", KIND_ORDERS},
    };
    char error[MAP_ERROR_BYTES];
    enum import_kind kind;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (!guess_kind(file("guess", cases[i].text), NULL, error, &kind))
            fail_msg("%s", error);
        assert_int_equal(kind, cases[i].kind);
    }
    assert_false(guess_kind(file("guess", "a,b\n"), NULL, error, &kind));
}

// --- several files as one history

static void problem(void *self, const char *path, const struct import_item *item)
{
    (void)path;
    (void)item;
    ++*(int *)self;
}

static void one_history(void **state)
{
    (void)state;
    struct import_options files[] = {
        options_for(KIND_ORDERS, file("orders.csv", "order_id,time,customer_id,rep,total\nB,2025-03-01,C2,li,1\n"
                                                    "A,2025-02-01,C1,li,1\nX,never,C1,li,1\n")),
        options_for(KIND_CUSTOMERS, file("customers.csv", "customer_id,name,rep\nC1,One,li\nC2,Two,li\nC3,Three,li\n")),
        options_for(KIND_REPS, file("reps.csv", "rep_id,name\nli,李敏\n")),
    };
    int problems = 0;
    struct timeline_listener listener = {problem, &problems};
    char error[IMPORT_ERROR_BYTES];
    struct timeline *timeline = NULL;
    if (!timeline_open(files, COUNT(files), &listener, error, &timeline))
        fail_msg("%s", error);
    assert_int_equal(problems, 1);
    // The rep derived and known, the customers derived and known, each just before what happened first.
    static const char *const expected[] = {"rep:li",      "rep:li",  "rep:li",      "customer:C1", "customer:C1",
                                           "customer:C3", "order:A", "customer:C2", "customer:C2", "order:B"};
    assert_int_equal(timeline_count(timeline), COUNT(expected));
    const Tend__V1__Event *event;
    ProtobufCBinaryData packed;
    int64_t before = 0, ms;
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_true(timeline_peek(timeline, &ms));
        assert_true(ms >= before);
        before = ms;
        assert_true(timeline_next(timeline, &event, &packed));
        if (strncmp(event->id, expected[i], strlen(expected[i])) != 0)
            fail_msg("%zu: %s", i, event->id);
        assert_false(event->historical);
        assert_int_equal(event->time->seconds, ms / 1000);
    }
    assert_false(timeline_next(timeline, &event, &packed));
    assert_int_equal(timeline_first_ms(timeline), INT64_C(1738382400000) - 4000);
    assert_int_equal(timeline_last_ms(timeline), INT64_C(1740801600000));
    timeline_close(&timeline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_foreign_shop),
        cmocka_unit_test(our_own_header),
        cmocka_unit_test(chinese_header_and_dates),
        cmocka_unit_test(live_is_not_historical),
        cmocka_unit_test(an_order_with_a_bad_row_is_left_out),
        cmocka_unit_test(forty_bad_rows),
        cmocka_unit_test(refused_files),
        cmocka_unit_test(refused_maps),
        cmocka_unit_test(customers_and_reps),
        cmocka_unit_test(birthdays_of_both_calendars),
        cmocka_unit_test(countries_and_roles),
        cmocka_unit_test(automatic_contacts),
        cmocka_unit_test(contacts_leads_contracts_events),
        cmocka_unit_test(guesses),
        cmocka_unit_test(one_history),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
