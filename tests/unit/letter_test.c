// The letters as a rep reads them: read them aloud. And what is cut when they are too long.
#include "common/utf8.h"
#include "common/zone.h"
#include "services/notifier/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CALLS = 60 };

static char buffer[LETTER_BYTES];
static int32_t today; // 2026-05-17, a Sunday

static const struct letter_figure fall[] = {
    {"net_sales", 82300000000, LETTER_MONEY, "CNY"},
    {"threshold_a", 90100000000, LETTER_MONEY, "CNY"},
    {"threshold_b", 20000000000, LETTER_MONEY, "CNY"},
    {"window", 365000, LETTER_DAYS, ""},
    {"last_order", 1773561600000, LETTER_TIME, ""}, // 2026-03-15 08:00 UTC
    {"mean_gap", 30200, LETTER_DAYS, ""},
};
static const struct letter_figure lost[] = {{"days_since_order", 120400, LETTER_DAYS, ""},
                                            {"usual_gap", 90000, LETTER_DAYS, ""},
                                            {"mean_gap", 45000, LETTER_DAYS, ""}};
static const struct letter_figure coverage[] = {
    {"missing", 40, LETTER_COUNT, ""}, {"capacity", 60, LETTER_COUNT, ""}, {"working_days_left", 15, LETTER_COUNT, ""}};
static const struct letter_figure years[] = {{"years", 7, LETTER_COUNT, ""}};

static struct letter_item item(enum letter_kind kind, const char *customer, char abc)
{
    return (struct letter_item){.reminder_id = "r",
                                .kind = kind,
                                .customer_id = "C1",
                                .customer = customer,
                                .abc = abc,
                                .before = "",
                                .after = "",
                                .text = "",
                                .contact = "",
                                .phone = "",
                                .event_date = "",
                                .local_date = "2026-05-17",
                                .for_rep = "",
                                .settled = ""};
}

static struct letter letter_of(enum language language, const struct letter_item *items, size_t count)
{
    assert_true(day_parse("2026-05-17", 10, &today));
    return (struct letter){.language = language,
                           .rep = language == LANGUAGE_ZH ? "王芳" : "Fang Wang",
                           .id = "a1b2c3",
                           .link = "",
                           .today = today,
                           .items = items,
                           .item_count = count};
}

static const struct letter_fit wide = {DISARM_CHAT, 18000, cost_bytes, "", 20, 0};

static const char *compose(const struct letter *letter, const struct letter_fit *fit)
{
    size_t length = letter_compose(letter, fit, buffer);
    assert_int_equal(length, strlen(buffer));
    return buffer;
}

// --- golden
// ------------------------------------------------------------------------------------------------------------

static void both(const struct letter_item *items, size_t count, const char *zh, const char *en)
{
    struct letter letter = letter_of(LANGUAGE_ZH, items, count);
    assert_string_equal(compose(&letter, &wide), zh);
    letter = letter_of(LANGUAGE_EN, items, count);
    assert_string_equal(compose(&letter, &wide), en);
}

static void test_class_fall(void **state)
{
    (void)state;
    struct letter_item one = item(LETTER_CLASS_FALL, "宁波远航", 'B');
    one.before = "A";
    one.after = "B";
    one.figures = fall;
    one.figure_count = 6;
    one.contact = "李总";
    one.phone = "13800000000";
    both(&one, 1,
         "【客户提醒】王芳，有 1 件事：\n"
         "宁波远航从 A 类降到 B 类：近 365 天销售额 ¥82,300，A 类门槛 ¥90,100。上次下单 63 天前，平时约 30 天一单。\n"
         "→ 今天打个电话，问问用量为什么少了、下一单什么时候。 ☎ 李总 13800000000\n"
         "#a1b2c3",
         "Hello Fang Wang, 1 customer reminder for you:\n"
         "宁波远航 fell from class A to B: sales of the last 365 days ¥82,300, class A starts at ¥90,100. Last order "
         "63 days "
         "ago, usually one every 30 days.\n"
         "→ Call today: ask what changed and when the next order comes. ☎ 李总 13800000000\n"
         "#a1b2c3");
}

