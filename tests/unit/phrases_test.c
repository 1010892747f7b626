// Every kind of reminder in every language, told to everybody who may be told: read them aloud with
//     phrases_test print
//     phrases_test bare
// which prints them with all that may be known, and with nothing.
// What is checked: who, why and what to do are said, within a phone's few lines.
#include "common/calendar.h"
#include "services/notifier/driver.h"
#include "services/notifier/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
    TODAY = 20591,    // 2026-05-18, a Monday
    PHONE_MOST = 330, // characters of one reminder with its points: a phone's screen has about 400
    BARE_MOST = 200,  // without points
};

static char buffer[LETTER_BYTES];

#define AT(day, hour) (((int64_t)(day)*24 + (hour)) * 3600 * 1000)

// All the figures that there are: each kind takes those it speaks of.
static const struct letter_figure everything[] = {
    {"net_sales", 82300000000, LETTER_MONEY, "CNY"},
    {"threshold_a", 90100000000, LETTER_MONEY, "CNY"},
    {"window", 365000, LETTER_DAYS, ""},
    {"last_order", AT(TODAY - 63, 1), LETTER_TIME, ""},
    {"last_order_amount", 12800000000, LETTER_MONEY, "CNY"},
    {"days_since_order", 63000, LETTER_DAYS, ""},
    {"usual_gap", 90000, LETTER_DAYS, ""},
    {"mean_gap", 30200, LETTER_DAYS, ""},
    {"last_contact", AT(TODAY - 21, 2), LETTER_TIME, ""},
    {"missing", 40, LETTER_COUNT, ""},
    {"capacity", 60, LETTER_COUNT, ""},
    {"working_days_left", 10, LETTER_COUNT, ""},
    {"last_window", 8000000000, LETTER_MONEY, "CNY"},
    {"window_before", 21000000000, LETTER_MONEY, "CNY"},
    {"newest_sign", TODAY - 4, LETTER_DATE, ""},
    {"days", 15000, LETTER_DAYS, ""},
    {"stage", 4, LETTER_COUNT, ""},
    {"lost", TODAY - 90, LETTER_DATE, ""},
    {"expected_amount", 30000000000, LETTER_MONEY, "CNY"},
    {"expected_quantity", 300000, LETTER_MILLI, ""},
    {"calls", 58, LETTER_COUNT, ""},
    {"complete", 620000, LETTER_PPM, ""},
    {"target", 900000, LETTER_PPM, ""},
    {"spent", 1200000000, LETTER_MONEY, "CNY"},
    {"budget", 1000000000, LETTER_MONEY, "CNY"},
    {"left", 300000000, LETTER_MONEY, "CNY"},
    {"from", TODAY + 2, LETTER_DATE, ""},
    {"to", TODAY + 4, LETTER_DATE, ""},
    {"deadline", AT(TODAY, 10), LETTER_TIME, ""},
    {"received", AT(TODAY - 1, 8), LETTER_TIME, ""},
    {"amount", 5000000000, LETTER_MONEY, "CNY"},
    {"limit", 2000000000, LETTER_MONEY, "CNY"},
    {"late_minutes", 190, LETTER_COUNT, ""},
    {"times", 2, LETTER_COUNT, ""},
    {"lead", 3000, LETTER_DAYS, ""},
    {"usual_lead", 7000, LETTER_DAYS, ""},
    {"open", 3, LETTER_COUNT, ""},
    {"key_share", 310000, LETTER_PPM, ""},
    {"years", 7, LETTER_COUNT, ""},
    {"told", AT(TODAY - 3, 2), LETTER_TIME, ""},
    {"hour", 10, LETTER_COUNT, ""},
    {"weekday", 2, LETTER_COUNT, ""},
    {"waiting", 3, LETTER_COUNT, ""},
    {"broken_promises", 2, LETTER_COUNT, ""},
};
enum { EVERYTHING = sizeof everything / sizeof everything[0] };

