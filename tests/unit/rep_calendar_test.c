// A rep's month, from what the scheduler heard to the sheet that `tend calendar --rep` prints.
#include "unit/rows.h"

#include "common/stamp.h"
#include "services/tend/monthsheet.h"
#include "services/tend/repmonth.h"

#include <jansson.h>

static void hear_settings(struct fixture *f, const char *json)
{
    struct verify_error error;
    ProtobufCMessage *settings = codec_from_text(&tend__v1__settings__descriptor, json, strlen(json), NULL, &error);
    if (settings == NULL)
        fail_msg("%s: %s", error.field, error.reason);
    turns_say(f->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, 0, settings);
    turns_run(f->turns, turns_now_ms(f->turns));
    protobuf_c_message_free_unpacked(settings, NULL);
}

// June 2026 in Shanghai. Everybody has the 30th off; China, whose file is the first, the 19th, for which the 21st is
// worked; Vietnam the 10th.
static void begin_countries(struct fixture *f)
{
    begin_team(f, "{}");
    hear_settings(f, "{\"timeZone\":\"Asia/Shanghai\",\"currency\":\"CNY\",\"weekend\":[6,7],"
                     "\"holidays\":[\"2026-06-19\",\"2026-06-30\"],\"workdays\":[\"2026-06-21\"],"
                     "\"daysOff\":[{\"day\":\"2026-06-30\",\"name\":\"Our day\"},"
                     "{\"day\":\"2026-06-19\",\"name\":\"Dragon Boat Festival\",\"country\":\"CN\"},"
                     "{\"day\":\"2026-06-21\",\"country\":\"CN\",\"worked\":true},"
                     "{\"day\":\"2026-06-10\",\"name\":\"Their day\",\"country\":\"VN\"}]}");
}

static void is_of(struct fixture *f, const char *when, const char *id, const char *more)
{
    char json[300];
    snprintf(json, sizeof json, "{\"repId\":\"%s\",\"repUpserted\":{\"name\":\"%s\"%s}}", id, id, more);
    happens(f, when, json);
}

// The answer; given back with json_decref.
static json_t *month_of(struct fixture *f, const char *query)
{
    int status;
    const char *answer = turns_ask(f->turns, text("/v1/calendar?%s", query), &status);
    if (status != 200)
        fail_msg("%s: %s", query, answer);
    json_t *json = json_loads(answer, 0, NULL);
    assert_non_null(json);
    return json;
}

static const json_t *day_of(const json_t *month, int number)
{
    return json_array_get(json_object_get(month, "days"), (size_t)number - 1);
}

static bool flag(const json_t *json, const char *member)
{
    return json_is_true(json_object_get(json, member));
}

static const char *words(const json_t *json, const char *member)
{
    const char *value = json_string_value(json_object_get(json, member));
    return value != NULL ? value : "";
}

static long long number(const json_t *json, const char *member)
{
    return json_integer_value(json_object_get(json, member));
}

// The sheet, to be freed.
static char *sheet_of(const json_t *answer, enum wording_language language)
{
    char *sheet = NULL;
    size_t length;
    struct feasts *feasts = feasts_open();
    struct month month;
    FILE *out = open_memstream(&sheet, &length);
    struct screen screen = {.width = SCREEN_USUAL, .language = language};
    assert_non_null(out);
    assert_true(repmonth_fill(answer, feasts, &month));
    repmonth_print(out, answer, &month, &screen);
    assert_int_equal(fclose(out), 0);
    feasts_close(&feasts);
    return sheet;
}

static void shows(const char *sheet, const char *line)
{
    if (strstr(sheet, line) == NULL)
        fail_msg("no \"%s\" in\n%s", line, sheet);
}

static bool lists(struct fixture *f, const char *rep_id, const char *date)
{
    int status;
    (void)turns_ask(f->turns, text("/v1/calls?rep=%s&date=%s", rep_id, date), &status);
    return status == 200;
}

// --- whose days off hold

