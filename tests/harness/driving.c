#include "harness/driving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

enum { BLOCK = 1 << 16, LIMIT = 1 << 24, HEADER_MS = 7000 };

struct arena *arena;

int driving_set_up(void **state)
{
    (void)state;
    arena = arena_open(BLOCK, LIMIT);
    return sodium_init() < 0;
}

int driving_tear_down(void **state)
{
    (void)state;
    arena_close(&arena);
    return 0;
}

// The same for all chats.
static const struct landing strangers[] = {
    {200, "<html><body>Log in to the hotel's network</body></html>", OUTCOME_UNKNOWN, 0, NULL},
    {200, "", OUTCOME_UNKNOWN, 0, NULL},
    {200, "{}", OUTCOME_UNKNOWN, 0, NULL},
    {200, "[]", OUTCOME_UNKNOWN, 0, NULL},
    {200, "null", OUTCOME_UNKNOWN, 0, NULL},
    {200, "ok ", OUTCOME_UNKNOWN, 0, NULL},
    {200, "{\"ok\":true}", OUTCOME_UNKNOWN, 0, NULL},
    {200, "{\"id\":\"\"}", OUTCOME_UNKNOWN, 0, NULL},
    {200, "{\"success\":true,\"result\":{},\"errcode\":0,\"code\":0", OUTCOME_UNKNOWN, 0, NULL},
    {201, "accepted", OUTCOME_UNKNOWN, 0, NULL},
    {301, "", OUTCOME_CONFIG, 0, NULL},
    {302, "", OUTCOME_CONFIG, 0, NULL},
    {400, "", OUTCOME_REJECT, 0, NULL},
    {400, "<html>", OUTCOME_REJECT, 0, NULL},
    {401, "", OUTCOME_CONFIG, 0, NULL},
    {403, "", OUTCOME_CONFIG, 0, NULL},
    {404, "{}", OUTCOME_CONFIG, 0, NULL},
    {408, "", OUTCOME_RETRY, 0, NULL},
    {413, "", OUTCOME_REJECT, 0, NULL},
    {429, "", OUTCOME_THROTTLE, 60000, NULL},
    {500, "", OUTCOME_RETRY, 0, NULL},
    {502, "<html>bad gateway</html>", OUTCOME_RETRY, 0, NULL},
    {503, "{", OUTCOME_RETRY, 0, NULL},
};

static void check_one(const struct driver *driver, const struct landing *row)
{
    struct answer answer = {
        .status = row->status, .body = row->body, .length = strlen(row->body), .retry_after_ms = -1};
    struct verdict verdict;
    memset(&verdict, 0xff, sizeof verdict);
    driver->classify(&answer, &verdict);
    const char *receipt = row->receipt != NULL ? row->receipt : "";
    if (verdict.outcome != row->outcome || verdict.after_ms != row->after_ms || strcmp(verdict.receipt, receipt) != 0)
        fail_msg("%s %d %s: %s after %lld (%s) %s", driver->name, row->status, row->body, outcome_name(verdict.outcome),
                 (long long)verdict.after_ms, verdict.detail, verdict.receipt);
    assert_true(memchr(verdict.detail, '\0', sizeof verdict.detail) != NULL && verdict.detail[0] != '\0');
    if (row->status == 200)
        return;
    answer.retry_after_ms = HEADER_MS;
    driver->classify(&answer, &verdict);
    bool waits = verdict.outcome == OUTCOME_RETRY || verdict.outcome == OUTCOME_THROTTLE;
    assert_int_equal(verdict.after_ms, waits ? HEADER_MS : row->after_ms); // what a person must mend stays shut
}

void driving_check(const struct driver *driver, const struct landing *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_one(driver, &rows[i]);
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
        check_one(driver, &strangers[i]);
}
