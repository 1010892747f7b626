// `tend done`, `snooze`, `reschedule`, `cancel`: what a rep answers to a reminder. It enters by ingest as an event,
// like everything.
#include "common/clock.h"
#include "common/moment.h"
#include "common/must.h"
#include "common/stamp.h"
#include "common/zone.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND_MS = 1000, MORNING_S = 9 * 3600 };

// "30m", "2h", "3d" from now, or a day or an instant; without an offset in the zone of the configuration.
static bool read_when(const struct verb_call *call, const char *text, int64_t now_ms, int64_t *ret_ms)
{
    struct moment moment;
    struct zone *zone = NULL;
    if (verb_span(text, ret_ms)) {
        *ret_ms += now_ms;
        return true;
    }
    if (!moment_parse(NULL, text, strlen(text), &moment))
        return false;
    if (moment.second < 0)
        moment.second = MORNING_S; // who names a day means that it is there in the morning
    if (!moment.absolute && !zone_open(ZONE_DIRECTORIES, call->settings.time_zone, &zone))
        return false;
    *ret_ms = moment_instant_s(&moment, zone) * SECOND_MS;
    zone_close(&zone);
    return true;
}

// The time that was told, if one was. False with the reason said.
static bool find_when(const struct verb_call *call, int64_t now_ms, int64_t *ret_ms)
{
    const char *text = call->argument_count == 2 ? call->arguments[1] : NULL;
    if (text == NULL)
        return true;
    if (!read_when(call, text, now_ms, ret_ms)) {
        fprintf(stderr,
                "tend %s: \"%s\" is no time: say 30m, 2h, 3d, 2026-05-17, \"2026-05-17 09:00\" or "
                "2026-05-17T09:00:00+08:00\n",
                call->verb->name, text);
        return false;
    }
    if (*ret_ms <= now_ms)
        fprintf(stderr, "tend %s: \"%s\" is past: say a time to come\n", call->verb->name, text);
    return *ret_ms > now_ms;
}

static json_t *stamp_json(int64_t ms)
{
    char text[STAMP_TEXT_BYTES];
    stamp_print(ms / 1000, (int32_t)(ms % 1000) * 1000000, text);
    return json_string(text);
}

// --- whom and what it is about

enum { ID_BYTES = 200 };

// The reminder of a message by the message's visible id, "#a1b2c3". False with the reason printed.
static bool find_by_message(struct verb_call *call, const char *said, char ret_id[ID_BYTES])
{
    char target[VERB_TARGET_BYTES];
    struct verb_refusal refusal;
    json_t *message = NULL;
    size_t i;
    const json_t *id;
    verb_write_target(target, "GET /v1/messages/", said + 1, "");
    int code = verb_ask_or(call, "notifier", NULL, target, &refusal, &message);
    const json_t *ids = json_object_get(message, "reminderIds");
    if (code == VERB_PROBLEM)
        fprintf(stderr, "tend %s: %s: %s\n", call->verb->name, said, refusal.reason);
    else if (code == VERB_DONE && json_array_size(ids) == 0)
        fprintf(stderr,
                "tend %s: the message %s holds no reminder: previews and digests are read, and need no answer\n",
                call->verb->name, said);
    else if (code == VERB_DONE && json_array_size(ids) > 1) {
        fprintf(stderr, "tend %s: the message %s holds %zu reminders; say which one:\n", call->verb->name, said,
                json_array_size(ids));
        json_array_foreach (ids, i, id)
            fprintf(stderr, "  %s\n", json_string_value(id));
    }
    bool found = code == VERB_DONE && json_array_size(ids) == 1;
    if (found)
        snprintf(ret_id, ID_BYTES, "%s", json_string_value(json_array_get(ids, 0)));
    json_decref(message);
    return found;
}

// That the rep is one whom the scheduler knows.
static int check_rep(struct verb_call *call, const char *rep)
{
    char target[VERB_TARGET_BYTES] = "GET /v1/coverage";
    struct verb_refusal refusal;
    json_t *coverage = NULL;
    verb_add_parameter(target, "rep", rep);
    int code = verb_ask_or(call, "scheduler", rep, target, &refusal, &coverage);
    if (code == VERB_PROBLEM)
        fprintf(stderr, "tend %s: --rep %s: %s\n", call->verb->name, rep, refusal.reason);
    json_decref(coverage);
    return code;
}