static void test_days_off_of_the_reps_country(void **state)
{
    (void)state;
    static const struct {
        const char *country;
        bool off_10, off_19, off_30, on_21;
        int64_t worked;
        const char *whose;
    } rows[] = {{"", false, true, true, true, 21, "CN"},
                {"CN", false, true, true, true, 21, "CN"},
                {"VN", true, false, true, false, 20, "VN"},
                {"US", false, false, true, false, 21, "US"}}; // no file is of it: weekends and everybody's days
    struct fixture f;
    begin_countries(&f);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char more[60];
        snprintf(more, sizeof more, ",\"country\":\"%s\"", rows[i].country);
        is_of(&f, text("2026-06-01 00:2%zu", i), "wang", more);
        assert_int_equal(lists(&f, "wang", "2026-06-10"), !rows[i].off_10);
        assert_int_equal(lists(&f, "wang", "2026-06-19"), !rows[i].off_19);
        assert_int_equal(lists(&f, "wang", "2026-06-21"), rows[i].on_21);
        json_t *month = month_of(&f, "rep=wang&month=2026-06");
        assert_int_equal(flag(day_of(month, 10), "holiday"), rows[i].off_10);
        assert_int_equal(flag(day_of(month, 10), "workingDay"), !rows[i].off_10);
        assert_int_equal(flag(day_of(month, 19), "holiday"), rows[i].off_19);
        assert_int_equal(flag(day_of(month, 30), "holiday"), rows[i].off_30);
        assert_int_equal(flag(day_of(month, 21), "makeUp"), rows[i].on_21);
        assert_int_equal(flag(day_of(month, 21), "workingDay"), rows[i].on_21);
        assert_string_equal(words(day_of(month, 30), "name"), "Our day");
        if (rows[i].off_10 || rows[i].off_19)
            assert_string_equal(words(day_of(month, rows[i].off_10 ? 10 : 19), "name"),
                                rows[i].off_10 ? "Their day" : "Dragon Boat Festival");
        assert_string_equal(words(month, "daysOffCountry"), rows[i].whose);
        assert_int_equal(number(month, "workingDays"), rows[i].worked);
        json_decref(month);
    }
    finish(&f);
}

