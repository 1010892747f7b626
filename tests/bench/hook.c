#include "bench/hook.h"

#include "common/must.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BACKLOG = 1024, GUESTS = 1024, EVENTS = 64, REQUEST_BYTES = HOOK_BODY_BYTES + 4096 };

// What both processes see.
struct board {
    _Atomic uint64_t count;
    size_t length;
    char body[HOOK_BODY_BYTES];
};

struct hook {
    struct board *board;
    pid_t pid;
    int port;
};

struct guest {
    size_t length;
    char bytes[REQUEST_BYTES];
};

static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

// The body once all of it is there; NULL before.
static const char *whole(const struct guest *guest, size_t *ret_length)
{
    const char *end = memmem(guest->bytes, guest->length, "\r\n\r\n", 4);
    if (end == NULL)
        return NULL;
    for (const char *at = guest->bytes; at < end; at = strstr(at, "\r\n") + 2) {
        if (strncasecmp(at, "Content-Length:", strlen("Content-Length:")) != 0)
            continue;
        *ret_length = strtoul(at + strlen("Content-Length:"), NULL, 10);
        must(*ret_length < HOOK_BODY_BYTES);
        return guest->length >= (size_t)(end + 4 - guest->bytes) + *ret_length ? end + 4 : NULL;
    }
    return NULL;
}

static void serve(struct board *board, int fd, struct guest *guest)
{
    ssize_t got = read(fd, guest->bytes + guest->length, sizeof guest->bytes - 1 - guest->length);
    size_t length;
    const char *body = NULL;
    if (got > 0) {
        guest->length += (size_t)got;
        guest->bytes[guest->length] = '\0';
        body = whole(guest, &length);
        if (body == NULL)
            return;
        memcpy(board->body, body, length);
        board->length = length;
        atomic_fetch_add(&board->count, 1);
        (void)!write(fd, reply, sizeof reply - 1);
    }
    guest->length = 0;
    close(fd);
}

static void loop(struct board *board, int listener)
{
    struct guest *guests = calloc(GUESTS, sizeof *guests);
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];
    must(guests != NULL && epoll >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) == 0);
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != listener) {
                serve(board, events[i].data.fd, &guests[events[i].data.fd]);
                continue;
            }
            int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (fd < 0)
                continue;
            must(fd < GUESTS);
            event = (struct epoll_event){.events = EPOLLIN, .data.fd = fd};
            must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
        }
    }
}

struct hook *hook_open(void)
{
    struct hook *hook = calloc(1, sizeof *hook);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    must(hook != NULL && listener >= 0 && bind(listener, (struct sockaddr *)&address, length) == 0);
    must(listen(listener, BACKLOG) == 0 && getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    hook->port = ntohs(address.sin_port);
    hook->board = mmap(NULL, sizeof *hook->board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(hook->board != MAP_FAILED);
    hook->pid = fork();
    must(hook->pid >= 0);
    if (hook->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        loop(hook->board, listener);
    }
    close(listener);
    return hook;
}

void hook_close(struct hook **hook)
{
    if (*hook == NULL)
        return;
    kill((*hook)->pid, SIGKILL);
    waitpid((*hook)->pid, NULL, 0);
    munmap((*hook)->board, sizeof *(*hook)->board);
    free(*hook);
    *hook = NULL;
}

int hook_port(const struct hook *hook)
{
    return hook->port;
}

uint64_t hook_count(const struct hook *hook)
{
    return atomic_load(&hook->board->count);
}

const char *hook_body(const struct hook *hook, size_t *ret_length)
{
    *ret_length = hook->board->length;
    return hook->board->body;
}
