#include "bench/feed.h"

#include "common/engine.h"
#include "common/must.h"
#include "harness/folder.h"
#include "services/scoring/core.h"
#include "services/scoring/options.h"
#include "tend/v1/journal.pb-c.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_BLOCK = 8 << 20, KEPT_LIMIT = 256 << 20, SHARDS = 16, FIT_MS = 60000 };

#define MAP_BYTES ((size_t)64 << 30)

struct feed {
    struct config *config;
    struct scoring_options options;
    struct scoring *scoring;
    struct engine *engine;
    struct clock *clock; // stands still
    struct clock *watch; // does not
    char folder[FOLDER_BYTES];
    struct record queue[FEED_EVENTS_MAX];
    size_t count;
    uint64_t said;
    struct arena *kept; // packed records of the queue
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

static int64_t now_us(const struct feed *feed)
{
    return clock_boot_us(feed->watch);
}

static bool try_open(struct feed *feed, bool synced)
{
    struct engine_options options = {.service = &scoring_service,
                                     .self = feed->scoring,
                                     .folder = feed->folder,
                                     .map_bytes = MAP_BYTES,
                                     .throwaway = !synced,
                                     .shards = SHARDS,
                                     .clock = feed->clock};
    struct store_error error;
    bool opened = engine_open(&options, &error, &feed->engine);
    if (!opened)
        fprintf(stderr, "%s\n", error.text);
    return opened;
}

static void say(struct feed *feed, uint16_t type, const ProtobufCMessage *message)
{
    must(feed->count < FEED_EVENTS_MAX);
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *payload = arena_take(feed->kept, length + 1);
    protobuf_c_message_pack(message, payload);
    struct record *record = &feed->queue[feed->count++];
    *record = (struct record){.seq = ++feed->said,
                              .time_ms = feed_now_ms(feed),
                              .type = type,
                              .version = 1,
                              .shard = SHARD_ALL,
                              .payload = payload,
                              .length = length};
    store_put_u64(record->key, record->seq);
    store_put_u64(record->chain, record->seq);
}

static void say_settings(struct feed *feed)
{
    static char zone[] = "UTC", currency[] = "CNY";
    Tend__V1__Settings settings = TEND__V1__SETTINGS__INIT;
    settings.time_zone = zone;
    settings.currency = currency;
    say(feed, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, &settings.base);
}

struct feed *feed_open(int64_t now_ms)
{
    struct feed *feed = calloc(1, sizeof *feed);
    must(feed != NULL);
    const struct config_section section = {
        .name = "scoring", .keys = scoring_keys, .target = &feed->options, .help = ""};
    feed->config = config_read_text("bench", rules, sizeof rules - 1, &section, 1);
    config_errors_print(feed->config, stderr);
    must(config_good(feed->config));
    feed->scoring = scoring_open(&feed->options);
    feed->clock = clock_open_simulated(now_ms);
    feed->watch = clock_open();
    feed->kept = arena_open(KEPT_BLOCK, KEPT_LIMIT);
    folder_make(feed->folder);
    must(try_open(feed, false));
    say_settings(feed);
    feed_run(feed, 1, 0, NULL);
    return feed;
}

void feed_close(struct feed **feed)
{
    struct feed *self = *feed;
    if (self == NULL)
        return;
    engine_close(&self->engine);
    scoring_close(&self->scoring);
    clock_close(&self->clock);
    clock_close(&self->watch);
    arena_close(&self->kept);
    config_close(&self->config);
    folder_remove(self->folder);
    free(self);
    *feed = NULL;
}

int64_t feed_reopen(struct feed *feed)
{
    must(feed->count == 0);
    engine_close(&feed->engine);
    scoring_close(&feed->scoring);
    int64_t began_us = now_us(feed);
    feed->scoring = scoring_open(&feed->options);
    must(try_open(feed, true));
    return now_us(feed) - began_us;
}

void feed_take(void *feed, const Tend__V1__Event *event)
{
    say(feed, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, &event->base);
}

size_t feed_waiting(const struct feed *feed)
{
    return feed->count;
}

int64_t feed_now_ms(const struct feed *feed)
{
    return clock_wall_ms(feed->clock);
}

uint64_t feed_write(const struct feed *feed, FILE *file)
{
    struct row {
        uint32_t customer;
        int32_t day;
        int64_t micros;
    } row;
    uint64_t written = 0;
    for (uint32_t slot = 0; slot < ledger_count(feed->scoring->ledger); slot++) {
        size_t count;
        const struct purchase *purchases = trail_of(feed->scoring->trail, slot, &count);
        for (size_t i = 0; i < count; i++, written++) {
            row = (struct row){slot, purchases[i].day, purchases[i].kept_micros};
            must(fwrite(&row, sizeof row, 1, file) == 1);
        }
    }
    return written;
}

uint32_t feed_class_a(const struct feed *feed)
{
    uint32_t customers = 0;
    for (uint32_t slot = 0; slot < ledger_count(feed->scoring->ledger); slot++)
        customers += ledger_exact(feed->scoring->ledger, slot).abc == LEDGER_A;
    return customers;
}

const char *feed_model(const struct feed *feed)
{
    static char text[120];
    const struct buying_model *model = &feed->scoring->book.buying;
    snprintf(text, sizeof text, "%s %.4g %.4g %.4g %.4g (%s)", buying_names[model->kind], model->p[0], model->p[1],
             model->p[2], model->p[3], fit_names[feed->scoring->book.fit_status]);
    return text;
}

double feed_store_bytes(const struct feed *feed)
{
    struct store_use use;
    store_measure(engine_store(feed->engine), &use);
    return (double)use.used_bytes;
}

uint64_t feed_said(const struct feed *feed)
{
    return engine_journal(feed->engine)->last;
}

// One turn over a part of the queue. Returns its microseconds.
static int64_t turn(struct feed *feed, size_t from, size_t count, struct delays *delays)
{
    const struct position *position = engine_position(feed->engine);
    struct batch batch = {.after = position->seq,
                          .records = feed->queue + from,
                          .count = count,
                          .looked = position->seq + count,
                          .generation = 1,
                          .complete_ms = feed_now_ms(feed)};
    store_put_u64(batch.chain, batch.looked);
    int64_t began_us = now_us(feed);
    must(engine_turn(feed->engine, NULL, 0, &batch) == ENGINE_DONE);
    int64_t us = now_us(feed) - began_us;
    if (delays != NULL)
        delays_add(delays, us);
    return us;
}

int64_t feed_run(struct feed *feed, size_t batch, int64_t step_ms, struct delays *delays)
{
    must(batch > 0 && batch <= ENGINE_BATCH_RECORDS);
    int64_t us = 0;
    for (size_t from = 0; from < feed->count; from += batch) {
        size_t count = feed->count - from < batch ? feed->count - from : batch;
        clock_move(feed->clock, feed_now_ms(feed) + step_ms);
        us += turn(feed, from, count, delays);
        while (engine_due(feed->engine) <= feed_now_ms(feed) && feed->scoring->round.step == CORE_REST)
            us += turn(feed, 0, 0, delays);
    }
    feed->count = 0;
    arena_reset(feed->kept);
    return us;
}

struct feed_round feed_rest(struct feed *feed, int64_t now_ms, struct delays *delays)
{
    struct feed_round round = {0};
    struct pollfd fit = {.fd = scoring_service.port->fd(feed->scoring), .events = POLLIN};
    clock_move(feed->clock, now_ms);
    do {
        round.us += turn(feed, 0, 0, delays);
        if (feed->scoring->round.step != CORE_FIT)
            continue;
        int64_t began_us = now_us(feed);
        while (!scoring_service.port->work(feed->scoring, 0))
            must(poll(&fit, 1, FIT_MS) > 0);
        round.fit_us += now_us(feed) - began_us;
    } while (feed->scoring->round.step != CORE_REST || engine_due(feed->engine) <= feed_now_ms(feed));
    return round;
}
