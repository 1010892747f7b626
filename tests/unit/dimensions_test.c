// Every dimension, through the service: events come, time passes, and the change is said, shown on the card, found by
// the list and explained, now and as of the day before.
#include "unit/scene.h"

// --- what is known at first, and what happens then

static void place(struct scene *scene, const char *id, int units)
{
    scene_place(scene, &(struct scene_order){.id = id, .customer = "C1", .units = units, .cost = -1});
}

static void two_customers(struct scene *scene)
{
    scene_rhythm(scene, "C1", 1, 1, 9, 1000);
    scene_rhythm(scene, "C2", 1, 1, 8, 900);
}

static void other_buys_much(struct scene *scene)
{
    scene_place(scene, &(struct scene_order){.id = "big", .customer = "C2", .units = 9000, .cost = -1});
}

static void buys_every_ten_days(struct scene *scene)
{
    scene_rhythm(scene, "C1", 4, 10, 0, 100);
}

static void nothing(struct scene *scene)
{
    (void)scene;
}

static void few_gaps_suffice(struct scoring_options *options)
{
    options->drop.sample = 3;
    options->overdue.repeats = 1000;
}

static void small_among_many(struct scene *scene)
{
    scene_people(scene, 11, 100);
    scene_rhythm(scene, "C1", 4, 10, 0, 10);
}

static void buys_most(struct scene *scene)
{
    place(scene, "big", 90000);
}

static void large_for_half_a_year(struct scene *scene)
{
    scene_people(scene, 11, 100);
    scene_rhythm(scene, "C1", 8, 30, 1, 1000);
}

static void costs_much(struct scene *scene)
{
    scene_tell(scene, "trip", "C1", 0, false,
               "\"costRecorded\": {\"kind\": \"visit\", \"amount\": \"50000.00 EUR\", \"what\": \"three visits\"}");
}

static void chances_of_few(struct scoring_options *options)
{
    options->judging.clv.dwyer.least = 1;
}

static void buys_at_discounts(struct scene *scene)
{
    for (int i = 0; i < 3; i++) {
        char id[16];
        snprintf(id, sizeof id, "d%d", i);
        scene_place(scene, &(struct scene_order){.id = id,
                                                 .customer = "C1",
                                                 .days_ago = 5 * i,
                                                 .units = 100,
                                                 .discount = 30,
                                                 .cost = -1,
                                                 .historical = true});
    }
}

static void buys_at_full_price(struct scene *scene)
{
    place(scene, "full", 100);
}

static void great_volume_low_margin(struct scene *scene)
{
    for (int i = 0; i < 4; i++) {
        char id[16];
        snprintf(id, sizeof id, "v%d", i);
        scene_place(scene,
                    &(struct scene_order){
                        .id = id, .customer = "C1", .days_ago = 10 * i, .units = 1000, .cost = 95, .historical = true});
    }
}

static void buys_with_margin(struct scene *scene)
{
    scene_place(scene, &(struct scene_order){.id = "rich", .customer = "C1", .units = 1000, .cost = 10});
}

static const struct policy_row gold_or_rest[] = {
    {.name = "gold",
     .top_ppm = POLICY_UNSET,
     .growth_ppm = POLICY_UNSET,
     .growth_years = POLICY_UNSET,
     .cooperation = 4,
     .loyalty = POLICY_UNSET,
     .satisfaction = POLICY_UNSET,
     .tenure_days = POLICY_UNSET,
     .orders = POLICY_UNSET,
     .margin_ppm = POLICY_UNSET},
    {.name = "rest",
     .top_ppm = POLICY_UNSET,
     .growth_ppm = POLICY_UNSET,
     .growth_years = POLICY_UNSET,
     .cooperation = POLICY_UNSET,
     .loyalty = POLICY_UNSET,
     .satisfaction = POLICY_UNSET,
     .tenure_days = POLICY_UNSET,
     .orders = POLICY_UNSET,
     .margin_ppm = POLICY_UNSET},
};

