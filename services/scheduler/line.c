#include "services/scheduler/line.h"

#include "common/must.h"
#include "services/scheduler/budget.h"
#include "services/scheduler/hints.h"
#include "services/scheduler/rhythm.h"

#include <string.h>

enum {
    THANKS_DAYS = 30, // a complaint that was dealt with so lately is worth a word of thanks
    FESTIVE_DAYS = 7, // a gift is thought of so many days before a birthday
    LEAD_FIRST = 1,   // Tend__V1__LeadStage: from not reached to contract sent
    LEAD_LAST = 6,
    DAY_MS = 86400000,
};
_Static_assert((int)HINT_ANSWERS == (int)LEAD_ANSWERS, "the same four questions");

static void add(struct notice_line *line, const char *name, int64_t value, enum figure_unit unit, const char *currency)
{
    must(line->figure_count < sizeof line->figures / sizeof line->figures[0]);
    line->figures[line->figure_count++] = (struct figure){name, value, unit, currency};
}

static void add_last_order(struct notice_line *line, const struct customer *customer)
{
    if (customer->last_order_ms != 0)
        add(line, "last_order", customer->last_order_ms, UNIT_TIME, "");
}

static void add_orders(struct notice_line *line, const struct customer *customer)
{
    add_last_order(line, customer);
    if (customer->mean_gap_milli != 0)
        add(line, "mean_gap", customer->mean_gap_milli, UNIT_DAYS, "");
    if (customer->currency[0] != '\0')
        add(line, "net_sales", customer->net_micros, UNIT_MONEY, customer->currency);
}

// --- why

struct explaining {
    struct turn *turn;
    const struct sheet *sheet;
    const struct customer *customer;
    const struct candidate *candidate;
    struct notice_line *line;
};

static void explain_promise(const struct explaining *at)
{
    struct promise promise;
    book_promise(at->turn, at->customer->id, at->customer->promise, &promise);
    at->line->text = promise.what;
    add(at->line, "promise_due", at->customer->promise_ms, UNIT_TIME, "");
}

static void explain_appointment(const struct explaining *at)
{
    at->line->text = at->customer->next_text;
    add(at->line, "appointment", at->customer->next_ms, UNIT_TIME, "");
}

static void explain_stage(const struct explaining *at)
{
    static const int64_t FUNNEL[] = {
        [CALL_STAGE_EXPIRED] = 7, [CALL_STAGE_INTENDS] = 4, [CALL_STAGE_CONTRACT_SENT] = 5};
    add(at->line, "stage", FUNNEL[at->candidate->stage], UNIT_COUNT, "");
    if (at->customer->intention != 0)
        add(at->line, "intention", at->customer->intention, UNIT_COUNT, "");
}

// As scoring calls intentions.
static void explain_hot(const struct explaining *at)
{
    static const char *const INTENTIONS[] = {"", "slight", "unclear", "possible", "good", "very_likely"};
    uint32_t intention = at->customer->intention;
    bool warm = measure_standing(at->customer, "lead.temperature", "hot");
    at->line->text = warm || intention >= sizeof INTENTIONS / sizeof INTENTIONS[0] ? "hot" : INTENTIONS[intention];
    if (intention != 0)
        add(at->line, "intention", intention, UNIT_COUNT, "");
}

static void explain_need(const struct explaining *at)
{
    add(at->line, "expected_order", at->candidate->expected_day, UNIT_DATE, "");
    add_orders(at->line, at->customer);
}

static void explain_follow_up(const struct explaining *at)
{
    at->line->text = book_standing(at->turn, at->customer, "lead.horizon");
    if (at->candidate->expected_day != DAY_NONE)
        add(at->line, "expected_order", at->candidate->expected_day, UNIT_DATE, "");
}

static void explain_overdue(const struct explaining *at)
{
    add_orders(at->line, at->customer);
}

// The quote that was lost last and is not longer ago than the day on which the call came up.
static void explain_nurse(const struct explaining *at)
{
    int32_t lost = DAY_NONE;
    for (size_t i = 0; i < QUOTES_MAX && at->candidate->quote_day != DAY_NONE; i++)
        if (at->customer->quotes[i].hash != 0 && at->customer->quotes[i].lost_day > lost &&
            at->customer->quotes[i].lost_day <= at->candidate->quote_day)
            lost = at->customer->quotes[i].lost_day;
    if (lost != DAY_NONE)
        add(at->line, "lost", lost, UNIT_DATE, "");
    add_last_order(at->line, at->customer);
}

