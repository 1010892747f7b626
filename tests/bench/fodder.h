// Scoring fed by hand, for benches: the whole service on a real store with everything that it keeps, but without
// sockets. Time stands still unless it is moved, so a day's work can be measured by itself; commits are synced to the
// disk as in service, except while a past is filled in.
#ifndef TEND_BENCH_FODDER_H
#define TEND_BENCH_FODDER_H

#include "bench/delays.h"
#include "tend/v1/event.pb-c.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { FODDER_EVENTS_MAX = 20000 }; // that wait for their turn

struct fodder;

// A new store below /tmp that knows nothing, every dimension in use; the clock stands at `now_ms`. Not synced until it
// is opened again.
struct fodder *fodder_open(int64_t now_ms);

// Removes the store.
void fodder_close(struct fodder **fodder);

// Ends the service and starts it on the same store, now synced. Returns how many microseconds the start took.
int64_t fodder_reopen(struct fodder *fodder);

// Queues an event for the next turns; `fodder` is a struct fodder, so that it can be handed to those who make events.
void fodder_take(void *fodder, const Tend__V1__Event *event);

// How many wait.
size_t fodder_waiting(const struct fodder *fodder);

// Takes in all that wait, `batch` a turn, and does what is due in between; before each turn the clock goes on by
// `step_ms`. How long each turn took goes to `delays` unless it is NULL. Returns microseconds, all turns together.
int64_t fodder_run(struct fodder *fodder, size_t batch, int64_t step_ms, struct delays *delays);

// Records that were said so far to those who follow.
uint64_t fodder_said(const struct fodder *fodder);

// What going through all customers costs.
struct fodder_round {
    int64_t us;     // in turns
    int64_t fit_us; // waited for the thread that fits; 0 when nothing was fitted
};

// Moves the clock and works until nothing is due. Each turn's time goes to `delays`.
struct fodder_round fodder_rest(struct fodder *fodder, int64_t now_ms, struct delays *delays);

int64_t fodder_now_ms(const struct fodder *fodder);

// Writes every purchase of the customers' trails: the customer as uint32, the day as int32, what it brought in micros
// as int64, as this machine has them. Returns how many.
uint64_t fodder_write(const struct fodder *fodder, FILE *file);

// How many customers are in class A.
uint32_t fodder_class_a(const struct fodder *fodder);

// The model of buying in use, for people: its name and its parameters. Lives until the next call.
const char *fodder_model(const struct fodder *fodder);

// Bytes of the store's files in use.
double fodder_store_bytes(const struct fodder *fodder);

#endif
