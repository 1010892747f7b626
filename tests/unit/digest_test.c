// What is told in lists: the evening before, the points on a call, a manager's digest. Read them aloud.
#include "common/calendar.h"
#include "services/notifier/digest.h"
#include "services/notifier/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TODAY = 20591, MANY = 30 }; // 2026-05-18, a Monday

static char buffer[LETTER_BYTES];
static const struct letter_fit wide = {DISARM_CHAT, 18000, cost_bytes, "", 20, 0};

static struct letter_item call(const char *name, enum letter_reason reason)
{
    struct letter_item call = facts_nothing();
    call.reminder_id = "r";
    call.kind = LETTER_CALL;
    call.customer_id = "C1";
    call.customer = name;
    call.abc = 'A';
    call.reason = reason;
    return call;
}

static struct letter letter_of(enum language language)
{
    return (struct letter){.language = language,
                           .rep = language == LANGUAGE_ZH ? "王芳" : "Fang Wang",
                           .id = "a1b2c3",
                           .link = "",
                           .today = TODAY};
}

static const char *of_list(enum language language, const struct letter_list *list, const struct letter_fit *fit)
{
    struct letter letter = letter_of(language);
    letter.lists = list;
    letter.list_count = 1;
    letter_compose(&letter, fit, buffer);
    return buffer;
}

static const char *of_digest(enum language language, const struct letter_digest *digest, const struct letter_fit *fit)
{
    struct letter letter = letter_of(language);
    letter.digests = digest;
    letter.digest_count = 1;
    letter_compose(&letter, fit, buffer);
    return buffer;
}

// --- lists
// -------------------------------------------------------------------------------------------------------------

static void test_points_of_a_call(void **state)
{
    (void)state;
    static const struct letter_figure order[] = {{"last_order", TODAY - 15, LETTER_DATE, ""},
                                                 {"last_order_amount", 3000000000, LETTER_MONEY, "CNY"}};
    static const struct letter_point points[] = {{"last_order", "3 号拉链", order, 2},
                                                 {"never.heard", "", NULL, 0}, // says nothing, takes no place
                                                 {"ask.key_person", "", NULL, 0},
                                                 {"small_gift", "", NULL, 0}};
    struct letter_item calls[] = {call("宁波远航", LETTER_HOT), call("义乌百利", LETTER_SURVEY)};
    calls[0].text = "very_likely";
    calls[0].points = points;
    calls[0].point_count = 4;
    calls[1].text = "complaint";
    struct letter_list list = {.local_date = "2026-05-18", .calls = calls, .count = 2};
    assert_string_equal(of_list(LANGUAGE_ZH, &list, &wide), "【今日电话】王芳，5月18日（周一）请联系 2 位客户：\n"
                                                            "1. 宁波远航（A类）：很可能成交，趁热跟进\n"
                                                            "   · 问清关键人；上次 5月3日：3 号拉链，¥3,000\n"
                                                            "2. 义乌百利（A类）：请他们评价我们的服务（投诉处理之后）\n"
                                                            "#a1b2c3");
    assert_string_equal(of_list(LANGUAGE_EN, &list, &wide),
                        "Hello Fang Wang, 2 calls to make on Mon 18 May:\n"
                        "1. 宁波远航 (class A): a deal is very likely, keep it warm\n"
                        "   · ask for the key person; last order 3 May: 3 号拉链, ¥3,000\n"
                        "2. 义乌百利 (class A): ask about our service (after the complaint)\n"
                        "#a1b2c3");
}

