// Scoring as one process, two and four over the same random history: in the end everybody's card says the same in every
// dimension, with the same figures, wherever the customer is kept, and the scheduler was told the same last; also when
// a process was started again on the way.
//
//     meet_pipeline_test [seed]
#include "common/calendar.h"
#include "common/codec.h"
#include "harness/folder.h"
#include "services/tend/pipeline.h"
#include "services/tend/summing.h"
#include "tend/v1/journal.pb-c.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Monday 2026-03-02, 12:00 UTC; and its day.
#define START INT64_C(1772452800000)
#define DAY INT64_C(86400000)

enum { CUSTOMERS = 40, DAYS = 9, QUIET_DAYS = 2, A_DAY = 12, TEXT = 4000000, BODY = 200000 };

static unsigned long long seed, state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

struct world {
    char folder[FOLDER_BYTES];
    char text[4000];
    struct settings settings;
    struct config *config;
    struct pipeline *pipeline;
    unsigned processes, events;
};

// Margins of 0: what is announced then is what holds, whenever it was said.
static const char rules[] = "common: {time_zone: Europe/Berlin, currency: EUR, scoring_processes: %u}\n"
                            "scoring:\n"
                            "  abc: {margin: 0%%, window_days: 6}\n"
                            "  tiers: {margin: 0%%}\n"
                            "  concentration: {margin: 0%%, min_customers: 5}\n"
                            "  drop: {min_gaps: 20, min_repeats: 1}\n"
                            "  overdue: {min_repeats: 1}\n"
                            "  model: {customers: 20, repeaters: 5}\n"
                            "  rfm: {window_days: 30}\n"
                            "  schemes: {pieces: {measure: quantity, margin: 0%%, window_days: 20}}\n"
                            "  policy:\n"
                            "    slack: 5%%\n"
                            "    classes:\n"
                            "      - {class: gold, top: 10%%}\n"
                            "      - {class: silver, top: 40%%}\n"
                            "notifier: {default_channel: here, channels: {here: {type: file, file: %s/out.jsonl}}}\n";

static void open_world(struct world *world, unsigned processes)
{
    *world = (struct world){.processes = processes};
    folder_make(world->folder);
    int length = snprintf(world->text, sizeof world->text, rules, processes, world->folder);
    struct config_section sections[PLACES];
    for (enum pipeline_place place = 0; place < PLACES; place++) {
        const struct main_setup *setup = pipeline_setups[place];
        sections[place] = (struct config_section){setup->service->name, setup->keys, setup->options, setup->help};
    }
    world->config = settings_read_text("tend.yaml", world->text, (size_t)length, &world->settings, sections, PLACES);
    if (!config_good(world->config))
        config_errors_print(world->config, stderr);
    assert_true(config_good(world->config));
    char error[600];
    world->pipeline = pipeline_open(&world->settings, world->folder, START, error, sizeof error);
    assert_non_null(world->pipeline);
}

static void close_world(struct world *world)
{
    pipeline_close(&world->pipeline);
    config_close(&world->config);
    folder_remove(world->folder);
}

// --- the history

static void begin_event(struct world *world, char *text, int64_t time_ms, unsigned customer, const char *extra)
{
    char day[DAY_TEXT_BYTES];
    int64_t second = time_ms / 1000 % 86400;
    (void)day_print((int32_t)(time_ms / DAY), day);
    sprintf(text, "{\"id\":\"e%u\",\"source\":\"t\",\"time\":\"%sT%02d:%02d:%02dZ\",\"customerId\":\"C%u\",%s",
            world->events++, day, (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60), customer, extra);
}

// Values that tie often, and a few that dwarf the others.
static unsigned amount(void)
{
    return draw(12) == 0 ? 5000 + (unsigned)draw(5000) : 10 * (1 + (unsigned)draw(15));
}

