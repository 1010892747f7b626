#include "services/scoring/scheme.h"

#include "common/must.h"
#include "services/scoring/window.h"

#include <stdlib.h>
#include <string.h>

enum { FIGURES_FIRST = 1024 };

struct scheme {
    struct board board;
    struct window *window;
    struct scheme_figures *figures; // by slot
    uint32_t room;
};

struct scheme *scheme_open(const struct scheme_rule *rule)
{
    struct scheme *scheme = calloc(1, sizeof *scheme);
    must(scheme != NULL);
    board_open(&scheme->board, &rule->rules);
    scheme->window = window_open(rule->window_days, 0);
    return scheme;
}

void scheme_close(struct scheme **scheme)
{
    if (*scheme == NULL)
        return;
    board_close(&(*scheme)->board);
    window_close(&(*scheme)->window);
    free((*scheme)->figures);
    free(*scheme);
    *scheme = NULL;
}

void scheme_clear(struct scheme *scheme, int32_t day)
{
    board_clear(&scheme->board);
    window_clear(scheme->window, day);
    for (uint32_t i = 0; i < scheme->room; i++)
        scheme->figures[i] = (struct scheme_figures){0};
}

static struct scheme_figures *figures_at(struct scheme *scheme, uint32_t slot)
{
    if (slot >= scheme->room) {
        uint32_t room = scheme->room == 0 ? FIGURES_FIRST : scheme->room;
        while (room <= slot)
            room += room / 2;
        scheme->figures = realloc(scheme->figures, room * sizeof *scheme->figures);
        must(scheme->figures != NULL);
        memset(scheme->figures + scheme->room, 0, (room - scheme->room) * sizeof *scheme->figures);
        scheme->room = room;
    }
    return &scheme->figures[slot];
}

static void count_in(struct scheme *scheme, const struct window_entry *entry, int sign)
{
    struct scheme_figures *figures = figures_at(scheme, entry->slot);
    figures->net += (int128)entry->value * sign;
    figures->orders += (uint32_t)(entry->orders * sign); // may wrap for a moment, as in the ledger
}

bool scheme_change(struct scheme *scheme, uint32_t slot, int32_t day, int64_t value, int32_t orders)
{
    struct window_entry entry = {.slot = slot, .orders = orders, .value = value};
    if (!window_add(scheme->window, day, &entry))
        return false;
    count_in(scheme, &entry, 1);
    return true;
}

struct advance {
    struct scheme *scheme;
    scheme_visit *visit;
    void *context;
};

static void leaves(void *context, const struct window_entry *entry)
{
    const struct advance *advance = context;
    count_in(advance->scheme, entry, -1);
    advance->visit(advance->context, entry->slot);
}

static void comes(void *context, const struct window_entry *entry)
{
    const struct advance *advance = context;
    count_in(advance->scheme, entry, 1);
    advance->visit(advance->context, entry->slot);
}

void scheme_next_day(struct scheme *scheme, scheme_visit *visit, void *context)
{
    struct advance advance = {.scheme = scheme, .visit = visit, .context = context};
    window_advance(scheme->window, leaves, comes, &advance);
}

struct scheme_figures scheme_figures(const struct scheme *scheme, uint32_t slot)
{
    return slot < scheme->room ? scheme->figures[slot] : (struct scheme_figures){0};
}

void scheme_expect(const struct scheme *scheme, uint32_t slot)
{
    if (slot < scheme->room)
        __builtin_prefetch(&scheme->figures[slot], 1);
    rank_expect(scheme->board.net, slot);
}

void scheme_put(struct scheme *scheme, uint32_t slot)
{
    struct scheme_figures *figures = figures_at(scheme, slot);
    board_put(&scheme->board, slot, figures->orders, figures->net, &figures->tallied);
}

struct board *scheme_board(struct scheme *scheme)
{
    return &scheme->board;
}

size_t scheme_bytes(const struct scheme *scheme)
{
    return sizeof *scheme + board_bytes(&scheme->board) + window_bytes(scheme->window) +
           scheme->room * sizeof *scheme->figures;
}
