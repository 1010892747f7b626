// `tend erase`: a person is to be forgotten, everywhere and with proof.
#include "common/clock.h"
#include "common/stamp.h"
#include "services/tend/backups.h"
#include "services/tend/figures.h"
#include "services/tend/verb.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    SECOND_MS = 1000,
    NANOS_OF_MILLI = 1000000,
    WAIT_S = 60, // for the proof, unless told
    WAIT_MOST_S = 3600,
    LOOK_MS = 300,
    ID_BYTES = 512,
    NUMBER_BYTES = 24,
    AFTER_BYTES = 80, // of a page's `next`
    NANOS = 1000000000,
};

static const char *who(void)
{
    const struct passwd *user = getpwuid(getuid());
    return user != NULL ? user->pw_name : "";
}

static void print_report(const struct figures *figures, const json_t *report)
{
    char time[FIGURES_BYTES];
    printf("  %-12s %lld rows and %lld payloads of its journal are gone; its file was made anew at %s\n",
           verb_text(report, "service"), (long long)verb_number(report, "rows"),
           (long long)verb_number(report, "tombstones"), figures_minute(figures, verb_text(report, "rebuilt"), time));
}

// Since when nothing holds the person: the moment at which the last file was made anew, to the millisecond; before that
// a backup may be of a file that does. INT64_MAX: not yet.
static int64_t clean_ms(const json_t *proof)
{
    size_t i;
    const json_t *report;
    int64_t newest_ms = json_is_true(json_object_get(proof, "whole")) ? 0 : INT64_MAX;
    json_array_foreach (json_object_get(proof, "reports"), i, report) {
        const char *rebuilt = verb_text(report, "rebuilt");
        int64_t seconds;
        int32_t nanos;
        bool known = stamp_parse(rebuilt, strlen(rebuilt), &seconds, &nanos);
        int64_t rebuilt_ms = known ? seconds * SECOND_MS + nanos / (NANOS / SECOND_MS) + 1 : INT64_MAX;
        newest_ms = rebuilt_ms > newest_ms ? rebuilt_ms : newest_ms;
    }
    return newest_ms;
}

// Backups that were made before hold the person, unless nobody knew of that person yet.
static void print_backups(const struct verb_call *call, const json_t *proof)
{
    struct backup_known oldest;
    (void)backups_tell_broken(call->settings.data_dir, NULL, stdout);
    if (!backups_oldest_before(call->settings.data_dir, clean_ms(proof), &oldest))
        return;
    size_t count = backups_before(call->settings.data_dir, clean_ms(proof));
    printf("  %zu backup%s from before may still hold the person, the oldest is %s\n", count, count == 1 ? "" : "s",
           oldest.path);
}

static void print_proof(const struct verb_call *call, const struct figures *figures, const json_t *proof)
{
    char time[FIGURES_BYTES];
    size_t i;
    const json_t *report, *name;
    bool whole = json_is_true(json_object_get(proof, "whole"));
    const char *by = verb_text(proof, "askedBy");
    printf("%s%s%s  asked for at %s%s%s  (%s, proof %.12s)\n", verb_colour(whole ? "\033[32m" : "\033[33m"),
           whole ? "whole" : "not whole yet", verb_colour("\033[0m"),
           figures_moment(figures, verb_text(proof, "asked"), time), by[0] != '\0' ? " by " : "", by,
           verb_text(proof, "source"), verb_text(proof, "erasure"));
    json_array_foreach (json_object_get(proof, "reports"), i, report)
        print_report(figures, report);
    json_array_foreach (json_object_get(proof, "waitsFor"), i, name)
        printf("  %-12s has not reported yet\n", json_string_value(name));
    if (verb_number(proof, "keptOut") > 0)
        printf("  %lld later event%s of before the erasure stayed out\n", (long long)verb_number(proof, "keptOut"),
               verb_number(proof, "keptOut") == 1 ? "" : "s");
    size_t with = json_array_size(json_object_get(proof, "with"));
    if (with > 0)
        printf("  %zu more customer%s of the same person: tend erase --status lists each\n", with,
               with == 1 ? "" : "s");
    print_backups(call, proof);
}

static int show_one(struct verb_call *call, const struct figures *figures, const char *id)
{
    char target[VERB_TARGET_BYTES];
    json_t *answer = NULL;
    verb_write_target(target, "GET /v1/erasures/", id, "");
    int code = verb_ask(call, "ingest", target, &answer);
    if (code == VERB_DONE && call->json)
        verb_print_json(answer);
    else if (code == VERB_DONE)
        print_proof(call, figures, answer);
    bool whole = json_is_true(json_object_get(answer, "whole"));
    json_decref(answer);
    return code == VERB_DONE && !whole ? VERB_PROBLEM : code;
}

