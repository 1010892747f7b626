// Lives of orders at random through ingest's own doors: signed webhooks of two shops and events of an ERP, in any order
// and as often as anybody likes to say them, with customers merged and split in between and services restarted. What
// scoring answers in the end is what it answers when all of it came once and in time, and what the lives themselves
// come to; the last that a shop said of each order is enough for its figures.
//
//     order_door_test [SEED [ROUNDS]]
#include "common/money.h"
#include "harness/ring.h"
#include "services/ingest/options.h"
#include "unit/order_life.h"

#include <jansson.h>
#include <sodium.h>
#include <sys/stat.h>

// 2026-11-16, a Monday, 00:00 UTC.
#define START_S INT64_C(1794787200)

enum {
    ROUNDS = 20,
    LIVES = 24,
    STEPS_MAX = 9,
    SPAN_DAYS = 50,
    ACCOUNTS = 5,
    CUSTOMERS = 8, // the others are guests
    WORDS = 6,     // of who belongs to whom
    TOLD_MAX = LIVES * STEPS_MAX * 2 + WORDS + CUSTOMERS,
    TIMES_MAX = 3,
    AT_ONCE_MAX = 12,
    CARDS_BYTES = CUSTOMERS * 20000,
    TARGET_BYTES = 80,
    PAUSE_MS = 20000,
    END_S = 3600, // not much later: the feeds' folder is looked at every other second
    CENT = 10000, // micros
};

static const char *const feeds[] = {[LIFE_SHOPIFY] = "shopify", [LIFE_WOOCOMMERCE] = "woocommerce"};
enum { FEEDS = sizeof feeds / sizeof *feeds };

static const char secret[] = "shpss_0123456789abcdef";

// Something that is said of an order or of customers.
struct told {
    enum life_shape by;
    int64_t time_s;
    char *body, sign[sodium_base64_ENCODED_LEN(crypto_auth_hmacsha256_BYTES, sodium_base64_VARIANT_ORIGINAL)];
    bool last; // that its shop said of the order; events of our own are not said again by later ones
};

// The newest word about a customer.
struct word {
    int64_t time_s;
    unsigned main; // itself: it stands alone
};

struct story {
    bool customers_change; // an order goes to another customer now and then
    struct life lives[LIVES];
    struct told told[TOLD_MAX];
    size_t count;
    char customers[CUSTOMERS][LIFE_CUSTOMER_BYTES];
    struct word words[CUSTOMERS];
};

// What scoring has to say of somebody.
struct figures {
    int64_t net_micros, orders, known, cancelled;
};

enum way { IN_TIME, IN_ANY_ORDER, ONLY_THE_LAST };

static uint64_t seed;
static int rounds = ROUNDS;

// --- what is said

static void say(struct story *story, enum life_shape by, int64_t time_s, const char *body)
{
    assert_true(story->count < TOLD_MAX);
    struct told *told = &story->told[story->count++];
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    *told = (struct told){.by = by, .time_s = time_s, .body = strdup(body), .last = by == LIFE_NATIVE};
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)body, strlen(body));
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(told->sign, sizeof told->sign, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
}

// The ERP knows of a shop's orders, too: what was done with them, or what it makes of the total.
static void say_beside(struct story *story, struct life *life, int count, struct dice *dice)
{
    static const char *const facts[] = {"orderShipped", "orderDelivered", "orderPaid", "orderAmended", "orderPlaced"};
    char body[LIFE_BODY_BYTES];
    struct life_page page = {body, 0};
    if (life->shape == LIFE_NATIVE || dice_throw(dice, 4) != 0)
        return;
    const char *fact = facts[dice_throw(dice, sizeof facts / sizeof *facts)];
    if (life->now_s > life->placed_s + LIFE_DAY_S && strcmp(fact, "orderPlaced") == 0)
        return; // two shops that number alike would say that
    if (life_is_version(fact)) {
        life->now_s++;
        life->version_cents = dice_throw(dice, 30000);
    }
    life_write_event(&page, life, "erp", fact, count);
    say(story, LIFE_NATIVE, life->now_s, body);
}

