// Kills random services of a running pipeline with SIGKILL at random moments while events flow, and then checks the
// conservation laws: accepted = applied = in the scores; every reminder told exactly once; order kept; journals whole;
// an older store refused.
//
//     kill PROGRAMS KILLS [SEED] [--keep]
#include "pipeline/app.h"

#include "common/journal.h"
#include "common/money.h"
#include "common/must.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUN_MS = 60, QUIET_MS = 60000, FIRST_PORT = 17410, IDS_MAX = 4000000 };

static int failures, checks;

static void check(bool good, const char *what, long long left, long long right)
{
    checks++;
    failures += !good;
    printf("%s %s (%lld, %lld)\n", good ? "ok" : "not ok", what, left, right);
}

// --- what the journals say ---

// A sorted set of the 8-byte hashes of ids.
struct ids {
    uint64_t *hashes;
    size_t count;
};

static void ids_add(struct ids *ids, const char *id)
{
    if (ids->hashes == NULL)
        ids->hashes = malloc(IDS_MAX * sizeof *ids->hashes);
    must(ids->hashes != NULL && ids->count < IDS_MAX);
    ids->hashes[ids->count++] = hash_short(id, strlen(id));
}

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

// Sorts; returns how many are there more than once.
static size_t ids_sort(struct ids *ids)
{
    size_t repeated = 0;
    if (ids->count > 0)
        qsort(ids->hashes, ids->count, sizeof *ids->hashes, compare);
    for (size_t i = 1; i < ids->count; i++)
        repeated += ids->hashes[i] == ids->hashes[i - 1];
    return repeated;
}

static bool ids_hold(const struct ids *ids, uint64_t hash)
{
    return ids->count > 0 && bsearch(&hash, ids->hashes, ids->count, sizeof hash, compare) != NULL;
}

struct reading {
    uint64_t events, orders, forwarded;
    struct ids keys;    // of events in ingest's journal
    struct ids told;    // reminders and lists in the scheduler's journal
    struct ids sent;    // reminders in messages that notifier says are sent
    struct ids unknown; // messages that were UNKNOWN at some time
    struct ids cancelled;
    uint64_t promises;
    uint64_t order_hash, forward_hash; // over the keys of events that scoring carries on, in order
};

static void fold_key(uint64_t *hash, const struct record *record)
{
    uint8_t input[8 + HASH_BYTES];
    memcpy(input, hash, 8);
    memcpy(input + 8, record->key, HASH_BYTES);
    *hash = hash_short(input, sizeof input);
}

// Which events scoring carries on to the scheduler; orders become values.
static bool is_carried(const Tend__V1__Event *event)
{
    return event->body_case != TEND__V1__EVENT__BODY_ORDER_PLACED;
}

static bool read_event_record(struct reading *reading, const struct record *record, bool from_ingest)
{
    Tend__V1__Event *event = tend__v1__event__unpack(NULL, record->length, record->payload);
    must(event != NULL);
    if (from_ingest) {
        char hex[2 * HASH_BYTES + 1];
        hash_hex(record->key, HASH_BYTES, hex);
        ids_add(&reading->keys, hex);
        reading->events++;
        reading->orders += event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED;
        if (is_carried(event))
            fold_key(&reading->order_hash, record);
    } else {
        reading->forwarded++;
        fold_key(&reading->forward_hash, record);
    }
    tend__v1__event__free_unpacked(event, NULL);
    return true;
}

static bool read_ingest(void *self, const struct record *record)
{
    return record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT || read_event_record(self, record, true);
}

static bool read_scoring(void *self, const struct record *record)
{
    return record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT || read_event_record(self, record, false);
}

