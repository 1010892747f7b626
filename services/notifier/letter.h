// A letter: what one rep must know at one moment, as plain text for a phone. Who, why now with the figures, what to do.
// Pure.
//
// The words are in phrase.c, in every language; here they are filled in. All that came from outside is disarmed on its
// way, and what does not fit the chat's limit goes item by item, with a line that says how many more there are.
#ifndef TEND_SERVICES_NOTIFIER_LETTER_H
#define TEND_SERVICES_NOTIFIER_LETTER_H

#include "services/notifier/disarm.h"
#include "services/notifier/say.h"

struct zone;

// The reminders that there are; the numbers are those of the records.
enum letter_kind {
    LETTER_KIND_NONE,
    LETTER_CALL,
    LETTER_CLASS_FALL,
    LETTER_OVERDUE,
    LETTER_DROP,
    LETTER_BIRTHDAY,
    LETTER_FOUNDING_DAY,
    LETTER_COOPERATION_ANNIVERSARY,
    LETTER_PROMISE,
    LETTER_SNOOZED,
    LETTER_COVERAGE_WARNING,
    LETTER_KINDS
};

// Why a customer is on a call list.
enum letter_reason {
    LETTER_REASON_NONE,
    LETTER_PROMISE_DUE,
    LETTER_OVERDUE_A,
    LETTER_STAGE,
    LETTER_EXPECTED_NEED,
    LETTER_COVERAGE,
    LETTER_SILENCE,
    LETTER_APPOINTMENT,
    LETTER_REASONS
};

enum letter_unit {
    LETTER_UNIT_NONE,
    LETTER_COUNT,
    LETTER_MONEY, // micros of `currency`
    LETTER_DAYS,  // thousandths of a day
    LETTER_PPM,
    LETTER_TIME, // milliseconds since 1970
    LETTER_DATE, // days since 1970
    LETTER_UNITS
};

struct letter_figure {
    const char *name;
    int64_t value;
    enum letter_unit unit;
    const char *currency;
};

// One reminder, or one line of a call list. No text is NULL; empty says that it is not known.
struct letter_item {
    const char *reminder_id;
    enum letter_kind kind;     // of a reminder
    enum letter_reason reason; // of a line of a call list
    const char *customer_id;
    const char *customer; // name
    char abc;             // 'A', 'B', 'C' or 0
    const char *before, *after;
    const char *text; // the promise, the person's name, the note
    const char *contact, *phone;
    const char *event_date; // "2026-05-17" or "--05-17"
    const char *local_date; // the rep's day it belongs to
    bool late;
    const struct letter_figure *figures;
    size_t figure_count;
};

struct letter_list {
    const char *local_date;
    bool late;
    const struct letter_item *calls;
    size_t count;
    uint32_t customers, contacted; // this month; customers 0: no coverage line
    uint32_t working_days_left;
    uint32_t capacity, missing; // missing 0: everybody can be reached
};

struct letter {
    enum language language;
    const char *rep;         // name, may be empty
    const char *id;          // the visible one, "a1b2c3"
    int32_t today;           // the rep's day
    const struct zone *zone; // the rep's, for instants; NULL: UTC
    bool again;              // sent before, and nobody knows whether it arrived
    const struct letter_item *items;
    size_t item_count;
    const struct letter_list *lists;
    size_t list_count;
};

// What fits: `limit` in the unit that `cost` counts; costs of pieces add up to the cost of the whole.
struct letter_fit {
    enum disarm_style style;
    size_t limit;
    size_t (*cost)(const char *text, size_t length);
    const char *prefix; // what must stand in front, such as the keyword that a robot demands; may be empty
    size_t calls;       // lines of one call list at most
};

enum {
    LETTER_BYTES = 48 * 1024, // room for any letter, twice what the most generous chat takes
    LETTER_LIMIT_MIN = 1000,  // a fit below this has no room for one item with its title
};

// Writes the letter into `buffer` of LETTER_BYTES and ends it with a NUL; returns its length.
size_t letter_compose(const struct letter *letter, const struct letter_fit *fit, char *buffer);

#endif
