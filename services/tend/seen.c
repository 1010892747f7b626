#include "services/tend/seen.h"

#include "common/must.h"

#include <stdlib.h>

enum { SLOTS_FIRST = 1024 };

// Open addressing; an empty slot holds 0, and the hash 0 has a flag of its own.
struct seen {
    uint64_t *slots;
    size_t slot_count, count;
    bool zero;
};

struct seen *seen_open(void)
{
    struct seen *seen = calloc(1, sizeof *seen);
    must(seen != NULL);
    seen->slot_count = SLOTS_FIRST;
    seen->slots = calloc(seen->slot_count, sizeof *seen->slots);
    must(seen->slots != NULL);
    return seen;
}

void seen_close(struct seen **seen)
{
    if (*seen == NULL)
        return;
    free((*seen)->slots);
    free(*seen);
    *seen = NULL;
}

static size_t find(const struct seen *seen, uint64_t hash)
{
    size_t at = hash & (seen->slot_count - 1);
    while (seen->slots[at] != 0 && seen->slots[at] != hash)
        at = (at + 1) & (seen->slot_count - 1);
    return at;
}

bool seen_has(const struct seen *seen, uint64_t hash)
{
    return hash == 0 ? seen->zero : seen->slots[find(seen, hash)] == hash;
}

static void grow(struct seen *seen)
{
    struct seen larger = {.slot_count = seen->slot_count * 2};
    larger.slots = calloc(larger.slot_count, sizeof *larger.slots);
    must(larger.slots != NULL);
    for (size_t i = 0; i < seen->slot_count; i++)
        if (seen->slots[i] != 0)
            larger.slots[find(&larger, seen->slots[i])] = seen->slots[i];
    free(seen->slots);
    seen->slots = larger.slots;
    seen->slot_count = larger.slot_count;
}

bool seen_add(struct seen *seen, uint64_t hash)
{
    if (hash == 0) {
        bool fresh = !seen->zero;
        seen->zero = true;
        return fresh;
    }
    size_t at = find(seen, hash);
    if (seen->slots[at] == hash)
        return false;
    seen->slots[at] = hash;
    if (2 * ++seen->count > seen->slot_count)
        grow(seen);
    return true;
}
