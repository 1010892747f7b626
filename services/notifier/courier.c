#include "services/notifier/courier.h"

#include "common/must.h"
#include "services/notifier/mover.h"
#include "services/notifier/smtp.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    PLACES = 2 * COURIER_SLOTS, // what this turn stores keeps its place until the commit, and others can leave
    ANSWER_FIRST = 1024,        // most answers are shorter
    SECOND_MS = 1000,
    RETRY_AFTER_MOST_S = 86400,
};

enum stage { FREE, ARMED, FLYING, LANDED, TAKEN, STAGES };

struct slot {
    enum stage stage;
    struct slot *before, *next; // of the same stage, the first came first
    enum purpose purpose;
    char id[COURIER_ID_BYTES];
    const struct channel *channel;
    struct post post; // its texts are copies in `bytes`; url and headers hold secrets
    char *bytes;
    size_t size;
    unsigned throttled;
    CURL *easy;
    struct curl_slist headers[1 + POST_HEADERS], connect_to; // as libcurl wants them
    struct trip trip;
    char *body; // of the answer, which grows up to ANSWER_BYTES; the mover's while it flies, as what follows
    size_t room, length;
    bool refused; // the address was
    struct verdict verdict;
    struct grant *grant; // of PURPOSE_GRANT
    struct smtp *smtp;   // of a mail that is on its way
};

struct line {
    struct slot *first, *last;
    unsigned count;
};

struct courier {
    struct mover *mover;
    const char *proxy;
    int64_t total_ms;
    unsigned mails; // on their way
    struct line lines[STAGES];
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

static size_t receive(char *bytes, size_t size, size_t count, void *self)
{
    struct slot *slot = self;
    size_t length = size * count, left = ANSWER_BYTES - slot->length;
    size_t taken = length < left ? length : left;
    while (slot->length + taken > slot->room) {
        slot->room *= 2;
        slot->body = realloc(slot->body, slot->room);
        must(slot->body != NULL);
    }
    memcpy(slot->body + slot->length, bytes, taken);
    slot->length += taken;
    return taken; // less than all ends the transfer: no chat's answer is that long
}

// --- slots
// -------------------------------------------------------------------------------------------------------------

// Puts the slot behind the others of the stage.
static void enter(struct courier *courier, struct slot *slot, enum stage stage)
{
    struct line *line = &courier->lines[stage];
    slot->stage = stage;
    slot->before = line->last;
    slot->next = NULL;
    *(line->last != NULL ? &line->last->next : &line->first) = slot;
    line->last = slot;
    line->count++;
}

static void move_to(struct courier *courier, struct slot *slot, enum stage stage)
{
    struct line *line = &courier->lines[slot->stage];
    *(slot->before != NULL ? &slot->before->next : &line->first) = slot->next;
    *(slot->next != NULL ? &slot->next->before : &line->last) = slot->before;
    line->count--;
    enter(courier, slot, stage);
}

static struct slot *find(const struct courier *courier, enum stage stage)
{
    return courier->lines[stage].first;
}

// The texts of a post that end with a NUL, of which some are NULL.
enum { TEXTS = 6 + POST_HEADERS };
static size_t texts_of(struct post *post, const char **ret_texts[TEXTS])
{
    const char **texts[] = {&post->url, &post->method, &post->mail_from, &post->mail_to, &post->user, &post->password};
    size_t count = sizeof texts / sizeof texts[0];
    memcpy(ret_texts, texts, sizeof texts);
    for (size_t i = 0; i < post->header_count; i++)
        ret_texts[count++] = &post->headers[i];
    return count;
}

// Makes the slot's post its own, in one piece of memory.
static void keep_texts(struct slot *slot)
{
    const char **texts[TEXTS];
    size_t lengths[TEXTS], count = texts_of(&slot->post, texts);
    slot->size = slot->post.length + 1;
    for (size_t i = 0; i < count; i++) {
        lengths[i] = *texts[i] != NULL ? strlen(*texts[i]) + 1 : 0;
        slot->size += lengths[i];
    }
    char *at = slot->bytes = malloc(slot->size);
    must(at != NULL);
    for (size_t i = 0; i < count; i++) {
        if (*texts[i] == NULL)
            continue;
        memcpy(at, *texts[i], lengths[i]);
        *texts[i] = at;
        at += lengths[i];
    }
    memcpy(at, slot->post.body, slot->post.length);
    at[slot->post.length] = '\0';
    slot->post.body = at;
}

static void release(struct courier *courier, struct slot *slot)
{
    if (slot->bytes != NULL)
        sodium_memzero(slot->bytes, slot->size);
    free(slot->bytes);
    slot->bytes = NULL;
    if (slot->grant != NULL)
        sodium_memzero(slot->grant, sizeof *slot->grant);
    free(slot->grant);
    slot->grant = NULL;
    slot->post = (struct post){0};
    move_to(courier, slot, FREE);
}

struct courier *courier_open(const char *proxy, int64_t total_ms)
{
    must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    struct courier *courier = calloc(1, sizeof *courier);
    must(courier != NULL);
    courier->proxy = proxy;
    courier->total_ms = total_ms;
    courier->mover = mover_open();
    for (size_t i = 0; i < PLACES; i++) {
        struct slot *slot = &courier->slots[i];
        slot->easy = curl_easy_init();
        slot->room = ANSWER_FIRST;
        slot->body = malloc(slot->room);
        must(slot->easy != NULL && slot->body != NULL);
        slot->trip = (struct trip){.easy = slot->easy, .self = slot};
        enter(courier, slot, FREE);
    }
    return courier;
}

void courier_close(struct courier **courier)
{
    if (*courier == NULL)
        return;
    mover_stop((*courier)->mover);
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
            mover_drop((*courier)->mover, &slot->trip);
        release(*courier, slot);
        curl_easy_cleanup(slot->easy);
        free(slot->body);
    }
    mover_close(&(*courier)->mover);
    free(*courier);
    *courier = NULL;
    curl_global_cleanup();
}