// The list comes on the days that the rep's own country works, and the days off are merged with absences.
static void test_lists_by_the_reps_country(void **state)
{
    (void)state;
    struct fixture f;
    begin_countries(&f);
    is_of(&f, "2026-06-01 00:20", "wang", ",\"country\":\"VN\"");
    is_of(&f, "2026-06-01 00:21", "chen", ",\"country\":\"CN\"");
    customer(&f, "C2", "chen");
    absent(&f, "wang", "2026-06-17", "2026-06-18");
    absent(&f, "chen", "2026-06-17", "2026-06-18");
    until(&f, "2026-06-30 23:00");
    static const struct {
        const char *date;
        bool wang, chen;
    } rows[] = {{"2026-06-09", true, true},   {"2026-06-10", false, true},  {"2026-06-11", true, true},
                {"2026-06-17", false, false}, {"2026-06-18", false, false}, {"2026-06-19", true, false},
                {"2026-06-21", false, true},  {"2026-06-30", false, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(lists(&f, "wang", rows[i].date), rows[i].wang);
        assert_int_equal(lists(&f, "chen", rows[i].date), rows[i].chen);
    }
    finish(&f);
}

// New settings take effect at once, after a restart too.
static void test_new_settings(void **state)
{
    (void)state;
    struct fixture f;
    begin_countries(&f);
    is_of(&f, "2026-06-01 00:20", "wang", ",\"country\":\"VN\"");
    hear_settings(&f, "{\"timeZone\":\"Asia/Shanghai\",\"weekend\":[6,7],\"holidays\":[\"2026-06-19\"],"
                      "\"daysOff\":[{\"day\":\"2026-06-19\",\"country\":\"CN\"},"
                      "{\"day\":\"2026-06-11\",\"country\":\"VN\"}]}");
    assert_true(lists(&f, "wang", "2026-06-10"));
    assert_false(lists(&f, "wang", "2026-06-11"));
    assert_true(lists(&f, "wang", "2026-06-19"));
    hear_settings(&f, "{\"timeZone\":\"Asia/Shanghai\",\"weekend\":[6,7],\"holidays\":[\"2026-06-19\"]}");
    assert_true(lists(&f, "wang", "2026-06-11"));
    assert_false(lists(&f, "wang", "2026-06-19"));
    json_t *month = month_of(&f, "rep=wang&month=2027-06");
    assert_true(flag(month, "daysOffMissing"));
    json_decref(month);
    finish(&f);
}

// --- the page

static void test_a_month(void **state)
{
    (void)state;
    struct fixture f;
    begin_countries(&f);
    is_of(&f, "2026-06-01 00:20", "li", "");
    is_of(&f, "2026-06-01 00:21", "wang",
          ",\"timeZone\":\"Asia/Shanghai\",\"country\":\"CN\",\"deputyRepId\":\"li\",\"managerRepId\":\"zhao\"");
    absent(&f, "wang", "2026-06-12", "2026-06-15");
    absent(&f, "li", "2026-06-15", "2026-06-15");
    happens(&f, "2026-06-01 00:30", "{\"customerId\":\"C2\",\"customerUpserted\":{\"ownerRepId\":\"wang\"}}");
    until(&f, "2026-06-02 10:00");
    reached(&f, "C1", moment(&f, "2026-06-02 09:59"));
    until(&f, "2026-06-03 10:00");
    json_t *month = month_of(&f, "rep=wang");
    assert_string_equal(words(month, "month"), "2026-06");
    assert_string_equal(words(month, "localDate"), "2026-06-03");
    assert_string_equal(words(month, "timeZone"), "Asia/Shanghai");
    assert_string_equal(words(month, "deputyRepId"), "li");
    assert_string_equal(words(month, "deputyName"), "li");
    assert_int_equal(json_array_size(json_object_get(month, "weekend")), 2);
    assert_int_equal(json_array_size(json_object_get(month, "days")), 30);
    assert_int_equal(number(month, "workingDays"), 19); // 21 less the 12th and the 15th
    assert_int_equal(number(month, "workingDaysLeft"), 17);
    assert_string_equal(words(day_of(month, 3), "localDate"), "2026-06-03");
    assert_string_equal(words(day_of(month, 3), "list"), "2026-06-03T00:30:00Z");
    assert_string_equal(words(day_of(month, 3), "evening"), "2026-06-03T09:30:00Z");
    assert_null(json_object_get(day_of(month, 3), "digest")); // nobody's manager
    assert_null(json_object_get(day_of(month, 6), "list"));
    assert_null(json_object_get(day_of(month, 12), "list"));
    assert_true(flag(day_of(month, 12), "absent") && flag(day_of(month, 15), "absent"));
    assert_false(flag(day_of(month, 16), "absent"));
    assert_string_equal(words(day_of(month, 12), "deputyRepId"), "li");
    assert_string_equal(words(day_of(month, 15), "deputyRepId"), ""); // away too
    const json_t *coverage = json_object_get(month, "coverage");
    assert_string_equal(words(month, "coverageDate"), "2026-06-03");
    assert_int_equal(number(coverage, "customers"), 2);
    assert_int_equal(number(coverage, "contacted"), 1);
    json_decref(month);
    finish(&f);
}

// The calls of each day, and how many were dealt with: answered on the first day, logged on the second.
static void test_calls_of_past_days(void **state)
{
    (void)state;
    struct fixture f;
    char id[33];
    begin_june(&f);
    customer(&f, "C2", "wang");
    until(&f, "2026-06-01 09:00");
    Tend__V1__CallList *list = next_list(&f);
    size_t first = list->n_lines;
    strcpy(id, list->lines[0]->reminder_id);
    drop_list(list);
    assert_true(first > 0);
    answers(&f, "2026-06-01 10:00", "wang", id, "done");
    until(&f, "2026-06-02 09:00");
    json_t *month = month_of(&f, "rep=wang&month=2026-06");
    assert_int_equal(number(day_of(month, 1), "calls"), first);
    assert_int_equal(number(day_of(month, 1), "answered"), 1);
    assert_string_equal(words(day_of(month, 1), "told"), "2026-06-01T00:30:00Z");
    assert_int_equal(number(day_of(month, 3), "calls"), 0);
    assert_null(json_object_get(day_of(month, 3), "told"));
    json_decref(month);
    until(&f, "2026-07-02 09:00");
    month = month_of(&f, "rep=wang&month=2026-06"); // over: as the last list said
    assert_string_equal(words(month, "coverageDate"), "2026-06-30");
    assert_int_equal(number(json_object_get(month, "coverage"), "customers"), 2);
    assert_int_equal(number(month, "workingDaysLeft"), 0);
    json_decref(month);
    month = month_of(&f, "rep=wang&month=2026-08"); // to come: as it would begin
    assert_string_equal(words(month, "coverageDate"), "2026-08-01");
    assert_int_equal(number(json_object_get(month, "coverage"), "contacted"), 0);
    assert_int_equal(number(month, "workingDays"), number(month, "workingDaysLeft"));
    json_decref(month);
    month = month_of(&f, "rep=wang&month=2026-03"); // nothing is kept of it
    assert_null(json_object_get(month, "coverage"));
    json_decref(month);
    finish(&f);
}

// Zhao's own, and those that Qian reads in Zhao's place.
static bool is_of_zhao(const Tend__V1__Digest *digest)
{
    for (size_t i = 0; i < digest->n_points; i++)
        if (strcmp(digest->points[i]->code, "digest.for") == 0)
            return true;
    return strcmp(digest->rep_id, "zhao") == 0;
}

// The digests that the page names are those that come, and whom they come to.
static void test_digests_come_as_they_are_named(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    absent(&f, "zhao", "2026-06-08", "2026-06-10"); // Monday to Wednesday
    until(&f, "2026-06-01 00:30");
    json_t *month = month_of(&f, "rep=zhao&month=2026-06");
    assert_string_equal(words(day_of(month, 8), "digestReaderRepId"), "qian");
    assert_string_equal(words(day_of(month, 11), "digestReaderRepId"), "");
    until(&f, "2026-07-01 00:00");
    bool daily[31] = {false}, weekly[31] = {false};
    for (uint64_t seq = 1; seq <= turns_last(f.turns); seq++) {
        const struct record *record = turns_read(f.turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST)
            continue;
        Tend__V1__Digest *digest = tend__v1__digest__unpack(NULL, record->length, record->payload);
        assert_non_null(digest);
        int number = atoi(digest->local_date + 8);
        char due[STAMP_TEXT_BYTES];
        stamp_print(digest->due->seconds, 0, due);
        if (is_of_zhao(digest)) {
            assert_string_equal(words(day_of(month, number), digest->weekly ? "weeklyDigest" : "digest"), due);
            (digest->weekly ? weekly : daily)[number] = true;
        }
        tend__v1__digest__free_unpacked(digest, NULL);
    }
    unsigned weeks = 0;
    for (int number = 1; number <= 30; number++) {
        assert_int_equal(json_object_get(day_of(month, number), "digest") != NULL, daily[number]);
        bool named = json_object_get(day_of(month, number), "weeklyDigest") != NULL;
        assert_true(!weekly[number] || named);
        weeks += named;
    }
    assert_int_equal(weeks, 5);
    json_decref(month);
    finish(&f);
}

// A rep far away lives by the own clock and week.
static void test_another_zone_and_week(void **state)
{
    (void)state;
    struct fixture f;
    begin_countries(&f);
    is_of(&f, "2026-06-01 00:20", "omar", ",\"timeZone\":\"Asia/Dubai\",\"workingDays\":[7,1,2,3,4]");
    until(&f, "2026-06-01 01:00"); // the evening before in Dubai
    json_t *month = month_of(&f, "rep=omar");
    assert_string_equal(words(month, "month"), "2026-05");
    assert_string_equal(words(month, "localDate"), "2026-05-31");
    json_decref(month);
    month = month_of(&f, "rep=omar&month=2026-06");
    const json_t *weekend = json_object_get(month, "weekend");
    assert_int_equal(json_integer_value(json_array_get(weekend, 0)), 5);
    assert_int_equal(json_integer_value(json_array_get(weekend, 1)), 6);
    assert_false(flag(day_of(month, 5), "workingDay"));
    assert_true(flag(day_of(month, 7), "workingDay"));
    assert_string_equal(words(day_of(month, 7), "list"), "2026-06-07T04:30:00Z");
    json_decref(month);
    finish(&f);
}

static void test_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        int status;
        const char *field;
    } rows[] = {{"rep=", 400, "rep"},
                {"month=2026-06", 400, "rep"},
                {"rep=nobody", 404, "rep"},
                {"rep=wang&month=2026-13", 400, "month"},
                {"rep=wang&month=2026-6", 400, "month"},
                {"rep=wang&month=2026-06-01", 400, "month"},
                {"rep=wang&month=1969-12", 400, "month"},
                {"rep=wang&month=2101-01", 400, "month"}};
    struct fixture f;
    begin_team(&f, "{}");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int status;
        const char *answer = turns_ask(f.turns, text("/v1/calendar?%s", rows[i].query), &status);
        assert_int_equal(status, rows[i].status);
        if (strstr(answer, text("\"field\":\"%s\"", rows[i].field)) == NULL)
            fail_msg("%s: %s", rows[i].query, answer);
    }
    finish(&f);
}

