// What zone_parse makes of bytes: files cut short, damaged, and made by hand.
#include "common/calendar.h"
#include "common/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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

// Copied to a block of its very size, so that the sanitizer sees the first byte read behind it.
static bool parse_exact(const uint8_t *bytes, size_t length, struct zone **ret_zone)
{
    uint8_t *copy = malloc(length > 0 ? length : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    bool ok = zone_parse("Test/Zone", copy, length, ret_zone);
    free(copy);
    return ok;
}

static size_t read_zone_file(const char *name, uint8_t *bytes, size_t room)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", ZONE_DIRECTORIES, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(bytes, 1, room, file);
    fclose(file);
    return length;
}

static void test_truncated_at_every_length(void **state)
{
    (void)state;
    static const char *const samples[] = {"UTC", "Asia/Shanghai", "Africa/Casablanca", "Europe/Dublin"};
    static uint8_t bytes[8192];
    for (size_t i = 0; i < COUNT(samples); i++) {
        size_t length = read_zone_file(samples[i], bytes, sizeof bytes - 1);
        struct zone *zone = NULL;
        for (size_t cut = 0; cut < length; cut++)
            assert_false(parse_exact(bytes, cut, &zone));
        assert_true(parse_exact(bytes, length, &zone));
        zone_close(&zone);
        bytes[length] = '\n';
        assert_false(parse_exact(bytes, length + 1, &zone));
        assert_null(zone);
    }
}

static void test_damaged(void **state)
{
    (void)state;
    sow();
    static uint8_t bytes[8192], damaged[8192];
    size_t length = read_zone_file("Europe/Dublin", bytes, sizeof bytes);
    static const int64_t instants[] = {INT64_MIN, -1, 0, 1700000000, INT64_C(4000000000), INT64_MAX};
    int accepted = 0;
    for (int round = 0; round < 5000; round++) {
        memcpy(damaged, bytes, length);
        for (int64_t k = between(1, 4); k > 0; k--)
            damaged[chance() % length] = (uint8_t)chance();
        struct zone *zone = NULL;
        if (!parse_exact(damaged, length, &zone))
            continue;
        accepted++;
        for (size_t i = 0; i < COUNT(instants); i++) {
            struct local_time local = zone_local(zone, instants[i]);
            assert_in_range(local.second, 0, 86399);
            zone_instant(zone, local.day, (uint32_t)local.second / 60);
        }
        zone_instant(zone, INT32_MIN, 0);
        zone_instant(zone, INT32_MAX, 1440);
        zone_close(&zone);
    }
    print_message("%d damaged files still had a meaning\n", accepted);
}

struct made {
    uint8_t bytes[1024];
    size_t length;
};

static void put(struct made *made, const void *bytes, size_t length)
{
    assert_true(made->length + length <= sizeof made->bytes);
    memcpy(made->bytes + made->length, bytes, length);
    made->length += length;
}

static void put_number(struct made *made, uint64_t number, size_t bytes)
{
    for (size_t i = bytes; i-- > 0;)
        put(made, &(uint8_t){(uint8_t)(number >> 8 * i)}, 1);
}

static void put_header(struct made *made, const char *magic, uint32_t leaps, uint32_t transitions, uint32_t types)
{
    put(made, magic, 5);
    put(made, (const uint8_t[15]){0}, 15);
    const uint32_t counts[] = {0, 0, leaps, transitions, types, 4};
    for (size_t i = 0; i < COUNT(counts); i++)
        put_number(made, counts[i], 4);
}

struct recipe {
    const char *magic;
    const char *footer;
    uint32_t leaps, types;
    int64_t first, second; // transitions, to type 1 and back to type 0
    int32_t offset;        // of type 1; type 0 is UTC
    uint8_t index;         // where the second leads
};

static const struct recipe plain = {"TZif2", "\nUTC0\n", 0, 2, 1000, 2000, 3600, 0};

