// After-sales status: each rule at its borders, which goes first, what is announced; the rules against their sentences
// for random facts.
#include "services/scoring/aftersales.h"

#include "services/scoring/satisfaction.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#define T0 INT64_C(1767225600000) // 2026-01-01
#define DAY CARE_DAY_MS

enum { ROUNDS = 20000 };

static const struct aftersales_options usual = {.recovery_days = 30,
                                                .content = 4,
                                                .silent_days = 60,
                                                .loyal_buys = 3,
                                                .loyal_ppm = 600000,
                                                .margin_ppm = 50000,
                                                .broken_count = 3,
                                                .broken_days = 365};

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static void tell(struct care_facts *care, int64_t day, enum care_step step, uint64_t id)
{
    care_hear_complaint(care, &(struct care_complaint){.time_ms = T0 + day * DAY, .step = step, .id = id});
}

static void answer(struct care_facts *care, int64_t day, uint8_t score)
{
    care_hear_survey(care, &(struct care_survey){.time_ms = T0 + day * DAY, .score = score});
}

static void check(const char *row, struct aftersales_facts facts, uint8_t value, uint8_t cause)
{
    struct aftersales aftersales;
    struct reason reason;
    aftersales_judge(&usual, &facts, &aftersales);
    if (aftersales.value != value || aftersales.cause != cause)
        fail_msg("%s: value %u, cause %u", row, aftersales.value, aftersales.cause);
    aftersales_explain(&usual, &facts, &aftersales, &reason);
    assert_non_null(strstr(reason.rule, value == 0 ? "unknown" : aftersales_names[value]));
}

// Nothing was ever said by these.
static void silent_customers(void **context)
{
    (void)context;
    struct care_facts care;
    care_start(&care);
    const struct aftersales_facts never = {.care = &care, .today_ms = T0, .silent_days = -1, .loyalty_ppm = -1};
    struct aftersales_facts facts = never;
    check("stranger", facts, AFTERSALES_UNKNOWN, AFTERSALES_NOTHING);
    facts.need_lost = true;
    check("no need", facts, AFTERSALES_LOST, AFTERSALES_NEED);
    facts = never;
    facts.silent_days = 0;
    check("spoken to", facts, AFTERSALES_ORDINARY, AFTERSALES_NOTHING);
    facts.buys = 3;
    facts.loyalty_ppm = 599999;
    check("nearly", facts, AFTERSALES_ORDINARY, AFTERSALES_NOTHING);
    facts.loyalty_ppm = 600000;
    check("loyal", facts, AFTERSALES_LOYAL, AFTERSALES_FIGURE);
    facts.buys = 2;
    check("too few", facts, AFTERSALES_ORDINARY, AFTERSALES_NOTHING);
    facts.buys = 3;
    facts.overdue = true;
    check("overdue", facts, AFTERSALES_ORDINARY, AFTERSALES_NOTHING);
    facts.dropped = true;
    check("dropped", facts, AFTERSALES_LOST, AFTERSALES_DROPPED);
}

static void by_satisfaction(void **context)
{
    (void)context;
    struct care_facts care;
    care_start(&care);
    struct aftersales_facts facts = {
        .care = &care, .today_ms = T0, .buys = 3, .silent_days = 60, .loyalty_ppm = 700000};
    static const uint8_t values[SATISFACTION_VALUES] = {AFTERSALES_LOYAL,    AFTERSALES_ORDINARY, AFTERSALES_ORDINARY,
                                                        AFTERSALES_ORDINARY, AFTERSALES_LOYAL,    AFTERSALES_LOYAL};
    for (facts.satisfaction = 0; facts.satisfaction < SATISFACTION_VALUES; facts.satisfaction++)
        check(satisfaction_names[facts.satisfaction], facts, values[facts.satisfaction],
              facts.satisfaction == SATISFACTION_DELIGHTED     ? AFTERSALES_DELIGHTED
              : values[facts.satisfaction] == AFTERSALES_LOYAL ? AFTERSALES_FIGURE
                                                               : AFTERSALES_NOTHING);
    facts.loyalty_ppm = -1;
    facts.satisfaction = SATISFACTION_DELIGHTED;
    check("delighted", facts, AFTERSALES_LOYAL, AFTERSALES_DELIGHTED);
    facts.satisfaction = SATISFACTION_CONTENT;
    check("content", facts, AFTERSALES_ORDINARY, AFTERSALES_NOTHING);
    facts.satisfaction = SATISFACTION_ALARM;
    check("alarm", facts, AFTERSALES_ORDINARY, AFTERSALES_NOTHING);
    facts.silent_days = 61;
    check("alarm and silent", facts, AFTERSALES_LOST, AFTERSALES_ALARMED);
}

