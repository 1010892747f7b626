#include "bench/orders.h"

#include "common/must.h"
#include "common/stamp.h"
#include "harness/town.h"
#include "tend/v1/event.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EVENT_BYTES = 512, // room for one, far more than it takes
    JSON_BYTES = 1024,
    ID_DIGITS = 32,
    ORDER_DIGITS = 10,
    CUSTOMER_DIGITS = 7,
    SECONDS_VARINT = 5,
    DOUBLINGS = 7,
    YEAR_BITS = 7, // a year's sales are 128 orders
};

// So that every order has the same length, amounts lie between 134 and 17,000 units of money, whose varints have five
// bytes, and a year's sales between 128 times that, whose varints have six.
#define LEAST_MICROS (INT64_C(1) << 27)

struct orders {
    struct orders_options options;
    uint64_t seed, made;
    uint8_t model[EVENT_BYTES];
    size_t length;
    size_t id, order_id, customer, seconds, micros; // where they stand in the model
    int micros_varint;
    int64_t last_micros, last_ms;
    uint8_t *batch;
    char json[JSON_BYTES];
};

static const char id_model[] = "################################", order_model[] = "SO-$$$$$$$$$$",
                  customer_model[] = "C%%%%%%%";

static size_t find(const struct orders *orders, const void *what, size_t length)
{
    const uint8_t *at = memmem(orders->model, orders->length, what, length);
    must(at != NULL);
    return (size_t)(at - orders->model);
}

// Where a message stands that was packed by itself.
static size_t find_message(const struct orders *orders, const ProtobufCMessage *message)
{
    uint8_t bytes[64];
    must(protobuf_c_message_get_packed_size(message) <= sizeof bytes);
    return find(orders, bytes, protobuf_c_message_pack(message, bytes));
}

static char *text(const char *literal)
{
    return (char *)(uintptr_t)literal;
}

static void make_model(struct orders *orders)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = INT64_C(1700000000);
    time.nanos = 250000000;
    Tend__V1__Money price = TEND__V1__MONEY__INIT, total = TEND__V1__MONEY__INIT, cost = TEND__V1__MONEY__INIT;
    price.micros = 120500000;
    price.currency = cost.currency = total.currency = text("CNY");
    cost.micros = 75000000;
    total.micros = orders->options.in_turn ? LEAST_MICROS << YEAR_BITS : LEAST_MICROS;
    total.micros += 12345;
    orders->micros_varint = orders->options.in_turn ? 6 : 5;
    Tend__V1__OrderLine line = TEND__V1__ORDER_LINE__INIT, *lines[] = {&line};
    line.sku = text("TEA-104233");
    line.name = text("Oolong tea set, six cups");
    line.quantity_milli = 2500;
    line.price = &price;
    line.cost = &cost;
    Tend__V1__OrderPlaced order = TEND__V1__ORDER_PLACED__INIT;
    order.order_id = text(order_model);
    order.lines = lines;
    order.n_lines = 1;
    order.total = &total;
    order.promised_delivery = text("2030-05-17");
    order.currency = text("CNY");
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    event.id = text(id_model);
    event.source = text("shop");
    event.time = &time;
    event.customer_id = text(customer_model);
    event.rep_id = text("wang");
    event.historical = orders->options.historical;
    event.body_case = TEND__V1__EVENT__BODY_ORDER_PLACED;
    event.order_placed = &order;
    must(tend__v1__event__get_packed_size(&event) <= EVENT_BYTES);
    orders->length = tend__v1__event__pack(&event, orders->model);
    orders->id = find(orders, id_model, ID_DIGITS);
    orders->order_id = find(orders, order_model, sizeof order_model - 1) + 3;
    orders->customer = find(orders, customer_model, sizeof customer_model - 1) + 1;
    orders->seconds = find_message(orders, &time.base) + 1; // behind the key of field 1
    orders->micros = find_message(orders, &total.base) + 1;
}

struct orders *orders_open(const struct orders_options *options)
{
    struct orders *orders = calloc(1, sizeof *orders);
    must(orders != NULL && options->customers > 0);
    orders->options = *options;
    orders->seed = options->seed;
    make_model(orders);
    orders->batch = malloc(ORDERS_BATCH_MAX * (orders->length + 3));
    must(orders->batch != NULL);
    return orders;
}

void orders_close(struct orders **orders)
{
    if (*orders == NULL)
        return;
    free((*orders)->batch);
    free(*orders);
    *orders = NULL;
}

uint64_t orders_random(struct orders *orders)
{
    return town_random(&orders->seed, UINT64_MAX);
}