bool courier_full(const struct courier *courier)
{
    const struct line *lines = courier->lines;
    return lines[ARMED].count + lines[FLYING].count + lines[LANDED].count >= COURIER_SLOTS;
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

void courier_arm(struct courier *courier, const struct channel *channel, enum purpose purpose, const struct post *post,
                 unsigned throttled)
{
    struct slot *slot = find(courier, FREE);
    must(slot != NULL && strlen(post->id) < sizeof slot->id);
    move_to(courier, slot, ARMED);
    slot->purpose = purpose;
    slot->channel = channel;
    slot->throttled = throttled;
    slot->refused = false;
    slot->length = 0;
    snprintf(slot->id, sizeof slot->id, "%s", post->id);
    slot->post = *post;
    slot->post.id = slot->id;
    keep_texts(slot);
}

bool courier_take(struct courier *courier, struct landing *ret_landing)
{
    struct slot *slot = find(courier, LANDED);
    if (slot == NULL)
        return false;
    move_to(courier, slot, TAKEN);
    *ret_landing = (struct landing){slot->purpose, slot->id, slot->channel->options->name, slot->grant, slot->verdict};
    return true;
}

void courier_revert(struct courier *courier)
{
    for (struct slot *slot; (slot = find(courier, ARMED)) != NULL;)
        release(courier, slot);
    for (struct slot *slot; (slot = find(courier, TAKEN)) != NULL;)
        move_to(courier, slot, LANDED);
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
        slot->connect_to = (struct curl_slist){.data = (char *)(uintptr_t)options->connect_to}; // libcurl only reads it
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, &slot->connect_to);
    }
}

static const char no_thread[] = "this machine can start no more threads";

static void start_http(struct courier *courier, struct slot *slot)
{
    CURL *easy = slot->easy;
    configure(courier, slot, courier->total_ms);
    static char at_once[] = "Expect:"; // the body goes with the head: no answer to wait for in between
    size_t count = slot->post.header_count;
    slot->headers[0] = (struct curl_slist){at_once, count > 0 ? &slot->headers[1] : NULL};
    for (size_t i = 1; i <= count; i++)
        slot->headers[i] =
            (struct curl_slist){(char *)(uintptr_t)slot->post.headers[i - 1], i < count ? &slot->headers[i + 1] : NULL};
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
    if (mover_hand(courier->mover, &slot->trip))
        return;
    verdict_set(&slot->verdict, OUTCOME_RETRY, no_thread);
    move_to(courier, slot, LANDED);
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

static void start_mail(struct courier *courier, struct slot *slot)
{
    int64_t total_ms = courier->total_ms * COURIER_MAIL_TIMES;
    configure(courier, slot, total_ms);
    curl_easy_setopt(slot->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(total_ms / SECOND_MS + 1)); // of a good-bye
    slot->smtp = smtp_start(slot->easy, &slot->post, plain_allowed(slot), mover_fd(courier->mover));
    courier->mails += slot->smtp != NULL;
    if (slot->smtp != NULL)
        return;
    verdict_set(&slot->verdict, OUTCOME_RETRY, no_thread);
    move_to(courier, slot, LANDED);
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

static void land(struct courier *courier, struct slot *slot)
{
    CURLcode code = slot->trip.code;
    long status = 0, begun = 0;
    curl_off_t retry_after_s = 0;
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(slot->easy, CURLINFO_REQUEST_SIZE, &begun);
    curl_easy_getinfo(slot->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
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
    move_to(courier, slot, LANDED);
}

// A mail is judged by the server's last reply, whatever happened afterwards; without one that decides, by how far it
// came.
static void land_mail(struct courier *courier, struct slot *slot)
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
    courier->mails--;
    move_to(courier, slot, LANDED);
}

static void start(struct courier *courier, struct slot *slot)
{
    if (slot->channel->driver->deliver != NULL) {
        slot->channel->driver->deliver(&slot->post, &slot->verdict);
        move_to(courier, slot, LANDED);
        return;
    }
    move_to(courier, slot, FLYING);
    if (slot->post.mail_to != NULL)
        start_mail(courier, slot);
    else
        start_http(courier, slot);
}

static void collect(struct courier *courier)
{
    for (struct trip *trip; (trip = mover_next(courier->mover)) != NULL;)
        land(courier, trip->self);
    struct slot *next = courier->mails > 0 ? find(courier, FLYING) : NULL;
    while (next != NULL) {
        struct slot *slot = next;
        next = slot->next;
        if (slot->smtp != NULL && smtp_over(slot->smtp))
            land_mail(courier, slot);
    }
}

void courier_commit(struct courier *courier)
{
    for (struct slot *slot; (slot = find(courier, TAKEN)) != NULL;)
        release(courier, slot);
    for (struct slot *slot; (slot = find(courier, ARMED)) != NULL;)
        start(courier, slot);
}

int courier_fd(const struct courier *courier)
{
    return mover_fd(courier->mover);
}

int courier_timeout_ms(const struct courier *courier)
{
    return find(courier, LANDED) != NULL ? 0 : -1;
}

bool courier_work(struct courier *courier)
{
    uint64_t ended;
    // First, so that one that ends while others are taken rings again.
    (void)!read(courier_fd(courier), &ended, sizeof ended);
    collect(courier);
    return find(courier, LANDED) != NULL;
}
