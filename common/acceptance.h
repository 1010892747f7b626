// An acceptance: a person's word that a follower may go on although the journal that it follows has another history
// now, since one of the two stores was put back or made anew. It is put into the store of the stopped follower (`tend
// accept`); the next start asks the journal's owner where to begin, moves there, says it in its own journal and forgets
// the word, all in one transaction. So it is good for one time, and a crash leaves either the old place and the word or
// the new place alone.
#ifndef TEND_COMMON_ACCEPTANCE_H
#define TEND_COMMON_ACCEPTANCE_H

#include "common/store.h"

enum { ACCEPTANCE_BY_BYTES = 64 };

// Gives the word for upstream `which`, from 0; `by` is who gives it, cut to ACCEPTANCE_BY_BYTES with its NUL.
void acceptance_put(struct tx *tx, unsigned which, const char *by);

// Whether the word is given; `ret_by` of ACCEPTANCE_BY_BYTES is who gave it.
bool acceptance_get(struct tx *tx, unsigned which, char *ret_by);

// Takes it away; nothing happens when it is not given.
void acceptance_delete(struct tx *tx, unsigned which);

#endif
