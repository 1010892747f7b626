// A table with one key of every type, for the tests of the configuration. The section `one` is read into struct sample;
// `two` belongs to another program.
#ifndef TEND_TESTS_UNIT_CONFIG_SAMPLE_H
#define TEND_TESTS_UNIT_CONFIG_SAMPLE_H

#include "common/config.h"

#include <string.h>

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

// Reads a text into the sample, every byte of which is set before: what is not filled shows.
static struct config *read_sample(const char *text, size_t length, struct sample *sample)
{
    memset(sample, 0x5a, sizeof *sample);
    const struct config_section sections[] = {{"one", sample_keys, sample, "The first."}, {.name = "two"}};
    return config_read_text("etc/t.yaml", text, length, sections, 2);
}

#endif
