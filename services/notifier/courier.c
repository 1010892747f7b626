#include "services/notifier/courier.h"

#include "common/must.h"
#include "services/notifier/smtp.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    PLACES = 2 * COURIER_SLOTS, // what this turn stores keeps its place until the commit, and others can leave
    SOCKETS_AT_ONCE = 2 * COURIER_SLOTS,
    STEPS_AT_ONCE = 32,
    SECOND_MS = 1000,
    RETRY_AFTER_MOST_S = 86400,
};

enum stage { FREE, ARMED, FLYING, LANDED, TAKEN };

struct slot {
    enum stage stage;
    enum purpose purpose;
    char id[COURIER_ID_BYTES];
    const struct channel *channel;
    struct post post; // our own copies; url and headers hold secrets
    unsigned throttled;
    CURL *easy;
    struct curl_slist *headers, *connect_to;
    char *body; // of the answer, ANSWER_BYTES
    size_t length;
    bool refused; // the address was
    struct verdict verdict;
    struct grant *grant; // of PURPOSE_GRANT
    struct smtp *smtp;   // of a mail that is on its way
};

struct courier {
    CURLM *multi;
    const char *proxy;
    int64_t total_ms;
    int epoll;
    int mails_fd;        // says that a mail has landed
    int64_t boot_ms;     // as last told
    int64_t deadline_ms; // when libcurl wants to be called, -1: never
    struct slot slots[PLACES];
};

// --- which addresses
// ---------------------------------------------------------------------------------------------------

static bool inside_v4(uint32_t address, bool *ret_loopback)
{
    static const struct {
        uint32_t network;
        int bits;
    } inside[] = {
        {0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8}, {0xa9fe0000, 16}, {0xac100000, 12},
        {0xc0000000, 24}, {0xc0a80000, 16}, {0xc6120000, 15}, {0xe0000000, 4}, {0xf0000000, 4},
    };
    *ret_loopback = address >> 24 == 127;
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++) {
        if ((address ^ inside[i].network) >> (32 - inside[i].bits) == 0)
            return true;
    }
    return false;
}

static uint32_t last_v4(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool inside_v6(const uint8_t *bytes, bool *ret_loopback)
{
    static const uint8_t zero[12] = {0};
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const uint8_t translated[12] = {0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    *ret_loopback = memcmp(bytes, zero, 12) == 0 && last_v4(bytes + 12) == 1;
    if (*ret_loopback)
        return true;
    if (memcmp(bytes, mapped, 12) == 0 || memcmp(bytes, translated, 12) == 0 || memcmp(bytes, zero, 12) == 0)
        return inside_v4(last_v4(bytes + 12), ret_loopback);
    if (bytes[0] == 0x20 && bytes[1] == 0x02) // 6to4 carries an IPv4 address behind its prefix
        return inside_v4(last_v4(bytes + 2), ret_loopback);
    return (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0x80) == 0x80) || bytes[0] == 0xff;
}

bool courier_address_inside(const struct sockaddr *address, bool *ret_loopback)
{
    *ret_loopback = false;
    if (address->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, address, sizeof four);
        return inside_v4(ntohl(four.sin_addr.s_addr), ret_loopback);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, address, sizeof six);
        return inside_v6(six.sin6_addr.s6_addr, ret_loopback);
    }
    return true;
}

// libcurl asks for a socket to an address that it resolved: the last moment to say no, so that no name can change in
// between.
static curl_socket_t open_socket(void *self, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct slot *slot = self;
    const struct channel_options *options = slot->channel->options;
    bool loopback;
    bool inside = courier_address_inside(&address->addr, &loopback);
    if (purpose != CURLSOCKTYPE_IPCXN || (inside && !(loopback ? options->allow_loopback : options->allow_private))) {
        slot->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// --- libcurl's events
// --------------------------------------------------------------------------------------------------

static int watch(CURL *easy, curl_socket_t socket, int what, void *self, void *known)
{
    (void)easy;
    struct courier *courier = self;
    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(courier->epoll, EPOLL_CTL_DEL, socket, NULL); // closed ones are gone already
        return 0;
    }
    struct epoll_event event = {.data.fd = socket};
    event.events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) | (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
    int first = known != NULL ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, other = known != NULL ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(courier->epoll, first, socket, &event) != 0) // a number that was closed and came again
        must(epoll_ctl(courier->epoll, other, socket, &event) == 0);
    curl_multi_assign(courier->multi, socket, courier);
    return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *self)
{
    (void)multi;
    struct courier *courier = self;
    courier->deadline_ms = timeout_ms < 0 ? -1 : courier->boot_ms + timeout_ms;
    return 0;
}

