// `tend export`: all that the four services hold about a customer, as one JSON document.
#include "common/clock.h"
#include "common/must.h"
#include "common/stamp.h"
#include "services/tend/pipeline.h"
#include "services/tend/verb.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PAGES_MAX = 100000, // of one process; each looks at thousands of records
    NUMBER_BYTES = 24,
    PATH_BYTES = 1100,
    WORDS_MAX = 64,    // ingest takes no more in one request
    WORDS_BYTES = 500, // each may be three in a target
};

static const char *const services[] = {"ingest", "scoring", "scheduler", "notifier"};

// One export, and what was found for it.
struct exporting {
    struct verb_call *call;
    json_t *document;
    unsigned long long rows, records;
};

static int64_t next_of(const json_t *page, const char *member)
{
    return verb_number(json_object_get(page, "next"), member);
}

// --- rejected bodies that mention the customer by other words than the id

// What a request for the words finds: what is not among the rows yet is added.
static int add_mentions(struct exporting *exporting, const char *id, const char *words, json_t *rows)
{
    char row[NUMBER_BYTES] = "0";
    int code = VERB_DONE;
    for (bool more = true; more && code == VERB_DONE;) {
        char target[VERB_TARGET_BYTES];
        json_t *page = NULL, *found, *known;
        size_t i, j;
        verb_write_target(target, "GET /v1/export/", id, "");
        verb_add_parameter(target, "row", row);
        verb_add_parameter(target, "words", words);
        if (!verb_target_whole(target)) {
            fprintf(stderr, "tend export: the id \"%s\" is too long\n", id);
            return VERB_PROBLEM;
        }
        code = verb_ask(exporting->call, "ingest", target, &page);
        json_array_foreach (json_object_get(page, "rows"), i, found) {
            bool held = strcmp(verb_text(found, "table"), "rejected body") != 0;
            json_array_foreach (rows, j, known)
                held |= json_equal(json_object_get(known, "table"), json_object_get(found, "table")) &&
                        json_equal(json_object_get(known, "id"), json_object_get(found, "id"));
            if (!held)
                json_array_append(rows, found);
        }
        // Behind the rows come records, which are here already.
        more = json_object_get(page, "next") != NULL && next_of(page, "seq") == 0;
        snprintf(row, sizeof row, "%lld", (long long)next_of(page, "row"));
        json_decref(page);
    }
    return code;
}

// By whatever the records of ingest say that the customer is called and can be reached, each as a name in an object.
static json_t *words_of(const char *id, const json_t *records)
{
    json_t *words = json_object();
    const json_t *record, *contact;
    size_t i, j;
    if (strpbrk(id, "@+") != NULL)
        json_object_set_new(words, id, json_true());
    json_array_foreach (records, i, record) {
        const json_t *body = json_object_get(record, "body"), *file = json_object_get(body, "customerUpserted");
        if (file == NULL || strcmp(verb_text(body, "customerId"), id) != 0)
            continue;
        json_object_set_new(words, verb_text(file, "name"), json_true());
        json_array_foreach (json_object_get(file, "contacts"), j, contact) {
            json_object_set_new(words, verb_text(contact, "phone"), json_true());
            json_object_set_new(words, verb_text(contact, "email"), json_true());
        }
    }
    return words;
}

// As many words a request as it holds, one a line.
static int collect_mentions(struct exporting *exporting, const char *id, const json_t *records, json_t *rows)
{
    char lines[WORDS_BYTES] = "";
    size_t used = 0, count = 0;
    const char *word;
    json_t *words = words_of(id, records), *unused;
    int code = VERB_DONE;
    json_object_foreach (words, word, unused) {
        size_t length = strlen(word);
        if (length == 0 || length + 2 > sizeof lines)
            continue;
        if (used + length + 2 > sizeof lines || count == WORDS_MAX) {
            code = code == VERB_DONE ? add_mentions(exporting, id, lines, rows) : code;
            used = count = 0;
        }
        used += (size_t)snprintf(lines + used, sizeof lines - used, "%s%s", count > 0 ? "\n" : "", word);
        count++;
    }
    json_decref(words);
    return code == VERB_DONE && count > 0 ? add_mentions(exporting, id, lines, rows) : code;
}

