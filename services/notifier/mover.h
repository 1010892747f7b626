// The mover: the thread that moves the bytes of the posts on their way, so that they go on while a turn writes and its
// commit waits for the disk. It knows libcurl handles and nothing else: whoever hands one over has made it ready, and
// judges what came of it.
#ifndef TEND_SERVICES_NOTIFIER_MOVER_H
#define TEND_SERVICES_NOTIFIER_MOVER_H

#include <curl/curl.h>
#include <stdbool.h>

struct mover;

// One handle on its way. From mover_hand until mover_next gives it back it is the mover's, with all that the handle's
// callbacks touch.
struct trip {
    CURL *easy;
    CURLcode code; // how it ended
    void *self;    // the caller's
    struct trip *next;
};

// The thread starts with the first trip: who sends nothing has none.
struct mover *mover_open(void);

// Ends the thread; no callback is called any more. Then every handle that was handed over and not given back is to be
// dropped, and the mover closed.
void mover_stop(struct mover *mover);
void mover_drop(struct mover *mover, struct trip *trip);
void mover_close(struct mover **mover);

// Starts a trip. False when this machine has no thread left; then the trip stays the caller's.
bool mover_hand(struct mover *mover, struct trip *trip);

// A trip that has ended, the first first; NULL when there is none.
struct trip *mover_next(struct mover *mover);

// An eventfd that is written when trips have ended; the caller reads it empty.
int mover_fd(const struct mover *mover);

#endif
