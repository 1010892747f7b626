#include "bench/crew.h"

#include "common/config.h"
#include "common/must.h"
#include "harness/folder.h"
#include "harness/queue.h"
#include "services/scheduler/scheduler.h"
#include "tend/v1/journal.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHARDS = 16, ID_BYTES = 24 };

#define MAP_BYTES ((size_t)64 << 30)

struct crew {
    struct config *config;
    struct scheduler_options options;
    struct scheduler *scheduler;
    struct engine *engine;
    struct clock *clock; // stands still
    struct clock *watch; // does not
    char folder[FOLDER_BYTES];
    struct queue *queue;
    uint64_t events, said_most;
    Google__Protobuf__Timestamp time;
    char id[ID_BYTES];
};

struct crew *crew_open(const struct service *service, int64_t now_ms)
{
    struct crew *crew = calloc(1, sizeof *crew);
    must(crew != NULL);
    const struct config_section section = {
        .name = "scheduler", .keys = scheduler_keys, .target = &crew->options, .help = ""};
    crew->config = config_read_text("bench", "", 0, &section, 1);
    must(config_good(crew->config));
    char trouble[200];
    crew->scheduler = scheduler_open(&crew->options, trouble, sizeof trouble);
    must(crew->scheduler != NULL);
    crew->clock = clock_open_simulated(now_ms);
    crew->watch = clock_open();
    crew->queue = queue_open();
    folder_make(crew->folder);
    struct engine_options options = {.service = service,
                                     .self = crew->scheduler,
                                     .folder = crew->folder,
                                     .map_bytes = MAP_BYTES,
                                     .shards = SHARDS,
                                     .clock = crew->clock};
    struct store_error error;
    bool opened = engine_open(&options, &error, &crew->engine);
    if (!opened)
        fprintf(stderr, "%s\n", error.text);
    must(opened);
    return crew;
}

void crew_close(struct crew **crew)
{
    struct crew *self = *crew;
    if (self == NULL)
        return;
    engine_close(&self->engine);
    scheduler_close(&self->scheduler);
    clock_close(&self->clock);
    clock_close(&self->watch);
    queue_close(&self->queue);
    config_close(&self->config);
    folder_remove(self->folder);
    free(self);
    *crew = NULL;
}

int64_t crew_now_ms(const struct crew *crew)
{
    return clock_wall_ms(crew->clock);
}

void crew_say(struct crew *crew, uint16_t type, const ProtobufCMessage *message)
{
    if (queue_count(crew->queue) == CREW_QUEUE_MAX)
        (void)crew_take(crew);
    (void)queue_say(crew->queue, type, crew_now_ms(crew), message);
}

Tend__V1__Event crew_event(struct crew *crew, const char *customer_id, const char *rep_id)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    static char source[] = "bench";
    snprintf(crew->id, sizeof crew->id, "e%llu", (unsigned long long)++crew->events);
    google__protobuf__timestamp__init(&crew->time);
    crew->time.seconds = crew_now_ms(crew) / 1000;
    event.id = crew->id;
    event.source = source;
    event.time = &crew->time;
    event.customer_id = (char *)(uintptr_t)customer_id;
    event.rep_id = (char *)(uintptr_t)rep_id;
    return event;
}

void crew_tell(struct crew *crew, const Tend__V1__Event *event)
{
    crew_say(crew, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, &event->base);
}

static int64_t turn(struct crew *crew, size_t count)
{
    struct batch batch = queue_batch(crew->queue, crew->engine, 0, count, crew_now_ms(crew));
    int64_t began_us = clock_boot_us(crew->watch);
    must(engine_turn(crew->engine, NULL, 0, &batch) == ENGINE_DONE);
    return clock_boot_us(crew->watch) - began_us;
}

int64_t crew_take(struct crew *crew)
{
    int64_t us = turn(crew, queue_count(crew->queue));
    queue_clear(crew->queue);
    return us;
}

int64_t crew_rest(struct crew *crew, int64_t now_ms, struct delays *delays)
{
    int64_t sum_us = 0;
    crew->said_most = 0;
    clock_move(crew->clock, now_ms);
    do {
        uint64_t before = crew_said(crew);
        int64_t us = turn(crew, 0);
        if (delays != NULL)
            delays_add(delays, us);
        sum_us += us;
        uint64_t said = crew_said(crew) - before;
        crew->said_most = said > crew->said_most ? said : crew->said_most;
    } while (engine_due(crew->engine) <= crew_now_ms(crew));
    return sum_us;
}

uint64_t crew_said(const struct crew *crew)
{
    return engine_journal(crew->engine)->last;
}

uint64_t crew_said_most(const struct crew *crew)
{
    return crew->said_most;
}

size_t crew_row_bytes(struct crew *crew, unsigned table, bool last)
{
    struct slice key, value;
    struct tx *tx = store_begin_read(engine_store(crew->engine));
    struct cursor *cursor = cursor_open(tx, table);
    bool found = last ? cursor_last(cursor, &key, &value) : cursor_seek(cursor, "", 1, &key, &value);
    size_t bytes = found ? value.length : 0;
    cursor_close(&cursor);
    tx_abort(&tx);
    return bytes;
}

double crew_store_bytes(const struct crew *crew)
{
    struct store_use use;
    store_measure(engine_store(crew->engine), &use);
    return (double)use.used_bytes;
}
