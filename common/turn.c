#include "common/service.h"

#include "common/codec.h"
#include "common/lane.h"
#include "common/must.h"
#include "tend/v1/journal.pb-c.h"

#include <string.h>

struct slice turn_emit(struct turn *turn, const struct emission *emission)
{
    uint64_t owner = lane_owner(emission->owner_rep_id != NULL ? emission->owner_rep_id : "");
    if (!lane_has_owner(turn->speaks, owner))
        return (struct slice){.length = 0};
    size_t length = protobuf_c_message_get_packed_size(emission->message);
    must(length <= RECORD_PAYLOAD_MAX);
    uint8_t *payload = arena_take(turn->arena, length + 1);
    protobuf_c_message_pack(emission->message, payload);
    // protobuf-c can write what it then refuses to read; such a record would stop the next service for ever.
    must(protobuf_c_message_unpack(emission->message->descriptor, arena_allocator(turn->arena), length, payload) !=
         NULL);

    struct record draft = {
        .type = emission->type,
        .version = 1,
        .flags = emission->flags,
        .time_ms = turn->now_ms,
        .shard = SHARD_ALL,
        .owner = owner,
        .payload = payload,
        .length = length,
    };
    if (emission->customer_id != NULL && emission->customer_id[0] != '\0')
        draft.shard = lane_shard(emission->customer_id, turn->shards);
    if (emission->key != NULL)
        memcpy(draft.key, emission->key, HASH_BYTES);
    journal_append(turn->tx, turn->journal, &draft);
    return (struct slice){.bytes = payload, .length = length};
}

void turn_forward(struct turn *turn, const struct record *record)
{
    struct record draft = *record;
    if (!lane_has_owner(turn->speaks, record->owner))
        return;
    draft.time_ms = turn->now_ms;
    journal_append(turn->tx, turn->journal, &draft);
}

void reply_message(struct turn *turn, const ProtobufCMessage *message, struct reply *ret_reply)
{
    size_t length;
    const char *text = codec_to_text(message, 0, arena_allocator(turn->arena), &length);
    must(text != NULL);
    *ret_reply = (struct reply){.status = 200, .content_type = "application/json", .body = text, .length = length};
}

void reply_error(struct turn *turn, int status, const char *field, const char *reason, struct reply *ret_reply)
{
    Tend__V1__Problem problem = TEND__V1__PROBLEM__INIT;
    problem.field = (char *)(uintptr_t)field;
    problem.reason = (char *)(uintptr_t)reason;
    Tend__V1__ProblemAnswer answer = TEND__V1__PROBLEM_ANSWER__INIT;
    answer.error = &problem;
    reply_message(turn, &answer.base, ret_reply);
    ret_reply->status = status;
}
