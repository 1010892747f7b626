#include "services/scoring/rank_cut.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum {
    HEADS_FIRST = 4,
    SORT_SMALL = 16,
    BLOCK_HALF = TIES_BLOCK / 2,
    BLOCK_BUILT = TIES_BLOCK / 4 * 3, // room left for what comes, so that the first changes do not split them all
};

// --- sorting

static void swap(struct member *left, struct member *right)
{
    struct member kept = *left;
    *left = *right;
    *right = kept;
}

static void sort_small(struct member *items, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t j = i; j > 0 && items[j].value < items[j - 1].value; j--)
            swap(&items[j], &items[j - 1]);
}

// Quicksort in three parts: equal values, of which a bucket may hold very many, are done with in one pass. The pivot is
// drawn by a fixed sequence, so that no feed can be arranged to make it slow; the larger part is left to the loop, so
// the depth is logarithmic.
static void sort(struct member *items, uint32_t count, uint64_t draw)
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

void members_sort(struct member *members, uint32_t count)
{
    sort(members, count, count);
}

// --- blocks

static struct tie_block *take_block(struct tie_stock *stock)
{
    struct tie_block *block = stock->spare;
    if (block != NULL) {
        stock->spare = block->next;
    } else {
        block = malloc(sizeof *block);
        must(block != NULL);
        stock->made++;
    }
    block->used = 0;
    return block;
}

static void give_block(struct tie_stock *stock, struct tie_block *block)
{
    block->next = stock->spare;
    stock->spare = block;
}

// A new block, empty for the moment, as number `at` of the list.
static struct tie_block *open_block(struct ties *ties, struct tie_stock *stock, uint32_t at)
{
    if (ties->used == ties->room) {
        ties->room = ties->room == 0 ? HEADS_FIRST : ties->room * 2;
        ties->heads = realloc(ties->heads, ties->room * sizeof *ties->heads);
        must(ties->heads != NULL);
    }
    struct tie_head *head = &ties->heads[at];
    memmove(head + 1, head, (ties->used - at) * sizeof *head);
    head->block = take_block(stock);
    ties->used++;
    return head->block;
}

static void close_block(struct ties *ties, struct tie_stock *stock, uint32_t at)
{
    struct tie_head *head = &ties->heads[at];
    give_block(stock, head->block);
    memmove(head, head + 1, (ties->used - at - 1) * sizeof *head);
    ties->used--;
}

static void append(struct tie_block *to, const struct tie *items, uint32_t count)
{
    memcpy(&to->items[to->used], items, count * sizeof *items);
    to->used += count;
}

// Leaves the first `keep` of a full block in it; the others, if any, go to a new one behind it.
static void split(struct ties *ties, struct tie_stock *stock, uint32_t at, uint32_t keep)
{
    struct tie_block *upper = open_block(ties, stock, at + 1);
    struct tie_block *lower = ties->heads[at].block;
    append(upper, &lower->items[keep], TIES_BLOCK - keep);
    lower->used = keep;
    ties->heads[at + 1].first = upper->items[0].value;
}

// Joins a block and the next one when half a block holds both.
static bool join(struct ties *ties, struct tie_stock *stock, uint32_t at)
{
    if (at + 1 >= ties->used)
        return false;
    struct tie_block *lower = ties->heads[at].block, *upper = ties->heads[at + 1].block;
    if (lower->used + upper->used > BLOCK_HALF)
        return false;
    append(lower, upper->items, upper->used);
    close_block(ties, stock, at + 1);
    return true;
}

// --- ties

// A place among the ties; `index` may be one past the last of its block.
struct spot {
    uint32_t block;
    uint32_t index;
};

// The first place whose value is not below `value`, or the end of the block before it. There must be a block.
static struct spot find(const struct ties *ties, int64_t value)
{
    uint32_t low = 0;
    for (uint32_t rest = ties->used; rest > 1;) {
        uint32_t half = rest / 2;
        low = ties->heads[low + half].first <= value ? low + half : low;
        rest -= half;
    }
    const struct tie_block *block = ties->heads[low].block;
    uint32_t index = 0;
    for (uint32_t rest = block->used; rest > 0;) {
        uint32_t half = (rest + 1) / 2;
        index = block->items[index + half - 1].value < value ? index + half : index;
        rest -= half;
    }
    return (struct spot){.block = low, .index = index};
}

