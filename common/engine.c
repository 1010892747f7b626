#include "common/engine_state.h"

#include "common/acceptance.h"
#include "common/division.h"
#include "common/inforce.h"
#include "common/mark.h"
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
    RECHECK_MS = 1000,
    NEWEST_TYPE = TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_SETTLED,
};

__attribute__((format(printf, 2, 3))) static void complain(struct engine *engine, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(engine->trouble, sizeof engine->trouble, format, arguments);
    va_end(arguments);
}

static struct turn turn_of(struct engine *engine, struct tx *tx, struct journal *journal)
{
    struct turn turn = {.tx = tx,
                        .arena = engine->arena,
                        .journal = journal,
                        .now_ms = engine->now_ms,
                        .shards = engine->shards,
                        .doubts_clock = !clock_trusted(engine->clock),
                        .log = engine->log,
                        .eraser = &engine->eraser};
    if (engine->service->shares_owners)
        turn.speaks = engine->lane;
    return turn;
}

struct turn engine_turn_at_present(struct engine *engine, struct tx *tx, struct journal *journal)
{
    struct turn turn = turn_of(engine, tx, journal);
    int64_t wall_ms = clock_wall_ms(engine->clock);
    turn.now_ms = wall_ms > engine->now_ms ? wall_ms : engine->now_ms;
    return turn;
}

bool engine_reload(struct engine *engine)
{
    struct tx *tx = store_begin_read(engine->store);
    struct journal journal;
    journal_load(tx, &journal);
    engine->journal = journal;
    for (unsigned i = 0; i < engine->upstream_count; i++) {
        char by[ACCEPTANCE_BY_BYTES];
        position_load(tx, i, &engine->upstreams[i].position);
        engine->upstreams[i].anew = engine->service->rereads && acceptance_get(tx, i, by);
    }
    followers_load(tx, &engine->followers);
    eraser_load(&engine->eraser, tx);
    engine->now_ms = (int64_t)tx_get_number(tx, STORE_TABLE_META, ENGINE_NOW_KEY, 0);
    arena_reset(engine->arena);
    struct turn turn = turn_of(engine, tx, &journal);
    engine->service->reload(engine->self, &turn);
    int error = tx_error(tx);
    tx_abort(&tx);
    if (error != 0)
        complain(engine, "the store of %s cannot be read: %s", engine->name, store_explain(error));
    return error == 0;
}

static bool is_full(int error)
{
    return error == STORE_MAP_FULL || error == ENOSPC || error == EDQUOT;
}

static enum engine_outcome note_failure(struct engine *engine, int error)
{
    complain(engine, "the store of %s cannot be written: %s", engine->name, store_explain(error));
    engine->broken = engine->broken || !is_full(error);
    if (engine->broken)
        mark_put(engine->folder, MARK_BROKEN);
    return engine->broken ? ENGINE_BROKEN : ENGINE_FULL;
}

enum engine_outcome engine_commit(struct engine *engine, struct tx **tx)
{
    int error = tx_commit(tx);
    if (error == STORE_MAP_FULL)
        store_grow(engine->store);
    return error == 0 ? ENGINE_DONE : note_failure(engine, error);
}

// After an end of our own doing the journal is walked before anybody gets a word of it.
static bool is_sound(struct engine *engine)
{
    struct tx *tx = store_begin_read(engine->store);
    struct journal journal;
    journal_load(tx, &journal);
    uint64_t bad = journal_verify(tx, &journal);
    tx_abort(&tx);
    if (bad != 0)
        complain(engine, "record %llu of the journal of %s is damaged: restore a backup", (unsigned long long)bad,
                 engine->name);
    return bad == 0;
}

// A new store gets its journal and its number of shards. Returns 0 or the exit code.
static int settle_in(struct engine *engine, const char *rules)
{
    struct tx *tx = store_begin(engine->store);
    struct journal journal;
    journal_load(tx, &journal);
    struct division division = {.name = engine->name,
                                .follows = engine->service->follows,
                                .shards = engine->shards,
                                .lane = engine->lane,
                                .upstreams = engine->upstream_count};
    if (!division_check(&division, tx, engine->trouble, sizeof engine->trouble)) {
        tx_abort(&tx);
        return ENGINE_REFUSED;
    }
    engine->now_ms = (int64_t)tx_get_number(tx, STORE_TABLE_META, ENGINE_NOW_KEY, 0);
    struct turn turn = engine_turn_at_present(engine, tx, &journal);
    if (rules != NULL)
        inforce_say(&turn, engine->service->name, rules);
    journal_save(tx, &journal);
    if (engine_commit(engine, &tx) != ENGINE_DONE)
        return ENGINE_BROKEN;
    return engine->mark != MARK_NONE && !is_sound(engine) ? ENGINE_REFUSED : 0;
}

