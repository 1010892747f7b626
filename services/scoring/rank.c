#include "services/scoring/rank.h"

#include "common/must.h"
#include "services/scoring/rank_cut.h"

#include <stdlib.h>
#include <string.h>

enum {
    SUB_BITS = 8, // 256 buckets for each doubling: no bucket is wider than 0.4 % of its values
    SUBS = 1 << SUB_BITS,
    HALF = SUBS + (63 - SUB_BITS) * SUBS, // buckets for the values from 0 up
    HOUR_MS = 3600000,
    HOURS = 24 * 366 * 45, // to 2045
    BUCKET_FIRST = 4,
    WORD = 64,
    ABSENT = -1,
};
static const int64_t year_2000_ms = INT64_C(946684800000);

// Members of neighbouring values, in no order.
struct bucket {
    struct member *members;
    uint32_t used;
    uint32_t room;
};

struct place {
    int32_t bucket;
    uint32_t index;
};

struct rank {
    enum rank_scale scale;
    uint32_t bucket_count;
    struct bucket *buckets;
    int128 *sums;         // of positive values, per bucket; RANK_MONEY only
    uint64_t *filled;     // a bit for each bucket that has members
    uint64_t *words;      // a bit for each word of `filled` that is not 0
    struct place *places; // by slot
    uint32_t slots;
    uint64_t members;
    struct rank_mass positive;
    struct cut cuts[RANK_CUTS_MAX];
    unsigned cut_count;
    struct drift drift;
    uint64_t population; // as last told
    struct shelf shelf;
    struct member *sorted; // room to sort the members of a bucket
    uint32_t sorted_room;
    struct rank_tie *listed; // room to list the values of a bucket
    uint32_t listed_room;
};

static const uint32_t bucket_counts[] = {[RANK_MONEY] = 2 * HALF, [RANK_TIME] = HOURS};

static uint32_t log_linear(uint64_t size)
{
    if (size < SUBS)
        return (uint32_t)size;
    uint32_t top = 63 - (uint32_t)__builtin_clzll(size);
    uint32_t shift = top - SUB_BITS;
    return (shift + 1) * SUBS + (uint32_t)(size >> shift) - SUBS;
}

static uint32_t bucket_of(enum rank_scale scale, int64_t value)
{
    if (scale == RANK_MONEY)
        return value >= 0 ? HALF + log_linear((uint64_t)value) : HALF - 1 - log_linear((uint64_t) - (value + 1));
    int64_t number = value < year_2000_ms ? 0 : (value - year_2000_ms) / HOUR_MS;
    return number < HOURS ? (uint32_t)number : HOURS - 1;
}

struct rank *rank_open(enum rank_scale scale)
{
    struct rank *rank = calloc(1, sizeof *rank);
    must(rank != NULL);
    rank->scale = scale;
    rank->bucket_count = bucket_counts[scale];
    uint32_t words = rank->bucket_count / WORD + 1;
    rank->buckets = calloc(rank->bucket_count, sizeof *rank->buckets);
    rank->filled = calloc(words, sizeof *rank->filled);
    rank->words = calloc(words / WORD + 1, sizeof *rank->words);
    must(rank->buckets != NULL && rank->filled != NULL && rank->words != NULL);
    if (scale == RANK_MONEY) {
        rank->sums = calloc(rank->bucket_count, sizeof *rank->sums);
        must(rank->sums != NULL);
    }
    return rank;
}

unsigned rank_cut(struct rank *rank, struct rank_rule rule)
{
    must(rank->cut_count < RANK_CUTS_MAX && rank->members == 0);
    must(rule.way == RANK_NO_WAY || (rule.numerator > 0 && rule.numerator < rule.parts));
    must(rule.way != RANK_SHARE || rank->scale == RANK_MONEY);
    rank->cuts[rank->cut_count] = (struct cut){.rule = rule, .nowhere = true, .sums = rank->sums != NULL};
    return rank->cut_count++;
}

// --- which buckets have members

static void mark_filled(struct rank *rank, uint32_t bucket)
{
    uint32_t word = bucket / WORD;
    rank->filled[word] |= UINT64_C(1) << bucket % WORD;
    rank->words[word / WORD] |= UINT64_C(1) << word % WORD;
}

static void mark_empty(struct rank *rank, uint32_t bucket)
{
    uint32_t word = bucket / WORD;
    rank->filled[word] &= ~(UINT64_C(1) << bucket % WORD);
    if (rank->filled[word] == 0)
        rank->words[word / WORD] &= ~(UINT64_C(1) << word % WORD);
}

