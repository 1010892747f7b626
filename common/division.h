// How customers and work are divided among processes, as a store keeps it: fixed when the store is made, since what is
// in it cannot be moved to another.
#ifndef TEND_COMMON_DIVISION_H
#define TEND_COMMON_DIVISION_H

#include "common/lane.h"
#include "common/store.h"

struct division {
    const char *name;    // of our process
    const char *follows; // the service to the left; may be NULL with one upstream
    uint32_t shards;
    struct lane lane;   // ours, with its count told
    unsigned upstreams; // processes of the service to the left, at least 1
};

// Compares it with the store's, or writes it into a new one; a store from before there was a choice is that of a single
// process. False when they differ: the sentence says what and how to go on.
bool division_check(const struct division *division, struct tx *tx, char *ret_sentence, size_t bytes);

#endif
