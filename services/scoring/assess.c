#include "services/scoring/assess.h"

#include "common/must.h"

#include <math.h>
#include <string.h>

enum { PPM = 1000000, MILLI = 1000, COSTED_LEAST_PPM = 900000 };

#define DAY_MS INT64_C(86400000)

// --- purchases

void assess_money(const struct series *series, int32_t from_day, struct clv_money *ret_money)
{
    int128 kept = 0, costed = 0, cost = 0;
    for (size_t i = series->count; i > 0 && series->purchases[i - 1].day >= from_day; i--) {
        const struct purchase *purchase = &series->purchases[i - 1];
        kept += purchase->kept_micros;
        if (purchase->cost_micros == TRAIL_NO_COST)
            continue;
        costed += purchase->kept_micros;
        cost += purchase->cost_micros;
    }
    *ret_money = (struct clv_money){
        .kept_micros = worth_held(kept),
        .costed_micros = worth_held(costed),
        .margin_micros = worth_held(costed - cost),
    };
}

static void sum_window(const struct view *view, const struct series *series, struct assess_window *ret)
{
    int32_t first = view->today - view->window_days + 1;
    int128 total = 0;
    *ret = (struct assess_window){0};
    assess_money(series, first, &ret->money);
    for (size_t i = series->count; i > 0 && series->purchases[i - 1].day >= first; i--) {
        ret->orders++;
        ret->discounted += series->purchases[i - 1].discounted;
        total += series->purchases[i - 1].total_micros;
    }
    ret->total_micros = worth_held(total);
    // The few orders whose cost is not known are taken to have the margin of the others.
    const struct clv_money *money = &ret->money;
    ret->margin_known =
        money->costed_micros > 0 && (int128)money->costed_micros * PPM >= (int128)money->kept_micros * COSTED_LEAST_PPM;
    if (ret->margin_known)
        ret->margin_micros = worth_held((int128)money->margin_micros * money->kept_micros / money->costed_micros);
}

void assess_life(const struct life *life, struct clv_money *ret_money)
{
    *ret_money = (struct clv_money){
        .kept_micros = worth_held(life->kept_micros),
        .costed_micros = worth_held(life->costed_micros),
        .margin_micros = worth_held(life->costed_micros - life->cost_micros),
    };
}

static int64_t last_ms(const struct assessment *all)
{
    return series_last_ms(&all->series);
}

static int64_t silent_days(const struct view *view, const struct assessment *all)
{
    int32_t day = series_last_day(&all->series);
    return day == SERIES_NO_DAY ? -1 : (int64_t)view->today - day;
}

static int64_t refunded_ppm(const struct view *view, const struct assessment *all)
{
    int64_t total = 0;
    (void)view;
    total = all->window.total_micros;
    return total > 0 ? worth_share((int128)total - all->window.money.kept_micros, total) : -1;
}

// --- the dimensions

static void assess_lead(const struct judging *judging, const struct view *view, struct assessment *all)
{
    all->lead_facts = (struct lead_facts){
        .story = &view->story->lead,
        .today = view->today,
        .key_person_day = view->story->profile.key_person_day,
        .last_order_ms = last_ms(all),
    };
    lead_judge(&judging->lead, &all->lead_facts, &all->lead);
    all->rival_facts =
        (struct rival_facts){.story = &view->story->rival, .last_order_ms = last_ms(all), .today = view->today};
    rival_judge(&judging->rival, &all->rival_facts, &all->rival);
}

