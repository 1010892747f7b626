#include "services/tend/rehearse.h"

#include "common/must.h"
#include "services/notifier/options.h"
#include "services/tend/highlights.h"
#include "services/tend/pipeline.h"
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
    DAY_MS = 86400000,
};

struct rehearsal {
    const struct rehearse_options *options;
    struct pipeline *pipeline;
    struct rehearse_counts counts;
    int64_t start_ms;
    char *error;
    FILE *summary;
};

static bool fail(struct rehearsal *rehearsal, const char *what, const char *why)
{
    snprintf(rehearsal->error, REHEARSE_ERROR_BYTES, "%s: %s", what, why);
    return false;
}

// Every message goes into a file of its rep, whatever chat it would have gone to. Nothing leaves the machine.
static void divert_messages(const char *out)
{
    static char folder[PATH_BYTES];
    static struct channel_options channel;
    struct notifier_options *options = (struct notifier_options *)(uintptr_t)pipeline_setups[PLACE_NOTIFIER]->options;
    snprintf(folder, sizeof folder, "%s/", out);
    channel = (struct channel_options){.name = "rehearsal",
                                       .type = CHANNEL_TYPE_FILE,
                                       .url_file = "",
                                       .secret_file = "",
                                       .token_file = "",
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
        if (results->results[i]->field[0] != '\0' && rehearsal->counts.refused <= 20)
            fprintf(rehearsal->summary, "refused: %s: %s: %s\n", results->results[i]->id, results->results[i]->field,
                    results->results[i]->reason);
    tend__v1__event_results__free_unpacked(results, NULL);
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
        batch.events[batch.n_events++] = adapt(event, packed, next_ms < start_ms, arena);
        last_ms = next_ms;
    }
    rehearsal->counts.events += batch.n_events;
    size_t length = tend__v1__event_batch__get_packed_size(&batch);
    uint8_t *bytes = arena_take(arena, length + 1);
    tend__v1__event_batch__pack(&batch, bytes);
    struct reply reply;
    bool good =
        pipeline_until(rehearsal->pipeline, last_ms) &&
        pipeline_post(rehearsal->pipeline, PLACE_INGEST, "/v1/events", "application/x-protobuf", bytes, length, &reply);
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

static void write_answer(struct rehearsal *rehearsal, const char *title, enum pipeline_place place, const char *target)
{
    struct reply reply;
    pipeline_get(rehearsal->pipeline, place, target, &reply);
    json_t *json = json_loadb(reply.body, reply.length, 0, NULL);
    char *text = json != NULL ? json_dumps(json, JSON_INDENT(1)) : NULL;
    fprintf(rehearsal->summary, "\n%s\n%s\n", title, text != NULL ? text : "(no answer)");
    free(text);
    json_decref(json);
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

static void write_summary(struct rehearsal *rehearsal)
{
    rehearsal->counts.without_rate = count_without_rate(rehearsal);
    fprintf(rehearsal->summary, "events %llu, refused %llu, days %llu, messages %llu\n",
            (unsigned long long)rehearsal->counts.events, (unsigned long long)rehearsal->counts.refused,
            (unsigned long long)rehearsal->counts.days, (unsigned long long)rehearsal->counts.messages);
    write_answer(rehearsal, "reminders and lists, by what became of them", PLACE_SCHEDULER, "/v1/totals");
    write_answer(rehearsal, "coverage this month", PLACE_SCHEDULER, "/v1/coverage");
    write_answer(rehearsal, "the book", PLACE_SCORING, "/v1/summary");
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
    if (good && !pipeline_until(rehearsal->pipeline, rehearsal->options->to_ms))
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
    rehearsal->counts.messages = counts.messages;
    return fclose(file) == 0 || fail(rehearsal, path, strerror(errno));
}

bool rehearse_run(const struct rehearse_options *options, char *ret_error, struct rehearse_counts *ret_counts)
{
    struct rehearsal rehearsal = {.options = options, .error = ret_error};
    int64_t first_ms = timeline_first_ms(options->timeline) / DAY_MS * DAY_MS;
    int64_t start_ms = options->from_ms > first_ms ? options->from_ms : first_ms;
    rehearsal.start_ms = start_ms;
    char path[PATH_BYTES];
    if (mkdir(options->out, 0755) != 0 && errno != EEXIST)
        return fail(&rehearsal, options->out, strerror(errno));
    snprintf(path, sizeof path, "%s/summary.txt", options->out);
    rehearsal.summary = fopen(path, "w");
    if (rehearsal.summary == NULL)
        return fail(&rehearsal, path, strerror(errno));
    divert_messages(options->out);
    rehearsal.pipeline = pipeline_open(options->settings, options->folder, start_ms, ret_error, REHEARSE_ERROR_BYTES);
    bool good = rehearsal.pipeline != NULL && replay(&rehearsal);
    rehearsal.counts.days = (uint64_t)((options->to_ms - start_ms) / DAY_MS);
    good = good && write_highlights(&rehearsal);
    if (good)
        write_summary(&rehearsal);
    pipeline_close(&rehearsal.pipeline);
    fclose(rehearsal.summary);
    *ret_counts = rehearsal.counts;
    return good;
}