static void complaining(void **context)
{
    (void)context;
    struct care_facts care;
    care_start(&care);
    struct aftersales_facts facts = {
        .care = &care, .today_ms = T0, .buys = 9, .silent_days = 1, .loyalty_ppm = 900000, .satisfaction = 5};
    tell(&care, 0, CARE_OPENED, 1);
    check("open", facts, AFTERSALES_COMPLAINING, AFTERSALES_OPEN);
    tell(&care, 1, CARE_ACKNOWLEDGED, 1);
    facts.today_ms = T0 + 400 * DAY;
    check("open for long", facts, AFTERSALES_COMPLAINING, AFTERSALES_OPEN);
    facts.dropped = true;
    check("open and gone", facts, AFTERSALES_LOST, AFTERSALES_DROPPED);
    facts.today_ms = T0 + 29 * DAY;
    check("who complains is there", facts, AFTERSALES_COMPLAINING, AFTERSALES_OPEN);
    facts.today_ms = T0 + 30 * DAY;
    check("complained a month ago", facts, AFTERSALES_LOST, AFTERSALES_DROPPED);
    facts.dropped = false;
    tell(&care, 10, CARE_RESOLVED, 1);
    facts.today_ms = T0 + 39 * DAY;
    check("sore", facts, AFTERSALES_COMPLAINING, AFTERSALES_RESOLVED);
    facts.dropped = true;
    check("sore and gone", facts, AFTERSALES_LOST, AFTERSALES_DROPPED);
    facts.dropped = false;
    facts.today_ms = T0 + 40 * DAY;
    check("over", facts, AFTERSALES_LOYAL, AFTERSALES_DELIGHTED);
    facts.today_ms = T0 + 12 * DAY;
    answer(&care, 11, 3);
    check("answered 3", facts, AFTERSALES_COMPLAINING, AFTERSALES_RESOLVED);
    answer(&care, 12, 4);
    check("answered 4", facts, AFTERSALES_LOYAL, AFTERSALES_DELIGHTED);
    tell(&care, 13, CARE_OPENED, 1);
    check("again", facts, AFTERSALES_COMPLAINING, AFTERSALES_OPEN);
}

