// Questions and answers between two services on stores of their own, in an order and with contents that the bytes say:
// what is honest is applied in order and once, what is not is refused or ignored, and nothing ends the process.
//
// Each step is a byte for what to do, a byte for how many bytes it takes, and those.
#include "common/follow.h"
#include "common/must.h"
#include "common/serve.h"
#include "harness/folder.h"
#include "harness/little.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW INT64_C(1779010200000)

enum { MAP = 1 << 24, STEPS_MAX = 48, REFUSAL = 700, ARENA = 1 << 20, ARENA_LIMIT = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
    struct clock *clock;
    struct little up, low;
    struct engine *upper, *lower;
    struct arena *arena;
    uint64_t instance;
    bool tampered; // the lower one has taken something that the upper one never said
};

static char templates[2][FOLDER_BYTES], folders[2][FOLDER_BYTES];
static const struct service *const services[2] = {&little_upper, &little_lower};

static void leave(void)
{
    for (int i = 0; i < 2; i++) {
        folder_remove(templates[i]);
        folder_remove(folders[i]);
    }
}

// Making a store costs syncs, so each world starts from a copy.
static void prepare(void)
{
    struct clock *clock = clock_open_simulated(NOW);
    for (int i = 0; i < 2; i++) {
        struct little little;
        struct engine *engine = NULL;
        folder_make(templates[i]);
        folder_make(folders[i]);
        must(little_open(services[i], &little, templates[i], clock, MAP, true, &engine) == 0);
        engine_close(&engine);
    }
    clock_close(&clock);
    atexit(leave);
}

static void open_world(struct world *world)
{
    *world = (struct world){.clock = clock_open_simulated(NOW), .arena = arena_open(ARENA, ARENA_LIMIT), .instance = 1};
    for (int i = 0; i < 2; i++)
        folder_copy(templates[i], folders[i]);
    must(little_open(&little_upper, &world->up, folders[0], world->clock, MAP, true, &world->upper) == 0);
    must(little_open(&little_lower, &world->low, folders[1], world->clock, MAP, true, &world->lower) == 0);
}

static void close_world(struct world *world)
{
    engine_close(&world->upper);
    engine_close(&world->lower);
    arena_close(&world->arena);
    clock_close(&world->clock);
}

// What the lower one has is what the upper one said, up to its position.
static void check(struct world *world)
{
    if (world->tampered)
        return;
    struct tx *tx = store_begin_read(engine_store(world->upper));
    enum journal_place place = journal_place(tx, engine_journal(world->upper), engine_position(world->lower));
    must(tx_error(tx) == 0 && (place == JOURNAL_OK || place == JOURNAL_TRIMMED));
    tx_abort(&tx);
}

static void take(struct world *world, const uint8_t *bytes, size_t length, bool honest)
{
    struct batch batch;
    char refusal[REFUSAL] = "";
    uint64_t before = engine_position(world->lower)->seq;
    enum follow_outcome outcome =
        follow_read(world->lower, 0, bytes, length, world->arena, &batch, refusal, sizeof refusal);
    must(outcome != FOLLOW_REFUSED || memchr(refusal, '\0', sizeof refusal) != NULL);
    if (outcome != FOLLOW_BATCH)
        return;
    world->tampered = world->tampered || !honest;
    must(batch.after == before && batch.looked >= before && batch.count <= ENGINE_BATCH_RECORDS);
    enum engine_outcome done = engine_turn(world->lower, NULL, 0, &batch);
    must(done == ENGINE_DONE || (!honest && done == ENGINE_REFUSED));
    must(engine_position(world->lower)->seq >= before);
}

static void put(struct world *world, const uint8_t *bytes, size_t length)
{
    char text[300] = "";
    memcpy(text, bytes, length);
    if (strcmp(text, "die") != 0)
        must(little_post(world->upper, "/put", text, NULL) == ENGINE_DONE);
}

static void ask_with(struct world *world, const uint8_t *bytes, size_t length)
{
    Tend__V1__Fetch *fetch = tend__v1__fetch__unpack(arena_allocator(world->arena), length, bytes);
    struct slice answer;
    if (fetch != NULL && serve_fetch(world->upper, fetch, true, world->arena, &answer) == SERVE_ANSWER)
        must(tend__v1__fetch_answer__unpack(arena_allocator(world->arena), answer.length, answer.bytes) != NULL);
}

