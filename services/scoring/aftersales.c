#include "services/scoring/aftersales.h"

#include "services/scoring/satisfaction.h"

#include <stddef.h>

const char *const aftersales_names[] = {"", "loyal", "ordinary", "complaining", "lost"};
_Static_assert(sizeof aftersales_names / sizeof *aftersales_names == AFTERSALES_VALUES, "a name for each");

static enum aftersales_cause lost_by(const struct aftersales_options *options, const struct aftersales_facts *facts)
{
    if (facts->dropped)
        return AFTERSALES_DROPPED;
    if (facts->need_lost)
        return AFTERSALES_NEED;
    bool silent = facts->silent_days >= 0 && facts->silent_days > options->silent_days;
    return facts->satisfaction == SATISFACTION_ALARM && silent ? AFTERSALES_ALARMED : AFTERSALES_NOTHING;
}

// A complaint that was resolved lately is over once the customer has said since that it is content.
static bool sore(const struct aftersales_options *options, const struct aftersales_facts *facts)
{
    const struct care_facts *care = facts->care;
    if (care->resolved == 0 || !care_within(care->resolved_ms, facts->today_ms, options->recovery_days))
        return false;
    return care->surveys == 0 || care->survey_ms < care->resolved_ms || care->score < options->content;
}

static enum aftersales_cause loyal_by(const struct aftersales_options *options, const struct aftersales_facts *facts,
                                      int64_t least_ppm)
{
    if (facts->buys < options->loyal_buys || facts->overdue)
        return AFTERSALES_NOTHING;
    if (facts->satisfaction == SATISFACTION_DELIGHTED)
        return AFTERSALES_DELIGHTED;
    bool discontent = facts->satisfaction != SATISFACTION_UNKNOWN && facts->satisfaction < SATISFACTION_CONTENT;
    return !discontent && facts->loyalty_ppm >= 0 && facts->loyalty_ppm >= least_ppm ? AFTERSALES_FIGURE
                                                                                     : AFTERSALES_NOTHING;
}

static bool heard_of(const struct aftersales_facts *facts)
{
    const struct care_facts *care = facts->care;
    return facts->buys > 0 || facts->silent_days >= 0 || care->surveys > 0 || care->complaints > 0 ||
           care->praises > 0 || care->referrals > 0;
}

void aftersales_judge(const struct aftersales_options *options, const struct aftersales_facts *facts,
                      struct aftersales *ret_aftersales)
{
    const struct care_facts *care = facts->care;
    struct aftersales result = {.open = care_open(care), .recovered_ms = INT64_MIN};
    int64_t straw = options->broken_count;
    result.at_risk = straw >= 1 && straw <= CARE_BROKEN && care->broken >= straw &&
                     care_within(care->broken_ms[straw - 1], facts->today_ms, options->broken_days);
    enum aftersales_cause lost = lost_by(options, facts);
    enum aftersales_cause loyal = loyal_by(options, facts, options->loyal_ppm);
    int64_t opened_ms;
    bool speaks = care_open_newest(care, &opened_ms) && care_within(opened_ms, facts->today_ms, options->recovery_days);
    if (result.open > 0 && (lost == AFTERSALES_NOTHING || speaks)) {
        result.value = AFTERSALES_COMPLAINING;
        result.cause = AFTERSALES_OPEN;
    } else if (lost != AFTERSALES_NOTHING) {
        result.value = AFTERSALES_LOST;
        result.cause = (uint8_t)lost;
    } else if (sore(options, facts)) {
        result.value = AFTERSALES_COMPLAINING;
        result.cause = AFTERSALES_RESOLVED;
        result.recovered_ms = care_later(care->resolved_ms, options->recovery_days);
    } else if (loyal != AFTERSALES_NOTHING) {
        result.value = AFTERSALES_LOYAL;
        result.cause = (uint8_t)loyal;
    } else if (heard_of(facts)) {
        result.value = AFTERSALES_ORDINARY;
        result.nearly_loyal = loyal_by(options, facts, options->loyal_ppm - options->margin_ppm) != AFTERSALES_NOTHING;
    }
    *ret_aftersales = result;
}

uint8_t aftersales_announce(const struct aftersales_options *options, const struct aftersales *aftersales,
                            uint8_t before)
{
    (void)options; // the margin is in nearly_loyal
    bool stays = before == AFTERSALES_LOYAL && aftersales->value == AFTERSALES_ORDINARY && aftersales->nearly_loyal;
    return stays ? before : aftersales->value;
}

static void explain_rule(const struct aftersales_options *options, const struct aftersales *aftersales,
                         struct reason *reason)
{
    static const char *const causes[AFTERSALES_CAUSES] = {
        [AFTERSALES_NOTHING] = "neither loyal nor complaining nor lost",
        [AFTERSALES_OPEN] = "a complaint is open",
        [AFTERSALES_DROPPED] = "silent for longer than is usual: dropped out",
        [AFTERSALES_NEED] = "it has no need any more",
        [AFTERSALES_DELIGHTED] = "buys again, is not overdue, and is delighted",
    };
    char percent[REASON_NUMBER_BYTES];
    const char *name = aftersales_names[aftersales->value];
    if (aftersales->value == AFTERSALES_UNKNOWN)
        reason_start(reason, "unknown: nothing was heard of it yet");
    else if (aftersales->cause == AFTERSALES_RESOLVED)
        reason_start(reason, "%s: a complaint was resolved within %lld days, and no answer of %lld or more since", name,
                     (long long)options->recovery_days, (long long)options->content);
    else if (aftersales->cause == AFTERSALES_ALARMED)
        reason_start(reason, "%s: in the alarm zone, and silent for more than %lld days", name,
                     (long long)options->silent_days);
    else if (aftersales->cause == AFTERSALES_FIGURE)
        reason_start(reason, "%s: buys again, is not overdue nor discontent, loyalty from %s %%", name,
                     reason_percent(options->loyal_ppm, percent));
    else
        reason_start(reason, "%s: %s", name, causes[aftersales->cause]);
}

void aftersales_explain(const struct aftersales_options *options, const struct aftersales_facts *facts,
                        const struct aftersales *aftersales, struct reason *ret_reason)
{
    const struct care_facts *care = facts->care;
    int64_t since_ms;
    explain_rule(options, aftersales, ret_reason);
    reason_add(ret_reason, "purchase_days", REASON_COUNT, facts->buys);
    if (facts->silent_days >= 0)
        reason_add(ret_reason, "silence", REASON_DAYS, facts->silent_days * 1000);
    if (facts->loyalty_ppm >= 0)
        reason_add(ret_reason, "loyalty", REASON_PPM, facts->loyalty_ppm);
    reason_add(ret_reason, "complaints", REASON_COUNT, care->complaints);
    reason_add(ret_reason, "open_complaints", REASON_COUNT, aftersales->open);
    if (care_open_since(care, &since_ms))
        reason_add(ret_reason, "open_since", REASON_TIME, since_ms);
    if (care->resolved > 0)
        reason_add(ret_reason, "last_resolved", REASON_TIME, care->resolved_ms);
    if (aftersales->cause == AFTERSALES_RESOLVED)
        reason_add(ret_reason, "until", REASON_TIME, aftersales->recovered_ms);
    reason_add(ret_reason, "broken_promises", REASON_COUNT, care->broken);
    if (aftersales->at_risk)
        reason_note(ret_reason, "at risk: %lld promises broken within %lld days", (long long)options->broken_count,
                    (long long)options->broken_days);
}
