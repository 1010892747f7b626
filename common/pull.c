#include "common/pull.h"

#include "common/follow.h"
#include "common/must.h"

#include <stdlib.h>

enum {
    ASK_AGAIN_MS = 2000, // a fetch without an answer
    HEARD_MS = 10000,    // an upstream silent for longer makes us not ready
    ARENA_BLOCK = 4 * 1024 * 1024,
    ARENA_LIMIT = 64 * 1024 * 1024, // of one answer unpacked
    ANSWER_FRAMES = 4,
};

// The way to one upstream.
struct way {
    void *dealer;
    struct arena *arena; // of its batch
    struct batch batch;
    bool has_batch;
    bool asked; // a fetch is on its way
    int64_t asked_ms, heard_ms;
    int64_t wanted_ms; // wall: what the fetch on its way wants, 0: nothing
    uint64_t last;
};

struct pull {
    struct engine *engine;
    struct clock *clock;
    uint64_t instance;
    struct arena *questions; // of one fetch being made
    struct way ways[UPSTREAMS_MAX];
    unsigned count;
    unsigned turn; // whose batch comes next
};

struct pull *pull_open(struct engine *engine, struct clock *clock, void *context, const char *const *endpoints,
                       unsigned count, uint64_t instance, char *ret_error, size_t error_bytes)
{
    must(count <= UPSTREAMS_MAX && (count == 0 || count == engine_upstreams(engine)));
    struct pull *pull = calloc(1, sizeof *pull);
    must(pull != NULL);
    pull->engine = engine;
    pull->clock = clock;
    pull->instance = instance;
    pull->questions = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    for (bool good = true; good && pull->count < count;) {
        struct way *way = &pull->ways[pull->count];
        way->dealer = socket_connect(context, endpoints[pull->count], ret_error, error_bytes);
        good = way->dealer != NULL;
        if (!good)
            break;
        way->arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
        pull->count++;
    }
    if (pull->count < count)
        pull_close(&pull);
    return pull;
}

void pull_close(struct pull **pull)
{
    if (*pull == NULL)
        return;
    for (unsigned i = 0; i < (*pull)->count; i++) {
        zmq_close((*pull)->ways[i].dealer);
        arena_close(&(*pull)->ways[i].arena);
    }
    arena_close(&(*pull)->questions);
    free(*pull);
    *pull = NULL;
}

int pull_poll(const struct pull *pull, zmq_pollitem_t *ret_items)
{
    for (unsigned i = 0; i < pull->count; i++) {
        const struct way *way = &pull->ways[i];
        // A question that could not be sent goes out when the upstream is there.
        bool asks = !way->asked && !way->has_batch && engine_may_ask(pull->engine, i);
        ret_items[i] =
            (zmq_pollitem_t){.socket = way->dealer, .events = (short)(ZMQ_POLLIN | (asks ? ZMQ_POLLOUT : 0))};
    }
    return (int)pull->count;
}

static enum follow_outcome take_one(struct pull *pull, unsigned which, zmq_msg_t *frames, size_t count,
                                    char *ret_refusal, size_t refusal_bytes)
{
    struct way *way = &pull->ways[which];
    if (count != ANSWER_FRAMES || way->has_batch)
        return FOLLOW_IGNORE;
    arena_reset(way->arena);
    enum follow_outcome outcome = follow_read(pull->engine, which, zmq_msg_data(&frames[3]), zmq_msg_size(&frames[3]),
                                              way->arena, &way->batch, ret_refusal, refusal_bytes);
    // A place that could not be stored is asked for again like an answer that did not come.
    if (outcome == FOLLOW_ANEW && engine_accept(pull->engine, which, &way->batch) == ENGINE_DONE)
        way->asked = false;
    if (outcome == FOLLOW_BATCH) {
        way->has_batch = true;
        way->asked = false;
        way->heard_ms = clock_boot_ms(pull->clock);
        way->last = way->batch.last;
    }
    return outcome;
}

bool pull_take(struct pull *pull, unsigned *ret_dropped, char *ret_refusal, size_t refusal_bytes)
{
    bool good = true;
    *ret_dropped = 0;
    for (unsigned which = 0; good && which < pull->count; which++) {
        zmq_msg_t frames[ANSWER_FRAMES];
        size_t count = socket_receive(pull->ways[which].dealer, frames, ANSWER_FRAMES);
        if (count == 0)
            continue;
        enum follow_outcome outcome = take_one(pull, which, frames, count, ret_refusal, refusal_bytes);
        *ret_dropped += outcome == FOLLOW_IGNORE;
        good = outcome != FOLLOW_REFUSED;
        for (size_t i = 0; i < count; i++)
            zmq_msg_close(&frames[i]);
    }
    return good;
}

// Whose batch is next: the first from `turn` on that has one, `count` when none has.
static unsigned next_way(const struct pull *pull)
{
    for (unsigned i = 0; i < pull->count; i++) {
        unsigned which = (pull->turn + i) % pull->count;
        if (pull->ways[which].has_batch)
            return which;
    }
    return pull->count;
}

const struct batch *pull_batch(const struct pull *pull)
{
    unsigned which = next_way(pull);
    return which < pull->count ? &pull->ways[which].batch : NULL;
}

void pull_done(struct pull *pull)
{
    unsigned which = next_way(pull);
    must(which < pull->count);
    pull->ways[which].has_batch = false;
    pull->turn = (which + 1) % pull->count;
}

void pull_ask(struct pull *pull)
{
    int64_t boot_ms = clock_boot_ms(pull->clock);
    for (unsigned which = 0; which < pull->count; which++) {
        struct way *way = &pull->ways[which];
        int64_t wanted_ms = engine_wanted_ms(pull->engine, which);
        // A question that is on its way is asked anew when we have come to want the answer sooner; it takes the place
        // of the first.
        bool sooner = wanted_ms != 0 && (way->wanted_ms == 0 || wanted_ms < way->wanted_ms);
        bool due = !way->asked || sooner || boot_ms - way->asked_ms >= ASK_AGAIN_MS;
        if (way->has_batch || !due || !engine_may_ask(pull->engine, which))
            continue;
        arena_reset(pull->questions);
        struct slice fetch = follow_ask(pull->engine, which, pull->instance, pull->questions);
        struct frame frames[] = {{"f", 1}, {"FETCH", 5}, {"application/x-protobuf", 22}, {fetch.bytes, fetch.length}};
        if (socket_send(way->dealer, frames, sizeof frames / sizeof *frames)) {
            way->asked = true;
            way->asked_ms = boot_ms;
            way->wanted_ms = wanted_ms;
        }
    }
}

bool pull_heard(const struct pull *pull)
{
    int64_t boot_ms = clock_boot_ms(pull->clock);
    for (unsigned i = 0; i < pull->count; i++)
        if (boot_ms - pull->ways[i].heard_ms >= HEARD_MS)
            return false;
    return true;
}

uint64_t pull_last(const struct pull *pull, unsigned which)
{
    must(which < UPSTREAMS_MAX);
    return pull->ways[which].last;
}
