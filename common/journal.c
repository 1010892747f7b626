#include "common/journal.h"

#include "common/must.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

// A record as stored: a head of fixed size, then the payload. Its key in the table is the sequence number.
enum {
    AT_FORMAT = 0,
    AT_FLAGS = 1,
    AT_TYPE = 2,
    AT_SHARD = 4,
    AT_VERSION = 6,
    AT_TIME = 8,
    AT_OWNER = 16,
    AT_CONTENT = 24,
    AT_KEY = 32,
    AT_DIGEST = 48,
    AT_CHAIN = 64,
    AT_CRC = 80,
    HEAD_BYTES = 84,
    SEQ_BYTES = 8,
    FORMAT = 1,
};
_Static_assert(AT_DIGEST == AT_KEY + HASH_BYTES && AT_CHAIN == AT_DIGEST + HASH_BYTES &&
                   AT_CRC == AT_CHAIN + HASH_BYTES,
               "the head has no holes behind its key");

static const char facts_key[] = "journal";
enum {
    POSITION_KEY_BYTES = 24,
    FACTS_BYTES = JOURNAL_ID_BYTES + 3 * 8 + 2 * HASH_BYTES,
    POSITION_BYTES = JOURNAL_ID_BYTES + 8 + HASH_BYTES,
    BREATH_RECORDS = 1000, // that are verified between two breaths: some milliseconds
};

// "position" for the first, as it was when there was but one; "position-1", "position-2" for the others.
static size_t position_key(unsigned which, char *key)
{
    int length = which == 0 ? snprintf(key, POSITION_KEY_BYTES, "position")
                            : snprintf(key, POSITION_KEY_BYTES, "position-%u", which);
    return (size_t)length;
}

void position_save(struct tx *tx, unsigned which, const struct position *position)
{
    char key[POSITION_KEY_BYTES];
    size_t length = position_key(which, key);
    uint8_t value[POSITION_BYTES];
    memcpy(value, position->journal_id, JOURNAL_ID_BYTES);
    store_put_u64(value + JOURNAL_ID_BYTES, position->seq);
    memcpy(value + JOURNAL_ID_BYTES + 8, position->chain, HASH_BYTES);
    tx_put(tx, STORE_TABLE_META, key, length, value, sizeof value);
}

void position_load(struct tx *tx, unsigned which, struct position *ret_position)
{
    char key[POSITION_KEY_BYTES];
    size_t length = position_key(which, key);
    struct slice value;
    memset(ret_position, 0, sizeof *ret_position);
    if (!tx_get(tx, STORE_TABLE_META, key, length, &value))
        return;
    must(value.length == POSITION_BYTES);
    memcpy(ret_position->journal_id, value.bytes, JOURNAL_ID_BYTES);
    ret_position->seq = store_get_u64(value.bytes + JOURNAL_ID_BYTES);
    memcpy(ret_position->chain, value.bytes + JOURNAL_ID_BYTES + 8, HASH_BYTES);
}

static uint32_t record_crc(const uint8_t *seq, const uint8_t *stored, size_t length)
{
    uint32_t crc = hash_crc(0, seq, SEQ_BYTES);
    crc = hash_crc(crc, stored, AT_CRC);
    return hash_crc(crc, stored + HEAD_BYTES, length - HEAD_BYTES);
}

void journal_load(struct tx *tx, struct journal *ret_journal)
{
    struct slice facts;
    memset(ret_journal, 0, sizeof *ret_journal);
    if (!tx_get(tx, STORE_TABLE_META, facts_key, sizeof facts_key, &facts)) {
        randombytes_buf(ret_journal->id, JOURNAL_ID_BYTES);
        ret_journal->first = 1;
        ret_journal->changed = true;
        return;
    }
    must(facts.length == FACTS_BYTES);
    const uint8_t *at = facts.bytes;
    memcpy(ret_journal->id, at, JOURNAL_ID_BYTES);
    at += JOURNAL_ID_BYTES;
    ret_journal->first = store_get_u64(at);
    ret_journal->last = store_get_u64(at + 8);
    ret_journal->bytes = store_get_u64(at + 16);
    memcpy(ret_journal->last_chain, at + 24, HASH_BYTES);
    memcpy(ret_journal->trim_chain, at + 24 + HASH_BYTES, HASH_BYTES);
}

void journal_save(struct tx *tx, struct journal *journal)
{
    if (!journal->changed)
        return;
    uint8_t facts[FACTS_BYTES], *at = facts;
    memcpy(at, journal->id, JOURNAL_ID_BYTES);
    at += JOURNAL_ID_BYTES;
    store_put_u64(at, journal->first);
    store_put_u64(at + 8, journal->last);
    store_put_u64(at + 16, journal->bytes);
    memcpy(at + 24, journal->last_chain, HASH_BYTES);
    memcpy(at + 24 + HASH_BYTES, journal->trim_chain, HASH_BYTES);
    tx_put(tx, STORE_TABLE_META, facts_key, sizeof facts_key, facts, sizeof facts);
    journal->changed = false;
}

