// Messages of a customer that wait for an answer (row 61). Pure.
//
// They are kept until we answer, the first ones and the newest, in order of time: so the same messages give the same
// memory in whatever order they came. A struct waiting of zeros is empty.
#ifndef TEND_SERVICES_SCHEDULER_WAITING_H
#define TEND_SERVICES_SCHEDULER_WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WAITING_MAX = 8 }; // of one customer between two answers of ours

struct waiting_message {
    int64_t time_ms;
    uint64_t tie;                // between messages of one moment
    const char *event, *subject; // "source/id"; what it is about
};

struct waiting {
    size_t count;
    struct waiting_message messages[WAITING_MAX]; // the oldest first
};

// Reads what was written; the texts point into `bytes`. What is no such thing is read as far as it goes.
void waiting_read(const uint8_t *bytes, size_t length, struct waiting *ret_waiting);

// How many bytes it takes, 0 when nothing waits; and writes them.
size_t waiting_size(const struct waiting *waiting);
void waiting_write(const struct waiting *waiting, uint8_t *ret_bytes);

// Adds one; the same one again changes nothing. Of too many the one before the newest goes.
void waiting_add(struct waiting *waiting, const struct waiting_message *message);

// Drops those from before that moment: they were answered.
void waiting_drop(struct waiting *waiting, int64_t before_ms);

#endif