static void test_a_morning_with_several(void **state)
{
    (void)state;
    struct letter_item items[] = {item(LETTER_PROMISE, "ACME Trading Ltd.", 'B'),
                                  item(LETTER_BIRTHDAY, "义乌百利", 'A'), item(LETTER_OVERDUE, "Müller GmbH", 'A'),
                                  item(LETTER_COOPERATION_ANNIVERSARY, "海宁皮革城", 'C'),
                                  item(LETTER_SNOOZED, "张三贸易", 0)};
    items[0].text = "寄 3 号拉链的样品。";
    items[0].event_date = "2026-05-17";
    items[0].contact = "Ms Lee";
    items[1].text = "陈总";
    items[1].event_date = "1978-05-18";
    items[1].phone = "13900000000";
    items[2].figures = fall + 3;
    items[2].figure_count = 3;
    items[3].event_date = "2019-05-20";
    items[3].figures = years;
    items[3].figure_count = 1;
    items[4].text = "等他出差回来";
    both(items, 5,
         "【客户提醒】王芳，有 5 件事：\n"
         "1. 答应ACME Trading Ltd.（B类）的事今天到期：寄 3 号拉链的样品。\n"
         "→ 到期前办好；办不到就提前告诉客户，另约时间。 ☎ Ms Lee（没有号码）\n"
         "2. 义乌百利（A类）的陈总明天生日（5月18日）。\n"
         "→ 当天送上祝福，最好打个电话。 ☎ 13900000000\n"
         "3. Müller GmbH（A类）该下单了，还没有动静：上次下单 63 天前，平时约 30 天一单。\n"
         "→ 问问最近要不要货、要多少、什么时候要。\n"
         "4. 海宁皮革城（C类）和我们合作，3 天后满 7 年（5月20日）。\n"
         "→ 打个电话，谢谢他们一路的信任。\n"
         "5. 您推迟的提醒到时间了：张三贸易，等他出差回来。\n"
         "→ 现在联系，或再约时间。\n"
         "#a1b2c3",
         "Hello Fang Wang, 5 customer reminders for you:\n"
         "1. Your promise to ACME Trading Ltd. (class B) is due today: 寄 3 号拉链的样品.\n"
         "→ Do it in time; if you cannot, tell the customer before it is due and agree on a new date. ☎ Ms Lee (no "
         "number on file)\n"
         "2. 陈总 of 义乌百利 (class A): birthday tomorrow (18 May).\n"
         "→ Send good wishes on the day, best by phone. ☎ 13900000000\n"
         "3. Müller GmbH (class A) should have ordered by now: last order 63 days ago, usually one every 30 days.\n"
         "→ Ask whether they need anything, how much and when.\n"
         "4. 海宁皮革城 (class C): 7 years with us in 3 days (20 May).\n"
         "→ Call and thank them for their trust.\n"
         "5. Your snoozed reminder: 张三贸易, 等他出差回来.\n"
         "→ Get in touch now, or set a new time.\n"
         "#a1b2c3");
}

static void test_lost_and_late(void **state)
{
    (void)state;
    struct letter_item items[] = {item(LETTER_DROP, "宁波远航", 'A'), item(LETTER_FOUNDING_DAY, "义乌百利", 0)};
    items[0].figures = lost;
    items[0].figure_count = 3;
    items[0].late = items[1].late = true;
    items[0].local_date = "2026-05-15";
    items[1].event_date = "--05-16";
    both(items, 2,
         "【客户提醒·补发】王芳，有 2 件事没能按时告诉您：\n"
         "1. （补发，原定 5月15日（周五））宁波远航（A类）可能要流失了：120 天没有下单，而绝大多数客户 90 "
         "天内会再买。以前约 45 "
         "天一单。\n"
         "→ 打个电话问清原因：没需求了、换了别家，还是我们哪里没做好。\n"
         "2. （补发）义乌百利 昨天是公司成立纪念日（5月16日）。\n"
         "→ 当天打个电话，或提前寄张贺卡。\n"
         "#a1b2c3",
         "Hello Fang Wang, late, with apologies: 2 customer reminders:\n"
         "1. (late, meant for Fri 15 May) 宁波远航 (class A) may be lost: no order for 120 days; nearly all customers "
         "order "
         "again within 90 days. They used to order every 45 days.\n"
         "→ Call and find out why: no need, a competitor, or something we did not do well.\n"
         "2. (late) 义乌百利: founding day yesterday (16 May).\n"
         "→ Congratulate by phone on the day, or with a card before it.\n"
         "#a1b2c3");
}

