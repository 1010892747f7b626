// From an order to the message that it causes, through all four services: a large order of a new customer pushes others
// out of class A, and their rep is told.
#ifndef TEND_BENCH_ALERT_H
#define TEND_BENCH_ALERT_H

#include "bench/table.h"
#include "harness/town.h"

struct alert_figures {
    struct series p50, p99; // milliseconds, a round each
    double alerts, missed;  // of all rounds: orders that were followed by a message, and that were not
};

// What the town's section `scheduler` must say, so that reps are told at any time of the day.
extern const char alert_settings[];

// Starts the services of a new town, makes a book of customers, and sends `orders` orders one after the other.
void alert_measure(struct town *town, unsigned orders, struct alert_figures *figures);

#endif
