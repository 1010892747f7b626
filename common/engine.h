// An engine runs a service's turns on its store: one turn, one write transaction. It knows no sockets, so the same
// engine serves the process on real time and the rehearsal on simulated time.
#ifndef TEND_COMMON_ENGINE_H
#define TEND_COMMON_ENGINE_H

#include "common/clock.h"
#include "common/followers.h"
#include "common/service.h"

enum {
    ENGINE_BATCH_RECORDS = 4096,      // more gains nothing: the commit is already shared by thousands
    ENGINE_BATCH_BYTES = 1024 * 1024, // what one fetch answer may weigh
};

// How a turn ended, and with what the process then exits.
enum engine_outcome {
    ENGINE_DONE = 0,     // committed, or there was nothing to commit
    ENGINE_FULL = 1,     // map or disk: nothing of the turn happened, its requests are answered with 503
    ENGINE_BROKEN = 74,  // the store failed: stop rather than go on wrong; the next start verifies before it serves
    ENGINE_REFUSED = 78, // a record that must be understood is not, or an upstream's history is not ours
};

struct engine_options {
    const struct service *service;
    void *self;
    const char *folder;
    size_t map_bytes;
    bool throwaway;  // no sync: rehearsals only
    uint32_t shards; // fixed when the store is made
    struct clock *clock;
    struct log *log;
    const char *rules; // the service's configuration in force, said in the journal when it changes; NULL: none
};

// One request of a turn and the answer it gets. One whose reply has a status already is left alone. After a turn that
// failed the others have none.
struct inbound {
    struct request request;
    struct reply reply;
    bool taken; // the engine's own: the reply is this turn's
};

// What came from the upstream: records that follow our position, and how far it looked.
struct batch {
    uint8_t journal_id[JOURNAL_ID_BYTES];
    uint64_t after;
    struct record *records;
    size_t count;
    uint64_t looked;
    uint8_t chain[HASH_BYTES]; // at `looked`
    uint64_t last;             // how far the upstream's journal goes
    uint64_t generation;
    int64_t complete_ms; // 0: the upstream says nothing about time
};

struct engine;

// Opens the store (its lock first) and lets the service build its memory. After an end of its own doing (mark.h) the
// journal is verified first. On failure the error's code is the exit code.
bool engine_open(const struct engine_options *options, struct store_error *ret_error, struct engine **ret_engine);

// Ends in good order.
void engine_close(struct engine **engine);

// One turn over the given requests and batch (NULL: none), and over what is due. Replies live until the next turn.
enum engine_outcome engine_turn(struct engine *engine, struct inbound *requests, size_t count,
                                const struct batch *batch);

// A look, from a read transaction. The reply lives until the next turn or look.
void engine_query(struct engine *engine, struct inbound *request);

// When the next turn is wanted although nothing arrived: wall ms, INT64_MAX for never.
int64_t engine_due(const struct engine *engine);

// Everything that happened before this moment is in our journal.
int64_t engine_complete_ms(const struct engine *engine);

// How far the upstream must be complete before what is due here can happen; 0: no wish.
int64_t engine_wanted_ms(const struct engine *engine);

// Notes the earliest moment that a follower waits for us to be complete to (0: none), since then we want it of our
// upstream.
void engine_want(struct engine *engine, int64_t complete_ms);

// Our place in the upstream's journal, and the generation that it gave us (0: none in this process yet).
const struct position *engine_position(const struct engine *engine);
uint64_t engine_generation(const struct engine *engine);
const struct journal *engine_journal(const struct engine *engine);
const struct service *engine_service(const struct engine *engine);
struct store *engine_store(struct engine *engine);
struct arena *engine_arena(struct engine *engine);
size_t engine_followers(const struct engine *engine, const struct follower **ret_followers);

// A commit failed for another reason than want of room: nothing may leave the process any more, and it must end with
// ENGINE_BROKEN.
bool engine_broken(const struct engine *engine);

// Records of types that this version does not know and need not, passed over since the start.
uint64_t engine_passed_over(const struct engine *engine);

// Tells people what a follower was refused for.
void engine_note_refusal(const struct engine *engine, const char *sentence);

// The last thing that went wrong, as one sentence for people; empty when nothing did.
const char *engine_trouble(const struct engine *engine);

// Makes the follower known and gives it the next generation number, durably. A repeat of the same instance gets the
// same one. ENGINE_REFUSED: there is no room for another follower.
enum engine_outcome engine_welcome(struct engine *engine, const char *name, uint64_t instance,
                                   uint64_t *ret_generation);

// NULL when nobody follows under this name.
const struct follower *engine_follower(struct engine *engine, const char *name);

// Notes that a follower has everything up to `seq`, and nothing after it. NULL when it is unknown or of another
// generation.
const struct follower *engine_confirm(struct engine *engine, const char *name, uint64_t generation, uint64_t seq);

// Takes a follower off the list, so that it no longer holds the journal's trimming. ENGINE_REFUSED: there is none of
// the name.
enum engine_outcome engine_forget(struct engine *engine, const char *name);

// Trims what every follower confirmed and what is older than the reserve; a bounded piece. Returns how many records
// went.
uint64_t engine_trim(struct engine *engine, int64_t reserve_ms);

#endif
