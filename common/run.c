#include "common/run.h"

#include "common/health.h"
#include "common/inbox.h"
#include "common/mark.h"
#include "common/lastwords.h"
#include "common/must.h"
#include "common/pull.h"
#include "common/serve.h"
#include "common/trunk.h"

#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    PARK_MS = 200, // how long a fetch with nothing new waits before it hears "complete to now"
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
    BREATH_MS = 10,                    // between two looks around while the store's file is made anew
    RENEWAL_MS = 1000,                 // so long a new file may take before changes are sent away
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
    void *context, *router;
    struct pull *pull;
    struct trunk *trunk; // NULL: no other process of our kind
    int signals;

    struct arena *answers; // of one fetch answer being made
    struct parked parked[FOLLOWERS_MAX];
    uint64_t instance;                      // of us as a follower, drawn at the start
    int64_t measured_ms, trim_ms, retry_ms; // boot
    int64_t renewal_ms, breath_ms;          // boot: when the making of a new file began, and took its last breath
    bool ending;
    int code;
};

static int stop(struct runtime *runtime, int code, const char *sentence)
{
    log_line(runtime->log, LOG_ERROR, sentence, LOG_INT("exit", code));
    if (code == ENGINE_REFUSED)
        lastwords_put(runtime->options->engine.folder, sentence);
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

// --- following ---

static void take_answers(struct runtime *runtime)
{
    unsigned dropped;
    char refusal[SENTENCE_BYTES] = "";
    bool good = pull_take(runtime->pull, &dropped, refusal, sizeof refusal);
    for (; dropped > 0; dropped--)
        health_count_dropped(&runtime->health);
    for (unsigned i = 0; i < engine_upstreams(runtime->engine); i++)
        runtime->health.upstream_last[i] = pull_last(runtime->pull, i);
    if (!good)
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
    const struct batch *batch = pull_batch(runtime->pull);
    bool news = port_ready || peers_news(runtime->options->engine.peers);
    if (backs_off(runtime) || (count == 0 && batch == NULL && !due && !news))
        return;
    int64_t began_us = clock_boot_us(runtime->clock);
    size_t records = batch != NULL ? batch->count : 0;
    enum engine_outcome outcome = engine_turn(runtime->engine, commands, count, batch);
    if (batch != NULL)
        pull_done(runtime->pull);
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

// While the store's file is made anew, who asks is answered; who wants to change something waits a moment, and when it
// takes longer is sent away.
static bool breathe(void *context)
{
    struct runtime *runtime = context;
    int64_t boot_ms = clock_boot_ms(runtime->clock);
    if (boot_ms - runtime->breath_ms < BREATH_MS)
        return !runtime->ending;
    runtime->breath_ms = boot_ms;
    collect_signals(runtime);
    take_messages(runtime);
    (void)http_run(runtime->http, boot_ms);
    inbox_answer_queries(runtime->inbox, runtime->router, look, runtime);
    if (boot_ms - runtime->renewal_ms >= RENEWAL_MS)
        inbox_refuse_commands(runtime->inbox, runtime->router, 5,
                              "the store's file is made anew, without what was erased; try again later");
    return !runtime->ending;
}

// Erased persons may wait for a new file of the store. Who is told to end meanwhile begins anew at the next start.
static void renew(struct runtime *runtime)
{
    if (runtime->ending || !engine_wants_renewal(runtime->engine))
        return;
    struct store_breath breath = {.take = breathe, .context = runtime};
    int64_t took_ms;
    runtime->breath_ms = runtime->renewal_ms = clock_boot_ms(runtime->clock);
    runtime->health.rebuilding = true;
    if (engine_renew(runtime->engine, &breath, &took_ms) != ENGINE_DONE)
        stop(runtime, ENGINE_BROKEN, engine_trouble(runtime->engine));
    runtime->health.rebuilding = false;
    runtime->measured_ms = 0; // of the file before
}

static void keep_house(struct runtime *runtime)
{
    int64_t boot_ms = clock_boot_ms(runtime->clock);
    struct store *store = engine_store(runtime->engine);
    runtime->health.upstream_heard = !runtime->service->waits_for_upstream || pull_heard(runtime->pull);
    runtime->health.use.disk_free_bytes = store_disk_free(store);
    log_tick(runtime->log);
    renew(runtime);
    if (runtime->code != 0)
        return; // the store is not to be touched any more
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
    if (runtime->trunk != NULL)
        wait = least(wait, trunk_timeout_ms(runtime->trunk, boot_ms));
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
    zmq_pollitem_t items[4 + UPSTREAMS_MAX + LANES_MAX] = {
        {.socket = runtime->router, .events = ZMQ_POLLIN},
        {.fd = runtime->signals, .events = ZMQ_POLLIN},
        {.fd = http_fd(runtime->http), .events = ZMQ_POLLIN},
    };
    int count = 3;
    if (!runtime->ending)
        count += pull_poll(runtime->pull, items + count);
    if (runtime->trunk != NULL)
        count += trunk_poll(runtime->trunk, items + count);
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
    take_answers(runtime);
    int64_t boot_ms = clock_boot_ms(runtime->clock);
    if (runtime->trunk != NULL)
        trunk_work(runtime->trunk, boot_ms);
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
        if (!runtime->ending)
            pull_ask(runtime->pull);
        if (runtime->trunk != NULL)
            trunk_work(runtime->trunk, boot_ms); // what this turn asked
        keep_house(runtime);
    }
    if (runtime->code == 0 && engine_broken(runtime->engine))
        stop(runtime, ENGINE_BROKEN, engine_trouble(runtime->engine));
    // A batch in hand waits for the end of the back-off, and does not make a round a busy one.
    bool news = port_ready || pull_batch(runtime->pull) != NULL || peers_news(runtime->options->engine.peers);
    return taken == 0 && commands == 0 && (backs_off(runtime) || !news);
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
    if (runtime->http == NULL) {
        size_t used = strlen(sentence);
        snprintf(sentence + used, SENTENCE_BYTES - used, "; the config's %s.listen says where",
                 runtime->options->engine.service->name);
        return CODE_TEMPORARY;
    }
    runtime->context = zmq_ctx_new();
    runtime->router = socket_listen(runtime->context, runtime->options->endpoint, sentence, SENTENCE_BYTES);
    if (runtime->router == NULL)
        return CODE_CREATE;
    const struct run_options *options = runtime->options;
    runtime->pull = pull_open(runtime->engine, runtime->clock, runtime->context, options->upstreams,
                              options->upstream_count, runtime->instance, sentence, SENTENCE_BYTES);
    if (options->siblings != NULL)
        runtime->trunk =
            trunk_open(runtime->context, options->engine.peers, options->siblings, sentence, SENTENCE_BYTES);
    return runtime->pull == NULL || (options->siblings != NULL && runtime->trunk == NULL) ? CODE_CREATE : 0;
}

static void close_all(struct runtime *runtime)
{
    for (size_t i = 0; i < FOLLOWERS_MAX; i++)
        unpark(&runtime->parked[i]);
    inbox_close(&runtime->inbox);
    http_close(&runtime->http);
    pull_close(&runtime->pull);
    trunk_close(&runtime->trunk);
    if (runtime->router != NULL)
        zmq_close(runtime->router);
    if (runtime->context != NULL)
        zmq_ctx_term(runtime->context);
    engine_close(&runtime->engine);
    arena_close(&runtime->answers);
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
    runtime->signals = open_signals();
    randombytes_buf(&runtime->instance, sizeof runtime->instance);
    char sentence[SENTENCE_BYTES];
    if (runtime->service->declare != NULL)
        runtime->service->declare(runtime->self, options->metrics);
    if (runtime->service->meet != NULL && options->engine.peers != NULL)
        runtime->service->meet(runtime->self, options->engine.peers);
    int code = open_all(runtime, sentence);
    if (code != 0) {
        stop(runtime, code, sentence);
    } else {
        health_open(&runtime->health, runtime->engine, options->metrics);
        lastwords_forget(options->engine.folder);
        log_line(runtime->log, LOG_INFO, "ready", LOG_TEXT("endpoint", options->endpoint),
                 LOG_TEXT("http", options->listen), LOG_INT("port", http_port(runtime->http)),
                 LOG_COUNT("journal_last", engine_journal(runtime->engine)->last),
                 LOG_COUNT("position", health_position(&runtime->health)));
        loop(runtime);
        log_line(runtime->log, LOG_INFO, "ended", LOG_INT("exit", runtime->code));
    }
    code = runtime->code;
    close_all(runtime);
    free(runtime);
    return code;
}
