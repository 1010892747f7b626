#include "unit/config_sample.h"

#include "common/config_print.h"
#include "common/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void test_defaults(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "# nothing but a comment\n",
                                        "one:\n",
                                        "one: ~\n",
                                        "---\n",
                                        "one: {}",
                                        "two:\n  whatever: [1, {a: b}]",
                                        "one:\n  abc:\n  numbers:\n  rules:\n  channels: null\n  set:\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct sample sample;
        struct config *config = read_sample(texts[i], strlen(texts[i]), &sample);
        config_errors_print(config, stderr);
        assert_true(config_good(config));
        assert_string_equal(sample.text, "null");
        assert_string_equal(sample.file, "etc/data");
        assert_string_equal(sample.secret, "");
        assert_string_equal(sample.endpoint, "ipc://run/x.sock");
        assert_string_equal(sample.address.host, "127.0.0.1");
        assert_int_equal(sample.address.port, 7410);
        assert_int_equal(sample.integer, 16);
        assert_int_equal(sample.duration_ms, 900000);
        assert_int_equal(sample.bytes, 64 << 20);
        assert_int_equal(sample.decimal_micros, -1500000);
        assert_int_equal(sample.percent_ppm, 650000);
        assert_int_equal(sample.change_ppm, -200000);
        assert_true(sample.optional == CONFIG_UNSET);
        assert_int_equal(sample.day, 1);
        assert_true(sample.last_day == CONFIG_UNSET_32);
        assert_int_equal(sample.minute, 510);
        assert_true(sample.flag);
        assert_int_equal(sample.choice, 5);
        assert_int_equal(sample.set, 1U << 3 | 1U << 7);
        assert_int_equal(sample.abc.cut_a_ppm, 800000);
        assert_int_equal(sample.abc.cut_b_ppm, 950000);
        assert_int_equal(sample.number_count, 2);
        assert_int_equal(sample.numbers[1], 2);
        assert_int_equal(sample.word_count + sample.rule_count + sample.channel_count, 0);
        config_close(&config);
    }
}

static const char full[] = "\xef\xbb\xbf"
                           "one:\r\n"
                           "  text: 张伟\r\n"
                           "  file: /srv/x\r\n"
                           "  secret: keys/robot\r\n"
                           "  endpoint: tcp://[::1]:7420\r\n"
                           "  address: '[::1]:0'\r\n"
                           "  integer: \"256\"\r\n"
                           "  duration: 1h30m\r\n"
                           "  bytes: 2GiB\r\n"
                           "  decimal: \"7.85\"\r\n"
                           "  percent: 2.5 %\r\n"
                           "  change: 300\r\n"
                           "  optional: -7\r\n"
                           "  day: 2026-01-31\r\n"
                           "  last_day: \"\"\r\n"
                           "  minute: 24:00\r\n"
                           "  flag: false\r\n"
                           "  choice: blue\r\n"
                           "  set: []\r\n"
                           "  abc: {cut_a: 70%, cut_b: 90%}\r\n"
                           "  numbers: [0, 9, 5]\r\n"
                           "  words: [no, \"null\", ~x]\r\n"
                           "  rules:\r\n"
                           "  - what: a\r\n"
                           "  - {what: b, weight: 0, steps: []}\r\n"
                           "  channels:\r\n"
                           "    销售群:\r\n"
                           "      type: wecom\r\n"
                           "      quiet: {to: 8:00}\r\n"
                           "    2: {type: dingtalk, url_file: ding}\r\n";

