// The figures that rest on the models of buying and spending do not depend on the order in which events came, nor on
// when the models were fitted on the way: once all events are in and the models are fitted again, they are equal.
//
// Until then they may differ: the models are fitted now and then, from what is known at that moment. So whoever
// compares two services runs both to their next fit after the last event. Here nobody polls the service's descriptor,
// so it fits within the turn and not in a thread.
#include "services/scoring/core.h"
#include "services/scoring/intake.h"
#include "services/scoring/judge.h"
#include "unit/dice.h"
#include "unit/shop.h"

enum { CUSTOMERS = 60, ORDERS = 400, EVENTS = 2 * ORDERS, ROUNDS = 3, WAYS = 3, WEEKS = 3 };

struct happening {
    Tend__V1__Event__BodyCase body;
    char id[16], customer[8], order[8];
    int64_t time_ms, units;
};

struct course {
    struct happening events[EVENTS];
    size_t count;
};

// Some customers buy often, some left long ago, a few bought once.
static void make_course(struct course *course, struct dice *dice)
{
    course->count = 0;
    for (unsigned i = 0; i < ORDERS; i++) {
        struct happening *placed = &course->events[course->count++];
        unsigned customer = (unsigned)dice_throw(dice, 1 + dice_throw(dice, CUSTOMERS));
        int64_t left = customer % 3 == 0 ? 200 : 1;
        placed->body = TEND__V1__EVENT__BODY_ORDER_PLACED;
        placed->time_ms = START_MS - (left * 86400 + dice_throw(dice, 300 * 86400)) * 1000;
        placed->units = 1 + dice_throw(dice, 40) * (1 + customer % 7);
        snprintf(placed->id, sizeof placed->id, "e%u", i);
        snprintf(placed->order, sizeof placed->order, "o%u", i);
        snprintf(placed->customer, sizeof placed->customer, "C%02u", customer);
        if (dice_throw(dice, 4) != 0)
            continue;
        struct happening *later = &course->events[course->count++];
        static const Tend__V1__Event__BodyCase bodies[] = {TEND__V1__EVENT__BODY_ORDER_AMENDED,
                                                           TEND__V1__EVENT__BODY_ORDER_REFUNDED,
                                                           TEND__V1__EVENT__BODY_ORDER_CANCELLED};
        *later = *placed;
        later->body = bodies[dice_throw(dice, 3)];
        later->time_ms += (dice_throw(dice, 86400) + 1) * 1000;
        later->units = 1 + dice_throw(dice, 200);
        snprintf(later->id, sizeof later->id, "f%u", i);
    }
}

static void run(struct shop *shop, int64_t now_ms)
{
    turns_run(shop->turns, now_ms);
    assert_int_not_equal(shop->scoring->round.step, CORE_FIT);
}

static void say_happening(struct shop *shop, const struct happening *event)
{
    struct say say = {event->id, event->customer, event->order, event->time_ms, event->units, "EUR", true};
    say_order(shop->turns, event->body, &say);
}

// By chance: models are fitted after each of some parts of the events.
static void say_all(struct shop *shop, const struct course *course, struct dice *dice)
{
    size_t order[EVENTS];
    for (size_t i = 0; i < course->count; i++)
        order[i] = i;
    for (size_t i = course->count; i > 1; i--) {
        size_t with = (size_t)dice_throw(dice, (int64_t)i), kept = order[with];
        order[with] = order[i - 1];
        order[i - 1] = kept;
    }
    size_t parts[WEEKS];
    for (unsigned i = 0; i < WEEKS; i++)
        parts[i] = (size_t)dice_throw(dice, (int64_t)course->count);
    for (size_t i = 0; i < course->count; i++) {
        say_happening(shop, &course->events[order[i]]);
        for (int64_t week = 0; week < WEEKS; week++)
            if (parts[week] == i)
                run(shop, turns_now_ms(shop->turns) + (1 + dice_throw(dice, 8)) * DAY_MS);
    }
}

static struct shop *open_with(int64_t least_customers)
{
    struct shop *shop = calloc(1, sizeof *shop);
    shop->options = defaults_of_scoring();
    shop->options.model.least_customers = least_customers;
    shop->options.model.least_repeaters = least_customers / 2;
    shop->scoring = scoring_open(&shop->options);
    shop->turns = turns_open(&scoring_service, shop->scoring, START_MS);
    say_settings(shop->turns, "Asia/Shanghai", "EUR", "USD", 500000);
    turns_run(shop->turns, START_MS);
    return shop;
}

static void judge_of(struct shop *shop, const char *customer, struct judgement *ret_judgement)
{
    uint8_t key[LEDGER_KEY_BYTES];
    uint32_t slot;
    intake_key(customer, strlen(customer), key);
    assert_true(ledger_find(shop->scoring->ledger, key, &slot));
    judge(shop->scoring, slot, ret_judgement);
}

static void compare_models(const struct book *one, const struct book *other)
{
    assert_int_equal(one->fit_status, other->fit_status);
    assert_int_equal(one->spending_status, other->spending_status);
    assert_int_equal(one->fitted, other->fitted);
    assert_int_equal(one->fit_customers, other->fit_customers);
    assert_int_equal(one->buying.kind, other->buying.kind);
    assert_memory_equal(one->buying.p, other->buying.p, sizeof one->buying.p);
    assert_memory_equal(one->spending.p, other->spending.p, sizeof one->spending.p);
    assert_memory_equal(&one->spending.mean, &other->spending.mean, sizeof one->spending.mean);
    assert_int_equal(one->future_cut_micros, other->future_cut_micros);
    assert_int_equal(one->satisfaction_micros, other->satisfaction_micros);
}

static void compare_futures(struct shop *one, struct shop *other, const struct course *course)
{
    compare_models(&one->scoring->book, &other->scoring->book);
    for (size_t i = 0; i < course->count; i++) {
        struct judgement left, right;
        judge_of(one, course->events[i].customer, &left);
        judge_of(other, course->events[i].customer, &right);
        assert_int_equal(left.view.foresight.future_micros, right.view.foresight.future_micros);
        assert_int_equal(left.view.foresight.orders_90_milli, right.view.foresight.orders_90_milli);
        assert_int_equal(left.assessment.loyalty.ppm, right.assessment.loyalty.ppm);
        for (size_t j = 0; j < DIMENSION_ROOM; j++)
            if (left.machine[j] != right.machine[j])
                fail_msg("%s: dimension %zu is %u, not %u", course->events[i].customer, j, right.machine[j],
                         left.machine[j]);
    }
}

static void test_fitted_again(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    static struct course course;
    static const int64_t least[] = {1000, 20};
    unsigned good = 0;
    for (unsigned round = 0; round < ROUNDS * 2; round++) {
        struct shop *timely = open_with(least[round % 2]);
        make_course(&course, &dice);
        for (size_t i = 0; i < course.count; i++)
            say_happening(timely, &course.events[i]);
        int64_t end_ms = START_MS + (WEEKS + 3) * 9 * DAY_MS;
        run(timely, end_ms);
        good += timely->scoring->book.fitted;
        for (unsigned way = 0; way < WAYS; way++) {
            struct shop *shop = open_with(least[round % 2]);
            say_all(shop, &course, &dice);
            for (int64_t at_ms = turns_now_ms(shop->turns); at_ms < end_ms; at_ms += DAY_MS)
                run(shop, at_ms);
            run(shop, end_ms);
            compare(shop, timely);
            compare_futures(timely, shop, &course);
            close_shop(&shop);
        }
        close_shop(&timely);
    }
    assert_true(good > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fitted_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
