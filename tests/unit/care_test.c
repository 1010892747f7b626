// What was heard of a customer's content, against plain lists of the same events; and delivered value and the
// lifecycle, which are small tables.
#include "services/scoring/care.h"

#include "services/scoring/delivered.h"
#include "services/scoring/lifecycle.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

enum { ROUNDS = 400, EVENTS = 60, IDS = 12, HASHES = 7 };

#define T0 INT64_C(1767225600000) // 2026-01-01

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static void seed(const char *test)
{
    state = (uint64_t)time(NULL) | 1;
    const char *given = getenv("TEND_SEED");
    if (given != NULL)
        state = strtoull(given, NULL, 10) | 1;
    print_message("%s: seed %llu\n", test, (unsigned long long)state);
}

static void fades_by_half(void **context)
{
    (void)context;
    assert_int_equal(care_fade(CARE_ONE, 0), CARE_ONE);
    assert_int_equal(care_fade(CARE_ONE, -5), CARE_ONE);
    assert_int_equal(care_fade(CARE_ONE, INT64_MIN), CARE_ONE);
    assert_int_equal(care_fade(CARE_ONE, CARE_HALF_LIFE_MS), CARE_ONE / 2);
    assert_int_equal(care_fade(CARE_ONE, 3 * CARE_HALF_LIFE_MS), CARE_ONE / 8);
    assert_int_equal(care_fade(UINT64_MAX, 63 * CARE_HALF_LIFE_MS), 1);
    assert_int_equal(care_fade(UINT64_MAX, 64 * CARE_HALF_LIFE_MS), 0);
    assert_int_equal(care_fade(UINT64_MAX, INT64_MAX), 0);
    // 2^(-1/2): 3037000499.97 of 2^32.
    assert_in_range(care_fade(CARE_ONE, CARE_HALF_LIFE_MS / 2), 3037000498, 3037000500);
    seed("fades_by_half");
    for (int i = 0; i < 20000; i++) {
        int64_t age = (int64_t)draw(20 * (uint64_t)CARE_HALF_LIFE_MS);
        double plain = ldexp(exp2(-(double)age / (double)CARE_HALF_LIFE_MS), 32);
        assert_true(fabs((double)care_fade(CARE_ONE, age) - plain) < 64);
        assert_true(care_fade(CARE_ONE, age) >= care_fade(CARE_ONE, age + 1));
    }
}

static void days_and_points(void **context)
{
    (void)context;
    assert_true(care_within(T0 - 30 * CARE_DAY_MS + 1, T0, 30));
    assert_false(care_within(T0 - 30 * CARE_DAY_MS, T0, 30));
    assert_true(care_within(T0 + 1, T0, 0));
    assert_false(care_within(INT64_MIN, INT64_MAX, 1000000));
    assert_true(care_within(INT64_MAX, INT64_MIN, 0));
    assert_int_equal(care_later(T0, 2), T0 + 2 * CARE_DAY_MS);
    assert_int_equal(care_later(INT64_MAX - 1, 1), INT64_MAX);
    static const struct {
        int64_t micros;
        const char *text;
    } rows[] = {{0, "0.00"},
                {4250000, "4.25"},
                {4994999, "4.99"},
                {4995000, "5.00"},
                {-1500000, "-1.50"},
                {-4999, "0.00"},
                {-5000, "-0.01"},
                {16000000, "16.00"},
                {INT64_MIN, "-9223372036854.78"},
                {INT64_MAX, "9223372036854.78"}};
    char text[CARE_TEXT_BYTES];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(care_points(rows[i].micros, text), rows[i].text);
}

static struct care_survey survey(int64_t day, uint8_t score)
{
    return (struct care_survey){.time_ms = T0 + day * CARE_DAY_MS, .score = score};
}

static void surveys(void **context)
{
    (void)context;
    struct care_facts facts;
    care_start(&facts);
    struct care_survey first = survey(0, 5), second = survey(180, 3), wrong = survey(190, 6), none = survey(190, 0);
    first.expected = 4;
    first.parts[DELIVERED_STAFF] = 5;
    first.parts[DELIVERED_TIME] = 9;
    care_hear_survey(&facts, &first);
    assert_int_equal(facts.score, 5);
    assert_int_equal(facts.score_before, 0);
    assert_int_equal(facts.expected, 4);
    assert_int_equal(facts.parts[DELIVERED_STAFF], 5);
    assert_int_equal(facts.parts[DELIVERED_TIME], 0);
    care_hear_survey(&facts, &second);
    assert_int_equal(facts.survey_mass, CARE_ONE + CARE_ONE / 2);
    assert_int_equal(facts.survey_sum, 3 * CARE_ONE + 5 * CARE_ONE / 2);
    assert_int_equal(facts.score_before, 5);
    assert_int_equal(facts.expected, 0);
    assert_int_equal(facts.parts[DELIVERED_STAFF], 5); // nobody asked the second time
    assert_int_equal(facts.parts_ms, first.time_ms);
    struct care_facts before = facts;
    care_hear_survey(&facts, &wrong);
    care_hear_survey(&facts, &none);
    assert_memory_equal(&facts, &before, sizeof facts);
}