// An order stays with its customer: of two processes neither would know that it went to one of the other's.
static void draw_order(struct world *world, char *text, int64_t now_ms)
{
    unsigned order = (unsigned)draw(400);
    int64_t time_ms = now_ms - (int64_t)draw(3) * (int64_t)draw((uint64_t)DAY);
    switch (draw(6)) {
    case 0: // often of an order that nobody placed
        begin_event(world, text, time_ms, order % CUSTOMERS, "\"orderRefunded\":{");
        sprintf(text + strlen(text), "\"orderId\":\"O%u\",\"amount\":\"%u EUR\"}}", order, amount());
        break;
    case 1:
        begin_event(world, text, time_ms, order % CUSTOMERS, "\"orderCancelled\":{");
        sprintf(text + strlen(text), "\"orderId\":\"O%u\"}}", order);
        break;
    default:
        begin_event(world, text, time_ms, order % CUSTOMERS, "\"orderPlaced\":{");
        sprintf(text + strlen(text),
                "\"orderId\":\"O%u\",\"lines\":[{\"sku\":\"S%u\",\"quantityMilli\":\"%u\",\"price\":"
                "\"1 EUR\",\"cost\":\"%u EUR\"}],\"total\":\"%u EUR\"}}",
                order, (unsigned)draw(9), 1000 * (1 + (unsigned)draw(5)), 1 + (unsigned)draw(50), amount());
    }
}

static void draw_note(struct world *world, char *text, int64_t now_ms)
{
    switch (draw(5)) {
    case 0:
        begin_event(world, text, now_ms, (unsigned)draw(CUSTOMERS), "\"complaintOpened\":{");
        sprintf(text + strlen(text), "\"complaintId\":\"K%u\",\"what\":\"late\"}}", (unsigned)draw(99));
        break;
    case 1:
        begin_event(world, text, now_ms, (unsigned)draw(CUSTOMERS), "\"leadUpdated\":{");
        sprintf(text + strlen(text), "\"intention\":%u}}", 1 + (unsigned)draw(5));
        break;
    case 2:
        begin_event(world, text, now_ms, (unsigned)draw(CUSTOMERS), "\"competitorSeen\":{");
        sprintf(text + strlen(text), "\"who\":\"R%u\"}}", (unsigned)draw(3));
        break;
    default:
        begin_event(world, text, now_ms, (unsigned)draw(CUSTOMERS), "\"surveyAnswered\":{");
        sprintf(text + strlen(text), "\"score\":%u}}", 1 + (unsigned)draw(5));
    }
}

static void post(struct world *world, const char *body)
{
    struct reply reply;
    if (!pipeline_post(world->pipeline, PLACE_INGEST, "/v1/events", "application/json", body, strlen(body), &reply))
        fail_msg("%s", pipeline_trouble(world->pipeline));
    if (reply.status != 200 || strstr(reply.body, "stored") == NULL)
        fail_msg("%s gets %d %.*s", body, reply.status, (int)reply.length, reply.body);
}

static void until(struct world *world, int64_t wall_ms)
{
    if (!pipeline_until(world->pipeline, wall_ms))
        fail_msg("%s", pipeline_trouble(world->pipeline));
}

static void live(struct world *world, int restarted)
{
    char body[2000];
    int64_t now_ms = START;
    for (int day = 0; day < DAYS; day++) {
        for (int i = 0; i < A_DAY; i++) {
            now_ms += 60000 + (int64_t)draw(600000);
            until(world, now_ms);
            if (draw(4) == 0)
                draw_note(world, body, now_ms);
            else
                draw_order(world, body, now_ms);
            post(world, body);
        }
        now_ms = START + (day + 1) * DAY;
        until(world, now_ms);
        if (day == DAYS / 2 && restarted >= 0 && (unsigned)restarted < world->processes &&
            !pipeline_restart(world->pipeline, PLACE_SCORING, (unsigned)restarted, &world->settings, world->folder))
            fail_msg("%s", pipeline_trouble(world->pipeline));
    }
    until(world, now_ms + QUIET_DAYS * DAY);
    // What concerns everybody wakes every process, so that all stand at the same moment.
    post(world, "{\"id\":\"r\",\"source\":\"t\",\"time\":\"2026-03-01T00:00:00Z\",\"repId\":\"amy\","
                "\"repUpserted\":{\"name\":\"Amy\"}}");
}

