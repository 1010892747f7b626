#include "services/scoring/judge.h"

#include "services/scoring/assess_explain.h"
#include "services/scoring/explain.h"
#include "services/scoring/lately.h"
#include "services/scoring/meet.h"

#include <string.h>

enum { PPM = 1000000, CACHE_LINE = 64 };

const struct story *core_story(const struct scoring *scoring, uint32_t slot)
{
    static struct story nothing;
    static bool started;
    struct story *const *story = column_get(&scoring->stories, slot);
    if (story != NULL && *story != NULL)
        return *story;
    if (!started)
        story_start(&nothing);
    started = true;
    return &nothing;
}

// The share of the customers with an order in the window that are worth more, as far as the rules' tops tell: each
// holds of it just when it holds of the share itself.
static int64_t share_above(const struct scoring *scoring, const struct ledger_customer *customer, int64_t net_micros)
{
    return customer->orders == 0 ? PPM : limits_above(ledger_limits(scoring->ledger), net_micros);
}

// The share itself, where it is to be read: it adds up the buckets above. Of several processes none has them all.
static int64_t exact_above(const struct scoring *scoring, const struct view *view)
{
    const struct rank *by_net = ledger_by_net(scoring->ledger);
    uint64_t all = rank_count(by_net);
    if (view->customer->orders == 0 || all == 0 || meet_limits(scoring) != NULL)
        return view->above_ppm;
    return (int64_t)(rank_above(by_net, view->net_micros).count * PPM / all);
}

static const struct life *life_of(const struct scoring *scoring, uint32_t slot)
{
    static const struct life nothing;
    const struct life *life = column_get(&scoring->lives, slot);
    return life != NULL ? life : &nothing;
}

double judge_repeat_mean(const struct scoring *scoring, uint32_t slot)
{
    const struct ledger_customer *customer = ledger_customer(scoring->ledger, slot);
    size_t count;
    const struct purchase *purchases = trail_of(scoring->trail, slot, &count);
    if (customer->days < 2)
        return 0;
    int128 sum = 0;
    for (size_t i = 0; i < count && purchases[i].day <= ledger_day(scoring->ledger); i++)
        if (purchases[i].day > customer->first_day)
            sum += purchases[i].kept_micros;
    return (double)sum / MONEY_MICROS / (customer->days - 1);
}

static void foresee(struct scoring *scoring, uint32_t slot, struct foresight *ret_foresight)
{
    const struct ledger_customer *customer = ledger_customer(scoring->ledger, slot);
    const struct clv_options *options = &scoring->options.judging.clv;
    struct clv_money life;
    assess_life(life_of(scoring, slot), &life);
    const struct foresight_facts facts = {
        .days = customer->days,
        .first_day = customer->first_day,
        .last_day = customer->last_day,
        .today = ledger_day(scoring->ledger),
        .last_micros = customer->last_micros,
        .margin_ppm = clv_margin(options, &life),
        .mean = judge_repeat_mean(scoring, slot),
    };
    foresights_of(&scoring->foresights, slot, options, &scoring->book, &facts, ret_foresight);
}

static void make_view(struct scoring *scoring, uint32_t slot, struct view *view)
{
    static const struct standing no_standing;
    const struct ledger *ledger = scoring->ledger;
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    const struct standing *standing = column_get(&scoring->standings, slot);
    const struct limits_board *board = &ledger_limits(ledger)->boards[LIMITS_MAIN];
    int64_t net = worth_held(customer->net);
    *view = (struct view){
        .now_ms = ledger_as_of(ledger),
        .today_ms = terms_day_start(&scoring->terms, ledger_day(ledger)),
        .today = ledger_day(ledger),
        .window_days = (int32_t)ledger_options(ledger)->window_days,
        .ordered = archive_has_orders(scoring->archive, slot),
        .customer = customer,
        .exact = ledger_exact(ledger, slot),
        .announced = ledger_verdict(ledger, slot),
        .rfm = ledger_rfm(ledger, slot),
        .net_micros = net,
        .above_ppm = share_above(scoring, customer, net),
        .key_cut = scoring->terms.measure == TERMS_NET ? board->cuts[LIMITS_TIER + 1].value : RANK_NONE,
        .life = life_of(scoring, slot),
        .story = core_story(scoring, slot),
        .book = &scoring->book,
        .returned_micros = worth_held(sums_of(scoring->returned, slot)),
        .returned_orders = (uint32_t)sums_of(scoring->cancelled, slot),
        .said = standing != NULL ? standing->said : no_standing.said,
    };
    if (view->story->contacts.reached > 0)
        view->reached_day = terms_day(&scoring->terms, view->story->contacts.reached_ms);
    foresee(scoring, slot, &view->foresight);
    view->served_micros = story_cost(view->story, view->today, view->window_days);
    view->purchases = trail_of(scoring->trail, slot, &view->purchase_count);
}

const struct override *judge_override(const struct scoring *scoring, uint32_t slot, enum dimension dimension)
{
    return override_find(&core_story(scoring, slot)->overrides, dimension, ledger_day(scoring->ledger));
}