static bool read_scheduler(void *self, const struct record *record)
{
    struct reading *reading = self;
    if (record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER) {
        Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
        must(reminder != NULL);
        if (!reminder->retold) {
            ids_add(&reading->told, reminder->reminder_id);
            reading->promises += reminder->kind == TEND__V1__REMINDER_KIND__REMINDER_KIND_PROMISE;
        }
        tend__v1__reminder__free_unpacked(reminder, NULL);
    } else if (record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_CANCELLED) {
        Tend__V1__ReminderCancelled *gone = tend__v1__reminder_cancelled__unpack(NULL, record->length, record->payload);
        must(gone != NULL);
        ids_add(&reading->cancelled, gone->reminder_id);
        tend__v1__reminder_cancelled__free_unpacked(gone, NULL);
    }
    return true;
}

static bool read_notifier(void *self, const struct record *record)
{
    struct reading *reading = self;
    if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_DELIVERY_CHANGED)
        return true;
    Tend__V1__DeliveryChanged *change = tend__v1__delivery_changed__unpack(NULL, record->length, record->payload);
    must(change != NULL);
    if (change->state == TEND__V1__DELIVERY_STATE__DELIVERY_STATE_UNKNOWN)
        ids_add(&reading->unknown, change->message_id);
    if (change->state == TEND__V1__DELIVERY_STATE__DELIVERY_STATE_SENT)
        for (size_t i = 0; i < change->n_reminder_ids; i++)
            ids_add(&reading->sent, change->reminder_ids[i]);
    tend__v1__delivery_changed__free_unpacked(change, NULL);
    return true;
}

static void read_journals(const struct town *town, struct reading *reading)
{
    static bool (*const visits[TOWN_PLACES])(void *, const struct record *) = {read_ingest, read_scoring,
                                                                               read_scheduler, read_notifier};
    for (enum town_place place = 0; place < TOWN_PLACES; place++) {
        char folder[300], what[80];
        snprintf(folder, sizeof folder, "%s/data/%s", town->folder, town_names[place]);
        struct store_error error;
        struct store *store;
        must(store_open_readonly(&(struct store_options){.folder = folder, .map_bytes = (size_t)32 << 30}, &error,
                                 &store));
        struct tx *tx = store_begin_read(store);
        struct journal journal;
        journal_load(tx, &journal);
        uint64_t bad = journal_verify(tx, &journal);
        snprintf(what, sizeof what, "the journal of %s is whole", town_names[place]);
        check(bad == 0, what, (long long)journal.last, (long long)bad);
        journal_each(tx, 1, visits[place], reading);
        check(tx_count(tx, STORE_TABLE_DEAD) == 0, "no dead letters", (long long)tx_count(tx, STORE_TABLE_DEAD), 0);
        tx_abort(&tx);
        store_close(&store);
    }
}

// Messages in the channel's file: each once, unless it was unknown whether it had been delivered.
static void check_messages(const struct town *town, struct reading *reading)
{
    char path[300];
    snprintf(path, sizeof path, "%s/out.jsonl", town->folder);
    FILE *file = fopen(path, "r");
    struct ids seen = {0};
    char *line = NULL;
    size_t room = 0, broken = 0;
    while (file != NULL && getline(&line, &room, file) > 0) {
        json_t *message = json_loads(line, 0, NULL);
        const char *id = json_string_value(json_object_get(message, "message_id"));
        if (id != NULL)
            ids_add(&seen, id);
        else
            broken++;
        json_decref(message);
    }
    free(line);
    if (file != NULL)
        fclose(file);
    size_t repeated = ids_sort(&seen), unexplained = 0;
    for (size_t i = 1; i < seen.count; i++)
        unexplained += seen.hashes[i] == seen.hashes[i - 1] && !ids_hold(&reading->unknown, seen.hashes[i]);
    check(unexplained == 0, "a message is repeated only out of UNKNOWN (repeated, without a reason)",
          (long long)repeated, (long long)unexplained);
    printf("       %zu messages in the file, %zu torn lines, %zu were unknown\n", seen.count, broken,
           reading->unknown.count);
    free(seen.hashes);
}