// --- the sheet

static void test_sheet(void **state)
{
    (void)state;
    struct fixture f;
    begin_countries(&f);
    is_of(&f, "2026-06-01 00:20", "li", "");
    is_of(&f, "2026-06-01 00:21", "wang", ",\"timeZone\":\"Asia/Shanghai\",\"country\":\"CN\",\"deputyRepId\":\"li\"");
    absent(&f, "wang", "2026-06-17", "2026-06-20");
    until(&f, "2026-06-02 10:00");
    json_t *month = month_of(&f, "rep=wang&month=2026-06");
    char *sheet = sheet_of(month, WORDING_EN);
    shows(sheet, "wang  Asia/Shanghai\n2026-06  CN  working days: 19, 18 from today\n");
    shows(sheet, "25     15    16   17~   18~  19-*   20~   21+\n");
    shows(sheet, "23      1    >2     3     4     5     6     7\n");
    shows(sheet, " #    0/1   0/1                              \n");
    shows(sheet, " 19       off: Dragon Boat Festival\n");
    shows(sheet, " 17 - 20  absent; deputy: li\n");
    shows(sheet, "~ absent\n# calls dealt with / on the list\n");
    shows(sheet, "call list 08:30, evening 17:30\n");
    shows(sheet, "deputy: li\n");
    shows(sheet, "0 of 1 customers contacted\n");
    shows(sheet, "calls dealt with: 0 of 2\n");
    free(sheet);
    sheet = sheet_of(month, WORDING_ZH);
    shows(sheet, "17假");
    shows(sheet, "请假；代理人：li");
    shows(sheet, "电话名单 08:30，晚间预告 17:30\n");
    free(sheet);
    json_decref(month);
    month = month_of(&f, "rep=zhao&month=2026-06");
    sheet = sheet_of(month, WORDING_EN);
    shows(sheet, "Zhao (zhao)  Asia/Shanghai\n");
    shows(sheet, "call list 08:30, evening 17:30\ndigest 17:45, week's digest 08:30\n");
    assert_null(strstr(sheet, "absent"));
    assert_null(strstr(sheet, "deputy"));
    free(sheet);
    json_decref(month);
    finish(&f);
}