static void test_full(void **state)
{
    (void)state;
    struct sample sample;
    struct config *config = read_sample(full, sizeof full - 1, &sample);
    config_errors_print(config, stderr);
    assert_true(config_good(config));
    assert_string_equal(sample.text, "张伟");
    assert_string_equal(sample.file, "/srv/x");
    assert_string_equal(sample.secret, "etc/keys/robot");
    assert_string_equal(sample.endpoint, "tcp://[::1]:7420");
    assert_string_equal(sample.address.text, "[::1]:0");
    assert_string_equal(sample.address.host, "::1");
    assert_int_equal(sample.address.port, 0);
    assert_int_equal(sample.integer, 256);
    assert_int_equal(sample.duration_ms, 5400000);
    assert_true(sample.bytes == INT64_C(2) << 30);
    assert_int_equal(sample.decimal_micros, 7850000);
    assert_int_equal(sample.percent_ppm, 25000);
    assert_int_equal(sample.change_ppm, 3000000);
    assert_int_equal(sample.optional, -7);
    assert_int_equal(sample.day, 20484);
    assert_true(sample.last_day == CONFIG_UNSET_32);
    assert_int_equal(sample.minute, 1440);
    assert_false(sample.flag);
    assert_int_equal(sample.choice, 7);
    assert_int_equal(sample.set, 0);
    assert_int_equal(sample.abc.cut_a_ppm, 700000);
    assert_int_equal(sample.abc.cut_b_ppm, 900000);
    assert_int_equal(sample.number_count, 3);
    assert_int_equal(sample.numbers[0] + sample.numbers[1] * 10 + sample.numbers[2] * 100, 590);
    assert_int_equal(sample.word_count, 3);
    assert_string_equal(sample.words[0], "no");
    assert_string_equal(sample.words[1], "null");
    assert_string_equal(sample.words[2], "~x");
    assert_int_equal(sample.rule_count, 2);
    assert_string_equal(sample.rules[0].what, "a");
    assert_int_equal(sample.rules[0].weight, 1);
    assert_int_equal(sample.rules[0].step_count, 2);
    assert_int_equal(sample.rules[0].steps_ms[1], 86400000);
    assert_int_equal(sample.rules[1].weight, 0);
    assert_int_equal(sample.rules[1].step_count, 0);
    assert_int_equal(sample.channel_count, 2);
    assert_string_equal(sample.channels[0].name, "销售群");
    assert_int_equal(sample.channels[0].type, 1);
    assert_string_equal(sample.channels[0].url_file, "");
    assert_int_equal(sample.channels[0].quiet.from, 1320);
    assert_int_equal(sample.channels[0].quiet.to, 480);
    assert_string_equal(sample.channels[1].name, "2");
    assert_string_equal(sample.channels[1].url_file, "etc/ding");
    assert_true(sample.channels[1].quiet.to == CONFIG_UNSET_32);
    config_close(&config);
}

// Each error of a file is found, in the order of the file, and the limit holds.
static void test_all_errors(void **state)
{
    (void)state;
    static const char text[] = "one:\n  integer: 0\n  flagg: true\n  duration: x\n  flag: x\nthree: 1\n";
    struct sample sample;
    struct config *config = read_sample(text, sizeof text - 1, &sample);
    size_t count;
    const struct config_error *errors = config_errors(config, &count);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(errors[i].line, i + 2);
    assert_int_equal(sample.integer, 16);
    config_close(&config);

    char many[2000] = "one:\n";
    for (int i = 0; i < 30; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "  q%02d: 1\n", i);
    config = read_sample(many, strlen(many), &sample);
    errors = config_errors(config, &count);
    assert_int_equal(count, CONFIG_ERRORS);
    char *printed;
    size_t length;
    FILE *file = open_memstream(&printed, &length);
    config_errors_print(config, file);
    fclose(file);
    assert_non_null(strstr(printed, "etc/t.yaml:2:3: unknown key \"q00\" in \"one\"\n  q00 ...\n  ^~~\n"));
    assert_non_null(strstr(printed, "etc/t.yaml: 10 more errors\n"));
    free(printed);
    config_close(&config);
}

// The mark stands under its place on a terminal, where Chinese is two columns wide and tabs are tabs.
static void test_excerpt(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"one: {text: 张伟张伟张伟, file: 张伟\t, flag: 错}", "one: {text: 张伟张伟张伟, file: 张伟\t, flag: 错}\n"
                                                              "                                    \t        ^~\n"},
        {"one:\n  secret: sk=12345", "  secret: ...\n          ^\n"},
        {"one:\n  password: hunter2 # x", "  password ...\n  ^~~~~~~~\n"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct sample sample;
        struct config *config = read_sample(texts[i][0], strlen(texts[i][0]), &sample);
        size_t count;
        const struct config_error *errors = config_errors(config, &count);
        assert_int_equal(count, 1);
        assert_string_equal(errors[0].excerpt, texts[i][1]);
        assert_null(strstr(errors[0].message, "12345"));
        config_close(&config);
    }
}

static void test_excerpt_of_long_line(void **state)
{
    (void)state;
    char text[4000] = "one: {file: ";
    for (int i = 0; i < 300; i++)
        strcat(text, "张");
    strcat(text, ", flag: maybe, words: [");
    for (int i = 0; i < 300; i++)
        strcat(text, "ab,");
    strcat(text, "]}");
    struct sample sample;
    struct config *config = read_sample(text, strlen(text), &sample);
    size_t count;
    const struct config_error *errors = config_errors(config, &count);
    assert_int_equal(count, 1);
    assert_int_equal(errors[0].column, 12 + 300 + 9);
    assert_memory_equal(errors[0].excerpt, "...张", 6);
    assert_true(strlen(errors[0].excerpt) < 300);
    assert_non_null(strstr(errors[0].excerpt, "^~~~~\n"));
    config_close(&config);
}

