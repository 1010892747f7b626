// What comes back by the calendar: contracts that end, files to be complete, quotes to nurse, birthdays, surveys. Found
// by the rep's daily round from what the customer's row knows and the day, without a timer for each date. Pure.
//
// An occasion is a day of a kind: the day a contract ends, the birthday itself. It is told on its tell day, so many
// days before it, on the last working day up to then; kinds with several leads (90, 60, 30 and 7 days) have a tell day
// for each, and only the latest lead that has come is listed. It is worth telling until its last day, which is the
// occasion itself for what cannot be done afterwards.
//
// What stands is a function of the facts and the day alone, so a round that comes late finds it all the same: days on
// which the rep was away or the service was down are caught up, and what is over by then is said to be over.
#ifndef TEND_SERVICES_SCHEDULER_DUES_H
#define TEND_SERVICES_SCHEDULER_DUES_H

#include "common/calendar.h"
#include "services/scheduler/kinds.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DUES_NEVER INT32_MIN // in facts: there is no such day

enum {
    DUES_CONTRACTS = 4, // of one customer that are looked at
    DUES_QUOTES = 4,    // lost quotes of one customer that are nursed
    DUES_DATED = 32,    // birthdays, greetings and events of one customer around one day
    DUES_LEADS = 8,     // of one kind; more would be nagging
    DUES_MAX = DUES_DATED + DUES_QUOTES * DUES_LEADS + 16, // occasions of one customer on one day
};

// Numbers of days. `days` is the caller's, at most DUES_LEADS of them.
struct due_leads {
    const int64_t *days;
    size_t count;
};

// For the sake of its defaults see options_rules.c.
struct dues_options {
    struct due_leads contract_end;  // days before the last day, descending
    struct due_leads file_deadline; // likewise before the day by which the file is to be complete
    struct due_leads black_review;  // likewise before a decision is looked at again
    struct due_leads quote_nurse;   // days after the quote was lost, ascending
    int64_t birthday_days;          // before
    int64_t founding_days;
    int64_t cooperation_days;
    int64_t greeting_work_days; // working days before the feast
    int64_t event_work_days;    // working days before a company event
    int64_t expected_work_days; // working days before an expected order
    int64_t missed_work_days;   // working days after it, when it did not come
    int64_t follow_h_work_days; // working days after the last contact, of a lead of horizon H; 0: not followed up
    int64_t follow_a_work_days;
    int64_t follow_b_work_days;
    int64_t small_every_days;  // small and once: asked again so often; 0: never
    int64_t small_most;        // and so many times
    uint32_t greeting_classes; // bits: 1 << class, bit 0 for customers without a class
};

struct due_contract {
    int32_t last_day;
    uint64_t which; // a hash of its id
};

struct due_quote {
    int32_t day;        // on which it was lost
    int32_t follow_day; // on which they want to be asked again, DUES_NEVER: as the options say
    uint64_t which;
};

// An occasion whose day the caller knows: of KIND_BIRTHDAY, KIND_FOUNDING_DAY, KIND_COOPERATION, KIND_GREETING or
// KIND_COMPANY_EVENT.
struct due_dated {
    enum kind_id kind;
    int32_t day;
    uint64_t which; // whose birthday, which feast, which event
};

// A plain copy of what is known of one customer. Days are DUES_NEVER when there are none.
struct due_facts {
    uint32_t abc;    // 0: not known
    bool small;      // value.tier says so
    char horizon;    // 'H', 'A', 'B', 'C', 0: none
    bool file_short; // less of the file is filled than its target

    int32_t known_day;   // since when the customer is known
    int32_t contact_day; // of the last real contact
    int32_t last_order_day;
    uint32_t orders_ever;
    int32_t expected_day;     // of the next order
    int32_t expected_set_day; // on which that was said; an order since then is the one expected
    int32_t survey_day;       // on which they are to be asked for their opinion
    int32_t file_by_day;
    int32_t face_until_day;  // on which a decision about the customer's face is looked at again
    int32_t stage_limit_day; // on which the lead will have stood in its stage for too long

    const struct due_contract *contracts; // that hold
    size_t contract_count;
    const struct due_quote *quotes;
    size_t quote_count;
    const struct due_dated *dated;
    size_t dated_count;
};

// (kind, which, day, lead) is the same whenever it is listed, so what was told is known by it.
struct occasion {
    enum kind_id kind;
    uint64_t which; // of the contract, the quote or the dated occasion, else 0
    int32_t day; // the occasion; of an order that is missed, the day it was expected; of a follow-up, the last contact
    int32_t tell_day; // since when it is listed
    int32_t last_day; // until when
    uint32_t lead;    // which of the leads, from 0
    bool last_lead;   // there is no later one
    bool fresh;       // it was not yet listed on `since_day`
    bool over;        // last_day was before today and not before `since_day`; fresh and over: it was missed
};

// Lists what stands on `today`, and what has ended since the round of `since_day` (INT32_MIN: there was none, so
// nothing was missed). `days` are the rep's working days. Writes at most DUES_MAX and returns how many; kinds in the
// order of their table, then as the facts have them.
//
// Tell what is fresh and not over; count what is fresh and over. When a fact or the rep's calendar may have changed
// since that round, tell what was not told yet instead, as known by (kind, which, day, lead).
//
// Rules beside the leads: of several contracts the one that lasts longest counts, since the others have a successor. A
// lost quote is nursed until an order comes, on follow_day alone when there is one. A customer of class C or small who
// has bought is asked again every small_every_days after the last order. An expected order is missed when none came
// since it was expected.
size_t dues_find(const struct dues_options *options, const struct workdays *days, const struct due_facts *facts,
                 int32_t since_day, int32_t today, struct occasion *ret_dues);

#endif