static size_t receive(char *bytes, size_t size, size_t count, void *self)
{
    struct slot *slot = self;
    size_t length = size * count, room = ANSWER_BYTES - slot->length;
    size_t taken = length < room ? length : room;
    memcpy(slot->body + slot->length, bytes, taken);
    slot->length += taken;
    return taken; // less than all ends the transfer: no chat's answer is that long
}

// --- slots
// -------------------------------------------------------------------------------------------------------------

static void forget(const char **text, size_t length)
{
    if (*text != NULL)
        sodium_memzero((void *)(uintptr_t)*text, length);
    free((void *)(uintptr_t)*text);
    *text = NULL;
}

static void release(struct slot *slot)
{
    for (size_t i = 0; i < slot->post.header_count; i++)
        forget(&slot->post.headers[i], slot->post.headers[i] != NULL ? strlen(slot->post.headers[i]) : 0);
    forget(&slot->post.url, slot->post.url != NULL ? strlen(slot->post.url) : 0);
    forget(&slot->post.body, slot->post.length);
    const char **texts[] = {&slot->post.method, &slot->post.mail_from, &slot->post.mail_to, &slot->post.user,
                            &slot->post.password};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        forget(texts[i], *texts[i] != NULL ? strlen(*texts[i]) : 0);
    if (slot->grant != NULL)
        sodium_memzero(slot->grant, sizeof *slot->grant);
    free(slot->grant);
    slot->grant = NULL;
    curl_slist_free_all(slot->headers);
    curl_slist_free_all(slot->connect_to);
    slot->headers = slot->connect_to = NULL;
    slot->post = (struct post){0};
    slot->stage = FREE;
}

static const char *copy(const char *text, size_t length)
{
    char *kept = malloc(length + 1);
    must(kept != NULL);
    memcpy(kept, text, length);
    kept[length] = '\0';
    return kept;
}

