// Trips: what holds after all that was said about one, and what is to be told when.
#include "services/scheduler/trip.h"

#include "unit/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { HOUR_MS = 3600000 };

static const struct trip_options OPTIONS = {.checklist_work_days = 2, .report_work_days = 3};

static int32_t day(const char *text)
{
    int32_t parsed;
    assert_true(day_parse(text, strlen(text), &parsed));
    return parsed;
}

// Words of a trip as they are heard: what, when, and for a plan its substance.
enum said { PLAN, APPROVE, REFUSE, CANCEL, ARRIVE, CHECK_IN, REPORT };
struct word {
    enum said said;
    int64_t at_ms;
    uint64_t substance;
};

static void hear(struct trip *trip, const struct word *word)
{
    struct trip_mark mark = {word->at_ms, (uint64_t)word->at_ms * 7};
    switch (word->said) {
    case PLAN:
        if (trip_plan(trip, mark, word->substance))
            trip->from_day = trip->to_day = (int32_t)word->substance;
        break;
    case APPROVE:
        trip_replaces(&trip->approved, mark);
        break;
    case REFUSE:
        trip_replaces(&trip->refused, mark);
        break;
    case CANCEL:
        trip_replaces(&trip->cancelled, mark);
        break;
    case ARRIVE:
        trip_replaces(&trip->arrived, mark);
        break;
    case CHECK_IN:
        trip_check_in(trip, word->at_ms);
        break;
    case REPORT:
        trip_replaces(&trip->reported, mark);
        break;
    }
}

static void test_stages(void **state)
{
    (void)state;
    static const struct {
        struct word words[4];
        size_t count;
        enum trip_stage stage;
    } ROWS[] = {
        {{{PLAN, 0, 0}}, 0, TRIP_UNKNOWN},
        {{{APPROVE, 10, 0}}, 1, TRIP_UNKNOWN},
        {{{PLAN, 10, 1}}, 1, TRIP_ASKED},
        {{{PLAN, 10, 1}, {APPROVE, 9, 0}}, 2, TRIP_ASKED},
        {{{PLAN, 10, 1}, {APPROVE, 10, 0}}, 2, TRIP_APPROVED}, // as old papers say it
        {{{PLAN, 10, 1}, {APPROVE, 11, 0}}, 2, TRIP_APPROVED},
        {{{PLAN, 10, 1}, {APPROVE, 11, 0}, {REFUSE, 12, 0}}, 3, TRIP_REFUSED},
        {{{PLAN, 10, 1}, {REFUSE, 11, 0}, {APPROVE, 12, 0}}, 3, TRIP_APPROVED},
        {{{PLAN, 10, 1}, {APPROVE, 11, 0}, {PLAN, 12, 1}}, 3, TRIP_APPROVED}, // the same plan, another hotel
        {{{PLAN, 10, 1}, {APPROVE, 11, 0}, {PLAN, 12, 2}}, 3, TRIP_ASKED},    // other days
        {{{PLAN, 10, 1}, {REFUSE, 11, 0}, {PLAN, 12, 2}}, 3, TRIP_ASKED},
        {{{PLAN, 10, 1}, {APPROVE, 11, 0}, {CANCEL, 12, 0}}, 3, TRIP_CANCELLED},
        {{{PLAN, 10, 1}, {APPROVE, 11, 0}, {CANCEL, 12, 0}, {PLAN, 13, 1}}, 4, TRIP_ASKED},
        {{{PLAN, 10, 1}, {CANCEL, 9, 0}}, 2, TRIP_ASKED},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct trip trip = {.from_day = TRIP_NO_DAY, .to_day = TRIP_NO_DAY};
        for (size_t j = 0; j < ROWS[i].count; j++)
            hear(&trip, &ROWS[i].words[j]);
        if (trip_stage(&trip) != ROWS[i].stage)
            fail_msg("row %zu: %d", i, (int)trip_stage(&trip));
    }
}

// Whatever the order, the trip is the same; also when more plans and check-ins come than are remembered.
static void test_any_order(void **state)
{
    (void)state;
    enum { WORDS = 100, ORDERS = 200 };
    struct dice dice = dice_take();
    struct word words[WORDS];
    for (size_t i = 0; i < WORDS; i++) {
        enum said said = i < 12 ? PLAN : i < 85 ? CHECK_IN : (enum said)(APPROVE + dice_throw(&dice, 6));
        words[i] =
            (struct word){said, 1000 + (int64_t)i * 10 + dice_throw(&dice, 10), (uint64_t)(1 + dice_throw(&dice, 3))};
    }
    struct trip first;
    for (size_t order = 0; order < ORDERS; order++) {
        struct trip trip = {.from_day = TRIP_NO_DAY, .to_day = TRIP_NO_DAY};
        for (size_t i = WORDS; i > 0; i--) {
            size_t pick = (size_t)dice_throw(&dice, (int64_t)i);
            struct word word = words[pick];
            words[pick] = words[i - 1];
            words[i - 1] = word;
            hear(&trip, &word);
            if (dice_throw(&dice, 10) == 0)
                hear(&trip, &word); // told twice
        }
        if (order == 0)
            first = trip;
        else if (memcmp(&first, &trip, sizeof trip) != 0)
            fail_msg("order %zu: another trip", order);
    }
}

struct office {
    struct zone *zone;
    struct workdays days;
    struct hours hours;
    struct shift shift;
};

static void open_office(struct office *office)
{
    assert_true(zone_open(ZONE_DIRECTORIES, "Asia/Shanghai", &office->zone));
    office->days = (struct workdays){.week = 0x1f};
    office->hours = (struct hours){540, 1080};
    office->shift =
        (struct shift){.time = {.zone = office->zone, .days = &office->days, .hours = &office->hours, .hour_count = 1},
                       .list_minute = 510};
}

