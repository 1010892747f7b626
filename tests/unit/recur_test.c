// Complaints that come again: which texts are the same, and which complaints.
#include "services/scheduler/recur.h"
#include "unit/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 400, MANY = 24, LONG = 3000 };

static const struct recur_options OPTIONS = {.days = 90};

static void same_texts(void **state)
{
    (void)state;
    static const struct {
        const char *left, *right;
        bool same;
    } rows[] = {
        {"Late delivery!", "late  delivery", true},
        {"late delivery", "late deliveries", false},
        {"LATE-DELIVERY", "\tlate delivery.\n", true},
        {"包装破损", "包装，破损！", true},
        {"包装破损", "包装破 损。", true},
        {"包装破损", "包装破了", false},
        {"（包装）破损", "「包装」破损", true},
        {"ＬＡＴＥ　１２", "late 12", true},
        {"VERSPÄTET", "verspätet", true},
        {"Ödipus", "ödipus", true},
        {"ŠPATNÉ ZBOŽÍ", "špatné zboží", true},
        {"ŽLUTÝ", "žlutý", true},
        {"ПОЗДНО", "поздно", true},
        {"ЁЛКА", "ёлка", true},
        {"ΆΡΓΗΣΕ", "άργησε", true},
        {"ΛΌΓΟΣ", "λόγος", true},
        {"TRỄ HẸN", "trễ hẹn", true},
        {"size 12", "size 13", false},
        {"a×b", "ab", true},
        {"µ", "u", false},
        {"納期が遅い", "納期が遅い。", true},
        {"スーパー", "スパ", false},
        {"😀 late", "late", false},
        {"\xff late \xc3", "late", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if ((recur_text(rows[i].left) == recur_text(rows[i].right)) != rows[i].same)
            fail_msg("row %zu: %s, %s", i, rows[i].left, rows[i].right);
    static const char *const empty[] = {"", " ", "?!", "。、", "\xc3"};
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
        assert_true(recur_text(empty[i]) == 0);
    assert_true(recur_text("a") != 0);
}

static void long_texts(void **state)
{
    (void)state;
    char left[LONG + 1], right[LONG + 1];
    memset(left, 'a', LONG);
    memset(right, 'A', LONG);
    left[LONG] = right[LONG] = '\0';
    assert_true(recur_text(left) == recur_text(right));
    right[500] = 'b';
    assert_true(recur_text(left) != recur_text(right));
}

static struct recur_entry entry(uint64_t complaint, int32_t day, uint64_t category, uint64_t sku, uint64_t cause)
{
    return (struct recur_entry){.complaint = complaint, .day = day, .category = category, .sku = sku, .cause = cause};
}

static void comes_again(void **state)
{
    (void)state;
    struct recur recur = {0};
    const struct recur_entry stored[] = {
        entry(1, 1000, 11, 21, 31),
        entry(2, 1050, 12, 0, 0),
        entry(3, 1050, 0, 22, 0),
    };
    for (size_t i = 0; i < 3; i++)
        assert_true(recur_put(&recur, &stored[i]));
    const struct {
        struct recur_entry entry;
        uint32_t same;
        uint64_t complaint;
        int32_t days;
    } rows[] = {
        {entry(9, 1090, 11, 0, 0), RECUR_CATEGORY, 1, 90},
        {entry(9, 1091, 11, 0, 0), 0, 0, 0},
        {entry(9, 1060, 0, 21, 0), RECUR_SKU, 1, 60},
        {entry(9, 1060, 0, 0, 31), RECUR_CAUSE, 1, 60},
        {entry(9, 1060, 11, 21, 31), RECUR_CATEGORY | RECUR_SKU | RECUR_CAUSE, 1, 60},
        {entry(9, 1060, 0, 0, 0), 0, 0, 0},
        {entry(9, 1060, 13, 23, 33), 0, 0, 0},
        // The nearest counts.
        {entry(9, 1060, 12, 21, 0), RECUR_CATEGORY, 2, 10},
        {entry(9, 1060, 12, 22, 0), RECUR_SKU, 3, 10},
        // What is later, or the complaint itself, is nothing before it.
        {entry(9, 999, 11, 0, 0), 0, 0, 0},
        {entry(1, 1060, 11, 0, 0), 0, 0, 0},
        {entry(9, 1000, 11, 0, 0), RECUR_CATEGORY, 1, 0},
        {entry(0, 1000, 11, 0, 0), 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct recur_match match = {0};
        bool again = recur_judge(&OPTIONS, &recur, &rows[i].entry, &match);
        if (again != (rows[i].same != 0) || match.same != rows[i].same || match.complaint != rows[i].complaint ||
            match.days != rows[i].days)
            fail_msg("row %zu: %u of %u", i, match.same, (unsigned)match.complaint);
    }
}

static void put_and_removed(void **state)
{
    (void)state;
    struct recur recur = {0}, again;
    struct recur_entry first = entry(5, 1000, 1, 0, 0);
    assert_true(recur_put(&recur, &first));
    assert_false(recur_put(&recur, &first));
    first.cause = 7; // as its resolution says
    assert_true(recur_put(&recur, &first));
    assert_int_equal(recur.count, 1);
    assert_int_equal(recur.entries[0].cause, 7);
    assert_true(recur_read(&recur, RECUR_BYTES(1), &again));
    assert_memory_equal(&recur, &again, sizeof recur);
    assert_false(recur_read(&recur, RECUR_BYTES(2), &again));
    assert_int_equal(again.count, 0);
    assert_false(recur_remove(&recur, 6));
    assert_true(recur_remove(&recur, 5));
    struct recur none = {0};
    assert_memory_equal(&recur, &none, sizeof recur);
}

static void random_lists(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < ROUNDS; round++) {
        struct recur_entry all[MANY];
        struct recur up = {0}, down = {0};
        size_t count = (size_t)dice_throw(&dice, MANY) + 1;
        int32_t day = 0;
        for (size_t i = 0; i < count; i++)
            all[i] = entry(i + 1, day += (int32_t)dice_throw(&dice, 30), (uint64_t)dice_throw(&dice, 4),
                           (uint64_t)dice_throw(&dice, 9), 0);
        for (size_t i = 0; i < count; i++) {
            recur_put(&up, &all[i]);
            recur_put(&down, &all[count - 1 - i]);
            recur_put(&down, &all[count - 1 - i]);
        }
        assert_memory_equal(&up, &down, sizeof up);
        size_t oldest = count > RECUR_COMPLAINTS ? count - RECUR_COMPLAINTS : 0;
        for (size_t i = oldest; i < count; i++) {
            uint64_t wanted = 0;
            for (size_t j = oldest; j < i; j++)
                if (all[i].day - all[j].day <= 90 && ((all[j].category != 0 && all[j].category == all[i].category) ||
                                                      (all[j].sku != 0 && all[j].sku == all[i].sku)))
                    wanted = all[j].complaint;
            struct recur_match match = {0};
            assert_int_equal(recur_judge(&OPTIONS, &up, &all[i], &match), wanted != 0);
            assert_int_equal(match.complaint, wanted);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_texts),      cmocka_unit_test(long_texts),   cmocka_unit_test(comes_again),
        cmocka_unit_test(put_and_removed), cmocka_unit_test(random_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