// --- what came of it

// Takes out what may differ: since when, and the figure that tops only bound (meet.h).
static void strip(json_t *card)
{
    json_t *dimension, *figure;
    size_t i, k;
    json_object_del(card, "announcedSince");
    json_object_del(json_object_get(card, "detail"), "position");
    json_object_del(json_object_get(card, "detail"), "abovePpm");
    json_object_del(json_object_get(card, "detail"), "hints");
    json_object_del(json_object_get(json_object_get(card, "detail"), "policy"), "time");
    json_array_foreach (json_object_get(card, "dimensions"), i, dimension) {
        json_object_del(dimension, "since");
        for (k = json_array_size(json_object_get(dimension, "figures")); k-- > 0;) {
            figure = json_array_get(json_object_get(dimension, "figures"), k);
            if (strcmp(json_string_value(json_object_get(figure, "name")), "customers_above") == 0)
                json_array_remove(json_object_get(dimension, "figures"), k);
        }
    }
}

static int by_text(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

// The rows of a list in an order of their own: who says one first is chance.
static void sort_rows(json_t *summary, const char *member)
{
    json_t *rows = json_object_get(summary, member), *sorted = json_array();
    size_t count = json_array_size(rows);
    char **texts = calloc(count + 1, sizeof *texts);
    for (size_t i = 0; i < count; i++)
        texts[i] = json_dumps(json_array_get(rows, i), JSON_SORT_KEYS);
    qsort(texts, count, sizeof *texts, by_text);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(sorted, json_string(texts[i]));
        free(texts[i]);
    }
    free(texts);
    json_object_set_new(summary, member, sorted);
}

// What all processes together say of the book, but for what summing.h makes no promise about, and for what was
// announced on the way.
static size_t add_summary(struct world *world, char *text)
{
    static const char *const apart[] = {"asOf",   "limitsAsOf", "process", "processes",
                                        "pareto", "movements",  "drag",    "atRisk"};
    static const char *const lists[] = {"classes", "scores", "grid", "values", "efforts"};
    unsigned count = pipeline_processes(world->pipeline, PLACE_SCORING);
    json_t *answers[LANES_MAX];
    struct reply reply;
    for (unsigned i = 0; i < count; i++) {
        pipeline_get_from(world->pipeline, PLACE_SCORING, i, "/v1/summary", &reply);
        answers[i] = json_loadb(reply.body, reply.length, 0, NULL);
        assert_non_null(answers[i]);
    }
    summing_add(answers[0], answers + 1, count - 1);
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        json_object_del(answers[0], apart[i]);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        sort_rows(answers[0], lists[i]);
    char *dump = json_dumps(answers[0], JSON_INDENT(1) | JSON_SORT_KEYS);
    int length = snprintf(text, TEXT, "%s\n", dump);
    free(dump);
    for (unsigned i = 0; i < count; i++)
        json_decref(answers[i]);
    return (size_t)length;
}

// --- what the scheduler was told

static Tend__V1__CustomerValue *told[CUSTOMERS];

static void forget_told(void)
{
    for (int i = 0; i < CUSTOMERS; i++) {
        if (told[i] != NULL)
            tend__v1__customer_value__free_unpacked(told[i], NULL);
        told[i] = NULL;
    }
}

static bool take_value(void *self, const struct record *record)
{
    (void)self;
    if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE)
        return true;
    Tend__V1__CustomerValue *value = tend__v1__customer_value__unpack(NULL, record->length, record->payload);
    assert_non_null(value);
    Tend__V1__CustomerValue **last = &told[atoi(value->customer_id + 1)];
    if (*last != NULL)
        tend__v1__customer_value__free_unpacked(*last, NULL);
    *last = value;
    return true;
}

