// Last words: why a service ended and must not be started again before somebody has decided, in a file beside its
// store, where people and whoever watches over the services find it. It is gone once that is settled.
#ifndef TEND_COMMON_LASTWORDS_H
#define TEND_COMMON_LASTWORDS_H

#include <stdbool.h>
#include <stddef.h>

// Leaves the sentence in the service's folder; where that cannot be written it is only in the log.
void lastwords_put(const char *folder, const char *sentence);

// Reads it, cut to the buffer; false when there is none.
bool lastwords_get(const char *folder, char *ret_sentence, size_t bytes);

// It is settled, or the service runs.
void lastwords_forget(const char *folder);

#endif