// The lowest set bit from `from` up, looked for through the words that have any; `limit` when there is none.
static uint32_t bit_from(const uint64_t *bits, uint32_t from, uint32_t limit)
{
    while (from < limit) {
        uint64_t word = bits[from / WORD] >> from % WORD;
        if (word != 0)
            return from + (uint32_t)__builtin_ctzll(word);
        from = (from / WORD + 1) * WORD;
    }
    return limit;
}

// The first bucket with members from `from` up; bucket_count when there is none.
static uint32_t filled_from(const struct rank *rank, uint32_t from)
{
    const uint32_t words = rank->bucket_count / WORD + 1;
    if (from >= rank->bucket_count)
        return rank->bucket_count;
    uint64_t rest = rank->filled[from / WORD] >> from % WORD;
    if (rest != 0)
        return from + (uint32_t)__builtin_ctzll(rest);
    uint32_t word = bit_from(rank->words, from / WORD + 1, words);
    return word >= words ? rank->bucket_count : word * WORD + (uint32_t)__builtin_ctzll(rank->filled[word]);
}

// The last bucket with members below `below`; bucket_count when there is none.
static uint32_t filled_below(const struct rank *rank, uint32_t below)
{
    for (uint32_t at = below; at > 0;) {
        uint32_t word = (at - 1) / WORD, bit = (at - 1) % WORD;
        uint64_t rest = rank->filled[word] << (WORD - 1 - bit);
        if (rest != 0)
            return at - 1 - (uint32_t)__builtin_clzll(rest);
        at = word * WORD;
        uint32_t group = word / WORD;
        if (word % WORD == 0 && group > 0 && rank->words[group - 1] == 0)
            at -= WORD * WORD; // nothing in the sixty-four words before
    }
    return rank->bucket_count;
}

static void empty_buckets(struct rank *rank)
{
    for (uint32_t at = filled_from(rank, 0); at < rank->bucket_count; at = filled_from(rank, at + 1)) {
        free(rank->buckets[at].members);
        rank->buckets[at] = (struct bucket){0};
        if (rank->sums != NULL)
            rank->sums[at] = 0;
    }
}

void rank_close(struct rank **rank)
{
    if (*rank == NULL)
        return;
    empty_buckets(*rank);
    shelf_free(&(*rank)->shelf);
    free((*rank)->buckets);
    free((*rank)->sums);
    free((*rank)->filled);
    free((*rank)->words);
    free((*rank)->places);
    free((*rank)->sorted);
    free((*rank)->listed);
    free(*rank);
    *rank = NULL;
}

void rank_clear(struct rank *rank)
{
    const uint32_t words = rank->bucket_count / WORD + 1;
    empty_buckets(rank);
    shelf_empty(&rank->shelf);
    memset(rank->filled, 0, words * sizeof *rank->filled);
    memset(rank->words, 0, (words / WORD + 1) * sizeof *rank->words);
    for (uint32_t i = 0; i < rank->slots; i++)
        rank->places[i].bucket = ABSENT;
    rank->members = 0;
    rank->positive = (struct rank_mass){0};
    rank->drift = (struct drift){0};
    rank->population = 0;
    for (unsigned i = 0; i < rank->cut_count; i++)
        rank->cuts[i].nowhere = true;
}

// --- changes

static void note(struct rank *rank, uint32_t bucket, int64_t value, bool came)
{
    int128 worth = rank->sums != NULL && value > 0 ? value : 0;
    uint64_t one = came ? 1 : UINT64_MAX; // adding it takes one away
    worth = came ? worth : -worth;
    rank->members += one;
    if (value > 0) {
        rank->positive.count += one;
        rank->positive.sum += worth;
    }
    if (rank->sums != NULL)
        rank->sums[bucket] += worth;
    drift_note(&rank->drift, value, one, worth);
    shelf_note(&rank->shelf, bucket, value, came);
}

static void grow_bucket(struct bucket *bucket)
{
    uint32_t room = bucket->room == 0 ? BUCKET_FIRST : bucket->room * 2;
    bucket->members = realloc(bucket->members, room * sizeof *bucket->members);
    must(bucket->members != NULL);
    bucket->room = room;
}