static int64_t at(const struct office *office, const char *date, uint32_t minute)
{
    return zone_instant(office->zone, day(date), minute) * 1000;
}

static const struct trip_duty *find(const struct trip_duty *duties, size_t count, enum kind_id kind, int32_t on)
{
    for (size_t i = 0; i < count; i++)
        if (duties[i].kind == kind && duties[i].day == on)
            return &duties[i];
    fail_msg("no %s", kinds_row(kind)->name);
    return NULL;
}

// Tuesday 9 to Monday 15 June 2026.
static void test_moments(void **state)
{
    (void)state;
    struct office office;
    open_office(&office);
    struct trip trip = {.from_day = day("2026-06-09"), .to_day = day("2026-06-15")};
    struct trip_duty duties[TRIP_DUTIES];
    assert_int_equal(trip_duties(&OPTIONS, &trip, false, &office.shift, duties), 0); // no plan
    int64_t planned_ms = at(&office, "2026-06-01", 600);
    trip_plan(&trip, (struct trip_mark){planned_ms, 1}, 1);
    size_t count = trip_duties(&OPTIONS, &trip, false, &office.shift, duties);
    assert_int_equal(count, 4 + 1 + 5 + 1);
    assert_true(find(duties, count, KIND_VISIT_APPROVAL, TRIP_NO_DAY)->stands);
    assert_int_equal(find(duties, count, KIND_VISIT_APPROVAL, TRIP_NO_DAY)->since_ms, planned_ms);
    assert_int_equal(find(duties, count, KIND_VISIT_UNAPPROVED, TRIP_NO_DAY)->due_ms, at(&office, "2026-06-08", 1050));
    assert_false(find(duties, count, KIND_VISIT_REPORT, TRIP_NO_DAY)->stands);
    trip_replaces(&trip.approved, (struct trip_mark){planned_ms + HOUR_MS, 1});
    trip_check_in(&trip, at(&office, "2026-06-10", 1439));
    count = trip_duties(&OPTIONS, &trip, false, &office.shift, duties);
    static const struct {
        enum kind_id kind;
        const char *on; // "": no day of its own
        bool stands;
        const char *date;
        uint32_t minute;
    } ROWS[] = {
        {KIND_VISIT_APPROVAL, "", false, "2026-06-09", 510},
        {KIND_VISIT_CHECKLIST, "", true, "2026-06-05", 510},
        {KIND_VISIT_ANNOUNCE, "", true, "2026-06-08", 510},
        {KIND_VISIT_ARRIVAL, "", true, "2026-06-09", 510},
        {KIND_VISIT_CHECK_IN, "2026-06-09", true, "2026-06-09", 1080},
        {KIND_VISIT_CHECK_IN, "2026-06-10", false, "2026-06-10", 1080},
        {KIND_VISIT_CHECK_IN, "2026-06-15", true, "2026-06-15", 1080},
        {KIND_VISIT_REPORT, "", true, "2026-06-18", 510},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        int32_t on = ROWS[i].on[0] != '\0' ? day(ROWS[i].on) : TRIP_NO_DAY;
        const struct trip_duty *duty = find(duties, count, ROWS[i].kind, on);
        assert_int_equal(duty->stands, ROWS[i].stands);
        assert_int_equal(duty->due_ms, at(&office, ROWS[i].date, ROWS[i].minute));
    }
    zone_close(&office.zone);
}

static void test_arrival(void **state)
{
    (void)state;
    struct office office;
    open_office(&office);
    struct trip trip = {.from_day = day("2026-06-09"), .to_day = day("2026-06-09")};
    struct trip_duty duties[TRIP_DUTIES];
    trip_plan(&trip, (struct trip_mark){at(&office, "2026-06-01", 600), 1}, 1);
    int64_t list_ms = at(&office, "2026-06-09", 510);
    static const struct {
        int minutes; // after the list
        bool moved_in, sooner;
    } ROWS[] = {{-1, false, true}, {0, false, false}, {1, false, false}, {1, true, true}, {-600, true, true}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        int64_t there_ms = list_ms + ROWS[i].minutes * INT64_C(60000);
        trip.arrived = (struct trip_mark){there_ms, 1};
        size_t count = trip_duties(&OPTIONS, &trip, ROWS[i].moved_in, &office.shift, duties);
        const struct trip_duty *duty = find(duties, count, KIND_VISIT_ARRIVAL, TRIP_NO_DAY);
        assert_true(duty->stands); // not approved, but the rep is there
        assert_int_equal(duty->due_ms, ROWS[i].sooner ? there_ms : list_ms);
    }
    zone_close(&office.zone);
}

// Longer than is looked after, and without a working day: no more than there is room for, and no moment that is none.
static void test_borders(void **state)
{
    (void)state;
    struct office office;
    open_office(&office);
    struct trip trip = {.from_day = day("2026-06-09"), .to_day = day("2027-06-09")};
    struct trip_duty duties[TRIP_DUTIES];
    trip_plan(&trip, (struct trip_mark){1, 1}, 1);
    assert_int_equal(trip_duties(&OPTIONS, &trip, false, &office.shift, duties), TRIP_DUTIES);
    office.days.week = 0;
    size_t count = trip_duties(&OPTIONS, &trip, false, &office.shift, duties);
    for (size_t i = 0; i < count; i++)
        assert_true(duties[i].due_ms != SHIFT_NEVER);
    zone_close(&office.zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stages),  cmocka_unit_test(test_any_order), cmocka_unit_test(test_moments),
        cmocka_unit_test(test_arrival), cmocka_unit_test(test_borders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