static const struct letter_figure was[] = {{"was", TODAY + 5, LETTER_DATE, ""},
                                           {"deadline", AT(TODAY, 3), LETTER_TIME, ""}};
static const struct letter_figure overdue[] = {{"was_due", AT(TODAY - 1, 7), LETTER_TIME, ""},
                                               {"deadline", AT(TODAY - 1, 7), LETTER_TIME, ""}};
static const struct letter_figure ahead[] = {{"expected_order", TODAY + 3, LETTER_DATE, ""}};
static const struct letter_figure unmet[] = {{"expected_order", TODAY - 2, LETTER_DATE, ""},
                                             {"told", AT(TODAY - 3, 2), LETTER_TIME, ""}};

static const struct letter_point nine[] = {
    {"prepare.purpose", "", NULL, 0},  {"prepare.appointment", "周三 10:00 公司", NULL, 0},
    {"prepare.material", "", NULL, 0}, {"talk.network", "", NULL, 0},
    {"talk.market", "", NULL, 0},      {"talk.problems", "", NULL, 0},
    {"go.market", "", NULL, 0},        {"go.flow", "", NULL, 0},
    {"go.staff", "", NULL, 0},
};
static const struct letter_point news_points[] = {{"announce", "新款 5 号尼龙拉链，交期 7 天", NULL, 0},
                                                  {"unheard.of", "样品免费", NULL, 0}};
static const struct letter_point no_purpose[] = {{"purpose_missing", "", NULL, 0}};
static const struct letter_point gaps[] = {{"ask.key_person", "", NULL, 0}, {"ask.birthday", "", NULL, 0}};

enum { WITH_ABOUT = 1, WITHOUT_CUSTOMER = 2, WITH_NINE = 4, WITH_NEWS = 8, NO_PURPOSE = 16, WITH_GAPS = 32 };

