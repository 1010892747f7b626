#include "common/run.h"

#include "common/follow.h"
#include "common/health.h"
#include "common/inbox.h"
#include "common/must.h"
#include "common/serve.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    PARK_MS = 200,          // how long a fetch with nothing new waits before it hears "complete to now"
    ASK_AGAIN_MS = 2000,    // a fetch without an answer
    HEARD_MS = 10000,       // an upstream silent for longer makes us not ready
    MINUTE_MS = 60000,
    BACKOFF_MS = 1000,      // after a turn that could not be stored
    SLEEP_MAX_MS = 1000,
    DRAIN_MS = 2000,        // for answers still on their way out at the end
    ANSWER_ARENA = 4 * 1024 * 1024,
    ANSWER_ARENA_LIMIT = 64 * 1024 * 1024,
    SENTENCE_BYTES = 600,
    CODE_TEMPORARY = 75,
    CODE_CREATE = 73,
};

// A fetch with nothing new to get, until there is. It belongs to a follower's name: a restarted follower takes the place
// of its own ghost.
struct parked {
    char name[ENGINE_NAME_MAX];
    zmq_msg_t peer, id, body;
    int64_t since_ms; // boot
    bool waiting;
};

struct runtime {
    const struct run_options *options;
    const struct service *service;
    void *self;
    struct engine *engine;
    struct clock *clock;
    struct log *log;
    struct health health;
    struct inbox *inbox;
    struct http *http;
    void *context, *router, *dealer;
    int signals;

    struct arena *answers;    // of one fetch answer being made, or one being read
    struct arena *batches;    // of the batch in hand
    zmq_msg_t batch_message;  // the bytes that the batch points into
    struct batch batch;
    bool has_batch;

    struct parked parked[ENGINE_FOLLOWERS_MAX];
    uint64_t instance;        // of us as a follower, drawn at the start
    bool asked;               // a fetch is on its way
    int64_t asked_ms, heard_ms, measured_ms, retry_ms; // boot
    bool ending;
    int code;
};

static int stop(struct runtime *runtime, int code, const char *sentence)
{
    log_line(runtime->log, LOG_ERROR, sentence, LOG_INT("exit", code));
    runtime->ending = true;
    runtime->code = code;
    return code;
}

// --- serving our journal ---

static void unpark(struct parked *parked)
{
    if (!parked->waiting)
        return;
    zmq_msg_close(&parked->peer);
    zmq_msg_close(&parked->id);
    zmq_msg_close(&parked->body);
    parked->waiting = false;
}

// Answers the fetch if there is something to say. False: it should wait.
static bool serve(struct runtime *runtime, const struct parked *parked, bool expired)
{
    arena_reset(runtime->answers);
    size_t length = zmq_msg_size(&parked->body);
    Tend__V1__Fetch *fetch = tend__v1__fetch__unpack(arena_allocator(runtime->answers), length,
                                                     zmq_msg_data((zmq_msg_t *)(uintptr_t)&parked->body));
    struct slice answer;
    if (fetch == NULL || strlen(fetch->follower) >= ENGINE_NAME_MAX || fetch->follower[0] == '\0')
        return true; // damaged: dropped, it will be asked again
    if (serve_fetch(runtime->engine, fetch, expired, runtime->answers, &answer) == SERVE_PARK)
        return false;
    zmq_msg_t *peer = (zmq_msg_t *)(uintptr_t)&parked->peer, *id = (zmq_msg_t *)(uintptr_t)&parked->id;
    struct frame frames[] = {
        {zmq_msg_data(peer), zmq_msg_size(peer)},
        {zmq_msg_data(id), zmq_msg_size(id)},
        {"200", 3},
        {"application/x-protobuf", 22},
        {answer.bytes, answer.length},
    };
    (void)socket_send(runtime->router, frames, sizeof frames / sizeof *frames);
    return true;
}

static struct parked *place_for(struct runtime *runtime, const char *name)
{
    struct parked *place = NULL;
    for (size_t i = 0; i < ENGINE_FOLLOWERS_MAX; i++) {
        struct parked *parked = &runtime->parked[i];
        if (parked->waiting && strcmp(parked->name, name) == 0)
            return parked;
        if (!parked->waiting && place == NULL)
            place = parked;
    }
    return place;
}

static bool follower_name(struct runtime *runtime, const zmq_msg_t *body, char *name)
{
    arena_reset(runtime->answers);
    zmq_msg_t *frame = (zmq_msg_t *)(uintptr_t)body;
    Tend__V1__Fetch *fetch =
        tend__v1__fetch__unpack(arena_allocator(runtime->answers), zmq_msg_size(frame), zmq_msg_data(frame));
    if (fetch == NULL || strlen(fetch->follower) >= ENGINE_NAME_MAX || fetch->follower[0] == '\0')
        return false;
    snprintf(name, ENGINE_NAME_MAX, "%s", fetch->follower);
    return true;
}