static void prepare_upstreams(struct engine *engine, unsigned count)
{
    int64_t boot_ms = clock_boot_ms(engine->clock);
    engine->upstream_count = count > 0 ? count : 1;
    must(engine->upstream_count <= UPSTREAMS_MAX);
    for (unsigned i = 0; i < engine->upstream_count; i++)
        engine->upstreams[i] = (struct upstream){.heard_boot_ms = boot_ms, .moved_boot_ms = boot_ms, .tries.which = i};
}

bool engine_open(const struct engine_options *options, struct store_error *ret_error, struct engine **ret_engine)
{
    const struct service *service = options->service;
    struct engine *engine = calloc(1, sizeof *engine);
    must(engine != NULL);
    engine->service = service;
    engine->self = options->self;
    engine->clock = options->clock;
    snprintf(engine->folder, sizeof engine->folder, "%s", options->folder);
    engine->log = options->log;
    engine->shards = options->shards;
    must(engine->shards > 0 && engine->shards < SHARD_ALL);
    engine->lane = lane_whole(options->lane);
    lane_name(service->name, engine->lane, engine->name);
    engine->peers = options->peers;
    engine->in_place = options->in_place;
    engine->audit = options->throwaway ? NULL : audit_open();
    prepare_upstreams(engine, options->upstreams);
    engine->arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    struct store_options store = {
        .folder = options->folder,
        .tables = service->tables,
        .table_count = service->table_count,
        .map_bytes = options->map_bytes,
        .throwaway = options->throwaway,
        .in_place = options->in_place,
    };
    bool opened = store_open(&store, ret_error, &engine->store);
    // Under the store's lock: the mark is nobody else's to read.
    engine->mark = opened ? mark_read(options->folder) : MARK_NONE;
    for (unsigned i = 0; i < engine->upstream_count; i++)
        engine->upstreams[i].tries.crashed = engine->mark == MARK_CRASHED;
    int code = opened ? settle_in(engine, options->rules) : 0;
    if (opened && code == 0 && !engine_reload(engine))
        code = ENGINE_BROKEN;
    if (code != 0) {
        ret_error->code = code;
        snprintf(ret_error->text, sizeof ret_error->text, "%.*s", (int)sizeof ret_error->text - 1, engine->trouble);
    }
    if (!opened || code != 0) {
        store_close(&engine->store);
        engine_close(&engine);
        return false;
    }
    if (engine->mark != MARK_NONE)
        mark_wipe(engine->folder);
    clock_floor(engine->clock, engine->now_ms);
    *ret_engine = engine;
    return true;
}

void engine_close(struct engine **engine)
{
    if (*engine == NULL)
        return;
    // A store whose commit failed is not written again: the next start has to look at it first.
    if ((*engine)->store != NULL && !(*engine)->broken) {
        struct tx *tx = store_begin((*engine)->store);
        for (size_t i = 0; i < (*engine)->followers.count; i++)
            follower_save(tx, &(*engine)->followers.list[i]);
        if ((*engine)->audit != NULL && audit_waits((*engine)->audit) < INT64_MAX) {
            struct turn turn = engine_turn_at_present(*engine, tx, &(*engine)->journal);
            audit_flush((*engine)->audit, &turn, true);
        }
        (void)tx_commit(&tx); // only how far followers were, which they say again, and the last looks
    }
    audit_close(&(*engine)->audit);
    store_close(&(*engine)->store);
    arena_close(&(*engine)->arena);
    free(*engine);
    *engine = NULL;
}

static int64_t tick_limit(const struct engine *engine, int64_t now_ms)
{
    return !engine->service->waits_for_upstream
               ? now_ms
               : upstreams_limit(engine->upstreams, engine->upstream_count, now_ms, clock_boot_ms(engine->clock));
}

