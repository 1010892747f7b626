#include "common/engine.h"

#include "common/must.h"
#include "tend/v1/journal.pb-c.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA_BLOCK = 4 * 1024 * 1024,
    ARENA_LIMIT = 512 * 1024 * 1024, // one turn of 4,096 events weighs a few MiB; this stops a runaway
    PATIENCE_MS = 60 * 1000,         // an upstream silent for longer no longer holds our timers
    RECHECK_MS = 1000,
    TRIES_MAX = 3,                   // a record that was there at three crashes goes to the dead letters
    TRIM_PIECE = 1000,
    SENTENCE_BYTES = 400,
    FOLLOWER_BYTES = 24,
    POSITION_BYTES = JOURNAL_ID_BYTES + 8 + HASH_BYTES,
    NEWEST_TYPE = TEND__V1__RECORD_TYPE__RECORD_TYPE_DELIVERY_CHANGED,
};

struct engine {
    const struct service *service;
    void *self;
    struct store *store;
    struct clock *clock;
    struct log *log;
    struct arena *arena;
    uint32_t shards;

    // Copies of what is committed; a turn works on its own and they change only after the commit.
    struct journal journal;
    struct position position;
    struct follower followers[ENGINE_FOLLOWERS_MAX];
    size_t follower_count;
    int64_t now_ms;

    uint64_t generation;
    int64_t complete_ms;   // the upstream's word
    int64_t heard_boot_ms; // when it last spoke
    int64_t due_ms;
    bool unclean;          // the last process did not close the store
    uint64_t careful;      // records still to be taken one a turn
    char trouble[SENTENCE_BYTES];
};

static const char now_key[] = "now", clean_key[] = "clean", try_key[] = "try", position_key[] = "position";
static const char follower_prefix[] = "follower:";

__attribute__((format(printf, 2, 3))) static void complain(struct engine *engine, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(engine->trouble, sizeof engine->trouble, format, arguments);
    va_end(arguments);
}

static uint64_t get_number(struct tx *tx, const char *key, uint64_t fallback)
{
    struct slice value;
    return tx_get(tx, STORE_TABLE_META, key, strlen(key), &value) ? store_get_u64(value.bytes) : fallback;
}

static void put_number(struct tx *tx, const char *key, uint64_t number)
{
    uint8_t value[8];
    store_put_u64(value, number);
    tx_put(tx, STORE_TABLE_META, key, strlen(key), value, sizeof value);
}

static void save_position(struct tx *tx, const struct position *position)
{
    uint8_t value[POSITION_BYTES];
    memcpy(value, position->journal_id, JOURNAL_ID_BYTES);
    store_put_u64(value + JOURNAL_ID_BYTES, position->seq);
    memcpy(value + JOURNAL_ID_BYTES + 8, position->chain, HASH_BYTES);
    tx_put(tx, STORE_TABLE_META, position_key, sizeof position_key - 1, value, sizeof value);
}

static void load_position(struct tx *tx, struct position *ret_position)
{
    struct slice value;
    memset(ret_position, 0, sizeof *ret_position);
    if (!tx_get(tx, STORE_TABLE_META, position_key, sizeof position_key - 1, &value))
        return;
    must(value.length == POSITION_BYTES);
    memcpy(ret_position->journal_id, value.bytes, JOURNAL_ID_BYTES);
    ret_position->seq = store_get_u64(value.bytes + JOURNAL_ID_BYTES);
    memcpy(ret_position->chain, value.bytes + JOURNAL_ID_BYTES + 8, HASH_BYTES);
}

static size_t follower_key(const char *name, char *key)
{
    return (size_t)snprintf(key, sizeof follower_prefix + ENGINE_NAME_MAX, "%s%s", follower_prefix, name);
}

static void save_follower(struct tx *tx, const struct follower *follower)
{
    char key[sizeof follower_prefix + ENGINE_NAME_MAX];
    size_t length = follower_key(follower->name, key);
    uint8_t value[FOLLOWER_BYTES];
    store_put_u64(value, follower->generation);
    store_put_u64(value + 8, follower->instance);
    store_put_u64(value + 16, follower->confirmed);
    tx_put(tx, STORE_TABLE_META, key, length, value, sizeof value);
}

