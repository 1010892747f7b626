#include "services/scoring/window.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE_ENTRIES = 31 }; // a piece is half a KiB: a quiet day wastes little, a busy one has few

// Some entries of one day; the pieces of a day are chained by their numbers.
struct piece {
    uint32_t next; // number plus one; 0: the last
    uint32_t used;
    struct window_entry entries[PIECE_ENTRIES];
};

struct early {
    int32_t day;
    struct window_entry entry;
};

struct window {
    uint32_t days;
    int32_t last;
    uint32_t *heads; // by day modulo `days`: number of its newest piece plus one
    struct piece *pieces;
    uint32_t piece_room, piece_used;
    uint32_t spare; // chain of pieces given back
    struct early *early;
    uint32_t early_room, early_used;
};

struct window *window_open(uint32_t days, int32_t last)
{
    must(days > 0);
    struct window *window = calloc(1, sizeof *window);
    must(window != NULL);
    window->days = days;
    window->last = last;
    window->heads = calloc(days, sizeof *window->heads);
    must(window->heads != NULL);
    return window;
}

void window_close(struct window **window)
{
    if (*window == NULL)
        return;
    free((*window)->heads);
    free((*window)->pieces);
    free((*window)->early);
    free(*window);
    *window = NULL;
}

void window_clear(struct window *window, int32_t last)
{
    memset(window->heads, 0, window->days * sizeof *window->heads);
    window->piece_used = 0;
    window->spare = 0;
    window->early_used = 0;
    window->last = last;
}

int32_t window_last(const struct window *window)
{
    return window->last;
}

static uint32_t *head_of(struct window *window, int32_t day)
{
    int64_t rest = day % (int64_t)window->days;
    return &window->heads[rest < 0 ? rest + window->days : rest];
}

static uint32_t take_piece(struct window *window)
{
    if (window->spare != 0) {
        uint32_t number = window->spare;
        window->spare = window->pieces[number - 1].next;
        return number;
    }
    if (window->piece_used == window->piece_room) {
        uint32_t room = window->piece_room == 0 ? 64 : window->piece_room + window->piece_room / 2;
        window->pieces = realloc(window->pieces, room * sizeof *window->pieces);
        must(window->pieces != NULL);
        window->piece_room = room;
    }
    return ++window->piece_used;
}

static void add_early(struct window *window, int32_t day, const struct window_entry *entry)
{
    if (window->early_used == window->early_room) {
        uint32_t room = window->early_room == 0 ? 64 : window->early_room * 2;
        window->early = realloc(window->early, room * sizeof *window->early);
        must(window->early != NULL);
        window->early_room = room;
    }
    window->early[window->early_used++] = (struct early){.day = day, .entry = *entry};
}

bool window_add(struct window *window, int32_t day, const struct window_entry *entry)
{
    if (day > window->last) {
        add_early(window, day, entry);
        return false;
    }
    if ((int64_t)window->last - day >= window->days)
        return false;
    uint32_t *head = head_of(window, day);
    if (*head == 0 || window->pieces[*head - 1].used == PIECE_ENTRIES) {
        uint32_t number = take_piece(window);
        window->pieces[number - 1].next = *head;
        window->pieces[number - 1].used = 0;
        *head = number;
    }
    struct piece *piece = &window->pieces[*head - 1];
    piece->entries[piece->used++] = *entry;
    return true;
}

void window_advance(struct window *window, window_visit *leaves, window_visit *comes, void *context)
{
    uint32_t *head = head_of(window, ++window->last); // the oldest day's place becomes the newest's
    uint32_t number = *head;
    *head = 0;
    while (number != 0) {
        struct piece *piece = &window->pieces[number - 1];
        for (uint32_t i = 0; i < piece->used; i++)
            leaves(context, &piece->entries[i]);
        uint32_t next = piece->next;
        piece->next = window->spare;
        window->spare = number;
        number = next;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < window->early_used; i++) {
        struct early early = window->early[i];
        if (early.day > window->last) {
            window->early[kept++] = early;
            continue;
        }
        (void)window_add(window, early.day, &early.entry);
        comes(context, &early.entry);
    }
    window->early_used = kept;
}

size_t window_bytes(const struct window *window)
{
    return sizeof *window + window->days * sizeof *window->heads + window->piece_room * sizeof *window->pieces +
           window->early_room * sizeof *window->early;
}
