#include "common/serve.h"

#include "common/must.h"

#include <string.h>

enum {
    LOOKED_MAX = 4 * ENGINE_BATCH_RECORDS, // records that one fetch may pass over by its filter
    SEQ_BYTES = 8,
};

// Told to the service when a follower has read what is not here.
static const char doubtful[] =
    "a service that follows this one has read more than this store holds, so it was put back from a backup";

static struct slice pack(const Tend__V1__FetchAnswer *answer, struct arena *arena)
{
    size_t length = tend__v1__fetch_answer__get_packed_size(answer);
    uint8_t *bytes = arena_take(arena, length + SERVE_CRC_BYTES);
    tend__v1__fetch_answer__pack(answer, bytes);
    uint32_t crc = hash_crc(0, bytes, length);
    bytes[length++] = SERVE_CRC_KEY;
    for (int shift = 0; shift < 32; shift += 8)
        bytes[length++] = (uint8_t)(crc >> shift);
    return (struct slice){bytes, length};
}

static enum serve_outcome refuse(const struct engine *engine, const Tend__V1__Fetch *fetch, struct arena *arena,
                                 const char *sentence, bool other_history, struct slice *ret_answer)
{
    Tend__V1__FetchAnswer answer = TEND__V1__FETCH_ANSWER__INIT;
    answer.after = fetch->after;
    answer.other_history = other_history;
    answer.refusal = arena_format(arena, "%s refuses %s: %s", engine_name(engine), fetch->follower, sentence);
    engine_note_refusal(engine, answer.refusal);
    *ret_answer = pack(&answer, arena);
    return SERVE_ANSWER;
}

static enum journal_place place_of(struct engine *engine, struct tx *tx, const Tend__V1__Fetch *fetch)
{
    struct position position = {.seq = fetch->after};
    if (fetch->journal_id.len == JOURNAL_ID_BYTES)
        memcpy(position.journal_id, fetch->journal_id.data, JOURNAL_ID_BYTES);
    if (fetch->chain.len == HASH_BYTES)
        memcpy(position.chain, fetch->chain.data, HASH_BYTES);
    return journal_place(tx, engine_journal(engine), &position);
}

// Why that is no place for a follower to go on from.
static const char *why_not(const struct engine *engine, enum journal_place place, const Tend__V1__Fetch *fetch,
                           struct arena *arena)
{
    const struct journal *journal = engine_journal(engine);
    unsigned long long after = fetch->after, first = journal->first, last = journal->last;
    switch (place) {
    case JOURNAL_OTHER:
        return "it followed another journal than this one: one of the two stores was made anew or comes from elsewhere";
    case JOURNAL_AHEAD:
        return arena_format(arena,
                            "it has read up to %llu but this journal ends at %llu: this store was put back from an "
                            "older backup",
                            after, last);
    case JOURNAL_TRIMMED:
        return arena_format(arena,
                            "it asks for what follows %llu but this journal begins at %llu: its store is new, or from "
                            "too old a backup",
                            after, first);
    case JOURNAL_OK:
    case JOURNAL_DIVERGED:
    default:
        return arena_format(arena,
                            "its history up to %llu is not this journal's: one of the two stores was put back from an "
                            "older backup and then went on",
                            after);
    }
}

static bool wanted(const Tend__V1__Fetch *fetch, const struct record *record)
{
    bool found = fetch->n_shards == 0 || record->shard == SHARD_ALL;
    for (size_t i = 0; !found && i < fetch->n_shards; i++)
        found = fetch->shards[i] == record->shard;
    if (!found || fetch->n_owners == 0 || record->owner == 0)
        return found;
    for (size_t i = 0; i < fetch->n_owners; i++)
        if (fetch->owners[i] == record->owner)
            return true;
    return false;
}

// Fills records, looked and chain with what follows `after`. When there is more than fits, the answer is complete to no
// moment: what is unread may take back what is due.
static void collect(struct tx *tx, const struct journal *journal, const Tend__V1__Fetch *fetch, struct arena *arena,
                    Tend__V1__FetchAnswer *answer)
{
    uint64_t most = fetch->most_records > 0 && fetch->most_records < ENGINE_BATCH_RECORDS ? fetch->most_records
                                                                                          : ENGINE_BATCH_RECORDS;
    size_t room =
        fetch->most_bytes > 0 && fetch->most_bytes < ENGINE_BATCH_BYTES ? fetch->most_bytes : ENGINE_BATCH_BYTES;
    uint64_t left = journal->last - fetch->after;
    uint64_t looks = left < LOOKED_MAX ? left : LOOKED_MAX;
    answer->records = arena_take(arena, (size_t)(looks < most ? looks : most) * sizeof *answer->records + 1);
    uint8_t *chain = arena_take(arena, HASH_BYTES);
    uint8_t key[SEQ_BYTES];
    store_put_u64(key, fetch->after + 1);
    struct cursor *cursor = cursor_open(tx, STORE_TABLE_JOURNAL);
    struct slice at, stored;
    bool more = cursor_seek(cursor, key, sizeof key, &at, &stored);
    for (; more && looks > 0 && answer->n_records < most; more = cursor_next(cursor, &at, &stored), looks--) {
        size_t length = SEQ_BYTES + stored.length;
        if (length > room && answer->n_records > 0)
            break;
        uint8_t *bytes = arena_take(arena, length);
        memcpy(bytes, at.bytes, SEQ_BYTES);
        memcpy(bytes + SEQ_BYTES, stored.bytes, stored.length);
        struct record record;
        if (!record_decode(bytes, length, &record)) {
            tx_fail(tx, STORE_DAMAGED);
            break;
        }
        if (wanted(fetch, &record)) {
            answer->records[answer->n_records++] = (ProtobufCBinaryData){length, bytes};
            room -= length < room ? length : room;
        }
        answer->looked = record.seq;
        memcpy(chain, record.chain, HASH_BYTES);
        answer->chain = (ProtobufCBinaryData){HASH_BYTES, chain};
    }
    cursor_close(&cursor);
    if (answer->looked < journal->last)
        answer->complete_ms = 0;
}