// All of them, a page at a time; as JSON each page is a document.
static int show_all(struct verb_call *call, const struct figures *figures)
{
    char after[AFTER_BYTES] = "";
    for (bool first = true; first || after[0] != '\0'; first = false) {
        char target[VERB_TARGET_BYTES] = "GET /v1/erasures";
        json_t *answer = NULL;
        if (!first)
            verb_add_parameter(target, "after", after);
        int code = verb_ask(call, "ingest", target, &answer);
        size_t i;
        const json_t *proof, *list = json_object_get(answer, "erasures");
        if (code == VERB_DONE && call->json)
            verb_print_json(answer);
        else if (code == VERB_DONE && first && json_array_size(list) == 0)
            printf("nobody was erased\n");
        json_array_foreach (list, i, proof)
            if (!call->json)
                print_proof(call, figures, proof);
        snprintf(after, sizeof after, "%s", verb_text(answer, "next"));
        json_decref(answer);
        if (code != VERB_DONE)
            return code;
    }
    return VERB_DONE;
}

static int show(struct verb_call *call, const char *id)
{
    struct figures figures;
    figures_open(call->settings.time_zone, &figures);
    int code = id != NULL ? show_one(call, &figures, id) : show_all(call, &figures);
    figures_close(&figures);
    return code;
}

static void print_ids(const json_t *ids, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        printf("%s %s", i > from ? "," : "", json_string_value(json_array_get(ids, i)));
}

// Who goes, and why they go together.
static void print_scope(const json_t *scope, const char *what)
{
    const json_t *ids = json_object_get(scope, "customerIds");
    size_t count = json_array_size(ids), guests = json_array_size(json_object_get(scope, "guestCustomerIds"));
    size_t merged = count - guests;
    printf("%s", what);
    print_ids(ids, 0, count);
    printf(" in all four services, for ever.");
    if (merged > 1) {
        print_ids(ids, 0, merged);
        printf(" were merged, so they are one person.");
    }
    if (guests > 0) {
        print_ids(ids, merged, count);
        printf(guests > 1 ? " are guests who have" : " is a guest who has");
        printf(" a mail address or telephone number of %s as id.", merged > 1 ? "theirs" : "that customer");
    }
    printf("\n");
}

// Whether the person may really go. Said by --yes, or by the id typed again.
static int confirm(const struct verb_call *call, const char *id, const json_t *scope)
{
    char line[ID_BYTES];
    bool yes = verb_value(call, "yes") != NULL;
    if (!yes && !isatty(STDIN_FILENO)) {
        fprintf(stderr, "tend erase: this cannot be undone; say --yes, or type the id when you are asked\n");
        return VERB_USAGE;
    }
    if (yes && !call->json && json_array_size(json_object_get(scope, "customerIds")) > 1)
        print_scope(scope, "Erasing");
    if (yes)
        return VERB_DONE;
    print_scope(scope, "This deletes everything about");
    printf("Type %s to go on: ", id);
    fflush(stdout);
    bool typed = fgets(line, sizeof line, stdin) != NULL;
    line[strcspn(line, "\n")] = '\0';
    if (typed && strcmp(line, id) == 0)
        return VERB_DONE;
    printf("nothing was erased\n");
    return VERB_PROBLEM;
}

// Whether a page of an export holds anything but that the customer was erased.
static bool holds_anything(const json_t *page)
{
    size_t i;
    const json_t *record;
    if (json_array_size(json_object_get(page, "rows")) > 0)
        return true;
    json_array_foreach (json_object_get(page, "records"), i, record)
        if (json_object_get(json_object_get(record, "body"), "customerErased") == NULL)
            return true;
    return false;
}

// Whether a process holds anything about the customer. What cannot be asked may.
static bool process_knows(struct verb_call *call, const char *service, unsigned which, const char *id)
{
    char row[NUMBER_BYTES] = "0", seq[NUMBER_BYTES] = "0";
    bool found = false, more = true;
    while (!found && more) {
        char target[VERB_TARGET_BYTES];
        json_t *page = NULL;
        verb_write_target(target, "GET /v1/export/", id, "");
        verb_add_parameter(target, "row", row);
        verb_add_parameter(target, "seq", seq);
        if (verb_ask_process(call, service, which, target, &page) != VERB_DONE)
            return true;
        const json_t *next = json_object_get(page, "next");
        found = holds_anything(page);
        more = next != NULL;
        snprintf(row, sizeof row, "%lld", (long long)verb_number(next, "row"));
        snprintf(seq, sizeof seq, "%lld", (long long)verb_number(next, "seq"));
        json_decref(page);
    }
    return found;
}

