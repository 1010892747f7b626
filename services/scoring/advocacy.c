#include "services/scoring/advocacy.h"

const char *const advocacy_names[] = {"", "0", "1", "2", "3"};
_Static_assert(sizeof advocacy_names / sizeof *advocacy_names == ADVOCACY_VALUES, "a name for each");

static bool counts(uint32_t times, int64_t newest_ms, int64_t today_ms, int64_t days)
{
    return times > 0 && (days == 0 || care_within(newest_ms, today_ms, days));
}

void advocacy_judge(const struct advocacy_options *options, const struct advocacy_facts *facts,
                    struct advocacy *ret_advocacy)
{
    const struct care_facts *care = facts->care;
    struct advocacy advocacy = {
        .buys_again = facts->buys >= options->buys && !facts->overdue && !facts->dropped,
        .refers = counts(care->referrals, care->referral_ms, facts->today_ms, options->referral_days),
        .praises = counts(care->praises, care->praise_ms, facts->today_ms, options->praise_days),
    };
    if (facts->buys > 0 || care->referrals > 0 || care->praises > 0)
        advocacy.value = (uint8_t)(ADVOCACY_NONE + advocacy.buys_again + advocacy.refers + advocacy.praises);
    *ret_advocacy = advocacy;
}

void advocacy_explain(const struct advocacy_options *options, const struct advocacy_facts *facts,
                      const struct advocacy *advocacy, struct reason *ret_reason)
{
    const struct care_facts *care = facts->care;
    if (advocacy->value == ADVOCACY_UNKNOWN) {
        reason_start(ret_reason, "unknown: has neither bought nor spoken for us");
        return;
    }
    reason_start(ret_reason, "%s of 3: %s, %s, %s", advocacy_names[advocacy->value],
                 advocacy->buys_again ? "buys again when needed" : "does not buy again when needed",
                 advocacy->refers ? "brings others" : "brings nobody", advocacy->praises ? "praises us" : "no praise");
    reason_add(ret_reason, "purchase_days", REASON_COUNT, facts->buys);
    reason_add(ret_reason, "referrals", REASON_COUNT, care->referrals);
    if (care->referrals > 0)
        reason_add(ret_reason, "last_referral", REASON_TIME, care->referral_ms);
    reason_add(ret_reason, "praises", REASON_COUNT, care->praises);
    if (care->praises > 0)
        reason_add(ret_reason, "last_praise", REASON_TIME, care->praise_ms);
    if (facts->buys < options->buys)
        reason_note(ret_reason, "to have bought again takes %lld purchase days", (long long)options->buys);
    else if (facts->dropped || facts->overdue)
        reason_note(ret_reason, "bought again before, and is %s now", facts->dropped ? "gone" : "overdue");
}