static void load_followers(struct engine *engine, struct tx *tx)
{
    engine->follower_count = 0;
    struct cursor *cursor = cursor_open(tx, STORE_TABLE_META);
    struct slice key, value;
    const size_t prefix = sizeof follower_prefix - 1;
    bool more = cursor_seek(cursor, follower_prefix, prefix, &key, &value);
    for (; more && key.length > prefix && memcmp(key.bytes, follower_prefix, prefix) == 0;
         more = cursor_next(cursor, &key, &value)) {
        must(engine->follower_count < ENGINE_FOLLOWERS_MAX && key.length - prefix < ENGINE_NAME_MAX);
        struct follower *follower = &engine->followers[engine->follower_count++];
        *follower = (struct follower){
            .generation = store_get_u64(value.bytes),
            .instance = store_get_u64(value.bytes + 8),
            .confirmed = store_get_u64(value.bytes + 16),
        };
        memcpy(follower->name, key.bytes + prefix, key.length - prefix);
    }
    cursor_close(&cursor);
}

static struct turn turn_of(struct engine *engine, struct tx *tx, struct journal *journal)
{
    return (struct turn){
        .tx = tx, .arena = engine->arena, .journal = journal, .now_ms = engine->now_ms, .shards = engine->shards};
}

// Throws away what memory holds and builds it anew from what is committed.
static bool reload(struct engine *engine)
{
    struct tx *tx = store_begin_read(engine->store);
    struct journal journal;
    journal_load(tx, &journal);
    engine->journal = journal;
    load_position(tx, &engine->position);
    load_followers(engine, tx);
    engine->now_ms = (int64_t)get_number(tx, now_key, 0);
    arena_reset(engine->arena);
    struct turn turn = turn_of(engine, tx, &journal);
    engine->service->reload(engine->self, &turn);
    int error = tx_error(tx);
    tx_abort(&tx);
    if (error != 0)
        complain(engine, "the store of %s cannot be read: %s", engine->service->name, store_explain(error));
    return error == 0;
}

// A new store gets its journal; the mark "clean" goes until the store is closed in good order.
static bool settle_in(struct engine *engine)
{
    struct tx *tx = store_begin(engine->store);
    struct journal journal;
    journal_load(tx, &journal);
    journal_save(tx, &journal);
    engine->unclean = get_number(tx, clean_key, 1) == 0;
    put_number(tx, clean_key, 0);
    int error = tx_commit(&tx);
    if (error != 0)
        complain(engine, "the store of %s cannot be written: %s", engine->service->name, store_explain(error));
    return error == 0;
}

bool engine_open(const struct engine_options *options, struct store_error *ret_error, struct engine **ret_engine)
{
    const struct service *service = options->service;
    struct engine *engine = calloc(1, sizeof *engine);
    must(engine != NULL);
    engine->service = service;
    engine->self = options->self;
    engine->clock = options->clock;
    engine->log = options->log;
    engine->shards = options->shards;
    must(engine->shards > 0 && engine->shards < SHARD_ALL);
    engine->arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    struct store_options store = {
        .folder = options->folder,
        .tables = service->tables,
        .table_count = service->table_count,
        .map_bytes = options->map_bytes,
        .throwaway = options->throwaway,
    };
    bool opened = store_open(&store, ret_error, &engine->store);
    if (opened && (!settle_in(engine) || !reload(engine))) {
        opened = false;
        ret_error->code = ENGINE_BROKEN;
        snprintf(ret_error->text, sizeof ret_error->text, "%.*s", (int)sizeof ret_error->text - 1, engine->trouble);
    }
    if (!opened) {
        store_close(&engine->store);
        engine_close(&engine);
        return false;
    }
    clock_floor(engine->clock, engine->now_ms);
    engine->heard_boot_ms = clock_boot_ms(engine->clock);
    *ret_engine = engine;
    return true;
}

void engine_close(struct engine **engine)
{
    if (*engine == NULL)
        return;
    if ((*engine)->store != NULL) {
        struct tx *tx = store_begin((*engine)->store);
        for (size_t i = 0; i < (*engine)->follower_count; i++)
            save_follower(tx, &(*engine)->followers[i]);
        put_number(tx, clean_key, 1);
        (void)tx_commit(&tx); // without the mark the next start is merely more careful
    }
    store_close(&(*engine)->store);
    arena_close(&(*engine)->arena);
    free(*engine);
    *engine = NULL;
}

