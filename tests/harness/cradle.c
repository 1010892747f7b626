#include "harness/cradle.h"

#include "common/must.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void wait_for_orders(int pipe, size_t bytes, int (*work)(const void *orders))
{
    void *orders = malloc(bytes);
    if (orders == NULL || read(pipe, orders, bytes) != (ssize_t)bytes)
        _exit(0);
    close(pipe);
    _exit(work(orders));
}

void cradle_fill(struct cradle *cradle, int count, size_t bytes, int (*work)(const void *orders))
{
    must(count <= CRADLES_MAX);
    *cradle = (struct cradle){.count = count, .bytes = bytes};
    for (int i = 0; i < count; i++) {
        int ends[2];
        must(pipe2(ends, O_CLOEXEC) == 0);
        cradle->pids[i] = fork();
        must(cradle->pids[i] >= 0);
        if (cradle->pids[i] == 0) {
            for (int j = 0; j < i; j++)
                close(cradle->pipes[j]);
            close(ends[1]);
            wait_for_orders(ends[0], bytes, work);
        }
        close(ends[0]);
        cradle->pipes[i] = ends[1];
    }
}

pid_t cradle_start(struct cradle *cradle, const void *orders)
{
    for (int i = 0; i < cradle->count; i++) {
        pid_t pid = cradle->pids[i];
        if (pid == 0)
            continue;
        must(write(cradle->pipes[i], orders, cradle->bytes) == (ssize_t)cradle->bytes);
        close(cradle->pipes[i]);
        cradle->pids[i] = 0;
        return pid;
    }
    must(cradle->count == 0);
    return -1;
}

void cradle_empty(struct cradle *cradle)
{
    for (int i = 0; i < cradle->count; i++) {
        if (cradle->pids[i] == 0)
            continue;
        close(cradle->pipes[i]);
        waitpid(cradle->pids[i], NULL, 0);
        cradle->pids[i] = 0;
    }
}
