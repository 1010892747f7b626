#include "bench/fodder.h"

#include "common/engine.h"
#include "common/must.h"
#include "harness/folder.h"
#include "harness/queue.h"
#include "services/scoring/core.h"
#include "services/scoring/options.h"
#include "tend/v1/journal.pb-c.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHARDS = 16, FIT_MS = 60000 };

#define MAP_BYTES ((size_t)64 << 30)

struct fodder {
    struct config *config;
    struct scoring_options options;
    struct scoring *scoring;
    struct engine *engine;
    struct clock *clock; // stands still
    struct clock *watch; // does not
    char folder[FOLDER_BYTES];
    struct queue *queue;
};

// The defaults leave out what needs rules of one's own: further schemes, and classes by rules.
static const char rules[] = "scoring:\n"
                            "  schemes:\n"
                            "    margin: {measure: margin}\n"
                            "    quarter: {window_days: 90}\n"
                            "  policy:\n"
                            "    classes:\n"
                            "      - {class: gold, top: 20%, growth: 10%}\n"
                            "      - {class: silver, abc: [A, B], orders: 3}\n"
                            "      - {class: bronze}\n";

static int64_t now_us(const struct fodder *fodder)
{
    return clock_boot_us(fodder->watch);
}

static bool try_open(struct fodder *fodder, bool synced)
{
    struct engine_options options = {.service = &scoring_service,
                                     .self = fodder->scoring,
                                     .folder = fodder->folder,
                                     .map_bytes = MAP_BYTES,
                                     .throwaway = !synced,
                                     .shards = SHARDS,
                                     .clock = fodder->clock};
    struct store_error error;
    bool opened = engine_open(&options, &error, &fodder->engine);
    if (!opened)
        fprintf(stderr, "%s\n", error.text);
    return opened;
}

static void say(struct fodder *fodder, uint16_t type, const ProtobufCMessage *message)
{
    must(queue_count(fodder->queue) < FODDER_EVENTS_MAX);
    (void)queue_say(fodder->queue, type, fodder_now_ms(fodder), message);
}

static void say_settings(struct fodder *fodder)
{
    static char zone[] = "UTC", currency[] = "CNY";
    Tend__V1__Settings settings = TEND__V1__SETTINGS__INIT;
    settings.time_zone = zone;
    settings.currency = currency;
    say(fodder, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, &settings.base);
}

struct fodder *fodder_open(int64_t now_ms)
{
    struct fodder *fodder = calloc(1, sizeof *fodder);
    must(fodder != NULL);
    const struct config_section section = {
        .name = "scoring", .keys = scoring_keys, .target = &fodder->options, .help = ""};
    fodder->config = config_read_text("bench", rules, sizeof rules - 1, &section, 1);
    config_errors_print(fodder->config, stderr);
    must(config_good(fodder->config));
    fodder->scoring = scoring_open(&fodder->options);
    fodder->clock = clock_open_simulated(now_ms);
    fodder->watch = clock_open();
    fodder->queue = queue_open();
    folder_make(fodder->folder);
    must(try_open(fodder, false));
    say_settings(fodder);
    fodder_run(fodder, 1, 0, NULL);
    return fodder;
}

void fodder_close(struct fodder **fodder)
{
    struct fodder *self = *fodder;
    if (self == NULL)
        return;
    engine_close(&self->engine);
    scoring_close(&self->scoring);
    clock_close(&self->clock);
    clock_close(&self->watch);
    queue_close(&self->queue);
    config_close(&self->config);
    folder_remove(self->folder);
    free(self);
    *fodder = NULL;
}

int64_t fodder_reopen(struct fodder *fodder)
{
    must(queue_count(fodder->queue) == 0);
    engine_close(&fodder->engine);
    scoring_close(&fodder->scoring);
    int64_t began_us = now_us(fodder);
    fodder->scoring = scoring_open(&fodder->options);
    must(try_open(fodder, true));
    return now_us(fodder) - began_us;
}

void fodder_take(void *fodder, const Tend__V1__Event *event)
{
    say(fodder, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, &event->base);
}

