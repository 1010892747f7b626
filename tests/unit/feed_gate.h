// Ingest on a real store with a folder of feeds, and a sender that signs: what tests of feeds start from.
#ifndef TEND_TESTS_FEED_GATE_H
#define TEND_TESTS_FEED_GATE_H

#include "common/engine.h"
#include "harness/folder.h"
#include "services/ingest/ingest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

// 2026-05-17, 09:30 UTC.
#define NOW INT64_C(1779010200000)

enum { MAP = 1 << 28, HEADERS_MAX = 6, TEXT_BYTES = 8192 };

struct pair {
    const char *name, *value;
};

struct gate {
    char folder[FOLDER_BYTES], feeds[FOLDER_BYTES + 16];
    struct clock *clock;
    struct ingest *ingest;
    struct engine *engine;
    struct inbound inbound;
    struct pair headers[HEADERS_MAX], parameters[HEADERS_MAX], extra;
    const char *peer;
    bool socket; // by ZeroMQ, as `tend` asks
};

static const char *find_pair(const struct pair *pairs, const char *name)
{
    for (size_t i = 0; i < HEADERS_MAX; i++)
        if (pairs[i].name != NULL && strcmp(pairs[i].name, name) == 0)
            return pairs[i].value;
    return NULL;
}

static const char *gate_header(const struct request *request, const char *name)
{
    const struct gate *gate = request->source;
    if (gate->extra.value != NULL && strcmp(gate->extra.name, name) == 0)
        return gate->extra.value;
    return find_pair(gate->headers, name);
}

static const char *gate_param(const struct request *request, const char *name)
{
    const struct gate *gate = request->source;
    return find_pair(gate->parameters, name);
}

static void write_feed(struct gate *gate, const char *name, const char *text)
{
    folder_write(gate->feeds, name, text, strlen(text));
}

static void start(struct gate *gate, const struct access_options *access, size_t access_count)
{
    char error[2000];
    struct ingest_options options = {.keep_ids_ms = INT64_C(34560000000),
                                     .seal_records = 1000,
                                     .feeds = gate->feeds,
                                     .access = access,
                                     .access_count = access_count,
                                     .rejected_records = 10,
                                     .rejected_bytes = 1 << 20};
    struct ingest_setup setup = {
        .options = &options, .settings = (const uint8_t *)"", .currency = "USD", .time_zone = "UTC"};
    gate->ingest = ingest_open(&setup, error, sizeof error);
    if (gate->ingest == NULL)
        fail_msg("%s", error);
    struct engine_options engine = {.service = &ingest_service,
                                    .self = gate->ingest,
                                    .folder = gate->folder,
                                    .map_bytes = MAP,
                                    .throwaway = true,
                                    .shards = 16,
                                    .clock = gate->clock};
    struct store_error store;
    assert_true(engine_open(&engine, &store, &gate->engine));
    assert_int_equal(engine_turn(gate->engine, NULL, 0, NULL), ENGINE_DONE);
}

static void stop(struct gate *gate)
{
    engine_close(&gate->engine);
    ingest_close(&gate->ingest);
}

static const char secret[] = "shpss_0123456789abcdef";
static const char shop[] = "preset: shopify\nsecrets: [shop.secret]\n";

static int open_gate(void **state)
{
    struct gate *gate = calloc(1, sizeof *gate);
    folder_make(gate->folder);
    snprintf(gate->feeds, sizeof gate->feeds, "%s/feeds.d", gate->folder);
    mkdir(gate->feeds, 0700);
    write_feed(gate, "shop.secret", secret);
    write_feed(gate, "shop.yaml", shop);
    gate->clock = clock_open_simulated(NOW);
    gate->peer = "203.0.113.9";
    start(gate, NULL, 0);
    *state = gate;
    return 0;
}

