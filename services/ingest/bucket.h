// A token bucket: how much one sender may hand in. Pure; time is the caller's, any clock in milliseconds.
#ifndef TEND_INGEST_BUCKET_H
#define TEND_INGEST_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

// So many at once, and so many come back evenly in each period.
struct bucket_rate {
    int64_t burst;
    int64_t period_ms;
};

// All zero: full.
struct bucket {
    int64_t level;   // taken and not yet back, in units of 1 / period_ms of a piece
    int64_t seen_ms; // when the level held
};

// Reads "50/1s", "600/m", "10/5m", "1000/h": a number of 1 to 1,000,000, and a time of at most a day. False for
// anything else.
bool bucket_parse(const char *text, struct bucket_rate *ret_rate);

// Takes `pieces` out. More than the bucket ever holds is let through when it is full, so that a large batch is slow and
// not impossible. False, and nothing taken, with the milliseconds to wait when there is not enough.
bool bucket_take(struct bucket *bucket, const struct bucket_rate *rate, int64_t pieces, int64_t now_ms,
                 int64_t *ret_wait_ms);

#endif
