// The scheduler fed by hand, for benches: the whole service on a real store, synced as in service, but without sockets.
// Its clock stands still unless it is moved.
#ifndef TEND_BENCH_CREW_H
#define TEND_BENCH_CREW_H

#include "bench/delays.h"
#include "common/engine.h"
#include "tend/v1/event.pb-c.h"

enum { CREW_QUEUE_MAX = ENGINE_BATCH_RECORDS }; // records that wait for one turn

struct crew;

// A new store below /tmp, with the options that the scheduler has when the configuration says nothing. `service` is
// scheduler_service or a variation of it, and lives as long as the crew.
struct crew *crew_open(const struct service *service, int64_t now_ms);

// Removes the store.
void crew_close(struct crew **crew);

// Queues a record; without a message, one that is empty. A full queue is taken in at once.
void crew_say(struct crew *crew, uint16_t type, const ProtobufCMessage *message);

// An event of now about a customer, a rep, or both; "" without. The body is the caller's to set.
Tend__V1__Event crew_event(struct crew *crew, const char *customer_id, const char *rep_id);
void crew_tell(struct crew *crew, const Tend__V1__Event *event);

// Takes in what is queued, in one turn. Returns its microseconds.
int64_t crew_take(struct crew *crew);

// Moves the clock and works until nothing is due. Each turn's time goes to `delays` unless it is NULL. Returns
// microseconds, all turns together.
int64_t crew_rest(struct crew *crew, int64_t now_ms, struct delays *delays);

int64_t crew_now_ms(const struct crew *crew);

// Records that were said so far, and the most that one turn of the last crew_rest said.
uint64_t crew_said(const struct crew *crew);
uint64_t crew_said_most(const struct crew *crew);

// The first row of a table of the store, and the last: how many bytes its value has; 0 without a row.
size_t crew_row_bytes(struct crew *crew, unsigned table, bool last);

// Bytes of the store's files in use.
double crew_store_bytes(const struct crew *crew);

#endif
