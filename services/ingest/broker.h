// A broker that a feed reads from: what NATS and Kafka have in common. A driver belongs to one thread, which may wait.
#ifndef TEND_INGEST_BROKER_H
#define TEND_INGEST_BROKER_H

#include "services/ingest/from.h"

enum {
    BROKER_BATCH = 64,            // messages taken at once: at most 64 MiB
    BROKER_MESSAGE_MAX = 1 << 20, // bytes of one, as brokers allow unless told otherwise; a turn has room for many
    BROKER_CUT_BYTES = 4096,      // what is kept of a longer one, for people to see which it was
    BROKER_WAIT_MS = 400,         // for messages; also how long an end of the thread may take
    BROKER_CONNECT_MS = 3000,     // to connect, and for an answer about a stream
    BROKER_HEADERS_BYTES = 4096,  // of one message; more are left out
};

// A message on its way from a broker to the turn that takes it.
struct broker_message {
    struct broker_message *next;
    struct bookmark mark; // where the feed stands when this message was taken
    int64_t time_ms;      // when the broker got it, since 1970; 0: not known
    uint64_t behind;      // how many more there are
    char *headers;        // "name\0value\0...", names in lower case, ended by an empty name; part of this memory
    size_t length;
    size_t whole; // its length at the broker: more than `length` when it was too long and only its beginning is here
    char bytes[]; // a NUL behind them
};

enum broker_answer {
    BROKER_GOOD,
    BROKER_TROUBLE, // what may be better later
    BROKER_STOPPED, // what a person must decide
};

// Where messages go; the owner's.
struct broker_sink {
    void (*give)(void *owner, struct broker_message *message); // takes the memory
    void *owner;
};

struct broker_driver {
    // Connects, and begins behind the marks (none: with the oldest message). Otherwise the sentence says why not. After
    // a good one it may say that messages were missed.
    enum broker_answer (*open)(const struct from *from, const struct bookmark *marks, size_t count, char *ret_why,
                               size_t why_bytes, void **ret_self);

    // Gives at most BROKER_BATCH messages; waits BROKER_WAIT_MS when there is none.
    enum broker_answer (*pull)(void *self, const struct broker_sink *sink, char *ret_why, size_t why_bytes);

    // Takes NULL.
    void (*close)(void *self);
};

extern const struct broker_driver from_nats, from_kafka;

// The memory of a message, with room for headers of this many bytes; freed with free(). Of one that is longer than
// BROKER_MESSAGE_MAX it has the first BROKER_CUT_BYTES.
struct broker_message *broker_message_make(const void *bytes, size_t length, size_t headers_bytes);

// Adds a header while there is room; `used` counts its bytes, and begins with 0.
void broker_message_head(struct broker_message *message, size_t *used, size_t room, const char *name, const char *value,
                         size_t value_length);

// Reads a file with a password, without its line end. False with a sentence.
bool broker_password(const char *path, char *ret_password, size_t bytes, char *ret_why, size_t why_bytes);

#endif
