// A look at a running service: what it says of itself, and what the system says of its process.
#ifndef TEND_BENCH_WATCH_H
#define TEND_BENCH_WATCH_H

#include "harness/town.h"

struct watch {
    int64_t first, last;   // of its journal
    int64_t position;      // in its upstream's
    int64_t payload_bytes; // ever, in its journal
};

// False while the service does not answer.
bool watch_status(const struct town *town, enum town_place place, struct watch *ret_watch);

// Starts the service and waits until it answers. Returns after how many milliseconds.
double watch_start(struct town *town, enum town_place place);

// Waits until the follower has taken in everything that its upstream has said. Ends the bench after `timeout_ms`.
void watch_catch_up(const struct town *town, enum town_place follower, enum town_place upstream, int timeout_ms);

// A number of /proc/PID/FILE, such as ("status", "RssAnon:"), as it stands there. What LMDB writes is ("io", "wchar:"):
// the bytes given to write. "write_bytes:" counts a whole folio of the page cache, up to a megabyte, for each page
// written in it.
int64_t watch_process(pid_t pid, const char *file, const char *name);

// Processor time that the process has used, microseconds.
int64_t watch_cpu_us(pid_t pid);

#endif
