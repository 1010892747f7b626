#include "services/notifier/mover.h"

#include "common/must.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum {
    EVENTS_AT_ONCE = 256, // more wait for the next look
    TOLD_AT_ONCE = 32, // that have ended are told even while others go on: a turn wants many, and none should wait long
    SECOND_MS = 1000,
    MILLI_NANOS = 1000000,
};

// Trips in order.
struct line {
    struct trip *first, *last;
    unsigned count;
};

struct mover {
    CURLM *multi;
    int epoll, timer_fd, wake_fd, ended_fd;
    bool started;
    pthread_t thread;

    // The thread's alone.
    long wait_ms;  // until libcurl wants to be called, -1: never
    bool wait_set; // it was told to the timer
    struct line done;

    pthread_mutex_t lock; // of what is below
    struct line handed, ended;
    bool stop;
};

static void append(struct line *line, const struct line *others)
{
    if (others->first == NULL)
        return;
    if (line->last != NULL)
        line->last->next = others->first;
    else
        line->first = others->first;
    line->last = others->last;
    line->count += others->count;
}

static void put(struct line *line, struct trip *trip)
{
    trip->next = NULL;
    append(line, &(struct line){trip, trip, 1});
}

static void ring(int fd)
{
    (void)!write(fd, &(uint64_t){1}, sizeof(uint64_t));
}

static void drain(int fd)
{
    uint64_t count;
    (void)!read(fd, &count, sizeof count);
}

// --- libcurl's wishes

static int watch(CURL *easy, curl_socket_t socket, int what, void *self, void *known)
{
    (void)easy;
    struct mover *mover = self;
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(mover->epoll, EPOLL_CTL_DEL, socket, NULL); // closed ones are gone already
        return 0;
    }
    struct epoll_event event = {.data.fd = socket};
    event.events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) | (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
    int first = known != NULL ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, other = known != NULL ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(mover->epoll, first, socket, &event) != 0) // a number that was closed and came again
        must(epoll_ctl(mover->epoll, other, socket, &event) == 0);
    curl_multi_assign(mover->multi, socket, mover);
    return 0;
}

static int note_wait(CURLM *multi, long wait_ms, void *self)
{
    (void)multi;
    struct mover *mover = self;
    mover->wait_ms = wait_ms;
    mover->wait_set = false;
    return 0;
}

static void set_timer(struct mover *mover)
{
    if (mover->wait_set)
        return;
    mover->wait_set = true;
    struct itimerspec at = {.it_value = {0, 0}}; // which is none
    if (mover->wait_ms > 0)
        at.it_value = (struct timespec){mover->wait_ms / SECOND_MS, mover->wait_ms % SECOND_MS * MILLI_NANOS};
    must(timerfd_settime(mover->timer_fd, 0, &at, NULL) == 0);
}

// --- the thread

// Takes in what was handed over; false when it is to end.
static bool take(struct mover *mover)
{
    pthread_mutex_lock(&mover->lock);
    struct trip *trip = mover->handed.first;
    mover->handed = (struct line){.count = 0};
    bool stop = mover->stop;
    pthread_mutex_unlock(&mover->lock);
    while (!stop && trip != NULL) {
        struct trip *next = trip->next;
        must(curl_multi_add_handle(mover->multi, trip->easy) == CURLM_OK);
        trip = next;
    }
    return !stop;
}

// Moves what can be moved; false when nothing could. Waits for something with `wait`.
static bool move(struct mover *mover, bool wait)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    bool due = mover->wait_ms == 0;
    if (due) // what libcurl wishes from here on is another wait
        mover->wait_ms = -1;
    int running, count = epoll_wait(mover->epoll, events, EVENTS_AT_ONCE, wait && !due ? -1 : 0);
    for (int i = 0; i < count; i++) {
        int fd = events[i].data.fd;
        if (fd == mover->wake_fd || fd == mover->timer_fd) {
            drain(fd);
            due = due || fd == mover->timer_fd;
            continue;
        }
        int mask = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                   (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                   (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(mover->multi, fd, mask, &running);
    }
    if (due)
        curl_multi_socket_action(mover->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    return count > 0 || due;
}

static void collect(struct mover *mover)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(mover->multi, &left)) != NULL;) {
        if (message->msg != CURLMSG_DONE)
            continue;
        char *trip = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &trip);
        curl_multi_remove_handle(mover->multi, message->easy_handle);
        ((struct trip *)(void *)trip)->code = code;
        put(&mover->done, (struct trip *)(void *)trip);
    }
}