// The last value of everybody, in the journal of its process.
static void read_told(struct world *world)
{
    forget_told();
    for (unsigned i = 0; i < pipeline_processes(world->pipeline, PLACE_SCORING); i++) {
        struct tx *tx = store_begin_read(engine_store(pipeline_engine_of(world->pipeline, PLACE_SCORING, i)));
        assert_non_null(tx);
        journal_each(tx, 1, take_value, NULL);
        tx_abort(&tx);
    }
}

// Without what moves with everybody's orders or a little every day, and is told with the rest; and without the class
// that the slack of its rules holds back, which depends on when others ordered.
static size_t add_told(int customer, char *text, size_t room)
{
    size_t length;
    if (told[customer] == NULL)
        return 0;
    told[customer]->share_ppm = 0;
    told[customer]->future_micros = 0;
    for (size_t i = 0; i < told[customer]->n_standings; i++)
        if (strcmp(told[customer]->standings[i]->dimension, "value.policy") == 0)
            told[customer]->standings[i]->value[0] = '\0';
    char *json = codec_to_text(&told[customer]->base, 0, NULL, &length);
    size_t used = (size_t)snprintf(text, room, "%s\n", json);
    free(json);
    return used;
}

static void look(struct world *world, char *ret_text)
{
    struct reply reply;
    char target[100], id[20];
    size_t used = add_summary(world, ret_text);
    read_told(world);
    for (int i = 0; i < CUSTOMERS; i++) {
        snprintf(id, sizeof id, "C%d", i);
        snprintf(target, sizeof target, "/v1/customers/%s", id);
        pipeline_get_from(world->pipeline, PLACE_SCORING, pipeline_process_of(world->pipeline, PLACE_SCORING, id),
                          target, &reply);
        json_t *card = json_loadb(reply.body, reply.length, 0, NULL);
        assert_non_null(card);
        if (reply.status == 200)
            strip(card);
        char *dump = json_dumps(card, JSON_INDENT(1) | JSON_SORT_KEYS);
        used += (size_t)snprintf(ret_text + used, TEXT - used, "%s\n", dump);
        assert_true(used < TEXT);
        free(dump);
        json_decref(card);
        used += add_told(i, ret_text + used, TEXT - used);
        assert_true(used < TEXT);
    }
    forget_told();
}

static void run(unsigned processes, int restarted, char *ret_text)
{
    struct world world;
    state = seed;
    open_world(&world, processes);
    live(&world, restarted);
    look(&world, ret_text);
    close_world(&world);
}

static void same(const char *one, const char *other, unsigned processes, int restarted)
{
    size_t at = 0;
    while (one[at] != '\0' && one[at] == other[at])
        at++;
    if (one[at] == other[at])
        return;
    const char *dump = getenv("MEET_DUMP");
    if (dump != NULL) {
        char path[300];
        snprintf(path, sizeof path, "%s.one", dump);
        FILE *file = fopen(path, "w");
        fputs(one, file);
        fclose(file);
        snprintf(path, sizeof path, "%s.other", dump);
        file = fopen(path, "w");
        fputs(other, file);
        fclose(file);
    }
    size_t from = at > 600 ? at - 600 : 0;
    fail_msg("seed %llu: %u processes (%d restarted) say\n%.900s\nand one says\n%.900s", seed, processes, restarted,
             other + from, one + from);
}

static char one[TEXT], more[TEXT];

static void test_one_two_and_four(void **unused)
{
    (void)unused;
    run(1, -1, one);
    assert_true(strlen(one) > 10000);
    for (unsigned processes = 2; processes <= 4; processes *= 2) {
        run(processes, -1, more);
        same(one, more, processes, -1);
    }
}

static void test_a_restart_changes_nothing(void **unused)
{
    (void)unused;
    if (one[0] == '\0')
        run(1, -1, one);
    for (int restarted = 0; restarted < 2; restarted++) {
        run(2, restarted, more);
        same(one, more, 2, restarted);
    }
}

int main(int argc, char **argv)
{
    seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 20260302;
    printf("seed %llu\n", seed);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_two_and_four),
                                       cmocka_unit_test(test_a_restart_changes_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
