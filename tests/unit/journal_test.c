// The journal: its chain, every flipped byte found, trimming and erasing that leave it provable, and places in it.
#include "common/journal.h"
#include "harness/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAP = 1 << 26, HEAD = 84, SEQ = 8 };

struct fixture {
    char folder[FOLDER_BYTES];
    struct store *store;
    struct tx *tx;
    struct journal journal;
};

static void open_store(struct fixture *fixture)
{
    struct store_options options = {.folder = fixture->folder, .map_bytes = MAP, .throwaway = true};
    struct store_error error;
    assert_true(store_open(&options, &error, &fixture->store));
    fixture->tx = store_begin(fixture->store);
    journal_load(fixture->tx, &fixture->journal);
}

static void commit(struct fixture *fixture)
{
    journal_save(fixture->tx, &fixture->journal);
    assert_int_equal(tx_commit(&fixture->tx), 0);
    fixture->tx = store_begin(fixture->store);
    journal_load(fixture->tx, &fixture->journal);
}

static void close_store(struct fixture *fixture)
{
    commit(fixture);
    tx_abort(&fixture->tx);
    store_close(&fixture->store);
}

static int make(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    folder_make(fixture->folder);
    open_store(fixture);
    *state = fixture;
    return 0;
}

static int unmake(void **state)
{
    struct fixture *fixture = *state;
    tx_abort(&fixture->tx);
    store_close(&fixture->store);
    folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

static struct record draft_of(const char *text)
{
    struct record draft = {.type = 3,
                           .version = 1,
                           .flags = RECORD_MUST_UNDERSTAND,
                           .shard = 5,
                           .owner = 77,
                           .content = 99,
                           .time_ms = 1779010200000,
                           .payload = (const uint8_t *)text,
                           .length = strlen(text)};
    memcpy(draft.key, "0123456789abcdef", HASH_BYTES);
    return draft;
}

static void append(struct fixture *fixture, const char *text)
{
    struct record draft = draft_of(text);
    journal_append(fixture->tx, &fixture->journal, &draft);
}

static void append_many(struct fixture *fixture, int count)
{
    char text[40];
    for (int i = 0; i < count; i++) {
        snprintf(text, sizeof text, "record %d after %llu", i, (unsigned long long)fixture->journal.last);
        append(fixture, text);
    }
}

static struct position place_at(struct fixture *fixture, uint64_t seq)
{
    struct position position = {.seq = seq};
    struct record record;
    memcpy(position.journal_id, fixture->journal.id, JOURNAL_ID_BYTES);
    if (seq + 1 == fixture->journal.first)
        memcpy(position.chain, fixture->journal.trim_chain, HASH_BYTES);
    else if (journal_read(fixture->tx, seq, &record))
        memcpy(position.chain, record.chain, HASH_BYTES);
    return position;
}

static void test_append_and_read(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t zero[JOURNAL_ID_BYTES];
    assert_memory_not_equal(fixture->journal.id, zero, sizeof zero);
    assert_int_equal(fixture->journal.first, 1);
    assert_int_equal(fixture->journal.last, 0);
    append(fixture, "one");
    append(fixture, "");
    append(fixture, "three");
    close_store(fixture);
    open_store(fixture);
    assert_int_equal(fixture->journal.last, 3);
    assert_int_equal(fixture->journal.bytes, 8);
    struct record record;
    assert_true(journal_read(fixture->tx, 1, &record));
    struct record draft = draft_of("one");
    assert_int_equal(record.seq, 1);
    assert_int_equal(record.type, draft.type);
    assert_int_equal(record.version, draft.version);
    assert_int_equal(record.flags, draft.flags);
    assert_int_equal(record.shard, draft.shard);
    assert_true(record.owner == draft.owner && record.content == draft.content && record.time_ms == draft.time_ms);
    assert_memory_equal(record.key, draft.key, HASH_BYTES);
    assert_int_equal(record.length, 3);
    assert_memory_equal(record.payload, "one", 3);
    assert_true(journal_read(fixture->tx, 2, &record));
    assert_int_equal(record.length, 0);
    assert_false(journal_read(fixture->tx, 0, &record));
    assert_false(journal_read(fixture->tx, 4, &record));
    assert_int_equal(tx_error(fixture->tx), 0);
    assert_int_equal(journal_verify(fixture->tx, &fixture->journal), 0);
}

static bool collect(void *self, const struct record *record)
{
    uint64_t *seqs = self;
    seqs[++seqs[0]] = record->seq;
    return seqs[0] < 5;
}

static void test_each(void **state)
{
    struct fixture *fixture = *state;
    append_many(fixture, 9);
    uint64_t seqs[8] = {0};
    journal_each(fixture->tx, 3, collect, seqs);
    assert_int_equal(seqs[0], 5);
    assert_int_equal(seqs[1], 3);
    assert_int_equal(seqs[5], 7);
    seqs[0] = 0;
    journal_each(fixture->tx, 9, collect, seqs);
    assert_int_equal(seqs[0], 1);
    seqs[0] = 0;
    journal_each(fixture->tx, 10, collect, seqs);
    assert_int_equal(seqs[0], 0);
}

static void test_largest(void **state)
{
    struct fixture *fixture = *state;
    char *text = malloc(RECORD_PAYLOAD_MAX + 1);
    memset(text, 'x', RECORD_PAYLOAD_MAX);
    text[RECORD_PAYLOAD_MAX] = '\0';
    append(fixture, text);
    append(fixture, "after");
    struct record record;
    assert_true(journal_read(fixture->tx, 1, &record));
    assert_int_equal(record.length, RECORD_PAYLOAD_MAX);
    assert_int_equal(journal_verify(fixture->tx, &fixture->journal), 0);
    free(text);
}

// The chain is over the chain before, the number, the head and the digest: two journals that differ anywhere differ for
// ever.
static void test_chain_tells_histories_apart(void **state)
{
    struct fixture *fixture = *state;
    append(fixture, "same");
    struct record base;
    assert_true(journal_read(fixture->tx, 1, &base));
    uint8_t before[HASH_BYTES] = {0}, chain[HASH_BYTES], other[HASH_BYTES];
    record_chain(before, &base, chain);
    assert_memory_equal(chain, base.chain, HASH_BYTES);
    struct record changes[9];
    for (size_t i = 0; i < 9; i++)
        changes[i] = base;
    changes[0].seq++;
    changes[1].time_ms++;
    changes[2].owner++;
    changes[3].content++;
    changes[4].type++;
    changes[5].shard++;
    changes[6].version++;
    changes[7].flags ^= RECORD_HISTORICAL;
    changes[8].digest[15] ^= 1;
    for (size_t i = 0; i < 9; i++) {
        record_chain(before, &changes[i], other);
        assert_memory_not_equal(chain, other, HASH_BYTES);
    }
    base.key[0] ^= 1;
    record_chain(before, &base, other);
    assert_memory_not_equal(chain, other, HASH_BYTES);
    base.key[0] ^= 1;
    before[0] = 1;
    record_chain(before, &base, other);
    assert_memory_not_equal(chain, other, HASH_BYTES);
    before[0] = 0;
    base.flags |= RECORD_ERASED; // keeps its place
    record_chain(before, &base, other);
    assert_memory_equal(chain, other, HASH_BYTES);
}

static void test_every_flipped_bit_is_found(void **state)
{
    struct fixture *fixture = *state;
    append(fixture, "before");
    append(fixture, "the one that rots");
    append(fixture, "after");
    commit(fixture);
    uint8_t key[SEQ], whole[256];
    struct slice stored;
    store_put_u64(key, 2);
    assert_true(tx_get(fixture->tx, STORE_TABLE_JOURNAL, key, sizeof key, &stored));
    size_t length = stored.length;
    assert_int_equal(length, HEAD + strlen("the one that rots"));
    memcpy(whole, stored.bytes, length);
    for (size_t bit = 0; bit < length * 8; bit++) {
        uint8_t rotten[256];
        memcpy(rotten, whole, length);
        rotten[bit / 8] ^= (uint8_t)(1 << bit % 8);
        tx_put(fixture->tx, STORE_TABLE_JOURNAL, key, sizeof key, rotten, length);
        struct record record;
        assert_int_equal(journal_verify(fixture->tx, &fixture->journal), 2);
        assert_int_equal(tx_error(fixture->tx), STORE_DAMAGED);
        assert_false(journal_read(fixture->tx, 2, &record));
        assert_int_equal(tx_commit(&fixture->tx), STORE_DAMAGED);
        fixture->tx = store_begin(fixture->store);
        // The same on its way to a follower.
        uint8_t wire[SEQ + 256];
        memcpy(wire, key, SEQ);
        memcpy(wire + SEQ, rotten, length);
        assert_false(record_decode(wire, SEQ + length, &record));
    }
    uint8_t wire[SEQ + 256];
    struct record record;
    memcpy(wire, key, SEQ);
    memcpy(wire + SEQ, whole, length);
    assert_true(record_decode(wire, SEQ + length, &record));
    for (size_t bit = 0; bit < 64; bit++) {
        wire[bit / 8] ^= (uint8_t)(1 << bit % 8); // its number is part of it
        assert_false(record_decode(wire, SEQ + length, &record));
        wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t cut = 0; cut < SEQ + length; cut++)
        assert_false(record_decode(wire, cut, &record));
    assert_int_equal(journal_verify(fixture->tx, &fixture->journal), 0);
}

// Damage with a CRC that fits: a record that was exchanged, one that is missing, one too many.
static void test_verify_needs_the_chain(void **state)
{
    struct fixture *fixture = *state;
    append_many(fixture, 5);
    commit(fixture);
    uint8_t second[SEQ], third[SEQ];
    store_put_u64(second, 2);
    store_put_u64(third, 3);
    assert_true(tx_delete(fixture->tx, STORE_TABLE_JOURNAL, third, sizeof third));
    assert_int_equal(journal_verify(fixture->tx, &fixture->journal), 3);
    tx_abort(&fixture->tx);
    fixture->tx = store_begin(fixture->store);
    struct journal facts = fixture->journal;
    facts.last = 4; // says less than is there
    assert_int_equal(journal_verify(fixture->tx, &facts), 5);
    facts.last = 6;
    assert_int_equal(journal_verify(fixture->tx, &facts), 6);
    facts = fixture->journal;
    facts.trim_chain[0] ^= 1;
    assert_int_equal(journal_verify(fixture->tx, &facts), 1);
    // Another journal's record of the same number, whole in itself.
    struct journal copy = {.first = 1};
    memcpy(copy.id, fixture->journal.id, JOURNAL_ID_BYTES);
    for (uint64_t seq = 1; seq <= 5; seq++) {
        uint8_t key[SEQ];
        store_put_u64(key, seq);
        assert_true(tx_delete(fixture->tx, STORE_TABLE_JOURNAL, key, sizeof key));
    }
    struct record draft = draft_of("not what stood here");
    journal_append(fixture->tx, &copy, &draft);
    assert_int_equal(journal_verify(fixture->tx, &fixture->journal), 2);
}

static void test_trim(void **state)
{
    struct fixture *fixture = *state;
    append_many(fixture, 100);
    commit(fixture);
    struct position at40 = place_at(fixture, 40), at39 = place_at(fixture, 39), at41 = place_at(fixture, 41);
    assert_int_equal(journal_trim(fixture->tx, &fixture->journal, 40, 25), 25);
    assert_int_equal(fixture->journal.first, 26);
    assert_int_equal(journal_trim(fixture->tx, &fixture->journal, 40, 25), 15);
    assert_int_equal(journal_trim(fixture->tx, &fixture->journal, 40, 25), 0);
    commit(fixture);
    assert_int_equal(fixture->journal.first, 41);
    assert_int_equal(journal_verify(fixture->tx, &fixture->journal), 0);
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &at39), JOURNAL_TRIMMED);
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &at40), JOURNAL_OK);
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &at41), JOURNAL_OK);
    // All of it: the chain at the trim point is the last one, and the next record goes on from there.
    assert_int_equal(journal_trim(fixture->tx, &fixture->journal, UINT64_MAX, UINT64_MAX), 60);
    commit(fixture);
    assert_int_equal(fixture->journal.first, 101);
    assert_int_equal(fixture->journal.last, 100);
    struct position at100 = place_at(fixture, 100);
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &at100), JOURNAL_OK);
    assert_int_equal(journal_verify(fixture->tx, &fixture->journal), 0);
    append(fixture, "on");
    commit(fixture);
    assert_int_equal(fixture->journal.last, 101);
    assert_int_equal(journal_verify(fixture->tx, &fixture->journal), 0);
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &at100), JOURNAL_OK);
}