// What each kind is told with beside the figures; the other roles are those of the kind's ladder.
static const struct sample {
    enum letter_kind kind;
    const char *text, *before, *after, *event_date;
    unsigned with;
    const struct letter_figure *figures;
    size_t figure_count;
    enum letter_role other;
    unsigned step;
} samples[] = {
    {.kind = LETTER_CALL, .text = "聊聊新款"},
    {.kind = LETTER_CLASS_FALL, .before = "A", .after = "B", .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_OVERDUE, .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_DROP, .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_BIRTHDAY, .text = "陈总", .event_date = "1978-05-20"},
    {.kind = LETTER_FOUNDING_DAY, .event_date = "2019-05-25"},
    {.kind = LETTER_COOPERATION_ANNIVERSARY, .event_date = "2019-05-20"},
    {.kind = LETTER_PROMISE, .text = "寄 3 号拉链的样品", .event_date = "2026-05-18", .other = LETTER_DEPUTY},
    {.kind = LETTER_SNOOZED, .text = "等他出差回来"},
    {.kind = LETTER_COVERAGE_WARNING, .with = WITHOUT_CUSTOMER, .other = LETTER_MANAGER},
    {.kind = LETTER_DECLINING, .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_RIVAL, .text = "大为拉链报价低 8%", .other = LETTER_MANAGER},
    {.kind = LETTER_RISING, .after = "important", .other = LETTER_MANAGER},
    {.kind = LETTER_RECOVERY, .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_WIN_BACK, .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_SATISFACTION_ALARM, .text = "两次发错颜色", .other = LETTER_DIRECTOR, .step = 1},
    {.kind = LETTER_SATISFACTION_FOLLOW_UP, .text = "交期太长", .after = "leaving", .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_TEMPERATURE_COOLED, .before = "hot", .after = "warm"},
    {.kind = LETTER_LEAD_FOLLOW_UP, .after = "H", .other = LETTER_MANAGER},
    {.kind = LETTER_ORDER_MISSED, .figures = unmet, .figure_count = 2, .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_STAGE_STUCK, .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_CONTRACT_END, .text = "HT-2025-17", .event_date = "2026-06-17"},
    {.kind = LETTER_FIRST_ORDER_VISIT, .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_OBJECTION, .text = "起订量太高", .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_QUOTE_NURSE, .text = "价格高"},
    {.kind = LETTER_SMALL_NURSE},
    {.kind = LETTER_ANNOUNCEMENT,
     .text = "5 号尼龙拉链上新",
     .event_date = "2026-05-31",
     .with = WITH_ABOUT | WITHOUT_CUSTOMER | WITH_NEWS},
    {.kind = LETTER_COMPANY_EVENT,
     .text = "客户答谢会",
     .event_date = "2026-05-28",
     .with = WITH_ABOUT | WITHOUT_CUSTOMER},
    {.kind = LETTER_EXPECTED_NEED, .text = "3 号拉链 2 万条", .figures = ahead, .figure_count = 1},
    {.kind = LETTER_NO_FOLLOW_UP, .other = LETTER_DIRECTOR, .step = 2},
    {.kind = LETTER_NEXT_DATE_MISSING, .with = WITH_ABOUT | WITHOUT_CUSTOMER, .other = LETTER_MANAGER},
    {.kind = LETTER_CONTACT_MISSING, .with = WITH_ABOUT | WITHOUT_CUSTOMER, .other = LETTER_MANAGER},
    {.kind = LETTER_EVENING_PREVIEW, .with = WITHOUT_CUSTOMER},
    {.kind = LETTER_FILE_DEADLINE,
     .event_date = "2026-05-25",
     .with = WITH_ABOUT | WITHOUT_CUSTOMER | WITH_GAPS,
     .other = LETTER_MANAGER},
    {.kind = LETTER_GREETING,
     .text = "端午节",
     .after = "Dragon Boat Festival",
     .event_date = "2026-06-19",
     .with = WITH_ABOUT | WITHOUT_CUSTOMER},
    {.kind = LETTER_GIFT_BUDGET, .other = LETTER_MANAGER},
    {.kind = LETTER_VISIT_APPROVAL,
     .text = "杭州",
     .with = WITHOUT_CUSTOMER | NO_PURPOSE,
     .other = LETTER_APPROVER,
     .step = 1},
    {.kind = LETTER_VISIT_UNAPPROVED, .text = "杭州", .with = WITHOUT_CUSTOMER, .other = LETTER_MANAGER},
    {.kind = LETTER_VISIT_ANNOUNCE, .text = "杭州", .with = WITH_ABOUT | WITHOUT_CUSTOMER},
    {.kind = LETTER_VISIT_ARRIVAL, .text = "杭州", .before = "西湖宾馆 302", .with = WITH_ABOUT | WITHOUT_CUSTOMER},
    {.kind = LETTER_VISIT_CHECKLIST, .text = "杭州", .after = "谈年度合同", .with = WITH_NINE},
    {.kind = LETTER_VISIT_CHECK_IN, .text = "杭州", .with = WITHOUT_CUSTOMER, .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_VISIT_REPORT, .text = "杭州", .with = WITHOUT_CUSTOMER, .other = LETTER_DIRECTOR, .step = 2},
    {.kind = LETTER_POLICY_EXCEPTION, .text = "账期延到 90 天", .other = LETTER_APPROVER},
    {.kind = LETTER_SELF_REVIEW, .text = "周五前报价"},
    {.kind = LETTER_PROMISE_BROKEN, .text = "5 月 10 日交货", .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_PROMISE_SHORT, .text = "周四寄样", .event_date = "2026-05-21"},
    {.kind = LETTER_REPLY_DUE, .text = "询价 5 号拉链", .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_TELL_DELIVERY,
     .text = "PO-2026-118",
     .event_date = "2026-05-30",
     .figures = was,
     .figure_count = 2,
     .other = LETTER_MANAGER,
     .step = 1},
    {.kind = LETTER_CONFIRM_IN_WRITING, .text = "单价 0.42 元，月底付款", .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_ORDER_ERROR, .text = "颜色发错", .before = "PO-2026-118", .other = LETTER_MANAGER},
    {.kind = LETTER_COMPLAINT_ACKNOWLEDGE, .text = "拉头掉漆", .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_COMPLAINT_ACT, .text = "拉头掉漆", .other = LETTER_DIRECTOR, .step = 2},
    {.kind = LETTER_COMPLAINT_CAUSE, .text = "拉头掉漆", .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_COMPLAINT_AGAIN, .text = "拉头掉漆", .other = LETTER_MANAGER},
    {.kind = LETTER_SURVEY_DUE, .after = "delivery"},
    {.kind = LETTER_BLACK_REVIEW, .text = "拖欠货款", .event_date = "2026-05-25", .other = LETTER_APPROVER},
    {.kind = LETTER_COMMISSION_DUE, .with = WITH_ABOUT, .other = LETTER_MANAGER, .step = 1},
    {.kind = LETTER_OWNERSHIP_DISPUTE, .text = "赵敏", .other = LETTER_MANAGER},
    {.kind = LETTER_REASSIGNED, .before = "赵敏", .after = "王芳", .other = LETTER_MANAGER},
    {.kind = LETTER_EFFORT, .with = WITHOUT_CUSTOMER, .other = LETTER_MANAGER},
};
enum { SAMPLES = sizeof samples / sizeof samples[0] };

