// Which claims about one number are one order, whose it is and what it says, in whatever order they are listed.
#include "services/scoring/claim.h"
#include "services/scoring/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 5, NONE = -1, HOUR_MS = 3600000 };

struct row {
    char group; // claims of one letter are one order; 0: there are no more
    uint64_t source;
    uint32_t slot;
    int placed; // hour; NONE
    int said;   // hour of the newest word
};

static const struct {
    const char *name;
    bool crowd;
    struct row rows[MOST];
} cases[] = {
    {"one", false, {{'a', 1, 1, 5, 5}}},
    {"given to another customer", false, {{'a', 1, 1, 5, 5}, {'a', 1, 2, NONE, 9}}},
    {"two shops, two customers", false, {{'a', 1, 1, 5, 5}, {'b', 2, 2, 5, 5}}},
    {"two shops, one customer", false, {{'a', 1, 1, 5, 5}, {'b', 2, 1, 5 + 169, 200}}},
    {"an import and the shop", false, {{'a', 1, 1, 5, 5}, {'a', 2, 1, 5 + 167, 200}}},
    {"an import and the shop, which gave it away",
     false,
     {{'a', 1, 1, 5, 5}, {'a', 2, 1, 9, 9}, {'a', 2, 2, NONE, 60}}},
    {"the ERP cancels", false, {{'a', 1, 1, 5, 5}, {'a', 2, 1, NONE, 9000}}},
    {"the ERP cancels somebody else's", false, {{'a', 1, 1, 5, 5}, {'b', 2, 2, NONE, 9}}},
    {"the ERP means the later one", false, {{'a', 1, 1, 5, 5}, {'b', 2, 1, 500, 500}, {'b', 3, 1, NONE, 600}}},
    {"the ERP means the earlier one", false, {{'a', 1, 1, 5, 5}, {'b', 2, 1, 500, 500}, {'a', 3, 1, NONE, 400}}},
    {"the ERP is ahead", false, {{'a', 1, 1, 5, 5}, {'b', 2, 1, 500, 500}, {'a', 3, 1, NONE, 1}}},
    {"nobody placed it", false, {{'a', 1, 1, NONE, 5}, {'a', 2, 1, NONE, 9}, {'b', 3, 2, NONE, 9}}},
    {"words before sources were kept", false, {{'a', 0, 1, 5, 5}, {'b', 0, 2, 5, 5}, {'a', 1, 1, NONE, 9}}},
    {"a crowd", true, {{'a', 1, 1, 5, 5}, {'b', 1, 2, 5, 5}, {'b', 2, 2, 5, 9}, {'c', 1, 3, NONE, 9}}},
};

static void fill(struct claim *claim, const struct row *row, uint32_t number)
{
    static const struct order_amount amount = {.total_micros = 1};
    claim_start(claim, row->slot, row->source);
    claim->number = number;
    if (row->placed != NONE)
        assert_true(order_version(&claim->order, false, (int64_t)row->placed * HOUR_MS, "e", 1, &amount));
    assert_true(claim_word(claim, (int64_t)row->said * HOUR_MS, row->source));
    assert_false(claim_word(claim, (int64_t)row->said * HOUR_MS, row->source));
}

// The claims in the given order of their rows.
static void check(size_t at, const size_t *order, size_t count)
{
    static struct claims claims;
    claims.count = count;
    claims.crowd = cases[at].crowd;
    for (size_t i = 0; i < count; i++)
        fill(&claims.items[i], &cases[at].rows[order[i]], (uint32_t)order[i]);
    claims_sort(&claims);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            if ((claims.of[i] == claims.of[j]) != (cases[at].rows[order[i]].group == cases[at].rows[order[j]].group))
                fail_msg("%s: claims %zu and %zu", cases[at].name, order[i], order[j]);
}

// Every way to list them.
static void check_all(size_t at, size_t *order, size_t done, size_t count)
{
    if (done == count)
        check(at, order, count);
    for (size_t i = done; i < count; i++) {
        size_t kept = order[done];
        order[done] = order[i];
        order[i] = kept;
        check_all(at, order, done + 1, count);
        order[i] = order[done];
        order[done] = kept;
    }
}

