// Service goals by class, from the configuration to the span they give (row 75).
#include "services/scheduler/options_service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct service_options read_options(const char *yaml)
{
    static struct service_options options;
    struct config_section section = {"service", service_keys, &options, ""};
    struct config *config = config_read_text("test", yaml, strlen(yaml), &section, 1);
    if (!config_good(config)) {
        config_errors_print(config, stderr);
        fail();
    }
    config_close(&config);
    return options;
}

static void test_defaults_and_classes(void **state)
{
    (void)state;
    struct service_options options =
        read_options("{service: {reply_cutoff: 16:30, a: {reply: 90m, acknowledge: 1h}, c: {act_work_days: 5}}}");
    static const struct {
        enum kind_id kind;
        uint32_t abc;
        struct span due;
    } cases[] = {
        {KIND_REPLY_DUE, 1, {SPAN_WORK_MINUTES, 90, 0}},
        {KIND_REPLY_DUE, 2, {SPAN_END_OF_DAY, 0, 16 * 60 + 30}},
        {KIND_REPLY_DUE, 0, {SPAN_END_OF_DAY, 0, 16 * 60 + 30}},
        {KIND_CONFIRM_IN_WRITING, 1, {SPAN_END_OF_DAY, 0, 16 * 60 + 30}},
        {KIND_COMPLAINT_ACKNOWLEDGE, 1, {SPAN_WORK_MINUTES, 60, 0}},
        {KIND_COMPLAINT_ACKNOWLEDGE, 2, {SPAN_WORK_MINUTES, 240, 0}},
        {KIND_COMPLAINT_ACKNOWLEDGE, 3, {SPAN_WORK_MINUTES, 480, 0}},
        {KIND_COMPLAINT_ACT, 1, {SPAN_WORK_DAYS, 1, 0}},
        {KIND_COMPLAINT_ACT, 2, {SPAN_WORK_DAYS, 2, 0}},
        {KIND_COMPLAINT_ACT, 3, {SPAN_WORK_DAYS, 5, 0}},
        {KIND_COMPLAINT_ACT, 0, {SPAN_WORK_DAYS, 5, 0}}, // without a class as class C
        {KIND_COMPLAINT_ACT, 9, {SPAN_WORK_DAYS, 5, 0}},
        {KIND_COMPLAINT_CAUSE, 1, {SPAN_WORK_DAYS, 2, 0}},
        {KIND_TELL_DELIVERY, 3, {SPAN_WORK_MINUTES, 60, 0}},
        {KIND_FIRST_ORDER_VISIT, 2, {SPAN_WORK_DAYS, 3, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct span due = service_due(&options, cases[i].kind, cases[i].abc);
        if (due.unit != cases[i].due.unit || due.amount != cases[i].due.amount ||
            due.cut_minute != cases[i].due.cut_minute)
            fail_msg("%s of class %u is due by %d %d", kinds_row(cases[i].kind)->name, cases[i].abc, (int)due.unit,
                     due.amount);
    }
}

// Other kinds have the goal of their row.
static void test_other_kinds(void **state)
{
    (void)state;
    struct service_options options = read_options("{service: {}}");
    struct span due = service_due(&options, KIND_RECOVERY, 1);
    assert_int_equal(due.unit, kinds_row(KIND_RECOVERY)->due.unit);
    assert_int_equal(due.amount, kinds_row(KIND_RECOVERY)->due.amount);
    assert_false(service_counts(KIND_RECOVERY));
    assert_true(service_counts(KIND_REPLY_DUE));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_and_classes),
        cmocka_unit_test(test_other_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
