// The report of a rehearsal, for a sales manager: how many messages each rep would have got, whether everybody was
// reached each month, what the reminders were about and what became of them. As text, and as a page that needs nothing
// else.
#ifndef TEND_TEND_REHEARSE_REPORT_H
#define TEND_TEND_REHEARSE_REPORT_H

#include "services/tend/rehearse_recount.h"
#include "services/tend/wording.h"

#include <stdio.h>

struct rehearse_report {
    const struct recount *recount;
    int32_t from_day, to_day; // the days that were rehearsed
    uint64_t events, refused;
    uint64_t without_rate; // orders that count as 0
    enum wording_language language;
};

// Whether it went well is the caller's to ask of the file.
void rehearse_text(FILE *out, const struct rehearse_report *report);
void rehearse_page(FILE *out, const struct rehearse_report *report);

// --- what both say

enum { REPORT_BYTES = 400 };

// "2.4": messages on a day with any.
const char *report_mean(uint64_t messages, uint64_t days, char *buffer);

// "2026-06"; the day itself; "" for INT32_MIN. The buffer holds REPORT_BYTES, as in all that follow.
const char *report_month(int32_t first, char *buffer);
const char *report_day(int32_t day, char *buffer);

// "4 to 5", "more than 10" messages.
const char *report_band(enum wording_language language, size_t band, char *buffer);

// All reps of one month, as one; `ret_warned` reps were warned of those that are short of somebody, `ret_short`.
struct recount_month report_month_of_all(const struct recount *recount, int32_t first, uint32_t *ret_short,
                                         uint32_t *ret_warned);

// The kinds that anything happened to, the most told first. Returns how many.
size_t report_kinds(const struct recount *recount, enum kind_id ret_kinds[KIND_COUNT]);

// The part that was reached, in ppm; of nobody all.
uint32_t report_reached(const struct recount_month *month);

// Whether the files tell of no contact at all: then the part that was reached says nothing, and REPORT_UNREACHED is
// said instead.
bool report_unreached(const struct recount *recount);
#define REPORT_UNREACHED \
    "The files hold no contact with a customer, so nobody counts as reached: give a file of contacts too."

#endif