// Makes the follower known. With `begin` it goes on from the first record that is here, which from now on is not
// trimmed.
static enum serve_outcome welcome(struct engine *engine, const Tend__V1__Fetch *fetch, bool begin, struct arena *arena,
                                  Tend__V1__FetchAnswer *answer, struct slice *ret_answer)
{
    const struct journal *journal = engine_journal(engine);
    enum engine_outcome outcome = engine_welcome(engine, fetch->follower, fetch->instance, &answer->generation);
    if (outcome == ENGINE_REFUSED)
        return refuse(engine, fetch, arena, "there is no room for another follower", false, ret_answer);
    if (outcome != ENGINE_DONE)
        return SERVE_NOTHING;
    answer->anew = fetch->anew;
    answer->chain = fetch->chain;
    if (begin) {
        answer->after = journal->first - 1;
        answer->chain = (ProtobufCBinaryData){HASH_BYTES, (uint8_t *)(uintptr_t)journal->trim_chain};
        must(engine_confirm(engine, fetch->follower, answer->generation, answer->after) != NULL);
    }
    answer->looked = answer->after;
    *ret_answer = pack(answer, arena);
    return SERVE_ANSWER;
}

static enum serve_outcome answer_fetch(struct engine *engine, struct tx *tx, const Tend__V1__Fetch *fetch, bool parked,
                                       struct arena *arena, Tend__V1__FetchAnswer *answer, struct slice *ret_answer)
{
    const struct journal *journal = engine_journal(engine);
    if (engine_follower(engine, fetch->follower) == NULL)
        return refuse(engine, fetch, arena, "it was taken off the list of followers; started again, it is put back",
                      false, ret_answer);
    if (engine_confirm(engine, fetch->follower, fetch->generation, fetch->after) == NULL)
        return refuse(engine, fetch, arena, "a newer process of the same name has taken its place", false, ret_answer);
    answer->generation = fetch->generation;
    // Read before the records: what is in them by now was there at that moment.
    answer->complete_ms = engine_complete_ms(engine);
    answer->looked = fetch->after;
    answer->chain = fetch->chain;
    if (journal->last > fetch->after)
        collect(tx, journal, fetch, arena, answer);
    else if (!parked && !(fetch->complete_ms > 0 && answer->complete_ms >= fetch->complete_ms))
        return SERVE_PARK;
    *ret_answer = pack(answer, arena);
    return SERVE_ANSWER;
}

static enum serve_outcome judge(struct engine *engine, struct tx **tx, const Tend__V1__Fetch *fetch, bool parked,
                                struct arena *arena, struct slice *ret_answer)
{
    const struct journal *journal = engine_journal(engine);
    enum journal_place place = place_of(engine, *tx, fetch);
    if (tx_error(*tx) != 0)
        return SERVE_NOTHING; // what could not be read proves nothing
    Tend__V1__FetchAnswer answer = TEND__V1__FETCH_ANSWER__INIT;
    answer.journal_id = (ProtobufCBinaryData){JOURNAL_ID_BYTES, (uint8_t *)(uintptr_t)journal->id};
    answer.after = fetch->after;
    answer.last = journal->last;
    if (place == JOURNAL_OK && fetch->generation != 0)
        return answer_fetch(engine, *tx, fetch, parked, arena, &answer, ret_answer);
    // What follows writes; LMDB lets one thread hold a read transaction beside it, but it is simpler to look first.
    tx_abort(tx);
    bool other = place != JOURNAL_OK && place != JOURNAL_TRIMMED;
    if (other && engine_doubt(engine, doubtful) != ENGINE_DONE)
        return SERVE_NOTHING;
    bool begin = place != JOURNAL_OK && fetch->anew && fetch->generation == 0;
    if (place != JOURNAL_OK && !begin)
        return refuse(engine, fetch, arena, why_not(engine, place, fetch, arena), true, ret_answer);
    return welcome(engine, fetch, begin, arena, &answer, ret_answer);
}

enum serve_outcome serve_fetch(struct engine *engine, const Tend__V1__Fetch *fetch, bool parked, struct arena *arena,
                               struct slice *ret_answer)
{
    if (engine_broken(engine) || !follower_name_good(fetch->follower) || fetch->n_shards > SERVE_SHARDS_MAX ||
        fetch->n_owners > SERVE_OWNERS_MAX)
        return SERVE_NOTHING;
    struct tx *tx = store_begin_read(engine_store(engine));
    enum serve_outcome outcome = judge(engine, &tx, fetch, parked, arena, ret_answer);
    int error = tx != NULL ? tx_error(tx) : 0;
    tx_abort(&tx);
    if (error == STORE_DAMAGED)
        return refuse(engine, fetch, arena, "a record of this journal is damaged; run tend verify", false, ret_answer);
    return error != 0 ? SERVE_NOTHING : outcome;
}
