#include "services/scoring/order.h"

#include "common/must.h"

#include <string.h>

enum { MICROS_OF_MILLI = 1000 };

void order_start(struct order *order)
{
    // The refunds are read up to refund_count only.
    memset(order, 0, offsetof(struct order, refunds));
}

// "(time, then id)": texts compare as bytes.
static int compare_versions(int64_t time_ms, const char *event, size_t length, const struct order *order)
{
    if (time_ms != order->newest_ms)
        return time_ms > order->newest_ms ? 1 : -1;
    size_t shorter = length < order->newest_length ? length : order->newest_length;
    int difference = memcmp(event, order->newest, shorter);
    return difference != 0 ? difference : (length > order->newest_length) - (length < order->newest_length);
}

static bool note_earliest(bool *seen, int64_t *earliest_ms, int64_t time_ms)
{
    if (*seen && *earliest_ms <= time_ms)
        return false;
    *seen = true;
    *earliest_ms = time_ms;
    return true;
}

bool order_version(struct order *order, bool amendment, int64_t time_ms, const char *event, size_t event_length,
                   const struct order_amount *amount)
{
    bool newer = (!order->placed && !order->amended) || compare_versions(time_ms, event, event_length, order) > 0;
    bool earlier = amendment ? note_earliest(&order->amended, &order->amended_ms, time_ms)
                             : note_earliest(&order->placed, &order->placed_ms, time_ms);
    if (newer) {
        order->newest_ms = time_ms;
        order->newest = event;
        order->newest_length = event_length;
        order->amount = *amount;
    }
    return newer || earlier;
}

bool order_cancel(struct order *order)
{
    bool news = !order->cancelled;
    order->cancelled = true;
    return news;
}

static int compare_refunds(const struct order_refund *left, const struct order_refund *right)
{
    if (left->time_ms != right->time_ms)
        return left->time_ms > right->time_ms ? 1 : -1;
    return memcmp(left->key, right->key, ORDER_KEY_BYTES);
}

bool order_refund(struct order *order, const struct order_refund *refund, bool *ret_full)
{
    uint32_t at = 0;
    int order_of = 1;
    while (at < order->refund_count && (order_of = compare_refunds(refund, &order->refunds[at])) > 0)
        at++;
    *ret_full = false;
    if (at < order->refund_count && order_of == 0)
        return false;
    *ret_full = order->refund_count == ORDER_REFUNDS_MAX;
    if (at == ORDER_REFUNDS_MAX)
        return false;
    if (*ret_full)
        order->refund_count--;
    memmove(&order->refunds[at + 1], &order->refunds[at], (order->refund_count - at) * sizeof *refund);
    order->refunds[at] = *refund;
    order->refund_count++;
    return true;
}

bool order_join(struct order *order, const struct order *other)
{
    bool full, known = other->placed || other->amended;
    bool newer = known && ((!order->placed && !order->amended) ||
                           compare_versions(other->newest_ms, other->newest, other->newest_length, order) > 0);
    if (newer) {
        order->newest_ms = other->newest_ms;
        order->newest = other->newest;
        order->newest_length = other->newest_length;
        order->amount = other->amount;
    }
    if (other->placed)
        (void)note_earliest(&order->placed, &order->placed_ms, other->placed_ms);
    if (other->amended)
        (void)note_earliest(&order->amended, &order->amended_ms, other->amended_ms);
    order->cancelled |= other->cancelled;
    for (uint32_t i = 0; i < other->refund_count; i++)
        (void)order_refund(order, &other->refunds[i], &full);
    return newer;
}

// value * part / whole, rounded down; 0 <= part <= whole, so all of it for the whole.
static int64_t share_of(int64_t value, int64_t part, int64_t whole)
{
    return (int64_t)((int128)value * part / whole);
}

// What the order, and the part of it that was refunded, is worth in the measure.
struct worth {
    enum terms_measure measure;
    int64_t total; // of the order, its currency
    int64_t rate;  // 0: there is none
    int64_t value; // of the whole order
};

static struct worth order_worth(const struct order_amount *amount, const struct terms *terms, int32_t day,
                                struct order_effect *effect)
{
    struct worth worth = {.measure = terms->measure, .total = amount->total_micros};
    if (!terms_rate(terms, amount->currency, day, &worth.rate)) {
        worth.rate = 0;
        effect->no_rate = true;
    }
    if (worth.rate > 0)
        effect->amount_micros = money_convert(amount->total_micros, worth.rate);
    if (terms->measure == TERMS_QUANTITY)
        worth.value = amount->quantity_milli > 0 ? amount->quantity_milli * MICROS_OF_MILLI : 0;
    else if (terms->measure == TERMS_NET)
        worth.value = effect->amount_micros;
    else if (amount->cost_known && worth.rate > 0)
        worth.value = money_convert(amount->total_micros - amount->cost_micros, worth.rate);
    if (worth.value < -INT64_MAX)
        worth.value = -INT64_MAX; // what is added can be taken back
    effect->no_cost = terms->measure == TERMS_MARGIN && !amount->cost_known;
    return worth;
}

