#include "services/scoring/assess_explain.h"

#include "common/must.h"

enum { FOR_EVER_MILLI = 1000000 }; // a thousand periods: no customer has a lifetime of that

typedef void explain(const struct judging *judging, const struct assessment *all, struct reason *reason);

static void explain_clv(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    clv_explain(&judging->clv, &all->clv_facts, &all->clv, reason);
}

static void explain_kind(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    kind_explain(&judging->kind, &all->kind_facts, &all->kind, reason);
}

static void explain_face(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    face_explain(&judging->face, &all->face_facts, &all->face, reason);
}

static void explain_policy(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    policy_explain(&judging->policy, &all->policy_facts, &all->policy, reason);
}

static void explain_demand(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    demand_explain(&judging->demand, &all->demand_facts, &all->demand, reason);
}

static void explain_forecast(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    forecast_explain(&judging->forecast, &all->forecast_facts, &all->forecast, reason);
}

static void explain_lifecycle(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    lifecycle_explain(&judging->lifecycle, &all->lifecycle_facts, &all->lifecycle, reason);
}

static void explain_declining(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    declining_explain(&judging->declining, &all->declining_facts, &all->declining, reason);
}

static void explain_rival(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    rival_explain(&judging->rival, &all->rival_facts, &all->rival, reason);
}

static void explain_satisfaction(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    satisfaction_explain(&judging->satisfaction, &all->satisfaction_facts, &all->satisfaction, reason);
}

static void explain_aftersales(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    aftersales_explain(&judging->aftersales, &all->aftersales_facts, &all->aftersales, reason);
}

static void explain_advocacy(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    advocacy_explain(&judging->advocacy, &all->advocacy_facts, &all->advocacy, reason);
}

static void explain_loyalty(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    loyalty_explain(&judging->loyalty, &all->loyalty_facts, &all->loyalty, reason);
}

static void explain_completeness(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    completeness_explain(&judging->completeness, &all->completeness_facts, &all->completeness, reason);
}

static void explain_stage(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    lead_explain_stage(&judging->lead, &all->lead_facts, &all->lead, reason);
}

static void explain_intention(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    lead_explain_intention(&judging->lead, &all->lead_facts, &all->lead, reason);
}

static void explain_temperature(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    lead_explain_temperature(&judging->lead, &all->lead_facts, &all->lead, reason);
}

static void explain_horizon(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    lead_explain_horizon(&judging->lead, &all->lead_facts, &all->lead, reason);
}

static void explain_qualified(const struct judging *judging, const struct assessment *all, struct reason *reason)
{
    lead_explain_qualified(&judging->lead, &all->lead_facts, &all->lead, reason);
}

static explain *const explains[DIMENSIONS] = {
    [DIMENSION_CLV] = explain_clv,
    [DIMENSION_KIND] = explain_kind,
    [DIMENSION_FACE] = explain_face,
    [DIMENSION_POLICY] = explain_policy,
    [DIMENSION_DEMAND] = explain_demand,
    [DIMENSION_NEXT_ORDER] = explain_forecast,
    [DIMENSION_LIFECYCLE] = explain_lifecycle,
    [DIMENSION_DECLINING] = explain_declining,
    [DIMENSION_RIVAL] = explain_rival,
    [DIMENSION_SATISFACTION] = explain_satisfaction,
    [DIMENSION_STATUS] = explain_aftersales,
    [DIMENSION_ADVOCACY] = explain_advocacy,
    [DIMENSION_LOYALTY] = explain_loyalty,
    [DIMENSION_COMPLETENESS] = explain_completeness,
    [DIMENSION_STAGE] = explain_stage,
    [DIMENSION_INTENTION] = explain_intention,
    [DIMENSION_TEMPERATURE] = explain_temperature,
    [DIMENSION_HORIZON] = explain_horizon,
    [DIMENSION_QUALIFIED] = explain_qualified,
};

// What a loss would cost, beside what says that one threatens.
static void add_loss(const struct judging *judging, const struct view *view, const struct assessment *all,
                     enum dimension dimension, struct reason *reason)
{
    struct worth_loss loss;
    bool threatens = dimension == DIMENSION_DECLINING || dimension == DIMENSION_RIVAL || dimension == DIMENSION_STATUS;
    if (!threatens || reason->figure_count + 4 > REASON_FIGURES_MAX)
        return;
    worth_loss(&judging->worth, view->served_micros, all->clv.future_micros, &loss);
    if (loss.known)
        worth_loss_figures(&loss, reason);
}

// Beside the model: what the textbook's other two ways say, by the customer's own deals and by what silent customers
// were seen to do. They decide nothing.
static void add_other_ways(const struct judging *judging, const struct view *view, const struct assessment *all,
                           enum dimension dimension, struct reason *reason)
{
    if (dimension != DIMENSION_CLV || reason->figure_count + 4 > REASON_FIGURES_MAX)
        return;
    if (all->deals.open + all->deals.running > 0) {
        reason_add(reason, "deals_open", REASON_COUNT, all->deals.open + all->deals.running);
        reason_add(reason, "deals_present_value", REASON_MONEY, all->deals.present_micros);
    }
    if (view->customer->days == 0)
        return;
    const struct dwyer_facts facts = {
        .chances = &view->book->chances,
        .silent_days = view->today - view->customer->last_day,
        .purchase_micros = worth_part(all->clv_facts.amount_micros, all->clv.margin_ppm),
        .cost_micros = worth_held((int128)view->served_micros * judging->clv.dwyer.period_days / view->window_days),
        .discount_ppm = judging->clv.discount_ppm,
    };
    struct dwyer dwyer;
    dwyer_judge(&judging->clv.dwyer, &facts, &dwyer);
    if (!dwyer.known)
        return;
    reason_add(reason, dwyer.nature == DWYER_MIGRATION ? "dwyer_migration_value" : "dwyer_retention_value",
               REASON_MONEY, dwyer.value_micros);
    if (dwyer.lifetime_milli < FOR_EVER_MILLI) // else nobody was ever seen to leave
        reason_add(reason, "dwyer_periods", REASON_MILLI, dwyer.lifetime_milli);
}

bool assess_explain(const struct judging *judging, const struct view *view, const struct assessment *assessment,
                    enum dimension dimension, struct reason *ret_reason)
{
    must((int)dimension >= 0 && dimension < DIMENSIONS);
    if (explains[dimension] == NULL)
        return false;
    explains[dimension](judging, assessment, ret_reason);
    add_loss(judging, view, assessment, dimension, ret_reason);
    add_other_ways(judging, view, assessment, dimension, ret_reason);
    return true;
}
