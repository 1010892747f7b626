// What the engine does for persons who are erased, beside handing on what services say.
#include "common/engine_state.h"

#include <stdio.h>

enum {
    SHARE = 20,           // of the time that making the file anew may take: one in so many
    RETRY_MS = 5 * 60000, // after one that could not be made
};

int64_t engine_erase(struct engine *engine, struct turn *turn, int64_t due_ms)
{
    struct eraser_means means = {.service = engine->service,
                                 .self = engine->self,
                                 .name = engine->name,
                                 .processes = engine->lane.count,
                                 .followers = &engine->followers};
    int64_t next_ms = eraser_work(&engine->eraser, turn, &means);
    return next_ms < due_ms ? next_ms : due_ms;
}

static bool is_sound(struct tx *tx, const struct store_breath *breath)
{
    struct journal journal;
    journal_load(tx, &journal);
    return journal_verify_calmly(tx, &journal, breath) == 0;
}

bool engine_wants_renewal(const struct engine *engine)
{
    return !engine->broken && !engine->in_place && eraser_wants_file(&engine->eraser) &&
           clock_boot_ms(engine->clock) >= engine->file_boot_ms;
}

enum engine_outcome engine_renew(struct engine *engine, const struct store_breath *breath, int64_t *ret_ms)
{
    *ret_ms = 0;
    if (!engine_wants_renewal(engine))
        return engine->broken ? ENGINE_BROKEN : ENGINE_DONE;
    struct store_error error;
    int64_t began_ms = clock_boot_ms(engine->clock);
    bool made = store_rebuild(engine->store, is_sound, breath, &error);
    int64_t now_ms = clock_boot_ms(engine->clock), took_ms = now_ms - began_ms;
    bool told = !made && error.code == STORE_TOLD_TO_END;
    engine->file_boot_ms = now_ms + (made || told ? took_ms * SHARE : RETRY_MS);
    if (made) {
        *ret_ms = took_ms > 0 ? took_ms : 1;
        eraser_remade(&engine->eraser, clock_wall_ms(engine->clock));
        engine->due_ms = engine->now_ms; // the next turn says it
        log_line(engine->log, LOG_INFO, "the store's file was made anew, without what was erased",
                 LOG_INT("took_ms", took_ms));
        return ENGINE_DONE;
    }
    log_line(engine->log, told ? LOG_INFO : LOG_ERROR, error.text);
    if (error.code != ENGINE_BROKEN)
        return ENGINE_DONE;
    snprintf(engine->trouble, sizeof engine->trouble, "%s", error.text);
    engine->broken = true;
    return ENGINE_BROKEN;
}
