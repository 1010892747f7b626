#include "harness/turns.h"

#include "common/must.h"
#include "harness/queue.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PARAMS_MAX = 8, TARGET_BYTES = 512, MAP_BYTES = 1 << 30, TURNS_MOST = 100000 };

struct turns {
    const struct service *service;
    void *self;
    struct lane lane;
    struct clock *clock;
    struct engine *engine;
    char folder[64];
    struct queue *queue;
    struct record *said; // last, until the queue changes
    uint8_t *payload;    // of the record that was read last
    struct record read;
    char target[TARGET_BYTES];
    const char *names[PARAMS_MAX], *values[PARAMS_MAX];
    size_t param_count;
    char *answer;
};

static void open_engine(struct turns *turns)
{
    struct engine_options options = {.service = turns->service,
                                     .self = turns->self,
                                     .folder = turns->folder,
                                     .map_bytes = MAP_BYTES,
                                     .throwaway = true,
                                     .shards = 16,
                                     .lane = turns->lane,
                                     .clock = turns->clock};
    struct store_error error;
    if (!engine_open(&options, &error, &turns->engine)) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
}

struct turns *turns_open(const struct service *service, void *self, int64_t now_ms)
{
    return turns_open_lane(service, self, now_ms, (struct lane){0, 1});
}

struct turns *turns_open_lane(const struct service *service, void *self, int64_t now_ms, struct lane lane)
{
    struct turns *turns = calloc(1, sizeof *turns);
    must(turns != NULL);
    turns->service = service;
    turns->self = self;
    turns->lane = lane;
    turns->clock = clock_open_simulated(now_ms);
    turns->queue = queue_open();
    snprintf(turns->folder, sizeof turns->folder, "/tmp/tend-turns-XXXXXX");
    must(mkdtemp(turns->folder) != NULL);
    open_engine(turns);
    return turns;
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *walk)
{
    (void)stat;
    (void)type;
    (void)walk;
    return remove(path);
}

