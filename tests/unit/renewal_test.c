// A large store whose file is made anew while its service runs: who asks is answered meanwhile, the service ends at
// once when it is told to, and the next one does it. And when the new file cannot be opened, the process says so and
// ends.
#include "common/eraser_state.h"
#include "common/must.h"
#include "common/run.h"
#include "harness/cradle.h"
#include "harness/folder.h"
#include "harness/little.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define MAP ((size_t)1 << 30)

enum {
    STARTS = 2,
    WAIT_MS = 20000,
    END_MS = 2000, // in which a service ends that is told to
    ROW_BYTES = 1900,
    LARGE = 90000, // rows: some 180 MB
    PIECE = 5000,
    TEXT = 2000,
};

struct fixture {
    char folder[FOLDER_BYTES];
    struct cradle cradle;
    pid_t pid;
    int port;
};

struct orders {
    char folder[FOLDER_BYTES];
    int port;
};

static int64_t now_ms(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static int run_child(const void *said)
{
    const struct orders *orders = said;
    char endpoint[FOLDER_BYTES + 20], listen[40];
    struct little little = {.trimmable = UINT64_MAX};
    snprintf(endpoint, sizeof endpoint, "ipc://%.70s/run.sock", orders->folder);
    snprintf(listen, sizeof listen, "127.0.0.1:%d", orders->port);
    struct run_options options = {
        .engine = {.service = &little_upper,
                   .self = &little,
                   .folder = orders->folder,
                   .map_bytes = MAP,
                   .shards = 16,
                   .clock = clock_open()},
        .listen = listen,
        .endpoint = endpoint,
        .metrics = metrics_open(),
        .reserve_ms = 1000000,
    };
    return run_service(&options);
}

static struct store *open_store(struct fixture *f)
{
    struct store *store = NULL;
    struct store_error error;
    struct store_options options = {.folder = f->folder,
                                    .tables = little_upper.tables,
                                    .table_count = little_upper.table_count,
                                    .map_bytes = MAP,
                                    .throwaway = true};
    assert_true(store_open(&options, &error, &store));
    return store;
}

// A store with an erasure that waits for nothing but the file.
static void fill(struct fixture *f, uint32_t rows)
{
    static uint8_t row[ROW_BYTES];
    struct store *store = open_store(f);
    struct tx *tx = store_begin(store);
    struct erasure erasure = {.key = {1}, .step = STEP_READY, .heard_ms = 1};
    erasure_put(tx, &erasure);
    for (uint32_t i = 0; i < rows; i++) {
        uint8_t key[4];
        store_put_u32(key, i);
        memset(row, (int)(i & 0xff), sizeof row);
        tx_append(tx, STORE_TABLE_DEAD, key, sizeof key, row, sizeof row);
        if (i % PIECE != 0)
            continue;
        assert_int_equal(tx_commit(&tx), 0);
        tx = store_begin(store);
    }
    assert_int_equal(tx_commit(&tx), 0);
    store_close(&store);
}

static bool see(void *self, const struct record *record)
{
    (void)record;
    ++*(unsigned *)self;
    return true;
}

// What the journal holds: the report of the erasure, once there is one.
static unsigned records(struct fixture *f, uint64_t *ret_rows)
{
    unsigned count = 0;
    struct store *store = open_store(f);
    struct tx *tx = store_begin_read(store);
    journal_each(tx, 1, see, &count);
    *ret_rows = tx_count(tx, STORE_TABLE_DEAD);
    tx_abort(&tx);
    store_close(&store);
    return count;
}

static int free_port(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    must(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0);
    must(bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && getsockname(fd, (struct sockaddr *)&at, &length) == 0);
    close(fd);
    return ntohs(at.sin_port);
}

static int make(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    folder_make(f->folder);
    cradle_fill(&f->cradle, STARTS, sizeof(struct orders), run_child);
    f->port = free_port();
    *state = f;
    return 0;
}

static int unmake(void **state)
{
    struct fixture *f = *state;
    if (f->pid > 0) {
        kill(f->pid, SIGKILL);
        waitpid(f->pid, NULL, 0);
    }
    cradle_empty(&f->cradle);
    folder_remove(f->folder);
    free(f);
    return 0;
}

static void start(struct fixture *f)
{
    struct orders orders = {.port = f->port};
    memcpy(orders.folder, f->folder, sizeof orders.folder);
    f->pid = cradle_start(&f->cradle, &orders);
}

// The exit code, or 1000 and the signal; -1 when it does not end in time.
static int end_within(struct fixture *f, int64_t within_ms)
{
    int status = 0;
    for (int64_t until = now_ms() + within_ms; waitpid(f->pid, &status, WNOHANG) == 0; usleep(2000))
        if (now_ms() > until)
            return -1;
    f->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

// The status of the answer to a request, 0 while there is none.
static int ask(struct fixture *f, const char *target, char *ret_answer)
{
    char request[200];
    const struct timeval patience = {.tv_sec = 5};
    int fd = socket(AF_INET, SOCK_STREAM, 0), status = 0;
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)f->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    int length = snprintf(request, sizeof request,
                          "%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", target);
    ret_answer[0] = '\0';
    if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0 && send(fd, request, (size_t)length, 0) == length) {
        size_t used = 0;
        for (ssize_t got; used < TEXT - 1 && (got = recv(fd, ret_answer + used, TEXT - 1 - used, 0)) > 0;)
            used += (size_t)got;
        ret_answer[used] = '\0';
        sscanf(ret_answer, "HTTP/1.1 %d", &status);
    }
    close(fd);
    return status;
}

