#include "services/ingest/puller.h"

#include "common/must.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { BACKOFF_FIRST_MS = 500, BACKOFF_MOST_MS = 30000 };

struct puller {
    struct from from;
    const struct broker_driver *driver;
    int wake_fd;  // the owner's
    int nudge_fd; // an eventfd: a restart or the end, while the thread waits for better times
    pthread_t thread;

    pthread_mutex_t lock; // of all that follows, but `reached`
    pthread_cond_t news;  // for the thread: room, a restart, the end
    bool ending, ended;
    uint64_t generation; // goes up with each restart
    struct bookmark marks[BOOKMARKS_OF_FEED];
    size_t mark_count;
    struct broker_message *first, **last;
    size_t count, bytes;
    struct puller_status status;

    // The thread's own: how far it has read, and in which generation.
    struct bookmark reached[BOOKMARKS_OF_FEED];
    size_t reached_count;
    uint64_t reading;
};

static void lock(struct puller *puller)
{
    must(pthread_mutex_lock(&puller->lock) == 0);
}

static void unlock(struct puller *puller)
{
    must(pthread_mutex_unlock(&puller->lock) == 0);
}

static void wake(const struct puller *puller)
{
    // A counter that is full has woken the loop already.
    must(eventfd_write(puller->wake_fd, 1) == 0 || errno == EAGAIN);
}

static void nudge(const struct puller *puller)
{
    must(eventfd_write(puller->nudge_fd, 1) == 0 || errno == EAGAIN);
}

static void note(struct puller *puller, enum puller_state state, const char *why)
{
    lock(puller);
    struct puller_status *status = &puller->status;
    bool changed = puller->generation == puller->reading && (status->state != state || strcmp(status->why, why) != 0);
    if (changed) {
        status->state = state;
        snprintf(status->why, sizeof status->why, "%s", why);
        status->changes++;
    }
    unlock(puller);
    if (changed)
        wake(puller);
}

// With the lock held.
static bool goes_on(const struct puller *puller)
{
    return !puller->ending && puller->generation == puller->reading;
}

static void remember(struct puller *puller, const struct bookmark *mark)
{
    size_t at = 0;
    while (at < puller->reached_count && puller->reached[at].partition != mark->partition)
        at++;
    must(at < BOOKMARKS_OF_FEED);
    puller->reached_count += at == puller->reached_count;
    puller->reached[at] = *mark;
}

static void give(void *owner, struct broker_message *message)
{
    struct puller *puller = owner;
    remember(puller, &message->mark);
    lock(puller);
    bool takes = goes_on(puller), first = takes && puller->first == NULL;
    if (takes) {
        message->next = NULL;
        *puller->last = message;
        puller->last = &message->next;
        puller->count++;
        puller->bytes += message->length;
    }
    unlock(puller);
    if (!takes)
        free(message);
    if (first)
        wake(puller);
}

// Waits until there is room for more. False: this reading is over.
static bool wait_for_room(struct puller *puller)
{
    lock(puller);
    while (goes_on(puller) && (puller->bytes >= PULLER_AHEAD_BYTES || puller->count >= PULLER_AHEAD_MESSAGES))
        pthread_cond_wait(&puller->news, &puller->lock);
    bool on = goes_on(puller);
    unlock(puller);
    return on;
}

// Waits so long, or until this reading is over.
static void wait_a_while(struct puller *puller, int wait_ms)
{
    struct pollfd nudge = {.fd = puller->nudge_fd, .events = POLLIN};
    (void)poll(&nudge, 1, wait_ms); // one that ends too early is only a try more
}

static void wait_for_restart(struct puller *puller)
{
    lock(puller);
    while (goes_on(puller))
        pthread_cond_wait(&puller->news, &puller->lock);
    unlock(puller);
}

// One connection, from its begin to its end.
static enum broker_answer read_on(struct puller *puller, int *failures)
{
    const struct broker_driver *driver = puller->driver;
    const struct broker_sink sink = {.give = give, .owner = puller};
    char why[BOOKMARK_WHY_BYTES] = "";
    void *self = NULL;
    enum broker_answer answer =
        driver->open(&puller->from, puller->reached, puller->reached_count, why, sizeof why, &self);
    if (answer == BROKER_GOOD) {
        note(puller, PULLER_READING, why);
        *failures = 0;
    }
    while (answer == BROKER_GOOD && wait_for_room(puller))
        answer = driver->pull(self, &sink, why, sizeof why);
    driver->close(self);
    if (answer != BROKER_GOOD)
        note(puller, answer == BROKER_STOPPED ? PULLER_STOPPED : PULLER_TROUBLED, why);
    return answer;
}