static void two_classes(struct scoring_options *options)
{
    options->judging.policy.rows = gold_or_rest;
    options->judging.policy.row_count = 2;
}

static void is_rated(struct scene *scene)
{
    scene_tell(scene, "rated", "C1", 0, false, "\"cooperationRated\": {\"score\": 5, \"loyalty\": 5}");
}

static void ratings_weigh_thrice(struct scoring_options *options)
{
    options->judging.loyalty.rating_weight = 3;
}

static void competitor_is_seen(struct scene *scene)
{
    scene_tell(scene, "rival", "C1", 0, false,
               "\"competitorSeen\": {\"who\": \"Acme\", \"what\": \"a cheaper offer\"}");
}

static void bought_once(struct scene *scene)
{
    scene_rhythm(scene, "C1", 1, 1, 5, 100);
}

static void buys_again(struct scene *scene)
{
    place(scene, "again", 100);
}

static void buys_for_half_a_year(struct scene *scene)
{
    scene_rhythm(scene, "C1", 19, 10, 0, 100);
}

static void one_of_many(struct scene *scene)
{
    scene_people(scene, 24, 100);
    scene_rhythm(scene, "C1", 12, 5, 0, 100);
}

static void is_called(struct scene *scene)
{
    scene_tell(scene, "call", "C1", 1, true,
               "\"contactLogged\": {\"channel\": \"phone\", \"outcome\": \"reached\", \"minutes\": 5}");
}

static void plans(struct scene *scene)
{
    scene_tell(scene, "lead", "C1", 0, false, "\"leadUpdated\": {\"stage\": \"plans\"}");
}

static void intends(struct scene *scene)
{
    scene_tell(scene, "lead", "C1", 0, false, "\"leadUpdated\": {\"intention\": 4}");
}

static void is_hot(struct scene *scene)
{
    scene_tell(scene, "hot", "C1", 0, true, "\"leadUpdated\": {\"temperature\": \"hot\"}");
}

static void will_order_in_20_days(struct scene *scene)
{
    char day[DAY_TEXT_BYTES];
    scene_tell(scene, "lead", "C1", 0, true,
               "\"leadUpdated\": {\"expectedOrderDate\": \"%s\", \"expectedQuantityMilli\": 5000}",
               scene_day(scene, 20, day));
}

static void three_of_four(struct scene *scene)
{
    scene_tell(scene, "lead", "C1", 1, true,
               "\"leadUpdated\": {\"need\": \"yes\", \"power\": \"yes\", \"decision\": \"yes\"}");
}

static void credit_is_good(struct scene *scene)
{
    scene_tell(scene, "credit", "C1", 0, false, "\"leadUpdated\": {\"credit\": \"yes\"}");
}

static void says_four(struct scene *scene)
{
    scene_rhythm(scene, "C1", 4, 10, 0, 100);
    scene_tell(scene, "four", "C1", 3, true, "\"surveyAnswered\": {\"score\": 4}");
}

static void says_one(struct scene *scene)
{
    scene_tell(scene, "one", "C1", 0, false, "\"surveyAnswered\": {\"score\": 1, \"expected\": 4}");
}

static void complains(struct scene *scene)
{
    scene_tell(scene, "complaint", "C1", 0, false,
               "\"complaintOpened\": {\"complaintId\": \"k1\", \"what\": \"scratches\"}");
}

static void brings_another(struct scene *scene)
{
    scene_tell(scene, "referral", "C1", 0, false, "\"referralMade\": {\"otherCustomerId\": \"C7\"}");
}

static void file_is_sent(struct scene *scene)
{
    scene_tell(scene, "file", "C1", 0, false,
               "\"customerUpserted\": {\"name\": \"Blue Sea\", \"ownerRepId\": \"amy\"}");
}

static const struct scheme_options by_pieces[] = {{.name = "volume",
                                                   .measure = TERMS_QUANTITY,
                                                   .cut_a_ppm = 650000,
                                                   .cut_b_ppm = 850000,
                                                   .margin_ppm = 10000,
                                                   .window_days = 365}};

