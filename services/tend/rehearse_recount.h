// The recount of a rehearsal: what was sent to whom on which day, what became of the reminders, whether each month
// reached everybody, which promises were kept. Counted from what the services said, so that it can be read beside the
// messages.
#ifndef TEND_TEND_REHEARSE_RECOUNT_H
#define TEND_TEND_REHEARSE_RECOUNT_H

#include "services/scheduler/breach.h"
#include "services/scheduler/kinds.h"
#include "services/tend/pipeline.h"
#include "tend/v1/event.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zone;

// A rep, and all days together. Times are those of the rep's own zone.
struct recount_rep {
    char *id, *name; // the name is "" when none was said
    bool chinese;    // the language the rep is written to
    struct zone *zone;
    uint64_t messages, reminders, lists, calls;
    uint64_t above;                // reminders that this rep was told as somebody's manager, director or approver
    uint32_t days, most, most_day; // days with a message; most of them on one day, and on which one
};

// A day of a rep on which there was a message. In the order of time for each rep.
struct recount_day {
    uint32_t rep;
    int32_t day;
    uint32_t messages;
};

// A month of a rep as it stood when it ended.
struct recount_month {
    uint32_t rep;
    int32_t first; // day of the month
    uint32_t customers, contacted;
    uint32_t calls;     // on the lists
    int32_t warned_day; // on which it was first said that not everybody can be reached, INT32_MIN: it was not
    bool ended, whole;  // it was asked after; it was rehearsed from its first day to its last
};

// What became of the reminders of one kind. The lines of call lists are of the kind KIND_CALL.
struct recount_kind {
    uint64_t told, above; // `above`: of them to managers, directors and those who approve
    uint64_t late, folded, suppressed, cancelled, withdrawn, expired;
};

// Promises, by what held in the end.
struct recount_promises {
    uint64_t made, kept, late, broken, open;
};

// Bands of messages a day: 1, 2, 3, 4 to 5, 6 to 10, more.
enum { RECOUNT_BANDS = 6 };

struct recount {
    struct recount_rep *reps;
    struct recount_day *days;
    struct recount_month *months;
    size_t rep_count, day_count, month_count;
    struct recount_kind kinds[KIND_COUNT];
    uint64_t messages, reminders;             // sent; reminders and lists in them
    uint64_t waited;                          // of the reminders, sent more than half an hour after they were said
    uint64_t lists, lists_late, lists_folded; // folded: days whose list was not sent
    uint64_t digests, previews, calls, dates_missed;
    uint64_t bands[RECOUNT_BANDS]; // days of reps by messages
    struct recount_promises promises;
    uint64_t contacts;           // that the history has: without one nobody counts as reached
    struct recount_state *state; // its own
};

// `zone` is that of reps who have none.
struct recount *recount_open(const char *zone);

// Takes NULL.
void recount_close(struct recount **recount);

// Hears an event that is replayed.
void recount_hear(struct recount *recount, const Tend__V1__Event *event);

// A month is over: asks how far each rep came. `first` is its first day, `whole` that all of it was rehearsed.
void recount_month_over(struct recount *recount, struct pipeline *pipeline, int32_t first, bool whole);

// Reads what was said and sent; at the end. `now_ms` decides which promises are still open.
void recount_read(struct recount *recount, struct pipeline *pipeline, const struct breach_options *promises,
                  int64_t now_ms);

// The first and the last message of the band.
void recount_band(size_t band, uint32_t *ret_from, uint32_t *ret_to);

// The rep's name, else its id.
const char *recount_name(const struct recount_rep *rep);

// The rep of that id, NULL when nobody has it.
struct recount_rep *recount_find(struct recount *recount, const char *id);

#endif