// The honest question with one byte of it changed.
static void ask_crooked(struct world *world, const uint8_t *bytes, size_t length)
{
    struct slice question = little_ask(world->lower, world->instance, world->arena);
    uint8_t *copy = arena_take(world->arena, question.length);
    memcpy(copy, question.bytes, question.length);
    if (length >= 2)
        copy[bytes[0] % question.length] ^= bytes[1];
    ask_with(world, copy, question.length);
}

static struct slice answer_now(struct world *world)
{
    return little_answer(world->upper, little_ask(world->lower, world->instance, world->arena), true, world->arena);
}

static void pull(struct world *world, const uint8_t *bytes, size_t length)
{
    (void)bytes, (void)length;
    struct slice answer = answer_now(world);
    if (answer.length > 0)
        take(world, answer.bytes, answer.length, true);
}

// The honest answer with bytes changed on the way: it must not be taken.
static void pull_flipped(struct world *world, const uint8_t *bytes, size_t length)
{
    struct slice answer = answer_now(world);
    if (answer.length == 0 || length < 2 || bytes[1] == 0)
        return;
    uint8_t *copy = arena_take(world->arena, answer.length);
    memcpy(copy, answer.bytes, answer.length);
    copy[bytes[0] % answer.length] ^= bytes[1];
    struct batch batch;
    char refusal[REFUSAL];
    must(follow_read(world->lower, 0, copy, answer.length, world->arena, &batch, refusal, sizeof refusal) ==
         FOLLOW_IGNORE);
}

// An owner that lies: bytes behind which the checksum is right.
static void take_sealed(struct world *world, uint8_t *whole, size_t length)
{
    uint32_t crc = hash_crc(0, whole, length);
    whole[length++] = SERVE_CRC_KEY;
    for (int shift = 0; shift < 32; shift += 8)
        whole[length++] = (uint8_t)(crc >> shift);
    take(world, whole, length, false);
}

static void lie(struct world *world, const uint8_t *bytes, size_t length)
{
    uint8_t whole[300];
    memcpy(whole, bytes, length);
    take_sealed(world, whole, length);
}

static void pull_crooked(struct world *world, const uint8_t *bytes, size_t length)
{
    struct slice answer = answer_now(world);
    if (answer.length <= SERVE_CRC_BYTES || length < 2)
        return;
    uint8_t *copy = arena_take(world->arena, answer.length);
    memcpy(copy, answer.bytes, answer.length);
    for (size_t i = 0; i + 1 < length; i += 2)
        copy[bytes[i] % (answer.length - SERVE_CRC_BYTES)] ^= bytes[i + 1];
    take_sealed(world, copy, answer.length - SERVE_CRC_BYTES);
}

static void trim(struct world *world, const uint8_t *bytes, size_t length)
{
    engine_trim(world->upper, length > 0 ? bytes[0] : 0);
}

static void move(struct world *world, const uint8_t *bytes, size_t length)
{
    int64_t by_ms = 0;
    for (size_t i = 0; i < length && i < 4; i++)
        by_ms = by_ms << 8 | bytes[i];
    clock_move(world->clock, clock_wall_ms(world->clock) + by_ms);
    must(engine_turn(world->lower, NULL, 0, NULL) == ENGINE_DONE);
}

static void change_process(struct world *world, const uint8_t *bytes, size_t length)
{
    uint64_t generation;
    world->instance = length > 0 ? bytes[0] : 0;
    must(engine_welcome(world->upper, "lower", world->instance, &generation) == ENGINE_DONE);
}

static void forget(struct world *world, const uint8_t *bytes, size_t length)
{
    (void)bytes, (void)length;
    (void)engine_forget(world->upper, "lower");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    typedef void step(struct world * world, const uint8_t *bytes, size_t length);
    static step *const steps[] = {put,          pull, ask_with, ask_crooked, pull_flipped,   lie,
                                  pull_crooked, trim, move,     forget,      change_process, pull};
    if (templates[0][0] == '\0')
        prepare();
    struct world world;
    open_world(&world);
    for (size_t at = 0, count = 0; at + 2 <= size && count < STEPS_MAX; count++) {
        size_t most = size - at - 2, length = data[at + 1] < most ? data[at + 1] : most;
        arena_reset(world.arena);
        steps[data[at] % (sizeof steps / sizeof *steps)](&world, data + at + 2, length);
        check(&world);
        at += 2 + length;
    }
    close_world(&world);
    return 0;
}
