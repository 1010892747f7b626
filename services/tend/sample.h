// The bundled business: an exporter of zippers and trims that does not exist, its reps, its customers, and everything
// that happened to them up to a day. To try Tend on, and to test it on years of work.
//
// Towards the end things happen that must become messages: a customer of class A that stopped ordering and is overdue,
// one that dropped out, one that shrank until it fell to B; birthdays, founding days and anniversaries; promises that
// are due; leads that are about to close, a contract that ran out, an order that is expected; a cancelled order, a
// refund, a delay, a complaint. Of everything that scoring judges by there is something: quotes, costs, gifts, ratings,
// referrals, praise, a rival, a face of each colour, decisions of people. The same options make the same bytes, on
// every machine (given the same history of time zones).
#ifndef TEND_TEND_SAMPLE_H
#define TEND_TEND_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SAMPLE_CUSTOMERS_LEAST = 20, // fewer leave no room for the stories
    SAMPLE_CUSTOMERS_MOST = 20000,
    SAMPLE_REPS_MOST = 8,
    SAMPLE_YEARS_MOST = 10,
    SAMPLE_CUSTOMERS = 120, // what the command makes unless told otherwise
    SAMPLE_REPS = 4,
    SAMPLE_YEARS = 1,
    SAMPLE_SEED = 7,
    SAMPLE_ERROR_BYTES = 300,
};

// The rates the stories are told with, CNY for one unit: the example configuration has the same.
#define SAMPLE_USD_MICROS INT64_C(7100000)
#define SAMPLE_EUR_MICROS INT64_C(7700000)

struct sample_options {
    int32_t until_day; // days since 1970-01-01: everything happened before it begins in Shanghai
    uint32_t customers, reps, years;
    uint64_t seed;
    const char *folder; // made when it is not there
};

struct sample_counts {
    uint32_t reps, customers, orders, order_lines, events;
};

// Writes reps.csv, customers.csv, orders.csv and events.jsonl into the folder. False with a sentence in `ret_error`
// (SAMPLE_ERROR_BYTES): options out of range, or a file that cannot be written.
bool sample_write(const struct sample_options *options, char *ret_error, struct sample_counts *ret_counts);

#endif
