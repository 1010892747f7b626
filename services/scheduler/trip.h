// A trip to customers and what follows from it: approval before it, whom to tell, what to prepare, a word to the
// superior each day, a report after it (rows 51 to 55). Pure.
//
// All words about a trip are marks with their time, so that they may be heard in any order. The newest plan holds. An
// approval or refusal counts for the plan it saw: when the dates, the region, the purpose or the customers change
// afterwards, the trip is to be approved anew; hotel and phone may change. A plan after a cancellation revives the
// trip.
//
// A struct trip of zeros, with its days at TRIP_NO_DAY, is a trip of which nothing was said.
#ifndef TEND_SERVICES_SCHEDULER_TRIP_H
#define TEND_SERVICES_SCHEDULER_TRIP_H

#include "services/scheduler/kinds.h"
#include "services/scheduler/shift.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRIP_NO_DAY INT32_MIN

enum {
    TRIP_PLANS = 8,      // that are remembered, the newest: to know since when the present one stands
    TRIP_CHECK_INS = 64, // words to the superior that are remembered, the newest
    TRIP_DAYS = 62,      // of one trip that are looked after; who travels for longer reports in between
    TRIP_DUTIES = TRIP_DAYS + 6,
};

struct trip_options {
    int64_t checklist_work_days; // before the trip
    int64_t report_work_days;    // after it
};

// When it was said, with the tie between words of one moment; time 0: it was not.
struct trip_mark {
    int64_t at_ms;
    uint64_t tie;
};

struct trip {
    int32_t from_day, to_day;
    uint32_t plan_count, check_in_count;
    struct trip_mark plans[TRIP_PLANS]; // in order of time
    uint64_t substance[TRIP_PLANS];     // of each: a hash of what an approval is given for
    struct trip_mark approved, refused, cancelled, reported, arrived;
    int64_t check_ins[TRIP_CHECK_INS]; // in order of time
};

enum trip_stage {
    TRIP_UNKNOWN, // no plan was heard
    TRIP_ASKED,   // it waits for approval
    TRIP_APPROVED,
    TRIP_REFUSED,
    TRIP_CANCELLED,
};

// True when the mark is newer than what is known, which it then replaces.
bool trip_replaces(struct trip_mark *known, struct trip_mark mark);

// Notes a plan. True when it is the newest one, so that what it says holds.
bool trip_plan(struct trip *trip, struct trip_mark mark, uint64_t substance);

// Notes a word to the superior; the same moment twice counts once.
void trip_check_in(struct trip *trip, int64_t at_ms);

// Where it stands after all that was said.
enum trip_stage trip_stage(const struct trip *trip);

// When the present plan was first said: since then it waits for approval.
struct trip_mark trip_since(const struct trip *trip);

// One thing to be told. Those of the same kind are told apart by their day.
struct trip_duty {
    enum kind_id kind;
    int32_t day; // a check-in's own; else TRIP_NO_DAY
    bool stands; // false: there is nothing to be told, or not any more
    int64_t since_ms, due_ms;
    int32_t last_day; // telling it later makes no sense
    const char *end;  // why it does not stand, a literal
};

// Everything that may ever have been told of the trip, whether it stands or not: at most TRIP_DUTIES of them. Days and
// hours are those of whom it is told. A trip without a plan has none; one whose calendar has no working day within
// reach has none either. `ret_duties` has room for TRIP_DUTIES.
//
//   approval     since the plan; the manager is asked, and above
//   unapproved   half an hour before the end of the last working day before it
//   checklist    the list of the working day so many before it
//   announce     the list of the last working day before it
//   arrival      the list of its first day, or the arrival if that is sooner or came with another address (`moved_in`)
//   check-in     the end of each working day; it is done with by a word on that day
//   report       the list of the working day so many after its last day
size_t trip_duties(const struct trip_options *options, const struct trip *trip, bool moved_in,
                   const struct shift *shift, struct trip_duty *ret_duties);

#endif
