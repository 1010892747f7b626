#include "services/scoring/clv.h"

#include "common/must.h"
#include "services/scoring/worth.h"

#include <math.h>

// A customer's own margin is held between these: it cannot keep more than it sold, and one that was sold at a tenth of
// its cost must not turn every expectation upside down.
enum { MARGIN_LEAST_PPM = -10000000, MARGIN_MOST_PPM = 1000000 };

const char *const clv_names[CLV_VALUES] = {"", "vip", "improve", "maintain", "abandon"};
const char *const clv_kinds[CLV_VALUES] = {"", "core", "potential", "value", "low"};

static const char *const rules[CLV_VALUES] = {
    "not known",
    "vip: high now and high to come, each among all customers as classes A and B are",
    "improve: low now, high to come among all customers",
    "maintain: high now, low to come among all customers",
    "abandon: low now and low to come among all customers",
};

int64_t clv_profit(const struct clv_options *options, const struct clv_money *money)
{
    int64_t uncosted = worth_held((int128)money->kept_micros - money->costed_micros);
    return worth_held((int128)money->margin_micros + worth_part(uncosted, options->margin_ppm));
}

int64_t clv_margin(const struct clv_options *options, const struct clv_money *life)
{
    if (life->kept_micros <= 0)
        return options->margin_ppm;
    int128 margin = (int128)clv_profit(options, life) * WORTH_PPM / life->kept_micros;
    if (margin > MARGIN_MOST_PPM)
        return MARGIN_MOST_PPM;
    return margin < MARGIN_LEAST_PPM ? MARGIN_LEAST_PPM : (int64_t)margin;
}

int64_t clv_predict(const struct clv_options *options, const double orders[CLV_MONTHS + 1], int64_t amount_micros,
                    int64_t margin_ppm)
{
    must(options->discount_ppm >= 0);
    double month = log1p((double)options->discount_ppm / WORTH_PPM) / CLV_MONTHS, sum = 0;
    for (int k = 1; k <= CLV_MONTHS; k++) {
        double more = orders[k] - orders[k - 1];
        if (isfinite(more) && more > 0)
            sum += more * exp(-month * k);
    }
    return worth_rounded(sum * (double)amount_micros * ((double)margin_ppm / WORTH_PPM));
}

static uint8_t quadrant_of(const struct clv_facts *facts)
{
    if (!facts->bought || facts->source == CLV_NO_SOURCE)
        return CLV_UNKNOWN;
    if (facts->future_high)
        return facts->now_high ? CLV_VIP : CLV_IMPROVE;
    return facts->now_high ? CLV_MAINTAIN : CLV_ABANDON;
}

void clv_judge(const struct clv_options *options, const struct clv_facts *facts, struct clv *ret_clv)
{
    struct clv clv = {.quadrant = quadrant_of(facts)};
    clv.margin_ppm = clv_margin(options, &facts->life);
    clv.past_micros = clv_profit(options, &facts->life);
    clv.now_micros = clv_profit(options, &facts->window);
    clv.net_micros = worth_held((int128)clv.now_micros - facts->served_micros);
    clv.future_micros = facts->source == CLV_NO_SOURCE ? 0 : facts->future_micros;
    clv.total_micros = worth_held((int128)clv.past_micros + clv.future_micros);
    bool costly = clv.net_micros < 0 && facts->age_days >= options->patience_days;
    clv.forced = facts->bought && (clv.now_micros < 0 || costly);
    clv.value = clv.forced ? CLV_ABANDON : clv.quadrant;
    *ret_clv = clv;
}

uint8_t clv_announce(const struct clv_options *options, const struct clv_facts *facts, const struct clv *lagging,
                     uint8_t previous)
{
    if (lagging->value == CLV_UNKNOWN || previous == CLV_UNKNOWN || lagging->now_micros < 0)
        return lagging->value;
    bool near = (facts->served_micros > 0 && facts->age_days >= options->patience_days) &&
                worth_held((int128)lagging->net_micros * (lagging->net_micros < 0 ? -1 : 1)) <=
                    worth_part(facts->served_micros, options->slack_ppm);
    if (!near || lagging->quadrant == CLV_UNKNOWN)
        return lagging->value;
    return previous == CLV_ABANDON ? CLV_ABANDON : lagging->quadrant;
}

static void explain_orders(const struct clv_facts *facts, struct reason *reason)
{
    reason_add(reason, "still_a_customer", REASON_PPM, facts->alive_ppm);
    reason_add(reason, "orders_30_days", REASON_MILLI, facts->orders_30_milli);
    reason_add(reason, "orders_90_days", REASON_MILLI, facts->orders_90_milli);
    reason_add(reason, "orders_365_days", REASON_MILLI, facts->orders_365_milli);
    reason_add(reason, "expected_amount", REASON_MONEY, facts->amount_micros);
}

void clv_explain(const struct clv_options *options, const struct clv_facts *facts, const struct clv *clv,
                 struct reason *ret_reason)
{
    char percent[REASON_NUMBER_BYTES];
    if (!clv->forced)
        reason_start(ret_reason, "%s", rules[clv->value]);
    else if (clv->now_micros < 0)
        reason_start(ret_reason, "abandon: brought less than nothing in the window");
    else
        reason_start(ret_reason, "abandon: costs more to serve than it brought in the window");
    reason_add(ret_reason, "total", REASON_MONEY, clv->total_micros);
    reason_add(ret_reason, "past", REASON_MONEY, clv->past_micros);
    reason_add(ret_reason, "next_12_months", REASON_MONEY, clv->future_micros);
    reason_add(ret_reason, "window", REASON_MONEY, clv->now_micros);
    reason_add(ret_reason, "cost_to_serve", REASON_MONEY, facts->served_micros);
    reason_add(ret_reason, "margin", REASON_PPM, clv->margin_ppm);
    if (facts->source != CLV_NO_SOURCE)
        explain_orders(facts, ret_reason);
    if (!facts->bought)
        reason_note(ret_reason, "it never bought");
    else if (facts->source == CLV_NO_SOURCE)
        reason_note(ret_reason, "what is to come is not known: too few purchases of all customers to tell it by");
    else
        reason_note(ret_reason, "a %s customer; discounted at %s %% a year, orders expected %s", clv_kinds[clv->value],
                    reason_percent(options->discount_ppm, percent),
                    facts->source == CLV_MODEL ? "by the purchase model" : "by how often silent customers return");
}