_Static_assert((int)SAMPLES + 1 == (int)LETTER_KINDS, "a sample of each kind");

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static struct letter_item person(const char *id, const char *name, const char *contact, const char *phone)
{
    struct letter_item about = facts_nothing();
    about.customer_id = id;
    about.customer = name;
    about.abc = 'A';
    about.contact = contact;
    about.phone = phone;
    return about;
}

static struct letter_item item_of(const struct sample *sample, enum language language)
{
    static struct letter_item abouts[3];
    bool zh = language == LANGUAGE_ZH;
    struct letter_item item = zh ? person("C1", "宁波远航", "李总", "13800000000")
                                 : person("C1", "ACME Trading", "Ms Lee", "+44 20 7946 0000");
    abouts[0] = zh ? person("C2", "义乌百利", "陈总", "13900000000") : person("C2", "Müller GmbH", "Herr Voss", "");
    abouts[1] = zh ? person("C3", "海宁皮革城", "", "13700000000") : person("C3", "Bright Bags", "", "+1 212 555 0100");
    abouts[2] = person("C4", zh ? "张三贸易" : "Zhang Trading", "", "");
    for (size_t i = 0; i < 3 && (sample->with & WITH_GAPS) != 0; i++) {
        abouts[i].points = gaps;
        abouts[i].point_count = i < 2 ? 2 : 0;
    }
    item.reminder_id = "r";
    item.kind = sample->kind;
    item.text = or_empty(sample->text);
    item.before = or_empty(sample->before);
    item.after = or_empty(sample->after);
    item.event_date = or_empty(sample->event_date);
    item.local_date = "2026-05-18";
    item.figures = sample->figures != NULL ? sample->figures : everything;
    item.figure_count = sample->figures != NULL ? sample->figure_count : EVERYTHING;
    item.priority = 1;
    item.role = LETTER_OWNER;
    if ((sample->with & WITHOUT_CUSTOMER) != 0) {
        item.customer_id = item.customer = item.contact = "";
        item.phone = sample->kind == LETTER_VISIT_ARRIVAL ? item.phone : "";
        item.abc = 0;
    }
    item.about = abouts;
    item.about_count = (sample->with & WITH_ABOUT) == 0 ? 0 : sample->kind == LETTER_COMMISSION_DUE ? 1 : 3;
    item.points = (sample->with & WITH_NINE) != 0 ? nine : (sample->with & WITH_NEWS) != 0 ? news_points : no_purpose;
    item.point_count = (sample->with & WITH_NINE) != 0    ? 9
                       : (sample->with & WITH_NEWS) != 0  ? 2
                       : (sample->with & NO_PURPOSE) != 0 ? 1
                                                          : 0;
    return item;
}

