// Ingest on a real store with one token, and a sender that posts to it: what tests of the intake start from.
#ifndef TEND_TESTS_INTAKE_SENDER_H
#define TEND_TESTS_INTAKE_SENDER_H

#include "common/engine.h"
#include "harness/folder.h"
#include "services/ingest/ingest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// 2026-05-17, 09:30 UTC.
#define NOW INT64_C(1779010200000)

enum { MAP = 1 << 28 };

struct fixture {
    char folder[FOLDER_BYTES];
    struct clock *clock;
    struct ingest *ingest;
    struct engine *engine;
    struct inbound inbound;
    const char *authorization;
};

static int make(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    folder_make(fixture->folder);
    char path[FOLDER_BYTES + 20], error[300];
    snprintf(path, sizeof path, "%s/token", fixture->folder);
    folder_write(fixture->folder, "token", "0123456789abcdef0123\n", 21);
    const char *const tokens[] = {path};
    struct ingest_options options = {.tokens = tokens, .token_count = 1, .keep_ids_ms = 1000000, .seal_records = 1000};
    struct ingest_setup setup = {.options = &options, .settings = (const uint8_t *)"", .settings_length = 0};
    fixture->ingest = ingest_open(&setup, error, sizeof error);
    assert_non_null(fixture->ingest);
    fixture->clock = clock_open_simulated(NOW);
    struct engine_options engine = {.service = &ingest_service,
                                    .self = fixture->ingest,
                                    .folder = fixture->folder,
                                    .map_bytes = MAP,
                                    .throwaway = true,
                                    .shards = 16,
                                    .clock = fixture->clock};
    struct store_error store;
    assert_true(engine_open(&engine, &store, &fixture->engine));
    assert_int_equal(engine_turn(fixture->engine, NULL, 0, NULL), ENGINE_DONE);
    *state = fixture;
    return 0;
}

static int unmake(void **state)
{
    struct fixture *fixture = *state;
    engine_close(&fixture->engine);
    ingest_close(&fixture->ingest);
    clock_close(&fixture->clock);
    folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

static const char *nothing(const struct request *request, const char *name)
{
    (void)request, (void)name;
    return NULL;
}

static const char *header(const struct request *request, const char *name)
{
    const struct fixture *fixture = request->source;
    return strcmp(name, "authorization") == 0 ? fixture->authorization : NULL;
}

static uint64_t last(const struct fixture *fixture)
{
    return engine_journal(fixture->engine)->last;
}

// Returns the status; the body of the answer stays until the next one.
static int post_to(struct fixture *fixture, const char *path, const char *type, const void *body, size_t length)
{
    fixture->inbound = (struct inbound){.request = {.method = "POST",
                                                    .path = path,
                                                    .content_type = type,
                                                    .body = body,
                                                    .length = length,
                                                    .source = fixture,
                                                    .param = nothing,
                                                    .header = header}};
    assert_int_equal(engine_turn(fixture->engine, &fixture->inbound, 1, NULL), ENGINE_DONE);
    return fixture->inbound.reply.status;
}

static int post(struct fixture *fixture, const char *type, const char *body)
{
    return post_to(fixture, "/v1/events", type, body, strlen(body));
}

static bool says(const struct fixture *fixture, const char *text)
{
    return memmem(fixture->inbound.reply.body, fixture->inbound.reply.length, text, strlen(text)) != NULL;
}

static void expect(const struct fixture *fixture, const char *text)
{
    if (!says(fixture, text))
        fail_msg("'%.*s' does not say '%s'", (int)fixture->inbound.reply.length, fixture->inbound.reply.body, text);
}

#endif
