// What comes back by the calendar: each rule at its borders, and random customers against a walk day by day.
#include "services/scheduler/dues.h"
#include "unit/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 400, SPAN_DAYS_TRIED = 260, GAP_DAYS = 40 };

static const int64_t CONTRACT[] = {90, 60, 30, 7}, FILE_LEADS[] = {14, 7, 1}, REVIEW[] = {14, 1},
                     QUOTE[] = {30, 90, 180};

static const struct dues_options OPTIONS = {
    .contract_end = {CONTRACT, 4},
    .file_deadline = {FILE_LEADS, 3},
    .black_review = {REVIEW, 2},
    .quote_nurse = {QUOTE, 3},
    .birthday_days = 3,
    .founding_days = 7,
    .cooperation_days = 3,
    .greeting_work_days = 2,
    .event_work_days = 5,
    .expected_work_days = 3,
    .missed_work_days = 1,
    .follow_h_work_days = 1,
    .follow_a_work_days = 3,
    .follow_b_work_days = 7,
    .small_every_days = 90,
    .small_most = 8,
    .greeting_classes = 1 << 1 | 1 << 2,
};

static int32_t day(const char *text)
{
    int32_t parsed;
    assert_true(day_parse(text, strlen(text), &parsed));
    return parsed;
}

// Monday to Friday without 1 to 3 May 2026; Saturday 9 May is worked instead.
static int32_t holidays[3], makeups[1];

static struct workdays workdays(void)
{
    for (int32_t i = 0; i < 3; i++)
        holidays[i] = day("2026-05-01") + i;
    makeups[0] = day("2026-05-09");
    return (struct workdays){0x1f, holidays, 3, makeups, 1};
}

static struct due_facts nothing(void)
{
    return (struct due_facts){.known_day = DUES_NEVER,
                              .contact_day = DUES_NEVER,
                              .last_order_day = DUES_NEVER,
                              .expected_day = DUES_NEVER,
                              .expected_set_day = DUES_NEVER,
                              .survey_day = DUES_NEVER,
                              .file_by_day = DUES_NEVER,
                              .face_until_day = DUES_NEVER,
                              .stage_limit_day = DUES_NEVER};
}

// One customer with nothing but the fact of a row; days as texts. What is listed on `today` after a round on `since`.
struct row {
    const char *since, *today;
    const char *occasion, *tell; // NULL: nothing is listed
    uint32_t lead;
    bool last_lead, fresh, over;
};

static void check(const struct due_facts *facts, enum kind_id kind, const struct row *rows, size_t count)
{
    struct workdays days = workdays();
    for (size_t i = 0; i < count; i++) {
        struct occasion dues[DUES_MAX];
        int32_t since = rows[i].since != NULL ? day(rows[i].since) : INT32_MIN;
        size_t found = dues_find(&OPTIONS, &days, facts, since, day(rows[i].today), dues), of_kind = 0;
        const struct occasion *due = NULL;
        for (size_t j = 0; j < found; j++)
            if (dues[j].kind == kind) {
                due = &dues[j];
                of_kind++;
            }
        if (rows[i].occasion == NULL && of_kind != 0)
            fail_msg("row %zu: listed", i);
        if (rows[i].occasion == NULL)
            continue;
        if (of_kind != 1)
            fail_msg("row %zu: %zu are listed", i, of_kind);
        if (due->day != day(rows[i].occasion) || due->tell_day != day(rows[i].tell) || due->lead != rows[i].lead)
            fail_msg("row %zu: occasion %d, since %d, lead %u", i, due->day, due->tell_day, due->lead);
        if (due->last_lead != rows[i].last_lead || due->fresh != rows[i].fresh || due->over != rows[i].over)
            fail_msg("row %zu: last %d, fresh %d, over %d", i, due->last_lead, due->fresh, due->over);
    }
}

