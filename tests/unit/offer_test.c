// What may be answered to which reminder, and the words for the figures on the page where it is.
#include "services/notifier/answer_words.h"
#include "services/notifier/answer_form.h"
#include "services/notifier/offer.h"
#include "services/notifier/rulebook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_which_reminders_take_what(void **state)
{
    (void)state;
    static const struct {
        enum letter_kind kind;
        enum letter_role role;
        const char *customer;
        bool no_answer, not_interested;
        enum letter_kind put_off;
    } rows[] = {
        {LETTER_CALL, LETTER_OWNER, "C1", true, true, 0},
        {LETTER_OVERDUE, LETTER_OWNER, "C1", true, true, 0},
        {LETTER_SNOOZED, LETTER_OWNER, "C1", true, true, 0},
        {LETTER_NO_FOLLOW_UP, LETTER_OWNER, "C1", true, true, 0},
        {LETTER_ANNOUNCEMENT, LETTER_OWNER, "", false, false, 0},
        {LETTER_COMPLAINT_ACKNOWLEDGE, LETTER_OWNER, "C1", true, false, 0},
        {LETTER_COMPLAINT_ACT, LETTER_MANAGER, "C1", true, false, 0},
        {LETTER_PROMISE, LETTER_OWNER, "C1", true, false, 0},
        {LETTER_REPLY_DUE, LETTER_OWNER, "C1", true, false, 0},
        {LETTER_ORDER_ERROR, LETTER_OWNER, "C1", true, false, 0},
        {LETTER_CONTRACT_END, LETTER_OWNER, "C1", true, false, 0},
        {LETTER_SURVEY_DUE, LETTER_OWNER, "C1", true, false, 0},
        {LETTER_KIND_NONE, LETTER_OWNER, "C1", true, false, 0},
        {LETTER_KINDS, LETTER_OWNER, "C1", true, false, 0},
        {LETTER_POLICY_EXCEPTION, LETTER_APPROVER, "C1", false, true, 0}, // which refuses
        {LETTER_VISIT_APPROVAL, LETTER_MANAGER, "", false, true, 0},
        {LETTER_SNOOZED, LETTER_OWNER, "C1", true, true, LETTER_OVERDUE},
        {LETTER_SNOOZED, LETTER_OWNER, "C1", true, false, LETTER_COMPLAINT_ACT}, // it is what it was
        {LETTER_SNOOZED, LETTER_OWNER, "C1", true, false, LETTER_PROMISE},
        {LETTER_SNOOZED, LETTER_OWNER, "C1", true, false, LETTER_KINDS},
        {LETTER_SNOOZED, LETTER_MANAGER, "", false, true, LETTER_VISIT_APPROVAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct letter letter = {.language = LANGUAGE_EN, .today = 20590};
        const struct letter_item item = {.kind = rows[i].kind,
                                         .role = rows[i].role,
                                         .customer_id = rows[i].customer,
                                         .put_off = rows[i].put_off,
                                         .event_date = ""};
        struct offer_word words[OFFER_MOST];
        bool offered = false;
        for (size_t j = offer_words(&letter, &item, words); j-- > 0;)
            offered |= words[j].action == TICKET_NOT_INTERESTED;
        if (offer_takes(&item, TICKET_NO_ANSWER) != rows[i].no_answer || offered != rows[i].not_interested ||
            offer_takes(&item, TICKET_NOT_INTERESTED) != rows[i].not_interested)
            fail_msg("row %zu", i);
        assert_true(offer_takes(&item, TICKET_DONE) && offer_takes(&item, TICKET_RESCHEDULED));
    }
}

// 2026-05-17 is day 20590.
static void test_what_is_urgent_rests_for_hours(void **state)
{
    (void)state;
    static const struct letter_figure deadlines[] = {
        {"deadline", INT64_C(20590) * 86400000 + 36000000, LETTER_TIME, ""}, // today
        {"deadline", 20591, LETTER_DATE, ""},
        {"deadline", 20593, LETTER_DATE, ""},
        {"deadline", 5, LETTER_COUNT, ""}, // none
    };
    static const struct {
        enum letter_kind kind, put_off;
        unsigned priority;
        const char *date;
        const struct letter_figure *deadline;
        bool soon;
        int32_t latest;
    } rows[] = {
        {LETTER_OVERDUE, 0, 1, "", NULL, false, 20590 + FORM_DAYS_MOST},
        {LETTER_BIRTHDAY, 0, 2, "2026-05-17", NULL, false, 20590 + FORM_DAYS_MOST},
        {LETTER_CALL, 0, 0, "", NULL, false, 20590 + FORM_DAYS_MOST}, // a line of a list
        {LETTER_COMPLAINT_ACT, 0, 0, "", NULL, true, 20590},
        {LETTER_RIVAL, 0, 0, "", NULL, true, 20590},
        {LETTER_COMPLAINT_ACT, 0, 0, "", &deadlines[2], false, 20593},
        {LETTER_COMPLAINT_ACKNOWLEDGE, 0, 0, "", &deadlines[0], true, 20590},
        {LETTER_CONFIRM_IN_WRITING, 0, 1, "", &deadlines[0], true, 20590},
        {LETTER_VISIT_REPORT, 0, 1, "", &deadlines[1], true, 20591},
        {LETTER_OVERDUE, 0, 1, "", &deadlines[3], false, 20590 + FORM_DAYS_MOST},
        {LETTER_PROMISE, 0, 0, "2026-05-17", NULL, true, 20590},
        {LETTER_PROMISE, 0, 0, "2026-05-15", NULL, true, 20588}, // late
        {LETTER_PROMISE, 0, 0, "2026-05-21", NULL, false, 20594},
        {LETTER_PROMISE, 0, 0, "soon", NULL, true, 20590},
        {LETTER_SNOOZED, LETTER_PROMISE, 1, "2026-05-18", NULL, true, 20591},
        {LETTER_SNOOZED, LETTER_OVERDUE, 1, "", NULL, false, 20590 + FORM_DAYS_MOST},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct letter letter = {.language = LANGUAGE_EN, .today = 20590};
        const struct letter_item item = {.kind = rows[i].kind,
                                         .put_off = rows[i].put_off,
                                         .priority = rows[i].priority,
                                         .customer_id = "C1",
                                         .event_date = rows[i].date,
                                         .figures = rows[i].deadline,
                                         .figure_count = rows[i].deadline != NULL};
        struct offer_rest rest = offer_rest(&letter, &item);
        if (rest.soon != rows[i].soon || rest.latest != rows[i].latest)
            fail_msg("row %zu: %d, %d", i, rest.soon, (int)rest.latest);
        struct offer_word words[OFFER_MOST];
        for (size_t j = offer_words(&letter, &item, words); j-- > 0;)
            if (words[j].action == TICKET_SNOOZED)
                assert_string_equal(words[j].label, rest.soon ? "In 2 hours" : "Tomorrow");
    }
}

static void test_figures_have_words(void **state)
{
    (void)state;
    static const char *const told[] = {"purchase_days", "silence", "loyalty", "open_since", "at_risk", "window_share"};
    static const char *const ours[] = {"cost",   "cost_to_keep", "cost_to_replace_least", "cost_to_serve",
                                       "margin", "margin_share", "lifetime_profit",       "profit"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        assert_non_null(answer_figure(LANGUAGE_EN, told[i]));
        assert_true((unsigned char)answer_figure(LANGUAGE_ZH, told[i])[0] > 0x7f);
        assert_false(answer_figure_ours(told[i]));
    }
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        assert_true(answer_figure_ours(ours[i]));
}

static void test_rules_are_said_in_the_language(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *zh; // NULL: there are no words for it
    } rows[] = {
        {"abc 65/85, net sales of 365 days", "ABC 分类：近 365 天净销售额从大到小累计，前 65% 为 A 类，到 85% 为 B 类"},
        {"abc 65/85, margin of 90 days", "ABC 分类：近 90 天毛利从大到小累计，前 65% 为 A 类，到 85% 为 B 类"},
        {"a person decided; by the figures: drop: silent for longer than 95 % of all customers' gaps",
         "由人决定；按数据：可能流失：没有下单的时间超过全部客户 95% 的购买间隔"},
        {"a person decided; by the figures: something new", "由人决定；按数据：something new"},
        {"a message is answered in time", "客户的消息要及时回复"},
        {"complaining: a complaint is open", "有投诉还没有解决"},
        {"a person decided; by the figures: not declining: no test under 70 %",
         "由人决定；按数据：没有下滑：各项都不低于 70%"},
        {"a person decided; by the figures: temperature: nothing was said yet",
         "由人决定；按数据：意向温度：还没有消息"},
        {"a person decided; by the figures: declining is not known: too young, or no purchases that could be compared",
         "由人决定；按数据：看不出是否下滑：太新，或没有可以比较的购买"},
        {"a person decided; by the figures: unknown: nothing was heard of it yet",
         "由人决定；按数据：还没有这位客户的消息"},
        {"a person decided; by the figures: indifferent: neither loyal nor complaining nor lost",
         "由人决定；按数据：不算忠诚，也没有投诉、没有流失"},
        {"declining: sales a day over about 30 days under 70 % of those over about 365 days",
         "下滑：近 30 天的日均不到近 365 天日均的 70%"},
        {"alarm: answered 2 of 5 within 180 days; smoothed 2.4", "满意度：180 天内打了 2 分（满分 5），平滑后 2.4"},
        {"a message is answered in time.", NULL},
        {"abc 65/85, net sales of 365 day", NULL},
        {"", NULL},
        {"{}", NULL},
    };
    char said[RULEBOOK_BYTES];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(rulebook_say(LANGUAGE_ZH, rows[i].rule, said) == (rows[i].zh != NULL));
        assert_string_equal(said, rows[i].zh != NULL ? rows[i].zh : "");
    }
    assert_true(rulebook_say(LANGUAGE_EN, rows[0].rule, said));
    assert_non_null(strstr(said, "the largest customers that make up 65 % are A"));
    char most[2000]; // the longest that a record may carry, and more
    memset(most, 'x', sizeof most - 1);
    memcpy(most, "a person decided; by the figures: ", 34);
    most[sizeof most - 1] = '\0';
    assert_true(rulebook_say(LANGUAGE_ZH, most, said));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_reminders_take_what),
        cmocka_unit_test(test_what_is_urgent_rests_for_hours),
        cmocka_unit_test(test_figures_have_words),
        cmocka_unit_test(test_rules_are_said_in_the_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
