// Whole lives of orders through the presets, the real ingest and the real scoring: created, amended, paid, shipped,
// delivered, refunded, cancelled, in any order and as often as a shop likes to say it. What every customer is worth in
// the end is the same each time.
#include "common/engine.h"
#include "harness/defaults.h"
#include "harness/folder.h"
#include "services/ingest/ingest.h"
#include "services/scoring/scoring.h"
#include "unit/dice.h"
#include "unit/preset_bodies.h"
#include "unit/scoring_events.h"

#include <stdbool.h>

enum {
    ORDERS = 200, // of arrival
    BODIES_MAX = PRESET_COUNT * PRESET_BODIES_MAX,
    TIMES_MAX = 3,    // that a body comes
    AT_ONCE_MAX = 24, // bodies of one turn
    CUSTOMERS_MAX = 32,
    MAP = 1 << 24,
};

static struct arena *arena;

// The events of a body as one JSON list, which is what ingest stores of it.
struct told {
    char *json;
    size_t length;
};

// All shops of one firm.
struct lives {
    struct told told[BODIES_MAX];
    size_t count;
    char customers[CUSTOMERS_MAX][80];
    size_t customer_count;
};

static void know(struct lives *life, const char *customer)
{
    for (size_t i = 0; i < life->customer_count; i++)
        if (strcmp(life->customers[i], customer) == 0)
            return;
    assert_true(life->customer_count < CUSTOMERS_MAX);
    snprintf(life->customers[life->customer_count++], sizeof life->customers[0], "%s", customer);
}

// Whoever is erased has no life to compare, and what is nobody's is refused.
static bool lives_on(const struct preset_body *body)
{
    return strcmp(body->name, "customers_redact") != 0 && strncmp(body->name, "nobody", strlen("nobody")) != 0;
}

// Adds the bodies of a shop. `whole`: those too that give the whole of an order back.
static void read_shop(const char *preset, bool whole, struct lives *life)
{
    struct preset_bodies bodies;
    struct mapping *mapping = preset_open(preset, preset);
    preset_bodies_read(preset, &bodies);
    for (size_t i = 0; i < bodies.count; i++) {
        const struct preset_body *body = &bodies.list[i];
        struct mapping_body request = preset_request(body);
        struct mapping_result result;
        struct mapping_error error;
        arena_reset(arena);
        if (!lives_on(body) || (!whole && strstr(body->name, "whole") != NULL) ||
            !mapping_apply(mapping, &request, arena, NULL, &result, &error) || result.count == 0)
            continue;
        assert_true(life->count < BODIES_MAX);
        struct told *told = &life->told[life->count++];
        FILE *to = open_memstream(&told->json, &told->length);
        assert_non_null(to);
        for (size_t event = 0; event < result.count; event++) {
            size_t length;
            char *text = codec_to_text(&result.events[event].event->base, 0, arena_allocator(arena), &length);
            fprintf(to, "%s%s", event == 0 ? "[" : ",", text);
            know(life, result.events[event].event->customer_id);
        }
        fprintf(to, "]");
        fclose(to);
    }
    preset_bodies_free(&bodies);
    mapping_close(&mapping);
}

static void read_life(bool whole, struct lives *life)
{
    *life = (struct lives){0};
    for (size_t i = 0; i < PRESET_COUNT; i++)
        read_shop(preset_names[i], whole, life);
}

static void forget_life(struct lives *life)
{
    for (size_t i = 0; i < life->count; i++)
        free(life->told[i].json);
}

// --- ingest and scoring, one behind the other

struct pair {
    char folder[FOLDER_BYTES];
    struct clock *clock;
    struct ingest *ingest;
    struct engine *engine;
    struct scoring_options options;
    struct scoring *scoring;
    struct turns *turns;
    uint64_t read; // of ingest's journal
};

static const char *nothing(const struct request *request, const char *name)
{
    (void)request, (void)name;
    return NULL;
}

// What the shops reckon in, at rates that are easy to check.
static void say_rates(struct turns *turns)
{
    static const char *const codes[] = {"CHF", "CNY", "GBP", "INR", "JPY", "USD"};
    enum { CODES = sizeof codes / sizeof codes[0] };
    Tend__V1__Settings settings = TEND__V1__SETTINGS__INIT;
    Tend__V1__Rate rates[CODES], *list[CODES];
    for (size_t i = 0; i < CODES; i++) {
        rates[i] = (Tend__V1__Rate)TEND__V1__RATE__INIT;
        rates[i].currency = changeable(codes[i]);
        rates[i].from = changeable("2000-01-01");
        rates[i].rate_micros = 1000000;
        list[i] = &rates[i];
    }
    settings.time_zone = changeable("UTC");
    settings.currency = changeable("EUR");
    settings.rates = list;
    settings.n_rates = CODES;
    turns_say(turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, 0, &settings.base);
}

