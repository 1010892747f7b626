// Bodies of a shop through the mapping: orders of 25 lines by the preset, beside jansson's parsing alone.
//
//     mapping_bench [--quick]
#include "bench/table.h"
#include "common/must.h"
#include "services/ingest/mapping.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { ROUNDS = 3, LINES = 25, QUICK = 1000, FULL = 5000, BODY_BYTES = 1 << 15 };

static char body[BODY_BYTES];

static size_t write_body(void)
{
    size_t used = (size_t)snprintf(
        body, sizeof body,
        "{\"id\":820982911946154508,\"created_at\":\"2026-05-17T09:30:00+08:00\",\"updated_at\":"
        "\"2026-05-17T09:31:00+08:00\",\"currency\":\"EUR\",\"total_price\":\"1250.25\",\"financial_status\":"
        "\"pending\",\"test\":false,\"cancelled_at\":null,\"customer\":{\"id\":115310627314723954,\"email\":"
        "\"lin@example.com\"},\"refunds\":[],\"fulfillments\":[],\"line_items\":[");
    for (int i = 0; i < LINES; i++)
        used +=
            (size_t)snprintf(body + used, sizeof body - used,
                             "%s{\"id\":%d,\"variant_id\":%d,\"sku\":\"ROD-%03d\",\"title\":\"Fishing rod\",\"name\":"
                             "\"Fishing rod - 2.1 m\",\"quantity\":2,\"price\":\"25.00\",\"total_discount\":\"0.00\"}",
                             i == 0 ? "" : ",", i, i, i);
    used += (size_t)snprintf(body + used, sizeof body - used, "]}");
    must(used < sizeof body);
    return used;
}

static double map_all(const struct mapping *mapping, struct arena *arena, size_t length, unsigned count)
{
    struct mapping_body given = {.bytes = body, .length = length, .received_ms = INT64_C(1779010200000)};
    struct mapping_result result;
    struct mapping_error error;
    int64_t began_us = table_now_us();
    for (unsigned i = 0; i < count; i++) {
        must(mapping_apply(mapping, &given, arena, NULL, &result, &error) && result.count > 0);
        arena_reset(arena);
    }
    return (double)(table_now_us() - began_us) / count;
}

static double parse_all(size_t length, unsigned count)
{
    int64_t began_us = table_now_us();
    for (unsigned i = 0; i < count; i++) {
        json_t *json = json_loadb(body, length, JSON_REJECT_DUPLICATES, NULL);
        must(json != NULL);
        json_decref(json);
    }
    return (double)(table_now_us() - began_us) / count;
}

int main(int argc, char **argv)
{
    static const char feed[] = "preset: shopify\n";
    static const struct mapping_defaults defaults = {.source = "shop", .currency = "CNY", .zone = "Asia/Shanghai"};
    unsigned count = argc > 1 && strcmp(argv[1], "--quick") == 0 ? QUICK : FULL;
    char error[MAPPING_ERROR_BYTES];
    struct mapping *mapping = NULL;
    must(mapping_open("shop.yaml", feed, sizeof feed - 1, &defaults, error, sizeof error, &mapping));
    struct arena *arena = arena_open(1 << 18, MAPPING_ARENA_BYTES);
    size_t length = write_body();
    struct series ours = {0}, limit = {0}, rate = {0};
    for (int i = 0; i < ROUNDS; i++) {
        double us = map_all(mapping, arena, length, count);
        series_add(&ours, us);
        series_add(&rate, 1e6 / us);
        series_add(&limit, parse_all(length, count));
    }
    table_head("bodies of a shop, 25 lines each");
    table_print(&(struct table_line){"one body into its events", "us", &ours, &limit, "parsing it", TABLE_AT_MOST, 3});
    table_print(&(struct table_line){"bodies mapped", "/s", &rate, NULL, NULL, TABLE_NO_GOAL, 0});
    table_end();
    arena_close(&arena);
    mapping_close(&mapping);
    return 0;
}