static void classes_by_pieces(struct scoring_options *options)
{
    options->schemes = (struct schemes_options){.items = by_pieces, .count = 1};
}

static void buys_many_pieces(struct scene *scene)
{
    scene_place(scene, &(struct scene_order){.id = "many", .customer = "C1", .units = 10, .pieces = 9000, .cost = -1});
}

// --- the stories

struct story_row {
    void (*choose)(struct scoring_options *options); // NULL: the defaults
    void (*begin)(struct scene *scene);              // what is known the day before
    void (*happen)(struct scene *scene);
    int days; // that pass after it
    struct told told;
};

#define TOLD(dimension_, before_, after_, rule_, figure_, event_)                                             \
    {                                                                                                         \
        .customer = "C1", .dimension = (dimension_), .before = (before_), .after = (after_), .rule = (rule_), \
        .figure = (figure_), .event = (event_)                                                                \
    }

static const struct story_row stories[] = {
    {NULL, two_customers, other_buys_much, 0,
     TOLD("value.abc", "A", "C", "abc 65/85, net sales of 365 days", "threshold_a", "app/big")},
    {NULL, buys_every_ten_days, nothing, 21, TOLD("risk.overdue", "no", "yes", "overdue", "mean_gap", "app/C1-3-0")},
    {few_gaps_suffice, buys_every_ten_days, nothing, 12,
     TOLD("risk.drop", "no", "yes", "drop", "usual_gap", "app/C1-3-0")},
    {NULL, small_among_many, buys_most, 0,
     TOLD("value.tier", "small", "important", "tier: the largest 1/20/50 %", "threshold_important", "app/big")},
    {chances_of_few, large_for_half_a_year, costs_much, 0,
     TOLD("value.clv", "vip", "abandon", "abandon: costs more", "cost_to_serve", "app/trip")},
    {NULL, buys_at_discounts, buys_at_full_price, 0,
     TOLD("value.kind", "transactional", "relational:best", "relational", "sales", "app/full")},
    {NULL, great_volume_low_margin, buys_with_margin, 0, TOLD("value.face", "white", "none", NULL, NULL, "app/rich")},
    {two_classes, buys_every_ten_days, is_rated, 0,
     TOLD("value.policy", "rest", "gold", "gold", "cooperation", "app/rated")},
    {NULL, buys_every_ten_days, competitor_is_seen, 0,
     TOLD("demand.state", "full", "falling", "competitor", "mean_gap", "app/rival")},
    {NULL, bought_once, buys_again, 0,
     TOLD("demand.lifecycle", "purchase", "repeat", NULL, "purchase_days", "app/again")},
    {NULL, buys_for_half_a_year, nothing, 60,
     TOLD("risk.declining", "no", "yes", "declining", "last_window", "app/C1-18-0")},
    {NULL, buys_every_ten_days, competitor_is_seen, 0,
     TOLD("risk.rival", "no", "yes", "rival", "newest_sign", "app/rival")},
    {NULL, one_of_many, buys_most, 0, TOLD("risk.concentration", "no", "yes", "concentration", "share", "app/big")},
    {NULL, is_called, plans, 0, TOLD("lead.stage", "", "plans", "stage", "since", "app/lead")},
    {NULL, is_called, intends, 0, TOLD("lead.intention", "", "good", "intention", "level", "app/lead")},
    {NULL, is_hot, nothing, 15, TOLD("lead.temperature", "hot", "warm", "hot becomes warm", "last_touch", NULL)},
    {NULL, will_order_in_20_days, nothing, 5, TOLD("lead.horizon", "B", "A", "horizon", "days_ahead", NULL)},
    {NULL, three_of_four, credit_is_good, 0, TOLD("lead.qualified", "open", "yes", "qualified", "yes", "app/credit")},
    {NULL, says_four, says_one, 0, TOLD("care.satisfaction", "content", "alarm", "alarm", "answer", "app/one")},
    {NULL, buys_every_ten_days, complains, 0,
     TOLD("care.status", "ordinary", "complaining", "a complaint is open", "open_complaints", "app/complaint")},
    {NULL, buys_every_ten_days, brings_another, 0,
     TOLD("care.advocacy", "1", "2", "of 3", "referrals", "app/referral")},
    {ratings_weigh_thrice, buys_every_ten_days, is_rated, 0,
     TOLD("care.loyalty", "3", "4", "of 5", "rated", "app/rated")},
    {NULL, small_among_many, file_is_sent, 0,
     TOLD("file.completeness", "empty", "partial", "completeness", "known", "app/file")},
    {classes_by_pieces, small_among_many, buys_many_pieces, 0,
     TOLD("value.abc.volume", "C", "A", "quantity of 365 days", "quantity", "app/many")},
};

