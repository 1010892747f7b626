#include "common/arena.h"

#include "common/must.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Blocks form a list, newest first; the first block ever made stays for good at its end.
struct block {
    struct block *older;
    size_t size;
    size_t used;
    max_align_t bytes[];
};

struct arena {
    struct block *newest;
    size_t block_bytes;
    size_t limit_bytes;
    size_t held_bytes;
    ProtobufCAllocator allocator;
};

static struct block *add_block(struct arena *arena, size_t bytes)
{
    struct block *block = malloc(sizeof *block + bytes);
    must(block != NULL);
    *block = (struct block){.older = arena->newest, .size = bytes};
    arena->newest = block;
    arena->held_bytes += bytes;
    return block;
}

static void *allocate(void *self, size_t bytes)
{
    return arena_try(self, bytes);
}

// Nothing is given back one by one.
static void release(void *self, void *bytes)
{
    (void)self;
    (void)bytes;
}

struct arena *arena_open(size_t block_bytes, size_t limit_bytes)
{
    must(block_bytes >= 1024 && limit_bytes >= block_bytes);
    struct arena *arena = calloc(1, sizeof *arena);
    must(arena != NULL);
    arena->block_bytes = block_bytes;
    arena->limit_bytes = limit_bytes;
    arena->allocator = (ProtobufCAllocator){.alloc = allocate, .free = release, .allocator_data = arena};
    add_block(arena, block_bytes);
    return arena;
}

void arena_close(struct arena **arena)
{
    if (*arena == NULL)
        return;
    arena_reset(*arena);
    free((*arena)->newest);
    free(*arena);
    *arena = NULL;
}

void *arena_try(struct arena *arena, size_t bytes)
{
    if (bytes > arena->limit_bytes)
        return NULL;
    size_t rounded = (bytes + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    struct block *block = arena->newest;
    if (block->size - block->used < rounded) {
        size_t size = rounded > arena->block_bytes ? rounded : arena->block_bytes;
        if (arena->held_bytes + size > arena->limit_bytes)
            return NULL;
        block = add_block(arena, size);
    }
    void *start = (char *)block->bytes + block->used;
    block->used += rounded;
    return start;
}

size_t arena_left(const struct arena *arena)
{
    size_t more = arena->limit_bytes - arena->held_bytes;
    return arena->newest->size - arena->newest->used + more - more % arena->block_bytes;
}

void *arena_take(struct arena *arena, size_t bytes)
{
    void *start = arena_try(arena, bytes);
    must(start != NULL);
    return start;
}

void *arena_zero(struct arena *arena, size_t count, size_t bytes)
{
    must(bytes == 0 || count <= SIZE_MAX / bytes);
    void *start = arena_take(arena, count * bytes);
    memset(start, 0, count * bytes);
    return start;
}

char *arena_text(struct arena *arena, const char *bytes, size_t length)
{
    char *text = arena_take(arena, length + 1);
    memcpy(text, bytes, length);
    text[length] = '\0';
    return text;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    must(length >= 0);
    char *text = arena_take(arena, (size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

void arena_reset(struct arena *arena)
{
    while (arena->newest->older != NULL) {
        struct block *newest = arena->newest;
        arena->newest = newest->older;
        arena->held_bytes -= newest->size;
        free(newest);
    }
    arena->newest->used = 0;
}

ProtobufCAllocator *arena_allocator(struct arena *arena)
{
    return &arena->allocator;
}
