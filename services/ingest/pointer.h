// A JSON pointer (RFC 6901), compiled. Pure but for jansson. Two things are ours: "^" in front means from the root of
// the body instead of the item, and the step "*" stands for every entry of a list.
#ifndef TEND_INGEST_POINTER_H
#define TEND_INGEST_POINTER_H

#include "common/arena.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { POINTER_STEPS_MAX = 32 }; // bodies are no deeper

struct pointer {
    const char *text; // as it was written
    bool root;        // "^"
    bool many;        // it holds a "*"
    size_t count;
    const char **steps; // unescaped
};

// True for what begins like a pointer: "/..." or "^"; "" is one too, the item itself.
bool pointer_looks(const char *text);

// Compiles into the arena; the text must outlive the pointer. NULL when it is good, else what is wrong with it.
const char *pointer_compile(struct arena *arena, const char *text, struct pointer *ret_pointer);

// The same with "*" behind it: the entries of the list there.
void pointer_entries(struct pointer *pointer);

// What it leads to from there, NULL for nothing. Not for pointers with a "*".
json_t *pointer_find(const struct pointer *pointer, json_t *from);

// One thing that a pointer with "*" leads to.
struct pointer_item {
    json_t *json;
    const char *path; // in full, from the root
};

// Everything that it leads to, in order, up to `most`, into the arena. `path` is where `from` is. NULL when it is good,
// with more than `most` cut off and `*ret_count` then most + 1; else "is no list" with its path in `*ret_path`. What is
// missing, null or "" holds nothing.
const char *pointer_all(const struct pointer *pointer, json_t *from, const char *path, size_t most, struct arena *arena,
                        struct pointer_item **ret_items, size_t *ret_count, const char **ret_path);

// The whole way from the root of the body: "/line_items/2/price" for "/price" seen from the item at "/line_items/2".
const char *pointer_path(struct arena *arena, const struct pointer *pointer, const char *item_path);

#endif
