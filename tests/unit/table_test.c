// Reading tables: what other systems write, and what nobody should.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "services/tend/amount.h"
#include "common/moment.h"
#include "common/number.h"
#include "services/tend/table.h"

#include "common/calendar.h"
#include "common/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char path[64];

static void write_file(const void *bytes, size_t length)
{
    strcpy(path, "/tmp/tend-table-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, length), (ssize_t)length);
    close(file);
}

static struct table *open_bytes(const void *bytes, size_t length, const struct table_options *how)
{
    write_file(bytes, length);
    struct table_options options = how == NULL ? (struct table_options){0} : *how;
    options.path = path;
    char error[TABLE_ERROR_BYTES];
    struct table *table = NULL;
    if (!table_open(&options, error, &table))
        fail_msg("%s", error);
    unlink(path);
    return table;
}

static struct table *open_text(const char *text)
{
    return open_bytes(text, strlen(text), NULL);
}

static void expect_row(struct table *table, uint64_t line, const char *const *fields, size_t count)
{
    struct row row;
    enum table_step step = table_next(table, &row);
    if (step != TABLE_ROW)
        fail_msg("no row but %d: %s", (int)step, row.reason == NULL ? "" : row.reason);
    assert_int_equal(row.line, line);
    assert_int_equal(row.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(row.fields[i].text, fields[i]);
        assert_int_equal(row.fields[i].length, strlen(fields[i]));
    }
}

#define ROW(table, line, ...)                             \
    do {                                                  \
        const char *const fields_[] = {__VA_ARGS__};      \
        expect_row(table, line, fields_, COUNT(fields_)); \
    } while (0)

static void expect_bad(struct table *table, uint64_t line, const char *part)
{
    struct row row;
    assert_int_equal(table_next(table, &row), TABLE_BAD);
    assert_int_equal(row.line, line);
    if (strstr(row.reason, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", row.reason, part);
}

static void expect_end(struct table *table)
{
    struct row row;
    assert_int_equal(table_next(table, &row), TABLE_END);
    assert_int_equal(table_next(table, &row), TABLE_END);
    table_close(&table);
}

static void plain(void **state)
{
    (void)state;
    struct table *table = open_text("a,b,c\r\n1, two ,3\r\n\r\n\"x, y\",\"say \"\"hi\"\"\",\r\n");
    ROW(table, 2, "1", "two", "3");
    ROW(table, 4, "x, y", "say \"hi\"", "");
    expect_end(table);
}

static void mark_and_newlines_in_quotes(void **state)
{
    (void)state;
    struct table *table = open_text("\xef\xbb\xbf"
                                    "id,note\n1,\"first\r\nsecond\"\n2,\"\n\n\"\n3,x");
    size_t count;
    assert_string_equal(table_columns(table, &count)[0], "id");
    ROW(table, 2, "1", "first\nsecond");
    ROW(table, 4, "2", "\n\n");
    ROW(table, 7, "3", "x");
    expect_end(table);
}

static void offsets_lead_back(void **state)
{
    (void)state;
    const char *text = "id,note\n1,\"a\nb\"\n2,c\n";
    struct table *table = open_text(text);
    struct row row;
    assert_int_equal(table_next(table, &row), TABLE_ROW);
    assert_int_equal(row.offset, 8);
    assert_int_equal(table_next(table, &row), TABLE_ROW);
    assert_int_equal(row.offset, strstr(text, "2,c") - text);
    table_rewind(table);
    ROW(table, 2, "1", "a\nb");
    ROW(table, 4, "2", "c");
    expect_end(table);
}

static void delimiters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        char delimiter;
    } cases[] = {
        {"a,b\nx,y\n", ','},       {"a;b\nx;y\n", ';'},        {"a\tb\nx\ty\n", '\t'},
        {"\"a,c\";b\nx;y\n", ';'}, {"sep=;\na;b\nx;y\n", ';'},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct table *table = open_text(cases[i].text);
        assert_int_equal(table_delimiter(table), cases[i].delimiter);
        ROW(table, i == 4 ? 3 : 2, "x", "y");
        expect_end(table);
    }
    struct table_options told = {.delimiter = '|'};
    struct table *table = open_bytes("a|b,c\n1|2,3\n", 12, &told);
    ROW(table, 2, "1", "2,3");
    expect_end(table);
}

static void line_ends(void **state)
{
    (void)state;
    struct table *table = open_text("a,b\r1,2\r3,4\n5,6\r\n");
    ROW(table, 2, "1", "2");
    ROW(table, 3, "3", "4");
    ROW(table, 4, "5", "6");
    expect_end(table);
}

static void gb18030(void **state)
{
    (void)state;
    // 姓名,城市 / 王芳,宁波 / 李四,€𠀀 in GB18030; the last two take two and four bytes.
    static const char bytes[] = "\xd0\xd5\xc3\xfb,\xb3\xc7\xca\xd0\n\xcd\xf5\xb7\xbc,\xc4\xfe\xb2\xa8\n"
                                "\xc0\xee\xcb\xc4,\xa2\xe3\x95\x32\x82\x36\n";
    struct table *table = open_bytes(bytes, sizeof bytes - 1, NULL);
    size_t count;
    assert_string_equal(table_encoding(table), "GB18030");
    assert_string_equal(table_columns(table, &count)[0], "姓名");
    ROW(table, 2, "王芳", "宁波");
    ROW(table, 3, "李四", "€𠀀");
    expect_end(table);
}

static void encoding_shows_late(void **state)
{
    (void)state;
    // More ASCII than the sample before the first Chinese name.
    size_t rows = 150000, length = 4;
    char *text = malloc(rows * 8 + 100);
    memcpy(text, "a,b\n", 4);
    for (size_t i = 0; i < rows; i++, length += 8)
        memcpy(text + length, "1234,ab\n", 8);
    memcpy(text + length, "1,\xcd\xf5\xb7\xbc\n", 7);
    struct table *table = open_bytes(text, length + 7, NULL);
    free(text);
    struct row row;
    for (size_t i = 0; i < rows; i++)
        assert_int_equal(table_next(table, &row), TABLE_ROW);
    ROW(table, rows + 2, "1", "王芳");
    expect_end(table);
}

static void one_broken_byte_does_not_change_the_encoding(void **state)
{
    (void)state;
    struct table *table = open_text("a\n王芳\nx\xff\n李四\n");
    ROW(table, 2, "王芳");
    expect_bad(table, 3, "no text");
    ROW(table, 4, "李四");
    expect_end(table);
}

static void nul(void **state)
{
    (void)state;
    struct table *table = open_bytes("a,b\n1,\0\n2,x\n", 12, NULL);
    expect_bad(table, 2, "NUL");
    ROW(table, 3, "2", "x");
    expect_end(table);
}

static void unterminated_quote(void **state)
{
    (void)state;
    struct table *table = open_text("a,b\n1,\"open\n2,x\n3,y\n");
    expect_bad(table, 2, "never closed");
    ROW(table, 3, "2", "x");
    ROW(table, 4, "3", "y");
    expect_end(table);
    // A quote of a later row closes it: the columns tell.
    table = open_text("a,b\n1,\"open\n2,x\n3,\"y\"\n4,z\n");
    expect_bad(table, 2, "does not fit");
    ROW(table, 3, "2", "x");
    ROW(table, 4, "3", "y");
    ROW(table, 5, "4", "z");
    expect_end(table);
    // Escaped quotes over lines are no trouble, and neither is a stray one within a line.
    table = open_text("a,b\n1,\"say\n\"\"hi\"\"\"\n2,5\" pipe\n");
    ROW(table, 2, "1", "say\n\"hi\"");
    ROW(table, 4, "2", "5\" pipe");
    expect_end(table);
}

static void columns_that_do_not_fit(void **state)
{
    (void)state;
    struct table *table = open_text("a,b\n1\n1,2,3\n1,2,,\n");
    expect_bad(table, 2, "has 1 column, the header has 2");
    expect_bad(table, 3, "has 3 columns");
    ROW(table, 4, "1", "2");
    expect_end(table);
}

static void limits(void **state)
{
    (void)state;
    size_t length = 0;
    char *text = malloc(4 << 20);
    length += (size_t)sprintf(text, "a,b\n1,");
    memset(text + length, 'x', TABLE_FIELD_MAX + 1);
    length += TABLE_FIELD_MAX + 1;
    length += (size_t)sprintf(text + length, "\n2,");
    memset(text + length, 'y', TABLE_FIELD_MAX);
    length += TABLE_FIELD_MAX;
    length += (size_t)sprintf(text + length, "\n3,");
    memset(text + length, 'z', 2 << 20);
    length += 2 << 20;
    length += (size_t)sprintf(text + length, "\n4,ok\n");
    struct table *table = open_bytes(text, length, NULL);
    struct row row;
    expect_bad(table, 2, "65,536");
    assert_int_equal(table_next(table, &row), TABLE_ROW);
    assert_int_equal(row.fields[1].length, TABLE_FIELD_MAX);
    expect_bad(table, 4, "megabyte");
    ROW(table, 5, "4", "ok");
    expect_end(table);
    length = 0;
    for (int i = 0; i < TABLE_COLUMNS_MAX; i++)
        length += (size_t)sprintf(text + length, ",");
    length += (size_t)sprintf(text + length, "\n");
    write_file(text, length);
    free(text);
    char error[TABLE_ERROR_BYTES];
    assert_false(table_open(&(struct table_options){.path = path}, error, &table));
    assert_non_null(strstr(error, "512"));
    unlink(path);
}

static void quotes_without_end_stop_somewhere(void **state)
{
    (void)state;
    size_t rows = 4000, length = 4;
    char *text = malloc(rows * 4 + 8);
    memcpy(text, "a,b\n", 4);
    for (size_t i = 0; i < rows; i++, length += 3)
        memcpy(text + length, "\"a\n", 3);
    struct table *table = open_bytes(text, length, NULL);
    free(text);
    struct row row;
    enum table_step step;
    size_t bad = 0;
    while ((step = table_next(table, &row)) == TABLE_BAD)
        bad++;
    assert_int_equal(step, TABLE_FAILED);
    assert_int_equal(bad, TABLE_UNCLOSED_MAX);
    table_close(&table);
}

static void refused_files(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *says;
    } cases[] = {
        {"", 0, "empty"},
        {"\n\n", 2, "empty"},
        {"\xff\xfe"
         "a",
         3, "UTF-16"},
        {"[{}]", 4, "JSON lines"},
        {"a\0b\n", 4, "NUL"},
        {"\xef\xbb\xbf", 3, "empty"},
        {"a,\"b\n", 5, "never closed"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_file(cases[i].bytes, cases[i].length);
        char error[TABLE_ERROR_BYTES];
        struct table *table = NULL;
        assert_false(table_open(&(struct table_options){.path = path}, error, &table));
        if (strstr(error, cases[i].says) == NULL)
            fail_msg("case %zu: %s", i, error);
        assert_null(table);
        unlink(path);
    }
    char error[TABLE_ERROR_BYTES];
    struct table *table = NULL;
    assert_false(table_open(&(struct table_options){.path = "/tmp"}, error, &table));
    assert_false(table_open(&(struct table_options){.path = "/nowhere/at/all"}, error, &table));
    assert_false(table_open(&(struct table_options){.path = "/etc/passwd", .encoding = "klingon"}, error, &table));
}

static void json_lines(void **state)
{
    (void)state;
    struct table *table =
        open_text("{\"a\":\"x\",\"b\":1280.5,\"c\":[\"en\",\"zh\"]}\n\n{\"b\":true,\"d\":{}}\n{\"a\":{}}\n"
                  "{\"a\":\nnonsense\n{\"a\":null,\"a\":1}\n{\"a\":\"\xc3\"}\n{\"b\":12}\n");
    assert_true(table_json(table));
    size_t a, b, c;
    assert_true(table_column(table, "a", &a) && table_column(table, "b", &b) && table_column(table, "c", &c));
    ROW(table, 1, "x", "1280.5", "en;zh");
    ROW(table, 3, "", "true", "");
    expect_bad(table, 4, "object");
    expect_bad(table, 5, "JSON");
    expect_bad(table, 6, "JSON");
    expect_bad(table, 7, "JSON");
    expect_bad(table, 8, "no text");
    ROW(table, 9, "", "12", "");
    expect_end(table);
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum number_hint hint;
        int64_t point, comma; // in micros, -1: refused
    } cases[] = {
        {"12", NUMBER_PLAIN, 12000000, 12000000},
        {"-3", NUMBER_PLAIN, -3000000, -3000000},
        {"+3", NUMBER_PLAIN, 3000000, 3000000},
        {"12.5", NUMBER_SAYS_POINT, 12500000, -1},
        {"12,5", NUMBER_SAYS_COMMA, -1, 12500000},
        {"1.280,50", NUMBER_SAYS_COMMA, -1, 1280500000},
        {"1,280.50", NUMBER_SAYS_POINT, 1280500000, -1},
        {"1280,50", NUMBER_SAYS_COMMA, -1, 1280500000},
        {"1,280", NUMBER_OPEN, 1280000000, 1280000},
        {"1.280", NUMBER_OPEN, 1280000, 1280000000},
        {"0,125", NUMBER_SAYS_COMMA, 125000000, 125000},
        {"1280.500", NUMBER_SAYS_POINT, 1280500000, -1},
        {"1.280.500", NUMBER_SAYS_COMMA, -1, INT64_C(1280500000000)},
        {"1,280,500", NUMBER_SAYS_POINT, INT64_C(1280500000000), -1},
        {"1 280 500", NUMBER_PLAIN, INT64_C(1280500000000), INT64_C(1280500000000)},
        {"1\xc2\xa0"
         "280,5",
         NUMBER_SAYS_COMMA, -1, 1280500000},
        {"1'280.5", NUMBER_SAYS_POINT, 1280500000, -1},
        {".5", NUMBER_SAYS_POINT, 500000, -1},
        {"41.913600000000004", NUMBER_SAYS_POINT, 41913600, -1},
        {"0.0000005", NUMBER_SAYS_POINT, 1, -1},
        {"9000000000", NUMBER_PLAIN, INT64_C(9000000000000000), INT64_C(9000000000000000)},
        {"9000000001", NUMBER_PLAIN, -1, -1},
        {"12,80,5", NUMBER_WRONG, -1, -1},
        {"1,28.5", NUMBER_WRONG, -1, -1},
        {"12 80", NUMBER_WRONG, -1, -1},
        {"1.2.3", NUMBER_WRONG, -1, -1},
        {"12x", NUMBER_WRONG, -1, -1},
        {"-", NUMBER_WRONG, -1, -1},
        {"", NUMBER_WRONG, -1, -1},
        {",", NUMBER_WRONG, -1, -1},
        {"1e5", NUMBER_WRONG, -1, -1},
        {"--1", NUMBER_WRONG, -1, -1},
        {"123456789012345678901234567890123456789012345", NUMBER_WRONG, -1, -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t length = strlen(cases[i].text);
        int64_t point = -1, comma = -1;
        if (number_hint(cases[i].text, length) != cases[i].hint)
            fail_msg("%s hints at %d", cases[i].text, (int)number_hint(cases[i].text, length));
        number_parse(cases[i].text, length, DECIMAL_POINT, &point);
        number_parse(cases[i].text, length, DECIMAL_COMMA, &comma);
        if (point != cases[i].point || comma != cases[i].comma)
            fail_msg("%s: %lld and %lld", cases[i].text, (long long)point, (long long)comma);
        int64_t unknown = -1;
        number_parse(cases[i].text, length, DECIMAL_UNKNOWN, &unknown);
        bool clear = cases[i].hint == NUMBER_PLAIN || cases[i].hint == NUMBER_SAYS_POINT;
        assert_int_equal(unknown, clear ? cases[i].point : -1);
    }
}

static void amounts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *digits, *currency;
        bool sign, percent;
    } cases[] = {
        {"12.5", "12.5", "", false, false},
        {"1280.50 USD", "1280.50", "USD", false, false},
        {"EUR 1.280,50", "1.280,50", "EUR", false, false},
        {"$5", "5", "", true, false},
        {"5 €", "5", "", true, false},
        {"15 %", "15", "", false, true},
        {" 7 ", "7", "", false, false},
        {"￥99", "99", "", true, false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct amount amount;
        assert_true(amount_split(cases[i].text, strlen(cases[i].text), &amount));
        assert_int_equal(amount.length, strlen(cases[i].digits));
        assert_memory_equal(amount.digits, cases[i].digits, amount.length);
        assert_string_equal(amount.currency, cases[i].currency);
        assert_int_equal(amount.sign, cases[i].sign);
        assert_int_equal(amount.percent, cases[i].percent);
    }
    struct amount amount;
    assert_false(amount_split("  ", 2, &amount));
}