#define CHECK(facts, kind, ...)                                    \
    do {                                                           \
        static const struct row rows_[] = {__VA_ARGS__};           \
        check(facts, kind, rows_, sizeof rows_ / sizeof rows_[0]); \
    } while (0)

// It ends on Sunday 16 August 2026: 90 days before is Monday 18 May, 60 Wednesday 17 June, 30 Friday 17 July, 7 Sunday
// 9 August, which is told on Friday 7.
static void contract_end(void **state)
{
    (void)state;
    struct due_facts facts = nothing();
    const struct due_contract contracts[] = {{day("2026-06-01"), 3}, {day("2026-08-16"), 4}};
    facts.contracts = contracts;
    facts.contract_count = 2;
    CHECK(&facts, KIND_CONTRACT_END, {"2026-05-14", "2026-05-15", NULL, NULL, 0, 0, 0, 0},
          {"2026-05-15", "2026-05-18", "2026-08-16", "2026-05-18", 0, false, true, false},
          {"2026-05-18", "2026-05-19", "2026-08-16", "2026-05-18", 0, false, false, false},
          {"2026-05-15", "2026-06-16", "2026-08-16", "2026-05-18", 0, false, true, false},
          {"2026-05-15", "2026-06-17", "2026-08-16", "2026-06-17", 1, false, true, false},
          {"2026-07-16", "2026-07-17", "2026-08-16", "2026-07-17", 2, false, true, false},
          {"2026-08-06", "2026-08-07", "2026-08-16", "2026-08-07", 3, true, true, false},
          {"2026-08-06", "2026-08-16", "2026-08-16", "2026-08-07", 3, true, true, false},
          {"2026-08-06", "2026-08-17", "2026-08-16", "2026-08-07", 3, true, true, true},
          {"2026-08-07", "2026-08-17", "2026-08-16", "2026-08-07", 3, true, false, true},
          {"2026-08-16", "2026-08-17", "2026-08-16", "2026-08-07", 3, true, false, true},
          {"2026-08-17", "2026-08-18", NULL, NULL, 0, 0, 0, 0},
          {NULL, "2026-06-20", "2026-08-16", "2026-06-17", 1, false, true, false},
          {NULL, "2026-08-17", NULL, NULL, 0, 0, 0, 0});
}

// Mondays: 12 October 2026 is one.
static void file_and_review(void **state)
{
    (void)state;
    struct due_facts facts = nothing();
    facts.file_by_day = day("2026-10-12");
    facts.face_until_day = day("2026-10-12");
    CHECK(&facts, KIND_FILE_DEADLINE, {NULL, "2026-10-12", NULL, NULL, 0, 0, 0, 0});
    facts.file_short = true;
    CHECK(&facts, KIND_FILE_DEADLINE, {"2026-09-24", "2026-09-25", NULL, NULL, 0, 0, 0, 0},
          {"2026-09-25", "2026-09-28", "2026-10-12", "2026-09-28", 0, false, true, false},
          {"2026-10-02", "2026-10-05", "2026-10-12", "2026-10-05", 1, false, true, false},
          {"2026-10-08", "2026-10-09", "2026-10-12", "2026-10-09", 2, true, true, false},
          {"2026-10-09", "2026-11-11", "2026-10-12", "2026-10-09", 2, true, false, false},
          {"2026-10-08", "2026-11-12", "2026-10-12", "2026-10-09", 2, true, true, true});
    CHECK(&facts, KIND_BLACK_REVIEW, {"2026-09-27", "2026-09-28", "2026-10-12", "2026-09-28", 0, false, true, false},
          {"2026-10-08", "2026-10-09", "2026-10-12", "2026-10-09", 1, true, true, false},
          {"2026-10-09", "2026-11-12", "2026-10-12", "2026-10-09", 1, true, false, true});
}

