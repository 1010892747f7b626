// A customer's row measured for one day of a rep: as a candidate of the call list, and what comes back by the calendar.
// It reads the row alone, so that a thousand of them are measured in a moment.
#ifndef TEND_SERVICES_SCHEDULER_MEASURE_H
#define TEND_SERVICES_SCHEDULER_MEASURE_H

#include "services/scheduler/calllist.h"
#include "services/scheduler/dues.h"
#include "services/scheduler/office.h"

struct measured {
    struct candidate candidate;
    bool expected_told; // the expected day is what somebody said, not what the rhythm says
    size_t due_count;
    struct occasion dues[DUES_MAX]; // what stands on that day, and what ended since the rep's last round
};

// `day` is a local day of the desk's rep, today or to come.
void measure_customer(const struct scheduler *self, const struct desk *desk, const struct customer *customer,
                      int32_t day, struct measured *ret_measured);

// When the customer is expected to order: as somebody was told, until an order came after that, else as the rhythm
// says. DAY_NONE: not known. `ret_told` may be NULL.
int32_t measure_expected(const struct desk *desk, const struct customer *customer, bool *ret_told);

// Since when the customer is to be asked for an opinion, DAY_NONE: not, or asked already.
int32_t measure_survey(const struct desk *desk, const struct customer *customer);

// The stage of the funnel and since when, as far as it brings a call.
enum call_stage measure_stage(const struct desk *desk, const struct customer *customer, int32_t day,
                              int32_t *ret_since);

// What holds in a dimension: true when it is that value. Like book_standing, but makes no copy.
bool measure_standing(const struct customer *customer, const char *dimension, const char *value);

#endif
