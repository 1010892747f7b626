// A client of Tend's native protocol: events in, results out, over ZeroMQ. Copy these two files; they need libzmq only.
//
// A request is a body of events, JSON (one event, an array, one a line) or a packed tend.v1.EventBatch. Sixteen may be
// on their way at once. One that is not answered in time is sent again, and so is one that is answered 429 or 503, for
// as long as it takes: an event is known by its source and id, so the same again changes nothing. Each request ends
// with exactly one result, unless the client is closed before.
//
// Not for several threads at once. Nothing is written to the disk: what was posted and has no result yet is lost with
// the process, so post it again after a start.
#ifndef TEND_CLIENT_H
#define TEND_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#define TEND_JSON "application/json"
#define TEND_LINES "application/x-ndjson"
#define TEND_PACKED "application/x-protobuf"

enum {
    TEND_REQUESTS = 16,          // on their way at once
    TEND_BODY_BYTES = 256 * 1024 // of a request, which is what Tend takes as JSON
};

struct tend_client;

// The end of a request. `status` 200: read, and every event that is not refused in `body` is on Tend's disk. 400, 401,
// 403, 404, 409, 413: it will never be taken as it is; `body` says why. The bytes live until the call returns. Posting
// from here is allowed while fewer than TEND_REQUESTS are on their way, which is so: this one has just ended.
typedef void tend_result(void *self, uint64_t tag, int status, const char *body, size_t length);

// Connects to "ipc:///var/lib/tend/run/ingest.sock" or the like; Tend need not run yet. NULL: no memory, or no such
// endpoint (errno, zmq_strerror).
struct tend_client *tend_client_open(const char *endpoint, tend_result *result, void *self);
void tend_client_close(struct tend_client **client);

// Posts a copy of the body; `type` is one of the three above. Waits while TEND_REQUESTS are on their way. `tag` is the
// caller's own and comes back with the result. 0, or -1 when the body is too long or memory is out.
int tend_client_post(struct tend_client *client, const char *type, const void *body, size_t length, uint64_t tag);

// Works for at most `timeout_ms` (-1: until all have ended): takes answers, gives results, sends again what is due.
// Returns how many requests are still on their way.
size_t tend_client_work(struct tend_client *client, int timeout_ms);

#endif