static void assess_value(const struct judging *judging, const struct view *view, struct assessment *all)
{
    struct clv_money life;
    const struct foresight *foresight = &view->foresight;
    assess_life(view->life, &life);
    all->declining_facts = (struct declining_facts){.series = all->series,
                                                    .key = view->exact.abc == LEDGER_A || view->exact.abc == LEDGER_B};
    declining_judge(&judging->declining, &all->declining_facts, &all->declining);
    all->deals_facts = (struct deals_facts){
        .today = view->today,
        .last_order_ms = last_ms(all) == SERIES_NEVER ? DEALS_NEVER : last_ms(all),
        .margin_ppm = clv_margin(&judging->clv, &life),
        .discount_ppm = judging->clv.discount_ppm,
    };
    deals_judge(&judging->clv.deals, &view->story->deals, &all->deals_facts, &all->deals);
    all->clv_facts = (struct clv_facts){
        .bought = view->customer->days > 0,
        .age_days = view->customer->days > 0 ? view->today - view->customer->first_day : 0,
        .life = life,
        .window = all->window.money,
        .served_micros = view->served_micros,
        .now_high = view->exact.abc == LEDGER_A || view->exact.abc == LEDGER_B,
        .source = foresight->source,
        .alive_ppm = foresight->alive_ppm,
        .orders_30_milli = foresight->orders_30_milli,
        .orders_90_milli = foresight->orders_90_milli,
        .orders_365_milli = foresight->orders_365_milli,
        .amount_micros = foresight->amount_micros,
        .future_micros = foresight->future_micros,
    };
    all->clv_facts.future_high = all->clv_facts.future_micros >= view->book->future_cut_micros;
    clv_judge(&judging->clv, &all->clv_facts, &all->clv);
}

// The chance of at least one order within 90 days, as if orders fell at random.
static int64_t buys_ppm(const struct clv_facts *facts)
{
    if (facts->source == CLV_NO_SOURCE)
        return -1;
    return worth_rounded(-expm1(-(double)facts->orders_90_milli / MILLI) * (double)PPM);
}

static void assess_care(const struct judging *judging, const struct view *view, struct assessment *all)
{
    const struct care_facts *care = &view->story->care;
    int64_t refunded = refunded_ppm(view, all), silent = silent_days(view, all);
    bool need_lost = all->rival.need_lost;
    all->satisfaction_facts = (struct satisfaction_facts){
        .care = care,
        .today_ms = view->today_ms,
        .mean_micros = view->book->satisfaction_micros,
        .refunded_ppm = refunded < 0 ? 0 : refunded,
        .bought_ms = all->series.count > 0 ? all->series.purchases[0].time_ms : 0,
        .abc = view->ordered ? view->exact.abc : 0,
    };
    satisfaction_judge(&judging->satisfaction, &all->satisfaction_facts, &all->satisfaction);
    all->loyalty_facts = (struct loyalty_facts){
        .care = care,
        .today_ms = view->today_ms,
        .tenure_days = view->customer->days > 0 ? view->today - view->customer->first_day : -1,
        .buys_ppm = buys_ppm(&all->clv_facts),
        .refunded_ppm = refunded,
        .frequency = view->rfm.f,
    };
    loyalty_judge(&judging->loyalty, &all->loyalty_facts, &all->loyalty);
    all->lifecycle_facts = (struct lifecycle_facts){
        .buys = view->customer->days, .silent_days = silent, .dropped = view->exact.dropped, .need_lost = need_lost};
    lifecycle_judge(&judging->lifecycle, &all->lifecycle_facts, &all->lifecycle);
    all->advocacy_facts = (struct advocacy_facts){.care = care,
                                                  .today_ms = view->today_ms,
                                                  .buys = view->customer->days,
                                                  .overdue = view->exact.overdue,
                                                  .dropped = view->exact.dropped};
    advocacy_judge(&judging->advocacy, &all->advocacy_facts, &all->advocacy);
    int64_t reached = -1; // days since the last real contact
    if (view->story->contacts.reached > 0)
        reached = view->reached_day < view->today ? (int64_t)view->today - view->reached_day : 0;
    all->aftersales_facts = (struct aftersales_facts){
        .care = care,
        .today_ms = view->today_ms,
        .buys = view->customer->days,
        .silent_days = silent < 0 || (reached >= 0 && reached < silent) ? reached : silent,
        .loyalty_ppm = all->loyalty.ppm,
        .satisfaction = all->satisfaction.value,
        .overdue = view->exact.overdue,
        .dropped = view->exact.dropped,
        .need_lost = need_lost,
    };
    aftersales_judge(&judging->aftersales, &all->aftersales_facts, &all->aftersales);
}

