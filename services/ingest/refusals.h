// Refusals: the posts to a feed that were not believed, in a row. A wrong secret shows itself by nothing else: the
// other end is answered 401 and gives up some day. A stranger's posts show the same, so as long as somebody is believed
// now and then it takes several in a row to be told of, and the log hears of it seldom.
#ifndef TEND_INGEST_REFUSALS_H
#define TEND_INGEST_REFUSALS_H

#include "services/ingest/auth.h"

enum {
    REFUSALS_LEAST = 3,        // in a row, of a feed by which something came before
    REFUSALS_SAY_MS = 600000,  // between two warnings, whoever wants to fill the log
    REFUSALS_WHY_BYTES = 1024, // a path and a sentence
};

// All zero is a good beginning.
struct refusals {
    uint64_t row;     // since the last post that was believed
    int64_t since_ms; // the first of them
    int64_t last_ms;  // the newest ever; 0: none
    int64_t said_ms;  // the newest warning; 0: none
    bool said;        // of this row
    bool believed;    // some post was, since the start
};

// A post was not believed. `known`: something came by the feed's source before this start. True when the log is to be
// told of it now.
bool refusals_note(struct refusals *refusals, bool known, int64_t now_ms);

// A post was believed.
void refusals_end(struct refusals *refusals);

// The feed's file or its secret was changed: whatever was refused before says nothing any more.
void refusals_forget(struct refusals *refusals);

// How many were refused in a row, 0 when that is no more than strangers may send.
uint64_t refusals_count(const struct refusals *refusals, bool known);

// What is wrong, and what to compare: goes on after "8 posts were". `file` is that of the newest secret.
void refusals_why(const struct auth *auth, const char *file, char ret_why[REFUSALS_WHY_BYTES]);

#endif
