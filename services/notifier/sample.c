#include "services/notifier/sample.h"

#include "common/calendar.h"
#include "common/must.h"
#include "services/notifier/facts.h"
#include "services/notifier/route.h"

#include <stdio.h>
#include <string.h>

enum { ABOUTS = 3, DATE_BYTES = 32, DAY_HOURS = 24, SAMPLE_HOUR = 15 };

#define HOUR_MS (INT64_C(3600) * 1000)

// --- figures
// ----------------------------------------------------------------------------------------------------------

// A figure; of a day or a moment the value is how many days from today, and the hour.
struct figure_plan {
    const char *name;
    int64_t value;
    enum letter_unit unit;
    int hour;
};

// All that the kinds speak of: each takes its own.
static const struct figure_plan figures[] = {
    {"net_sales", 82300000000, LETTER_MONEY, 0},
    {"threshold_a", 90100000000, LETTER_MONEY, 0},
    {"window", 365000, LETTER_DAYS, 0},
    {"last_order", -63, LETTER_TIME, 9},
    {"last_order_amount", 12800000000, LETTER_MONEY, 0},
    {"days_since_order", 63000, LETTER_DAYS, 0},
    {"usual_gap", 45000, LETTER_DAYS, 0}, // under the silence, which is what `drop` speaks of
    {"mean_gap", 30200, LETTER_DAYS, 0},
    {"last_contact", -21, LETTER_TIME, 10},
    {"missing", 40, LETTER_COUNT, 0},
    {"capacity", 60, LETTER_COUNT, 0},
    {"working_days_left", 10, LETTER_COUNT, 0},
    {"last_window", 8000000000, LETTER_MONEY, 0},
    {"window_before", 21000000000, LETTER_MONEY, 0},
    {"newest_sign", -4, LETTER_DATE, 0},
    {"days", 15000, LETTER_DAYS, 0},
    {"stage", 4, LETTER_COUNT, 0},
    {"lost", -90, LETTER_DATE, 0},
    {"expected_amount", 30000000000, LETTER_MONEY, 0},
    {"calls", 58, LETTER_COUNT, 0},
    {"complete", 620000, LETTER_PPM, 0},
    {"target", 900000, LETTER_PPM, 0},
    {"spent", 1200000000, LETTER_MONEY, 0},
    {"budget", 1000000000, LETTER_MONEY, 0},
    {"left", 300000000, LETTER_MONEY, 0},
    {"from", 2, LETTER_DATE, 0},
    {"to", 4, LETTER_DATE, 0},
    {"deadline", 0, LETTER_TIME, 18},
    {"received", -1, LETTER_TIME, 16},
    {"amount", 5000000000, LETTER_MONEY, 0},
    {"limit", 2000000000, LETTER_MONEY, 0},
    {"late_minutes", 190, LETTER_COUNT, 0},
    {"times", 2, LETTER_COUNT, 0},
    {"lead", 3000, LETTER_DAYS, 0},
    {"usual_lead", 7000, LETTER_DAYS, 0},
    {"open", 3, LETTER_COUNT, 0},
    {"key_share", 310000, LETTER_PPM, 0},
    {"waiting", 3, LETTER_COUNT, 0},
    {"appointment", 0, LETTER_TIME, 15},
};
static const struct figure_plan promised[] = {{"promise_due", 0, LETTER_TIME, 18}};
static const struct figure_plan unmet[] = {{"expected_order", -2, LETTER_DATE, 0}};
static const struct figure_plan ahead[] = {{"expected_order", 3, LETTER_DATE, 0}};
static const struct figure_plan moved[] = {{"was", 5, LETTER_DATE, 0}, {"deadline", 0, LETTER_TIME, 18}};

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static const struct letter_figure *make_figures(struct arena *arena, const struct figure_plan *plans, size_t count,
                                                int32_t today, const char *currency)
{
    struct letter_figure *made = arena_zero(arena, count, sizeof *made);
    for (size_t i = 0; i < count; i++) {
        const struct figure_plan *plan = &plans[i];
        int64_t day = today + plan->value;
        bool date = plan->unit == LETTER_DATE, time = plan->unit == LETTER_TIME;
        made[i] = (struct letter_figure){.name = plan->name, .unit = plan->unit, .currency = ""};
        made[i].value = date ? day : time ? (day * DAY_HOURS + plan->hour) * HOUR_MS : plan->value;
        if (plan->unit == LETTER_MONEY)
            made[i].currency = currency;
    }
    return made;
}

