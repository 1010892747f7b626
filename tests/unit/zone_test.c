#include "common/calendar.h"
#include "common/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// Every peculiar kind: none, fixed, north, south, half hours, days missing, negative daylight time, changes at
// midnight.
static const char *const zones[] = {"UTC",
                                    "Etc/GMT+12",
                                    "Etc/GMT-14",
                                    "Europe/Berlin",
                                    "Europe/Dublin",
                                    "Europe/London",
                                    "Europe/Moscow",
                                    "Europe/Lisbon",
                                    "America/New_York",
                                    "America/St_Johns",
                                    "America/Havana",
                                    "America/Sao_Paulo",
                                    "America/Caracas",
                                    "America/Santiago",
                                    "America/Nuuk",
                                    "America/Asuncion",
                                    "America/Argentina/San_Luis",
                                    "Asia/Shanghai",
                                    "Asia/Kathmandu",
                                    "Asia/Kolkata",
                                    "Asia/Tehran",
                                    "Asia/Gaza",
                                    "Asia/Pyongyang",
                                    "Asia/Beirut",
                                    "Africa/Casablanca",
                                    "Africa/Cairo",
                                    "Africa/Monrovia",
                                    "Africa/Juba",
                                    "Australia/Lord_Howe",
                                    "Australia/Sydney",
                                    "Antarctica/Troll",
                                    "Antarctica/Casey",
                                    "Pacific/Apia",
                                    "Pacific/Kwajalein",
                                    "Pacific/Chatham",
                                    "Pacific/Easter"};

static uint64_t seed;

// xorshift64*, so that a printed seed repeats a run anywhere.
static uint64_t chance(void)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * UINT64_C(2685821657736338717);
}

static int64_t between(int64_t low, int64_t high)
{
    return low + (int64_t)(chance() % (uint64_t)(high - low + 1));
}

static void sow(void)
{
    const char *given = getenv("TEND_SEED");
    seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 2654435761U | 1;
    print_message("TEND_SEED=%llu\n", (unsigned long long)seed);
}

static struct zone *open_zone(const char *name)
{
    struct zone *zone = NULL;
    if (!zone_open(ZONE_DIRECTORIES, name, &zone))
        fail_msg("cannot open %s", name);
    return zone;
}

// "2026-03-29 01:00" as day and minute.
static void read_local(const char *text, int32_t *ret_day, uint32_t *ret_minute)
{
    assert_true(day_parse(text, 10, ret_day));
    *ret_minute = (uint32_t)(strtoul(text + 11, NULL, 10) * 60 + strtoul(text + 14, NULL, 10));
}

static int64_t read_utc(const char *text)
{
    int32_t day;
    uint32_t minute;
    read_local(text, &day, &minute);
    return (int64_t)day * 86400 + minute * 60;
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool valid;
    } rows[] = {
        {"UTC", true},
        {"Etc/GMT+12", true},
        {"America/Argentina/Ushuaia", true},
        {"America/Port-au-Prince", true},
        {"", false},
        {"/etc/passwd", false},
        {"../passwd", false},
        {"Europe/../../passwd", false},
        {"Europe/", false},
        {"Europe//Berlin", false},
        {"./UTC", false},
        {"zone.tab", false},
        {"Europe/Ber lin", false},
        {"Europe\\Berlin", false},
        {"Europe/M\xc3\xbcnchen", false},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (zone_name_valid(rows[i].name) != rows[i].valid)
            fail_msg("\"%s\"", rows[i].name);
}

