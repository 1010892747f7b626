#include "services/scheduler/kin.h"

#include "services/scheduler/matter.h"
#include "services/scheduler/own.h"

#include <stdlib.h>
#include <string.h>

struct kinsman {
    const char *id, *was, *into, *main;
    const struct customer *row; // as it was
    struct version joined;
    size_t at; // of whom it was said to be part, NOBODY when that is none of these
};

struct kin {
    struct kinsman *all;
    size_t count, room;
};

#define NOBODY SIZE_MAX

enum { FIRST_ROOM = 8 }; // few customers have more names

static size_t find(const struct kin *kin, const char *id)
{
    for (size_t i = 0; i < kin->count; i++)
        if (strcmp(kin->all[i].id, id) == 0)
            return i;
    return NOBODY;
}

static const char *main_of(const struct customer *customer)
{
    return customer->merged_into[0] != '\0' ? customer->merged_into : customer->id;
}

// Adds everybody who is one with the customer by now; nobody twice.
static void gather(struct turn *turn, struct kin *kin, const char *id)
{
    while (id[0] != '\0' && find(kin, id) == NOBODY) {
        struct customer *row = arena_take(turn->arena, sizeof *row);
        book_customer(turn, id, row);
        if (kin->count == kin->room) {
            struct kinsman *old = kin->all;
            kin->room = kin->room == 0 ? FIRST_ROOM : kin->room * 2;
            kin->all = arena_take(turn->arena, kin->room * sizeof *kin->all);
            if (kin->count > 0)
                memcpy(kin->all, old, kin->count * sizeof *old);
        }
        kin->all[kin->count++] =
            (struct kinsman){.id = id, .was = main_of(row), .into = row->kin_into, .joined = row->joined, .row = row};
        id = row->kin_next;
    }
}

// The end of the chain. Who goes further than there are customers goes round a ring.
static const char *follow(const struct kin *kin, size_t at)
{
    size_t oldest = NOBODY;
    for (size_t steps = 0; steps < kin->count; steps++) {
        const struct kinsman *one = &kin->all[at];
        if (one->at == NOBODY)
            return one->into[0] != '\0' ? one->into : one->id;
        at = one->at;
    }
    for (size_t steps = 0; steps < kin->count; steps++, at = kin->all[at].at)
        if (oldest == NOBODY || version_newer(&kin->all[oldest].joined, &kin->all[at].joined))
            oldest = at;
    return kin->all[oldest].id;
}

static int by_main(const void *left, const void *right)
{
    const struct kinsman *one = left, *other = right;
    int order = strcmp(one->main, other->main);
    return order != 0 ? order : strcmp(one->id, other->id);
}

// Says in the rows who is whose; those of one main customer stand together, from `from` to `to`.
static void put_round(struct turn *turn, const struct kin *kin, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        struct customer own;
        const struct kinsman *one = &kin->all[i];
        own_get(turn, one->id, &own);
        own.kin_into = one->into;
        own.kin_next = to - from == 1 ? "" : kin->all[i + 1 < to ? i + 1 : from].id;
        own.merged_into = strcmp(one->main, one->id) == 0 ? "" : one->main;
        own_settle(turn, &own);
    }
    own_unite(turn, kin->all[from].main);
}

static const struct customer *row_of(struct turn *turn, const struct kin *kin, const char *id)
{
    size_t at = find(kin, id);
    if (at != NOBODY)
        return kin->all[at].row;
    struct customer *row = arena_take(turn->arena, sizeof *row);
    (void)book_customer(turn, id, row);
    return row;
}

const struct kin_move *kin_hear(struct turn *turn, struct customer *customer, const char *into, size_t *ret_count)
{
    struct kin kin = {.count = 0};
    customer->kin_into = into;
    book_put_customer(turn, customer);
    gather(turn, &kin, customer->id);
    gather(turn, &kin, into);
    for (size_t i = 0; i < kin.count; i++)
        kin.all[i].at = find(&kin, kin.all[i].into);
    for (size_t i = 0; i < kin.count; i++)
        kin.all[i].main = follow(&kin, i);
    qsort(kin.all, kin.count, sizeof *kin.all, by_main);
    struct kin_move *moves = arena_take(turn->arena, kin.count * sizeof *moves);
    *ret_count = 0;
    for (size_t from = 0, to; from < kin.count; from = to) {
        for (to = from; to < kin.count && strcmp(kin.all[to].main, kin.all[from].main) == 0; to++)
            if (strcmp(kin.all[to].was, kin.all[to].main) != 0)
                moves[(*ret_count)++] = (struct kin_move){.id = kin.all[to].id,
                                                          .from = kin.all[to].was,
                                                          .to = kin.all[to].main,
                                                          .from_row = row_of(turn, &kin, kin.all[to].was),
                                                          .to_row = row_of(turn, &kin, kin.all[to].main)};
        put_round(turn, &kin, from, to);
    }
    return moves;
}

void kin_erase(struct turn *turn, const struct customer *customer)
{
    struct kin kin = {.count = 0};
    gather(turn, &kin, customer->id);
    for (size_t i = 1; i < kin.count; i++) {
        struct customer own;
        own_get(turn, kin.all[i].id, &own);
        if (strcmp(own.kin_next, customer->id) != 0)
            continue;
        own.kin_next = strcmp(customer->kin_next, own.id) == 0 ? "" : customer->kin_next;
        own_settle(turn, &own);
    }
    if (customer->merged_into[0] != '\0')
        own_unite(turn, customer->merged_into);
}