static void check_journals(const struct town *town, const struct app *app)
{
    struct reading reading = {0};
    read_journals(town, &reading);
    size_t twice = ids_sort(&reading.keys);
    check(reading.events == app_made(app), "every accepted event is in the journal", (long long)reading.events,
          (long long)app_made(app));
    check(twice == 0, "no event is there twice", (long long)twice, 0);
    check(reading.orders == app_orders(app), "orders in the journal", (long long)reading.orders,
          (long long)app_orders(app));
    check(reading.order_hash == reading.forward_hash, "scoring carried events on in ingest's order, each once",
          (long long)(reading.order_hash & 0xffffff), (long long)(reading.forward_hash & 0xffffff));
    size_t told_twice = ids_sort(&reading.told), sent_twice = ids_sort(&reading.sent);
    ids_sort(&reading.cancelled);
    ids_sort(&reading.unknown);
    check(told_twice == 0, "no reminder was said twice to notifier", (long long)reading.told.count,
          (long long)told_twice);
    check(sent_twice == 0, "no reminder is in two messages", (long long)reading.sent.count, (long long)sent_twice);
    size_t lost = 0;
    for (size_t i = 0; i < reading.told.count; i++)
        lost +=
            !ids_hold(&reading.sent, reading.told.hashes[i]) && !ids_hold(&reading.cancelled, reading.told.hashes[i]);
    check(lost == 0, "reminders due = sent + cancelled, none pending after the rest", (long long)reading.told.count,
          (long long)lost);
    check(reading.promises == app_promises(app), "every promise was reminded of once", (long long)reading.promises,
          (long long)app_promises(app));
    check_messages(town, &reading);
    free(reading.keys.hashes);
    free(reading.told.hashes);
    free(reading.sent.hashes);
    free(reading.unknown.hashes);
    free(reading.cancelled.hashes);
}

static void check_scores(const struct town *town, const struct app *app)
{
    json_t *summary = town_ask(town, TOWN_SCORING, "GET /v1/summary");
    const char *total = json_string_value(json_object_get(summary, "total"));
    int64_t sales = -1;
    if (total != NULL)
        money_parse(total, strcspn(total, " "), &sales);
    check(sales == app_sales(app), "accepted sales are in the scores (micros)", (long long)sales,
          (long long)app_sales(app));
    json_decref(summary);
}

// At rest each follower stands at the end of the journal to its left, and both name the same history there.
static void check_chains(const struct town *town)
{
    json_t *status[TOWN_PLACES];
    for (enum town_place place = 0; place < TOWN_PLACES; place++)
        status[place] = town_ask(town, place, "GET /v1/status");
    for (int place = 0; place < TOWN_PLACES; place++) {
        const json_t *left = status[(place + TOWN_PLACES - 1) % TOWN_PLACES];
        const char *here = json_string_value(json_object_get(status[place], "positionChain"));
        const char *there = json_string_value(json_object_get(left, "chain"));
        char what[80];
        snprintf(what, sizeof what, "%s stands where the journal to its left ends", town_names[place]);
        check(here != NULL && there != NULL && strcmp(here, there) == 0, what, place, 0);
    }
    for (int place = 0; place < TOWN_PLACES; place++)
        json_decref(status[place]);
}

// --- the killing ---

static void copy_store(const struct town *town, const char *from, const char *to)
{
    char command[900];
    snprintf(command, sizeof command, "rm -rf %s/%s && cp -r %s/%s %s/%s", town->folder, to, town->folder, from,
             town->folder, to);
    must(system(command) == 0);
}

// An older copy of ingest's store is put in its place and goes on with other events: scoring must refuse it, loudly.
static void check_restored(struct town *town, uint64_t seed)
{
    copy_store(town, "old-ingest", "data/ingest");
    for (enum town_place place = 0; place < TOWN_PLACES; place++)
        if (place != TOWN_SCORING)
            town_start(town, place);
    struct app *app = app_open(town, seed + 1);
    int64_t until_ms = town_clock_ms() + 1500;
    while (town_clock_ms() < until_ms) {
        app_work(app, true);
        town_sleep_ms(1);
    }
    app_close(&app);
    town_start(town, TOWN_SCORING);
    int code = town_wait(town, TOWN_SCORING, 10000);
    check(code == 78, "scoring refuses an ingest that was restored from an older copy", code, 78);
    char command[400];
    snprintf(command, sizeof command, "tail -n 1 %s/scoring.log | cut -c 1-400 | sed 's/^/       /'", town->folder);
    must(system(command) == 0);
}