// All pages of one process about one id, as {"process":..., "customerId":..., "rows":[...], "records":[...]}.
static int collect(struct exporting *exporting, const char *service, unsigned which, const char *id, json_t *list)
{
    char name[LANE_NAME_BYTES], row[NUMBER_BYTES] = "0", seq[NUMBER_BYTES] = "0";
    json_t *rows = json_array(), *records = json_array();
    int code = VERB_DONE;
    bool more = true;
    for (int i = 0; i < PAGES_MAX && more && code == VERB_DONE; i++) {
        char target[VERB_TARGET_BYTES];
        json_t *page = NULL;
        verb_write_target(target, "GET /v1/export/", id, "");
        verb_add_parameter(target, "row", row);
        verb_add_parameter(target, "seq", seq);
        code = verb_ask_process(exporting->call, service, which, target, &page);
        json_array_extend(rows, json_object_get(page, "rows"));
        json_array_extend(records, json_object_get(page, "records"));
        more = json_object_get(page, "next") != NULL;
        snprintf(row, sizeof row, "%lld", (long long)next_of(page, "row"));
        snprintf(seq, sizeof seq, "%lld", (long long)next_of(page, "seq"));
        json_decref(page);
    }
    if (code == VERB_DONE && strcmp(service, "ingest") == 0)
        code = collect_mentions(exporting, id, records, rows);
    lane_name(service, (struct lane){which, settings_processes(&exporting->call->settings, service)}, name);
    exporting->rows += json_array_size(rows);
    exporting->records += json_array_size(records);
    json_array_append_new(
        list, json_pack("{s:s,s:s,s:o,s:o}", "process", name, "customerId", id, "rows", rows, "records", records));
    return code;
}

static int collect_all(struct exporting *exporting, const char *id)
{
    json_t *list = json_object_get(exporting->document, "held");
    int code = VERB_DONE;
    for (size_t i = 0; i < sizeof services / sizeof *services && code == VERB_DONE; i++)
        for (unsigned which = 0; which < settings_processes(&exporting->call->settings, services[i]); which++) {
            code = collect(exporting, services[i], which, id, list);
            if (code != VERB_DONE)
                break; // an export that lacks something is none
        }
    return code;
}

// Whoever is one person with the customer since they were merged, or a guest of the same address or number; the
// customer too. It is who would be erased together.
static int list_ids(struct exporting *exporting, const char *id)
{
    char target[VERB_TARGET_BYTES];
    json_t *with = NULL, *other;
    size_t i;
    verb_write_target(target, "GET /v1/erasures/", id, "/with");
    int code = verb_ask(exporting->call, "ingest", target, &with);
    json_t *ids = json_pack("[s]", id);
    json_array_foreach (json_object_get(with, "customerIds"), i, other)
        if (json_is_string(other) && strcmp(json_string_value(other), id) != 0)
            json_array_append(ids, other);
    json_object_set_new(exporting->document, "customerIds", ids);
    json_decref(with);
    return code;
}

static json_t *begin(const char *id)
{
    char made[STAMP_TEXT_BYTES];
    struct clock *clock = clock_open();
    const struct passwd *user = getpwuid(getuid());
    stamp_print(clock_wall_ms(clock) / 1000, 0, made);
    clock_close(&clock);
    json_t *document = json_pack("{s:s,s:s,s:s,s:i,s:[]}", "customerId", id, "made", made, "by",
                                 user != NULL ? user->pw_name : "somebody", "format", 1, "held");
    must(document != NULL);
    return document;
}

// Only its owner may read it: it is all about a person. Written aside, so that a half is never met.
static int write_file(const json_t *document, const char *path)
{
    char aside[PATH_BYTES];
    if (snprintf(aside, sizeof aside, "%s.part", path) >= (int)sizeof aside) {
        fprintf(stderr, "tend export: the path is too long\n");
        return VERB_USAGE;
    }
    mode_t mask = umask(077);
    bool good = json_dump_file(document, aside, JSON_INDENT(1)) == 0 && rename(aside, path) == 0;
    umask(mask);
    if (!good)
        fprintf(stderr, "tend export: %s cannot be written: %s\n", path, strerror(errno));
    return good ? VERB_DONE : VERB_PROBLEM;
}

static int finish(const struct exporting *exporting)
{
    const char *path = verb_value(exporting->call, "out");
    if (path == NULL) {
        json_dumpf(exporting->document, stdout, exporting->call->json ? JSON_COMPACT : JSON_INDENT(1));
        putchar('\n');
        return VERB_DONE;
    }
    int code = write_file(exporting->document, path);
    if (code == VERB_DONE)
        fprintf(stderr,
                "%s: %llu rows and %llu journal records. What left in messages to reps and what is in backups "
                "is not in it\n",
                path, exporting->rows, exporting->records);
    return code;
}

int verb_export(struct verb_call *call)
{
    const char *id = call->arguments[0];
    struct exporting exporting = {.call = call, .document = begin(id)};
    size_t i;
    json_t *one;
    int code = list_ids(&exporting, id);
    json_t *ids = json_object_get(exporting.document, "customerIds");
    json_array_foreach (ids, i, one)
        if (code == VERB_DONE)
            code = collect_all(&exporting, json_string_value(one));
    if (code == VERB_DONE && exporting.rows + exporting.records == 0) {
        fprintf(stderr, "tend export: nobody holds anything about \"%s\"\n", id);
        code = VERB_PROBLEM;
    } else if (code == VERB_DONE) {
        code = finish(&exporting);
    }
    json_decref(exporting.document);
    return code;
}