size_t fodder_waiting(const struct fodder *fodder)
{
    return queue_count(fodder->queue);
}

int64_t fodder_now_ms(const struct fodder *fodder)
{
    return clock_wall_ms(fodder->clock);
}

uint64_t fodder_write(const struct fodder *fodder, FILE *file)
{
    struct row {
        uint32_t customer;
        int32_t day;
        int64_t micros;
    } row;
    uint64_t written = 0;
    for (uint32_t slot = 0; slot < ledger_count(fodder->scoring->ledger); slot++) {
        size_t count;
        const struct purchase *purchases = trail_of(fodder->scoring->trail, slot, &count);
        for (size_t i = 0; i < count; i++, written++) {
            row = (struct row){slot, purchases[i].day, purchases[i].kept_micros};
            must(fwrite(&row, sizeof row, 1, file) == 1);
        }
    }
    return written;
}

uint32_t fodder_class_a(const struct fodder *fodder)
{
    uint32_t customers = 0;
    for (uint32_t slot = 0; slot < ledger_count(fodder->scoring->ledger); slot++)
        customers += ledger_exact(fodder->scoring->ledger, slot).abc == LEDGER_A;
    return customers;
}

const char *fodder_model(const struct fodder *fodder)
{
    static char text[120];
    const struct buying_model *model = &fodder->scoring->book.buying;
    snprintf(text, sizeof text, "%s %.4g %.4g %.4g %.4g (%s)", buying_names[model->kind], model->p[0], model->p[1],
             model->p[2], model->p[3], fit_names[fodder->scoring->book.fit_status]);
    return text;
}

double fodder_store_bytes(const struct fodder *fodder)
{
    struct store_use use;
    store_measure(engine_store(fodder->engine), &use);
    return (double)use.used_bytes;
}

uint64_t fodder_said(const struct fodder *fodder)
{
    return engine_journal(fodder->engine)->last;
}

// One turn over a part of the queue. Returns its microseconds.
static int64_t turn(struct fodder *fodder, size_t from, size_t count, struct delays *delays)
{
    struct batch batch = queue_batch(fodder->queue, fodder->engine, from, count, fodder_now_ms(fodder));
    int64_t began_us = now_us(fodder);
    must(engine_turn(fodder->engine, NULL, 0, &batch) == ENGINE_DONE);
    int64_t us = now_us(fodder) - began_us;
    if (delays != NULL)
        delays_add(delays, us);
    return us;
}

int64_t fodder_run(struct fodder *fodder, size_t batch, int64_t step_ms, struct delays *delays)
{
    must(batch > 0 && batch <= ENGINE_BATCH_RECORDS);
    int64_t us = 0;
    size_t queued = queue_count(fodder->queue);
    for (size_t from = 0; from < queued; from += batch) {
        size_t count = queued - from < batch ? queued - from : batch;
        clock_move(fodder->clock, fodder_now_ms(fodder) + step_ms);
        us += turn(fodder, from, count, delays);
        while (engine_due(fodder->engine) <= fodder_now_ms(fodder) && fodder->scoring->round.step == CORE_REST)
            us += turn(fodder, 0, 0, delays);
    }
    queue_clear(fodder->queue);
    return us;
}

struct fodder_round fodder_rest(struct fodder *fodder, int64_t now_ms, struct delays *delays)
{
    struct fodder_round round = {0};
    struct pollfd fit = {.fd = scoring_service.port->fd(fodder->scoring), .events = POLLIN};
    clock_move(fodder->clock, now_ms);
    do {
        round.us += turn(fodder, 0, 0, delays);
        if (fodder->scoring->round.step != CORE_FIT)
            continue;
        int64_t began_us = now_us(fodder);
        while (!scoring_service.port->work(fodder->scoring, 0))
            must(poll(&fit, 1, FIT_MS) > 0);
        round.fit_us += now_us(fodder) - began_us;
    } while (fodder->scoring->round.step != CORE_REST || engine_due(fodder->engine) <= fodder_now_ms(fodder));
    return round;
}
