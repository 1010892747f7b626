// A service of a few lines that obeys what its requests and records say, for tests of the runtime.
//
// POST /put: a record with the body as its payload, type 1, shard by its first byte; "@amy" is amy's and no shard's.
// POST /fail: the transaction fails with the code that the body says. POST /fill: a row of as many bytes as the body
// says. A record "die" ends the process in apply, any other is counted, its row written and its payload told on; "when
// 1234" asks for a tick at that moment, "cancel" takes that back. GET: how many were applied, the path, and the
// parameters "a" and "b". POST /ask: puts the body's request to every other process of the service; GET /heard: what
// they answered, one line each.
#ifndef TEND_TESTS_HARNESS_LITTLE_H
#define TEND_TESTS_HARNESS_LITTLE_H

#include "common/engine.h"

// "lower" follows "upper" and waits for it, "last" follows "lower" so; "upper" follows nobody.
// "sharer" is "lower" where its processes share out owners.
extern const struct service little_upper, little_lower, little_sharer, little_last;

struct little {
    uint64_t applied, puts; // of all times, rebuilt from the store
    uint64_t hash;          // over the payloads that were applied, in their order
    unsigned reloads, settles;
    int64_t alarm_ms;          // 0: none
    int64_t rung_ms, limit_ms; // when the alarm rang, and the last limit that tick was given
    uint64_t trimmable;        // UINT64_MAX: all
    unsigned doubts;           // of all times; what it was told is in `doubted`
    const char *doubted;
    struct peers *peers;
    char heard[300]; // what the others answered since the start
};

// Opens one of the two on a folder. The exit code is 0 or the store's.
int little_open(const struct service *service, struct little *little, const char *folder, struct clock *clock,
                size_t map_bytes, bool throwaway, struct engine **ret_engine);

// The same for process `lane` of several, which follows `upstreams` journals, with its ties to the others.
int little_open_lane(const struct service *service, struct little *little, const char *folder, struct clock *clock,
                     size_t map_bytes, struct lane lane, unsigned upstreams, struct peers *peers,
                     struct engine **ret_engine);

// One request through a turn; *ret_status is 0 when the turn failed.
enum engine_outcome little_post(struct engine *engine, const char *path, const char *body, int *ret_status);

// What the lower one asks the first of its upstreams, as a message in the arena.
struct slice little_ask(const struct engine *lower, uint64_t instance, struct arena *arena);

// The upper one's answer, of `length` 0 when it says nothing yet.
struct slice little_answer(struct engine *upper, struct slice question, bool parked, struct arena *arena);

// One round of the two. Returns what became of the answer; `ret_refusal` of 700 bytes may hold a sentence.
int little_pull(struct engine *upper, struct engine *lower, uint64_t instance, char *ret_refusal);

// The same where the upper one is the lower one's upstream `which`.
int little_pull_from(struct engine *upper, struct engine *lower, unsigned which, uint64_t instance, char *ret_refusal);

#endif
