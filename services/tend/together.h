// Whether what belongs together stands together in a file: the rows of one order, for example, one behind the other.
// Every run of rows is handed in once, by the hash of its key; at the end the first run is known whose key had a run
// before it. The memory stays the same whatever the file's size, some 35 MB: what does not fit into
// TOGETHER_SORTED_MAX places is sorted into a file without a name below /tmp, 32 bytes a run, and these pieces are
// merged.
#ifndef TEND_TEND_TOGETHER_H
#define TEND_TEND_TOGETHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TOGETHER_KEY_BYTES = 16,
    TOGETHER_SORTED_MAX = 1 << 19, // runs in memory: 16 MB, and as much again while they are sorted
    TOGETHER_PIECES_MAX = 4096,    // 2 billion runs; the file is given up beyond
};

struct together;

// Where a run of rows begins.
struct together_place {
    uint64_t line, offset;
};

// Nothing yet, never NULL; the caller closes it. `sorted_max` places stay in memory, 0: TOGETHER_SORTED_MAX.
struct together *together_open(size_t sorted_max);

// Takes NULL.
void together_close(struct together **together);

// A run of rows. `key`: TOGETHER_KEY_BYTES, a hash that nobody can make two alike of.
void together_add(struct together *together, const uint8_t *key, struct together_place place);

enum together_verdict { TOGETHER_YES, TOGETHER_NO, TOGETHER_UNKNOWN };

// Once, after the last run. TOGETHER_NO: `ret_again` is the first run in the file whose key stood at `ret_first`
// before. TOGETHER_UNKNOWN: there was no room to sort in.
enum together_verdict together_settle(struct together *together, struct together_place *ret_first,
                                      struct together_place *ret_again);

#endif
