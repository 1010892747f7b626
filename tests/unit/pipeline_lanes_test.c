// The whole pipeline with scoring as one process, two and four: each customer is where it belongs and is worth the
// same, what concerns everybody is heard once, and reps are told the same at the same moments.
#include "harness/folder.h"
#include "services/tend/pipeline.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Monday 2026-11-16, 08:00 in Shanghai.
#define MONDAY INT64_C(1794787200000)
#define HOUR INT64_C(3600000)

enum { CUSTOMERS = 24, ORDERS = 3, TEXT = 40000 };

// What a run came to, as text to compare.
struct outcome {
    char cards[TEXT], reminders[TEXT];
    unsigned said_for_all; // by the scheduler, to the notifier
};

struct world {
    char folder[FOLDER_BYTES];
    char text[600];
    struct settings settings;
    struct config *config;
    struct pipeline *pipeline;
};

static void open_world(struct world *world, unsigned processes)
{
    folder_make(world->folder);
    int length = snprintf(world->text, sizeof world->text,
                          "common: {time_zone: Asia/Shanghai, scoring_processes: %u}\n"
                          "notifier: {default_channel: here, channels: {here: {type: file, file: %s/out.jsonl}}}\n",
                          processes, world->folder);
    struct config_section sections[PLACES];
    for (enum pipeline_place place = 0; place < PLACES; place++) {
        const struct main_setup *setup = pipeline_setups[place];
        sections[place] = (struct config_section){setup->service->name, setup->keys, setup->options, setup->help};
    }
    world->config = settings_read_text("tend.yaml", world->text, (size_t)length, &world->settings, sections, PLACES);
    assert_true(config_good(world->config));
    char error[600];
    world->pipeline = pipeline_open(&world->settings, world->folder, MONDAY, error, sizeof error);
    assert_non_null(world->pipeline);
    assert_int_equal(pipeline_processes(world->pipeline, PLACE_SCORING), processes);
    assert_int_equal(pipeline_processes(world->pipeline, PLACE_SCHEDULER), 1);
}

static void close_world(struct world *world)
{
    pipeline_close(&world->pipeline);
    config_close(&world->config);
    folder_remove(world->folder);
}

static void post(struct world *world, const char *body)
{
    struct reply reply;
    assert_true(
        pipeline_post(world->pipeline, PLACE_INGEST, "/v1/events", "application/json", body, strlen(body), &reply));
    if (reply.status != 200 || strstr(reply.body, "stored") == NULL)
        fail_msg("%s gets %d %.*s", body, reply.status, (int)reply.length, reply.body);
}

static void tell(struct world *world)
{
    char body[600];
    for (int i = 0; i < CUSTOMERS; i++) {
        snprintf(body, sizeof body,
                 "{\"id\":\"c%d\",\"source\":\"t\",\"time\":\"2026-11-15T00:00:00Z\",\"customerId\":\"C%d\","
                 "\"customerUpserted\":{\"name\":\"Customer %d\",\"ownerRepId\":\"amy\"}}",
                 i, i, i);
        post(world, body);
        // The rep is told of late: what came before must not depend on it.
        if (i == CUSTOMERS / 2)
            post(world, "{\"id\":\"r\",\"source\":\"t\",\"time\":\"2026-11-16T00:00:00Z\",\"repId\":\"amy\","
                        "\"repUpserted\":{\"name\":\"Amy\",\"languages\":[\"en\"],\"timeZone\":\"Asia/Shanghai\"}}");
        for (int j = 0; j < ORDERS; j++) {
            snprintf(body, sizeof body,
                     "{\"id\":\"o%d-%d\",\"source\":\"t\",\"time\":\"2026-%02d-10T00:00:00Z\",\"customerId\":\"C%d\","
                     "\"orderPlaced\":{\"orderId\":\"O%d-%d\",\"total\":\"%d.50 CNY\"}}",
                     i, j, 8 + j, i, i, j, 100 * (i + 1) + j);
            post(world, body);
        }
        snprintf(body, sizeof body,
                 "{\"id\":\"p%d\",\"source\":\"t\",\"time\":\"2026-11-16T00:00:00Z\",\"customerId\":\"C%d\","
                 "\"promiseMade\":{\"promiseId\":\"P%d\",\"what\":\"a sample\",\"due\":\"2026-11-17T0%d:00:00Z\"}}",
                 i, i, i, i % 9);
        post(world, body);
    }
}

