// `tend rescore`: who would move, and why, before a changed configuration of scoring takes effect.
#include "common/clock.h"
#include "services/scoring/scoring.h"
#include "services/tend/pipeline.h"
#include "services/tend/rescore.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOLDER_BYTES = 600, LIMIT_USUAL = 30, LIMIT_MOST = 100000 };

static bool read_limit(const struct verb_call *call, size_t *ret_limit)
{
    const char *limit = verb_value(call, "limit");
    *ret_limit = LIMIT_USUAL;
    if (limit == NULL)
        return true;
    if (limit[0] == '\0' || strspn(limit, "0123456789") != strlen(limit) || strlen(limit) > 6 ||
        strtoul(limit, NULL, 10) > LIMIT_MOST) {
        fprintf(stderr, "tend rescore: --limit is a number up to %d, not \"%s\"\n", LIMIT_MOST, limit);
        return false;
    }
    *ret_limit = strtoul(limit, NULL, 10);
    return true;
}

// The folder of the one process of scoring. False, said on standard error, when there is none or there are several.
static bool find_folder(const struct verb_call *call, char *ret_folder)
{
    const char *data = verb_value(call, "data") != NULL ? verb_value(call, "data") : call->settings.data_dir;
    char several[FOLDER_BYTES + 16];
    snprintf(several, sizeof several, "%s/scoring-0", data);
    int length = snprintf(ret_folder, FOLDER_BYTES, "%s/scoring", data);
    if (length >= FOLDER_BYTES) {
        fprintf(stderr, "tend rescore: the path of the data is too long\n");
        return false;
    }
    if (access(ret_folder, F_OK) == 0)
        return true;
    if (access(several, F_OK) == 0)
        fprintf(stderr,
                "tend rescore: scoring runs as several processes in %s; a look at other rules needs all customers in "
                "one store\n",
                data);
    else
        fprintf(stderr, "tend rescore: there is no %s: run it where the services keep their data, or say --data DIR\n",
                ret_folder);
    return false;
}

// What common rules the configuration changes is not looked at, and must not pass unsaid.
static void warn_of_common(const struct verb_call *call, const struct preview_frame *frame)
{
    if (frame->customers == 0)
        return;
    if (strcmp(call->settings.currency, frame->currency) != 0 ||
        strcmp(call->settings.time_zone, frame->time_zone) != 0)
        fprintf(stderr,
                "tend rescore: amounts and days are looked at in %s and %s, which are in force; what changes under "
                "common: takes effect when ingest starts with it\n",
                frame->currency, frame->time_zone);
}

static int look(struct verb_call *call, const char *folder, struct scoring *scoring, size_t limit)
{
    char error[RESCORE_ERROR_BYTES];
    struct rescore *rescore = NULL;
    struct clock *clock = clock_open();
    int64_t now_ms = clock_wall_ms(clock);
    clock_close(&clock);
    if (!rescore_open(folder, scoring, now_ms, limit, error, &rescore)) {
        fprintf(stderr, "tend rescore: %s\n", error);
        return VERB_PROBLEM;
    }
    warn_of_common(call, rescore_frame(rescore));
    if (call->json) {
        json_t *json = rescore_json(rescore);
        verb_print_json(json);
        json_decref(json);
    } else {
        struct figures figures;
        figures_open(rescore_frame(rescore)->time_zone, &figures);
        rescore_print(stdout, rescore, &figures);
        figures_close(&figures);
    }
    rescore_close(&rescore);
    return VERB_DONE;
}

int verb_rescore(struct verb_call *call)
{
    char folder[FOLDER_BYTES], error[RESCORE_ERROR_BYTES] = "";
    size_t limit;
    if (verb_value(call, "dry-run") == NULL) {
        fprintf(stderr, "tend rescore: it only looks, so say --dry-run. To change the rules, start scoring with the "
                        "changed configuration: it judges everybody anew then, and tells what moves as history, so "
                        "nobody is alerted\n");
        return VERB_USAGE;
    }
    if (!read_limit(call, &limit))
        return VERB_USAGE;
    if (!find_folder(call, folder))
        return VERB_PROBLEM;
    const struct main_setup *setup = pipeline_setups[PLACE_SCORING];
    struct scoring *scoring = setup->open(&call->settings, setup->options, error, sizeof error);
    if (scoring == NULL) {
        fprintf(stderr, "tend rescore: scoring %s\n", error);
        return VERB_CONFIG;
    }
    int code = look(call, folder, scoring, limit);
    setup->close(scoring);
    return code;
}
