// Letters of any bytes whatever, in any field: whole UTF-8, within the limit, with the id at the end.
#include "common/calendar.h"
#include "common/utf8.h"
#include "services/notifier/driver.h"
#include "services/notifier/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { ROUNDS = 400, JUNKS = 8, JUNK_BYTES = 700, TODAY = 20590 };

static char buffer[LETTER_BYTES];
static char junk[JUNKS][JUNK_BYTES];

static void assert_whole(const char *text)
{
    for (size_t at = 0, length = strlen(text); at < length; at += utf8_length(text + at, length - at))
        assert_true(utf8_length(text + at, length - at) > 0);
}

static void fill_junk(void)
{
    for (size_t i = 0; i < JUNKS; i++) {
        size_t length = (size_t)rand() % (JUNK_BYTES - 1);
        for (size_t j = 0; j < length; j++)
            junk[i][j] = (char)(rand() % 3 == 0 ? rand() % 255 + 1 : "0123456789-{}<>@ \xcc\x81"[rand() % 19]);
        junk[i][length] = '\0';
    }
}

static const char *any(void)
{
    return junk[rand() % JUNKS];
}

static const char *any_code(void)
{
    static const char *const codes[] = {"last_order", "ask.birthday", "best_hour", "go.staff", "hot"};
    return rand() % 2 == 0 ? any() : codes[(size_t)rand() % (sizeof codes / sizeof codes[0])];
}

static struct letter_item any_item(const struct letter_figure *figures, size_t count)
{
    return (struct letter_item){.reminder_id = "r",
                                .kind = (enum letter_kind)(rand() % LETTER_KINDS),
                                .reason = (enum letter_reason)(rand() % LETTER_REASONS),
                                .customer_id = any(),
                                .customer = any(),
                                .abc = (char)(rand() % 3 == 0 ? 'A' : 0),
                                .before = any_code(),
                                .after = any_code(),
                                .text = any(),
                                .contact = any(),
                                .phone = any(),
                                .event_date = rand() % 2 == 0 ? any() : "--02-29",
                                .local_date = any(),
                                .late = rand() % 2 == 0,
                                .figures = figures,
                                .figure_count = count,
                                .step = (unsigned)rand() % 3,
                                .role = (enum letter_role)(rand() % LETTER_ROLES),
                                .for_rep = any(),
                                .settled = rand() % 8 == 0 ? "done" : ""};
}

// A digest whose counts are as large as they can be.
static struct letter_digest any_digest(struct letter_row rows[2])
{
    rows[0] = (struct letter_row){.rep = "", .customers = UINT32_MAX, .calls = 1, .minutes = UINT32_MAX};
    rows[1] = (struct letter_row){.rep = any(), .missing = UINT32_MAX, .key_minutes = UINT32_MAX, .minutes = 1};
    return (struct letter_digest){.local_date = any(),
                                  .from_date = rand() % 2 == 0 ? any() : "2026-05-11",
                                  .weekly = rand() % 2 == 0,
                                  .late = rand() % 2 == 0,
                                  .rows = rows,
                                  .row_count = 2};
}

static void check(const struct letter *letter)
{
    struct letter_fit fit = {(enum disarm_style)(rand() % 3), 1000 + (size_t)rand() % 9000, cost_json, "", 20, 0};
    size_t length = letter_compose(letter, &fit, buffer);
    assert_int_equal(length, strlen(buffer));
    assert_true(cost_json(buffer, strlen(buffer)) <= fit.limit || fit.limit < 8000);
    assert_whole(buffer);
    assert_string_equal(buffer + strlen(buffer) - 7, "#a1b2c3");
}

static void round_of_junk(void)
{
    fill_junk();
    const struct letter_figure figures[] = {
        {"net_sales", rand() * (int64_t)rand() * (rand() % 2 == 0 ? 1 : -1), LETTER_MONEY, any()},
        {"last_order", INT64_MIN + rand(), LETTER_TIME, ""},
        {"expected_order", INT64_MAX, LETTER_DATE, ""},
        {"mean_gap", INT64_MIN, LETTER_DAYS, ""},
        {"deadline", INT64_MAX - rand(), (enum letter_unit)(rand() % LETTER_UNITS), ""},
        {"times", INT64_MIN, LETTER_COUNT, ""},
        {"late_minutes", INT64_MAX, LETTER_COUNT, ""},
        {"key_share", INT64_MIN, LETTER_PPM, ""},
        {"days", INT64_MAX, (enum letter_unit)(rand() % LETTER_UNITS), ""},
        {"from", INT64_MIN, LETTER_DATE, ""},
        {"to", INT64_MAX, LETTER_TIME, ""},
        {"stage", rand() % 20 - 5, LETTER_COUNT, ""},
    };
    size_t count = sizeof figures / sizeof figures[0];
    const struct letter_point points[] = {{any_code(), any(), figures, count}, {any_code(), any(), figures, count}};
    struct letter_item about = any_item(figures, count), item = any_item(figures, count);
    about.points = item.points = points;
    about.point_count = item.point_count = 2;
    item.about = &about;
    item.about_count = rand() % 2 == 0;
    struct letter_list list = {.local_date = any(),
                               .preview = rand() % 2 == 0,
                               .calls = &about,
                               .count = 1,
                               .customers = UINT32_MAX,
                               .missing = 1,
                               .unrecorded = &about,
                               .unrecorded_count = 1,
                               .undated = &about,
                               .undated_count = (size_t)rand() % 2};
    struct letter_row rows[2];
    struct letter_digest digest = any_digest(rows);
    digest.at_risk = &about;
    digest.at_risk_count = 1;
    digest.points = points;
    digest.point_count = 2;
    struct letter letter = {.language = (enum language)(rand() % LANGUAGES),
                            .rep = any(),
                            .id = "a1b2c3",
                            .link = "",
                            .today = TODAY,
                            .items = &item,
                            .item_count = 1,
                            .lists = &list,
                            .list_count = (size_t)rand() % 2,
                            .digests = &digest,
                            .digest_count = (size_t)rand() % 2};
    check(&letter);
}

static void test_any_bytes(void **state)
{
    (void)state;
    unsigned seed = getenv("SEED") != NULL ? (unsigned)atoi(getenv("SEED")) : (unsigned)time(NULL);
    print_message("SEED=%u\n", seed);
    srand(seed);
    for (int i = 0; i < ROUNDS; i++)
        round_of_junk();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_any_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
