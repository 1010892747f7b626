// The log: both forms, what strangers may put into values, folding, and what systemd reads.
#include "common/escape.h"
#include "common/log.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <jansson.h>

enum { READ_BYTES = 65536 };

static int64_t wall_ms;
static int ends[2];
static char text[READ_BYTES];

static int64_t now(void *clock)
{
    assert_ptr_equal(clock, &wall_ms);
    return wall_ms;
}

static struct log *begin(enum log_form form, enum log_level level)
{
    wall_ms = INT64_C(1795298909902);
    assert_int_equal(pipe(ends), 0);
    struct log *log = log_open(&(struct log_options){"scoring", ends[1], level, form, now, &wall_ms});
    assert_non_null(log);
    return log;
}

// Closes the log and returns all that it wrote.
static const char *written(struct log **log)
{
    log_close(log);
    assert_null(*log);
    close(ends[1]);
    size_t length = 0;
    for (ssize_t came; (came = read(ends[0], text + length, sizeof text - 1 - length)) > 0;)
        length += (size_t)came;
    text[length] = '\0';
    close(ends[0]);
    return text;
}

static void test_logfmt(void **state)
{
    (void)state;
    struct log *log = begin(LOG_LOGFMT, LOG_INFO);
    log_line(log, LOG_DEBUG, "not seen");
    log_line(log, LOG_INFO, "ready");
    wall_ms += 98;
    log_line(log, LOG_WARN, "row refused", LOG_TEXT("file", "a b=\"c\"\n.csv"), LOG_INT("line", -12),
             LOG_COUNT("bytes", UINT64_MAX), LOG_REAL("share", 0.25), LOG_REAL("odd", (double)NAN),
             LOG_BOOL("live", true), LOG_HEX("chain", UINT64_C(0xabc)), LOG_TEXT("none", NULL), LOG_TEXT("empty", ""),
             LOG_TEXT("id", "C-042"), LOG_BYTES("part", "abcdef", 3));
    log_line(NULL, LOG_ERROR, "silent");
    assert_string_equal(written(&log),
                        "ts=2026-11-21T22:08:29.902Z level=info svc=scoring msg=ready\n"
                        "ts=2026-11-21T22:08:30.000Z level=warn svc=scoring msg=\"row refused\" "
                        "file=\"a b=\\\"c\\\"\\n.csv\" line=-12 bytes=18446744073709551615 share=0.25 "
                        "odd=null live=true chain=0000000000000abc none=null empty=\"\" id=C-042 part=abc\n");
}

static void test_json(void **state)
{
    (void)state;
    struct log *log = begin(LOG_AUTO, LOG_DEBUG); // a pipe is no terminal
    log_line(log, LOG_ERROR, "cannot \"commit\"", LOG_TEXT("why", "disk\\full\t\x01\xff\xe7\x8e\x8b"),
             LOG_INT("code", 28), LOG_REAL("share", (double)INFINITY), LOG_BOOL("again", false), LOG_HEX("chain", 1),
             LOG_TEXT("none", NULL));
    const char *line = written(&log);
    assert_string_equal(line,
                        "{\"ts\":\"2026-11-21T22:08:29.902Z\",\"level\":\"error\",\"svc\":\"scoring\","
                        "\"msg\":\"cannot \\\"commit\\\"\",\"why\":\"disk\\\\full\\t\\u0001\xef\xbf\xbd\xe7\x8e\x8b\","
                        "\"code\":28,\"share\":null,\"again\":false,\"chain\":\"0000000000000001\",\"none\":null}\n");
    json_t *parsed = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(parsed);
    assert_int_equal(json_integer_value(json_object_get(parsed, "code")), 28);
    json_decref(parsed);
}