static void test_complain(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        int line, column;
        const char *message;
    } cases[] = {
        {"one.abc.cut_a", 3, 12, "cut_a must be right"},
        {"one.abc.cut_b", 2, 3, "one.abc.cut_b must be right"},
        {"one.integer", 1, 1, "one.integer must be right"},
        {"one.rules[1]", 6, 5, "rules[1] must be right"},
        {"one.rules[1].what", 6, 11, "what must be right"},
        {"one.rules[7].what", 4, 3, "one.rules[7].what must be right"},
        {"one.channels.a.b.type", 8, 17, "type must be right"},
        {"one.channels.a.b", 8, 5, "a.b must be right"},
        {"one.channels.a.b.url_file", 8, 5, "one.channels.a.b.url_file must be right"},
        {"two.x", 0, 0, "two.x must be right"},
    };
    static const char text[] = "one:\n  abc:\n    cut_a: 5%\n  rules:\n  - what: a\n  - what: b\n  channels:\n"
                               "    a.b: {type: wecom}\n    a: {type: wecom}\n";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct config *config = read_sample(text, sizeof text - 1, &sample);
        assert_true(config_good(config));
        config_complain(config, cases[i].key, "must be %s", "right");
        assert_false(config_good(config));
        size_t count;
        const struct config_error *errors = config_errors(config, &count);
        assert_string_equal(errors[0].message, cases[i].message);
        assert_int_equal(errors[0].line, cases[i].line);
        assert_int_equal(errors[0].column, cases[i].column);
        config_complain(config, cases[i].key, "is complained about again");
        errors = config_errors(config, &count);
        assert_int_equal(count, cases[i].line == 0 ? 2 : 1);
        config_close(&config);
    }
}

static void test_warnings(void **state)
{
    (void)state;
    static const char text[] = "one:\n  integer: x\n  channels:\n    a: {type: wecom, url_file: xoxb, unknwn: 1}\n"
                               "    b: {url_file: f}\n  numbers: 5\n";
    struct sample sample;
    struct config *config = read_sample(text, sizeof text - 1, &sample);
    size_t count;
    assert_true(config_complained(config, "one.integer"));
    assert_true(config_complained(config, "one.numbers"));
    assert_true(config_complained(config, "one.channels.b.type")); // that it is not there
    assert_false(config_complained(config, "one.channels.a.type"));
    assert_false(config_complained(config, "one.text"));
    assert_false(config_complained(config, "two.x"));
    const struct config_error *errors = config_errors(config, &count);
    assert_int_equal(count, 4);
    // What may be a secret in the wrong place is not shown, whatever is wrong beside it.
    assert_string_equal(errors[1].message, "unknown key \"unknwn\" in \"a\"");
    assert_string_equal(errors[1].excerpt, "    a: {type: wecom, url_file: ..., unknwn ...\n"
                                           "                                    ^~~~~~\n");
    config_warn(config, "one.channels.a.type", "is %s", "rare");
    config_warn(config, "one.channels.a.url_file", "is open");
    config_warn(config, "one.channels.a.type", "is told once");
    config_errors(config, &count);
    assert_int_equal(count, 4);
    const struct config_error *warnings = config_warnings(config, &count);
    assert_int_equal(count, 2);
    assert_string_equal(warnings[0].message, "type is rare");
    assert_int_equal(warnings[0].line, 4);
    assert_int_equal(warnings[0].column, 15);
    assert_string_equal(warnings[1].excerpt, "    a: {type: wecom, url_file: ..., unknwn: 1}\n"
                                             "                               ^~~\n");
    config_close(&config);
    config = read_sample("", 0, &sample);
    config_warn(config, "one.text", "is not given");
    assert_true(config_good(config));
    config_warnings(config, &count);
    assert_int_equal(count, 1);
    config_close(&config);
}

// A message that does not fit is cut between two characters.
static void test_long_message(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        char long_text[2000] = "";
        for (size_t i = 0; i < shift; i++)
            strcat(long_text, "a");
        for (int i = 0; i < 300; i++)
            strcat(long_text, "张");
        struct sample sample;
        struct config *config = read_sample("", 0, &sample);
        config_complain(config, "one.text", "%s", long_text);
        size_t count;
        const char *message = config_errors(config, &count)->message;
        assert_true(strlen(message) > 300);
        while (*message != '\0') {
            size_t bytes = utf8_length(message, strlen(message));
            assert_true(bytes > 0);
            message += bytes;
        }
        config_close(&config);
    }
}