static void surveys_and_stages(void **state)
{
    (void)state;
    struct due_facts facts = nothing();
    facts.survey_day = day("2026-05-16");
    facts.stage_limit_day = day("2026-05-18");
    CHECK(&facts, KIND_SURVEY_DUE, {"2026-05-14", "2026-05-15", NULL, NULL, 0, 0, 0, 0},
          {"2026-05-15", "2026-05-18", "2026-05-16", "2026-05-16", 0, true, true, false},
          {"2026-05-18", "2026-06-15", "2026-05-16", "2026-05-16", 0, true, false, false},
          {"2026-05-15", "2026-06-16", "2026-05-16", "2026-05-16", 0, true, true, true});
    CHECK(&facts, KIND_STAGE_STUCK, {"2026-05-14", "2026-05-17", NULL, NULL, 0, 0, 0, 0},
          {"2026-05-17", "2026-05-18", "2026-05-18", "2026-05-18", 0, true, true, false});
}

static void lost_quotes(void **state)
{
    (void)state;
    struct due_facts facts = nothing();
    struct due_quote quote = {day("2026-01-10"), DUES_NEVER, 8};
    facts.quotes = &quote;
    facts.quote_count = 1;
    CHECK(&facts, KIND_QUOTE_NURSE, {"2026-02-06", "2026-02-08", NULL, NULL, 0, 0, 0, 0},
          {"2026-02-06", "2026-02-09", "2026-02-09", "2026-02-09", 0, false, true, false},
          {"2026-02-06", "2026-02-23", "2026-02-09", "2026-02-09", 0, false, true, false},
          {"2026-02-06", "2026-02-24", "2026-02-09", "2026-02-09", 0, false, true, true},
          {"2026-04-09", "2026-04-10", "2026-04-10", "2026-04-10", 1, false, true, false},
          {"2026-07-08", "2026-07-09", "2026-07-09", "2026-07-09", 2, true, true, false});
    facts.last_order_day = day("2026-01-09");
    CHECK(&facts, KIND_QUOTE_NURSE, {"2026-02-06", "2026-02-09", "2026-02-09", "2026-02-09", 0, false, true, false});
    facts.last_order_day = day("2026-01-10");
    CHECK(&facts, KIND_QUOTE_NURSE, {"2026-02-06", "2026-02-09", NULL, NULL, 0, 0, 0, 0});
    facts.last_order_day = DUES_NEVER;
    quote.follow_day = day("2026-03-02");
    CHECK(&facts, KIND_QUOTE_NURSE, {"2026-02-06", "2026-02-09", NULL, NULL, 0, 0, 0, 0},
          {"2026-02-27", "2026-03-02", "2026-03-02", "2026-03-02", 0, true, true, false});
}

static void small_customers(void **state)
{
    (void)state;
    struct due_facts facts = nothing();
    facts.last_order_day = day("2026-01-01");
    facts.orders_ever = 1;
    CHECK(&facts, KIND_SMALL_NURSE, {NULL, "2026-04-01", NULL, NULL, 0, 0, 0, 0});
    facts.abc = 3;
    CHECK(&facts, KIND_SMALL_NURSE, {"2026-03-30", "2026-03-31", NULL, NULL, 0, 0, 0, 0},
          {"2026-03-31", "2026-04-01", "2026-04-01", "2026-04-01", 0, false, true, false},
          {"2026-03-31", "2026-05-01", "2026-04-01", "2026-04-01", 0, false, true, false},
          {"2026-03-31", "2026-05-02", "2026-04-01", "2026-04-01", 0, false, true, true},
          {"2026-06-29", "2026-06-30", "2026-06-30", "2026-06-30", 1, false, true, false},
          // The eighth is the last: 720 days after the order.
          {"2027-12-20", "2027-12-22", "2027-12-22", "2027-12-22", 7, true, true, false},
          {"2028-03-20", "2028-03-22", NULL, NULL, 0, 0, 0, 0});
    facts.abc = 1;
    CHECK(&facts, KIND_SMALL_NURSE, {"2026-03-31", "2026-04-01", NULL, NULL, 0, 0, 0, 0});
    facts.small = true;
    CHECK(&facts, KIND_SMALL_NURSE, {"2026-03-31", "2026-04-01", "2026-04-01", "2026-04-01", 0, false, true, false});
    facts.orders_ever = 0;
    CHECK(&facts, KIND_SMALL_NURSE, {"2026-03-31", "2026-04-01", NULL, NULL, 0, 0, 0, 0});
}