// The open quotes: when the newest was sent, and the one that names the earliest day.
struct open_quotes {
    int64_t newest_ms;                 // SERIES_NEVER: none is open
    const struct deals_quote *nearest; // NULL: none names a day
};

static struct open_quotes find_quotes(const struct judging *judging, const struct view *view,
                                      const struct assessment *all)
{
    const struct deals *deals = &view->story->deals;
    struct open_quotes open = {.newest_ms = SERIES_NEVER};
    for (uint16_t i = 0; i < deals->quote_count; i++) {
        const struct deals_quote *quote = &deals->quotes[i];
        int64_t day;
        if (!deals_open(&judging->clv.deals, &all->deals_facts, quote, &day))
            continue;
        if (quote->sent_ms > open.newest_ms)
            open.newest_ms = quote->sent_ms;
        if (quote->expected_day != DEALS_NO_DAY &&
            (open.nearest == NULL || quote->expected_day < open.nearest->expected_day))
            open.nearest = quote;
    }
    return open;
}

// The earliest contract that has not ended; NULL when there is none.
static const struct deals_contract *running_contract(const struct view *view)
{
    const struct deals *deals = &view->story->deals;
    const struct deals_contract *best = NULL;
    for (uint16_t i = 0; i < deals->contract_count; i++) {
        const struct deals_contract *contract = &deals->contracts[i];
        bool over = (contract->to_day != DEALS_NO_DAY && contract->to_day < view->today) ||
                    (contract->ended_day != DEALS_NO_DAY && contract->ended_day < view->today);
        if (!over && (best == NULL || contract->from_day < best->from_day))
            best = contract;
    }
    return best;
}

static void assess_demand(const struct judging *judging, const struct view *view, struct assessment *all)
{
    const struct lead_story *lead = &view->story->lead;
    const struct rival_story *rival = &view->story->rival;
    const struct assess_window *window = &all->window;
    const struct open_quotes quotes = find_quotes(judging, view, all);
    const struct deals_quote *quote = quotes.nearest;
    const struct deals_contract *contract = running_contract(view);
    all->demand_facts = (struct demand_facts){
        .series = all->series,
        .gaps = all->gaps,
        .denial_ms = all->lead.temperature == LEAD_DENIAL ? lead->denial_ms : SERIES_NEVER,
        .need_lost_ms = rival->need_lost.time_ms,
        .rival_ms = rival->seen.time_ms,
        .expected_ms = lead->expected_said_ms,
        .intention_ms = lead->intention_said_ms,
        .expected_day = all->lead.expected_day,
        .intention = lead->intention,
        .quote_ms = quotes.newest_ms,
        .placed = window->orders + view->returned_orders,
        .ordered_micros = worth_held((int128)window->total_micros + view->returned_micros),
        .returned_micros = worth_held((int128)view->returned_micros + window->total_micros - window->money.kept_micros),
        .margin_micros = window->margin_micros,
        .margin_known = window->margin_known,
    };
    demand_judge(&judging->demand, &all->demand_facts, &all->demand);
    all->forecast_facts = (struct forecast_facts){
        .series = all->series,
        .gaps = all->gaps,
        .lead_ms = lead->expected_said_ms,
        .lead_day = lead->expected_day,
        .lead_quantity_milli = lead->expected_milli,
        .quote_ms = quote != NULL ? quote->sent_ms : SERIES_NEVER,
        .quote_day = quote != NULL ? quote->expected_day : SERIES_NO_DAY,
        .quote_micros = quote != NULL ? quote->revenue_micros : 0,
        .contract_from = contract != NULL ? contract->from_day : SERIES_NO_DAY,
        .contract_to = contract != NULL ? contract->to_day : SERIES_NO_DAY,
        .contract_micros = contract != NULL ? contract->value_micros : 0,
    };
    forecast_judge(&judging->forecast, &all->forecast_facts, &all->forecast);
}

static bool is_key(const struct view *view)
{
    return view->exact.tier == LIMITS_IMPORTANT || view->exact.tier == LIMITS_SECONDARY;
}