static void test_coverage_warning(void **state)
{
    (void)state;
    struct letter_item one = item(LETTER_COVERAGE_WARNING, "", 0);
    one.customer_id = "";
    one.figures = coverage;
    one.figure_count = 3;
    both(&one, 1,
         "【客户提醒】王芳，有 1 件事：\n"
         "按每天 60 位、本月还剩 15 个工作日算，有 40 位客户这个月联系不到。\n"
         "→ 尽早和主管商量：请人分担，或先保重要客户。\n"
         "#a1b2c3",
         "Hello Fang Wang, 1 customer reminder for you:\n"
         "At 60 calls a day and 15 working days left, 40 customers cannot be reached this month.\n"
         "→ Talk to your manager soon: share the list, or put the important ones first.\n"
         "#a1b2c3");
}

static struct letter_item calls[CALLS];

static struct letter_list make_list(size_t count)
{
    static char names[CALLS][32];
    static const struct letter_figure due = {"promise_due", 1778947200000, LETTER_TIME, ""}; // 2026-05-16 16:00 UTC
    static const struct letter_figure appointment = {"appointment", 1778947200000, LETTER_TIME, ""};
    static const struct letter_figure contact = {"last_contact", 1776297600000, LETTER_TIME, ""};
    static const struct letter_figure need = {"expected_order", 20594, LETTER_DATE, ""}; // 2026-05-21
    static const struct letter_figure stage = {"stage", 5, LETTER_COUNT, ""};
    static const struct letter_figure *const figures[LETTER_REASONS] = {NULL,  &due,     fall,     &stage,
                                                                        &need, &contact, &contact, &appointment};
    static const char *const texts[LETTER_REASONS] = {"", "报价", "", "", "", "", "", ""};
    for (size_t i = 0; i < CALLS; i++) {
        snprintf(names[i], sizeof names[i], "客户%02zu", i + 1);
        calls[i] = item(LETTER_CALL, names[i], (char)('A' + i % 3));
        calls[i].reason = (enum letter_reason)(1 + i % LETTER_APPOINTMENT);
        calls[i].text = texts[calls[i].reason];
        calls[i].figures = figures[calls[i].reason];
        calls[i].figure_count = calls[i].reason == LETTER_OVERDUE_A ? 6 : 1;
        calls[i].phone = i % 2 == 0 ? "13700000000" : "";
    }
    return (struct letter_list){.local_date = "2026-05-17",
                                .calls = calls,
                                .count = count,
                                .customers = 1000,
                                .contacted = 320,
                                .working_days_left = 15,
                                .capacity = 60};
}

