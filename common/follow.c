#include "common/follow.h"

#include "common/serve.h"

#include <stdio.h>
#include <string.h>

// The shards of our lane; none, which means all, when we are the only process, or when each hears everything.
static void ask_shards(const struct engine *engine, struct arena *arena, Tend__V1__Fetch *fetch)
{
    struct lane lane = engine_lane(engine);
    if (lane.count == 1 || engine_service(engine)->shares_owners)
        return;
    fetch->shards = arena_take(arena, engine_shards(engine) * sizeof *fetch->shards);
    for (uint32_t shard = 0; shard < engine_shards(engine); shard++)
        if (lane_has(lane, shard))
            fetch->shards[fetch->n_shards++] = shard;
}

struct slice follow_ask(const struct engine *engine, unsigned which, uint64_t instance, struct arena *arena)
{
    const struct upstream *upstream = engine_upstream(engine, which);
    const struct position *position = &upstream->position;
    Tend__V1__Fetch fetch = TEND__V1__FETCH__INIT;
    fetch.follower = (char *)(uintptr_t)engine_name(engine);
    fetch.generation = upstream->generation;
    fetch.instance = instance;
    static const uint8_t nowhere[JOURNAL_ID_BYTES];
    if (memcmp(position->journal_id, nowhere, JOURNAL_ID_BYTES) != 0) {
        fetch.journal_id = (ProtobufCBinaryData){JOURNAL_ID_BYTES, (uint8_t *)(uintptr_t)position->journal_id};
        fetch.chain = (ProtobufCBinaryData){HASH_BYTES, (uint8_t *)(uintptr_t)position->chain};
    }
    fetch.after = position->seq;
    fetch.most_records = ENGINE_BATCH_RECORDS;
    fetch.most_bytes = ENGINE_BATCH_BYTES;
    fetch.complete_ms = engine_wanted_ms(engine, which);
    fetch.anew = upstream->anew && upstream->generation == 0;
    ask_shards(engine, arena, &fetch);
    size_t length = tend__v1__fetch__get_packed_size(&fetch);
    uint8_t *bytes = arena_take(arena, length + 1);
    tend__v1__fetch__pack(&fetch, bytes);
    return (struct slice){bytes, length};
}

// An answer ends with a checksum of itself: a bit that turned on the way must not become our position.
static bool is_whole(const uint8_t *bytes, size_t length)
{
    if (length < SERVE_CRC_BYTES || bytes[length - SERVE_CRC_BYTES] != SERVE_CRC_KEY)
        return false;
    uint32_t crc = 0;
    for (size_t i = 1; i < SERVE_CRC_BYTES; i++)
        crc = crc << 8 | bytes[length - i];
    return crc == hash_crc(0, bytes, length - SERVE_CRC_BYTES);
}

// Whether it names places, in an order that can be.
static bool is_formed(const Tend__V1__FetchAnswer *answer)
{
    return answer->looked >= answer->after && answer->n_records <= ENGINE_BATCH_RECORDS &&
           answer->journal_id.len == JOURNAL_ID_BYTES && (answer->chain.len == HASH_BYTES || answer->looked == 0);
}

// Whether it says where we begin anew, and nothing else.
static bool is_beginning(const Tend__V1__FetchAnswer *answer)
{
    return answer->anew && answer->looked == answer->after && answer->n_records == 0 && answer->generation != 0;
}

// Whether it answers the question that we would ask now.
static bool is_ours(const struct position *position, const Tend__V1__FetchAnswer *answer)
{
    static const uint8_t nowhere[JOURNAL_ID_BYTES];
    if (answer->after != position->seq)
        return false;
    return memcmp(position->journal_id, nowhere, JOURNAL_ID_BYTES) == 0 ||
           memcmp(position->journal_id, answer->journal_id.data, JOURNAL_ID_BYTES) == 0;
}

// Decodes the records and checks that they go on from where we are, and that their last chain value is the answer's.
// False when bytes are damaged; *ret_forked when they are whole but tell another history.
static bool read_records(const struct position *position, const Tend__V1__FetchAnswer *answer, struct batch *batch,
                         bool *ret_forked)
{
    uint64_t seq = answer->after;
    uint8_t chain[HASH_BYTES];
    memcpy(chain, position->chain, HASH_BYTES);
    bool gapless = true;
    *ret_forked = false;
    for (size_t i = 0; i < answer->n_records; i++) {
        struct record *record = &batch->records[i];
        if (!record_decode(answer->records[i].data, answer->records[i].len, record) || record->seq <= seq)
            return false;
        gapless = gapless && record->seq == seq + 1;
        seq = record->seq;
        if (!gapless)
            continue;
        record_chain(chain, record, chain);
        *ret_forked = memcmp(chain, record->chain, HASH_BYTES) != 0;
        if (*ret_forked)
            return false;
    }
    const uint8_t *last = answer->n_records > 0 ? batch->records[answer->n_records - 1].chain : chain;
    *ret_forked = seq == answer->looked && seq != 0 && memcmp(last, answer->chain.data, HASH_BYTES) != 0;
    return seq <= answer->looked && !*ret_forked;
}

enum follow_outcome follow_read(const struct engine *engine, unsigned which, const uint8_t *bytes, size_t length,
                                struct arena *arena, struct batch *ret_batch, char *ret_refusal, size_t refusal_bytes)
{
    const struct upstream *upstream = engine_upstream(engine, which);
    const struct position *position = &upstream->position;
    Tend__V1__FetchAnswer *answer =
        is_whole(bytes, length) ? tend__v1__fetch_answer__unpack(arena_allocator(arena), length, bytes) : NULL;
    if (answer == NULL)
        return FOLLOW_IGNORE;
    if (answer->refusal[0] != '\0') {
        const char *advice = answer->other_history ? engine_service(engine)->other_history : NULL;
        snprintf(ret_refusal, refusal_bytes, advice != NULL ? "%s. %s" : "%s%s", answer->refusal,
                 advice != NULL ? advice : "");
        return FOLLOW_REFUSED;
    }
    bool anew = upstream->anew && is_beginning(answer);
    if (!is_formed(answer) || (!anew && !is_ours(position, answer)))
        return FOLLOW_IGNORE;
    struct batch batch = {
        .upstream = which,
        .after = answer->after,
        .looked = answer->looked,
        .last = answer->last,
        .count = answer->n_records,
        .generation = answer->generation,
        .complete_ms = answer->complete_ms,
        .records = arena_try(arena, (answer->n_records + 1) * sizeof *batch.records),
    };
    if (batch.records == NULL)
        return FOLLOW_IGNORE;
    memcpy(batch.journal_id, answer->journal_id.data, JOURNAL_ID_BYTES);
    if (answer->chain.len == HASH_BYTES)
        memcpy(batch.chain, answer->chain.data, HASH_BYTES);
    bool forked;
    if (anew) {
        *ret_batch = batch;
        return FOLLOW_ANEW;
    }
    if (!read_records(position, answer, &batch, &forked)) {
        if (!forked)
            return FOLLOW_IGNORE;
        char name[LANE_NAME_BYTES];
        engine_upstream_name(engine, which, name);
        snprintf(ret_refusal, refusal_bytes,
                 "the journal of %s does not hold together after record %llu: its store is damaged; run tend verify",
                 name, (unsigned long long)answer->after);
        return FOLLOW_REFUSED;
    }
    *ret_batch = batch;
    return FOLLOW_BATCH;
}
