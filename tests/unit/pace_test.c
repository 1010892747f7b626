// Pace and backoff: what no window may hold, and how long a try waits.
#include "services/notifier/backoff.h"
#include "services/notifier/driver.h"
#include "services/notifier/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { SENT_MAX = 5000, START_MS = 1000000 };

// As much as the pace allows for a time; how many in the fullest window.
static size_t fullest(const struct pace *pace, int64_t run_ms, int64_t window_ms, size_t *ret_sent)
{
    static int64_t sent[SENT_MAX];
    size_t count = 0, most = 0, first = 0;
    int64_t tat_ms = 0;
    for (int64_t now_ms = START_MS; now_ms < START_MS + run_ms && count < SENT_MAX;) {
        int64_t next_ms = pace_next(pace, tat_ms, now_ms);
        if (next_ms > now_ms) {
            now_ms = next_ms;
            continue;
        }
        tat_ms = pace_take(pace, tat_ms, now_ms);
        sent[count++] = now_ms;
        while (sent[count - 1] - sent[first] >= window_ms)
            first++;
        if (count - first > most)
            most = count - first;
    }
    *ret_sent = count;
    return most;
}

// What the chats take, as they say it. Those that are left out say no number.
static void test_no_window_holds_more_than_the_chat_takes(void **state)
{
    (void)state;
    enum { RUNS = 3, SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS };
    static const struct {
        const struct driver *driver;
        int64_t window_ms;
        size_t most;
    } table[] = {
        {&driver_dingtalk, MINUTE_MS, 20},
        {&driver_dingtalk_app, SECOND_MS, 20},
        {&driver_wecom, MINUTE_MS, 20},
        {&driver_feishu, SECOND_MS, 5},
        {&driver_feishu, MINUTE_MS, 100},
        {&driver_feishu_app, SECOND_MS, 10}, // five of them are the burst that a quiet app may send
        {&driver_slack, MINUTE_MS, 63},      // one a second and short bursts
        {&driver_slack_api, MINUTE_MS, 63},
        {&driver_telegram, MINUTE_MS, 20},
        {&driver_teams, SECOND_MS * 30, 60},
        {&driver_teams, HOUR_MS, 100},
        {&driver_teams, 2 * HOUR_MS, 150},
        {&driver_teams, 24 * HOUR_MS, 1800},
        {&driver_matrix, 50 * SECOND_MS, 20}, // ten, and one more every five seconds
        {&driver_ntfy, 5 * MINUTE_MS, 120},   // sixty, and one more every five seconds
        {&driver_mattermost, MINUTE_MS, 600},
        {&driver_discord, MINUTE_MS, 35},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct pace *pace = &table[i].driver->pace;
        size_t sent;
        size_t most = fullest(pace, RUNS * table[i].window_ms, table[i].window_ms, &sent);
        if (most > table[i].most)
            fail_msg("%s: %zu in %lld ms", table[i].driver->name, most, (long long)table[i].window_ms);
        assert_true(sent >= (size_t)(RUNS * table[i].window_ms / pace->interval_ms)); // and no fewer than it allows
    }
}

static void test_rates_keep_their_promise(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t most;
        int64_t window_ms;
    } table[] = {{"20/1m", 20, 60000}, {"20/m", 20, 60000},  {"1/s", 2, 1000},   {"100/1m", 100, 60000},
                 {"3/10s", 3, 10000},  {"7/1h", 7, 3600000}, {"50/1s", 50, 1000}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct pace pace;
        size_t sent;
        assert_true(pace_parse(table[i].text, &pace));
        size_t most = fullest(&pace, 20 * table[i].window_ms, table[i].window_ms, &sent);
        if (most > table[i].most)
            fail_msg("%s: %zu in a window", table[i].text, most);
    }
    static const char *const bad[] = {"",      "20",     "20/",  "/1m",   "0/1m",   "20/0m",
                                      "20/1d", "20/1m ", "x/1m", "-1/1m", "20/25h", "9999999/1m"};
    struct pace pace;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(pace_parse(bad[i], &pace));
}

static void test_a_silence_gives_the_burst_back_and_no_more(void **state)
{
    (void)state;
    struct pace pace = {1000, 3};
    int64_t tat_ms = pace_take(&pace, 0, START_MS);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pace_next(&pace, tat_ms, 100 * START_MS), 100 * START_MS);
        tat_ms = pace_take(&pace, tat_ms, 100 * START_MS);
    }
    assert_int_equal(pace_next(&pace, tat_ms, 100 * START_MS), 100 * START_MS + 1000);
}

static void test_backoff_is_jittered_and_held(void **state)
{
    (void)state;
    int64_t most = BACKOFF_BASE_MS;
    for (unsigned tries = 1; tries < 100; tries++) {
        assert_int_equal(backoff_delay(tries, 0), BACKOFF_LEAST_MS);
        assert_int_equal(backoff_delay(tries, (uint64_t)most), most);
        assert_int_equal(backoff_delay(tries, (uint64_t)most + 1), BACKOFF_LEAST_MS); // the circle closes
        most = most * 2 > BACKOFF_CAP_MS ? BACKOFF_CAP_MS : most * 2;
    }
    assert_true(backoff_delay(0, UINT64_MAX) <= BACKOFF_BASE_MS);
}

static void test_what_the_chat_asks_for_wins_and_is_held(void **state)
{
    (void)state;
    assert_int_equal(backoff_asked(10000, 0), 10000);
    for (uint64_t chance = 0; chance < 5000; chance += 7)
        assert_in_range(backoff_asked(10000, chance), 10000, 11000);
    assert_int_equal(backoff_asked(INT64_MAX, 0), BACKOFF_RETRY_AFTER_MS);
    assert_int_equal(backoff_asked(-5, 12345), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_window_holds_more_than_the_chat_takes),
        cmocka_unit_test(test_rates_keep_their_promise),
        cmocka_unit_test(test_a_silence_gives_the_burst_back_and_no_more),
        cmocka_unit_test(test_backoff_is_jittered_and_held),
        cmocka_unit_test(test_what_the_chat_asks_for_wins_and_is_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