static void live(struct story *story, struct life *life, struct dice *dice)
{
    char body[LIFE_BODY_BYTES];
    size_t last = 0;
    int steps = (int)dice_throw(dice, STEPS_MAX);
    for (int i = 0; i <= steps; i++) {
        int64_t then_s = life->now_s;
        if (i > 0 && !life_goes_on(life, START_S - LIFE_DAY_S, dice))
            continue;
        bool versions = life->shape != LIFE_NATIVE && i > 0 && life->now_s > then_s;
        if (story->customers_change && versions && dice_throw(dice, 4) == 0)
            memcpy(life->customer, story->customers[dice_throw(dice, CUSTOMERS)], sizeof life->customer);
        life_tell(life, 2 * i, body);
        last = story->count;
        say(story, life->shape, life->now_s, body);
        say_beside(story, life, 2 * i + 1, dice);
    }
    story->told[last].last = true;
}

// Somebody is part of a customer before it in the list, so nobody goes in rings; or stands alone again.
static void say_kin(struct story *story, int number, struct dice *dice)
{
    char body[LIFE_BODY_BYTES];
    struct life_page page = {body, 0};
    unsigned other = 1 + (unsigned)dice_throw(dice, CUSTOMERS - 1), main = (unsigned)dice_throw(dice, other);
    bool merged = dice_throw(dice, 3) != 0;
    int64_t time_s = START_S - (1 + dice_throw(dice, SPAN_DAYS)) * LIFE_DAY_S + number;
    life_write(&page, "{\"id\":\"k%d\",\"source\":\"crm\",\"customerId\":\"%s\"", number, story->customers[main]);
    life_write_time(&page, "time", time_s, true);
    life_write(&page, ",\"%s\":{\"otherCustomerId\":\"%s\"}}", merged ? "customerMerged" : "customerSplit",
               story->customers[other]);
    say(story, LIFE_NATIVE, time_s, body);
    if (time_s > story->words[other].time_s)
        story->words[other] = (struct word){time_s, merged ? main : other};
}

static int by_time(const void *left, const void *right)
{
    const struct told *one = left, *other = right;
    return (one->time_s > other->time_s) - (one->time_s < other->time_s);
}

static void make(struct story *story, struct dice *dice)
{
    *story = (struct story){.customers_change = dice_throw(dice, 2) == 0};
    for (unsigned i = 0; i < CUSTOMERS; i++) {
        snprintf(story->customers[i], LIFE_CUSTOMER_BYTES, i < ACCOUNTS ? "%u" : "guest%u@example.com", 7001 + i);
        story->words[i].main = i;
    }
    for (int i = 0; i < LIVES; i++) {
        struct life *life = &story->lives[i];
        int64_t time_s = START_S - (2 + dice_throw(dice, SPAN_DAYS)) * LIFE_DAY_S + dice_throw(dice, LIFE_DAY_S);
        life_start(life, (enum life_shape)dice_throw(dice, LIFE_SHAPES), 5000 + i, time_s, dice);
        memcpy(life->customer, story->customers[dice_throw(dice, CUSTOMERS)], sizeof life->customer);
        live(story, life, dice);
    }
    for (int i = 0; i < WORDS; i++)
        say_kin(story, i, dice);
    qsort(story->told, story->count, sizeof *story->told, by_time);
}

static void forget(struct story *story)
{
    for (size_t i = 0; i < story->count; i++)
        free(story->told[i].body);
}

// --- what must come of it

static unsigned main_of(const struct story *story, unsigned customer)
{
    while (story->words[customer].main != customer)
        customer = story->words[customer].main;
    return customer;
}

