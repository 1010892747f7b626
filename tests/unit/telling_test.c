// What the scheduler is told of a customer (CustomerValue): each field, when it is told and when not.
#include "unit/telling.h"

// --- each field

static void a_lead_is_told(void **unused)
{
    (void)unused;
    struct scene scene;
    char day[DAY_TEXT_BYTES];
    begin(&scene);
    scene_forget(&scene);
    scene_tell(&scene, "lead", "C1", 0, false,
               "\"leadUpdated\": {\"stage\": \"LEAD_STAGE_PLANS\", \"temperature\": \"LEAD_TEMPERATURE_HOT\", "
               "\"expectedOrderDate\": \"%s\"}",
               scene_day(&scene, 5, day));
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_int_equal(value->abc, TEND__V1__ABC_CLASS__ABC_CLASS_UNSPECIFIED);
    assert_int_equal(value->orders, 0);
    assert_int_equal(value->orders_ever, 0);
    assert_int_equal(value->n_last_orders, 0);
    assert_null(value->last_order);
    assert_null(value->next_survey);
    assert_string_equal(value->first_order_day, "");
    assert_string_equal(value->currency, "EUR");
    assert_string_equal(standing(value, "lead.stage"), "plans");
    assert_string_equal(standing(value, "lead.temperature"), "hot");
    assert_string_equal(standing(value, "lead.horizon"), "H");
    assert_string_equal(standing(value, "value.tier"), "");
    assert_string_equal(value->expected_day, scene_day(&scene, 5, day));
    int dwell = (int)options.judging.lead.dwell_days[LEAD_PLANS];
    assert_string_equal(value->stage_limit_day, dwell > 0 ? scene_day(&scene, dwell + 1, day) : "");
    done(value);
    scene_close(&scene);
}

// Stuck from the day on that was told, and not before.
static void a_stage_is_stuck_from_its_limit_on(void **unused)
{
    (void)unused;
    struct scene scene;
    char day[DAY_TEXT_BYTES];
    begin(&scene);
    options.judging.lead.dwell_days[LEAD_PLANS] = 3;
    scene_start_anew(&scene, &options);
    scene_tell(&scene, "lead", "C1", 1, false, "\"leadUpdated\": {\"stage\": \"LEAD_STAGE_PLANS\"}");
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_string_equal(value->stage_limit_day, scene_day(&scene, 3, day));
    done(value);
    for (int ahead = 2; ahead >= 0; ahead--) {
        struct judgement judgement;
        scene_wait(&scene, 1);
        judge(scene.scoring, 0, &judgement);
        assert_int_equal(judgement.assessment.lead.stuck, ahead == 0);
    }
    scene_close(&scene);
}

// A stage that a person decided stands as long as that decision.
static void a_decided_stage_has_no_limit(void **unused)
{
    (void)unused;
    struct scene scene;
    begin(&scene);
    scene_tell(&scene, "lead", "C1", 1, false, "\"leadUpdated\": {\"stage\": \"LEAD_STAGE_PLANS\"}");
    scene_tell(&scene, "word", "C1", 0, false,
               "\"valueOverridden\": {\"dimension\": \"lead.stage\", \"value\": \"intends\", \"by\": \"amy\"}");
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_string_equal(standing(value, "lead.stage"), "intends");
    assert_string_equal(value->stage_limit_day, "");
    done(value);
    scene_close(&scene);
}

static void the_last_orders_in_words(void **unused)
{
    (void)unused;
    struct scene scene;
    char day[DAY_TEXT_BYTES];
    begin(&scene);
    order(&scene, "o1", 9, 100, TEA);
    order(&scene, "o2", 7, 200, TEA ", " POT);
    order(&scene, "o3", 5, 300, CUP);
    order(&scene, "o4", 3, 400, POT);
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_int_equal(value->n_last_orders, 3);
    assert_string_equal(value->last_orders[0]->order_id, "o4");
    assert_string_equal(value->last_orders[0]->day, scene_day(&scene, -3, day));
    assert_int_equal(value->last_orders[0]->micros, 400000000);
    assert_string_equal(value->last_orders[0]->what, "Teapot");
    assert_string_equal(value->last_orders[1]->what, "c9");
    assert_string_equal(value->last_orders[2]->what, "Teapot, Oolong tea");
    assert_int_equal(value->orders_ever, 4);
    done(value);
    scene_forget(&scene);
    // Other goods, and one that is no order any more; what is dated ahead is not yet.
    scene_tell(&scene, "e5", "C1", 2, false,
               "\"orderAmended\": {\"orderId\": \"o3\", \"total\": \"310.00 EUR\", \"lines\": [%s]}", TEA);
    scene_tell(&scene, "e6", "C1", 0, false, "\"orderCancelled\": {\"orderId\": \"o4\"}");
    order(&scene, "o7", -1, 500, CUP);
    scene_settle(&scene);
    value = told(&scene, "C1");
    assert_int_equal(value->n_last_orders, 3);
    assert_string_equal(value->last_orders[0]->order_id, "o3");
    assert_string_equal(value->last_orders[0]->what, "Oolong tea");
    assert_int_equal(value->last_orders[0]->micros, 310000000);
    assert_string_equal(value->last_orders[2]->order_id, "o1");
    done(value);
    scene_forget(&scene);
    scene_wait(&scene, 2); // the day of the last one has come
    value = told(&scene, "C1");
    assert_string_equal(value->last_orders[0]->order_id, "o7");
    assert_string_equal(value->last_orders[0]->what, "c9");
    assert_int_equal(value->orders_ever, 4);
    done(value);
    scene_close(&scene);
}

