#include "common/run.h"

#include "common/follow.h"
#include "common/health.h"
#include "common/inbox.h"
#include "common/mark.h"
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
    PARK_MS = 200,       // how long a fetch with nothing new waits before it hears "complete to now"
    ASK_AGAIN_MS = 2000, // a fetch without an answer
    HEARD_MS = 10000,    // an upstream silent for longer makes us not ready
    MINUTE_MS = 60000,
    BACKOFF_MS = 1000, // after a turn that could not be stored
    SLEEP_MAX_MS = 1000,
    DRAIN_MS = 2000, // for answers still on their way out at the end
    ANSWER_ARENA = 4 * 1024 * 1024,
    ANSWER_ARENA_LIMIT = 64 * 1024 * 1024,
    SENTENCE_BYTES = 600,
    MESSAGES_MAX = 2 * INBOX_REQUESTS, // taken in one round: a flood of one kind must not stop the others
    FETCH_BYTES_MAX = 65536,           // of a fetch with as many shards and owners as it may name
    TRIM_AGAIN_MS = 100,               // while there is more to trim than one piece
    CODE_TEMPORARY = 75,
    CODE_CREATE = 73,
};

// A fetch with nothing new to get, until there is. It belongs to a follower's name: a restarted follower takes the
// place of its own ghost.
struct parked {
    char name[FOLLOWER_NAME_MAX];
    zmq_msg_t peer, id, body;
    int64_t since_ms;    // boot
    int64_t complete_ms; // wall: what it wants us to be complete to, 0: nothing
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

    struct arena *answers; // of one fetch answer being made, or one being read
    struct arena *batches; // of the batch in hand
    struct batch batch;
    bool has_batch;