// --- kinds
// ------------------------------------------------------------------------------------------------------------

enum {
    WITH_ABOUT = 1, // several customers
    WITHOUT_CUSTOMER = 2,
    WITH_VISIT = 4, // points of a visit
    WITH_NEWS = 8,
    WITH_GAPS = 16, // each of the several lacks something in its file
    DECIDES = 32,   // somebody is asked for a yes or a no
};

#define BOTH(text) \
    {              \
        text, text \
    }

// What each kind is told with beside the figures. A date is `day` days from today and, when it comes back every year,
// `years` years ago.
struct plan {
    enum letter_kind kind;
    const char *text[LANGUAGES], *before[LANGUAGES], *after[LANGUAGES];
    int day, years;
    unsigned with;
    const struct figure_plan *figures;
    size_t figure_count;
};

static const struct plan plans[] = {
    {.kind = LETTER_KIND_NONE, .text = {"请看一下这位客户", "please look after this customer"}},
    {.kind = LETTER_CALL, .text = {"聊聊新款", "talk about the new models"}},
    {.kind = LETTER_CLASS_FALL, .before = BOTH("A"), .after = BOTH("B")},
    {.kind = LETTER_OVERDUE},
    {.kind = LETTER_DROP},
    {.kind = LETTER_BIRTHDAY, .text = {"陈总", "Ms Chen"}, .day = 2, .years = 48},
    {.kind = LETTER_FOUNDING_DAY, .day = 7, .years = 7},
    {.kind = LETTER_COOPERATION_ANNIVERSARY, .day = 2, .years = 5},
    {.kind = LETTER_PROMISE,
     .text = {"寄 3 号拉链的样品", "send samples of zipper no. 3"},
     .figures = promised,
     .figure_count = COUNT(promised)},
    {.kind = LETTER_SNOOZED, .text = {"等他出差回来", "when he is back from his trip"}},
    {.kind = LETTER_COVERAGE_WARNING, .with = WITHOUT_CUSTOMER},
    {.kind = LETTER_DECLINING},
    {.kind = LETTER_RIVAL, .text = {"别家报价低 8%", "another offer is 8% lower"}},
    {.kind = LETTER_RISING, .after = BOTH("important")},
    {.kind = LETTER_RECOVERY},
    {.kind = LETTER_WIN_BACK},
    {.kind = LETTER_SATISFACTION_ALARM, .text = {"两次发错颜色", "the wrong colour came twice"}},
    {.kind = LETTER_SATISFACTION_FOLLOW_UP, .text = {"交期太长", "delivery takes too long"}, .after = BOTH("leaving")},
    {.kind = LETTER_TEMPERATURE_COOLED, .before = BOTH("hot"), .after = BOTH("warm")},
    {.kind = LETTER_LEAD_FOLLOW_UP, .after = BOTH("H")},
    {.kind = LETTER_ORDER_MISSED, .figures = unmet, .figure_count = COUNT(unmet)},
    {.kind = LETTER_STAGE_STUCK},
    {.kind = LETTER_CONTRACT_END, .text = BOTH("HT-2025-17"), .day = 30},
    {.kind = LETTER_FIRST_ORDER_VISIT},
    {.kind = LETTER_OBJECTION, .text = {"起订量太高", "the minimum quantity is too high"}},
    {.kind = LETTER_QUOTE_NURSE, .text = {"价格高", "the price"}},
    {.kind = LETTER_SMALL_NURSE},
    {.kind = LETTER_ANNOUNCEMENT,
     .text = {"5 号尼龙拉链上新", "a new nylon zipper no. 5"},
     .day = 14,
     .with = WITH_ABOUT | WITHOUT_CUSTOMER | WITH_NEWS},
    {.kind = LETTER_COMPANY_EVENT,
     .text = {"客户答谢会", "Customer day"},
     .day = 10,
     .with = WITH_ABOUT | WITHOUT_CUSTOMER},
    {.kind = LETTER_EXPECTED_NEED,
     .text = {"3 号拉链 2 万条", "20,000 of zipper no. 3"},
     .figures = ahead,
     .figure_count = COUNT(ahead)},
    {.kind = LETTER_NO_FOLLOW_UP},
    {.kind = LETTER_NEXT_DATE_MISSING, .with = WITH_ABOUT | WITHOUT_CUSTOMER},
    {.kind = LETTER_CONTACT_MISSING, .with = WITH_ABOUT | WITHOUT_CUSTOMER},
    {.kind = LETTER_EVENING_PREVIEW, .with = WITHOUT_CUSTOMER},
    {.kind = LETTER_FILE_DEADLINE, .day = 7, .with = WITH_ABOUT | WITHOUT_CUSTOMER | WITH_GAPS},
    {.kind = LETTER_GREETING,
     .text = BOTH("端午节"),
     .after = BOTH("Dragon Boat Festival"),
     .day = 2,
     .with = WITH_ABOUT | WITHOUT_CUSTOMER},
    {.kind = LETTER_GIFT_BUDGET},
    {.kind = LETTER_VISIT_APPROVAL,
     .text = {"杭州", "Hangzhou"},
     .after = {"谈年度合同", "the contract for the year"},
     .with = WITHOUT_CUSTOMER | DECIDES},
    {.kind = LETTER_VISIT_UNAPPROVED, .text = {"杭州", "Hangzhou"}, .with = WITHOUT_CUSTOMER},
    {.kind = LETTER_VISIT_ANNOUNCE, .text = {"杭州", "Hangzhou"}, .with = WITH_ABOUT | WITHOUT_CUSTOMER},
    {.kind = LETTER_VISIT_ARRIVAL,
     .text = {"杭州", "Hangzhou"},
     .before = {"西湖宾馆 302", "West Lake Hotel, room 302"},
     .with = WITH_ABOUT | WITHOUT_CUSTOMER},
    {.kind = LETTER_VISIT_CHECKLIST,
     .text = {"杭州", "Hangzhou"},
     .after = {"谈年度合同", "the contract for the year"},
     .with = WITH_VISIT},
    {.kind = LETTER_VISIT_CHECK_IN, .text = {"杭州", "Hangzhou"}, .with = WITHOUT_CUSTOMER},
    {.kind = LETTER_VISIT_REPORT, .text = {"杭州", "Hangzhou"}, .with = WITHOUT_CUSTOMER},
    {.kind = LETTER_POLICY_EXCEPTION, .text = {"账期延到 90 天", "90 days to pay"}, .after = BOTH("approved")},
    {.kind = LETTER_SELF_REVIEW, .text = {"周五前报价", "a quote by Friday"}},
    {.kind = LETTER_PROMISE_BROKEN, .text = {"按期交货", "delivery on time"}},
    {.kind = LETTER_PROMISE_SHORT, .text = {"周四寄样", "samples by Thursday"}, .day = 3},
    {.kind = LETTER_REPLY_DUE, .text = {"询价 5 号拉链", "a quote for zipper no. 5"}},
    {.kind = LETTER_TELL_DELIVERY,
     .text = BOTH("PO-2026-118"),
     .day = 12,
     .figures = moved,
     .figure_count = COUNT(moved)},
    {.kind = LETTER_CONFIRM_IN_WRITING, .text = {"单价 0.42 元，月底付款", "0.42 each, paid by the end of the month"}},
    {.kind = LETTER_ORDER_ERROR, .text = {"颜色发错", "the colour is wrong"}, .before = BOTH("PO-2026-118")},
    {.kind = LETTER_COMPLAINT_ACKNOWLEDGE, .text = {"拉头掉漆", "the paint comes off"}},
    {.kind = LETTER_COMPLAINT_ACT, .text = {"拉头掉漆", "the paint comes off"}},
    {.kind = LETTER_COMPLAINT_CAUSE, .text = {"拉头掉漆", "the paint comes off"}},
    {.kind = LETTER_COMPLAINT_AGAIN, .text = {"拉头掉漆", "the paint comes off"}},
    {.kind = LETTER_SURVEY_DUE, .after = BOTH("delivery")},
    {.kind = LETTER_BLACK_REVIEW, .text = {"在行业协会说得上话", "they are heard in the trade association"}, .day = 7},
    {.kind = LETTER_COMMISSION_DUE, .with = WITH_ABOUT},
    {.kind = LETTER_OWNERSHIP_DISPUTE, .text = {"赵敏", "Min Zhao"}},
    {.kind = LETTER_REASSIGNED, .before = {"赵敏", "Min Zhao"}, .after = {"王芳", "Fang Wang"}, .with = WITH_ABOUT},
    {.kind = LETTER_EFFORT, .with = WITHOUT_CUSTOMER},
};

