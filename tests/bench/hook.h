// A webhook on this machine that is as fast as it can be: a process of its own, one thread, an answer of two bytes to
// each request, and the connection closed. It counts, and keeps the last body.
#ifndef TEND_BENCH_HOOK_H
#define TEND_BENCH_HOOK_H

#include <stddef.h>
#include <stdint.h>

enum { HOOK_BODY_BYTES = 1 << 16 };

struct hook;

struct hook *hook_open(void);
void hook_close(struct hook **hook);
int hook_port(const struct hook *hook);

// Requests that were answered since it was opened.
uint64_t hook_count(const struct hook *hook);

// The last body; lives until another one comes.
const char *hook_body(const struct hook *hook, size_t *ret_length);

#endif
