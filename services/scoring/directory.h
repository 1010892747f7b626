// The directory: which slot a customer has, found by 128 bits of its id's keyed hash. Pure; the hash is the caller's.
#ifndef TEND_SCORING_DIRECTORY_H
#define TEND_SCORING_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIRECTORY_KEY_BYTES = 16 };

struct directory;

// An empty directory.
struct directory *directory_open(void);
void directory_close(struct directory **directory);
// Forgets all keys.
void directory_clear(struct directory *directory);

// False when the key is not in.
bool directory_find(const struct directory *directory, const uint8_t *key, uint32_t *ret_slot);

// Adds a key that is not in.
void directory_add(struct directory *directory, const uint8_t *key, uint32_t slot);

// Bytes of memory it holds.
size_t directory_bytes(const struct directory *directory);

#endif
