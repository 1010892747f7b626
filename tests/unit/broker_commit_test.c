// A feed that is read from a broker while commits fail: what such a turn had taken is fetched again, so every message
// is stored once and none is passed over. The broker is the mock cluster of Kafka's client, which speaks the protocol.
#include "common/engine.h"
#include "harness/folder.h"
#include "services/ingest/ingest.h"

#include "tend/v1/event.pb-c.h"
#include "tend/v1/journal.pb-c.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <lmdb.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

// 2026-05-17, 09:30 UTC.
#define NOW INT64_C(1779010200000)

enum { MESSAGES = 120, PARTITIONS = 2, MAP = 1 << 26, WAIT_MS = 10000, TURNS_MAX = 1000, FAIL_EVERY = 3 };

static struct service failing; // ingest, every third of whose turns with something to say fails
static unsigned spoken, failed;

static void settle(void *self, struct turn *turn)
{
    uint64_t before = turn->journal->last;
    ingest_service.settle(self, turn);
    if (turn->journal->last > before && ++spoken % FAIL_EVERY == 0) {
        failed++;
        tx_fail(turn->tx, MDB_MAP_FULL);
    }
}

static rd_kafka_t *open_cluster(char *ret_address, size_t bytes)
{
    char error[200] = "";
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "test.mock.num.brokers", "1", error, sizeof error);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (client == NULL)
        fail_msg("%s", error);
    rd_kafka_mock_cluster_t *cluster = rd_kafka_handle_mock_cluster(client);
    rd_kafka_mock_topic_create(cluster, "orders", PARTITIONS, 1);
    snprintf(ret_address, bytes, "%s", rd_kafka_mock_cluster_bootstraps(cluster));
    return client;
}

static void produce(rd_kafka_t *client, int first, int count)
{
    rd_kafka_topic_t *to = rd_kafka_topic_new(client, "orders", NULL);
    for (int i = first; i < first + count; i++) {
        char text[100];
        int length = snprintf(text, sizeof text, "{\"id\":\"O%d\",\"customer\":\"C%d\"}", i, i % 7);
        assert_int_equal(rd_kafka_produce(to, i % PARTITIONS, RD_KAFKA_MSG_F_COPY, text, (size_t)length, NULL, 0, NULL),
                         0);
    }
    rd_kafka_topic_destroy(to);
    assert_int_equal(rd_kafka_flush(client, WAIT_MS), 0);
}

// How often the journal holds each order.
static void count_orders(struct engine *engine, int counts[MESSAGES])
{
    memset(counts, 0, MESSAGES * sizeof *counts);
    struct tx *tx = store_begin_read(engine_store(engine));
    struct record record;
    for (uint64_t seq = 1; seq <= engine_journal(engine)->last && journal_read(tx, seq, &record); seq++) {
        if (record.type != TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT)
            continue;
        Tend__V1__Event *event = tend__v1__event__unpack(NULL, record.length, record.payload);
        assert_non_null(event);
        long number = strtol(event->order_placed->order_id + 1, NULL, 10);
        assert_in_range(number, 0, MESSAGES - 1);
        counts[number]++;
        tend__v1__event__free_unpacked(event, NULL);
    }
    tx_abort(&tx);
}

// Turns until all of them are in the journal.
static void read_all(struct ingest *ingest, struct engine *engine, int wanted)
{
    const struct port *port = ingest_service.port;
    int counts[MESSAGES], stored = 0;
    for (int i = 0; i < TURNS_MAX && stored < wanted; i++) {
        struct pollfd wake = {.fd = port->fd(ingest), .events = POLLIN};
        poll(&wake, 1, 20);
        if (!port->work(ingest, 0))
            continue;
        enum engine_outcome outcome = engine_turn(engine, NULL, 0, NULL);
        assert_true(outcome == ENGINE_DONE || outcome == ENGINE_FULL);
        count_orders(engine, counts);
        stored = 0;
        for (int at = 0; at < wanted; at++) {
            assert_true(counts[at] <= 1);
            stored += counts[at];
        }
    }
    assert_int_equal(stored, wanted);
}

static void nothing_is_skipped_when_commits_fail(void **state)
{
    (void)state;
    char folder[FOLDER_BYTES], feeds[FOLDER_BYTES + 16], address[200], feed[600], error[2000];
    rd_kafka_t *cluster = open_cluster(address, sizeof address);
    folder_make(folder);
    snprintf(feeds, sizeof feeds, "%s/feeds.d", folder);
    mkdir(feeds, 0700);
    snprintf(feed, sizeof feed,
             "from: {kafka: {brokers: '%s', topic: orders}}\n"
             "events: [{event: order_placed, id: {text: 'o:{/id}'}, time: {value: 2026-05-16}, customer_id: /customer, "
             "fields: {order_id: /id, total: {value: 5}}}]\n",
             address);
    folder_write(feeds, "lake.yaml", feed, strlen(feed));
    struct ingest_options options = {.keep_ids_ms = INT64_C(34560000000),
                                     .seal_records = 1000,
                                     .feeds = feeds,
                                     .rejected_records = 10,
                                     .rejected_bytes = 1 << 20};
    struct ingest_setup setup = {
        .options = &options, .settings = (const uint8_t *)"", .currency = "USD", .time_zone = "UTC"};
    struct ingest *ingest = ingest_open(&setup, error, sizeof error);
    assert_non_null(ingest);
    failing = ingest_service;
    failing.settle = settle;
    struct clock *clock = clock_open_simulated(NOW);
    struct engine_options with = {.service = &failing,
                                  .self = ingest,
                                  .folder = folder,
                                  .map_bytes = MAP,
                                  .throwaway = true,
                                  .shards = 16,
                                  .clock = clock};
    struct store_error store;
    struct engine *engine;
    assert_true(engine_open(&with, &store, &engine));
    // Some at once, and then a few at a time, so that there are many turns.
    produce(cluster, 0, MESSAGES / 2);
    read_all(ingest, engine, MESSAGES / 2);
    for (int first = MESSAGES / 2; first < MESSAGES; first += 10) {
        produce(cluster, first, 10);
        read_all(ingest, engine, first + 10);
    }
    assert_true(failed >= 3);
    engine_close(&engine);
    ingest_close(&ingest);
    clock_close(&clock);
    rd_kafka_destroy(cluster);
    char command[FOLDER_BYTES + 40];
    snprintf(command, sizeof command, "rm -rf %s", feeds);
    assert_int_equal(system(command), 0);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_skipped_when_commits_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
