// What the files of the engine share: its memory, and the ways to a transaction beside the turns.
#ifndef TEND_COMMON_ENGINE_STATE_H
#define TEND_COMMON_ENGINE_STATE_H

#include "common/audit.h"
#include "common/engine.h"
#include "common/eraser.h"
#include "common/mark.h"

// In the runtime's table: the newest moment that a turn had, so that time never goes back.
#define ENGINE_NOW_KEY "now"

enum {
    ENGINE_SENTENCE_BYTES = 400,
    ENGINE_FOLDER_BYTES = 600,
};

struct engine {
    const struct service *service;
    void *self;
    struct store *store;
    char folder[ENGINE_FOLDER_BYTES];
    struct clock *clock;
    struct log *log;
    struct arena *arena;
    uint32_t shards;
    struct lane lane;
    char name[LANE_NAME_BYTES];
    struct peers *peers;

    // Copies of what is committed; a turn works on its own and they change only after the commit.
    struct journal journal;
    struct upstream upstreams[UPSTREAMS_MAX];
    unsigned upstream_count;
    struct followers followers;
    int64_t now_ms;
    struct eraser eraser;
    struct audit *audit; // NULL: nobody's store, of which nobody wants to know who looked

    int64_t due_ms;       // when the service wants its next tick
    int64_t wanted_ms;    // what a follower waits for, 0: nothing
    enum mark mark;       // how the last process ended
    bool in_place;        // the store is; its file is never made anew
    int64_t file_boot_ms; // when that may be tried again
    bool broken;
    uint64_t passed_over;
    char trouble[ENGINE_SENTENCE_BYTES];
};

// A turn as of now in this transaction, with a journal of its own; the service's memory may change only with it.
struct turn engine_turn_at_present(struct engine *engine, struct tx *tx, struct journal *journal);

// What the eraser has to do in a turn; returns when the next turn is wanted, which is at `due_ms` or sooner.
int64_t engine_erase(struct engine *engine, struct turn *turn, int64_t due_ms);

// Writes down who changed what by these requests, and who read what since the last turn.
void engine_audit(struct engine *engine, struct turn *turn, const struct inbound *requests, size_t count);

// Commits what the engine writes beside the turns. After a failure the trouble is said and the store is full or broken.
enum engine_outcome engine_commit(struct engine *engine, struct tx **tx);

// Throws away what memory holds and builds it anew from what is committed. False: the store cannot be read.
bool engine_reload(struct engine *engine);

#endif
