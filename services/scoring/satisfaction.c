#include "services/scoring/satisfaction.h"

#include "common/money.h"
#include "common/must.h"
#include "services/scoring/delivered.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define POINT INT64_C(1000000) // micros of one point of a score

enum {
    CLASS_A = 1,
    CLASS_B = 2,
    BAD_MARK = 2,      // whoever gives it, somebody should ask why
    LEAST_PART = 1024, // of a whole answer: what is left of older ones tells no mean below it
    PARTS_PER_ONE = 1000000,
};

const char *const satisfaction_names[] = {"", "alarm", "leaving", "indifferent", "content", "delighted"};
_Static_assert(sizeof satisfaction_names / sizeof *satisfaction_names == SATISFACTION_VALUES, "a name for each");
_Static_assert((int)SATISFACTION_DELIGHTED == (int)CARE_SCORE_MAX, "a zone is its mark");

static int64_t held(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

static int64_t age_of(int64_t time_ms, int64_t today_ms)
{
    int64_t age;
    if (time_ms >= today_ms)
        return 0;
    return __builtin_sub_overflow(today_ms, time_ms, &age) ? INT64_MAX : age;
}

static int64_t plain_score(const struct satisfaction_options *options, const struct satisfaction_facts *facts)
{
    const struct care_facts *care = facts->care;
    int64_t age = age_of(care->survey_ms, facts->today_ms);
    int64_t mean =
        held(facts->mean_micros > 0 ? facts->mean_micros : options->prior_micros, POINT, CARE_SCORE_MAX * POINT);
    int128 prior = (int128)options->prior_weight * (int128)CARE_ONE;
    int128 mass = prior + (int128)care_fade(care->survey_mass, age);
    int128 sum = prior * mean + (int128)care_fade(care->survey_sum, age) * POINT;
    if (mass == 0)
        return mean;
    return held((int64_t)((sum + mass / 2) / mass), POINT, CARE_SCORE_MAX * POINT);
}

static int64_t penalty(const struct satisfaction_options *options, const struct satisfaction_facts *facts)
{
    const struct care_facts *care = facts->care;
    int128 complaints = (int128)care_open(care) * (int128)CARE_ONE +
                        (int128)care_fade(care->trouble_mass, age_of(care->trouble_ms, facts->today_ms));
    int128 promises = (int128)care_fade(care->broken_mass, age_of(care->broken_ms[0], facts->today_ms));
    int128 sum = (complaints * options->complaint_micros + promises * options->promise_micros) / (int128)CARE_ONE;
    sum += held(facts->refunded_ppm, 0, PARTS_PER_ONE) * options->refund_micros / PARTS_PER_ONE;
    return sum > options->penalty_max_micros ? options->penalty_max_micros : (int64_t)sum;
}

static int64_t mean_before(const struct care_facts *care)
{
    if (care->surveys < 2 || care->survey_mass < CARE_ONE + CARE_ONE / LEAST_PART)
        return 0;
    int128 sum = (int128)care->survey_sum - (int128)(care->score * CARE_ONE);
    int128 mass = (int128)care->survey_mass - (int128)CARE_ONE;
    return held((int64_t)((sum * POINT + mass / 2) / mass), POINT, CARE_SCORE_MAX * POINT);
}

// The newest mark against the one before; where they are equal, against the mean of all before.
static int8_t trend(const struct satisfaction_options *options, const struct care_facts *care, int64_t before_micros)
{
    if (care->score_before == 0)
        return 0;
    if (care->score != care->score_before)
        return care->score < care->score_before ? -1 : 1;
    if (before_micros == 0)
        return 0;
    int64_t off = care->score * POINT - before_micros;
    return off <= -options->trend_micros ? -1 : off >= options->trend_micros ? 1 : 0;
}

static int64_t retention(const struct satisfaction_options *options, int64_t score)
{
    const int64_t table[CARE_SCORE_MAX] = {options->retention_1, options->retention_2, options->retention_3,
                                           options->retention_4, options->retention_5};
    int64_t low = score / POINT - 1, rest = score % POINT;
    if (low >= CARE_SCORE_MAX - 1)
        return table[CARE_SCORE_MAX - 1];
    return table[low] + (table[low + 1] - table[low]) * rest / POINT;
}

static void judge_goal(const struct satisfaction_options *options, const struct satisfaction_facts *facts,
                       struct satisfaction *satisfaction)
{
    const struct care_facts *care = facts->care;
    if (!satisfaction->fresh)
        return;
    satisfaction->alarm = care->score == SATISFACTION_ALARM;
    bool numeric = facts->abc == CLASS_A || facts->abc == CLASS_B;
    int64_t goal = facts->abc == CLASS_A ? options->goal_a : options->goal_b;
    if (numeric) {
        satisfaction->goal_known = true;
        satisfaction->goal_met = care->score >= goal;
    } else if (facts->abc != 0) {
        satisfaction->goal_known = care->score_before != 0 || care->score == CARE_SCORE_MAX;
        satisfaction->goal_met = care->score == CARE_SCORE_MAX || satisfaction->trend > 0;
    }
    satisfaction->follow_up = !satisfaction->alarm && (care->score <= BAD_MARK || (numeric && !satisfaction->goal_met));
}

static void plan_question(const struct satisfaction_options *options, const struct satisfaction_facts *facts,
                          struct satisfaction *satisfaction)
{
    const struct care_facts *care = facts->care;
    int64_t days = facts->abc == CLASS_A   ? options->ask_days_a
                   : facts->abc == CLASS_B ? options->ask_days_b
                                           : options->ask_days_c;
    int64_t ask_ms = INT64_MAX;
    if (care->surveys > 0 && days > 0)
        ask_ms = care_later(care->survey_ms, days);
    if (care->surveys == 0 && facts->bought_ms != 0 && options->ask_purchase_days > 0)
        ask_ms = care_later(facts->bought_ms, options->ask_purchase_days);
    if (care->resolved > 0 && (care->surveys == 0 || care->survey_ms < care->resolved_ms) &&
        options->ask_complaint_days > 0) {
        int64_t due_ms = care_later(care->resolved_ms, options->ask_complaint_days);
        ask_ms = due_ms < ask_ms ? due_ms : ask_ms;
    }
    satisfaction->ask_ms = ask_ms;
    satisfaction->ask = ask_ms < care_later(facts->today_ms, 1);
}

void satisfaction_judge(const struct satisfaction_options *options, const struct satisfaction_facts *facts,
                        struct satisfaction *ret_satisfaction)
{
    const struct care_facts *care = facts->care;
    struct satisfaction result = {.value = SATISFACTION_UNKNOWN};
    plan_question(options, facts, &result);
    if (care->surveys > 0) {
        result.plain_micros = plain_score(options, facts);
        result.penalty_micros = penalty(options, facts);
        result.score_micros = held(result.plain_micros - result.penalty_micros, POINT, CARE_SCORE_MAX * POINT);
        result.before_micros = mean_before(care);
        result.retention_ppm = retention(options, result.score_micros);
        result.zone = (uint8_t)((result.score_micros + POINT / 2) / POINT);
        result.fresh = care_within(care->survey_ms, facts->today_ms, options->fresh_days);
        result.value = result.fresh ? care->score : result.zone;
        result.trend = trend(options, care, result.before_micros);
        result.gap_known = care->expected != 0;
        result.gap = (int8_t)(result.gap_known ? care->score - care->expected : 0);
        judge_goal(options, facts, &result);
    }
    *ret_satisfaction = result;
}

uint8_t satisfaction_announce(const struct satisfaction_options *options, const struct satisfaction *satisfaction,
                              uint8_t before)
{
    uint8_t value = satisfaction->value;
    if (satisfaction->fresh || value == SATISFACTION_UNKNOWN || before == SATISFACTION_UNKNOWN)
        return value;
    // The border between two zones lies half a point below the higher one's mark.
    if (value == before + 1 && satisfaction->score_micros < value * POINT - POINT / 2 + options->margin_micros)
        return before;
    if (value + 1 == before && satisfaction->score_micros >= before * POINT - POINT / 2 - options->margin_micros)
        return before;
    return value;
}

struct words {
    char text[REASON_NOTE_BYTES];
    size_t length;
};

// One phrase more, after "; " where it is not the first; what does not fit is left out whole.
__attribute__((format(printf, 2, 3))) static void add_words(struct words *words, const char *format, ...)
{
    char phrase[REASON_NOTE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(phrase, sizeof phrase, format, arguments);
    va_end(arguments);
    const char *between = words->length == 0 ? "" : "; ";
    if (length < 0 || words->length + strlen(between) + (size_t)length >= sizeof words->text)
        return;
    int written = snprintf(words->text + words->length, sizeof words->text - words->length, "%s%s", between, phrase);
    words->length += (size_t)written;
}

static void explain_note(const struct satisfaction_options *options, const struct satisfaction_facts *facts,
                         const struct satisfaction *satisfaction, struct reason *reason)
{
    const struct care_facts *care = facts->care;
    struct words words = {.text = ""};
    char one[CARE_TEXT_BYTES], two[CARE_TEXT_BYTES], three[CARE_TEXT_BYTES];
    if (satisfaction->alarm)
        add_words(&words, "alarm: make good today");
    if (satisfaction->follow_up)
        add_words(&words, "ask why it was only a %u", care->score);
    if (satisfaction->trend != 0)
        add_words(&words, satisfaction->trend < 0 ? "falling" : "rising");
    if (satisfaction->goal_known && !satisfaction->goal_met) {
        if (facts->abc == CLASS_A || facts->abc == CLASS_B)
            add_words(&words, "goal of its class: %lld",
                      (long long)(facts->abc == CLASS_A ? options->goal_a : options->goal_b));
        else
            add_words(&words, "goal of its class: rising");
    }
    if (satisfaction->gap_known && satisfaction->gap != 0)
        add_words(&words, "expected %u, got %u", care->expected, care->score);
    if (satisfaction->penalty_micros > 0)
        add_words(&words, "%s less %s for complaints, broken promises and refunds",
                  care_points(satisfaction->plain_micros, one), care_points(satisfaction->penalty_micros, two));
    struct delivered delivered;
    delivered_judge(care->parts, &delivered);
    if (delivered.known)
        add_words(&words, "delivered value %s: %s less cost %s", care_points(delivered.net_micros, one),
                  care_points(delivered.value_micros, two), care_points(delivered.cost_micros, three));
    reason_note(reason, "%s", words.text);
}

void satisfaction_explain(const struct satisfaction_options *options, const struct satisfaction_facts *facts,
                          const struct satisfaction *satisfaction, struct reason *ret_reason)
{
    const struct care_facts *care = facts->care;
    char score[CARE_TEXT_BYTES];
    if (satisfaction->value == SATISFACTION_UNKNOWN) {
        reason_start(ret_reason, "unknown: has never answered a survey");
    } else {
        const char *name = satisfaction_names[satisfaction->value];
        care_points(satisfaction->score_micros, score);
        if (satisfaction->fresh)
            reason_start(ret_reason, "%s: answered %u of 5 within %lld days; smoothed %s", name, care->score,
                         (long long)options->fresh_days, score);
        else
            reason_start(ret_reason, "%s: smoothed %s of 5, as the last answer, %u, is older than %lld days", name,
                         score, care->score, (long long)options->fresh_days);
        reason_add(ret_reason, "answer", REASON_COUNT, care->score);
        reason_add(ret_reason, "answered_at", REASON_TIME, care->survey_ms);
        reason_add(ret_reason, "answers", REASON_COUNT, care->surveys);
        if (care->score_before != 0)
            reason_add(ret_reason, "answer_before", REASON_COUNT, care->score_before);
        if (satisfaction->gap_known)
            reason_add(ret_reason, "expected", REASON_COUNT, care->expected);
        reason_add(ret_reason, "share_of_best_score", REASON_PPM, satisfaction->score_micros / CARE_SCORE_MAX);
        reason_add(ret_reason, "expected_retention", REASON_PPM, satisfaction->retention_ppm);
        explain_note(options, facts, satisfaction, ret_reason);
    }
    reason_add(ret_reason, "open_complaints", REASON_COUNT, care_open(care));
    reason_add(ret_reason, "complaints", REASON_COUNT, care->complaints);
    reason_add(ret_reason, "broken_promises", REASON_COUNT, care->broken);
    if (facts->refunded_ppm > 0)
        reason_add(ret_reason, "refunded_share", REASON_PPM, facts->refunded_ppm);
    if (satisfaction->ask_ms != INT64_MAX)
        reason_add(ret_reason, "next_survey", REASON_TIME, satisfaction->ask_ms);
}

void satisfaction_pool_move(struct satisfaction_pool *pool, uint8_t before, uint8_t now)
{
    must(before <= CARE_SCORE_MAX && now <= CARE_SCORE_MAX);
    must(pool->customers >= (before != 0) && pool->sum >= before);
    pool->customers += (uint64_t)(now != 0) - (uint64_t)(before != 0);
    pool->sum += (uint64_t)now - before;
}

int64_t satisfaction_pool_mean(const struct satisfaction_pool *pool)
{
    if (pool->customers < SATISFACTION_POOL_LEAST)
        return 0;
    return (int64_t)((pool->sum * (uint64_t)POINT + pool->customers / 2) / pool->customers);
}