// The purpose of a visit is said once and whole; a customer's orders in the order in which they came, the newest first.
static void test_a_checklist_says_things_once(void **state)
{
    (void)state;
    static const struct letter_figure trip[] = {{"from", TODAY + 2, LETTER_DATE, ""},
                                                {"to", TODAY + 4, LETTER_DATE, ""}};
    static const struct letter_figure order[] = {{"last_order", TODAY - 15, LETTER_DATE, ""}},
                                      older[] = {{"last_order", TODAY - 50, LETTER_DATE, ""}};
    static const struct letter_point orders[] = {{"last_order", "a long name of goods", order, 1},
                                                 {"order_before", "hoses", older, 1}};
    static const struct letter_point points[] = {
        {"prepare.purpose", "see old customers, hear about next season", NULL, 0}};
    struct letter_item about = call("远航", LETTER_REASON_NONE), item = facts_nothing();
    about.points = orders;
    about.point_count = 2;
    item.kind = LETTER_VISIT_CHECKLIST;
    item.text = "Hangzhou";
    item.after = points[0].text;
    item.figures = trip;
    item.figure_count = 2;
    item.points = points;
    item.point_count = 1;
    item.about = &about;
    item.about_count = 1;
    struct letter letter = letter_of(LANGUAGE_EN);
    letter.items = &item;
    letter.item_count = 1;
    letter_compose(&letter, &wide, buffer);
    const char *purpose = strstr(buffer, "see old");
    assert_non_null(purpose);
    assert_non_null(strstr(buffer, "· purpose: see old customers, hear about next season\n"));
    assert_null(strstr(purpose + 1, "see old"));
    if (strstr(buffer, "last order 3 May: a long name of goods; before that 29 Mar: hoses") == NULL)
        fail_msg("%s", buffer);
}

static void test_a_long_point_is_cut_to_a_line(void **state)
{
    (void)state;
    char text[1000] = "";
    for (int i = 0; i < 300; i++)
        strcat(text, "长");
    struct letter_point point = {"announce", text, NULL, 0};
    struct letter_item calls[] = {call("宁波远航", LETTER_NEWS)};
    calls[0].points = &point;
    calls[0].point_count = 1;
    struct letter_list list = {.local_date = "2026-05-18", .calls = calls, .count = 1};
    of_list(LANGUAGE_ZH, &list, &wide);
    if (cost_characters(buffer, strlen(buffer)) > 140)
        fail_msg("%s", buffer);
}

