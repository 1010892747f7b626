#include "harness/town.h"

#include "common/must.h"

#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const char *const town_names[TOWN_PLACES] = {"ingest", "scoring", "scheduler", "notifier"};

void town_open(struct town *town, const char *programs, int first_port, const char *extra)
{
    memset(town, 0, sizeof *town);
    snprintf(town->folder, sizeof town->folder, "/tmp/tend-town-XXXXXX");
    must(mkdtemp(town->folder) != NULL);
    snprintf(town->config, sizeof town->config, "%s/tend.yaml", town->folder);
    snprintf(town->programs, sizeof town->programs, "%s", programs);
    town->first_port = first_port;
    FILE *file = fopen(town->config, "w");
    must(file != NULL);
    fprintf(file,
            "common:\n  data_dir: %s/data\n  time_zone: UTC\n  currency: CNY\n"
            "ingest:\n  listen: 127.0.0.1:%d\n"
            "scoring:\n  listen: 127.0.0.1:%d\n"
            "notifier:\n  listen: 127.0.0.1:%d\n  default_channel: out\n  group_wait: 100ms\n"
            "  quiet_from: \"00:00\"\n  quiet_to: \"00:00\"\n"
            "  routes: {all: {group_wait: 100ms}}\n" // a storm of what is urgent does not wait to be folded either
            "  channels:\n    out:\n      type: file\n      file: %s/out.jsonl\n"
            "scheduler:\n  listen: 127.0.0.1:%d\n%s",
            town->folder, first_port, first_port + 1, first_port + 3, town->folder, first_port + 2, extra);
    must(fclose(file) == 0);
}

void town_close(struct town *town, bool keep)
{
    for (enum town_place place = 0; place < TOWN_PLACES; place++)
        if (town->pids[place] != 0)
            town_kill(town, place);
    if (keep) {
        printf("kept %s\n", town->folder);
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", town->folder, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

void town_start(struct town *town, enum town_place place)
{
    must(town->pids[place] == 0);
    char program[600], log[256];
    snprintf(program, sizeof program, "%s/tend-%s", town->programs, town_names[place]);
    snprintf(log, sizeof log, "%s/%s.log", town->folder, town_names[place]);
    pid_t pid = fork();
    must(pid >= 0);
    if (pid == 0) {
        int file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0640);
        dup2(file, 1);
        dup2(file, 2);
        // The services must not outlive a test that is ended from outside.
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(program, program, "--config", town->config, (char *)NULL);
        _exit(127);
    }
    town->pids[place] = pid;
}

void town_kill(struct town *town, enum town_place place)
{
    must(town->pids[place] != 0);
    kill(town->pids[place], SIGKILL);
    waitpid(town->pids[place], NULL, 0);
    town->pids[place] = 0;
}

static int code_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int town_wait(struct town *town, enum town_place place, int timeout_ms)
{
    int64_t until_ms = town_clock_ms() + timeout_ms;
    for (;;) {
        int status;
        if (waitpid(town->pids[place], &status, WNOHANG) == town->pids[place]) {
            town->pids[place] = 0;
            return code_of(status);
        }
        if (town_clock_ms() >= until_ms)
            return -1;
        town_sleep_ms(5);
    }
}

int town_stop(struct town *town, enum town_place place)
{
    kill(town->pids[place], SIGTERM);
    int code = town_wait(town, place, 15000);
    if (code < 0)
        town_kill(town, place);
    return code;
}

const char *town_endpoint(const struct town *town, enum town_place place)
{
    static char endpoint[300];
    snprintf(endpoint, sizeof endpoint, "ipc://%s/data/run/%s.sock", town->folder, town_names[place]);
    return endpoint;
}

json_t *town_ask(const struct town *town, enum town_place place, const char *target)
{
    struct client *client = client_open(town_endpoint(town, place));
    struct answer answer;
    json_t *json = NULL;
    if (client_call(client, target, "", "", 0, 2000, &answer) && answer.status == 200)
        json = json_loadb(answer.body, answer.length, 0, NULL);
    client_close(&client);
    return json;
}

static int64_t number(const json_t *json, const char *member)
{
    const char *text = json_string_value(json_object_get(json, member));
    return text != NULL ? strtoll(text, NULL, 10) : 0;
}

// Each service's position against the journal to its left; the sum of all journals' ends in *ret_sum.
static bool all_taken_in(const struct town *town, int64_t *ret_sum)
{
    json_t *status[TOWN_PLACES];
    bool good = true;
    *ret_sum = 0;
    for (enum town_place place = 0; place < TOWN_PLACES; place++) {
        status[place] = town_ask(town, place, "GET /v1/status");
        good = good && status[place] != NULL;
        *ret_sum += number(status[place], "last");
    }
    for (int place = 0; good && place < TOWN_PLACES; place++)
        good = number(status[place], "position") == number(status[(place + 3) % TOWN_PLACES], "last");
    for (int place = 0; place < TOWN_PLACES; place++)
        json_decref(status[place]);
    return good;
}

bool town_quiet(const struct town *town, int timeout_ms)
{
    int64_t until_ms = town_clock_ms() + timeout_ms, before = -1, sum;
    // Twice the same picture with a pause: nothing is on its way.
    for (; town_clock_ms() < until_ms; town_sleep_ms(300)) {
        bool taken = all_taken_in(town, &sum);
        if (taken && sum == before)
            return true;
        before = taken ? sum : -1;
    }
    return false;
}

static int64_t read_clock(clockid_t id)
{
    struct timespec time;
    clock_gettime(id, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int64_t town_clock_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t town_wall_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}

void town_sleep_ms(int ms)
{
    poll(NULL, 0, ms);
}

uint64_t town_random(uint64_t *seed, uint64_t below)
{
    *seed += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t value = *seed;
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return (value ^ value >> 31) % below;
}
