// Pacing: the generic cell rate algorithm. However long it runs, and over restarts since its one number is stored, no
// window of time holds more than `burst` messages plus one for each `interval_ms` of it. Pure.
#ifndef TEND_SERVICES_NOTIFIER_PACE_H
#define TEND_SERVICES_NOTIFIER_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pace {
    int64_t interval_ms; // between two messages of a steady stream; at least 1
    int64_t burst;       // how many may go at once after a silence; at least 1
};

// The earliest moment, not before `now_ms`, at which a message may go. `tat_ms` is the stored number, 0 at first.
int64_t pace_next(const struct pace *pace, int64_t tat_ms, int64_t now_ms);

// The number to store when a message goes at `now_ms`.
int64_t pace_take(const struct pace *pace, int64_t tat_ms, int64_t now_ms);

// Reads "12/1h" for what people read: at most 12 in any hour, of which half may come at once. False as below.
bool pace_parse_eager(const char *text, struct pace *ret_pace);

// Reads "20/1m", at most 20 messages in any minute (units s, m, h), as a burst of a quarter and an interval that keeps
// the promise. False when it is anything else, or not 1 to 100,000 messages in 1 s to 24 h.
bool pace_parse(const char *text, struct pace *ret_pace);

#endif
