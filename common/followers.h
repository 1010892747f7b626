// Who follows a journal, as the journal's owner keeps it in the table of the runtime, and in memory while it runs.
#ifndef TEND_COMMON_FOLLOWERS_H
#define TEND_COMMON_FOLLOWERS_H

#include "common/store.h"

enum {
    FOLLOWERS_MAX = 32,
    FOLLOWER_NAME_MAX = 40, // with its NUL
};

struct follower {
    char name[FOLLOWER_NAME_MAX];
    uint64_t generation; // of the process that may follow under the name; older ones are refused
    uint64_t instance;   // drawn by that process at its start
    uint64_t confirmed;  // durable there up to here
    int64_t seen_ms;     // 0: not since our start
};

struct followers {
    struct follower list[FOLLOWERS_MAX];
    size_t count;
};

// Lower-case letters, digits, '-', '_' and '.', not longer than the limit.
bool follower_name_good(const char *name);

// Reads all followers that the store knows, in the order of their names; none of them was seen since our start.
void followers_load(struct tx *tx, struct followers *ret_followers);

// Stores what must outlive a start: everything but when it was seen. A failure stays in the transaction.
void follower_save(struct tx *tx, const struct follower *follower);

// Forgets the follower of this name; nothing happens when there is none.
void follower_delete(struct tx *tx, const char *name);

// NULL when there is none of the name.
struct follower *followers_find(struct followers *followers, const char *name);

#endif