// A person's decision takes the place of what the figures say, in what holds and in what is announced.
static void decide(const struct scoring *scoring, uint32_t slot, struct judgement *judgement)
{
    memcpy(judgement->now, judgement->machine, DIMENSION_ROOM);
    if (judgement->view.story->overrides.count == 0)
        return;
    for (size_t i = 0; i < dimension_count(&scoring->names); i++) {
        const struct override *entry = judge_override(scoring, slot, (enum dimension)i);
        if (entry != NULL)
            judgement->now[i] = judgement->announce[i] = entry->value;
    }
}

void judge_ledger(const struct scoring *scoring, uint32_t slot, uint8_t now[DIMENSION_ROOM])
{
    uint8_t known[DIMENSION_ROOM] = {0};
    if (!archive_has_orders(scoring->archive, slot))
        return;
    assess_ledger(ledger_exact(scoring->ledger, slot), ledger_rfm(scoring->ledger, slot), known);
    for (size_t i = 0; i < DIMENSIONS; i++)
        if (known[i] != 0 && judge_override(scoring, slot, (enum dimension)i) == NULL)
            now[i] = known[i];
}

void judge_known(const struct scoring *scoring, uint32_t slot, uint8_t now[DIMENSION_ROOM])
{
    static const struct standing nothing;
    const struct standing *standing = column_get(&scoring->standings, slot);
    memcpy(now, standing != NULL ? standing->now : nothing.now, DIMENSION_ROOM);
    judge_ledger(scoring, slot, now);
}

bool judge_at_risk(const uint8_t *now)
{
    static const struct {
        enum dimension dimension;
        uint8_t value;
    } risks[] = {
        {DIMENSION_OVERDUE, DECLINING_YES},           {DIMENSION_DROP, DECLINING_YES},
        {DIMENSION_DECLINING, DECLINING_YES},         {DIMENSION_RIVAL, RIVAL_YES},
        {DIMENSION_STATUS, AFTERSALES_COMPLAINING},   {DIMENSION_STATUS, AFTERSALES_LOST},
        {DIMENSION_SATISFACTION, SATISFACTION_ALARM},
    };
    for (size_t i = 0; i < sizeof risks / sizeof risks[0]; i++)
        if (now[risks[i].dimension] == risks[i].value)
            return true;
    return false;
}

void judge_expect(const struct scoring *scoring, uint32_t slot)
{
    if (slot >= ledger_count(scoring->ledger))
        return;
    __builtin_prefetch(ledger_customer(scoring->ledger, slot));
    __builtin_prefetch(column_get(&scoring->standings, slot));
    __builtin_prefetch(column_get(&scoring->lives, slot));
    __builtin_prefetch(column_get(&scoring->stories, slot));
    sums_expect(scoring->returned, slot);
    sums_expect(scoring->cancelled, slot);
    lately_expect(&scoring->lately, slot);
    foresights_expect(&scoring->foresights, slot);
    trail_expect(scoring->trail, slot);
}

void judge_approach(const struct scoring *scoring, uint32_t slot)
{
    if (slot >= ledger_count(scoring->ledger))
        return;
    struct story *const *story = column_get(&scoring->stories, slot);
    for (size_t at = 0; story != NULL && *story != NULL && at < sizeof **story; at += CACHE_LINE)
        __builtin_prefetch((const uint8_t *)*story + at);
    lately_approach(&scoring->lately, slot);
    trail_approach(scoring->trail, slot);
}

void judge(struct scoring *scoring, uint32_t slot, struct judgement *ret_judgement)
{
    make_view(scoring, slot, &ret_judgement->view);
    assess(&scoring->options.judging, &ret_judgement->view, &ret_judgement->assessment);
    assess_values(&scoring->options.judging, &ret_judgement->view, &ret_judgement->assessment, ret_judgement->machine,
                  ret_judgement->announce);
    decide(scoring, slot, ret_judgement);
}

int64_t judge_future(struct scoring *scoring, uint32_t slot)
{
    struct foresight foresight;
    foresee(scoring, slot, &foresight);
    return foresight.future_micros;
}

void judge_explain(const struct scoring *scoring, uint32_t slot, const struct judgement *judgement,
                   enum dimension dimension, struct reason *ret_reason)
{
    const struct judging *judging = &scoring->options.judging;
    if (dimension == DIMENSION_POLICY) {
        struct policy_facts facts = judgement->assessment.policy_facts;
        facts.above_ppm = exact_above(scoring, &judgement->view);
        policy_explain(&judging->policy, &facts, &judgement->assessment.policy, ret_reason);
        return;
    }
    if (!assess_explain(judging, &judgement->view, &judgement->assessment, dimension, ret_reason))
        explain_ledger(scoring->ledger, &scoring->terms, slot, dimension, ret_reason);
}

int64_t judge_contribution(const struct scoring *scoring, uint32_t slot)
{
    int32_t today = ledger_day(scoring->ledger), days = (int32_t)ledger_options(scoring->ledger)->window_days;
    struct series series;
    struct clv_money money;
    size_t count;
    const struct purchase *purchases = trail_of(scoring->trail, slot, &count);
    series_take(purchases, count, today, &series);
    assess_money(&series, today - days + 1, &money);
    int64_t profit = clv_profit(&scoring->options.judging.clv, &money);
    return worth_held((int128)profit - story_cost(core_story(scoring, slot), today, days));
}
