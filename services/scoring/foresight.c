#include "services/scoring/foresight.h"

#include "common/money.h"
#include "services/scoring/rank.h"
#include "services/scoring/worth.h"

#include <stdbool.h>
#include <string.h>

enum { PPM = 1000000, MILLI = 1000 };

// The months of clv_predict, and after them the horizons that are shown.
enum { HORIZON_30 = CLV_MONTHS + 1, HORIZON_90, HORIZON_365, HORIZONS };

static void find_horizons(double days[HORIZONS])
{
    for (size_t i = 0; i <= CLV_MONTHS; i++)
        days[i] = CLV_MONTH_DAYS * (double)i;
    days[HORIZON_30] = 30;
    days[HORIZON_90] = 90;
    days[HORIZON_365] = 365;
}

// By the model in force.
static void ask_model(const struct book *book, const struct foresight_facts *facts, const double days[HORIZONS],
                      double orders[HORIZONS], struct foresight *ret)
{
    double tx = (double)(facts->last_day - facts->first_day), age = (double)(facts->today - facts->first_day);
    ret->source = CLV_MODEL;
    buying_orders_within(&book->buying, facts->days - 1, tx, age, days + 1, HORIZONS - 1, orders + 1);
    ret->alive_ppm = worth_rounded(buying_alive(&book->buying, facts->days - 1, tx, age) * (double)PPM);
}

// By what silent customers were seen to do.
static void ask_others(const struct clv_options *options, const struct book *book, const struct foresight_facts *facts,
                       const double days[HORIZONS], double orders[HORIZONS], struct foresight *ret)
{
    int64_t period = options->dwyer.period_days, silent = facts->today - facts->last_day;
    ret->source = CLV_DWYER;
    // It wants rising horizons: the months first, then those that are shown.
    dwyer_expected(&book->chances, period, silent, days + 1, CLV_MONTHS, orders + 1);
    dwyer_expected(&book->chances, period, silent, days + HORIZON_30, HORIZONS - HORIZON_30, orders + HORIZON_30);
    ret->alive_ppm = dwyer_returns(&book->chances, period, silent);
}

void foresight_judge(const struct clv_options *options, const struct book *book, const struct foresight_facts *facts,
                     struct foresight *ret)
{
    double days[HORIZONS], orders[HORIZONS] = {0};
    *ret = (struct foresight){.source = CLV_NO_SOURCE};
    if (facts->days == 0 || (book->buying.kind == BUYING_NONE && !book->chances.known))
        return;
    find_horizons(days);
    if (book->buying.kind != BUYING_NONE)
        ask_model(book, facts, days, orders, ret);
    else
        ask_others(options, book, facts, days, orders, ret);
    ret->orders_30_milli = worth_rounded(orders[HORIZON_30] * MILLI);
    ret->orders_90_milli = worth_rounded(orders[HORIZON_90] * MILLI);
    ret->orders_365_milli = worth_rounded(orders[HORIZON_365] * MILLI);
    double amount = spending_mean(&book->spending, facts->days - 1, facts->mean);
    if (amount <= 0 && facts->last_micros > 0)
        amount = (double)facts->last_micros / MONEY_MICROS; // a book without any repeat purchase
    ret->amount_micros = worth_rounded(amount * MONEY_MICROS);
    int64_t future = clv_predict(options, orders, ret->amount_micros, facts->margin_ppm);
    ret->future_micros = future < RANK_NONE ? future : RANK_NONE - 1; // futures are ranked
}

// --- remembered

struct item {
    struct foresight_facts facts;
    uint32_t edition; // 0: nothing is remembered
    struct foresight foresight;
};

void foresights_start(struct foresights *foresights)
{
    *foresights = (struct foresights){.edition = 1};
    column_start(&foresights->items, sizeof(struct item));
}

void foresights_clear(struct foresights *foresights)
{
    column_clear(&foresights->items);
}

static bool same_models(const struct foresights *foresights, const struct book *book)
{
    const struct buying_model *one = &foresights->buying, *other = &book->buying;
    const struct spending_model *left = &foresights->spending, *right = &book->spending;
    return one->kind == other->kind && memcmp(one->p, other->p, sizeof one->p) == 0 &&
           memcmp(left->p, right->p, sizeof left->p) == 0 && memcmp(&left->mean, &right->mean, sizeof left->mean) == 0;
}

static bool same_facts(const struct foresight_facts *one, const struct foresight_facts *other)
{
    return one->today == other->today && one->days == other->days && one->first_day == other->first_day &&
           one->last_day == other->last_day && one->last_micros == other->last_micros &&
           one->margin_ppm == other->margin_ppm && memcmp(&one->mean, &other->mean, sizeof one->mean) == 0;
}

void foresights_of(struct foresights *foresights, uint32_t slot, const struct clv_options *options,
                   const struct book *book, const struct foresight_facts *facts, struct foresight *ret)
{
    if (book->buying.kind == BUYING_NONE) { // the chances are many figures, and soon told
        foresight_judge(options, book, facts, ret);
        return;
    }
    if (!same_models(foresights, book)) {
        foresights->buying = book->buying;
        foresights->spending = book->spending;
        foresights->edition++;
    }
    struct item *item = column_at(&foresights->items, slot);
    if (item->edition != foresights->edition || !same_facts(&item->facts, facts)) {
        item->facts = *facts;
        item->edition = foresights->edition;
        foresight_judge(options, book, facts, &item->foresight);
    }
    *ret = item->foresight;
}

void foresights_expect(const struct foresights *foresights, uint32_t slot)
{
    const struct item *item = column_get(&foresights->items, slot);
    if (item == NULL)
        return;
    __builtin_prefetch(item);
    __builtin_prefetch(&item->foresight);
}
