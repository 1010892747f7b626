// What people decide instead of the figures, through the service: the decision counts while it lasts, the machine's
// value stays beside it, what is refused changes nothing; and what a class is due is told with the class.
#include "unit/scene.h"

static void decide(struct scene *scene, const char *id, const char *dimension, const char *value, const char *by,
                   const char *until)
{
    scene_tell(scene, id, "C1", 0, false,
               "\"valueOverridden\": {\"dimension\": \"%s\", \"value\": \"%s\", \"by\": \"%s\", \"until\": \"%s\", "
               "\"reason\": \"a pilot with us\"}",
               dimension, value, by, until);
}

// A small customer among large ones: class C.
static void open_small(struct scene *scene)
{
    struct scoring_options options = defaults_of_scoring();
    scene_open(scene, &options);
    scene_people(scene, 4, 100);
    scene_rhythm(scene, "C1", 4, 10, 0, 10);
    scene_settle(scene);
    scene_wait(scene, 1);
    // Cards are as of the newest event.
    scene_tell(scene, "call", "P0", 0, true, "\"contactLogged\": {\"outcome\": \"reached\"}");
    scene_settle(scene);
    scene_forget(scene);
}

static void expect_same_card(struct scene *scene, const char *before)
{
    char *after = scene_card(scene, "C1");
    if (strcmp(before, after) != 0)
        fail_msg("%s", scene_difference(before, after));
    free(after);
}

static const struct told is_b = {.customer = "C1",
                                 .dimension = "value.abc",
                                 .before = "C",
                                 .after = "B",
                                 .rule = "abc 65/85",
                                 .figure = "net_sales",
                                 .event = "app/decision"};

static void a_decision_counts_beside_the_figures(void **unused)
{
    (void)unused;
    struct scene scene;
    char until[DAY_TEXT_BYTES];
    open_small(&scene);
    decide(&scene, "decision", "value.abc", "b", "wang", scene_day(&scene, 3, until)); // nobody need know large letters
    scene_settle(&scene);
    scene_expect_change(&scene, &is_b);
    Tend__V1__ValueChanged *change = scene_change(&scene, "C1", "value.abc");
    assert_string_equal(change->note, "decided by wang until 2026-01-05: a pilot with us");
    tend__v1__value_changed__free_unpacked(change, NULL);
    scene_expect_card(&scene, &is_b);
    scene_expect_list(&scene, &is_b);
    scene_expect_why(&scene, &is_b, true);
    scene_expect_then(&scene, &is_b, -1, "C");
    json_t *card = scene_ask(&scene, "/v1/customers/C1");
    const json_t *dimension = scene_dimension(card, "value.abc"), *decision = json_object_get(dimension, "overridden");
    assert_string_equal(scene_text(dimension, "machine"), "C");
    assert_string_equal(scene_text(decision, "value"), "B");
    assert_string_equal(scene_text(decision, "by"), "wang");
    assert_string_equal(scene_text(decision, "reason"), "a pilot with us");
    assert_string_equal(scene_text(decision, "until"), until);
    assert_string_equal(scene_text(decision, "since"), "2026-01-02T10:00:00Z");
    json_decref(card);
    json_t *why = scene_ask(&scene, "/v1/customers/C1/why?dimension=value.abc");
    assert_non_null(strstr(scene_text(json_object_get(why, "now"), "note"), "decided by wang"));
    json_decref(why);
    scene_close(&scene);
}

// On its last day it still counts; the next day begins without it, and that is no history.
static void a_decision_ends_by_the_clock(void **unused)
{
    (void)unused;
    struct scene scene;
    char until[DAY_TEXT_BYTES];
    struct told over = is_b;
    over.before = "B";
    over.after = "C";
    over.event = NULL;
    open_small(&scene);
    decide(&scene, "decision", "value.abc", "B", "wang", scene_day(&scene, 3, until));
    scene_settle(&scene);
    scene_forget(&scene);
    scene_wait(&scene, 3);
    assert_null(scene_change(&scene, "C1", "value.abc"));
    assert_true(scene_is_listed(&scene, "C1", "value.abc", "B"));
    scene_wait(&scene, 1);
    scene_expect_change(&scene, &over);
    scene_expect_card(&scene, &over);
    scene_expect_list(&scene, &over);
    json_t *card = scene_ask(&scene, "/v1/customers/C1");
    assert_null(json_object_get(scene_dimension(card, "value.abc"), "overridden"));
    assert_null(json_object_get(scene_dimension(card, "value.abc"), "machine"));
    json_decref(card);
    scene_close(&scene);
}