void turns_close(struct turns **turns)
{
    struct turns *self = *turns;
    if (self == NULL) {
        return;
    }
    engine_close(&self->engine);
    clock_close(&self->clock);
    queue_close(&self->queue);
    nftw(self->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(self->payload);
    free(self->answer);
    free(self);
    *turns = NULL;
}

void turns_restart(struct turns *turns)
{
    engine_close(&turns->engine);
    open_engine(turns);
}

void turns_say(struct turns *turns, uint16_t type, uint8_t flags, const ProtobufCMessage *message)
{
    turns->said = queue_say(turns->queue, type, turns_now_ms(turns), message);
    turns->said->flags = flags;
}

void turns_date(struct turns *turns, int64_t time_ms)
{
    must(queue_count(turns->queue) > 0);
    turns->said->time_ms = time_ms;
}

static void turn_once(struct turns *turns)
{
    int64_t complete_ms = queue_count(turns->queue) == 0 ? turns_now_ms(turns) : 0;
    struct batch batch = queue_batch(turns->queue, turns->engine, 0, 0, complete_ms);
    must(engine_turn(turns->engine, NULL, 0, &batch) == ENGINE_DONE);
}

// As many records a turn as the engine may be given.
static void take_queue(struct turns *turns)
{
    size_t queued = queue_count(turns->queue);
    for (size_t from = 0; from < queued;) {
        size_t count = queued - from < ENGINE_BATCH_RECORDS ? queued - from : ENGINE_BATCH_RECORDS;
        int64_t complete_ms = from + count == queued ? turns_now_ms(turns) : 0;
        struct batch batch = queue_batch(turns->queue, turns->engine, from, count, complete_ms);
        must(engine_turn(turns->engine, NULL, 0, &batch) == ENGINE_DONE);
        from += count;
    }
    queue_clear(turns->queue);
}

void turns_step(struct turns *turns)
{
    if (queue_count(turns->queue) == 0)
        turn_once(turns);
    else
        take_queue(turns);
}

void turns_run(struct turns *turns, int64_t now_ms)
{
    take_queue(turns);
    for (unsigned i = 0; i < TURNS_MOST; i++) {
        turn_once(turns);
        int64_t due_ms = engine_due(turns->engine);
        if (due_ms > now_ms) {
            clock_move(turns->clock, now_ms);
            turn_once(turns);
            if (engine_due(turns->engine) > now_ms) {
                return;
            }
        } else {
            clock_move(turns->clock, due_ms);
        }
    }
    must(turns == NULL); // turns without end
}

void turns_sleep(struct turns *turns, int64_t now_ms)
{
    clock_move(turns->clock, now_ms);
}

// The service's functions are called as a turn would, and the transaction is thrown away.
void turns_crash(struct turns *turns)
{
    struct arena *arena = arena_open(1 << 20, (size_t)1 << 30);
    struct journal journal = *engine_journal(turns->engine);
    struct turn turn = {.tx = store_begin(engine_store(turns->engine)),
                        .arena = arena,
                        .journal = &journal,
                        .now_ms = turns_now_ms(turns),
                        .shards = 16,
                        .speaks = turns->service->shares_owners ? turns->lane : (struct lane){0, 1}};
    const struct batch all = queue_batch(turns->queue, turns->engine, 0, queue_count(turns->queue), 0);
    for (size_t i = 0; i < all.count; i++)
        turns->service->apply(turns->self, &turn, &all.records[i]);
    turns->service->tick(turns->self, &turn, turn.now_ms);
    if (turns->service->settle != NULL) {
        turns->service->settle(turns->self, &turn);
    }
    tx_abort(&turn.tx);
    arena_close(&arena);
    turns_restart(turns);
}

int64_t turns_now_ms(const struct turns *turns)
{
    return clock_wall_ms(turns->clock);
}

uint64_t turns_last(const struct turns *turns)
{
    return engine_journal(turns->engine)->last;
}

const struct record *turns_read(struct turns *turns, uint64_t seq)
{
    struct tx *tx = store_begin_read(engine_store(turns->engine));
    must(journal_read(tx, seq, &turns->read));
    free(turns->payload);
    turns->payload = malloc(turns->read.length + 1);
    must(turns->payload != NULL);
    if (turns->read.length > 0) {
        memcpy(turns->payload, turns->read.payload, turns->read.length);
    }
    turns->read.payload = turns->payload;
    tx_abort(&tx);
    return &turns->read;
}

static const char *param(const struct request *request, const char *name)
{
    const struct turns *turns = request->source;
    for (size_t i = 0; i < turns->param_count; i++) {
        if (strcmp(turns->names[i], name) == 0) {
            return turns->values[i];
        }
    }
    return NULL;
}

static const char *header(const struct request *request, const char *name)
{
    (void)request;
    (void)name;
    return NULL;
}

static void split_target(struct turns *turns, const char *target)
{
    snprintf(turns->target, sizeof turns->target, "%s", target);
    turns->param_count = 0;
    char *next = strchr(turns->target, '?');
    while (next != NULL && turns->param_count < PARAMS_MAX) {
        *next++ = '\0';
        char *value = strchr(next, '=');
        must(value != NULL);
        *value++ = '\0';
        turns->names[turns->param_count] = next;
        turns->values[turns->param_count++] = value;
        next = strchr(value, '&');
    }
}

const char *turns_ask(struct turns *turns, const char *target, int *ret_status)
{
    split_target(turns, target);
    struct inbound inbound = {.request = {.method = "GET",
                                          .path = turns->target,
                                          .content_type = "",
                                          .body = (const uint8_t *)"",
                                          .source = turns,
                                          .param = param,
                                          .header = header}};
    engine_query(turns->engine, &inbound);
    free(turns->answer);
    turns->answer = strndup(inbound.reply.body, inbound.reply.length);
    must(turns->answer != NULL);
    if (ret_status != NULL) {
        *ret_status = inbound.reply.status;
    }
    return turns->answer;
}

uint64_t turns_state(struct turns *turns)
{
    uint64_t hash = 0;
    struct tx *tx = store_begin_read(engine_store(turns->engine));
    for (size_t i = 0; i < turns->service->table_count; i++) {
        struct slice key, value;
        struct cursor *cursor = cursor_open(tx, STORE_TABLE_SERVICE + (unsigned)i);
        bool found = cursor_seek(cursor, "", 1, &key, &value);
        for (; found; found = cursor_next(cursor, &key, &value)) {
            uint64_t parts[4] = {hash, i, hash_short(key.bytes, key.length), hash_short(value.bytes, value.length)};
            hash = hash_short(parts, sizeof parts);
        }
        cursor_close(&cursor);
    }
    tx_abort(&tx);
    return hash;
}

struct engine *turns_engine(struct turns *turns)
{
    return turns->engine;
}
