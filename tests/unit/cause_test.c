// Every kind of reminder has its rule; a customer's row remembers the newest event of each source, in whatever order
// they come.
#include "services/notifier/rulebook.h"
#include "services/scheduler/cause.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct fact word(enum fact_kind kind, const char *event, int64_t time_ms)
{
    return (struct fact){.kind = kind, .event = event, .version = {time_ms, 1}};
}

static void test_every_kind_has_a_rule(void **state)
{
    (void)state;
    for (enum kind_id kind = KIND_NONE + 1; kind < KIND_COUNT; kind++)
        if (cause_rule(kind) == NULL || cause_rule(kind)[0] == '\0')
            fail_msg("%s is told by no rule", kinds_row(kind)->name);
}

static void test_every_rule_is_said_in_chinese(void **state)
{
    (void)state;
    char said[RULEBOOK_BYTES];
    for (enum kind_id kind = KIND_NONE + 1; kind < KIND_COUNT; kind++)
        if (!rulebook_say(LANGUAGE_ZH, cause_rule(kind), said) || strcmp(said, cause_rule(kind)) == 0)
            fail_msg("nobody says \"%s\" in Chinese", cause_rule(kind));
}

static void test_the_newest_of_each_source(void **state)
{
    (void)state;
    const struct fact words[] = {word(FACT_CUSTOMER, "crm/1", 10), word(FACT_CUSTOMER, "crm/2", 30),
                                 word(FACT_CONTRACT, "erp/7", 20), word(FACT_CONTACT, "phone/9", 40),
                                 word(FACT_VALUE, "", 50)};
    enum { WORDS = sizeof words / sizeof words[0] };
    for (size_t first = 0; first < WORDS; first++) {
        struct arena *arena = arena_open(4096, 65536);
        struct turn turn = {.arena = arena};
        struct customer customer = {.id = "C1"};
        const char *events[CAUSE_EVENTS];
        for (size_t i = 0; i < WORDS; i++)
            cause_note(&turn, &words[(first + i) % WORDS], &customer);
        assert_int_equal(cause_events(&turn, KIND_BIRTHDAY, &customer, events), 1);
        assert_string_equal(events[0], "crm/2");
        assert_int_equal(cause_events(&turn, KIND_CONTRACT_END, &customer, events), 1);
        assert_string_equal(events[0], "erp/7");
        // Nothing was heard of surveys but by the contact, nothing of a quote at all: then whatever is known.
        assert_int_equal(cause_events(&turn, KIND_SURVEY_DUE, &customer, events), 1);
        assert_string_equal(events[0], "phone/9");
        assert_int_equal(cause_events(&turn, KIND_QUOTE_NURSE, &customer, events), 3);
        arena_close(&arena);
    }
}

static void test_two_customers_become_one(void **state)
{
    (void)state;
    struct arena *arena = arena_open(4096, 65536);
    struct turn turn = {.arena = arena};
    struct customer one = {.id = "C1"}, other = {.id = "C2"};
    const char *events[CAUSE_EVENTS];
    const struct fact old = word(FACT_CUSTOMER, "crm/1", 10), newer = word(FACT_CUSTOMER, "crm/2", 30),
                      contract = word(FACT_CONTRACT, "erp/7", 20);
    cause_note(&turn, &newer, &one);
    cause_note(&turn, &old, &other);
    cause_note(&turn, &contract, &other);
    cause_join(&turn, &other, &one);
    assert_int_equal(cause_events(&turn, KIND_BIRTHDAY, &one, events), 1);
    assert_string_equal(events[0], "crm/2");
    assert_int_equal(cause_events(&turn, KIND_CONTRACT_END, &one, events), 1);
    assert_string_equal(events[0], "erp/7");
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_has_a_rule), cmocka_unit_test(test_every_rule_is_said_in_chinese),
        cmocka_unit_test(test_the_newest_of_each_source), cmocka_unit_test(test_two_customers_become_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