static struct made make(struct recipe recipe)
{
    struct made made = {.length = 0};
    put_header(&made, recipe.magic, 0, 0, 1);
    put_number(&made, 0, 6);
    put(&made, "UTC", 4);
    put_header(&made, recipe.magic, recipe.leaps, 2, recipe.types);
    put_number(&made, (uint64_t)recipe.first, 8);
    put_number(&made, (uint64_t)recipe.second, 8);
    put_number(&made, 1, 1);
    put_number(&made, recipe.index, 1);
    put_number(&made, 0, 6);
    if (recipe.types > 1) {
        put_number(&made, (uint32_t)recipe.offset, 4);
        put_number(&made, 0, 2);
    }
    put(&made, "UTC", 4);
    for (uint32_t i = 0; i < recipe.leaps; i++) {
        put_number(&made, 0, 8);
        put_number(&made, 0, 4);
    }
    put(&made, recipe.footer, strlen(recipe.footer));
    return made;
}

static void test_made_by_hand(void **state)
{
    (void)state;
    struct made made = make(plain);
    struct zone *zone = NULL;
    assert_true(parse_exact(made.bytes, made.length, &zone));
    assert_int_equal(zone_offset_s(zone, 999), 0);
    assert_int_equal(zone_offset_s(zone, 1000), 3600);
    assert_int_equal(zone_offset_s(zone, 1999), 3600);
    assert_int_equal(zone_offset_s(zone, 2000), 0);
    zone_close(&zone);

    // Without a rule the last type goes on.
    struct recipe recipe = plain;
    recipe.footer = "\n\n";
    recipe.index = 1;
    made = make(recipe);
    assert_true(parse_exact(made.bytes, made.length, &zone));
    assert_int_equal(zone_offset_s(zone, INT64_MAX), 3600);
    zone_close(&zone);
}

static void refuse(const char *what, struct recipe recipe)
{
    struct made made = make(recipe);
    struct zone *zone = NULL;
    if (parse_exact(made.bytes, made.length, &zone))
        fail_msg("accepted: %s", what);
    assert_null(zone);
}

static void test_refused_files(void **state)
{
    (void)state;
    struct recipe bad = plain;
    bad.magic = "TZif\0";
    refuse("version 1", bad);
    bad = plain, bad.magic = "TZiF2";
    refuse("magic", bad);
    bad = plain, bad.leaps = 1;
    refuse("leap seconds", bad);
    bad = plain, bad.types = 1;
    refuse("a transition to a type that is not there", bad);
    bad = plain, bad.index = 2;
    refuse("an index out of bounds", bad);
    bad = plain, bad.second = bad.first;
    refuse("equal times", bad);
    bad = plain, bad.second = -1;
    refuse("descending times", bad);
    bad = plain, bad.offset = 93600;
    refuse("too far east", bad);
    bad = plain, bad.offset = -90000;
    refuse("too far west", bad);
    bad = plain, bad.offset = INT32_MIN;
    refuse("the offset that RFC 8536 forbids", bad);

    // Counts that would overflow a sum of lengths.
    struct made made = make(plain);
    struct zone *zone = NULL;
    for (size_t at = 20; at < 44; at += 4) {
        struct made huge = made;
        memset(huge.bytes + at, 0xff, 4);
        assert_false(parse_exact(huge.bytes, huge.length, &zone));
        huge = made;
        memset(huge.bytes + 54 + at, 0xff, 4);
        assert_false(parse_exact(huge.bytes, huge.length, &zone));
    }
    assert_false(zone_parse("../Zone", made.bytes, made.length, &zone));
}

