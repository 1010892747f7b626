// The other processes of the same service, for what crosses their customers: one asks another a question, and the
// answer is there in a later turn.
//
// Questions and answers belong to the turn. What is asked in a turn leaves after its commit, and is forgotten when the
// turn fails; an answer that was taken in a turn that failed can be taken again. A restart forgets both, so a service
// asks anew when it has what it needs no longer. An answer is a reason for a turn, so whoever asks again at each answer
// never rests: ask when something has changed, or when it is time. Every question gets an answer: one that nobody gave
// in time has the status 503. The other side needs nothing new: its query or command answers, as it answers anybody.
//
// In a process of its own the questions travel over ZeroMQ (trunk.h); in a rehearsal, where all engines are in one
// process, they are put to the other engine at once.
#ifndef TEND_COMMON_PEERS_H
#define TEND_COMMON_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PEERS_OPEN_MAX = 64,          // questions and answers that wait; four for each other process
    PEERS_REQUEST_BYTES = 256,    // of "GET /v1/shard/figures?round=2" with its NUL
    PEERS_BODY_MAX = 1024 * 1024, // of a question or an answer: half of what a socket lets through
    PEERS_WAIT_MS = 5000,         // for an answer, counted from the commit
};

struct peers;

// What came back. The bytes live until the turn ends.
struct peers_answer {
    uint64_t id;         // as peers_ask returned it
    unsigned from;       // who was asked
    int status;          // as HTTP says it; 503: nobody answered in time
    const uint8_t *body; // `length` bytes and a NUL
    size_t length;
};

// --- for the service, inside tick, apply, command and settle ---

// Which process this is, from 0, and how many there are, at least 1.
unsigned peers_index(const struct peers *peers);
unsigned peers_count(const struct peers *peers);

// Asks process `which` (not this one): "GET /v1/shard/figures" or "POST /v1/shard/limits" with a body of at most
// PEERS_BODY_MAX bytes, which is copied. Returns the question's number, from 1 on; 0 when too many are open.
uint64_t peers_ask(struct peers *peers, unsigned which, const char *request, const void *body, size_t length);

// The next answer, in the order in which they came. False: none.
bool peers_take(struct peers *peers, struct peers_answer *ret_answer);

// --- for the runtime ---

// Process `index` of `count`.
struct peers *peers_open(unsigned index, unsigned count);
void peers_close(struct peers **peers);

// A turn begins, perhaps after one that failed; and a turn was committed. Both take NULL.
void peers_begin(struct peers *peers);
void peers_commit(struct peers *peers);

// Whether answers came since the last turn. Takes NULL.
bool peers_news(const struct peers *peers);

// A question that may leave.
struct peers_question {
    uint64_t id;
    unsigned which;
    const char *request;
    const uint8_t *body;
    size_t length;
};

// The oldest question after number `after` that may leave and has not; it lives until its answer. False: none.
bool peers_next(const struct peers *peers, uint64_t after, struct peers_question *ret_question);

// It has left.
void peers_sent(struct peers *peers, uint64_t id);

// Its answer has come; a longer body than allowed counts as none, with status 500. False: nobody asked, or not any
// more.
bool peers_answer(struct peers *peers, uint64_t id, int status, const void *body, size_t length);

// Answers what has waited too long. Returns in how many ms the next one will have, -1: nothing waits. `boot_ms` is the
// time since boot.
int64_t peers_expire(struct peers *peers, int64_t boot_ms);

#endif
