// The stores of all processes of the four services, opened for looking only, whether the services run or not, and seen
// as of one moment: from the end of the way to its front, so that nobody has read what the one before has not said yet.
#ifndef TEND_TEND_STORESET_H
#define TEND_TEND_STORESET_H

#include "common/journal.h"
#include "common/settings.h"
#include "common/upstream.h"
#include "services/tend/pipeline.h"

enum {
    STORESET_MAX = PLACES * LANES_MAX,
    STORESET_TEXT_BYTES = 400,
    STORESET_FOLDER_BYTES = 512,
};

// One process's store.
struct storeset_member {
    const struct service *service;
    struct lane lane;
    char name[LANE_NAME_BYTES]; // "scoring-1"
    char folder[STORESET_FOLDER_BYTES];
    unsigned upstreams;
    const char *const *tables; // as many as the store has; the service's own unless told otherwise
    size_t table_count;
    struct store *store;
    struct tx *tx; // the moment that is seen
    struct journal journal;
    struct position positions[UPSTREAMS_MAX];
    int64_t now_ms; // the newest turn's
};

// `notifier` first, `ingest` last.
struct storeset {
    struct storeset_member members[STORESET_MAX];
    unsigned count;
};

// Fills names and folders: what lies below `folder`, a data_dir or a backup, of a configuration with so many processes.
// False when the path is too long.
bool storeset_list(const struct settings *settings, const char *folder, struct storeset *ret_set);

// Opens all that were listed. False with one sentence; then none is open.
bool storeset_open(struct storeset *set, char *ret_error, size_t error_bytes);

// Lets all stores be seen as of now, and reads their journals and positions. False when one cannot be read.
bool storeset_look(struct storeset *set, char *ret_error, size_t error_bytes);

// Whether each follower stands at a place of the journal that it follows. False with a sentence about the first that
// does not. A moment apart they may not: a rep's answer goes from notifier, which is seen first, to ingest, seen last;
// so a caller looks again.
bool storeset_agrees(const struct storeset *set, char *ret_error, size_t error_bytes);

// Ends the look; the stores may go on forgetting pages. storeset_close also closes them.
void storeset_blink(struct storeset *set);
void storeset_close(struct storeset *set);

#endif
