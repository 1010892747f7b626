// A bulletin: a message of our own making, in which there is no reminder of the scheduler's but some sentences. It is
// an ordinary message in everything that is counted and kept: with a visible id, committed before it leaves, repeated
// out of UNKNOWN. Tests of channels and alarms are bulletins.
#ifndef TEND_SERVICES_NOTIFIER_BULLETIN_H
#define TEND_SERVICES_NOTIFIER_BULLETIN_H

#include "services/notifier/mailroom.h"

enum { BULLETIN_LINES = 12 };

// One thing to say. No text is NULL.
struct bulletin_line {
    const char *text;
    const char *customer_id, *customer; // whom it is about, so that it goes when the customer is erased; may be empty
    const char *points[2];              // below it, where there is more to say; may be empty
    bool good;                          // there is nothing to do about it
};

struct bulletin {
    const char *prefix;  // of the ids of what it is made of: "test-"
    const char *channel; // tells it from others of the same moment
    const char *rep;     // whom it is for
    const char *only;    // the channel it goes by alone and is tried once; empty: as any other
    bool alarm;
    int64_t queued_ms;  // its place in the line
    int64_t expires_ms; // what could not leave by then is dropped
    const struct bulletin_line *lines;
    size_t count; // from 1 to BULLETIN_LINES
};

// Begins one, and puts it in line.
void bulletin_begin(struct mailroom *room, struct turn *turn, const struct bulletin *bulletin,
                    struct delivery *ret_delivery);

// True for the id of something that a bulletin is made of, which asks nobody for anything.
bool bulletin_owns(const char *reminder_id);

#define BULLETIN_TEST "test-"
#define BULLETIN_ALARM "alarm-"

#endif
