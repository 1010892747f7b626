// `tend calls` and `tend reminders`: what the scheduler plans and has told, in the words of the chat.
#include "common/calendar.h"
#include "common/clock.h"
#include "common/must.h"
#include "common/stamp.h"
#include "services/tend/aloud.h"
#include "services/tend/figures.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    REPS_NAMED = 10, // of those who have no list that day
};

static const char *short_name(const char *name, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(name, prefix, length) == 0 ? name + length : name;
}

static int64_t now_ms(void)
{
    struct clock *clock = clock_open();
    int64_t now = clock_wall_ms(clock);
    clock_close(&clock);
    return now;
}

// Of the answer to --lang, else what `said` calls the language ("zh-CN"), else the terminal's. False with the reason
// printed when --lang is none.
static bool find_language(const struct verb_call *call, const char *said, enum language *ret_language)
{
    enum wording_language asked;
    struct screen screen;
    const char *option = verb_value(call, "lang");
    if (option != NULL && !wording_parse(option, &asked)) {
        fprintf(stderr, "tend %s: --lang is en or zh-CN, not \"%s\"\n", call->verb->name, option);
        return false;
    }
    screen_find(&screen);
    if (option == NULL && language_parse(said, ret_language))
        return true;
    *ret_language = (option != NULL ? asked : screen.language) == WORDING_ZH ? LANGUAGE_ZH : LANGUAGE_EN;
    return true;
}

// --- calls

static void print_calls(const struct verb_call *call, const json_t *calls)
{
    const json_t *list = json_object_get(calls, "list");
    bool preview = json_is_true(json_object_get(calls, "preview"));
    const char *zone = verb_text(calls, "timeZone");
    enum language language = LANGUAGE_EN;
    (void)find_language(call, verb_text(calls, "language"), &language);
    bool chinese = language == LANGUAGE_ZH;
    printf("%s  %s%s\n", verb_text(list, "repId"), verb_text(list, "localDate"),
           !preview  ? ""
           : chinese ? "（预览，名单尚未发送）"
                     : " (preview: the list was not sent yet)");
    struct aloud *aloud = aloud_open(language, zone[0] != '\0' ? zone : call->settings.time_zone, now_ms());
    // Only what was sent can be answered.
    if (aloud_list(aloud, list, !preview, stdout) == 0)
        puts(chinese ? "没有要打的电话" : "no calls");
    aloud_close(&aloud);
    putchar('\n');
}

// Why this rep has no list on the day that was asked for, and when the next one is.
static int say_why_none(struct verb_call *call, const char *rep)
{
    char target[VERB_TARGET_BYTES] = "GET /v1/calls";
    struct verb_refusal refusal;
    json_t *answer = NULL;
    verb_add_parameter(target, "rep", rep);
    verb_add_parameter(target, "date", verb_value(call, "date"));
    int code = verb_ask_or(call, "scheduler", rep, target, &refusal, &answer);
    json_decref(answer);
    if (code == VERB_PROBLEM)
        printf("%s: %s\n", rep, refusal.reason);
    return code == VERB_PROBLEM ? VERB_DONE : code;
}

static int say_nobody_calls(struct verb_call *call)
{
    json_t *answer = NULL;
    const json_t *rep;
    size_t i;
    int code = verb_ask_owner(call, "scheduler", NULL, "GET /v1/coverage", &answer);
    const json_t *reps = json_object_get(answer, "reps");
    if (code == VERB_DONE && json_array_size(reps) == 0)
        printf("no rep is known yet: tend import reps FILE\n");
    json_array_foreach (reps, i, rep)
        if (code == VERB_DONE && i < REPS_NAMED)
            code = say_why_none(call, verb_text(rep, "repId"));
    if (i > REPS_NAMED)
        printf("nor have %zu other reps a list then: --rep\n", i - REPS_NAMED);
    json_decref(answer);
    return code;
}

static bool is_day(const struct verb_call *call)
{
    int32_t day;
    const char *date = verb_value(call, "date");
    return date == NULL || day_parse(date, strlen(date), &day);
}

int verb_calls(struct verb_call *call)
{
    static const char *const filters[] = {"rep", "date"};
    char target[VERB_TARGET_BYTES] = "GET /v1/calls";
    struct verb_refusal refusal;
    const char *rep = verb_value(call, "rep");
    enum language language;
    if (!find_language(call, "", &language))
        return VERB_USAGE;
    verb_add_options(call, filters, sizeof filters / sizeof *filters, target);
    json_t *answer = NULL;
    int code = verb_ask_or(call, "scheduler", rep, target, &refusal, &answer);
    // A day without a list is no problem, only a short answer.
    bool no_list = code == VERB_PROBLEM && rep != NULL && strcmp(refusal.field, "date") == 0 && is_day(call);
    if (no_list && !call->json) {
        printf("%s: %s\n", rep, refusal.reason);
        code = VERB_DONE;
    } else if (code == VERB_PROBLEM) {
        fprintf(stderr, "tend calls: %s: %s\n", refusal.field, refusal.reason);
    } else if (code == VERB_DONE && call->json) {
        verb_print_json(answer);
    } else if (code == VERB_DONE) {
        size_t i;
        const json_t *calls;
        json_array_foreach (json_object_get(answer, "calls"), i, calls)
            print_calls(call, calls);
        if (i == 0)
            code = say_nobody_calls(call);
        if (json_is_true(json_object_get(answer, "more")))
            printf("there are more reps: --rep\n");
    }
    json_decref(answer);
    return code;
}

