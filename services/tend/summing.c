#include "services/tend/summing.h"

#include "common/money.h"
#include "common/must.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RISKS_MAX = 20, DRAG_MAX = 100, KEYS_MAX = 3, SUMS_MAX = 3, TEXT_BYTES = 64, PPM = 1000000 };

// --- numbers and amounts

static void add_number(json_t *sum, const json_t *other, const char *member)
{
    int64_t number = verb_number(sum, member) + verb_number(other, member);
    if (number != 0)
        json_object_set_new(sum, member, json_integer(number));
}

// "-1280.50 EUR" in micros; a sum may be larger than what money_parse takes of one event.
static int64_t micros_of(const char *text)
{
    bool negative = text[0] == '-';
    char *end;
    uint64_t micros = strtoull(text + negative, &end, 10) * MONEY_MICROS, unit = MONEY_MICROS;
    if (*end == '.')
        for (end++; *end >= '0' && *end <= '9' && unit > 1; end++)
            micros += (uint64_t)(*end - '0') * (unit /= 10);
    return negative ? -(int64_t)micros : (int64_t)micros;
}

static void add_amount(json_t *sum, const json_t *other, const char *member)
{
    const char *here = verb_text(sum, member), *there = verb_text(other, member);
    char number[MONEY_TEXT_BYTES], text[TEXT_BYTES];
    if (there[0] == '\0')
        return;
    (void)money_print(micros_of(here) + micros_of(there), number);
    const char *currency = strchr(there, ' ');
    snprintf(text, sizeof text, "%s%s", number, currency != NULL ? currency : "");
    json_object_set_new(sum, member, json_string(text));
}

// --- lists of rows with keys

struct table {
    const char *member;
    const char *keys[KEYS_MAX];
    const char *counts[SUMS_MAX]; // numbers that add up
    const char *amount;           // and an amount; NULL: none
};

static const struct table tables[] = {
    {"classes", {"abc"}, {"customers"}, "net"},
    {"scores", {"dimension", "score"}, {"customers"}, NULL},
    {"grid", {"r", "f"}, {"customers"}, "net"},
    {"values", {"dimension", "value"}, {"customers"}, "net"},
    {"movements", {"dimension", "before", "after"}, {"customers"}, NULL},
    {"efforts", {"repId"}, {"minutes", "minutesTop"}, NULL},
};

static bool same_row(const struct table *table, const json_t *one, const json_t *other)
{
    for (size_t i = 0; i < KEYS_MAX && table->keys[i] != NULL; i++) {
        const json_t *left = json_object_get(one, table->keys[i]), *right = json_object_get(other, table->keys[i]);
        if ((left == NULL) != (right == NULL) || (left != NULL && !json_equal(left, right)))
            return false;
    }
    return true;
}

static void add_row(const struct table *table, json_t *rows, json_t *other)
{
    json_t *row;
    size_t i;
    json_array_foreach (rows, i, row)
        if (same_row(table, row, other)) {
            for (size_t k = 0; k < SUMS_MAX && table->counts[k] != NULL; k++)
                add_number(row, other, table->counts[k]);
            if (table->amount != NULL)
                add_amount(row, other, table->amount);
            return;
        }
    json_array_append(rows, other);
}

// The list of that name, an empty one when there is none.
static json_t *list_of(json_t *summary, const char *member)
{
    json_t *list = json_object_get(summary, member);
    if (list != NULL)
        return list;
    json_object_set_new(summary, member, json_array());
    return json_object_get(summary, member);
}

static void add_rows(const struct table *table, json_t *first, const json_t *other)
{
    json_t *row, *rows = list_of(first, table->member);
    size_t i;
    json_array_foreach (json_object_get(other, table->member), i, row)
        add_row(table, rows, row);
}