// After two months away the one that is over and the one that stands.
static void small_customer_over_a_gap(void **state)
{
    (void)state;
    struct workdays days = workdays();
    struct due_facts facts = nothing();
    struct occasion dues[DUES_MAX];
    facts.last_order_day = day("2026-01-01");
    facts.orders_ever = 1;
    facts.abc = 3;
    assert_int_equal(dues_find(&OPTIONS, &days, &facts, day("2026-03-31"), day("2026-06-30"), dues), 2);
    assert_true(dues[0].over && dues[0].fresh && dues[0].lead == 0);
    assert_true(!dues[1].over && dues[1].fresh && dues[1].lead == 1);
}

// A lead of no days: on the day itself, or on the working day before it.
static void without_lead(void **state)
{
    (void)state;
    struct workdays days = workdays();
    struct due_facts facts = nothing();
    struct dues_options options = OPTIONS;
    struct occasion dues[DUES_MAX];
    const struct due_dated feast = {KIND_GREETING, day("2026-05-17"), 2};
    facts.dated = &feast;
    facts.dated_count = 1;
    facts.abc = 1;
    options.greeting_work_days = 0;
    assert_int_equal(dues_find(&options, &days, &facts, INT32_MIN, day("2026-05-14"), dues), 0);
    assert_int_equal(dues_find(&options, &days, &facts, INT32_MIN, day("2026-05-15"), dues), 1);
    assert_int_equal(dues[0].tell_day, day("2026-05-15"));
}

// Expected on Monday 18 May 2026: three working days before is Wednesday 13, one after is Tuesday 19.
static void expected_orders(void **state)
{
    (void)state;
    struct due_facts facts = nothing();
    facts.expected_day = day("2026-05-18");
    CHECK(&facts, KIND_EXPECTED_NEED, {"2026-05-11", "2026-05-12", NULL, NULL, 0, 0, 0, 0},
          {"2026-05-12", "2026-05-13", "2026-05-18", "2026-05-13", 0, true, true, false},
          {"2026-05-12", "2026-05-18", "2026-05-18", "2026-05-13", 0, true, true, false},
          {"2026-05-12", "2026-05-19", "2026-05-18", "2026-05-13", 0, true, true, true});
    CHECK(&facts, KIND_ORDER_MISSED, {"2026-05-15", "2026-05-18", NULL, NULL, 0, 0, 0, 0},
          {"2026-05-18", "2026-05-19", "2026-05-18", "2026-05-19", 0, true, true, false});
    // An order since it was expected is the one; an older one is not.
    facts.expected_set_day = day("2026-05-02");
    facts.last_order_day = day("2026-05-01");
    CHECK(&facts, KIND_ORDER_MISSED, {"2026-05-18", "2026-05-19", "2026-05-18", "2026-05-19", 0, true, true, false});
    facts.last_order_day = day("2026-05-02");
    CHECK(&facts, KIND_ORDER_MISSED, {"2026-05-18", "2026-05-19", NULL, NULL, 0, 0, 0, 0});
    CHECK(&facts, KIND_EXPECTED_NEED, {"2026-05-12", "2026-05-13", NULL, NULL, 0, 0, 0, 0});
}

