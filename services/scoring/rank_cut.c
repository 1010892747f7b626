#include "services/scoring/rank_cut.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum { TIES_FIRST = 64, SORT_SMALL = 16 };

static void reserve(struct ties *ties, uint32_t count)
{
    if (count <= ties->room)
        return;
    uint32_t room = ties->room == 0 ? TIES_FIRST : ties->room;
    while (room < count)
        room *= 2;
    ties->items = realloc(ties->items, room * sizeof *ties->items);
    must(ties->items != NULL);
    ties->room = room;
}

static void swap(struct tie *left, struct tie *right)
{
    struct tie kept = *left;
    *left = *right;
    *right = kept;
}

static void sort_small(struct tie *items, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t j = i; j > 0 && items[j].value < items[j - 1].value; j--)
            swap(&items[j], &items[j - 1]);
}

// Quicksort in three parts: equal values, of which a bucket may hold very many, are done with in one pass. The pivot is
// drawn by a fixed sequence, so that no feed can be arranged to make it slow; the larger part is left to the loop, so
// the depth is logarithmic.
static void sort(struct tie *items, uint32_t count, uint64_t draw)
{
    while (count > SORT_SMALL) {
        draw = draw * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        int64_t pivot = items[(draw >> 33) % count].value;
        uint32_t low = 0, high = count;
        for (uint32_t i = 0; i < high;) {
            if (items[i].value < pivot)
                swap(&items[i++], &items[low++]);
            else if (items[i].value > pivot)
                swap(&items[i], &items[--high]);
            else
                i++;
        }
        if (low < count - high) {
            sort(items, low, draw);
            items += high;
            count -= high;
        } else {
            sort(items + high, count - high, draw);
            count = low;
        }
    }
    sort_small(items, count);
}

void ties_build(struct ties *ties, const struct member *members, uint32_t count)
{
    must(count > 0);
    reserve(ties, count);
    for (uint32_t i = 0; i < count; i++)
        ties->items[i] = (struct tie){.value = members[i].value, .count = 1};
    sort(ties->items, count, count);
    uint32_t last = 0;
    for (uint32_t i = 1; i < count; i++) {
        if (ties->items[i].value == ties->items[last].value)
            ties->items[last].count++;
        else
            ties->items[++last] = ties->items[i];
    }
    ties->used = last + 1;
}

// The first place whose value is not below `value`.
static uint32_t find(const struct ties *ties, int64_t value)
{
    uint32_t low = 0, high = ties->used;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ties->items[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void take_out(struct cut *cut, uint32_t place)
{
    struct ties *ties = &cut->ties;
    memmove(&ties->items[place], &ties->items[place + 1], (ties->used - place - 1) * sizeof *ties->items);
    ties->used--;
    if (place < cut->place)
        cut->place--;
}

void cut_note(struct cut *cut, int64_t value, bool came)
{
    struct ties *ties = &cut->ties;
    uint32_t place = find(ties, value);
    bool known = place < ties->used && ties->items[place].value == value;
    if (came && known) {
        ties->items[place].count++;
    } else if (came) {
        reserve(ties, ties->used + 1);
        memmove(&ties->items[place + 1], &ties->items[place], (ties->used - place) * sizeof *ties->items);
        ties->items[place] = (struct tie){.value = value, .count = 1};
        ties->used++;
        if (place <= cut->place)
            cut->place++;
    } else {
        must(known && ties->items[place].count > 0);
        if (--ties->items[place].count == 0 && place != cut->place)
            take_out(cut, place);
    }
}

struct rank_mass cut_at(const struct cut *cut)
{
    const struct tie *tie = &cut->ties.items[cut->place];
    int128 each = cut->sums && tie->value > 0 ? tie->value : 0;
    return (struct rank_mass){.count = tie->count, .sum = each * tie->count};
}

static int lean_share(const struct cut *cut, const struct cut_goal *goal, struct rank_mass above, struct rank_mass at)
{
    int128 limit = goal->positive.sum * cut->share_ppm;
    if (above.sum * RANK_PPM >= limit)
        return 1;
    bool lower = above.count + at.count < goal->positive.count;
    if (lower && (above.sum + at.sum) * RANK_PPM < limit)
        return -1;
    return at.count == 0 ? 1 : 0;
}

static int lean_part(const struct cut *cut, const struct cut_goal *goal, struct rank_mass above, struct rank_mass at)
{
    uint64_t share = ((uint64_t)cut->numerator * goal->population + cut->parts - 1) / cut->parts;
    uint64_t target = goal->members - goal->population + share - 1;
    uint64_t less = goal->members - above.count - at.count;
    if (less > target)
        return -1;
    return less + at.count <= target ? 1 : 0;
}

int cut_lean(const struct cut *cut, const struct cut_goal *goal, struct rank_mass above, struct rank_mass at)
{
    return cut->share_ppm > 0 ? lean_share(cut, goal, above, at) : lean_part(cut, goal, above, at);
}

bool cut_step(struct cut *cut, int direction)
{
    uint32_t from = cut->place;
    if (direction < 0 ? from == 0 : from + 1 >= cut->ties.used)
        return false;
    struct rank_mass here = cut_at(cut);
    if (direction < 0) {
        cut->above.count += here.count;
        cut->above.sum += here.sum;
        cut->place--;
    } else {
        cut->place++;
        struct rank_mass next = cut_at(cut);
        cut->above.count -= next.count;
        cut->above.sum -= next.sum;
    }
    if (here.count == 0)
        take_out(cut, from);
    cut->value = cut->ties.items[cut->place].value;
    return true;
}

void cut_free(struct cut *cut)
{
    free(cut->ties.items);
    cut->ties = (struct ties){0};
}
