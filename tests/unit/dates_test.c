// Dates that come back every year, and the moments at which a rep is told.
#include "services/scheduler/dates.h"
#include "services/scheduler/shift.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int32_t day(const char *text)
{
    int32_t parsed;
    assert_true(day_parse(text, strlen(text), &parsed));
    return parsed;
}

static struct date yearly(const char *text)
{
    struct date parsed;
    assert_true(yearly_parse(text, strlen(text), &parsed));
    return parsed;
}

// Monday to Friday without 1 to 3 May 2026; Saturday 9 May is worked instead.
static int32_t holidays[3], makeups[1];

static struct workdays workdays(void)
{
    for (int32_t i = 0; i < 3; i++) {
        holidays[i] = day("2026-05-01") + i;
    }
    makeups[0] = day("2026-05-09");
    return (struct workdays){
        .week = 0x1f, .holidays = holidays, .holiday_count = 3, .makeups = makeups, .makeup_count = 1};
}

static void test_steps(void **state)
{
    (void)state;
    static const struct {
        const char *date, *today, *last, *known, *round;
        int32_t lead;
        bool counts_years;
        enum date_step step;
        const char *occasion;
    } rows[] = {
        // 17 May 2026 is a Sunday; three days before is a Thursday.
        {"--05-17", "2026-05-13", NULL, "2020-01-01", "2026-05-12", 3, false, DATE_WAIT, NULL},
        {"--05-17", "2026-05-14", NULL, "2020-01-01", "2026-05-13", 3, false, DATE_TELL, "2026-05-17"},
        {"--05-17", "2026-05-14", "2026-05-17", "2020-01-01", "2026-05-13", 3, false, DATE_WAIT, NULL},
        {"--05-17", "2026-05-15", NULL, "2020-01-01", "2026-05-12", 3, false, DATE_LATE, "2026-05-17"},
        // Known since the day before only: short notice, but nothing was missed.
        {"--05-17", "2026-05-15", NULL, "2026-05-15", "2026-05-14", 3, false, DATE_TELL, "2026-05-17"},
        {"--05-17", "2026-05-18", NULL, "2020-01-01", "2026-05-13", 3, false, DATE_MISSED, "2026-05-17"},
        {"--05-17", "2026-05-18", "2026-05-17", "2020-01-01", "2026-05-13", 3, false, DATE_WAIT, NULL},
        {"--05-17", "2026-05-18", NULL, "2026-05-18", "2026-05-13", 3, false, DATE_WAIT, NULL},
        {"--05-17", "2026-05-18", NULL, "2020-01-01", "2026-05-17", 3, false, DATE_WAIT, NULL},
        // The lead ends on a holiday, so the working day before it counts: 30 April.
        {"--05-04", "2026-04-29", NULL, "2020-01-01", "2026-04-28", 3, false, DATE_WAIT, NULL},
        {"--05-04", "2026-04-30", NULL, "2020-01-01", "2026-04-29", 3, false, DATE_TELL, "2026-05-04"},
        // ... or on a Saturday that is worked.
        {"--05-12", "2026-05-09", NULL, "2020-01-01", "2026-05-08", 3, false, DATE_TELL, "2026-05-12"},
        // 29 February: 28 February in common years.
        {"2000-02-29", "2027-02-25", NULL, "2020-01-01", "2027-02-24", 3, false, DATE_TELL, "2027-02-28"},
        {"2000-02-29", "2028-02-28", NULL, "2020-01-01", "2028-02-27", 1, false, DATE_TELL, "2028-02-29"},
        // Across the end of the year.
        {"--01-02", "2026-12-30", NULL, "2020-01-01", "2026-12-29", 3, false, DATE_TELL, "2027-01-02"},
        // An anniversary counts from the first year on.
        {"2026-05-14", "2026-05-14", NULL, "2026-05-14", "2026-05-13", 0, true, DATE_WAIT, NULL},
        {"2026-05-14", "2027-05-14", NULL, "2026-05-14", "2027-05-13", 0, true, DATE_TELL, "2027-05-14"},
        {"2027-05-14", "2026-05-14", NULL, "2020-01-01", "2026-05-13", 0, true, DATE_WAIT, NULL},
        // Nobody ever looked: nothing was missed.
        {"--05-17", "2026-05-18", NULL, "2020-01-01", NULL, 3, false, DATE_WAIT, NULL},
    };
    struct workdays days = workdays();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct date_watch watch = {.yearly = yearly(rows[i].date),
                                   .lead_days = rows[i].lead,
                                   .counts_years = rows[i].counts_years,
                                   .last_day = rows[i].last != NULL ? day(rows[i].last) : INT32_MIN,
                                   .known_day = day(rows[i].known),
                                   .round_day = rows[i].round != NULL ? day(rows[i].round) : INT32_MIN};
        int32_t occasion = 0;
        enum date_step step = dates_step(&watch, &days, day(rows[i].today), &occasion);
        if (step != rows[i].step) {
            fail_msg("row %zu: step %d, not %d", i, (int)step, (int)rows[i].step);
        }
        if (rows[i].occasion != NULL) {
            assert_int_equal(occasion, day(rows[i].occasion));
        }
    }
    int32_t occasion;
    assert_int_equal(dates_step(&(struct date_watch){.last_day = INT32_MIN}, &days, 20000, &occasion), DATE_WAIT);
}

