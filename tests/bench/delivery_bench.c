// How messages reach their chats. A morning on simulated time: a thousand reminders due at nine for fifty reps who
// share one DingTalk robot that takes twenty messages a minute. And the throughput of the whole notifier to a webhook
// that is as fast as it can be, beside a bare libcurl loop that posts the same bytes over as many connections as serve
// it best, each used once. Ours has two threads, one for the turns and one for the bytes; the loop has one, so the
// processors' time of each message stands below the rates.
//
//     delivery_bench [--quick] [--count N]      3,000 messages a round; with --quick 1,000
#include "bench/delays.h"
#include "bench/hook.h"
#include "bench/limits.h"
#include "bench/postroom.h"
#include "bench/table.h"
#include "common/must.h"
#include "harness/chat.h"
#include "services/notifier/courier.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    COUNT = 3000,
    COUNT_QUICK = 1000,
    ROUNDS = 5,
    NAME_BYTES = 32,
    TEXT_BYTES = 1000,
    REMINDERS = 1000,
    REPS = 50,
    URGENT_REPS = 10,
    BUDGET = 20,
    BARE_SLOTS = 64, // the loop looks at all of them at each step, and with more it is slower
    LATE = REPS - 1, // the rep who is told of something urgent later
    MINUTE_MS = 60000,
    MESSAGES_MOST = 256,
};

#define NINE INT64_C(1780477200000) // 2026-06-03, a Wednesday, 09:00 UTC
#define GOAL 0.5
#define MS_US 1000.0

static char url_path[] = "/tmp/tend-bench-url-XXXXXX";

// The URL's file, which the configuration names.
static void write_url(int port, const char *path)
{
    static int file = -1;
    char url[NAME_BYTES * 2];
    if (file < 0)
        file = mkstemp(url_path);
    int length = snprintf(url, sizeof url, "http://127.0.0.1:%d%s", port, path);
    must(file >= 0 && ftruncate(file, 0) == 0 && pwrite(file, url, (size_t)length, 0) == length);
}

// --- the morning

static struct {
    struct chat *chat;
    struct postroom *postroom;
    int64_t at_ms[MESSAGES_MOST]; // when each request was there
    size_t count;
} morning;

static uint64_t morning_count(void *self)
{
    (void)self;
    return chat_count(morning.chat);
}

static void note_requests(void)
{
    size_t count = chat_count(morning.chat);
    must(count <= MESSAGES_MOST);
    while (morning.count < count)
        morning.at_ms[morning.count++] = postroom_now_ms(morning.postroom);
}

static void customer_name(unsigned number, char *name)
{
    snprintf(name, NAME_BYTES, "Customer K%04u.", number);
}

// Of the rep's reminders, one of a few reps' cannot wait.
static void say_all(void)
{
    for (unsigned i = 0; i < REMINDERS; i++) {
        char id[NAME_BYTES], rep[NAME_BYTES], customer[NAME_BYTES];
        unsigned whose = i % REPS;
        bool urgent = i >= REMINDERS - REPS && whose % (REPS / URGENT_REPS) == 0;
        snprintf(id, sizeof id, "r%u", i);
        snprintf(rep, sizeof rep, "rep-%02u", whose);
        customer_name(i, customer);
        postroom_remind(morning.postroom, id, rep, customer, urgent ? 0 : 1);
    }
}

static void play(int64_t until_ms)
{
    struct postroom_times times;
    do {
        postroom_work(morning.postroom, 0, morning_count, NULL, &times);
        note_requests();
    } while (postroom_move(morning.postroom, until_ms));
}

// The request that tells of a customer; MESSAGES_MOST when there is none.
static size_t request_of(unsigned customer)
{
    char name[NAME_BYTES];
    customer_name(customer, name);
    for (size_t i = 0; i < morning.count; i++)
        if (strstr(chat_request(morning.chat, i).body, name) != NULL)
            return i;
    return MESSAGES_MOST;
}

