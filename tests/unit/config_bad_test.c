#include "unit/config_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

// A wrong file: where its first error is, a part of its message, and the mark under its line.
struct bad {
    const char *text;
    int line, column;
    const char *message, *mark;
};

static const struct bad bads[] = {
    // YAML itself.
    {"one: [", 1, 7, "flow sequence without a closing bracket", "^"},
    {"one:\n  text: \"x", 2, 10, "double-quoted scalar without closing quote", "^"},
    {"one:\n\ttext: x", 2, 1, "a tab indents this line", "^"},
    {"one: two: three", 1, 9, "a second colon in one line", "^"},
    {"one:\n  text: a\n   file: b", 2, 9, "wrong indentation, or a missing colon", "^"},
    {"one:\n  text\n", 2, 3, "section one must be a mapping", "^~~~"},
    {"one:\n  text: @x", 2, 9, "cannot start with '@'", "^"},
    {"one:\n  text: \"\\q\"", 2, 10, "invalid escape", "^"},
    {"one: {text: a", 1, 14, "missing comma in flow mapping", "^"},
    {"one:\n  text: &here x", 2, 10, "anchors (&name) are not used here", "^~~~"},
    {"one:\n  text: *here", 2, 10, "aliases (*name) are not used here", "^~~~"},
    {"one:\n  text: !!str x", 2, 9, "tags (!name) are not used here", "^~~~~"},
    {"one: !thing\n  text: x", 1, 6, "tags (!name) are not used here", "^~~~~~"},
    {"one:\n  <<: {text: x}", 2, 3, "unknown key \"<<\" in \"one\"", "^~"},
    {"%YAML 1.1\n---\none:\n", 1, 1, "directives (%YAML, %TAG) are not used here", "^"},
    {"one:\n---\ntwo:\n", 2, 1, "a second document (---) starts here", "^~~"},
    {"one:\n  : x", 2, 3, "a key is missing before the colon", "^"},
    {"? [one]\n: x", 1, 3, "a key must be a text", "^"},
    {"one:\n  text: \xff", 2, 9, "not valid UTF-8", "^"},
    {"one:\n  text: a\x1b[1m", 2, 10, "invisible character U+001B", "^"},
    {"one:\n  text: \xe2\x80\xae"
     "abc",
     2, 9, "invisible character U+202E", "^"},
    {"one:\r  text: x", 1, 5, "invisible character U+000D", "^"},
    {"a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: 1", 1, 64, "nested more than 16 deep", "^"},
    {"- one", 1, 1, "must be a mapping of sections", "^"},
    {"one", 1, 1, "must be a mapping of sections", "^~~"},
    // Names.
    {"onne:\n", 1, 1, "unknown section \"onne\"; did you mean \"one\"?", "^~~~"},
    {"three:\n  text: x", 1, 1, "unknown section \"three\"", "^~~~~"},
    {"two: 5", 1, 6, "section two must be a mapping", "^"},
    {"one:\n  intger: 5", 2, 3, "unknown key \"intger\" in \"one\"; did you mean \"integer\"?", "^~~~~~"},
    {"one:\n  \"Integer\": 5", 2, 3, "did you mean \"integer\"?", "^~~~~~~~~"},
    {"one:\n  integer: 5\n  integer: 6", 3, 3, "the key \"integer\" is given twice, first in line 2", "^~~~~~~"},
    {"two:\n  any: 1\n  any: 2", 3, 3, "the key \"any\" is given twice", "^~~"},
    {"one: {abc: {cut_q: 5}}", 1, 13, "unknown key \"cut_q\" in \"abc\"; did you mean \"cut_a\"?", "^~~~~"},
    // Shapes.
    {"one:\n  integer:\n", 2, 3, "integer has no value: it must be a whole number", "^~~~~~~"},
    {"one:\n  integer: ~", 2, 12, "integer has no value", "^"},
    {"one:\n  integer: [1]", 2, 12, "integer must be a whole number, not a list", "^"},
    {"one:\n  text: {a: b}", 2, 9, "text must be a text, not a mapping", "^"},
    {"one:\n  abc: 5", 2, 8, "abc must be a mapping", "^"},
    {"one:\n  numbers: 5", 2, 12, "numbers must be a list, not a single value", "^"},
    {"one:\n  rules: {a: b}", 2, 10, "rules must be a list, not a mapping", "^"},
    {"one:\n  rules:\n    - what", 3, 7, "rules must be a list of mappings", "^~~~"},
    {"one:\n  channels: [a]", 2, 13, "channels must be a mapping of names", "^"},
    {"one:\n  channels:\n    room: wecom", 3, 11, "channels must be a mapping of names", "^~~~~"},
    {"one:\n  set: red", 2, 8, "set must be a list, not a single value", "^~~"},
    // Values.
    {"one:\n  text: \"\"", 2, 9, "text may not be empty", "^~"},
    {"one:\n  text: 123456789012345678901", 2, 9, "text may have at most 20 bytes, not 21", "^~~~~~~~~~~~~~~~~~~~~"},
    {"one:\n  text: \"a\\0b\"", 2, 9, "text may not hold line ends or control characters", "^~~~~~"},
    {"one:\n  text: |\n    a\n    b\n", 3, 1, "text may not hold line ends", "^~~~~"},
    {"one:\n  secret: https://oapi.example/robot?token=1", 2, 11, "the name of a file that holds the secret", "^"},
    {"one:\n  endpoint: http://x", 2, 13, "endpoint must be an endpoint such as", "^~~~~~~~"},
    {"one:\n  endpoint: ipc://@x", 2, 13, "endpoint must be an endpoint such as", "^~~~~~~~"},
    {"one:\n  endpoint: tcp://h:0", 2, 13, "endpoint must be an endpoint such as", "^~~~~~~~~"},
    {"one:\n  address: 7410", 2, 12, "address must be an address such as 127.0.0.1:7410", "^~~~"},
    {"one:\n  address: 1.2.3:80", 2, 12, "not \"1.2.3:80\"", "^~~~~~~~"},
    {"one:\n  address: \"::1:80\"", 2, 12, "address must be an address", "^~~~~~~~"},
    {"one:\n  address: h:65536", 2, 12, "address must be an address", "^~~~~~~"},
    {"one:\n  integer: 0", 2, 12, "integer must be from 1 to 256, not \"0\"", "^"},
    {"one:\n  integer: 99999999999999999999", 2, 12, "integer must be from 1 to 256", "^~~~~~~~~~~~~~~~~~~~"},
    {"one:\n  integer: 1.5", 2, 12, "integer must be a whole number, not \"1.5\"", "^~~"},
    {"one:\n  integer: 0x10", 2, 12, "integer must be a whole number", "^~~~"},
    {"one:\n  integer: 010", 2, 12, "integer must be a whole number", "^~~"},
    {"one:\n  optional: -9999999999999999999", 2, 13, "from -1000000000000000000 to", "^~~~~~~~~~~~~~~~~~~~"},
    {"one:\n  duration: 90", 2, 13, "duration must be a duration such as 90s, 15m, 2h or 7d, not \"90\"", "^~"},
    {"one:\n  duration: 8d", 2, 13, "duration must be from 1s to 7d, not \"8d\"", "^~"},
    {"one:\n  duration: 30m1h", 2, 13, "must be a duration", "^~~~~"},
    {"one:\n  duration: 99999999999999999d", 2, 13, "from 1s to 7d", "^~~~~~~~~~~~~~~~~~"},
    {"one:\n  bytes: 64MB", 2, 10, "bytes must be a size such as", "^~~~"},
    {"one:\n  bytes: 1KiB", 2, 10, "bytes must be at least 4KiB", "^~~~"},
    {"one:\n  decimal: 1,5", 2, 12, "decimal must be a decimal number", "^~~"},
    {"one:\n  decimal: 1.1234567", 2, 12, "at most six places", "^~~~~~~~~"},
    {"one:\n  percent: 101%", 2, 12, "percent must be from 0% to 100%, not \"101%\"", "^~~~"},
    {"one:\n  percent: 0.00001%", 2, 12, "percent must be a percentage", "^~~~~~~~"},
    {"one:\n  change: -51", 2, 11, "change must be from -50% to 300%", "^~~"},
    {"one:\n  day: 2026-02-30", 2, 8, "day must be a day such as 2026-01-31, not \"2026-02-30\"", "^~~~~~~~~~"},
    {"one:\n  day: 2026-2-3", 2, 8, "day must be a day", "^~~~~~~~"},
    {"one:\n  minute: 24:01", 2, 11, "minute must be a time of day such as 08:30", "^~~~~"},
    {"one:\n  minute: 8:5", 2, 11, "minute must be a time of day", "^~~"},
    {"one:\n  flag: yes", 2, 9, "flag must be true or false, not \"yes\"", "^~~"},
    {"one:\n  flag: ture", 2, 9, "did you mean \"true\"?", "^~~~"},
    {"one:\n  choice: gren", 2, 11, "choice must be red, green or blue, not \"gren\"; did you mean \"green\"?", "^~~~"},
    {"one:\n  set: [red, pink]", 2, 14, "set must be red, green or blue, not \"pink\"", "^~~~"},
    {"one:\n  set: [red, red]", 2, 14, "set names one choice twice", "^~~"},
    {"one:\n  numbers: [1, 10]", 2, 16, "numbers must be from 0 to 9, not \"10\"", "^~"},
    {"one:\n  numbers: []", 2, 12, "numbers must have at least 1 items, not 0", "^"},
    {"one:\n  numbers: [1, 2, 3, 4]", 2, 12, "numbers may have at most 3 items, not 4", "^"},
    {"one:\n  words:\n    - short\n    - much too long", 4, 7, "words may have at most 8 bytes, not 13",
     "^~~~~~~~~~~~~"},
    {"one:\n  words: [a, ~]", 2, 14, "words has no value", "^"},
    // Mappings in lists and under names.
    {"one:\n  rules:\n    - weight: 3", 3, 7, "rules lacks the key \"what\"", "^"},
    {"one:\n  rules:\n    - what: a\n      weight: 11", 4, 15, "weight must be from 0 to 10", "^~"},
    {"one:\n  rules:\n    - what: a\n      steps: [1h, 1]", 4, 19, "steps must be a duration", "^"},
    {"one:\n  channels:\n    room: {}", 3, 5, "room lacks the key \"type\"", "^~~~"},
    {"one:\n  channels:\n    room:\n", 3, 5, "room lacks the key \"type\"", "^~~~"},
    {"one:\n  channels:\n    room: {type: dingtalks}", 3, 18, "did you mean \"dingtalk\"?", "^~~~~~~~~"},
    {"one:\n  channels:\n    much-too-long-a-name: {type: wecom}", 3, 5, "name may have at most 16 bytes",
     "^~~~~~~~~~~~~~~~~~~~"},
    {"one:\n  channels:\n    room: {type: wecom, name: x}", 3, 25, "unknown key \"name\" in \"room\"", "^~~~"},
    {"one:\n  channels:\n    room: {type: wecom, quiet: {from: 25:00}}", 3, 39, "from must be a time of day", "^~~~~"},
};

static bool as_expected(const struct config *config, const struct bad *bad)
{
    size_t count;
    const struct config_error *error = config_errors(config, &count);
    char mark[200];
    snprintf(mark, sizeof mark, "\n%*s%s\n", bad->column - 1, "", bad->mark);
    return !config_good(config) && count == 1 && error->line == bad->line && error->column == bad->column &&
           strstr(error->message, bad->message) != NULL && strlen(error->excerpt) >= strlen(mark) &&
           strcmp(error->excerpt + strlen(error->excerpt) - strlen(mark), mark) == 0;
}

static void test_bad(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        struct sample sample;
        struct config *config = read_sample(bads[i].text, strlen(bads[i].text), &sample);
        if (!as_expected(config, &bads[i])) {
            wrong++;
            print_message("for the text:\n%s\nexpected at %d:%d: %s (%s); the errors are:\n", bads[i].text,
                          bads[i].line, bads[i].column, bads[i].message, bads[i].mark);
            config_errors_print(config, stdout);
        }
        config_close(&config);
        assert_null(config);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bad)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
