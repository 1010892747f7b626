#include "common/config.h"
#include "common/config_print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

// One key of every type, in the section `one`; `two` belongs to another program.

struct rule {
    const char *what;
    int64_t weight;
    const int64_t *steps_ms;
    size_t step_count;
};

struct channel {
    const char *name;
    int type;
    const char *url_file;
    struct {
        int32_t from, to;
    } quiet;
};

struct sample {
    const char *text, *file, *secret, *endpoint;
    struct config_address address;
    int64_t integer, duration_ms, bytes, decimal_micros, percent_ppm, change_ppm, optional;
    int32_t day, minute, last_day;
    bool flag;
    int choice;
    uint32_t set;
    struct {
        int64_t cut_a_ppm, cut_b_ppm;
    } abc;
    const int64_t *numbers;
    size_t number_count;
    const char *const *words;
    size_t word_count;
    const struct rule *rules;
    size_t rule_count;
    const struct channel *channels;
    size_t channel_count;
};

static const struct config_choice colours[] = {{"red", 3}, {"green", 5}, {"blue", 7}, {NULL, 0}};
static const struct config_choice kinds[] = {{"dingtalk", 0}, {"wecom", 1}, {NULL, 0}};

static const struct config_key number_item[] = {
    {.name = "number", .type = CONFIG_INTEGER, .min = 0, .max = 9, .help = "A number."}, {.name = NULL}};
static const struct config_key word_item[] = {{.name = "word", .type = CONFIG_TEXT, .max = 8, .help = "A word."},
                                              {.name = NULL}};
static const struct config_key step_item[] = {{.name = "step", .type = CONFIG_DURATION, .help = "A step."},
                                              {.name = NULL}};

#define AT(type, member) .offset = offsetof(struct type, member)

static const struct config_key rule_keys[] = {
    {.name = "what", .type = CONFIG_TEXT, AT(rule, what), .help = "What.", .example = "a \"quoted\" \\ name: #1"},
    {.name = "weight", .type = CONFIG_INTEGER, AT(rule, weight), .fallback = "1", .help = "Weight.", .max = 10},
    {.name = "steps",
     .type = CONFIG_LIST,
     AT(rule, steps_ms),
     .count_offset = offsetof(struct rule, step_count),
     .item_bytes = sizeof(int64_t),
     .keys = step_item,
     .fallback = "1h, 1d",
     .help = "Steps."},
    {.name = NULL}};

static const struct config_key quiet_keys[] = {{.name = "from",
                                                .type = CONFIG_MINUTE,
                                                AT(channel, quiet.from) - offsetof(struct channel, quiet),
                                                .fallback = "22:00",
                                                .help = "From."},
                                               {.name = "to",
                                                .type = CONFIG_MINUTE,
                                                AT(channel, quiet.to) - offsetof(struct channel, quiet),
                                                .fallback = "",
                                                .help = "To.",
                                                .example = "07:30"},
                                               {.name = NULL}};

static const struct config_key channel_keys[] = {
    {.name = "name", .type = CONFIG_NAME, AT(channel, name), .help = "The name.", .max = 16},
    {.name = "type",
     .type = CONFIG_CHOICE,
     AT(channel, type),
     .choices = kinds,
     .help = "Which chat.",
     .example = "wecom"},
    {.name = "url_file",
     .type = CONFIG_SECRET,
     AT(channel, url_file),
     .fallback = "",
     .help = "The address.",
     .example = "secrets/url"},
    {.name = "quiet",
     .type = CONFIG_GROUP,
     AT(channel, quiet),
     .fallback = "",
     .keys = quiet_keys,
     .help = "Quiet hours."},
    {.name = NULL}};

static const struct config_key abc_keys[] = {{.name = "cut_a",
                                              .type = CONFIG_PERCENT,
                                              AT(sample, abc.cut_a_ppm) - offsetof(struct sample, abc),
                                              .fallback = "80%",
                                              .help = "A."},
                                             {.name = "cut_b",
                                              .type = CONFIG_PERCENT,
                                              AT(sample, abc.cut_b_ppm) - offsetof(struct sample, abc),
                                              .fallback = "95",
                                              .help = "B."},
                                             {.name = NULL}};

#define LONG_HELP                                                                                                   \
    "A sentence that is so long that it has to be broken into several lines when it is printed above its key, and " \
    "the "                                                                                                          \
    "next line starts with a blank after its sign."

