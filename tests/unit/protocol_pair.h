// What the tests of the protocol share: two engines with the little services on real stores, one following the other,
// and the words between them.
#ifndef TEND_TESTS_UNIT_PROTOCOL_PAIR_H
#define TEND_TESTS_UNIT_PROTOCOL_PAIR_H

#include "common/follow.h"
#include "common/must.h"
#include "common/serve.h"
#include "harness/folder.h"
#include "harness/little.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAP = 1 << 26, REFUSAL = 700 };

#define NOW INT64_C(1779010200000)

struct fixture {
    char up_folder[FOLDER_BYTES], low_folder[FOLDER_BYTES];
    struct clock *clock;
    struct little up, low;
    struct engine *upper, *lower;
    struct arena *arena;
    char refusal[REFUSAL];
};

static inline void open_upper(struct fixture *fixture)
{
    assert_int_equal(
        little_open(&little_upper, &fixture->up, fixture->up_folder, fixture->clock, MAP, true, &fixture->upper), 0);
}

static inline void open_lower(struct fixture *fixture)
{
    assert_int_equal(
        little_open(&little_lower, &fixture->low, fixture->low_folder, fixture->clock, MAP, true, &fixture->lower), 0);
}

static inline int make(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    folder_make(fixture->up_folder);
    folder_make(fixture->low_folder);
    fixture->clock = clock_open_simulated(NOW);
    fixture->arena = arena_open(1 << 20, 64 << 20);
    open_upper(fixture);
    open_lower(fixture);
    *state = fixture;
    return 0;
}

static inline int unmake(void **state)
{
    struct fixture *fixture = *state;
    engine_close(&fixture->upper);
    engine_close(&fixture->lower);
    arena_close(&fixture->arena);
    clock_close(&fixture->clock);
    folder_remove(fixture->up_folder);
    folder_remove(fixture->low_folder);
    free(fixture);
    return 0;
}

static inline void put(struct fixture *fixture, const char *text)
{
    assert_int_equal(little_post(fixture->upper, "/put", text, NULL), ENGINE_DONE);
}

static inline void put_many(struct fixture *fixture, size_t count, size_t length)
{
    static struct inbound many[1000];
    static uint8_t body[60000];
    must(count <= 1000 && length <= sizeof body);
    for (size_t i = 0; i < count; i++)
        many[i] = (struct inbound){.request = {.method = "POST", .path = "/put", .body = body, .length = length}};
    assert_int_equal(engine_turn(fixture->upper, many, count, NULL), ENGINE_DONE);
}

static inline int pull(struct fixture *fixture)
{
    return little_pull(fixture->upper, fixture->lower, 1, fixture->refusal);
}

static inline uint64_t position(const struct fixture *fixture)
{
    return engine_position(fixture->lower)->seq;
}

// The question as a message that a test may change.
static inline Tend__V1__Fetch *question(struct fixture *fixture)
{
    struct slice bytes = little_ask(fixture->lower, 1, fixture->arena);
    Tend__V1__Fetch *fetch = tend__v1__fetch__unpack(arena_allocator(fixture->arena), bytes.length, bytes.bytes);
    assert_non_null(fetch);
    return fetch;
}

static inline Tend__V1__FetchAnswer *reply_to(struct fixture *fixture, const Tend__V1__Fetch *fetch, bool parked)
{
    struct slice answer;
    if (serve_fetch(fixture->upper, fetch, parked, fixture->arena, &answer) != SERVE_ANSWER)
        return NULL;
    return tend__v1__fetch_answer__unpack(arena_allocator(fixture->arena), answer.length, answer.bytes);
}

static inline void assert_refused(struct fixture *fixture, const char *word)
{
    uint64_t before = position(fixture);
    assert_int_equal(pull(fixture), FOLLOW_REFUSED);
    if (strstr(fixture->refusal, word) == NULL)
        fail_msg("'%s' does not say '%s'", fixture->refusal, word);
    assert_int_equal(position(fixture), before);
}

#endif
