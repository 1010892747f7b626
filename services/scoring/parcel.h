// A parcel: numbers packed as bytes for another process of the same service, seven bits a byte. Pure.
//
// One function writes or reads a thing, whichever the parcel was opened for, so that both ways agree. What is read came
// from outside: a parcel that ends early, or that something is wrong with, goes bad, gives zeros from then on, and says
// so at the end.
#ifndef TEND_SCORING_PARCEL_H
#define TEND_SCORING_PARCEL_H

#include "common/money.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct parcel {
    uint8_t *out;      // written to; NULL: it reads
    const uint8_t *in; // read from
    size_t used, room; // bytes so far, and in all
    bool good;
};

// A parcel to be written into `room` bytes of the caller's, or read from `length` bytes that stay the caller's.
struct parcel parcel_to_write(uint8_t *bytes, size_t room);
struct parcel parcel_to_read(const uint8_t *bytes, size_t length);

// True when it was good and all of it was read.
bool parcel_whole(const struct parcel *parcel);

// A number without a sign, one with it, one of 128 bits, and a real one bit by bit.
void parcel_number(struct parcel *parcel, uint64_t *value);
void parcel_signed(struct parcel *parcel, int64_t *value);
void parcel_wide(struct parcel *parcel, int128 *value);
void parcel_real(struct parcel *parcel, double *value);

// The same for narrower fields; what does not fit makes the parcel bad.
void parcel_word(struct parcel *parcel, uint32_t *value);
void parcel_day(struct parcel *parcel, int32_t *value);

// Bytes as they are.
void parcel_bytes(struct parcel *parcel, uint8_t *bytes, size_t count);

// Writes, or reads, one number in passing.
void parcel_put(struct parcel *parcel, uint64_t value);
uint64_t parcel_get(struct parcel *parcel);

#endif