// What is taken back once `refunded` of the total is; nothing of an order that brought nothing.
static int64_t taken_back(const struct worth *worth, int64_t refunded)
{
    if (worth->value <= 0)
        return 0;
    if (worth->measure == TERMS_NET)
        return money_convert(refunded, worth->rate);
    return share_of(worth->value, refunded, worth->total);
}

// The refund in the order's currency; false when there is no rate for it.
static bool refund_amount(const struct order_refund *refund, const struct order_amount *amount,
                          const struct terms *terms, int32_t day, int64_t *ret_micros)
{
    if (memcmp(refund->currency, amount->currency, MONEY_CODE_BYTES) == 0) {
        *ret_micros = refund->micros;
        return true;
    }
    int64_t from, to;
    if (!terms_rate(terms, refund->currency, day, &from) || !terms_rate(terms, amount->currency, day, &to))
        return false;
    int128 product = (int128)refund->micros * from;
    int128 micros = (product + to / 2) / to;
    *ret_micros = micros > INT64_MAX ? INT64_MAX : (int64_t)micros;
    return true;
}

// Returns how much of the order was refunded, in its currency.
static int64_t add_refunds(const struct order *order, const struct terms *terms, const struct worth *worth,
                           struct order_effect *effect)
{
    int64_t refunded = 0;
    for (uint32_t i = 0; i < order->refund_count; i++) {
        const struct order_refund *refund = &order->refunds[i];
        int64_t micros;
        if (!refund_amount(refund, &order->amount, terms, effect->day, &micros)) {
            effect->no_rate = true;
            continue;
        }
        if (micros <= 0)
            continue;
        int64_t left = worth->total - refunded;
        if (micros > left) {
            int64_t over = micros - left;
            effect->excess_micros = effect->excess_micros > INT64_MAX - over ? INT64_MAX : effect->excess_micros + over;
            micros = left;
        }
        int64_t before = taken_back(worth, refunded);
        refunded += micros;
        int64_t value = taken_back(worth, refunded) - before;
        if (value == 0)
            continue;
        int32_t day = terms->refund_on_order_day ? effect->day : terms_day(terms, refund->time_ms);
        effect->lines[effect->line_count++] =
            (struct order_line){.day = day > effect->day ? day : effect->day, .value = -value};
    }
    return refunded;
}

// What is left of the order once its refunds are taken off, in money whatever the measure.
static void keep(const struct order_amount *amount, const struct worth *worth, int64_t refunded,
                 struct order_effect *effect)
{
    effect->discounted = amount->discounted;
    effect->refunded = refunded >= worth->total - refunded;
    if (worth->rate == 0)
        return;
    effect->kept_micros = effect->amount_micros - money_convert(refunded, worth->rate);
    effect->cost_known = amount->cost_known;
    if (amount->cost_known)
        effect->cost_micros =
            money_convert(share_of(amount->cost_micros, worth->total - refunded, worth->total), worth->rate);
}

void order_effect(const struct order *order, const struct terms *terms, struct order_effect *ret_effect)
{
    memset(ret_effect, 0, offsetof(struct order_effect, lines));
    bool known = order->placed || order->amended;
    if (!known || order->amount.total_micros <= 0)
        return;
    ret_effect->time_ms = order->placed ? order->placed_ms : order->amended_ms;
    ret_effect->day = terms_day(terms, ret_effect->time_ms);
    if (order->cancelled) {
        int64_t rate;
        ret_effect->cancelled = true;
        if (terms_rate(terms, order->amount.currency, ret_effect->day, &rate))
            ret_effect->amount_micros = money_convert(order->amount.total_micros, rate);
        return;
    }
    ret_effect->purchase = true;
    struct worth worth = order_worth(&order->amount, terms, ret_effect->day, ret_effect);
    ret_effect->lines[0] = (struct order_line){.day = ret_effect->day, .orders = 1, .value = worth.value};
    ret_effect->line_count = 1;
    int64_t refunded = add_refunds(order, terms, &worth, ret_effect);
    keep(&order->amount, &worth, refunded, ret_effect);
}
