#include "services/tend/sample_trade.h"

#include "common/calendar.h"
#include "common/money.h"
#include "common/must.h"
#include "common/stamp.h"

#include <stdlib.h>

enum {
    STREAM = 2,
    ORDERS_FIRST = 1024,
    YEAR_DAYS = 365,
    CUSTOMER_STREAM = 1000, // and the rank: each customer draws alone
    BEFORE_END = 4,         // days before the end in which the stories come to their point
    GAPS_MOST = 400,        // days; longer gaps are not drawn
    WHITE_COST = 93,        // percent of the price
    RED_COST = 52,
    BARGAIN_EVERY = 19, // of so many customers one buys only what is reduced
    BARGAIN_PERCENT = 10,
    GROWING_EVERY = 6, // of so many customers one orders more each year
    GROWING_PERCENT = 125,
    // The share of all sales above a customer with which it is well within class A, and well below it.
    INSIDE_PPM = 610000,
    BELOW_PPM = 680000,
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    const char *sku, *name;
    int64_t price_cny; // micros
    int64_t cost_percent;
} products[] = {
    {"N3-CE", "3# nylon zipper, closed end, 20 cm", 420000, 74},
    {"N5-OE", "5# nylon zipper, open end, 60 cm", 1350000, 72},
    {"N5-2W", "5# nylon zipper, two-way, 80 cm", 1980000, 72},
    {"N5-WP", "5# water-repellent zipper, 60 cm", 3150000, 72},
    {"N8-OE", "8# nylon zipper, open end, 70 cm", 2240000, 73},
    {"N10-L", "10# nylon zipper, long chain, 1 m", 1150000, 78},
    {"M4-CE", "4# brass zipper, closed end, 18 cm", 1620000, 66},
    {"M5-OE", "5# brass zipper, open end, 60 cm", 5400000, 61},
    {"M5-AN", "5# antique nickel zipper, 60 cm", 5850000, 61},
    {"M8-OE", "8# brass zipper, open end, 65 cm", 7900000, 64},
    {"P5-OE", "5# moulded zipper, open end, 60 cm", 1880000, 74},
    {"P8-OE", "8# moulded zipper, open end, 70 cm", 2650000, 75},
    {"I3-20", "3# invisible zipper, 20 cm", 510000, 70},
    {"I3-50", "3# invisible zipper, 50 cm", 880000, 70},
    {"S5-AL", "5# auto-lock slider", 230000, 68},
    {"S5-PU", "5# slider with moulded puller", 340000, 68},
    {"B25-S", "25 mm side-release buckle", 480000, 71},
    {"B38-S", "38 mm side-release buckle", 690000, 70},
    {"C18-L", "18 mm cord lock", 260000, 69},
    {"E30-W", "30 mm elastic, white, 1 m", 390000, 82},
    {"T25-P", "25 mm webbing, polyester, 1 m", 720000, 80},
    {"H20-B", "20 mm hook and loop, 1 m", 640000, 77},
    {"R12-M", "12 mm metal rivet", 90000, 73},
    {"D25-Z", "25 mm zinc D-ring", 310000, 72},
};

// Of an average month, in percent: winter goods are sewn in summer.
static const int32_t seasons[] = {92, 78, 98, 104, 108, 112, 118, 116, 106, 98, 90, 84};

static struct sample_order *add_order(struct sample_trade *trade)
{
    if (trade->count == trade->room) {
        trade->room = trade->room == 0 ? ORDERS_FIRST : trade->room * 2;
        trade->orders = realloc(trade->orders, trade->room * sizeof *trade->orders);
        must(trade->orders != NULL);
    }
    trade->orders[trade->count] = (struct sample_order){.day = 0};
    return &trade->orders[trade->count++];
}

static int64_t line_total(const struct sample_line *line)
{
    return line->quantity * line->price * (100 - line->discount_percent) / 100;
}

int64_t sample_order_total(const struct sample_order *order)
{
    int64_t total = 0;
    for (uint32_t i = 0; i < order->line_count; i++)
        total += line_total(&order->lines[i]);
    return total;
}

// What remains of the order in the reporting currency.
static int64_t value_of(const struct sample_order *order, enum sample_currency currency)
{
    int64_t total = sample_order_total(order);
    if (order->cancelled)
        return 0;
    return money_convert(order->refunded ? total - total / 10 : total, sample_rate(currency));
}

