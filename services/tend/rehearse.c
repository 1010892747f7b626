#include "services/tend/rehearse.h"

#include "common/calendar.h"
#include "common/must.h"
#include "common/zone.h"
#include "services/notifier/options.h"
#include "services/scheduler/options.h"
#include "services/tend/highlights.h"
#include "services/tend/pipeline.h"
#include "services/tend/rehearse_files.h"
#include "services/tend/rehearse_report.h"
#include "tend/v1/journal.pb-c.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    WINDOW_MS = 60000, // events within a minute are handed in together, as an app's feed would
    BATCH = 500,
    PATH_BYTES = 600,
    PROGRESS_EVENTS = 2000,
    REFUSALS_SHOWN = 20,
    DAY_MS = 86400000,
    MINUTE_MS = 60000,
};

struct rehearsal {
    const struct rehearse_options *options;
    struct pipeline *pipeline;
    struct rehearse_counts counts;
    int64_t start_ms;
    char *error;
    struct zone *zone; // of the configuration, whose months are looked back on
    struct recount *recount;
    int64_t month_end_ms; // the next one
    FILE *refusals;       // what ingest did not take, for the summary
    char *refusals_text;
    size_t refusals_bytes;
};

static bool fail(struct rehearsal *rehearsal, const char *what, const char *why)
{
    snprintf(rehearsal->error, REHEARSE_ERROR_BYTES, "%s: %s", what, why);
    return false;
}

// Every message goes into a file of its rep, whatever chat it would have gone to. Nothing leaves the machine. The files
// lie beside the throwaway stores, `ret_folder` (PATH_BYTES), until they are arranged.
static void divert_messages(const char *stores, char *ret_folder)
{
    static char folder[PATH_BYTES];
    static struct channel_options channel;
    struct notifier_options *options = (struct notifier_options *)(uintptr_t)pipeline_setups[PLACE_NOTIFIER]->options;
    snprintf(ret_folder, PATH_BYTES, "%s/messages", stores);
    snprintf(folder, sizeof folder, "%s/messages/", stores);
    channel = (struct channel_options){.name = "rehearsal",
                                       .type = CHANNEL_TYPE_FILE,
                                       .url_file = "",
                                       .secret_file = "",
                                       .token_file = "",
                                       .verify_file = "",
                                       .unlock_file = "",
                                       .app = "",
                                       .agent = "",
                                       .file = folder,
                                       .to = "",
                                       .rate = "1000/1m",
                                       .keyword = "",
                                       .language = "",
                                       .connect_to = "",
                                       .ca_file = "",
                                       .unsynced = true};
    options->channels = &channel;
    options->channel_count = 1;
    options->default_channel = "rehearsal";
    options->public_url = ""; // links would lead to nothing, and be others each time
    options->alarm = (struct alarm_options){"", ""};
    struct person_options *people = (struct person_options *)(uintptr_t)options->people;
    for (size_t i = 0; i < options->person_count; i++)
        people[i].channel = "";
}

// An event as it is replayed: a rep's own chat is not there in a rehearsal, and what happened before it starts builds
// state and alerts nobody.
static ProtobufCBinaryData adapt(const Tend__V1__Event *event, ProtobufCBinaryData packed, bool before,
                                 struct arena *arena)
{
    bool channel = event->body_case == TEND__V1__EVENT__BODY_REP_UPSERTED && event->rep_upserted->channel[0] != '\0';
    if (!channel && !before)
        return packed;
    static char none[] = "";
    Tend__V1__RepUpserted rep;
    Tend__V1__Event copy = *event;
    copy.historical = copy.historical || before;
    if (channel) {
        rep = *event->rep_upserted;
        rep.channel = none;
        copy.rep_upserted = &rep;
    }
    ProtobufCBinaryData changed = {.len = tend__v1__event__get_packed_size(&copy)};
    changed.data = arena_take(arena, changed.len + 1);
    tend__v1__event__pack(&copy, changed.data);
    return changed;
}

static void count_answer(struct rehearsal *rehearsal, const struct reply *reply)
{
    Tend__V1__EventResults *results = NULL;
    if (reply->status == 200)
        results = tend__v1__event_results__unpack(NULL, reply->length, (const uint8_t *)reply->body);
    must(results != NULL);
    rehearsal->counts.refused += results->refused;
    for (size_t i = 0; i < results->n_results; i++)
        if (results->results[i]->field[0] != '\0' && rehearsal->counts.refused <= REFUSALS_SHOWN)
            fprintf(rehearsal->refusals, "refused: %s: %s: %s\n", results->results[i]->id, results->results[i]->field,
                    results->results[i]->reason);
    tend__v1__event_results__free_unpacked(results, NULL);
}