// Puts the whole id of the reminder that was meant into `id`, which holds what was typed, and whom it is about into
// `customer`, if it is known. When the scheduler cannot be
// asked, ingest takes the answer all the same.
static int look_up(struct verb_call *call, char id[ID_BYTES], char customer[ID_BYTES])
{
    char target[VERB_TARGET_BYTES];
    struct verb_refusal refusal;
    const char *rep = verb_value(call, "rep");
    json_t *status = NULL;
    if (!verb_reachable(call, "scheduler"))
        return VERB_DONE;
    int code = rep != NULL ? check_rep(call, rep) : VERB_DONE;
    if (code == VERB_PROBLEM)
        return code;
    verb_write_target(target, "GET /v1/reminders/", id, "");
    code = verb_ask_or(call, "scheduler", rep, target, &refusal, &status);
    if (code == VERB_PROBLEM)
        fprintf(stderr, "tend %s: %s: %s\n", call->verb->name, id, refusal.reason);
    const json_t *reminder = json_object_get(status, "reminder");
    if (code == VERB_DONE && verb_text(reminder, "reminderId")[0] != '\0')
        snprintf(id, ID_BYTES, "%s", verb_text(reminder, "reminderId"));
    snprintf(customer, ID_BYTES, "%s", verb_text(reminder, "customerId"));
    if (code == VERB_DONE && rep != NULL && strcmp(verb_text(reminder, "repId"), rep) != 0)
        fprintf(stderr, "tend %s: this reminder was told to %s; the answer is noted as that of %s\n", call->verb->name,
                verb_text(reminder, "repId"), rep);
    json_decref(status);
    return code == VERB_UNREACHABLE ? VERB_DONE : code;
}

// --- the answer

// What ingest made of the one event. Returns the exit code.
static int print_result(const struct verb_call *call, const char *id, const json_t *reply)
{
    const json_t *result = json_array_get(json_object_get(reply, "results"), 0);
    const char *reason = verb_text(result, "reason"), *field = verb_text(result, "field");
    bool refused = verb_number(reply, "refused") > 0 || field[0] != '\0';
    if (call->json)
        verb_print_json(reply);
    else if (!refused)
        printf("%s: noted\n", id);
    if (refused)
        fprintf(stderr, "tend %s: refused: %s%s%s\n", call->verb->name, field, field[0] != '\0' ? ": " : "", reason);
    return refused ? VERB_PROBLEM : VERB_DONE;
}

static const char *outcome_of(const struct verb_call *call)
{
    static const struct {
        const char *verb, *outcome;
    } outcomes[] = {{"done", "REMINDER_OUTCOME_DONE"},
                    {"snooze", "REMINDER_OUTCOME_SNOOZED"},
                    {"reschedule", "REMINDER_OUTCOME_RESCHEDULED"},
                    {"cancel", "REMINDER_OUTCOME_NOT_INTERESTED"}};
    const char *outcome = NULL;
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (strcmp(outcomes[i].verb, call->verb->name) == 0)
            outcome = outcomes[i].outcome;
    must(outcome != NULL);
    return verb_value(call, "no-answer") != NULL ? "REMINDER_OUTCOME_NO_ANSWER" : outcome;
}

static json_t *make_event(const struct verb_call *call, const char *reminder, const char *customer, int64_t now_ms,
                          int64_t next_ms)
{
    const char *rep = verb_value(call, "rep"), *note = verb_value(call, "note");
    char id[ID_BYTES + 32];
    snprintf(id, sizeof id, "%.100s:%lld", reminder, (long long)now_ms);
    json_t *answered = json_pack("{s:s, s:s}", "reminderId", reminder, "outcome", outcome_of(call));
    if (next_ms > 0)
        json_object_set_new(answered, "nextAt", stamp_json(next_ms));
    if (note != NULL)
        json_object_set_new(answered, "note", json_string(note));
    json_t *event = json_pack("{s:s, s:s, s:o, s:o}", "id", id, "source", "tend", "time", stamp_json(now_ms),
                              "reminderAnswered", answered);
    must(event != NULL);
    if (rep != NULL)
        json_object_set_new(event, "repId", json_string(rep));
    if (customer[0] != '\0')
        json_object_set_new(event, "customerId", json_string(customer));
    return event;
}

int verb_answer(struct verb_call *call)
{
    struct clock *clock = clock_open();
    int64_t now_ms = clock_wall_ms(clock), next_ms = 0;
    clock_close(&clock);
    if (!find_when(call, now_ms, &next_ms))
        return VERB_USAGE;
    char id[ID_BYTES], customer[ID_BYTES] = "";
    snprintf(id, sizeof id, "%s", call->arguments[0]);
    if (id[0] == '#' && !find_by_message(call, call->arguments[0], id))
        return VERB_PROBLEM;
    int code = look_up(call, id, customer);
    if (code != VERB_DONE)
        return code;
    json_t *event = make_event(call, id, customer, now_ms, next_ms), *reply = NULL;
    char *body = json_dumps(event, JSON_COMPACT);
    must(body != NULL);
    code = verb_post(call, "ingest", "POST /v1/events", body, &reply);
    if (code == VERB_DONE)
        code = print_result(call, id, reply);
    free(body);
    json_decref(event);
    json_decref(reply);
    return code;
}