static void add(char *text, const char *id, const json_t *json, const char *member)
{
    const json_t *value = json_object_get(json, member);
    char *dump = value != NULL ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    size_t used = strlen(text);
    snprintf(text + used, TEXT - used, "%s %s %s\n", id, member, dump != NULL ? dump : "-");
    free(dump);
}

static void look(struct world *world, struct outcome *ret_outcome)
{
    static const char *const worth[] = {"net", "orders", "lastOrder", "meanGapMilli", "purchaseDays"};
    static const char *const told[] = {"kind", "state", "due", "repId"};
    struct reply reply;
    char target[100], id[20];
    *ret_outcome = (struct outcome){.said_for_all = 0};
    for (int i = 0; i < CUSTOMERS; i++) {
        snprintf(id, sizeof id, "C%d", i);
        snprintf(target, sizeof target, "/v1/customers/%s", id);
        unsigned owner = pipeline_process_of(world->pipeline, PLACE_SCORING, id);
        for (unsigned which = 0; which < pipeline_processes(world->pipeline, PLACE_SCORING); which++) {
            pipeline_get_from(world->pipeline, PLACE_SCORING, which, target, &reply);
            assert_int_equal(reply.status, which == owner ? 200 : 404);
            json_t *card = which == owner ? json_loadb(reply.body, reply.length, 0, NULL) : NULL;
            for (size_t j = 0; card != NULL && j < sizeof worth / sizeof *worth; j++)
                add(ret_outcome->cards, id, card, worth[j]);
            json_decref(card);
        }
        snprintf(target, sizeof target, "/v1/reminders?customer=%s&kind=promise", id);
        pipeline_get(world->pipeline, PLACE_SCHEDULER, target, &reply);
        json_t *answer = json_loadb(reply.body, reply.length, 0, NULL), *reminder;
        size_t j;
        assert_int_equal(json_array_size(json_object_get(answer, "reminders")), 1);
        json_array_foreach (json_object_get(answer, "reminders"), j, reminder)
            for (size_t k = 0; k < sizeof told / sizeof *told; k++)
                add(ret_outcome->reminders, id, reminder, told[k]);
        json_decref(answer);
    }
    struct engine *scheduler = pipeline_engine(world->pipeline, PLACE_SCHEDULER);
    struct tx *tx = store_begin_read(engine_store(scheduler));
    struct record record;
    for (uint64_t seq = 1; seq <= engine_journal(scheduler)->last; seq++)
        ret_outcome->said_for_all += journal_read(tx, seq, &record) && record.shard == SHARD_ALL;
    tx_abort(&tx);
}

static void run(unsigned processes, struct outcome *ret_outcome)
{
    struct world world;
    open_world(&world, processes);
    tell(&world);
    assert_true(pipeline_until(world.pipeline, MONDAY + 30 * HOUR));
    look(&world, ret_outcome);
    close_world(&world);
}

static void test_one_two_and_four(void **state)
{
    static struct outcome one, more;
    (void)state;
    run(1, &one);
    assert_true(strlen(one.cards) > 500 && strlen(one.reminders) > 500);
    for (unsigned processes = 2; processes <= 4; processes *= 2) {
        run(processes, &more);
        assert_string_equal(more.cards, one.cards);
        assert_string_equal(more.reminders, one.reminders);
        assert_int_equal(more.said_for_all, one.said_for_all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_two_and_four)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