static void test_call_list(void **state)
{
    (void)state;
    struct letter_list list = make_list(7);
    struct letter letter = letter_of(LANGUAGE_ZH, NULL, 0);
    letter.lists = &list;
    letter.list_count = 1;
    assert_string_equal(compose(&letter, &wide), "【今日电话】王芳，5月17日（周日）请联系 7 位客户：\n"
                                                 "本月已联系 320/1,000，还剩 15 个工作日。\n"
                                                 "1. 客户01（A类）：答应的事昨天到期：报价 ☎ 13700000000\n"
                                                 "2. 客户02（B类）：该下单了，上次 63 天前，平时约 30 天一单\n"
                                                 "3. 客户03（C类）：合同已发出 ☎ 13700000000\n"
                                                 "4. 客户04（A类）：预计 5月21日（周四）前后要货\n"
                                                 "5. 客户05（B类）：本月还没联系，上次联系 31 天前 ☎ 13700000000\n"
                                                 "6. 客户06（C类）：31 天没联系了\n"
                                                 "7. 客户07（A类）：原约 5月16日联系，已过 1 天 ☎ 13700000000\n"
                                                 "#a1b2c3");
    letter.language = LANGUAGE_EN;
    letter.rep = "Fang Wang";
    list.missing = 40;
    list.late = true;
    assert_string_equal(
        compose(&letter, &wide),
        "Hello Fang Wang, late: 7 calls of Sun 17 May:\n"
        "Reached this month: 320 of 1,000, 15 working days left.\n"
        "Even at 60 calls a day, 40 customers will not be reached this month: please talk to your manager.\n"
        "1. 客户01 (class A): promise due yesterday: 报价 ☎ 13700000000\n"
        "2. 客户02 (class B): last order 63 days ago, usually every 30 days\n"
        "3. 客户03 (class C): contract sent ☎ 13700000000\n"
        "4. 客户04 (class A): likely to need goods around Thu 21 May\n"
        "5. 客户05 (class B): not reached this month, last contact 31 days ago ☎ 13700000000\n"
        "6. 客户06 (class C): no contact for 31 days\n"
        "7. 客户07 (class A): call was due yesterday (16 May) ☎ 13700000000\n"
        "#a1b2c3");
}

// The rep's clock decides which day an instant is.
static void test_instants_are_days_of_the_reps_zone(void **state)
{
    (void)state;
    struct zone *zone;
    assert_true(zone_open(ZONE_DIRECTORIES, "Asia/Shanghai", &zone));
    struct letter_list list = make_list(1);
    struct letter letter = letter_of(LANGUAGE_ZH, NULL, 0);
    letter.lists = &list;
    letter.list_count = 1;
    letter.zone = zone;
    assert_non_null(strstr(compose(&letter, &wide), "答应的事今天到期：报价")); // midnight in Shanghai
    zone_close(&zone);
}

static void test_both_in_one(void **state)
{
    (void)state;
    struct letter_item one = item(LETTER_OVERDUE, "宁波远航", 'A');
    struct letter_list list = make_list(2);
    struct letter letter = letter_of(LANGUAGE_ZH, &one, 1);
    letter.lists = &list;
    letter.list_count = 1;
    letter.again = true;
    struct letter_fit fit = wide;
    fit.prefix = "【CRM】";
    assert_string_equal(compose(&letter, &fit), "【CRM】\n"
                                                "（聊天工具没有确认上一次送达，所以再发一遍；看过了请忽略。）\n"
                                                "【客户提醒】王芳，有 1 件事：\n"
                                                "宁波远航（A类）该下单了，还没有动静。\n"
                                                "→ 问问最近要不要货、要多少、什么时候要。\n"
                                                "\n"
                                                "【今日电话】5月17日（周日）请联系 2 位客户：\n"
                                                "本月已联系 320/1,000，还剩 15 个工作日。\n"
                                                "1. 客户01（A类）：答应的事昨天到期：报价 ☎ 13700000000\n"
                                                "2. 客户02（B类）：该下单了，上次 63 天前，平时约 30 天一单\n"
                                                "#a1b2c3");
}

// What a rep is told about the rep's own work names no customer.
static bool about_the_rep(enum letter_kind kind)
{
    return kind == LETTER_COVERAGE_WARNING || kind == LETTER_EVENING_PREVIEW || kind == LETTER_EFFORT ||
           (kind >= LETTER_VISIT_APPROVAL && kind <= LETTER_VISIT_REPORT && kind != LETTER_VISIT_CHECKLIST);
}

