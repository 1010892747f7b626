// The rhythm of contact with one customer: when replies come, and how long to keep silent at least and at most (rows 46
// and 47). Pure.
//
// The newest RHYTHM_REPLIES replies are kept, each as its local hour in four bytes, so habits that changed are
// forgotten and the order of arrival does not matter. A struct rhythm of zeros is empty; it holds no pointers and no
// padding and may be stored as its first bytes: RHYTHM_BYTES(count) of them.
#ifndef TEND_SERVICES_SCHEDULER_RHYTHM_H
#define TEND_SERVICES_SCHEDULER_RHYTHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RHYTHM_REPLIES = 32,
    RHYTHM_CLASSES = 4, // as enum AbcClass numbers them; 0, not known, is taken as C
};

struct rhythm {
    uint32_t count;
    uint32_t replies[RHYTHM_REPLIES]; // ascending: local hour since 1970, mark
};

#define RHYTHM_BYTES(count) (offsetof(struct rhythm, replies) + (count) * sizeof(uint32_t))

struct rhythm_options {
    int64_t shortest_days[RHYTHM_CLASSES]; // [0] does not count
    int64_t longest_days[RHYTHM_CLASSES];  // likewise
    int64_t replies_least;                 // before anything is learned
    int64_t clear_ppm;                     // the smoothed share that the best hours, or the best weekday, must have
};

// Reads what was stored. False, and empty, when it is not that: another length than its count says, or too many.
bool rhythm_read(const void *bytes, size_t length, struct rhythm *ret_rhythm);

// Adds a reply: the customer's local day and hour 0..23, and a mark by which the same one is known when it comes again
// (any hash of the event's id; 12 bits of it are kept). Days before 1970 and after 2088 are left out. Returns true when
// it was added.
bool rhythm_reply(struct rhythm *rhythm, int32_t day, uint32_t hour, uint64_t mark);

// Adds those of another memory.
void rhythm_join(struct rhythm *rhythm, const struct rhythm *others);

struct rhythm_best {
    int32_t hour;    // 0..23: the middle one of the three best, -1: not clear
    int32_t weekday; // 1..7, 0: not clear
    uint32_t replies;
};

// The hours and the weekday at which replies come. Three neighbouring hours win with a share of (n + 1) / (all + 8),
// a weekday with (n + 1) / (all + 7), Laplace's rule of succession over eight parts of a day and seven days; the share
// must reach options->clear_ppm, and the next best that does not overlap must be lower.
struct rhythm_best rhythm_best(const struct rhythm_options *options, const struct rhythm *rhythm);

#endif
