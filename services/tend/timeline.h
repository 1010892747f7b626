// Several files as one history: every event in the order of time. For the rehearsal, which replays them.
//
// Events of the same moment come as reps, customers, orders, contracts, leads, contacts, others, and within these as in
// their files. A customer or rep whose row names no time is known from just before the first thing that happened to it
// on (a rep: the first thing that happened at all), so that nobody is called before there was a reason to know them.
// Orders that name no customer but an address are those of whom the first file of customers names with it.
#ifndef TEND_TEND_TIMELINE_H
#define TEND_TEND_TIMELINE_H

#include "services/tend/import.h"

#include <stddef.h>

struct timeline;

// Told of every row that is left out.
struct timeline_listener {
    void (*problem)(void *self, const char *path, const struct import_item *item);
    void *self;
};

// Reads all files into memory. Their options' undated_ms, now_ms and live are not used: no event of a history is
// refused for its date, and none is marked historical. False with one message a line in `ret_error`
// (IMPORT_ERROR_BYTES).
bool timeline_open(const struct import_options *files, size_t count, const struct timeline_listener *listener,
                   char *ret_error, struct timeline **ret_timeline);

// Takes NULL.
void timeline_close(struct timeline **timeline);

// How many events all files hold together, those that were derived too.
size_t timeline_count(const struct timeline *timeline);

// When the first and the last event happened, milliseconds since 1970; 0 when there is none.
int64_t timeline_first_ms(const struct timeline *timeline);
int64_t timeline_last_ms(const struct timeline *timeline);

// When the next one happened; false at the end.
bool timeline_peek(const struct timeline *timeline, int64_t *ret_ms);

// The next event: itself, which lives until the next call, and packed, which lives as long as the timeline. False at
// the end.
bool timeline_next(struct timeline *timeline, const Tend__V1__Event **ret_event, ProtobufCBinaryData *ret_packed);

#endif
