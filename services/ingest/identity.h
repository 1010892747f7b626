// The identities that ingest has taken in: for each the place in the journal where it stands. Pure.
//
// Foreign ids are random, and a random key on the commit path of a store costs more than everything else together. So
// the identities of the newest records are in this table in memory only, rebuilt from the journal at a start. Older
// ones are sealed: sorted and written once, in generations, with a filter in memory before each that says "surely not
// here".
#ifndef TEND_INGEST_IDENTITY_H
#define TEND_INGEST_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IDENTITY_BYTES = 16 };

// The newest identities: a hash table from the first 8 bytes of an identity to the sequence numbers that may hold it.
struct identities;
struct identities *identities_open(size_t expected);
void identities_close(struct identities **identities);

// Forgets all; the room stays.
void identities_clear(struct identities *identities);
size_t identities_count(const struct identities *identities);
void identities_add(struct identities *identities, const uint8_t *identity, uint64_t seq);

// Says that this identity will be looked for soon: its place comes from memory meanwhile.
void identities_expect(const struct identities *identities, const uint8_t *identity);

// The next sequence number whose identity begins like this one; `*cursor` starts at 0. False: no more.
bool identities_find(const struct identities *identities, const uint8_t *identity, size_t *cursor, uint64_t *ret_seq);

// A filter over one sealed generation: never says no to what was added; says yes to about 1 % of everything else at 10
// bits an entry. One cache line a question.
struct filter;
struct filter *filter_open(size_t entries);
void filter_close(struct filter **filter);
void filter_add(struct filter *filter, const uint8_t *identity);
void filter_expect(const struct filter *filter, const uint8_t *identity);
bool filter_may_hold(const struct filter *filter, const uint8_t *identity);

#endif
