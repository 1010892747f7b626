// What ingest remembers of each source of events: when one was last taken, how many there were, and for the last two
// months which orders were placed when, so that a day's count can be compared with the source's own.
#ifndef TEND_INGEST_SOURCES_H
#define TEND_INGEST_SOURCES_H

#include "common/service.h"
#include "common/zone.h"
#include "tend/v1/event.pb-c.h"

enum {
    SOURCES_MAX = 256,        // a firm has a dozen; names made up by a sender must not fill the memory
    SOURCES_NAME_BYTES = 129, // with the NUL
    SOURCES_DAYS = 62,        // of orders: last month can still be compared at the end of this one
};

struct sources;

// Whether a source of this name is Tend's own: the notifier of answers that were pressed, ingest of customers that it
// joined. Another's word could pass for a rep's press there, or take the id of one.
bool sources_own(const char *name);

// One source, as last committed and with what this turn adds.
struct source_row {
    char name[SOURCES_NAME_BYTES];
    int64_t last_ms; // when an event was last taken, new or known
    uint64_t stored;
    uint64_t hash; // of the name
    bool changed;
};

// `zone`: of days where nobody names one; NULL or unknown: UTC.
struct sources *sources_open(const char *zone);
void sources_close(struct sources **sources);

// Reads what the store holds.
void sources_load(struct sources *sources, const struct turn *turn);

// An event was taken; `stored`: it was new. Orders that were placed lately are noted, historical ones too: what a day
// missed is imported later, and is there then.
void sources_note(struct sources *sources, const struct turn *turn, const Tend__V1__Event *event, bool stored);

// Writes what the turn has changed.
void sources_settle(struct sources *sources, const struct turn *turn);

// Deletes orders of days long past, some at a time; true when there are more.
bool sources_tidy(const struct turn *turn);

// NULL for a source that nothing was ever taken of, or that there was no room for.
const struct source_row *sources_find(const struct sources *sources, const char *name);

// All of them, in no order, from 0.
size_t sources_count(const struct sources *sources);
const struct source_row *sources_at(const struct sources *sources, size_t index);

// An order that was placed on a day.
struct source_order {
    const char *id; // lives until the visit returns
    int64_t total_micros;
    char currency[4]; // "" when the order names no total
};

// Calls `visit` for every order of the source and day (days since 1970) as the zone (NULL: UTC) has it, in no order;
// one that was placed by several events of different content comes several times.
void sources_orders(const struct turn *turn, const char *source, const struct zone *zone, int32_t day,
                    void (*visit)(void *self, const struct source_order *order), void *self);

// What stands in place of the id of an order whose customer was erased, in the arena: "erased-" and a hash, salted with
// the journal's own random id.
char *sources_mask(const struct turn *turn, const char *order_id);
bool sources_is_mask(const char *order_id);

// Notes that the customer of this order is to be forgotten: sources_forget then puts its mask in place of its id, so
// that the order is counted as before. Returns in how many rows it did so, of all orders that were noted.
void sources_note_erased(const struct turn *turn, const Tend__V1__Event *event);
size_t sources_forget(const struct turn *turn);

// The zone of sources_open; NULL: UTC.
const struct zone *sources_zone(const struct sources *sources);

// The day of a moment in a zone (NULL: UTC).
int32_t sources_day(const struct zone *zone, int64_t time_ms);

#endif
