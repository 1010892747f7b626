#include "services/scoring/explain.h"

#include "common/must.h"

#include <string.h>

enum { DAY_MS = 86400000 };

const char *reason_dimension(enum ledger_dimension dimension)
{
    static const char *const names[LEDGER_DIMENSIONS] = {"value.abc", "risk.overdue", "risk.drop"};
    must(dimension < LEDGER_DIMENSIONS);
    return names[dimension];
}

bool reason_dimension_of(const char *name, enum ledger_dimension *ret_dimension)
{
    for (unsigned i = 0; i < LEDGER_DIMENSIONS; i++) {
        if (strcmp(name, reason_dimension(i)) == 0) {
            *ret_dimension = i;
            return true;
        }
    }
    return false;
}

const char *reason_says(struct ledger_verdict verdict, enum ledger_dimension dimension)
{
    static const char *const classes[] = {"", "A", "B", "C"};
    if (dimension == LEDGER_ABC)
        return classes[verdict.abc];
    return (dimension == LEDGER_OVERDUE ? verdict.overdue : verdict.dropped) ? "yes" : "no";
}

static int64_t held(int128 value)
{
    if (value > INT64_MAX)
        return INT64_MAX;
    return value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

static void explain_class(const struct ledger *ledger, const struct terms *terms, uint32_t slot, struct reason *reason)
{
    static const struct {
        const char *words, *figure;
        enum reason_unit unit;
    } measures[] = {
        [TERMS_NET] = {"net sales", "net_sales", REASON_MONEY},
        [TERMS_QUANTITY] = {"quantity", "quantity", REASON_COUNT},
        [TERMS_MARGIN] = {"margin", "margin", REASON_MONEY},
    };
    const struct ledger_options *options = ledger_options(ledger);
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    enum reason_unit unit = measures[terms->measure].unit;
    char a[REASON_NUMBER_BYTES], b[REASON_NUMBER_BYTES];
    reason_start(reason, "abc %s/%s, %s of %u days", reason_percent(options->cut_a_ppm, a),
                 reason_percent(options->cut_b_ppm, b), measures[terms->measure].words, options->window_days);
    int128 total = ledger_upper(ledger, LEDGER_C).sum;
    // Pieces are kept in micros like money; people count whole ones.
    int64_t scale = unit == REASON_COUNT ? MONEY_MICROS : 1;
    int64_t least_a = ledger_threshold(ledger, LEDGER_A), least_b = ledger_threshold(ledger, LEDGER_B);
    reason_add(reason, measures[terms->measure].figure, unit, held(customer->net / scale));
    if (least_a != RANK_NONE) {
        reason_add(reason, "threshold_a", unit, least_a / scale);
        reason_add(reason, "threshold_b", unit, least_b / scale);
    }
    reason_add(reason, "total", unit, held(total / scale));
    reason_add(reason, "share", REASON_PPM,
               total > 0 && customer->net > 0 ? held(customer->net * RANK_PPM / total) : 0);
    reason_add(reason, "orders", REASON_COUNT, customer->orders);
    reason_add(reason, "window", REASON_DAYS, (int64_t)options->window_days * 1000);
}

static void add_silence(const struct ledger *ledger, const struct ledger_customer *customer, struct reason *reason)
{
    if (customer->last_ms == LEDGER_NEVER)
        return;
    reason_add(reason, "last_order", REASON_TIME, customer->last_ms);
    reason_add(reason, "days_since_order", REASON_DAYS, (ledger_as_of(ledger) - customer->last_ms) / (DAY_MS / 1000));
}

static void explain_overdue(const struct ledger *ledger, uint32_t slot, struct reason *reason)
{
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

static void explain_drop(const struct ledger *ledger, uint32_t slot, struct reason *reason)
{
    const struct ledger_options *options = ledger_options(ledger);
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    char part[REASON_NUMBER_BYTES];
    reason_start(reason, "drop: silent for longer than %s %% of all customers' gaps",
                 reason_percent(options->drop_quantile_ppm, part));
    add_silence(ledger, customer, reason);
    reason_add(reason, "usual_gap", REASON_DAYS, (int64_t)ledger_usual_gap(ledger) * 1000);
    reason_add(reason, "purchase_days", REASON_COUNT, customer->days);
}

void reason_make(const struct ledger *ledger, const struct terms *terms, uint32_t slot, enum ledger_dimension dimension,
                 struct reason *ret_reason)
{
    if (dimension == LEDGER_ABC)
        explain_class(ledger, terms, slot, ret_reason);
    else if (dimension == LEDGER_OVERDUE)
        explain_overdue(ledger, slot, ret_reason);
    else
        explain_drop(ledger, slot, ret_reason);
}