// What of the batch this turn may touch.
static struct piece plan_piece(struct engine *engine, const struct batch *batch)
{
    struct tries *tries = batch != NULL ? &engine->upstreams[batch->upstream].tries : NULL;
    if (batch == NULL || batch->count == 0 || tries_idle(tries))
        return (struct piece){.count = batch != NULL ? batch->count : 0};
    struct tx *tx = store_begin(engine->store);
    struct piece piece = tries_count(tries, tx, &batch->records[0], batch->count, ENGINE_BATCH_RECORDS);
    (void)engine_commit(engine, &tx); // want of room shows again at the turn's own commit
    return piece;
}

// Of the service's own tables.
static uint64_t count_rows(const struct engine *engine, struct tx *tx)
{
    uint64_t rows = 0;
    for (unsigned i = 0; i < engine->service->table_count; i++)
        rows += tx_count(tx, STORE_TABLE_SERVICE + i);
    return rows;
}

// Each process to the left says it behind what it said of the person before.
static void apply_erasure(struct engine *engine, struct turn *turn, const struct record *record, unsigned which)
{
    struct lane from = {.index = which, .count = engine->upstream_count};
    uint64_t before = count_rows(engine, turn->tx);
    turn->repeated = eraser_repeats(turn, record, from);
    engine->service->apply(engine->self, turn, record);
    turn->repeated = false;
    uint64_t after = count_rows(engine, turn->tx);
    eraser_hear_from(&engine->eraser, turn, record, after < before ? before - after : 0, from);
}

static void apply_record(struct engine *engine, struct turn *turn, const struct record *record, unsigned which)
{
    if (record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_ERASURE_REPORT && !engine->service->keeps_reports) {
        turn_forward(turn, record);
        return;
    }
    if ((record->flags & RECORD_ERASES) != 0)
        apply_erasure(engine, turn, record, which);
    else
        engine->service->apply(engine->self, turn, record);
}

// False when a record must be understood and is not. The piece gets shorter when a record behind an erasure is about
// whoever has the same id now.
static bool apply_records(struct engine *engine, struct turn *turn, const struct batch *batch, struct piece *piece)
{
    for (size_t i = 0; i < piece->count; i++) {
        const struct record *record = &batch->records[i];
        if (piece->dead && i == 0) {
            tries_bury(&engine->upstreams[batch->upstream].tries, turn->tx, record);
            log_line(engine->log, LOG_ERROR, "a record crashed us three times and is now a dead letter",
                     LOG_INT("seq", (int64_t)record->seq));
            continue;
        }
        bool known = record->type >= 1 && record->type <= NEWEST_TYPE && record->version <= 1;
        // The first one says it; what has an owner is said by the owner's process alone.
        bool repeated = batch->upstream > 0 && record->shard == SHARD_ALL && record->owner == 0 &&
                        (record->flags & RECORD_ERASES) == 0;
        if (eraser_comes_first(&engine->eraser, turn, record)) {
            piece->count = i;
            break;
        }
        if (!known && (record->flags & RECORD_MUST_UNDERSTAND) != 0) {
            char from[LANE_NAME_BYTES];
            engine_upstream_name(engine, batch->upstream, from);
            complain(engine,
                     "%s sent record %llu of type %u, version %u, which must be understood and is not: update %s first",
                     from, (unsigned long long)record->seq, record->type, record->version, engine->service->name);
            return false;
        }
        if (!known)
            engine->passed_over++;
        else if ((record->flags & RECORD_ERASED) == 0 && !repeated)
            apply_record(engine, turn, record, batch->upstream);
    }
    return true;
}

// The replies of a turn that did not happen.
static void take_back(struct inbound *requests, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (requests[i].taken)
            requests[i].reply = (struct reply){0};
}

// What is not done while its tick is put off may already be due, so nobody is told that we are past this moment.
static int64_t run_tick(struct engine *engine, struct turn *turn, bool partial)
{
    if (!partial && clock_trusted(engine->clock))
        return engine->service->tick(engine->self, turn, tick_limit(engine, turn->now_ms));
    return engine->due_ms < turn->now_ms ? engine->due_ms : turn->now_ms;
}

