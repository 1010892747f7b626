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
