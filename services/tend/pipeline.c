#include "services/tend/pipeline.h"

#include "common/follow.h"
#include "common/must.h"
#include "common/serve.h"
#include "services/ingest/options.h"
#include "services/ingest/setup.h"
#include "services/notifier/options.h"
#include "services/notifier/setup.h"
#include "services/scheduler/setup.h"
#include "services/scoring/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA_BLOCK = 4 * 1024 * 1024,
    ARENA_LIMIT = 256 * 1024 * 1024,
    PASSES_MAX = 100000,  // of one moment; more means that two services keep each other busy for ever
    STEPS_MAX = 10000000, // of one moment; more means that one keeps itself busy for ever
    FOLDER_BYTES = 600,
    SENTENCE_BYTES = 700,
    TARGET_BYTES = 1024,
};

#define MAP_BYTES ((size_t)16 << 30)

const struct main_setup *const pipeline_setups[PLACES] = {&ingest_setup, &scoring_setup, &scheduler_setup,
                                                          &notifier_setup};

// One process of one service.
struct member {
    const struct main_setup *setup;
    void *self;
    struct engine *engine;
    struct clock *clock;
    struct peers *peers;
    uint64_t instance;
};

// The members of a service, side by side.
struct group {
    unsigned first, count;
};

enum { MEMBERS_MAX = PLACES * LANES_MAX };

struct pipeline {
    struct member members[MEMBERS_MAX]; // in the order of the ring
    unsigned member_count;
    struct group groups[PLACES];
    uint64_t instances; // that were ever started
    uint32_t shards;
    int64_t now_ms;
    struct arena *arena; // of fetches and answers
    char trouble[SENTENCE_BYTES];
};

static struct member *member_of(struct pipeline *pipeline, enum pipeline_place place, unsigned which)
{
    must(which < pipeline->groups[place].count);
    return &pipeline->members[pipeline->groups[place].first + which];
}

static enum pipeline_place left_of(enum pipeline_place place)
{
    return (place + PLACES - 1) % PLACES;
}

static bool open_member(struct pipeline *pipeline, enum pipeline_place place, unsigned which,
                        const struct settings *settings, const char *folder, char *error, size_t error_bytes)
{
    struct member *member = member_of(pipeline, place, which);
    member->setup = pipeline_setups[place];
    const struct service *service = member->setup->service;
    member->instance = ++pipeline->instances;
    member->clock = clock_open_simulated(pipeline->now_ms);
    member->self = member->setup->open(settings, member->setup->options, error, error_bytes);
    if (member->self == NULL)
        return false;
    struct main_process process;
    struct engine_options options;
    char path[FOLDER_BYTES];
    main_process(settings, member->setup, which, &process);
    main_engine_options(settings, member->setup, &process, &options);
    snprintf(path, sizeof path, "%s/%s", folder, process.name);
    member->peers = peers_open(which, pipeline->groups[place].count);
    if (service->meet != NULL)
        service->meet(member->self, member->peers);
    char *rules = main_rules(member->setup);
    options.self = member->self;
    options.folder = path;
    options.map_bytes = MAP_BYTES;
    options.throwaway = options.in_place = true;
    options.clock = member->clock;
    options.peers = member->peers;
    options.rules = rules;
    struct store_error store;
    bool opened = engine_open(&options, &store, &member->engine);
    free(rules);
    if (!opened)
        snprintf(error, error_bytes, "%s", store.text);
    return opened;
}

static bool open_group(struct pipeline *pipeline, enum pipeline_place place, const struct settings *settings,
                       const char *folder, char *error, size_t error_bytes)
{
    struct group group = {pipeline->member_count, settings_processes(settings, pipeline_setups[place]->service->name)};
    pipeline->groups[place] = group;
    bool opened = true;
    for (unsigned which = 0; opened && which < group.count; which++, pipeline->member_count++)
        opened = open_member(pipeline, place, which, settings, folder, error, error_bytes);
    return opened;
}

static bool settle(struct pipeline *pipeline);

