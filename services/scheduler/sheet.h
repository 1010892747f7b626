// A sheet: a rep's day as it would be planned now. Building one reads the rep's customers and changes nothing, so the
// same sheet serves the list that is sent and a look at a list to come.
#ifndef TEND_SERVICES_SCHEDULER_SHEET_H
#define TEND_SERVICES_SCHEDULER_SHEET_H

#include "services/scheduler/calllist.h"
#include "services/scheduler/dates.h"
#include "services/scheduler/notice.h"
#include "services/scheduler/office.h"

// A date of a customer that is to be told, or was missed.
struct sheet_date {
    size_t candidate;
    enum kind_id kind;
    unsigned whose; // 1: of the contact
    enum date_step step;
    int32_t occasion;
};

struct sheet {
    const struct desk *desk;
    int32_t day;
    struct candidate *candidates; // all customers of the rep
    const char **ids;             // theirs
    size_t count;
    struct candidate **lines; // the day's calls, in order
    size_t line_count;
    struct coverage coverage;
    int32_t month_start;
    struct sheet_date *dates;
    size_t date_count;
    size_t *stale; // candidates with a promise that nobody closed
    size_t stale_count;
};

// The sheet of that day; everything in it lives until the turn ends.
void sheet_build(struct scheduler *self, struct turn *turn, const struct desk *desk, int32_t day,
                 struct sheet *ret_sheet);

// Only the coverage facts of that day.
void sheet_cover(struct scheduler *self, struct turn *turn, const struct desk *desk, int32_t day,
                 struct coverage *ret_coverage);

// The n-th call as it will stand on the list: the customer, the reason and its figures.
void sheet_line(struct turn *turn, const struct sheet *sheet, size_t n, struct notice_line *ret_line);

// The candidate's customer.
const char *sheet_customer(const struct sheet *sheet, const struct candidate *candidate);

// The date of a customer that the row of a kind stands for; month 0: there is none. `ret_last` gets the last occasion.
struct date sheet_yearly(const struct customer *customer, enum kind_id kind, unsigned whose, int32_t *ret_last);

#endif
