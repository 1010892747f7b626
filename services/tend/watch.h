// A folder into which somebody puts files: which of them are complete. One that is still being written changes; so a
// file is ready when its size and the time of its last change have stayed the same for WATCH_STILL_MS, or when it was
// last changed longer ago than that, as one that was moved in. Hidden files and names that programs give to what they
// have not finished (.part, .tmp and so on) are passed over.
#ifndef TEND_TEND_WATCH_H
#define TEND_TEND_WATCH_H

#include <stdbool.h>
#include <stdint.h>

enum {
    WATCH_STILL_MS = 2000,
    WATCH_FILES_MAX = 10000, // that are looked at; of more, the others have their turn later
    WATCH_NAME_BYTES = 256,
};

struct watch;

// A watch over the folder, which lives longer. Never NULL; the caller closes it.
struct watch *watch_open(const char *folder);

// Takes NULL.
void watch_close(struct watch **watch);

// One file as it was seen.
struct watch_file {
    char name[WATCH_NAME_BYTES];
    int64_t bytes, changed_ns; // since 1970
    uint64_t inode;
};

// Looks at the folder. `boot_ms` is a clock that nobody sets, `wall_ms` that of the files. True with the file that was
// changed first among those that are ready; false when none is, with `ret_errno` when the folder cannot be read, 0
// else.
bool watch_look(struct watch *watch, int64_t boot_ms, int64_t wall_ms, struct watch_file *ret_file, int *ret_errno);

// True when the file is what it was.
bool watch_same(const struct watch *watch, const struct watch_file *file);

#endif
