// A letter: what one rep must know at one moment, as plain text for a phone. Who, why now with the figures, what to do.
// Pure.
//
// The words are in the phrase files, in every language; here they are filled in. All that came from outside is disarmed
// on its way, and what does not fit the chat's limit goes item by item, with a line that says how many more there are.
#ifndef TEND_SERVICES_NOTIFIER_LETTER_H
#define TEND_SERVICES_NOTIFIER_LETTER_H

#include "services/notifier/disarm.h"
#include "services/notifier/say.h"

struct zone;
struct phrases;

// The reminders that there are; the numbers are those of the records. Behind each stands what it says beside the
// customer and the contact: what `text` is, what `before`, `after` and `event_date` are, and the figures it knows;
// told, the first telling, and broken_promises belong to all. All of it may be missing; then less is said. Where there
// is a list of customers in `about`, no customer of its own is needed.
enum letter_kind {
    LETTER_KIND_NONE,    // one that is not known here: the text alone
    LETTER_CALL,         // the text
    LETTER_CLASS_FALL,   // before, after: classes; net_sales, threshold_a, threshold_b, window, last_order, mean_gap
    LETTER_OVERDUE,      // last_order, mean_gap, net_sales, window
    LETTER_DROP,         // days_since_order, usual_gap, mean_gap
    LETTER_BIRTHDAY,     // text: whose; event_date
    LETTER_FOUNDING_DAY, // event_date; years
    LETTER_COOPERATION_ANNIVERSARY, // event_date; years
    LETTER_PROMISE,                 // text: what; event_date: the day
    LETTER_SNOOZED,                 // text: the note
    LETTER_COVERAGE_WARNING,        // missing, capacity, working_days_left
    LETTER_DECLINING,               // last_window, window_before
    LETTER_RIVAL,                   // text: the sign; newest_sign
    LETTER_RISING,                  // after: value.tier; net_sales
    LETTER_RECOVERY,                // open_complaints, broken_promises
    LETTER_WIN_BACK,                // last_order, net_sales
    LETTER_SATISFACTION_ALARM,      // text: the remark; answer
    LETTER_SATISFACTION_FOLLOW_UP,  // after: care.satisfaction; text: the remark
    LETTER_TEMPERATURE_COOLED,      // before, after: lead.temperature; last_contact
    LETTER_LEAD_FOLLOW_UP,          // after: lead.horizon; last_contact
    LETTER_ORDER_MISSED,            // expected_order
    LETTER_STAGE_STUCK,             // stage (a number or, in after, its word), days
    LETTER_CONTRACT_END,            // text: the contract; event_date: its last day
    LETTER_FIRST_ORDER_VISIT,       // last_order, last_order_amount
    LETTER_OBJECTION,               // text: what they object to
    LETTER_QUOTE_NURSE,             // text: why it was lost; lost (a day)
    LETTER_SMALL_NURSE,             // last_order
    LETTER_ANNOUNCEMENT,            // text: the news; event_date: until; about: whom to tell; points
    LETTER_COMPANY_EVENT,           // text: the event; event_date; about: whom to invite
    LETTER_EXPECTED_NEED,           // expected_order; text: what and how much; expected_amount
    LETTER_NO_FOLLOW_UP,            // days
    LETTER_NEXT_DATE_MISSING,       // about
    LETTER_CONTACT_MISSING,         // about
    LETTER_EVENING_PREVIEW,         // calls
    LETTER_FILE_DEADLINE,           // event_date: by; about, each with points "ask.FIELD"; complete, target
    LETTER_GREETING,                // text: the feast in Chinese, after: in English; event_date; about
    LETTER_GIFT_BUDGET,             // spent, budget
    LETTER_VISIT_APPROVAL,          // text: the region, after: the purpose; from, to; for_rep travels
    LETTER_VISIT_UNAPPROVED,        // as above
    LETTER_VISIT_ANNOUNCE,          // text: the region; from, to; about
    LETTER_VISIT_ARRIVAL,           // text: the region, before: the hotel, phone: the rep's there; about
    LETTER_VISIT_CHECKLIST,         // text: the region, after: the purpose; from; about; points prepare, talk, go
    LETTER_VISIT_CHECK_IN,          // text: the region; deadline
    LETTER_VISIT_REPORT,            // text: the region; from, to; deadline
    LETTER_POLICY_EXCEPTION,        // text: what; amount, limit, deadline; for_rep asks, and hears "approved" in after
    LETTER_SELF_REVIEW,             // text: the promise; late_minutes
    LETTER_PROMISE_BROKEN,          // text: the promise; times
    LETTER_PROMISE_SHORT,           // text: the promise; event_date: its day; lead, usual_lead
    LETTER_REPLY_DUE,               // text: the subject; received, deadline, waiting (messages, when several)
    LETTER_TELL_DELIVERY,           // text: the order; event_date: the day; was (promised before); after: why; deadline
    LETTER_CONFIRM_IN_WRITING,      // text: the key point; deadline
    LETTER_ORDER_ERROR,             // text: what is wrong, before: the order
    LETTER_COMPLAINT_ACKNOWLEDGE,   // text: the complaint; received, deadline
    LETTER_COMPLAINT_ACT,           // text: the complaint; received, deadline
    LETTER_COMPLAINT_CAUSE,         // text: the complaint
    LETTER_COMPLAINT_AGAIN,         // text: the cause; times, days
    LETTER_SURVEY_DUE,              // after: the occasion, "delivery", "complaint", "regular"
    LETTER_BLACK_REVIEW,            // event_date: until; text: why it was decided
    LETTER_COMMISSION_DUE,          // about: the customer that was brought; amount
    LETTER_OWNERSHIP_DISPUTE,       // text: the other rep
    LETTER_REASSIGNED,              // before: the rep so far, after: the new one; open (matters); about
    LETTER_EFFORT,                  // key_share, target, window
    LETTER_KINDS
};