static void put_hex(uint8_t *at, uint64_t number)
{
    for (int i = 0; i < 16; i++, number >>= 4)
        at[i] = (uint8_t) "0123456789abcdef"[number & 15];
}

static void put_decimal(uint8_t *at, int digits, uint64_t number)
{
    for (int i = digits - 1; i >= 0; i--, number /= 10)
        at[i] = (uint8_t)('0' + number % 10);
}

static void put_varint(uint8_t *at, int bytes, uint64_t number)
{
    for (int i = 0; i < bytes; i++, number >>= 7)
        at[i] = (uint8_t)((number & 127) | (i + 1 < bytes ? 128 : 0));
    must(number == 0);
}

// The size of the customer's orders, and up to four tenths more.
static int64_t amount_of(uint64_t customer, uint64_t dice)
{
    uint64_t seed = customer, size = town_random(&seed, UINT64_MAX);
    int doublings = __builtin_ctzll(size | UINT64_C(1) << (DOUBLINGS - 1));
    int64_t least = LEAST_MICROS << doublings;
    return least + least / 2 * (int64_t)(size >> 54) / 1024 + least * 4 / 10 * (int64_t)(dice & 1023) / 1024;
}

static void make_event(struct orders *orders, uint8_t *event)
{
    const struct orders_options *options = &orders->options;
    memcpy(event, orders->model, orders->length);
    put_hex(event + orders->id, orders_random(orders));
    put_hex(event + orders->id + 16, orders_random(orders));
    uint64_t dice = orders_random(orders);
    uint64_t customer = (options->in_turn ? orders->made : orders_random(orders)) % options->customers;
    put_decimal(event + orders->order_id, ORDER_DIGITS, dice >> 30);
    put_decimal(event + orders->customer, CUSTOMER_DIGITS, customer);
    orders->last_ms = options->time_ms - (options->spread_ms > 0 ? (int64_t)(dice >> 20) % options->spread_ms : 0);
    put_varint(event + orders->seconds, SECONDS_VARINT, (uint64_t)orders->last_ms / 1000);
    orders->last_micros = amount_of(customer, dice) << (options->in_turn ? YEAR_BITS : 0);
    put_varint(event + orders->micros, orders->micros_varint, (uint64_t)orders->last_micros * 2); // zigzag
    orders->made++;
}

struct slice orders_batch(struct orders *orders, size_t count)
{
    must(count > 0 && count <= ORDERS_BATCH_MAX && orders->length >= 128 && orders->length < 16384);
    uint8_t *at = orders->batch;
    for (size_t i = 0; i < count; i++, at += orders->length) {
        *at++ = 1 << 3 | 2; // field 1, by length
        *at++ = (uint8_t)(orders->length | 128);
        *at++ = (uint8_t)(orders->length >> 7);
        make_event(orders, at);
    }
    return (struct slice){orders->batch, (size_t)(at - orders->batch)};
}

struct slice orders_event(struct orders *orders)
{
    make_event(orders, orders->batch);
    return (struct slice){orders->batch, orders->length};
}

struct slice orders_json(struct orders *orders)
{
    const uint8_t *event = orders->batch;
    char time[STAMP_TEXT_BYTES];
    make_event(orders, orders->batch);
    stamp_print(orders->last_ms / 1000, 0, time);
    int length = snprintf(
        orders->json, sizeof orders->json,
        "{\"id\":\"%.*s\",\"source\":\"shop\",\"time\":\"%s\",\"customerId\":\"C%.*s\",\"repId\":\"wang\","
        "\"orderPlaced\":{\"orderId\":\"SO-%.*s\",\"lines\":[{\"sku\":\"TEA-104233\",\"name\":\"Oolong tea set, six "
        "cups\","
        "\"quantityMilli\":\"2500\",\"price\":\"120.50 CNY\",\"cost\":\"75.00 CNY\"}],\"total\":\"%lld.%02lld CNY\","
        "\"promisedDelivery\":\"2030-05-17\",\"currency\":\"CNY\"}}",
        ID_DIGITS, (const char *)event + orders->id, time, CUSTOMER_DIGITS, (const char *)event + orders->customer,
        ORDER_DIGITS, (const char *)event + orders->order_id, (long long)orders->last_micros / 1000000,
        (long long)orders->last_micros / 10000 % 100);
    must(length > 0 && (size_t)length < sizeof orders->json);
    return (struct slice){(const uint8_t *)orders->json, (size_t)length};
}

size_t orders_bytes(const struct orders *orders)
{
    return orders->length;
}
