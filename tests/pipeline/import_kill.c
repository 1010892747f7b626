// Kills `tend import`, ingest, or both with SIGKILL at random moments while a file of orders comes in, and starts them
// again, until the import says that it is done. What the journal then holds is what an import without interruptions
// brought, and so is the list of rows that were left out; importing the file once more changes nothing. Then all over
// with a new store, until there were so many kills.
//
//     import_kill PROGRAMS KILLS [ROWS] [SEED]
#include "common/hash.h"
#include "common/must.h"
#include "harness/orderfile.h"
#include "harness/town.h"

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PORTS_FROM = 20000,
    PORTS = 12000,
    ROWS = 40000,
    BAD_EVERY = 997,
    START_MS = 60000,
    PATH_ROOM = 300,
    LINE_ROOM = 1 << 20,
    BAD_ROWS = 1, // what an import with bad rows exits with
};

// What came of an import.
struct outcome {
    uint64_t events, sum; // the sum of their hashes: in whichever order they came
    uint64_t rejected;    // the hash of the list
};

static int failures, checks;
static char file_path[PATH_ROOM];
static uint64_t seed;

static void check(bool good, const char *what, uint64_t left, uint64_t right)
{
    checks++;
    failures += !good;
    printf("%s %s (%llu, %llu)\n", good ? "ok" : "not ok", what, (unsigned long long)left, (unsigned long long)right);
}

static void start_ingest(struct town *town)
{
    int64_t until_ms = town_clock_ms() + START_MS;
    json_t *status;
    if (town->pids[TOWN_INGEST] == 0)
        town_start(town, TOWN_INGEST);
    while ((status = town_ask(town, TOWN_INGEST, "GET /v1/status")) == NULL) {
        must(town_clock_ms() < until_ms);
        town_sleep_ms(10);
    }
    json_decref(status);
}

static pid_t start_import(const struct town *town)
{
    char program[600], rejected[PATH_ROOM];
    snprintf(program, sizeof program, "%s/tend", town->programs);
    snprintf(rejected, sizeof rejected, "%s/rejected.csv", town->folder);
    pid_t pid = fork();
    must(pid >= 0);
    if (pid == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, 1);
        dup2(nowhere, 2);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(program, program, "import", "orders", file_path, "--rejected", rejected, "--config", town->config,
              (char *)NULL);
        _exit(127);
    }
    return pid;
}

static int wait_import(pid_t pid)
{
    int status;
    must(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static uint64_t hash_file(const char *path)
{
    char bytes[4096];
    size_t length;
    uint64_t hash = 0;
    FILE *file = fopen(path, "re");
    while (file != NULL && (length = fread(bytes, 1, sizeof bytes, file)) > 0)
        hash = hash * 31 + hash_short(bytes, length);
    if (file != NULL)
        fclose(file);
    return hash;
}

// What the journal holds, and the list of rows.
static struct outcome look(const struct town *town)
{
    struct outcome outcome = {0};
    char command[1200], path[PATH_ROOM];
    char *line = malloc(LINE_ROOM);
    snprintf(command, sizeof command, "'%s/tend' journal ingest --config '%s'", town->programs, town->config);
    FILE *journal = popen(command, "r");
    must(line != NULL && journal != NULL);
    while (fgets(line, LINE_ROOM, journal) != NULL) {
        const char *body = strstr(line, "\"body\":");
        if (strstr(line, "RECORD_TYPE_EVENT\"") == NULL || body == NULL)
            continue;
        outcome.events++;
        outcome.sum += hash_short(body, strlen(body));
    }
    must(pclose(journal) == 0);
    free(line);
    snprintf(path, sizeof path, "%s/rejected.csv", town->folder);
    outcome.rejected = hash_file(path);
    return outcome;
}

// One import, killed again and again. Returns how often.
static unsigned run(struct town *town, int span_ms, unsigned kills_left)
{
    unsigned kills = 0;
    pid_t pid = 0;
    for (;;) {
        int status;
        if (town->pids[TOWN_INGEST] == 0)
            start_ingest(town);
        if (pid == 0)
            pid = start_import(town);
        if (kills == kills_left) {
            check(wait_import(pid) == BAD_ROWS, "the import comes to its end", 0, 0);
            return kills;
        }
        town_sleep_ms((int)town_random(&seed, (uint64_t)span_ms));
        if (waitpid(pid, &status, WNOHANG) == pid) {
            check(WIFEXITED(status) && WEXITSTATUS(status) == BAD_ROWS, "the import comes to its end", 0, 0);
            return kills;
        }
        uint64_t which = town_random(&seed, 10);
        if (which != 0 && which < 8) {
            kill(pid, SIGKILL);
            wait_import(pid);
            pid = 0;
        }
        if (which == 0 || which >= 7)
            town_kill(town, TOWN_INGEST);
        kills++;
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: import_kill PROGRAMS KILLS [ROWS] [SEED]\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    unsigned kills = (unsigned)strtoul(argv[2], NULL, 10), done = 0, rounds = 0;
    struct orderfile plan = {.rows = argc > 3 ? strtoull(argv[3], NULL, 10) : ROWS, .seed = 5, .bad_every = BAD_EVERY};
    seed = argc > 4 ? strtoull(argv[4], NULL, 10) : (uint64_t)town_wall_ms();
    printf("seed %llu\n", (unsigned long long)seed);
    struct town town;
    int port = PORTS_FROM + (int)town_random(&seed, PORTS);
    snprintf(file_path, sizeof file_path, "/tmp/tend-import-%d.csv", (int)getpid());
    uint64_t rows = orderfile_write(file_path, &plan);
    town_open(&town, argv[1], port, "");
    start_ingest(&town);
    int64_t began_ms = town_clock_ms();
    check(wait_import(start_import(&town)) == BAD_ROWS, "the file is imported at one go", rows, rows);
    int span_ms = (int)(town_clock_ms() - began_ms) * 2 / 3 + 2;
    struct outcome whole = look(&town);
    town_close(&town, false);
    check(whole.rejected != 0, "some rows are left out", whole.events, whole.rejected);
    for (; done < kills; rounds++) {
        town_open(&town, argv[1], port, "");
        done += run(&town, span_ms, kills - done);
        start_ingest(&town);
        struct outcome outcome = look(&town);
        check(outcome.events == whole.events, "as many events as at one go", outcome.events, whole.events);
        check(outcome.sum == whole.sum, "and the same", outcome.sum, whole.sum);
        check(outcome.rejected == whole.rejected, "and the same rows left out", outcome.rejected, whole.rejected);
        check(wait_import(start_import(&town)) == BAD_ROWS && look(&town).events == whole.events,
              "imported again, nothing changes", outcome.events, whole.events);
        town_close(&town, failures > 0);
    }
    printf("%u kills in %u imports of %llu rows\n", done, rounds, (unsigned long long)rows);
    remove(file_path);
    printf("%d passed, %d failed\n", checks - failures, failures);
    return failures > 0;
}