static void assess_kind(const struct judging *judging, const struct view *view, struct assessment *all)
{
    const struct assess_window *window = &all->window;
    all->kind_facts = (struct kind_facts){
        .orders = window->orders,
        .discounted = window->discounted,
        .net_micros = window->money.kept_micros,
        .margin_micros = window->margin_micros,
        .margin_known = window->margin_known,
        .top = is_key(view),
        .top_cut_micros = view->key_cut == RANK_NONE || window->margin_known ? 0 : view->key_cut,
        .growth_known = all->growth[0].known,
        .growth_ppm = all->growth[0].ppm,
        .declining = all->declining.value == DECLINING_YES,
    };
    kind_judge(&judging->kind, &all->kind_facts, &all->kind);
    all->face_facts = (struct face_facts){
        .key = is_key(view),
        .big = is_key(view),
        .orders = window->orders,
        .net_micros = window->money.kept_micros,
        .margin_micros = window->margin_micros,
        .margin_known = window->margin_known,
        .gap_count = all->gaps.count,
        .cv_ppm = all->gaps.cv_ppm,
    };
    face_judge(&judging->face, &all->face_facts, &all->face);
}

static void assess_policy(const struct judging *judging, const struct view *view, struct assessment *all)
{
    const struct clv_money *money = &all->window.money;
    all->policy_facts = (struct policy_facts){
        .type = view->story->profile.type,
        .abc = view->ordered ? view->exact.abc : 0,
        .tier = view->exact.tier,
        .clv = all->clv.value,
        .ranked = view->customer->orders > 0 && view->net_micros > 0,
        .above_ppm = view->above_ppm,
        .cooperation = view->story->care.cooperation,
        .loyalty = view->story->care.loyalty,
        .satisfaction = view->story->care.score,
        .tenure_days = all->loyalty_facts.tenure_days < 0 ? 0 : all->loyalty_facts.tenure_days,
        .orders = view->customer->orders,
        .margin_ppm = money->costed_micros > 0 ? worth_held((int128)money->margin_micros * PPM / money->costed_micros)
                                               : POLICY_UNSET,
    };
    for (size_t i = 0; i < POLICY_YEARS_MAX; i++) {
        all->policy_facts.growth_known[i] = all->growth[i].known;
        all->policy_facts.growth_ppm[i] = all->growth[i].ppm;
    }
    policy_judge(&judging->policy, &all->policy_facts, &all->policy);
    all->completeness_facts = (struct completeness_facts){
        .profile = &view->story->profile,
        .abc = view->ordered ? view->exact.abc : 0,
        .bought = view->customer->days > 0,
        .today = view->today,
    };
    completeness_judge(&judging->completeness, &all->completeness_facts, &all->completeness);
}

void assess(const struct judging *judging, const struct view *view, struct assessment *ret_assessment)
{
    struct assessment *all = ret_assessment;
    series_take(view->purchases, view->purchase_count, view->today, &all->series);
    series_gaps(&all->series, (size_t)judging->forecast.newest, &all->gaps);
    series_growth(&all->series, all->growth);
    sum_window(view, &all->series, &all->window);
    assess_lead(judging, view, all);
    assess_value(judging, view, all);
    assess_care(judging, view, all);
    assess_demand(judging, view, all);
    assess_kind(judging, view, all);
    assess_policy(judging, view, all);
}

// --- the values

static uint8_t yes_no(bool value)
{
    return value ? DECLINING_YES : DECLINING_NO;
}

static uint8_t rfm_code(struct ledger_rfm rfm)
{
    enum { BASE = LEDGER_PARTS + 1 };
    return (uint8_t)((rfm.r * BASE + rfm.f) * BASE + rfm.m);
}

void assess_ledger(struct ledger_verdict verdict, struct ledger_rfm rfm, uint8_t values[DIMENSION_ROOM])
{
    values[DIMENSION_ABC] = verdict.abc;
    values[DIMENSION_TIER] = verdict.tier;
    values[DIMENSION_RFM] = rfm_code(rfm);
    values[DIMENSION_OVERDUE] = yes_no(verdict.overdue);
    values[DIMENSION_DROP] = yes_no(verdict.dropped);
    values[DIMENSION_CONCENTRATION] = yes_no(verdict.concentrated);
    for (size_t i = 0; i < LIMITS_SCHEMES; i++)
        values[DIMENSION_SCHEME + i] = verdict.schemes[i];
}

