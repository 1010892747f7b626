#include "services/scoring/claim.h"

#include "common/must.h"

#include <string.h>

#define NOT_PLACED INT64_MIN

void claim_start(struct claim *claim, uint32_t slot, uint64_t source)
{
    claim->number = claim->before = UINT32_MAX;
    claim->slot = claim->party = slot;
    claim->shared = false;
    claim->source = source;
    claim->said_ms = INT64_MIN;
    claim->said_tie = 0;
    order_start(&claim->order);
}

static bool is_newer(int64_t time_ms, uint64_t tie, const struct claim *claim)
{
    return time_ms != claim->said_ms ? time_ms > claim->said_ms : tie > claim->said_tie;
}

bool claim_word(struct claim *claim, int64_t time_ms, uint64_t tie)
{
    if (!is_newer(time_ms, tie, claim))
        return false;
    claim->said_ms = time_ms;
    claim->said_tie = tie;
    return true;
}

// The groups of claims about one order; each goes by its first claim.
static void unite(uint8_t *of, size_t count, size_t one, size_t other)
{
    uint8_t first = of[one] < of[other] ? of[one] : of[other], second = of[one] < of[other] ? of[other] : of[one];
    for (size_t i = 0; i < count; i++)
        if (of[i] == second)
            of[i] = first;
}

// What is known of the claims of one source, at the place of the first of them.
struct telling {
    int64_t placed_ms; // the earliest; NOT_PLACED
    int64_t said_ms;   // the newest word
};

static void find_tellings(const struct claims *claims, const uint8_t *group, struct telling *tellings)
{
    for (size_t i = 0; i < claims->count; i++)
        tellings[i] = (struct telling){NOT_PLACED, INT64_MIN};
    for (size_t i = 0; i < claims->count; i++) {
        const struct claim *claim = &claims->items[i];
        struct telling *telling = &tellings[group[i]];
        int64_t placed_ms = claim->order.placed_ms;
        if (claim->order.placed && (telling->placed_ms == NOT_PLACED || placed_ms < telling->placed_ms))
            telling->placed_ms = placed_ms;
        if (claim->said_ms > telling->said_ms)
            telling->said_ms = claim->said_ms;
    }
}

static bool is_near(int64_t one_ms, int64_t other_ms)
{
    return one_ms > other_ms ? one_ms - other_ms <= CLAIM_APART_MS : other_ms - one_ms <= CLAIM_APART_MS;
}

// Whether an order placed at the one time is likelier to be meant by a word than one placed at the other.
static bool is_likelier(int64_t placed_ms, int64_t than_ms, int64_t said_ms)
{
    if ((placed_ms <= said_ms) != (than_ms <= said_ms))
        return placed_ms <= said_ms;
    return placed_ms <= said_ms ? placed_ms > than_ms : placed_ms < than_ms;
}

// Whether two claims are under one customer, or under two who are one; in a crowd each customer's are apart.
static bool is_same(const struct claims *claims, size_t one, size_t other)
{
    const struct claim *items = claims->items;
    return claims->crowd ? items[one].slot == items[other].slot : items[one].party == items[other].party;
}

// The claim of a source that placed the order of which a group without a placing speaks; `count` when there is none.
static size_t find_placed(const struct claims *claims, const uint8_t *group, const struct telling *tellings, size_t of)
{
    const struct claim *items = claims->items;
    size_t best = claims->count;
    for (size_t i = 0; i < claims->count; i++)
        for (size_t j = 0; group[i] == of && j < claims->count; j++) {
            int64_t placed_ms = tellings[group[j]].placed_ms;
            if (placed_ms == NOT_PLACED || !is_same(claims, i, j))
                continue;
            int64_t best_ms = best < claims->count ? tellings[group[best]].placed_ms : placed_ms;
            if (best == claims->count || is_likelier(placed_ms, best_ms, tellings[of].said_ms) ||
                (placed_ms == best_ms && items[j].source < items[best].source))
                best = j;
        }
    return best;
}

// Puts together what several sources say.
static void unite_sources(struct claims *claims, const uint8_t *group, const struct telling *tellings)
{
    size_t count = claims->count, placed[CLAIMS_MAX];
    for (size_t i = 0; i < count; i++)
        placed[i] = tellings[group[i]].placed_ms == NOT_PLACED ? find_placed(claims, group, tellings, group[i]) : i;
    for (size_t i = 0; i < count; i++) {
        if (placed[i] < count)
            unite(claims->of, count, i, placed[i]);
        for (size_t j = 0; j < i; j++) {
            bool both = placed[i] == i && placed[j] == j, none = placed[i] == count && placed[j] == count;
            if (is_same(claims, i, j) &&
                (none || (both && is_near(tellings[group[i]].placed_ms, tellings[group[j]].placed_ms))))
                unite(claims->of, count, i, j);
        }
    }
}

void claims_sort(struct claims *claims)
{
    uint8_t group[CLAIMS_MAX];
    struct telling tellings[CLAIMS_MAX];
    size_t count = claims->count;
    must(count <= CLAIMS_MAX);
    for (size_t i = 0; i < count; i++)
        claims->of[i] = (uint8_t)i;
    if (count < 2)
        return;
    for (size_t i = 0; !claims->crowd && i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (claims->items[i].source != 0 && claims->items[i].source == claims->items[j].source)
                unite(claims->of, count, i, j);
    memcpy(group, claims->of, sizeof group);
    find_tellings(claims, group, tellings);
    unite_sources(claims, group, tellings);
}

void claims_whole(const struct claims *claims, size_t first, struct whole *ret_whole)
{
    const struct claim *newest = NULL, *version = NULL;
    must(first < claims->count && claims->of[first] == first);
    order_start(&ret_whole->order);
    for (size_t i = first; i < claims->count; i++) {
        const struct claim *claim = &claims->items[i];
        if (claims->of[i] != first)
            continue;
        if (order_join(&ret_whole->order, &claim->order))
            version = claim;
        if (newest == NULL || is_newer(claim->said_ms, claim->said_tie, newest))
            newest = claim;
    }
    const struct claim *owner = version != NULL ? version : newest;
    ret_whole->slot = owner->slot;
    ret_whole->party = owner->party;
    ret_whole->number = owner->number;
}
