// The window: for each of its days what was added to whom, so that a day that leaves it can be taken back; and what is
// dated in the future, until its day comes. Pure.
#ifndef TEND_SCORING_WINDOW_H
#define TEND_SCORING_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct window;

// Something that was added to a customer on a day; several of one customer and day are summed up by whoever reads them.
struct window_entry {
    uint32_t slot;
    int32_t orders;
    int64_t value;
};

typedef void window_visit(void *context, const struct window_entry *entry);

// A window of `days` days that ends with `last`.
struct window *window_open(uint32_t days, int32_t last);
void window_close(struct window **window);

// Forgets everything and ends with `last`.
void window_clear(struct window *window, int32_t last);

// The newest day in the window.
int32_t window_last(const struct window *window);

// Remembers the entry and returns true when its day is in the window: then it counts now. A later day is remembered for
// when it comes, an earlier one is not.
bool window_add(struct window *window, int32_t day, const struct window_entry *entry);

// Goes on by one day: visits first what leaves, then what comes in because its day has come.
void window_advance(struct window *window, window_visit *leaves, window_visit *comes, void *context);

// Bytes of memory it holds.
size_t window_bytes(const struct window *window);

#endif
