#include "services/scoring/directory.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 1024, FULL_THIRDS = 2 }; // doubled when two thirds full, so that searches stay short

struct entry {
    uint32_t slot_plus_one; // 0: free
    uint8_t key[DIRECTORY_KEY_BYTES];
};

struct directory {
    struct entry *entries;
    uint32_t room; // a power of two
    uint32_t used;
};

static struct entry *make_room(uint32_t room)
{
    struct entry *entries = calloc(room, sizeof *entries);
    must(entries != NULL);
    return entries;
}

struct directory *directory_open(void)
{
    struct directory *directory = calloc(1, sizeof *directory);
    must(directory != NULL);
    directory->room = ROOM_FIRST;
    directory->entries = make_room(directory->room);
    return directory;
}

void directory_close(struct directory **directory)
{
    if (*directory == NULL)
        return;
    free((*directory)->entries);
    free(*directory);
    *directory = NULL;
}

void directory_clear(struct directory *directory)
{
    memset(directory->entries, 0, directory->room * sizeof *directory->entries);
    directory->used = 0;
}

// The key's entry, or the free one where it would go.
static struct entry *look(struct entry *entries, uint32_t room, const uint8_t *key)
{
    uint64_t start;
    memcpy(&start, key, sizeof start);
    uint32_t at = (uint32_t)start & (room - 1);
    while (entries[at].slot_plus_one != 0 && memcmp(entries[at].key, key, DIRECTORY_KEY_BYTES) != 0)
        at = (at + 1) & (room - 1);
    return &entries[at];
}

bool directory_find(const struct directory *directory, const uint8_t *key, uint32_t *ret_slot)
{
    const struct entry *entry = look(directory->entries, directory->room, key);
    if (entry->slot_plus_one == 0)
        return false;
    *ret_slot = entry->slot_plus_one - 1;
    return true;
}

static void grow(struct directory *directory)
{
    must(directory->room <= UINT32_MAX / 4);
    uint32_t room = directory->room * 2;
    struct entry *entries = make_room(room);
    for (uint32_t i = 0; i < directory->room; i++)
        if (directory->entries[i].slot_plus_one != 0)
            *look(entries, room, directory->entries[i].key) = directory->entries[i];
    free(directory->entries);
    directory->entries = entries;
    directory->room = room;
}

void directory_add(struct directory *directory, const uint8_t *key, uint32_t slot)
{
    if (directory->used >= directory->room / 3 * FULL_THIRDS)
        grow(directory);
    struct entry *entry = look(directory->entries, directory->room, key);
    must(entry->slot_plus_one == 0 && slot < UINT32_MAX);
    entry->slot_plus_one = slot + 1;
    memcpy(entry->key, key, DIRECTORY_KEY_BYTES);
    directory->used++;
}

size_t directory_bytes(const struct directory *directory)
{
    return sizeof *directory + directory->room * sizeof *directory->entries;
}
