// The office: what all parts of the scheduler share. Options and opened zones, the settings in force, and the counts,
// which are a cache of what is committed and are read anew after a commit that failed.
#ifndef TEND_SERVICES_SCHEDULER_OFFICE_H
#define TEND_SERVICES_SCHEDULER_OFFICE_H

#include "common/lane.h"
#include "common/money.h"
#include "services/scheduler/diary.h"
#include "services/scheduler/matter.h"
#include "services/scheduler/options.h"
#include "services/scheduler/shift.h"

enum {
    ZONES_MAX = 640,        // there are about 600 names; more reps' zones than names cannot be
    COMMON_DAYS_MAX = 4096, // holidays or make-up days of the settings: a hundred years of forty
    RATES_MAX = 4096,       // of the settings: twenty currencies by the month for seventeen years
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
    TALLY_SUPPRESSED, // not told: the customer was contacted often enough
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
    COUNT_UNANSWERED,      // matters that ended because nobody answered them
    COUNT_EVENTS
};

struct counts {
    uint64_t of_kind[KIND_COUNT][TALLY_COUNT];
    uint64_t events[COUNT_EVENTS];
};

// How long after a contact a class is left alone, and after how long nobody spoke to it for too long, in days.
struct silence {
    uint32_t shortest, longest; // longest 0: nothing was heard
};

// The days off of reps who are absent, which are asked for at each reminder: found once for whoever has the same
// absences. They lie in the arena of the turn.
enum { OFF_KEPT = 256 }; // reps, give or take those who share a place

struct off {
    const int32_t *holidays; // of whose country they are
    struct absence *absences;
    uint32_t absence_count;
    const int32_t *days;
    size_t count;
};

// Where the hourly look of proof.h is.
struct proof_walk {
    int64_t next_ms; // when it goes on
    uint8_t part;
    uint8_t from[HASH_BYTES]; // of that part
    uint64_t stuck;           // found so far, and mended
    char first[2 * HASH_BYTES + 1];
};

struct scheduler {
    struct scheduler_options options;
    struct kind_force kinds[KIND_COUNT]; // as the options have them
    struct silence silences[ABC_COUNT];  // as the policies of classes say, by quiet.h
    char default_rep[ID_TEXT_MAX + 1], director[ID_TEXT_MAX + 1];
    struct lane lane;      // of the processes: which reps it speaks to
    struct feasts *feasts; // on which customers are greeted
    struct zone *zones[ZONES_MAX];
    size_t zone_count;
    // The settings in force.
    const struct zone *zone;
    uint32_t week;
    int32_t holidays[COMMON_DAYS_MAX], makeups[COMMON_DAYS_MAX];
    size_t holiday_count, makeup_count;
    struct countries *countries;     // that keep their own
    char currency[MONEY_CODE_BYTES]; // that amounts are compared in
    struct exchange rates[RATES_MAX];
    size_t rate_count;
    struct counts counts;
    struct metric *figures[COUNT_EVENTS]; // the events, for who watches; NULL: nobody does
    struct metric *stuck_figure;
    struct proof_walk walk;
    bool counts_changed;
    const char *of; // while a fact is heard: the customer of whom it was said; NULL otherwise
    bool keeps_off; // within a turn, as the arena is its own
    struct off off[OFF_KEPT];
    bool armed;         // since the start the rounds were set by the options and the zones of this process
    bool chain_changed; // a rep's hours, days off or manager: whose digests that moves is seen to once a turn
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

// The zone whose clock the rep lives by.
const struct zone *office_rep_zone(struct scheduler *self, const struct rep *rep);

// The days that are worked where the rep is, whether or not the rep is absent: by the rep's own week and the days off
// of the rep's country, as countries.h has it; by the common ones when the rep has no country. They live until settings
// come.
struct workdays office_workdays(const struct scheduler *self, const struct rep *rep);

// The rep's desk: own working days and hours or the common ones, less holidays and absences. It must not be copied, as
// it points into itself.
void office_desk(struct scheduler *self, struct turn *turn, const struct rep *rep, struct desk *ret_desk);

// From now on days off are found once for each rep; before the turn ends, no more.
void office_keep_off(struct scheduler *self, bool on);

// Who takes care of the customer: the owner, or the default rep for those without one. False when there is nobody. An
// owner whom nobody told us about works by the common rules.
bool office_owner(struct scheduler *self, struct turn *turn, const struct customer *customer, struct rep *ret_rep);

// Whose a matter is: the rep's whom it names, else the owner's. False when there is nobody.
bool office_keeper(struct scheduler *self, struct turn *turn, const struct matter *matter,
                   const struct customer *customer, struct rep *ret_rep);

// Who takes the role in a matter at `at_ms`, when the owner or the rep may be away (duty.h): false when nobody does.
bool office_role(struct scheduler *self, struct turn *turn, const struct matter *matter,
                 const struct customer *customer, enum kind_role role, int64_t at_ms, struct rep *ret_rep);

// The rep's manager, or the configured director of those who have none. False when there is nobody above.
bool office_manager(struct scheduler *self, struct turn *turn, const struct rep *rep, struct rep *ret_rep);

// True when this process says what the rep is to hear: of several each has its own reps.
bool office_mine(const struct scheduler *self, const char *rep_id);

// A kind as configured: whether it is off; its step; its due span for a class (0: not known).
bool office_off(const struct scheduler *self, enum kind_id kind);
struct kind_step office_step(const struct scheduler *self, enum kind_id kind, unsigned step);
struct span office_due(const struct scheduler *self, enum kind_id kind, uint32_t abc);

// The moment from `at_ms` on at which a reminder of that priority may be told: within working hours, and outside the
// golden hours unless it cannot wait. SHIFT_NEVER when there is none.
int64_t office_tell_moment(const struct desk *desk, uint8_t priority, int64_t at_ms);

// Puts settings in force; the zone of a name that is not known is UTC.
void office_settle_in(struct scheduler *self, const struct settings_fact *settings);

// An amount in the currency that amounts are compared in, by the rate of that day; "" is that currency. False when
// there is no rate.
bool office_convert(const struct scheduler *self, int64_t micros, const char *currency, int32_t day,
                    int64_t *ret_micros);

// The local day of an instant by the common clock, for what belongs to no single rep.
int32_t office_common_day(const struct scheduler *self, int64_t at_ms);

// Counts one more of a kind; takes one back; one more or one less that is pending; more of something else.
void office_tally(struct scheduler *self, enum kind_id kind, enum tally tally);
void office_untally(struct scheduler *self, enum kind_id kind, enum tally tally);
void office_pending(struct scheduler *self, enum kind_id kind, bool more);
void office_count(struct scheduler *self, enum event_count what, uint64_t more);

// Reads the counts from the store, and writes them if they changed.
void office_load_counts(struct scheduler *self, struct turn *turn);
void office_save_counts(struct scheduler *self, struct turn *turn);

// The local day of an instant, DAY_NONE for 0, which stands for "never".
int32_t office_day(const struct desk *desk, int64_t at_ms);

#endif