static struct letter_item told_to(struct letter_item item, enum language language, enum letter_role role, unsigned step)
{
    item.role = role;
    item.step = step;
    item.for_rep = language == LANGUAGE_ZH ? "李雷" : "Lei Li";
    return item;
}

static const struct letter_fit wide = {DISARM_CHAT, 18000, cost_bytes, "", 20, 0};

static const char *compose(const struct letter_item *item, enum language language)
{
    struct letter letter = {.language = language,
                            .rep = language == LANGUAGE_ZH ? "王芳" : "Fang Wang",
                            .id = "a1b2c3",
                            .link = "",
                            .today = TODAY,
                            .items = item,
                            .item_count = 1};
    letter_compose(&letter, &wide, buffer);
    return buffer;
}

// --- checks
// ------------------------------------------------------------------------------------------------------------

// The slips that filled-in phrases make.
static void assert_sounds_right(const char *text)
{
    static const char *const slips[] = {"{",    "}",    "。。", "，，", "。，", "：：", "  ",     " 。",   " ，",
                                        " .",   " ,",   "..",   ": :",  "（）", "()",   "天前前", "今天 ", "（（",
                                        "））", "NULL", "“”",   "?.",   "？。", "….",   "…。"};
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
        const char *at = strstr(text, slips[i]);
        // Clock times follow a day, and points are set in by blanks.
        if (at != NULL && strcmp(slips[i], "今天 ") == 0 && at[strlen(slips[i])] >= '0' && at[strlen(slips[i])] <= '9')
            continue;
        if (at != NULL)
            fail_msg("\"%s\" in:\n%s", slips[i], text);
    }
}

static void check(const struct letter_item *item, enum language language)
{
    const char *text = compose(item, language);
    assert_sounds_right(text);
    if (strstr(text, "→ ") == NULL)
        fail_msg("nothing to do in:\n%s", text);
    size_t most = item->point_count > 0 || item->about_count > 0 ? PHONE_MOST : BARE_MOST;
    most = language == LANGUAGE_EN ? 2 * most : most; // a Chinese character says about as much as two letters and more
    if (cost_characters(text, strlen(text)) > most)
        fail_msg("%zu characters:\n%s", cost_characters(text, strlen(text)), text);
    const struct letter_item *named = item->customer[0] != '\0' ? item : item->about_count > 0 ? item->about : NULL;
    if (named != NULL && strstr(text, named->customer) == NULL)
        fail_msg("nobody is named in:\n%s", text);
    if (named == NULL && item->text[0] != '\0' && strstr(text, item->text) == NULL)
        fail_msg("no place is named in:\n%s", text);
    if (item->for_rep[0] != '\0' && strstr(text, item->for_rep) == NULL)
        fail_msg("it is not said whose duty it is:\n%s", text);
}

static void test_every_kind_says_who_why_and_what(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        assert_int_equal(samples[i].kind, i + 1);
        for (int language = 0; language < LANGUAGES; language++) {
            struct letter_item item = item_of(&samples[i], (enum language)language);
            check(&item, (enum language)language);
            for (int role = LETTER_MANAGER; role < LETTER_ROLES; role++)
                for (unsigned step = 0; step < 3; step++) {
                    struct letter_item other = told_to(item, (enum language)language, (enum letter_role)role, step);
                    check(&other, (enum language)language);
                }
        }
    }
}

// The words that a kind has of its own, not those for what is not known.
static bool has_row(const struct phrases *table, unsigned use)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->rows[i].use == use && table->rows[i].text[LANGUAGE_ZH] != NULL &&
            table->rows[i].text[LANGUAGE_EN] != NULL)
            return true;
    return false;
}