static uint8_t announced_clv(const struct judging *judging, const struct view *view, const struct assessment *all)
{
    struct clv_facts facts = all->clv_facts;
    struct clv lagging;
    facts.now_high = view->announced.abc == LEDGER_A || view->announced.abc == LEDGER_B;
    uint8_t before = view->said[DIMENSION_CLV];
    // Within a twentieth of the cut a future stays as high or as low as it was said to be.
    int128 cut = view->book->future_cut_micros, near = cut == RANK_NONE ? 0 : cut / 20;
    bool was_high = before == CLV_VIP || before == CLV_IMPROVE;
    if (before != CLV_UNKNOWN && near > 0)
        facts.future_high = facts.future_micros >= (was_high ? cut - near : cut + near);
    clv_judge(&judging->clv, &facts, &lagging);
    return clv_announce(&judging->clv, &facts, &lagging, before);
}

void assess_values(const struct judging *judging, const struct view *view, const struct assessment *all,
                   uint8_t ret_now[DIMENSION_ROOM], uint8_t ret_announce[DIMENSION_ROOM])
{
    memset(ret_now, 0, DIMENSION_ROOM);
    if (view->ordered) // who never ordered has no class
        assess_ledger(view->exact, view->rfm, ret_now);
    ret_now[DIMENSION_CLV] = all->clv.value;
    ret_now[DIMENSION_KIND] = all->kind.value;
    ret_now[DIMENSION_FACE] = all->face.value;
    ret_now[DIMENSION_POLICY] = all->policy.value;
    ret_now[DIMENSION_DEMAND] = all->demand.value;
    ret_now[DIMENSION_NEXT_ORDER] = all->forecast.value;
    ret_now[DIMENSION_LIFECYCLE] = all->lifecycle.value;
    ret_now[DIMENSION_DECLINING] = all->declining.value;
    ret_now[DIMENSION_RIVAL] = all->rival.value;
    ret_now[DIMENSION_STAGE] = all->lead.stage;
    ret_now[DIMENSION_INTENTION] = all->lead.intention;
    ret_now[DIMENSION_TEMPERATURE] = all->lead.temperature;
    ret_now[DIMENSION_HORIZON] = all->lead.horizon;
    ret_now[DIMENSION_QUALIFIED] = all->lead.qualified;
    ret_now[DIMENSION_SATISFACTION] = all->satisfaction.value;
    ret_now[DIMENSION_STATUS] = all->aftersales.value;
    ret_now[DIMENSION_ADVOCACY] = all->advocacy.value;
    ret_now[DIMENSION_LOYALTY] = all->loyalty.value;
    ret_now[DIMENSION_COMPLETENESS] = all->completeness.value;

    const uint8_t *said = view->said;
    memcpy(ret_announce, ret_now, DIMENSION_ROOM);
    if (view->ordered)
        assess_ledger(view->announced, view->rfm, ret_announce);
    ret_announce[DIMENSION_CLV] = announced_clv(judging, view, all);
    ret_announce[DIMENSION_POLICY] =
        policy_announce(&judging->policy, &all->policy_facts, &all->policy, said[DIMENSION_POLICY]);
    ret_announce[DIMENSION_DECLINING] =
        (uint8_t)declining_announce(&judging->declining, &all->declining, said[DIMENSION_DECLINING]);
    ret_announce[DIMENSION_SATISFACTION] =
        satisfaction_announce(&judging->satisfaction, &all->satisfaction, said[DIMENSION_SATISFACTION]);
    ret_announce[DIMENSION_LOYALTY] = loyalty_announce(&judging->loyalty, &all->loyalty, said[DIMENSION_LOYALTY]);
    ret_announce[DIMENSION_STATUS] =
        aftersales_announce(&judging->aftersales, &all->aftersales, said[DIMENSION_STATUS]);
}