// Every kind and reason says something in every language, knowing nothing but the customer's id.
static void test_nothing_known_still_makes_a_sentence(void **state)
{
    (void)state;
    for (int language = 0; language < LANGUAGES; language++) {
        for (int kind = LETTER_KIND_NONE; kind < LETTER_KINDS; kind++) {
            struct letter_item one = item((enum letter_kind)kind, "", 0);
            struct letter letter = letter_of((enum language)language, &one, 1);
            letter.rep = "";
            compose(&letter, &wide);
            assert_non_null(strstr(buffer, about_the_rep((enum letter_kind)kind) ? "#" : "C1"));
            assert_non_null(strstr(buffer, "→ "));
            assert_null(strchr(buffer, '{'));
        }
        for (int reason = 0; reason < LETTER_REASONS; reason++) {
            struct letter_item one = item(LETTER_CALL, "", 0);
            one.reason = (enum letter_reason)reason;
            struct letter_list list = {.local_date = "", .calls = &one, .count = 1};
            struct letter letter = letter_of((enum language)language, NULL, 0);
            letter.lists = &list;
            letter.list_count = 1;
            compose(&letter, &wide);
            assert_non_null(strstr(buffer, language == LANGUAGE_ZH ? "1. C1：" : "1. C1: "));
        }
    }
}

static void test_figures_that_would_read_the_same_are_exact(void **state)
{
    (void)state;
    struct letter_figure close[] = {{"net_sales", 90100400000, LETTER_MONEY, "CNY"},
                                    {"threshold_a", 90100450000, LETTER_MONEY, "CNY"}};
    struct letter_item one = item(LETTER_CLASS_FALL, "宁波远航", 'B');
    one.before = "A";
    one.after = "B";
    one.figures = close;
    one.figure_count = 2;
    struct letter letter = letter_of(LANGUAGE_ZH, &one, 1);
    assert_non_null(strstr(compose(&letter, &wide), "销售额 ¥90,100.40，A 类门槛 ¥90,100.45。"));
}

