#include "harness/queue.h"

#include "common/must.h"

#include <stdlib.h>

enum { ROOM_FIRST = 64, KEPT_BLOCK = 1 << 20, KEPT_LIMIT = 1 << 30 };

struct queue {
    struct record *records;
    size_t count, room;
    uint64_t said;
    struct arena *kept; // packed messages
};

struct queue *queue_open(void)
{
    struct queue *queue = calloc(1, sizeof *queue);
    must(queue != NULL);
    queue->kept = arena_open(KEPT_BLOCK, KEPT_LIMIT);
    return queue;
}

void queue_close(struct queue **queue)
{
    struct queue *self = *queue;
    if (self == NULL)
        return;
    arena_close(&self->kept);
    free(self->records);
    free(self);
    *queue = NULL;
}

struct record *queue_say(struct queue *queue, uint16_t type, int64_t time_ms, const ProtobufCMessage *message)
{
    if (queue->count == queue->room) {
        queue->room = queue->room == 0 ? ROOM_FIRST : queue->room * 2;
        queue->records = realloc(queue->records, queue->room * sizeof *queue->records);
        must(queue->records != NULL);
    }
    size_t length = message != NULL ? protobuf_c_message_get_packed_size(message) : 0;
    uint8_t *payload = arena_take(queue->kept, length + 1);
    if (message != NULL)
        protobuf_c_message_pack(message, payload);
    struct record *record = &queue->records[queue->count++];
    *record = (struct record){.seq = ++queue->said,
                              .time_ms = time_ms,
                              .type = type,
                              .version = 1,
                              .shard = SHARD_ALL,
                              .payload = payload,
                              .length = length};
    store_put_u64(record->key, record->seq);
    store_put_u64(record->chain, record->seq);
    return record;
}

size_t queue_count(const struct queue *queue)
{
    return queue->count;
}

struct batch queue_batch(const struct queue *queue, const struct engine *engine, size_t from, size_t count,
                         int64_t complete_ms)
{
    must(from + count <= queue->count);
    const struct position *position = engine_position(engine);
    struct batch batch = {.after = position->seq,
                          .records = count > 0 ? queue->records + from : queue->records,
                          .count = count,
                          .looked = position->seq + count,
                          .generation = 1,
                          .complete_ms = complete_ms};
    store_put_u64(batch.chain, batch.looked);
    return batch;
}

void queue_clear(struct queue *queue)
{
    queue->count = 0;
    arena_reset(queue->kept);
}
