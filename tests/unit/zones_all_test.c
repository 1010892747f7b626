// Every zone of the machine and every change of its clocks from 2020 to 2037: what a rep is told once a day, such as
// the call list, comes exactly once on each local day.
#include "common/calendar.h"
#include "common/zone.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ZONES_MAX = 1000, HOUR_S = 3600, DAY_S = 86400, ZONES_LEAST = 300, NAMES_DEEP = 16, QUARTER = 15 };

// An ordinary morning, and minutes that clocks jump over or show twice.
static const uint32_t minutes[] = {8 * 60 + 30, 30, 2 * 60 + 30, 23 * 60 + 45};

static char names[ZONES_MAX][ZONE_NAME_BYTES];
static ino_t files[ZONES_MAX];
static size_t count;

static int note(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)where;
    const char *name = path + strlen(ZONE_DIRECTORIES) + 1;
    // posix/ is the same again; right/ counts leap seconds, which no service does and zone_parse refuses.
    if (kind != FTW_F || strncmp(name, "posix/", 6) == 0 || strncmp(name, "right/", 6) == 0)
        return 0;
    // A second name of the same file is the same zone.
    for (size_t i = 0; i < count; i++)
        if (files[i] == status->st_ino)
            return 0;
    struct zone *zone = NULL;
    if (!zone_name_valid(name) || !zone_open(ZONE_DIRECTORIES, name, &zone))
        return 0;
    zone_close(&zone);
    assert_true(count < ZONES_MAX);
    files[count] = status->st_ino;
    snprintf(names[count++], ZONE_NAME_BYTES, "%s", name);
    return 0;
}

static int find_zones(void **state)
{
    (void)state;
    nftw(ZONE_DIRECTORIES, note, NAMES_DEEP, FTW_PHYS);
    print_message("%zu zones in %s\n", count, ZONE_DIRECTORIES);
    return count < ZONES_LEAST;
}

static int32_t new_year(int32_t year)
{
    return day_from_date((struct date){year, 1, 1});
}

// Whether the zone has that day at all: a clock somewhere shows it. Apia left one out in 2011.
static bool day_exists(const struct zone *zone, int32_t day)
{
    return zone_local(zone, zone_instant(zone, day, 0)).day == day;
}

// The first second after `from` and up to `to` at which the offset is no longer what it was; `to` when there is none.
// Clocks that change twice within four days would be missed; they stay for weeks at least.
static int64_t next_change(const struct zone *zone, int64_t from, int64_t to)
{
    const int64_t stride = 4 * (int64_t)DAY_S;
    int32_t offset = zone_offset_s(zone, from);
    int64_t low = from;
    for (int64_t step = from + stride; step < to && zone_offset_s(zone, step) == offset; step += stride)
        low = step;
    int64_t high = low + stride < to ? low + stride : to;
    if (zone_offset_s(zone, high) == offset)
        return to;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (zone_offset_s(zone, middle) == offset)
            low = middle;
        else
            high = middle;
    }
    return high;
}

// The day behind the last that is looked at: where the clocks never change one year is as good as all.
static int32_t last_day(const struct zone *zone)
{
    int64_t end = (int64_t)new_year(2038) * DAY_S;
    return new_year(next_change(zone, (int64_t)new_year(2020) * DAY_S, end) < end ? 2038 : 2021);
}

// What a clock shows, as seconds that grow with day and time of day.
static int64_t shows(const struct zone *zone, int64_t instant)
{
    struct local_time local = zone_local(zone, instant);
    return (int64_t)local.day * DAY_S + local.second;
}

static void check_days(const struct zone *zone, uint32_t minute, int32_t from, int32_t to)
{
    int64_t before = INT64_MIN;
    for (int32_t day = from; day < to; day++) {
        int64_t instant = zone_moment(zone, day, minute), wanted = (int64_t)day * DAY_S + minute * 60;
        int64_t shown = shows(zone, instant);
        if (shown != wanted && !day_exists(zone, day)) {
            // What is due on it falls to the first moment of the day behind it, not to another time of day.
            assert_int_equal(instant, zone_instant(zone, day + 1, 0));
            continue;
        }
        if (shown < (int64_t)day * DAY_S || shown >= (day + INT64_C(1)) * DAY_S || instant <= before)
            fail_msg("%s: day %d minute %u is at %lld", zone_name(zone), day, minute, (long long)instant);
        // At the very minute, or where the clocks jump over it at the end of the jump, or at the end of the day.
        bool jumped = shown > wanted && shows(zone, instant - 1) < wanted;
        bool cut = shown < wanted && zone_local(zone, instant + 1).day > day;
        if (shown != wanted && !jumped && !cut)
            fail_msg("%s: day %d minute %u is off", zone_name(zone), day, minute);
        // Of two equal times the first: half an hour to three hours are what clocks go back by.
        bool turned = zone_offset_s(zone, instant - 4 * HOUR_S) != zone_offset_s(zone, instant);
        for (int64_t back = HOUR_S / 2; turned && back <= 3 * HOUR_S; back += HOUR_S / 2)
            if (shows(zone, instant - back) == wanted)
                fail_msg("%s: day %d minute %u comes earlier", zone_name(zone), day, minute);
        before = instant;
    }
}

