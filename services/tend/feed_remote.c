#include "services/tend/feed_remote.h"

#include "services/tend/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIME_LENGTH = 16, QUESTION_BYTES = 262144, NAMES_SHOWN = 20 };

// How it gets on with its broker.
static void print_reading(const json_t *feed)
{
    const char *from = verb_text(feed, "from"), *reading = verb_text(feed, "reading"), *why = verb_text(feed, "why");
    if (from[0] == '\0')
        return;
    bool stopped = strcmp(reading, "stopped") == 0;
    printf("  %s: %s%s%s%s%s", from, stopped ? verb_colour("\033[31m") : "", stopped ? "STOPPED" : reading,
           stopped ? verb_colour("\033[0m") : "", why[0] != '\0' ? ": " : "", why);
    if (verb_number(feed, "behind") > 0)
        printf(", %lld messages behind", (long long)verb_number(feed, "behind"));
    puts("");
    if (stopped)
        printf("  to read it from its beginning all the same: tend feed reset %s\n", verb_text(feed, "name"));
}

static void print_feed(const json_t *feed)
{
    const char *last = verb_text(feed, "last"), *error = verb_text(feed, "error");
    char when[TIME_LENGTH + 1];
    snprintf(when, sizeof when, "%s", last[0] != '\0' ? last : "never");
    printf("%-16s %-12s last %-16s  %lld events", verb_text(feed, "name"),
           verb_text(feed, "preset")[0] != '\0' ? verb_text(feed, "preset") : "-", when,
           (long long)verb_number(feed, "stored"));
    static const struct {
        const char *member, *words;
    } counts[] = {{"rejected", "rejected"},
                  {"unauthenticated", "not authenticated"},
                  {"dropped", "without an event"},
                  {"limited", "over the rate"}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (verb_number(feed, counts[i].member) > 0)
            printf(", %lld %s", (long long)verb_number(feed, counts[i].member), counts[i].words);
    if (json_is_true(json_object_get(feed, "silent")))
        printf("  %sSILENT%s", verb_colour("\033[31m"), verb_colour("\033[0m"));
    puts("");
    if (verb_text(feed, "droppedWhy")[0] != '\0')
        printf("  the last without an event: %s\n", verb_text(feed, "droppedWhy"));
    print_reading(feed);
    if (error[0] != '\0')
        printf("  its file is not in force:\n%s\n", error);
}

int feed_list(struct verb_call *call)
{
    json_t *answer = NULL;
    const json_t *feed;
    size_t i, bad = 0;
    int code = verb_ask(call, "ingest", "GET /v1/feeds", &answer);
    if (code == VERB_DONE && call->json) {
        verb_print_json(answer);
    } else if (code == VERB_DONE) {
        json_array_foreach (json_object_get(answer, "feeds"), i, feed) {
            print_feed(feed);
            bad += verb_text(feed, "error")[0] != '\0';
        }
        if (json_array_size(json_object_get(answer, "feeds")) == 0)
            printf("no feed yet; the first: tend feed add shop --preset shopify (their files are in %s)\n",
                   verb_text(answer, "folder"));
        if (verb_number(answer, "unknown") > 0)
            printf("%lld posts to feeds that there are not, since the start\n",
                   (long long)verb_number(answer, "unknown"));
    }
    json_decref(answer);
    return code == VERB_DONE && bad > 0 ? VERB_PROBLEM : code;
}

int feed_tail(struct verb_call *call)
{
    static const char *const parameters[] = {"after", "limit"};
    char target[VERB_TARGET_BYTES];
    json_t *answer = NULL;
    const json_t *tailed;
    size_t i;
    verb_write_target(target, "GET /v1/feeds/", call->arguments[1], "/tail");
    verb_add_options(call, parameters, sizeof parameters / sizeof *parameters, target);
    int code = verb_ask(call, "ingest", target, &answer);
    if (code == VERB_DONE && call->json)
        verb_print_json(answer);
    else if (code == VERB_DONE)
        json_array_foreach (json_object_get(answer, "events"), i, tailed) {
            char time[TIME_LENGTH + 4];
            snprintf(time, sizeof time, "%s", verb_text(tailed, "time"));
            char *text = json_dumps(json_object_get(tailed, "event"), JSON_COMPACT);
            printf("%8s  %s  %s\n", verb_text(tailed, "seq"), time, text != NULL ? text : "");
            free(text);
        }
    if (code == VERB_DONE && !call->json && json_array_size(json_object_get(answer, "events")) == 0)
        puts("no event of this feed among the newest records");
    if (code == VERB_DONE && !call->json && verb_number(answer, "dropped") > 0)
        printf("%lld bod%s since the start made no event; the last: %s\n", (long long)verb_number(answer, "dropped"),
               verb_number(answer, "dropped") == 1 ? "y" : "ies", verb_text(answer, "droppedWhy"));
    json_decref(answer);
    return code;
}

int feed_again(struct verb_call *call)
{
    char target[VERB_TARGET_BYTES], after[24] = "";
    long long good = 0, bad = 0;
    int code = VERB_DONE;
    do {
        json_t *answer = NULL;
        verb_write_target(target, "POST /v1/feeds/", call->arguments[1], "/replay");
        verb_add_parameter(target, "after", after[0] != '\0' ? after : NULL);
        code = verb_post(call, "ingest", target, "", &answer);
        if (code == VERB_DONE) {
            good += verb_number(answer, "replayed");
            bad += verb_number(answer, "failed");
        }
        snprintf(after, sizeof after, "%s", code == VERB_DONE ? verb_text(answer, "next") : "");
        json_decref(answer);
    } while (after[0] != '\0');
    if (code != VERB_DONE)
        return code;
    printf(call->json ? "{\"replayed\":%lld,\"failed\":%lld}\n" : "%lld replayed, %lld still rejected\n", good, bad);
    return bad > 0 ? VERB_PROBLEM : VERB_DONE;
}

int feed_reset(struct verb_call *call)
{
    char target[VERB_TARGET_BYTES];
    json_t *answer = NULL;
    verb_write_target(target, "POST /v1/feeds/", call->arguments[1], "/reset");
    int code = verb_post(call, "ingest", target, "", &answer);
    json_decref(answer);
    if (code == VERB_DONE)
        puts(call->json ? "{}" : "it is read from the oldest message on; what is known changes nothing");
    return code;
}

// --- comparing a day

// The column of the order ids: by its name, else the first.
static size_t find_ids(struct table *table)
{
    static const char *const names[] = {"order_id", "order", "Order ID", "id", "Id", "ID", "Name", "name"};
    size_t column;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (table_column(table, names[i], &column))
            return column;
    return 0;
}

// The ids in a file; NULL after it has said why not.
static json_t *read_ids(const char *path)
{
    const struct table_options options = {.path = path};
    char error[TABLE_ERROR_BYTES];
    struct table *table;
    struct row row;
    enum table_step step;
    if (!table_open(&options, error, &table)) {
        fprintf(stderr, "%s: %s\n", path, error);
        return NULL;
    }
    json_t *ids = json_array();
    size_t column = find_ids(table), bytes = 0;
    while ((step = table_next(table, &row)) == TABLE_ROW || step == TABLE_BAD) {
        if (step == TABLE_BAD)
            fprintf(stderr, "%s:%llu: %s\n", path, (unsigned long long)row.line, row.reason);
        else if (column < row.count && row.fields[column].length > 0)
            json_array_append_new(ids, json_string(row.fields[column].text));
        if (step == TABLE_ROW && column < row.count)
            bytes += row.fields[column].length + 3;
    }
    table_close(&table);
    if (step == TABLE_END && bytes < QUESTION_BYTES - 1000)
        return ids;
    fprintf(stderr, "%s: %s\n", path,
            step == TABLE_END ? "holds more order ids than one question takes" : "cannot be read");
    json_decref(ids);
    return NULL;
}

static void print_names(const char *what, const json_t *names)
{
    size_t i;
    const json_t *name;
    if (json_array_size(names) == 0)
        return;
    printf("%s (%zu): ", what, json_array_size(names));
    json_array_foreach (names, i, name)
        if (i < NAMES_SHOWN)
            printf("%s%s", i > 0 ? ", " : "", json_string_value(name));
    puts(json_array_size(names) > NAMES_SHOWN ? " ..." : "");
}

static int print_comparison(const json_t *answer)
{
    bool same = json_is_true(json_object_get(answer, "same"));
    printf("%s, %s: %lld orders here, %lld there: %s\n", verb_text(answer, "source"), verb_text(answer, "day"),
           (long long)verb_number(answer, "ours"), (long long)verb_number(answer, "theirs"),
           same ? "the same" : "NOT the same");
    print_names("missing here", json_object_get(answer, "missing"));
    print_names("only here", json_object_get(answer, "extra"));
    const json_t *total;
    size_t i;
    json_array_foreach (json_object_get(answer, "totals"), i, total)
        printf("total here: %.2f %s\n", (double)verb_number(total, "totalMicros") / 1e6, verb_text(total, "currency"));
    if (verb_text(answer, "note")[0] != '\0')
        printf("%s\n", verb_text(answer, "note"));
    if (!same)
        puts(
            "what is missing: export those orders there and send them again, or tend import orders FILE; what is known "
            "changes nothing");
    return same ? VERB_DONE : VERB_PROBLEM;
}

// The source of the feed, which is its name where its file says nothing else.
static json_t *source_of(struct verb_call *call, const char *name)
{
    json_t *answer = NULL, *source = json_string(name);
    const json_t *feed;
    size_t i;
    if (verb_ask(call, "ingest", "GET /v1/feeds", &answer) == VERB_DONE)
        json_array_foreach (json_object_get(answer, "feeds"), i, feed)
            if (strcmp(verb_text(feed, "name"), name) == 0 && verb_text(feed, "source")[0] != '\0') {
                json_decref(source);
                source = json_string(verb_text(feed, "source"));
            }
    json_decref(answer);
    return source;
}

int feed_reconcile(struct verb_call *call)
{
    const char *day = verb_value(call, "day"), *count = verb_value(call, "count");
    const char *path = call->argument_count > 2 ? call->arguments[2] : NULL;
    if (day == NULL || (count == NULL) == (path == NULL)) {
        fprintf(stderr,
                "it is: tend feed reconcile NAME --day 2026-05-17 --count N, or with a FILE.csv of order ids\n");
        return VERB_USAGE;
    }
    json_t *ids = path != NULL ? read_ids(path) : NULL, *answer = NULL;
    if (path != NULL && ids == NULL)
        return VERB_PROBLEM;
    json_t *question = json_pack("{s:o,s:s}", "source", source_of(call, call->arguments[1]), "day", day);
    if (ids != NULL)
        json_object_set_new(question, "orderIds", ids);
    else
        json_object_set_new(question, "orders", json_string(count));
    char *text = json_dumps(question, JSON_COMPACT);
    int code = verb_post(call, "ingest", "POST /v1/reconcile", text, &answer);
    if (code == VERB_DONE && call->json) {
        verb_print_json(answer);
        code = json_is_true(json_object_get(answer, "same")) ? VERB_DONE : VERB_PROBLEM;
    } else if (code == VERB_DONE) {
        code = print_comparison(answer);
    }
    free(text);
    json_decref(question);
    json_decref(answer);
    return code;
}

void feed_troubles(struct verb_call *call, json_t *all)
{
    json_t *answer = NULL;
    struct verb_refusal refusal;
    const json_t *feed;
    size_t i;
    if (!verb_reachable(call, "ingest") ||
        verb_ask_or(call, "ingest", NULL, "GET /v1/feeds", &refusal, &answer) != VERB_DONE)
        return;
    long long rejected = 0;
    json_array_foreach (json_object_get(answer, "feeds"), i, feed) {
        rejected += (long long)verb_number(feed, "rejected");
        if (call->json)
            continue;
        if (json_is_true(json_object_get(feed, "silent")))
            printf("feed %s is SILENT: nothing came for longer than its silent_after (tend feed list)\n",
                   verb_text(feed, "name"));
        if (strcmp(verb_text(feed, "reading"), "stopped") == 0)
            printf("feed %s has STOPPED: %s (tend feed reset %s reads it from its beginning)\n",
                   verb_text(feed, "name"), verb_text(feed, "why"), verb_text(feed, "name"));
        if (verb_text(feed, "error")[0] != '\0')
            printf("feed %s: its file is bad and not in force (tend feed list)\n", verb_text(feed, "name"));
    }
    if (rejected > 0 && !call->json)
        printf("%lld bod%s of feeds wait%s to be corrected: tend rejected\n", rejected, rejected == 1 ? "y" : "ies",
               rejected == 1 ? "s" : "");
    json_object_set_new(all, "feeds", answer);
}