_Static_assert(COUNT(plans) == (size_t)LETTER_KINDS, "a sample of each kind");

enum { VISIT_POINTS = 6 };

static const struct letter_point visit_points[LANGUAGES][VISIT_POINTS] = {
    {{"prepare.purpose", "谈年度合同", NULL, 0},
     {"prepare.material", "", NULL, 0},
     {"talk.market", "", NULL, 0},
     {"talk.problems", "", NULL, 0},
     {"go.market", "", NULL, 0},
     {"go.staff", "", NULL, 0}},
    {{"prepare.purpose", "the contract for the year", NULL, 0},
     {"prepare.material", "", NULL, 0},
     {"talk.market", "", NULL, 0},
     {"talk.problems", "", NULL, 0},
     {"go.market", "", NULL, 0},
     {"go.staff", "", NULL, 0}},
};
static const struct letter_point news_points[LANGUAGES][1] = {
    {{"announce", "交期 7 天，样品免费", NULL, 0}},
    {{"announce", "delivered in 7 days, samples are free", NULL, 0}},
};
static const struct letter_point gaps[] = {{"ask.key_person", "", NULL, 0}, {"ask.birthday", "", NULL, 0}};

// --- the letter
// -------------------------------------------------------------------------------------------------------

struct sampler {
    struct arena *arena;
    enum language language;
    int32_t today;
    const struct sample_about *about;
};

