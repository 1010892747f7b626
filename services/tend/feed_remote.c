#include "services/tend/feed_remote.h"

#include "services/tend/figures.h"
#include "services/tend/reader.h"
#include "services/tend/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUESTION_BYTES = 262144, NAMES_SHOWN = 20, FORM_BYTES = 64, NAME_BYTES = 128 };

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

// Posts that nobody believes, and none is believed since: its secret is most likely wrong.
static void print_refused(const struct figures *figures, const json_t *feed, const char *begin)
{
    char since[FIGURES_BYTES];
    long long refused = (long long)verb_number(feed, "refused");
    if (refused > 0)
        printf("%s%lld post%s since %s %s %s\n", begin, refused, refused == 1 ? "" : "s",
               figures_minute(figures, verb_text(feed, "refusedSince"), since), refused == 1 ? "was" : "were",
               verb_text(feed, "refusedWhy"));
}

// What a feed does whose file is bad: one that was in force before has its kind of proof.
static const char *instead(const json_t *feed)
{
    return verb_text(feed, "auth")[0] != '\0' ? "the feed goes on as it was" : "its posts are answered 503";
}

static void print_feed(const struct figures *figures, const json_t *feed)
{
    char when[FIGURES_BYTES];
    const char *last = figures_minute(figures, verb_text(feed, "last"), when), *error = verb_text(feed, "error");
    printf("%-16s %-12s last %-16s  %lld events", verb_text(feed, "name"),
           verb_text(feed, "preset")[0] != '\0' ? verb_text(feed, "preset") : "-", last[0] != '\0' ? last : "never",
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
    if (verb_text(feed, "unauthenticatedLast")[0] != '\0')
        printf("  the last not authenticated: %s\n",
               figures_minute(figures, verb_text(feed, "unauthenticatedLast"), when));
    print_refused(figures, feed, "  ");
    if (verb_text(feed, "droppedWhy")[0] != '\0')
        printf("  the last without an event: %s\n", verb_text(feed, "droppedWhy"));
    print_reading(feed);
    if (error[0] != '\0')
        printf("  its file is not in force, and %s:\n%s\n", instead(feed), error);
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
        struct figures figures;
        figures_open(call->settings.time_zone, &figures);
        json_array_foreach (json_object_get(answer, "feeds"), i, feed) {
            print_feed(&figures, feed);
            bad += verb_text(feed, "error")[0] != '\0';
        }
        figures_close(&figures);
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

static void print_tail(const struct figures *figures, const json_t *answer)
{
    const json_t *tailed;
    size_t i;
    long long dropped = (long long)verb_number(answer, "dropped");
    json_array_foreach (json_object_get(answer, "events"), i, tailed) {
        char time[FIGURES_BYTES], *text = json_dumps(json_object_get(tailed, "event"), JSON_COMPACT);
        printf("%8s  %s  %s\n", verb_text(tailed, "seq"), figures_minute(figures, verb_text(tailed, "time"), time),
               text != NULL ? text : "");
        free(text);
    }
    if (i == 0)
        puts("no event of this feed among the newest records");
    if (dropped > 0)
        printf("%lld bod%s since the start made no event; the last: %s\n", dropped, dropped == 1 ? "y" : "ies",
               verb_text(answer, "droppedWhy"));
}

int feed_tail(struct verb_call *call)
{
    static const char *const parameters[] = {"after", "limit"};
    char target[VERB_TARGET_BYTES];
    json_t *answer = NULL;
    verb_write_target(target, "GET /v1/feeds/", call->arguments[1], "/tail");
    verb_add_options(call, parameters, sizeof parameters / sizeof *parameters, target);
    int code = verb_ask(call, "ingest", target, &answer);
    return verb_show(call, code, answer, print_tail);
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

// The column of the order ids by its name.
static bool find_ids(struct table *table, size_t *ret_column)
{
    static const char *const names[] = {"order_id", "order", "Order ID", "id", "Id", "ID", "Name", "name"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (table_column(table, names[i], ret_column))
            return true;
    return false;
}

// "SO-1001" as "a-9": ids of one program look alike.
static void form_of(const char *text, char ret_form[FORM_BYTES])
{
    size_t length = 0;
    for (; *text != '\0' && length < FORM_BYTES - 1; text++) {
        bool digit = *text >= '0' && *text <= '9';
        bool letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || (unsigned char)*text >= 0x80;
        char sign = digit ? '9' : letter ? 'a' : *text;
        if ((!digit && !letter) || length == 0 || ret_form[length - 1] != sign)
            ret_form[length++] = sign;
    }
    ret_form[length] = '\0';
}

// A list without a header has an id where the name of its column would stand; "" when that is surely a name.
static void doubt_header(struct table *table, size_t column, char ret_first[TABLE_ERROR_BYTES])
{
    size_t columns, named;
    const char *const *names = table_columns(table, &columns);
    bool known = table_json(table) || table_plain(table) || column >= columns || find_ids(table, &named);
    snprintf(ret_first, TABLE_ERROR_BYTES, "%s", known ? "" : reader_unmarked(names[column]));
}

// The ids in a file; NULL after it has said why not. `ret_first`: what may be an id in the place of a header, "" for
// nothing; one that looks like the others is among them already.
static json_t *read_ids(const char *path, char ret_first[TABLE_ERROR_BYTES])
{
    const struct table_options options = {.path = path};
    char error[TABLE_ERROR_BYTES], first_form[FORM_BYTES], form[FORM_BYTES];
    struct table *table;
    struct row row;
    enum table_step step;
    if (!table_open(&options, error, &table)) {
        fprintf(stderr, "%s\n", error);
        return NULL;
    }
    json_t *ids = json_array();
    size_t column = 0, bytes = 0, rows = 0;
    (void)find_ids(table, &column); // else the first
    doubt_header(table, column, ret_first);
    form_of(ret_first, first_form);
    bool alike = false, holds_digit = strpbrk(ret_first, "0123456789") != NULL;
    while ((step = table_next(table, &row)) == TABLE_ROW || step == TABLE_BAD) {
        if (step == TABLE_BAD)
            fprintf(stderr, "%s:%llu: %s\n", path, (unsigned long long)row.line, row.reason);
        else if (column < row.count && row.fields[column].length > 0) {
            const char *id = reader_unmarked(row.fields[column].text);
            form_of(id, form);
            alike = alike || (holds_digit && strcmp(form, first_form) == 0);
            json_array_append_new(ids, json_string(id));
        }
        rows += step == TABLE_ROW;
        if (step == TABLE_ROW && column < row.count)
            bytes += row.fields[column].length + 3;
    }
    table_close(&table);
    if (alike || (holds_digit && json_array_size(ids) == 0)) {
        json_array_append_new(ids, json_string(ret_first));
        ret_first[0] = '\0';
    }
    bool none = rows > 0 && json_array_size(ids) == 0;
    if (step == TABLE_END && bytes < QUESTION_BYTES - 1000 && !none)
        return ids;
    fprintf(stderr, "%s: %s\n", path,
            step != TABLE_END ? "cannot be read"
            : none            ? "no row has an order id: their column is order_id, order, id or Name, else the first"
                              : "holds more order ids than one question takes");
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

// What to do about a day that is not the same. An import under another source would count what is here once more.
static void print_advice(const json_t *answer)
{
    const json_t *missing = json_object_get(answer, "missing"), *extra = json_object_get(answer, "extra");
    long long ours = (long long)verb_number(answer, "ours"), theirs = (long long)verb_number(answer, "theirs");
    size_t lacking = json_array_size(missing);
    bool named = lacking + json_array_size(extra) > 0;
    if (named ? lacking > 0 : theirs > ours)
        printf("what is missing: let the other end send it again, or tend import orders FILE --source %s, with the "
               "customer ids that its events have; what is known changes nothing\n",
               verb_text(answer, "source"));
    if (named ? json_array_size(extra) > 0 : ours > theirs)
        puts("what is only here: a test, deleted there, or of another day there (--zone)");
    if (named && (long long)lacking == theirs && json_array_size(extra) > 0)
        printf("none of those ids is here, where they look like %s: the file may have them in another column\n",
               json_string_value(json_array_get(extra, 0)));
}

static int print_comparison(const json_t *answer)
{
    bool same = json_is_true(json_object_get(answer, "same"));
    long long ours = (long long)verb_number(answer, "ours");
    printf("%s, %s in %s: %lld order%s here, %lld there: %s\n", verb_text(answer, "source"), verb_text(answer, "day"),
           verb_text(answer, "zone"), ours, ours == 1 ? "" : "s", (long long)verb_number(answer, "theirs"),
           same ? "the same" : "NOT the same");
    print_names("missing here", json_object_get(answer, "missing"));
    print_names("only here", json_object_get(answer, "extra"));
    const json_t *total;
    size_t i;
    json_array_foreach (json_object_get(answer, "totals"), i, total)
        printf("total here, as placed (what was changed, cancelled or refunded since is not in it): %.2f %s\n",
               (double)verb_number(total, "totalMicros") / 1e6, verb_text(total, "currency"));
    if (verb_text(answer, "note")[0] != '\0')
        printf("%s\n", verb_text(answer, "note"));
    if (!same && verb_text(answer, "note")[0] == '\0')
        print_advice(answer);
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

static int ask_comparison(struct verb_call *call, const json_t *question, json_t **ret_answer)
{
    char *text = json_dumps(question, JSON_COMPACT);
    int code = verb_post(call, "ingest", "POST /v1/reconcile", text, ret_answer);
    free(text);
    return code;
}

static bool holds(const json_t *names, const char *name)
{
    size_t i;
    const json_t *one;
    json_array_foreach (names, i, one)
        if (strcmp(json_string_value(one), name) == 0)
            return true;
    return false;
}

int feed_reconcile(struct verb_call *call)
{
    const char *day = verb_value(call, "day"), *count = verb_value(call, "count");
    const char *path = call->argument_count > 2 ? call->arguments[2] : NULL, *zone = verb_value(call, "zone");
    if (day == NULL || (count == NULL) == (path == NULL)) {
        fprintf(stderr,
                "it is: tend feed reconcile NAME --day 2026-05-17 --count N, or with a FILE.csv of order ids; --zone "
                "Europe/Berlin when the other end counts its days there\n");
        return VERB_USAGE;
    }
    if (!verb_whole_number(call, "count"))
        return VERB_USAGE;
    char first[TABLE_ERROR_BYTES] = "";
    json_t *ids = path != NULL ? read_ids(path, first) : NULL, *answer = NULL;
    if (path != NULL && ids == NULL)
        return VERB_PROBLEM;
    json_t *question = json_pack("{s:o,s:s}", "source", source_of(call, call->arguments[1]), "day", day);
    if (ids != NULL)
        json_object_set_new(question, "orderIds", ids);
    else
        json_object_set_new(question, "orders", json_string(count));
    if (zone != NULL)
        json_object_set_new(question, "zone", json_string(zone));
    int code = ask_comparison(call, question, &answer);
    // What stood in the place of a header is an order that is here.
    if (code == VERB_DONE && holds(json_object_get(answer, "extra"), first)) {
        json_array_append_new(ids, json_string(first));
        json_decref(answer);
        answer = NULL;
        code = ask_comparison(call, question, &answer);
    }
    if (code == VERB_DONE && call->json) {
        verb_print_json(answer);
        code = json_is_true(json_object_get(answer, "same")) ? VERB_DONE : VERB_PROBLEM;
    } else if (code == VERB_DONE) {
        code = print_comparison(answer);
    }
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
    struct figures figures;
    long long rejected = (long long)verb_number(answer, "rejected");
    figures_open(call->settings.time_zone, &figures);
    for (i = 0; !call->json && (feed = json_array_get(json_object_get(answer, "feeds"), i)) != NULL; i++) {
        char begin[NAME_BYTES];
        snprintf(begin, sizeof begin, "feed %s: ", verb_text(feed, "name"));
        print_refused(&figures, feed, begin);
        if (json_is_true(json_object_get(feed, "silent")))
            printf("feed %s is SILENT: nothing came for longer than its silent_after (tend feed list)\n",
                   verb_text(feed, "name"));
        if (strcmp(verb_text(feed, "reading"), "stopped") == 0)
            printf("feed %s has STOPPED: %s (tend feed reset %s reads it from its beginning)\n",
                   verb_text(feed, "name"), verb_text(feed, "why"), verb_text(feed, "name"));
        if (verb_text(feed, "error")[0] != '\0')
            printf("feed %s: its file is bad and not in force, and %s (tend feed list)\n", verb_text(feed, "name"),
                   instead(feed));
    }
    figures_close(&figures);
    if (rejected > 0 && !call->json)
        printf("%lld bod%s of feeds wait%s to be corrected: tend rejected\n", rejected, rejected == 1 ? "y" : "ies",
               rejected == 1 ? "s" : "");
    json_object_set_new(all, "feeds", answer);
}
