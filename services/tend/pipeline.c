#include "services/tend/pipeline.h"

#include "common/follow.h"
#include "common/must.h"
#include "common/serve.h"
#include "services/ingest/setup.h"
#include "services/notifier/setup.h"
#include "services/scheduler/setup.h"
#include "services/scoring/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA_BLOCK = 4 * 1024 * 1024,
    ARENA_LIMIT = 256 * 1024 * 1024,
    PASSES_MAX = 100000, // of one moment; more means that two services keep each other busy for ever
    FOLDER_BYTES = 600,
    SENTENCE_BYTES = 700,
    TARGET_BYTES = 1024,
};

#define MAP_BYTES ((size_t)16 << 30)

const struct main_setup *const pipeline_setups[PLACES] = {&ingest_setup, &scoring_setup, &scheduler_setup,
                                                          &notifier_setup};

struct member {
    const struct main_setup *setup;
    void *self;
    struct engine *engine;
    struct clock *clock;
    uint64_t instance;
};

struct pipeline {
    struct member members[PLACES];
    int64_t now_ms;
    struct arena *arena; // of fetches and answers
    char trouble[SENTENCE_BYTES];
};

static bool open_member(struct pipeline *pipeline, enum pipeline_place place, const struct settings *settings,
                        const char *folder, char *error, size_t error_bytes)
{
    struct member *member = &pipeline->members[place];
    member->setup = pipeline_setups[place];
    member->instance = (uint64_t)place + 1;
    member->clock = clock_open_simulated(pipeline->now_ms);
    member->self = member->setup->open(settings, member->setup->options, error, error_bytes);
    if (member->self == NULL)
        return false;
    char path[FOLDER_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, member->setup->service->name);
    struct engine_options options = {
        .service = member->setup->service,
        .self = member->self,
        .folder = path,
        .map_bytes = MAP_BYTES,
        .throwaway = true,
        .shards = (uint32_t)settings->shards,
        .clock = member->clock,
    };
    struct store_error store;
    char *rules = main_rules(member->setup);
    options.rules = rules;
    bool opened = engine_open(&options, &store, &member->engine);
    free(rules);
    if (!opened)
        snprintf(error, error_bytes, "%s", store.text);
    return opened;
}

static bool settle(struct pipeline *pipeline);

struct pipeline *pipeline_open(const struct settings *settings, const char *folder, int64_t start_ms, char *ret_error,
                               size_t error_bytes)
{
    struct pipeline *pipeline = calloc(1, sizeof *pipeline);
    must(pipeline != NULL);
    pipeline->now_ms = start_ms;
    pipeline->arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    bool opened = true;
    for (enum pipeline_place place = 0; opened && place < PLACES; place++)
        opened = open_member(pipeline, place, settings, folder, ret_error, error_bytes);
    if (opened && !settle(pipeline)) {
        snprintf(ret_error, error_bytes, "%s", pipeline->trouble);
        opened = false;
    }
    if (!opened)
        pipeline_close(&pipeline);
    return pipeline;
}

void pipeline_close(struct pipeline **pipeline)
{
    if (*pipeline == NULL)
        return;
    for (enum pipeline_place place = 0; place < PLACES; place++) {
        struct member *member = &(*pipeline)->members[place];
        engine_close(&member->engine);
        if (member->self != NULL)
            member->setup->close(member->self);
        if (member->clock != NULL)
            clock_close(&member->clock);
    }
    arena_close(&(*pipeline)->arena);
    free(*pipeline);
    *pipeline = NULL;
}

static bool turn(struct pipeline *pipeline, struct member *member, struct inbound *requests, size_t count,
                 const struct batch *batch)
{
    if (engine_turn(member->engine, requests, count, batch) == ENGINE_DONE) {
        const struct port *port = member->setup->service->port;
        if (port != NULL)
            port->after(member->self, clock_boot_ms(member->clock));
        return true;
    }
    snprintf(pipeline->trouble, sizeof pipeline->trouble, "%s", engine_trouble(member->engine));
    return false;
}

// One fetch from the member to the left, as the sockets would carry it.
static bool follow(struct pipeline *pipeline, enum pipeline_place place)
{
    struct member *member = &pipeline->members[place], *left = &pipeline->members[(place + PLACES - 1) % PLACES];
    arena_reset(pipeline->arena);
    struct slice question = follow_ask(member->engine, member->setup->service->name, member->instance, pipeline->arena);
    Tend__V1__Fetch *fetch = tend__v1__fetch__unpack(arena_allocator(pipeline->arena), question.length, question.bytes);
    must(fetch != NULL);
    struct slice answer;
    must(serve_fetch(left->engine, fetch, true, pipeline->arena, &answer) == SERVE_ANSWER);
    struct batch batch;
    if (follow_read(member->engine, answer.bytes, answer.length, pipeline->arena, &batch, pipeline->trouble,
                    sizeof pipeline->trouble) != FOLLOW_BATCH)
        return false;
    return turn(pipeline, member, NULL, 0, &batch);
}

// Does what one member can do at this moment. Returns whether there was anything; *ret_good when no service stopped.
static bool work(struct pipeline *pipeline, enum pipeline_place place, bool *ret_good)
{
    struct member *member = &pipeline->members[place], *left = &pipeline->members[(place + PLACES - 1) % PLACES];
    bool news = engine_journal(left->engine)->last > engine_position(member->engine)->seq;
    if (news || engine_generation(member->engine) == 0) {
        *ret_good = follow(pipeline, place);
        return true;
    }
    const struct port *port = member->setup->service->port;
    bool ready = port != NULL && port->work(member->self, clock_boot_ms(member->clock));
    if (ready || engine_due(member->engine) <= pipeline->now_ms) {
        *ret_good = turn(pipeline, member, NULL, 0, NULL);
        return true;
    }
    return false;
}