// The most requests in any minute.
static size_t busiest_minute(void)
{
    size_t most = 0, from = 0;
    for (size_t i = 0; i < morning.count; i++) {
        while (morning.at_ms[i] - morning.at_ms[from] >= MINUTE_MS)
            from++;
        most = i - from + 1 > most ? i - from + 1 : most;
    }
    return most;
}

// The first of those that do not wait leave before all that do: how many do not.
static size_t count_overtaken(void)
{
    size_t last_urgent = 0, overtaken = 0;
    for (unsigned i = REMINDERS - REPS; i < REMINDERS; i++) {
        size_t request = request_of(i);
        if (i % REPS % (REPS / URGENT_REPS) == 0 && request > last_urgent)
            last_urgent = request;
    }
    for (unsigned i = REMINDERS - REPS; i < REMINDERS; i++)
        overtaken += i % REPS % (REPS / URGENT_REPS) != 0 && request_of(i) < last_urgent;
    return overtaken;
}

// The messages that do not say once what happened to all of their customers but to one who cannot wait.
static size_t count_headless(void)
{
    static const char head[] = " customers should have ordered by now:";
    size_t headless = 0;
    for (size_t i = 0; i < morning.count; i++) {
        const char *body = chat_request(morning.chat, i).body, *at = strstr(body, head);
        headless += at == NULL || strstr(at + 1, head) != NULL;
    }
    return headless;
}

struct waits {
    struct delays ours, best;
};

// Each reminder's wait, and what it would be if the robot took its twenty at the beginning of each minute.
static size_t measure_waits(struct waits *waits)
{
    size_t lost = 0;
    for (unsigned i = 0; i < REMINDERS; i++) {
        size_t request = request_of(i);
        lost += request == MESSAGES_MOST;
        if (request == MESSAGES_MOST)
            continue;
        delays_add(&waits->ours, (morning.at_ms[request] - NINE) * 1000);
        delays_add(&waits->best, (int64_t)(request / BUDGET) * MINUTE_MS * 1000);
    }
    return lost;
}

static void print_wait(struct waits *waits, const char *what, double percent)
{
    struct series ours = {.count = 0}, best = {.count = 0};
    series_add(&ours, delays_at(&waits->ours, percent) / 1e6);
    series_add(&best, delays_at(&waits->best, percent) / 1e6);
    table_print(&(struct table_line){what, "s", &ours, &best, "the budget's best", TABLE_NO_GOAL, 0});
}

static void print_fact(const char *what, double value, double most)
{
    struct series ours = {.count = 0};
    series_add(&ours, value);
    table_print(&(struct table_line){what, "", &ours, NULL, NULL, TABLE_AT_MOST, most});
}

static void run_morning(void)
{
    char text[TEXT_BYTES];
    struct waits waits = {0};
    morning.chat = chat_open(NULL);
    chat_say(morning.chat, &(struct chat_line){.status = 200, .body = "{\"errcode\":0,\"errmsg\":\"ok\"}"});
    write_url(chat_port(morning.chat), "/robot/send?access_token=T");
    snprintf(text, sizeof text,
             "notifier: {default_channel: robot, language: en, channels: {robot: {type: dingtalk, url_file: %s, "
             "allow_loopback: true}}}",
             url_path);
    morning.postroom = postroom_open(text, NINE, false);
    say_all();
    play(NINE + MINUTE_MS);
    // A minute later something urgent for a rep whose message may still wait.
    postroom_remind(morning.postroom, "late", "rep-49", "Customer K9999.", 0);
    play(NINE + 60 * MINUTE_MS);
    size_t late = request_of(9999), lost = measure_waits(&waits);
    table_head("a thousand reminders at nine, fifty reps, one robot of twenty a minute");
    print_wait(&waits, "half of them are told after", 50);
    print_wait(&waits, "99 % of them", 99);
    print_wait(&waits, "the last", 100);
    print_fact("messages", (double)morning.count, MESSAGES_MOST);
    print_fact("most in any minute", (double)busiest_minute(), BUDGET);
    print_fact("lost", (double)lost, 0);
    print_fact("messages that do not head their kind once", (double)count_headless(), 0);
    print_fact("told before something urgent of the same moment", (double)count_overtaken(), 0);
    print_fact("seconds until something urgent of 09:01 is told",
               late < MESSAGES_MOST ? (double)(morning.at_ms[late] - NINE - MINUTE_MS) / 1e3 : 1e6,
               MINUTE_MS / 1000 / BUDGET + 3);
    delays_free(&waits.ours);
    delays_free(&waits.best);
    postroom_close(&morning.postroom);
    chat_close(&morning.chat);
}

