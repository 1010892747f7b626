// Random histories through the pipeline, on simulated time, and what came of them as files, for
// tests/check/recompute.py to compute the same from the events alone.
//
//     pipeline_recompute FOLDER SEED [PROCESSES [HISTORIES]]
//
// History I goes to FOLDER/I: events.jsonl (those that were accepted), settings.json, summaries.jsonl, of
// each process, cards.jsonl. The
// events arrive in random order; then time goes on, some more happens, and on again until the models were fitted to it.
#include "common/config_state.h"
#include "common/must.h"
#include "harness/ring.h"
#include "saga.h"
#include "services/scoring/scoring.h"
#include "whims.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// 2026-11-16, a Monday, 08:00 in Shanghai.
#define START INT64_C(1794787200000)
#define DAY INT64_C(86400000)
#define HOUR INT64_C(3600000)
#define AHEAD (20 * HOUR) // how far ahead an event may be dated, and be taken

enum {
    BATCH = 40,
    PATH_BYTES = 600,
    TARGET_BYTES = 200,
    REST_DAYS = 3,
    FIT_DAYS = 9,
    FIT_WAITS = 40,
    FIT_WAIT_US = 1000
};

struct run {
    uint64_t seed;
    unsigned processes, customers;
    const char *out;
    char folder[FOLDER_BYTES];
    char text[WHIMS_BYTES];
    struct settings settings;
    struct config *config;
    struct pipeline *pipeline;
    int64_t now_ms;
    size_t refused;
    FILE *events;
};

static void fail(const struct run *run, const char *what)
{
    const char *why = run->pipeline != NULL ? pipeline_trouble(run->pipeline) : "";
    fprintf(stderr, "%s: %s %s\n", run->out, what, why);
    exit(1);
}

static FILE *create(const struct run *run, const char *name)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", run->out, name);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        fail(run, "cannot be written");
    return file;
}

static void open_run(struct run *run)
{
    struct config_section sections[PLACES];
    char error[PATH_BYTES];
    ring_sections(sections);
    folder_make(run->folder);
    whims_write(&run->seed, run->processes, run->folder, run->text);
    FILE *file = create(run, "tend.yaml");
    fputs(run->text, file);
    fclose(file);
    run->config = settings_read_text("tend.yaml", run->text, strlen(run->text), &run->settings, sections, PLACES);
    if (!config_good(run->config)) {
        config_errors_print(run->config, stderr);
        fail(run, "its tend.yaml is refused");
    }
    run->now_ms = START;
    run->pipeline = pipeline_open(&run->settings, run->folder, START, error, sizeof error);
    if (run->pipeline == NULL)
        fail(run, error);
    run->events = create(run, "events.jsonl");
}

static void close_run(struct run *run)
{
    fclose(run->events);
    pipeline_close(&run->pipeline);
    config_close(&run->config);
    folder_remove(run->folder);
}

static void go_on(struct run *run, int64_t until_ms)
{
    if (!pipeline_until(run->pipeline, until_ms))
        fail(run, "stopped");
    run->now_ms = until_ms;
}

// --- in

// Keeps what was accepted.
static void keep(struct run *run, const json_t *batch, const json_t *answer)
{
    json_t *results = json_object_get(answer, "results");
    for (size_t i = 0; i < json_array_size(batch); i++) {
        const char *field = json_string_value(json_object_get(json_array_get(results, i), "field"));
        if (field != NULL && field[0] != '\0') {
            run->refused++;
            continue;
        }
        must(json_dumpf(json_array_get(batch, i), run->events, JSON_COMPACT) == 0);
        fputc('\n', run->events);
    }
}

static void post(struct run *run, const json_t *batch, bool again)
{
    struct reply reply;
    char *body = json_dumps(batch, JSON_COMPACT);
    if (!pipeline_post(run->pipeline, PLACE_INGEST, "/v1/events", "application/json", body, strlen(body), &reply))
        fail(run, "stopped");
    json_t *answer = json_loadb(reply.body, reply.length, 0, NULL);
    if (reply.status != 200 || answer == NULL)
        fail(run, "ingest refuses a batch");
    if (!again)
        keep(run, batch, answer);
    json_decref(answer);
    free(body);
}

// Sends the events, a batch now and then, in their order; some batches twice.
static void send(struct run *run, json_t *events)
{
    size_t count = json_array_size(events);
    for (size_t at = 0; at < count;) {
        json_t *batch = json_array();
        size_t size = 1 + saga_random(&run->seed, BATCH);
        for (; size > 0 && at < count; size--)
            must(json_array_append(batch, json_array_get(events, at++)) == 0);
        post(run, batch, false);
        if (saga_chance(&run->seed, 10))
            post(run, batch, true);
        json_decref(batch);
        if (saga_chance(&run->seed, 30))
            go_on(run, run->now_ms + 1 + (int64_t)saga_random(&run->seed, (uint64_t)HOUR));
    }
    json_decref(events);
}

// --- out

static json_t *ask(struct run *run, unsigned which, const char *target)
{
    struct reply reply;
    pipeline_get_from(run->pipeline, PLACE_SCORING, which, target, &reply);
    return reply.status == 200 ? json_loadb(reply.body, reply.length, 0, NULL) : NULL;
}

