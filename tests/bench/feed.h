// Scoring fed by hand, for benches: the whole service on a real store with everything that it keeps, but without
// sockets. Time stands still unless it is moved, so a day's work can be measured by itself; commits are synced to the
// disk as in service, except while a past is filled in.
#ifndef TEND_BENCH_FEED_H
#define TEND_BENCH_FEED_H

#include "bench/delays.h"
#include "tend/v1/event.pb-c.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { FEED_EVENTS_MAX = 20000 }; // that wait for their turn

struct feed;

// A new store below /tmp that knows nothing, every dimension in use; the clock stands at `now_ms`. Not synced until it
// is opened again.
struct feed *feed_open(int64_t now_ms);

// Removes the store.
void feed_close(struct feed **feed);

// Ends the service and starts it on the same store, now synced. Returns how many microseconds the start took.
int64_t feed_reopen(struct feed *feed);

// Queues an event for the next turns; `feed` is a struct feed, so that it can be handed to those who make events.
void feed_take(void *feed, const Tend__V1__Event *event);

// How many wait.
size_t feed_waiting(const struct feed *feed);

// Takes in all that wait, `batch` a turn, and does what is due in between; before each turn the clock goes on by
// `step_ms`. How long each turn took goes to `delays` unless it is NULL. Returns microseconds, all turns together.
int64_t feed_run(struct feed *feed, size_t batch, int64_t step_ms, struct delays *delays);

// Records that were said so far to those who follow.
uint64_t feed_said(const struct feed *feed);

// What going through all customers costs.
struct feed_round {
    int64_t us;     // in turns
    int64_t fit_us; // waited for the thread that fits; 0 when nothing was fitted
};

// Moves the clock and works until nothing is due. Each turn's time goes to `delays`.
struct feed_round feed_rest(struct feed *feed, int64_t now_ms, struct delays *delays);

int64_t feed_now_ms(const struct feed *feed);

// Writes every purchase of the customers' trails: the customer as uint32, the day as int32, what it brought in micros
// as int64, as this machine has them. Returns how many.
uint64_t feed_write(const struct feed *feed, FILE *file);

// How many customers are in class A.
uint32_t feed_class_a(const struct feed *feed);

// The model of buying in use, for people: its name and its parameters. Lives until the next call.
const char *feed_model(const struct feed *feed);

// Bytes of the store's files in use.
double feed_store_bytes(const struct feed *feed);

#endif
