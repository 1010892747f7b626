// Scoring in a store of its own, on simulated time, driven turn by turn: what ingest would send, what the clock would show.
#ifndef TEND_TESTS_UNIT_TURNS_H
#define TEND_TESTS_UNIT_TURNS_H

#include "common/engine.h"
#include "common/must.h"
#include "services/scoring/scoring.h"
#include "tend/v1/event.pb-c.h"
#include "tend/v1/journal.pb-c.h"
#include "google/protobuf/timestamp.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TURNS_BATCH = 4096, TURNS_PAYLOAD = 2048 };

struct turns {
    char folder[64];
    struct scoring_options options;
    struct clock *clock;
    struct scoring *scoring;
    struct engine *engine;
    struct record *records; // gathered for the next batch
    size_t count;
    uint8_t *payloads;
    uint64_t seq; // of the last record given
    const char *param_name[4], *param_value[4];
};

static struct scoring_options turns_options(void)
{
    struct scoring_options options = {
        .abc = {.cut_a_ppm = 650000, .cut_b_ppm = 850000, .margin_ppm = 10000, .window_days = 365},
        .overdue = {.factor_ppm = 2000000, .repeats = 2},
        .drop = {.quantile_ppm = 950000, .sample = 20, .repeats = 1},
    };
    return options;
}

static void turns_start(struct turns *turns)
{
    struct store_error error;
    turns->scoring = scoring_open(&turns->options);
    struct engine_options options = {
        .service = &scoring_service,
        .self = turns->scoring,
        .folder = turns->folder,
        .map_bytes = (size_t)1 << 30,
        .throwaway = true,
        .shards = 16,
        .clock = turns->clock,
    };
    if (!engine_open(&options, &error, &turns->engine)) {
        fprintf(stderr, "%s\n", error.text);
        must(!"the store opens");
    }
}

static void turns_stop(struct turns *turns)
{
    engine_close(&turns->engine);
    scoring_close(&turns->scoring);
}

static void turns_open(struct turns *turns, const struct scoring_options *options, int64_t now_ms)
{
    memset(turns, 0, sizeof *turns);
    const char *base = getenv("TMPDIR");
    snprintf(turns->folder, sizeof turns->folder, "%.40s/tend-turns-XXXXXX", base != NULL ? base : "/tmp");
    must(mkdtemp(turns->folder) != NULL);
    turns->options = *options;
    turns->clock = clock_open_simulated(now_ms);
    turns->records = calloc(TURNS_BATCH, sizeof *turns->records);
    turns->payloads = malloc((size_t)TURNS_BATCH * TURNS_PAYLOAD);
    must(turns->records != NULL && turns->payloads != NULL);
    turns_start(turns);
}

static void turns_close(struct turns *turns)
{
    turns_stop(turns);
    clock_close(&turns->clock);
    static const char *const files[] = {"data.mdb", "lock.mdb", "lock", "LOCK"};
    char path[128];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", turns->folder, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(turns->folder);
    free(turns->records);
    free(turns->payloads);
}

// The service as after a new start: memory is built anew from the store.
static inline void turns_again(struct turns *turns)
{
    turns_stop(turns);
    turns_start(turns);
}

static void turns_add(struct turns *turns, uint16_t type, const ProtobufCMessage *message, const uint8_t *key)
{
    must(turns->count < TURNS_BATCH && protobuf_c_message_get_packed_size(message) <= TURNS_PAYLOAD);
    uint8_t *payload = turns->payloads + turns->count * TURNS_PAYLOAD;
    struct record *record = &turns->records[turns->count++];
    *record = (struct record){.seq = ++turns->seq, .type = type, .version = 1, .shard = SHARD_ALL, .payload = payload};
    record->length = protobuf_c_message_pack(message, payload);
    if (key != NULL)
        memcpy(record->key, key, HASH_BYTES);
}

static void turns_add_event(struct turns *turns, const Tend__V1__Event *event)
{
    uint8_t key[HASH_BYTES];
    hash_pair(event->source, strlen(event->source), event->id, strlen(event->id), key);
    turns_add(turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, &event->base, key);
}

// One turn over what was gathered, at the clock's time.
static void turns_give(struct turns *turns)
{
    const struct position *position = engine_position(turns->engine);
    struct batch batch = {
        .after = position->seq,
        .records = turns->records,
        .count = turns->count,
        .looked = turns->seq,
        .generation = 1,
        .complete_ms = clock_wall_ms(turns->clock),
    };
    must(engine_turn(turns->engine, NULL, 0, &batch) == ENGINE_DONE);
    turns->count = 0;
}

// Time goes on to `now_ms`, and whatever is due on the way happens when it is due.
static void turns_wait(struct turns *turns, int64_t now_ms)
{
    turns_give(turns);
    for (;;) {
        int64_t due_ms = engine_due(turns->engine), wall_ms = clock_wall_ms(turns->clock);
        if (due_ms > now_ms)
            break;
        clock_move(turns->clock, due_ms > wall_ms ? due_ms : wall_ms);
        turns_give(turns);
    }
    clock_move(turns->clock, now_ms);
    turns_give(turns);
}

// --- answers

static const struct turns *turns_asking;

static inline const char *turns_param(const struct request *request, const char *name)
{
    (void)request;
    for (size_t i = 0; i < 4; i++)
        if (turns_asking->param_name[i] != NULL && strcmp(turns_asking->param_name[i], name) == 0)
            return turns_asking->param_value[i];
    return NULL;
}

static inline const char *turns_header(const struct request *request, const char *name)
{
    (void)request;
    (void)name;
    return NULL;
}

// GET; the answer lives until the next turn or question.
static inline struct reply turns_ask(struct turns *turns, const char *path)
{
    struct inbound inbound = {.request = {.method = "GET", .path = path, .param = turns_param, .header = turns_header}};
    turns_asking = turns;
    engine_query(turns->engine, &inbound);
    return inbound.reply;
}

// Reads a record of the service's own journal; the payload is copied to `buffer`. False when there is none of the number.
static inline bool turns_said(struct turns *turns, uint64_t seq, struct record *ret_record, uint8_t *buffer)
{
    struct tx *tx = store_begin_read(engine_store(turns->engine));
    bool found = journal_read(tx, seq, ret_record);
    if (found)
        memcpy(buffer, ret_record->payload, ret_record->length);
    tx_abort(&tx);
    return found;
}

#endif