// Why a customer is on a call list.
enum letter_reason {
    LETTER_REASON_NONE,
    LETTER_PROMISE_DUE,
    LETTER_OVERDUE_A,
    LETTER_STAGE,
    LETTER_EXPECTED,
    LETTER_COVERAGE,
    LETTER_SILENCE,
    LETTER_APPOINTMENT,
    LETTER_HOT,       // temperature (text), intention (text)
    LETTER_FOLLOW_UP, // last_contact; text: lead.horizon
    LETTER_OVERDUE_ANY,
    LETTER_NURSE, // lost or last_order
    LETTER_NEWS,  // text: the announcement
    LETTER_SURVEY,
    LETTER_REASONS
};

// Why this rep is told; the numbers are those of the records.
enum letter_role {
    LETTER_ROLE_NONE,
    LETTER_OWNER,
    LETTER_REP,
    LETTER_MANAGER,
    LETTER_DIRECTOR,
    LETTER_APPROVER,
    LETTER_DEPUTY,
    LETTER_ROLES
};

enum letter_unit {
    LETTER_UNIT_NONE,
    LETTER_COUNT,
    LETTER_MONEY, // micros of `currency`
    LETTER_DAYS,  // thousandths of a day
    LETTER_PPM,
    LETTER_TIME,  // milliseconds since 1970
    LETTER_DATE,  // days since 1970
    LETTER_MILLI, // a number, in thousandths
    LETTER_UNITS
};

struct letter_figure {
    const char *name;
    int64_t value;
    enum letter_unit unit;
    const char *currency;
};

// One thing to say or do. phrase_points has the words of the codes; of a code that it does not know the text is said.
struct letter_point {
    const char *code, *text;
    const struct letter_figure *figures;
    size_t figure_count;
};