static void tell(struct care_facts *facts, int64_t ms, enum care_step step, uint64_t id)
{
    care_hear_complaint(facts, &(struct care_complaint){.time_ms = T0 + ms, .step = step, .id = id});
}

// Each row is a story of one character a step: o opened, a acknowledged, r resolved, followed by its complaint's digit;
// a step is one instant later than the one before, or with "=" in front the same.
static void complaints(void **context)
{
    (void)context;
    static const struct {
        const char *story;
        uint32_t open, complaints, resolved;
    } rows[] = {
        {"", 0, 0, 0},
        {"o1", 1, 1, 0},
        {"o1o1", 1, 1, 0},
        {"o1a1", 1, 1, 0},
        {"o1a1r1", 0, 1, 1},
        {"o1r1r1", 0, 1, 1},
        {"o1r1o1", 1, 2, 1},
        {"o1r1=o1", 0, 1, 1}, // the key of the opening came second
        {"r1=o1", 0, 1, 1},
        {"r1", 0, 1, 1}, // its opening was never heard
        {"a1", 1, 1, 0},
        {"a1=o1", 1, 1, 0},
        {"o1r1a1", 0, 1, 1},
        {"o1o2r1", 1, 2, 1},
        {"o1o2o3o4", 4, 4, 0},
        {"o1o2o3o4o5o6", 6, 6, 0},
        {"o1o2o3o4o5o6r1r2", 4, 6, 2}, // 1 and 2 are forgotten, but counted
        {"o1o2o3o4o5o6r6r5r4r3r2r1", 0, 6, 6},
        {"o1o2o3o4r9", 4, 5, 1},
        {"o1o2o3o4r9r1r2r3r4", 0, 5, 5},
        {"o1r1o2r2o3r3o4r4o5o6o7o8", 4, 8, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct care_facts facts;
        care_start(&facts);
        int64_t now = 0;
        for (const char *at = rows[i].story; *at != '\0'; at += 2) {
            now += *at != '=';
            at += *at == '=';
            enum care_step step = *at == 'o' ? CARE_OPENED : *at == 'a' ? CARE_ACKNOWLEDGED : CARE_RESOLVED;
            tell(&facts, now, step, (uint64_t)at[1]);
        }
        if (care_open(&facts) != rows[i].open || facts.complaints != rows[i].complaints ||
            facts.resolved != rows[i].resolved)
            fail_msg("%s: %u open, %u ever, %u resolved", rows[i].story, care_open(&facts), facts.complaints,
                     facts.resolved);
    }
}

static void open_since_the_oldest(void **context)
{
    (void)context;
    struct care_facts facts;
    int64_t since = 7;
    care_start(&facts);
    assert_false(care_open_since(&facts, &since));
    assert_int_equal(since, 7);
    tell(&facts, 1, CARE_OPENED, 1);
    tell(&facts, 2, CARE_OPENED, 2);
    tell(&facts, 3, CARE_ACKNOWLEDGED, 1);
    assert_true(care_open_since(&facts, &since));
    assert_int_equal(since, T0 + 1);
    tell(&facts, 4, CARE_RESOLVED, 1);
    assert_true(care_open_since(&facts, &since));
    assert_int_equal(since, T0 + 2);
    assert_int_equal(facts.opened_ms, T0 + 2);
    assert_int_equal(facts.resolved_ms, T0 + 4);
    assert_int_equal(facts.trouble_mass, CARE_ONE);
}

static void refer(struct care_facts *facts, int64_t ms, uint8_t whom)
{
    struct care_referral referral = {.time_ms = T0 + ms};
    memset(referral.other, whom, sizeof referral.other);
    care_hear_referral(facts, &referral);
}

static void the_rest(void **context)
{
    (void)context;
    struct care_facts facts;
    care_start(&facts);
    for (uint8_t i = 0; i < 6; i++)
        refer(&facts, i, i / 2);
    assert_int_equal(facts.referrals, 3);
    assert_int_equal(facts.referral_ms, T0 + 5);
    refer(&facts, 10, 0);
    assert_int_equal(facts.referrals, 3);
    assert_int_equal(facts.referred[0][0], 0);
    assert_int_equal(facts.referred[1][0], 2);
    assert_int_equal(facts.referred[2][0], 1);
    refer(&facts, 11, 8);
    refer(&facts, 12, 9);
    assert_int_equal(facts.referrals, 5);
    assert_int_equal(facts.referred[3][0], 2);

    care_hear_praise(&facts, &(struct care_praise){.time_ms = T0});
    care_hear_praise(&facts, &(struct care_praise){.time_ms = T0 + 3});
    assert_int_equal(facts.praises, 2);
    assert_int_equal(facts.praise_ms, T0 + 3);

    care_hear_cooperation(&facts, &(struct care_cooperation){.time_ms = T0, .score = 4, .loyalty = 2});
    care_hear_cooperation(&facts, &(struct care_cooperation){.time_ms = T0 + 9, .score = 3, .loyalty = 0});
    care_hear_cooperation(&facts, &(struct care_cooperation){.time_ms = T0 + 10, .score = 0, .loyalty = 5});
    assert_int_equal(facts.cooperation, 3);
    assert_int_equal(facts.cooperation_ms, T0 + 9);
    assert_int_equal(facts.loyalty, 2);
    assert_int_equal(facts.loyalty_ms, T0);

    for (int i = 0; i < 4; i++)
        care_hear_promise_broken(&facts, &(struct care_promise_broken){.time_ms = T0 + (i == 3) * CARE_HALF_LIFE_MS});
    assert_int_equal(facts.broken, 4);
    assert_int_equal(facts.broken_ms[0], T0 + CARE_HALF_LIFE_MS);
    assert_int_equal(facts.broken_ms[2], T0);
    assert_int_equal(facts.broken_mass, CARE_ONE + 3 * CARE_ONE / 2);
}

// What the facts must say of a list of surveys and complaints, by going through the whole list.
struct plain {
    double mass, sum, trouble;
    uint32_t open;
};

struct event {
    int64_t time_ms;
    uint8_t score; // 0: a complaint
    enum care_step step;
    uint64_t id;
};

static struct plain plainly(const struct event *events, size_t count)
{
    struct plain plain = {0};
    int64_t newest_ms = 0, trouble_ms = 0;
    bool open[IDS] = {0};
    for (size_t i = 0; i < count; i++)
        if (events[i].score > 0)
            newest_ms = events[i].time_ms;
        else if (events[i].step == CARE_RESOLVED)
            trouble_ms = events[i].time_ms;
    for (size_t i = 0; i < count; i++) {
        if (events[i].score > 0) {
            double weight = exp2(-(double)(newest_ms - events[i].time_ms) / (double)CARE_HALF_LIFE_MS);
            plain.mass += weight;
            plain.sum += weight * events[i].score;
            continue;
        }
        if (events[i].step == CARE_RESOLVED)
            plain.trouble += exp2(-(double)(trouble_ms - events[i].time_ms) / (double)CARE_HALF_LIFE_MS);
        open[events[i].id] = events[i].step != CARE_RESOLVED;
    }
    for (size_t i = 0; i < IDS; i++)
        plain.open += open[i];
    return plain;
}

static void agrees_with_plain_lists(void **context)
{
    (void)context;
    seed("agrees_with_plain_lists");
    for (int round = 0; round < ROUNDS; round++) {
        struct event events[EVENTS];
        struct care_facts facts;
        care_start(&facts);
        bool open[IDS] = {0};
        int64_t now = T0;
        for (size_t i = 0; i < EVENTS; i++) {
            now += 1 + (int64_t)draw((uint64_t)(40 * CARE_DAY_MS));
            events[i] = (struct event){.time_ms = now, .id = draw(IDS)};
            // Each complaint is opened before it is resolved; up to IDS are open at once, far more than are kept.
            if (draw(3) == 0) {
                events[i].score = (uint8_t)(1 + draw(5));
                care_hear_survey(&facts, &(struct care_survey){.time_ms = now, .score = events[i].score});
            } else {
                events[i].step = open[events[i].id] ? CARE_RESOLVED : CARE_OPENED;
                open[events[i].id] = !open[events[i].id];
                care_hear_complaint(
                    &facts, &(struct care_complaint){.time_ms = now, .step = events[i].step, .id = events[i].id});
            }
            struct plain plain = plainly(events, i + 1);
            assert_true(fabs((double)facts.survey_mass / (double)CARE_ONE - plain.mass) < 1e-6);
            assert_true(fabs((double)facts.survey_sum / (double)CARE_ONE - plain.sum) < 1e-6);
            assert_true(fabs((double)facts.trouble_mass / (double)CARE_ONE - plain.trouble) < 1e-6);
            assert_int_equal(care_open(&facts), plain.open);
        }
    }
}

static void stays_in_range(void **context)
{
    (void)context;
    struct care_facts facts;
    care_start(&facts);
    facts.survey_mass = CARE_ONE << 20;
    facts.survey_sum = 5 * (CARE_ONE << 20);
    facts.surveys = UINT32_MAX;
    facts.survey_ms = T0;
    for (int i = 0; i < 10; i++)
        care_hear_survey(&facts, &(struct care_survey){.time_ms = T0, .score = 5});
    assert_int_equal(facts.survey_sum, 5 * facts.survey_mass);
    assert_true(facts.survey_mass <= (CARE_ONE << 20) + CARE_ONE);
    assert_int_equal(facts.surveys, UINT32_MAX);
    struct care_survey far = {.time_ms = INT64_MAX, .score = 1}, near = {.time_ms = INT64_MIN, .score = 1};
    care_hear_survey(&facts, &far);
    assert_int_equal(facts.survey_mass, CARE_ONE);
    care_hear_survey(&facts, &near);
    assert_int_equal(facts.survey_mass, 2 * CARE_ONE);
}

static void delivered_value(void **context)
{
    (void)context;
    static const struct {
        uint8_t parts[CARE_PARTS];
        bool known;
        int64_t value, cost;
    } rows[] = {
        {{0}, false, 0, 0},
        {{5, 5, 5, 5, 0, 0, 0, 0}, false, 0, 0},
        {{0, 0, 0, 0, 1, 1, 1, 1}, false, 0, 0},
        {{5, 5, 5, 5, 1, 1, 1, 1}, true, 20000000, 4000000},
        {{1, 1, 1, 1, 5, 5, 5, 5}, true, 4000000, 20000000},
        {{4, 3, 5, 4, 2, 3, 1, 2}, true, 16000000, 8000000},
        {{4, 0, 0, 0, 0, 0, 3, 0}, true, 16000000, 12000000},
        {{5, 4, 5, 0, 2, 2, 1, 0}, true, 18666667, 6666667},
        {{9, 4, 0, 0, 2, 0, 0, 0}, true, 16000000, 8000000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct delivered delivered;
        delivered_judge(rows[i].parts, &delivered);
        assert_int_equal(delivered.known, rows[i].known);
        assert_int_equal(delivered.value_micros, rows[i].value);
        assert_int_equal(delivered.cost_micros, rows[i].cost);
        assert_int_equal(delivered.net_micros, rows[i].value - rows[i].cost);
    }
}

static void life_stages(void **context)
{
    (void)context;
    static const struct {
        int64_t once_days;
        struct lifecycle_facts facts;
        uint8_t value;
        const char *rule;
    } rows[] = {
        {365, {0, -1, false, false}, LIFECYCLE_AWARENESS, "awareness: has not bought yet"},
        {365, {0, -1, false, true}, LIFECYCLE_AWARENESS, "awareness: has not bought yet"},
        {365, {1, 365, false, false}, LIFECYCLE_PURCHASE, "purchase: has bought once"},
        {365, {1, 366, false, false}, LIFECYCLE_CHURN, "churn: bought once, more than 365 days ago"},
        {0, {1, 9999, false, false}, LIFECYCLE_PURCHASE, "purchase: has bought once"},
        {365, {2, 366, false, false}, LIFECYCLE_REPEAT, "repeat: has bought again"},
        {365, {2, 10, true, false}, LIFECYCLE_CHURN, "churn: has dropped out"},
        {365, {9, 10, false, true}, LIFECYCLE_CHURN, "churn: has no need any more"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lifecycle_options options = {rows[i].once_days};
        struct lifecycle lifecycle;
        struct reason reason;
        lifecycle_judge(&options, &rows[i].facts, &lifecycle);
        assert_int_equal(lifecycle.value, rows[i].value);
        lifecycle_explain(&options, &rows[i].facts, &lifecycle, &reason);
        assert_string_equal(reason.rule, rows[i].rule);
    }
    assert_string_equal(lifecycle_names[LIFECYCLE_CHURN], "churn");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fades_by_half),
        cmocka_unit_test(days_and_points),
        cmocka_unit_test(surveys),
        cmocka_unit_test(complaints),
        cmocka_unit_test(open_since_the_oldest),
        cmocka_unit_test(the_rest),
        cmocka_unit_test(agrees_with_plain_lists),
        cmocka_unit_test(stays_in_range),
        cmocka_unit_test(delivered_value),
        cmocka_unit_test(life_stages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
