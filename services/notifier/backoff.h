// How long to wait before the next try: exponential, with full jitter, so that those who failed together do not come
// back together. Pure: chance is passed in.
#ifndef TEND_SERVICES_NOTIFIER_BACKOFF_H
#define TEND_SERVICES_NOTIFIER_BACKOFF_H

#include <stdint.h>

enum {
    BACKOFF_BASE_MS = 2000,
    BACKOFF_CAP_MS = 15 * 60 * 1000,
    BACKOFF_LEAST_MS = 200,               // full jitter may say "at once", which is what has just failed
    BACKOFF_RETRY_AFTER_MS = 3600 * 1000, // what we let a chat ask for at most
};

// Milliseconds, even over [0, min(cap, base * 2^(tries - 1))], but at least BACKOFF_LEAST_MS. `tries` counts the failed
// ones, from 1; `chance` is any 64 bits.
int64_t backoff_delay(unsigned tries, uint64_t chance);

// What a chat asked for, held at an hour, plus up to a tenth of it by chance.
int64_t backoff_asked(int64_t asked_ms, uint64_t chance);

#endif