static void test_every_use_has_a_row(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < LETTER_KINDS; kind++)
        assert_true(has_row(&phrase_heads, kind) && has_row(&phrase_actions, kind));
    for (unsigned reason = 0; reason < LETTER_REASONS; reason++)
        assert_true(has_row(&phrase_reasons, reason));
    for (unsigned title = 0; title < PHRASE_TITLES; title++)
        assert_true(has_row(&phrase_titles, title));
    for (unsigned prefix = 0; prefix < PHRASE_PREFIXES; prefix++)
        assert_true(has_row(&phrase_prefixes, prefix));
    for (unsigned piece = 0; piece < PHRASE_PIECES; piece++)
        assert_true(has_row(&phrase_pieces, piece));
}

// Each row of a table can be said when all that it wants is known: no place is misspelt.
static void test_every_place_can_be_filled(void **state)
{
    (void)state;
    static const struct phrases *const tables[] = {&phrase_heads,       &phrase_others,  &phrase_lates,
                                                   &phrase_details,     &phrase_actions, &phrase_orders,
                                                   &phrase_late_actions};
    static struct letter_figure all[EVERYTHING + 3];
    memcpy(all, everything, sizeof everything);
    memcpy(all + EVERYTHING, was, sizeof *was);
    all[EVERYTHING + 2] = overdue[0];
    struct letter letter = {
        .language = LANGUAGE_EN, .rep = "R", .id = "1", .link = "", .today = TODAY, .now_ms = AT(TODAY, 9)};
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (size_t i = 0; i < tables[t]->count; i++) {
            const struct phrase *row = &tables[t]->rows[i];
            struct letter_item item = person("C1", "ACME", "Ms Lee", "1");
            struct letter_item about = item;
            bool over = strstr(row->text[LANGUAGE_EN], "around {unmet}") != NULL;
            all[EVERYTHING + 1] = over ? unmet[0] : ahead[0];
            item.kind = (enum letter_kind)row->use;
            item.text = item.after = item.for_rep = "X";
            if (strstr(row->text[LANGUAGE_EN], "{granted}") != NULL)
                item.after = "approved";
            if (strstr(row->text[LANGUAGE_EN], "{happy}") != NULL)
                item.after = "content";
            if (strstr(row->text[LANGUAGE_EN], "{denied}") != NULL)
                item.after = "refused";
            bool delayed = strstr(row->text[LANGUAGE_EN], "{delayed}") != NULL;
            item.before = delayed ? "delayed" : "A"; // a class, so that there is a threshold
            item.event_date = "2020-05-20";
            item.figures = all;
            item.figure_count = EVERYTHING + 3;
            item.about = &about;
            item.about_count = 1;
            struct facts facts = {.letter = &letter, .style = DISARM_PLAIN, .item = &item};
            struct phrases one = {row, 1};
            char text[PHRASE_BYTES];
            if (!facts_say(&facts, &one, row->use, text))
                fail_msg("a place of this is never filled: %s", row->text[LANGUAGE_EN]);
        }
    }
}