static void tell(struct mover *mover)
{
    if (mover->done.count == 0)
        return;
    pthread_mutex_lock(&mover->lock);
    append(&mover->ended, &mover->done);
    pthread_mutex_unlock(&mover->lock);
    mover->done = (struct line){.count = 0};
    ring(mover->ended_fd);
}

static void *run(void *self)
{
    struct mover *mover = self;
    bool moved = true;
    while (take(mover)) {
        if (mover->wait_ms != 0)
            set_timer(mover);
        moved = move(mover, !moved);
        collect(mover);
        if (!moved || mover->done.count >= TOLD_AT_ONCE)
            tell(mover);
    }
    return NULL;
}

// --- its owner

static void listen_to(const struct mover *mover, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    must(epoll_ctl(mover->epoll, EPOLL_CTL_ADD, fd, &event) == 0);
}

struct mover *mover_open(void)
{
    struct mover *mover = calloc(1, sizeof *mover);
    must(mover != NULL && pthread_mutex_init(&mover->lock, NULL) == 0);
    mover->wait_ms = -1;
    mover->wait_set = true;
    mover->epoll = epoll_create1(EPOLL_CLOEXEC);
    mover->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    mover->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    mover->ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    mover->multi = curl_multi_init();
    must(mover->epoll >= 0 && mover->timer_fd >= 0 && mover->wake_fd >= 0 && mover->ended_fd >= 0);
    must(mover->multi != NULL);
    listen_to(mover, mover->timer_fd);
    listen_to(mover, mover->wake_fd);
    curl_multi_setopt(mover->multi, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(mover->multi, CURLMOPT_SOCKETDATA, mover);
    curl_multi_setopt(mover->multi, CURLMOPT_TIMERFUNCTION, note_wait);
    curl_multi_setopt(mover->multi, CURLMOPT_TIMERDATA, mover);
    return mover;
}

void mover_stop(struct mover *mover)
{
    if (!mover->started)
        return;
    pthread_mutex_lock(&mover->lock);
    mover->stop = true;
    pthread_mutex_unlock(&mover->lock);
    ring(mover->wake_fd);
    must(pthread_join(mover->thread, NULL) == 0);
    mover->started = false;
}

void mover_drop(struct mover *mover, struct trip *trip)
{
    must(!mover->started);
    curl_multi_remove_handle(mover->multi, trip->easy);
}

void mover_close(struct mover **mover)
{
    if (*mover == NULL)
        return;
    mover_stop(*mover);
    curl_multi_cleanup((*mover)->multi);
    close((*mover)->ended_fd);
    close((*mover)->wake_fd);
    close((*mover)->timer_fd);
    close((*mover)->epoll);
    pthread_mutex_destroy(&(*mover)->lock);
    free(*mover);
    *mover = NULL;
}

static bool start(struct mover *mover)
{
    sigset_t all, before;
    sigfillset(&all); // signals are the service's
    pthread_sigmask(SIG_SETMASK, &all, &before);
    mover->started = pthread_create(&mover->thread, NULL, run, mover) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return mover->started;
}

bool mover_hand(struct mover *mover, struct trip *trip)
{
    if (!mover->started && !start(mover))
        return false;
    curl_easy_setopt(trip->easy, CURLOPT_PRIVATE, trip);
    pthread_mutex_lock(&mover->lock);
    bool first = mover->handed.first == NULL;
    put(&mover->handed, trip);
    pthread_mutex_unlock(&mover->lock);
    if (first)
        ring(mover->wake_fd);
    return true;
}

struct trip *mover_next(struct mover *mover)
{
    pthread_mutex_lock(&mover->lock);
    struct trip *trip = mover->ended.first;
    if (trip != NULL) {
        mover->ended.first = trip->next;
        mover->ended.last = trip->next != NULL ? mover->ended.last : NULL;
        mover->ended.count--;
    }
    pthread_mutex_unlock(&mover->lock);
    return trip;
}

int mover_fd(const struct mover *mover)
{
    return mover->ended_fd;
}