// What holds our timers back: an upstream that has not yet told everything before now.
static int64_t tick_limit(const struct engine *engine, int64_t now_ms)
{
    if (!engine->service->waits_for_upstream)
        return now_ms;
    bool silent = clock_boot_ms(engine->clock) - engine->heard_boot_ms > PATIENCE_MS;
    return silent || engine->complete_ms > now_ms ? now_ms : engine->complete_ms;
}

// Sees to it that a record at which the process died again and again does not kill it for ever. Returns how many records of
// the batch this turn may touch; *ret_dead: the first of them is not to be touched at all.
static size_t count_tries(struct engine *engine, const struct batch *batch, bool *ret_dead)
{
    *ret_dead = false;
    if (batch->count == 0 || (!engine->unclean && engine->careful == 0))
        return batch->count;
    struct tx *tx = store_begin(engine->store);
    struct slice value;
    uint64_t count = 1, seq = batch->records[0].seq;
    if (tx_get(tx, STORE_TABLE_META, try_key, sizeof try_key - 1, &value) && store_get_u64(value.bytes) == seq)
        count = engine->unclean ? store_get_u64(value.bytes + 8) + 1 : 1;
    uint8_t tries[16];
    store_put_u64(tries, seq);
    store_put_u64(tries + 8, count);
    tx_put(tx, STORE_TABLE_META, try_key, sizeof try_key - 1, tries, sizeof tries);
    (void)tx_commit(&tx); // a store that fails will say so at the turn's own commit
    if (engine->unclean && count > 1)
        engine->careful = ENGINE_BATCH_RECORDS;
    engine->unclean = false;
    *ret_dead = count >= TRIES_MAX;
    return engine->careful > 0 ? 1 : batch->count;
}

static void bury(struct turn *turn, const struct record *record)
{
    uint8_t key[8];
    store_put_u64(key, record->seq);
    tx_put(turn->tx, STORE_TABLE_DEAD, key, sizeof key, record->payload, record->length);
}

// False when a record must be understood and is not.
static bool apply_records(struct engine *engine, struct turn *turn, const struct batch *batch, size_t count, bool dead)
{
    for (size_t i = 0; i < count; i++) {
        const struct record *record = &batch->records[i];
        if (dead && i == 0) {
            bury(turn, record);
            log_line(engine->log, LOG_ERROR, "a record crashed us three times and is now a dead letter",
                     LOG_INT("seq", (int64_t)record->seq));
            continue;
        }
        bool known = record->type >= 1 && record->type <= NEWEST_TYPE && record->version <= 1;
        if (!known && (record->flags & RECORD_MUST_UNDERSTAND) != 0) {
            complain(engine, "%s sent record %llu of type %u, version %u, which must be understood and is not: update %s first",
                     engine->service->follows, (unsigned long long)record->seq, record->type, record->version,
                     engine->service->name);
            return false;
        }
        if (known && (record->flags & RECORD_ERASED) == 0)
            engine->service->apply(engine->self, turn, record);
    }
    return true;
}

static struct position position_after(const struct batch *batch, size_t count)
{
    struct position position = {.seq = batch->looked};
    memcpy(position.journal_id, batch->journal_id, JOURNAL_ID_BYTES);
    memcpy(position.chain, batch->chain, HASH_BYTES);
    if (count < batch->count) {
        position.seq = batch->records[count - 1].seq;
        memcpy(position.chain, batch->records[count - 1].chain, HASH_BYTES);
    }
    return position;
}

static enum engine_outcome explain_failure(struct engine *engine, int error)
{
    complain(engine, "%s could not store a turn: %s", engine->service->name, store_explain(error));
    bool full = error == STORE_MAP_FULL || error == ENOSPC;
    if (!reload(engine))
        return ENGINE_BROKEN;
    return full ? ENGINE_FULL : ENGINE_BROKEN;
}

