// Random teams, checked by plain computations. Beside the few of every run:
//     teams_test SEEDS [FIRST]     as many, and larger ones: three years, up to 50 reps with 3,000 customers each
#include "harness/teams.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { SEEDS = 5, FIRST_SEED = 1 };

static const struct teams_size small = {.reps_most = 5, .customers_most = 120, .days_most = 400, .work = 25000};
static const struct teams_size large = {.reps_most = 50, .customers_most = 3000, .days_most = 3 * 365, .work = 200000};

static void few_small_teams(void **state)
{
    (void)state;
    uint64_t findings = 0, months = 0;
    for (uint64_t seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
        struct teams_outcome outcome;
        teams_play(seed, &small, stderr, &outcome);
        findings += outcome.findings;
        months += outcome.months;
    }
    assert_true(months > 10);
    assert_int_equal(findings, 0);
}

static int soak(uint64_t seeds, uint64_t first)
{
    struct teams_outcome all = {0};
    uint64_t failed = 0;
    for (uint64_t seed = first; seed < first + seeds; seed++) {
        struct teams_outcome one;
        teams_play(seed, &large, stdout, &one);
        printf("seed %llu: %u reps, %u customers, %u days, %u outages; %llu lists, %llu calls, %llu reminders; "
               "%llu of %llu months reached (%llu reachable), %llu warned: %llu findings\n",
               (unsigned long long)seed, one.reps, one.customers, one.days, one.outages, (unsigned long long)one.lists,
               (unsigned long long)one.calls, (unsigned long long)one.reminders, (unsigned long long)one.reached,
               (unsigned long long)one.months, (unsigned long long)one.reachable, (unsigned long long)one.warned,
               (unsigned long long)one.findings);
        fflush(stdout);
        failed += one.findings > 0;
        all.lists += one.lists;
        all.calls += one.calls;
        all.reminders += one.reminders;
        all.promises += one.promises;
        all.birthdays += one.birthdays;
        all.complaints += one.complaints;
        all.months += one.months;
        all.reachable += one.reachable;
        all.reached += one.reached;
    }
    printf("%llu lists, %llu calls, %llu reminders, %llu promises, %llu birthdays, %llu complaints; %llu months of "
           "reps, %llu reachable, %llu reached\n",
           (unsigned long long)all.lists, (unsigned long long)all.calls, (unsigned long long)all.reminders,
           (unsigned long long)all.promises, (unsigned long long)all.birthdays, (unsigned long long)all.complaints,
           (unsigned long long)all.months, (unsigned long long)all.reachable, (unsigned long long)all.reached);
    printf("%llu passed, %llu failed\n", (unsigned long long)(seeds - failed), (unsigned long long)failed);
    return failed > 0;
}

int main(int count, char **arguments)
{
    if (count > 1)
        return soak(strtoull(arguments[1], NULL, 10), count > 2 ? strtoull(arguments[2], NULL, 10) : FIRST_SEED);
    const struct CMUnitTest tests[] = {cmocka_unit_test(few_small_teams)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
