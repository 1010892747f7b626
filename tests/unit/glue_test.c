// What holds scoring together: what a restart in the middle of things must not change, whom it alerts, and what strange
// but accepted events must not break.
#include "unit/scene.h"

#include "common/hash.h"
#include "services/scoring/judge.h"

#include <poll.h>
#include <time.h>

static uint32_t slot_of(const struct scene *scene, const char *customer)
{
    uint8_t key[HASH_BYTES];
    uint32_t slot;
    hash_table_key(customer, strlen(customer), key);
    assert_true(ledger_find(scene->scoring->ledger, key, &slot));
    return slot;
}

static void place(struct scene *scene, const char *id, const char *customer, int units, bool historical)
{
    scene_place(scene, &(struct scene_order){
                           .id = id, .customer = customer, .units = units, .cost = -1, .historical = historical});
}

// As if the process had been started with other options.
static void start_with(struct scene *scene, const struct scoring_options *options)
{
    struct scoring *second = scoring_open(options), first = *scene->scoring;
    *scene->scoring = *second;
    *second = first;
    turns_restart(scene->turns);
    scoring_close(&second);
}

// The customer changed its class once, and nobody was alerted.
static void expect_quiet(struct scene *scene, const char *customer, const char *class)
{
    uint64_t heard = scene->heard;
    Tend__V1__ValueChanged *change = scene_change(scene, customer, "value.abc");
    assert_non_null(change);
    assert_string_equal(change->after, class);
    assert_true(change->historical);
    tend__v1__value_changed__free_unpacked(change, NULL);
    assert_null(scene_change(scene, customer, "value.abc"));
    scene->heard = heard;
}

static unsigned count_values(struct scene *scene, const char *customer)
{
    unsigned count = 0;
    const struct record *record;
    while ((record = scene_hear(scene, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE)) != NULL) {
        Tend__V1__CustomerValue *value = tend__v1__customer_value__unpack(NULL, record->length, record->payload);
        assert_non_null(value);
        count += strcmp(value->customer_id, customer) == 0;
        tend__v1__customer_value__free_unpacked(value, NULL);
    }
    return count;
}

// --- restarts in the middle

// The round that other options ask for is asked for again until it is through, and what it finds is no news.
static void a_round_of_rules_outlives_a_restart(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring(), other = options;
    other.abc.cut_a_ppm = 500000;
    for (int turns = 1; turns < 4; turns++) {
        scene_open(&scene, &options);
        place(&scene, "o1", "C1", 600, false);
        place(&scene, "o2", "C2", 400, false);
        scene_settle(&scene);
        scene_forget(&scene);
        start_with(&scene, &other);
        for (int i = 0; i < turns; i++)
            turns_step(scene.turns);
        turns_restart(scene.turns);
        scene_settle(&scene);
        expect_quiet(&scene, "C2", "B");
        assert_true(count_values(&scene, "C1") > 0);
        scene_close(&scene);
    }
}

static void settings_outlive_a_restart(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    struct say order = {"e2", "C2", "o2", SCENE_START_MS, 400, "USD", false}; // 200 EUR, then 6,000
    scene_open(&scene, &options);
    place(&scene, "o1", "C1", 600, false);
    say_order(scene.turns, TEND__V1__EVENT__BODY_ORDER_PLACED, &order);
    scene_settle(&scene);
    scene_forget(&scene);
    say_settings(scene.turns, "Asia/Shanghai", "EUR", "USD", 15000000);
    turns_step(scene.turns);
    turns_restart(scene.turns);
    scene_settle(&scene);
    expect_quiet(&scene, "C2", "A");
    assert_int_equal(count_values(&scene, "C1"), 1);
    scene_close(&scene);
}

// Settings that come while a round is under way: what is left of it is judged by the new rules, and no news either.
static void settings_in_the_middle_of_a_round(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    struct say order = {"e2", "C2", "o2", SCENE_START_MS, 400, "USD", false};
    scene_open(&scene, &options);
    place(&scene, "o1", "C1", 600, false);
    say_order(scene.turns, TEND__V1__EVENT__BODY_ORDER_PLACED, &order);
    scene_settle(&scene);
    scene_forget(&scene);
    scene.now_ms += DAY_MS;
    turns_sleep(scene.turns, scene.now_ms);
    turns_step(scene.turns);
    turns_step(scene.turns);
    assert_true(scene.scoring->round.step != CORE_REST);
    say_settings(scene.turns, "Asia/Shanghai", "EUR", "USD", 15000000);
    turns_step(scene.turns);
    scene_settle(&scene);
    expect_quiet(&scene, "C2", "A");
    scene_close(&scene);
}