static void take_fetch(struct runtime *runtime, zmq_msg_t *frames, size_t count)
{
    char name[ENGINE_NAME_MAX];
    struct parked *place =
        count == INBOX_FRAMES && follower_name(runtime, &frames[4], name) ? place_for(runtime, name) : NULL;
    if (place == NULL) {
        for (size_t i = 0; i < count; i++)
            zmq_msg_close(&frames[i]);
        return;
    }
    unpark(place);
    snprintf(place->name, sizeof place->name, "%s", name);
    place->waiting = true;
    place->since_ms = clock_boot_ms(runtime->clock);
    place->peer = frames[0];
    place->id = frames[1];
    place->body = frames[4];
    zmq_msg_close(&frames[2]);
    zmq_msg_close(&frames[3]);
}

static void answer_parked(struct runtime *runtime)
{
    int64_t boot_ms = clock_boot_ms(runtime->clock);
    for (size_t i = 0; i < ENGINE_FOLLOWERS_MAX; i++) {
        struct parked *parked = &runtime->parked[i];
        if (parked->waiting && serve(runtime, parked, boot_ms - parked->since_ms >= PARK_MS))
            unpark(parked);
    }
}

// --- following the upstream ---

static void ask(struct runtime *runtime)
{
    int64_t boot_ms = clock_boot_ms(runtime->clock);
    bool due = !runtime->asked || boot_ms - runtime->asked_ms >= ASK_AGAIN_MS;
    if (runtime->dealer == NULL || runtime->has_batch || !due || runtime->ending)
        return;
    arena_reset(runtime->answers);
    struct slice fetch = follow_ask(runtime->engine, runtime->service->name, runtime->instance, runtime->answers);
    struct frame frames[] = {{"f", 1}, {"FETCH", 5}, {"application/x-protobuf", 22}, {fetch.bytes, fetch.length}};
    if (socket_send(runtime->dealer, frames, sizeof frames / sizeof *frames)) {
        runtime->asked = true;
        runtime->asked_ms = boot_ms;
    }
}

static void drop_batch(struct runtime *runtime)
{
    if (runtime->has_batch)
        zmq_msg_close(&runtime->batch_message);
    runtime->has_batch = false;
}

static void take_answer(struct runtime *runtime)
{
    zmq_msg_t frames[4];
    size_t count = socket_receive(runtime->dealer, frames, 4);
    if (count == 0)
        return;
    char refusal[SENTENCE_BYTES] = "";
    enum follow_outcome outcome = FOLLOW_IGNORE;
    if (count == 4 && !runtime->has_batch) {
        arena_reset(runtime->batches);
        outcome = follow_read(runtime->engine, zmq_msg_data(&frames[3]), zmq_msg_size(&frames[3]), runtime->batches,
                              &runtime->batch, refusal, sizeof refusal);
    }
    if (outcome == FOLLOW_BATCH) {
        runtime->batch_message = frames[3];
        runtime->has_batch = true;
        runtime->asked = false;
        runtime->heard_ms = clock_boot_ms(runtime->clock);
        if (runtime->batch.looked > runtime->health.upstream_last)
            runtime->health.upstream_last = runtime->batch.looked;
        count = 3;
    }
    for (size_t i = 0; i < count; i++)
        zmq_msg_close(&frames[i]);
    if (outcome == FOLLOW_REFUSED)
        stop(runtime, ENGINE_REFUSED, refusal);
}

// --- the loop ---

static void take_messages(struct runtime *runtime)
{
    zmq_msg_t frames[INBOX_FRAMES];
    while (inbox_has_room(runtime->inbox)) {
        size_t count = socket_receive(runtime->router, frames, INBOX_FRAMES);
        if (count == 0)
            return;
        bool fetch = count >= 3 && zmq_msg_size(&frames[2]) == 5 && memcmp(zmq_msg_data(&frames[2]), "FETCH", 5) == 0;
        if (fetch)
            take_fetch(runtime, frames, count);
        else
            inbox_add_frames(runtime->inbox, frames, count);
    }
}

static void take_http(void *owner, struct http_request *request)
{
    struct runtime *runtime = owner;
    inbox_add_http(runtime->inbox, request);
}

static void look(void *self, struct inbound *query)
{
    struct runtime *runtime = self;
    if (!health_answer(&runtime->health, query))
        engine_query(runtime->engine, query);
}

static void collect_signals(struct runtime *runtime)
{
    struct signalfd_siginfo info;
    while (read(runtime->signals, &info, sizeof info) == (ssize_t)sizeof info)
        if (info.ssi_signo != SIGHUP)
            runtime->ending = true;
}