// Every working day of thirty years is looked at: each occasion is told exactly once, never after the day itself.
static void test_once_a_year(void **state)
{
    (void)state;
    struct workdays days = workdays();
    static const char *const dates[] = {"1980-02-29", "--12-31", "--01-01", "2000-07-15", "1999-05-03"};
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        for (int32_t lead = 0; lead <= 14; lead += 7) {
            struct date_watch watch = {.yearly = yearly(dates[i]),
                                       .lead_days = lead,
                                       .last_day = INT32_MIN,
                                       .known_day = 0,
                                       .round_day = INT32_MIN};
            int32_t told = 0, first = day("2020-01-15"), last = day("2050-01-15");
            for (int32_t today = first; today < last; today++) {
                int32_t occasion;
                if (!workday_is(&days, today)) {
                    continue;
                }
                enum date_step step = dates_step(&watch, &days, today, &occasion);
                assert_true(step == DATE_WAIT || step == DATE_TELL);
                if (step == DATE_TELL) {
                    assert_true(occasion - lead >= today && occasion - lead - today <= 5);
                    watch.last_day = occasion;
                    told++;
                }
                watch.round_day = today;
            }
            assert_int_equal(told, 30);
        }
    }
}

// --- moments
// ----------------------------------------------------------------------------------------------------------

struct bench {
    struct zone *zone;
    struct workdays days;
    struct hours hours[2];
    struct shift shift;
};

static void open_bench(struct bench *bench, const char *name)
{
    assert_true(zone_open(ZONE_DIRECTORIES, name, &bench->zone));
    bench->days = workdays();
    bench->hours[0] = (struct hours){9 * 60, 12 * 60};
    bench->hours[1] = (struct hours){13 * 60 + 30, 18 * 60};
    bench->shift = (struct shift){{bench->zone, &bench->days, bench->hours, 2}, 8 * 60 + 30};
}

static int64_t at(const struct bench *bench, const char *date, uint32_t minute)
{
    return zone_instant(bench->zone, day(date), minute) * 1000;
}

static void test_next_moment(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, "Asia/Shanghai");
    static const struct {
        const char *date;
        uint32_t minute;
        const char *next_date;
        uint32_t next_minute, before_minute;
        const char *before_date;
    } rows[] = {
        {"2026-05-13", 10 * 60, "2026-05-13", 10 * 60, 10 * 60, "2026-05-13"},
        {"2026-05-13", 3 * 60, "2026-05-13", 8 * 60 + 30, 8 * 60 + 30, "2026-05-12"},
        {"2026-05-13", 8 * 60 + 30, "2026-05-13", 8 * 60 + 30, 8 * 60 + 30, "2026-05-13"},
        {"2026-05-13", 8 * 60 + 40, "2026-05-13", 9 * 60, 8 * 60 + 30, "2026-05-13"},
        {"2026-05-13", 12 * 60 + 10, "2026-05-13", 13 * 60 + 30, 8 * 60 + 30, "2026-05-13"},
        {"2026-05-13", 18 * 60, "2026-05-14", 8 * 60 + 30, 8 * 60 + 30, "2026-05-13"},
        {"2026-05-15", 22 * 60, "2026-05-18", 8 * 60 + 30, 8 * 60 + 30, "2026-05-15"}, // a weekend
        {"2026-05-09", 10 * 60, "2026-05-09", 10 * 60, 10 * 60, "2026-05-09"},         // a Saturday that is worked
        {"2026-05-01", 10 * 60, "2026-05-04", 8 * 60 + 30, 8 * 60 + 30, "2026-04-30"}, // a holiday
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t now = at(&bench, rows[i].date, rows[i].minute) + (rows[i].minute == 630 ? 1 : 0);
        assert_int_equal(shift_next(&bench.shift, now), at(&bench, rows[i].next_date, rows[i].next_minute));
        assert_int_equal(shift_before(&bench.shift, now), at(&bench, rows[i].before_date, rows[i].before_minute));
    }
    // Who begins before the list is told from then on; what came before waits for the list.
    bench.hours[0].from_minute = 7 * 60;
    assert_int_equal(shift_next(&bench.shift, at(&bench, "2026-05-13", 478)), at(&bench, "2026-05-13", 478));
    assert_int_equal(shift_next(&bench.shift, at(&bench, "2026-05-13", 400)), at(&bench, "2026-05-13", 510));
    bench.days.week = 0;
    bench.days.makeup_count = 0;
    assert_true(shift_next(&bench.shift, at(&bench, "2026-05-13", 600)) == SHIFT_NEVER);
    assert_true(shift_before(&bench.shift, at(&bench, "2026-05-13", 600)) == SHIFT_NEVER);
    zone_close(&bench.zone);
}

// The clocks change at 02:00 on Sunday 29 March and at 03:00 on Sunday 25 October 2026 in Berlin. A list at half past
// two.
static void test_days_when_clocks_change(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, "Europe/Berlin");
    bench.shift.list_minute = 2 * 60 + 30;
    bench.days.week = 0x7f;
    int64_t spring = shift_list(&bench.shift, day("2026-03-29"));
    assert_int_equal(shift_day(&bench.shift, spring), day("2026-03-29"));
    assert_int_equal(shift_minute(&bench.shift, spring), 3 * 60);
    int64_t autumn = shift_list(&bench.shift, day("2026-10-25"));
    assert_int_equal(shift_minute(&bench.shift, autumn), 2 * 60 + 30);
    // An hour later it is half past two again, and that is no second list.
    assert_int_equal(shift_minute(&bench.shift, autumn + 3600000), 2 * 60 + 30);
    assert_int_equal(shift_next(&bench.shift, autumn + 1), at(&bench, "2026-10-25", 9 * 60));
    int64_t before = 0;
    for (int32_t i = day("2026-01-01"); i < day("2027-01-01"); i++) {
        int64_t list = shift_list(&bench.shift, i);
        assert_int_equal(shift_day(&bench.shift, list), i);
        assert_true(list > before);
        before = list;
    }
    zone_close(&bench.zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_once_a_year),
        cmocka_unit_test(test_next_moment),
        cmocka_unit_test(test_days_when_clocks_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
