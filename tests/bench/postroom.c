#include "bench/postroom.h"

#include "bench/table.h"
#include "common/config.h"
#include "common/engine.h"
#include "common/must.h"
#include "harness/folder.h"
#include "harness/queue.h"
#include "services/notifier/notifier.h"
#include "tend/v1/journal.pb-c.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHARDS = 16, FIGURES_BYTES = 1 << 16, NAME_BYTES = 100, ERROR_BYTES = 300, LONGEST_WAIT_MS = 50 };

#define MAP_BYTES ((size_t)8 << 30)

struct postroom {
    struct config *config;
    struct notifier_options options;
    struct notifier *notifier;
    struct metrics *metrics;
    struct engine *engine;
    struct clock *clock;
    bool still;
    char folder[FOLDER_BYTES];
    struct queue *queue;
};

struct postroom *postroom_open(const char *text, int64_t start_ms, bool synced)
{
    struct postroom *postroom = calloc(1, sizeof *postroom);
    must(postroom != NULL);
    const struct config_section section = {
        .name = "notifier", .keys = notifier_keys, .target = &postroom->options, .help = ""};
    char error[ERROR_BYTES];
    postroom->config = config_read_text("bench", text, strlen(text), &section, 1);
    if (!config_good(postroom->config))
        config_errors_print(postroom->config, stderr);
    must(config_good(postroom->config));
    postroom->notifier = notifier_open(&postroom->options, error, sizeof error);
    must(postroom->notifier != NULL);
    postroom->metrics = metrics_open();
    notifier_service.declare(postroom->notifier, postroom->metrics);
    postroom->still = start_ms != 0;
    postroom->clock = postroom->still ? clock_open_simulated(start_ms) : clock_open();
    postroom->queue = queue_open();
    folder_make(postroom->folder);
    struct engine_options options = {.service = &notifier_service,
                                     .self = postroom->notifier,
                                     .folder = postroom->folder,
                                     .map_bytes = MAP_BYTES,
                                     .throwaway = !synced,
                                     .shards = SHARDS,
                                     .clock = postroom->clock};
    struct store_error trouble;
    must(engine_open(&options, &trouble, &postroom->engine));
    return postroom;
}

void postroom_close(struct postroom **postroom)
{
    struct postroom *self = *postroom;
    if (self == NULL)
        return;
    engine_close(&self->engine);
    notifier_close(&self->notifier);
    metrics_close(&self->metrics);
    clock_close(&self->clock);
    queue_close(&self->queue);
    config_close(&self->config);
    folder_remove(self->folder);
    free(self);
    *postroom = NULL;
}

int64_t postroom_now_ms(const struct postroom *postroom)
{
    return clock_wall_ms(postroom->clock);
}

void postroom_remind(struct postroom *postroom, const char *id, const char *rep, const char *customer,
                     unsigned priority)
{
    static char day[] = "2026-06-03";
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = (char *)(uintptr_t)id;
    reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_OVERDUE;
    reminder.rep_id = (char *)(uintptr_t)rep;
    reminder.customer_id = (char *)(uintptr_t)customer;
    reminder.customer_name = (char *)(uintptr_t)customer;
    reminder.abc = TEND__V1__ABC_CLASS__ABC_CLASS_A;
    reminder.local_date = day;
    reminder.priority = priority;
    must(queue_count(postroom->queue) < POSTROOM_QUEUE_MAX);
    (void)queue_say(postroom->queue, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, postroom_now_ms(postroom),
                    &reminder.base);
}

static void turn(struct postroom *postroom, struct postroom_times *times)
{
    const struct port *port = notifier_service.port;
    size_t count = queue_count(postroom->queue);
    struct batch batch = queue_batch(postroom->queue, postroom->engine, 0, count, postroom_now_ms(postroom));
    int64_t began_us = table_now_us();
    // Without news and with nothing due that is no turn; what has landed wants one.
    must(engine_turn(postroom->engine, NULL, 0, &batch) == ENGINE_DONE);
    if (count == 0 && port->timeout_ms(postroom->notifier, table_now_us() / 1000) == 0)
        must(engine_turn(postroom->engine, NULL, 0, NULL) == ENGINE_DONE);
    int64_t turned_us = table_now_us();
    port->after(postroom->notifier, turned_us / 1000);
    times->turn_us += turned_us - began_us;
    times->start_us += table_now_us() - turned_us;
    times->turns++;
    queue_clear(postroom->queue);
}

double postroom_figure(struct postroom *postroom, const char *name)
{
    static char text[FIGURES_BYTES];
    char key[NAME_BYTES];
    metrics_print(postroom->metrics, text, sizeof text);
    snprintf(key, sizeof key, "tend_notifier_%s ", name);
    const char *at = strstr(text, key);
    must(at != NULL);
    return strtod(at + strlen(key), NULL);
}

// Waits for what lands; true when the next turn has something to store. The chat client's time is the machine's.
static bool move(struct postroom *postroom, struct postroom_times *times)
{
    const struct port *port = notifier_service.port;
    int64_t began_us = table_now_us();
    int wait_ms = port->timeout_ms(postroom->notifier, began_us / 1000);
    struct pollfd poll_fd = {.fd = port->fd(postroom->notifier), .events = POLLIN};
    (void)poll(&poll_fd, 1, wait_ms < 0 || wait_ms > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : wait_ms);
    int64_t waited_us = table_now_us();
    bool landed = port->work(postroom->notifier, waited_us / 1000);
    times->wait_us += waited_us - began_us;
    times->move_us += table_now_us() - waited_us;
    return landed;
}

static bool flying(struct postroom *postroom)
{
    return postroom_figure(postroom, "messages{state=\"sending\"}") > 0;
}

// What is due waits for the upstream to have told all before it, which ours says when it is asked.
static bool wants_upstream(const struct postroom *postroom)
{
    int64_t wanted_ms = engine_wanted_ms(postroom->engine, 0);
    return wanted_ms > 0 && wanted_ms <= postroom_now_ms(postroom);
}

void postroom_work(struct postroom *postroom, uint64_t until, uint64_t (*count)(void *self), void *self,
                   struct postroom_times *times)
{
    *times = (struct postroom_times){0};
    do {
        turn(postroom, times);
        while (engine_due(postroom->engine) > postroom_now_ms(postroom)) {
            bool all = postroom->still || count(self) >= until;
            if (all && !flying(postroom))
                return;
            if (wants_upstream(postroom) || move(postroom, times))
                break;
        }
    } while (true);
}

bool postroom_move(struct postroom *postroom, int64_t most_ms)
{
    int64_t due_ms = engine_due(postroom->engine);
    if (due_ms > most_ms)
        return false;
    if (due_ms > postroom_now_ms(postroom))
        clock_move(postroom->clock, due_ms);
    return true;
}
