#include "services/scoring/worth.h"

#include "common/must.h"

#include <math.h>

// The first double past int64: every smaller one can be converted.
#define BEYOND 9223372036854775808.0

int64_t worth_held(int128 amount)
{
    if (amount > INT64_MAX)
        return INT64_MAX;
    return amount < INT64_MIN ? INT64_MIN : (int64_t)amount;
}

int64_t worth_rounded(double amount)
{
    if (isnan(amount))
        return 0;
    double whole = round(amount);
    if (whole >= BEYOND)
        return INT64_MAX;
    return whole < -BEYOND ? INT64_MIN : (int64_t)whole;
}

int64_t worth_part(int64_t micros, int64_t ppm)
{
    int128 product = (int128)micros * ppm;
    int128 half = WORTH_PPM / 2;
    return worth_held((product + (product < 0 ? -half : half)) / WORTH_PPM);
}

int64_t worth_share(int128 part, int128 whole)
{
    // Halving both keeps the share to more digits than are told, and the product within 128 bits.
    while (whole > INT64_MAX) {
        whole /= 2;
        part /= 2;
    }
    if (whole <= 0 || part <= 0)
        return 0;
    return part >= whole ? WORTH_PPM : (int64_t)(part * WORTH_PPM / whole);
}

int64_t worth_network(const struct worth_options *options, int64_t referred_micros)
{
    return referred_micros <= 0 ? 0 : worth_part(referred_micros, options->network_ppm);
}

int64_t worth_commission(const struct worth_options *options, int64_t first_order_micros)
{
    return first_order_micros <= 0 ? 0 : worth_part(first_order_micros, options->commission_ppm);
}

void worth_loss(const struct worth_options *options, int64_t served_micros, int64_t future_micros,
                struct worth_loss *ret_loss)
{
    must(options->keep_ppm > 0);
    *ret_loss = (struct worth_loss){.at_risk_micros = future_micros > 0 ? future_micros : 0};
    int64_t keep = served_micros > 0 ? served_micros : worth_part(options->win_micros, options->keep_ppm);
    ret_loss->known = keep > 0;
    if (!ret_loss->known)
        return;
    ret_loss->keep_micros = keep;
    if (options->win_micros > 0) {
        ret_loss->replace_least = ret_loss->replace_most = options->win_micros;
        return;
    }
    int64_t by_share = worth_held((int128)keep * WORTH_PPM / options->keep_ppm);
    int64_t by_factor = worth_part(keep, options->win_factor_ppm);
    ret_loss->replace_least = by_share < by_factor ? by_share : by_factor;
    ret_loss->replace_most = by_share < by_factor ? by_factor : by_share;
}

void worth_loss_figures(const struct worth_loss *loss, struct reason *reason)
{
    reason_add(reason, "at_risk", REASON_MONEY, loss->at_risk_micros);
    if (!loss->known)
        return;
    reason_add(reason, "cost_to_keep", REASON_MONEY, loss->keep_micros);
    reason_add(reason, "cost_to_replace_least", REASON_MONEY, loss->replace_least);
    reason_add(reason, "cost_to_replace_most", REASON_MONEY, loss->replace_most);
}

static bool below(const struct worth_item *one, const struct worth_item *other)
{
    return one->micros != other->micros ? one->micros < other->micros : one->slot < other->slot;
}

static void swap(struct worth_item *one, struct worth_item *other)
{
    struct worth_item kept = *one;
    *one = *other;
    *other = kept;
}

// Lets an item sink in a heap whose highest item is the first.
static void sink(struct worth_item *heap, size_t count, size_t at)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && below(&heap[child], &heap[child + 1]))
            child++;
        if (!below(&heap[at], &heap[child]))
            return;
        swap(&heap[at], &heap[child]);
    }
}

static void sort(struct worth_item *items, size_t count)
{
    for (size_t at = count / 2; at-- > 0;)
        sink(items, count, at);
    for (size_t left = count; left-- > 1;) {
        swap(&items[0], &items[left]);
        sink(items, left, 0);
    }
}

// The lowest `wanted` items (1 or more) to the front, in no order but with the highest of them first. A heap of them
// rather than a sort of all: the part is small.
static void gather(struct worth_item *items, size_t count, size_t wanted)
{
    for (size_t at = wanted / 2; at-- > 0;)
        sink(items, wanted, at);
    for (size_t i = wanted; i < count; i++) {
        if (below(&items[i], &items[0])) {
            swap(&items[i], &items[0]);
            sink(items, wanted, 0);
        }
    }
}

// The part of a number, rounded up.
static size_t part_of(size_t count, int64_t share_ppm)
{
    must(share_ppm >= 0 && share_ppm <= WORTH_PPM);
    return (size_t)(((int128)count * share_ppm + WORTH_PPM - 1) / WORTH_PPM);
}

size_t worth_lowest(struct worth_item *items, size_t count, int64_t share_ppm)
{
    size_t listed = part_of(count, share_ppm);
    if (listed == 0)
        return 0;
    gather(items, count, listed);
    int64_t last = items[0].micros;
    for (size_t i = listed; i < count; i++)
        if (items[i].micros == last)
            swap(&items[listed++], &items[i]);
    sort(items, listed);
    return listed;
}

int64_t worth_top_share(struct worth_item *items, size_t count, int64_t top_ppm)
{
    size_t top = part_of(count, top_ppm), rest = count - top;
    int128 highest = 0, all = 0;
    if (rest > 0)
        gather(items, count, rest);
    for (size_t i = 0; i < count; i++) {
        int64_t micros = items[i].micros > 0 ? items[i].micros : 0;
        all += micros;
        highest += i >= rest ? micros : 0;
    }
    return worth_share(highest, all);
}

void worth_effort(const struct worth_options *options, int64_t minutes_top, int64_t minutes,
                  struct worth_effort *ret_effort)
{
    must(minutes_top >= 0 && minutes >= minutes_top);
    *ret_effort = (struct worth_effort){.goal_ppm = options->effort_ppm};
    if (minutes == 0 || minutes < options->effort_minutes)
        return;
    int128 wanted = ((int128)minutes * options->effort_ppm + WORTH_PPM - 1) / WORTH_PPM;
    ret_effort->known = true;
    ret_effort->top_ppm = worth_share(minutes_top, minutes);
    ret_effort->short_of = minutes_top < wanted;
    ret_effort->move_minutes = ret_effort->short_of ? (int64_t)(wanted - minutes_top) : 0;
}
