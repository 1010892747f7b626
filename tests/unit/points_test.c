// The points of reminders, call lists and digests in words.
#include "common/calendar.h"
#include "services/notifier/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { TODAY = 20591 }; // 2026-05-18, a Monday

static void test_points_in_words(void **state)
{
    (void)state;
    static const struct letter_figure order[] = {{"last_order", TODAY - 15, LETTER_DATE, ""},
                                                 {"last_order_amount", 3000000000, LETTER_MONEY, "CNY"}};
    static const struct letter_figure before[] = {{"last_order", TODAY - 400, LETTER_DATE, ""}};
    static const struct letter_figure hour[] = {{"weekday", 2, LETTER_COUNT, ""}, {"hour", 10, LETTER_COUNT, ""}};
    static const struct letter_figure due[] = {{"promise_due", TODAY + 1, LETTER_DATE, ""}};
    static const struct letter_figure as_of[] = {{"as_of", TODAY - 1, LETTER_DATE, ""}};
    static const struct letter_figure left[] = {{"left", 300000000, LETTER_MONEY, "CNY"}};
    static const struct {
        struct letter_point point;
        const char *zh, *en;
    } rows[] = {
        {{"last_order", "3 号拉链", order, 2}, "上次 5月3日：3 号拉链，¥3,000", "last order 3 May: 3 号拉链, ¥3,000"},
        {{"last_order", "", order, 2}, "上次 5月3日，¥3,000", "last order 3 May, ¥3,000"},
        {{"often_bought_with", "拉头", NULL, 0},
         "推荐拉头：常和他们买的货搭配下单",
         "offer 拉头: often ordered together with their goods"},
        {{"order_before", "拉头", before, 1}, "再之前 2025年4月13日：拉头", "before that 13 Apr 2025: 拉头"},
        {{"objection.kind", "price", NULL, 0}, "异议类型：价格", "the objection is about the price"},
        {{"objection.kind", "delivery", NULL, 0}, "异议类型：交货", "the objection is about the delivery"},
        {{"objection.kind", "颜色", NULL, 0}, "异议类型：颜色", "the objection is about 颜色"},
        {{"ask.key_person", "", NULL, 0}, "问清关键人", "ask for the key person"},
        {{"ask.decision", "", NULL, 0}, "问清谁拍板", "ask who decides"},
        {{"at_risk", "the customer is at risk", NULL, 0}, "这位客户可能要流失", "the customer is at risk"},
        {{"extended_late", "x", NULL, 0},
         "到期以后才延期，不算数",
         "it was put off only after it was due, which does not count"},
        {{"needs_approval", "账期", NULL, 0}, "还没批准：账期", "not approved yet: 账期"},
        {{"exception_refused", "账期", NULL, 0}, "没有批准：账期", "refused: 账期"},
        {{"already_promised", "账期", NULL, 0}, "已经答应客户：账期", "the customer was promised already: 账期"},
        {{"decided_by", "钱总", NULL, 0}, "由钱总决定", "decided by 钱总"},
        {{"reason", "额度满了", NULL, 0}, "理由：额度满了", "reason: 额度满了"},
        {{"same.sku", "", NULL, 0}, "和上次是同一个产品", "the same product as before"},
        {{"cause_missing", "", NULL, 0}, "没写原因", "the cause is missing"},
        {{"best_hour", "", hour, 2}, "一般周二 10 点左右好联系", "best reached on Tuesday around 10:00"},
        {{"open_promise", "寄样", due, 1}, "答应过的（明天到期）：寄样", "promised, due tomorrow: 寄样"},
        {{"gift_budget_left", "", left, 1}, "礼品预算还剩 ¥300", "gift budget left: ¥300"},
        {{"digest.as_of", "Wang", as_of, 1},
         "Wang当地今天还没过完，按 5月17日算",
         "Wang: as of 17 May, the last full day where they are"},
        {{"never.heard", "原样", NULL, 0}, "原样", "原样"},
        {{"ask.shoe_size", "鞋码", NULL, 0}, "鞋码", "鞋码"},
        {{"never.heard", "", NULL, 0}, "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int language = 0; language < LANGUAGES; language++) {
            struct letter letter = {
                .language = (enum language)language, .rep = "", .id = "1", .link = "", .today = TODAY};
            struct facts facts = {.letter = &letter, .style = DISARM_CHAT};
            char text[PHRASE_BYTES] = "?";
            const char *right = language == LANGUAGE_ZH ? rows[i].zh : rows[i].en;
            assert_true(facts_say_point(&facts, &rows[i].point, text) == (right[0] != '\0'));
            assert_string_equal(text, right);
        }
    }
}

// Every code has both languages, and its rows lie together.
static void test_points_are_whole(void **state)
{
    (void)state;
    for (const struct point_phrase *row = phrase_points; row->code != NULL; row++) {
        for (int language = 0; language < LANGUAGES; language++) {
            const char *text = row->phrase.text[language];
            assert_true(text != NULL && text[0] != '\0');
        }
        bool same = row > phrase_points && strcmp(row->code, row[-1].code) == 0;
        for (const struct point_phrase *other = phrase_points; !same && other < row; other++)
            assert_string_not_equal(other->code, row->code);
    }
}

// Each row of the points can be said when all that it wants is known.
static void test_every_point_can_be_filled(void **state)
{
    (void)state;
    static const struct letter_figure known[] = {{"last_order", TODAY - 15, LETTER_DATE, ""},
                                                 {"last_order_amount", 3000000000, LETTER_MONEY, "CNY"},
                                                 {"promise_due", TODAY + 1, LETTER_DATE, ""},
                                                 {"left", 300000000, LETTER_MONEY, "CNY"},
                                                 {"weekday", 2, LETTER_COUNT, ""},
                                                 {"hour", 10, LETTER_COUNT, ""},
                                                 {"cost", 300000000, LETTER_MONEY, "CNY"},
                                                 {"reach", 12, LETTER_COUNT, ""},
                                                 {"expected_order", TODAY + 3, LETTER_DATE, ""},
                                                 {"as_of", TODAY - 1, LETTER_DATE, ""},
                                                 {"contract_end", TODAY + 30, LETTER_DATE, ""},
                                                 {"count", 2, LETTER_COUNT, ""},
                                                 {"number", 2, LETTER_COUNT, ""},
                                                 {"key_share", 310000, LETTER_PPM, ""},
                                                 {"target", 400000, LETTER_PPM, ""},
                                                 {"share", 310000, LETTER_PPM, ""}};
    for (const struct point_phrase *row = phrase_points; row->code != NULL; row++) {
        struct letter_item item = facts_nothing();
        struct letter letter = {.language = LANGUAGE_EN, .rep = "R", .id = "1", .link = "", .today = TODAY};
        struct facts facts = {.letter = &letter, .style = DISARM_PLAIN, .item = &item};
        struct phrases one = {&row->phrase, 1};
        char text[PHRASE_BYTES];
        item.text = "X";
        item.figures = known;
        item.figure_count = sizeof known / sizeof known[0];
        if (!facts_say(&facts, &one, 0, text))
            fail_msg("a place of this is never filled: %s", row->phrase.text[LANGUAGE_EN]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points_in_words),
        cmocka_unit_test(test_points_are_whole),
        cmocka_unit_test(test_every_point_can_be_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
