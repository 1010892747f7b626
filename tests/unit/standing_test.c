// What a customer's standing does not depend on: the order of arrival, restarts, who asks when. And what it does: the
// rules in force and the models, which are counted, told and shown.
#include "harness/buyers.h"
#include "unit/scene.h"

#include <math.h>
#include <time.h>

enum { NEWS = 30, SHUFFLES = 4 };

static const char *const customers[] = {"C1", "C2", "C3"};
enum { CUSTOMERS = sizeof customers / sizeof customers[0] };

// One of many things that may be said of a customer; `number` says which, and when it was.
static void say_news(struct scene *scene, int number)
{
    static const char *const bodies[] = {
        "\"contactLogged\": {\"channel\": \"phone\", \"outcome\": \"reached\", \"minutes\": 7}",
        "\"surveyAnswered\": {\"score\": 2, \"expected\": 4}",
        "\"surveyAnswered\": {\"score\": 5}",
        "\"complaintOpened\": {\"complaintId\": \"k\", \"what\": \"late\"}",
        "\"complaintResolved\": {\"complaintId\": \"k\"}",
        "\"leadUpdated\": {\"stage\": \"intends\", \"temperature\": \"hot\", \"intention\": 4}",
        "\"leadUpdated\": {\"temperature\": \"denial\", \"need\": \"no\"}",
        "\"competitorSeen\": {\"who\": \"Acme\"}",
        "\"referralMade\": {\"otherCustomerId\": \"X\"}",
        "\"praiseReceived\": {\"what\": \"fast\"}",
        "\"cooperationRated\": {\"score\": 4, \"loyalty\": 3}",
        "\"costRecorded\": {\"kind\": \"visit\", \"amount\": \"12.50 EUR\"}",
        "\"customerUpserted\": {\"name\": \"Blue Sea\", \"ownerRepId\": \"amy\", \"region\": \"Fujian\"}",
        "\"customerUpserted\": {\"name\": \"Red Sea\", \"ownerRepId\": \"bo\", \"type\": \"agent\"}",
        "\"valueOverridden\": {\"dimension\": \"value.tier\", \"value\": \"secondary\", \"by\": \"wang\"}",
        "\"valueOverridden\": {\"dimension\": \"value.tier\", \"value\": \"small\", \"by\": \"li\"}",
        "\"quoteSent\": {\"quoteId\": \"q\", \"amount\": \"300 EUR\", \"probabilityPpm\": 500000}",
        "\"contractSigned\": {\"contractId\": \"c\", \"from\": \"2025-12-01\", \"to\": \"2026-03-01\"}",
        "\"promiseBroken\": {\"promiseId\": \"p\"}",
        "\"objectionRaised\": {\"kind\": \"price\"}",
    };
    enum { BODIES = sizeof bodies / sizeof bodies[0] };
    char id[16];
    snprintf(id, sizeof id, "n%d", number);
    const char *customer = customers[number % CUSTOMERS];
    if (number % 4 == 3)
        scene_place(scene, &(struct scene_order){.id = id,
                                                 .customer = customer,
                                                 .days_ago = number * 7 % 60,
                                                 .units = 50 + number,
                                                 .cost = 60,
                                                 .historical = true});
    else
        scene_tell(scene, id, customer, number * 11 % 45, true, "%s", bodies[(number * 3 + number / 7) % BODIES]);
}