static void test_erase(void **state)
{
    struct fixture *fixture = *state;
    append(fixture, "before");
    append(fixture, "Wang Fang, 13800001111");
    append(fixture, "after");
    commit(fixture);
    struct position at2 = place_at(fixture, 2);
    assert_false(journal_erase(fixture->tx, &fixture->journal, 0));
    assert_false(journal_erase(fixture->tx, &fixture->journal, 4));
    assert_true(journal_erase(fixture->tx, &fixture->journal, 2));
    assert_true(journal_erase(fixture->tx, &fixture->journal, 2)); // twice is the same
    commit(fixture);
    struct record record;
    assert_true(journal_read(fixture->tx, 2, &record));
    assert_int_equal(record.length, 0);
    assert_int_equal(record.flags, RECORD_MUST_UNDERSTAND | RECORD_ERASED);
    assert_int_equal(record.owner, 77);
    assert_int_equal(journal_verify(fixture->tx, &fixture->journal), 0);
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &at2), JOURNAL_OK);
    append(fixture, "more");
    assert_int_equal(journal_trim(fixture->tx, &fixture->journal, 2, 10), 2);
    commit(fixture);
    assert_int_equal(journal_verify(fixture->tx, &fixture->journal), 0);
    assert_false(journal_erase(fixture->tx, &fixture->journal, 1));
}

