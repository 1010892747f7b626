// The whole pipeline with scoring as one process, two and four, and the scheduler as one, two and three: each customer
// is where it belongs and is worth the same, what concerns everybody is heard once, and reps are told the same at the
// same moments.
#include "harness/ring.h"
#include "tend/v1/journal.pb-c.h"

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

enum { CUSTOMERS = 24, ORDERS = 3, REPS = 3, TEXT = 40000, LINES_MAX = 400 };

// What a run came to, as text to compare.
struct outcome {
    char cards[TEXT], reminders[TEXT], messages[10 * TEXT];
    unsigned said_for_all; // by the scheduler, to the notifier
    unsigned speakers;     // processes of it that said something to a rep
};

// As how many processes the services run.
struct crew {
    unsigned scorings, schedulers;
    bool restarts; // of a scheduler on the way
};

static void open_world(struct ring *world, const struct crew *crew)
{
    char text[200];
    snprintf(text, sizeof text, "common: {time_zone: Asia/Shanghai, scoring_processes: %u, scheduler_processes: %u}\n",
             crew->scorings, crew->schedulers);
    ring_open(world, text, MONDAY);
    assert_int_equal(pipeline_processes(world->pipeline, PLACE_SCORING), crew->scorings);
    assert_int_equal(pipeline_processes(world->pipeline, PLACE_SCHEDULER), crew->schedulers);
}

static void post(struct ring *world, const char *body)
{
    struct reply reply;
    assert_true(
        pipeline_post(world->pipeline, PLACE_INGEST, "/v1/events", "application/json", body, strlen(body), &reply));
    if (reply.status != 200 || strstr(reply.body, "stored") == NULL)
        fail_msg("%s gets %d %.*s", body, reply.status, (int)reply.length, reply.body);
}

static const char *const reps[REPS] = {"amy", "bob", "cleo"};

static void own(struct ring *world, int version, int customer, const char *rep)
{
    char body[400];
    snprintf(body, sizeof body,
             "{\"id\":\"c%d-%d\",\"source\":\"t\",\"time\":\"2026-11-15T00:00:%02dZ\",\"customerId\":\"C%d\","
             "\"customerUpserted\":{\"name\":\"Customer %d\",\"ownerRepId\":\"%s\"}}",
             customer, version, version, customer, customer, rep);
    post(world, body);
}

