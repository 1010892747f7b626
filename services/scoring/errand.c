#include "services/scoring/errand.h"

#include "common/must.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct errand {
    int fd;
    bool waited_for; // a loop polls fd
    bool busy, threaded;
    atomic_bool done, cancelled;
    errand_work *work;
    void *context;
    pthread_t thread;
};

struct errand *errand_open(void)
{
    struct errand *errand = calloc(1, sizeof *errand);
    must(errand != NULL);
    errand->fd = -1;
    return errand;
}

static void finish(struct errand *errand)
{
    if (errand->threaded)
        must(pthread_join(errand->thread, NULL) == 0);
    errand->threaded = errand->busy = false;
}

void errand_close(struct errand **errand)
{
    if (*errand == NULL)
        return;
    atomic_store(&(*errand)->cancelled, true);
    finish(*errand);
    if ((*errand)->fd >= 0)
        (void)close((*errand)->fd);
    free(*errand);
    *errand = NULL;
}

int errand_fd(struct errand *errand)
{
    if (errand->fd < 0)
        errand->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    errand->waited_for = errand->fd >= 0;
    return errand->fd;
}

static void *run(void *context)
{
    struct errand *errand = context;
    const uint64_t one = 1;
    errand->work(errand->context, &errand->cancelled);
    atomic_store(&errand->done, true);
    if (errand->fd >= 0) {
        ssize_t written = write(errand->fd, &one, sizeof one);
        (void)written; // a counter that is full can be read from as well
    }
    return NULL;
}

void errand_start(struct errand *errand, errand_work *work, void *context)
{
    must(!errand->busy);
    errand->work = work;
    errand->context = context;
    errand->busy = true;
    atomic_store(&errand->done, false);
    atomic_store(&errand->cancelled, false);
    if (errand->waited_for) {
        // Signals are for the loop's thread.
        sigset_t all, before;
        (void)sigfillset(&all);
        (void)pthread_sigmask(SIG_SETMASK, &all, &before);
        errand->threaded = pthread_create(&errand->thread, NULL, run, errand) == 0;
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    if (!errand->threaded)
        (void)run(errand);
}

bool errand_done(const struct errand *errand)
{
    return errand->busy && atomic_load(&errand->done);
}

bool errand_take(struct errand *errand)
{
    uint64_t count;
    if (!errand_done(errand))
        return false;
    if (errand->fd >= 0) {
        ssize_t length = read(errand->fd, &count, sizeof count);
        (void)length; // nothing to read is nothing to clear
    }
    finish(errand);
    return true;
}
