// Figures and texts as a phrase says them: questions that end a sentence, counts that are none, leads of hours.
#include "services/notifier/driver.h"
#include "services/notifier/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { TODAY = 20591 }; // 2026-05-18, a Monday

static char buffer[LETTER_BYTES];

static const struct letter_fit wide = {DISARM_CHAT, 18000, cost_bytes, "", 20, 0};

static const char *say(enum letter_kind kind, enum language language, const char *text,
                       const struct letter_figure *figures, size_t count)
{
    struct letter_item item = facts_nothing();
    item.customer_id = "C1";
    item.customer = "ACME";
    item.reminder_id = "r";
    item.kind = kind;
    item.text = text;
    item.figures = figures;
    item.figure_count = count;
    item.role = LETTER_OWNER;
    struct letter letter = {.language = language,
                            .rep = "Wang",
                            .id = "a1b2c3",
                            .link = "",
                            .today = TODAY,
                            .items = &item,
                            .item_count = 1};
    letter_compose(&letter, &wide, buffer);
    return buffer;
}

static void has(const char *said, const char *words)
{
    if (strstr(said, words) == NULL)
        fail_msg("\"%s\" is not in:\n%s", words, said);
}

// A question ends its sentence; a customer to whom no promise was broken is told of none; short leads are hours.
static void test_said_as_people_say_it(void **state)
{
    (void)state;
    static const struct letter_figure none[] = {{"broken_promises", 0, LETTER_COUNT, ""}};
    static const struct letter_figure some[] = {{"broken_promises", 2, LETTER_COUNT, ""}};
    static const struct {
        int64_t lead, usual; // thousandths of a day
        const char *chinese, *english;
    } leads[] = {
        {1250, 3000, "只留了 1 天，您平时要 3 天", "leaves 1 day, you usually need 3 days"},
        {2500, 4000, "只留了 3 天，您平时要 4 天", "leaves 3 days, you usually need 4 days"},
        {125, 250, "只留了 3 小时，您平时要 6 小时", "leaves 3 hours, you usually need 6 hours"},
        {10, 42, "只留了 14 分钟，您平时要 1 小时", "leaves 14 minutes, you usually need 1 hour"},
    };
    has(say(LETTER_REPLY_DUE, LANGUAGE_EN, "when will the samples arrive?", NULL, 0), "arrive?\n");
    has(say(LETTER_REPLY_DUE, LANGUAGE_ZH, "样品什么时候到？", NULL, 0), "到？\n");
    has(say(LETTER_REPLY_DUE, LANGUAGE_EN, "the invoice", NULL, 0), "the invoice.\n");
    has(say(LETTER_REPLY_DUE, LANGUAGE_EN, "the invoice..", NULL, 0), "the invoice.\n");
    has(say(LETTER_REPLY_DUE, LANGUAGE_EN, "samples for Denim A.S.", NULL, 0), "S.\n");
    has(say(LETTER_REPLY_DUE, LANGUAGE_ZH, "样品给 Denim A.S.", NULL, 0), "S.。\n");
    for (int language = 0; language < LANGUAGES; language++) {
        const char *said = say(LETTER_RECOVERY, (enum language)language, "", none, 1);
        assert_null(strstr(said, language == LANGUAGE_ZH ? "失信" : "broken promise"));
        has(say(LETTER_RECOVERY, (enum language)language, "", some, 1),
            language == LANGUAGE_ZH ? "失信过 2 次" : "2 broken promises");
    }
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        const struct letter_figure figures[] = {{"lead", leads[i].lead, LETTER_DAYS, ""},
                                                {"usual_lead", leads[i].usual, LETTER_DAYS, ""}};
        has(say(LETTER_PROMISE_SHORT, LANGUAGE_ZH, "寄样品", figures, 2), leads[i].chinese);
        has(say(LETTER_PROMISE_SHORT, LANGUAGE_EN, "send samples", figures, 2), leads[i].english);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_said_as_people_say_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
