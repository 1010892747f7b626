// The misfits: bodies of feeds that were rightly signed and gave no valid event. Their sender cannot be told, so they
// are kept until somebody has corrected, replayed or dropped them. There is only so much room; the oldest go first, and
// how many did is known.
#ifndef TEND_INGEST_MISFITS_H
#define TEND_INGEST_MISFITS_H

#include "common/service.h"
#include "tend/v1/ingest.pb-c.h"

struct misfits;

// Room for so many bodies, which take so many bytes together.
struct misfits *misfits_open(int64_t most_records, int64_t most_bytes);
void misfits_close(struct misfits **misfits);

// Counts what the store holds.
void misfits_load(struct misfits *misfits, const struct turn *turn);

// Keeps a body under a new id, which it gets and returns. The oldest go where there is no more room. One that is kept
// with the same `same` (0: none is) is counted instead, with the newest reason, and has its id returned: its sender may
// send it until it is tired.
uint64_t misfits_add(struct misfits *misfits, const struct turn *turn, Tend__V1__Rejected *body);

// One by its id, in the turn's arena; NULL when there is none.
Tend__V1__Rejected *misfits_get(const struct turn *turn, uint64_t id);

// Writes it again under its id.
void misfits_put(struct misfits *misfits, const struct turn *turn, const Tend__V1__Rejected *body);

// False when there was none.
bool misfits_drop(struct misfits *misfits, const struct turn *turn, uint64_t id);

// Calls `visit` for those with an id below `before` (UINT64_MAX: all), the newest first, or with `up` for those above
// `before`, the oldest first, until it returns false. What it gets lives until the turn ends.
void misfits_each(const struct turn *turn, uint64_t before, bool up,
                  bool (*visit)(void *self, Tend__V1__Rejected *body), void *self);

// The same for one feed only; bodies of others are not even read.
void misfits_each_of(const struct turn *turn, const char *feed, uint64_t before, bool up,
                     bool (*visit)(void *self, Tend__V1__Rejected *body), void *self);

// How many of a feed are kept; walks over all.
uint64_t misfits_count_of(const struct turn *turn, const char *feed);

// Deletes every row of which `test` says so, from the id `*at` on, until so many bytes were looked at: somebody is to
// be forgotten. `scratch` is reset for each row and holds the body as the test sees it. True: all were looked at; else
// `*at` is where to go on.
typedef bool misfits_test(void *self, const Tend__V1__Rejected *body, struct arena *scratch);
bool misfits_erase(struct misfits *misfits, const struct turn *turn, uint64_t *at, size_t bytes, misfits_test *test,
                   void *self, struct arena *scratch);

// The id of the newest ever, 0 when there was none.
uint64_t misfits_last(const struct turn *turn);

// How many are kept, and how many bytes they take.
uint64_t misfits_count(const struct misfits *misfits);
uint64_t misfits_bytes(const struct misfits *misfits);

// How many ever had to go for want of room.
uint64_t misfits_lost(const struct turn *turn);

#endif