static void explain_news(const struct explaining *at)
{
    const struct news *news = news_for(&at->sheet->news, at->customer);
    at->line->text = news != NULL ? news->title : "";
}

static void explain_rest(const struct explaining *at)
{
    add_last_order(at->line, at->customer);
}

static void explain(const struct explaining *at)
{
    static void (*const BY_REASON[CALL_REASONS])(const struct explaining *) = {
        [CALL_PROMISE_DUE] = explain_promise, [CALL_APPOINTMENT] = explain_appointment,
        [CALL_STAGE] = explain_stage,         [CALL_HOT] = explain_hot,
        [CALL_EXPECTED_NEED] = explain_need,  [CALL_FOLLOW_UP] = explain_follow_up,
        [CALL_OVERDUE_A] = explain_overdue,   [CALL_OVERDUE] = explain_overdue,
        [CALL_NURSE] = explain_nurse,         [CALL_ANNOUNCEMENT] = explain_news,
    };
    void (*known)(const struct explaining *) = BY_REASON[at->candidate->reason];
    (known != NULL ? known : explain_rest)(at);
    if (at->customer->contact_ms != 0)
        add(at->line, "last_contact", at->customer->contact_ms, UNIT_TIME, "");
}

// --- what to talk about

static bool note_complaint(void *self, struct turn *turn, struct matter *matter)
{
    struct hint_facts *facts = self;
    if (matter->kind != KIND_COMPLAINT_ACT && matter->kind != KIND_COMPLAINT_ACKNOWLEDGE)
        return true;
    if (matter_is_open(matter)) {
        facts->complaint_open = true;
        facts->complaint = notice_why_read(turn->arena, matter->why).text;
    } else if (matter->opened.time_ms != 0 && turn->now_ms - matter->closed.time_ms < THANKS_DAYS * (int64_t)DAY_MS) {
        facts->complaint_resolved = true;
    }
    return true;
}

// The next promise that the line does not speak of already.
static void note_promise(struct turn *turn, const struct explaining *at, struct hint_facts *facts)
{
    size_t count = 0;
    if (at->customer->promise_ms == 0)
        return;
    const struct promise *all = book_promises(turn, at->customer->id, &count), *next = NULL;
    for (size_t i = 0; i < count; i++) {
        bool said = at->candidate->reason == CALL_PROMISE_DUE && all[i].hash == at->customer->promise;
        if (all[i].closed_ms == 0 && all[i].due_ms != 0 && !said && (next == NULL || all[i].due_ms < next->due_ms))
            next = &all[i];
    }
    if (next != NULL) {
        facts->promise = next->what;
        facts->promise_ms = next->due_ms;
    }
}

static bool comes_soon(struct date yearly, bool in_lunar, int32_t today)
{
    return yearly.month != 0 && !in_lunar && yearly_next(yearly, today) - today <= FESTIVE_DAYS;
}

static void note_gift(const struct scheduler *self, const struct explaining *at, struct hint_facts *facts)
{
    const struct customer *customer = at->customer;
    int32_t today = at->sheet->day;
    facts->festive = comes_soon(customer->birthday, customer->lunar != 0, today) ||
                     comes_soon(customer->contact_birthday, customer->contact_lunar != 0, today) ||
                     comes_soon(customer->founding, false, today);
    facts->gift_left = budget_left(self, customer, day_date(today).year);
}

static void note_hour(const struct scheduler *self, const struct customer *customer, struct hint_facts *facts)
{
    struct rhythm rhythm;
    facts->hour = -1;
    if (customer->replies.length == 0 || !rhythm_read(customer->replies.bytes, customer->replies.length, &rhythm))
        return;
    struct rhythm_best best = rhythm_best(&self->options.rules.rhythm, &rhythm);
    facts->hour = best.hour;
    facts->weekday = best.weekday;
}

static void note_file(const struct customer *customer, struct hint_facts *facts)
{
    bool short_of = customer->file_ppm < customer->file_target_ppm;
    facts->missing = short_of ? customer->file_missing : "";
    facts->lead = customer->stage >= LEAD_FIRST && customer->stage <= LEAD_LAST;
    bool any = false;
    for (size_t i = 0; i < LEAD_ANSWERS; i++)
        any |= customer->answers[i] != 0;
    // Somebody who is in contract or buys already has answered by that.
    facts->lead = facts->lead && (any || customer->orders_ever == 0);
    for (size_t i = 0; i < LEAD_ANSWERS; i++)
        facts->open_answers[i] = customer->answers[i] == 0;
}

