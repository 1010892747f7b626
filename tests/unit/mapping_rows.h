// What a feed file makes of a body, as tables of both and of what comes out.
#ifndef TEND_TESTS_MAPPING_ROWS_H
#define TEND_TESTS_MAPPING_ROWS_H

#include "services/ingest/mapping.h"

#include "common/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

// 2026-05-17T09:30:00.250Z
#define RECEIVED_MS INT64_C(1779010200250)

static struct arena *arena;

static const struct mapping_defaults defaults = {.source = "shop", .currency = "CNY", .zone = "Asia/Shanghai"};

static const char *header(const void *owner, const char *name)
{
    (void)owner;
    return strcmp(name, "X-Store") == 0 ? "north" : NULL;
}

static const char *query(const void *owner, const char *name)
{
    (void)owner;
    return strcmp(name, "rep") == 0 ? "wang" : NULL;
}

static struct mapping *open_good(const char *text)
{
    char error[MAPPING_ERROR_BYTES];
    struct mapping *mapping = NULL;
    if (!mapping_open("shop.yaml", text, strlen(text), &defaults, error, sizeof error, &mapping))
        fail_msg("%s", error);
    return mapping;
}

// What a body comes to: the events as JSON, one a line, or "error: ..." or "nothing: ...".
static const char *apply(const struct mapping *mapping, const char *body, size_t length)
{
    struct mapping_body given = {
        .bytes = body, .length = length, .received_ms = RECEIVED_MS, .header = header, .query = query};
    struct mapping_result result;
    struct mapping_error error;
    if (!mapping_apply(mapping, &given, arena, NULL, &result, &error))
        return arena_format(arena, "error: %s", mapping_error_text(arena, &error));
    if (result.count == 0)
        return arena_format(arena, "nothing: %s", result.note);
    const char *text = "";
    for (size_t i = 0; i < result.count; i++) {
        size_t bytes;
        char *event = codec_to_text(&result.events[i].event->base, CODEC_SNAKE, arena_allocator(arena), &bytes);
        text = arena_format(arena, "%s%s%s", text, i == 0 ? "" : "\n", event);
    }
    return text;
}

struct row {
    const char *feed, *body, *expected;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct mapping *mapping = open_good(rows[i].feed);
        const char *got = apply(mapping, rows[i].body, strlen(rows[i].body));
        if (strcmp(got, rows[i].expected) != 0)
            fail_msg("row %zu: %s\nof %s\nis  %s\nnot %s", i, rows[i].feed, rows[i].body, got, rows[i].expected);
        mapping_close(&mapping);
        arena_reset(arena);
    }
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

// A rule whose one text is `what`, so that a row shows just the expression.
#define WHAT(expression)                                                                                               \
    "events: [{event: need_lost, id: {value: i}, time: {value: 2026-05-17T00:00:00Z}, fields: {what: " expression "}}" \
    "]"
#define IS(what) "{\"id\":\"i\",\"source\":\"shop\",\"time\":\"2026-05-17T00:00:00Z\",\"need_lost\":{" what "}}"
#define SAYS(what) IS("\"what\":\"" what "\"")

static int set_up(void **state)
{
    (void)state;
    arena = arena_open(1 << 16, MAPPING_ARENA_BYTES);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

#endif
