// A sheet: a rep's day as it would be planned now, with the calls of colleagues who are away and name the rep as their
// deputy. Building one reads the customers and changes nothing, so the same sheet serves the list that is sent and a
// look at a list to come.
#ifndef TEND_SERVICES_SCHEDULER_SHEET_H
#define TEND_SERVICES_SCHEDULER_SHEET_H

#include "services/scheduler/calllist.h"
#include "services/scheduler/dates.h"
#include "services/scheduler/measure.h"
#include "services/scheduler/news.h"
#include "services/scheduler/notice.h"
#include "services/scheduler/office.h"

enum { SHEET_COUNTRIES = 32 }; // of one rep's customers; there is hardly a feast that so many do not share

// A date of a customer that is to be told, or was missed.
struct sheet_date {
    size_t candidate;
    enum kind_id kind;
    unsigned whose; // 1: of the contact
    enum date_step step;
    int32_t occasion;
};

// What comes back by the calendar and is a reminder, no call.
struct sheet_due {
    size_t candidate;
    struct occasion due;
};

// From which candidate on they are a colleague's who is away.
struct sheet_guests {
    size_t from;
    const char *rep_id, *rep_name;
};

struct sheet {
    const struct desk *desk;
    int32_t day;
    struct candidate *candidates; // all customers of the rep, then those of colleagues who are away
    const char **ids;             // theirs
    size_t own, count;            // of the rep; with the others
    struct sheet_guests *guests;
    size_t guest_count;
    struct candidate **lines; // the day's calls, in order
    size_t line_count;
    struct coverage coverage;
    int32_t month_start;
    struct news_board news; // what is to be told these days
    // Only of a round, below.
    struct sheet_date *dates;
    size_t date_count;
    struct sheet_due *dues;
    size_t due_count;
    size_t *stale; // candidates with a promise that nobody closed
    size_t stale_count;
    const char *countries[SHEET_COUNTRIES]; // of the rep's customers; "" among them: the rep's own counts
    size_t country_count;
};

// The sheet of that day; everything in it lives until the turn ends. `round` also gathers what the daily round tells
// beside the calls.
void sheet_build(struct scheduler *self, struct turn *turn, const struct desk *desk, int32_t day, bool round,
                 struct sheet *ret_sheet);

// Only the coverage facts of that day.
void sheet_cover(struct scheduler *self, struct turn *turn, const struct desk *desk, int32_t day,
                 struct coverage *ret_coverage);

// True when the rep is absent on that day, as somebody has said.
bool sheet_away(const struct rep *rep, int32_t day);

// The country whose feasts hold for a customer: its own, else the rep's.
const char *sheet_country(const struct rep *rep, const struct customer *customer);

// The candidate's customer; and the colleague whose it is, NULL for the rep's own.
const char *sheet_customer(const struct sheet *sheet, const struct candidate *candidate);
const struct sheet_guests *sheet_guest(const struct sheet *sheet, const struct candidate *candidate);

#endif