// --- throughput

static uint64_t answered_since(void *self)
{
    return hook_count(self);
}

// What this process has used so far of all processors, in all of its threads.
static double used_us(void)
{
    struct rusage usage;
    must(getrusage(RUSAGE_SELF, &usage) == 0);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

struct throughput {
    struct series ours, unsynced, bare, used, bare_used;
    struct series turn, start, move, wait, turns, commit, sync;
};

static void run_ours(struct hook *hook, unsigned count, bool synced, struct throughput *throughput)
{
    char text[TEXT_BYTES];
    struct postroom_times times;
    write_url(hook_port(hook), "/hook");
    snprintf(text, sizeof text,
             "notifier: {default_channel: hook, group_wait: 0s, quiet_from: \"00:00\", quiet_to: \"00:00\", channels: "
             "{hook: {type: webhook, url_file: %s, rate: 100000/1s, allow_loopback: true}}}",
             url_path);
    struct postroom *postroom = postroom_open(text, 0, synced);
    uint64_t before = hook_count(hook);
    for (unsigned i = 0; i < count; i++) {
        char id[NAME_BYTES], rep[NAME_BYTES];
        snprintf(id, sizeof id, "r%u", i);
        snprintf(rep, sizeof rep, "rep-%u", i);
        postroom_remind(postroom, id, rep, "宁波远航 Trading", 1);
    }
    int64_t began_us = table_now_us();
    double before_us = used_us();
    postroom_work(postroom, before + count, answered_since, hook, &times);
    double us = (double)(table_now_us() - began_us), used = used_us() - before_us;
    must(postroom_figure(postroom, "reminders{outcome=\"sent\"}") == count && hook_count(hook) == before + count);
    postroom_close(&postroom);
    series_add(synced ? &throughput->ours : &throughput->unsynced, count / (us / 1e6));
    if (!synced)
        return;
    series_add(&throughput->used, used / count);
    series_add(&throughput->turn, (double)times.turn_us / count);
    series_add(&throughput->start, (double)times.start_us / count);
    series_add(&throughput->move, (double)times.move_us / count);
    series_add(&throughput->wait, (double)times.wait_us / count);
    series_add(&throughput->turns, (double)count / (double)times.turns);
    series_add(&throughput->commit, (double)times.turn_us / (double)times.turns);
}

static size_t swallow(char *bytes, size_t size, size_t count, void *self)
{
    (void)bytes;
    (void)self;
    return size * count;
}

static void post(CURLM *multi, CURL *easy, const char *url, const char *body, size_t length, struct curl_slist *headers)
{
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "tend");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
    must(curl_multi_add_handle(multi, easy) == CURLM_OK);
}

static struct curl_slist *headers_like_ours(void)
{
    static const char *const lines[] = {"Expect:",
                                        "Content-Type: application/json; charset=utf-8",
                                        "webhook-id: msg_a1b2c3d4e5f6",
                                        "webhook-timestamp: 1700000000",
                                        "ce-specversion: 1.0",
                                        "ce-type: tend.message",
                                        "ce-source: /tend/notifier",
                                        "ce-id: msg_a1b2c3d4e5f6",
                                        "ce-time: 2023-11-14T22:13:20Z"};
    struct curl_slist *list = NULL;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        list = curl_slist_append(list, lines[i]);
        must(list != NULL);
    }
    return list;
}

