#include "bench/limits.h"

#include "bench/loose.h"
#include "bench/orders.h"
#include "common/arena.h"
#include "common/must.h"
#include "common/socket.h"
#include "harness/town.h"
#include "tend/v1/event.pb-c.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    BLOCK_BYTES = 4096,
    WAIT_MS = 20000,
    POOL_EVENTS = 1000, // different orders to unpack
    QUEUE = 200,        // batches on their way one way, below the sockets' limit
};

static struct orders *open_orders(void)
{
    struct orders_options options = {.seed = 7, .customers = 1000000, .time_ms = town_wall_ms()};
    return orders_open(&options);
}

void limits_fdatasync(const char *folder, unsigned scale, struct series *ret_us)
{
    char path[300], block[BLOCK_BYTES];
    struct delays delays = {0};
    snprintf(path, sizeof path, "%s/fdatasync", folder);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    must(file >= 0);
    memset(block, 'x', sizeof block);
    for (unsigned i = 0; i < 500 * scale; i++) {
        int64_t began_us = table_now_us();
        must(write(file, block, sizeof block) == (ssize_t)sizeof block && fdatasync(file) == 0);
        delays_add(&delays, table_now_us() - began_us);
    }
    close(file);
    unlink(path);
    series_add(ret_us, delays_at(&delays, 50));
    delays_free(&delays);
}

void limits_append(const char *folder, unsigned records, unsigned scale, struct series *ret_rate)
{
    char path[300];
    struct loose loose;
    snprintf(path, sizeof path, "%s/append", folder);
    loose_open(&loose, path);
    struct orders *orders = open_orders();
    uint64_t seq = 0, until_us = (uint64_t)scale * 250000;
    int64_t began_us = table_now_us(), passed_us = 0;
    for (; (uint64_t)passed_us < until_us; passed_us = table_now_us() - began_us) {
        MDB_txn *txn = loose_begin(&loose, 0);
        for (unsigned i = 0; i < records; i++) {
            uint8_t key[8];
            struct slice event = orders_event(orders);
            store_put_u64(key, ++seq);
            loose_append(&loose, txn, key, sizeof key, event.bytes, event.length);
        }
        loose_commit(txn);
    }
    series_add(ret_rate, (double)seq / ((double)passed_us / 1e6));
    orders_close(&orders);
    loose_close(&loose);
    loose_remove(path);
}

// --- ZeroMQ ---

// The other side: answers each message that has three frames with an empty one; of messages without a number, the last
// alone.
static void play(const char *endpoint)
{
    char error[300];
    void *context = zmq_ctx_new(), *socket = socket_listen(context, endpoint, error, sizeof error);
    must(socket != NULL);
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    while (zmq_poll(&item, 1, WAIT_MS) > 0) {
        zmq_msg_t frames[3];
        for (size_t count; (count = socket_receive(socket, frames, 3)) > 0;) {
            must(count == 3);
            struct frame answer[] = {{zmq_msg_data(&frames[0]), zmq_msg_size(&frames[0])}, {"", 0}};
            if (zmq_msg_size(&frames[1]) > 0)
                (void)socket_send(socket, answer, 2);
            for (size_t i = 0; i < count; i++)
                zmq_msg_close(&frames[i]);
        }
    }
    _exit(0);
}

void limits_serve(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--limits-play") == 0)
        play(argv[2]);
}

struct line {
    pid_t pid;
    void *context, *socket;
};

static void line_open(struct line *line, const char *folder)
{
    char endpoint[300], error[300];
    snprintf(endpoint, sizeof endpoint, "ipc://%s/play.sock", folder);
    unlink(endpoint + strlen("ipc://"));
    line->pid = fork();
    must(line->pid >= 0);
    if (line->pid == 0) {
        execl("/proc/self/exe", "limits", "--limits-play", endpoint, (char *)NULL);
        _exit(127);
    }
    line->context = zmq_ctx_new();
    line->socket = socket_connect(line->context, endpoint, error, sizeof error);
    must(line->socket != NULL);
}

static void line_close(struct line *line)
{
    zmq_close(line->socket);
    zmq_ctx_term(line->context);
    kill(line->pid, SIGKILL);
    waitpid(line->pid, NULL, 0);
}

static void line_send(struct line *line, bool answered, struct slice body)
{
    zmq_pollitem_t item = {.socket = line->socket, .events = ZMQ_POLLOUT};
    struct frame frames[] = {{"1", answered}, {body.bytes, body.length}};
    while (!socket_send(line->socket, frames, 2))
        must(zmq_poll(&item, 1, WAIT_MS) > 0);
}

static void line_hear(struct line *line)
{
    zmq_pollitem_t item = {.socket = line->socket, .events = ZMQ_POLLIN};
    zmq_msg_t frame;
    must(zmq_poll(&item, 1, WAIT_MS) > 0 && socket_receive(line->socket, &frame, 1) == 1);
    zmq_msg_close(&frame);
}

void limits_round_trip(const char *folder, unsigned scale, struct series *ret_us)
{
    struct line line;
    struct delays delays = {0};
    struct orders *orders = open_orders();
    line_open(&line, folder);
    for (unsigned i = 0; i < 2000 * scale + 100; i++) {
        int64_t began_us = table_now_us();
        line_send(&line, true, orders_event(orders));
        line_hear(&line);
        if (i >= 100) // the first ones wait for the connection
            delays_add(&delays, table_now_us() - began_us);
    }
    series_add(ret_us, delays_at(&delays, 50));
    delays_free(&delays);
    line_close(&line);
    orders_close(&orders);
}

void limits_one_way(const char *folder, unsigned batch, unsigned scale, struct series *ret_rate)
{
    struct line line;
    struct orders *orders = open_orders();
    line_open(&line, folder);
    line_send(&line, true, orders_batch(orders, batch));
    line_hear(&line);
    uint64_t sent = 0;
    int64_t began_us = table_now_us(), until_us = (int64_t)scale * 250000, passed_us = 0;
    struct slice body = orders_batch(orders, batch); // the same bytes again: making them is no part of it
    for (; passed_us < until_us; passed_us = table_now_us() - began_us) {
        // The last of each group is answered, so that no more than the sockets hold are on their way.
        for (unsigned i = 0; i < QUEUE; i++)
            line_send(&line, i == QUEUE / 2, body);
        line_hear(&line);
        sent += QUEUE;
    }
    series_add(ret_rate, (double)(sent * batch) / ((double)passed_us / 1e6));
    line_close(&line);
    orders_close(&orders);
}

void limits_unpack(unsigned scale, struct series *ret_ns)
{
    struct orders *orders = open_orders();
    struct arena *arena = arena_open(1024 * 1024, 16 * 1024 * 1024);
    size_t length = orders_bytes(orders);
    uint8_t *pool = malloc(POOL_EVENTS * length);
    must(pool != NULL);
    for (size_t i = 0; i < POOL_EVENTS; i++)
        memcpy(pool + i * length, orders_event(orders).bytes, length);
    int64_t began_us = table_now_us();
    for (unsigned round = 0; round < 100 * scale; round++) {
        arena_reset(arena);
        for (size_t i = 0; i < POOL_EVENTS; i++)
            must(tend__v1__event__unpack(arena_allocator(arena), length, pool + i * length) != NULL);
    }
    series_add(ret_ns, (double)(table_now_us() - began_us) * 1000 / (100.0 * scale * POOL_EVENTS));
    free(pool);
    arena_close(&arena);
    orders_close(&orders);
}
