// What the tests of the engine share: the little service on a real store with a clock that only the test moves, and
// batches dealt by hand.
#ifndef TEND_TESTS_UNIT_ENGINE_HAND_H
#define TEND_TESTS_UNIT_ENGINE_HAND_H

#include "common/engine.h"
#include "harness/folder.h"
#include "harness/little.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAP = 1 << 26, BATCH_MAX = 16 };

#define NOW INT64_C(1779010200000)

struct fixture {
    char folder[FOLDER_BYTES];
    struct clock *clock;
    struct engine *engine;
    struct little little;
};

static inline void open_lower(struct fixture *fixture)
{
    assert_int_equal(
        little_open(&little_lower, &fixture->little, fixture->folder, fixture->clock, MAP, false, &fixture->engine), 0);
}

static inline int make(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    folder_make(fixture->folder);
    fixture->clock = clock_open_simulated(NOW);
    open_lower(fixture);
    *state = fixture;
    return 0;
}

static inline int unmake(void **state)
{
    struct fixture *fixture = *state;
    engine_close(&fixture->engine);
    clock_close(&fixture->clock);
    folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

// A batch of records with these payloads behind the engine's position; the chain is not looked at here.
struct hand {
    struct record records[BATCH_MAX];
    struct batch batch;
};

static inline struct batch *deal(struct hand *hand, const struct engine *engine, const char *const *texts,
                                 int64_t complete_ms)
{
    const struct position *position = engine_position(engine);
    hand->batch = (struct batch){.after = position->seq,
                                 .records = hand->records,
                                 .generation = 1,
                                 .looked = position->seq,
                                 .complete_ms = complete_ms};
    memset(hand->batch.journal_id, 7, JOURNAL_ID_BYTES);
    for (size_t i = 0; texts[i] != NULL; i++) {
        hand->records[i] = (struct record){.seq = ++hand->batch.looked,
                                           .type = 1,
                                           .version = 1,
                                           .payload = (const uint8_t *)texts[i],
                                           .length = strlen(texts[i])};
        hand->batch.count++;
    }
    hand->batch.last = hand->batch.looked;
    return &hand->batch;
}

static inline enum engine_outcome take(struct fixture *fixture, int64_t complete_ms, const char *const *texts)
{
    struct hand hand;
    return engine_turn(fixture->engine, NULL, 0, deal(&hand, fixture->engine, texts, complete_ms));
}

#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NONE ((const char *const[]){NULL})

#endif
