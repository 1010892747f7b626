// Another history: what the engine does when a store was put back, its own or that of a journal's owner.
#include "common/acceptance.h"
#include "common/engine_state.h"
#include "common/must.h"
#include "tend/v1/journal.pb-c.h"

#include <string.h>

// Commits a turn beside the others. What the service's memory took from one that failed is thrown away.
static enum engine_outcome keep(struct engine *engine, struct turn *turn)
{
    journal_save(turn->tx, turn->journal);
    if (tx_error(turn->tx) == 0 && !tx_dirty(turn->tx)) {
        tx_abort(&turn->tx);
        return ENGINE_DONE;
    }
    tx_put_number(turn->tx, STORE_TABLE_META, ENGINE_NOW_KEY, (uint64_t)turn->now_ms);
    enum engine_outcome outcome = engine_commit(engine, &turn->tx);
    if (outcome == ENGINE_DONE) {
        engine->journal = *turn->journal;
        engine->now_ms = turn->now_ms;
        engine->due_ms = turn->now_ms; // the service says at the next turn what is due now
    } else if (outcome == ENGINE_FULL && !engine_reload(engine)) {
        engine->broken = true;
        outcome = ENGINE_BROKEN;
    }
    return outcome;
}

static struct turn begin(struct engine *engine, struct journal *journal)
{
    *journal = engine->journal;
    arena_reset(engine->arena);
    return engine_turn_at_present(engine, store_begin(engine->store), journal);
}

enum engine_outcome engine_doubt(struct engine *engine, const char *why)
{
    if (engine->service->doubt == NULL || engine->broken)
        return engine->broken ? ENGINE_BROKEN : ENGINE_DONE;
    struct journal journal;
    struct turn turn = begin(engine, &journal);
    engine->service->doubt(engine->self, &turn, why);
    return keep(engine, &turn);
}

static ProtobufCBinaryData id_of(const struct position *position)
{
    return (ProtobufCBinaryData){JOURNAL_ID_BYTES, (uint8_t *)(uintptr_t)position->journal_id};
}

static void say(struct engine *engine, struct turn *turn, unsigned which, const struct position *now, char *by)
{
    const struct position *before = &engine->upstreams[which].position;
    char upstream[LANE_NAME_BYTES];
    engine_upstream_name(engine, which, upstream);
    Tend__V1__HistoryAccepted accepted = TEND__V1__HISTORY_ACCEPTED__INIT;
    accepted.service = engine->name;
    accepted.upstream = upstream;
    accepted.by = by;
    accepted.journal_id = id_of(now);
    accepted.after = now->seq;
    accepted.journal_id_before = id_of(before);
    accepted.after_before = before->seq;
    struct emission emission = {.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_HISTORY_ACCEPTED, .message = &accepted.base};
    (void)turn_emit(turn, &emission);
    audit_event(turn, "another history accepted", "", by);
    log_line(engine->log, LOG_WARN, "another history of the journal upstream is accepted",
             LOG_TEXT("upstream", upstream), LOG_TEXT("by", by), LOG_COUNT("after", now->seq),
             LOG_COUNT("after_before", before->seq));
}

static bool same_place(const struct position *left, const struct position *right)
{
    return left->seq == right->seq && memcmp(left->journal_id, right->journal_id, JOURNAL_ID_BYTES) == 0 &&
           memcmp(left->chain, right->chain, HASH_BYTES) == 0;
}

enum engine_outcome engine_accept(struct engine *engine, unsigned which, const struct batch *batch)
{
    struct upstream *upstream = &engine->upstreams[which];
    must(which < engine->upstream_count && upstream->anew && batch->count == 0);
    if (engine->broken)
        return ENGINE_BROKEN;
    struct position position = upstream_after(batch, 0);
    struct journal journal;
    struct turn turn = begin(engine, &journal);
    char by[ACCEPTANCE_BY_BYTES];
    if (acceptance_get(turn.tx, which, by) && !same_place(&upstream->position, &position)) {
        position_save(turn.tx, which, &position);
        say(engine, &turn, which, &position, by);
        if (engine->service->doubt != NULL)
            engine->service->doubt(engine->self, &turn,
                                   "the journal upstream was put back or made anew: what it says may have been said "
                                   "before");
    }
    acceptance_delete(turn.tx, which);
    enum engine_outcome outcome = keep(engine, &turn);
    if (outcome != ENGINE_DONE)
        return outcome;
    upstream->anew = false;
    upstream->position = position;
    must(upstream_hear(upstream, batch, clock_boot_ms(engine->clock)));
    return ENGINE_DONE;
}