static void test_places(void **state)
{
    struct fixture *fixture = *state;
    struct position fresh = {.seq = 0};
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &fresh), JOURNAL_OK);
    append_many(fixture, 10);
    commit(fixture);
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &fresh), JOURNAL_OK);
    for (uint64_t seq = 0; seq <= 10; seq++) {
        struct position at = place_at(fixture, seq);
        assert_int_equal(journal_place(fixture->tx, &fixture->journal, &at), JOURNAL_OK);
        at.chain[seq] ^= 4;
        assert_int_equal(journal_place(fixture->tx, &fixture->journal, &at), JOURNAL_DIVERGED);
        at.chain[seq] ^= 4;
        at.journal_id[seq] ^= 1;
        assert_int_equal(journal_place(fixture->tx, &fixture->journal, &at), JOURNAL_OTHER);
    }
    struct position ahead = place_at(fixture, 10);
    ahead.seq = 11;
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &ahead), JOURNAL_AHEAD);
    ahead.seq = UINT64_MAX;
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &ahead), JOURNAL_AHEAD);
    // Somewhere, but without the name of a journal.
    struct position nameless = place_at(fixture, 5);
    memset(nameless.journal_id, 0, JOURNAL_ID_BYTES);
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &nameless), JOURNAL_OTHER);
    assert_int_equal(journal_trim(fixture->tx, &fixture->journal, 3, 10), 3);
    commit(fixture);
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &fresh), JOURNAL_TRIMMED);
}

