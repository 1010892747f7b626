#include "services/scoring/kind.h"

#include "common/must.h"
#include "services/scoring/series.h"

const char *const kind_names[KIND_VALUES] = {
    "", "transactional", "relational", "relational:best", "relational:promising", "relational:losing"};

enum { PPM = 1000000 };

// The profit after `years` of the growth; held inside int64.
static int64_t reach(int64_t profit, int64_t growth_ppm, int64_t years)
{
    must(years >= 0 && years <= KIND_REACH_YEARS_MAX);
    int128 value = profit;
    for (int64_t i = 0; i < years && value <= INT64_MAX; i++)
        value = value * ((int128)PPM + growth_ppm) / PPM;
    return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

static bool is_promising(const struct kind_options *options, const struct kind_facts *facts, const struct kind *kind)
{
    bool good = facts->margin_known ? kind->rate_known && kind->margin_ppm >= options->good_ppm : true;
    return good && facts->growth_known && facts->growth_ppm >= options->rise_ppm && kind->profit_micros > 0 &&
           kind->reach_micros >= facts->top_cut_micros;
}

void kind_judge(const struct kind_options *options, const struct kind_facts *facts, struct kind *ret)
{
    *ret = (struct kind){.profit_micros = facts->margin_known ? facts->margin_micros : facts->net_micros};
    if (facts->orders == 0)
        return;
    ret->discounted_ppm = series_ppm(facts->discounted, facts->orders);
    ret->rate_known = facts->margin_known && facts->net_micros > 0;
    if (ret->rate_known)
        ret->margin_ppm = series_ppm(facts->margin_micros, facts->net_micros);
    if (facts->growth_known && facts->growth_ppm > -PPM && ret->profit_micros > 0)
        ret->reach_micros = reach(ret->profit_micros, facts->growth_ppm, options->reach_years);
    if (facts->orders >= options->min_orders && ret->discounted_ppm >= options->discounted_ppm)
        ret->value = KIND_TRANSACTIONAL;
    else if (ret->profit_micros > 0 && facts->declining)
        ret->value = KIND_LOSING;
    else if (facts->top)
        ret->value = KIND_BEST;
    else if (is_promising(options, facts, ret))
        ret->value = KIND_PROMISING;
    else
        ret->value = KIND_RELATIONAL;
}

static const char *const RULES[KIND_VALUES] = {
    "kind is not known: no orders in the window",
    "transactional: most orders were bought at a discount",
    "relational: neither among the best, nor promising, nor losing",
    "relational: among the most profitable",
    "relational: a good margin, and growing fast enough to become one of the best",
    "relational: profitable, but declining"};

void kind_explain(const struct kind_options *options, const struct kind_facts *facts, const struct kind *kind,
                  struct reason *ret_reason)
{
    reason_start(ret_reason, "%s", RULES[kind->value]);
    reason_add(ret_reason, "orders", REASON_COUNT, facts->orders);
    if (facts->orders == 0)
        return;
    reason_add(ret_reason, "discounted_share", REASON_PPM, kind->discounted_ppm);
    reason_add(ret_reason, "transactional_from", REASON_PPM, options->discounted_ppm);
    reason_add(ret_reason, facts->margin_known ? "margin" : "sales", REASON_MONEY, kind->profit_micros);
    if (kind->rate_known)
        reason_add(ret_reason, "margin_share", REASON_PPM, kind->margin_ppm);
    if (facts->top_cut_micros > 0)
        reason_add(ret_reason, "best_from", REASON_MONEY, facts->top_cut_micros);
    if (facts->growth_known)
        reason_add(ret_reason, "growth", REASON_PPM, facts->growth_ppm);
    if (kind->reach_micros > 0)
        reason_add(ret_reason, "would_reach", REASON_MONEY, kind->reach_micros);
    if (!facts->margin_known)
        reason_note(ret_reason, "costs are not known: sales stand for profit");
}
