// A journal that an engine follows: how far it is read, and what its owner last said about itself. An engine follows
// one, or several of one kind when the service to its left runs as several processes.
#ifndef TEND_COMMON_UPSTREAM_H
#define TEND_COMMON_UPSTREAM_H

#include "common/lane.h"
#include "common/tries.h"

enum { UPSTREAMS_MAX = LANES_MAX };

// What came from an upstream: records that follow our position, and how far it looked.
struct batch {
    unsigned upstream; // which of them, from 0
    uint8_t journal_id[JOURNAL_ID_BYTES];
    uint64_t after;
    struct record *records;
    size_t count;
    uint64_t looked;
    uint8_t chain[HASH_BYTES]; // at `looked`
    uint64_t last;             // how far the upstream's journal goes
    uint64_t generation;
    int64_t complete_ms; // 0: the upstream says nothing about time
};

struct upstream {
    struct position position; // as it is committed
    uint64_t generation;      // of us, as its owner gave it to this process; 0: none yet
    bool anew;                // a person let us begin anew where its history is another one now
    int64_t complete_ms;      // its owner's word
    int64_t heard_boot_ms;    // when its owner last spoke
    int64_t moved_boot_ms;    // when it was last complete to a later moment
    struct tries tries;       // of the record that comes first
};

// Notes what the batch says about its owner. False: it is not what follows our position.
bool upstream_hear(struct upstream *upstream, const struct batch *batch, int64_t boot_ms);

// Whether it has not spoken for a minute, or has been behind for ten: then it no longer holds our timers.
bool upstream_is_silent(const struct upstream *upstream, int64_t boot_ms);

// Up to when we may go on: the earliest moment that one of them is complete to, at most now. A silent one does not
// count.
int64_t upstreams_limit(const struct upstream *upstreams, unsigned count, int64_t now_ms, int64_t boot_ms);

// The earliest of two moments (wall; `wanted_ms` 0 and `due_ms` INT64_MAX: none) that it is not complete to; 0: none.
int64_t upstream_wish(const struct upstream *upstream, int64_t due_ms, int64_t wanted_ms);

// Whether the first has told all that it had, or is silent, or others were read already.
bool upstreams_begun(const struct upstream *upstreams, unsigned count, int64_t boot_ms);

// Our position behind the first `count` records of the batch, or behind all that it looked at.
struct position upstream_after(const struct batch *batch, size_t count);

#endif