    struct parked parked[FOLLOWERS_MAX];
    uint64_t instance;                                          // of us as a follower, drawn at the start
    bool asked;                                                 // a fetch is on its way
    int64_t asked_ms, heard_ms, measured_ms, trim_ms, retry_ms; // boot
    int64_t wanted_ms;                                          // wall: what the fetch on its way wants, 0: nothing
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

// NULL when the bytes are no fetch; it lives in the arena of answers.
static Tend__V1__Fetch *read_fetch(struct runtime *runtime, const zmq_msg_t *body)
{
    zmq_msg_t *frame = (zmq_msg_t *)(uintptr_t)body;
    size_t length = zmq_msg_size(frame);
    arena_reset(runtime->answers);
    Tend__V1__Fetch *fetch = NULL;
    if (length <= FETCH_BYTES_MAX)
        fetch = tend__v1__fetch__unpack(arena_allocator(runtime->answers), length, zmq_msg_data(frame));
    return fetch != NULL && follower_name_good(fetch->follower) ? fetch : NULL;
}

// Answers the fetch if there is something to say. False: it should wait.
static bool serve(struct runtime *runtime, const struct parked *parked, bool expired)
{
    Tend__V1__Fetch *fetch = read_fetch(runtime, &parked->body);
    must(fetch != NULL);
    struct slice answer;
    enum serve_outcome outcome = serve_fetch(runtime->engine, fetch, expired, runtime->answers, &answer);
    if (outcome != SERVE_ANSWER)
        return outcome == SERVE_NOTHING;
    zmq_msg_t *peer = (zmq_msg_t *)(uintptr_t)&parked->peer, *id = (zmq_msg_t *)(uintptr_t)&parked->id;
    struct frame frames[] = {
        {zmq_msg_data(peer), zmq_msg_size(peer)}, {zmq_msg_data(id), zmq_msg_size(id)}, {"200", 3},
        {"application/x-protobuf", 22},           {answer.bytes, answer.length},
    };
    (void)socket_send(runtime->router, frames, sizeof frames / sizeof *frames);
    return true;
}

static struct parked *place_for(struct runtime *runtime, const char *name)
{
    struct parked *place = NULL;
    for (size_t i = 0; i < FOLLOWERS_MAX; i++) {
        struct parked *parked = &runtime->parked[i];
        if (parked->waiting && strcmp(parked->name, name) == 0)
            return parked;
        if (!parked->waiting && place == NULL)
            place = parked;
    }
    return place;
}

// Keeps the fetch as what its follower asks now. False: the frames, which the caller closes, are none of ours.
static bool take_fetch(struct runtime *runtime, zmq_msg_t *frames, size_t count)
{
    Tend__V1__Fetch *fetch = count == INBOX_FRAMES ? read_fetch(runtime, &frames[4]) : NULL;
    struct parked *place = fetch != NULL ? place_for(runtime, fetch->follower) : NULL;
    if (place == NULL)
        return false;
    unpark(place);
    snprintf(place->name, sizeof place->name, "%s", fetch->follower);
    place->waiting = true;
    place->since_ms = clock_boot_ms(runtime->clock);
    place->complete_ms = fetch->complete_ms;
    zmq_msg_t *const to[] = {&place->peer, &place->id, &place->body};
    zmq_msg_t *const from[] = {&frames[0], &frames[1], &frames[4]};
    for (size_t i = 0; i < 3; i++) {
        zmq_msg_init(to[i]);
        zmq_msg_move(to[i], from[i]);
    }
    return true;
}

static void answer_parked(struct runtime *runtime)
{
    int64_t boot_ms = clock_boot_ms(runtime->clock);
    for (size_t i = 0; i < FOLLOWERS_MAX; i++) {
        struct parked *parked = &runtime->parked[i];
        if (parked->waiting && serve(runtime, parked, boot_ms - parked->since_ms >= PARK_MS))
            unpark(parked);
    }
}

// What our followers wait for is what we then want of our own upstream.
static void pass_wants(struct runtime *runtime)
{
    int64_t first_ms = 0, complete_ms = engine_complete_ms(runtime->engine);
    for (size_t i = 0; i < FOLLOWERS_MAX; i++) {
        const struct parked *parked = &runtime->parked[i];
        bool open = parked->waiting && parked->complete_ms > complete_ms;
        if (open && (first_ms == 0 || parked->complete_ms < first_ms))
            first_ms = parked->complete_ms;
    }
    engine_want(runtime->engine, first_ms);
}

// --- following the upstream ---

static void ask(struct runtime *runtime)
{
    int64_t boot_ms = clock_boot_ms(runtime->clock);
    int64_t wanted_ms = engine_wanted_ms(runtime->engine);
    // A question that is on its way is asked anew when we have come to want the answer sooner; it takes the place of
    // the first.
    bool sooner = wanted_ms != 0 && (runtime->wanted_ms == 0 || wanted_ms < runtime->wanted_ms);
    bool due = !runtime->asked || sooner || boot_ms - runtime->asked_ms >= ASK_AGAIN_MS;
    if (runtime->dealer == NULL || runtime->has_batch || !due || runtime->ending)
        return;
    arena_reset(runtime->answers);
    struct slice fetch = follow_ask(runtime->engine, runtime->service->name, runtime->instance, runtime->answers);
    struct frame frames[] = {{"f", 1}, {"FETCH", 5}, {"application/x-protobuf", 22}, {fetch.bytes, fetch.length}};
    if (socket_send(runtime->dealer, frames, sizeof frames / sizeof *frames)) {
        runtime->asked = true;
        runtime->asked_ms = boot_ms;
        runtime->wanted_ms = wanted_ms;
    }
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
        runtime->has_batch = true;
        runtime->asked = false;
        runtime->heard_ms = clock_boot_ms(runtime->clock);
        runtime->health.upstream_last = runtime->batch.last;
    } else if (outcome == FOLLOW_IGNORE) {
        health_count_dropped(&runtime->health);
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
    for (int taken = 0; taken < MESSAGES_MAX && inbox_has_room(runtime->inbox); taken++) {
        size_t count = socket_receive(runtime->router, frames, INBOX_FRAMES);
        if (count == 0)
            return;
        bool fetch = count >= 3 && zmq_msg_size(&frames[2]) == 5 && memcmp(zmq_msg_data(&frames[2]), "FETCH", 5) == 0;
        bool good = fetch ? take_fetch(runtime, frames, count) : inbox_add_frames(runtime->inbox, frames, count);
        if (!good)
            health_count_dropped(&runtime->health);
        for (size_t i = 0; i < count; i++)
            zmq_msg_close(&frames[i]);
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
    while (read(runtime->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGHUP)
            log_line(runtime->log, LOG_WARN,
                     "SIGHUP: a running service does not read its configuration anew; restart it");
        else
            runtime->ending = true;
    }
}

static bool backs_off(const struct runtime *runtime)
{
    return clock_boot_ms(runtime->clock) < runtime->retry_ms;
}

// Answers what must not wait for a turn: what is about the service itself, and everything while nothing can be stored.
static void sift_commands(struct runtime *runtime)
{
    size_t count;
    struct inbound *commands = inbox_commands(runtime->inbox, &count);
    for (size_t i = 0; i < count; i++)
        health_command(&runtime->health, &commands[i]);
    if (count > 0 && (backs_off(runtime) || health_closed(&runtime->health)))
        inbox_refuse_commands(runtime->inbox, runtime->router, 5,
                              "the store has no room or cannot be written; try again later");
}

// What the turn's commit allows.
static void let_out(struct runtime *runtime, int64_t boot_ms)
{
    inbox_answer_commands(runtime->inbox, runtime->router);
    if (runtime->service->port != NULL)
        runtime->service->port->after(runtime->self, boot_ms);
}

// Runs a turn when there is a reason for one, and lets its effects out.
static void turn(struct runtime *runtime, bool port_ready)
{
    int64_t boot_ms = clock_boot_ms(runtime->clock);
    sift_commands(runtime);
    size_t count;
    struct inbound *commands = inbox_commands(runtime->inbox, &count);
    bool due = engine_due(runtime->engine) <= clock_wall_ms(runtime->clock);
    if (backs_off(runtime) || (count == 0 && !runtime->has_batch && !due && !port_ready))
        return;
    int64_t began_us = clock_boot_us(runtime->clock);
    size_t records = runtime->has_batch ? runtime->batch.count : 0;
    enum engine_outcome outcome =
        engine_turn(runtime->engine, commands, count, runtime->has_batch ? &runtime->batch : NULL);
    runtime->has_batch = false;
    runtime->health.failing = outcome != ENGINE_DONE;
    if (outcome == ENGINE_DONE) {
        health_count_turn(&runtime->health, clock_boot_us(runtime->clock) - began_us, count, records);
        let_out(runtime, boot_ms);
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
    struct store *store = engine_store(runtime->engine);
    runtime->health.upstream_heard =
        runtime->dealer == NULL || !runtime->service->waits_for_upstream || boot_ms - runtime->heard_ms < HEARD_MS;
    runtime->health.use.disk_free_bytes = store_disk_free(store);
    log_tick(runtime->log);
    if (boot_ms >= runtime->trim_ms) {
        bool more = engine_trim(runtime->engine, runtime->options->reserve_ms) > 0;
        runtime->trim_ms = boot_ms + (more ? TRIM_AGAIN_MS : MINUTE_MS);
    }
    if (boot_ms - runtime->measured_ms >= MINUTE_MS) {
        runtime->measured_ms = boot_ms;
        store_check_readers(store);
        store_measure(store, &runtime->health.use);
        if (health_filling(&runtime->health))
            log_line(runtime->log, LOG_WARN, "the store's map is filling up; it grows at the next start",
                     LOG_COUNT("used_bytes", runtime->health.use.used_bytes),
                     LOG_COUNT("map_bytes", runtime->health.use.map_bytes));
    }
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
    int wait = least(SLEEP_MAX_MS, http_timeout_ms(runtime->http, boot_ms));
    if (backs_off(runtime))
        wait = least(wait, runtime->retry_ms - boot_ms);
    else
        wait = least(wait, due_ms <= wall_ms ? 0 : due_ms - wall_ms);
    if (runtime->service->port != NULL)
        wait = least(wait, runtime->service->port->timeout_ms(runtime->self, boot_ms));
    for (size_t i = 0; i < FOLLOWERS_MAX; i++)
        if (runtime->parked[i].waiting) {
            int64_t left_ms = runtime->parked[i].since_ms + PARK_MS - boot_ms;
            wait = least(wait, left_ms > 0 ? left_ms : 0);
            if (runtime->parked[i].complete_ms > wall_ms)
                wait = least(wait, runtime->parked[i].complete_ms - wall_ms);
        }
    return wait;
}

// Waits until there is something to do, at most `wait_ms`.
static void poll_all(struct runtime *runtime, int wait_ms)
{
    const struct port *port = runtime->service->port;
    // A question that could not be sent goes out when the upstream is there.
    bool asks = !runtime->asked && !runtime->has_batch && !runtime->ending;
    zmq_pollitem_t items[5] = {
        {.socket = runtime->router, .events = ZMQ_POLLIN},
        {.fd = runtime->signals, .events = ZMQ_POLLIN},
        {.fd = http_fd(runtime->http), .events = ZMQ_POLLIN},
    };
    int count = 3;
    if (runtime->dealer != NULL)
        items[count++] = (zmq_pollitem_t){.socket = runtime->dealer, .events = ZMQ_POLLIN | (asks ? ZMQ_POLLOUT : 0)};
    if (port != NULL && port->fd(runtime->self) >= 0)
        items[count++] = (zmq_pollitem_t){.fd = port->fd(runtime->self), .events = ZMQ_POLLIN};
    if (zmq_poll(items, count, wait_ms) < 0)
        must(zmq_errno() == EINTR);
}

// One round. Sleeps only when the round before took nothing in.
static bool round_once(struct runtime *runtime, bool idle)
{
    const struct port *port = runtime->service->port;
    poll_all(runtime, idle ? sleep_ms(runtime) : 0);
    collect_signals(runtime);
    take_messages(runtime);
    if (runtime->dealer != NULL)
        take_answer(runtime);
    int64_t boot_ms = clock_boot_ms(runtime->clock);
    size_t taken = http_run(runtime->http, boot_ms), commands;
    bool port_ready = port != NULL && port->work(runtime->self, boot_ms);
    inbox_commands(runtime->inbox, &commands);
    if (runtime->code == 0)
        turn(runtime, port_ready);
    // After a turn that must not be, or a store that fails, not a word leaves any more.
    if (runtime->code == 0 && !engine_broken(runtime->engine)) {
        answer_parked(runtime);
        pass_wants(runtime);
        inbox_answer_queries(runtime->inbox, runtime->router, look, runtime);
        ask(runtime);
        keep_house(runtime);
    }
    if (runtime->code == 0 && engine_broken(runtime->engine))
        stop(runtime, ENGINE_BROKEN, engine_trouble(runtime->engine));
    // A batch in hand waits for the end of the back-off, and does not make a round a busy one.
    return taken == 0 && commands == 0 && (backs_off(runtime) || (!runtime->has_batch && !port_ready));
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
    mark_arm(runtime->options->engine.folder);
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
    for (size_t i = 0; i < FOLLOWERS_MAX; i++)
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
        log_line(runtime->log, LOG_INFO, "ready", LOG_TEXT("endpoint", options->endpoint),
                 LOG_TEXT("http", options->listen), LOG_INT("port", http_port(runtime->http)),
                 LOG_COUNT("journal_last", engine_journal(runtime->engine)->last),
                 LOG_COUNT("position", engine_position(runtime->engine)->seq));
        loop(runtime);
        log_line(runtime->log, LOG_INFO, "ended", LOG_INT("exit", runtime->code));
    }
    code = runtime->code;
    close_all(runtime);
    free(runtime);
    return code;
}