// Thursday 7 May 2026: one working day after is Friday, three Monday 11 (Saturday 9 is worked), seven Friday 15.
static void follow_ups(void **state)
{
    (void)state;
    struct due_facts facts = nothing();
    facts.known_day = day("2026-05-07");
    facts.horizon = 'H';
    CHECK(&facts, KIND_LEAD_FOLLOW_UP, {"2026-05-06", "2026-05-07", NULL, NULL, 0, 0, 0, 0},
          {"2026-05-07", "2026-05-08", "2026-05-07", "2026-05-08", 0, true, true, false});
    facts.known_day = day("2026-01-01");
    facts.contact_day = day("2026-05-07");
    facts.horizon = 'A';
    CHECK(&facts, KIND_LEAD_FOLLOW_UP, {"2026-05-08", "2026-05-09", NULL, NULL, 0, 0, 0, 0},
          {"2026-05-09", "2026-05-11", "2026-05-07", "2026-05-11", 0, true, true, false},
          {"2026-05-11", "2026-05-12", "2026-05-07", "2026-05-11", 0, true, false, false});
    facts.horizon = 'B';
    CHECK(&facts, KIND_LEAD_FOLLOW_UP, {"2026-05-13", "2026-05-14", NULL, NULL, 0, 0, 0, 0},
          {"2026-05-14", "2026-05-15", "2026-05-07", "2026-05-15", 0, true, true, false});
    facts.horizon = 'C';
    CHECK(&facts, KIND_LEAD_FOLLOW_UP, {"2026-05-13", "2026-06-01", NULL, NULL, 0, 0, 0, 0});
    facts.horizon = 'H';
    facts.contact_day = DUES_NEVER;
    facts.known_day = DUES_NEVER;
    CHECK(&facts, KIND_LEAD_FOLLOW_UP, {"2026-05-13", "2026-06-01", NULL, NULL, 0, 0, 0, 0});
}

// 17 May 2026 is a Sunday: three days before is a Thursday, two working days before a Thursday too, five Monday 11.
static void dated(void **state)
{
    (void)state;
    struct due_facts facts = nothing();
    const struct due_dated occasions[] = {{KIND_BIRTHDAY, day("2026-05-17"), 1},
                                          {KIND_GREETING, day("2026-05-17"), 2},
                                          {KIND_COMPANY_EVENT, day("2026-05-17"), 3},
                                          {KIND_FOUNDING_DAY, day("2026-05-11"), 4},
                                          {KIND_COOPERATION, DUES_NEVER, 5}};
    facts.dated = occasions;
    facts.dated_count = 5;
    facts.abc = 2;
    CHECK(&facts, KIND_BIRTHDAY, {"2026-05-12", "2026-05-13", NULL, NULL, 0, 0, 0, 0},
          {"2026-05-13", "2026-05-14", "2026-05-17", "2026-05-14", 0, true, true, false},
          {"2026-05-13", "2026-05-17", "2026-05-17", "2026-05-14", 0, true, true, false},
          {"2026-05-13", "2026-05-18", "2026-05-17", "2026-05-14", 0, true, true, true});
    CHECK(&facts, KIND_GREETING, {"2026-05-12", "2026-05-13", NULL, NULL, 0, 0, 0, 0},
          {"2026-05-13", "2026-05-14", "2026-05-17", "2026-05-14", 0, true, true, false});
    CHECK(&facts, KIND_COMPANY_EVENT, {"2026-05-08", "2026-05-09", NULL, NULL, 0, 0, 0, 0},
          {"2026-05-09", "2026-05-11", "2026-05-17", "2026-05-11", 0, true, true, false});
    // Seven days before 11 May is Monday 4, the first working day after the holidays.
    CHECK(&facts, KIND_FOUNDING_DAY, {"2026-04-30", "2026-05-03", NULL, NULL, 0, 0, 0, 0},
          {"2026-04-30", "2026-05-04", "2026-05-11", "2026-05-04", 0, true, true, false});
    facts.abc = 3;
    CHECK(&facts, KIND_GREETING, {"2026-05-13", "2026-05-14", NULL, NULL, 0, 0, 0, 0});
}

// --- random customers

