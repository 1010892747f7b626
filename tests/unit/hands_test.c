// Which reps spoke to a customer: the newest of each, whatever the order of hearing.
#include "services/scheduler/hands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_newest_of_each(void **state)
{
    (void)state;
    struct hand hands[HANDS_MAX];
    size_t count = hands_touch(hands, 0, (struct hand){"li", 100});
    count = hands_touch(hands, count, (struct hand){"wang", 300});
    count = hands_touch(hands, count, (struct hand){"li", 50}); // older: nothing new
    assert_int_equal(count, 2);
    assert_string_equal(hands[0].rep_id, "wang");
    assert_int_equal(hands[1].at_ms, 100);
    count = hands_touch(hands, count, (struct hand){"li", 400});
    assert_int_equal(count, 2);
    assert_string_equal(hands[0].rep_id, "li");
    // Of more than there is room for the oldest goes; one that is older than all does not come in.
    count = hands_touch(hands, count, (struct hand){"chen", 350});
    count = hands_touch(hands, count, (struct hand){"ma", 360});
    assert_int_equal(count, HANDS_MAX);
    count = hands_touch(hands, count, (struct hand){"wu", 20});
    assert_string_equal(hands[HANDS_MAX - 1].rep_id, "wang");
    count = hands_touch(hands, count, (struct hand){"wu", 500});
    assert_int_equal(count, HANDS_MAX);
    assert_string_equal(hands[0].rep_id, "wu");
    assert_string_equal(hands[HANDS_MAX - 1].rep_id, "chen");
}

static void test_written_and_read(void **state)
{
    (void)state;
    struct hand hands[HANDS_MAX], read[HANDS_MAX];
    uint8_t bytes[100];
    size_t count = hands_touch(hands, 0, (struct hand){"li", INT64_C(1780000000123)});
    count = hands_touch(hands, count, (struct hand){"wang", 1});
    size_t size = hands_size(hands, count);
    assert_int_equal(size, 8 + 3 + 8 + 5);
    hands_write(hands, count, bytes);
    assert_int_equal(hands_read(bytes, size, read), 2);
    assert_string_equal(read[0].rep_id, "li");
    assert_int_equal(read[0].at_ms, INT64_C(1780000000123));
    assert_string_equal(read[1].rep_id, "wang");
    assert_int_equal(hands_read(bytes, 0, read), 0);
    assert_int_equal(hands_read(bytes, size - 1, read), 0); // cut within an id
}

static void test_any_order(void **state)
{
    (void)state;
    unsigned seed = 20260603;
    printf("seed %u\n", seed);
    srand(seed);
    static const char *const REPS[] = {"a", "b", "c"};
    for (int round = 0; round < 200; round++) {
        struct hand said[12], first[HANDS_MAX], second[HANDS_MAX];
        for (size_t i = 0; i < 12; i++)
            said[i] = (struct hand){REPS[rand() % 3], rand() % 20};
        size_t count = 0, again = 0;
        for (size_t i = 0; i < 12; i++)
            count = hands_touch(first, count, said[i]);
        for (size_t i = 11; i > 0; i--) {
            size_t other = (size_t)rand() % (i + 1);
            struct hand kept = said[i];
            said[i] = said[other];
            said[other] = kept;
        }
        for (size_t i = 0; i < 12; i++)
            again = hands_touch(second, again, said[i]);
        assert_int_equal(count, again);
        for (size_t i = 0; i < count; i++) {
            assert_string_equal(first[i].rep_id, second[i].rep_id);
            assert_int_equal(first[i].at_ms, second[i].at_ms);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_newest_of_each),
        cmocka_unit_test(test_written_and_read),
        cmocka_unit_test(test_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