static int32_t day_of(const struct rehearsal *rehearsal, int64_t time_ms)
{
    return zone_local(rehearsal->zone, time_ms / 1000).day;
}

// The first day of the month that this day lies in, or of the one after.
static int32_t month_first(int32_t day, int32_t months_later)
{
    struct date date = day_date(day);
    date.day = 1;
    date.month = (int8_t)(date.month + months_later);
    if (date.month > 12) {
        date.month = 1;
        date.year++;
    }
    return day_from_date(date);
}

// The last minute of the month that the moment lies in.
static int64_t month_end(const struct rehearsal *rehearsal, int64_t time_ms)
{
    return zone_instant(rehearsal->zone, month_first(day_of(rehearsal, time_ms), 1), 0) * 1000 - MINUTE_MS;
}

// Lets time go on, and looks back on each month in its last minute.
static bool go_on(struct rehearsal *rehearsal, int64_t until_ms)
{
    bool good = true;
    while (good && rehearsal->month_end_ms <= until_ms) {
        int64_t end_ms = rehearsal->month_end_ms;
        int32_t first = month_first(day_of(rehearsal, end_ms), 0);
        good = pipeline_until(rehearsal->pipeline, end_ms);
        if (good)
            recount_month_over(rehearsal->recount, rehearsal->pipeline, first,
                               day_of(rehearsal, rehearsal->start_ms) <= first);
        rehearsal->month_end_ms = month_end(rehearsal, end_ms + MINUTE_MS);
    }
    return good && pipeline_until(rehearsal->pipeline, until_ms);
}

// Hands in the events of the next minute. False when something stopped.
static bool feed(struct rehearsal *rehearsal, int64_t first_ms, struct arena *arena)
{
    arena_reset(arena);
    Tend__V1__EventBatch batch = TEND__V1__EVENT_BATCH__INIT;
    batch.events = arena_take(arena, BATCH * sizeof *batch.events);
    int64_t start_ms = rehearsal->start_ms, last_ms = first_ms, next_ms;
    int64_t until_ms = first_ms < start_ms ? start_ms : first_ms + WINDOW_MS;
    while (batch.n_events < BATCH && timeline_peek(rehearsal->options->timeline, &next_ms) && next_ms < until_ms) {
        const Tend__V1__Event *event;
        ProtobufCBinaryData packed;
        timeline_next(rehearsal->options->timeline, &event, &packed);
        recount_hear(rehearsal->recount, event);
        batch.events[batch.n_events++] = adapt(event, packed, next_ms < start_ms, arena);
        last_ms = next_ms;
    }
    rehearsal->counts.events += batch.n_events;
    size_t length = tend__v1__event_batch__get_packed_size(&batch);
    uint8_t *bytes = arena_take(arena, length + 1);
    tend__v1__event_batch__pack(&batch, bytes);
    struct reply reply;
    bool good = go_on(rehearsal, last_ms) && pipeline_post(rehearsal->pipeline, PLACE_INGEST, "/v1/events",
                                                           "application/x-protobuf", bytes, length, &reply);
    if (good)
        count_answer(rehearsal, &reply);
    return good || fail(rehearsal, "a service stopped", pipeline_trouble(rehearsal->pipeline));
}

static void show_progress(const struct rehearsal *rehearsal, size_t all)
{
    if (rehearsal->options->progress == NULL || rehearsal->counts.events % PROGRESS_EVENTS > BATCH)
        return;
    fprintf(rehearsal->options->progress, "\r%llu of %zu events replayed", (unsigned long long)rehearsal->counts.events,
            all);
    fflush(rehearsal->options->progress);
}

// Orders that count as 0 for want of an exchange rate would make every figure wrong without a word.
static uint64_t count_without_rate(struct rehearsal *rehearsal)
{
    struct reply reply;
    pipeline_get(rehearsal->pipeline, PLACE_SCORING, "/v1/summary", &reply);
    json_t *summary = json_loadb(reply.body, reply.length, 0, NULL);
    json_int_t count = json_integer_value(json_object_get(summary, "ordersWithoutRate"));
    json_decref(summary);
    return count > 0 ? (uint64_t)count : 0;
}

// A file of the report, written by `write`.
static bool write_file(struct rehearsal *rehearsal, const char *name, const struct rehearse_report *report,
                       void (*write)(FILE *out, const struct rehearse_report *report), const char *more)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", rehearsal->options->out, name);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return fail(rehearsal, path, strerror(errno));
    write(file, report);
    if (more[0] != '\0')
        fprintf(file, "\n%s", more);
    bool good = ferror(file) == 0;
    good = fclose(file) == 0 && good;
    return good || fail(rehearsal, path, strerror(errno));
}