static void at_risk(void **context)
{
    (void)context;
    struct care_facts care;
    care_start(&care);
    struct aftersales_facts facts = {.care = &care, .buys = 1, .loyalty_ppm = -1};
    struct aftersales aftersales;
    static const struct {
        int64_t broken, today;
        bool at_risk;
    } rows[] = {{0, 0, false}, {10, 10, false}, {20, 20, true}, {20, 364, true}, {20, 365, false}, {370, 371, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (i == 0 || rows[i].broken != rows[i - 1].broken)
            care_hear_promise_broken(&care, &(struct care_promise_broken){.time_ms = T0 + rows[i].broken * DAY});
        facts.today_ms = T0 + rows[i].today * DAY;
        aftersales_judge(&usual, &facts, &aftersales);
        if (aftersales.at_risk != rows[i].at_risk)
            fail_msg("row %zu", i);
        struct reason reason;
        aftersales_explain(&usual, &facts, &aftersales, &reason);
        assert_int_equal(strncmp(reason.note, "at risk", 7) == 0, rows[i].at_risk);
    }
}

static void announced(void **context)
{
    (void)context;
    struct care_facts care;
    care_start(&care);
    static const struct {
        int64_t loyalty_ppm;
        bool overdue;
        uint8_t before, says;
    } rows[] = {
        {600000, false, AFTERSALES_ORDINARY, AFTERSALES_LOYAL},
        {599999, false, AFTERSALES_LOYAL, AFTERSALES_LOYAL},
        {550000, false, AFTERSALES_LOYAL, AFTERSALES_LOYAL},
        {549999, false, AFTERSALES_LOYAL, AFTERSALES_ORDINARY},
        {599999, true, AFTERSALES_LOYAL, AFTERSALES_ORDINARY},
        {599999, false, AFTERSALES_LOST, AFTERSALES_ORDINARY},
        {599999, false, 0, AFTERSALES_ORDINARY},
        {-1, false, AFTERSALES_LOYAL, AFTERSALES_ORDINARY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct aftersales_facts facts = {
            .care = &care, .today_ms = T0, .buys = 3, .loyalty_ppm = rows[i].loyalty_ppm, .overdue = rows[i].overdue};
        struct aftersales aftersales;
        aftersales_judge(&usual, &facts, &aftersales);
        assert_int_equal(aftersales_announce(&usual, &aftersales, rows[i].before), rows[i].says);
    }
}

// The header's five sentences, word for word, over random facts.
static uint8_t plainly(const struct aftersales_facts *facts, bool open, int64_t opened_days_ago,
                       int64_t resolved_days_ago, uint8_t answer_since)
{
    bool lost = facts->dropped || facts->need_lost ||
                (facts->satisfaction == SATISFACTION_ALARM && facts->silent_days > usual.silent_days);
    if (open && !(lost && opened_days_ago >= 30))
        return AFTERSALES_COMPLAINING;
    if (lost)
        return AFTERSALES_LOST;
    if (resolved_days_ago >= 0 && resolved_days_ago < 30 && answer_since < 4)
        return AFTERSALES_COMPLAINING;
    bool figure = facts->loyalty_ppm >= usual.loyal_ppm && (facts->satisfaction == 0 || facts->satisfaction >= 4);
    if (facts->buys >= 3 && !facts->overdue && (facts->satisfaction == SATISFACTION_DELIGHTED || figure))
        return AFTERSALES_LOYAL;
    bool heard = facts->buys > 0 || facts->silent_days >= 0 || open || resolved_days_ago >= 0 || answer_since > 0;
    return heard ? AFTERSALES_ORDINARY : AFTERSALES_UNKNOWN;
}

static void agrees_with_its_sentences(void **context)
{
    (void)context;
    state = (uint64_t)time(NULL) | 1;
    const char *given = getenv("TEND_SEED");
    if (given != NULL)
        state = strtoull(given, NULL, 10) | 1;
    print_message("TEND_SEED=%llu\n", (unsigned long long)state);
    for (int round = 0; round < ROUNDS; round++) {
        struct care_facts care;
        care_start(&care);
        int64_t today = 200, resolved = draw(2) ? 150 + (int64_t)draw(50) : -1;
        uint8_t since = resolved >= 0 && draw(2) ? (uint8_t)(1 + draw(5)) : 0;
        int64_t opened = draw(2) ? resolved + 1 + (int64_t)draw((uint64_t)(today - resolved)) : -1;
        if (resolved >= 0)
            tell(&care, resolved, CARE_RESOLVED, 1);
        if (since > 0)
            answer(&care, resolved, since);
        if (opened >= 0)
            tell(&care, opened, CARE_OPENED, 2);
        struct aftersales_facts facts = {.care = &care,
                                         .today_ms = T0 + today * DAY,
                                         .buys = (int64_t)draw(5),
                                         .silent_days = (int64_t)draw(90) - 1,
                                         .loyalty_ppm = (int64_t)draw(1000002) - 1,
                                         .satisfaction = (uint8_t)draw(SATISFACTION_VALUES),
                                         .overdue = draw(4) == 0,
                                         .dropped = draw(6) == 0,
                                         .need_lost = draw(8) == 0};
        struct aftersales aftersales;
        aftersales_judge(&usual, &facts, &aftersales);
        assert_int_equal(aftersales.value,
                         plainly(&facts, opened >= 0, today - opened, resolved >= 0 ? today - resolved : -1, since));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silent_customers), cmocka_unit_test(by_satisfaction),
        cmocka_unit_test(complaining),      cmocka_unit_test(at_risk),
        cmocka_unit_test(announced),        cmocka_unit_test(agrees_with_its_sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