static struct figures figures_of(const struct story *story, unsigned customer)
{
    struct figures figures = {0};
    for (int i = 0; i < LIVES; i++) {
        const struct life *life = &story->lives[i];
        unsigned whose = 0;
        while (strcmp(story->customers[whose], life->customer) != 0)
            whose++;
        if (main_of(story, whose) != customer)
            continue;
        int64_t micros = life_net(life) * CENT;
        figures.net_micros += strcmp(life->currency, "EUR") == 0 ? micros * 3 / 2 : micros;
        figures.orders += life_bought(life);
        figures.known++;
        figures.cancelled += life->cancelled_s != 0;
    }
    return figures;
}

// --- the services

struct run {
    struct ring ring;
    char feeds[FOLDER_BYTES];
    int64_t now_ms;
};

static void write_feeds(const struct run *run)
{
    char name[40], text[200];
    folder_write(run->feeds, "shops.secret", secret, strlen(secret));
    for (int i = 0; i < FEEDS; i++) {
        snprintf(name, sizeof name, "%s.yaml", feeds[i]);
        int length = snprintf(text, sizeof text, "preset: %s\nsecrets: [shops.secret]\n", feeds[i]);
        folder_write(run->feeds, name, text, (size_t)length);
    }
}

static void restart(struct run *run, enum pipeline_place place)
{
    if (!pipeline_restart(run->ring.pipeline, place, 0, &run->ring.settings, run->ring.folder))
        fail_msg("%s", pipeline_trouble(run->ring.pipeline));
}

static void open_run(struct run *run)
{
    *run = (struct run){.now_ms = START_S * 1000};
    folder_make(run->feeds);
    write_feeds(run);
    ring_open(&run->ring,
              "common: {time_zone: UTC, currency: USD, rates: [{currency: EUR, from: 2000-01-01, rate: \"1.5\"}]}\n",
              run->now_ms);
    // A pipeline has no feeds of its own.
    ((struct ingest_options *)pipeline_setups[PLACE_INGEST]->options)->feeds = run->feeds;
    restart(run, PLACE_INGEST);
}

static void close_run(struct run *run)
{
    ring_close(&run->ring);
    folder_remove(run->feeds);
}

static void go_on(struct run *run, int64_t ms)
{
    run->now_ms += ms;
    if (!pipeline_until(run->ring.pipeline, run->now_ms))
        fail_msg("%s", pipeline_trouble(run->ring.pipeline));
}

static const char *no_parameter(const struct request *request, const char *name)
{
    (void)request, (void)name;
    return NULL;
}

static const char *signature(const struct request *request, const char *name)
{
    const struct told *told = request->source;
    static const char *const headers[] = {"x-shopify-hmac-sha256", "x-wc-webhook-signature"};
    return told->by != LIFE_NATIVE && strcmp(name, headers[told->by]) == 0 ? told->sign : NULL;
}

// All of them in one turn, as they would come over HTTP.
static void post(struct run *run, const struct told *const *told, size_t count)
{
    struct inbound inbound[AT_ONCE_MAX];
    char paths[AT_ONCE_MAX][TARGET_BYTES];
    for (size_t i = 0; i < count; i++) {
        bool feed = told[i]->by != LIFE_NATIVE;
        snprintf(paths[i], sizeof paths[i], "/v1/%s%s", feed ? "feeds/" : "events", feed ? feeds[told[i]->by] : "");
        inbound[i] = (struct inbound){.request = {.http = true,
                                                  .method = "POST",
                                                  .path = paths[i],
                                                  .content_type = "application/json",
                                                  .body = (const uint8_t *)told[i]->body,
                                                  .length = strlen(told[i]->body),
                                                  .source = told[i],
                                                  .peer = "127.0.0.1",
                                                  .param = no_parameter,
                                                  .header = signature}};
    }
    assert_int_equal(engine_turn(pipeline_engine(run->ring.pipeline, PLACE_INGEST), inbound, count, NULL), ENGINE_DONE);
    for (size_t i = 0; i < count; i++) {
        const struct reply *reply = &inbound[i].reply;
        bool refused = told[i]->by == LIFE_NATIVE && memmem(reply->body, reply->length, "\"reason\"", 8) != NULL;
        if (reply->status != 200 || refused)
            fail_msg("%s gets %d %.*s", told[i]->body, reply->status, (int)reply->length, reply->body);
    }
}