// A round that history asked for alerts nobody, however often it begins.
static void a_round_of_growth_outlives_a_restart(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    scene_people(&scene, 4, 100);
    turns_step(scene.turns);
    assert_int_equal(scene.scoring->round.step, CORE_REST); // half an import tells nothing
    while (scene.scoring->round.step != CORE_PREDICT) {
        scene.now_ms += 1000;
        turns_sleep(scene.turns, scene.now_ms);
        turns_step(scene.turns);
        usleep(1000);
    }
    assert_true(scene.scoring->round.historical);
    turns_restart(scene.turns);
    turns_step(scene.turns);
    assert_true(scene.scoring->round.again_historical || scene.scoring->round.historical);
    scene_settle(&scene);
    scene_close(&scene);
}

// The same when it was wanted and had not begun.
static void growth_outlives_a_restart(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    scene_people(&scene, 2, 100);
    scene_settle(&scene);
    scene_wait(&scene, 1);
    scene_people(&scene, 6, 100);
    turns_step(scene.turns); // within the quiet that half an import is waited for
    assert_int_equal(scene.scoring->round.step, CORE_REST);
    turns_restart(scene.turns);
    turns_step(scene.turns);
    assert_true(scene.scoring->round.again_historical || scene.scoring->round.historical);
    scene_settle(&scene);
    scene_close(&scene);
}

// Settings that a turn took up and could not store are as if they had never come.
static void settings_that_were_not_stored_are_forgotten(void **unused)
{
    (void)unused;
    struct scoring_options options = defaults_of_scoring();
    struct scoring *scoring = scoring_open(&options);
    struct turns *turns = turns_open(&scoring_service, scoring, SCENE_START_MS);
    say_settings(turns, "Asia/Shanghai", "EUR", "USD", 500000);
    turns_crash(turns);
    assert_string_equal(scoring->terms.currency, "");
    assert_null(scoring->terms.zone);
    assert_int_equal(scoring->terms.rate_count, 0);
    turns_close(&turns);
    scoring_close(&scoring);
}

// --- history beside news

// What history did is no news, although something new came in the same turn, about the same customer too.
static void history_beside_news_alerts_nobody(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    place(&scene, "o1", "C1", 600, true);
    place(&scene, "o2", "C2", 20, true);
    place(&scene, "o3", "C3", 30, true);
    scene_settle(&scene);
    scene_forget(&scene);
    place(&scene, "o4", "C2", 9000, true);
    scene_tell(&scene, "call", "C2", 0, false, "\"contactLogged\": {\"outcome\": \"reached\"}");
    scene_tell(&scene, "other", "C3", 0, false, "\"contactLogged\": {\"outcome\": \"reached\"}");
    scene_settle(&scene);
    expect_quiet(&scene, "C2", "A");
    expect_quiet(&scene, "C1", "C");
    scene_close(&scene);
}

// --- many, late, twice

// Contacts that come the newest first: each is older than all before it.
static void many_late_notes_of_one_customer(void **unused)
{
    enum { NOTES = 4000 };
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    for (int i = 0; i < NOTES; i++) {
        char id[16];
        snprintf(id, sizeof id, "n%d", i);
        scene_tell(&scene, id, "C1", i, true, "\"contactLogged\": {\"outcome\": \"reached\", \"minutes\": 1}");
    }
    scene_settle(&scene);
    const struct story *story = core_story(scene.scoring, slot_of(&scene, "C1"));
    assert_int_equal(story->contacts.count, NOTES);
    assert_int_equal(story->contacts.last_ms, scene.now_ms);
    struct story before = *story;
    turns_restart(scene.turns);
    scene_settle(&scene);
    assert_memory_equal(core_story(scene.scoring, slot_of(&scene, "C1")), &before, sizeof before);
    scene_close(&scene);
}

static int128 minutes_of(struct scene *scene, const char *customer)
{
    return sums_of(scene->scoring->minutes, slot_of(scene, customer));
}