// Whether somebody has something due now and waits for the word that nothing earlier is still on its way.
static bool waits(const struct pipeline *pipeline)
{
    for (enum pipeline_place place = 0; place < PLACES; place++) {
        int64_t wanted_ms = engine_wanted_ms(pipeline->members[place].engine);
        if (wanted_ms > 0 && wanted_ms <= pipeline->now_ms)
            return true;
    }
    return false;
}

// The word goes round: each hears from the one to its left how far that one is complete.
static bool pass_word(struct pipeline *pipeline)
{
    bool good = true;
    for (enum pipeline_place place = PLACE_SCORING; good && place < PLACES; place++)
        good = follow(pipeline, place);
    return good;
}

static bool settle(struct pipeline *pipeline)
{
    bool good = true;
    for (int pass = 0; good; pass++) {
        if (pass == PASSES_MAX) {
            snprintf(pipeline->trouble, sizeof pipeline->trouble, "the services do not come to rest");
            return false;
        }
        bool busy = false;
        for (enum pipeline_place place = 0; good && place < PLACES; place++)
            while (good && work(pipeline, place, &good))
                busy = true;
        if (!busy && !waits(pipeline))
            break;
        if (good && !busy)
            good = pass_word(pipeline);
    }
    return good;
}

static void move(struct pipeline *pipeline, int64_t wall_ms)
{
    if (wall_ms <= pipeline->now_ms)
        return;
    pipeline->now_ms = wall_ms;
    for (enum pipeline_place place = 0; place < PLACES; place++)
        clock_move(pipeline->members[place].clock, wall_ms);
}

bool pipeline_until(struct pipeline *pipeline, int64_t wall_ms)
{
    for (;;) {
        int64_t next_ms = INT64_MAX;
        for (enum pipeline_place place = 0; place < PLACES; place++) {
            struct member *member = &pipeline->members[place];
            int64_t due_ms = engine_due(member->engine), wanted_ms = engine_wanted_ms(member->engine);
            const struct port *port = member->setup->service->port;
            int wait = port != NULL ? port->timeout_ms(member->self, clock_boot_ms(member->clock)) : -1;
            if (wanted_ms > 0)
                due_ms = wanted_ms;
            if (wait >= 0 && pipeline->now_ms + wait + 1 < due_ms)
                due_ms = pipeline->now_ms + wait + 1;
            next_ms = due_ms < next_ms ? due_ms : next_ms;
        }
        if (next_ms > wall_ms) {
            move(pipeline, wall_ms);
            return true;
        }
        move(pipeline, next_ms);
        if (!settle(pipeline))
            return false;
    }
}

static const char *no_parameter(const struct request *request, const char *name)
{
    (void)request;
    (void)name;
    return NULL;
}

// The text behind a path, and where values go.
struct parameters {
    const char *text;
    struct arena *arena;
};

// The value of "name=value"; the values that are asked for here need no decoding.
static const char *parameter(const struct request *request, const char *name)
{
    const struct parameters *parameters = request->source;
    size_t length = strlen(name);
    for (const char *at = parameters->text; at != NULL && *at != '\0';) {
        const char *end = strchr(at, '&');
        size_t size = end != NULL ? (size_t)(end - at) : strlen(at);
        if (size > length && at[length] == '=' && strncmp(at, name, length) == 0)
            return arena_text(parameters->arena, at + length + 1, size - length - 1);
        at = end != NULL ? end + 1 : NULL;
    }
    return NULL;
}

bool pipeline_post(struct pipeline *pipeline, enum pipeline_place place, const char *path, const char *content_type,
                   const void *body, size_t length, struct reply *ret_reply)
{
    struct inbound inbound = {.request = {.method = "POST",
                                          .path = path,
                                          .content_type = content_type,
                                          .body = body,
                                          .length = length,
                                          .param = no_parameter,
                                          .header = no_parameter}};
    if (!turn(pipeline, &pipeline->members[place], &inbound, 1, NULL))
        return false;
    // The reply's bytes live until the engine's next turn.
    arena_reset(pipeline->arena);
    *ret_reply = inbound.reply;
    char *copy = malloc(inbound.reply.length + 1);
    must(copy != NULL);
    memcpy(copy, inbound.reply.body, inbound.reply.length);
    bool good = settle(pipeline);
    arena_reset(pipeline->arena);
    ret_reply->body = arena_text(pipeline->arena, copy, inbound.reply.length);
    free(copy);
    return good;
}

void pipeline_get(struct pipeline *pipeline, enum pipeline_place place, const char *target, struct reply *ret_reply)
{
    char path[TARGET_BYTES];
    snprintf(path, sizeof path, "%s", target);
    char *question = strchr(path, '?');
    if (question != NULL)
        *question++ = '\0';
    arena_reset(pipeline->arena);
    struct parameters parameters = {question, pipeline->arena};
    struct inbound inbound = {.request = {.method = "GET",
                                          .path = path,
                                          .content_type = "",
                                          .source = &parameters,
                                          .param = parameter,
                                          .header = no_parameter}};
    engine_query(pipeline->members[place].engine, &inbound);
    *ret_reply = inbound.reply;
}

struct engine *pipeline_engine(struct pipeline *pipeline, enum pipeline_place place)
{
    return pipeline->members[place].engine;
}

const char *pipeline_trouble(const struct pipeline *pipeline)
{
    return pipeline->trouble;
}