// Lines that together come to about `value_cny`.
static void draw_lines(struct sample_order *order, const struct sample_customer *customer, int64_t value_cny,
                       struct chance *chance)
{
    order->line_count = 1 + chance_below(chance, SAMPLE_LINES_MAX);
    for (uint32_t i = 0; i < order->line_count; i++) {
        struct sample_line *line = &order->lines[i];
        // A customer keeps to a few products of its own.
        line->product = (customer->rank * 5 + chance_below(chance, 6)) % COUNT(products);
        line->discount_percent = chance_percent(chance, 20) ? 5 : 0;
        if (customer->rank % BARGAIN_EVERY == BARGAIN_EVERY - 1)
            line->discount_percent = BARGAIN_PERCENT;
        int64_t price_cny = products[line->product].price_cny;
        line->price = (price_cny * MONEY_MICROS / sample_rate(customer->currency) + 50) / 100 * 100;
        line->quantity = value_cny / order->line_count / price_cny;
        line->quantity = line->quantity > 1000 ? line->quantity / 100 * 100 : line->quantity < 1 ? 1 : line->quantity;
    }
}

static void draw_order(const struct sample_cast *cast, struct sample_trade *trade, uint32_t at, int32_t day,
                       int64_t value_cny, struct chance *chance)
{
    const struct sample_customer *customer = &cast->customers[at];
    int64_t time_ms = sample_ms(cast, customer->rep, day, chance_between(chance, 9 * 60, 17 * 60 + 20));
    if (time_ms >= cast->end_ms)
        return;
    struct sample_order *order = add_order(trade);
    order->customer = at;
    order->day = day;
    order->time_ms = time_ms;
    int32_t season = seasons[day_date(day).month - 1];
    draw_lines(order, customer, value_cny * season / 100 * chance_between(chance, 75, 125) / 100, chance);
    order->shipped_day = sample_workday(day + chance_between(chance, 7, 21));
    order->paid_day = sample_workday(order->shipped_day + chance_between(chance, -10, 30));
    if (order->paid_day <= day)
        order->paid_day = sample_workday(day + 1);
    order->cancelled = customer->story == STORY_ORDINARY && chance_percent(chance, 1);
    order->refunded = !order->cancelled && customer->story == STORY_ORDINARY && chance_percent(chance, 1);
    order->value_cny = value_of(order, customer->currency);
}

// What an order of that day is worth on average: the customer's usual one, and less in earlier years if it has grown.
static int64_t usual_value(const struct sample_cast *cast, const struct sample_customer *customer, int32_t day)
{
    int64_t value_cny = customer->order_cny;
    if (customer->story == STORY_ORDINARY && customer->rank % GROWING_EVERY == 0)
        for (int32_t later = day + YEAR_DAYS; later < cast->until_day; later += YEAR_DAYS)
            value_cny = value_cny * 100 / GROWING_PERCENT;
    return value_cny;
}

// Days to the next order. Who buys at random lets a few days pass, or weeks, and never quite long enough to be overdue.
static int32_t draw_gap(const struct sample_customer *customer, struct chance *chance)
{
    int32_t percent = chance_between(chance, 70, 130);
    if (customer->story == STORY_RED)
        percent = chance_percent(chance, 50) ? chance_between(chance, 8, 25) : chance_between(chance, 150, 180);
    return customer->gap_days * percent / 100;
}

// The orders of one customer before `end_day`, the last of them on `last_day` when that is not INT32_MIN.
static void draw_customer(const struct sample_cast *cast, struct sample_trade *trade, uint32_t at, int32_t end_day,
                          int32_t last_day, struct chance *chance)
{
    const struct sample_customer *customer = &cast->customers[at];
    int32_t first = customer->since_day >= cast->from_day
                        ? customer->since_day
                        : cast->from_day + chance_between(chance, 0, customer->gap_days);
    int32_t day = sample_workday(first);
    while (day < end_day) {
        draw_order(cast, trade, at, day, usual_value(cast, customer, day), chance);
        int32_t next = sample_workday(day + draw_gap(customer, chance));
        day = next > day ? next : sample_workday(day + 1);
    }
    if (last_day != INT32_MIN)
        draw_order(cast, trade, at, sample_workday(last_day), customer->order_cny, chance);
}

static struct chance chance_of(uint64_t seed, uint32_t at)
{
    return chance_start(seed, CUSTOMER_STREAM + (uint64_t)at);
}

// --- the stories

// Adds the gaps between the orders of one customer, which stand in a row.
static void count_gaps(const struct sample_order *orders, uint32_t count, uint32_t *gaps)
{
    for (uint32_t i = 1; i < count; i++) {
        int32_t gap = orders[i].day - orders[i - 1].day;
        if (orders[i].customer == orders[i - 1].customer && gap > 0)
            gaps[gap < GAPS_MOST ? gap : GAPS_MOST]++;
    }
}

