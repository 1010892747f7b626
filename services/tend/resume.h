// How far an import came, so that it goes on there when it is started again: a small file for each that runs, in the
// folder "imports" of the installation's data. It says up to which line everything is acknowledged, and from
// where on events are sent again although they are: what ingest does not know of these any more shows that its store
// is another one, and the import begins at the first row. So a position that is lost, old or wrong costs time, never an
// event.
//
// The name is a hash of the file (its size, when it was changed, its first bytes) and of everything else that decides
// what its rows become. A position older than a day is not used: what is too far ahead, and what is old news, is judged
// by the moment at which the import was first started.
#ifndef TEND_TEND_RESUME_H
#define TEND_TEND_RESUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct resume;

struct resume_place {
    uint64_t line;  // what comes before it is acknowledged
    uint64_t known; // what comes before this one too, but is sent again
    int64_t now_ms; // of the import's first start
};

// The position of the import of this file; `words` are the other things that count, each NULL or a text. Never NULL,
// but good for nothing when the folder cannot be made. The caller closes it.
struct resume *resume_open(const char *data_dir, const char *path, const char *const *words, size_t count);

// Takes NULL. What was saved stays.
void resume_close(struct resume **resume);

// The position as it was saved last, less than a day before `now_ms`. False when there is none.
bool resume_load(const struct resume *resume, int64_t now_ms, struct resume_place *ret_place);

// Saves a position; trouble is of no account.
void resume_save(struct resume *resume, const struct resume_place *place);

// The import came to its end.
void resume_forget(struct resume *resume);

#endif