// Scoring first, which has a row of everybody it knows; ingest last, whose journal is the longest to look through.
static bool anybody_knows(struct verb_call *call, const char *id)
{
    static const char *const services[] = {"scoring", "scheduler", "notifier", "ingest"};
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        for (unsigned which = 0; which < settings_processes(&call->settings, services[i]); which++)
            if (process_knows(call, services[i], which, id))
                return true;
    return false;
}

// Whether there is somebody to erase: a wrong letter in the id must not look like an erasure. `ret_scope` gets who
// goes; the caller frees it.
static int find_person(struct verb_call *call, const char *id, json_t **ret_scope)
{
    char target[VERB_TARGET_BYTES];
    verb_write_target(target, "GET /v1/erasures/", id, "/with");
    int code = verb_ask(call, "ingest", target, ret_scope);
    bool known = json_array_size(json_object_get(*ret_scope, "customerIds")) > 1;
    if (code != VERB_DONE || known || anybody_knows(call, id))
        return code;
    fprintf(stderr,
            "tend erase: nobody of the id \"%s\" is known: no service holds anything of it, nor does a rejected body. "
            "Nothing was erased\n",
            id);
    return VERB_PROBLEM;
}

// The event. Its id has nothing of the customer's.
static char *make_event(const char *id)
{
    char time[STAMP_TEXT_BYTES], name[ID_BYTES];
    struct clock *clock = clock_open();
    int64_t now_ms = clock_wall_ms(clock);
    clock_close(&clock);
    stamp_print(now_ms / SECOND_MS, (int32_t)(now_ms % SECOND_MS) * NANOS_OF_MILLI, time);
    snprintf(name, sizeof name, "erase-%s-%ld", time, (long)getpid());
    json_t *event = json_pack("{s:s,s:s,s:s,s:s,s:{s:s}}", "id", name, "source", "tend/cli", "time", time, "customerId",
                              id, "customerErased", "askedBy", who());
    char *text = event != NULL ? json_dumps(event, JSON_COMPACT) : NULL;
    json_decref(event);
    return text;
}

static bool is_whole(struct verb_call *call, const char *id, int *ret_code)
{
    char target[VERB_TARGET_BYTES];
    json_t *proof = NULL;
    verb_write_target(target, "GET /v1/erasures/", id, "");
    *ret_code = verb_ask(call, "ingest", target, &proof);
    bool whole = json_is_true(json_object_get(proof, "whole"));
    json_decref(proof);
    return whole;
}

// Looks until it is whole, or the time is over. Returns what the last look said.
static int wait_for(struct verb_call *call, const char *id, long seconds)
{
    const struct timespec pause = {.tv_nsec = LOOK_MS * NANOS_OF_MILLI};
    int code = VERB_DONE;
    for (long left_ms = seconds * SECOND_MS; code == VERB_DONE && !is_whole(call, id, &code) && left_ms > 0;
         left_ms -= LOOK_MS)
        nanosleep(&pause, NULL);
    return code;
}

int verb_erase(struct verb_call *call)
{
    const char *id = call->argument_count > 0 ? call->arguments[0] : NULL, *wait = verb_value(call, "wait");
    long seconds = wait != NULL ? strtol(wait, NULL, 10) : WAIT_S;
    if (verb_value(call, "status") != NULL)
        return show(call, id);
    if (!verb_whole_number(call, "wait"))
        return VERB_USAGE;
    if (id == NULL || seconds < 0 || seconds > WAIT_MOST_S) {
        fprintf(stderr, "tend erase: name a customer, or say --status; --wait is at most %d seconds\n", WAIT_MOST_S);
        return VERB_USAGE;
    }
    json_t *scope = NULL;
    int code = find_person(call, id, &scope);
    code = code == VERB_DONE ? confirm(call, id, scope) : code;
    json_decref(scope);
    if (code != VERB_DONE)
        return code;
    char *event = make_event(id);
    json_t *answer = NULL;
    if (event == NULL) {
        fprintf(stderr, "tend erase: the id is no text\n");
        return VERB_USAGE;
    }
    code = verb_post(call, "ingest", "POST /v1/events", event, &answer);
    json_decref(answer);
    free(event);
    if (code == VERB_DONE)
        code = wait_for(call, id, seconds);
    return code == VERB_DONE ? show(call, id) : code;
}