struct pipeline *pipeline_open(const struct settings *settings, const char *folder, int64_t start_ms, char *ret_error,
                               size_t error_bytes)
{
    struct pipeline *pipeline = calloc(1, sizeof *pipeline);
    must(pipeline != NULL);
    // These stores are thrown away: the watermark of the real one is not theirs.
    ((struct notifier_options *)pipeline_setups[PLACE_NOTIFIER]->options)->watermark = "";
    // Nobody posts to a rehearsal, and a folder that is looked at each second would make its days long.
    ((struct ingest_options *)pipeline_setups[PLACE_INGEST]->options)->feeds = NULL;
    pipeline->now_ms = start_ms;
    pipeline->shards = (uint32_t)settings->shards;
    pipeline->arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    bool opened = true;
    for (enum pipeline_place place = 0; opened && place < PLACES; place++)
        opened = open_group(pipeline, place, settings, folder, ret_error, error_bytes);
    if (opened && !settle(pipeline)) {
        snprintf(ret_error, error_bytes, "%s", pipeline->trouble);
        opened = false;
    }
    if (!opened)
        pipeline_close(&pipeline);
    return pipeline;
}

static void close_member(struct member *member)
{
    engine_close(&member->engine);
    if (member->self != NULL)
        member->setup->close(member->self);
    if (member->clock != NULL)
        clock_close(&member->clock);
    peers_close(&member->peers);
    *member = (struct member){0};
}

bool pipeline_restart(struct pipeline *pipeline, enum pipeline_place place, unsigned which,
                      const struct settings *settings, const char *folder)
{
    close_member(member_of(pipeline, place, which));
    return open_member(pipeline, place, which, settings, folder, pipeline->trouble, sizeof pipeline->trouble) &&
           settle(pipeline);
}