// What is over is told as over.
static void test_days_before_and_after(void **state)
{
    (void)state;
    static const struct {
        enum letter_reason reason;
        const char *figure;
        int64_t days; // from today
        const char *zh, *en;
    } reasons[] = {
        {LETTER_APPOINTMENT, "appointment", -3, "原约 5月14日联系，已过 3 天：报价",
         "call was due 3 days ago (14 May): 报价"},
        {LETTER_APPOINTMENT, "appointment", 0, "约好今天联系：报价", "you agreed to call today: 报价"},
        {LETTER_APPOINTMENT, "appointment", 1, "约好明天联系：报价", "you agreed to call tomorrow: 报价"},
        {LETTER_APPOINTMENT, "appointment", 4, "约好 5月21日（周四）联系：报价", "you agreed to call Thu 21 May: 报价"},
        {LETTER_PROMISE_DUE, "promise_due", -6, "答应的事 6 天前到期：报价", "promise due 6 days ago: 报价"},
        {LETTER_EXPECTED, "expected_order", -1, "5月16日前后应该要货，还没下单：报价",
         "need was expected around 16 May, no order yet: 报价"},
        {LETTER_EXPECTED, "expected_order", 0, "预计 5月17日（周日）前后要货：报价",
         "likely to need goods around Sun 17 May: 报价"},
        {LETTER_SILENCE, "", 0, "还没有联系记录", "no contact recorded yet"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        struct letter_item one = item(LETTER_CALL, "宁波远航", 0);
        one.reason = reasons[i].reason;
        one.text = "报价";
        struct letter letter = letter_of(LANGUAGE_ZH, NULL, 0);
        struct letter_figure figure = {reasons[i].figure, today + reasons[i].days, LETTER_DATE, ""};
        one.figures = &figure;
        one.figure_count = 1;
        struct letter_list list = {.local_date = "2026-05-17", .late = true, .calls = &one, .count = 1};
        letter.lists = &list;
        letter.list_count = 1;
        char line[256];
        snprintf(line, sizeof line, "1. 宁波远航：%s\n", reasons[i].zh);
        assert_non_null(strstr(compose(&letter, &wide), line));
        letter.language = LANGUAGE_EN;
        snprintf(line, sizeof line, "1. 宁波远航: %s\n", reasons[i].en);
        assert_non_null(strstr(compose(&letter, &wide), line));
    }
}

// A name keeps off the day that follows it.
static void test_anniversaries_of_customers_without_a_class(void **state)
{
    (void)state;
    struct letter_item items[] = {item(LETTER_FOUNDING_DAY, "远航有限公司", 0),
                                  item(LETTER_FOUNDING_DAY, "远航有限公司", 'A'),
                                  item(LETTER_COOPERATION_ANNIVERSARY, "百利", 0), item(LETTER_BIRTHDAY, "张三", 0),
                                  item(LETTER_SNOOZED, "张三", 0)};
    items[0].event_date = items[1].event_date = "2017-05-23";
    items[2].event_date = "2025-05-18";
    items[3].event_date = "--05-18";
    both(items, 5,
         "【客户提醒】王芳，有 5 件事：\n"
         "2 个公司成立纪念日：\n"
         "1. 远航有限公司，6 天后成立 9 周年（5月23日）。\n"
         "→ 当天打个电话，或提前寄张贺卡。\n"
         "2. 远航有限公司（A类），6 天后成立 9 周年（5月23日）。\n"
         "→ 当天打个电话，或提前寄张贺卡。\n"
         "3. 百利和我们合作，明天满 1 年（5月18日）。\n"
         "→ 打个电话，谢谢他们一路的信任。\n"
         "4. 张三 明天生日（5月18日）。\n"
         "→ 当天送上祝福，最好打个电话。\n"
         "5. 您推迟的提醒到时间了：张三。\n"
         "→ 现在联系，或再约时间。\n"
         "#a1b2c3",
         "Hello Fang Wang, 5 customer reminders for you:\n"
         "2 founding days:\n"
         "1. 远航有限公司, founded 9 years ago, in 6 days (23 May).\n"
         "→ Congratulate by phone on the day, or with a card before it.\n"
         "2. 远航有限公司 (class A), founded 9 years ago, in 6 days (23 May).\n"
         "→ Congratulate by phone on the day, or with a card before it.\n"
         "3. 百利: 1 year with us tomorrow (18 May).\n"
         "→ Call and thank them for their trust.\n"
         "4. 张三: birthday tomorrow (18 May).\n"
         "→ Send good wishes on the day, best by phone.\n"
         "5. Your snoozed reminder: 张三.\n"
         "→ Get in touch now, or set a new time.\n"
         "#a1b2c3");
}

// English has a singular.
static void test_one_is_one(void **state)
{
    (void)state;
    static const struct letter_figure ones[] = {{"missing", 1, LETTER_COUNT, ""},
                                                {"capacity", 1, LETTER_COUNT, ""},
                                                {"working_days_left", 1, LETTER_COUNT, ""}};
    struct letter_item one = item(LETTER_COVERAGE_WARNING, "", 0);
    one.customer_id = "";
    one.figures = ones;
    one.figure_count = 3;
    struct letter_list list = make_list(1);
    list.working_days_left = list.capacity = list.missing = 1;
    struct letter letter = letter_of(LANGUAGE_EN, &one, 1);
    letter.lists = &list;
    letter.list_count = 1;
    compose(&letter, &wide);
    assert_non_null(strstr(buffer, "At 1 call a day and 1 working day left, 1 customer cannot be reached this month."));
    assert_non_null(strstr(buffer, "\n1 call to make on Sun 17 May:\n"));
    assert_non_null(strstr(buffer, "320 of 1,000, 1 working day left.\n"));
    assert_non_null(strstr(buffer, "Even at 1 call a day, 1 customer will not be reached this month"));
}

// --- limits
// ------------------------------------------------------------------------------------------------------------

static void assert_whole(const char *text)
{
    for (size_t at = 0, length = strlen(text); at < length; at += utf8_length(text + at, length - at))
        assert_true(utf8_length(text + at, length - at) > 0);
}

static void test_every_limit_is_kept(void **state)
{
    (void)state;
    static size_t (*const costs[])(const char *text, size_t length) = {cost_bytes, cost_characters, cost_json};
    struct letter_item items[30];
    for (size_t i = 0; i < 30; i++) {
        items[i] = item(LETTER_PROMISE, "宁波\"远航\"拉链有限公司", 'A');
        items[i].text = "把新款的样品、报价单和交货期一起寄过去";
        items[i].event_date = "2026-05-17";
    }
    for (size_t limit = LETTER_LIMIT_MIN; limit < 9000; limit += 37) {
        for (size_t i = 0; i < 3; i++) {
            struct letter_list list = make_list(CALLS);
            struct letter letter = letter_of(limit % 2 == 0 ? LANGUAGE_ZH : LANGUAGE_EN, items, limit % 31);
            letter.lists = &list;
            letter.list_count = limit % 3 == 0 ? 0 : 1;
            struct letter_fit fit = {DISARM_CHAT, limit, costs[i], "", CALLS, 0};
            compose(&letter, &fit);
            if (costs[i](buffer, strlen(buffer)) > limit)
                fail_msg("limit %zu, cost %zu", limit, costs[i](buffer, strlen(buffer)));
            assert_whole(buffer);
            assert_string_equal(buffer + strlen(buffer) - 7, "#a1b2c3");
        }
    }
}

static void test_what_does_not_fit_is_counted(void **state)
{
    (void)state;
    struct letter_list list = make_list(CALLS);
    struct letter letter = letter_of(LANGUAGE_ZH, NULL, 0);
    letter.lists = &list;
    letter.list_count = 1;
    assert_non_null(strstr(compose(&letter, &wide), "\n其余 40 位也在今天的名单里（tend calls）\n#a1b2c3"));
    struct letter_fit wecom = {DISARM_CHAT, driver_wecom.limit, driver_wecom.cost, "", CALLS, 0};
    compose(&letter, &wecom);
    unsigned shown = 0, more = 0;
    for (const char *at = strchr(buffer, '\n'); at != NULL; at = strchr(at + 1, '\n'))
        shown += at[1] >= '1' && at[1] <= '9';
    assert_int_equal(sscanf(strstr(buffer, "其余 "), "其余 %u 位", &more), 1);
    assert_int_equal(shown + more, CALLS);
    assert_true(shown >= 20); // a phone's worth fits even the tightest chat
    letter.language = LANGUAGE_EN;
    assert_non_null(strstr(compose(&letter, &wide), "\n40 more on today's list (tend calls)\n"));
}

static void test_long_texts_are_cut(void **state)
{
    (void)state;
    char text[3000] = "";
    for (int i = 0; i < 300; i++)
        strcat(text, "长");
    struct letter_item one = item(LETTER_PROMISE, text, 'A');
    one.text = text;
    struct letter letter = letter_of(LANGUAGE_ZH, &one, 1);
    compose(&letter, &wide);
    assert_true(cost_characters(buffer, strlen(buffer)) < 260);
    assert_whole(buffer);
}

// Phrases are our own words: none has what chats act on, and none is left without its translation.
static void test_no_template_is_filled_twice(void **state)
{
    (void)state;
    struct letter_item one = item(LETTER_PROMISE, "{text}{text}", 'A');
    one.text = "{customer} %s {";
    one.event_date = "2026-05-17";
    struct letter letter = letter_of(LANGUAGE_ZH, &one, 1);
    assert_non_null(strstr(compose(&letter, &wide), "答应{text}{text}（A类）的事今天到期：{customer} %s {。"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_class_fall),
        cmocka_unit_test(test_a_morning_with_several),
        cmocka_unit_test(test_lost_and_late),
        cmocka_unit_test(test_coverage_warning),
        cmocka_unit_test(test_call_list),
        cmocka_unit_test(test_instants_are_days_of_the_reps_zone),
        cmocka_unit_test(test_both_in_one),
        cmocka_unit_test(test_nothing_known_still_makes_a_sentence),
        cmocka_unit_test(test_figures_that_would_read_the_same_are_exact),
        cmocka_unit_test(test_days_before_and_after),
        cmocka_unit_test(test_anniversaries_of_customers_without_a_class),
        cmocka_unit_test(test_one_is_one),
        cmocka_unit_test(test_every_limit_is_kept),
        cmocka_unit_test(test_what_does_not_fit_is_counted),
        cmocka_unit_test(test_long_texts_are_cut),
        cmocka_unit_test(test_no_template_is_filled_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