static void test_what_is_one_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t order[MOST], count = 0;
        for (; count < MOST && cases[i].rows[count].group != 0; count++)
            order[count] = count;
        check_all(i, order, 0, count);
    }
}

static void test_whose_it_is(void **state)
{
    (void)state;
    static struct claims claims;
    static struct whole whole;
    static const struct order_amount amounts[] = {{.total_micros = 100}, {.total_micros = 120}};
    for (size_t turn = 0; turn < 2; turn++) {
        struct claim *old = &claims.items[turn], *new = &claims.items[1 - turn];
        claims.count = 2;
        claim_start(old, 7, 1);
        old->number = 3;
        assert_true(order_version(&old->order, false, 10, "shop/a", 6, &amounts[0]));
        assert_true(claim_word(old, 10, 1));
        claim_start(new, 8, 1);
        new->number = 4;
        assert_true(order_version(&new->order, true, 20, "shop/b", 6, &amounts[1]));
        assert_true(claim_word(new, 20, 1));
        claims_sort(&claims);
        claims_whole(&claims, 0, &whole);
        assert_true(whole.slot == 8 && whole.number == 4);
        assert_true(whole.order.placed && whole.order.placed_ms == 10 && whole.order.amended);
        assert_true(whole.order.amount.total_micros == 120 && !whole.order.cancelled);
        // A later word that is no version adds to the order, and leaves it where it is.
        assert_true(order_cancel(&old->order));
        assert_true(claim_word(old, 30, 2));
        claims_whole(&claims, 0, &whole);
        assert_true(whole.slot == 8 && whole.number == 4);
        assert_true(whole.order.cancelled && whole.order.amount.total_micros == 120);
        // Without any version the newest word says whose it is.
        claim_start(new, 8, 1);
        claim_start(old, 7, 1);
        assert_true(order_cancel(&old->order) && claim_word(old, 30, 2));
        assert_true(order_cancel(&new->order) && claim_word(new, 30, 1));
        claims_whole(&claims, 0, &whole);
        assert_int_equal(whole.slot, 7);
    }
}

// A row as it is written, and as it was before sources and words were kept: without the 24 bytes behind the amount.
static void test_rows_of_both_versions(void **state)
{
    (void)state;
    enum { HEAD = 68, ADDED = 24 };
    static struct claim claim, read;
    static const struct order_amount amount = {.total_micros = 70, .currency = "EUR"};
    uint8_t row[512];
    const char *id;
    size_t id_length, length;
    bool full;
    claim_start(&claim, 7, 99);
    claim.before = 5;
    assert_true(order_version(&claim.order, false, 10, "shop/a", 6, &amount) && claim_word(&claim, 12, 3));
    struct order_refund refund = {.time_ms = 12, .key = {1}, .micros = 20, .currency = "EUR"};
    assert_true(order_refund(&claim.order, &refund, &full));
    length = layout_order_bytes(&claim, 2);
    layout_write_order(&claim, "O1", 2, row);
    for (unsigned version = 2; version > 0; version--) {
        assert_true(layout_read_order(row, length, &read, &id, &id_length));
        assert_true(id_length == 2 && memcmp(id, "O1", 2) == 0 && read.slot == 7 && read.before == 5 && !read.shared);
        assert_true(read.order.placed_ms == 10 && read.order.amount.total_micros == 70);
        assert_true(read.order.refund_count == 1 && read.order.refunds[0].micros == 20);
        assert_true(read.source == (version == 2 ? 99 : 0) && read.said_ms == (version == 2 ? 12 : 10));
        assert_false(layout_read_order(row, length - 1, &read, &id, &id_length));
        assert_true(layout_share_order(row, length) && !layout_share_order(row, length));
        assert_true(layout_read_order(row, length, &read, &id, &id_length) && read.shared);
        layout_write_order(&claim, "O1", 2, row);
        length = layout_order_bytes(&claim, 2) - ADDED;
        memmove(row + HEAD, row + HEAD + ADDED, length - HEAD);
        row[0] = 1;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_one_order),
        cmocka_unit_test(test_whose_it_is),
        cmocka_unit_test(test_rows_of_both_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
