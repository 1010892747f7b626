// How much one sender may hand in.
#include "services/ingest/bucket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static void test_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t burst, period_ms; // 0: refused
    } rows[] = {
        {"50/1s", 50, 1000},
        {"600/m", 600, 60000},
        {"10/5m", 10, 300000},
        {"1/24h", 1, 86400000},
        {"1000000/s", 1000000, 1000},
        {"", 0, 0},
        {"50", 0, 0},
        {"50/", 0, 0},
        {"0/1s", 0, 0},
        {"-1/1s", 0, 0},
        {"50/0s", 0, 0},
        {"50/1d", 0, 0},
        {"50/25h", 0, 0},
        {"50/1s ", 0, 0},
        {"1000001/1s", 0, 0},
        {"99999999/1s", 0, 0},
        {"50 / 1s", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bucket_rate rate = {0};
        if (bucket_parse(rows[i].text, &rate) != (rows[i].burst > 0) || rate.burst != rows[i].burst ||
            rate.period_ms != rows[i].period_ms)
            fail_msg("'%s' is read as %lld in %lld ms", rows[i].text, (long long)rate.burst, (long long)rate.period_ms);
    }
}

static void test_empties_and_fills(void **state)
{
    (void)state;
    const struct bucket_rate rate = {.burst = 5, .period_ms = 1000};
    struct bucket bucket = {0};
    int64_t wait_ms = 0, now_ms = 1000000;
    for (int i = 0; i < 5; i++)
        assert_true(bucket_take(&bucket, &rate, 1, now_ms, &wait_ms));
    assert_false(bucket_take(&bucket, &rate, 1, now_ms, &wait_ms));
    assert_int_equal(wait_ms, 200);
    assert_false(bucket_take(&bucket, &rate, 1, now_ms + 199, &wait_ms));
    assert_int_equal(wait_ms, 1);
    assert_true(bucket_take(&bucket, &rate, 1, now_ms + 200, &wait_ms));
    assert_false(bucket_take(&bucket, &rate, 1, now_ms + 200, &wait_ms));
    // A long pause fills it, and no more than that.
    now_ms += INT64_C(1) << 40;
    for (int i = 0; i < 5; i++)
        assert_true(bucket_take(&bucket, &rate, 1, now_ms, &wait_ms));
    assert_false(bucket_take(&bucket, &rate, 1, now_ms, &wait_ms));
}

static void test_a_large_batch_waits_for_a_full_bucket(void **state)
{
    (void)state;
    const struct bucket_rate rate = {.burst = 10, .period_ms = 1000};
    struct bucket bucket = {0};
    int64_t wait_ms = 0;
    assert_true(bucket_take(&bucket, &rate, 4000, 0, &wait_ms));
    assert_false(bucket_take(&bucket, &rate, 4000, 500, &wait_ms));
    assert_int_equal(wait_ms, 500);
    assert_true(bucket_take(&bucket, &rate, 4000, 1000, &wait_ms));
}

// Whatever comes, no more gets through in a time than the bucket and what comes back in that time; and who waits as
// long as was said gets through.
static void test_never_more_than_the_rate(void **state)
{
    (void)state;
    unsigned seed = (unsigned)time(NULL);
    print_message("seed %u\n", seed);
    srand(seed);
    for (int round = 0; round < 200; round++) {
        const struct bucket_rate rate = {.burst = 1 + rand() % 50, .period_ms = 1 + rand() % 5000};
        struct bucket bucket = {0};
        int64_t now_ms = 0, taken = 0, wait_ms;
        for (int i = 0; i < 500; i++) {
            now_ms += rand() % 40;
            int64_t pieces = rand() % 3;
            if (bucket_take(&bucket, &rate, pieces, now_ms, &wait_ms)) {
                taken += pieces < rate.burst ? pieces : rate.burst;
                continue;
            }
            assert_true(wait_ms > 0);
            if (rand() % 4 == 0) {
                now_ms += wait_ms;
                assert_true(bucket_take(&bucket, &rate, pieces, now_ms, &wait_ms));
                taken += pieces < rate.burst ? pieces : rate.burst;
            }
        }
        assert_true(taken * rate.period_ms <= rate.burst * rate.period_ms + now_ms * rate.burst);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_empties_and_fills),
        cmocka_unit_test(test_a_large_batch_waits_for_a_full_bucket),
        cmocka_unit_test(test_never_more_than_the_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
