// The bookmarks of all feeds that read from a broker: in memory as last committed, with what this turn moves. They are
// written in the transaction of the events, so a message is taken and passed in one.
#ifndef TEND_INGEST_BOOKMARKS_H
#define TEND_INGEST_BOOKMARKS_H

#include "common/service.h"
#include "services/ingest/from.h"

struct bookmarks;

// Holds none until the store is read.
struct bookmarks *bookmarks_open(void);
void bookmarks_close(struct bookmarks **bookmarks);

// Reads what the store holds.
void bookmarks_load(struct bookmarks *bookmarks, const struct turn *turn);

// Copies those of a feed, of the partitions that `from` names (NULL, or where it names none: of all); returns how many.
size_t bookmarks_of(const struct bookmarks *bookmarks, const char *feed, const struct from *from,
                    struct bookmark ret_marks[BOOKMARKS_OF_FEED]);

// A message of this feed and partition was taken.
void bookmarks_move(struct bookmarks *bookmarks, const char *feed, const struct bookmark *mark);

// Writes what the turn has moved.
void bookmarks_settle(struct bookmarks *bookmarks, const struct turn *turn);

// Deletes those of a feed, which then begins anew. False when there were none.
bool bookmarks_forget(struct bookmarks *bookmarks, const struct turn *turn, const char *feed);

#endif