static const char *or_else(const char *text, const char *other)
{
    return text != NULL && text[0] != '\0' ? text : other;
}

static struct letter_item person(const char *id, const char *name, const char *contact, const char *phone)
{
    struct letter_item item = facts_nothing();
    item.customer_id = id;
    item.customer = name;
    item.abc = 'A';
    item.contact = contact;
    item.phone = phone;
    return item;
}

static struct letter_item customer(const struct sampler *sampler)
{
    const struct sample_about *about = sampler->about;
    bool zh = sampler->language == LANGUAGE_ZH;
    bool real = about->customer != NULL && about->customer[0] != '\0'; // then no contact is invented for it
    const char *contact = real ? "" : zh ? "李总" : "Ms Lee";
    const char *phone = real ? "" : zh ? "13800000000" : "+44 20 7946 0000";
    struct letter_item item =
        person(or_else(about->customer_id, "C1"), or_else(about->customer, zh ? "宁波远航" : "ACME Trading"),
               or_else(about->contact, contact), or_else(about->phone, phone));
    item.abc = about->abc != 0 ? about->abc : real ? '\0' : 'A';
    return item;
}

// The customer and others beside it.
static struct letter_item *several(const struct sampler *sampler, bool lacking)
{
    bool zh = sampler->language == LANGUAGE_ZH;
    struct letter_item *items = arena_zero(sampler->arena, ABOUTS, sizeof *items);
    items[0] = customer(sampler);
    items[1] = zh ? person("C2", "义乌百利", "陈总", "13900000000") : person("C2", "Bright Bags", "Mr Voss", "");
    items[2] =
        zh ? person("C3", "海宁皮革城", "", "13700000000") : person("C3", "Miller & Sons", "", "+1 212 555 0100");
    for (size_t i = 0; i < ABOUTS && lacking; i++) {
        items[i].points = gaps;
        items[i].point_count = COUNT(gaps);
    }
    return items;
}

