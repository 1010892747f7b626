// The settings as they travel: holiday files of several countries, by their names.
#include "services/ingest/settings.h"

#include "common/holidays.h"
#include "harness/folder.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_BLOCK = 4096, ARENA_LIMIT = 8 << 20, FILES_MAX = 4 };

static char folder[64];

struct given {
    const char *name, *text;
};

// Packs a configuration with these files. False with the error.
static bool pack(struct arena *arena, const struct given *files, Tend__V1__Settings **ret_message, char *ret_error)
{
    static char paths[FILES_MAX][128];
    const char *names[FILES_MAX];
    struct settings settings = {
        .time_zone = "Asia/Shanghai", .currency = "CNY", .weekend = 0x60, .week = 0x1f, .shards = 16};
    for (size_t i = 0; i < FILES_MAX && files[i].name != NULL; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%s", folder, files[i].name);
        FILE *file = fopen(paths[i], "w");
        assert_non_null(file);
        fputs(files[i].text, file);
        fclose(file);
        names[settings.holiday_count++] = paths[i];
    }
    settings.holidays = names;
    struct slice packed;
    if (!settings_pack(&settings, arena, &packed, ret_error, HOLIDAYS_ERROR_BYTES))
        return false;
    *ret_message = tend__v1__settings__unpack(arena_allocator(arena), packed.length, packed.bytes);
    assert_non_null(*ret_message);
    return true;
}