static void put_in(struct ties *ties, struct tie_stock *stock, struct spot spot, int64_t value)
{
    if (ties->heads[spot.block].block->used == TIES_BLOCK) {
        // What only ever comes at the upper end, as times do, leaves full blocks behind.
        bool last = spot.block + 1 == ties->used && spot.index == TIES_BLOCK;
        uint32_t keep = last ? TIES_BLOCK : BLOCK_HALF;
        split(ties, stock, spot.block, keep);
        if (last || spot.index > keep) {
            spot.block++;
            spot.index -= keep;
        }
    }
    struct tie_block *block = ties->heads[spot.block].block;
    struct tie *item = &block->items[spot.index];
    memmove(item + 1, item, (block->used - spot.index) * sizeof *item);
    *item = (struct tie){.value = value, .count = 1};
    block->used++;
    ties->heads[spot.block].first = block->items[0].value;
}

static void take_out(struct ties *ties, struct tie_stock *stock, struct spot spot)
{
    struct tie_block *block = ties->heads[spot.block].block;
    struct tie *item = &block->items[spot.index];
    memmove(item, item + 1, (block->used - spot.index - 1) * sizeof *item);
    block->used--;
    if (block->used == 0) {
        close_block(ties, stock, spot.block);
        return;
    }
    ties->heads[spot.block].first = block->items[0].value;
    if (!join(ties, stock, spot.block) && spot.block > 0)
        join(ties, stock, spot.block - 1);
}

static void note(struct ties *ties, struct tie_stock *stock, int64_t value, bool came)
{
    if (ties->used == 0) {
        must(came);
        open_block(ties, stock, 0);
    }
    struct spot spot = find(ties, value);
    struct tie_block *block = ties->heads[spot.block].block;
    struct tie *item = &block->items[spot.index];
    bool known = spot.index < block->used && item->value == value;
    if (came && known)
        item->count++;
    else if (came)
        put_in(ties, stock, spot, value);
    else {
        must(known);
        if (--item->count == 0)
            take_out(ties, stock, spot);
    }
}

static void empty(struct ties *ties, struct tie_stock *stock)
{
    for (uint32_t i = 0; i < ties->used; i++)
        give_block(stock, ties->heads[i].block);
    ties->used = 0;
}

static void build(struct ties *ties, struct tie_stock *stock, struct member *members, uint32_t count)
{
    empty(ties, stock);
    members_sort(members, count);
    struct tie_block *block = NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0 && members[i].value == members[i - 1].value) {
            block->items[block->used - 1].count++;
            continue;
        }
        if (block == NULL || block->used == BLOCK_BUILT) {
            block = open_block(ties, stock, ties->used);
            ties->heads[ties->used - 1].first = members[i].value;
        }
        block->items[block->used++] = (struct tie){.value = members[i].value, .count = 1};
    }
}

struct tie ties_first(const struct ties *ties)
{
    must(ties->used > 0);
    return ties->heads[0].block->items[0];
}

struct tie ties_last(const struct ties *ties)
{
    must(ties->used > 0);
    const struct tie_block *block = ties->heads[ties->used - 1].block;
    return block->items[block->used - 1];
}

// --- the shelf

static bool filtered(const struct shelf *shelf, uint32_t bucket)
{
    return (shelf->filter[bucket % SHELF_FILTER / 64] >> bucket % 64 & 1) == 0;
}

static void filter(struct shelf *shelf)
{
    memset(shelf->filter, 0, sizeof shelf->filter);
    for (uint32_t i = 0; i < shelf->used; i++)
        shelf->filter[shelf->buckets[i] % SHELF_FILTER / 64] |= UINT64_C(1) << shelf->buckets[i] % 64;
}

uint32_t shelf_find(const struct shelf *shelf, uint32_t bucket)
{
    if (filtered(shelf, bucket))
        return SHELF_NONE;
    for (uint32_t i = 0; i < shelf->used; i++)
        if (shelf->buckets[i] == bucket)
            return i;
    return SHELF_NONE;
}

void shelf_note(struct shelf *shelf, uint32_t bucket, int64_t value, bool came)
{
    uint32_t number = shelf_find(shelf, bucket);
    if (number != SHELF_NONE)
        note(&shelf->ties[number], &shelf->stock, value, came);
}