static void a_dimension_tells_its_story(void **state)
{
    const struct story_row *row = *state;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    if (row->choose != NULL)
        row->choose(&options);
    scene_open(&scene, &options);
    row->begin(&scene);
    scene_settle(&scene);
    scene_wait(&scene, 2); // the first round has judged everybody
    scene_forget(&scene);
    row->happen(&scene);
    scene_settle(&scene);
    scene_wait(&scene, row->days);
    scene_expect_change(&scene, &row->told);
    scene_expect_card(&scene, &row->told);
    scene_expect_list(&scene, &row->told);
    scene_expect_why(&scene, &row->told, true);
    scene_expect_then(&scene, &row->told, -1 - row->days, row->told.before);
    scene_close(&scene);
}

// Nothing is left out: a dimension without a story is one that is not told.
static void every_told_dimension_has_a_story(void **unused)
{
    (void)unused;
    const char *schemes[] = {"volume"};
    const struct dimension_names names = {.schemes = schemes, .scheme_count = 1};
    char name[DIMENSION_NAME_BYTES];
    for (size_t i = 0; i < dimension_count(&names); i++) {
        bool found = !dimension_told((enum dimension)i);
        dimension_name(&names, (enum dimension)i, name);
        for (size_t row = 0; row < sizeof stories / sizeof stories[0]; row++)
            found = found || strcmp(stories[row].told.dimension, name) == 0;
        if (!found)
            fail_msg("%s has no story", name);
    }
}

// What history brought about is said as history.
static void history_is_said_as_history(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    struct told told = TOLD("care.status", "ordinary", "complaining", NULL, "open_complaints", "app/old");
    told.historical = true;
    scene_open(&scene, &options);
    buys_every_ten_days(&scene);
    scene_settle(&scene);
    scene_wait(&scene, 1);
    scene_forget(&scene);
    scene_tell(&scene, "old", "C1", 0, true, "\"complaintOpened\": {\"complaintId\": \"k1\", \"what\": \"scratches\"}");
    scene_settle(&scene);
    scene_expect_change(&scene, &told);
    scene_close(&scene);
}

// --- the two that are only asked for

static void scores_and_next_orders_are_answered_and_not_told(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    struct told score = TOLD("value.rfm", "", "555", "rfm", "r", NULL);
    struct told next = TOLD("demand.next_order", "later", "soon", "next order", "median_gap", NULL);
    scene_open(&scene, &options);
    buys_every_ten_days(&scene);
    scene_settle(&scene);
    scene_wait(&scene, 1);
    assert_true(scene_is_listed(&scene, "C1", "demand.next_order", "later"));
    scene_wait(&scene, 3);
    assert_null(scene_change(&scene, "C1", score.dimension));
    scene.heard = 0;
    assert_null(scene_change(&scene, "C1", next.dimension));
    json_t *card = scene_ask(&scene, "/v1/customers/C1");
    score.after = scene_text(scene_dimension(card, "value.rfm"), "value");
    assert_int_equal(strlen(score.after), 3);
    scene_expect_card(&scene, &score);
    scene_expect_list(&scene, &score);
    scene_expect_card(&scene, &next);
    scene_expect_list(&scene, &next);
    scene_expect_why(&scene, &next, false);
    json_decref(card);
    json_t *why = scene_ask(&scene, "/v1/customers/C1/why?dimension=demand.next_order&at=2026-01-02");
    assert_null(json_object_get(why, "then")); // it was later, but that is not kept
    json_decref(why);
    scene_close(&scene);
}