void pipeline_close(struct pipeline **pipeline)
{
    if (*pipeline == NULL)
        return;
    for (unsigned i = 0; i < MEMBERS_MAX; i++)
        close_member(&(*pipeline)->members[i]);
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

// One fetch from a member to the left, as the sockets would carry it.
static bool follow(struct pipeline *pipeline, enum pipeline_place place, struct member *member, unsigned which)
{
    struct member *left = member_of(pipeline, left_of(place), which);
    arena_reset(pipeline->arena);
    struct slice question = follow_ask(member->engine, which, member->instance, pipeline->arena);
    Tend__V1__Fetch *fetch = tend__v1__fetch__unpack(arena_allocator(pipeline->arena), question.length, question.bytes);
    must(fetch != NULL);
    struct slice answer;
    must(serve_fetch(left->engine, fetch, true, pipeline->arena, &answer) == SERVE_ANSWER);
    struct batch batch;
    if (follow_read(member->engine, which, answer.bytes, answer.length, pipeline->arena, &batch, pipeline->trouble,
                    sizeof pipeline->trouble) != FOLLOW_BATCH)
        return false;
    return turn(pipeline, member, NULL, 0, &batch);
}

// Follows the first of the members to the left that has something to say. False: none has.
static bool follow_news(struct pipeline *pipeline, enum pipeline_place place, struct member *member, bool *ret_good)
{
    for (unsigned which = 0; which < engine_upstreams(member->engine); which++) {
        const struct upstream *upstream = engine_upstream(member->engine, which);
        const struct member *left = member_of(pipeline, left_of(place), which);
        bool news = engine_journal(left->engine)->last > upstream->position.seq || upstream->generation == 0;
        if (!news || !engine_may_ask(member->engine, which))
            continue;
        *ret_good = follow(pipeline, place, member, which);
        return true;
    }
    return false;
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

// Puts what the member asks another of its kind to that one at once: a look, or a turn of its own.
static bool ask_peers(struct pipeline *pipeline, enum pipeline_place place, struct member *member, bool *ret_good)
{
    struct peers_question question;
    if (!peers_next(member->peers, 0, &question))
        return false;
    struct member *other = member_of(pipeline, place, question.which);
    bool look = strncmp(question.request, "GET ", 4) == 0;
    char path[PEERS_REQUEST_BYTES];
    snprintf(path, sizeof path, "%s", question.request + (look ? 4 : strlen("POST ")));
    char *parameters = strchr(path, '?');
    if (parameters != NULL)
        *parameters++ = '\0';
    arena_reset(pipeline->arena);
    struct parameters source = {parameters, pipeline->arena};
    struct inbound inbound = {.request = {.method = look ? "GET" : "POST",
                                          .path = path,
                                          .content_type = "application/x-protobuf",
                                          .body = question.body,
                                          .length = question.length,
                                          .source = &source,
                                          .param = parameter,
                                          .header = no_parameter}};
    peers_sent(member->peers, question.id);
    if (look)
        engine_query(other->engine, &inbound);
    else
        *ret_good = turn(pipeline, other, &inbound, 1, NULL);
    const struct reply *reply = &inbound.reply;
    (void)peers_answer(member->peers, question.id, reply->status, reply->body, reply->length);
    return true;
}

// Does what one member can do at this moment. Returns whether there was anything; *ret_good when no service stopped.
static bool work(struct pipeline *pipeline, enum pipeline_place place, struct member *member, bool *ret_good)
{
    if (ask_peers(pipeline, place, member, ret_good) || follow_news(pipeline, place, member, ret_good))
        return true;
    const struct port *port = member->setup->service->port;
    bool ready = port != NULL && port->work(member->self, clock_boot_ms(member->clock));
    if (ready || peers_news(member->peers) || engine_due(member->engine) <= pipeline->now_ms) {
        *ret_good = turn(pipeline, member, NULL, 0, NULL);
        return true;
    }
    return false;
}

// Until when somebody waits for the word that nothing earlier is still on its way; 0: nobody does.
static int64_t first_wish(const struct member *member)
{
    int64_t first_ms = 0;
    for (unsigned which = 0; which < engine_upstreams(member->engine); which++) {
        int64_t wanted_ms = engine_wanted_ms(member->engine, which);
        if (wanted_ms > 0 && (first_ms == 0 || wanted_ms < first_ms))
            first_ms = wanted_ms;
    }
    return first_ms;
}

static bool waits(const struct pipeline *pipeline)
{
    for (unsigned i = 0; i < pipeline->member_count; i++) {
        const struct member *member = &pipeline->members[i];
        int64_t wanted_ms = first_wish(member);
        if (wanted_ms > 0 && wanted_ms <= pipeline->now_ms)
            return true;
        for (unsigned which = 0; which < engine_upstreams(member->engine); which++)
            if (!engine_may_ask(member->engine, which))
                return true;
    }
    return false;
}

// The word goes round: each hears from those to its left how far they are complete.
static bool pass_word(struct pipeline *pipeline)
{
    bool good = true;
    for (enum pipeline_place place = PLACE_SCORING; good && place < PLACES; place++)
        for (unsigned i = 0; good && i < pipeline->groups[place].count; i++) {
            struct member *member = member_of(pipeline, place, i);
            for (unsigned which = 0; good && which < engine_upstreams(member->engine); which++)
                if (engine_may_ask(member->engine, which))
                    good = follow(pipeline, place, member, which);
        }
    return good;
}

static bool settle(struct pipeline *pipeline)
{
    bool good = true;
    for (int pass = 0, steps = 0; good; pass++) {
        if (pass == PASSES_MAX || steps >= STEPS_MAX) {
            snprintf(pipeline->trouble, sizeof pipeline->trouble, "the services do not come to rest");
            return false;
        }
        bool busy = false;
        for (enum pipeline_place place = 0; good && place < PLACES; place++)
            for (unsigned i = 0; good && i < pipeline->groups[place].count; i++)
                for (; good && steps < STEPS_MAX && work(pipeline, place, member_of(pipeline, place, i), &good);
                     steps++)
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
    for (unsigned i = 0; i < pipeline->member_count; i++)
        clock_move(pipeline->members[i].clock, wall_ms);
}

bool pipeline_until(struct pipeline *pipeline, int64_t wall_ms)
{
    for (;;) {
        int64_t next_ms = INT64_MAX;
        for (unsigned i = 0; i < pipeline->member_count; i++) {
            struct member *member = &pipeline->members[i];
            int64_t due_ms = engine_due(member->engine), wanted_ms = first_wish(member);
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
    if (!turn(pipeline, member_of(pipeline, place, 0), &inbound, 1, NULL))
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
    pipeline_get_from(pipeline, place, 0, target, ret_reply);
}

void pipeline_get_from(struct pipeline *pipeline, enum pipeline_place place, unsigned which, const char *target,
                       struct reply *ret_reply)
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
    engine_query(member_of(pipeline, place, which)->engine, &inbound);
    *ret_reply = inbound.reply;
}

struct engine *pipeline_engine(struct pipeline *pipeline, enum pipeline_place place)
{
    return pipeline_engine_of(pipeline, place, 0);
}

struct engine *pipeline_engine_of(struct pipeline *pipeline, enum pipeline_place place, unsigned which)
{
    return member_of(pipeline, place, which)->engine;
}

unsigned pipeline_processes(const struct pipeline *pipeline, enum pipeline_place place)
{
    return pipeline->groups[place].count;
}

unsigned pipeline_process_of(const struct pipeline *pipeline, enum pipeline_place place, const char *customer_id)
{
    return lane_of_customer(customer_id, pipeline->shards, pipeline->groups[place].count);
}

const char *pipeline_trouble(const struct pipeline *pipeline)
{
    return pipeline->trouble;
}