static void test_local_to_instant(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *local, *utc;
    } rows[] = {
        {"UTC", "2026-02-28 24:00", "2026-03-01 00:00"},
        {"Asia/Shanghai", "2026-10-01 09:00", "2026-10-01 01:00"},
        {"Asia/Kathmandu", "2026-10-01 09:00", "2026-10-01 03:15"},
        {"Europe/Berlin", "2026-03-29 01:59", "2026-03-29 00:59"},
        {"Europe/Berlin", "2026-03-29 02:00", "2026-03-29 01:00"}, // gap
        {"Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00"},
        {"Europe/Berlin", "2026-03-29 03:00", "2026-03-29 01:00"},
        {"Europe/Berlin", "2026-03-29 03:01", "2026-03-29 01:01"},
        {"Europe/Berlin", "2026-10-25 01:59", "2026-10-24 23:59"},
        {"Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30"}, // overlap
        {"Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00"},
        {"Europe/Berlin", "2088-03-28 02:30", "2088-03-28 01:00"}, // by the rule of the footer
        {"Europe/Berlin", "2088-10-31 02:30", "2088-10-31 00:30"},
        {"Europe/Dublin", "2026-03-29 01:30", "2026-03-29 01:00"},
        {"Europe/Dublin", "2026-10-25 01:30", "2026-10-25 00:30"},
        {"Europe/Dublin", "2090-07-01 12:00", "2090-07-01 11:00"},
        {"America/New_York", "2026-03-08 02:30", "2026-03-08 07:00"},
        {"America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"},
        {"America/Sao_Paulo", "2018-11-04 00:00", "2018-11-04 03:00"}, // midnight is missing
        {"America/Sao_Paulo", "2018-11-03 24:00", "2018-11-04 03:00"},
        {"America/Sao_Paulo", "2018-02-17 23:30", "2018-02-18 01:30"},
        {"Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30"}, // half an hour
        {"Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45"},
        {"Pacific/Apia", "2011-12-29 23:59", "2011-12-30 09:59"}, // the 30th is missing
        {"Pacific/Apia", "2011-12-30 00:00", "2011-12-30 10:00"},
        {"Pacific/Apia", "2011-12-30 12:00", "2011-12-30 10:00"},
        {"Pacific/Apia", "2011-12-30 24:00", "2011-12-30 10:00"},
        {"Pacific/Apia", "2011-12-31 00:01", "2011-12-30 10:01"},
        {"Pacific/Kwajalein", "1993-08-21 09:00", "1993-08-21 12:00"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zone *zone = open_zone(rows[i].zone);
        assert_string_equal(zone_name(zone), rows[i].zone);
        int32_t day;
        uint32_t minute;
        read_local(rows[i].local, &day, &minute);
        int64_t instant = zone_instant(zone, day, minute);
        if (instant != read_utc(rows[i].utc))
            fail_msg("%s %s: %lld, not %s", rows[i].zone, rows[i].local, (long long)instant, rows[i].utc);
        zone_close(&zone);
        assert_null(zone);
    }
}

// --- against the C library
// -------------------------------------------------------------------------------------------------

static void use_zone(const char *name)
{
    assert_int_equal(setenv("TZ", name, 1), 0);
    tzset();
}

static struct tm libc_local(int64_t instant)
{
    time_t at = instant;
    struct tm parts;
    assert_non_null(localtime_r(&at, &parts));
    return parts;
}

static int64_t libc_seconds(int64_t instant)
{
    struct tm parts = libc_local(instant);
    return instant + parts.tm_gmtoff;
}

static void check_instant(const struct zone *zone, int64_t instant)
{
    struct tm want = libc_local(instant);
    struct local_time got = zone_local(zone, instant);
    struct date date = day_date(got.day);
    if (date.year != want.tm_year + 1900 || date.month != want.tm_mon + 1 || date.day != want.tm_mday ||
        got.second != want.tm_hour * 3600 + want.tm_min * 60 + want.tm_sec ||
        zone_offset_s(zone, instant) != want.tm_gmtoff || day_weekday(got.day) % 7 != want.tm_wday)
        fail_msg("%s at %lld", zone_name(zone), (long long)instant);
}

// Against mktime whichever way it reads an ambiguous time: ours shows the wanted time and is no later than its, or the
// time does not exist, and ours is the instant at which the clocks jump over it.
static void check_local(const struct zone *zone, int32_t day, uint32_t minute)
{
    int64_t ours = zone_instant(zone, day, minute);
    int64_t wanted = (int64_t)day * 86400 + minute * 60;
    struct date date = day_date(day);
    bool exists = false;
    for (int summer = -1; summer <= 1; summer++) {
        struct tm parts = {.tm_year = date.year - 1900,
                           .tm_mon = date.month - 1,
                           .tm_mday = date.day,
                           .tm_hour = (int)minute / 60,
                           .tm_min = (int)minute % 60,
                           .tm_isdst = summer};
        int64_t theirs = mktime(&parts);
        if (libc_seconds(theirs) != wanted)
            continue;
        exists = true;
        if (ours > theirs)
            fail_msg("%s day %d minute %u: %lld is not the first", zone_name(zone), day, minute, (long long)ours);
    }
    if (exists ? libc_seconds(ours) != wanted : libc_seconds(ours) <= wanted || libc_seconds(ours - 1) >= wanted)
        fail_msg("%s day %d minute %u: %lld, exists %d", zone_name(zone), day, minute, (long long)ours, exists);
}

