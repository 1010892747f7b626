// Any text is read as a configuration or refused with errors that have their place; nothing crashes, hangs or leaks.
#include "common/must.h"
#include "common/settings.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct step {
    const char *name;
    int64_t wait_ms, size_bytes, part_ppm, amount_micros;
    int32_t day, minute;
    bool flag;
    struct config_address address;
    const char *secret;
};

struct plan {
    struct step first;
    const struct step *steps, *named;
    size_t step_count, named_count;
    const int64_t *numbers;
    size_t number_count;
};

static const struct config_key step_keys[] = {
    {.name = "name", .type = CONFIG_NAME, .offset = offsetof(struct step, name), .max = 20},
    {.name = "wait", .type = CONFIG_DURATION, .offset = offsetof(struct step, wait_ms), .fallback = "1h"},
    {.name = "size", .type = CONFIG_BYTES, .offset = offsetof(struct step, size_bytes), .fallback = ""},
    {.name = "part", .type = CONFIG_PERCENT, .offset = offsetof(struct step, part_ppm), .fallback = "5%"},
    {.name = "amount", .type = CONFIG_DECIMAL, .offset = offsetof(struct step, amount_micros), .fallback = "1"},
    {.name = "day", .type = CONFIG_DAY, .offset = offsetof(struct step, day), .fallback = ""},
    {.name = "minute", .type = CONFIG_MINUTE, .offset = offsetof(struct step, minute), .fallback = "08:00"},
    {.name = "flag", .type = CONFIG_FLAG, .offset = offsetof(struct step, flag), .fallback = "false"},
    {.name = "address", .type = CONFIG_ADDRESS, .offset = offsetof(struct step, address), .fallback = "127.0.0.1:1"},
    {.name = "secret", .type = CONFIG_SECRET, .offset = offsetof(struct step, secret)},
    {.name = NULL}};

static const struct config_key number_item[] = {{.name = "number", .type = CONFIG_INTEGER}, {.name = NULL}};

static const struct config_key plan_keys[] = {
    {.name = "first", .type = CONFIG_GROUP, .offset = offsetof(struct plan, first), .fallback = "", .keys = step_keys},
    {.name = "steps",
     .type = CONFIG_RECORDS,
     .offset = offsetof(struct plan, steps),
     .count_offset = offsetof(struct plan, step_count),
     .item_bytes = sizeof(struct step),
     .fallback = "",
     .keys = step_keys},
    {.name = "named",
     .type = CONFIG_NAMED,
     .offset = offsetof(struct plan, named),
     .count_offset = offsetof(struct plan, named_count),
     .item_bytes = sizeof(struct step),
     .fallback = "",
     .keys = step_keys},
    {.name = "numbers",
     .type = CONFIG_LIST,
     .offset = offsetof(struct plan, numbers),
     .count_offset = offsetof(struct plan, number_count),
     .item_bytes = sizeof(int64_t),
     .fallback = "1, 2",
     .keys = number_item},
    {.name = NULL}};

static void check_errors(const struct config *config)
{
    size_t count;
    const struct config_error *errors = config_errors(config, &count);
    for (size_t i = 0; i < count; i++) {
        bool placed = errors[i].line > 0;
        must(errors[i].message[0] != '\0');
        must(placed == (errors[i].column > 0) && placed == (errors[i].excerpt[0] != '\0'));
        must(strspn(errors[i].message, "\n\x1b") == 0 && strchr(errors[i].message, '\x1b') == NULL);
        must(!placed || i == 0 || errors[i].line >= errors[i - 1].line);
    }
}

static void check_step(const struct step *step)
{
    must(step->name != NULL && step->secret != NULL && step->address.host[0] != '\0');
    must(step->wait_ms >= 0 && step->part_ppm >= 0 && step->part_ppm <= 1000000);
    must(step->minute >= 0 && step->minute <= 1440 && step->address.port >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings settings;
    struct plan plan;
    const struct config_section own[] = {{"scoring", plan_keys, &plan, NULL}};
    struct config *config = settings_read_text("etc/fuzz.yaml", (const char *)data, size, &settings, own, 1);
    config_complain(config, "scoring.steps[1].wait", "is complained about");
    config_complain(config, "scoring.named.x.wait", "is complained about");
    check_errors(config);
    check_step(&plan.first);
    for (size_t i = 0; i < plan.step_count; i++)
        check_step(&plan.steps[i]);
    for (size_t i = 0; i < plan.named_count; i++)
        check_step(&plan.named[i]);
    must(settings.data_dir[0] != '\0' && settings.links.notifier != NULL && settings.shards >= 1);
    config_close(&config);
    return 0;
}
