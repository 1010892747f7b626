#include "bench/load.h"

#include "common/must.h"
#include "common/socket.h"
#include "tend/v1/journal.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_FRAMES = 4, BARE_FRAMES = 2, ANSWER_MS = 120000 };

struct load {
    void *context, *socket;
    bool bare;
    uint64_t asked;
    int64_t sent_us[LOAD_WINDOW_MAX]; // by the number of the request
};

struct load *load_open(const char *endpoint, bool bare)
{
    char error[300];
    struct load *load = calloc(1, sizeof *load);
    must(load != NULL);
    load->bare = bare;
    load->context = zmq_ctx_new();
    load->socket = socket_connect(load->context, endpoint, error, sizeof error);
    must(load->socket != NULL);
    return load;
}

void load_close(struct load **load)
{
    zmq_close((*load)->socket);
    zmq_ctx_term((*load)->context);
    free(*load);
    *load = NULL;
}

static void send_batch(struct load *load, struct orders *orders, size_t batch)
{
    static const char target[] = "POST /v1/events", type[] = "application/x-protobuf";
    struct slice body = orders_batch(orders, batch);
    uint64_t id = load->asked++;
    struct frame ours[] = {
        {&id, sizeof id}, {target, sizeof target - 1}, {type, sizeof type - 1}, {body.bytes, body.length}};
    struct frame bare[] = {{&id, sizeof id}, {body.bytes, body.length}};
    zmq_pollitem_t item = {.socket = load->socket, .events = ZMQ_POLLOUT};
    load->sent_us[id % LOAD_WINDOW_MAX] = table_now_us();
    while (!socket_send(load->socket, load->bare ? bare : ours, load->bare ? 2 : 4))
        must(zmq_poll(&item, 1, ANSWER_MS) > 0);
}

static void check(zmq_msg_t *frames, size_t batch)
{
    Tend__V1__EventResults *results =
        tend__v1__event_results__unpack(NULL, zmq_msg_size(&frames[3]), zmq_msg_data(&frames[3]));
    bool good = zmq_msg_size(&frames[1]) == 3 && memcmp(zmq_msg_data(&frames[1]), "200", 3) == 0 && results != NULL &&
                results->stored == batch;
    if (!good)
        fprintf(stderr, "ingest answered %.*s: %.*s\n", (int)zmq_msg_size(&frames[1]),
                (const char *)zmq_msg_data(&frames[1]), (int)zmq_msg_size(&frames[3]),
                (const char *)zmq_msg_data(&frames[3]));
    must(good);
    tend__v1__event_results__free_unpacked(results, NULL);
}

// Takes one answer if there is one.
static bool take_answer(struct load *load, size_t batch, struct delays *delays)
{
    zmq_msg_t frames[ANSWER_FRAMES];
    size_t count = socket_receive(load->socket, frames, ANSWER_FRAMES);
    if (count == 0)
        return false;
    must(count == (load->bare ? BARE_FRAMES : ANSWER_FRAMES) && zmq_msg_size(&frames[0]) == sizeof(uint64_t));
    uint64_t id;
    memcpy(&id, zmq_msg_data(&frames[0]), sizeof id);
    if (delays != NULL)
        delays_add(delays, table_now_us() - load->sent_us[id % LOAD_WINDOW_MAX]);
    if (!load->bare)
        check(frames, batch);
    for (size_t i = 0; i < count; i++)
        zmq_msg_close(&frames[i]);
    return true;
}

// Whether another request is to be sent, and how long it must still wait.
static bool has_more(const struct load_plan *plan, uint64_t sent, int64_t began_us, int64_t *ret_pause_us)
{
    int64_t passed_us = table_now_us() - began_us;
    uint64_t events = sent * plan->batch;
    *ret_pause_us = plan->rate > 0 ? (int64_t)((double)events / plan->rate * 1e6) - passed_us : 0;
    return (plan->events == 0 || events < plan->events) && (plan->ms == 0 || passed_us < plan->ms * 1000);
}

double load_run(struct load *load, struct orders *orders, const struct load_plan *plan, struct delays *delays)
{
    must(plan->window > 0 && plan->window <= LOAD_WINDOW_MAX && (plan->events > 0 || plan->ms > 0));
    must(plan->batch > 0 && plan->batch <= ORDERS_BATCH_MAX && plan->events % plan->batch == 0);
    uint64_t sent = 0, answered = 0; // requests
    int64_t began_us = table_now_us(), pause_us;
    zmq_pollitem_t item = {.socket = load->socket, .events = ZMQ_POLLIN};
    for (bool more = true; more || answered < sent;) {
        more = has_more(plan, sent, began_us, &pause_us);
        bool free = more && sent - answered < plan->window;
        if (free && pause_us <= 0) {
            send_batch(load, orders, plan->batch);
            sent++;
        } else if (free || answered < sent) {
            long wait_ms = free ? (long)((pause_us + 999) / 1000) : ANSWER_MS;
            must(zmq_poll(&item, 1, wait_ms) > 0 || free);
        }
        while (answered < sent && take_answer(load, plan->batch, delays))
            answered++;
    }
    return (double)(answered * plan->batch) / ((double)(table_now_us() - began_us) / 1e6);
}