static void test_as_libc(void **state)
{
    (void)state;
    sow();
    const int64_t end = read_utc("2100-12-31 23:59");
    for (size_t i = 0; i < COUNT(zones); i++) {
        struct zone *zone = open_zone(zones[i]);
        use_zone(zones[i]);
        int32_t previous = zone_offset_s(zone, 0);
        int64_t step = between(20, 30) * 3600;
        for (int64_t at = step; at < end; at += step) {
            int32_t offset = zone_offset_s(zone, at);
            if (offset == previous)
                continue;
            previous = offset;
            // Somewhere in this step the clocks changed: look closely around it.
            for (int k = 0; k < 12; k++) {
                int64_t near = between(at - step, at);
                check_instant(zone, near);
                struct local_time local = zone_local(zone, near + between(-7200, 7200));
                check_local(zone, local.day, (uint32_t)local.second / 60);
            }
        }
        for (int k = 0; k < 1000; k++) {
            check_instant(zone, between(0, end));
            check_local(zone, (int32_t)between(0, end / 86400), (uint32_t)between(0, 1439));
        }
        zone_close(&zone);
    }
    use_zone("UTC");
}

static void test_opening(void **state)
{
    (void)state;
    struct zone *zone = NULL;
    assert_false(zone_open(ZONE_DIRECTORIES, "Europe/Bärlin", &zone));
    assert_false(zone_open(ZONE_DIRECTORIES, "Europe/Atlantis", &zone));
    assert_false(zone_open(ZONE_DIRECTORIES, "Europe", &zone)); // a directory
    assert_false(zone_open("", "UTC", &zone));
    assert_false(zone_open("::", "UTC", &zone));
    assert_false(zone_open("/nowhere", "UTC", &zone));
    assert_null(zone);
    zone_close(&zone);
    assert_true(zone_open("/nowhere:" ZONE_DIRECTORIES ":/nowhere/else", "UTC", &zone));
    zone_close(&zone);

    // A pipe of the right name must not hold us, and an oversized file is refused.
    char directory[] = "/tmp/tend-zone-XXXXXX";
    assert_non_null(mkdtemp(directory));
    char pipe_path[64], big_path[64];
    snprintf(pipe_path, sizeof pipe_path, "%s/Pipe", directory);
    snprintf(big_path, sizeof big_path, "%s/Big", directory);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    FILE *big = fopen(big_path, "wb");
    assert_non_null(big);
    assert_int_equal(ftruncate(fileno(big), 1 << 20), 0);
    fclose(big);
    assert_false(zone_open(directory, "Pipe", &zone));
    assert_false(zone_open(directory, "Big", &zone));
    unlink(pipe_path);
    unlink(big_path);
    rmdir(directory);
}

static void test_extreme_instants(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(zones); i++) {
        struct zone *zone = open_zone(zones[i]);
        assert_int_equal(zone_local(zone, INT64_MAX).day, zone_local(zone, INT64_C(100000000000000)).day);
        assert_int_equal(zone_local(zone, INT64_MIN).day, zone_local(zone, -INT64_C(100000000000000)).day);
        assert_true(zone_instant(zone, INT32_MAX, 1440) > zone_instant(zone, DAY_MAX, 0));
        assert_true(zone_instant(zone, INT32_MIN, 0) < zone_instant(zone, DAY_MIN, 0));
        for (int32_t day = DAY_MIN; day <= DAY_MAX; day += 99991)
            assert_int_equal(zone_local(zone, zone_instant(zone, day, 720)).day, day);
        zone_close(&zone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),   cmocka_unit_test(test_local_to_instant), cmocka_unit_test(test_as_libc),
        cmocka_unit_test(test_opening), cmocka_unit_test(test_extreme_instants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
