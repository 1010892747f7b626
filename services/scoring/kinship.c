#include "services/scoring/kinship.h"

#include "common/must.h"
#include "services/scoring/column.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

// Both one more than the slot; 0: itself.
struct place {
    uint32_t main, next;
};

struct kinship {
    struct kin_word *words; // by slot, each once
    size_t count, room;
    struct column places;
    uint32_t parts;
    struct kin_move *moves; // of the last word; while it is taken, those who may be concerned
    size_t move_count, move_room;
};

struct kinship *kinship_open(void)
{
    struct kinship *kinship = calloc(1, sizeof *kinship);
    must(kinship != NULL);
    column_start(&kinship->places, sizeof(struct place));
    return kinship;
}

void kinship_close(struct kinship **kinship)
{
    if (*kinship == NULL)
        return;
    kinship_clear(*kinship);
    free((*kinship)->words);
    free((*kinship)->moves);
    free(*kinship);
    *kinship = NULL;
}

void kinship_clear(struct kinship *kinship)
{
    column_clear(&kinship->places);
    kinship->count = 0;
    kinship->parts = 0;
}

uint32_t kinship_main(const struct kinship *kinship, uint32_t slot)
{
    if (kinship->parts == 0)
        return slot;
    const struct place *place = column_get(&kinship->places, slot);
    return place == NULL || place->main == 0 ? slot : place->main - 1;
}

uint32_t kinship_next(const struct kinship *kinship, uint32_t slot)
{
    if (kinship->parts == 0)
        return slot;
    const struct place *place = column_get(&kinship->places, slot);
    return place == NULL || place->next == 0 ? slot : place->next - 1;
}

uint32_t kinship_parts(const struct kinship *kinship)
{
    return kinship->parts;
}

// Where the word about a slot stands, or would stand.
static size_t find(const struct kinship *kinship, uint32_t slot)
{
    size_t low = 0, high = kinship->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (kinship->words[middle].slot < slot)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct kin_word *word_of(const struct kinship *kinship, uint32_t slot)
{
    size_t at = find(kinship, slot);
    return at < kinship->count && kinship->words[at].slot == slot ? &kinship->words[at] : NULL;
}

static bool is_newer(const struct kin_word *word, const struct kin_word *than)
{
    if (word->time_ms != than->time_ms)
        return word->time_ms > than->time_ms;
    return memcmp(word->key, than->key, KINSHIP_KEY_BYTES) > 0;
}

static bool keep(struct kinship *kinship, const struct kin_word *word)
{
    size_t at = find(kinship, word->slot);
    if (at < kinship->count && kinship->words[at].slot == word->slot) {
        bool newer = is_newer(word, &kinship->words[at]);
        if (newer)
            kinship->words[at] = *word;
        return newer;
    }
    if (kinship->count == kinship->room) {
        kinship->room = kinship->room == 0 ? FIRST_ROOM : kinship->room * 2;
        kinship->words = realloc(kinship->words, kinship->room * sizeof *kinship->words);
        must(kinship->words != NULL);
    }
    memmove(kinship->words + at + 1, kinship->words + at, (kinship->count - at) * sizeof *kinship->words);
    kinship->words[at] = *word;
    kinship->count++;
    return true;
}

// Adds everybody who is one with the customer by now; nobody twice.
static void concern(struct kinship *kinship, uint32_t slot)
{
    for (size_t i = 0; i < kinship->move_count; i++)
        if (kinship->moves[i].slot == slot)
            return;
    uint32_t at = slot;
    do {
        if (kinship->move_count == kinship->move_room) {
            kinship->move_room = kinship->move_room == 0 ? FIRST_ROOM : kinship->move_room * 2;
            kinship->moves = realloc(kinship->moves, kinship->move_room * sizeof *kinship->moves);
            must(kinship->moves != NULL);
        }
        kinship->moves[kinship->move_count++] = (struct kin_move){.slot = at, .from = kinship_main(kinship, at)};
        at = kinship_next(kinship, at);
    } while (at != slot);
}

// The end of the chain. `most`: as many steps as there are customers in it; who goes further goes round a ring.
static uint32_t follow(const struct kinship *kinship, uint32_t slot, size_t most)
{
    const struct kin_word *word, *oldest = NULL;
    for (size_t steps = 0; steps < most; steps++) {
        word = word_of(kinship, slot);
        if (word == NULL || word->into == KINSHIP_ALONE)
            return slot;
        slot = word->into;
    }
    for (size_t steps = 0; steps < most; steps++) {
        word = word_of(kinship, slot);
        must(word != NULL && word->into != KINSHIP_ALONE);
        if (oldest == NULL || is_newer(oldest, word))
            oldest = word;
        slot = word->into;
    }
    return oldest->slot;
}

static int by_main(const void *left, const void *right)
{
    const struct kin_move *one = left, *other = right;
    if (one->to != other->to)
        return one->to < other->to ? -1 : 1;
    return (one->slot > other->slot) - (one->slot < other->slot);
}

static void place_all(struct kinship *kinship)
{
    struct kin_move *moves = kinship->moves;
    size_t count = kinship->move_count;
    for (size_t i = 0; i < count; i++)
        moves[i].to = follow(kinship, moves[i].slot, count);
    qsort(moves, count, sizeof *moves, by_main);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && moves[to].to == moves[from].to;)
            to++;
        for (size_t i = from; i < to; i++) {
            struct place *place = column_at(&kinship->places, moves[i].slot);
            kinship->parts -= place->main != 0;
            place->main = moves[i].to == moves[i].slot ? 0 : moves[i].to + 1;
            kinship->parts += place->main != 0;
            place->next = to - from == 1 ? 0 : moves[i + 1 < to ? i + 1 : from].slot + 1;
        }
    }
}

bool kinship_hear(struct kinship *kinship, const struct kin_word *word, const struct kin_move **ret_moves,
                  size_t *ret_count)
{
    if (word->into == word->slot || !keep(kinship, word))
        return false;
    kinship->move_count = 0;
    concern(kinship, word->slot);
    if (word->into != KINSHIP_ALONE)
        concern(kinship, word->into);
    place_all(kinship);
    size_t count = 0;
    for (size_t i = 0; i < kinship->move_count; i++)
        if (kinship->moves[i].from != kinship->moves[i].to)
            kinship->moves[count++] = kinship->moves[i];
    *ret_moves = kinship->moves;
    *ret_count = count;
    return true;
}