static void test_reasons_of_calls(void **state)
{
    (void)state;
    static const struct letter_figure contact = {"last_contact", TODAY - 4, LETTER_DATE, ""};
    static const struct letter_figure lost = {"lost", TODAY - 90, LETTER_DATE, ""};
    static const struct letter_figure order = {"last_order", TODAY - 200, LETTER_DATE, ""};
    static const struct {
        enum letter_reason reason;
        const char *text;
        const struct letter_figure *figure;
        const char *zh, *en;
    } rows[] = {
        {LETTER_HOT, "", NULL, "意向很热，趁热跟进", "a hot lead, keep it warm"},
        {LETTER_FOLLOW_UP, "H", &contact, "打算 7 天内下单，4 天没联系了",
         "means to order within 7 days, no contact for 4 days"},
        {LETTER_FOLLOW_UP, "", NULL, "该跟进了", "due for a follow-up"},
        {LETTER_OVERDUE_ANY, "", &order, "该下单了，上次 200 天前", "order overdue, last one 200 days ago"},
        {LETTER_NURSE, "价格高", &lost, "90 天前问过价，没有成交：价格高", "had a quote 90 days ago, no order: 价格高"},
        {LETTER_NURSE, "", &order, "以前买过，200 天没有再下单", "bought before, no order for 200 days"},
        {LETTER_NEWS, "新款上市", NULL, "告诉他们：新款上市", "tell them: 新款上市"},
        {LETTER_SURVEY, "", NULL, "请他们评价我们的服务", "ask about our service"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct letter_item one = call("远航", rows[i].reason);
        one.text = rows[i].text;
        one.figures = rows[i].figure;
        one.figure_count = rows[i].figure != NULL;
        struct letter_list list = {.local_date = "2026-05-18", .calls = &one, .count = 1};
        char line[200];
        snprintf(line, sizeof line, "1. 远航（A类）：%s\n", rows[i].zh);
        assert_non_null(strstr(of_list(LANGUAGE_ZH, &list, &wide), line));
        snprintf(line, sizeof line, "1. 远航 (class A): %s\n", rows[i].en);
        assert_non_null(strstr(of_list(LANGUAGE_EN, &list, &wide), line));
    }
}

static void test_the_evening_before(void **state)
{
    (void)state;
    struct letter_item calls[] = {call("宁波远航", LETTER_COVERAGE), call("义乌百利", LETTER_SILENCE)};
    struct letter_item missing[MANY];
    for (size_t i = 0; i < MANY; i++)
        missing[i] = call("张三", LETTER_REASON_NONE);
    struct letter_list list = {.local_date = "2026-05-19",
                               .preview = true,
                               .calls = calls,
                               .count = 2,
                               .customers = 1000,
                               .contacted = 320,
                               .working_days_left = 9,
                               .unrecorded = missing,
                               .unrecorded_count = 2,
                               .undated = missing,
                               .undated_count = 11};
    assert_string_equal(of_list(LANGUAGE_ZH, &list, &wide),
                        "【下班前】王芳，今天还差这些：\n"
                        "- 名单上有 2 位还没有记录：张三、张三\n"
                        "- 联系过、还没约下次的有 11 位：张三、张三、张三、张三、张三、张三、张三、张三 等\n"
                        "【预告】明天要联系 2 位客户：\n"
                        "本月已联系 320/1,000，还剩 9 个工作日。\n"
                        "1. 宁波远航（A类）：本月还没联系\n"
                        "2. 义乌百利（A类）：还没有联系记录\n"
                        "#a1b2c3");
    assert_string_equal(of_list(LANGUAGE_EN, &list, &wide),
                        "Hello Fang Wang, before you leave:\n"
                        "- On today's list, no record yet of 2 customers: 张三, 张三\n"
                        "- Spoken to without a next date, 11 customers: 张三, 张三, 张三, 张三, 张三, 张三, 张三, 张三 "
                        "and 3 more\n"
                        "2 calls to make tomorrow:\n"
                        "Reached this month: 320 of 1,000, 9 working days left.\n"
                        "1. 宁波远航 (class A): not reached this month\n"
                        "2. 义乌百利 (class A): no contact recorded yet\n"
                        "#a1b2c3");
    list.unrecorded_count = list.undated_count = 0;
    list.local_date = "2026-05-25";
    assert_non_null(strstr(of_list(LANGUAGE_ZH, &list, &wide), "【预告】王芳，5月25日（周一）要联系 2 位客户：\n"));
    assert_non_null(strstr(of_list(LANGUAGE_EN, &list, &wide), "Hello Fang Wang, 2 calls to make on Mon 25 May:\n"));
    list.unrecorded_count = 1;
    list.count = 0;
    assert_string_equal(of_list(LANGUAGE_ZH, &list, &wide), "【下班前】王芳，今天还差这些：\n"
                                                            "- 名单上有 1 位还没有记录：张三\n"
                                                            "#a1b2c3");
}

// --- digests
// -----------------------------------------------------------------------------------------------------------

static const struct letter_row team[] = {
    {.rep = "王芳",
     .customers = 1000,
     .contacted = 500,
     .calls = 60,
     .answered = 58,
     .undated = 2,
     .told = 20,
     .open = 3,
     .orders = 12},
    {.rep = "李雷",
     .customers = 900,
     .contacted = 200,
     .missing = 40,
     .calls = 60,
     .answered = 21,
     .told = 31,
     .open = 30},
    {.rep = "韩梅", .customers = 100, .contacted = 90, .calls = 20, .answered = 20, .breaches = 2, .errors = 1},
    {.rep = "",
     .customers = 2000,
     .contacted = 790,
     .missing = 40,
     .calls = 140,
     .answered = 99,
     .undated = 2,
     .told = 51,
     .open = 33,
     .breaches = 2,
     .errors = 1,
     .orders = 12,
     .minutes = 1240,
     .key_minutes = 700},
};

static struct letter_digest digest_of(void)
{
    static struct letter_item at_risk[2];
    static const struct letter_figure count = {"count", 3, LETTER_COUNT, ""};
    static const struct letter_figure number = {"number", 1, LETTER_COUNT, ""};
    static const struct letter_point points[] = {{"digest.down", "", &count, 1}, {"digest.reports", "", &number, 1}};
    at_risk[0] = call("宁波远航", LETTER_OVERDUE_ANY);
    at_risk[1] = call("义乌百利", LETTER_REASON_NONE);
    at_risk[1].text = "竞争对手";
    return (struct letter_digest){.local_date = "2026-05-18",
                                  .from_date = "2026-05-15",
                                  .rows = team,
                                  .row_count = 4,
                                  .at_risk = at_risk,
                                  .at_risk_count = 2,
                                  .points = points,
                                  .point_count = 2};
}

static void test_a_digest_of_a_day(void **state)
{
    (void)state;
    struct letter_digest digest = digest_of();
    assert_string_equal(of_digest(LANGUAGE_ZH, &digest, &wide),
                        "【团队日报】王芳，5月15日–5月18日：\n"
                        "本月已联系 790/2,000，40 位来不及\n"
                        "名单完成 99/140，没约下次 2 位\n"
                        "失信或超时 2 次，订单差错 1 个，提醒新增 51 条、未处理共 33 条\n"
                        "新订单 12 个，联系 21 小时，56% 给前 20% 客户\n"
                        "需要关注：\n"
                        "- 李雷：名单完成 21/60，40 位来不及，提醒新增 31 条、未处理共 30 条\n"
                        "- 韩梅：名单完成 20/20，失信或超时 2 次，订单差错 1 个\n"
                        "其余 1 人正常。\n"
                        "有风险的 A 类客户：\n"
                        "- 宁波远航（A类）：该下单了\n"
                        "- 义乌百利（A类）：竞争对手\n"
                        "· 降级 3 位\n"
                        "· 出差报告没交 1 份\n"
                        "#a1b2c3");
    assert_string_equal(of_digest(LANGUAGE_EN, &digest, &wide),
                        "Hello Fang Wang, your team, 15 May–18 May:\n"
                        "790 of 2,000 reached this month, 40 customers out of reach\n"
                        "calls done 99 of 140, without a next date 2\n"
                        "promises broken or replies late 2, order errors 1, reminders 51 new, 33 open in all\n"
                        "orders 12, 21 h of contact, 56% with the top 20%\n"
                        "To look after:\n"
                        "- 李雷: calls done 21 of 60, 40 customers out of reach, reminders 31 new, 30 open in all\n"
                        "- 韩梅: calls done 20 of 20, promises broken or replies late 2, order errors 1\n"
                        "Doing well: 1 more.\n"
                        "Class A customers at risk:\n"
                        "- 宁波远航 (class A): order overdue\n"
                        "- 义乌百利 (class A): 竞争对手\n"
                        "· moved down: 3 customers\n"
                        "· trip reports missing: 1\n"
                        "#a1b2c3");
}

static void test_a_digest_of_a_week(void **state)
{
    (void)state;
    struct letter_digest digest = digest_of();
    digest.weekly = true;
    digest.from_date = "2026-05-11";
    assert_non_null(strstr(of_digest(LANGUAGE_ZH, &digest, &wide), "【团队周报】王芳，5月11日–5月17日：\n"));
    assert_non_null(strstr(of_digest(LANGUAGE_EN, &digest, &wide), "your team's week, 11 May–17 May:\n"));
    digest.late = true;
    assert_non_null(strstr(of_digest(LANGUAGE_ZH, &digest, &wide), "（补发）【团队周报】"));
}

static void test_a_quiet_day(void **state)
{
    (void)state;
    static const struct letter_row quiet[] = {{.rep = "王芳", .customers = 10, .contacted = 10},
                                              {.rep = "", .customers = 10, .contacted = 10}};
    struct letter_digest digest = {.local_date = "2026-05-18", .from_date = "", .rows = quiet, .row_count = 2};
    assert_string_equal(of_digest(LANGUAGE_ZH, &digest, &wide), "【团队日报】王芳，5月18日（周一）：\n"
                                                                "本月已联系 10/10\n"
                                                                "各人都正常。\n"
                                                                "#a1b2c3");
}

static void test_who_needs_attention(void **state)
{
    (void)state;
    static const struct {
        struct letter_row row;
        uint64_t concern;
    } rows[] = {
        {{.calls = 60, .answered = 45}, 0},  // a quarter may be left
        {{.calls = 60, .answered = 44}, 16}, // one more
        {{.calls = 10, .answered = 20}, 0},
        {{.answered = 20, .undated = 5}, 0},
        {{.answered = 20, .undated = 6}, 6},
        {{.missing = 3}, 3},
        {{.breaches = 1, .errors = 2, .missing = 3}, 33},
        {{.open = 99, .told = 99}, 0},
        {{.breaches = UINT32_MAX, .errors = UINT32_MAX, .missing = UINT32_MAX}, UINT64_C(21) * UINT32_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(digest_concern(&rows[i].row), rows[i].concern);
}

// Whatever the chat takes: within its limit, the totals always, the id at the end.
static void test_every_limit_is_kept(void **state)
{
    (void)state;
    struct letter_row rows[MANY];
    struct letter_item at_risk[MANY], about[MANY];
    for (size_t i = 0; i < MANY; i++) {
        rows[i] = team[1 + i % 2];
        rows[i].missing += (uint32_t)(i * 7 % 11);
        at_risk[i] = about[i] = call("宁波\"远航\"拉链有限公司", LETTER_OVERDUE_ANY);
        about[i].phone = "13800000000";
    }
    rows[MANY - 1] = team[3];
    struct letter_digest digest = digest_of();
    digest.rows = rows;
    digest.row_count = MANY;
    digest.at_risk = at_risk;
    digest.at_risk_count = MANY;
    struct letter_item item = call("", LETTER_REASON_NONE);
    item.kind = LETTER_GREETING;
    item.customer_id = "";
    item.event_date = "2026-06-19";
    item.text = "端午节";
    item.about = about;
    item.about_count = MANY;
    struct letter_list list = {.local_date = "2026-05-19",
                               .preview = true,
                               .calls = about,
                               .count = MANY,
                               .unrecorded = about,
                               .unrecorded_count = MANY,
                               .undated = about,
                               .undated_count = 3};
    for (size_t limit = LETTER_LIMIT_MIN; limit < 9000; limit += 41) {
        for (int what = 0; what < 8; what++) {
            struct letter letter = letter_of(limit % 2 == 0 ? LANGUAGE_ZH : LANGUAGE_EN);
            letter.items = &item;
            letter.item_count = what & 1;
            letter.lists = &list;
            letter.list_count = (what & 2) != 0;
            letter.digests = &digest;
            letter.digest_count = (what & 4) != 0;
            struct letter_fit fit = {DISARM_CHAT, limit, cost_json, "", 20, 0};
            letter_compose(&letter, &fit, buffer);
            if (cost_json(buffer, strlen(buffer)) > limit)
                fail_msg("limit %zu, what %d, cost %zu:\n%s", limit, what, cost_json(buffer, strlen(buffer)), buffer);
            assert_string_equal(buffer + strlen(buffer) - 7, "#a1b2c3");
            if (letter.digest_count > 0)
                assert_non_null(strstr(buffer, "99"));
        }
    }
}

static void test_what_does_not_fit_is_counted(void **state)
{
    (void)state;
    struct letter_item about[MANY];
    for (size_t i = 0; i < MANY; i++)
        about[i] = call("宁波远航", LETTER_REASON_NONE);
    struct letter_item item = call("", LETTER_REASON_NONE);
    item.kind = LETTER_COMPANY_EVENT;
    item.customer_id = "";
    item.about = about;
    item.about_count = MANY;
    struct letter_item items[] = {item, item};
    struct letter letter = letter_of(LANGUAGE_ZH);
    letter.items = items;
    letter.item_count = 1;
    letter_compose(&letter, &wide, buffer);
    assert_non_null(strstr(buffer, "\n- 还有 10 位\n"));
    static const struct letter_figure customers = {"customers", 640, LETTER_COUNT, ""};
    items[0].figures = &customers; // more than the list names
    items[0].figure_count = 1;
    letter_compose(&letter, &wide, buffer);
    assert_non_null(strstr(buffer, "\n- 还有 620 位\n"));
    items[0].figure_count = 0;
    letter.item_count = 2; // beside another one
    letter_compose(&letter, &wide, buffer);
    assert_non_null(strstr(buffer, "\n- 还有 22 位\n2. "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points_of_a_call),
        cmocka_unit_test(test_a_long_point_is_cut_to_a_line),
        cmocka_unit_test(test_a_checklist_says_things_once),
        cmocka_unit_test(test_reasons_of_calls),
        cmocka_unit_test(test_the_evening_before),
        cmocka_unit_test(test_a_digest_of_a_day),
        cmocka_unit_test(test_a_digest_of_a_week),
        cmocka_unit_test(test_a_quiet_day),
        cmocka_unit_test(test_who_needs_attention),
        cmocka_unit_test(test_every_limit_is_kept),
        cmocka_unit_test(test_what_does_not_fit_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