static void file_names(void **state)
{
    (void)state;
    static const struct {
        const char *path, *country;
        bool good;
    } rows[] = {
        {"holidays/CN-2026.csv", "CN", true},
        {"CN.csv", "CN", true},
        {"/etc/DE-2020-2030.csv", "DE", true},
        {"CN", "", true},
        {"cn-2026.csv", "", true},
        {"CN-firm.csv", "", true},
        {"CNY-2026.csv", "", true},
        {"CN/2026.csv", "", true},
        {"2026.csv", "", true},
        {"", "", true},
        {"UK-2026.csv", "UK", false},
        {"XX.csv", "XX", false},
        {"C", "", true},
        {"CN-", "", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char country[SETTINGS_COUNTRY_BYTES] = "??";
        assert_int_equal(settings_country(rows[i].path, country), rows[i].good);
        assert_string_equal(country, rows[i].country);
    }
}

// What the two bare lists and the named days say, one line: holidays | working days | day name country.
static void print(const Tend__V1__Settings *message, char *ret_text, size_t bytes)
{
    size_t length = 0;
    ret_text[0] = '\0';
#define PUT(...) length += (size_t)snprintf(ret_text + length, bytes - length, __VA_ARGS__)
    for (size_t i = 0; i < message->n_holidays; i++)
        PUT("%s ", message->holidays[i]);
    PUT("|");
    for (size_t i = 0; i < message->n_workdays; i++)
        PUT(" %s", message->workdays[i]);
    for (size_t i = 0; i < message->n_days_off; i++) {
        const Tend__V1__DayOff *off = message->days_off[i];
        PUT(" | %s%s %s %s", off->worked ? "+" : "", off->day, off->name, off->country);
    }
#undef PUT
    assert_true(length < bytes);
}

static void countries(void **state)
{
    (void)state;
    static const struct {
        struct given files[FILES_MAX];
        const char *expected;
    } rows[] = {
        {{{0}}, "|"},
        {{{"CN-2026.csv", "2026-10-10,workday,make-up\n2026-10-01,holiday,国庆节\n"}},
         "2026-10-01 | 2026-10-10 | 2026-10-01 国庆节 CN | +2026-10-10 make-up CN"},
        {{{"firm.csv", "2026-12-24,holiday\n"}}, "2026-12-24 | | 2026-12-24  "},
        // Everybody's first, then country by country; who has none follows the first country.
        {{{"DE-2026.csv", "2026-10-03,holiday,Einheit\n2026-01-01,holiday,Neujahr\n"},
          {"CN-2026.csv", "2026-01-01,holiday,元旦\n2026-01-04,workday,元旦\n"},
          {"firm.csv", "2026-12-24,holiday,closed\n"},
          {"DE-2027.csv", "2027-01-01,holiday,Neujahr\n"}},
         "2026-01-01 2026-10-03 2026-12-24 2027-01-01 | | 2026-12-24 closed  | 2026-01-01 Neujahr DE | "
         "2026-10-03 Einheit DE | 2027-01-01 Neujahr DE | 2026-01-01 元旦 CN | +2026-01-04 元旦 CN"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
        Tend__V1__Settings *message;
        char error[HOLIDAYS_ERROR_BYTES], text[2048];
        if (!pack(arena, rows[i].files, &message, error))
            fail_msg("%s", error);
        print(message, text, sizeof text);
        assert_string_equal(text, rows[i].expected);
        assert_int_equal(message->n_weekend, 2);
        arena_close(&arena);
    }
}

static void refused(void **state)
{
    (void)state;
    static char many[2][HOLIDAYS_MAX * 24];
    for (size_t i = 0, length[2] = {0}; i < HOLIDAYS_MAX; i++) {
        char day[64];
        day_print((int32_t)i, day);
        char *text = many[i % 2];
        length[i % 2] += (size_t)sprintf(text + length[i % 2], "%s,holiday\n", day);
    }
    const struct {
        struct given files[FILES_MAX];
        const char *says;
    } rows[] = {
        {{{"UK-2026.csv", "2026-12-25,holiday,Christmas\n"}},
         "UK-2026.csv: UK is not a country code of ISO 3166; did you mean GB?"},
        {{{"XX-2026.csv", ""}}, "XX-2026.csv: XX is not a country code of ISO 3166"},
        {{{"CN-2026.csv", "2026-10-01,holiday\n"}, {"CN-2027.csv", "2026-10-01,holiday\n"}},
         "CN-2027.csv:1: the day is listed already"},
        {{{"CN-2026.csv", "2026-10-01,holiday\n"}, {"firm.csv", "2026-10-01,workday\n"}},
         "firm.csv:1: the day is listed already"},
        {{{"CN-2026.csv", "soon,holiday\n"}}, "CN-2026.csv:1: the line does not start with a day"},
        // Each country has few enough, all together not.
        {{{"CN-1.csv", many[0]}, {"DE-1.csv", many[1]}, {"FR-1.csv", "2026-07-14,holiday\n"}},
         "the holiday files hold more than 4096 days"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
        Tend__V1__Settings *message;
        char error[HOLIDAYS_ERROR_BYTES] = "";
        assert_false(pack(arena, rows[i].files, &message, error));
        if (strstr(error, rows[i].says) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error, rows[i].says);
        arena_close(&arena);
    }
}

// A file that Tend comes with: the names are there, and what each country has alone.
static void the_file_that_comes_with_it(void **state)
{
    (void)state;
    const char *const names[] = {"../deploy/holidays/CN-2026.csv"};
    struct settings settings = {.time_zone = "Asia/Shanghai",
                                .currency = "CNY",
                                .week = 0x1f,
                                .weekend = 0x60,
                                .shards = 16,
                                .holidays = names,
                                .holiday_count = 1};
    struct arena *arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    struct slice packed;
    char error[HOLIDAYS_ERROR_BYTES];
    if (!settings_pack(&settings, arena, &packed, error, sizeof error))
        fail_msg("%s", error);
    Tend__V1__Settings *message = tend__v1__settings__unpack(arena_allocator(arena), packed.length, packed.bytes);
    assert_int_equal(message->n_days_off, message->n_holidays + message->n_workdays);
    unsigned festival = 0;
    for (size_t i = 0; i < message->n_days_off; i++) {
        assert_string_equal(message->days_off[i]->country, "CN");
        festival += strcmp(message->days_off[i]->name, "Spring Festival") == 0;
    }
    assert_int_equal(festival, 9);
    arena_close(&arena);
}

static int make(void **state)
{
    (void)state;
    folder_make(folder);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_names),
        cmocka_unit_test(countries),
        cmocka_unit_test(refused),
        cmocka_unit_test(the_file_that_comes_with_it),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
