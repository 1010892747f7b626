// The way back, through all four services on simulated time: what a rep answers enters by ingest and changes tomorrow's
// list.
#include "harness/ring.h"
#include "services/notifier/options.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Monday 2026-11-16, 08:00 in Shanghai; lists are told at 08:30.
#define MONDAY INT64_C(1794787200000)
#define MINUTE INT64_C(60000)
#define DAY INT64_C(86400000)

static int make(void **state)
{
    struct ring *fixture = calloc(1, sizeof *fixture);
    ring_open(fixture, "common: {time_zone: Asia/Shanghai}\n", MONDAY);
    *state = fixture;
    return 0;
}

static int unmake(void **state)
{
    struct ring *fixture = *state;
    ring_close(fixture);
    free(fixture);
    return 0;
}

static void post(struct ring *fixture, const char *path, const char *body, const char *expected)
{
    struct reply reply;
    assert_true(pipeline_post(fixture->pipeline, PLACE_INGEST, path, "application/json", body, strlen(body), &reply));
    if (strstr(reply.body, expected) == NULL)
        fail_msg("%s answers %.*s, not %s", path, (int)reply.length, reply.body, expected);
}

// Six customers of one rep, all about to close, so that each is on the first list.
static void tell_of_customers(struct ring *fixture)
{
    post(fixture, "/v1/events",
         "{\"id\":\"r\",\"source\":\"t\",\"time\":\"2026-11-16T00:00:00Z\",\"repId\":\"amy\","
         "\"repUpserted\":{\"name\":\"Amy\",\"languages\":[\"en\"],\"timeZone\":\"Asia/Shanghai\"}}",
         "stored");
    for (int i = 1; i <= 6; i++) {
        char body[400];
        snprintf(body, sizeof body,
                 "{\"id\":\"c%d\",\"source\":\"t\",\"time\":\"2026-11-16T00:00:00Z\",\"customerId\":\"C%d\","
                 "\"customerUpserted\":{\"name\":\"Customer %d\",\"ownerRepId\":\"amy\"}}",
                 i, i, i);
        post(fixture, "/v1/events", body, "stored");
        snprintf(body, sizeof body,
                 "{\"id\":\"n%d\",\"source\":\"t\",\"time\":\"2026-11-16T00:00:00Z\",\"customerId\":\"C%d\","
                 "\"leadUpdated\":{\"stage\":\"LEAD_STAGE_INTENDS\"}}",
                 i, i);
        post(fixture, "/v1/events", body, "stored");
    }
}

// The line of a customer on the list of a day: its reminder's id, "" when it is not on it.
static const char *line_of(struct ring *fixture, const char *date, const char *customer)
{
    static char id[80];
    char target[100];
    struct reply reply;
    snprintf(target, sizeof target, "/v1/calls?rep=amy&date=%s", date);
    pipeline_get(fixture->pipeline, PLACE_SCHEDULER, target, &reply);
    json_t *answer = json_loadb(reply.body, reply.length, 0, NULL), *line;
    json_t *list = json_object_get(json_array_get(json_object_get(answer, "calls"), 0), "list");
    size_t i;
    id[0] = '\0';
    json_array_foreach (json_object_get(list, "lines"), i, line) {
        if (strcmp(json_string_value(json_object_get(line, "customerId")), customer) == 0)
            snprintf(id, sizeof id, "%s", json_string_value(json_object_get(line, "reminderId")));
    }
    json_decref(answer);
    return id;
}

static void answer(struct ring *fixture, const char *reminder, const char *outcome, const char *more)
{
    char path[200], body[400];
    snprintf(path, sizeof path, "/v1/reminders/%s/answer", reminder);
    snprintf(body, sizeof body,
             "{\"id\":\"a-%s\",\"source\":\"chat\",\"time\":\"2026-11-16T01:00:00Z\",\"repId\":\"amy\","
             "\"reminderAnswered\":{\"outcome\":\"%s\"%s}}",
             reminder, outcome, more);
    post(fixture, path, body, "stored");
    post(fixture, path, body, "known");
}

static void test_answers_change_tomorrows_list(void **state)
{
    struct ring *fixture = *state;
    tell_of_customers(fixture);
    assert_true(pipeline_until(fixture->pipeline, MONDAY + 31 * MINUTE));
    char lines[4][80];
    for (int i = 1; i <= 3; i++) {
        char customer[4];
        snprintf(customer, sizeof customer, "C%d", i);
        snprintf(lines[i], sizeof lines[i], "%s", line_of(fixture, "2026-11-16", customer));
        assert_string_not_equal(lines[i], "");
    }
    assert_true(pipeline_until(fixture->pipeline, MONDAY + 60 * MINUTE));
    answer(fixture, lines[1], "done", "");
    answer(fixture, lines[2], "no_answer", "");
    answer(fixture, lines[3], "snoozed", ",\"nextAt\":\"2026-11-16T05:00:00Z\"");

    assert_true(pipeline_until(fixture->pipeline, MONDAY + DAY + 31 * MINUTE));
    assert_string_equal(line_of(fixture, "2026-11-17", "C1"), "");
    assert_string_not_equal(line_of(fixture, "2026-11-17", "C2"), "");
    // What was put off came back in the afternoon.
    struct reply reply;
    pipeline_get(fixture->pipeline, PLACE_SCHEDULER, "/v1/reminders?customer=C3&kind=snoozed", &reply);
    if (memmem(reply.body, reply.length, "REMINDER_STATE_TOLD", 19) == NULL)
        fail_msg("%.*s", (int)reply.length, reply.body);
    // Everybody who was there to be told was told: the file has Monday's list, the snoozed one, the evening's look at
    // Tuesday, and Tuesday's list.
    pipeline_get(fixture->pipeline, PLACE_NOTIFIER, "/v1/messages?state=sent", &reply);
    size_t messages = 0;
    for (const char *at = reply.body; (at = strstr(at, "messageId")) != NULL; at++)
        messages++;
    assert_int_equal(messages, 4);
}

static void test_an_answer_must_fit_its_path(void **state)
{
    struct ring *fixture = *state;
    post(fixture, "/v1/reminders/x/answer",
         "{\"id\":\"a\",\"source\":\"chat\",\"time\":\"2026-11-16T00:00:00Z\","
         "\"reminderAnswered\":{\"reminderId\":\"y\",\"outcome\":\"done\"}}",
         "must be the reminder of the path");
    post(fixture, "/v1/reminders/x/answer", "{\"id\":\"a\",\"source\":\"chat\",\"time\":\"2026-11-16T00:00:00Z\"}",
         "must be the reminder of the path");
    post(fixture, "/v1/reminders/x/answer", "[]", "the body must be one event");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_answers_change_tomorrows_list, make, unmake),
        cmocka_unit_test_setup_teardown(test_an_answer_must_fit_its_path, make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
