// The watermark: how far this notifier's journal has been, in a file beside the store. A store that knows less than the
// file was put back from a backup: what it calls waiting may have been sent long ago.
#ifndef TEND_SERVICES_NOTIFIER_WATERMARK_H
#define TEND_SERVICES_NOTIFIER_WATERMARK_H

#include <stdbool.h>
#include <stdint.h>

enum { WATERMARK_EVERY_MS = 10 * 1000 }; // a backup that is younger has told nearly the same

struct watermark;

// Of the file of that name, which need not be there; empty or NULL: none is kept.
struct watermark *watermark_open(const char *path);
void watermark_close(struct watermark **watermark);

// How far the journal was when that was last written; false: the file is not there, or cannot be read.
bool watermark_read(const struct watermark *watermark, uint64_t *ret_seq);

// The journal is committed up to there, also when the file says more. Writes it down at most every WATERMARK_EVERY_MS.
// One that cannot be written is tried again; nothing else depends on it.
void watermark_rise(struct watermark *watermark, uint64_t seq, int64_t boot_ms);

#endif
