// The watermark: how far this notifier's journal has been, in a file beside the store. A store that knows less than the
// file was put back from a backup: what it calls waiting may have been sent long ago. And which file the store was: one
// that is another file now was put back together with its watermark.
#ifndef TEND_SERVICES_NOTIFIER_WATERMARK_H
#define TEND_SERVICES_NOTIFIER_WATERMARK_H

#include <stdbool.h>
#include <stdint.h>

enum {
    WATERMARK_EVERY_MS = 10 * 1000, // a backup that is younger has told nearly the same
    WATERMARK_HOME_BYTES = 80,
};

struct watermark;

// Of the file of that name, which need not be there; empty or NULL: none is kept.
struct watermark *watermark_open(const char *path);

// Writes down what watermark_rise put off.
void watermark_close(struct watermark **watermark);

// Which file that is, as a text: its device, its number and when it was made. A copy is another file. False when it is
// not there, or the machine cannot tell.
bool watermark_home(const char *file, char *ret_text);

// How far the journal was when that was last written; false: the file is not there, or cannot be read.
bool watermark_read(const struct watermark *watermark, uint64_t *ret_seq);

// The journal is committed up to there, also when the file says more. Writes it down at most every WATERMARK_EVERY_MS.
// One that cannot be written is tried again; nothing else depends on it.
void watermark_rise(struct watermark *watermark, uint64_t seq, int64_t boot_ms);

#endif
