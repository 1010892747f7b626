// The notifier fed by hand, for benches: the whole service on a real store, with real posts, its configuration given as
// text and its clock either the machine's or one that is moved by hand.
#ifndef TEND_BENCH_POSTROOM_H
#define TEND_BENCH_POSTROOM_H

#include "common/service.h"

enum { POSTROOM_QUEUE_MAX = 4096 };

struct postroom;

// `text` is the section `notifier` of the configuration as YAML. `start_ms` 0: the machine's clock; otherwise time
// stands still and begins then.
struct postroom *postroom_open(const char *text, int64_t start_ms, bool synced);

// Removes the store.
void postroom_close(struct postroom **postroom);

// Queues a reminder for a rep, which the next turn takes in. `priority`: 0 at once, 1 today.
void postroom_remind(struct postroom *postroom, const char *id, const char *rep, const char *customer,
                     unsigned priority);

// Where the time went, microseconds.
struct postroom_times {
    int64_t turn_us;  // the service's work and the commit
    int64_t start_us; // handing posts to the thread that moves their bytes
    int64_t move_us;  // judging what came back
    int64_t wait_us;  // for that thread and the chat
    uint64_t turns;
};

// Takes in what is queued and works until nothing is on its way and nothing is due; `until` of the posts are waited
// for when time does not stand still. `count` says how many there were.
void postroom_work(struct postroom *postroom, uint64_t until, uint64_t (*count)(void *self), void *self,
                   struct postroom_times *times);

// Moves the clock, which stands still, to the next moment at which something is due; false when that is after
// `most_ms`.
bool postroom_move(struct postroom *postroom, int64_t most_ms);

int64_t postroom_now_ms(const struct postroom *postroom);

// A figure that the service shows, such as "reminders{outcome=\"sent\"}".
double postroom_figure(struct postroom *postroom, const char *name);

#endif