// Whoever is told again what was theirs to do reads that it is late now, and not the warning once more.
static void test_late_is_not_said_as_the_warning(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        for (int language = 0; language < LANGUAGES; language++) {
            struct letter_item item = item_of(&samples[i], (enum language)language);
            char warning[LETTER_BYTES];
            for (int role = LETTER_OWNER; role <= LETTER_REP; role++) {
                item.role = (enum letter_role)role;
                item.step = 0;
                strcpy(warning, compose(&item, (enum language)language));
                item.step = 1;
                check(&item, (enum language)language);
                assert_string_not_equal(buffer, warning);
            }
        }
    }
    static const struct {
        struct sample sample;
        enum letter_role role;
        const char *said[LANGUAGES][2];
    } rows[] = {
        {{.kind = LETTER_REPLY_DUE, .text = "询价"},
         LETTER_OWNER,
         {{"已经超时没回（", "→ 马上回复；"}, {"Your reply to ACME Trading (class A), who wrote ", "→ Reply now;"}}},
        {{.kind = LETTER_VISIT_REPORT, .text = "杭州", .with = WITHOUT_CUSTOMER},
         LETTER_REP,
         {{"报告已经晚了，", "→ 今天交："}, {" is late now: it was due ", "→ Hand it in today:"}}},
        {{.kind = LETTER_COMMISSION_DUE, .with = WITH_ABOUT},
         LETTER_OWNER,
         {{"介绍费 ¥5,000 已经过期没付", "→ 今天安排付款"},
          {"The commission of ¥5,000 for ", "→ See that it is paid today"}}},
        {{.kind = LETTER_STAGE_STUCK}, LETTER_OWNER, {{"已经晚了：宁波远航", "→ "}, {"Late now: ACME", "→ "}}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int language = 0; language < LANGUAGES; language++) {
            struct letter_item item = item_of(&rows[i].sample, (enum language)language);
            item.role = rows[i].role;
            item.step = 1;
            compose(&item, (enum language)language);
            for (size_t j = 0; j < 2; j++)
                if (strstr(buffer, rows[i].said[language][j]) == NULL)
                    fail_msg("\"%s\" is not in:\n%s", rows[i].said[language][j], buffer);
        }
    }
}

// Nobody is asked to do something by a moment that has passed.
static void test_what_is_told_too_late_was_due(void **state)
{
    (void)state;
    static const struct {
        enum letter_kind kind;
        enum letter_role role;
    } rows[] = {{LETTER_POLICY_EXCEPTION, LETTER_APPROVER},   {LETTER_REPLY_DUE, LETTER_OWNER},
                {LETTER_TELL_DELIVERY, LETTER_DEPUTY},        {LETTER_CONFIRM_IN_WRITING, LETTER_REP},
                {LETTER_COMPLAINT_ACKNOWLEDGE, LETTER_OWNER}, {LETTER_COMPLAINT_ACT, LETTER_OWNER}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sample sample = {.kind = rows[i].kind, .text = "X"};
        struct letter_item item = told_to(item_of(&sample, LANGUAGE_EN), LANGUAGE_EN, rows[i].role, 0);
        item.figures = overdue;
        item.figure_count = sizeof overdue / sizeof overdue[0];
        assert_non_null(strstr(compose(&item, LANGUAGE_EN), "It was due "));
        assert_non_null(strstr(compose(&item, LANGUAGE_ZH), "就该"));
        item.figures++;
        item.figure_count--;
        assert_null(strstr(compose(&item, LANGUAGE_EN), "It was due "));
    }
}

static void test_a_promise_that_is_not_kept_is_late(void **state)
{
    (void)state;
    static const struct sample review = {.kind = LETTER_SELF_REVIEW, .text = "周五前报价"};
    for (int role = LETTER_REP; role <= LETTER_MANAGER; role++) {
        struct letter_item item = told_to(item_of(&review, LANGUAGE_EN), LANGUAGE_EN, (enum letter_role)role, 0);
        assert_non_null(strstr(compose(&item, LANGUAGE_EN), " 3 hours late: 周五前报价."));
        item.figure_count = 0;
        assert_non_null(strstr(compose(&item, LANGUAGE_EN), " is late: 周五前报价."));
        assert_null(strstr(buffer, "kept"));
        assert_non_null(strstr(compose(&item, LANGUAGE_ZH), "已经晚了：周五前报价。"));
    }
}

