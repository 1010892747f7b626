// Messages that wait for an answer: the same ones in any order are the same memory, the first ones and the newest.
#include "services/scheduler/waiting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BYTES = 4096, ROUNDS = 2000, MOST = 14 };

static struct waiting_message message(int64_t time_ms)
{
    return (struct waiting_message){time_ms, (uint64_t)time_ms * 7, "crm/1", "price"};
}

static void expect_same(const struct waiting *left, const struct waiting *right)
{
    assert_int_equal(left->count, right->count);
    for (size_t i = 0; i < left->count; i++)
        assert_int_equal(left->messages[i].time_ms, right->messages[i].time_ms);
}

static void test_written_and_read(void **state)
{
    (void)state;
    static uint8_t bytes[BYTES];
    struct waiting waiting = {0}, read;
    assert_int_equal(waiting_size(&waiting), 0);
    waiting_read(bytes, 0, &read);
    assert_int_equal(read.count, 0);
    struct waiting_message first = {1000, 1, "crm/1", "price of lamps"}, second = {2000, 2, "crm/22", ""};
    waiting_add(&waiting, &second);
    waiting_add(&waiting, &first);
    waiting_add(&waiting, &first);
    assert_int_equal(waiting.count, 2);
    size_t size = waiting_size(&waiting);
    assert_true(size < BYTES);
    waiting_write(&waiting, bytes);
    waiting_read(bytes, size, &read);
    expect_same(&waiting, &read);
    assert_string_equal(read.messages[0].subject, "price of lamps");
    assert_string_equal(read.messages[1].event, "crm/22");
    waiting_read(bytes, size - 1, &read);
    assert_int_equal(read.count, 1);
    waiting_drop(&waiting, 2000);
    assert_int_equal(waiting.count, 1);
    assert_int_equal(waiting.messages[0].time_ms, 2000);
}

static void shuffle(int64_t *times, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = (size_t)rand() % i;
        int64_t kept = times[i - 1];
        times[i - 1] = times[other];
        times[other] = kept;
    }
}

// By the definition: the seven oldest and the newest.
static struct waiting by_hand(const int64_t *times, size_t count)
{
    struct waiting waiting = {0};
    int64_t after = 0, newest = 0;
    for (size_t i = 0; i < count; i++)
        newest = times[i] > newest ? times[i] : newest;
    while (waiting.count < WAITING_MAX - 1 && after < newest) {
        int64_t least = newest;
        for (size_t i = 0; i < count; i++)
            least = times[i] > after && times[i] < least ? times[i] : least;
        waiting.messages[waiting.count++] = message(least);
        after = least;
    }
    if (after < newest)
        waiting.messages[waiting.count++] = message(newest);
    return waiting;
}

static void test_any_order(void **state)
{
    (void)state;
    unsigned seed = 20260601;
    print_message("seed %u\n", seed);
    srand(seed);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t times[MOST];
        size_t count = 1 + (size_t)rand() % MOST;
        for (size_t i = 0; i < count; i++)
            times[i] = 1 + rand() % 40;
        struct waiting expected = by_hand(times, count);
        for (int again = 0; again < 3; again++) {
            struct waiting waiting = {0};
            shuffle(times, count);
            for (size_t i = 0; i < count; i++) {
                struct waiting_message one = message(times[i]);
                waiting_add(&waiting, &one);
            }
            expect_same(&waiting, &expected);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_and_read),
        cmocka_unit_test(test_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