struct courier *courier_open(const char *proxy, int64_t total_ms)
{
    must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    struct courier *courier = calloc(1, sizeof *courier);
    must(courier != NULL);
    courier->proxy = proxy;
    courier->total_ms = total_ms;
    courier->deadline_ms = -1;
    courier->epoll = epoll_create1(EPOLL_CLOEXEC);
    courier->mails_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    courier->multi = curl_multi_init();
    must(courier->epoll >= 0 && courier->mails_fd >= 0 && courier->multi != NULL);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = courier->mails_fd};
    must(epoll_ctl(courier->epoll, EPOLL_CTL_ADD, courier->mails_fd, &event) == 0);
    curl_multi_setopt(courier->multi, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(courier->multi, CURLMOPT_SOCKETDATA, courier);
    curl_multi_setopt(courier->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(courier->multi, CURLMOPT_TIMERDATA, courier);
    for (size_t i = 0; i < PLACES; i++) {
        courier->slots[i].easy = curl_easy_init();
        courier->slots[i].body = malloc(ANSWER_BYTES);
        must(courier->slots[i].easy != NULL && courier->slots[i].body != NULL);
    }
    return courier;
}

void courier_close(struct courier **courier)
{
    if (*courier == NULL)
        return;
    for (size_t i = 0; i < PLACES; i++) {
        if ((*courier)->slots[i].smtp != NULL)
            smtp_stop((*courier)->slots[i].smtp);
    }
    for (size_t i = 0; i < PLACES; i++) {
        struct slot *slot = &(*courier)->slots[i];
        struct smtp_end end;
        if (slot->smtp != NULL)
            smtp_finish(&slot->smtp, &end);
        else if (slot->stage == FLYING)
            curl_multi_remove_handle((*courier)->multi, slot->easy);
        release(slot);
        curl_easy_cleanup(slot->easy);
        free(slot->body);
    }
    curl_multi_cleanup((*courier)->multi);
    close((*courier)->mails_fd);
    close((*courier)->epoll);
    free(*courier);
    *courier = NULL;
    curl_global_cleanup();
}

static struct slot *find(const struct courier *courier, enum stage stage)
{
    for (size_t i = 0; i < PLACES; i++) {
        if (courier->slots[i].stage == stage)
            return (struct slot *)(uintptr_t)&courier->slots[i];
    }
    return NULL;
}

bool courier_full(const struct courier *courier)
{
    unsigned count = 0;
    for (size_t i = 0; i < PLACES; i++)
        count += courier->slots[i].stage != FREE && courier->slots[i].stage != TAKEN;
    return count >= COURIER_SLOTS;
}

bool courier_has(const struct courier *courier, enum purpose purpose, const char *id)
{
    for (size_t i = 0; i < PLACES; i++) {
        const struct slot *slot = &courier->slots[i];
        if (slot->stage != FREE && slot->purpose == purpose &&
            strcmp(purpose == PURPOSE_GRANT ? slot->channel->options->name : slot->id, id) == 0)
            return true;
    }
    return false;
}

static const char *copy_of(const char *text)
{
    return text != NULL ? copy(text, strlen(text)) : NULL;
}

void courier_arm(struct courier *courier, const struct channel *channel, enum purpose purpose, const struct post *post,
                 unsigned throttled)
{
    struct slot *slot = find(courier, FREE);
    must(slot != NULL && strlen(post->id) < sizeof slot->id);
    slot->stage = ARMED;
    slot->purpose = purpose;
    slot->channel = channel;
    slot->throttled = throttled;
    slot->refused = false;
    slot->length = 0;
    snprintf(slot->id, sizeof slot->id, "%s", post->id);
    slot->post = *post;
    slot->post.id = slot->id;
    slot->post.url = copy(post->url, strlen(post->url));
    slot->post.body = copy(post->body, post->length);
    slot->post.method = copy_of(post->method);
    slot->post.mail_from = copy_of(post->mail_from);
    slot->post.mail_to = copy_of(post->mail_to);
    slot->post.user = copy_of(post->user);
    slot->post.password = copy_of(post->password);
    for (size_t i = 0; i < post->header_count; i++)
        slot->post.headers[i] = copy(post->headers[i], strlen(post->headers[i]));
}

bool courier_take(struct courier *courier, struct landing *ret_landing)
{
    struct slot *slot = find(courier, LANDED);
    if (slot == NULL)
        return false;
    slot->stage = TAKEN;
    *ret_landing = (struct landing){slot->purpose, slot->id, slot->channel->options->name, slot->grant, slot->verdict};
    return true;
}

void courier_revert(struct courier *courier)
{
    for (struct slot *slot; (slot = find(courier, ARMED)) != NULL;)
        release(slot);
    for (struct slot *slot; (slot = find(courier, TAKEN)) != NULL;)
        slot->stage = LANDED;
}

// --- flights
// -----------------------------------------------------------------------------------------------------------

// What holds for every way.
static void configure(const struct courier *courier, struct slot *slot, int64_t total_ms)
{
    const struct channel_options *options = slot->channel->options;
    CURL *easy = slot->easy;
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, slot->post.url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)COURIER_CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)total_ms);
    curl_easy_setopt(easy, CURLOPT_PROXY, courier->proxy); // empty: none, whatever the environment says
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot);
    if (courier->proxy[0] == '\0') { // a proxy of the operator's is inside more often than not, and does its own checks
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, slot);
    }
    if (options->ca_file[0] != '\0')
        curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
    if (options->connect_to[0] != '\0') {
        slot->connect_to = curl_slist_append(NULL, options->connect_to);
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, slot->connect_to);
    }
    curl_easy_setopt(easy, CURLOPT_PRIVATE, slot);
}