// Runs a turn when there is a reason for one, and lets its effects out.
static void turn(struct runtime *runtime, bool port_ready)
{
    int64_t boot_ms = clock_boot_ms(runtime->clock);
    size_t count;
    struct inbound *commands = inbox_commands(runtime->inbox, &count);
    bool due = engine_due(runtime->engine) <= clock_wall_ms(runtime->clock);
    if (count == 0 && !runtime->has_batch && !due && !port_ready)
        return;
    if (boot_ms < runtime->retry_ms || (count > 0 && health_closed(&runtime->health))) {
        inbox_refuse_commands(runtime->inbox, runtime->router, 5, "the store has no room or cannot be written; try again later");
        if (boot_ms < runtime->retry_ms)
            return;
        count = 0;
    }
    for (size_t i = 0; i < count; i++)
        health_command(&runtime->health, &commands[i]);
    int64_t began_us = clock_boot_us(runtime->clock);
    size_t records = runtime->has_batch ? runtime->batch.count : 0;
    enum engine_outcome outcome = engine_turn(runtime->engine, commands, count, runtime->has_batch ? &runtime->batch : NULL);
    drop_batch(runtime);
    runtime->health.failing = outcome != ENGINE_DONE;
    if (outcome == ENGINE_DONE) {
        health_count_turn(&runtime->health, clock_boot_us(runtime->clock) - began_us, count, records);
        inbox_answer_commands(runtime->inbox, runtime->router);
        if (runtime->service->port != NULL)
            runtime->service->port->after(runtime->self, boot_ms);
        return;
    }
    inbox_refuse_commands(runtime->inbox, runtime->router, 5, "the store cannot be written; try again later");
    if (outcome == ENGINE_FULL) {
        log_line(runtime->log, LOG_ERROR, engine_trouble(runtime->engine));
        runtime->retry_ms = boot_ms + BACKOFF_MS;
    } else {
        stop(runtime, (int)outcome, engine_trouble(runtime->engine));
    }
}

static void keep_house(struct runtime *runtime)
{
    int64_t boot_ms = clock_boot_ms(runtime->clock);
    runtime->health.upstream_heard =
        runtime->dealer == NULL || !runtime->service->waits_for_upstream || boot_ms - runtime->heard_ms < HEARD_MS;
    if (boot_ms - runtime->measured_ms < MINUTE_MS)
        return;
    runtime->measured_ms = boot_ms;
    store_check_readers(engine_store(runtime->engine));
    store_measure(engine_store(runtime->engine), &runtime->health.use);
    engine_trim(runtime->engine, runtime->options->reserve_ms);
    log_tick(runtime->log);
}

static int least(int left, int64_t right)
{
    if (right < 0)
        return left;
    return right < left ? (int)right : left;
}

static int sleep_ms(struct runtime *runtime)
{
    int64_t boot_ms = clock_boot_ms(runtime->clock), wall_ms = clock_wall_ms(runtime->clock);
    int64_t due_ms = engine_due(runtime->engine);
    int wait = SLEEP_MAX_MS;
    wait = least(wait, due_ms <= wall_ms ? 0 : due_ms - wall_ms);
    wait = least(wait, http_timeout_ms(runtime->http, boot_ms));
    if (runtime->service->port != NULL)
        wait = least(wait, runtime->service->port->timeout_ms(runtime->self, boot_ms));
    for (size_t i = 0; i < ENGINE_FOLLOWERS_MAX; i++)
        if (runtime->parked[i].waiting) {
            int64_t left_ms = runtime->parked[i].since_ms + PARK_MS - boot_ms;
            wait = least(wait, left_ms > 0 ? left_ms : 0);
        }
    if (boot_ms < runtime->retry_ms)
        wait = least(BACKOFF_MS, runtime->retry_ms - boot_ms);
    return runtime->dealer != NULL && !runtime->asked ? least(wait, 20) : wait;
}

// One round. Sleeps only when the round before took nothing in.
static bool round_once(struct runtime *runtime, bool idle)
{
    const struct port *port = runtime->service->port;
    int port_fd = port != NULL ? port->fd(runtime->self) : -1;
    zmq_pollitem_t items[] = {
        {.socket = runtime->router, .events = ZMQ_POLLIN},
        {.fd = runtime->signals, .events = ZMQ_POLLIN},
        {.fd = http_fd(runtime->http), .events = ZMQ_POLLIN},
        {.socket = runtime->dealer, .fd = port_fd, .events = ZMQ_POLLIN},
        {.fd = port_fd, .events = ZMQ_POLLIN},
    };
    int count = 3;
    if (runtime->dealer != NULL)
        count = port_fd >= 0 ? 5 : 4;
    else if (port_fd >= 0)
        count = 4;
    if (zmq_poll(items, count, idle ? sleep_ms(runtime) : 0) < 0)
        must(zmq_errno() == EINTR);
    collect_signals(runtime);
    take_messages(runtime);
    if (runtime->dealer != NULL)
        take_answer(runtime);
    int64_t boot_ms = clock_boot_ms(runtime->clock);
    size_t taken = http_run(runtime->http, boot_ms);
    bool port_ready = port != NULL && port->work(runtime->self, boot_ms);
    size_t commands;
    inbox_commands(runtime->inbox, &commands);
    bool busy = taken > 0 || commands > 0 || runtime->has_batch || port_ready;
    if (!runtime->ending || runtime->code == 0)
        turn(runtime, port_ready);
    answer_parked(runtime);
    inbox_answer_queries(runtime->inbox, runtime->router, look, runtime);
    ask(runtime);
    keep_house(runtime);
    return !busy;
}

