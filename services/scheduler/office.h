// The office: what all parts of the scheduler share. Options and opened zones, the settings in force, and the counts,
// which are a cache of what is committed and are read anew after a commit that failed.
#ifndef TEND_SERVICES_SCHEDULER_OFFICE_H
#define TEND_SERVICES_SCHEDULER_OFFICE_H

#include "services/scheduler/diary.h"
#include "services/scheduler/options.h"
#include "services/scheduler/shift.h"

enum {
    ZONES_MAX = 640,        // there are about 600 names; more reps' zones than names cannot be
    COMMON_DAYS_MAX = 4096, // holidays or make-up days of the settings: a hundred years of forty
};

// What is counted of each kind of reminder. opened = told + pending + cancelled + expired, always.
enum tally {
    TALLY_OPENED,
    TALLY_TOLD,
    TALLY_PENDING,
    TALLY_CANCELLED, // before it was told
    TALLY_EXPIRED,   // before it was told
    TALLY_LATE,      // of those told
    TALLY_FOLDED,    // not opened: it went into one that was pending
    TALLY_RESTED,    // not opened: the same was told shortly before
    TALLY_WITHDRAWN, // told, then over before it was answered
    TALLY_ANSWERED,
    TALLY_COUNT
};

// What else is counted.
enum event_count {
    COUNT_LISTS,
    COUNT_LISTS_LATE,
    COUNT_LISTS_FOLDED,    // days whose list was never sent
    COUNT_ANSWERS_UNKNOWN, // answers to reminders that are not there
    COUNT_OWNERLESS,       // alerts that nobody was there to be told
    COUNT_PROMISES_STALE,  // promises that nobody closed
    COUNT_BAD,             // records that could not be read
    COUNT_PASSED,          // records that do not concern the scheduler
    COUNT_DATES_MISSED,    // dates that were over before they could be told
    COUNT_EVENTS
};

struct counts {
    uint64_t of_kind[KIND_COUNT][TALLY_COUNT];
    uint64_t events[COUNT_EVENTS];
};

struct scheduler {
    struct scheduler_options options;
    char default_rep[ID_TEXT_MAX + 1];
    struct zone *zones[ZONES_MAX];
    size_t zone_count;
    // The settings in force.
    const struct zone *zone;
    uint32_t week;
    int32_t holidays[COMMON_DAYS_MAX], makeups[COMMON_DAYS_MAX];
    size_t holiday_count, makeup_count;
    struct counts counts;
    bool counts_changed;
    bool armed; // since the start the rounds were set by the options and the zones of this process
};

// A rep at work, with all that a shift points to. `days` and `hours` live until the turn ends.
struct desk {
    struct rep rep;
    struct workdays days;
    struct hours fallback;
    struct shift shift;
};

// The zone of that name; UTC for a name that is not known.
const struct zone *office_zone(struct scheduler *self, const char *name);

// The rep's desk: own working days and hours or the common ones, less holidays and absences. It must not be copied, as
// it points into itself.
void office_desk(struct scheduler *self, struct turn *turn, const struct rep *rep, struct desk *ret_desk);

// Who takes care of the customer: the owner, or the default rep for those without one. False when there is nobody. An
// owner whom nobody told us about works by the common rules.
bool office_owner(struct scheduler *self, struct turn *turn, const struct customer *customer, struct rep *ret_rep);

// Puts settings in force; the zone of a name that is not known is UTC.
void office_settle_in(struct scheduler *self, const struct settings_fact *settings);

// Counts one more of a kind; one more or one less that is pending; more of something else.
void office_tally(struct scheduler *self, enum kind_id kind, enum tally tally);
void office_pending(struct scheduler *self, enum kind_id kind, bool more);
void office_count(struct scheduler *self, enum event_count what, uint64_t more);

// Reads the counts from the store, and writes them if they changed.
void office_load_counts(struct scheduler *self, struct turn *turn);
void office_save_counts(struct scheduler *self, struct turn *turn);

// The local day of an instant, DAY_NONE for 0, which stands for "never".
int32_t office_day(const struct desk *desk, int64_t at_ms);

#endif
