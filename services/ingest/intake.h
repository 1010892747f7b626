// The intake: what a sender hands in, as events or as reasons why not. Reads JSON (one event, an array, one a line) and
// packed batches. The only file of ingest that knows protobuf and JSON.
#ifndef TEND_INGEST_INTAKE_H
#define TEND_INGEST_INTAKE_H

#include "common/service.h"
#include "common/verify.h"
#include "tend/v1/journal.pb-c.h"

enum { INTAKE_EVENTS_MAX = 4096 }; // in one request

// One event as it came in. `event` NULL: it could not be read, and `error` says why.
struct intake_item {
    Tend__V1__Event *event;
    const uint8_t *bytes; // the sender's own, when it was packed already
    size_t length;
    bool canonical; // the bytes are what we would pack ourselves
    struct verify_error error;
};

struct intake {
    struct intake_item *items;
    size_t count;
    bool single; // one JSON object: answered for itself, not as a list
    bool packed; // protobuf came in, protobuf goes out
};

// Reads a request's body. False: the body as a whole is no list of events; the error says why.
bool intake_read(const struct request *request, struct arena *arena, struct intake *ret_intake,
                 struct verify_error *ret_error);

// Whether the event fits into a record.
bool intake_fits(const struct intake_item *item, struct verify_error *ret_error);

// The record of a checked event: identity, content hash, shard, flags and payload filled. The bytes come from the arena
// or are the sender's. The event's unknown fields are hidden afterwards.
void intake_record(const struct intake_item *item, uint32_t shards, struct arena *arena, struct record *ret_record);

// The answer to what came in. `results` has one entry for each item.
void intake_answer(struct turn *turn, const struct intake *intake, Tend__V1__EventResult *results,
                   struct reply *ret_reply);

#endif