// One reminder, or one line of a call list or of `about`. No text is NULL; empty says that it is not known.
struct letter_item {
    const char *reminder_id;
    enum letter_kind kind;     // of a reminder
    enum letter_kind put_off;  // of a snoozed one: the kind of what was put off
    enum letter_reason reason; // of a line of a call list
    const char *customer_id;
    const char *customer; // name
    char abc;             // 'A', 'B', 'C' or 0
    const char *region;
    const char *before, *after;
    const char *text; // the promise, the person's name, the note
    const char *contact, *phone;
    const char *event_date; // "2026-05-17" or "--05-17"
    const char *local_date; // the rep's day it belongs to
    bool late;
    const struct letter_figure *figures;
    size_t figure_count;
    unsigned priority; // 0: at once, 1: today, 2: may wait
    unsigned step;     // of the ladder, from 0
    enum letter_role role;
    const char *for_rep; // name: whose duty it is, where another one is told
    const struct letter_item *about;
    size_t about_count;
    const struct letter_point *points; // the most important ones first
    size_t point_count;
    const char *settled; // what became of it, in words: answered, withdrawn; empty: it is open
    const char *rule;    // why it is told, as the scheduler's rule says it; of a call line: empty
    const char *const *event_ids;
    size_t event_count;
};

struct letter_list {
    const char *local_date; // the day of the calls
    bool late;
    bool preview; // told the evening before
    const struct letter_item *calls;
    size_t count;
    uint32_t customers, contacted; // this month; customers 0: no coverage line
    uint32_t working_days_left;
    uint32_t capacity, missing;           // missing 0: everybody can be reached
    const struct letter_item *unrecorded; // preview: of today's list, neither answered nor logged
    size_t unrecorded_count;
    const struct letter_item *undated; // preview: spoken to today without a next date
    size_t undated_count;
    size_t settled, done; // calls that have left it since it was sent: answered or withdrawn; of those done
};

// How one rep, or all of them, stand.
struct letter_row {
    const char *rep; // name; empty: all
    uint32_t customers, contacted, missing;
    uint32_t calls, answered, undated;
    uint32_t told, open;
    uint32_t breaches, errors, orders;
    uint32_t minutes, key_minutes;
};

// How a manager's reps stand.
struct letter_digest {
    const char *local_date, *from_date; // "2026-05-17"; tells of from_date to local_date, or of local_date
    bool weekly;
    bool late;
    const struct letter_row *rows;
    size_t row_count;
    const struct letter_item *at_risk;
    size_t at_risk_count;
    const struct letter_point *points;
    size_t point_count;
};

struct letter {
    enum language language;
    const char *rep;         // name, may be empty
    const char *id;          // the visible one, "a1b2c3"
    int32_t today;           // the rep's day
    int64_t now_ms;          // the moment of that day; 0: none in particular
    const struct zone *zone; // the rep's, for instants; NULL: UTC
    const char *link;        // the page where it is answered; empty: none, or the chat has buttons
    bool alarm;              // it is one: for whoever runs this, and nothing to answer
    bool again;              // sent before, and nobody knows whether it arrived
    bool doubted;            // nobody knows whether it was sent before
    const struct letter_item *items;
    size_t item_count;
    const struct letter_list *lists;
    size_t list_count;
    const struct letter_digest *digests;
    size_t digest_count;
    const struct phrases *own_heads, *own_actions; // words of one's own, by kind; NULL: none
};

// What fits: `limit` in the unit that `cost` counts; costs of pieces add up to the cost of the whole.
struct letter_fit {
    enum disarm_style style;
    size_t limit;
    size_t (*cost)(const char *text, size_t length);
    const char *prefix; // what must stand in front, such as the keyword that a robot demands; may be empty
    size_t calls;       // lines of one list at most
    size_t items;       // reminders at most, where there is a page that has all of them; 0: as many as fit
};

enum {
    LETTER_BYTES = 48 * 1024, // room for any letter, twice what the most generous chat takes
    LETTER_LIMIT_MIN = 1000,  // a fit below this has no room for one item with its title
};

// What a notification or the subject of a mail says of the letter: why now of its first open reminder, and how many
// more there are; of a list or a digest which one it is. Writes into `buffer` of LETTER_BYTES; one line, empty when
// there is nothing in the letter.
void letter_title(const struct letter *letter, enum disarm_style style, char *buffer);

// Writes the letter into `buffer` of LETTER_BYTES and ends it with a NUL; returns its length.
size_t letter_compose(const struct letter *letter, const struct letter_fit *fit, char *buffer);

#endif