// The same event twice, as the newest and as an old one.
static void the_same_note_twice_is_one(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    static const char contact[] = "\"contactLogged\": {\"outcome\": \"reached\", \"minutes\": 30}";
    scene_open(&scene, &options);
    scene_tell(&scene, "n1", "C1", 1, false, contact);
    scene_tell(&scene, "n2", "C1", 0, false, contact);
    scene_settle(&scene);
    uint64_t state = turns_state(scene.turns);
    scene_tell(&scene, "n2", "C1", 0, false, contact);
    scene_tell(&scene, "n1", "C1", 1, false, contact);
    scene_settle(&scene);
    assert_true(minutes_of(&scene, "C1") == 60);
    assert_true(turns_state(scene.turns) == state);
    turns_restart(scene.turns);
    scene_settle(&scene);
    assert_true(minutes_of(&scene, "C1") == 60);
    scene_close(&scene);
}

// --- amounts at the ends

static void say_huge(struct scene *scene, const char *id, int days_ago, const char *total, const char *cost)
{
    scene_tell(scene, id, "C1", days_ago, true,
               "\"orderPlaced\": {\"orderId\": \"%s\", \"total\": \"%s\", \"lines\": [{\"sku\": \"s\", "
               "\"quantityMilli\": 1000, \"cost\": \"%s\"}]}",
               id, total, cost);
}

// A loss beyond all numbers is taken back as it was added.
static void a_huge_loss_is_taken_back(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    options.abc.measure = TERMS_MARGIN;
    scene_open(&scene, &options);
    say_settings(scene.turns, "Asia/Shanghai", "EUR", "USD", 2000000000);
    say_huge(&scene, "o1", 1, "1.00 USD", "9000000000.00 USD");
    scene_settle(&scene);
    assert_true(ledger_customer(scene.scoring->ledger, slot_of(&scene, "C1"))->net < 0);
    scene_tell(&scene, "x1", "C1", 0, true, "\"orderCancelled\": {\"orderId\": \"o1\"}");
    scene_settle(&scene);
    assert_true(ledger_customer(scene.scoring->ledger, slot_of(&scene, "C1"))->net == 0);
    scene_close(&scene);
}

// Thousands of the largest orders in one month.
static void huge_orders_can_be_asked_for(void **unused)
{
    enum { ORDERS = 2100 };
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    for (int i = 0; i < ORDERS; i++) {
        char id[16];
        snprintf(id, sizeof id, "o%d", i);
        say_huge(&scene, id, 2 + i % 20, "9000000000.00 EUR", "0.00 EUR");
    }
    scene_settle(&scene);
    scene_wait(&scene, 2);
    place(&scene, "more", "C1", 1, false);
    scene_settle(&scene);
    json_decref(scene_ask(&scene, "/v1/customers/C1"));
    json_decref(scene_ask(&scene, "/v1/summary"));
    json_decref(scene_ask(&scene, "/v1/customers?sort=clv"));
    scene_close(&scene);
}

// --- the thread that fits

static void wait_readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&poll_fd, 1, SCENE_PATIENCE_MS), 1);
}

// A fit that nobody wants any more wakes the loop once, not for ever.
static void an_abandoned_fit_wakes_once(void **unused)
{
    (void)unused;
    struct scoring_options options = defaults_of_scoring();
    struct fitting *fitting = fitting_open(&options.model);
    int fd = fitting_fd(fitting);
    fitting_begin(fitting, 1000, 10);
    for (int i = 0; i < 5000; i++)
        fitting_add(fitting, (uint32_t)(i % 50), i % 300, 900 + i % 100, 100 + i % 90);
    fitting_go(fitting);
    fitting_abandon(fitting);
    wait_readable(fd);
    assert_true(fitting_done(fitting));
    assert_false(fitting_done(fitting));
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&poll_fd, 1, 0), 0);
    assert_false(fitting_busy(fitting));
    fitting_close(&fitting);
}

// --- figures that belong together

// A customer without a purchase is expected to bring nothing.
static void who_cancels_everything_has_no_future(void **unused)
{
    (void)unused;
    struct scene scene;
    int64_t value;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    scene_people(&scene, 4, 100);
    scene_settle(&scene);
    scene_wait(&scene, 1);
    place(&scene, "o1", "C1", 600, false);
    scene_settle(&scene);
    assert_true(rank_value(scene.scoring->futures, slot_of(&scene, "C1"), &value));
    scene_tell(&scene, "x1", "C1", 0, false, "\"orderCancelled\": {\"orderId\": \"o1\"}");
    scene_settle(&scene);
    assert_false(rank_value(scene.scoring->futures, slot_of(&scene, "C1"), &value));
    scene_close(&scene);
}

