// A small town for tests of the whole: a folder, a configuration, the four real services as processes of their own, and
// an app that sends them events and knows which were accepted.
#ifndef TEND_TESTS_TOWN_H
#define TEND_TESTS_TOWN_H

#include "common/arena.h"
#include "services/tend/client.h"
#include "tend/v1/journal.pb-c.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum town_place { TOWN_INGEST, TOWN_SCORING, TOWN_SCHEDULER, TOWN_NOTIFIER, TOWN_PLACES };

extern const char *const town_names[TOWN_PLACES];

struct town {
    char folder[200];
    char config[256];
    char programs[512]; // where tend-ingest and the others are
    int first_port;     // of four
    pid_t pids[TOWN_PLACES];
};

// Makes a new folder below /tmp with a configuration: UTC, CNY, one channel "out" that writes FOLDER/out.jsonl;
// `extra` is further lines of the section scheduler. `programs` is the folder of the services.
void town_open(struct town *town, const char *programs, int first_port, const char *extra);

// Ends what runs, and removes the folder unless `keep`.
void town_close(struct town *town, bool keep);

void town_start(struct town *town, enum town_place place);

// SIGKILL, and waits for the end.
void town_kill(struct town *town, enum town_place place);

// SIGTERM, waits. Returns the exit code, 128 + signal when it died of one.
int town_stop(struct town *town, enum town_place place);

// Waits for a service that should end by itself. -1 when it still runs after `timeout_ms`.
int town_wait(struct town *town, enum town_place place, int timeout_ms);

// "ipc://.../run/NAME.sock". Lives until the next call.
const char *town_endpoint(const struct town *town, enum town_place place);

// Asks a service; the JSON answer belongs to the caller (json_decref). NULL when it cannot be reached or answers an
// error.
struct json_t *town_ask(const struct town *town, enum town_place place, const char *target);

// Waits until everything that the services said is taken in behind them, up to `timeout_ms`.
bool town_quiet(const struct town *town, int timeout_ms);

// Milliseconds since some moment, for waiting.
int64_t town_clock_ms(void);
int64_t town_wall_ms(void);
void town_sleep_ms(int ms);

// A random number below `below`, from a seed that the test prints.
uint64_t town_random(uint64_t *seed, uint64_t below);

#endif