static void read_generation(struct puller *puller)
{
    int failures = 0;
    for (;;) {
        lock(puller);
        bool on = goes_on(puller);
        unlock(puller);
        if (!on)
            return;
        enum broker_answer answer = read_on(puller, &failures);
        int backoff_ms = BACKOFF_FIRST_MS << (failures < 6 ? failures : 6);
        failures++;
        if (answer == BROKER_STOPPED)
            wait_for_restart(puller);
        else if (answer == BROKER_TROUBLE)
            wait_a_while(puller, backoff_ms < BACKOFF_MOST_MS ? backoff_ms : BACKOFF_MOST_MS);
    }
}

static void *run(void *given)
{
    struct puller *puller = given;
    for (bool on = true; on;) {
        lock(puller);
        puller->reading = puller->generation;
        memcpy(puller->reached, puller->marks, sizeof puller->reached);
        puller->reached_count = puller->mark_count;
        on = !puller->ending;
        eventfd_t nudges;
        (void)eventfd_read(puller->nudge_fd, &nudges); // none is as good
        unlock(puller);
        if (on)
            read_generation(puller);
    }
    lock(puller);
    puller->ended = true;
    unlock(puller);
    wake(puller);
    return NULL;
}

static void set_marks(struct puller *puller, const struct bookmark *marks, size_t count)
{
    must(count <= BOOKMARKS_OF_FEED);
    if (count > 0)
        memcpy(puller->marks, marks, count * sizeof *marks);
    puller->mark_count = count;
    puller->status.state = PULLER_CONNECTING;
    puller->status.why[0] = '\0';
    puller->status.changes++;
}

struct puller *puller_open(const struct from *from, const struct bookmark *marks, size_t count, int wake_fd)
{
    struct puller *puller = calloc(1, sizeof *puller);
    sigset_t all, before;
    must(puller != NULL);
    must(from->kind == FROM_NATS || from->kind == FROM_KAFKA);
    puller->from = *from;
    puller->driver = from->kind == FROM_NATS ? &from_nats : &from_kafka;
    puller->wake_fd = wake_fd;
    puller->last = &puller->first;
    set_marks(puller, marks, count);
    must(pthread_mutex_init(&puller->lock, NULL) == 0);
    must(pthread_cond_init(&puller->news, NULL) == 0);
    puller->nudge_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    must(puller->nudge_fd >= 0);
    // Signals are the loop's: neither this thread nor those of the libraries, which it begets, take them.
    sigfillset(&all);
    must(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
    must(pthread_create(&puller->thread, NULL, run, puller) == 0);
    must(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    return puller;
}

struct broker_message *puller_take(struct puller *puller)
{
    lock(puller);
    struct broker_message *message = puller->first;
    if (message != NULL) {
        puller->first = message->next;
        puller->last = puller->first != NULL ? puller->last : &puller->first;
        puller->count--;
        puller->bytes -= message->length;
        pthread_cond_broadcast(&puller->news);
    }
    unlock(puller);
    return message;
}

// With the lock held, or when nobody else is left.
static void forget_messages(struct puller *puller)
{
    while (puller->first != NULL) {
        struct broker_message *next = puller->first->next;
        free(puller->first);
        puller->first = next;
    }
    puller->last = &puller->first;
    puller->count = puller->bytes = 0;
}

void puller_restart(struct puller *puller, const struct bookmark *marks, size_t count)
{
    lock(puller);
    puller->generation++;
    set_marks(puller, marks, count);
    forget_messages(puller);
    nudge(puller);
    pthread_cond_broadcast(&puller->news);
    unlock(puller);
}

bool puller_ready(struct puller *puller)
{
    lock(puller);
    bool ready = puller->first != NULL;
    unlock(puller);
    return ready;
}

void puller_status(struct puller *puller, struct puller_status *ret_status)
{
    lock(puller);
    *ret_status = puller->status;
    unlock(puller);
}

void puller_end(struct puller *puller)
{
    lock(puller);
    puller->ending = true;
    nudge(puller);
    pthread_cond_broadcast(&puller->news);
    unlock(puller);
}

bool puller_ended(struct puller *puller)
{
    lock(puller);
    bool ended = puller->ended;
    unlock(puller);
    return ended;
}

void puller_close(struct puller **puller)
{
    if (*puller == NULL)
        return;
    puller_end(*puller);
    must(pthread_join((*puller)->thread, NULL) == 0);
    forget_messages(*puller);
    pthread_cond_destroy(&(*puller)->news);
    pthread_mutex_destroy(&(*puller)->lock);
    close((*puller)->nudge_fd);
    free(*puller);
    *puller = NULL;
}