static int count_in_summary(struct scene *scene, const char *dimension, const char *value)
{
    int count = 0;
    size_t i;
    const json_t *row;
    json_t *summary = scene_ask(scene, "/v1/summary");
    json_array_foreach (json_object_get(summary, "values"), i, row)
        if (strcmp(scene_text(row, "dimension"), dimension) == 0 && strcmp(scene_text(row, "value"), value) == 0)
            count = (int)json_integer_value(json_object_get(row, "customers"));
    json_decref(summary);
    return count;
}

// The margin holds the announcement back; the summary counts what the list lists.
static void the_summary_counts_what_the_list_lists(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    options.abc.margin_ppm = 100000;
    scene_open(&scene, &options);
    place(&scene, "o1", "C1", 640, true);
    place(&scene, "o2", "C2", 200, true);
    place(&scene, "o3", "C3", 150, true);
    scene_settle(&scene);
    assert_true(scene_is_listed(&scene, "C2", "value.abc", "A"));
    place(&scene, "o4", "C1", 60, false); // 66 %: C2 is a B by the figures, and still announced as an A
    scene_settle(&scene);
    assert_true(scene_is_listed(&scene, "C2", "value.abc", "B"));
    assert_int_equal(count_in_summary(&scene, "value.abc", "B"), 1);
    assert_int_equal(count_in_summary(&scene, "value.abc", "A"), 1);
    scene_close(&scene);
}

// A first value is no change, unless a person decided it.
static void a_decision_about_the_unknown_is_news(void **unused)
{
    (void)unused;
    struct scene scene;
    char until[DAY_TEXT_BYTES];
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    place(&scene, "o2", "C2", 100, true);
    scene_tell(&scene, "call", "C1", 0, false, "\"contactLogged\": {\"outcome\": \"reached\"}");
    scene_settle(&scene);
    scene_forget(&scene);
    scene_tell(&scene, "decision", "C1", 0, false,
               "\"valueOverridden\": {\"dimension\": \"value.abc\", \"value\": \"A\", \"by\": \"wang\", "
               "\"until\": \"%s\", \"reason\": \"opens doors\"}",
               scene_day(&scene, 2, until));
    scene_settle(&scene);
    scene_expect_change(
        &scene, &(struct told){
                    .customer = "C1", .dimension = "value.abc", .before = "", .after = "A", .event = "app/decision"});
    scene_forget(&scene);
    scene_wait(&scene, 3);
    Tend__V1__ValueChanged *change = scene_change(&scene, "C1", "value.abc");
    assert_non_null(change);
    assert_string_equal(change->before, "A");
    assert_string_equal(change->after, "");
    tend__v1__value_changed__free_unpacked(change, NULL);
    scene_close(&scene);
}

// --- any order of arrival

enum { MIXED_EVENTS = 900, MIXED_CUSTOMERS = 12, MIXED_ORDERS = 120, MIXED_DAYS = 700 };

struct mixed {
    unsigned kind, customer, order, number;
    int days_ago;
};

static unsigned draw(uint64_t *random, unsigned below)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*random >> 33) % below;
}

// Orders belong to one customer each; days repeat, so that many events are of one instant.
static void draw_events(uint64_t *random, struct mixed *events)
{
    for (int i = 0; i < MIXED_EVENTS; i++) {
        struct mixed *event = &events[i];
        *event = (struct mixed){.kind = draw(random, 14), .order = draw(random, MIXED_ORDERS)};
        event->customer = event->order % MIXED_CUSTOMERS;
        event->number = draw(random, 1000);
        event->days_ago = (int)draw(random, MIXED_DAYS);
    }
}

