// Who was erased after a moment, as the store of ingest in a data_dir tells: after an older backup is put back they are
// there again, and are to be erased once more.
#ifndef TEND_TEND_ERASEDSINCE_H
#define TEND_TEND_ERASEDSINCE_H

#include "common/settings.h"

struct erasedsince {
    bool known;        // the store could be read; it goes back as far as its journal
    unsigned count;    // of erasures,
    unsigned nameless; // of them, without the id, which was personal
    size_t length;
    char *ids; // the others' ids, each with a line's end, all of them; never NULL
};

// Reads it in a process of its own, since the store may be what is wrong. The calling process must have no store open.
void erasedsince_read(const struct settings *settings, int64_t since_ms, struct erasedsince *ret_erased);

// Frees the ids; one that is all zero has none.
void erasedsince_close(struct erasedsince *erased);

#endif