// One attempt. *ret_error is the commit's.
static enum engine_outcome try_turn(struct engine *engine, struct inbound *requests, size_t count,
                                    const struct batch *batch, int *ret_error)
{
    bool dead = false;
    size_t records = batch != NULL ? count_tries(engine, batch, &dead) : 0;
    struct journal journal = engine->journal;
    arena_reset(engine->arena);
    struct turn turn = turn_of(engine, store_begin(engine->store), &journal);
    int64_t wall_ms = clock_wall_ms(engine->clock);
    turn.now_ms = wall_ms > engine->now_ms ? wall_ms : engine->now_ms;

    for (size_t i = 0; i < count; i++)
        if (requests[i].reply.status == 0)
            engine->service->command(engine->self, &turn, &requests[i].request, &requests[i].reply);
    struct position position = engine->position;
    if (batch != NULL && (batch->count > 0 || batch->looked > position.seq)) {
        if (!apply_records(engine, &turn, batch, records, dead)) {
            tx_abort(&turn.tx);
            return ENGINE_REFUSED;
        }
        position = position_after(batch, records);
        save_position(turn.tx, &position);
    }
    int64_t due_ms = turn.now_ms + RECHECK_MS;
    bool partial = batch != NULL && records < batch->count;
    if (clock_trusted(engine->clock) && !partial)
        due_ms = engine->service->tick(engine->self, &turn, tick_limit(engine, turn.now_ms));
    if (engine->service->settle != NULL)
        engine->service->settle(engine->self, &turn);
    journal_save(turn.tx, &journal);
    if (tx_error(turn.tx) == 0 && !tx_dirty(turn.tx)) {
        tx_abort(&turn.tx);
    } else {
        put_number(turn.tx, now_key, (uint64_t)turn.now_ms);
        *ret_error = tx_commit(&turn.tx);
        if (*ret_error != 0)
            return ENGINE_BROKEN;
    }
    engine->journal = journal;
    engine->position = position;
    engine->now_ms = turn.now_ms;
    engine->due_ms = due_ms;
    if (engine->careful > 0)
        engine->careful--;
    return ENGINE_DONE;
}

enum engine_outcome engine_turn(struct engine *engine, struct inbound *requests, size_t count, const struct batch *batch)
{
    int64_t before_ms = engine->complete_ms;
    if (batch != NULL) {
        must(batch->after == engine->position.seq);
        engine->heard_boot_ms = clock_boot_ms(engine->clock);
        engine->generation = batch->generation;
        // A batch that may be taken in pieces says nothing about the pieces that are left.
        bool whole = batch->count == 0 || (!engine->unclean && engine->careful == 0);
        if (whole && batch->complete_ms > engine->complete_ms)
            engine->complete_ms = batch->complete_ms;
        bool news = batch->count > 0 || batch->looked > engine->position.seq;
        if (!news && count == 0 && engine->due_ms > tick_limit(engine, clock_wall_ms(engine->clock)))
            return ENGINE_DONE;
    }
    int error = 0;
    enum engine_outcome outcome = try_turn(engine, requests, count, batch, &error);
    if (error == STORE_MAP_FULL && store_grow(engine->store) && reload(engine)) {
        error = 0;
        outcome = try_turn(engine, requests, count, batch, &error);
    }
    if (outcome != ENGINE_DONE)
        engine->complete_ms = before_ms;
    return error != 0 ? explain_failure(engine, error) : outcome;
}

void engine_query(struct engine *engine, struct inbound *request)
{
    struct journal journal = engine->journal;
    arena_reset(engine->arena);
    struct turn turn = turn_of(engine, store_begin_read(engine->store), &journal);
    int64_t wall_ms = clock_wall_ms(engine->clock);
    turn.now_ms = wall_ms > engine->now_ms ? wall_ms : engine->now_ms;
    engine->service->query(engine->self, &turn, &request->request, &request->reply);
    if (tx_error(turn.tx) != 0)
        reply_error(&turn, 503, "", "the store cannot be read", &request->reply);
    tx_abort(&turn.tx);
}

int64_t engine_due(const struct engine *engine)
{
    int64_t now_ms = clock_wall_ms(engine->clock);
    return engine->due_ms <= tick_limit(engine, now_ms) || engine->due_ms > now_ms ? engine->due_ms : now_ms + RECHECK_MS;
}

int64_t engine_complete_ms(const struct engine *engine)
{
    int64_t limit_ms = tick_limit(engine, clock_wall_ms(engine->clock));
    return engine->due_ms <= limit_ms ? engine->due_ms - 1 : limit_ms;
}