// The same bytes, nothing stored.
static void run_bare(struct hook *hook, unsigned count, struct throughput *throughput)
{
    CURL *easies[BARE_SLOTS];
    char url[NAME_BYTES * 2], body[HOOK_BODY_BYTES];
    size_t length;
    const char *last = hook_body(hook, &length);
    memcpy(body, last, length);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/hook", hook_port(hook));
    struct curl_slist *headers = headers_like_ours();
    CURLM *multi = curl_multi_init();
    unsigned started = 0, done = 0;
    int running, left;
    int64_t began_us = table_now_us();
    double before_us = used_us();
    for (int i = 0; i < BARE_SLOTS; i++) {
        easies[i] = curl_easy_init();
        post(multi, easies[i], url, body, length, headers);
        started++;
    }
    while (done < count) {
        must(curl_multi_perform(multi, &running) == CURLM_OK);
        for (CURLMsg *message; (message = curl_multi_info_read(multi, &left)) != NULL;) {
            CURL *easy = message->easy_handle;
            must(message->msg == CURLMSG_DONE && message->data.result == CURLE_OK);
            curl_multi_remove_handle(multi, easy);
            done++;
            if (started < count) {
                post(multi, easy, url, body, length, headers);
                started++;
            }
        }
        if (done < count)
            (void)curl_multi_poll(multi, NULL, 0, 100, NULL);
    }
    series_add(&throughput->bare, count / ((double)(table_now_us() - began_us) / 1e6));
    series_add(&throughput->bare_used, (used_us() - before_us) / count);
    for (int i = 0; i < BARE_SLOTS; i++)
        curl_easy_cleanup(easies[i]);
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
}

static void print_share(const char *what, const struct series *series)
{
    table_print(&(struct table_line){what, "us", series, NULL, NULL, TABLE_NO_GOAL, 0});
}

static void run_throughput(unsigned count)
{
    static struct throughput throughput;
    struct hook *hook = hook_open();
    for (int i = 0; i < ROUNDS; i++) {
        run_ours(hook, count, true, &throughput);
        run_ours(hook, count, false, &throughput);
        run_bare(hook, count, &throughput);
    }
    limits_fdatasync("/tmp", 1, &throughput.sync);
    char title[NAME_BYTES * 3];
    snprintf(title, sizeof title, "messages to a fast webhook, %u a round, %d at once, the loop %d", count,
             COURIER_SLOTS, BARE_SLOTS);
    table_head(title);
    table_print(&(struct table_line){"told, the store synced", "/s", &throughput.ours, &throughput.bare, "bare libcurl",
                                     TABLE_AT_LEAST, GOAL});
    table_print(&(struct table_line){"told, were nothing synced", "/s", &throughput.unsynced, &throughput.bare,
                                     "bare libcurl", TABLE_NO_GOAL, 0});
    table_print(&(struct table_line){"  processors' time of each", "us", &throughput.used, &throughput.bare_used,
                                     "bare libcurl", TABLE_NO_GOAL, 0});
    print_share("  of each: turns with their commits", &throughput.turn);
    print_share("           making ready to leave", &throughput.start);
    print_share("           judging answers", &throughput.move);
    print_share("           waiting for the mover and the chat", &throughput.wait);
    table_print(&(struct table_line){"  messages a turn", "", &throughput.turns, NULL, NULL, TABLE_NO_GOAL, 0});
    table_print(&(struct table_line){"  a turn", "us", &throughput.commit, &throughput.sync, "one fdatasync",
                                     TABLE_NO_GOAL, 0});
    hook_close(&hook);
}

int main(int argc, char **argv)
{
    unsigned count = COUNT;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0)
            count = COUNT_QUICK;
        else if (strcmp(argv[i], "--count") == 0 && i + 1 < argc)
            count = (unsigned)strtoul(argv[++i], NULL, 10);
    }
    must(count > 0 && count <= POSTROOM_QUEUE_MAX && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    run_morning();
    run_throughput(count);
    unlink(url_path);
    curl_global_cleanup();
    table_end();
    return 0;
}
