#include "services/scoring/lifecycle.h"

const char *const lifecycle_names[] = {"", "awareness", "purchase", "repeat", "churn"};
_Static_assert(sizeof lifecycle_names / sizeof *lifecycle_names == LIFECYCLE_VALUES, "a name for each");

void lifecycle_judge(const struct lifecycle_options *options, const struct lifecycle_facts *facts,
                     struct lifecycle *ret_lifecycle)
{
    struct lifecycle lifecycle = {.value = LIFECYCLE_AWARENESS};
    if (facts->buys > 0) {
        bool long_ago = facts->buys == 1 && options->once_days > 0 && facts->silent_days > options->once_days;
        bool gone = facts->dropped || facts->need_lost;
        lifecycle.by_once = long_ago && !gone;
        if (gone || long_ago)
            lifecycle.value = LIFECYCLE_CHURN;
        else
            lifecycle.value = facts->buys == 1 ? LIFECYCLE_PURCHASE : LIFECYCLE_REPEAT;
    }
    *ret_lifecycle = lifecycle;
}

void lifecycle_explain(const struct lifecycle_options *options, const struct lifecycle_facts *facts,
                       const struct lifecycle *lifecycle, struct reason *ret_reason)
{
    static const char *const rules[LIFECYCLE_VALUES] = {
        [LIFECYCLE_UNKNOWN] = "unknown",
        [LIFECYCLE_AWARENESS] = "awareness: has not bought yet",
        [LIFECYCLE_PURCHASE] = "purchase: has bought once",
        [LIFECYCLE_REPEAT] = "repeat: has bought again",
    };
    if (lifecycle->value != LIFECYCLE_CHURN)
        reason_start(ret_reason, "%s", rules[lifecycle->value]);
    else if (lifecycle->by_once)
        reason_start(ret_reason, "churn: bought once, more than %lld days ago", (long long)options->once_days);
    else
        reason_start(ret_reason, "churn: %s", facts->dropped ? "has dropped out" : "has no need any more");
    reason_add(ret_reason, "purchase_days", REASON_COUNT, facts->buys);
    if (facts->silent_days >= 0)
        reason_add(ret_reason, "days_since_order", REASON_DAYS, facts->silent_days * 1000);
}
