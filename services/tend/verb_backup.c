// `tend backup`, `tend verify`, `tend restore`: the stores of all services as of one moment, put away, looked through,
// and put back.
#include "common/clock.h"
#include "common/stamp.h"
#include "services/tend/backups.h"
#include "services/tend/erasedsince.h"
#include "services/tend/restore.h"
#include "services/tend/verb.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SENTENCE_BYTES = 1300, TYPED_BYTES = 600 };

static double mebibytes(uint64_t bytes)
{
    return (double)bytes / 1048576.0;
}

static json_t *json_of(const struct backup_report *report)
{
    char made[STAMP_TEXT_BYTES] = "";
    if (report->made_ms > 0)
        stamp_print(report->made_ms / 1000, (int32_t)(report->made_ms % 1000) * 1000000, made);
    return json_pack("{s:s,s:i,s:I,s:I,s:I,s:I}", "made", made, "stores", (int)report->stores, "rows",
                     (json_int_t)report->rows, "records", (json_int_t)report->records, "bytes",
                     (json_int_t)report->bytes, "grownBytes", (json_int_t)report->grown_bytes);
}

// Says how it ended, and returns how it ended.
static int tell(const struct verb_call *call, int code, const char *error, const struct backup_report *report)
{
    if (code != VERB_DONE)
        fprintf(stderr, "tend %s: %s\n", call->verb->name, error);
    if (!call->json || code != VERB_DONE)
        return code;
    json_t *json = json_of(report);
    verb_print_json(json);
    json_decref(json);
    return code;
}

int verb_backup(struct verb_call *call)
{
    char error[SENTENCE_BYTES] = "";
    struct backup_report report = {.stores = 0};
    struct clock *clock = clock_open();
    int64_t began_us = clock_boot_us(clock);
    int code = backup_make(&call->settings, call->arguments[0], clock, call->json ? NULL : stderr, &report, error,
                           sizeof error);
    double seconds = (double)(clock_boot_us(clock) - began_us) / 1e6;
    clock_close(&clock);
    code = tell(call, code, error, &report);
    if (call->json || code != VERB_DONE)
        return code;
    printf("%s holds %u stores as of one moment, %.1f MiB: %" PRIu64 " rows and %" PRIu64
           " journal records, written and read back in %.1f s\n",
           call->arguments[0], report.stores, mebibytes(report.bytes), report.rows, report.records, seconds);
    if (report.grown_bytes > 0)
        printf("the services went on meanwhile; their stores grew by %.1f MiB, which are used again\n",
               mebibytes(report.grown_bytes));
    printf("configuration and secrets are not in it. To look at it again: tend verify %s\n", call->arguments[0]);
    (void)backups_tell_broken(call->settings.data_dir, call->arguments[0], stdout);
    return code;
}

int verb_verify(struct verb_call *call)
{
    char error[SENTENCE_BYTES] = "", made[STAMP_TEXT_BYTES] = "";
    struct backup_report report = {.stores = 0};
    bool live = call->argument_count == 0;
    const char *where = live ? call->settings.data_dir : call->arguments[0];
    int code = live ? backup_check_live(&call->settings, &report, error, sizeof error)
                    : backup_check(&call->settings, where, &report, error, sizeof error);
    code = tell(call, code, error, &report);
    if (call->json || code != VERB_DONE)
        return code;
    printf("%s is good: %u stores, %.1f MiB, %" PRIu64 " rows read, %" PRIu64
           " journal records with their hashes, and each service stands at a place of the journal before it\n",
           where, report.stores, mebibytes(report.bytes), report.rows, report.records);
    if (report.made_ms > 0) {
        stamp_print(report.made_ms / 1000, 0, made);
        printf("it is as of %s\n", made);
    }
    (void)backups_tell_broken(call->settings.data_dir, live ? NULL : where, stdout);
    return code;
}

// What is replaced is gone, so the name is typed and not a "y".
static bool is_meant(const struct verb_call *call)
{
    char typed[TYPED_BYTES] = "";
    const char *name = call->settings.data_dir;
    fprintf(stderr, "what is in %s now will be gone. Type the name of this folder to go on: ", name);
    if (fgets(typed, sizeof typed, stdin) == NULL)
        typed[0] = '\0';
    typed[strcspn(typed, "\n")] = '\0';
    return strcmp(typed, name) == 0;
}

// Who is there again and must not be.
static void say_erased(const struct erasedsince *erased)
{
    if (!erased->known)
        printf("  3. erase again who was erased since: tend erase ID\n");
    else if (erased->count == 0)
        printf("  3. the stores that were replaced know of nobody who was erased since\n");
    else
        printf("  3. erase again who was erased since (tend erase ID):\n");
    for (const char *at = erased->ids; at != NULL && *at != '\0'; at += strcspn(at, "\n") + 1)
        printf("       tend erase %.*s\n", (int)strcspn(at, "\n"), at);
    if (erased->nameless > 0)
        printf("       and %u more, whose ids are not kept, since they were personal\n", erased->nameless);
}

static void say_next(const struct verb_call *call, const struct backup_report *report, const struct erasedsince *erased)
{
    char made[STAMP_TEXT_BYTES] = "";
    stamp_print(report->made_ms / 1000, 0, made);
    printf("%s is as it was at %s: %u stores\n", call->settings.data_dir, made, report->stores);
    printf("what happened since is not in it. Next:\n"
           "  1. start the services. Notifier holds everything, since what waits there may have been sent\n"
           "  2. let apps send again what they sent since (or tend import): what is known changes nothing\n");
    say_erased(erased);
    printf("  4. look at tend messages --state held, then tend release\n");
}

int verb_restore(struct verb_call *call)
{
    char error[SENTENCE_BYTES] = "", name[LANE_NAME_BYTES];
    long owner = 0;
    struct backup_report report = {.stores = 0};
    bool replace = verb_value(call, "replace") != NULL;
    if (restore_finds_owner(&call->settings, name, &owner)) {
        fprintf(stderr, "tend restore: %s runs (process %ld): stop the services first\n", name, owner);
        return VERB_IN_USE;
    }
    if (replace && restore_finds_stores(&call->settings) && !is_meant(call)) {
        fprintf(stderr, "tend restore: that is not its name; nothing was done\n");
        return VERB_USAGE;
    }
    struct erasedsince erased = {.known = false};
    int64_t made_ms = 0;
    if (manifest_moment(call->arguments[0], &made_ms))
        erasedsince_read(&call->settings, made_ms, &erased);
    int code = restore_run(&call->settings, call->arguments[0], replace, &report, error, sizeof error);
    code = tell(call, code, error, &report);
    if (!call->json && code == VERB_DONE)
        say_next(call, &report, &erased);
    erasedsince_close(&erased);
    return code;
}