// One attempt. *ret_error is the commit's.
static enum engine_outcome try_turn(struct engine *engine, struct inbound *requests, size_t count,
                                    const struct batch *batch, struct piece *piece, int *ret_error)
{
    struct journal journal = engine->journal;
    arena_reset(engine->arena);
    peers_begin(engine->peers);
    struct turn turn = engine_turn_at_present(engine, store_begin(engine->store), &journal);

    for (size_t i = 0; i < count; i++) {
        requests[i].taken = requests[i].reply.status == 0;
        if (requests[i].taken)
            engine->service->command(engine->self, &turn, &requests[i].request, &requests[i].reply);
    }
    struct upstream *upstream = &engine->upstreams[batch != NULL ? batch->upstream : 0];
    struct position position = upstream->position;
    if (batch != NULL && (batch->count > 0 || batch->looked > position.seq)) {
        if (!apply_records(engine, &turn, batch, piece)) {
            tx_abort(&turn.tx);
            return ENGINE_REFUSED;
        }
        if (batch->count == 0 || piece->count > 0)
            position = upstream_after(batch, piece->count);
        position_save(turn.tx, batch->upstream, &position);
    }
    int64_t due_ms = run_tick(engine, &turn, batch != NULL && piece->count < batch->count);
    if (engine->service->settle != NULL)
        engine->service->settle(engine->self, &turn);
    due_ms = engine_erase(engine, &turn, due_ms);
    engine_audit(engine, &turn, requests, count);
    journal_save(turn.tx, &journal);
    if (tx_error(turn.tx) == 0 && !tx_dirty(turn.tx)) {
        tx_abort(&turn.tx);
    } else {
        tx_put_number(turn.tx, STORE_TABLE_META, ENGINE_NOW_KEY, (uint64_t)turn.now_ms);
        *ret_error = tx_commit(&turn.tx);
        if (*ret_error != 0)
            return ENGINE_BROKEN;
    }
    engine->journal = journal;
    upstream->position = position;
    engine->now_ms = turn.now_ms;
    engine->due_ms = due_ms;
    tries_passed(&upstream->tries);
    peers_commit(engine->peers);
    if (engine->audit != NULL)
        audit_flushed(engine->audit);
    return ENGINE_DONE;
}

static bool audit_is_due(const struct engine *engine, int64_t now_ms)
{
    return engine->audit != NULL && audit_waits(engine->audit) <= now_ms - AUDIT_WAIT_MS;
}

enum engine_outcome engine_turn(struct engine *engine, struct inbound *requests, size_t count,
                                const struct batch *batch)
{
    must(batch == NULL || batch->upstream < engine->upstream_count);
    struct upstream *upstream = &engine->upstreams[batch != NULL ? batch->upstream : 0];
    int64_t before_ms = upstream->complete_ms;
    if (batch != NULL) {
        must(upstream_hear(upstream, batch, clock_boot_ms(engine->clock)));
        bool news = batch->count > 0 || batch->looked > upstream->position.seq || peers_news(engine->peers);
        if (!news && count == 0 && !audit_is_due(engine, clock_wall_ms(engine->clock)) &&
            engine->due_ms > tick_limit(engine, clock_wall_ms(engine->clock)))
            return ENGINE_DONE;
    }
    struct piece piece = plan_piece(engine, batch);
    int error = 0;
    uint64_t passed_over = engine->passed_over;
    enum engine_outcome outcome =
        engine->broken ? ENGINE_BROKEN : try_turn(engine, requests, count, batch, &piece, &error);
    while (error == STORE_MAP_FULL && store_grow(engine->store) && engine_reload(engine)) {
        error = 0;
        take_back(requests, count);
        engine->passed_over = passed_over;
        outcome = try_turn(engine, requests, count, batch, &piece, &error);
    }
    // What is left of the batch may take back what is due.
    if (batch != NULL && piece.count < batch->count)
        upstream->complete_ms = before_ms;
    if (outcome == ENGINE_DONE)
        return ENGINE_DONE;
    take_back(requests, count);
    upstream->complete_ms = before_ms;
    engine->passed_over = passed_over;
    if (error == 0)
        return outcome;
    outcome = note_failure(engine, error);
    if (outcome == ENGINE_FULL && !engine_reload(engine)) {
        engine->broken = true;
        outcome = ENGINE_BROKEN;
    }
    return outcome;
}

