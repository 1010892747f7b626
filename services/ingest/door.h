// The doors: what ingest answers, by method and path, and what a token needs for it. One table; a package that answers
// something more adds its rows.
#ifndef TEND_INGEST_DOOR_H
#define TEND_INGEST_DOOR_H

#include "services/ingest/access.h"

struct ingest;

// What a door is opened with. Bytes live until the turn ends.
struct call {
    struct turn *turn; // of a GET it reads only
    const struct request *request;
    const char *name;    // what stands for the '*' of the path, "" without one
    struct token *token; // NULL: none was needed
    struct reply *ret_reply;
};

struct door {
    const char *method; // "GET", "POST" or "OPTIONS"
    const char *path;   // one '*' stands for any text that is not empty: an id
    enum scope scope;
    void (*open)(struct ingest *ingest, struct call *call);
};

// Finds the door, checks the token and opens it; else answers 401, 403 or 404.
void door_open(struct ingest *ingest, struct turn *turn, const struct request *request, struct reply *ret_reply);

// Answers an error of the call: 400 and the like, with the field and the reason, which are copied.
void call_refuse(struct call *call, int status, const char *field, const char *reason);

// Answers JSON that the arena holds.
void call_answer(struct call *call, const char *json, size_t length);

// The value of a query parameter as a number up to `most`, from 0 on where that is the place of a record (beyond
// INT32_MAX) and from 1 on where it says how many; `fallback` when it is not there. False when it is no such
// number: 400 is answered.
bool call_number(struct call *call, const char *name, int64_t most, int64_t fallback, int64_t *ret_number);

// A query parameter, NULL when it is not there.
const char *call_parameter(const struct call *call, const char *name);

// door_events.c
void door_events(struct ingest *ingest, struct call *call);
void door_answer(struct ingest *ingest, struct call *call);

// door_feeds.c
void door_feed(struct ingest *ingest, struct call *call);
void door_feed_list(struct ingest *ingest, struct call *call);
void door_feed_tail(struct ingest *ingest, struct call *call);
void door_feed_reset(struct ingest *ingest, struct call *call);

// door_rejected.c
void door_feed_replay(struct ingest *ingest, struct call *call);
void door_rejected_list(struct ingest *ingest, struct call *call);
void door_rejected_one(struct ingest *ingest, struct call *call);
void door_rejected_replay(struct ingest *ingest, struct call *call);
void door_rejected_correct(struct ingest *ingest, struct call *call);
void door_rejected_drop(struct ingest *ingest, struct call *call);

// door_reconcile.c
void door_reconcile(struct ingest *ingest, struct call *call);
void door_welcome(struct ingest *ingest, struct call *call); // of CloudEvents, which ask before they send

#endif