static void test_once_a_day(void **state)
{
    (void)state;
    for (size_t i = 0; i < count; i++) {
        struct zone *zone = NULL;
        assert_true(zone_open(ZONE_DIRECTORIES, names[i], &zone));
        for (size_t k = 0; k < COUNT(minutes); k++)
            check_days(zone, minutes[k], new_year(2020), last_day(zone));
        zone_close(&zone);
    }
}

// As the scheduler does it: from one moment on, the next is that of the first local day whose moment is still to come.
// Each day is met once, none is met twice, whatever the clocks do in between. Just after and just before midnight are
// the worst.
static void test_a_chain_meets_each_day(void **state)
{
    (void)state;
    for (size_t i = 0; i < count; i++) {
        struct zone *zone = NULL;
        assert_true(zone_open(ZONE_DIRECTORIES, names[i], &zone));
        int32_t end = last_day(zone);
        for (size_t k = 1; k < COUNT(minutes); k += 2) {
            int64_t now = zone_moment(zone, new_year(2020), minutes[k]);
            for (int32_t day = new_year(2020) + 1; day < end; day++) {
                int32_t today = zone_local(zone, now).day;
                int64_t next = zone_moment(zone, today, minutes[k]);
                if (next <= now)
                    next = zone_moment(zone, today + 1, minutes[k]);
                if (next <= now || zone_local(zone, next).day != day)
                    fail_msg("%s: after %lld comes %lld", zone_name(zone), (long long)now, (long long)next);
                now = next;
            }
        }
        zone_close(&zone);
    }
}

// Around each change every quarter of an hour of the days it touches: in order, and on its own day.
static void check_around(const struct zone *zone, int64_t change)
{
    int32_t first = zone_local(zone, change - DAY_S / 2).day, last = zone_local(zone, change + DAY_S / 2).day;
    int64_t before = INT64_MIN;
    for (int32_t day = first; day <= last; day++)
        for (uint32_t minute = 0; minute < DAY_MINUTES; minute += QUARTER) {
            int64_t instant = zone_moment(zone, day, minute);
            if (zone_local(zone, instant).day != day)
                fail_msg("%s: day %d minute %u is on another day", zone_name(zone), day, minute);
            if (instant < before)
                fail_msg("%s: day %d minute %u is before the last", zone_name(zone), day, minute);
            before = instant;
        }
}

static void test_every_change(void **state)
{
    (void)state;
    size_t changes = 0;
    for (size_t i = 0; i < count; i++) {
        struct zone *zone = NULL;
        assert_true(zone_open(ZONE_DIRECTORIES, names[i], &zone));
        int64_t at = (int64_t)new_year(2020) * DAY_S, end = (int64_t)new_year(2038) * DAY_S;
        while ((at = next_change(zone, at, end)) < end) {
            changes++;
            check_around(zone, at);
        }
        zone_close(&zone);
    }
    print_message("%zu changes of clocks\n", changes);
    assert_true(changes > 1000);
}

// In Nuuk the clocks of 2024 went from 22:59:59 of 30 March to midnight of the 31st.
static void test_end_of_day_left_out(void **state)
{
    (void)state;
    struct zone *zone = NULL;
    assert_true(zone_open(ZONE_DIRECTORIES, "America/Nuuk", &zone));
    int32_t day = day_from_date((struct date){2024, 3, 30});
    assert_int_equal(zone_instant(zone, day, 23 * 60 + 45), zone_instant(zone, day + 1, 0));
    assert_int_equal(zone_moment(zone, day, 23 * 60 + 45), zone_instant(zone, day + 1, 0) - 1);
    assert_int_equal(zone_local(zone, zone_moment(zone, day, 23 * 60 + 45)).second, 23 * HOUR_S - 1);
    assert_int_equal(zone_moment(zone, day, 22 * 60), zone_instant(zone, day, 22 * 60));
    assert_int_equal(zone_moment(zone, day, DAY_MINUTES), zone_instant(zone, day + 1, 0));
    zone_close(&zone);
}

// The days that were left out: Apia 30 December 2011, Kwajalein 21 August 1993.
static void test_days_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        struct date missing;
    } rows[] = {
        {"Pacific/Apia", {2011, 12, 30}}, {"Pacific/Fakaofo", {2011, 12, 30}}, {"Pacific/Kwajalein", {1993, 8, 21}}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zone *zone = NULL;
        assert_true(zone_open(ZONE_DIRECTORIES, rows[i].zone, &zone));
        int32_t day = day_from_date(rows[i].missing);
        assert_false(day_exists(zone, day));
        for (size_t k = 0; k < COUNT(minutes); k++)
            check_days(zone, minutes[k], day - 5, day + 5);
        zone_close(&zone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_once_a_day),    cmocka_unit_test(test_a_chain_meets_each_day),
        cmocka_unit_test(test_every_change),  cmocka_unit_test(test_end_of_day_left_out),
        cmocka_unit_test(test_days_left_out),
    };
    return cmocka_run_group_tests(tests, find_zones, NULL);
}
