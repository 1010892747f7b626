// Who plays in the bundled business: reps and customers, all invented.
#ifndef TEND_TEND_SAMPLE_CAST_H
#define TEND_TEND_SAMPLE_CAST_H

#include "services/tend/chance.h"
#include "services/tend/sample.h"

#include <stdio.h>

struct zone;

enum sample_currency { SAMPLE_CNY, SAMPLE_USD, SAMPLE_EUR };

// What a customer is to show. Each but ORDINARY is played by one customer.
enum sample_story {
    STORY_ORDINARY,
    STORY_OVERDUE,   // class A, silent for a little more than twice its rhythm
    STORY_DROPPED,   // class A, silent for longer than nearly everybody ever is
    STORY_SHRINKING, // falls from A to B
    STORY_WHITE,     // the largest, and hardly anything is earned of it
    STORY_RED,       // buys when it likes, and much is earned of it
};

struct sample_rep {
    const char *id, *name, *country, *zone_name, *languages, *hours;
    bool chinese; // calls customers in China
    struct zone *zone;
};

struct sample_customer {
    char id[16], name[128], person[64], phone[40], email[64];
    const char *region, *country, *zone_name, *language, *type, *post;
    enum sample_currency currency;
    enum sample_story story;
    bool lunar;    // keeps the birthday by the Chinese calendar
    bool prospect; // has not ordered yet
    uint32_t rank; // by worth, 0 the best; among prospects by number
    uint32_t rep;
    int32_t since_day; // of the first order, perhaps long before the sample begins
    int32_t known_day; // when its row was written
    int32_t birthday, founding_day;
    int32_t gap_days;  // between orders, on average
    int64_t order_cny; // micros of one order, on average
};

struct sample_cast {
    int32_t from_day, until_day;
    int64_t end_ms; // until_day's first instant in Shanghai: nothing happens from then on
    struct sample_rep reps[SAMPLE_REPS_MOST];
    uint32_t rep_count;
    struct sample_customer *customers; // by rank, then the prospects
    uint32_t customer_count, active_count;
};

// Makes the cast. False with a sentence when a time zone is not installed.
bool sample_cast_open(const struct sample_options *options, char *ret_error, struct sample_cast **ret_cast);

// Takes NULL.
void sample_cast_close(struct sample_cast **cast);

// The first day from `day` on that is Monday to Friday.
int32_t sample_workday(int32_t day);

// Milliseconds since 1970 of a local minute of the rep's day.
int64_t sample_ms(const struct sample_cast *cast, uint32_t rep, int32_t day, int32_t minute);

// Its ISO 4217 code.
const char *sample_currency_code(enum sample_currency currency);

// Micros of CNY for one unit.
int64_t sample_rate(enum sample_currency currency);

// Write the table of reps, and that of customers, as CSV with a header that `tend import` reads. Whether the file took
// it all is for the caller to ask (ferror).
void sample_write_reps(const struct sample_cast *cast, FILE *file);
void sample_write_customers(const struct sample_cast *cast, FILE *file);

#endif