static void insert(struct rank *rank, uint32_t slot, uint32_t number, int64_t value)
{
    struct bucket *bucket = &rank->buckets[number];
    if (bucket->used == bucket->room)
        grow_bucket(bucket);
    if (bucket->used == 0)
        mark_filled(rank, number);
    bucket->members[bucket->used] = (struct member){.value = value, .slot = slot};
    rank->places[slot] = (struct place){.bucket = (int32_t)number, .index = bucket->used};
    bucket->used++;
    note(rank, number, value, true);
}

static void take_out(struct rank *rank, uint32_t slot)
{
    struct place place = rank->places[slot];
    struct bucket *bucket = &rank->buckets[place.bucket];
    int64_t value = bucket->members[place.index].value;
    uint32_t last = --bucket->used;
    if (place.index != last) {
        struct member moved = bucket->members[last];
        bucket->members[place.index] = moved;
        rank->places[moved.slot].index = place.index;
    }
    rank->places[slot].bucket = ABSENT;
    if (last == 0) {
        mark_empty(rank, (uint32_t)place.bucket);
        free(bucket->members);
        *bucket = (struct bucket){0};
    }
    note(rank, (uint32_t)place.bucket, value, false);
}

static void reserve_slot(struct rank *rank, uint32_t slot)
{
    if (slot < rank->slots)
        return;
    uint32_t slots = rank->slots == 0 ? 1024 : rank->slots;
    while (slots <= slot)
        slots *= 2;
    rank->places = realloc(rank->places, slots * sizeof *rank->places);
    must(rank->places != NULL);
    for (uint32_t i = rank->slots; i < slots; i++)
        rank->places[i].bucket = ABSENT;
    rank->slots = slots;
}

void rank_put(struct rank *rank, uint32_t slot, int64_t value)
{
    must(value < RANK_NONE);
    reserve_slot(rank, slot);
    uint32_t number = bucket_of(rank->scale, value);
    struct place place = rank->places[slot];
    if (place.bucket == ABSENT) {
        insert(rank, slot, number, value);
        return;
    }
    int64_t *kept = &rank->buckets[place.bucket].members[place.index].value;
    if (*kept == value)
        return;
    if ((uint32_t)place.bucket != number) {
        take_out(rank, slot);
        insert(rank, slot, number, value);
        return;
    }
    note(rank, number, *kept, false);
    *kept = value;
    note(rank, number, value, true);
}

void rank_expect(const struct rank *rank, uint32_t slot)
{
    if (slot < rank->slots)
        __builtin_prefetch(&rank->places[slot], 1);
}

void rank_approach(const struct rank *rank, uint32_t slot)
{
    if (slot >= rank->slots || rank->places[slot].bucket == ABSENT)
        return;
    const struct bucket *bucket = &rank->buckets[rank->places[slot].bucket];
    __builtin_prefetch(&bucket->members[rank->places[slot].index], 1);
    __builtin_prefetch(&bucket->members[bucket->used - 1], 1); // it may take the other's place
}

void rank_drop(struct rank *rank, uint32_t slot)
{
    if (slot < rank->slots && rank->places[slot].bucket != ABSENT)
        take_out(rank, slot);
}

// --- cuts

static struct rank_mass bucket_mass(const struct rank *rank, uint32_t bucket)
{
    return (struct rank_mass){.count = rank->buckets[bucket].used, .sum = rank->sums != NULL ? rank->sums[bucket] : 0};
}

static struct rank_mass plus(struct rank_mass left, struct rank_mass right)
{
    return (struct rank_mass){.count = left.count + right.count, .sum = left.sum + right.sum};
}

static struct rank_mass minus(struct rank_mass left, struct rank_mass right)
{
    return (struct rank_mass){.count = left.count - right.count, .sum = left.sum - right.sum};
}

// A copy of a bucket's members, for the caller to sort.
static struct member *copy_members(struct rank *rank, const struct bucket *bucket)
{
    if (bucket->used > rank->sorted_room) {
        rank->sorted = realloc(rank->sorted, bucket->room * sizeof *rank->sorted);
        must(rank->sorted != NULL);
        rank->sorted_room = bucket->room;
    }
    memcpy(rank->sorted, bucket->members, bucket->used * sizeof *rank->sorted);
    return rank->sorted;
}

// Moves the cut to another bucket. Its values may be kept already, for another cut or since this one was there.
static const struct ties *load_ties(struct rank *rank, struct cut *cut, uint32_t number)
{
    struct shelf *shelf = &rank->shelf;
    if (!cut->nowhere)
        shelf->left[cut->ties] = ++shelf->moves;
    uint32_t ties = shelf_find(shelf, number);
    if (ties == SHELF_NONE) {
        const struct bucket *bucket = &rank->buckets[number];
        ties = shelf_load(shelf, rank->cuts, rank->cut_count, number, copy_members(rank, bucket), bucket->used);
    }
    cut->bucket = number;
    cut->ties = ties;
    return &shelf->ties[ties];
}