static const struct config_key sample_keys[] = {
    {.name = "text", .type = CONFIG_TEXT, AT(sample, text), .fallback = "null", .help = LONG_HELP, .max = 20},
    {.name = "file", .type = CONFIG_FILE, AT(sample, file), .fallback = "data", .help = "A file."},
    {.name = "secret", .type = CONFIG_SECRET, AT(sample, secret), .fallback = "", .help = "A secret."},
    {.name = "endpoint",
     .type = CONFIG_ENDPOINT,
     AT(sample, endpoint),
     .fallback = "ipc://run/x.sock",
     .help = "Where."},
    {.name = "address", .type = CONFIG_ADDRESS, AT(sample, address), .fallback = "127.0.0.1:7410", .help = "Where."},
    {.name = "integer",
     .type = CONFIG_INTEGER,
     AT(sample, integer),
     .fallback = "16",
     .min = 1,
     .max = 256,
     .help = "N."},
    {.name = "duration",
     .type = CONFIG_DURATION,
     AT(sample, duration_ms),
     .fallback = "15m",
     .min = 1000,
     .max = 7 * INT64_C(86400000),
     .help = "How long."},
    {.name = "bytes",
     .type = CONFIG_BYTES,
     AT(sample, bytes),
     .fallback = "64MiB",
     .help = "How much.",
     .min = 4096,
     .max = INT64_MAX},
    {.name = "decimal", .type = CONFIG_DECIMAL, AT(sample, decimal_micros), .fallback = "-1.5", .help = "Money."},
    {.name = "percent", .type = CONFIG_PERCENT, AT(sample, percent_ppm), .fallback = "65", .help = "Part."},
    {.name = "change",
     .type = CONFIG_PERCENT,
     AT(sample, change_ppm),
     .fallback = "-20%",
     .help = "Change.",
     .min = -500000,
     .max = 3000000},
    {.name = "optional", .type = CONFIG_INTEGER, AT(sample, optional), .fallback = "", .help = "Perhaps."},
    {.name = "day", .type = CONFIG_DAY, AT(sample, day), .fallback = "1970-01-02", .help = "When."},
    {.name = "last_day", .type = CONFIG_DAY, AT(sample, last_day), .fallback = "", .help = "When it ends."},
    {.name = "minute", .type = CONFIG_MINUTE, AT(sample, minute), .fallback = "08:30", .help = "When."},
    {.name = "flag", .type = CONFIG_FLAG, AT(sample, flag), .fallback = "true", .help = "Whether."},
    {.name = "choice",
     .type = CONFIG_CHOICE,
     AT(sample, choice),
     .fallback = "green",
     .choices = colours,
     .help = "Which."},
    {.name = "set", .type = CONFIG_SET, AT(sample, set), .fallback = "red, blue", .choices = colours, .help = "Which."},
    {.name = "abc", .type = CONFIG_GROUP, AT(sample, abc), .fallback = "", .keys = abc_keys, .help = "Cuts."},
    {.name = "numbers",
     .type = CONFIG_LIST,
     AT(sample, numbers),
     .count_offset = offsetof(struct sample, number_count),
     .item_bytes = sizeof(int64_t),
     .keys = number_item,
     .fallback = "1, 2",
     .help = "Numbers.",
     .min = 1,
     .max = 3},
    {.name = "words",
     .type = CONFIG_LIST,
     AT(sample, words),
     .count_offset = offsetof(struct sample, word_count),
     .item_bytes = sizeof(char *),
     .keys = word_item,
     .fallback = "",
     .help = "Words."},
    {.name = "rules",
     .type = CONFIG_RECORDS,
     AT(sample, rules),
     .count_offset = offsetof(struct sample, rule_count),
     .item_bytes = sizeof(struct rule),
     .keys = rule_keys,
     .fallback = "",
     .help = "Rules."},
    {.name = "channels",
     .type = CONFIG_NAMED,
     AT(sample, channels),
     .count_offset = offsetof(struct sample, channel_count),
     .item_bytes = sizeof(struct channel),
     .keys = channel_keys,
     .fallback = "",
     .help = "Channels.",
     .example = "sales room"},
    {.name = NULL}};

static struct config *read_sample(const char *text, size_t length, struct sample *sample)
{
    memset(sample, 0x5a, sizeof *sample);
    const struct config_section sections[] = {{"one", sample_keys, sample, "The first."}, {.name = "two"}};
    return config_read_text("etc/t.yaml", text, length, sections, 2);
}

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
    static const struct bad cases[] = {
        {"one.abc.cut_a", 3, 12, "cut_a must be right", NULL},
        {"one.abc.cut_b", 2, 3, "one.abc.cut_b must be right", NULL},
        {"one.integer", 1, 1, "one.integer must be right", NULL},
        {"one.rules[1]", 6, 5, "rules[1] must be right", NULL},
        {"one.rules[1].what", 6, 11, "what must be right", NULL},
        {"one.rules[7].what", 4, 3, "one.rules[7].what must be right", NULL},
        {"one.channels.a.b.type", 8, 17, "type must be right", NULL},
        {"one.channels.a.b", 8, 5, "a.b must be right", NULL},
        {"one.channels.a.b.url_file", 8, 5, "one.channels.a.b.url_file must be right", NULL},
        {"two.x", 0, 0, "two.x must be right", NULL},
    };
    static const char text[] = "one:\n  abc:\n    cut_a: 5%\n  rules:\n  - what: a\n  - what: b\n  channels:\n"
                               "    a.b: {type: wecom}\n    a: {type: wecom}\n";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct config *config = read_sample(text, sizeof text - 1, &sample);
        assert_true(config_good(config));
        config_complain(config, cases[i].text, "must be %s", "right");
        assert_false(config_good(config));
        size_t count;
        const struct config_error *errors = config_errors(config, &count);
        assert_string_equal(errors[0].message, cases[i].message);
        assert_int_equal(errors[0].line, cases[i].line);
        assert_int_equal(errors[0].column, cases[i].column);
        config_complain(config, cases[i].text, "is complained about again");
        errors = config_errors(config, &count);
        assert_int_equal(count, cases[i].line == 0 ? 2 : 1);
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
        cmocka_unit_test(test_bad),        cmocka_unit_test(test_defaults), cmocka_unit_test(test_full),
        cmocka_unit_test(test_all_errors), cmocka_unit_test(test_excerpt),  cmocka_unit_test(test_excerpt_of_long_line),
        cmocka_unit_test(test_complain),   cmocka_unit_test(test_example),  cmocka_unit_test(test_files),
        cmocka_unit_test(test_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
