// Turns: a service on a real store in a folder of its own, fed by hand, with a clock that only the test moves. What the
// upstream would say is queued and taken in by the next turn; what is due on the way happens at its own time.
#ifndef TEND_TESTS_HARNESS_TURNS_H
#define TEND_TESTS_HARNESS_TURNS_H

#include "common/engine.h"

struct turns;

// Opens the service on a new folder below /tmp. The store is never synced.
struct turns *turns_open(const struct service *service, void *self, int64_t now_ms);

// The same as one process of several.
struct turns *turns_open_lane(const struct service *service, void *self, int64_t now_ms, struct lane lane);

// Removes the folder.
void turns_close(struct turns **turns);

// Ends the engine and starts it anew on the same folder with the same self, as after a restart.
void turns_restart(struct turns *turns);

// Queues a record; `message` is packed at once.
void turns_say(struct turns *turns, uint16_t type, uint8_t flags, const ProtobufCMessage *message);

// The record that was queued last entered the upstream's journal at that moment, not now.
void turns_date(struct turns *turns, int64_t time_ms);

// Takes in what is queued, then lets the clock run up to `now_ms` with a turn at each moment that is due.
void turns_run(struct turns *turns, int64_t now_ms);

// One turn: takes in what is queued, more of it than fits in several; the clock stands still.
void turns_step(struct turns *turns);

// The machine sleeps until `now_ms`: nothing happens on the way. What is queued stays queued.
void turns_sleep(struct turns *turns, int64_t now_ms);

// Takes the queue in, then throws the transaction away before its commit, as a crash there would; the queue stays. The
// service builds its memory anew.
void turns_crash(struct turns *turns);

int64_t turns_now_ms(const struct turns *turns);

// The service's own journal: how long it is, and a record of it, which lives until the next one is read.
uint64_t turns_last(const struct turns *turns);
const struct record *turns_read(struct turns *turns, uint64_t seq);

// Asks "/v1/things?name=value" with GET; the text lives until the next question. `ret_status` may be NULL.
const char *turns_ask(struct turns *turns, const char *target, int *ret_status);

// A hash over every key and value of the service's own tables: equal states have equal ones.
uint64_t turns_state(struct turns *turns);

struct engine *turns_engine(struct turns *turns);

#endif