static void tell(struct ring *world)
{
    char body[600];
    for (int i = 0; i < CUSTOMERS; i++) {
        own(world, 0, i, reps[i % REPS]);
        // The reps are told of late: what came before must not depend on it.
        for (int j = 0; i == CUSTOMERS / 2 && j < REPS; j++) {
            snprintf(body, sizeof body,
                     "{\"id\":\"r%d\",\"source\":\"t\",\"time\":\"2026-11-16T00:00:00Z\",\"repId\":\"%s\","
                     "\"repUpserted\":{\"name\":\"%s\",\"languages\":[\"en\"],\"timeZone\":\"Asia/Shanghai\"}}",
                     j, reps[j], reps[j]);
            post(world, body);
        }
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

// What belongs to no customer: said by each that it concerns, or by all and heard from the first.
static void count_said(struct ring *world, unsigned which, struct outcome *outcome)
{
    struct engine *scheduler = pipeline_engine_of(world->pipeline, PLACE_SCHEDULER, which);
    struct tx *tx = store_begin_read(engine_store(scheduler));
    struct record record;
    bool speaks = false;
    for (uint64_t seq = 1; seq <= engine_journal(scheduler)->last; seq++) {
        assert_true(journal_read(tx, seq, &record));
        outcome->said_for_all += record.shard == SHARD_ALL && (which == 0 || record.owner != 0);
        speaks = speaks || record.type == TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST;
    }
    outcome->speakers += speaks;
    tx_abort(&tx);
}

static int compare_lines(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

// The messages as reps got them, sorted: those of two reps at one moment may come in either order.
static void read_messages(const struct ring *world, char *ret_text)
{
    static char whole[10 * TEXT];
    char path[FOLDER_BYTES + 20], *lines[LINES_MAX];
    size_t count = 0, used = 0;
    snprintf(path, sizeof path, "%s/out.jsonl", world->folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    whole[fread(whole, 1, sizeof whole - 1, file)] = '\0';
    fclose(file);
    for (char *line = strtok(whole, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        assert_true(count < LINES_MAX);
        lines[count++] = line;
    }
    qsort(lines, count, sizeof *lines, compare_lines);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(ret_text + used, 10 * TEXT - used, "%s\n", lines[i]);
}

static void look(struct ring *world, struct outcome *ret_outcome)
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
        // One, and another one where the customer changed hands: the former owner's was taken back.
        size_t reminders = json_array_size(json_object_get(answer, "reminders"));
        assert_int_equal(reminders, i % 4 == 0 ? 2 : 1);
        json_array_foreach (json_object_get(answer, "reminders"), j, reminder)
            for (size_t k = 0; k < sizeof told / sizeof *told; k++)
                add(ret_outcome->reminders, id, reminder, told[k]);
        json_decref(answer);
    }
    for (unsigned which = 0; which < pipeline_processes(world->pipeline, PLACE_SCHEDULER); which++)
        count_said(world, which, ret_outcome);
    read_messages(world, ret_outcome->messages);
}

// Customers change hands after the first lists and before the promises are due.
static void run(const struct crew *crew, struct outcome *ret_outcome)
{
    struct ring world;
    open_world(&world, crew);
    tell(&world);
    assert_true(pipeline_until(world.pipeline, MONDAY + 3 * HOUR));
    for (int i = 0; i < CUSTOMERS; i += 4)
        own(&world, 1, i, reps[(i + 1) % REPS]);
    for (unsigned which = 0; crew->restarts && which < crew->schedulers; which++) {
        assert_true(pipeline_until(world.pipeline, MONDAY + (5 + which) * HOUR));
        assert_true(pipeline_restart(world.pipeline, PLACE_SCHEDULER, which, &world.settings, world.folder));
    }
    assert_true(pipeline_until(world.pipeline, MONDAY + 30 * HOUR));
    look(&world, ret_outcome);
    ring_close(&world);
}

// How many of the processes have a rep.
static unsigned speakers_of(unsigned count)
{
    unsigned speakers = 0;
    for (unsigned which = 0; which < count; which++) {
        bool has = false;
        for (int i = 0; i < REPS; i++)
            has = has || lane_of_owner(reps[i], count) == which;
        speakers += has;
    }
    return speakers;
}

static void test_as_many_scorings(void **state)
{
    static struct outcome one, more;
    (void)state;
    run(&(struct crew){1, 1, false}, &one);
    assert_true(strlen(one.cards) > 500 && strlen(one.reminders) > 500);
    for (unsigned processes = 2; processes <= 4; processes *= 2) {
        run(&(struct crew){processes, 1, false}, &more);
        assert_string_equal(more.cards, one.cards);
        assert_string_equal(more.reminders, one.reminders);
        assert_int_equal(more.said_for_all, one.said_for_all);
    }
}

static void test_as_many_schedulers(void **state)
{
    static const struct crew crews[] = {{1, 2, false}, {1, 3, false}, {1, 3, true}, {2, 3, false}, {2, 3, true}};
    static struct outcome ones[2], more;
    (void)state;
    for (unsigned i = 0; i < 2; i++)
        run(&(struct crew){i + 1, 1, false}, &ones[i]);
    assert_true(strlen(ones[0].messages) > 5000);
    for (size_t i = 0; i < sizeof crews / sizeof *crews; i++) {
        const struct outcome *one = &ones[crews[i].scorings - 1];
        run(&crews[i], &more);
        assert_string_equal(more.reminders, one->reminders);
        assert_string_equal(more.messages, one->messages);
        assert_int_equal(more.said_for_all, one->said_for_all);
        assert_int_equal(more.speakers, speakers_of(crews[i].schedulers));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_many_scorings),
                                       cmocka_unit_test(test_as_many_schedulers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
