// Children that are made before the test's process has threads, and wait for their orders: a process with threads must
// not fork, since a lock that another thread holds at that moment stays locked in the child for ever.
#ifndef TEND_TESTS_HARNESS_CRADLE_H
#define TEND_TESTS_HARNESS_CRADLE_H

#include <stddef.h>
#include <sys/types.h>

enum { CRADLES_MAX = 16 };

struct cradle {
    pid_t pids[CRADLES_MAX]; // children of this process; 0: was given away
    int pipes[CRADLES_MAX];
    int count;
    size_t bytes;
};

// Makes `count` children; each ends with what `work` returns for its orders, which are `bytes` long.
void cradle_fill(struct cradle *cradle, int count, size_t bytes, int (*work)(const void *orders));

// Gives orders to one that waits. It is the caller's child from now on. There must be one left.
pid_t cradle_start(struct cradle *cradle, const void *orders);

// Ends those that still wait.
void cradle_empty(struct cradle *cradle);

#endif
