// A service: a state, a journal, and a position in the journal to its left, in one store. One turn of its loop is one
// write transaction. A service is the functions below; the runtime owns sockets, commits, retries, signals, health,
// metrics and time.
#ifndef TEND_COMMON_SERVICE_H
#define TEND_COMMON_SERVICE_H

#include "common/arena.h"
#include "common/journal.h"
#include "common/lane.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/peers.h"
#include "common/store.h"

struct eraser;

// What a service function sees of the turn it is in. Bytes from the arena and from reads live until the turn ends.
struct turn {
    struct tx *tx;
    struct arena *arena;
    struct journal *journal; // for turn_emit
    int64_t now_ms;          // the turn's wall time; does not move inside a turn, never goes back between turns
    uint32_t shards;
    bool doubts_clock;     // the wall clock has jumped and nobody has confirmed it: no time of others can be judged
    struct lane speaks;    // for which owners, all zero: for everybody; see shares_owners
    struct log *log;       // for what is told once the turn is committed; NULL: silent
    struct eraser *eraser; // of the process, for eraser_hear; NULL where a turn only reads

    // Of an erasure that is applied: another process of the service to the left has said the same before.
    bool repeated;
};

// A request, whichever way it came: HTTP, or ZeroMQ as frames [id]["POST /v1/events"][content type][body].
struct request {
    bool http;          // from anywhere; what comes by ZeroMQ comes from who may use the folder of the socket
    const char *method; // "GET" and "OPTIONS" go to query, "POST" to command
    const char *path;   // "/v1/customers/C042", decoded, without the query
    const char *content_type;
    const uint8_t *body;
    size_t length;
    const char *peer;                                                       // of HTTP, the address; NULL: not known
    const void *source;                                                     // the runtime's
    const char *(*param)(const struct request *request, const char *name);  // of "?name=value", NULL when not there
    const char *(*header)(const struct request *request, const char *name); // HTTP only, lower case

    // The name of the index-th parameter, from 0: `ret_length` bytes, not ended by a NUL. NULL behind the last. The
    // pointer itself is NULL where a request was made by hand and its parameters cannot be listed.
    const char *(*param_at)(const struct request *request, size_t index, size_t *ret_length);
};

// A header of an answer, such as {"Location", "/v1/events"}.
struct reply_header {
    const char *name, *value;
};

// The answer; bytes must live until the turn ends (the arena, or static). It leaves after the commit.
struct reply {
    int status; // as HTTP says it: 200, 303, 400, 404, 409, 413, 503
    const char *content_type;
    const char *body;
    size_t length;
    unsigned retry_after_s;
    const struct reply_header *headers; // beside those that every answer has; over ZeroMQ they are left out
    size_t header_count;
    const char *by; // the file of the token that it was answered to, for the audit log; NULL: none was needed
};

// Descriptors and timers of a service's own (the notifier's chat client). No transaction is open while they work.
struct port {
    int (*fd)(void *self);                          // to be polled for reading, or -1
    int (*timeout_ms)(void *self, int64_t boot_ms); // how long it may sleep at most, -1 for ever
    bool (*work)(void *self, int64_t boot_ms);      // moves bytes; true when the next turn has something to collect
    void (*after)(void *self, int64_t boot_ms);     // the commit is done: start what it allowed
};

struct service {
    const char *name;          // "scoring"
    const char *follows;       // "ingest"; NULL: nobody
    const char *const *tables; // its own, in an order that never changes
    size_t table_count;
    bool waits_for_upstream; // tick gets min(clock, what the upstream is complete to)

    // Whether it may read the journal to its left again, and another history of it: it knows what it has taken by its
    // identity. Then a person may let it go on after a store was put back (acceptance.h).
    bool rereads;

    // What a person is to do when the journal to its left has another history than was read: sentences without a full
    // stop at the end, of at most 300 characters, said behind the refusal. NULL for who follows nobody.
    const char *other_history;

