// The lock of a store's folder: LMDB lets a second process write, so whoever opens a store for writing holds this
// first.
#include "common/store_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum {
    OWNER_BYTES = 24,
    GATE_TRIES = 300,
    GATE_PAUSE_NS = 10000000,
    CODE_CREATE = 73,
    CODE_LOCKED = 75,
};

// Who took the lock wrote its number into the file; 0 when it could not.
static long lock_owner(int lock)
{
    char text[OWNER_BYTES] = "";
    return pread(lock, text, sizeof text - 1, 0) > 0 ? strtol(text, NULL, 10) : 0;
}

// Only for people, so that it does not matter when it fails.
static void note_owner(int lock)
{
    char text[OWNER_BYTES];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(lock, 0) != 0 || pwrite(lock, text, (size_t)length, 0) != length)
        (void)!ftruncate(lock, 0);
}

bool store_held(const char *folder, long *ret_process)
{
    char path[STORE_PATH_BYTES];
    if ((size_t)snprintf(path, sizeof path, "%s/LOCK", folder) >= sizeof path)
        return false;
    int lock = open(path, O_RDONLY | O_CLOEXEC);
    if (lock < 0)
        return false;
    bool held = flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (held)
        *ret_process = lock_owner(lock);
    close(lock);
    return held;
}

int store_hold_gate(const char *folder, bool exclusive)
{
    const struct timespec pause = {.tv_nsec = GATE_PAUSE_NS};
    int gate = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int tries = 0; gate >= 0 && tries < GATE_TRIES; tries++) {
        if (flock(gate, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0)
            return gate;
        nanosleep(&pause, NULL);
    }
    if (gate >= 0)
        close(gate);
    return -1;
}

bool store_take_lock(struct store *store, struct store_error *error)
{
    char path[STORE_PATH_BYTES];
    snprintf(path, sizeof path, "%s/LOCK", store->folder);
    store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (store->lock < 0)
        return store_fail(error, CODE_CREATE, "%s cannot be opened: %s", path, strerror(errno));
    if (flock(store->lock, LOCK_EX | LOCK_NB) == 0) {
        note_owner(store->lock);
        return true;
    }
    if (errno != EWOULDBLOCK)
        return store_fail(error, CODE_CREATE, "%s cannot be locked: %s", path, strerror(errno));
    return store_fail(error, CODE_LOCKED, "%s is in use by another process; two would destroy each other's work",
                      store->folder);
}
