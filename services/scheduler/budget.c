#include "services/scheduler/budget.h"

#include "services/scheduler/ladder.h"

#include <string.h>

enum { SPENDING_BYTES = GIFT_YEARS * (4 + 8) + 8 + 8 };

struct spending budget_spending(const struct customer *customer)
{
    struct spending spending = {.newest = {0}};
    const uint8_t *at = customer->gifts.bytes;
    if (customer->gifts.length != SPENDING_BYTES)
        return spending;
    for (size_t i = 0; i < GIFT_YEARS; i++, at += 4 + 8) {
        spending.gifts.years[i] = (int32_t)store_get_u32(at);
        spending.gifts.spent_micros[i] = (int64_t)store_get_u64(at + 4);
    }
    spending.newest = (struct version){(int64_t)store_get_u64(at), store_get_u64(at + 8)};
    return spending;
}

void budget_put(struct turn *turn, struct customer *customer, const struct spending *spending)
{
    uint8_t *bytes = arena_take(turn->arena, SPENDING_BYTES), *at = bytes;
    for (size_t i = 0; i < GIFT_YEARS; i++, at += 4 + 8) {
        store_put_u32(at, (uint32_t)spending->gifts.years[i]);
        store_put_u64(at + 4, (uint64_t)spending->gifts.spent_micros[i]);
    }
    store_put_u64(at, (uint64_t)spending->newest.time_ms);
    store_put_u64(at + 8, spending->newest.tie);
    customer->gifts = (struct slice){bytes, SPENDING_BYTES};
}

int64_t budget_left(const struct scheduler *self, const struct customer *customer, int32_t year)
{
    struct spending spending = budget_spending(customer);
    return gift_left(&self->options.rules.gift, customer->abc, &spending.gifts, year);
}

void budget_judge(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *customer)
{
    struct spending spending = budget_spending(customer);
    if (spending.newest.time_ms == 0)
        return;
    int32_t year = day_date(office_common_day(self, spending.newest.time_ms)).year;
    int64_t spent = gift_spent(&spending.gifts, year), left = budget_left(self, customer, year);
    if (left >= 0)
        return;
    struct figure figures[] = {{"spent", spent, UNIT_MONEY, self->currency},
                               {"budget", spent + left, UNIT_MONEY, self->currency}};
    struct notice_words words = {.text = fact->kind == FACT_GIFT ? fact->gift.what : "",
                                 .figures = figures,
                                 .figure_count = sizeof figures / sizeof figures[0],
                                 .events = &fact->event,
                                 .event_count = fact->event[0] != '\0'};
    struct opening opening = ladder_opening(fact, KIND_GIFT_BUDGET, (uint64_t)year);
    opening.customer_id = customer->id;
    opening.version = spending.newest;
    opening.why = notice_why(turn->arena, &words);
    ladder_open(self, turn, &opening);
}

struct judging {
    struct scheduler *self;
    const struct customer *customer;
    int64_t at_ms;
};

static bool end_one(void *context, struct turn *turn, struct matter *matter)
{
    const struct judging *judging = context;
    if (matter->kind == KIND_GIFT_BUDGET && budget_left(judging->self, judging->customer, (int32_t)matter->which) >= 0)
        ladder_lapse(judging->self, turn, KIND_GIFT_BUDGET, judging->customer->id, matter->which, judging->at_ms,
                     "the gifts were another customer's");
    return true;
}

void budget_judge_anew(struct scheduler *self, struct turn *turn, const struct fact *fact,
                       const struct customer *customer)
{
    struct judging judging = {.self = self, .customer = customer, .at_ms = fact->version.time_ms};
    matter_each_open(turn, customer->id, end_one, &judging);
    budget_judge(self, turn, fact, customer);
}

struct slice budget_why(const struct scheduler *self, struct turn *turn, const struct customer *customer, int32_t day)
{
    int64_t micros = budget_left(self, customer, day_date(day).year);
    struct figure left = {"left", micros, UNIT_MONEY, self->currency};
    struct notice_point point = {.code = "gift_budget_left", .text = "", .figures = &left, .figure_count = 1};
    return notice_why(turn->arena, &(struct notice_words){.points = &point, .point_count = micros > 0});
}