static void test_sheet_stays_narrow(void **state)
{
    (void)state;
    struct fixture f;
    begin_countries(&f);
    is_of(&f, "2026-06-01 00:21", "wang", ",\"country\":\"US\",\"deputyRepId\":\"li\",\"managerRepId\":\"zhao\"");
    absent(&f, "wang", "2026-06-17", "2026-06-20");
    absent(&f, "zhao", "2026-06-08", "2026-06-10");
    until(&f, "2026-06-22 10:00");
    static const char *const reps[] = {"wang", "zhao", "qian"};
    for (size_t i = 0; i < sizeof reps / sizeof reps[0]; i++)
        for (enum wording_language language = WORDING_EN; language <= WORDING_ZH; language++) {
            json_t *month = month_of(&f, text("rep=%s", reps[i]));
            char *sheet = sheet_of(month, language), *rest = sheet;
            if (i == 1 && language == WORDING_EN)
                shows(sheet, "  8 - 10  digest goes to qian\n");
            for (char *line; (line = strsep(&rest, "\n")) != NULL;)
                if (screen_columns(line) > MONTHSHEET_COLUMNS)
                    fail_msg("%s: %d columns", line, screen_columns(line));
            free(sheet);
            json_decref(month);
        }
    finish(&f);
}

static void test_no_month(void **state)
{
    (void)state;
    static const char *const wrong[] = {"{}", "{\"month\":\"2026-06\"}", "{\"month\":\"2026-06\",\"localDate\":\"x\"}",
                                        "{\"month\":\"2026-06\",\"localDate\":\"2026-06-01\",\"days\":[{}]}", "[]"};
    struct feasts *feasts = feasts_open();
    struct month month;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        json_t *answer = json_loads(wrong[i], 0, NULL);
        assert_non_null(answer);
        assert_false(repmonth_fill(answer, feasts, &month));
        json_decref(answer);
    }
    feasts_close(&feasts);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days_off_of_the_reps_country),
        cmocka_unit_test(test_lists_by_the_reps_country),
        cmocka_unit_test(test_new_settings),
        cmocka_unit_test(test_a_month),
        cmocka_unit_test(test_calls_of_past_days),
        cmocka_unit_test(test_digests_come_as_they_are_named),
        cmocka_unit_test(test_another_zone_and_week),
        cmocka_unit_test(test_what_is_wrong),
        cmocka_unit_test(test_sheet),
        cmocka_unit_test(test_sheet_stays_narrow),
        cmocka_unit_test(test_no_month),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
