// An engine runs a service's turns on its store: one turn, one write transaction. It knows no sockets, so the same engine
// serves the process on real time and the rehearsal on simulated time.
#ifndef TEND_COMMON_ENGINE_H
#define TEND_COMMON_ENGINE_H

#include "common/clock.h"
#include "common/service.h"

enum {
    ENGINE_BATCH_RECORDS = 4096,       // more gains nothing: the commit is already shared by thousands
    ENGINE_BATCH_BYTES = 1024 * 1024,  // what one fetch answer may weigh
    ENGINE_FOLLOWERS_MAX = 32,
    ENGINE_NAME_MAX = 40,
};

// How a turn ended, and with what the process then exits.
enum engine_outcome {
    ENGINE_DONE = 0,    // committed, or there was nothing to commit
    ENGINE_FULL = 1,    // map or disk: nothing of the turn happened, its requests are answered with 503
    ENGINE_BROKEN = 74, // the store failed: stop rather than go on wrong
    ENGINE_REFUSED = 78, // a record that must be understood is not, or an upstream's history is not ours
};

struct engine_options {
    const struct service *service;
    void *self;
    const char *folder;
    size_t map_bytes;
    bool throwaway; // no sync: rehearsals only
    uint32_t shards;
    struct clock *clock;
    struct log *log;
};

// One request of a turn and the answer it gets. One whose reply has a status already is left alone.
struct inbound {
    struct request request;
    struct reply reply;
};

// What came from the upstream: records that follow our position, and how far it looked.
struct batch {
    uint8_t journal_id[JOURNAL_ID_BYTES];
    uint64_t after;
    struct record *records;
    size_t count;
    uint64_t looked;
    uint8_t chain[HASH_BYTES];
    uint64_t generation;
    int64_t complete_ms;
};

// A follower of our journal, as its upstream knows it.
struct follower {
    char name[ENGINE_NAME_MAX];
    uint64_t generation;
    uint64_t instance;
    uint64_t confirmed; // durable there up to here
    int64_t seen_ms;
};

struct engine;

// Opens the store (its lock first) and lets the service build its memory. On failure the error's code is the exit code.
bool engine_open(const struct engine_options *options, struct store_error *ret_error, struct engine **ret_engine);

// Marks the store as left in good order.
void engine_close(struct engine **engine);

// One turn over the given requests and batch (NULL: none), and over what is due. Replies live until the next turn.
enum engine_outcome engine_turn(struct engine *engine, struct inbound *requests, size_t count, const struct batch *batch);

// A look, from a read transaction. The reply lives until the next turn or look.
void engine_query(struct engine *engine, struct inbound *request);

// When the next turn is wanted although nothing arrived: wall ms, INT64_MAX for never.
int64_t engine_due(const struct engine *engine);

// Everything that happened before this moment is in our journal.
int64_t engine_complete_ms(const struct engine *engine);

// How far the upstream must be complete before what is due here can happen; 0: no wish.
int64_t engine_wanted_ms(const struct engine *engine);

// Our place in the upstream's journal, and the generation that it gave us (0: none in this process yet).
const struct position *engine_position(const struct engine *engine);
uint64_t engine_generation(const struct engine *engine);
const struct journal *engine_journal(const struct engine *engine);
const struct service *engine_service(const struct engine *engine);
struct store *engine_store(struct engine *engine);
struct arena *engine_arena(struct engine *engine);
size_t engine_followers(const struct engine *engine, const struct follower **ret_followers);

// The last thing that went wrong, as one sentence for people; empty when nothing did.
const char *engine_trouble(const struct engine *engine);

// Makes the follower known and gives it the next generation number, durably. A repeat of the same instance gets the same
// one. False with the store's outcome when it could not be written.
bool engine_welcome(struct engine *engine, const char *name, uint64_t instance, uint64_t *ret_generation);

// Notes that a follower has everything up to `seq`. Returns the follower, NULL when it is unknown or of an older generation.
const struct follower *engine_confirm(struct engine *engine, const char *name, uint64_t generation, uint64_t seq);

// Takes a follower off the list, so that it no longer holds the journal's trimming. False: there is none of the name.
bool engine_forget(struct engine *engine, const char *name);

// Trims what every follower confirmed and what is older than the reserve; a bounded piece. Returns how many records went.
uint64_t engine_trim(struct engine *engine, int64_t reserve_ms);

#endif
