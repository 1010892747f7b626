// An errand: long work that a thread of its own does while turns go on. One at a time.
//
// Without a loop that waits on errand_fd (a rehearsal, a test) nobody would notice the end, so the work is then done at
// once, in the caller's time; results are the same either way.
#ifndef TEND_SCORING_ERRAND_H
#define TEND_SCORING_ERRAND_H

#include <stdatomic.h>
#include <stdbool.h>

struct errand;

// The work. It looks at *cancelled now and then and ends early once it is set.
typedef void errand_work(void *context, const atomic_bool *cancelled);

// An errand that nothing was asked of yet.
struct errand *errand_open(void);

// Cancels what is under way, waits for its end, and frees.
void errand_close(struct errand **errand);

// A descriptor that can be read from when the work is done; from the first call on, work is done by a thread. -1 when
// the machine has none left: then work is done at once.
int errand_fd(struct errand *errand);

// Starts the work; nothing may be under way. The context is the work's until errand_take has said that it is done.
void errand_start(struct errand *errand, errand_work *work, void *context);

// True when the work is done and its end was not taken.
bool errand_done(const struct errand *errand);

// True once, when the work is done.
bool errand_take(struct errand *errand);

#endif