// Stands the cut on the highest value below its bucket that it may belong to; whole buckets are passed by their sums.
static void leave_down(struct rank *rank, const struct cut_goal *goal, struct cut *cut, struct rank_mass above,
                       uint32_t below)
{
    uint32_t bucket = filled_below(rank, below);
    must(bucket < rank->bucket_count);
    while (cut_lean(&cut->rule, goal, above, bucket_mass(rank, bucket)) < 0) {
        above = plus(above, bucket_mass(rank, bucket));
        bucket = filled_below(rank, bucket);
        must(bucket < rank->bucket_count);
    }
    cut_stand(cut, ties_last(load_ties(rank, cut, bucket)));
    cut->above = above;
}

// The same upwards, to the lowest value above its bucket.
static void leave_up(struct rank *rank, const struct cut_goal *goal, struct cut *cut)
{
    struct rank_mass from = cut->above; // all of it lies in buckets above this one
    uint32_t bucket = filled_from(rank, cut->bucket + 1);
    must(bucket < rank->bucket_count);
    while (cut_lean(&cut->rule, goal, minus(from, bucket_mass(rank, bucket)), bucket_mass(rank, bucket)) > 0) {
        from = minus(from, bucket_mass(rank, bucket));
        bucket = filled_from(rank, bucket + 1);
        must(bucket < rank->bucket_count);
    }
    cut_stand(cut, ties_first(load_ties(rank, cut, bucket)));
    cut->above = minus(from, cut_at(cut));
}

static void settle(struct rank *rank, const struct cut_goal *goal, struct cut *cut)
{
    if (!cut_anything(&cut->rule, goal)) {
        cut->nowhere = true;
        return;
    }
    if (cut->nowhere) {
        leave_down(rank, goal, cut, (struct rank_mass){0}, rank->bucket_count);
        cut->nowhere = false;
    }
    for (;;) {
        int lean = cut_move(cut, &rank->shelf.ties[cut->ties], goal);
        if (lean == 0)
            return;
        if (lean < 0)
            leave_down(rank, goal, cut, plus(cut->above, cut_at(cut)), cut->bucket);
        else
            leave_up(rank, goal, cut);
    }
}

void rank_settle(struct rank *rank, uint64_t population)
{
    must(population <= rank->members);
    if (!rank->drift.any && population == rank->population)
        return;
    struct cut_goal goal = {.positive = rank->positive, .members = rank->members, .population = population};
    drift_tell(&rank->drift, rank->cuts);
    for (unsigned i = 0; i < rank->cut_count; i++)
        if (rank->cuts[i].rule.way != RANK_NO_WAY)
            settle(rank, &goal, &rank->cuts[i]);
    drift_follow(&rank->drift, rank->cuts, rank->cut_count);
    rank->population = population;
}

struct rank_stand rank_cut_stand(const struct rank *rank, unsigned cut)
{
    must(cut < rank->cut_count);
    const struct cut *where = &rank->cuts[cut];
    if (where->nowhere)
        return (struct rank_stand){.value = RANK_NONE};
    return (struct rank_stand){.value = where->value, .on = where->on, .above = where->above};
}

struct rank_mass rank_upper(const struct rank_stand *stand)
{
    int128 each = stand->on > 0 && stand->value > 0 ? stand->value : 0;
    return (struct rank_mass){.count = stand->above.count + stand->on, .sum = stand->above.sum + each * stand->on};
}

// --- looking

uint64_t rank_count(const struct rank *rank)
{
    return rank->members;
}

struct rank_mass rank_positive(const struct rank *rank)
{
    return rank->positive;
}

bool rank_value(const struct rank *rank, uint32_t slot, int64_t *ret_value)
{
    if (slot >= rank->slots || rank->places[slot].bucket == ABSENT)
        return false;
    *ret_value = rank->buckets[rank->places[slot].bucket].members[rank->places[slot].index].value;
    return true;
}

struct rank_mass rank_above(const struct rank *rank, int64_t value)
{
    uint32_t number = bucket_of(rank->scale, value);
    const struct bucket *bucket = &rank->buckets[number];
    struct rank_mass above = {0};
    for (uint32_t i = 0; i < bucket->used; i++) {
        int64_t other = bucket->members[i].value;
        if (other > value) {
            above.count++;
            above.sum += rank->sums != NULL && other > 0 ? other : 0;
        }
    }
    for (uint32_t at = filled_from(rank, number + 1); at < rank->bucket_count; at = filled_from(rank, at + 1))
        above = plus(above, bucket_mass(rank, at));
    return above;
}