static void a_decision_is_taken_back(void **unused)
{
    (void)unused;
    struct scene scene;
    struct told back = is_b;
    back.before = "B";
    back.after = "C";
    back.event = "app/back";
    open_small(&scene);
    decide(&scene, "decision", "value.abc", "B", "wang", "");
    scene_settle(&scene);
    scene_wait(&scene, 30); // without a last day it stays
    assert_true(scene_is_listed(&scene, "C1", "value.abc", "B"));
    scene_forget(&scene);
    decide(&scene, "back", "value.abc", "", "wang", "");
    scene_settle(&scene);
    scene_expect_change(&scene, &back);
    scene_expect_list(&scene, &back);
    scene_close(&scene);
}

// The order of arrival is not the order of decisions.
static void the_newest_decision_counts(void **unused)
{
    (void)unused;
    struct scene scene;
    open_small(&scene);
    decide(&scene, "newer", "value.abc", "B", "wang", "");
    scene_settle(&scene);
    scene_tell(&scene, "older", "C1", 1, false,
               "\"valueOverridden\": {\"dimension\": \"value.abc\", \"value\": \"A\", \"by\": \"li\"}");
    scene_settle(&scene);
    assert_true(scene_is_listed(&scene, "C1", "value.abc", "B"));
    json_t *card = scene_ask(&scene, "/v1/customers/C1");
    const json_t *decision = json_object_get(scene_dimension(card, "value.abc"), "overridden");
    assert_string_equal(scene_text(decision, "by"), "wang");
    json_decref(card);
    scene_close(&scene);
}

static void what_is_refused_changes_nothing(void **unused)
{
    (void)unused;
    static const struct {
        const char *dimension, *value, *by, *until;
    } rows[] = {
        {"value.colour", "B", "wang", ""},         // no such dimension
        {"value.abc", "D", "wang", ""},            // no such class
        {"value.face", "black", "", "2027-01-01"}, // nobody answers for it
        {"value.face", "black", "wang", ""},       // and no day to look again
        {"risk.overdue", "perhaps", "wang", ""},
        {"", "", "", ""},
    };
    struct scene scene;
    open_small(&scene);
    char *before = scene_card(&scene, "C1");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char id[16];
        snprintf(id, sizeof id, "r%zu", i);
        decide(&scene, id, rows[i].dimension, rows[i].value, rows[i].by, rows[i].until);
    }
    scene_settle(&scene);
    expect_same_card(&scene, before);
    assert_null(scene_hear(&scene, TEND__V1__RECORD_TYPE__RECORD_TYPE_VALUE_CHANGED));
    free(before);
    scene_close(&scene);
}

// Influence without profit is never computed, only said, by somebody and until a day.
static void a_black_face_is_set_by_people(void **unused)
{
    (void)unused;
    struct scene scene;
    char until[DAY_TEXT_BYTES];
    struct told black = {.customer = "C1", .dimension = "value.face", .before = "none", .after = "black"};
    open_small(&scene);
    decide(&scene, "decision", "value.face", "black", "the board", scene_day(&scene, 90, until));
    scene_settle(&scene);
    scene_expect_list(&scene, &black);
    json_t *card = scene_ask(&scene, "/v1/customers/C1");
    const json_t *decision = json_object_get(scene_dimension(card, "value.face"), "overridden");
    assert_string_equal(scene_text(decision, "by"), "the board");
    json_decref(card);
    scene_close(&scene);
}