// A list of days without hours has many orders of one moment: what is said of the last one is all of the same one.
static void of_one_moment_the_largest(void **unused)
{
    (void)unused;
    for (int way = 0; way < 2; way++) {
        struct scene scene;
        begin(&scene);
        order(&scene, "o1", 5, way == 0 ? 1000 : 5, POT);
        order(&scene, "o2", 5, way == 0 ? 5 : 1000, CUP);
        scene_settle(&scene);
        Tend__V1__CustomerValue *value = told(&scene, "C1");
        assert_int_equal(value->last_order_micros, 1000000000);
        assert_int_equal(value->last_orders[0]->micros, 1000000000);
        assert_string_equal(value->last_orders[0]->what, way == 0 ? "Teapot" : "c9");
        done(value);
        scene_close(&scene);
    }
}

static void what_the_file_lacks(void **unused)
{
    (void)unused;
    struct scene scene;
    char day[DAY_TEXT_BYTES];
    begin(&scene);
    options.judging.completeness.classes[2].target_ppm = 750000;
    options.judging.completeness.classes[2].by_day = SCENE_START_DAY + 30;
    scene_start_anew(&scene, &options);
    scene_tell(&scene, "file", "C1", 0, false, "\"customerUpserted\": {\"name\": \"Blue Sea\"}");
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_int_equal(value->file_ppm, 250000); // of class C: name, owner, contact, phone
    assert_int_equal(value->file_target_ppm, 750000);
    assert_string_equal(value->file_by, scene_day(&scene, 30, day));
    assert_int_equal(value->n_file_missing, 3);
    assert_string_equal(value->file_missing[0], "owner");
    assert_string_equal(value->file_missing[1], "contact");
    assert_string_equal(value->file_missing[2], "phone");
    done(value);
    scene_tell(&scene, "more", "C1", -1, false,
               "\"customerUpserted\": {\"name\": \"Blue Sea\", \"ownerRepId\": \"amy\", "
               "\"contacts\": [{\"name\": \"Li\", \"phone\": \"+86 592 555 0143\"}]}");
    scene_settle(&scene);
    value = told(&scene, "C1");
    assert_int_equal(value->file_ppm, 1000000);
    assert_int_equal(value->n_file_missing, 0);
    done(value);
    scene_close(&scene);
}

// A survey after the purchase, and again after the answer.
static void when_to_ask(void **unused)
{
    (void)unused;
    struct scene scene;
    begin(&scene);
    order(&scene, "o1", 2, 100, TEA);
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    int64_t days = options.judging.satisfaction.ask_purchase_days;
    assert_int_equal(value->next_survey->seconds, (scene.now_ms + (days - 2) * DAY_MS) / 1000);
    done(value);
    scene_tell(&scene, "answer", "C1", 0, false, "\"surveyAnswered\": {\"score\": 4}");
    scene_settle(&scene);
    value = told(&scene, "C1");
    assert_int_equal(value->next_survey->seconds,
                     (scene.now_ms + options.judging.satisfaction.ask_days_a * DAY_MS) / 1000); // the only one is an A
    assert_string_equal(standing(value, "care.satisfaction"), "content");
    done(value);
    scene_close(&scene);
}

