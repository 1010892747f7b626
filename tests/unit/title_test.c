// The line that stands for a letter: in a notification, and as the subject of a mail.
#include "services/notifier/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TODAY = 20590 }; // 2026-05-17, a Sunday

static struct letter_item item(enum letter_kind kind, const char *customer, char abc)
{
    struct letter_item item = facts_nothing();
    item.reminder_id = "r";
    item.kind = kind;
    item.customer_id = "C1";
    item.customer = customer;
    item.abc = abc;
    return item;
}

static struct letter letter_of(enum language language, const struct letter_item *items, size_t count)
{
    return (struct letter){.language = language,
                           .rep = language == LANGUAGE_ZH ? "王芳" : "Fang Wang",
                           .id = "a1b2c3",
                           .today = TODAY,
                           .link = "",
                           .items = items,
                           .item_count = count};
}

// Who and why now, and how many more.
static void test_titles(void **state)
{
    (void)state;
    static char line[LETTER_BYTES];
    static const struct letter_figure fell[] = {{"net_sales", INT64_C(283967000000), LETTER_MONEY, "CNY"},
                                                {"threshold_a", INT64_C(331692000000), LETTER_MONEY, "CNY"},
                                                {"window", 365000, LETTER_DAYS, ""}};
    struct letter_item items[] = {item(LETTER_CLASS_FALL, "Quillon Tents Inc.", 0), item(LETTER_OVERDUE, "ACME", 'A'),
                                  item(LETTER_OVERDUE, "宁波远航", 'A')};
    items[0].before = "A";
    items[0].after = "B";
    items[0].figures = fell;
    items[0].figure_count = 3;
    static const struct {
        size_t first, count;
        const char *text[LANGUAGES];
    } rows[] = {
        {0,
         1,
         {"Quillon Tents Inc.从 A 类降到 B 类：近 365 天销售额 ¥283,967", "Quillon Tents Inc. fell from class A to B"}},
        {0,
         3,
         {"Quillon Tents Inc.从 A 类降到 B 类：近 365 天销售额 ¥283,967，另有 2 件",
          "Quillon Tents Inc. fell from class A to B, and 2 more"}},
        {1, 1, {"ACME该下单了，还没有动静", "ACME should have ordered by now"}},
        {2, 1, {"宁波远航该下单了，还没有动静", "宁波远航 should have ordered by now"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int language = 0; language < LANGUAGES; language++) {
            struct letter letter = letter_of((enum language)language, items + rows[i].first, rows[i].count);
            letter_title(&letter, DISARM_PLAIN, line);
            assert_string_equal(line, rows[i].text[language]);
        }
    // What was answered is not what it is about, unless all of it was.
    struct letter letter = letter_of(LANGUAGE_EN, items, 2);
    items[0].settled = "Wang: done";
    letter_title(&letter, DISARM_PLAIN, line);
    assert_string_equal(line, "ACME should have ordered by now");
    items[1].settled = "Wang: done";
    letter_title(&letter, DISARM_PLAIN, line);
    assert_string_equal(line, "Quillon Tents Inc. fell from class A to B");
    // A list is told by what it is, without the greeting; nothing is told of nothing.
    struct letter_item due[] = {item(LETTER_CALL, "ACME", 'A'), item(LETTER_CALL, "Bolt", 'B')};
    struct letter_list list = {.local_date = "2026-05-18", .calls = due, .count = 2};
    struct letter none = letter_of(LANGUAGE_EN, items, 0), listed = none;
    listed.lists = &list;
    listed.list_count = 1;
    letter_title(&listed, DISARM_PLAIN, line);
    assert_string_equal(line, "2 calls to make on Mon 18 May");
    letter_title(&none, DISARM_PLAIN, line);
    assert_string_equal(line, "");
    // However long the name is, the line is short and one line, and no character is torn.
    char name[600] = "";
    while (strlen(name) + 4 < sizeof name)
        strcat(name, "王");
    struct letter_item large = item(LETTER_RECOVERY, name, 'A');
    letter = letter_of(LANGUAGE_EN, &large, 1);
    letter_title(&letter, DISARM_SLACK, line);
    assert_true(strlen(line) < 64 * 3 + 4 && strchr(line, '\n') == NULL && strlen(line) > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_titles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
