// A queue of records that a service is to take in, as if an upstream had said them.
#ifndef TEND_HARNESS_QUEUE_H
#define TEND_HARNESS_QUEUE_H

#include "common/engine.h"

struct queue;

struct queue *queue_open(void);
void queue_close(struct queue **queue);

// Adds a record that entered the upstream's journal at `time_ms`; the message is packed at once, NULL: an empty one.
// The record may be changed and lives until the next one is said.
struct record *queue_say(struct queue *queue, uint16_t type, int64_t time_ms, const ProtobufCMessage *message);

size_t queue_count(const struct queue *queue);

// The records from `from` on as the next answer to the engine, complete to `complete_ms`. They live until the queue is
// changed.
struct batch queue_batch(const struct queue *queue, const struct engine *engine, size_t from, size_t count,
                         int64_t complete_ms);

// Forgets all records; the numbers go on.
void queue_clear(struct queue *queue);

#endif