int64_t engine_wanted_ms(const struct engine *engine)
{
    bool waits = engine->service->waits_for_upstream && engine->due_ms > engine->complete_ms;
    return waits && engine->due_ms < INT64_MAX ? engine->due_ms : 0;
}

const struct position *engine_position(const struct engine *engine)
{
    return &engine->position;
}

uint64_t engine_generation(const struct engine *engine)
{
    return engine->generation;
}

const struct journal *engine_journal(const struct engine *engine)
{
    return &engine->journal;
}

const struct service *engine_service(const struct engine *engine)
{
    return engine->service;
}

struct store *engine_store(struct engine *engine)
{
    return engine->store;
}

struct arena *engine_arena(struct engine *engine)
{
    return engine->arena;
}

size_t engine_followers(const struct engine *engine, const struct follower **ret_followers)
{
    *ret_followers = engine->followers;
    return engine->follower_count;
}

const char *engine_trouble(const struct engine *engine)
{
    return engine->trouble;
}

static struct follower *find_follower(struct engine *engine, const char *name)
{
    for (size_t i = 0; i < engine->follower_count; i++)
        if (strcmp(engine->followers[i].name, name) == 0)
            return &engine->followers[i];
    return NULL;
}

bool engine_welcome(struct engine *engine, const char *name, uint64_t instance, uint64_t *ret_generation)
{
    struct follower *known = find_follower(engine, name);
    if (known != NULL && known->instance == instance) {
        *ret_generation = known->generation;
        return true;
    }
    if (known == NULL && (engine->follower_count == ENGINE_FOLLOWERS_MAX || strlen(name) >= ENGINE_NAME_MAX))
        return false;
    struct follower fresh = {.confirmed = engine->journal.first - 1};
    snprintf(fresh.name, sizeof fresh.name, "%.*s", ENGINE_NAME_MAX - 1, name);
    if (known != NULL)
        fresh = *known;
    fresh.generation++;
    fresh.instance = instance;
    struct tx *tx = store_begin(engine->store);
    save_follower(tx, &fresh);
    if (tx_commit(&tx) != 0)
        return false;
    if (known == NULL)
        known = &engine->followers[engine->follower_count++];
    *known = fresh;
    *ret_generation = fresh.generation;
    return true;
}

const struct follower *engine_confirm(struct engine *engine, const char *name, uint64_t generation, uint64_t seq)
{
    struct follower *known = find_follower(engine, name);
    if (known == NULL || known->generation != generation)
        return NULL;
    known->seen_ms = clock_wall_ms(engine->clock);
    if (seq > known->confirmed)
        known->confirmed = seq;
    return known;
}

bool engine_forget(struct engine *engine, const char *name)
{
    struct follower *known = find_follower(engine, name);
    if (known == NULL)
        return false;
    char key[sizeof follower_prefix + ENGINE_NAME_MAX];
    size_t length = follower_key(name, key);
    struct tx *tx = store_begin(engine->store);
    tx_delete(tx, STORE_TABLE_META, key, length);
    if (tx_commit(&tx) != 0)
        return false;
    *known = engine->followers[--engine->follower_count];
    return true;
}

// The newest record that is older than the reserve, looked for by halving: times never go back along a journal.
static uint64_t older_than(struct tx *tx, const struct journal *journal, int64_t before_ms)
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

uint64_t engine_trim(struct engine *engine, int64_t reserve_ms)
{
    if (engine->follower_count == 0)
        return 0;
    struct tx *tx = store_begin(engine->store);
    uint64_t through = older_than(tx, &engine->journal, clock_wall_ms(engine->clock) - reserve_ms);
    if (engine->service->trimmable != NULL) {
        uint64_t most = engine->service->trimmable(engine->self);
        through = most < through ? most : through;
    }
    for (size_t i = 0; i < engine->follower_count; i++) {
        through = engine->followers[i].confirmed < through ? engine->followers[i].confirmed : through;
        save_follower(tx, &engine->followers[i]);
    }
    struct journal journal = engine->journal;
    uint64_t gone = through >= journal.first ? journal_trim(tx, &journal, through, TRIM_PIECE) : 0;
    journal_save(tx, &journal);
    if (gone == 0) {
        tx_abort(&tx);
        return 0;
    }
    if (tx_commit(&tx) != 0)
        return 0;
    engine->journal = journal;
    return gone;
}