// A look that nobody could write down is not given.
static bool may_look(struct engine *engine, struct turn *turn, const struct audit_entry *entry, struct reply *ret_reply)
{
    if (entry == NULL || audit_has_room(engine->audit))
        return true;
    reply_error(turn, 503, "", "who reads this cannot be written down now; try again later", ret_reply);
    ret_reply->retry_after_s = 5;
    return false;
}

void engine_query(struct engine *engine, struct inbound *request)
{
    struct journal journal = engine->journal;
    struct audit_entry entry;
    bool noted = engine->audit != NULL && audit_concerns(&request->request, &entry);
    arena_reset(engine->arena);
    struct turn turn = engine_turn_at_present(engine, store_begin_read(engine->store), &journal);
    if (may_look(engine, &turn, noted ? &entry : NULL, &request->reply))
        engine->service->query(engine->self, &turn, &request->request, &request->reply);
    if (tx_error(turn.tx) != 0) {
        reply_error(&turn, 503, "", "the store cannot be read", &request->reply);
        request->reply.retry_after_s = 5;
    }
    tx_abort(&turn.tx);
    if (noted && request->reply.status == 200) {
        audit_complete(&entry, &request->reply);
        entry.time_ms = turn.now_ms;
        audit_wait(engine->audit, &entry);
    }
}

int64_t engine_due(const struct engine *engine)
{
    int64_t now_ms = clock_wall_ms(engine->clock);
    int64_t audit_ms = engine->audit != NULL ? audit_waits(engine->audit) : INT64_MAX;
    if (audit_ms < INT64_MAX && audit_ms + AUDIT_WAIT_MS < engine->due_ms)
        return audit_ms + AUDIT_WAIT_MS;
    if (engine->due_ms > now_ms)
        return engine->due_ms;
    // What waits for the upstream, or for a clock that can be believed, is looked at again in a while.
    bool now = clock_trusted(engine->clock) && engine->due_ms <= tick_limit(engine, now_ms);
    return now ? engine->due_ms : now_ms + RECHECK_MS;
}

int64_t engine_complete_ms(const struct engine *engine)
{
    int64_t limit_ms = tick_limit(engine, clock_wall_ms(engine->clock));
    return engine->due_ms <= limit_ms ? engine->due_ms - 1 : limit_ms;
}

int64_t engine_wanted_ms(const struct engine *engine, unsigned which)
{
    const struct upstream *upstream = engine_upstream(engine, which);
    return engine->service->waits_for_upstream ? upstream_wish(upstream, engine->due_ms, engine->wanted_ms) : 0;
}

bool engine_may_ask(const struct engine *engine, unsigned which)
{
    return which == 0 || upstreams_begun(engine->upstreams, engine->upstream_count, clock_boot_ms(engine->clock));
}

void engine_want(struct engine *engine, int64_t complete_ms)
{
    engine->wanted_ms = complete_ms;
}

unsigned engine_upstreams(const struct engine *engine)
{
    return engine->upstream_count;
}

const struct upstream *engine_upstream(const struct engine *engine, unsigned which)
{
    must(which < engine->upstream_count);
    return &engine->upstreams[which];
}

void engine_upstream_name(const struct engine *engine, unsigned which, char *ret_name)
{
    lane_name(engine->service->follows, (struct lane){which, engine->upstream_count}, ret_name);
}

const struct position *engine_position(const struct engine *engine)
{
    return &engine->upstreams[0].position;
}

uint64_t engine_generation(const struct engine *engine)
{
    return engine->upstreams[0].generation;
}

const char *engine_name(const struct engine *engine)
{
    return engine->name;
}

struct lane engine_lane(const struct engine *engine)
{
    return engine->lane;
}

uint32_t engine_shards(const struct engine *engine)
{
    return engine->shards;
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
    *ret_followers = engine->followers.list;
    return engine->followers.count;
}

bool engine_broken(const struct engine *engine)
{
    return engine->broken;
}

uint64_t engine_passed_over(const struct engine *engine)
{
    return engine->passed_over;
}

void engine_note_refusal(const struct engine *engine, const char *sentence)
{
    log_line(engine->log, LOG_ERROR, sentence);
}

const char *engine_trouble(const struct engine *engine)
{
    return engine->trouble;
}
