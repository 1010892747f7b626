// An engine runs a service's turns on its store: one turn, one write transaction. It knows no sockets, so the same
// engine serves the process on real time and the rehearsal on simulated time.
#ifndef TEND_COMMON_ENGINE_H
#define TEND_COMMON_ENGINE_H

#include "common/clock.h"
#include "common/followers.h"
#include "common/lane.h"
#include "common/service.h"
#include "common/upstream.h"

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
    bool in_place;   // as of a store (store.h); with throwaway only
    uint32_t shards; // fixed when the store is made
    struct clock *clock;
    struct log *log;
    const char *rules; // the service's configuration in force, said in the journal when it changes; NULL: none
    struct lane lane;  // which part of the customers is ours; fixed when the store is made
    // How many processes the service to the left runs as: so many journals are followed. 0 counts as 1; fixed as well.
    unsigned upstreams;
    struct peers *peers; // whose questions and answers belong to our turns; NULL: none
};

// One request of a turn and the answer it gets. One whose reply has a status already is left alone. After a turn that
// failed the others have none.
struct inbound {
    struct request request;
    struct reply reply;
    bool taken; // the engine's own: the reply is this turn's
};

struct engine;

// Opens the store (its lock first) and lets the service build its memory. After an end of its own doing (mark.h) the
// journal is verified first. On failure the error's code is the exit code.
bool engine_open(const struct engine_options *options, struct store_error *ret_error, struct engine **ret_engine);

// Ends in good order.
void engine_close(struct engine **engine);

// One turn over the given requests and batch (NULL: none), and over what is due. Replies live until the next turn.
//
// Of several upstreams the first speaks for all about what belongs to no customer and no owner (SHARD_ALL, owner 0):
// its records of that kind are applied, and the others' repetitions are passed over.
enum engine_outcome engine_turn(struct engine *engine, struct inbound *requests, size_t count,
                                const struct batch *batch);

// A look, from a read transaction. The reply lives until the next turn or look.
void engine_query(struct engine *engine, struct inbound *request);

// When the next turn is wanted although nothing arrived: wall ms, INT64_MAX for never.
int64_t engine_due(const struct engine *engine);

// Everything that happened before this moment is in our journal.
int64_t engine_complete_ms(const struct engine *engine);

// How far an upstream must be complete before what is due here can happen; 0: no wish.
int64_t engine_wanted_ms(const struct engine *engine, unsigned which);

// Whether an upstream may be asked now. On a new store those after the first wait until the first has told all that it
// has, or is silent: what it says for all (settings, reps) is then known before their customers.
bool engine_may_ask(const struct engine *engine, unsigned which);

// Notes the earliest moment that a follower waits for us to be complete to (0: none), since then we want it of our
// upstream.
void engine_want(struct engine *engine, int64_t complete_ms);

// The journals that we follow, at least one place for one.
unsigned engine_upstreams(const struct engine *engine);
const struct upstream *engine_upstream(const struct engine *engine, unsigned which);

// The name of the process that an upstream is: "scoring", or "scoring-1" of several; of LANE_NAME_BYTES.
void engine_upstream_name(const struct engine *engine, unsigned which, char *ret_name);

// Of the first upstream, which mostly is the only one: our place in its journal, and the generation that it gave us (0:
// none in this process yet).
const struct position *engine_position(const struct engine *engine);
uint64_t engine_generation(const struct engine *engine);

// The name of our own process, and our part of the customers.
const char *engine_name(const struct engine *engine);
struct lane engine_lane(const struct engine *engine);
uint32_t engine_shards(const struct engine *engine);
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

// Tells the service that what it would do next may have been done before, in a transaction of its own; see
// service.doubt. ENGINE_DONE also when it does not care.
enum engine_outcome engine_doubt(struct engine *engine, const char *why);

// Moves us to where upstream `which` says that we begin anew (follow.h), and says so in our journal; the acceptance is
// used up. ENGINE_FULL: nothing of it happened, and it can be asked again.
enum engine_outcome engine_accept(struct engine *engine, unsigned which, const struct batch *batch);

// Takes a follower off the list, so that it no longer holds the journal's trimming. ENGINE_REFUSED: there is none of
// the name.
enum engine_outcome engine_forget(struct engine *engine, const char *name);

// Makes the store's file anew when erased persons wait for it, at most so often that it takes a twentieth of the time;
// between two turns. It takes its breaths, in which the engine may be asked (engine_query) and nothing else; told to
// end it leaves all as it was, and begins anew when it is called again. `ret_ms` gets how long it took, 0 when there
// was nothing to do. When it cannot be done (no room on the disk) that is said in the log and tried again later.
enum engine_outcome engine_renew(struct engine *engine, const struct store_breath *breath, int64_t *ret_ms);

// Whether engine_renew would begin now.
bool engine_wants_renewal(const struct engine *engine);

// Trims what every follower confirmed and what is older than the reserve; a bounded piece. Returns how many records
// went.
uint64_t engine_trim(struct engine *engine, int64_t reserve_ms);

#endif
