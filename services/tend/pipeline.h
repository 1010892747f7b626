// The four services in one process on one simulated clock: the same cores, engines and journals as the live system,
// with the sockets left out. For rehearsals, and for the simulation tests. A service that runs as several processes has
// as many engines here.
#ifndef TEND_TEND_PIPELINE_H
#define TEND_TEND_PIPELINE_H

#include "common/engine.h"
#include "common/main.h"

enum pipeline_place { PLACE_INGEST, PLACE_SCORING, PLACE_SCHEDULER, PLACE_NOTIFIER, PLACES };

struct pipeline;

// The services as main_setup describes them, in the order of the ring.
extern const struct main_setup *const pipeline_setups[PLACES];

// Opens the throwaway stores, one for each process of each service, below `folder`, which must be empty, with the clock
// at `start_ms`. The options that the setups point to have been read. NULL with a sentence in ret_error.
struct pipeline *pipeline_open(const struct settings *settings, const char *folder, int64_t start_ms, char *ret_error,
                               size_t error_bytes);
void pipeline_close(struct pipeline **pipeline);

// Ends one process of a service and starts it again from its store, as after a crash: `settings` and `folder` are those
// it was opened with. False when it does not start; pipeline_trouble says why.
bool pipeline_restart(struct pipeline *pipeline, enum pipeline_place place, unsigned which,
                      const struct settings *settings, const char *folder);

// Lets time go on up to `wall_ms`: everything that is due on the way happens at its own moment. False when a service
// stopped; pipeline_trouble says why.
bool pipeline_until(struct pipeline *pipeline, int64_t wall_ms);

// Puts a request to one of the services at the present moment and lets its effects run through. The reply lives until
// the next call.
bool pipeline_post(struct pipeline *pipeline, enum pipeline_place place, const char *path, const char *content_type,
                   const void *body, size_t length, struct reply *ret_reply);

// A look at one of the services: path and parameters as in a URL, "/v1/customers?abc=A". Of several processes the first
// is asked; or process `which`.
void pipeline_get(struct pipeline *pipeline, enum pipeline_place place, const char *target, struct reply *ret_reply);
void pipeline_get_from(struct pipeline *pipeline, enum pipeline_place place, unsigned which, const char *target,
                       struct reply *ret_reply);

// How many processes a service has, and which of them has a customer.
unsigned pipeline_processes(const struct pipeline *pipeline, enum pipeline_place place);
unsigned pipeline_process_of(const struct pipeline *pipeline, enum pipeline_place place, const char *customer_id);

// The engine of one of the services, of its first or of another process; it stays the pipeline's.
struct engine *pipeline_engine(struct pipeline *pipeline, enum pipeline_place place);
struct engine *pipeline_engine_of(struct pipeline *pipeline, enum pipeline_place place, unsigned which);

// Why a service stopped, one sentence; "" when none did. It lives as long as the pipeline.
const char *pipeline_trouble(const struct pipeline *pipeline);

#endif
