#include "services/tend/together.h"

#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READ_ENTRIES = 256 }; // of one piece at a time: 8 KB

struct entry {
    uint8_t key[TOGETHER_KEY_BYTES];
    struct together_place place;
};

_Static_assert(sizeof(struct entry) == 32, "what a run takes in the file");

// A sorted stretch of the file, while the pieces are merged.
struct piece {
    long at; // entries of the file that were read
    size_t left;
    struct entry *entries;
    size_t used, held;
};

struct together {
    struct entry *entries;
    size_t count, room;
    FILE *spill; // the pieces, one behind the other
    size_t lengths[TOGETHER_PIECES_MAX];
    size_t pieces;
    bool broken; // no room for the spill
};

struct together *together_open(size_t sorted_max)
{
    struct together *together = calloc(1, sizeof *together);
    must(together != NULL);
    together->room = sorted_max == 0 ? TOGETHER_SORTED_MAX : sorted_max;
    together->entries = malloc(together->room * sizeof *together->entries);
    must(together->entries != NULL);
    return together;
}

void together_close(struct together **together)
{
    if (*together == NULL)
        return;
    if ((*together)->spill != NULL)
        fclose((*together)->spill);
    free((*together)->entries);
    free(*together);
    *together = NULL;
}

static int compare(const void *a, const void *b)
{
    const struct entry *one = a, *other = b;
    int order = memcmp(one->key, other->key, sizeof one->key);
    if (order != 0)
        return order;
    return (one->place.line > other->place.line) - (one->place.line < other->place.line);
}

static void sort(struct together *together)
{
    if (together->count > 1)
        qsort(together->entries, together->count, sizeof *together->entries, compare);
}

// Writes what is in memory as one more piece.
static void spill(struct together *together)
{
    sort(together);
    if (together->spill == NULL)
        together->spill = tmpfile();
    together->broken =
        together->broken || together->spill == NULL || together->pieces == TOGETHER_PIECES_MAX ||
        fwrite(together->entries, sizeof *together->entries, together->count, together->spill) != together->count;
    if (!together->broken)
        together->lengths[together->pieces++] = together->count;
    together->count = 0;
}

void together_add(struct together *together, const uint8_t *key, struct together_place place)
{
    if (together->count == together->room)
        spill(together);
    struct entry *entry = &together->entries[together->count++];
    memcpy(entry->key, key, sizeof entry->key);
    entry->place = place;
}

// What is met in the order of the keys, and the earliest repetition so far.
struct judge {
    struct entry last;
    bool begun, found;
    struct together_place first, again;
};

static void meet(struct judge *judge, const struct entry *entry)
{
    bool same = judge->begun && memcmp(judge->last.key, entry->key, sizeof entry->key) == 0;
    if (same && (!judge->found || entry->place.line < judge->again.line)) {
        judge->found = true;
        judge->first = judge->last.place;
        judge->again = entry->place;
    }
    // Of a third run the first one is still the one to name.
    if (!same)
        judge->last = *entry;
    judge->begun = true;
}

// Reads on in a piece. False at its end, or when the file cannot be read.
static bool refill(struct together *together, struct piece *piece)
{
    size_t wanted = piece->left < READ_ENTRIES ? piece->left : READ_ENTRIES;
    piece->used = piece->held = 0;
    if (wanted == 0)
        return false;
    together->broken = fseek(together->spill, piece->at * (long)sizeof(struct entry), SEEK_SET) != 0 ||
                       fread(piece->entries, sizeof(struct entry), wanted, together->spill) != wanted ||
                       together->broken;
    piece->at += (long)wanted;
    piece->left -= wanted;
    piece->held = wanted;
    return !together->broken;
}

static const struct entry *front(const struct piece *piece)
{
    return &piece->entries[piece->used];
}

// Puts the piece at `at` of the heap where it belongs among those below it.
static void sink(struct piece **heap, size_t count, size_t at)
{
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && compare(front(heap[child + 1]), front(heap[child])) < 0)
            child++;
        if (compare(front(heap[at]), front(heap[child])) <= 0)
            return;
        struct piece *moved = heap[at];
        heap[at] = heap[child];
        heap[child] = moved;
        at = child;
    }
}

static void merge(struct together *together, struct judge *judge)
{
    struct piece *pieces = calloc(together->pieces, sizeof *pieces);
    struct piece **heap = calloc(together->pieces, sizeof *heap);
    struct entry *entries = calloc(together->pieces * READ_ENTRIES, sizeof *entries);
    must(pieces != NULL && heap != NULL && entries != NULL);
    size_t count = 0;
    long at = 0;
    for (size_t i = 0; i < together->pieces; i++) {
        pieces[i] = (struct piece){.at = at, .left = together->lengths[i], .entries = entries + i * READ_ENTRIES};
        at += (long)together->lengths[i];
        if (refill(together, &pieces[i]))
            heap[count++] = &pieces[i];
    }
    for (size_t i = count / 2; i > 0; i--)
        sink(heap, count, i - 1);
    while (count > 0) {
        meet(judge, front(heap[0]));
        if (++heap[0]->used == heap[0]->held && !refill(together, heap[0]))
            heap[0] = heap[--count];
        sink(heap, count, 0);
    }
    free(entries);
    free(heap);
    free(pieces);
}

enum together_verdict together_settle(struct together *together, struct together_place *ret_first,
                                      struct together_place *ret_again)
{
    struct judge judge = {.begun = false};
    if (together->pieces == 0 && !together->broken) {
        sort(together);
        for (size_t i = 0; i < together->count; i++)
            meet(&judge, &together->entries[i]);
    } else {
        spill(together);
        // The memory is free for the merge.
        free(together->entries);
        together->entries = NULL;
        together->broken = together->broken || fflush(together->spill) != 0;
        if (!together->broken)
            merge(together, &judge);
    }
    if (together->broken)
        return TOGETHER_UNKNOWN;
    if (!judge.found)
        return TOGETHER_YES;
    *ret_first = judge.first;
    *ret_again = judge.again;
    return TOGETHER_NO;
}