static void start_http(const struct courier *courier, struct slot *slot)
{
    CURL *easy = slot->easy;
    configure(courier, slot, courier->total_ms);
    slot->headers = curl_slist_append(NULL, "Expect:"); // the body goes with the head: no answer to wait for in between
    must(slot->headers != NULL);
    for (size_t i = 0; i < slot->post.header_count; i++)
        must(curl_slist_append(slot->headers, slot->post.headers[i]) != NULL);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, slot->headers);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, slot->post.body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)slot->post.length);
    if (slot->post.method != NULL)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, slot->post.method);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "tend");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, slot->channel->options->allow_loopback ? "https,http" : "https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    must(curl_multi_add_handle(courier->multi, easy) == CURLM_OK);
}

// A server of this machine may be spoken to without TLS when the channel allows it, and no other.
static bool plain_allowed(const struct slot *slot)
{
    static const char *const here[] = {"smtp://127.0.0.1", "smtp://[::1]", "smtp://localhost"};
    for (size_t i = 0; i < sizeof here / sizeof here[0]; i++) {
        size_t length = strlen(here[i]);
        const char *url = slot->post.url;
        if (strncasecmp(url, here[i], length) == 0 && strchr(":/", url[length]) != NULL) // strchr finds the end, too
            return slot->channel->options->allow_loopback;
    }
    return false;
}

static void start_mail(const struct courier *courier, struct slot *slot)
{
    int64_t total_ms = courier->total_ms * COURIER_MAIL_TIMES;
    configure(courier, slot, total_ms);
    curl_easy_setopt(slot->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(total_ms / SECOND_MS + 1)); // of a good-bye
    slot->smtp = smtp_start(slot->easy, &slot->post, plain_allowed(slot), courier->mails_fd);
    if (slot->smtp != NULL)
        return;
    verdict_set(&slot->verdict, OUTCOME_RETRY, "this machine can start no more threads");
    slot->stage = LANDED;
}

// Judges a transfer that did not end well. What had begun to leave may have arrived.
static void judge_failure(struct slot *slot, CURLcode code, bool begun)
{
    static const CURLcode lasting[] = {
        CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,    CURLE_URL_MALFORMAT,  CURLE_UNSUPPORTED_PROTOCOL,
        CURLE_SSL_CERTPROBLEM,          CURLE_COULDNT_RESOLVE_PROXY, CURLE_USE_SSL_FAILED, CURLE_LOGIN_DENIED};
    const char *words = curl_easy_strerror(code);
    if (slot->refused) {
        verdict_set(&slot->verdict, OUTCOME_CONFIG,
                    "the URL leads to an address inside, which this channel may not use");
        return;
    }
    for (size_t i = 0; i < sizeof lasting / sizeof lasting[0]; i++) {
        if (lasting[i] == code) {
            verdict_set(&slot->verdict, OUTCOME_CONFIG, "%s", words);
            return;
        }
    }
    if (begun)
        verdict_set(&slot->verdict, OUTCOME_UNKNOWN, "it was on its way when this happened: %s", words);
    else
        verdict_set(&slot->verdict, OUTCOME_RETRY, "%s", words);
}

static void judge(struct slot *slot, const struct answer *answer)
{
    if (slot->purpose != PURPOSE_GRANT) {
        slot->channel->driver->classify(answer, &slot->verdict);
        return;
    }
    slot->grant = calloc(1, sizeof *slot->grant);
    must(slot->grant != NULL);
    slot->channel->driver->granted(answer, &slot->verdict, slot->grant);
}

// What a chat asks for, -1: nothing. Nobody waits for a day because of an odd header.
static int64_t asked_ms(curl_off_t retry_after_s)
{
    int64_t seconds = retry_after_s < RETRY_AFTER_MOST_S ? (int64_t)retry_after_s : RETRY_AFTER_MOST_S;
    return seconds > 0 ? seconds * SECOND_MS : -1;
}

