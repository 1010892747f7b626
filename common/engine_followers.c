// The engine's followers: who they are, how far they are, and what of the journal nobody needs any more.
#include "common/engine_state.h"

#include "common/must.h"

#include <stdio.h>

enum { TRIM_PIECE = 1000 };

enum engine_outcome engine_welcome(struct engine *engine, const char *name, uint64_t instance, uint64_t *ret_generation)
{
    must(follower_name_good(name));
    struct follower *known = followers_find(&engine->followers, name);
    if (known != NULL && known->instance == instance) {
        *ret_generation = known->generation;
        return ENGINE_DONE;
    }
    if (known == NULL && engine->followers.count == FOLLOWERS_MAX)
        return ENGINE_REFUSED;
    struct follower fresh = {.confirmed = engine->journal.first - 1};
    snprintf(fresh.name, sizeof fresh.name, "%s", name);
    if (known != NULL)
        fresh = *known;
    fresh.generation++;
    fresh.instance = instance;
    struct tx *tx = store_begin(engine->store);
    follower_save(tx, &fresh);
    enum engine_outcome outcome = engine_commit(engine, &tx);
    if (outcome != ENGINE_DONE)
        return outcome;
    if (known == NULL)
        known = &engine->followers.list[engine->followers.count++];
    *known = fresh;
    *ret_generation = fresh.generation;
    return ENGINE_DONE;
}

const struct follower *engine_follower(struct engine *engine, const char *name)
{
    return followers_find(&engine->followers, name);
}

const struct follower *engine_confirm(struct engine *engine, const char *name, uint64_t generation, uint64_t seq)
{
    struct follower *known = followers_find(&engine->followers, name);
    if (known == NULL || known->generation != generation)
        return NULL;
    known->seen_ms = clock_wall_ms(engine->clock);
    // Also back: one that was restored from a backup needs again what it once had.
    known->confirmed = seq;
    return known;
}

enum engine_outcome engine_forget(struct engine *engine, const char *name)
{
    struct follower *known = followers_find(&engine->followers, name);
    if (known == NULL)
        return ENGINE_REFUSED;
    struct tx *tx = store_begin(engine->store);
    follower_delete(tx, name);
    enum engine_outcome outcome = engine_commit(engine, &tx);
    if (outcome == ENGINE_DONE)
        *known = engine->followers.list[--engine->followers.count];
    return outcome;
}

uint64_t engine_trim(struct engine *engine, int64_t reserve_ms)
{
    if (engine->followers.count == 0 || engine->broken)
        return 0;
    struct tx *tx = store_begin(engine->store);
    uint64_t through = journal_before(tx, &engine->journal, clock_wall_ms(engine->clock) - reserve_ms);
    if (engine->service->trimmable != NULL) {
        uint64_t most = engine->service->trimmable(engine->self);
        through = most < through ? most : through;
    }
    for (size_t i = 0; i < engine->followers.count; i++) {
        const struct follower *follower = &engine->followers.list[i];
        through = follower->confirmed < through ? follower->confirmed : through;
        follower_save(tx, follower);
    }
    struct journal journal = engine->journal;
    uint64_t gone = through >= journal.first ? journal_trim(tx, &journal, through, TRIM_PIECE) : 0;
    journal_save(tx, &journal);
    if (gone == 0 && tx_error(tx) == 0) {
        tx_abort(&tx);
        return 0;
    }
    if (engine_commit(engine, &tx) != ENGINE_DONE)
        return 0;
    engine->journal = journal;
    return gone;
}
