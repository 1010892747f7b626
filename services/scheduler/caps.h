// How often one customer may be contacted (row 46): counts per day, week, month and channel, of what people and
// programs did together. Pure.
//
// The newest CAPS_CONTACTS contacts of a customer are kept, each in eight bytes, so the same set of contacts gives the
// same memory in whatever order it came. A struct caps of zeros is empty; it holds no pointers and no padding and may
// be stored as its first bytes: CAPS_BYTES(count) of them.
#ifndef TEND_SERVICES_SCHEDULER_CAPS_H
#define TEND_SERVICES_SCHEDULER_CAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CAPS_CONTACTS = 64, // of one customer
    CAPS_MOST = 60,     // no cap can be higher, since nothing further is remembered
    CAPS_CHANNELS = 10, // as enum Channel numbers them; 0: not said
};

struct caps {
    uint32_t count;
    uint32_t spare;
    uint64_t contacts[CAPS_CONTACTS]; // ascending: day, channel, automatic, mark
};

#define CAPS_BYTES(count) (offsetof(struct caps, contacts) + (count) * sizeof(uint64_t))

// A contact: the rep's local day of it, and a mark by which the same one is known when it comes again (any hash of the
// event's id; 27 bits of it are kept).
struct caps_contact {
    int32_t day;
    uint32_t channel;
    bool automatic; // a program did it
    uint64_t mark;
};

// How many at most. A channel's cap is for a day.
struct caps_options {
    int64_t day;
    int64_t week; // Monday to Sunday
    int64_t month;
    int64_t channel[CAPS_CHANNELS]; // [0] does not count
};

// Which cap holds. On disk and in reasons, so the numbers stay.
enum cap { CAP_NONE = 0, CAP_DAY = 1, CAP_WEEK = 2, CAP_MONTH = 3, CAP_CHANNEL = 4 };

struct caps_ask {
    int32_t day;
    uint32_t channel;  // in which it would be, 0: not known
    uint32_t priority; // of the reminder; 0 passes
    bool exempt;       // a kind that is no matter of choice, such as a reply that is due
};

// Reads what was stored. False, and empty, when it is not that: another length than its count says, or too many.
bool caps_read(const void *bytes, size_t length, struct caps *ret_caps);

// Adds a contact; one that is there already changes nothing. Returns true when it was added.
bool caps_add(struct caps *caps, struct caps_contact contact);

// Adds those of another memory.
void caps_join(struct caps *caps, const struct caps *others);

// How many contacts lie from `from_day` to `to_day`, both counted, in one channel or, with 0, in all; how many of them
// were automatic in `ret_automatic`, which may be NULL.
uint32_t caps_count(const struct caps *caps, int32_t from_day, int32_t to_day, uint32_t channel,
                    uint32_t *ret_automatic);

// Whether one more contact is allowed: CAP_NONE, or the cap that holds; of several the longest, since the customer
// must wait for that one.
enum cap caps_judge(const struct caps_options *options, const struct caps *caps, const struct caps_ask *ask);

// "day", "week", "month", "channel"; "" for CAP_NONE.
const char *caps_name(enum cap cap);

#endif