static void shuffle(struct dice *dice, int *order)
{
    for (int i = NEWS; i > 1; i--) {
        int other = (int)(dice_uniform(dice) * i), kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}

static void open_with(struct scene *scene, const int *order, bool in_pieces)
{
    struct scoring_options options = defaults_of_scoring();
    scene_open(scene, &options);
    for (int i = 0; i < NEWS; i++) {
        say_news(scene, order[i]);
        if (in_pieces)
            scene_settle(scene);
    }
    scene_settle(scene);
    scene_wait(scene, 2);
    // Cards are as of the newest event.
    scene_tell(scene, "last", "Z", 0, true, "\"contactLogged\": {\"outcome\": \"reached\"}");
    scene_settle(scene);
}

static void cards_of(struct scene *scene, char *cards[CUSTOMERS])
{
    for (size_t i = 0; i < CUSTOMERS; i++)
        cards[i] = scene_dimensions(scene, customers[i]);
}

static void free_cards(char *cards[CUSTOMERS])
{
    for (size_t i = 0; i < CUSTOMERS; i++)
        free(cards[i]);
}

static void any_order_of_arrival_gives_the_same_cards(void **unused)
{
    (void)unused;
    uint64_t seed = (uint64_t)time(NULL);
    struct dice dice = dice_of(seed);
    int order[NEWS];
    char *first[CUSTOMERS], *other[CUSTOMERS];
    struct scene scene;
    for (int i = 0; i < NEWS; i++)
        order[i] = i;
    open_with(&scene, order, false);
    cards_of(&scene, first);
    scene_close(&scene);
    for (int round = 0; round < SHUFFLES; round++) {
        shuffle(&dice, order);
        open_with(&scene, order, round % 2 == 0);
        cards_of(&scene, other);
        for (size_t i = 0; i < CUSTOMERS; i++)
            if (strcmp(first[i], other[i]) != 0)
                fail_msg("seed %llu: %s", (unsigned long long)seed, scene_difference(first[i], other[i]));
        free_cards(other);
        scene_close(&scene);
    }
    free_cards(first);
}

static void a_restart_gives_the_same_cards(void **unused)
{
    (void)unused;
    int order[NEWS];
    char *before[CUSTOMERS], *after[CUSTOMERS];
    struct scene scene;
    for (int i = 0; i < NEWS; i++)
        order[i] = NEWS - 1 - i;
    open_with(&scene, order, true);
    cards_of(&scene, before);
    scene_forget(&scene);
    turns_restart(scene.turns);
    scene_settle(&scene);
    cards_of(&scene, after);
    for (size_t i = 0; i < CUSTOMERS; i++)
        if (strcmp(before[i], after[i]) != 0)
            fail_msg("%s", scene_difference(before[i], after[i]));
    assert_null(scene_hear(&scene, TEND__V1__RECORD_TYPE__RECORD_TYPE_VALUE_CHANGED));
    free_cards(before);
    free_cards(after);
    scene_close(&scene);
}

// The lists that were known before a restart are known after it, though nothing has come yet.
static void a_restart_keeps_the_lists(void **unused)
{
    (void)unused;
    static const char *const targets[] = {"/v1/customers?sort=id", "/v1/customers?at_risk=1", "/v1/customers?sort=clv",
                                          "/v1/customers?demand.state=full", "/v1/customers?lead.stage=intends"};
    enum { TARGETS = sizeof targets / sizeof targets[0] };
    int order[NEWS];
    char *before[TARGETS];
    struct scene scene;
    for (int i = 0; i < NEWS; i++)
        order[i] = i;
    open_with(&scene, order, false);
    for (size_t i = 0; i < TARGETS; i++)
        before[i] = strdup(turns_ask(scene.turns, targets[i], NULL));
    turns_restart(scene.turns);
    scene_settle(&scene);
    for (size_t i = 0; i < TARGETS; i++) {
        const char *after = turns_ask(scene.turns, targets[i], NULL);
        if (strcmp(before[i], after) != 0)
            fail_msg("%s: %s", targets[i], scene_difference(before[i], after));
        free(before[i]);
    }
    scene_close(&scene);
}

// --- the rules

static long long rules_version(struct scene *scene)
{
    json_t *summary = scene_ask(scene, "/v1/summary");
    long long version = json_integer_value(json_object_get(summary, "rulesVersion"));
    json_decref(summary);
    return version;
}

static void other_rules_are_counted_and_what_they_move_is_history(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    struct told told = {.customer = "C1",
                        .dimension = "risk.overdue",
                        .before = "no",
                        .after = "yes",
                        .rule = "150 %",
                        .figure = "mean_gap",
                        .historical = true};
    scene_open(&scene, &options);
    scene_rhythm(&scene, "C1", 4, 10, 0, 100);
    scene_settle(&scene);
    scene_wait(&scene, 17);
    assert_int_equal(rules_version(&scene), 1);
    scene_forget(&scene);
    turns_restart(scene.turns); // with the same ones
    scene_settle(&scene);
    assert_int_equal(rules_version(&scene), 1);
    assert_null(scene_change(&scene, "C1", "risk.overdue"));
    options.overdue.factor_ppm = 1500000;
    scene_start_anew(&scene, &options);
    scene_settle(&scene);
    assert_int_equal(rules_version(&scene), 2);
    scene_expect_change(&scene, &told);
    scene_expect_card(&scene, &told);
    json_t *summary = scene_ask(&scene, "/v1/summary"); // and no movement of this month
    size_t i;
    const json_t *movement;
    json_array_foreach (json_object_get(summary, "movements"), i, movement)
        assert_string_not_equal(scene_text(movement, "dimension"), "risk.overdue");
    json_decref(summary);
    scene_close(&scene);
}

// Events that came while the rules were changed are news; what the rules move of the same customer is not.
static void an_event_does_not_make_news_of_the_rules(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    struct told fall = {.customer = "P3", .dimension = "value.abc", .before = "A", .after = "B", .historical = true};
    struct told complaint = {.customer = "P3",
                             .dimension = "care.status",
                             .before = "ordinary",
                             .after = "complaining",
                             .event = "app/complaint"};
    scene_open(&scene, &options);
    for (int i = 0; i < 5; i++) {
        char customer[16];
        snprintf(customer, sizeof customer, "P%d", i);
        scene_rhythm(&scene, customer, 4, 10, 0, 100 * (i + 1)); // from one fifteenth of all sales to five
    }
    scene_settle(&scene);
    scene_wait(&scene, 1);
    scene_forget(&scene);
    options.abc.cut_a_ppm = 200000;
    options.abc.margin_ppm = 0;
    scene_start_anew(&scene, &options);
    scene_tell(&scene, "complaint", "P3", 0, false, "\"complaintOpened\": {\"complaintId\": \"k\"}");
    scene_settle(&scene);
    scene_expect_change(&scene, &fall);
    scene_expect_change(&scene, &complaint);
    scene_close(&scene);
}

// The listening address decides nothing about customers.
static void another_address_is_no_other_rule(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    scene_rhythm(&scene, "C1", 4, 10, 0, 100);
    scene_settle(&scene);
    options.listen = (struct config_address){.text = "127.0.0.1:7499", .host = "127.0.0.1", .port = 7499};
    scene_start_anew(&scene, &options);
    scene_settle(&scene);
    assert_int_equal(rules_version(&scene), 1);
    scene_close(&scene);
}

// --- the models

static Tend__V1__PurchaseModel *last_model(struct scene *scene)
{
    const struct record *record;
    Tend__V1__PurchaseModel *model = NULL;
    while ((record = scene_hear(scene, TEND__V1__RECORD_TYPE__RECORD_TYPE_MODEL)) != NULL) {
        if (model != NULL)
            tend__v1__purchase_model__free_unpacked(model, NULL);
        model = tend__v1__purchase_model__unpack(NULL, record->length, record->payload);
        assert_non_null(model);
    }
    assert_non_null(model);
    return model;
}

static void too_few_customers_are_said_to_be_too_few(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    scene_people(&scene, 5, 100);
    scene_settle(&scene);
    scene_wait(&scene, 1);
    scene.heard = 0;
    Tend__V1__PurchaseModel *told = last_model(&scene);
    assert_string_equal(told->status, "too few customers");
    assert_string_not_equal(told->note, "");
    assert_int_equal(told->customers, 5);
    json_t *summary = scene_ask(&scene, "/v1/summary");
    const json_t *model = json_object_get(summary, "model");
    assert_string_equal(scene_text(model, "status"), told->status);
    assert_string_equal(scene_text(model, "note"), told->note);
    assert_string_equal(scene_text(model, "kind"), told->kind);
    tend__v1__purchase_model__free_unpacked(told, NULL);
    json_decref(summary);
    scene_close(&scene);
}

// Two hundred that buy at their own pace and leave by and by.
static void tell_of_buyers(struct scene *scene, int count)
{
    struct dice dice = dice_of(7);
    for (int i = 0; i < count; i++) {
        char customer[16], id[32];
        double gap = 5 + 40 * dice_uniform(&dice);
        int number = 0;
        snprintf(customer, sizeof customer, "B%d", i);
        for (double ago = 360 * dice_uniform(&dice) + 1; ago >= 0; ago -= gap * (0.2 - log(dice_uniform(&dice)))) {
            snprintf(id, sizeof id, "b%d-%d", i, number++);
            scene_place(scene, &(struct scene_order){.id = id,
                                                     .customer = customer,
                                                     .days_ago = (int)ago,
                                                     .units = 20 + (int)(200 * dice_uniform(&dice)),
                                                     .cost = -1,
                                                     .historical = true});
            if (dice_uniform(&dice) < 0.25)
                break;
        }
    }
}

static void a_good_fit_is_told_and_used(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    options.model.least_customers = 100;
    options.model.least_repeaters = 50;
    scene_open(&scene, &options);
    tell_of_buyers(&scene, 200);
    scene_settle(&scene);
    scene_wait(&scene, 1);
    scene.heard = 0;
    Tend__V1__PurchaseModel *told = last_model(&scene);
    assert_string_equal(told->status, "good");
    assert_string_equal(told->kind, "mbg");
    assert_string_equal(told->note, "");
    assert_true(told->n_parameters >= 4);
    assert_true(told->customers >= 200);
    tend__v1__purchase_model__free_unpacked(told, NULL);
    json_t *summary = scene_ask(&scene, "/v1/summary"),
           *why = scene_ask(&scene, "/v1/customers/B1/why?dimension=value.clv");
    assert_string_equal(scene_text(json_object_get(summary, "model"), "status"), "good");
    assert_non_null(strstr(scene_text(json_object_get(why, "now"), "note"), "purchase model"));
    json_decref(summary);
    json_decref(why);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_of_arrival_gives_the_same_cards),
        cmocka_unit_test(a_restart_gives_the_same_cards),
        cmocka_unit_test(a_restart_keeps_the_lists),
        cmocka_unit_test(other_rules_are_counted_and_what_they_move_is_history),
        cmocka_unit_test(an_event_does_not_make_news_of_the_rules),
        cmocka_unit_test(another_address_is_no_other_rule),
        cmocka_unit_test(too_few_customers_are_said_to_be_too_few),
        cmocka_unit_test(a_good_fit_is_told_and_used),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
