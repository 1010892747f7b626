// A journal: what a service has to say to the next one, in order, for ever the same.
//
// It has a random id. Records are numbered from 1. Each carries a CRC over itself and a chain value: a hash over the
// chain value before it and over its head and its payload's digest. So (id, sequence, chain) names one history and no
// other, and a payload can be erased later: its digest stays and the chain still holds.
#ifndef TEND_COMMON_JOURNAL_H
#define TEND_COMMON_JOURNAL_H

#include "common/hash.h"
#include "common/store.h"

enum {
    RECORD_MUST_UNDERSTAND = 1, // a reader that does not know the type stops rather than passes over it
    RECORD_HISTORICAL = 2,      // builds state, alerts nobody
    RECORD_ERASED = 4,          // the payload is gone, its digest is left
    RECORD_ERASES = 8,          // an event customer_erased: whoever reads it has a person to forget (eraser.h)
};

enum {
    JOURNAL_ID_BYTES = 16,
    RECORD_PAYLOAD_MAX = 65536, // one event; LMDB likes far less, the frame limit allows this
    SHARD_ALL = 0xffff,         // about reps, rates, rules: for every shard
};

// A record. The draft of one has type, version, flags, shard, owner, key, content, time and payload filled; the journal
// adds the rest. The payload is the reader's own message, packed.
struct record {
    uint64_t seq;
    int64_t time_ms;  // when it entered this journal
    uint64_t owner;   // hash_short of the rep it belongs to, 0 for nobody's
    uint64_t content; // of an event: hash of its known fields in canonical form, without `historical`
    uint16_t type;    // Tend__V1__RecordType
    uint16_t shard;   // hash_short(customer) mod shards, or SHARD_ALL
    uint8_t version;
    uint8_t flags;
    uint8_t key[HASH_BYTES]; // its identity: the same key is the same thing said again
    uint8_t digest[HASH_BYTES];
    uint8_t chain[HASH_BYTES];
    const uint8_t *payload;
    size_t length;
    bool digested; // of a draft: `digest` is filled already, with hash_content of this very payload
};

// A place in a journal. All zero: before the first record of whatever journal comes first.
struct position {
    uint8_t journal_id[JOURNAL_ID_BYTES];
    uint64_t seq;
    uint8_t chain[HASH_BYTES];
};

// Our own place in a journal that we follow, kept in our store; all zero when there is none yet. `which` of them, from
// 0: mostly there is only the first.
void position_load(struct tx *tx, unsigned which, struct position *ret_position);
void position_save(struct tx *tx, unsigned which, const struct position *position);

// The journal's own facts, kept in the store beside it and read at the begin of each transaction.
struct journal {
    uint8_t id[JOURNAL_ID_BYTES];
    uint64_t first; // the oldest record still there
    uint64_t last;  // 0: none yet
    uint64_t bytes; // of payload, ever
    uint8_t last_chain[HASH_BYTES];
    uint8_t trim_chain[HASH_BYTES]; // at first - 1
    bool changed;
};

enum journal_place { JOURNAL_OK, JOURNAL_OTHER, JOURNAL_AHEAD, JOURNAL_TRIMMED, JOURNAL_DIVERGED };

// Reads the facts; a store without them gets a new journal with a random id.
void journal_load(struct tx *tx, struct journal *ret_journal);

// Writes the facts if they changed; before the commit.
void journal_save(struct tx *tx, struct journal *journal);

// Appends the draft and fills its seq, digest, chain. The payload must not be bytes that a read of this transaction
// returned: a write moves them.
void journal_append(struct tx *tx, struct journal *journal, struct record *draft);

// One record, checked against its CRC; false when it is not there. A damaged one fails the transaction.
bool journal_read(struct tx *tx, uint64_t seq, struct record *ret_record);

// Calls `visit` for every record from `seq` on, in order, until it returns false. A damaged one fails the transaction.
void journal_each(struct tx *tx, uint64_t seq, bool (*visit)(void *self, const struct record *record), void *self);

// A record from the bytes that travel: 8 bytes of sequence number, then the record as stored. False when it is damaged.
bool record_decode(const uint8_t *bytes, size_t length, struct record *ret_record);

// The chain value that follows `before` for this record.
void record_chain(const uint8_t *before, const struct record *record, uint8_t *ret_chain);

// Whether the position is a place in this journal; the chain value is compared. Worth nothing when the transaction has
// an error afterwards.
enum journal_place journal_place(struct tx *tx, const struct journal *journal, const struct position *position);

// The newest record that entered before a moment (milliseconds since 1970), looked for by halving: times never go back
// along a journal. first - 1 when there is none.
uint64_t journal_before(struct tx *tx, const struct journal *journal, int64_t before_ms);

// Deletes records up to and including `through`, at most `most` of them. Returns how many.
uint64_t journal_trim(struct tx *tx, struct journal *journal, uint64_t through, uint64_t most);

// Turns the payload into a tombstone; false when there is no such record.
bool journal_erase(struct tx *tx, struct journal *journal, uint64_t seq);

// Walks all records, checks CRC, digest and chain. Returns the first bad sequence number, 0 when all is well.
uint64_t journal_verify(struct tx *tx, const struct journal *journal);

// The same with time for other things; who is told to end in the middle of it has met no bad record so far.
uint64_t journal_verify_calmly(struct tx *tx, const struct journal *journal, const struct store_breath *breath);

#endif
