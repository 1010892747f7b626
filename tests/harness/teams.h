// Random teams: the scheduler alone, on simulated time, with reps who do what their lists say or do not, go away, hand
// customers over, promise in bursts, and a service that is down for days. What it says is checked by plain computations
// of its own:
//   - nobody's list is longer than the rep's capacity, and there is one a day;
//   - nothing is said on a rep's day off or outside the day's hours, and nothing twice on a local date;
//   - who does what the lists say reaches everybody each month in which that is possible (by a bound that counts calls
//     against working days), or it was said in that month that it is not; where it is impossible from the start, it is
//     said with the first list;
//   - each promise, birthday and complaint whose moment came was told, or there is a record of why not;
//   - reminders that were opened became something.
#ifndef TEND_TESTS_HARNESS_TEAMS_H
#define TEND_TESTS_HARNESS_TEAMS_H

#include <stdint.h>
#include <stdio.h>

// How large a team may be drawn. `work` bounds reps times customers of a rep times days.
struct teams_size {
    uint32_t reps_most, customers_most; // of one rep
    uint32_t days_most;
    uint64_t work;
};

struct teams_outcome {
    uint32_t reps, customers, days, outages;
    uint64_t lists, calls, reminders, promises, birthdays, complaints;
    uint64_t months, reachable, reached, warned; // of reps who do what their lists say
    uint64_t findings;                           // what should not be
};

// Plays the team of that seed and writes what should not be to `out`, a line each.
void teams_play(uint64_t seed, const struct teams_size *size, FILE *out, struct teams_outcome *ret_outcome);

#endif