// --- reminders

// Of the people beside whose duty it is: why they are told, and whose it is.
static void print_role(const json_t *reminder)
{
    const char *role = short_name(verb_text(reminder, "role"), "RECIPIENT_ROLE_"),
               *of = verb_text(reminder, "forRepId");
    bool own = role[0] == '\0' || strcmp(role, "OWNER") == 0 || strcmp(role, "REP") == 0;
    if (!own)
        printf("  as %s", role);
    if (of[0] != '\0')
        printf("%s for %s", own ? " " : "", of);
}

// When it was told or will be: what it is ordered by.
static const char *moment_of(const json_t *status)
{
    const char *told = verb_text(status, "told"), *tell = verb_text(status, "tell"),
               *due = verb_text(json_object_get(status, "reminder"), "due");
    return told[0] != '\0' ? told : tell[0] != '\0' ? tell : due;
}

static int compare_moments(const void *left, const void *right)
{
    const json_t *const *one = left, *const *other = right;
    int64_t seconds[2] = {0};
    int32_t nanos[2] = {0};
    const char *texts[2] = {moment_of(*one), moment_of(*other)};
    for (int i = 0; i < 2; i++)
        (void)stamp_parse(texts[i], strlen(texts[i]), &seconds[i], &nanos[i]);
    if (seconds[0] != seconds[1])
        return seconds[0] < seconds[1] ? -1 : 1;
    return strcmp(verb_text(json_object_get(*one, "reminder"), "reminderId"),
                  verb_text(json_object_get(*other, "reminder"), "reminderId"));
}

static void print_reminder(const struct figures *figures, struct aloud *aloud, const json_t *status)
{
    const json_t *reminder = json_object_get(status, "reminder");
    char moment[FIGURES_BYTES];
    printf("%-16s  %-10s %-22s P%lld  %s  %s  %s", figures_minute(figures, moment_of(status), moment),
           short_name(verb_text(status, "state"), "REMINDER_STATE_"),
           short_name(verb_text(reminder, "kind"), "REMINDER_KIND_"), (long long)verb_number(reminder, "priority"),
           verb_text(reminder, "repId"), verb_text(reminder, "customerId"), verb_text(reminder, "reminderId"));
    print_role(reminder);
    if (verb_text(status, "note")[0] != '\0')
        printf("  (%s)", verb_text(status, "note"));
    printf("\n");
    aloud_reminder(aloud, reminder, stdout);
}

// The latest comes last, where the eye is.
static size_t print_reminders(const struct verb_call *call, const json_t *reminders, enum language language)
{
    size_t count = json_array_size(reminders);
    const json_t **sorted = calloc(count + 1, sizeof *sorted);
    must(sorted != NULL);
    for (size_t i = 0; i < count; i++)
        sorted[i] = json_array_get(reminders, i);
    qsort(sorted, count, sizeof *sorted, compare_moments);
    struct figures figures;
    figures_open(call->settings.time_zone, &figures);
    struct aloud *aloud = aloud_open(language, call->settings.time_zone, now_ms());
    for (size_t i = 0; i < count; i++)
        print_reminder(&figures, aloud, sorted[i]);
    aloud_close(&aloud);
    figures_close(&figures);
    free(sorted);
    return count;
}

int verb_reminders(struct verb_call *call)
{
    static const char *const filters[] = {"rep", "customer", "kind", "state", "limit"};
    char target[VERB_TARGET_BYTES] = "GET /v1/reminders";
    enum language language;
    if (!find_language(call, "", &language))
        return VERB_USAGE;
    verb_add_options(call, filters, sizeof filters / sizeof *filters, target);
    json_t *answer = NULL;
    int code = verb_ask_owner(call, "scheduler", verb_value(call, "rep"), target, &answer);
    if (code == VERB_DONE && call->json) {
        verb_print_json(answer);
    } else if (code == VERB_DONE) {
        if (print_reminders(call, json_object_get(answer, "reminders"), language) == 0)
            printf("no reminders\n");
        if (json_is_true(json_object_get(answer, "more")))
            printf("there are more: --limit\n");
    }
    json_decref(answer);
    return code;
}