static void kill_some(struct town *town, uint64_t *seed, uint64_t *killed)
{
    int more = 1 + (town_random(seed, 5) == 0) + 2 * (town_random(seed, 20) == 0);
    for (int i = 0; i < more; i++) {
        enum town_place place = (enum town_place)town_random(seed, TOWN_PLACES);
        if (town->pids[place] == 0)
            continue;
        town_kill(town, place);
        ++*killed;
    }
    for (enum town_place place = 0; place < TOWN_PLACES; place++)
        if (town->pids[place] == 0)
            town_start(town, place);
}

static void run_kills(struct town *town, struct app *app, uint64_t kills, uint64_t *seed)
{
    uint64_t killed = 0, shown = 0;
    bool copied = false;
    while (killed < kills) {
        int64_t until_ms = town_clock_ms() + 2 + (int64_t)town_random(seed, RUN_MS);
        // Events flow at a rate that the machine keeps up with, so that the kills meet every stage.
        while (town_clock_ms() < until_ms) {
            app_work(app, true);
            town_sleep_ms(1);
        }
        kill_some(town, seed, &killed);
        if (!copied && killed >= kills / 2) {
            town_kill(town, TOWN_INGEST);
            copy_store(town, "data/ingest", "old-ingest");
            town_start(town, TOWN_INGEST);
            copied = true;
        }
        if (killed >= shown + 100) {
            shown = killed;
            printf("%llu kills, %llu events, %llu repeats recognised\n", (unsigned long long)killed,
                   (unsigned long long)app_made(app), (unsigned long long)app_repeats(app));
            fflush(stdout);
        }
    }
    printf("%llu kills while %llu events flowed; %llu answers were lost and their events recognised\n",
           (unsigned long long)killed, (unsigned long long)app_made(app), (unsigned long long)app_repeats(app));
}

// Identities are put away in small portions, so that kills meet that too.
static void seal_early(const struct town *town)
{
    char command[400];
    snprintf(command, sizeof command, "sed -i 's/^ingest:$/ingest:\\n  seal_records: 300/' %s", town->config);
    must(system(command) == 0);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: kill PROGRAMS KILLS [SEED] [--keep]\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    uint64_t seed = argc > 3 && argv[3][0] != '-' ? strtoull(argv[3], NULL, 10) : (uint64_t)time(NULL);
    bool keep = strcmp(argv[argc - 1], "--keep") == 0;
    printf("seed %llu\n", (unsigned long long)seed);
    uint64_t first_seed = seed;
    struct town town;
    town_open(&town, argv[1], FIRST_PORT, "  promise_lead: 1s\n");
    seal_early(&town);
    for (enum town_place place = 0; place < TOWN_PLACES; place++)
        town_start(&town, place);
    struct app *app = app_open(&town, seed);
    run_kills(&town, app, strtoull(argv[2], NULL, 10), &seed);

    int64_t until_ms = town_clock_ms() + QUIET_MS;
    while (!app_idle(app) && town_clock_ms() < until_ms) {
        app_work(app, false);
        town_sleep_ms(2);
    }
    check(app_idle(app), "every event was answered", 0, 0);
    check(app_refused(app) == 0, "no event was refused", (long long)app_refused(app), 0);
    town_sleep_ms(8000); // the last promises fall due
    check(town_quiet(&town, QUIET_MS), "the pipeline comes to rest", 0, 0);
    check_scores(&town, app);
    check_chains(&town);
    for (enum town_place place = 0; place < TOWN_PLACES; place++) {
        int code = town_stop(&town, place);
        check(code == 0, "ends in good order when told", (long long)place, code);
    }
    check_journals(&town, app);
    check_restored(&town, first_seed);
    app_close(&app);
    town_close(&town, keep || failures > 0);
    printf("%d passed, %d failed\n", checks - failures, failures);
    return failures > 0;
}
