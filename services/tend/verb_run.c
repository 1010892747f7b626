// `tend run`: the four services here, watched. One that ends by itself is started again, unless it says that it must
// not be.
#include "common/must.h"
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
    SERVICES = 4,
    HEALTH_EVERY_MS = 10000,
    WATCH_MS = 200,
    RESTART_MS = 500,
    RESTART_MAX_MS = 30000,
    END_MS = 10000,
    REFUSED = 78,
};

static const char *const names[SERVICES] = {"notifier", "scheduler", "scoring", "ingest"};

struct child {
    pid_t pid;      // 0: not running
    int restart_in; // ms until the next start
    int backoff;
    bool refused; // must not be started again
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

static bool start(const struct verb_call *call, const char *name, struct child *child)
{
    char path[600];
    path_of(call->program, name, path, sizeof path);
    char option[] = "--config", bound[] = "--with-parent";
    char *arguments[] = {path, bound, call->config != NULL ? option : NULL, (char *)(uintptr_t)call->config, NULL};
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

static void note_end(const char *name, struct child *child, int status)
{
    child->pid = 0;
    bool killed = WIFSIGNALED(status);
    int code = killed ? WTERMSIG(status) : WEXITSTATUS(status);
    const char *how = killed ? "was killed by signal" : "ended with";
    child->refused = !killed && code == REFUSED;
    child->backoff = child->backoff == 0 ? RESTART_MS : child->backoff * 2;
    if (child->backoff > RESTART_MAX_MS)
        child->backoff = RESTART_MAX_MS;
    child->restart_in = child->backoff;
    if (child->refused)
        fprintf(stderr, "tend: %s %s %d and is not started again: see its last line\n", name, how, code);
    else
        fprintf(stderr, "tend: %s %s %d; starting it again in %.1f s\n", name, how, code, child->backoff / 1000.0);
}

static void collect(struct child *children)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        for (int i = 0; i < SERVICES; i++)
            if (children[i].pid == pid)
                note_end(names[i], &children[i], status);
}

static void print_health(struct verb_call *call, const struct child *children)
{
    for (int i = SERVICES - 1; i >= 0; i--) {
        struct client *client = client_open(
            names[i] != NULL ? (const char *const[]){call->settings.links.notifier, call->settings.links.scheduler,
                                                     call->settings.links.scoring, call->settings.links.ingest}[i]
                             : "");
        struct answer answer;
        json_t *status = NULL;
        if (client != NULL && children[i].pid != 0 && client_call(client, "GET /v1/status", "", "", 0, 1000, &answer))
            status = json_loadb(answer.body, answer.length, 0, NULL);
        bool ready = json_is_true(json_object_get(status, "ready"));
        printf("%-10s %s  journal %-9s position %-9s %s\n", names[i], ready ? "ready    " : "not ready",
               verb_text(status, "last")[0] != '\0' ? verb_text(status, "last") : "0",
               verb_text(status, "position")[0] != '\0' ? verb_text(status, "position") : "0",
               verb_text(status, "trouble"));
        json_decref(status);
        client_close(&client);
    }
    fflush(stdout);
}

static void end_all(struct child *children)
{
    // From the front: what is in flight is still taken in behind.
    for (int i = SERVICES - 1; i >= 0; i--)
        if (children[i].pid != 0)
            kill(children[i].pid, SIGTERM);
    for (int waited = 0; waited < END_MS; waited += WATCH_MS) {
        int running = 0;
        for (int i = 0; i < SERVICES; i++) {
            if (children[i].pid != 0 && waitpid(children[i].pid, NULL, WNOHANG) == children[i].pid)
                children[i].pid = 0;
            running += children[i].pid != 0;
        }
        if (running == 0)
            return;
        poll(NULL, 0, WATCH_MS / 4);
    }
    for (int i = 0; i < SERVICES; i++)
        if (children[i].pid != 0)
            kill(children[i].pid, SIGKILL);
}

static void restart_due(const struct verb_call *call, struct child *children)
{
    for (int i = 0; i < SERVICES; i++) {
        if (children[i].pid != 0 || children[i].refused)
            continue;
        children[i].restart_in -= WATCH_MS;
        if (children[i].restart_in <= 0)
            start(call, names[i], &children[i]);
    }
}

int verb_run(struct verb_call *call)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    must(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    struct pollfd signals = {.fd = signalfd(-1, &set, SFD_CLOEXEC), .events = POLLIN};
    struct child children[SERVICES] = {{0}};
    bool quiet = verb_value(call, "quiet") != NULL;
    for (int i = 0; i < SERVICES; i++)
        if (!start(call, names[i], &children[i])) {
            end_all(children);
            return VERB_PROBLEM;
        }
    int code = VERB_DONE;
    for (int watched = 0; poll(&signals, 1, WATCH_MS) <= 0; watched += WATCH_MS) {
        collect(children);
        restart_due(call, children);
        if (!quiet && watched % HEALTH_EVERY_MS == 2000)
            print_health(call, children);
        int refused = 0;
        for (int i = 0; i < SERVICES; i++)
            refused += children[i].refused;
        if (refused == SERVICES) {
            code = VERB_CONFIG;
            break;
        }
    }
    if (!quiet)
        printf("ending\n");
    end_all(children);
    close(signals.fd);
    return code;
}