// Until the service says that its file is being made anew.
static bool is_rebuilding(struct fixture *f)
{
    char answer[TEXT];
    for (int64_t until = now_ms() + WAIT_MS; now_ms() < until; usleep(1000))
        if (ask(f, "GET /readyz", answer) == 503 && strstr(answer, "\"rebuilding\":true") != NULL)
            return true;
    return false;
}

static void wait_until_ready(struct fixture *f)
{
    char answer[TEXT];
    for (int64_t until = now_ms() + WAIT_MS; ask(f, "GET /readyz", answer) != 200; usleep(5000))
        if (now_ms() > until)
            fail_msg("it does not get ready: %s", answer);
}

static void test_it_answers_and_ends_meanwhile(void **state)
{
    struct fixture *f = *state;
    char answer[TEXT], path[FOLDER_BYTES + 20];
    uint64_t rows;
    struct stat before, after;
    snprintf(path, sizeof path, "%s/data.mdb", f->folder);
    fill(f, LARGE);
    assert_int_equal(stat(path, &before), 0);
    assert_true(before.st_size > 100 * 1024 * 1024);

    start(f);
    assert_true(is_rebuilding(f));
    assert_int_equal(ask(f, "GET /livez", answer), 200);
    assert_int_equal(ask(f, "GET /v1/status", answer), 200);
    kill(f->pid, SIGTERM);
    assert_int_equal(end_within(f, END_MS), 0);
    assert_int_equal(stat(path, &after), 0);
    assert_true(after.st_ino == before.st_ino); // it was in the middle of it
    assert_int_equal(records(f, &rows), 0);
    assert_int_equal(rows, LARGE);

    start(f);
    assert_true(is_rebuilding(f));
    wait_until_ready(f);
    assert_int_equal(ask(f, "POST /put", answer), 200);
    kill(f->pid, SIGTERM);
    assert_int_equal(end_within(f, END_MS), 0);
    assert_int_equal(stat(path, &after), 0);
    assert_true(after.st_ino != before.st_ino);
    assert_int_equal(records(f, &rows), 2); // the report, and what was put
    assert_int_equal(rows, LARGE);
}

// Something in the way of the lock file: the store cannot be opened anew, and nothing may touch it then.
static void test_a_file_that_cannot_be_opened_ends_it(void **state)
{
    struct fixture *f = *state;
    char answer[TEXT], lock[FOLDER_BYTES + 20];
    uint64_t rows;
    snprintf(lock, sizeof lock, "%s/lock.mdb", f->folder);
    fill(f, LARGE);
    start(f);
    assert_true(is_rebuilding(f));
    assert_int_equal(unlink(lock), 0);
    assert_int_equal(mkdir(lock, 0700), 0);
    assert_int_equal(end_within(f, WAIT_MS), 74);
    assert_int_equal(rmdir(lock), 0);
    start(f);
    assert_true(is_rebuilding(f));
    wait_until_ready(f);
    assert_int_equal(ask(f, "GET /livez", answer), 200);
    kill(f->pid, SIGTERM);
    assert_int_equal(end_within(f, END_MS), 0);
    assert_int_equal(records(f, &rows), 1);
    assert_int_equal(rows, LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_it_answers_and_ends_meanwhile, make, unmake),
        cmocka_unit_test_setup_teardown(test_a_file_that_cannot_be_opened_ends_it, make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