static size_t choose(const struct story *story, enum way way, struct dice *dice, const struct told **ret_list)
{
    size_t count = 0;
    for (size_t i = 0; i < story->count; i++)
        for (int64_t times = way == IN_ANY_ORDER ? 1 + dice_throw(dice, TIMES_MAX) : 1; times > 0; times--)
            if (way != ONLY_THE_LAST || story->told[i].last)
                ret_list[count++] = &story->told[i];
    for (size_t i = count; way == IN_ANY_ORDER && i > 1; i--) {
        size_t other = (size_t)dice_throw(dice, (int64_t)i);
        const struct told *last = ret_list[i - 1];
        ret_list[i - 1] = ret_list[other];
        ret_list[other] = last;
    }
    return count;
}

// One after the other; or some at once, some time apart, with a restart of ingest or scoring now and then.
static void send(struct run *run, const struct story *story, enum way way, struct dice *dice)
{
    static const struct told *list[TOLD_MAX * TIMES_MAX];
    size_t count = choose(story, way, dice, list);
    for (size_t i = 0; i < count;) {
        size_t most = count - i < AT_ONCE_MAX ? count - i : AT_ONCE_MAX;
        size_t next = way == IN_ANY_ORDER ? 1 + (size_t)dice_throw(dice, (int64_t)most) : 1;
        post(run, list + i, next);
        i += next;
        if (way != IN_ANY_ORDER)
            continue;
        if (dice_throw(dice, 3) == 0)
            go_on(run, 1 + dice_throw(dice, PAUSE_MS));
        if (dice_throw(dice, 20) == 0)
            restart(run, dice_throw(dice, 2) == 0 ? PLACE_INGEST : PLACE_SCORING);
    }
    go_on(run, (START_S + END_S) * 1000 - run->now_ms);
}

// --- what came of it

static int64_t integer(const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);
    return json_is_string(value) ? atoll(json_string_value(value)) : json_integer_value(value);
}

static void compare_figures(const struct story *story, unsigned customer, const json_t *card)
{
    struct figures wanted = figures_of(story, customer), got = {0};
    const json_t *detail = json_object_get(card, "detail");
    const char *net = json_string_value(json_object_get(card, "net"));
    if (net != NULL)
        assert_true(money_parse(net, strcspn(net, " "), &got.net_micros));
    got.orders = integer(card, "orders");
    got.known = integer(detail, "ordersKnown");
    got.cancelled = integer(detail, "ordersCancelled");
    if (memcmp(&wanted, &got, sizeof wanted) == 0)
        return;
    for (int i = 0; i < LIVES; i++)
        print_message("%s %d %s brings %" PRId64 "\n", story->lives[i].customer, story->lives[i].number,
                      story->lives[i].shape == LIFE_NATIVE ? "erp" : feeds[story->lives[i].shape],
                      life_net(&story->lives[i]));
    fail_msg("%s: net %" PRId64 ", orders %" PRId64 ", known %" PRId64 ", cancelled %" PRId64 ", not %" PRId64
             ", %" PRId64 ", %" PRId64 ", %" PRId64,
             story->customers[customer], got.net_micros, got.orders, got.known, got.cancelled, wanted.net_micros,
             wanted.orders, wanted.known, wanted.cancelled);
}

static bool of_the_model(const char *dimension)
{
    static const char *const names[] = {"value.clv", "care.loyalty", "care.status"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(dimension, names[i]) == 0)
            return true;
    return false;
}