static void moments(void **state)
{
    (void)state;
    static const struct {
        const char *format, *text, *day;
        int32_t second;
    } cases[] = {
        {NULL, "2026-05-17", "2026-05-17", -1},
        {NULL, "2026/5/7", "2026-05-07", -1},
        {NULL, "2026.05.17 9:30", "2026-05-17", 34200},
        {NULL, "2026年5月17日", "2026-05-17", -1},
        {NULL, "2026年5月17日 21:30:05", "2026-05-17", 77405},
        {NULL, "20260517", "2026-05-17", -1},
        {NULL, "2026-05-17T09:30", "2026-05-17", 34200},
        {NULL, "2026-05-17 09:30:15.250", "2026-05-17", 34215},
        {"M/D/YYYY", "11/8/2018", "2018-11-08", -1},
        {"M/D/YYYY", "11/8/2018 7:05", "2018-11-08", 25500},
        {"D.M.YYYY", "8.11.2018", "2018-11-08", -1},
        {"DD.MM.YYYY HH:mm", "08.11.2018 07:05", "2018-11-08", 25500},
        {"M/D/YY H:mm A", "1/2/05 12:05 AM", "2005-01-02", 300},
        {"M/D/YY H:mm A", "1/2/69 1:05 pm", "2069-01-02", 47100},
        {"M/D/YY", "1/2/70", "1970-01-02", -1},
        {NULL, "5/17/2026", NULL, 0},
        {NULL, "2026-02-29", NULL, 0},
        {NULL, "2026-13-01", NULL, 0},
        {NULL, "2026-05-17 25:00", NULL, 0},
        {NULL, "2026-05-17 ", NULL, 0},
        {NULL, "2026-05", NULL, 0},
        {NULL, "", NULL, 0},
        {"M/D/YYYY", "2018-11-08", NULL, 0},
        {"M/D/YYYY", "13/8/2018", NULL, 0},
        {"M/D/YY", "1/2/2005", NULL, 0},
        {"M/D/YY H:mm A", "1/2/05 13:05 PM", NULL, 0},
        {NULL, "2026-05-17 -0500", NULL, 0},
        {NULL, "2026-05-17Z", NULL, 0},
        {NULL, "2026-05-17 09:30:15.", NULL, 0},
        {NULL, "2026-05-17 09:30:15 -05000", NULL, 0},
        {NULL, "2026-05-17 09:30:15 -2400", NULL, 0},
        {NULL, "2026-05-17 09:30:15 -05:", NULL, 0},
        {NULL, "2026-05-17 09:30:15 EST", NULL, 0},
        {NULL, "1969-12-31 23:30:15 +0000", NULL, 0},
        {"YYYY-MM-DD HH:mm:ss Z", "2026-05-17 09:30:15", NULL, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct moment moment;
        bool read = moment_parse(cases[i].format, cases[i].text, strlen(cases[i].text), &moment);
        if (read != (cases[i].day != NULL))
            fail_msg("\"%s\" is %s", cases[i].text, read ? "read" : "refused");
        if (!read)
            continue;
        char day[DAY_TEXT_BYTES];
        day_print(moment.day, day);
        assert_string_equal(day, cases[i].day);
        assert_int_equal(moment.second, cases[i].second);
        assert_false(moment.absolute);
    }
    static const char *const bad[] = {"",           "YYYY",  "YYYY-MM",    "YYYY-MM-MM",     "YYY-M-D", "YYYY-M-D mm",
                                      "YYYY-M-D A", "Y-M-D", "YYYY-M-D Z", "YYYY-M-D H:m ZZ"};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(moment_format_valid(bad[i]));
    assert_true(moment_format_valid("D/M/YY H:m:s A"));
}

// As shops and databases write an instant, with or without a format.
static void moments_with_offsets(void **state)
{
    (void)state;
    static const struct {
        const char *format, *text;
        int64_t instant_s;
    } cases[] = {
        {NULL, "2026-11-22 13:40:23 -0500", 1795372823},
        {NULL, "2026-11-22 13:40:23 -05:00", 1795372823},
        {NULL, "2026-11-22 13:40:23-0500", 1795372823},
        {NULL, "2026-11-22T13:40:23.250-0500", 1795372823},
        {NULL, "2026-11-22 18:40:23Z", 1795372823},
        {NULL, "2026-11-22 18:40:23 Z", 1795372823},
        {NULL, "2026-11-23 00:10:23+05:30", 1795372823},
        {NULL, "2026-11-22 13:40:23.5-05", 1795372823},
        {NULL, "2026/11/22 13:40 -0500", 1795372800},
        {NULL, "2026-11-22 13:40:23 -0001", 1795354883},
        {"YYYY-MM-DD HH:mm:ss Z", "2026-11-22 13:40:23 -0500", 1795372823},
        {"YYYY-MM-DDTHH:mm:ssZ", "2026-11-22T18:40:23Z", 1795372823},
        {"YYYY-MM-DD HH:mm:ss", "2026-11-22 13:40:23 -0500", 1795372823},
        {"D/M/YYYY H:mm Z", "22/11/2026 13:40-05:00", 1795372800},
        {"M/D/YY", "11/22/26 1:40 PM -0500", 1795372800},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct moment moment;
        if (!moment_parse(cases[i].format, cases[i].text, strlen(cases[i].text), &moment))
            fail_msg("\"%s\" is refused", cases[i].text);
        assert_true(moment.absolute);
        if (moment.instant_s != cases[i].instant_s)
            fail_msg("%s: %lld", cases[i].text, (long long)moment.instant_s);
    }
    assert_true(moment_format_valid("YYYY-MM-DD HH:mm:ss Z"));
}

static void moments_in_zones(void **state)
{
    (void)state;
    struct zone *zone = NULL;
    assert_true(zone_open(ZONE_DIRECTORIES, "America/New_York", &zone));
    struct moment moment;
    assert_true(moment_parse(NULL, "2026-07-01", 10, &moment));
    assert_int_equal(moment_instant_s(&moment, zone), 1782921600); // 16:00 UTC, noon in summer
    assert_true(moment_parse(NULL, "2026-01-01 23:59:30", 19, &moment));
    assert_int_equal(moment_instant_s(&moment, zone), 1767329970);
    assert_true(moment_parse(NULL, "2026-01-02 02:00:00+08:00", 25, &moment));
    assert_true(moment.absolute);
    assert_int_equal(moment_instant_s(&moment, zone), 1767290400);
    assert_int_equal(moment_day(&moment, zone), 20454); // 2026-01-01 in New York
    zone_close(&zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain),
        cmocka_unit_test(mark_and_newlines_in_quotes),
        cmocka_unit_test(offsets_lead_back),
        cmocka_unit_test(delimiters),
        cmocka_unit_test(line_ends),
        cmocka_unit_test(gb18030),
        cmocka_unit_test(encoding_shows_late),
        cmocka_unit_test(one_broken_byte_does_not_change_the_encoding),
        cmocka_unit_test(nul),
        cmocka_unit_test(unterminated_quote),
        cmocka_unit_test(columns_that_do_not_fit),
        cmocka_unit_test(limits),
        cmocka_unit_test(quotes_without_end_stop_somewhere),
        cmocka_unit_test(refused_files),
        cmocka_unit_test(json_lines),
        cmocka_unit_test(numbers),
        cmocka_unit_test(amounts),
        cmocka_unit_test(moments),
        cmocka_unit_test(moments_with_offsets),
        cmocka_unit_test(moments_in_zones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