static bool write_report(struct rehearsal *rehearsal, const char *messages)
{
    const struct rehearse_options *options = rehearsal->options;
    const struct scheduler_options *rules = pipeline_setups[PLACE_SCHEDULER]->options;
    // What happened in the month that was not over yet.
    int32_t last = day_of(rehearsal, options->to_ms - 1), first = month_first(last, 0);
    if (month_end(rehearsal, options->to_ms - 1) > options->to_ms)
        recount_month_over(rehearsal->recount, rehearsal->pipeline, first, false);
    recount_read(rehearsal->recount, rehearsal->pipeline, &rules->rules.breach, options->to_ms);
    rehearsal->counts.without_rate = count_without_rate(rehearsal);
    rehearsal->counts.messages = rehearsal->recount->messages;
    rehearsal->counts.reps = rehearsal->recount->rep_count;
    struct rehearse_report report = {.recount = rehearsal->recount,
                                     .from_day = day_of(rehearsal, rehearsal->start_ms),
                                     .to_day = last,
                                     .events = rehearsal->counts.events,
                                     .refused = rehearsal->counts.refused,
                                     .without_rate = rehearsal->counts.without_rate,
                                     .language = options->language};
    fflush(rehearsal->refusals);
    return rehearse_files_write(messages, options->out, rehearsal->recount, rehearsal->error, REHEARSE_ERROR_BYTES) &&
           write_file(rehearsal, "summary.txt", &report, rehearse_text, rehearsal->refusals_text) &&
           write_file(rehearsal, "summary.html", &report, rehearse_page, "");
}

static bool replay(struct rehearsal *rehearsal)
{
    struct timeline *timeline = rehearsal->options->timeline;
    struct arena *arena = arena_open(1024 * 1024, 64 * 1024 * 1024);
    size_t all = timeline_count(timeline);
    int64_t next_ms;
    bool good = true;
    while (good && timeline_peek(timeline, &next_ms) && next_ms <= rehearsal->options->to_ms) {
        good = feed(rehearsal, next_ms, arena);
        show_progress(rehearsal, all);
    }
    if (good && !go_on(rehearsal, rehearsal->options->to_ms))
        good = fail(rehearsal, "a service stopped", pipeline_trouble(rehearsal->pipeline));
    if (rehearsal->options->progress != NULL)
        fprintf(rehearsal->options->progress, "\r%llu events replayed          \n",
                (unsigned long long)rehearsal->counts.events);
    arena_close(&arena);
    return good;
}

static bool write_highlights(struct rehearsal *rehearsal)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/highlights.txt", rehearsal->options->out);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return fail(rehearsal, path, strerror(errno));
    struct highlights_counts counts;
    highlights_write(rehearsal->pipeline, file, &counts);
    return fclose(file) == 0 || fail(rehearsal, path, strerror(errno));
}

static bool open_all(struct rehearsal *rehearsal, char *ret_messages)
{
    const struct rehearse_options *options = rehearsal->options;
    if (mkdir(options->out, 0755) != 0 && errno != EEXIST)
        return fail(rehearsal, options->out, strerror(errno));
    if (!zone_open(ZONE_DIRECTORIES, options->settings->time_zone, &rehearsal->zone))
        return fail(rehearsal, options->settings->time_zone, "there is no such time zone");
    rehearsal->refusals = open_memstream(&rehearsal->refusals_text, &rehearsal->refusals_bytes);
    must(rehearsal->refusals != NULL);
    rehearsal->month_end_ms = month_end(rehearsal, rehearsal->start_ms);
    rehearsal->recount = recount_open(options->settings->time_zone);
    divert_messages(options->folder, ret_messages);
    rehearsal->pipeline =
        pipeline_open(options->settings, options->folder, rehearsal->start_ms, rehearsal->error, REHEARSE_ERROR_BYTES);
    return rehearsal->pipeline != NULL;
}

bool rehearse_run(const struct rehearse_options *options, char *ret_error, struct rehearse_counts *ret_counts)
{
    struct rehearsal rehearsal = {.options = options, .error = ret_error};
    int64_t first_ms = timeline_first_ms(options->timeline) / DAY_MS * DAY_MS;
    rehearsal.start_ms = options->from_ms > first_ms ? options->from_ms : first_ms;
    rehearsal.counts.days = (uint64_t)((options->to_ms - rehearsal.start_ms) / DAY_MS);
    char messages[PATH_BYTES];
    bool good = open_all(&rehearsal, messages) && replay(&rehearsal) && write_highlights(&rehearsal) &&
                write_report(&rehearsal, messages);
    pipeline_close(&rehearsal.pipeline);
    recount_close(&rehearsal.recount);
    zone_close(&rehearsal.zone);
    if (rehearsal.refusals != NULL)
        fclose(rehearsal.refusals);
    free(rehearsal.refusals_text);
    *ret_counts = rehearsal.counts;
    return good;
}