static void land(struct courier *courier, struct slot *slot, CURLcode code)
{
    long status = 0, begun = 0;
    curl_off_t retry_after_s = 0;
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(slot->easy, CURLINFO_REQUEST_SIZE, &begun);
    curl_easy_getinfo(slot->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
    curl_multi_remove_handle(courier->multi, slot->easy);
    bool full = code == CURLE_WRITE_ERROR && slot->length == ANSWER_BYTES;
    if (code == CURLE_OK || full) {
        struct answer answer = {.status = (int)status,
                                .body = slot->body,
                                .length = slot->length,
                                .retry_after_ms = asked_ms(retry_after_s),
                                .throttled = slot->throttled};
        judge(slot, &answer);
    } else {
        judge_failure(slot, code, begun > 0);
    }
    slot->stage = LANDED;
}

// A mail is judged by the server's last reply, whatever happened afterwards; without one that decides, by how far it
// came.
static void land_mail(struct slot *slot)
{
    struct smtp_end end;
    smtp_finish(&slot->smtp, &end);
    struct answer answer = {.status = end.status,
                            .body = end.reply,
                            .length = strlen(end.reply),
                            .retry_after_ms = -1,
                            .throttled = slot->throttled};
    bool refused = end.status >= 400; // SMTP's codes: 4 and 5 in front say no
    if (refused || (end.handed && end.status > 0))
        judge(slot, &answer);
    else
        judge_failure(slot, end.code, end.handed || end.code == CURLE_OK);
    slot->stage = LANDED;
}

static void start(struct courier *courier, struct slot *slot)
{
    if (slot->channel->driver->deliver != NULL) {
        slot->channel->driver->deliver(&slot->post, &slot->verdict);
        slot->stage = LANDED;
        return;
    }
    slot->stage = FLYING;
    if (slot->post.mail_to != NULL)
        start_mail(courier, slot);
    else
        start_http(courier, slot);
}

static void collect(struct courier *courier)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(courier->multi, &left)) != NULL;) {
        if (message->msg != CURLMSG_DONE)
            continue;
        char *slot = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
        land(courier, (struct slot *)(void *)slot, code);
    }
    for (size_t i = 0; i < PLACES; i++) {
        struct slot *slot = &courier->slots[i];
        if (slot->smtp != NULL && smtp_over(slot->smtp))
            land_mail(slot);
    }
}

void courier_commit(struct courier *courier, int64_t boot_ms)
{
    courier->boot_ms = boot_ms;
    for (struct slot *slot; (slot = find(courier, TAKEN)) != NULL;)
        release(slot);
    for (struct slot *slot; (slot = find(courier, ARMED)) != NULL;)
        start(courier, slot);
}

int courier_fd(const struct courier *courier)
{
    return courier->epoll;
}

int courier_timeout_ms(const struct courier *courier, int64_t boot_ms)
{
    if (find(courier, LANDED) != NULL)
        return 0;
    if (courier->deadline_ms < 0)
        return -1;
    int64_t left = courier->deadline_ms - boot_ms;
    return left < 0 ? 0 : left > COURIER_TOTAL_MS ? COURIER_TOTAL_MS : (int)left;
}

// Moves what can be moved now; false when nothing could.
static bool move(struct courier *courier)
{
    struct epoll_event events[SOCKETS_AT_ONCE];
    int running, count = epoll_wait(courier->epoll, events, SOCKETS_AT_ONCE, 0);
    for (int i = 0; i < count; i++) {
        uint64_t mails;
        if (events[i].data.fd == courier->mails_fd) {
            (void)!read(courier->mails_fd, &mails, sizeof mails);
            continue;
        }
        int mask = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                   (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                   (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(courier->multi, events[i].data.fd, mask, &running);
    }
    bool due = courier->deadline_ms >= 0 && courier->deadline_ms <= courier->boot_ms;
    if (due) {
        courier->deadline_ms = -1;
        curl_multi_socket_action(courier->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    return count > 0 || due;
}

bool courier_work(struct courier *courier, int64_t boot_ms)
{
    courier->boot_ms = boot_ms;
    // A turn with its commit takes longer than the next step of all that is on its way: as many steps as there are.
    for (int i = 0; i < STEPS_AT_ONCE && move(courier); i++)
        continue;
    collect(courier);
    return find(courier, LANDED) != NULL;
}