// Of the ties no cut stands on, those that were left first.
static uint32_t oldest(const struct shelf *shelf, const struct cut *cuts, unsigned cut_count)
{
    bool taken[SHELF_MAX] = {false};
    for (unsigned i = 0; i < cut_count; i++)
        if (!cuts[i].nowhere)
            taken[cuts[i].ties] = true;
    uint32_t least = SHELF_NONE;
    for (uint32_t i = 0; i < shelf->used; i++)
        if (!taken[i] && (least == SHELF_NONE || shelf->left[i] < shelf->left[least]))
            least = i;
    must(least != SHELF_NONE); // there are more than cuts
    return least;
}

uint32_t shelf_load(struct shelf *shelf, const struct cut *cuts, unsigned cut_count, uint32_t bucket,
                    struct member *members, uint32_t count)
{
    uint32_t number = shelf->used < SHELF_EACH * cut_count ? shelf->used++ : oldest(shelf, cuts, cut_count);
    shelf->buckets[number] = bucket;
    filter(shelf);
    build(&shelf->ties[number], &shelf->stock, members, count);
    return number;
}

void shelf_empty(struct shelf *shelf)
{
    for (uint32_t i = 0; i < shelf->used; i++)
        empty(&shelf->ties[i], &shelf->stock);
    shelf->used = 0;
    filter(shelf);
}

void shelf_free(struct shelf *shelf)
{
    shelf_empty(shelf);
    for (uint32_t i = 0; i < SHELF_MAX; i++)
        free(shelf->ties[i].heads);
    while (shelf->stock.spare != NULL)
        free(take_block(&shelf->stock));
    *shelf = (struct shelf){0};
}

size_t shelf_bytes(const struct shelf *shelf)
{
    size_t bytes = shelf->stock.made * sizeof(struct tie_block);
    for (uint32_t i = 0; i < SHELF_MAX; i++)
        bytes += shelf->ties[i].room * sizeof(struct tie_head);
    return bytes;
}

// --- cuts

struct rank_mass cut_at(const struct cut *cut)
{
    int128 each = cut->sums && cut->value > 0 ? cut->value : 0;
    return (struct rank_mass){.count = cut->on, .sum = each * cut->on};
}

void cut_stand(struct cut *cut, struct tie tie)
{
    cut->value = tie.value;
    cut->on = tie.count;
}

static int lean_share(const struct rank_rule *rule, const struct cut_goal *goal, struct rank_mass above,
                      struct rank_mass at)
{
    int128 limit = goal->positive.sum * rule->numerator;
    if (above.sum * rule->parts >= limit)
        return 1;
    bool lower = above.count + at.count < goal->positive.count;
    if (lower && (above.sum + at.sum) * rule->parts < limit)
        return -1;
    return at.count == 0 ? 1 : 0;
}

static int lean_part(const struct rank_rule *rule, const struct cut_goal *goal, struct rank_mass above,
                     struct rank_mass at)
{
    uint64_t share = ((uint64_t)rule->numerator * goal->population + rule->parts - 1) / rule->parts;
    uint64_t target = goal->members - goal->population + share - 1;
    uint64_t less = goal->members - above.count - at.count;
    if (less > target)
        return -1;
    return less + at.count <= target ? 1 : 0;
}

static int lean_top(const struct rank_rule *rule, const struct cut_goal *goal, struct rank_mass above,
                    struct rank_mass at)
{
    uint64_t share = ((uint64_t)rule->numerator * goal->members + rule->parts - 1) / rule->parts;
    if (above.count >= share)
        return 1;
    return above.count + at.count < share ? -1 : 0;
}

bool cut_anything(const struct rank_rule *rule, const struct cut_goal *goal)
{
    if (rule->way == RANK_SHARE)
        return goal->positive.count > 0;
    return (rule->way == RANK_TOP ? goal->members : goal->population) > 0;
}

int cut_lean(const struct rank_rule *rule, const struct cut_goal *goal, struct rank_mass above, struct rank_mass at)
{
    if (rule->way == RANK_SHARE)
        return lean_share(rule, goal, above, at);
    return rule->way == RANK_PART ? lean_part(rule, goal, above, at) : lean_top(rule, goal, above, at);
}