// The newest that was heard of surveys is that one went out.
static enum hint_survey survey_of(const struct explaining *at)
{
    const struct customer *customer = at->customer;
    bool silent = customer->survey_sent_ms != 0 && customer->survey_sent_ms == customer->signals_ms[SIGNAL_SURVEY];
    struct hint_opinion opinion = {.due_day = at->candidate->survey_day,
                                   .sent_day =
                                       silent ? office_day(at->sheet->desk, customer->survey_sent_ms) : DAY_NONE,
                                   .said_day = customer->survey_point_day,
                                   .low = measure_standing(customer, "care.satisfaction", "alarm") ||
                                          measure_standing(customer, "care.satisfaction", "leaving") ||
                                          measure_standing(customer, "care.satisfaction", "indifferent")};
    return at->candidate->reason == CALL_SURVEY ? HINT_SURVEY_NOTHING : hints_survey(&opinion, at->sheet->day);
}

static struct hint_facts facts_of(struct scheduler *self, const struct explaining *at, const char *for_name)
{
    const struct customer *customer = at->customer;
    struct arena *arena = at->turn->arena;
    struct hint_facts facts = {.stands_in_for = for_name,
                               .complaint = "",
                               .promise = "",
                               .news = "",
                               .offer = "",
                               .last_order = "",
                               .last_order_ms = customer->last_order_ms,
                               .last_order_micros = customer->last_order_micros,
                               .currency = customer->currency,
                               .expected_day = at->candidate->expected_day,
                               .survey = survey_of(at)};
    const struct news *news = at->sheet->news.count > 0 ? news_for(&at->sheet->news, customer) : NULL;
    if (news != NULL && at->candidate->reason != CALL_ANNOUNCEMENT)
        facts.news = news->title;
    if (customer->hints.length > 0)
        facts.offer = notice_offer(arena, customer->hints, &facts.offer_with);
    if (customer->last_orders.length > 0)
        facts.last_order = notice_last_goods(arena, customer->last_orders);
    matter_each(at->turn, customer->id, note_complaint, &facts);
    note_promise(at->turn, at, &facts);
    note_gift(self, at, &facts);
    note_hour(self, customer, &facts);
    note_file(customer, &facts);
    return facts;
}

static void add_points(struct scheduler *self, const struct explaining *at, const char *for_name)
{
    struct arena *arena = at->turn->arena;
    struct hint_facts facts = facts_of(self, at, for_name);
    struct hint hints[HINTS_MAX];
    size_t count = hints_choose(&facts, hints);
    struct notice_point *points = arena_take(arena, (count + 1) * sizeof *points);
    for (size_t i = 0; i < count; i++) {
        struct figure *figures = arena_take(arena, HINT_FIGURES * sizeof *figures);
        for (size_t j = 0; j < hints[i].figure_count; j++)
            figures[j] = (struct figure){hints[i].figures[j].name, hints[i].figures[j].value,
                                         (enum figure_unit)hints[i].figures[j].unit, hints[i].figures[j].currency};
        points[i] = (struct notice_point){.code = arena_text(arena, hints[i].code, strlen(hints[i].code)),
                                          .text = hints[i].text,
                                          .figures = figures,
                                          .figure_count = hints[i].figure_count};
    }
    at->line->points = points;
    at->line->point_count = count;
}

struct notice_line line_plain(const struct customer *customer)
{
    return (struct notice_line){.customer_id = customer->id,
                                .customer_name = customer->name,
                                .contact_name = customer->contact_name,
                                .contact_phone = customer->contact_phone,
                                .text = "",
                                .abc = customer->abc};
}

void line_make(struct scheduler *self, struct turn *turn, const struct sheet *sheet, size_t n,
               struct notice_line *ret_line, const char **ret_for_rep)
{
    const struct candidate *candidate = sheet->lines[n];
    const struct sheet_guests *guest = candidate->guest ? sheet_guest(sheet, candidate) : NULL;
    struct customer *customer = arena_take(turn->arena, sizeof *customer);
    book_customer(turn, sheet_customer(sheet, candidate), customer);
    *ret_line = line_plain(customer);
    ret_line->reason = candidate->reason;
    diary_reminder_id(customer->id, KIND_CALL, (uint64_t)sheet->day, ret_line->reminder_id);
    struct explaining at = {turn, sheet, customer, candidate, ret_line};
    explain(&at);
    add_points(self, &at, guest != NULL ? guest->rep_name : "");
    *ret_for_rep = guest != NULL ? guest->rep_id : "";
}