static void shuffle(uint64_t *random, unsigned *order)
{
    for (unsigned i = MIXED_EVENTS - 1; i > 0; i--) {
        unsigned other = draw(random, i + 1), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

static void tell_mixed(struct scene *scene, unsigned index, const struct mixed *event)
{
    static const char *const formats[] = {
        "\"orderCancelled\": {\"orderId\": \"o%u\"}",
        "\"orderAmended\": {\"orderId\": \"o%u\", \"total\": \"%u.00 USD\"}",
        "\"orderRefunded\": {\"orderId\": \"o%u\", \"amount\": \"%u.00 EUR\"}",
        "\"contactLogged\": {\"outcome\": \"reached\", \"keyPoint\": \"o%u\", \"minutes\": %u}",
        "\"surveyAnswered\": {\"score\": %u}",
        "\"complaintOpened\": {\"complaintId\": \"c%u\", \"what\": \"late\"}",
        "\"complaintResolved\": {\"complaintId\": \"c%u\"}",
        "\"leadUpdated\": {\"intention\": %u, \"note\": \"%u\"}",
        "\"costRecorded\": {\"kind\": \"o%u\", \"amount\": \"%u.00 EUR\"}",
        "\"competitorSeen\": {\"who\": \"c%u\"}",
    };
    enum { FORMATS = sizeof formats / sizeof formats[0], SURVEY = 4, LEAD = 7 };
    char id[16], customer[16], body[SCENE_BODY_BYTES];
    snprintf(id, sizeof id, "e%u", index);
    snprintf(customer, sizeof customer, "C%u", event->customer);
    unsigned first = event->kind == SURVEY || event->kind == LEAD ? event->number % 5 + 1 : event->order;
    if (event->kind < FORMATS) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
        snprintf(body, sizeof body, formats[event->kind], first, event->number + 1);
#pragma GCC diagnostic pop
    } else {
        snprintf(body, sizeof body, "\"orderPlaced\": {\"orderId\": \"o%u\", \"total\": \"%u.00 EUR\"}", event->order,
                 event->number + 1);
    }
    scene_tell(scene, id, customer, event->days_ago, event->number % 2 == 0, "%s", body);
}

// What the figures say is the same, whatever came first, with a restart now and then.
static void any_order_of_arrival(void **unused)
{
    (void)unused;
    static struct mixed events[MIXED_EVENTS];
    static unsigned order[MIXED_EVENTS];
    struct scene one, other;
    struct scoring_options options = defaults_of_scoring();
    uint64_t seed = (uint64_t)time(NULL), random = seed;
    print_message("seed %llu\n", (unsigned long long)seed);
    draw_events(&random, events);
    scene_open(&one, &options);
    scene_open(&other, &options);
    for (unsigned i = 0; i < MIXED_EVENTS; i++) {
        order[i] = i;
        tell_mixed(&one, i, &events[i]);
    }
    shuffle(&random, order);
    for (unsigned i = 0; i < MIXED_EVENTS; i++) {
        tell_mixed(&other, order[i], &events[order[i]]);
        if (draw(&random, 50) == 0)
            turns_step(other.turns);
        if (draw(&random, 200) == 0)
            turns_restart(other.turns);
    }
    scene_settle(&one);
    scene_settle(&other);
    // The models are as old as the last fit; other rules have them fitted anew.
    struct scoring_options later = options;
    later.abc.margin_ppm = 20000;
    start_with(&one, &later);
    start_with(&other, &later);
    scene_settle(&one);
    scene_settle(&other);
    for (unsigned i = 0; i < MIXED_CUSTOMERS; i++) {
        char customer[16];
        snprintf(customer, sizeof customer, "C%u", i);
        uint32_t left = slot_of(&one, customer), right = slot_of(&other, customer);
        assert_memory_equal(core_story(one.scoring, left), core_story(other.scoring, right), sizeof(struct story));
        struct judgement a, b;
        judge(one.scoring, left, &a);
        judge(other.scoring, right, &b);
        assert_memory_equal(a.now, b.now, DIMENSION_ROOM);
        assert_true(minutes_of(&one, customer) == minutes_of(&other, customer));
        assert_int_equal(a.assessment.clv.future_micros, b.assessment.clv.future_micros);
    }
    scene_close(&one);
    scene_close(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round_of_rules_outlives_a_restart),
        cmocka_unit_test(settings_outlive_a_restart),
        cmocka_unit_test(settings_in_the_middle_of_a_round),
        cmocka_unit_test(a_round_of_growth_outlives_a_restart),
        cmocka_unit_test(growth_outlives_a_restart),
        cmocka_unit_test(settings_that_were_not_stored_are_forgotten),
        cmocka_unit_test(history_beside_news_alerts_nobody),
        cmocka_unit_test(many_late_notes_of_one_customer),
        cmocka_unit_test(the_same_note_twice_is_one),
        cmocka_unit_test(a_huge_loss_is_taken_back),
        cmocka_unit_test(huge_orders_can_be_asked_for),
        cmocka_unit_test(an_abandoned_fit_wakes_once),
        cmocka_unit_test(who_cancels_everything_has_no_future),
        cmocka_unit_test(the_summary_counts_what_the_list_lists),
        cmocka_unit_test(a_decision_about_the_unknown_is_news),
        cmocka_unit_test(any_order_of_arrival),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
