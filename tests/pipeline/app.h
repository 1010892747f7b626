// An app that feeds the pipeline while it is being killed: it makes events, sends them until they are answered, and
// knows what must have come of them.
#ifndef TEND_TESTS_APP_H
#define TEND_TESTS_APP_H

#include "harness/town.h"

enum { APP_CUSTOMERS = 200, APP_REPS = 4 };

struct app;

struct app *app_open(const struct town *town, uint64_t seed);
void app_close(struct app **app);

// Sends what there is room for, resends what was not answered, reads answers; never waits.
void app_work(struct app *app, bool more);

// Whether everything sent was answered.
bool app_idle(const struct app *app);

uint64_t app_made(const struct app *app);    // different events
uint64_t app_repeats(const struct app *app); // answers "known": an event whose first answer was lost
uint64_t app_refused(const struct app *app); // must stay 0
int64_t app_sales(const struct app *app);    // micros, of all orders
uint64_t app_orders(const struct app *app);
uint64_t app_promises(const struct app *app);

#endif