static void test_footers(void **state)
{
    (void)state;
    static const struct {
        const char *footer;
        const char *utc; // NULL: the footer is refused
        int32_t offset;
    } rows[] = {
        {"\nCST-8\n", "2026-01-01 00:00", 28800},
        {"\n<+0545>-5:45\n", "2026-01-01 00:00", 20700},
        {"\n<-12>12\n", "2026-01-01 00:00", -43200},
        {"\nLMT-0:30:20\n", "2026-01-01 00:00", 1820},
        {"\nCET-1CEST,M3.5.0,M10.5.0/3\n", "2026-03-29 00:59", 3600},
        {"\nCET-1CEST,M3.5.0,M10.5.0/3\n", "2026-03-29 01:00", 7200},
        {"\nCET-1CEST,M3.5.0,M10.5.0/3\n", "2026-10-25 00:59", 7200},
        {"\nCET-1CEST,M3.5.0,M10.5.0/3\n", "2026-10-25 01:00", 3600},
        {"\nIST-1GMT0,M10.5.0,M3.5.0/1\n", "2027-01-01 00:00", 0},
        {"\nIST-1GMT0,M10.5.0,M3.5.0/1\n", "2026-07-01 00:00", 3600},
        {"\nNZST-12NZDT,M9.5.0,M4.1.0/3\n", "2027-01-01 00:00", 46800},
        {"\nNZST-12NZDT,M9.5.0,M4.1.0/3\n", "2027-07-01 00:00", 43200},
        {"\n<-02>2<-01>,M3.5.0/-1,M10.5.0/0\n", "2026-03-29 00:59", -7200}, // 22:59 on the Saturday
        {"\n<-02>2<-01>,M3.5.0/-1,M10.5.0/0\n", "2026-03-29 01:00", -3600},
        {"\nIST-2IDT,M3.4.4/26,M10.5.0\n", "2026-03-26 23:59", 7200}, // the Friday after the fourth Thursday
        {"\nIST-2IDT,M3.4.4/26,M10.5.0\n", "2026-03-27 00:00", 10800},
        {"\nAAA0BBB,J60/0,J365/0\n", "2028-02-29 23:59", 0}, // J60 is 1 March in every year
        {"\nAAA0BBB,J60/0,J365/0\n", "2028-03-01 00:00", 3600},
        {"\nAAA0BBB,59/0,364/0\n", "2028-02-28 23:59", 0}, // 59 is 29 February in leap years
        {"\nAAA0BBB,59/0,364/0\n", "2028-02-29 00:00", 3600},
        {"\nXXX3EDT4,0/0,J365/23\n", "2026-12-31 23:59", -14400}, // daylight time all the year round
        {"\nXXX3EDT4,0/0,J365/23\n", "2027-01-01 03:00", -14400},
        {"\nXXX3EDT4,0/0,J365/23\n", "2027-01-01 04:00", -14400},
        {"", NULL, 0},
        {"\n", NULL, 0},
        {"\nCST-8", NULL, 0},
        {"CST-8\n", NULL, 0},
        {"\nCST\n", NULL, 0},
        {"\nCS-8\n", NULL, 0},
        {"\n<CS>-8\n", NULL, 0},
        {"\n<CST-8\n", NULL, 0},
        {"\nCST-25\n", NULL, 0},
        {"\nCST-8:60\n", NULL, 0},
        {"\nCST-8:\n", NULL, 0},
        {"\nCST-8x\n", NULL, 0},
        {"\nCST99999999999999999999\n", NULL, 0},
        {"\nCET-1CEST\n", NULL, 0},
        {"\nCET-1CEST,M3.5.0\n", NULL, 0},
        {"\nCET-1CEST,M13.5.0,M10.5.0\n", NULL, 0},
        {"\nCET-1CEST,M3.6.0,M10.5.0\n", NULL, 0},
        {"\nCET-1CEST,M3.5.7,M10.5.0\n", NULL, 0},
        {"\nCET-1CEST,M0.5.0,M10.5.0\n", NULL, 0},
        {"\nCET-1CEST,J0,J366\n", NULL, 0},
        {"\nCET-1CEST,0,366\n", NULL, 0},
        {"\nCET-1CEST,M3.5.0/168,M10.5.0\n", NULL, 0},
        {"\nCET-1CEST,M3.5.0,M10.5.0,\n", NULL, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct recipe recipe = plain;
        recipe.footer = rows[i].footer;
        struct made made = make(recipe);
        struct zone *zone = NULL;
        bool ok = parse_exact(made.bytes, made.length, &zone);
        if (ok != (rows[i].utc != NULL) || (ok && zone_offset_s(zone, read_utc(rows[i].utc)) != rows[i].offset))
            fail_msg("%s %s", rows[i].footer, rows[i].utc != NULL ? rows[i].utc : "accepted");
        zone_close(&zone);
    }
}

static void test_footer_with_a_nul_is_refused(void **state)
{
    (void)state;
    struct made made = make(plain);
    made.bytes[made.length - 3] = '\0';
    struct zone *zone = NULL;
    assert_false(parse_exact(made.bytes, made.length, &zone));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truncated_at_every_length),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_made_by_hand),
        cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_footers),
        cmocka_unit_test(test_footer_with_a_nul_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
