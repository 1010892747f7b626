// `tend run`: the four services here, watched. One that ends by itself is started again, unless it says that it must
// not be.
#include "common/headcount.h"
#include "common/lastwords.h"
#include "common/must.h"
#include "common/store.h"
#include "services/tend/verb.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum {
    CHILDREN_MAX = 4 * LANES_MAX,
    HEALTH_EVERY_MS = 10000,
    WATCH_MS = 200,
    RESTART_MS = 500,
    RESTART_MAX_MS = 30000,
    END_MS = 10000,
    FREE_MS = 3000, // services whose `tend run` was killed end within it
    REFUSED = 78,
};

// From the end of the way, so that each finds its follower when it has something to say.
static const char *const services[] = {"notifier", "scheduler", "scoring", "ingest"};

struct child {
    const char *service;
    struct lane lane;
    char name[LANE_NAME_BYTES];
    pid_t pid;      // 0: not running
    int restart_in; // ms until the next start
    int backoff;
    bool refused; // must not be started again
    bool decides; // but when somebody has decided: its last words are gone then
    bool held;    // its store is another one's
};

// The service's program stands beside ours.
static void path_of(const char *program, const char *name, char *path, size_t bytes)
{
    char self[512];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    snprintf(path, bytes, "%s", program);
    if (length > 0) {
        self[length] = '\0';
        snprintf(path, bytes, "%s/tend-%s", dirname(self), name);
    }
}

static bool start(const struct verb_call *call, struct child *child)
{
    char path[600], number[12];
    path_of(call->program, child->service, path, sizeof path);
    snprintf(number, sizeof number, "%u", child->lane.index);
    char option[] = "--config", bound[] = "--with-parent", process[] = "--process";
    char *arguments[7] = {path, bound};
    int count = 2;
    if (child->lane.count > 1) {
        arguments[count++] = process;
        arguments[count++] = number;
    }
    if (call->config != NULL) {
        arguments[count++] = option;
        arguments[count] = (char *)(uintptr_t)call->config;
    }
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    // A group of its own, so that Ctrl-C reaches us alone and we end them in order.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    int rc = posix_spawn(&child->pid, path, NULL, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    if (rc == 0)
        return true;
    child->pid = 0;
    fprintf(stderr, "tend: %s cannot be started: %s\n", path, strerror(rc));
    return false;
}

// Whether somebody has the store of a process that does not run here; says who.
static bool is_held(const struct verb_call *call, const struct child *child)
{
    char folder[600], path[40], program[40] = "";
    long owner = 0;
    snprintf(folder, sizeof folder, "%s/%s", call->settings.data_dir, child->name);
    if (!store_held(folder, &owner))
        return false;
    snprintf(path, sizeof path, "/proc/%ld/comm", owner);
    FILE *comm = fopen(path, "re");
    if (comm != NULL) {
        if (fgets(program, sizeof program, comm) != NULL)
            program[strcspn(program, "\n")] = '\0';
        fclose(comm);
    }
    fprintf(stderr, "tend: %s is in use by process %ld%s%s%s; is `tend run` running here already? This one ends\n",
            folder, owner, program[0] != '\0' ? " (" : "", program, program[0] != '\0' ? ")" : "");
    return true;
}

// Whether it left words about what is to be decided.
static bool is_undecided(const struct verb_call *call, const struct child *child)
{
    char folder[600], sentence[8];
    snprintf(folder, sizeof folder, "%s/%s", call->settings.data_dir, child->name);
    return lastwords_get(folder, sentence, sizeof sentence);
}

static void note_end(const struct verb_call *call, struct child *child, int status)
{
    const char *name = child->name;
    child->pid = 0;
    bool killed = WIFSIGNALED(status);
    int code = killed ? WTERMSIG(status) : WEXITSTATUS(status);
    const char *how = killed ? "was killed by signal" : "ended with";
    child->refused = !killed && code == REFUSED;
    child->decides = child->refused && is_undecided(call, child);
    child->held = !killed && code == VERB_IN_USE && is_held(call, child);
    if (child->held)
        return;
    child->backoff = child->backoff == 0 ? RESTART_MS : child->backoff * 2;
    if (child->backoff > RESTART_MAX_MS)
        child->backoff = RESTART_MAX_MS;
    child->restart_in = child->backoff;
    if (child->refused)
        fprintf(stderr, "tend: %s %s %d and is not started again%s: see its last line\n", name, how, code,
                child->decides ? " before somebody has decided" : "");
    else
        fprintf(stderr, "tend: %s %s %d; starting it again in %.1f s\n", name, how, code, child->backoff / 1000.0);
}

// The processes that are run.
struct crew {
    struct child children[CHILDREN_MAX];
    int count;
};

static void list_children(const struct settings *settings, struct crew *ret_crew)
{
    *ret_crew = (struct crew){.count = 0};
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        unsigned count = settings_processes(settings, services[i]);
        for (unsigned which = 0; which < count; which++) {
            struct child *child = &ret_crew->children[ret_crew->count++];
            child->service = services[i];
            child->lane = (struct lane){which, count};
            lane_name(services[i], child->lane, child->name);
        }
    }
}