static const char *date(const struct sampler *sampler, const struct plan *plan)
{
    if (plan->day == 0)
        return "";
    struct date date = day_date(sampler->today + plan->day);
    bool leap = plan->years > 0 && date.month == 2 && date.day == 29;
    char *text = arena_take(sampler->arena, DATE_BYTES);
    snprintf(text, DATE_BYTES, "%04d-%02d-%02d", (int)date.year - plan->years, (int)date.month,
             leap ? 28 : (int)date.day);
    return text;
}

static void add_points(const struct sampler *sampler, const struct plan *plan, struct letter_item *item)
{
    if ((plan->with & WITH_VISIT) != 0) {
        item->points = visit_points[sampler->language];
        item->point_count = VISIT_POINTS;
    } else if ((plan->with & WITH_NEWS) != 0) {
        item->points = news_points[sampler->language];
        item->point_count = 1;
    }
}

static struct letter_item make_item(const struct sampler *sampler, const struct plan *plan)
{
    enum language language = sampler->language;
    struct letter_item item = customer(sampler);
    const struct figure_plan *told = plan->figures != NULL ? plan->figures : figures;
    item.figure_count = plan->figures != NULL ? plan->figure_count : COUNT(figures);
    item.figures =
        make_figures(sampler->arena, told, item.figure_count, sampler->today, or_else(sampler->about->currency, "CNY"));
    item.reminder_id = "sample";
    item.kind = plan->kind;
    item.text = or_else(plan->text[language], "");
    item.before = or_else(plan->before[language], "");
    item.after = or_else(plan->after[language], "");
    item.event_date = date(sampler, plan);
    item.priority = 1;
    item.role = (plan->with & DECIDES) != 0 ? LETTER_APPROVER : LETTER_OWNER;
    item.for_rep = (plan->with & DECIDES) != 0 ? language == LANGUAGE_ZH ? "李雷" : "Lei Li" : "";
    if ((plan->with & WITHOUT_CUSTOMER) != 0) {
        item.customer_id = item.customer = item.contact = "";
        item.phone = plan->kind == LETTER_VISIT_ARRIVAL ? "0571-8700 0000" : "";
        item.abc = 0;
    }
    if ((plan->with & WITH_ABOUT) != 0) {
        item.about = several(sampler, (plan->with & WITH_GAPS) != 0);
        item.about_count = plan->kind == LETTER_COMMISSION_DUE ? 1 : ABOUTS;
    }
    if (plan->kind == LETTER_COMMISSION_DUE)
        item.about = &item.about[1]; // the one that was brought
    add_points(sampler, plan, &item);
    return item;
}

static const char *day_text(const struct sampler *sampler, int32_t day)
{
    struct date date = day_date(day);
    char *text = arena_take(sampler->arena, DATE_BYTES);
    snprintf(text, DATE_BYTES, "%04d-%02d-%02d", (int)date.year, (int)date.month, (int)date.day);
    return text;
}