static void encode_head(const struct record *record, uint8_t *head)
{
    memset(head, 0, HEAD_BYTES);
    head[AT_FORMAT] = FORMAT;
    head[AT_FLAGS] = record->flags;
    store_put_u16(head + AT_TYPE, record->type);
    store_put_u16(head + AT_SHARD, record->shard);
    head[AT_VERSION] = record->version;
    store_put_u64(head + AT_TIME, (uint64_t)record->time_ms);
    store_put_u64(head + AT_OWNER, record->owner);
    store_put_u64(head + AT_CONTENT, record->content);
    memcpy(head + AT_KEY, record->key, HASH_BYTES);
    memcpy(head + AT_DIGEST, record->digest, HASH_BYTES);
    memcpy(head + AT_CHAIN, record->chain, HASH_BYTES);
}

void record_chain(const uint8_t *before, const struct record *record, uint8_t *ret_chain)
{
    uint8_t input[HASH_BYTES + SEQ_BYTES + HEAD_BYTES];
    memcpy(input, before, HASH_BYTES);
    store_put_u64(input + HASH_BYTES, record->seq);
    encode_head(record, input + HASH_BYTES + SEQ_BYTES);
    // An erased record keeps its place in the chain.
    input[HASH_BYTES + SEQ_BYTES + AT_FLAGS] &= (uint8_t)~RECORD_ERASED;
    hash_content(input, HASH_BYTES + SEQ_BYTES + AT_CHAIN, ret_chain);
}

static bool decode(const uint8_t *seq, const uint8_t *stored, size_t length, struct record *ret_record)
{
    if (length < HEAD_BYTES || stored[AT_FORMAT] != FORMAT ||
        record_crc(seq, stored, length) != store_get_u32(stored + AT_CRC))
        return false;
    *ret_record = (struct record){
        .seq = store_get_u64(seq),
        .flags = stored[AT_FLAGS],
        .type = store_get_u16(stored + AT_TYPE),
        .shard = store_get_u16(stored + AT_SHARD),
        .version = stored[AT_VERSION],
        .time_ms = (int64_t)store_get_u64(stored + AT_TIME),
        .owner = store_get_u64(stored + AT_OWNER),
        .content = store_get_u64(stored + AT_CONTENT),
        .payload = stored + HEAD_BYTES,
        .length = length - HEAD_BYTES,
    };
    memcpy(ret_record->key, stored + AT_KEY, HASH_BYTES);
    memcpy(ret_record->digest, stored + AT_DIGEST, HASH_BYTES);
    memcpy(ret_record->chain, stored + AT_CHAIN, HASH_BYTES);
    return true;
}

bool record_decode(const uint8_t *bytes, size_t length, struct record *ret_record)
{
    return length > SEQ_BYTES && decode(bytes, bytes + SEQ_BYTES, length - SEQ_BYTES, ret_record);
}

void journal_append(struct tx *tx, struct journal *journal, struct record *draft)
{
    must(draft->length <= RECORD_PAYLOAD_MAX && draft->type != 0);
    draft->seq = journal->last + 1;
    if (!draft->digested)
        hash_content(draft->payload, draft->length, draft->digest);
    record_chain(journal->last_chain, draft, draft->chain);

    uint8_t key[SEQ_BYTES];
    store_put_u64(key, draft->seq);
    uint8_t *stored = tx_reserve_last(tx, STORE_TABLE_JOURNAL, key, sizeof key, HEAD_BYTES + draft->length);
    if (stored == NULL)
        return;
    encode_head(draft, stored);
    if (draft->length > 0)
        memcpy(stored + HEAD_BYTES, draft->payload, draft->length);
    store_put_u32(stored + AT_CRC, record_crc(key, stored, HEAD_BYTES + draft->length));
    journal->last = draft->seq;
    journal->bytes += draft->length;
    memcpy(journal->last_chain, draft->chain, HASH_BYTES);
    journal->changed = true;
}

bool journal_read(struct tx *tx, uint64_t seq, struct record *ret_record)
{
    uint8_t key[SEQ_BYTES];
    store_put_u64(key, seq);
    struct slice stored;
    if (!tx_get(tx, STORE_TABLE_JOURNAL, key, sizeof key, &stored))
        return false;
    if (!decode(key, stored.bytes, stored.length, ret_record)) {
        tx_fail(tx, STORE_DAMAGED);
        return false;
    }
    return true;
}