struct life {
    struct due_facts facts;
    struct due_contract contracts[DUES_CONTRACTS];
    struct due_quote quotes[DUES_QUOTES];
    struct due_dated dated[DUES_DATED];
};

static int32_t some_day(struct dice *dice, int32_t first)
{
    return dice_throw(dice, 4) == 0 ? DUES_NEVER : first + (int32_t)dice_throw(dice, 500) - 150;
}

static void live(struct dice *dice, int32_t first, struct life *life)
{
    static const enum kind_id kinds[] = {KIND_BIRTHDAY, KIND_FOUNDING_DAY, KIND_COOPERATION, KIND_GREETING,
                                         KIND_COMPANY_EVENT};
    struct due_facts *facts = &life->facts;
    *facts = nothing();
    facts->abc = (uint32_t)dice_throw(dice, 4);
    facts->small = dice_throw(dice, 2) == 0;
    facts->horizon = "HABC"[dice_throw(dice, 4)];
    facts->file_short = dice_throw(dice, 2) == 0;
    int32_t *const days[] = {&facts->known_day,    &facts->contact_day,      &facts->last_order_day,
                             &facts->expected_day, &facts->expected_set_day, &facts->survey_day,
                             &facts->file_by_day,  &facts->face_until_day,   &facts->stage_limit_day};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
        *days[i] = some_day(dice, first);
    facts->orders_ever = (uint32_t)dice_throw(dice, 3);
    facts->contract_count = (size_t)dice_throw(dice, DUES_CONTRACTS + 1);
    facts->quote_count = (size_t)dice_throw(dice, DUES_QUOTES + 1);
    facts->dated_count = (size_t)dice_throw(dice, DUES_DATED + 1);
    for (size_t i = 0; i < DUES_CONTRACTS; i++)
        life->contracts[i] = (struct due_contract){first + (int32_t)dice_throw(dice, 400), i};
    for (size_t i = 0; i < DUES_QUOTES; i++)
        life->quotes[i] = (struct due_quote){some_day(dice, first), some_day(dice, first), i};
    for (size_t i = 0; i < DUES_DATED; i++)
        life->dated[i] = (struct due_dated){kinds[dice_throw(dice, 5)], some_day(dice, first), i};
    facts->contracts = life->contracts;
    facts->quotes = life->quotes;
    facts->dated = life->dated;
}

static bool same(const struct occasion *left, const struct occasion *right)
{
    return left->kind == right->kind && left->which == right->which && left->day == right->day &&
           left->lead == right->lead;
}

static const struct occasion *found_in(const struct occasion *dues, size_t count, const struct occasion *due)
{
    for (size_t i = 0; i < count; i++)
        if (same(&dues[i], due))
            return &dues[i];
    return NULL;
}

// When something of these leads is told, by going back a day at a time.
static int32_t slow_tell_day(const struct workdays *days, enum kind_id kind, int32_t occasion, uint32_t lead)
{
    static const struct {
        enum kind_id kind;
        int32_t days[4], work_days;
    } rows[] = {
        {KIND_CONTRACT_END, {90, 60, 30, 7}, 0},
        {KIND_FILE_DEADLINE, {14, 7, 1}, 0},
        {KIND_BLACK_REVIEW, {14, 1}, 0},
        {KIND_BIRTHDAY, {3}, 0},
        {KIND_FOUNDING_DAY, {7}, 0},
        {KIND_COOPERATION, {3}, 0},
        {KIND_GREETING, {0}, 2},
        {KIND_COMPANY_EVENT, {0}, 5},
        {KIND_EXPECTED_NEED, {0}, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].kind != kind)
            continue;
        int32_t at = occasion - rows[i].days[lead];
        for (int32_t left = rows[i].work_days; left > 0;)
            left -= workday_is(days, --at);
        while (!workday_is(days, at))
            at--;
        return at;
    }
    return INT32_MIN;
}

