// `tend rehearse`: files in, what each rep would have received out.
#include "common/calendar.h"
#include "common/must.h"
#include "common/zone.h"
#include "services/tend/figures.h"
#include "services/tend/guess.h"
#include "services/tend/rehearse.h"
#include "services/tend/screen.h"
#include "services/tend/verb.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES_MAX = 32, DAY_MS = 86400000 };

static void tell_problem(void *self, const char *path, const struct import_item *item)
{
    int *told = self;
    if (++*told <= 20)
        fprintf(stderr, "%s:%llu: %s%s%s\n", path, (unsigned long long)item->line,
                item->column != NULL ? item->column : "", item->column != NULL ? ": " : "", item->reason);
    else if (*told == 21)
        fprintf(stderr, "further rows that were left out are not shown\n");
}

// The first moment of the day after (or of) a local date; INT64_MIN when the text is no date.
static int64_t moment_of(const struct settings *settings, const char *text, int days)
{
    int32_t day;
    struct zone *zone = NULL;
    if (!day_parse(text, strlen(text), &day) || !zone_open(ZONE_DIRECTORIES, settings->time_zone, &zone))
        return INT64_MIN;
    int64_t ms = zone_instant(zone, day + days, 0) * 1000;
    zone_close(&zone);
    return ms;
}

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *place)
{
    (void)facts;
    (void)type;
    (void)place;
    return remove(path);
}

static bool open_files(struct verb_call *call, struct map *map, struct timeline **ret_timeline, char *error)
{
    struct import_options files[FILES_MAX];
    size_t count = (size_t)call->argument_count;
    if (count > FILES_MAX) {
        snprintf(error, IMPORT_ERROR_BYTES, "at most %d files", FILES_MAX);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        files[i] = (struct import_options){.path = call->arguments[i],
                                           .map = map,
                                           .zone = call->settings.time_zone,
                                           .currency = call->settings.currency,
                                           .undated_ms = IMPORT_FILE_TIME};
        if (!guess_kind(call->arguments[i], map, error, &files[i].kind))
            return false;
    }
    static int told;
    struct timeline_listener listener = {.problem = tell_problem, .self = &told};
    return timeline_open(files, count, &listener, error, ret_timeline);
}

// That something lies between --from and --to; else says what is wrong.
static bool days_good(const struct verb_call *call, const struct timeline *timeline,
                      const struct rehearse_options *options)
{
    const char *from = verb_value(call, "from"), *to = verb_value(call, "to");
    int64_t first_ms = timeline_first_ms(timeline), last_ms = timeline_last_ms(timeline);
    char first[FIGURES_BYTES] = "", last[FIGURES_BYTES] = "";
    struct figures figures;
    if (from != NULL && to != NULL && options->from_ms >= options->to_ms) {
        fprintf(stderr, "tend rehearse: --from %s comes after --to %s\n", from, to);
        return false;
    }
    if (options->from_ms <= last_ms && options->to_ms > first_ms)
        return true;
    figures_open(call->settings.time_zone, &figures);
    fprintf(stderr, "tend rehearse: nothing happened %s %s: the files reach from %s to %s\n",
            options->from_ms > last_ms ? "from" : "up to", options->from_ms > last_ms ? from : to,
            figures_instant(&figures, first_ms, first), figures_instant(&figures, last_ms, last));
    figures_close(&figures);
    return false;
}

static int run(struct verb_call *call, struct timeline *timeline, const char *out, enum wording_language language)
{
    char folder[] = "/tmp/tend-rehearse-XXXXXX", error[REHEARSE_ERROR_BYTES] = "";
    const char *from = verb_value(call, "from"), *to = verb_value(call, "to");
    int64_t last_ms = timeline_last_ms(timeline);
    struct rehearse_options options = {
        .settings = &call->settings,
        .timeline = timeline,
        .out = out,
        .from_ms = from != NULL ? moment_of(&call->settings, from, 0) : 0,
        // To the end of the last day, so that its list and alerts are told.
        .to_ms = to != NULL ? moment_of(&call->settings, to, 1) : last_ms - last_ms % DAY_MS + DAY_MS,
        .progress = isatty(STDERR_FILENO) ? stderr : NULL,
        .language = language,
    };
    if (options.from_ms == INT64_MIN || options.to_ms == INT64_MIN) {
        fprintf(stderr, "tend rehearse: --from and --to are days, 2026-05-17\n");
        return VERB_USAGE;
    }
    if (!days_good(call, timeline, &options))
        return VERB_USAGE;
    must(mkdtemp(folder) != NULL);
    options.folder = folder;
    struct rehearse_counts counts;
    bool good = rehearse_run(&options, error, &counts);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (!good) {
        fprintf(stderr, "tend rehearse: %s\n", error);
        return VERB_PROBLEM;
    }
    if (call->json)
        printf("{\"events\":%llu,\"refused\":%llu,\"days\":%llu,\"messages\":%llu,\"out\":\"%s\"}\n",
               (unsigned long long)counts.events, (unsigned long long)counts.refused, (unsigned long long)counts.days,
               (unsigned long long)counts.messages, out);
    else
        printf("%llu events over %llu days replayed, %llu refused, %llu messages: %s has a file for each rep,\n"
               "highlights.txt with one message of each kind, and summary.txt and summary.html with the totals\n",
               (unsigned long long)counts.events, (unsigned long long)counts.days, (unsigned long long)counts.refused,
               (unsigned long long)counts.messages, out);
    if (counts.messages == 0 && counts.reps == 0)
        fprintf(stderr, "no message was written, because no rep is known: replay a file of reps too (a name with reps "
                        "in it), name the rep's column in --map, or set scheduler.default_rep in the configuration\n");
    if (counts.without_rate > 0)
        fprintf(
            stderr,
            "%llu orders count as 0: their currency has no exchange rate to %s (common.rates in the configuration)\n",
            (unsigned long long)counts.without_rate, call->settings.currency);
    return counts.refused == 0 && (counts.messages > 0 || counts.reps > 0) ? VERB_DONE : VERB_PROBLEM;
}

int verb_rehearse(struct verb_call *call)
{
    const char *out = verb_value(call, "out") != NULL ? verb_value(call, "out") : "rehearsal";
    const char *language = verb_value(call, "lang");
    struct screen screen;
    screen_find(&screen);
    if (language != NULL && !wording_parse(language, &screen.language)) {
        fprintf(stderr, "tend rehearse: --lang is en or zh-CN, not \"%s\"\n", language);
        return VERB_USAGE;
    }
    char error[IMPORT_ERROR_BYTES] = "";
    struct map *map = NULL;
    struct timeline *timeline = NULL;
    bool opened = verb_value(call, "map") == NULL || map_open(verb_value(call, "map"), error, &map);
    opened = opened && open_files(call, map, &timeline, error);
    int code = VERB_USAGE;
    if (!opened)
        fprintf(stderr, "%s\n", error);
    else if (timeline_count(timeline) == 0)
        fprintf(stderr, "tend rehearse: the files hold no event\n");
    else
        code = run(call, timeline, out, screen.language);
    timeline_close(&timeline);
    map_close(&map);
    return code;
}