static bool step_down(const struct ties *ties, struct spot *spot)
{
    if (spot->index == 0) {
        if (spot->block == 0)
            return false;
        spot->block--;
        spot->index = ties->heads[spot->block].block->used;
    }
    spot->index--;
    return true;
}

// To the next value, from one on which the cut stands (`taken`) or from the place where the value would be.
static bool step_up(const struct ties *ties, bool taken, struct spot *spot)
{
    spot->index += taken;
    if (spot->index == ties->heads[spot->block].block->used) {
        if (spot->block + 1 == ties->used)
            return false;
        spot->block++;
        spot->index = 0;
    }
    return true;
}

int cut_move(struct cut *cut, const struct ties *ties, const struct cut_goal *goal)
{
    int lean = cut_lean(&cut->rule, goal, cut->above, cut_at(cut));
    if (lean == 0 || ties->used == 0)
        return lean;
    struct spot spot = find(ties, cut->value);
    for (; lean != 0; lean = cut_lean(&cut->rule, goal, cut->above, cut_at(cut))) {
        struct rank_mass here = cut_at(cut);
        if (lean < 0 ? !step_down(ties, &spot) : !step_up(ties, here.count > 0, &spot))
            return lean;
        cut_stand(cut, ties->heads[spot.block].block->items[spot.index]);
        if (lean < 0) {
            cut->above.count += here.count;
            cut->above.sum += here.sum;
        } else {
            struct rank_mass next = cut_at(cut);
            cut->above.count -= next.count;
            cut->above.sum -= next.sum;
        }
    }
    return 0;
}

// --- drift

void drift_note(struct drift *drift, int64_t value, uint64_t one, int128 worth)
{
    uint32_t below = 0; // how many cuts stand on this value or lower
    for (uint32_t rest = drift->count; rest > 0;) {
        uint32_t half = (rest + 1) / 2;
        below = drift->values[below + half - 1] <= value ? below + half : below;
        rest -= half;
    }
    bool on = below > 0 && drift->values[below - 1] == value;
    uint32_t place = 2 * below - on;
    drift->counts[place] += one;
    drift->sums[place] += worth;
    drift->any = true;
}

void drift_tell(struct drift *drift, struct cut *cuts)
{
    struct rank_mass above = {0}, on = {0}; // of cuts on the same value only the last one's place counts
    for (uint32_t i = drift->count; i-- > 0;) {
        if (i + 1 == drift->count || drift->values[i] != drift->values[i + 1]) {
            above.count += on.count + drift->counts[2 * i + 2];
            above.sum += on.sum + drift->sums[2 * i + 2];
            on = (struct rank_mass){.count = drift->counts[2 * i + 1], .sum = drift->sums[2 * i + 1]};
        }
        struct cut *cut = &cuts[drift->order[i]];
        cut->above.count += above.count;
        cut->above.sum += above.sum;
        cut->on += on.count;
    }
    drift->any = false;
    memset(drift->counts, 0, (2 * drift->count + 1) * sizeof drift->counts[0]);
    memset(drift->sums, 0, (2 * drift->count + 1) * sizeof drift->sums[0]);
}

void drift_follow(struct drift *drift, const struct cut *cuts, unsigned cut_count)
{
    // Cuts seldom overtake each other, so the order of last time is nearly that of now.
    uint32_t standing = 0;
    bool same = true;
    for (unsigned i = 0; i < cut_count; i++)
        standing += !cuts[i].nowhere;
    for (uint32_t i = 0; i < drift->count; i++)
        same &= !cuts[drift->order[i]].nowhere;
    if (!same || standing != drift->count) {
        drift->count = 0;
        for (unsigned i = 0; i < cut_count; i++)
            if (!cuts[i].nowhere)
                drift->order[drift->count++] = (uint8_t)i;
    }
    for (uint32_t i = 0; i < drift->count; i++) {
        uint8_t number = drift->order[i];
        int64_t value = cuts[number].value;
        uint32_t at = i;
        for (; at > 0 && drift->values[at - 1] > value; at--) {
            drift->values[at] = drift->values[at - 1];
            drift->order[at] = drift->order[at - 1];
        }
        drift->values[at] = value;
        drift->order[at] = number;
    }
}