static void collect(const struct verb_call *call, struct crew *crew)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (int i = 0; i < crew->count; i++)
            if (crew->children[i].pid == pid)
                note_end(call, &crew->children[i], status);
}

static void print_health(struct verb_call *call, const struct crew *crew)
{
    for (int i = crew->count - 1; i >= 0; i--) {
        const struct child *child = &crew->children[i];
        struct client *client = client_open(settings_endpoint(&call->settings, child->service, child->lane.index));
        struct answer answer;
        json_t *status = NULL;
        if (client != NULL && child->pid != 0 && client_call(client, "GET /v1/status", "", "", 0, 1000, &answer))
            status = json_loadb(answer.body, answer.length, 0, NULL);
        bool ready = json_is_true(json_object_get(status, "ready"));
        printf("%-10s %s  journal %-9s position %-9s %s\n", child->name, ready ? "ready    " : "not ready",
               verb_text(status, "last")[0] != '\0' ? verb_text(status, "last") : "0",
               verb_text(status, "position")[0] != '\0' ? verb_text(status, "position") : "0",
               verb_text(status, "trouble"));
        json_decref(status);
        client_close(&client);
    }
    fflush(stdout);
}

static void end_all(struct crew *crew)
{
    // From the front: what is in flight is still taken in behind.
    for (int i = crew->count - 1; i >= 0; i--)
        if (crew->children[i].pid != 0)
            kill(crew->children[i].pid, SIGTERM);
    for (int waited = 0; waited < END_MS; waited += WATCH_MS) {
        int running = 0;
        for (int i = 0; i < crew->count; i++) {
            struct child *child = &crew->children[i];
            if (child->pid != 0 && waitpid(child->pid, NULL, WNOHANG) == child->pid)
                child->pid = 0;
            running += child->pid != 0;
        }
        if (running == 0)
            return;
        poll(NULL, 0, WATCH_MS / 4);
    }
    for (int i = 0; i < crew->count; i++)
        if (crew->children[i].pid != 0)
            kill(crew->children[i].pid, SIGKILL);
}

static void restart_due(const struct verb_call *call, struct crew *crew)
{
    for (int i = 0; i < crew->count; i++) {
        struct child *child = &crew->children[i];
        if (child->decides && !is_undecided(call, child))
            child->decides = child->refused = false;
        if (child->pid != 0 || child->refused || child->held)
            continue;
        child->restart_in -= WATCH_MS;
        if (child->restart_in <= 0)
            start(call, child);
    }
}

static bool any_held(const struct verb_call *call, const struct crew *crew)
{
    for (int i = 0; i < crew->count; i++) {
        char folder[600];
        long owner;
        snprintf(folder, sizeof folder, "%s/%s", call->settings.data_dir, crew->children[i].name);
        if (store_held(folder, &owner))
            return true;
    }
    return false;
}

// Whether the services may be started here at all; what is wrong otherwise is said once, not by each of them.
static int look_before(const struct verb_call *call, const struct crew *crew)
{
    char sentence[1000];
    const struct settings *settings = &call->settings;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (settings_divides(services[i]) &&
            !headcount_agrees(settings->data_dir, services[i], settings_processes(settings, services[i]), sentence,
                              sizeof sentence)) {
            fprintf(stderr, "tend: %s\n", sentence);
            return VERB_CONFIG;
        }
    for (int waited = 0; waited < FREE_MS && any_held(call, crew); waited += WATCH_MS)
        poll(NULL, 0, WATCH_MS);
    for (int i = 0; i < crew->count; i++)
        if (is_held(call, &crew->children[i]))
            return VERB_IN_USE;
    return VERB_DONE;
}

// VERB_DONE to go on, or the code to end with.
static int judge(const struct crew *crew)
{
    int refused = 0;
    for (int i = 0; i < crew->count; i++) {
        if (crew->children[i].held)
            return VERB_IN_USE;
        refused += crew->children[i].refused;
    }
    return refused == crew->count ? VERB_CONFIG : VERB_DONE;
}

int verb_run(struct verb_call *call)
{
    struct crew crew;
    list_children(&call->settings, &crew);
    int code = look_before(call, &crew);
    if (code != VERB_DONE)
        return code;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    must(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    struct pollfd signals = {.fd = signalfd(-1, &set, SFD_CLOEXEC), .events = POLLIN};
    bool quiet = verb_value(call, "quiet") != NULL;
    // Large pages where the system gives them when asked: a book of a hundred thousand customers is walked a tenth
    // faster.
    setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 0);
    for (int i = 0; i < crew.count; i++)
        if (!start(call, &crew.children[i])) {
            end_all(&crew);
            return VERB_PROBLEM;
        }
    for (int watched = 0; poll(&signals, 1, WATCH_MS) <= 0; watched += WATCH_MS) {
        collect(call, &crew);
        if ((code = judge(&crew)) != VERB_DONE)
            break;
        restart_due(call, &crew);
        if (!quiet && watched % HEALTH_EVERY_MS == 2000)
            print_health(call, &crew);
    }
    if (!quiet)
        printf("ending\n");
    end_all(&crew);
    close(signals.fd);
    return code;
}