// backup-upstream, append, pull, restore-upstream, append, append, pull: by its number alone the follower's place looks
// good.
static void test_restored_upstream_is_noticed(void **state)
{
    struct fixture *fixture = *state;
    char backup[FOLDER_BYTES + 8];
    snprintf(backup, sizeof backup, "%s.b", fixture->folder);
    append(fixture, "one");
    close_store(fixture);
    folder_copy(fixture->folder, backup);
    open_store(fixture);
    append(fixture, "two, which the follower has");
    commit(fixture);
    struct position pulled = place_at(fixture, 2);
    close_store(fixture);
    folder_copy(backup, fixture->folder);
    open_store(fixture);
    assert_int_equal(fixture->journal.last, 1);
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &pulled), JOURNAL_AHEAD);
    append(fixture, "two, another one");
    commit(fixture);
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &pulled), JOURNAL_DIVERGED);
    append(fixture, "three");
    commit(fixture);
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &pulled), JOURNAL_DIVERGED);
    assert_int_equal(journal_verify(fixture->tx, &fixture->journal), 0);
    // Trimmed up to there, the chain at the trim point still knows.
    assert_int_equal(journal_trim(fixture->tx, &fixture->journal, 2, 10), 2);
    assert_int_equal(journal_place(fixture->tx, &fixture->journal, &pulled), JOURNAL_DIVERGED);
    folder_remove(backup);
}

static void test_failed_append_moves_nothing(void **state)
{
    struct fixture *fixture = *state;
    append(fixture, "one");
    commit(fixture);
    tx_fail(fixture->tx, STORE_DAMAGED);
    append(fixture, "two");
    assert_int_equal(fixture->journal.last, 1);
    assert_false(fixture->journal.changed);
    assert_int_equal(journal_trim(fixture->tx, &fixture->journal, 1, 1), 0);
    assert_int_equal(fixture->journal.first, 1);
}

static void test_position_row(void **state)
{
    struct fixture *fixture = *state;
    struct position position, again, zero = {.seq = 0};
    position_load(fixture->tx, 0, &position);
    assert_memory_equal(&position, &zero, sizeof zero);
    append_many(fixture, 3);
    position = place_at(fixture, 3);
    position.seq = UINT64_MAX - 1;
    position_save(fixture->tx, 0, &position);
    commit(fixture);
    position_load(fixture->tx, 0, &again);
    assert_memory_equal(&position, &again, sizeof again);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        TEST(test_append_and_read),
        TEST(test_each),
        TEST(test_largest),
        TEST(test_chain_tells_histories_apart),
        TEST(test_every_flipped_bit_is_found),
        TEST(test_verify_needs_the_chain),
        TEST(test_trim),
        TEST(test_erase),
        TEST(test_places),
        TEST(test_restored_upstream_is_noticed),
        TEST(test_failed_append_moves_nothing),
        TEST(test_position_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