// The classes' shares of all, by what they add up to.
static void share_out(json_t *first)
{
    int64_t total = micros_of(verb_text(first, "total"));
    json_t *row;
    size_t i;
    json_array_foreach (json_object_get(first, "classes"), i, row) {
        int128 part = micros_of(verb_text(row, "net"));
        if (total > 0 && part > 0)
            json_object_set_new(row, "sharePpm", json_integer((json_int_t)(part * PPM / total)));
    }
}

// --- lists of customers

static int64_t worth_of(const json_t *card)
{
    return micros_of(verb_text(card, "net"));
}

static int64_t brought_by(const json_t *card)
{
    return micros_of(verb_text(card, "margin")) - micros_of(verb_text(card, "costToServe"));
}

static int by_worth(const void *one, const void *other)
{
    int64_t left = worth_of(*(json_t *const *)one), right = worth_of(*(json_t *const *)other);
    return (left < right) - (left > right);
}

static int by_drag(const void *one, const void *other)
{
    int64_t left = brought_by(*(json_t *const *)one), right = brought_by(*(json_t *const *)other);
    return (left > right) - (left < right);
}

// Puts the cards in order and keeps the first ones.
static void sort_cards(json_t *cards, int (*compare)(const void *, const void *), size_t most)
{
    size_t count = json_array_size(cards);
    json_t **all = malloc((count + 1) * sizeof *all);
    must(all != NULL);
    for (size_t i = 0; i < count; i++)
        all[i] = json_incref(json_array_get(cards, i));
    json_array_clear(cards);
    qsort(all, count, sizeof *all, compare);
    for (size_t i = 0; i < count; i++) {
        if (i < most)
            json_array_append(cards, all[i]);
        json_decref(all[i]);
    }
    free(all);
}

static void take_largest(json_t *first, const json_t *other)
{
    json_t *here = json_object_get(first, "concentration");
    const json_t *there = json_object_get(other, "concentration");
    if (here == NULL || verb_number(there, "largestPpm") <= verb_number(here, "largestPpm"))
        return;
    json_object_set(here, "largestPpm", json_object_get(there, "largestPpm"));
    json_object_set(here, "largestCustomerId", json_object_get(there, "largestCustomerId"));
    const json_t *name = json_object_get(there, "largestCustomerName"); // not there: none is known
    if (name != NULL)
        json_object_set_new(here, "largestCustomerName", json_string(verb_text(there, "largestCustomerName")));
    else
        json_object_del(here, "largestCustomerName");
}

static void add_one(json_t *first, const json_t *other)
{
    static const char *const counts[] = {"customers",         "overdue",           "dropped",
                                         "ordersWithoutRate", "ordersWithoutCost", "ordersRefundedBeyond"};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        add_number(first, other, counts[i]);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        add_rows(&tables[i], first, other);
    json_array_extend(list_of(first, "atRisk"), json_object_get(other, "atRisk"));
    json_array_extend(list_of(first, "drag"), json_object_get(other, "drag"));
    take_largest(first, other);
    if (json_object_get(first, "rule") == NULL && json_object_get(other, "rule") != NULL)
        json_object_set(first, "rule", json_object_get(other, "rule")); // a process without customers tells none
}

void summing_add(json_t *first, json_t *const *others, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_one(first, others[i]);
    if (count == 0)
        return;
    share_out(first);
    sort_cards(list_of(first, "atRisk"), by_worth, RISKS_MAX);
    sort_cards(list_of(first, "drag"), by_drag, DRAG_MAX);
}

bool summing_settled(const json_t *sum, bool whole)
{
    if (verb_number(sum, "processes") < 2 || verb_number(sum, "customers") == 0)
        return true;
    if (json_object_get(sum, "limitsAsOf") == NULL)
        return false;
    int64_t counted = 0;
    const json_t *row;
    size_t i;
    json_array_foreach (json_object_get(sum, "classes"), i, row)
        counted += verb_number(row, "customers");
    return !whole || counted == verb_number(sum, "customersInWindow");
}