// Whatever bytes come in, one line goes out, it is JSON, and no control or direction mark stands in it.
static void test_any_bytes_make_one_line(void **state)
{
    (void)state;
    unsigned seed = (unsigned)getpid();
    print_message("seed %u\n", seed);
    srand(seed);
    for (int round = 0; round < 3000; round++) {
        static const char *const spice[] = {"\x1b[2J", "\xe2\x80\xae", "\xc2\x9b",     "\n",
                                            "\"",      "\\",           "\xef\xbb\xbf", "\xf0\x9f\x98\x80"};
        char bytes[900];
        size_t length = (size_t)rand() % 800;
        for (size_t i = 0; i < length; i++)
            bytes[i] = (char)(rand() % 256);
        const char *extra = spice[rand() % 8];
        memcpy(bytes + length, extra, strlen(extra));
        struct log *log = begin(round % 2 == 0 ? LOG_JSON : LOG_LOGFMT, LOG_DEBUG);
        log_line(log, LOG_INFO, "bytes", LOG_BYTES("value", bytes, length + strlen(extra)), LOG_INT("after", 7));
        const char *line = written(&log);
        const char *end = strchr(line, '\n');
        assert_true(end != NULL && end[1] == '\0');
        assert_null(strstr(line, "\xe2\x80\xae"));
        assert_null(strstr(line, "\xc2\x9b"));
        for (const char *c = line; c < end; c++)
            assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
        if (round % 2 != 0) {
            assert_non_null(strstr(line, " after=7\n"));
            continue;
        }
        json_t *parsed = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(parsed);
        assert_int_equal(json_integer_value(json_object_get(parsed, "after")), 7);
        json_decref(parsed);
    }
}