static void decisions_outlast_a_restart(void **unused)
{
    (void)unused;
    struct scene scene;
    char until[DAY_TEXT_BYTES];
    open_small(&scene);
    decide(&scene, "decision", "value.abc", "B", "wang", scene_day(&scene, 3, until));
    scene_settle(&scene);
    char *before = scene_card(&scene, "C1");
    scene_forget(&scene);
    turns_restart(scene.turns);
    scene_settle(&scene);
    expect_same_card(&scene, before);
    assert_true(scene_is_listed(&scene, "C1", "value.abc", "B"));
    assert_null(scene_hear(&scene, TEND__V1__RECORD_TYPE__RECORD_TYPE_VALUE_CHANGED));
    scene_wait(&scene, 4);
    assert_true(scene_is_listed(&scene, "C1", "value.abc", "C"));
    free(before);
    scene_close(&scene);
}

// --- what a class is due

static void expect_policy(struct scene *scene, const char *customer, const char *before, const char *class,
                          const struct policy_due *due, bool historical)
{
    const struct record *record;
    while ((record = scene_hear(scene, TEND__V1__RECORD_TYPE__RECORD_TYPE_CLASS_POLICY)) != NULL) {
        Tend__V1__ClassPolicy *policy = tend__v1__class_policy__unpack(NULL, record->length, record->payload);
        assert_non_null(policy);
        bool other = strcmp(policy->customer_id, customer) != 0;
        if (!other) {
            assert_string_equal(policy->before, before);
            assert_string_equal(policy->class_, class);
            assert_int_equal(policy->discount_ppm, due->discount_ppm);
            assert_int_equal(policy->credit_days, due->credit_days);
            assert_int_equal(policy->shortest_silence_days, due->shortest_days);
            assert_int_equal(policy->longest_silence_days, due->longest_days);
            assert_string_equal(policy->service, due->service);
            assert_true(policy->historical == historical);
            assert_int_equal(policy->time->seconds, scene->now_ms / 1000);
        }
        tend__v1__class_policy__free_unpacked(policy, NULL);
        if (!other)
            return;
    }
    fail_msg("no policy of %s was said", customer);
}

static void what_a_class_is_due_is_told_with_it(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    const struct policies *policies = &options.judging.policies;
    options.judging.policies.a.discount_ppm = 50000;
    options.judging.policies.a.credit_days = 60;
    options.judging.policies.b.credit_days = 30;
    scene_open(&scene, &options);
    scene_rhythm(&scene, "C1", 1, 1, 3, 100);
    scene_settle(&scene);
    expect_policy(&scene, "C1", "", "A", &policies->a, true); // the first class is one, too
    scene_wait(&scene, 1);
    scene_forget(&scene);
    scene_place(&scene, &(struct scene_order){.id = "big", .customer = "C2", .units = 5000, .cost = -1});
    scene_settle(&scene);
    expect_policy(&scene, "C1", "A", "C", &policies->c, false);
    scene_forget(&scene);
    decide(&scene, "decision", "value.abc", "B", "wang", "");
    scene_settle(&scene);
    expect_policy(&scene, "C1", "C", "B", &policies->b, false); // a person's class is the one that counts
    json_t *card = scene_ask(&scene, "/v1/customers/C1");
    const json_t *policy = json_object_get(json_object_get(card, "detail"), "policy");
    assert_string_equal(scene_text(policy, "class"), "B");
    assert_int_equal(json_integer_value(json_object_get(policy, "creditDays")), 30);
    json_decref(card);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decision_counts_beside_the_figures),
        cmocka_unit_test(a_decision_ends_by_the_clock),
        cmocka_unit_test(a_decision_is_taken_back),
        cmocka_unit_test(the_newest_decision_counts),
        cmocka_unit_test(what_is_refused_changes_nothing),
        cmocka_unit_test(a_black_face_is_set_by_people),
        cmocka_unit_test(decisions_outlast_a_restart),
        cmocka_unit_test(what_a_class_is_due_is_told_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
