#include "services/ingest/identity.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum {
    SLOTS_MIN = 1024,
    FILTER_BITS_PER_ENTRY = 10,
    FILTER_LINE_BITS = 512, // a cache line
    FILTER_PROBES = 6,
};

// seq 0: an empty slot. Linear probing; the table is never more than half full.
struct slot {
    uint64_t tag;
    uint64_t seq;
};

struct identities {
    struct slot *slots;
    size_t mask;
    size_t count;
};

struct filter {
    uint64_t (*lines)[FILTER_LINE_BITS / 64];
    size_t line_count;
};

static uint64_t number_at(const uint8_t *bytes)
{
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    return number;
}

// A large table comes zeroed from the system, page by page as it fills.
static struct slot *make_slots(size_t count)
{
    struct slot *slots = calloc(count, sizeof *slots);
    must(slots != NULL);
    return slots;
}

struct identities *identities_open(size_t expected)
{
    struct identities *identities = calloc(1, sizeof *identities);
    must(identities != NULL);
    size_t slots = SLOTS_MIN;
    while (slots < expected * 2)
        slots *= 2;
    identities->slots = make_slots(slots);
    identities->mask = slots - 1;
    return identities;
}

void identities_close(struct identities **identities)
{
    if (*identities == NULL)
        return;
    free((*identities)->slots);
    free(*identities);
    *identities = NULL;
}

void identities_clear(struct identities *identities)
{
    if (identities->count == 0)
        return;
    free(identities->slots);
    identities->slots = make_slots(identities->mask + 1);
    identities->count = 0;
}

size_t identities_count(const struct identities *identities)
{
    return identities->count;
}

static void put(struct identities *identities, uint64_t tag, uint64_t seq)
{
    size_t at = (size_t)tag & identities->mask;
    while (identities->slots[at].seq != 0)
        at = (at + 1) & identities->mask;
    identities->slots[at] = (struct slot){tag, seq};
    identities->count++;
}

// Moves all to a table of `slots` slots.
static void rebuild(struct identities *identities, size_t slots)
{
    struct slot *old = identities->slots;
    size_t old_count = identities->mask + 1;
    identities->slots = make_slots(slots);
    identities->mask = slots - 1;
    identities->count = 0;
    for (size_t i = 0; i < old_count; i++)
        if (old[i].seq != 0)
            put(identities, old[i].tag, old[i].seq);
    free(old);
}

void identities_add(struct identities *identities, const uint8_t *identity, uint64_t seq)
{
    must(seq != 0);
    if (identities->count * 2 > identities->mask)
        rebuild(identities, (identities->mask + 1) * 2);
    put(identities, number_at(identity), seq);
}

void identities_expect(const struct identities *identities, const uint8_t *identity)
{
    __builtin_prefetch(&identities->slots[(size_t)number_at(identity) & identities->mask], 1);
}

bool identities_find(const struct identities *identities, const uint8_t *identity, size_t *cursor, uint64_t *ret_seq)
{
    uint64_t tag = number_at(identity);
    for (;; ++*cursor) {
        const struct slot *slot = &identities->slots[((size_t)tag + *cursor) & identities->mask];
        if (slot->seq == 0)
            return false;
        if (slot->tag == tag) {
            ++*cursor;
            *ret_seq = slot->seq;
            return true;
        }
    }
}

struct filter *filter_open(size_t entries)
{
    struct filter *filter = calloc(1, sizeof *filter);
    must(filter != NULL);
    filter->line_count = entries * FILTER_BITS_PER_ENTRY / FILTER_LINE_BITS + 1;
    filter->lines = calloc(filter->line_count, sizeof *filter->lines);
    must(filter->lines != NULL);
    return filter;
}

void filter_close(struct filter **filter)
{
    if (*filter == NULL)
        return;
    free((*filter)->lines);
    free(*filter);
    *filter = NULL;
}

// The line comes from the first half of the identity, the bits in it from the second: 6 times 9 bits.
static uint64_t *line_of(const struct filter *filter, const uint8_t *identity)
{
    return filter->lines[number_at(identity) % filter->line_count];
}

void filter_add(struct filter *filter, const uint8_t *identity)
{
    uint64_t *line = line_of(filter, identity);
    uint64_t bits = number_at(identity + 8);
    for (int i = 0; i < FILTER_PROBES; i++, bits >>= 9)
        line[(bits & 511) / 64] |= UINT64_C(1) << (bits & 63);
}

void filter_expect(const struct filter *filter, const uint8_t *identity)
{
    __builtin_prefetch(line_of(filter, identity));
}

bool filter_may_hold(const struct filter *filter, const uint8_t *identity)
{
    const uint64_t *line = line_of(filter, identity);
    uint64_t bits = number_at(identity + 8);
    for (int i = 0; i < FILTER_PROBES; i++, bits >>= 9)
        if ((line[(bits & 511) / 64] >> (bits & 63) & 1) == 0)
            return false;
    return true;
}
