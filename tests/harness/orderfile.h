// A CSV of orders of any length, as a shop would export it: one to four lines an order that stand together, names in
// Chinese and English with commas in quotes, every order paid, some shipped. The same seed gives the same bytes.
#ifndef TEND_TESTS_ORDERFILE_H
#define TEND_TESTS_ORDERFILE_H

#include <stdint.h>

struct orderfile {
    uint64_t rows; // at least so many; the last order is whole
    uint64_t seed;
    uint64_t bad_every; // each so many orders one line has a price that is none; 0: never
};

// Writes the file. Returns how many rows it has, the header not counted.
uint64_t orderfile_write(const char *path, const struct orderfile *plan);

#endif
