#include "services/scoring/explain.h"

#include "common/must.h"

enum { DAY_MS = 86400000, MILLI_DAYS = 1000 };

static int64_t held(int128 value)
{
    if (value > INT64_MAX)
        return INT64_MAX;
    return value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

// What a customer is ranked by: figures of a measure in a window.
struct ranked {
    unsigned measure; // enum terms_measure
    uint32_t window_days, orders;
    int128 net;
    const struct limits_board *board;
};

static const struct {
    const char *words, *figure;
    enum reason_unit unit;
} measures[] = {
    [TERMS_NET] = {"net sales", "net_sales", REASON_MONEY},
    [TERMS_QUANTITY] = {"quantity", "quantity", REASON_COUNT},
    [TERMS_MARGIN] = {"margin", "margin", REASON_MONEY},
};

// By the ledger's own measure and window.
static struct ranked rank_main(const struct ledger *ledger, const struct terms *terms, uint32_t slot)
{
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    return (struct ranked){
        .measure = terms->measure,
        .window_days = ledger_options(ledger)->window_days,
        .orders = customer->orders,
        .net = customer->net,
        .board = &ledger_limits(ledger)->boards[LIMITS_MAIN],
    };
}

static struct ranked rank_scheme(const struct ledger *ledger, unsigned scheme, uint32_t slot)
{
    const struct ledger_options *options = ledger_options(ledger);
    struct scheme_figures figures = ledger_scheme_figures(ledger, scheme, slot);
    bool rfm = scheme == LIMITS_SCHEMES;
    return (struct ranked){
        .measure = rfm ? options->rfm.measure : options->schemes[scheme].measure,
        .window_days = rfm ? options->rfm.window_days : options->schemes[scheme].window_days,
        .orders = figures.orders,
        .net = figures.net,
        .board = &ledger_limits(ledger)->boards[LIMITS_SCHEME + scheme],
    };
}

// A figure of the measure. Pieces are kept in micros like money; people count whole ones.
static void add_measured(struct reason *reason, const struct ranked *ranked, const char *name, int128 value)
{
    enum reason_unit unit = measures[ranked->measure].unit;
    reason_add(reason, name, unit, held(unit == REASON_COUNT ? value / MONEY_MICROS : value));
}

static void add_net(struct reason *reason, const struct ranked *ranked)
{
    add_measured(reason, ranked, measures[ranked->measure].figure, ranked->net);
}

static void add_share(struct reason *reason, const struct ranked *ranked)
{
    int128 total = ranked->board->positive.sum;
    add_measured(reason, ranked, "total", total);
    reason_add(reason, "share", REASON_PPM, total > 0 && ranked->net > 0 ? held(ranked->net * RANK_PPM / total) : 0);
}

static void add_window(struct reason *reason, const struct ranked *ranked)
{
    reason_add(reason, "orders", REASON_COUNT, ranked->orders);
    reason_add(reason, "window", REASON_DAYS, (int64_t)ranked->window_days * MILLI_DAYS);
}

static void explain_class(const struct ranked *ranked, uint32_t cut_a_ppm, uint32_t cut_b_ppm, struct reason *reason)
{
    char a[REASON_NUMBER_BYTES], b[REASON_NUMBER_BYTES];
    reason_start(reason, "abc %s/%s, %s of %u days", reason_percent(cut_a_ppm, a), reason_percent(cut_b_ppm, b),
                 measures[ranked->measure].words, ranked->window_days);
    int64_t least_a = ranked->board->cuts[LIMITS_A].value, least_b = ranked->board->cuts[LIMITS_B].value;
    add_net(reason, ranked);
    if (least_a != RANK_NONE) {
        add_measured(reason, ranked, "threshold_a", least_a);
        add_measured(reason, ranked, "threshold_b", least_b);
    }
    add_share(reason, ranked);
    add_window(reason, ranked);
}

static void explain_abc(const struct ledger *ledger, const struct terms *terms, uint32_t slot, struct reason *reason)
{
    const struct ledger_options *options = ledger_options(ledger);
    struct ranked ranked = rank_main(ledger, terms, slot);
    explain_class(&ranked, options->cut_a_ppm, options->cut_b_ppm, reason);
}

static void explain_scheme(const struct ledger *ledger, unsigned scheme, uint32_t slot, struct reason *reason)
{
    const struct limits_rules *rules = &ledger_options(ledger)->schemes[scheme].rules;
    struct ranked ranked = rank_scheme(ledger, scheme, slot);
    explain_class(&ranked, rules->cut_a_ppm, rules->cut_b_ppm, reason);
}

static void explain_tier(const struct ledger *ledger, const struct terms *terms, uint32_t slot, struct reason *reason)
{
    static const char *const names[LIMITS_TIERS] = {"threshold_important", "threshold_secondary", "threshold_ordinary"};
    const uint32_t *tiers = ledger_options(ledger)->tier_ppm;
    char first[REASON_NUMBER_BYTES], second[REASON_NUMBER_BYTES], third[REASON_NUMBER_BYTES];
    struct ranked ranked = rank_main(ledger, terms, slot);
    reason_start(reason, "tier: the largest %s/%s/%s %% of the customers by %s of %u days",
                 reason_percent(tiers[0], first), reason_percent(tiers[1], second), reason_percent(tiers[2], third),
                 measures[ranked.measure].words, ranked.window_days);
    add_net(reason, &ranked);
    for (unsigned i = 0; i < LIMITS_TIERS; i++)
        if (ranked.board->cuts[LIMITS_TIER + i].value != RANK_NONE)
            add_measured(reason, &ranked, names[i], ranked.board->cuts[LIMITS_TIER + i].value);
    reason_add(reason, "customers", REASON_COUNT, held((int128)ranked.board->population));
    add_window(reason, &ranked);
}

static void explain_concentration(const struct ledger *ledger, const struct terms *terms, uint32_t slot,
                                  struct reason *reason)
{
    char share[REASON_NUMBER_BYTES];
    uint32_t limit_ppm = ledger_options(ledger)->concentration_ppm;
    struct ranked ranked = rank_main(ledger, terms, slot);
    reason_start(reason, "concentration: one customer with more than %s %% of all %s of %u days",
                 reason_percent(limit_ppm, share), measures[ranked.measure].words, ranked.window_days);
    add_net(reason, &ranked);
    add_share(reason, &ranked);
    reason_add(reason, "limit", REASON_PPM, limit_ppm);
    add_window(reason, &ranked);
}

static void add_silence(const struct ledger *ledger, const struct ledger_customer *customer, struct reason *reason)
{
    if (customer->last_ms == LEDGER_NEVER)
        return;
    reason_add(reason, "last_order", REASON_TIME, customer->last_ms);
    reason_add(reason, "days_since_order", REASON_DAYS,
               (ledger_as_of(ledger) - customer->last_ms) / (DAY_MS / MILLI_DAYS));
}

static void explain_overdue(const struct ledger *ledger, const struct terms *terms, uint32_t slot,
                            struct reason *reason)
{
    (void)terms;
    const struct ledger_options *options = ledger_options(ledger);
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    char factor[REASON_NUMBER_BYTES];
    reason_start(reason, "overdue: silent for longer than %s %% of the customer's mean gap of at least %u",
                 reason_percent(options->overdue_factor_ppm, factor), options->overdue_repeats);
    add_silence(ledger, customer, reason);
    reason_add(reason, "mean_gap", REASON_DAYS, ledger_mean_gap_milli(customer));
    reason_add(reason, "factor", REASON_PPM, options->overdue_factor_ppm);
    reason_add(reason, "purchase_days", REASON_COUNT, customer->days);
    if (ledger_overdue_at(ledger, slot) != RANK_NONE)
        reason_add(reason, "overdue_after", REASON_TIME, ledger_overdue_at(ledger, slot));
}

static void explain_drop(const struct ledger *ledger, const struct terms *terms, uint32_t slot, struct reason *reason)
{
    (void)terms;
    const struct ledger_options *options = ledger_options(ledger);
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    char part[REASON_NUMBER_BYTES];
    reason_start(reason, "drop: silent for longer than %s %% of all customers' gaps",
                 reason_percent(options->drop_quantile_ppm, part));
    add_silence(ledger, customer, reason);
    reason_add(reason, "usual_gap", REASON_DAYS, (int64_t)ledger_usual_gap(ledger) * MILLI_DAYS);
    reason_add(reason, "purchase_days", REASON_COUNT, customer->days);
}

static void explain_rfm(const struct ledger *ledger, const struct terms *terms, uint32_t slot, struct reason *reason)
{
    static const char *const ways[] = {"fifths", "bounds"};
    const struct rfm_rule *rule = &ledger_options(ledger)->rfm;
    struct ledger_rfm rfm = ledger_rfm(ledger, slot);
    struct ranked ranked =
        rule->window_days > 0 ? rank_scheme(ledger, LIMITS_SCHEMES, slot) : rank_main(ledger, terms, slot);
    reason_start(reason, "rfm: r by %s, f by %s, m by %s, %s of %u days", ways[rule->fixed[RFM_R]],
                 ways[rule->fixed[RFM_F]], ways[rule->fixed[RFM_M]], measures[ranked.measure].words,
                 ranked.window_days);
    reason_add(reason, "r", REASON_COUNT, rfm.r);
    reason_add(reason, "f", REASON_COUNT, rfm.f);
    reason_add(reason, "m", REASON_COUNT, rfm.m);
    add_silence(ledger, ledger_customer(ledger, slot), reason);
    add_net(reason, &ranked);
    add_window(reason, &ranked);
}

typedef void explain_one(const struct ledger *ledger, const struct terms *terms, uint32_t slot, struct reason *reason);

static explain_one *const explainers[DIMENSIONS] = {
    [DIMENSION_ABC] = explain_abc,   [DIMENSION_OVERDUE] = explain_overdue,
    [DIMENSION_DROP] = explain_drop, [DIMENSION_TIER] = explain_tier,
    [DIMENSION_RFM] = explain_rfm,   [DIMENSION_CONCENTRATION] = explain_concentration,
};

void explain_ledger(const struct ledger *ledger, const struct terms *terms, uint32_t slot, enum dimension dimension,
                    struct reason *ret_reason)
{
    must(dimension < DIMENSIONS);
    if (dimension >= DIMENSION_SCHEME) {
        explain_scheme(ledger, (unsigned)(dimension - DIMENSION_SCHEME), slot, ret_reason);
        return;
    }
    must(explainers[dimension] != NULL);
    explainers[dimension](ledger, terms, slot, ret_reason);
}