static char *print_example(void)
{
    struct sample sample;
    const struct config_section sections[] = {{"one", sample_keys, &sample, "The first."}, {.name = "two"}};
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    config_print(file, sections, 2);
    fclose(file);
    return text;
}

// Takes the "#" right before a name away, and leaves "# sentences".
static void uncomment(char *text)
{
    char *to = text;
    bool indenting = true;
    for (char *from = text; *from != '\0'; from++) {
        bool sign = indenting && *from == '#' && from[1] != ' ';
        indenting = *from == '\n' || (indenting && *from == ' ');
        if (!sign)
            *to++ = *from;
    }
    *to = '\0';
}

static void test_example(void **state)
{
    (void)state;
    char *text = print_example();
    struct sample sample;
    struct config *config = read_sample(text, strlen(text), &sample);
    config_errors_print(config, stderr);
    assert_true(config_good(config));
    assert_int_equal(sample.channel_count, 0);
    assert_non_null(
        strstr(text, "  # A duration such as 90s, 15m, 2h or 7d, from 1s to 7d; default 15m.\n  #duration: 15m\n"));
    assert_non_null(strstr(text, "  # A size such as 512B, 16KiB, 64MiB or 2GiB, at least 4KiB; default 64MiB.\n"));
    assert_non_null(strstr(text, "\n  abc:\n    # A.\n"));
    assert_null(strstr(text, "two:"));
    config_close(&config);

    uncomment(text);
    config = read_sample(text, strlen(text), &sample);
    config_errors_print(config, stderr);
    assert_true(config_good(config));
    assert_string_equal(sample.text, "null");
    assert_int_equal(sample.rule_count, 1);
    assert_string_equal(sample.rules[0].what, "a \"quoted\" \\ name: #1");
    assert_int_equal(sample.rules[0].step_count, 2);
    assert_int_equal(sample.channel_count, 1);
    assert_string_equal(sample.channels[0].name, "sales room");
    assert_int_equal(sample.channels[0].quiet.to, 450);
    config_close(&config);
    free(text);
}

static void test_files(void **state)
{
    (void)state;
    struct sample sample;
    const struct config_section sections[] = {{"one", sample_keys, &sample, NULL}, {.name = "two"}};
    struct config *config = config_read(NULL, sections, 2);
    assert_true(config_good(config));
    assert_string_equal(sample.file, "data");
    config_close(&config);
    config_close(&config);

    config = config_read("/nowhere/t.yaml", sections, 2);
    size_t count;
    assert_string_equal(config_errors(config, &count)->message, "cannot be read: No such file or directory");
    assert_int_equal(sample.integer, 16);
    config_close(&config);
    config = config_read("/", sections, 2);
    assert_string_equal(config_errors(config, &count)->message, "cannot be read: Is a directory");
    config_close(&config);

    char path[] = "/tmp/config_test_XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *file = fdopen(descriptor, "w");
    fputs("one:\n  file: x\n  integer: 3\n", file);
    fflush(file);
    config = config_read(path, sections, 2);
    assert_true(config_good(config));
    assert_string_equal(sample.file, "/tmp/x");
    assert_string_equal(config_path(config, "/a"), "/a");
    config_close(&config);
    for (int i = 0; i < CONFIG_FILE_BYTES / 16; i++)
        fputs("# filling filli\n", file);
    fclose(file);
    config = config_read(path, sections, 2);
    assert_string_equal(config_errors(config, &count)->message, "larger than 1048576 bytes: this is no configuration");
    config_close(&config);
    unlink(path);
}

// Text of the size that is allowed, built to be slow or deep, is refused or read in bounded time and memory.
static void test_large(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "- ",  "[",   "{", "\"",  "a: ", "? ",  "- \n",  "[],",   "a,", "\n",    " ",       "|\n ",    "'", "a:\n",
        "#\n", "&a ", "!", "*a ", "\\",  "{a,", "x\n\n", "- a\n", "\t", "---\n", "\"a\": ", ">\n\n a", "%", "a: b\n"};
    char *text = malloc(CONFIG_FILE_BYTES);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        for (int in_list = 0; in_list < 2; in_list++) {
            size_t length = in_list ? 8 : 0, bytes = strlen(parts[i]);
            memcpy(text, "two:\n  [", 8);
            for (; length + bytes <= CONFIG_FILE_BYTES / 4; length += bytes)
                memcpy(text + length, parts[i], bytes);
            struct sample sample;
            struct config *config = read_sample(text, length, &sample);
            config_close(&config);
        }
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_all_errors),
        cmocka_unit_test(test_excerpt),
        cmocka_unit_test(test_excerpt_of_long_line),
        cmocka_unit_test(test_complain),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_long_message),
        cmocka_unit_test(test_example),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