static int32_t usual_gap(const struct sample_trade *trade)
{
    uint32_t gaps[GAPS_MOST + 1] = {0}, sum = 0, seen = 0;
    count_gaps(trade->orders, trade->count, gaps);
    for (int32_t i = 0; i <= GAPS_MOST; i++)
        sum += gaps[i];
    for (int32_t i = 0; i <= GAPS_MOST; i++) {
        seen += gaps[i];
        if ((uint64_t)seen * 100 >= (uint64_t)sum * 95)
            return i;
    }
    return GAPS_MOST;
}

// What each customer brought in the year that ends with `day`.
static int64_t *year_values(const struct sample_cast *cast, const struct sample_trade *trade, int32_t day)
{
    int64_t *values = calloc(cast->customer_count, sizeof *values);
    must(values != NULL);
    for (uint32_t i = 0; i < trade->count; i++)
        if (trade->orders[i].day <= day && trade->orders[i].day > day - YEAR_DAYS)
            values[trade->orders[i].customer] += trade->orders[i].value_cny;
    return values;
}

// The largest value in a year with which a further customer has that share of all sales above it.
static int64_t value_below(const struct sample_cast *cast, const struct sample_trade *trade, int32_t day,
                           int64_t share_ppm)
{
    int64_t *values = year_values(cast, trade, day), low = 0, high = 0;
    int128 total = 0;
    for (uint32_t i = 0; i < cast->customer_count; i++) {
        total += values[i];
        high = values[i] > high ? values[i] : high;
    }
    while (low < high) {
        int64_t value = low + (high - low + 1) / 2;
        int128 above = 0;
        for (uint32_t i = 0; i < cast->customer_count; i++)
            above += values[i] > value ? values[i] : 0;
        if (above * 1000000 >= (total + value) * share_ppm)
            low = value;
        else
            high = value - 1;
    }
    free(values);
    return low;
}

// How much an order of the shrinking customer weighs: steady, then less and less in the last months.
static int64_t shrinking_weight(const struct sample_cast *cast, int32_t day)
{
    int32_t left = cast->until_day - day;
    return left > 150 ? 100 : left > 100 ? 55 : left > 50 ? 20 : 6;
}

// A customer that lives on one large order of a year ago: its orders since shrink and come to what class B has. On the
// day of its fall the large one leaves the year.
static void draw_shrinking(const struct sample_cast *cast, struct sample_trade *trade, uint32_t at,
                           struct chance *chance)
{
    int32_t fall_day = cast->until_day - BEFORE_END, year_before = sample_workday(fall_day - YEAR_DAYS);
    int64_t low = value_below(cast, trade, fall_day, BELOW_PPM), high = value_below(cast, trade, fall_day, INSIDE_PPM);
    int64_t weight = 0;
    uint32_t first = trade->count;
    const struct sample_customer *customer = &cast->customers[at];
    draw_customer(cast, trade, at, cast->until_day - 1, INT32_MIN, chance);
    for (uint32_t i = first; i < trade->count; i++)
        weight += trade->orders[i].day > year_before ? shrinking_weight(cast, trade->orders[i].day) : 0;
    must(weight > 0);
    for (uint32_t i = first; i < trade->count; i++) {
        struct sample_order *order = &trade->orders[i];
        draw_lines(order, customer, low / weight * shrinking_weight(cast, order->day), chance);
        order->value_cny = value_of(order, customer->currency);
    }
    draw_order(cast, trade, at, year_before, high - low, chance);
    struct sample_order *large = &trade->orders[trade->count - 1];
    draw_lines(large, customer, high - low + low / 10, chance);
    large->value_cny = value_of(large, customer->currency);
}

static int compare_orders(const void *a, const void *b)
{
    const struct sample_order *one = a, *other = b;
    if (one->time_ms != other->time_ms)
        return one->time_ms < other->time_ms ? -1 : 1;
    return (one->customer > other->customer) - (one->customer < other->customer);
}

// One order of the last days is cancelled, one of the last weeks refunded.
static void end_badly(const struct sample_cast *cast, struct sample_trade *trade)
{
    bool cancelled = false, refunded = false;
    for (uint32_t i = trade->count; i > 0 && !(cancelled && refunded); i--) {
        struct sample_order *order = &trade->orders[i - 1];
        const struct sample_customer *customer = &cast->customers[order->customer];
        if (customer->story != STORY_ORDINARY || order->cancelled || order->refunded || customer->rank < 8)
            continue;
        if (!cancelled && order->day <= cast->until_day - 4)
            cancelled = order->cancelled = true;
        else if (!refunded && order->day <= cast->until_day - 25)
            refunded = order->refunded = true;
        order->value_cny = value_of(order, customer->currency);
    }
}

