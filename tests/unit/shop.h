// A shop for tests of scoring: the service with its defaults, and what two of them must agree on.
#ifndef TEND_TESTS_UNIT_SHOP_H
#define TEND_TESTS_UNIT_SHOP_H

#include "harness/defaults.h"
#include "services/scoring/scoring.h"
#include "unit/scoring_events.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define START_MS INT64_C(1767261600000) // 2026-01-01T10:00:00Z

struct shop {
    struct scoring_options options;
    struct scoring *scoring;
    struct turns *turns;
};

static inline struct shop *open_shop(void)
{
    struct shop *shop = calloc(1, sizeof *shop);
    shop->options = defaults_of_scoring();
    shop->scoring = scoring_open(&shop->options);
    shop->turns = turns_open(&scoring_service, shop->scoring, START_MS);
    say_settings(shop->turns, "Asia/Shanghai", "EUR", "USD", 500000);
    turns_run(shop->turns, START_MS);
    return shop;
}

static inline void close_shop(struct shop **shop)
{
    turns_close(&(*shop)->turns);
    scoring_close(&(*shop)->scoring);
    free(*shop);
    *shop = NULL;
}

static inline json_t *ask(struct shop *shop, const char *target)
{
    int status;
    json_t *answer = json_loads(turns_ask(shop->turns, target, &status), 0, NULL);
    assert_int_equal(status, 200);
    assert_non_null(answer);
    return answer;
}

static inline void same(const json_t *one, const json_t *other, const char *member)
{
    const json_t *left = json_object_get(one, member), *right = json_object_get(other, member);
    if (left == right || json_equal(left, right))
        return;
    char *a = json_dumps(left, JSON_ENCODE_ANY), *b = json_dumps(right, JSON_ENCODE_ANY);
    fail_msg("%s %s: %s, not %s", json_string_value(json_object_get(one, "name")), member, a, b);
}

// What does not depend on the way on which it came to be so.
static inline void compare(struct shop *one, struct shop *other)
{
    static const char *const members[] = {"customers", "customersInWindow", "total",         "classes",
                                          "scores",    "dropped",           "concentration", "pareto",
                                          "grid",      "usualGapDays",      "overdue",       "efforts"};
    static const char *const fields[] = {"customerId", "abc", "net",          "sharePpm",    "orders",
                                         "lastOrder",  "rfm", "purchaseDays", "meanGapMilli"};
    json_t *left = ask(one, "/v1/summary"), *right = ask(other, "/v1/summary");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        same(left, right, members[i]);
    json_decref(left);
    json_decref(right);
    left = ask(one, "/v1/customers?limit=1000&sort=id");
    right = ask(other, "/v1/customers?limit=1000&sort=id");
    const json_t *list = json_object_get(left, "customers"), *others = json_object_get(right, "customers");
    assert_true(json_array_size(list) > 0);
    assert_int_equal(json_array_size(list), json_array_size(others));
    for (size_t i = 0; i < json_array_size(list); i++)
        for (size_t j = 0; j < sizeof fields / sizeof *fields; j++)
            same(json_array_get(list, i), json_array_get(others, i), fields[j]);
    json_decref(left);
    json_decref(right);
}

#endif