static int close_gate(void **state)
{
    struct gate *gate = *state;
    stop(gate);
    clock_close(&gate->clock);
    char command[200];
    snprintf(command, sizeof command, "rm -rf %s", gate->feeds);
    assert_int_equal(system(command), 0);
    folder_remove(gate->folder);
    free(gate);
    return 0;
}

// Moves the clock, turn by turn, so that whatever is due happens.
static void pass(struct gate *gate, int64_t ms)
{
    for (int64_t end_ms = clock_wall_ms(gate->clock) + ms; clock_wall_ms(gate->clock) < end_ms;) {
        int64_t now_ms = clock_wall_ms(gate->clock);
        clock_move(gate->clock, now_ms + 1000 < end_ms ? now_ms + 1000 : end_ms);
        assert_int_equal(engine_turn(gate->engine, NULL, 0, NULL), ENGINE_DONE);
    }
}

// Over HTTP unless told otherwise; returns the status. What was answered stays until the next one.
static int ask(struct gate *gate, const char *method, const char *path, const char *body)
{
    gate->inbound = (struct inbound){.request = {.http = !gate->socket,
                                                 .method = method,
                                                 .path = path,
                                                 .content_type = "application/json",
                                                 .body = (const uint8_t *)body,
                                                 .length = strlen(body),
                                                 .source = gate,
                                                 .peer = gate->peer,
                                                 .param = gate_param,
                                                 .header = gate_header}};
    if (method[0] == 'G')
        engine_query(gate->engine, &gate->inbound);
    else
        assert_int_equal(engine_turn(gate->engine, &gate->inbound, 1, NULL), ENGINE_DONE);
    return gate->inbound.reply.status;
}

// What who may use the folder of the socket asks for.
static json_t *look(struct gate *gate, const char *method, const char *path, const char *body, int status)
{
    gate->socket = true;
    memset(gate->headers, 0, sizeof gate->headers);
    int got = ask(gate, method, path, body);
    gate->socket = false;
    const struct reply *reply = &gate->inbound.reply;
    if (got != status)
        fail_msg("%s %s: %d %.*s", method, path, got, (int)reply->length, reply->body);
    json_t *json = json_loadb(reply->body, reply->length, 0, NULL);
    assert_non_null(json);
    return json;
}

// Posts a body as Shopify signs it.
static int post_signed(struct gate *gate, const char *feed, const char *key, const char *body)
{
    static char path[100], sign[64];
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state hmac;
    crypto_auth_hmacsha256_init(&hmac, (const uint8_t *)key, strlen(key));
    crypto_auth_hmacsha256_update(&hmac, (const uint8_t *)body, strlen(body));
    crypto_auth_hmacsha256_final(&hmac, mac);
    sodium_bin2base64(sign, sizeof sign, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
    snprintf(path, sizeof path, "/v1/feeds/%s", feed);
    memset(gate->headers, 0, sizeof gate->headers);
    gate->headers[0] = (struct pair){"x-shopify-hmac-sha256", sign};
    gate->headers[1] = (struct pair){"x-shopify-topic", "orders/create"};
    return ask(gate, "POST", path, body);
}

static inline uint64_t last(const struct gate *gate)
{
    return engine_journal(gate->engine)->last;
}

// An order in the shape of Shopify's, of our own invention. `total` stands as it is given.
static const char *an_order(char *buffer, long id, const char *total)
{
    snprintf(buffer, TEXT_BYTES,
             "{\"id\":%ld,\"created_at\":\"2026-05-17T08:00:00+00:00\",\"updated_at\":\"2026-05-17T08:00:00+00:00\","
             "\"email\":\"mina@example.com\",\"customer\":{\"id\":7001},\"currency\":\"USD\",\"total_price\":%s,"
             "\"current_total_price\":%s,\"financial_status\":\"pending\",\"test\":false,"
             "\"line_items\":[{\"id\":1,\"sku\":\"TEA-1\",\"title\":\"Tea\",\"quantity\":2,\"price\":\"5.00\"}]}",
             id, total, total);
    return buffer;
}

#endif