// By time. Without an order there is no array, and qsort wants one.
static void sort(struct sample_trade *trade)
{
    if (trade->count > 0)
        qsort(trade->orders, trade->count, sizeof *trade->orders, compare_orders);
}

struct sample_trade *sample_trade_open(const struct sample_cast *cast, uint64_t seed)
{
    struct sample_trade *trade = calloc(1, sizeof *trade);
    must(trade != NULL);
    uint32_t dropped = 0, shrinking = 0;
    for (uint32_t i = 0; i < cast->active_count; i++) {
        const struct sample_customer *customer = &cast->customers[i];
        struct chance chance = chance_of(seed, i);
        int32_t overdue_day = cast->until_day - BEFORE_END - 2 * customer->gap_days;
        if (customer->story == STORY_DROPPED)
            dropped = i;
        else if (customer->story == STORY_SHRINKING)
            shrinking = i;
        else if (customer->story == STORY_OVERDUE)
            draw_customer(cast, trade, i, overdue_day - 10, overdue_day, &chance);
        else
            draw_customer(cast, trade, i, cast->until_day, INT32_MIN, &chance);
    }
    trade->usual_gap = usual_gap(trade);
    struct chance chance = chance_of(seed, dropped);
    int32_t last_day = cast->until_day - BEFORE_END - trade->usual_gap;
    draw_customer(cast, trade, dropped, last_day - 10, last_day, &chance);
    sort(trade);
    end_badly(cast, trade);
    chance = chance_of(seed, shrinking);
    draw_shrinking(cast, trade, shrinking, &chance);
    sort(trade);
    for (uint32_t i = 0; i < trade->count; i++) {
        trade->orders[i].number = i + 1;
        trade->line_count += trade->orders[i].line_count;
    }
    return trade;
}

void sample_trade_close(struct sample_trade **trade)
{
    if (*trade == NULL)
        return;
    free((*trade)->orders);
    free(*trade);
    *trade = NULL;
}

// --- writing

static void write_moment(const struct sample_cast *cast, uint32_t rep, int32_t day, int32_t minute, FILE *file)
{
    char stamp[STAMP_TEXT_BYTES];
    fputc(',', file);
    if (day >= cast->until_day || sample_ms(cast, rep, day, minute) >= cast->end_ms)
        return;
    stamp_print(sample_ms(cast, rep, day, minute) / 1000, 0, stamp);
    fputs(stamp, file);
}

// What the line costs the house, in percent of its price before discount.
static int64_t cost_percent(const struct sample_customer *customer, const struct sample_line *line)
{
    return customer->story == STORY_WHITE ? WHITE_COST
           : customer->story == STORY_RED ? RED_COST
                                          : products[line->product].cost_percent;
}

static void write_line(const struct sample_order *order, const struct sample_line *line, const struct sample_cast *cast,
                       FILE *file)
{
    const struct sample_customer *customer = &cast->customers[order->customer];
    char stamp[STAMP_TEXT_BYTES], price[MONEY_TEXT_BYTES], cost[MONEY_TEXT_BYTES], day[DAY_TEXT_BYTES];
    stamp_print(order->time_ms / 1000, 0, stamp);
    money_print(line->price, price);
    money_print(line->quantity * line->price / 100 * cost_percent(customer, line), cost);
    day_print(order->shipped_day, day);
    fprintf(file, "SO-%06u,%s,%s,%s,%s,\"%s\",%lld,%s,%u %%,%s,%s,%s", order->number, stamp, customer->id,
            cast->reps[customer->rep].id, products[line->product].sku, products[line->product].name,
            (long long)line->quantity, price, line->discount_percent, cost, sample_currency_code(customer->currency),
            day);
    int32_t never = INT32_MAX;
    write_moment(cast, customer->rep, order->cancelled ? never : order->paid_day, 11 * 60, file);
    write_moment(cast, customer->rep, order->cancelled ? never : order->shipped_day, 16 * 60, file);
    fputc('\n', file);
}

void sample_write_orders(const struct sample_trade *trade, const struct sample_cast *cast, FILE *file)
{
    fputs(
        "order_id,time,customer_id,rep,sku,name,quantity,price,discount,cost,currency,promised_delivery,paid,shipped\n",
        file);
    for (uint32_t i = 0; i < trade->count; i++)
        for (uint32_t j = 0; j < trade->orders[i].line_count; j++)
            write_line(&trade->orders[i], &trade->orders[i].lines[j], cast, file);
}