static void dump(FILE *file, json_t *json)
{
    must(json != NULL && json_dumpf(json, file, JSON_COMPACT | JSON_SORT_KEYS) == 0);
    fputc('\n', file);
    json_decref(json);
}

static void write_settings(struct run *run)
{
    char *text = NULL, *rest = NULL;
    size_t length = 0;
    json_t *all = json_object(), *options = json_object(), *rates = json_array();
    FILE *memory = open_memstream(&text, &length), *file = create(run, "settings.json");
    must(memory != NULL);
    const struct main_setup *scoring = pipeline_setups[PLACE_SCORING];
    config_state_print(memory, scoring->keys, scoring->options);
    must(fclose(memory) == 0);
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        char *value = strstr(line, " = ");
        must(value != NULL);
        *value = '\0';
        must(json_object_set_new(options, line, json_string(value + 3)) == 0);
    }
    free(text);
    for (size_t i = 0; i < run->settings.rate_count; i++) {
        const struct settings_rate *rate = &run->settings.rates[i];
        json_t *row = json_pack("{s:s, s:i, s:I}", "currency", rate->currency, "fromDay", rate->from_day, "rateMicros",
                                (json_int_t)rate->rate_micros);
        must(row != NULL && json_array_append_new(rates, row) == 0);
    }
    must(json_object_set_new(all, "timeZone", json_string(run->settings.time_zone)) == 0 &&
         json_object_set_new(all, "currency", json_string(run->settings.currency)) == 0 &&
         json_object_set_new(all, "processes", json_integer(run->processes)) == 0 &&
         json_object_set_new(all, "refused", json_integer((json_int_t)run->refused)) == 0 &&
         json_object_set_new(all, "rates", rates) == 0 && json_object_set_new(all, "options", options) == 0);
    dump(file, all);
    fclose(file);
}

static void write_cards(struct run *run)
{
    char target[TARGET_BYTES];
    FILE *file = create(run, "cards.jsonl");
    for (unsigned i = 0; i < run->customers + 8; i++) {
        snprintf(target, sizeof target, "C%u", i);
        unsigned which = pipeline_process_of(run->pipeline, PLACE_SCORING, target);
        snprintf(target, sizeof target, "/v1/customers/C%u", i);
        json_t *card = ask(run, which, target);
        if (card == NULL)
            continue;
        must(json_object_set_new(card, "process", json_integer(which)) == 0);
        dump(file, card);
    }
    fclose(file);
}

// Whether the models were fitted on the day that the service stands at.
static bool fitted_today(struct run *run)
{
    json_t *summary = ask(run, 0, "/v1/summary");
    const char *day = json_string_value(json_object_get(summary, "day"));
    const char *fitted = json_string_value(json_object_get(json_object_get(summary, "model"), "day"));
    bool same = day != NULL && fitted != NULL && strcmp(day, fitted) == 0;
    json_decref(summary);
    return same;
}

// Goes on from midnight to midnight until the models are fitted anew, to all that is known. A fit takes a thread of its
// own, in real time, and the round that waits for it goes on after it.
static void wait_for_fit(struct run *run)
{
    for (int day = 0; day < FIT_DAYS && !fitted_today(run); day++) {
        go_on(run, run->now_ms + DAY);
        for (int i = 0; i < FIT_WAITS && !fitted_today(run); i++) {
            usleep(FIT_WAIT_US);
            go_on(run, run->now_ms + 1);
        }
    }
    go_on(run, run->now_ms + 1000 + (int64_t)saga_random(&run->seed, (uint64_t)AHEAD)); // the round alone is not all
}

static void tell_history(struct run *run)
{
    run->customers = 6 + (unsigned)saga_random(&run->seed, 50);
    int64_t span = DAY * (int64_t)(40 + saga_random(&run->seed, 1200));
    send(run, saga_tell(&run->seed, run->customers, START - span, START + AHEAD));
    int64_t rest_ms = run->now_ms;
    go_on(run, rest_ms + REST_DAYS * DAY);
    send(run, saga_go_on(&run->seed, run->customers, rest_ms, rest_ms + REST_DAYS * DAY));
    go_on(run, run->now_ms + DAY); // not today's fit, which knows less than now
    wait_for_fit(run);
}

static void play(const char *folder, uint64_t seed, unsigned processes, unsigned number)
{
    static struct run run;
    char out[PATH_BYTES];
    snprintf(out, sizeof out, "%s/%u", folder, number);
    if (mkdir(out, 0755) != 0 && errno != EEXIST) {
        perror(out);
        exit(1);
    }
    run = (struct run){.seed = seed + number, .processes = processes, .out = out};
    open_run(&run);
    tell_history(&run);
    write_settings(&run);
    write_cards(&run);
    FILE *file = create(&run, "summaries.jsonl");
    for (unsigned which = 0; which < processes; which++)
        dump(file, ask(&run, which, "/v1/summary"));
    fclose(file);
    close_run(&run);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s FOLDER SEED [PROCESSES [HISTORIES]]\n", argv[0]);
        return 2;
    }
    uint64_t seed = strtoull(argv[2], NULL, 10);
    unsigned processes = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 1;
    unsigned histories = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 1;
    if (mkdir(argv[1], 0755) != 0 && errno != EEXIST) {
        perror(argv[1]);
        return 1;
    }
    for (unsigned i = 0; i < histories; i++)
        play(argv[1], seed, processes, i);
    return 0;
}