    // Of several processes each hears everything and keeps it for everybody, so that owners may change and any of them
    // knows; but each says only what is for its own owners, the rest of what it says is dropped. Otherwise they share
    // out customers, by shards.
    bool shares_owners;

    // One record from the journal to the left. Bad data is a recorded outcome; only the store can fail.
    void (*apply)(void *self, struct turn *turn, const struct record *record);

    // Does what is due up to now_ms, a bounded piece at a time. Returns when it wants to be called next (wall ms,
    // INT64_MAX: never); a time not after now_ms: at once again.
    int64_t (*tick)(void *self, struct turn *turn, int64_t now_ms);

    // After the turn's last apply, command and tick: what was put off to once a turn. May be NULL.
    void (*settle)(void *self, struct turn *turn);

    // Asks for a change. The answer leaves only after the commit.
    void (*command)(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply);

    // Asks for a look; `turn` reads only.
    void (*query)(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply);

    // Builds memory anew from the store: at the start, and after a commit that failed. `turn` reads only.
    void (*reload)(void *self, struct turn *turn);

    // Which journal records may be trimmed beyond what followers need (ingest keeps identities); NULL: all. Returns the
    // highest sequence number that may go.
    uint64_t (*trimmable)(void *self);

    // What this service would do next may have been done before: whoever follows it has read what is not in its
    // journal, or it reads another history itself. `why` is for people and lives for ever. May be NULL.
    void (*doubt)(void *self, struct turn *turn, const char *why);

    // Deletes what the service's own tables still hold of erased customers, also that there were such, in a turn after
    // those in which it heard of them. May be called again for the same ones. `ret_rows` gets the number of rows of
    // each. NULL: there is nothing.
    void (*erase)(void *self, struct turn *turn, const char *const *customer_ids, size_t count, uint64_t *ret_rows);

    // A record of its own journal names an erased customer and is about to lose its payload: what the service keeps
    // beside it about the same person can go, too. Returns the number of rows. May be NULL.
    uint64_t (*erasing)(void *self, struct turn *turn, const struct record *record);

    // Those customers' erasures are over in its own journal, of many at once: what is left of them beside it goes now.
    // `ret_rows` gets the number of rows of each, 0 before. False: not all is done, and a later turn calls it again, as
    // a rule for the same ones. May be NULL.
    bool (*erased)(void *self, struct turn *turn, const char *const *customer_ids, size_t count, uint64_t *ret_rows);

    // It keeps the reports of erasures, which come to `apply` like other records; otherwise they go on to the next
    // service and `apply` does not see them.
    bool keeps_reports;

    const struct port *port; // NULL: none

    // Declares the service's own figures, once, before anything else is called. May be NULL.
    void (*declare)(void *self, struct metrics *metrics);

    // Gives the service the other processes of its own kind, once, before anything but `declare` is called; they live
    // as long as the service. NULL: it needs nobody.
    void (*meet)(void *self, struct peers *peers);
};

// Says something to the next service: fills time, shard from the customer (SHARD_ALL without one) and the payload of
// `message`, checks that it can be unpacked again, appends. `owner` and `key` as in struct record; key NULL: none.
// Returns the payload; it lives until the turn ends. Nothing, and empty, when it is for another process's owner.
struct emission {
    uint16_t type;
    uint8_t flags;
    const char *customer_id; // NULL or empty: for every shard
    const char *owner_rep_id;
    const uint8_t *key;
    const ProtobufCMessage *message;
};
struct slice turn_emit(struct turn *turn, const struct emission *emission);

// The same for bytes that were verified before and are carried on as they are; what has another process's owner is not.
void turn_forward(struct turn *turn, const struct record *record);

// Answers made of a message: JSON, or protobuf when the request asks for it with `accept: application/x-protobuf`.
void reply_message(struct turn *turn, const ProtobufCMessage *message, struct reply *ret_reply);

// An error that names the field: {"error":{"field":...,"reason":...}}.
void reply_error(struct turn *turn, int status, const char *field, const char *reason, struct reply *ret_reply);

#endif