static void begin(struct pair *pair)
{
    char error[300];
    struct ingest_options options = {.keep_ids_ms = 1000000, .seal_records = 1000};
    struct ingest_setup setup = {.options = &options, .settings = (const uint8_t *)"", .settings_length = 0};
    *pair = (struct pair){.clock = clock_open_simulated(PRESET_NOW), .options = defaults_of_scoring()};
    folder_make(pair->folder);
    pair->ingest = ingest_open(&setup, error, sizeof error);
    assert_non_null(pair->ingest);
    struct engine_options engine = {.service = &ingest_service,
                                    .self = pair->ingest,
                                    .folder = pair->folder,
                                    .map_bytes = MAP,
                                    .throwaway = true,
                                    .shards = 16,
                                    .clock = pair->clock};
    struct store_error store;
    assert_true(engine_open(&engine, &store, &pair->engine));
    assert_int_equal(engine_turn(pair->engine, NULL, 0, NULL), ENGINE_DONE);
    pair->scoring = scoring_open(&pair->options);
    pair->turns = turns_open(&scoring_service, pair->scoring, PRESET_NOW);
    say_rates(pair->turns);
    turns_step(pair->turns);
}

static void end(struct pair *pair)
{
    turns_close(&pair->turns);
    scoring_close(&pair->scoring);
    engine_close(&pair->engine);
    ingest_close(&pair->ingest);
    clock_close(&pair->clock);
    folder_remove(pair->folder);
}

// Whether nothing was refused but what a rule with `once` tells again, at another time; a feed calls that known.
static bool all_taken(struct arena *turn_arena, const struct reply *reply)
{
    static const char refused[] = "\"reason\":\"",
                      again[] = "the same source and id are stored with other content\",\"id\":\"";
    static const char *const facts[] = {"order_paid:", "order_delivered:", "refund:"};
    const char *at = arena_text(turn_arena, (const char *)reply->body, reply->length);
    while ((at = strstr(at, refused)) != NULL) {
        at += sizeof refused - 1;
        if (strncmp(at, again, sizeof again - 1) != 0)
            return false;
        at += sizeof again - 1;
        bool fact = false;
        for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
            fact |= strncmp(at, facts[i], strlen(facts[i])) == 0;
        if (!fact)
            return false;
    }
    return true;
}

// The events of some bodies come in in one turn; ingest takes every one, new or known.
static void post(struct pair *pair, const struct told *const *told, size_t count)
{
    struct inbound inbound[AT_ONCE_MAX];
    for (size_t i = 0; i < count; i++)
        inbound[i] = (struct inbound){.request = {.method = "POST",
                                                  .path = "/v1/events",
                                                  .content_type = "application/json",
                                                  .body = (const uint8_t *)told[i]->json,
                                                  .length = told[i]->length,
                                                  .source = pair,
                                                  .param = nothing,
                                                  .header = nothing}};
    assert_int_equal(engine_turn(pair->engine, inbound, count, NULL), ENGINE_DONE);
    arena_reset(arena);
    for (size_t i = 0; i < count; i++) {
        const struct reply *reply = &inbound[i].reply;
        if (reply->status != 200 || !all_taken(arena, reply))
            fail_msg("%d %.*s\nto %s", reply->status, (int)reply->length, reply->body, told[i]->json);
    }
}

// What ingest has said since goes on to scoring.
static void pass_on(struct pair *pair)
{
    uint64_t last = engine_journal(pair->engine)->last;
    struct tx *tx = store_begin_read(engine_store(pair->engine));
    while (pair->read < last) {
        struct record record;
        assert_true(journal_read(tx, ++pair->read, &record));
        if (record.type != TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT)
            continue;
        Tend__V1__Event *event = tend__v1__event__unpack(NULL, record.length, record.payload);
        assert_non_null(event);
        turns_say(pair->turns, record.type, record.flags, &event->base);
        tend__v1__event__free_unpacked(event, NULL);
    }
    tx_abort(&tx);
    turns_step(pair->turns);
}

// What there is to say of all customers in the end.
static char *figures(struct pair *pair, const struct lives *life)
{
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);
    assert_non_null(to);
    for (size_t i = 0; i < life->customer_count; i++) {
        char target[120];
        int status;
        snprintf(target, sizeof target, "/v1/customers/%s", life->customers[i]);
        const char *answer = turns_ask(pair->turns, target, &status);
        fprintf(to, "%s %d %s\n", life->customers[i], status, answer);
    }
    fclose(to);
    return text;
}

