// An arena: memory that lives until the end of the turn. Taking is a pointer's step, giving back happens all at once.
#ifndef TEND_COMMON_ARENA_H
#define TEND_COMMON_ARENA_H

#include <protobuf-c/protobuf-c.h>
#include <stdarg.h>
#include <stddef.h>

struct arena;

// An arena that keeps its first `block_bytes` for good and never holds more than `limit_bytes` at once.
struct arena *arena_open(size_t block_bytes, size_t limit_bytes);
void arena_close(struct arena **arena);

// `bytes` of memory, aligned for any type, not cleared. NULL past the limit: only bytes from outside can ask for that
// much.
void *arena_try(struct arena *arena, size_t bytes);

// The same, for what we size ourselves: past the limit it is our bug.
void *arena_take(struct arena *arena, size_t bytes);

// Cleared memory for `count` things.
void *arena_zero(struct arena *arena, size_t count, size_t bytes);

// A copy of `length` bytes with a NUL behind them.
char *arena_text(struct arena *arena, const char *bytes, size_t length);
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

// How many more bytes it can give in small pieces; large ones waste the ends of its blocks.
size_t arena_left(const struct arena *arena);

// Gives everything back; every pointer taken before is dead.
void arena_reset(struct arena *arena);

// The arena as protobuf-c wants it: what is unpacked into it is never freed by hand. Lives as long as the arena.
ProtobufCAllocator *arena_allocator(struct arena *arena);

#endif
