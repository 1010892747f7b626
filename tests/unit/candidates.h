// What the tests of the planner share: rules as usual, a day in the middle of a month, customers.
#ifndef TEND_TESTS_UNIT_CANDIDATES_H
#define TEND_TESTS_UNIT_CANDIDATES_H

#include "services/scheduler/calllist.h"

#include "common/calendar.h"
#include "services/scheduler/lookahead.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 1200, TODAY = 20000, MONTH_START = 19990 };

static struct candidate *order[MOST], *lines[MOST];

static inline struct plan_rules usual(uint32_t capacity)
{
    return (struct plan_rules){.capacity = capacity,
                               .need_lead_days = 7,
                               .rest_days = 3,
                               .repeat_days = 7,
                               .stage_days = 60,
                               .expired_days = 30,
                               .stale_days = 30,
                               .tries = 3};
}

// Every day from `from` on is worked.
static inline const int32_t *days_from(int32_t from)
{
    static int32_t days[31];
    for (int32_t i = 0; i < 31; i++)
        days[i] = from + i;
    return days;
}

static inline struct plan_day middle(uint32_t left)
{
    return (struct plan_day){.today = TODAY,
                             .month_start = MONTH_START,
                             .month_end = MONTH_START + 29,
                             .working_days_left = left,
                             .working_days = days_from(TODAY)};
}

// A customer whom nothing speaks for: reached this month, five days ago.
static inline struct candidate calm(uint32_t abc)
{
    static const int32_t LONGEST[] = {0, 14, 30, 90};
    return (struct candidate){.contact_day = TODAY - 5,
                              .known_day = TODAY - 400,
                              .promise_day = DAY_NONE,
                              .appointment_day = DAY_NONE,
                              .expected_day = DAY_NONE,
                              .hold_day = DAY_NONE,
                              .mute_day = DAY_NONE,
                              .put_off_day = DAY_NONE,
                              .follow_day = DAY_NONE,
                              .survey_day = DAY_NONE,
                              .news_day = DAY_NONE,
                              .quote_day = DAY_NONE,
                              .small_day = DAY_NONE,
                              .shortest_days = 3,
                              .longest_days = LONGEST[abc],
                              .abc = abc};
}

static inline struct candidate uncovered(uint32_t abc, int32_t silence)
{
    struct candidate candidate = calm(abc);
    candidate.contact_day = TODAY - silence;
    return candidate;
}

static inline size_t plan(const struct plan_rules *rules, const struct plan_day *day, struct candidate *candidates,
                          size_t count, struct coverage *ret_coverage)
{
    return calllist_plan(rules, day, candidates, count, order, lines, ret_coverage);
}

#endif
