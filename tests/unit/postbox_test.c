// The way of batches to ingest: what ingest says to a later one while an earlier one is waited for is not forgotten.
#include "common/must.h"
#include "common/socket.h"
#include "harness/cradle.h"
#include "harness/folder.h"
#include "services/tend/postbox.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { ENDPOINT_BYTES = FOLDER_BYTES + 20, FRAMES = 5, SOON_MS = 1500 };

struct orders {
    char endpoint[ENDPOINT_BYTES];
};

static void answer(void *socket, zmq_msg_t *frames, const char *status, const char *body)
{
    struct frame reply[] = {{zmq_msg_data(&frames[0]), zmq_msg_size(&frames[0])},
                            {zmq_msg_data(&frames[1]), zmq_msg_size(&frames[1])},
                            {status, strlen(status)},
                            {"application/json", 16},
                            {body, strlen(body)}};
    must(socket_send(socket, reply, sizeof reply / sizeof *reply));
}

static size_t receive(void *socket, zmq_msg_t *frames)
{
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    while (true) {
        size_t count = socket_receive(socket, frames, FRAMES);
        if (count > 0)
            return count;
        zmq_poll(&item, 1, -1);
    }
}

static void forget(zmq_msg_t *frames)
{
    for (size_t i = 0; i < FRAMES; i++)
        zmq_msg_close(&frames[i]);
}

// Takes two batches, refuses the second at once, and stores the first afterwards.
static int serve(const void *said)
{
    const struct orders *orders = said;
    char error[200];
    void *context = zmq_ctx_new(), *socket = socket_listen(context, orders->endpoint, error, sizeof error);
    zmq_msg_t first[FRAMES], frames[FRAMES];
    unsigned batches = 0;
    must(socket != NULL);
    while (true) {
        must(receive(socket, frames) == FRAMES);
        if (memcmp(zmq_msg_data(&frames[2]), "GET", 3) == 0) {
            answer(socket, frames, "200", "{}");
        } else if (batches++ == 0) {
            for (size_t i = 0; i < FRAMES; i++) {
                zmq_msg_init(&first[i]);
                zmq_msg_move(&first[i], &frames[i]);
            }
        } else if (batches == 2) {
            answer(socket, frames, "413", "{\"error\":{\"reason\":\"far too large\"}}");
            answer(socket, first, "200", "");
            forget(first);
        }
        forget(frames);
    }
}

static int64_t now_ms(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static void test_what_a_later_one_was_told(void **state)
{
    char folder[FOLDER_BYTES], error[300];
    struct cradle cradle;
    struct orders orders;
    (void)state;
    folder_make(folder);
    cradle_fill(&cradle, 1, sizeof orders, serve);
    snprintf(orders.endpoint, sizeof orders.endpoint, "ipc://%s/post.sock", folder);
    pid_t child = cradle_start(&cradle, &orders);
    struct postbox *postbox = postbox_open(orders.endpoint, error, sizeof error);
    assert_non_null(postbox);
    struct sender sender = postbox_sender(postbox);
    Tend__V1__EventBatch batch = TEND__V1__EVENT_BATCH__INIT;
    const Tend__V1__EventResults *results;
    assert_true(sender.post(sender.self, &batch) && sender.post(sender.self, &batch));
    assert_true(sender.collect(sender.self, &results));
    int64_t began = now_ms();
    assert_false(sender.collect(sender.self, &results));
    assert_true(now_ms() - began < SOON_MS); // it was told already
    assert_non_null(strstr(sender.why(sender.self), "413"));
    assert_non_null(strstr(sender.why(sender.self), "far too large"));
    postbox_close(&postbox);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    cradle_empty(&cradle);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_a_later_one_was_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