void rank_walk(const struct rank *rank, int64_t from, int64_t to, rank_visit *visit, void *context)
{
    if (from >= to || rank->members == 0)
        return;
    uint32_t last = bucket_of(rank->scale, to - 1);
    for (uint32_t at = filled_from(rank, bucket_of(rank->scale, from)); at <= last && at < rank->bucket_count;
         at = filled_from(rank, at + 1)) {
        const struct bucket *bucket = &rank->buckets[at];
        for (uint32_t i = 0; i < bucket->used; i++) {
            struct member member = bucket->members[i];
            if (member.value >= from && member.value < to && !visit(context, member.slot, member.value))
                return;
        }
    }
}

static int falling(const void *left, const void *right)
{
    const struct member *one = left, *other = right;
    if (one->value != other->value)
        return one->value > other->value ? -1 : 1;
    return one->slot < other->slot ? -1 : one->slot > other->slot;
}

void rank_descend(struct rank *rank, rank_visit *visit, void *context)
{
    for (uint32_t at = filled_below(rank, rank->bucket_count); at < rank->bucket_count; at = filled_below(rank, at)) {
        const struct bucket *bucket = &rank->buckets[at];
        struct member *members = copy_members(rank, bucket);
        qsort(members, bucket->used, sizeof *members, falling);
        for (uint32_t i = 0; i < bucket->used; i++)
            if (!visit(context, members[i].slot, members[i].value))
                return;
    }
}

bool rank_next(const struct rank *rank, int64_t from, int64_t *ret_value)
{
    uint32_t first = bucket_of(rank->scale, from);
    for (uint32_t at = filled_from(rank, first); at < rank->bucket_count; at = filled_from(rank, at + 1)) {
        const struct bucket *bucket = &rank->buckets[at];
        int64_t least = RANK_NONE;
        for (uint32_t i = 0; i < bucket->used; i++)
            if (bucket->members[i].value >= from && bucket->members[i].value < least)
                least = bucket->members[i].value;
        if (least != RANK_NONE) {
            *ret_value = least;
            return true;
        }
    }
    return false;
}

bool rank_pile(const struct rank *rank, uint32_t from, struct rank_pile *ret_pile)
{
    uint32_t bucket = filled_from(rank, from);
    if (bucket >= rank->bucket_count)
        return false;
    struct rank_mass mass = bucket_mass(rank, bucket);
    *ret_pile = (struct rank_pile){.bucket = bucket, .count = mass.count, .sum = mass.sum};
    return true;
}

uint32_t rank_buckets(enum rank_scale scale)
{
    return bucket_counts[scale];
}

uint32_t rank_bucket(enum rank_scale scale, int64_t value)
{
    return bucket_of(scale, value);
}

size_t rank_ties(struct rank *rank, uint32_t bucket, const struct rank_tie **ret_ties)
{
    must(bucket < rank->bucket_count);
    uint32_t used = rank->buckets[bucket].used;
    if (used == 0)
        return 0;
    const struct member *members = copy_members(rank, &rank->buckets[bucket]);
    members_sort(rank->sorted, used);
    if (used > rank->listed_room) {
        rank->listed = realloc(rank->listed, used * sizeof *rank->listed);
        must(rank->listed != NULL);
        rank->listed_room = used;
    }
    size_t count = 0;
    for (uint32_t i = 0; i < used; i++) {
        if (i == 0 || members[i].value != members[i - 1].value)
            rank->listed[count++] = (struct rank_tie){.value = members[i].value};
        rank->listed[count - 1].count++;
    }
    *ret_ties = rank->listed;
    return count;
}

size_t rank_bytes(const struct rank *rank)
{
    size_t bytes = sizeof *rank + rank->listed_room * sizeof *rank->listed + rank->slots * sizeof *rank->places +
                   rank->sorted_room * sizeof *rank->sorted;
    bytes += rank->bucket_count * (sizeof(struct bucket) + (rank->sums != NULL ? sizeof(int128) : 0));
    for (uint32_t i = 0; i < rank->bucket_count; i++)
        bytes += rank->buckets[i].room * sizeof(struct member);
    bytes += shelf_bytes(&rank->shelf);
    return bytes;
}
