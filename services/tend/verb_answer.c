// `tend done`, `snooze`, `reschedule`: what a rep answers to a reminder. It enters by ingest as an event, like
// everything.
#include "common/clock.h"
#include "common/must.h"
#include "common/stamp.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_MS = 86400000 };

// "30m", "2h", "3d" from now, or an instant, "2026-05-17T09:00:00+08:00".
static bool read_when(const char *text, int64_t now_ms, int64_t *ret_ms)
{
    char *end;
    long count = strtol(text, &end, 10);
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"m", 60000}, {"h", 3600000}, {"d", DAY_MS}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (count > 0 && count < 100000 && strcmp(end, units[i].unit) == 0) {
            *ret_ms = now_ms + count * units[i].ms;
            return true;
        }
    int64_t seconds;
    int32_t nanos;
    if (!stamp_parse(text, strlen(text), &seconds, &nanos))
        return false;
    *ret_ms = seconds * 1000 + nanos / 1000000;
    return true;
}

static json_t *stamp_json(int64_t ms)
{
    char text[STAMP_TEXT_BYTES];
    stamp_print(ms / 1000, (int32_t)(ms % 1000) * 1000000, text);
    return json_string(text);
}

// Whether the scheduler knows the reminder. When it cannot be asked, ingest takes the answer all the same.
static int look_up(struct verb_call *call, const char *id)
{
    char target[VERB_TARGET_BYTES];
    json_t *reminder = NULL;
    if (!verb_reachable(call, "scheduler"))
        return VERB_DONE;
    verb_write_target(target, "GET /v1/reminders/", id, "");
    int code = verb_ask_owner(call, "scheduler", verb_value(call, "rep"), target, &reminder);
    json_decref(reminder);
    return code == VERB_UNREACHABLE ? VERB_DONE : code;
}

int verb_answer(struct verb_call *call)
{
    static const struct {
        const char *verb, *outcome;
    } outcomes[] = {{"done", "REMINDER_OUTCOME_DONE"},
                    {"snooze", "REMINDER_OUTCOME_SNOOZED"},
                    {"reschedule", "REMINDER_OUTCOME_RESCHEDULED"},
                    {"cancel", "REMINDER_OUTCOME_NOT_INTERESTED"}};
    const char *outcome = NULL, *rep = verb_value(call, "rep"), *note = verb_value(call, "note");
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (strcmp(outcomes[i].verb, call->verb->name) == 0)
            outcome = outcomes[i].outcome;
    must(outcome != NULL);
    if (verb_value(call, "no-answer") != NULL)
        outcome = "REMINDER_OUTCOME_NO_ANSWER";

    struct clock *clock = clock_open();
    int64_t now_ms = clock_wall_ms(clock), next_ms = 0;
    clock_close(&clock);
    if (call->argument_count == 2 && !read_when(call->arguments[1], now_ms, &next_ms)) {
        fprintf(stderr, "tend %s: \"%s\" is no time: say 30m, 2h, 3d or 2026-05-17T09:00:00+08:00\n", call->verb->name,
                call->arguments[1]);
        return VERB_USAGE;
    }
    int known = look_up(call, call->arguments[0]);
    if (known != VERB_DONE)
        return known;
    char id[300];
    snprintf(id, sizeof id, "%.100s:%lld", call->arguments[0], (long long)now_ms);
    json_t *answered = json_pack("{s:s, s:s}", "reminderId", call->arguments[0], "outcome", outcome);
    if (next_ms > 0)
        json_object_set_new(answered, "nextAt", stamp_json(next_ms));
    if (note != NULL)
        json_object_set_new(answered, "note", json_string(note));
    json_t *event = json_pack("{s:s, s:s, s:o, s:o}", "id", id, "source", "tend", "time", stamp_json(now_ms),
                              "reminderAnswered", answered);
    if (rep != NULL)
        json_object_set_new(event, "repId", json_string(rep));
    char *body = json_dumps(event, JSON_COMPACT);
    json_t *reply = NULL;
    int code = verb_post(call, "ingest", "POST /v1/events", body, &reply);
    if (code == VERB_DONE && call->json)
        verb_print_json(reply);
    else if (code == VERB_DONE)
        printf("%s: noted\n", call->arguments[0]);
    free(body);
    json_decref(event);
    json_decref(reply);
    return code;
}