// A 1 in a survey is told in the turn that it came in, whatever round or hour it is.
static void an_alarm_is_told_in_its_turn(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    struct told told = TOLD("care.satisfaction", "", "alarm", "alarm: answered 1 of 5", "answer", "app/one");
    scene_open(&scene, &options);
    buys_every_ten_days(&scene);
    scene_settle(&scene);
    scene_forget(&scene);
    says_one(&scene);
    uint64_t before = turns_last(scene.turns);
    turns_run(scene.turns, scene.now_ms); // the clock stands still
    assert_true(turns_last(scene.turns) > before);
    scene_expect_change(&scene, &told);
    scene_expect_card(&scene, &told);
    assert_true(scene_is_listed(&scene, "C1", "care.satisfaction", "alarm"));
    json_t *list = scene_ask(&scene, "/v1/customers?at_risk=1");
    assert_int_equal(json_array_size(json_object_get(list, "customers")), 1);
    json_decref(list);
    scene_close(&scene);
}

// Somebody of whom only a lead is known has a lead's values and no class, and is no buyer in the summary.
static void a_lead_alone_has_no_class(void **unused)
{
    (void)unused;
    static const char *const unknown[] = {"value.abc", "value.tier",         "value.rfm",
                                          "value.clv", "value.kind",         "risk.overdue",
                                          "risk.drop", "risk.concentration", "risk.declining"};
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    plans(&scene);
    scene_settle(&scene);
    const struct record *told = scene_hear(&scene, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE);
    assert_non_null(told);
    Tend__V1__CustomerValue *value = tend__v1__customer_value__unpack(NULL, told->length, told->payload);
    assert_int_equal(value->abc, TEND__V1__ABC_CLASS__ABC_CLASS_UNSPECIFIED);
    tend__v1__customer_value__free_unpacked(value, NULL);
    json_t *card = scene_ask(&scene, "/v1/customers/C1");
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        if (strcmp(scene_text(scene_dimension(card, unknown[i]), "value"), "") != 0)
            fail_msg("%s is '%s'", unknown[i], scene_text(scene_dimension(card, unknown[i]), "value"));
    assert_string_equal(scene_text(card, "abc"), "");
    assert_string_equal(scene_text(scene_dimension(card, "lead.stage"), "value"), "plans");
    assert_string_equal(scene_text(scene_dimension(card, "demand.lifecycle"), "value"), "awareness");
    json_decref(card);
    assert_false(scene_is_listed(&scene, "C1", "value.abc", "C"));
    scene_wait(&scene, 2);
    assert_false(scene_is_listed(&scene, "C1", "value.abc", "C"));
    json_t *summary = scene_ask(&scene, "/v1/summary");
    assert_int_equal(json_integer_value(json_object_get(summary, "customersInWindow")), 0);
    size_t i;
    const json_t *row;
    json_array_foreach (json_object_get(summary, "classes"), i, row)
        assert_int_equal(json_integer_value(json_object_get(row, "customers")), 0);
    json_decref(summary);
    scene_close(&scene);
}

enum { STORIES = sizeof stories / sizeof stories[0] };

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(every_told_dimension_has_a_story),
        cmocka_unit_test(history_is_said_as_history),
        cmocka_unit_test(scores_and_next_orders_are_answered_and_not_told),
        cmocka_unit_test(an_alarm_is_told_in_its_turn),
        cmocka_unit_test(a_lead_alone_has_no_class),
    };
    struct CMUnitTest tests[STORIES + sizeof others / sizeof others[0]];
    for (size_t i = 0; i < STORIES; i++)
        tests[i] = (struct CMUnitTest){.name = stories[i].told.dimension,
                                       .test_func = a_dimension_tells_its_story,
                                       .initial_state = (void *)(uintptr_t)&stories[i]};
    memcpy(tests + STORIES, others, sizeof others);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