// The bodies in the order of their names, each once; or in any order, one to three times.
static char *live(const struct lives *life, struct dice *dice)
{
    const struct told *order[BODIES_MAX * TIMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < life->count; i++)
        for (int64_t times = dice == NULL ? 1 : 1 + dice_throw(dice, TIMES_MAX); times > 0; times--)
            order[count++] = &life->told[i];
    for (size_t i = count; dice != NULL && i > 1; i--) {
        size_t other = (size_t)dice_throw(dice, (int64_t)i);
        const struct told *last = order[i - 1];
        order[i - 1] = order[other];
        order[other] = last;
    }
    struct pair pair;
    begin(&pair);
    for (size_t i = 0; i < count;) {
        size_t next = dice == NULL ? 1 : (size_t)(1 + dice_throw(dice, AT_ONCE_MAX));
        next = next < count - i ? next : count - i;
        post(&pair, order + i, next);
        i += next;
        // Scoring hears of it at once, or later of more.
        if (dice != NULL && dice_throw(dice, 3) == 0)
            pass_on(&pair);
    }
    pass_on(&pair);
    char *text = figures(&pair, life);
    end(&pair);
    return text;
}

// The first line that differs.
static void compare(int order, const char *wanted, const char *got)
{
    while (*wanted != '\0' || *got != '\0') {
        size_t one = strcspn(wanted, "\n"), other = strcspn(got, "\n");
        if (one != other || memcmp(wanted, got, one) != 0)
            fail_msg("order %d:\nwanted %.*s\n   got %.*s", order, (int)one, wanted, (int)other, got);
        wanted += one + (wanted[one] == '\n');
        got += other + (got[other] == '\n');
    }
}

static void lives_in_any_order_are_the_same(void **state)
{
    (void)state;
    struct lives life;
    struct dice dice = dice_take();
    read_life(true, &life);
    char *wanted = live(&life, NULL);
    for (int i = 0; i < ORDERS; i++) {
        char *got = live(&life, &dice);
        compare(i, wanted, got);
        free(got);
    }
    free(wanted);
    forget_life(&life);
}

// What is left of each shop's order, by hand from its bodies: all that was paid less what went back.
static void money_is_right_to_the_cent(void **state)
{
    (void)state;
    static const struct {
        const char *customer, *partly, *whole;
    } rows[] = {
        {"K-1001", "2000.00", "0.00"},
        {"CUST-2026-00007", "195217.50", "0.00"},
        {"57", "5000.00", "0.00"},
        // And an order that was made smaller before it was paid, and one that was made larger and then paid.
        {"9007199254749905129", "3023.20", "1819.10"},
        {"9007199254749905140", "317.00", "317.00"},   // goods were taken off, then it was paid, then some came back
        {"9007199254749905131", "1204.10", "1204.10"}, // its payments back name no currency
        {"26", "639.99", "426.66"}, // and one that came back from the bin, one that was cancelled and then paid
        {"Vh3kQ0fA552000011", "300.00", "0.00"},
        {"15550100077", "364.50", "364.50"},
        {"9007199254749905132", "1204.10", "1204.10"}, // who paid in another currency than the shop's
        {"li.na@atelier.example", "176.00", "176.00"}, // two orders, with the address spelled in two ways
        {"misaki@tanaka.example", "25600.00", "25600.00"},
        {"58", "310.00", "310.00"}, // cancelled, and confirmed again
    };
    for (int whole = 0; whole <= 1; whole++) {
        struct lives life;
        read_life(whole == 1, &life);
        char *text = live(&life, NULL);
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            char line[160], net[80];
            snprintf(line, sizeof line, "%s 200 {\"customerId\":\"%s\"", rows[i].customer, rows[i].customer);
            snprintf(net, sizeof net, "\"net\":\"%s EUR\"", whole == 1 ? rows[i].whole : rows[i].partly);
            const char *at = strstr(text, line);
            assert_non_null(at);
            const char *found = strstr(at, net), *last = strchr(at, '\n');
            if (found == NULL || found > last)
                fail_msg("%s has not %s: %.*s", rows[i].customer, net, 400, at);
        }
        free(text);
        forget_life(&life);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_is_right_to_the_cent),
        cmocka_unit_test(lives_in_any_order_are_the_same),
    };
    arena = arena_open(1 << 20, (size_t)1 << 28);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