// Calls with reasons that say something: from figures.
static struct letter_item *calls(const struct sampler *sampler)
{
    static const enum letter_reason reasons[ABOUTS] = {LETTER_OVERDUE_A, LETTER_SILENCE, LETTER_COVERAGE};
    struct letter_item *items = several(sampler, false);
    for (size_t i = 0; i < ABOUTS; i++) {
        items[i].reminder_id = arena_format(sampler->arena, "sample-%zu", i);
        items[i].kind = LETTER_CALL;
        items[i].reason = reasons[i];
        items[i].figure_count = COUNT(figures);
        items[i].figures = make_figures(sampler->arena, figures, COUNT(figures), sampler->today,
                                        or_else(sampler->about->currency, "CNY"));
    }
    return items;
}

static void add_list(const struct sampler *sampler, bool preview, struct letter *letter)
{
    struct letter_list *list = arena_zero(sampler->arena, 1, sizeof *list);
    *list = (struct letter_list){.local_date = day_text(sampler, sampler->today + preview),
                                 .preview = preview,
                                 .calls = calls(sampler),
                                 .count = ABOUTS,
                                 .customers = 120,
                                 .contacted = 45,
                                 .working_days_left = 10,
                                 .capacity = 60};
    if (preview) {
        list->unrecorded = &list->calls[1];
        list->unrecorded_count = 1;
        list->undated = &list->calls[2];
        list->undated_count = 1;
    }
    letter->lists = list;
    letter->list_count = 1;
}

// The customers at risk are of class A: one that is not is left out there, and another one stands in its place.
static const struct letter_item *at_risk(const struct sampler *sampler)
{
    const struct letter_item *items = calls(sampler);
    size_t i = 0;
    while (i + 1 < ABOUTS && items[i].abc != 'A')
        i++;
    return &items[i];
}

static void add_digest(const struct sampler *sampler, struct letter *letter)
{
    bool zh = sampler->language == LANGUAGE_ZH;
    struct letter_digest *digest = arena_zero(sampler->arena, 1, sizeof *digest);
    struct letter_row *rows = arena_zero(sampler->arena, ABOUTS, sizeof *rows);
    rows[0] = (struct letter_row){"", 120, 45, 6, 60, 48, 5, 20, 4, 1, 1, 9, 900, 400};
    rows[1] = (struct letter_row){zh ? "王芳" : "Fang Wang", 60, 30, 0, 30, 29, 1, 10, 1, 0, 0, 6, 500, 260};
    rows[2] = (struct letter_row){zh ? "李雷" : "Lei Li", 60, 15, 6, 30, 19, 4, 10, 3, 1, 1, 3, 400, 140};
    *digest = (struct letter_digest){.local_date = day_text(sampler, sampler->today - 1),
                                     .from_date = day_text(sampler, sampler->today - 1),
                                     .rows = rows,
                                     .row_count = ABOUTS,
                                     .at_risk = at_risk(sampler),
                                     .at_risk_count = 1};
    letter->digests = digest;
    letter->digest_count = 1;
}

bool sample_letter(struct arena *arena, const char *kind, enum language language, int32_t today,
                   const struct sample_about *about, struct letter *ret_letter)
{
    struct sampler sampler = {arena, language, today, about};
    struct letter letter = {.language = language, .rep = "", .id = "sample", .today = today, .link = ""};
    letter.now_ms = ((int64_t)today * DAY_HOURS + SAMPLE_HOUR) * HOUR_MS;
    if (!route_kind_known(kind))
        return false;
    if (strcmp(kind, "call_list") == 0 || strcmp(kind, "preview") == 0)
        add_list(&sampler, strcmp(kind, "preview") == 0, &letter);
    else if (strcmp(kind, "digest") == 0)
        add_digest(&sampler, &letter);
    for (size_t i = 0; i < COUNT(plans); i++) {
        if (strcmp(route_kind_name(plans[i].kind), kind) != 0)
            continue;
        struct letter_item *item = arena_zero(arena, 1, sizeof *item);
        *item = make_item(&sampler, &plans[i]);
        letter.items = item;
        letter.item_count = 1;
    }
    *ret_letter = letter;
    return true;
}