static void test_broken_promises_are_said(void **state)
{
    (void)state;
    static const enum letter_kind kinds[] = {LETTER_PROMISE,  LETTER_PROMISE_SHORT,
                                             LETTER_RECOVERY, LETTER_SATISFACTION_ALARM,
                                             LETTER_WIN_BACK, LETTER_SATISFACTION_FOLLOW_UP};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct sample sample = {.kind = kinds[i], .text = "寄样"};
        struct letter_item item = item_of(&sample, LANGUAGE_ZH);
        assert_non_null(strstr(compose(&item, LANGUAGE_ZH), "2 次。"));
        assert_non_null(strstr(compose(&item, LANGUAGE_EN), " 2 broken promises to them "));
        struct letter_figure one = {"broken_promises", 1, LETTER_COUNT, ""};
        item.figures = &one;
        item.figure_count = 1;
        assert_non_null(strstr(compose(&item, LANGUAGE_EN), " 1 broken promise to them "));
        item.figure_count = 0;
        assert_null(strstr(compose(&item, LANGUAGE_ZH), "失信"));
    }
}

static void test_a_decision_is_told(void **state)
{
    (void)state;
    static const struct sample asked = {.kind = LETTER_POLICY_EXCEPTION, .text = "账期延到 90 天", .before = "asked"};
    static const char *const words[][3] = {
        {"approved", "申请的破例已批准：", "→ 已批准的事可以答复客户了。"},
        {"refused", "申请的破例没有批准：", "→ 没有批准的事不要答应客户；"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct letter_item item = item_of(&asked, LANGUAGE_ZH);
        item.role = LETTER_REP;
        item.after = words[i][0];
        assert_non_null(strstr(compose(&item, LANGUAGE_ZH), words[i][1]));
        assert_non_null(strstr(buffer, words[i][2]));
        check(&item, LANGUAGE_EN);
        assert_non_null(strstr(buffer, words[i][0]));
    }
}

static void print_all(void)
{
    for (size_t i = 0; i < SAMPLES; i++) {
        for (int language = 0; language < LANGUAGES; language++) {
            struct letter_item item = item_of(&samples[i], (enum language)language);
            printf("--- %d %s\n%s\n", samples[i].kind, language == LANGUAGE_ZH ? "zh" : "en",
                   compose(&item, (enum language)language));
            struct letter_item late = item;
            late.step = 1;
            if (has_row(&phrase_lates, samples[i].kind))
                printf("--- %d %s, late\n%s\n", samples[i].kind, language == LANGUAGE_ZH ? "zh" : "en",
                       compose(&late, (enum language)language));
            if (samples[i].other == LETTER_ROLE_NONE)
                continue;
            item = told_to(item, (enum language)language, samples[i].other, samples[i].step);
            printf("--- %d %s, role %d step %u\n%s\n", samples[i].kind, language == LANGUAGE_ZH ? "zh" : "en",
                   item.role, item.step, compose(&item, (enum language)language));
        }
    }
}

static void print_bare(void)
{
    for (int kind = LETTER_KIND_NONE; kind < LETTER_KINDS; kind++)
        for (int language = 0; language < LANGUAGES; language++)
            for (int role = LETTER_OWNER; role <= LETTER_MANAGER; role += LETTER_MANAGER - LETTER_OWNER) {
                struct letter_item item = facts_nothing();
                item.kind = (enum letter_kind)kind;
                item.customer_id = "C1";
                item = told_to(item, (enum language)language, (enum letter_role)role, 1);
                item.for_rep = role == LETTER_MANAGER ? item.for_rep : "";
                printf("--- %d\n%s\n", kind, compose(&item, (enum language)language));
            }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_says_who_why_and_what),   cmocka_unit_test(test_every_use_has_a_row),
        cmocka_unit_test(test_every_place_can_be_filled),          cmocka_unit_test(test_a_decision_is_told),
        cmocka_unit_test(test_late_is_not_said_as_the_warning),    cmocka_unit_test(test_what_is_told_too_late_was_due),
        cmocka_unit_test(test_a_promise_that_is_not_kept_is_late), cmocka_unit_test(test_broken_promises_are_said),
    };
    if (argc > 1 && strcmp(argv[1], "print") == 0) {
        print_all();
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "bare") == 0) {
        print_bare();
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