void journal_each(struct tx *tx, uint64_t seq, bool (*visit)(void *self, const struct record *record), void *self)
{
    uint8_t from[SEQ_BYTES];
    store_put_u64(from, seq);
    struct cursor *cursor = cursor_open(tx, STORE_TABLE_JOURNAL);
    struct slice key, stored;
    struct record record;
    bool more = cursor_seek(cursor, from, sizeof from, &key, &stored);
    while (more) {
        if (key.length != SEQ_BYTES || !decode(key.bytes, stored.bytes, stored.length, &record)) {
            tx_fail(tx, STORE_DAMAGED);
            break;
        }
        more = visit(self, &record) && cursor_next(cursor, &key, &stored);
    }
    cursor_close(&cursor);
}

// The chain value at a sequence number between first - 1 and last.
static bool chain_at(struct tx *tx, const struct journal *journal, uint64_t seq, uint8_t *ret_chain)
{
    struct record record;
    if (seq == journal->last)
        memcpy(ret_chain, journal->last_chain, HASH_BYTES);
    else if (seq + 1 == journal->first)
        memcpy(ret_chain, journal->trim_chain, HASH_BYTES);
    else if (journal_read(tx, seq, &record))
        memcpy(ret_chain, record.chain, HASH_BYTES);
    else
        return false;
    return true;
}

enum journal_place journal_place(struct tx *tx, const struct journal *journal, const struct position *position)
{
    static const uint8_t nowhere[JOURNAL_ID_BYTES];
    bool fresh = position->seq == 0 && memcmp(position->journal_id, nowhere, JOURNAL_ID_BYTES) == 0;
    if (!fresh && memcmp(position->journal_id, journal->id, JOURNAL_ID_BYTES) != 0)
        return JOURNAL_OTHER;
    if (position->seq > journal->last)
        return JOURNAL_AHEAD;
    if (position->seq + 1 < journal->first)
        return JOURNAL_TRIMMED;
    if (fresh)
        return JOURNAL_OK;
    uint8_t chain[HASH_BYTES];
    if (!chain_at(tx, journal, position->seq, chain))
        return JOURNAL_DIVERGED;
    return memcmp(chain, position->chain, HASH_BYTES) == 0 ? JOURNAL_OK : JOURNAL_DIVERGED;
}

uint64_t journal_before(struct tx *tx, const struct journal *journal, int64_t before_ms)
{
    uint64_t low = journal->first - 1, high = journal->last;
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        struct record record;
        if (journal_read(tx, middle, &record) && record.time_ms < before_ms)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

uint64_t journal_trim(struct tx *tx, struct journal *journal, uint64_t through, uint64_t most)
{
    if (through > journal->last)
        through = journal->last;
    uint64_t gone = 0;
    uint8_t key[SEQ_BYTES];
    uint8_t chain[HASH_BYTES];
    while (journal->first <= through && gone < most && chain_at(tx, journal, journal->first, chain)) {
        store_put_u64(key, journal->first);
        if (!tx_delete(tx, STORE_TABLE_JOURNAL, key, sizeof key))
            break;
        memcpy(journal->trim_chain, chain, HASH_BYTES);
        journal->first++;
        journal->changed = true;
        gone++;
    }
    return gone;
}

bool journal_erase(struct tx *tx, struct journal *journal, uint64_t seq)
{
    struct record record;
    if (seq < journal->first || !journal_read(tx, seq, &record))
        return false;
    record.flags |= RECORD_ERASED;
    uint8_t key[SEQ_BYTES], stored[HEAD_BYTES];
    store_put_u64(key, seq);
    encode_head(&record, stored);
    store_put_u32(stored + AT_CRC, record_crc(key, stored, HEAD_BYTES));
    tx_put(tx, STORE_TABLE_JOURNAL, key, sizeof key, stored, sizeof stored);
    return true;
}

uint64_t journal_verify(struct tx *tx, const struct journal *journal)
{
    return journal_verify_calmly(tx, journal, NULL);
}

uint64_t journal_verify_calmly(struct tx *tx, const struct journal *journal, const struct store_breath *breath)
{
    uint8_t chain[HASH_BYTES], expected[HASH_BYTES], digest[HASH_BYTES];
    memcpy(chain, journal->trim_chain, HASH_BYTES);
    for (uint64_t seq = journal->first; seq <= journal->last; seq++) {
        struct record record;
        if (!journal_read(tx, seq, &record))
            return seq;
        hash_content(record.payload, record.length, digest);
        record_chain(chain, &record, expected);
        bool intact = (record.flags & RECORD_ERASED) != 0 || memcmp(digest, record.digest, HASH_BYTES) == 0;
        if (!intact || memcmp(expected, record.chain, HASH_BYTES) != 0)
            return seq;
        memcpy(chain, expected, HASH_BYTES);
        if (seq % BREATH_RECORDS == 0 && !store_breathe(breath))
            return 0;
    }
    return memcmp(chain, journal->last_chain, HASH_BYTES) == 0 ? 0 : journal->last + 1;
}