// All that a listing says of itself, without regard to the round before.
static void check_standing(const struct workdays *days, const struct occasion *due, int32_t today)
{
    int32_t tell_day = slow_tell_day(days, due->kind, due->day, due->lead);
    assert_true(tell_day == INT32_MIN || tell_day == due->tell_day);
    assert_true(due->tell_day <= today && today <= due->last_day && !due->over && due->fresh);
    if (tell_day == INT32_MIN || due->last_lead)
        return;
    assert_true(slow_tell_day(days, due->kind, due->day, due->lead + 1) > today);
}

// Every dated occasion stands exactly from its tell day to the day itself.
static void check_complete(const struct life *life, const struct workdays *days, const struct occasion *dues,
                           size_t count, int32_t today)
{
    for (size_t i = 0; i < life->facts.dated_count; i++) {
        const struct due_dated *one = &life->dated[i];
        if (one->day == DUES_NEVER)
            continue;
        struct occasion due = {.kind = one->kind, .which = one->which, .day = one->day};
        bool greeted = one->kind != KIND_GREETING || life->facts.abc == 1 || life->facts.abc == 2;
        bool stands = greeted && today <= one->day && today >= slow_tell_day(days, one->kind, one->day, 0);
        assert_int_equal(found_in(dues, count, &due) != NULL, stands);
    }
}

static struct occasion standing[SPAN_DAYS_TRIED][DUES_MAX];
static size_t standing_count[SPAN_DAYS_TRIED];

// A round on day `to` after one on day `from`, against what stood on each day.
static void check_round(const struct life *life, const struct workdays *days, int32_t first, int32_t from, int32_t to)
{
    struct occasion dues[DUES_MAX];
    size_t count = dues_find(&OPTIONS, days, &life->facts, first + from, first + to, dues), over = 0, wanted = 0;
    for (size_t i = 0; i < count; i++) {
        bool stood = found_in(standing[from], standing_count[from], &dues[i]) != NULL;
        assert_int_equal(dues[i].fresh, !stood);
        over += dues[i].over;
        if (!dues[i].over)
            assert_non_null(found_in(standing[to], standing_count[to], &dues[i]));
    }
    assert_int_equal(count - over, standing_count[to]);
    for (int32_t t = from; t < to; t++)
        for (size_t i = 0; i < standing_count[t]; i++) {
            if (standing[t][i].last_day != first + t)
                continue;
            const struct occasion *ended = found_in(dues, count, &standing[t][i]);
            assert_non_null(ended);
            assert_true(ended->over);
            wanted++;
        }
    assert_int_equal(over, wanted);
}

static void random_customers(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    struct workdays days = workdays();
    int32_t first = day("2026-01-05");
    for (int round = 0; round < ROUNDS; round++) {
        struct life life;
        live(&dice, first, &life);
        for (int32_t t = 0; t < SPAN_DAYS_TRIED; t++) {
            standing_count[t] = dues_find(&OPTIONS, &days, &life.facts, INT32_MIN, first + t, standing[t]);
            for (size_t i = 0; i < standing_count[t]; i++)
                check_standing(&days, &standing[t][i], first + t);
            check_complete(&life, &days, standing[t], standing_count[t], first + t);
        }
        for (int32_t from = 0, to; from < SPAN_DAYS_TRIED - GAP_DAYS; from = to) {
            to = from + 1 + (int32_t)dice_throw(&dice, dice_throw(&dice, 4) == 0 ? GAP_DAYS : 3);
            check_round(&life, &days, first, from, to);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contract_end),
        cmocka_unit_test(file_and_review),
        cmocka_unit_test(surveys_and_stages),
        cmocka_unit_test(lost_quotes),
        cmocka_unit_test(small_customers),
        cmocka_unit_test(expected_orders),
        cmocka_unit_test(follow_ups),
        cmocka_unit_test(dated),
        cmocka_unit_test(small_customer_over_a_gap),
        cmocka_unit_test(without_lead),
        cmocka_unit_test(random_customers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
