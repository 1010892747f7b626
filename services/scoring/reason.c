#include "services/scoring/reason.h"

#include "common/must.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MS = 86400000, PERCENT_PPM = 10000, NUMBER_BYTES = 24 };

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

static void add(struct reason *reason, const char *name, enum reason_unit unit, int64_t value)
{
    must(reason->figure_count < REASON_FIGURES_MAX);
    reason->figures[reason->figure_count++] = (struct reason_figure){.name = name, .unit = unit, .value = value};
}

// "65" or "66.5".
static const char *percent(uint32_t ppm, char *buffer)
{
    uint32_t rest = ppm % PERCENT_PPM;
    int length = snprintf(buffer, NUMBER_BYTES, rest == 0 ? "%u" : "%u.%04u", ppm / PERCENT_PPM, rest);
    while (rest != 0 && buffer[length - 1] == '0')
        buffer[--length] = '\0';
    return buffer;
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
    char a[NUMBER_BYTES], b[NUMBER_BYTES];
    snprintf(reason->rule, sizeof reason->rule, "abc %s/%s, %s of %u days", percent(options->cut_a_ppm, a),
             percent(options->cut_b_ppm, b), measures[terms->measure].words, options->window_days);
    int128 total = ledger_upper(ledger, LEDGER_C).sum;
    // Pieces are kept in micros like money; people count whole ones.
    int64_t scale = unit == REASON_COUNT ? MONEY_MICROS : 1;
    int64_t least_a = ledger_threshold(ledger, LEDGER_A), least_b = ledger_threshold(ledger, LEDGER_B);
    add(reason, measures[terms->measure].figure, unit, held(customer->net / scale));
    if (least_a != RANK_NONE) {
        add(reason, "threshold_a", unit, least_a / scale);
        add(reason, "threshold_b", unit, least_b / scale);
    }
    add(reason, "total", unit, held(total / scale));
    add(reason, "share", REASON_PPM, total > 0 && customer->net > 0 ? held(customer->net * RANK_PPM / total) : 0);
    add(reason, "orders", REASON_COUNT, customer->orders);
    add(reason, "window", REASON_DAYS, (int64_t)options->window_days * 1000);
}

static void add_silence(const struct ledger *ledger, const struct ledger_customer *customer, struct reason *reason)
{
    if (customer->last_ms == LEDGER_NEVER)
        return;
    add(reason, "last_order", REASON_TIME, customer->last_ms);
    add(reason, "days_since_order", REASON_DAYS, (ledger_as_of(ledger) - customer->last_ms) / (DAY_MS / 1000));
}

static void explain_overdue(const struct ledger *ledger, uint32_t slot, struct reason *reason)
{
    const struct ledger_options *options = ledger_options(ledger);
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    char factor[NUMBER_BYTES];
    snprintf(reason->rule, sizeof reason->rule,
             "overdue: silent for longer than %s %% of the customer's mean gap of at least %u",
             percent(options->overdue_factor_ppm, factor), options->overdue_repeats);
    add_silence(ledger, customer, reason);
    add(reason, "mean_gap", REASON_DAYS, ledger_mean_gap_milli(customer));
    add(reason, "factor", REASON_PPM, options->overdue_factor_ppm);
    add(reason, "purchase_days", REASON_COUNT, customer->days);
    if (ledger_overdue_at(ledger, slot) != RANK_NONE)
        add(reason, "overdue_after", REASON_TIME, ledger_overdue_at(ledger, slot));
}

static void explain_drop(const struct ledger *ledger, uint32_t slot, struct reason *reason)
{
    const struct ledger_options *options = ledger_options(ledger);
    const struct ledger_customer *customer = ledger_customer(ledger, slot);
    char part[NUMBER_BYTES];
    snprintf(reason->rule, sizeof reason->rule, "drop: silent for longer than %s %% of all customers' gaps",
             percent(options->drop_quantile_ppm, part));
    add_silence(ledger, customer, reason);
    add(reason, "usual_gap", REASON_DAYS, (int64_t)ledger_usual_gap(ledger) * 1000);
    add(reason, "purchase_days", REASON_COUNT, customer->days);
}

void reason_make(const struct ledger *ledger, const struct terms *terms, uint32_t slot, enum ledger_dimension dimension,
                 struct reason *ret_reason)
{
    ret_reason->figure_count = 0;
    if (dimension == LEDGER_ABC)
        explain_class(ledger, terms, slot, ret_reason);
    else if (dimension == LEDGER_OVERDUE)
        explain_overdue(ledger, slot, ret_reason);
    else
        explain_drop(ledger, slot, ret_reason);
}
