// Several processes of one service as processes: "upper", two of "lower" that share its shards and talk to each other,
// and "last", which follows both.
#include "common/must.h"
#include "common/run.h"
#include "harness/cradle.h"
#include "harness/folder.h"
#include "harness/little.h"
#include "services/tend/client.h"

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

enum { MAP = 1 << 26, WAIT_MS = 10000, TEXT = 4000, STARTS_MAX = 10 };
enum who { UPPER, LOWER_0, LOWER_1, LAST, PROCESSES };

// What a child is told.
struct orders {
    char folder[FOLDER_BYTES];
    enum who who;
};

struct fixture {
    char folder[FOLDER_BYTES];
    struct cradle cradle;
    pid_t pids[PROCESSES];
    struct client *clients[PROCESSES];
    char answer[TEXT];
};

static int64_t now_ms(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static const char *endpoint_of(const char *folder, enum who who)
{
    static char texts[PROCESSES][FOLDER_BYTES + 40];
    snprintf(texts[who], sizeof texts[who], "ipc://%.*s/run/%u.sock", FOLDER_BYTES, folder, (unsigned)who);
    return texts[who];
}

static int run_child(const void *said)
{
    const struct orders *orders = said;
    enum who who = orders->who;
    static const struct service *const services[PROCESSES] = {&little_upper, &little_lower, &little_lower,
                                                              &little_last};
    char folder[FOLDER_BYTES + 20];
    snprintf(folder, sizeof folder, "%.*s/%u", FOLDER_BYTES, orders->folder, (unsigned)who);
    const bool lower = who == LOWER_0 || who == LOWER_1;
    const char *upper[] = {endpoint_of(orders->folder, UPPER)};
    const char *lowers[] = {endpoint_of(orders->folder, LOWER_0), endpoint_of(orders->folder, LOWER_1)};
    struct little little = {.trimmable = UINT64_MAX};
    struct run_options options = {
        .engine = {.service = services[who],
                   .self = &little,
                   .folder = folder,
                   .map_bytes = MAP,
                   .shards = 16,
                   .clock = clock_open(),
                   .lane = lower ? (struct lane){who - LOWER_0, 2} : (struct lane){0, 1},
                   .upstreams = who == LAST ? 2 : 1,
                   .peers = lower ? peers_open(who - LOWER_0, 2) : NULL},
        .listen = "127.0.0.1:0",
        .endpoint = endpoint_of(orders->folder, who),
        .upstreams = who == LAST ? lowers : upper,
        .upstream_count = who == UPPER  ? 0
                          : who == LAST ? 2
                                        : 1,
        .siblings = lower ? lowers : NULL,
        .metrics = metrics_open(),
        .reserve_ms = 1000000,
    };
    return run_service(&options);
}

static void start(struct fixture *fixture, enum who who)
{
    struct orders orders = {.who = who};
    memcpy(orders.folder, fixture->folder, sizeof orders.folder);
    fixture->pids[who] = cradle_start(&fixture->cradle, &orders);
    if (fixture->clients[who] == NULL)
        fixture->clients[who] = client_open(endpoint_of(fixture->folder, who));
    assert_non_null(fixture->clients[who]);
}

static int end(struct fixture *fixture, enum who who, int signal)
{
    int status = 0;
    if (signal != 0)
        kill(fixture->pids[who], signal);
    for (int64_t until_ms = now_ms() + WAIT_MS; waitpid(fixture->pids[who], &status, WNOHANG) == 0; usleep(2000))
        if (now_ms() > until_ms)
            fail_msg("process %d does not end", (int)who);
    fixture->pids[who] = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int make(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    folder_make(fixture->folder);
    cradle_fill(&fixture->cradle, STARTS_MAX, sizeof(struct orders), run_child);
    for (enum who who = UPPER; who < PROCESSES; who++)
        start(fixture, who);
    *state = fixture;
    return 0;
}

static int unmake(void **state)
{
    struct fixture *fixture = *state;
    for (enum who who = UPPER; who < PROCESSES; who++) {
        if (fixture->pids[who] > 0) {
            kill(fixture->pids[who], SIGKILL);
            waitpid(fixture->pids[who], NULL, 0);
        }
        client_close(&fixture->clients[who]);
    }
    cradle_empty(&fixture->cradle);
    folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

// The status of the answer, which is kept; 0: none came.
static int ask(struct fixture *fixture, enum who who, const char *target, const char *body)
{
    struct answer answer;
    if (!client_call(fixture->clients[who], target, "text/plain", body, strlen(body), WAIT_MS, &answer))
        return 0;
    snprintf(fixture->answer, sizeof fixture->answer, "%s", answer.body);
    return answer.status;
}

static void wait_for(struct fixture *fixture, enum who who, const char *target, const char *text)
{
    for (int64_t until_ms = now_ms() + WAIT_MS;; usleep(5000)) {
        (void)ask(fixture, who, target, "");
        if (strstr(fixture->answer, text) != NULL)
            return;
        if (now_ms() > until_ms)
            fail_msg("'%s' never says '%s'", fixture->answer, text);
    }
}

static void put_all(struct fixture *fixture)
{
    char text[2] = "a";
    for (char c = 'a'; c <= 'p'; c++) {
        text[0] = c;
        assert_int_equal(ask(fixture, UPPER, "POST /put", text), 200);
    }
    assert_int_equal(ask(fixture, UPPER, "POST /put", ""), 200); // for both
}

static void test_both_share_the_work(void **state)
{
    struct fixture *fixture = *state;
    put_all(fixture);
    wait_for(fixture, LOWER_0, "GET /", "applied 9,");
    wait_for(fixture, LOWER_1, "GET /", "applied 9,");
    wait_for(fixture, LAST, "GET /", "applied 17,");
    wait_for(fixture, LAST, "GET /v1/status", "\"ready\":true");
    assert_int_equal(ask(fixture, LAST, "GET /v1/status", ""), 200);
    for (unsigned i = 0; i < 2; i++) {
        char text[80];
        snprintf(text, sizeof text, "{\"name\":\"lower-%u\",\"position\":\"9\"", i);
        assert_non_null(strstr(fixture->answer, text));
    }
    assert_non_null(strstr(fixture->answer, "\"position\":\"18\""));
    assert_int_equal(ask(fixture, LOWER_1, "GET /v1/status", ""), 200);
    assert_non_null(strstr(fixture->answer, "\"service\":\"lower-1\""));
}

static void test_killed_ones_come_back(void **state)
{
    struct fixture *fixture = *state;
    put_all(fixture);
    wait_for(fixture, LAST, "GET /", "applied 17,");
    assert_int_equal(end(fixture, LOWER_1, SIGKILL), 1000 + SIGKILL);
    put_all(fixture);
    wait_for(fixture, LAST, "GET /", "applied 26,"); // the half of the one that lives, and what goes to all
    assert_int_equal(end(fixture, LAST, SIGKILL), 1000 + SIGKILL);
    start(fixture, LOWER_1);
    put_all(fixture);
    start(fixture, LAST);
    wait_for(fixture, LAST, "GET /", "applied 51,");
    wait_for(fixture, LOWER_1, "GET /", "applied 27,");
}

static void test_one_refuses(void **state)
{
    struct fixture *fixture = *state;
    char folder[FOLDER_BYTES + 20];
    put_all(fixture);
    wait_for(fixture, LAST, "GET /", "applied 17,");
    assert_int_equal(end(fixture, LOWER_1, SIGTERM), 0);
    snprintf(folder, sizeof folder, "%.*s/%u", FOLDER_BYTES, fixture->folder, (unsigned)LOWER_1);
    folder_remove(folder);
    start(fixture, LOWER_1); // made anew: another journal
    assert_int_equal(end(fixture, LAST, 0), 78);
}

static void test_they_talk(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(ask(fixture, LOWER_0, "POST /ask", "GET /name?a=1"), 200);
    wait_for(fixture, LOWER_0, "GET /heard", "1 says 200 applied 0, path /name, a 1, b -");
    assert_int_equal(ask(fixture, LOWER_1, "POST /ask", "POST /put"), 200); // "body"
    wait_for(fixture, LOWER_1, "GET /heard", "0 says 200 puts 1");
    // Nobody there: the answer is that there is none, in good time, and all else goes on meanwhile.
    assert_int_equal(end(fixture, LOWER_1, SIGKILL), 1000 + SIGKILL);
    assert_int_equal(ask(fixture, LOWER_0, "POST /ask", "GET /name"), 200);
    assert_int_equal(ask(fixture, LOWER_0, "GET /heard", ""), 200);
    assert_null(strstr(fixture->answer, "503"));
    wait_for(fixture, LOWER_0, "GET /heard", "1 says 503");
    start(fixture, LOWER_1);
    assert_int_equal(ask(fixture, LOWER_0, "POST /ask", "GET /again"), 200);
    wait_for(fixture, LOWER_0, "GET /heard", "path /again");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)
    const struct CMUnitTest tests[] = {
        TEST(test_both_share_the_work),
        TEST(test_killed_ones_come_back),
        TEST(test_one_refuses),
        TEST(test_they_talk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
