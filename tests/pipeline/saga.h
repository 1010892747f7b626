// A saga: a random history of a few dozen customers, everything that scoring takes, as events in JSON. The same seed
// gives the same saga.
#ifndef TEND_TESTS_SAGA_H
#define TEND_TESTS_SAGA_H

#include <jansson.h>
#include <stdint.h>

// A random number below `below`, which is above 0; and whether something of so many percent happens.
uint64_t saga_random(uint64_t *seed, uint64_t below);
int saga_chance(uint64_t *seed, uint64_t percent);

// The events of `customers` customers ("C0" and up) from `from_ms` to `to_ms`, an array in no order at all, which the
// caller releases. About half of them are historical.
json_t *saga_tell(uint64_t *seed, unsigned customers, int64_t from_ms, int64_t to_ms);

// What happens afterwards, from `from_ms` to `to_ms`: a few orders more, and a word here and there.
json_t *saga_go_on(uint64_t *seed, unsigned customers, int64_t from_ms, int64_t to_ms);

#endif