static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    must(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

// The lock first, then the sockets: a second instance would steal an ipc path without a word.
static int open_all(struct runtime *runtime, char *sentence)
{
    struct store_error error;
    if (!engine_open(&runtime->options->engine, &error, &runtime->engine)) {
        snprintf(sentence, SENTENCE_BYTES, "%s", error.text);
        return error.code;
    }
    struct http_options http = {.address = runtime->options->listen};
    runtime->http = http_open(&http, take_http, runtime, runtime->options->metrics, sentence, SENTENCE_BYTES);
    if (runtime->http == NULL)
        return CODE_TEMPORARY;
    runtime->context = zmq_ctx_new();
    runtime->router = socket_listen(runtime->context, runtime->options->endpoint, sentence, SENTENCE_BYTES);
    if (runtime->router == NULL)
        return CODE_CREATE;
    if (runtime->options->upstream != NULL)
        runtime->dealer = socket_connect(runtime->context, runtime->options->upstream, sentence, SENTENCE_BYTES);
    return runtime->options->upstream != NULL && runtime->dealer == NULL ? CODE_CREATE : 0;
}

static void close_all(struct runtime *runtime)
{
    drop_batch(runtime);
    for (size_t i = 0; i < ENGINE_FOLLOWERS_MAX; i++)
        unpark(&runtime->parked[i]);
    inbox_close(&runtime->inbox);
    http_close(&runtime->http);
    if (runtime->dealer != NULL)
        zmq_close(runtime->dealer);
    if (runtime->router != NULL)
        zmq_close(runtime->router);
    if (runtime->context != NULL)
        zmq_ctx_term(runtime->context);
    engine_close(&runtime->engine);
    arena_close(&runtime->answers);
    arena_close(&runtime->batches);
    if (runtime->signals >= 0)
        close(runtime->signals);
}

static void loop(struct runtime *runtime)
{
    bool idle = false;
    while (!runtime->ending)
        idle = round_once(runtime, idle);
    // No new connections; what was taken is still answered.
    http_quiesce(runtime->http);
    int64_t until_ms = clock_boot_ms(runtime->clock) + DRAIN_MS;
    while (runtime->code == 0 && http_busy(runtime->http) > 0 && clock_boot_ms(runtime->clock) < until_ms)
        round_once(runtime, true);
}

int run_service(const struct run_options *options)
{
    struct runtime *runtime = calloc(1, sizeof *runtime);
    must(runtime != NULL);
    runtime->options = options;
    runtime->service = options->engine.service;
    runtime->self = options->engine.self;
    runtime->clock = options->engine.clock;
    runtime->log = options->engine.log;
    runtime->inbox = inbox_open();
    runtime->answers = arena_open(ANSWER_ARENA, ANSWER_ARENA_LIMIT);
    runtime->batches = arena_open(ANSWER_ARENA, ANSWER_ARENA_LIMIT);
    runtime->signals = open_signals();
    randombytes_buf(&runtime->instance, sizeof runtime->instance);
    char sentence[SENTENCE_BYTES];
    if (runtime->service->declare != NULL)
        runtime->service->declare(runtime->self, options->metrics);
    int code = open_all(runtime, sentence);
    if (code != 0) {
        stop(runtime, code, sentence);
    } else {
        health_open(&runtime->health, runtime->engine, options->metrics);
        log_line(runtime->log, LOG_INFO, "ready", LOG_TEXT("endpoint", options->endpoint), LOG_TEXT("http", options->listen),
                 LOG_INT("port", http_port(runtime->http)), LOG_COUNT("journal_last", engine_journal(runtime->engine)->last),
                 LOG_COUNT("position", engine_position(runtime->engine)->seq));
        loop(runtime);
        log_line(runtime->log, LOG_INFO, "ended", LOG_INT("exit", runtime->code));
    }
    code = runtime->code;
    close_all(runtime);
    free(runtime);
    return code;
}
