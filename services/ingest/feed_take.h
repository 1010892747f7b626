// The body of a feed taken in: mapped, judged, stored; what is not good is kept among the rejected. Whichever way it
// came: posted, from a broker, or replayed.
#ifndef TEND_INGEST_FEED_TAKE_H
#define TEND_INGEST_FEED_TAKE_H

#include "services/ingest/ingest_parts.h"

// A body whose sender has been believed. The functions answer NULL for what is not there; they may be NULL.
struct feed_body {
    const char *bytes;
    size_t length;
    const char *content_type;                                   // "" where nobody says
    const char *(*header)(const void *owner, const char *name); // names in lower case
    const char *(*query)(const void *owner, const char *name);
    const void *owner;
    int64_t received_ms; // since 1970; 0: now
};

// What became of it. Texts are in the turn's arena and never NULL.
struct feed_taken {
    enum body_outcome outcome; // BODY_STORED, _KNOWN, _DROPPED or _REJECTED
    uint32_t stored, known;
    const char *event, *field, *pointer, *reason; // of what was rejected
    uint64_t rejected_id;                         // 0: not kept
};

// Makes its events and stores those that are good. `keep`: a body that is not wholly good is kept among the rejected;
// without its content when it names somebody who was erased.
// Counts what became of it.
void feed_take(struct ingest *ingest, struct turn *turn, struct feed_entry *entry, const struct feed_body *body,
               bool keep, struct feed_taken *ret_taken);

// Keeps a body among the rejected without a look at what it says. `reason` goes on after "the body".
void feed_refuse(struct ingest *ingest, struct turn *turn, const struct feed_entry *entry, const struct feed_body *body,
                 const char *reason, struct feed_taken *ret_taken);

// Counts a body that did not get so far.
void feed_count(struct ingest *ingest, const struct feed_entry *entry, enum body_outcome outcome);

// A header, or a parameter of the query, that was kept with a rejected body, which is the owner.
const char *feed_kept_header(const void *owner, const char *name);
const char *feed_kept_query(const void *owner, const char *name);

// Takes a body that was rejected once more, as it is (`corrected` NULL) or in other words: it is no longer kept when it
// is good now, else its tries and its reason are noted.
void feed_replay(struct ingest *ingest, struct turn *turn, Tend__V1__Rejected *kept, const char *corrected,
                 size_t length, struct feed_taken *ret_taken);

#endif
