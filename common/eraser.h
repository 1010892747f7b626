// The eraser: what is left of a person who is to be forgotten, in one process's own journal and file, goes here; the
// same way in every service.
//
// An erasure is the event customer_erased, whose record has the flag RECORD_ERASES. A process that hears of it notes it
// in its store and does the following, a piece a turn. Where the service to the left runs as several processes it waits
// until each of them has said it, since what a slower one says before that is still about the person. It deletes the
// service's rows (service.erase). It waits until every follower has read what the journal held by then, so that nobody
// misses what the same records say of others. It goes through the journal and turns each payload that names the
// customer into a tombstone; the chain holds. When all who are erased at the time are through, the service deletes what
// it keeps beside its rows (service.erased), and such dead letters go. From then on the person's id is nowhere in its
// tables. At last the store's file is made anew (store_rebuild), because LMDB keeps deleted bytes in it, and an
// ErasureReport is said in the journal, which names nobody and goes round the ring to ingest. A process that ends in
// between goes on where it was.
//
// The event itself stays in the journals, so that a service that is put back from a backup hears of it again; unless
// the customer's id is a mail address or a telephone number.
#ifndef TEND_COMMON_ERASER_H
#define TEND_COMMON_ERASER_H

#include "common/followers.h"
#include "common/service.h"

enum {
    ERASER_ID_MAX = 400,         // bytes of a customer's id; a longer one is nobody's
    ERASER_PIECE_RECORDS = 2000, // of the journal in one turn, for however many persons: some milliseconds
};

// What is under way; a copy of what is in the store.
struct eraser {
    unsigned heard;    // erasures that still have work in this process,
    unsigned lanes;    // of them, that not every process of the service to the left has said,
    unsigned fresh;    // that the service's rows are still there of,
    unsigned waiting;  // that wait for a follower,
    unsigned ready;    // and those that only lack a new file
    int64_t remade_ms; // when the file was made anew and nobody has been told yet; 0: all have
    size_t looked;     // records of the journal that the last turn went through, ERASER_PIECE_RECORDS at most
};

// Counts what the store holds.
void eraser_load(struct eraser *eraser, struct tx *tx);

// Notes an erasure: `record` is the event's, as just appended to our own journal; what is said behind it is of whoever
// has the id then. A record that does not name a customer is nothing. Heard again it is done again.
// `rows`: how many the service has deleted already.
void eraser_hear(struct eraser *eraser, struct turn *turn, const struct record *record, uint64_t rows);

// The same of a record of another journal, as said by one of the processes of the service to the left: the work begins
// when all have said it.
void eraser_hear_from(struct eraser *eraser, struct turn *turn, const struct record *record, uint64_t rows,
                      struct lane from);

// Whether this process of the service to the left says for the first time what another one has said before.
bool eraser_repeats(struct turn *turn, const struct record *record, struct lane from);

// Whether the rows of somebody whom the record names are still to go. Then the turn must end before the record: it is
// about whoever has the id afterwards.
bool eraser_comes_first(const struct eraser *eraser, struct turn *turn, const struct record *record);

// A piece of work, after everything else in a turn. `name` is of the process, `processes` how many of the service hold
// the same customers. Returns when it wants to be called next (wall ms), INT64_MAX: when something is heard.
struct eraser_means {
    const struct service *service;
    void *self;
    const char *name;
    unsigned processes;
    const struct followers *followers;
};
int64_t eraser_work(struct eraser *eraser, struct turn *turn, const struct eraser_means *means);

// Whether the store's file should be made anew now: something is ready, and nothing will be in a moment.
bool eraser_wants_file(const struct eraser *eraser);

// The file was made anew at this moment.
void eraser_remade(struct eraser *eraser, int64_t now_ms);

#endif