static void a_face_that_a_person_decided(void **unused)
{
    (void)unused;
    struct scene scene;
    char day[DAY_TEXT_BYTES];
    begin(&scene);
    order(&scene, "o1", 2, 100, TEA);
    scene_tell(&scene, "word", "C1", 0, false,
               "\"valueOverridden\": {\"dimension\": \"value.face\", \"value\": \"black\", \"by\": \"amy\", "
               "\"reason\": \"knows everybody\", \"until\": \"%s\"}",
               scene_day(&scene, 2, day));
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_string_equal(standing(value, "value.face"), "black");
    assert_string_equal(value->face_until, scene_day(&scene, 2, day));
    done(value);
    scene_wait(&scene, 2);
    scene_forget(&scene);
    scene_wait(&scene, 1);
    value = told(&scene, "C1");
    assert_string_not_equal(standing(value, "value.face"), "black");
    assert_string_equal(value->face_until, "");
    done(value);
    scene_close(&scene);
}

// By the rhythm, and by what a quote says, with its amount.
static void what_is_expected(void **unused)
{
    (void)unused;
    struct scene scene;
    char day[DAY_TEXT_BYTES];
    begin(&scene);
    scene_rhythm(&scene, "C1", 6, 10, 4, 100);
    scene_people(&scene, 4, 50);
    scene_settle(&scene);
    scene_wait(&scene, 1);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_string_equal(value->expected_day, scene_day(&scene, 5, day));
    assert_int_equal(value->expected_micros, 100000000);
    assert_int_equal(value->orders_ever, 6);
    done(value);
    scene_forget(&scene);
    scene_tell(&scene, "quote", "C1", 0, false,
               "\"quoteSent\": {\"quoteId\": \"q1\", \"what\": \"tea\", \"amount\": \"900.00 EUR\", "
               "\"expectedOrderDate\": \"%s\"}",
               scene_day(&scene, 12, day));
    scene_settle(&scene);
    value = told(&scene, "C1");
    assert_string_equal(value->expected_day, scene_day(&scene, 12, day));
    assert_int_equal(value->expected_micros, 900000000);
    struct judgement judgement;
    judge(scene.scoring, 0, &judgement);
    assert_true(value->future_micros > 0);
    assert_int_equal(value->future_micros, judgement.assessment.clv.future_micros);
    done(value);
    scene_close(&scene);
}

// All that a customer can be in, told at once.
static void what_holds(void **unused)
{
    (void)unused;
    static const char *const known[] = {"value.tier",        "value.clv",    "care.status",
                                        "care.satisfaction", "demand.state", "risk.declining"};
    struct scene scene;
    begin(&scene);
    scene_people(&scene, 10, 100);
    scene_rhythm(&scene, "C1", 20, 10, 4, 90000);
    scene_settle(&scene);
    scene_wait(&scene, 1);
    scene_forget(&scene);
    scene_tell(&scene, "complaint", "C1", 0, false,
               "\"complaintOpened\": {\"complaintId\": \"k1\", \"what\": \"late\"}");
    scene_tell(&scene, "answer", "C1", 0, false, "\"surveyAnswered\": {\"score\": 3}");
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (standing(value, known[i])[0] == '\0')
            fail_msg("%s is not told", known[i]);
    assert_string_equal(standing(value, "value.tier"), "important");
    assert_string_equal(standing(value, "care.status"), "complaining");
    assert_string_equal(standing(value, "care.satisfaction"), "indifferent");
    assert_string_equal(standing(value, "risk.declining"), "no");
    done(value);
    scene_close(&scene);
}

// Whatever of a brief changes, it is told; but what is expected only when it doubles or halves.
static void a_brief_differs_by_any_byte(void **unused)
{
    (void)unused;
    struct brief brief = {.future_micros = 5000000, .orders = 3};
    uint64_t hash = brief_hash(&brief);
    for (size_t i = 0; i < sizeof brief; i++) {
        size_t future = offsetof(struct brief, future_micros);
        if (i >= future && i < future + sizeof brief.future_micros)
            continue;
        struct brief other = brief;
        ((uint8_t *)&other)[i] ^= 1;
        if (brief_hash(&other) == hash)
            fail_msg("byte %zu does not count", i);
    }
    static const struct {
        int64_t micros;
        bool same;
    } futures[] = {{5000001, true}, {4194304, true}, {8388607, true}, {4194303, false}, {8388608, false}, {0, false}};
    for (size_t i = 0; i < sizeof futures / sizeof futures[0]; i++) {
        struct brief other = brief;
        other.future_micros = futures[i].micros;
        assert_int_equal(brief_hash(&other) == hash, futures[i].same);
    }
}

// --- when it is told

