// The feasts that are built in, as rows of feasts.h. Pure.
#ifndef TEND_COMMON_FEASTROWS_H
#define TEND_COMMON_FEASTROWS_H

#include <stddef.h>

struct feastrow {
    const char *countries; // codes with a space between; "" is everywhere
    const char *rule;      // as in a user's file
    const char *zh;
    const char *en;
};

enum { FEASTROWS_COUNTRIES_MAX = 640 }; // codes in all rows together, everywhere counted as one

extern const struct feastrow feastrows[];
extern const size_t feastrow_count;

#endif
