// What may be answered to which reminder, and the words for the figures on the page where it is.
#include "services/notifier/answer_words.h"
#include "services/notifier/offer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_which_reminders_take_what(void **state)
{
    (void)state;
    static const struct {
        enum letter_kind kind;
        enum letter_role role;
        const char *customer;
        bool no_answer, not_interested;
    } rows[] = {
        {LETTER_CALL, LETTER_OWNER, "C1", true, true},
        {LETTER_OVERDUE, LETTER_OWNER, "C1", true, true},
        {LETTER_SNOOZED, LETTER_OWNER, "C1", true, true},
        {LETTER_NO_FOLLOW_UP, LETTER_OWNER, "C1", true, true},
        {LETTER_ANNOUNCEMENT, LETTER_OWNER, "", false, false},
        {LETTER_COMPLAINT_ACKNOWLEDGE, LETTER_OWNER, "C1", true, false},
        {LETTER_COMPLAINT_ACT, LETTER_MANAGER, "C1", true, false},
        {LETTER_PROMISE, LETTER_OWNER, "C1", true, false},
        {LETTER_REPLY_DUE, LETTER_OWNER, "C1", true, false},
        {LETTER_ORDER_ERROR, LETTER_OWNER, "C1", true, false},
        {LETTER_CONTRACT_END, LETTER_OWNER, "C1", true, false},
        {LETTER_SURVEY_DUE, LETTER_OWNER, "C1", true, false},
        {LETTER_KIND_NONE, LETTER_OWNER, "C1", true, false},
        {LETTER_KINDS, LETTER_OWNER, "C1", true, false},
        {LETTER_POLICY_EXCEPTION, LETTER_APPROVER, "C1", false, true}, // which refuses
        {LETTER_VISIT_APPROVAL, LETTER_MANAGER, "", false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct letter_item item = {.kind = rows[i].kind, .role = rows[i].role, .customer_id = rows[i].customer};
        struct offer_word words[OFFER_MOST];
        bool offered = false;
        for (size_t j = offer_words(&item, LANGUAGE_EN, words); j-- > 0;)
            offered |= words[j].action == TICKET_NOT_INTERESTED;
        if (offer_takes(&item, TICKET_NO_ANSWER) != rows[i].no_answer || offered != rows[i].not_interested ||
            offer_takes(&item, TICKET_NOT_INTERESTED) != rows[i].not_interested)
            fail_msg("row %zu", i);
        assert_true(offer_takes(&item, TICKET_DONE) && offer_takes(&item, TICKET_RESCHEDULED));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_reminders_take_what),
        cmocka_unit_test(test_figures_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