static void a_note_that_changes_nothing_tells_nothing(void **unused)
{
    (void)unused;
    static const char call[] = "\"contactLogged\": {\"outcome\": \"reached\"}";
    struct scene scene;
    begin(&scene);
    scene_forget(&scene);
    scene_tell(&scene, "n1", "C1", 0, false, call);
    scene_settle(&scene);
    assert_int_equal(times(&scene, "C1"), 1); // the first that is heard of it
    scene_forget(&scene);
    scene_tell(&scene, "n2", "C1", 0, false, call);
    scene_settle(&scene);
    assert_int_equal(times(&scene, "C1"), 0);
    scene_tell(&scene, "n3", "C1", 0, false, "\"customerUpserted\": {\"name\": \"Blue Sea\"}");
    scene_settle(&scene);
    assert_int_equal(times(&scene, "C1"), 1);
    scene_close(&scene);
}

static void history_is_told_as_such(void **unused)
{
    (void)unused;
    struct scene scene;
    unsigned count;
    uint32_t flags = 0;
    begin(&scene);
    scene_tell(&scene, "n1", "C1", 30, true, "\"contactLogged\": {\"outcome\": \"reached\"}");
    scene_settle(&scene);
    done(hear(&scene, "C1", &count, &flags));
    assert_int_equal(flags & RECORD_HISTORICAL, RECORD_HISTORICAL);
    scene_forget(&scene);
    scene_tell(&scene, "n2", "C1", 0, false, "\"surveyAnswered\": {\"score\": 2}");
    scene_settle(&scene);
    done(hear(&scene, "C1", &count, &flags));
    assert_int_equal(flags & RECORD_HISTORICAL, 0);
    scene_close(&scene);
}

// Neither the start nor its round tells anything again, nor does an event that changes nothing.
static void a_start_tells_nothing_again(void **unused)
{
    (void)unused;
    static const char call[] = "\"contactLogged\": {\"outcome\": \"reached\"}";
    struct scene scene;
    begin(&scene);
    scene_rhythm(&scene, "C1", 6, 10, 4, 100);
    scene_settle(&scene);
    scene_wait(&scene, 1);
    scene_forget(&scene);
    turns_restart(scene.turns);
    scene_settle(&scene);
    assert_int_equal(times(&scene, "C1"), 0);
    turns_restart(scene.turns);
    scene_tell(&scene, "n1", "C1", 0, false, call); // before the round
    scene_settle(&scene);
    assert_int_equal(times(&scene, "C1"), 0);
    scene_close(&scene);
}

// What time moved while the service was down is told once it is up.
static void a_night_down_is_made_up_for(void **unused)
{
    (void)unused;
    struct scene scene;
    begin(&scene);
    scene_tell(&scene, "lead", "C1", 0, false, "\"leadUpdated\": {\"expectedOrderDate\": \"2026-01-05\"}");
    scene_settle(&scene);
    scene_forget(&scene);
    scene.now_ms += 400 * DAY_MS;
    scene.today += 400;
    turns_sleep(scene.turns, scene.now_ms);
    turns_restart(scene.turns);
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_string_equal(value->expected_day, "");
    done(value);
    assert_int_equal(times(&scene, "C1"), 1);
    scene_close(&scene);
}

// What could not be stored was not told.
static void what_was_not_stored_is_told_again(void **unused)
{
    (void)unused;
    struct scene scene;
    begin(&scene);
    scene_tell(&scene, "n1", "C1", 0, false, "\"contactLogged\": {\"outcome\": \"reached\"}");
    turns_crash(scene.turns);
    scene_settle(&scene);
    assert_int_equal(times(&scene, "C1"), 1);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lead_is_told),
        cmocka_unit_test(a_stage_is_stuck_from_its_limit_on),
        cmocka_unit_test(a_decided_stage_has_no_limit),
        cmocka_unit_test(the_last_orders_in_words),
        cmocka_unit_test(of_one_moment_the_largest),
        cmocka_unit_test(what_the_file_lacks),
        cmocka_unit_test(when_to_ask),
        cmocka_unit_test(a_face_that_a_person_decided),
        cmocka_unit_test(what_is_expected),
        cmocka_unit_test(what_holds),
        cmocka_unit_test(a_brief_differs_by_any_byte),
        cmocka_unit_test(a_note_that_changes_nothing_tells_nothing),
        cmocka_unit_test(history_is_told_as_such),
        cmocka_unit_test(a_start_tells_nothing_again),
        cmocka_unit_test(a_night_down_is_made_up_for),
        cmocka_unit_test(what_was_not_stored_is_told_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