// Leaves out what depends on the way: what was announced, when it was first seen, in which order customers were joined;
// and what rests on the models, which a thread fits, and simulated time does not wait for it.
static void keep_state(json_t *card)
{
    static const char *const told[] = {"announced", "announcedSince", "clv"}, *const seen[] = {"since", "rule",
                                                                                               "figures"};
    json_t *dimension;
    size_t i;
    for (i = 0; i < sizeof told / sizeof *told; i++)
        (void)json_object_del(card, told[i]);
    (void)json_object_del(json_object_get(json_object_get(card, "detail"), "policy"), "time");
    (void)json_object_del(json_object_get(card, "detail"), "parts");
    json_array_foreach (json_object_get(card, "dimensions"), i, dimension)
        for (size_t j = 0; j < sizeof seen / sizeof *seen; j++)
            (void)json_object_del(dimension, seen[j]);
    json_array_foreach (json_object_get(card, "dimensions"), i, dimension)
        if (of_the_model(json_string_value(json_object_get(dimension, "name"))))
            (void)json_object_clear(dimension);
}

// Appends what scoring answers to `cards`.
static void look(struct run *run, const struct story *story, char *cards)
{
    struct reply reply;
    char target[TARGET_BYTES];
    for (unsigned i = 0; i < CUSTOMERS; i++) {
        snprintf(target, sizeof target, "/v1/customers/%s", story->customers[i]);
        pipeline_get(run->ring.pipeline, PLACE_SCORING, target, &reply);
        json_t *card = reply.status == 200 ? json_loadb(reply.body, reply.length, 0, NULL) : NULL;
        if (main_of(story, i) == i)
            compare_figures(story, i, card);
        keep_state(card);
        char *text = json_dumps(card, JSON_COMPACT);
        size_t used = strlen(cards);
        int length = snprintf(cards + used, CARDS_BYTES - used, "%s: %d %s\n", story->customers[i], reply.status,
                              text != NULL ? text : "");
        assert_true(used + (size_t)length < CARDS_BYTES);
        free(text);
        json_decref(card);
    }
    pipeline_get(run->ring.pipeline, PLACE_INGEST, "/v1/rejected", &reply);
    assert_int_equal(reply.status, 200);
    if (memmem(reply.body, reply.length, "\"reason\"", 8) != NULL)
        fail_msg("%.*s", (int)reply.length, reply.body);
}

static void play(const struct story *story, enum way way, struct dice *dice, char cards[CARDS_BYTES])
{
    struct run run;
    cards[0] = '\0';
    open_run(&run);
    send(&run, story, way, dice);
    look(&run, story, cards);
    close_run(&run);
}

// The first line that differs.
static void compare(const char *wanted, const char *got)
{
    while (*wanted != '\0' || *got != '\0') {
        size_t one = strcspn(wanted, "\n"), other = strcspn(got, "\n");
        if (one != other || memcmp(wanted, got, one) != 0)
            printf("wanted %.*s\n   got %.*s\n", (int)one, wanted, (int)other, got);
        assert_true(one == other && memcmp(wanted, got, one) == 0);
        wanted += one + (wanted[one] == '\n');
        got += other + (got[other] == '\n');
    }
}

static void test_lives_in_any_order(void **state)
{
    (void)state;
    static struct story story;
    static char wanted[CARDS_BYTES], got[CARDS_BYTES];
    for (int i = 0; i < rounds; i++) {
        // Each round has a seed of its own, which repeats it alone.
        struct dice dice = {seed + (uint64_t)i * 2};
        print_message("seed %" PRIu64 "\n", dice.state);
        make(&story, &dice);
        play(&story, IN_TIME, NULL, wanted);
        play(&story, IN_ANY_ORDER, &dice, got);
        compare(wanted, got);
        // Who tells of an order under its former customer is understood by those before the last.
        if (!story.customers_change)
            play(&story, ONLY_THE_LAST, NULL, got);
        forget(&story);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lives_in_any_order)};
    seed = argc > 1 ? strtoull(argv[1], NULL, 10) : dice_take().state;
    rounds = argc > 2 ? atoi(argv[2]) : argc > 1 ? 1 : ROUNDS;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