static void test_long_values_are_cut(void **state)
{
    (void)state;
    char value[2000];
    memset(value, 'v', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    struct log *log = begin(LOG_JSON, LOG_DEBUG);
    log_line(log, LOG_INFO, value, LOG_TEXT("a", value), LOG_TEXT("b", value), LOG_TEXT("c", value),
             LOG_TEXT("d", value), LOG_TEXT("e", value), LOG_TEXT("f", value), LOG_TEXT("g", value),
             LOG_TEXT("h", value));
    const char *line = written(&log);
    assert_true(strlen(line) < LOG_LINE_BYTES);
    assert_non_null(strstr(line, "v...\""));
    assert_non_null(strstr(line, ",\"cut\":true}\n"));
    json_t *parsed = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(parsed);
    json_decref(parsed);
    // A cut never leaves half a character.
    static const char wide[] = "\xe7\x8e\x8b";
    for (size_t shift = 0; shift < 3; shift++) {
        char name[1200] = "aa", out[LOG_VALUE_BYTES];
        bool whole = true;
        size_t at = shift;
        for (; at + 3 < sizeof name; at += 3)
            memcpy(name + at, wide, 3);
        size_t length = escape_json(name, at, out, sizeof out, &whole);
        assert_false(whole);
        assert_int_equal((length - shift) % 3, 0);
        assert_null(strstr(out, "\xef\xbf\xbd"));
    }
}

static void test_secrets_are_hidden(void **state)
{
    (void)state;
    struct log *log = begin(LOG_LOGFMT, LOG_DEBUG);
    log_line(log, LOG_INFO, "feed", LOG_TEXT("access_token", "hunter2"), LOG_TEXT("password", "hunter2"),
             LOG_INT("secret_number", 42), LOG_TEXT("name", "shop"));
    const char *line = written(&log);
    assert_null(strstr(line, "hunter2"));
    assert_null(strstr(line, "42"));
    assert_non_null(strstr(line, "access_token=[hidden] password=[hidden] secret_number=[hidden] name=shop\n"));
}

static size_t lines_of(const char *all)
{
    size_t lines = 0;
    for (const char *c = all; *c != '\0'; c++)
        lines += *c == '\n';
    return lines;
}

static void test_repeated_lines_are_folded(void **state)
{
    (void)state;
    struct log *log = begin(LOG_LOGFMT, LOG_DEBUG);
    for (int i = 0; i < 5; i++, wall_ms += 1000)
        log_line(log, LOG_WARN, "again", LOG_INT("n", 1));
    log_line(log, LOG_WARN, "again", LOG_INT("n", 2));  // another value is another line
    log_line(log, LOG_ERROR, "again", LOG_INT("n", 2)); // and so is another level
    const char *all = written(&log);
    assert_int_equal(lines_of(all), 4);
    assert_non_null(strstr(all, "ts=2026-11-21T22:08:33.902Z level=warn svc=scoring msg=again n=1 repeated=4\n"));
    assert_non_null(strstr(all, "msg=again n=2\n"));
}

static void test_folding_ends_after_ten_seconds(void **state)
{
    (void)state;
    struct log *log = begin(LOG_LOGFMT, LOG_DEBUG);
    for (int i = 0; i < 25; i++, wall_ms += 1000)
        log_line(log, LOG_WARN, "again");
    const char *all = written(&log);
    assert_int_equal(lines_of(all), 6); // three times one and what was held
    const char *first = strstr(all, "repeated=9\n");
    assert_true(first != NULL && strstr(first + 1, "repeated=9\n") != NULL);
    assert_non_null(strstr(all, "repeated=4\n"));

    log = begin(LOG_LOGFMT, LOG_DEBUG);
    log_line(log, LOG_WARN, "again");
    log_line(log, LOG_WARN, "again");
    wall_ms += 9999;
    log_tick(log);
    wall_ms += 1;
    log_tick(log);
    log_tick(log);
    log_tick(NULL);
    char part[256] = "";
    assert_true(read(ends[0], part, sizeof part - 1) > 0);
    assert_int_equal(lines_of(part), 2);
    assert_non_null(strstr(part, "repeated=1\n"));
    assert_string_equal(written(&log), "");
}

static void test_levels(void **state)
{
    (void)state;
    struct log *log = begin(LOG_LOGFMT, LOG_WARN);
    enum log_level level = LOG_DEBUG;
    log_line(log, LOG_INFO, "one");
    log_line(log, LOG_WARN, "two");
    assert_true(log_level_parse("error", &level));
    log_level_set(log, level);
    log_line(log, LOG_WARN, "three");
    log_line(log, LOG_ERROR, "four");
    assert_false(log_level_parse("loud", &level));
    assert_false(log_level_parse("", &level));
    assert_int_equal(level, LOG_ERROR);
    const char *all = written(&log);
    assert_int_equal(lines_of(all), 2);
    assert_true(strstr(all, "msg=two") != NULL && strstr(all, "msg=four") != NULL);
}

static void test_journald_gets_its_priority(void **state)
{
    (void)state;
    struct log *log = begin(LOG_AUTO, LOG_DEBUG);
    struct stat status;
    char stream[64];
    assert_int_equal(fstat(ends[1], &status), 0);
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)status.st_dev, (unsigned long long)status.st_ino);
    assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
    log_close(&log);
    log = log_open(&(struct log_options){"scoring", ends[1], LOG_DEBUG, LOG_AUTO, now, &wall_ms});
    log_line(log, LOG_DEBUG, "a");
    log_line(log, LOG_INFO, "a");
    log_line(log, LOG_WARN, "a");
    log_line(log, LOG_ERROR, "a");
    const char *all = written(&log);
    static const char *const wanted[] = {"<7>{", "\n<6>{", "\n<4>{", "\n<3>{"};
    for (size_t i = 0; i < 4; i++)
        assert_non_null(strstr(all, wanted[i]));
    // Another stream's name: the output was redirected since systemd made it.
    assert_int_equal(setenv("JOURNAL_STREAM", "1:1", 1), 0);
    log = begin(LOG_AUTO, LOG_DEBUG);
    log_line(log, LOG_INFO, "a");
    assert_int_equal(written(&log)[0], '{');
    unsetenv("JOURNAL_STREAM");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logfmt),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_any_bytes_make_one_line),
        cmocka_unit_test(test_long_values_are_cut),
        cmocka_unit_test(test_secrets_are_hidden),
        cmocka_unit_test(test_repeated_lines_are_folded),
        cmocka_unit_test(test_folding_ends_after_ten_seconds),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_journald_gets_its_priority),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
