// Whims: a random configuration for the recomputation, so that it is not only the defaults that are compared.
#ifndef TEND_TESTS_WHIMS_H
#define TEND_TESTS_WHIMS_H

#include <stddef.h>
#include <stdint.h>

enum { WHIMS_BYTES = 8000 };

// Writes a configuration as YAML; `folder` is where the messages go. The same seed gives the same text.
void whims_write(uint64_t *seed, unsigned processes, const char *folder, char text[WHIMS_BYTES]);

#endif
